// SPDX-License-Identifier: MIT
// Frame tables: rows, calls, what a file is. The readers are one file each; join.c makes one row of
// what several files say of a function.
#include "frames/frames.h"

#include "base/text.h"
#include "frames/pdb.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *kss_frame_kind_name(enum kss_frame_kind kind) {
    static const char *const names[] = {"unknown", "at least", "exact"};
    return names[kind];
}

static const struct {
    const char *name;
    enum kss_origin kind;
} origins[KSS_FRAME_ORIGINS] = {
    [KSS_FROM_NOTHING] = {"none", KSS_ORIGIN_UNKNOWN},
    [KSS_FROM_SU_GCC] = {".su (gcc)", KSS_ORIGIN_MEASURED},
    [KSS_FROM_SU_CLANG] = {".su (clang)", KSS_ORIGIN_MEASURED},
    [KSS_FROM_CI] = {".ci", KSS_ORIGIN_MEASURED},
    [KSS_FROM_STACK_SIZES] = {".stack_sizes", KSS_ORIGIN_MEASURED},
    [KSS_FROM_UNWIND_X64] = {"unwind x64", KSS_ORIGIN_MEASURED},
    [KSS_FROM_UNWIND_ARM64] = {"unwind arm64", KSS_ORIGIN_MEASURED},
    [KSS_FROM_CFI] = {"CFI", KSS_ORIGIN_MEASURED},
    [KSS_FROM_PDB] = {"PDB", KSS_ORIGIN_MEASURED},
    [KSS_FROM_LEAF] = {"leaf", KSS_ORIGIN_MEASURED},
    [KSS_FROM_TABLE] = {"table", KSS_ORIGIN_GIVEN},
    [KSS_FROM_SCENARIO] = {"scenario", KSS_ORIGIN_GIVEN},
    [KSS_FROM_COSTS] = {"nt cost", KSS_ORIGIN_LISTED},
    [KSS_FROM_ANNOTATION] = {"annotation", KSS_ORIGIN_GIVEN},
    [KSS_FROM_LISTING] = {"listing", KSS_ORIGIN_LISTED},
};

const char *kss_frame_origin_name(enum kss_frame_origin origin) {
    return origins[origin].name;
}

enum kss_origin kss_frame_origin_kind(enum kss_frame_origin origin) {
    return origins[origin].kind;
}

// ---- Rows and calls -----------------------------------------------------------------------------

uint32_t kss_frames_add(struct kss_frames *frames, const struct kss_frame_row *row) {
    KSS_ROOM(frames->rows, frames->count, frames->capacity);
    struct kss_frame_row *to = &frames->rows[frames->count];
    *to = *row;
    to->symbol = to->symbol != NULL ? to->symbol : "";
    to->unit = to->unit != NULL ? to->unit : "";
    if (to->module == NULL)
        to->module = frames->module != NULL && !to->external ? frames->module : "";
    to->file = frames->file;
    return frames->count++;
}

void kss_frames_call(struct kss_frames *frames, const struct kss_call_row *call) {
    KSS_ROOM(frames->calls, frames->call_count, frames->call_capacity);
    struct kss_call_row *to = &frames->calls[frames->call_count++];
    *to = *call;
    to->file = frames->file;
}

const char *kss_frames_text(struct kss_frames *frames, const char *text, size_t length) {
    return kss_alloc_text(frames->arena, text, length);
}

