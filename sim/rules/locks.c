// SPDX-License-Identifier: MIT
// Locks that are acquired twice or kept: KSS5001, KSS5002, KSS5006.
//
// Whether a lock is given back is asked only where the environment called: a routine that exists to
// acquire a lock returns with it held, and is right to. Two more ways to lose a lock are told as
// KSS5002: releasing one that is not held, and lowering the IRQL below DISPATCH_LEVEL under one.
#include "rules/find.h"

enum { ACQUIRE = 0, BALANCE_LOCK = 1, BALANCE_OWNED = 4 };

void kss_rule_remember_lock(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object != KSS_NONE)
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, object)->address, 0);
    if (event->words[1] != ACQUIRE || object == KSS_NONE)
        return;
    kss_mark_set(machine, KSS_MARK_QUEUE, see_object(machine, object)->address, event);
    if (event->words[2] < KSS_DISPATCH_LEVEL)
        kss_mark_set(machine, KSS_MARK_RAISE, event->cpu, event);
}

// The finding that says of this lock that it is kept, 0: none.
static uint32_t kept_since(struct kss_machine *machine, uint16_t object) {
    return (uint32_t)kss_memo(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, object)->address);
}

static const struct {
    const char *message, *label, *help, *source;
} recursions[] = {
    {" is acquired by the processor that holds it",
     "spins for ever: only this processor could release it",
     "release it first, or give the code that runs with the lock held an entry of its own", NULL},
    {" is acquired by the thread that owns it", "waits for ever: only this thread could release it",
     "release it first, or give the code that runs with it owned an entry of its own",
     "DDI ExAcquireFastMutex; DDI KeAcquireGuardedMutex; DBG bug-check-0xbf--mutex-already-owned"},
    {" is waited for by a thread that owns it shared",
     "waits for ever: its own shared access keeps it away",
     "release it before asking for exclusive access, or for shared access behind those who wait "
     "for "
     "exclusive access",
     "DDI ExAcquireResourceExclusiveLite; DDI ExAcquireSharedWaitForExclusive"},
};

void kss_rule_lock_recursion(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    uint32_t told = object == KSS_NONE ? 0 : kept_since(machine, object);
    if (told != 0) {
        kss_finding_follows(machine, told, event->place, "who acquires it here waits for ever");
        return;
    }
    if (object == KSS_NONE || !kss_finding_begin(machine, &finding, KSS_HAZARD_spin_lock_recursion,
                                                 event->place, (uint32_t)event->words[0], &number))
        return;
    kss_addr address = see_object(machine, object)->address;
    unsigned kind = see_object(machine, object)->kind;
    unsigned which = kind == KSS_O_RESOURCE ? 2 : kss_is_lock(kind) ? 1 : 0;
    struct kss_text what = {0};
    kss_say_address(machine, address, &what);
    kss_text_format(&finding.message, "%s%s", what.bytes, recursions[which].message);
    kss_text_str(&finding.label, recursions[which].label);
    struct kss_mark first = kss_mark(machine, KSS_MARK_QUEUE, address);
    if (first.place != 0)
        kss_finding_cause(&finding, first, "acquired here");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "%s", recursions[which].help);
    if (recursions[which].source != NULL)
        kss_finding_remark(&finding, KSS_REMARK_SOURCE, "%s", recursions[which].source);
    else
        kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

static bool held_by(const struct kss_machine *machine, uint32_t index, unsigned cpu) {
    const struct kss_object *object = see_object(machine, index);
    return (object->kind == KSS_O_SPINLOCK && object->signal == (int32_t)cpu + 1) ||
           (object->kind == KSS_O_RW_SPINLOCK && object->signal != 0);
}

uint32_t kss_locks_told(struct kss_machine *machine, unsigned cpu) {
    uint32_t told = 0;
    for (uint32_t i = 0; i < see_object_count(machine); i++)
        if (held_by(machine, i, cpu) && (told = kept_since(machine, (uint16_t)i)) == 0)
            return 0;
    return told;
}

void kss_locks_tell(struct kss_machine *machine, unsigned cpu, uint32_t number) {
    for (uint32_t i = 0; i < see_object_count(machine); i++)
        if (held_by(machine, i, cpu))
            kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, i)->address, number);
}

