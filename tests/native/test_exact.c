// SPDX-License-Identifier: MIT
// A driver with exact frames: what it imports is called by the host's convention, it is called by
// Windows', and its symbols and module are found as any other's.
#include "native/image.h"
#include "native/seh.h"

#include "check.h"

unsigned ExactSix(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f);
unsigned ExactSix(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f) {
    return ((((a * 10 + b) * 10 + c) * 10 + d) * 10 + e) * 10 + f;
}

unsigned ExactTwelve(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f,
                     unsigned g, unsigned h, unsigned i, unsigned j, unsigned k, unsigned l);
unsigned ExactTwelve(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e, unsigned f,
                     unsigned g, unsigned h, unsigned i, unsigned j, unsigned k, unsigned l) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + i * 9 + j * 10 + k * 11 +
           l * 12;
}

void ExactRaise(int status);
void ExactRaise(int status) {
    kss_seh_raise(status, NULL);
}

typedef int __attribute__((ms_abi)) entry_routine(void *object, void *path);

static void calls_of_every_shape(void **state) {
    unsigned char buffer[64];
    (void)state;
    const struct kss_module *module = kss_module_named("exact_driver");
    assert_true(module->exact_frames);
    assert_int_equal(((entry_routine *)module->entry)(NULL, buffer), 0);
    assert_int_equal(buffer[47], 7);
    assert_null(*kss_seh_list());
}

static void its_routines_are_its_own(void **state) {
    struct kss_symbol symbol;
    (void)state;
    const void *routine = kss_symbol_named("exact_driver", "ExactAll");
    assert_true(kss_symbol_at(routine, &symbol));
    assert_string_equal(symbol.module, "exact_driver");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_of_every_shape),
        cmocka_unit_test(its_routines_are_its_own),
    };
    return cmocka_run_group_tests_name("exact", tests, NULL, NULL);
}
