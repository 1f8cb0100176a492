// SPDX-License-Identifier: MIT
// Waiting: KeWaitForSingleObject, KeDelayExecutionThread, and everything that ends a wait.
//
// Order of precedence, as documented and as ReactOS's wait.c orders the rest: the object's state,
// then alert, then user APC (a termination is one), then the timeout. WaitMode and Alertable are
// two parameters (KRN waits-and-apcs):
//
//   UserMode    alertable      alert, user APC and termination end it
//   UserMode    not alertable  termination ends it (STATUS_USER_APC)
//   KernelMode  alertable      alert ends it
//   KernelMode  not alertable  only the object or the timeout
//
// A wait is a list of wait blocks, also for one object (wait_block.c), so that waiting for several is
// the same code (wait_many.c has its routine).
//
// What a wait needs after its thread runs again lies in the suspended routine's record (struct
// kss_call), not in the thread: an APC routine may run first, and wait itself.
#include "kernel/wait.h"

enum { USER_MODE = 1, NO_TIMEOUT = -1 };

// ---- Beginning ----------------------------------------------------------------------------------
// Disabled APCs keep a termination away as well (KRN waits-and-apcs); so does an IRQL of APC_LEVEL.
bool kss_apcs_enabled(const struct kss_thread *thread, unsigned irql) {
    return thread->kernel_apc_disable == 0 && thread->special_apc_disable == 0 &&
           irql < KSS_APC_LEVEL;
}

// What already ends a wait that is about to block; 0: nothing.
static uint32_t interrupted(struct kss_thread *thread, unsigned irql, unsigned mode,
                            bool alertable) {
    if (alertable) {
        if (mode == USER_MODE && thread->flags & KSS_TF_ALERTED_USER) {
            thread->flags &= (uint16_t)~KSS_TF_ALERTED_USER;
            return STATUS_ALERTED;
        }
        if (thread->flags & KSS_TF_ALERTED_KERNEL) {
            thread->flags &= (uint16_t)~KSS_TF_ALERTED_KERNEL;
            return STATUS_ALERTED;
        }
    }
    if (mode != USER_MODE || !kss_apcs_enabled(thread, irql))
        return 0;
    if (alertable && thread->flags & KSS_TF_USER_APC)
        thread->flags |= KSS_TF_APC_PENDING;
    return thread->flags & (KSS_TF_TERMINATING | KSS_TF_APC_PENDING) ? STATUS_USER_APC : 0;
}

static void remember(struct kss_machine *m, struct kss_call *call, const struct kss_wait_set *set,
                     const struct kss_wait_how *how) {
    call->wait_number = set->count ? kss_object_number(m, set->objects[0]) : 0;
    call->wait_count = (uint8_t)set->count;
    call->wait_all = set->all;
    call->wait_mode = (uint8_t)how->mode;
    call->wait_reason = (uint8_t)how->reason;
    call->wait_alertable = how->alertable;
    call->wait_interrupted = 0;
    call->wait_status = 0;
}

static struct kss_outcome block(struct kss_machine *m, struct kss_call *call,
                                const struct kss_wait_set *set, const struct kss_wait_how *how,
                                uint8_t step, bool again) {
    struct kss_cpu *cpu = kss_cpu(m);
    uint16_t index = cpu->thread;
    struct kss_thread *thread = kss_thread_at(m, index);
    if (!again)
        call->wait_began = kss_clock(m)->now;
    remember(m, call, set, how);
    thread->wait_mode = (uint8_t)how->mode;
    thread->wait_alertable = how->alertable;
    thread->wait_reason = (uint8_t)how->reason;
    thread->wait_all = set->all;
    thread->waiting_on = set->count ? set->objects[0] : (uint16_t)KSS_NONE;
    thread->wait_irql = cpu->irql;
    thread->locks_held = cpu->locks_held;
    struct kss_outcome outcome = kss_suspend(m, call, step);
    if (outcome.kind == KSS_OUT_STOP)
        return outcome;
    kss_wait_chain(m, index, set);
    if (call->routine == KSS_NT_KeWaitForMultipleObjects && call->arguments[7] != 0)
        kss_wait_fill(m, index);
    kss_thread_at(m, index)->state = KSS_T_WAITING;
    struct kss_thread_cold *cold = kss_thread_cold_at(m, index);
    cold->wait_began = kss_clock(m)->now;
    cold->wait_place = kss_clock(m)->place;
    if (!again)
        KSS_EMIT(m, KSS_EV_WAIT_BLOCK, call->wait_number, how->mode, how->alertable,
                 how->timed ? how->after : (uint64_t)NO_TIMEOUT);
    else
        KSS_EMIT(m, KSS_EV_PARK, call->wait_number, how->mode, how->alertable, KSS_PARK_AGAIN);
    if (how->timed)
        kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_TIMEOUT, .target = index},
                       again ? how->after : kss_until_tick(m, how->after), kss_clock(m)->place);
    cpu = kss_cpu(m);
    cpu->thread = cpu->stack = KSS_NONE;
    cpu->irql = KSS_PASSIVE_LEVEL;
    cpu->locks_held = 0;
    kss_swap_wait_began(m, index);
    return outcome;
}

