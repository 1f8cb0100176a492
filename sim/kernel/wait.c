// SPDX-License-Identifier: MIT
// Waiting: KeWaitForSingleObject, KeDelayExecutionThread, and everything that ends a wait.
//
// Order of precedence, as documented and as ReactOS's wait.c orders the rest: the object's state,
// then alert, then user APC (a termination is one), then the timeout. WaitMode and Alertable are
// two parameters (KRN waits-and-apcs):
//
//   UserMode    alertable      alert ends it, termination ends it
//   UserMode    not alertable  termination ends it (STATUS_USER_APC)
//   KernelMode  alertable      alert ends it
//   KernelMode  not alertable  only the object or the timeout
//
// A wait is a list of wait blocks, also for one object, so that waiting for several later is the
// same code. Wait blocks of up to three objects lie in the KTHREAD, which is always resident.
#include "kernel/machine.h"

enum { USER_MODE = 1, NO_TIMEOUT = -1 };

static bool signalled(const struct kss_object *object) {
    return object->signal > 0;
}

// What a satisfied wait does to the object.
static void consume(struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    if ((object->kind == KSS_O_EVENT || object->kind == KSS_O_TIMER) &&
        object->flags & KSS_OF_SYNCHRONIZATION)
        kss_object_signal_state(m, index, 0);
}

// ---- Wait blocks --------------------------------------------------------------------------------
// Header.WaitListHead leads through the wait blocks in the waiters' KTHREADs, for driver code that asks
// whether somebody waits. Those blocks are nt's: only their list entries are there to be seen.
static void mirror_waiters(struct kss_machine *m, uint16_t index) {
    enum { WAIT_BLOCK = 0x140 }; // in a KTHREAD, a convention of the simulator
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->flags & KSS_OF_DEAD ||
        (object->kind != KSS_O_EVENT && object->kind != KSS_O_TIMER &&
         object->kind != KSS_O_THREAD))
        return;
    unsigned pointer = kss_pointer(m);
    kss_addr head = object->address + (kss_wide(m) ? KSS_OFF64_DISPATCHER_HEADER_WaitListHead
                                                   : KSS_OFF32_DISPATCHER_HEADER_WaitListHead);
    kss_addr last = head;
    for (uint16_t block = object->waiters; block != KSS_NONE; block = kss_wait_at(m, block)->next) {
        kss_addr entry = kss_thread_address(m, kss_wait_at(m, block)->thread) + WAIT_BLOCK;
        kss_poke(m, last, pointer, entry);
        kss_poke(m, entry + pointer, pointer, last);
        last = entry;
    }
    kss_poke(m, last, pointer, head);
    kss_poke(m, head + pointer, pointer, last);
}

static uint16_t wait_block(struct kss_machine *m, uint16_t object, uint16_t thread) {
    uint32_t count = kss_wait_at_count(m), index = 0;
    while (index < count && kss_wait_at(m, index)->kind != 0)
        index++;
    if (index == count)
        kss_section_append(m, KSS_S_WAIT, sizeof(struct kss_wait));
    *kss_wait_at(m, index) = (struct kss_wait){.object = object,
                                               .thread = thread,
                                               .next = KSS_NONE,
                                               .next_of_thread = KSS_NONE,
                                               .kind = 1};
    uint16_t *link = &kss_object_ref(m, object)->waiters;
    while (*link != KSS_NONE)
        link = &kss_wait_at(m, *link)->next;
    *link = (uint16_t)index;
    mirror_waiters(m, object);
    return (uint16_t)index;
}

static void free_wait_blocks(struct kss_machine *m, struct kss_thread *thread) {
    for (uint16_t block = thread->wait_blocks; block != KSS_NONE;) {
        struct kss_wait *wait = kss_wait_at(m, block);
        uint16_t *link = &kss_object_ref(m, wait->object)->waiters;
        while (*link != block)
            link = &kss_wait_at(m, *link)->next;
        *link = wait->next;
        uint16_t next = wait->next_of_thread, object = wait->object;
        memset(wait, 0, sizeof *wait);
        mirror_waiters(m, object);
        block = next;
    }
    thread->wait_blocks = KSS_NONE;
}

