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
    if (event->words[1] != ACQUIRE || object == KSS_NONE)
        return;
    kss_mark_set(machine, KSS_MARK_QUEUE, see_object(machine, object)->address, event);
    if (event->words[2] < KSS_DISPATCH_LEVEL)
        kss_mark_set(machine, KSS_MARK_RAISE, event->cpu, event);
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

// Each lock the processor holds, where it was acquired.
static void causes_of_held_locks(struct kss_machine *machine, struct kss_finding *finding,
                                 unsigned cpu) {
    struct kss_text what = {0};
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        struct kss_object object = *see_object(machine, i);
        if (!(object.kind == KSS_O_SPINLOCK && object.signal == (int32_t)cpu + 1) &&
            !(object.kind == KSS_O_RW_SPINLOCK && object.signal != 0))
            continue;
        struct kss_mark mark = kss_mark(machine, KSS_MARK_QUEUE, object.address);
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, object.address, 1);
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

static void owned_at_return(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number, routine = (uint32_t)event->words[0];
    if (event->thread == KSS_NONE ||
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
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, object.address, 1);
        struct kss_mark mark =
            kss_mark(machine, KSS_MARK_OWNED,
                     (uint64_t)see_object_cold(machine, i)->number << 16 | event->thread);
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

// Every lock the processor holds is one of which something was told: that its handle is gone.
static bool all_told(struct kss_machine *machine, unsigned cpu) {
    unsigned held = 0, told = 0;
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        struct kss_object object = *see_object(machine, i);
        if (object.kind != KSS_O_SPINLOCK || object.signal != (int32_t)cpu + 1)
            continue;
        held++;
        told += kss_memo(machine, KSS_MEMO_LOCK_TOLD, object.address) != 0;
    }
    return held != 0 && held == told;
}

void kss_rule_lock_balance(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    if (event->words[1] == BALANCE_OWNED && (int64_t)event->words[3] > (int64_t)event->words[2])
        owned_at_return(machine, event);
    uint32_t number, routine = (uint32_t)event->words[0];
    if (event->words[1] != BALANCE_LOCK || (int64_t)event->words[3] <= (int64_t)event->words[2] ||
        all_told(machine, event->cpu))
        return;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_lock_not_released, event->place, routine,
                           &number))
        return;
    struct kss_text who = {0};
    kss_text_format(&finding.message, "`%s` returns with a spin lock held",
                    kss_say_routine(machine, routine, &who));
    kss_text_str(&finding.label, "the next to acquire it spins for ever");
    causes_of_held_locks(machine, &finding, event->cpu);
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
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

// KeReleaseSpinLock lowers the IRQL after it has released, so this is somebody's KeLowerIrql, or an
// outer lock released before an inner one.
void kss_rule_lock_lowered(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (event->words[0] < KSS_DISPATCH_LEVEL || event->words[1] >= KSS_DISPATCH_LEVEL ||
        see_cpu(machine, event->cpu)->locks_held == 0 ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_lock_not_released, event->place, 0,
                           &number))
        return;
    struct kss_text irql = {0};
    kss_text_format(&finding.message, "the IRQL drops to %s while a spin lock is held",
                    kss_say_irql(machine, (unsigned)event->words[1], &irql));
    kss_text_str(&finding.label, "its holder can now be switched away from");
    causes_of_held_locks(machine, &finding, event->cpu);
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
    if (see_cpu(machine, event->cpu)->locks_held == 0 ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_call_under_spin_lock, event->place, 0,
                           &number))
        return;
    kss_text_str(&finding.message, "an IRP is completed while a spin lock is held");
    kss_text_str(&finding.label, "completion routines of other drivers run inside this call");
    causes_of_held_locks(machine, &finding, event->cpu);
    kss_finding_remark(
        &finding, KSS_REMARK_HELP,
        "take the IRP off its queue under the lock, release the lock, then complete");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}
