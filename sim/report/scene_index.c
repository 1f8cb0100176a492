// SPDX-License-Identifier: MIT
// What lies at an address when: `stack` and `object` events, sorted by address once. Slots of stacks and
// memory of objects are used again, so among equal addresses the order of the events decides.
#include "report/scene_private.h"

#include "base/bisect.h"

#include <stdlib.h>

struct entry {
    uint64_t address;
    uint32_t event;
};

static int by_address(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

static uint32_t *sorted(const struct kss_log *log, enum kss_event_id kind, unsigned word,
                        uint32_t *count) {
    struct entry *entries = NULL;
    unsigned room = 0;
    *count = 0;
    for (uint32_t i = 0; i < log->count; i++) {
        if (log->events[i].kind != kind)
            continue;
        KSS_ROOM(entries, *count, room);
        entries[(*count)++] = (struct entry){log->events[i].words[word], i};
    }
    if (*count != 0)
        qsort(entries, *count, sizeof *entries, by_address);
    unsigned made = 0;
    uint32_t *events = *count == 0 ? NULL : kss_grow(NULL, &made, *count, sizeof *events);
    for (uint32_t i = 0; i < *count; i++)
        events[i] = entries[i].event;
    free(entries);
    return events;
}

void kss_scene_make_indexes(struct kss_scene *scene) {
    scene->by_base = sorted(scene->log, KSS_EV_STACK, 1, &scene->base_count);
    scene->by_address = sorted(scene->log, KSS_EV_OBJECT, 3, &scene->address_count);
}

// The addresses of a stack are [base - bytes, base).
uint32_t kss_scene_stack_with(const struct kss_scene *scene, uint64_t address, uint32_t now) {
    const struct kss_event *events = scene->log->events;
    uint32_t at;
    KSS_BISECT(at, scene->base_count, events[scene->by_base[at]].words[1] <= address);
    if (at == scene->base_count)
        return UINT32_MAX;
    uint64_t base = events[scene->by_base[at]].words[1];
    uint32_t found = UINT32_MAX;
    for (; at < scene->base_count && events[scene->by_base[at]].words[1] == base; at++) {
        if (scene->by_base[at] > now)
            break;
        found = scene->by_base[at];
    }
    return found != UINT32_MAX && base - address <= events[found].words[2] ? found : UINT32_MAX;
}

uint32_t kss_scene_object_with(const struct kss_scene *scene, uint64_t address, uint32_t now) {
    const struct kss_event *events = scene->log->events;
    uint32_t at;
    KSS_BISECT(
        at, scene->address_count,
        events[scene->by_address[at]].words[3] < address ||
            (events[scene->by_address[at]].words[3] == address && scene->by_address[at] <= now));
    if (at == 0 || events[scene->by_address[at - 1]].words[3] != address)
        return UINT32_MAX;
    return scene->by_address[at - 1];
}

uint32_t kss_scene_objects_from(const struct kss_scene *scene, uint64_t address) {
    uint32_t at;
    KSS_BISECT(at, scene->address_count,
               scene->log->events[scene->by_address[at]].words[3] < address);
    return at;
}
