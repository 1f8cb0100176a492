// SPDX-License-Identifier: MIT
// Faults on fibers with guarded stacks, as a driver's code makes them. Functions named wild_* fault on
// purpose outside the arena: tests/native/valgrind.supp knows them by that.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "native/arena.h"
#include "native/fault.h"
#include "native/fiber.h"

#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STACK = 64 * 1024, GUARD = 64 * 1024, TWO = 2 };

// What the scheduler of a machine has; one for each thread that runs one.
struct world {
    struct kss_host_arena arena;
    struct kss_fiber host, fibers[TWO], *running;
    struct kss_fault fault;
    unsigned faults;
    enum { DIE, RESUME, SKIP, SUSPEND, LET_IN } manner;
    void (*code)(struct world *);
    volatile uint64_t *target;
    volatile uint64_t value;
};

static uint8_t *stack_low(struct world *w, int number) {
    return w->arena.view + w->arena.stacks + GUARD + (size_t)number * (STACK + GUARD);
}

static enum kss_fault_answer on_fault(void *context, const struct kss_fault *fault) {
    struct world *w = context;
    if (w->running == NULL)
        return KSS_FAULT_PASS;
    struct kss_fiber *self = w->running;
    w->fault = *fault;
    w->faults++;
    switch (w->manner) {
    case DIE: kss_fiber_switch(self, &w->host, true); break;
    case SUSPEND: kss_fiber_switch(self, &w->host, false); break;
    case LET_IN: {
        uintptr_t page = kss_host_page(), at = (uintptr_t)fault->address / page * page;
        kss_host_arena_protect(&w->arena, (uint8_t *)at, page, true);
        break;
    }
    case SKIP: return KSS_FAULT_SKIP;
    case RESUME: break;
    }
    return KSS_FAULT_RESUME;
}

static void fiber_main(void *argument) {
    struct world *w = argument;
    w->code(w);
    struct kss_fiber *self = w->running;
    kss_fiber_switch(self, &w->host, true);
}

static void go(struct world *w, struct kss_fiber *f) {
    w->running = f;
    kss_fiber_switch(&w->host, f, false);
    w->running = NULL;
}

static void run(struct world *w, int number, void (*code)(struct world *)) {
    uint8_t *low = stack_low(w, number);
    w->code = code;
    kss_fiber_init(&w->fibers[number], low, STACK, low + STACK, fiber_main, w);
    go(w, &w->fibers[number]);
}

static void open_world(struct world *w) {
    const char *error = NULL;
    memset(w, 0, sizeof *w);
    kss_fiber_host(&w->host);
    assert_true(
        kss_host_arena_open(&w->arena, 65536, GUARD + TWO * (STACK + GUARD), 65536, &error));
    for (int i = 0; i < TWO; i++)
        assert_true(kss_host_arena_protect(&w->arena, stack_low(w, i), STACK, true));
    assert_true(kss_fault_enter(on_fault, w));
}

static void close_world(struct world *w) {
    kss_fault_leave();
    for (int i = 0; i < TWO; i++)
        kss_fiber_drop(&w->fibers[i]);
    kss_host_arena_close(&w->arena);
}

// ---- Overflow -------------------------------------------------------------------------------------

__attribute__((noinline)) static unsigned recurse(volatile unsigned *depth, unsigned limit) {
    volatile unsigned char room[200];
    room[0] = (unsigned char)++*depth;
    return *depth == limit ? 0 : recurse(depth, limit) + room[0];
}

static void overflows(struct world *w) {
    volatile unsigned depth = 0;
    w->value = recurse(&depth, 1000000);
}

static void is_overflow(struct world *w, int number) {
    uint8_t *low = stack_low(w, number), *at = w->fault.address;
    assert_int_equal(w->fault.kind, KSS_FAULT_ACCESS);
    assert_int_equal(w->fault.access, KSS_FAULT_WRITE);
    assert_true(w->fault.address_known);
    assert_true(at < low && at >= low - GUARD);
    assert_true((uint8_t *)w->fault.sp < low + 4096);
}

struct handlers {
    struct sigaction actions[5];
    stack_t stack;
    sigset_t mask;
};

