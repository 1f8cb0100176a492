// SPDX-License-Identifier: MIT
// Traces, folded stacks, CSV and diagrams of every scenario: what their readers rely on. Slices nest in their lane
// and time goes on in it, arrows have two ends, bytes add up to stacks, rows have their columns, diagrams are
// bounded. tests/formats/traces.sh has them read by other programs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "corpus.h"
#include "report/mermaid.h"
#include "session/session.h"

#include <string.h>

typedef void check(struct kss_session *session, const char *text, size_t length);

static void in_every_scenario(const char *format, check *body) {
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    struct kss_options options = {.all_events = true};
    assert_true(corpus.count > 100);
    for (unsigned i = 0; i < corpus.count; i++) {
        struct kss_session *session = kss_open_file(corpus.paths[i], &options);
        kss_run(session);
        size_t length;
        const char *text = kss_write_format(session, format, &length);
        assert_non_null(text);
        assert_int_equal(length, strlen(text));
        body(session, text, length);
        kss_close(session);
    }
    kss_arena_free(&arena);
}

// ---- Traces ---------------------------------------------------------------------------------------

enum { LANES = 400, DEEP = 2000, ARROWS = 4000 };

struct lane {
    const char *open[DEEP]; // where the names of open slices begin
    unsigned count;
    double last;
};

struct lanes {
    struct lane *lanes;
    uint8_t *begun, *ended; // arrows
};

// What follows [key] in a record of one line.
static const char *field(const char *line, const char *key) {
    const char *end = strchr(line, '\n'), *at = strstr(line, key);
    assert_true(at != NULL && at < end);
    return at + strlen(key);
}

static size_t quoted(const char *at) {
    size_t length = 0;
    for (; at[length] != '"'; length++)
        length += at[length] == '\\';
    return length;
}

static void slice(struct lane *lane, char phase, const char *line) {
    const char *name = field(line, "\"name\":\"");
    if (phase == 'B') {
        assert_true(lane->count < DEEP);
        lane->open[lane->count++] = name;
        return;
    }
    assert_true(lane->count > 0);
    const char *begun = lane->open[--lane->count];
    assert_int_equal(quoted(name), quoted(begun));
    assert_memory_equal(name, begun, quoted(name));
}

static void record(struct lanes *lanes, const char *line) {
    char phase = *field(line, "{\"ph\":\"");
    unsigned long tid = strtoul(field(line, "\"tid\":"), NULL, 10);
    assert_true(tid < LANES);
    if (phase == 's' || phase == 'f') {
        unsigned long id = strtoul(field(line, "\"id\":"), NULL, 10);
        assert_true(id < ARROWS);
        uint8_t *end = phase == 's' ? &lanes->begun[id] : &lanes->ended[id];
        assert_int_equal((*end)++, 0);
        return;
    }
    if (phase == 'M')
        return;
    struct lane *lane = &lanes->lanes[tid];
    double ts = strtod(field(line, "\"ts\":"), NULL);
    assert_true(ts > lane->last);
    lane->last = ts;
    if (phase == 'B' || phase == 'E')
        slice(lane, phase, line);
    else
        assert_true(phase == 'i' || phase == 'C');
    const char *end = strchr(line, '\n');
    assert_true(end[-1] == '}' || (end[-1] == ',' && end[-2] == '}'));
}

static void check_trace(struct kss_session *session, const char *text, size_t length) {
    (void)session;
    (void)length;
    struct lanes lanes = {calloc(LANES, sizeof *lanes.lanes), calloc(ARROWS, 1), calloc(ARROWS, 1)};
    for (unsigned i = 0; i < LANES; i++)
        lanes.lanes[i].last = -1;
    const char *line = strchr(text, '\n') + 1;
    for (; *line == '{'; line = strchr(line, '\n') + 1)
        record(&lanes, line);
    assert_string_equal(line, "]}\n");
    for (unsigned i = 0; i < LANES; i++)
        assert_int_equal(lanes.lanes[i].count, 0);
    assert_memory_equal(lanes.begun, lanes.ended, ARROWS);
    free(lanes.lanes);
    free(lanes.begun);
    free(lanes.ended);
}

static void traces_nest(void **state) {
    (void)state;
    in_every_scenario("perfetto", check_trace);
}

