// SPDX-License-Identifier: MIT
// IRPs: KSS8001 to KSS8004, and KSS5007.
//
// What a dispatch routine returns must agree with what it did to the IRP. A routine that returns
// another status than STATUS_PENDING says that the IRP is complete. When it is not, it depends on
// the future what went wrong: somebody completes it later (KSS8002: it should have been marked and
// STATUS_PENDING returned) or nobody ever does (KSS8003). So that return is remembered and told
// when the future is known.
//
// KSS5007 is told at the end, of a thread that still waits: completion has left the second stage of
// its IRP to a special kernel APC, and the thread keeps such APCs away.
#include "rules/find.h"

#include "nt/layout.h"

enum { NOT_MARKED, NOT_RETURNED, NOT_COMPLETED };
enum {
    MISUSE_STATUS_PENDING,
    MISUSE_STATUS_INVALID,
    MISUSE_CANCEL_ROUTINE,
    MISUSE_NO_THREAD,
    MISUSE_FREED_IN_FLIGHT,
    MISUSE_THREADED_FREED,
    MISUSE_NOT_IRP,
    MISUSE_OWNED_BELOW,
    MISUSE_INFORMATION,
    MISUSE_COUNT
};

// ---- Remembering --------------------------------------------------------------------------------
void kss_rule_irp_sent(struct kss_machine *machine, const struct kss_event *event) {
    kss_mark_set(machine, KSS_MARK_IRP_SENT, event->words[0], event);
    kss_memo_set(machine, KSS_MEMO_IRP_SENT_TO, event->words[0], event->words[2] + 1);
}

void kss_rule_irp_pending(struct kss_machine *machine, const struct kss_event *event) {
    kss_mark_set(machine, KSS_MARK_IRP_PENDING, event->words[0], event);
}

void kss_rule_apc_level(struct kss_machine *machine, const struct kss_event *event) {
    if (event->words[0] < KSS_APC_LEVEL && event->words[1] == KSS_APC_LEVEL)
        kss_mark_set(machine, KSS_MARK_APC_LEVEL, event->thread, event);
}

static uint64_t key_of_return(uint64_t irp, uint64_t routine) {
    return irp << 24 | (routine & 0xFFFFFF);
}

// Where a dispatch routine returned: what it said can turn out to be wrong later.
void kss_rule_irp_return(struct kss_machine *machine, const struct kss_event *event) {
    kss_mark_set(machine, KSS_MARK_IRP_BACK, key_of_return(event->words[0], event->words[2]),
                 event);
}

static uint32_t place_of_return(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_mark back =
        kss_mark(machine, KSS_MARK_IRP_BACK, key_of_return(event->words[0], event->words[1]));
    return back.place != 0 ? back.place : event->place;
}

static void cause_of_sending(struct kss_machine *machine, struct kss_finding *finding,
                             uint64_t irp) {
    struct kss_mark sent = kss_mark(machine, KSS_MARK_IRP_SENT, irp);
    uint64_t to = kss_memo(machine, KSS_MEMO_IRP_SENT_TO, irp);
    if (sent.place == 0 || sent.place == finding->place)
        return;
    struct kss_text who = {0};
    kss_finding_cause(finding, sent, "the IRP is sent to `%s` here",
                      kss_say_routine(machine, (uint32_t)(to - 1), &who));
    kss_text_free(&who);
}

