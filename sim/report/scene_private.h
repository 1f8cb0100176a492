// SPDX-License-Identifier: MIT
// What the files of scenes share: the state of a moment, and the indexes that are made once.
#ifndef KSS_REPORT_SCENE_PRIVATE_H
#define KSS_REPORT_SCENE_PRIVATE_H

#include "report/private.h"
#include "report/scene.h"

// Which events are steps (steps.def).
enum kss_step_role { KSS_STEP_STEP, KSS_STEP_HEAD, KSS_STEP_PART, KSS_STEP_NOTE };
struct kss_step_row {
    enum kss_step_role role;
    const char *say;
};
// What a call says of its frame, also where it completes a HEAD.
#define KSS_SAY_FRAME "[bytes?, {bytes} bytes on {Stack}]"
extern const struct kss_step_row kss_step_rows[KSS_EV_COUNT];

// An NT routine at work on a stack: it was called by the frame that is the [frames]th.
struct kss_scene_nt {
    uint32_t routine, frames;
};

// What a stack holds besides its fields.
struct kss_scene_lane {
    struct kss_scene_frame *frames; // malloc'd, outermost first
    struct kss_scene_nt *nts;       // malloc'd
    uint32_t *objects;              // malloc'd: those that lie on it and live
    uint32_t frame_count, nt_count, object_count;
    unsigned frame_room, nt_room, object_room;
    uint32_t below; // the stack of its thread that it stands on, 0: none
};

enum { KSS_SCENE_NESTED = 32 }; // IRQLs: what interrupts has a higher one than what it interrupts
struct kss_scene_cpu {
    struct {
        uint64_t stack, irql;
    } saved[KSS_SCENE_NESTED];
    uint32_t nested, dpcs, interrupts;
};

// A moment. Everything is plain values: a copy of it is all that going back needs.
struct kss_scene_state {
    uint64_t *values[KSS_SCENE_THINGS]; // malloc'd, one row of fields for each thing
    uint32_t counts[KSS_SCENE_THINGS];
    unsigned rooms[KSS_SCENE_THINGS];
    struct kss_scene_lane *lanes; // malloc'd, by stack
    uint32_t lane_count;
    unsigned lane_room;
    uint32_t *tops; // malloc'd, by thread: the stack made last that is not gone
    uint32_t top_count;
    unsigned top_room;
    struct kss_scene_cpu *cpus; // malloc'd
    uint32_t cpu_count;
    unsigned cpu_room;
    uint32_t step;
    bool gap; // events were left out before this moment
};

struct kss_scene_key { // a moment that is kept
    struct kss_scene_state state;
    uint64_t bytes;
};

struct kss_scene {
    const struct kss_log *log;
    const struct kss_digest *digest;
    struct kss_scene_state state;
    struct kss_scene_step *steps; // malloc'd, from 1
    uint32_t step_count;          // the last step's number
    struct kss_scene_key *keys;   // malloc'd, at multiples of [spacing]
    uint32_t key_count, spacing;
    unsigned key_room;
    uint64_t key_bytes;
    uint32_t *by_base;    // malloc'd: indexes of `stack` events, by base, then order
    uint32_t *by_address; // malloc'd: indexes of `object` events, by address, then order
    uint32_t base_count, address_count;
    uint32_t *place_routines; // malloc'd: routine + 2 of a place, 1: none, 0: not looked up yet
    uint32_t worst_step, worst_stack, failing;
    bool worst_overflows;
    uint64_t worst_left;
    kss_scene_watcher *watcher;
    void *watcher_context;
};

// scene_steps.c
void kss_scene_find_steps(struct kss_scene *scene);
void kss_scene_find_failing(struct kss_scene *scene);

// scene_apply.c: what an event changes.
void kss_scene_begin(struct kss_scene *scene);
void kss_scene_apply(struct kss_scene *scene, uint32_t event);

// scene_index.c: the `stack` event whose stack held an address when event [now] happened, and the last `object`
// event of an address by then; UINT32_MAX: none.
void kss_scene_make_indexes(struct kss_scene *scene);
uint32_t kss_scene_stack_with(const struct kss_scene *scene, uint64_t address, uint32_t now);
uint32_t kss_scene_object_with(const struct kss_scene *scene, uint64_t address, uint32_t now);
uint32_t kss_scene_objects_from(const struct kss_scene *scene, uint64_t address); // in by_address

// scene.c
uint64_t kss_scene_get(const struct kss_scene *scene, enum kss_scene_field field, uint32_t index);
void kss_scene_set(struct kss_scene *scene, enum kss_scene_field field, uint32_t index,
                   uint64_t value);
void kss_scene_meet(struct kss_scene *scene, enum kss_scene_thing thing, uint32_t index);
void kss_scene_push(struct kss_scene *scene, uint32_t stack, struct kss_scene_frame frame);
void kss_scene_pop(struct kss_scene *scene, uint32_t stack);

#endif
