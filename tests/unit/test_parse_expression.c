// SPDX-License-Identifier: MIT
// Shapes of expressions.
#include "script_rig.h"

static void expression_(const char *source, const char *tree, const char *file, int line) {
    struct kss_text statement = {0}, wanted = {0};
    kss_text_format(&statement, "%s;", source);
    kss_text_format(&wanted, "(expr a%s)", tree);
    expect_statement_(statement.bytes, wanted.bytes, file, line);
    kss_text_free(&statement);
    kss_text_free(&wanted);
}
#define expression(source, tree) expression_((source), (tree), __FILE__, __LINE__)

static void precedence(void **state) {
    (void)state;
    expression("a + b * c", "(binary + a(name a) b(binary * a(name b) b(name c)))");
    expression("a * b + c", "(binary + a(binary * a(name a) b(name b)) b(name c))");
    expression("(a + b) * c", "(binary * a(binary + a(name a) b(name b)) b(name c))");
    expression("a - b - c", "(binary - a(binary - a(name a) b(name b)) b(name c))");
    expression(
        "a || b && c | d ^ e & f == g < h << i + j * k",
        "(binary || a(name a) b(binary && a(name b) b(binary | a(name c) b(binary ^ a(name d) "
        "b(binary & a(name e) b(binary == a(name f) b(binary < a(name g) b(binary << a(name h) "
        "b(binary + a(name i) b(binary * a(name j) b(name k)))))))))))");
    expression(
        "a * b + c << d < e == f & g ^ h | i && j || k",
        "(binary || a(binary && a(binary | a(binary ^ a(binary & a(binary == a(binary < "
        "a(binary << a(binary + a(binary * a(name a) b(name b)) b(name c)) b(name d)) b(name "
        "e)) b(name f)) b(name g)) b(name h)) b(name i)) b(name j)) b(name k))");
    expression("a >> 1 >= b % 2 != c / 3",
               "(binary != a(binary >= a(binary >> a(name a) b(number 1)) b(binary % a(name b) "
               "b(number 2))) b(binary / a(name c) b(number 3)))");
}

static void assignments(void **state) {
    (void)state;
    expression("a = b = c", "(assign = a(name a) b(assign = a(name b) b(name c)))");
    expression("a += b <<= c", "(assign += a(name a) b(assign <<= a(name b) b(name c)))");
    expression(
        "a = b ? c : d, e",
        "(binary , a(assign = a(name a) b(conditional a(name b) b(name c) c(name d))) b(name e))");
    expression("a ? b : c ? d : e",
               "(conditional a(name a) b(name b) c(conditional a(name c) b(name d) c(name e)))");
    expression("a ? b, c : d", "(conditional a(name a) b(binary , a(name b) b(name c)) c(name d))");
    expression(
        "a |= b; a ^= b; a %= b",
        "(assign |= a(name a) b(name b)))(expr a(assign ^= a(name a) b(name b)))(expr a(assign "
        "%= a(name a) b(name b))");
}

static void unary(void **state) {
    (void)state;
    expression("-a", "(unary - a(name a))");
    expression("!~*&a", "(unary ! a(unary ~ a(unary * a(unary & a(name a)))))");
    expression("++a + b--", "(binary + a(unary ++ a(name a)) b(postfix -- a(name b)))");
    expression("- -a", "(unary - a(unary - a(name a)))");
    expression("*p++ = 0", "(assign = a(unary * a(postfix ++ a(name p))) b(number 0))");
    expression("+1", "(unary + a(number 1))");
}

