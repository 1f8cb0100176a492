// SPDX-License-Identifier: MIT
// Tokens: kinds, values, places, and what the lexer objects to.
#include "script_rig.h"

#include "script/lex.h"

#include <stdio.h>

static const char *const kinds[KSS_T_COUNT] = {
    [KSS_T_EOL] = "eol",       [KSS_T_HASH] = "hash",         [KSS_T_HASH_LINE] = "line",
    [KSS_T_NAME] = "name",     [KSS_T_KEYWORD] = "keyword",   [KSS_T_SYMBOL] = "symbol",
    [KSS_T_NUMBER] = "number", [KSS_T_DURATION] = "duration", [KSS_T_SIZE] = "size",
    [KSS_T_CHAR] = "char",     [KSS_T_STRING] = "string",
};

// Every token: its kind where it has one, its text, the value of a number. Then the diagnostics.
static void lex(struct script_rig *rig, const char *bytes, size_t length, bool whole) {
    *rig = (struct script_rig){0};
    rig->sources.arena = &rig->arena;
    rig->diags.arena = &rig->arena;
    char *copy = malloc(length ? length : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    kss_source_add(&rig->sources, "t.kss", copy, length);
    struct kss_lexer lexer;
    struct kss_token token;
    kss_lexer_init(&lexer, &rig->arena, &rig->sources, 0, &rig->diags);
    lexer.whole_hash_lines = whole;
    struct kss_text out = {0};
    kss_text_str(&out, "");
    for (kss_lex(&lexer, &token); token.kind != KSS_T_EOF; kss_lex(&lexer, &token)) {
        if (out.length)
            kss_text_char(&out, ' ');
        if (kinds[token.kind])
            kss_text_format(&out, "%s:", kinds[token.kind]);
        kss_text_bytes(&out, copy + token.begin, token.end - token.begin);
        if (token.kind >= KSS_T_NUMBER && token.kind <= KSS_T_CHAR)
            kss_text_format(&out, "=%lld", (long long)token.number);
        if (token.kind == KSS_T_NUMBER && token.flags)
            kss_text_format(&out, "/%s%s%s", token.flags & KSS_F_UNSIGNED ? "u" : "",
                            token.flags & KSS_F_LONG_LONG ? "l" : "",
                            token.flags & KSS_F_HEX ? "x" : "");
    }
    assert_int_equal(token.begin, length);
    kss_lexer_free(&lexer);
    const char *diags = rig_diags(rig);
    if (*diags)
        kss_text_format(&out, "\n%s", diags);
    kss_text_free(&rig->text);
    rig->text = out;
}

static void tokens_(const char *source, const char *expected, const char *file, int line) {
    struct script_rig rig;
    lex(&rig, source, strlen(source), false);
    _assert_string_equal(rig.text.bytes, expected, file, line);
    rig_free(&rig);
}
#define tokens(source, expected) tokens_((source), (expected), __FILE__, __LINE__)

static void names_and_keywords(void **state) {
    (void)state;
    tokens("", "");
    tokens("a _b1 while machine __try L", "name:a name:_b1 keyword:while name:machine "
                                          "keyword:__try name:L");
    tokens("a/**/b//c\nd", "name:a name:b name:d");
    tokens("a\\\nb", "name:a name:b");
    tokens("a\r\nb\f\v\tc", "name:a name:b name:c");
    tokens("\xEF\xBB\xBF"
           "a",
           "name:a");
}

static void symbols(void **state) {
    (void)state;
    tokens("mydrv!Read a!=b a ! b", "symbol:mydrv!Read name:a != name:b name:a ! name:b");
    tokens("return!x sizeof!x a!9",
           "keyword:return ! name:x keyword:sizeof ! name:x name:a ! number:9=9");
    tokens("a!b!c", "symbol:a!b ! name:c");
}

static void numbers(void **state) {
    (void)state;
    tokens("0 7 017 0x1F", "number:0=0 number:7=7 number:017=15/x number:0x1F=31/x");
    tokens("1u 2UL 3ll 4ull 5i64 6UI64 0x7LU", "number:1u=1/u number:2UL=2/u number:3ll=3/l "
                                               "number:4ull=4/ul number:5i64=5/l number:6UI64=6/ul "
                                               "number:0x7LU=7/ux");
    tokens("18446744073709551615", "number:18446744073709551615=-1");
    tokens("0xFFFFFFFFFFFFFFFF", "number:0xFFFFFFFFFFFFFFFF=-1/x");
    tokens("12K 1M 0K", "size:12K=12288 size:1M=1048576 size:0K=0");
    tokens("30s 15ms 5us 100ns 2min 0s 010s",
           "duration:30s=300000000 duration:15ms=150000 duration:5us=50 duration:100ns=1 "
           "duration:2min=1200000000 duration:0s=0 duration:010s=100000000");
    tokens("0..63 30s..60s 1...", "number:0=0 .. number:63=63 duration:30s=300000000 .. "
                                  "duration:60s=600000000 number:1=1 ...");
    tokens("0xE+1 1-1", "number:0xE=14/x + number:1=1 number:1=1 - number:1=1");
}

static void bad_numbers(void **state) {
    (void)state;
    tokens("18446744073709551616", "number:18446744073709551616=0\n"
                                   "KSS0011 1:1 `18446744073709551616` is too large");
    tokens("0x10000000000000000", "number:0x10000000000000000=0/x\n"
                                  "KSS0011 1:1 `0x10000000000000000` is too large");
    tokens("09",
           "number:09=0/x\nKSS0010 1:1 invalid number `09` | help: a number that begins with 0 "
           "is octal");
    tokens("0x", "number:0x=0/x\nKSS0010 1:1 invalid number `0x`");
    tokens("12abc", "number:12abc=0\nKSS0010 1:1 invalid number `12abc`");
    tokens("0x10K", "number:0x10K=0/x\nKSS0010 1:1 invalid number `0x10K`");
    tokens("5m",
           "number:5m=0\nKSS0010 1:1 invalid number `5m` | help: minutes are `min`, milliseconds "
           "`ms`");
    tokens("150ns", "duration:150ns=0\nKSS0012 1:1 `150ns` is not a whole number of 100 ns");
    tokens("99ns", "duration:99ns=0\nKSS0012 1:1 `99ns` is not a whole number of 100 ns");
    tokens("922337203686s", "duration:922337203686s=0\nKSS0011 1:1 `922337203686s` is too large");
    tokens("922337203685s", "duration:922337203685s=9223372036850000000");
    tokens("18014398509481984M",
           "size:18014398509481984M=0\nKSS0011 1:1 `18014398509481984M` is too "
           "large");
    tokens("1.5 x", "number:1.5=0 name:x\nKSS0013 1:1 floating point is not in the language");
    tokens(".5 1e5 1. 2.5e-3f", "number:.5=0 number:1e5=0 number:1.=0 number:2.5e-3f=0\n"
                                "KSS0013 1:1 floating point is not in the language\n"
                                "KSS0013 1:4 floating point is not in the language\n"
                                "KSS0013 1:8 floating point is not in the language\n"
                                "KSS0013 1:11 floating point is not in the language");
    tokens("1.5s",
           "number:1.5s=0\nKSS0013 1:1 floating point is not in the language | help: write a "
           "whole number of a smaller unit: 1500ms");
}

static void characters(void **state) {
    (void)state;
    tokens("'a' 'abcd' '\\n' '\\x41' '\\0'", "char:'a'=97 char:'abcd'=1633837924 char:'\\n'=10 "
                                             "char:'\\x41'=65 char:'\\0'=0");
    tokens("'\\xFF' L'\\xFF' L'a' 'kssT'", "char:'\\xFF'=-1 char:L'\\xFF'=255 char:L'a'=97 "
                                           "char:'kssT'=1802728276");
    tokens("'\\xFF\\xFF\\xFF\\xFF'", "char:'\\xFF\\xFF\\xFF\\xFF'=-1");
    tokens("''", "char:''=0\nKSS0008 1:1 a character constant holds 1 to 4 characters, L'' one");
    tokens("'abcde'",
           "char:'abcde'=0\nKSS0008 1:1 a character constant holds 1 to 4 characters, L'' one");
    tokens("L'ab'",
           "char:L'ab'=0\nKSS0008 1:1 a character constant holds 1 to 4 characters, L'' one");
    tokens("'\\q'", "char:'\\q'=0\nKSS0009 1:2 unknown escape sequence `\\q`");
    tokens("'a\nb", "char:'a=0 name:b\nKSS0007 1:1 character constant without an end");
}

static void strings(void **state) {
    (void)state;
    tokens("\"a b\" L\"c\" \"\\\"\"", "string:\"a b\" string:L\"c\" string:\"\\\"\"");
    tokens("\"a\\\nb\" c", "string:\"a\\\nb\" name:c");
    tokens("\"abc\nd", "string:\"abc name:d\nKSS0006 1:1 string without an end");
    tokens("\"abc\\", "string:\"abc\\\nKSS0006 1:1 string without an end");
    tokens("\"\xC3\xA4\"", "string:\"\xC3\xA4\"");
    tokens("\"\xFF\"", "string:\"\xFF\"\nKSS0003 1:2 invalid UTF-8");
}

static void punctuators(void **state) {
    (void)state;
    tokens(
        "+ += ++ - -= -- -> * *= / /= % %= & &= && | |= || ^ ^= = == ! != < <= << <<= > >= >> >>=",
        "+ += ++ - -= -- -> * *= / /= % %= & &= && | |= || ^ ^= = == ! != < <= << <<= > >= >> >>=");
    tokens("( ) [ ] { } ; , : ? . .. ... ~ #", "( ) [ ] { } ; , : ? . .. ... ~ #");
    tokens("a+++b a--->b", "name:a ++ + name:b name:a -- -> name:b");
}

static void hash_lines(void **state) {
    (void)state;
    tokens("#define N 1\na", "hash:#define name:N number:1=1 eol: name:a");
    tokens("  # if A \\\n B\nc", "hash:# if name:A name:B eol: name:c");
    tokens("#include <a.h> // x\n#include \"b/*.h\"\n#pragma once\n#pragma warning(disable: 1)\na",
           "name:a");
    tokens("#\n#pragma\na", "name:a");
    tokens("#pragma alloc_text(PAGE, F)",
           "hash:#pragma name:alloc_text ( name:PAGE , name:F ) eol:");
    tokens("#if 1 /* a\n b */ + 2\nc", "hash:#if number:1=1 + number:2=2 eol: name:c");
    tokens("a #b", "name:a # name:b");
    tokens("#undef X\na", "hash:#undef name:X eol: name:a");
    tokens("#line 3\na", "name:a\nKSS0050 1:1 `#line` is not in the language");
    tokens("#defnie X\na",
           "name:a\nKSS0050 1:1 `#defnie` is not in the language | help: did you mean "
           "`#define`?");
    tokens(
        "#pragma pack(1)\na",
        "name:a\nKSS0060 1:1 `#pragma pack` is skipped: structures keep their natural alignment");
    struct script_rig rig;
    const char *text = "#if A // c\nb\n  #include <x>  \n#define N /* 1\n2 */ 3\n";
    lex(&rig, text, strlen(text), true);
    assert_string_equal(rig.text.bytes,
                        "line:#if A // c name:b line:#include <x>   line:#define N /* 1\n"
                        "2 */ 3");
    rig_free(&rig);
}

static void comments(void **state) {
    (void)state;
    tokens("a /* open", "name:a\nKSS0005 1:3 comment without an end");
    tokens("a /*/ b */ c", "name:a name:c");
    tokens("// a \\\nb\nc", "name:c");
    tokens("// \xFF latin1 is fine in comments\na", "name:a");
}

static void bad_bytes(void **state) {
    (void)state;
    tokens("a $ b", "name:a name:b\nKSS0001 1:3 `$` does not belong in a scenario");
    tokens("a $$@@` b @", "name:a name:b\nKSS0001 1:3 `$` does not belong in a scenario\n"
                          "KSS0001 1:11 `@` does not belong in a scenario");
    tokens("a \x01 b", "name:a name:b\nKSS0001 1:3 the control character 0x01 does not belong in a "
                       "scenario");
    tokens("a \xFF\xFE b", "name:a name:b\nKSS0003 1:3 invalid UTF-8");
    tokens("a \xE2\x80\x9C b",
           "name:a name:b\nKSS0001 1:3 a typographic quote (U+201C) does not belong "
           "in a scenario | help: write `\"`");
    tokens("a\xC2\xA0"
           "b",
           "name:a name:b\nKSS0001 1:2 a no-break space (U+00A0) does not belong in a "
           "scenario | help: replace it by a blank");
    tokens("a \xE2\x84\xA2 b",
           "name:a name:b\nKSS0001 1:3 the character U+2122 does not belong in a "
           "scenario");
    tokens("a \\ b", "name:a name:b\nKSS0001 1:3 `\\` does not belong in a scenario");
    tokens("\xFF\xFE"
           "a",
           "\nKSS0004 1:1 the file is UTF-16, a scenario is UTF-8");
}

static void nul_bytes(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *expected;
    } cases[] = {
        {"a \0\0 b", 6, "name:a name:b\nKSS0002 1:3 NUL byte"},
        {"a // \0\nb", 8, "name:a name:b\nKSS0002 1:6 NUL byte"},
        {"a /* \0 */ b", 11, "name:a name:b\nKSS0002 1:6 NUL byte"},
        {"#include <\0>\nb", 14, "name:b\nKSS0002 1:11 NUL byte"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script_rig rig;
        lex(&rig, cases[i].bytes, cases[i].length, false);
        assert_string_equal(rig.text.bytes, cases[i].expected);
        rig_free(&rig);
    }
}

static void string_values(void **state) {
    (void)state;
    static const struct {
        const char *source, *json;
    } cases[] = {
        {"\"a\\n\\t\\\\\\\"\\'\\?\\x41\\101\"", "a\n\t\\\"'?AA"},
        {"\"a\\\nb\"", "ab"},
        {"L\"\\x20AC\"", "\xE2\x82\xAC"},
        {"L\"\\u00e4\"", "\xC3\xA4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct script_rig rig = {0};
        rig.sources.arena = rig.diags.arena = &rig.arena;
        kss_source_add(&rig.sources, "t.kss", cases[i].source, strlen(cases[i].source));
        struct kss_lexer lexer;
        struct kss_token token;
        kss_lexer_init(&lexer, &rig.arena, &rig.sources, 0, &rig.diags);
        kss_lex(&lexer, &token);
        kss_lex_string(&lexer, &token, (token.flags & KSS_F_WIDE) != 0, &rig.text);
        assert_string_equal(rig.text.bytes, cases[i].json);
        assert_int_equal(rig.diags.count, 0);
        kss_lexer_free(&lexer);
        kss_text_free(&rig.text);
        kss_diags_free(&rig.diags);
        kss_sources_free(&rig.sources);
        kss_arena_free(&rig.arena);
    }
}

// Many names that differ little: each keeps its identity while the table grows.
static void interning(void **state) {
    (void)state;
    struct kss_arena arena = {0};
    struct kss_names names;
    kss_names_init(&names, &arena);
    static struct kss_name *first[5000];
    char text[40];
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < 5000; i++) {
            int length =
                snprintf(text, sizeof text, "%s%u", i % 3 ? "n" : "a_rather_long_name_", i);
            struct kss_name *name = kss_intern(&names, text, (uint32_t)length);
            assert_string_equal(name->text, text);
            if (round == 0)
                first[i] = name;
            else
                assert_ptr_equal(first[i], name);
        }
    assert_int_equal(kss_intern(&names, "while", 5)->known, KSS_WORD_while);
    assert_int_equal(kss_intern(&names, "_In_reads_bytes_", 16)->properties, KSS_IS_SAL);
    kss_names_free(&names);
    kss_arena_free(&arena);
}

static void annotations(void **state) {
    (void)state;
    static const char *const yes[] = {"_In_",         "_Out_writes_", "_IRQL_requires_max_",
                                      "__drv_x",      "__in",         "__in_opt",
                                      "__out_bcount", "__checkReturn"};
    static const char *const no[] = {"_KEVENT", "__int64",  "_",           "__",     "_in_",
                                     "In_",     "__inline", "__intrinsic", "__outer"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(kss_is_sal(yes[i], (uint32_t)strlen(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(kss_is_sal(no[i], (uint32_t)strlen(no[i])));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_keywords),
        cmocka_unit_test(symbols),
        cmocka_unit_test(numbers),
        cmocka_unit_test(bad_numbers),
        cmocka_unit_test(characters),
        cmocka_unit_test(strings),
        cmocka_unit_test(punctuators),
        cmocka_unit_test(hash_lines),
        cmocka_unit_test(comments),
        cmocka_unit_test(bad_bytes),
        cmocka_unit_test(nul_bytes),
        cmocka_unit_test(string_values),
        cmocka_unit_test(interning),
        cmocka_unit_test(annotations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
