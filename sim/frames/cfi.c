// SPDX-License-Identifier: MIT
// Frames from DWARF call frame information.
//
// An unwinder must find the caller's frame from any instruction. So compilers describe, instruction by
// instruction, where the canonical frame address lies: CFA, the value of the stack pointer just before
// the call.
//
//   code of `f`                rule                     stack, high addresses above
//     f:     push ebx          CFA = esp + 4            CFA -> +----------------+
//     f+1:   sub  esp, 24      CFA = esp + 8                   | return address |
//     f+4:   ...               CFA = esp + 32                  | ebx            |  32 bytes:
//     f+30:  add  esp, 24      CFA = esp + 32                  | locals,        |  what a call
//     f+33:  pop  ebx          CFA = esp + 8                   | arguments of   |  of f takes
//     f+34:  ret               CFA = esp + 4            esp -> | its calls      |
//                                                              +----------------+
// As long as the rule is "esp + N", N is what the call takes at that instruction, the return address
// counted, and the largest N of the function is its frame: exact, pushed arguments and all.
//
// Once the rule is "ebp + N" the unwinder needs esp no more and the table does not follow it: locals,
// pushes and alloca are invisible. The largest N before, and the lowest slot a register is saved in, are
// all that is sure: `at least`. So are frames that are realigned (rule "ecx + 0", or an expression).
//
// The section is a list of entries. A CIE has what several functions share (factors, the rule at
// the first instruction); an FDE has a function's range and its instructions:
//
//   +--------+-----------+-----------------------------------------+
//   | length | 0, or -1  | version, "zR", factors, ..., program    |  CIE  (.eh_frame 0, .debug_frame -1)
//   +--------+-----------+-----------------------------------------+
//   | length | which CIE | begin, bytes of code, ..., program      |  FDE
//   +--------+-----------+-----------------------------------------+
//
// All CIEs are read first, once, whatever number of FDEs use them: the whole is linear.
//
// Sources: DWARF 5 standard, section 6.4 and 7.24; Linux Standard Base, "Exception Frames" (.eh_frame);
// System V ABI supplements of i386 and x86-64 (numbers of registers).
#include "frames/cfi.h"

#include "base/bisect.h"

#include "frames/bytes.h"

#include <stdlib.h>

enum { // instructions: the upper two bits, or all of the byte
    CFA_ADVANCE = 0x40,
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xC0,
    CFA_NOP = 0x00,
    CFA_SET_LOC = 0x01,
    CFA_ADVANCE1 = 0x02,
    CFA_ADVANCE2 = 0x03,
    CFA_ADVANCE4 = 0x04,
    CFA_OFFSET_EXTENDED = 0x05,
    CFA_RESTORE_EXTENDED = 0x06,
    CFA_UNDEFINED = 0x07,
    CFA_SAME_VALUE = 0x08,
    CFA_REGISTER = 0x09,
    CFA_REMEMBER = 0x0A,
    CFA_RESTORE_STATE = 0x0B,
    CFA_DEF = 0x0C,
    CFA_DEF_REGISTER = 0x0D,
    CFA_DEF_OFFSET = 0x0E,
    CFA_DEF_EXPRESSION = 0x0F,
    CFA_EXPRESSION = 0x10,
    CFA_OFFSET_EXTENDED_SF = 0x11,
    CFA_DEF_SF = 0x12,
    CFA_DEF_OFFSET_SF = 0x13,
    CFA_VAL_OFFSET = 0x14,
    CFA_VAL_OFFSET_SF = 0x15,
    CFA_VAL_EXPRESSION = 0x16,
    CFA_GNU_ARGS_SIZE = 0x2E,
    CFA_GNU_NEGATIVE_OFFSET = 0x2F
};

enum { // how an address is written in .eh_frame
    AS_POINTER = 0x00,
    AS_ULEB = 0x01,
    AS_U2 = 0x02,
    AS_U4 = 0x03,
    AS_U8 = 0x04,
    AS_SLEB = 0x09,
    AS_S2 = 0x0A,
    AS_S4 = 0x0B,
    AS_S8 = 0x0C,
    AS_FORM = 0x0F,
    AS_RELATIVE = 0x10
};

static const int64_t no_stack_is_larger = INT32_MAX;

static const char not_understood[] = "its call frame information is not understood";

struct rule { // CFA = register + offset, or an expression
    uint64_t reg;
    int64_t offset;
    bool expression;
};

