// SPDX-License-Identifier: MIT
// The vocabularies as SARIF rules: every finding of hazards.def with its text of docs/explain, every error of the
// language, and what a run itself has to say. All of them are in every document, in this order, so that a rule's
// index does not depend on what was found.
#include "report/sarif.h"

#include "rules/rules.h"
#include "script/errors.h"

#include <stdlib.h>

const char *const kss_sarif_rule_names[KSS_SARIF_RULES] = {
#define RULE(id, name, ...) name,
#include "report/sarif_rules.def"
};

static const struct {
    const char *summary, *full, *help;
} own_rules[KSS_SARIF_RULES] = {
#define RULE(id, name, summary, full, help) {summary, full, help},
#include "report/sarif_rules.def"
};

static const char *const levels[] = {"note", "warning", "error"};

static void text_object(struct kss_json *json, const char *name, const char *text, size_t length) {
    kss_json_open_flat(json, name, '{');
    kss_json_text(json, "text", text, length);
    kss_json_close(json);
}

static void default_level(struct kss_json *json, enum kss_severity severity) {
    kss_json_open_flat(json, "defaultConfiguration", '{');
    kss_json_string(json, "level", levels[severity]);
    kss_json_close(json);
}

// GitHub orders alerts by these. What a run shows has happened in it; a warning also needs another timing or
// machine to do harm, a note is advice.
static void properties(struct kss_json *json, enum kss_severity severity, const char *tag) {
    static const char *const problems[] = {"recommendation", "warning", "error"};
    static const char *const precisions[] = {"medium", "high", "very-high"};
    kss_json_open_flat(json, "properties", '{');
    kss_json_string(json, "precision", precisions[severity]);
    kss_json_string(json, "problem.severity", problems[severity]);
    kss_json_open(json, "tags", '[');
    kss_json_string(json, NULL, tag);
    kss_json_close(json);
    kss_json_close(json);
}

// ---- Findings -----------------------------------------------------------------------------------

static const char *tag_of(unsigned number) {
    static const char *const tags[] = {"language", "stack-space", "paging",  "lifetime", "irql",
                                       "locks",    "dma",         "results", "irp"};
    unsigned thousand = number / 1000;
    return tags[thousand < sizeof tags / sizeof *tags ? thousand : 0];
}

// The first paragraph behind the heading, in one line.
static void first_paragraph(const char *markdown, struct kss_text *out) {
    const char *at = strstr(markdown, "\n\n");
    at = at != NULL ? at + 2 : markdown;
    const char *end = strstr(at, "\n\n");
    size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
    for (size_t i = 0; i < length; i++)
        kss_text_char(out, at[i] == '\n' ? ' ' : at[i]);
}

static void hazard_rule(struct kss_json *json, enum kss_hazard_id id) {
    const struct kss_hazard *hazard = &kss_hazards[id];
    const char *markdown = kss_explain_text(id);
    struct kss_text text = {0};
    kss_json_open(json, NULL, '{');
    kss_text_format(&text, "KSS%04u", hazard->number);
    kss_json_text(json, "id", text.bytes, text.length);
    kss_json_string(json, "name", hazard->name);
    text_object(json, "shortDescription", hazard->text, strlen(hazard->text));
    kss_text_clear(&text);
    first_paragraph(markdown != NULL ? markdown : hazard->text, &text);
    text_object(json, "fullDescription", text.bytes, text.length);
    kss_text_clear(&text);
    kss_text_format(&text, "%s. Source: %s. `kss explain KSS%04u` says more.", hazard->text,
                    hazard->source, hazard->number);
    kss_json_open(json, "help", '{');
    kss_json_text(json, "text", text.bytes, text.length);
    if (markdown != NULL)
        kss_json_string(json, "markdown", markdown);
    kss_json_close(json);
    default_level(json, (enum kss_severity)hazard->severity);
    properties(json, (enum kss_severity)hazard->severity, tag_of(hazard->number));
    kss_json_close(json);
    kss_text_free(&text);
}

// ---- The language -------------------------------------------------------------------------------

static void language_rule(struct kss_json *json, const struct kss_language_error *error) {
    struct kss_text text = {0};
    kss_json_open(json, NULL, '{');
    kss_text_format(&text, "KSS%04u", error->number);
    kss_json_text(json, "id", text.bytes, text.length);
    kss_text_clear(&text);
    kss_language_error_text(error, &text);
    text_object(json, "shortDescription", text.bytes, text.length);
    text_object(json, "fullDescription", text.bytes, text.length);
    if (error->help != NULL)
        kss_text_format(&text, "; %s", error->help);
    kss_text_str(&text, ". See docs/language.md.");
    text_object(json, "help", text.bytes, text.length);
    default_level(json, error->severity);
    properties(json, error->severity, tag_of(error->number));
    kss_json_close(json);
    kss_text_free(&text);
}

static void own_rule(struct kss_json *json, enum kss_sarif_rule rule) {
    kss_json_open(json, NULL, '{');
    kss_json_string(json, "id", kss_sarif_rule_names[rule]);
    text_object(json, "shortDescription", own_rules[rule].summary, strlen(own_rules[rule].summary));
    text_object(json, "fullDescription", own_rules[rule].full, strlen(own_rules[rule].full));
    text_object(json, "help", own_rules[rule].help, strlen(own_rules[rule].help));
    default_level(json, KSS_ERROR);
    properties(json, KSS_ERROR, "run");
    kss_json_close(json);
}

// ---- All of them --------------------------------------------------------------------------------

void kss_sarif_rules(struct kss_json *json) {
    kss_json_open(json, "rules", '[');
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++)
        hazard_rule(json, (enum kss_hazard_id)i);
    for (unsigned i = 0; i < kss_language_error_count; i++)
        language_rule(json, &kss_language_errors[i]);
    for (unsigned i = 0; i < KSS_SARIF_RULES; i++)
        own_rule(json, (enum kss_sarif_rule)i);
    kss_json_close(json);
}

static bool numbered(const char *rule, unsigned *number) {
    char *end;
    if (strncmp(rule, "KSS", 3) != 0)
        return false;
    *number = (unsigned)strtoul(rule + 3, &end, 10);
    return *end == '\0';
}

bool kss_sarif_rule_index(const char *rule, uint32_t *index) {
    unsigned number = 0;
    bool is_number = numbered(rule, &number);
    *index = 0;
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++, ++*index)
        if (is_number && kss_hazards[i].number == number)
            return true;
    for (unsigned i = 0; i < kss_language_error_count; i++, ++*index)
        if (is_number && kss_language_errors[i].number == number)
            return true;
    for (unsigned i = 0; i < KSS_SARIF_RULES; i++, ++*index)
        if (strcmp(kss_sarif_rule_names[i], rule) == 0)
            return true;
    return false;
}
