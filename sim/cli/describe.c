// SPDX-License-Identifier: MIT
#include "cli/describe.h"

#include <string.h>

void kss_describe_prototype(const struct kss_routine *routine, struct kss_text *out) {
    kss_text_format(out, "%s %s(", routine->result, routine->name);
    for (unsigned i = 0; i < routine->parameter_count; i++)
        kss_text_format(out, "%s%s %s", i ? ", " : "", routine->parameters[i].type,
                        routine->parameters[i].name);
    if (routine->can & KSS_VARIADIC)
        kss_text_str(out, routine->parameter_count ? ", ..." : "...");
    else if (routine->parameter_count == 0)
        kss_text_str(out, "VOID");
    kss_text_char(out, ')');
}

static void level(unsigned irql, struct kss_text *out) {
    const char *name = kss_irql_name(KSS_ARCH_X64, irql);
    if (irql > KSS_DISPATCH_LEVEL || name == NULL)
        kss_text_format(out, "IRQL %u", irql);
    else
        kss_text_str(out, name);
}

void kss_describe_irql(const struct kss_routine *routine, struct kss_text *out) {
    if (routine->irql_min == 0 && routine->irql_max >= KSS_ANY_IRQL) {
        kss_text_str(out, "any IRQL");
        return;
    }
    if (routine->irql_min == routine->irql_max) {
        level(routine->irql_min, out);
        return;
    }
    if (routine->irql_max >= KSS_ANY_IRQL) {
        kss_text_str(out, ">= ");
        level(routine->irql_min, out);
        return;
    }
    if (routine->irql_min > 0) {
        level(routine->irql_min, out);
        kss_text_str(out, " to ");
    } else {
        kss_text_str(out, "<= ");
    }
    level(routine->irql_max, out);
}

void kss_describe_can(const struct kss_routine *routine, struct kss_text *out) {
    static const struct {
        unsigned bit;
        const char *text;
    } can[] = {{KSS_CAN_BLOCK, "may block"},
               {KSS_CAN_CALL, "calls driver code"},
               {KSS_CAN_RAISE, "may raise an exception"},
               {KSS_TOUCHES, "touches the caller's memory"},
               {KSS_NO_RETURN, "does not return"}};
    bool first = true;
    for (unsigned i = 0; i < sizeof can / sizeof *can; i++) {
        if (!(routine->can & can[i].bit))
            continue;
        kss_text_str(out, first ? "" : ", ");
        kss_text_str(out, can[i].text);
        first = false;
    }
}

const char *kss_describe_modes(const struct kss_routine *routine) {
    static const char *const names[] = {"-", "scenarios", "native", "scenarios, native"};
    return names[routine->modes & 3];
}

void kss_describe_switches(enum kss_policy_id policy, struct kss_text *out) {
    for (unsigned i = 0; i < kss_policy_switch_count; i++) {
        const struct kss_policy_switch *row = &kss_policy_switches[i];
        if (row->policy != policy)
            continue;
        kss_text_format(out, "%s`%s`", out->length > 0 ? ", " : "", row->field);
        if (strcmp(row->field, row->option) != 0)
            kss_text_format(out, " (harness: `%s`)", row->option);
    }
}

const char *kss_describe_severity(const struct kss_hazard *hazard) {
    static const char *const names[] = {"note", "warning", "error"};
    return names[hazard->severity];
}
