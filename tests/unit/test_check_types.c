// SPDX-License-Identifier: MIT
// What the checker says of types: arguments, operators, assignments, initializers, returns.
#include "run_rig.h"

static void arguments(void **state) {
    (void)state;
    assert_mistake("KeSetEvent(event, 0);",
                   "KSS0111 2:1 `KeSetEvent` takes 3 arguments, not 2 {LONG KeSetEvent(PRKEVENT "
                   "Event, KPRIORITY Increment, BOOLEAN Wait)}\n");
    assert_mistake("F(event);",
                   "KSS0111 2:1 `F` takes 2 arguments, not 1 {VOID (KEVENT *, LONG)}\n");
    assert_mistake("F(event, ...);", "");
    assert_mistake("KeSetEvent(event, ...);", "");
    assert_mistake("PAGED_CODE(1);", "KSS0111 2:1 `PAGED_CODE` takes 0 arguments, not 1\n");
    assert_mistake("KTIMER t; KeSetEvent(&t, 0, FALSE);",
                   "KSS0112 2:22 argument 1 of `KeSetEvent` must be `KEVENT *`, not `KTIMER *` "
                   "{this is `KTIMER *`}\n");
    assert_mistake("KEVENT e; KeSetEvent(e, 0, FALSE);",
                   "KSS0112 2:22 argument 1 of `KeSetEvent` must be `KEVENT *`, not `KEVENT` "
                   "{this is `KEVENT`} [pass its address: `&e`]\n");
    assert_mistake("KeSetEvent(5, 0, FALSE);",
                   "KSS0112 2:12 argument 1 of `KeSetEvent` must be `KEVENT *`, not `int` {this is "
                   "`int`} [if that is meant, write a cast: `(KEVENT *)5`]\n");
    assert_mistake("KeSetEvent(NULL, 0, FALSE);", "");
    assert_mistake("KeWaitForSingleObject(event, KernelMode, KernelMode, FALSE, NULL);",
                   "KSS0112 2:30 argument 2 of `KeWaitForSingleObject` must be a `KWAIT_REASON`, "
                   "not a `KPROCESSOR_MODE`\n");
    assert_mistake("KeWaitForSingleObject(event, Executive, FALSE, KernelMode, NULL);",
                   "KSS0112 2:41 argument 3 of `KeWaitForSingleObject` must be a "
                   "`KPROCESSOR_MODE`, not a `BOOLEAN` {expected `KernelMode` or `UserMode`}\n"
                   "KSS0112 2:48 argument 4 of `KeWaitForSingleObject` must be a `BOOLEAN`, not a "
                   "`KPROCESSOR_MODE` {expected `FALSE` or `TRUE`}\n");
    assert_mistake("DbgPrint(\"%d\", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);",
                   "KSS0111 2:1 `DbgPrint` takes at most 12 arguments here, not 13\n");
}

static void times(void **state) {
    (void)state;
    assert_mistake("KeWaitForSingleObject(event, Executive, KernelMode, FALSE, 1000);",
                   "KSS0113 2:60 argument 5 of `KeWaitForSingleObject` is a time and needs a unit "
                   "[for example `1000ms`]\n");
    assert_mistake("KeWaitForSingleObject(event, Executive, KernelMode, FALSE, 30s);", "");
    assert_mistake("LARGE_INTEGER t; t.QuadPart = -30s; t = -30s;", "");
    assert_mistake("KTIMER t; KeSetTimerEx(&t, -1s, 10ms, NULL);",
                   "KSS0113 2:33 argument 3 of `KeSetTimerEx` counts milliseconds {this is a time, "
                   "in units of 100 ns} [write the plain number: `10`]\n");
    assert_mistake("KeStallExecutionProcessor(50us);",
                   "KSS0113 2:27 argument 1 of `KeStallExecutionProcessor` counts microseconds "
                   "{this is a time, in units of 100 ns} [write the plain number: `50`]\n");
    assert_mistake("number = 5ms;",
                   "KSS0113 2:10 the value is a plain number, not a time {a time counts 100 ns "
                   "units and needs 64 bits} [write the number in the unit that is wanted]\n");
    assert_mistake("LONGLONG t = 5ms + 3;", "KSS0113 2:14 `+` does not take a time and a plain "
                                            "number {one of them is a time} [give the number a "
                                            "unit: `10ms`, `30s`]\n");
    assert_mistake("after 30 dpc F(event, 1);",
                   "KSS0129 2:7 a time needs a unit [for example `30ms`]\n");
    assert_mistake("after (-1s) trim;", "KSS0129 2:7 a time from now on cannot be negative\n");
    assert_mistake("after 2s .. 1s trim;",
                   "KSS0129 2:7 the latest time comes before the earliest\n");
    assert_diagnoses("VOID F(LONG x) { }\nat 1 dpc F(3);\n",
                     "KSS0129 2:4 a time needs a unit [for example `1ms`]\n");
}

