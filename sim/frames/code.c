// SPDX-License-Identifier: MIT
// What the two readers of code (code_calls.c, code_settle.c) share: the decoder of an architecture,
// sections by address, places.
#include "frames/code_walk.h"

#include "base/bisect.h"

#include <stdlib.h>
#include <string.h>

bool kss_decoder_open(struct kss_decoder *decoder, const struct kss_code *code) {
    *decoder = (struct kss_decoder){.base = code->base};
    switch (code->arch) {
    case KSS_ARCH_X86:
    case KSS_ARCH_X64: return kss_x86_decoder(decoder, code->arch);
    case KSS_ARCH_ARM64: return kss_arm64_decoder(decoder);
    default: return false;
    }
}

void kss_decoder_close(struct kss_decoder *decoder) {
    free(decoder->state);
}

bool kss_decode(const struct kss_decoder *decoder, const uint8_t *bytes, uint32_t length,
                uint64_t at, struct kss_step *step) {
    *step = (struct kss_step){.at = at,
                              .reg = KSS_STEP_NO_REGISTER,
                              .to = KSS_STEP_NO_REGISTER,
                              .from = KSS_STEP_NO_REGISTER,
                              .memory.base = KSS_STEP_NO_REGISTER};
    return decoder->decode(decoder, bytes, length, step);
}

bool kss_code_readable(struct kss_frames *frames, enum kss_arch arch) {
    if (arch == KSS_ARCH_ARM64 ||
        ((arch == KSS_ARCH_X64 || arch == KSS_ARCH_X86) && kss_x86_readable()))
        return true;
    frames->no_calls = arch == KSS_ARCH_ARM
                           ? "32-bit ARM code is not searched for calls"
                           : "kss was built without Zydis (Debian: libzydis-dev), so x86 code was "
                             "not searched for calls";
    return false;
}

const struct kss_code_section *kss_code_section_at(const struct kss_code *code, uint64_t address) {
    uint32_t low;
    KSS_BISECT(low, code->section_count, code->sections[low].address <= address);
    if (low == 0)
        return NULL;
    const struct kss_code_section *section = &code->sections[low - 1];
    return address - section->address < section->length ? section : NULL;
}

static const char *file_name(const char *path) {
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++)
        if ((*at == '/' || *at == '\\') && at[1] != '\0')
            name = at + 1;
    return name;
}

const char *kss_code_place(const struct kss_code *code, const struct kss_code_range *range,
                           uint64_t address) {
    struct kss_frames *frames = code->file->frames;
    struct kss_text text = {0};
    kss_text_str(&text, file_name(code->file->name));
    if (code->image) {
        kss_text_char(&text, '+');
        kss_text_hex(&text, address);
    } else {
        kss_text_char(&text, ':');
        kss_text_str(&text, frames->rows[range->row].symbol);
        kss_text_char(&text, '+');
        kss_text_hex(&text, address - range->address);
    }
    const char *place = kss_frames_text(frames, text.bytes, text.length);
    kss_text_free(&text);
    return place;
}
