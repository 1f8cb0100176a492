// SPDX-License-Identifier: MIT
// Generic tables from driver code: every check in the driver holds, and nothing is left behind.
#include "checks.h"

void SplayTables(void), BalancedTables(void), SplayLinks(void), Security(void);

CHECKS(splay_tables, SplayTables)
CHECKS(balanced_tables, BalancedTables)
CHECKS(splay_links, SplayLinks)
CHECKS(security, Security)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(splay_tables),
        TEST(balanced_tables),
        TEST(splay_links),
        TEST(security),
    };
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
