// SPDX-License-Identifier: MIT
// The instruction decoder, on any host. Encodings as an assembler gives them.
#include "native/fault_decode.h"

#include "check.h"

static const uint64_t registers[16] = {0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000,
                                       0x7000, 0x8000, 0x9000, 0xA000, 0xB000, 0xC000,
                                       0xD000, 0xE000, 0xF000, 0x10000};

static const struct {
    const char *name;
    unsigned bits, size;
    uint8_t code[12];
    enum kss_fault_kind kind;
} privileged[] = {
    {"hlt", 64, 1, {0xF4}, KSS_FAULT_PRIVILEGED},
    {"cli", 32, 1, {0xFA}, KSS_FAULT_PRIVILEGED},
    {"sti", 64, 1, {0xFB}, KSS_FAULT_PRIVILEGED},
    {"in", 64, 2, {0xE4, 0x60}, KSS_FAULT_PRIVILEGED},
    {"in", 64, 1, {0xEC}, KSS_FAULT_PRIVILEGED},
    {"out", 64, 2, {0x66, 0xEF}, KSS_FAULT_PRIVILEGED},
    {"out", 64, 2, {0xF3, 0x6E}, KSS_FAULT_PRIVILEGED},
    {"rdmsr", 64, 2, {0x0F, 0x32}, KSS_FAULT_PRIVILEGED},
    {"wrmsr", 64, 2, {0x0F, 0x30}, KSS_FAULT_PRIVILEGED},
    {"mov cr", 64, 4, {0x44, 0x0F, 0x20, 0xC0}, KSS_FAULT_PRIVILEGED}, // mov rax, cr8
    {"mov cr", 32, 3, {0x0F, 0x22, 0xD8}, KSS_FAULT_PRIVILEGED},       // mov cr3, eax
    {"mov dr", 64, 3, {0x0F, 0x23, 0xF8}, KSS_FAULT_PRIVILEGED},
    {"lgdt", 64, 3, {0x0F, 0x01, 0x10}, KSS_FAULT_PRIVILEGED},
    {"lidt", 64, 5, {0x0F, 0x01, 0x5C, 0x24, 0x08}, KSS_FAULT_PRIVILEGED},
    {"invlpg", 64, 3, {0x0F, 0x01, 0x38}, KSS_FAULT_PRIVILEGED},
    {"swapgs", 64, 3, {0x0F, 0x01, 0xF8}, KSS_FAULT_PRIVILEGED},
    {"clts", 64, 2, {0x0F, 0x06}, KSS_FAULT_PRIVILEGED},
    {"wbinvd", 64, 2, {0x0F, 0x09}, KSS_FAULT_PRIVILEGED},
    {"int 29h", 64, 2, {0xCD, 0x29}, KSS_FAULT_ASSERT},
    {"int 2Ch", 32, 2, {0xCD, 0x2C}, KSS_FAULT_ASSERT},
    {"int 2Dh", 64, 2, {0xCD, 0x2D}, KSS_FAULT_BREAKPOINT},
};

static void privileged_instructions_are_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof privileged / sizeof *privileged; i++) {
        struct kss_instruction found;
        kss_decode_x86(&found, privileged[i].code, 12, privileged[i].bits, registers, 0x400000);
        assert_int_equal(found.kind, privileged[i].kind);
        assert_string_equal(found.name, privileged[i].name);
        assert_int_equal(found.length, privileged[i].size);
        kss_decode_x86(&found, privileged[i].code, privileged[i].size - 1, privileged[i].bits,
                       registers, 0x400000); // cut off: nothing is claimed
        assert_int_equal(found.length, 0);
    }
}

static const struct {
    uint64_t address;
    enum kss_fault_access access;
    unsigned bits;
    uint8_t code[12];
} operands[] = {
    {0x1000, KSS_FAULT_READ, 64, {0x48, 0x8B, 0x00}},             // mov rax, [rax]
    {0x2008, KSS_FAULT_WRITE, 64, {0x48, 0x89, 0x41, 0x08}},      // mov [rcx+8], rax
    {0x3000 - 16, KSS_FAULT_WRITE, 64, {0xC6, 0x42, 0xF0, 0x05}}, // mov byte [rdx-10h]
    {0x5000 + 0x100, KSS_FAULT_READ, 64, {0x8B, 0x84, 0x24, 0x00, 0x01, 0, 0}}, // [rsp+100h]
    {0xA000 + 0xC000 * 8, KSS_FAULT_WRITE, 64, {0x4F, 0x89, 0x04, 0xD9}},       // [r9+r11*8]
    {0x2000 * 4 + 0x20, KSS_FAULT_READ, 64, {0x8B, 0x04, 0x8D, 0x20, 0, 0, 0}}, // [rcx*4+20h]
    {0x4000, KSS_FAULT_WRITE, 64, {0xF0, 0x48, 0x0F, 0xB1, 0x0B}},     // lock cmpxchg [rbx]
    {0x7000, KSS_FAULT_READ, 64, {0x48, 0x83, 0x3E, 0x00}},            // cmp qword [rsi], 0
    {0x7000, KSS_FAULT_WRITE, 64, {0x48, 0x83, 0x06, 0x01}},           // add qword [rsi], 1
    {0x8000, KSS_FAULT_WRITE, 64, {0xF3, 0x48, 0xAB}},                 // rep stosq
    {0x7000, KSS_FAULT_READ, 64, {0xAC}},                              // lodsb
    {0x5000 - 8, KSS_FAULT_WRITE, 64, {0x50}},                         // push rax
    {0x5000, KSS_FAULT_READ, 64, {0xC3}},                              // ret
    {0x1000, KSS_FAULT_WRITE, 64, {0x0F, 0x29, 0x00}},                 // movaps [rax], xmm0
    {0x1000, KSS_FAULT_READ, 64, {0xC5, 0xFC, 0x28, 0x00}},            // vmovaps ymm0, [rax]
    {0x1000, KSS_FAULT_WRITE, 64, {0xC5, 0xFC, 0x29, 0x00}},           // vmovaps [rax], ymm0
    {0x6000 + 4, KSS_FAULT_READ, 32, {0x8B, 0x45, 0x04}},              // mov eax, [ebp+4]
    {0x12345678, KSS_FAULT_WRITE, 32, {0xA3, 0x78, 0x56, 0x34, 0x12}}, // mov [moffs], eax
};

