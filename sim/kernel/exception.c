// SPDX-License-Identifier: MIT
// Exceptions of scripted driver code: dispatch, filters, unwinding.
//
// Dispatching takes stack on top of the code that raised: trap frame, exception record, context
// record, the frames of the dispatcher. All of it is one frame here, of the machine's
// exception_reserve bytes, and filters and __finally blocks run on top of it, while the frames of the
// routines they belong to lie below:
//
//     | routine with the __try statement          |  <- target
//     | nt: IoCallDriver                          |
//     | routine that raised                       |
//     | KSS_ENTRY_EXCEPTION                       |  EXCEPTION_POINTERS, EXCEPTION_RECORD, struct dispatch
//     | KSS_ENTRY_FILTER (or KSS_ENTRY_FINALLY)   |  a funclet; it costs what its own locals do
//
// Phase 1 looks for a handler from the inside out and asks filters; nothing has been unwound then. Phase 2
// runs the __finally blocks of everything inside the target, then drops all frames above it at once,
// and the target goes on in its handler. (KRN structured-exception-handling; DDI RtlRaiseException.)
//
// Which __try statement a frame is in is a number in its run (kss_scope). Phase 2 moves it outwards
// before each __finally block, so an exception in that block finds only what has not been unwound yet.
// An exception in a filter is dispatched on top of the dispatch that asked: it passes the filter and
// comes to the same __try statement again, whose filter is asked again. A filter that faults by itself
// therefore ends with its stack (DBG bug-check-0x7f).
//
// Nothing passes the routine a thread, a DPC, an interrupt, an APC, a work item or an expanded callout
// began with.
#include "kernel/io.h"

#include <assert.h>

enum phase { SEARCH, UNWIND };
enum { RECORD_PARAMETERS = 15, NONCONTINUABLE = 1 /* EXCEPTION_RECORD.ExceptionFlags */ };

struct dispatch {
    uint64_t address, parameters[2];
    int64_t answer;     // of the funclet that returned last
    uint32_t status;    // exception code
    uint32_t place;     // raised here
    uint32_t at, scope; // SEARCH: the frame and the __try statement of it to look at next
    uint32_t target;    // UNWIND: the frame and its statement whose handler takes it
    uint32_t target_scope;
    uint8_t phase, asked, fault, parameter_count;
    uint32_t pad;
};

// ---- The dispatch frame -------------------------------------------------------------------------
// What GetExceptionInformation() shows lies in the frame's memory, at its upper edge; the dispatch
// itself behind it in the run.
static uint32_t shown_bytes(const struct kss_machine *m) {
    uint32_t bytes =
        KSS_SIZE(EXCEPTION_POINTERS, kss_wide(m)) + KSS_SIZE(EXCEPTION_RECORD, kss_wide(m));
    return (bytes + 15) & ~UINT32_C(15);
}

uint32_t kss_exception_shown(const struct kss_machine *m) {
    return shown_bytes(m);
}

static struct dispatch *dispatch_of(const struct kss_machine *m, struct kss_frame *frame) {
    assert(frame->entry == KSS_ENTRY_EXCEPTION);
    return (struct dispatch *)(void *)(kss_frame_run(frame) + shown_bytes(m));
}

static struct dispatch *current(struct kss_machine *m) {
    return dispatch_of(m, kss_top_frame(m));
}

static struct kss_frame *frame_of(struct kss_machine *m, uint32_t at) {
    return kss_frame_at(m, kss_current_stack(m), at);
}

static bool is_driver(const struct kss_frame *frame) {
    return frame->entry <= KSS_ENTRY_CALLOUT;
}

static uint32_t scope_of(struct kss_machine *m, struct kss_frame *frame) {
    if (!is_driver(frame) || m->image->code[frame->routine].scope_count == 0)
        return 0;
    uint64_t scope;
    memcpy(&scope, kss_frame_run(frame) + m->image->code[frame->routine].scope_at, sizeof scope);
    return (uint32_t)scope;
}

static void set_scope(struct kss_machine *m, struct kss_frame *frame, uint64_t scope) {
    memcpy(kss_frame_run(frame) + m->image->code[frame->routine].scope_at, &scope, sizeof scope);
}

