// SPDX-License-Identifier: MIT
// PDBs: names and x86 frames out of files made here block by block, and what must not come out of
// broken ones.
#include "bytes_rig.h"

#include "frames/pdb.h"

enum { BLOCK = 512, STREAMS = 8, X64 = 0x8664, X86 = 0x14C };

enum { INFO = 1, DBI = 3, SYMBOLS = 5, SECTIONS = 6, MODULE = 7 };

static const uint8_t guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static struct bytes streams[STREAMS];
static struct bytes file;

// Where things landed in `file`, for tests that break them.
static size_t directory_at, map_at, dbi_at;

// ---- A PDB ------------------------------------------------------------------------------------------------

static void record(struct bytes *to, const struct bytes *data) {
    put16(to, data->length);
    put_bytes(to, data->data, data->length);
}

static void public_symbol(unsigned flags, unsigned section, uint32_t offset, const char *name) {
    static struct bytes data;
    data.length = 0;
    put16(&data, 0x110E);
    put32(&data, flags);
    put32(&data, offset);
    put16(&data, section);
    put_text(&data, name);
    record(&streams[SYMBOLS], &data);
}

static void procedure(unsigned kind, uint32_t offset, uint32_t size, const char *name) {
    static struct bytes data;
    data.length = 0;
    put16(&data, kind);
    put_zeros(&data, 12);
    put32(&data, size);
    put_zeros(&data, 12);
    put32(&data, offset);
    put16(&data, 1);
    put8(&data, 0);
    put_text(&data, name);
    record(&streams[MODULE], &data);
}

static void frame(uint32_t locals, uint32_t saved, unsigned flags) {
    static struct bytes data;
    data.length = 0;
    put16(&data, 0x1012);
    put32(&data, locals);
    put_zeros(&data, 8);
    put32(&data, saved);
    put_zeros(&data, 6);
    put32(&data, flags);
    record(&streams[MODULE], &data);
}

static void compiler(const char *version) {
    static struct bytes data;
    data.length = 0;
    put16(&data, 0x113C);
    put_zeros(&data, 22);
    put_text(&data, version);
    record(&streams[MODULE], &data);
}

static void end_procedure(void) {
    put16(&streams[MODULE], 2);
    put16(&streams[MODULE], 6);
}

static void section(uint32_t address, uint32_t size) {
    put_bytes(&streams[SECTIONS], ".text\0\0\0", 8);
    put32(&streams[SECTIONS], size);
    put32(&streams[SECTIONS], address);
    put_zeros(&streams[SECTIONS], 24);
}

static void make_dbi(unsigned machine) {
    static struct bytes modules;
    modules.length = 0;
    put_zeros(&modules, 34);
    put16(&modules, MODULE);
    put32(&modules, streams[MODULE].length);
    put_zeros(&modules, 24);
    put_text(&modules, "C:\\build\\irp.obj");
    put_text(&modules, "C:\\build\\irp.obj");
    align(&modules, 4);

    struct bytes *dbi = &streams[DBI];
    put32(dbi, UINT32_MAX);
    put32(dbi, 19990903);
    put32(dbi, 3); // age
    put16(dbi, 0xFFFF);
    put16(dbi, 0);
    put16(dbi, 0xFFFF);
    put16(dbi, 0);
    put16(dbi, SYMBOLS);
    put16(dbi, 0);
    put32(dbi, modules.length);
    put_zeros(dbi, 20);
    put32(dbi, 12); // debug header: 24 ..48 are the sizes before it
    put32(dbi, 0);
    put16(dbi, 0);
    put16(dbi, machine);
    put32(dbi, 0);
    assert_int_equal(dbi->length, 64);
    put_bytes(dbi, modules.data, modules.length);
    for (unsigned i = 0; i < 5; i++)
        put16(dbi, 0xFFFF);
    put16(dbi, SECTIONS);
}

// The first half of a PDB: everything but symbols.
static void begin_pdb(void) {
    for (unsigned i = 0; i < STREAMS; i++)
        streams[i].length = 0;
    put32(&streams[INFO], 20000404);
    put32(&streams[INFO], 0x12345678);
    put32(&streams[INFO], 9);
    put_bytes(&streams[INFO], guid, sizeof guid);
    section(0x1000, 0x400);
    section(0x3000, 0x100);
    put32(&streams[MODULE], 4);
}

