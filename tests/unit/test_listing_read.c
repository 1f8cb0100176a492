// SPDX-License-Identifier: MIT
// The reader of debugger listings. Every listing here is invented. What was read is written down in one
// short line per stack and row, and compared as a whole:
//
//   x64 K kf 2-4                                 machine, layout, command, lines
//   3 01 +a0 ffffa38b0c11e650 > fffff80c41a01377 mydrv!Middle+0x62 warning
//   line, number, kf's distance, pointer, return address, (arguments), symbol, marks
#include "frames/listing.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct kss_arena arena;
static struct kss_listing listing;
static struct kss_text shape;

static int tear_down(void **state) {
    (void)state;
    kss_arena_free(&arena);
    kss_text_free(&shape);
    return 0;
}

static void put_marks(uint8_t marks) {
    static const char *const names[] = {" trap",   " gate",    " bare",
                                        " inline", " warning", " dashes"};
    for (unsigned i = 0; i < 6; i++)
        if ((marks >> i & 1) != 0)
            kss_text_str(&shape, names[i]);
}

static void put_row(const struct kss_listed_frame *row) {
    kss_text_format(&shape, "%u", row->line);
    if (row->number != UINT32_MAX)
        kss_text_format(&shape, " #%x", row->number);
    if (row->has_memory)
        kss_text_format(&shape, " +%" PRIx64, row->memory);
    if (row->has_sp)
        kss_text_format(&shape, " %" PRIx64, row->sp);
    if (row->has_ret)
        kss_text_format(&shape, " > %" PRIx64, row->ret);
    for (unsigned i = 0; i < row->argument_count; i++)
        kss_text_format(&shape, "%s%" PRIx64, i == 0 ? " (" : ",", row->arguments[i]);
    kss_text_str(&shape, row->argument_count > 0 ? ") " : " ");
    kss_text_str(&shape, row->symbol);
    if (row->offset != 0)
        kss_text_format(&shape, "+0x%" PRIx64, row->offset);
    put_marks(row->marks);
    if (row->trap != 0)
        kss_text_format(&shape, " @%" PRIx64, row->trap);
    kss_text_char(&shape, '\n');
}

static const char *shape_of(const char *bytes, size_t length) {
    static const char *const layouts[] = {"?", "K", "ARGUMENTS", "NO-POINTER", "STACKS"};
    tear_down(NULL);
    listing = kss_listing_read(&arena, "test", bytes, length);
    kss_text_str(&shape, "");
    kss_text_room(&shape, 1);
    for (uint32_t i = 0; i < listing.stack_count; i++) {
        const struct kss_listed_stack *stack = &listing.stacks[i];
        kss_text_format(&shape, "%s %s %s %u-%u\n",
                        !stack->arch_known            ? "?"
                        : stack->arch == KSS_ARCH_X86 ? "x86"
                        : stack->arch == KSS_ARCH_X64 ? "x64"
                                                      : "arm64",
                        layouts[stack->layout], stack->command != NULL ? stack->command : "-",
                        stack->line, stack->last_line);
        for (uint32_t k = 0; k < stack->count; k++)
            put_row(&stack->frames[k]);
    }
    return shape.bytes;
}

static void reads(const char *text, const char *expected) {
    assert_string_equal(shape_of(text, strlen(text)), expected);
}

// ---- Layouts ----------------------------------------------------------------------------------------

#define SP0       "ffffa38b`0c11e5b0 fffff80c`41a011f2 "
#define SP1       "ffffa38b`0c11e650 fffff80c`41a01377 "
#define ARGS      "00000000`00000001 ffffa38b`0c11e6c0 00000000`00000200 00000000`00000000 "
#define HEAD      "Child-SP          RetAddr           Call Site\n"
#define HEAD_ARGS "Child-SP          RetAddr           : Args to Child            : Call Site\n"
#define ROW0      "ffffa38b0c11e5b0 > fffff80c41a011f2 "
#define ROW1      "ffffa38b0c11e650 > fffff80c41a01377 "
#define READ_ARGS "(1,ffffa38b0c11e6c0,200,0) "

static void k_of_x64(void **state) {
    (void)state;
    reads("1: kd> k\n" HEAD SP0 "mydrv!Leaf+0x1a\n" SP1 "mydrv!Middle+0x62 [d:\\drv\\m.c @ 123]\n",
          "x64 K k 3-4\n3 " ROW0 "mydrv!Leaf+0x1a\n4 " ROW1 "mydrv!Middle+0x62\n");
    // without a header, and with wide columns
    reads(SP0 "    mydrv!Leaf+0x1a\n" SP1 "    nt!KeBugCheckEx\n",
          "x64 K - 1-2\n1 " ROW0 "mydrv!Leaf+0x1a\n2 " ROW1 "nt!KeBugCheckEx\n");
}

