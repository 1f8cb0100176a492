// SPDX-License-Identifier: MIT
// What runs next. This is the scheduler, the dispatch interrupt and the idle loop in one place.
//
// A turn looks at the current processor:
//   1. a driver routine that was pushed and not started (an expanded callout) starts
//   2. interrupts and DPCs that the IRQL lets through
//   3. a ready thread of higher priority takes over (IRQL below DISPATCH_LEVEL)
//   4. an NT routine on top goes on with its next step; driver code on top goes on
//   5. idle: the ready thread of the highest priority, among equals the first
// then at the other processors, then moves the clock to what is due, and when nothing is, the run
// ends.
#include "kernel/lock.h"

static kss_step *const steps[KSS_NT_COUNT] = {
#define ROUTINE(name, ...) kss_nt_##name,
#include "nt/routines.def"
#undef ROUTINE
};

// ---- NT calls -----------------------------------------------------------------------------------
struct kss_outcome kss_suspend(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    call->step = step;
    if (!kss_frame_push(m, call->routine, kss_nt_cost(m, call->routine), sizeof *call,
                        KSS_ENTRY_NT))
        return kss_stopped();
    memcpy(kss_frame_run(kss_top_frame(m)), call, sizeof *call);
    return kss_outcome(KSS_OUT_TURN, 0);
}

static struct kss_outcome step_of(struct kss_machine *m, struct kss_call *call) {
    uint32_t outer = m->at_work;
    m->at_work = call->routine;
    struct kss_outcome outcome = steps[call->routine](m, call);
    m->at_work = outer;
    return outcome;
}

static void check_irql(struct kss_machine *m, enum kss_routine_id routine, kss_addr object) {
    const struct kss_routine *row = &kss_routines[routine];
    unsigned irql = kss_cpu(m)->irql;
    if (irql >= row->irql_min && irql <= row->irql_max)
        return;
    uint16_t index = row->parameters[0].class_ == KSS_CLASS_OBJECT ? kss_object_at(m, object)
                                                                   : (uint16_t)KSS_NONE;
    KSS_EMIT(m, KSS_EV_IRQL_RULE, routine, row->irql_min, row->irql_max,
             kss_object_number(m, index));
}

// ---- Pageable code ------------------------------------------------------------------------------
// With Driver Verifier what is pageable left memory when the IRQL rose, code included: fetching the next
// instruction faults (DBG bug-check-0xd1, P3 8: execute).
void kss_code_at_dispatch(struct kss_machine *m, uint32_t routine) {
    KSS_EMIT(m, KSS_EV_PAGED_CODE, routine, false, 0, 0);
    if (!m->config.verifier)
        return;
    kss_addr address = kss_code_address(m, routine);
    kss_text_clear(&m->scratch);
    kss_describe(m, address, &m->scratch);
    char about[256];
    size_t length = m->scratch.length < sizeof about ? m->scratch.length : sizeof about - 1;
    memcpy(about, m->scratch.bytes, length);
    about[length] = 0;
    kss_bugcheck(m, 0xD1, address, kss_cpu(m)->irql, 8, address, KSS_NT_COUNT, about);
}

// The driver routine that calls NT, or that NT returns to, at DISPATCH_LEVEL or above. A routine that
// raises the IRQL itself, or calls a helper that does, is seen here.
static void check_code(struct kss_machine *m) {
    uint32_t routine = kss_innermost(m);
    if (routine < m->image->code_count && m->image->code[routine].flags & KSS_CODE_PAGEABLE &&
        !kss_code_locked(m, routine))
        kss_code_at_dispatch(m, routine);
}

// In pieces that compilers clear without a call.
static inline void clear(struct kss_call *call) {
    enum { PIECE = 64, PIECES = sizeof *call / PIECE };
    uint8_t *bytes = (uint8_t *)call;
    for (unsigned i = 0; i < PIECES; i++)
        memset(bytes + i * PIECE, 0, PIECE);
    memset(bytes + PIECES * PIECE, 0, sizeof *call % PIECE);
}

