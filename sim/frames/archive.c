// SPDX-License-Identifier: MIT
// Archives of objects: libx.a of GNU and BSD tools, x.lib of Microsoft's and LLVM's.
//
//   "!<arch>\n"
//   +------------------+------+-----+-----+------+---------+----+
//   | name (16)        | date | uid | gid | mode | size 10 | `\n|  60 bytes of text
//   +------------------+------+-----+-----+------+---------+----+
//   | size bytes, and one more where that is odd                |
//   +-----------------------------------------------------------+
//   | next member ...
//
//   name       meaning
//   /          index of symbols (also /SYM64/, and the second one of a .lib, and /<...>/)
//   //         long names, one after the other, each ended by "/\n" (GNU) or NUL (Microsoft)
//   /123       a member whose name stands at offset 123 of the long names
//   #1/20      BSD: the name is the first 20 bytes of the contents
//   irp.o/     a member (Microsoft and GNU; BSD: without the slash)
//
// Each member goes through kss_frames_read under the name "lib.a(irp.o)". Members of an import library
// that hold no code but the name of a DLL's function (the short form: 0, 0xFFFF, version 0) are passed
// over without a word.
//
// Format: "PE Format" of Microsoft, section "Archive (Library) File Format"; ar(5) of FreeBSD.
#include "frames/bytes.h"
#include "frames/frames.h"

#include <inttypes.h>

enum { MAGIC = 8, HEADER = 60, NAME = 16, SIZE_AT = 48, SIZE_DIGITS = 10, END_AT = 58 };

struct slice {
    const uint8_t *bytes;
    size_t length;
};

struct reading {
    struct kss_frames_file *file;
    struct slice long_names;
    size_t at;  // offset of the next member's header
    bool any;   // a member was read
    bool wrong; // one could not be
};

struct member {
    size_t at; // its header
    struct slice name, contents;
};

static bool begins(struct slice slice, const char *text) {
    size_t length = strlen(text);
    return slice.length >= length && memcmp(slice.bytes, text, length) == 0;
}

// A decimal number of at most ten digits that blanks follow.
static bool read_number(const uint8_t *at, size_t width, uint64_t *value) {
    size_t digits = 0;
    *value = 0;
    while (digits < width && at[digits] >= '0' && at[digits] <= '9')
        *value = *value * 10 + (uint64_t)(at[digits++] - '0');
    for (size_t i = digits; i < width; i++)
        if (at[i] != ' ')
            return false;
    return digits > 0;
}

// False: the end, or (told) the archive is broken here.
static bool next_member(struct reading *in, struct member *member) {
    struct kss_frames_file *file = in->file;
    uint64_t size;
    if (in->at == file->length)
        return false;
    const uint8_t *header = file->bytes + in->at;
    if (file->length - in->at < HEADER || memcmp(header + END_AT, "`\n", 2) != 0 ||
        !read_number(header + SIZE_AT, SIZE_DIGITS, &size)) {
        in->wrong = true;
        return kss_frames_bad(file, in->at, "the header of an archive's member is broken");
    }
    size_t begin = in->at + HEADER;
    if (!kss_within(file->length, begin, size)) {
        in->wrong = true;
        return kss_frames_bad(file, in->at + SIZE_AT, "an archive's member leaves the file");
    }
    *member = (struct member){in->at, {header, NAME}, {file->bytes + begin, (size_t)size}};
    in->at = begin + (size_t)size;
    in->at += in->at < file->length && size % 2 != 0;
    return true;
}

// What stands before [stop] or the end.
static size_t length_to(struct slice slice, char stop) {
    const uint8_t *at = slice.length > 0 ? memchr(slice.bytes, stop, slice.length) : NULL;
    return at != NULL ? (size_t)(at - slice.bytes) : slice.length;
}

