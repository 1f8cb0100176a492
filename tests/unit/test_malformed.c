// SPDX-License-Identifier: MIT
// Bad input: every file of tests/malformed, nesting of 100,000 levels, files of 100 MB. Each gives at
// least one error with a place inside the file, and nothing crashes, hangs or leaks (the sanitizer
// builds see the last). tests/malformed/checker holds files whose grammar is right: they parse.
#include "script_rig.h"

#include "base/os.h"

enum { LEVELS = 100000, MANY = 60 };

#if defined(__SANITIZE_ADDRESS__) || UINTPTR_MAX == UINT32_MAX
enum { BIG = 10 * 1000 * 1000 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { BIG = 10 * 1000 * 1000 };
#else
enum { BIG = 100 * 1000 * 1000 };
#endif
#else
enum { BIG = 100 * 1000 * 1000 };
#endif

static void check_places(const struct script_rig *rig, const char *name) {
    uint32_t length = rig->sources.files[0].length, last = 0;
    assert_non_null(rig->tree.root);
    for (uint32_t i = 0; i < rig->diags.count; i++) {
        const struct kss_diag *diag = &rig->diags.items[i];
        if (diag->code == NULL) // "too many errors"
            continue;
        if (!diag->has_place || diag->primary.span.end > length ||
            diag->primary.span.begin > diag->primary.span.end || diag->primary.span.begin < last)
            fail_msg("%s: error %u has no place in the file, or none behind the one before it",
                     name, (unsigned)i);
        last = diag->primary.span.begin;
    }
}

// Parses a text that is wrong; the first error has the code given, unless that is NULL.
static void wrong(const char *name, const char *bytes, size_t length, const char *code) {
    struct script_rig rig;
    rig_parse_bytes(&rig, bytes, length);
    if (rig.diags.errors == 0 || rig.tree.ok)
        fail_msg("%s: no error", name);
    check_places(&rig, name);
    if (code != NULL && strcmp(rig.diags.items[0].code, code) != 0)
        fail_msg("%s: %s instead of %s", name, rig.diags.items[0].code, code);
    // The printer must cope with whatever the line holds.
    struct kss_text out = {0};
    for (uint32_t i = 0; i < rig.diags.count && i < 3; i++)
        kss_diag_print(&out, &rig.sources, &rig.diags.items[i], false);
    assert_true(out.length > 0 && out.length < 20000);
    kss_text_free(&out);
    rig_free(&rig);
}

static unsigned each_file(const char *folder, void (*check)(const char *, const char *, size_t)) {
    struct kss_arena arena = {0};
    char **names;
    size_t count;
    unsigned files = 0;
    const char *reason = kss_os_list(&arena, folder, &names, &count);
    if (reason != NULL)
        fail_msg("%s: %s", folder, reason);
    for (size_t i = 0; i < count; i++) {
        struct kss_text path = {0};
        char *bytes;
        size_t length;
        kss_text_format(&path, "%s/%s", folder, names[i]);
        if (kss_os_kind(path.bytes) == KSS_OS_FILE) {
            assert_null(kss_os_read(&arena, path.bytes, &bytes, &length));
            check(path.bytes, bytes, length);
            files++;
        }
        kss_text_free(&path);
    }
    kss_arena_free(&arena);
    return files;
}

static void is_wrong(const char *path, const char *bytes, size_t length) {
    wrong(path, bytes, length, NULL);
}

static void is_right(const char *path, const char *bytes, size_t length) {
    struct script_rig rig;
    rig_parse_bytes(&rig, bytes, length);
    if (rig.diags.count > 0)
        fail_msg("%s: %s", path, rig.diags.items[0].message);
    rig_free(&rig);
}

static void files(void **state) {
    (void)state;
    assert_true(each_file("tests/malformed", is_wrong) >= MANY);
    assert_true(each_file("tests/malformed/checker", is_right) > 0);
}

// Prefixes, and the text with one byte taken out or spoilt: no crash, places in order.
static void spoilt(void **state) {
    (void)state;
    static const char source[] =
        "machine x64-xsave { stack = 24K; }\n#define T 'kssT' /* c */\n#if A\nint a[2] = { 1, { 2 "
        "} };\n"
        "#else\ntypedef struct _S { union { int a; }; } S;\n#endif\n"
        "routine m!F(_In_ PVOID p, ...) frame(0x10) {\n    __try { f((S *)p->a[1], \"s\" L\"t\"); "
        "}\n"
        "    __except (1) { goto out; }\n    after 1s .. 2s dpc G(&x);\n    write b[0 .. 3];\n"
        "    switch (x) { case 1: break; default: ... }\n    do x++; while (x ? 1 : 0);\nout:;\n}\n"
        "thread T(system) { call a call b c(); }\nexpect status F#2 == -1;\n";
    char copy[sizeof source];
    static const char bytes[] = "\0{}()[];\"'/*#,\x80.a0";
    for (size_t length = 0; length < sizeof source; length += 2) {
        struct script_rig rig;
        rig_parse_bytes(&rig, source, length);
        check_places(&rig, "a prefix");
        rig_free(&rig);
        for (size_t i = 0; i < sizeof bytes; i++) {
            memcpy(copy, source, sizeof source);
            copy[length] = bytes[i];
            rig_parse_bytes(&rig, copy, sizeof source - 1);
            check_places(&rig, "a spoilt text");
            rig_free(&rig);
        }
        memcpy(copy, source, length);
        memcpy(copy + length, source + length + (length < sizeof source - 1),
               sizeof source - length - (length < sizeof source - 1));
        rig_parse_bytes(&rig, copy, strlen(copy));
        check_places(&rig, "a text with a byte missing");
        rig_free(&rig);
    }
}

static void nested(const char *before, const char *open, const char *middle, const char *close,
                   const char *after, size_t levels, const char *code) {
    struct kss_text text = {0};
    kss_text_str(&text, before);
    for (size_t i = 0; i < levels; i++)
        kss_text_str(&text, open);
    kss_text_str(&text, middle);
    for (size_t i = 0; i < levels; i++)
        kss_text_str(&text, close);
    kss_text_str(&text, after);
    if (code != NULL) {
        struct script_rig rig;
        rig_parse_bytes(&rig, text.bytes, text.length);
        if (rig.diags.errors != 1 || strcmp(rig.diags.items[0].code, code) != 0)
            fail_msg("%s x %u: %s", open, (unsigned)levels, rig_diags(&rig));
        check_places(&rig, open);
        rig_free(&rig);
    } else {
        is_right(open, text.bytes, text.length);
    }
    kss_text_free(&text);
}

#define F "routine F() { "

// Statements, items and types nest as deep as they like, left operands too.
static void deep_and_right(void **state) {
    (void)state;
    nested(F, "{", ";", "}", "}", LEVELS, NULL);
    nested(F, "if (x) ", ";", "", "}", LEVELS, NULL);
    nested(F, "if (x) y; else ", ";", "", "}", LEVELS, NULL);
    nested(F, "while (x) for (;;) repeat (2) do ", ";", "while (1);", "}", LEVELS, NULL);
    nested(F, "__try {", ";", "} __finally { }", "}", LEVELS, NULL);
    nested(F, "switch (x) case 1: default: out: ", ";", "", "}", LEVELS, NULL);
    nested("thread T { ", "call a frame(3) ", ";", "", "}", LEVELS, NULL);
    nested("", "struct S {", "int a;", "} b;", "", LEVELS, NULL);
    nested("typedef ", "union {", "int a;", "};", "", LEVELS, NULL);
    nested("struct S { int a[sizeof(struct { ", "struct {", "int x;", "} y;", "})]; int b; } s;",
           LEVELS, NULL);
    nested("", "#if A\n", "int a;\n", "#endif\n", "", LEVELS, NULL);
    nested("#if A\n", "#elif B\nint x;\n", "", "", "#endif\n", LEVELS, NULL);
    nested(F "x = 1", " + 1", "", "", "; }", 10 * LEVELS, NULL);
    nested(F "x", ", y", "", "", "; }", LEVELS, NULL);
    nested(F "x = a", "[0]", "", "", "; }", LEVELS, NULL);
    nested(F "x = a", "->b", "", "", "; }", LEVELS, NULL);
    nested(F "x", "()", "", "", "; }", LEVELS, NULL);
    nested(F "f(", "\"a\" ", "", "", "); }", LEVELS, NULL);
    nested(F "PVOID ", "*", "p", "", "; }", LEVELS, NULL);
    nested(F "UCHAR p", "[1]", "", "", "; }", LEVELS, NULL);
}

// Everything else in expressions, 256 deep: one error, one message.
static void deep_and_wrong(void **state) {
    (void)state;
    static const struct {
        const char *before, *open, *middle, *close, *after;
    } cases[] = {
        {F "x = ", "(", "1", ")", "; y(); }"},
        {F "x = ", "- ", "1", "", "; y(); }"},
        {F "x = ", "(PVOID)", "0", "", "; y(); }"},
        {F "x = ", "f(", "0", ")", "; y(); }"},
        {F "x = ", "a[", "0", "]", "; y(); }"},
        {F "x ", "= x ", "", "", "; y(); }"},
        {F "x = 1", " ? 2 : 3", "", "", "; y(); }"},
        {"int a[] = ", "{", "1", "}", ";"},
        {"int a[", "sizeof(struct { int b[", "1", "]; })", "];"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        nested(cases[i].before, cases[i].open, cases[i].middle, cases[i].close, cases[i].after,
               LEVELS, "KSS0022");
    // The limit itself: 256 are fine, 257 are not.
    nested(F "x = ", "(", "1", ")", "; }", KSS_EXPRESSION_DEPTH, NULL);
    nested(F "x = ", "(", "1", ")", "; }", KSS_EXPRESSION_DEPTH + 1, "KSS0022");
    nested(F "x = ", "(1 + ", "1", ")", "; }", KSS_EXPRESSION_DEPTH, NULL);
}

static void deep_and_open(void **state) {
    (void)state;
    nested(F, "{", "", "", "", LEVELS, "KSS0023");
    nested(F, "if (x) {", "", "", "", LEVELS, "KSS0023");
    nested("", "struct S {", "", "", "", LEVELS, "KSS0020");
    nested("", "#if A\n", "", "", "", LEVELS, "KSS0052");
    nested(F "x = ", "(", "", "", "", 100, "KSS0020");
    nested(F, "f(", "", "", "", LEVELS, "KSS0022");
}

static void too_deep(void **state) {
    (void)state;
    if (BIG < 100 * 1000 * 1000)
        return; // half a gigabyte, where there may be less
    nested(F, "{", "", "", "", 5000000, "KSS0036");
    nested("", "struct {", "", "", "", 5000000, "KSS0036");
}

static void big(const char *name, const char *before, const char *repeated, const char *after,
                const char *code, size_t bytes) {
    struct kss_text text = {0};
    size_t length = strlen(repeated), count = bytes / length + 1;
    kss_text_str(&text, before);
    char *at = kss_text_room(&text, count * length);
    for (size_t i = 0; i < count; i++)
        memcpy(at + i * length, repeated, length);
    text.length += count * length;
    text.bytes[text.length] = '\0';
    kss_text_str(&text, after);
    wrong(name, text.bytes, text.length, code);
    kss_text_free(&text);
}

static void big_files(void **state) {
    (void)state;
    big("a comment without an end", "/*", " text", "", "KSS0005", BIG);
    big("bad bytes", "", "\xFF", "", "KSS0003", BIG);
    big("blanks", F, "        \n", "", "KSS0023", BIG);
    big("a string without an end", F "f(\"", "text", "", "KSS0006", BIG / 10);
    big("a name", "", "n", "", NULL, BIG / 10);
    big("digits", "frame F = ", "1", ";", "KSS0011", BIG / 10);
    big("brackets", F "x = ", "(", "", "KSS0022", BIG / 10);
    big("garbage", "", "@a \x01\xFF}{", "", "KSS0001", BIG / 10);
    big("a missing brace behind much code", "machine x64;\n",
        "routine Copy(PUCHAR to, const UCHAR *from, SIZE_T count) frame(0x60) {\n"
        "    // Copies what is there, one byte after the other, and counts what it did.\n"
        "    while (count-- > 0)\n        *to++ = (UCHAR)(*from++ ^ 0x55);\n"
        "    KeSetEvent(&CopyDone, IO_NO_INCREMENT, FALSE);\n}\n\n",
        "routine Last() {", "KSS0023", BIG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),          cmocka_unit_test(spoilt),
        cmocka_unit_test(deep_and_right), cmocka_unit_test(deep_and_wrong),
        cmocka_unit_test(deep_and_open),  cmocka_unit_test(too_deep),
        cmocka_unit_test(big_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
