// SPDX-License-Identifier: MIT
// What a finding, a bug check, a routine, a status, a type, a policy or an error means.
#include "cli/describe.h"
#include "cli/explain.h"

#include "rules/rules.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

static void line(struct kss_text *out, const char *name, const char *value) {
    if (value != NULL && value[0] != '\0')
        kss_text_format(out, "  %-10s %s\n", name, value);
}

// ---- Each kind ----------------------------------------------------------------------------------

static void explain_hazard(const struct kss_hazard *hazard, struct kss_text *out) {
    const char *text = kss_explain_text((enum kss_hazard_id)(hazard - kss_hazards));
    if (text != NULL) {
        kss_text_str(out, text);
        kss_text_str(out, out->bytes[out->length - 1] == '\n' ? "\n" : "\n\n");
    }
    kss_text_format(out, "KSS%04u %s\n", hazard->number, hazard->name);
    line(out, "means", hazard->text);
    line(out, "severity", kss_describe_severity(hazard));
    line(out, "source", hazard->source);
    if (!hazard->built)
        line(out, "note", "no rule of this version looks for it yet");
}

// Which findings warn of it; their texts have scenarios that end in it.
static void findings_of(const struct kss_bugcheck *bugcheck, struct kss_text *out) {
    const char *name = "findings";
    for (int i = 0; i < KSS_HAZARD_COUNT; i++) {
        if (!kss_may_end_in((enum kss_hazard_id)i, bugcheck->code))
            continue;
        kss_text_format(out, "  %-10s KSS%04u %s\n", name, kss_hazards[i].number,
                        kss_hazards[i].name);
        name = "";
    }
    if (name[0] == '\0')
        kss_text_format(out, "  %-10s kss explain ID shows scenarios of each\n", "");
}

static void sub_code(const struct kss_violation *v, struct kss_text *out) {
    kss_text_format(out, "    0x%-5X the driver %s", (unsigned)v->code, v->text);
    const char *divider = ": ";
    for (unsigned p = 0; p < 3; p++)
        if (v->parameters[p] != NULL && strcmp(v->parameters[p], "0") != 0) {
            kss_text_format(out, "%sP%u %s", divider, p + 2, v->parameters[p]);
            divider = ", ";
        }
    if (v->hazard < KSS_HAZARD_COUNT)
        kss_text_format(out, " (KSS%04u)", kss_hazards[v->hazard].number);
    if (v->left_out != NULL)
        kss_text_format(out, "; not raised: %s", v->left_out);
    kss_text_char(out, '\n');
}

static void sub_codes(struct kss_text *out) {
    kss_text_str(out, "  sub-codes (P1), raised on a machine with `verifier = on`:\n");
    for (unsigned i = 0; i < kss_violation_count; i++)
        sub_code(&kss_violations[i], out);
}

static void explain_bugcheck(const struct kss_bugcheck *bugcheck, struct kss_text *out) {
    kss_text_format(out, "bug check 0x%X %s\n", (unsigned)bugcheck->code, bugcheck->name);
    line(out, "means", bugcheck->text);
    static const char *const names[] = {"P1", "P2", "P3", "P4"};
    bool any = false;
    for (unsigned i = 0; i < 4; i++) {
        line(out, names[i], bugcheck->parameters[i]);
        any |= bugcheck->parameters[i] != NULL;
    }
    if (!any)
        line(out, "P1 to P4", "none documented");
    findings_of(bugcheck, out);
    line(out, "source", bugcheck->source);
    if (bugcheck->code == 0xC4)
        sub_codes(out);
    kss_text_format(out, "  %-10s expect bugcheck %s;\n", "expected", bugcheck->name);
}

static const char *unit_name(enum kss_unit unit) {
    static const char *const names[] = {"", "in 100 ns", "in ms", "in us"};
    return names[unit];
}

static void explain_parameters(const struct kss_routine *routine, struct kss_text *out) {
    for (unsigned i = 0; i < routine->parameter_count; i++) {
        const struct kss_parameter *p = &routine->parameters[i];
        kss_text_format(out, "    %-24s %s", p->name, p->type);
        if (p->unit != KSS_UNIT_NONE)
            kss_text_format(out, ", %s", unit_name(p->unit));
        if (p->resident)
            kss_text_str(out, ", memory that is resident");
        if (p->optional)
            kss_text_str(out, ", may be NULL");
        if (p->fallback != NULL)
            kss_text_format(out, ", `...` gives %s", p->fallback);
        kss_text_char(out, '\n');
    }
}

static void explain_routine(const struct kss_routine *routine, struct kss_text *out) {
    struct kss_text text = {0};
    kss_describe_prototype(routine, out);
    kss_text_char(out, '\n');
    kss_describe_irql(routine, &text);
    line(out, "IRQL", text.bytes);
    kss_text_clear(&text);
    kss_describe_can(routine, &text);
    line(out, "does", text.bytes);
    line(out, "modes", kss_describe_modes(routine));
    line(out, "header", routine->header);
    line(out, "source", routine->source);
    if (routine->parameter_count > 0)
        kss_text_str(out, "  parameters\n");
    explain_parameters(routine, out);
    bool counted = false;
    for (unsigned i = 0; i < kss_cost_count; i++) {
        const struct kss_cost *cost = &kss_costs[i];
        if (strcmp(cost->routine, routine->name) != 0)
            continue;
        counted = true;
        kss_text_format(out, "  stack      0x%X bytes on %s, %s: %s\n", (unsigned)cost->bytes,
                        cost->machine, kss_origin_name(cost->origin), cost->source);
    }
    if (!counted)
        line(out, "stack", "no published figure: its own frames are not counted");
    kss_text_free(&text);
}

