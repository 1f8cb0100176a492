// SPDX-License-Identifier: MIT
// ProbeForRead and ProbeForWrite: is a buffer that a program named a user buffer at all? Neither says that
// it will still be there when it is used; a driver uses it inside __try (DDI ProbeForRead).
//
// In a scenario what a user thread's body declares stands for the memory of the program it is; there is
// no other user memory. Natively user memory is host memory outside of the machine's areas: the test's own.
// A driver's own variables cannot be told from it.
#include "kernel/machine.h"

static struct kss_outcome raise(uint32_t status) {
    return kss_outcome(KSS_OUT_RAISE, status);
}

bool kss_in_a_program(const struct kss_machine *m, kss_addr address, uint64_t length) {
    uint32_t depth;
    uint16_t s = kss_stack_of(m, address, &depth);
    if (m->space != NULL || s == KSS_NONE)
        return false;
    const struct kss_stack *stack = kss_stack_at(m, s);
    for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
        const struct kss_frame *frame = kss_frame_at(m, stack, at);
        uint32_t edge = frame->depth - frame->bytes;
        if (depth <= frame->depth && depth > edge)
            return frame->entry == KSS_ENTRY_THREAD && length <= depth - edge &&
                   !(kss_thread_at(m, stack->thread)->flags & KSS_TF_SYSTEM);
        at = frame->previous;
    }
    return false;
}

// Alignment is checked first, then the range; a length of zero passes whatever the address (DDI
// ProbeForRead). A range that wraps around is an access violation, too.
static struct kss_outcome check(const struct kss_machine *m, kss_addr address, uint64_t length,
                                uint32_t alignment) {
    uint64_t top = kss_wide(m) ? UINT64_MAX : UINT32_MAX;
    if (length == 0)
        return kss_return(0);
    if (alignment != 0 && (address & (alignment - 1)) != 0)
        return raise((uint32_t)STATUS_DATATYPE_MISALIGNMENT);
    if (kss_in_a_program(m, address, length))
        return kss_return(0);
    if (length - 1 > top - address || address + (length - 1) > m->layout.user_top)
        return raise((uint32_t)STATUS_ACCESS_VIOLATION);
    if (m->space != NULL && address + (length - 1) >= m->space->threads && address < m->space->end)
        return raise((uint32_t)STATUS_ACCESS_VIOLATION);
    return kss_return(0);
}

struct kss_outcome kss_nt_ProbeForRead(struct kss_machine *m, struct kss_call *call) {
    return check(m, call->arguments[0], call->arguments[1], (uint32_t)call->arguments[2]);
}

// Every page is read and written once.
struct kss_outcome kss_nt_ProbeForWrite(struct kss_machine *m, struct kss_call *call) {
    kss_addr address = call->arguments[0], page = m->config.profile.page_size;
    uint64_t length = call->arguments[1];
    KSS_TRY(check(m, address, length, (uint32_t)call->arguments[2]));
    for (kss_addr at = address; length != 0 && at < address + length;
         at = (at & ~(page - 1)) + page) {
        uint8_t byte;
        KSS_TRY(kss_read(m, at, &byte, 1, KSS_WHO_DRIVER));
        if (m->space == NULL)
            KSS_TRY(kss_write(m, at, &byte, 1, KSS_WHO_DRIVER));
        else if (!m->space->write(m->space->context, at, &byte, 1)) // mapped, but not to be written
            return raise((uint32_t)STATUS_ACCESS_VIOLATION);
    }
    return kss_return(0);
}
