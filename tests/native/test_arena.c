// SPDX-License-Identifier: MIT
#include "native/arena.h"
#include "native/fault.h"

#include "check.h"

static struct kss_host_arena open_arena(size_t nonpaged, size_t stacks, size_t paged) {
    struct kss_host_arena a;
    const char *error = NULL;
    assert_true(kss_host_arena_open(&a, nonpaged, stacks, paged, &error));
    assert_null(error);
    return a;
}

static enum kss_fault_answer pass(void *context, const struct kss_fault *fault) {
    (void)context, (void)fault;
    return KSS_FAULT_PASS;
}

static bool accessible(uint8_t *at) {
    uint8_t byte;
    return kss_probe_read(&byte, at, 1) && kss_probe_write(at, &byte, 1);
}

static void the_areas_lie_in_order(void **state) {
    (void)state;
    size_t page = kss_host_page();
    assert_true(page >= 4096 && (page & (page - 1)) == 0);
    struct kss_host_arena a = open_arena(1, page + 1, 3 * page);
    assert_int_equal(a.nonpaged, 0);
    assert_int_equal(a.stacks, page);
    assert_int_equal(a.paged, 3 * page);
    assert_int_equal(a.size, 6 * page);
    assert_int_equal((uintptr_t)a.view % page, 0);
    assert_int_equal((uintptr_t)a.alias % page, 0);
    assert_true(kss_host_arena_has(&a, a.view) && kss_host_arena_has(&a, a.view + a.size - 1));
    assert_false(kss_host_arena_has(&a, a.view + a.size));
    assert_false(kss_host_arena_has(&a, a.view - 1));
    kss_host_arena_close(&a);
    kss_host_arena_close(&a); // closed: left alone
}

static void both_mappings_are_the_same_bytes(void **state) {
    (void)state;
    struct kss_host_arena a = open_arena(65536, 0, 65536);
    for (size_t i = 0; i < a.size; i += 4096) {
        assert_int_equal(a.view[i], 0);
        a.view[i] = (uint8_t)(i / 4096 + 1);
        assert_int_equal(a.alias[i], i / 4096 + 1);
        a.alias[i] = 0xEE;
        assert_int_equal(a.view[i], 0xEE);
        assert_ptr_equal(kss_host_arena_alias(&a, a.view + i), a.alias + i);
    }
    kss_host_arena_close(&a);
}

static void stacks_are_nowhere_until_made(void **state) {
    (void)state;
    size_t page = kss_host_page();
    struct kss_host_arena a = open_arena(page, 8 * page, page);
    uint8_t *stack = a.view + a.stacks + 3 * page;
    assert_true(kss_fault_enter(pass, NULL));
    assert_true(accessible(a.view));
    assert_true(accessible(a.view + a.stacks - 1));
    assert_true(accessible(a.view + a.paged));
    for (size_t i = 0; i < 8 * page; i += page)
        assert_false(accessible(a.view + a.stacks + i));
    assert_true(kss_host_arena_protect(&a, stack, 2 * page, true));
    assert_false(accessible(stack - 1));
    assert_true(accessible(stack));
    assert_true(accessible(stack + 2 * page - 1));
    assert_false(accessible(stack + 2 * page));
    kss_fault_leave();
    kss_host_arena_close(&a);
}

static void the_simulator_sees_what_is_out(void **state) {
    (void)state;
    size_t page = kss_host_page();
    struct kss_host_arena a = open_arena(page, 4 * page, page);
    uint8_t *stack = a.view + a.stacks + page;
    assert_true(kss_host_arena_protect(&a, stack, page, true));
    memset(stack, 0x77, page);
    assert_true(kss_host_arena_protect(&a, stack, page, false));
    assert_true(kss_fault_enter(pass, NULL));
    assert_false(accessible(stack));
    kss_fault_leave();
    uint8_t *alias = kss_host_arena_alias(&a, stack);
    assert_int_equal(alias[page - 1], 0x77);
    alias[5] = 0x11;
    assert_true(kss_host_arena_protect(&a, stack, page, true));
    assert_int_equal(stack[5], 0x11);
    assert_int_equal(stack[6], 0x77);
    kss_host_arena_close(&a);
}

static void only_whole_pages_of_its_own_are_protected(void **state) {
    (void)state;
    size_t page = kss_host_page();
    struct kss_host_arena a = open_arena(page, 4 * page, page);
    uint8_t *stacks = a.view + a.stacks;
    assert_false(kss_host_arena_protect(&a, stacks + 1, page, true));
    assert_false(kss_host_arena_protect(&a, stacks, page - 1, true));
    assert_false(kss_host_arena_protect(&a, a.view - page, page, false));
    assert_false(kss_host_arena_protect(&a, a.view + a.size, page, false));
    assert_false(kss_host_arena_protect(&a, stacks, a.size, true));
    assert_false(kss_host_arena_protect(&a, stacks, SIZE_MAX - page + 1, true));
    assert_true(kss_host_arena_protect(&a, stacks, a.size - a.stacks, true));
    kss_host_arena_close(&a);
}

static void what_cannot_be_is_refused_with_a_reason(void **state) {
    (void)state;
    struct kss_host_arena a;
    const char *error = NULL;
    assert_false(kss_host_arena_open(&a, SIZE_MAX, 0, 0, &error));
    assert_non_null(error);
    error = NULL;
    assert_false(kss_host_arena_open(&a, 0, 0, 0, &error));
    assert_non_null(error);
#if UINTPTR_MAX > UINT32_MAX
    error = NULL;
    assert_false(kss_host_arena_open(&a, SIZE_MAX / 9, SIZE_MAX / 9, SIZE_MAX / 9, &error));
    assert_non_null(error);
#endif
    assert_null(a.view);
    kss_host_arena_close(&a);
}

static void a_thousand_arenas_leave_nothing_behind(void **state) {
    (void)state;
    size_t page = kss_host_page();
    struct kss_host_arena a = open_arena(65536, 1 << 20, 65536);
    kss_host_arena_close(&a);
    unsigned before = mappings();
    for (int i = 0; i < 1000; i++) {
        a = open_arena(65536, 1 << 20, 65536);
        assert_int_equal(a.view[i], 0); // fresh, whatever the last one wrote
        assert_true(kss_host_arena_protect(&a, a.view + a.stacks + page, page, true));
        memset(a.view, 0xFF, 4096);
        kss_host_arena_close(&a);
    }
    assert_int_equal(mappings(), before);
}

#if UINTPTR_MAX == UINT32_MAX
static void it_lies_below_2_gib(void **state) {
    (void)state;
    struct kss_host_arena a = open_arena(1 << 20, 16 << 20, 1 << 20);
    assert_true((uintptr_t)a.view + a.size <= INT32_MAX);
    assert_true((uintptr_t)a.alias + a.size <= INT32_MAX);
    kss_host_arena_close(&a);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_areas_lie_in_order),
        cmocka_unit_test(both_mappings_are_the_same_bytes),
        cmocka_unit_test(stacks_are_nowhere_until_made),
        cmocka_unit_test(the_simulator_sees_what_is_out),
        cmocka_unit_test(only_whole_pages_of_its_own_are_protected),
        cmocka_unit_test(what_cannot_be_is_refused_with_a_reason),
        cmocka_unit_test(a_thousand_arenas_leave_nothing_behind),
#if UINTPTR_MAX == UINT32_MAX
        cmocka_unit_test(it_lies_below_2_gib),
#endif
    };
    return cmocka_run_group_tests_name("native/arena", tests, NULL, NULL);
}
