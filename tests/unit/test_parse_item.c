// SPDX-License-Identifier: MIT
// Shapes of items: what stands at file level.
#include "script_rig.h"

#include "script/program.h"
#include "script/script.h"

static void machines(void **state) {
    (void)state;
    expect_tree("machine x86;", "(machine x86)");
    expect_tree("machine x64-xsave;", "(machine x64-xsave)");
    expect_tree(
        "machine x64 { stack = 24K; swap = balance-set; outswap_after = 15s; }",
        "(machine x64 a(setting stack a(size 24576))(setting swap a(name balance-set))(setting "
        "outswap_after a(duration 150000000)))");
    expect_tree("machine { verifier = on; };", "(machine a(setting verifier a(name on)))");
    expect_tree("machine x64 { }", "(machine x64)");
    expect_tree(
        "#define A 8\nmachine x64 { reserve = A-4; foreign_touch = page-in; }",
        "(define A a(number 8))(machine x64 a(setting reserve a(binary - a(name A) b(number "
        "4)))(setting foreign_touch a(name page-in)))");
}

static void small_items(void **state) {
    (void)state;
    expect_tree("module mydrv;", "(module mydrv)");
    expect_tree("frame mydrv!Read = 0x148; frame \"a+0x1\" = N * 2;",
                "(frame_of a(symbol mydrv!Read) b(number 328 hex))(frame_of a(symbol a+0x1 quoted) "
                "b(binary * a(name N) b(number 2)))");
    expect_tree(
        "driver D { IRP_MJ_READ: Read; entry: DriverEntry; }",
        "(driver D a(setting IRP_MJ_READ a(name Read))(setting entry a(name DriverEntry)))");
    expect_tree("driver D { }", "(driver D)");
    expect_tree("driver D { IRP_MJ_READ: m!Read; }",
                "(driver D a(setting IRP_MJ_READ a(symbol m!Read)))");
    expect_tree("device Dev = Top / Middle / Bottom;",
                "(device Dev a(name Top)(name Middle)(name Bottom))");
    expect_tree(
        "at 5s .. 6s signal &g; at 0s trim;",
        "(at a(when a(duration 50000000) b(duration 60000000)) b(event signal a(span a(unary & "
        "a(name g)))))(at a(when a(duration 0)) b(event trim))");
    expect_tree(";;", "");
    expect_tree("", "");
}

static void threads(void **state) {
    (void)state;
    expect_tree("thread App { f(); }", "(thread App b(block a(expr a(call a(name f)))))");
    expect_tree("thread T(priority = 8 + 1, system, process = notes) { }",
                "(thread T a(setting priority a(binary + a(number 8) b(number 1)))(setting "
                "system)(setting process a(name notes)) b(block))");
}

static void routines(void **state) {
    (void)state;
    expect_tree("routine F() { }", "(routine any b(symbol F) d(block))");
    expect_tree("routine m!F(void) frame(0x40) pageable;",
                "(routine b(symbol m!F) e(frame a(number 64 hex))(pageable))");
    expect_tree("routine \"a+0x1\"() frame(8) { }",
                "(routine any b(symbol a+0x1 quoted) d(block) e(frame a(number 8)))");
    expect_tree(
        "NTSTATUS Read(PDEVICE_OBJECT d, PIRP i) frame(0x100) { return 0; }",
        "(routine a(type NTSTATUS) b(symbol Read) c(param a(type PDEVICE_OBJECT) b(declarator "
        "d))(param a(type PIRP) b(declarator i)) d(block a(return a(number 0))) e(frame "
        "a(number 256 hex)))");
    expect_tree(
        "static PVOID *m!F(PVOID, UCHAR b[16], ...);",
        "(routine* static a(type PVOID) b(symbol m!F) c(param a(type PVOID) "
        "b(declarator))(param a(type UCHAR) b(declarator b a(length a(number 16))))(param ...))");
    expect_tree("VOID F(VOID); void G(void); int H();",
                "(routine a(type VOID) b(symbol F))(routine a(type void) b(symbol G))(routine any "
                "a(type int) b(symbol H))");
    expect_tree(
        "extern \"C\" __declspec(noinline) FORCEINLINE VOID NTAPI F(IN PVOID p OPTIONAL) { }",
        "(routine extern inline a(type VOID) b(symbol F) c(param a(type PVOID) b(declarator p)) "
        "d(block))");
    expect_tree(
        "extern \"C\" { VOID F(); int x; }\nEXTERN_C_START\nVOID G();\nEXTERN_C_END",
        "(routine any a(type VOID) b(symbol F))(decl a(type int) b(declarator x))(routine any "
        "a(type VOID) b(symbol G))");
    expect_tree("DRIVER_INITIALIZE DriverEntry; KDEFERRED_ROUTINE Dpc, Other;",
                "(decl a(type DRIVER_INITIALIZE) b(declarator DriverEntry))(decl a(type "
                "KDEFERRED_ROUTINE) b(declarator Dpc)(declarator Other))");
}