static bool long_name(const struct reading *in, struct slice number, struct slice *name) {
    uint64_t offset;
    if (!read_number(number.bytes, number.length, &offset) || offset >= in->long_names.length)
        return false;
    *name = (struct slice){in->long_names.bytes + offset, in->long_names.length - (size_t)offset};
    size_t limit = name->length < 4096 ? name->length : 4096; // of a path
    name->length = limit;
    name->length = length_to(*name, '\n');
    name->length = length_to(*name, '\0');
    if (name->length == limit && limit == 4096)
        return false;
    if (name->length > 0 && name->bytes[name->length - 1] == '/')
        name->length--;
    return name->length > 0;
}

// BSD's: takes the name off the contents.
static bool inner_name(struct member *member, struct slice *name) {
    uint64_t length;
    struct slice *contents = &member->contents;
    if (!read_number(member->name.bytes + 3, NAME - 3, &length) || length > contents->length ||
        length > 4096)
        return false;
    *name = (struct slice){contents->bytes, (size_t)length};
    contents->bytes += length;
    contents->length -= (size_t)length;
    name->length = length_to(*name, '\0');
    return name->length > 0;
}

static bool find_name(const struct reading *in, struct member *member, struct slice *name) {
    *name = member->name;
    if (begins(*name, "#1/"))
        return inner_name(member, name);
    if (begins(*name, "/"))
        return long_name(in, (struct slice){name->bytes + 1, NAME - 1}, name);
    name->length = length_to(*name, '/');
    while (name->length > 0 && name->bytes[name->length - 1] == ' ')
        name->length--;
    return name->length > 0;
}

// Paths stay out of it: where somebody built it is not of interest.
static const char *shown_name(struct reading *in, struct slice name) {
    size_t begin = 0;
    for (size_t i = 0; i + 1 < name.length; i++)
        if (name.bytes[i] == '/' || name.bytes[i] == '\\')
            begin = i + 1;
    return kss_frames_format(in->file->frames, "%s(%.*s)", in->file->name,
                             (int)(name.length - begin), (const char *)name.bytes + begin);
}

static bool is_short_import(struct slice contents) {
    return contents.length >= 6 && kss_le16(contents.bytes) == 0 &&
           kss_le16(contents.bytes + 2) == 0xFFFF && kss_le16(contents.bytes + 4) == 0;
}

// Tables of the archive itself.
static bool is_index(struct slice name) {
    return begins(name, "/ ") || begins(name, "/SYM64/") || begins(name, "/<") ||
           begins(name, "__.SYMDEF");
}

static void read_member(struct reading *in, struct member *member) {
    struct slice name;
    if (is_index(member->name))
        return;
    if (begins(member->name, "// ")) {
        in->long_names = member->contents;
        return;
    }
    if (!find_name(in, member, &name)) {
        in->wrong = true;
        kss_frames_bad(in->file, member->at, "the name of an archive's member is broken");
        return;
    }
    struct slice contents = member->contents;
    if (begins(name, "__.SYMDEF") || is_short_import(contents))
        return;
    const char *shown = shown_name(in, name);
    if (begins(contents, "!<arch>\n") || begins(contents, "!<thin>\n")) {
        in->wrong = true;
        kss_frames_bad(in->file, member->at, "%s is an archive in an archive; give it by itself",
                       shown);
    } else if (begins(contents, "BC\xC0\xDE")) {
        kss_frames_warn(in->file, member->at, "%s is LLVM bitcode: it has no frames yet", shown);
    } else if (kss_frames_read(in->file->frames, shown, (const char *)contents.bytes,
                               contents.length)) {
        in->any = true;
    } else {
        in->wrong = true;
    }
}

bool kss_read_archive(struct kss_frames_file *file) {
    struct reading in = {.file = file, .at = MAGIC};
    struct member member = {0};
    if (begins((struct slice){file->bytes, file->length}, "!<thin>\n"))
        return kss_frames_bad(
            file, 0, "a thin archive holds no objects, only their names; give the objects");
    while (next_member(&in, &member))
        read_member(&in, &member);
    return in.any || !in.wrong;
}
