// SPDX-License-Identifier: MIT
// Saved events: every report drawn from them is the one drawn from the run, byte for byte, in every format that
// there is, for every scenario of the repository.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "corpus.h"
#include "report/parsed.h"
#include "report/saved.h"
#include "session/session.h"

#include <string.h>

// Text has options; every other format is drawn once.
static const struct kss_text_options looks[] = {
    {.colour = false}, {.verbose = true}, {.why = true}, {.quiet = true}, {.colour = true}};
enum { LOOKS = sizeof looks / sizeof *looks, DRAWINGS = KSS_FORMAT_COUNT - 1 + LOOKS };

struct drawing {
    enum kss_format format;
    const struct kss_text_options *options;
    bool all_events;
    struct kss_sheet sheets[2];
    struct kss_text texts[2]; // from the run, from its events
};

static struct drawing drawings[DRAWINGS];

static void make_drawings(void) {
    unsigned count = 0;
    for (unsigned f = 0; f < KSS_FORMAT_COUNT; f++)
        for (unsigned look = 0; look < (f == KSS_FORMAT_TEXT ? (unsigned)LOOKS : 1u); look++)
            drawings[count++] =
                (struct drawing){.format = (enum kss_format)f,
                                 .options = &looks[look],
                                 .all_events = kss_formats[f].all_events || looks[look].verbose};
    assert_int_equal(count, DRAWINGS);
}

static void begin(struct drawing *drawing) {
    for (unsigned i = 0; i < 2; i++) {
        drawing->sheets[i] = (struct kss_sheet){
            .format = drawing->format, .out = &drawing->texts[i], .text = drawing->options};
        kss_sheet_begin(&drawing->sheets[i]);
    }
}

static void assert_same(struct drawing *drawing, const char *what) {
    const struct kss_text *a = &drawing->texts[0], *b = &drawing->texts[1];
    if (a->length != b->length || (a->length > 0 && memcmp(a->bytes, b->bytes, a->length) != 0)) {
        size_t at = 0;
        while (at < a->length && at < b->length && a->bytes[at] == b->bytes[at])
            at++;
        size_t from = at < 100 ? 0 : at - 100;
        print_error("%s as %s, byte %zu:\nrun:    %.200s\nreport: %.200s\n", what,
                    kss_formats[drawing->format].name, at, a->length > from ? a->bytes + from : "",
                    b->length > from ? b->bytes + from : "");
        fail();
    }
    kss_text_clear(&drawing->texts[0]);
    kss_text_clear(&drawing->texts[1]);
}

static void end(struct drawing *drawing) {
    for (unsigned i = 0; i < 2; i++)
        kss_sheet_end(&drawing->sheets[i]);
    assert_same(drawing, "the end of the document");
    for (unsigned i = 0; i < 2; i++)
        kss_text_free(&drawing->texts[i]);
}

// ---- Inputs -----------------------------------------------------------------------------------------

// What is hard to save: bytes that are no UTF-8, names that look alike, names of nt's own, quotes and ends of
// elements, a device stack whose calls an expectation speaks of.
static const char odd[] = "// caf\xE9 </script> \xC3 \"quoted\" \\ \x7F and a tab\t.\n"
                          "machine x64 { nt_costs = on; }\n"
                          "/* \xF0\x9F\x98 cut \xED\xA0\x80 surrogate */\n"
                          "NTSTATUS drv!Read(ULONG n) frame(0x40) {\n"
                          "    DbgPrint(\"\\xE9\\x01</script>%d\\n\", n); /* \xE9 */\n"
                          "    ASSERT(n == 0);\n"
                          "    ExFreePool(ExAllocatePool2(POOL_FLAG_PAGED, n, 1));\n"
                          "    return STATUS_TIMEOUT;\n"
                          "}\n"
                          "NTSTATUS nt!KeSetEvent(ULONG n) frame(0x80) { return drv!Read(n); }\n"
                          "thread Twin {\n"
                          "    call \"drv!Read\" frame(0x60)\n"
                          "    call \"<b>&amp;\\\"'\" frame(0x60)\n"
                          "    call \"drv!Read\" frame(0x90) { nt!KeSetEvent(1); }\n"
                          "}\n"
                          "expect status drv!Read#2 == STATUS_SUCCESS;\n"
                          "expect stack \"drv!Read\" < 1;\n";

static struct kss_session *open_input(const char *path, const struct kss_options *options) {
    if (strcmp(path, "odd.kss") == 0)
        return kss_open_text(path, odd, sizeof odd - 1, options);
    return kss_open_file(path, options);
}

// ---- A run and its stream ---------------------------------------------------------------------------

struct stream {
    struct kss_jsonl *jsonl;
    struct kss_text text;
};

static void on_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    struct stream *stream = context;
    (void)log;
    kss_jsonl_event(stream->jsonl, event, &stream->text);
}