static void annotations(void **state) {
    (void)state;
    expect_tree(
        "_Use_decl_annotations_ _IRQL_requires_max_(DISPATCH_LEVEL)\nNTSTATUS F(_In_ PVOID a, "
        "_Out_writes_(n * (2)) PUCHAR b) _Requires_lock_held_(x) { }",
        "(routine a(type NTSTATUS) b(symbol F) c(param a(type PVOID) b(declarator a) e(sal "
        "_In_))(param a(type PUCHAR) b(declarator b) e(sal _Out_writes_ a(string \"n * (2)\"))) "
        "d(block) e(sal _Use_decl_annotations_)(sal _IRQL_requires_max_ a(string "
        "\"DISPATCH_LEVEL\"))(sal _Requires_lock_held_ a(string \"x\")))");
    expect_tree(
        "__drv_maxIRQL(2) VOID F(__in PVOID a);",
        "(routine a(type VOID) b(symbol F) c(param a(type PVOID) b(declarator a) e(sal __in)) "
        "e(sal __drv_maxIRQL a(string \"2\")))");
}

static void types(void **state) {
    (void)state;
    expect_tree(
        "typedef struct _S { ULONG a, *b; LIST_ENTRY Link; } S, *PS; S x; routine F() { (S *)-1; }",
        "(decl typedef a(type a(struct _S a(member a(type ULONG) b(declarator a)(declarator "
        "b*))(member a(type LIST_ENTRY) b(declarator Link)))) b(declarator S)(declarator "
        "PS*))(decl a(type S) b(declarator x))(routine any b(symbol F) d(block a(expr a(cast "
        "a(type_name a(type S) b(declarator*)) b(unary - a(number 1))))))");
    expect_tree("struct S;", "(decl a(type a(struct S)))");
    expect_tree("union U { int a; struct { int b; }; struct { int c; } DUMMYSTRUCTNAME; } u;",
                "(decl a(type a(struct U union a(member a(type int) b(declarator a))(member a(type "
                "a(struct a(member a(type int) b(declarator b)))))(member a(type a(struct a(member "
                "a(type int) b(declarator c))))))) b(declarator u))");
    expect_tree("typedef enum _E { A, B = A + 1, } E;",
                "(decl typedef a(type a(enum _E a(enumerator A)(enumerator B a(binary + a(name A) "
                "b(number 1))))) b(declarator E))");
    expect_tree("extern const ULONG g; static LONG h = -1;",
                "(decl extern const a(type ULONG const) b(declarator g))(decl static a(type LONG) "
                "b(declarator h b(unary - a(number 1))))");
    expect_tree(
        "struct S { _Field_size_(n) PVOID p; const char *q; } ;",
        "(decl a(type a(struct S a(member a(type PVOID) b(declarator p))(member a(type char "
        "const) b(declarator q*)))))");
    expect_tree("#define MINE ULONG\nroutine F() { MINE x; (MINE)-1; }",
                "(define MINE a(name ULONG))(routine any b(symbol F) d(block a(decl a(type MINE) "
                "b(declarator x))(expr a(cast a(type_name a(type MINE) b(declarator)) b(unary - "
                "a(number 1))))))");
}

