// SPDX-License-Identifier: MIT
// Debugger listings: what WinDbg printed of stacks, as people paste it, and what follows from it.
//
//   text (mail, issue, log; any encoding) --listing_read.c...--> kss_listing: stacks of rows, facts
//   kss_listing --listing_judge.c...--> kss_listing_verdict: overflow / not an overflow / cannot tell
//   both --> text, JSON Lines, a scenario that replays it
//
// The reader recognises and does not conclude; the judge concludes and never looks at text. Every fact
// carries the line it was read from.
//
// Ownership: everything lives in the arena given. Depends on base and nt.
#ifndef KSS_FRAMES_LISTING_H
#define KSS_FRAMES_LISTING_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"
#include "nt/nt.h"

// ---- What was read ----------------------------------------------------------------------------------

struct kss_listed_number { // a number and where it stands; line 0: nobody says
    uint64_t value;
    uint32_t line;
};

enum kss_listed_mark {       // what a row's text says beside its symbol
    KSS_MARK_TRAP_FRAME = 1, // (TrapFrame @ addr), (FPO: [0,0] TrapFrame @ ...)
    KSS_MARK_TASK_GATE = 2,  // TaskGate segment:0
    KSS_MARK_NO_SYMBOL = 4,  // a bare address where the symbol stands
    KSS_MARK_INLINE = 8,     // (Inline Function) or (Inline): no frame of its own
    KSS_MARK_WARNING =
        16, // follows "WARNING: Stack unwind information not available" or "Frame IP not
            // in any known module": what follows may be wrong
    KSS_MARK_RETURN_DASHES = 32 // the return address is dashes or missing
};

struct kss_listed_frame {
    uint32_t line;   // of the text, from 1
    uint32_t number; // as kn prints it; UINT32_MAX: not printed
    uint64_t sp;     // Child-SP (x64: RSP in the function), ChildEBP (x86: EBP of the function)
    uint64_t ret;    // RetAddr
    uint64_t memory; // kf's distance to the row above
    uint64_t trap;   // address of the trap frame, with KSS_MARK_TRAP_FRAME
    uint64_t arguments[4];
    uint8_t argument_count;
    bool has_sp, has_ret, has_memory;
    uint8_t marks; // enum kss_listed_mark
    const char
        *symbol; // as printed, without the displacement ("rosempio!DsmWriteEvent"), never NULL
    const char *module; // "rosempio"; "" without one
    uint64_t offset;    // displacement, 0x3e3f3
};

enum kss_listed_layout {
    KSS_LAYOUT_UNKNOWN,
    KSS_LAYOUT_K,          // pointer column, return address, call site
    KSS_LAYOUT_ARGUMENTS,  // the same with arguments (kb of x86, kv, STACK_TEXT, !thread)
    KSS_LAYOUT_NO_POINTER, // kb of x64, names only (kc): no stack-pointer column
    KSS_LAYOUT_STACKS      // !stacks 2: rows without a pointer column
};

struct kss_listed_stack {
    uint32_t line, last_line; // of the text
    enum kss_arch arch;       // X86 or X64, by the width of addresses and the header
    bool arch_known;
    uint8_t layout;      // enum kss_listed_layout
    const char *command; // "kf", "STACK_TEXT", "!thread", ... as far as the text tells; NULL
    struct kss_listed_frame *frames; // innermost first
    uint32_t count;
    // Of the thread the stack belongs to, where !thread (or a remark of the kind "stack base: ADDR") says.
    struct kss_listed_number base, limit, init, current, thread;
    bool not_resident; // "Kernel stack not resident.", "Stack paged out"
    bool large;        // "LargeStack"
    const char
        *state; // "RUNNING on processor 0", "WAIT: (UserRequest) UserMode Non-Alertable"; NULL
};

// A block of !thread (or lines of one), with or without rows behind it: kernel stacks that are not
// resident have none. What belongs to a stack is repeated there.
struct kss_listed_thread {
    uint32_t line;
    struct kss_listed_number base, limit, init, current, thread;
    bool not_resident, large;
    const char *state; // NULL: not said
    uint32_t stack;    // index of its stack; UINT32_MAX: no rows
};

struct kss_listed_trap { // .trap, .tss, .cxr, r: registers at an exception
    uint32_t line;
    struct kss_listed_number frame;      // address of the trap frame or context; line 0: not said
    struct kss_listed_number sp, bp, ip; // line 0: not among them
    bool task;                           // .tss
};

