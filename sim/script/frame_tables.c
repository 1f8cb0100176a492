// SPDX-License-Identifier: MIT
// Frame sizes from outside (`kss run --frames`): what frame tables say of a routine, by its name.
//
//   frame(N) in the scenario   stands; a table that says otherwise is a note
//   a table's figure           exact, or at least: the frame, rounded to the machine's multiple
//   neither                    assumed
//
// A figure is only taken when it can be this routine's: the table has one function of that name, its code
// is of the machine's kind, and the locals that the scenario declares fit into it. Else the frame stays
// assumed, and a note says why.
#include "script/compile.h"

#include <string.h>

static uint32_t rounded(const struct kss_build *b, uint64_t bytes) {
    uint64_t align = b->config.profile.frame_align ? b->config.profile.frame_align : 1;
    return (uint32_t)((bytes + align - 1) / align * align);
}

// What a function is called in a table: "mydrv!Read", or "Read" where nobody says whose it is.
static void name_row(const struct kss_frame *row, struct kss_text *out) {
    if (row->module[0] != '\0')
        kss_text_format(out, "%s!", row->module);
    kss_text_str(out, row->symbol);
    const char *where = row->place != NULL ? row->place : row->unit;
    if (where[0] != '\0')
        kss_text_format(out, " (%s)", where);
}

static void refuse_two(struct kss_build *b, const char *symbol, uint32_t first, uint32_t second) {
    const struct kss_frames *frames = b->options->frames;
    struct kss_body *body = b->body;
    struct kss_text names[2] = {{0}, {0}};
    name_row(&frames->rows[first], &names[0]);
    name_row(&frames->rows[second], &names[1]);
    struct kss_diag *diag = KSS_SAY(b, body->node, "KSS0131",
                                    "two functions of the frame tables may be `%s`", symbol);
    kss_diag_label(b->diags, diag, "%s and %s", names[0].bytes, names[1].bytes);
    kss_diag_note(b->diags, diag, "help",
                  "name the module, as in `mydrv!Read`, or give the frame: frame(N)");
    kss_text_free(&names[0]);
    kss_text_free(&names[1]);
}

// The row of module!name. A module that is only the scenario's own name matches any; so a table of
// mydrv.sys serves `routine Read` in outswap.kss. NULL: there is none, or two.
static const struct kss_frame *find(struct kss_build *b, const struct kss_code *code) {
    const struct kss_frames *frames = b->options->frames;
    struct kss_text symbol = {0};
    uint32_t second;
    kss_text_format(&symbol, "%s!%s", code->module, code->name);
    uint32_t row = kss_frames_find_two(frames, symbol.bytes, symbol.length, &second);
    if (row == UINT32_MAX && strcmp(code->module, b->stem) == 0)
        row = kss_frames_find_two(frames, code->name, strlen(code->name), &second);
    if (row != UINT32_MAX && second != UINT32_MAX) {
        refuse_two(b, code->name, row, second);
        row = UINT32_MAX;
    }
    kss_text_free(&symbol);
    if (row == UINT32_MAX || frames->rows[row].kind == KSS_FRAME_UNKNOWN ||
        frames->rows[row].external)
        return NULL;
    return &frames->rows[row];
}

// NULL, or which machine's code the figure is of.
static const char *foreign(const struct kss_build *b, const struct kss_frame *row) {
    const struct kss_profile *profile = &b->config.profile;
    switch ((enum kss_frame_origin)row->origin) {
    case KSS_FROM_UNWIND_X64: return profile->arch != KSS_ARCH_X64 ? "x64" : NULL;
    case KSS_FROM_UNWIND_ARM64: return profile->arch != KSS_ARCH_ARM64 ? "ARM64" : NULL;
    case KSS_FROM_LEAF: return row->bytes != profile->return_address ? "other" : NULL;
    default: return NULL;
    }
}

static struct kss_diag *note(struct kss_build *b, const struct kss_node *node,
                             const struct kss_frame *row, const char *what) {
    const struct kss_code *code = &b->codes[b->body->code];
    struct kss_diag *diag = kss_diag_add(b->diags, KSS_NOTE, "KSS0130", kss_span_of(b, node),
                                         "the frame of `%s` %s", code->name, what);
    kss_diag_label(b->diags, diag, "%s says %s%llu (0x%llX) bytes",
                   kss_frame_origin_name(row->origin),
                   row->kind == KSS_FRAME_AT_LEAST ? "at least " : "",
                   (unsigned long long)row->bytes, (unsigned long long)row->bytes);
    return diag;
}

// The scenario's own figure stands; an `at least` only contradicts a smaller one.
static void compare(struct kss_build *b, const struct kss_frame *row) {
    const struct kss_body *body = b->body;
    uint32_t given = rounded(b, body->given_bytes);
    bool agrees = row->bytes <= UINT32_MAX / 2 && given == rounded(b, row->bytes);
    if (!agrees && (row->kind == KSS_FRAME_EXACT || row->bytes > given))
        note(b, body->given_node, row, "is what the scenario gives, not the table's");
}

void kss_frame_from_tables(struct kss_build *b, uint64_t declared) {
    struct kss_body *body = b->body;
    struct kss_code *code = &b->codes[body->code];
    if (b->options->frames == NULL || (code->flags & (KSS_CODE_BODY | KSS_CODE_FUNCLET)))
        return;
    const struct kss_frame *row = find(b, code);
    if (row == NULL)
        return;
    const char *machine = foreign(b, row);
    if (machine != NULL) {
        struct kss_diag *diag = note(b, body->node, row, "is not taken from the table");
        kss_diag_note(b->diags, diag, "note", "that is %s code, and this machine is %s",
                      machine, b->config.profile.name);
    } else if (body->given) {
        compare(b, row);
    } else if (row->bytes > UINT32_MAX / 2) {
        note(b, body->node, row, "is not taken from the table: it is too large");
    } else if (rounded(b, row->bytes) < declared) {
        struct kss_diag *diag = note(b, body->node, row, "is not taken from the table");
        kss_diag_note(b->diags, diag, "note", "locals and return address take %llu (0x%llX) bytes",
                      (unsigned long long)declared, (unsigned long long)declared);
    } else {
        body->given = true;
        body->given_node = body->node;
        body->given_bytes = (uint32_t)row->bytes;
        code->origin = (uint8_t)kss_frame_origin_kind(row->origin);
        code->frame_from = kss_frame_origin_name(row->origin);
        if (row->kind == KSS_FRAME_AT_LEAST)
            code->frame_least = row->reason != NULL ? row->reason : "the table does not say why";
    }
}
