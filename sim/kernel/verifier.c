// SPDX-License-Identifier: MIT
// Driver Verifier: what `machine { verifier = on; }` checks.
//
// Every NT call passes through here twice: before the routine works, when its arguments and the
// state of the processor are judged, and when it has returned, when locks are noted. Every routine
// that the system called passes once, when it returns. A violation is bug check 0xC4 with its
// sub-code and parameters (nt/verifier.def); a `verifier` event before it lets the rules tell the
// mistake as the finding it is.
//
// What to check is a table by routine name. Rows of routines that this version of kss does not have
// are never met; a routine that is added is checked from then on.
//
// Force IRQL Checking: whenever the IRQL rises to DISPATCH_LEVEL, or a spin lock is acquired, what is
// pageable leaves memory (DVT force-irql-checking). So pageable data, and the code of a pageable
// routine that has just raised the IRQL, fault as they would on a machine short of memory. Kernel
// stacks are not among what goes.
//
// Deadlock detection (DVT deadlock-detection) looks at spin locks, mutexes and fast mutexes. It keeps
// in section VERIFIER which lock who holds, in the order of acquisition, and every pair "A was held
// when B was acquired": a circle of pairs is a deadlock that only waits for its schedule. Pairs that
// were only ever made under one and the same outer lock cannot meet and make no circle.
#include "kernel/machine.h"

#include "base/os.h"

#include <stdlib.h>

enum { USER_MODE = 1, POOL_PAGED = 1, FLAG_PAGED = 0x100, MDL_LOCKED = 2, MDL_NONPAGED = 4 };

// ---- Raising it ---------------------------------------------------------------------------------
struct look { // one call under examination
    struct kss_machine *m;
    const struct kss_call *call;
    unsigned irql;
};

static bool stopped(const struct kss_machine *m) {
    return kss_globals(m)->stopped != KSS_END_RUNNING;
}

// [about]: what the finding speaks of, 0: nothing beside the call.
static void violate(struct kss_machine *m, uint32_t code, uint64_t p2, uint64_t p3, uint64_t p4,
                    uint32_t nt, kss_addr about) {
    if (stopped(m))
        return;
    KSS_EMIT(m, KSS_EV_VERIFIER, code, nt, about, p3);
    char text[256];
    const char *described = NULL;
    if (about != 0) {
        kss_text_clear(&m->scratch);
        kss_describe(m, about, &m->scratch);
        size_t length = m->scratch.length < sizeof text ? m->scratch.length : sizeof text - 1;
        memcpy(text, m->scratch.bytes, length);
        text[length] = 0;
        described = text;
    }
    kss_bugcheck(m, 0xC4, code, p2, p3, p4, nt, described);
}

static uint64_t argument(const struct look *look, unsigned index) {
    return look->call->arguments[index];
}

static void irql_violation(const struct look *look, uint32_t code, uint64_t p3, uint64_t p4) {
    violate(look->m, code, look->irql, p3, p4, look->call->routine, p3);
}

// ---- State --------------------------------------------------------------------------------------
static const struct kss_thread *thread_of(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread == KSS_NONE ? NULL : kss_thread_at(m, thread);
}

static uint32_t apc_count(const struct kss_machine *m) {
    const struct kss_thread *thread = thread_of(m);
    if (thread == NULL)
        return 0;
    return (uint32_t)(uint16_t)thread->special_apc_disable << 16 |
           (uint16_t)thread->kernel_apc_disable;
}

static bool apcs_disabled(const struct look *look) {
    return look->irql >= KSS_APC_LEVEL || apc_count(look->m) != 0;
}

static bool on_a_stack(const struct kss_machine *m, kss_addr address) {
    uint32_t depth;
    return kss_stack_of(m, address, &depth) != KSS_NONE;
}

static bool pageable(const struct kss_machine *m, kss_addr address) {
    uint32_t region = kss_region_find(m, address);
    if (region == KSS_NO_FRAME)
        return false;
    unsigned kind = kss_region_at(m, region)->kind;
    return kind == KSS_REGION_PAGED || kind == KSS_REGION_IMAGE_PAGED;
}

// In no memory of the machine. Natively what is not the machine's is the driver's image.
static bool unmapped(const struct kss_machine *m, kss_addr address) {
    return m->space == NULL && kss_region_find(m, address) == KSS_NO_FRAME &&
           !on_a_stack(m, address);
}

