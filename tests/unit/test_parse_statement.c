// SPDX-License-Identifier: MIT
// Shapes of statements, and when a scenario word is one.
#include "script_rig.h"

static void control(void **state) {
    (void)state;
    expect_statement(
        "if (a) b; else if (c) d; else { e; }",
        "(if a(name a) b(expr a(name b)) c(if a(name c) b(expr a(name d)) c(block a(expr "
        "a(name e)))))");
    expect_statement("if (a) if (b) c; else d;",
                     "(if a(name a) b(if a(name b) b(expr a(name c)) c(expr a(name d))))");
    expect_statement("while (a) ;", "(while a(name a) b(expr))");
    expect_statement("do { a; } while (b);", "(do a(name b) b(block a(expr a(name a))))");
    expect_statement("do a; while (b); c;", "(do a(name b) b(expr a(name a)))(expr a(name c))");
    expect_statement("for (;;) break;", "(for d(break))");
    expect_statement(
        "for (i = 0; i < 2; i++) continue;",
        "(for a(expr a(assign = a(name i) b(number 0))) b(binary < a(name i) b(number 2)) "
        "c(postfix ++ a(name i)) d(continue))");
    expect_statement(
        "for (ULONG i = 0, j; ; ) ;",
        "(for a(decl a(type ULONG) b(declarator i b(number 0))(declarator j)) d(expr))");
    expect_statement("return; return x;", "(return)(return a(name x))");
    expect_statement(";;", "(expr)(expr)");
    expect_statement("{ } { a; }", "(block)(block a(expr a(name a)))");
}

static void labels(void **state) {
    (void)state;
    expect_statement("switch (x) { case 1: a; break; case 2: case B + 1: b; default: }",
                     "(switch a(name x) b(block a(case a(number 1) b(expr a(name a)))(break)(case "
                     "a(number 2) b(case a(binary + a(name B) b(number 1)) b(expr a(name "
                     "b))))(default)))");
    expect_statement("goto out; out: a; end: ",
                     "(goto out)(label out b(expr a(name a)))(label end)");
    expect_statement("case x ? 1 : 2: a;",
                     "(case a(conditional a(name x) b(number 1) c(number 2)) b(expr a(name a)))");
    expect_statement("read: a; ULONG: b;",
                     "(label read b(expr a(name a)))(label ULONG b(expr a(name b)))");
}

static void exceptions(void **state) {
    (void)state;
    expect_statement(
        "__try { a; } __except (f()) { b; }",
        "(try a(block a(expr a(name a))) b(call a(name f)) c(block a(expr a(name b))))");
    expect_statement("try { __leave; leave; } finally { }",
                     "(try finally a(block a(leave)(leave)) c(block))");
    expect_statement("__try { try { } except (1) { } } __finally { }",
                     "(try finally a(block a(try a(block) b(number 1) c(block))) c(block))");
    expect_statement("leave;", "(expr a(name leave))");
}

