// SPDX-License-Identifier: MIT
// COFF objects, made here from bytes: what is read of good ones, and that broken ones give an error or a
// warning and no number that the good one did not have.
#include "coff_rig.h"

#include "frames/code.h"

// Read: push rbx; sub rsp, 32; ...; Tail: sub rsp, 40; Leaf: lea eax, [rcx+1]; ret.
static const uint8_t code[] = {0x53, 0x48, 0x83, 0xEC, 0x20, 0x90, 0x48, 0x83, 0xC4,
                               0x20, 0x5B, 0xC3, 0xCC, 0xCC, 0xCC, 0xCC, 0x48, 0x83,
                               0xEC, 0x28, 0x90, 0x48, 0x83, 0xC4, 0x28, 0xC3, 0xCC,
                               0xCC, 0xCC, 0xCC, 0xCC, 0xCC, 0x8D, 0x41, 0x01, 0xC3};
static const uint8_t xdata[] = {1, 5, 2, 0, 5, 0x32, 1, 0x30, 1, 4, 1, 0, 4, 0x42, 0, 0};
static const uint8_t pdata[] = {0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0,
                                0, 0, 0, 0, 26, 0, 0, 0, 8, 0, 0, 0};

enum { SECTION_TEXT, SYMBOL_READ, SYMBOL_TAIL, SYMBOL_LEAF, SYMBOL_XDATA, SYMBOL_PDATA, SYMBOLS };

static const struct coff_name names[SYMBOLS] = {
    {".text", 0, 1, 0, 3},
    {"ReadDispatchRoutine", 0, 1, COFF_FUNCTION, 2}, // in the string table
    {"CopyTail", 16, 1, COFF_FUNCTION, 3},           // 8 bytes: no NUL behind it
    {"Leaf", 32, 1, COFF_FUNCTION, 2},
    {".xdata", 0, 2, 0, 3},
    {"no_func", 4, 2, 0, 3},
};

static const struct coff_part parts[] = {
    {".text", COFF_TEXT_FLAGS, code, sizeof code, {{0, 0, 0}}, 0},
    {".xdata", COFF_DATA_FLAGS, xdata, sizeof xdata, {{0, 0, 0}}, 0},
    {".pdata",
     COFF_DATA_FLAGS,
     pdata,
     sizeof pdata,
     {{0, SYMBOL_READ, 3},
      {4, SECTION_TEXT, 3},
      {8, SYMBOL_XDATA, 3},
      {12, SYMBOL_TAIL, 3},
      {16, SECTION_TEXT, 3},
      {20, SYMBOL_XDATA, 3}},
     6},
};
enum {
    PARTS = 3,
    SECTION_HEADERS = 20,
    TEXT_AT = SECTION_HEADERS + PARTS * 40,
    XDATA_AT = TEXT_AT + sizeof code,
    PDATA_AT = XDATA_AT + sizeof xdata,
    FIXES_AT = PDATA_AT + sizeof pdata,
    SYMBOLS_AT = FIXES_AT + 60,
    STRINGS_AT = SYMBOLS_AT + SYMBOLS * 18
};

static struct bytes file;

static void make(void) {
    coff_object(&file, COFF_X64, parts, PARTS, names, SYMBOLS);
    assert_int_equal(file.length, STRINGS_AT + 4 + sizeof "ReadDispatchRoutine");
}

