// SPDX-License-Identifier: MIT
// Any bytes as code, with ranges, slots and relocations made of the same bytes: reading ends, in time linear
// in the length, and every call that comes of it names rows and places that are there.
//
//   byte 0   architecture, image or object      then 4 bytes per range (begin, size), 4 per fixup; the rest
//   byte 1   ranges : 4 | fixups : 4            is code, and again data
#include "frames/code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 0x1000, DATA = 0x100000, MOST = 16 };

struct input {
    const uint8_t *bytes;
    size_t length;
};

static unsigned take(struct input *from) {
    if (from->length < 2)
        return 0;
    unsigned value = (unsigned)(from->bytes[0] | from->bytes[1] << 8);
    from->bytes += 2;
    from->length -= 2;
    return value;
}

static void check(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static int range_order(const void *left, const void *right) {
    const struct kss_code_range *a = left, *b = right;
    return a->address < b->address ? -1 : a->address > b->address;
}

static int fixup_order(const void *left, const void *right) {
    const struct kss_code_fixup *a = left, *b = right;
    return a->at < b->at ? -1 : a->at > b->at;
}

static void make_ranges(struct kss_code *code, struct kss_code_range *ranges, struct input *input) {
    for (uint32_t i = 0; i < code->range_count; i++) {
        unsigned begin = take(input), size = take(input);
        struct kss_frame_row row = {.symbol = i % 3 == 0   ? "f"
                                              : i % 3 == 1 ? "f.cold"
                                                           : "+0x1000",
                                    .bytes = 64,
                                    .kind = i % 2 ? KSS_FRAME_EXACT : KSS_FRAME_AT_LEAST,
                                    .reason = i % 2 ? NULL : "frame pointer",
                                    .origin = size & 1 ? KSS_FROM_UNWIND_X64 : KSS_FROM_LEAF};
        ranges[i] = (struct kss_code_range){.address = TEXT + begin,
                                            .size = size,
                                            .body = size & 15,
                                            .row = kss_frames_add(code->file->frames, &row),
                                            .part = (size & 7) == 2,
                                            .loose = size & 1,
                                            .framed = size & 2,
                                            .frame_register = !(i % 2)};
    }
    qsort(ranges, code->range_count, sizeof *ranges, range_order);
}

static void make_fixups(struct kss_code *code, struct kss_code_fixup *fixups, struct input *input,
                        uint32_t external) {
    for (uint32_t i = 0; i < code->fixup_count; i++) {
        unsigned at = take(input), what = take(input);
        bool here = what & 1;
        fixups[i] = (struct kss_code_fixup){.at = (at & 1 ? DATA : TEXT) + (at >> 1),
                                            .target = here ? TEXT + (what >> 4) : KSS_CODE_NOWHERE,
                                            .row = here ? KSS_CODE_NO_ROW : external,
                                            .kind = (uint8_t)(what >> 1 & 3),
                                            .import = what & 8,
                                            .function = true};
    }
    qsort(fixups, code->fixup_count, sizeof *fixups, fixup_order);
}

static void check_calls(const struct kss_frames *frames) {
    for (uint32_t i = 0; i < frames->call_count; i++) {
        const struct kss_call_row *call = &frames->calls[i];
        check(call->caller < frames->count, "no such caller");
        check(call->callee == KSS_CALL_INDIRECT || call->callee < frames->count, "no such callee");
        check(call->place != NULL, "no place");
    }
    for (uint32_t i = 0; i < frames->count; i++)
        check(frames->rows[i].kind == KSS_FRAME_EXACT || frames->rows[i].external ||
                  frames->rows[i].reason != NULL,
              "no reason");
}

static void read_code(struct kss_frames *frames, struct input input) {
    static const enum kss_arch archs[] = {KSS_ARCH_X64, KSS_ARCH_X86, KSS_ARCH_ARM64, KSS_ARCH_X64};
    unsigned head = take(&input);
    struct kss_frames_file file = {.frames = frames, .name = "f.sys", .stem = "f"};
    struct kss_frame_row row = {.symbol = "import", .external = true, .imported = true};
    uint32_t external = kss_frames_add(frames, &row);
    struct kss_code_range ranges[MOST];
    struct kss_code_fixup fixups[MOST];
    struct kss_code_slot slots[] = {{DATA, external}, {DATA + 8, KSS_CODE_GUARD}};
    struct kss_code code = {.file = &file,
                            .arch = archs[head & 3],
                            .image = head & 4,
                            .ranges = ranges,
                            .fixups = fixups,
                            .slots = slots,
                            .range_count = head >> 8 & 15,
                            .fixup_count = head >> 12 & 15,
                            .slot_count = 2};
    make_ranges(&code, ranges, &input);
    make_fixups(&code, fixups, &input, external);
    struct kss_code_section sections[] = {{.address = TEXT,
                                           .bytes = input.bytes,
                                           .length = (uint32_t)input.length,
                                           .name = ".text",
                                           .code = true},
                                          {.address = DATA,
                                           .bytes = input.bytes,
                                           .length = (uint32_t)input.length,
                                           .name = ".data",
                                           .data = true}};
    code.sections = sections;
    code.section_count = 2;
    kss_code_settle(&code);
    kss_code_read(&code);
    check_calls(frames);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct kss_arena arena = {0};
    struct kss_diags diags = {.arena = &arena};
    struct kss_sources sources = {.arena = &arena};
    struct kss_frames frames = {.arena = &arena, .diags = &diags, .sources = &sources};
    if (length < 0x80000)
        read_code(&frames, (struct input){bytes, length});
    kss_frames_free(&frames);
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return 0;
}