static void kv_of_x64(void **state) {
    (void)state;
    reads("lkd> kv\n" HEAD_ARGS SP0 ": " ARGS ": mydrv!Leaf+0x1a\n" SP1 ": " ARGS
          ": nt!KiPageFault+0x260 (TrapFrame @ ffffa38b`0c11e650)\n",
          "x64 ARGUMENTS kv 3-4\n3 " ROW0 READ_ARGS "mydrv!Leaf+0x1a\n4 " ROW1 READ_ARGS
          "nt!KiPageFault+0x260 trap @ffffa38b0c11e650\n");
}

static void kb_of_x64_has_no_pointers(void **state) {
    (void)state;
    reads("RetAddr           : Args to Child            : Call Site\nfffff80c`41a011f2 : " ARGS
          ": mydrv!Leaf+0x1a\n",
          "x64 NO-POINTER - 2-2\n2 > fffff80c41a011f2 " READ_ARGS "mydrv!Leaf+0x1a\n");
    reads("fffff80c`41a011f2 : " ARGS ": mydrv!Leaf+0x1a\n",
          "x64 NO-POINTER - 1-1\n1 > fffff80c41a011f2 " READ_ARGS "mydrv!Leaf+0x1a\n");
}

static void kn_counts_in_hex(void **state) {
    (void)state;
    reads(" # " HEAD "09 " SP0 "mydrv!A+0x1\n0a " SP1 "mydrv!B+0x2\n"
          "fe ffffa38b`0c11e700 fffff80c`41a01377 mydrv!C+0x3\n"
          "ff ffffa38b`0c11e710 fffff80c`41a01377 mydrv!C+0x3\n"
          "100 ffffa38b`0c11e720 fffff80c`41a01377 mydrv!D+0x4\n",
          "x64 K - 2-6\n2 #9 " ROW0 "mydrv!A+0x1\n3 #a " ROW1 "mydrv!B+0x2\n"
          "4 #fe ffffa38b0c11e700 > fffff80c41a01377 mydrv!C+0x3\n"
          "5 #ff ffffa38b0c11e710 > fffff80c41a01377 mydrv!C+0x3\n"
          "6 #100 ffffa38b0c11e720 > fffff80c41a01377 mydrv!D+0x4\n");
}

static void kf_has_distances(void **state) {
    (void)state;
    static const char rows[] = "x64 K - 2-3\n2 " ROW0 "mydrv!A+0x1\n3 +a0 " ROW1 "mydrv!B+0x2\n";
    reads("  Memory  " HEAD "          " SP0 "mydrv!A+0x1\n       a0 " SP1 "mydrv!B+0x2\n", rows);
    // no header: the pointers say that it is a distance
    reads("\n          " SP0 "mydrv!A+0x1\n       a0 " SP1 "mydrv!B+0x2\n", rows);
    reads(" #   Memory  " HEAD "00           " SP0 "mydrv!A+0x1\n01        a0 " SP1 "mydrv!B+0x2\n",
          "x64 K - 2-3\n2 #0 " ROW0 "mydrv!A+0x1\n3 #1 +a0 " ROW1 "mydrv!B+0x2\n");
    // a distance of eight digits, as at a change of stacks
    reads("  Memory  " HEAD "          " SP0 "mydrv!A+0x1\n12345678 " SP1 "mydrv!B+0x2\n",
          "x64 K - 2-3\n2 " ROW0 "mydrv!A+0x1\n3 +12345678 " ROW1 "mydrv!B+0x2\n");
    reads("  Memory  ChildEBP RetAddr\n         f7a41bd8 f8c012f4 a!B+0x1\n1234567f f7a41c7c "
          "f8c01418 "
          "a!C+0x2\n",
          "x86 K - 2-3\n2 f7a41bd8 > f8c012f4 a!B+0x1\n3 +1234567f f7a41c7c > f8c01418 a!C+0x2\n");
}

static void kc_has_names_only(void **state) {
    (void)state;
    reads("kd> kc\n # Call Site\n00 nt!KeBugCheckEx\n01 mydrv!Leaf\n",
          "? NO-POINTER kc 3-4\n3 #0 nt!KeBugCheckEx dashes\n4 #1 mydrv!Leaf dashes\n");
    reads("nt!KeBugCheckEx\nmydrv!Leaf\n", ""); // nobody says that this is a stack
}