static void postfix(void **state) {
    (void)state;
    expression("a.b->c[1](2)",
               "(call a(index a(field c -> a(field b a(name a))) b(number 1)) b(number 2))");
    expression("f()", "(call a(name f))");
    expression(
        "f(a, b = 1, (c, d))",
        "(call a(name f) b(name a)(assign = a(name b) b(number 1))(binary , a(name c) b(name d)))");
    expression("mydrv!Read(1)", "(call a(symbol mydrv!Read) b(number 1))");
    expression("a!=b", "(binary != a(name a) b(name b))");
    expression("NtReadFile(C, ...)", "(call ... a(name NtReadFile) b(name C))");
    expression("F(...)", "(call ... a(name F))");
    expression("a[i, j]", "(index a(name a) b(binary , a(name i) b(name j)))");
    expression("p->device.thread", "(field thread a(field device -> a(name p)))");
}

static void casts(void **state) {
    (void)state;
    expression("(PVOID)x", "(cast a(type_name a(type PVOID) b(declarator)) b(name x))");
    expression("(KEVENT *)x", "(cast a(type_name a(type KEVENT) b(declarator*)) b(name x))");
    expression("(unsigned long)x + 1",
               "(binary + a(cast a(type_name a(type ulong) b(declarator)) b(name x)) b(number 1))");
    expression("(const UCHAR *)x",
               "(cast a(type_name a(type UCHAR const) b(declarator*)) b(name x))");
    expression("(struct _S **)x",
               "(cast a(type_name a(type a(struct _S)) b(declarator**)) b(name x))");
    expression("(ULONG)-1",
               "(cast a(type_name a(type ULONG) b(declarator)) b(unary - a(number 1)))");
    expression("(PUCHAR)p + (SIZE_T)n",
               "(binary + a(cast a(type_name a(type PUCHAR) b(declarator)) b(name p)) b(cast "
               "a(type_name a(type SIZE_T) b(declarator)) b(name n)))");
    // A type nobody knows: a cast where nothing else is possible.
    expression("(MINE)x", "(cast a(type_name a(type MINE) b(declarator)) b(name x))");
    expression("(MINE *)(x)", "(cast a(type_name a(type MINE) b(declarator*)) b(name x))");
    expression("(MINE)(x)", "(call a(name MINE) b(name x))");
    expression("(MINE) - 1", "(binary - a(name MINE) b(number 1))");
    expression("(CONST MINE *)x",
               "(cast a(type_name a(type MINE const) b(declarator*)) b(name x))");
}

static void casts_and_scope(void **state) {
    (void)state;
    // A variable with a type's spelling is a variable, inside its scope.
    expect_statement(
        "{ ULONG PVOID; (PVOID)-1; } (PVOID)-1;",
        "(block a(decl a(type ULONG) b(declarator PVOID))(expr a(binary - a(name PVOID) "
        "b(number 1))))(expr a(cast a(type_name a(type PVOID) b(declarator)) b(unary - "
        "a(number 1))))");
    expect_statement(
        "{ typedef ULONG MINE; (MINE)-1; } (MINE)-1;",
        "(block a(decl typedef a(type ULONG) b(declarator MINE))(expr a(cast a(type_name "
        "a(type MINE) b(declarator)) b(unary - a(number 1)))))(expr a(binary - a(name "
        "MINE) b(number 1)))");
}

static void sizeofs(void **state) {
    (void)state;
    expression("sizeof(KEVENT)", "(sizeof a(type_name a(type KEVENT) b(declarator)))");
    expression("sizeof(MINE)", "(sizeof a(name MINE))");
    expression("sizeof(MINE *)", "(sizeof a(type_name a(type MINE) b(declarator*)))");
    expression("sizeof(ULONG[4])",
               "(sizeof a(type_name a(type ULONG) b(declarator a(length a(number 4)))))");
    expression("sizeof x * 2", "(binary * a(sizeof a(name x)) b(number 2))");
    expression("sizeof(x)[0]", "(sizeof a(index a(name x) b(number 0)))");
    expression("sizeof(struct { int a; })",
               "(sizeof a(type_name a(type a(struct a(member a(type int) b(declarator a)))) "
               "b(declarator)))");
}

