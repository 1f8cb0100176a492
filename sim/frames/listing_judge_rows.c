// SPDX-License-Identifier: MIT
// What the rows of the judged stack say: sizes, recursion, use per module, and what is odd about them.
//
// Recursion is the smallest period of the rows as (symbol with displacement, size): names alone repeat
// wherever drivers are layered (nt!IofCallDriver between each two) or have no symbols but an export. It
// counts from two complete turns that make up a quarter of what is listed, and from four whatever they
// take: the same call sites with the same sizes four times over are no layering. A listing that is cut
// after one turn is a case of its own: when all rows from some row on repeat those from the beginning, in
// function and size, the distance is one turn, as far as one can see.
//
//     two turns and more   x | a b c a b c a | m n      same call sites, same sizes
//     one turn             a b c d e | a b c  (cut)     functions and sizes; two call sites at least
#include "frames/listing_judge.h"

#include "base/repeat.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PLAIN_TURNS = 4 };

// ---- Sizes --------------------------------------------------------------------------------------

// The distance of two pointers belongs to the inner row on x64, to the outer one on x86.
static void size_of_pair(struct kss_judge *judge, uint32_t inner, uint32_t outer) {
    const struct kss_listed_frame *a = &judge->stack->frames[inner];
    const struct kss_listed_frame *b = &judge->stack->frames[outer];
    bool caller = judge->verdict->machine->arch == KSS_ARCH_X86;
    if (b->sp >= a->sp)
        judge->verdict->bytes[caller ? outer : inner] = b->sp - a->sp;
    if (b->has_memory && outer == inner + 1 && b->memory != b->sp - a->sp)
        kss_judge_reason(judge,
                         "line %u: the Memory column says 0x%" PRIX64
                         ", but the pointers of the two "
                         "rows are 0x%" PRIX64 " apart",
                         (unsigned)b->line, b->memory, b->sp - a->sp);
}

void kss_judge_sizes(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    for (uint32_t s = 0; s < v->segment_count; s++) {
        uint32_t inner = UINT32_MAX;
        uint64_t highest = 0; // no byte is counted twice where pointers go back
        for (uint32_t i = v->segments[s].first; i < v->segments[s].end; i++) {
            const struct kss_listed_frame *frame = &judge->stack->frames[i];
            if (frame->marks & KSS_MARK_INLINE)
                v->bytes[i] = 0; // part of the row below it
            if (!kss_listed_pointer(frame))
                continue;
            if (inner != UINT32_MAX && judge->stack->frames[inner].sp >= highest)
                size_of_pair(judge, inner, i);
            inner = i;
            highest = frame->sp > highest ? frame->sp : highest;
        }
    }
}

// ---- Recursion ----------------------------------------------------------------------------------

// Rows that count as letters: those of the judged segment that have a size and a place.
struct sized {
    const struct kss_listed_frame *frame;
    uint64_t bytes;
    uint32_t row;
};

