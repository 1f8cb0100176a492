// SPDX-License-Identifier: MIT
// MDLs: made, filled with page frames, locked, mapped, split, freed.
//
//     IoAllocateMdl --> MmProbeAndLockPages --> MmUnlockPages --> IoFreeMdl
//            \--------> MmBuildMdlForNonPagedPool ----------------/
//
// The mapping of an MDL's pages into system space is their own address: kss has no second view of
// the same bytes. Sources: DDI pages of the routines; KRN using-mdls; flags of IoBuildPartialMdl and
// the fixed size as ReactOS has them (ntoskrnl/io/iomgr/iomdl.c).
#include "kernel/mdl.h"

enum { FIXED_SIZE_PAGES = 23, TARGET_MDL_TOO_SMALL = 0x40, PFN_LIST_CORRUPT = 0x4E };
enum { IO_READ_ACCESS = 0 };

#define AT(field) KSS_FIELD(MDL, field)

// ---- The memory ---------------------------------------------------------------------------------
struct kss_outcome kss_mdl_read(struct kss_machine *m, kss_addr mdl, struct kss_mdl *out) {
    uint8_t bytes[KSS_SIZE64_MDL];
    KSS_TRY(kss_read(m, mdl, bytes, KSS_SIZE(MDL, kss_wide(m)), KSS_WHO_DRIVER));
    uint32_t region = kss_region_find(m, mdl);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_FREED)
        return kss_outcome(KSS_OUT_SPIN, 0); // the read has said so
    *out = (struct kss_mdl){.next = kss_get(m, mdl + AT(Next)),
                            .mapped = kss_get(m, mdl + AT(MappedSystemVa)),
                            .start = kss_get(m, mdl + AT(StartVa)) +
                                     kss_peek(m, mdl + AT(ByteOffset), 4),
                            .count = (uint32_t)kss_peek(m, mdl + AT(ByteCount), 4),
                            .flags = (uint32_t)kss_peek(m, mdl + AT(MdlFlags), 2),
                            .size = (uint32_t)kss_peek(m, mdl + AT(Size), 2)};
    return kss_return(0);
}

static void flags(struct kss_machine *m, kss_addr mdl, unsigned clear, unsigned set) {
    uint64_t old = kss_peek(m, mdl + AT(MdlFlags), 2);
    kss_poke(m, mdl + AT(MdlFlags), 2, (old & ~(uint64_t)clear) | set);
}

static void describe(struct kss_machine *m, kss_addr mdl, kss_addr start, uint64_t size) {
    unsigned page = m->config.profile.page_size;
    kss_set(m, mdl + AT(Next), 0);
    kss_poke(m, mdl + AT(Size), 2,
             KSS_SIZE(MDL, kss_wide(m)) + kss_page_span(m, start, size) * kss_pointer(m));
    kss_poke(m, mdl + AT(MdlFlags), 2, 0);
    kss_set(m, mdl + AT(StartVa), start & ~(uint64_t)(page - 1));
    kss_poke(m, mdl + AT(ByteOffset), 4, start & (page - 1));
    kss_poke(m, mdl + AT(ByteCount), 4, size);
}

uint16_t kss_mdl_object(struct kss_machine *m, kss_addr mdl) {
    uint16_t index = kss_object_at(m, mdl);
    if (index != KSS_NONE && kss_object_ref(m, index)->kind == KSS_O_MDL)
        return index;
    return kss_object_init(m, mdl, KSS_O_MDL, 0, 0);
}

void kss_mdl_misused(struct kss_machine *m, kss_addr mdl, uint32_t routine,
                     enum kss_mdl_misuse what) {
    uint16_t index = kss_object_at(m, mdl);
    KSS_EMIT(m, KSS_EV_MDL_MISUSE, kss_object_number(m, index), routine, what, mdl);
}

static void say(struct kss_machine *m, uint16_t index, enum kss_mdl_how how, kss_addr start,
                uint64_t size) {
    KSS_EMIT(m, KSS_EV_MDL, kss_object_number(m, index), how, start, size);
}

