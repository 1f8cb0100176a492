// SPDX-License-Identifier: MIT
// Archives: which members are read, under which name, and what is refused. Members are .su texts, which
// are a kind of file like any other.
#include "bytes_rig.h"

#include <stdio.h>

static struct bytes file;
static struct frames_rig rig;
static uint8_t *copy;

static void begin(void) {
    file.length = 0;
    put_bytes(&file, "!<arch>\n", 8);
}

static size_t member(const char *name, const void *bytes, size_t length) {
    char header[64];
    size_t at = file.length;
    snprintf(header, sizeof header, "%-16s%-12s%-6s%-6s%-8s%-10zu`\n", name, "0", "0", "0", "644",
             length);
    put_bytes(&file, header, 60);
    put_bytes(&file, bytes, length);
    if (length % 2 != 0)
        put8(&file, '\n');
    return at;
}

// A member with one function of [bytes] bytes.
static size_t unit(const char *name, const char *function, unsigned bytes) {
    char text[96];
    int length = snprintf(text, sizeof text, "irp.c:1:1:%s\t%u\tstatic\n", function, bytes);
    return member(name, text, (size_t)length);
}

static bool read_it(void) {
    return read_bytes(&rig, "lib.a", &file, file.length, &copy);
}

static void done(void) {
    frames_end(&rig);
    free(copy);
}

static void expect_said(const char *because) {
    if (strstr(frames_said(&rig), because) == NULL)
        fail_msg("no `%s` in: %s", because, frames_said(&rig));
}

// A member that cannot be read says its name.
static void bad_member(const char *name) {
    member(name, "\1\2\3\4", 4);
}

static void gnu_names(void **state) {
    (void)state;
    static const char names[] = "a_name_of_more_than_16.o/\nsub/another_long_name.o/\n";
    begin();
    member("/", "\0\0\0\0", 4);
    member("//", names, sizeof names - 1);
    unit("irp.o/", "Short", 16);
    unit("/0", "Long", 32);
    bad_member("/26");
    assert_true(read_it());
    frames_expect(&rig, "Short", 16, KSS_FRAME_EXACT);
    frames_expect(&rig, "Long", 32, KSS_FRAME_EXACT);
    expect_said("lib.a(another_long_name.o)");
    assert_int_equal(rig.diags.errors, 1);
    done();
}

static void microsoft_names(void **state) {
    (void)state;
    static const char names[] = "C:\\build\\irp_dispatch_routines.obj\0C:\\build\\b.obj";
    begin();
    member("/", "\0\0\0\0", 4);
    member("/", "\0\0\0\0\0", 5);
    member("//", names, sizeof names);
    member("/<XFGHASHMAP>/", "\0\0", 2);
    unit("/0", "One", 16);
    bad_member("/35");
    bad_member("/0");
    member("ntoskrnl.exe/", "\0\0\xFF\xFF\0\0\x64\x86 and so on",
           18); // a name of an import library
    assert_true(read_it());
    frames_expect(&rig, "One", 16, KSS_FRAME_EXACT);
    expect_said("lib.a(irp_dispatch_routines.obj)");
    expect_said("lib.a(b.obj)");
    assert_null(strstr(frames_said(&rig), "build"));
    assert_int_equal(rig.diags.errors, 2);
    done();
}

static void bsd_names(void **state) {
    (void)state;
    static const char inner[] = "a_long_name.o\0\0\0\1\2\3\4";
    begin();
    member("#1/20", "__.SYMDEF SORTED\0\0\0\0\1\2", 22);
    unit("irp.o", "Plain", 16);
    member("#1/16", inner, 20);
    assert_true(read_it());
    frames_expect(&rig, "Plain", 16, KSS_FRAME_EXACT);
    expect_said("lib.a(a_long_name.o)");
    assert_int_equal(rig.diags.errors, 1);
    done();
}

static void nothing_in_it(void **state) {
    (void)state;
    begin();
    assert_true(read_it());
    assert_int_equal(rig.diags.count, 0);
    assert_int_equal(rig.frames.count, 0);
    done();
    member("/", "\0\0\0\0", 4);
    member("ntoskrnl.exe/", "\0\0\xFF\xFF\0\0", 6);
    assert_true(read_it());
    assert_int_equal(rig.diags.count, 0);
    done();
}