static void type_arguments(void **state) {
    (void)state;
    expression("CONTAINING_RECORD(e, struct _S, Link)",
               "(call a(name CONTAINING_RECORD) b(name e)(type_name a(type a(struct _S)) "
               "b(declarator))(name Link))");
    expression("CONTAINING_RECORD(e, IRP, Tail.Overlay)",
               "(call a(name CONTAINING_RECORD) b(name e)(name IRP)(field Overlay a(name Tail)))");
    expression("va_arg(ap, PVOID *)",
               "(call a(name va_arg) b(name ap)(type_name a(type PVOID) b(declarator*)))");
    expression(
        "f(x * y, unsigned int)",
        "(call a(name f) b(binary * a(name x) b(name y))(type_name a(type uint) b(declarator)))");
}

static void kdprint(void **state) {
    (void)state;
    expression("KdPrint((\"a %d\", x))", "(call a(name KdPrint) b(string \"a %d\")(name x))");
    expression("KdPrint((\"a\"))", "(call a(name KdPrint) b(string \"a\"))");
    expression("KdPrintEx((A, B, \"c\"))",
               "(call a(name KdPrintEx) b(name A)(name B)(string \"c\"))");
    expression("Other((\"a\", x))", "(call a(name Other) b(binary , a(string \"a\") b(name x)))");
}

static void literals(void **state) {
    (void)state;
    expression("'kssT'", "(char 1802728276)");
    expression("\"a\" \"b\" L\"c\"", "(string \"abc\" wide)");
    expression("L\"x\"", "(string \"x\" wide)");
    expression("__FUNCTION__ \": \"", "(string \"F: \")");
    expression("\"\"", "(string \"\")");
    expression("30s", "(duration 300000000)");
    expression("12K", "(size 12288)");
    expression("0x10UL", "(number 16 unsigned hex)");
    expression("\"\\x80\" L\"a\"", "(string \"\xC2\x80"
                                   "a\" wide)");
}

static void string_nodes_hold_nul(void **state) {
    (void)state;
    struct script_rig rig;
    rig_parse(&rig, "routine F() { x = \"a\\0b\"; }");
    const struct kss_node *string = rig.tree.root->a->d->a->a->b;
    assert_int_equal(string->kind, KSS_N_STRING);
    assert_int_equal(string->length, 3);
    assert_memory_equal(string->text, "a\0b", 4);
    rig_free(&rig);
}

static void spans(void **state) {
    (void)state;
    struct script_rig rig;
    const char *source = "routine F() { x = ((a) + b[1]) * -c; }";
    rig_parse(&rig, source);
    const struct kss_node *assign = rig.tree.root->a->d->a->a, *product = assign->b;
    static const char *const texts[] = {
        "x = ((a) + b[1]) * -c", "((a) + b[1]) * -c", "((a) + b[1])", "(a)", "b[1]", "-c"};
    const struct kss_node *nodes[] = {assign,        product,       product->a,
                                      product->a->a, product->a->b, product->b};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        assert_int_equal(nodes[i]->end - nodes[i]->begin, strlen(texts[i]));
        assert_memory_equal(source + nodes[i]->begin, texts[i], strlen(texts[i]));
    }
    rig_free(&rig);
}

static void names_are_interned(void **state) {
    (void)state;
    struct script_rig rig;
    rig_parse(&rig, "routine F() { abc = abc; }");
    const struct kss_node *assign = rig.tree.root->a->d->a->a;
    assert_ptr_equal(assign->a->name, assign->b->name);
    rig_free(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence),
        cmocka_unit_test(assignments),
        cmocka_unit_test(unary),
        cmocka_unit_test(postfix),
        cmocka_unit_test(casts),
        cmocka_unit_test(casts_and_scope),
        cmocka_unit_test(sizeofs),
        cmocka_unit_test(type_arguments),
        cmocka_unit_test(kdprint),
        cmocka_unit_test(literals),
        cmocka_unit_test(string_nodes_hold_nul),
        cmocka_unit_test(spans),
        cmocka_unit_test(names_are_interned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
