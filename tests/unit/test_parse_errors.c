// SPDX-License-Identifier: MIT
// One mistake, one message, with the right place; and the parser goes on behind it.
#include "script_rig.h"

#define BODY(text) "routine F() {\n" text "\n}\nthread T { F(); }\n"

static void semicolons(void **state) {
    (void)state;
    expect_diags(BODY("    x = 1\n    y = 2;"), "KSS0020 2:10 expected `;`, found `y`");
    expect_diags(BODY("    x = 1"), "KSS0020 2:10 expected `;`, found `}`");
    expect_diags(BODY("    x = 1 2;\n    y = 3 4;"), "KSS0020 2:11 expected `;`, found `2`\n"
                                                     "KSS0020 3:11 expected `;`, found `4`");
    expect_diags("machine x86\nthread T { }", "KSS0020 1:12 expected `;`, found `thread`");
    expect_diags(BODY("    KEVENT e\n    f();"), "KSS0020 2:13 expected `;`, found `f`");
    expect_diags(BODY("    return 1\n    break\n    f()"),
                 "KSS0020 2:13 expected `;`, found `break`\n"
                 "KSS0020 3:10 expected `;`, found `f`\n"
                 "KSS0020 4:8 expected `;`, found `}`");
}

static void misspelled(void **state) {
    (void)state;
    expect_diags("rutine F() { x(; }\nthread T { }",
                 "KSS0021 1:1 unknown word `rutine` | help: did you mean `routine`?");
    expect_diags("machne x86;",
                 "KSS0021 1:1 unknown word `machne` | help: did you mean `machine`?");
    expect_diags("Thread T { }",
                 "KSS0021 1:1 unknown word `Thread` | help: did you mean `thread`?");
    expect_diags("expct clean;", "KSS0021 1:1 unknown word `expct` | help: did you mean `expect`?");
    expect_diags("tyepdef int a;",
                 "KSS0021 1:1 unknown word `tyepdef` | help: did you mean `typedef`?");
    expect_diags(
        BODY("    afer 30s dpc G();\n    cal f { }\n    wirte x;\n    reapeat (3) { f(); }"),
        "KSS0021 2:5 unknown word `afer` | help: did you mean `after`?\n"
        "KSS0021 3:5 unknown word `cal` | help: did you mean `call`?\n"
        "KSS0021 4:5 unknown word `wirte` | help: did you mean `write`?\n"
        "KSS0021 5:5 unknown word `reapeat` | help: did you mean `repeat`?");
    expect_diags(BODY("    retrun x;\n    whlie (x) { f(); }\n    swich (x) { }\n    f();"),
                 "KSS0021 2:5 unknown word `retrun` | help: did you mean `return`?\n"
                 "KSS0021 3:5 unknown word `whlie` | help: did you mean `while`?\n"
                 "KSS0021 4:5 unknown word `swich` | help: did you mean `switch`?");
    expect_diags(
        "routine F() fram(3) { }\nroutine G() pagable { }",
        "KSS0020 1:13 expected `{` or `;`, found `fram` | help: did you mean `frame`?\n"
        "KSS0020 2:13 expected `{` or `;`, found `pagable` | help: did you mean `pageable`?");
    expect_diags(
        "at 30s dcp F();\nat 1s apc usr T F();\nat 1s dma raed x;",
        "KSS0020 1:8 expected an event (`dpc`, `interrupt`, `signal`, ...), found `dcp` | help: "
        "did you mean `dpc`?\n"
        "KSS0020 2:11 expected `user`, `kernel` or `special`, found `usr` | help: did you mean "
        "`user`?\n"
        "KSS0020 3:11 expected `read` or `write`, found `raed`");
    expect_diags(
        "expect cleen;\nexpect thread T exit;\nexpect stack T 3;",
        "KSS0020 1:8 expected an outcome (`clean`, `bugcheck`, `hazard`, ...), found `cleen` | "
        "help: did you mean `clean`?\n"
        "KSS0020 2:17 expected `exits` or `waits`, found `exit` | help: did you mean `exits`?\n"
        "KSS0020 3:16 expected `<`, `<=`, `>`, `>=`, `==` or `!=`, found `3`");
    // No resemblance, no guess; capitals are macros or types.
    expect_diags(BODY("    WRITE x;\n    Gadget y;"), "");
}