// Runs a scenario as `kss run --format jsonl` does and returns its lines.
static struct kss_text stream_of(const char *path) {
    struct stream stream = {0};
    struct kss_session *session = open_input(path, NULL);
    struct kss_sheet_entry entry;
    kss_sheet_entry_of(session, &entry);
    if (entry.log == NULL) {
        kss_jsonl_unread(&entry, &stream.text);
    } else {
        stream.jsonl = kss_jsonl_new(entry.log);
        kss_jsonl_header(stream.jsonl, &entry, &stream.text);
        kss_session_set_stream(session, on_event, &stream);
        kss_run(session);
        kss_jsonl_free(stream.jsonl);
    }
    kss_close(session);
    return stream.text;
}

static bool draws(const struct drawing *drawing, bool all_events) {
    return drawing->format != KSS_FORMAT_JSONL && drawing->all_events == all_events;
}

static int draw_run(const char *path, bool all_events) {
    struct kss_options options = {.all_events = all_events};
    struct kss_session *session = open_input(path, &options);
    if (kss_loaded(session)) {
        kss_session_keep_why(session);
        kss_run(session);
    }
    struct kss_sheet_entry entry;
    kss_sheet_entry_of(session, &entry);
    for (unsigned i = 0; i < DRAWINGS; i++)
        if (draws(&drawings[i], all_events))
            kss_sheet_run(&drawings[i].sheets[0], &entry);
    int status = entry.status;
    kss_close(session);
    return status;
}

// The stream again, written while it is read.
struct copy {
    struct kss_jsonl *jsonl;
    struct kss_text text;
};

static void copy_header(void *context, const struct kss_sheet_entry *run) {
    struct copy *copy = context;
    copy->jsonl = kss_jsonl_new(run->log);
    kss_jsonl_header(copy->jsonl, run, &copy->text);
}

static void copy_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    struct copy *copy = context;
    (void)log;
    kss_jsonl_event(copy->jsonl, event, &copy->text);
}

static void assert_copied(const char *path, const struct kss_text *lines, struct copy *copy) {
    if (copy->text.length != lines->length ||
        memcmp(copy->text.bytes, lines->bytes, lines->length) != 0)
        fail_msg("%s: its lines are not what they were", path);
    if (copy->jsonl != NULL)
        kss_jsonl_free(copy->jsonl);
    kss_text_free(&copy->text);
}

static int draw_saved(const char *path, const struct kss_text *lines, bool all_events) {
    struct copy copy = {0};
    struct kss_saved_options options = {.all_events = all_events,
                                        .why = true,
                                        .begin = copy_header,
                                        .event = copy_event,
                                        .context = &copy};
    struct kss_saved *saved = kss_saved_open(path, lines->bytes, lines->length, &options);
    struct kss_sheet_entry entry;
    assert_true(kss_saved_next(saved, &entry));
    for (unsigned i = 0; i < DRAWINGS; i++)
        if (draws(&drawings[i], all_events))
            kss_sheet_run(&drawings[i].sheets[1], &entry);
    if (entry.log == NULL)
        kss_jsonl_unread(&entry, &copy.text);
    assert_copied(path, lines, &copy);
    int status = entry.status;
    assert_false(kss_saved_next(saved, &entry));
    assert_true(kss_saved_good(saved) && !kss_saved_cut(saved));
    kss_saved_close(saved);
    return status;
}

static void every_format(const char *const *paths, unsigned count) {
    for (unsigned i = 0; i < DRAWINGS; i++)
        begin(&drawings[i]);
    for (unsigned c = 0; c < count; c++) {
        const char *path = paths[c];
        struct kss_text lines = stream_of(path);
        for (unsigned all = 0; all < 2; all++)
            assert_int_equal(draw_run(path, all), draw_saved(path, &lines, all));
        for (unsigned i = 0; i < DRAWINGS; i++)
            assert_same(&drawings[i], path);
        kss_text_free(&lines);
    }
    for (unsigned i = 0; i < DRAWINGS; i++)
        end(&drawings[i]);
}

static void every_format_of(const char *folder, unsigned least) {
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, folder);
    assert_true(corpus.count >= least);
    every_format(corpus.paths, corpus.count);
    kss_arena_free(&arena);
}

static void reports_of_odd_texts(void **state) {
    (void)state;
    static const char *const path = "odd.kss";
    if (kss_parsed_missing() != NULL)
        skip();
    struct kss_text lines = stream_of(path);
    assert_non_null(strstr(lines.bytes, "\"routine_no\":"));
    assert_non_null(strstr(lines.bytes, "\"not_utf8\":[6,233,"));
    assert_non_null(strstr(lines.bytes, "\"followed\":true"));
    kss_text_free(&lines);
    every_format(&path, 1);
}

static void reports_of_scenarios(void **state) {
    (void)state;
    if (kss_parsed_missing() != NULL)
        skip();
    every_format_of("scenarios", 200);
}

static void reports_of_inputs_that_do_not_load(void **state) {
    (void)state;
    if (kss_parsed_missing() != NULL)
        skip();
    every_format_of("tests/malformed", 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_of_odd_texts),
        cmocka_unit_test(reports_of_scenarios),
        cmocka_unit_test(reports_of_inputs_that_do_not_load),
    };
    make_drawings();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
