// SPDX-License-Identifier: MIT
// Threads: made, made ready, ended. The ready list is one ordered list; the scheduler takes the
// highest priority, among equals whoever became ready first.
#include "kernel/machine.h"

#include "base/os.h"

enum { MOST_THREADS = 0x7FF }; // their addresses; processes come behind (query.c)

static uint32_t process_number(const char *name) {
    if (name == NULL || strcmp(name, "System") == 0)
        return 0;
    uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return hash == 0 ? 1 : hash;
}

uint16_t kss_thread_add(struct kss_machine *m, const char *name, uint32_t body, int priority,
                        const char *process, bool system, bool gui, uint32_t place) {
    const struct kss_profile *profile = &m->config.profile;
    uint16_t index = (uint16_t)kss_thread_at_count(m);
    if (index >= MOST_THREADS)
        kss_os_fatal("a simulated machine holds at most 2,047 threads");
    kss_section_append(m, KSS_S_THREAD, sizeof(struct kss_thread));
    kss_section_append(m, KSS_S_THREAD_COLD, sizeof(struct kss_thread_cold));
    struct kss_thread *thread = kss_thread_at(m, index);
    *thread = (struct kss_thread){
        .state = KSS_T_READY,
        .flags =
            (uint16_t)(KSS_TF_SWAP_ENABLED | (system ? KSS_TF_SYSTEM : 0) | (gui ? KSS_TF_GUI : 0)),
        .priority = (int8_t)priority,
        .wait_blocks = KSS_NONE,
        .waiting_on = KSS_NONE,
        .cpu = KSS_NONE,
        .process = system ? 0 : process_number(process ? process : "application"),
        .body = body,
    };
    struct kss_thread_cold *cold = kss_thread_cold_at(m, index);
    cold->place = place;
    uint32_t name_id = kss_text_id(m, name);
    uint32_t process_id = kss_text_id(m, system ? "System" : process ? process : "application");
    cold = kss_thread_cold_at(m, index);
    cold->name = name_id;
    cold->process_name = process_id;
    struct kss_cpu *cpu = kss_cpu(m);
    uint16_t running = cpu->thread;
    cpu->thread = index;
    kss_emit_at(m, KSS_EV_THREAD, place, name_id, system, (uint64_t)priority, process_id);
    uint32_t depth = profile->reserve + (system ? profile->start_frames : profile->trap_frame);
    bool large = gui && profile->large_stack_size > profile->stack_size;
    uint16_t stack =
        kss_stack_new_large(m, KSS_STACK_THREAD, profile->stack_size,
                            large ? profile->large_stack_size : profile->stack_size, index, depth);
    kss_cpu(m)->thread = running;
    thread = kss_thread_at(m, index);
    thread->stack = thread->first_stack = stack;
    if (kss_globals(m)->holding)
        thread->state = KSS_T_HELD;
    else
        kss_make_ready(m, index, false);
    return index;
}

void kss_threads_hold(struct kss_machine *m) {
    kss_globals(m)->holding = 1;
}

void kss_threads_loader(struct kss_machine *m, uint16_t loader) {
    kss_globals(m)->holding = 0;
    kss_globals(m)->loader = (uint16_t)(loader + 1);
    if (kss_thread_at(m, loader)->state == KSS_T_HELD)
        kss_make_ready(m, loader, false);
}

static void loader_ended(struct kss_machine *m) {
    kss_globals(m)->loader = 0;
    for (uint32_t i = 0; i < kss_thread_at_count(m); i++)
        if (kss_thread_at(m, i)->state == KSS_T_HELD)
            kss_make_ready(m, (uint16_t)i, false);
}

void kss_make_ready(struct kss_machine *m, uint16_t index, bool front) {
    kss_thread_at(m, index)->state = KSS_T_READY;
    uint32_t end = kss_section_used(m, KSS_S_READY);
    kss_section_insert(m, KSS_S_READY, front ? 0 : end, sizeof(uint16_t));
    uint16_t *list = kss_section(m, KSS_S_READY);
    list[front ? 0 : end / sizeof(uint16_t)] = index;
    KSS_EMIT(m, KSS_EV_READY, index, 0, 0, 0);
}

// ---- Ends ---------------------------------------------------------------------------------------
static bool in_callout(const struct kss_machine *m, const struct kss_thread *thread) {
    for (uint16_t s = thread->stack; s != KSS_NONE;) {
        const struct kss_stack *stack = kss_stack_at(m, s);
        for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
            const struct kss_frame *frame = kss_frame_at(m, stack, at);
            if (frame->entry == KSS_ENTRY_CALLOUT)
                return true;
            at = frame->previous;
        }
        s = stack->below;
    }
    return false;
}

