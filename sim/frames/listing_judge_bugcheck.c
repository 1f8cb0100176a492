// SPDX-License-Identifier: MIT
// What the bug check of a listing says, and which it rules out.
//
// UNEXPECTED_KERNEL_MODE_TRAP with P1 = 8 is a double fault: what an overflow into the guard page comes
// to, because the fault's own frame cannot be pushed. Its other parameters are undocumented; what
// published dumps show differs by generation:
//
//     x86           8, address of the TSS, 0, 0
//     older x64     8, CR0 (80050033), CR4 (406f8), address of the instruction
//     newer x64     8, a system address, SP, address of the instruction
//
// So parameter 3 is looked at, not the version: a pointer is only what looks like one and lies on the
// stack of the rows (listing_judge_bounds.c).
#include "frames/listing_judge.h"

#include <inttypes.h>

enum {
    UNEXPECTED_KERNEL_MODE_TRAP = 0x7F,
    KERNEL_SECURITY_CHECK_FAILURE = 0x139,
    EXCEPTION_ON_INVALID_STACK = 0x1AA,
    UNWIND_ON_INVALID_STACK = 0x1AB,
    DRIVER_OVERRAN_STACK_BUFFER = 0xF7,
    DOUBLE_FAULT = 8
};

static const char *const stack_kinds[] = {
    "any stack while a bug check is processed",
    "the processor's DPC stack",
    "a stack of KeExpandKernelStackAndCallout",
    "a normal kernel thread stack",
    "a thread's stack during a context swap",
    "a win32k callout stack",
    "the processor's ISR stack",
    "the debugger's stack",
    "the processor's NMI stack",
    "the processor's machine-check stack",
    "the processor's exception stack",
};

bool kss_listing_p3_is_pointer(const struct kss_listing *listing) {
    return listing->bugcheck.count > 2 && listing->bugcheck.parameters[2].value >> 47 == 0x1FFFF;
}

static uint64_t parameter(const struct kss_judge *judge, unsigned index) {
    return judge->listing->bugcheck.parameters[index].value;
}

static bool is(const struct kss_judge *judge, uint64_t code) {
    return judge->listing->bugcheck.code.line != 0 && judge->listing->bugcheck.code.value == code;
}

static void say_double_fault(struct kss_judge *judge) {
    const struct kss_listed_number *p = judge->listing->bugcheck.parameters;
    const struct kss_profile *machine = judge->verdict->machine;
    uint32_t line = p[0].line;
    kss_judge_evidence(
        judge, line,
        "P1 = 8: a double fault, which is what an overflow into the guard page comes "
        "to (and what bad memory or a lost SP can come to)");
    if (judge->listing->bugcheck.count < 4 || machine == NULL)
        return;
    if (machine->arch == KSS_ARCH_X86 && p[2].value == 0 && p[3].value == 0)
        kss_judge_evidence(judge, p[1].line,
                           "P2 (0x%" PRIX64
                           ") is the task state segment, as on x86; no parameter is "
                           "the stack pointer: .tss shows it",
                           p[1].value);
    else if (machine->arch == KSS_ARCH_X64 && p[2].value < 0x10000000 && p[2].value != 0)
        kss_judge_evidence(judge, p[2].line,
                           "P2 and P3 (0x%" PRIX64 ", 0x%" PRIX64
                           ") look like CR0 and CR4, as older "
                           "x64 systems pass them; P3 is no stack pointer here",
                           p[1].value, p[2].value);
}

static void say_invalid_stack(struct kss_judge *judge) {
    const struct kss_listed_number *p = judge->listing->bugcheck.parameters;
    if (judge->listing->bugcheck.count < 2)
        return;
    uint64_t kind = p[1].value;
    kss_judge_evidence(
        judge, p[0].line, "P1 (0x%" PRIX64 ") is the stack pointer found invalid%s", p[0].value,
        kss_listed_user(KSS_ARCH_X64, p[0].value) ? ": an address of user space" : "");
    if (kind < sizeof stack_kinds / sizeof *stack_kinds)
        kss_judge_evidence(judge, p[1].line, "P2 (%u): it should have lain on %s", (unsigned)kind,
                           stack_kinds[kind]);
    else
        kss_judge_evidence(judge, p[1].line, "P2 (0x%" PRIX64 ") is no kind of stack that is known",
                           kind);
}

