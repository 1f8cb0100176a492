// SPDX-License-Identifier: MIT
// The judge of debugger listings: did this stack overflow?
//
// What is asked is where SP was against StackLimit. A listing is a witness who saw part of it:
//
//     Base    ----------------------  exclusive; !thread, a remark, --base
//               reserve, trap frame     |
//               rows that were cut      | unlisted = Base - highest pointer
//       SP(n) - last row listed --------'
//               ...                     | span = highest pointer - SP of the innermost row
//       SP(0) - innermost row ----------'      used = Base - SP = unlisted + span
//     Limit   ----------------------  lowest byte; !thread, a remark, --limit
//               guard page
//
// Whose bytes. Child-SP on x64 is RSP inside the row's function, so the distance to the next row is
// that of the row above: its locals, saved registers and return address. ChildEBP on x86 is EBP of the
// row's function, which is set when its return address and the caller's EBP are pushed; what lies
// between two of them is mostly the row further out: its locals, the registers it saved, the
// arguments it pushed. So on x64 the last row's size is unknown, on x86 the innermost's.
//
//     x64:  SP(i+1) - SP(i)   is row i's        x86:  EBP(i) - EBP(i-1)  is row i's
//
// Stacks. A listing may go over several: the double fault's, a DPC's, the thread's. Nothing is subtracted
// between them. Numbers show a switch (pointers go back, or jump further than the largest stack), names
// only say which it is. Pointers that go back within the pages of the same stack are no switch but a
// walk that lost its way.
//
// The answer. An overflow needs SP below a limit that somebody said; or a double fault and more bytes
// listed than the largest stack has. Not an overflow needs room left above such a limit, or a bug
// check that says something else. All else is "cannot tell", with what would be needed. A limit that
// only follows from Base and the usual stack size is labelled `implied` and decides nothing alone.
//
// One linear pass per concept; nothing here looks at text.
#include "frames/listing_judge.h"

#include <stdarg.h>
#include <stdio.h>

// ---- Sentences ----------------------------------------------------------------------------------

static const char *format_list(struct kss_judge *judge, const char *format, va_list arguments) {
    struct kss_text text = {0};
    kss_text_format_list(&text, format, arguments);
    const char *kept = kss_alloc_text(judge->arena, text.bytes ? text.bytes : "", text.length);
    kss_text_free(&text);
    return kept;
}

const char *kss_judge_format(struct kss_judge *judge, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = format_list(judge, format, arguments);
    va_end(arguments);
    return text;
}

// Room for one more of [size] bytes; the array is copied to twice its size when it is full.
static void *room(struct kss_judge *judge, void *items, uint32_t count, uint32_t *capacity,
                  size_t size) {
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 8 : *capacity * 2;
    char *larger = kss_alloc(judge->arena, size * *capacity);
    if (count > 0)
        memcpy(larger, items, size * count);
    return larger;
}

void kss_judge_evidence(struct kss_judge *judge, uint32_t line, const char *format, ...) {
    struct kss_listing_verdict *v = judge->verdict;
    va_list arguments;
    va_start(arguments, format);
    v->evidence =
        room(judge, v->evidence, v->evidence_count, &judge->evidence_room, sizeof *v->evidence);
    v->evidence[v->evidence_count++] =
        (struct kss_evidence){line, format_list(judge, format, arguments)};
    va_end(arguments);
}

void kss_judge_reason(struct kss_judge *judge, const char *format, ...) {
    struct kss_listing_verdict *v = judge->verdict;
    va_list arguments;
    va_start(arguments, format);
    v->reasons = room(judge, v->reasons, v->reason_count, &judge->reason_room, sizeof *v->reasons);
    v->reasons[v->reason_count++] = format_list(judge, format, arguments);
    va_end(arguments);
}

void kss_judge_fit(struct kss_judge *judge, const char *format, ...) {
    struct kss_listing_verdict *v = judge->verdict;
    va_list arguments;
    va_start(arguments, format);
    v->fits = room(judge, v->fits, v->fit_count, &judge->fit_room, sizeof *v->fits);
    v->fits[v->fit_count++] = format_list(judge, format, arguments);
    va_end(arguments);
}

const char *kss_judge_bytes(struct kss_judge *judge, uint64_t bytes) {
    struct kss_text text = {0};
    kss_text_hex(&text, bytes);
    if (bytes >= 10) {
        kss_text_str(&text, " (");
        kss_text_grouped(&text, bytes);
        kss_text_char(&text, ')');
    }
    kss_text_str(&text, bytes == 1 ? " byte" : " bytes");
    const char *kept = kss_alloc_text(judge->arena, text.bytes, text.length);
    kss_text_free(&text);
    return kept;
}

uint32_t kss_listed_number_of(const struct kss_listed_stack *stack, uint32_t row) {
    return stack->frames[row].number != UINT32_MAX ? stack->frames[row].number : row;
}