static void operators(void **state) {
    (void)state;
    assert_mistake("number = event + event;",
                   "KSS0114 2:10 `+` does not take a `KEVENT *` and a `KEVENT *`\n");
    assert_mistake("number = *number;", "KSS0114 2:10 `*` does not take a `LONG`\n");
    assert_mistake("PVOID p; p++;", "KSS0114 2:10 `++` does not take a `PVOID`\n");
    assert_mistake("PVOID p; p = p + 1;",
                   "KSS0114 2:14 a `PVOID` cannot be moved: the size of what "
                   "it points to is unknown\n");
    assert_mistake("KEVENT e; if (e) ;", "KSS0114 2:15 a condition cannot be a `KEVENT`\n");
    assert_mistake("number = number[0];", "KSS0114 2:10 `[]` does not take a `LONG` and a `int`\n");
    assert_mistake("number(3);", "KSS0114 2:1 a `LONG` cannot be called\n");
    assert_mistake("3 = number;", "KSS0115 2:1 the left side of `=` cannot be assigned {this is "
                                  "`int`}\n");
    assert_mistake("LONG a[3], b[3]; a = b;",
                   "KSS0115 2:18 the left side of `=` cannot be assigned "
                   "{this is `LONG[3]`}\n");
    assert_mistake("number = &3;", "KSS0115 2:10 `&` needs a variable or other memory {this is a "
                                   "value without an address}\n");
    assert_mistake("event = number;",
                   "KSS0112 2:9 the value must be `KEVENT *`, not `LONG` {this is `LONG`} [if that "
                   "is meant, write a cast: `(KEVENT *)number`]\n");
    assert_mistake("number = event;", "KSS0112 2:10 the value must be `LONG`, not `KEVENT *` {this "
                                      "is `KEVENT *`} [if that is meant, write a cast: "
                                      "`(LONG)event`]\n");
    assert_mistake("KTIMER *t; t = event;", "KSS0112 2:16 the value must be `KTIMER *`, not "
                                            "`KEVENT *` {this is `KEVENT *`}\n");
    assert_mistake("PVOID p; p = event; event = p; PUCHAR u; PCHAR c; u = c;", "");
    assert_mistake("switch (event) { }", "KSS0114 2:9 `switch` wants a number, not a `KEVENT *`\n");
    assert_mistake("repeat (event) { }",
                   "KSS0114 2:9 `repeat` counts with a number, not a `KEVENT *`\n");
    assert_mistake("read 3;", "KSS0115 2:6 this must name memory: a variable, `*pointer`, "
                              "`buffer[0 .. 63]`\n");
}

