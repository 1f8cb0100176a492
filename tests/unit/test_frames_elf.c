// SPDX-License-Identifier: MIT
// ELF files made here section by section: objects and linked files, 32 and 64 bits, and broken ones.
#include "bytes_rig.h"

enum { REL = 1, DYN = 3, I386 = 3, ARM = 40, X86_64 = 62, AARCH64 = 183 };

// Sections of the file, in this order.
enum { NONE, TEXT, SIZES, SIZES_RELOCATIONS, CFI, CFI_RELOCATIONS, SYMBOLS, STRINGS, NAMES, COUNT };

static struct bytes parts[COUNT];
static struct bytes file;
static size_t headers_at, part_at[COUNT];
static unsigned type, machine;
static bool wide;

static void word(struct bytes *to, uint64_t value) {
    put(to, value, wide ? 8 : 4);
}

static void symbol(const char *name, unsigned info, unsigned section, uint64_t value,
                   uint64_t size) {
    struct bytes *to = &parts[SYMBOLS];
    put32(to, parts[STRINGS].length);
    put_text(&parts[STRINGS], name);
    if (!wide) {
        put32(to, value);
        put32(to, size);
    }
    put8(to, info);
    put8(to, 0);
    put16(to, section);
    if (wide) {
        put64(to, value);
        put64(to, size);
    }
}

static void relocation(unsigned part, uint64_t offset, unsigned kind, unsigned of, int64_t addend) {
    word(&parts[part], offset);
    word(&parts[part], wide ? (uint64_t)of << 32 | kind : of << 8 | kind);
    if (wide)
        put64(&parts[part], (uint64_t)addend);
}

// Symbol 1 is .text's own.
static void begin_elf(unsigned of_type, unsigned of_machine) {
    type = of_type;
    machine = of_machine;
    wide = machine == X86_64 || machine == AARCH64;
    for (unsigned i = 0; i < COUNT; i++)
        parts[i].length = 0;
    put_zeros(&parts[TEXT], 0x100);
    put8(&parts[STRINGS], 0);
    symbol("", 0, 0, 0, 0);
    symbol("", 3, TEXT, 0, 0);
}

static void header(uint32_t name, uint32_t kind, uint64_t flags, uint64_t address, unsigned part,
                   uint32_t link, uint32_t info) {
    put32(&file, name);
    put32(&file, kind);
    word(&file, flags);
    word(&file, address);
    word(&file, part_at[part]);
    word(&file, parts[part].length);
    put32(&file, link);
    put32(&file, info);
    word(&file, 1);
    word(&file, 0);
}

static void end_elf(void) {
    static const char names[] = "\0.text\0.stack_sizes\0.eh_frame\0.symtab\0.strtab\0.rela";
    uint32_t relocations = wide ? 4 : 9;
    uint64_t base = type == REL ? 0 : 0x1000;
    put_bytes(&parts[NAMES], names, sizeof names);
    file.length = 0;
    put_bytes(&file, "\177ELF", 4);
    put8(&file, wide ? 2 : 1);
    put8(&file, 1);
    put8(&file, 1);
    put_zeros(&file, 9);
    put16(&file, type);
    put16(&file, machine);
    put32(&file, 1);
    word(&file, 0);
    word(&file, 0);
    size_t field = file.length;
    word(&file, 0);
    put32(&file, 0);
    put16(&file, wide ? 64 : 52);
    put16(&file, 0);
    put16(&file, 0);
    put16(&file, wide ? 64 : 40);
    put16(&file, COUNT);
    put16(&file, NAMES);
    for (unsigned i = 1; i < COUNT; i++) {
        align(&file, 8);
        part_at[i] = file.length;
        put_bytes(&file, parts[i].data, parts[i].length);
    }
    align(&file, 8);
    headers_at = file.length;
    poke32(&file, field, headers_at);
    put_zeros(&file, wide ? 64 : 40);
    header(1, 1, 6, base, TEXT, 0, 0);
    header(7, 1, 0x80, 0, SIZES, TEXT, 0);
    header(46, relocations, 0, 0, SIZES_RELOCATIONS, SYMBOLS, SIZES);
    header(20, 1, 2, base + 0x1000, CFI, 0, 0);
    header(46, relocations, 0, 0, CFI_RELOCATIONS, SYMBOLS, CFI);
    header(30, 2, 0, 0, SYMBOLS, STRINGS, 2);
    header(38, 3, 0, 0, STRINGS, 0, 0);
    header(38, 3, 0, 0, NAMES, 0, 0);
}

