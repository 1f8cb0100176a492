// SPDX-License-Identifier: MIT
// The vocabulary of NT as tables: machines, statuses, bug checks, constants, types, routines, and
// kss's own vocabularies: hazards, events, policies, costs. Every table is an X-macro file (*.def)
// with one row per entry and the public source of the row; this header gives them as arrays with
// look-ups. Parser, checks, docs, `kss list` and reports derive from these rows.
//
// Sources in rows: "DDI x" is the page of routine or type x in
// MicrosoftDocs/windows-driver-docs-ddi; "KRN x", "DBG x", "DVT x" the page x.md of the folder
// kernel, debugger or devtest in MicrosoftDocs/windows-driver-docs (on learn.microsoft.com the
// address ends in the same name). "inference" and "silent" say that no source states it.
//
// Everything here is constant data; nothing is owned or freed. Depends on base only.
#ifndef KSS_NT_NT_H
#define KSS_NT_NT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- IRQLs --------------------------------------------------------------------------------------
// PASSIVE, APC and DISPATCH are the same on all machines; the rest are per machine (irqls.def).
enum { KSS_PASSIVE_LEVEL = 0, KSS_APC_LEVEL = 1, KSS_DISPATCH_LEVEL = 2 };

// ---- Origins ------------------------------------------------------------------------------------
// Where a byte figure comes from; printed with it everywhere.
enum kss_origin {
    KSS_ORIGIN_UNKNOWN,
    KSS_ORIGIN_ASSUMED,  // locals + ABI overhead, or a rule of thumb
    KSS_ORIGIN_GIVEN,    // the scenario said so
    KSS_ORIGIN_LISTED,   // read off a debugger listing
    KSS_ORIGIN_MEASURED, // measured on a build
    KSS_ORIGIN_COUNT
};
const char *kss_origin_name(enum kss_origin origin); // "given", ...

// ---- Machines (machines.def) --------------------------------------------------------------------
enum kss_arch { KSS_ARCH_X86, KSS_ARCH_X64, KSS_ARCH_ARM, KSS_ARCH_ARM64 };
enum kss_overflow_parameters { // how P2-P4 of 0x7F (8, ...) are filled
    KSS_OVERFLOW_TSS,          // x86: (8, TSS address, 0, 0)
    KSS_OVERFLOW_SP_IP,        // newer x64: (8, address, SP, IP)
    KSS_OVERFLOW_NONE          // (8, 0, 0, 0), labelled a policy
};

// A machine profile: every figure in bytes unless said otherwise. A scenario's `machine { }` block
// overrides copies of it.
struct kss_profile {
    const char *name; // "x86", "x64", "x64-xsave", "arm", "arm64"
    enum kss_arch arch;
    uint8_t pointer_size; // 4 or 8
    uint32_t page_size;
    uint32_t stack_size;        // KERNEL_STACK_SIZE; 0: must be given
    uint32_t large_stack_size;  // KERNEL_LARGE_STACK_SIZE
    uint32_t max_expansion;     // MAXIMUM_EXPANSION_SIZE
    uint32_t reserve;           // top-of-stack save area
    uint32_t trap_frame;        // KTRAP_FRAME of a user thread's system call
    uint32_t interrupt_reserve; // stack an interrupt takes from the running stack
    uint32_t exception_reserve; // stack that dispatching an exception takes
    uint32_t dpc_stack_size;
    uint32_t isr_stack_size; // 0: the ISR runs on the interrupted stack
    uint32_t start_frames;   // a system thread's start frames, 0 where unknown
    uint32_t return_address; // bytes a call pushes: 4, 8, 0
    uint32_t frame_align;    // frames are rounded up to this (x64: 16), 4 on x86
    uint32_t frame_overhead; // assumed cost of a frame beside its locals, return address included
    uint8_t device_irql_min, device_irql_max, clock_level, high_level;
    enum kss_overflow_parameters overflow;
    uint8_t processors;           // default 1
    uint32_t clock_tick;          // 100 ns: 156250
    uint64_t outswap_after;       // 100 ns a UserMode wait lasts before its stack may go
    uint64_t outswap_after_small; // the same on small-memory machines
    uint64_t swapper_period;      // 100 ns between swapper ticks
    uint8_t swap_priority_ceiling;
    uint64_t nonpaged_pool, paged_pool; // bytes the pools hold
    const char *source;                 // public sources of the figures
};
extern const struct kss_profile kss_profiles[];
extern const unsigned kss_profile_count;
const struct kss_profile *kss_profile_find(const char *name, size_t length);

