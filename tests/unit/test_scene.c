// SPDX-License-Identifier: MIT
// Scenes against the events they are made of, over every scenario of the repository: a mistake of the stream or
// of the scenes breaks one of these.
#include "corpus.h"

#include "base/os.h"
#include "report/scene_private.h"
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
};

static struct run run_of(const char *path, const char *text, const char *machine) {
    struct kss_options options = {.all_events = true, .machine = machine};
    struct run run = {0};
    run.session = text != NULL ? kss_open_text(path, text, strlen(text), &options)
                               : kss_open_file(path, &options);
    kss_run(run.session);
    run.log = kss_session_log(run.session);
    run.digest = KSS_NEW(&run.arena, struct kss_digest);
    *run.digest = kss_digest_make(&run.arena, run.log);
    run.scene = kss_scene_new(run.log, run.digest);
    return run;
}

static void run_free(struct run *run) {
    kss_scene_free(run->scene);
    kss_arena_free(&run->arena);
    kss_close(run->session);
}

static void over_corpus(void (*look)(struct run *run, const char *path)) {
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    for (unsigned i = 0; i < corpus.count; i++) {
        struct run run = run_of(corpus.paths[i], NULL, NULL);
        assert_true(kss_loaded(run.session));
        look(&run, corpus.paths[i]);
        run_free(&run);
    }
    assert_true(corpus.count > 250);
    kss_arena_free(&arena);
}

// [what] must be equal; says where it is not.
static void same(const struct run *run, const char *path, uint32_t event, const char *what,
                 uint64_t is, uint64_t should) {
    if (is == should)
        return;
    struct kss_text text = {0};
    kss_log_words(run->log, &run->log->events[event], &text);
    fail_msg("%s, event %u (%s%s): %s is %llu, not %llu", path, run->log->events[event].sequence,
             kss_event_kinds[run->log->events[event].kind].name,
             text.bytes != NULL ? text.bytes : "", what, (unsigned long long)is,
             (unsigned long long)should);
}

#define VALUE(field, index) kss_scene_value(run->scene, KSS_SCENE_##field, (uint32_t)(index))

static void test_every_kind_is_decided(void **state) {
    (void)state;
    for (unsigned i = 0; i < KSS_EV_COUNT; i++)
        if (kss_step_rows[i].say == NULL)
            fail_msg("steps.def has no row for %s", kss_event_kinds[i].name);
}

// ---- Each event against the moment right after it -----------------------------------------------
static const struct kss_scene_frame *top_of(const struct run *run, uint32_t stack) {
    uint32_t count;
    const struct kss_scene_frame *frames = kss_scene_frames(run->scene, stack, &count);
    return count == 0 ? NULL : &frames[count - 1];
}

static void check_frames(const struct run *run, const char *path, uint32_t event, uint32_t stack) {
    uint32_t count, depth = 0;
    const struct kss_scene_frame *frames = kss_scene_frames(run->scene, stack, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            same(run, path, event, "the upper edge of a frame", frames[i].depth - frames[i].bytes,
                 depth);
        depth = frames[i].depth;
    }
    if (count > 0)
        same(run, path, event, "the innermost frame's depth", depth, VALUE(STACK_USED, stack));
}

static void before_event(const struct run *run, const char *path, uint32_t i) {
    const struct kss_event *e = &run->log->events[i];
    const struct kss_scene_frame *top = top_of(run, e->stack);
    switch (e->kind) {
    case KSS_EV_CALL:
        same(run, path, i, "used before the call", VALUE(STACK_USED, e->stack),
             e->words[2] - e->words[1]);
        break;
    case KSS_EV_RETURN:
    case KSS_EV_UNWIND:
        assert_non_null(top);
        same(run, path, i, "the routine on top", top->routine, e->words[0]);
        same(run, path, i, "used below the frame", top->depth - top->bytes, e->words[1]);
        break;
    case KSS_EV_NT_FRAME:
        if (e->words[3] != 0) {
            assert_non_null(top);
            same(run, path, i, "nt's frame on top", top->routine, (uint32_t)e->words[0]);
        }
        same(run, path, i, "used before nt's frame", VALUE(STACK_USED, e->stack),
             e->words[3] ? e->words[2] + e->words[1] : e->words[2] - e->words[1]);
        break;
    case KSS_EV_OUTSWAP:
        same(run, path, i, "the thread's state", VALUE(THREAD_STATE, e->words[0]), 3);
        break;
    case KSS_EV_SWITCH:
        same(run, path, i, "the thread's state", VALUE(THREAD_STATE, e->words[0]), 1);
        break;
    case KSS_EV_WAIT_END:
    case KSS_EV_WAIT_BLOCK:
    case KSS_EV_PARK:
        if (e->thread != KSS_NONE)
            same(run, path, i, "the thread's state", VALUE(THREAD_STATE, e->thread), 2);
        break;
    default: break;
    }
}