// ---- KSS8001 ------------------------------------------------------------------------------------
void kss_rule_irp_twice(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irp_completed_twice, event->place,
                           (uint32_t)event->words[1], &number))
        return;
    struct kss_text who = {0}, first = {0};
    uint64_t before = kss_memo(machine, KSS_MEMO_IRP_COMPLETER, event->words[0]);
    before = before != 0 ? before - 1 : event->words[2];
    kss_say_routine(machine, (uint32_t)event->words[1], &who);
    kss_say_routine(machine, (uint32_t)before, &first);
    if (event->words[1] == before)
        kss_text_format(&finding.message, "`%s` completes an IRP that it has completed already",
                        who.bytes);
    else
        kss_text_format(&finding.message, "`%s` completes an IRP that `%s` has completed already",
                        who.bytes, first.bytes);
    kss_text_str(&finding.label, "after its completion an IRP belongs to somebody else");
    cause_of_sending(machine, &finding, event->words[0]);
    struct kss_mark done = kss_mark(machine, KSS_MARK_IRP_COMPLETED, event->words[0]);
    if (done.place != 0)
        kss_finding_cause(&finding, done, "completed here first");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "one owner completes the IRP: who passed it on or completed it does not "
                       "touch it again");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
    kss_text_free(&first);
}

// ---- KSS8002 ------------------------------------------------------------------------------------
static void returned_early(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t irp = event->words[0];
    struct kss_mark back = kss_mark(machine, KSS_MARK_IRP_RETURNED, irp);
    if (back.place == 0)
        return;
    struct kss_finding finding;
    uint32_t number;
    uint64_t routine = kss_memo(machine, KSS_MEMO_IRP_RETURNED_BY, irp) - 1;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irp_pending_mismatch, back.place,
                           (uint32_t)routine, &number))
        return;
    struct kss_text who = {0}, status = {0};
    kss_text_format(&finding.message, "`%s` returns %s for an IRP that is completed later",
                    kss_say_routine(machine, (uint32_t)routine, &who),
                    kss_say_status(kss_memo(machine, KSS_MEMO_IRP_STATUS, irp), &status));
    kss_text_str(&finding.label, "says that the IRP is complete, and it is not");
    cause_of_sending(machine, &finding, irp);
    struct kss_mark now = {event->place, event->time};
    kss_finding_cause(&finding, now, "it is completed here");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "before the IRP is kept for later call IoMarkIrpPending, then return "
                       "STATUS_PENDING");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
    kss_text_free(&status);
}

void kss_rule_irp_complete(struct kss_machine *machine, const struct kss_event *event) {
    returned_early(machine, event);
    kss_memo_set(machine, KSS_MARK_IRP_RETURNED, event->words[0], 0);
    kss_mark_set(machine, KSS_MARK_IRP_COMPLETED, event->words[0], event);
    kss_memo_set(machine, KSS_MEMO_IRP_COMPLETER, event->words[0], event->words[3] + 1);
}

void kss_rule_irp_mismatch(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t irp = event->words[0];
    struct kss_event returned = *event;
    returned.place = place_of_return(machine, event);
    if (event->words[3] == NOT_COMPLETED) {
        kss_mark_set(machine, KSS_MARK_IRP_RETURNED, irp, &returned);
        kss_memo_set(machine, KSS_MEMO_IRP_RETURNED_BY, irp, event->words[1] + 1);
        kss_memo_set(machine, KSS_MEMO_IRP_STATUS, irp, event->words[2]);
        return;
    }
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irp_pending_mismatch, returned.place,
                           (uint32_t)event->words[1], &number))
        return;
    struct kss_text who = {0}, status = {0};
    bool marked = event->words[3] == NOT_RETURNED;
    kss_say_routine(machine, (uint32_t)event->words[1], &who);
    if (marked)
        kss_text_format(&finding.message, "`%s` marks the IRP pending and returns %s", who.bytes,
                        kss_say_status(event->words[2], &status));
    else
        kss_text_format(&finding.message,
                        "`%s` returns STATUS_PENDING for an IRP it has not marked pending",
                        who.bytes);
    kss_text_str(&finding.label, marked ? "the caller takes the IRP for completed and done with"
                                        : "the I/O manager does not finish the IRP");
    cause_of_sending(machine, &finding, irp);
    struct kss_mark pending = kss_mark(machine, KSS_MARK_IRP_PENDING, irp);
    if (marked && pending.place != 0)
        kss_finding_cause(&finding, pending, "marked pending here");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       marked ? "once it is marked, return STATUS_PENDING, whatever became of it"
                              : "call IoMarkIrpPending before the IRP is queued or passed on");
    kss_finding_source(&finding);
    kss_memo_set(machine, KSS_MEMO_IRP_TOLD, irp, kss_finding_emit(machine, &finding));
    kss_text_free(&who);
    kss_text_free(&status);
}