static void kp_parameters_are_not_the_name(void **state) {
    (void)state;
    reads(HEAD SP0
          "mydrv!F(struct _IRP * Irp = 0xffffa38b`0c11e6c0, void (* f)(int) = 0x0)+0x1a [d:\\a "
          "b.c @ 7]\n",
          "x64 K - 2-2\n2 " ROW0 "mydrv!F+0x1a\n");
    // kP: one parameter a line
    reads("ChildEBP RetAddr\nf7a41bd8 f8c012f4 mydrv!Leaf(\n\t\t\tstruct _IRP * Irp = 0x82a31e70,\n"
          "\t\t\tint n = 0n5)+0x12 [d:\\x.c @ 12]\nf7a41c7c f8c01418 mydrv!Middle(void)+0x5e\n",
          "x86 K - 2-5\n2 f7a41bd8 > f8c012f4 mydrv!Leaf+0x12\n"
          "5 f7a41c7c > f8c01418 mydrv!Middle+0x5e\n");
    // parameters that never end leave the row and what follows it whole
    reads(
        "ChildEBP RetAddr\nf7a41bd8 f8c012f4 mydrv!Leaf(\nf7a41c7c f8c01418 mydrv!Middle+0x5e\n",
        "x86 K - 2-3\n2 f7a41bd8 > f8c012f4 mydrv!Leaf\n3 f7a41c7c > f8c01418 mydrv!Middle+0x5e\n");
}

static void x86_rows(void **state) {
    (void)state;
    reads("ChildEBP RetAddr  Args to Child\n"
          "f7a41bd8 f8c012f4 82a31e70 00000200 00000000 mydrv!Leaf+0x12 (FPO: [Non-Fpo]) (CONV: "
          "stdcall)\n"
          "f7a41d64 80543c0c 00000110 00000000 00000000 nt!KiFastCallEntry+0xf8 (FPO: [0,0] "
          "TrapFrame "
          "@ f7a41d64)\n"
          "f7a41d70 00000000 00000000 00000000 00000000 nt!KiTrap08+0x48 (FPO: TaskGate 28:0)\n"
          "f7a41d80 00000000 00000000 00000000 00000000 0x7c90eb94\n",
          "x86 ARGUMENTS - 2-5\n2 f7a41bd8 > f8c012f4 (82a31e70,200,0) mydrv!Leaf+0x12\n"
          "3 f7a41d64 > 80543c0c (110,0,0) nt!KiFastCallEntry+0xf8 trap @f7a41d64\n"
          "4 f7a41d70 > 0 (0,0,0) nt!KiTrap08+0x48 gate\n5 f7a41d80 > 0 (0,0,0) 0x7c90eb94 bare\n");
    reads("00 f7a41bd8 f8c012f4 mydrv!Leaf+0x12\n01 f7a41c7c f8c01418 mydrv!Middle+0x5e\n",
          "x86 K - 1-2\n1 #0 f7a41bd8 > f8c012f4 mydrv!Leaf+0x12\n"
          "2 #1 f7a41c7c > f8c01418 mydrv!Middle+0x5e\n");
}

static void inlined_functions_have_no_frame(void **state) {
    (void)state;
    reads(" # " HEAD "00 " SP0
          "mydrv!A+0x1\n01 (Inline Function) --------`-------- mydrv!I+0x3 [d:\\x.c @ "
          "9]\n02 (Inline)          --------             mydrv!J+0x4\n03 " SP1 "mydrv!B+0x2\n",
          "x64 K - 2-5\n2 #0 " ROW0 "mydrv!A+0x1\n3 #1 mydrv!I+0x3 inline dashes\n"
          "4 #2 mydrv!J+0x4 inline dashes\n5 #3 " ROW1 "mydrv!B+0x2\n");
    reads(" # " HEAD "00 ffffa38b`0c11e5b0  --------           mydrv!A+0x1\n",
          "x64 K - 2-2\n2 #0 ffffa38b0c11e5b0 mydrv!A+0x1 dashes\n");
}

static void call_sites(void **state) {
    (void)state;
    reads(HEAD SP0
          "CLASSPNP! ?? ::FNODOBFM::`string'+0x4bb3\n" SP0 "ql2300+0x69416\n" SP0
          "0xfffff800`12345678\n" SP0 "<Unloaded_old.sys>+0x12\n" SP0
          "a!std::map<int, std::less<int> >::find+0x10 (TrapFrame @ ffffa38b`0c11e5b0)\n" SP0
          "a!T::operator<+0x1\n" SP0 "a!T::operator()+0x2\n" SP0 "a!T::operator new[]+0x3\n" SP0
          "a!T::operator->+0x4\n" SP0 "a!`anonymous namespace'::f+0x5 <-- here it ends\n" SP0
          "my-drv.x64!<lambda_12ab>::operator()(int n = 0n3)+0x6\n",
          "x64 K - 2-12\n2 " ROW0 "CLASSPNP! ?? ::FNODOBFM::`string'+0x4bb3\n3 " ROW0
          "ql2300+0x69416\n4 " ROW0 "0xfffff800`12345678 bare\n5 " ROW0
          "<Unloaded_old.sys>+0x12\n6 " ROW0
          "a!std::map<int, std::less<int> >::find+0x10 trap @ffffa38b0c11e5b0\n7 " ROW0
          "a!T::operator<+0x1\n8 " ROW0 "a!T::operator()+0x2\n9 " ROW0
          "a!T::operator new[]+0x3\n10 " ROW0 "a!T::operator->+0x4\n11 " ROW0
          "a!`anonymous namespace'::f+0x5\n12 " ROW0 "my-drv.x64!<lambda_12ab>::operator()+0x6\n");
    const struct kss_listed_frame *rows = listing.stacks[0].frames;
    assert_string_equal(rows[0].module, "CLASSPNP");
    assert_string_equal(rows[1].module, "ql2300");
    assert_string_equal(rows[2].module, "");
    assert_string_equal(rows[3].module, "old.sys");
    assert_string_equal(rows[10].module, "my-drv.x64");
}