static const int signals[5] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

static void look_at(struct handlers *h) {
    memset(h, 0, sizeof *h);
    for (int i = 0; i < 5; i++)
        sigaction(signals[i], NULL, &h->actions[i]);
    sigaltstack(NULL, &h->stack);
    pthread_sigmask(SIG_SETMASK, NULL, &h->mask);
}

static void same_handlers(const struct handlers *a, const struct handlers *b) {
    for (int i = 0; i < 5; i++) {
        assert_true(a->actions[i].sa_handler == b->actions[i].sa_handler);
        assert_int_equal(a->actions[i].sa_flags, b->actions[i].sa_flags);
    }
    assert_ptr_equal(a->stack.ss_sp, b->stack.ss_sp);
    assert_int_equal(a->stack.ss_flags, b->stack.ss_flags);
    for (int i = 1; i < 32; i++)
        assert_int_equal(sigismember(&a->mask, i), sigismember(&b->mask, i));
}

static void overflow_often(int times, bool enter_anew) {
    struct world w;
    struct handlers before, after;
    open_world(&w);
    run(&w, 0, overflows);
    close_world(&w);
    look_at(&before);
    unsigned mapped = mappings();
    open_world(&w);
    for (int i = 0; i < times; i++) {
        if (enter_anew) {
            kss_fault_leave();
            assert_true(kss_fault_enter(on_fault, &w));
        }
        w.faults = 0;
        run(&w, i % TWO, overflows);
        assert_int_equal(w.faults, 1);
        is_overflow(&w, i % TWO);
    }
    close_world(&w);
    look_at(&after);
    same_handlers(&before, &after);
    for (int i = 0; i < 5; i++)
        assert_false(sigismember(&after.mask, signals[i]));
    assert_int_equal(mappings(), mapped);
}

static void a_thousand_overflows_in_a_row(void **state) {
    (void)state;
    overflow_often(1010, false);
}

static void a_thousand_overflows_with_handlers_anew(void **state) {
    (void)state;
    overflow_often(1010, true);
}

// Suspended in the handler first, given up by the scheduler later: drop, or redirect.
static void given_up_handlers_cost_nothing(void **state) {
    (void)state;
    struct world w;
    unsigned mapped = 0;
    open_world(&w);
    w.manner = SUSPEND;
    for (int i = 0; i < 200; i++) {
        run(&w, 0, overflows);
        is_overflow(&w, 0);
        kss_fiber_drop(&w.fibers[0]);
        if (i == 10)
            mapped = mappings();
    }
    assert_int_equal(mappings(), mapped);
    close_world(&w);
}

__attribute__((noinline)) static void large_frame(struct world *w) {
    volatile unsigned char room[20000];
    __asm__ volatile("" : : "r"(room) : "memory"); // all of it is needed
    room[0] = 1; // the lowest byte; with probes, the highest page faults first
    w->value = room[0];
}

static void nearly_full(struct world *w) {
    volatile unsigned char most[STACK - 8 * 1024];
    __asm__ volatile("" : : "r"(most) : "memory");
    most[0] = 0;
    large_frame(w);
    w->value = most[0] + 1U;
}

static void a_large_frame_does_not_step_over_the_guard(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    uint8_t *below = stack_low(&w, 0);
    memset(below, 0x33, STACK);
    run(&w, 1, nearly_full);
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.fault.kind, KSS_FAULT_ACCESS);
    uint8_t *at = w.fault.address, *low = stack_low(&w, 1);
    assert_true(at < low && at >= low - GUARD);
    for (size_t i = 0; i < STACK; i++)
        assert_int_equal(below[i], 0x33); // the neighbour
    close_world(&w);
}

// ---- Memory that is out -----------------------------------------------------------------------------

static void writes_target(struct world *w) {
    *w->target = 0x1122334455667788;
    w->value = 1;
}

static void reads_target(struct world *w) {
    w->value = *w->target;
}

static void out(struct world *w, int number, bool accessible) {
    assert_true(kss_host_arena_protect(&w->arena, stack_low(w, number), STACK, accessible));
}