kss_addr kss_mdl_new(struct kss_machine *m, kss_addr start, uint64_t size) {
    uint64_t pages = kss_page_span(m, start, size);
    uint64_t whole = KSS_SIZE(MDL, kss_wide(m)) + pages * kss_pointer(m);
    kss_addr mdl = kss_nt_block(m, KSS_NTB_MDL, whole);
    if (mdl == 0)
        return 0;
    describe(m, mdl, start, size);
    if (pages <= FIXED_SIZE_PAGES)
        flags(m, mdl, 0, KSS_MDL_F_FIXED_SIZE);
    say(m, kss_mdl_object(m, mdl), KSS_MDL_DID_ALLOCATE, start, size);
    return mdl;
}

// ---- Locks keep memory ---------------------------------------------------------------------------
// What holds locked pages counts them among its objects, so that its end is looked at.
static void count_lock(struct kss_machine *m, kss_addr address, int by) {
    uint32_t index;
    switch (kss_page_kind(m, address, &index)) {
    case KSS_PAGE_STACK:
        kss_stack_at(m, index)->objects = (uint16_t)(kss_stack_at(m, index)->objects + by);
        break;
    case KSS_PAGE_FIXED:
    case KSS_PAGE_PAGED:
        if (kss_region_find(m, address) == index)
            kss_region_at(m, index)->objects = (uint16_t)(kss_region_at(m, index)->objects + by);
        break;
    case KSS_PAGE_NONE:
    case KSS_PAGE_FREED: break;
    }
}

void kss_mdl_take_frames(struct kss_machine *m, kss_addr mdl, kss_addr start, uint64_t size,
                         unsigned state) {
    kss_addr numbers = mdl + KSS_SIZE(MDL, kss_wide(m));
    kss_addr page = kss_page_of(m, start);
    uint16_t index = kss_mdl_object(m, mdl), moves = kss_page_moves(m, start);
    for (uint64_t i = 0; i < kss_page_span(m, start, size); i++)
        kss_set(m, numbers + i * kss_pointer(m),
                kss_page_frame(m, page + i * m->config.profile.page_size));
    struct kss_object *object = kss_object_ref(m, index);
    object->context = start;
    object->period = size;
    object->arguments[0] = moves;
    object->routine = kss_innermost(m);
    object->irql = (uint16_t)(object->irql | state);
    if (state & KSS_MDL_LOCKED && !(state & KSS_MDL_PAGES))
        count_lock(m, start, 1);
}

// Natively a frame's end is seen at the next NT call, which may be its caller's: who locked the pages
// tells more.
static void say_left(struct kss_machine *m, uint16_t index, uint32_t routine) {
    const struct kss_object *mdl = kss_object_ref(m, index);
    uint32_t place = kss_clock(m)->place, locker = mdl->routine;
    if (m->space != NULL && routine != KSS_NO_FRAME && locker != KSS_NO_FRAME &&
        locker != routine) {
        routine = locker;
        place = m->image->code[locker].place;
    }
    if (kss_wants(m, KSS_EV_MDL_LEFT))
        kss_emit_at(m, KSS_EV_MDL_LEFT, place, kss_object_number(m, index), mdl->context, routine,
                    routine == KSS_NO_FRAME);
}

// Memory [low, high) goes: a frame returned, or a block was freed (routine KSS_NO_FRAME).
void kss_locked_pages_die(struct kss_machine *m, kss_addr low, kss_addr high, uint32_t routine) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        struct kss_object *mdl = kss_object_ref(m, i);
        if (mdl->kind != KSS_O_MDL || !(mdl->irql & KSS_MDL_LOCKED) ||
            mdl->irql & (KSS_MDL_LEFT | KSS_MDL_PAGES))
            continue;
        if (mdl->irql & KSS_MDL_REQUEST && routine != KSS_NO_FRAME)
            continue; // KSS3001 speaks of the request's status block and event
        bool buffer = mdl->context >= low && mdl->context < high;
        if (!buffer && !(mdl->address >= low && mdl->address < high && mdl->stack != KSS_NONE))
            continue;
        mdl->irql |= KSS_MDL_LEFT;
        if (buffer)
            count_lock(m, mdl->context, -1);
        say_left(m, (uint16_t)i, routine);
    }
}

