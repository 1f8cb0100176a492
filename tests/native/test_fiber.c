// SPDX-License-Identifier: MIT
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE
#endif
#include "native/arena.h"
#include "native/fiber.h"
#include "native/sanitize.h"

#include "check.h"

enum { STACK = 12 * 1024, WORDS = STACK / 8 };

static struct kss_fiber host, one, two;
static _Alignas(65536) uint64_t stack_one[WORDS], stack_two[WORDS];
static int steps[16], count;

static void step(int number) {
    steps[count++] = number;
}

static void fresh(struct kss_fiber *f) {
    kss_fiber_drop(f);
    memset(f, 0, sizeof *f);
}

static void start_test(void) {
    fresh(&one);
    fresh(&two);
    kss_fiber_host(&host);
    memset(steps, 0, sizeof steps);
    count = 0;
}

static void make(struct kss_fiber *f, uint64_t *stack, void (*entry)(void *), void *argument) {
    kss_fiber_init(f, stack, STACK, stack + WORDS, entry, argument);
}

static void steps_1_3(void *argument) {
    step(*(int *)argument);
    kss_fiber_switch(&one, &host, false);
    step(3);
    kss_fiber_switch(&one, &host, true);
}

static void control_goes_where_it_is_sent(void **state) {
    (void)state;
    int argument = 1;
    start_test();
    make(&one, stack_one, steps_1_3, &argument);
    step(0);
    kss_fiber_switch(&host, &one, false);
    step(2);
    kss_fiber_switch(&host, &one, false);
    step(4);
    for (int i = 0; i < 5; i++)
        assert_int_equal(steps[i], i);
}

static void ends_in_host(void *argument) {
    (void)argument;
    step(1);
    kss_fiber_switch(&two, &host, true);
}

static void makes_another(void *argument) {
    (void)argument;
    step(0);
    make(&two, stack_two, ends_in_host, NULL);
    kss_fiber_switch(&one, &two, false);
    step(3);
    kss_fiber_switch(&one, &host, true);
}

static void a_fiber_makes_and_switches_to_another(void **state) {
    (void)state;
    start_test();
    make(&one, stack_one, makes_another, NULL);
    kss_fiber_switch(&host, &one, false);
    step(2);
    kss_fiber_switch(&host, &one, false);
    for (int i = 0; i < 4; i++)
        assert_int_equal(steps[i], i);
}

// ---- What a switch must preserve --------------------------------------------------------------------

// More live values than there are registers, mixed with floating point, across switches.
static uint64_t churn(struct kss_fiber *self, struct kss_fiber *other, uint64_t seed, int rounds) {
    uint64_t a = seed, b = seed ^ 3, c = seed + 5, d = seed * 7, e = ~seed, f = seed << 3;
    double x = (double)(seed % 97), y = 1.5, z = -2.25;
    for (int i = 0; i < rounds; i++) {
        a += b * 31, b ^= c >> 5, c += d, d = d * 33 + e, e ^= f, f += a;
        x = x * 0.5 + y, y += z * 0.125, z = z * 0.75 + 1;
        if (self != NULL)
            kss_fiber_switch(self, other, false);
    }
    return a ^ b ^ c ^ d ^ e ^ f ^ (uint64_t)(int64_t)(x * 4096 + y * 64 + z);
}

static uint64_t result;

static void churns(void *argument) {
    result = churn(&one, &host, *(uint64_t *)argument, 500);
    kss_fiber_switch(&one, &host, true);
}

static void registers_survive(void **state) {
    (void)state;
    uint64_t seed = 0x123456789ABCDEF;
    start_test();
    make(&one, stack_one, churns, &seed);
    uint64_t mine = churn(&host, &one, 42, 500);
    kss_fiber_switch(&host, &one, false); // behind its last round, to its end
    assert_true(mine == churn(NULL, NULL, 42, 500));
    assert_true(result == churn(NULL, NULL, seed, 500));
}

#if defined __x86_64__ || defined __i386__
enum { DEFAULT_MODE = 0x1F80, OTHER_MODE = 0x7F80, DEFAULT_X87 = 0x37F, OTHER_X87 = 0xF7F };

static void set_float_mode(uint32_t mode, uint16_t x87) {
    __asm__ volatile("ldmxcsr %0\n\tfldcw %1" : : "m"(mode), "m"(x87));
}

