// SPDX-License-Identifier: MIT
// Calls and stack movement read from code: every shape as the bytes of a few functions, assembled by
// hand, and what must come of it. Images lie at RVA 0x1000 with their slots and tables at 0x1800; their base
// is 0x140000000, of x86 images 0x400000.
//
// A call is written "caller callee @offset in the section": `->` a call, `=>` a tail call, `*` for a target
// that is not known.
#include "frames_rig.h"

#include "frames/code.h"

#include <stdlib.h>

enum { TEXT = 0x1000, DATA = 0x1800, ROWS = 16 };

// ---- Code ---------------------------------------------------------------------------------------------

static const uint8_t direct[] = {
    // caller, 0x0
    0x48, 0x83, 0xEC, 0x28,       // sub rsp, 40
    0xE8, 0x19, 0x00, 0x00, 0x00, // call 0x22
    0x85, 0xC0,                   // test eax, eax
    0x74, 0x05,                   // je 0x12
    0xE8, 0xEE, 0xFF, 0xFF, 0xFF, // call 0x0
    0x48, 0x83, 0xC4, 0x28,       // add rsp, 40
    0xEB, 0x00,                   // jmp 0x18
    // tail, 0x18
    0x83, 0xF9, 0x03, // cmp ecx, 3
    0x77, 0x05,       // ja 0x22
    0xFF, 0xC9,       // dec ecx
    0x75, 0xF7,       // jne 0x18
    0xC3,             // ret
    // leaf, 0x22
    0x31, 0xC0, // xor eax, eax
    0xC3,       // ret
};

static const uint8_t imports[] = {
    // user, 0x0
    0x53,                                     // push rbx
    0x48, 0x83, 0xEC, 0x20,                   // sub rsp, 32
    0xFF, 0x15, 0xF5, 0x07, 0x00, 0x00,       // call qword ptr [rip + 2037]
    0xE8, 0x1A, 0x00, 0x00, 0x00,             // call 0x2a
    0x48, 0x8B, 0x1D, 0xF1, 0x07, 0x00, 0x00, // mov rbx, qword ptr [rip + 2033]
    0xFF, 0xD3,                               // call rbx
    0xFF, 0xC9,                               // dec ecx
    0x75, 0xFA,                               // jne 0x17
    0xFF, 0xD3,                               // call rbx
    0x48, 0x83, 0xC4, 0x20,                   // add rsp, 32
    0x5B,                                     // pop rbx
    0xFF, 0x25, 0xD6, 0x07, 0x00, 0x00,       // jmp qword ptr [rip + 2006]
    // thunk, 0x2A
    0xFF, 0x25, 0xE0, 0x07, 0x00, 0x00, // jmp qword ptr [rip + 2016]
    // mixed, 0x30
    0x53,                                     // push rbx
    0x48, 0x83, 0xEC, 0x20,                   // sub rsp, 32
    0x48, 0x8B, 0x1D, 0xC4, 0x07, 0x00, 0x00, // mov rbx, qword ptr [rip + 1988]
    0x85, 0xC9,                               // test ecx, ecx
    0x74, 0x03,                               // je 0x43
    0x48, 0x89, 0xD3,                         // mov rbx, rdx
    0xFF, 0xD3,                               // call rbx
    0x48, 0x8B, 0x05, 0xB4, 0x07, 0x00, 0x00, // mov rax, qword ptr [rip + 1972]
    0xFF, 0xD0,                               // call rax
    0x48, 0x83, 0xC4, 0x20,                   // add rsp, 32
    0x5B,                                     // pop rbx
    0xC3,                                     // ret
};

static const uint8_t pointers[] = {
    // calls, 0x0
    0x48, 0x83, 0xEC, 0x28,             // sub rsp, 40
    0xFF, 0xD0,                         // call rax
    0x42, 0xFF, 0x14, 0xC1,             // call qword ptr [rcx + 8*r8]
    0xFF, 0x15, 0xF0, 0x07, 0x00, 0x00, // call qword ptr [rip + 2032]
    0x48, 0x83, 0xC4, 0x28,             // add rsp, 40
    0xFF, 0x25, 0xE6, 0x07, 0x00, 0x00, // jmp qword ptr [rip + 2022]
    // tail_register, 0x1A
    0x48, 0x89, 0xC8, // mov rax, rcx
    0x89, 0xD1,       // mov ecx, edx
    0xFF, 0xE0,       // jmp rax
    // tail_table, 0x21
    0x48, 0x8D, 0x05, 0xE0, 0x07, 0x00, 0x00, // lea rax, [rip + 2016]
    0xFF, 0x24, 0xC8,                         // jmp qword ptr [rax + 8*rcx]
    // tail_framed, 0x2B
    0x48, 0x83, 0xEC, 0x28, // sub rsp, 40
    0x48, 0x8B, 0x01,       // mov rax, qword ptr [rcx]
    0xFF, 0x10,             // call qword ptr [rax]
    0x48, 0x8B, 0x40, 0x08, // mov rax, qword ptr [rax + 8]
    0x48, 0x83, 0xC4, 0x28, // add rsp, 40
    0xFF, 0xE0,             // jmp rax
    // far_away, 0x3E
    0xE8, 0xDE, 0xFF, 0x0F, 0x00, // call 0x100021
    0xC3,                         // ret
};