static uint32_t blocks_of(size_t size) {
    return (uint32_t)((size + BLOCK - 1) / BLOCK);
}

// Streams lie backwards where [scattered], the directory behind them.
static void end_pdb(unsigned machine, bool scattered) {
    static struct bytes directory;
    uint32_t next = 3;
    make_dbi(machine);
    directory.length = 0;
    put32(&directory, STREAMS);
    for (unsigned i = 0; i < STREAMS; i++)
        put32(&directory, i == 0 ? UINT32_MAX : streams[i].length);
    memset(file.data, 0, sizeof file.data);
    for (unsigned i = 1; i < STREAMS; i++) {
        uint32_t count = blocks_of(streams[i].length);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t block = next + (scattered ? count - 1 - k : k);
            size_t left = streams[i].length - k * BLOCK;
            put32(&directory, block);
            memcpy(file.data + block * BLOCK, streams[i].data + k * BLOCK,
                   left < BLOCK ? left : BLOCK);
            if (i == DBI && k == 0)
                dbi_at = block * BLOCK;
        }
        next += count;
    }
    uint32_t map = next++;
    map_at = map * BLOCK;
    directory_at = next * BLOCK;
    file.length = map_at;
    for (uint32_t k = 0; k < blocks_of(directory.length); k++)
        put32(&file, next + k);
    file.length = directory_at;
    put_bytes(&file, directory.data, directory.length);
    align(&file, BLOCK);
    size_t length = file.length;
    file.length = 0;
    put_bytes(&file, "Microsoft C/C++ MSF 7.00\r\n\x1a\x44S\0\0\0", 32);
    put32(&file, BLOCK);
    put32(&file, 1);
    put32(&file, length / BLOCK);
    put32(&file, directory.length);
    put32(&file, 0);
    put32(&file, map);
    file.length = length;
}

static void make_pdb(unsigned machine, bool scattered) {
    begin_pdb();
    public_symbol(2, 1, 0x10, machine == X86 ? "_Read@8" : "Read");
    public_symbol(0, 2, 0x10, "some_data");
    public_symbol(2, 1, 0x80, "?Write@@YAXXZ");
    compiler("clang version 14.0.6");
    procedure(0x1110, 0x10, 0x40, "Read");
    frame(300, 8, 0);
    end_procedure();
    procedure(0x110F, 0x50, 0x20, "CopyTail");
    frame(16, 4, 1);
    end_procedure();
    procedure(0x1147, 0x80, 0x18, "Write");
    end_procedure();
    end_pdb(machine, scattered);
}

// ---- Reading it -------------------------------------------------------------------------------------------

struct opened {
    struct frames_rig rig;
    struct kss_frames_file in;
    struct kss_pdb pdb;
    uint8_t *copy;
    bool good;
};

static struct opened *open_part(size_t length, uint32_t age) {
    static struct opened opened;
    frames_begin(&opened.rig, NULL);
    opened.copy = tight(&file, length);
    opened.in =
        (struct kss_frames_file){&opened.rig.frames, "mydrv.pdb", "mydrv", opened.copy, length};
    opened.pdb = (struct kss_pdb){0};
    opened.good = kss_pdb_publics(&opened.in, guid, age, &opened.pdb);
    assert_int_equal(opened.rig.diags.errors, 0); // the image can still be read
    return &opened;
}

static void close_it(struct opened *opened) {
    frames_end(&opened->rig);
    free(opened->copy);
}

// Whatever a broken file gave: names that can be read, and nothing that was not in it.
static void check_sane(const struct opened *opened) {
    assert_true(opened->good || opened->rig.diags.others > 0);
    for (uint32_t i = 0; i < opened->pdb.count; i++) {
        const struct kss_pdb_symbol *symbol = &opened->pdb.symbols[i];
        assert_true(strlen(symbol->name) < BYTES_ROOM);
        assert_true(symbol->rva >= 0x1000 && symbol->rva < 0x3100);
    }
}

static void expect_refused(const char *because) {
    struct opened *opened = open_part(file.length, 3);
    assert_false(opened->good);
    assert_int_equal(opened->pdb.count, 0);
    if (strstr(frames_said(&opened->rig), because) == NULL)
        fail_msg("no `%s` in: %s", because, frames_said(&opened->rig));
    close_it(opened);
}

