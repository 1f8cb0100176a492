// SPDX-License-Identifier: MIT
// Streams that are broken: each is refused at the place where it is, and nothing of it is reported as whole.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "report/parsed.h"
#include "report/saved.h"
#include "session/session.h"

#include <string.h>

static struct kss_text good; // the lines of one run

static void on_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    (void)log;
    kss_jsonl_event(context, event, &good);
}

static int make_stream(void **state) {
    static const char text[] =
        "// It waits, and looks away.\n"
        "machine x86;\n"
        "KEVENT done;\n"
        "NTSTATUS mydrv!Read(ULONG n) frame(0x40) {\n"
        "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, 20s);\n"
        "    return STATUS_SUCCESS;\n"
        "}\n"
        "thread App { KeInitializeEvent(&done, NotificationEvent, FALSE); mydrv!Read(1); }\n";
    struct kss_session *session = kss_open_text("a.kss", text, strlen(text), NULL);
    struct kss_sheet_entry entry;
    (void)state;
    if (!kss_loaded(session))
        print_error("%s", kss_diagnostics(session));
    assert_true(kss_loaded(session));
    kss_sheet_entry_of(session, &entry);
    struct kss_jsonl *jsonl = kss_jsonl_new(entry.log);
    kss_jsonl_header(jsonl, &entry, &good);
    kss_session_set_stream(session, on_event, jsonl);
    kss_run(session);
    kss_jsonl_free(jsonl);
    kss_close(session);
    return 0;
}

static int free_stream(void **state) {
    (void)state;
    kss_text_free(&good);
    return 0;
}

// What reading [length] bytes comes to: the first diagnostic as people see it, "" for none.
static void read_all(const char *bytes, size_t length, struct kss_text *said, unsigned *runs,
                     int *status) {
    struct kss_saved_options options = {.all_events = true};
    struct kss_saved *saved = kss_saved_open("e.jsonl", bytes, length, &options);
    struct kss_sheet_entry entry;
    *runs = 0;
    *status = KSS_OK;
    while (kss_saved_next(saved, &entry)) {
        ++*runs;
        *status = entry.status;
    }
    assert_true(kss_saved_good(saved) || kss_saved_diags(saved)->errors == 1);
    kss_text_str(said, kss_saved_good(saved) ? kss_saved_cut(saved) ? "cut\n" : "" : "broken\n");
    for (uint32_t i = 0; i < kss_saved_diags(saved)->count; i++)
        kss_diag_print(said, kss_saved_sources(saved), &kss_saved_diags(saved)->items[i], false);
    kss_saved_close(saved);
}

static void expect(const struct kss_text *stream, const char *kind, const char *message,
                   const char *place) {
    struct kss_text said = {0};
    unsigned runs;
    int status;
    read_all(stream->bytes, stream->length, &said, &runs, &status);
    const char *words = said.length > 0 ? said.bytes : "";
    if (strncmp(words, kind, strlen(kind)) != 0 || strstr(words, message) == NULL ||
        strstr(words, place) == NULL)
        fail_msg("expected %s: %s at %s, not:\n%s", kind, message, place, words);
    kss_text_free(&said);
}

// [from] of the good stream becomes [to]; it must be there.
static void broken(const char *from, const char *to, const char *message, const char *place) {
    const char *at = strstr(good.bytes, from);
    if (at == NULL)
        fail_msg("the stream has no %s", from);
    struct kss_text stream = {0};
    kss_text_bytes(&stream, good.bytes, (size_t)(at - good.bytes));
    kss_text_str(&stream, to);
    kss_text_str(&stream, at + strlen(from));
    expect(&stream, "broken", message, place);
    kss_text_free(&stream);
}

static void lines(const char *text, const char *kind, const char *message, const char *place) {
    struct kss_text stream = {0};
    kss_text_str(&stream, text);
    expect(&stream, kind, message, place);
    kss_text_free(&stream);
}

