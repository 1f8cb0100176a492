// SPDX-License-Identifier: MIT
// Work items and the system worker threads that run them.
//
//   queue of a type    | item | item | ...          in the order of queueing (section WORK)
//   its workers        Worker 1 (busy), Worker 2 (idle), ...
//
// A worker is a system thread of nt's own: no driver routine is its body, its stack begins with the
// record of this file's loop. It is made when work is queued and nobody of that type is idle, up to
// a fixed number per type; then it takes what comes next. At rest it waits for work, which is not a
// wait that somebody must end. Priorities: DDI WORK_QUEUE_TYPE. Numbers: ReactOS ntoskrnl/ex/work.c,
// policy worker-threads.
//
// When a worker routine returns, it must have left PASSIVE_LEVEL (0xE1), a balanced APC disable count
// (0x1 with parameter 4 = 1) and its thread (0xE9).
#include "kernel/io.h"

enum { LOOP = 100, DONE = 101 }; // steps of the loop; ExQueueWorkItem itself has one
enum { CRITICAL, DELAYED, HYPERCRITICAL, NORMAL, BACKGROUND, REAL_TIME, SUPERCRITICAL, TYPES };
enum { CUSTOM = 32, CUSTOM_END = 64 };
enum { ROUTINE_NAME = 64 };

static int priority_of(unsigned queue) {
    static const uint8_t priorities[TYPES] = {13, 12, 15, 8, 7, 18, 14};
    if (queue < TYPES)
        return priorities[queue];
    return queue < CUSTOM_END ? (int)queue - CUSTOM : 16;
}

static unsigned most_of(unsigned queue) {
    static const uint8_t numbers[TYPES] = {5, 3, 1, 3, 3, 3, 3};
    return queue < TYPES ? numbers[queue] : queue < CUSTOM_END ? 3 : 1;
}

bool kss_pool_fails(struct kss_machine *m) {
    return m->config.fail_pool && m->port.choose != NULL &&
           m->port.choose(m->port.context, m, KSS_CHOOSE_POOL, 2) == 1;
}

// ---- Workers ------------------------------------------------------------------------------------
bool kss_worker_idle(const struct kss_thread *thread) {
    return thread->worker != 0 && !(thread->worker & KSS_WORKER_BUSY);
}

static unsigned queue_of(const struct kss_thread *thread) {
    return (thread->worker & ~(unsigned)KSS_WORKER_BUSY) - 1;
}

void kss_thread_name(const struct kss_machine *m, uint16_t index, struct kss_text *out) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    unsigned number = 1;
    if (thread->worker == 0) {
        for (uint16_t i = 0; i < index; i++)
            number += kss_thread_at(m, i)->worker == 0 && kss_thread_at(m, i)->body == thread->body;
        kss_text_str(out, m->image->code[thread->body].name);
        if (number > 1)
            kss_text_format(out, " #%u", number);
        return;
    }
    unsigned queue = queue_of(thread);
    if (queue >= KSS_WORK_OVERFLOW) {
        kss_text_str(out, queue == KSS_WORK_OVERFLOW ? "Overflow worker" : "Paging file worker");
        return;
    }
    for (uint16_t i = 0; i < index; i++)
        number +=
            kss_thread_at(m, i)->worker != 0 && queue_of(kss_thread_at(m, i)) < KSS_WORK_OVERFLOW;
    kss_text_format(out, "Worker %u", number);
}

static void make_worker(struct kss_machine *m, unsigned queue) {
    char name[32];
    unsigned number = 1;
    for (uint16_t i = 0; i < kss_thread_at_count(m); i++)
        number +=
            kss_thread_at(m, i)->worker != 0 && queue_of(kss_thread_at(m, i)) < KSS_WORK_OVERFLOW;
    struct kss_text text = {0};
    if (queue < KSS_WORK_OVERFLOW)
        kss_text_format(&text, "Worker %u", number);
    else
        kss_text_str(&text, queue == KSS_WORK_OVERFLOW ? "Overflow worker" : "Paging file worker");
    memcpy(name, text.bytes, text.length + 1);
    kss_text_free(&text);
    kss_policy_used(m, KSS_POLICY_worker_threads);
    uint16_t index =
        kss_thread_add(m, name, KSS_NO_FRAME, priority_of(queue), NULL, true, false, 0);
    kss_thread_at(m, index)->worker = (uint8_t)((queue + 1) | KSS_WORKER_BUSY);
    if (queue >= KSS_WORK_OVERFLOW) // file systems acquire their resources there without more ado
        kss_apcs_off_at_start(m, index);
    struct kss_call loop = {.routine = KSS_NT_ExQueueWorkItem};
    uint16_t stack = kss_cpu(m)->stack;
    kss_cpu(m)->stack = kss_thread_at(m, index)->stack;
    kss_suspend(m, &loop, LOOP);
    kss_cpu(m)->stack = stack;
}

