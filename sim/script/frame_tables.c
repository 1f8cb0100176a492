// SPDX-License-Identifier: MIT
// Frame sizes from outside (`kss run --frames`): what frame tables say of a routine, by its name.
//
//   frame(N) in the scenario   stands; a table that says otherwise is a note
//   a table's figure           exact, or at least: the frame, rounded to the machine's multiple
//   neither                    assumed
//
// A figure is only taken when it can be this routine's: the tables have one function of that name, its
// code is of the machine's kind, and the locals that the scenario declares fit into it. Else the frame
// stays assumed, and a note says why.
#include "script/compile.h"

#include "frames/sizes.h"

#include <string.h>

static uint64_t rounded(const struct kss_build *b, uint64_t bytes) {
    uint64_t align = b->config.profile.frame_align ? b->config.profile.frame_align : 1;
    return (bytes + align - 1) / align * align;
}

static void refuse_two(struct kss_build *b, const struct kss_frame_size *size) {
    const struct kss_frames *frames = b->options->frames;
    struct kss_body *body = b->body;
    struct kss_text names[2] = {{0}, {0}};
    kss_frame_size_name(frames, size->row, &names[0]);
    kss_frame_size_name(frames, size->other, &names[1]);
    struct kss_diag *diag =
        KSS_SAY(b, body->node, "KSS0131", "the frame tables have two functions that `%s` may be",
                b->codes[body->code].name);
    kss_diag_label(b->diags, diag, "%s and %s", names[0].bytes, names[1].bytes);
    kss_diag_note(b->diags, diag, "help",
                  "name the module, as in `mydrv!Read`, or give the size: frame(N)");
    kss_text_free(&names[0]);
    kss_text_free(&names[1]);
}

static struct kss_diag *note(struct kss_build *b, const struct kss_node *node,
                             const struct kss_frame_size *size, const char *what) {
    struct kss_diag *diag =
        kss_diag_add(b->diags, KSS_NOTE, "KSS0130", kss_span_of(b, node), "the frame of `%s` %s",
                     b->codes[b->body->code].name, what);
    kss_diag_label(b->diags, diag, "%s says %s%llu (0x%llX) bytes", size->from,
                   size->at_least != NULL ? "at least " : "", (unsigned long long)size->bytes,
                   (unsigned long long)size->bytes);
    return diag;
}

// The scenario's own figure stands; an `at least` only contradicts a smaller one.
static void compare(struct kss_build *b, const struct kss_frame_size *size) {
    const struct kss_body *body = b->body;
    uint64_t given = rounded(b, body->given_bytes);
    if (size->bytes > given || (size->at_least == NULL && rounded(b, size->bytes) != given))
        note(b, body->given_node, size, "is what the scenario gives, not what the table says");
}

static void take(struct kss_build *b, const struct kss_frame_size *size) {
    struct kss_body *body = b->body;
    struct kss_code *code = &b->codes[body->code];
    body->given = true;
    body->given_node = body->node;
    body->given_bytes = (uint32_t)size->bytes;
    code->origin = (uint8_t)size->origin;
    code->frame_from = size->from;
    code->frame_least = size->at_least;
}

void kss_frame_from_tables(struct kss_build *b, uint64_t declared) {
    static const char refused[] = "is not taken from the table";
    struct kss_body *body = b->body;
    const struct kss_code *code = &b->codes[body->code];
    struct kss_frame_size size;
    if (b->options == NULL || (code->flags & (KSS_CODE_BODY | KSS_CODE_FUNCLET)) ||
        !kss_frame_size(b->options->frames, &b->config.profile, code->module, code->name,
                        strcmp(code->module, b->stem) == 0, &size))
        return;
    if (size.other != UINT32_MAX) {
        if (!body->given)
            refuse_two(b, &size);
    } else if (body->given) {
        if (size.foreign == NULL)
            compare(b, &size);
    } else if (size.foreign != NULL) {
        kss_diag_note(b->diags, note(b, body->node, &size, refused), "note",
                      "that is %s code, and this machine is %s", size.foreign,
                      b->config.profile.name);
    } else if (size.bytes > UINT32_MAX / 2) {
        kss_diag_note(b->diags, note(b, body->node, &size, refused), "note",
                      "no kernel stack holds that");
    } else if (rounded(b, size.bytes) < declared) {
        kss_diag_note(b->diags, note(b, body->node, &size, refused), "note",
                      "locals and return address take %llu (0x%llX) bytes",
                      (unsigned long long)declared, (unsigned long long)declared);
    } else {
        take(b, &size);
    }
}