static const struct kss_scope *scope_at(struct kss_machine *m, const struct kss_frame *frame,
                                        uint32_t scope) {
    return &m->image->code[frame->routine].scopes[scope - 1];
}

// The routine whose code a frame runs: that which a funclet is part of.
static uint32_t owner(const struct kss_machine *m, const struct kss_stack *stack,
                      const struct kss_frame *frame) {
    while (m->image->code[frame->routine].flags & KSS_CODE_FUNCLET)
        frame =
            kss_frame_at(m, stack, frame->entry == KSS_ENTRY_CALL ? frame->previous : frame->cause);
    return frame->routine;
}

// ---- Raising ------------------------------------------------------------------------------------
// EXCEPTION_POINTERS at the upper edge, EXCEPTION_RECORD below it; the context record is filler.
static kss_addr shown_at(struct kss_machine *m) {
    const struct kss_stack *stack = kss_current_stack(m);
    return kss_frame_edge(m, stack, kss_top_frame(m)) - shown_bytes(m);
}

static void show(struct kss_machine *m, const struct dispatch *x) {
    kss_addr pointers = shown_at(m);
    kss_addr record = pointers + KSS_SIZE(EXCEPTION_POINTERS, kss_wide(m));
    unsigned size = kss_pointer(m);
    kss_poke(m, pointers + KSS_FIELD(EXCEPTION_POINTERS, ExceptionRecord), size, record);
    kss_poke(m, pointers + KSS_FIELD(EXCEPTION_POINTERS, ContextRecord), size,
             kss_current_stack(m)->base - kss_current_stack(m)->depth);
    kss_poke(m, record + KSS_FIELD(EXCEPTION_RECORD, ExceptionCode), 4, x->status);
    kss_poke(m, record + KSS_FIELD(EXCEPTION_RECORD, ExceptionFlags), 4,
             x->fault ? 0 : NONCONTINUABLE);
    kss_poke(m, record + KSS_FIELD(EXCEPTION_RECORD, ExceptionAddress), size, x->address);
    kss_poke(m, record + KSS_FIELD(EXCEPTION_RECORD, NumberParameters), 4, x->parameter_count);
    for (unsigned i = 0; i < x->parameter_count; i++)
        kss_poke(m, record + KSS_FIELD(EXCEPTION_RECORD, ExceptionInformation) + i * size, size,
                 x->parameters[i]);
}

static bool nested(struct kss_machine *m) {
    const struct kss_stack *stack = kss_current_stack(m);
    for (uint32_t at = stack->top; at != KSS_NO_FRAME; at = kss_frame_at(m, stack, at)->previous)
        if (kss_frame_at(m, stack, at)->entry == KSS_ENTRY_EXCEPTION)
            return true;
    return false;
}

void kss_raise(struct kss_machine *m, uint32_t status, kss_addr address, uint64_t p0, uint64_t p1,
               bool fault) {
    uint32_t bytes = m->config.profile.exception_reserve, shown = shown_bytes(m);
    uint32_t routine = kss_innermost(m);
    if (address == 0)
        address = routine == KSS_NO_FRAME ? kss_nt_address(m, 0) : kss_code_address(m, routine);
    struct dispatch x = {.address = address,
                         .parameters = {p0, p1},
                         .status = status,
                         .place = kss_clock(m)->place,
                         .at = kss_current_stack(m)->top,
                         .fault = fault,
                         .parameter_count = status == (uint32_t)STATUS_ACCESS_VIOLATION ? 2 : 0};
    KSS_EMIT(m, KSS_EV_RAISE, status, routine, address, nested(m));
    if (bytes < shown) // no public figure
        bytes = shown;
    if (!kss_frame_push(m, KSS_PATH_EXCEPTION, bytes, shown + (uint32_t)sizeof x,
                        KSS_ENTRY_EXCEPTION))
        return;
    x.scope = scope_of(m, frame_of(m, x.at));
    show(m, &x);
    memcpy(current(m), &x, sizeof x);
}