void kss_judge_bugcheck(struct kss_judge *judge) {
    const struct kss_listed_number *code = &judge->listing->bugcheck.code;
    unsigned count = judge->listing->bugcheck.count;
    if (code->line == 0)
        return;
    const struct kss_bugcheck *known =
        code->value <= UINT32_MAX ? kss_bugcheck_find((uint32_t)code->value) : NULL;
    kss_judge_evidence(judge, code->line, "the bug check is 0x%" PRIX64 "%s%s", code->value,
                       known != NULL ? " " : "", known != NULL ? known->name : "");
    if (is(judge, UNEXPECTED_KERNEL_MODE_TRAP) && count > 0 &&
        parameter(judge, 0) == DOUBLE_FAULT) {
        judge->double_fault = true;
        say_double_fault(judge);
    } else if (is(judge, UNEXPECTED_KERNEL_MODE_TRAP) && count > 0) {
        kss_judge_evidence(judge, judge->listing->bugcheck.parameters[0].line,
                           "P1 = 0x%" PRIX64 " is no double fault, which would be 8",
                           parameter(judge, 0));
    } else if (is(judge, EXCEPTION_ON_INVALID_STACK) || is(judge, UNWIND_ON_INVALID_STACK)) {
        say_invalid_stack(judge);
    } else if (is(judge, DRIVER_OVERRAN_STACK_BUFFER)) {
        kss_judge_evidence(
            judge, code->line,
            "it tells of a buffer on the stack that was overrun, not of a stack used "
            "up");
    }
}

// ---- Other classes ------------------------------------------------------------------------------

// SP in the guard page below a limit that somebody said.
static bool in_guard(const struct kss_judge *judge, uint64_t sp) {
    const struct kss_listing_verdict *v = judge->verdict;
    return v->has_limit && v->limit_source != KSS_BOUND_IMPLIED && sp < v->limit &&
           v->limit - sp <= v->machine->page_size;
}

static const char *whose(uint64_t kind) {
    return kind < sizeof stack_kinds / sizeof *stack_kinds ? stack_kinds[kind] : "a kernel stack";
}

static bool invalid_stack(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    bool known = judge->listing->bugcheck.count > 0;
    uint64_t sp = parameter(judge, 0);
    if (in_guard(judge, v->sp) || (known && in_guard(judge, sp))) {
        v->answer = KSS_LISTING_CANNOT_TELL;
        v->headline = "the bug check tells of an invalid stack pointer, but SP lies in the guard "
                      "page of this stack";
        kss_judge_reason(judge,
                         "an overflow may have come first: what touched the guard page is not "
                         "in the listing");
        return true;
    }
    v->answer = KSS_LISTING_FITS;
    if (!known)
        v->headline = "not an overflow: the stack pointer was on no valid stack";
    else
        v->headline = kss_judge_format(
            judge,
            "not an overflow: the stack pointer 0x%" PRIX64 " is invalid, it should lie on %s", sp,
            whose(judge->listing->bugcheck.count > 1 ? parameter(judge, 1) : UINT64_MAX));
    if (known && v->has_base && v->has_limit)
        kss_judge_evidence(judge, judge->listing->bugcheck.parameters[0].line,
                           sp >= v->limit && sp < v->base
                               ? "P1 lies between the limit and Base of this stack, so it is the "
                                 "kind of stack that was wrong"
                               : "P1 lies outside this stack, and not in its guard page");
    return true;
}

static bool incorrect_stack(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    if (in_guard(judge, v->sp))
        return false;
    v->answer = KSS_LISTING_FITS;
    v->headline = "not an overflow: a fast-fail says that the stack is not the right one";
    kss_judge_evidence(judge, judge->listing->bugcheck.parameters[0].line,
                       "P1 = 4: FAST_FAIL_INCORRECT_STACK, SP outside the bounds of the thread's "
                       "stack");
    return true;
}

