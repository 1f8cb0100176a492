// SPDX-License-Identifier: MIT
// The native processor's loop: it asks the kernel for a turn, lets driver code run on its fiber until
// it wants something, and obeys. See native.h for who runs where.
#include "native/call_on.h"
#include "native/private.h"
#include "native/sanitize.h"
#include "native/seh.h"

#include "base/os.h"
#include "kernel/fast.h"

#include <stdlib.h>
#include <string.h>

// The machine whose driver code this host thread runs: the only such variable.
static _Thread_local struct kss_native *current;

// ---- Making ---------------------------------------------------------------------------------------
struct kss_native *kss_native_new(const struct kss_config *config, struct kss_image *image,
                                  const char **error) {
    *error = kss_sanitize_trouble();
    if (*error != NULL)
        return NULL;
    if (config->profile.pointer_size != sizeof(void *)) {
        *error = sizeof(void *) == 8
                     ? "a 64-bit program cannot run native code on a 32-bit machine"
                     : "a 32-bit program cannot run native code on a 64-bit machine";
        return NULL;
    }
    struct kss_native *n = calloc(1, sizeof *n);
    if (n == NULL)
        kss_os_fatal("out of memory");
    if (!kss_native_open_arena(n, error)) {
        free(n);
        return NULL;
    }
    n->config = config;
    n->image = image;
    *image = (struct kss_image){0};
    kss_native_make_space(n);
    kss_fiber_host(&n->scheduler);
    return n;
}

const struct kss_space *kss_native_space(const struct kss_native *n) {
    return &n->space;
}

void kss_native_attach(struct kss_native *n, struct kss_machine *machine) {
    n->machine = machine;
}

void kss_native_set_hook(struct kss_native *n, kss_native_hook *hook, void *context) {
    n->hook = hook;
    n->hook_context = context;
}

// ---- Activations ------------------------------------------------------------------------------------
struct kss_activation *kss_native_top(const struct kss_native *n, uint16_t stack) {
    return stack < n->stack_room ? n->stacks[stack] : NULL;
}

static void room_for(struct kss_native *n, uint16_t stack) {
    if (stack < n->stack_room)
        return;
    uint32_t room = stack + 16u;
    n->stacks = realloc(n->stacks, room * sizeof *n->stacks);
    n->entry_depth = realloc(n->entry_depth, room * sizeof *n->entry_depth);
    if (n->stacks == NULL || n->entry_depth == NULL)
        kss_os_fatal("out of memory");
    for (uint32_t i = n->stack_room; i < room; i++) {
        n->stacks[i] = NULL;
        n->entry_depth[i] = 0;
    }
    n->stack_room = room;
}

static void drop(struct kss_native *n, struct kss_activation *a) {
    n->stacks[a->stack] = a->outer;
    kss_fiber_drop(&a->fiber);
    a->outer = n->spare;
    n->spare = a;
}

// Activations of a stack that the kernel gave up without returns: its thread has ended.
static void drop_all(struct kss_native *n, uint16_t stack) {
    kss_native_forget_leaves(n, stack);
    while (kss_native_top(n, stack) != NULL)
        drop(n, n->stacks[stack]);
}

void kss_native_free(struct kss_native *n) {
    if (n == NULL)
        return;
    for (uint16_t i = 0; i < n->stack_room; i++)
        drop_all(n, i);
    while (n->spare != NULL) {
        struct kss_activation *next = n->spare->outer;
        free(n->spare);
        n->spare = next;
    }
    free(n->stacks);
    free(n->entry_depth);
    kss_native_code_free(n);
    kss_host_arena_close(&n->arena);
    free(n);
}

#if defined(__x86_64__) && defined(__GNUC__)
#define KSS_MS_ABI __attribute__((ms_abi))
#endif

#define KSS_CALL(abi, function, a)                                                                 \
    ((uint64_t(abi *)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, \
                      uintptr_t))(uintptr_t)(function))(                                           \
        (uintptr_t)(a)[0], (uintptr_t)(a)[1], (uintptr_t)(a)[2], (uintptr_t)(a)[3],                \
        (uintptr_t)(a)[4], (uintptr_t)(a)[5], (uintptr_t)(a)[6], (uintptr_t)(a)[7])