static const uint8_t switches[] = {
    // distances, 0x0
    0x83, 0xF9, 0x01,                         // cmp ecx, 1
    0x77, 0x1E,                               // ja 0x23
    0x48, 0x8D, 0x15, 0x18, 0x00, 0x00, 0x00, // lea rdx, [rip + 24]
    0x48, 0x63, 0x04, 0x8A,                   // movsxd rax, dword ptr [rdx + 4*rcx]
    0x48, 0x01, 0xD0,                         // add rax, rdx
    0xFF, 0xE0,                               // jmp rax
    0xB9, 0x01, 0x00, 0x00, 0x00,             // mov ecx, 1
    0xEB, 0x10,                               // jmp 0x2c
    0xB9, 0x02, 0x00, 0x00, 0x00,             // mov ecx, 2
    0xEB, 0x09,                               // jmp 0x2c
    0xC3,                                     // ret
    // table, 0x24
    0xF1, 0xFF, 0xFF, 0xFF, // 0x15 - 0x24
    0xF8, 0xFF, 0xFF, 0xFF, // 0x1C - 0x24
    // target, 0x2C
    0xC3, // ret
    // pointers, 0x2D
    0x48, 0x8D, 0x05, 0xCC, 0x07, 0x00, 0x00, // lea rax, [rip + 1996]
    0xFF, 0x24, 0xC8,                         // jmp qword ptr [rax + 8*rcx]
    0xB9, 0x03, 0x00, 0x00, 0x00,             // mov ecx, 3
    0xEB, 0xEE,                               // jmp 0x2c
    0xC3,                                     // ret
    // marked, 0x3F
    0x3E, 0xFF, 0xE1, // jmp rcx
    0xEB, 0xE8,       // jmp 0x2c
    // held, 0x44
    0x48, 0x83, 0xEC, 0x28,       // sub rsp, 40
    0x48, 0x8B, 0x02,             // mov rax, qword ptr [rdx]
    0xFF, 0xE0,                   // jmp rax
    0xE8, 0xDA, 0xFF, 0xFF, 0xFF, // call 0x2c
    0x48, 0x83, 0xC4, 0x28,       // add rsp, 40
    0xC3,                         // ret
};

static const uint8_t parts[] = {
    // hot, 0x0
    0x48, 0x83, 0xEC, 0x28, // sub rsp, 40
    0x85, 0xC9,             // test ecx, ecx
    0x74, 0x13,             // je 0x1b
    0x48, 0x83, 0xC4, 0x28, // add rsp, 40
    0xC3,                   // ret
    // other, 0xD
    0x48, 0x83, 0xEC, 0x28, // sub rsp, 40
    0x85, 0xC9,             // test ecx, ecx
    0x75, 0x0D,             // jne 0x22
    0x48, 0x83, 0xC4, 0x28, // add rsp, 40
    0xC3,                   // ret
    // helper, 0x1A
    0xC3, // ret
    // cold, 0x1B
    0xE8, 0xFA, 0xFF, 0xFF, 0xFF, // call 0x1a
    0xEB, 0xE6,                   // jmp 0x8
    // nameless, 0x22
    0xE8, 0xF3, 0xFF, 0xFF, 0xFF, // call 0x1a
    0xEB, 0xEC,                   // jmp 0x15
};

static const uint8_t found[] = {
    // entry, 0x0
    0x48, 0x83, 0xEC, 0x28,                   // sub rsp, 40
    0x48, 0x8D, 0x0D, 0x1E, 0x00, 0x00, 0x00, // lea rcx, [rip + 30]
    0xE8, 0x0B, 0x00, 0x00, 0x00,             // call 0x1b
    0xE8, 0x10, 0x00, 0x00, 0x00,             // call 0x25
    0x48, 0x83, 0xC4, 0x28,                   // add rsp, 40
    0xC3,                                     // ret
    0xCC,                                     // int3
    // nobody, 0x1B
    0x31, 0xC0, // xor eax, eax
    0x39, 0xD1, // cmp ecx, edx
    0x74, 0x01, // je 0x22
    0xC3,       // ret
    0xEB, 0xDC, // jmp 0x0
    0xCC,       // int3
    // pusher, 0x25
    0x53, // push rbx
    0x5B, // pop rbx
    0xC3, // ret
    0xCC, // int3
    // callback, 0x29
    0xC3, // ret
};

static const uint8_t broken[] = {
    // bad, 0x0
    0x48, 0x83, 0xEC, 0x28,       // sub rsp, 40
    0xE8, 0x0B, 0x00, 0x00, 0x00, // call 0x14
    0x06,                         // no instruction
    0xE8, 0x05, 0x00, 0x00, 0x00, // call 0x14
    0x48, 0x83, 0xC4, 0x28,       // add rsp, 40
    0xC3,                         // ret
    // good, 0x14
    0xC3, // ret
};

static const uint8_t bodies[] = {
    // debug_frame, 0x0
    0x55,                         // push rbp
    0x48, 0x89, 0xE5,             // mov rbp, rsp
    0x48, 0x83, 0xEC, 0x30,       // sub rsp, 48
    0x89, 0x4D, 0x10,             // mov dword ptr [rbp + 16], ecx
    0xE8, 0xF0, 0xFF, 0xFF, 0xFF, // call 0x0
    0x48, 0x83, 0xC4, 0x30,       // add rsp, 48
    0x5D,                         // pop rbp
    0xC3,                         // ret
    // leaver, 0x16
    0x55,                         // push rbp
    0x48, 0x89, 0xE5,             // mov rbp, rsp
    0x48, 0x83, 0xEC, 0x30,       // sub rsp, 48
    0xE8, 0xDD, 0xFF, 0xFF, 0xFF, // call 0x0
    0xC9,                         // leave
    0xC3,                         // ret
    // dynamic, 0x25
    0x55,                         // push rbp
    0x48, 0x89, 0xE5,             // mov rbp, rsp
    0x48, 0x29, 0xC4,             // sub rsp, rax
    0x48, 0x83, 0xEC, 0x20,       // sub rsp, 32
    0xE8, 0xCB, 0xFF, 0xFF, 0xFF, // call 0x0
    0x48, 0x8D, 0x65, 0x00,       // lea rsp, [rbp]
    0x5D,                         // pop rbp
    0xC3,                         // ret
    // known, 0x3B
    0x55,                         // push rbp
    0x48, 0x89, 0xE5,             // mov rbp, rsp
    0x48, 0x83, 0xEC, 0x20,       // sub rsp, 32
    0xE8, 0xB8, 0xFF, 0xFF, 0xFF, // call 0x0
    0x48, 0x83, 0xC4, 0x20,       // add rsp, 32
    0x5D,                         // pop rbp
    0xC3,                         // ret
    // aligned, 0x4E
    0x55,                         // push rbp
    0x48, 0x89, 0xE5,             // mov rbp, rsp
    0x48, 0x83, 0xE4, 0xC0,       // and rsp, -64
    0xE8, 0xA5, 0xFF, 0xFF, 0xFF, // call 0x0
    0x48, 0x89, 0xEC,             // mov rsp, rbp
    0x5D,                         // pop rbp
    0xC3,                         // ret
    // leaf, 0x60
    0x8D, 0x04, 0x11, // lea eax, [rcx + rdx]
    0xC3,             // ret
    // no_leaf, 0x64
    0x53, // push rbx
    0x5B, // pop rbx
    0xC3, // ret
    // restored_early, 0x67
    0x55,                         // push rbp
    0x48, 0x89, 0xE5,             // mov rbp, rsp
    0x48, 0x8D, 0x21,             // lea rsp, [rcx]
    0xE8, 0x8D, 0xFF, 0xFF, 0xFF, // call 0x0
    0x48, 0x89, 0xEC,             // mov rsp, rbp
    0x5D,                         // pop rbp
    0xC3,                         // ret
};

