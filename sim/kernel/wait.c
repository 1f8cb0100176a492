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
// A wait is a list of wait blocks, also for one object, so that waiting for several is the same
// code (wait_many.c has its routine). Wait blocks of up to three objects lie in the KTHREAD, which is
// always resident, more in the driver's array.
//
//   thread.wait_blocks -> block 0 -> block 1 -> ...      next_of_thread; block i has key i
//                            |          |
//   object.waiters     -> ... ->     ... ->              next: first come, first served
//
// What a wait needs after its thread runs again lies in the suspended routine's record (struct
// kss_call), not in the thread: an APC routine may run first, and wait itself.
#include "kernel/wait.h"

enum { USER_MODE = 1, NO_TIMEOUT = -1 };

// ---- What a satisfied wait needs and does -------------------------------------------------------
static bool available(const struct kss_machine *m, uint16_t index, uint16_t thread, unsigned irql) {
    const struct kss_object *object = kss_object_ref(m, index);
    return object->kind == KSS_O_MUTEX ? kss_mutex_free_for(object, thread, irql)
                                       : object->signal > 0;
}

// True: a mutex that its owner had abandoned.
static bool consume(struct kss_machine *m, uint16_t index, uint16_t thread, unsigned irql) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->kind == KSS_O_MUTEX)
        return kss_mutex_take(m, index, thread, irql);
    if (object->kind == KSS_O_SEMAPHORE && object->signal > 0)
        kss_object_signal_state(m, index, object->signal - 1);
    if ((object->kind == KSS_O_EVENT || object->kind == KSS_O_TIMER) &&
        object->flags & KSS_OF_SYNCHRONIZATION)
        kss_object_signal_state(m, index, 0);
    return false;
}

struct kss_outcome kss_wait_take(struct kss_machine *m, const struct kss_wait_set *set,
                                 uint16_t *object) {
    uint16_t thread = kss_cpu(m)->thread;
    unsigned irql = kss_cpu(m)->irql, first = 0, free = 0;
    bool abandoned = false;
    for (unsigned i = 0; i < set->count; i++) {
        if (!available(m, set->objects[i], thread, irql))
            continue;
        const struct kss_object *mutex = kss_object_ref(m, set->objects[i]);
        if (mutex->kind == KSS_O_MUTEX && mutex->signal == INT32_MIN) {
            kss_say_mutex(m, set->objects[i], KSS_MUTEX_LIMIT, thread);
            return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_MUTANT_LIMIT_EXCEEDED);
        }
        if (free++ == 0)
            first = i;
        if (!set->all)
            break;
    }
    if (free == 0 || (set->all && free < set->count))
        return kss_outcome(KSS_OUT_SPIN, 0);
    *object = set->objects[set->all ? 0 : first];
    if (!set->all)
        abandoned = consume(m, *object, thread, irql);
    for (unsigned i = 0; set->all && i < set->count; i++)
        abandoned |= consume(m, set->objects[i], thread, irql);
    return kss_return((abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0) +
                      (set->all ? 0 : first));
}

// ---- Wait blocks --------------------------------------------------------------------------------
// Header.WaitListHead leads through the wait blocks, for driver code that asks whether somebody
// waits.
kss_addr kss_wait_block_address(const struct kss_machine *m, const struct kss_wait *wait) {
    enum { WAIT_BLOCK = 0x140 }; // in a KTHREAD, a convention of the simulator
    unsigned size = KSS_SIZE(KWAIT_BLOCK, kss_wide(m));
    const struct kss_thread *thread = kss_thread_at(m, wait->thread);
    struct kss_frame *frame = kss_stack_top(m, kss_stack_at(m, thread->stack));
    uint64_t array = 0;
    if (frame != NULL && frame->entry == KSS_ENTRY_NT &&
        frame->routine == KSS_NT_KeWaitForMultipleObjects)
        memcpy(&array, kss_frame_run(frame) + offsetof(struct kss_call, arguments[7]),
               sizeof array);
    return (array != 0 ? array : kss_thread_address(m, wait->thread) + WAIT_BLOCK) +
           wait->key * size;
}

