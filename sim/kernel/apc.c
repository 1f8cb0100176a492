// SPDX-License-Identifier: MIT
// APCs: code that runs in a given thread, on its stack, on top of whatever it does.
//
//                  runs at        kept away by                                      (KRN types-of-apcs,
//   special        APC_LEVEL      IRQL >= APC_LEVEL, a guarded region                 disabling-apcs)
//   normal kernel  PASSIVE_LEVEL  these, a critical region, another normal one at work
//   user           user mode      these; delivered only at the return to user mode of a thread that
//                                 waits alertably in UserMode (or was found to have one pending then)
//
//     | frames of the thread, a wait's record on top |
//     | KSS_ENTRY_NT  record of a delivery           |  steps below; saves what a wait left in the thread
//     | KSS_ENTRY_APC kernel or normal routine       |
//
// A waiting thread is taken out of its wait, its stack brought in first when it is out, and waits on
// afterwards; a pulse meanwhile is missed (KRN waits-and-apcs). The second stage of a threaded IRP is
// a special kernel APC too, but no driver code: it runs here and now.
//
// A KAPC is driver memory in its public layout. KernelRoutine comes first, at APC_LEVEL, and may
// change what NormalRoutine is and gets; it may free the KAPC. Exports without pages; what they do is
// ReactOS ntoskrnl/ke/apc.c's.
#include "kernel/io.h"

enum { ENVIRONMENT_DONE = 100, KERNEL_DONE, NORMAL_DONE, RETURNING, USER_DONE };
// What the record of a delivery keeps.
enum { WAIT_FIELDS, WAIT_STATUS, BLOCK, APC, KERNEL_ROUTINE, KIND };

static bool special(unsigned kind) {
    return kind <= KSS_APC_SPECIAL;
}

static bool alertable_wait(const struct kss_thread *thread) {
    return thread->state == KSS_T_WAITING && thread->wait_mode == 1 && thread->wait_alertable;
}

static enum kss_apc_block blocked(const struct kss_machine *m, uint16_t index, unsigned kind) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    unsigned irql = thread->wait_irql;
    if (thread->state == KSS_T_RUNNING) {
        const struct kss_cpu *cpu = kss_cpu_at(m, thread->cpu);
        irql = cpu->in_dpc || cpu->interrupts ? KSS_PASSIVE_LEVEL : cpu->irql;
    }
    if (irql >= KSS_APC_LEVEL)
        return KSS_APC_IRQL;
    if (thread->special_apc_disable != 0)
        return KSS_APC_GUARDED;
    if (special(kind))
        return KSS_APC_FREE;
    if (thread->kernel_apc_disable != 0)
        return KSS_APC_CRITICAL;
    if (kind == KSS_APC_USER)
        return alertable_wait(thread) ? KSS_APC_FREE : KSS_APC_UNALERTED;
    return thread->in_apc ? KSS_APC_IN_APC : KSS_APC_FREE;
}

// ---- The queue ----------------------------------------------------------------------------------
void kss_apc_take(struct kss_machine *m, uint32_t index) {
    struct kss_apc apc = *kss_apc_at(m, index);
    kss_section_remove(m, KSS_S_APC, index * (uint32_t)sizeof(struct kss_apc),
                       sizeof(struct kss_apc));
    if (apc.kind != KSS_APC_IRP && apc.object != KSS_NONE) {
        struct kss_object *object = kss_object_ref(m, apc.object);
        object->flags &= (uint8_t)~KSS_OF_QUEUED;
        if (!(object->flags & KSS_OF_DEAD))
            kss_poke(m, object->address + KSS_FIELD(KAPC, Inserted), 1, 0);
    }
    if (apc.kind != KSS_APC_USER)
        return;
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++)
        if (kss_apc_at(m, i)->thread == apc.thread && kss_apc_at(m, i)->kind == KSS_APC_USER)
            return;
    kss_thread_at(m, apc.thread)->flags &= (uint16_t) ~(KSS_TF_USER_APC | KSS_TF_APC_PENDING);
}