// Behind prologs of 4 bytes, without a frame register.
static const uint8_t pushes[] = {
    // flags, 0x0
    0x48,
    0x83,
    0xEC,
    0x28, // sub rsp, 40
    0x9C, // pushfq
    0x58, // pop rax
    0x48,
    0x83,
    0xC4,
    0x28, // add rsp, 40
    0xC3, // ret
    // flags_call, 0xB
    0x48,
    0x83,
    0xEC,
    0x28, // sub rsp, 40
    0x9C, // pushfq
    0x58, // pop rax
    0xE8,
    0xEA,
    0xFF,
    0xFF,
    0xFF, // call 0x0
    0x48,
    0x83,
    0xC4,
    0x28, // add rsp, 40
    0xC3, // ret
    // room, 0x1B
    0x48,
    0x83,
    0xEC,
    0x28, // sub rsp, 40
    0x48,
    0x83,
    0xEC,
    0x40, // sub rsp, 64
    0xE8,
    0xD8,
    0xFF,
    0xFF,
    0xFF, // call 0x0
    0x48,
    0x83,
    0xC4,
    0x40, // add rsp, 64
    0x48,
    0x83,
    0xC4,
    0x28, // add rsp, 40
    0xC3, // ret
    // sometimes, 0x31
    0x48,
    0x83,
    0xEC,
    0x28, // sub rsp, 40
    0xE8,
    0xC6,
    0xFF,
    0xFF,
    0xFF, // call 0x0
    0x48,
    0x83,
    0xEC,
    0x40, // sub rsp, 64
    0xE8,
    0xBD,
    0xFF,
    0xFF,
    0xFF, // call 0x0
    0x48,
    0x83,
    0xC4,
    0x40, // add rsp, 64
    0x48,
    0x83,
    0xC4,
    0x28, // add rsp, 40
    0xC3, // ret
    // behind_its_end, 0x4C
    0x48,
    0x83,
    0xEC,
    0x28, // sub rsp, 40
    0x48,
    0x83,
    0xC4,
    0x28, // add rsp, 40
    0xC3, // ret
    0x9C,
    0x58, // a table that looks like pushfq; pop rax
    0x90,
    0x90,
};

static const uint8_t calls32[] = {
    // f, 0x0
    0x53,                               // push ebx
    0xE8, 0x00, 0x00, 0x00, 0x00,       // call 0x6
    0x5B,                               // pop ebx
    0xE8, 0x1C, 0x00, 0x00, 0x00,       // call 0x28
    0xFF, 0x15, 0x00, 0x18, 0x40, 0x00, // call dword ptr [0x401800]
    0x8B, 0x35, 0x04, 0x18, 0x40, 0x00, // mov esi, dword ptr [0x401804]
    0xFF, 0xD6,                         // call esi
    0xFF, 0xD0,                         // call eax
    0x68, 0x00, 0x10, 0x40, 0x00,       // push 0x401000
    0x5B,                               // pop ebx
    0xFF, 0x25, 0x00, 0x18, 0x40, 0x00, // jmp dword ptr [0x401800]
    // g, 0x28
    0x83, 0xF8, 0x01,                         // cmp eax, 1
    0x77, 0x0A,                               // ja 0x37
    0xFF, 0x24, 0x85, 0x00, 0x19, 0x40, 0x00, // jmp dword ptr [4*eax + 0x401900]
    0xEB, 0xCA,                               // jmp 0x0
    0xC3,                                     // ret
    0xC3,                                     // ret
    // thunk32, 0x38
    0xFF, 0x25, 0x04, 0x18, 0x40, 0x00, // jmp dword ptr [0x401804]
};