// ---- KSS8003 ------------------------------------------------------------------------------------
void kss_rule_irp_never(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t irp = event->words[0];
    struct kss_mark back = kss_mark(machine, KSS_MARK_IRP_RETURNED, irp);
    struct kss_mark sent = kss_mark(machine, KSS_MARK_IRP_SENT, irp);
    uint32_t place = back.place != 0 ? back.place : sent.place != 0 ? sent.place : event->place;
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irp_never_completed, place,
                           (uint32_t)event->words[2], &number))
        return;
    struct kss_text who = {0}, status = {0};
    kss_say_routine(machine, (uint32_t)event->words[2], &who);
    if (back.place != 0)
        kss_text_format(&finding.message,
                        "`%s` returns %s without completing the IRP or passing it on", who.bytes,
                        kss_say_status(kss_memo(machine, KSS_MEMO_IRP_STATUS, irp), &status));
    else
        kss_text_format(&finding.message, "the IRP that went to `%s` is never completed",
                        who.bytes);
    kss_text_str(&finding.label, back.place != 0 ? "nobody has the IRP any more"
                                                 : "still not completed at the end of the run");
    cause_of_sending(machine, &finding, irp);
    struct kss_mark pending = kss_mark(machine, KSS_MARK_IRP_PENDING, irp);
    if (pending.place != 0 && pending.place != place)
        kss_finding_cause(&finding, pending, "marked pending here");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "on every path set IoStatus and call IoCompleteRequest, pass the IRP on, or "
                       "mark it pending and keep it where something completes or cancels it");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
    kss_text_free(&status);
}

// ---- KSS8004, KSS3003 ---------------------------------------------------------------------------
static const struct {
    const char *what, *label, *help;
} misuses[MISUSE_COUNT] = {
    [MISUSE_STATUS_PENDING] = {"completes an IRP with STATUS_PENDING in its status block",
                               "STATUS_PENDING says that it is not complete",
                               "set IoStatus.Status to what became of the request"},
    [MISUSE_STATUS_INVALID] = {"completes an IRP with a status that is none",
                               "whoever asked sees this value",
                               "set IoStatus.Status and IoStatus.Information before completing"},
    [MISUSE_CANCEL_ROUTINE] = {"completes an IRP that still has a Cancel routine",
                               "a cancel that comes now works on a completed IRP",
                               "take it back first: IoSetCancelRoutine(Irp, NULL)"},
    [MISUSE_NO_THREAD] = {"sends an IRP that has no thread to finish it",
                          "its second completion stage has nowhere to run",
                          "make it with IoBuildSynchronousFsdRequest, or stop its completion in a "
                          "completion routine and free it there"},
    [MISUSE_FREED_IN_FLIGHT] =
        {"frees an IRP that a driver still has",
         "the driver below completes memory that is somebody else's",
         "free it in the completion routine, or after it has been completed"},
    [MISUSE_THREADED_FREED] = {"frees an IRP that the I/O manager frees",
                               "it is freed a second time when its thread finishes it",
                               "only IRPs of IoAllocateIrp and IoBuildAsynchronousFsdRequest are "
                               "their driver's to free"},
    [MISUSE_NOT_IRP] = {"is given memory that is no IRP", "there is no live IRP here",
                        "after an IRP was completed or freed its address means nothing"},
    [MISUSE_OWNED_BELOW] = {"sends an IRP that the driver below still has",
                            "two drivers work on one IRP",
                            "wait for its completion, or stop it in a completion routine, first"},
    [MISUSE_INFORMATION] = {"says that it has returned more bytes than the system buffer holds",
                            "as many bytes are copied to the caller",
                            "IoStatus.Information is the number of bytes put into the buffer, not "
                            "the number that would be needed"},
};