bool kss_apc_add(struct kss_machine *m, const struct kss_apc *apc) {
    if (kss_thread_at(m, apc->thread)->state == KSS_T_ENDED)
        return false;
    uint32_t count = kss_apc_at_count(m), at = 0;
    while (at < count && (kss_apc_at(m, at)->thread != apc->thread || !special(apc->kind) ||
                          special(kss_apc_at(m, at)->kind)))
        at++;
    kss_section_insert(m, KSS_S_APC, at * (uint32_t)sizeof *apc, sizeof *apc);
    *kss_apc_at(m, at) = *apc;
    kss_apc_at(m, at)->place = kss_clock(m)->place;
    uint16_t index = apc->thread;
    unsigned kind = apc->kind;
    if (kind == KSS_APC_USER)
        kss_thread_at(m, index)->flags |= KSS_TF_USER_APC;
    enum kss_apc_block why = blocked(m, index, kind);
    KSS_EMIT(m, KSS_EV_APC, kss_object_number(m, apc->object), index, why, kind);
    if (why != KSS_APC_FREE || kss_thread_at(m, index)->state != KSS_T_WAITING)
        return true;
    if (kind == KSS_APC_USER) {
        kss_thread_at(m, index)->flags |= KSS_TF_APC_PENDING;
        kss_unwait(m, index, STATUS_USER_APC);
    } else {
        kss_wait_interrupt(m, index);
    }
    return true;
}

void kss_apc_queue(struct kss_machine *m, uint16_t thread, uint16_t irp) {
    kss_apc_add(m, &(struct kss_apc){.thread = thread, .object = irp, .kind = KSS_APC_IRP});
}

void kss_apc_forget(struct kss_machine *m, uint16_t object) {
    for (uint32_t i = kss_apc_at_count(m); i-- > 0;)
        if (kss_apc_at(m, i)->object == object)
            kss_apc_take(m, i);
}

// The first that the running thread may have now.
static uint32_t next_of(const struct kss_machine *m, uint16_t index) {
    const struct kss_thread *thread = kss_thread_at(m, index);
    bool normal = thread->kernel_apc_disable == 0 && !thread->in_apc;
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++) {
        const struct kss_apc *apc = kss_apc_at(m, i);
        if (apc->thread == index && (special(apc->kind) || (apc->kind == KSS_APC_KERNEL && normal)))
            return i;
    }
    return KSS_NO_FRAME;
}

bool kss_apc_due(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    if (kss_apc_at_count(m) == 0 || cpu->thread == KSS_NONE || cpu->in_dpc || cpu->interrupts ||
        cpu->irql >= KSS_APC_LEVEL || kss_thread_at(m, cpu->thread)->special_apc_disable != 0)
        return false;
    return next_of(m, cpu->thread) != KSS_NO_FRAME;
}

void kss_apc_left(struct kss_machine *m) {
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++) {
        struct kss_apc apc = *kss_apc_at(m, i);
        if (apc.kind == KSS_APC_IRP && kss_thread_at(m, apc.thread)->state == KSS_T_WAITING)
            kss_emit_at(m, KSS_EV_APC_LEFT, kss_thread_cold_at(m, apc.thread)->wait_place,
                        kss_object_number(m, apc.object), apc.thread,
                        blocked(m, apc.thread, apc.kind), 0);
    }
}

// ---- The record of a delivery -------------------------------------------------------------------
// An APC's routine may wait itself; what a wait that was interrupted left in the thread is kept.
static void keep_wait(const struct kss_thread *thread, struct kss_call *call) {
    call->local[WAIT_FIELDS] = (uint64_t)thread->wait_mode | (uint64_t)thread->wait_reason << 8 |
                               (uint64_t)thread->wait_alertable << 16 |
                               (uint64_t)thread->wait_all << 24 |
                               (uint64_t)thread->waiting_on << 32;
    call->local[WAIT_STATUS] = (uint32_t)thread->wait_status;
}

static void put_wait_back(struct kss_thread *thread, const struct kss_call *call) {
    uint64_t fields = call->local[WAIT_FIELDS];
    thread->wait_mode = (uint8_t)fields;
    thread->wait_reason = (uint8_t)(fields >> 8);
    thread->wait_alertable = (uint8_t)(fields >> 16);
    thread->wait_all = (uint8_t)(fields >> 24);
    thread->waiting_on = (uint16_t)(fields >> 32);
    thread->wait_status = (int32_t)(uint32_t)call->local[WAIT_STATUS];
}

static struct kss_outcome over(struct kss_machine *m, const struct kss_call *call) {
    put_wait_back(kss_thread_at(m, kss_cpu(m)->thread), call);
    kss_cpu(m)->irql = KSS_PASSIVE_LEVEL;
    KSS_EMIT(m, KSS_EV_APC_DONE, call->local[KIND] >> 8, 0, 0, 0);
    return kss_outcome(KSS_OUT_TURN, 0);
}

static void say_runs(struct kss_machine *m, const struct kss_call *call, uint32_t routine,
                     unsigned as) {
    KSS_EMIT(m, KSS_EV_APC_RUN, call->local[KIND] >> 8, routine, as, kss_cpu(m)->irql);
}

