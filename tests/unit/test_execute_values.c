// SPDX-License-Identifier: MIT
// What expressions compute: C under LLP64, on 32- and 64-bit machines.
#include "run_rig.h"

static void arithmetic(void **state) {
    (void)state;
    assert_holds("", "LONG a = 7, b = 3; ULONG u = 0xFFFFFFFF; LONGLONG q = 0x123456789ALL;"
                     "ASSERT(a + b == 10); ASSERT(a / b == 2); ASSERT(a % b == 1);"
                     "ASSERT(-a / b == -2); ASSERT(-a % b == -1); ASSERT(a - b * 2 == 1);"
                     "ASSERT((a << 2) == 28); ASSERT((-8 >> 1) == -4); ASSERT(u >> 31 == 1);"
                     "ASSERT(u + 1 == 0); ASSERT(u * u == 1); ASSERT(0x7FFFFFFF + a < 0);"
                     "ASSERT(q >> 32 == 0x12); ASSERT((ULONG)q == 0x3456789A);"
                     "ASSERT(q * 2 == 0x2468ACF134); ASSERT(~u == 0); ASSERT(~0 == -1);"
                     "ASSERT(-u == 1); ASSERT((1 << 33) == 2); ASSERT((1LL << 33) != 2);");
}

static void conversions(void **state) {
    (void)state;
    assert_holds("LONG a_long() { return 1; }",
                 "CHAR ch = -1; UCHAR uc = 255; SHORT sh = (SHORT)40000; USHORT us = 65535;"
                 "ULONG u = 1; LONGLONG q = -1;"
                 "ASSERT(ch == -1); ASSERT(uc == 255); ASSERT(ch < uc); ASSERT((UCHAR)ch == uc);"
                 "ASSERT(sh == -25536); ASSERT(us + 1 == 65536); ASSERT(-1 > 0u);"
                 "ASSERT(!(-1 < u)); ASSERT(-1 < 1LL); ASSERT(q < u); ASSERT((ULONG)q > u);"
                 "uc++; ASSERT(uc == 0); uc--; ASSERT(uc == 255); uc += 2; ASSERT(uc == 1);"
                 "ch = 127; ch++; ASSERT(ch == -128); ch = 300; ASSERT(ch == 44);"
                 "ASSERT(0x80000000 > 0); ASSERT(2147483648 > 0); ASSERT(sizeof(1u) == 4);"
                 "ASSERT(sizeof(a_long()) == 4); ASSERT(sizeof(ch + ch) == 4);"
                 "ASSERT((BOOLEAN)256 == 0); ASSERT((_Bool)256 == 1);"
                 "ASSERT('abcd' == 0x61626364); ASSERT(L'x' == 120);");
    assert_holds("BOOLEAN odd(ULONG n) { return n & 1; } UCHAR narrow(int x) { return x; }"
                 "LONGLONG wide(LONG x) { return x; } ULONGLONG uwide(ULONG x) { return x; }",
                 "ASSERT(odd(7)); ASSERT(!odd(8)); ASSERT(narrow(300) == 44);"
                 "ASSERT(wide(-1) == -1LL); ASSERT(uwide(-1) == 0xFFFFFFFF);");
    assert_holds_on("x64", "",
                    "ASSERT(sizeof(PVOID) == 8); ASSERT(sizeof(SIZE_T) == 8);"
                    "ASSERT((ULONG_PTR)-1 == 0xFFFFFFFFFFFFFFFF);");
    assert_holds_on("x86", "",
                    "ASSERT(sizeof(PVOID) == 4); ASSERT(sizeof(SIZE_T) == 4);"
                    "ASSERT((ULONG_PTR)-1 == 0xFFFFFFFF); ASSERT(sizeof(long) == 4);");
}

