// SPDX-License-Identifier: MIT
// Pool: blocks with tags at ascending addresses that are never handed out twice, so that use after
// free is always seen. Bad requests stop the machine as BAD_POOL_CALLER does (DBG bug-check-0xc2).
#include "kernel/machine.h"

enum {
    POOL_PAGED_BIT = 1,
    TYPE_NO_QUOTA_RAISE = 8,
    TYPE_RAISE = 16,
    FLAG_RAISE = 0x20,
    FLAG_PAGED = 0x100,
    TOMBSTONES = 1024
};

static struct kss_outcome bad_caller(struct kss_machine *m, const struct kss_call *call,
                                     uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4) {
    kss_bugcheck(m, 0xC2, p1, p2, p3, p4, call->routine, NULL);
    return kss_stopped();
}

// Addresses: a header's room before the block, page alignment from a page up, no page crossing below.
static kss_addr fit(const struct kss_machine *m, kss_addr from, uint64_t size) {
    uint64_t align = kss_pointer(m) * 2, page = m->config.profile.page_size;
    kss_addr address = (from + align + align - 1) & ~(align - 1);
    if (size >= page || (address & (page - 1)) + size > page)
        address = (address + page - 1) & ~(page - 1);
    return address;
}

// The area is used up: its tombstones go, and the first gap between live blocks that is wide enough
// is the next address. 0: there is none.
static kss_addr wrap(struct kss_machine *m, bool paged, uint64_t size) {
    kss_addr end, from = kss_area(m, paged ? KSS_AREA_PAGED : KSS_AREA_NONPAGED, &end);
    uint32_t keep = 0, count = kss_region_at_count(m);
    const uint32_t bytes = (uint32_t)sizeof(struct kss_region);
    for (uint32_t i = 0; i < count; i++) {
        struct kss_region region = *kss_region_at(m, i);
        if (region.kind != KSS_REGION_FREED || region.address < from || region.address >= end)
            *kss_region_at(m, keep++) = region;
    }
    if (keep < count)
        kss_section_remove(m, KSS_S_REGION, keep * bytes, (count - keep) * bytes);
    for (uint32_t i = 0; i < keep; i++) {
        const struct kss_region *region = kss_region_at(m, i);
        if (region->address + region->size <= from || region->address >= end)
            continue;
        kss_addr address = fit(m, from, size);
        if (address + size <= region->address)
            return address;
        from = region->address + region->size;
    }
    kss_addr address = fit(m, from, size);
    return address + size <= end ? address : 0;
}

static kss_addr place_block(struct kss_machine *m, bool paged, uint64_t size) {
    struct kss_global *global = kss_globals(m);
    uint64_t *next = paged ? &global->paged_next : &global->nonpaged_next;
    kss_addr end;
    kss_area(m, paged ? KSS_AREA_PAGED : KSS_AREA_NONPAGED, &end);
    if (size == 0)
        size = 1;
    kss_addr address = fit(m, *next, size);
    uint32_t after = kss_region_after(m, *next);
    kss_addr limit = after < kss_region_at_count(m) ? kss_region_at(m, after)->address : end;
    if (address + size > (limit < end ? limit : end)) {
        address = wrap(m, paged, size);
        next = paged ? &kss_globals(m)->paged_next : &kss_globals(m)->nonpaged_next;
    }
    if (address != 0)
        *next = address + size;
    return address;
}

static struct kss_outcome allocate(struct kss_machine *m, struct kss_call *call, bool paged,
                                   uint64_t type, uint64_t size, uint32_t tag, bool raise) {
    unsigned irql = kss_cpu(m)->irql;
    if (irql > KSS_DISPATCH_LEVEL || (paged && irql >= KSS_DISPATCH_LEVEL))
        return bad_caller(m, call, 0x08, irql, type, size);
    struct kss_global *global = kss_globals(m);
    uint64_t *used = paged ? &global->paged_used : &global->nonpaged_used;
    uint64_t limit = paged ? m->config.profile.paged_pool : m->config.profile.nonpaged_pool;
    bool fails = size > limit || *used > limit - size;
    if (!fails && m->config.fail_pool && m->port.choose != NULL)
        fails = m->port.choose(m->port.context, m, KSS_CHOOSE_POOL, 2) == 1;
    kss_addr address = fails ? 0 : place_block(m, paged, size);
    if (address == 0) {
        KSS_EMIT(m, KSS_EV_POOL_ALLOC, paged, size, tag, 0);
        return raise ? kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_INSUFFICIENT_RESOURCES)
                     : kss_return(0);
    }
    global = kss_globals(m);
    *(paged ? &global->paged_used : &global->nonpaged_used) += size;
    struct kss_region *region = kss_region_add(m, address, size ? (uint32_t)size : 1,
                                               paged ? KSS_REGION_PAGED : KSS_REGION_NONPAGED);
    region->tag = tag;
    region->number = ++kss_globals(m)->pool_blocks;
    KSS_EMIT(m, KSS_EV_POOL_ALLOC, paged, size, tag, address);
    return kss_return(address);
}

