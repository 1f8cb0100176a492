// SPDX-License-Identifier: MIT
// JSON Lines: every line of every scenario's stream is one JSON object, the header comes first, and
// what is absent is left out.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "corpus.h"
#include "report/sheet.h"
#include "session/session.h"

#include <kss/kss.h>

#include <string.h>

// ---- A JSON recogniser --------------------------------------------------------------------------

static const char *value(const char *at, int depth);

static const char *string(const char *at) {
    if (*at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at != '\\')
            continue;
        at++;
        if (*at == 'u') {
            if (strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                return NULL;
            at += 4;
        } else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
            return NULL;
        }
    }
    return at + 1;
}

static const char *number(const char *at) {
    at += *at == '-';
    size_t digits = strspn(at, "0123456789");
    return digits == 0 || (digits > 1 && *at == '0') ? NULL : at + digits;
}

static const char *members(const char *at, char close, int depth) {
    for (at++; *at != close; at++) {
        if (close == '}') {
            at = string(at);
            if (at == NULL || *at++ != ':')
                return NULL;
        }
        at = value(at, depth + 1);
        if (at == NULL || (*at != ',' && *at != close))
            return NULL;
        if (*at == close)
            break;
    }
    return at + 1;
}

static const char *value(const char *at, int depth) {
    if (depth > 8)
        return NULL;
    if (*at == '{')
        return members(at, '}', depth);
    if (*at == '[')
        return members(at, ']', depth);
    if (*at == '"')
        return string(at);
    if (strncmp(at, "true", 4) == 0)
        return at + 4;
    if (strncmp(at, "false", 5) == 0)
        return at + 5;
    return number(at);
}

static void assert_json_lines(const char *path, const char *text, size_t length) {
    const char *end = text + length;
    assert_true(length > 0 && end[-1] == '\n');
    assert_non_null(strstr(text, "{\"type\":\"run\",\"schema\":1,\"tool\":\"kss\",\"version\":\""));
    for (const char *line = text; line < end;) {
        const char *after = *line == '{' ? value(line, 0) : NULL;
        if (after == NULL || *after != '\n' || strncmp(line, "{\"type\":\"", 9) != 0) {
            print_message("%s: %.300s\n", path, line);
            fail();
        }
        line = after + 1;
    }
}

static void every_line_of_the_corpus_is_json(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    struct kss_options options = {.all_events = true};
    for (unsigned i = 0; i < corpus.count; i++) {
        struct kss_session *session = kss_open_file(corpus.paths[i], &options);
        kss_run(session);
        size_t length;
        const char *text = kss_write_jsonl(session, &length);
        assert_json_lines(corpus.paths[i], text, length);
        kss_close(session);
    }
    assert_true(corpus.count > 50);
    kss_arena_free(&arena);
}

struct stream {
    struct kss_jsonl *jsonl;
    struct kss_text text;
};

static void on_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    struct stream *stream = context;
    (void)log;
    kss_jsonl_event(stream->jsonl, event, &stream->text);
}

// Threads that nt and drivers make are not known when the first line is streamed.
static void written_afterwards_it_is_what_was_streamed(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    struct kss_options options = {.all_events = true};
    for (unsigned i = 0; i < corpus.count; i++) {
        struct kss_session *session = kss_open_file(corpus.paths[i], &options);
        struct kss_sheet_entry entry;
        kss_sheet_entry_of(session, &entry);
        struct stream stream = {.jsonl = kss_jsonl_new(entry.log)};
        kss_jsonl_header(stream.jsonl, &entry, &stream.text);
        kss_session_set_stream(session, on_event, &stream);
        kss_run(session);
        size_t length;
        const char *text = kss_write_jsonl(session, &length);
        if (length != stream.text.length || memcmp(text, stream.text.bytes, length) != 0) {
            print_message("%s: streamed otherwise\n", corpus.paths[i]);
            fail();
        }
        kss_jsonl_free(stream.jsonl);
        kss_text_free(&stream.text);
        kss_close(session);
    }
    assert_true(corpus.count > 50);
    kss_arena_free(&arena);
}

static void odd_names_and_texts_are_escaped(void **state) {
    (void)state;
    const char *text = "// A \"quoted\" \\ teaching\tsentence.\n"
                       "thread App { call \"a \\\\ \\\"b\\\" + 'c'\" frame(0x20) { } "
                       "DbgPrint(\"\\n\\t\\\"\"); }\n";
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_text("odd\"\n.kss", text, strlen(text), &options);
    if (!kss_loaded(session))
        print_message("%s", kss_diagnostics(session));
    assert_true(kss_loaded(session));
    kss_run(session);
    size_t length;
    const char *json = kss_write_jsonl(session, &length);
    assert_json_lines("odd", json, length);
    assert_non_null(strstr(json, "\"name\":\"odd\\\"\\\\x0A.kss\""));
    kss_close(session);
}

