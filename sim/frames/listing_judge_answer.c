// SPDX-License-Identifier: MIT
// The answer of the judge, and what would have made an overflowing stack fit.
//
//     limit said:   SP below it ............................... overflow
//                   room left ................................. not an overflow, by so many bytes
//                   room left, but a double fault ............. only with SP at the fault, and room enough
//     limit unsaid: double fault, more than a stack listed .... overflow
//                   else ...................................... cannot tell
#include "frames/listing_judge.h"

#include <inttypes.h>

enum {
    PANIC_STACK_SWITCH = 0x2B,
    LARGE_FRAME =
        1024 // from here on compilers warn of kernel code (C6262): few functions take more
};

static bool says_panic(const struct kss_judge *judge) {
    return judge->listing->bugcheck.code.line != 0 &&
           judge->listing->bugcheck.code.value == PANIC_STACK_SWITCH;
}

static void answer(struct kss_judge *judge, enum kss_listing_answer answer, const char *headline) {
    judge->verdict->answer = answer;
    judge->verdict->headline = headline;
}

// ---- A limit that was said ----------------------------------------------------------------------

static void below_limit(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    uint64_t over = v->limit - v->sp;
    if (over == 0)
        answer(judge, KSS_LISTING_OVERFLOW,
               "overflow: SP is at the very limit, and what the fault had to push went below it");
    else
        answer(judge, KSS_LISTING_OVERFLOW,
               kss_judge_format(judge, "overflow: SP is %s below the limit",
                                kss_judge_bytes(judge, over)));
}

static void double_fault_with_room(struct kss_judge *judge, uint64_t room) {
    struct kss_listing_verdict *v = judge->verdict;
    // What the processor and the trap handler push before anything else runs.
    uint64_t trap = (uint64_t)v->machine->interrupt_reserve + 8 * v->machine->pointer_size;
    const char *left = kss_judge_bytes(judge, room);
    if (judge->fault_sp && room > trap) {
        answer(judge, KSS_LISTING_FITS,
               kss_judge_format(judge,
                                "not an overflow: at the double fault %s were left above the limit",
                                left));
        kss_judge_reason(judge, "a double fault has other causes: a lost SP that came back, a bad "
                                "descriptor or task state segment, the hardware");
        return;
    }
    answer(judge, KSS_LISTING_CANNOT_TELL,
           kss_judge_format(judge,
                            "cannot tell: a double fault, and the innermost row is %s above "
                            "the limit",
                            left));
    if (judge->fault_sp)
        kss_judge_reason(
            judge,
            "%s are left, and a trap takes about %s: close, but that the guard page was "
            "touched is not in the listing",
            left, kss_judge_bytes(judge, trap));
    else
        kss_judge_reason(judge, "the row's pointer is not the stack pointer at the fault: %s",
                         v->machine->arch == KSS_ARCH_X86
                             ? "look at ESP with .tss (or .trap) and list the stack from there"
                             : "the double fault's own rows are not in the listing");
}

// A row of another listing in the text that lies in the guard page below this stack: then the rows
// judged are not all there is, and nothing fits. NULL: none.
static const struct kss_listed_frame *row_in_guard(const struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    for (uint32_t s = 0; s < judge->listing->stack_count; s++) {
        const struct kss_listed_stack *stack = &judge->listing->stacks[s];
        for (uint32_t i = 0; i < stack->count && stack != judge->stack; i++)
            if (kss_listed_pointer(&stack->frames[i]) && stack->frames[i].sp < v->limit &&
                v->limit - stack->frames[i].sp <= v->machine->page_size)
                return &stack->frames[i];
    }
    return NULL;
}

static void look_around(struct kss_judge *judge) {
    const struct kss_listed_frame *row =
        judge->verdict->answer == KSS_LISTING_FITS ? row_in_guard(judge) : NULL;
    if (row == NULL)
        return;
    answer(judge, KSS_LISTING_CANNOT_TELL,
           "cannot tell: another listing in the text has a row in the guard page of this stack");
    kss_judge_evidence(judge, row->line, "0x%" PRIX64 " (%s) lies in the guard page of this stack",
                       row->sp, row->symbol);
    kss_judge_reason(judge,
                     "the rows judged are not all rows of this stack: judge the other listing "
                     "with --pick");
}

