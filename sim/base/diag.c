// SPDX-License-Identifier: MIT
// Lists of diagnostics. How one is drawn is in diag_print.c.
#include "base/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_LIMIT = 20 };

static uint32_t limit_of(const struct kss_diags *diags) {
    return diags->limit ? diags->limit : DEFAULT_LIMIT;
}

static const char *format_text(struct kss_diags *diags, const char *format, va_list arguments) {
    struct kss_text text = {0};
    kss_text_format_list(&text, format, arguments);
    const char *copy = kss_alloc_text(diags->arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

// The entry behind the last one: what is not kept is written there and forgotten.
static struct kss_diag *spare(struct kss_diags *diags) {
    KSS_ROOM(diags->items, diags->count, diags->capacity);
    diags->items[diags->count] = (struct kss_diag){0};
    return &diags->items[diags->count];
}

static bool kept(const struct kss_diags *diags, const struct kss_diag *diag) {
    return diag != &diags->items[diags->count];
}

static void say_once(struct kss_diags *diags, uint32_t seen, const char *what) {
    if (seen != limit_of(diags) + 1)
        return;
    struct kss_diag *diag = spare(diags);
    struct kss_text text = {0};
    kss_text_format(&text, "too many %s: only the first %u are shown", what,
                    (unsigned)limit_of(diags));
    diag->severity = KSS_NOTE;
    diag->message = kss_alloc_text(diags->arena, text.bytes, text.length);
    kss_text_free(&text);
    diags->count++;
}

// Counts one more of [severity]; false: enough of its kind were kept already.
static bool wanted(struct kss_diags *diags, enum kss_severity severity) {
    uint32_t *seen = severity == KSS_ERROR ? &diags->errors : &diags->others;
    ++*seen;
    say_once(diags, *seen, severity == KSS_ERROR ? "errors" : "warnings");
    return *seen <= limit_of(diags);
}

struct kss_diag *kss_diag_add(struct kss_diags *diags, enum kss_severity severity, const char *code,
                              struct kss_span span, const char *format, ...) {
    bool keep = wanted(diags, severity);
    struct kss_diag *diag = spare(diags);
    diag->severity = severity;
    diag->code = code;
    diag->has_place = true;
    diag->primary.span = span;
    if (!keep)
        return diag;
    va_list arguments;
    va_start(arguments, format);
    diag->message = format_text(diags, format, arguments);
    va_end(arguments);
    diags->count++;
    return diag;
}

void kss_diag_label(struct kss_diags *diags, struct kss_diag *diag, const char *format, ...) {
    if (!kept(diags, diag))
        return;
    va_list arguments;
    va_start(arguments, format);
    diag->primary.text = format_text(diags, format, arguments);
    va_end(arguments);
}

void kss_diag_cause(struct kss_diags *diags, struct kss_diag *diag, struct kss_span span,
                    const char *format, ...) {
    if (!kept(diags, diag))
        return;
    if (diag->cause_count == KSS_DIAG_LABELS) {
        diag->causes[KSS_DIAG_LABELS - 1].text = "here, and in more places that are not shown";
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    struct kss_label *label = &diag->causes[diag->cause_count++];
    *label = (struct kss_label){.span = span, .text = format_text(diags, format, arguments)};
    va_end(arguments);
}

void kss_diag_note(struct kss_diags *diags, struct kss_diag *diag, const char *kind,
                   const char *format, ...) {
    if (!kept(diags, diag))
        return;
    if (diag->note_count == KSS_DIAG_NOTES) {
        diag->notes[KSS_DIAG_NOTES - 1].kind = "note";
        diag->notes[KSS_DIAG_NOTES - 1].text = "more notes were left out";
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    diag->notes[diag->note_count].kind = kind;
    diag->notes[diag->note_count++].text = format_text(diags, format, arguments);
    va_end(arguments);
}

void kss_diags_free(struct kss_diags *diags) {
    free(diags->items);
    *diags = (struct kss_diags){.arena = diags->arena, .limit = diags->limit};
}