// A step has come to its end. RETURN: so has the routine.
static struct kss_outcome finished(struct kss_machine *m, const struct kss_call *call,
                                   struct kss_outcome outcome) {
    if (kss_globals(m)->stopped)
        return kss_stopped();
    if (outcome.kind != KSS_OUT_RETURN)
        return outcome;
    KSS_EMIT(m, KSS_EV_NT_RETURN, call->routine, outcome.value, 0, 0);
    if (m->verifier != NULL)
        kss_verifier_returned(m, call, outcome.value);
    if (kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
        check_code(m);
    return kss_globals(m)->stopped ? kss_stopped() : outcome;
}

struct kss_outcome kss_nt_call(struct kss_machine *m, enum kss_routine_id routine,
                               const uint64_t *arguments, unsigned count) {
    struct kss_call call;
    clear(&call);
    call.routine = routine;
    call.place = kss_clock(m)->place;
    call.count = (uint8_t)count;
    for (unsigned i = 0; i < count; i++)
        call.arguments[i] = arguments[i];
    KSS_EMIT(m, KSS_EV_NT_CALL, routine, call.arguments[0], call.arguments[1], call.arguments[2]);
    if (kss_wait_expected(m))
        kss_wait_next_call(m, routine);
    check_irql(m, routine, call.arguments[0]);
    if (kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
        check_code(m);
    if (m->verifier != NULL && !kss_verifier_call(m, &call))
        return kss_stopped();
    if (m->costs != NULL && !kss_nt_cost_begin(m, routine))
        return kss_stopped();
    struct kss_outcome outcome = step_of(m, &call);
    return finished(m, &call, outcome);
}

// The suspended NT routine on top goes on.
static struct kss_outcome resume(struct kss_machine *m) {
    struct kss_frame *frame = kss_top_frame(m);
    struct kss_call call;
    memcpy(&call, kss_frame_run(frame), sizeof call);
    uint8_t step = call.step;
    kss_frame_pop(m);
    kss_at(m, call.place);
    struct kss_outcome outcome = step_of(m, &call);
    if (outcome.kind == (enum kss_outcome_kind)KSS_OUT_SPIN && !kss_globals(m)->stopped)
        kss_suspend(m, &call, step);
    return finished(m, &call, outcome);
}

// ---- Scheduling ---------------------------------------------------------------------------------
// Position in the ready list of the thread to run, KSS_NO_FRAME: none of at least [priority].
static uint32_t best_ready(struct kss_machine *m, int priority) {
    uint32_t count = kss_section_used(m, KSS_S_READY) / (uint32_t)sizeof(uint16_t);
    const uint16_t *ready = kss_section(m, KSS_S_READY);
    uint32_t best = KSS_NO_FRAME, equals = 0;
    for (uint32_t i = 0; i < count; i++) {
        int own = kss_thread_at(m, ready[i])->priority;
        if (own < priority)
            continue;
        if (best == KSS_NO_FRAME || own > kss_thread_at(m, ready[best])->priority) {
            best = i;
            equals = 1;
        } else {
            equals += own == kss_thread_at(m, ready[best])->priority;
        }
    }
    if (equals < 2 || m->port.choose == NULL)
        return best;
    unsigned skip = m->port.choose(m->port.context, m, KSS_CHOOSE_THREAD, equals);
    ready = kss_section(m, KSS_S_READY);
    int level = kss_thread_at(m, ready[best])->priority;
    for (; skip != 0; skip--)
        do
            best++;
        while (kss_thread_at(m, ready[best])->priority != level);
    return best;
}

static void switch_to(struct kss_machine *m, uint32_t position) {
    uint16_t *ready = kss_section(m, KSS_S_READY);
    uint16_t index = ready[position];
    kss_section_remove(m, KSS_S_READY, position * (uint32_t)sizeof(uint16_t), sizeof(uint16_t));
    kss_inswap(m, index);
    struct kss_thread *thread = kss_thread_at(m, index);
    struct kss_cpu *cpu = kss_cpu(m);
    thread->state = KSS_T_RUNNING;
    thread->cpu = kss_globals(m)->current_cpu;
    cpu->thread = index;
    cpu->stack = thread->stack;
    cpu->irql = thread->wait_irql;
    cpu->locks_held = thread->locks_held;
    KSS_EMIT(m, KSS_EV_SWITCH, index, 0, 0, 0);
}

void kss_leave_thread(struct kss_machine *m, bool front) {
    struct kss_cpu *cpu = kss_cpu(m);
    uint16_t index = cpu->thread;
    struct kss_thread *thread = kss_thread_at(m, index);
    thread->wait_irql = cpu->irql;
    thread->locks_held = cpu->locks_held;
    thread->stack = cpu->stack;
    cpu->thread = cpu->stack = KSS_NONE;
    cpu->locks_held = 0;
    cpu->irql = KSS_PASSIVE_LEVEL;
    kss_make_ready(m, index, front);
}

static bool preemptible(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    return cpu->thread != KSS_NONE && cpu->irql < KSS_DISPATCH_LEVEL && cpu->in_dpc == 0 &&
           cpu->interrupts == 0;
}

static bool higher_ready(const struct kss_machine *m) {
    uint32_t count = kss_section_used(m, KSS_S_READY) / (uint32_t)sizeof(uint16_t);
    const uint16_t *ready = kss_section(m, KSS_S_READY);
    int own = kss_thread_at(m, kss_cpu(m)->thread)->priority;
    for (uint32_t i = 0; i < count; i++)
        if (kss_thread_at(m, ready[i])->priority > own)
            return true;
    return false;
}

bool kss_must_turn(const struct kss_machine *m) {
    if (kss_globals(m)->stopped || kss_cpu_at_count(m) > 1)
        return true;
    if (kss_section_used(m, KSS_S_PENDING) != 0 && kss_interruptible(m))
        return true;
    if (kss_section_used(m, KSS_S_APC) != 0 && kss_apc_due(m))
        return true;
    if (kss_section_used(m, KSS_S_READY) == 0 || !preemptible(m))
        return false;
    return m->port.choose != NULL || higher_ready(m);
}

enum {
    SPUN = 0x80
}; // beside the count in `spins`, with several processors: this turn was given up by a loop

// ---- One processor ------------------------------------------------------------------------------
enum progress { TURN_READY, TURN_AGAIN, TURN_IDLE, TURN_SPINS };

static enum progress start_body(struct kss_machine *m, struct kss_turn *turn) {
    const struct kss_thread *thread = kss_thread_at(m, kss_cpu(m)->thread);
    const struct kss_code *code = &m->image->code[thread->body];
    uint32_t body = thread->body;
    kss_at(m, kss_thread_cold_at(m, kss_cpu(m)->thread)->place);
    if (!kss_frame_push(m, body, code->bytes, code->run_bytes, KSS_ENTRY_THREAD))
        return TURN_AGAIN;
    struct kss_frame *frame = kss_top_frame(m);
    frame->from_stack = KSS_NONE;
    frame->guard = kss_guard(m);
    *turn = (struct kss_turn){.kind = KSS_TURN_CALL, .routine = body, .entry = KSS_ENTRY_THREAD};
    return TURN_READY;
}

static enum progress continue_top(struct kss_machine *m, struct kss_turn *turn) {
    struct kss_frame *frame = kss_top_frame(m);
    if (frame == NULL)
        return start_body(m, turn);
    if (frame->entry == KSS_ENTRY_NT && frame->routine == KSS_NT_COUNT)
        return kss_start_call(m, turn) ? TURN_READY : TURN_AGAIN;
    if (frame->entry == KSS_ENTRY_EXCEPTION)
        return kss_exception_goes_on(m, turn) ? TURN_READY : TURN_AGAIN;
    if (frame->entry != KSS_ENTRY_NT) {
        *turn = (struct kss_turn){.kind = KSS_TURN_RUN};
        return TURN_READY;
    }
    struct kss_outcome outcome = resume(m);
    switch ((unsigned)outcome.kind) {
    case KSS_OUT_RETURN:
        *turn = (struct kss_turn){.kind = KSS_TURN_RUN, .has_value = true, .value = outcome.value};
        return TURN_READY;
    case KSS_OUT_SPIN: return TURN_SPINS;
    case KSS_OUT_RAISE:
        if (m->space != NULL)
            kss_unhandled(m, (uint32_t)outcome.value, 0, 0, 0);
        else
            kss_raise(m, (uint32_t)outcome.value, 0, 0, 0, false);
        return TURN_AGAIN;
    default: return TURN_AGAIN;
    }
}

// Kernel APCs come before whatever the thread does next; a driver's routine starts at the next turn.
static enum progress go_on(struct kss_machine *m, struct kss_turn *turn) {
    while (kss_apc_due(m)) {
        kss_apc_deliver(m);
        const struct kss_frame *top = kss_top_frame(m);
        if (kss_globals(m)->stopped || (top != NULL && top->extra & KSS_FRAME_FRESH))
            return TURN_AGAIN;
    }
    return continue_top(m, turn);
}

static enum progress run_processor(struct kss_machine *m, struct kss_turn *turn) {
    struct kss_frame *frame = kss_top_frame(m);
    if (frame != NULL && frame->extra & KSS_FRAME_FRESH) {
        kss_start_fresh(m, turn);
        return TURN_READY;
    }
    if (kss_take_interrupt(m, turn))
        return turn->kind == KSS_TURN_END ? TURN_AGAIN : TURN_READY;
    if (kss_cpu(m)->stack == KSS_NONE) {
        uint32_t position = best_ready(m, -1);
        if (position == KSS_NO_FRAME)
            return TURN_IDLE;
        switch_to(m, position);
        return go_on(m, turn);
    }
    if (kss_section_used(m, KSS_S_READY) != 0 && preemptible(m)) {
        int own = kss_thread_at(m, kss_cpu(m)->thread)->priority;
        if (higher_ready(m)) {
            uint32_t position = best_ready(m, own + 1);
            kss_leave_thread(m, true); // shifts the list by one
            switch_to(m, position + 1);
        } else if (m->port.choose != NULL) { // among equals the running thread is the first
            kss_leave_thread(m, true);
            switch_to(m, best_ready(m, own));
        }
    }
    return go_on(m, turn);
}

// ---- The machine at rest ------------------------------------------------------------------------
// A waiting thread's event that was initialised in a routine with left-out code: what signals it
// was left out. It is signalled once, at a time when any out-swap has been decided.
static uint16_t left_out_event(const struct kss_machine *m, const struct kss_thread *thread) {
    for (uint16_t b = thread->wait_blocks; b != KSS_NONE; b = kss_wait_at(m, b)->next_of_thread) {
        uint16_t object = kss_wait_at(m, b)->object;
        if (object == KSS_NONE || kss_object_ref(m, object)->kind != KSS_O_EVENT ||
            kss_object_ref(m, object)->flags & (KSS_OF_ASSUMED | KSS_OF_DEAD) ||
            kss_object_ref(m, object)->signal > 0)
            continue;
        uint32_t routine = kss_object_cold_at(m, object)->routine;
        if (routine != KSS_NO_FRAME && m->image->code[routine].flags & KSS_CODE_LEFT_OUT)
            return object;
    }
    return KSS_NONE;
}

static bool assume_signal(struct kss_machine *m) {
    for (uint16_t i = 0; i < kss_thread_at_count(m); i++) {
        const struct kss_thread *thread = kss_thread_at(m, i);
        uint16_t object =
            thread->state == KSS_T_WAITING ? left_out_event(m, thread) : (uint16_t)KSS_NONE;
        if (object == KSS_NONE)
            continue;
        uint32_t routine = kss_object_cold_at(m, object)->routine;
        uint64_t since = kss_clock(m)->now - kss_thread_cold_at(m, i)->wait_began;
        const struct kss_profile *profile = &m->config.profile;
        uint64_t decided =
            (m->config.small_memory ? profile->outswap_after_small : profile->outswap_after) +
            profile->swapper_period;
        if (since < decided && m->config.swap == KSS_SWAP_BALANCE_SET) {
            kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_TICK}, decided - since, 0);
            return true;
        }
        kss_object_ref(m, object)->flags |= KSS_OF_ASSUMED;
        kss_at(m, m->image->code[routine].place);
        KSS_EMIT(m, KSS_EV_ASSUMED, 0, kss_object_number(m, object), routine, i);
        kss_policy_used(m, KSS_POLICY_ellipsis_signal);
        kss_environment_signal(m, kss_object_ref(m, object)->address, KSS_SIGNAL_ASSUMED);
        return true;
    }
    return false;
}