static void headers(void **state) {
    (void)state;
    expect_diags(
        BODY("    if (a b) { c d; } else e();\n    f(a b);"),
        "KSS0020 2:11 expected `)`, found `b`\nKSS0020 3:9 expected `,` or `)`, found `b`");
    expect_diags(BODY("    if (x {\n        y();\n    }\n    z();"),
                 "KSS0020 2:11 expected `)`, found `{`");
    expect_diags(BODY("    while x { }\n    for (i = 0, i < 3; i++) f();\n    g();"),
                 "KSS0020 2:11 expected `(`, found `x`\nKSS0020 3:27 expected `;`, found `)`");
    expect_diags(BODY("    do f(); whle (x);\n    g();"),
                 "KSS0020 2:13 expected `while`, found `whle`");
    expect_diags("routine G( { }\nroutine H(ULONG x y) { z w v; }",
                 "KSS0020 1:12 expected a parameter, found `{`\n"
                 "KSS0020 2:19 expected `,` or `)`, found `y`\n"
                 "KSS0020 2:28 expected `;`, found `v`");
}

static void expressions(void **state) {
    (void)state;
    expect_diags(BODY("    x = ;\n    y = a + ;\n    f(1,);\n    a[;\n    p->;\n    z();"),
                 "KSS0020 2:9 expected an expression, found `;`\n"
                 "KSS0020 3:13 expected an expression, found `;`\n"
                 "KSS0020 4:9 expected an expression, found `)`\n"
                 "KSS0020 5:7 expected an expression, found `;`\n"
                 "KSS0020 6:8 expected the name of a field, found `;`");
    expect_diags(BODY("    x = a ? b;\n    F(..., 1);\n    x = buf[0 .. 3];"),
                 "KSS0020 2:14 expected `:`, found `;`\n"
                 "KSS0034 3:7 `...` stands only last in a list\n"
                 "KSS0033 4:15 a range stands only on the last index of what is touched");
    expect_diags(BODY("    x = return;\n    y = };"),
                 "KSS0020 2:9 expected an expression, found `return`\n"
                 "KSS0020 3:9 expected an expression, found `}`\n"
                 "KSS0024 4:1 `}` closes nothing");
}

static void braces(void **state) {
    (void)state;
    expect_diags(
        "routine F() {\n    if (x) {\n        y();\n\nroutine G() { q(); }\n\nexpect clean;\n",
        "KSS0025 5:1 `routine` begins an item: a `}` is missing before it");
    expect_diags("routine F() { x(); } }\nexpect clean;", "KSS0024 1:22 `}` closes nothing");
    expect_diags("routine F() {\n  {\n    x();\n", "KSS0023 2:3 `{` is never closed");
    expect_diags("struct S { int a;", "KSS0020 1:18 expected `}`, found the end of the file");
    expect_diags("struct S {\n    int a;\n\nroutine F() { x y z; }",
                 "KSS0025 4:1 `routine` begins an item: a `}` is missing before it\n"
                 "KSS0020 4:19 expected `;`, found `z`");
    expect_diags("routine F() { thread T { } }\nexpect clean;",
                 "KSS0026 1:15 `thread` begins an item, items stand outside routines and threads\n"
                 "KSS0024 1:28 `}` closes nothing");
    expect_diags("int a[] = { 1, 2\n",
                 "KSS0020 2:1 expected `,` or `}`, found the end of the file");
    expect_diags("routine F() {", "KSS0023 1:13 `{` is never closed");
    expect_diags("routine F(", "KSS0020 1:11 expected a parameter, found the end of the file");
    expect_diags("extern \"C\" {\nint a;", "KSS0023 1:12 `{` is never closed");
}

