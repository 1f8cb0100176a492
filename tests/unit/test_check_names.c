// SPDX-License-Identifier: MIT
// Names the checker does not know, or knows twice.
#include "run_rig.h"

static void routines(void **state) {
    (void)state;
    assert_mistake("KeSetEvnt(event, 0, FALSE);",
                   "KSS0101 2:1 unknown routine `KeSetEvnt` [did you mean `KeSetEvent`?]\n");
    assert_mistake("KeSetEvnt(event, 0, FALSE); KeSetEvnt(event, 0, FALSE);", // told once
                   "KSS0101 2:1 unknown routine `KeSetEvnt` [did you mean `KeSetEvent`?]\n");
    assert_mistake("other!Routine(1);", "KSS0101 2:1 unknown routine `other!Routine`\n");
    assert_diagnoses("VOID Helper() { }\nVOID F() { Helpr(); }\n",
                     "KSS0101 2:12 unknown routine `Helpr` [did you mean `Helper`?]\n");
    assert_mistake("IoFictitiousRoutine(event, event);",
                   "KSS0101 2:1 unknown routine `IoFictitiousRoutine` [it is not in this version; "
                   "give it a body in the scenario, for example `NTSTATUS "
                   "IoFictitiousRoutine(PVOID d, PVOID i) { return STATUS_SUCCESS; }`]\n");
    assert_mistake("Iodine(event);", "KSS0101 2:1 unknown routine `Iodine`\n");
    assert_diagnoses(
        "NTSTATUS ZwOpenKeyTransacted(PVOID k);\nVOID F() { ZwOpenKeyTransacted(NULL); }\n",
        "KSS0125 2:12 `ZwOpenKeyTransacted` is declared, but has no body <1:10 declared here> "
        "[it is not in this version; give it a body in the scenario, for example "
        "`NTSTATUS ZwOpenKeyTransacted(PVOID d, PVOID i) { return STATUS_SUCCESS; }`]\n");
    assert_mistake("number = memcmp(event, event, 4);",
                   "KSS0126 2:10 `memcmp`: not in this version yet [use `RtlEqualMemory`, or "
                   "`RtlCompareMemory`, which counts the equal bytes]\n");
    assert_mistake(
        "CmRegisterCallback(...);",
        "KSS0126 2:1 `CmRegisterCallback` is for native drivers only [scenarios have no "
        "place for what it takes; a routine of the scenario that has its name stands for "
        "it]\n");
    assert_mistake("after 1s dpc Nobody(event);", "KSS0101 2:14 unknown routine `Nobody`\n");
    assert_diagnoses("frame nobody = 0x10;\n", "KSS0101 1:7 unknown routine `nobody`\n");
    assert_diagnoses("#pragma alloc_text(PAGE, Nobody)\n",
                     "KSS0101 1:26 unknown routine `Nobody`\n");
}

static void values(void **state) {
    (void)state;
    assert_mistake("numbr = 3;", "KSS0102 2:1 unknown name `numbr` [did you mean `number`?]\n");
    assert_mistake("number = x + x + y;",
                   "KSS0102 2:10 unknown name `x`\nKSS0102 2:18 unknown name `y`\n");
    assert_mistake("number = KeSetEvent;",
                   "KSS0102 2:10 `KeSetEvent` can be called, but has no value here\n");
    assert_mistake("number = STATUS_TIMEUOT;",
                   "KSS0102 2:10 unknown name `STATUS_TIMEUOT` [did you mean `STATUS_TIMEOUT`?]\n");
    assert_mistake("KeWaitForSingleObject(event, Executive, UsrMode, FALSE, NULL);",
                   "KSS0104 2:41 unknown KPROCESSOR_MODE `UsrMode` {expected `KernelMode` or "
                   "`UserMode`} [did you mean `UserMode`?]\n");
    // A mistake in a name does not cascade.
    assert_mistake("LONG x = y + 1; x = x * 2; if (y > x) x = y;",
                   "KSS0102 2:10 unknown name `y`\n");
}