static void room_left(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    uint64_t room = v->sp - v->limit;
    const char *left = kss_judge_bytes(judge, room);
    if (judge->double_fault && room > 0)
        double_fault_with_room(judge, room);
    else if (judge->double_fault)
        below_limit(judge);
    else if (says_panic(judge)) {
        answer(judge, KSS_LISTING_CANNOT_TELL,
               kss_judge_format(judge,
                                "cannot tell: the bug check tells of an overrun stack, but %s are "
                                "left on this one",
                                left));
        kss_judge_reason(judge, "perhaps another stack overran, or the listing begins further out");
    } else if (judge->perhaps_used_up)
        answer(judge, KSS_LISTING_CANNOT_TELL,
               kss_judge_format(judge,
                                "cannot tell: %s are left, but the text tells of a stack that was "
                                "used up, perhaps this one",
                                left));
    else
        answer(judge, KSS_LISTING_FITS,
               kss_judge_format(judge, "not an overflow: %s are left", left));
    if (v->machine->arch == KSS_ARCH_X86 && v->answer == KSS_LISTING_FITS && !judge->exact_sp &&
        room < LARGE_FRAME) {
        answer(judge, KSS_LISTING_CANNOT_TELL,
               kss_judge_format(judge, "cannot tell: the innermost row's EBP is %s above the limit",
                                left));
        kss_judge_reason(judge,
                         "ESP lies below EBP by what that function takes, which may be as much");
    }
}

// ---- No limit -----------------------------------------------------------------------------------

// Bytes of the largest stack that may be meant. The save area above all rows is not taken off, for its size
// differs from one processor to the next: only what no stack can hold is proof.
static uint64_t largest_stack(const struct kss_judge *judge) {
    return judge->gui ? judge->verdict->machine->large_stack_size : judge->widest->stack_size;
}

static void more_than_a_stack(struct kss_judge *judge, uint64_t listed, uint64_t largest) {
    const struct kss_listing_verdict *v = judge->verdict;
    answer(judge, KSS_LISTING_OVERFLOW,
           kss_judge_format(judge,
                            "overflow: a double fault, and %s in use: more than a whole stack",
                            kss_judge_bytes(judge, listed)));
    kss_judge_evidence(judge, judge->stack->frames[judge->last].line,
                       "up to here %s are in use; %s of machine %s has %s",
                       kss_judge_bytes(judge, listed), judge->gui ? "a large stack" : "a stack",
                       judge->gui ? v->machine->name : judge->widest->name,
                       kss_judge_bytes(judge, largest));
    if (!judge->gui && judge->options->machine == NULL)
        for (unsigned i = 0; i < kss_profile_count; i++)
            if (kss_profiles[i].arch == v->machine->arch && &kss_profiles[i] != judge->widest)
                kss_judge_evidence(judge, 0, "the stacks of machine %s are smaller still: %s",
                                   kss_profiles[i].name,
                                   kss_judge_bytes(judge, kss_profiles[i].stack_size));
    if (!judge->gui && listed <= v->machine->large_stack_size)
        kss_judge_reason(judge,
                         "a thread that uses the graphics system has a large stack of up to %s; no "
                         "row of win32k and no remark says that this is one",
                         kss_judge_bytes(judge, v->machine->large_stack_size));
}

// What page arithmetic implies if the double fault was an overflow: SP is in the guard page, so that the
// limit is the page's end. A condition, not a conclusion.
static void say_implied(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_profile *machine = v->machine;
    if (!judge->double_fault || !v->has_sp || machine->page_size == 0 || machine->stack_size == 0)
        return;
    uint64_t limit = v->sp / machine->page_size * machine->page_size + machine->page_size;
    uint64_t base = limit + machine->stack_size;
    if (base < limit || judge->high > base)
        return;
    kss_judge_reason(judge,
                     "implied by page arithmetic, if SP is in the guard page: the limit is "
                     "0x%" PRIX64 ", and with a stack as machine %s has it Base is 0x%" PRIX64,
                     limit, machine->name, base);
}

