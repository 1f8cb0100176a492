// SPDX-License-Identifier: MIT
// For tests of the scenario language's back: load a text and write its diagnostics down, or run it
// and see what it says.
//
// A scenario speaks through DbgPrint, ASSERT and its end; `said` collects them, one a line:
//     x is 5
//     assert: a == b
//     bugcheck 0xA
#ifndef KSS_TESTS_RUN_RIG_H
#define KSS_TESTS_RUN_RIG_H

#include "script/script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RUN_TEXTS = 4096 };

struct run_rig {
    struct kss_arena arena;
    struct kss_sources sources;
    struct kss_diags diags;
    const struct kss_program *program;
    struct kss_machine *machine;
    struct kss_text said, events; // events: every event that is wanted, as numbers
    char *texts[RUN_TEXTS];
    unsigned text_count;
    uint64_t steps;
};

static inline uint32_t run_text(void *context, const char *bytes, size_t length) {
    struct run_rig *rig = context;
    assert_true(rig->text_count < RUN_TEXTS);
    rig->texts[rig->text_count] = kss_alloc_text(&rig->arena, bytes, length);
    return ++rig->text_count;
}

static inline void run_event(void *context, struct kss_machine *machine,
                             const struct kss_event *event) {
    struct run_rig *rig = context;
    (void)machine;
    kss_text_format(&rig->events, "%u %u %llu:", event->kind, event->place,
                    (unsigned long long)event->time);
    for (unsigned i = 0; i < KSS_EVENT_WORDS; i++)
        kss_text_format(&rig->events, " %llu", (unsigned long long)event->words[i]);
    kss_text_char(&rig->events, '\n');
    if (event->kind == KSS_EV_DBGPRINT) {
        kss_text_str(&rig->said, rig->texts[event->words[0] - 1]);
    } else if (event->kind == KSS_EV_ASSERT) {
        kss_text_format(&rig->said, "assert: %s\n", rig->texts[event->words[0] - 1]);
    } else if (event->kind == KSS_EV_BUGCHECK) {
        kss_text_format(&rig->said, "bugcheck 0x%llX\n", (unsigned long long)event->words[0]);
    } else if (event->kind == KSS_EV_HANG) {
        kss_text_str(&rig->said, "hang\n");
    } else if (event->kind == KSS_EV_SPIN) {
        kss_text_format(&rig->said, "spin %llu\n", (unsigned long long)event->words[1]);
    } else if (event->kind == KSS_EV_STATUS_DROPPED) {
        kss_text_format(&rig->said, "dropped 0x%llX %llu\n", (unsigned long long)event->words[1],
                        (unsigned long long)event->words[2]);
    } else if (event->kind == KSS_EV_PAGED_CODE) {
        kss_text_format(&rig->said, "paged code %llu\n", (unsigned long long)event->words[1]);
    }
}

static inline void run_load(struct run_rig *rig, const char *source, const char *machine) {
    *rig = (struct run_rig){0};
    rig->sources.arena = &rig->arena;
    rig->diags.arena = &rig->arena;
    rig->diags.limit = 100;
    size_t length = strlen(source);
    char *copy = malloc(length + 1); // of exactly that size, so that a sanitizer sees over-reads
    memcpy(copy, source, length);
    uint32_t file = kss_source_add(&rig->sources, "t.kss", copy, length);
    struct kss_script_options options = {.machine = machine, .swap = -1};
    rig->program = kss_script_load(&rig->arena, &rig->sources, file, &options, &rig->diags);
}

static inline void run_free(struct run_rig *rig) {
    kss_machine_free(rig->machine);
    kss_text_free(&rig->said);
    kss_text_free(&rig->events);
    kss_diags_free(&rig->diags);
    free((void *)(uintptr_t)rig->sources.files[0].bytes);
    kss_sources_free(&rig->sources);
    kss_arena_free(&rig->arena);
}

