// SPDX-License-Identifier: MIT
// Scenes: moving through a run (scene.h). A moment is plain values; moments at equal distances are kept, and
// going to a step begins at the kept one before it. Distances double as a run gets longer or its moments
// larger, so that memory is bounded and a way back costs at most one distance of steps.
#include "report/scene_private.h"

#include "base/bisect.h"
#include "base/os.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SPACING = 32, MOST_KEYS = 256, MOST_KEY_BYTES = 64 << 20 };

const struct kss_scene_field_row kss_scene_fields[KSS_SCENE_FIELDS] = {
#define SCENE(thing, field, type, name, values, first)                                             \
    {KSS_SCENE_##thing, name, KSS_W_##type, values, first},
#include "report/scene.def"
};

// ---- Values -------------------------------------------------------------------------------------
// Fields of a thing lie side by side in the table, so its row in a state is as many values.
static const enum kss_scene_field firsts[KSS_SCENE_THINGS] = {
    KSS_SCENE_CPU_STATE, KSS_SCENE_THREAD_STATE, KSS_SCENE_STACK_STATE, KSS_SCENE_OBJECT_STATE};

static uint32_t width(enum kss_scene_thing thing) {
    uint32_t end = thing + 1u < KSS_SCENE_THINGS ? firsts[thing + 1] : (uint32_t)KSS_SCENE_FIELDS;
    return end - firsts[thing];
}

static uint64_t *slot(const struct kss_scene *scene, enum kss_scene_field field, uint32_t index) {
    enum kss_scene_thing thing = kss_scene_fields[field].thing;
    return &scene->state.values[thing][(size_t)index * width(thing) + (field - firsts[thing])];
}

uint64_t kss_scene_get(const struct kss_scene *scene, enum kss_scene_field field, uint32_t index) {
    if (index >= scene->state.counts[kss_scene_fields[field].thing])
        return kss_scene_fields[field].first;
    return *slot(scene, field, index);
}

void kss_scene_meet(struct kss_scene *scene, enum kss_scene_thing thing, uint32_t index) {
    struct kss_scene_state *state = &scene->state;
    uint32_t fields = width(thing);
    while (state->counts[thing] <= index) {
        uint32_t used = state->counts[thing] * fields;
        while (used + fields > state->rooms[thing])
            KSS_ROOM(state->values[thing], state->rooms[thing], state->rooms[thing]);
        for (uint32_t i = 0; i < fields; i++)
            state->values[thing][used + i] = kss_scene_fields[firsts[thing] + i].first;
        state->counts[thing]++;
    }
    while (thing == KSS_SCENE_STACK && state->lane_count <= index) {
        KSS_ROOM(state->lanes, state->lane_count, state->lane_room);
        struct kss_scene_lane *lane = &state->lanes[state->lane_count++];
        lane->frame_count = lane->nt_count = lane->object_count = 0; // it keeps its memory
        lane->below = 0;
    }
    while (thing == KSS_SCENE_THREAD && state->top_count <= index) {
        KSS_ROOM(state->tops, state->top_count, state->top_room);
        state->tops[state->top_count++] = 0;
    }
    while (thing == KSS_SCENE_CPU && state->cpu_count <= index) {
        KSS_ROOM(state->cpus, state->cpu_count, state->cpu_room);
        state->cpus[state->cpu_count++] = (struct kss_scene_cpu){0};
    }
}

static void tell(struct kss_scene *scene, const struct kss_scene_change *change) {
    if (scene->watcher != NULL)
        scene->watcher(scene->watcher_context, change);
}

void kss_scene_set(struct kss_scene *scene, enum kss_scene_field field, uint32_t index,
                   uint64_t value) {
    kss_scene_meet(scene, kss_scene_fields[field].thing, index);
    uint64_t *at = slot(scene, field, index);
    if (*at == value)
        return;
    struct kss_scene_change change = {
        .what = KSS_CHANGE_SET, .field = field, .index = index, .before = *at, .after = value};
    *at = value;
    tell(scene, &change);
}

void kss_scene_push(struct kss_scene *scene, uint32_t stack, struct kss_scene_frame frame) {
    kss_scene_meet(scene, KSS_SCENE_STACK, stack);
    struct kss_scene_lane *lane = &scene->state.lanes[stack];
    KSS_ROOM(lane->frames, lane->frame_count, lane->frame_room);
    lane->frames[lane->frame_count++] = frame;
    tell(scene,
         &(struct kss_scene_change){.what = KSS_CHANGE_PUSH, .index = stack, .frame = frame});
}

void kss_scene_pop(struct kss_scene *scene, uint32_t stack) {
    struct kss_scene_lane *lane = &scene->state.lanes[stack];
    struct kss_scene_frame frame = lane->frames[--lane->frame_count];
    tell(scene, &(struct kss_scene_change){.what = KSS_CHANGE_POP, .index = stack, .frame = frame});
}

// ---- Moments that are kept ----------------------------------------------------------------------
static void free_state(struct kss_scene_state *state) {
    for (unsigned i = 0; i < KSS_SCENE_THINGS; i++)
        free(state->values[i]);
    for (unsigned i = 0; i < state->lane_room; i++) {
        free(state->lanes[i].frames);
        free(state->lanes[i].nts);
        free(state->lanes[i].objects);
    }
    free(state->lanes);
    free(state->tops);
    free(state->cpus);
}

// Copies [count] items of [size] bytes into [to], which keeps its memory where it is large enough.
static void *copied(void *to, unsigned *room, const void *from, uint32_t count, size_t size) {
    if (count > *room)
        to = kss_grow(to, room, count, size);
    if (count != 0)
        memcpy(to, from, count * size);
    return to;
}

static void copy_lane(struct kss_scene_lane *to, const struct kss_scene_lane *from) {
    to->frames =
        copied(to->frames, &to->frame_room, from->frames, from->frame_count, sizeof *to->frames);
    to->nts = copied(to->nts, &to->nt_room, from->nts, from->nt_count, sizeof *to->nts);
    to->objects = copied(to->objects, &to->object_room, from->objects, from->object_count,
                         sizeof *to->objects);
    to->frame_count = from->frame_count;
    to->nt_count = from->nt_count;
    to->object_count = from->object_count;
    to->below = from->below;
}

static void copy_state(struct kss_scene_state *to, const struct kss_scene_state *from) {
    for (unsigned i = 0; i < KSS_SCENE_THINGS; i++) {
        uint32_t values = from->counts[i] * width((enum kss_scene_thing)i);
        to->values[i] =
            copied(to->values[i], &to->rooms[i], from->values[i], values, sizeof(uint64_t));
        to->counts[i] = from->counts[i];
    }
    if (from->lane_count > to->lane_room)
        to->lanes = kss_grow(to->lanes, &to->lane_room, from->lane_count, sizeof *to->lanes);
    for (uint32_t i = 0; i < from->lane_count; i++)
        copy_lane(&to->lanes[i], &from->lanes[i]);
    to->lane_count = from->lane_count;
    to->tops = copied(to->tops, &to->top_room, from->tops, from->top_count, sizeof *to->tops);
    to->top_count = from->top_count;
    to->cpus = copied(to->cpus, &to->cpu_room, from->cpus, from->cpu_count, sizeof *to->cpus);
    to->cpu_count = from->cpu_count;
    to->step = from->step;
    to->gap = from->gap;
}

static uint64_t bytes_of(const struct kss_scene_state *state) {
    uint64_t bytes = sizeof *state + state->lane_count * sizeof *state->lanes +
                     state->cpu_count * sizeof *state->cpus;
    for (unsigned i = 0; i < KSS_SCENE_THINGS; i++)
        bytes += (uint64_t)state->counts[i] * width((enum kss_scene_thing)i) * sizeof(uint64_t);
    for (uint32_t i = 0; i < state->lane_count; i++)
        bytes += state->lanes[i].frame_count * sizeof *state->lanes->frames +
                 state->lanes[i].nt_count * sizeof *state->lanes->nts +
                 state->lanes[i].object_count * sizeof *state->lanes->objects;
    return bytes;
}

// Every second one goes; the first stays.
static void thin_out(struct kss_scene *scene) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < scene->key_count; i++) {
        if (i % 2 == 0) {
            scene->keys[kept++] = scene->keys[i];
            continue;
        }
        scene->key_bytes -= scene->keys[i].bytes;
        free_state(&scene->keys[i].state);
    }
    scene->key_count = kept;
    scene->spacing *= 2;
}