static struct kss_outcome by_type(struct kss_machine *m, struct kss_call *call, uint32_t tag) {
    uint64_t type = call->arguments[0] & 0xFFFFFFFF;
    return allocate(m, call, type & POOL_PAGED_BIT, type, call->arguments[1], tag,
                    type & TYPE_RAISE);
}

// The process of the caller has quota without end; a request that fails raises all the same, unless
// POOL_QUOTA_FAIL_INSTEAD_OF_RAISE is among the bits of the type.
static struct kss_outcome with_quota(struct kss_machine *m, struct kss_call *call, uint32_t tag) {
    uint64_t type = call->arguments[0] & 0xFFFFFFFF;
    return allocate(m, call, type & POOL_PAGED_BIT, type, call->arguments[1], tag,
                    !(type & TYPE_NO_QUOTA_RAISE));
}

// FsRtlAllocatePool and its like never return NULL.
static struct kss_outcome or_raise(struct kss_machine *m, struct kss_call *call, uint32_t tag) {
    uint64_t type = call->arguments[0] & 0xFFFFFFFF;
    return allocate(m, call, type & POOL_PAGED_BIT, type, call->arguments[1] & 0xFFFFFFFF, tag,
                    true);
}

struct kss_outcome kss_nt_ExAllocatePoolWithQuota(struct kss_machine *m, struct kss_call *call) {
    return with_quota(m, call, 0x656E6F4E);
}

