// SPDX-License-Identifier: MIT
// The rows of policies.def as an array.
#include "nt/nt.h"

const struct kss_policy kss_policies[KSS_POLICY_COUNT] = {
#define POLICY(c_name, name, choice, why, source) {name, choice, why, source},
#include "nt/policies.def"
#undef POLICY
};

_Static_assert(KSS_POLICY_COUNT <= 64, "a machine keeps one bit per policy in 64 bits");
