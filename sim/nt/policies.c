// SPDX-License-Identifier: MIT
// The rows of policies.def as an array.
#include "nt/nt.h"

const struct kss_policy kss_policies[KSS_POLICY_COUNT] = {
#define POLICY(c_name, name, choice, why, source) {name, choice, why, source},
#include "nt/policies.def"
#undef POLICY
};

_Static_assert(KSS_POLICY_COUNT <= 64, "a machine keeps one bit per policy in 64 bits");

#define SWITCH(policy, field, option)                                                              \
    { KSS_POLICY_##policy, field, option }
const struct kss_policy_switch kss_policy_switches[] = {
    SWITCH(swap_threshold, "outswap_after", "outswap_after"),
    SWITCH(swap_threshold, "small_memory", "small_memory"),
    SWITCH(swapper_period, "swapper_period", "swapper_period"),
    SWITCH(swap_priority_ceiling, "swap_priority_ceiling", "swap_priority_ceiling"),
    SWITCH(swap_per_thread, "swap_policy", "swap_per_process"),
    SWITCH(swap_eager, "swap", "swap"),
    SWITCH(foreign_touch, "foreign_touch", "page_in_foreign"),
    SWITCH(expand_limit, "max_expansion", "max_expansion"),
    SWITCH(clock_tick, "clock_tick", "clock_tick"),
    SWITCH(dpc_watchdog, "dpc_timeout", "dpc_timeout"),
    SWITCH(dpc_watchdog, "dpc_watchdog", "dpc_watchdog"),
    SWITCH(verifier_wrong_irql, "verifier", "verifier"),
    SWITCH(pool_capacity, "nonpaged_pool", "nonpaged_pool"),
    SWITCH(pool_capacity, "paged_pool", "paged_pool"),
};
#undef SWITCH
const unsigned kss_policy_switch_count = sizeof kss_policy_switches / sizeof *kss_policy_switches;