struct cie {
    uint64_t at; // of its entry in the section
    uint64_t code_factor;
    int64_t data_factor;
    size_t program, end; // its instructions
    uint8_t encoding;    // of addresses in FDEs
    bool augmented;      // FDEs have a length before their program
    bool signal;         // code that the kernel called
    bool bad;            // not understood
};

struct reading {
    struct kss_frames_file *file;
    const struct kss_cfi_section *section;
    struct cie *cies; // malloc'd, by place
    uint32_t cie_count;
    unsigned cie_capacity;
    struct rule *remembered; // malloc'd
    uint32_t depth;
    unsigned capacity;
};

struct entry {
    uint64_t at; // of its length field
    uint64_t id; // field, and where it stands
    size_t id_at;
    bool is_cie;
    struct kss_cursor rest; // behind the id
};

// ---- Entries ---------------------------------------------------------------------------------------------

// False: the end, or (with all->bad) an entry leaves the section.
static bool next_entry(const struct reading *in, struct kss_cursor *all, struct entry *entry) {
    uint64_t length = 0;
    bool debug = in->section->debug_frame, wide = false;
    while (length ==
           0) { // a zero ends the entries of one object; the linker may have put more behind
        if (all->at == all->end || (all->end - all->at < 4 && !debug))
            return false; // padding
        *entry = (struct entry){.at = all->at};
        length = kss_take32(all);
        wide = length == UINT32_MAX;
        if (wide)
            length = kss_take64(all);
        if (all->bad)
            return false;
    }
    size_t begin = all->at;
    if (kss_take(all, length) == NULL)
        return false;
    entry->rest = (struct kss_cursor){.bytes = all->bytes, .at = begin, .end = all->at};
    entry->id_at = begin;
    entry->id = debug && wide ? kss_take64(&entry->rest) : kss_take32(&entry->rest);
    entry->is_cie = debug ? entry->id == (wide ? UINT64_MAX : UINT32_MAX) : entry->id == 0;
    if (entry->rest.bad)
        all->bad = true;
    return !entry->rest.bad;
}

// An address's field; *plain is what stands there, sign-extended where the form is signed.
static bool take_form(struct kss_cursor *from, uint8_t form, bool wide, int64_t *plain) {
    switch (form & AS_FORM) {
    case AS_POINTER: *plain = wide ? (int64_t)kss_take64(from) : (int64_t)kss_take32(from); break;
    case AS_ULEB: *plain = (int64_t)kss_take_uleb(from); break;
    case AS_U2: *plain = kss_take16(from); break;
    case AS_U4: *plain = kss_take32(from); break;
    case AS_S2: *plain = (int16_t)kss_take16(from); break;
    case AS_S4: *plain = (int32_t)kss_take32(from); break;
    case AS_SLEB: *plain = kss_take_sleb(from); break;
    case AS_U8:
    case AS_S8: *plain = (int64_t)kss_take64(from); break;
    default: return false;
    }
    return !from->bad;
}

// ---- CIEs ------------------------------------------------------------------------------------------------

// The letters behind 'z', each with its datum. False: one that is not known, so that the ones behind it
// cannot be found.
static bool read_augmentation(struct cie *cie, const char *letters, struct kss_cursor data,
                              bool wide) {
    int64_t ignored;
    for (; *letters != '\0'; letters++)
        switch (*letters) {
        case 'R': cie->encoding = kss_take8(&data); break;
        case 'L': kss_take8(&data); break;
        case 'P':
            if (!take_form(&data, kss_take8(&data), wide, &ignored))
                return false;
            break;
        case 'S': cie->signal = true; break;
        case 'B': break; // return addresses are signed: no matter here
        default: return false;
        }
    return !data.bad;
}

