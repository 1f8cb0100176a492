// SPDX-License-Identifier: MIT
// What the files of the judge share (listing_judge*.c); its idea is told in listing_judge.c.
#ifndef KSS_FRAMES_LISTING_JUDGE_H
#define KSS_FRAMES_LISTING_JUDGE_H

#include "frames/listing.h"

#define KSS_BYTES_UNKNOWN UINT64_MAX

// Lists that grow in the arena; the verdict points at them in the end.
struct kss_judge {
    struct kss_arena *arena;
    const struct kss_listing *listing;
    const struct kss_listing_options *options;
    const struct kss_listed_stack *stack;   // the one judged
    const struct kss_listed_thread *thread; // !thread of the same stack, printed elsewhere; NULL
    struct kss_listing_verdict *verdict;
    uint32_t evidence_room, reason_room, fit_room, segment_room;
    uint32_t first, last; // rows with the lowest and the highest place in the judged segment
    uint64_t low, high;   // first and highest pointer of the judged segment
    bool double_fault;    // 0x7F with P1 = 8, or rows of the double-fault stack
    bool fault_sp;        // verdict->sp is the stack pointer at the fault itself
    bool exact_sp;        // verdict->sp is SP, not EBP of the innermost row
    bool disorder;        // pointers of the judged segment go backwards somewhere
    bool complete;        // the judged segment ends where stacks begin
    bool perhaps_used_up; // of several crashes one used a stack up, and it may be this one
    bool gui;             // rows of win32k, or LargeStack: may be a large stack
    const struct kss_profile *widest; // the largest normal stack that may be meant
};

// Sentences. [line] 0: rests on no line.
const char *kss_judge_format(struct kss_judge *judge, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void kss_judge_evidence(struct kss_judge *judge, uint32_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kss_judge_reason(struct kss_judge *judge, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void kss_judge_fit(struct kss_judge *judge, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *kss_judge_bytes(struct kss_judge *judge, uint64_t bytes); // "0x60F0 (24,816) bytes"
const char *kss_judge_row(struct kss_judge *judge, uint32_t row);     // "row 0a"

// A row that has a place on the stack.
static inline bool kss_listed_pointer(const struct kss_listed_frame *frame) {
    return frame->has_sp && frame->sp != 0 && !(frame->marks & KSS_MARK_INLINE);
}
const char *kss_listed_function(const struct kss_listed_frame *frame); // behind the '!'
// Whether the row's function is one of nt's that begins with [prefix].
bool kss_listed_nt(const struct kss_listed_frame *frame, const char *prefix);
bool kss_listed_any(const struct kss_listed_frame *frame, const char *const *prefixes);
bool kss_listed_user(enum kss_arch arch, uint64_t address);
uint32_t kss_listed_number_of(const struct kss_listed_stack *stack, uint32_t row);

// listing_judge_segments.c: verdict->segments and ->segment, what leads to them, judge->first...
void kss_judge_segments(struct kss_judge *judge);
// Whether [row] is on the double-fault stack by its name or its marks.
bool kss_judge_is_double_fault(const struct kss_listed_frame *frame);
// A thread's stack begins with it: a thread start or a system service's entry.
bool kss_judge_begins_thread(const struct kss_listed_frame *frame);

// listing_judge_rows.c: sizes, recursion, modules, what is odd about rows.
void kss_judge_sizes(struct kss_judge *judge);
void kss_judge_recursion(struct kss_judge *judge);
void kss_judge_modules(struct kss_judge *judge);
void kss_judge_oddities(struct kss_judge *judge);

// listing_judge_bounds.c: the machine, Base, limit, SP and what they make.
void kss_judge_thread(struct kss_judge *judge); // whose !thread is in the text, without the rows
enum kss_bound_source kss_judge_said_base(const struct kss_judge *judge, uint64_t *base,
                                          uint32_t *line);
void kss_judge_machine(struct kss_judge *judge);
void kss_judge_bounds(struct kss_judge *judge);
void kss_judge_stack_pointer(struct kss_judge *judge);

// listing_judge_bugcheck.c: what the bug check says; whether it is of another class, which is then
// the answer.
void kss_judge_bugcheck(struct kss_judge *judge);
bool kss_judge_other_class(struct kss_judge *judge);

// listing_judge_answer.c: answer, headline, what would have made it fit.
void kss_judge_answer(struct kss_judge *judge);
void kss_judge_fits(struct kss_judge *judge);

// Whether parameter 3 of 0x7F (8) is an address of system space on x64.
bool kss_listing_p3_is_pointer(const struct kss_listing *listing);

#endif
