// SPDX-License-Identifier: MIT
#include "frames/sizes.h"

#include "frames/frames.h"

#include <string.h>

void kss_frame_size_name(const struct kss_frames *frames, uint32_t row, struct kss_text *out) {
    const struct kss_frame_row *frame = &frames->rows[row];
    const char *where = frame->place != NULL ? frame->place : frame->unit;
    if (frame->module[0] != '\0')
        kss_text_format(out, "%s!", frame->module);
    kss_text_str(out, frame->symbol);
    if (where[0] != '\0')
        kss_text_format(out, " (%s)", where);
}

// Unwind data tells its machine. A leaf takes the return address and nothing else, so it does as well.
static const char *foreign(const struct kss_profile *machine, const struct kss_frame_row *row) {
    switch ((enum kss_frame_origin)row->origin) {
    case KSS_FROM_UNWIND_X64: return machine->arch != KSS_ARCH_X64 ? "x64" : NULL;
    case KSS_FROM_UNWIND_ARM64: return machine->arch != KSS_ARCH_ARM64 ? "ARM64" : NULL;
    case KSS_FROM_PDB: return machine->arch != KSS_ARCH_X86 ? "x86" : NULL;
    case KSS_FROM_LEAF: return row->bytes != machine->return_address ? "another machine's" : NULL;
    default: return NULL;
    }
}

bool kss_frame_size(const struct kss_frames *frames, const struct kss_profile *machine,
                    const char *module, const char *name, bool any_module,
                    struct kss_frame_size *size) {
    struct kss_text symbol = {0};
    uint32_t other = UINT32_MAX, found;
    if (frames == NULL)
        return false;
    kss_text_format(&symbol, "%s!%s", module, name);
    found = kss_frames_find_two(frames, symbol.bytes, symbol.length, &other);
    kss_text_free(&symbol);
    if (found == UINT32_MAX && any_module)
        found = kss_frames_find_two(frames, name, strlen(name), &other);
    if (found == UINT32_MAX)
        return false;
    const struct kss_frame_row *row = &frames->rows[found];
    if (row->external || (row->kind == KSS_FRAME_UNKNOWN && other == UINT32_MAX))
        return false;
    *size =
        (struct kss_frame_size){.bytes = row->bytes,
                                .origin = kss_frame_origin_kind((enum kss_frame_origin)row->origin),
                                .from = kss_frame_origin_name((enum kss_frame_origin)row->origin),
                                .foreign = foreign(machine, row),
                                .row = found,
                                .other = other};
    if (row->kind == KSS_FRAME_AT_LEAST)
        size->at_least = row->reason != NULL ? row->reason : "the table does not say why";
    return true;
}