static const uint8_t arm[] = {
    // f, 0x0
    0xFD, 0x7B, 0xBE, 0xA9, // stp x29, x30, [sp, #-32]!
    0x09, 0x00, 0x00, 0x94, // bl 0x28
    0x08, 0x00, 0x00, 0x90, // adrp x8, 0x0
    0x08, 0x01, 0x44, 0xF9, // ldr x8, [x8, #2048]
    0x00, 0x01, 0x3F, 0xD6, // blr x8
    0x20, 0x00, 0x3F, 0xD6, // blr x1
    0x40, 0x00, 0x00, 0xB4, // cbz x0, 0x20
    0x10, 0x00, 0x00, 0x94, // bl 0x5c
    0xFD, 0x7B, 0xC2, 0xA8, // ldp x29, x30, [sp], #32
    0x01, 0x00, 0x00, 0x14, // b 0x28
    // g, 0x28
    0x1F, 0x0C, 0x00, 0x71, // cmp w0, #3
    0x08, 0x01, 0x00, 0x54, // b.hi 0x4c
    0xCA, 0x00, 0x00, 0x10, // adr x10, #24
    0x09, 0x00, 0x00, 0x90, // adrp x9, 0x0
    0x29, 0x01, 0x24, 0x91, // add x9, x9, #2304
    0x2B, 0x69, 0x68, 0x38, // ldrb w11, [x9, x8]
    0x4A, 0x09, 0x0B, 0x8B, // add x10, x10, x11, lsl #2
    0x40, 0x01, 0x1F, 0xD6, // br x10
    0xEE, 0xFF, 0xFF, 0x17, // b 0x0
    0xC0, 0x03, 0x5F, 0xD6, // ret
    // h, 0x50
    0xE8, 0x03, 0x00, 0xAA, // mov x8, x0
    0xE0, 0x03, 0x01, 0x2A, // mov w0, w1
    0x00, 0x01, 0x1F, 0xD6, // br x8
    // thunk, 0x5C
    0x10, 0x00, 0x00, 0x90, // adrp x16, 0x0
    0x10, 0x06, 0x44, 0xF9, // ldr x16, [x16, #2056]
    0x00, 0x02, 0x1F, 0xD6, // br x16
    // i, 0x68
    0x00, 0x00, 0x00, 0x90, // adrp x0, 0x0
    0x00, 0x00, 0x00, 0x91, // add x0, x0, #0
    0x01, 0xFF, 0x1F, 0x36, // tbz w1, #3, 0x50
    0xC0, 0x03, 0x5F, 0xD6, // ret
};

static const uint8_t object[] = {
    // o, 0x0
    0x48, 0x83, 0xEC, 0x28,                   // sub rsp, 40
    0xE8, 0x00, 0x00, 0x00, 0x00,             // call 0x9
    0xE8, 0x00, 0x00, 0x00, 0x00,             // call 0xe
    0x48, 0x8D, 0x0D, 0x00, 0x00, 0x00, 0x00, // lea rcx, [rip]
    0xFF, 0x15, 0x00, 0x00, 0x00, 0x00,       // call qword ptr [rip]
    0x48, 0x8B, 0x05, 0x00, 0x00, 0x00, 0x00, // mov rax, qword ptr [rip]
    0xFF, 0xD0,                               // call rax
    0x48, 0x83, 0xC4, 0x28,                   // add rsp, 40
    0xE9, 0x00, 0x00, 0x00, 0x00,             // jmp 0x2d
};

// ---- The rig --------------------------------------------------------------------------------------------

struct code_rig {
    struct frames_rig rig;
    struct kss_frames_file file;
    struct kss_code code;
    struct kss_code_section sections[3];
    struct kss_code_range ranges[ROWS];
    struct kss_code_fixup fixups[ROWS];
    struct kss_code_slot slots[ROWS];
    uint8_t data[64];
};

static void open_code(struct code_rig *to, enum kss_arch arch, const uint8_t *bytes,
                      size_t length) {
    memset(to, 0, sizeof *to);
    frames_begin(&to->rig, NULL);
    to->file =
        (struct kss_frames_file){.frames = &to->rig.frames, .name = "out/drv.sys", .stem = "drv"};
    to->sections[0] = (struct kss_code_section){.address = TEXT,
                                                .bytes = bytes,
                                                .length = (uint32_t)length,
                                                .file_offset = 0x400,
                                                .name = ".text",
                                                .code = true};
    to->sections[1] = (struct kss_code_section){.address = DATA,
                                                .bytes = to->data,
                                                .length = sizeof to->data,
                                                .name = ".data",
                                                .data = true};
    to->code = (struct kss_code){.file = &to->file,
                                 .arch = arch,
                                 .image = true,
                                 .base = arch == KSS_ARCH_X86 ? 0x400000 : 0x140000000,
                                 .sections = to->sections,
                                 .ranges = to->ranges,
                                 .fixups = to->fixups,
                                 .slots = to->slots,
                                 .section_count = 2};
}

// A row with code at [begin, end) of the section; its frame is [bytes].
static struct kss_code_range *add_function(struct code_rig *to, const char *name, uint32_t begin,
                                           uint32_t end, uint64_t bytes) {
    uint64_t address = to->sections[0].address + begin;
    struct kss_frame_row row = {.symbol = name,
                                .bytes = bytes,
                                .kind = KSS_FRAME_EXACT,
                                .origin = KSS_FROM_UNWIND_X64,
                                .address = address};
    struct kss_code_range *range = &to->ranges[to->code.range_count++];
    *range = (struct kss_code_range){.address = address,
                                     .size = end - begin,
                                     .row = kss_frames_add(&to->rig.frames, &row),
                                     .framed = bytes > 8};
    return range;
}

static uint32_t add_import(struct code_rig *to, const char *name) {
    struct kss_frame_row row = {.symbol = name, .module = "nt", .external = true, .imported = true};
    uint32_t index = kss_frames_add(&to->rig.frames, &row);
    uint32_t pointer = to->code.arch == KSS_ARCH_X86 ? 4 : 8;
    to->slots[to->code.slot_count] =
        (struct kss_code_slot){DATA + pointer * to->code.slot_count, index};
    to->code.slot_count++;
    return index;
}

