// SPDX-License-Identifier: MIT
// The canonical form. Every text here is also checked for what must hold of any (format_rig.h).
#include "script_rig.h"

#include "base/os.h"
#include "format_rig.h"

static void formats_(const char *source, const char *wanted, const char *file, int line) {
    struct kss_text out = {0};
    bool formatted;
    const char *problem = format_problem(source, strlen(source), &formatted);
    assert_true(format_bytes(source, strlen(source), &out));
    _assert_string_equal(out.bytes, wanted, file, line);
    _assert_string_equal(problem != NULL ? problem : "", "", file, line);
    kss_text_free(&out);
}
#define formats(source, wanted) formats_((source), (wanted), __FILE__, __LINE__)
#define stays(text)             formats_((text), (text), __FILE__, __LINE__)

static void statements(void **state) {
    (void)state;
    formats("routine F(){x=1;y=2;}", "routine F() {\n    x = 1;\n    y = 2;\n}\n");
    formats("routine F()\n{\nif(a)b;else if(c){d;}else e;\n}",
            "routine F() {\n    if (a)\n        b;\n    else if (c) {\n        d;\n    } else\n    "
            "    e;\n}\n");
    formats("routine F(){for(i=0;i<3;i++)f();while(x){g();}do{h();}while(y);do i();while(z);}",
            "routine F() {\n    for (i = 0; i < 3; i++)\n        f();\n    while (x) {\n        "
            "g();\n    }\n"
            "    do {\n        h();\n    } while (y);\n    do\n        i();\n    while (z);\n}\n");
    formats(
        "routine F(){switch(x){case 1:case 2:a;break;default:b;}out:c;return;}",
        "routine F() {\n    switch (x) {\n    case 1:\n    case 2:\n        a;\n        break;\n"
        "    default:\n        b;\n    }\nout:\n    c;\n    return;\n}\n");
    formats("routine F(){switch(x){case 1:{a;}break;}}",
            "routine F() {\n    switch (x) {\n    case 1: {\n        a;\n    }\n        break;\n   "
            " }\n}\n");
    formats("routine F(){__try{a;}__except(1){b;}try{c;}finally{d;}}",
            "routine F() {\n    __try {\n        a;\n    } __except (1) {\n        b;\n    }\n    "
            "try {\n"
            "        c;\n    } finally {\n        d;\n    }\n}\n");
    formats("routine F(){{a;}{}}", "routine F() {\n    {\n        a;\n    }\n    {}\n}\n");
    formats("routine F(){while(x);;}", "routine F() {\n    while (x)\n        ;\n    ;\n}\n");
    formats("routine F(){...;x;...}", "routine F() {\n    ...;\n    x;\n    ...\n}\n");
}

static void scenario_words(void **state) {
    (void)state;
    formats("routine F(){repeat(3)f();after 30s..60s dpc G(&x);write buf[0..63];read*p;}",
            "routine F() {\n    repeat (3)\n        f();\n    after 30s .. 60s dpc G(&x);\n"
            "    write buf[0 .. 63];\n    read *p;\n}\n");
    formats(
        "thread T{call a frame(3) call m!b frame ( 0x10 )call \"c+1\"{x;}}",
        "thread T {\n    call a frame(3)\n    call m!b frame(0x10)\n    call \"c+1\" { x; }\n}\n");
    formats("thread T { call a call b frame(4); }",
            "thread T {\n    call a\n    call b frame(4);\n}\n");
    formats("machine x64-xsave{stack=24K;swap=balance-set;}machine x86 { page = 4K; }",
            "machine x64-xsave {\n    stack = 24K;\n    swap = balance-set;\n}\n"
            "machine x86 { page = 4K; }\n");
    formats("thread App (priority=8,system) { f(); } thread B{f();g();}",
            "thread App(priority = 8, system) { f(); }\nthread B {\n    f();\n    g();\n}\n");
    formats("driver D{IRP_MJ_READ:Read;unload:U;}device V=A/B;frame m!F=0x10;module m;",
            "driver D {\n    IRP_MJ_READ: Read;\n    unload: U;\n}\ndevice V = A / B;\nframe m!F = "
            "0x10;\n"
            "module m;\n");
    formats("driver D{IRP_MJ_READ:m!Read;/* c */extension:E;}",
            "driver D {\n    IRP_MJ_READ: m!Read; /* c */\n    extension: E;\n}\n");
    formats("at 5s interrupt(5)Isr();expect bugcheck X(_,2,_,_)in F;expect hazard a-b-c in m!F;",
            "at 5s interrupt(5) Isr();\nexpect bugcheck X (_, 2, _, _) in F;\n"
            "expect hazard a-b-c in m!F;\n");
    formats("expect stack T<=2K-4;expect status R#2==STATUS_TIMEOUT;expect thread T waits;",
            "expect stack T <= 2K - 4;\nexpect status R#2 == STATUS_TIMEOUT;\nexpect thread T "
            "waits;\n");
}