static void wake_worker(struct kss_machine *m, unsigned queue) {
    unsigned number = 0;
    for (uint16_t i = 0; i < kss_thread_at_count(m); i++) {
        struct kss_thread *thread = kss_thread_at(m, i);
        if (thread->worker == 0 || thread->state == KSS_T_ENDED || queue_of(thread) != queue)
            continue;
        number++;
        if (kss_worker_idle(thread)) {
            thread->worker |= KSS_WORKER_BUSY;
            kss_unwait(m, i, STATUS_SUCCESS);
            return;
        }
    }
    if (number < most_of(queue))
        make_worker(m, queue);
}

static struct kss_outcome rest(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome = kss_suspend(m, call, LOOP);
    struct kss_cpu *cpu = kss_cpu(m);
    struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    thread->worker &= (uint8_t)~KSS_WORKER_BUSY;
    thread->state = KSS_T_WAITING;
    thread->stack = cpu->stack;
    thread->wait_irql = KSS_PASSIVE_LEVEL;
    thread->locks_held = 0;
    KSS_EMIT(m, KSS_EV_PARK, 0, 0, 0, KSS_PARK_WORK);
    cpu = kss_cpu(m);
    cpu->thread = cpu->stack = KSS_NONE;
    return outcome;
}

// ---- Queues -------------------------------------------------------------------------------------
void kss_work_queue(struct kss_machine *m, const struct kss_work *work) {
    uint32_t offset = kss_section_append(m, KSS_S_WORK, sizeof *work);
    struct kss_work *entry = kss_work_at(m, offset / (uint32_t)sizeof *work);
    *entry = *work;
    entry->place = kss_clock(m)->place;
    unsigned queue = work->queue;
    KSS_EMIT(m, KSS_EV_WORK_QUEUE, kss_object_number(m, work->object), work->routine, 1, queue);
    wake_worker(m, queue);
}

void kss_work_forget(struct kss_machine *m, uint16_t object) {
    for (uint32_t i = 0; i < kss_work_at_count(m); i++)
        if (kss_work_at(m, i)->object == object)
            kss_work_at(m, i)->object = KSS_NONE;
}

static bool take_next(struct kss_machine *m, unsigned queue, struct kss_work *work) {
    for (uint32_t i = 0; i < kss_work_at_count(m); i++) {
        if (kss_work_at(m, i)->queue != queue)
            continue;
        *work = *kss_work_at(m, i);
        kss_section_remove(m, KSS_S_WORK, i * (uint32_t)sizeof *work, sizeof *work);
        return true;
    }
    return false;
}

static void unlink_item(struct kss_machine *m, uint16_t object) {
    if (object == KSS_NONE)
        return;
    struct kss_object *item = kss_object_ref(m, object);
    item->flags &= (uint8_t)~KSS_OF_QUEUED;
    if (item->kind == KSS_O_WORK_ITEM && !(item->flags & KSS_OF_DEAD))
        kss_poke(m, item->address, kss_pointer(m), 0); // List.Flink
}

// ---- The loop -----------------------------------------------------------------------------------
static struct kss_outcome run(struct kss_machine *m, struct kss_call *call) {
    struct kss_work work;
    if (!take_next(m, queue_of(kss_thread_at(m, kss_cpu(m)->thread)), &work))
        return rest(m, call);
    uint32_t number = kss_object_number(m, work.object);
    kss_at(m, work.place);
    call->place = work.place;
    call->local[0] = work.routine;
    call->local[1] = work.object == KSS_NONE ? 0 : kss_object_ref(m, work.object)->address;
    call->local[2] = work.device;
    call->local[3] = work.arguments[work.count - 1];
    call->local[4] = number;
    memcpy(call->out, work.arguments, sizeof work.arguments);
    unlink_item(m, work.object);
    if (work.block != 0)
        kss_nt_block_free(m, work.block);
    KSS_EMIT(m, KSS_EV_WORK_RUN, number, work.routine, 0, 0);
    return kss_call_driver(m, call, DONE, work.routine, work.count, KSS_ENTRY_WORK);
}

