// SPDX-License-Identifier: MIT
// The labels of an SVG picture: a line of words for each part, local, reserve and mark, as near to what it names
// as those around it let it, with a line that leads there.
#include "report/picture_svg.h"

#include <stdlib.h>
#include <string.h>

static const char *const inks[] = {"kp-t", "kp-d", "kp-o", "kp-m"};

static struct kss_svg_label *add_label(struct kss_svg *d, uint32_t depth_from, uint32_t depth_to,
                                       uint32_t bytes, const char *text, enum kss_svg_ink ink) {
    KSS_ROOM(d->labels, d->label_count, d->label_room);
    struct kss_svg_label *label = &d->labels[d->label_count];
    *label =
        (struct kss_svg_label){.anchor = (kss_svg_y(d, depth_from) + kss_svg_y(d, depth_to)) / 2,
                               .height = LINE,
                               .order = d->label_count++,
                               .ink = ink,
                               .bytes = bytes,
                               .text = text};
    return label;
}

static void note(struct kss_svg_label *label, const char *text) {
    size_t length = strlen(text);
    if (length >= sizeof label->note)
        length = sizeof label->note - 1;
    memcpy(label->note, text, length);
}

static void note_left(struct kss_svg_label *label, const struct kss_picture *picture,
                      uint32_t bytes) {
    uint32_t left = picture->bytes - picture->used;
    struct kss_text text = {0};
    kss_text_str(&text, bytes > left ? "short by " : "leaves ");
    kss_text_hex(&text, bytes > left ? bytes - left : left - bytes);
    note(label, text.bytes);
    kss_text_free(&text);
}

uint32_t kss_svg_item_end(const struct kss_item *item) {
    return item->bytes < item->depth ? item->depth - item->bytes : item->depth;
}

static int32_t item_middle(const struct kss_svg *d, const struct kss_item *item) {
    return (kss_svg_y(d, kss_svg_item_end(item)) + kss_svg_y(d, item->depth)) / 2;
}

static void label_part(struct kss_svg *d, const struct kss_part *part) {
    const struct kss_picture *picture = d->picture;
    struct kss_svg_label *label =
        add_label(d, part->from, part->to, part->to - part->from, part->name,
                  kss_part_is_over(picture, part) ? INK_MARK : INK_PLAIN);
    if (part->item_count != 0) { // above what lies in it
        int32_t first = item_middle(d, &picture->items[part->first_item]);
        if (first < label->anchor)
            label->anchor = first;
    }
    if (part->kind == KSS_PART_FREE || part->kind == KSS_PART_GUARD ||
        part->kind == KSS_PART_HIDDEN)
        label->ink = INK_DIM;
    if (part->kind == KSS_PART_GUARD)
        label->bytes = 0;
    if (part->origin != NULL)
        note(label, part->origin);
    if (part->kind == KSS_PART_FREE && picture->out)
        note(label, "not in memory");
    if (kss_part_is_over(picture, part))
        note(label, "crosses the limit");
}

static void label_items(struct kss_svg *d, const struct kss_part *part) {
    for (uint32_t i = 0; i < part->item_count; i++) {
        const struct kss_item *item = &d->picture->items[part->first_item + i];
        struct kss_text text = {0};
        kss_text_format(&text, "%s: %s", item->name, item->type);
        struct kss_svg_label *label =
            add_label(d, kss_svg_item_end(item), item->depth, item->bytes,
                      kss_alloc_text(&((struct kss_picture *)(uintptr_t)d->picture)->arena,
                                     text.bytes, text.length),
                      item->is_object ? INK_OBJECT : INK_DIM);
        label->indented = true;
        if (item->state != NULL)
            note(label, item->state);
        kss_text_free(&text);
    }
}

static void label_marks(struct kss_svg *d) {
    for (uint32_t i = 0; i < d->picture->mark_count; i++) {
        const struct kss_mark *mark = &d->picture->marks[i];
        struct kss_svg_label *label =
            add_label(d, mark->depth, mark->depth, 0, mark->text, INK_MARK);
        label->height =
            LINE * (int32_t)((kss_text_letters(mark->text, strlen(mark->text)) + LABEL_ROOM - 1) /
                             LABEL_ROOM);
    }
}

static void label_reserves(struct kss_svg *d) {
    const struct kss_picture *picture = d->picture;
    const struct {
        uint32_t bytes;
        const char *text;
    } reserves[] = {{picture->interrupt, "an interrupt here"},
                    {picture->exception, "an exception here"}};
    if (picture->used >= picture->bytes || picture->gone)
        return;
    for (unsigned i = 0; i < 2; i++) {
        uint32_t bytes = reserves[i].bytes, end = picture->used + bytes;
        if (bytes == 0)
            continue;
        struct kss_svg_label *label = add_label(d, end, end, bytes, reserves[i].text,
                                                end > picture->bytes ? INK_MARK : INK_DIM);
        note_left(label, picture, bytes);
    }
    if (picture->deepest > picture->used && picture->deepest <= picture->bytes)
        add_label(d, picture->deepest, picture->deepest, picture->deepest, "was used before",
                  INK_DIM);
}