static void keep_moment(struct kss_scene *scene) {
    while (scene->key_count == MOST_KEYS ||
           (scene->key_bytes > MOST_KEY_BYTES && scene->key_count > 2))
        thin_out(scene);
    if (scene->state.step % scene->spacing != 0)
        return;
    KSS_ROOM(scene->keys, scene->key_count, scene->key_room);
    struct kss_scene_key *key = &scene->keys[scene->key_count++];
    *key = (struct kss_scene_key){.bytes = bytes_of(&scene->state)};
    copy_state(&key->state, &scene->state);
    scene->key_bytes += key->bytes;
}

// ---- Moving -------------------------------------------------------------------------------------
static void forward(struct kss_scene *scene) {
    const struct kss_scene_step *step = &scene->steps[++scene->state.step];
    for (uint32_t i = step->first; i < step->last; i++)
        kss_scene_apply(scene, i);
}

void kss_scene_go(struct kss_scene *scene, uint32_t step) {
    if (step > scene->step_count)
        step = scene->step_count;
    uint32_t key;
    KSS_BISECT(key, scene->key_count, scene->keys[key].state.step <= step);
    uint32_t from = scene->keys[key - 1].state.step; // the first is step 0
    bool back = step < scene->state.step;
    if (back || (scene->watcher == NULL && from > scene->state.step))
        copy_state(&scene->state, &scene->keys[key - 1].state);
    kss_scene_watcher *watcher = scene->watcher;
    scene->watcher = back ? NULL : watcher;
    while (scene->state.step < step)
        forward(scene);
    scene->watcher = watcher;
}