static void stack_size(uint64_t code, unsigned bytes) {
    if (type == REL)
        relocation(SIZES_RELOCATIONS, parts[SIZES].length,
                   machine == AARCH64 ? 257
                   : machine == ARM   ? 2
                                      : 1,
                   1, (int64_t)code);
    word(&parts[SIZES], type == REL && wide ? 0 : code); // REL keeps the addend here
    for (; bytes >= 0x80; bytes >>= 7)
        put8(&parts[SIZES], (bytes & 0x7F) | 0x80);
    put8(&parts[SIZES], bytes);
}

static void cie(void) {
    struct bytes *to = &parts[CFI];
    put32(to, 20);
    put32(to, 0);
    put_bytes(to, "\1zR\0\1", 5);
    put8(to, wide ? 0x78 : 0x7C);
    put8(to, wide ? 16 : 8);
    put_bytes(to, "\1\x1B\x0C", 3);
    put8(to, wide ? 7 : 4);
    put8(to, wide ? 8 : 4);
    put_zeros(to, 4);
    align(to, 4);
}

// CFA grows to [offset]; then a frame pointer takes over, if so.
static void fde(uint32_t code, unsigned offset, bool frame_pointer) {
    struct bytes *to = &parts[CFI];
    put32(to, 20);
    put32(to, to->length);
    if (type == REL)
        relocation(CFI_RELOCATIONS, to->length, 2, 1, code);
    put32(to, type == REL ? (wide ? 0 : code) : 0x1000 + code - (0x2000 + to->length));
    put32(to, 0x10);
    put8(to, 0);
    put8(to, 0x41);
    put8(to, 0x0E);
    put8(to, offset);
    put8(to, frame_pointer ? 0x0D : 0);
    put8(to, frame_pointer ? (wide ? 6 : 5) : 0);
    put_zeros(to, 2);
}

static struct frames_rig rig;
static uint8_t *copy;

static void done(void) {
    frames_end(&rig);
    free(copy);
}

static void make(unsigned of_type, unsigned of_machine) {
    uint64_t base = of_type == REL ? 0 : 0x1000;
    begin_elf(of_type, of_machine);
    symbol("irp.c", 4, 0, 0, 0);
    symbol("CopyTail", 2, TEXT, base + 0x40, 0x10);
    symbol("Dispatch", 0x12, TEXT, base, 0x20);
    symbol("Dynamic", 0x12, TEXT, base + 0x80, 0x10);
    symbol("Alias", 0x12, TEXT, base, 0x20);
    symbol("Elsewhere", 0x12, 0, 0, 0);
    symbol("datum", 0x11, TEXT, base + 0xC0, 4);
    stack_size(base, 300);
    stack_size(base + 0x40, 24);
    if (of_machine == I386 || of_machine == X86_64) {
        cie();
        fde(0, 100, true);
        fde(0x40, 48, false);
        fde(0x60, 32, false); // nobody's name
    }
    end_elf();
}

static void objects_and_linked_files(void **state) {
    (void)state;
    static const struct {
        unsigned type, machine, dispatch, tail;
    } cases[] = {
        {REL, I386, 304, 48}, {REL, X86_64, 308, 48}, {DYN, I386, 304, 48}, {DYN, X86_64, 308, 48}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool object = cases[i].type == REL;
        make(cases[i].type, cases[i].machine);
        assert_true(read_bytes(&rig, "out/irp.o", &file, file.length, &copy));
        assert_int_equal(rig.diags.count, 1); // the host's ABI
        assert_int_equal(rig.frames.count, 5);
        // A frame pointer hides what is pushed for calls, and .stack_sizes leaves it out.
        frames_expect(&rig, "Dispatch", cases[i].dispatch, KSS_FRAME_AT_LEAST);
        frames_expect(&rig, "Alias", cases[i].dispatch, KSS_FRAME_AT_LEAST);
        frames_expect(&rig, "CopyTail", cases[i].tail, KSS_FRAME_EXACT);
        frames_expect(&rig, "Dynamic", 0, KSS_FRAME_UNKNOWN);
        assert_int_equal(frames_row(&rig, "Dispatch")->origin, KSS_FROM_STACK_SIZES);
        assert_int_equal(frames_row(&rig, "CopyTail")->origin, KSS_FROM_CFI);
        assert_int_equal(frames_row(&rig, "CopyTail")->size, 0x10);
        assert_true(frames_row(&rig, "CopyTail")->local);
        assert_string_equal(frames_row(&rig, "CopyTail")->unit, object ? "out/irp.o" : "irp.c");
        assert_string_equal(frames_row(&rig, "CopyTail")->module, object ? "" : "irp");
        assert_string_equal(frames_row(&rig, "CopyTail")->place,
                            object ? "out/irp.o:.text+0x40" : "out/irp.o+0x1040");
        assert_non_null(strstr(frames_row(&rig, "Dynamic")->reason, "its stack is dynamic"));
        frames_expect(&rig, object ? "+0x60" : "+0x1060", 32, KSS_FRAME_EXACT);
        done();
    }
}