#define KSS_CALL4(abi, function, a)                                                                \
    ((uint64_t(abi *)(uintptr_t, uintptr_t, uintptr_t, uintptr_t))(uintptr_t)(function))(          \
        (uintptr_t)(a)[0], (uintptr_t)(a)[1], (uintptr_t)(a)[2], (uintptr_t)(a)[3])

// Spare arguments lie in registers or are ignored, by every calling convention used here.
static uint64_t kss_invoke(const struct kss_activation *a,
                           const struct kss_native_routine *routine) {
    const uint64_t *v = a->arguments;
#ifdef KSS_MS_ABI
    if (routine->ms_abi)
        return a->argument_count <= 4 ? KSS_CALL4(KSS_MS_ABI, routine->address, v)
                                      : KSS_CALL(KSS_MS_ABI, routine->address, v);
#endif
    return a->argument_count <= 4 ? KSS_CALL4(, routine->address, v)
                                  : KSS_CALL(, routine->address, v);
}

// What a driver routine's value means depends on who called it: some return nothing, and what is in
// the register then is nobody's.
static uint64_t meaning(const struct kss_native *n, const struct kss_activation *a,
                        uint64_t value) {
    switch (a->entry) {
    case KSS_ENTRY_THREAD:
        switch (n->routines[a->routine].returns) {
        case 0: return 0;
        case 4: return (uint32_t)value;
        default: return value;
        }
    case KSS_ENTRY_DPC:
    case KSS_ENTRY_CANCEL:
    case KSS_ENTRY_APC:
    case KSS_ENTRY_WORK:
    case KSS_ENTRY_CALLOUT: return 0;
    case KSS_ENTRY_CALLBACK: return value;
    case KSS_ENTRY_ISR: return (uint8_t)value;
    default: return (uint32_t)value;
    }
}

static void kss_activation_main(void *argument) {
    struct kss_activation *a = argument;
    a->value = kss_invoke(a, &a->native->routines[a->routine]);
    a->request = KSS_REQUEST_RETURNED;
    kss_fiber_switch(&a->fiber, &a->native->scheduler, true);
}

// What the entry point stored below the driver's stack pointer goes aside, so that the new activation
// begins exactly there.
static void *set_aside(struct kss_native *n, struct kss_activation *outer, uint8_t *top) {
    if (outer->aside_size !=
        0) // the second call of one NT routine: the first was put there already
        return top;
    uint8_t *low = kss_fiber_sp(&outer->fiber), *high = outer->sp;
    size_t size = (size_t)(high - low);
    if (low > high || size > sizeof outer->aside)
        return low < top ? low : top;
    memcpy(outer->aside, low + n->space.alias, size);
    outer->aside_size = (uint32_t)size;
    return top;
}

static void put_back(struct kss_native *n, struct kss_activation *a) {
    if (a->aside_size == 0)
        return;
    uint8_t *low = kss_fiber_sp(&a->fiber);
    kss_asan_clean(low, a->aside_size);
    kss_valgrind_ours(low, a->aside_size);
    memcpy(low + n->space.alias, a->aside, a->aside_size);
    a->aside_size = 0;
}

// A routine of a pageable section that the system itself calls at DISPATCH_LEVEL or above.
static void system_calls_pageable(struct kss_native *n, const struct kss_turn *turn) {
    const struct kss_code *code = &n->code[turn->routine];
    if (!(code->flags & KSS_CODE_PAGEABLE) || kss_current_irql(n->machine) <= KSS_APC_LEVEL ||
        kss_code_locked(n->machine, turn->routine))
        return;
    kss_at(n->machine, code->place);
    kss_code_at_dispatch(n->machine, turn->routine);
}

