// SPDX-License-Identifier: MIT
// Any bytes: a listing is read without a crash, and what was read holds together: lines are of the
// text and in order, rows have symbols, numbers without a line are not there.
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct kss_arena arena = {0};
    struct kss_listing listing = kss_listing_read(&arena, "fuzz", (const char *)data, size);
    for (uint32_t i = 0; i < listing.stack_count; i++)
        check_stack(&listing, &listing.stacks[i]);
    for (uint32_t i = 0; i < listing.thread_count; i++)
        hold(listing.threads[i].stack == UINT32_MAX ||
                 listing.threads[i].stack < listing.stack_count,
             "a thread's stack");
    hold(listing.bugcheck.count <= 4, "parameters");
    kss_arena_free(&arena);
    return 0;
}
