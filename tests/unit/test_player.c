// SPDX-License-Identifier: MIT
// The player's data and its page: replaying the changes gives every scene of the run again, places point at the
// text the page has, and what a run names stays text.
#include "corpus.h"

#include "base/os.h"
#include "report/page.h"
#include "report/parsed.h"
#include "report/player.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct run {
    struct kss_session *session;
    struct kss_arena arena;
    const struct kss_log *log;
    struct kss_digest *digest; // the scene refers to it
    struct kss_scene *scene;
    struct kss_text text;    // the data
    struct kss_parsed *data; // parsed
};

static struct run run_of(const char *path, const char *text, size_t length) {
    struct kss_options options = {.all_events = true};
    struct run run = {0};
    run.session =
        text != NULL ? kss_open_text(path, text, length, &options) : kss_open_file(path, &options);
    kss_run(run.session);
    assert_true(kss_loaded(run.session));
    run.log = kss_session_log(run.session);
    run.digest = KSS_NEW(&run.arena, struct kss_digest);
    *run.digest = kss_digest_make(&run.arena, run.log);
    run.scene = kss_scene_new(run.log, run.digest);
    kss_player_data(run.scene, run.log, run.digest, &run.text);
    const char *why = NULL;
    size_t at = 0;
    run.data = kss_parsed_read(run.text.bytes, run.text.length, &why, &at);
    if (run.data == NULL)
        print_message("%s: %s at %u\n", path, why, (unsigned)at);
    assert_non_null(run.data);
    return run;
}

static void run_free(struct run *run) {
    kss_parsed_free(run->data);
    kss_text_free(&run->text);
    kss_scene_free(run->scene);
    kss_arena_free(&run->arena);
    kss_close(run->session);
}

static struct kss_parsed *member(struct kss_parsed *object, const char *name) {
    struct kss_parsed *found = kss_parsed_member(object, name);
    if (found == NULL)
        print_message("no member %s\n", name);
    assert_non_null(found);
    return found;
}

static const char *string(const struct kss_parsed *value) {
    size_t length;
    return kss_parsed_string(value, &length);
}

// ---- Replaying ------------------------------------------------------------------------------------------

enum { INDEXES = 4096 };

// What a page that knows only the data would hold. A value: a number, or NONE.
#define NONE INT64_MIN
struct frames {
    struct kss_scene_frame *items; // malloc'd
    uint32_t count;
    unsigned room;
};
struct replay {
    int64_t *values[KSS_SCENE_FIELDS];
    struct frames frames[INDEXES];
};

static int64_t read_value(const struct kss_parsed *value) {
    return kss_parsed_type(value) == KSS_PARSED_NULL ? NONE : kss_parsed_integer(value);
}

static struct replay *replay_new(const struct run *run) {
    struct replay *replay = calloc(1, sizeof *replay);
    assert_non_null(replay);
    struct kss_parsed *fields = member(run->data, "fields");
    assert_int_equal(kss_parsed_count(fields), KSS_SCENE_FIELDS);
    for (unsigned i = 0; i < KSS_SCENE_FIELDS; i++) {
        int64_t first = read_value(kss_parsed_item(kss_parsed_item(fields, i), 3));
        replay->values[i] = malloc(sizeof(int64_t) * INDEXES);
        assert_non_null(replay->values[i]);
        for (unsigned k = 0; k < INDEXES; k++)
            replay->values[i][k] = first;
    }
    return replay;
}

static void replay_free(struct replay *replay) {
    for (unsigned i = 0; i < KSS_SCENE_FIELDS; i++)
        free(replay->values[i]);
    for (unsigned i = 0; i < INDEXES; i++)
        free(replay->frames[i].items);
    free(replay);
}

static uint32_t number(const struct kss_parsed *array, size_t at) {
    return (uint32_t)kss_parsed_integer(kss_parsed_item(array, at));
}