static void operators(void **state) {
    (void)state;
    assert_holds("", "LONG a = 0, b = 6, c; a |= 0xF0; a &= 0x3C; a ^= 1; ASSERT(a == 0x31);"
                     "a <<= 4; a >>= 2; ASSERT(a == 0xC4); a %= 100; ASSERT(a == 96); a /= 7;"
                     "ASSERT(a == 13); a -= 3; a *= -2; ASSERT(a == -20);"
                     "a = 5; c = (a = 5, b = a + 1, b * 2); ASSERT(c == 12);"
                     "ASSERT((a > 3 ? 10 : 20) == 10); ASSERT((a < 3 ? 10 : 20) == 20);"
                     "c = a == 5 && b == 6 || c; ASSERT(c == 1); ASSERT(!(a && !b));"
                     "a = b = c = 4; ASSERT(a + b + c == 12); a += b -= 1;"
                     "ASSERT(a == 7 && b == 3); a = 5; c = a++ * 10; ASSERT(a == 6 && c == 50);"
                     "c = ++a + 1; ASSERT(a == 7 && c == 8); c = a-- - 1; ASSERT(c == 6);"
                     "ASSERT((a || 1 / (b - b)) == 1);" // the right side does not run
                     "ASSERT(min(3, 4) == 3 && max(3, 4) == 4 && min(-1, 1) == -1);"
                     "ASSERT(min(-1, 1u) == 1);");
    assert_says("thread T { LONG z = 0; LONG a = 5 / z; }", "x64", "bugcheck 0x3B\n");
    assert_says("thread T { LONG z = 0; LONG a = 5 % z; }", "x86", "bugcheck 0x8E\n");
    assert_says("thread T (system) { LONG m = 1 << 31, z = -1; m = m / z; }", "x86",
                "bugcheck 0x7E\n");
}

static void pointers(void **state) {
    (void)state;
    assert_holds(
        "LONG addr(LONG a, LONG b) { LONG *p = &a; *p += b; return a; }"
        "VOID swap(LONG *a, LONG *b) { LONG t = *a; *a = *b; *b = t; }"
        "ULONG table[4] = { 1, 2, 3 }; PULONG where = &table[2];"
        "UCHAR matrix[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };",
        "LONG a = 1, b = 2, *p = &a, **pp = &p; ULONG i, s = 0; UCHAR buf[] = \"abc\";"
        "PUCHAR pb = buf; LONGLONG q = 0x123456789A;"
        "ASSERT(addr(3, 4) == 7); swap(&a, &b); ASSERT(a == 2 && b == 1);"
        "++*p; ASSERT(a == 3); (*p)++; ASSERT(**pp == 4); *pp = &b; ASSERT(*p == 1);"
        "ASSERT(*where == 3); ASSERT(where - table == 2); ASSERT(where > table);"
        "ASSERT(matrix[1][2] == 6); for (i = 0; i < 6; i++) s += ((PUCHAR)matrix)[i];"
        "ASSERT(s == 21); ASSERT(*pb++ == 'a' && *pb == 'b'); ASSERT(&buf[3] - pb == 2);"
        "ASSERT(2[buf] == 'c'); pb = (PUCHAR)&q; ASSERT(pb[0] == 0x9A && *(pb + 4) == 0x12);"
        "ASSERT(*(PULONG)pb == 0x3456789A); i = 2; buf[i] = 'z'; ASSERT(buf[2] == 'z');"
        "p = NULL; ASSERT(!p); ASSERT(p == NULL); where += 1; ASSERT(*where == 0);"
        "where--; ASSERT(*where-- == 3); ASSERT(*where == 2);");
    assert_says("thread T { PLONG p = NULL; LONG a = *p; }", "x64", "bugcheck 0x3B\n");
    assert_says("VOID F() { } thread T { KDEFERRED_ROUTINE *p = NULL; p(NULL, NULL, NULL, NULL); }",
                "x64", "bugcheck 0x3B\n");
}

