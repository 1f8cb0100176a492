// SPDX-License-Identifier: MIT
// What the compiler makes and the processor executes. Private to sim/script.
//
// A routine's instructions work on one frame, whose run the kernel keeps (kernel/state.h):
//
//     frame header | locals, byte for byte | parameters | temporaries | captures | detectors |
//                  ^ run                   ^ slot base
//
// The slot base lies locals_size behind the run's first byte. Locals are reached at negative
// distances from it: the byte n below the frame's upper edge (return address not counted) is at
// slot base - n. Everything else is 64-bit slots at positive distances.
//
// captures   what an inline call tree uses of the routines around it: addresses of their variables
// detectors  per loop depth: iterations, when to look next, the hash remembered; see execute.c
#ifndef KSS_SCRIPT_PROGRAM_H
#define KSS_SCRIPT_PROGRAM_H

#include "script/script.h"

enum kss_opcode {
#define OP(name) KSS_I_##name,
#include "script/ops.def"
#undef OP
    KSS_I_COUNT
};

struct kss_instruction {
    uint8_t op, x;
    int16_t a;
    union {
        struct {
            int16_t b, c;
        };
        int32_t imm;
    };
};
_Static_assert(sizeof(struct kss_instruction) == 8, "one word");

enum { KSS_DETECTOR = 24, KSS_DETECTORS = 64 };

struct kss_entry_point { // beside kss_code of the same index; small, for the sake of calls
    uint32_t pc;         // first instruction
    uint32_t slots;      // distance of the slot base from the run
    uint32_t bytes;      // as kss_code has them
    uint32_t need;       // frame header and run, rounded up to 8
    uint16_t parameters; // slots filled by the caller
    uint16_t captures;   // where an inline call tree's arguments go, from the slot base
    uint16_t capture_count;
    uint16_t detectors;      // where they begin, from the slot base
    uint16_t detectors_size; // bytes
    uint8_t result_size;     // bytes of the value returned, 0: none
    uint8_t pad[5];
};
_Static_assert(sizeof(struct kss_entry_point) == 32, "a power of two");

// What a funclet (an exception filter, a __finally block) uses of the routine it is part of, from that
// routine's frame: it is entered without a call that could hand it over.
enum kss_capture_kind { KSS_CAPTURE_LOCAL, KSS_CAPTURE_SLOT, KSS_CAPTURE_CAPTURE };
struct kss_capture {
    uint32_t kind;
    uint32_t value; // LOCAL: below the frame's edge; SLOT: from the slot base; CAPTURE: which
};

struct kss_case {
    int64_t value;
    uint32_t pc;
};

struct kss_switch { // cases in ascending order of value
    const struct kss_case *cases;
    uint32_t count;
    uint32_t other; // where default, or the end, is
};

struct kss_promise_plan {
    enum kss_due_kind kind;
    uint32_t routine;
    uint16_t target; // thread
    uint8_t irql, argument_count;
};

enum kss_datum { KSS_DATUM_BYTES, KSS_DATUM_GLOBAL, KSS_DATUM_CODE };

struct kss_initial { // a piece of a global's initial value
    enum kss_datum kind;
    uint32_t global, offset, size;
    const uint8_t *bytes; // BYTES
    uint32_t target;      // GLOBAL, CODE: whose address
    int64_t addend;
};

struct kss_at_plan { // an `at` item: its values are constants or addresses of globals
    struct kss_promise_plan what;
    uint64_t after, range;
    struct kss_initial arguments[KSS_ARGUMENTS]; // BYTES: the value is addend
    uint32_t place;
};

enum kss_dropped { KSS_DROPPED_UNUSED, KSS_DROPPED_NT_SUCCESS };

struct kss_compiled {
    const struct kss_instruction *code;
    const uint32_t *places; // per instruction
    uint32_t count;
    const struct kss_entry_point *entries;
    const struct kss_capture *const *funclets; // per routine, NULL: it is none
    const struct kss_switch *switches;
    const struct kss_promise_plan *promises;
    const char *const *texts; // of ASSERT
    const struct kss_initial *initials;
    uint32_t initial_count;
    const struct kss_at_plan *ats;
    uint32_t at_count;
};

#endif