// Each lock the processor holds, where it was acquired; finding [number] speaks of them.
static void causes_of_held_locks(struct kss_machine *machine, struct kss_finding *finding,
                                 unsigned cpu, uint32_t number) {
    struct kss_text what = {0};
    kss_locks_tell(machine, cpu, number);
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        if (!held_by(machine, i, cpu))
            continue;
        struct kss_object object = *see_object(machine, i);
        struct kss_mark mark = kss_mark(machine, KSS_MARK_QUEUE, object.address);
        if (mark.place != 0)
            kss_finding_cause(finding, mark, "%s is acquired here",
                              kss_say_address(machine, object.address, &what));
    }
    kss_text_free(&what);
}

// ---- Locks of threads ---------------------------------------------------------------------------
static bool owns(const struct kss_machine *machine, uint16_t thread, uint16_t object) {
    enum { MOST = 64 };
    uint16_t owners[MOST];
    unsigned count = kss_lock_owners(machine, object, owners, MOST);
    for (unsigned i = 0; i < count; i++)
        if (owners[i] == thread)
            return true;
    return false;
}

static const char *kind_of_lock(unsigned kind) {
    switch (kind) {
    case KSS_O_FAST_MUTEX: return "a fast mutex";
    case KSS_O_GUARDED_MUTEX: return "a guarded mutex";
    case KSS_O_RESOURCE: return "a resource";
    default: return "a push lock";
    }
}

static struct kss_mark owned_since(struct kss_machine *machine, uint16_t thread, uint32_t object) {
    return kss_mark(machine, KSS_MARK_OWNED,
                    (uint64_t)see_object_cold(machine, object)->number << 16 | thread);
}

// The finding that speaks of the acquisition of each lock the thread owns; 0: not of all of them.
// Two threads that come by the same way out are one mistake.
static uint32_t owned_told(struct kss_machine *machine, uint16_t thread) {
    uint32_t told = 0;
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        if (!kss_is_lock(see_object(machine, i)->kind) || !owns(machine, thread, (uint16_t)i))
            continue;
        told = (uint32_t)kss_memo(machine, KSS_MEMO_LEAK, owned_since(machine, thread, i).place);
        if (told == 0)
            return 0;
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, i)->address, told);
    }
    return told;
}

static void owned_at_return(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number, routine = (uint32_t)event->words[0];
    uint32_t told = event->thread == KSS_NONE ? 0 : owned_told(machine, event->thread);
    if (told != 0)
        kss_finding_follows(machine, told, event->place, "it is still owned at this return");
    if (event->thread == KSS_NONE || told != 0 ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_lock_not_released, event->place, routine,
                           &number))
        return;
    const char *kind = NULL;
    struct kss_text who = {0}, what = {0};
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        struct kss_object object = *see_object(machine, i);
        if (!kss_is_lock(object.kind) || !owns(machine, event->thread, (uint16_t)i))
            continue;
        kind = kind == NULL ? kind_of_lock(object.kind) : kind;
        struct kss_mark mark = owned_since(machine, event->thread, i);
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, object.address, number);
        if (mark.place != 0)
            kss_memo_set(machine, KSS_MEMO_LEAK, mark.place, number);
        if (mark.place != 0)
            kss_finding_cause(&finding, mark, "%s is acquired here",
                              kss_say_address(machine, object.address, &what));
    }
    kss_text_format(&finding.message, "`%s` returns and still owns %s",
                    kss_say_routine(machine, routine, &who), kind == NULL ? "a lock" : kind);
    kss_text_str(&finding.label, "the next to acquire it waits for ever");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "release it on every path out");
    kss_finding_remark(&finding, KSS_REMARK_SOURCE,
                       "DDI ExReleaseFastMutex; DDI ExReleaseResourceLite; DBG bug-check-0xc4 "
                       "subcode 0x100A");
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
    kss_text_free(&what);
}

