// SPDX-License-Identifier: MIT
// Pictures of a kernel stack: byte-true columns of what lies on it, as text for terminals and code reviews and
// as SVG for pages and slides. One model (picture_private.h) is drawn in both.
//
//     kss_scene_go(scene, kss_scene_failing(scene));
//     kss_picture_svg(scene, kss_picture_stack(scene), NULL, &out);
//
// Depends on scene.h.
#ifndef KSS_REPORT_PICTURE_H
#define KSS_REPORT_PICTURE_H

#include "report/scene.h"

struct kss_picture_options {
    bool colour;   // text: with a terminal's colours
    bool embedded; // SVG: in a page whose style sheet holds kss_picture_css; it brings none
};

// Draws a stack as it is in the scene's present step, behind the stacks of its thread that it stands on (a
// segment of an expansion continues one); [options] may be NULL. The SVG is one <svg> element that scales to
// its container's width; its styles are its own, and what a run names in it is text.
void kss_picture_text(const struct kss_scene *scene, uint32_t stack,
                      const struct kss_picture_options *options, struct kss_text *out);
void kss_picture_svg(const struct kss_scene *scene, uint32_t stack,
                     const struct kss_picture_options *options, struct kss_text *out);

// The styles of an SVG, for pages that embed several.
void kss_picture_css(struct kss_text *out);

// The stack that the present step is about: the one that is touched or overflows, else the one at work, else
// the one that was deepest. 0: the run has none.
uint32_t kss_picture_stack(const struct kss_scene *scene);

// The map of a stack's pages at its deepest point, by its `path` events alone: what a plain run records. Where the
// stack overflowed, or a bug check's first parameter lies on it; else nothing.
struct kss_report;
void kss_print_map(const struct kss_report *report, const struct kss_digest_stack *stack);

#endif