// Whether rows of this text, on whatever stack, lie near [pointer]: then it is that stack's, and whole.
static bool is_of_listed_stack(const struct kss_judge *judge, uint64_t pointer) {
    uint64_t near = judge->verdict->machine->large_stack_size;
    for (uint32_t s = 0; s < judge->listing->stack_count; s++) {
        const struct kss_listed_stack *stack = &judge->listing->stacks[s];
        for (uint32_t i = 0; i < stack->count; i++) {
            uint64_t sp = stack->frames[i].sp, off = sp > pointer ? sp - pointer : pointer - sp;
            if (kss_listed_pointer(&stack->frames[i]) && off <= near)
                return true;
        }
    }
    for (uint32_t i = 0; i < judge->listing->thread_count; i++) {
        const struct kss_listed_thread *thread = &judge->listing->threads[i];
        if (thread->base.line != 0 && thread->limit.line != 0 && pointer < thread->base.value &&
            pointer + judge->verdict->machine->page_size >= thread->limit.value)
            return true;
    }
    return false;
}

// A pointer that would lie among the rows if one high bit of it were the other way round; -1: none.
// Low bits prove nothing: a wild pointer near the stack differs in one of them easily.
static int flipped(const struct kss_judge *judge, uint64_t pointer) {
    const struct kss_listing_verdict *v = judge->verdict;
    uint64_t largest = v->machine->large_stack_size, page = v->machine->page_size;
    int bits = v->machine->arch == KSS_ARCH_X64 ? 47 : 31;
    uint64_t off = pointer > judge->low ? pointer - judge->low : judge->low - pointer;
    if (off <= 2 * largest)
        return -1;
    for (int bit = 17; bit <= bits; bit++) {
        uint64_t right = pointer ^ UINT64_C(1) << bit;
        if (right + page >= judge->low && right <= judge->high + page)
            return is_of_listed_stack(judge, pointer) ? -1 : bit;
    }
    return -1;
}

static bool say_flip(struct kss_judge *judge, const char *what, uint64_t pointer, uint32_t line) {
    int bit = flipped(judge, pointer);
    if (bit < 0)
        return false;
    struct kss_listing_verdict *v = judge->verdict;
    v->answer = KSS_LISTING_FITS;
    v->headline = kss_judge_format(judge,
                                   "not an overflow: %s differs from the rows' stack in one bit, "
                                   "bit %d: the hardware",
                                   what, bit);
    kss_judge_evidence(judge, line,
                       "%s is 0x%" PRIX64 "; with bit %d the other way round, 0x%" PRIX64
                       ", it would "
                       "lie on the stack of these rows",
                       what, pointer, bit, pointer ^ UINT64_C(1) << bit);
    return true;
}

static bool bit_flip(struct kss_judge *judge) {
    const struct kss_listing *listing = judge->listing;
    bool x86 = judge->verdict->machine->arch == KSS_ARCH_X86;
    for (uint32_t i = 0; i < listing->trap_count; i++) {
        const struct kss_listed_trap *trap = &listing->traps[i];
        // Of a trap that belongs to this stack, EBP fits and ESP does not.
        bool near =
            trap->bp.line != 0 && trap->bp.value >= judge->low && trap->bp.value <= judge->high;
        if (trap->sp.line != 0 && near &&
            say_flip(judge, x86 ? "ESP" : "RSP", trap->sp.value, trap->sp.line))
            return true;
    }
    return kss_listing_p3_is_pointer(listing) && !x86 &&
           say_flip(judge, "RSP (P3)", listing->bugcheck.parameters[2].value,
                    listing->bugcheck.parameters[2].line);
}

bool kss_judge_other_class(struct kss_judge *judge) {
    if (is(judge, EXCEPTION_ON_INVALID_STACK) || is(judge, UNWIND_ON_INVALID_STACK))
        return invalid_stack(judge);
    if (is(judge, KERNEL_SECURITY_CHECK_FAILURE) && judge->listing->bugcheck.count > 0 &&
        parameter(judge, 0) == 4)
        return incorrect_stack(judge);
    return judge->double_fault && bit_flip(judge);
}