static int float_mode_is(uint32_t mode, uint16_t x87) {
    uint32_t found = 0;
    uint16_t found_x87 = 0;
    __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(found), "=m"(found_x87));
    return (found & ~0x3FU) == mode && found_x87 == x87;
}
#else
enum { DEFAULT_MODE = 0, OTHER_MODE = 0xC00000, DEFAULT_X87 = 0, OTHER_X87 = 0 };

static void set_float_mode(uint32_t mode, uint16_t x87) {
    uint64_t value = mode;
    (void)x87;
    __asm__ volatile("msr fpcr, %0" : : "r"(value));
}

static int float_mode_is(uint32_t mode, uint16_t x87) {
    uint64_t found;
    (void)x87;
    __asm__ volatile("mrs %0, fpcr" : "=r"(found));
    return found == mode;
}
#endif

static void rounds_otherwise(void *argument) {
    int *right = argument;
    right[0] = float_mode_is(DEFAULT_MODE, DEFAULT_X87);
    set_float_mode(OTHER_MODE, OTHER_X87);
    kss_fiber_switch(&one, &host, false);
    right[1] = float_mode_is(OTHER_MODE, OTHER_X87);
    kss_fiber_switch(&one, &host, true);
}

static void rounding_belongs_to_the_fiber(void **state) {
    (void)state;
    int right[2] = {0};
    start_test();
    make(&one, stack_one, rounds_otherwise, right);
    kss_fiber_switch(&host, &one, false);
    assert_true(float_mode_is(DEFAULT_MODE, DEFAULT_X87));
    kss_fiber_switch(&host, &one, false);
    assert_true(float_mode_is(DEFAULT_MODE, DEFAULT_X87));
    assert_true(right[0]);
    assert_true(right[1]);
}

// ---- The stack ------------------------------------------------------------------------------------

static uintptr_t frame;

static void notes_frame(void *argument) {
    (void)argument;
    frame = (uintptr_t)__builtin_frame_address(0);
    kss_fiber_switch(&one, &host, true);
}

static void begins_just_below_top(void **state) {
    (void)state;
    for (unsigned less = 0; less <= 64; less += 4) {
        char *top = (char *)(stack_one + WORDS) - 1024 - less;
        start_test();
        kss_fiber_init(&one, stack_one, STACK, top, notes_frame, NULL);
        kss_fiber_switch(&host, &one, false);
        assert_true(frame < (uintptr_t)top);
        assert_true((uintptr_t)top - frame < 256);
#if defined __x86_64__ || (defined __aarch64__ && !defined __APPLE__)
        assert_int_equal(frame % 16, 0); // as behind the push of the frame pointer
#elif defined __i386__
        assert_int_equal(frame % 16, 8);
#endif
    }
}

static void suspends_itself(void *argument) {
    *(void **)argument = __builtin_frame_address(0);
    kss_fiber_switch(&one, &host, false);
    kss_fiber_switch(&one, &host, true);
}

// The registers lie in the struct: a waiting fiber's stack has nothing but frames of calls.
static void a_switch_costs_the_stack_little(void **state) {
    (void)state;
    void *at = NULL;
    start_test();
    make(&one, stack_one, suspends_itself, &at);
    kss_fiber_switch(&host, &one, false);
    char *sp = kss_fiber_sp(&one);
    assert_true(sp <= (char *)at && (char *)at - sp < 512);
    assert_true((uint64_t *)(void *)sp > stack_one && (uint64_t *)(void *)sp < stack_one + WORDS);
    kss_fiber_switch(&host, &one, false);
}

#ifndef KSS_UCONTEXT
static void making_a_fiber_touches_no_byte_of_its_stack(void **state) {
    (void)state;
    start_test();
    kss_valgrind_ours(stack_one, sizeof stack_one); // valgrind: dead frames are nobody's
    memset(stack_one, 0x5A, sizeof stack_one);
    make(&one, stack_one, suspends_itself, NULL);
    for (size_t i = 0; i < sizeof stack_one; i++)
        assert_int_equal(((unsigned char *)stack_one)[i], 0x5A);
}
#endif