struct kss_listing {
    const char *name; // of the file
    struct kss_listed_stack *stacks;
    uint32_t stack_count;
    struct kss_listed_trap *traps;
    uint32_t trap_count;
    struct kss_listed_thread *threads;
    uint32_t thread_count;
    struct kss_listed_number exception, exception_at; // ExceptionCode, ExceptionAddress of .exr
    const char *stack_command; // of !analyze: how it came by STACK_TEXT; NULL
    uint32_t stack_command_line;
    struct
    { // banner, STOP line, .bugcheck, !analyze's heading and Arg1..Arg4; the last that says it
        struct kss_listed_number code;
        struct kss_listed_number parameters[4];
        uint8_t count; // parameters known
        // Line of an earlier one with another code or other parameters, 0: none. Then the text is of
        // several crashes, and nobody says which of them is whose.
        uint32_t other;
        bool stack_used_up; // one of them is 0x7F or 0x2B
        const char
            *remark[4]; // what !analyze prints behind a parameter ("EXCEPTION_DOUBLE_FAULT"); NULL
    } bugcheck;
    struct kss_listed_number base,
        limit;      // said for the whole text ("; thread stack base: ..."), or 0
    const char *os; // "Windows 7", "Windows 10 19041" where a line says so; NULL
    uint32_t build; // 7601, 19041; 0: unknown
    uint32_t line_count;
    bool truncated_by_debugger; // a line says so ("quitting", frame limit)
};

// Reads [length] bytes in whatever encoding (UTF-8, UTF-16 with or without a mark, CRLF), quoted,
// prefixed, wrapped, HTML-escaped. Linear in length. Never fails: a text without stacks gives none.
struct kss_listing kss_listing_read(struct kss_arena *arena, const char *name, const char *bytes,
                                    size_t length);

// ---- What follows -------------------------------------------------------------------------------------

enum kss_listing_answer { KSS_LISTING_OVERFLOW, KSS_LISTING_FITS, KSS_LISTING_CANNOT_TELL };

enum kss_bound_source {
    KSS_BOUND_NONE,
    KSS_BOUND_LISTED,  // !thread, or a remark in the text
    KSS_BOUND_GIVEN,   // --base, --limit
    KSS_BOUND_IMPLIED, // page arithmetic, or base and the machine's stack size
};

struct kss_listing_options {
    uint64_t base, limit;              // --base, --limit; 0: not given
    const struct kss_profile *machine; // --machine; NULL: by the listing
    uint32_t stack; // --stack N: judge this stack of the text (from 1); 0: the one that tells most
};

struct kss_segment { // rows [first, end) of a stack that lie on one stack
    uint32_t first, end;
    const char *what; // "thread", "double-fault", "DPC", "ISR", "expanded", "unknown"
    const char *why;  // how the switch was recognised
};

struct kss_module_use {
    const char *name;
    uint64_t bytes;
};

struct kss_evidence { // one line of the argument
    uint32_t line;    // of the text it rests on; 0: none
    const char *text;
};

struct kss_listing_verdict {
    enum kss_listing_answer answer;
    const char *headline; // one sentence
    uint32_t stack;       // index of the stack judged; UINT32_MAX: none
    const struct kss_profile
        *machine; // assumed for sizes; NULL: not even the architecture is known
    struct kss_segment *segments;
    uint32_t segment_count, segment; // the one judged
    bool has_used, has_base, has_limit, has_sp, has_period;
    uint64_t base, limit, sp;
    enum kss_bound_source base_source, limit_source;
    uint64_t used;     // Base - sp
    uint64_t span;     // last listed pointer of the judged segment - its first
    uint64_t unlisted; // Base - last listed pointer of the segment
    uint64_t
        *bytes; // per row of the stack: what it takes; UINT64_MAX: not known (last row, switches)
    struct {
        uint64_t bytes;         // of one turn
        uint32_t frames, turns; // rows of a turn; complete turns
        uint32_t first;         // row the stretch begins at
    } recursion;
    struct kss_module_use *modules; // by bytes, then name
    uint32_t module_count;
    struct kss_evidence *evidence;
    uint32_t evidence_count;
    const char **reasons; // why the answer may be wrong or is not there
    uint32_t reason_count;
    const char **fits; // what would have made it fit
    uint32_t fit_count;
};

struct kss_listing_verdict kss_listing_judge(struct kss_arena *arena,
                                             const struct kss_listing *listing,
                                             const struct kss_listing_options *options);

// The report, the JSON Lines (the last record has type "verdict"), and the scenario that replays the
// stack judged: the verdict as remarks, and nothing but remarks when no row has a size.
void kss_listing_text(const struct kss_listing *listing, const struct kss_listing_verdict *verdict,
                      bool colour, struct kss_text *out);
void kss_listing_jsonl(const struct kss_listing *listing, const struct kss_listing_verdict *verdict,
                       struct kss_text *out);
void kss_listing_scenario(const struct kss_listing *listing,
                          const struct kss_listing_verdict *verdict, struct kss_text *out);

#endif