// The clock moves and nobody runs: a periodic timer that no thread waits for. When the hot state is
// the same again, nothing else will ever happen.
struct idle {
    uint64_t moves, next_look, hash;
};

static bool moves_in_vain(struct kss_machine *m, struct idle *idle) {
    if (++idle->moves < 64)
        return false;
    uint64_t hash = kss_hot_hash(m);
    if (idle->hash == hash && idle->moves > 64)
        return true;
    if (idle->moves >= idle->next_look) {
        idle->hash = hash;
        idle->next_look = idle->moves * 2;
    }
    return false;
}

// A turn that no loop gave up: some processor has got on.
static void got_on(struct kss_global *global) {
    global->spins = global->spins & SPUN ? (uint8_t)(global->spins & ~SPUN) : 0;
}

struct kss_turn kss_turn(struct kss_machine *m) {
    struct kss_turn turn;
    struct idle idle = {0};
    if (kss_cpu_at_count(m) > 1)
        got_on(kss_globals(m));
    for (;;) {
        bool spins = false;
        uint32_t processors = kss_cpu_at_count(m);
        for (uint32_t tried = 0; tried < processors; tried++) {
            if (kss_globals(m)->stopped)
                return (struct kss_turn){.kind = KSS_TURN_END};
            if (processors > 1) // round robin at every boundary
                kss_globals(m)->current_cpu =
                    (uint16_t)((kss_globals(m)->current_cpu + 1u) % processors);
            enum progress progress = run_processor(m, &turn);
            if (progress == TURN_READY)
                return turn;
            if (progress == TURN_AGAIN)
                tried = UINT32_MAX;
            spins |= progress == TURN_SPINS;
        }
        if (m->has_horizon && !kss_due_before(m, m->horizon) &&
            !(spins && kss_due_at_count(m) == 0)) {
            kss_move_to(m, m->horizon);
            return (struct kss_turn){.kind = KSS_TURN_END};
        }
        bool vain = !spins && moves_in_vain(m, &idle);
        if ((!vain && kss_advance(m)) || (!spins && assume_signal(m)))
            continue;
        if (spins)
            kss_hang(m, KSS_END_HANG, 1, KSS_NT_COUNT);
        else if (m->has_horizon)
            return (struct kss_turn){.kind = KSS_TURN_END};
        else
            kss_globals(m)->stopped = KSS_END_DONE;
    }
}

