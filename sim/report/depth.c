// SPDX-License-Identifier: MIT
// The deepest point of a stack, in the columns of the debugger's `kf`: how deep, how much a frame
// takes, where the figure comes from, whose frame it is; innermost first. What lies between Base
// and the first frame (save area, trap frame, start frames) closes the table.
//
//   Depth    Memory  Origin    Call Site
//   0x3E4    0x148   given     mydrv!ReadDispatch
//   0x29C    0x8C    machine   trap frame
//   0x210    0x210   machine   top-of-stack save area
//
// A stretch that repeats is shown once; its other turns are one line.
#include "report/picture.h"
#include "report/private.h"

#include <stdlib.h>
#include <string.h>

enum { FOLD_TURNS = 3, FOLD_ROWS = 8 };

void kss_report_frame(const struct kss_log *log, uint32_t routine, enum kss_origin origin,
                      struct kss_text *out) {
    if (kss_log_symbol(log, routine, out))
        return;
    if (routine == (uint32_t)KSS_PATH_EXCEPTION)
        kss_text_str(out, "exception dispatch");
    else if (routine == (uint32_t)KSS_PATH_FAULT)
        kss_text_str(out, "page fault");
    else
        kss_text_str(out, origin == KSS_ORIGIN_MEASURED ? "nt (kss itself)" : "interrupt frame");
}

const char *kss_report_start(const struct kss_log *log, uint64_t thread) {
    bool user = thread < log->thread_count && !log->threads[thread].system;
    return user ? "trap frame" : "start frames";
}

static void table_row(const struct kss_report *report, uint32_t depth, uint32_t bytes,
                      const char *origin, const struct kss_digest_row *row, const char *name) {
    struct kss_text *out = report->out;
    char cells[2][16];
    struct kss_text text = {0};
    for (int i = 0; i < 2; i++) {
        kss_text_clear(&text);
        kss_text_hex(&text, i == 0 ? depth : bytes);
        memcpy(cells[i], text.bytes, text.length + 1);
    }
    kss_text_free(&text);
    kss_text_format(out, "  %8s %8s  %-8s  ", cells[0], cells[1], origin);
    if (row == NULL)
        kss_text_str(out, name);
    else
        kss_report_frame(report->log, row->routine, row->origin, out);
    if (row != NULL)
        kss_print_row_table(report, row);
    kss_text_char(out, '\n');
}

static void rows(const struct kss_report *report, const struct kss_digest_stack *stack,
                 uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        const struct kss_digest_row *row = &stack->path[i];
        if (row->bytes > 0)
            table_row(report, row->depth, row->bytes, kss_origin_name(row->origin), row, NULL);
    }
}

// The bytes between Base and the first frame.
static uint32_t below_frames(const struct kss_digest_stack *stack) {
    if (stack->path_count == 0)
        return stack->used;
    const struct kss_digest_row *last = &stack->path[stack->path_count - 1];
    return last->depth - last->bytes;
}

struct kss_stack_top kss_top_of(const struct kss_log *log, const struct kss_digest_stack *stack) {
    uint32_t depth = below_frames(stack), reserve = log->config.profile.reserve;
    reserve = depth < reserve ? depth : reserve;
    return (struct kss_stack_top){reserve, depth - reserve, kss_report_start(log, stack->thread)};
}

static void base_rows(const struct kss_report *report, const struct kss_digest_stack *stack) {
    struct kss_stack_top top = kss_top_of(report->log, stack);
    if (top.rest > 0)
        table_row(report, top.save_area + top.rest, top.rest, "machine", NULL, top.rest_name);
    if (top.save_area > 0)
        table_row(report, top.save_area, top.save_area, "machine", NULL, KSS_ROW_SAVE);
}

static void repeat_line(const struct kss_report *report, const struct kss_repeat *repeat) {
    kss_text_str(report->out, "  recursion: period ");
    kss_text_hex(report->out, repeat->bytes);
    kss_text_format(report->out, ", %u frame%s per turn, %u turns", repeat->period,
                    repeat->period == 1 ? "" : "s", repeat->rows / repeat->period);
    if (repeat->rows % repeat->period)
        kss_text_format(report->out, " and %u frames", repeat->rows % repeat->period);
    kss_text_char(report->out, '\n');
}