// ---- What people do to listings -----------------------------------------------------------------------

static const char two_rows[] = "x64 K - 1-2\n1 " ROW0 "a!B_C+0x1\n2 " ROW1 "a!D+0x2\n";

static void quotes_and_prefixes(void **state) {
    (void)state;
    static const char *const prefixes[] = {"> ",
                                           ">> ",
                                           "> > ",
                                           "| ",
                                           "\t",
                                           "    ",
                                           "* ",
                                           "[ 12.345] ",
                                           "12:34:56.789 ",
                                           "JD> ",
                                           "2024-01-02T03:04:05Z ",
                                           "Jan  2 12:34:56 host kernel: ",
                                           "host kdlog[4100]: ",
                                           "[2024-01-02 03:04:05] > "};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s" SP0 "a!B_C+0x1\n%s" SP1 "a!D+0x2\n", prefixes[i],
                 prefixes[i]);
        reads(text, two_rows);
    }
}

static void escapes(void **state) {
    (void)state;
    reads("ffffa38b\\`0c11e5b0 fffff80c\\`41a011f2 a!B\\_C+0x1\nffffa38b&#96;0c11e650 "
          "fffff80c&#x60;41a01377&nbsp;a!D+0x2\n",
          two_rows);
    reads("ffffa38b0c11e5b0 fffff80c41a011f2 a!B_C+0x1\nffffa38b\xE2\x80\x98"
          "0c11e650\xC2\xA0"
          "fffff80c'41a01377\t<b>a!D+0x2</b>\n",
          two_rows);
    reads("ffffa38b 0c11e5b0 fffff80c 41a011f2 a!B_C+0x1\nffffa38b 0c11e650 fffff80c 41a01377 "
          "a!D+0x2\n",
          two_rows);
    reads("<pre>" SP0 "a!B&lt;b&gt;::C&lt;int&gt;+0x1<br />" SP1 "a!Q<b>::D+0x2</pre>",
          "x64 K - 1-1\n1 " ROW0 "a!B<b>::C<int>+0x1\n1 " ROW1 "a!Q<b>::D+0x2\n");
    reads("ffffa38b`0c11e5b0 fffff80c`41a011f2 a!B&amp;lt;int&amp;gt;+0x1\n",
          "x64 K - 1-1\n1 " ROW0 "a!B<int>+0x1\n");
}

static void line_ends(void **state) {
    (void)state;
    reads(SP0 "a!B_C+0x1\r\n" SP1 "a!D+0x2\r\n", two_rows);
    reads(SP0 "a!B_C+0x1\r" SP1 "a!D+0x2", two_rows);
    reads(SP0 "a!B_C+0x1\r\r\n" SP1 "a!D+0x2\r\r\n", two_rows);
    reads("\xEF\xBB\xBF" SP0 "a!B_C+0x1\n" SP1 "a!D+0x2", two_rows);
    reads("\r\n\n\r", "");
    assert_int_equal(listing.line_count, 3);
}

static void utf16(void **state) {
    (void)state;
    static const char text[] = SP0 "a!B_C+0x1\r\n" SP1 "a!D+0x2\r\n";
    for (int mark = 0; mark < 2; mark++) {
        for (int big = 0; big < 2; big++) {
            char wide[2 * sizeof text] = {0};
            size_t length = 0;
            if (mark) {
                wide[length + (size_t)big] = '\xFF';
                wide[length + (size_t)!big] = '\xFE';
                length += 2;
            }
            for (const char *c = text; *c != '\0'; c++, length += 2)
                wide[length + (size_t)big] = *c;
            assert_string_equal(shape_of(wide, length), two_rows);
        }
    }
}