static int by_anchor(const void *a, const void *b) {
    const struct kss_svg_label *x = a, *y = b;
    if (x->anchor != y->anchor)
        return x->anchor < y->anchor ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

int32_t kss_svg_labels_height(const struct kss_svg *d) {
    int32_t sum = 0;
    for (uint32_t i = 0; i < d->label_count; i++)
        sum += d->labels[i].height;
    return sum;
}

// Each as near to its anchor as its neighbours allow: down first, then up from the lower edge.
void kss_svg_place_labels(struct kss_svg *d) {
    int32_t next = d->top, limit = d->bottom;
    qsort(d->labels, d->label_count, sizeof *d->labels, by_anchor);
    for (uint32_t i = 0; i < d->label_count; i++) {
        struct kss_svg_label *label = &d->labels[i];
        label->y = label->anchor - LINE / 2 > next ? label->anchor - LINE / 2 : next;
        next = label->y + label->height;
    }
    for (uint32_t i = d->label_count; i-- > 0;) {
        struct kss_svg_label *label = &d->labels[i];
        if (label->y + label->height > limit)
            label->y = limit - label->height;
        limit = label->y;
    }
}

static void leader(struct kss_svg *d, const struct kss_svg_label *label) {
    int32_t from = COLUMN + BREADTH, y = label->y + LINE / 2;
    kss_text_format(d->out, "<path class=\"%s\" d=\"M", label->ink == INK_MARK ? "kp-ml" : "kp-l");
    kss_svg_tenths(d->out, from);
    kss_text_char(d->out, ' ');
    kss_svg_tenths(d->out, label->anchor);
    kss_text_str(d->out, "h10L");
    kss_svg_tenths(d->out, LABELS - 180);
    kss_text_char(d->out, ' ');
    kss_svg_tenths(d->out, y);
    kss_text_str(d->out, "h10\"/>\n");
}

// Long texts of marks take several lines, broken at spaces.
static void mark_text(struct kss_svg *d, const struct kss_svg_label *label) {
    const char *at = label->text;
    for (int32_t y = label->y + LINE / 2; *at != '\0'; y += LINE) {
        size_t length = strlen(at), end = length;
        if (kss_text_letters(at, strlen(at)) > LABEL_ROOM) {
            end = LABEL_ROOM;
            while (end > 0 && at[end] != ' ')
                end--;
            if (end == 0)
                end = length;
        }
        struct kss_text piece = {0};
        kss_text_bytes(&piece, at, end);
        kss_svg_text(d->out, inks[label->ink], false, LABELS, y, piece.bytes, LABEL_ROOM);
        kss_text_free(&piece);
        at += end;
        while (*at == ' ')
            at++;
    }
}

static void draw_label(struct kss_svg *d, const struct kss_svg_label *label) {
    int32_t y = label->y + LINE / 2, x = LABELS + (SIZE_ROOM + (label->indented ? 2 : 0)) * LETTER;
    uint32_t room = LABEL_ROOM - SIZE_ROOM - (label->indented ? 2 : 0);
    uint32_t note_room =
        *label->note != '\0' ? kss_text_letters(label->note, strlen(label->note)) + 2 : 0;
    leader(d, label);
    if (label->height > LINE || label->text[0] == '\0' ||
        (label->ink == INK_MARK && label->bytes == 0)) {
        mark_text(d, label);
        return;
    }
    if (label->bytes != 0) {
        struct kss_text size = {0};
        kss_text_hex(&size, label->bytes);
        kss_svg_text(d->out, "kp-d", true, LABELS + (SIZE_ROOM - 1) * LETTER, y, size.bytes,
                     SIZE_ROOM);
        kss_text_free(&size);
    }
    kss_svg_text(d->out, inks[label->ink], false, x, y, label->text, room - note_room);
    if (note_room != 0)
        kss_svg_text(d->out, label->ink == INK_MARK ? "kp-m" : "kp-d", true, WIDTH - MARGIN, y,
                     label->note, note_room);
}

void kss_svg_gather_labels(struct kss_svg *d) {
    const struct kss_picture *picture = d->picture;
    d->label_count = 0;
    for (uint32_t i = 0; i < picture->part_count; i++) {
        label_part(d, &picture->parts[i]);
        label_items(d, &picture->parts[i]);
    }
    label_reserves(d);
    label_marks(d);
}

void kss_svg_draw_labels(struct kss_svg *d) {
    for (uint32_t i = 0; i < d->label_count; i++)
        draw_label(d, &d->labels[i]);
}
