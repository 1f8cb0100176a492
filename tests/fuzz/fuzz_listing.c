// SPDX-License-Identifier: MIT
// Any bytes: a listing is read, judged and written without a crash, and what comes out holds together:
// lines are of the text and in order, rows have symbols, numbers without a line are not there; segments
// cover the stack judged, figures agree with each other, an overflow or a fit has its reasons in them.
#include "frames/listing.h"

#include <stdio.h>
#include <stdlib.h>

static void hold(bool condition, const char *what) {
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void check_stack(const struct kss_listing *listing, const struct kss_listed_stack *stack) {
    uint32_t line = stack->line;
    hold(stack->count > 0, "a stack without rows");
    hold(line > 0 && stack->last_line <= listing->line_count, "a stack's lines");
    for (uint32_t i = 0; i < stack->count; i++) {
        const struct kss_listed_frame *row = &stack->frames[i];
        hold(row->line >= line && row->line <= stack->last_line, "a row's line");
        hold(row->symbol != NULL && row->module != NULL && row->symbol[0] != '\0', "a symbol");
        hold(row->argument_count <= 4, "arguments");
        hold(row->trap == 0 || (row->marks & KSS_MARK_TRAP_FRAME) != 0, "a trap frame");
        line = row->line;
    }
}

static void check_segments(const struct kss_listing_verdict *v, uint32_t rows) {
    uint32_t end = 0;
    for (uint32_t i = 0; i < v->segment_count; i++) {
        hold(v->segments[i].first == end && v->segments[i].end > end, "segments in order");
        hold(v->segments[i].what != NULL, "a segment's kind");
        end = v->segments[i].end;
    }
    hold(v->segment_count == 0 || (end == rows && v->segment < v->segment_count), "all rows");
}

static void check_figures(const struct kss_listing_verdict *v) {
    uint64_t sum = 0;
    hold(!v->has_used || (v->has_base && v->has_sp && v->used == v->base - v->sp), "used");
    hold(!v->has_base || !v->has_limit || v->limit < v->base, "base and limit");
    for (uint32_t i = 0; i < v->module_count; i++) {
        hold(v->modules[i].bytes > 0, "a module's bytes");
        sum += v->modules[i].bytes;
    }
    hold(!v->has_used || sum <= v->used, "modules take no more than is used");
    hold(!v->has_period || (v->recursion.turns > 0 && v->recursion.frames > 0), "recursion");
}

static void check_verdict(const struct kss_listing *listing, const struct kss_listing_verdict *v) {
    hold(v->headline != NULL, "a headline");
    if (v->stack == UINT32_MAX) {
        hold(v->answer == KSS_LISTING_CANNOT_TELL && !v->has_sp, "a verdict of nothing");
        return;
    }
    hold(v->stack < listing->stack_count, "the stack judged");
    check_segments(v, listing->stacks[v->stack].count);
    check_figures(v);
    hold(v->answer != KSS_LISTING_CANNOT_TELL || v->reason_count > 0, "why nobody can tell");
    for (uint32_t i = 0; i < v->evidence_count; i++)
        hold(v->evidence[i].line <= listing->line_count, "the line of an evidence");
}

static void judge(struct kss_arena *arena, const struct kss_listing *listing, uint32_t stack) {
    struct kss_listing_options options = {.stack = stack};
    struct kss_listing_verdict verdict = kss_listing_judge(arena, listing, &options);
    struct kss_text out = {0};
    check_verdict(listing, &verdict);
    kss_listing_text(listing, &verdict, false, &out);
    kss_listing_jsonl(listing, &verdict, &out);
    kss_listing_scenario(listing, &verdict, &out);
    hold(out.length > 0 && out.bytes[out.length - 1] == '\n', "whole lines");
    kss_text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { STACKS = 4 }; // judged each
    struct kss_arena arena = {0};
    struct kss_listing listing = kss_listing_read(&arena, "fuzz", (const char *)data, size);
    for (uint32_t i = 0; i < listing.stack_count; i++)
        check_stack(&listing, &listing.stacks[i]);
    for (uint32_t i = 0; i < listing.thread_count; i++)
        hold(listing.threads[i].stack == UINT32_MAX ||
                 listing.threads[i].stack < listing.stack_count,
             "a thread's stack");
    hold(listing.bugcheck.count <= 4, "parameters");
    judge(&arena, &listing, 0);
    for (uint32_t i = 1; i <= listing.stack_count && i <= STACKS; i++)
        judge(&arena, &listing, i);
    kss_arena_free(&arena);
    return 0;
}