static void wrapped_lines(void **state) {
    (void)state;
    reads("STACK_TEXT:\n> " SP0
          ": 00000000`00000001 ffffa38b`0c11e6c0\n> 00000000`00000200 00000000`00000000 "
          ": a!B+0x1\n> " SP1 ": " ARGS ":\na!C+0x2\n" SP1 ": " ARGS "\n: CLASSPNP! ??\n"
          "::FNODOBFM::`string'+0x4bb3\n" SP1 ": " ARGS
          ": nt!D+0x3 (TrapFrame @\nffffa38b`0c11e650)\n",
          "x64 ARGUMENTS STACK_TEXT 2-9\n2 " ROW0 READ_ARGS "a!B+0x1\n4 " ROW1 READ_ARGS
          "a!C+0x2\n6 " ROW1 READ_ARGS "CLASSPNP! ?? ::FNODOBFM::`string'+0x4bb3\n9 " ROW1 READ_ARGS
          "nt!D+0x3 trap @ffffa38b0c11e650\n");
    reads("ChildEBP RetAddr  Args to Child\nf7a41bd8 f8c012f4 82a31e70 00000200\n00000000 a!B+0x12 "
          "(FPO:\n"
          "[0,0] TrapFrame @ f7a41d64)\nf7a41c7c f8c01418 00000001 00000002 00000003\na!C+0x5e\n",
          "x86 ARGUMENTS - 2-5\n2 f7a41bd8 > f8c012f4 (82a31e70,200,0) a!B+0x12 trap @f7a41d64\n"
          "5 f7a41c7c > f8c01418 (1,2,3) a!C+0x5e\n");
    reads(SP0 "a!B_C\n+0x1\n" SP1 "a!D+0x2\n",
          "x64 K - 1-3\n1 " ROW0 "a!B_C+0x1\n3 " ROW1 "a!D+0x2\n");
}

// ---- Where stacks end -------------------------------------------------------------------------------

static void blank_lines(void **state) {
    (void)state;
    reads(SP0 "a!B+0x1\n\n" SP1 "a!D+0x2\n", "x64 K - 1-3\n1 " ROW0 "a!B+0x1\n3 " ROW1 "a!D+0x2\n");
    reads(SP1 "a!B+0x1\n\n" SP0 "a!D+0x2\n", // pointers go down: another stack
          "x64 K - 1-1\n1 " ROW1 "a!B+0x1\nx64 K - 3-3\n3 " ROW0 "a!D+0x2\n");
    reads("00 " SP1 "a!B+0x1\n\n01 " SP0 "a!D+0x2\n", // the numbers go on
          "x64 K - 1-3\n1 #0 " ROW1 "a!B+0x1\n3 #1 " ROW0 "a!D+0x2\n");
}

static void other_lines(void **state) {
    (void)state;
    reads(SP0 "a!B+0x1\nand then\n" SP1 "a!D+0x2\n",
          "x64 K - 1-1\n1 " ROW0 "a!B+0x1\nx64 K - 3-3\n3 " ROW1 "a!D+0x2\n");
    reads("00 " SP0 "a!B+0x1\nthe next one is odd:\n01 " SP1 "a!D+0x2\n00 " SP1 "a!D+0x2\n",
          "x64 K - 1-3\n1 #0 " ROW0 "a!B+0x1\n3 #1 " ROW1 "a!D+0x2\nx64 K - 4-4\n4 #0 " ROW1
          "a!D+0x2\n");
    reads(SP0
          "a!B+0x1\n*** ERROR: Module load completed but symbols could not be loaded for q.sys\n"
          "WARNING: Stack unwind information not available. Following frames may be wrong.\n" SP1
          "q+0x2\n" HEAD SP1 "a!D+0x2\n",
          "x64 K - 1-4\n1 " ROW0 "a!B+0x1\n4 " ROW1 "q+0x2 warning\nx64 K - 6-6\n6 " ROW1
          "a!D+0x2\n");
    // x64 and x86 do not mix
    reads("00 " SP0 "a!B+0x1\n01 f7a41c7c f8c01418 a!C+0x5e\n",
          "x64 K - 1-1\n1 #0 " ROW0 "a!B+0x1\nx86 K - 2-2\n2 #1 f7a41c7c > f8c01418 a!C+0x5e\n");
}

static void what_only_looks_like_rows(void **state) {
    (void)state;
    reads("f7a41bd8  f8c012f4 a!B+0x12\nf7a41bdc  00000000\nf7a41be0  f8c012f8 a!B+0x16\n", "");
    reads("kd> dps f7a41bd8\nf7a41bd8  f8c012f4 a!B+0x12\nf7a41bdc  f8c012f4 a!B+0x12\n", "");
    reads("f8c01000 f8c05000   mydrv      (deferred)\n", "");
    reads("f8c012a0 8b442404        mov     eax,dword ptr [a!B+0x4 (f8c012a4)]\n", "");
    reads("fffff800`41a012a0 488b0d11223344  mov     rcx,qword ptr [a!B+0x4]\n", "");
    reads("the pointer fffff880`0b9c0f10 and fffff880`01486c7a of a!B+0x1\n", "");
    reads("0000 ffff0000 deadbeef\nffff0000 deadbeef\n", "");
    reads("f7a41bd8 f8c012f4 82a31e70 a!B+0x1\n", ""); // one argument: no row has that
}

// ---- Facts ------------------------------------------------------------------------------------------

static void number_is(const struct kss_listed_number *number, uint64_t value, uint32_t line) {
    assert_int_equal(number->value, value);
    assert_int_equal(number->line, line);
}