// Object sizes per pointer size come from the type table. IRQL names per arch (irqls.def):
// "PASSIVE_LEVEL" ... ; NULL when the machine has no name for [irql].
const char *kss_irql_name(enum kss_arch arch, unsigned irql);
bool kss_irql_find(enum kss_arch arch, const char *name, size_t length, unsigned *irql);

// ---- Types (types.def) --------------------------------------------------------------------------
enum kss_scalar {
    KSS_VOID,
    KSS_I8,
    KSS_U8,
    KSS_I16,
    KSS_U16,
    KSS_I32,
    KSS_U32,
    KSS_I64,
    KSS_U64,
    KSS_IPTR,
    KSS_UPTR // LONG_PTR, ULONG_PTR: 4 or 8 bytes
};

enum kss_type_kind {
    KSS_TYPE_SCALAR,
    KSS_TYPE_ALIAS,
    KSS_TYPE_POINTER,
    KSS_TYPE_ENUM,
    KSS_TYPE_STRUCT,
    KSS_TYPE_ROUTINE
};

struct kss_field {
    const char *name;
    const char *type;   // an NT type name; "*" suffix for pointers ("VOID*")
    uint16_t offset[2]; // on 32- and 64-bit machines
    uint16_t count;     // array length, 0: not an array
};

struct kss_type {
    const char *name; // "KEVENT"; pointer names (PKEVENT, PRKEVENT) are rows of their own
    enum kss_type_kind kind;
    enum kss_scalar scalar; // SCALAR, ENUM (KSS_I32), POINTER (KSS_UPTR)
    const char *target;     // ALIAS, POINTER: the named type; ROUTINE: the type it returns
    // Bytes on 32- and 64-bit machines. 0: ALIAS (see target), ROUTINE, VOID, and a STRUCT of which
    // only pointers are used.
    uint16_t size[2];
    uint8_t align[2];
    const struct kss_field *fields;
    uint16_t field_count;
    const char *parameters; // ROUTINE: "PVOID Parameter": the shape a routine of this type has
    const char *source;
};
extern const struct kss_type kss_types[];
extern const unsigned kss_type_count;
const struct kss_type *kss_type_find(const char *name, size_t length); // binary search: cheap
// Struct tags are found too: "_KEVENT" gives KEVENT.
const struct kss_field *kss_type_field(const struct kss_type *type, const char *name,
                                       size_t length); // also fields of anonymous members

// The same rows as constants of the compiler: KSS_OFF32_KEVENT_SignalState, KSS_SIZE64_KEVENT, ...
// and KSS_OFFSET(KEVENT, SignalState, wide), KSS_SIZE(KEVENT, wide): see nt/layout.h.

// ---- Constants (constants.def, status.def, reasons.def) -----------------------------------------
struct kss_constant {
    const char *name;
    int64_t value;
    const char *type; // "NTSTATUS", "KPROCESSOR_MODE", "ULONG", ...: what the checker compares
};
extern const struct kss_constant kss_constants[];
extern const unsigned kss_constant_count;
const struct kss_constant *kss_constant_find(const char *name, size_t length);
const char *kss_status_name(uint32_t status);                   // "STATUS_TIMEOUT" or NULL
const char *kss_wait_reason_name(unsigned reason);              // "UserRequest" or NULL
const char *kss_constant_name(const char *type, int64_t value); // first constant of that type

