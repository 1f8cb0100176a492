// SPDX-License-Identifier: MIT
// The model of a picture: what lies on a stack from Base down, as parts that meet. Text and SVG draw it.
//
//   Base   0     |---------------------|
//                | SAVE                |  from 0
//                | TRAP                |
//                | FRAME ...           |  items: named locals and objects, at their own depths
//                | HIDDEN              |  natively: code between frames that nobody named
//   SP     used  |---------------------|
//                | FREE                |
//   Limit  bytes |---------------------|
//                | GUARD               |  where SP is beyond the limit, parts go on into it
#ifndef KSS_REPORT_PICTURE_PRIVATE_H
#define KSS_REPORT_PICTURE_PRIVATE_H

#include "report/picture.h"

enum kss_part_kind {
    KSS_PART_SAVE,
    KSS_PART_TRAP,
    KSS_PART_FRAME,
    KSS_PART_FOLD, // turns of a recursion beyond the first
    KSS_PART_HIDDEN,
    KSS_PART_FREE,
    KSS_PART_GUARD
};

struct kss_part {
    enum kss_part_kind kind;
    uint32_t from, to; // depths: [from, to)
    const char *name;
    const char *origin; // NULL: none
    char letter;        // in the map of pages
    uint32_t first_item, item_count;
};

// A named local or an object in a frame.
struct kss_item {
    uint32_t depth, bytes; // of its first byte: Base - address; bytes 0: unknown
    const char *name, *type;
    const char *state; // "not signalled", NULL
    bool is_object;
};

// A place that a finding touches.
struct kss_mark {
    uint32_t depth; // Base - address
    const char *text;
};

struct kss_picture {
    struct kss_arena arena;
    const struct kss_log *log;
    const char *
        title[3]; // step and what happens; who is at work; the stack and how full it is. NULL: none
    const char *stack; // its name: "stack of App"
    uint64_t base;
    uint32_t bytes, used, deepest, page, guard;
    bool out, gone;
    struct kss_part *parts; // malloc'd
    struct kss_item *items; // malloc'd; of a part: by depth
    struct kss_mark *marks; // malloc'd
    uint32_t part_count, item_count, mark_count;
    unsigned part_room, item_room, mark_room;
    uint32_t interrupt,
        exception; // what these would take below SP; 0: they do not come to this stack
};

void kss_picture_make(struct kss_picture *picture, const struct kss_scene *scene, uint32_t stack);
void kss_picture_make_worst(struct kss_picture *picture, const struct kss_log *log,
                            const struct kss_digest_stack *stack);
// The stacks that a picture of [stack] shows, outermost first; returns how many, at most KSS_PICTURE_STACKS. What
// more there are lie before them and are left out: *omitted.
enum { KSS_PICTURE_STACKS = 20 };
uint32_t kss_picture_chain(const struct kss_scene *scene, uint32_t stack, uint32_t *chain,
                           uint32_t *omitted);

// picture_marks.c: where findings of the moment touch the stack.
void kss_picture_add_marks(struct kss_picture *picture, const struct kss_scene *scene,
                           uint32_t stack);
void kss_picture_free(struct kss_picture *picture);

// Whether the part holds bytes of the stack beyond its limit.
static inline bool kss_part_is_over(const struct kss_picture *picture,
                                    const struct kss_part *part) {
    return part->kind < KSS_PART_FREE && part->to > picture->bytes;
}

#endif