static void threads(void **state) {
    (void)state;
    reads("kd> !process 0 7\n"
          "THREAD ffffcb0812345080  Cid 0a10.0a2c  Teb: 000000c1d2e3f000 Win32Thread: "
          "0000000000000000 "
          "WAIT: (UserRequest) UserMode Non-Alertable\n    ffffcb0811112220  NotificationEvent\n"
          "Context Switch Count      57             IdealProcessor: 1   LargeStack\n"
          "Stack Init ffffa38b0c11fdd0 Current ffffa38b0c11f6f0\n"
          "Base ffffa38b0c120000 Limit ffffa38b0c11a000 Call 0000000000000000\n" HEAD_ARGS SP0
          ": " ARGS ": a!B+0x1\n"
          "        THREAD 827cf030  Cid 0a10.0a2c  Teb: 7ffde000 Win32Thread: 00000000 READY\n"
          "        Stack Init f7a42000 Current f7a41c20 Base f7a42000 Limit f7a3f000 Call 0\n"
          "        Kernel stack not resident.\n",
          "x64 ARGUMENTS !process 8-8\n8 " ROW0 READ_ARGS "a!B+0x1\n");
    const struct kss_listed_stack *stack = &listing.stacks[0];
    number_is(&stack->thread, UINT64_C(0xffffcb0812345080), 2);
    number_is(&stack->init, UINT64_C(0xffffa38b0c11fdd0), 5);
    number_is(&stack->current, UINT64_C(0xffffa38b0c11f6f0), 5);
    number_is(&stack->base, UINT64_C(0xffffa38b0c120000), 6);
    number_is(&stack->limit, UINT64_C(0xffffa38b0c11a000), 6);
    assert_true(stack->large);
    assert_false(stack->not_resident);
    assert_string_equal(stack->state, "WAIT: (UserRequest) UserMode Non-Alertable");
    assert_int_equal(listing.thread_count, 2);
    assert_int_equal(listing.threads[0].stack, 0);
    const struct kss_listed_thread *thread = &listing.threads[1];
    assert_int_equal(thread->stack, UINT32_MAX);
    assert_true(thread->not_resident);
    number_is(&thread->base, 0xf7a42000, 10);
    number_is(&thread->limit, 0xf7a3f000, 10);
}

static void facts_do_not_cross_a_prompt(void **state) {
    (void)state;
    reads("kd> !thread\nTHREAD 827cf030  Cid 0a10.0a2c  Teb: 7ffde000 Win32Thread: 00000000 READY\n"
          "Stack Init f7a42000 Current f7a41c20 Base f7a42000 Limit f7a3f000 Call 0\n"
          "kd> .thread 827cf060; kv\nf7a41bd8 f8c012f4 a!B+0x1\n",
          "x86 K kv 5-5\n5 f7a41bd8 > f8c012f4 a!B+0x1\n");
    assert_int_equal(listing.stacks[0].base.line, 0);
    assert_int_equal(listing.threads[0].stack, UINT32_MAX);
}

static void all_stacks(void **state) {
    (void)state;
    reads("kd> !stacks 2\nProc.Thread  .Thread  ThreadState  Blocker\n                 [82a00000 "
          "System]\n"
          "   4.000014  827cf030  Blocked    Stack paged out\n"
          "   4.00001c  827cfb10 0000123 Blocked    nt!KiSwapContext+0x2e\n"
          "                                     nt!KiSwapThread+0x8a\n"
          " a10.000a2c  fffffa8003ca9b50 Blocked    nt!KiSwapContext+0x7a\n",
          "x86 STACKS !stacks 5-6\n5 nt!KiSwapContext+0x2e dashes\n6 nt!KiSwapThread+0x8a dashes\n"
          "x64 STACKS !stacks 7-7\n7 nt!KiSwapContext+0x7a dashes\n");
    assert_int_equal(listing.thread_count, 3);
    assert_true(listing.threads[0].not_resident);
    number_is(&listing.threads[0].thread, 0x827cf030, 4);
    assert_string_equal(listing.stacks[0].state, "Blocked");
}

static void registers(void **state) {
    (void)state;
    reads("TRAP_FRAME:  fffff880009b9e70 -- (.trap 0xfffff880009b9e70)\n"
          "rax=0000000000000000 rbx=0000000000000000 rcx=0000000000000000\n"
          "rip=fffff88001482416 rsp=fffff8800b9c0f10 rbp=0000000000000001\n"
          "kd> .tss 28\neax=00000000 ebx=82a31e70\n"
          "eip=f8c012a0 esp=f7a3f004 ebp=f7a3f0b0 iopl=0         nv up ei pl zr na pe nc\n",
          "");
    assert_int_equal(listing.trap_count, 2);
    const struct kss_listed_trap *trap = &listing.traps[0];
    number_is(&trap->frame, UINT64_C(0xfffff880009b9e70), 1);
    number_is(&trap->ip, UINT64_C(0xfffff88001482416), 3);
    number_is(&trap->sp, UINT64_C(0xfffff8800b9c0f10), 3);
    number_is(&trap->bp, 1, 3);
    assert_int_equal(trap->line, 2);
    assert_false(trap->task);
    assert_true(trap[1].task);
    number_is(&trap[1].sp, 0xf7a3f004, 6);
    assert_int_equal(trap[1].frame.line, 0); // a selector is no address
    reads("kd> .trap fffff880`009b9e70\nrip=fffff88001482416 rsp=fffff8800b9c0f10\n", "");
    number_is(&listing.traps[0].frame, UINT64_C(0xfffff880009b9e70), 1);
}