// ---- Funclets -----------------------------------------------------------------------------------
// A filter gets the exception pointers and the code, a __finally block that it runs abnormally.
static bool call(struct kss_machine *m, struct kss_turn *turn, enum kss_entry entry, uint32_t at,
                 uint32_t funclet) {
    const struct kss_code *code = &m->image->code[funclet];
    uint64_t pointers = shown_at(m), status = current(m)->status;
    current(m)->asked = 1;
    if (!kss_frame_push(m, funclet, code->bytes, code->run_bytes, entry))
        return false;
    kss_top_frame(m)->cause = at;
    *turn = (struct kss_turn){.kind = KSS_TURN_CALL, .routine = funclet, .entry = entry};
    turn->argument_count = entry == KSS_ENTRY_FILTER ? 2 : 1;
    turn->arguments[0] = entry == KSS_ENTRY_FILTER ? pointers : 1;
    turn->arguments[1] = status;
    return true;
}

void kss_funclet_returned(struct kss_machine *m, uint64_t value) {
    current(m)->answer = (int32_t)value;
}

// ---- Phase 1 ------------------------------------------------------------------------------------
// What an exception does not pass; 0 to 5 as the words of `exception.unhandled`, -1: it passes.
static int boundary(const struct kss_frame *frame) {
    switch (frame->entry) {
    case KSS_ENTRY_THREAD: return 0;
    case KSS_ENTRY_DPC: return 1;
    case KSS_ENTRY_ISR:
    case KSS_ENTRY_TRAP: return 2;
    case KSS_ENTRY_APC: return 3;
    case KSS_ENTRY_WORK: return 4;
    case KSS_ENTRY_CALLOUT: return 5;
    default: return -1;
    }
}

// The routine that asked for the expansion and whose __try statement does not see the exception.
static uint32_t beyond_callout(struct kss_machine *m, const struct kss_frame *callout) {
    const struct kss_stack *stack = kss_stack_at(m, callout->from_stack);
    bool same = callout->from_stack == kss_cpu(m)->stack;
    for (uint32_t at = same ? callout->previous : stack->top; at != KSS_NO_FRAME;) {
        struct kss_frame *frame = kss_frame_at(m, stack, at);
        for (uint32_t scope = scope_of(m, frame); scope != 0;
             scope = scope_at(m, frame, scope)->outer)
            if (scope_at(m, frame, scope)->handler != KSS_HANDLER_NONE)
                return owner(m, stack, frame);
        if (boundary(frame) >= 0)
            break;
        at = frame->previous;
    }
    return KSS_NO_FRAME;
}

static void unhandled(struct kss_machine *m, const struct kss_frame *frame, int where) {
    const struct dispatch x = *current(m);
    uint32_t beyond = where == 5 ? beyond_callout(m, frame) : KSS_NO_FRAME;
    uint32_t routine = frame == NULL ? kss_innermost(m) : frame->routine;
    kss_at(m, x.place);
    KSS_EMIT(m, KSS_EV_UNHANDLED, x.status, routine, where, beyond);
    kss_unhandled(m, x.status, x.address, x.parameters[0], x.parameters[1]);
}

void kss_native_unhandled(struct kss_machine *m, uint32_t status, kss_addr address) {
    const struct kss_frame *frame = kss_top_frame(m);
    int where = frame == NULL ? 0 : boundary(frame);
    uint32_t routine = frame == NULL ? kss_innermost(m) : frame->routine;
    KSS_EMIT(m, KSS_EV_UNHANDLED, status, routine, where < 0 ? 0 : where, KSS_NO_FRAME);
    kss_unhandled(m, status, address, 0, 0);
}

static bool search(struct kss_machine *m, struct kss_turn *turn) {
    for (;;) {
        struct dispatch *x = current(m);
        struct kss_frame *frame = frame_of(m, x->at);
        while (x->scope != 0 && scope_at(m, frame, x->scope)->handler == KSS_HANDLER_NONE)
            x->scope = scope_at(m, frame, x->scope)->outer;
        if (x->scope != 0)
            return call(m, turn, KSS_ENTRY_FILTER, x->at, scope_at(m, frame, x->scope)->funclet);
        int where = boundary(frame);
        if (where >= 0 || frame->previous == KSS_NO_FRAME) {
            unhandled(m, frame->entry <= KSS_ENTRY_CALLOUT ? frame : NULL, where < 0 ? 0 : where);
            return false;
        }
        x->at = frame->previous;
        x->scope = scope_of(m, frame_of(m, x->at));
    }
}