// ---- Returns ------------------------------------------------------------------------------------
static void check_balance(struct kss_machine *m, const struct kss_frame *frame) {
    uint64_t now = kss_guard(m);
    if (now == frame->guard)
        return;
    if (frame->guard == KSS_GUARD_ANY)
        return;
    static const struct {
        unsigned shift, bits;
    } parts[] = {{0, 8}, {8, 8}, {32, 32}, {16, 8}, {24, 8}};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint64_t mask = (UINT64_C(1) << parts[i].bits) - 1;
        uint64_t before = frame->guard >> parts[i].shift & mask;
        uint64_t after = now >> parts[i].shift & mask;
        if (before != after)
            KSS_EMIT(m, KSS_EV_BALANCE, frame->routine, i, before, after);
    }
    if (m->verifier != NULL)
        kss_verifier_return(m, frame, now);
}

static void back_to(struct kss_machine *m, const struct kss_frame *frame) {
    struct kss_cpu *cpu = kss_cpu(m);
    cpu->stack = frame->from_stack;
    cpu->irql = frame->from_irql;
    cpu->locks_held = frame->extra >> KSS_FRAME_LOCKS;
}

static void dpc_returned(struct kss_machine *m, const struct kss_frame *frame) {
    KSS_EMIT(m, KSS_EV_DPC_DONE, frame->cause, frame->routine, 0, 0);
    uint64_t now = kss_guard(m);
    if (now >> 32 != frame->guard >> 32 && kss_cpu(m)->thread != KSS_NONE)
        kss_bugcheck(m, 0xC7, 4, kss_code_address(m, frame->routine), frame->guard >> 32, now >> 32,
                     KSS_NT_COUNT, NULL);
    kss_cpu(m)->in_dpc--;
    back_to(m, frame);
}