static void names_and_places(void **state) {
    (void)state;
    for (int scattered = 0; scattered < 2; scattered++) {
        make_pdb(X64, scattered);
        struct opened *opened = open_part(file.length, 3);
        assert_true(opened->good);
        assert_int_equal(opened->rig.diags.count, 0);
        assert_int_equal(opened->pdb.machine, X64);
        assert_int_equal(opened->pdb.count, 3);
        const struct kss_pdb_symbol *read = kss_pdb_at(&opened->pdb, 0x1010);
        assert_string_equal(read->name, "Read");
        assert_int_equal(read->size, 0x40);
        assert_false(read->local || read->has_frame); // x64: S_FRAMEPROC is not what a call costs
        const struct kss_pdb_symbol *tail = kss_pdb_at(&opened->pdb, 0x1050);
        assert_string_equal(tail->name, "CopyTail");
        assert_string_equal(tail->unit, "irp.obj");
        assert_true(tail->local);
        const struct kss_pdb_symbol *write = kss_pdb_at(&opened->pdb, 0x1080);
        assert_string_equal(write->name,
                            "?Write@@YAXXZ"); // as objects call it; size of the procedure
        assert_int_equal(write->size, 0x18);
        assert_null(kss_pdb_at(&opened->pdb, 0x1011));
        assert_null(kss_pdb_at(&opened->pdb, 0x3010)); // data
        close_it(opened);
    }
}

static void several_blocks(void **state) {
    (void)state;
    for (int scattered = 0; scattered < 2; scattered++) {
        char name[16];
        begin_pdb();
        for (unsigned i = 0; i < 200; i++) {
            snprintf(name, sizeof name, "f%03u", i);
            public_symbol(2, 1, (199 - i) * 4, name);
        }
        end_pdb(X64, scattered);
        struct opened *opened = open_part(file.length, 3);
        assert_true(opened->good);
        assert_int_equal(opened->pdb.count, 200);
        for (unsigned i = 0; i < 200; i++) {
            snprintf(name, sizeof name, "f%03u", 199 - i);
            assert_string_equal(kss_pdb_at(&opened->pdb, 0x1000 + i * 4)->name, name);
        }
        close_it(opened);
    }
}

static void one_place_of_several_names(void **state) {
    (void)state;
    begin_pdb();
    public_symbol(2, 1, 0, "Second");
    public_symbol(2, 1, 0, "First");
    procedure(0x110F, 0, 8, "Hidden");
    procedure(0x1110, 0, 8, "First");
    end_pdb(X64, false);
    struct opened *opened = open_part(file.length, 3);
    static const char *const names[] = {"First", "Second", "Hidden"};
    assert_int_equal(opened->pdb.count, 3);
    const struct kss_pdb_symbol *at = kss_pdb_at(&opened->pdb, 0x1000);
    for (unsigned i = 0; i < 3; i++) {
        assert_string_equal(at[i].name, names[i]);
        assert_int_equal(at[i].size, 8);
    }
    close_it(opened);
}

static void x86_frames(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make_pdb(X86, true);
    assert_true(read_bytes(&rig, "mydrv.pdb", &file, file.length, &copy));
    assert_int_equal(rig.diags.count, 0);
    frames_expect(&rig, "Read", 312, KSS_FRAME_AT_LEAST); // 300 + 8 + return address
    frames_expect(&rig, "CopyTail", 24, KSS_FRAME_AT_LEAST);
    assert_non_null(strstr(frames_row(&rig, "CopyTail")->reason, "alloca"));
    frames_expect(&rig, "?Write@@YAXXZ", 0, KSS_FRAME_UNKNOWN);
    assert_int_equal(frames_row(&rig, "Read")->origin, KSS_FROM_PDB);
    assert_string_equal(frames_row(&rig, "Read")->place, "mydrv.pdb+0x1010");
    assert_string_equal(frames_row(&rig, "Read")->module, "mydrv");
    frames_end(&rig);
    free(copy);
}

