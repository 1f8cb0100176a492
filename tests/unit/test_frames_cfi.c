// SPDX-License-Identifier: MIT
// Call frame information: programs made here instruction by instruction, and broken ones.
#include "bytes_rig.h"

#include "frames/cfi.h"

enum { // instructions
    SET_LOC = 1,
    ADVANCE1 = 2,
    REMEMBER = 0x0A,
    RESTORE_STATE = 0x0B,
    DEF_CFA = 0x0C,
    DEF_REGISTER = 0x0D,
    DEF_OFFSET = 0x0E,
    DEF_EXPRESSION = 0x0F,
    EXPRESSION = 0x10,
    OFFSET_SF = 0x11,
    DEF_SF = 0x12,
    DEF_OFFSET_SF = 0x13,
    ARGS_SIZE = 0x2E,
    ADVANCE = 0x40,
    OFFSET = 0x80,
    RESTORE = 0xC0
};

enum { ESP = 4, EBP = 5, RBP = 6, RSP = 7, MOST = 512 };

static struct bytes section;
static bool wide, debug_frame;
static struct kss_cfi_function seen[MOST];
static unsigned seen_count;
static struct frames_rig rig;

// ---- Writing ----------------------------------------------------------------------------------------------

static size_t entry_at;

static void begin_entry(void) {
    entry_at = section.length;
    put32(&section, 0);
}

static void end_entry(void) {
    poke32(&section, entry_at, section.length - entry_at - 4);
}

// A CIE as gcc writes it: code factor 1, data factor -4 (-8), addresses relative and of 4 bytes.
static size_t cie(const char *augmentation, unsigned encoding) {
    begin_entry();
    put32(&section, debug_frame ? UINT32_MAX : 0);
    put8(&section, 1);
    put_text(&section, augmentation);
    put8(&section, 1);
    put8(&section, wide ? 0x78 : 0x7C);
    put8(&section, wide ? 16 : 8);
    if (augmentation[0] == 'z') {
        put8(&section, 1);
        put8(&section, encoding);
    }
    put8(&section, DEF_CFA);
    put8(&section, wide ? RSP : ESP);
    put8(&section, wide ? 8 : 4);
    put8(&section, OFFSET | (wide ? 16 : 8));
    put8(&section, 1);
    end_entry();
    return entry_at;
}

static void begin_fde(size_t of, uint32_t begin, uint32_t size) {
    begin_entry();
    put32(&section, debug_frame ? of : section.length - of);
    put(&section, debug_frame ? begin : begin - (uint32_t)section.length,
        debug_frame && wide ? 8 : 4);
    put(&section, size, debug_frame && wide ? 8 : 4);
    if (!debug_frame)
        put8(&section, 0); // bytes of augmentation
}

static void fde(size_t of, uint32_t begin, const uint8_t *program, size_t length) {
    begin_fde(of, begin, 0x40);
    put_bytes(&section, program, length);
    end_entry();
}