// ---- Pool ---------------------------------------------------------------------------------------
static void check_allocation(const struct look *look, bool paged) {
    uint64_t type = argument(look, 0), size = argument(look, 1);
    if (size == 0)
        violate(look->m, 0x00, look->irql, type, 0, look->call->routine, 0);
    else if (paged && look->irql > KSS_APC_LEVEL)
        violate(look->m, 0x01, look->irql, type, size, look->call->routine, 0);
    else if (!paged && look->irql > KSS_DISPATCH_LEVEL)
        violate(look->m, 0x02, look->irql, type, size, look->call->routine, 0);
}

static void allocate_by_type(const struct look *look, unsigned unused) {
    (void)unused;
    check_allocation(look, argument(look, 0) & POOL_PAGED);
}

static void allocate_by_flags(const struct look *look, unsigned unused) {
    (void)unused;
    check_allocation(look, argument(look, 0) & FLAG_PAGED);
}

static void forget(struct kss_machine *m, kss_addr low, kss_addr high);

static void free_pool(const struct look *look, unsigned unused) {
    (void)unused;
    kss_addr address = argument(look, 0);
    uint32_t index = kss_region_find(look->m, address);
    if (index == KSS_NO_FRAME)
        return;
    struct kss_region region = *kss_region_at(look->m, index);
    if (region.kind == KSS_REGION_PAGED && look->irql > KSS_APC_LEVEL)
        irql_violation(look, 0x11, POOL_PAGED, address);
    else if (region.kind == KSS_REGION_NONPAGED && look->irql > KSS_DISPATCH_LEVEL)
        irql_violation(look, 0x12, 0, address);
    else if (region.nt == KSS_NTB_IRP && region.kind == KSS_REGION_NONPAGED)
        violate(look->m, 0x105, address, 0, 0, look->call->routine, address);
    forget(look->m, region.address, region.address + region.size);
}

// ---- IRQL ---------------------------------------------------------------------------------------
static void raise_irql(const struct look *look, unsigned to) {
    unsigned irql = to != 0 ? to : argument(look, 0) & 0xFF;
    if (irql < look->irql || irql > look->m->config.profile.high_level)
        violate(look->m, 0x30, look->irql, irql, 0, look->call->routine, 0);
}

static void lower_irql(const struct look *look, unsigned unused) {
    (void)unused;
    unsigned irql = argument(look, 0) & 0xFF;
    if (irql > look->irql)
        violate(look->m, 0x31, look->irql, irql, 0, look->call->routine, 0);
    else if (kss_cpu(look->m)->in_dpc != 0 && irql < KSS_DISPATCH_LEVEL)
        violate(look->m, 0x31, look->irql, irql, 1, look->call->routine, 0);
}

static void leave_region(const struct look *look, unsigned unused) {
    (void)unused;
    const struct kss_thread *thread = thread_of(look->m);
    if (thread != NULL && look->irql <= KSS_APC_LEVEL && thread->kernel_apc_disable >= 0)
        violate(look->m, 0x3E, 0, 0, 0, look->call->routine, 0);
}

static void need_apcs_disabled(const struct look *look, unsigned code) {
    if (!apcs_disabled(look))
        violate(look->m, code, look->irql, apc_count(look->m), argument(look, 0),
                look->call->routine, argument(look, 0));
}

// Rows whose only rule is an IRQL range, with the sub-code that names it.
static const struct irql_rule {
    const char *routine;
    uint32_t code;
    uint8_t least, most, p3, p4; // arguments for P3 and P4, counted from 1; 0: none
} irql_rules[] = {
    {"ExAcquireFastMutex", 0x33, 0, 1, 1, 0},
    {"ExReleaseFastMutex", 0x34, 1, 1, 1, 0},
    {"ExTryToAcquireFastMutex", 0x33, 0, 1, 1, 0},
    {"KeAcquireSpinLock", 0x42, 0, 2, 1, 0},
    {"KeAcquireSpinLockAtDpcLevel", 0x40, 2, KSS_ANY_IRQL, 1, 0},
    {"KeAcquireSpinLockRaiseToDpc", 0x42, 0, 2, 1, 0},
    {"KeEnterCriticalRegion", 0x11A, 0, 1, 0, 0},
    {"KeLeaveCriticalRegion", 0x11B, 0, 1, 0, 0},
    {"KeReleaseSpinLock", 0x32, 2, 2, 1, 0},
    {"KeReleaseSpinLockFromDpcLevel", 0x41, 2, KSS_ANY_IRQL, 1, 0},
    {"KeSetEvent", 0x80, 0, 2, 1, 0},
    {"MmMapIoSpace", 0x73, 0, 2, 1, 2},
    {"MmProbeAndLockPages", 0x70, 0, 2, 1, 2},
    {"MmUnlockPages", 0x78, 0, 2, 1, 0},
    {"MmUnmapIoSpace", 0x7B, 0, 2, 1, 2},
    {"MmUnmapLockedPages", 0x79, 0, 2, 1, 2},
};
enum { IRQL_RULES = sizeof irql_rules / sizeof *irql_rules };