static int by_name(const void *a, const void *b) {
    const struct sized *x = a, *y = b;
    int order = strcmp(x->frame->symbol, y->frame->symbol);
    if (order != 0)
        return order;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static int by_call_site(const void *a, const void *b) {
    const struct sized *x = a, *y = b;
    if (x->frame->offset != y->frame->offset)
        return x->frame->offset < y->frame->offset ? -1 : 1;
    return by_name(a, b);
}

// letters[i] for rows[i]; rows that [order] calls equal have the same.
static void number(struct kss_judge *judge, const struct sized *rows, uint32_t count,
                   int (*order)(const void *, const void *), uint32_t *letters) {
    struct sized *sorted = KSS_NEW_ARRAY(judge->arena, struct sized, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = rows[i];
        sorted[i].row = i;
    }
    qsort(sorted, count, sizeof *sorted, order);
    uint32_t letter = 0;
    for (uint32_t i = 0; i < count; i++) {
        letter += i > 0 && order(&sorted[i - 1], &sorted[i]) != 0;
        letters[sorted[i].row] = letter;
    }
}

static void found(struct kss_judge *judge, const struct sized *rows, uint32_t first,
                  uint32_t period, uint32_t turns) {
    struct kss_listing_verdict *v = judge->verdict;
    uint64_t bytes = 0;
    for (uint32_t i = first; i < first + period; i++)
        bytes += rows[i].bytes;
    if (bytes == 0)
        return;
    v->has_period = true;
    v->recursion.bytes = bytes;
    v->recursion.frames = period;
    v->recursion.turns = turns;
    v->recursion.first = rows[first].row;
}

static void say_recursion(struct kss_judge *judge, uint32_t last) {
    const struct kss_listing_verdict *v = judge->verdict;
    const char *from = kss_judge_row(judge, v->recursion.first);
    const char *to = kss_judge_row(judge, last);
    uint32_t line = judge->stack->frames[v->recursion.first].line;
    if (v->recursion.turns == 1)
        kss_judge_evidence(judge, line,
                           "from %s to %s the path goes round once and begins again in the same "
                           "functions with the same sizes: a period of %u frame%s, %s",
                           from, to, (unsigned)v->recursion.frames,
                           v->recursion.frames == 1 ? "" : "s",
                           kss_judge_bytes(judge, v->recursion.bytes));
    else
        kss_judge_evidence(judge, line,
                           "from %s to %s the path repeats: %u complete turns of %u frame%s, %s "
                           "each",
                           from, to, (unsigned)v->recursion.turns, (unsigned)v->recursion.frames,
                           v->recursion.frames == 1 ? "" : "s",
                           kss_judge_bytes(judge, v->recursion.bytes));
}

// At least two turns at the same call sites. Returns whether something repeats at all.
static bool many_turns(struct kss_judge *judge, const struct sized *rows, uint32_t count,
                       const uint32_t *letters) {
    struct kss_repeat repeat = kss_repeat_find(letters, count, 2);
    if (repeat.period == 0)
        return false;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < repeat.rows; i++)
        bytes += rows[repeat.first + i].bytes;
    uint32_t turns = repeat.rows / repeat.period;
    uint32_t last = rows[repeat.first + repeat.period * turns - 1].row;
    if (turns >= PLAIN_TURNS || bytes >= (judge->high - judge->low) / 4) {
        found(judge, rows, repeat.first, repeat.period, turns);
        if (judge->verdict->has_period)
            say_recursion(judge, last);
        return judge->verdict->has_period;
    }
    return false;
}

// One turn: what the rows from the p-th on have in common with those from the first on, to the end.
static void one_turn(struct kss_judge *judge, const struct sized *rows, uint32_t count,
                     const uint32_t *sites) {
    uint32_t *letters = KSS_NEW_ARRAY(judge->arena, uint32_t, (size_t)count + 1);
    uint32_t *z = KSS_NEW_ARRAY(judge->arena, uint32_t, (size_t)count + 1);
    number(judge, rows, count, by_name, letters);
    kss_repeat_z(letters, count, z);
    uint32_t period = 1, same = 0;
    while (period < count && z[period] != count - period)
        period++;
    if (period + 2 > count)
        return;
    for (uint32_t i = 0; i + period < count; i++)
        same += sites[i] == sites[i + period];
    if (same < 2)
        return;
    found(judge, rows, 0, period, 1);
    if (judge->verdict->has_period)
        say_recursion(judge, rows[period - 1].row);
}

void kss_judge_recursion(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_segment *segment = &v->segments[v->segment];
    struct sized *rows =
        KSS_NEW_ARRAY(judge->arena, struct sized, (size_t)(segment->end - segment->first) + 1);
    uint32_t count = 0;
    for (uint32_t i = segment->first; i < segment->end; i++)
        if (v->bytes[i] != KSS_BYTES_UNKNOWN && kss_listed_pointer(&judge->stack->frames[i]) &&
            !(i == judge->first && v->machine->arch == KSS_ARCH_X86))
            rows[count++] = (struct sized){&judge->stack->frames[i], v->bytes[i], i};
    uint32_t *sites = KSS_NEW_ARRAY(judge->arena, uint32_t, (size_t)count + 1);
    number(judge, rows, count, by_call_site, sites);
    if (!many_turns(judge, rows, count, sites) && !judge->complete && !judge->disorder)
        one_turn(judge, rows, count, sites);
}