static void bug_is(uint64_t code, unsigned count, uint64_t first, uint64_t last) {
    assert_true(listing.bugcheck.code.line > 0);
    assert_int_equal(listing.bugcheck.code.value, code);
    assert_int_equal(listing.bugcheck.count, count);
    assert_int_equal(listing.bugcheck.parameters[0].value, first);
    assert_int_equal(listing.bugcheck.parameters[3].value, last);
}

static void bug_checks(void **state) {
    (void)state;
    reads("*** Fatal System Error: 0x0000007f\n        (0x00000008,0x80042000,\n "
          "0x00000001,0x00000002)\n",
          "");
    bug_is(0x7F, 4, 8, 2);
    number_is(&listing.bugcheck.parameters[2], 1, 3);
    reads("*** STOP: 0x0000007F (0x00000008, 0x80042000, 0x00000000, 0x00000003)\n", "");
    bug_is(0x7F, 4, 8, 3);
    reads("BugCheck 1000007F, {8, 80050033, 6f8, fffff80001cf2f69}\n", "");
    bug_is(0x1000007F, 4, 8, UINT64_C(0xfffff80001cf2f69));
    reads("Bugcheck code 0000007F\nArguments 00000000`00000008 00000000`00000001 2 "
          "00000000`00000003\n",
          "");
    bug_is(0x7F, 4, 8, 3);
    reads("The computer has rebooted.  The bugcheck was: 0x000000d1 (0x1, 0x2, 0x3, 0x4). A dump\n",
          "");
    bug_is(0xD1, 4, 1, 4);
    reads("; bug check: 0x7F (8, 80050033, 406f8, fffff88001482416)\n", "");
    bug_is(0x7F, 4, 8, UINT64_C(0xfffff88001482416));
    reads("UNEXPECTED_KERNEL_MODE_TRAP (7f)\nArg1: 0000000000000008, EXCEPTION_DOUBLE_FAULT\nArg2: "
          "1\n"
          "Arg3: 2\nArg4: 3\n",
          "");
    bug_is(0x7F, 4, 8, 3);
    assert_string_equal(listing.bugcheck.remark[0], "EXCEPTION_DOUBLE_FAULT");
    // the last that says it: another code makes the parameters void
    reads("BugCheck 7F, {8, 1, 2, 3}\nDRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\n", "");
    assert_int_equal(listing.bugcheck.code.value, 0xD1);
    assert_int_equal(listing.bugcheck.count, 0);
    reads("An IRQL of 2 (7f) is not what STOP means\n", "");
    assert_int_equal(listing.bugcheck.code.line, 0);
}

static void bounds(void **state) {
    (void)state;
    reads("; thread stack base: fffff8800b9c7000\n; thread stack limit: fffff8800b9c1000\n", "");
    number_is(&listing.base, UINT64_C(0xfffff8800b9c7000), 1);
    number_is(&listing.limit, UINT64_C(0xfffff8800b9c1000), 2);
    reads("   +0x028 InitialStack     : 0xfffff880`0b9c6db0 Void\n"
          "   +0x030 StackLimit       : 0xfffff880`0b9c1000 Void\n"
          "   +0x278 StackBase        : 0xfffff880`0b9c7000 Void\n",
          "");
    number_is(&listing.base, UINT64_C(0xfffff8800b9c7000), 3);
    number_is(&listing.limit, UINT64_C(0xfffff8800b9c1000), 2);
    reads("STACK_OVERFLOW: Stack Limit: ffffa38b0c11a000. Use (kF) and (!stackusage)\n", "");
    number_is(&listing.limit, UINT64_C(0xffffa38b0c11a000), 1);
    reads("    NtTib.StackBase: 8054a4f0\n   NtTib.StackLimit: 805476f0\n", ""); // x86
    number_is(&listing.base, 0x8054a4f0, 1);
    number_is(&listing.limit, 0x805476f0, 2);
    // x64's !pcr shows other things there, a TEB has a user's stack
    reads("    NtTib.StackBase: fffff80000b96080\n   NtTib.StackLimit: 000000000008e2d8\n"
          "   +0x008 StackBase        : 0x00000000`00130000 Void\n    StackLimit:           "
          "0012a000\n",
          "");
    assert_int_equal(listing.base.line, 0);
    assert_int_equal(listing.limit.line, 0);
}