// Who else writes the record may count the saved registers in the frame already.
static void x86_frames_of_another_compiler(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    begin_pdb();
    compiler("Some Optimizing Compiler");
    procedure(0x1110, 0, 8, "Big");
    frame(300, 12, 0);
    procedure(0x1110, 0x20, 8, "Small");
    frame(0, 12, 0);
    procedure(0x1110, 0x40, 8, "Mad");
    frame(0xFFFFFFF0, 0xFFFFFFF0, 0);
    procedure(0x1110, 0x60, 8, "Bare");
    end_procedure();
    end_pdb(X86, false);
    assert_true(read_bytes(&rig, "mydrv.pdb", &file, file.length, &copy));
    frames_expect(&rig, "Big", 304, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "Small", 16, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "Mad", 0, KSS_FRAME_UNKNOWN);
    frames_expect(&rig, "Bare", 0, KSS_FRAME_UNKNOWN);
    frames_end(&rig);
    free(copy);
}

static void alone_it_has_frames_for_x86_only(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make_pdb(X64, false);
    assert_false(read_bytes(&rig, "mydrv.pdb", &file, file.length, &copy));
    assert_int_equal(rig.frames.count, 0);
    assert_non_null(strstr(frames_said(&rig), "names and no frames"));
    frames_end(&rig);
    free(copy);
}

static void of_another_build(void **state) {
    (void)state;
    make_pdb(X64, false);
    struct opened *opened = open_part(file.length, 9); // the info stream's age is not the one
    assert_false(opened->good);
    assert_non_null(strstr(frames_said(&opened->rig), "another build (age 3"));
    close_it(opened);
    file.data[3 * BLOCK + 12] ^= 1; // info is the first stream
    expect_refused("of another build (other GUID)");
}

static void cut_short(void **state) {
    (void)state;
    make_pdb(X86, true);
    for (size_t length = 0; length < directory_at + 4; length += length < 64 ? 1 : 61) {
        struct opened *opened = open_part(length, 3);
        check_sane(opened);
        assert_false(opened->good); // the directory is last
        close_it(opened);
    }
}

static void broken_containers(void **state) {
    (void)state;
    static const struct {
        unsigned at; // of the superblock
        uint32_t value;
        const char *because;
    } cases[] = {
        {0, 0, "no PDB of MSF version 7.00"},
        {32, 0, "block size, 0,"},
        {32, 513, "block size"},
        {32, 1u << 31, "block size"},
        {40, 2, "not in the file"},
        {44, 0, "directory is broken"},
        {44, UINT32_MAX, "not in the file"},
        {44, 3, "directory is broken"},
        {52, 0x7FFFFFFF, "not in the file"},
        {52, 0, "lies in block"}, // the superblock as map
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_pdb(X64, false);
        poke32(&file, cases[i].at, cases[i].value);
        expect_refused(cases[i].because);
    }
}

static void broken_directories(void **state) {
    (void)state;
    static const struct {
        unsigned at; // of the directory
        uint32_t value;
        const char *because;
    } cases[] = {
        {0, UINT32_MAX, "do not fit"},
        {0, 0, "has no stream 1"},
        {0, 2, "lies in block 0"}, // the lists begin earlier
        {8, 0x7FFFFFFF, "do not fit"},
        {8, UINT32_MAX, "has no stream 1"}, // absent
        {8, 27, "info stream"},
        {16, 63, "DBI stream"},
        {28, 39, "lie in no section"}, // half a section header: read, but see below
        {4 + 4 * STREAMS, 0x10000, "not in the file"},
        {4 + 4 * STREAMS, UINT32_MAX, "not in the file"},
        {4 + 4 * STREAMS + 4, 3, "DBI stream"}, // the info stream's block in place of DBI's
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_pdb(X64, false);
        poke32(&file, directory_at + cases[i].at, cases[i].value);
        struct opened *opened = open_part(file.length, 3);
        check_sane(opened);
        if (strstr(frames_said(&opened->rig), cases[i].because) == NULL)
            fail_msg("%zu: no `%s` in: %s", i, cases[i].because, frames_said(&opened->rig));
        assert_int_equal(opened->pdb.count, 0);
        close_it(opened);
    }
}