#define FDE(of, begin, ...)                                                                        \
    fde(of, begin, (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static void start(bool is_wide, bool is_debug_frame) {
    section.length = 0;
    wide = is_wide;
    debug_frame = is_debug_frame;
}

// ---- Reading ----------------------------------------------------------------------------------------------

static void each(void *context, const struct kss_cfi_function *function) {
    (void)context;
    assert_true(seen_count < MOST);
    seen[seen_count++] = *function;
    assert_true((function->reason == NULL) == (function->kind == KSS_FRAME_EXACT));
    assert_true(function->kind == KSS_FRAME_UNKNOWN || function->bytes <= INT32_MAX);
}

static uint8_t *copy;

static void read_part(size_t length) {
    frames_begin(&rig, NULL);
    copy = tight(&section, length);
    struct kss_frames_file file = {&rig.frames, "irp.o", "irp", copy, length};
    struct kss_cfi_section of = {
        .bytes = copy, .length = length, .debug_frame = debug_frame, .wide = wide};
    seen_count = 0;
    kss_cfi_read(&file, &of, each, NULL);
}

static void done(void) {
    frames_end(&rig);
    free(copy);
}

static void read_all(void) {
    read_part(section.length);
    assert_int_equal(rig.diags.count, 0);
}

static void expect(unsigned i, enum kss_frame_kind kind, uint64_t bytes) {
    assert_true(i < seen_count);
    assert_int_equal(seen[i].kind, kind);
    if (kind != KSS_FRAME_UNKNOWN)
        assert_int_equal(seen[i].bytes, bytes);
}

// The only function of the section whose program is [...].
#define EXPECT(kind, bytes, ...)                                                                   \
    do {                                                                                           \
        start(false, false);                                                                       \
        FDE(cie("zR", 0x1B), 0x1000, __VA_ARGS__);                                                 \
        read_all();                                                                                \
        assert_int_equal(seen_count, 1);                                                           \
        expect(0, kind, bytes);                                                                    \
        done();                                                                                    \
    } while (0)

static void follows_the_stack_pointer(void **state) {
    (void)state;
    EXPECT(KSS_FRAME_EXACT, 4, 0); // a leaf
    EXPECT(KSS_FRAME_EXACT, 32, ADVANCE | 1, DEF_OFFSET, 8, OFFSET | 3, 2, ADVANCE | 3, DEF_OFFSET,
           32, ADVANCE | 20, DEF_OFFSET, 8, RESTORE | 3, ADVANCE | 1, DEF_OFFSET, 4);
    EXPECT(KSS_FRAME_EXACT, 304, ADVANCE1, 200, DEF_OFFSET, 0xB0, 0x02); // ULEB128
    EXPECT(KSS_FRAME_EXACT, 48, ADVANCE | 1, REMEMBER, DEF_OFFSET, 48, ADVANCE | 1, RESTORE_STATE,
           ADVANCE | 1, DEF_OFFSET, 40);
    EXPECT(KSS_FRAME_EXACT, 24, ADVANCE | 1, DEF_OFFSET_SF, 0x7A, ARGS_SIZE, 99); // -6 * -4
    EXPECT(KSS_FRAME_EXACT, 20, ADVANCE | 1, DEF_SF, ESP, 0x7B, EXPRESSION, 3, 2, 0x91, 0);
    EXPECT(KSS_FRAME_EXACT, 12, SET_LOC, 0, 0x10, 0, 0, DEF_OFFSET, 12);
}

static void a_frame_pointer_is_a_bound(void **state) {
    (void)state;
    // push ebp; mov ebp, esp; push ebx; sub esp, ...
    EXPECT(KSS_FRAME_AT_LEAST, 12, ADVANCE | 1, DEF_OFFSET, 8, OFFSET | 5, 2, ADVANCE | 2,
           DEF_REGISTER, EBP, ADVANCE | 1, OFFSET | 3, 3, ADVANCE | 30, DEF_CFA, ESP, 4);
    EXPECT(KSS_FRAME_AT_LEAST, 40, ADVANCE | 1, DEF_OFFSET, 8, DEF_REGISTER, EBP, OFFSET_SF, 3, 10);
    // lea ecx, [esp+4]: realigned
    EXPECT(KSS_FRAME_AT_LEAST, 4, ADVANCE | 4, DEF_CFA, 1, 0, ADVANCE | 3, DEF_EXPRESSION, 3, 0x75,
           0x7C, 6);
    assert_non_null(strstr(seen[0].reason, "realigned"));
}

static void x64(void **state) {
    (void)state;
    for (int debug = 0; debug < 2; debug++) {
        start(true, debug);
        size_t of = cie(debug ? "" : "zR", 0x1B);
        FDE(of, 0x401000, ADVANCE | 1, DEF_OFFSET, 16, OFFSET | 6, 2, ADVANCE | 4, DEF_OFFSET, 64);
        FDE(of, 0x402000, ADVANCE | 1, DEF_OFFSET, 16, DEF_REGISTER, RBP);
        FDE(of, 0x403000, DEF_OFFSET, 80); // cold code
        read_all();
        assert_int_equal(seen_count, 3);
        expect(0, KSS_FRAME_EXACT, 64);
        assert_int_equal(seen[0].begin.offset, 0x401000);
        assert_int_equal(seen[0].size, 0x40);
        assert_false(seen[0].part);
        expect(1, KSS_FRAME_AT_LEAST, 16);
        expect(2, KSS_FRAME_EXACT, 80);
        assert_true(seen[2].part);
        done();
    }
}

// What cannot be: unknown, with the reason, and the next function is read all the same.
static void programs_that_cannot_be(void **state) {
    (void)state;
    EXPECT(KSS_FRAME_UNKNOWN, 0, 0x17); // no such instruction
    EXPECT(KSS_FRAME_UNKNOWN, 0, 0x3F);
    EXPECT(KSS_FRAME_UNKNOWN, 0, RESTORE_STATE); // nothing remembered
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_OFFSET);    // cut short
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_OFFSET, 0x80);
    EXPECT(KSS_FRAME_UNKNOWN, 0, ADVANCE1);
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_EXPRESSION, 9, 0);             // longer than the entry
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_EXPRESSION, 0, DEF_OFFSET, 8); // no offset to change
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_EXPRESSION, 0, DEF_REGISTER, ESP);
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_OFFSET_SF, 8);                         // esp - 32
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_OFFSET, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F); // 4 GiB
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_OFFSET, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
           0x7F); // more than 64 bits
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_OFFSET_SF, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
           0x80, 0x7F);
    EXPECT(KSS_FRAME_UNKNOWN, 0, OFFSET | 3, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F);
    EXPECT(KSS_FRAME_UNKNOWN, 0, OFFSET_SF, 3, 0x80, 0x80, 0x80, 0x80, 0x70);
    EXPECT(KSS_FRAME_UNKNOWN, 0, DEF_CFA, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
           0x01, 8);
}

