// SPDX-License-Identifier: MIT
// COFF objects for x86: the frames that call frame information gives, and broken ones.
#include "bytes_rig.h"

#include "frames/coff_x86.h"

enum { DIR32 = 6, REL32 = 0x14, TEXT_SIZE = 0x100, SYMBOLS = 6 };

static struct bytes cfi, relocations, file;
static unsigned relocation_count;
static size_t sections_at, cfi_at, relocations_at, symbols_at;

static void relocation(uint32_t offset, uint32_t symbol, unsigned kind) {
    put32(&relocations, offset);
    put32(&relocations, symbol);
    put16(&relocations, kind);
    relocation_count++;
}

static void cie(void) {
    put32(&cfi, 20);
    put32(&cfi, 0);
    put_bytes(&cfi, "\1zR\0\1\x7C\x8\1\x1B\x0C\4\4\x88\1\0\0", 16);
}

// CFA grows to [offset] from code [begin] on; then ebp takes over, if so.
static void fde(uint32_t begin, unsigned offset, bool frame_pointer) {
    put32(&cfi, 20);
    put32(&cfi, cfi.length);
    relocation((uint32_t)cfi.length, 0, REL32);
    put32(&cfi, begin + 4); // as a call's operand: counted from its end
    put32(&cfi, 0x10);
    put8(&cfi, 0);
    put8(&cfi, 0x41);
    put8(&cfi, 0x0E);
    put8(&cfi, offset);
    put8(&cfi, frame_pointer ? 0x0D : 0);
    put8(&cfi, frame_pointer ? 5 : 0);
    put16(&cfi, 0);
}

static void section(const char *name, uint32_t size, size_t at, uint32_t flags) {
    char padded[8] = {0};
    memcpy(padded, name, strlen(name) < 8 ? strlen(name) : 8);
    put_bytes(&file, padded, 8);
    put64(&file, 0);
    put32(&file, size);
    put32(&file, at);
    put32(&file, flags & 0x20 ? 0 : relocations_at);
    put32(&file, 0);
    put16(&file, flags & 0x20 ? 0 : relocation_count);
    put16(&file, 0);
    put32(&file, flags);
}

static void symbol(const char *name, uint32_t value, unsigned kind, unsigned storage,
                   unsigned aux) {
    put32(&file, 0);
    put32(&file, 0);
    memcpy(file.data + file.length - 8, name, strlen(name) < 8 ? strlen(name) : 8);
    put32(&file, value);
    put16(&file, 1);
    put16(&file, kind);
    put8(&file, storage);
    put8(&file, aux);
    put_zeros(&file, 18 * aux);
}

static void make(void) {
    cfi.length = relocations.length = file.length = 0;
    relocation_count = 0;
    cie();
    fde(0, 32, false);
    fde(0x40, 8, true);
    fde(0xC0, 48, false); // cold code would be a part; this is a function without a name
    sections_at = 20;
    size_t text_at = 20 + 80;
    cfi_at = text_at + TEXT_SIZE;
    relocations_at = cfi_at + cfi.length;
    symbols_at = relocations_at + relocations.length;
    put16(&file, 0x14C);
    put16(&file, 2);
    put32(&file, 0);
    put32(&file, symbols_at);
    put32(&file, SYMBOLS);
    put32(&file, 0);
    section(".text", TEXT_SIZE, text_at, 0x60000020);
    section("/4", (uint32_t)cfi.length, cfi_at, 0x40000040);
    put_zeros(&file, TEXT_SIZE);
    put_bytes(&file, cfi.data, cfi.length);
    put_bytes(&file, relocations.data, relocations.length);
    symbol(".text", 0, 0, 3, 1);
    symbol("_Disp@8", 0, 0x20, 2, 0);
    symbol("_Copy", 0x40, 0x20, 3, 0);
    symbol("@Fast@4", 0x80, 0x20, 2, 0);
    symbol("_datum", 0x90, 0, 2, 0);
    put32(&file, 14);
    put_text(&file, ".eh_frame");
}

static struct frames_rig rig;
static uint8_t *copy;
static struct kss_coff_functions functions;