// A system call's return to user mode: DBG bug-check-0x4a and -0x1.
void kss_return_to_user(struct kss_machine *m) {
    struct kss_cpu *cpu = kss_cpu(m);
    const struct kss_thread *thread = kss_thread_at(m, cpu->thread);
    uint32_t routine = thread->body;
    struct kss_held_mutexes held = kss_mutexes_held(m, cpu->thread);
    if (held.count != 0)
        kss_say_mutex(m, held.first, KSS_MUTEX_HELD_AT_RETURN, cpu->thread);
    KSS_EMIT(m, KSS_EV_USER_RETURN, routine, 0, 0, 0);
    cpu = kss_cpu(m);
    thread = kss_thread_at(m, cpu->thread);
    kss_addr address = kss_code_address(m, routine);
    if (cpu->irql != KSS_PASSIVE_LEVEL)
        kss_bugcheck(m, 0x4A, address, cpu->irql, 0, 0, KSS_NT_COUNT, NULL);
    else if (thread->kernel_apc_disable != 0 || thread->special_apc_disable != 0)
        kss_bugcheck(m, 0x1, address, 0,
                     (uint64_t)(uint16_t)thread->special_apc_disable << 16 |
                         (uint16_t)thread->kernel_apc_disable,
                     0, KSS_NT_COUNT, NULL);
}

// The exit checks in their order: a worker (0xE9), APC-disable count (0x20), stack
// swapping (0x94), mutexes (0x4000008A). Each mutex that the thread owns has its share in the count.
void kss_thread_exit(struct kss_machine *m, uint32_t status) {
    struct kss_cpu *cpu = kss_cpu(m);
    uint16_t index = cpu->thread;
    if (m->verifier != NULL && !kss_verifier_exit(m))
        return;
    struct kss_thread *thread = kss_thread_at(m, index);
    if (thread->worker != 0) {
        kss_bugcheck(m, 0xE9, kss_thread_address(m, index), 0, 0, 0, KSS_NT_COUNT, NULL);
        return;
    }
    if (in_callout(m, thread)) {
        kss_policy_used(m, KSS_POLICY_expand_stack_active);
        kss_bugcheck(m, 0x107, 0, 0, 0, 0, KSS_NT_COUNT, NULL);
        return;
    }
    struct kss_held_mutexes held = kss_mutexes_held(m, index);
    if (thread->kernel_apc_disable + (int)held.count != thread->apc_at_start ||
        thread->special_apc_disable != 0) {
        uint32_t combined = (uint32_t)(uint16_t)thread->special_apc_disable << 16 |
                            (uint16_t)thread->kernel_apc_disable;
        unsigned irql = cpu->irql;
        kss_policy_used(m, KSS_POLICY_apc_count_baseline);
        kss_bugcheck(m, 0x20, 0, combined, irql, 1, KSS_NT_COUNT, NULL);
        return;
    }
    if (!(thread->flags & KSS_TF_SWAP_ENABLED)) {
        kss_bugcheck(m, 0x94, 0, 0, 0, 0, KSS_NT_COUNT, NULL);
        return;
    }
    if (held.count != 0) {
        kss_addr mutex = kss_object_ref(m, held.first)->address;
        kss_say_mutex(m, held.first, KSS_MUTEX_HELD_AT_EXIT, index);
        kss_bugcheck(m, 0x4000008A, kss_thread_address(m, index), mutex, 0, 0, KSS_NT_COUNT, NULL);
        return;
    }
    kss_mutexes_abandon(m, index);
    thread = kss_thread_at(m, index);
    uint16_t stack = thread->first_stack;
    kss_stack_clear(m, stack);
    if (kss_exit_has_work(m, index))
        kss_exit_begin(m, status);
    else
        kss_thread_gone(m, status);
}