static void push(struct frames *frames, const struct kss_parsed *ops, size_t at) {
    KSS_ROOM(frames->items, frames->count, frames->room);
    frames->items[frames->count++] =
        (struct kss_scene_frame){.routine = number(ops, at + 2),
                                 .depth = number(ops, at + 3),
                                 .bytes = number(ops, at + 4),
                                 .origin = (uint8_t)number(ops, at + 5)};
}

static void apply(struct replay *replay, const struct kss_parsed *ops) {
    for (size_t at = 0; at < kss_parsed_count(ops);) {
        uint32_t op = number(ops, at), index = number(ops, at + 1);
        assert_true(index < INDEXES && op <= KSS_SCENE_FIELDS + 1);
        if (op < KSS_SCENE_FIELDS) {
            replay->values[op][index] = read_value(kss_parsed_item(ops, at + 2));
            at += 3;
        } else if (op == KSS_SCENE_FIELDS) {
            push(&replay->frames[index], ops, at);
            at += 6;
        } else {
            assert_true(replay->frames[index].count > 0);
            replay->frames[index].count--;
            at += 2;
        }
    }
}

// A value of the scene as a person reads it, and the same of the replay.
static void same_value(struct run *run, enum kss_scene_field field, uint32_t index,
                       int64_t replayed) {
    uint64_t value = kss_scene_value(run->scene, field, index);
    struct kss_parsed *row = kss_parsed_item(member(run->data, "fields"), field);
    const char *reading = string(kss_parsed_item(row, 2));
    struct kss_text said = {0};
    bool any = value != KSS_SCENE_NOTHING && kss_scene_say(run->scene, field, value, &said);
    if (value == KSS_SCENE_NOTHING || (strcmp(reading, "text") == 0 && !any)) {
        assert_true(replayed == NONE);
    } else if (strcmp(reading, "text") == 0) {
        struct kss_parsed *strings = member(run->data, "strings");
        assert_string_equal(string(kss_parsed_item(strings, (size_t)replayed)), said.bytes);
    } else if (strcmp(reading, "routine") != 0 || value < run->log->routine_count) {
        assert_true(replayed == (int64_t)value);
    }
    kss_text_free(&said);
}

static void same_frames(struct run *run, const struct replay *replay, uint32_t stack) {
    uint32_t count;
    const struct kss_scene_frame *frames = kss_scene_frames(run->scene, stack, &count);
    const struct frames *replayed = &replay->frames[stack];
    assert_int_equal(replayed->count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(replayed->items[i].depth, frames[i].depth);
        assert_int_equal(replayed->items[i].bytes, frames[i].bytes);
        assert_int_equal(replayed->items[i].origin, frames[i].origin);
        struct kss_parsed *routines = member(run->data, "routines");
        assert_true(replayed->items[i].routine < kss_parsed_count(routines));
        if (frames[i].routine < run->log->routine_count)
            assert_int_equal(replayed->items[i].routine, frames[i].routine);
    }
}

static void same_scene(struct run *run, const struct replay *replay) {
    for (unsigned i = 0; i < KSS_SCENE_FIELDS; i++) {
        uint32_t count = kss_scene_count(run->scene, kss_scene_fields[i].thing);
        for (uint32_t k = 0; k < count; k++)
            same_value(run, (enum kss_scene_field)i, k, replay->values[i][k]);
    }
    for (uint32_t i = 0; i < kss_scene_count(run->scene, KSS_SCENE_STACK); i++)
        same_frames(run, replay, i);
}

static void same_step(struct run *run, uint32_t number_of_step, uint64_t *time) {
    struct kss_parsed *steps = member(run->data, "steps");
    *time +=
        (uint64_t)kss_parsed_integer(kss_parsed_item(member(steps, "time"), number_of_step - 1));
    assert_true(*time == kss_scene_step(run->scene, number_of_step)->time);
    struct kss_text said = {0};
    kss_scene_say_step(run->scene, number_of_step, &said);
    uint32_t id = number(member(steps, "say"), number_of_step - 1);
    size_t length;
    const char *text =
        kss_parsed_string(kss_parsed_item(member(run->data, "strings"), id), &length);
    if (said.length == length) // odd bytes have become others
        assert_memory_equal(text, said.bytes, length);
    kss_text_free(&said);
}

