// SPDX-License-Identifier: MIT
// The data of the player: a run as a series of changes, for a page that steps through it. One JSON object, a
// function of log and digest. docs/player.md describes it.
//
// The page draws; what happened is decided here: sentences, changes, names and places are this side's. Numbers
// stand for texts, routines, places wherever the same would come often, so a run of 20,000 events stays
// below 2 MB.
#ifndef KSS_REPORT_PLAYER_H
#define KSS_REPORT_PLAYER_H

#include "report/scene.h"

// Appends the object, without an end of line; no '<' is in it, so it may stand in a script element of HTML.
void kss_player_data(struct kss_scene *scene, const struct kss_log *log,
                     const struct kss_digest *digest, struct kss_text *out);

#endif
