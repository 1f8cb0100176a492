// SPDX-License-Identifier: MIT
// Stack usage as gcc and clang write it (-fstack-usage): one line a function.
//
//   irp.c:88:9:Read_Dispatch	456	static             gcc: line and column
//   irp.c:201:6:Read_Format	48	dynamic            48 and what alloca takes
//   irp.c:140:6:Read_CopyTail	96	dynamic,bounded    96 with what is pushed for calls
//   irp.c:88:Read_Dispatch	448	static             clang: no column
//   C:\k.cpp:7:66:T k::g(T) [with T = long int]	16	static
//
// Fields are told by tabs from the right, since newer compilers add fields in the middle. gcc counts the
// return address, clang does not; and clang leaves out what a 32-bit caller pushes for a call. So
// clang's figures are exact only for a machine that is known to push nothing but the return address.
#include "frames/frames.h"

#include <string.h>

enum { LOOK = 65536 }; // bytes in which a line must be one of these, for a file to be one

struct line {
    const char *begin, *end;       // of the line
    const char *place_end;         // location, without the name
    const char *name, *name_end;   // function
    const char *bytes, *bytes_end; // figure
    const char *qualifier;         // to the end of the line
    bool column;                   // the location has one: gcc
};

static bool digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *digits(const char *at, const char *end) {
    while (at < end && digit(*at))
        at++;
    return at;
}

static const char *tab_before(const char *begin, const char *end) {
    while (end > begin && end[-1] != '\t')
        end--;
    return end > begin ? end - 1 : NULL;
}

// path:line[:column]:name
static bool read_location(struct line *line, const char *end) {
    const char *at = line->begin;
    if (end - at > 2 && at[1] == ':' && (at[2] == '\\' || at[2] == '/'))
        at += 2;
    for (; at < end; at++) {
        const char *after = at < end && *at == ':' ? digits(at + 1, end) : at;
        if (*at != ':' || at == line->begin || after == at + 1 || after == end || *after != ':')
            continue;
        const char *second = digits(after + 1, end);
        line->column = second > after + 1 && second < end && *second == ':';
        line->place_end = line->column ? second : after;
        line->name = line->place_end + 1;
        line->name_end = end;
        return line->name < end;
    }
    return false;
}

// False: not a line of such a file.
static bool split(struct line *line) {
    const char *second = tab_before(line->begin, line->end);
    const char *first = second != NULL ? tab_before(line->begin, second) : NULL;
    if (first == NULL)
        return false;
    line->qualifier = second + 1;
    line->bytes = first + 1;
    line->bytes_end = second;
    const char *location = line->begin; // a tab further left ends it: fields that are not known yet
    while (*location != '\t')
        location++;
    return read_location(line, location);
}

static bool next_line(const char **at, const char *end, struct line *line) {
    if (*at >= end)
        return false;
    const char *stop = memchr(*at, '\n', (size_t)(end - *at));
    *line = (struct line){.begin = *at, .end = stop != NULL ? stop : end};
    *at = stop != NULL ? stop + 1 : end;
    if (line->end > line->begin && line->end[-1] == '\r')
        line->end--;
    return true;
}

bool kss_is_su(const struct kss_frames_file *file) {
    const char *at = (const char *)file->bytes;
    const char *end = at + (file->length < LOOK ? file->length : LOOK);
    struct line line;
    while (next_line(&at, end, &line))
        if (split(&line))
            return true;
    return file->length == 0; // a file without functions has no lines
}

static bool read_number(const char *at, const char *end, uint64_t *value) {
    *value = 0;
    if (at == end || digits(at, end) != end || end - at > 18)
        return false;
    for (; at < end; at++)
        *value = *value * 10 + (uint64_t)(*at - '0');
    return true;
}

static bool is(const char *at, const char *end, const char *word) {
    return (size_t)(end - at) == strlen(word) && memcmp(at, word, (size_t)(end - at)) == 0;
}