static const char *calls_of(struct code_rig *from) {
    const struct kss_frames *frames = &from->rig.frames;
    struct kss_text text = {0};
    kss_text_str(&text, "");
    for (uint32_t i = 0; i < frames->call_count; i++) {
        const struct kss_call_row *call = &frames->calls[i];
        const char *callee =
            call->callee == KSS_CALL_INDIRECT ? "*" : frames->rows[call->callee].symbol;
        assert_true(call->callee == KSS_CALL_INDIRECT || call->callee < frames->count);
        kss_text_format(&text, "%s %s %s @%s", frames->rows[call->caller].symbol,
                        call->tail ? "=>" : "->", callee, strchr(call->place, '+'));
        if (call->why != NULL)
            kss_text_format(&text, " (%s)", call->why);
        kss_text_char(&text, '\n');
    }
    const char *copy = kss_alloc_text(&from->rig.arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

// Reads the code; without Zydis x86 code gives nothing but the reason.
static void expect_calls(struct code_rig *from, const char *wanted) {
    kss_code_read(&from->code);
    if (!kss_code_readable(&from->rig.frames, from->code.arch)) {
        assert_non_null(strstr(from->rig.frames.no_calls, "Zydis"));
        assert_int_equal(from->rig.frames.call_count, 0);
        return;
    }
    assert_true(from->rig.frames.calls_known);
    assert_string_equal(calls_of(from), wanted);
}

static bool readable(struct code_rig *from) {
    return kss_code_readable(&from->rig.frames, from->code.arch);
}

static void close_code(struct code_rig *from) {
    frames_end(&from->rig);
}

// ---- x64 ------------------------------------------------------------------------------------------------

static void direct_calls(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, direct, sizeof direct);
    add_function(&rig, "caller", 0, 0x18, 48);
    add_function(&rig, "tail", 0x18, 0x22, 8);
    add_function(&rig, "leaf", 0x22, 0x25, 8);
    expect_calls(&rig, "caller -> leaf @+0x1004\n"
                       "caller -> caller @+0x100D\n"
                       "caller => tail @+0x1016\n"
                       "tail => leaf @+0x101B\n");
    close_code(&rig);
}

static void imports_and_thunks(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, imports, sizeof imports);
    add_import(&rig, "KeSetEvent");
    add_import(&rig, "IofCallDriver");
    add_import(&rig, "ExFreePool");
    add_function(&rig, "user", 0, 0x2A, 48)->body = 5;
    add_function(&rig, "thunk", 0x2A, 0x30, 8);
    add_function(&rig, "mixed", 0x30, 0x54, 48)->body = 5;
    expect_calls(&rig, "user -> KeSetEvent @+0x1005\n"
                       "user -> ExFreePool @+0x100B\n"
                       "user -> IofCallDriver @+0x1017\n"
                       "user -> IofCallDriver @+0x101D\n"
                       "user => KeSetEvent @+0x1024\n"
                       "mixed -> * @+0x1043\n"
                       "mixed -> KeSetEvent @+0x104C\n");
    if (readable(&rig))
        assert_true(rig.rig.frames.rows[rig.ranges[1].row].merged);
    close_code(&rig);
}

static void indirect_calls(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, pointers, sizeof pointers);
    rig.data[9] = 0x10; // functions: 0x140001000, the first byte of `calls`
    rig.data[11] = 0x40;
    rig.data[12] = 1;
    add_function(&rig, "calls", 0, 0x1A, 48)->body = 4;
    add_function(&rig, "tail_register", 0x1A, 0x21, 8);
    add_function(&rig, "tail_table", 0x21, 0x2B, 8);
    add_function(&rig, "tail_framed", 0x2B, 0x3E, 48)->body = 4;
    add_function(&rig, "far_away", 0x3E, 0x44, 8);
    expect_calls(&rig, "calls -> * @+0x1004\n"
                       "calls -> * @+0x1006\n"
                       "calls -> * @+0x100A\n"
                       "calls => * @+0x1014\n"
                       "tail_register => * @+0x101F\n"
                       "tail_table => * @+0x1028\n"
                       "tail_framed -> * @+0x1032\n"
                       "tail_framed => * @+0x103C\n"
                       "far_away -> * @+0x103E (the target is no code of this file)\n");
    close_code(&rig);
}

// Control flow guard's check returns at once; its dispatch is an indirect call.
static void the_guard(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, pointers, sizeof pointers);
    rig.slots[0] = (struct kss_code_slot){DATA, KSS_CODE_GUARD};
    rig.code.slot_count = 1;
    add_function(&rig, "calls", 0, 0x1A, 48)->body = 4;
    expect_calls(&rig, "calls -> * @+0x1004\n"
                       "calls -> * @+0x1006\n");
    close_code(&rig);
}

static void switches_stay_inside(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, switches, sizeof switches);
    for (int i = 0; i < 2; i++) { // table2: the cases of `pointers`, 0x140001037 and ...3E
        rig.data[8 * i] = i == 0 ? 0x37 : 0x3E;
        rig.data[8 * i + 1] = 0x10;
        rig.data[8 * i + 3] = 0x40;
        rig.data[8 * i + 4] = 1;
    }
    add_function(&rig, "distances", 0, 0x2C, 8)->loose = true; // the table lies before the next
    add_function(&rig, "target", 0x2C, 0x2D, 8);
    add_function(&rig, "pointers", 0x2D, 0x3F, 8);
    add_function(&rig, "marked", 0x3F, 0x44, 8);
    add_function(&rig, "held", 0x44, 0x57, 48)->body = 4;
    expect_calls(&rig, "distances => target @+0x101A\n"
                       "distances => target @+0x1021\n"
                       "pointers => target @+0x103C\n"
                       "marked => target @+0x1042\n"
                       "held -> target @+0x104D\n");
    assert_int_equal(rig.rig.diags.count, 0);
    close_code(&rig);
}

// A part is its function's code; its row is gone.
static void cold_parts(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, parts, sizeof parts);
    add_function(&rig, "hot", 0, 0xD, 48)->body = 4;
    add_function(&rig, "other", 0xD, 0x1A, 48)->body = 4;
    add_function(&rig, "helper", 0x1A, 0x1B, 8);
    add_function(&rig, "hot.cold", 0x1B, 0x22, 64);
    add_function(&rig, "+0x1022", 0x22, 0x29, 48);
    expect_calls(&rig, "hot -> helper @+0x101B\n"
                       "other -> helper @+0x1022\n");
    if (readable(&rig)) {
        const struct kss_frame_row *rows = rig.rig.frames.rows;
        assert_true(rows[3].merged);
        assert_true(rows[4].merged);
        assert_int_equal(rows[0].bytes, 64);
    }
    close_code(&rig);
}