static void declarations(void **state) {
    (void)state;
    assert_mistake("LONG a[];", "KSS0116 2:6 a variable cannot have the type `LONG[]` {its length "
                                "is missing}\n");
    assert_mistake("VOID v;", "KSS0116 2:6 a variable cannot have the type `VOID` {it has no "
                              "values}\n");
    assert_mistake("struct X x;", "KSS0116 2:10 a variable cannot have the type `X` {its size is "
                                  "unknown}\n");
    assert_mistake("LONG a[0];", "KSS0116 2:7 an array cannot have length 0\n");
    assert_mistake("LONG a[number];", "KSS0117 2:8 an array's length must be a constant\n");
    assert_mistake("LONG a[-1];",
                   "KSS0128 2:8 an array's length must be between 0 and 2147483647\n");
    assert_mistake("LONG a[0x40000000];", "KSS0128 2:7 the array is larger than 2 GB\n");
    assert_mistake("LONG a[2] = { 1, 2, 3 };",
                   "KSS0118 2:21 `LONG[2]` has no room for this value\n");
    assert_mistake("CHAR a[2] = \"abc\";", "KSS0118 2:13 `CHAR[2]` has no room for this value\n");
    assert_mistake("LONG a[2] = 3;", "KSS0118 2:13 an array needs a list in braces\n");
    assert_diagnoses("LONG f();\nLONG g = f();\n",
                     "KSS0125 2:10 `f` is declared, but has no body <1:6 declared here>\n");
    assert_diagnoses("LONG f() { return 1; }\nLONG g = f();\n",
                     "KSS0117 2:10 a global's initial value must be a constant\n");
    assert_diagnoses("#define N (1 / 0)\nLONG a[N];\n",
                     "KSS0117 2:8 an array's length divides by zero\n");
    assert_diagnoses("#define A B\n#define B A\nLONG a[A];\n",
                     "KSS0117 2:11 `A` is defined by itself\n");
    assert_mistake("C_ASSERT(sizeof(LONG) == 4); C_ASSERT(sizeof(LONG) == 8);",
                   "KSS0117 2:30 C_ASSERT is false on machine x86\n");
}

static void statements(void **state) {
    (void)state;
    assert_mistake("break;", "KSS0119 2:1 `break` outside a loop or switch\n");
    assert_mistake("continue;", "KSS0119 2:1 `continue` outside a loop\n");
    assert_mistake("switch (number) { case 1: continue; }",
                   "KSS0119 2:27 `continue` outside a loop\n");
    assert_mistake("case 1: ;", "KSS0119 2:1 `case` outside a switch\n");
    assert_mistake("goto out;", "KSS0119 2:1 there is no label `out` in this routine\n");
    assert_mistake("for (;;) call F2 frame(0x10) break;",
                   "KSS0119 2:30 `break` outside a loop or switch\n");
    assert_mistake("out: call F2 frame(0x10) goto out;",
                   "KSS0119 2:26 there is no label `out` in this routine\n");
    assert_mistake("return 3;", "KSS0120 2:8 no value can be returned here\n");
    assert_diagnoses("LONG F() {\nreturn;\n}\n", "KSS0120 2:1 a `LONG` must be returned\n");
    assert_diagnoses("LONG F() { }\n", "KSS0120 1:6 `F` must return a `LONG`\n");
    assert_diagnoses("LONG F() { for (;;) ; }\nLONG G() { ... }\nLONG H() { KeBugCheck(1); }\n",
                     "");
    assert_mistake("after 1s apc user A F(event, 1);", "KSS0109 2:10 unknown thread `A`\n");
    assert_diagnoses("VOID R(ULONG a, ULONG b, ULONG c, ULONG d, ULONG e, ULONG f, ULONG g) { }\n"
                     "thread A { after 1s apc kernel A R(1, 2, 3, 4, 5, 6, 7); }\n",
                     "KSS0111 2:34 an APC's routine takes at most 6 arguments here\n");
    assert_mistake(
        "after 1s dma write 5;",
        "KSS0115 2:20 this must name memory: a variable, `*pointer`, `buffer[0 .. 63]`\n");
}

