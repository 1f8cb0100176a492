// SPDX-License-Identifier: MIT
// Fields of a JSON object, taken one by one and checked.
#include "report/saved_private.h"

#include <stdarg.h>

static const char *type_name(const struct kss_parsed *value) {
    static const char *const names[] = {
        [KSS_PARSED_NULL] = "null",        [KSS_PARSED_BOOL] = "a truth value",
        [KSS_PARSED_INTEGER] = "a number", [KSS_PARSED_REAL] = "a number with a fraction",
        [KSS_PARSED_STRING] = "a string",  [KSS_PARSED_ARRAY] = "an array",
        [KSS_PARSED_OBJECT] = "an object"};
    return names[kss_parsed_type(value)];
}

void kss_fields_fail(struct kss_fields *fields, const char *name, const char *format, ...) {
    struct kss_parsed_step step = {.up = fields->path, .name = name};
    struct kss_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    kss_text_format_list(&text, format, arguments);
    va_end(arguments);
    kss_saved_fail(fields->saved, name != NULL ? &step : fields->path, "%s", text.bytes);
    kss_text_free(&text);
}

void kss_fields_open(struct kss_fields *fields, struct kss_saved *saved,
                     const struct kss_parsed *value, const struct kss_parsed_step *path) {
    *fields = (struct kss_fields){.saved = saved, .object = value, .path = path};
    if (!saved->failed && kss_parsed_type(value) != KSS_PARSED_OBJECT)
        kss_saved_fail(saved, path, "expected an object, not %s", type_name(value));
}

static bool is_taken(const void *context, const char *name) {
    const struct kss_fields *fields = context;
    for (unsigned i = 0; i < fields->count; i++)
        if (strcmp(fields->names[i], name) == 0)
            return true;
    return false;
}

void kss_fields_close(struct kss_fields *fields) {
    if (fields->saved->failed || fields->taken == kss_parsed_count(fields->object))
        return;
    const char *stranger = kss_parsed_stranger(fields->object, is_taken, fields);
    if (stranger != NULL)
        kss_fields_fail(fields, stranger, "unknown field `%.40s`", stranger);
}

// ---- Values -------------------------------------------------------------------------------------

const struct kss_parsed *kss_field(struct kss_fields *fields, const char *name) {
    if (fields->saved->failed)
        return NULL;
    const struct kss_parsed *value = kss_parsed_member(fields->object, name);
    if (fields->count < KSS_FIELDS)
        fields->names[fields->count++] = name;
    fields->taken += value != NULL;
    return value;
}

static const struct kss_parsed *needed(struct kss_fields *fields, const char *name) {
    const struct kss_parsed *value = kss_field(fields, name);
    if (value == NULL)
        kss_fields_fail(fields, NULL, "`%s` is missing", name);
    return value;
}

static bool is(struct kss_fields *fields, const char *name, const struct kss_parsed *value,
               enum kss_parsed_type type, const char *what) {
    if (value != NULL && kss_parsed_type(value) != type)
        kss_fields_fail(fields, name, "`%s` is %s, not %s", name, type_name(value), what);
    return value != NULL && !fields->saved->failed;
}

