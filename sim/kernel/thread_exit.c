// SPDX-License-Identifier: MIT
// The second half of a thread's end, after its checks: what others still do for it.
//
// Its frames are gone, its stack is not: user APCs are run down (RundownRoutine is called for each KAPC
// that has one), requests that are under way are cancelled, in the order of their making, and the
// thread waits until the last has come back by its special kernel APC. A request that never completes
// keeps the thread; it is told as the request's mistake (KSS8003). KRN canceling-irps; ReactOS
// ntoskrnl/ps/kill.c, IoCancelThreadIo. Kernel APCs that are left at the very end are 0x20.
#include "kernel/io.h"

enum { GO_ON = 100, CANCEL = 101 /* and 102 */ };

static bool of_thread(struct kss_machine *m, uint16_t index, uint16_t thread) {
    struct kss_object *irp = kss_object_ref(m, index);
    if (irp->kind != KSS_O_IRP || irp->flags & KSS_OF_DEAD || !(irp->irql & KSS_IRP_THREADED) ||
        !(irp->irql & KSS_IRP_SENT))
        return false;
    bool waited = irp->irql & KSS_IRP_APC || !(irp->irql & KSS_IRP_COMPLETED);
    return waited &&
           kss_thread_with_address(m, kss_get(m, irp->address + KSS_TAIL(Thread))) == thread;
}

// The first request of the thread, or the first that was not cancelled; KSS_NONE: none is.
static uint16_t request_of(struct kss_machine *m, uint16_t thread, bool uncancelled) {
    for (uint16_t i = 0; i < kss_object_ref_count(m); i++)
        if (of_thread(m, i, thread) &&
            !(uncancelled && kss_object_ref(m, i)->irql & (KSS_IRP_CANCELLED | KSS_IRP_APC)))
            return i;
    return KSS_NONE;
}

static uint32_t apc_left(const struct kss_machine *m, uint16_t thread, bool user) {
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++) {
        const struct kss_apc *apc = kss_apc_at(m, i);
        if (apc->thread == thread && apc->kind != KSS_APC_IRP &&
            (apc->kind == KSS_APC_USER) == user)
            return i;
    }
    return KSS_NO_FRAME;
}

bool kss_exit_has_work(struct kss_machine *m, uint16_t thread) {
    return request_of(m, thread, false) != KSS_NONE || apc_left(m, thread, true) != KSS_NO_FRAME ||
           apc_left(m, thread, false) != KSS_NO_FRAME;
}

void kss_exit_begin(struct kss_machine *m, uint32_t status) {
    struct kss_call call = {.routine = KSS_NT_PsTerminateSystemThread,
                            .place = kss_clock(m)->place};
    struct kss_thread *thread = kss_thread_at(m, kss_cpu(m)->thread);
    call.arguments[0] = status;
    thread->flags |= KSS_TF_EXITING;
    kss_cpu(m)->stack = thread->stack = thread->first_stack;
    kss_suspend(m, &call, GO_ON);
}

// ReactOS PspExitThread: a user APC without a RundownRoutine has been allocated from pool, and is freed.
static struct kss_outcome run_down(struct kss_machine *m, struct kss_call *call, uint32_t index) {
    uint16_t object = kss_apc_at(m, index)->object;
    kss_apc_take(m, index);
    if (object == KSS_NONE || kss_object_ref(m, object)->flags & KSS_OF_DEAD)
        return kss_return(0);
    kss_addr apc = kss_object_ref(m, object)->address;
    kss_addr rundown = kss_get(m, apc + KSS_FIELD(KAPC, RundownRoutine));
    uint32_t routine;
    if (rundown == 0) {
        struct kss_call free = {.arguments = {apc}, .routine = call->routine, .place = call->place};
        return kss_nt_ExFreePool(m, &free);
    }
    if (!kss_code_at(m, rundown, &routine))
        return kss_io_bad_call(m, rundown);
    call->out[0] = apc;
    return kss_call_driver(m, call, GO_ON, routine, 1, KSS_ENTRY_APC);
}

static struct kss_outcome wait_for_requests(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome = kss_suspend(m, call, GO_ON);
    struct kss_cpu *cpu = kss_cpu(m);
    struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    thread->state = KSS_T_WAITING;
    thread->wait_irql = KSS_PASSIVE_LEVEL;
    thread->wait_mode = thread->wait_alertable = 0;
    thread->waiting_on = KSS_NONE;
    thread->locks_held = 0;
    kss_thread_cold_at(m, cpu->thread)->wait_place = kss_clock(m)->place;
    kss_thread_cold_at(m, cpu->thread)->wait_began = kss_clock(m)->now;
    KSS_EMIT(m, KSS_EV_PARK, 0, 0, 0, KSS_PARK_EXIT);
    cpu = kss_cpu(m);
    cpu->thread = cpu->stack = KSS_NONE;
    return outcome;
}

struct kss_outcome kss_exit_step(struct kss_machine *m, struct kss_call *call) {
    uint16_t thread = kss_cpu(m)->thread;
    if (call->step != GO_ON) // a cancel routine has returned, or the lock is free
        KSS_TRY(kss_irp_cancel_on(m, call, call->arguments[1], CANCEL));
    for (uint32_t index; (index = apc_left(m, thread, true)) != KSS_NO_FRAME;)
        KSS_TRY(run_down(m, call, index));
    for (uint16_t irp; (irp = request_of(m, thread, true)) != KSS_NONE;) {
        call->arguments[1] = kss_object_ref(m, irp)->address;
        KSS_TRY(kss_irp_cancel(m, call, call->arguments[1], CANCEL));
    }
    if (request_of(m, thread, false) != KSS_NONE)
        return wait_for_requests(m, call);
    uint32_t left = apc_left(m, thread, false);
    if (left != KSS_NO_FRAME) {
        uint16_t object = kss_apc_at(m, left)->object;
        uint32_t count = (uint16_t)kss_thread_at(m, thread)->kernel_apc_disable;
        kss_bugcheck(m, 0x20, object == KSS_NONE ? 0 : kss_object_ref(m, object)->address, count,
                     kss_cpu(m)->irql, 0, KSS_NT_COUNT, NULL);
        return kss_stopped();
    }
    kss_thread_gone(m, (uint32_t)call->arguments[0]);
    return kss_outcome(KSS_OUT_TURN, 0);
}