uint32_t kss_scene_now(const struct kss_scene *scene) {
    return scene->state.step;
}

void kss_scene_watch(struct kss_scene *scene, kss_scene_watcher *watcher, void *context) {
    scene->watcher = watcher;
    scene->watcher_context = context;
}

// ---- Making and asking --------------------------------------------------------------------------
// Where a stack was deepest: an overflow beats all, then what left the least.
static void note_depth(struct kss_scene *scene, uint32_t stack) {
    uint64_t used = kss_scene_get(scene, KSS_SCENE_STACK_USED, stack);
    uint64_t bytes = kss_scene_get(scene, KSS_SCENE_STACK_BYTES, stack);
    bool over = used > bytes;
    uint64_t left = over ? 0 : bytes - used;
    if (used == 0 || scene->worst_overflows || (!over && left >= scene->worst_left))
        return;
    scene->worst_overflows = over;
    scene->worst_left = left;
    scene->worst_stack = stack;
    scene->worst_step = scene->state.step;
}

static void look_at(void *context, const struct kss_scene_change *change) {
    struct kss_scene *scene = context;
    if (change->what == KSS_CHANGE_SET && change->field == KSS_SCENE_STACK_USED &&
        change->after > change->before)
        note_depth(scene, change->index);
}

struct kss_scene *kss_scene_new(const struct kss_log *log, const struct kss_digest *digest) {
    struct kss_scene *scene = calloc(1, sizeof *scene);
    if (scene == NULL)
        kss_os_fatal("out of memory");
    scene->log = log;
    scene->digest = digest;
    scene->spacing = FIRST_SPACING;
    scene->worst_left = UINT64_MAX;
    unsigned places = 0;
    scene->place_routines = kss_grow(NULL, &places, log->place_count, sizeof(uint32_t));
    kss_scene_make_indexes(scene);
    kss_scene_find_steps(scene);
    kss_scene_begin(scene);
    keep_moment(scene);
    kss_scene_watch(scene, look_at, scene);
    while (scene->state.step < scene->step_count) {
        forward(scene);
        keep_moment(scene);
    }
    kss_scene_watch(scene, NULL, NULL);
    kss_scene_find_failing(scene);
    kss_scene_go(scene, 0);
    return scene;
}

void kss_scene_free(struct kss_scene *scene) {
    if (scene == NULL)
        return;
    free_state(&scene->state);
    for (uint32_t i = 0; i < scene->key_count; i++)
        free_state(&scene->keys[i].state);
    free(scene->keys);
    free(scene->steps);
    free(scene->by_base);
    free(scene->by_address);
    free(scene->place_routines);
    free(scene);
}

uint32_t kss_scene_steps(const struct kss_scene *scene) {
    return scene->step_count;
}

const struct kss_scene_step *kss_scene_step(const struct kss_scene *scene, uint32_t step) {
    return &scene->steps[step];
}

uint32_t kss_scene_count(const struct kss_scene *scene, enum kss_scene_thing thing) {
    return scene->state.counts[thing];
}

uint64_t kss_scene_value(const struct kss_scene *scene, enum kss_scene_field field,
                         uint32_t index) {
    return kss_scene_get(scene, field, index);
}

const struct kss_scene_frame *kss_scene_frames(const struct kss_scene *scene, uint32_t stack,
                                               uint32_t *count) {
    *count = stack < scene->state.lane_count ? scene->state.lanes[stack].frame_count : 0;
    return *count == 0 ? NULL : scene->state.lanes[stack].frames;
}

uint32_t kss_scene_at(const struct kss_scene *scene, uint64_t time) {
    uint32_t step;
    KSS_BISECT(step, scene->step_count, scene->steps[step + 1].time <= time);
    return step;
}

uint32_t kss_scene_worst(const struct kss_scene *scene, uint32_t *stack) {
    *stack = scene->worst_stack;
    return scene->worst_step;
}

uint32_t kss_scene_failing(const struct kss_scene *scene) {
    return scene->failing;
}
