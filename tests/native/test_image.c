// SPDX-License-Identifier: MIT
// Modules and symbols: two drivers that kss_add_driver made, and the program around them.
#include "native/image.h"

#include "check.h"
#include "image_driver.h"

static const void *code(void (*routine)(void)) {
    return (const void *)(uintptr_t)routine;
}

static int in_program = 1;
static __attribute__((noinline)) int static_of_program(int value) {
    return value * in_program + 3;
}

static void modules_are_found_by_name(void **state) {
    (void)state;
    const struct kss_module *first = kss_module_named("image-first");
    const struct kss_module *second = kss_module_named("image_second");
    assert_non_null(first);
    assert_non_null(second);
    assert_null(kss_module_named("image"));
    assert_ptr_equal(kss_module_next(NULL), first);
    assert_ptr_equal(kss_module_next(first), second);
    assert_null(kss_module_next(second));
    assert_string_equal(first->machine, sizeof(void *) == 8 ? "x64" : "x86");
}

static void addresses_belong_to_modules(void **state) {
    struct image_values values;
    (void)state;
    const struct kss_module *first = kss_module_named("image-first");
    image_first_values(&values);
    assert_ptr_equal(kss_module_of(code((void (*)(void))image_first_count)), first);
    assert_ptr_equal(kss_module_of(image_first_static()), first);
    assert_ptr_equal(kss_module_of(values.pointer), first);
    assert_ptr_equal(kss_module_of(image_second_static()), kss_module_named("image_second"));
    assert_null(kss_module_of(code((void (*)(void))static_of_program)));
    assert_null(kss_module_of(&values));
    assert_null(kss_module_of(&in_program));
}

static void each_module_has_its_own_entry(void **state) {
    (void)state;
    int (*first)(void *, void *) = (int (*)(void *, void *))kss_module_named("image-first")->entry;
    int (*second)(void *, void *) =
        (int (*)(void *, void *))kss_module_named("image_second")->entry;
    assert_true(first != second);
    assert_int_equal(first(NULL, NULL), 107);
    image_second_count(20);
    assert_int_equal(second(NULL, NULL), 127);
    assert_int_equal(first(NULL, NULL), 107);
    assert_int_equal(image_second_rest(), 127);
    kss_modules_reset();
}

static void reset_puts_variables_back(void **state) {
    struct image_values before, after;
    (void)state;
    kss_modules_reset();
    image_first_values(&before);
    assert_int_equal(before.data, 5);
    assert_int_equal(image_first_count(10), 13 + 'a');
    assert_int_equal(image_first_count(10), 23 + 'a');
    image_first_values(&after);
    assert_int_equal(after.data, 25);
    assert_int_equal(after.bss, 20);
    assert_int_equal(after.static_data, 27);
    assert_int_equal(after.static_bss, 20);
    assert_int_equal(after.large, 20);
    in_program = 2;
    kss_modules_reset();
    image_first_values(&after);
    assert_true(memcmp(&before, &after, sizeof before) == 0);
    assert_int_equal(*after.pointer, 7);
    assert_int_equal(image_first_count(0), 3 + 'a');
    assert_int_equal(in_program, 2); // the program's own
    in_program = 1;
}

static void static_routines_have_names(void **state) {
    struct kss_symbol symbol;
    (void)state;
    assert_true(kss_symbol_at(image_second_static(), &symbol));
    assert_string_equal(symbol.module, "image_second");
    assert_string_equal(symbol.name, "PagedRoutine");
    assert_int_equal(symbol.offset, 0);
    assert_true(symbol.routine);
    assert_true(kss_symbol_at((char *)image_second_static() + 3, &symbol));
    assert_string_equal(symbol.name, "PagedRoutine");
    assert_int_equal(symbol.offset, 3);
    assert_ptr_equal(symbol.start, image_second_static());
    assert_true(kss_symbol_at(code(kss_module_named("image-first")->entry), &symbol));
    assert_string_equal(symbol.name, "DriverEntry");
    assert_string_equal(symbol.module, "image-first");
}

static void variables_have_names(void **state) {
    struct image_values values;
    struct kss_symbol symbol;
    (void)state;
    image_first_values(&values);
    assert_true(kss_symbol_at((const char *)values.pointer + 2, &symbol));
    assert_string_equal(symbol.module, "image-first");
    assert_string_equal(symbol.name, "hidden_data");
    assert_int_equal(symbol.offset, 2);
    assert_false(symbol.routine);
}

static void the_program_is_called_driver(void **state) {
    struct kss_symbol symbol;
    (void)state;
    assert_int_equal(static_of_program(4), 7);
    assert_true(kss_symbol_at(code((void (*)(void))static_of_program), &symbol));
    assert_string_equal(symbol.module, "driver");
    assert_string_equal(symbol.name, "static_of_program");
}

static void shared_objects_are_called_by_their_file(void **state) {
    struct kss_symbol symbol;
    (void)state;
    assert_true(kss_symbol_at(code((void (*)(void))getenv), &symbol));
    // Linked statically, or reached through a stub, it is a part of the program.
    if (strcmp(symbol.module, "driver") != 0) {
        assert_string_equal(symbol.module, "libc");
        assert_string_equal(symbol.name, "getenv");
    }
}

static void nothing_lies_at_other_addresses(void **state) {
    struct kss_symbol symbol;
    int local;
    (void)state;
    assert_false(kss_symbol_at(NULL, &symbol));
    assert_false(kss_symbol_at((void *)8, &symbol));
    assert_false(kss_symbol_at(&local, &symbol));
    assert_null(symbol.module);
}

static void symbols_are_found_by_name(void **state) {
    (void)state;
    assert_ptr_equal(kss_symbol_named("image-first", "PagedRoutine"), image_first_static());
    assert_ptr_equal(kss_symbol_named("image_second", "PagedRoutine"), image_second_static());
    assert_ptr_equal(kss_symbol_named("driver", "static_of_program"),
                     code((void (*)(void))static_of_program));
    assert_null(kss_symbol_named("driver", "PagedRoutine"));
    assert_null(kss_symbol_named("image-first", "NoSuchRoutine"));
}

static void alloc_text_makes_routines_pageable(void **state) {
    (void)state;
    const struct kss_module *first = kss_module_named("image-first");
    assert_true(kss_module_pageable(first, "PagedRoutine"));
    assert_false(kss_module_pageable(first, "DriverEntry")); // INIT is discarded, not paged
    assert_false(kss_module_pageable(first, "image_first_count"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_found_by_name),
        cmocka_unit_test(addresses_belong_to_modules),
        cmocka_unit_test(each_module_has_its_own_entry),
        cmocka_unit_test(reset_puts_variables_back),
        cmocka_unit_test(static_routines_have_names),
        cmocka_unit_test(variables_have_names),
        cmocka_unit_test(the_program_is_called_driver),
        cmocka_unit_test(shared_objects_are_called_by_their_file),
        cmocka_unit_test(nothing_lies_at_other_addresses),
        cmocka_unit_test(symbols_are_found_by_name),
        cmocka_unit_test(alloc_text_makes_routines_pageable),
    };
    return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