static bool hex_digits(const char *text, size_t length, uint64_t *value) {
    *value = 0;
    if (length < 3 || length > 18 || text[0] != '0' || text[1] != 'x')
        return false;
    for (size_t i = 2; i < length; i++) {
        char c = text[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                                                : 16;
        if (digit == 16)
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

static uint64_t hex(struct kss_fields *fields, const char *name, const struct kss_parsed *value) {
    size_t length;
    uint64_t number = 0;
    if (!is(fields, name, value, KSS_PARSED_STRING, "a hex string"))
        return 0;
    const char *text = kss_parsed_string(value, &length);
    if (!hex_digits(text, length, &number))
        kss_fields_fail(fields, name, "`%s` is not 0x and 1 to 16 hex digits", name);
    return number;
}

// What an integer of JSON cannot hold is a hex string.
static uint64_t number(struct kss_fields *fields, const char *name, const struct kss_parsed *value,
                       uint64_t most) {
    uint64_t result;
    if (value == NULL)
        return 0;
    if (most > INT64_MAX && kss_parsed_type(value) == KSS_PARSED_STRING) {
        result = hex(fields, name, value);
    } else {
        if (!is(fields, name, value, KSS_PARSED_INTEGER, "an integer"))
            return 0;
        int64_t given = kss_parsed_integer(value);
        result = given < 0 ? UINT64_MAX : (uint64_t)given;
        if (given < 0 || result > most)
            kss_fields_fail(fields, name, "`%s` is not 0 to %llu", name, (unsigned long long)most);
    }
    return fields->saved->failed ? 0 : result;
}

uint64_t kss_field_number(struct kss_fields *fields, const char *name, uint64_t most) {
    return number(fields, name, needed(fields, name), most);
}

uint64_t kss_field_number_or(struct kss_fields *fields, const char *name, uint64_t most,
                             uint64_t otherwise) {
    const struct kss_parsed *value = kss_field(fields, name);
    return value == NULL ? otherwise : number(fields, name, value, most);
}

int64_t kss_field_signed(struct kss_fields *fields, const char *name, int64_t least, int64_t most) {
    const struct kss_parsed *value = needed(fields, name);
    if (!is(fields, name, value, KSS_PARSED_INTEGER, "an integer"))
        return 0;
    int64_t given = kss_parsed_integer(value);
    if (given < least || given > most) {
        kss_fields_fail(fields, name, "`%s` is not %lld to %lld", name, (long long)least,
                        (long long)most);
        return 0;
    }
    return given;
}

uint64_t kss_field_hex(struct kss_fields *fields, const char *name) {
    return hex(fields, name, needed(fields, name));
}

static bool truth(struct kss_fields *fields, const char *name, const struct kss_parsed *value) {
    return is(fields, name, value, KSS_PARSED_BOOL, "true or false") && kss_parsed_true(value);
}

bool kss_field_bool(struct kss_fields *fields, const char *name) {
    return truth(fields, name, needed(fields, name));
}

bool kss_field_flag(struct kss_fields *fields, const char *name) {
    return truth(fields, name, kss_field(fields, name));
}

unsigned kss_field_one_of(struct kss_fields *fields, const char *name, const char *values) {
    const struct kss_parsed *value = needed(fields, name);
    if (!is(fields, name, value, KSS_PARSED_STRING, "a string"))
        return 0;
    size_t length, given;
    const char *text = kss_parsed_string(value, &given), *one;
    for (unsigned i = 0; (one = kss_enum_name(values, i, &length)) != NULL; i++)
        if (length == given && memcmp(one, text, length) == 0)
            return i;
    kss_fields_fail(fields, name, "`%s` is none of %s", name, values);
    return 0;
}

// ---- Texts --------------------------------------------------------------------------------------

static const char *text(struct kss_fields *fields, const char *name, const struct kss_parsed *value,
                        size_t *length) {
    *length = 0;
    if (!is(fields, name, value, KSS_PARSED_STRING, "a string"))
        return "";
    const char *bytes = kss_parsed_string(value, length);
    return kss_alloc_text(&fields->saved->run.arena, bytes, *length);
}

const char *kss_field_text(struct kss_fields *fields, const char *name, size_t *length) {
    return text(fields, name, needed(fields, name), length);
}

static const char *without_nul(struct kss_fields *fields, const char *name,
                               const struct kss_parsed *value) {
    size_t length;
    const char *bytes = text(fields, name, value, &length);
    if (strlen(bytes) != length)
        kss_fields_fail(fields, name, "`%s` has a NUL in it", name);
    return kss_utf8_text(&fields->saved->run.arena, bytes, &length);
}

const char *kss_field_name(struct kss_fields *fields, const char *name) {
    return without_nul(fields, name, needed(fields, name));
}

const char *kss_field_name_or_null(struct kss_fields *fields, const char *name) {
    const struct kss_parsed *value = kss_field(fields, name);
    return value == NULL ? NULL : without_nul(fields, name, value);
}

const struct kss_parsed *kss_field_array(struct kss_fields *fields, const char *name,
                                         size_t *count) {
    const struct kss_parsed *value = kss_field(fields, name);
    *count = 0;
    if (is(fields, name, value, KSS_PARSED_ARRAY, "an array"))
        *count = kss_parsed_count(value);
    return value;
}