static void isr_returned(struct kss_machine *m, const struct kss_frame *frame) {
    KSS_EMIT(m, KSS_EV_INTERRUPT_DONE, frame->routine, 0, 0, 0);
    kss_cpu(m)->interrupts--;
    back_to(m, frame);
    const struct kss_frame *top = kss_top_frame(m);
    if (top != NULL && top->entry == KSS_ENTRY_TRAP)
        kss_frame_pop(m);
}

static void callout_returned(struct kss_machine *m, const struct kss_frame *frame) {
    uint16_t segment = kss_cpu(m)->stack;
    if (segment == frame->from_stack)
        return;
    kss_emit_deepest(m, segment);
    kss_cpu(m)->stack = frame->from_stack;
    if (kss_stack_at(m, segment)->thread != KSS_NONE)
        kss_thread_at(m, kss_stack_at(m, segment)->thread)->stack = frame->from_stack;
    kss_stack_release(m, segment);
}

void kss_returned(struct kss_machine *m, uint64_t value) {
    struct kss_frame frame = *kss_top_frame(m);
    bool funclet = frame.entry == KSS_ENTRY_FILTER || frame.entry == KSS_ENTRY_FINALLY;
    if (!funclet) { // a part of its routine may change what the whole puts right
        if (frame.entry != KSS_ENTRY_DPC && frame.entry != KSS_ENTRY_ISR)
            kss_wait_next_return(m);
        check_balance(m, &frame);
        kss_locks_left(m, &frame);
    }
    KSS_EMIT(m, KSS_EV_RETURN, frame.routine, frame.depth - frame.bytes, value, 0);
    if (frame.entry == KSS_ENTRY_THREAD) { // the checks see the thread as it returns
        if (!(kss_thread_at(m, kss_cpu(m)->thread)->flags & KSS_TF_SYSTEM)) {
            if (kss_apc_return(m, value))
                return;
            kss_return_to_user(m);
        }
        if (!kss_globals(m)->stopped)
            kss_thread_exit(m, (uint32_t)value);
        return;
    }
    kss_frame_pop(m);
    switch (frame.entry) {
    case KSS_ENTRY_FILTER:
    case KSS_ENTRY_FINALLY: kss_funclet_returned(m, value); break;
    case KSS_ENTRY_DPC: dpc_returned(m, &frame); break;
    case KSS_ENTRY_ISR: isr_returned(m, &frame); break;
    case KSS_ENTRY_CALLOUT: callout_returned(m, &frame); // fall through
    default: kss_call_returned(m, &frame, value); break;
    }
}