static void irql_range(const struct look *look, unsigned rule) {
    const struct irql_rule *row = &irql_rules[rule];
    if (look->irql >= row->least && look->irql <= row->most)
        return;
    irql_violation(look, row->code, row->p3 ? argument(look, row->p3 - 1u) : 0,
                   row->p4 ? argument(look, row->p4 - 1u) : 0);
}

// [code] is that of KernelMode; UserMode has the next one.
static void map_pages(const struct look *look, unsigned code) {
    bool user = argument(look, 1) & 1;
    if (look->irql > (user ? KSS_APC_LEVEL : KSS_DISPATCH_LEVEL))
        irql_violation(look, code + user, argument(look, 0), user);
}

static void pages_for_mdl(const struct look *look, unsigned unused) {
    (void)unused;
    if (look->irql > KSS_DISPATCH_LEVEL)
        irql_violation(look, 0x7E, KSS_DISPATCH_LEVEL, 0);
}

static void system_service(const struct look *look) {
    const struct kss_thread *thread = thread_of(look->m);
    uint16_t special = thread == NULL ? 0 : (uint16_t)thread->special_apc_disable;
    if (look->irql == KSS_PASSIVE_LEVEL && special == 0)
        return;
    uint32_t routine = kss_innermost(look->m);
    kss_addr address = routine == KSS_NO_FRAME ? 0 : kss_code_address(look->m, routine);
    violate(look->m, 0xE6, address, look->irql, special, look->call->routine, 0);
}

// What no other sub-code names.
static void any_other(const struct look *look) {
    const struct kss_routine *row = &kss_routines[look->call->routine];
    if (strncmp(row->name, "Zw", 2) == 0)
        system_service(look);
    if (look->irql >= row->irql_min && look->irql <= row->irql_max)
        return;
    kss_policy_used(look->m, KSS_POLICY_verifier_wrong_irql);
    violate(look->m, 0xE5, look->irql, 0, 0, look->call->routine, 0);
}

// ---- Waits --------------------------------------------------------------------------------------
// The IRQL the wait runs at: after KeSetEvent(.., TRUE) the one before that call.
static unsigned wait_irql(const struct look *look) {
    const struct kss_thread *thread = thread_of(look->m);
    return thread != NULL && thread->flags & KSS_TF_WAIT_NEXT ? thread->wait_irql : look->irql;
}

static void wait_at_irql(const struct look *look, kss_addr object, kss_addr timeout) {
    struct kss_machine *m = look->m;
    unsigned irql = wait_irql(look);
    if (irql < KSS_DISPATCH_LEVEL)
        return;
    uint32_t code = 0x120;
    if (irql == KSS_DISPATCH_LEVEL)
        code = timeout == 0 ? 0x121 : 0x122;
    if (code == 0x122 && kss_peek(m, timeout, 8) == 0)
        return;
    uint16_t index = kss_object_at(m, object);
    const struct kss_stack *stack = kss_stack_at(m, kss_cpu(m)->stack);
    kss_addr local = stack->base - stack->depth - kss_pointer(m); // Verifier's own, below SP
    bool in_dpc = kss_cpu(m)->in_dpc || kss_cpu(m)->interrupts;
    bool blocks = index == KSS_NONE || kss_object_ref(m, index)->signal <= 0;
    KSS_EMIT(m, KSS_EV_BLOCK_AT_DISPATCH, look->call->routine, kss_object_number(m, index), in_dpc,
             blocks);
    violate(m, code, local, object, timeout, look->call->routine, object);
}