// ---- Beginning ----------------------------------------------------------------------------------
// Disabled APCs keep a termination away as well (KRN waits-and-apcs); so does an IRQL of APC_LEVEL.
static bool apcs_enabled(const struct kss_thread *thread, unsigned irql) {
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
    if (mode != USER_MODE || !apcs_enabled(thread, irql))
        return 0;
    if (alertable && thread->flags & KSS_TF_USER_APC)
        thread->flags |= KSS_TF_APC_PENDING;
    return thread->flags & (KSS_TF_TERMINATING | KSS_TF_APC_PENDING) ? STATUS_USER_APC : 0;
}

static struct kss_outcome block(struct kss_machine *m, struct kss_call *call, uint16_t object,
                                unsigned mode, bool alertable, unsigned reason, bool timed,
                                uint64_t timeout, uint8_t step, bool again) {
    struct kss_cpu *cpu = kss_cpu(m);
    uint16_t index = cpu->thread;
    struct kss_thread *thread = kss_thread_at(m, index);
    if (!again)
        call->wait_began = kss_clock(m)->now;
    thread->wait_mode = (uint8_t)mode;
    thread->wait_alertable = alertable;
    thread->wait_reason = (uint8_t)reason;
    thread->waiting_on = object;
    thread->wait_irql = cpu->irql;
    thread->locks_held = cpu->locks_held;
    struct kss_outcome outcome = kss_suspend(m, call, step);
    if (outcome.kind == KSS_OUT_STOP)
        return outcome;
    uint16_t blocks = object == KSS_NONE ? (uint16_t)KSS_NONE : wait_block(m, object, index);
    thread = kss_thread_at(m, index);
    thread->wait_blocks = blocks;
    thread->state = KSS_T_WAITING;
    struct kss_thread_cold *cold = kss_thread_cold_at(m, index);
    cold->wait_began = kss_clock(m)->now;
    cold->wait_place = kss_clock(m)->place;
    if (!again)
        KSS_EMIT(m, KSS_EV_WAIT_BLOCK, kss_object_number(m, object), mode, alertable,
                 timed ? timeout : (uint64_t)NO_TIMEOUT);
    if (timed)
        kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_TIMEOUT, .target = index},
                       again ? timeout : kss_until_tick(m, timeout), kss_clock(m)->place);
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
    return block(m, call, object, mode, alertable, reason, timed, timeout, step, false);
}