static struct kss_activation *begin(struct kss_native *n, const struct kss_turn *turn) {
    uint16_t index = kss_cpu(n->machine)->stack;
    const struct kss_stack *stack = kss_stack_at(n->machine, index);
    room_for(n, index);
    struct kss_activation *a = n->spare, *outer = n->stacks[index];
    if (a != NULL)
        n->spare = a->outer;
    else if ((a = malloc(sizeof *a)) == NULL)
        kss_os_fatal("out of memory");
    memset(a, 0, offsetof(struct kss_activation, aside));
    a->native = n;
    a->routine = turn->routine;
    a->entry = (uint8_t)turn->entry;
    a->stack = index;
    a->outer = outer;
    const struct kss_native_routine *routine = &n->routines[turn->routine];
    const uint64_t *arguments = turn->arguments;
    a->argument_count = turn->argument_count;
    if (turn->entry == KSS_ENTRY_THREAD && turn->argument_count == 0) { // a body's own
        arguments = routine->arguments;
        a->argument_count = routine->argument_count;
    }
    memcpy(a->arguments, arguments, sizeof a->arguments);
    uint8_t *low = (uint8_t *)(uintptr_t)(stack->base - stack->size);
    uint8_t *top = (uint8_t *)(uintptr_t)(stack->base - stack->depth);
    if (outer != NULL)
        top = set_aside(n, outer, top);
    a->top = top;
    n->stacks[index] = a;
    kss_fiber_init(&a->fiber, low, stack->size, top, kss_activation_main, a);
    return a;
}

// ---- Exceptions ---------------------------------------------------------------------------------------
struct kss_seh_frame **kss_seh_list(void) {
    if (!kss_native_inside())
        return kss_seh_host_list();
    return (struct kss_seh_frame **)&current->running->seh;
}

// No handler of this activation took it: the kernel decides.
_Noreturn static void give_up(struct kss_activation *a, uint32_t status) {
    a->raised = status;
    a->request = KSS_REQUEST_UNHANDLED;
    kss_fiber_switch(&a->fiber, &a->native->scheduler, true);
    kss_os_fatal("a dropped fiber was resumed");
}

_Noreturn void kss_seh_unhandled(int32_t code, void *address) {
    if (!kss_native_inside())
        kss_os_fatal("an exception that no __except takes, in driver code outside of a machine");
    current->running->raised_at = (uint64_t)(uintptr_t)address;
    give_up(current->running, (uint32_t)code);
}

// On the fiber: unwinds to the handler.
_Noreturn static void raise_here(struct kss_activation *a) {
    uint32_t status = a->raised;
    a->raised = 0;
    kss_seh_raise((int32_t)status, (void *)(uintptr_t)a->raised_at);
    give_up(a, status); // there is no __try at all
}

static void kss_raise_main(void *argument) {
    raise_here(argument);
}

// What runs on the driver's stack is not instrumented: the fewer bytes the better, and its frames are
// copied.
#define KSS_PLAIN __attribute__((no_sanitize("address", "undefined"), noinline))

// ---- Requests -----------------------------------------------------------------------------------------
enum next { TURN, GO_ON };
static enum next serve_nt(struct kss_native *n, struct kss_activation *a);

#ifdef KSS_CALL_ON
static int serve_directly(void *argument) {
    struct kss_activation *a = argument;
    return (int)serve_nt(a->native, a);
}
#endif

KSS_PLAIN uint64_t kss_native_enter(const struct kss_native_call *call) {
    struct kss_native *n = current;
    struct kss_activation *a = n == NULL ? NULL : n->running;
    if (a == NULL)
        kss_native_outside(call->routine);
    a->call = call;
    a->request = KSS_REQUEST_NT;
    a->low = __builtin_frame_address(0);
#ifdef KSS_CALL_ON
    if (n->service_stack != NULL) {
        n->running = NULL; // what faults now is ours
        n->direct = a;
        int next = kss_call_on(n->service_stack, serve_directly, a);
        n->direct = NULL;
        n->running = a;
        if (next == GO_ON) {
            if (a->raised != 0)
                raise_here(a);
            return a->value;
        }
        a->request = KSS_REQUEST_SERVED;
    }
#endif
    kss_fiber_switch(&a->fiber, &n->scheduler, false);
    if (a->raised != 0)
        raise_here(a);
    return a->value;
}

KSS_PLAIN void kss_native_host(void (*work)(void *), void *argument, void *frame, void *sp,
                               void *pc) {
    struct kss_native *n = current;
    struct kss_activation *a = n == NULL ? NULL : n->running;
    if (a == NULL) {
        work(argument);
        return;
    }
    a->work = work;
    a->work_argument = argument;
    a->sp = sp;
    a->frame = frame;
    a->pc = pc;
    a->request = KSS_REQUEST_HOST;
    kss_fiber_switch(&a->fiber, &n->scheduler, false);
    if (a->raised != 0)
        raise_here(a);
}