// ---- Modules ------------------------------------------------------------------------------------

static const char *module_of(const struct kss_listed_frame *frame) {
    return frame->module[0] != '\0' ? frame->module : "(no symbol)";
}

static int by_module(const void *a, const void *b) {
    const struct kss_module_use *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static int by_use(const void *a, const void *b) {
    const struct kss_module_use *x = a, *y = b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

void kss_judge_modules(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    const struct kss_segment *segment = &v->segments[v->segment];
    uint32_t count = 0, kept = 0;
    struct kss_module_use *uses = KSS_NEW_ARRAY(judge->arena, struct kss_module_use,
                                                (size_t)(segment->end - segment->first) + 1);
    for (uint32_t i = segment->first; i < segment->end; i++)
        if (v->bytes[i] != KSS_BYTES_UNKNOWN && v->bytes[i] != 0)
            uses[count++] =
                (struct kss_module_use){module_of(&judge->stack->frames[i]), v->bytes[i]};
    qsort(uses, count, sizeof *uses, by_module);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(uses[kept - 1].name, uses[i].name) == 0)
            uses[kept - 1].bytes += uses[i].bytes;
        else
            uses[kept++] = uses[i];
    }
    qsort(uses, kept, sizeof *uses, by_use);
    v->modules = uses;
    v->module_count = kept;
}

// ---- What is odd --------------------------------------------------------------------------------

struct seen { // rows of one kind: how many, the first and the last
    uint32_t count, first, last;
};

static void see(struct seen *seen, uint32_t row) {
    if (seen->count++ == 0)
        seen->first = row;
    seen->last = row;
}

// A return address that is a debug fill pattern.
static bool is_fill(const struct kss_listed_frame *frame, enum kss_arch arch) {
    uint64_t byte = frame->ret & 0xFF;
    uint64_t pattern = byte * (arch == KSS_ARCH_X64 ? UINT64_C(0x0101010101010101) : 0x01010101u);
    bool fill = byte == 0xCC || byte == 0xCD || byte == 0xDD || byte == 0xAB || byte == 0xFD;
    return frame->has_ret && fill && frame->ret == pattern;
}

static void say_seen(struct kss_judge *judge, const struct seen *seen, const char *one,
                     const char *what) {
    const struct kss_listed_frame *frames = judge->stack->frames;
    if (seen->count == 1)
        kss_judge_reason(judge, "line %u, %s: %s%s", (unsigned)frames[seen->first].line,
                         kss_judge_row(judge, seen->first), one, what);
    else if (seen->count > 1)
        kss_judge_reason(judge, "%u rows, the first in line %u (%s): %s%s", (unsigned)seen->count,
                         (unsigned)frames[seen->first].line, kss_judge_row(judge, seen->first), one,
                         what);
}

// Displacements no function is long enough for: the nearest export of a module without symbols.
static void say_exports(struct kss_judge *judge) {
    enum { LONGEST = 0x8000, GARBAGE = 0x100000 };
    const struct kss_segment *segment = &judge->verdict->segments[judge->verdict->segment];
    const struct kss_listed_frame *far = NULL, *farthest = NULL;
    uint32_t count = 0;
    for (uint32_t i = segment->first; i < segment->end; i++) {
        const struct kss_listed_frame *frame = &judge->stack->frames[i];
        if (frame->offset < LONGEST || strchr(frame->symbol, '!') == NULL)
            continue;
        count++;
        far = far == NULL ? frame : far;
        farthest = farthest == NULL || frame->offset > farthest->offset ? frame : farthest;
    }
    if (far == NULL)
        return;
    kss_judge_reason(judge,
                     "line %u: %s+0x%" PRIx64 " is too far from its symbol to be in that function; "
                     "%u such row%s: the symbol is the nearest one known (an export), the "
                     "function has no name here",
                     (unsigned)far->line, far->symbol, far->offset, (unsigned)count,
                     count == 1 ? "" : "s");
    if (farthest->offset >= GARBAGE)
        kss_judge_reason(judge,
                         "line %u: %s+0x%" PRIx64
                         " lies over a megabyte from its symbol: perhaps no "
                         "code of that module at all",
                         (unsigned)farthest->line, farthest->symbol, farthest->offset);
}