static struct kss_outcome enter(struct kss_machine *m, struct kss_call *call, uint32_t routine,
                                unsigned count, unsigned as, uint8_t step) {
    kss_cpu(m)->irql = as == 0 ? KSS_APC_LEVEL : KSS_PASSIVE_LEVEL;
    if (as == 1)
        kss_thread_at(m, kss_cpu(m)->thread)->in_apc = 1;
    say_runs(m, call, routine, as);
    return kss_call_driver(m, call, step, routine, count, KSS_ENTRY_APC);
}

// DBG bug-check-0xc8: an APC's routine changed the IRQL.
static bool irql_changed(struct kss_machine *m, const struct kss_call *call, unsigned expected,
                         kss_addr normal) {
    unsigned irql = kss_cpu(m)->irql;
    if (irql == expected)
        return false;
    kss_bugcheck(m, 0xC8, irql << 16 | expected << 8, call->local[KERNEL_ROUTINE], call->local[APC],
                 normal, KSS_NT_COUNT, NULL);
    return true;
}

// The four values that KernelRoutine may change lie in memory of nt's.
static kss_addr lend(struct kss_machine *m, kss_addr apc) {
    unsigned pointer = kss_pointer(m);
    kss_addr block = kss_nt_block(m, KSS_NTB_APC, 4 * pointer);
    if (block == 0) {
        kss_hang(m, KSS_END_CANNOT_CONTINUE, 2, KSS_NT_KeInsertQueueApc);
        return 0;
    }
    kss_set(m, block, kss_get(m, apc + KSS_FIELD(KAPC, NormalRoutine)));
    kss_set(m, block + pointer, kss_get(m, apc + KSS_FIELD(KAPC, NormalContext)));
    kss_set(m, block + 2 * pointer, kss_get(m, apc + KSS_FIELD(KAPC, SystemArgument1)));
    kss_set(m, block + 3 * pointer, kss_get(m, apc + KSS_FIELD(KAPC, SystemArgument2)));
    return block;
}

static struct kss_outcome kernel_routine(struct kss_machine *m, struct kss_call *call,
                                         uint16_t object, uint8_t step) {
    kss_addr apc = kss_object_ref(m, object)->address;
    kss_addr address = kss_get(m, apc + KSS_FIELD(KAPC, KernelRoutine));
    uint32_t routine;
    if (!kss_code_at(m, address, &routine))
        return kss_io_bad_call(m, address);
    call->local[APC] = apc;
    call->local[KERNEL_ROUTINE] = address;
    call->local[BLOCK] = lend(m, apc);
    if (call->local[BLOCK] == 0)
        return kss_stopped();
    call->out[0] = apc;
    for (unsigned i = 0; i < 4; i++)
        call->out[1 + i] = call->local[BLOCK] + i * kss_pointer(m);
    return enter(m, call, routine, 5, 0, step);
}

// Puts the routine of the [index]th APC on top of the running thread's stack.
static struct kss_outcome begin(struct kss_machine *m, struct kss_call *call, uint32_t index,
                                uint8_t step) {
    struct kss_apc apc = *kss_apc_at(m, index);
    kss_apc_take(m, index);
    kss_at(m, apc.place);
    call->place = apc.place;
    call->local[KIND] = apc.kind | (uint64_t)kss_object_number(m, apc.object) << 8;
    if (apc.object != KSS_NONE)
        return kernel_routine(m, call, apc.object, step);
    memcpy(call->out, apc.arguments, sizeof call->out);
    return enter(m, call, apc.routine, apc.argument_count, apc.kind == KSS_APC_KERNEL,
                 step == USER_DONE ? step : ENVIRONMENT_DONE);
}

static void finish_irp(struct kss_machine *m, uint32_t index) {
    struct kss_apc apc = *kss_apc_at(m, index);
    kss_apc_take(m, index);
    uint32_t place = kss_clock(m)->place, outer = m->at_work;
    uint8_t irql = kss_cpu(m)->irql;
    kss_at(m, apc.place);
    m->at_work = KSS_NT_IofCompleteRequest;
    kss_cpu(m)->irql = KSS_APC_LEVEL;
    kss_irp_finish(m, apc.object);
    kss_cpu(m)->irql = irql;
    m->at_work = outer;
    kss_at(m, place);
}

void kss_apc_deliver(struct kss_machine *m) {
    uint32_t index = next_of(m, kss_cpu(m)->thread);
    if (kss_apc_at(m, index)->kind == KSS_APC_IRP) {
        finish_irp(m, index);
        return;
    }
    uint16_t object = kss_apc_at(m, index)->object;
    if (object != KSS_NONE && kss_object_ref(m, object)->flags & KSS_OF_DEAD) {
        kss_apc_take(m, index); // a dead frame reads as zero: there is no routine
        return;
    }
    struct kss_call call = {.routine = KSS_NT_KeInsertQueueApc};
    keep_wait(kss_thread_at(m, kss_cpu(m)->thread), &call);
    begin(m, &call, index, KERNEL_DONE);
}