static void a_rule_that_never_was(void **state) {
    (void)state;
    start(false, false);
    begin_entry(); // a CIE without a program
    put32(&section, 0);
    put8(&section, 1);
    put_text(&section, "zR");
    put_bytes(&section, "\1\x7C\x8\1\x1B", 5);
    end_entry();
    size_t of = entry_at;
    FDE(of, 0x1000, ADVANCE | 1);
    FDE(of, 0x2000, DEF_OFFSET, 16);
    FDE(of, 0x3000, DEF_CFA, ESP, 16);
    read_all();
    expect(0, KSS_FRAME_UNKNOWN, 0);
    expect(1, KSS_FRAME_UNKNOWN, 0);
    expect(2, KSS_FRAME_EXACT, 16);
    done();
}

static void signal_frames(void **state) {
    (void)state;
    start(false, false);
    FDE(cie("zRS", 0x1B), 0x1000, DEF_OFFSET, 16);
    read_all();
    expect(0, KSS_FRAME_UNKNOWN, 0);
    assert_string_equal(seen[0].reason, "a signal frame");
    done();
}

static void expect_lost(const char *because) {
    read_part(section.length);
    assert_int_equal(seen_count, 0);
    if (strstr(frames_said(&rig), because) == NULL)
        fail_msg("no `%s` in: %s", because, frames_said(&rig));
    done();
}

static void entries_that_cannot_be_used(void **state) {
    (void)state;
    static const char lost[] = "no function that could be found";
    start(false, false); // an FDE without a CIE, and one whose CIE is an FDE
    FDE(0x1000, 0x1000, 0);
    FDE(0, 0x1000, 0);
    expect_lost(lost);
    start(false, false);
    FDE(cie("zR", 0x9B), 0x1000, 0); // indirect
    expect_lost(lost);
    start(false, false);
    FDE(cie("zR", 0x3B), 0x1000, 0); // relative to data
    expect_lost(lost);
    start(false, false);
    FDE(cie("zR", 0x1D), 0x1000, 0); // no such form
    expect_lost(lost);
    start(false, false);
    FDE(cie("zQ", 0x1B), 0x1000, 0); // an augmentation nobody knows
    expect_lost(lost);
    start(false, false);
    FDE(cie("armcc+", 0x1B), 0x1000, 0);
    expect_lost(lost);
    start(false, false);
    size_t of = cie("zR", 0x1B);
    section.data[of + 8] = 2; // version
    FDE(of, 0x1000, 0);
    expect_lost(lost);
    start(false, false);
    of = cie("zR", 0x1B);
    section.data[of + 15] = 200; // more augmentation than there is entry
    FDE(of, 0x1000, 0);
    expect_lost(lost);
    start(false, false); // no room for a range
    of = cie("zR", 0x1B);
    begin_entry();
    put32(&section, section.length - of);
    put16(&section, 0);
    end_entry();
    expect_lost(lost);
    start(false, false); // less than nothing of code
    begin_fde(cie("zR", 0x1B), 0x1000, 0xFFFFFFF0);
    end_entry();
    expect_lost(lost);
}