// ---- Spinning -----------------------------------------------------------------------------------
// The loop at work waits for something to change. Other processors go on with what they do, until all
// of them spin; other ready threads get the processor (its quantum ends, or the balance set manager lifts
// the starved); then the clock moves; then it is a hang.
static bool others_at_work(const struct kss_machine *m) {
    for (uint32_t i = 0; i < kss_cpu_at_count(m); i++)
        if (i != kss_globals(m)->current_cpu && kss_cpu_at(m, i)->stack != KSS_NONE)
            return true;
    return false;
}

void kss_spin(struct kss_machine *m) {
    struct kss_global *global = kss_globals(m);
    uint32_t ready = kss_section_used(m, KSS_S_READY) / (uint32_t)sizeof(uint16_t);
    if (others_at_work(m) && (global->spins & ~SPUN) <= ready + kss_cpu_at_count(m) &&
        (global->spins & ~SPUN) < SPUN - 1) { // the turn goes round the processors
        global->spins = (uint8_t)((global->spins & ~SPUN) + 1) | SPUN;
        if (ready != 0 && preemptible(m)) {
            kss_leave_thread(m, false);
            switch_to(m, 0);
        }
        return;
    }
    if (ready != 0 && preemptible(m) && global->spins <= ready && global->spins < UINT8_MAX) {
        global->spins++;
        kss_leave_thread(m, false);
        switch_to(m, 0);
        return;
    }
    global->spins = 0;
    if (kss_due_at_count(m) == 0 && global->time_read) {
        global->time_read = 0;
        kss_due_insert(m, &(struct kss_due){.kind = KSS_DUE_TICK}, kss_until_tick(m, 1), 0);
    }
    if (kss_due_at_count(m) == 0) {
        kss_hang(m, KSS_END_HANG, 0, KSS_NT_COUNT);
        return;
    }
    KSS_EMIT(m, KSS_EV_SPIN, kss_innermost(m), kss_due_at(m, 0)->delta, 0, 0);
    kss_advance(m);
}