// The same code as ranges of one row (chained unwind data).
static void parts_of_a_row(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, parts, sizeof parts);
    uint32_t hot = add_function(&rig, "hot", 0, 0xD, 48)->row;
    add_function(&rig, "other", 0xD, 0x1A, 48);
    add_function(&rig, "helper", 0x1A, 0x1B, 8);
    struct kss_code_range *part = &rig.ranges[rig.code.range_count++];
    *part = (struct kss_code_range){.address = TEXT + 0x1B, .size = 7, .row = hot, .part = true};
    add_function(&rig, "named", 0x22, 0x29, 48);
    expect_calls(&rig, "other => named @+0x1013\n"
                       "hot -> helper @+0x101B\n"
                       "named -> helper @+0x1022\n"
                       "named => other @+0x1027\n");
    close_code(&rig);
}

// Call targets and callbacks that nothing names: leaves, unless they move the stack pointer.
static void code_without_rows(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, found, sizeof found);
    uint32_t entry = add_function(&rig, "entry", 0, 0x1A, 48)->row;
    rig.fixups[0] = (struct kss_code_fixup){
        .at = DATA + 8, .target = TEXT, .row = KSS_CODE_NO_ROW, .kind = KSS_FIXUP_ADDRESS};
    rig.code.fixup_count = 1;
    expect_calls(&rig, "entry -> +0x101B @+0x100B\n"
                       "entry -> +0x1025 @+0x1010\n"
                       "+0x101B => entry @+0x1022\n");
    if (readable(&rig)) {
        const struct kss_frames *frames = &rig.rig.frames;
        assert_int_equal(frames->count, 4);
        assert_true(frames->rows[entry].address_taken);
        frames_expect(&rig.rig, "+0x101B", 8, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "+0x1025", 0, KSS_FRAME_UNKNOWN);
        frames_expect(&rig.rig, "+0x1029", 8, KSS_FRAME_EXACT);
        assert_int_equal(frames_row(&rig.rig, "+0x101B")->size, 9);
        assert_false(frames_row(&rig.rig, "+0x101B")->address_taken);
        assert_true(frames_row(&rig.rig, "+0x1029")->address_taken);
        assert_string_equal(frames_row(&rig.rig, "+0x1029")->place, "drv.sys+0x1029");
    }
    close_code(&rig);
}

static void code_that_cannot_be_read(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, broken, sizeof broken);
    add_function(&rig, "bad", 0, 0x14, 48);
    add_function(&rig, "good", 0x14, 0x15, 8);
    add_function(&rig, "cut", 0x15, 0x20, 8); // leaves the section
    expect_calls(
        &rig, "bad -> good @+0x1004\n"
              "bad -> * @+0x1009 (code that cannot be read: the calls behind it are not known)\n"
              "cut -> * @+0x1015 (code that cannot be read: the calls behind it are not known)\n");
    if (readable(&rig))
        assert_non_null(strstr(frames_said(&rig.rig), "drv.sys+0x409: `bad`"));
    close_code(&rig);
}

// The same bytes for two rows, a range inside another: everybody's calls are seen, nothing is read twice.
static void ranges_over_ranges(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, direct, sizeof direct);
    add_function(&rig, "caller", 0, 0x25, 48);
    add_function(&rig, "alias", 0x18, 0x22, 8);
    add_function(&rig, "tail", 0x18, 0x22, 8);
    add_function(&rig, "leaf", 0x22, 0x25, 8);
    expect_calls(&rig, "caller -> leaf @+0x1004\n"
                       "caller -> caller @+0x100D\n"
                       "caller => alias @+0x1016\n"
                       "alias => leaf @+0x101B\n"
                       "tail => alias @+0x1018\n");
    close_code(&rig);
}

static void relocations_of_objects(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, object, sizeof object);
    rig.file.name = "read.obj";
    rig.code.image = false;
    rig.code.base = 0;
    rig.sections[0].address = KSS_CODE_ADDRESS(3, 0);
    rig.sections[1] = (struct kss_code_section){.address = KSS_CODE_ADDRESS(5, 0),
                                                .bytes = (const uint8_t *)"\xC3\xC3",
                                                .length = 2,
                                                .name = ".text$b",
                                                .code = true};
    add_function(&rig, "o", 0, sizeof object, 48);
    add_function(&rig, "b", 0, 1, 8)->address = KSS_CODE_ADDRESS(5, 0);
    struct kss_frame_row external = {.symbol = "IoFoo", .external = true};
    uint32_t row = kss_frames_add(&rig.rig.frames, &external);
    external.symbol = "KeBar";
    external.imported = true;
    uint32_t import = kss_frames_add(&rig.rig.frames, &external);
    const struct kss_code_fixup fixups[] = {
        {0x5, KSS_CODE_NOWHERE, row, KSS_FIXUP_RELATIVE, false, true},
        {0xA, KSS_CODE_ADDRESS(5, 0), KSS_CODE_NO_ROW, KSS_FIXUP_RELATIVE, false, true},
        {0x11, KSS_CODE_ADDRESS(5, 0), KSS_CODE_NO_ROW, KSS_FIXUP_RELATIVE, false, true},
        {0x17, KSS_CODE_NOWHERE, import, KSS_FIXUP_RELATIVE, true, false},
        {0x1E, KSS_CODE_NOWHERE, import, KSS_FIXUP_RELATIVE, true, false},
        {0x29, KSS_CODE_NOWHERE, row, KSS_FIXUP_RELATIVE, false, true}};
    rig.code.fixup_count = sizeof fixups / sizeof *fixups;
    for (uint32_t i = 0; i < rig.code.fixup_count; i++) {
        rig.fixups[i] = fixups[i];
        rig.fixups[i].at += KSS_CODE_ADDRESS(3, 0);
    }
    expect_calls(&rig, "o -> IoFoo @+0x4\n"
                       "o -> b @+0x9\n"
                       "o -> KeBar @+0x15\n"
                       "o -> KeBar @+0x22\n"
                       "o => IoFoo @+0x28\n");
    if (readable(&rig)) {
        assert_string_equal(rig.rig.frames.calls[0].place, "read.obj:o+0x4");
        assert_true(frames_row(&rig.rig, "b")->address_taken);
        assert_false(frames_row(&rig.rig, "IoFoo")->address_taken);
    }
    close_code(&rig);
}