static void misplaced(void **state) {
    (void)state;
    expect_diags(BODY("    else x();\n    y();"), "KSS0027 2:5 `else` without `if`");
    expect_diags(BODY("    __except (1) { }\n    y();"),
                 "KSS0029 2:5 `__except` without a try block");
    expect_diags(BODY("    __try { }\n    y();"),
                 "KSS0028 2:5 `__try` has neither an except nor a finally block");
    expect_diags(BODY("    try { }\n    y();"),
                 "KSS0028 2:5 `try` has neither an except nor a finally block");
    expect_diags("foo(1);\nx = 3;\nreturn;\nif (x) { }\nexpect clean;",
                 "KSS0035 1:1 a statement stands outside every routine and thread\n"
                 "KSS0035 2:1 a statement stands outside every routine and thread\n"
                 "KSS0035 3:1 a statement stands outside every routine and thread\n"
                 "KSS0035 4:1 a statement stands outside every routine and thread");
    expect_diags("mydrv!G() { }",
                 "KSS0020 1:1 expected an item, found `mydrv!G` | help: a routine is "
                 "written `routine mydrv!G(...)`");
    expect_diags(
        "routine NTSTATUS F() { }\nroutine void G();",
        "KSS0031 1:9 `routine` takes no result type | help: leave out `routine`, or the type\n"
        "KSS0031 2:9 `routine` takes no result type | help: leave out `routine`, or the type");
    expect_diags("int thread;\nthread App { x y z; }\nexpect clean;",
                 "KSS0030 2:1 `thread` is a name here, so it is not a scenario word");
    expect_diags("42;", "KSS0020 1:1 expected an item, found `42`");
}

static void not_in_the_language(void **state) {
    (void)state;
    expect_diags(BODY("    float x;\n    double y = 1;\n    unsigned void z;\n    long char c;"),
                 "KSS0013 2:5 floating point is not in the language\n"
                 "KSS0013 3:5 floating point is not in the language\n"
                 "KSS0032 4:5 invalid type: these words do not go together\n"
                 "KSS0032 5:5 invalid type: these words do not go together");
    expect_diags(BODY("    int (*f)(int);\n    int g(int);\n    PVOID h(x);\n    k();"),
                 "KSS0040 2:9 function pointers and parenthesised names are not declared here\n"
                 "KSS0043 3:10 a routine cannot be declared inside a routine\n"
                 "KSS0043 4:12 a routine cannot be declared inside a routine");
    expect_diags("typedef VOID (*PF)(int);\ntypedef VOID F(int);\nint x;",
                 "KSS0040 1:14 function pointers and parenthesised names are not declared here\n"
                 "KSS0040 2:15 function pointers and parenthesised names are not declared here");
    expect_diags("struct S { int a : 3; int b; VOID (*f)(int); };\nint c : 4;",
                 "KSS0041 1:18 bit-fields are not in the language\n"
                 "KSS0040 1:35 function pointers and parenthesised names are not declared here\n"
                 "KSS0041 2:7 bit-fields are not in the language");
    expect_diags(
        BODY("    int a[] = { [0] = 1 };\n    struct _S s = { .x = 1, .y = { 2 } };\n    k();"),
        "KSS0044 2:17 designated initializers are not in the language\n"
        "KSS0044 3:21 designated initializers are not in the language");
    expect_diags(BODY("    x = (PVOID){ 1 };\n    __asm { int 3 }\n    __asm nop;\n    k();"),
                 "KSS0045 2:9 compound literals are not in the language\n"
                 "KSS0046 3:5 inline assembly is not in the language\n"
                 "KSS0046 4:5 inline assembly is not in the language");
    expect_diags(
        "NTSTATUS F(a, b) PVOID a; ULONG b; { return x y; }",
        "KSS0042 1:12 old-style parameter lists are not in the language | help: write the types "
        "inside the parentheses\n"
        "KSS0020 1:47 expected `;`, found `y`");
    expect_diags(
        "#define F(x) x\n#define G (x)\n",
        "KSS0047 1:9 macros with parameters are not in the language | help: write a routine");
    expect_diags("VOID F(static int a);\nstruct S { extern int a; int b; };\nroutine G() { "
                 "(typedef int)1; }",
                 "KSS0032 1:8 invalid type: a storage class stands in it\n"
                 "KSS0032 2:12 invalid type: a storage class stands in it\n"
                 "KSS0032 3:16 invalid type: a storage class stands in it");
    expect_diags("struct S { };\nenum E { };", "KSS0020 1:12 expected a member, found `}`\n"
                                               "KSS0020 2:10 expected a name, found `}`");
}

