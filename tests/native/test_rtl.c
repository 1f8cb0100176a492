// SPDX-License-Identifier: MIT
// The run-time library from driver code: every check in the driver holds, and nothing is left behind.
#include "checks.h"

void Bitmaps(void), Strings(void), Conversions(void), Numbers(void), Times(void);

CHECKS(bitmaps, Bitmaps)
CHECKS(strings, Strings)
CHECKS(conversions, Conversions)
CHECKS(numbers, Numbers)
CHECKS(times, Times)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(bitmaps), TEST(strings), TEST(conversions), TEST(numbers), TEST(times),
    };
    return cmocka_run_group_tests_name("rtl", tests, NULL, NULL);
}