// The part of a wait routine after its wait has ended.
static struct kss_outcome finish(struct kss_machine *m, const struct kss_call *call,
                                 uint32_t status) {
    uint16_t index = kss_cpu(m)->thread;
    struct kss_thread *thread = kss_thread_at(m, index);
    uint16_t object = thread->waiting_on;
    if (object == KSS_NONE && status == STATUS_TIMEOUT) // an expired interval is success
        status = STATUS_SUCCESS;
    thread->waiting_on = KSS_NONE;
    thread->wait_mode = thread->wait_reason = thread->wait_alertable = 0;
    thread->wait_status = 0;
    KSS_EMIT(m, KSS_EV_WAIT_END, kss_object_number(m, object), status, 1,
             kss_clock(m)->now - call->wait_began);
    return kss_return(status);
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

// A time argument: NULL gives timed = false.
struct time_argument {
    bool timed, absolute;
    uint64_t after;
};
static struct kss_outcome read_time(struct kss_machine *m, struct kss_call *call, kss_addr pointer,
                                    struct time_argument *time) {
    *time = (struct time_argument){0};
    if (pointer == 0)
        return kss_return(0);
    struct kss_outcome outcome;
    int64_t value = (int64_t)kss_load(m, pointer, 8, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    time->timed = true;
    time->after = kss_timeout(m, value, &time->absolute);
    if (time->absolute)
        KSS_EMIT(m, KSS_EV_ABSOLUTE, call->routine, value, (uint64_t)value - kss_system_time(m), 0);
    return kss_return(0);
}

// KeSetEvent(.., TRUE) left the IRQL raised for exactly this call.
static void take_wait_next(struct kss_machine *m) {
    struct kss_cpu *cpu = kss_cpu(m);
    if (cpu->thread == KSS_NONE)
        return;
    struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    if (thread->flags & KSS_TF_WAIT_NEXT) {
        thread->flags &= (uint16_t)~KSS_TF_WAIT_NEXT;
        cpu->irql = thread->wait_irql;
    }
}

static bool may_block(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    return cpu->irql < KSS_DISPATCH_LEVEL && cpu->thread != KSS_NONE && !cpu->in_dpc;
}

struct kss_outcome kss_nt_KeWaitForSingleObject(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 1)
        return kss_wait_over(m, call);
    kss_addr address = call->arguments[0];
    unsigned reason = (unsigned)call->arguments[1], mode = call->arguments[2] & 1;
    bool alertable = (call->arguments[3] & 0xFF) != 0;
    take_wait_next(m);
    uint16_t object = kss_object_at(m, address), target = kss_thread_with_address(m, address);
    enum kss_object_kind kind = object != KSS_NONE && kss_object_ref(m, object)->kind == KSS_O_TIMER
                                    ? KSS_O_TIMER
                                    : KSS_O_EVENT;
    if (target != KSS_NONE)
        object = kss_thread_object(m, target);
    else
        KSS_USE(kss_object_use(m, call, address, kind, false, &object));
    struct time_argument time;
    KSS_TRY(read_time(m, call, call->arguments[4], &time));
    KSS_EMIT(m, KSS_EV_WAIT, kss_object_number(m, object), mode, reason,
             time.timed ? time.after : (uint64_t)NO_TIMEOUT);
    if (signalled(kss_object_ref(m, object))) {
        if (!may_block(m) && !(time.timed && time.after == 0)) // only by luck
            KSS_EMIT(m, KSS_EV_BLOCK_AT_DISPATCH, call->routine, kss_object_number(m, object),
                     kss_cpu(m)->in_dpc || kss_cpu(m)->interrupts, 0);
        consume(m, object);
        return at_once(m, object, STATUS_SUCCESS);
    }
    if (time.timed && time.after == 0) // a poll, or a time that is past
        return at_once(m, object, STATUS_TIMEOUT);
    if (!may_block(m))
        return blocks_at_dispatch(m, call, object);
    uint32_t ended =
        interrupted(kss_thread_at(m, kss_cpu(m)->thread), kss_cpu(m)->irql, mode, alertable);
    if (ended != 0)
        return at_once(m, object, ended);
    return kss_block_thread(m, call, object, mode, alertable, reason, time.timed, time.after, 1);
}

struct kss_outcome kss_wait_in(struct kss_machine *m, struct kss_call *call, kss_addr address,
                               unsigned mode, uint8_t step) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, address, KSS_O_EVENT, false, &object));
    KSS_EMIT(m, KSS_EV_WAIT, kss_object_number(m, object), mode, 0 /* Executive */, NO_TIMEOUT);
    if (signalled(kss_object_ref(m, object))) {
        consume(m, object);
        return at_once(m, object, STATUS_SUCCESS);
    }
    if (!may_block(m))
        return blocks_at_dispatch(m, call, object);
    uint32_t ended =
        interrupted(kss_thread_at(m, kss_cpu(m)->thread), kss_cpu(m)->irql, mode, false);
    if (ended != 0)
        return at_once(m, object, ended);
    return block(m, call, object, mode, false, 0, false, 0, step, false);
}