static bool read_cie(const struct reading *in, struct kss_cursor *from, struct cie *cie) {
    uint8_t version = kss_take8(from);
    const char *letters = kss_take_text(from);
    if (letters == NULL || (version != 1 && version != 3 && version != 4))
        return false;
    if (version == 4) { // sizes of an address and of a segment's selector
        uint8_t size = kss_take8(from), selector = kss_take8(from);
        if (size != (in->section->wide ? 8 : 4) || selector != 0)
            return false;
    }
    cie->code_factor = kss_take_uleb(from);
    cie->data_factor = kss_take_sleb(from);
    if (version == 1)
        kss_take8(from); // the return address's column
    else
        kss_take_uleb(from);
    cie->augmented = *letters == 'z';
    if (cie->augmented) {
        uint64_t size = kss_take_uleb(from);
        size_t begin = from->at;
        if (kss_take(from, size) == NULL)
            return false;
        struct kss_cursor data = {.bytes = from->bytes, .at = begin, .end = from->at};
        if (!read_augmentation(cie, letters + 1, data, in->section->wide))
            return false;
    } else if (*letters != '\0') {
        return false;
    }
    cie->program = from->at;
    cie->end = from->end;
    return !from->bad;
}

// [bad] of the cursor that went through: the section leaves off there.
static bool read_cies(struct reading *in, size_t *usable) {
    struct kss_cursor all = {.bytes = in->section->bytes, .end = in->section->length};
    struct entry entry;
    *usable = 0;
    while (next_entry(in, &all, &entry)) {
        *usable = all.at;
        if (!entry.is_cie)
            continue;
        struct cie cie = {.at = entry.at};
        cie.bad = !read_cie(in, &entry.rest, &cie);
        KSS_ROOM(in->cies, in->cie_count, in->cie_capacity);
        in->cies[in->cie_count++] = cie;
    }
    return !all.bad;
}

static const struct cie *cie_at(const struct reading *in, uint64_t at) {
    uint32_t low;
    KSS_BISECT(low, in->cie_count, in->cies[low].at < at);
    return low < in->cie_count && in->cies[low].at == at ? &in->cies[low] : NULL;
}

// The CIE an FDE names: by the distance back to it (.eh_frame), by its offset (.debug_frame).
static const struct cie *cie_of(const struct reading *in, const struct entry *entry) {
    const struct kss_cfi_section *section = in->section;
    if (!section->debug_frame)
        return entry->id <= entry->id_at ? cie_at(in, entry->id_at - entry->id) : NULL;
    struct kss_cfi_address to;
    if (section->relocate != NULL &&
        section->relocate(section->context, entry->id_at, (int64_t)entry->id, false, &to))
        return cie_at(in, to.offset);
    return cie_at(in, entry->id);
}

// ---- The program -------------------------------------------------------------------------------------------

struct run { // one function's program
    struct reading *in;
    const struct cie *cie;
    struct rule rule, first;
    int64_t deepest; // largest offset of the stack pointer's rule
    int64_t lowest;  // lowest slot of a saved register, as bytes below CFA
    bool moved;      // CFA was not told by the stack pointer at some instruction
    bool expression; // by an expression even, or another register than the frame pointer
};

static uint64_t stack_pointer(const struct run *run) {
    return run->in->section->wide ? 7 : 4;
}

static uint64_t frame_pointer(const struct run *run) {
    return run->in->section->wide ? 6 : 5;
}

// [value] * data factor; false where it is no offset of any stack.
static bool scale(const struct run *run, int64_t value, int64_t *scaled) {
    int64_t factor = run->cie->data_factor;
    if (value > no_stack_is_larger || value < -no_stack_is_larger || factor > 4096 ||
        factor < -4096)
        return false;
    *scaled = value * factor;
    return *scaled <= no_stack_is_larger && *scaled >= -no_stack_is_larger;
}

static bool save(struct run *run, int64_t factored) {
    int64_t offset;
    if (!scale(run, factored, &offset))
        return false;
    if (-offset > run->lowest)
        run->lowest = -offset;
    return true;
}

static bool save_unsigned(struct run *run, uint64_t factored) {
    return factored <= (uint64_t)no_stack_is_larger && save(run, (int64_t)factored);
}

// Takes the rule into account; false where it cannot be true.
static bool note_rule(struct run *run) {
    const struct rule *rule = &run->rule;
    if (!rule->expression && rule->reg == UINT64_MAX)
        return false; // no rule yet that could be changed
    if (!rule->expression && rule->reg == stack_pointer(run)) {
        if (rule->offset < 0 || rule->offset > no_stack_is_larger)
            return false;
        if (rule->offset > run->deepest)
            run->deepest = rule->offset;
        return true;
    }
    run->moved = true;
    if (rule->expression || rule->reg != frame_pointer(run))
        run->expression = true;
    return true;
}