// A stack that is out keeps the pages that are locked; one that is unlocked then goes.
static void leave_memory(struct kss_machine *m, kss_addr start, uint64_t size) {
    uint32_t depth;
    uint16_t stack = kss_stack_of(m, start, &depth);
    if (m->space == NULL || stack == KSS_NONE || kss_stack_at(m, stack)->thread == KSS_NONE ||
        !kss_thread_at(m, kss_stack_at(m, stack)->thread)->out)
        return;
    kss_addr page = m->config.profile.page_size;
    for (kss_addr at = kss_page_of(m, start); at < start + size; at += page)
        if (!kss_pages_locked(m, at, 1))
            m->space->residency(m->space->context, at, at + page, false);
}

// ---- IoAllocateMdl, IoFreeMdl -------------------------------------------------------------------
static void chain(struct kss_machine *m, kss_addr irp, kss_addr mdl, bool secondary) {
    kss_addr at = irp + KSS_FIELD(IRP, MdlAddress);
    while (secondary && kss_get(m, at) != 0)
        at = kss_get(m, at) + AT(Next);
    kss_set(m, at, mdl);
}

struct kss_outcome kss_nt_IoAllocateMdl(struct kss_machine *m, struct kss_call *call) {
    kss_addr start = call->arguments[0], irp = call->arguments[4];
    uint64_t size = (uint32_t)call->arguments[1];
    uint64_t pages = kss_page_span(m, start, size);
    if (KSS_SIZE(MDL, kss_wide(m)) + pages * kss_pointer(m) > 0x7FFF) // its Size is a CSHORT
        return kss_return(0);
    kss_addr mdl = kss_mdl_new(m, start, size);
    if (mdl != 0 && irp != 0) {
        struct kss_outcome outcome;
        kss_load(m, irp + KSS_FIELD(IRP, MdlAddress), kss_pointer(m), KSS_WHO_DRIVER, &outcome);
        KSS_TRY(outcome);
        chain(m, irp, mdl, (call->arguments[2] & 0xFF) != 0);
    }
    return kss_return(mdl);
}

void kss_mdl_release(struct kss_machine *m, kss_addr mdl) {
    uint16_t index = kss_mdl_object(m, mdl);
    say(m, index, KSS_MDL_DID_FREE, kss_object_ref(m, index)->context,
        kss_object_ref(m, index)->period);
    kss_nt_block_free(m, mdl);
}

struct kss_outcome kss_nt_IoFreeMdl(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[0];
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, mdl, &fields));
    uint32_t region = kss_region_find(m, mdl);
    if (region == KSS_NO_FRAME || kss_region_at(m, region)->nt != KSS_NTB_MDL ||
        kss_region_at(m, region)->address != mdl) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_NOT_ALLOCATED);
        return kss_return(0);
    }
    if (fields.flags & KSS_MDL_F_LOCKED && !(fields.flags & KSS_MDL_F_PARTIAL) &&
        !(kss_object_ref(m, kss_mdl_object(m, mdl))->irql & KSS_MDL_PAGES)) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_FREED_LOCKED);
        kss_mdl_unlock(m, mdl);
    }
    kss_mdl_release(m, mdl);
    return kss_return(0);
}

struct kss_outcome kss_nt_MmSizeOfMdl(struct kss_machine *m, struct kss_call *call) {
    return kss_return(KSS_SIZE(MDL, kss_wide(m)) +
                      kss_page_span(m, call->arguments[0], call->arguments[1]) * kss_pointer(m));
}