// Without base relocations a pointer in data is told by what it points to.
static void fixed_image(void **state) {
    (void)state;
    for (int fixed = 0; fixed < 2; fixed++) {
        struct code_rig rig;
        open_code(&rig, KSS_ARCH_X64, direct, sizeof direct);
        static const uint8_t pointer[] = {0x18, 0x10, 0x00, 0x40, 0x01};
        memcpy(rig.data + 8, pointer, sizeof pointer);
        add_function(&rig, "caller", 0, 0x18, 48);
        add_function(&rig, "tail", 0x18, 0x22, 8);
        rig.code.absolute = fixed;
        expect_calls(&rig, "caller -> +0x1022 @+0x1004\n"
                           "caller -> caller @+0x100D\n"
                           "caller => tail @+0x1016\n"
                           "tail => +0x1022 @+0x101B\n");
        if (readable(&rig)) {
            assert_int_equal(frames_row(&rig.rig, "tail")->address_taken, fixed);
            assert_false(frames_row(&rig.rig, "caller")->address_taken);
        }
        close_code(&rig);
    }
}

// ---- Stack movement --------------------------------------------------------------------------------------

static void add_body(struct code_rig *rig, const char *name, uint32_t begin, uint32_t end,
                     uint32_t body) {
    struct kss_code_range *range = add_function(rig, name, begin, end, 16);
    struct kss_frame_row *row = &rig->rig.frames.rows[range->row];
    range->body = body;
    range->frame_register = body != 0;
    range->loose = body == 0;
    row->kind = body != 0 ? KSS_FRAME_AT_LEAST : KSS_FRAME_EXACT;
    row->reason = body != 0 ? "frame pointer: the body may move rsp" : NULL;
    row->origin = body != 0 ? KSS_FROM_UNWIND_X64 : KSS_FROM_LEAF;
    row->bytes = body == 8 ? 64 : body != 0 ? 16 : 8;
}

static void bodies_that_move_the_stack(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, bodies, sizeof bodies);
    add_body(&rig, "debug_frame", 0, 0x16, 8);
    add_body(&rig, "leaver", 0x16, 0x25, 8);
    add_body(&rig, "dynamic", 0x25, 0x3B, 4);
    add_body(&rig, "known", 0x3B, 0x4E, 4);
    add_body(&rig, "aligned", 0x4E, 0x60, 4);
    add_body(&rig, "leaf", 0x60, 0x64, 0);
    add_body(&rig, "no_leaf", 0x64, 0x67, 0);
    add_body(&rig, "restored_early", 0x67, 0x78, 4);
    kss_code_settle(&rig.code);
    if (readable(&rig)) {
        frames_expect(&rig.rig, "debug_frame", 64, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "leaver", 64, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "dynamic", 16, KSS_FRAME_AT_LEAST);
        frames_expect(&rig.rig, "known", 48, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "aligned", 16, KSS_FRAME_AT_LEAST);
        frames_expect(&rig.rig, "leaf", 8, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "no_leaf", 0, KSS_FRAME_UNKNOWN);
        frames_expect(&rig.rig, "restored_early", 16, KSS_FRAME_AT_LEAST);
        assert_string_equal(frames_row(&rig.rig, "aligned")->reason,
                            "aligned to 64 on top: at most 48 bytes more (drv.sys+0x1052)");
        assert_non_null(strstr(frames_row(&rig.rig, "dynamic")->reason, "drv.sys+0x1029"));
    } else {
        frames_expect(&rig.rig, "debug_frame", 64, KSS_FRAME_AT_LEAST);
    }
    close_code(&rig);
}

// What is pushed for a while is part of the figure where every path has it, and is no more than a call's
// return address or else makes it a lower bound.
static void pushes_behind_the_prolog(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, pushes, sizeof pushes);
    add_function(&rig, "flags", 0, 0xB, 48)->body = 4;
    add_function(&rig, "flags_call", 0xB, 0x1B, 48)->body = 4;
    add_function(&rig, "room", 0x1B, 0x31, 48)->body = 4;
    add_function(&rig, "sometimes", 0x31, 0x4C, 48)->body = 4;
    add_function(&rig, "behind_its_end", 0x4C, sizeof pushes, 48)->body = 4;
    kss_code_settle(&rig.code);
    if (readable(&rig)) {
        frames_expect(&rig.rig, "flags", 56, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "flags_call", 48, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "room", 112, KSS_FRAME_EXACT);
        frames_expect(&rig.rig, "sometimes", 48, KSS_FRAME_AT_LEAST);
        frames_expect(&rig.rig, "behind_its_end", 48, KSS_FRAME_EXACT);
        assert_non_null(strstr(frames_row(&rig.rig, "sometimes")->reason,
                               "at most 64 bytes more (drv.sys+0x103A)"));
    }
    close_code(&rig);
}

// A lower bound for another reason stays one.
static void pushes_of_a_lower_bound(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, pushes, sizeof pushes);
    add_function(&rig, "flags", 0, 0xB, 48)->body = 4;
    rig.rig.frames.rows[0].kind = KSS_FRAME_AT_LEAST;
    rig.rig.frames.rows[0].reason = "entered by an interrupt";
    kss_code_settle(&rig.code);
    frames_expect(&rig.rig, "flags", 48, KSS_FRAME_AT_LEAST);
    assert_string_equal(rig.rig.frames.rows[0].reason, "entered by an interrupt");
    close_code(&rig);
}

