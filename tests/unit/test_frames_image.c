// SPDX-License-Identifier: MIT
// PE images, made here from bytes: entries, chains, exports, imports; and broken ones, which give an
// error or a warning and no number that the good one did not have.
#include "coff_rig.h"

// .text (RVA 0x1000)                  .rdata (RVA 0x2000)
//   0x00 Read: push rbx; sub rsp, 32    0x000 entries, 12 bytes each
//   0x20 its cold part                  0x040 unwind data: Read, cold part, Copy
//   0x40 Copy, without a name           0x100 exports
//   0x60 Leaf, without an entry         0x200 imports
enum {
    ENTRIES = 0x2000,
    READ_INFO = 0x2040,
    COLD_INFO = 0x2048,
    COPY_INFO = 0x2060,
    EXPORTS = 0x2100,
    EXPORT_FUNCTIONS = 0x2130,
    EXPORT_NAMES = 0x2140,
    EXPORT_ORDINALS = 0x2150,
    EXPORT_TEXTS = 0x2160,
    IMPORTS = 0x2200,
    IMPORT_NAMES = 0x2240,
    IMPORT_SLOTS = 0x2280,
    IMPORT_TEXTS = 0x22C0,
    CONFIG = 0x2400,
    ENTRY_POINT = 0x40 + 24 + 16, // in the file
    SECTIONS = IMAGE_DIRECTORIES + 16 * 8
};

static struct bytes file;

static void text(uint32_t rva, const char *what) {
    image_poke(&file, rva, what, strlen(what) + 1);
}

static void word(uint32_t rva, uint32_t value) {
    poke32(&file, image_at(rva), value);
}

static void entry(unsigned index, uint32_t begin, uint32_t end, uint32_t info) {
    word(ENTRIES + index * 12, begin);
    word(ENTRIES + index * 12 + 4, end);
    word(ENTRIES + index * 12 + 8, info);
}

static void make_exports(void) {
    image_directory(&file, 0, EXPORTS, 0xC0);
    word(EXPORTS + 20, 3);
    word(EXPORTS + 24, 3);
    word(EXPORTS + 28, EXPORT_FUNCTIONS);
    word(EXPORTS + 32, EXPORT_NAMES);
    word(EXPORTS + 36, EXPORT_ORDINALS);
    word(EXPORT_FUNCTIONS, 0x1060);
    word(EXPORT_FUNCTIONS + 4, 0x1000);
    word(EXPORT_FUNCTIONS + 8, EXPORT_TEXTS + 0x40); // a forwarder
    word(EXPORT_NAMES, EXPORT_TEXTS);
    word(EXPORT_NAMES + 4, EXPORT_TEXTS + 0x10);
    word(EXPORT_NAMES + 8, EXPORT_TEXTS + 0x20);
    word(EXPORT_ORDINALS, 2); // Forward; then Leaf and Read
    poke16(&file, image_at(EXPORT_ORDINALS) + 2, 0);
    poke16(&file, image_at(EXPORT_ORDINALS) + 4, 1);
    text(EXPORT_TEXTS, "Forward");
    text(EXPORT_TEXTS + 0x10, "Leaf");
    text(EXPORT_TEXTS + 0x20, "Read");
    text(EXPORT_TEXTS + 0x40, "other.Function");
}

static void make_imports(void) {
    image_directory(&file, 1, IMPORTS, 60);
    word(IMPORTS, IMPORT_NAMES);
    word(IMPORTS + 12, IMPORT_TEXTS);
    word(IMPORTS + 16, IMPORT_SLOTS);
    word(IMPORTS + 20, IMPORT_NAMES + 0x20);
    word(IMPORTS + 32, IMPORT_TEXTS + 0x10);
    word(IMPORTS + 36, IMPORT_SLOTS + 0x20);
    word(IMPORT_NAMES, IMPORT_TEXTS + 0x20);
    word(IMPORT_NAMES + 0x20, 7);
    word(IMPORT_NAMES + 0x24, 0x80000000); // ordinal 7
    text(IMPORT_TEXTS, "NTOSKRNL.exe");
    text(IMPORT_TEXTS + 0x10, "fltmgr.sys");
    text(IMPORT_TEXTS + 0x22, "KeSetEvent");
}

static void make(void) {
    static const uint8_t read_info[] = {1, 5, 2, 0, 5, 0x32, 1, 0x30};
    static const uint8_t cold_info[] = {0x21, 5, 2, 0, 5, 0x64, 4, 0};
    static const uint8_t copy_info[] = {2, 4, 2, 0, 6, 0x16, 4, 0x42};
    image_begin(&file, COFF_X64);
    image_directory(&file, 3, ENTRIES, 48);
    entry(0, 0x1000, 0x1010, READ_INFO);
    entry(1, 0x1020, 0x1030, COLD_INFO);
    entry(2, 0x1040, 0x1050, COPY_INFO);
    image_poke(&file, READ_INFO, read_info, sizeof read_info);
    image_poke(&file, COLD_INFO, cold_info, sizeof cold_info);
    word(COLD_INFO + 8, 0x1000);
    word(COLD_INFO + 12, 0x1010);
    word(COLD_INFO + 16, READ_INFO);
    image_poke(&file, COPY_INFO, copy_info, sizeof copy_info);
    file.data[image_at(0x1060)] = 0xC3;
    make_exports();
    make_imports();
}