struct kss_outcome kss_nt_MmInitializeMdl(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[0];
    uint8_t bytes[KSS_SIZE64_MDL] = {0};
    KSS_TRY(kss_read(m, mdl, bytes, KSS_SIZE(MDL, kss_wide(m)), KSS_WHO_DRIVER));
    describe(m, mdl, call->arguments[1], (uint32_t)call->arguments[2]);
    return kss_return(0);
}

// ---- MmProbeAndLockPages, MmUnlockPages ---------------------------------------------------------
static struct kss_outcome violation(void) {
    return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_ACCESS_VIOLATION);
}

// Makes the page of [address] resident; RAISE: there is none.
static struct kss_outcome bring_in(struct kss_machine *m, struct kss_call *call, kss_addr address) {
    uint32_t index;
    uint8_t byte;
    switch (kss_page_kind(m, address, &index)) {
    case KSS_PAGE_STACK:
        if (kss_stack_at(m, index)->thread != KSS_NONE)
            kss_inswap(m, kss_stack_at(m, index)->thread);
        return kss_return(0);
    case KSS_PAGE_FIXED: return kss_return(0);
    case KSS_PAGE_PAGED:
        if (kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL && call->step == 0) {
            call->step = 1; // once a call
            KSS_EMIT(m, KSS_EV_IRQL_RULE, call->routine, KSS_PASSIVE_LEVEL, KSS_APC_LEVEL, 0);
            kss_page_kind(m, address, &index);
        }
        if (!kss_region_at(m, index)->out)
            return kss_return(0);
        if (kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
            return kss_fault_out(m, address, false);
        return kss_read(m, address, &byte, 1, KSS_WHO_DRIVER);
    case KSS_PAGE_FREED: kss_read(m, address, &byte, 1, KSS_WHO_DRIVER); return violation();
    case KSS_PAGE_NONE: break;
    }
    return violation();
}

static struct kss_outcome probe(struct kss_machine *m, struct kss_call *call,
                                const struct kss_mdl *fields, bool user) {
    kss_addr end, stacks = kss_area(m, KSS_AREA_NONPAGED, &end);
    if (fields->count == 0 || fields->start + fields->count < fields->start)
        return violation();
    // A user's buffer must lie in user space. Natively that is what is not nt's or on its stacks, in a
    // scenario also what a user thread's body declares (probe.c).
    bool system = m->space == NULL ? fields->start + fields->count - 1 > m->layout.user_top &&
                                         !kss_in_a_program(m, fields->start, fields->count)
                                   : fields->start >= stacks && fields->start < m->space->end;
    if (user && system)
        return violation();
    kss_addr page = m->config.profile.page_size;
    for (kss_addr at = fields->start; at < fields->start + fields->count;
         at = kss_page_of(m, at) + page)
        KSS_TRY(bring_in(m, call, at));
    return kss_return(0);
}

struct kss_outcome kss_nt_MmProbeAndLockPages(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[0];
    bool write = (uint32_t)call->arguments[2] != IO_READ_ACCESS;
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, mdl, &fields));
    if (fields.flags & (KSS_MDL_F_LOCKED | KSS_MDL_F_NONPAGED | KSS_MDL_F_PARTIAL)) {
        kss_mdl_misused(m, mdl, call->routine,
                        fields.flags & KSS_MDL_F_NONPAGED ? KSS_MDL_LOCK_NONPAGED
                                                          : KSS_MDL_LOCKED_TWICE);
        return kss_return(0);
    }
    KSS_TRY(probe(m, call, &fields, (call->arguments[1] & 0xFF) != 0));
    kss_mdl_take_frames(m, mdl, fields.start, fields.count, KSS_MDL_LOCKED);
    flags(m, mdl, 0, KSS_MDL_F_LOCKED | (write ? KSS_MDL_F_WRITE : 0u));
    say(m, kss_mdl_object(m, mdl), KSS_MDL_DID_LOCK, fields.start, fields.count);
    return kss_return(0);
}