// NTSTATUS values the kernel returns, as enum constants STATUS_x (nt/status.h).

// ---- Bug checks (bugchecks.def) -----------------------------------------------------------------
struct kss_bugcheck {
    uint32_t code;
    const char *name;          // "IRQL_NOT_LESS_OR_EQUAL"
    const char *parameters[4]; // what P1..P4 mean; NULL: none or undocumented
    const char *text;          // one sentence: cause
    const char *source;
};
extern const struct kss_bugcheck kss_bugchecks[];
extern const unsigned kss_bugcheck_count;
const struct kss_bugcheck *kss_bugcheck_find(uint32_t code);
const struct kss_bugcheck *kss_bugcheck_named(const char *name, size_t length);

// ---- Routines (routines.def) --------------------------------------------------------------------
enum kss_class {
    KSS_CLASS_VALUE,    // integer, enum, BOOLEAN
    KSS_CLASS_OBJECT,   // pointer to a kernel object the routine works on, of the type named
    KSS_CLASS_POINTER,  // other pointer (in or out)
    KSS_CLASS_DURATION, // PLARGE_INTEGER or LARGE_INTEGER time; a plain duration is accepted
    KSS_CLASS_ROUTINE,  // a driver routine of the routine type named
    KSS_CLASS_STRING    // PCSTR literal (DbgPrint)
};
enum kss_unit { KSS_UNIT_NONE, KSS_UNIT_100NS, KSS_UNIT_MS, KSS_UNIT_US };
enum {
    KSS_CAN_BLOCK = 1,
    KSS_CAN_CALL = 2,
    KSS_CAN_RAISE = 4,
    KSS_TOUCHES = 8,
    KSS_NO_RETURN = 16,
    KSS_VARIADIC = 32
};
enum { KSS_MODE_SCRIPT = 1, KSS_MODE_NATIVE = 2 };

struct kss_parameter {
    const char *name;
    const char *type; // NT type name as the prototype has it
    enum kss_class class_;
    enum kss_unit unit;
    bool optional;        // NULL is fine
    bool resident;        // documented: storage must be memory-resident
    const char *fallback; // default when `...` stands for it, as a constant's name; NULL: 0/NULL
};

enum { KSS_PARAMETERS = 12 };

struct kss_routine {
    const char *name;
    const char *result; // NT type name, "VOID"
    struct kss_parameter parameters[KSS_PARAMETERS];
    uint8_t parameter_count;
    uint8_t irql_min, irql_max; // documented range; KSS_ANY_IRQL for no limit
    uint8_t can;                // KSS_CAN_*
    uint8_t modes;
    const char *header; // "wdm.h"
    const char *source; // "DDI KeSetEvent"
};
enum { KSS_ANY_IRQL = 31 };

// KSS_NT_KeSetEvent, ...: row numbers, in table order.
enum kss_routine_id {
#define ROUTINE(name, ...) KSS_NT_##name,
#include "nt/routines.def"
#undef ROUTINE
    KSS_NT_COUNT
};
extern const struct kss_routine kss_routines[KSS_NT_COUNT];
const struct kss_routine *kss_routine_find(const char *name, size_t length); // binary search

// What a call into nt itself costs on the caller's stack (costs.def); unknown stays unknown.
struct kss_cost {
    const char *routine;
    const char *machine;
    uint32_t bytes;
    enum kss_origin origin;
    const char *source;
};
extern const struct kss_cost kss_costs[];
extern const unsigned kss_cost_count;

// ---- Hazards (hazards.def) ----------------------------------------------------------------------
enum kss_hazard_severity { KSS_HAZARD_NOTE, KSS_HAZARD_WARNING, KSS_HAZARD_ERROR };

