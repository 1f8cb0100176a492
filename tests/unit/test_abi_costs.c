// SPDX-License-Identifier: MIT
// What the calling conventions make a call cost: arguments, copies, home space, hidden pointers. A frame
// whose size is assumed is locals, overhead and these, rounded up to the machine's frame alignment.
#include "run_rig.h"

#define TYPES                                                                                      \
    "typedef struct _B1 { UCHAR a; } B1; typedef struct _B3 { UCHAR a[3]; } B3;"                   \
    "typedef struct _B8 { ULONG a[2]; } B8; typedef struct _B12 { ULONG a[3]; } B12;"              \
    "typedef struct _B16 { ULONG a[4]; } B16; typedef struct _B40 { ULONG a[10]; } B40;"           \
    "VOID None(VOID) { } VOID One(ULONG a) { } VOID Four(ULONG a, ULONG b, ULONG c, ULONG d) { }"  \
    "VOID Six(ULONG a, ULONG b, ULONG c, ULONG d, ULONG e, ULONG f) { }"                           \
    "VOID Ten(ULONG a, ULONG b, ULONG c, ULONG d, ULONG e, ULONG f, ULONG g, ULONG h, ULONG i,"    \
    " ULONG j) { } VOID Wide(ULONG a, LONGLONG b, LONGLONG c) { }"                                 \
    "VOID T1(B1 s) { } VOID T3(B3 s) { } VOID T8(B8 s) { } VOID T12(B12 s) { } VOID T16(B16 s) { " \
    "}"                                                                                            \
    "VOID T40(B40 s) { } B8 R8(VOID) { B8 s; return s; } B40 R40(ULONG a) { B40 s; return s; }"    \
    "B40 R40Four(ULONG a, ULONG b, ULONG c, ULONG d) { B40 s; return s; }"

struct row {
    const char *machine;
    const char *callee; // its own cost
    uint32_t callee_bytes;
    const char *body; // of a routine F that calls
    uint32_t bytes;   // the cost of F
};

// x86: return address and saved EBP 8, parameters rounded up to 4 each, all pushed by the caller.
// x64: return address 8 and home space 32, multiples of 16: 0x30 for anything up to 8 bytes more.
// arm: saved FP and LR 8. arm64: 16.
static const struct row rows[] = {
    {"x86", "None", 8, "None();", 8},
    {"x86", "One", 12, "One(1);", 8},
    {"x86", "Four", 24, "Four(1, 2, 3, 4);", 8},
    {"x86", "Ten", 48, "Ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);", 8},
    {"x86", "Wide", 28, "Wide(1, 2, 3);", 8},
    {"x86", "T1", 8 + 4, "B1 s; T1(s);", 8 + 4},
    {"x86", "T3", 8 + 4, "B3 s; T3(s);", 8 + 4},
    {"x86", "T12", 8 + 12, "B12 s; T12(s);", 8 + 12},
    {"x86", "T40", 8 + 40, "B40 s; T40(s);", 8 + 40},
    {"x86", "R8", 8 + 8, NULL, 0},           // in EDX:EAX
    {"x86", "R40", 8 + 40 + 4 + 4, NULL, 0}, // the hidden pointer, and a
    {"x64", "None", 0x30, "None();", 0x30},
    {"x64", "Four", 0x30, "Four(1, 2, 3, 4);", 0x30},
    {"x64", "Six", 0x30, "Six(1, 2, 3, 4, 5, 6);", 0x40},              // 0x28 + 0x10
    {"x64", "Ten", 0x30, "Ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);", 0x60}, // 0x28 + 0x30
    {"x64", "T8", 0x30, "B8 s; T8(s);", 0x30},                         // in a register
    {"x64", "T3", 0x30, "B3 s; T3(s);", 0x30},                         // 8 + 8 + 32: s and its copy
    {"x64", "T12", 0x30, "B12 s; T12(s);", 0x40}, // 8 + 24 + 32, the copy at 16
    {"x64", "T40", 0x30, "B40 s; T40(s);", 0x80}, // 8 + 88 + 32
    {"x64", "R40Four", 0x50, "B40 s; s = R40Four(1, 2, 3, 4);", 0x28 + 40 + 40 + 8}, // 5 slots
    {"arm", "None", 8, "None();", 8},
    {"arm", "Six", 8, "Six(1, 2, 3, 4, 5, 6);", 16},
    {"arm", "Wide", 8, "Wide(1, 2, 3);", 16}, // r0, r2 and r3, then 8 bytes
    {"arm", "T40", 8 + 40, "B40 s; T40(s);", 8 + 40 + 24},
    {"arm64", "Six", 16, "Six(1, 2, 3, 4, 5, 6);", 16},
    {"arm64", "Ten", 16, "Ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);", 32},
    {"arm64", "T16", 32, "B16 s; T16(s);", 32},      // two registers
    {"arm64", "T40", 16, "B40 s; T40(s);", 16 + 80}, // s and its copy
};

static uint32_t cost(const struct run_rig *rig, const char *name) {
    const struct kss_image *image = &rig->program->image;
    for (uint32_t i = 0; i < image->code_count; i++)
        if (strcmp(image->code[i].name, name) == 0)
            return image->code[i].bytes;
    fail_msg("no routine %s", name);
    return 0;
}

static void costs(void **state) {
    (void)state;
    unsigned wrong = 0;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct run_rig rig;
        struct kss_text source = {0};
        bool sized = strcmp(row->machine, "arm64") != 0;
        kss_text_format(&source, "machine %s%s " TYPES " VOID F(VOID) { %s }\n", row->machine,
                        sized ? ";" : " { stack = 24K; }", row->body != NULL ? row->body : "");
        run_load(&rig, source.bytes, NULL);
        if (rig.program == NULL)
            print_error("%s", run_diagnostics(&rig));
        assert_non_null(rig.program);
        uint32_t callee = cost(&rig, row->callee), caller = cost(&rig, "F");
        if (callee != row->callee_bytes || (row->body != NULL && caller != row->bytes)) {
            print_error("%s %s: costs 0x%X, not 0x%X; a caller 0x%X, not 0x%X\n", row->machine,
                        row->callee, callee, row->callee_bytes, caller, row->bytes);
            wrong++;
        }
        kss_text_free(&source);
        run_free(&rig);
    }
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(costs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
