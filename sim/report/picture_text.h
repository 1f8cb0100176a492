// SPDX-License-Identifier: MIT
// What the files of text pictures share: a sheet of 80 columns, its lines, the map of pages.
#ifndef KSS_REPORT_PICTURE_TEXT_H
#define KSS_REPORT_PICTURE_TEXT_H

#include "report/picture_private.h"
#include "report/private.h"

enum { CELLS = 64, GUTTER = 12 };

struct kss_picture_sheet {
    const struct kss_picture *picture;
    struct kss_report ink; // for colours
    struct kss_text *out;
    struct kss_text line;
    bool carets; // marks stand below the map
};

// What stands left of a line: a word, or the address of its first byte.
void kss_picture_gutter(struct kss_picture_sheet *sheet, const char *label);
void kss_picture_gutter_depth(struct kss_picture_sheet *sheet, uint32_t depth);
// Ends the line that was gathered: padded, between borders.
void kss_picture_put_line(struct kss_picture_sheet *sheet, enum kss_ink ink);
void kss_picture_map(struct kss_picture_sheet *sheet);

#endif
