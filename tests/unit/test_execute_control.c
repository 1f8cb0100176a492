// SPDX-License-Identifier: MIT
// Statements, calls, inline call trees, waiting by spinning, single steps.
#include "run_rig.h"

static void statements(void **state) {
    (void)state;
    assert_holds(
        "ULONG sw(int x) { ULONG r = 0; switch (x) { case 1: r = 10; break; case 2: r = 20;"
        "  case 3: r += 5; break; case -7: r = 77; break; default: r = 99; } return r; }"
        "LONG loop(LONG n) { LONG i = 0, s = 0; again: if (i == n) goto done; s += i++;"
        "  goto again; done: return s; }"
        "LONG deep(LONG n) { LONG i, j, s = 0; for (i = 0; i < n; i++) { for (j = 0;; j++) {"
        "  if (j > i) break; if (j & 1) continue; s += j; } } return s; }",
        "ULONG i, s = 0; ASSERT(sw(1) == 10); ASSERT(sw(2) == 25); ASSERT(sw(3) == 5);"
        "ASSERT(sw(-7) == 77); ASSERT(sw(1000) == 99); ASSERT(loop(10) == 45);"
        "ASSERT(deep(6) == 16); for (i = 0; i < 10; i++) { if (i == 3) continue;"
        "if (i == 8) break; s += i; } ASSERT(s == 25); i = 0; do { i++; } while (i < 5);"
        "ASSERT(i == 5); while (i > 0) --i; ASSERT(i == 0); s = 0; repeat (5) { s += 2;"
        "if (s == 8) break; } ASSERT(s == 8); repeat (0) { s = 99; } ASSERT(s == 8);"
        "if (s == 8) if (i) s = 1; else s = 2; ASSERT(s == 2);"
        "{ LONG s = 5; ASSERT(s == 5); } ASSERT(s == 2);"
        "for (LONG k = 0; k < 3; k++) s += k; ASSERT(s == 5);"
        "switch (s) { case 5: { s = 50; break; } case 6: s = 60; } ASSERT(s == 50);"
        "switch (s) { } ASSERT(s == 50);");
}

static void calls(void **state) {
    (void)state;
    assert_holds("LONG fact(LONG n) { return n <= 1 ? 1 : n * fact(n - 1); }"
                 "LONG fib(LONG n) { if (n < 2) return n; return fib(n - 1) + fib(n - 2); }"
                 "LONG six(LONG a, LONG b, LONG c, LONG d, LONG e, LONG f)"
                 "{ return a + 10 * b + 100 * c + 1000 * d + 10000 * e + 100000 * f; }"
                 "KDEFERRED_ROUTINE Dpc; LONG ran;"
                 "VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) { ran += (LONG)(LONG_PTR)c; }"
                 "VOID pick(PKDEFERRED_ROUTINE f) { f(NULL, (PVOID)7, NULL, NULL); }",
                 "PKDEFERRED_ROUTINE f = Dpc; ASSERT(fact(5) == 120); ASSERT(fib(15) == 610);"
                 "ASSERT(six(1, 2, 3, 4, 5, six(1, 0, 0, 0, 0, 0)) == 154321);"
                 "f(NULL, (PVOID)3, NULL, NULL); (*f)(NULL, (PVOID)2, NULL, NULL); pick(&Dpc);"
                 "ASSERT(ran == 12); ASSERT(f == Dpc);");
    assert_holds("VOID later(); VOID first() { later(); } LONG n; VOID later() { n++; }"
                 "VOID other!first() { n += 10; }",
                 "first(); other!first(); ASSERT(n == 11);");
}