static void mirror_waiters(struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->flags & KSS_OF_DEAD || !kss_is_dispatcher(object->kind))
        return;
    unsigned pointer = kss_pointer(m);
    kss_addr head = object->address + KSS_OFFSET(DISPATCHER_HEADER, WaitListHead, kss_wide(m));
    kss_addr last = head;
    for (uint16_t block = object->waiters; block != KSS_NONE; block = kss_wait_at(m, block)->next) {
        kss_addr entry = kss_wait_block_address(m, kss_wait_at(m, block));
        kss_poke(m, last, pointer, entry);
        kss_poke(m, entry + pointer, pointer, last);
        last = entry;
    }
    kss_poke(m, last, pointer, head);
    kss_poke(m, head + pointer, pointer, last);
}

static uint16_t wait_block(struct kss_machine *m, uint16_t object, uint16_t thread, unsigned key) {
    uint32_t count = kss_wait_at_count(m), index = 0;
    while (index < count && kss_wait_at(m, index)->kind != 0)
        index++;
    if (index == count)
        kss_section_append(m, KSS_S_WAIT, sizeof(struct kss_wait));
    *kss_wait_at(m, index) = (struct kss_wait){.object = object,
                                               .thread = thread,
                                               .next = KSS_NONE,
                                               .next_of_thread = KSS_NONE,
                                               .key = (uint16_t)key,
                                               .kind = 1};
    uint16_t *link = &kss_object_ref(m, object)->waiters;
    while (*link != KSS_NONE)
        link = &kss_wait_at(m, *link)->next;
    *link = (uint16_t)index;
    mirror_waiters(m, object);
    return (uint16_t)index;
}

static void chain_wait_blocks(struct kss_machine *m, uint16_t thread,
                              const struct kss_wait_set *set) {
    uint16_t last = KSS_NONE;
    for (unsigned i = 0; i < set->count; i++) {
        uint16_t block = wait_block(m, set->objects[i], thread, i);
        if (last == KSS_NONE)
            kss_thread_at(m, thread)->wait_blocks = block;
        else
            kss_wait_at(m, last)->next_of_thread = block;
        last = block;
    }
}

// False: a block was in the list of an object that was initialised anew while it was waited for. Its
// neighbours do not lead back to it: the list is corrupt (DBG 0x139, parameter 1 = 3).
static bool free_wait_blocks(struct kss_machine *m, struct kss_thread *thread) {
    bool sound = true;
    for (uint16_t block = thread->wait_blocks; block != KSS_NONE;) {
        struct kss_wait *wait = kss_wait_at(m, block);
        uint16_t next = wait->next_of_thread, object = wait->object;
        if (object != KSS_NONE) {
            uint16_t *link = &kss_object_ref(m, object)->waiters;
            while (*link != block)
                link = &kss_wait_at(m, *link)->next;
            *link = wait->next;
        }
        memset(wait, 0, sizeof *wait);
        if (object != KSS_NONE)
            mirror_waiters(m, object);
        else
            sound = false;
        block = next;
    }
    thread->wait_blocks = KSS_NONE;
    return sound;
}

// What driver code put into its array of wait blocks is overwritten as the public layout says.
static void fill_wait_blocks(struct kss_machine *m, uint16_t thread) {
    enum { WAIT_ALL = 0, WAIT_ANY = 1 };
    bool wide = kss_wide(m);
    for (uint16_t b = kss_thread_at(m, thread)->wait_blocks; b != KSS_NONE;) {
        const struct kss_wait *wait = kss_wait_at(m, b);
        kss_addr at = kss_wait_block_address(m, wait);
        unsigned type = kss_thread_at(m, thread)->wait_all ? WAIT_ALL : WAIT_ANY;
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, Thread, wide), kss_pointer(m),
                 kss_thread_address(m, thread));
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, Object, wide), kss_pointer(m),
                 kss_object_ref(m, wait->object)->address);
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, WaitKey, wide), 2, wait->key);
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, WaitType, wide), 1, type);
        b = wait->next_of_thread;
    }
}

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
    kss_thread_at(m, index)->wait_blocks = KSS_NONE;
    chain_wait_blocks(m, index, set);
    if (call->routine == KSS_NT_KeWaitForMultipleObjects && call->arguments[7] != 0)
        fill_wait_blocks(m, index);
    kss_thread_at(m, index)->state = KSS_T_WAITING;
    struct kss_thread_cold *cold = kss_thread_cold_at(m, index);
    cold->wait_began = kss_clock(m)->now;
    cold->wait_place = kss_clock(m)->place;
    if (!again)
        KSS_EMIT(m, KSS_EV_WAIT_BLOCK, call->wait_number, how->mode, how->alertable,
                 how->timed ? how->after : (uint64_t)NO_TIMEOUT);
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
    bool sound = free_wait_blocks(m, thread);
    kss_due_cancel(m, KSS_DUE_TIMEOUT, index);
    kss_due_cancel(m, KSS_DUE_OUTSWAP, index);
    thread = kss_thread_at(m, index);
    thread->wait_status = (int32_t)status;
    kss_globals(m)->spins = 0;
    if (!sound)
        kss_bugcheck(m, 0x139, 3, 0, 0, 0, KSS_NT_KeWaitForSingleObject, NULL);
    kss_make_ready(m, index, false);
}