const char *kss_judge_row(struct kss_judge *judge, uint32_t row) {
    return kss_judge_format(judge, "row %02x", (unsigned)kss_listed_number_of(judge->stack, row));
}

// ---- Names --------------------------------------------------------------------------------------

const char *kss_listed_function(const struct kss_listed_frame *frame) {
    const char *mark = strchr(frame->symbol, '!');
    return mark != NULL ? mark + 1 : frame->symbol;
}

bool kss_listed_nt(const struct kss_listed_frame *frame, const char *prefix) {
    static const char *const kernels[] = {"nt",       "ntoskrnl", "ntkrnlmp",
                                          "ntkrnlpa", "ntkrpamp", "hal"};
    if (strncmp(kss_listed_function(frame), prefix, strlen(prefix)) != 0)
        return false;
    for (unsigned i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(frame->module, kernels[i]) == 0)
            return true;
    return false;
}

bool kss_listed_any(const struct kss_listed_frame *frame, const char *const *prefixes) {
    for (; *prefixes != NULL; prefixes++)
        if (kss_listed_nt(frame, *prefixes))
            return true;
    return false;
}

bool kss_listed_user(enum kss_arch arch, uint64_t address) {
    return arch == KSS_ARCH_X64 ? address >> 47 == 0 : address < 0x80000000u;
}

// ---- Which stack --------------------------------------------------------------------------------

struct telling { // how much a stack tells, most important first
    uint32_t below, pointers, rows;
};

static enum kss_arch arch_of(const struct kss_listed_stack *stack) {
    if (stack->arch_known)
        return stack->arch;
    for (uint32_t i = 0; i < stack->count; i++)
        if (kss_listed_pointer(&stack->frames[i]))
            return stack->frames[i].sp > UINT32_MAX ? KSS_ARCH_X64 : KSS_ARCH_X86;
    return stack->arch;
}

static struct telling tell(const struct kss_listed_stack *stack) {
    struct telling telling = {.rows = stack->count};
    for (uint32_t i = 0; i < stack->count; i++) {
        if (!kss_listed_pointer(&stack->frames[i]))
            continue;
        if (telling.pointers++ == 0)
            telling.below = stack->limit.line != 0 && stack->base.line != 0 &&
                            stack->frames[i].sp < stack->limit.value &&
                            stack->limit.value - stack->frames[i].sp <= 0x1000;
    }
    return telling;
}

static bool tells_more(const struct telling *a, const struct telling *b) {
    if (a->below != b->below)
        return a->below > b->below;
    if (a->pointers != b->pointers)
        return a->pointers > b->pointers;
    return a->rows > b->rows;
}

static bool shows_crash(const struct kss_listed_stack *stack) {
    static const char *const crash[] = {"KeBugCheck", "KiBugCheckDispatch", "KiDoubleFault",
                                        "KiTrap08", NULL};
    enum { INNERMOST = 12 };
    if (stack->command != NULL && strcmp(stack->command, "STACK_TEXT") == 0)
        return true;
    for (uint32_t i = 0; i < stack->count && i < INNERMOST; i++)
        if (kss_listed_any(&stack->frames[i], crash) || stack->frames[i].marks & KSS_MARK_TASK_GATE)
            return true;
    return false;
}

// The outermost pointer into system space: where the thread's own rows are.
static uint64_t outermost(const struct kss_listed_stack *stack) {
    enum kss_arch arch = arch_of(stack);
    for (uint32_t i = stack->count; i-- > 0;)
        if (kss_listed_pointer(&stack->frames[i]) && !kss_listed_user(arch, stack->frames[i].sp))
            return stack->frames[i].sp;
    return 0;
}

static bool covers(const struct kss_listed_stack *stack, uint64_t address) {
    uint64_t low = UINT64_MAX, high = 0;
    enum kss_arch arch = arch_of(stack);
    for (uint32_t i = 0; i < stack->count; i++) {
        uint64_t sp = stack->frames[i].sp;
        if (!kss_listed_pointer(&stack->frames[i]) || kss_listed_user(arch, sp))
            continue;
        low = sp < low ? sp : low;
        high = sp > high ? sp : high;
    }
    return low <= address && address <= high;
}

// With a bug check the stack that it shows, or a longer listing of the same; else the one with most
// pointers. The first among equals.
static uint32_t choose(const struct kss_listing *listing) {
    const struct kss_listed_stack *crash = NULL;
    struct telling best = {0};
    uint32_t chosen = UINT32_MAX;
    if (listing->bugcheck.code.line != 0)
        for (uint32_t i = 0; i < listing->stack_count && crash == NULL; i++)
            if (shows_crash(&listing->stacks[i]) && outermost(&listing->stacks[i]) != 0)
                crash = &listing->stacks[i];
    uint64_t place = crash != NULL ? outermost(crash) : 0;
    for (uint32_t i = 0; i < listing->stack_count; i++) {
        const struct kss_listed_stack *stack = &listing->stacks[i];
        struct telling telling = tell(stack);
        if (stack->count == 0 || (place != 0 && stack != crash && !covers(stack, place)))
            continue;
        if (chosen == UINT32_MAX || tells_more(&telling, &best)) {
            chosen = i;
            best = telling;
        }
    }
    return chosen;
}

