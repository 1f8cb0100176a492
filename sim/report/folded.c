// SPDX-License-Identifier: MIT
// Stacks at their deepest as folded stacks (flamegraph.pl, speedscope, inferno): a line for each frame, the
// frames around it before it, its own bytes behind it. Widths in the picture are bytes: a stack is as wide as it
// is large, a frame as wide as what it and all below it take, and what is left is a frame, too.
//
//   read.kss;thread_App;(save_area) 528
//   read.kss;thread_App;(trap_frame) 140
//   read.kss;thread_App;App;mydrv!ReadDispatch 328
//   read.kss;thread_App;(free) 11292
//
// The conventions are those of `kss stack --format folded`: a stretch that repeats is there once with the bytes of
// all its turns. The run's name comes first, so that those of a suite lie side by side.
#include "report/plain.h"
#include "report/private.h"
#include "report/sheet.h"

// A path's lines are together as long as the square of its length: beyond this many frames the outer ones
// are one.
enum { FOLDED = 2000 };

struct folding {
    const struct kss_log *log;
    const struct kss_digest_stack *stack;
    struct kss_repeat repeat;
    struct kss_text line; // the frames around the one to come, each with a semicolon behind it
    struct kss_text *out;
};

// What readers of the format take for a separator.
static bool escape(uint32_t point, struct kss_text *out) {
    if (point == ';' || point == ' ')
        kss_text_char(out, point == ';' ? ':' : '_');
    return point == ';' || point == ' ';
}

static void around(struct folding *f, const char *name, size_t length) {
    kss_escaped(&f->line, name, length, escape);
    kss_text_char(&f->line, ';');
}

static void weight(struct folding *f, uint64_t bytes) {
    if (bytes == 0)
        return;
    kss_text_bytes(f->out, f->line.bytes, f->line.length - 1);
    kss_text_char(f->out, ' ');
    kss_text_unsigned(f->out, bytes);
    kss_text_char(f->out, '\n');
}

// A line of nobody's routine, beside the frames.
static void beside(struct folding *f, const char *name, uint64_t bytes) {
    size_t length = f->line.length;
    kss_text_char(&f->line, '(');
    kss_escaped(&f->line, name, strlen(name), escape);
    kss_text_str(&f->line, ");");
    weight(f, bytes);
    f->line.length = length;
}

// The bytes of row [i], of all turns; false: an outer turn has told them.
static bool row_bytes(const struct folding *f, uint32_t i, uint64_t *bytes) {
    const struct kss_repeat *repeat = &f->repeat;
    *bytes = f->stack->path[i].bytes;
    if (repeat->period == 0 || i < repeat->first || i - repeat->first >= repeat->rows)
        return true;
    uint32_t in = i - repeat->first;
    *bytes *= in / repeat->period + 1;
    return in + repeat->period >= repeat->rows;
}

// Rows that are lines of their own once repetitions are one.
static uint32_t count_lines(const struct folding *f) {
    uint32_t count = 0;
    uint64_t bytes;
    for (uint32_t i = 0; i < f->stack->path_count; i++)
        count += row_bytes(f, i, &bytes);
    return count;
}

static void frames(struct folding *f) {
    struct kss_text name = {0};
    uint32_t count = count_lines(f), merged = count > FOLDED ? count - FOLDED : 0, told = 0;
    uint64_t sum = 0, bytes;
    for (uint32_t i = f->stack->path_count; i > 0; i--) {
        if (!row_bytes(f, i - 1, &bytes))
            continue;
        sum += bytes;
        if (++told < merged)
            continue;
        kss_text_clear(&name);
        kss_report_frame(f->log, f->stack->path[i - 1].routine, f->stack->path[i - 1].origin,
                         &name);
        if (told == merged)
            kss_text_format(&name, " and %u frames around it", merged - 1);
        around(f, name.bytes, name.length);
        weight(f, told == merged ? sum : bytes);
    }
    kss_text_free(&name);
}

static void fold(const struct kss_log *log, const struct kss_digest_stack *stack, const char *run,
                 struct kss_text *out) {
    struct folding f = {.log = log, .stack = stack, .out = out};
    struct kss_text name = {0};
    f.repeat = kss_find_repeat(stack->path, stack->path_count);
    around(&f, run, strlen(run));
    kss_digest_stack_name(log, stack, &name);
    if (stack->kind != 0)
        kss_text_format(&name, " %u", stack->id);
    around(&f, name.bytes, name.length);
    struct kss_stack_top top = kss_top_of(log, stack);
    beside(&f, "save area", top.save_area);
    beside(&f, top.rest_name, top.rest);
    size_t length = f.line.length;
    frames(&f);
    f.line.length = length;
    beside(&f, "free", stack->left);
    kss_text_free(&f.line);
    kss_text_free(&name);
}

void kss_write_folded_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_folded_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    for (uint32_t i = 0; entry->log != NULL && i < entry->digest->stack_count; i++) {
        const struct kss_digest_stack *stack = &entry->digest->stacks[i];
        if (stack->ended || stack->overflowed)
            fold(entry->log, stack, entry->name, sheet->out);
    }
}

void kss_write_folded_end(struct kss_sheet *sheet) {
    (void)sheet;
}
