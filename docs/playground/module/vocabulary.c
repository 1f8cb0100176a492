// SPDX-License-Identifier: MIT
// The words of the language from its own tables, so that what the editor colours and completes is what this
// module knows.
#include "module.h"

#include "cli/describe.h"
#include "kss/kss.h"
#include "nt/nt.h"
#include "script/lex.h"

// Rows are arrays: what stands where is said at each.

// [spelling, KSS_IS_* properties]
static void words(struct kss_json *json) {
    static const struct {
        const char *spelling;
        unsigned properties;
    } rows[] = {
#define WORD(id, spelling, properties) {spelling, properties},
#include "script/words.def"
#undef WORD
    };
    kss_json_open_flat(json, "words", '[');
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kss_json_open_flat(json, NULL, '[');
        kss_json_string(json, NULL, rows[i].spelling);
        kss_json_number(json, NULL, rows[i].properties);
        kss_json_close(json);
    }
    kss_json_close(json);
}

// [name, prototype, IRQL, what it may do, modes, parameter names...]
static void routine(const struct kss_routine *row, struct kss_json *json) {
    struct kss_text text = {0};
    kss_json_open_flat(json, NULL, '[');
    kss_json_string(json, NULL, row->name);
    kss_describe_prototype(row, &text);
    kss_json_string(json, NULL, text.bytes);
    kss_text_clear(&text);
    kss_describe_irql(row, &text);
    kss_json_string(json, NULL, text.bytes);
    kss_text_clear(&text);
    kss_describe_can(row, &text);
    kss_json_string(json, NULL, text.length > 0 ? text.bytes : "");
    kss_json_number(json, NULL, row->modes);
    for (unsigned i = 0; i < row->parameter_count; i++)
        kss_json_string(json, NULL, row->parameters[i].name);
    kss_json_close(json);
    kss_text_free(&text);
}

static void routines(struct kss_json *json) {
    kss_json_open_flat(json, "routines", '[');
    for (int i = 0; i < KSS_NT_COUNT; i++)
        routine(&kss_routines[i], json);
    kss_json_close(json);
}

static void types_and_constants(struct kss_json *json) {
    kss_json_open_flat(json, "types", '[');
    for (unsigned i = 0; i < kss_type_count; i++)
        kss_json_string(json, NULL, kss_types[i].name);
    kss_json_close(json);
    kss_json_open_flat(json, "constants", '['); // [name, type]
    for (unsigned i = 0; i < kss_constant_count; i++) {
        kss_json_open_flat(json, NULL, '[');
        kss_json_string(json, NULL, kss_constants[i].name);
        kss_json_string(json, NULL, kss_constants[i].type != NULL ? kss_constants[i].type : "");
        kss_json_close(json);
    }
    kss_json_close(json);
}

static void hazards_and_bugchecks(struct kss_json *json) {
    kss_json_open_flat(json, "hazards", '['); // [number, name, what it means]
    for (int i = 0; i < KSS_HAZARD_COUNT; i++) {
        kss_json_open_flat(json, NULL, '[');
        kss_json_number(json, NULL, kss_hazards[i].number);
        kss_json_string(json, NULL, kss_hazards[i].name);
        kss_json_string(json, NULL, kss_hazards[i].text);
        kss_json_close(json);
    }
    kss_json_close(json);
    kss_json_open_flat(json, "bugchecks", '['); // [code, name]
    for (unsigned i = 0; i < kss_bugcheck_count; i++) {
        kss_json_open_flat(json, NULL, '[');
        kss_json_number(json, NULL, kss_bugchecks[i].code);
        kss_json_string(json, NULL, kss_bugchecks[i].name);
        kss_json_close(json);
    }
    kss_json_close(json);
}

static void machines(struct kss_json *json) {
    kss_json_open_flat(json, "machines", '[');
    for (unsigned i = 0; i < kss_profile_count; i++)
        kss_json_string(json, NULL, kss_profiles[i].name);
    kss_json_close(json);
}

void kss_module_vocabulary(struct kss_text *out) {
    struct kss_json document = {.out = out}, *json = &document;
    kss_json_open_flat(json, NULL, '{');
    kss_json_string(json, "version", kss_version());
    machines(json);
    words(json);
    routines(json);
    types_and_constants(json);
    hazards_and_bugchecks(json);
    kss_json_close(json);
}