static void hash_lines(void **state) {
    (void)state;
    expect_tree(
        "#include <ntddk.h>\n#define A\n#define B 'kssT' // c\n#define C (1 + \\\n 2)\n",
        "(define A)(define B a(char 1802728276))(define C a(binary + a(number 1) b(number 2)))");
    expect_tree("#pragma alloc_text(PAGE, A, B)\n#pragma data_seg(\"PAGE\")\n#pragma code_seg()\n",
                "(pragma alloc_text a(name PAGE)(name A)(name B))(pragma data_seg a(string "
                "\"PAGE\"))(pragma code_seg)");
    expect_tree(
        "#if A\nint a;\n#elif B\nint b;\n#elif defined C\n#else\nint d;\n#endif\nint e;",
        "(if_line a(name A) b(decl a(type int) b(declarator a)) c(if_line a(name B) b(decl "
        "a(type int) b(declarator b)) c(if_line a(call a(name defined) b(name C)) c(decl a(type "
        "int) b(declarator d)))))(decl a(type int) b(declarator e))");
    expect_tree(
        "#ifndef A\n#ifdef B\n#endif\n#endif",
        "(if_line a(unary ! a(call a(name defined) b(name A))) b(if_line a(call a(name defined) "
        "b(name B))))");
    expect_tree("#if !defined(_X86_) && _WIN64 == 1\n#endif",
                "(if_line a(binary && a(unary ! a(call a(name defined) b(name _X86_))) b(binary == "
                "a(name _WIN64) b(number 1))))");
}

// Arms that cannot be taken are not read.
static void arms(void **state) {
    (void)state;
    expect_tree("#if 0\nThis isn't C: 1.5f $ \"\n#if A\n#else\n#endif\n#error no\n/*\n#endif\n*/ "
                "#else\nint a;\n#endif\nint b;",
                "(if_line a(number 0) c(decl a(type int) b(declarator a)))(decl a(type int) "
                "b(declarator b))");
    expect_tree("#if 1\nint a;\n#elif 1\n1.5f\n#else\n#error no\n#endif",
                "(if_line a(number 1) b(decl a(type int) b(declarator a)) c(if_line a(number 1)))");
    expect_tree("#ifndef A\n#elif X\n$\n#else\n$\n#endif",
                "(if_line a(unary ! a(call a(name defined) b(name A))) c(if_line a(name X)))");
    expect_tree("//#define A\n#if defined(A) && X\n$\n#endif",
                "(if_line a(binary && a(call a(name defined) b(name A)) b(name X)))");
    expect_tree("#if 0\n#else\n#if 0\n$\n#endif\nint a;\n#endif",
                "(if_line a(number 0) c(if_line a(number 0))(decl a(type int) b(declarator a)))");
    // A #define behind it makes a name unclear, so do those of a compiler.
    expect_tree("#ifdef A\nint a;\n#endif\n#ifdef _ARM_\nint b;\n#endif\n#define A",
                "(if_line a(call a(name defined) b(name A)) b(decl a(type int) b(declarator a)))"
                "(if_line a(call a(name defined) b(name _ARM_)) b(decl a(type int) b(declarator "
                "b)))(define A)");
}

static void macros(void **state) {
    (void)state;
    expect_tree("#undef X\n#define X 1\n#undef X\n#ifdef X\n$\n#endif",
                "(define X a(number 1))(if_line a(number 0))");
    expect_tree("#define FlagOn(F,SF) ((F) & (SF))\n#define min(a, b) \\\n (a)\nint x;",
                "(decl a(type int) b(declarator x))");
    expect_tree("#define EMPTY\n#define MYAPI __stdcall\n#define PUBLIC extern\nPUBLIC void MYAPI "
                "F(EMPTY int a) { EMPTY; }",
                "(define EMPTY)(define MYAPI)(define PUBLIC)(routine extern a(type void) b(symbol "
                "F) c(param a(type int) b(declarator a)) d(block a(expr)))");
    expect_tree("#define LOCAL static\nroutine F() { LOCAL ULONG x; }",
                "(define LOCAL)(routine any b(symbol F) d(block a(decl static a(type ULONG) "
                "b(declarator x))))");
}

// The title is found behind a byte order mark.
static void title(void **state) {
    (void)state;
    struct script_rig rig;
    struct kss_script_options options = {.swap = -1};
    rig_parse(&rig, "\xEF\xBB\xBF// What it teaches\nmachine x64;\nthread T { }\n");
    const struct kss_program *program =
        kss_script_load(&rig.arena, &rig.sources, 0, &options, &rig.diags);
    assert_non_null(program);
    assert_string_equal(program->teaching, "What it teaches");
    rig_free(&rig);
}