static void expressions(void **state) {
    (void)state;
    formats("routine F(){x=-a+b*(c-d)/-e;y=!p&&*q||~r;z=&s->t.u[v+1];w=(ULONG)-1;}",
            "routine F() {\n    x = -a + b * (c - d) / -e;\n    y = !p && *q || ~r;\n"
            "    z = &s->t.u[v + 1];\n    w = (ULONG)-1;\n}\n");
    formats("routine F(){a=b?c:d;a<<=1;i++;--j;k=l- -m;n=o+ +p;q=r- --s;sizeof( x );sizeof x;}",
            "routine F() {\n    a = b ? c : d;\n    a <<= 1;\n    i++;\n    --j;\n    k = l - -m;\n"
            "    n = o + +p;\n    q = r - --s;\n    sizeof(x);\n    sizeof x;\n}\n");
    formats(
        "routine F(){f ( a,b ) ;(PVOID) p;(*q)(1);x=(a)-b;- -y;& &z;}",
        "routine F() {\n    f(a, b);\n    (PVOID)p;\n    (*q)(1);\n    x = (a) - b;\n    - -y;\n"
        "    & &z;\n}\n");
    formats("routine F(){KdPrint((\"a\",b));NtReadFile(C,...);\"a\" \"b\";'abcd';0X1fUL;}",
            "routine F() {\n    KdPrint((\"a\", b));\n    NtReadFile(C, ...);\n    \"a\" \"b\";\n  "
            "  'abcd';\n"
            "    0X1fUL;\n}\n");
}

static void declarations(void **state) {
    (void)state;
    formats(
        "routine F(){ULONG*p,**q,a[3][4]={1,{2,3},};const char*s=\"x\";KEVENT e;}",
        "routine F() {\n    ULONG *p, **q, a[3][4] = {1, {2, 3},};\n    const char *s = \"x\";\n"
        "    KEVENT e;\n}\n");
    formats("typedef struct _S{ULONG a,*b;union{int c;struct{int d;};}u;}S,*PS;struct S s;",
            "typedef struct _S {\n    ULONG a, *b;\n    union {\n        int c;\n        struct {\n"
            "            int d;\n        };\n    } u;\n} S, *PS;\nstruct S s;\n");
    formats("enum E{A,B=2};typedef enum{\nC,\nD\n}F;",
            "enum E { A, B = 2 };\ntypedef enum {\n    C,\n    D\n} F;\n");
    formats("static NTSTATUS*F(PVOID*a,UCHAR b[4],...)frame(3)pageable{}VOID G(VOID);",
            "static NTSTATUS *F(PVOID *a, UCHAR b[4], ...) frame(3) pageable {}\nVOID G(VOID);\n");
    formats("extern \"C\"{int a;\nint b;}\nEXTERN_C_START int c;EXTERN_C_END",
            "extern \"C\" {\nint a;\nint b;\n}\nEXTERN_C_START\nint c;\nEXTERN_C_END\n");
}

static void annotations_are_copied(void **state) {
    (void)state;
    stays("_Use_decl_annotations_\nNTSTATUS\nF(_In_ PVOID a, _Out_writes_( n*2 ) PUCHAR b) {\n    "
          "x;\n}\n");
    stays("_IRQL_requires_max_(DISPATCH_LEVEL)\nVOID F();\n");
    stays("routine F() {\n    _Analysis_assume_( x!=0 );\n    y;\n}\n");
    stays("__declspec( noinline ) VOID NTAPI F(IN PVOID a OPTIONAL);\n");
}

