// SPDX-License-Identifier: MIT
// Stack space: KSS1001, KSS1002, KSS1003, KSS1004.
//
// A path is the frames from the innermost out; the kernel captures the one that overflowed and the
// deepest of every stack. Recursion is looked for in the sequence of (symbol, size) of a path, not
// in repeated names alone: a module without symbols makes everything one name. The period is the
// smallest p for which the longest run of frames equal to the frame p further out is longest
// (base/repeat.h):
//
//     innermost  x y | c b a c b a c b a c b a | m n   outermost     p = 3, 4 turns
//
// It counts from three turns on that make up a quarter of the bytes used. One run cannot tell an
// unbounded recursion from a bounded one that is too deep for this stack; the finding says so.
#include "rules/find.h"

#include "base/arena.h"
#include "base/os.h"
#include "base/repeat.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_TURNS = 3, LARGE_FRAME = 1024, NAMES_SHOWN = 12 };

struct row {
    uint64_t what; // hash of symbol and size
    uint32_t routine, bytes, depth;
};

struct path {
    struct row *rows; // innermost first; malloc'd
    uint32_t count;
};

static uint64_t hash_text(uint64_t hash, const char *text) {
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
    return (hash ^ '!') * UINT64_C(0x100000001B3);
}

static uint64_t what_of(const struct kss_image *image, uint32_t routine, uint32_t bytes) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325) ^ bytes;
    if (kss_path_is_nt(routine))
        return hash_text(hash, kss_routines[routine - KSS_PATH_NT].name);
    if (routine >= image->code_count)
        return hash;
    return hash_text(hash_text(hash, image->code[routine].module), image->code[routine].name);
}

// The path a stack was captured at when [used] bytes of it were in use, with room for one more row
// in front.
static struct path captured_path(struct kss_machine *machine, uint16_t stack, uint64_t used) {
    const struct kss_stack_cold *cold = see_stack_cold(machine, stack);
    struct path path = {NULL, cold->captured == used ? cold->path_count : 0};
    path.rows = calloc((size_t)path.count + 1, sizeof *path.rows);
    if (path.rows == NULL)
        kss_os_fatal("out of memory");
    const struct kss_image *image = kss_machine_image(machine);
    for (uint32_t i = 0; i < path.count; i++) {
        const struct kss_path_row *row = see_path(machine, cold->path + i);
        path.rows[i + 1] = (struct row){what_of(image, row->routine, row->bytes), row->routine,
                                        row->bytes, row->depth};
    }
    return path;
}

static void add_crossing(struct kss_machine *machine, struct path *path, uint32_t routine,
                         uint32_t depth) {
    uint32_t below = path->count ? path->rows[1].depth : 0;
    path->rows[0] = (struct row){what_of(kss_machine_image(machine), routine, depth - below),
                                 routine, depth - below, depth};
    path->count++;
}

// The row with the most bytes that belongs to driver code; NULL: none.
static const struct row *largest(struct kss_machine *machine, const struct row *rows,
                                 uint32_t count) {
    const struct kss_image *image = kss_machine_image(machine);
    const struct row *best = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].routine < image->code_count &&
            !(image->code[rows[i].routine].flags & KSS_CODE_BODY) &&
            (best == NULL || rows[i].bytes > best->bytes))
            best = &rows[i];
    return best;
}

// ---- KSS1004 ------------------------------------------------------------------------------------
struct period {
    uint32_t first, rows, frames, turns, bytes;
};