static const struct kss_frame_row *import_of(const struct frames_rig *rig, const char *symbol) {
    const struct kss_frame_row *row = frames_row(rig, symbol);
    assert_true(row->external && row->imported);
    return row;
}

static void good_image(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    assert_true(read_bytes(&rig, "out/mydrv.sys", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    assert_int_equal(rig.frames.count, 5);
    frames_expect(&rig, "Read", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "+0x1040", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "Leaf", 8, KSS_FRAME_EXACT);
    assert_string_equal(frames_row(&rig, "Read")->module, "mydrv");
    assert_string_equal(frames_row(&rig, "Read")->place, "mydrv.sys+0x1000");
    assert_string_equal(import_of(&rig, "KeSetEvent")->module, "nt");
    assert_int_equal(import_of(&rig, "KeSetEvent")->address, IMPORT_SLOTS);
    assert_string_equal(import_of(&rig, "#7")->module, "fltmgr");
    assert_int_equal(import_of(&rig, "#7")->address, IMPORT_SLOTS + 0x20);
    frames_end(&rig);
    free(copy);
}

// Linkers that move cold code far away let an entry point to another one by an odd RVA.
static void indirect_entry(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    entry(2, 0x1040, 0x1050, ENTRIES | 1);
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    assert_int_equal(rig.frames.count, 4);
    frames_expect(&rig, "Read", 48, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
}

// DriverEntry of a driver without a PDB may be a leaf: neither a name nor an unwind entry tells of it.
static void entry_point_without_a_name(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    word(EXPORTS + 24, 0);
    poke32(&file, ENTRY_POINT, 0x1060);
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    frames_expect(&rig, "+0x1060", 8, KSS_FRAME_EXACT);
    assert_true(frames_row(&rig, "+0x1060")->outside && frames_row(&rig, "+0x1060")->entry);
    assert_false(frames_row(&rig, "+0x1040")->outside);
    frames_end(&rig);
    free(copy);
    poke32(&file, ENTRY_POINT, 0x1040); // with an unwind entry: one row, as before
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    frames_expect(&rig, "+0x1040", 48, KSS_FRAME_EXACT);
    assert_true(frames_row(&rig, "+0x1040")->outside);
    assert_int_equal(rig.frames.count, 4);
    frames_end(&rig);
    free(copy);
    poke32(&file, ENTRY_POINT, 0x2060); // data: nothing begins there
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    assert_int_equal(rig.frames.count, 4);
    frames_end(&rig);
    free(copy);
}

// A part may allocate: a call takes what the larger of them does. Of a part of nothing nobody knows.
static void parts_of_functions(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    file.data[image_at(COLD_INFO) + 2] = 1;
    file.data[image_at(COLD_INFO) + 5] = 0x42;
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    frames_expect(&rig, "Read", 48 + 40, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
    word(COLD_INFO + 8, 0x1008); // no function begins there
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    frames_expect(&rig, "Read", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "+0x1020", 0, KSS_FRAME_UNKNOWN);
    frames_end(&rig);
    free(copy);
}

static void interrupt_entry(void **state) {
    (void)state;
    static const uint8_t trap[] = {1, 2, 2, 0, 2, 0x12, 0, 0x1A};
    struct frames_rig rig;
    uint8_t *copy;
    make();
    image_poke(&file, COPY_INFO, trap, sizeof trap);
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    frames_expect(&rig, "+0x1040", 64, KSS_FRAME_AT_LEAST); // no return address: nobody called
    frames_end(&rig);
    free(copy);
}

// An image with ARM64EC code has entries that are not read: what has none here is not a leaf for that.
static void hybrid_image(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    image_directory(&file, 10, CONFIG, 0xD0);
    word(CONFIG, 0xD0);
    word(CONFIG + 0xC8, 1);
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    assert_non_null(strstr(frames_said(&rig), "ARM64EC"));
    frames_expect(&rig, "Leaf", 0, KSS_FRAME_UNKNOWN);
    frames_expect(&rig, "Read", 48, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
}

static void x86_image(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    poke16(&file, 0x44, COFF_I386);
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    frames_expect(&rig, "Read", 0, KSS_FRAME_UNKNOWN);
    assert_string_equal(frames_row(&rig, "Read")->reason, "x86 images have no unwind data");
    frames_end(&rig);
    free(copy);
}

// A fragment that follows its host is part of it; the entries' records are packed.
static void arm64_fragment(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    poke16(&file, 0x44, COFF_ARM64);
    memset(file.data + IMAGE_TEXT, 0, 0x80); // udf: nothing that moves sp
    image_directory(&file, 3, ENTRIES, 24);
    memset(file.data + IMAGE_DATA, 0, 0x40);
    word(ENTRIES, 0x1000);
    word(ENTRIES + 4, 1 | 8 << 2 | 3 << 21 | 3 << 23);
    word(ENTRIES + 8, 0x1020);
    word(ENTRIES + 12, 2 | 8 << 2 | 3 << 21 | 3 << 23);
    word(ENTRIES + 16, 0x1048);
    word(ENTRIES + 20, 1 | 4 << 2 | 1 << 23);
    assert_true(read_bytes(&rig, "mydrv.sys", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    assert_int_equal(rig.frames.count, 5);
    frames_expect(&rig, "Read", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "+0x1048", 16, KSS_FRAME_EXACT);
    frames_expect(&rig, "Leaf", 0, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
}

// ---- Broken ones -----------------------------------------------------------------------------------

enum { REFUSED, WARNED, QUIET };

#define AT(rva) (IMAGE_DATA + (rva)-0x2000)

static const struct {
    const char *what;
    size_t at, size;
    uint64_t value;
    int outcome;
    const char *said; // in the diagnostics, or in the reason of some row
} broken[] = {
    {"no PE header", 0x3C, 4, 0xFFFFFFF0, REFUSED, "PE header"},
    {"a program for DOS", 0x40, 4, 0x454E, REFUSED, "no PE signature"},
    {"no optional header", 0x54, 2, 0, REFUSED, "optional header"},
    {"an optional header of a word", 0x54, 2, 2, REFUSED, "too short"},
    {"a ROM image", 0x58, 2, 0x107, REFUSED, "neither PE32 nor PE32+"},
    {"another machine", 0x44, 2, 0x200, REFUSED, "machine 0x200"},
    {"too many sections", 0x46, 2, 0xFFFF, REFUSED, "headers of 65535 sections"},
    {"sections that overlap", SECTIONS + 40 + 12, 4, 0x1100, REFUSED, "overlaps"},
    {"a section beyond 4 GB", SECTIONS + 40 + 12, 4, 0xFFFFFFF0, REFUSED, "overlaps"},
    {"a symbol table beyond the end", 0x4C, 8, 0x1000FFFFFF00, WARNED, "symbol table"},
    {"contents beyond the end", SECTIONS + 40 + 20, 4, 0xFFFFF000, WARNED, "contents of section"},
    {"no code", SECTIONS + 20, 4, 0xFFFFF000, WARNED, "contents of section"},
    {"entries in no section", IMAGE_DIRECTORIES + 24, 4, 0x9000, WARNED, "lie in no section"},
    {"entries in code", IMAGE_DIRECTORIES + 24, 4, 0x1100, WARNED, "no range of code"},
    {"more entries than bytes", IMAGE_DIRECTORIES + 28, 4, 0xFFFFFFFF, WARNED, "are in the file"},
    {"half an entry", IMAGE_DIRECTORIES + 28, 4, 42, WARNED, "end with 6 bytes"},
    {"a beginning in no section", AT(ENTRIES), 4, 0x5000, WARNED, "no range of code"},
    {"a beginning in data", AT(ENTRIES), 4, 0x2000, WARNED, "no range of code"},
    {"an end before the beginning", AT(ENTRIES) + 4, 4, 0xFFF, WARNED, "no range of code"},
    {"an end far away", AT(ENTRIES) + 4, 4, 0xFFFFFFFF, WARNED, "no range of code"},
    {"unwind data in no section", AT(ENTRIES) + 8, 4, 0x9000, QUIET, "nowhere in the file"},
    {"unwind data behind a section", AT(ENTRIES) + 8, 4, 0x2BFE, QUIET, "leaves its section"},
    {"an entry that names itself", AT(ENTRIES) + 8, 4, ENTRIES | 1, QUIET, ""},
    {"an odd RVA of nothing", AT(ENTRIES) + 8, 4, 0x9001, QUIET, "nowhere in the file"},
    {"one range twice", AT(ENTRIES) + 24, 4, 0x1000, WARNED, "second unwind entry"},
    {"a chain to itself", AT(COLD_INFO) + 16, 4, COLD_INFO, QUIET, "chain of its unwind data"},
    {"a chain to no section", AT(COLD_INFO) + 16, 4, 0x9000, QUIET, "chain of its unwind data"},
    {"a chain to no code", AT(COLD_INFO) + 8, 4, 0x9000, QUIET, "chain of its unwind data"},
    {"version 3", AT(COPY_INFO), 1, 3, QUIET, "version not understood"},
    {"epilogs behind the prolog", AT(COPY_INFO) + 7, 1, 0x16, QUIET, ""},
    {"version 2 out of order", AT(COPY_INFO) + 6, 1, 9, QUIET, "out of order"},
    {"exports in no section", IMAGE_DIRECTORIES, 4, 0x9000, WARNED, "export directory"},
    {"too many exports", AT(EXPORTS) + 24, 4, 0xFFFFFFFF, WARNED, "tables of"},
    {"exports of no table", AT(EXPORTS) + 28, 4, 0x9000, WARNED, "tables of"},
    {"an export of no ordinal", AT(EXPORT_ORDINALS) + 4, 2, 9, QUIET, ""},
    {"an export without a name", AT(EXPORT_NAMES) + 8, 4, 0x9000, QUIET, ""},
    {"imports in no section", IMAGE_DIRECTORIES + 8, 4, 0x9000, WARNED, "imports"},
    {"imports from nowhere", AT(IMPORTS) + 12, 4, 0x9000, WARNED, "imports"},
    {"imports of no table", AT(IMPORTS), 4, 0x9000, WARNED, "imports"},
    {"an import without a name", AT(IMPORT_NAMES), 4, 0x9000, WARNED, "imports"},
    {"imports without end", AT(IMPORTS) + 52, 4, IMPORT_TEXTS, WARNED, "imports"},
};

// No exact figure but those of the good file.
static void check_rows(const struct frames_rig *rig) {
    for (uint32_t i = 0; i < rig->frames.count; i++) {
        const struct kss_frame_row *row = &rig->frames.rows[i];
        if (row->kind == KSS_FRAME_UNKNOWN) {
            assert_non_null(row->reason);
            continue;
        }
        assert_int_equal(row->kind, KSS_FRAME_EXACT);
        if (strcmp(row->symbol, "+0x1040") == 0)
            assert_true(row->bytes == 48 || row->bytes == 8); // 8: epilogs and no prolog
        else
            assert_int_equal(row->bytes, strcmp(row->symbol, "Leaf") == 0 ? 8 : 48);
    }
}

static bool said_in(const struct frames_rig *rig, const char *diags, const char *words) {
    if (strstr(diags, words) != NULL)
        return true;
    for (uint32_t i = 0; i < rig->frames.count; i++)
        if (rig->frames.rows[i].reason != NULL && strstr(rig->frames.rows[i].reason, words) != NULL)
            return true;
    return false;
}

static void broken_images(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct frames_rig rig;
        uint8_t *copy;
        make();
        for (size_t j = 0; j < broken[i].size; j++)
            file.data[broken[i].at + j] = (uint8_t)(broken[i].value >> 8 * j);
        bool good = read_bytes(&rig, "mydrv.sys", &file, file.length, &copy);
        const char *said = frames_said(&rig);
        if (good != (broken[i].outcome != REFUSED) ||
            (said[0] != '\0') != (broken[i].outcome != QUIET) ||
            !said_in(&rig, said, broken[i].said))
            fail_msg("%s: %s", broken[i].what, said);
        if (!good)
            assert_int_equal(rig.frames.count, 0);
        check_rows(&rig);
        frames_end(&rig);
        free(copy);
    }
}

static void truncated_images(void **state) {
    (void)state;
    make();
    for (size_t length = 2; length < file.length; length++) {
        struct frames_rig rig;
        uint8_t *copy;
        bool good = read_bytes(&rig, "mydrv.sys", &file, length, &copy);
        assert_true(good == (length >= SECTIONS + 80));
        check_rows(&rig);
        for (uint32_t i = 0; good && i < rig.frames.count; i++) // what is lost cannot be exact
            assert_int_not_equal(rig.frames.rows[i].kind, KSS_FRAME_EXACT);
        frames_end(&rig);
        free(copy);
    }
}

static void every_byte_wrong(void **state) {
    (void)state;
    static const uint8_t masks[] = {0xFF, 0x01, 0x80};
    for (size_t i = 0; i < (size_t)AT(CONFIG) * 3; i++) {
        struct frames_rig rig;
        uint8_t *copy;
        make();
        file.data[i / 3] ^= masks[i % 3];
        read_bytes(&rig, "mydrv.sys", &file, file.length, &copy);
        frames_end(&rig);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_image),
        cmocka_unit_test(indirect_entry),
        cmocka_unit_test(entry_point_without_a_name),
        cmocka_unit_test(parts_of_functions),
        cmocka_unit_test(interrupt_entry),
        cmocka_unit_test(hybrid_image),
        cmocka_unit_test(x86_image),
        cmocka_unit_test(arm64_fragment),
        cmocka_unit_test(broken_images),
        cmocka_unit_test(truncated_images),
        cmocka_unit_test(every_byte_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
