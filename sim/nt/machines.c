// SPDX-License-Identifier: MIT
// Machine profiles, IRQL names, origins and the costs of nt's own routines.
#include "nt/find.h"
#include "nt/nt.h"

const struct kss_profile kss_profiles[] = {
#define MACHINE(name_, ...) {.name = name_, __VA_ARGS__},
#include "nt/machines.def"
#undef MACHINE
};
const unsigned kss_profile_count = sizeof kss_profiles / sizeof *kss_profiles;

const struct kss_profile *kss_profile_find(const char *name, size_t length) {
    for (unsigned i = 0; i < kss_profile_count; i++)
        if (kss_name_order(kss_profiles[i].name, name, length) == 0)
            return &kss_profiles[i];
    return NULL;
}

const char *kss_origin_name(enum kss_origin origin) {
    static const char *const names[KSS_ORIGIN_COUNT] = {
        [KSS_ORIGIN_UNKNOWN] = "unknown",   [KSS_ORIGIN_ASSUMED] = "assumed",
        [KSS_ORIGIN_GIVEN] = "given",       [KSS_ORIGIN_LISTED] = "listed",
        [KSS_ORIGIN_MEASURED] = "measured",
    };
    return (unsigned)origin < KSS_ORIGIN_COUNT ? names[origin] : names[KSS_ORIGIN_UNKNOWN];
}

// ---- IRQLs --------------------------------------------------------------------------------------
enum {
    X86 = 1 << KSS_ARCH_X86,
    X64 = 1 << KSS_ARCH_X64,
    ARMS = 1 << KSS_ARCH_ARM | 1 << KSS_ARCH_ARM64,
    ALL = X86 | X64 | ARMS
};

static const struct {
    const char *name;
    uint8_t machines, level;
} irqls[] = {
#define IRQL(machines, name, level) {#name, machines, level},
#include "nt/irqls.def"
#undef IRQL
};
enum { IRQLS = sizeof irqls / sizeof *irqls };

const char *kss_irql_name(enum kss_arch arch, unsigned irql) {
    for (unsigned i = 0; i < IRQLS; i++)
        if (irqls[i].level == irql && irqls[i].machines >> arch & 1)
            return irqls[i].name;
    return NULL;
}

bool kss_irql_find(enum kss_arch arch, const char *name, size_t length, unsigned *irql) {
    for (unsigned i = 0; i < IRQLS; i++) {
        if (!(irqls[i].machines >> arch & 1))
            continue;
        if (kss_name_order(irqls[i].name, name, length) != 0)
            continue;
        *irql = irqls[i].level;
        return true;
    }
    return false;
}

// ---- Costs --------------------------------------------------------------------------------------
// The row after the last keeps the array valid when costs.def is empty; it is not counted.
const struct kss_cost kss_costs[] = {
#define COST(routine, machine, bytes, origin, source)                                              \
    {#routine, machine, bytes, KSS_ORIGIN_##origin, source},
#include "nt/costs.def"
#undef COST
    {NULL, NULL, 0, KSS_ORIGIN_UNKNOWN, NULL}};
const unsigned kss_cost_count = sizeof kss_costs / sizeof *kss_costs - 1;