static void explain_policy(const struct kss_policy *policy, struct kss_text *out) {
    kss_text_format(out, "policy %s\n", policy->name);
    line(out, "kss does", policy->choice);
    line(out, "because", policy->why);
    line(out, "source", policy->source);
    struct kss_text text = {0};
    kss_describe_switches((enum kss_policy_id)(policy - kss_policies), &text);
    line(out, "switch", text.bytes);
    kss_text_free(&text);
}

static void explain_status(const struct kss_constant *constant, struct kss_text *out) {
    kss_text_format(out, "%s %s = 0x%08X\n", constant->type, constant->name,
                    (unsigned)(uint32_t)constant->value);
    static const char *const severities[] = {"success", "information", "warning", "error"};
    if (strcmp(constant->type, "NTSTATUS") == 0) {
        line(out, "severity", severities[(uint32_t)constant->value >> 30]);
        line(out, "NT_SUCCESS",
             constant->value >= 0 && (constant->value & 0x80000000) == 0 ? "TRUE" : "FALSE");
    }
}

// A field has an offset on 32-bit machines and one on 64-bit ones.
static void explain_type(const struct kss_type *type, struct kss_text *out) {
    kss_text_format(out, "type %s\n", type->name);
    if (type->target != NULL)
        line(out, type->kind == KSS_TYPE_POINTER ? "points to" : "is", type->target);
    line(out, "takes", type->parameters);
    if (type->size[0] != 0 || type->size[1] != 0)
        kss_text_format(out, "  %-10s 0x%X bytes on 32-bit machines, 0x%X on 64-bit ones\n", "size",
                        type->size[0], type->size[1]);
    for (unsigned i = 0; i < type->field_count; i++) {
        const struct kss_field *field = &type->fields[i];
        kss_text_format(out, "    +0x%-4X +0x%-4X %s %s", field->offset[0], field->offset[1],
                        field->type, field->name);
        if (field->count > 0)
            kss_text_format(out, "[%u]", field->count);
        kss_text_char(out, '\n');
    }
    line(out, "source", type->source);
}

static void explain_unserved(const struct kss_unserved *unserved, struct kss_text *out) {
    kss_text_format(out, "%s\n", unserved->name);
    line(out, "not served", unserved->why);
    line(out, "natively", "links; called, it ends the run at that place (cannot continue)");
}

// ---- What a word means --------------------------------------------------------------------------

static bool number(const char *word, uint64_t *value) {
    if (word[0] < '0' || word[0] > '9')
        return false;
    char *end;
    *value = strtoull(word, &end, 0);
    return *end == '\0';
}

static const struct kss_hazard *hazard_numbered(const char *word) {
    uint64_t value;
    const struct kss_hazard *hazard = kss_hazard_named(word, strlen(word));
    if (hazard != NULL)
        return hazard;
    if ((word[0] == 'k' || word[0] == 'K') && strlen(word) == 7)
        word += 3; // kss2001
    if (word[0] == '0' || !number(word, &value))
        return NULL;
    for (int i = 0; i < KSS_HAZARD_COUNT; i++)
        if (kss_hazards[i].number == value)
            return &kss_hazards[i];
    return NULL;
}

static const struct kss_bugcheck *bugcheck_numbered(const char *word) {
    uint64_t value;
    const struct kss_bugcheck *bugcheck = kss_bugcheck_named(word, strlen(word));
    if (bugcheck != NULL || !number(word, &value) || value > UINT32_MAX)
        return bugcheck;
    return kss_bugcheck_find((uint32_t)value);
}

static const struct kss_constant *constant_of(const char *word) {
    uint64_t value;
    if (!number(word, &value))
        return kss_constant_find(word, strlen(word));
    const char *name = value <= UINT32_MAX ? kss_status_name((uint32_t)value) : NULL;
    return name != NULL ? kss_constant_find(name, strlen(name)) : NULL;
}

// "0xC4/0x123": one sub-code of Driver Verifier.
static void explain_sub_code(const char *word, struct kss_text *out) {
    uint64_t value;
    if (strncmp(word, "0xC4/", 5) != 0 || !number(word + 5, &value))
        return;
    for (unsigned i = 0; i < kss_violation_count; i++) {
        if (kss_violations[i].code != value)
            continue;
        kss_text_str(out, "bug check 0xC4 DRIVER_VERIFIER_DETECTED_VIOLATION, sub-code (P1)\n");
        sub_code(&kss_violations[i], out);
    }
}

bool kss_explain_word(const char *word, struct kss_text *out) {
    const struct kss_hazard *hazard = hazard_numbered(word);
    const struct kss_routine *routine = kss_routine_find(word, strlen(word));
    const struct kss_bugcheck *bugcheck = bugcheck_numbered(word);
    const struct kss_constant *constant = constant_of(word);
    if (hazard != NULL)
        explain_hazard(hazard, out);
    else if (routine != NULL)
        explain_routine(routine, out);
    else if (bugcheck != NULL)
        explain_bugcheck(bugcheck, out);
    else if (constant != NULL)
        explain_status(constant, out);
    else
        for (int i = 0; i < KSS_POLICY_COUNT; i++)
            if (strcmp(kss_policies[i].name, word) == 0)
                explain_policy(&kss_policies[i], out);
    if (out->length == 0)
        kss_explain_error(word, out);
    if (out->length == 0)
        explain_sub_code(word, out);
    if (out->length == 0 && kss_unserved_named(word) != NULL)
        explain_unserved(kss_unserved_named(word), out);
    if (out->length == 0 && kss_type_find(word, strlen(word)) != NULL)
        explain_type(kss_type_find(word, strlen(word)), out);
    return out->length > 0;
}
