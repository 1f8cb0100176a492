// SPDX-License-Identifier: MIT
// Any bytes: what is read as a listing is judged without a crash, its figures hold together, and the
// scenario written from it is a scenario that passes.
#include "frames/listing.h"
#include "kss/kss.h"

#include <stdio.h>
#include <stdlib.h>

static void hold(bool condition, const char *what) {
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check(const struct kss_listing *listing, const struct kss_listing_verdict *v) {
    const struct kss_listed_stack *stack = &listing->stacks[v->stack];
    uint64_t sum = 0;
    if (!v->has_sp)
        return;
    hold(v->segment < v->segment_count, "the segment judged");
    hold(v->segments[v->segment_count - 1].end == stack->count, "segments cover the rows");
    for (uint32_t i = v->segments[v->segment].first; i < v->segments[v->segment].end; i++)
        sum += v->bytes[i] != UINT64_MAX ? v->bytes[i] : 0;
    hold(sum <= v->span + 0x1000, "no byte is counted twice"); // ESP below the innermost EBP
    hold(!v->has_used || v->used == v->base - v->sp, "used");
    hold(v->answer != KSS_LISTING_FITS || v->has_limit || listing->bugcheck.code.line != 0,
         "no answer without a limit or a bug check");
}

static void replay(const struct kss_listing *listing, const struct kss_listing_verdict *v) {
    struct kss_text text = {0};
    kss_listing_scenario(listing, v, &text);
    struct kss_session *session = kss_open_text("fuzz.kss", text.bytes, text.length, NULL);
    if (!kss_loaded(session) || kss_run(session) != KSS_OK) {
        fprintf(stderr, "%s\n%s\n", text.bytes, kss_diagnostics(session));
        abort();
    }
    kss_close(session);
    kss_text_clear(&text);
    kss_listing_text(listing, v, true, &text);
    kss_listing_jsonl(listing, v, &text);
    kss_text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct kss_arena arena = {0};
    struct kss_listing listing = kss_listing_read(&arena, "fuzz", (const char *)data, size);
    for (uint32_t i = 0; i <= listing.stack_count && i < 4; i++) {
        struct kss_listing_options options = {.stack = i};
        struct kss_listing_verdict verdict = kss_listing_judge(&arena, &listing, &options);
        if (verdict.stack == UINT32_MAX)
            continue;
        check(&listing, &verdict);
        replay(&listing, &verdict);
    }
    kss_arena_free(&arena);
    return 0;
}