static bool define_unsigned(struct run *run, uint64_t offset) {
    if (offset > (uint64_t)no_stack_is_larger || run->rule.expression)
        return false;
    run->rule.offset = (int64_t)offset;
    return note_rule(run);
}

static bool define_factored(struct run *run, int64_t factored) {
    return !run->rule.expression && scale(run, factored, &run->rule.offset) && note_rule(run);
}

static bool define_register(struct run *run, uint64_t reg) {
    if (run->rule.expression)
        return false; // an expression has no offset that could be kept
    run->rule.reg = reg;
    return note_rule(run);
}

static bool remember(struct run *run) {
    KSS_ROOM(run->in->remembered, run->in->depth, run->in->capacity);
    run->in->remembered[run->in->depth++] = run->rule;
    return true;
}

static bool restore(struct run *run) {
    if (run->in->depth == 0)
        return false;
    run->rule = run->in->remembered[--run->in->depth];
    return note_rule(run);
}

// Instructions that move on, or tell of registers.
static bool step_other(struct run *run, struct kss_cursor *from, uint8_t code) {
    int64_t ignored;
    switch (code) {
    case CFA_NOP: return true;
    case CFA_SET_LOC: return take_form(from, run->cie->encoding, run->in->section->wide, &ignored);
    case CFA_ADVANCE1: kss_take(from, 1); return true;
    case CFA_ADVANCE2: kss_take(from, 2); return true;
    case CFA_ADVANCE4: kss_take(from, 4); return true;
    case CFA_OFFSET_EXTENDED: kss_take_uleb(from); return save_unsigned(run, kss_take_uleb(from));
    case CFA_OFFSET_EXTENDED_SF: kss_take_uleb(from); return save(run, kss_take_sleb(from));
    case CFA_GNU_NEGATIVE_OFFSET:
        kss_take_uleb(from);
        return kss_take_uleb(from) <= (uint64_t)no_stack_is_larger; // above CFA
    case CFA_RESTORE_EXTENDED:
    case CFA_UNDEFINED:
    case CFA_SAME_VALUE:
    case CFA_GNU_ARGS_SIZE: kss_take_uleb(from); return true; // arguments are in CFA's rule too
    case CFA_REGISTER:
    case CFA_VAL_OFFSET:
    case CFA_VAL_OFFSET_SF: // LEB128 of either kind ends in the same byte
        kss_take_uleb(from);
        kss_take_sleb(from);
        return true;
    case CFA_EXPRESSION:
    case CFA_VAL_EXPRESSION: // where a register is, in words too many to be understood
        kss_take_uleb(from);
        kss_take(from, kss_take_uleb(from));
        return true;
    default: return false;
    }
}

static bool step(struct run *run, struct kss_cursor *from) {
    uint8_t code = kss_take8(from);
    switch (code & 0xC0) {
    case CFA_ADVANCE:
    case CFA_RESTORE: return true;
    case CFA_OFFSET: return save_unsigned(run, kss_take_uleb(from));
    default: break;
    }
    switch (code) {
    case CFA_REMEMBER: return remember(run);
    case CFA_RESTORE_STATE: return restore(run);
    case CFA_DEF:
        run->rule = (struct rule){.reg = kss_take_uleb(from)};
        return define_unsigned(run, kss_take_uleb(from));
    case CFA_DEF_SF:
        run->rule = (struct rule){.reg = kss_take_uleb(from)};
        return define_factored(run, kss_take_sleb(from));
    case CFA_DEF_REGISTER: return define_register(run, kss_take_uleb(from));
    case CFA_DEF_OFFSET: return define_unsigned(run, kss_take_uleb(from));
    case CFA_DEF_OFFSET_SF: return define_factored(run, kss_take_sleb(from));
    case CFA_DEF_EXPRESSION:
        kss_take(from, kss_take_uleb(from));
        run->rule.expression = true;
        return note_rule(run);
    default: return step_other(run, from, code);
    }
}

// False: an instruction that is not known, or one that cannot be.
static bool run_program(struct run *run, size_t begin, size_t end) {
    struct kss_cursor from = {.bytes = run->in->section->bytes, .at = begin, .end = end};
    while (from.at < from.end)
        if (!step(run, &from) || from.bad)
            return false;
    return true;
}

// ---- FDEs --------------------------------------------------------------------------------------------------