static void lacks_bounds(struct kss_judge *judge, uint64_t listed, uint64_t largest) {
    const struct kss_listing_verdict *v = judge->verdict;
    if (v->has_limit)
        answer(judge, KSS_LISTING_CANNOT_TELL,
               "cannot tell: Base is known, but the limit is only implied");
    else
        answer(judge, KSS_LISTING_CANNOT_TELL, "cannot tell: neither Base nor the limit is known");
    kss_judge_reason(judge,
                     "what is listed, %s, would fit a %sstack: !thread prints Base and Limit; "
                     "give them with --base and --limit",
                     kss_judge_bytes(judge, listed), listed > largest ? "large " : "");
    if (v->has_limit)
        kss_judge_reason(judge,
                         v->sp < v->limit
                             ? "by the implied limit SP would be 0x%" PRIX64 " bytes below it"
                             : "by the implied limit 0x%" PRIX64 " bytes would be left",
                         v->sp < v->limit ? v->limit - v->sp : v->sp - v->limit);
    else
        say_implied(judge);
}

// An overflow is noticed in the guard page. More than that beyond a normal stack was not used of one: it is
// a large or an expanded stack, and how large that one is nobody says.
static bool beyond_the_guard(const struct kss_judge *judge, uint64_t listed, uint64_t largest) {
    const struct kss_profile *machine = judge->verdict->machine;
    bool of_large = listed > machine->large_stack_size &&
                    listed <= (uint64_t)machine->large_stack_size + machine->page_size;
    return listed > largest + machine->page_size && !of_large;
}

static void another_stack(struct kss_judge *judge, uint64_t listed) {
    bool several = listed > judge->verdict->machine->large_stack_size;
    answer(judge, KSS_LISTING_CANNOT_TELL,
           kss_judge_format(judge, "cannot tell: a double fault with %s in use, %s",
                            kss_judge_bytes(judge, listed),
                            several ? "more than any stack holds: the rows are not of one stack"
                                    : "more than a normal stack and its guard page: it is a large "
                                      "or an expanded one"));
    kss_judge_reason(judge, several ? "where one stack ends and the next begins nobody says: judge "
                                      "each listing alone"
                                    : "how large this stack is nobody says: !thread prints Base "
                                      "and Limit; give them with --base and --limit");
}

static void without_limit(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    uint64_t largest = largest_stack(judge), listed = v->has_base ? v->used : judge->high - v->sp;
    if (largest != 0 && judge->double_fault && !judge->disorder && listed > largest) {
        if (beyond_the_guard(judge, listed, largest))
            another_stack(judge, listed);
        else
            more_than_a_stack(judge, listed, largest);
    } else if (says_panic(judge)) {
        answer(judge, KSS_LISTING_OVERFLOW,
               "overflow: the bug check says that a kernel stack was overrun");
        kss_judge_reason(judge, "nobody says Base or the limit: the answer is the bug check's, the "
                                "figures do not confirm it");
    } else {
        lacks_bounds(judge, listed, largest);
        if (listed > largest && largest != 0) {
            answer(judge, KSS_LISTING_CANNOT_TELL,
                   "cannot tell: more is listed than a normal stack holds, but nobody says what "
                   "stack it is");
            kss_judge_reason(
                judge, judge->disorder ? "the rows are in disorder, so their span proves nothing"
                                       : "large and expanded stacks hold more, and no double fault "
                                         "is shown");
        }
    }
}

// ---- All together -------------------------------------------------------------------------------

static void find_gui(struct kss_judge *judge) {
    const struct kss_segment *segment = &judge->verdict->segments[judge->verdict->segment];
    judge->gui = judge->stack->large || (judge->thread != NULL && judge->thread->large);
    for (uint32_t i = segment->first; i < segment->end && !judge->gui; i++)
        judge->gui = strncmp(judge->stack->frames[i].module, "win32k", 6) == 0;
}