static void replays(const char *path) {
    struct run run = run_of(path, NULL, 0);
    struct replay *replay = replay_new(&run);
    struct kss_parsed *changes = member(member(run.data, "steps"), "changes");
    assert_int_equal(kss_parsed_count(changes), kss_scene_steps(run.scene));
    uint64_t time = 0;
    for (uint32_t step = 1; step <= kss_scene_steps(run.scene); step++) {
        kss_scene_go(run.scene, step);
        apply(replay, kss_parsed_item(changes, step - 1));
        same_step(&run, step, &time);
        same_scene(&run, replay);
    }
    replay_free(replay);
    run_free(&run);
}

static void changes_give_every_scene(void **state) {
    (void)state;
    if (kss_parsed_missing() != NULL)
        skip();
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios/lessons");
    for (unsigned i = 0; i < corpus.count; i++)
        replays(corpus.paths[i]);
    assert_true(corpus.count >= 30);
    kss_arena_free(&arena);
}

// ---- Places ---------------------------------------------------------------------------------------------

// The ASCII text of [begin, end) in UTF-16 units of a text that is UTF-8.
static void units(const char *text, size_t length, uint32_t begin, uint32_t end, char *out) {
    uint32_t unit = 0, point;
    for (size_t at = 0; at < length;) {
        unsigned bytes = kss_utf8(text + at, length - at, &point);
        assert_true(bytes > 0);
        if (unit >= begin && unit < end)
            *out++ = bytes == 1 ? text[at] : '?';
        unit += bytes == 4 ? 2 : 1;
        at += bytes;
    }
    *out = '\0';
}

static void places_count_utf16_units(void **state) {
    (void)state;
    if (kss_parsed_missing() != NULL)
        skip();
    static const char text[] =
        "// \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xFF\xFE odd, more than 64 bytes "
        "of it \xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80\r\n"
        "thread App { /* \xF0\x9F\x98\x80 */ call drv!Read frame(0x20) { KeGetCurrentIrql(); } }\n";
    struct run run = run_of("odd.kss", text, sizeof text - 1);
    struct kss_parsed *steps = member(run.data, "steps"), *places = member(run.data, "places");
    size_t length;
    const char *source = kss_parsed_string(member(run.data, "source"), &length);
    unsigned found = 0;
    for (size_t i = 0; i < kss_parsed_count(member(steps, "place")); i++) {
        uint32_t place = number(member(steps, "place"), i);
        char piece[256];
        units(source, length, number(places, 2 * place), number(places, 2 * place + 1), piece);
        found += strcmp(piece, "KeGetCurrentIrql()") == 0;
    }
    assert_true(found > 0);
    run_free(&run);
}

// ---- Text stays text ------------------------------------------------------------------------------------

// What a name may hold, and what only comments and names of files may.
#define EVIL "</script><!--]]><b id=evil>&amp;\xE2\x80\xA8"
#define ODD  "\x01\xFF"

static void assert_utf8(const char *text, size_t length) {
    uint32_t point;
    for (size_t at = 0; at < length;) {
        unsigned bytes = kss_utf8(text + at, length - at, &point);
        assert_true(bytes > 0);
        assert_true(point >= 0x20 || point == '\n' || point == '\t');
        at += bytes;
    }
}

static unsigned occurrences(const char *text, const char *what) {
    unsigned count = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        count++;
    return count;
}