static void wait_for_one(const struct look *look, unsigned unused) {
    (void)unused;
    kss_addr object = argument(look, 0);
    wait_at_irql(look, object, argument(look, 4));
    if ((argument(look, 2) & 1) == USER_MODE && on_a_stack(look->m, object))
        violate(look->m, 0x123, object, 0, 0, look->call->routine, object);
}

static void wait_for_many(const struct look *look, unsigned unused) {
    (void)unused;
    unsigned pointer = kss_pointer(look->m);
    kss_addr array = argument(look, 1);
    wait_at_irql(look, kss_peek(look->m, array, pointer), argument(look, 6));
    uint64_t count = argument(look, 0) & 0xFFFFFFFF;
    for (uint64_t i = 0; i < count && i < 64 && (argument(look, 4) & 1) == USER_MODE; i++) {
        kss_addr object = kss_peek(look->m, array + i * pointer, pointer);
        if (on_a_stack(look->m, object))
            violate(look->m, 0x123, object, 0, 0, look->call->routine, object);
    }
}

// ---- Memory of objects and MDLs -----------------------------------------------------------------
static void initialise_object(const struct look *look, unsigned unused) {
    (void)unused;
    kss_addr object = argument(look, 0);
    if (pageable(look->m, object) || unmapped(look->m, object))
        violate(look->m, 0xE1, object, 0, 0, look->call->routine, object);
    forget(look->m, object, object + 1);
}

static void queue_work(const struct look *look, unsigned item) {
    if (pageable(look->m, argument(look, item)))
        violate(look->m, 0x131, argument(look, item), 0, 0, look->call->routine,
                argument(look, item));
}

static unsigned mdl_flags(const struct look *look, kss_addr mdl) {
    return (unsigned)kss_peek(look->m, mdl + KSS_OFFSET(MDL, MdlFlags, kss_wide(look->m)), 2);
}

static void build_mdl(const struct look *look, unsigned unused) {
    (void)unused;
    struct kss_machine *m = look->m;
    bool wide = kss_wide(m);
    kss_addr mdl = argument(look, 0);
    kss_addr address = kss_peek(m, mdl + KSS_OFFSET(MDL, StartVa, wide), kss_pointer(m)) +
                       kss_peek(m, mdl + KSS_OFFSET(MDL, ByteOffset, wide), 4);
    uint32_t region = kss_region_find(m, address);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_PAGED)
        violate(m, 0x7F, look->irql, mdl, mdl_flags(look, mdl), look->call->routine, address);
    else if (pageable(m, address) || on_a_stack(m, address))
        violate(m, 0x140, look->irql, mdl, address, look->call->routine, address);
}

static void unlock_pages(const struct look *look, unsigned unused) {
    (void)unused;
    kss_addr mdl = argument(look, 0);
    unsigned flags = mdl_flags(look, mdl);
    if (flags & MDL_NONPAGED)
        violate(look->m, 0x7D, mdl, flags, 0, look->call->routine, mdl);
    else if (!(flags & MDL_LOCKED))
        violate(look->m, 0x7C, mdl, flags, 0, look->call->routine, mdl);
}

static void copy_memory(const struct look *look, unsigned unused) {
    (void)unused;
    kss_addr to = argument(look, 0), from = argument(look, 1);
    uint64_t size = argument(look, 2);
    if (size != 0 && to != from && (to < from ? from - to : to - from) < size)
        violate(look->m, 0xF0, to, from, size, look->call->routine, to);
}

// ---- Locks --------------------------------------------------------------------------------------
enum record_kind { HELD = 1, PAIR };
enum lock_kind { SPIN = 1, FAST = 2, MUTEX = 3 };

static uint32_t record_count(const struct kss_machine *m) {
    return kss_section_used(m, KSS_S_VERIFIER) / (uint32_t)sizeof(struct kss_verified);
}

static struct kss_verified *record_at(const struct kss_machine *m, uint32_t index) {
    return (struct kss_verified *)kss_section(m, KSS_S_VERIFIER) + index;
}

static void drop_record(struct kss_machine *m, uint32_t index) {
    uint32_t size = (uint32_t)sizeof(struct kss_verified);
    kss_section_remove(m, KSS_S_VERIFIER, index * size, size);
}

static void add_record(struct kss_machine *m, struct kss_verified record) {
    uint32_t offset = kss_section_append(m, KSS_S_VERIFIER, sizeof record);
    *record_at(m, offset / (uint32_t)sizeof record) = record;
}