static void structs(void **state) {
    (void)state;
    const char *items = "typedef struct _POINT { LONG x, y; } POINT, *PPOINT;"
                        "typedef struct _REC { LIST_ENTRY Link; UCHAR tag[3]; ULONG value;"
                        "  union { ULONG u; UCHAR b[4]; }; POINT p; } REC, *PREC;"
                        "POINT make(LONG x, LONG y) { POINT p; p.x = x; p.y = y; return p; }"
                        "LONG sum(POINT p) { return p.x + p.y; }"
                        "ULONG big(REC r) { r.value++; return r.value; }"
                        "POINT twice(POINT p) { POINT *q = &p; q->x *= 2; p.y *= 2; return p; }";
    assert_holds(items,
                 "REC r; PREC pr; PLIST_ENTRY e; POINT pt = { 1, 2 }, pt2;"
                 "POINT arr[3] = { { 1, 2 }, 3, 4, { 5 } };"
                 "ASSERT(sum(make(3, 4)) == 7); pt2 = make(8, 9);"
                 "ASSERT(pt2.x == 8 && pt2.y == 9); ASSERT(make(1, 5).y == 5);"
                 "pt2 = pt; pt.y = 50; ASSERT(pt2.y == 2); pt2 = twice(pt2);"
                 "ASSERT(pt2.x == 2 && pt2.y == 4); ASSERT(sum(1 ? pt2 : pt) == 6);"
                 "ASSERT(twice(twice(make(1, 1))).x == 4);"
                 "RtlZeroMemory(&r, sizeof(r)); r.value = 5; ASSERT(big(r) == 6);"
                 "ASSERT(r.value == 5); r.u = 0x04030201; ASSERT(r.b[0] == 1 && r.b[3] == 4);"
                 "e = &r.Link; pr = CONTAINING_RECORD(e, REC, Link); ASSERT(pr == &r);"
                 "pr = CONTAINING_RECORD(&r.value, REC, value); ASSERT(pr->value == 5);"
                 "ASSERT(arr[0].y == 2 && arr[1].x == 3 && arr[1].y == 4);"
                 "ASSERT(arr[2].x == 5 && arr[2].y == 0); arr[1] = arr[2];"
                 "ASSERT(arr[1].x == 5); ASSERT(sizeof(arr) == 24); ASSERT(ARRAYSIZE(arr) == 3);");
    assert_holds_on("x64", items,
                    "ASSERT(sizeof(REC) == 40); ASSERT(FIELD_OFFSET(REC, value) == 20);"
                    "ASSERT(FIELD_OFFSET(REC, p.y) == 32);");
    assert_holds_on("x86", items,
                    "ASSERT(sizeof(REC) == 28); ASSERT(FIELD_OFFSET(REC, value) == 12);");
    assert_holds("struct A { CHAR c; LONGLONG q; CHAR d; }; struct B { SHORT s; struct A a; };",
                 "ASSERT(sizeof(struct A) == 24); ASSERT(FIELD_OFFSET(struct B, a.d) == 24);");
}

static void initial_values(void **state) {
    (void)state;
    assert_holds("ULONG g[4] = { 1, 2 }; CHAR name[] = \"hello\"; WCHAR wide[] = L\"hi\";"
                 "const char *text = \"text\"; LARGE_INTEGER due = { 0 }; LARGE_INTEGER t = -30s;"
                 "struct { LONG a; PULONG p; CHAR s[4]; } s = { 5, &g[1], \"ab\" };"
                 "enum color { RED, GREEN = 5, BLUE }; ULONG *const table[2] = { g, g + 3 };"
                 "LONG F() { static LONG calls = 40; return ++calls; }",
                 "LONG z[3] = { 0 }; CHAR b[8] = \"xy\"; LARGE_INTEGER l = { 0 }, k;"
                 "ASSERT(g[1] == 2 && g[3] == 0); ASSERT(sizeof(name) == 6 && name[4] == 'o');"
                 "ASSERT(sizeof(wide) == 6 && wide[1] == L'i'); ASSERT(text[3] == 't');"
                 "ASSERT(due.QuadPart == 0); ASSERT(t.QuadPart == -300000000);"
                 "ASSERT(s.a == 5 && *s.p == 2 && s.s[1] == 'b'); ASSERT(BLUE == 6);"
                 "ASSERT(table[1] == &g[3]); ASSERT(F() == 41); ASSERT(F() == 42);"
                 "ASSERT(z[2] == 0 && b[1] == 'y' && b[7] == 0 && l.QuadPart == 0);"
                 "k.QuadPart = -1ms; ASSERT(k.LowPart == 0xFFFFD8F0 && k.HighPart == -1);"
                 "repeat (2) { LONG again[2] = { 1 }; ASSERT(again[1] == 0); again[1] = 7; }");
}