// Where the function begins and how many bytes of code it has.
static bool read_range(struct reading *in, const struct cie *cie, struct kss_cursor *from,
                       struct kss_cfi_function *function) {
    const struct kss_cfi_section *section = in->section;
    uint64_t field = from->at;
    int64_t begin, size;
    bool relative = (cie->encoding & ~AS_FORM) == AS_RELATIVE;
    if ((!relative && (cie->encoding & ~AS_FORM) != 0) ||
        !take_form(from, cie->encoding, section->wide, &begin) ||
        !take_form(from, cie->encoding & AS_FORM, section->wide, &size) || size < 0)
        return false;
    function->size = (uint64_t)size;
    if (section->relocate != NULL)
        return section->relocate(section->context, field, begin, relative, &function->begin);
    function->begin.offset = (uint64_t)begin + (relative ? section->address + field : 0);
    if (!section->wide)
        function->begin.offset &= UINT32_MAX;
    return true;
}

static void judge(const struct run *run, struct kss_cfi_function *function) {
    bool wide = run->in->section->wide;
    function->part = !run->first.expression &&
                     (run->first.reg != stack_pointer(run) || run->first.offset != (wide ? 8 : 4));
    function->kind = run->moved ? KSS_FRAME_AT_LEAST : KSS_FRAME_EXACT;
    int64_t bytes = run->deepest > run->lowest ? run->deepest : run->lowest;
    function->bytes = (uint64_t)bytes;
    if (!run->moved)
        function->bytes = (uint64_t)run->deepest;
    else if (run->expression)
        function->reason = "realigned or computed frame: its CFI does not follow the stack pointer";
    else
        function->reason = wide ? "frame pointer rbp: its CFI does not follow rsp then"
                                : "frame pointer ebp: its CFI does not follow esp then";
}

// The rule in force at the first instruction: the CIE's, unless the FDE's program changes it before it
// moves on. Both programs run here.
static bool run_both(struct run *run, size_t begin, size_t end) {
    struct kss_cursor from = {.bytes = run->in->section->bytes, .at = begin, .end = end};
    run->in->depth = 0;
    if (!run_program(run, run->cie->program, run->cie->end))
        return false;
    while (from.at < from.end) { // what stands before the first advance
        uint8_t code = from.bytes[from.at];
        if ((code & 0xC0) == CFA_ADVANCE || (code >= CFA_SET_LOC && code <= CFA_ADVANCE4))
            break;
        if (!step(run, &from) || from.bad)
            return false;
    }
    run->first = run->rule;
    return run_program(run, from.at, end);
}

static bool read_fde(struct reading *in, struct entry *entry, struct kss_cfi_function *function) {
    const struct cie *cie = cie_of(in, entry);
    *function = (struct kss_cfi_function){.offset = in->section->offset + entry->at};
    if (cie == NULL || cie->bad || !read_range(in, cie, &entry->rest, function))
        return false; // nobody knows whose it is
    struct kss_cursor *rest = &entry->rest;
    if (cie->augmented)
        kss_take(rest, kss_take_uleb(rest));
    struct run run = {.in = in, .cie = cie, .rule = {.reg = UINT64_MAX}};
    if (rest->bad || !run_both(&run, rest->at, rest->end) || (!run.moved && run.deepest == 0))
        function->reason = not_understood;
    else if (cie->signal)
        function->reason = "a signal frame";
    else
        judge(&run, function);
    return true;
}

void kss_cfi_read(struct kss_frames_file *file, const struct kss_cfi_section *section,
                  void (*each)(void *context, const struct kss_cfi_function *function),
                  void *context) {
    struct reading in = {.file = file, .section = section};
    size_t usable;
    if (!read_cies(&in, &usable))
        kss_frames_warn(file, section->offset + usable,
                        "call frame information is broken from here on");
    struct kss_cursor all = {.bytes = section->bytes, .end = usable};
    struct entry entry;
    uint64_t lost = 0, first_lost = 0;
    while (next_entry(&in, &all, &entry)) {
        struct kss_cfi_function function;
        if (entry.is_cie)
            continue;
        if (read_fde(&in, &entry, &function)) {
            each(context, &function);
            continue;
        }
        first_lost = lost == 0 ? function.offset : first_lost;
        lost++;
    }
    if (lost > 0)
        kss_frames_warn(file, first_lost,
                        "%llu entries of call frame information have no function that could be "
                        "found",
                        (unsigned long long)lost);
    free(in.cies);
    free(in.remembered);
}
