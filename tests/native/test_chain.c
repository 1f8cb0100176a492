// SPDX-License-Identifier: MIT
// Runs the chains of chain_driver.c, each on a machine of its own, and prints how deep the paint says that
// they went; chain.sh compares that with kss stack.
//
//   Base
//     reserve, trap frame, the stub that enters driver code    entry: told by ChainEntry
//     the root, what it calls, ... its last function           painted
//   lowest byte that is not paint any more
#include "kss/harness.h"

#include <stdio.h>

typedef uint32_t chain(uint32_t n);
chain ChainSmall, ChainLarge, ChainTwelve, ChainKeeps, ChainBranches, ChainWalk, ChainEntry;

static uint32_t run(chain *root, uint32_t *used) {
    struct kss_stack_use use;
    kss_setup(NULL);
    uint32_t value = (uint32_t)kss_call_thread("App", root, 1);
    if (kss_finish() != KSS_OK || !kss_stack_use(kss_current(), "App", &use)) {
        fputs(kss_report(true), stdout);
        use.used = 0;
    }
    kss_teardown();
    *used = use.used;
    return value;
}

int main(void) {
    static const struct {
        const char *name;
        chain *root;
    } chains[] = {
        {"ChainSmall", ChainSmall}, {"ChainLarge", ChainLarge},       {"ChainTwelve", ChainTwelve},
        {"ChainKeeps", ChainKeeps}, {"ChainBranches", ChainBranches}, {"ChainWalk", ChainWalk},
    };
    uint32_t used, entry = run(ChainEntry, &used);
    for (unsigned i = 0; i < sizeof chains / sizeof *chains; i++) {
        run(chains[i].root, &used);
        if (used <= entry)
            return 1;
        printf("%s %u entry %u\n", chains[i].name, (unsigned)(used - entry), (unsigned)entry);
    }
    return 0;
}