static bool find_period(const struct path *path, struct period *best) {
    struct kss_arena arena = {0};
    uint64_t *keys = KSS_NEW_ARRAY(&arena, uint64_t, (size_t)path->count + 1);
    uint32_t *letters = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)path->count + 1);
    for (uint32_t i = 0; i < path->count; i++)
        keys[i] = path->rows[i].what;
    kss_repeat_letters(keys, path->count, letters);
    struct kss_repeat repeat = kss_repeat_find(letters, path->count, LEAST_TURNS);
    kss_arena_free(&arena);
    *best = (struct period){.first = repeat.first, .rows = repeat.rows, .frames = repeat.period};
    if (best->frames == 0)
        return false;
    uint32_t total = 0;
    for (uint32_t i = 0; i < best->rows; i++)
        total += path->rows[best->first + i].bytes;
    for (uint32_t i = 0; i < best->frames; i++)
        best->bytes += path->rows[best->first + i].bytes;
    best->turns = best->rows / best->frames;
    return best->bytes != 0 && total >= path->rows[0].depth / 4;
}

// One turn, outermost first: "A > B > C".
static void one_turn(struct kss_machine *machine, const struct path *path,
                     const struct period *period, struct kss_text *out) {
    struct kss_text name = {0};
    uint32_t shown = period->frames < NAMES_SHOWN ? period->frames : NAMES_SHOWN;
    for (uint32_t i = 0; i < shown; i++) {
        const struct row *row = &path->rows[period->first + period->frames - 1 - i];
        kss_text_str(out, i ? " > " : "");
        kss_text_str(out, kss_say_routine(machine, row->routine, &name));
    }
    if (shown < period->frames)
        kss_text_format(out, " and %u more", (unsigned)(period->frames - shown));
    kss_text_free(&name);
}

// Whether a turn is an exception in a filter, whose dispatch asks the filter again.
static bool asks_filter(struct kss_machine *machine, const struct path *path,
                        const struct period *period) {
    const struct kss_image *image = kss_machine_image(machine);
    bool dispatch = false, filter = false;
    for (uint32_t i = 0; i < period->frames; i++) {
        uint32_t routine = path->rows[period->first + i].routine;
        dispatch |= routine == KSS_PATH_EXCEPTION;
        filter |= routine < image->code_count && image->code[routine].flags & KSS_CODE_FUNCLET;
    }
    return dispatch && filter;
}

static void recursion(struct kss_machine *machine, const struct kss_event *event,
                      const struct path *path, struct period period) {
    struct kss_finding finding;
    uint32_t number, place = event->place;
    const struct kss_image *image = kss_machine_image(machine);
    uint32_t routine = path->rows[period.first].routine;
    if (routine < image->code_count)
        place = image->code[routine].place;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_unbounded_recursion, place, 0, &number))
        return;
    struct kss_text bytes = {0}, turn = {0};
    kss_say_bytes(period.bytes, &bytes);
    if (period.frames == 1)
        kss_text_format(&finding.message, "the path that overflows repeats: %u calls of %s each",
                        (unsigned)period.turns, bytes.bytes);
    else
        kss_text_format(&finding.message,
                        "the path that overflows repeats: %u turns of %u frames, %s each",
                        (unsigned)period.turns, (unsigned)period.frames, bytes.bytes);
    kss_text_format(&finding.label, "each turn takes %s", bytes.bytes);
    kss_finding_cause(&finding, (struct kss_mark){event->place, event->time},
                      "the stack is used up here");
    one_turn(machine, path, &period, &turn);
    if (period.frames > 1)
        kss_finding_remark(&finding, KSS_REMARK_NOTE, "one turn, outermost first: %s", turn.bytes);
    kss_finding_remark(&finding, KSS_REMARK_NOTE,
                       "one run cannot tell whether the recursion has a bound");
    bool filter = asks_filter(machine, path, &period);
    kss_finding_remark(
        &finding, KSS_REMARK_HELP, "%s",
        filter ? "an exception filter must not raise: what it calls needs a __try of its own, "
                 "or must not touch what may be gone"
               : "bound the depth, make it a loop, or queue the next turn to a work item");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&bytes);
    kss_text_free(&turn);
}