static void machines_that_push_nothing(void **state) {
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        make(i & 1 ? DYN : REL, i & 2 ? ARM : AARCH64);
        assert_true(read_bytes(&rig, "irp.o", &file, file.length, &copy));
        frames_expect(&rig, "Dispatch", 300, KSS_FRAME_EXACT);
        frames_expect(&rig, "CopyTail", 24, KSS_FRAME_EXACT);
        frames_expect(&rig, "Dynamic", 0, KSS_FRAME_UNKNOWN);
        done();
    }
}

static void thumb_addresses(void **state) {
    (void)state;
    begin_elf(DYN, ARM);
    symbol("Thumb", 0x12, TEXT, 0x1041, 8);
    stack_size(0x1041, 16);
    end_elf();
    assert_true(read_bytes(&rig, "a.elf", &file, file.length, &copy));
    frames_expect(&rig, "Thumb", 16, KSS_FRAME_EXACT);
    assert_int_equal(frames_row(&rig, "Thumb")->address, 0x1040);
    done();
}

static void nothing_known(void **state) {
    (void)state;
    begin_elf(REL, X86_64);
    symbol("f", 0x12, TEXT, 0, 8);
    end_elf();
    poke32(&file, headers_at + 64 * SIZES, 0); // tables without a name are not looked at
    poke32(&file, headers_at + 64 * CFI, 0);
    assert_true(read_bytes(&rig, "irp.o", &file, file.length, &copy));
    frames_expect(&rig, "f", 0, KSS_FRAME_UNKNOWN);
    assert_non_null(strstr(frames_row(&rig, "f")->reason, "neither .stack_sizes nor"));
    done();
}

static void contradictions(void **state) {
    (void)state;
    begin_elf(REL, AARCH64);
    symbol("f", 0x12, TEXT, 0, 8);
    symbol("g", 0x12, TEXT, 0x40, 8);
    stack_size(0, 16);
    stack_size(0, 32);
    stack_size(0x40, 0xFFFFFFFF);
    end_elf();
    assert_true(read_bytes(&rig, "irp.o", &file, file.length, &copy));
    frames_expect(&rig, "f", 32, KSS_FRAME_AT_LEAST);
    frames_expect(&rig, "g", 0, KSS_FRAME_UNKNOWN);
    done();
    begin_elf(REL, X86_64);
    symbol("f", 0x12, TEXT, 0, 8);
    cie();
    fde(0, 48, false);
    fde(0, 64, false);
    end_elf();
    assert_true(read_bytes(&rig, "irp.o", &file, file.length, &copy));
    frames_expect(&rig, "f", 64, KSS_FRAME_AT_LEAST);
    done();
}

