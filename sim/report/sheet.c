// SPDX-License-Identifier: MIT
#include "report/sheet.h"

#include "kss/kss.h"

#include <stdlib.h>

const struct kss_format_row kss_formats[KSS_FORMAT_COUNT] = {
#define FORMAT(id, name, writer, runs, events, what)                                               \
    [KSS_FORMAT_##id] = {name,                                                                     \
                         kss_write_##writer##_begin,                                               \
                         kss_write_##writer##_run,                                                 \
                         kss_write_##writer##_end,                                                 \
                         KSS_FORMAT_##runs,                                                        \
                         KSS_FORMAT_##events,                                                      \
                         what},
#include "report/formats.def"
};

int kss_format_named(const char *name) {
    for (int i = 0; i < KSS_FORMAT_COUNT; i++)
        if (strcmp(kss_formats[i].name, name) == 0)
            return i;
    return -1;
}

int kss_worse_status(int a, int b) {
    static const int order[] = {KSS_BAD_INPUT, KSS_FAILED, KSS_CANNOT_TELL};
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return KSS_OK;
}

void kss_sheet_begin(struct kss_sheet *sheet) {
    kss_formats[sheet->format].begin(sheet);
}

void kss_sheet_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    kss_formats[sheet->format].run(sheet, entry);
    KSS_ROOM(sheet->rows, sheet->count, sheet->room);
    sheet->rows[sheet->count++] = (struct kss_suite_row){
        kss_alloc_text(&sheet->arena, entry->name, strlen(entry->name)), entry->status};
}

void kss_sheet_end(struct kss_sheet *sheet) {
    kss_formats[sheet->format].end(sheet);
    free(sheet->rows);
    kss_arena_free(&sheet->arena);
}