// Whoever ends a wait works on its wait blocks, at DISPATCH_LEVEL: an array of the driver's must be
// in memory. False: the machine has stopped.
static bool blocks_are_there(struct kss_machine *m, uint16_t thread) {
    for (uint16_t b = kss_thread_at(m, thread)->wait_blocks; b != KSS_NONE;) {
        struct kss_wait wait = *kss_wait_at(m, b);
        kss_addr address = kss_wait_block_address(m, &wait);
        if (kss_thread_with_address(m, address & ~(kss_addr)0xFFF) == KSS_NONE &&
            kss_touch_object(m, address, KSS_SIZE(KWAIT_BLOCK, kss_wide(m)), true).kind !=
                KSS_OUT_RETURN)
            return false;
        b = wait.next_of_thread;
    }
    return !kss_globals(m)->stopped;
}

// Takes what the wait of [thread] needs, now that the object of its block [key] is signalled; false:
// an object of a WaitAll is still missing.
static bool take_for(struct kss_machine *m, uint16_t thread, uint16_t object, unsigned key,
                     uint32_t *status) {
    unsigned irql = kss_thread_at(m, thread)->wait_irql;
    bool all = kss_thread_at(m, thread)->wait_all, abandoned = false;
    uint16_t first = kss_thread_at(m, thread)->wait_blocks;
    for (uint16_t b = first; all && b != KSS_NONE; b = kss_wait_at(m, b)->next_of_thread)
        if (kss_wait_at(m, b)->object == KSS_NONE ||
            !available(m, kss_wait_at(m, b)->object, thread, irql))
            return false;
    if (!all)
        abandoned = consume(m, object, thread, irql);
    for (uint16_t b = first; all && b != KSS_NONE; b = kss_wait_at(m, b)->next_of_thread)
        abandoned |= consume(m, kss_wait_at(m, b)->object, thread, irql);
    *status = (abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0) + (all ? 0 : key);
    return true;
}

unsigned kss_satisfy(struct kss_machine *m, uint16_t object) {
    unsigned released = 0;
    for (uint16_t block = kss_object_ref(m, object)->waiters;
         block != KSS_NONE && kss_object_ref(m, object)->signal > 0;) {
        uint16_t thread = kss_wait_at(m, block)->thread, next = kss_wait_at(m, block)->next;
        unsigned key = kss_wait_at(m, block)->key;
        while (next != KSS_NONE && kss_wait_at(m, next)->thread == thread)
            next = kss_wait_at(m, next)->next; // all of its blocks go at once
        if (!blocks_are_there(m, thread))
            return released;
        uint32_t status;
        if (take_for(m, thread, object, key, &status)) {
            uint32_t number = kss_object_number(m, object);
            if (!kss_thread_at(m, thread)->wait_all)
                PUT_RECORD(m, thread, wait_number, number);
            kss_unwait(m, thread, status);
            released++;
        }
        block = next;
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
                kss_apcs_enabled(thread, thread->wait_irql);
    KSS_EMIT(m, KSS_EV_TERMINATE, index, ends, 0, 0);
    thread = kss_thread_at(m, index);
    if (thread->state == KSS_T_ENDED)
        return;
    thread->flags |= KSS_TF_TERMINATING;
    if (ends)
        kss_unwait(m, index, STATUS_USER_APC);
}