struct kss_machine *kss_native_machine(uint32_t *routine) {
    struct kss_native *n = current;
    if (n == NULL || n->serving == NULL)
        return NULL;
    *routine = kss_native_caller(n, n->serving->pc);
    return n->machine;
}

bool kss_native_inside(void) {
    return current != NULL && current->running != NULL;
}

// A fault of driver code, or the watchdog's word that it does not come to an end.
static enum kss_fault_answer on_fault(void *context, const struct kss_fault *fault) {
    struct kss_native *n = context;
    struct kss_activation *a = n->running;
    if (a == NULL) // the simulator's own: somebody's debugger wants to know
        return fault->kind == KSS_FAULT_HANG ? KSS_FAULT_RESUME : KSS_FAULT_PASS;
    a->fault = *fault;
    a->sp = fault->sp;
    a->pc = (const char *)fault->pc + 1; // as return addresses: behind what is at work
    a->frame = fault->frame;
    a->request = KSS_REQUEST_FAULT;
    kss_fiber_switch(&a->fiber, &n->scheduler, false);
    return KSS_FAULT_RESUME;
}

static enum next serve_nt(struct kss_native *n, struct kss_activation *a) {
    struct kss_machine *m = n->machine;
    const struct kss_native_call *call = a->call;
    kss_watchdog_feed();
    a->sp = call->sp;
    a->frame = call->frame;
    a->pc = call->pc;
    if (a->pc != n->place_pc) {
        n->place = kss_native_place(n, a->pc, call->routine);
        n->place_pc = a->pc;
    }
    kss_clock(m)->place = n->place;
    kss_fast_depth(m, (kss_addr)(uintptr_t)a->sp);
    const struct kss_stack *stack = kss_stack_at(m, a->stack);
    uint32_t entry = (uint32_t)(stack->base - (kss_addr)(uintptr_t)a->low);
    if (entry > n->entry_depth[a->stack])
        n->entry_depth[a->stack] = entry;
    if (n->leave_count != 0)
        kss_native_apply_leaves(n, a);
    stack = kss_stack_at(m, a->stack);
    if (stack->depth > stack->size && kss_stack_grow(m, a->stack, stack->depth))
        stack = kss_stack_at(m, a->stack);
    if (stack->depth > stack->size) {
        kss_native_overflow(m, kss_native_caller(n, a->pc), stack->depth - stack->size);
        return TURN;
    }
    if (n->hook != NULL && n->hook(n->hook_context, call, &a->value))
        return GO_ON;
    struct kss_outcome outcome =
        kss_nt_call(m, (enum kss_routine_id)call->routine, call->arguments, call->count);
    switch (outcome.kind) {
    case KSS_OUT_RETURN: a->value = outcome.value; return kss_fast_must_turn(m) ? TURN : GO_ON;
    case KSS_OUT_RAISE:
        if (!kss_native_raise(m, (uint32_t)outcome.value, (kss_addr)(uintptr_t)a->pc))
            return TURN;
        a->raised = (uint32_t)outcome.value;
        a->raised_at = (uint64_t)(uintptr_t)a->pc;
        return GO_ON;
    default: return TURN;
    }
}

static enum next serve_host(struct kss_native *n, struct kss_activation *a) {
    kss_at(n->machine, kss_native_place(n, a->pc, KSS_NT_COUNT));
    kss_native_depth(n->machine, (kss_addr)(uintptr_t)a->sp);
    n->serving = a;
    a->work(a->work_argument);
    n->serving = NULL;
    return kss_ended(n->machine) == KSS_END_RUNNING ? GO_ON : TURN;
}

static enum next raise(struct kss_activation *a, uint32_t status) {
    struct kss_machine *m = a->native->machine;
    kss_native_depth(m, (kss_addr)(uintptr_t)a->fault.sp);
    if (!kss_native_raise(m, status, (kss_addr)(uintptr_t)a->fault.pc))
        return TURN;
    a->raised = status;
    a->raised_at = (uint64_t)(uintptr_t)a->fault.pc;
    kss_fiber_redirect(&a->fiber, a->fault.sp, kss_raise_main, a);
    return GO_ON;
}