// Locks in memory that is used anew or freed.
static void forget(struct kss_machine *m, kss_addr low, kss_addr high) {
    for (uint32_t i = record_count(m); i-- > 0;) {
        const struct kss_verified *record = record_at(m, i);
        if ((record->lock >= low && record->lock < high) ||
            (record->kind == PAIR && record->other >= low && record->other < high))
            drop_record(m, i);
    }
}

// The code at work: a thread, or what interrupted it on this processor.
static uint32_t me(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    bool thread = cpu->thread != KSS_NONE && cpu->in_dpc == 0 && cpu->interrupts == 0;
    return thread ? 1u + cpu->thread : 0x10000u + kss_globals(m)->current_cpu;
}

static kss_addr holder_address(const struct kss_machine *m, uint32_t holder) {
    return holder < 0x10000 ? kss_thread_address(m, (uint16_t)(holder - 1)) : 0;
}

// The last record of a lock that is held, by [holder] or (0) by anybody.
static uint32_t find_held(const struct kss_machine *m, kss_addr lock, uint32_t holder) {
    for (uint32_t i = record_count(m); i-- > 0;) {
        const struct kss_verified *record = record_at(m, i);
        if (record->kind == HELD && (record->lock == lock || record->other == lock) &&
            (holder == 0 || record->holder == holder))
            return i;
    }
    return KSS_NO_FRAME;
}

static kss_addr outermost(const struct kss_machine *m, uint32_t holder) {
    for (uint32_t i = 0; i < record_count(m); i++)
        if (record_at(m, i)->kind == HELD && record_at(m, i)->holder == holder)
            return record_at(m, i)->lock;
    return 0;
}

// Whether [to] has been acquired, directly or by way of others, while [from] was held, other than
// under [guard]. Marks what it has seen, so that each pair is looked at once.
static bool reaches(struct kss_machine *m, kss_addr from, kss_addr to, kss_addr guard,
                    uint16_t round) {
    for (uint32_t i = 0; i < record_count(m); i++) {
        struct kss_verified *pair = record_at(m, i);
        if (pair->kind != PAIR || pair->lock != from || pair->seen == round ||
            (guard != 0 && pair->guard == guard))
            continue;
        pair->seen = round;
        if (pair->other == to || reaches(m, pair->other, to, guard, round))
            return true;
    }
    return false;
}

static bool circle(struct kss_machine *m, kss_addr lock, kss_addr guard, uint32_t holder) {
    bool found = false;
    for (uint32_t i = 0; i < record_count(m) && !found; i++)
        if (record_at(m, i)->kind == HELD && record_at(m, i)->holder == holder &&
            record_at(m, i)->lock != lock) {
            found = reaches(m, lock, record_at(m, i)->lock, guard, 1);
            for (uint32_t k = 0; k < record_count(m); k++)
                record_at(m, k)->seen = 0;
        }
    return found;
}

static void note_pair(struct kss_machine *m, kss_addr before, kss_addr lock, kss_addr guard) {
    if (guard == before)
        guard = 0;
    for (uint32_t i = 0; i < record_count(m); i++) {
        struct kss_verified *pair = record_at(m, i);
        if (pair->kind != PAIR || pair->lock != before || pair->other != lock)
            continue;
        if (pair->guard != guard)
            pair->guard = 0;
        return;
    }
    add_record(m,
               (struct kss_verified){.lock = before, .other = lock, .guard = guard, .kind = PAIR});
}

static void note_held(struct kss_machine *m, kss_addr lock, kss_addr handle, unsigned kind) {
    uint32_t holder = me(m);
    kss_addr guard = outermost(m, holder);
    for (uint32_t i = 0, count = record_count(m); i < count; i++)
        if (record_at(m, i)->kind == HELD && record_at(m, i)->holder == holder &&
            record_at(m, i)->lock != lock)
            note_pair(m, record_at(m, i)->lock, lock, guard);
    add_record(m, (struct kss_verified){.lock = lock,
                                        .other = handle,
                                        .holder = holder,
                                        .kind = HELD,
                                        .lock_kind = (uint8_t)kind});
}