// What is refused, with its reason and no rows.
static void refused(void **state) {
    (void)state;
    static const struct {
        unsigned at, size;
        uint32_t value;
        const char *because;
    } cases[] = {
        {4, 1, 3, "ELF class 3"},
        {4, 1, 0, "ELF class 0"},
        {5, 1, 2, "big-endian"},
        {5, 1, 0, "byte order"},
        {16, 2, 4, "type 4"},
        {16, 2, 0, "type 0"},
        {18, 2, 8, "machine 8"},
        {18, 2, I386, "machine 3 with 64-bit"},
        {40, 4, 0, "no section headers"},
        {40, 4, 0x7FFFFFFF, "not in the file"},
        {44, 4, 1, "not in the file"}, // upper half
        {58, 2, 8, "not in the file"}, // smaller than a header
        {58, 2, 0xFFFF, "not in the file"},
        {60, 2, 0xFEFF, "do not fit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make(REL, X86_64);
        for (unsigned k = 0; k < cases[i].size; k++)
            file.data[cases[i].at + k] = (uint8_t)(cases[i].value >> 8 * k);
        assert_false(read_bytes(&rig, "irp.o", &file, file.length, &copy));
        assert_int_equal(rig.frames.count, 0);
        if (strstr(frames_said(&rig), cases[i].because) == NULL)
            fail_msg("%zu: no `%s` in: %s", i, cases[i].because, frames_said(&rig));
        done();
    }
}

// Parts that are broken: the rest is read, and no figure is another than it was.
static void broken_parts(void **state) {
    (void)state;
    enum { NAME = 0, TYPE = 4, FLAGS = 8, OFFSET = 24, SIZE = 32, LINK = 40, INFO = 44 };
    static const struct {
        unsigned part, at;
        uint32_t value;
        const char *because; // a warning, NULL: silent
        uint32_t rows;
    } cases[] = {
        {SIZES, OFFSET, 0x7FFFFFFF, "section .stack_sizes is not in the file", 5},
        {SIZES, OFFSET + 4, 1, "section .stack_sizes is not in the file", 5},
        {SIZES, SIZE, 15, ".stack_sizes ends within an entry", 5},
        {SIZES, FLAGS, 0x800, "section .stack_sizes is compressed", 5},
        {SIZES, TYPE, 8, NULL, 5},             // not there
        {SIZES_RELOCATIONS, SIZE, 0, NULL, 5}, // nobody's sizes
        {SIZES_RELOCATIONS, SIZE, 0x7FFFFFFF, "is not in the file", 5},
        {SIZES_RELOCATIONS, INFO, 99, NULL, 5},
        {SIZES_RELOCATIONS, LINK, 99, NULL, 5},
        {CFI, SIZE, 30, "broken from here on", 4},
        {CFI, SIZE, 0x7FFFFFFF, "section .eh_frame is not in the file", 4},
        {CFI_RELOCATIONS, SIZE, 0, "3 entries of call frame information have no function", 4},
        {CFI_RELOCATIONS, SIZE, 24, "2 entries of call frame information have no function", 4},
        {SYMBOLS, OFFSET, 0x7FFFFFFF, "section .symtab is not in the file", 0},
        {SYMBOLS, SIZE, 47, NULL, 0},
        {SYMBOLS, LINK, 99, NULL, 4}, // no names
        {STRINGS, SIZE, 0x7FFFFFFF, NULL, 4},
        {STRINGS, SIZE, 10, NULL, 4},
        {NAMES, OFFSET, 0x7FFFFFFF, NULL, 4}, // no sections are known
        {TEXT, SIZE, 0x7FFFFFFF, NULL, 5},    // nobody reads it
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        make(REL, X86_64);
        poke32(&file, headers_at + 64 * cases[i].part + cases[i].at, cases[i].value);
        assert_true(read_bytes(&rig, "irp.o", &file, file.length, &copy));
        const char *said = frames_said(&rig);
        if (cases[i].because != NULL && strstr(said, cases[i].because) == NULL)
            fail_msg("%zu: no `%s` in: %s", i, cases[i].because, said);
        for (uint32_t k = 0; k < rig.frames.count; k++) {
            const struct kss_frame_row *row = &rig.frames.rows[k];
            assert_true(row->kind != KSS_FRAME_EXACT || row->bytes == 48 || row->bytes == 32);
            assert_true(row->kind != KSS_FRAME_AT_LEAST || row->bytes == 308 || row->bytes == 100 ||
                        row->bytes == 32);
        }
        if (rig.frames.count != cases[i].rows)
            fail_msg("%zu: %u rows: %s", i, rig.frames.count, said);
        done();
    }
}

static void cut_short(void **state) {
    (void)state;
    for (unsigned machine_bits = 0; machine_bits < 2; machine_bits++) {
        make(REL, machine_bits ? X86_64 : I386);
        for (size_t length = 4; length < file.length; length++) {
            assert_false(read_bytes(&rig, "irp.o", &file, length, &copy));
            assert_int_equal(rig.frames.count, 0);
            assert_true(rig.diags.errors == 1);
            done();
        }
    }
}

static void each_byte_wrong(void **state) {
    (void)state;
    static const uint8_t masks[] = {0xFF, 0x01, 0x80};
    for (unsigned linked = 0; linked < 2; linked++) {
        make(linked ? DYN : REL, linked ? I386 : X86_64);
        for (size_t at = 4; at < file.length; at++)
            for (unsigned i = 0; i < 3; i++) {
                file.data[at] ^= masks[i];
                bool good = read_bytes(&rig, "irp.o", &file, file.length, &copy);
                assert_true(good || rig.diags.errors > 0);
                for (uint32_t k = 0; k < rig.frames.count; k++)
                    assert_true(rig.frames.rows[k].kind == KSS_FRAME_UNKNOWN ||
                                rig.frames.rows[k].bytes <= INT32_MAX + UINT64_C(8));
                done();
                file.data[at] ^= masks[i];
            }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_and_linked_files),
        cmocka_unit_test(machines_that_push_nothing),
        cmocka_unit_test(thumb_addresses),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(refused),
        cmocka_unit_test(broken_parts),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(each_byte_wrong),
    };
    return cmocka_run_group_tests_name("frames_elf", tests, NULL, NULL);
}
