// SPDX-License-Identifier: MIT
// Records: what drivers have told the executive. See serve.h.
#include "kernel/serve.h"

uint32_t kss_record_find(const struct kss_machine *m, enum kss_record_kind kind, uint64_t key) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++)
        if (kss_record_at(m, i)->kind == kind && kss_record_at(m, i)->words[0] == key)
            return i;
    return KSS_NO_FRAME;
}

uint32_t kss_record_add(struct kss_machine *m, enum kss_record_kind kind, uint64_t key) {
    uint32_t size = (uint32_t)sizeof(struct kss_record);
    uint32_t index = kss_section_append(m, KSS_S_RECORD, size) / size;
    *kss_record_at(m, index) =
        (struct kss_record){.kind = (uint16_t)kind, .routine = KSS_NO_FRAME, .words = {key}};
    return index;
}

void kss_record_drop(struct kss_machine *m, uint32_t index) {
    uint32_t size = (uint32_t)sizeof(struct kss_record);
    kss_section_remove(m, KSS_S_RECORD, index * size, size);
}

unsigned kss_record_number(const struct kss_machine *m, enum kss_record_kind kind) {
    unsigned number = 0;
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++)
        number += kss_record_at(m, i)->kind == kind;
    return number;
}

uint64_t kss_of_thread(const struct kss_machine *m, enum kss_record_kind kind, uint16_t thread) {
    uint32_t index = kss_record_find(m, kind, thread);
    return index == KSS_NO_FRAME ? 0 : kss_record_at(m, index)->words[1];
}

void kss_set_of_thread(struct kss_machine *m, enum kss_record_kind kind, uint16_t thread,
                       uint64_t value) {
    uint32_t index = kss_record_find(m, kind, thread);
    if (value == 0 && index != KSS_NO_FRAME)
        kss_record_drop(m, index);
    else if (value != 0)
        kss_record_at(m, index != KSS_NO_FRAME ? index : kss_record_add(m, kind, thread))
            ->words[1] = value;
}

struct kss_outcome kss_call_back(struct kss_machine *m, struct kss_call *call, uint8_t step,
                                 kss_addr address, unsigned count) {
    uint32_t routine;
    if (!kss_code_at(m, address, &routine))
        return kss_io_bad_call(m, address);
    return kss_call_driver(m, call, step, routine, count, KSS_ENTRY_CALLBACK);
}