void kss_mdl_unlock(struct kss_machine *m, kss_addr mdl) {
    uint16_t index = kss_mdl_object(m, mdl);
    struct kss_object *object = kss_object_ref(m, index);
    kss_addr start = object->context;
    uint64_t size = object->period;
    if (object->irql & KSS_MDL_LOCKED && !(object->irql & KSS_MDL_LEFT))
        count_lock(m, start, -1);
    object->irql = (uint16_t)(object->irql & ~(KSS_MDL_LOCKED | KSS_MDL_LEFT));
    flags(m, mdl, KSS_MDL_F_LOCKED | KSS_MDL_F_WRITE | KSS_MDL_F_MAPPED | KSS_MDL_F_PARTIAL_MAPPED,
          0);
    leave_memory(m, start, size);
    say(m, index, KSS_MDL_DID_UNLOCK, start, size);
}

struct kss_outcome kss_nt_MmUnlockPages(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[0];
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, mdl, &fields));
    if (!(fields.flags & KSS_MDL_F_LOCKED) || fields.flags & KSS_MDL_F_PARTIAL) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_NOT_LOCKED);
        kss_bugcheck(m, PFN_LIST_CORRUPT, 7, kss_page_frame(m, fields.start), 0, 0, call->routine,
                     NULL);
        return kss_stopped();
    }
    uint16_t index = kss_mdl_object(m, mdl);
    if (kss_dma_uses(m, kss_object_number(m, index)))
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_UNLOCKED_IN_TRANSFER);
    kss_mdl_unlock(m, mdl);
    return kss_return(0);
}

struct kss_outcome kss_nt_MmBuildMdlForNonPagedPool(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[0];
    struct kss_mdl fields;
    uint32_t index;
    uint8_t byte;
    KSS_USE(kss_mdl_read(m, mdl, &fields));
    enum kss_page_kind kind = kss_page_kind(m, fields.start, &index);
    if (kind == KSS_PAGE_FREED || kind == KSS_PAGE_NONE) // says what is wrong with it
        KSS_TRY(kss_read(m, fields.start, &byte, 1, KSS_WHO_DRIVER));
    if (kind == KSS_PAGE_PAGED)
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_BUILT_PAGEABLE);
    kss_mdl_take_frames(m, mdl, fields.start, fields.count, KSS_MDL_BUILT);
    flags(m, mdl, 0, KSS_MDL_F_NONPAGED);
    kss_set(m, mdl + AT(MappedSystemVa), fields.start);
    say(m, kss_mdl_object(m, mdl), KSS_MDL_DID_BUILD, fields.start, fields.count);
    return kss_return(0);
}

// ---- Mappings -----------------------------------------------------------------------------------
static bool has_pages(struct kss_machine *m, kss_addr mdl, const struct kss_mdl *fields) {
    uint16_t index = kss_object_at(m, mdl);
    unsigned state = index == KSS_NONE ? 0 : kss_object_ref(m, index)->irql;
    return fields->flags & (KSS_MDL_F_LOCKED | KSS_MDL_F_NONPAGED | KSS_MDL_F_PARTIAL) ||
           state & KSS_MDL_PAGES;
}

struct kss_outcome kss_mdl_map(struct kss_machine *m, struct kss_call *call, kss_addr mdl,
                               const struct kss_mdl *fields) {
    if (!has_pages(m, mdl, fields)) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_NO_PAGES);
        return kss_return(0);
    }
    uint16_t index = kss_mdl_object(m, mdl);
    kss_addr elsewhere = kss_object_ref(m, index)->arguments[1];
    kss_addr at = elsewhere != 0 ? elsewhere : fields->start;
    kss_set(m, mdl + AT(MappedSystemVa), at);
    flags(m, mdl, 0,
          KSS_MDL_F_MAPPED | (fields->flags & KSS_MDL_F_PARTIAL ? KSS_MDL_F_PARTIAL_MAPPED : 0u));
    say(m, index, KSS_MDL_DID_MAP, at, fields->count);
    return kss_return(at);
}

