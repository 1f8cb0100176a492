// SPDX-License-Identifier: MIT
// Cancel-safe queues: the driver keeps a list, these routines keep it and cancellation apart (KRN
// cancel-safe-irp-queues, DDI IoCsqInitialize). Everything is done by the driver's callbacks, called
// here as the WDK's csq sample library calls them:
//
//   insert        acquire, insert, mark pending, set the cancel routine; cancelled already: remove,
//                 release, complete; else release
//   remove next   acquire, peek until the IRP is not being cancelled, remove, release
//   remove        acquire, remove unless it is gone or being cancelled, release
//   cancelled     acquire, remove, release, complete
//
// Tail.Overlay.DriverContext[3] of a queued IRP is its IO_CSQ_IRP_CONTEXT or, without one, its IO_CSQ;
// both begin with a type. The IRQL that the acquire callback stores goes into ReservePointer.
//
// Locals, as far as IoCancelIrp can lend them: [1] IRQL, [2] guard word before the lock, [3] queue,
// [4] IRP.
#include "kernel/io.h"
#include "kernel/lock.h"

#define CSQ(field)     KSS_FIELD(IO_CSQ, field)
#define CONTEXT(field) KSS_FIELD(IO_CSQ_IRP_CONTEXT, field)

enum { TYPE_CONTEXT = 1, TYPE_CSQ = 2, TYPE_CSQ_EX = 3 };
enum { L_IRQL = 1, L_GUARD, L_CSQ, L_IRP };
enum step {
    LOCKED = 1,
    INSERTED,
    PEEKED,
    REMOVED,
    RELEASED,
    // cancelled: numbers that no routine around it has
    CANCEL_LOCKED = 0xC0,
    CANCEL_REMOVED,
    CANCEL_RELEASED,
    CANCEL_DONE
};

static kss_addr link_at(const struct kss_machine *m, kss_addr irp) { // DriverContext[3]
    return irp + KSS_TAIL(DriverContext) + 3 * kss_pointer(m);
}

static kss_addr slot(const struct kss_machine *m, const struct kss_call *call) {
    return call->local[L_CSQ] + CSQ(ReservePointer);
}

// ---- Callbacks ----------------------------------------------------------------------------------
static struct kss_outcome callback(struct kss_machine *m, struct kss_call *call, uint8_t step,
                                   unsigned field, unsigned count) {
    kss_addr routine = kss_get(m, call->local[L_CSQ] + field);
    uint32_t code;
    if (!kss_code_at(m, routine, &code))
        return kss_io_bad_call(m, routine == 0 ? 1 : routine);
    call->out[0] = call->local[L_CSQ];
    return kss_call_driver(m, call, step, code, count, KSS_ENTRY_CALLBACK);
}

// Returns with the driver's lock held, whatever that is.
static struct kss_outcome lock(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    call->local[L_GUARD] = kss_guard(m);
    call->out[1] = slot(m, call);
    kss_set(m, slot(m, call), 0);
    struct kss_outcome outcome = callback(m, call, step, CSQ(CsqAcquireLock), 2);
    if (outcome.kind == KSS_OUT_TURN)
        kss_top_frame(m)->guard = KSS_GUARD_ANY;
    return outcome;
}

static void locked(struct kss_machine *m, struct kss_call *call) {
    call->local[L_IRQL] = kss_peek(m, slot(m, call), 1);
    kss_set(m, slot(m, call), 0);
}

// Returns as it was before the lock was acquired.
static struct kss_outcome unlock(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    call->out[1] = call->local[L_IRQL];
    struct kss_outcome outcome = callback(m, call, step, CSQ(CsqReleaseLock), 2);
    if (outcome.kind == KSS_OUT_TURN)
        kss_top_frame(m)->guard = call->local[L_GUARD];
    return outcome;
}

static struct kss_outcome remove_irp(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    call->out[1] = call->local[L_IRP];
    return callback(m, call, step, CSQ(CsqRemoveIrp), 2);
}

static struct kss_outcome complete(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    call->out[1] = call->local[L_IRP];
    return callback(m, call, step, CSQ(CsqCompleteCanceledIrp), 2);
}

// ---- The IRP's side -----------------------------------------------------------------------------
kss_addr kss_csq_cancel_routine(const struct kss_machine *m) {
    return kss_nt_address(m, KSS_NT_IoCsqInsertIrp);
}