// ---- Lines ------------------------------------------------------------------------------------------

static void the_stream_is_good(void **state) {
    (void)state;
    struct kss_text said = {0};
    unsigned runs;
    int status;
    read_all(good.bytes, good.length, &said, &runs, &status);
    if (said.length > 0)
        fail_msg("%s", said.bytes);
    assert_int_equal(runs, 1);
    assert_int_equal(status, KSS_FAILED);
    read_all("\n \r\n", 4, &said, &runs, &status);
    assert_true(said.length == 0 && runs == 0);
    kss_text_free(&said);
}

static void lines_that_are_no_events(void **state) {
    (void)state;
    lines("this is text\n", "broken", "this is not JSON", "e.jsonl:1:1");
    lines("{\"type\":\"run\" 7}\n", "broken", "this is not JSON", "e.jsonl:1:15");
    lines("[1,2]\n", "broken", "expected an object, not an array", "e.jsonl:1:1");
    lines("{}\n", "broken", "`type` does not say what this is", "e.jsonl:1:1");
    lines("{\"a\":1,\"type\":3}\n", "broken", "`type` does not say what this is", "e.jsonl:1:8");
    lines("{\"type\":\"wait.begun\"}\n", "broken", "unknown event `wait.begun`", "e.jsonl:1:2");
    lines("{\"type\":\"switch\",\"t\":0}\n", "broken", "an event before the first run",
          "e.jsonl:1:2");
    lines("{\"type\":\"run\",\"type\":\"run\"}\n", "broken", "this name was there before",
          "e.jsonl:1:");
    lines("{\"type\":\"\xff\"}\n", "broken", "this is not UTF-8", "e.jsonl:1:");
    lines("{\"type\":\"run\"} {}\n", "broken", "there is more behind the object", "e.jsonl:1:");
    lines("{\"type\":123456789012345678901234567890}\n", "broken", "this number is too large",
          "e.jsonl:1:");
}

static void nested_too_deeply(void **state) {
    (void)state;
    struct kss_text stream = {0};
    kss_text_str(&stream, "{\"type\":");
    kss_text_repeat(&stream, '[', 100000);
    kss_text_char(&stream, '\n');
    expect(&stream, "broken", "values are nested too deeply", "e.jsonl:1:");
    kss_text_free(&stream);
}

static void headers_of_others(void **state) {
    (void)state;
    broken("\"schema\":1", "\"schema\":2", "schema 2: this kss reads schema 1", "e.jsonl:1:15");
    broken("\"tool\":\"kss\"", "\"tool\":\"sks\"", "these are not events of kss", "e.jsonl:1:");
    broken("\"schema\":1,", "", "`schema` is missing", "e.jsonl:1:1");
    broken("\"machine\":{\"name\":\"x86\"", "\"machine\":{\"name\":\"vax\"",
           "unknown machine `vax`", "e.jsonl:1:");
    broken("\"reserve\":528", "\"reserve\":-1", "`reserve` is not 0 to 4294967295", "e.jsonl:1:");
    broken("\"reserve\":528", "\"reserve\":\"528\"", "`reserve` is a string, not an integer",
           "e.jsonl:1:");
    broken("\"swap\":\"balance-set\"", "\"swap\":\"often\"", "is none of balance-set|eager|never",
           "e.jsonl:1:");
    broken("\"verifier\":0,", "", "`verifier` is missing", "e.jsonl:1:");
    broken("\"verifier\":0,", "\"verifier\":0,\"verify\":0,", "unknown field `verify`",
           "e.jsonl:1:");
    broken("\"text\":\"", "\"text\":7,\"x\":\"", "`text` is a number, not a string", "e.jsonl:1:");
    broken("\"name\":\"a.kss\"", "\"name\":\"a\\u0000.kss\"", "`name` has a NUL in it",
           "e.jsonl:1:");
    broken("\"routines\":[", "\"routines\":{\"a\":0},\"r\":[", "`routines` is an object",
           "e.jsonl:1:");
    broken("\"routines\":[{", "\"routines\":[3,{", "expected an object, not a number",
           "e.jsonl:1:");
    broken("\"origin\":\"given\"", "\"origin\":\"guessed\"", "unknown origin `guessed`",
           "e.jsonl:1:");
    broken("\"kind\":\"user\"", "\"kind\":\"fiber\"", "`kind` is none of user|system",
           "e.jsonl:1:");
    broken("\"flags\":0", "\"flags\":0,\"same\":5", "not the first routine of a name",
           "e.jsonl:1:");
    broken("\"line\":4,\"col\":10,\"len\":10", "\"line\":4,\"col\":1600,\"len\":10",
           "this place is not in the source's text", "e.jsonl:1:");
    broken("\"begin\":", "\"begin\":9", "this extent is not in the source's text", "e.jsonl:1:");
}