// ---- Interrupted by an APC ----------------------------------------------------------------------
// A special kernel APC takes the thread out of its wait for a moment (KRN waits-and-apcs). The
// remaining time goes to the suspended routine's record, which then waits again; the system counts
// how long the stack has not been used from there.
void kss_wait_interrupt(struct kss_machine *m, uint16_t index) {
    struct kss_thread *thread = kss_thread_at(m, index);
    uint64_t left = 0, at = 0;
    for (uint32_t i = 0; i < kss_due_at_count(m); i++) {
        const struct kss_due *due = kss_due_at(m, i);
        at += due->delta;
        if (due->kind == KSS_DUE_TIMEOUT && due->target == index)
            left = at + 1;
    }
    struct kss_frame *frame = kss_stack_top(m, kss_stack_at(m, thread->stack));
    memcpy(kss_frame_run(frame) + offsetof(struct kss_call, time_left), &left, sizeof left);
    kss_unwait(m, index, STATUS_KERNEL_APC);
}

struct kss_outcome kss_wait_over(struct kss_machine *m, struct kss_call *call) {
    struct kss_thread *thread = kss_thread_at(m, kss_cpu(m)->thread);
    uint32_t status = (uint32_t)thread->wait_status;
    uint16_t object = thread->waiting_on;
    if (status != STATUS_KERNEL_APC)
        return finish(m, call, status);
    if (object != KSS_NONE && signalled(kss_object_ref(m, object))) {
        consume(m, object);
        return finish(m, call, STATUS_SUCCESS);
    }
    bool timed = call->time_left != 0;
    if (call->time_left == 1) // it would have expired now
        return finish(m, call, STATUS_TIMEOUT);
    uint32_t ended =
        interrupted(thread, kss_cpu(m)->irql, thread->wait_mode, thread->wait_alertable);
    if (ended != 0)
        return finish(m, call, ended);
    return block(m, call, object, thread->wait_mode, thread->wait_alertable, thread->wait_reason,
                 timed, timed ? call->time_left - 1 : 0, call->step, true);
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
    unsigned mode = call->arguments[0] & 1;
    bool alertable = (call->arguments[1] & 0xFF) != 0;
    struct time_argument time;
    if (call->arguments[2] == 0) // not optional: the driver's argument is read all the same
        KSS_TRY(kss_read(m, 0, &time, sizeof(uint64_t), KSS_WHO_DRIVER));
    KSS_TRY(read_time(m, call, call->arguments[2], &time));
    KSS_EMIT(m, KSS_EV_DELAY, mode, time.after, alertable, 0);
    if (!may_block(m))
        return blocks_at_dispatch(m, call, KSS_NONE);
    uint32_t ended =
        interrupted(kss_thread_at(m, kss_cpu(m)->thread), kss_cpu(m)->irql, mode, alertable);
    if (ended != 0)
        return at_once(m, KSS_NONE, ended);
    if (time.after == 0)
        return yield_processor(m, call);
    return kss_block_thread(m, call, KSS_NONE, mode, alertable, 4 /* DelayExecution */, true,
                            time.after, 1);
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
    free_wait_blocks(m, thread);
    kss_due_cancel(m, KSS_DUE_TIMEOUT, index);
    kss_due_cancel(m, KSS_DUE_OUTSWAP, index);
    thread = kss_thread_at(m, index);
    thread->wait_status = (int32_t)status;
    kss_globals(m)->spins = 0;
    kss_make_ready(m, index, false);
}

unsigned kss_satisfy(struct kss_machine *m, uint16_t object) {
    unsigned released = 0;
    while (signalled(kss_object_ref(m, object)) && kss_object_ref(m, object)->waiters != KSS_NONE) {
        const struct kss_wait *wait = kss_wait_at(m, kss_object_ref(m, object)->waiters);
        uint16_t thread = wait->thread;
        uint32_t status = STATUS_WAIT_0 + wait->key;
        consume(m, object);
        kss_unwait(m, thread, status);
        released++;
    }
    return released;
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
                apcs_enabled(thread, thread->wait_irql);
    KSS_EMIT(m, KSS_EV_TERMINATE, index, ends, 0, 0);
    thread = kss_thread_at(m, index);
    if (thread->state == KSS_T_ENDED)
        return;
    thread->flags |= KSS_TF_TERMINATING;
    if (ends)
        kss_unwait(m, index, STATUS_USER_APC);
}
