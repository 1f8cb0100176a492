// SPDX-License-Identifier: MIT
// The machine a listing is of, the bounds of the judged stack, and its stack pointer.
//
// Bounds come from the command line, from !thread or from a remark, and are believed when the judged rows
// can lie on such a stack. Base alone and a machine's usual size imply a limit; it is printed with that
// word. Nothing is implied from the rows themselves: that an overflow stops just below a page edge
// does not say that it was one.
#include "frames/listing_judge.h"

#include <inttypes.h>
#include <stdlib.h>

// ---- Machine ------------------------------------------------------------------------------------

static const struct kss_profile *profile_of(enum kss_arch arch, uint64_t size) {
    const struct kss_profile *first = NULL;
    for (unsigned i = 0; i < kss_profile_count; i++) {
        const struct kss_profile *profile = &kss_profiles[i];
        if (profile->arch != arch)
            continue;
        if (size != 0 && profile->stack_size == size)
            return profile;
        first = first == NULL ? profile : first;
    }
    return first;
}

static const struct kss_profile *widest_of(enum kss_arch arch) {
    const struct kss_profile *widest = NULL;
    for (unsigned i = 0; i < kss_profile_count; i++)
        if (kss_profiles[i].arch == arch &&
            (widest == NULL || kss_profiles[i].stack_size > widest->stack_size))
            widest = &kss_profiles[i];
    return widest;
}

// The architecture as the reader saw it, else by the width of the first pointer.
static bool arch_of(const struct kss_judge *judge, enum kss_arch *arch) {
    const struct kss_listed_stack *stack = judge->stack;
    *arch = stack->arch;
    if (stack->arch_known)
        return true;
    for (uint32_t i = 0; i < stack->count; i++)
        if (kss_listed_pointer(&stack->frames[i])) {
            *arch = stack->frames[i].sp > UINT32_MAX ? KSS_ARCH_X64 : KSS_ARCH_X86;
            return true;
        }
    return false;
}

void kss_judge_machine(struct kss_judge *judge) {
    const struct kss_profile *given = judge->options->machine;
    enum kss_arch arch;
    bool known = arch_of(judge, &arch);
    if (given != NULL && (!known || given->arch == arch)) {
        judge->verdict->machine = judge->widest = given;
        return;
    }
    if (!known)
        return;
    judge->verdict->machine = profile_of(arch, 0);
    judge->widest = widest_of(arch);
    if (given != NULL)
        kss_judge_reason(judge,
                         "the machine given is %s, but the listing is of %s: it was taken for "
                         "%s",
                         given->name, judge->verdict->machine->name, judge->verdict->machine->name);
}

// ---- Base and limit -----------------------------------------------------------------------------

static enum kss_bound_source said(uint64_t given, const struct kss_listed_number *const numbers[3],
                                  uint64_t *value, uint32_t *line) {
    *line = 0;
    *value = given;
    if (given != 0)
        return KSS_BOUND_GIVEN;
    for (unsigned i = 0; i < 3; i++)
        if (numbers[i] != NULL && numbers[i]->line != 0 && numbers[i]->value != 0) {
            *value = numbers[i]->value;
            *line = numbers[i]->line;
            return KSS_BOUND_LISTED;
        }
    return KSS_BOUND_NONE;
}

enum kss_bound_source kss_judge_said_base(const struct kss_judge *judge, uint64_t *base,
                                          uint32_t *line) {
    const struct kss_listed_number *const numbers[] = {&judge->stack->base, &judge->listing->base,
                                                       judge->thread != NULL ? &judge->thread->base
                                                                             : NULL};
    return said(judge->options->base, numbers, base, line);
}

static enum kss_bound_source said_limit(const struct kss_judge *judge, uint64_t *limit,
                                        uint32_t *line) {
    const struct kss_listed_number *const numbers[] = {&judge->stack->limit, &judge->listing->limit,
                                                       judge->thread != NULL ? &judge->thread->limit
                                                                             : NULL};
    return said(judge->options->limit, numbers, limit, line);
}