static const char *formatted(struct kss_arena *arena, const char *format, va_list arguments) {
    struct kss_text text = {0};
    kss_text_format_list(&text, format, arguments);
    const char *copy = kss_alloc_text(arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

const char *kss_frames_format(struct kss_frames *frames, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = formatted(frames->arena, format, arguments);
    va_end(arguments);
    return text;
}

void kss_frames_free(struct kss_frames *frames) {
    free(frames->rows);
    free(frames->calls);
    free(frames->by_symbol);
    frames->rows = NULL;
    frames->calls = NULL;
    frames->by_symbol = NULL;
    frames->count = frames->call_count = frames->by_symbol_count = 0;
    frames->capacity = frames->call_capacity = 0;
}

// ---- Binary files have offsets, not lines ---------------------------------------------------------

static void say(struct kss_frames_file *file, enum kss_severity severity, uint64_t offset,
                const char *words) {
    struct kss_diag *diag =
        kss_diag_add(file->frames->diags, severity, NULL, (struct kss_span){0}, "%s+0x%llX: %s",
                     file->name, (unsigned long long)offset, words);
    diag->has_place = false;
}

bool kss_frames_bad(struct kss_frames_file *file, uint64_t offset, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(file, KSS_ERROR, offset, formatted(file->frames->arena, format, arguments));
    va_end(arguments);
    return false;
}

void kss_frames_warn(struct kss_frames_file *file, uint64_t offset, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(file, KSS_WARNING, offset, formatted(file->frames->arena, format, arguments));
    va_end(arguments);
}

// ---- Names ----------------------------------------------------------------------------------------

// cdecl _f, stdcall _f@8, fastcall @f@8, vectorcall f@@8. C++ names (?f@@...) stay.
const char *kss_frames_undecorate(struct kss_frames *frames, const char *symbol,
                                  enum kss_arch arch) {
    if (arch != KSS_ARCH_X86 || symbol[0] == '\0' || symbol[0] == '?')
        return symbol;
    size_t begin = symbol[0] == '_' || symbol[0] == '@', end = strlen(symbol);
    size_t digits = end;
    while (digits > begin && symbol[digits - 1] >= '0' && symbol[digits - 1] <= '9')
        digits--;
    if (digits < end && digits > begin + 1 && symbol[digits - 1] == '@') {
        end = digits - 1;
        end -= end > begin + 1 && symbol[end - 1] == '@';
    } else if (symbol[0] == '@') {
        return symbol;
    }
    return kss_frames_text(frames, symbol + begin, end - begin);
}

static const char *stem_of(struct kss_frames *frames, const char *name) {
    const char *begin = name;
    for (const char *at = name; *at != '\0'; at++)
        if ((*at == '/' || *at == '\\') && at[1] != '\0')
            begin = at + 1;
    const char *dot = strchr(begin, '.');
    return kss_frames_text(frames, begin,
                           dot != NULL && dot > begin ? (size_t)(dot - begin) : strlen(begin));
}

// ---- What a file is -------------------------------------------------------------------------------

static bool begins(const struct kss_frames_file *file, const char *bytes, size_t length) {
    return file->length >= length && memcmp(file->bytes, bytes, length) == 0;
}

static bool is_image(const struct kss_frames_file *file) {
    return begins(file, "MZ", 2);
}

static bool is_elf(const struct kss_frames_file *file) {
    return begins(file, "\177ELF", 4);
}

static bool is_archive(const struct kss_frames_file *file) {
    return begins(file, "!<arch>\n", 8) || begins(file, "!<thin>\n", 8);
}

static bool is_pdb(const struct kss_frames_file *file) {
    return kss_pdb_is(file->bytes, file->length);
}

static bool is_object(const struct kss_frames_file *file) { // a machine's number, or bigobj's mark
    static const char machines[][2] = {"\x64\x86", "\x64\xAA", "\x4C\x01",
                                       "\x41\xA6", "\x4E\xA6", "\xC4\x01"};
    if (file->length < 20)
        return false;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (begins(file, machines[i], 2))
            return true;
    return begins(file, "\0\0\xFF\xFF", 4);
}

static const struct {
    bool (*is)(const struct kss_frames_file *file);
    kss_frames_reader *read;
} kinds[] = {
    {is_image, kss_read_image},
    {is_elf, kss_read_elf},
    {is_archive, kss_read_archive},
    {is_pdb, kss_read_pdb},
    {kss_is_frame_table, kss_read_frame_table},
    {kss_is_ci, kss_read_ci},
    {kss_is_su, kss_read_su},
    {is_object, kss_read_object},
};

bool kss_frames_read(struct kss_frames *frames, const char *name, const char *bytes,
                     size_t length) {
    struct kss_frames_file file = {frames, name, stem_of(frames, name), (const uint8_t *)bytes,
                                   length};
    bool good = false, known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !known; i++) {
        known = kinds[i].is(&file);
        if (known)
            good = kinds[i].read(&file);
    }
    if (!known) {
        struct kss_diag *diag = kss_diag_add(
            frames->diags, KSS_ERROR, NULL, (struct kss_span){0},
            "%s: none of the kinds that kss frames reads: .su, .ci, an ELF or COFF object, a PE "
            "image, an archive, a table of its own",
            name);
        diag->has_place = false;
    }
    frames->file++;
    return good;
}
