// SPDX-License-Identifier: MIT
// Cancelling IRPs. The cancel routine is called with the cancel spin lock held, at DISPATCH_LEVEL,
// and releases it itself, back to Irp->CancelIrql (DDI IoCancelIrp, DRIVER_CANCEL).
#include "kernel/io.h"

static kss_addr cancel_lock(struct kss_machine *m) {
    if (kss_globals(m)->cancel_lock == 0) {
        kss_addr lock = kss_nt_block(m, KSS_NTB_LOCK, kss_pointer(m));
        kss_globals(m)->cancel_lock = lock;
        kss_object_init(m, lock, KSS_O_SPINLOCK, 0, 0);
    }
    return kss_globals(m)->cancel_lock;
}

static void raise_for(struct kss_machine *m, struct kss_call *call) {
    call->local[1] = kss_cpu(m)->irql;
    if (kss_cpu(m)->irql < KSS_DISPATCH_LEVEL)
        kss_set_irql(m, KSS_DISPATCH_LEVEL);
}

static struct kss_outcome release(struct kss_machine *m, unsigned irql) {
    KSS_TRY(kss_lock_release(m, cancel_lock(m)));
    if (irql <= kss_cpu(m)->irql)
        kss_set_irql(m, irql);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoAcquireCancelSpinLock(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 0)
        raise_for(m, call);
    KSS_TRY(kss_lock_take(m, call, cancel_lock(m), (unsigned)call->local[1], 1));
    KSS_TRY(kss_store(m, call->arguments[0], 1, call->local[1], KSS_WHO_DRIVER));
    return kss_return(0);
}

struct kss_outcome kss_nt_IoReleaseCancelSpinLock(struct kss_machine *m, struct kss_call *call) {
    return release(m, call->arguments[0] & 0xFF);
}

struct kss_outcome kss_nt_IoSetCancelRoutine(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    kss_addr field = call->arguments[0] + KSS_FIELD(IRP, CancelRoutine);
    uint64_t old = kss_load(m, field, kss_pointer(m), KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    KSS_TRY(kss_store(m, field, kss_pointer(m), call->arguments[1], KSS_WHO_DRIVER));
    return kss_return(old);
}

// The lock is held: the cancel routine is called, or the IRP has none.
static struct kss_outcome cancel(struct kss_machine *m, struct kss_call *call, kss_addr irp,
                                 uint8_t base) {
    uint16_t index;
    KSS_USE(kss_irp_use(m, irp, &index));
    kss_addr field = irp + KSS_FIELD(IRP, CancelRoutine), routine = kss_get(m, field);
    kss_object_ref(m, index)->irql |= KSS_IRP_CANCELLED;
    kss_poke(m, irp + KSS_FIELD(IRP, Cancel), 1, 1);
    kss_set(m, field, 0);
    uint32_t code = KSS_NO_FRAME;
    bool queued = routine != 0 && routine == kss_csq_cancel_routine(m);
    if (routine != 0 && !queued && !kss_code_at(m, routine, &code))
        return kss_io_bad_call(m, routine);
    KSS_EMIT(m, KSS_EV_IRP_CANCEL, kss_object_number(m, index), code, 0, 0);
    if (routine == 0) {
        KSS_TRY(release(m, (unsigned)call->local[1]));
        return kss_return(0);
    }
    if (queued) { // nt's own, which gives the cancel spin lock back first
        KSS_TRY(release(m, (unsigned)call->local[1]));
        return kss_csq_cancel(m, call, irp);
    }
    int8_t location = (int8_t)kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1);
    if (location > (int8_t)kss_peek(m, irp + KSS_FIELD(IRP, StackCount), 1) + 1) {
        kss_bugcheck(m, 0x48, irp, routine, 0, 0, call->routine, NULL);
        return kss_stopped();
    }
    kss_poke(m, irp + KSS_FIELD(IRP, CancelIrql), 1, call->local[1]);
    call->out[0] =
        kss_get(m, kss_irp_location(m, irp) + KSS_FIELD(IO_STACK_LOCATION, DeviceObject));
    call->out[1] = irp;
    struct kss_outcome outcome =
        kss_call_driver(m, call, (uint8_t)(base + 1), code, 2, KSS_ENTRY_CANCEL);
    if (outcome.kind != KSS_OUT_STOP) // it must leave what was before the lock
        kss_top_frame(m)->guard = call->local[2];
    return outcome;
}

struct kss_outcome kss_irp_cancel(struct kss_machine *m, struct kss_call *call, kss_addr irp,
                                  uint8_t base) {
    call->local[2] = kss_guard(m);
    raise_for(m, call);
    KSS_TRY(kss_lock_take(m, call, cancel_lock(m), (unsigned)call->local[1], base));
    return cancel(m, call, irp, base);
}

struct kss_outcome kss_irp_cancel_on(struct kss_machine *m, struct kss_call *call, kss_addr irp,
                                     uint8_t base) {
    if (kss_csq_step(call->step))
        return kss_csq_cancel_on(m, call);
    if (call->step != base)
        return kss_return(1);
    KSS_TRY(kss_lock_take(m, call, cancel_lock(m), (unsigned)call->local[1], base));
    return cancel(m, call, irp, base);
}

struct kss_outcome kss_nt_IoCancelIrp(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    if (call->step != 0)
        return kss_irp_cancel_on(m, call, call->arguments[0], 1);
    KSS_USE(kss_irp_use(m, call->arguments[0], &index));
    return kss_irp_cancel(m, call, call->arguments[0], 1);
}