static void a_waiting_fibers_stack_may_be_out(void **state) {
    (void)state;
    struct kss_host_arena arena;
    const char *error = NULL;
    void *at = NULL;
    size_t size = 64 * 1024;
    start_test();
    assert_true(kss_host_arena_open(&arena, 65536, 4 * size, 0, &error));
    uint8_t *low = arena.view + arena.stacks + 2 * size;
    assert_true(kss_host_arena_protect(&arena, low, size, true));
    kss_fiber_init(&one, low, size, low + size, suspends_itself, &at);
    kss_fiber_switch(&host, &one, false);
    assert_true(kss_host_arena_protect(&arena, low, size, false));
    void *sp = kss_fiber_sp(&one);
    assert_true((uint8_t *)sp > low && (uint8_t *)sp < low + size);
    assert_true(kss_host_arena_protect(&arena, low, size, true));
    kss_fiber_switch(&host, &one, false);
    kss_fiber_drop(&one);
    kss_host_arena_close(&arena);
}

// ---- Redirection and reuse ----------------------------------------------------------------------------

static void second_life(void *argument) {
    step(*(int *)argument);
    frame = (uintptr_t)__builtin_frame_address(0);
    kss_fiber_switch(&one, &host, true);
}

static void redirected_fibers_go_on_elsewhere(void **state) {
    (void)state;
    void *at = NULL;
    int argument = 7;
    start_test();
    make(&one, stack_one, suspends_itself, &at);
    kss_fiber_switch(&host, &one, false);
    char *sp = (char *)kss_fiber_sp(&one) - 1001;
    kss_fiber_redirect(&one, sp, second_life, &argument);
    kss_fiber_switch(&host, &one, false);
    assert_int_equal(count, 1);
    assert_int_equal(steps[0], 7);
    assert_true(frame < (uintptr_t)sp - 128);
    assert_true((uintptr_t)sp - frame < 512);
}

static void counts(void *argument) {
    ++*(int *)argument;
    kss_fiber_switch(&one, &host, true);
}

static void one_stack_serves_ten_thousand_lives(void **state) {
    (void)state;
    int lives = 0;
    start_test();
    for (int i = 0; i < 10000; i++) {
        make(&one, stack_one, counts, &lives);
        kss_fiber_switch(&host, &one, false);
    }
    assert_int_equal(lives, 10000);
}

enum { MANY = 300, TURNS = 5 };
static struct kss_fiber many[MANY];
static uint64_t sums[MANY];

static void sums_up(void *argument) {
    size_t self = (size_t)(uintptr_t)argument;
    volatile uint64_t local[64]; // on its own stack
    for (size_t i = 0; i < 64; i++)
        local[i] = self;
    for (int turn = 0; turn < TURNS; turn++) {
        kss_fiber_switch(&many[self], &many[(self + 1) % MANY], false);
        for (size_t i = 0; i < 64; i++)
            sums[self] += local[i];
    }
    kss_fiber_switch(&many[self], self + 1 < MANY ? &many[self + 1] : &host, true);
}

static void many_fibers_in_a_ring(void **state) {
    (void)state;
    uint8_t *stacks = malloc((size_t)MANY * STACK);
    assert_non_null(stacks);
    start_test();
    for (size_t i = 0; i < MANY; i++)
        kss_fiber_init(&many[i], stacks + i * STACK, STACK, stacks + (i + 1) * STACK, sums_up,
                       (void *)(uintptr_t)i);
    kss_fiber_switch(&host, &many[0], false);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(sums[i], 64 * TURNS * i);
        kss_fiber_drop(&many[i]);
    }
    kss_asan_clean(stacks, (size_t)MANY * STACK);
    free(stacks);
}

static void the_sanitizers_options_fit(void **state) {
    (void)state;
    assert_null(kss_sanitize_trouble());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_goes_where_it_is_sent),
        cmocka_unit_test(a_fiber_makes_and_switches_to_another),
        cmocka_unit_test(registers_survive),
        cmocka_unit_test(rounding_belongs_to_the_fiber),
        cmocka_unit_test(begins_just_below_top),
        cmocka_unit_test(a_switch_costs_the_stack_little),
#ifndef KSS_UCONTEXT
        cmocka_unit_test(making_a_fiber_touches_no_byte_of_its_stack),
#endif
        cmocka_unit_test(a_waiting_fibers_stack_may_be_out),
        cmocka_unit_test(redirected_fibers_go_on_elsewhere),
        cmocka_unit_test(one_stack_serves_ten_thousand_lives),
        cmocka_unit_test(many_fibers_in_a_ring),
        cmocka_unit_test(the_sanitizers_options_fit),
    };
    return cmocka_run_group_tests_name("native/fiber", tests, NULL, NULL);
}