static kss_addr set_cancel(struct kss_machine *m, kss_addr irp, kss_addr routine) {
    kss_addr field = irp + KSS_FIELD(IRP, CancelRoutine), old = kss_get(m, field);
    kss_set(m, field, routine);
    return old;
}

static void context_ends(struct kss_machine *m, kss_addr context) {
    kss_set(m, context + CONTEXT(Irp), 0);
    uint16_t object = kss_object_at(m, context);
    if (object != KSS_NONE && kss_object_ref(m, object)->kind == KSS_O_CSQ_CONTEXT)
        kss_object_free(m, object);
}

// The IRP is out of the queue.
static void forget(struct kss_machine *m, kss_addr irp) {
    kss_addr link = kss_get(m, link_at(m, irp));
    kss_set(m, link_at(m, irp), 0);
    if (link != 0 && kss_peek(m, link, 4) == TYPE_CONTEXT)
        context_ends(m, link);
}

static struct kss_outcome remember(struct kss_machine *m, kss_addr csq, kss_addr irp,
                                   kss_addr context) {
    kss_set(m, link_at(m, irp), context != 0 ? context : csq);
    if (context == 0)
        return kss_return(0);
    uint8_t bytes[KSS_SIZE64_IO_CSQ_IRP_CONTEXT] = {TYPE_CONTEXT};
    KSS_TRY(kss_write(m, context, bytes, kss_object_size(m, KSS_O_CSQ_CONTEXT), KSS_WHO_DRIVER));
    kss_set(m, context + CONTEXT(Irp), irp);
    kss_set(m, context + CONTEXT(Csq), csq);
    uint16_t object = kss_object_init(m, context, KSS_O_CSQ_CONTEXT, 0, 1);
    kss_object_ref(m, object)->context = irp;
    return kss_return(0);
}

// ---- Initialising -------------------------------------------------------------------------------
static struct kss_outcome initialize(struct kss_machine *m, struct kss_call *call, uint8_t type) {
    const unsigned fields[] = {CSQ(CsqInsertIrp),   CSQ(CsqRemoveIrp),
                               CSQ(CsqPeekNextIrp), CSQ(CsqAcquireLock),
                               CSQ(CsqReleaseLock), CSQ(CsqCompleteCanceledIrp)};
    uint8_t bytes[KSS_SIZE64_IO_CSQ] = {type};
    kss_addr csq = call->arguments[0];
    KSS_TRY(kss_write(m, csq, bytes, KSS_SIZE(IO_CSQ, kss_wide(m)), KSS_WHO_DRIVER));
    for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++)
        kss_set(m, csq + fields[i], call->arguments[1 + i]);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_IoCsqInitialize(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call, TYPE_CSQ);
}

struct kss_outcome kss_nt_IoCsqInitializeEx(struct kss_machine *m, struct kss_call *call) {
    return initialize(m, call, TYPE_CSQ_EX);
}

static struct kss_outcome begin(struct kss_machine *m, struct kss_call *call) {
    kss_addr csq = call->arguments[0];
    KSS_TRY(kss_touch_object(m, csq, KSS_SIZE(IO_CSQ, kss_wide(m)), true));
    call->local[L_CSQ] = csq;
    return lock(m, call, LOCKED);
}

// ---- Inserting ----------------------------------------------------------------------------------
static struct kss_outcome pend(struct kss_machine *m, struct kss_call *call) {
    kss_addr irp = call->arguments[1];
    struct kss_call mark = {.arguments = {irp}, .routine = call->routine, .place = call->place};
    KSS_TRY(kss_nt_IoMarkIrpPending(m, &mark));
    set_cancel(m, irp, kss_csq_cancel_routine(m));
    bool cancelled = kss_peek(m, irp + KSS_FIELD(IRP, Cancel), 1) != 0;
    if (cancelled && set_cancel(m, irp, 0) != 0)
        return remove_irp(m, call, CANCEL_REMOVED);
    return unlock(m, call, RELEASED);
}