static void hash_lines(void **state) {
    (void)state;
    expect_diags(BODY("    Foo(a,\n#if DBG\n    b,\n#else\n    c,\n#endif\n    d);\n    x y z;"),
                 "KSS0051 3:1 a # line cannot stand inside an expression\n"
                 "KSS0020 9:9 expected `;`, found `z`");
    expect_diags(
        BODY("    if (x)\n#if DBG\n    b();\n#else\n    c();\n#endif\n    ok();"),
        "KSS0051 3:1 a # line cannot stand inside a statement without braces | help: put `{` "
        "before it and `}` behind what it governs");
    expect_diags("routine F(int a,\n#if DBG\nint b,\n#endif\nint c) { x y z; }",
                 "KSS0051 2:1 a # line cannot stand inside a parameter list\n"
                 "KSS0020 5:14 expected `;`, found `z`");
    expect_diags("struct S {\n#if A\nint a;\n#endif\nint b;\n};\nenum E { A,\n#if X\nB,\n#endif\nC "
                 "};\nint x;",
                 "KSS0051 2:1 a # line cannot stand inside a structure\n"
                 "KSS0051 8:1 a # line cannot stand inside a declaration");
    expect_diags(BODY("#if A\n    if (x) {\n#else\n    if (y) {\n#endif\n    }"),
                 "KSS0054 4:1 `#else` splits a block: its `}` lies on the other side");
    expect_diags("#if A\nint x;\n", "KSS0052 1:1 `#if` without `#endif`");
    expect_diags("int x;\n#endif\n#else\n#elif 1\nint y;",
                 "KSS0053 2:1 `#endif` without `#if`\nKSS0053 3:1 `#else` without `#if`\n"
                 "KSS0053 4:1 `#elif` without `#if`");
    expect_diags("#if A\n#else\n#else\n#endif\nint y;", "KSS0053 3:1 `#else` without `#if`");
    expect_diags(
        "#if\n#endif\n#if 1 2\n#endif\n#ifdef\n#endif\n#define\n#define 3\n#define N 1 2\nint y;",
        "KSS0020 1:4 expected an expression, found the end of the line\n"
        "KSS0020 3:7 expected the end of the line, found `2`\n"
        "KSS0020 5:7 expected a name, found the end of the line\n"
        "KSS0020 7:8 expected a name, found the end of the line\n"
        "KSS0020 8:9 expected a name, found `3`\n"
        "KSS0020 9:13 expected the end of the line, found `2`");
    expect_diags(
        "#pragma alloc_text PAGE\n#pragma alloc_text(PAGE, 3)\nint x;",
        "KSS0020 1:20 expected `(`, found `PAGE`\nKSS0020 2:26 expected a name, found `3`");
}

static void arms(void **state) {
    (void)state;
    expect_diags("#if DBG\n#error no\n#endif", "KSS0050 2:1 `#error` is not in the language");
    expect_diags("#if 1\n#error no\n#endif", "KSS0050 2:1 `#error` is not in the language");
    expect_diags("#if 0\n $", "KSS0052 1:1 `#if` without `#endif`");
    expect_diags("#if 0\n $ /* \n#endif", "KSS0005 2:4 comment without an end");
    expect_diags("#if 0\n$\n#else\n$\n#endif\nint x",
                 "KSS0001 4:1 `$` does not belong in a scenario\n"
                 "KSS0020 6:6 expected `;`, found the end of the file");
    expect_diags("#if 0\n#else\n#else\n#endif", "KSS0053 3:1 `#else` without `#if`");
    expect_diags("#define A 1\n#undef A\nint x = A;\nint A = 3;\nint z = A;",
                 "KSS0055 3:9 `A` is used behind its #undef");
    expect_diags("#define A 1\n#if DBG\n#undef A\n#endif\n#ifdef A\n#endif\n",
                 "KSS0055 5:8 `A` is used behind its #undef");
    expect_diags("#undef 3\n#undef\n#undef A B",
                 "KSS0020 1:8 expected a name, found `3`\n"
                 "KSS0020 2:7 expected a name, found the end of the line\n"
                 "KSS0020 3:10 expected the end of the line, found `B`");
    expect_diags("#define Mine(a) (a)\n#define L 1, 2",
                 "KSS0047 1:9 macros with parameters are not in the language | help: write a "
                 "routine\nKSS0020 2:12 expected the end of the line, found `,`");
}

// An item inside a body shows where the body began.
static void missing_brace(void **state) {
    (void)state;
    struct script_rig rig;
    rig_parse(&rig, "routine F() {\n    if (x) {\n\nthread T { }\n");
    assert_int_equal(rig.diags.count, 1);
    assert_int_equal(rig.diags.items[0].cause_count, 1);
    assert_int_equal(rig.diags.items[0].causes[0].span.begin, 12);
    rig_free(&rig);
    rig_parse(&rig, "routine F() {\n    x;\nVOID G(VOID) { }\n}\n");
    assert_int_equal(rig.diags.count, 1);
    assert_int_equal(rig.diags.items[0].cause_count, 1);
    assert_int_equal(rig.diags.items[0].causes[0].span.begin, 12);
    rig_free(&rig);
}