// ---- The judge ----------------------------------------------------------------------------------

static void no_pointers(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    const struct kss_listed_stack *stack = judge->stack;
    v->answer = KSS_LISTING_CANNOT_TELL;
    v->headline = "cannot tell: the listing has no stack-pointer column";
    kss_judge_evidence(judge, stack->line, "the %u rows from here on have no Child-SP or ChildEBP",
                       (unsigned)stack->count);
    kss_judge_reason(judge, "names say in which order functions were called, not how many bytes "
                            "they took: list the stack again with `k`, `kv` or `kf`");
    if (stack->not_resident)
        kss_judge_reason(judge, "the thread's stack was not in memory");
}

static void judge_stack(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    bool pointers = false;
    for (uint32_t i = 0; i < judge->stack->count && !pointers; i++)
        pointers = kss_listed_pointer(&judge->stack->frames[i]);
    v->bytes = KSS_NEW_ARRAY(judge->arena, uint64_t, (size_t)judge->stack->count + 1);
    for (uint32_t i = 0; i < judge->stack->count; i++)
        v->bytes[i] = KSS_BYTES_UNKNOWN;
    kss_judge_machine(judge);
    kss_judge_bugcheck(judge);
    if (!pointers) {
        no_pointers(judge);
        return;
    }
    kss_judge_thread(judge);
    kss_judge_segments(judge);
    kss_judge_bounds(judge);
    kss_judge_sizes(judge);
    kss_judge_stack_pointer(judge);
    kss_judge_recursion(judge);
    kss_judge_modules(judge);
    kss_judge_answer(judge);
    kss_judge_oddities(judge);
    if (v->answer == KSS_LISTING_OVERFLOW)
        kss_judge_fits(judge);
}

static bool double_fault_elsewhere(const struct kss_judge *judge) {
    const struct kss_listing *listing = judge->listing;
    for (uint32_t s = 0; s < listing->stack_count; s++)
        for (uint32_t i = 0; i < listing->stacks[s].count; i++)
            if (&listing->stacks[s] != judge->stack &&
                kss_judge_is_double_fault(&listing->stacks[s].frames[i]))
                return true;
    return false;
}

// A text of several crashes does not say which bug check belongs to the stack judged: none is used then.
static void forget_bugcheck(struct kss_judge *judge, struct kss_listing *without) {
    uint32_t line = judge->listing->bugcheck.code.line, other = judge->listing->bugcheck.other;
    if (other == 0)
        return;
    kss_judge_reason(judge,
                     "the text tells of several bug checks (lines %u and %u), and not which is "
                     "this stack's: none is used; give each crash alone",
                     (unsigned)other, (unsigned)line);
    judge->perhaps_used_up =
        judge->listing->bugcheck.stack_used_up && !double_fault_elsewhere(judge);
    *without = *judge->listing;
    memset(&without->bugcheck, 0, sizeof without->bugcheck);
    judge->listing = without;
}

struct kss_listing_verdict kss_listing_judge(struct kss_arena *arena,
                                             const struct kss_listing *listing,
                                             const struct kss_listing_options *options) {
    struct kss_listing_verdict verdict = {.answer = KSS_LISTING_CANNOT_TELL, .stack = UINT32_MAX};
    struct kss_judge judge = {
        .arena = arena, .listing = listing, .options = options, .verdict = &verdict};
    verdict.stack = choose(listing);
    if (options->stack != 0)
        verdict.stack = options->stack <= listing->stack_count ? options->stack - 1 : UINT32_MAX;
    if (verdict.stack == UINT32_MAX || listing->stacks[verdict.stack].count == 0) {
        verdict.stack = UINT32_MAX;
        verdict.headline = "no stack to judge";
        kss_judge_reason(&judge, "the text holds no rows of a stack");
        return verdict;
    }
    judge.stack = &listing->stacks[verdict.stack];
    if (listing->stack_count > 1)
        kss_judge_evidence(&judge, judge.stack->line, "stack %u of %u in the text is judged: %s",
                           (unsigned)verdict.stack + 1, (unsigned)listing->stack_count,
                           options->stack != 0 ? "the one asked for" : "it tells most");
    struct kss_listing without;
    forget_bugcheck(&judge, &without);
    judge_stack(&judge);
    return verdict;
}