static struct kss_outcome insert(struct kss_machine *m, struct kss_call *call) {
    kss_addr csq = call->arguments[0], irp = call->arguments[1];
    if (kss_csq_step(call->step)) {
        KSS_TRY(kss_csq_cancel_on(m, call));
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    switch (call->step) {
    case 0: {
        uint16_t index;
        KSS_USE(kss_irp_use(m, irp, &index));
        call->local[L_IRP] = irp;
        KSS_TRY(remember(m, csq, irp, call->arguments[2]));
        return begin(m, call);
    }
    case LOCKED:
        locked(m, call);
        call->out[1] = irp;
        call->out[2] = call->arguments[3];
        return callback(m, call, INSERTED, CSQ(CsqInsertIrp),
                        kss_peek(m, csq, 4) == TYPE_CSQ_EX ? 3 : 2);
    case INSERTED:
        call->local[0] = kss_peek(m, csq, 4) == TYPE_CSQ_EX ? (uint32_t)call->result : 0;
        if (kss_nt_success(call->local[0]))
            return pend(m, call);
        forget(m, irp); // the driver refused it
        return unlock(m, call, RELEASED);
    default: return kss_return((uint32_t)call->local[0]);
    }
}

struct kss_outcome kss_nt_IoCsqInsertIrpEx(struct kss_machine *m, struct kss_call *call) {
    return insert(m, call);
}

struct kss_outcome kss_nt_IoCsqInsertIrp(struct kss_machine *m, struct kss_call *call) {
    call->arguments[3] = 0;
    KSS_TRY(insert(m, call));
    return kss_return(0);
}

// ---- Removing -----------------------------------------------------------------------------------
static struct kss_outcome peek(struct kss_machine *m, struct kss_call *call, kss_addr after) {
    call->out[1] = after;
    call->out[2] = call->arguments[1];
    return callback(m, call, PEEKED, CSQ(CsqPeekNextIrp), 3);
}

struct kss_outcome kss_nt_IoCsqRemoveNextIrp(struct kss_machine *m, struct kss_call *call) {
    switch (call->step) {
    case 0: return begin(m, call);
    case LOCKED: locked(m, call); return peek(m, call, 0);
    case PEEKED:
        call->local[L_IRP] = call->result;
        if (call->result == 0)
            return unlock(m, call, RELEASED);
        if (set_cancel(m, call->result, 0) == 0) // its cancel routine is on its way
            return peek(m, call, call->result);
        return remove_irp(m, call, REMOVED);
    case REMOVED: forget(m, call->local[L_IRP]); return unlock(m, call, RELEASED);
    default: return kss_return(call->local[L_IRP]);
    }
}

struct kss_outcome kss_nt_IoCsqRemoveIrp(struct kss_machine *m, struct kss_call *call) {
    kss_addr context = call->arguments[1], irp;
    switch (call->step) {
    case 0: return begin(m, call);
    case LOCKED:
        locked(m, call);
        KSS_TRY(kss_touch_object(m, context, kss_object_size(m, KSS_O_CSQ_CONTEXT), false));
        irp = kss_get(m, context + CONTEXT(Irp));
        if (irp == 0 || set_cancel(m, irp, 0) == 0)
            return unlock(m, call, RELEASED);
        call->local[L_IRP] = irp;
        return remove_irp(m, call, REMOVED);
    case REMOVED: forget(m, call->local[L_IRP]); return unlock(m, call, RELEASED);
    default: return kss_return(call->local[L_IRP]);
    }
}

// ---- Cancelled ----------------------------------------------------------------------------------
bool kss_csq_step(unsigned step) {
    return step >= CANCEL_LOCKED && step <= CANCEL_DONE;
}

struct kss_outcome kss_csq_cancel(struct kss_machine *m, struct kss_call *call, kss_addr irp) {
    kss_addr csq = kss_get(m, link_at(m, irp));
    if (csq != 0 && kss_peek(m, csq, 4) == TYPE_CONTEXT)
        csq = kss_get(m, csq + CONTEXT(Csq));
    call->local[L_CSQ] = csq;
    call->local[L_IRP] = irp;
    return lock(m, call, CANCEL_LOCKED);
}

struct kss_outcome kss_csq_cancel_on(struct kss_machine *m, struct kss_call *call) {
    switch (call->step) {
    case CANCEL_LOCKED: locked(m, call); return remove_irp(m, call, CANCEL_REMOVED);
    case CANCEL_REMOVED: forget(m, call->local[L_IRP]); return unlock(m, call, CANCEL_RELEASED);
    case CANCEL_RELEASED: return complete(m, call, CANCEL_DONE);
    default: return kss_return(1);
    }
}