static void a_touch_of_an_outswapped_stack_is_told(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.target = (volatile uint64_t *)(void *)(stack_low(&w, 1) + 0x1238);
    out(&w, 1, false);
    run(&w, 0, writes_target);
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.fault.access, KSS_FAULT_WRITE);
    assert_ptr_equal(w.fault.address, w.target);
    assert_true((uint8_t *)w.fault.sp > stack_low(&w, 0));
    assert_true((uint8_t *)w.fault.sp < stack_low(&w, 0) + STACK);
    run(&w, 0, reads_target);
    assert_int_equal(w.faults, 2);
    assert_int_equal(w.fault.access, KSS_FAULT_READ);
    assert_ptr_equal(w.fault.address, w.target);
    close_world(&w);
}

static void let_in_the_instruction_goes_on(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.manner = LET_IN;
    w.target = (volatile uint64_t *)(void *)(stack_low(&w, 1) + 0x2008);
    *w.target = 99;
    out(&w, 1, false);
    run(&w, 0, reads_target);
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.value, 99);
    out(&w, 1, false);
    errno = 77;
    run(&w, 0, writes_target);
    assert_int_equal(errno, 77);
    assert_int_equal(w.faults, 2);
    assert_true(*w.target == 0x1122334455667788);
    close_world(&w);
}

static void copies_target(struct world *w) {
    unsigned char bytes[4096];
    memset(bytes, 7, sizeof bytes);
    memcpy((void *)(uintptr_t)w->target, bytes, sizeof bytes);
}

static void a_fault_in_memcpy_is_told(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    uint8_t *low = stack_low(&w, 1);
    w.target = (volatile uint64_t *)(void *)(low + 0x1000);
    out(&w, 1, false);
    run(&w, 0, copies_target);
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.fault.access, KSS_FAULT_WRITE);
    uint8_t *at = w.fault.address;
    assert_true(at >= low + 0x1000 && at < low + 0x2000);
    w.manner = LET_IN;
    run(&w, 0, copies_target);
    assert_int_equal(low[0x1FFF], 7);
    close_world(&w);
}

// ---- Handlers that wait -----------------------------------------------------------------------------

static uint64_t results[TWO];

static uint64_t mix(uint64_t seed, volatile uint64_t *touch) {
    uint64_t a = seed, b = seed * 3, c = seed ^ 0x55, d = ~seed;
    double x = (double)(seed % 1000), y = 0.25;
    for (int i = 0; i < 40; i++) {
        a += b * 5, b ^= c >> 3, c += d, d = d * 9 + a;
        x = x * 0.5 + y, y += 0.125;
        if (touch != NULL && i == 20)
            a += *touch;
    }
    return a ^ b ^ c ^ d ^ (uint64_t)(int64_t)((x + y) * 4096);
}

static void mixes(struct world *w) {
    int self = w->running == &w->fibers[0] ? 0 : 1;
    results[self] = mix(17 + (uint64_t)self, w->target);
}

static void two_wait_in_the_handler_and_go_on_in_either_order(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    uint8_t *area = w.arena.view + w.arena.paged;
    w.target = (volatile uint64_t *)(void *)area;
    for (int first = 0; first < TWO; first++) {
        w.manner = SUSPEND;
        w.faults = 0;
        memset(results, 0, sizeof results);
        assert_true(kss_host_arena_protect(&w.arena, area, 65536, false));
        run(&w, 0, mixes);
        run(&w, 1, mixes);
        assert_int_equal(w.faults, 2);
        go(&w, &w.fibers[first]); // still out: faults again
        assert_int_equal(w.faults, 3);
        assert_true(kss_host_arena_protect(&w.arena, area, 65536, true));
        go(&w, &w.fibers[first]);
        go(&w, &w.fibers[1 - first]);
        for (uint64_t i = 0; i < TWO; i++)
            assert_true(results[i] == mix(17 + i, NULL));
    }
    close_world(&w);
}