static void acquire(const struct look *look, unsigned kind) {
    struct kss_machine *m = look->m;
    kss_addr lock = argument(look, 0), guard = outermost(m, me(m));
    if (kind != MUTEX && find_held(m, lock, me(m)) != KSS_NO_FRAME) {
        uint16_t object = kss_object_at(m, lock);
        if (object != KSS_NONE && kss_object_ref(m, object)->kind == KSS_O_SPINLOCK)
            KSS_EMIT(m, KSS_EV_LOCK_RECURSION, kss_object_number(m, object), 0, 0, 0);
        violate(m, 0x1000, lock, 0, 0, look->call->routine, lock);
    } else if (circle(m, lock, guard, me(m))) {
        violate(m, 0x1001, lock, 0, 0, look->call->routine, lock);
    }
}

static void release(const struct look *look, unsigned kind) {
    struct kss_machine *m = look->m;
    kss_addr lock = argument(look, 0);
    uint32_t mine = find_held(m, lock, me(m)), any = find_held(m, lock, 0);
    uint32_t nt = look->call->routine;
    if (any == KSS_NO_FRAME) {
        uint16_t object = kss_object_at(m, lock);
        if (object == KSS_NONE)
            return; // not a lock at all: KSS3004
        if (kss_object_ref(m, object)->kind == KSS_O_SPINLOCK)
            KSS_EMIT(m, KSS_EV_LOCK_NOT_OWNED, kss_object_number(m, object), 0, 0, 0);
        if (kind != MUTEX)
            violate(m, 0x1007, lock, 0, 0, nt, lock);
        return;
    }
    if (mine == KSS_NO_FRAME) {
        if (kind != MUTEX)
            violate(m, 0x1004, record_at(m, any)->lock,
                    holder_address(m, record_at(m, any)->holder), holder_address(m, me(m)), nt,
                    lock);
        return;
    }
    for (uint32_t i = mine + 1; i < record_count(m) && kind == SPIN; i++) {
        const struct kss_verified *later = record_at(m, i);
        if (later->kind == HELD && later->holder == me(m) && later->lock_kind == SPIN) {
            violate(m, 0x1003, record_at(m, mine)->lock, later->lock, 0, nt, lock);
            return;
        }
    }
    drop_record(m, mine);
}

static bool waits_for_mutex(const struct kss_machine *m, kss_addr object) {
    uint16_t index = kss_object_at(m, object);
    return index != KSS_NONE && kss_object_ref(m, index)->kind == KSS_O_MUTEX;
}

static void wait_for_mutex(const struct look *look, unsigned unused) {
    (void)unused;
    if (waits_for_mutex(look->m, argument(look, 0)) && argument(look, 4) == 0)
        acquire(look, MUTEX); // a wait with a timeout ends
}

// ---- The table ----------------------------------------------------------------------------------
typedef void check(const struct look *look, unsigned value);