static bool at_rest(unsigned kind) {
    return kind == KSS_EV_DEEPEST || kind == KSS_EV_PATH || kind >= KSS_EV_FINDING ||
           kind == KSS_EV_THREAD || kind == KSS_EV_STACK;
}

static bool leaves(unsigned kind) {
    return kind == KSS_EV_WAIT_BLOCK || kind == KSS_EV_PARK || kind == KSS_EV_THREAD_EXIT ||
           kind == KSS_EV_DPC_DONE || kind == KSS_EV_INTERRUPT_DONE;
}

static void after_event(const struct run *run, const char *path, uint32_t i) {
    const struct kss_event *e = &run->log->events[i];
    if (e->thread != KSS_NONE && !at_rest(e->kind) && !leaves(e->kind))
        same(run, path, i, "the state of the running thread", VALUE(THREAD_STATE, e->thread), 2);
    if (e->stack != 0 && !at_rest(e->kind))
        check_frames(run, path, i, e->stack);
    switch (e->kind) {
    case KSS_EV_CALL:
        same(run, path, i, "used", VALUE(STACK_USED, e->stack), e->words[2]);
        same(run, path, i, "the routine at work", VALUE(CPU_ROUTINE, e->cpu), e->words[0]);
        break;
    case KSS_EV_RETURN:
    case KSS_EV_UNWIND: same(run, path, i, "used", VALUE(STACK_USED, e->stack), e->words[1]); break;
    case KSS_EV_NT_CALL:
        same(run, path, i, "the NT routine at work", VALUE(CPU_NT, e->cpu), e->words[0]);
        break;
    case KSS_EV_OVERFLOW:
        same(run, path, i, "used", VALUE(STACK_USED, e->words[0]), e->words[1]);
        same(run, path, i, "bytes", VALUE(STACK_BYTES, e->words[0]), e->words[1] - e->words[2]);
        break;
    case KSS_EV_STACK_CLEAR:
        assert_null(top_of(run, (uint32_t)e->words[0]));
        same(run, path, i, "used", VALUE(STACK_USED, e->words[0]), e->words[1]);
        break;
    case KSS_EV_DEEPEST: {
        uint64_t deepest = VALUE(STACK_DEEPEST, e->words[0]), bytes = e->words[1] + e->words[2];
        if (deepest <= bytes) // what crossed is not in it
            same(run, path, i, "the deepest use", deepest, e->words[1]);
        break;
    }
    default: break;
    }
}

static bool dpc_stack(const struct run *run, uint64_t stack) {
    return VALUE(STACK_KIND, stack) == 1 || VALUE(STACK_KIND, stack) == 2;
}

// In a DPC or an interrupt the processor works at DISPATCH_LEVEL or above; on a DPC's stack it is in one.
static void check_processors(const struct run *run, const char *path, uint32_t i) {
    for (uint32_t cpu = 0; cpu < kss_scene_count(run->scene, KSS_SCENE_CPU); cpu++) {
        uint64_t state = VALUE(CPU_STATE, cpu), stack = VALUE(CPU_STACK, cpu);
        if (state == 0)
            same(run, path, i, "the thread of an idle processor", VALUE(CPU_THREAD, cpu),
                 KSS_SCENE_NOTHING);
        if (stack != KSS_SCENE_NOTHING && dpc_stack(run, stack))
            same(run, path, i, "in a DPC or an interrupt", state >= 2, 1);
    }
}

// What interrupts goes back to what it interrupted.
struct nest {
    uint64_t stack, irql;
    uint32_t count;
};