static void hash_lines_are_copied(void **state) {
    (void)state;
    stays("#include  <ntddk.h>\n#define  N   12 // twelve\n#pragma alloc_text( PAGE,F )\nint x;\n");
    formats("  #if  A  \nint x;\n\t#else\nint y;\n#endif",
            "#if  A\nint x;\n#else\nint y;\n#endif\n");
    stays("routine F() {\n#ifdef DBG\n    a;\n#else\n    b;\n#endif\n    c;\n}\n");
    stays("#define A \\\n    (1 + \\\n     2)\nint x;\n");
    stays("routine F() {\n    f(a,\n#pragma warning(suppress: 1)\n      b);\n}\n");
}

static void skipped_arms_are_copied(void **state) {
    (void)state;
    stays("routine F() {\n#if 0\n  This   isn't C: don't   parse it\n\n\n      x=y+;\n#endif\n    "
          "a;\n}\n");
    formats("#ifdef A\n\n 1.5f  \n\n\n  #else\nint  y;\n#endif",
            "#ifdef A\n\n 1.5f  \n\n#else\nint y;\n#endif\n");
    formats("#if 0\n x\n /* a */ #endif", "#if 0\n x\n/* a */\n#endif\n");
    stays("#if 1\nint x;\n#else\n  /* a\n #endif */ { \\ \n#endif\nint y;\n");
    stays("#if 0\n#endif\n#if 0\n  x\n#else\n#endif\n#if 0\n  y\n#endif\n");
    formats("#if 0\r\n a \r\n#endif\r\n", "#if 0\n a \n#endif\n");
}

static void comments(void **state) {
    (void)state;
    stays("// First.\n// Second.\n\nmachine x86; // third\n\n/* Fourth. */\nthread T { f(); }\n// "
          "Last.\n");
    formats("routine F(){//one\nx;//two\n//three\ny;/*four*/z;\n//five\n}//six",
            "routine F() { //one\n    x; //two\n    //three\n    y; /*four*/\n    z;\n    "
            "//five\n} //six\n");
    stays("routine F() {\n    f(/* a */ 1, 2 /* b */);\n}\n");
    stays("routine F() {\n    f(a, // first\n      b, // second\n      c);\n}\n");
    stays("routine F() {\n    x;         // set off\n    yyyy;      // the same column\n}\n");
    formats("routine F() {\n  x; // near\n}", "routine F() {\n    x; // near\n}\n");
    formats("routine F() {\n\t/* several\n\t * lines\n\t */\n\tx;\n}",
            "routine F() {\n    /* several\n     * lines\n     */\n    x;\n}\n");
    stays("routine F() {\n    if (a) { // why\n        b;\n    } // because\n    // otherwise\n    "
          "else {\n"
          "        c;\n    }\n}\n");
    stays("routine F() {\n    if (a) // why\n    {\n        b;\n    }\n}\n");
    stays("routine F() {\n    // nothing\n}\n");
    stays("// only a comment\n");
    formats("/* a */", "/* a */\n");
    formats("int a; // trailing blanks   \n", "int a; // trailing blanks\n");
    formats("int a; // backslash \\ \nint b;", "int a; // backslash \\ \nint b;\n");
    formats("int a; // goes on \\\n   here\nint b;", "int a; // goes on \\\n   here\nint b;\n");
}

static void line_breaks(void **state) {
    (void)state;
    stays("routine F() {\n    status = KeWaitForSingleObject(&done, Executive,\n"
          "                                   KernelMode, FALSE, NULL);\n}\n");
    stays("routine F() {\n    f(\n        a,\n        b\n        );\n}\n");
    stays("routine F() {\n    x = a +\n        b;\n    y =\n        c;\n}\n");
    formats("routine F() {\n    f(a\n    ,b\n)\n;\n}", "routine F() {\n    f(a, b\n      );\n}\n");
    stays("ULONG a[] = {\n    1, 2,\n    3,\n};\n");
    stays("NTSTATUS\nRead(\n    PDEVICE_OBJECT d,\n    PIRP i\n    )\n    frame(3);\n");
    formats("NTSTATUS\nRead(PDEVICE_OBJECT d)\n{\n}\n", "NTSTATUS\nRead(PDEVICE_OBJECT d) {}\n");
    formats("int a;\n\n\n\nint b;\nroutine F() {\n\n\n    x;\n\n\n    y;\n\n}\n\n\n",
            "int a;\n\nint b;\nroutine F() {\n    x;\n\n    y;\n}\n");
    formats("\n\n\nint a;\r\n\r\nint b;\r\n", "int a;\n\nint b;\n");
    stays("");
    formats("\xEF\xBB\xBFint a;", "int a;\n");
}