static void table(const struct kss_report *report, const struct kss_digest_stack *stack,
                  const struct kss_repeat *repeat) {
    uint32_t turns = repeat->period ? repeat->rows / repeat->period : 0;
    kss_ink(report, KSS_INK_DIM);
    kss_text_format(report->out, "  %8s %8s  %-8s  Call Site\n", "Depth", "Memory", "Origin");
    kss_ink(report, KSS_INK_NONE);
    if (turns < FOLD_TURNS || repeat->rows < FOLD_ROWS) {
        rows(report, stack, 0, stack->path_count);
    } else {
        uint32_t folded = (turns - 1) * repeat->period;
        rows(report, stack, 0, repeat->first + repeat->period);
        kss_text_format(report->out, "  %8s %8s  %-8s  %u more turns of ", "...", "...", "",
                        turns - 1);
        if (repeat->period == 1)
            kss_text_str(report->out, "this frame\n");
        else
            kss_text_format(report->out, "these %u frames\n", repeat->period);
        rows(report, stack, repeat->first + repeat->period + folded, stack->path_count);
    }
    base_rows(report, stack);
}

// ---- Who takes it -------------------------------------------------------------------------------

struct share {
    const char *module;
    size_t length;
    uint64_t bytes;
};

static int by_bytes(const void *a, const void *b) {
    const struct share *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->module, y->module, shorter);
    return order ? order : x->length < y->length ? -1 : x->length > y->length;
}

static void add_share(struct share *shares, uint32_t *count, const char *module, size_t length,
                      uint32_t bytes) {
    uint32_t i = 0;
    while (i < *count &&
           (shares[i].length != length || memcmp(shares[i].module, module, length) != 0))
        i++; // modules are few
    if (i == *count)
        shares[(*count)++] = (struct share){module, length, 0};
    shares[i].bytes += bytes;
}

enum { SHOWN = 6 };