static void call_trees(void **state) {
    (void)state;
    assert_holds("VOID Tree(LONG n, KEVENT *e) {"
                 "  LONG local = 5; LONG arr[4] = { 1, 2, 3, 4 };"
                 "  call t!outer frame(0x100) {"
                 "    LONG mine = 7; local += n;"
                 "    call t!inner frame(0x80) { local += mine; mine = 9; n = 100; arr[2] = local;"
                 "      KeSetEvent(e, 0, FALSE); }"
                 "    ASSERT(mine == 9); if (n == 100) return; ASSERT(FALSE);"
                 "  }"
                 "  ASSERT(local == 15); ASSERT(n == 100); ASSERT(arr[2] == 15 && arr[3] == 4); }",
                 "KEVENT e; KeInitializeEvent(&e, NotificationEvent, FALSE); Tree(3, &e);"
                 "ASSERT(KeReadStateEvent(&e) == 1);");
    // x86: the top reserve, the trap frame, eleven frames.
    assert_says(
        "machine x86; VOID F() { ULONG_PTR low, high; IoGetStackLimits(&low, &high);"
        "DbgPrint(\"%d\\n\", (LONG)(high - low)); }"
        "thread T { call a frame(1024) call b frame(1024) call c frame(1024)"
        " call d frame(1024) call e frame(1024) call f frame(1024) call g frame(1024)"
        " call h frame(1024) call i frame(1024) call j frame(1024) call \"k+0x10\" frame(1024)"
        " DbgPrint(\"%d\\n\", (LONG)IoGetRemainingStackSize()); }",
        NULL, "356\n");
}

static void spinning(void **state) {
    (void)state;
    const char *items = "VOID Set(PLONG p) { *p = 1; } KEVENT ev;";
    static const char *const loops[] = {
        "while (f == 0) ;",
        "for (;;) { if (f) break; KeGetCurrentIrql(); }",
        "again: if (f == 0) goto again;",
        "do { i = 3 - i; } while (!f);",
        "while (!f) { LONG k; for (k = 0; k < 10; k++) ; }",
        "while (!f && KeReadStateEvent(&ev) == 0) YieldProcessor();",
    };
    for (unsigned i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        struct kss_text source = {0};
        kss_text_format(&source,
                        "%s thread T { LONG f = 0, i = 1; KeInitializeEvent(&ev, 0, FALSE);"
                        "after 5ms dpc Set(&f); %s DbgPrint(\"set\\n\"); }",
                        items, loops[i]);
        assert_says(source.bytes, "x86", "spin 50000\nset\n");
        kss_text_free(&source);
    }
    assert_says("LONG f; thread T { while (f == 0) ; }", "x64", "hang\n");
    assert_says("ULONG a[200000]; LONG f; thread T { while (f == 0) ; }", "x64", "hang\n");
    // A large state does not make loops slow: hashed at each look, this is 60 GB.
    assert_says("ULONG a[1000000]; thread T { ULONG i; for (i = 0; i < 1000000; i++) a[i] = i;"
                " DbgPrint(\"%u\\n\", a[999999]); }",
                "x64", "999999\n");
    // Counting is no spinning, however long.
    assert_says("thread T { LONG i; for (i = 0; i < 200000; i++) ; DbgPrint(\"%d\\n\", i); }",
                "x64", "200000\n");
}

// What a component's filter has off is not shown; DbgPrint is the default component's, as information.
static void print_filters(void **state) {
    (void)state;
    assert_says("thread T {"
                " DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, \"one\\n\");"
                " DbgSetDebugFilterState(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, FALSE);"
                " DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, \"two\\n\");"
                " DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, \"three\\n\");"
                " DbgSetDebugFilterState(DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL, FALSE);"
                " DbgPrint(\"four\\n\");"
                " KdPrint((\"five\\n\"));"
                " DbgSetDebugFilterState(DPFLTR_DEFAULT_ID, 0x80000000, TRUE);"
                " DbgPrint(\"six\\n\");"
                " DbgSetDebugFilterState(DPFLTR_DEFAULT_ID, 0xFFFFFFFF, TRUE);"
                " DbgPrint(\"seven\\n\"); }",
                "x64", "one\nthree\nseven\n");
}

