// SPDX-License-Identifier: MIT
// Physical pages, MDLs and DMA among themselves.
//
// An MDL is memory in its public layout, and that memory is the truth; its object record keeps what
// the memory does not say (state.h). Behind the structure lie the numbers of the page frames:
//
//     mdl  | Next Size MdlFlags Process MappedSystemVa |
//          | StartVa ByteCount ByteOffset              |
//          | PFN of the first page                     |  MmGetMdlPfnArray
//          | PFN of the second page ...                |
#ifndef KSS_KERNEL_MDL_H
#define KSS_KERNEL_MDL_H

#include "kernel/io.h"

// MdlFlags of the public headers.
enum {
    KSS_MDL_F_MAPPED = 1,
    KSS_MDL_F_LOCKED = 2,
    KSS_MDL_F_NONPAGED = 4,
    KSS_MDL_F_FIXED_SIZE = 8,
    KSS_MDL_F_PARTIAL = 0x10,
    KSS_MDL_F_PARTIAL_MAPPED = 0x20,
    KSS_MDL_F_WRITE = 0x80
};

// ---- Pages (page.c) -----------------------------------------------------------------------------
enum kss_page_kind {
    KSS_PAGE_NONE,  // nothing is mapped there
    KSS_PAGE_STACK, // *index: the stack
    KSS_PAGE_FIXED, // never moves: nonpaged pool, nonpaged image data, nt's own
    KSS_PAGE_PAGED, // *index: the region
    KSS_PAGE_FREED
};
enum kss_page_kind kss_page_kind(struct kss_machine *m, kss_addr address, uint32_t *index);
// The number of the frame that the page of [address] is in now.
uint64_t kss_page_frame(struct kss_machine *m, kss_addr address);
// How often that page has moved; who remembers the number from now on may compare.
uint16_t kss_page_moves(struct kss_machine *m, kss_addr address);
// Of the same page, whether a frame taken down at [moves] is still its own.
bool kss_page_stays(struct kss_machine *m, kss_addr address, uint16_t moves);
static inline kss_addr kss_page_of(const struct kss_machine *m, kss_addr address) {
    return address & ~(kss_addr)(m->config.profile.page_size - 1);
}
// Pages of [address, address + size).
static inline uint64_t kss_page_span(const struct kss_machine *m, kss_addr address, uint64_t size) {
    uint64_t page = m->config.profile.page_size;
    return ((address & (page - 1)) + size + page - 1) / page;
}

// ---- MDLs (mdl.c) -------------------------------------------------------------------------------
enum kss_mdl_how { // event `mdl`
    KSS_MDL_DID_ALLOCATE,
    KSS_MDL_DID_LOCK,
    KSS_MDL_DID_UNLOCK,
    KSS_MDL_DID_BUILD,
    KSS_MDL_DID_MAP,
    KSS_MDL_DID_UNMAP,
    KSS_MDL_DID_PARTIAL,
    KSS_MDL_DID_FREE
};
enum kss_mdl_misuse { // event `mdl.misuse`
    KSS_MDL_NO_PAGES,
    KSS_MDL_LOCKED_TWICE,
    KSS_MDL_NOT_LOCKED,
    KSS_MDL_LOCK_NONPAGED,
    KSS_MDL_FREED_LOCKED,
    KSS_MDL_UNLOCKED_IN_TRANSFER,
    KSS_MDL_NOT_MAPPED,
    KSS_MDL_BUILT_PAGEABLE,
    KSS_MDL_OUTSIDE,
    KSS_MDL_NOT_ALLOCATED
};
struct kss_mdl {                  // a copy of the fields
    kss_addr next, mapped, start; // start: StartVa + ByteOffset
    uint32_t count, flags, size;
};
// Reads the MDL at [mdl] as driver code would; for KSS_USE: a freed one has been reported.
struct kss_outcome kss_mdl_read(struct kss_machine *m, kss_addr mdl, struct kss_mdl *out);
// Its object, made where there is none.
uint16_t kss_mdl_object(struct kss_machine *m, kss_addr mdl);
void kss_mdl_misused(struct kss_machine *m, kss_addr mdl, uint32_t routine,
                     enum kss_mdl_misuse what);
kss_addr kss_mdl_new(struct kss_machine *m, kss_addr start, uint64_t size); // 0: the pool is full
// Takes its pages' frames down and writes them behind it.
void kss_mdl_take_frames(struct kss_machine *m, kss_addr mdl, kss_addr start, uint64_t size,
                         unsigned state);
struct kss_outcome kss_mdl_map(struct kss_machine *m, struct kss_call *call, kss_addr mdl,
                               const struct kss_mdl *fields);
void kss_mdl_unmap(struct kss_machine *m, kss_addr mdl);
void kss_mdl_unlock(struct kss_machine *m, kss_addr mdl);
// The I/O manager's: a locked MDL of a request's buffer, and the end of one. 0: the pool is full.
kss_addr kss_mdl_of_request(struct kss_machine *m, kss_addr buffer, uint32_t size);
void kss_mdl_release(struct kss_machine *m, kss_addr mdl);

// ---- DMA (dma.c) --------------------------------------------------------------------------------
// Arguments of a KSS_DUE_DMA: [0] address and [1] bytes (by MDL: [0] the
// MDL, [1] at most so many of its bytes, 0: all), then filled in: [2] moves of its
// pages when it was programmed, [3] number of the MDL's object; [4] natively the device's data, 0.
void kss_dma_program(struct kss_machine *m, const struct kss_due *what, uint64_t after,
                     uint64_t range, uint32_t place);
void kss_dma_happen(struct kss_machine *m, const struct kss_due *due);
bool kss_dma_uses(const struct kss_machine *m, uint32_t mdl_number); // a transfer to come

#endif