// CODE line:column message {label} [note] one a line, in the order they were found.
static inline const char *run_diagnostics(struct run_rig *rig) {
    kss_text_clear(&rig->said);
    for (uint32_t i = 0; i < rig->diags.count; i++) {
        const struct kss_diag *diag = &rig->diags.items[i];
        uint32_t line, column;
        kss_source_place(&rig->sources, diag->primary.span.file, diag->primary.span.begin, &line,
                         &column);
        kss_text_format(&rig->said, "%s%s %u:%u %s", diag->severity == KSS_ERROR ? "" : "note ",
                        diag->code, line, column, diag->message);
        if (diag->primary.text != NULL)
            kss_text_format(&rig->said, " {%s}", diag->primary.text);
        for (unsigned k = 0; k < diag->cause_count; k++) {
            kss_source_place(&rig->sources, diag->causes[k].span.file, diag->causes[k].span.begin,
                             &line, &column);
            kss_text_format(&rig->said, " <%u:%u %s>", line, column, diag->causes[k].text);
        }
        for (unsigned k = 0; k < diag->note_count; k++)
            kss_text_format(&rig->said, " [%s]", diag->notes[k].text);
        kss_text_char(&rig->said, '\n');
    }
    return rig->said.bytes != NULL ? rig->said.bytes : "";
}

// [chunk] steps at a time, at most [most].
static inline void run_program(struct run_rig *rig, uint64_t chunk, uint64_t most, bool all) {
    if (rig->program == NULL) {
        print_error("%s", run_diagnostics(rig));
        fail_msg("the scenario does not load");
    }
    struct kss_port port = {.context = rig, .event = run_event, .text = run_text};
    rig->machine = kss_machine_new(&rig->program->config, &rig->program->image, &port);
    static const uint8_t spoken[] = {KSS_EV_DBGPRINT,  KSS_EV_ASSERT, KSS_EV_BUGCHECK,
                                     KSS_EV_HANG,      KSS_EV_SPIN,   KSS_EV_STATUS_DROPPED,
                                     KSS_EV_PAGED_CODE};
    for (unsigned i = 0; i < sizeof spoken; i++)
        kss_want(rig->machine, (enum kss_event_id)spoken[i]);
    for (unsigned i = 0; all && i < KSS_EV_COUNT; i++)
        kss_want(rig->machine, (enum kss_event_id)i);
    kss_text_clear(&rig->said);
    kss_script_start(rig->program, rig->machine);
    while (kss_ended(rig->machine) == KSS_END_RUNNING && rig->steps < most)
        rig->steps += kss_script_run(rig->program, rig->machine, chunk);
}

// What [source] says when it runs on [machine] ("x64", NULL: its own).
static inline void assert_says(const char *source, const char *machine, const char *expected) {
    struct run_rig rig;
    run_load(&rig, source, machine);
    run_program(&rig, UINT64_MAX, 10000000, false);
    assert_string_equal(rig.said.bytes != NULL ? rig.said.bytes : "", expected);
    assert_int_not_equal(kss_ended(rig.machine), KSS_END_RUNNING);
    run_free(&rig);
}

// Statements of a thread's body that must run without a false ASSERT, on x86 and on x64.
static inline void assert_holds_on(const char *machine, const char *items, const char *body) {
    struct run_rig rig;
    struct kss_text source = {0};
    kss_text_format(&source, "%s\nthread T { %s\n DbgPrint(\"end\\n\"); }\n", items, body);
    run_load(&rig, source.bytes, machine);
    run_program(&rig, UINT64_MAX, 10000000, false);
    if (rig.said.bytes == NULL || strcmp(rig.said.bytes, "end\n") != 0)
        print_error("on %s: %s\n", machine, source.bytes);
    assert_string_equal(rig.said.bytes, "end\n");
    run_free(&rig);
    kss_text_free(&source);
}

static inline void assert_holds(const char *items, const char *body) {
    assert_holds_on("x86", items, body);
    assert_holds_on("x64", items, body);
}

// The diagnostics of [source], whether or not it loads.
static inline void assert_diagnoses(const char *source, const char *expected) {
    struct run_rig rig;
    run_load(&rig, source, NULL);
    assert_string_equal(run_diagnostics(&rig), expected);
    bool fails = rig.diags.errors != 0;
    assert_int_equal(rig.program == NULL, fails);
    run_free(&rig);
}

// One mistake in the body of a routine: the line begins at column 1 of line 2.
static inline void assert_mistake(const char *line, const char *expected) {
    struct kss_text source = {0};
    kss_text_format(&source, "VOID F(PKEVENT event, LONG number) {\n%s\n}\n", line);
    assert_diagnoses(source.bytes, expected);
    kss_text_free(&source);
}

#endif