static void broken_dbi(void **state) {
    (void)state;
    static const struct {
        unsigned at, size;
        uint32_t value;
        const char *because;
    } cases[] = {
        {0, 4, 0, "DBI stream is broken"},
        {4, 4, 19960307, "version 19960307"},
        {24, 4, 0xFFFFFFF0, "DBI stream is broken"},
        {24, 4, 0x7FFFFFFF, "DBI stream is broken"},
        {28, 4, 0x10000, "DBI stream is broken"},
        {48, 4, 13, "DBI stream is broken"},
        {48, 4, 10, "no section headers"},
        {24, 4, 60, ""}, // the rest is taken for something else
        {20, 2, SECTIONS, "two purposes"},
        {20, 2, 77, ""}, // no symbols: those of the module remain
        {64 + 34, 2, DBI, "symbols of module `irp.obj` in the PDB are broken"},
        {64 + 34, 2, 99, "symbols of module `irp.obj` in the PDB are broken"},
        {64 + 36, 4, 0x10000, "symbols of module `irp.obj` in the PDB are broken"},
        {64 + 36, 4, 3, "symbols of module `irp.obj` in the PDB are broken"},
        {64 + 36, 4, 30, "symbols of module `irp.obj` in the PDB are broken"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make_pdb(X64, false);
        if (cases[i].size == 4)
            poke32(&file, dbi_at + cases[i].at, cases[i].value);
        else
            poke16(&file, dbi_at + cases[i].at, cases[i].value);
        struct opened *opened = open_part(file.length, 3);
        check_sane(opened);
        if (strstr(frames_said(&opened->rig), cases[i].because) == NULL)
            fail_msg("%zu: no `%s` in: %s", i, cases[i].because, frames_said(&opened->rig));
        close_it(opened);
    }
}

static void rearranged_image(void **state) {
    (void)state;
    make_pdb(X64, false);
    poke16(&file, dbi_at + streams[DBI].length - 12 + 8, SYMBOLS); // any stream that is not empty
    expect_refused("rearranged after linking");
}

static void broken_symbols(void **state) {
    (void)state;
    struct opened *opened;
    begin_pdb();
    public_symbol(2, 0, 0, "nowhere");
    public_symbol(2, 9, 0, "absolute");
    public_symbol(2, 1, 0x400, "behind_its_section");
    public_symbol(2, 1, 0x3FF, "last");
    end_pdb(X64, false);
    opened = open_part(file.length, 3);
    assert_true(opened->good);
    assert_int_equal(opened->pdb.count, 1);
    assert_non_null(strstr(frames_said(&opened->rig), "3 function symbols of the PDB lie in no"));
    close_it(opened);

    begin_pdb();
    put16(&streams[SYMBOLS], 1); // shorter than its kind
    put16(&streams[SYMBOLS], 0x110E);
    end_pdb(X64, false);
    expect_refused("public symbols is broken");

    begin_pdb();
    put16(&streams[SYMBOLS], 15); // a name without an end
    put16(&streams[SYMBOLS], 0x110E);
    put_zeros(&streams[SYMBOLS], 8);
    put16(&streams[SYMBOLS], 1);
    put_bytes(&streams[SYMBOLS], "abc", 3);
    end_pdb(X64, false);
    expect_refused("public symbols is broken");

    begin_pdb();
    put16(&streams[SYMBOLS], 0xFFFE); // leaves the stream
    end_pdb(X64, false);
    expect_refused("public symbols is broken");
}

// Each byte in turn: never a crash, and never a name outside of the image's sections.
static void each_byte_wrong(void **state) {
    (void)state;
    make_pdb(X86, false);
    for (size_t at = 0; at < file.length; at++) {
        static const uint8_t masks[] = {0xFF, 0x01, 0x80};
        if (file.data[at] == 0 && at % 7 != 0)
            continue; // mostly padding
        for (unsigned i = 0; i < 3; i++) {
            file.data[at] ^= masks[i];
            struct opened *opened = open_part(file.length, 3);
            for (uint32_t k = 0; k < opened->pdb.count; k++)
                assert_true(strlen(opened->pdb.symbols[k].name) < BYTES_ROOM);
            close_it(opened);
            file.data[at] ^= masks[i];
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_places),
        cmocka_unit_test(several_blocks),
        cmocka_unit_test(one_place_of_several_names),
        cmocka_unit_test(x86_frames),
        cmocka_unit_test(x86_frames_of_another_compiler),
        cmocka_unit_test(alone_it_has_frames_for_x86_only),
        cmocka_unit_test(of_another_build),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(broken_containers),
        cmocka_unit_test(broken_directories),
        cmocka_unit_test(broken_dbi),
        cmocka_unit_test(rearranged_image),
        cmocka_unit_test(broken_symbols),
        cmocka_unit_test(each_byte_wrong),
    };
    return cmocka_run_group_tests_name("frames_pdb", tests, NULL, NULL);
}
