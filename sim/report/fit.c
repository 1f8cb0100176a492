// SPDX-License-Identifier: MIT
// What would make an overflowing path fit, by how many bytes: the fewest frames whose locals could
// go to pool, or the place where running the rest on an expanded stack helps.
//
// Only what is known is counted: the path up to the frame that crossed. What that frame would have
// called comes on top, so every figure is "at least".
#include "report/private.h"

#include <stdlib.h>
#include <string.h>

struct saving {
    uint32_t symbol, routine;
    uint32_t times, each;
};

static int by_total(const void *a, const void *b) {
    const struct saving *x = a, *y = b;
    uint64_t p = (uint64_t)x->times * x->each, q = (uint64_t)y->times * y->each;
    if (p != q)
        return p > q ? -1 : 1;
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

static int by_symbol(const void *a, const void *b) {
    const struct saving *x = a, *y = b;
    return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

// What of a frame could live elsewhere: its locals where they are known, else all but the overhead
// of a call.
static uint32_t movable(const struct kss_log *log, const struct kss_digest_row *row) {
    if (row->routine >= log->routine_count)
        return 0;
    const struct kss_log_routine *routine = &log->routines[row->routine];
    if (routine->flags & KSS_CODE_BODY)
        return 0;
    size_t length;
    const char *module = kss_log_module(log, row->routine, &length);
    bool windows = (length == 2 && memcmp(module, "nt", 2) == 0) ||
                   (length == 3 && memcmp(module, "hal", 3) == 0);
    if (length == 0 || windows)
        return 0; // not a driver's, or a frame that stands for what was not listed
    if (routine->locals > 0)
        return routine->locals < row->bytes ? routine->locals : row->bytes;
    uint32_t overhead = log->config.profile.frame_overhead;
    return row->bytes > overhead ? row->bytes - overhead : 0;
}

static uint32_t collect(const struct kss_report *report, const struct kss_digest_stack *stack,
                        struct saving *savings) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < stack->path_count; i++) {
        uint32_t each = movable(report->log, &stack->path[i]);
        if (each > 0)
            savings[count++] =
                (struct saving){stack->path[i].symbol, stack->path[i].routine, 1, each};
    }
    if (count == 0)
        return 0;
    qsort(savings, count, sizeof *savings, by_symbol);
    uint32_t last = 0;
    for (uint32_t i = 1; i < count; i++) {
        if (savings[i].symbol == savings[last].symbol && savings[i].each == savings[last].each)
            savings[last].times++;
        else
            savings[++last] = savings[i];
    }
    qsort(savings, last + 1, sizeof *savings, by_total);
    return last + 1;
}

static void print_pooling(const struct kss_report *report, const struct kss_digest_stack *stack) {
    enum { MOST = 6 };
    struct kss_arena arena = {0};
    struct saving *savings = KSS_NEW_ARRAY(&arena, struct saving, stack->path_count + 1u);
    uint32_t count = collect(report, stack, savings), used = 0;
    uint64_t saved = 0;
    while (used < count && used < MOST && saved < stack->over) {
        saved += (uint64_t)savings[used].times * savings[used].each;
        used++;
    }
    struct kss_text *out = report->out;
    if (saved < stack->over) {
        kss_text_str(out, "  fits: not by moving locals of a few routines to pool\n");
        kss_arena_free(&arena);
        return;
    }
    kss_text_str(out, "  fits: with the locals in pool of ");
    for (uint32_t i = 0; i < used; i++) {
        kss_text_str(out, i ? ", " : "");
        kss_log_symbol(report->log, savings[i].routine, out);
        kss_text_str(out, " (");
        kss_text_hex(out, savings[i].each);
        if (savings[i].times > 1)
            kss_text_format(out, " x %u", savings[i].times);
        kss_text_char(out, ')');
    }
    kss_text_str(out, ": ");
    kss_text_hex(out, saved);
    kss_text_str(out, " bytes, at least ");
    kss_text_hex(out, stack->over);
    kss_text_str(out, " are needed\n");
    kss_arena_free(&arena);
}

// The innermost frame that still has room for the call itself (an exception may have to be
// dispatched there) and from where the rest of the path fits into the largest expansion (DDI
// KeExpandKernelStackAndCallout: MAXIMUM_EXPANSION_SIZE).
static void print_expansion(const struct kss_report *report, const struct kss_digest_stack *stack) {
    const struct kss_profile *profile = &report->log->config.profile;
    struct kss_text *out = report->out;
    if (stack->kind != 0 && stack->kind != 3)
        return;         // a processor's stack is not expanded
    uint32_t first = 1; // inside the dispatch of an exception nothing is expanded
    for (uint32_t i = 1; i < stack->path_count; i++)
        if (stack->path[i].routine == KSS_PATH_EXCEPTION)
            first = i + 1;
    for (uint32_t i = first; i < stack->path_count; i++) {
        const struct kss_digest_row *row = &stack->path[i];
        uint32_t left = row->depth < stack->bytes ? stack->bytes - row->depth : 0;
        if (row->routine >= report->log->routine_count || left < profile->exception_reserve ||
            stack->used - row->depth > profile->max_expansion || left >= profile->max_expansion)
            continue;
        kss_text_str(out, "  fits: when ");
        kss_log_symbol(report->log, row->routine, out);
        kss_text_str(out, " (depth ");
        kss_text_hex(out, row->depth);
        kss_text_str(out, ") calls on through KeExpandKernelStackAndCallout: up to ");
        kss_text_hex(out, profile->max_expansion);
        kss_text_str(out, " bytes instead of ");
        kss_text_hex(out, left);
        kss_text_str(out, ", ");
        kss_text_hex(out, profile->max_expansion - left);
        kss_text_str(out, " more\n");
        return;
    }
}

void kss_print_fit(const struct kss_report *report, const struct kss_digest_stack *stack) {
    struct kss_repeat repeat = kss_find_repeat(stack->path, stack->path_count);
    uint32_t turns = repeat.period ? repeat.rows / repeat.period : 0;
    if (turns >= 3 && repeat.bytes > 0) {
        uint64_t fewer = (stack->over + repeat.bytes - 1) / repeat.bytes;
        if (fewer < turns)
            kss_text_format(report->out, "  fits: with at most %u turns of the recursion\n",
                            (unsigned)(turns - fewer));
    }
    print_pooling(report, stack);
    print_expansion(report, stack);
}