// ---- KSS1001 ------------------------------------------------------------------------------------
static void what_would_fit(struct kss_machine *machine, struct kss_finding *finding,
                           const struct path *path, uint64_t over) {
    const struct row *row = largest(machine, path->rows, path->count);
    if (row == NULL)
        return;
    struct kss_text name = {0}, frame = {0}, need = {0};
    kss_say_routine(machine, row->routine, &name);
    kss_say_bytes(row->bytes, &frame);
    kss_say_bytes(over, &need);
    if (row->bytes > over)
        kss_finding_remark(finding, KSS_REMARK_HELP,
                           "%s less on this path would fit; its largest frame is that of `%s`, %s",
                           need.bytes, name.bytes, frame.bytes);
    else
        kss_finding_remark(finding, KSS_REMARK_HELP,
                           "%s too many; no single frame is that large: flatten the call tree or "
                           "expand the stack around its lower part",
                           need.bytes);
    kss_text_free(&name);
    kss_text_free(&frame);
    kss_text_free(&need);
}

static void overflow(struct kss_machine *machine, const struct kss_event *event,
                     const struct path *path, uint32_t size, bool periodic) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_stack_overflow, event->place, 0, &number))
        return;
    uint32_t below = (uint32_t)event->words[1] - path->rows[0].bytes;
    struct kss_text who = {0}, needs = {0}, over = {0};
    kss_say_bytes(path->rows[0].bytes, &needs);
    kss_say_bytes(event->words[2], &over);
    if (event->words[3] < kss_machine_image(machine)->code_count || kss_path_is_nt(event->words[3]))
        kss_text_format(&who, "`%s`", kss_say_routine(machine, (uint32_t)event->words[3], &over));
    else if (event->words[3] == KSS_PATH_EXCEPTION)
        kss_text_str(&who, "dispatching an exception");
    else if (event->words[3] == KSS_PATH_FAULT)
        kss_text_str(&who, "a page fault");
    else
        kss_text_str(&who, "an interrupt");
    kss_text_format(&finding.message, "the kernel stack overflows: %s needs %s and ", who.bytes,
                    needs.bytes);
    kss_text_grouped(&finding.message, size - below);
    kss_text_format(&finding.message, "%s left", size - below == 1 ? " is" : " are");
    kss_text_format(&finding.label, "crosses StackLimit by %s",
                    kss_say_bytes(event->words[2], &over));
    if (!periodic) // else a frame less would only be one more turn
        what_would_fit(machine, &finding, path, event->words[2]);
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
    kss_text_free(&needs);
    kss_text_free(&over);
}

void kss_rule_overflow(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t stack = kss_see_stack_numbered(machine, (uint32_t)event->words[0]);
    if (stack == KSS_NONE)
        return;
    kss_memo_set(machine, KSS_MEMO_OVERFLOWED, event->words[0], 1);
    struct path path = captured_path(machine, stack, see_stack_cold(machine, stack)->captured);
    add_crossing(machine, &path, (uint32_t)event->words[3], (uint32_t)event->words[1]);
    struct period period;
    bool periodic = find_period(&path, &period);
    overflow(machine, event, &path, see_stack(machine, stack)->size, periodic);
    if (periodic)
        recursion(machine, event, &path, period);
    free(path.rows);
}

// ---- KSS1002 ------------------------------------------------------------------------------------
// The deepest point is inside the dispatch of an exception: what it takes is in the figure.
static bool dispatched(const struct path *path) {
    bool found = false;
    for (uint32_t i = 1; i <= path->count; i++)
        found |= path->rows[i].routine == KSS_PATH_EXCEPTION;
    return found;
}