static struct kss_outcome ran(struct kss_machine *m, struct kss_call *call) {
    const struct kss_cpu *cpu = kss_cpu(m);
    const struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    kss_addr routine = kss_code_address(m, (uint32_t)call->local[0]);
    uint32_t count = (uint32_t)(uint16_t)thread->special_apc_disable << 16 |
                     (uint16_t)thread->kernel_apc_disable;
    bool balanced =
        thread->kernel_apc_disable == thread->apc_at_start && thread->special_apc_disable == 0;
    KSS_EMIT(m, KSS_EV_WORK_DONE, call->local[4], call->local[0], 0, 0);
    if (kss_cpu(m)->irql != KSS_PASSIVE_LEVEL)
        kss_bugcheck(m, 0xE1, routine, kss_cpu(m)->irql, call->local[3], call->local[1],
                     KSS_NT_COUNT, NULL);
    else if (!balanced)
        kss_bugcheck(m, 0x1, routine, 0, count, 1, KSS_NT_COUNT, NULL);
    if (kss_globals(m)->stopped)
        return kss_stopped();
    if (call->local[2] != 0)
        kss_device_reference(m, call->local[2], -1);
    return run(m, call);
}

// ---- Executive work items -----------------------------------------------------------------------
// The item's memory is the truth; DDI ExInitializeWorkItem.
struct kss_outcome kss_nt_ExInitializeWorkItem(struct kss_machine *m, struct kss_call *call) {
    kss_addr item = call->arguments[0];
    unsigned pointer = kss_pointer(m);
    KSS_TRY(kss_store(m, item + KSS_FIELD(WORK_QUEUE_ITEM, WorkerRoutine), pointer,
                      call->arguments[1], KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, item + KSS_FIELD(WORK_QUEUE_ITEM, Parameter), pointer, call->arguments[2],
                      KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, item, pointer, 0, KSS_WHO_DRIVER));
    kss_object_init(m, item, KSS_O_WORK_ITEM, 0, 0);
    return kss_return(0);
}

// Queued although it is in a queue, a wrong queue, no routine: 0xE4 with 1, 6, 7.
static struct kss_outcome invalid(struct kss_machine *m, struct kss_call *call, unsigned why,
                                  uint16_t object, unsigned queue) {
    KSS_EMIT(m, KSS_EV_WORK_MISUSE, kss_object_number(m, object),
             why == 1   ? 0
             : why == 6 ? 2
                        : 3,
             call->routine, 0);
    kss_bugcheck(m, 0xE4, why, call->arguments[0], queue, 0, call->routine, NULL);
    return kss_stopped();
}

bool kss_is_work_queue(uint64_t queue) {
    return queue < TYPES || (queue >= CUSTOM && queue < CUSTOM_END);
}

struct kss_outcome kss_nt_ExQueueWorkItem(struct kss_machine *m, struct kss_call *call) {
    if (call->step == LOOP)
        return run(m, call);
    if (call->step == DONE)
        return ran(m, call);
    kss_addr item = call->arguments[0];
    uint16_t object = kss_object_at(m, item);
    if (object == KSS_NONE || kss_object_ref(m, object)->kind != KSS_O_WORK_ITEM) {
        KSS_TRY(kss_touch_object(m, item, kss_object_size(m, KSS_O_WORK_ITEM), true));
        object = kss_object_init(m, item, KSS_O_WORK_ITEM, 0, 0); // the macro told nobody
    } else {
        KSS_USE(kss_object_use(m, call, item, KSS_O_WORK_ITEM, true, &object));
    }
    unsigned queue = (unsigned)call->arguments[1];
    uint32_t routine;
    if (kss_object_ref(m, object)->flags & KSS_OF_QUEUED)
        return invalid(m, call, 1, object, queue);
    if (!kss_is_work_queue(queue))
        return invalid(m, call, 6, object, queue);
    if (!kss_code_at(m, kss_get(m, item + KSS_FIELD(WORK_QUEUE_ITEM, WorkerRoutine)), &routine))
        return invalid(m, call, 7, object, queue);
    kss_object_ref(m, object)->flags |= KSS_OF_QUEUED;
    kss_set(m, item, item); // in a list
    uint64_t parameter = kss_get(m, item + KSS_FIELD(WORK_QUEUE_ITEM, Parameter));
    kss_work_queue(m, &(struct kss_work){.arguments = {parameter},
                                         .routine = routine,
                                         .object = object,
                                         .queue = (uint8_t)queue,
                                         .count = 1});
    return kss_return(0);
}