void kss_mdl_unmap(struct kss_machine *m, kss_addr mdl) {
    flags(m, mdl, KSS_MDL_F_MAPPED | KSS_MDL_F_PARTIAL_MAPPED, 0);
    uint16_t index = kss_mdl_object(m, mdl);
    say(m, index, KSS_MDL_DID_UNMAP, kss_get(m, mdl + AT(MappedSystemVa)),
        kss_peek(m, mdl + AT(ByteCount), 4));
}

struct kss_outcome kss_nt_MmGetSystemAddressForMdlSafe(struct kss_machine *m,
                                                       struct kss_call *call) {
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, call->arguments[0], &fields));
    if (fields.flags & (KSS_MDL_F_MAPPED | KSS_MDL_F_NONPAGED))
        return kss_return(fields.mapped);
    return kss_mdl_map(m, call, call->arguments[0], &fields);
}

struct kss_outcome kss_nt_MmGetSystemAddressForMdl(struct kss_machine *m, struct kss_call *call) {
    return kss_nt_MmGetSystemAddressForMdlSafe(m, call);
}

// Mapping into a process raises; into system space NULL comes back.
static struct kss_outcome map_for(struct kss_machine *m, struct kss_call *call) {
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, call->arguments[0], &fields));
    bool user = (call->arguments[1] & 0xFF) != 0;
    if (user && kss_cpu(m)->irql > KSS_APC_LEVEL)
        KSS_EMIT(m, KSS_EV_IRQL_RULE, call->routine, KSS_PASSIVE_LEVEL, KSS_APC_LEVEL, 0);
    return kss_mdl_map(m, call, call->arguments[0], &fields);
}

struct kss_outcome kss_nt_MmMapLockedPagesSpecifyCache(struct kss_machine *m,
                                                       struct kss_call *call) {
    return map_for(m, call);
}

struct kss_outcome kss_nt_MmMapLockedPages(struct kss_machine *m, struct kss_call *call) {
    return map_for(m, call);
}

struct kss_outcome kss_nt_MmUnmapLockedPages(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[1];
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, mdl, &fields));
    if (!(fields.flags & KSS_MDL_F_MAPPED) || fields.mapped != call->arguments[0])
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_NOT_MAPPED);
    else
        kss_mdl_unmap(m, mdl);
    return kss_return(0);
}

struct kss_outcome kss_nt_MmPrepareMdlForReuse(struct kss_machine *m, struct kss_call *call) {
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, call->arguments[0], &fields));
    if (fields.flags & KSS_MDL_F_PARTIAL_MAPPED)
        kss_mdl_unmap(m, call->arguments[0]);
    return kss_return(0);
}

struct kss_outcome kss_nt_MmProtectMdlSystemAddress(struct kss_machine *m, struct kss_call *call) {
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, call->arguments[0], &fields));
    if (fields.flags & KSS_MDL_F_MAPPED) // what protection the pages have is not kept
        return kss_return((uint32_t)STATUS_SUCCESS);
    return kss_return((uint32_t)STATUS_NOT_MAPPED_VIEW);
}