// Many more events at one instant than it has nanoseconds: their order stays, and later ones are not earlier.
static void crowded_instants_stay_in_order(void **state) {
    (void)state;
    const char *source =
        "routine F() frame(0x10) { }\n"
        "thread T { for (int i = 0; i < 200; i++) F(); KeStallExecutionProcessor(1);\n"
        "  for (int i = 0; i < 200; i++) F(); }\n";
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_text("t.kss", source, strlen(source), &options);
    kss_run(session);
    size_t length;
    const char *text = kss_write_format(session, "perfetto", &length);
    check_trace(session, text, length);
    assert_non_null(strstr(text, "\"ts\":1.5")); // pushed beyond 1 us, where its args.t says 10
    kss_close(session);
}

// ---- Folded stacks --------------------------------------------------------------------------------

// All lines together are the bytes of the stacks; what overflowed takes more.
static void check_folded(struct kss_session *session, const char *text, size_t length) {
    const struct kss_digest *digest = kss_session_digest(session);
    uint64_t told = 0, stacks = 0;
    for (const char *line = text; line < text + length;) {
        const char *end = strchr(line, '\n'), *blank = strchr(line, ' ');
        assert_true(end != NULL && blank != NULL && blank > line && blank < end);
        char *behind;
        uint64_t bytes = strtoull(blank + 1, &behind, 10);
        assert_true(behind == end && bytes > 0);
        told += bytes;
        line = end + 1;
    }
    for (uint32_t i = 0; i < digest->stack_count; i++)
        if (digest->stacks[i].ended || digest->stacks[i].overflowed)
            stacks += digest->stacks[i].used + digest->stacks[i].left;
    assert_int_equal(told, stacks);
}

static void folded_bytes_are_the_stacks(void **state) {
    (void)state;
    in_every_scenario("folded", check_folded);
}

// ---- CSV ------------------------------------------------------------------------------------------

// Commas outside of quotes; a row ends in CR LF.
static void check_csv(struct kss_session *session, const char *text, size_t length) {
    (void)session;
    unsigned columns = 0, commas = 0;
    bool quotes = false;
    for (size_t i = 0; i < length; i++) {
        quotes ^= text[i] == '"';
        commas += text[i] == ',' && !quotes;
        if (text[i] != '\n')
            continue;
        assert_false(quotes); // names have no line ends
        assert_true(text[i - 1] == '\r');
        columns = columns == 0 ? commas : columns;
        assert_int_equal(commas, columns);
        commas = 0;
    }
    assert_int_equal(columns, 14);
    assert_true(length > 0 && text[length - 1] == '\n');
}

static void rows_have_their_columns(void **state) {
    (void)state;
    in_every_scenario("csv", check_csv);
}

// ---- Diagrams -------------------------------------------------------------------------------------

static unsigned lines_with(const char *text, const char *words) {
    unsigned count = 0;
    for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words))
        count++;
    return count;
}

static void check_sequence(struct kss_session *session, const char *text, size_t length) {
    (void)session;
    assert_true(length < 50000); // what Mermaid reads at most
    assert_true(lines_with(text, "\n  participant ") > 0);
    assert_true(lines_with(text, "->>") + lines_with(text, "-x") <= KSS_MERMAID_MESSAGES);
}

static void sequences_are_bounded(void **state) {
    (void)state;
    in_every_scenario("mermaid", check_sequence);
    const char *source =
        "KEVENT Go;\nthread T { KeInitializeEvent(&Go, NotificationEvent, FALSE);\n"
        "  for (int i = 0; i < 300; i++) KeSetEvent(&Go, 0, FALSE); }\n";
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_text("t.kss", source, strlen(source), &options);
    kss_run(session);
    const char *text = kss_write_format(session, "mermaid", NULL);
    assert_int_equal(lines_with(text, ": set\n"), 99); // and the thread's end
    assert_non_null(strstr(text, ": 201 more messages\n"));
    kss_close(session);
}

static void check_graph(struct kss_session *session, const char *text, size_t length) {
    (void)length;
    const struct kss_digest *digest = kss_session_digest(session);
    bool overflowed = false;
    for (uint32_t i = 0; i < digest->stack_count; i++)
        overflowed |= digest->stacks[i].overflowed && digest->stacks[i].path_count > 1;
    assert_int_equal(strstr(text, "penwidth=3") != NULL, overflowed);
    assert_int_equal(lines_with(text, "{"), lines_with(text, "}"));
}

static void overflowing_paths_are_marked(void **state) {
    (void)state;
    in_every_scenario("dot", check_graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traces_nest),
        cmocka_unit_test(crowded_instants_stay_in_order),
        cmocka_unit_test(folded_bytes_are_the_stacks),
        cmocka_unit_test(rows_have_their_columns),
        cmocka_unit_test(sequences_are_bounded),
        cmocka_unit_test(overflowing_paths_are_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