static void check_nesting(const struct run *run, const char *path, uint32_t i, struct nest *nest,
                          bool before) {
    const struct kss_event *e = &run->log->events[i];
    bool enters = e->kind == KSS_EV_DPC_RUN || e->kind == KSS_EV_INTERRUPT;
    if (before && enters) {
        nest[++nest->count].stack = VALUE(CPU_STACK, e->cpu);
        nest[nest->count].irql = e->irql;
    } else if (!before && (e->kind == KSS_EV_DPC_DONE || e->kind == KSS_EV_INTERRUPT_DONE)) {
        assert_true(nest->count > 0);
        same(run, path, i, "the stack gone back to", VALUE(CPU_STACK, e->cpu),
             nest[nest->count].stack);
        same(run, path, i, "the IRQL gone back to", VALUE(CPU_IRQL, e->cpu),
             nest[nest->count].irql);
        nest->count--;
    }
}

// Out exactly between its events.
static void check_residency(const struct run *run, const char *path, uint32_t i, bool *out) {
    const struct kss_event *e = &run->log->events[i];
    if (e->kind == KSS_EV_OUTSWAP || e->kind == KSS_EV_INSWAP)
        out[e->words[0]] = e->kind == KSS_EV_OUTSWAP;
    for (uint32_t stack = 1; stack < kss_scene_count(run->scene, KSS_SCENE_STACK); stack++) {
        uint64_t thread = VALUE(STACK_THREAD, stack), state = VALUE(STACK_STATE, stack);
        if (thread != KSS_SCENE_NOTHING && state != 3)
            same(run, path, i, "a stack is out", state == 2, out[thread]);
    }
}

static void look_at_events(struct run *run, const char *path) {
    bool *out = calloc(run->log->thread_count + 1u, sizeof *out);
    struct nest nests[8][KSS_SCENE_NESTED + 1] = {{{0}}};
    for (uint32_t step = 1; step <= kss_scene_steps(run->scene); step++) {
        const struct kss_scene_step *s = kss_scene_step(run->scene, step);
        for (uint32_t i = s->first; i < s->last; i++) {
            struct nest *nest = nests[run->log->events[i].cpu];
            before_event(run, path, i);
            check_nesting(run, path, i, nest, true);
            kss_scene_apply(run->scene, i);
            after_event(run, path, i);
            check_nesting(run, path, i, nest, false);
            check_processors(run, path, i);
            check_residency(run, path, i, out);
        }
    }
    free(out);
}

static void test_events(void **state) {
    (void)state;
    over_corpus(look_at_events);
}

// ---- Steps --------------------------------------------------------------------------------------
static void look_at_steps(struct run *run, const char *path) {
    uint32_t next = 0;
    struct kss_text text = {0};
    for (uint32_t step = 1; step <= kss_scene_steps(run->scene); step++) {
        const struct kss_scene_step *s = kss_scene_step(run->scene, step);
        if (s->first != next || s->last <= s->first || s->event < s->first || s->event >= s->last)
            fail_msg("%s: step %u does not go on where the one before it ended", path, step);
        next = s->last;
        kss_text_clear(&text);
        kss_scene_say_step(run->scene, step, &text);
        if (text.length == 0 || strpbrk(text.bytes, "{}") != NULL || strchr(text.bytes, '\n'))
            fail_msg("%s: step %u says \"%s\"", path, step, text.bytes ? text.bytes : "");
        assert_int_equal(kss_scene_at(run->scene, s->time) >= step, 1);
    }
    if (next != run->log->count)
        fail_msg("%s: steps hold %u of %u events", path, next, run->log->count);
    kss_text_free(&text);
}

static void test_steps(void **state) {
    (void)state;
    over_corpus(look_at_steps);
}

// ---- Back and forth -----------------------------------------------------------------------------
static void describe(const struct kss_scene *scene, struct kss_text *out) {
    kss_text_clear(out);
    for (int field = 0; field < KSS_SCENE_FIELDS; field++)
        for (uint32_t i = 0; i < kss_scene_count(scene, kss_scene_fields[field].thing); i++)
            kss_text_format(
                out, "%d.%u %llu\n", field, i,
                (unsigned long long)kss_scene_value(scene, (enum kss_scene_field)field, i));
    for (uint32_t i = 0; i < kss_scene_count(scene, KSS_SCENE_STACK); i++) {
        uint32_t count;
        const struct kss_scene_frame *frames = kss_scene_frames(scene, i, &count);
        const struct kss_scene_lane *lane = &scene->state.lanes[i];
        for (uint32_t k = 0; k < count; k++)
            kss_text_format(out, "%u: %u %u %u %u\n", i, frames[k].routine, frames[k].depth,
                            frames[k].bytes, frames[k].origin);
        for (uint32_t k = 0; k < lane->nt_count; k++)
            kss_text_format(out, "%u nt %u %u\n", i, lane->nts[k].routine, lane->nts[k].frames);
        for (uint32_t k = 0; k < lane->object_count; k++)
            kss_text_format(out, "%u object %u\n", i, lane->objects[k]);
        kss_text_format(out, "%u below %u\n", i, lane->below);
    }
    for (uint32_t i = 0; i < scene->state.cpu_count; i++)
        kss_text_format(out, "nested %u %u %u\n", scene->state.cpus[i].nested,
                        scene->state.cpus[i].dpcs, scene->state.cpus[i].interrupts);
}

