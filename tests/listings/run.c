// SPDX-License-Identifier: MIT
// Every listing of this folder, judged: what kss_listing_read and kss_listing_judge say must be what the
// heading of the file expects (README.md has the keys). Then the verdict is replayed as a scenario, and the
// text is judged once more in five disguises that do not change its meaning.
//
//   heading, text --read, judge--> verdict --= expect lines? --scenario--> kss_run: KSS_OK, bug check or none
//             \--disguise, read, judge--> the same verdict?
//
// A file that differs says so with its name and key, and the rest goes on: one run shows them all.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/os.h"
#include "base/text.h"
#include "frames/listing.h"
#include "kss/kss.h"

#define FOLDER "tests/listings"

enum { PAIRS = 40, JUDGEMENTS = 8, LEAST_FILES = 100 };

struct pair {
    const char *key, *value;
};

struct judgement { // an expect line with those that add to it
    struct pair pairs[PAIRS];
    unsigned count;
};

struct file {
    struct kss_arena *arena;
    const char *name;
    const char *bytes;
    size_t length;
    struct judgement judgements[JUDGEMENTS];
    unsigned count;
    bool labelled; // says whether it is invented or from where
};

static unsigned differences;

static void differs(const char *name, const char *key, const char *expected, const char *got) {
    print_error("%s: %s: expected %s, got %s\n", name, key, expected, got);
    differences++;
}

// ---- The heading ----------------------------------------------------------------------------------

static const char *value_of(const struct judgement *judgement, const char *key) {
    for (unsigned i = 0; i < judgement->count; i++)
        if (strcmp(judgement->pairs[i].key, key) == 0)
            return judgement->pairs[i].value;
    return NULL;
}

static void expect_line(struct file *file, char *line) {
    bool first = true;
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');
        if (equals == NULL)
            fail_msg("%s: expect: \"%s\" is no key=value", file->name, word);
        *equals = '\0';
        if (first && (file->count == 0 || strcmp(word, "pick") == 0 ||
                      strncmp(word, "given-", strlen("given-")) == 0))
            file->count++;
        first = false;
        assert_in_range(file->count, 1, JUDGEMENTS);
        struct judgement *judgement = &file->judgements[file->count - 1];
        if (value_of(judgement, word) != NULL)
            fail_msg("%s: expect: %s is there twice", file->name, word);
        assert_true(judgement->count < PAIRS);
        judgement->pairs[judgement->count++] = (struct pair){word, equals + 1};
    }
}

// The heading is ASCII whatever the encoding: without NUL bytes and marks it is plain text.
static void read_heading(struct file *file) {
    static const char expect[] = "# expect: ", invented[] = "# invented",
                      public[] = "# From public threads, frame facts only";
    char *plain = kss_alloc(file->arena, file->length + 1);
    size_t length = 0;
    for (size_t i = 0; i < file->length; i++)
        if (file->bytes[i] != '\0' && ((unsigned char)file->bytes[i] & 0x80) == 0)
            plain[length++] = file->bytes[i];
    plain[length] = '\0';
    for (char *line = plain; *line == '#';) {
        char *end = line + strcspn(line, "\r\n");
        char *next = end + (end[0] == '\r' && end[1] == '\n' ? 2 : *end != '\0');
        *end = '\0';
        if (strncmp(line, expect, strlen(expect)) == 0)
            expect_line(file, line + strlen(expect));
        else if (strcmp(line, invented) == 0 || strncmp(line, public, strlen(public)) == 0)
            file->labelled = true;
        line = next;
    }
}

// ---- Judging --------------------------------------------------------------------------------------

struct judged {
    struct kss_listing listing;
    struct kss_listing_verdict verdict;
};

static uint64_t number(const char *text) {
    return strtoull(text, NULL, 0);
}

static struct judged judge(const struct file *file, const char *bytes, size_t length,
                           const struct judgement *judgement) {
    struct judged judged = {.listing = kss_listing_read(file->arena, file->name, bytes, length)};
    struct kss_listing_options options = {0};
    const char *pick = value_of(judgement, "pick"), *base = value_of(judgement, "given-base"),
               *limit = value_of(judgement, "given-limit");
    if (base != NULL)
        options.base = number(base);
    if (limit != NULL)
        options.limit = number(limit);
    if (pick != NULL && number(pick) <= 1000)
        options.stack = (uint32_t)number(pick);
    for (uint32_t i = 0; pick != NULL && i < judged.listing.stack_count; i++)
        if (judged.listing.stacks[i].base.value == number(pick))
            options.stack = i + 1;
    judged.verdict = kss_listing_judge(file->arena, &judged.listing, &options);
    return judged;
}

