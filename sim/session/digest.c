// SPDX-License-Identifier: MIT
#include "session/digest.h"

#include "base/bisect.h"

#include <string.h>

// How many of each the log holds, so that the arrays are taken once.
struct counts {
    uint32_t kinds[KSS_EV_COUNT];
};

static struct counts count_kinds(const struct kss_log *log) {
    struct counts counts = {{0}};
    for (uint32_t i = 0; i < log->count; i++)
        counts.kinds[log->events[i].kind]++;
    return counts;
}

static const struct kss_event **list(struct kss_arena *arena, const struct counts *counts,
                                     enum kss_event_id kind) {
    return KSS_NEW_ARRAY(arena, const struct kss_event *, counts->kinds[kind] + 1u);
}

// ---- Findings -----------------------------------------------------------------------------------

// A finding lies in the routine whose text holds its place; an overflow in the routine whose frame
// crossed the limit, though its place is the call that entered it.
static void add_finding(const struct kss_log *log, struct kss_digest *digest,
                        const struct kss_event *event, uint32_t crossing) {
    struct kss_digest_finding *f = &digest->findings[digest->finding_count++];
    f->number = digest->finding_count;
    f->hazard = (enum kss_hazard_id)event->words[0];
    f->severity = (enum kss_severity)event->words[1];
    f->time = event->time;
    f->thread = event->thread;
    f->place = event->place;
    f->routine = kss_log_routine_at(log, event->place);
    if (f->hazard == KSS_HAZARD_stack_overflow && crossing < log->routine_count)
        f->routine = crossing;
    f->message = kss_log_string(log, event->words[2]);
    f->label = event->words[3] ? kss_log_string(log, event->words[3]) : NULL;
}

static struct kss_digest_finding *numbered(struct kss_digest *digest, uint64_t number) {
    return number != 0 && number <= digest->finding_count ? &digest->findings[number - 1] : NULL;
}

// The first pass counts causes and remarks, the second fills them in.
static void count_parts(struct kss_digest *digest, const struct kss_event *event) {
    bool cause = event->kind == KSS_EV_FINDING_CAUSE;
    struct kss_digest_finding *f = numbered(digest, event->words[cause ? 3 : 2]);
    if (f == NULL)
        return;
    if (cause)
        f->cause_count++;
    else
        f->remark_count++;
}