void kss_rule_irp_misuse(struct kss_machine *machine, const struct kss_event *event) {
    uint64_t what = event->words[2];
    if (what >= MISUSE_COUNT)
        return;
    bool freed = what == MISUSE_FREED_IN_FLIGHT || what == MISUSE_THREADED_FREED;
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding,
                           freed ? KSS_HAZARD_freed_while_in_use : KSS_HAZARD_irp_misused,
                           event->place, freed ? MISUSE_COUNT : (uint32_t)what, &number))
        return;
    struct kss_text who = {0};
    if (what == MISUSE_NOT_IRP && event->words[3] < KSS_NT_COUNT)
        kss_text_format(&finding.message, "`%s` %s", kss_routines[event->words[3]].name,
                        misuses[what].what);
    else
        kss_text_format(&finding.message, "`%s` %s",
                        kss_say_routine(machine, (uint32_t)event->words[1], &who),
                        misuses[what].what);
    kss_text_str(&finding.label, misuses[what].label);
    if (event->words[0] != 0)
        cause_of_sending(machine, &finding, event->words[0]);
    kss_finding_remark(&finding, KSS_REMARK_HELP, "%s", misuses[what].help);
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
}

// ExFreePool of a pool block that holds an IRP.
void kss_rule_irp_freed(struct kss_machine *machine, const struct kss_event *event) {
    enum { BY_MEMORY = 2 };
    struct kss_finding finding;
    uint32_t number;
    if (event->words[1] != BY_MEMORY || !event->words[2] ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_freed_while_in_use, event->place,
                           MISUSE_COUNT, &number))
        return;
    kss_text_str(&finding.message, "the memory of an IRP is freed while a driver has the IRP");
    kss_text_str(&finding.label, misuses[MISUSE_FREED_IN_FLIGHT].label);
    cause_of_sending(machine, &finding, event->words[0]);
    kss_finding_remark(&finding, KSS_REMARK_HELP, "%s", misuses[MISUSE_FREED_IN_FLIGHT].help);
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

// ---- KSS5007 ------------------------------------------------------------------------------------
void kss_rule_apc_left(struct kss_machine *machine, const struct kss_event *event) {
    enum { BLOCKED_IRQL = 1 };
    struct kss_finding finding;
    uint32_t number;
    uint16_t thread = (uint16_t)event->words[1];
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_irp_wait_with_apcs_blocked, event->place,
                           thread, &number))
        return;
    bool irql = event->words[2] == BLOCKED_IRQL;
    kss_text_format(&finding.message,
                    "the thread waits %s for an IRP whose completion needs a "
                    "special kernel APC",
                    irql ? "at APC_LEVEL" : "in a guarded region");
    kss_text_str(&finding.label, "the APC would signal what is waited for, and cannot come");
    struct kss_mark raised = kss_mark(machine, KSS_MARK_APC_LEVEL, thread);
    if (irql && raised.place != 0)
        kss_finding_cause(&finding, raised, "the IRQL is raised here");
    cause_of_sending(machine, &finding, event->words[0]);
    struct kss_mark done = kss_mark(machine, KSS_MARK_IRP_COMPLETED, event->words[0]);
    if (done.place != 0)
        kss_finding_cause(&finding, done, "the IRP is completed here; its second stage is the APC");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "%s before the wait, or send an IRP of IoAllocateIrp whose completion "
                       "routine sets the event and returns STATUS_MORE_PROCESSING_REQUIRED",
                       irql ? "lower the IRQL (release the fast mutex)"
                            : "leave the guarded region (release the guarded mutex)");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
}