// ---- The end ------------------------------------------------------------------------------------
void kss_emit_deepest(struct kss_machine *m, uint16_t index) {
    if (!kss_wants(m, KSS_EV_DEEPEST))
        return;
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    const struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t leaf = 0; // natively: used below the last NT call seen there
    if (m->space != NULL) {
        uint32_t used = m->space->used(m->space->context, stack->base - stack->size, stack->base);
        leaf = used > cold->deepest ? used - cold->deepest : 0;
        cold->deepest += leaf;
        cold->captured += leaf;
    }
    if (cold->captured != cold->deepest && stack->depth == cold->deepest)
        kss_capture_path(m, index);
    cold = kss_stack_cold_at(m, index);
    stack = kss_stack_at(m, index);
    uint16_t executing = kss_cpu(m)->stack;
    uint16_t thread = kss_cpu(m)->thread;
    kss_cpu(m)->thread = stack->thread;
    kss_emit(m, KSS_EV_DEEPEST, cold->number, cold->deepest,
             kss_stack_most(m, stack) - cold->deepest, 0);
    uint32_t first = kss_stack_cold_at(m, index)->path;
    uint32_t count = kss_stack_cold_at(m, index)->path_count;
    if (kss_stack_cold_at(m, index)->captured != kss_stack_cold_at(m, index)->deepest)
        count = 0;
    for (uint32_t i = 0; i < count && kss_wants(m, KSS_EV_PATH); i++) {
        struct kss_path_row row = *kss_path_at(m, first + i);
        if (i == 0) { // the routine seen last, and whatever it called
            row.depth += leaf;
            row.bytes += leaf;
        }
        kss_emit(m, KSS_EV_PATH, row.routine, row.depth, row.bytes, row.origin);
    }
    kss_cpu(m)->thread = thread;
    kss_cpu(m)->stack = executing;
}

void kss_native_retire(struct kss_machine *m, uint16_t stack) {
    uint32_t place = kss_clock(m)->place;
    kss_at(m, 0);
    kss_emit_deepest(m, stack);
    kss_stack_release(m, stack);
    kss_at(m, place);
}

void kss_machine_finish(struct kss_machine *m) {
    kss_at(m, 0);
    enum kss_end end = kss_ended(m);
    for (uint16_t i = 0; i < kss_thread_at_count(m) && end == KSS_END_DONE; i++)
        if (kss_thread_at(m, i)->state == KSS_T_WAITING && !kss_worker_idle(kss_thread_at(m, i)) &&
            !(kss_thread_at(m, i)->flags & KSS_TF_EXITING)) // its requests are told
            kss_emit_at(m, KSS_EV_NEVER, kss_thread_cold_at(m, i)->wait_place,
                        kss_object_number(m, kss_thread_at(m, i)->waiting_on), i, 0, 0);
    if (end == KSS_END_DONE)
        kss_io_finish(m);
    for (uint16_t i = 0; i < kss_stack_at_count(m); i++)
        if (kss_stack_at(m, i)->kind != KSS_STACK_FREE)
            kss_emit_deepest(m, i);
    kss_nt_costs_finish(m);
    static const uint8_t why[] = {[KSS_END_RUNNING] = 3,         [KSS_END_DONE] = 0,
                                  [KSS_END_BUGCHECK] = 1,        [KSS_END_HANG] = 2,
                                  [KSS_END_CANNOT_CONTINUE] = 4, [KSS_END_STEPS] = 3};
    kss_emit(m, KSS_EV_REST, why[end], kss_clock(m)->steps, 0, 0);
}