static void types_and_fields(void **state) {
    (void)state;
    assert_mistake("KEVNT e; e.Header.SignalState = 1;",
                   "KSS0103 2:1 unknown type `KEVNT` [did you mean `KEVENT`?]\n");
    assert_mistake("event->Heder.SignalState = 1;",
                   "KSS0105 2:1 `KEVENT` has no field `Heder` [did you mean `Header`?]\n");
    assert_mistake("event.Header = 1;", "KSS0105 2:1 `.` does not take a `KEVENT *` [it is a "
                                        "pointer: write `->Header`]\n");
    assert_mistake("KEVENT e; e->Header = 1;", "KSS0105 2:11 `->` does not take a `KEVENT` [it is "
                                               "no pointer: write `.Header`]\n");
    assert_mistake("struct S { LONG a; } s; number = FIELD_OFFSET(struct S, b);",
                   "KSS0105 2:57 `S` has no field `b`\n");
}

static void scenario_words(void **state) {
    (void)state;
    assert_diagnoses("machine x68;\n", "KSS0106 1:1 unknown machine `x68` [did you mean `x86`?]\n");
    assert_diagnoses("machine x64 { stak = 24K; }\n",
                     "KSS0106 1:15 a machine has no field `stak` [did you mean `stack`?]\n");
    assert_diagnoses("thread A (prioritty = 3) { }\n",
                     "KSS0106 1:11 a thread has no attribute `prioritty` [did you mean "
                     "`priority`?]\n");
    assert_diagnoses("expect hazard stack-object-usr-wait;\n",
                     "KSS0107 1:8 unknown hazard `stack-object-usr-wait` [did you mean "
                     "`stack-object-user-wait`?]\n");
    assert_diagnoses("expect bugcheck IRQL_NOT_LESS;\n",
                     "KSS0108 1:8 unknown bug check `IRQL_NOT_LESS` [did you mean "
                     "`IRQL_NOT_LESS_OR_EQUAL`?]\n");
    assert_diagnoses("thread App { }\nexpect thread Appp exits;\n",
                     "KSS0109 2:8 unknown thread `Appp` [did you mean `App`?]\n");
    assert_diagnoses("VOID Read() { }\nexpect clean;\nexpect hazard stack-overflow in Raed;\n",
                     "KSS0101 3:33 unknown routine `Raed` [did you mean `Read`?]\n");
    assert_diagnoses(
        "thread App { }\nexpect stack Appp <= 1K;\n",
        "KSS0101 2:14 unknown thread, device or routine `Appp` [did you mean `App`?]\n");
}

static void twice(void **state) {
    (void)state;
    assert_diagnoses("VOID F() { }\nVOID F() { }\n",
                     "KSS0110 2:6 the routine `F` has two bodies {a second body} <1:6 the first "
                     "one is here>\n");
    assert_diagnoses("thread A { }\nthread A { }\n",
                     "KSS0110 2:8 two threads are named `A` <1:8 the first one is here>\n");
    assert_mistake("LONG x; LONG x;", "KSS0110 2:14 `x` is declared twice in the same scope {a "
                                      "second declaration} <2:6 the first one is here>\n");
    assert_mistake("LONG number;", "KSS0110 2:6 `number` is declared twice in the same scope {a "
                                   "second declaration} <1:28 the first one is here>\n");
    assert_mistake("{ LONG number; { LONG number; } }", ""); // inner scopes hide
    assert_mistake("a: ; a: ;", "KSS0110 2:6 the label `a` stands twice in one routine <2:1 the "
                                "first one is here>\n");
    assert_mistake("switch (number) { case 1: case 2: case 1: ; }",
                   "KSS0110 2:35 the case 1 stands twice <2:19 the first one is here>\n");
    assert_mistake("switch (number) { default: ; default: ; }",
                   "KSS0110 2:30 a switch has one `default` <2:19 the first one is here>\n");
    assert_mistake("struct S { LONG a; LONG a; } s;",
                   "KSS0110 2:25 two members are named `a` <2:17 the first one is here>\n");
    assert_diagnoses("frame F = 0x40;\nVOID F() frame(0x40) { }\n",
                     "KSS0110 2:10 the frame of `F` is given twice <1:1 and here>\n");
    assert_diagnoses("machine x64 { stack = 24K; stack = 28K; }\n",
                     "KSS0110 1:28 `stack` is given twice <1:15 the first one is here>\n");
    assert_diagnoses("machine x64;\nmachine x86;\n",
                     "KSS0110 2:1 a file has one machine <1:1 the first one is here>\n");
    assert_diagnoses("#define N 1\n#define N 1\n", ""); // the same again is fine
    assert_diagnoses("#define N 1\n#define N 2\n",
                     "KSS0110 2:1 `N` is defined twice, differently <1:1 the first one is here>\n");
    assert_mistake("alloca(5);", "KSS0101 2:1 `alloca` is not in the language [declare an array of "
                                 "the largest size]\n");
    assert_diagnoses("struct S { struct S { int a; } b; } c;\n",
                     "KSS0110 1:12 `S` is defined inside itself <1:1 the definition around it>\n");
    assert_diagnoses("struct S { struct { union S { int a; int b; } x; } y; int z; } c;\n",
                     "KSS0110 1:21 `S` is defined inside itself <1:1 the definition around it>\n");
}

