// SPDX-License-Identifier: MIT
// Snapshots over the whole corpus: a machine taken back to a snapshot goes on exactly as before.
//
// At every step of every scenario: take a snapshot, go on for a few steps, come back, take one
// step; state and events must be those of the first time. So from every snapshot each next step is
// the same, and with it the whole rest. Scenarios of few steps are also run to their end from every
// snapshot, and the whole event stream compared.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "corpus.h"
#include "session/private.h"

#include <string.h>

enum { AHEAD = 5, FEW = 200, MANY = 5000 };

struct copy {
    char *bytes;
    size_t length;
};

static struct copy jsonl_of(struct kss_session *session) {
    struct copy copy;
    const char *text = kss_write_jsonl(session, &copy.length);
    copy.bytes = malloc(copy.length + 1);
    memcpy(copy.bytes, text, copy.length);
    return copy;
}

static void assert_same(const char *path, const struct copy *a, const struct copy *b) {
    if (a->length != b->length || memcmp(a->bytes, b->bytes, a->length) != 0) {
        size_t i = 0;
        while (i < a->length && i < b->length && a->bytes[i] == b->bytes[i])
            i++;
        print_message("%s: the streams part after %zu bytes: %.200s\n", path, i,
                      a->bytes + (i > 60 ? i - 60 : 0));
        fail();
    }
}

static struct kss_session *open_all(const char *path) {
    struct kss_options options = {.all_events = true};
    struct kss_session *session = kss_open_file(path, &options);
    if (!kss_loaded(session)) {
        print_message("%s", kss_diagnostics(session));
        fail();
    }
    return session;
}

struct moment {
    uint64_t hash, now;
    uint32_t events, sequence;
};

static struct moment moment_of(const struct kss_session *session) {
    const struct kss_log *log = &session->log;
    return (struct moment){kss_hot_hash(session->machine), kss_now(session->machine), log->count,
                           log->count ? log->events[log->count - 1].sequence : 0};
}

static bool same_moment(const struct moment *a, const struct moment *b) {
    return a->hash == b->hash && a->now == b->now && a->events == b->events &&
           a->sequence == b->sequence;
}

// One step from here, twice, with a detour in between. Returns whether the run goes on.
static bool step_twice(const char *path, struct kss_session *session) {
    struct kss_snapshot *here = kss_snapshot(session);
    bool more = kss_step(session, 1);
    struct moment first = moment_of(session);
    struct kss_event last = {0};
    if (first.events > 0)
        last = session->log.events[first.events - 1];
    kss_step(session, AHEAD);
    kss_rewind(session, here);
    bool again = kss_step(session, 1);
    struct moment second = moment_of(session);
    if (more != again || !same_moment(&first, &second)) {
        print_message("%s: the step after a snapshot differs at %llu\n", path,
                      (unsigned long long)second.now);
        fail();
    }
    if (first.events > 0)
        assert_memory_equal(&last, &session->log.events[first.events - 1], sizeof last);
    kss_snapshot_free(here);
    return more;
}

static void every_step_can_be_taken_again(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    assert_true(corpus.count > 0);
    for (unsigned i = 0; i < corpus.count; i++) {
        struct kss_session *whole = open_all(corpus.paths[i]);
        kss_run(whole);
        struct copy reference = jsonl_of(whole);
        struct kss_session *session = open_all(corpus.paths[i]);
        unsigned steps = 0;
        bool more = kss_step(session, 1);
        while (more && steps < MANY) {
            more = step_twice(corpus.paths[i], session);
            steps++;
        }
        if (more)
            print_message("%s: only its first %d steps\n", corpus.paths[i], MANY);
        kss_run(session);
        struct copy stepped = jsonl_of(session);
        assert_same(corpus.paths[i], &reference, &stepped);
        free(reference.bytes);
        free(stepped.bytes);
        kss_close(whole);
        kss_close(session);
    }
    kss_arena_free(&arena);
}

static void short_runs_end_the_same_from_every_snapshot(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct corpus corpus = corpus_of(&arena, "scenarios");
    unsigned compared = 0;
    for (unsigned i = 0; i < corpus.count; i++) {
        struct kss_session *session = open_all(corpus.paths[i]);
        kss_run(session);
        struct copy reference = jsonl_of(session);
        struct kss_verdict verdict;
        kss_verdict(session, &verdict);
        kss_restart(session);
        bool more = kss_step(session, 1);
        for (unsigned step = 0; more && verdict.steps <= FEW; step++) {
            struct kss_snapshot *here = kss_snapshot(session);
            kss_run(session);
            struct copy from_here = jsonl_of(session);
            assert_same(corpus.paths[i], &reference, &from_here);
            free(from_here.bytes);
            kss_rewind(session, here);
            kss_snapshot_free(here);
            more = kss_step(session, 1);
            compared++;
        }
        free(reference.bytes);
        kss_close(session);
    }
    assert_true(compared > 0);
    kss_arena_free(&arena);
}

static void a_snapshot_before_the_start_is_a_restart(void **state) {
    (void)state;
    static const char text[] = "thread App { KeDelayExecutionThread(KernelMode, FALSE, 1s); }\n";
    struct kss_session *session = kss_open_text("start.kss", text, sizeof text - 1, NULL);
    struct kss_snapshot *start = kss_snapshot(session);
    assert_int_equal(kss_run(session), KSS_OK);
    struct copy first = jsonl_of(session);
    kss_rewind(session, start);
    assert_int_equal(kss_event_count(session), 0);
    assert_int_equal(kss_run(session), KSS_OK);
    struct copy second = jsonl_of(session);
    assert_same("start.kss", &first, &second);
    free(first.bytes);
    free(second.bytes);
    kss_snapshot_free(start);
    kss_close(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_can_be_taken_again),
        cmocka_unit_test(short_runs_end_the_same_from_every_snapshot),
        cmocka_unit_test(a_snapshot_before_the_start_is_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