static const char *answer_of(const struct judged *judged) {
    static const char *const names[] = {"overflow", "not-overflow", "cannot-tell"};
    return judged->verdict.stack == UINT32_MAX ? "none" : names[judged->verdict.answer];
}

// The stack the verdict is about; without a verdict the first one.
static const struct kss_listed_stack *stack_of(const struct judged *judged) {
    uint32_t index = judged->verdict.stack == UINT32_MAX ? 0 : judged->verdict.stack;
    return index < judged->listing.stack_count ? &judged->listing.stacks[index] : NULL;
}

static void put(struct kss_text *got, bool known, uint64_t value) {
    if (known)
        kss_text_hex(got, value);
    else
        kss_text_str(got, "none");
}

// ---- What a key says ------------------------------------------------------------------------------

static bool figure(const struct judged *judged, const char *key, struct kss_text *got) {
    const struct kss_listing_verdict *verdict = &judged->verdict;
    const struct kss_listed_stack *stack = stack_of(judged);
    const struct {
        const char *key;
        bool known;
        uint64_t value;
    } figures[] = {
        {"used", verdict->has_used, verdict->used},
        {"span", verdict->span > 0, verdict->span},
        {"unlisted", verdict->has_base && verdict->has_sp, verdict->unlisted},
        {"base", verdict->has_base, verdict->base},
        {"limit", verdict->has_limit, verdict->limit},
        {"sp", verdict->has_sp, verdict->sp},
        {"turns", verdict->has_period, verdict->recursion.turns},
        {"segments", true, verdict->segment_count},
        {"stacks", true, judged->listing.stack_count},
        {"rows", stack != NULL, stack != NULL ? stack->count : 0},
        {"bugcheck", judged->listing.bugcheck.code.line > 0, judged->listing.bugcheck.code.value},
        {"p1", judged->listing.bugcheck.count > 0, judged->listing.bugcheck.parameters[0].value},
        {"p2", judged->listing.bugcheck.count > 1, judged->listing.bugcheck.parameters[1].value},
        {"p3", judged->listing.bugcheck.count > 2, judged->listing.bugcheck.parameters[2].value},
        {"p4", judged->listing.bugcheck.count > 3, judged->listing.bugcheck.parameters[3].value},
        {"exit", true,
         verdict->stack == UINT32_MAX                 ? KSS_BAD_INPUT
         : verdict->answer == KSS_LISTING_CANNOT_TELL ? KSS_CANNOT_TELL
                                                      : KSS_OK},
    };
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
        if (strcmp(figures[i].key, key) == 0) {
            put(got, figures[i].known, figures[i].value);
            return true;
        }
    return false;
}