static int by_address(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

// Whether one of the sorted [places] lies in [low, high].
static bool any_between(const uint64_t *places, uint32_t count, uint64_t low, uint64_t high) {
    uint32_t begin = 0, end = count;
    while (begin < end) {
        uint32_t middle = begin + (end - begin) / 2;
        if (places[middle] < low)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin < count && places[begin] <= high;
}

void kss_judge_thread(struct kss_judge *judge) {
    const struct kss_listed_stack *stack = judge->stack;
    uint64_t *places = KSS_NEW_ARRAY(judge->arena, uint64_t, (size_t)stack->count + 1);
    uint64_t page = judge->verdict->machine->page_size;
    uint32_t count = 0;
    for (uint32_t i = 0; i < stack->count; i++)
        if (kss_listed_pointer(&stack->frames[i]))
            places[count++] = stack->frames[i].sp;
    qsort(places, count, sizeof *places, by_address);
    for (uint32_t i = 0; i < judge->listing->thread_count && judge->thread == NULL; i++) {
        const struct kss_listed_thread *thread = &judge->listing->threads[i];
        uint64_t limit = thread->limit.value;
        if (thread->base.line != 0 && thread->limit.line != 0 && limit >= page &&
            any_between(places, count, limit - page, thread->base.value))
            judge->thread = thread;
    }
}

static const char *source_name(enum kss_bound_source source) {
    return source == KSS_BOUND_GIVEN ? "given" : source == KSS_BOUND_LISTED ? "listed" : "implied";
}

// What speaks against these bounds being those of the judged rows; NULL: nothing.
static const char *misfit(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    uint64_t largest = v->machine->large_stack_size, page = v->machine->page_size;
    if (v->has_base && v->has_limit && v->limit >= v->base)
        return "the limit is not below Base";
    if (v->has_base && v->has_limit && v->base - v->limit > 4 * largest)
        return "they lie further apart than any kernel stack is large";
    if (v->has_base && (judge->high > v->base || v->base - judge->high > largest))
        return "the judged rows lie elsewhere";
    if (v->has_limit && judge->high < v->limit && v->limit - judge->low > page)
        return "the judged rows lie elsewhere";
    // Nothing stops a large frame from going past the guard page, but without a double fault nothing says
    // that it did.
    if (v->has_limit && judge->low < v->limit && v->limit - judge->low > page &&
        !judge->double_fault)
        return "the judged rows begin beyond the guard page below it, so they are not all on that "
               "stack";
    if (v->has_limit && judge->low >= v->limit && judge->low - v->limit > 4 * largest)
        return "the judged rows lie elsewhere";
    return NULL;
}

static void drop_misfits(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    const char *why = misfit(judge);
    if (why == NULL)
        return;
    struct kss_text text = {0};
    if (v->has_base)
        kss_text_format(&text, "Base 0x%" PRIX64, v->base);
    if (v->has_limit)
        kss_text_format(&text, "%slimit 0x%" PRIX64, v->has_base ? ", " : "", v->limit);
    kss_judge_reason(judge, "%s (%s) not used: %s, from 0x%" PRIX64 " to 0x%" PRIX64, text.bytes,
                     source_name(v->has_base ? v->base_source : v->limit_source), why, judge->low,
                     judge->high);
    kss_text_free(&text);
    v->has_base = v->has_limit = false;
    v->base_source = v->limit_source = KSS_BOUND_NONE;
    v->base = v->limit = 0;
}

static void say_bound(struct kss_judge *judge, const char *name, uint64_t value,
                      enum kss_bound_source source, uint32_t line) {
    kss_judge_evidence(judge, line, "%s is 0x%" PRIX64 " (%s)", name, value, source_name(source));
}

// The machine whose stacks are as large as this one, or not: large stacks have their own commitment.
static void machine_by_size(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    if (!v->has_base || !v->has_limit)
        return;
    uint64_t size = v->base - v->limit;
    if (judge->options->machine == NULL || judge->options->machine->arch != v->machine->arch)
        v->machine = judge->widest = profile_of(v->machine->arch, size);
    if (size != v->machine->stack_size)
        kss_judge_reason(judge,
                         "Base and limit are 0x%" PRIX64
                         " bytes apart; the kernel stacks of machine "
                         "%s have 0x%X, large ones up to 0x%X",
                         size, v->machine->name, (unsigned)v->machine->stack_size,
                         (unsigned)v->machine->large_stack_size);
}

static void imply_limit(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    if (!v->has_base || v->has_limit || v->base < v->machine->stack_size)
        return;
    v->limit = v->base - v->machine->stack_size;
    v->has_limit = true;
    v->limit_source = KSS_BOUND_IMPLIED;
    kss_judge_evidence(judge, 0,
                       "the limit would be 0x%" PRIX64
                       " if the stack had the 0x%X bytes of machine "
                       "%s (implied: nobody says so)",
                       v->limit, (unsigned)v->machine->stack_size, v->machine->name);
}

// ---- Where stacks begin -------------------------------------------------------------------------

static const char *const beginnings[] = {
    "KiStartSystemThread", "PspSystemThreadStartup", "KiThreadStartup",
    "KxStartSystemThread", "KiStartUserThread",      "KxStartUserThread",
    "KiSystemService",     "KiFastCallEntry",        "KiSystemCall64",
    "KiSystemCall32",      "KiServiceExit",          "KiIdleLoop",
    "KiSystemStartup",     "PspUserThreadStartup",   NULL};

bool kss_judge_begins_thread(const struct kss_listed_frame *frame) {
    return kss_listed_any(frame, beginnings);
}

static void find_end(struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    const struct kss_segment *segment = &v->segments[v->segment];
    judge->complete =
        v->segment + 1 < v->segment_count && strcmp(v->segments[v->segment + 1].what, "user") == 0;
    for (uint32_t i = judge->last; i < segment->end; i++)
        judge->complete |= kss_judge_begins_thread(&judge->stack->frames[i]);
}

static void say_end(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    uint32_t line = judge->stack->frames[judge->last].line;
    const char *name = judge->stack->frames[judge->last].symbol;
    uint64_t usual = (uint64_t)v->machine->reserve + v->machine->trap_frame +
                     v->machine->start_frames + v->machine->page_size / 4;
    if (!judge->complete)
        kss_judge_reason(judge,
                         "the last row (line %u, %s) is no thread start and no system service "
                         "entry: outer rows are missing%s",
                         (unsigned)line, name,
                         v->has_base ? "" : ", and without Base nobody knows how many bytes");
    if (v->has_base)
        kss_judge_evidence(judge, line, "from the last row's pointer to Base %s are not listed%s",
                           kss_judge_bytes(judge, v->unlisted),
                           v->machine->arch == KSS_ARCH_X86 ? ""
                                                            : ", the last row's own among them");
    if (judge->complete && v->has_base && v->unlisted > usual)
        kss_judge_reason(
            judge,
            "the listing is complete, but more lies above its last row than the save "
            "area, a trap frame and the start frames of machine %s take (0x%X)",
            v->machine->name,
            (unsigned)(v->machine->reserve + v->machine->trap_frame + v->machine->start_frames));
}

void kss_judge_bounds(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    uint32_t base_line, limit_line;
    v->base_source = kss_judge_said_base(judge, &v->base, &base_line);
    v->limit_source = said_limit(judge, &v->limit, &limit_line);
    v->has_base = v->base_source != KSS_BOUND_NONE;
    v->has_limit = v->limit_source != KSS_BOUND_NONE;
    drop_misfits(judge);
    if (v->has_base)
        say_bound(judge, "Base", v->base, v->base_source, base_line);
    if (v->has_limit)
        say_bound(judge, "the limit", v->limit, v->limit_source, limit_line);
    machine_by_size(judge);
    imply_limit(judge);
    find_end(judge);
    v->span = judge->high - judge->low;
    if (v->has_base)
        v->unlisted = v->base - judge->high;
    say_end(judge);
}

// ---- The stack pointer --------------------------------------------------------------------------

// ESP beside the EBP of the innermost row, from .tss or .trap: what row 0 takes, which ChildEBP does
// not tell.
static const struct kss_listed_trap *esp_of(const struct kss_judge *judge) {
    const struct kss_listing_verdict *v = judge->verdict;
    for (uint32_t i = 0; i < judge->listing->trap_count; i++) {
        const struct kss_listed_trap *trap = &judge->listing->traps[i];
        if (trap->sp.line != 0 && trap->sp.value <= judge->low &&
            judge->low - trap->sp.value < v->machine->page_size)
            return trap;
    }
    return NULL;
}

// "Current" of a thread that does not run is its ESP: what KTHREAD.KernelStack kept.
static const struct kss_listed_number *current_of(const struct kss_judge *judge) {
    const struct kss_listed_number *current = &judge->stack->current;
    const char *state = judge->stack->state;
    if (current->line == 0 && judge->thread != NULL) {
        current = &judge->thread->current;
        state = judge->thread->state;
    }
    bool asleep = state != NULL && strncmp(state, "RUNNING", 7) != 0;
    return asleep && current->line != 0 && current->value < judge->low &&
                   judge->low - current->value < judge->verdict->machine->page_size
               ? current
               : NULL;
}

// RSP at the fault and the innermost row's differ by what a function has pushed, if at all.
static bool on_this_stack(const struct kss_judge *judge, uint64_t address) {
    if (address > judge->low)
        return address <= judge->high;
    return judge->low - address < judge->verdict->machine->page_size;
}

static void take_parameter(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    const struct kss_listed_number *p3 = &judge->listing->bugcheck.parameters[2];
    if (!judge->double_fault || v->machine->arch != KSS_ARCH_X64 ||
        !kss_listing_p3_is_pointer(judge->listing))
        return;
    if (!on_this_stack(judge, p3->value)) {
        kss_judge_evidence(judge, p3->line,
                           "parameter 3 (0x%" PRIX64 ") is no address on the stack of these rows",
                           p3->value);
        return;
    }
    kss_judge_evidence(judge, p3->line,
                       "parameter 3 (0x%" PRIX64 ") lies on the stack of these rows: RSP at the "
                       "fault, as newer systems pass it",
                       p3->value);
    judge->fault_sp = true;
    if (p3->value < v->sp)
        v->sp = p3->value;
}

void kss_judge_stack_pointer(struct kss_judge *judge) {
    struct kss_listing_verdict *v = judge->verdict;
    const struct kss_listed_frame *inner = &judge->stack->frames[judge->first];
    bool x86 = v->machine->arch == KSS_ARCH_X86;
    v->sp = judge->low;
    v->has_sp = true;
    kss_judge_evidence(judge, inner->line, "%s of the innermost row (%s) is 0x%" PRIX64,
                       x86 ? "ChildEBP" : "Child-SP", inner->symbol, judge->low);
    const struct kss_listed_trap *trap = x86 ? esp_of(judge) : NULL;
    const struct kss_listed_number *esp = trap != NULL ? &trap->sp : x86 ? current_of(judge) : NULL;
    if (esp != NULL) {
        kss_judge_evidence(judge, esp->line, "ESP was 0x%" PRIX64 " there", esp->value);
        v->sp = esp->value;
        v->bytes[judge->first] = judge->low - v->sp;
        judge->exact_sp = true;
        judge->fault_sp = trap != NULL;
    } else if (x86)
        kss_judge_reason(judge, "ChildEBP is EBP, not ESP: the innermost function's own bytes lie "
                                "below it and are not in the figures");
    // The row behind the double fault's is where it happened, and its Child-SP is RSP then.
    if (!x86 && v->segment > 0 && strcmp(v->segments[v->segment - 1].what, "double-fault") == 0)
        judge->fault_sp = true;
    take_parameter(judge);
    if (v->has_base) {
        v->used = v->base - v->sp;
        v->has_used = true;
    }
}