static void dropped_statuses(void **state) {
    (void)state;
    static const struct {
        const char *use, *said;
    } cases[] = {
        {"WAIT;", "dropped 0x102 0\n"},
        {"(VOID)WAIT;", ""},
        {"(void)WAIT;", ""},
        {"status = WAIT;", "dropped 0x102 0\n"},
        {"status = WAIT; if (NT_SUCCESS(status)) n = 1;", "dropped 0x102 1\n"},
        {"status = WAIT; if (!NT_SUCCESS(status)) return; n = 1;", "dropped 0x102 1\n"},
        {"if (NT_SUCCESS(WAIT)) n = 1;", "dropped 0x102 1\n"},
        {"if (NT_SUCCESS(status = WAIT)) n = 1;", "dropped 0x102 1\n"},
        {"status = WAIT; if (status == STATUS_TIMEOUT) n = 1;", ""},
        {"status = WAIT; if (NT_SUCCESS(status)) n = status;", ""},
        {"if (WAIT == STATUS_TIMEOUT) n = 1;", ""},
        {"if ((status = WAIT) == STATUS_TIMEOUT) n = 1;", ""},
        {"n = WAIT;", ""}, // a global: who knows who reads it
        {"NTSTATUS here = WAIT;", "dropped 0x102 0\n"},
        {"Use(WAIT);", ""},
        {"PLONG p = &status; status = WAIT;", ""},
        {"WAIT, n = 1;", "dropped 0x102 0\n"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kss_text source = {0};
        kss_text_format(&source,
                        "#define WAIT KeWaitForSingleObject(&e, Executive, KernelMode, FALSE, 1s)\n"
                        "LONG n; VOID Use(NTSTATUS s) { }\nVOID F() { KEVENT e; NTSTATUS status;"
                        "KeInitializeEvent(&e, NotificationEvent, FALSE); %s } thread T { F(); }",
                        cases[i].use);
        assert_says(source.bytes, "x64", cases[i].said);
        kss_text_free(&source);
    }
    assert_says("NTSTATUS F() { KEVENT e; KeInitializeEvent(&e, 0, FALSE);"
                "return KeWaitForSingleObject(&e, Executive, KernelMode, FALSE, 1s); }"
                "thread T { F(); }",
                "x64", "");
    // A refused expansion is told only when nobody asks at all.
    static const char *const refused[][2] = {
        {"EXPAND;", "dropped 0xC00000F1 0\n"},
        {"(VOID)EXPAND;", ""},
        {"NTSTATUS s = EXPAND;", "dropped 0xC00000F1 0\n"},
        {"NTSTATUS s = EXPAND; if (!NT_SUCCESS(s)) return;", ""},
        {"if (NT_SUCCESS(EXPAND)) return;", ""},
        {"NTSTATUS s = EXPAND; if (s != 0) return;", ""},
    };
    for (unsigned i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct kss_text source = {0};
        kss_text_format(&source,
                        "#define EXPAND KeExpandKernelStackAndCallout(Callout, NULL, "
                        "MAXIMUM_EXPANSION_SIZE + 1)\n"
                        "VOID Callout(PVOID p) { } thread T { %s }",
                        refused[i][0]);
        assert_says(source.bytes, "x64", refused[i][1]);
        kss_text_free(&source);
    }
}

static void pageable_code(void **state) {
    (void)state;
    assert_says(
        "VOID F() { PAGED_CODE(); }\n#pragma alloc_text(PAGE, G)\nVOID G() { }\n"
        "VOID H() pageable { }\n"
        "thread T { KIRQL old; F(); G(); H(); KeRaiseIrql(DISPATCH_LEVEL, &old); F(); G();"
        "H(); KeLowerIrql(old); KeRaiseIrql(APC_LEVEL, &old); F(); G(); KeLowerIrql(old); }",
        "x64", "paged code 1\npaged code 0\npaged code 0\n");
}

static void environment(void **state) {
    (void)state;
    assert_says("LONG n; KEVENT ev; VOID D(LONG a, PLONG p, CHAR c) { *p += a;"
                "DbgPrint(\"dpc %d %d\\n\", a, c); } at 2s dpc D(5, &n, -1);"
                "thread T { KeInitializeEvent(&ev, 0, FALSE); after 1s dpc D(7, &n, 300);"
                "after 3s .. 9s signal ev; KeWaitForSingleObject(&ev, Executive, KernelMode, FALSE,"
                "NULL); DbgPrint(\"%d\\n\", n); }",
                "x64", "dpc 7 44\ndpc 5 -1\n12\n");
    assert_says("thread A { KeDelayExecutionThread(UserMode, FALSE, 100s); DbgPrint(\"gone\\n\"); }"
                "at 1s terminate A;",
                "x64", "dropped 0xC0 0\ngone\n");
    assert_says(
        "VOID I() { DbgPrint(\"irql %d\\n\", KeGetCurrentIrql()); }"
        "at 1s interrupt(5) I(); thread A { KeDelayExecutionThread(KernelMode, FALSE, 2s); }",
        "x64", "irql 5\n");
}

static void touches(void **state) {
    (void)state;
    assert_says("VOID F() { UCHAR buf[64]; KEVENT e; KeInitializeEvent(&e, 0, TRUE); read buf;"
                "write buf[2 .. 5]; read buf[0 .. 63]; write e; DbgPrint(\"%d\\n\","
                "KeReadStateEvent(&e)); } thread T { F(); }",
                "x86", "1\n");
    assert_says("thread T { PUCHAR p = NULL; read p[0 .. 3]; }", "x64", "bugcheck 0x3B\n");
    // A store beyond an array's end runs into its frame's neighbour, as on a real stack.
    assert_says("VOID F() { LONG a[2]; LONG b[2] = { 1, 2 }; LONG i = 2; b[i] = 77;"
                "DbgPrint(\"%d\\n\", a[0]); } thread T { F(); }",
                "x86", "77\n");
}

static void steps(void **state) {
    (void)state;
    const char *source = "VOID Set(PLONG p) { *p = 1; } LONG fib(LONG n) { return n < 2 ? n : "
                         "fib(n - 1) + fib(n - 2); }"
                         "thread A { LONG f = 0; after 1s dpc Set(&f); while (f == 0) ; "
                         "DbgPrint(\"%d\\n\", fib(8)); }"
                         "thread B { KEVENT e; KeInitializeEvent(&e, 0, FALSE);"
                         "KeWaitForSingleObject(&e, Executive, KernelMode, FALSE, 5s); }";
    struct run_rig whole, single;
    run_load(&whole, source, "x64");
    run_program(&whole, UINT64_MAX, 1000000, true);
    for (uint64_t chunk = 1; chunk < 8; chunk += 3) {
        run_load(&single, source, "x64");
        run_program(&single, chunk, 1000000, true);
        assert_string_equal(single.events.bytes, whole.events.bytes);
        assert_int_equal(single.steps, whole.steps);
        run_free(&single);
    }
    run_free(&whole);
    // The bound holds, and does not end the machine.
    run_load(&single, "thread T { LONG i; for (i = 0; i < 1000000000; i++) i = i; }", "x64");
    run_program(&single, 1000, 5000, false);
    assert_int_equal(single.steps, 5000);
    assert_int_equal(kss_ended(single.machine), KSS_END_RUNNING);
    run_free(&single);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements),    cmocka_unit_test(calls),
        cmocka_unit_test(call_trees),    cmocka_unit_test(spinning),
        cmocka_unit_test(print_filters), cmocka_unit_test(dropped_statuses),
        cmocka_unit_test(pageable_code), cmocka_unit_test(environment),
        cmocka_unit_test(touches),       cmocka_unit_test(steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