static void errors_leave_nothing(void **state) {
    (void)state;
    struct kss_text out = {0};
    assert_false(format_bytes("routine F() { x y z; }", 22, &out));
    assert_int_equal(out.length, 0);
    kss_text_free(&out);
}

static void the_designs_example(void **state) {
    (void)state;
    stays("// A user-mode wait lets this stack leave memory while a DPC still holds a pointer into "
          "it.\n"
          "machine x86;\n\n"
          "routine ReadComplete(PKEVENT done) frame(0x60) {\n"
          "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n}\n\n"
          "routine mydrv!ReadDispatch() frame(0x148) {\n    KEVENT done;\n\n"
          "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
          "    after 30s dpc ReadComplete(&done);              // the device answers half a minute "
          "later\n"
          "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n}\n\n"
          "thread App { mydrv!ReadDispatch(); }\n\n"
          "expect hazard stack-object-user-wait in mydrv!ReadDispatch;\n"
          "expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, _, _);\n");
}

// Indentation stops at 40 levels: 100,000 nested blocks are not 20 GB of blanks.
static void deep(void **state) {
    (void)state;
    enum { LEVELS = 100000 };
    struct kss_text text = {0}, out = {0};
    kss_text_str(&text, "routine F() {");
    kss_text_repeat(&text, '{', LEVELS);
    kss_text_str(&text, "x;");
    kss_text_repeat(&text, '}', LEVELS);
    kss_text_str(&text, "}");
    assert_true(format_bytes(text.bytes, text.length, &out));
    assert_true(out.length < (size_t)LEVELS * 2 * 170);
    kss_text_free(&text);
    kss_text_free(&out);
}

// Every .kss file of the repository that parses.
static unsigned check_folder(const char *folder) {
    struct kss_arena arena = {0};
    char **names;
    size_t count;
    unsigned formatted = 0;
    const char *reason = kss_os_list(&arena, folder, &names, &count);
    if (reason != NULL)
        fail_msg("%s: %s", folder, reason);
    for (size_t i = 0; i < count; i++) {
        struct kss_text path = {0};
        kss_text_format(&path, "%s/%s", folder, names[i]);
        if (kss_os_kind(path.bytes) == KSS_OS_DIRECTORY) {
            formatted += check_folder(path.bytes);
        } else if (path.length > 4 && strcmp(path.bytes + path.length - 4, ".kss") == 0) {
            char *bytes;
            size_t length;
            bool ok;
            assert_null(kss_os_read(&arena, path.bytes, &bytes, &length));
            const char *problem = format_problem(bytes, length, &ok);
            if (problem != NULL)
                fail_msg("%s: %s", path.bytes, problem);
            formatted += ok;
        }
        kss_text_free(&path);
    }
    kss_arena_free(&arena);
    return formatted;
}

static void files(void **state) {
    (void)state;
    assert_true(check_folder("tests/bodies") >= 30);
    check_folder("tests/malformed");
    check_folder("scenarios");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements),
        cmocka_unit_test(scenario_words),
        cmocka_unit_test(expressions),
        cmocka_unit_test(declarations),
        cmocka_unit_test(annotations_are_copied),
        cmocka_unit_test(hash_lines_are_copied),
        cmocka_unit_test(skipped_arms_are_copied),
        cmocka_unit_test(comments),
        cmocka_unit_test(line_breaks),
        cmocka_unit_test(errors_leave_nothing),
        cmocka_unit_test(the_designs_example),
        cmocka_unit_test(deep),
        cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