static void built_in(void **state) {
    (void)state;
    assert_holds(
        "#define N 12\n#define TWICE (N * 2)\n#if defined(_WIN64)\n#define W 8\n"
        "#else\n#define W 4\n#endif\n#if DBG && !defined(NOSUCH)\nLONG dbg = 1;\n#endif\n",
        "ULONG f = 5; ASSERT(N == 12 && TWICE == 24); ASSERT(W == sizeof(PVOID));"
        "ASSERT(dbg == 1); ASSERT(NT_SUCCESS(STATUS_TIMEOUT));"
        "ASSERT(!NT_SUCCESS(STATUS_UNSUCCESSFUL)); ASSERT(NT_ERROR(STATUS_UNSUCCESSFUL));"
        "ASSERT(FlagOn(f, 4)); SetFlag(f, 2); ClearFlag(f, 1); ASSERT(f == 6);"
        "ASSERT(BYTES_TO_PAGES(PAGE_SIZE + 1) == 2); ASSERT(KeGetCurrentIrql() == PASSIVE_LEVEL);"
        "C_ASSERT(sizeof(ULONG) == 4); UNREFERENCED_PARAMETER(f);"
        "ASSERT(STATUS_INVALID_PARAMETER == (NTSTATUS)0xC000000D);"
        "ASSERT(STATUS_INVALID_PARAMETER < 0);");
    assert_holds_on("x64", "", "ASSERT(KERNEL_STACK_SIZE == 0x6000); ASSERT(HIGH_LEVEL == 15);");
    assert_holds_on("x86", "", "ASSERT(KERNEL_STACK_SIZE == 12288); ASSERT(HIGH_LEVEL == 31);");
    assert_says("thread T { ASSERT(1 == 2); ASSERTMSG(\"told\", FALSE); DbgPrint(\"on\\n\"); }",
                "x64", "assert: 1 == 2\nassert: told\non\n");
    assert_says("thread T { KdPrint((\"%d %s %x\\n\", -5, \"and\", 0xAB)); }", "x64",
                "-5 and ab\n");
}

static void header_macros(void **state) {
    (void)state;
    assert_holds(
        "#define IOCTL_X CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, "
        "FILE_ANY_ACCESS)\n"
        "typedef struct _P { UCHAR a; ULONG b; ULONG c[ANYSIZE_ARRAY]; } P;"
        "LONG Code(ULONG code) { switch (code) { case IOCTL_X: return 1; default: return "
        "2; } }",
        "C_ASSERT(IOCTL_X == 0x222004); C_ASSERT(CTL_CODE(0x8000, 0xFFF, 3, 3) == "
        "0x8000FFFF);"
        "C_ASSERT(RTL_SIZEOF_THROUGH_FIELD(P, b) == 8); C_ASSERT(FIELD_SIZE(P, c) == 4);"
        "C_ASSERT(sizeof(size_t) == sizeof(PVOID)); C_ASSERT(sizeof(wchar_t) == 2);"
        "bool yes = 5; ASSERT(yes == true && sizeof(bool) == 1); yes = false; ASSERT(!yes);"
        "ASSERT(Code(0x222004) == 1); ASSERT(Code(1) == 2);"
        "ULONG v = 0x12345678; if (v == 0) NOTHING; else v++;"
        "ASSERT(HIWORD(v) == 0x1234); ASSERT(LOWORD(v) == 0x5679);"
        "ASSERT(HIBYTE(v) == 0x56 && LOBYTE(v) == 0x79);"
        "UCHAR from[6], to[6]; memset(from, 7, sizeof(from)); from[5] = 9;"
        "memcpy(to, from, 6); ASSERT(to[0] == 7 && to[4] == 7 && to[5] == 9);"
        "memmove(to, to + 1, 5); ASSERT(to[4] == 9 && to[0] == 7);"
        "ASSERT(ARGUMENT_PRESENT(&v)); ASSERT(!ARGUMENT_PRESENT(NULL));"
        "ASSERT(Int32x32To64(-2, 0x40000000) == -2147483648LL);"
        "ASSERT(PtrToUlong((PVOID)0x1234) == 0x1234);"
        "ASSERT(PAGE_ALIGN((PVOID)0x12345) == (PVOID)0x12000);"
        "ASSERT(BYTE_OFFSET((PVOID)0x12345) == 0x345);");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic), cmocka_unit_test(conversions),
        cmocka_unit_test(operators),  cmocka_unit_test(pointers),
        cmocka_unit_test(structs),    cmocka_unit_test(initial_values),
        cmocka_unit_test(built_in),   cmocka_unit_test(header_macros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