static const struct row {
    const char *routines; // names, divided by blanks
    check *before;
    unsigned value;
} rows[] = {
    {"ExAllocatePool ExAllocatePoolUninitialized ExAllocatePoolWithQuotaTag ExAllocatePoolWithTag "
     "ExAllocatePoolWithTagPriority ExAllocatePoolZero",
     allocate_by_type, 0},
    {"ExAllocatePool2 ExAllocatePool3", allocate_by_flags, 0},
    {"ExFreePool ExFreePool2 ExFreePoolWithTag", free_pool, 0},
    {"KeRaiseIrql KfRaiseIrql", raise_irql, 0},
    {"KeRaiseIrqlToDpcLevel", raise_irql, KSS_DISPATCH_LEVEL},
    {"KeLowerIrql KfLowerIrql", lower_irql, 0},
    {"KeLeaveCriticalRegion", leave_region, 0},
    {"ExAcquireResourceExclusiveLite ExAcquireResourceSharedLite ExAcquireSharedStarveExclusive "
     "ExAcquireSharedWaitForExclusive",
     need_apcs_disabled, 0x37},
    {"ExReleaseResourceForThreadLite ExReleaseResourceLite", need_apcs_disabled, 0x38},
    {"ExAcquireFastMutexUnsafe", need_apcs_disabled, 0x39},
    {"ExReleaseFastMutexUnsafe", need_apcs_disabled, 0x3A},
    {"MmMapLockedPages", map_pages, 0x74},
    {"MmMapLockedPagesSpecifyCache", map_pages, 0x76},
    {"MmAllocatePagesForMdl MmAllocatePagesForMdlEx MmFreePagesFromMdl", pages_for_mdl, 0},
    {"KeWaitForMutexObject KeWaitForSingleObject", wait_for_one, 0},
    {"KeWaitForMultipleObjects", wait_for_many, 0},
    {"ExInitializeFastMutex ExInitializeResourceLite KeInitializeEvent KeInitializeGuardedMutex "
     "KeInitializeMutex KeInitializeSemaphore KeInitializeSpinLock KeInitializeTimer "
     "KeInitializeTimerEx",
     initialise_object, 0},
    {"ExQueueWorkItem FsRtlPostPagingFileStackOverflow IoQueueWorkItem IoQueueWorkItemEx",
     queue_work, 0},
    {"IoInitializeWorkItem", queue_work, 1},
    {"MmBuildMdlForNonPagedPool", build_mdl, 0},
    {"MmUnlockPages", unlock_pages, 0},
    {"RtlCopyMemory memcpy", copy_memory, 0},
    {"KeAcquireInStackQueuedSpinLock KeAcquireInStackQueuedSpinLockAtDpcLevel KeAcquireSpinLock "
     "KeAcquireSpinLockAtDpcLevel KeAcquireSpinLockForDpc KeAcquireSpinLockRaiseToDpc",
     acquire, SPIN},
    {"ExAcquireFastMutex ExAcquireFastMutexUnsafe KeAcquireGuardedMutex "
     "KeAcquireGuardedMutexUnsafe",
     acquire, FAST},
    {"KeWaitForMutexObject KeWaitForSingleObject", wait_for_mutex, 0},
    {"KeReleaseInStackQueuedSpinLock KeReleaseInStackQueuedSpinLockFromDpcLevel KeReleaseSpinLock "
     "KeReleaseSpinLockForDpc KeReleaseSpinLockFromDpcLevel",
     release, SPIN},
    {"ExReleaseFastMutex ExReleaseFastMutexUnsafe KeReleaseGuardedMutex "
     "KeReleaseGuardedMutexUnsafe",
     release, FAST},
    {"KeReleaseMutex", release, MUTEX},
};
enum { ROWS = sizeof rows / sizeof *rows };

// What the routine's return says about a lock.
static const struct grant {
    const char *routines;
    enum { ALWAYS, WHEN_TRUE, WHEN_SUCCESS } when;
    unsigned kind;
} grants[] = {
    {"KeAcquireInStackQueuedSpinLock KeAcquireInStackQueuedSpinLockAtDpcLevel KeAcquireSpinLock "
     "KeAcquireSpinLockAtDpcLevel KeAcquireSpinLockForDpc KeAcquireSpinLockRaiseToDpc",
     ALWAYS, SPIN},
    {"KeTryToAcquireSpinLockAtDpcLevel", WHEN_TRUE, SPIN},
    {"ExAcquireFastMutex ExAcquireFastMutexUnsafe KeAcquireGuardedMutex "
     "KeAcquireGuardedMutexUnsafe",
     ALWAYS, FAST},
    {"ExTryToAcquireFastMutex KeTryToAcquireGuardedMutex", WHEN_TRUE, FAST},
    {"KeWaitForMutexObject KeWaitForSingleObject", WHEN_SUCCESS, MUTEX},
};
enum { GRANTS = sizeof grants / sizeof *grants };

// Which rows concern a routine: bits of `rows`, of `irql_rules` above them, and its grant + 1.
struct kss_verifier {
    uint64_t rows[KSS_NT_COUNT];
    uint8_t grants[KSS_NT_COUNT];
};
_Static_assert(ROWS + IRQL_RULES <= 64, "one bit each");

// Calls [mark] with every routine of [names] that kss has.
static void each_routine(const char *names, uint64_t *marks, uint64_t bit, uint8_t *grant,
                         uint8_t number) {
    for (const char *at = names; *at != 0;) {
        size_t length = strcspn(at, " ");
        const struct kss_routine *routine = kss_routine_find(at, length);
        if (routine != NULL && marks != NULL)
            marks[routine - kss_routines] |= bit;
        if (routine != NULL && grant != NULL)
            grant[routine - kss_routines] = number;
        at += length + (at[length] == ' ');
    }
}