static void one_waits_while_the_other_overflows_a_hundred_times(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    uint8_t *area = w.arena.view + w.arena.paged;
    w.target = (volatile uint64_t *)(void *)area;
    w.manner = SUSPEND;
    assert_true(kss_host_arena_protect(&w.arena, area, 65536, false));
    run(&w, 0, mixes);
    w.manner = DIE;
    for (int i = 0; i < 100; i++)
        run(&w, 1, overflows);
    assert_int_equal(w.faults, 101);
    assert_true(kss_host_arena_protect(&w.arena, area, 65536, true));
    go(&w, &w.fibers[0]);
    assert_true(results[0] == mix(17, NULL));
    close_world(&w);
}

static volatile int redirected;

static void after_redirect(void *argument) {
    struct world *w = argument;
    redirected = (uint8_t *)__builtin_frame_address(0) < (uint8_t *)w->fault.sp;
    kss_fiber_switch(w->running, &w->host, true);
}

static void a_fault_becomes_an_exception_on_the_same_stack(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.manner = SUSPEND;
    w.target = (volatile uint64_t *)(void *)stack_low(&w, 1);
    out(&w, 1, false);
    unsigned mapped = 0;
    for (int i = 0; i < 100; i++) {
        redirected = 0;
        run(&w, 0, writes_target);
        kss_fiber_redirect(&w.fibers[0], w.fault.sp, after_redirect, &w);
        go(&w, &w.fibers[0]);
        assert_true(redirected);
        if (i == 5)
            mapped = mappings();
    }
    assert_int_equal(mappings(), mapped);
    close_world(&w);
}

// ---- Instructions ---------------------------------------------------------------------------------

#if defined __x86_64__ || defined __i386__
#define FAULTS(name, text)                                                                         \
    __attribute__((noinline)) static void name(struct world *w) {                                  \
        w->value = 1;                                                                              \
        __asm__ volatile(text ::: "eax", "edx", "memory");                                         \
        w->value = 2;                                                                              \
    }
FAULTS(does_hlt, "hlt")
FAULTS(does_cli, "cli")
FAULTS(does_sti, "sti")
FAULTS(does_in, "inb $0x60, %%al")
FAULTS(does_out, "movw $0x20, %%dx\n\toutb %%al, %%dx")
FAULTS(does_rdmsr, "rdmsr")
FAULTS(does_invd, "invd")
#ifdef __x86_64__
FAULTS(does_cr, "movq %%cr8, %%rax")
FAULTS(does_dr, "movq %%rax, %%dr7")
#else
FAULTS(does_cr, "movl %%cr0, %%eax")
FAULTS(does_dr, "movl %%eax, %%dr7")
#endif
FAULTS(does_int29, "int $0x29")
FAULTS(does_int2c, "int $0x2C")
FAULTS(does_int3, "int3")
FAULTS(does_ud2, "ud2")
FAULTS(does_divide, "xorl %%edx, %%edx\n\tmovl $7, %%eax\n\txorl %%ecx, %%ecx\n\tdivl %%ecx")

static const struct {
    void (*code)(struct world *);
    enum kss_fault_kind kind;
    const char *name;
    bool skips;
} instructions[] = {
    {does_hlt, KSS_FAULT_PRIVILEGED, "hlt", true},
    {does_cli, KSS_FAULT_PRIVILEGED, "cli", true},
    {does_sti, KSS_FAULT_PRIVILEGED, "sti", true},
    {does_in, KSS_FAULT_PRIVILEGED, "in", true},
    {does_out, KSS_FAULT_PRIVILEGED, "out", true},
    {does_rdmsr, KSS_FAULT_PRIVILEGED, "rdmsr", true},
    {does_invd, KSS_FAULT_PRIVILEGED, "invd", true},
    {does_cr, KSS_FAULT_PRIVILEGED, "mov cr", true},
    {does_dr, KSS_FAULT_PRIVILEGED, "mov dr", true},
    {does_int29, KSS_FAULT_ASSERT, "int 29h", true},
    {does_int2c, KSS_FAULT_ASSERT, "int 2Ch", true},
    {does_int3, KSS_FAULT_BREAKPOINT, "int 3", true},
    {does_ud2, KSS_FAULT_ILLEGAL, NULL, false},
    {does_divide, KSS_FAULT_DIVIDE, NULL, false},
};
#else
#define FAULTS(name, text)                                                                         \
    __attribute__((noinline)) static void name(struct world *w) {                                  \
        w->value = 1;                                                                              \
        __asm__ volatile(text ::: "x0", "memory");                                                 \
        w->value = 2;                                                                              \
    }