static void print_shares(const struct kss_report *report, const char *what, const char *theirs,
                         const struct share *shares, uint32_t count) {
    struct kss_text *out = report->out;
    uint64_t sum = 0;
    if (count == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        sum += shares[i].bytes;
    kss_text_format(out, "  %s: ", what);
    kss_text_hex(out, sum);
    kss_text_str(out, theirs);
    for (uint32_t i = 0; i < count && i < SHOWN; i++) {
        kss_text_str(out, i ? ", " : "");
        kss_text_bytes(out, shares[i].module, shares[i].length);
        kss_text_char(out, ' ');
        kss_text_hex(out, shares[i].bytes);
    }
    if (count > SHOWN)
        kss_text_format(out, " and %u more", count - SHOWN);
    kss_text_char(out, '\n');
}

static uint64_t module_shares(const struct kss_report *report, const struct kss_digest_stack *stack,
                              struct share *shares, uint32_t *count) {
    uint64_t nameless = 0;
    for (uint32_t i = 0; i < stack->path_count; i++) {
        const struct kss_digest_row *row = &stack->path[i];
        size_t length = 2;
        const char *module = "nt";
        if (row->routine < report->log->routine_count)
            module = kss_log_module(report->log, row->routine, &length);
        if (length == 0)
            nameless += row->bytes;
        else if (row->bytes > 0)
            add_share(shares, count, module, length, row->bytes);
    }
    qsort(shares, *count, sizeof *shares, by_bytes);
    return nameless;
}

static bool is_driver(const struct kss_report *report, const char *module, size_t length,
                      const char **driver) {
    const char **drivers = report->digest->drivers;
    for (uint32_t i = 0; i < report->log->routine_count; i++)
        if (drivers[i] != NULL && strlen(drivers[i]) == length &&
            memcmp(drivers[i], module, length) == 0) {
            *driver = drivers[i];
            return true;
        }
    return false;
}

// Frames are counted for the driver whose dispatch routine called them, unless their module is a
// driver, too: a completion routine runs on top of whoever completes.
static void driver_shares(const struct kss_report *report, const struct kss_digest_stack *stack,
                          struct share *shares, uint32_t *count) {
    const char *owner = NULL;
    for (uint32_t i = stack->path_count; i-- > 0;) {
        const struct kss_digest_row *row = &stack->path[i];
        if (row->routine >= report->log->routine_count)
            continue;
        size_t length;
        const char *module = kss_log_module(report->log, row->routine, &length);
        if (report->digest->drivers[row->routine] != NULL)
            owner = report->digest->drivers[row->routine];
        else if (owner != NULL)
            is_driver(report, module, length, &owner);
        if (owner != NULL && row->bytes > 0)
            add_share(shares, count, owner, strlen(owner), row->bytes);
    }
    qsort(shares, *count, sizeof *shares, by_bytes);
}

static bool same_shares(const struct share *a, const struct share *b, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (a[i].bytes != b[i].bytes || a[i].length != b[i].length ||
            memcmp(a[i].module, b[i].module, a[i].length) != 0)
            return false;
    return true;
}

static void modules(const struct kss_report *report, const struct kss_digest_stack *stack) {
    struct kss_arena arena = {0};
    struct share *shares = KSS_NEW_ARRAY(&arena, struct share, stack->path_count + 1u);
    struct share *drivers = KSS_NEW_ARRAY(&arena, struct share, stack->path_count + 1u);
    uint32_t count = 0, driver_count = 0;
    uint64_t nameless = module_shares(report, stack, shares, &count);
    print_shares(report, "modules", " of it is theirs: ", shares, count);
    if (report->digest->drivers != NULL)
        driver_shares(report, stack, drivers, &driver_count);
    if (driver_count > 1 && (driver_count != count || !same_shares(shares, drivers, count)))
        print_shares(report, "device stack", " of it is its drivers': ", drivers, driver_count);
    if (nameless > 0) {
        kss_text_str(report->out, "  frames without a module: ");
        kss_text_hex(report->out, nameless);
        kss_text_char(report->out, '\n');
    }
    kss_arena_free(&arena);
}

// ---- How much is left ---------------------------------------------------------------------------

static void left_with(const struct kss_report *report, uint32_t left, uint32_t reserve,
                      const char *what) {
    kss_text_str(report->out, reserve > left ? "short by " : "");
    kss_text_hex(report->out, reserve > left ? reserve - left : left - reserve);
    kss_text_str(report->out, what);
}

// What remains, then again with what an interrupt and an exception take at that point.
// An interrupt that runs on the interrupted stack brings its service routine's frame along.
static void headroom(const struct kss_report *report, const struct kss_digest_stack *stack) {
    const struct kss_profile *profile = &report->log->config.profile;
    uint32_t interrupt = profile->interrupt_reserve;
    if (profile->isr_stack_size == 0)
        interrupt += report->digest->isr_bytes;
    kss_text_str(report->out, kss_log_lower_bound(report->log) ? "  left at most: " : "  left: ");
    kss_text_hex(report->out, stack->left);
    kss_text_str(report->out, "; ");
    left_with(report, stack->left, interrupt, " under an interrupt; ");
    left_with(report, stack->left, profile->exception_reserve,
              " while an exception is dispatched\n");
}

static void assumed_frames(const struct kss_report *report, const struct kss_digest_stack *stack) {
    uint32_t assumed = 0, frames = 0;
    for (uint32_t i = 0; i < stack->path_count; i++) {
        frames += stack->path[i].bytes > 0;
        assumed += stack->path[i].bytes > 0 && stack->path[i].origin == KSS_ORIGIN_ASSUMED;
    }
    if (assumed > 0)
        kss_text_format(
            report->out,
            "  %u of %u frames assumed from their locals; frame(N) gives the real size\n", assumed,
            frames);
}

void kss_print_stack(const struct kss_report *report, const struct kss_digest_stack *stack) {
    struct kss_text *out = report->out;
    kss_ink(report, KSS_INK_BOLD);
    kss_digest_stack_name(report->log, stack, out);
    kss_ink(report, KSS_INK_NONE);
    kss_text_str(out, stack->overflowed ? ": needed " : ": used ");
    kss_text_str(out, kss_log_lower_bound(report->log) ? "at least " : "");
    kss_text_hex(out, stack->used);
    kss_text_str(out, " of ");
    kss_text_hex(out, stack->bytes);
    kss_text_str(out, " bytes");
    if (stack->overflowed) {
        kss_text_str(out, ", ");
        kss_text_hex(out, stack->over);
        kss_text_str(out, " too many; ");
        if (!kss_log_symbol(report->log, stack->crossing, out))
            kss_text_str(out, "nt");
        kss_text_str(out, " crossed the limit");
    }
    kss_text_char(out, '\n');
    struct kss_repeat repeat = kss_find_repeat(stack->path, stack->path_count);
    kss_print_map(report, stack);
    table(report, stack, &repeat);
    if (repeat.period != 0 && repeat.rows / repeat.period >= FOLD_TURNS)
        repeat_line(report, &repeat);
    modules(report, stack);
    assumed_frames(report, stack);
    kss_print_table_sum(report, stack);
    if (stack->overflowed)
        kss_print_fit(report, stack);
    else
        headroom(report, stack);
    kss_text_char(out, '\n');
}

void kss_print_stacks_briefly(const struct kss_report *report) {
    struct kss_text *out = report->out;
    bool first = true;
    for (uint32_t i = 0; i < report->digest->stack_count; i++) {
        const struct kss_digest_stack *stack = &report->digest->stacks[i];
        if (stack->path_count == 0)
            continue;
        kss_text_str(out, first ? "      " : ", ");
        if (first)
            kss_text_format(out, "%s: ", report->log->config.profile.name);
        kss_digest_stack_name(report->log, stack, out);
        kss_text_str(out, stack->overflowed ? " needed " : " used ");
        kss_text_str(out, kss_log_lower_bound(report->log) ? "at least " : "");
        kss_text_hex(out, stack->used);
        kss_text_str(out, " of ");
        kss_text_hex(out, stack->bytes);
        first = false;
    }
    if (!first)
        kss_text_str(out, " bytes\n");
}
