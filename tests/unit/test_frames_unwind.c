// SPDX-License-Identifier: MIT
// Windows unwind data by itself: records written by hand, one idea each.
#include "frames_rig.h"

#include "frames/unwind.h"

#define X64(...)                                                                                   \
    kss_unwind_x64((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define ARM64(...)                                                                                 \
    kss_unwind_arm64((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void is(struct kss_unwind unwind, uint64_t bytes) {
    assert_int_equal(unwind.kind, KSS_FRAME_EXACT);
    assert_null(unwind.reason);
    assert_int_equal(unwind.bytes, bytes);
}

static void is_unknown(struct kss_unwind unwind, const char *reason, int code) {
    assert_int_equal(unwind.kind, KSS_FRAME_UNKNOWN);
    assert_string_equal(unwind.reason, reason);
    assert_int_equal(unwind.code, code);
}

// ---- x64 -------------------------------------------------------------------------------------------

static void x64_operations(void **state) {
    (void)state;
    is(X64(1, 0, 0, 0), 0);
    is(X64(1, 1, 1, 0, 1, 0x30, 0, 0), 8);                        // push rbx
    is(X64(1, 4, 1, 0, 4, 0x42, 0, 0), 40);                       // sub rsp, 40
    is(X64(1, 7, 2, 0, 7, 0x01, 0x0B, 0x00), 88);                 // sub rsp, 88
    is(X64(1, 7, 3, 0, 7, 0x11, 0x08, 0x30, 0, 0, 0, 0), 0x3008); // sub rsp, rax
    is(X64(1, 9, 2, 0, 9, 0x34, 4, 0), 0);                        // mov [rsp+32], rbx
    is(X64(1, 9, 3, 0, 9, 0x35, 4, 0, 0, 0, 0, 0), 0);            // far away
    is(X64(1, 9, 2, 0, 9, 0x68, 2, 0), 0);                        // movaps [rsp+32], xmm6
    is(X64(1, 9, 3, 0, 9, 0x69, 4, 0, 0, 0, 0, 0), 0);            // far away
    is(X64(1, 8, 4, 0, 8, 0x42, 4, 0x70, 2, 0x60, 1, 0x30), 64);  // three pushes
    is(X64(9, 8, 1, 0, 4, 0x42, 0, 0, 0x34, 0x12, 0, 0), 40);     // with a handler
    is(X64(1, 0, 1, 0, 0, 0x42, 0, 0), 40); // gcc's cold parts: the frame is there from the start
}

static void x64_frame_register(void **state) {
    (void)state;
    struct kss_unwind unwind = X64(1, 5, 2, 5, 5, 0x03, 1, 0x50); // push rbp, mov rbp, rsp
    is(unwind, 8);
    assert_true(unwind.frame_register);
    is_unknown(X64(1, 5, 2, 0, 5, 0x03, 1, 0x50),
               "unwind data sets a frame register and names none", -1);
}

static void x64_machine_frame(void **state) {
    (void)state;
    struct kss_unwind unwind = X64(1, 2, 2, 0, 2, 0x12, 0, 0x0A);
    is(unwind, 40 + 16);
    assert_true(unwind.machine_frame);
    is(X64(1, 2, 2, 0, 2, 0x12, 0, 0x1A), 48 + 16);
    is_unknown(X64(1, 2, 1, 0, 0, 0x2A, 0, 0), "unwind operation is not understood", 10);
    is_unknown(X64(1, 2, 2, 0, 0, 0x0A, 0, 0x30), "unwind operation comes before the machine frame",
               0);
}

static void x64_chained(void **state) {
    (void)state;
    struct kss_unwind unwind =
        X64(0x21, 5, 2, 0, 5, 0x34, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    is(unwind, 0);
    assert_true(unwind.chained);
    assert_int_equal(unwind.chain, 8);
    is_unknown(X64(0x21, 5, 2, 0, 5, 0x34, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
               "unwind data leaves its section", -1);
    is_unknown(X64(0x29, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
               "unwind data is chained and has a handler", -1);
}

static void x64_version_2(void **state) {
    (void)state;
    is(X64(2, 4, 2, 0, 6, 0x16, 4, 0x42), 40);                // one epilog at the end
    is(X64(2, 4, 3, 0, 6, 0x16, 9, 0x06, 4, 0x42, 0, 0), 40); // and another
    is(X64(2, 0, 1, 0, 6, 0x16, 0, 0), 0);                    // epilogs alone
    // If EPILOG had two slots the second would not be one: what follows is no prolog then.
    is_unknown(X64(2, 4, 3, 0, 6, 0x16, 9, 0x42, 4, 0x42, 0, 0),
               "operations of version 2 unwind data are out of order", -1);
    is_unknown(X64(2, 4, 2, 0, 4, 0x42, 6, 0x16), "unwind operation is not understood", 6);
    is_unknown(X64(2, 4, 2, 0, 4, 0x42, 1, 0x16), "unwind operation is not understood", 6);
    is_unknown(X64(1, 4, 2, 0, 6, 0x16, 4, 0x42), "unwind operation is not understood", 6);
}

static void x64_not_understood(void **state) {
    (void)state;
    is_unknown(X64(3, 0, 0, 0), "unwind data is of a version not understood", 3);
    is_unknown(X64(0, 0, 0, 0), "unwind data is of a version not understood", 0);
    is_unknown(X64(1, 1, 1, 0, 1, 0x07, 0, 0), "unwind operation is not understood", 7);
    for (int operation = 11; operation < 16; operation++)
        is_unknown(X64(1, 1, 1, 0, 1, (uint8_t)operation, 0, 0),
                   "unwind operation is not understood", operation);
    is_unknown(X64(1, 1, 2, 0, 1, 0x21, 0, 0), "unwind operation is not understood", 1);
    is_unknown(X64(1, 1, 1, 0, 1, 0x01, 0, 0), "unwind operation has no room for its operand", 1);
    is_unknown(X64(1, 1, 2, 0, 1, 0x11, 0, 0), "unwind operation has no room for its operand", 1);
    is_unknown(X64(1, 1, 1), "unwind data leaves its section", -1);
    is_unknown(X64(1, 1, 1, 0, 1, 0x30), "unwind data leaves its section", -1); // no padding slot
}

// ---- ARM64 -----------------------------------------------------------------------------------------

// A record with one epilog in its header and four bytes of codes.
#define CODES(...) ARM64(0x10, 0, 0x20, 0x08, __VA_ARGS__)

static void arm64_codes(void **state) {
    (void)state;
    is(CODES(0xE4, 0, 0, 0), 0);
    is(CODES(0x05, 0xE4, 0, 0), 80);                                            // alloc_s
    is(CODES(0x26, 0xE4, 0, 0), 48);                                            // save_r19r20_x
    is(CODES(0x43, 0xE4, 0, 0), 0);                                             // save_fplr
    is(CODES(0x81, 0xE4, 0, 0), 16);                                            // save_fplr_x
    is(CODES(0xC1, 0x39, 0xE4, 0), 5008);                                       // alloc_m
    is(CODES(0xC8, 0x02, 0xE4, 0), 0);                                          // save_regp
    is(CODES(0xCC, 0x03, 0xE4, 0), 32);                                         // save_regp_x
    is(CODES(0xD0, 0x82, 0xE4, 0), 0);                                          // save_reg
    is(CODES(0xD4, 0x03, 0xE4, 0), 32);                                         // save_reg_x
    is(CODES(0xD6, 0x02, 0xE4, 0), 0);                                          // save_lrpair
    is(CODES(0xD8, 0x02, 0xE4, 0), 0);                                          // save_fregp
    is(CODES(0xDA, 0x07, 0xE4, 0), 64);                                         // save_fregp_x
    is(CODES(0xDC, 0x02, 0xE4, 0), 0);                                          // save_freg
    is(CODES(0xDE, 0x41, 0xE4, 0), 16);                                         // save_freg_x
    is(ARM64(0x10, 0, 0x20, 0x10, 0xE0, 0, 0x92, 0x7D, 0xE4, 0, 0, 0), 600016); // alloc_l
    is(CODES(0xE1, 0x81, 0xE4, 0), 16);                                         // set_fp
    is(CODES(0xE2, 0x02, 0xE4, 0), 0);                                          // add_fp
    is(CODES(0xE3, 0xE3, 0xE6, 0xE4), 0);                                       // nop, save_next
    is(CODES(0xFC, 0x81, 0xE4, 0), 16);                                         // pac_sign_lr
    is(CODES(0xEC, 0xE4, 0, 0), 0);        // clear_unwound_to_call
    is(CODES(0xE7, 0x40, 0x02, 0xE4), 0);  // save_any_reg, pair
    is(CODES(0xE7, 0x60, 0x02, 0xE4), 48); // the same, pre-indexed
    is(CODES(0xE7, 0x20, 0xC2, 0xE4), 0);  // save_zreg
    is(CODES(0x01, 0xE5, 0x02, 0xE4), 48); // end_c: what follows is the host's
}

static void arm64_what_codes_tell(void **state) {
    (void)state;
    struct kss_unwind unwind = CODES(0xDF, 0x04, 0x81, 0xE4); // alloc_z
    assert_int_equal(unwind.kind, KSS_FRAME_AT_LEAST);
    assert_int_equal(unwind.bytes, 16);
    unwind = CODES(0xE5, 0x01, 0x81, 0xE4);
    assert_true(unwind.fragment);
    assert_int_equal(unwind.prolog, 0);
    assert_int_equal(unwind.bytes, 32);
    unwind = CODES(0x01, 0xE1, 0x81, 0xE4);
    assert_int_equal(unwind.prolog, 12);
    assert_int_equal(unwind.length, 64);
    assert_true(unwind.frame_register);
}

static void arm64_not_understood(void **state) {
    (void)state;
    static const uint8_t codes[] = {0xE8, 0xE9, 0xEA, 0xEB, 0xED, 0xF7, 0xF8, 0xFB, 0xFD, 0xFF};
    for (size_t i = 0; i < sizeof codes; i++)
        is_unknown(CODES(codes[i], 0xE4, 0, 0), "unwind code is not understood", codes[i]);
    is_unknown(CODES(0xE7, 0x80, 0x00, 0xE4), "unwind code is not understood", 0xE7);
    is_unknown(CODES(0x01, 0x01, 0x01, 0x01), "unwind codes do not end", -1);
    is_unknown(CODES(0x01, 0x01, 0x01, 0xE0), "unwind code has no room for its operand", 0xE0);
    is_unknown(ARM64(0x10, 0, 0x24, 0x08, 0xE4, 0, 0, 0),
               "unwind data is of a version not understood", 1);
    is_unknown(ARM64(0x10, 0, 0x20), "unwind data leaves its section", -1);
    is_unknown(ARM64(0x10, 0, 0x20, 0x10, 0xE4, 0, 0, 0), "unwind data leaves its section", -1);
    is_unknown(ARM64(0x10, 0, 0, 0), "unwind data leaves its section", -1); // no extension word
    is_unknown(ARM64(0x10, 0, 0xC0, 0x0F, 0xE4, 0, 0, 0), "unwind data leaves its section", -1);
}

static void arm64_headers(void **state) {
    (void)state;
    is(ARM64(0x10, 0, 0x40, 0x08, 9, 0, 0, 0, 0x05, 0xE4, 0, 0), 80); // one epilog scope
    is(ARM64(0x10, 0, 0, 0, 2, 0, 1, 0, 9, 0, 0, 0, 9, 0, 0, 0, 0x05, 0xE4, 0, 0), 80); // extended
    is(ARM64(0x10, 0, 0x30, 0x08, 0x05, 0xE4, 0, 0, 1, 2, 3, 4), 80); // a handler behind
}

static uint32_t packed(uint32_t flag, uint32_t f, uint32_t i, uint32_t h, uint32_t cr,
                       uint32_t frame) {
    return flag | 16u << 2 | f << 13 | i << 16 | h << 20 | cr << 21 | frame / 16 << 23;
}

static void arm64_packed(void **state) {
    (void)state;
    is(kss_unwind_arm64_packed(packed(1, 0, 0, 0, 0, 0)), 0);
    is(kss_unwind_arm64_packed(packed(1, 0, 0, 0, 3, 16)), 16);
    is(kss_unwind_arm64_packed(packed(1, 0, 8, 0, 1, 80)), 80);
    is(kss_unwind_arm64_packed(packed(1, 7, 10, 1, 2, 8176)), 8176);
    struct kss_unwind part = kss_unwind_arm64_packed(packed(2, 0, 2, 0, 0, 32));
    is(part, 32);
    assert_true(part.fragment);
    assert_int_equal(part.length, 64);
    // 8 registers and lr need 80 bytes; a frame record 16 more; there are 10 registers to save.
    is_unknown(kss_unwind_arm64_packed(packed(1, 0, 8, 0, 1, 64)),
               "packed unwind data contradicts itself", -1);
    is_unknown(kss_unwind_arm64_packed(packed(1, 0, 0, 0, 3, 0)),
               "packed unwind data contradicts itself", -1);
    is_unknown(kss_unwind_arm64_packed(packed(1, 0, 11, 0, 0, 512)),
               "packed unwind data contradicts itself", -1);
    is_unknown(kss_unwind_arm64_packed(packed(3, 0, 0, 0, 0, 0)),
               "packed unwind data has a reserved flag", 3);
}

// ---- ARM64 code ------------------------------------------------------------------------------------

enum {
    STP_PRE = 0xA9BF7BFD,    // stp x29, x30, [sp, #-16]!
    MOV_FP = 0x910003FD,     // mov x29, sp
    SUB_SP_16 = 0xD10043FF,  // sub sp, sp, #16
    SUB_X15 = 0xCB2F73FF,    // sub sp, sp, x15, lsl #4
    SUB_X9_112 = 0xD101C3E9, // sub x9, sp, #112
    AND_64 = 0x927AE53F,     // and sp, x9, #-64
    MOV_SP_X8 = 0x9100011F,  // mov sp, x8
    MOV_SP_FP = 0x910003BF,  // mov sp, x29
    SUB_SP_FP = 0xD10023BF,  // sub sp, x29, #8
    ADD_SP_16 = 0x910043FF,  // add sp, sp, #16
    STR_PRE = 0xF81F0FE0,    // str x0, [sp, #-16]!
    LDP_POST = 0xA8C17BFD,   // ldp x29, x30, [sp], #16
    RET = 0xD65F03C0
};

static struct kss_unwind body(struct kss_unwind unwind, const uint32_t *code, size_t count) {
    uint8_t bytes[64];
    for (size_t i = 0; i < count * 4; i++)
        bytes[i] = (uint8_t)(code[i / 4] >> i % 4 * 8);
    kss_unwind_arm64_body(&unwind, bytes, count * 4);
    return unwind;
}
#define BODY(unwind, ...)                                                                          \
    body(unwind, (const uint32_t[]){__VA_ARGS__},                                                  \
         sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void arm64_bodies(void **state) {
    (void)state;
    struct kss_unwind framed = CODES(0x01, 0xE1, 0x81, 0xE4);
    is(BODY(framed, STP_PRE, MOV_FP, SUB_SP_16, MOV_SP_FP, LDP_POST, RET), 32);
    is(BODY(framed, STP_PRE, MOV_FP, SUB_X15, SUB_SP_FP, ADD_SP_16, LDP_POST, RET), 32);
    static const uint32_t takers[] = {SUB_SP_16, SUB_X15, MOV_SP_X8, STR_PRE, STP_PRE};
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++) {
        struct kss_unwind unwind = BODY(framed, STP_PRE, MOV_FP, SUB_SP_16, takers[i], RET);
        assert_int_equal(unwind.kind, KSS_FRAME_AT_LEAST);
        assert_int_equal(unwind.bytes, 32);
    }
}

// clang 14 writes 48 for these 112 bytes.
static void arm64_aligned(void **state) {
    (void)state;
    struct frames_rig rig;
    struct kss_unwind unwind =
        BODY(CODES(0x03, 0xE1, 0x81, 0xE4), STP_PRE, MOV_FP, SUB_X9_112, AND_64, MOV_SP_FP, RET);
    assert_int_equal(unwind.kind, KSS_FRAME_AT_LEAST);
    assert_int_equal(unwind.bytes, 128);
    frames_begin(&rig, NULL);
    assert_string_equal(kss_unwind_reason(&rig.frames, &unwind),
                        "aligned to 64: at most 48 bytes more");
    frames_end(&rig);
    unwind = BODY(CODES(0x00, 0xE1, 0x81, 0xE4), STP_PRE, MOV_FP, SUB_X9_112, AND_64, RET);
    assert_int_equal(unwind.bytes, 128); // the mask left nothing of it
    unwind = BODY(CODES(0x07, 0xE1, 0x81, 0xE4), STP_PRE, MOV_FP, SUB_X9_112, AND_64, RET);
    assert_int_equal(unwind.bytes, 128); // right as it is
}

static void arm64_leaves(void **state) {
    (void)state;
    static const uint8_t still[] = {0xC0, 0x03, 0x5F, 0xD6};
    static const uint8_t moves[] = {0xFF, 0x43, 0x00, 0xD1, 0xC0, 0x03, 0x5F, 0xD6};
    assert_true(kss_unwind_arm64_still(still, sizeof still));
    assert_false(kss_unwind_arm64_still(moves, sizeof moves));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x64_operations),       cmocka_unit_test(x64_frame_register),
        cmocka_unit_test(x64_machine_frame),    cmocka_unit_test(x64_chained),
        cmocka_unit_test(x64_version_2),        cmocka_unit_test(x64_not_understood),
        cmocka_unit_test(arm64_codes),          cmocka_unit_test(arm64_what_codes_tell),
        cmocka_unit_test(arm64_not_understood), cmocka_unit_test(arm64_headers),
        cmocka_unit_test(arm64_packed),         cmocka_unit_test(arm64_bodies),
        cmocka_unit_test(arm64_aligned),        cmocka_unit_test(arm64_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