void kss_thread_gone(struct kss_machine *m, uint32_t status) {
    uint16_t index = kss_cpu(m)->thread;
    KSS_EMIT(m, KSS_EV_THREAD_EXIT, index, status, 0, 0);
    struct kss_thread *thread = kss_thread_at(m, index);
    thread->state = KSS_T_ENDED;
    thread->exit_status = status;
    thread->stack = KSS_NONE;
    struct kss_cpu *cpu = kss_cpu(m);
    cpu->thread = cpu->stack = KSS_NONE;
    cpu->irql = KSS_PASSIVE_LEVEL;
    cpu->locks_held = 0;
    if (kss_globals(m)->loader == index + 1)
        loader_ended(m);
    uint16_t object = kss_object_at(m, kss_thread_address(m, index));
    if (object != KSS_NONE) { // somebody waited for it, or still does
        kss_object_ref(m, object)->signal = 1;
        KSS_EMIT(m, KSS_EV_STATE, kss_object_number(m, object), 1, 0, 0);
        kss_satisfy(m, object);
    }
}

struct kss_outcome kss_nt_PsTerminateSystemThread(struct kss_machine *m, struct kss_call *call) {
    if (call->step != 0)
        return kss_exit_step(m, call);
    const struct kss_cpu *cpu = kss_cpu(m);
    if (cpu->thread == KSS_NONE || !(kss_thread_at(m, cpu->thread)->flags & KSS_TF_SYSTEM))
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    kss_thread_exit(m, (uint32_t)call->arguments[0]);
    return kss_outcome(kss_globals(m)->stopped ? KSS_OUT_STOP : KSS_OUT_TURN, 0);
}

// ---- APC control --------------------------------------------------------------------------------
void kss_count_apcs(struct kss_machine *m, uint16_t index, int kernel, int special) {
    struct kss_thread *thread = kss_thread_at(m, index);
    thread->kernel_apc_disable = (int16_t)(thread->kernel_apc_disable + kernel);
    thread->special_apc_disable = (int16_t)(thread->special_apc_disable + special);
    KSS_EMIT(m, KSS_EV_APC_COUNTS, index, (int64_t)thread->kernel_apc_disable,
             (int64_t)thread->special_apc_disable, 0);
}

void kss_apcs_off_at_start(struct kss_machine *m, uint16_t index) {
    kss_thread_at(m, index)->apc_at_start = -1;
    kss_count_apcs(m, index, -1, 0);
}

// KRN disabling-apcs: counters per thread, minus one for each disable.
static struct kss_outcome count_apcs(struct kss_machine *m, int kernel, int special) {
    unsigned how = kernel < 0 ? 0 : kernel > 0 ? 1 : special < 0 ? 2 : 3;
    uint16_t index = kss_cpu(m)->thread;
    if (index != KSS_NONE) {
        struct kss_thread *thread = kss_thread_at(m, index);
        thread->kernel_apc_disable = (int16_t)(thread->kernel_apc_disable + kernel);
        thread->special_apc_disable = (int16_t)(thread->special_apc_disable + special);
        int kernel_now = thread->kernel_apc_disable, special_now = thread->special_apc_disable;
        KSS_EMIT(m, KSS_EV_APC_COUNT, how, (int64_t)kernel_now, (int64_t)special_now, 0);
    }
    return kss_return(0);
}

struct kss_outcome kss_nt_KeEnterCriticalRegion(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return count_apcs(m, -1, 0);
}

struct kss_outcome kss_nt_KeLeaveCriticalRegion(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return count_apcs(m, 1, 0);
}

struct kss_outcome kss_nt_KeEnterGuardedRegion(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return count_apcs(m, 0, -1);
}

struct kss_outcome kss_nt_KeLeaveGuardedRegion(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return count_apcs(m, 0, 1);
}

struct kss_outcome kss_nt_KeAreApcsDisabled(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    uint16_t index = kss_cpu(m)->thread;
    if (index == KSS_NONE)
        return kss_return(1);
    const struct kss_thread *thread = kss_thread_at(m, index);
    return kss_return(thread->kernel_apc_disable != 0 || thread->special_apc_disable != 0);
}

struct kss_outcome kss_nt_KeAreAllApcsDisabled(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    const struct kss_cpu *cpu = kss_cpu(m);
    return kss_return(cpu->irql >= KSS_APC_LEVEL || cpu->thread == KSS_NONE ||
                      kss_thread_at(m, cpu->thread)->special_apc_disable != 0);
}

struct kss_outcome kss_nt_FsRtlEnterFileSystem(struct kss_machine *m, struct kss_call *call) {
    return kss_nt_KeEnterCriticalRegion(m, call);
}

struct kss_outcome kss_nt_FsRtlExitFileSystem(struct kss_machine *m, struct kss_call *call) {
    return kss_nt_KeLeaveCriticalRegion(m, call);
}