static bool read_part(size_t length) {
    frames_begin(&rig, NULL);
    copy = tight(&file, length);
    struct kss_frames_file in = {&rig.frames, "irp.obj", "irp", copy, length};
    struct kss_coff coff;
    functions = (struct kss_coff_functions){0};
    if (!kss_coff_open(&in, &coff))
        return false;
    kss_coff_x86(&coff, &functions);
    for (uint32_t i = 0; i < functions.count; i++) {
        const struct kss_coff_function *at = &functions.items[i];
        assert_true(at->row < rig.frames.count && at->section < coff.section_count);
        assert_true(at->begin <= at->end);
        assert_true(i == 0 || at[-1].section < at->section || at[-1].begin < at->begin);
    }
    return true;
}

static void done(void) {
    frames_end(&rig);
    free(copy);
}

static void frames(void **state) {
    (void)state;
    make();
    assert_true(read_part(file.length));
    assert_int_equal(rig.diags.count, 0);
    frames_expect(&rig, "Disp", 32, KSS_FRAME_EXACT);
    frames_expect(&rig, "Copy", 8, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "Fast", 0, KSS_FRAME_UNKNOWN);
    frames_expect(&rig, "+0xC0", 48, KSS_FRAME_EXACT);
    assert_int_equal(rig.frames.count, 4);
    assert_true(frames_row(&rig, "Copy")->local);
    assert_string_equal(frames_row(&rig, "Copy")->unit, "irp.obj");
    assert_string_equal(frames_row(&rig, "Copy")->place, "irp.obj:.text+0x40");
    assert_int_equal(frames_row(&rig, "Disp")->origin, KSS_FROM_CFI);
    assert_int_equal(functions.count, 4);
    static const struct {
        uint32_t begin, end;
    } ranges[] = {{0, 0x10}, {0x40, 0x50}, {0x80, 0xC0}, {0xC0, 0xD0}};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(functions.items[i].begin, ranges[i].begin);
        assert_int_equal(functions.items[i].end, ranges[i].end);
    }
    done();
}

static void without_cfi(void **state) {
    (void)state;
    make();
    file.data[sections_at + 40] = '.'; // another name for the section
    assert_true(read_part(file.length));
    assert_int_equal(rig.frames.count, 3);
    frames_expect(&rig, "Disp", 0, KSS_FRAME_UNKNOWN);
    assert_non_null(strstr(frames_row(&rig, "Disp")->reason, "x86 has no unwind data"));
    done();
}

static void broken(void **state) {
    (void)state;
    static const struct {
        unsigned at; // of the first relocation
        unsigned value;
    } cases[] = {
        {8, DIR32},             // the field is relative
        {8, 0},                 // nothing
        {4, 99},                // no such symbol
        {4, 0xFFFF}, {0, 0x1B}, // elsewhere
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make();
        poke16(&file, relocations_at + cases[i].at, cases[i].value);
        assert_true(read_part(file.length));
        frames_expect(&rig, "Disp", 0, KSS_FRAME_UNKNOWN); // nobody says that it is its FDE
        frames_expect(&rig, "Copy", 8, KSS_FRAME_AT_LEAST);
        assert_int_equal(rig.diags.others, 1);
        done();
    }
    make();
    poke32(&file, cfi_at + 24 + 8, 0x7FFFFFF0); // code far outside of the section
    assert_true(read_part(file.length));
    frames_expect(&rig, "Disp", 0, KSS_FRAME_UNKNOWN);
    assert_int_equal(rig.frames.count, 4); // Disp, Copy, Fast, +0xC0
    done();
}

static void cut_short(void **state) {
    (void)state;
    make();
    for (size_t length = 0; length < file.length; length++) {
        if (!read_part(length))
            assert_int_equal(rig.diags.errors, 1);
        for (uint32_t i = 0; i < rig.frames.count; i++)
            assert_true(rig.frames.rows[i].kind != KSS_FRAME_EXACT ||
                        rig.frames.rows[i].bytes == 32 || rig.frames.rows[i].bytes == 48);
        done();
    }
}

static void each_byte_wrong(void **state) {
    (void)state;
    static const uint8_t masks[] = {0xFF, 0x01, 0x80};
    make();
    for (size_t at = 0; at < file.length; at++)
        for (unsigned i = 0; i < 3; i++) {
            file.data[at] ^= masks[i];
            read_part(file.length);
            done();
            file.data[at] ^= masks[i];
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),    cmocka_unit_test(without_cfi),     cmocka_unit_test(broken),
        cmocka_unit_test(cut_short), cmocka_unit_test(each_byte_wrong),
    };
    return cmocka_run_group_tests_name("frames_coff_x86", tests, NULL, NULL);
}