// ---- IoBuildPartialMdl --------------------------------------------------------------------------
struct kss_outcome kss_nt_IoBuildPartialMdl(struct kss_machine *m, struct kss_call *call) {
    kss_addr source = call->arguments[0], target = call->arguments[1], start = call->arguments[2];
    uint32_t size = (uint32_t)call->arguments[3];
    struct kss_mdl whole, part;
    KSS_USE(kss_mdl_read(m, source, &whole));
    KSS_USE(kss_mdl_read(m, target, &part));
    bool inside = start >= whole.start && start - whole.start <= whole.count;
    if (inside && size == 0)
        size = whole.count - (uint32_t)(start - whole.start);
    if (!has_pages(m, source, &whole)) // what is copied are no page frame numbers
        kss_mdl_misused(m, source, call->routine, KSS_MDL_NO_PAGES);
    if (!inside || size > whole.count - (start - whole.start)) {
        kss_mdl_misused(m, target, call->routine, KSS_MDL_OUTSIDE);
        return kss_return(0);
    }
    uint64_t pages = kss_page_span(m, start, size);
    if (KSS_SIZE(MDL, kss_wide(m)) + pages * kss_pointer(m) > part.size) {
        kss_bugcheck(m, TARGET_MDL_TOO_SMALL, 0, 0, 0, 0, call->routine, NULL);
        return kss_stopped();
    }
    uint16_t from = kss_mdl_object(m, source), to = kss_mdl_object(m, target);
    struct kss_object given = *kss_object_ref(m, from);
    struct kss_object *object = kss_object_ref(m, to);
    object->irql = (uint16_t)(KSS_MDL_PARTIAL | (given.irql & KSS_MDL_BUILT));
    object->context = start;
    object->period = size;
    object->arguments[0] = given.arguments[0];
    object->arguments[1] = given.arguments[1] == 0 ? 0 : given.arguments[1] + (start - whole.start);
    uint64_t skip = kss_page_span(m, whole.start, start - whole.start + 1) - 1;
    kss_addr numbers = KSS_SIZE(MDL, kss_wide(m));
    for (uint64_t i = 0; i < pages; i++)
        kss_set(m, target + numbers + i * kss_pointer(m),
                kss_get(m, source + numbers + (skip + i) * kss_pointer(m)));
    uint64_t page = m->config.profile.page_size;
    kss_set(m, target + AT(StartVa), start & ~(page - 1));
    kss_poke(m, target + AT(ByteOffset), 4, start & (page - 1));
    kss_poke(m, target + AT(ByteCount), 4, size);
    if (whole.flags & (KSS_MDL_F_MAPPED | KSS_MDL_F_NONPAGED))
        kss_set(m, target + AT(MappedSystemVa), whole.mapped + (start - whole.start));
    flags(m, target, ~(unsigned)KSS_MDL_F_FIXED_SIZE,
          KSS_MDL_F_PARTIAL | (whole.flags & (KSS_MDL_F_MAPPED | KSS_MDL_F_NONPAGED)));
    say(m, to, KSS_MDL_DID_PARTIAL, start, size);
    return kss_return(0);
}

// ---- Fields -------------------------------------------------------------------------------------
#define FIELD_OF(name, value)                                                                      \
    struct kss_outcome kss_nt_##name(struct kss_machine *m, struct kss_call *call) {               \
        struct kss_mdl fields;                                                                     \
        KSS_USE(kss_mdl_read(m, call->arguments[0], &fields));                                     \
        return kss_return(value);                                                                  \
    }
FIELD_OF(MmGetMdlByteCount, fields.count)
FIELD_OF(MmGetMdlByteOffset, fields.start &(m->config.profile.page_size - 1))
FIELD_OF(MmGetMdlBaseVa, kss_page_of(m, fields.start))
FIELD_OF(MmGetMdlVirtualAddress, fields.start)
FIELD_OF(MmGetMdlPfnArray, call->arguments[0] + KSS_SIZE(MDL, kss_wide(m)))

struct kss_outcome kss_nt_KeFlushIoBuffers(struct kss_machine *m, struct kss_call *call) {
    struct kss_mdl fields; // caches are coherent: it has to be there, that is all
    KSS_USE(kss_mdl_read(m, call->arguments[0], &fields));
    return kss_return(0);
}

// ---- The I/O manager's --------------------------------------------------------------------------
kss_addr kss_mdl_of_request(struct kss_machine *m, kss_addr buffer, uint32_t size) {
    kss_addr mdl = kss_mdl_new(m, buffer, size);
    if (mdl == 0)
        return 0;
    kss_mdl_take_frames(m, mdl, buffer, size, KSS_MDL_LOCKED | KSS_MDL_REQUEST);
    flags(m, mdl, 0, KSS_MDL_F_LOCKED | KSS_MDL_F_MAPPED);
    kss_set(m, mdl + AT(MappedSystemVa), buffer);
    return mdl;
}
