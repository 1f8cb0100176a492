// SPDX-License-Identifier: MIT
// Any bytes as a file of frames: reading ends without a crash, what it gives can be joined and written,
// every row keeps what frames.h promises, and the same bytes give the same table. Whatever lies beside an
// image is the file itself.
#include "frames/frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
    const uint8_t *bytes;
    size_t length;
    struct kss_arena *arena;
};

static const char *beside(void *context, const char *path, char **bytes, size_t *length) {
    struct input *input = context;
    (void)path;
    *bytes = kss_alloc_text(input->arena, (const char *)input->bytes, input->length);
    *length = input->length;
    return NULL;
}

static void check(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_rows(const struct kss_frames *frames) {
    for (uint32_t i = 0; i < frames->count; i++) {
        const struct kss_frame_row *row = &frames->rows[i];
        check(row->symbol != NULL && row->unit != NULL && row->module != NULL, "a text is missing");
        check(row->kind <= KSS_FRAME_EXACT && row->origin < KSS_FRAME_ORIGINS, "no such kind");
        check(row->kind == KSS_FRAME_EXACT || row->external || row->reason != NULL, "no reason");
    }
    for (uint32_t i = 0; i < frames->call_count; i++) {
        const struct kss_call_row *call = &frames->calls[i];
        check(call->caller < frames->count, "a call from nowhere");
        check(call->callee < frames->count || call->callee == KSS_CALL_INDIRECT,
              "a call to nowhere");
    }
}

// The table, as text.
static void read_all(const uint8_t *data, size_t size, struct kss_text *out) {
    struct kss_arena arena = {0};
    struct input input = {data, size, &arena};
    struct kss_diags diags = {.arena = &arena};
    struct kss_sources sources = {.arena = &arena};
    struct kss_frames frames = {.arena = &arena,
                                .diags = &diags,
                                .sources = &sources,
                                .want_calls = true,
                                .beside = beside,
                                .beside_context = &input};
    // A copy of exactly this size, so that a sanitizer sees the byte behind it.
    char *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL)
        return;
    if (size > 0)
        memcpy(copy, data, size);
    bool good = kss_frames_read(&frames, "fuzz.sys", copy, size);
    check(good || diags.errors > 0, "refused without an error");
    check_rows(&frames);
    kss_frames_join(&frames);
    check_rows(&frames);
    for (int format = KSS_FRAMES_TEXT; format <= KSS_FRAMES_TSV; format++)
        kss_frames_write(&frames, (enum kss_frames_format)format, out);
    kss_frames_free(&frames);
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct kss_text first = {0}, second = {0};
    read_all(data, size, &first);
    read_all(data, size, &second);
    check(first.length == second.length &&
              (first.length == 0 || memcmp(first.bytes, second.bytes, first.length) == 0),
          "the same bytes gave another table");
    kss_text_free(&first);
    kss_text_free(&second);
    return 0;
}