// A stack overflows where the stack pointer is at the limit: a push, a call, or the probe or first
// store of a new frame. A stray pointer below the limit is an ordinary bad address.
static bool overflows(const struct kss_native *n, const struct kss_fault *fault) {
    const struct kss_stack *stack = kss_current_stack(n->machine);
    enum { REACH = 512 }; // of a store with pre-decrement
    kss_addr limit = stack->base - stack->size;
    kss_addr address = (kss_addr)(uintptr_t)fault->address, sp = (kss_addr)(uintptr_t)fault->sp;
    return address < limit && limit - address <= n->space.stack_guard &&
           (sp < limit || sp - address <= REACH);
}

static enum next serve_access(struct kss_native *n, struct kss_activation *a) {
    struct kss_machine *m = n->machine;
    const struct kss_fault *fault = &a->fault;
    kss_addr address = (kss_addr)(uintptr_t)fault->address;
    uint32_t routine = kss_native_caller(n, a->pc);
    const struct kss_stack *stack = kss_current_stack(m);
    if (overflows(n, fault)) {
        if (n->leave_count != 0 && kss_native_return_leaves(n, a->stack))
            return GO_ON; // the limit was another routine's
        if (kss_stack_grow(m, kss_cpu(m)->stack, stack->base - address))
            return GO_ON; // a large stack: the page is there now
        uint64_t below = stack->base - stack->size - address;
        kss_native_overflow(m, routine, (uint32_t)below);
        return TURN;
    }
    kss_native_depth(m, (kss_addr)(uintptr_t)fault->sp);
    struct kss_outcome outcome = kss_native_fault(m, address, fault->access == KSS_FAULT_WRITE,
                                                  (kss_addr)(uintptr_t)fault->pc);
    switch (outcome.kind) {
    case KSS_OUT_RETURN: kss_native_open_dead(n, address); return GO_ON;
    case KSS_OUT_RAISE: return raise(a, (uint32_t)outcome.value);
    default: return TURN;
    }
}

// A fault in a library that driver code called (memcpy, memset): the driver's own code is at work there
// (DBG bug-check-0xd1). Libraries keep no frame records; the first return address into a driver above the stack
// pointer, in the frame of that driver routine, is where it called.
static void back_to_driver(struct kss_activation *a) {
    uintptr_t at = (uintptr_t)a->sp, end = (uintptr_t)a->frame, word;
    struct kss_symbol symbol;
    const struct kss_stack *stack = kss_current_stack(a->native->machine);
    if (kss_module_of(a->fault.pc) != NULL || end <= at || end > stack->base)
        return;
    if (at < stack->base - stack->size || at % sizeof word != 0)
        return;
    if (a->fault.link != NULL && kss_module_of((const char *)a->fault.link - 1) != NULL) {
        a->pc = a->fault.link;
        return;
    }
    for (; at < end; at += sizeof word) {
        memcpy(&word, (const uint8_t *)at + a->native->space.alias, sizeof word);
        const char *before = (const char *)word - 1;
        if (kss_module_of(before) != NULL && kss_symbol_at(before, &symbol) && symbol.routine) {
            a->pc = (const void *)word;
            a->sp = (void *)(at + sizeof word);
            return;
        }
    }
}

static enum next serve_fault(struct kss_native *n, struct kss_activation *a) {
    back_to_driver(a);
    kss_at(n->machine, kss_native_place(n, a->pc, KSS_NT_COUNT));
    switch (a->fault.kind) {
    case KSS_FAULT_ACCESS: return serve_access(n, a);
    case KSS_FAULT_DIVIDE: return raise(a, (uint32_t)STATUS_INTEGER_DIVIDE_BY_ZERO);
    case KSS_FAULT_BREAKPOINT: return raise(a, (uint32_t)STATUS_BREAKPOINT);
    case KSS_FAULT_ASSERT: return raise(a, (uint32_t)STATUS_ASSERTION_FAILURE);
    case KSS_FAULT_ILLEGAL: return raise(a, (uint32_t)STATUS_ILLEGAL_INSTRUCTION);
    case KSS_FAULT_HANG: kss_hang(n->machine, KSS_END_HANG, 0, KSS_NT_COUNT); return TURN;
    case KSS_FAULT_PRIVILEGED: break;
    }
    // A kernel executes it; what it does to the processor is not modelled.
    kss_hang(n->machine, KSS_END_CANNOT_CONTINUE, 2, KSS_NT_COUNT);
    return TURN;
}

