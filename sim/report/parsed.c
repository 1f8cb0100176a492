// SPDX-License-Identifier: MIT
#include "report/parsed.h"

#include <string.h>

#if defined(KSS_JANSSON)

#include <jansson.h>

// A kss_json is a json_t by another name, so that nobody else needs the header.
static json_t *own(const struct kss_parsed *value) {
    return (json_t *)(uintptr_t)value;
}

static struct kss_parsed *ours(json_t *value) {
    return (struct kss_parsed *)(uintptr_t)value;
}

const char *kss_parsed_missing(void) {
    return NULL;
}

static const char *reason(enum json_error_code code) {
    switch (code) {
    case json_error_premature_end_of_input: return "the line ends too early";
    case json_error_end_of_input_expected: return "there is more behind the object";
    case json_error_invalid_utf8: return "this is not UTF-8";
    case json_error_duplicate_key: return "this name was there before";
    case json_error_numeric_overflow: return "this number is too large";
    case json_error_stack_overflow: return "values are nested too deeply";
    case json_error_out_of_memory: return "there is not enough memory for this line";
    default: return "this is not JSON";
    }
}

// Jansson noticed it at the end of a word or number.
static size_t word_begin(const char *bytes, size_t at, size_t length) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    at = at < length ? at : length;
    while (at > 0 && bytes[at - 1] != '\0' && strchr(letters, bytes[at - 1]) != NULL)
        at--;
    return at;
}

struct kss_parsed *kss_parsed_read(const char *bytes, size_t length, const char **why, size_t *at) {
    json_error_t error;
    json_t *document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (document == NULL) {
        *why = reason(json_error_code(&error));
        *at = word_begin(bytes, error.position > 0 ? (size_t)error.position - 1 : 0, length);
    }
    return ours(document);
}

void kss_parsed_free(struct kss_parsed *document) {
    json_decref(own(document));
}

enum kss_parsed_type kss_parsed_type(const struct kss_parsed *value) {
    switch (json_typeof(own(value))) {
    case JSON_OBJECT: return KSS_PARSED_OBJECT;
    case JSON_ARRAY: return KSS_PARSED_ARRAY;
    case JSON_STRING: return KSS_PARSED_STRING;
    case JSON_INTEGER: return KSS_PARSED_INTEGER;
    case JSON_REAL: return KSS_PARSED_REAL;
    case JSON_TRUE:
    case JSON_FALSE: return KSS_PARSED_BOOL;
    default: return KSS_PARSED_NULL;
    }
}

bool kss_parsed_true(const struct kss_parsed *value) {
    return json_is_true(own(value));
}

int64_t kss_parsed_integer(const struct kss_parsed *value) {
    return json_integer_value(own(value));
}

const char *kss_parsed_string(const struct kss_parsed *value, size_t *length) {
    *length = json_string_length(own(value));
    return json_string_value(own(value));
}

size_t kss_parsed_count(const struct kss_parsed *value) {
    return json_is_array(own(value)) ? json_array_size(own(value)) : json_object_size(own(value));
}

struct kss_parsed *kss_parsed_item(const struct kss_parsed *array, size_t index) {
    return ours(json_array_get(own(array), index));
}

struct kss_parsed *kss_parsed_member(const struct kss_parsed *object, const char *name) {
    return ours(json_object_get(own(object), name));
}

const char *kss_parsed_stranger(const struct kss_parsed *object,
                                bool (*known)(const void *context, const char *name),
                                const void *context) {
    const char *name;
    json_t *value;
    json_object_foreach(own(object), name, value) {
        if (!known(context, name))
            return name;
    }
    return NULL;
}

#else

const char *kss_parsed_missing(void) {
    return "this kss was built without Jansson (Debian: libjansson-dev, Homebrew: jansson)";
}

struct kss_parsed *kss_parsed_read(const char *bytes, size_t length, const char **why, size_t *at) {
    (void)bytes;
    (void)length;
    *why = kss_parsed_missing();
    *at = 0;
    return NULL;
}