static void names_stay_text(void **state) {
    (void)state;
    static const char text[] =
        "// " ODD EVIL "\n"
        "thread App { call \"" EVIL "\" frame(0x20) { DbgPrint(\"" EVIL "\"); "
        "KeSetEvent(0, 0, FALSE); } }\n";
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_text(ODD EVIL ".kss", text, sizeof text - 1, &options);
    if (!kss_loaded(session))
        print_message("%s", kss_diagnostics(session));
    assert_true(kss_loaded(session));
    kss_run(session);
    size_t length;
    const char *data = kss_write_format(session, "player", &length);
    assert_null(memchr(data, '<', length));
    assert_non_null(strstr(data, "\\u003C/script>\\u003C!--]]>\\u003Cb id=evil>&amp;\xE2\x80\xA8"));
    assert_utf8(data, length);
    const char *page = kss_write_format(session, "html", &length);
    assert_utf8(page, length);
    assert_int_equal(occurrences(page, "</script"), 3);
    assert_int_equal(occurrences(page, "<!--"), 0);
    assert_int_equal(occurrences(page, "<b id=evil"), 0);
    assert_non_null(strstr(page, "&lt;b id=evil&gt;&amp;amp;"));
    kss_close(session);
}

// ---- The page -------------------------------------------------------------------------------------------

static void the_shell_is_small(void **state) {
    (void)state;
    size_t total = 0;
    for (const struct kss_embedded *file = kss_page_files; file->name != NULL; file++)
        total += file->length;
    print_message("the page without a run: %u bytes\n", (unsigned)total);
    assert_true(total > 20000 && total < 60000);
    // these would end the elements that hold them
    assert_null(strstr(kss_embedded_named(kss_page_files, "player.js")->text, "</s"));
    assert_null(strstr(kss_embedded_named(kss_page_files, "player.css")->text, "</s"));
}

static void a_page_needs_nothing_else(void **state) {
    (void)state;
    struct kss_options options = {.all_events = true};
    struct kss_session *session =
        kss_open_file("scenarios/lessons/16-user-mode-wait.kss", &options);
    kss_run(session);
    size_t length;
    const char *page = kss_write_format(session, "html", &length);
    assert_true(length < 300 * 1024);
    // the one address is the name of a language
    assert_int_equal(occurrences(page, "http:"), occurrences(page, "http://www.w3.org/2000/svg"));
    assert_int_equal(occurrences(page, "https:"), 0);
    assert_int_equal(occurrences(page, " src="), 0);
    assert_int_equal(occurrences(page, "@import"), 0);
    assert_int_equal(occurrences(page, "default-src 'none'"), 1);
    assert_int_equal(occurrences(page, "script-src 'sha256-"), 1);
    assert_int_equal(occurrences(page, "{{"), 0);
    kss_close(session);
}

static void many_steps_stay_small(void **state) {
    (void)state;
    static const char text[] = "routine drv!Leaf(PKEVENT event) frame(0x40) { KeSetEvent(event, 0, "
                               "FALSE); KeClearEvent(event); }\n"
                               "routine drv!Work() frame(0x100) { KEVENT event; int i;\n"
                               "  KeInitializeEvent(&event, NotificationEvent, FALSE);\n"
                               "  for (i = 0; i < 3400; i++) drv!Leaf(&event); }\n"
                               "thread App { drv!Work(); }\n";
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_text("loop.kss", text, sizeof text - 1, &options);
    kss_run(session);
    assert_true(kss_event_count(session) > 20000);
    size_t length;
    kss_write_format(session, "html", &length);
    assert_true(length < 2 * 1024 * 1024);
    kss_close(session);
}

static void what_did_not_load_has_a_page(void **state) {
    (void)state;
    static const char text[] = "thread App { <b>; }\n";
    struct kss_session *session = kss_open_text("bad.kss", text, sizeof text - 1, NULL);
    assert_false(kss_loaded(session));
    size_t length;
    assert_string_equal(kss_write_format(session, "player", &length), "");
    const char *page = kss_write_format(session, "html", &length);
    assert_non_null(strstr(page, "bad.kss:1:"));
    assert_non_null(strstr(page, "thread App { &lt;b&gt;; }"));
    assert_non_null(strstr(page, "id=\"kss-data\"></script>"));
    kss_close(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_give_every_scene),
        cmocka_unit_test(places_count_utf16_units),
        cmocka_unit_test(names_stay_text),
        cmocka_unit_test(the_shell_is_small),
        cmocka_unit_test(a_page_needs_nothing_else),
        cmocka_unit_test(many_steps_stay_small),
        cmocka_unit_test(what_did_not_load_has_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