static void scenario_statements(void **state) {
    (void)state;
    expect_statement("repeat (3) { a; }", "(repeat a(number 3) b(block a(expr a(name a))))");
    expect_statement("repeat (n) f(x);", "(repeat a(name n) b(expr a(call a(name f) b(name x))))");
    expect_statement("call a frame(16) pageable call m!b call \"c+0x1\" { x; }",
                     "(call_tree a(symbol a) b(call_tree a(symbol m!b) b(call_tree a(symbol c+0x1 "
                     "quoted) b(block a(expr a(name x))))) e(frame a(number 16))(pageable))");
    expect_statement("call a;", "(call_tree a(symbol a) b(expr))");
    expect_statement("after 30s dpc F(&x, 1);",
                     "(after a(when a(duration 300000000)) b(event dpc a(run a(symbol F) b(unary & "
                     "a(name x))(number 1))))");
    expect_statement(
        "after 30s .. 60s signal p->Event;",
        "(after a(when a(duration 300000000) b(duration 600000000)) b(event signal a(span "
        "a(field Event -> a(name p)))))");
    expect_statement(
        "after D interrupt (5) m!Isr();",
        "(after a(when a(name D)) b(event interrupt a(run a(symbol m!Isr)) b(number 5)))");
    expect_statement("after (D) dpc F();",
                     "(after a(when a(name D)) b(event dpc a(run a(symbol F))))");
    expect_statement(
        "after 1ms apc special T F(...);",
        "(after a(when a(duration 10000)) b(event apc-special T a(run ... a(symbol F))))");
    expect_statement(
        "after 1ms terminate T; after 1ms alert T; after 1ms trim;",
        "(after a(when a(duration 10000)) b(event terminate T))(after a(when a(duration "
        "10000)) b(event alert T))(after a(when a(duration 10000)) b(event trim))");
    expect_statement(
        "after 1ms dma write buf[0 .. n - 1];",
        "(after a(when a(duration 10000)) b(event dma-write a(span a(name buf) b(range "
        "a(number 0) b(binary - a(name n) b(number 1))))))");
    expect_statement("...", "(left_out)");
    expect_statement("... ; a;", "(left_out)(expr a(name a))");
}

static void touches(void **state) {
    (void)state;
    expect_statement("read x; write *p;",
                     "(touch read a(span a(name x)))(touch write a(span a(unary * a(name p))))");
    expect_statement("write buf[0 .. 63];",
                     "(touch write a(span a(name buf) b(range a(number 0) b(number 63))))");
    expect_statement("read p->a[1].b[i..j];",
                     "(touch read a(span a(field b a(index a(field a -> a(name p)) b(number 1))) "
                     "b(range a(name i) b(name j))))");
    expect_statement(
        "read (PVOID)p;",
        "(touch read a(span a(cast a(type_name a(type PVOID) b(declarator)) b(name p))))");
}

// Every scenario word is a name where C can read it as one.
static void words_as_names(void **state) {
    (void)state;
    expect_statement(
        "read(x); write(x, y); call(); after(1); repeat(3);",
        "(expr a(call a(name read) b(name x)))(expr a(call a(name write) b(name x)(name "
        "y)))(expr a(call a(name call)))(expr a(call a(name after) b(number 1)))(expr "
        "a(call a(name repeat) b(number 3)))");
    expect_statement(
        "ULONG read, device; read = 1; read * device; thread->frame = at;",
        "(decl a(type ULONG) b(declarator read)(declarator device))(expr a(assign = "
        "a(name read) b(number 1)))(expr a(binary * a(name read) b(name device)))(expr "
        "a(assign = a(field frame -> a(name thread)) b(name at)))");
    expect_statement("PDEVICE_OBJECT device; PKTHREAD thread; device = thread; machine = module;",
                     "(decl a(type PDEVICE_OBJECT) b(declarator device))(decl a(type PKTHREAD) "
                     "b(declarator thread))(expr a(assign = a(name device) b(name thread)))(expr "
                     "a(assign = a(name machine) b(name module)))");
    expect_statement(
        "try = 1; except(2); signal.dpc = 3;",
        "(expr a(assign = a(name try) b(number 1)))(expr a(call a(name except) b(number "
        "2)))(expr a(assign = a(field dpc a(name signal)) b(number 3)))");
}

static void words_in_scope(void **state) {
    (void)state;
    // Declared in a block: a name there, a scenario word behind it.
    expect_statement("{ ULONG call; call = 1; } call f;",
                     "(block a(decl a(type ULONG) b(declarator call))(expr a(assign = a(name call) "
                     "b(number 1))))(call_tree a(symbol f) b(expr))");
    expect_diags(
        "routine F(ULONG read) { read x; }",
        "KSS0020 1:30 expected `;`, found `x` | help: `read` is declared as a name here, so it "
        "is not a scenario word");
    expect_tree(
        "#define call 1\nroutine F() { x = call; }",
        "(define call a(number 1))(routine any b(symbol F) d(block a(expr a(assign = a(name x) "
        "b(name call)))))");
}