// Exceptions in the judged stack, each of which takes a trap frame, an exception record and a context.
static void say_exceptions(struct kss_judge *judge) {
    static const char *const traps[] = {"KiTrap", "KiPageFault", "KiGeneralProtectionFault",
                                        "KiExceptionDispatch", NULL};
    const struct kss_segment *segment = &judge->verdict->segments[judge->verdict->segment];
    struct seen dispatched = {0}, trapped = {0};
    for (uint32_t i = segment->first; i < segment->end; i++) {
        const struct kss_listed_frame *frame = &judge->stack->frames[i];
        if (kss_listed_nt(frame, "KiDispatchException") &&
            strcmp(kss_listed_function(frame), "KiDispatchException") == 0)
            see(&dispatched, i);
        else if (frame->marks & KSS_MARK_TRAP_FRAME || kss_listed_any(frame, traps))
            see(&trapped, i);
    }
    const struct kss_listed_frame *frames = judge->stack->frames;
    if (dispatched.count == 1)
        kss_judge_evidence(judge, frames[dispatched.first].line,
                           "an exception was being dispatched on this stack: %s",
                           kss_judge_row(judge, dispatched.first));
    else if (dispatched.count > 1)
        kss_judge_evidence(judge, frames[dispatched.first].line,
                           "%u exceptions were being dispatched on this stack, each inside the one "
                           "before: %s to %s",
                           (unsigned)dispatched.count, kss_judge_row(judge, dispatched.last),
                           kss_judge_row(judge, dispatched.first));
    else if (trapped.count > 0)
        kss_judge_evidence(judge, frames[trapped.first].line,
                           "%s is a trap: its frame is part of that row's distance",
                           kss_judge_row(judge, trapped.first));
}

void kss_judge_oddities(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_segment *segment = &v->segments[v->segment];
    struct seen nameless = {0}, warned = {0}, filled = {0}, back = {0};
    uint64_t before = 0;
    say_exceptions(judge);
    for (uint32_t i = segment->first; i < segment->end; i++) {
        const struct kss_listed_frame *frame = &judge->stack->frames[i];
        if (frame->marks & KSS_MARK_NO_SYMBOL)
            see(&nameless, i);
        if (frame->marks & KSS_MARK_WARNING)
            see(&warned, i);
        if (is_fill(frame, v->machine->arch))
            see(&filled, i);
        if (!kss_listed_pointer(frame))
            continue;
        if (frame->sp < before)
            see(&back, i);
        before = frame->sp;
    }
    say_seen(judge, &back, "the pointer goes back on the same stack: ",
             "the debugger lost its way, and sizes from there on may be wrong");
    say_seen(judge, &filled,
             "the return address is a fill pattern, no code: ", "rows further out may be wrong");
    say_seen(judge, &nameless,
             "no symbol for this address: ", "no module, or one the debugger does not know");
    say_seen(judge, &warned,
             "the debugger warns before this row: ", "it had no unwind data and guessed");
    say_exports(judge);
    if (judge->stack->not_resident)
        kss_judge_reason(judge, "the thread's stack was not in memory: rows behind that remark are "
                                "what the debugger made of it");
    if (judge->listing->truncated_by_debugger)
        kss_judge_reason(judge, "the debugger says that it cut the listing");
}