FAULTS(does_msr, "msr sctlr_el1, x0")
FAULTS(does_mrs, "mrs x0, sctlr_el1")
FAULTS(does_fast_fail, "brk #0xF003")
FAULTS(does_assert, "brk #0xF001")
FAULTS(does_break, "brk #0xF000")
FAULTS(does_udf, ".inst 0")

static const struct {
    void (*code)(struct world *);
    enum kss_fault_kind kind;
    const char *name;
    bool skips;
} instructions[] = {
    {does_msr, KSS_FAULT_PRIVILEGED, "msr", true},
    {does_mrs, KSS_FAULT_PRIVILEGED, "mrs", true},
    {does_fast_fail, KSS_FAULT_ASSERT, "brk #0xF003", true},
    {does_assert, KSS_FAULT_ASSERT, "brk #0xF001", true},
    {does_break, KSS_FAULT_BREAKPOINT, "brk", true},
    {does_udf, KSS_FAULT_ILLEGAL, NULL, false},
};
#endif

static void instructions_are_named(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        w.manner = DIE;
        w.faults = 0;
        run(&w, 0, instructions[i].code);
        assert_int_equal(w.faults, 1);
        assert_int_equal(w.value, 1);
        assert_int_equal(w.fault.kind, instructions[i].kind);
        if (instructions[i].name != NULL)
            assert_string_equal(w.fault.instruction, instructions[i].name);
        uintptr_t offset = (uintptr_t)w.fault.pc - (uintptr_t)instructions[i].code;
        assert_true(offset < 1000); // sanitizers have much to do before it
        if (instructions[i].skips) {
            w.manner = SKIP;
            run(&w, 0, instructions[i].code);
            assert_int_equal(w.value, 2);
        }
    }
    close_world(&w);
}

static void a_breakpoint_goes_on_when_resumed(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    w.manner = RESUME;
#if defined __x86_64__ || defined __i386__
    run(&w, 0, does_int3);
#else
    run(&w, 0, does_break);
#endif
    assert_int_equal(w.faults, 1);
    assert_int_equal(w.value, 2);
    close_world(&w);
}

// ---- Wild pointers --------------------------------------------------------------------------------

// A sanitizer would touch its own notes about the address first.
#define UNCHECKED __attribute__((noinline, no_sanitize("address"), no_sanitize("undefined")))

UNCHECKED static void wild_read(struct world *w) {
    w->value = *w->target;
}

UNCHECKED static void wild_write(struct world *w) {
    *w->target = 5;
}

UNCHECKED static void wild_call(struct world *w) {
    ((void (*)(void))(uintptr_t)w->target)();
}

static void at_address(struct world *w, uintptr_t address, void (*code)(struct world *),
                       enum kss_fault_access access) {
    w->target = (volatile uint64_t *)address;
    w->faults = 0;
    run(w, 0, code);
    assert_int_equal(w->faults, 1);
    assert_int_equal(w->fault.kind, KSS_FAULT_ACCESS);
    assert_int_equal(w->fault.access, access);
    assert_true(w->fault.address_known);
    assert_ptr_equal(w->fault.address, address);
}

static void wild_pointers_are_told(void **state) {
    (void)state;
    struct world w;
    open_world(&w);
    at_address(&w, 8, wild_read, KSS_FAULT_READ);
    at_address(&w, 16, wild_write, KSS_FAULT_WRITE);
    if (!under_valgrind()) { // which executes a translation of its own
        at_address(&w, 32, wild_call, KSS_FAULT_EXECUTE);
        at_address(&w, (uintptr_t)w.arena.view, wild_call, KSS_FAULT_EXECUTE);
#ifdef __x86_64__ // a general protection fault without an address: decoded
        at_address(&w, 0x1122334455667788, wild_read, KSS_FAULT_READ);
        at_address(&w, 0x8000000000000000, wild_write, KSS_FAULT_WRITE);
#endif
    }
    close_world(&w);
}