static void bytes_that_are_not_utf8(void **state) {
    (void)state;
    broken("machine x86;\\n", "machine x86;\\n\",\"not_utf8\":[3,200],\"x\":\"",
           "this is not a list of offsets and bytes", "e.jsonl:1:");
    broken("machine x86;\\n", "\xEF\xBF\xBD\",\"not_utf8\":[29,65],\"x\":\"",
           "this is not a list of offsets and bytes", "e.jsonl:1:");
    broken("machine x86;\\n", "\xEF\xBF\xBD\",\"not_utf8\":[29],\"x\":\"",
           "this is not a list of offsets and bytes", "e.jsonl:1:");
}

// ---- Events -----------------------------------------------------------------------------------------

static void events_with_wrong_values(void **state) {
    (void)state;
    broken("\"t\":0,", "\"t\":-1,", "`t` is not 0 to", "e.jsonl:2:");
    broken("\"t\":0,", "\"t\":0.5,", "`t` is a number with a fraction, not an integer",
           "e.jsonl:2:");
    broken("\"seq\":1,", "\"seq\":0,", "lines are missing or out of order", "e.jsonl:3:");
    broken("\"seq\":1,", "\"seq\":4294967296,", "`seq` is not 0 to 4294967295", "e.jsonl:3:");
    broken("\"t\":200", "\"t\":2", "time goes back", "e.jsonl:");
    broken("\"irql\":0", "\"irql\":32", "`irql` is not 0 to 31", "e.jsonl:2:");
    broken("\"irql\":0,", "", "`irql` is missing", "e.jsonl:2:1");
    broken("\"blocked\":true", "\"blocked\":1", "`blocked` is a number, not true or false",
           "e.jsonl:");
    broken("\"mode\":\"UserMode\"", "\"mode\":\"usermode\"",
           "`mode` is none of KernelMode|UserMode", "e.jsonl:");
    broken("\"STATUS_TIMEOUT\"", "\"STATUS_TIMEOUTS\"",
           "unknown value `STATUS_TIMEOUTS` of NTSTATUS", "e.jsonl:");
    broken("\"STATUS_TIMEOUT\"", "\"0xG\"", "`status` is not 0x and 1 to 16 hex digits",
           "e.jsonl:");
    broken("\"reason\":\"UserRequest\"", "\"reason\":\"STATUS_SUCCESS\"", "of KWAIT_REASON",
           "e.jsonl:");
    broken("\"base\":\"0x", "\"base\":\"0x12345678901234567", "is not 0x and 1 to 16 hex digits",
           "e.jsonl:");
    broken("\"hazard\":\"KSS", "\"hazard\":\"KSS9", "unknown finding `KSS9", "e.jsonl:");
    broken("\"timeout\":", "\"timeoot\":", "unknown field `timeoot`", "e.jsonl:");
    broken("\"what\":\"", "\"what\":null,\"x\":\"", "`what` is null, not a string", "e.jsonl:");
}

