// SPDX-License-Identifier: MIT
// Physical pages: which frame a page is in, what moves it, what keeps it.
//
// kss has no page tables. A frame's number is arithmetic: where the page lies in its area, and how
// often it has moved. Who takes a number down (an MDL, MmGetPhysicalAddress, a device being
// programmed) remembers that count; the number is stale when the count has gone on.
//
//     page of                   frame numbers     moves
//     image, host memory        0x01000 ..        never
//     nonpaged pool             0x40000 ..        never
//     paged pool, paged data    0x60000 ..        when it is trimmed
//     a kernel stack            0x80000 ..        whenever its owner waits, time passes, or it is
//                                                 out-swapped (policy page-trading)
//
// MmBuildMdlForNonPagedPool's page says that pages of kernel stacks may be traded for others
// unless they are probed and locked, and not when; the worst case is taken. A page that a locked MDL
// describes stays in its frame and in memory. Counting begins when somebody asks for a frame of that
// stack, so that machines nobody does DMA on keep their states small.
#include "kernel/mdl.h"

enum {
    FRAME_OTHER = 0x1000,
    FRAME_NONPAGED = 0x40000,
    FRAME_PAGED = 0x60000,
    FRAME_STACK = 0x80000
};
enum { SLOTS = 0x1000 /* pages of an area that are told apart */ };

enum kss_page_kind kss_page_kind(struct kss_machine *m, kss_addr address, uint32_t *index) {
    uint32_t depth;
    uint16_t stack = kss_stack_of(m, address, &depth);
    *index = 0;
    if (stack != KSS_NONE) {
        *index = stack;
        return kss_stack_at(m, stack)->kind == KSS_STACK_FREE ? KSS_PAGE_FREED : KSS_PAGE_STACK;
    }
    uint32_t found = kss_region_find(m, address);
    if (found != KSS_NO_FRAME) {
        *index = found;
        switch (kss_region_at(m, found)->kind) {
        case KSS_REGION_FREED: return KSS_PAGE_FREED;
        case KSS_REGION_PAGED:
        case KSS_REGION_IMAGE_PAGED: return KSS_PAGE_PAGED;
        default: return KSS_PAGE_FIXED;
        }
    }
    bool host = m->space != NULL && (address < m->space->threads || address >= m->space->end);
    if (host && m->space->read(m->space->context, address, NULL, 1))
        return KSS_PAGE_FIXED;
    return kss_thread_with_address(m, address) != KSS_NONE ? KSS_PAGE_FIXED : KSS_PAGE_NONE;
}

// ---- Locks --------------------------------------------------------------------------------------
// The MDL that has locked the page of [address], NULL: none. Of several the first that lives.
static const struct kss_object *locker(const struct kss_machine *m, kss_addr address) {
    kss_addr page = kss_page_of(m, address), size = m->config.profile.page_size;
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *mdl = kss_object_ref(m, i);
        if (mdl->kind == KSS_O_MDL && mdl->irql & KSS_MDL_LOCKED && mdl->context < page + size &&
            mdl->context + mdl->period > page)
            return mdl;
    }
    return NULL;
}

bool kss_pages_locked(const struct kss_machine *m, kss_addr address, uint64_t size) {
    kss_addr page = m->config.profile.page_size;
    for (kss_addr at = kss_page_of(m, address); at < address + size; at += page)
        if (locker(m, at) == NULL)
            return false;
    return true;
}

bool kss_in_locked_buffer(const struct kss_machine *m, kss_addr address) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *mdl = kss_object_ref(m, i);
        if (mdl->kind == KSS_O_MDL && mdl->irql & KSS_MDL_LOCKED && address >= mdl->context &&
            address - mdl->context < mdl->period)
            return true;
    }
    return false;
}

// ---- Frames -------------------------------------------------------------------------------------
static uint16_t moves_of(struct kss_machine *m, enum kss_page_kind kind, uint32_t index,
                         kss_addr address) {
    if (kind != KSS_PAGE_STACK && kind != KSS_PAGE_PAGED)
        return 0;
    const struct kss_object *lock = locker(m, address);
    if (lock != NULL)
        return (uint16_t)lock->arguments[0];
    return kind == KSS_PAGE_STACK ? kss_stack_at(m, index)->moves : kss_region_at(m, index)->moves;
}

uint16_t kss_page_moves(struct kss_machine *m, kss_addr address) {
    uint32_t index;
    enum kss_page_kind kind = kss_page_kind(m, address, &index);
    if (kind == KSS_PAGE_STACK)
        kss_stack_at(m, index)->watched = 1;
    return moves_of(m, kind, index, address);
}

bool kss_page_stays(struct kss_machine *m, kss_addr address, uint16_t moves) {
    uint32_t index;
    enum kss_page_kind kind = kss_page_kind(m, address, &index);
    return moves_of(m, kind, index, address) == moves;
}

uint64_t kss_page_frame(struct kss_machine *m, kss_addr address) {
    uint32_t index;
    unsigned page = m->config.profile.page_size;
    kss_addr end;
    enum kss_page_kind kind = kss_page_kind(m, address, &index);
    if (kind == KSS_PAGE_STACK) {
        uint64_t at = (address - kss_area(m, KSS_AREA_STACKS, &end)) / page % SLOTS;
        return FRAME_STACK + at + (kss_page_moves(m, address) % 0x40u) * (uint64_t)SLOTS;
    }
    kss_addr paged = kss_area(m, KSS_AREA_PAGED, &end);
    if (kind == KSS_PAGE_PAGED && address >= paged && address < end)
        return FRAME_PAGED + (address - paged) / page % SLOTS +
               (kss_page_moves(m, address) % 0x10u) * (uint64_t)SLOTS;
    kss_addr pool = kss_area(m, KSS_AREA_NONPAGED, &end);
    if (address >= pool && address < end)
        return FRAME_NONPAGED + (address - pool) / page % 0x20000;
    return FRAME_OTHER + kss_shown(m, address) / page % 0x30000;
}

void kss_pages_move(struct kss_machine *m, uint16_t thread) {
    for (uint32_t i = 0; i < kss_stack_at_count(m); i++) {
        struct kss_stack *stack = kss_stack_at(m, i);
        if (stack->watched && (thread == KSS_NONE || stack->thread == thread))
            stack->moves++;
    }
}