// An exception passes through nt's IoCallDriver to the driver that called it, but not out of a callout.
static enum next serve_unhandled(struct kss_native *n, struct kss_activation **at) {
    struct kss_activation *a = *at, *outer = a->outer;
    uint32_t status = a->raised;
    uint64_t where = a->raised_at;
    if (outer != NULL && kss_unwind_entry(n->machine)) {
        drop(n, a);
        outer->raised = status;
        outer->raised_at = where;
        *at = outer;
        return GO_ON;
    }
    kss_native_unhandled(n->machine, status, where);
    return TURN;
}

static enum next serve(struct kss_native *n, struct kss_activation **at) {
    struct kss_activation *a = *at;
    switch ((enum kss_request)a->request) {
    case KSS_REQUEST_NT: return serve_nt(n, a);
    case KSS_REQUEST_SERVED: return TURN;
    case KSS_REQUEST_HOST: return serve_host(n, a);
    case KSS_REQUEST_FAULT: return serve_fault(n, a);
    case KSS_REQUEST_UNHANDLED: return serve_unhandled(n, at);
    case KSS_REQUEST_RETURNED: break;
    }
    uint64_t value = meaning(n, a, a->value);
    if (a->entry == KSS_ENTRY_THREAD) {
        n->routines[a->routine].value = value;
        n->routines[a->routine].returned = true;
    }
    uint16_t stack = a->stack;
    drop(n, a);
    if (n->leave_count != 0)
        kss_native_return_leaves(n, stack);
    kss_returned(n->machine, value);
    return TURN;
}

// ---- The loop -----------------------------------------------------------------------------------------
// Below what the scheduler itself uses while a fiber runs: its stack continues there.
static KSS_PLAIN void *service_stack(void) {
#ifdef KSS_CALL_ON
    enum { BELOW = 1024 };
    if (!kss_valgrind_runs())
        return (void *)(((uintptr_t)__builtin_frame_address(0) - BELOW) & ~(uintptr_t)15);
#endif
    return NULL;
}

static void execute(struct kss_native *n, struct kss_activation *a) {
    do {
        put_back(n, a);
        n->service_stack = service_stack();
        n->running = a;
        kss_fiber_switch(&n->scheduler, &a->fiber, false);
        n->running = NULL;
        kss_native_left(n);
    } while (serve(n, &a) == GO_ON);
}

// Threads that have ended: activations nobody goes on with, and stacks that others may have.
static void sweep(struct kss_native *n) {
    struct kss_machine *m = n->machine;
    for (uint16_t i = 0; i < kss_stack_at_count(m); i++) {
        const struct kss_stack *stack = kss_stack_at(m, i);
        bool ended = stack->kind == KSS_STACK_THREAD &&
                     kss_thread_at(m, stack->thread)->state == KSS_T_ENDED;
        if (ended || stack->kind == KSS_STACK_FREE)
            drop_all(n, i);
        if (ended) {
            kss_native_retire(m, i);
            if (i < n->stack_room)
                n->entry_depth[i] = 0;
        }
    }
}

void kss_native_run(struct kss_native *n, uint64_t until, unsigned watchdog) {
    if (kss_ended(n->machine) != KSS_END_RUNNING)
        return;
    if (n->busy)
        kss_os_fatal("a run was asked for from inside a run");
    struct kss_native *before = current;
    n->busy = true;
    current = n;
    kss_set_horizon(n->machine, until);
    kss_native_export((void *)(uintptr_t)kss_thread_address(n->machine, 0x800),
                      kss_cpu_at_count(n->machine));
    if (!kss_fault_enter(on_fault, n))
        kss_os_fatal("the host refuses to install fault handlers");
    if (watchdog != 0)
        kss_watchdog_start(watchdog, on_fault, n);
    for (;;) {
        struct kss_turn turn = kss_turn(n->machine);
        if (turn.kind == KSS_TURN_END)
            break;
        if (turn.kind == KSS_TURN_CALL) {
            system_calls_pageable(n, &turn);
            if (kss_ended(n->machine) != KSS_END_RUNNING)
                continue;
            execute(n, begin(n, &turn));
        } else {
            struct kss_activation *a = n->stacks[kss_cpu(n->machine)->stack];
            if (turn.has_value)
                a->value = turn.value;
            execute(n, a);
        }
        sweep(n);
    }
    if (watchdog != 0)
        kss_watchdog_stop();
    kss_fault_leave();
    n->busy = false;
    current = before;
}