struct kss_outcome kss_nt_ExAllocatePoolWithQuotaTag(struct kss_machine *m, struct kss_call *call) {
    return with_quota(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_ExAllocatePoolWithTagPriority(struct kss_machine *m,
                                                        struct kss_call *call) {
    return by_type(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_FsRtlAllocatePool(struct kss_machine *m, struct kss_call *call) {
    return or_raise(m, call, 0x72747346); // "Fstr"
}

struct kss_outcome kss_nt_FsRtlAllocatePoolWithQuota(struct kss_machine *m, struct kss_call *call) {
    return or_raise(m, call, 0x72747346);
}

struct kss_outcome kss_nt_FsRtlAllocatePoolWithQuotaTag(struct kss_machine *m,
                                                        struct kss_call *call) {
    return or_raise(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_FsRtlAllocatePoolWithTag(struct kss_machine *m, struct kss_call *call) {
    return or_raise(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_ExAllocatePoolWithTag(struct kss_machine *m, struct kss_call *call) {
    return by_type(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_ExAllocatePool(struct kss_machine *m, struct kss_call *call) {
    return by_type(m, call, 0x656E6F4E); // "None"
}

struct kss_outcome kss_nt_ExAllocatePoolZero(struct kss_machine *m, struct kss_call *call) {
    return by_type(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_ExAllocatePoolUninitialized(struct kss_machine *m,
                                                      struct kss_call *call) {
    return by_type(m, call, (uint32_t)call->arguments[2]);
}

struct kss_outcome kss_nt_ExAllocatePool2(struct kss_machine *m, struct kss_call *call) {
    uint64_t flags = call->arguments[0];
    return allocate(m, call, flags & FLAG_PAGED, flags, call->arguments[1],
                    (uint32_t)call->arguments[2], flags & FLAG_RAISE);
}

struct kss_outcome kss_nt_ExAllocatePool3(struct kss_machine *m, struct kss_call *call) {
    return kss_nt_ExAllocatePool2(m, call); // priorities and nodes change no outcome here
}

// Rounded up as the pool rounds: to two pointers below a page, to pages above. Quota is never charged
// to a block.
struct kss_outcome kss_nt_ExQueryPoolBlockSize(struct kss_machine *m, struct kss_call *call) {
    uint32_t index = kss_region_find(m, call->arguments[0]);
    if (call->arguments[1] != 0)
        KSS_TRY(kss_store(m, call->arguments[1], 1, 0, KSS_WHO_DRIVER));
    if (index == KSS_NO_FRAME || kss_region_at(m, index)->kind == KSS_REGION_FREED)
        return kss_return(0);
    uint64_t size = kss_region_at(m, index)->size, page = m->config.profile.page_size;
    uint64_t align = size < page ? kss_pointer(m) * 2 : page;
    return kss_return((size + align - 1) & ~(align - 1));
}

// ---- Freeing ------------------------------------------------------------------------------------
// Freed blocks stay as tombstones; beyond a thousand the oldest neighbours become one.
static void merge_tombstones(struct kss_machine *m) {
    uint32_t freed = 0, count = kss_region_at_count(m);
    for (uint32_t i = 0; i < count; i++)
        freed += kss_region_at(m, i)->kind == KSS_REGION_FREED;
    if (freed < TOMBSTONES)
        return;
    uint32_t keep = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct kss_region region = *kss_region_at(m, i);
        struct kss_region *last = keep == 0 ? NULL : kss_region_at(m, keep - 1);
        if (last != NULL && region.kind == KSS_REGION_FREED && last->kind == KSS_REGION_FREED &&
            region.address + region.size - last->address < UINT32_MAX)
            last->size = (uint32_t)(region.address + region.size - last->address);
        else
            *kss_region_at(m, keep++) = region;
    }
    uint32_t size = (uint32_t)sizeof(struct kss_region);
    if (keep < count)
        kss_section_remove(m, KSS_S_REGION, keep * size, (count - keep) * size);
}

static struct kss_outcome release(struct kss_machine *m, struct kss_call *call, bool tagged) {
    kss_addr address = call->arguments[0];
    uint32_t tag = (uint32_t)call->arguments[1];
    unsigned irql = kss_cpu(m)->irql;
    uint32_t index = kss_region_find(m, address);
    uint32_t depth;
    if (index == KSS_NO_FRAME || kss_stack_of(m, address, &depth) != KSS_NONE)
        return bad_caller(m, call, address < 0x10000 ? 0x40 : 0x46, address, 0, 0);
    struct kss_region *region = kss_region_at(m, index);
    if (region->kind == KSS_REGION_FREED)
        return bad_caller(m, call, 0x07, 0, address - 2 * kss_pointer(m), address);
    bool paged = region->kind == KSS_REGION_PAGED;
    if (region->address != address || (!paged && region->kind != KSS_REGION_NONPAGED))
        return bad_caller(m, call, 0x99, address, 0, 0);
    if (irql > KSS_DISPATCH_LEVEL || (paged && irql >= KSS_DISPATCH_LEVEL))
        return bad_caller(m, call, 0x09, irql, paged, address);
    if (tagged && tag != 0 && tag != region->tag)
        return bad_caller(m, call, 0x0A, address, region->tag, tag);
    if (region->nt == KSS_NTB_NONE)
        KSS_EMIT(m, KSS_EV_POOL_FREE, address, region->size, region->tag, 0);
    if (kss_region_at(m, index)->objects != 0)
        kss_objects_die(m, address, address + kss_region_at(m, index)->size, KSS_NO_FRAME, false);
    region = kss_region_at(m, index);
    struct kss_global *global = kss_globals(m);
    *(paged ? &global->paged_used : &global->nonpaged_used) -= region->size;
    uint32_t bytes = region->bytes, size = region->size;
    region->kind = KSS_REGION_FREED;
    region->bytes = 0;
    region->objects = 0;
    if (m->space == NULL)
        kss_bytes_free(m, bytes, size);
    merge_tombstones(m);
    return kss_return(0);
}

struct kss_outcome kss_nt_ExFreePool(struct kss_machine *m, struct kss_call *call) {
    return release(m, call, false);
}

struct kss_outcome kss_nt_ExFreePoolWithTag(struct kss_machine *m, struct kss_call *call) {
    return release(m, call, true);
}

struct kss_outcome kss_nt_ExFreePool2(struct kss_machine *m, struct kss_call *call) {
    return release(m, call, true);
}

// ---- nt's own -----------------------------------------------------------------------------------
// Nonpaged blocks of the I/O manager: not numbered among the drivers' and without pool events.
kss_addr kss_nt_block(struct kss_machine *m, enum kss_nt_block what, uint64_t size) {
    uint64_t limit = m->config.profile.nonpaged_pool;
    if (size > limit || kss_globals(m)->nonpaged_used > limit - size)
        return 0;
    kss_addr address = place_block(m, false, size);
    if (address == 0)
        return 0;
    kss_globals(m)->nonpaged_used += size;
    struct kss_region *region = kss_region_add(m, address, (uint32_t)size, KSS_REGION_NONPAGED);
    region->nt = (uint16_t)what;
    region->number = ++kss_globals(m)->nt_blocks[what];
    return address;
}

void kss_nt_block_free(struct kss_machine *m, kss_addr address) {
    struct kss_call call = {.arguments = {address}, .routine = m->at_work};
    release(m, &call, false);
}