static void look_back(struct run *run, const char *path) {
    struct kss_scene *other = kss_scene_new(run->log, run->digest);
    struct kss_text a = {0}, b = {0};
    uint32_t last = kss_scene_steps(run->scene), seed = 1;
    for (unsigned i = 0; i < 24; i++) {
        seed = seed * 1103515245u + 12345u;
        uint32_t step = last == 0 ? 0 : (seed >> 8) % (last + 1);
        kss_scene_go(run->scene, i % 3 == 0 ? last : step / 2);
        kss_scene_go(run->scene, step);
        kss_scene_go(other, 0);
        for (uint32_t at = 1; at <= step; at++)
            kss_scene_go(other, at);
        assert_int_equal(kss_scene_now(run->scene), step);
        describe(run->scene, &a);
        describe(other, &b);
        if (a.length != b.length || memcmp(a.bytes, b.bytes, a.length) != 0)
            fail_msg("%s: step %u is not the same on two ways", path, step);
    }
    kss_text_free(&a);
    kss_text_free(&b);
    kss_scene_free(other);
}

static void test_back_and_forth(void **state) {
    (void)state;
    over_corpus(look_back);
}

// ---- Changes are all there is -------------------------------------------------------------------
struct mirror {
    struct run *run;
    uint64_t *values[KSS_SCENE_FIELDS];
    unsigned rooms[KSS_SCENE_FIELDS];
    uint32_t *depths; // per stack: frames
    unsigned depth_room;
};

static void mirror_change(void *context, const struct kss_scene_change *change) {
    struct mirror *mirror = context;
    uint32_t i = change->index;
    if (change->what != KSS_CHANGE_SET) {
        KSS_ROOM(mirror->depths, i, mirror->depth_room);
        mirror->depths[i] += change->what == KSS_CHANGE_PUSH ? 1u : UINT32_MAX;
        return;
    }
    unsigned had = mirror->rooms[change->field];
    KSS_ROOM(mirror->values[change->field], i, mirror->rooms[change->field]);
    for (; had < mirror->rooms[change->field]; had++)
        mirror->values[change->field][had] = kss_scene_fields[change->field].first;
    assert_true(mirror->values[change->field][i] == change->before);
    mirror->values[change->field][i] = change->after;
}

static void look_at_changes(struct run *run, const char *path) {
    struct mirror mirror = {.run = run};
    kss_scene_go(run->scene, 0);
    kss_scene_watch(run->scene, mirror_change, &mirror);
    kss_scene_go(run->scene, kss_scene_steps(run->scene));
    for (int field = 0; field < KSS_SCENE_FIELDS; field++) {
        for (uint32_t i = 0; i < kss_scene_count(run->scene, kss_scene_fields[field].thing); i++) {
            uint64_t is =
                i < mirror.rooms[field] ? mirror.values[field][i] : kss_scene_fields[field].first;
            if (is != kss_scene_value(run->scene, (enum kss_scene_field)field, i))
                fail_msg("%s: field %d of %u", path, field, i);
        }
        free(mirror.values[field]);
    }
    for (uint32_t i = 0; i < kss_scene_count(run->scene, KSS_SCENE_STACK); i++) {
        uint32_t count;
        kss_scene_frames(run->scene, i, &count);
        assert_int_equal(i < mirror.depth_room ? mirror.depths[i] : 0, count);
    }
    free(mirror.depths);
}

static void test_changes(void **state) {
    (void)state;
    over_corpus(look_at_changes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_is_decided),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_back_and_forth),
        cmocka_unit_test(test_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
