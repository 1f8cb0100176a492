// SPDX-License-Identifier: MIT
// Any bytes as saved events: they are refused with one error that has a place, or they are runs, and then every
// format draws them; JSON Lines drawn from a run are read back as the same lines.
#include "report/saved.h"

#include <stdio.h>
#include <stdlib.h>

static void hold(bool condition, const char *what) {
    if (condition)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static void draw(const struct kss_sheet_entry *entry, enum kss_format format,
                 struct kss_text *out) {
    struct kss_text_options options = {.verbose = true, .why = true};
    struct kss_sheet sheet = {.format = format, .out = out, .text = &options};
    kss_sheet_begin(&sheet);
    kss_sheet_run(&sheet, entry);
    kss_sheet_end(&sheet);
}

static void again(const struct kss_text *lines) {
    struct kss_saved_options options = {.all_events = true};
    struct kss_saved *saved = kss_saved_open("again", lines->bytes, lines->length, &options);
    struct kss_sheet_entry entry;
    struct kss_text out = {0};
    hold(kss_saved_next(saved, &entry), "what was written is read");
    draw(&entry, KSS_FORMAT_JSONL, &out);
    hold(out.length == lines->length && memcmp(out.bytes, lines->bytes, out.length) == 0,
         "and written as it was");
    kss_text_free(&out);
    kss_saved_close(saved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct kss_saved_options options = {.all_events = true};
    struct kss_saved *saved = kss_saved_open("fuzz", (const char *)data, size, &options);
    struct kss_sheet_entry entry;
    while (kss_saved_next(saved, &entry)) {
        for (unsigned format = 0; format < KSS_FORMAT_COUNT; format++) {
            struct kss_text out = {0};
            draw(&entry, (enum kss_format)format, &out);
            if (format == KSS_FORMAT_JSONL)
                again(&out);
            kss_text_free(&out);
        }
    }
    const struct kss_diags *diags = kss_saved_diags(saved);
    hold(diags->errors == (kss_saved_good(saved) ? 0u : 1u), "one error, or none");
    struct kss_text said = {0};
    for (uint32_t i = 0; i < diags->count; i++) {
        const struct kss_span *span = &diags->items[i].primary.span;
        hold(span->begin <= span->end && span->end <= size, "a place in the file");
        kss_diag_print(&said, kss_saved_sources(saved), &diags->items[i], false);
    }
    kss_text_free(&said);
    kss_saved_close(saved);
    return 0;
}