static void events_about_nothing(void **state) {
    (void)state;
    broken("\"thread\":\"App\",\"irql\"", "\"thread\":\"Ape\",\"thread_no\":7,\"irql\"",
           "there is no thread `Ape` of that number", "e.jsonl:2:");
    broken("\"to\":\"App\"", "\"to\":\"Ape\"", "there is no thread `Ape`", "e.jsonl:");
    broken("\"routine\":\"mydrv!Read\"", "\"routine\":\"mydrv!Write\"",
           "there is no routine `mydrv!Write`", "e.jsonl:");
    broken("\"routine\":\"mydrv!Read\"", "\"routine\":\"mydrv!Read\",\"routine_no\":99",
           "there is no routine `mydrv!Read` of that number", "e.jsonl:");
    broken("\"routine\":\"KeInitializeEvent\"", "\"routine\":\"KeInitializeEvents\"",
           "unknown NT routine `KeInitializeEvents`", "e.jsonl:");
    broken("\"object\":1,\"name\"", "\"object\":2,\"name\"", "objects are numbered from 1",
           "e.jsonl:");
    broken("\"object\":1,\"mode\"", "\"object\":9,\"mode\"", "there is no object 9", "e.jsonl:");
    broken("\"on_stack\":1", "\"on_stack\":5", "there is no stack 5", "e.jsonl:");
    broken("\"line\":8,\"col\":14,", "\"line\":80,\"col\":14,",
           "this place is not in the source's text", "e.jsonl:");
    broken("\"on_stack\":1", "\"on_stack\":65535", "`on_stack` is not 0 to 65534", "e.jsonl:");
    broken("\"of\":1", "\"of\":8", "there is no finding 8", "e.jsonl:");
}

// ---- Files that end too early -----------------------------------------------------------------------

static void cut_anywhere(void **state) {
    (void)state;
    size_t header = (size_t)(strchr(good.bytes, '\n') - good.bytes) + 1, whole = 0, cut = 0;
    for (size_t length = 0; length <= good.length; length += length < header ? 97 : 13) {
        struct kss_text said = {0};
        unsigned runs;
        int status;
        read_all(good.bytes, length, &said, &runs, &status);
        bool first = length == 0; // nothing at all
        if (first || length >= good.length - 1) {
            assert_int_equal(said.length, 0);
            whole++;
        } else {
            assert_non_null(strstr(said.bytes, "cut\nwarning: "));
            assert_int_equal(runs, length >= header - 1);
            assert_true(runs == 0 || status == KSS_CANNOT_TELL || status == KSS_FAILED);
            cut++;
        }
        kss_text_free(&said);
    }
    assert_true(cut > 50 && whole >= 1);
}

// Each byte in turn is another one: whatever comes of it, nothing breaks, and it is a run only if it still is one.
static void every_byte(void **state) {
    (void)state;
    static const char others[] = {'0', '"', '}', '\n', '\0', '\xC3', '9'};
    char *bytes = malloc(good.length);
    assert_non_null(bytes);
    memcpy(bytes, good.bytes, good.length);
    unsigned refused = 0;
    for (size_t i = 0; i < good.length; i += 7) {
        struct kss_text said = {0};
        unsigned runs;
        int status;
        char was = bytes[i];
        bytes[i] = others[i / 7 % sizeof others];
        read_all(bytes, good.length, &said, &runs, &status);
        refused += said.length > 0;
        kss_text_free(&said);
        bytes[i] = was;
    }
    assert_true(refused > good.length / 7 / 2);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stream_is_good),
        cmocka_unit_test(lines_that_are_no_events),
        cmocka_unit_test(nested_too_deeply),
        cmocka_unit_test(headers_of_others),
        cmocka_unit_test(bytes_that_are_not_utf8),
        cmocka_unit_test(events_with_wrong_values),
        cmocka_unit_test(events_about_nothing),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(every_byte),
    };
    if (kss_parsed_missing() != NULL)
        return 0;
    return cmocka_run_group_tests(tests, make_stream, free_stream);
}