// ---- At the return to user mode -----------------------------------------------------------------
static uint32_t user_apc_of(const struct kss_machine *m, uint16_t thread) {
    for (uint32_t i = 0; i < kss_apc_at_count(m); i++)
        if (kss_apc_at(m, i)->thread == thread && kss_apc_at(m, i)->kind == KSS_APC_USER)
            return i;
    return KSS_NO_FRAME;
}

bool kss_apc_return(struct kss_machine *m, uint64_t status) {
    uint16_t index = kss_cpu(m)->thread;
    const struct kss_thread *thread = kss_thread_at(m, index);
    bool pending = thread->flags & KSS_TF_APC_PENDING || (uint32_t)status == STATUS_USER_APC;
    if (!pending || user_apc_of(m, index) == KSS_NO_FRAME ||
        kss_cpu(m)->irql != KSS_PASSIVE_LEVEL || thread->kernel_apc_disable != 0 ||
        thread->special_apc_disable != 0)
        return false;
    struct kss_call call = {.routine = KSS_NT_KeInsertQueueApc, .place = kss_clock(m)->place};
    call.arguments[0] = status;
    kss_suspend(m, &call, RETURNING);
    return true;
}

static struct kss_outcome returning(struct kss_machine *m, struct kss_call *call) {
    uint32_t index = user_apc_of(m, kss_cpu(m)->thread);
    if (index != KSS_NO_FRAME)
        return begin(m, call, index, USER_DONE);
    kss_return_to_user(m);
    if (!kss_globals(m)->stopped)
        kss_thread_exit(m, (uint32_t)call->arguments[0]);
    return kss_outcome(kss_globals(m)->stopped ? KSS_OUT_STOP : KSS_OUT_TURN, 0);
}

static struct kss_outcome user_done(struct kss_machine *m, struct kss_call *call) {
    uint32_t routine = KSS_NO_FRAME;
    kss_addr block = call->local[BLOCK];
    call->local[BLOCK] = 0;
    if (irql_changed(m, call, KSS_APC_LEVEL, 0))
        return kss_stopped();
    kss_cpu(m)->irql = KSS_PASSIVE_LEVEL;
    if (block != 0) {
        kss_addr normal = kss_get(m, block);
        kss_nt_block_free(m, block);
        if (normal != 0 && !kss_code_at(m, normal, &routine))
            routine = KSS_NO_FRAME;
        if (normal != 0)
            say_runs(m, call, routine, 2);
    }
    KSS_EMIT(m, KSS_EV_APC_DONE, call->local[KIND] >> 8, 0, 0, 0);
    return returning(m, call);
}

// ---- The steps of a delivery --------------------------------------------------------------------
static struct kss_outcome kernel_done(struct kss_machine *m, struct kss_call *call) {
    unsigned pointer = kss_pointer(m);
    kss_addr block = call->local[BLOCK], normal = kss_get(m, block);
    uint32_t routine;
    for (unsigned i = 0; i < 3; i++)
        call->out[i] = kss_get(m, block + (i + 1) * pointer);
    kss_nt_block_free(m, block);
    if (irql_changed(m, call, KSS_APC_LEVEL, normal))
        return kss_stopped();
    if (normal == 0 || (call->local[KIND] & 0xFF) != KSS_APC_KERNEL)
        return over(m, call);
    if (!kss_code_at(m, normal, &routine))
        return kss_io_bad_call(m, normal);
    return enter(m, call, routine, 3, 1, NORMAL_DONE);
}

static struct kss_outcome normal_done(struct kss_machine *m, struct kss_call *call,
                                      unsigned expected) {
    if ((call->local[KIND] & 0xFF) == KSS_APC_KERNEL)
        kss_thread_at(m, kss_cpu(m)->thread)->in_apc = 0;
    if (irql_changed(m, call, expected, 0))
        return kss_stopped();
    return over(m, call);
}

struct kss_outcome kss_apc_step(struct kss_machine *m, struct kss_call *call) {
    bool kernel = (call->local[KIND] & 0xFF) == KSS_APC_KERNEL;
    switch (call->step) {
    case KERNEL_DONE: return kernel_done(m, call);
    case NORMAL_DONE: return normal_done(m, call, KSS_PASSIVE_LEVEL);
    case RETURNING: return returning(m, call);
    case USER_DONE: return user_done(m, call);
    default: return normal_done(m, call, kernel ? KSS_PASSIVE_LEVEL : KSS_APC_LEVEL);
    }
}