// ---- Completion contexts ------------------------------------------------------------------------
static uint64_t field_at(struct kss_machine *machine, kss_addr address, unsigned size) {
    const uint8_t *bytes = kss_direct(machine, address, size, false);
    uint64_t value = 0;
    for (unsigned i = 0; bytes != NULL && i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

kss_addr kss_irp_context(struct kss_machine *machine, const struct kss_object *irp,
                         unsigned location, uint32_t *routine) {
    enum { INVOKED = 0xE0 }; // SL_INVOKE_ON_CANCEL, _SUCCESS, _ERROR
    unsigned pointer = see_profile(machine)->pointer_size;
    bool wide = pointer == 8;
    kss_addr at = irp->address;
    if (location < field_at(machine, at + KSS_OFFSET(IRP, CurrentLocation, wide), 1) ||
        location > field_at(machine, at + KSS_OFFSET(IRP, StackCount, wide), 1))
        return 0;
    at += KSS_SIZE(IRP, wide) + (kss_addr)(location - 1) * KSS_SIZE(IO_STACK_LOCATION, wide);
    if (!(field_at(machine, at + KSS_OFFSET(IO_STACK_LOCATION, Control, wide), 1) & INVOKED))
        return 0;
    kss_addr code =
        field_at(machine, at + KSS_OFFSET(IO_STACK_LOCATION, CompletionRoutine, wide), pointer);
    if (!kss_code_at(machine, code, routine))
        return 0;
    return field_at(machine, at + KSS_OFFSET(IO_STACK_LOCATION, Context, wide), pointer);
}

// ---- What these findings explain ----------------------------------------------------------------
static bool is_irp(const struct kss_object *object) {
    return object->kind == KSS_O_IRP && !(object->flags & KSS_OF_DEAD);
}

// A dispatch routine has returned as if this IRP, or one of the others, were complete.
bool kss_irp_was_denied(struct kss_machine *machine) {
    for (uint32_t i = 0; i < see_object_count(machine); i++)
        if (is_irp(see_object(machine, i)) &&
            kss_mark(machine, KSS_MARK_IRP_RETURNED, see_object_cold(machine, i)->number).place)
            return true;
    return false;
}

// The KSS8002 of a request that is being completed into its thread, whose frame may be gone for it.
uint32_t kss_irp_told_of_completed(struct kss_machine *machine) {
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        unsigned flags = KSS_IRP_COMPLETED | KSS_IRP_THREADED;
        const struct kss_object *irp = see_object(machine, i);
        if (!is_irp(irp) || (irp->irql & flags) != flags)
            continue;
        uint64_t told = kss_memo(machine, KSS_MEMO_IRP_TOLD, see_object_cold(machine, i)->number);
        if (told != 0)
            return (uint32_t)told;
    }
    return 0;
}

static bool in_file(const struct kss_machine *machine, kss_addr address) {
    uint32_t size =
        see_profile(machine)->pointer_size == 8 ? KSS_SIZE64_FILE_OBJECT : KSS_SIZE32_FILE_OBJECT;
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        const struct kss_object *file = see_object(machine, i);
        if (file->kind == KSS_O_FILE && address >= file->address && address - file->address < size)
            return true;
    }
    return false;
}

// A wait that never ends because of an IRP is told by the rule that knows the IRP: its second stage
// is kept away (KSS5007), it is not completed (KSS8003), or was not marked pending (KSS8002).
bool kss_irp_explains_wait(struct kss_machine *machine, uint16_t thread, uint16_t waited) {
    for (uint32_t i = 0; i < see_apc_count(machine); i++)
        if (see_apc(machine, i)->thread == thread)
            return true;
    if (waited == KSS_NONE)
        return false;
    uint32_t number = see_object_cold(machine, waited)->number;
    bool file = in_file(machine, see_object(machine, waited)->address);
    for (uint32_t i = 0; i < see_object_count(machine); i++) {
        const struct kss_object *irp = see_object(machine, i);
        if (!is_irp(irp) || !(irp->irql & KSS_IRP_SENT) || !(irp->irql & KSS_IRP_THREADED))
            continue;
        bool told = kss_memo(machine, KSS_MEMO_IRP_TOLD, see_object_cold(machine, i)->number) != 0;
        if ((told || !(irp->irql & KSS_IRP_COMPLETED)) && (file || irp->period >> 32 == number))
            return true;
    }
    return false;
}
