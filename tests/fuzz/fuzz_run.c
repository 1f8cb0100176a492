// SPDX-License-Identifier: MIT
// Any bytes: what loads runs 100,000 steps without a crash, and in pieces exactly as in one go. With
// every event on nothing changes either.
#include "script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 100000, POOL = 1 << 20 };

struct end {
    uint64_t hash, steps, now;
    enum kss_end end;
};

static void no_event(void *context, struct kss_machine *machine, const struct kss_event *event) {
    (void)context;
    (void)machine;
    (void)event;
}

static uint32_t no_text(void *context, const char *bytes, size_t length) {
    (void)context;
    (void)bytes;
    (void)length;
    return 1;
}

static struct end run(const struct kss_program *program, uint64_t chunk, bool events) {
    struct kss_port port = {.event = no_event, .text = no_text};
    struct kss_config config = program->config;
    struct end end = {0};
    config.profile.nonpaged_pool = config.profile.paged_pool = POOL;
    struct kss_machine *machine = kss_machine_new(&config, &program->image, &port);
    for (unsigned kind = 0; events && kind < KSS_EV_COUNT; kind++)
        kss_want(machine, (enum kss_event_id)kind);
    kss_script_start(program, machine);
    while (kss_ended(machine) == KSS_END_RUNNING && end.steps < STEPS) {
        uint64_t left = STEPS - end.steps;
        end.steps += kss_script_run(program, machine, chunk < left ? chunk : left);
    }
    end.hash = kss_hot_hash(machine);
    end.now = kss_now(machine);
    end.end = kss_ended(machine);
    kss_machine_finish(machine);
    kss_machine_free(machine);
    return end;
}

static void check(const char *what, const struct end *a, const struct end *b) {
    if (a->hash == b->hash && a->steps == b->steps && a->now == b->now && a->end == b->end)
        return;
    fprintf(stderr, "%s: another end\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    struct kss_diags diags = {.arena = &arena};
    uint32_t file = kss_source_add(&sources, "fuzz.kss", (const char *)data, size);
    const struct kss_program *program = kss_script_load(&arena, &sources, file, NULL, &diags);
    if ((program == NULL) != (diags.errors != 0))
        abort();
    for (uint32_t i = 0; i < diags.count; i++)
        if (diags.items[i].has_place &&
            (diags.items[i].primary.span.end > size ||
             diags.items[i].primary.span.begin > diags.items[i].primary.span.end))
            abort();
    if (program != NULL) {
        struct end whole = run(program, UINT64_MAX, false);
        struct end pieces = run(program, 7, false);
        struct end loud = run(program, UINT64_MAX, true);
        check("in pieces", &whole, &pieces);
        check("with events", &whole, &loud);
    }
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return 0;
}