static bool word(const struct judged *judged, const char *key, struct kss_text *got) {
    const struct kss_listing_verdict *verdict = &judged->verdict;
    const struct kss_listed_stack *stack = stack_of(judged);
    if (strcmp(key, "arch") == 0)
        kss_text_str(got, stack == NULL || !stack->arch_known ? "none"
                          : stack->arch == KSS_ARCH_X64       ? "x64"
                          : stack->arch == KSS_ARCH_X86       ? "x86"
                                                              : "other");
    else if (strcmp(key, "layout") == 0)
        kss_text_str(got,
                     stack == NULL ? "none"
                     : stack->layout == KSS_LAYOUT_NO_POINTER || stack->layout == KSS_LAYOUT_STACKS
                         ? "no-pointer"
                         : "pointer");
    else if (strcmp(key, "segment") == 0)
        kss_text_str(got, verdict->segment < verdict->segment_count
                              ? verdict->segments[verdict->segment].what
                              : "none");
    else if (strcmp(key, "period") == 0 && verdict->has_period) {
        kss_text_hex(got, verdict->recursion.bytes);
        kss_text_format(got, "/%u", (unsigned)verdict->recursion.frames);
    } else if (strcmp(key, "period") == 0)
        kss_text_str(got, "none");
    else
        return false;
    return true;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool holds(const char *text, const char *needle) {
    size_t length = strlen(needle);
    for (; text != NULL && *text != '\0'; text++) {
        size_t i = 0;
        while (i < length && lower(text[i]) == lower(needle[i]))
            i++;
        if (i == length)
            return true;
    }
    return false;
}

// Keys whose value occurs in some text.
static bool said(const struct judged *judged, const char *key, const char *value, bool *found) {
    const struct kss_listing_verdict *verdict = &judged->verdict;
    const struct kss_listed_stack *stack = stack_of(judged);
    bool says = strcmp(key, "says") == 0, reason = says || strcmp(key, "reason") == 0,
         evidence = says || strcmp(key, "evidence") == 0;
    *found = says && holds(verdict->headline, value);
    if (strcmp(key, "state") == 0) {
        *found = stack != NULL && holds(stack->state, value);
        return true;
    }
    for (uint32_t i = 0; reason && i < verdict->reason_count; i++)
        *found |= holds(verdict->reasons[i], value);
    for (uint32_t i = 0; evidence && i < verdict->evidence_count; i++)
        *found |= holds(verdict->evidence[i].text, value);
    return reason || evidence;
}

// "rosempio:0x60,CLASSPNP" against as many modules as are named.
static void check_modules(const struct file *file, const struct judged *judged, const char *value) {
    const struct kss_listing_verdict *verdict = &judged->verdict;
    struct kss_text got = {0};
    const char *at = value;
    for (uint32_t i = 0; *at != '\0'; i++) {
        size_t length = strcspn(at, ",");
        bool sized = memchr(at, ':', length) != NULL;
        if (got.length > 0)
            kss_text_char(&got, ',');
        if (i < verdict->module_count) {
            kss_text_str(&got, verdict->modules[i].name);
            if (sized) {
                kss_text_char(&got, ':');
                kss_text_hex(&got, verdict->modules[i].bytes);
            }
        }
        at += length + (at[length] == ',');
    }
    if (got.bytes == NULL || strcmp(got.bytes, value) != 0)
        differs(file->name, "modules", value, got.bytes != NULL ? got.bytes : "none");
    kss_text_free(&got);
}

static bool equal(const char *expected, const char *got) {
    return strcmp(expected, got) == 0 ||
           (expected[0] >= '0' && expected[0] <= '9' && strchr(expected, '/') == NULL &&
            got[0] == '0' && number(expected) == number(got));
}

static bool one_of(const char *alternatives, const char *word) {
    size_t length = strlen(word);
    for (const char *at = alternatives;;) {
        size_t here = strcspn(at, "/");
        if (here == length && strncmp(at, word, length) == 0)
            return true;
        if (at[here] == '\0')
            return false;
        at += here + 1;
    }
}

static void check(const struct file *file, const struct judged *judged, const struct pair *pair) {
    static const char *const orders[] = {"pick", "given-base", "given-limit", "replay"};
    struct kss_text got = {0};
    bool found;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (strcmp(pair->key, orders[i]) == 0)
            return;
    if (strcmp(pair->key, "verdict") == 0) {
        if (!one_of(pair->value, answer_of(judged)))
            differs(file->name, pair->key, pair->value, answer_of(judged));
    } else if (strcmp(pair->key, "modules") == 0) {
        check_modules(file, judged, pair->value);
    } else if (strcmp(pair->key, "span-at-most") == 0) {
        put(&got, true, judged->verdict.span);
        if (judged->verdict.span > number(pair->value))
            differs(file->name, pair->key, pair->value, got.bytes);
    } else if (figure(judged, pair->key, &got) || word(judged, pair->key, &got)) {
        if (!equal(pair->value, got.bytes))
            differs(file->name, pair->key, pair->value, got.bytes);
    } else if (said(judged, pair->key, pair->value, &found)) {
        if (!found)
            differs(file->name, pair->key, pair->value, "nothing of it");
    } else {
        differs(file->name, pair->key, "a key of README.md", "this");
    }
    kss_text_free(&got);
}

// ---- Replaying ------------------------------------------------------------------------------------

static void replay(const struct file *file, const struct judged *judged, bool wanted) {
    struct kss_text scenario = {0};
    kss_listing_scenario(&judged->listing, &judged->verdict, &scenario);
    if (scenario.length == 0) {
        if (wanted)
            differs(file->name, "replay", "a scenario", "none");
        kss_text_free(&scenario);
        return;
    }
    struct kss_session *session = kss_open_text(file->name, scenario.bytes, scenario.length, NULL);
    struct kss_verdict run;
    if (!kss_loaded(session)) {
        differs(file->name, "replay", "a scenario that loads", kss_diagnostics(session));
    } else {
        if (kss_run(session) != KSS_OK)
            differs(file->name, "replay", "its expectations met",
                    kss_write_text(session, false, NULL));
        kss_verdict(session, &run);
        bool overflow = judged->verdict.answer == KSS_LISTING_OVERFLOW;
        if (overflow != run.bugchecked && judged->verdict.answer != KSS_LISTING_CANNOT_TELL)
            differs(file->name, "replay", overflow ? "a bug check" : "no bug check", run.end);
    }
    kss_close(session);
    kss_text_free(&scenario);
}

// The other two forms: the report holds the headline, the last record is the verdict.
static void written(const struct file *file, const struct judged *judged) {
    struct kss_text text = {0}, json = {0}, begin = {0};
    if (judged->verdict.stack == UINT32_MAX)
        return;
    kss_listing_text(&judged->listing, &judged->verdict, false, &text);
    kss_listing_jsonl(&judged->listing, &judged->verdict, &json);
    if (text.length == 0 || !holds(text.bytes, judged->verdict.headline))
        differs(file->name, "report", judged->verdict.headline, "a report without it");
    kss_text_format(&begin, "{\"type\":\"verdict\",\"verdict\":\"%s\"", answer_of(judged));
    size_t last = json.length > 0 ? json.length - 1 : 0;
    while (last > 0 && json.bytes[last - 1] != '\n')
        last--;
    if (json.length == 0 || strncmp(json.bytes + last, begin.bytes, begin.length) != 0)
        differs(file->name, "jsonl", begin.bytes, json.length > 0 ? json.bytes + last : "nothing");
    kss_text_free(&text);
    kss_text_free(&json);
    kss_text_free(&begin);
}

// ---- Disguises ------------------------------------------------------------------------------------

static void each_line(const char *bytes, size_t length, const char *before, const char *after,
                      struct kss_text *out) {
    for (size_t i = 0; i < length;) {
        size_t end = i;
        while (end < length && bytes[end] != '\n')
            end++;
        kss_text_str(out, before);
        kss_text_bytes(out, bytes + i, end - i);
        kss_text_str(out, after);
        kss_text_char(out, '\n');
        i = end + 1;
    }
}

static void with_crlf(const char *bytes, size_t length, struct kss_text *out) {
    each_line(bytes, length, "", "\r", out);
}

static void quoted(const char *bytes, size_t length, struct kss_text *out) {
    each_line(bytes, length, "> ", "", out);
}

static void with_blanks(const char *bytes, size_t length, struct kss_text *out) {
    each_line(bytes, length, "", "  \t ", out);
}

static void without_backticks(const char *bytes, size_t length, struct kss_text *out) {
    for (size_t i = 0; i < length; i++) {
        bool escape = bytes[i] == '\\' && i + 1 < length && bytes[i + 1] == '`';
        if (bytes[i] != '`' && !escape)
            kss_text_char(out, bytes[i]);
    }
}

// The texts hold nothing beyond U+07FF.
static void as_utf16(const char *bytes, size_t length, struct kss_text *out) {
    kss_text_bytes(out, "\xFF\xFE", 2);
    for (size_t i = 0; i < length; i++) {
        unsigned code = (unsigned char)bytes[i];
        if (code >= 0x80 && i + 1 < length)
            code = (code & 0x1F) << 6 | ((unsigned char)bytes[++i] & 0x3F);
        kss_text_char(out, (char)(code & 0xFF));
        kss_text_char(out, (char)(code >> 8));
    }
}

// The text with LF at the line ends and without its mark, or NULL if it is not in bytes.
static const char *plain_text(const struct file *file, size_t *length) {
    if (memchr(file->bytes, '\0', file->length) != NULL)
        return NULL;
    char *plain = kss_alloc(file->arena, file->length + 1);
    size_t i = file->length >= 3 && memcmp(file->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (*length = 0; i < file->length; i++) {
        bool pair = file->bytes[i] == '\r' && i + 1 < file->length && file->bytes[i + 1] == '\n';
        if (!pair)
            plain[(*length)++] = file->bytes[i] == '\r' ? '\n' : file->bytes[i];
    }
    return plain;
}

static void same(const struct file *file, const char *disguise, const struct judged *a,
                 const struct judged *b) {
    static const char *const keys[] = {"used", "span",     "unlisted", "base",   "limit", "sp",
                                       "rows", "segments", "stacks",   "period", "turns"};
    struct kss_text name = {0};
    kss_text_format(&name, "%s, %s", file->name, disguise);
    if (strcmp(answer_of(a), answer_of(b)) != 0)
        differs(name.bytes, "verdict", answer_of(a), answer_of(b));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct kss_text one = {0}, other = {0};
        if (!figure(a, keys[i], &one))
            word(a, keys[i], &one);
        if (!figure(b, keys[i], &other))
            word(b, keys[i], &other);
        if (strcmp(one.bytes, other.bytes) != 0)
            differs(name.bytes, keys[i], one.bytes, other.bytes);
        kss_text_free(&one);
        kss_text_free(&other);
    }
    for (uint32_t i = 0; i < a->verdict.module_count && i < b->verdict.module_count; i++)
        if (strcmp(a->verdict.modules[i].name, b->verdict.modules[i].name) != 0 ||
            a->verdict.modules[i].bytes != b->verdict.modules[i].bytes)
            differs(name.bytes, "modules", a->verdict.modules[i].name, b->verdict.modules[i].name);
    kss_text_free(&name);
}

static void disguise(const struct file *file, const struct judgement *judgement,
                     const struct judged *judged) {
    static const struct {
        const char *name;
        void (*make)(const char *, size_t, struct kss_text *);
    } disguises[] = {
        {"CR LF", with_crlf},
        {"UTF-16", as_utf16},
        {"quoted", quoted},
        {"blanks at the line ends", with_blanks},
        {"no backticks", without_backticks},
    };
    size_t length;
    const char *plain = plain_text(file, &length);
    if (plain == NULL)
        return;
    for (size_t i = 0; i < sizeof disguises / sizeof *disguises; i++) {
        struct kss_text text = {0};
        disguises[i].make(plain, length, &text);
        struct judged other = judge(file, text.bytes, text.length, judgement);
        same(file, disguises[i].name, judged, &other);
        kss_text_free(&text);
    }
}

// ---- The test -------------------------------------------------------------------------------------

static void check_file(struct file *file) {
    read_heading(file);
    if (!file->labelled)
        differs(file->name, "heading", "invented, or the public threads", "neither");
    if (file->count == 0)
        differs(file->name, "heading", "an expect line", "none");
    for (unsigned i = 0; i < file->count; i++) {
        const struct judgement *judgement = &file->judgements[i];
        if (value_of(judgement, "verdict") == NULL)
            differs(file->name, "heading", "a verdict", "none");
        struct judged judged = judge(file, file->bytes, file->length, judgement);
        for (unsigned k = 0; k < judgement->count; k++)
            check(file, &judged, &judgement->pairs[k]);
        if (strcmp(answer_of(&judged), "none") != 0)
            replay(file, &judged, value_of(judgement, "replay") == NULL);
        written(file, &judged);
        disguise(file, judgement, &judged);
    }
}

static void listings(void **state) {
    (void)state;
    struct kss_arena names_arena = {0};
    char **names;
    size_t count;
    unsigned files = 0;
    const char *only = getenv("KSS_LISTING"); // one file, while one works on it
    assert_null(kss_os_list(&names_arena, FOLDER, &names, &count));
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        if (length < 4 || strcmp(names[i] + length - 4, ".txt") != 0)
            continue;
        files++;
        if (only != NULL && strcmp(only, names[i]) != 0)
            continue;
        struct kss_arena arena = {0};
        struct kss_text path = {0};
        char *bytes;
        struct file file = {.arena = &arena, .name = names[i]};
        kss_text_format(&path, "%s/%s", FOLDER, names[i]);
        assert_null(kss_os_read(&arena, path.bytes, &bytes, &file.length));
        file.bytes = bytes;
        check_file(&file);
        kss_text_free(&path);
        kss_arena_free(&arena);
    }
    kss_arena_free(&names_arena);
    assert_true(files >= LEAST_FILES);
    if (differences > 0)
        fail_msg("%u differences", differences);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(listings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