static void versions(void **state) {
    (void)state;
    reads("Windows 7 Kernel Version 7601 (Service Pack 1) MP (8 procs) Free x64\n", "");
    assert_string_equal(listing.os, "Windows 7 7601");
    assert_int_equal(listing.build, 7601);
    reads("BUILD_VERSION_STRING:  10.0.19041.1 (WinBuild.160101.0800)\n", "");
    assert_int_equal(listing.build, 19041);
    reads("Built by: 7601.17640.amd64fre.win7sp1_gdr.110622-1506\n", "");
    assert_int_equal(listing.build, 7601);
    reads("Windows 10 Kernel Version 22621 MP (8 procs) Free ARM 64-bit (AArch64)\n" HEAD SP0
          "a!B+0x1\n",
          "arm64 K - 3-3\n3 " ROW0 "a!B+0x1\n");
    reads("STACK_COMMAND:  .tss 0x28 ; kb\nExceptionAddress: f8c012a0 (a!B+0x1)\n   ExceptionCode: "
          "c00000fd "
          "(Stack overflow)\nquitting\n",
          "");
    assert_string_equal(listing.stack_command, ".tss 0x28 ; kb");
    number_is(&listing.exception, 0xc00000fd, 3);
    number_is(&listing.exception_at, 0xf8c012a0, 2);
    assert_true(listing.truncated_by_debugger);
}

// ---- Strange input ------------------------------------------------------------------------------------

static void odd_bytes(void **state) {
    (void)state;
    assert_string_equal(shape_of(NULL, 0), "");
    assert_int_equal(listing.line_count, 0);
    assert_string_equal(shape_of("\0\0\0\0", 4), "");
    assert_string_equal(shape_of("\xFF\xFE\x00", 3), "");
    reads("ffffa38b`0c11e5b00 fffff80c`41a011f2 a!B+0x1\n", ""); // 17 digits
    reads(SP0 "a!B+0x11112222333344445\n", "x64 K - 1-1\n1 " ROW0 "a!B+0x11112222333344445\n");
    reads("00000000000000000000000000000000000001 " SP0 "a!B+0x1\n", "");
    reads(SP0 "a!operator( +0x1\n" SP0 "a!operator", // signs that are none
          "x64 K - 1-2\n1 " ROW0 "a!operator+0x1\n2 " ROW0 "a!operator\n");
    reads("&#1114112;&#x;&#;&;&amp;&amp;amp;<b <b/> </b", "");
}

// What would be slow if anything were looked at more than a few times.
static void long_lines(void **state) {
    (void)state;
    static const char *const parts[] = {"<",   "&amp;", "`",  "(",  "a!b(",        "\r",
                                        "> ",  "00 ",   SP0,  "<b", "a!operator<", SP0 "a!f(\n",
                                        "\\`", "[",     " [", ":",  "+0x"};
    enum { LENGTH = 2 * 1000 * 1000 };
    char *text = malloc(LENGTH);
    for (size_t i = 0; i < 2 * (sizeof parts / sizeof *parts); i++) {
        const char *part = parts[i / 2], *row = SP0 "a!b";
        size_t length = strlen(part), begin = i % 2 == 0 ? 0 : strlen(row); // or as a call site
        memcpy(text, row, begin);
        for (size_t at = begin; at < LENGTH; at++)
            text[at] = part[(at - begin) % length];
        shape_of(text, LENGTH);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k_of_x64),
        cmocka_unit_test(kv_of_x64),
        cmocka_unit_test(kb_of_x64_has_no_pointers),
        cmocka_unit_test(kn_counts_in_hex),
        cmocka_unit_test(kf_has_distances),
        cmocka_unit_test(kc_has_names_only),
        cmocka_unit_test(kp_parameters_are_not_the_name),
        cmocka_unit_test(x86_rows),
        cmocka_unit_test(inlined_functions_have_no_frame),
        cmocka_unit_test(call_sites),
        cmocka_unit_test(quotes_and_prefixes),
        cmocka_unit_test(escapes),
        cmocka_unit_test(line_ends),
        cmocka_unit_test(utf16),
        cmocka_unit_test(wrapped_lines),
        cmocka_unit_test(blank_lines),
        cmocka_unit_test(other_lines),
        cmocka_unit_test(what_only_looks_like_rows),
        cmocka_unit_test(threads),
        cmocka_unit_test(facts_do_not_cross_a_prompt),
        cmocka_unit_test(all_stacks),
        cmocka_unit_test(registers),
        cmocka_unit_test(bug_checks),
        cmocka_unit_test(bounds),
        cmocka_unit_test(versions),
        cmocka_unit_test(odd_bytes),
        cmocka_unit_test(long_lines),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