struct kss_outcome kss_block_thread(struct kss_machine *m, struct kss_call *call, uint16_t object,
                                    unsigned mode, bool alertable, unsigned reason, bool timed,
                                    uint64_t timeout, uint8_t step) {
    struct kss_wait_set set = {.objects = {object}, .count = object != KSS_NONE};
    struct kss_wait_how how = {mode, reason, alertable, timed, timeout};
    call->wait_address = object == KSS_NONE ? 0 : kss_object_ref(m, object)->address;
    return block(m, call, &set, &how, step, false);
}

// The part of a wait routine after its wait has ended.
static struct kss_outcome finish(struct kss_machine *m, const struct kss_call *call,
                                 uint32_t status) {
    struct kss_thread *thread = kss_thread_at(m, kss_cpu(m)->thread);
    if (call->wait_count == 0 && status == STATUS_TIMEOUT &&
        call->routine != KSS_NT_KeWaitForMultipleObjects) // an expired interval is success
        status = STATUS_SUCCESS;
    thread->waiting_on = KSS_NONE;
    thread->wait_mode = thread->wait_reason = thread->wait_alertable = thread->wait_all = 0;
    thread->wait_status = 0;
    KSS_EMIT(m, KSS_EV_WAIT_END, call->wait_number, status, 1,
             kss_clock(m)->now - call->wait_began);
    return kss_return(status);
}

struct kss_outcome kss_wait_finish(struct kss_machine *m, const struct kss_call *call,
                                   uint32_t status) {
    return finish(m, call, status);
}

static struct kss_outcome at_once(struct kss_machine *m, uint16_t object, uint32_t status) {
    KSS_EMIT(m, KSS_EV_WAIT_END, kss_object_number(m, object), status, 0, 0);
    return kss_return(status);
}

// A wait that would block at DISPATCH_LEVEL: in a DPC 0xB8; on a thread nothing is documented, so
// the run cannot go on.
static struct kss_outcome blocks_at_dispatch(struct kss_machine *m, struct kss_call *call,
                                             uint16_t object) {
    const struct kss_cpu *cpu = kss_cpu(m);
    bool in_dpc = cpu->in_dpc || cpu->interrupts;
    KSS_EMIT(m, KSS_EV_BLOCK_AT_DISPATCH, call->routine, kss_object_number(m, object), in_dpc, 1);
    if (in_dpc) {
        uint16_t thread = kss_cpu(m)->thread;
        uint64_t original = thread == KSS_NONE ? 0 : kss_thread_address(m, thread);
        kss_bugcheck(m, 0xB8, original, 0, 0, 0, call->routine, NULL);
    } else {
        kss_hang(m, KSS_END_CANNOT_CONTINUE, 2, call->routine);
    }
    return kss_stopped();
}

struct kss_outcome kss_wait_at_dispatch(struct kss_machine *m, struct kss_call *call,
                                        uint16_t object) {
    return blocks_at_dispatch(m, call, object);
}