void kss_rule_deepest(struct kss_machine *machine, const struct kss_event *event) {
    uint32_t reserve = see_profile(machine)->exception_reserve;
    uint16_t stack = kss_see_stack_numbered(machine, (uint32_t)event->words[0]);
    if (event->words[2] >= reserve || stack == KSS_NONE ||
        see_stack(machine, stack)->kind == KSS_STACK_DOUBLE_FAULT ||
        kss_memo(machine, KSS_MEMO_OVERFLOWED, event->words[0]) != 0)
        return;
    struct path path = captured_path(machine, stack, event->words[1]);
    const struct kss_image *image = kss_machine_image(machine);
    uint32_t inner = 1;
    while (inner <= path.count && path.rows[inner].routine >= image->code_count)
        inner++;
    struct kss_finding finding;
    uint32_t number;
    if (inner <= path.count && !dispatched(&path) &&
        kss_finding_begin(machine, &finding, KSS_HAZARD_low_headroom,
                          image->code[path.rows[inner].routine].place, stack, &number)) {
        struct kss_text left = {0}, need = {0};
        kss_text_format(&finding.message,
                        "the deepest point fits with %s left; dispatching an exception there takes "
                        "%s",
                        kss_say_bytes(event->words[2], &left), kss_say_bytes(reserve, &need));
        kss_text_format(&finding.label, "the deepest frame, %s from Base",
                        kss_say_bytes(event->words[1], &left));
        const struct row *row = largest(machine, path.rows + 1, path.count);
        if (row != NULL) {
            kss_say_routine(machine, row->routine, &left);
            kss_finding_remark(&finding, KSS_REMARK_NOTE, "the largest frame is that of `%s`, %s",
                               left.bytes, kss_say_bytes(row->bytes, &need));
        }
        kss_finding_remark(&finding, KSS_REMARK_HELP, "%s less on this path keep that reserve",
                           kss_say_bytes(reserve - event->words[2], &need));
        kss_finding_source(&finding);
        kss_finding_emit(machine, &finding);
        kss_text_free(&left);
        kss_text_free(&need);
    }
    free(path.rows);
}

// ---- KSS1003 ------------------------------------------------------------------------------------
// C6262 looks at each function alone, called or not; so does this.
static void large_frame(struct kss_machine *machine, uint32_t routine) {
    const struct kss_code *code = &kss_machine_image(machine)->code[routine];
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_large_frame, code->place, 0, &number))
        return;
    const struct kss_local *large = NULL;
    for (uint32_t i = 0; i < code->local_count; i++)
        if (large == NULL || code->locals[i].size > large->size)
            large = &code->locals[i];
    struct kss_text who = {0}, bytes = {0};
    kss_say_routine(machine, routine, &who);
    kss_text_format(&finding.message, "one call of `%s` takes %s of kernel stack", who.bytes,
                    kss_say_bytes(code->bytes, &bytes));
    kss_text_format(&finding.label, "%s, %s", bytes.bytes,
                    kss_origin_name((enum kss_origin)code->origin));
    if (large != NULL && large->size > LARGE_FRAME / 2) {
        kss_finding_cause(&finding, (struct kss_mark){large->place, 0}, "`%s` takes %s of it",
                          large->name, kss_say_bytes(large->size, &bytes));
        kss_finding_remark(&finding, KSS_REMARK_HELP, "take `%s` from pool", large->name);
    }
    kss_finding_remark(&finding, KSS_REMARK_NOTE,
                       "the compiler's threshold for kernel code is 1,024 bytes a function");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&who);
    kss_text_free(&bytes);
}

void kss_rule_large_frames(struct kss_machine *machine) {
    const struct kss_image *image = kss_machine_image(machine);
    for (uint32_t i = 0; i < image->code_count; i++) {
        const struct kss_code *code = &image->code[i];
        // A name with a blank is no symbol: it stands for frames a listing does not show.
        if (code->bytes <= LARGE_FRAME || (code->flags & KSS_CODE_BODY) ||
            strchr(code->name, ' ') != NULL)
            continue;
        uint64_t what = what_of(image, i, code->bytes); // an inline call tree repeats its symbols
        if (kss_memo(machine, KSS_MEMO_LARGE, what) != 0)
            continue;
        kss_memo_set(machine, KSS_MEMO_LARGE, what, 1);
        large_frame(machine, i);
    }
}