static void good_object(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    assert_true(read_bytes(&rig, "out/irp.obj", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    assert_int_equal(rig.frames.count, 3);
    frames_expect(&rig, "ReadDispatchRoutine", 8 + 8 + 32, KSS_FRAME_EXACT);
    frames_expect(&rig, "CopyTail", 8 + 40, KSS_FRAME_EXACT);
    frames_expect(&rig, "Leaf", 8, KSS_FRAME_EXACT);
    const struct kss_frame_row *tail = frames_row(&rig, "CopyTail");
    assert_true(tail->local);
    assert_int_equal(tail->size, 10);
    assert_int_equal(tail->origin, KSS_FROM_UNWIND_X64);
    assert_string_equal(tail->place, "irp.obj:.text+0x10");
    assert_int_equal(frames_row(&rig, "Leaf")->origin, KSS_FROM_LEAF);
    assert_int_equal(frames_row(&rig, "Leaf")->size, 4);
    frames_end(&rig);
    free(copy);
}

// What has no symbol is called by its place, and is nobody else's function of that name.
static void nameless(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    for (size_t i = 1; i < 4; i++)
        file.data[SYMBOLS_AT + i * 18 + 16] = 104; // some other storage
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    assert_int_equal(rig.frames.count, 2);
    frames_expect(&rig, "+0x0", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "+0x10", 48, KSS_FRAME_EXACT);
    assert_true(frames_row(&rig, "+0x10")->local);
    frames_end(&rig);
    free(copy);
}

static void frame_pointer(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    file.data[XDATA_AT + 8] = 1; // push rbp; mov rbp, rsp; and code that is not of that kind
    file.data[XDATA_AT + 11] = 5;
    file.data[TEXT_AT + 20] = 0x48; // sub rsp, rax in place of nop and add
    file.data[TEXT_AT + 21] = 0x29;
    file.data[TEXT_AT + 22] = 0xC4;
    file.data[TEXT_AT + 23] = 0x90;
    file.data[TEXT_AT + 24] = 0x90;
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    const struct kss_frame_row *tail = frames_row(&rig, "CopyTail");
    assert_int_equal(tail->kind, KSS_FRAME_AT_LEAST);
    assert_int_equal(tail->bytes, 48);
    assert_non_null(tail->reason);
    frames_end(&rig);
    free(copy);
}

// What the processor pushed for an interrupt is aligned, so that a body that does not move rsp settles nothing.
static void machine_frame(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    file.data[XDATA_AT + 11] = 5;    // a frame register
    file.data[XDATA_AT + 13] = 0x0A; // and a machine frame
    memset(file.data + TEXT_AT + 16, 0x90, 9);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    frames_expect(&rig, "CopyTail", 40, KSS_FRAME_AT_LEAST);
    assert_non_null(strstr(frames_row(&rig, "CopyTail")->reason, "entered by an interrupt"));
    frames_end(&rig);
    free(copy);
}

// A part that is chained to ReadDispatchRoutine is not another function.
static void chained(void **state) {
    (void)state;
    static const uint8_t chain[] = {1, 5, 2, 0, 5,  0x32, 1, 0x30, 0x21, 0, 0, 0,
                                    0, 0, 0, 0, 12, 0,    0, 0,    0,    0, 0, 0};
    uint8_t still[sizeof code];
    memcpy(still, code, sizeof code);
    memset(still + 16, 0x90, 9); // the part takes no stack of its own
    struct coff_part changed[PARTS];
    memcpy(changed, parts, sizeof parts);
    changed[0].data = still;
    changed[1] =
        (struct coff_part){".xdata",
                           COFF_DATA_FLAGS,
                           chain,
                           sizeof chain,
                           {{12, SYMBOL_READ, 3}, {16, SECTION_TEXT, 3}, {20, SYMBOL_XDATA, 3}},
                           3};
    struct coff_name renamed[SYMBOLS];
    memcpy(renamed, names, sizeof names);
    renamed[SYMBOL_TAIL].type = 0;
    struct frames_rig rig;
    uint8_t *copy;
    coff_object(&file, COFF_X64, changed, PARTS, renamed, SYMBOLS);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    assert_int_equal(rig.frames.count, 2);
    frames_expect(&rig, "ReadDispatchRoutine", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "Leaf", 8, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
    changed[0].data = code; // it does, and no unwind data say so
    coff_object(&file, COFF_X64, changed, PARTS, renamed, SYMBOLS);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    frames_expect(&rig, "ReadDispatchRoutine", 48,
                  kss_code_readable(&rig.frames, KSS_ARCH_X64) ? KSS_FRAME_AT_LEAST
                                                               : KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
    // The chain leads to itself.
    changed[1].fixes[2].symbol = SYMBOL_PDATA;
    renamed[SYMBOL_PDATA] = (struct coff_name){"self", 8, 2, 0, 3};
    coff_object(&file, COFF_X64, changed, PARTS, renamed, SYMBOLS);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    frames_expect(&rig, "ReadDispatchRoutine", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "+0x10", 0, KSS_FRAME_UNKNOWN);
    assert_string_equal(frames_row(&rig, "+0x10")->reason,
                        "the chain of its unwind data leads nowhere");
    frames_end(&rig);
    free(copy);
}

// gcc puts main into .text.startup and its unwind entries into .pdata.startup.
static void sections_of_other_names(void **state) {
    (void)state;
    struct coff_part changed[PARTS];
    memcpy(changed, parts, sizeof parts);
    changed[2].name = ".pdata.s";
    struct frames_rig rig;
    uint8_t *copy;
    coff_object(&file, COFF_X64, changed, PARTS, names, SYMBOLS);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    frames_expect(&rig, "ReadDispatchRoutine", 48, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
}

// cl gives a function whose fast way needs no frame an entry without operations, and the rest of it, with a
// frame, a chained part. A jump through a register in the former leaves the function.
static void frame_in_a_part(void **state) {
    (void)state;
    static const uint8_t shrunk[] = {
        0x85, 0xC9,                   // Read: test ecx, ecx
        0x74, 0x02,                   // je 6
        0xFF, 0xE2,                   // jmp rdx
        0x53,                         // push rbx, the part
        0x48, 0x83, 0xEC, 0x20,       // sub rsp, 32
        0xE8, 0x05, 0x00, 0x00, 0x00, // call Leaf
        0x48, 0x83, 0xC4, 0x20,       // add rsp, 32
        0x5B, 0xC3,                   // pop rbx; ret
        0xC3,                         // Leaf: ret
    };
    enum { PART = 6, LEAF = 21 };
    static const uint8_t chain[] = {1, 0, 0, 0, 0x21, 5, 2, 0, 5, 0x32, 1, 0x30,
                                    0, 0, 0, 0, PART, 0, 0, 0, 0, 0,    0, 0};
    static const uint8_t entries[] = {0, 0, 0, 0, PART, 0, 0, 0, 0, 0, 0, 0,
                                      0, 0, 0, 0, LEAF, 0, 0, 0, 4, 0, 0, 0};
    struct coff_part changed[PARTS];
    memcpy(changed, parts, sizeof parts);
    changed[0].data = shrunk;
    changed[0].length = sizeof shrunk;
    changed[1] =
        (struct coff_part){".xdata",
                           COFF_DATA_FLAGS,
                           chain,
                           sizeof chain,
                           {{12, SYMBOL_READ, 3}, {16, SECTION_TEXT, 3}, {20, SYMBOL_XDATA, 3}},
                           3};
    changed[2].data = entries;
    struct coff_name moved[SYMBOLS];
    memcpy(moved, names, sizeof names);
    moved[SYMBOL_TAIL] = (struct coff_name){"part", PART, 1, 0, 3};
    moved[SYMBOL_LEAF].value = LEAF;
    uint8_t *copy = NULL;
    struct frames_rig rig;
    coff_object(&file, COFF_X64, changed, PARTS, moved, SYMBOLS);
    frames_begin(&rig, NULL);
    rig.frames.want_calls = true;
    copy = malloc(file.length);
    assert_non_null(copy);
    memcpy(copy, file.data, file.length);
    assert_true(kss_frames_read(&rig.frames, "irp.obj", (const char *)copy, file.length));
    frames_expect(&rig, "ReadDispatchRoutine", 48, KSS_FRAME_EXACT);
    if (rig.frames.no_calls == NULL) {
        unsigned unknown = 0;
        for (uint32_t i = 0; i < rig.frames.call_count; i++)
            unknown += rig.frames.calls[i].callee == KSS_CALL_INDIRECT && rig.frames.calls[i].tail;
        assert_int_equal(unknown, 1);
    }
    frames_end(&rig);
    free(copy);
}

// The first relocation of more than 65,535 says how many there are.
static void many_relocations(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    struct coff_part changed[PARTS];
    memcpy(changed, parts, sizeof parts);
    for (unsigned i = 6; i > 0; i--)
        changed[2].fixes[i] = parts[2].fixes[i - 1];
    changed[2].fixes[0] = (struct coff_fix){7, 0, 0};
    changed[2].fix_count = 7;
    changed[2].flags |= 0x01000000;
    coff_object(&file, COFF_X64, changed, PARTS, names, SYMBOLS);
    poke16(&file, SECTION_HEADERS + 80 + 32, 0xFFFF);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    frames_expect(&rig, "ReadDispatchRoutine", 48, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
}

// cl /bigobj: a longer header, section numbers of 32 bits.
static void big_object(void **state) {
    (void)state;
    static const uint8_t class_id[16] = {0xC7, 0xA1, 0xBA, 0xD1, 0xEE, 0xBA, 0xA9, 0x4B,
                                         0xAF, 0x20, 0xFA, 0xF6, 0x6A, 0xA4, 0xDC, 0xB8};
    static struct bytes big;
    enum { MORE = 56 - 20 };
    make();
    big.length = 0;
    put32(&big, 0xFFFF0000);
    put16(&big, 2);
    put16(&big, COFF_X64);
    put32(&big, 0);
    put_bytes(&big, class_id, sizeof class_id);
    put_zeros(&big, 16);
    put32(&big, PARTS);
    put32(&big, SYMBOLS_AT + MORE);
    put32(&big, SYMBOLS);
    put_bytes(&big, file.data + 20, SYMBOLS_AT - 20);
    for (unsigned i = 0; i < PARTS; i++) {
        size_t header = 56 + i * 40u;
        poke32(&big, header + 20, kss_le32(big.data + header + 20) + MORE);
        poke32(&big, header + 24, kss_le32(big.data + header + 24) + MORE);
    }
    for (unsigned i = 0; i < SYMBOLS; i++) {
        const uint8_t *symbol = file.data + SYMBOLS_AT + i * 18u;
        put_bytes(&big, symbol, 14);
        put16(&big, 0);
        put_bytes(&big, symbol + 14, 4);
    }
    put_bytes(&big, file.data + STRINGS_AT, file.length - STRINGS_AT);
    struct frames_rig rig;
    uint8_t *copy;
    assert_true(read_bytes(&rig, "irp.obj", &big, big.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    frames_expect(&rig, "ReadDispatchRoutine", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "CopyTail", 48, KSS_FRAME_EXACT);
    frames_expect(&rig, "Leaf", 8, KSS_FRAME_EXACT);
    frames_end(&rig);
    free(copy);
    big.data[12] ^= 1; // another class: cl /GL
    assert_false(read_bytes(&rig, "irp.obj", &big, big.length, &copy));
    assert_non_null(strstr(frames_said(&rig), "link-time code generation"));
    frames_end(&rig);
    free(copy);
}

// ---- ARM64 -----------------------------------------------------------------------------------------

static void arm64_object(void **state) {
    (void)state;
    static const uint8_t text[] = {
        0xFD, 0x7B, 0xBF, 0xA9, 0xFD, 0x03, 0x00, 0x91, 0xC0, 0x03, 0x5F, 0xD6, // Packed
        0xFF, 0x43, 0x01, 0xD1, 0xFF, 0x43, 0x01, 0x91, 0xC0, 0x03, 0x5F, 0xD6, // Record
        0xC0, 0x03, 0x5F, 0xD6,                                                 // Leaf
        0xFF, 0x43, 0x00, 0xD1, 0xC0, 0x03, 0x5F, 0xD6};                        // Assembly
    static const uint8_t record[] = {3, 0, 0x20, 0x08, 0x05, 0xE4, 0, 0};
    static const uint8_t table[] = {0,  0, 0, 0, 3 << 2 | 1, 0, 0x60 | 0x80, 0,
                                    12, 0, 0, 0, 0,          0, 0,           0};
    const struct coff_name symbols[] = {{"Packed", 0, 1, COFF_FUNCTION, 2},
                                        {".xdata", 0, 2, 0, 3},
                                        {"Record", 12, 1, COFF_FUNCTION, 2},
                                        {"Leaf", 24, 1, COFF_FUNCTION, 2},
                                        {"Assembly", 28, 1, COFF_FUNCTION, 2}};
    const struct coff_part sections[] = {
        {".text", COFF_TEXT_FLAGS, text, sizeof text, {{0, 0, 0}}, 0},
        {".xdata", COFF_DATA_FLAGS, record, sizeof record, {{0, 0, 0}}, 0},
        {".pdata", COFF_DATA_FLAGS, table, sizeof table, {{0, 0, 2}, {8, 0, 2}, {12, 1, 2}}, 3}};
    struct frames_rig rig;
    uint8_t *copy;
    coff_object(&file, COFF_ARM64, sections, 3, symbols, 5);
    assert_true(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    assert_string_equal(frames_said(&rig), "");
    assert_int_equal(rig.frames.count, 4);
    frames_expect(&rig, "Packed", 16, KSS_FRAME_EXACT);
    frames_expect(&rig, "Record", 80, KSS_FRAME_EXACT);
    frames_expect(&rig, "Leaf", 0, KSS_FRAME_EXACT);
    frames_expect(&rig, "Assembly", 0, KSS_FRAME_UNKNOWN);
    frames_end(&rig);
    free(copy);
}

// ---- Broken ones -----------------------------------------------------------------------------------

enum { REFUSED, WARNED, QUIET }; // QUIET: the row itself says that it is unknown

static const struct {
    const char *what;
    size_t at, size;
    uint64_t value;
    int outcome;
    const char *said; // in the diagnostics, or in the reason of some row
} broken[] = {
    {"symbol table beyond the end", 8, 4, 0x7FFFFFFF, REFUSED, "symbol table"},
    {"too many symbols", 12, 4, 0x7FFFFFFF, REFUSED, "symbol table"},
    {"as many symbols as there are numbers", 12, 4, 0xFFFFFFFF, REFUSED, "symbol table"},
    {"too many sections", 2, 2, 0xFFFF, REFUSED, "headers of 65535 sections"},
    {"another machine", 0, 2, 0x1C4, REFUSED, "machine 0x1C4"},
    {"ARM64EC", 0, 2, 0xA641, REFUSED, "ARM64EC"},
    {"code beyond the end", SECTION_HEADERS + 20, 4, 0xFFFFFFF0, WARNED,
     "contents of section .text"},
    {"unwind data beyond the end", SECTION_HEADERS + 40 + 20, 4, 0x7FFFFFFF, WARNED, ".xdata"},
    {"entries beyond the end", SECTION_HEADERS + 80 + 20, 4, 0xFFFFFFFF, WARNED, ".pdata"},
    {"relocations beyond the end", SECTION_HEADERS + 80 + 24, 4, 0xFFFFFF00, WARNED,
     "relocations of"},
    {"too many relocations", SECTION_HEADERS + 80 + 32, 2, 0xFFFE, WARNED, "relocations of"},
    {"no relocations", SECTION_HEADERS + 80 + 32, 2, 0, WARNED, "names no range of code"},
    {"entries that end in the middle", SECTION_HEADERS + 80 + 16, 4, 20, WARNED,
     "end with 8 bytes"},
    {"code that is not executable", SECTION_HEADERS + 36, 4, COFF_DATA_FLAGS, WARNED,
     "no range of code"},
    {"a relocation of another type", FIXES_AT + 8, 2, 1, WARNED, "no range of code"},
    {"a relocation to no symbol", FIXES_AT + 4, 4, 0xFFFFFFFF, WARNED, "no range of code"},
    {"a relocation to the symbol behind the last", FIXES_AT + 4, 4, SYMBOLS, WARNED,
     "no range of code"},
    {"a relocation beside the field", FIXES_AT, 4, 1, WARNED, "no range of code"},
    {"an end before the beginning", PDATA_AT + 4, 4, 0, WARNED, "no range of code"},
    {"an end beyond the section", PDATA_AT + 4, 4, 0x1000, WARNED, "no range of code"},
    {"an end near the top", PDATA_AT + 4, 4, 0xFFFFFFFF, WARNED, "no range of code"},
    {"a beginning near the top", PDATA_AT, 4, 0xFFFFFFFF, WARNED, "no range of code"},
    {"an end in another section", FIXES_AT + 10 + 4, 4, SYMBOL_XDATA, WARNED, "no range of code"},
    {"a symbol in no section", SYMBOLS_AT + 18 + 12, 2, 77, WARNED, "no range of code"},
    {"a symbol that is undefined", SYMBOLS_AT + 18 + 12, 2, 0, WARNED, "no range of code"},
    {"unwind data nowhere", PDATA_AT + 8, 4, 0x1000, QUIET, "nowhere in the file"},
    {"unwind data at the very end", PDATA_AT + 8, 4, sizeof xdata, QUIET, "leaves its section"},
    {"unwind data cut", PDATA_AT + 8, 4, sizeof xdata - 2, QUIET, "leaves its section"},
    {"version 3", XDATA_AT, 1, 3, QUIET, "version not understood: 0x3"},
    {"more slots than bytes", XDATA_AT + 2, 1, 255, QUIET, "leaves its section"},
    {"an operation of the future", XDATA_AT + 5, 1, 0x3E, QUIET,
     "operation is not understood: 0xE"},
    {"an operand that is not there", XDATA_AT + 7, 1, 0x01, QUIET, "no room for its operand"},
    {"a chain to nowhere", XDATA_AT, 1, 0x21, QUIET, "leaves its section"},
    {"strings beyond the end", STRINGS_AT, 4, 0xFFFFFFFF, WARNED, "string table"},
    {"no strings", STRINGS_AT, 4, 0, QUIET, ""},
    {"a name beyond the strings", SYMBOLS_AT + 18 + 4, 4, 0xFFFFFFFF, QUIET, ""},
    {"a name in the strings' size", SYMBOLS_AT + 18 + 4, 4, 1, QUIET, ""},
    {"auxiliary records without end", SYMBOLS_AT + 17, 1, 255, QUIET, ""},
};

static bool has(const char *text, const char *words) { // words: one of them, parted by |
    for (const char *at = words;; at++) {
        size_t length = strcspn(at, "|");
        char word[64] = {0};
        assert_true(length < sizeof word);
        memcpy(word, at, length);
        if (strstr(text, word) != NULL)
            return true;
        at += length;
        if (*at == '\0')
            return false;
    }
}

// No exact figure but those of the good file, and a function that lost its entry has none at all.
static void check_rows(const struct frames_rig *rig) {
    for (uint32_t i = 0; i < rig->frames.count; i++) {
        const struct kss_frame_row *row = &rig->frames.rows[i];
        if (row->kind == KSS_FRAME_UNKNOWN) {
            assert_non_null(row->reason);
            continue;
        }
        assert_int_equal(row->kind, KSS_FRAME_EXACT);
        assert_int_equal(row->bytes, strcmp(row->symbol, "Leaf") == 0 ? 8 : 48);
    }
}

static void broken_objects(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct frames_rig rig;
        struct kss_text all = {0};
        uint8_t *copy;
        make();
        for (size_t j = 0; j < broken[i].size; j++)
            file.data[broken[i].at + j] = (uint8_t)(broken[i].value >> 8 * j);
        bool good = read_bytes(&rig, "irp.obj", &file, file.length, &copy);
        kss_text_str(&all, frames_said(&rig));
        bool said = all.length > 0;
        for (uint32_t j = 0; j < rig.frames.count; j++)
            if (rig.frames.rows[j].reason != NULL)
                kss_text_str(&all, rig.frames.rows[j].reason);
        if (good != (broken[i].outcome != REFUSED) || said != (broken[i].outcome != QUIET) ||
            !has(all.bytes ? all.bytes : "", broken[i].said))
            fail_msg("%s: %s", broken[i].what, all.bytes ? all.bytes : "");
        if (!good)
            assert_int_equal(rig.frames.count, 0);
        check_rows(&rig);
        kss_text_free(&all);
        frames_end(&rig);
        free(copy);
    }
}

// A file of many sections that are all the same bytes would make any number of rows.
static void overlapping_contents(void **state) {
    (void)state;
    struct frames_rig rig;
    uint8_t *copy;
    make();
    poke32(&file, SECTION_HEADERS + 16, STRINGS_AT);
    poke32(&file, SECTION_HEADERS + 20, 4);
    assert_false(read_bytes(&rig, "irp.obj", &file, file.length, &copy));
    assert_non_null(strstr(frames_said(&rig), "and others overlap"));
    frames_end(&rig);
    free(copy);
}

// Cut anywhere: never a read beyond the end, never another figure.
static void truncated_objects(void **state) {
    (void)state;
    make();
    for (size_t length = 0; length < file.length; length++) {
        struct frames_rig rig;
        uint8_t *copy;
        bool good = read_bytes(&rig, "irp.obj", &file, length, &copy);
        if (length >= 20 && length < STRINGS_AT) // it is an object, and its symbols are cut
            assert_false(good);
        check_rows(&rig);
        frames_end(&rig);
        free(copy);
    }
}

static void every_byte_wrong(void **state) {
    (void)state;
    static const uint8_t masks[] = {0xFF, 0x01, 0x80};
    for (size_t i = 0; i < STRINGS_AT * 3; i++) {
        struct frames_rig rig;
        uint8_t *copy;
        make();
        file.data[i / 3] ^= masks[i % 3];
        read_bytes(&rig, "irp.obj", &file, file.length, &copy);
        frames_end(&rig);
        free(copy);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_object),
        cmocka_unit_test(nameless),
        cmocka_unit_test(frame_pointer),
        cmocka_unit_test(chained),
        cmocka_unit_test(machine_frame),
        cmocka_unit_test(frame_in_a_part),
        cmocka_unit_test(sections_of_other_names),
        cmocka_unit_test(many_relocations),
        cmocka_unit_test(big_object),
        cmocka_unit_test(arm64_object),
        cmocka_unit_test(broken_objects),
        cmocka_unit_test(overlapping_contents),
        cmocka_unit_test(truncated_objects),
        cmocka_unit_test(every_byte_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