static void expectations(void **state) {
    (void)state;
    expect_tree("expect clean; expect always deadlock;",
                "(expect plain a(outcome clean))(expect always a(outcome deadlock))");
    expect_tree("expect bugcheck;", "(expect plain a(outcome bugcheck))");
    expect_tree("expect bugcheck 0x7F in F;",
                "(expect plain a(outcome bugcheck a(number 127 hex) c(symbol F)))");
    expect_tree("expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, A | B, _) in m!F;",
                "(expect plain a(outcome bugcheck IRQL_NOT_LESS_OR_EQUAL b(any)(number 2)(binary | "
                "a(name A) b(name B))(any) c(symbol m!F)))");
    expect_tree("expect bugcheck (8) in \"a+1\";",
                "(expect plain a(outcome bugcheck b(number 8) c(symbol a+1 quoted)))");
    expect_tree("expect never hazard freed-while-in-use in F; expect hazard KSS2001;",
                "(expect never a(outcome hazard freed-while-in-use c(symbol F)))(expect plain "
                "a(outcome hazard KSS2001))");
    expect_tree(
        "expect sometimes thread App exits; expect thread App waits;",
        "(expect sometimes a(outcome thread App exits))(expect plain a(outcome thread App))");
    expect_tree("expect stack App <= 2K - 4; expect stack m!F != 8;",
                "(expect plain a(outcome stack <= a(binary - a(size 2048) b(number 4)) c(symbol "
                "App)))(expect plain a(outcome stack != a(number 8) c(symbol m!F)))");
    expect_tree(
        "expect status F#2 == STATUS_TIMEOUT; expect status F > 1;",
        "(expect plain a(outcome status == #2 nth a(name STATUS_TIMEOUT) c(symbol F)))(expect "
        "plain a(outcome status > a(number 1) c(symbol F)))");
}

static void the_designs_example(void **state) {
    (void)state;
    expect_tree(
        "// A comment.\nmachine x86;\n\n"
        "routine ReadComplete(PKEVENT done) frame(0x60) {\n"
        "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n}\n\n"
        "routine mydrv!ReadDispatch() frame(0x148) {\n    KEVENT done;\n\n"
        "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
        "    after 30s dpc ReadComplete(&done);  // half a minute later\n}\n\n"
        "thread App { mydrv!ReadDispatch(); }\n\n"
        "expect hazard stack-object-user-wait in mydrv!ReadDispatch;\n",
        "(machine x86)(routine b(symbol ReadComplete) c(param a(type PKEVENT) b(declarator "
        "done)) d(block a(expr a(call a(name KeSetEvent) b(name done)(name "
        "IO_NO_INCREMENT)(name FALSE)))) e(frame a(number 96 hex)))(routine any b(symbol "
        "mydrv!ReadDispatch) d(block a(decl a(type KEVENT) b(declarator done))(expr a(call "
        "a(name KeInitializeEvent) b(unary & a(name done))(name NotificationEvent)(name "
        "FALSE)))(after a(when a(duration 300000000)) b(event dpc a(run a(symbol ReadComplete) "
        "b(unary & a(name done)))))) e(frame a(number 328 hex)))(thread App b(block a(expr "
        "a(call a(symbol mydrv!ReadDispatch)))))(expect plain a(outcome hazard "
        "stack-object-user-wait c(symbol mydrv!ReadDispatch)))");
}

static void words_as_file_level_names(void **state) {
    (void)state;
    expect_tree(
        "typedef struct _D { int a; } device; device at; device *frame;",
        "(decl typedef a(type a(struct _D a(member a(type int) b(declarator a)))) b(declarator "
        "device))(decl a(type device) b(declarator at))(decl a(type device) b(declarator "
        "frame*))");
    expect_tree("VOID read(PVOID thread, int machine) { }",
                "(routine a(type VOID) b(symbol read) c(param a(type PVOID) b(declarator "
                "thread))(param a(type int) b(declarator machine)) d(block))");
    // A parameter named like an attribute does not take the attribute away.
    expect_tree("routine F(ULONG frame) frame(8) { }",
                "(routine b(symbol F) c(param a(type ULONG) b(declarator frame)) d(block) e(frame "
                "a(number 8)))");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines),
        cmocka_unit_test(small_items),
        cmocka_unit_test(threads),
        cmocka_unit_test(routines),
        cmocka_unit_test(annotations),
        cmocka_unit_test(types),
        cmocka_unit_test(hash_lines),
        cmocka_unit_test(arms),
        cmocka_unit_test(macros),
        cmocka_unit_test(title),
        cmocka_unit_test(expectations),
        cmocka_unit_test(the_designs_example),
        cmocka_unit_test(words_as_file_level_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