static void declarations(void **state) {
    (void)state;
    expect_statement(
        "KEVENT done; PVOID p = NULL, *q; ULONG a[2][3];",
        "(decl a(type KEVENT) b(declarator done))(decl a(type PVOID) b(declarator p b(name "
        "NULL))(declarator q*))(decl a(type ULONG) b(declarator a a(length a(number "
        "2))(length a(number 3))))");
    expect_statement(
        "MINE x; MINE *p; MINE **q = 0; a * b;",
        "(decl a(type MINE) b(declarator x))(decl a(type MINE) b(declarator p*))(decl "
        "a(type MINE) b(declarator q** b(number 0)))(expr a(binary * a(name a) b(name b)))");
    expect_statement("KEVENT *p; ULONG ULONG; ULONG * p;",
                     "(decl a(type KEVENT) b(declarator p*))(decl a(type ULONG) b(declarator "
                     "ULONG))(expr a(binary * a(name ULONG) b(name p)))");
    expect_statement(
        "static const UCHAR t[] = { 1, { 2, 3, }, };",
        "(decl static const a(type UCHAR const) b(declarator t a(length) b(init a(number "
        "1)(init a(number 2)(number 3)))))");
    expect_statement("volatile long x; unsigned y; unsigned char c; long long z; __int64 w;",
                     "(decl volatile a(type long volatile) b(declarator x))(decl a(type uint) "
                     "b(declarator y))(decl a(type uchar) b(declarator c))(decl a(type int64) "
                     "b(declarator z))(decl a(type int64) b(declarator w))");
    expect_statement(
        "_IRQL_saves_ KIRQL irql; IN PVOID x; register int i;",
        "(decl a(type KIRQL) b(declarator irql))(decl a(type PVOID) b(declarator x))(decl "
        "a(type int) b(declarator i))");
    expect_statement("PVOID CONST p; LONG volatile * const q;",
                     "(decl const a(type PVOID const) b(declarator p))(decl volatile a(type LONG "
                     "volatile) b(declarator q*))");
    expect_statement("_Analysis_assume_(x != NULL); a;", "(expr)(expr a(name a))");
    expect_statement("UNREFERENCED_PARAMETER(x);",
                     "(expr a(call a(name UNREFERENCED_PARAMETER) b(name x)))");
    expect_statement(
        "struct _S s; struct { int a; } t; enum E { A, B = 2 } e;",
        "(decl a(type a(struct _S)) b(declarator s))(decl a(type a(struct a(member a(type "
        "int) b(declarator a)))) b(declarator t))(decl a(type a(enum E a(enumerator "
        "A)(enumerator B a(number 2)))) b(declarator e))");
}

static void hash_lines_in_blocks(void **state) {
    (void)state;
    expect_statement(
        "#if DBG\na;\n#else\nb; c;\n#endif\nd;",
        "(if_line a(name DBG) b(expr a(name a)) c(expr a(name b))(expr a(name c)))(expr "
        "a(name d))");
    expect_statement("#define N 3\n#pragma warning(disable: 1)\na;",
                     "(define N a(number 3))(expr a(name a))");
    expect_statement("switch (x) {\ncase 1:\n#ifdef DBG\na;\n#endif\nb; }",
                     "(switch a(name x) b(block a(case a(number 1))(if_line a(call a(name defined) "
                     "b(name DBG)) b(expr a(name a)))(expr a(name b))))");
    expect_statement("f(a,\n#pragma warning(suppress: 6011)\nb);",
                     "(expr a(call a(name f) b(name a)(name b)))");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control),
        cmocka_unit_test(labels),
        cmocka_unit_test(exceptions),
        cmocka_unit_test(scenario_statements),
        cmocka_unit_test(touches),
        cmocka_unit_test(words_as_names),
        cmocka_unit_test(words_in_scope),
        cmocka_unit_test(declarations),
        cmocka_unit_test(hash_lines_in_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