// D60 of `#define D0 base`, `#define D1 (D0 + D0)`, ...
static void assert_chain(const char *base, const char *expected) {
    struct kss_text source = {0};
    kss_text_format(&source, "#define D0 %s\n", base);
    for (unsigned i = 1; i <= 60; i++)
        kss_text_format(&source, "#define D%u (D%u + D%u)\n", i, i - 1, i - 1);
    kss_text_str(&source, "VOID F(LONG64 x) {\n  x = D60; }\n");
    assert_diagnoses(source.bytes, expected);
    kss_text_free(&source);
}

static void chained_defines(void **state) {
    (void)state;
    assert_chain("1", "");
    assert_chain("y", "KSS0102 1:12 unknown name `y`\n");
    struct run_rig rig;
    struct kss_text source = {0};
    kss_text_str(&source, "#define D0 x\n");
    for (unsigned i = 1; i <= 60; i++)
        kss_text_format(&source, "#define D%u (D%u + D%u)\n", i, i - 1, i - 1);
    kss_text_str(&source, "VOID F(LONG64 x) {\n  x = D60; }\n");
    run_load(&rig, source.bytes, NULL);
    assert_null(rig.program);
    assert_non_null(strstr(run_diagnostics(&rig), "expand to more than 1048576 bytes"));
    assert_int_equal(rig.diags.errors, 1);
    run_free(&rig);
    kss_text_free(&source);
    // A #define means what its names mean where it is used.
    assert_diagnoses("#define N (K + 1)\n"
                     "VOID F() { enum { K = 1 }; C_ASSERT(N == 2); C_ASSERT(N == 2); }\n"
                     "VOID G() { enum { K = 2 }; C_ASSERT(N == 3); { enum { K = 4 }; "
                     "C_ASSERT(N == 5); } C_ASSERT(N == 3); }\n",
                     "");
}

static void many_members(void **state) {
    (void)state;
    struct kss_text source = {0};
    kss_text_str(&source, "typedef struct _S {");
    for (unsigned i = 0; i < 100; i++)
        kss_text_format(&source, " ULONG v%u;", i);
    kss_text_str(
        &source,
        " union { ULONG u; USHORT w; }; } S;\n"
        "VOID G() { C_ASSERT(FIELD_OFFSET(S, v0) == 0); C_ASSERT(FIELD_OFFSET(S, v99) == "
        "396); C_ASSERT(FIELD_OFFSET(S, w) == 400); C_ASSERT(RTL_FIELD_SIZE(S, w) == 2); }\n"
        "VOID F(S *s) { s->v50 = s->u; s->v100 = 1; }\n");
    assert_diagnoses(source.bytes, "KSS0105 3:31 `_S` has no field `v100` [did you mean `v10`?]\n");
    kss_text_free(&source);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routines),
        cmocka_unit_test(values),
        cmocka_unit_test(types_and_fields),
        cmocka_unit_test(scenario_words),
        cmocka_unit_test(twice),
        cmocka_unit_test(chained_defines),
        cmocka_unit_test(many_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
