// SPDX-License-Identifier: MIT
// Which rows lie on which stack.
//
//     row  pointer            fffff880`02174768 .. 021748b0    double-fault stack
//     02   fffff880`021748b0
//     ------------------------  jump of 0x9848660: another stack; nothing is subtracted here
//     03   fffff880`0b9c0f10  fffff880`0b9c0f10 .. 0b9c31f0    the thread's
//
// A walk goes outwards, so pointers grow while it stays on a stack. Numbers show a switch: a pointer goes
// back to other pages, crosses into user space, jumps further than the largest stack, or leaves bounds
// that are known. nt's routines next to it only say what kind of stack the inner one is.
// Some switches have a name as their witness, however near the stacks are to each other: what lies further
// out than KiDoubleFaultAbort and KiTrap08 is never on their stack (x64 IST, x86 task gate); the routines
// of x64 that change to another stack and call there are the outermost on it; nothing lies beyond the
// start of a system thread.
#include "frames/listing_judge.h"

#include <inttypes.h>

struct kind {
    const char *what;
    const char *const *names;
    bool outer; // also when it is the first row of the outer stack
};

static const char *const double_fault[] = {"KiDoubleFault", "KiTrap08", NULL};
static const char *const nmi[] = {"KiNmi", "KxNmi", "KiProcessNMI", "KiTrap02", NULL};
static const char *const machine_check[] = {"KiMcheck", "KxMcheck", "KiTrap12", NULL};
static const char *const dpc[] = {
    "KiRetireDpcList", "KxRetireDpcList",  "KyRetireDpcList", "KiDispatchInterrupt",
    "KiDpcInterrupt",  "KiExecuteAllDpcs", "KiExecuteDpc",    NULL};
static const char *const isr[] = {"KiInterruptDispatch",
                                  "KiInterruptSubDispatch",
                                  "KiInterruptMessageDispatch",
                                  "KiIsr",
                                  "KiChainedDispatch",
                                  "KiCallInterruptServiceRoutine",
                                  "KiScanInterruptObjectList",
                                  "KiVmbusInterrupt",
                                  "KiHvInterrupt",
                                  NULL};
static const char *const expanded[] = {"KeExpandKernelStackAndCallout",
                                       "KiExpandKernelStackAndCallout",
                                       "KiSwitchKernelStack",
                                       "KxSwitchKernelStack",
                                       "KySwitchKernelStack",
                                       "KeSwitchKernelStack",
                                       NULL};

static const char *const exception[] = {"KxExceptionDispatchOnExceptionStack",
                                        "KyExceptionDispatchOnExceptionStack", NULL};
// The outermost of their stacks.
static const char *const starts[] = {"KiStartSystemThread", "KxStartSystemThread",
                                     "KiThreadStartup", NULL};
static const char *const outermost[] = {"KxRetireDpcList",
                                        "KyRetireDpcList",
                                        "KxSwitchKernelStackCallout",
                                        "KySwitchKernelStackCallout",
                                        "KxExceptionDispatchOnExceptionStack",
                                        "KyExceptionDispatchOnExceptionStack",
                                        NULL};

static const struct kind kinds[] = {
    {"double-fault", double_fault, false},
    {"NMI", nmi, false},
    {"machine-check", machine_check, false},
    {"DPC", dpc, true},
    {"ISR", isr, true},
    {"expanded", expanded, true},
    {"exception", exception, false},
};

bool kss_judge_is_double_fault(const struct kss_listed_frame *frame) {
    return frame->marks & KSS_MARK_TASK_GATE || kss_listed_any(frame, double_fault);
}

