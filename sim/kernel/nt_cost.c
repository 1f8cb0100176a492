// SPDX-License-Identifier: MIT
// Stack that nt's own routines take, where published listings tell it (costs.def, `nt_costs = on`).
//
//     | ... the driver's frames     |
//     | nt!IofCallDriver      0x40  |  the frame of an NT routine at work, with its listed bytes
//     | the callee's frame          |  starts that much deeper
//
// A routine that waits or has called a driver routine leaves a record on the stack (kss_suspend); that
// record's frame has the listed bytes while it is there. A routine that never blocks has its bytes under
// the caller for as long as its call takes: pushed and popped before it works, so that the deepest
// point and the limit see them. One that may block is listed as it waits, so a call of it that does not
// block counts nothing. Calls without a figure are counted by routine, for the verdict.
//
// Natively the host's frames are what they are: nothing is added.
#include "kernel/machine.h"

#include "base/os.h"

#include <stdlib.h>

static bool applies(const struct kss_cost *cost, enum kss_arch arch) {
    const struct kss_profile *profile = kss_profile_find(cost->machine, strlen(cost->machine));
    return profile != NULL && profile->arch == arch;
}

void kss_nt_costs_start(struct kss_machine *m) {
    if (!m->config.nt_costs || m->space != NULL)
        return;
    m->costs = calloc(KSS_NT_COUNT, sizeof *m->costs);
    if (m->costs == NULL)
        kss_os_fatal("out of memory");
    for (unsigned i = 0; i < kss_cost_count; i++) {
        const struct kss_cost *cost = &kss_costs[i];
        const struct kss_routine *row = kss_routine_find(cost->routine, strlen(cost->routine));
        if (row != NULL && applies(cost, m->config.profile.arch))
            m->costs[row - kss_routines] = (uint16_t)cost->bytes;
    }
    kss_section_append(m, KSS_S_UNLISTED, KSS_NT_COUNT * (uint32_t)sizeof(uint32_t));
}

void kss_nt_costs_end(struct kss_machine *m) {
    free(m->costs);
}

uint32_t kss_nt_cost(const struct kss_machine *m, uint32_t routine) {
    return m->costs == NULL || routine >= KSS_NT_COUNT ? 0 : m->costs[routine];
}

// What native code has from its headers is the driver's own code.
static bool inline_code(const struct kss_routine *row) {
    return (row->modes & KSS_MODE_NATIVE) == 0;
}

bool kss_nt_cost_begin(struct kss_machine *m, uint32_t routine) {
    const struct kss_routine *row = &kss_routines[routine];
    uint32_t bytes = kss_nt_cost(m, routine);
    if (bytes == 0) {
        if (!inline_code(row))
            ((uint32_t *)kss_section(m, KSS_S_UNLISTED))[routine]++;
        return true;
    }
    if (row->can & KSS_CAN_BLOCK)
        return true;
    if (!kss_frame_push(m, routine, bytes, 0, KSS_ENTRY_NT))
        return false;
    kss_frame_pop(m);
    return true;
}

// In byte order of names, as the table is.
void kss_nt_costs_finish(struct kss_machine *m) {
    if (m->costs == NULL)
        return;
    for (uint32_t i = 0; i < KSS_NT_COUNT; i++) {
        uint32_t calls = ((const uint32_t *)kss_section(m, KSS_S_UNLISTED))[i];
        if (calls != 0)
            kss_emit(m, KSS_EV_NT_UNLISTED, i, calls, 0, 0);
    }
}