// ---- Words --------------------------------------------------------------------------------------

static struct kss_log_thread threads[] = {{.name = "App"}};
static struct kss_log_routine routines[] = {{.module = "drv", .name = "Read"}};

static void one_event(struct kss_event event, const char *expected) {
    struct kss_log log = {
        .threads = threads, .thread_count = 1, .routines = routines, .routine_count = 1};
    struct kss_jsonl *jsonl = kss_jsonl_new(&log);
    struct kss_text out = {0};
    kss_jsonl_event(jsonl, &event, &out);
    assert_string_equal(out.bytes, expected);
    kss_text_free(&out);
    kss_jsonl_free(jsonl);
}

static void words_print_by_kind(void **state) {
    (void)state;
    one_event(
        (struct kss_event){.kind = KSS_EV_CALL,
                           .thread = 0,
                           .time = 12345678901234567890u,
                           .sequence = 4294967295u,
                           .irql = 31,
                           .words = {0, 328, 1004, KSS_ORIGIN_GIVEN}},
        "{\"type\":\"call\",\"t\":12345678901234567890,\"seq\":4294967295,\"thread\":\"App\","
        "\"irql\":31,\"routine\":\"drv!Read\",\"bytes\":328,\"used\":1004,\"origin\":\"given\"}\n");
    one_event((struct kss_event){.kind = KSS_EV_WAIT,
                                 .thread = KSS_NONE,
                                 .words = {0, 1, 6, (uint64_t)-1}},
              "{\"type\":\"wait.begin\",\"t\":0,\"seq\":0,\"irql\":0,\"mode\":\"UserMode\","
              "\"reason\":\"UserRequest\"}\n");
    one_event((struct kss_event){.kind = KSS_EV_SIGNAL,
                                 .thread = KSS_NONE,
                                 .words = {3, (uint64_t)-1, 3, 100}},
              "{\"type\":\"signal\",\"t\":0,\"seq\":0,\"irql\":0,\"object\":3,\"previous\":-1,"
              "\"how\":\"pulse\",\"released\":100}\n");
    one_event(
        (struct kss_event){
            .kind = KSS_EV_BUGCHECK, .thread = KSS_NONE, .words = {0x7F, 8, 0xFFFFF88002000F10, 0}},
        "{\"type\":\"bugcheck\",\"t\":0,\"seq\":0,\"irql\":0,\"code\":\"0x7F\",\"p1\":\"0x8\","
        "\"p2\":\"0xFFFFF88002000F10\",\"p3\":\"0x0\"}\n");
    one_event((struct kss_event){.kind = KSS_EV_NT_CALL,
                                 .thread = KSS_NONE,
                                 .words = {KSS_NT_KeSetEvent, 10, 99, 100}},
              "{\"type\":\"nt.call\",\"t\":0,\"seq\":0,\"irql\":0,\"routine\":\"KeSetEvent\","
              "\"a\":\"0xA\",\"b\":\"0x63\",\"c\":\"0x64\"}\n");
    one_event((struct kss_event){.kind = KSS_EV_WAIT_END,
                                 .thread = KSS_NONE,
                                 .words = {0, 0x102, 1, 150000000}},
              "{\"type\":\"wait.end\",\"t\":0,\"seq\":0,\"irql\":0,\"status\":\"STATUS_TIMEOUT\","
              "\"blocked\":true,\"waited\":150000000}\n");
    one_event((struct kss_event){.kind = KSS_EV_CALL,
                                 .thread = 7,
                                 .words = {9, 0, 0, KSS_ORIGIN_UNKNOWN}},
              "{\"type\":\"call\",\"t\":0,\"seq\":0,\"irql\":0,\"bytes\":0,\"used\":0,"
              "\"origin\":\"unknown\"}\n");
}

static void digits_of_all_lengths(void **state) {
    (void)state;
    uint64_t number = 0;
    for (int digits = 1; digits <= 19; digits++) {
        number = number * 10 + (uint64_t)(digits % 9 + 1);
        struct kss_text expected = {0};
        kss_text_format(&expected,
                        "{\"type\":\"trim\",\"t\":%llu,\"seq\":0,\"irql\":0,\"bytes\":%llu}\n",
                        (unsigned long long)number, (unsigned long long)number);
        one_event(
            (struct kss_event){
                .kind = KSS_EV_TRIM, .thread = KSS_NONE, .time = number, .words = {number}},
            expected.bytes);
        kss_text_free(&expected);
    }
    one_event(
        (struct kss_event){
            .kind = KSS_EV_TRIM, .thread = KSS_NONE, .time = 4294967296u, .words = {100000000000u}},
        "{\"type\":\"trim\",\"t\":4294967296,\"seq\":0,\"irql\":0,\"bytes\":100000000000}\n");
}