// EXCEPTION_CONTINUE_EXECUTION: the instruction is tried again, if it was one.
static bool try_again(struct kss_machine *m, struct kss_turn *turn) {
    if (!current(m)->fault) {
        kss_raise(m, (uint32_t)STATUS_NONCONTINUABLE_EXCEPTION, current(m)->address, 0, 0, false);
        return false;
    }
    kss_frame_pop(m);
    struct kss_frame *frame = kss_top_frame(m);
    frame->pc--;
    frame->flags = 0;
    uint64_t hash = kss_hot_hash(m);
    if (kss_clock(m)->tried_again == hash) { // the filter has changed nothing
        kss_spin(m);
        return false;
    }
    kss_clock(m)->tried_again = hash;
    *turn = (struct kss_turn){.kind = KSS_TURN_RUN};
    return true;
}

// The filter has answered.
static bool answered(struct kss_machine *m, struct kss_turn *turn) {
    struct dispatch *x = current(m);
    struct kss_frame *frame = frame_of(m, x->at);
    int64_t answer = x->answer < 0 ? -1 : x->answer > 0;
    x->asked = 0;
    KSS_EMIT(m, KSS_EV_FILTER, x->status, owner(m, kss_current_stack(m), frame), answer, 0);
    x = current(m);
    frame = frame_of(m, x->at);
    if (answer < 0)
        return try_again(m, turn);
    if (answer == 0) {
        x->scope = scope_at(m, frame, x->scope)->outer;
        return search(m, turn);
    }
    x->phase = UNWIND;
    x->target = x->at;
    x->target_scope = x->scope;
    return false;
}

// ---- Phase 2 ------------------------------------------------------------------------------------
static void drop_frame(struct kss_machine *m, uint32_t status) {
    struct kss_frame frame = *kss_top_frame(m);
    struct kss_call record;
    bool nt = frame.entry == KSS_ENTRY_NT;
    if (nt)
        memcpy(&record, kss_frame_run(kss_top_frame(m)), sizeof record);
    kss_frame_pop(m);
    if (nt)
        kss_irp_unwound(m, &record);
    if (is_driver(&frame))
        KSS_EMIT(m, KSS_EV_UNWIND, frame.routine, frame.depth - frame.bytes, status, 0);
}

static bool enter_handler(struct kss_machine *m, struct kss_turn *turn) {
    const struct dispatch x = *current(m);
    while (kss_current_stack(m)->top != x.target)
        drop_frame(m, x.status);
    struct kss_frame *frame = kss_top_frame(m);
    const struct kss_scope *scope = scope_at(m, frame, x.target_scope);
    uint64_t status = x.status;
    set_scope(m, frame, scope->outer);
    memcpy(kss_frame_run(frame) + scope->code, &status, sizeof status);
    frame->pc = scope->handler;
    frame->flags = 0;
    KSS_EMIT(m, KSS_EV_HANDLER, x.status, owner(m, kss_current_stack(m), frame), 0, 0);
    *turn = (struct kss_turn){.kind = KSS_TURN_RUN};
    return true;
}

static bool unwind(struct kss_machine *m, struct kss_turn *turn) {
    const struct dispatch x = *current(m);
    for (uint32_t at = kss_top_frame(m)->previous;; at = frame_of(m, at)->previous) {
        struct kss_frame *frame = frame_of(m, at);
        uint32_t stop = at == x.target ? x.target_scope : 0, scope;
        while ((scope = scope_of(m, frame)) != stop) {
            const struct kss_scope *leaves = scope_at(m, frame, scope);
            set_scope(m, frame, leaves->outer);
            if (leaves->handler == KSS_HANDLER_NONE)
                return call(m, turn, KSS_ENTRY_FINALLY, at, leaves->funclet);
        }
        if (at == x.target)
            return enter_handler(m, turn);
    }
}

bool kss_exception_goes_on(struct kss_machine *m, struct kss_turn *turn) {
    const struct dispatch *x = current(m);
    kss_at(m, x->place);
    if (x->phase == UNWIND)
        return unwind(m, turn);
    return x->asked ? answered(m, turn) : search(m, turn);
}
