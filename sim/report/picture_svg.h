// SPDX-License-Identifier: MIT
// What the files of SVG pictures share: measures, the drawing of one stack, pieces of SVG, labels.
#ifndef KSS_REPORT_PICTURE_SVG_H
#define KSS_REPORT_PICTURE_SVG_H

#include "report/picture_private.h"

// Everything is in tenths of a pixel: integers print alike everywhere.
enum {
    WIDTH = 7800,
    MARGIN = 120,
    AXIS = 1400,   // right edge of the addresses
    COLUMN = 1500, // left edge
    BREADTH = 1500,
    LABELS = 3560, // left edge
    LETTER = 72,   // width of a letter
    LINE = 180,    // height of a line
    BODY = 4200,   // least height of the column
    SIZE_ROOM = 9, // letters of a size
    LABEL_ROOM = (WIDTH - MARGIN - LABELS) / LETTER
};

enum kss_svg_ink { INK_PLAIN, INK_DIM, INK_OBJECT, INK_MARK };

struct kss_svg_label {
    int32_t anchor, y, height; // of the part's middle; of the first line's middle; of all lines
    uint32_t order;
    enum kss_svg_ink ink;
    uint32_t bytes; // 0: no size
    bool indented;
    const char *text;
    char note[48]; // behind the text
};

struct kss_svg {
    const struct kss_picture *picture;
    struct kss_text *out;
    struct kss_svg_label *labels; // malloc'd
    uint32_t label_count;
    unsigned label_room;
    int32_t top, body,
        bottom; // of the column: upper edge, height of [0, bytes), lower edge with the guard
    uint32_t step, stack; // for names of patterns
    bool first;           // of the stacks in one picture
};

// picture_svg.c: pieces of SVG.
void kss_svg_tenths(struct kss_text *out, int32_t value);
void kss_svg_text(struct kss_text *out, const char *class, bool at_end, int32_t x, int32_t y,
                  const char *text, uint32_t room);
static inline int32_t kss_svg_y(const struct kss_svg *d, uint32_t depth) {
    return d->top + (int32_t)((uint64_t)depth * (uint64_t)d->body / d->picture->bytes);
}

// picture_labels.c: the labels of the drawing as it is measured by now; where they stand; their lines and words.
uint32_t kss_svg_item_end(const struct kss_item *item); // its upper edge
void kss_svg_gather_labels(struct kss_svg *d);
int32_t kss_svg_labels_height(const struct kss_svg *d);
void kss_svg_place_labels(struct kss_svg *d);
void kss_svg_draw_labels(struct kss_svg *d);

#endif