// ---- Others' handlers -----------------------------------------------------------------------------

static volatile sig_atomic_t others;
static struct world *others_world;

static void others_handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    others++;
    if (info->si_code > 0)
        kss_host_arena_protect(&others_world->arena, others_world->arena.view, 65536, true);
}

static void what_is_not_ours_goes_to_who_was_there_before(void **state) {
    (void)state;
    struct world w;
    struct sigaction other = {.sa_flags = SA_SIGINFO}, before, now;
    other.sa_sigaction = others_handler;
    sigaction(SIGSEGV, &other, &before);
    open_world(&w);
    others_world = &w;
    others = 0;
    raise(SIGSEGV); // sent, not raised by an instruction
    assert_int_equal(others, 1);
    assert_true(kss_host_arena_protect(&w.arena, w.arena.view, 65536, false));
    *(volatile uint8_t *)w.arena.view = 3; // on the host's stack: on_fault passes it
    assert_int_equal(others, 2);
    assert_int_equal(w.faults, 0);
    close_world(&w);
    sigaction(SIGSEGV, &before, &now);
    assert_true(now.sa_sigaction == others_handler);
}

static void without_a_handler_before_the_process_dies(void **state) {
    (void)state;
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct world w;
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(SIGSEGV, &standard, NULL);
        open_world(&w);
        *(volatile uint8_t *)(w.arena.view + w.arena.stacks) = 1;
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void levels_nest_and_win_back_replaced_handlers(void **state) {
    (void)state;
    struct world outer, inner;
    struct handlers before, after;
    look_at(&before);
    open_world(&outer);
    signal(SIGSEGV, SIG_DFL); // as CMocka does around every test
    signal(SIGILL, SIG_IGN);
    open_world(&inner);
    run(&inner, 0, overflows);
    assert_int_equal(inner.faults, 1);
    assert_int_equal(outer.faults, 0);
    close_world(&inner);
    struct sigaction found;
    sigaction(SIGILL, NULL, &found);
    assert_true(found.sa_handler == SIG_IGN);
    open_world(&inner);
    close_world(&inner);
    kss_fault_leave();
    assert_true(kss_fault_enter(on_fault, &outer));
    run(&outer, 0, overflows);
    assert_int_equal(outer.faults, 1);
    close_world(&outer);
    look_at(&after);
    same_handlers(&before, &after);
}

static void entering_is_cheap_in_what_it_leaves(void **state) {
    (void)state;
    assert_true(kss_fault_enter(on_fault, NULL));
    kss_fault_leave();
    unsigned mapped = mappings();
    for (int i = 0; i < 10000; i++) {
        assert_true(kss_fault_enter(on_fault, NULL));
        kss_fault_leave();
    }
    kss_fault_leave(); // one too many does nothing
    assert_int_equal(mappings(), mapped);
}

// ---- Probes ---------------------------------------------------------------------------------------

static void probes_fail_instead_of_faulting(void **state) {
    (void)state;
    struct world w;
    unsigned char bytes[64];
    open_world(&w);
    uint8_t *low = stack_low(&w, 0);
    memset(low, 0x42, 64);
    for (size_t size = 0; size <= 64; size++) {
        memset(bytes, 0, sizeof bytes);
        assert_true(kss_probe_read(bytes, low, size));
        for (size_t i = 0; i < sizeof bytes; i++)
            assert_int_equal(bytes[i], i < size ? 0x42 : 0);
    }
    assert_true(kss_probe_write(low + STACK - 64, bytes, 64));
    assert_int_equal(low[STACK - 1], 0x42);
    assert_false(kss_probe_write(low + STACK - 63, bytes, 64));
    assert_false(kss_probe_read(bytes, low - 1, 2));
    assert_false(kss_probe_read(bytes, NULL, 1));
    assert_true(kss_probe_read(bytes, NULL, 0));
    assert_false(kss_probe_read(bytes, (void *)(UINTPTR_MAX - 7), 8));
    assert_false(kss_probe_write((void *)(uintptr_t) "constant", bytes, 1));
#ifdef __x86_64__
    assert_false(kss_probe_read(bytes, (void *)0x1122334455667788, 8));
#endif
    assert_int_equal(w.faults, 0);
    close_world(&w);
}

// ---- Threads --------------------------------------------------------------------------------------

static void *thread_main(void *argument) {
    struct world w;
    (void)argument;
    open_world(&w);
    for (int i = 0; i < 100; i++) {
        run(&w, 0, overflows);
        is_overflow(&w, 0);
    }
    close_world(&w);
    return NULL;
}

static void threads_have_machines_of_their_own(void **state) {
    (void)state;
    struct handlers before, after;
    pthread_t threads[3];
    thread_main(NULL);
    look_at(&before);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, thread_main, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    look_at(&after);
    same_handlers(&before, &after);
}

// ---- The watchdog ---------------------------------------------------------------------------------

static void loops(struct world *w) {
    while (w->value != 1)
        ;
    w->value = 2;
}

static void a_loop_without_progress_is_stopped(void **state) {
    (void)state;
    struct world w;
    sigset_t mask;
    open_world(&w);
    assert_true(kss_watchdog_start(10, on_fault, &w));
    w.manner = DIE;
    for (int i = 0; i < 3; i++) {
        run(&w, 0, loops);
        assert_int_equal(w.faults, i + 1);
        assert_int_equal(w.fault.kind, KSS_FAULT_HANG);
        assert_true((uint8_t *)w.fault.sp > stack_low(&w, 0));
        assert_true((uint8_t *)w.fault.sp < stack_low(&w, 0) + STACK);
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        assert_false(sigismember(&mask, SIGVTALRM));
    }
    w.manner = SUSPEND;
    run(&w, 0, loops);
    assert_int_equal(w.faults, 4);
    w.value = 1;
    go(&w, &w.fibers[0]); // the loop goes on as if nothing had been
    assert_int_equal(w.value, 2);
    kss_watchdog_stop();
    close_world(&w);
}

static void feeds(struct world *w) {
    for (clock_t end = clock() + CLOCKS_PER_SEC / 5; clock() < end;)
        kss_watchdog_feed();
    w->value = 3;
}

static void a_fed_watchdog_is_quiet(void **state) {
    (void)state;
    struct world w;
    struct handlers before, after;
    open_world(&w);
    look_at(&before);
    assert_true(kss_watchdog_start(20, on_fault, &w));
    run(&w, 0, feeds);
    assert_int_equal(w.faults, 0);
    assert_int_equal(w.value, 3);
    kss_watchdog_stop();
    kss_watchdog_stop();
    look_at(&after);
    same_handlers(&before, &after);
    close_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_overflows_in_a_row),
        cmocka_unit_test(a_thousand_overflows_with_handlers_anew),
        cmocka_unit_test(given_up_handlers_cost_nothing),
        cmocka_unit_test(a_large_frame_does_not_step_over_the_guard),
        cmocka_unit_test(a_touch_of_an_outswapped_stack_is_told),
        cmocka_unit_test(let_in_the_instruction_goes_on),
        cmocka_unit_test(a_fault_in_memcpy_is_told),
        cmocka_unit_test(two_wait_in_the_handler_and_go_on_in_either_order),
        cmocka_unit_test(one_waits_while_the_other_overflows_a_hundred_times),
        cmocka_unit_test(a_fault_becomes_an_exception_on_the_same_stack),
        cmocka_unit_test(instructions_are_named),
        cmocka_unit_test(a_breakpoint_goes_on_when_resumed),
        cmocka_unit_test(wild_pointers_are_told),
        cmocka_unit_test(what_is_not_ours_goes_to_who_was_there_before),
        cmocka_unit_test(without_a_handler_before_the_process_dies),
        cmocka_unit_test(levels_nest_and_win_back_replaced_handlers),
        cmocka_unit_test(entering_is_cheap_in_what_it_leaves),
        cmocka_unit_test(probes_fail_instead_of_faulting),
        cmocka_unit_test(threads_have_machines_of_their_own),
        cmocka_unit_test(a_loop_without_progress_is_stopped),
        cmocka_unit_test(a_fed_watchdog_is_quiet),
    };
    return cmocka_run_group_tests_name("native/fault", tests, NULL, NULL);
}
