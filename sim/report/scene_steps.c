// SPDX-License-Identifier: MIT
// Which events are steps, and which step is the one that failed.
#include "report/scene_private.h"

const struct kss_step_row kss_step_rows[KSS_EV_COUNT] = {
#define STEP(event, role, say) [KSS_EV_##event] = {KSS_STEP_##role, say},
#include "report/steps.def"
};

// The call that completes a HEAD: the first one after it, if nothing else was a step in between.
static bool completes(const struct kss_scene *scene, const struct kss_scene_step *step,
                      uint32_t event) {
    const struct kss_event *events = scene->log->events;
    if (events[event].kind != KSS_EV_CALL ||
        kss_step_rows[events[step->event].kind].role != KSS_STEP_HEAD)
        return false;
    for (uint32_t i = step->event + 1; i < event; i++)
        if (events[i].kind == KSS_EV_CALL)
            return false;
    return true;
}

static bool begins(const struct kss_scene *scene, const struct kss_scene_step *step,
                   uint32_t event) {
    const struct kss_event *e = &scene->log->events[event];
    if (step == NULL)
        return true;
    switch (kss_step_rows[e->kind].role) {
    case KSS_STEP_HEAD: return true;
    case KSS_STEP_STEP: return !completes(scene, step, event);
    case KSS_STEP_PART: return e->time > step->time;
    case KSS_STEP_NOTE: return false;
    }
    return false;
}

void kss_scene_find_steps(struct kss_scene *scene) {
    const struct kss_log *log = scene->log;
    unsigned room = 0;
    uint32_t findings = 0;
    KSS_ROOM(scene->steps, 0, room);
    scene->steps[0] = (struct kss_scene_step){.event = UINT32_MAX};
    for (uint32_t i = 0; i < log->count; i++) {
        struct kss_scene_step *step =
            scene->step_count == 0 ? NULL : &scene->steps[scene->step_count];
        if (begins(scene, step, i)) {
            scene->step_count++;
            KSS_ROOM(scene->steps, scene->step_count, room);
            step = &scene->steps[scene->step_count];
            *step = (struct kss_scene_step){.time = log->events[i].time, .event = i, .first = i};
        }
        step->last = i + 1;
        if (log->events[i].kind == KSS_EV_FINDING) {
            findings++;
            if (step->finding == 0)
                step->finding = findings;
        }
    }
}

// How much a finding is worth a look; notes are advice, and most of them come at the end of a run.
static unsigned weight(const struct kss_digest_finding *finding) {
    if (finding->severity == KSS_NOTE)
        return 0;
    return finding->expected_by != 0 ? 1 : 2;
}

void kss_scene_find_failing(struct kss_scene *scene) {
    const struct kss_log *log = scene->log;
    unsigned best = 0;
    uint32_t number = 0;
    for (uint32_t i = 0, step = 1; i < log->count; i++) {
        if (i == scene->steps[step].last)
            step++;
        if (log->events[i].kind == KSS_EV_BUGCHECK || log->events[i].kind == KSS_EV_HANG) {
            scene->failing = step;
            return;
        }
        if (log->events[i].kind != KSS_EV_FINDING || number == scene->digest->finding_count)
            continue;
        unsigned found = weight(&scene->digest->findings[number++]);
        if (found > best) {
            best = found;
            scene->failing = step;
        }
    }
}