static void operands_are_computed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
        struct kss_instruction found;
        kss_decode_x86(&found, operands[i].code, 12, operands[i].bits, registers, 0x400000);
        assert_int_equal(found.kind, KSS_FAULT_ACCESS);
        assert_null(found.name);
        assert_true(found.has_address);
        assert_true(found.address == operands[i].address);
        assert_int_equal(found.access, operands[i].access);
    }
}

static const struct {
    uint32_t word;
    enum kss_fault_access access;
} a64[] = {
    {0xF9400020, KSS_FAULT_READ},    // ldr x0, [x1]
    {0xF9000020, KSS_FAULT_WRITE},   // str x0, [x1]
    {0x39400020, KSS_FAULT_READ},    // ldrb w0, [x1]
    {0x39000020, KSS_FAULT_WRITE},   // strb w0, [x1]
    {0xF8408420, KSS_FAULT_READ},    // ldr x0, [x1], #8
    {0xF8008420, KSS_FAULT_WRITE},   // str x0, [x1], #8
    {0xA9BF7BFD, KSS_FAULT_WRITE},   // stp x29, x30, [sp, #-16]!
    {0xA8C17BFD, KSS_FAULT_READ},    // ldp x29, x30, [sp], #16
    {0x3D800020, KSS_FAULT_WRITE},   // str q0, [x1]
    {0x3DC00020, KSS_FAULT_READ},    // ldr q0, [x1]
    {0xAD000420, KSS_FAULT_WRITE},   // stp q0, q1, [x1]
    {0xB9800020, KSS_FAULT_READ},    // ldrsw x0, [x1]
    {0xC85FFC20, KSS_FAULT_READ},    // ldaxr x0, [x1]
    {0xC802FC20, KSS_FAULT_WRITE},   // stlxr w2, x0, [x1]
    {0xC8DFFC20, KSS_FAULT_READ},    // ldar x0, [x1]
    {0xC89FFC20, KSS_FAULT_WRITE},   // stlr x0, [x1]
    {0xF8200020, KSS_FAULT_WRITE},   // ldadd x0, x0, [x1]
    {0xF8BFC020, KSS_FAULT_READ},    // ldapr x0, [x1]
    {0xC8A07C22, KSS_FAULT_WRITE},   // cas x0, x2, [x1]
    {0xD50B7420, KSS_FAULT_WRITE},   // dc zva, x0
    {0x8B000020, KSS_FAULT_UNKNOWN}, // add x0, x1, x0
};

static void a64_loads_and_stores_are_told_apart(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof a64 / sizeof *a64; i++) {
        struct kss_instruction found;
        kss_decode_a64(&found, a64[i].word);
        assert_int_equal(found.kind, KSS_FAULT_ACCESS);
        assert_int_equal(found.access, a64[i].access);
    }
}

static void any_bytes_are_decoded_without_harm(void **state) {
    (void)state;
    uint32_t random = 1;
    unsigned named = 0;
    for (int i = 0; i < 200000; i++) {
        uint8_t code[15];
        struct kss_instruction found;
        for (size_t at = 0; at < sizeof code; at++)
            code[at] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
        size_t size = random >> 8 & 15;
        kss_decode_x86(&found, code, size, i % 2 ? 64 : 32, registers, 0x400000);
        assert_true(found.length <= size);
        named += found.name != NULL;
        kss_decode_a64(&found, random);
    }
    assert_true(named > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(privileged_instructions_are_named),
        cmocka_unit_test(operands_are_computed),
        cmocka_unit_test(a64_loads_and_stores_are_told_apart),
        cmocka_unit_test(any_bytes_are_decoded_without_harm),
    };
    return cmocka_run_group_tests_name("native/decode", tests, NULL, NULL);
}