static void routines(void **state) {
    (void)state;
    assert_diagnoses("KDEFERRED_ROUTINE Dpc;\nVOID Dpc(LONG a) { }\n",
                     "KSS0124 2:6 `Dpc` does not have the shape that is wanted: KDEFERRED_ROUTINE "
                     "{wanted: VOID (KDPC *, PVOID, PVOID, PVOID)} <2:6 it is: VOID (LONG)>\n");
    assert_diagnoses("VOID Two(PVOID a, PVOID b) { }\n"
                     "VOID F() { KDPC d; KeInitializeDpc(&d, Two, NULL); }\n",
                     "KSS0124 2:40 `Two` does not have the shape that is wanted: "
                     "KDEFERRED_ROUTINE {wanted: VOID (KDPC *, PVOID, PVOID, PVOID)} <1:6 it is: "
                     "VOID (PVOID, PVOID)>\n");
    assert_diagnoses("KDEFERRED_ROUTINE Dpc;\n"
                     "VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) { }\n"
                     "VOID F() { KDPC d; KeInitializeDpc(&d, Dpc, NULL); }\n",
                     "");
    assert_diagnoses("LONG F(LONG);\nLONG F(PVOID x) { return 0; }\n",
                     "KSS0125 2:6 `F` was declared with other parameters or result <1:6 declared "
                     "here>\n");
    assert_diagnoses("LONG F(LONG);\nVOID G() { F(1); }\n",
                     "KSS0125 2:12 `F` is declared, but has no body <1:6 declared here>\n");
}

static void frames(void **state) {
    (void)state;
    assert_diagnoses("machine x64;\nVOID F() frame(0x18) { KEVENT e; }\n",
                     "KSS0121 2:10 the frame of `F` is smaller than what it holds: 0x18 (24) bytes "
                     "{locals 24 + return address 8 = 32 (0x20) bytes} [a frame is everything one "
                     "call costs, return address included]\n");
    assert_diagnoses("machine x86;\nVOID F() frame(0x14) { KEVENT e; }\n", "");
    assert_diagnoses("machine x86;\nVOID F() frame(0x13) { KEVENT e; }\n",
                     "KSS0121 2:10 the frame of `F` is smaller than what it holds: 0x13 (19) bytes "
                     "{locals 16 + return address 4 = 20 (0x14) bytes} [a frame is everything one "
                     "call costs, return address included]\n");
    assert_diagnoses("machine x64;\nVOID F() frame(0x48) { }\n",
                     "note KSS0122 2:10 the frame of `F` is rounded up to 0x50 bytes {frames of "
                     "machine x64 are multiples of 16}\n");
    assert_diagnoses("VOID F() frame(-4) { }\n",
                     "KSS0128 1:16 a frame's size must be between 0 and 2147483647\n");
}

static void machines(void **state) {
    (void)state;
    assert_diagnoses("machine x64 { processors = 0; }\n",
                     "KSS0123 1:28 `processors` must be between 1 and 64\n");
    assert_diagnoses("machine x64 { swap = eagr; }\n",
                     "KSS0123 1:22 `swap` is one of: balance-set eager never [did you mean "
                     "`eager`?]\n");
    assert_diagnoses("machine x64 { outswap_after = 15; }\n",
                     "KSS0113 1:31 `outswap_after` is a time [for example `15s`]\n");
    assert_diagnoses("machine x64 { stack = 15s; }\n", "KSS0113 1:23 `stack` is no time\n");
    assert_diagnoses("machine x64 { page = 5000; }\n",
                     "KSS0123 1:22 `page` must be a power of two\n");
    assert_diagnoses("machine x64 { stack = 5000; }\n",
                     "KSS0123 1:1 a stack is whole pages: 5000 is no multiple of 4096\n");
    assert_diagnoses("machine arm64;\n",
                     "KSS0123 1:1 the stack size of machine arm64 is not public [give it: `machine "
                     "arm64 { stack = 24K; }`]\n");
    assert_diagnoses("machine x86 { stack = 4K; reserve = 4K; }\n",
                     "KSS0123 1:1 reserve and trap frame (4236 bytes) leave nothing of the stack's "
                     "4096\n");
    assert_diagnoses("thread A (priority = 32) { }\n",
                     "KSS0128 1:22 a priority must be between 0 and 31\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),    cmocka_unit_test(times),      cmocka_unit_test(operators),
        cmocka_unit_test(declarations), cmocka_unit_test(statements), cmocka_unit_test(routines),
        cmocka_unit_test(frames),       cmocka_unit_test(machines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
