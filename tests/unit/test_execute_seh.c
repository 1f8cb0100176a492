// SPDX-License-Identifier: MIT
// __try statements: which blocks run and in what order, what they see, what is refused.
#include "run_rig.h"

// L appends a digit.
#define LOGGED "LONG log; VOID L(LONG digit) { log = log * 10 + digit; }"

static void blocks(void **state) {
    (void)state;
    assert_holds(
        LOGGED "VOID Raise(LONG s) { ExRaiseStatus(s); }",
        "__try { L(1); } __finally { L(AbnormalTermination() ? 9 : 2); } ASSERT(log == 12);"
        "log = 0; __try { L(1); __leave; L(8); } __finally { L(AbnormalTermination() ? 9 : 2); }"
        "ASSERT(log == 12);"
        "log = 0; __try { L(1); Raise(STATUS_UNSUCCESSFUL); L(9); }"
        "__except (EXCEPTION_EXECUTE_HANDLER) { L(2); } L(3); ASSERT(log == 123);"
        "log = 0; __try { L(1); } __except (EXCEPTION_EXECUTE_HANDLER) { L(9); } ASSERT(log == 1);"
        "log = 0; __try { __try { L(1); Raise(5); } __finally { L(AbnormalTermination() ? 3 : 9); "
        "} }"
        "__except (L(2), EXCEPTION_EXECUTE_HANDLER) { L(4); } ASSERT(log == 1234);"
        "log = 0; try { try { L(1); leave; } finally { L(2); } L(3); leave; L(9); } finally { "
        "L(4); }"
        "ASSERT(log == 1234);");
}

static void nesting(void **state) {
    (void)state;
    assert_holds(
        LOGGED "VOID Raise(LONG s) { ExRaiseStatus(s); }"
               "VOID Deep(LONG n) { __try { if (n == 0) Raise(STATUS_UNSUCCESSFUL); Deep(n - 1); }"
               "__finally { L(n); } }"
               "LONG Asks() { __try { L(1); ExRaiseStatus(2); } __except (1) { L(2); } return 1; }",
        "__try { Deep(4); } __except (1) { L(9); } ASSERT(log == 12349);"
        // the inner filter declines, the outer one takes it
        "log = 0; __try { __try { Raise(1); } __except (L(1), EXCEPTION_CONTINUE_SEARCH) { L(9); } "
        "}"
        "__except (L(2), 1) { L(3); } ASSERT(log == 123);"
        // an exception in a handler belongs to the statement around it
        "log = 0; __try { __try { Raise(1); } __except (1) { L(1); Raise(2); } }"
        "__except (GetExceptionCode() == 2) { L(2); } ASSERT(log == 12);"
        // an exception in a __finally block replaces the one that is on its way
        "log = 0; __try { __try { Raise(1); } __finally { L(1); Raise(2); } }"
        "__except (1) { L(GetExceptionCode() == 2 ? 2 : 9); } ASSERT(log == 12);"
        // a filter that calls code with handlers of its own
        "log = 0; __try { Raise(1); } __except (Asks()) { L(3); } ASSERT(log == 123);");
}

static void jumps(void **state) {
    (void)state;
    assert_holds(
        LOGGED
        "LONG Ret(LONG n) { __try { __try { if (n) return n + 1; L(5); } __finally { L(1); } }"
        "__finally { L(AbnormalTermination() ? 2 : 6); } return 0; }"
        "VOID Loop() { LONG i; for (i = 0; i < 4; i++) { __try { if (i == 1) continue;"
        "if (i == 2) break; L(i + 5); } __finally { L(AbnormalTermination() ? 2 : 1); } } L(i); }"
        "VOID Goto(LONG n) { again: __try { __try { if (n == 1) goto out; if (n-- == 2) goto "
        "again; }"
        "__finally { L(n); } } __except (1) { L(9); } out: L(4); }"
        "VOID Void(LONG n) { __try { if (n) return; L(9); } __finally { L(n); } }"
        "LONG Handler() { __try { ExRaiseStatus(1); } __except (1) { return 7; } return 8; }",
        "ASSERT(Ret(6) == 7); ASSERT(log == 12); log = 0; ASSERT(Ret(0) == 0); ASSERT(log == 516);"
        "log = 0; Loop(); ASSERT(log == 51222); log = 0; Goto(2); ASSERT(log == 114);"
        "ASSERT(Handler() == 7); log = 0; Void(4); ASSERT(log == 4);");
}

static void variables(void **state) {
    (void)state;
    assert_holds(
        "LONG At(LONG a, LONG b, PLONG out) { LONG c = 3; __try { __try { c = 4; a = 5;"
        "ExRaiseStatus(STATUS_UNSUCCESSFUL); } __finally { LONG d = a + b; c += d; *out = c; } }"
        "__except (c == 4 && a == 5 ? 1 : 0) { return c + b; } return 0; }"
        "LONG Tree(LONG a) { LONG x = 1; call t!inner frame(0x40) { __try { x += a;"
        "ExRaiseStatus(1); } __except (x == 4) { x += 10; } } return x; }"
        "LONG InFinally(LONG a) { LONG x = 1; __try { a++; } __finally { __try { x += a;"
        "ExRaiseStatus(1); } __except (x == a + 1) { x += 10; } } return x; }",
        "LONG out = 0; ASSERT(At(1, 2, &out) == 13); ASSERT(out == 11);"
        "ASSERT(Tree(3) == 14); ASSERT(InFinally(2) == 14);");
}