// The kind of stack that ends with row [last], as rows around the switch name it; [next] is the first
// row behind it. *by: the row that does.
static const char *kind_of(const struct kss_listed_stack *stack, uint32_t first, uint32_t last,
                           uint32_t next, uint32_t *by) {
    enum { NEAR = 3 };
    for (uint32_t i = last, n = 0; n < NEAR; i--, n++) {
        const struct kss_listed_frame *frame = &stack->frames[i];
        *by = i;
        if (frame->marks & KSS_MARK_TASK_GATE)
            return "double-fault";
        for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (kss_listed_any(frame, kinds[k].names))
                return kinds[k].what;
        if (i == first)
            break;
    }
    for (uint32_t i = next; i < stack->count && i < next + 2; i++)
        for (unsigned k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (kinds[k].outer && kss_listed_any(&stack->frames[i], kinds[k].names)) {
                *by = i;
                return kinds[k].what;
            }
    for (uint32_t i = last; i < next; i++)
        if (kss_judge_begins_thread(&stack->frames[i])) {
            *by = i;
            return "thread";
        }
    *by = UINT32_MAX;
    return "unknown";
}

// ---- Switches -----------------------------------------------------------------------------------

static uint64_t known_base(const struct kss_judge *judge) {
    uint64_t base = 0;
    uint32_t line;
    kss_judge_said_base(judge, &base, &line);
    return base;
}

// Why the stack changes between two pointers; NULL: it does not. [lowest]: the stack's first pointer.
static const char *change(struct kss_judge *judge, uint64_t lowest,
                          const struct kss_listed_frame *inner,
                          const struct kss_listed_frame *outer) {
    const struct kss_profile *machine = judge->verdict->machine;
    uint64_t a = inner->sp, b = outer->sp, base = known_base(judge);
    uint64_t page = machine->page_size;
    if (kss_listed_user(machine->arch, a) != kss_listed_user(machine->arch, b))
        return "the pointer leaves system space";
    if (b < a) {
        if (b >= lowest / page * page && !kss_judge_is_double_fault(inner))
            return NULL; // the same pages: a walk that lost its way
        return kss_judge_format(judge, "the pointer goes back by 0x%" PRIX64, a - b);
    }
    uint64_t largest = machine->large_stack_size != 0 ? machine->large_stack_size : 0x12000;
    if (b - a > largest)
        return kss_judge_format(judge,
                                "the pointer jumps by 0x%" PRIX64 ", more than the largest stack "
                                "(0x%" PRIX64 ")",
                                b - a, largest);
    if (b - lowest > 4 * largest)
        return kss_judge_format(judge,
                                "the pointer is further from the innermost than any stack is "
                                "large");
    if (base != 0 && a < base && b > base && base - a <= largest)
        return kss_judge_format(judge, "the pointer goes beyond Base (0x%" PRIX64 ")", base);
    if (b - a > page && kss_judge_is_double_fault(inner))
        return kss_judge_format(judge,
                                "the pointer jumps by 0x%" PRIX64 " behind the double fault's "
                                "frame, which has a stack of its own",
                                b - a);
    if (b - a > page && kss_listed_any(inner, outermost))
        return kss_judge_format(judge,
                                "the pointer jumps by 0x%" PRIX64 " behind %s, which is the "
                                "outermost of its stack",
                                b - a, inner->symbol);
    if (kss_listed_any(inner, starts))
        return kss_judge_format(judge, "nothing of a stack lies beyond %s", inner->symbol);
    return NULL;
}

static struct kss_segment *add_segment(struct kss_judge *judge, uint32_t first) {
    struct kss_listing_verdict *v = judge->verdict;
    if (v->segment_count == judge->segment_room) {
        judge->segment_room = judge->segment_room == 0 ? 4 : judge->segment_room * 2;
        struct kss_segment *larger =
            KSS_NEW_ARRAY(judge->arena, struct kss_segment, judge->segment_room);
        if (v->segment_count > 0)
            memcpy(larger, v->segments, v->segment_count * sizeof *larger);
        v->segments = larger;
    }
    struct kss_segment *segment = &v->segments[v->segment_count++];
    *segment = (struct kss_segment){.first = first, .end = judge->stack->count, .what = "thread"};
    return segment;
}

static void close_segment(struct kss_judge *judge, struct kss_segment *segment, uint32_t last,
                          uint32_t next, const char *why) {
    const struct kss_listed_stack *stack = judge->stack;
    enum kss_arch arch = judge->verdict->machine->arch;
    bool user = kss_listed_user(arch, stack->frames[last].sp);
    uint32_t by;
    segment->end = next;
    segment->why = why;
    if (user || kss_listed_user(arch, stack->frames[next].sp) ||
        kss_listed_any(&stack->frames[last], starts)) {
        segment->what = user ? "user" : "thread"; // addresses and starts tell, not names near them
        return;
    }
    segment->what = kind_of(stack, segment->first, last, next, &by);
    if (by != UINT32_MAX)
        segment->why = kss_judge_format(judge, "%s; %s names it", why, stack->frames[by].symbol);
    else
        segment->why =
            kss_judge_format(judge, "%s; no routine near it says which stack it is", why);
}

static void split(struct kss_judge *judge) {
    const struct kss_listed_stack *stack = judge->stack;
    struct kss_segment *segment = add_segment(judge, 0);
    uint32_t inner = UINT32_MAX;
    uint64_t lowest = 0;
    for (uint32_t i = 0; i < stack->count; i++) {
        if (!kss_listed_pointer(&stack->frames[i]))
            continue;
        const char *why = inner == UINT32_MAX
                              ? NULL
                              : change(judge, lowest, &stack->frames[inner], &stack->frames[i]);
        if (why != NULL) {
            close_segment(judge, segment, inner, i, why);
            segment = add_segment(judge, i);
            segment->why = why;
        }
        if (inner == UINT32_MAX || why != NULL)
            lowest = stack->frames[i].sp;
        inner = i;
        if (kss_listed_user(judge->verdict->machine->arch, stack->frames[i].sp))
            segment->what = "user";
    }
    // A listing that ends on the double fault's stack shows nothing of the thread's.
    if (inner != UINT32_MAX && kss_judge_is_double_fault(&stack->frames[inner])) {
        segment->what = "double-fault";
        segment->why =
            kss_judge_format(judge, "the listing ends at %s", stack->frames[inner].symbol);
    }
}

// ---- The segment of the thread ------------------------------------------------------------------

static void extent(const struct kss_judge *judge, const struct kss_segment *segment, uint64_t *low,
                   uint64_t *high) {
    *low = UINT64_MAX;
    *high = 0;
    for (uint32_t i = segment->first; i < segment->end; i++) {
        const struct kss_listed_frame *frame = &judge->stack->frames[i];
        if (!kss_listed_pointer(frame))
            continue;
        *low = frame->sp < *low ? frame->sp : *low;
        *high = frame->sp > *high ? frame->sp : *high;
    }
}

// Behind the double fault's rows lies the stack that faulted. Without one: the stack that the Base said
// belongs to, else the outermost of system space.
static uint32_t choose(const struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    uint64_t base = known_base(judge), low, high;
    uint32_t chosen = 0;
    for (uint32_t i = 0; i + 1 < v->segment_count; i++)
        if (strcmp(v->segments[i].what, "double-fault") == 0)
            return i + 1;
    for (uint32_t i = 0; i < v->segment_count; i++) {
        extent(judge, &v->segments[i], &low, &high);
        if (base != 0 && high <= base && base - high <= v->machine->large_stack_size)
            return i;
        if (strcmp(v->segments[i].what, "user") != 0)
            chosen = i;
    }
    return chosen;
}

static void tell(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_listed_stack *stack = judge->stack;
    for (uint32_t i = 0; i + 1 < v->segment_count; i++) {
        const struct kss_segment *segment = &v->segments[i];
        uint32_t next = segment->end;
        bool known = strcmp(segment->what, "unknown") != 0;
        kss_judge_evidence(judge, stack->frames[next].line,
                           "the stack changes before %s: what ends there is %s%s stack; %s; "
                           "nothing is subtracted across it",
                           kss_judge_row(judge, next), known ? "the " : "an ", segment->what,
                           segment->why);
    }
}

static void measure(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_segment *segment = &v->segments[v->segment];
    uint64_t lowest = 0, before = 0;
    extent(judge, segment, &lowest, &judge->high);
    judge->first = judge->last = segment->first;
    bool any = false;
    for (uint32_t i = segment->first; i < segment->end; i++) {
        const struct kss_listed_frame *frame = &judge->stack->frames[i];
        if (!kss_listed_pointer(frame))
            continue;
        if (!any)
            judge->first = i;
        judge->disorder |= any && frame->sp < before;
        judge->last = i;
        before = frame->sp;
        any = true;
    }
    judge->low = judge->stack->frames[judge->first].sp;
}

void kss_judge_segments(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    split(judge);
    v->segment = choose(judge);
    tell(judge);
    measure(judge);
    if (judge->listing->bugcheck.code.line != 0)
        return;
    // Rows without a pointer count as well; on the stack that is judged such a name is what words of memory
    // happen to point at, for a double fault has a stack of its own.
    const struct kss_segment *segment = &v->segments[v->segment];
    bool own = strcmp(segment->what, "double-fault") == 0;
    for (uint32_t i = 0; i < judge->stack->count; i++) {
        const struct kss_listed_frame *frame = &judge->stack->frames[i];
        bool here = i >= segment->first && i < segment->end && kss_listed_pointer(frame);
        judge->double_fault |= (own || !here) && kss_judge_is_double_fault(frame);
    }
}
