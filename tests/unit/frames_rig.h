// SPDX-License-Identifier: MIT
// Files for the readers of sim/frames, as bytes in a test.
#ifndef KSS_TESTS_FRAMES_RIG_H
#define KSS_TESTS_FRAMES_RIG_H

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include "frames/frames.h"

#include "base/text.h"

#include <string.h>

struct frames_rig {
    struct kss_arena arena;
    struct kss_diags diags;
    struct kss_sources sources;
    struct kss_frames frames;
};

static inline void frames_begin(struct frames_rig *rig, const char *machine) {
    *rig = (struct frames_rig){.arena = {.total = 0}};
    rig->diags.arena = rig->sources.arena = rig->frames.arena = &rig->arena;
    rig->frames.diags = &rig->diags;
    rig->frames.sources = &rig->sources;
    if (machine != NULL)
        rig->frames.machine = kss_profile_find(machine, strlen(machine));
}

static inline bool frames_read(struct frames_rig *rig, const char *name, const char *text) {
    return kss_frames_read(&rig->frames, name, text, strlen(text));
}

static inline void frames_end(struct frames_rig *rig) {
    kss_frames_free(&rig->frames);
    kss_diags_free(&rig->diags);
    kss_sources_free(&rig->sources);
    kss_arena_free(&rig->arena);
}

// The row of a symbol; fails the test when there is none.
static inline const struct kss_frame_row *frames_row(const struct frames_rig *rig,
                                                     const char *symbol) {
    for (uint32_t i = 0; i < rig->frames.count; i++)
        if (!rig->frames.rows[i].merged && strcmp(rig->frames.rows[i].symbol, symbol) == 0)
            return &rig->frames.rows[i];
    fail_msg("no row for %s", symbol);
    return NULL;
}

static inline void frames_expect(const struct frames_rig *rig, const char *symbol, uint64_t bytes,
                                 enum kss_frame_kind kind) {
    const struct kss_frame_row *row = frames_row(rig, symbol);
    assert_int_equal(row->kind, kind);
    if (kind != KSS_FRAME_UNKNOWN)
        assert_int_equal(row->bytes, bytes);
    assert_true((row->reason == NULL) == (kind == KSS_FRAME_EXACT || row->external));
}

// What was said, one line a diagnostic; in the arena.
static inline const char *frames_said(struct frames_rig *rig) {
    struct kss_text text = {0};
    for (uint32_t i = 0; i < rig->diags.count; i++)
        kss_diag_print(&text, &rig->sources, &rig->diags.items[i], false);
    const char *said =
        kss_alloc_text(&rig->arena, text.bytes != NULL ? text.bytes : "", text.length);
    kss_text_free(&text);
    return said;
}

#endif