void kss_rule_lock_balance(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    if (event->words[1] == BALANCE_OWNED && (int64_t)event->words[3] > (int64_t)event->words[2])
        owned_at_return(machine, event);
    uint32_t number, routine = (uint32_t)event->words[0];
    if (event->words[1] != BALANCE_LOCK || (int64_t)event->words[3] <= (int64_t)event->words[2])
        return;
    uint32_t told = kss_locks_told(machine, event->cpu);
    if (told != 0) {
        kss_finding_follows(machine, told, event->place, "it is still held at this return");
        return;
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_lock_not_released, event->place, routine,
                           &number))
        return;
    struct kss_text who = {0};
    kss_text_format(&finding.message, "`%s` returns with a spin lock held",
                    kss_say_routine(machine, routine, &who));
    kss_text_str(&finding.label, "the next to acquire it spins for ever");
    causes_of_held_locks(machine, &finding, event->cpu, number);
    kss_finding_remark(&finding, KSS_REMARK_HELP, "release it on every path out");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
}

void kss_rule_lock_unowned(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object == KSS_NONE || !kss_finding_begin(machine, &finding, KSS_HAZARD_lock_not_released,
                                                 event->place, (uint32_t)event->words[0], &number))
        return;
    struct kss_text what = {0};
    kss_addr address = see_object(machine, object)->address;
    kss_text_format(&finding.message, "%s is released and this processor does not hold it",
                    kss_say_address(machine, address, &what));
    kss_text_str(&finding.label, "whatever lock was meant stays held");
    kss_cause_of_object(machine, &finding, address);
    kss_finding_remark(&finding, KSS_REMARK_HELP, "release each lock once, where it was acquired");
    kss_finding_remark(&finding, KSS_REMARK_SOURCE,
                       "DDI KeReleaseSpinLock; DBG bug-check-0x10--spin-lock-not-owned");
    kss_memo_set(machine, KSS_MEMO_UNOWNED, event->cpu, kss_finding_emit(machine, &finding));
    kss_memo_set(machine, KSS_MEMO_UNOWNED_AT, event->cpu, event->place);
    kss_text_free(&what);
}

// KeReleaseSpinLock lowers the IRQL after it has released, so this is somebody's KeLowerIrql, or an
// outer lock released before an inner one.
void kss_rule_lock_lowered(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (event->words[0] < KSS_DISPATCH_LEVEL || event->words[1] >= KSS_DISPATCH_LEVEL ||
        see_cpu(machine, event->cpu)->locks_held == 0)
        return;
    uint32_t told = kss_locks_told(machine, event->cpu);
    if (kss_memo(machine, KSS_MEMO_UNOWNED_AT, event->cpu) == event->place && event->place != 0) {
        told =
            (uint32_t)kss_memo(machine, KSS_MEMO_UNOWNED, event->cpu); // the wrong lock's release
        kss_locks_tell(machine, event->cpu, told);
    }
    if (told != 0)
        kss_finding_follows(machine, told, event->place, "the IRQL drops with it held");
    if (told != 0 || !kss_finding_begin(machine, &finding, KSS_HAZARD_lock_not_released,
                                        event->place, 0, &number))
        return;
    struct kss_text irql = {0};
    kss_text_format(&finding.message, "the IRQL drops to %s while a spin lock is held",
                    kss_say_irql(machine, (unsigned)event->words[1], &irql));
    kss_text_str(&finding.label, "its holder can now be switched away from");
    causes_of_held_locks(machine, &finding, event->cpu, number);
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "release the lock first; nested locks in the reverse order");
    kss_finding_remark(&finding, KSS_REMARK_SOURCE,
                       "DDI KeAcquireSpinLock; DBG bug-check-0xf--spin-lock-already-owned");
    kss_finding_emit(machine, &finding);
    kss_text_free(&irql);
}

// ---- KSS5006 ------------------------------------------------------------------------------------
// Completion routines of other drivers run inside: one of them may want the lock, or complete for
// long (DDI IoCompleteRequest: never with a spin lock held).
void kss_rule_complete_under_lock(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (see_cpu(machine, event->cpu)->locks_held == 0 || kss_locks_told(machine, event->cpu) != 0 ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_call_under_spin_lock, event->place, 0,
                           &number))
        return;
    kss_text_str(&finding.message, "an IRP is completed while a spin lock is held");
    kss_text_str(&finding.label, "completion routines of other drivers run inside this call");
    causes_of_held_locks(machine, &finding, event->cpu, number);
    kss_finding_remark(
        &finding, KSS_REMARK_HELP,
        "take the IRP off its queue under the lock, release the lock, then complete");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}