static void sections_that_break_off(void **state) {
    (void)state;
    start(false, false);
    size_t of = cie("zR", 0x1B);
    FDE(of, 0x1000, DEF_OFFSET, 16);
    size_t good = section.length;
    put32(&section, 0xFFFFFFF0); // a length that leaves the section
    put_zeros(&section, 40);
    read_part(section.length);
    assert_int_equal(seen_count, 1);
    expect(0, KSS_FRAME_EXACT, 16);
    assert_non_null(strstr(frames_said(&rig), "broken from here on"));
    done();
    section.length = good;
    put32(&section, UINT32_MAX); // 64-bit length
    put64(&section, UINT64_MAX - 4);
    read_part(section.length);
    assert_int_equal(seen_count, 1);
    assert_int_equal(rig.diags.others, 1);
    done();
    section.length = good;
    put32(&section, 2); // too short for what says which kind it is
    put16(&section, 0);
    read_part(section.length);
    assert_int_equal(seen_count, 1);
    assert_int_equal(rig.diags.others, 1);
    done();
    section.length = good; // ends of objects, padding
    put_zeros(&section, 7);
    read_all();
    assert_int_equal(seen_count, 1);
    done();
    for (size_t length = 0; length < good;
         length++) { // cut anywhere: a frame is right or not there
        read_part(length);
        assert_int_equal(seen_count, 0);
        done();
    }
}

static void each_byte_wrong(void **state) {
    (void)state;
    start(false, false);
    size_t of = cie("zR", 0x1B);
    FDE(of, 0x1000, ADVANCE | 1, DEF_OFFSET, 8, OFFSET | 3, 2, REMEMBER, ADVANCE | 3, DEF_OFFSET,
        32, RESTORE_STATE);
    FDE(of, 0x2000, ADVANCE | 1, DEF_OFFSET, 8, DEF_REGISTER, EBP, DEF_EXPRESSION, 2, 0x75, 4);
    for (size_t at = 0; at < section.length; at++)
        for (unsigned value = 0; value < 256; value++) {
            uint8_t was = section.data[at];
            section.data[at] = (uint8_t)value;
            read_part(section.length);
            done();
            section.data[at] = was;
        }
}

// Many functions, each with another CIE, and much remembered: no step depends on how many.
static void many(void **state) {
    (void)state;
    start(false, false);
    size_t first = cie("zR", 0x1B), last = first;
    for (unsigned i = 0; i < 400; i++)
        last = cie("zR", 0x1B);
    for (unsigned i = 0; i < MOST; i++)
        FDE(i % 2 ? first : last, 0x1000 + i, DEF_OFFSET, 8);
    read_all();
    assert_int_equal(seen_count, MOST);
    done();
    start(false, false);
    begin_fde(cie("zR", 0x1B), 0x1000, 0x40);
    for (unsigned i = 0; i < 20000; i++)
        put8(&section, REMEMBER);
    for (unsigned i = 0; i < 20000; i++)
        put8(&section, RESTORE_STATE);
    end_entry();
    read_all();
    expect(0, KSS_FRAME_EXACT, 4);
    done();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_stack_pointer),
        cmocka_unit_test(a_frame_pointer_is_a_bound),
        cmocka_unit_test(x64),
        cmocka_unit_test(programs_that_cannot_be),
        cmocka_unit_test(a_rule_that_never_was),
        cmocka_unit_test(signal_frames),
        cmocka_unit_test(entries_that_cannot_be_used),
        cmocka_unit_test(sections_that_break_off),
        cmocka_unit_test(each_byte_wrong),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests_name("frames_cfi", tests, NULL, NULL);
}