static void lexical(void **state) {
    (void)state;
    // The parser is silent where the lexer has spoken.
    expect_diags(BODY("    x = \"abc;\n    y z w;"),
                 "KSS0006 2:9 string without an end\nKSS0020 3:9 expected `;`, found `w`");
    expect_diags(BODY("    f('a);\n    g();"), "KSS0007 2:7 character constant without an end");
    expect_diags(BODY("    x = $;\n    y = 09;"),
                 "KSS0001 2:9 `$` does not belong in a scenario\n"
                 "KSS0010 3:9 invalid number `09` | help: a number that begins with 0 is octal");
    expect_diags("routine F() { /* ", "KSS0005 1:15 comment without an end");
    expect_diags(BODY("    x = \"\\q\";\n    y = \"\\x\";"),
                 "KSS0009 2:10 unknown escape sequence `\\q`\n"
                 "KSS0009 3:10 unknown escape sequence `\\x`");
}

static void settings(void **state) {
    (void)state;
    expect_diags("module;\nframe = 3;\ndevice D = ;\ndriver X { IRP = 3; }\nmachine x86 { stack 3; "
                 "page = ; }\nint y;",
                 "KSS0020 1:7 expected the name of a module, found `;`\n"
                 "KSS0020 2:7 expected the name of a routine, found `=`\n"
                 "KSS0020 3:12 expected the name of a driver, found `;`\n"
                 "KSS0020 4:16 expected `:`, found `=`\n"
                 "KSS0020 5:21 expected `=`, found `3`");
    expect_diags("thread { }\nthread T(3) { }\nthread U f();\nint y;",
                 "KSS0020 1:8 expected the name of a thread, found `{`\n"
                 "KSS0020 2:10 expected the name of a setting, found `3`\n"
                 "KSS0020 3:10 expected `{`, found `f`");
}

static void alignment_is_a_warning(void **state) {
    (void)state;
    struct script_rig rig;
    rig_parse(
        &rig,
        "struct DECLSPEC_ALIGN(8) S { int a; };\ntypedef struct __declspec(align(16)) T { int "
        "b; } T;\n__declspec(noinline) VOID F();");
    assert_string_equal(rig_diags(&rig),
                        "KSS0060 1:8 `DECLSPEC_ALIGN` is skipped: structures keep "
                        "their natural alignment\n"
                        "KSS0060 2:16 `__declspec` is skipped: structures keep their "
                        "natural alignment");
    assert_true(rig.tree.ok);
    rig_free(&rig);
}

static void too_many(void **state) {
    (void)state;
    struct kss_text text = {0};
    kss_text_str(&text, "routine F() {\n");
    for (int i = 0; i < 100; i++)
        kss_text_str(&text, "    x y z;\n");
    kss_text_str(&text, "}\n");
    struct script_rig rig;
    rig_parse(&rig, text.bytes);
    assert_int_equal(rig.diags.count, 21); // 20 and the line that says so
    assert_string_equal(rig.diags.items[20].message,
                        "too many errors: only the first 20 are shown");
    assert_false(rig.tree.ok);
    rig_free(&rig);
    kss_text_free(&text);
}

// Looking ahead finds a bad byte before the mistake in front of it: the list is in the file's order.
static void in_order(void **state) {
    (void)state;
    expect_diags("int ) $;\n", "KSS0020 1:5 expected a name, found `)`\n"
                               "KSS0001 1:7 `$` does not belong in a scenario");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(semicolons),
        cmocka_unit_test(misspelled),
        cmocka_unit_test(headers),
        cmocka_unit_test(expressions),
        cmocka_unit_test(braces),
        cmocka_unit_test(misplaced),
        cmocka_unit_test(not_in_the_language),
        cmocka_unit_test(hash_lines),
        cmocka_unit_test(arms),
        cmocka_unit_test(missing_brace),
        cmocka_unit_test(lexical),
        cmocka_unit_test(settings),
        cmocka_unit_test(alignment_is_a_warning),
        cmocka_unit_test(too_many),
        cmocka_unit_test(in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