// What happened last happened on the innermost stack. A double fault's is known, and the one behind it is
// judged; of others only their rows are listed.
static void say_inner_stack(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_segment *inner = &v->segments[0];
    if (v->segment > 0 && strcmp(inner->what, "double-fault") == 0)
        inner++;
    if (inner < &v->segments[v->segment] && strcmp(inner->what, "user") != 0)
        kss_judge_reason(judge,
                         "line %u: the innermost rows lie on another stack (%s), whose bounds "
                         "nobody says; the answer is about the one of %s",
                         (unsigned)judge->stack->frames[inner->first].line, inner->what,
                         kss_judge_row(judge, judge->first));
}

void kss_judge_answer(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    find_gui(judge);
    say_inner_stack(judge);
    if (strcmp(v->segments[v->segment].what, "double-fault") == 0) {
        answer(judge, KSS_LISTING_CANNOT_TELL,
               "cannot tell: only rows of the double-fault stack are listed");
        kss_judge_reason(judge, "the stack that faulted is another one: list it with .tss or .trap "
                                "and k");
        return;
    }
    if (strcmp(v->segments[v->segment].what, "user") == 0) {
        answer(judge, KSS_LISTING_CANNOT_TELL, "cannot tell: the rows are of user mode");
        kss_judge_reason(judge, "no row lies on a kernel stack");
        return;
    }
    bool said = v->has_limit && v->limit_source != KSS_BOUND_IMPLIED;
    if (said)
        kss_judge_evidence(
            judge, judge->stack->frames[judge->first].line,
            v->sp < v->limit ? "SP is %s below the limit" : "from SP down to the limit %s are left",
            kss_judge_bytes(judge, v->sp < v->limit ? v->limit - v->sp : v->sp - v->limit));
    if (kss_judge_other_class(judge))
        return;
    if (!said)
        without_limit(judge);
    else if (v->sp < v->limit)
        below_limit(judge);
    else {
        room_left(judge);
        look_around(judge);
    }
}

// ---- What would have made it fit ----------------------------------------------------------------

static void fewer_turns(struct kss_judge *judge, uint64_t over) {
    const struct kss_listing_verdict *v = judge->verdict;
    if (!v->has_period || v->recursion.turns < 2)
        return;
    uint64_t fewer = (over + v->recursion.bytes - 1) / v->recursion.bytes;
    fewer = fewer == 0 ? 1 : fewer;
    if (fewer < v->recursion.turns)
        kss_judge_fit(judge,
                      "%u turn%s less of the recursion (%s each) would have fitted; a bound on its "
                      "depth, or the next turn on a work item, keeps it so",
                      (unsigned)fewer, fewer == 1 ? "" : "s",
                      kss_judge_bytes(judge, v->recursion.bytes));
}

static void smaller_module(struct kss_judge *judge, uint64_t over) {
    const struct kss_listing_verdict *v = judge->verdict;
    if (v->module_count == 0)
        return;
    const struct kss_module_use *most = &v->modules[0];
    if (most->bytes > over)
        kss_judge_fit(
            judge, "%s less in %s, which takes most, %s of what is listed, would have fitted",
            kss_judge_bytes(judge, over), most->name, kss_judge_bytes(judge, most->bytes));
    else
        kss_judge_fit(judge, "%s too many: not even without %s, which takes most, %s, would it fit",
                      kss_judge_bytes(judge, over), most->name,
                      kss_judge_bytes(judge, most->bytes));
}

void kss_judge_fits(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    uint64_t size = v->has_base && v->has_limit ? v->base - v->limit : 0;
    if (v->has_limit && v->limit >= v->sp) {
        uint64_t over = v->limit - v->sp;
        fewer_turns(judge, over);
        if (over > 0)
            smaller_module(judge, over);
    }
    if (v->machine->max_expansion > size)
        kss_judge_fit(judge,
                      "KeExpandKernelStackAndCallout around the inner part gives it up to %s%s",
                      kss_judge_bytes(judge, v->machine->max_expansion),
                      v->has_period && v->recursion.turns > 1
                          ? "; a recursion without a bound uses that up as well"
                          : "");
}