static void not_read(void **state) {
    (void)state;
    file.length = 0;
    put_bytes(&file, "!<thin>\n", 8);
    unit("irp.o/", "F", 16);
    assert_false(read_it());
    assert_int_equal(rig.frames.count, 0);
    expect_said("thin archive");
    done();
    begin();
    unit("irp.o/", "F", 16);
    member("inner.a/", "!<arch>\n", 8);
    member("thin.a/", "!<thin>\n", 8);
    member("lto.o/", "BC\xC0\xDE\1\2", 6);
    unit("last.o/", "G", 16);
    assert_true(read_it());
    frames_expect(&rig, "F", 16, KSS_FRAME_EXACT);
    frames_expect(&rig, "G", 16, KSS_FRAME_EXACT);
    expect_said("lib.a(inner.a) is an archive in an archive");
    expect_said("lib.a(thin.a) is an archive in an archive");
    expect_said("lib.a(lto.o) is LLVM bitcode");
    assert_int_equal(rig.diags.errors, 2);
    done();
}

static void broken_headers(void **state) {
    (void)state;
    static const struct {
        unsigned at; // of the second member
        const char *text, *because;
    } cases[] = {
        {48, "4x        ", "header of an archive's member is broken"},
        {48, "          ", "header of an archive's member is broken"},
        {48, "-4        ", "header of an archive's member is broken"},
        {48, "4 4       ", "header of an archive's member is broken"},
        {48, "9999999999", "member leaves the file"},
        {48, "99        ", "member leaves the file"},
        {48, "29        ", "member leaves the file"}, // one more than there is
        {58, "XX", "header of an archive's member is broken"},
        {0, "/99             ", "name of an archive's member is broken"},
        {0, "/x              ", "name of an archive's member is broken"},
        {0, "/0 0            ", "name of an archive's member is broken"},
        {0, "/99999999999999 ", "name of an archive's member is broken"},
        {0, "#1/99           ", "name of an archive's member is broken"},
        {0, "#1/0            ", "name of an archive's member is broken"},
        {0, "#1/x            ", "name of an archive's member is broken"},
        {0, "                ", "name of an archive's member is broken"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin();
        unit("irp.o/", "First", 16);
        size_t at = unit("b.o/", "Second", 16);
        memcpy(file.data + at + cases[i].at, cases[i].text, strlen(cases[i].text));
        assert_true(read_it()); // the first was read
        assert_int_equal(rig.frames.count, 1);
        assert_int_equal(rig.diags.errors, 1);
        expect_said(cases[i].because);
        done();
    }
}

static void cut_short(void **state) {
    (void)state;
    begin();
    unit("irp.o/", "First", 16);
    size_t first = file.length;
    unit("b.o/", "Second", 16);
    for (size_t length = 8; length < file.length - 1; length++) { // padding may be missing
        bool good = read_bytes(&rig, "lib.a", &file, length, &copy);
        assert_int_equal(good, length == 8 || length >= first);
        assert_int_equal(rig.frames.count, length >= first);
        assert_true(rig.diags.errors == (length != 8 && length != first));
        done();
    }
}

static void each_byte_wrong(void **state) {
    (void)state;
    begin();
    member("//", "a_name_of_more_than_16.o/\n", 26);
    unit("/0", "First", 16);
    member("#1/4", "b.o\0irp.c:1:1:Second\t16\tstatic\n", 31);
    for (size_t at = 0; at < file.length; at++)
        for (unsigned value = 0; value < 256; value += 5) {
            uint8_t was = file.data[at];
            file.data[at] = (uint8_t)value;
            bool good = read_it();
            assert_true(good || rig.diags.errors > 0);
            assert_true(rig.frames.count <= 2);
            done();
            file.data[at] = was;
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gnu_names), cmocka_unit_test(microsoft_names),
        cmocka_unit_test(bsd_names), cmocka_unit_test(nothing_in_it),
        cmocka_unit_test(not_read),  cmocka_unit_test(broken_headers),
        cmocka_unit_test(cut_short), cmocka_unit_test(each_byte_wrong),
    };
    return cmocka_run_group_tests_name("frames_archive", tests, NULL, NULL);
}