// KSS_HAZARD_stack_overflow, ...
enum kss_hazard_id {
#define HAZARD(number, name, ...) KSS_HAZARD_##name,
#include "nt/hazards.def"
#undef HAZARD
    KSS_HAZARD_COUNT
};
struct kss_hazard {
    uint16_t number;                   // 2001 prints as KSS2001
    const char *name;                  // "stack-object-user-wait"
    enum kss_hazard_severity severity; // usual severity; a finding may be lower
    const char *text;                  // one sentence
    const char *source;                // public source of the rule
    bool built;                        // whether a rule looks for it yet
};
extern const struct kss_hazard kss_hazards[KSS_HAZARD_COUNT];
const struct kss_hazard *kss_hazard_named(const char *name, size_t length); // dashes; or KSS2001

// ---- Policies (policies.def) --------------------------------------------------------------------
// Named choices where the documents are silent; printed when one decided a verdict.
enum kss_policy_id {
#define POLICY(id, ...) KSS_POLICY_##id,
#include "nt/policies.def"
#undef POLICY
    KSS_POLICY_COUNT
};
struct kss_policy {
    const char *name;   // "swap-priority-ceiling"
    const char *choice; // what kss does
    const char *why;    // what the sources say and do not say
    const char *source;
};
extern const struct kss_policy kss_policies[KSS_POLICY_COUNT];

// What changes a policy: a field of `machine { }`, an option of the native harness. Some policies have
// several, most have none.
struct kss_policy_switch {
    enum kss_policy_id policy;
    const char *field;  // "outswap_after"
    const char *option; // "outswap_after" of struct kss_machine_options
};
extern const struct kss_policy_switch kss_policy_switches[];
extern const unsigned kss_policy_switch_count;

// ---- Driver Verifier (verifier.def) -------------------------------------------------------------
struct kss_violation { // a sub-code of bug check 0xC4: its first parameter
    uint32_t code;
    unsigned hazard;           // the finding that tells the same; KSS_HAZARD_COUNT: none
    const char *parameters[3]; // what P2..P4 are; NULL: nothing
    const char *text;          // what the driver did
    const char *left_out;      // why kss does not raise it; NULL: it does
};
extern const struct kss_violation kss_violations[];
extern const unsigned kss_violation_count;
const struct kss_violation *kss_violation_find(uint64_t code); // NULL: unknown
// What parameter [index] (from 0) of a bug check means whose first one is [p1]; NULL: nothing.
const char *kss_bugcheck_meaning(const struct kss_bugcheck *bugcheck, unsigned index, uint64_t p1);

// ---- Events (events.def) ------------------------------------------------------------------------
// How the four words of an event are read and printed.
enum kss_word {
    KSS_W_NONE,
    KSS_W_UNSIGNED,
    KSS_W_SIGNED,
    KSS_W_HEX,
    KSS_W_ADDRESS, // as HEX; natively an address is printed as kss_shown has it
    KSS_W_BYTES,
    KSS_W_DURATION,
    KSS_W_STATUS,
    KSS_W_ROUTINE, // index of a driver routine in the code table
    KSS_W_NT,      // row of kss_routines
    KSS_W_OBJECT,  // object name id, introduced by an `object` event
    KSS_W_THREAD,
    KSS_W_STACK,
    KSS_W_TEXT /* string id */,
    KSS_W_MODE,
    KSS_W_REASON,
    KSS_W_BOOL,
    KSS_W_IRQL,
    KSS_W_HAZARD,
    KSS_W_POLICY,
    KSS_W_ORIGIN,
    KSS_W_BUGCHECK,
    KSS_W_ENUM
};
enum { KSS_EVENT_WORDS = 4 };
struct kss_event_kind {
    const char *name; // "wait.begin"
    struct {
        const char *name;
        enum kss_word word;
        const char *values; // KSS_W_ENUM: "a|b|c"
    } words[KSS_EVENT_WORDS];
    const char *text; // one sentence for docs/events.md
};
enum kss_event_id {
#define EVENT(id, ...) KSS_EV_##id,
#include "nt/events.def"
#undef EVENT
    KSS_EV_COUNT
};
extern const struct kss_event_kind kss_event_kinds[KSS_EV_COUNT];

#endif