struct kss_outcome kss_wait_time(struct kss_machine *m, struct kss_call *call, kss_addr pointer,
                                 struct kss_wait_how *how) {
    how->timed = false;
    how->after = 0;
    if (pointer == 0)
        return kss_return(0);
    struct kss_outcome outcome;
    int64_t value = (int64_t)kss_load(m, pointer, 8, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    bool absolute;
    how->timed = true;
    how->after = kss_timeout(m, value, &absolute);
    if (absolute)
        KSS_EMIT(m, KSS_EV_ABSOLUTE, call->routine, value, (uint64_t)value - kss_system_time(m), 0);
    return kss_return(0);
}

static bool may_block(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    return cpu->irql < KSS_DISPATCH_LEVEL && cpu->thread != KSS_NONE && !cpu->in_dpc;
}

bool kss_wait_may_block(const struct kss_machine *m) {
    return may_block(m);
}

struct kss_outcome kss_wait_on(struct kss_machine *m, struct kss_call *call,
                               const struct kss_wait_set *set, const struct kss_wait_how *how,
                               uint8_t step) {
    uint16_t first = set->count ? set->objects[0] : (uint16_t)KSS_NONE, taken = first;
    for (unsigned i = 0; i < set->count; i++)
        KSS_EMIT(m, KSS_EV_WAIT, kss_object_number(m, set->objects[i]), how->mode, how->reason,
                 how->timed ? how->after : (uint64_t)NO_TIMEOUT);
    bool poll = how->timed && how->after == 0; // or a time that is past
    struct kss_outcome outcome = kss_wait_take(m, set, &taken);
    if (outcome.kind == KSS_OUT_RETURN) {
        if (!may_block(m) && !poll) // only by luck
            KSS_EMIT(m, KSS_EV_BLOCK_AT_DISPATCH, call->routine, kss_object_number(m, taken),
                     kss_cpu(m)->in_dpc || kss_cpu(m)->interrupts, 0);
        return at_once(m, taken, (uint32_t)outcome.value);
    }
    if (outcome.kind == KSS_OUT_RAISE)
        return outcome;
    if (poll)
        return at_once(m, first, STATUS_TIMEOUT);
    if (!may_block(m))
        return blocks_at_dispatch(m, call, first);
    uint32_t ended = interrupted(kss_thread_at(m, kss_cpu(m)->thread), kss_cpu(m)->irql, how->mode,
                                 how->alertable);
    if (ended != 0)
        return at_once(m, first, ended);
    return block(m, call, set, how, step, false);
}

struct kss_outcome kss_wait_target(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                   uint16_t *object) {
    uint16_t thread = kss_thread_with_address(m, address);
    if (thread != KSS_NONE) {
        *object = kss_thread_object(m, thread);
        return kss_return(0);
    }
    *object = kss_object_at(m, address);
    unsigned kind = *object == KSS_NONE ? KSS_O_EVENT : kss_object_ref(m, *object)->kind;
    return kss_object_use(m, call, address,
                          kss_is_dispatcher(kind) ? (enum kss_object_kind)kind : KSS_O_EVENT, false,
                          object);
}

static struct kss_outcome wait_for_one(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 1)
        return kss_wait_over(m, call);
    struct kss_wait_how how = {.reason = (unsigned)call->arguments[1],
                               .mode = call->arguments[2] & 1,
                               .alertable = (call->arguments[3] & 0xFF) != 0};
    struct kss_wait_set set = {.count = 1};
    kss_take_wait_next(m);
    call->wait_address = call->arguments[0];
    KSS_USE(kss_wait_target(m, call, call->wait_address, &set.objects[0]));
    KSS_TRY(kss_wait_time(m, call, call->arguments[4], &how));
    return kss_wait_on(m, call, &set, &how, 1);
}

struct kss_outcome kss_nt_KeWaitForSingleObject(struct kss_machine *m, struct kss_call *call) {
    return wait_for_one(m, call);
}

struct kss_outcome kss_nt_KeWaitForMutexObject(struct kss_machine *m, struct kss_call *call) {
    return wait_for_one(m, call);
}