void kss_verifier_start(struct kss_machine *m) {
    if (!m->config.verifier)
        return;
    struct kss_verifier *v = calloc(1, sizeof *v);
    if (v == NULL)
        kss_os_fatal("out of memory");
    for (unsigned i = 0; i < ROWS; i++)
        each_routine(rows[i].routines, v->rows, UINT64_C(1) << i, NULL, 0);
    for (unsigned i = 0; i < IRQL_RULES; i++)
        each_routine(irql_rules[i].routine, v->rows, UINT64_C(1) << (ROWS + i), NULL, 0);
    for (unsigned i = 0; i < GRANTS; i++)
        each_routine(grants[i].routines, NULL, 0, v->grants, (uint8_t)(i + 1));
    m->verifier = v;
}

void kss_verifier_end(struct kss_machine *m) {
    free(m->verifier);
}

// ---- From outside -------------------------------------------------------------------------------
bool kss_verifier_call(struct kss_machine *m, const struct kss_call *call) {
    struct look look = {m, call, kss_cpu(m)->irql};
    uint64_t mask = m->verifier->rows[call->routine];
    for (unsigned i = 0; i < IRQL_RULES && mask >> ROWS != 0 && !stopped(m); i++)
        if (mask >> (ROWS + i) & 1)
            irql_range(&look, i);
    for (unsigned i = 0; i < ROWS && !stopped(m); i++)
        if (mask >> i & 1)
            rows[i].before(&look, rows[i].value);
    if (!stopped(m))
        any_other(&look);
    return !stopped(m);
}

static bool resident_pageable(const struct kss_machine *m) {
    for (uint32_t i = 0; i < kss_region_at_count(m); i++) {
        const struct kss_region *region = kss_region_at(m, i);
        if ((region->kind == KSS_REGION_PAGED || region->kind == KSS_REGION_IMAGE_PAGED) &&
            !region->out)
            return true;
    }
    return false;
}

void kss_verifier_trim(struct kss_machine *m) {
    if (resident_pageable(m))
        kss_trim(m);
}

void kss_verifier_returned(struct kss_machine *m, const struct kss_call *call, uint64_t value) {
    unsigned number = m->verifier->grants[call->routine];
    if (number == 0)
        return;
    const struct grant *grant = &grants[number - 1];
    kss_addr lock = call->arguments[0];
    if ((grant->when == WHEN_TRUE && (value & 0xFF) == 0) ||
        (grant->when == WHEN_SUCCESS && ((uint32_t)value != 0 || !waits_for_mutex(m, lock))))
        return;
    bool handle = strncmp(kss_routines[call->routine].name, "KeAcquireInStack", 16) == 0;
    note_held(m, lock, handle ? call->arguments[1] : 0, grant->kind);
    if (grant->kind == SPIN)
        kss_verifier_trim(m);
}

// A routine that the system called returns: [before] and [now] are guard words.
void kss_verifier_return(struct kss_machine *m, const struct kss_frame *frame, uint64_t now) {
    uint64_t before = frame->guard;
    bool irql = (before & 0xFF) != (now & 0xFF), apcs = before >> 32 != now >> 32;
    kss_addr routine = kss_code_address(m, frame->routine);
    if (frame->entry == KSS_ENTRY_DISPATCH && apcs)
        violate(m, 0xC5, routine, now >> 32, before >> 32, KSS_NT_COUNT, routine);
    else if (frame->entry == KSS_ENTRY_COMPLETION && irql)
        violate(m, 0xFA, routine, before & 0xFF, now & 0xFF, KSS_NT_COUNT, routine);
    else if (frame->entry == KSS_ENTRY_COMPLETION && apcs)
        violate(m, 0xFB, routine, now >> 32, before >> 32, KSS_NT_COUNT, routine);
    else if (frame->entry == KSS_ENTRY_ISR && irql)
        violate(m, 0x111, routine, before & 0xFF, now & 0xFF, KSS_NT_COUNT, routine);
}

// The running thread ends.
bool kss_verifier_exit(struct kss_machine *m) {
    for (uint32_t i = 0; i < record_count(m); i++) {
        const struct kss_verified *record = record_at(m, i);
        if (record->kind != HELD || record->holder != me(m) || record->lock_kind == MUTEX)
            continue;
        kss_addr lock = record->lock;
        violate(m, 0x100A, holder_address(m, me(m)), 0, 0, KSS_NT_COUNT, lock);
        return false;
    }
    return true;
}