static void records(void **state) {
    (void)state;
    assert_holds(
        "LONG Look(PEXCEPTION_POINTERS p, ULONG code, ULONG count) {"
        "  PEXCEPTION_RECORD r = p->ExceptionRecord; ASSERT((ULONG)r->ExceptionCode == code);"
        "  ASSERT(r->NumberParameters == count && r->ExceptionRecord == NULL);"
        "  ASSERT(r->ExceptionAddress != NULL && p->ContextRecord != NULL);"
        "  if (count == 2) ASSERT(r->ExceptionInformation[0] == 1 && r->ExceptionInformation[1] == "
        "24);"
        "  return 1; }",
        "LONG zero = 0; PLONG user = (PLONG)24; NTSTATUS s = 0;"
        "__try { *user = 1; } __except (Look(GetExceptionInformation(), STATUS_ACCESS_VIOLATION, "
        "2))"
        "{ s = GetExceptionCode(); } ASSERT(s == STATUS_ACCESS_VIOLATION);"
        "__try { s = 7 / zero; } __except (Look(_exception_info(), STATUS_INTEGER_DIVIDE_BY_ZERO, "
        "0))"
        "{ s = _exception_code(); } ASSERT(s == STATUS_INTEGER_DIVIDE_BY_ZERO);"
        "__try { ProbeForRead((PVOID)2, 4, 4); } __except (1) { s = GetExceptionCode(); }"
        "ASSERT(s == STATUS_DATATYPE_MISALIGNMENT);");
}

// The instruction is tried again when the memory may have come meanwhile, and hangs when nothing can.
static void tried_again(void **state) {
    (void)state;
    assert_says("machine x86; LONG tries; VOID F() { PLONG user = (PLONG)24;"
                " __try { *user = 1; } __except (++tries < 3 ? EXCEPTION_CONTINUE_EXECUTION : 1)"
                " { DbgPrint(\"%d\", tries); } } thread T { F(); }",
                NULL, "3");
    assert_says(
        "machine x86; VOID F() { PLONG user = (PLONG)24;"
        " __try { *user = 1; } __except (EXCEPTION_CONTINUE_EXECUTION) { } } thread T { F(); }",
        NULL, "hang\n");
    // What nt raises cannot be tried again: that is an exception, too, and the filter is asked again.
    assert_says("machine x86; LONG asked; VOID F() { __try { ExRaiseStatus(5); }"
                " __except (asked++ ? GetExceptionCode() == STATUS_NONCONTINUABLE_EXCEPTION : -1)"
                " { DbgPrint(\"%d %x\", asked, GetExceptionCode()); } } thread T { F(); }",
                NULL, "2 c0000025");
}

static void refused(void **state) {
    (void)state;
    assert_diagnoses("VOID F() { __try { } __finally { return; } }\n",
                     "KSS0119 1:34 a `__finally` block cannot be left by `return`\n");
    assert_diagnoses("VOID F() { for (;;) { __try { } __finally { break; } } }\n",
                     "KSS0119 1:45 a `__finally` block cannot be left by `break`\n");
    assert_diagnoses("VOID F() { __try { } __finally { goto out; } out: ; }\n",
                     "KSS0119 1:34 a `__finally` block cannot be left by `goto`\n");
    assert_diagnoses("VOID F() { __leave; }\n", "KSS0119 1:12 `__leave` outside a `__try` block\n");
    assert_diagnoses(
        "VOID F() { goto in; __try { in: ; } __except (1) { } }\n",
        "KSS0119 1:12 `goto` would jump into a `__try` statement <1:29 the label is here>\n");
    assert_diagnoses(
        "VOID F() { __try { goto in; } __except (1) { in: ; } }\n",
        "KSS0119 1:20 `goto` would jump into a `__try` statement <1:46 the label is here>\n");
    assert_diagnoses(
        "VOID F(int a) { switch (a) { case 1: __try { case 2: ; } __except (1) { } } }\n",
        "KSS0119 1:46 `case` would jump into a `__try` statement\n");
    assert_diagnoses("VOID F() { ULONG c = GetExceptionCode(); }\n",
                     "KSS0119 1:22 `GetExceptionCode` belongs into an exception filter or its "
                     "`__except` block\n");
    assert_diagnoses(
        "VOID F() { __try { } __except (1) { PVOID p = GetExceptionInformation(); } }\n",
        "KSS0119 1:47 `GetExceptionInformation` belongs into an exception filter\n");
    assert_diagnoses("VOID F() { AbnormalTermination(); }\n",
                     "KSS0119 1:12 `AbnormalTermination` belongs into a `__finally` block\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),    cmocka_unit_test(nesting), cmocka_unit_test(jumps),
        cmocka_unit_test(variables), cmocka_unit_test(records), cmocka_unit_test(tried_again),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