struct kss_outcome kss_wait_in(struct kss_machine *m, struct kss_call *call, kss_addr address,
                               unsigned mode, uint8_t step) {
    struct kss_wait_how how = {.mode = mode, .reason = 0 /* Executive */};
    struct kss_wait_set set = {.count = 1};
    call->wait_address = address;
    KSS_USE(kss_wait_target(m, call, address, &set.objects[0]));
    return kss_wait_on(m, call, &set, &how, step);
}

// ---- Interrupted by an APC ----------------------------------------------------------------------
// The record of the routine that a waiting thread is suspended in.
static void put_record(struct kss_machine *m, uint16_t thread, size_t offset, const void *bytes,
                       size_t size) {
    struct kss_frame *frame = kss_stack_top(m, kss_stack_at(m, kss_thread_at(m, thread)->stack));
    memcpy(kss_frame_run(frame) + offset, bytes, size);
}
#define PUT_RECORD(m, thread, field, value)                                                        \
    put_record((m), (thread), offsetof(struct kss_call, field), &(value), sizeof(value))

void kss_wait_ended_by(struct kss_machine *m, uint16_t thread, uint32_t number) {
    PUT_RECORD(m, thread, wait_number, number);
}

// A kernel APC takes the thread out of its wait for a moment (KRN waits-and-apcs). The remaining time
// goes to the suspended routine's record, which then waits again; the system counts how long the
// stack has not been used from there.
void kss_wait_interrupt(struct kss_machine *m, uint16_t index) {
    uint64_t left = 0, at = 0;
    uint8_t yes = 1;
    for (uint32_t i = 0; i < kss_due_at_count(m); i++) {
        const struct kss_due *due = kss_due_at(m, i);
        at += due->delta;
        if (due->kind == KSS_DUE_TIMEOUT && due->target == index)
            left = at + 1;
    }
    PUT_RECORD(m, index, time_left, left);
    PUT_RECORD(m, index, wait_interrupted, yes);
    kss_unwait(m, index, STATUS_KERNEL_APC);
}

// The objects of the wait, looked up again: one may have gone meanwhile.
static struct kss_outcome find_again(struct kss_machine *m, struct kss_call *call,
                                     struct kss_wait_set *set) {
    set->count = call->wait_count;
    set->all = call->wait_all;
    if (call->routine == KSS_NT_KeWaitForMultipleObjects)
        return kss_wait_targets(m, call, call->wait_address, call->wait_count, set);
    return set->count == 0 ? kss_return(0)
                           : kss_wait_target(m, call, call->wait_address, &set->objects[0]);
}

struct kss_outcome kss_wait_over(struct kss_machine *m, struct kss_call *call) {
    if (!call->wait_interrupted)
        return finish(m, call, call->wait_status);
    struct kss_wait_set set;
    KSS_USE(find_again(m, call, &set));
    struct kss_wait_how how = {.mode = call->wait_mode,
                               .reason = call->wait_reason,
                               .alertable = call->wait_alertable,
                               .timed = call->time_left != 0,
                               .after = call->time_left ? call->time_left - 1 : 0};
    uint16_t taken;
    struct kss_outcome outcome = kss_wait_take(m, &set, &taken);
    if (outcome.kind == KSS_OUT_RAISE)
        return outcome;
    if (outcome.kind == KSS_OUT_RETURN) {
        call->wait_number = kss_object_number(m, taken);
        return finish(m, call, (uint32_t)outcome.value);
    }
    if (how.timed && how.after == 0) // it would have expired now
        return finish(m, call, STATUS_TIMEOUT);
    uint32_t ended = interrupted(kss_thread_at(m, kss_cpu(m)->thread), kss_cpu(m)->irql, how.mode,
                                 how.alertable);
    if (ended != 0)
        return finish(m, call, ended);
    return block(m, call, &set, &how, call->step, true);
}

// A delay of nothing lets other ready threads of the same priority run first.
static struct kss_outcome yield_processor(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome = kss_suspend(m, call, 2);
    if (outcome.kind != KSS_OUT_STOP)
        kss_leave_thread(m, false);
    return outcome;
}