static bool before(const struct kss_digest_cause *a, const struct kss_digest_cause *b) {
    return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void add_cause(const struct kss_log *log, struct kss_digest *digest,
                      const struct kss_event *event) {
    struct kss_digest_finding *f = numbered(digest, event->words[3]);
    if (f == NULL)
        return;
    struct kss_digest_cause cause = {kss_log_string(log, event->words[0]), event->words[1],
                                     (uint32_t)event->words[2], event->place};
    unsigned at = f->cause_count++;
    for (; at > 0 && before(&cause, &f->causes[at - 1]); at--)
        f->causes[at] = f->causes[at - 1];
    f->causes[at] = cause;
}

static void add_remark(const struct kss_log *log, struct kss_digest *digest,
                       const struct kss_event *event) {
    static const char *const kinds[] = {"help", "note", "source", "next"};
    struct kss_digest_finding *f = numbered(digest, event->words[2]);
    if (f != NULL)
        f->remarks[f->remark_count++] = (struct kss_digest_remark){
            kinds[event->words[0] & 3], kss_log_string(log, event->words[1])};
}

static void gather_findings(struct kss_arena *arena, const struct kss_log *log,
                            struct kss_digest *digest) {
    uint32_t crossing = KSS_NO_FRAME;
    for (uint32_t i = 0; i < log->count; i++) {
        uint16_t kind = log->events[i].kind;
        if (kind == KSS_EV_OVERFLOW)
            crossing = (uint32_t)log->events[i].words[3];
        if (kind == KSS_EV_FINDING)
            add_finding(log, digest, &log->events[i], crossing);
        else if (kind == KSS_EV_FINDING_CAUSE || kind == KSS_EV_FINDING_HELP)
            count_parts(digest, &log->events[i]);
    }
    for (uint32_t i = 0; i < digest->finding_count; i++) {
        struct kss_digest_finding *f = &digest->findings[i];
        f->causes = KSS_NEW_ARRAY(arena, struct kss_digest_cause, f->cause_count);
        f->remarks = KSS_NEW_ARRAY(arena, struct kss_digest_remark, f->remark_count);
        f->cause_count = f->remark_count = 0;
    }
    for (uint32_t i = 0; i < log->count; i++) {
        const struct kss_event *event = &log->events[i];
        if (event->kind == KSS_EV_FINDING_CAUSE)
            add_cause(log, digest, event);
        else if (event->kind == KSS_EV_FINDING_HELP)
            add_remark(log, digest, event);
        else if (event->kind == KSS_EV_EXPECTED && event->words[0] == 0)
            digest->stop_expected_by = (uint32_t)event->words[1];
        else if (event->kind == KSS_EV_EXPECTED && numbered(digest, event->words[0]) != NULL)
            numbered(digest, event->words[0])->expected_by = (uint32_t)event->words[1];
    }
}

static bool says_the_same(const struct kss_digest_finding *a, const struct kss_digest_finding *b) {
    return a->hazard == b->hazard && a->place == b->place && a->severity == b->severity &&
           a->message == b->message; // equal texts are one text of the log
}

static uint32_t fold_hash(const struct kss_digest_finding *f) {
    uint64_t mix = (uint64_t)f->hazard << 40 ^ (uint64_t)f->place << 8 ^ (uint64_t)f->severity;
    for (const char *at = f->message; *at != '\0'; at++)
        mix = (mix ^ (uint8_t)*at) * UINT64_C(1099511628211);
    return (uint32_t)(mix >> 16);
}

static void fold_repetitions(struct kss_arena *arena, struct kss_digest *digest) {
    uint32_t size = 16;
    while (size < digest->finding_count * 2)
        size *= 2;
    uint32_t *slots = KSS_NEW_ARRAY(arena, uint32_t, size); // finding numbers
    for (uint32_t i = 0; i < digest->finding_count; i++) {
        struct kss_digest_finding *f = &digest->findings[i];
        uint32_t at = fold_hash(f) & (size - 1);
        while (slots[at] != 0 && !says_the_same(f, &digest->findings[slots[at] - 1]))
            at = (at + 1) & (size - 1);
        if (slots[at] == 0) {
            slots[at] = f->number;
            continue;
        }
        f->same_as = slots[at];
        digest->findings[slots[at] - 1].again++;
    }
}

// ---- Stacks -------------------------------------------------------------------------------------

// Stacks are numbered in the order of their creation.
const struct kss_digest_stack *kss_digest_stack_numbered(const struct kss_digest *digest,
                                                         uint64_t number) {
    uint32_t at;
    KSS_BISECT(at, digest->stack_count, digest->stacks[at].id < number);
    return at < digest->stack_count && digest->stacks[at].id == number ? &digest->stacks[at] : NULL;
}

static struct kss_digest_stack *stack_of(struct kss_digest *digest, uint64_t id) {
    const struct kss_digest_stack *found = kss_digest_stack_numbered(digest, id);
    return found == NULL ? NULL : &digest->stacks[found - digest->stacks];
}

static void add_stack(struct kss_digest *digest, const struct kss_event *event) {
    struct kss_digest_stack *stack = &digest->stacks[digest->stack_count++];
    stack->kind = (uint8_t)event->words[0];
    stack->base = event->words[1];
    stack->bytes = (uint32_t)event->words[2];
    stack->id = (uint16_t)event->words[3];
    stack->thread = event->thread;
}

static struct kss_digest_row row_of(const struct kss_log *log, const struct kss_event *event) {
    uint32_t routine = (uint32_t)event->words[0];
    bool known = event->words[3] < KSS_ORIGIN_COUNT;
    return (struct kss_digest_row){
        .routine = routine,
        .symbol = routine < log->routine_count ? log->routines[routine].same : routine,
        .depth = (uint32_t)event->words[1],
        .bytes = (uint32_t)event->words[2],
        .origin = known ? (enum kss_origin)event->words[3] : KSS_ORIGIN_UNKNOWN};
}

// Findings may stand between `overflow` or `stack.deepest` and its path, other depths may not.
static uint32_t path_after(const struct kss_log *log, uint32_t at, struct kss_digest_row *rows) {
    uint32_t count = 0;
    for (uint32_t i = at + 1; i < log->count; i++) {
        const struct kss_event *event = &log->events[i];
        if (event->kind == KSS_EV_DEEPEST || event->kind == KSS_EV_OVERFLOW ||
            event->kind == KSS_EV_BUGCHECK || event->kind == KSS_EV_REST)
            break;
        if (event->kind != KSS_EV_PATH)
            continue;
        if (rows != NULL)
            rows[count] = row_of(log, event);
        count++;
    }
    return count;
}

static void add_depth(struct kss_arena *arena, const struct kss_log *log, struct kss_digest *digest,
                      uint32_t at) {
    const struct kss_event *event = &log->events[at];
    struct kss_digest_stack *stack = stack_of(digest, event->words[0]);
    if (stack == NULL || stack->overflowed)
        return; // what crossed says more than where the frames below it ended
    stack->used = (uint32_t)event->words[1];
    if (event->kind == KSS_EV_OVERFLOW) {
        stack->overflowed = true;
        stack->over = (uint32_t)event->words[2];
        stack->crossing = (uint32_t)event->words[3];
        stack->bytes = stack->used - stack->over; // it may have grown since its event
    } else {
        stack->ended = true;
        stack->left = (uint32_t)event->words[2];
        stack->bytes = stack->used + stack->left;
    }
    stack->path_count = path_after(log, at, NULL);
    stack->path = KSS_NEW_ARRAY(arena, struct kss_digest_row, stack->path_count);
    path_after(log, at, stack->path);
}

void kss_digest_stack_name(const struct kss_log *log, const struct kss_digest_stack *stack,
                           struct kss_text *out) {
    bool owned = stack->thread < log->thread_count;
    switch (stack->kind) {
    case 0: kss_text_str(out, owned ? "thread " : "thread stack"); break;
    case 1: kss_text_str(out, "DPC stack"); return;
    case 2: kss_text_str(out, "ISR stack"); return;
    case 3: kss_text_str(out, owned ? "expanded stack of thread " : "expanded stack"); break;
    default: kss_text_str(out, "double-fault stack"); return;
    }
    if (owned)
        kss_text_str(out, log->threads[stack->thread].name);
}

const struct kss_digest_stack *kss_digest_thread_stack(const struct kss_digest *digest,
                                                       uint16_t thread) {
    const struct kss_digest_stack *deepest = NULL;
    for (uint32_t i = 0; i < digest->stack_count; i++) {
        const struct kss_digest_stack *stack = &digest->stacks[i];
        if (stack->thread == thread && (stack->kind == 0 || stack->kind == 3) &&
            (deepest == NULL || stack->used > deepest->used))
            deepest = stack;
    }
    return deepest;
}

// ---- All of it ----------------------------------------------------------------------------------

static void note_interrupt(const struct kss_log *log, struct kss_digest *digest, uint64_t routine) {
    if (routine < log->routine_count && log->routines[routine].bytes > digest->isr_bytes)
        digest->isr_bytes = log->routines[routine].bytes;
}

// Whose frame did not fit is the innermost routine of an overflow: it never began to run.
static void add_more(const struct kss_log *log, struct kss_digest *digest,
                     const struct kss_event *event) {
    digest->bugcheck_more = event;
    digest->stop_routine = (uint32_t)event->words[1];
    for (uint32_t i = 0; i < digest->stack_count; i++)
        if (digest->stacks[i].overflowed && digest->stacks[i].crossing < log->routine_count)
            digest->stop_routine = digest->stacks[i].crossing;
}

// A copy: the log may grow and move while the digest is used.
static const struct kss_event *keep(struct kss_arena *arena, const struct kss_event *event) {
    struct kss_event *copy = KSS_NEW(arena, struct kss_event);
    *copy = *event;
    return copy;
}

static void add_event(struct kss_arena *arena, const struct kss_log *log, struct kss_digest *digest,
                      uint32_t at) {
    const struct kss_event *event = &log->events[at];
    switch (event->kind) {
    case KSS_EV_STACK: add_stack(digest, event); return;
    case KSS_EV_DEEPEST:
    case KSS_EV_OVERFLOW: add_depth(arena, log, digest, at); return;
    case KSS_EV_INTERRUPT: note_interrupt(log, digest, event->words[0]); return;
    case KSS_EV_BUGCHECK: digest->bugcheck = keep(arena, event); return;
    case KSS_EV_BUGCHECK_MORE: add_more(log, digest, keep(arena, event)); return;
    case KSS_EV_HANG: digest->hang = keep(arena, event); return;
    case KSS_EV_REST: digest->rest = keep(arena, event); return;
    case KSS_EV_VERDICT: digest->verdict = keep(arena, event); return;
    case KSS_EV_NEVER: digest->nevers[digest->never_count++] = keep(arena, event); return;
    case KSS_EV_POLICY: digest->policies[digest->policy_count++] = keep(arena, event); return;
    case KSS_EV_ASSUMED: digest->assumed[digest->assumed_count++] = keep(arena, event); return;
    case KSS_EV_EXPECT: digest->expects[digest->expect_count++] = keep(arena, event); return;
    case KSS_EV_ASSERT: digest->asserts[digest->assert_count++] = keep(arena, event); return;
    case KSS_EV_NT_UNLISTED:
        digest->unlisted[digest->unlisted_count++] = keep(arena, event);
        return;
    case KSS_EV_THREAD_EXIT: digest->exits[digest->exit_count++] = keep(arena, event); return;
    default: return;
    }
}

struct kss_digest kss_digest_make(struct kss_arena *arena, const struct kss_log *log) {
    struct counts counts = count_kinds(log);
    struct kss_digest digest = {.stop_routine = KSS_NO_FRAME};
    digest.findings =
        KSS_NEW_ARRAY(arena, struct kss_digest_finding, counts.kinds[KSS_EV_FINDING] + 1u);
    digest.stacks = KSS_NEW_ARRAY(arena, struct kss_digest_stack, counts.kinds[KSS_EV_STACK] + 1u);
    digest.nevers = list(arena, &counts, KSS_EV_NEVER);
    digest.policies = list(arena, &counts, KSS_EV_POLICY);
    digest.assumed = list(arena, &counts, KSS_EV_ASSUMED);
    digest.expects = list(arena, &counts, KSS_EV_EXPECT);
    digest.asserts = list(arena, &counts, KSS_EV_ASSERT);
    digest.exits = list(arena, &counts, KSS_EV_THREAD_EXIT);
    digest.unlisted = list(arena, &counts, KSS_EV_NT_UNLISTED);
    for (uint32_t i = 0; i < log->count; i++)
        add_event(arena, log, &digest, i);
    kss_digest_drivers(arena, log, &digest);
    gather_findings(arena, log, &digest);
    fold_repetitions(arena, &digest);
    return digest;
}
