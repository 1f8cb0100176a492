// SPDX-License-Identifier: MIT
// What the files that write the player's data share.
#ifndef KSS_REPORT_PLAYER_PRIVATE_H
#define KSS_REPORT_PLAYER_PRIVATE_H

#include "report/player.h"

#include "base/intern.h"

struct kss_player_numbers { // log numbers -> numbers in the data, in the order of their first use
    uint32_t *to;           // malloc'd, by log number: number + 1, 0: not used
    uint32_t *used;         // malloc'd, the log numbers
    uint32_t count;
    unsigned room;
};

struct kss_player {
    struct kss_scene *scene;
    const struct kss_log *log;
    const struct kss_digest *digest;
    struct kss_text *out;
    struct kss_arena arena;
    struct kss_intern strings;
    struct kss_text said;             // scratch
    struct kss_player_numbers places; // of the log
    uint32_t *rows; // malloc'd: routines of frames that are nobody's, as KSS_PATH_x
    uint32_t row_count;
    unsigned row_room;
    struct kss_text changes; // of the step at work
};

// The number in the data of a string, of a place of the log (0: none), of a routine or row of a path.
uint32_t kss_player_string_id(struct kss_player *player, const char *bytes, size_t length);
uint32_t kss_player_place_id(struct kss_player *player, uint32_t place);
uint64_t kss_player_routine_id(struct kss_player *player, uint64_t routine);
// The number of what was appended to player->said, which is emptied.
uint32_t kss_player_said_id(struct kss_player *player);
// Appends a field's value as the page reads it.
void kss_player_field_value(struct kss_player *player, enum kss_scene_field field, uint64_t value,
                            struct kss_text *out);

// Appends a member's name, with a comma before all but the first.
void kss_player_key(struct kss_player *player, const char *name);

// player_steps.c: "steps", with every string, place and row they use. Moves the scene to its end.
void kss_player_steps(struct kss_player *player);

#endif