struct kss_outcome kss_nt_KeDelayExecutionThread(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 2) // it has yielded
        return kss_return((uint32_t)STATUS_SUCCESS);
    if (call->step == 1)
        return kss_wait_over(m, call);
    struct kss_wait_how how = {.mode = call->arguments[0] & 1,
                               .reason = 4 /* DelayExecution */,
                               .alertable = (call->arguments[1] & 0xFF) != 0};
    struct kss_wait_set set = {.count = 0};
    if (call->arguments[2] == 0) // not optional: the driver's argument is read all the same
        KSS_TRY(kss_read(m, 0, &how.after, sizeof how.after, KSS_WHO_DRIVER));
    KSS_TRY(kss_wait_time(m, call, call->arguments[2], &how));
    KSS_EMIT(m, KSS_EV_DELAY, how.mode, how.after, how.alertable, 0);
    if (!may_block(m))
        return blocks_at_dispatch(m, call, KSS_NONE);
    uint32_t ended = interrupted(kss_thread_at(m, kss_cpu(m)->thread), kss_cpu(m)->irql, how.mode,
                                 how.alertable);
    if (ended != 0)
        return at_once(m, KSS_NONE, ended);
    if (how.after == 0)
        return yield_processor(m, call);
    how.timed = true;
    return block(m, call, &set, &how, 1, false);
}

struct kss_outcome kss_nt_KeTestAlertThread(struct kss_machine *m, struct kss_call *call) {
    uint16_t index = kss_cpu(m)->thread;
    if (index == KSS_NONE)
        return kss_return(0);
    struct kss_thread *thread = kss_thread_at(m, index);
    uint16_t flag = call->arguments[0] & 1 ? KSS_TF_ALERTED_USER : KSS_TF_ALERTED_KERNEL;
    bool alerted = (thread->flags & flag) != 0;
    thread->flags &= (uint16_t)~flag;
    if (!alerted && call->arguments[0] & 1 && thread->flags & KSS_TF_USER_APC)
        thread->flags |= KSS_TF_APC_PENDING;
    return kss_return(alerted);
}

// ---- Ending -------------------------------------------------------------------------------------
void kss_unwait(struct kss_machine *m, uint16_t index, uint32_t status) {
    struct kss_thread *thread = kss_thread_at(m, index);
    if (thread->state != KSS_T_WAITING)
        return;
    PUT_RECORD(m, index, wait_status, status);
    bool sound = kss_wait_unchain(m, index);
    kss_due_cancel(m, KSS_DUE_TIMEOUT, index);
    kss_due_cancel(m, KSS_DUE_OUTSWAP, index);
    thread = kss_thread_at(m, index);
    thread->wait_status = (int32_t)status;
    kss_globals(m)->spins = 0;
    if (!sound)
        kss_bugcheck(m, 0x139, 3, 0, 0, 0, KSS_NT_KeWaitForSingleObject, NULL);
    kss_make_ready(m, index, false);
}

void kss_alert(struct kss_machine *m, uint16_t index) {
    struct kss_thread *thread = kss_thread_at(m, index);
    bool ends = thread->state == KSS_T_WAITING && thread->wait_alertable;
    KSS_EMIT(m, KSS_EV_ALERT, index, ends, 0, 0);
    thread = kss_thread_at(m, index);
    if (ends)
        kss_unwait(m, index, STATUS_ALERTED);
    else if (thread->state != KSS_T_ENDED)
        thread->flags |= KSS_TF_ALERTED_KERNEL;
}

void kss_terminate(struct kss_machine *m, uint16_t index) {
    struct kss_thread *thread = kss_thread_at(m, index);
    bool ends = thread->state == KSS_T_WAITING && thread->wait_mode == USER_MODE &&
                kss_apcs_enabled(thread, thread->wait_irql);
    KSS_EMIT(m, KSS_EV_TERMINATE, index, ends, 0, 0);
    thread = kss_thread_at(m, index);
    if (thread->state == KSS_T_ENDED)
        return;
    thread->flags |= KSS_TF_TERMINATING;
    if (ends)
        kss_unwait(m, index, STATUS_USER_APC);
}