// Nobody has a value.
void kss_parsed_free(struct kss_parsed *document) {
    (void)document;
}

enum kss_parsed_type kss_parsed_type(const struct kss_parsed *value) {
    (void)value;
    return KSS_PARSED_NULL;
}

bool kss_parsed_true(const struct kss_parsed *value) {
    (void)value;
    return false;
}

int64_t kss_parsed_integer(const struct kss_parsed *value) {
    (void)value;
    return 0;
}

const char *kss_parsed_string(const struct kss_parsed *value, size_t *length) {
    (void)value;
    *length = 0;
    return "";
}

size_t kss_parsed_count(const struct kss_parsed *value) {
    (void)value;
    return 0;
}

struct kss_parsed *kss_parsed_item(const struct kss_parsed *array, size_t index) {
    (void)array;
    (void)index;
    return NULL;
}

struct kss_parsed *kss_parsed_member(const struct kss_parsed *object, const char *name) {
    (void)object;
    (void)name;
    return NULL;
}

const char *kss_parsed_stranger(const struct kss_parsed *object,
                                bool (*known)(const void *context, const char *name),
                                const void *context) {
    (void)object;
    (void)known;
    (void)context;
    return NULL;
}

#endif

// ---- Places -------------------------------------------------------------------------------------

// The text is JSON already: walking it needs no checks but for its end.
struct walk {
    const char *bytes;
    size_t at, length;
};

static void blanks(struct walk *walk) {
    while (walk->at < walk->length && strchr(" \t\r\n", walk->bytes[walk->at]) != NULL)
        walk->at++;
}

static char next(struct walk *walk) {
    blanks(walk);
    return walk->at < walk->length ? walk->bytes[walk->at] : '\0';
}

static void string(struct walk *walk) {
    for (walk->at++; walk->at < walk->length && walk->bytes[walk->at] != '"'; walk->at++)
        walk->at += walk->bytes[walk->at] == '\\';
    walk->at++;
}

static void skip(struct walk *walk) {
    unsigned depth = 0;
    do {
        char c = next(walk);
        if (c == '"') {
            string(walk);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        walk->at++;
        while (depth == 0 && walk->at < walk->length &&
               strchr(",]} \t\r\n", walk->bytes[walk->at]) == NULL && c != '}' && c != ']')
            walk->at++; // the rest of a number or word
    } while (depth > 0 && walk->at < walk->length);
}

static bool is_name(const struct walk *walk, const char *name) {
    size_t length = strlen(name), left = walk->length - walk->at;
    return left > length + 1 && memcmp(walk->bytes + walk->at + 1, name, length) == 0 &&
           walk->bytes[walk->at + 1 + length] == '"';
}

// From the value at [walk] to the one of a step; *place is where that begins. False: there is none.
static bool enter(struct walk *walk, const struct kss_parsed_step *step, size_t *place) {
    char open = next(walk);
    if (open != (step->name != NULL ? '{' : '['))
        return false;
    walk->at++;
    for (size_t index = 0; next(walk) != '}' && next(walk) != ']'; index++) {
        if (walk->at >= walk->length)
            return false;
        size_t begin = walk->at;
        bool found = step->name != NULL ? is_name(walk, step->name) : index == step->index;
        if (step->name != NULL) {
            string(walk);
            next(walk);
            walk->at++; // the colon
        }
        if (found) {
            *place = begin;
            return true;
        }
        skip(walk);
        walk->at += next(walk) == ',';
    }
    return false;
}

static bool follow(struct walk *walk, const struct kss_parsed_step *path, size_t *place) {
    return path == NULL || (follow(walk, path->up, place) && enter(walk, path, place));
}

size_t kss_parsed_place(const char *bytes, size_t length, const struct kss_parsed_step *path) {
    struct walk walk = {bytes, 0, length};
    size_t place = 0;
    follow(&walk, path, &place);
    return place;
}