// More than a signed integer holds: a hex string, as addresses are.
static void numbers_that_few_readers_take(void **state) {
    (void)state;
    one_event((struct kss_event){.kind = KSS_EV_TRIM, .thread = KSS_NONE, .words = {INT64_MAX}},
              "{\"type\":\"trim\",\"t\":0,\"seq\":0,\"irql\":0,\"bytes\":9223372036854775807}\n");
    one_event(
        (struct kss_event){.kind = KSS_EV_TRIM, .thread = KSS_NONE, .words = {UINT64_MAX}},
        "{\"type\":\"trim\",\"t\":0,\"seq\":0,\"irql\":0,\"bytes\":\"0xFFFFFFFFFFFFFFFF\"}\n");
}

// ---- Names ------------------------------------------------------------------------------------------

// A field stands once in an object: no word has the name of what every event has, nor of another word.
static void fields_have_names_of_their_own(void **state) {
    (void)state;
    static const char *const all[] = {"type", "t",        "seq",  "thread", "thread_no", "irql",
                                      "cpu",  "on_stack", "line", "col",    "len"};
    for (unsigned kind = 0; kind < KSS_EV_COUNT; kind++)
        for (unsigned i = 0; i < KSS_EVENT_WORDS; i++) {
            const char *name = kss_event_kinds[kind].words[i].name;
            if (name == NULL)
                continue;
            for (unsigned k = 0; k < sizeof all / sizeof *all; k++)
                assert_string_not_equal(name, all[k]);
            for (unsigned k = 0; k < i; k++)
                assert_string_not_equal(name, kss_event_kinds[kind].words[k].name);
        }
}

static void every_value_of_an_enumeration_has_its_name(void **state) {
    (void)state;
    one_event(
        (struct kss_event){.kind = KSS_EV_ADAPTER, .thread = KSS_NONE, .words = {10, 0, 0, 0}},
        "{\"type\":\"dma.adapter\",\"t\":0,\"seq\":0,\"irql\":0,\"how\":\"free-channel\","
        "\"address\":\"0x0\",\"bytes\":0}\n");
}

static void names_that_are_not_the_first_have_numbers(void **state) {
    (void)state;
    static struct kss_log_thread twins[] = {{.name = "Worker"}, {.name = "Worker"}};
    static struct kss_log_routine same[] = {{.module = "drv", .name = "Read"},
                                            {.module = "drv", .name = "Read"},
                                            {.module = "", .name = "drv!Read"},
                                            {.module = "nt", .name = "KeSetEvent"}};
    struct kss_log log = {
        .threads = twins, .thread_count = 2, .routines = same, .routine_count = 4};
    struct kss_jsonl *jsonl = kss_jsonl_new(&log);
    struct kss_text out = {0};
    static const char *const expected[] = {"\"routine\":\"drv!Read\"}",
                                           "\"routine\":\"drv!Read\",\"routine_no\":1}",
                                           "\"routine\":\"drv!Read\",\"routine_no\":2}",
                                           "\"routine\":\"nt!KeSetEvent\",\"routine_no\":3}"};
    for (unsigned i = 0; i < 4; i++) {
        struct kss_event event = {
            .kind = KSS_EV_HANDLER, .thread = (uint16_t)(i & 1), .words = {0, i}};
        kss_text_clear(&out);
        kss_jsonl_event(jsonl, &event, &out);
        assert_non_null(strstr(out.bytes, expected[i]));
        bool numbered = strstr(out.bytes, "\"thread\":\"Worker\",\"thread_no\":1,") != NULL;
        assert_int_equal(numbered, i & 1);
    }
    kss_text_free(&out);
    kss_jsonl_free(jsonl);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_of_the_corpus_is_json),
        cmocka_unit_test(written_afterwards_it_is_what_was_streamed),
        cmocka_unit_test(odd_names_and_texts_are_escaped),
        cmocka_unit_test(words_print_by_kind),
        cmocka_unit_test(digits_of_all_lengths),
        cmocka_unit_test(numbers_that_few_readers_take),
        cmocka_unit_test(fields_have_names_of_their_own),
        cmocka_unit_test(every_value_of_an_enumeration_has_its_name),
        cmocka_unit_test(names_that_are_not_the_first_have_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