// and rsp, -16 where the frame's bytes are no multiple of 16: what it takes is known.
static void rounded_to_sixteen(void **state) {
    (void)state;
    static const uint8_t rounded[] = {
        0x55,                         // push rbp
        0x48, 0x89, 0xE5,             // mov rbp, rsp
        0x48, 0x83, 0xE4, 0xF0,       // and rsp, -16
        0xE8, 0xF3, 0xFF, 0xFF, 0xFF, // call 0x0
        0x48, 0x89, 0xEC,             // mov rsp, rbp
        0x5D,                         // pop rbp
        0xC3,                         // ret
    };
    static const uint64_t frames[][2] = {{16, 16}, {24, 32}, {72, 80}};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        struct code_rig rig;
        open_code(&rig, KSS_ARCH_X64, rounded, sizeof rounded);
        add_body(&rig, "f", 0, sizeof rounded, 4);
        rig.rig.frames.rows[0].bytes = frames[i][0];
        kss_code_settle(&rig.code);
        if (readable(&rig))
            frames_expect(&rig.rig, "f", frames[i][1], KSS_FRAME_EXACT);
        close_code(&rig);
    }
}

// A chained part of a settled function moves the stack.
static void a_part_moves_the_stack(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X64, bodies, sizeof bodies);
    add_body(&rig, "debug_frame", 0, 0x16, 8);
    struct kss_code_range *part = &rig.ranges[rig.code.range_count++];
    *part = (struct kss_code_range){.address = TEXT + 0x25,
                                    .size = 0x16,
                                    .body = 4,
                                    .row = rig.ranges[0].row,
                                    .part = true,
                                    .frame_register = true};
    kss_code_settle(&rig.code);
    frames_expect(&rig.rig, "debug_frame", 64, KSS_FRAME_AT_LEAST);
    close_code(&rig);
}

// ---- x86 ------------------------------------------------------------------------------------------------

static void x86_calls(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_X86, calls32, sizeof calls32);
    add_import(&rig, "KeSetEvent");
    add_import(&rig, "IofCallDriver");
    add_function(&rig, "f", 0, 0x28, 0);
    add_function(&rig, "g", 0x28, 0x38, 0);
    add_function(&rig, "thunk32", 0x38, 0x3E, 0);
    rig.sections[2] =
        (struct kss_code_section){.address = 0x1900,
                                  .bytes = (const uint8_t *)"\x34\x10\x40\0\x36\x10\x40",
                                  .length = 8,
                                  .name = ".rdata"};
    rig.code.section_count = 3;
    const struct kss_code_fixup fixups[] = {
        {TEXT + 0x0E, DATA, 0, 0, false, false},   {TEXT + 0x14, DATA + 4, 0, 0, false, false},
        {TEXT + 0x1D, TEXT, 0, 0, false, false},   {TEXT + 0x24, DATA, 0, 0, false, false},
        {TEXT + 0x30, 0x1900, 0, 0, false, false}, {TEXT + 0x3A, DATA + 4, 0, 0, false, false}};
    rig.code.fixup_count = sizeof fixups / sizeof *fixups;
    for (uint32_t i = 0; i < rig.code.fixup_count; i++) {
        rig.fixups[i] = fixups[i];
        rig.fixups[i].row = KSS_CODE_NO_ROW;
    }
    expect_calls(&rig, "f -> g @+0x1007\n"
                       "f -> KeSetEvent @+0x100C\n"
                       "f -> IofCallDriver @+0x1018\n"
                       "f -> * @+0x101A\n"
                       "f => KeSetEvent @+0x1022\n"
                       "g => f @+0x1034\n");
    if (readable(&rig))
        assert_true(frames_row(&rig.rig, "f")->address_taken); // pushed
    close_code(&rig);
}

// ---- ARM64 ----------------------------------------------------------------------------------------------

static void arm64_calls(void **state) {
    (void)state;
    struct code_rig rig;
    open_code(&rig, KSS_ARCH_ARM64, arm, sizeof arm);
    add_import(&rig, "KeSetEvent");
    add_import(&rig, "IofCallDriver");
    add_function(&rig, "f", 0, 0x28, 32)->body = 4;
    add_function(&rig, "g", 0x28, 0x50, 0);
    add_function(&rig, "h", 0x50, 0x5C, 0);
    add_function(&rig, "thunk", 0x5C, 0x68, 0);
    add_function(&rig, "i", 0x68, 0x78, 0);
    expect_calls(&rig, "f -> g @+0x1004\n"
                       "f -> KeSetEvent @+0x1010\n"
                       "f -> * @+0x1014\n"
                       "f -> IofCallDriver @+0x101C\n"
                       "f => g @+0x1024\n"
                       "g => f @+0x1048\n"
                       "h => * @+0x1058\n"
                       "i => h @+0x1070\n");
    assert_true(frames_row(&rig.rig, "f")->address_taken); // adrp, add
    assert_false(frames_row(&rig.rig, "g")->address_taken);
    close_code(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(direct_calls),
                                       cmocka_unit_test(imports_and_thunks),
                                       cmocka_unit_test(indirect_calls),
                                       cmocka_unit_test(the_guard),
                                       cmocka_unit_test(switches_stay_inside),
                                       cmocka_unit_test(cold_parts),
                                       cmocka_unit_test(parts_of_a_row),
                                       cmocka_unit_test(code_without_rows),
                                       cmocka_unit_test(code_that_cannot_be_read),
                                       cmocka_unit_test(ranges_over_ranges),
                                       cmocka_unit_test(relocations_of_objects),
                                       cmocka_unit_test(bodies_that_move_the_stack),
                                       cmocka_unit_test(pushes_behind_the_prolog),
                                       cmocka_unit_test(pushes_of_a_lower_bound),
                                       cmocka_unit_test(fixed_image),
                                       cmocka_unit_test(rounded_to_sixteen),
                                       cmocka_unit_test(a_part_moves_the_stack),
                                       cmocka_unit_test(x86_calls),
                                       cmocka_unit_test(arm64_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