// What clang's figure is worth on the machine.
static void judge_clang(const struct kss_frames *frames, struct kss_frame_row *row) {
    const struct kss_profile *machine = frames->machine;
    row->origin = KSS_FROM_SU_CLANG;
    row->bytes += machine != NULL ? machine->return_address : 0;
    if (row->kind != KSS_FRAME_EXACT)
        return;
    if (machine == NULL) {
        row->kind = KSS_FRAME_AT_LEAST;
        row->reason =
            "clang's .su leaves the return address out; --machine says what a call pushes";
    } else if (machine->arch == KSS_ARCH_X86) {
        row->kind = KSS_FRAME_AT_LEAST;
        row->reason = "clang's .su leaves out arguments that are pushed for calls";
    }
}

static void warn(struct kss_frames_file *file, uint32_t source, const struct line *line,
                 const char *words) {
    uint32_t begin = (uint32_t)(line->begin - (const char *)file->bytes);
    kss_diag_add(file->frames->diags, KSS_WARNING, NULL,
                 (struct kss_span){source, begin, begin + (uint32_t)(line->end - line->begin)},
                 "%s", words);
}

// clang writes names that are decorated already with a byte 1 before them: "\1_Read@8".
static const char *symbol_of(struct kss_frames *frames, const struct line *line) {
    bool decorated = *line->name == '\1' && line->name + 1 < line->name_end;
    const char *name = line->name + decorated;
    const char *symbol = kss_frames_text(frames, name, (size_t)(line->name_end - name));
    bool x86 = frames->machine == NULL || frames->machine->arch == KSS_ARCH_X86;
    return decorated && x86 ? kss_frames_undecorate(frames, symbol, KSS_ARCH_X86) : symbol;
}

static void add(struct kss_frames_file *file, uint32_t source, const struct line *line) {
    struct kss_frames *frames = file->frames;
    struct kss_frame_row row = {.kind = KSS_FRAME_EXACT, .origin = KSS_FROM_SU_GCC};
    row.symbol = symbol_of(frames, line);
    row.place = kss_frames_text(frames, line->begin, (size_t)(line->place_end - line->begin));
    const char *path_end = line->place_end;
    for (int colons = line->column ? 2 : 1; colons > 0; colons--)
        while (*--path_end != ':')
            ;
    row.unit = kss_frames_text(frames, line->begin, (size_t)(path_end - line->begin));
    if (!read_number(line->bytes, line->bytes_end, &row.bytes)) {
        row.kind = KSS_FRAME_UNKNOWN;
        row.reason = "the .su line has no number of bytes";
        warn(file, source, line, "no number of bytes; the function's frame is unknown");
    } else if (is(line->qualifier, line->end, "dynamic")) {
        row.kind = KSS_FRAME_AT_LEAST;
        row.reason = "dynamic: alloca or an array of variable length comes on top";
    } else if (!is(line->qualifier, line->end, "static") &&
               !is(line->qualifier, line->end, "dynamic,bounded")) {
        row.kind = KSS_FRAME_UNKNOWN;
        row.reason = "the .su line has a qualifier that is not known";
        warn(file, source, line,
             "neither static, dynamic nor dynamic,bounded; the function's frame is unknown");
    }
    if (!line->column)
        judge_clang(frames, &row);
    kss_frames_add(frames, &row);
}

bool kss_read_su(struct kss_frames_file *file) {
    const char *at = (const char *)file->bytes, *end = at + file->length;
    uint32_t source = kss_source_add(file->frames->sources, file->name, at, file->length);
    struct line line;
    while (next_line(&at, end, &line)) {
        if (line.begin == line.end)
            continue;
        if (split(&line)) {
            add(file, source, &line);
            continue;
        }
        uint32_t begin = (uint32_t)(line.begin - (const char *)file->bytes);
        struct kss_diag *diag = kss_diag_add(
            file->frames->diags, KSS_ERROR, NULL,
            (struct kss_span){source, begin, begin + (uint32_t)(line.end - line.begin)},
            "not a line of stack usage: a function is missing from the table");
        kss_diag_note(file->frames->diags, diag, "help",
                      "a line is file:line[:column]:function, a tab, bytes, a tab, "
                      "static, dynamic or dynamic,bounded");
    }
    return true;
}
