// SPDX-License-Identifier: MIT
// Where what happens now touches a stack: the arrows of a picture, and which stack a moment is about.
//
// A touch and the bug check that follows from it are steps of their own. So the steps before the present one
// count as well, back to where the routine at work was entered.
#include "report/picture_private.h"
#include "report/scene_private.h"

// The address an event says was touched; false: it says none.
static bool touched(const struct kss_event *e, uint64_t *address) {
    switch (e->kind) {
    case KSS_EV_TOUCH_OUT: *address = e->words[3]; return true;
    case KSS_EV_TOUCH_DEAD: *address = e->words[0]; return true;
    case KSS_EV_IRP_LATE: *address = e->words[1]; return true;
    case KSS_EV_DMA_HIT: *address = e->words[1]; return true;
    case KSS_EV_DMA: *address = e->words[0]; return e->words[3] != 0;
    default: return false;
    }
}

static bool enters(unsigned kind) {
    return kind == KSS_EV_CALL || kind == KSS_EV_RETURN || kind == KSS_EV_SWITCH ||
           kss_step_rows[kind].role == KSS_STEP_HEAD;
}

// The first step that belongs to what happens now.
static uint32_t since(const struct kss_scene *scene) {
    uint32_t step = kss_scene_now(scene);
    while (step > 1 && scene->steps[step - 1].time == scene->steps[step].time &&
           !enters(scene->log->events[scene->steps[step].event].kind))
        step--;
    return step;
}

static void say_touch(const struct kss_scene *scene, const struct kss_event *e, uint64_t nt,
                      struct kss_text *out) {
    const struct kss_log *log = scene->log;
    uint32_t routine = kss_log_routine_at(log, e->place);
    bool device = e->kind == KSS_EV_DMA || e->kind == KSS_EV_DMA_HIT ||
                  (e->kind == KSS_EV_TOUCH_OUT && e->words[2] == 2);
    kss_text_str(out,
                 e->kind == KSS_EV_TOUCH_DEAD && e->words[2] != 0 ? "written by " : "touched by ");
    if (device || !kss_log_symbol(log, routine, out))
        kss_text_str(out, device ? "a device" : "nt");
    if (nt < KSS_NT_COUNT && !device)
        kss_text_format(out, ", nt!%s,", kss_routines[nt].name);
    if (!device) {
        kss_text_str(out, " at ");
        kss_log_value(log, KSS_W_IRQL, e->irql, out);
    }
    kss_text_str(out, ", ");
    kss_text_time(out, e->time);
}

static void add_mark(struct kss_picture *picture, uint32_t depth, struct kss_text *text) {
    KSS_ROOM(picture->marks, picture->mark_count, picture->mark_room);
    picture->marks[picture->mark_count++] =
        (struct kss_mark){depth, kss_alloc_text(&picture->arena, text->bytes, text->length)};
    kss_text_free(text);
}

// A finding that is no touch: of an object that lies here.
static void mark_objects(struct kss_picture *picture, const struct kss_scene *scene, uint32_t stack,
                         const struct kss_scene_step *step) {
    const struct kss_digest_finding *finding = &scene->digest->findings[step->finding - 1];
    for (uint32_t i = step->first; i < step->last; i++) {
        const struct kss_event *e = &scene->log->events[i];
        uint64_t object = e->words[0];
        if (kss_event_kinds[e->kind].words[0].word != KSS_W_OBJECT || object == 0 ||
            kss_scene_value(scene, KSS_SCENE_OBJECT_STACK, (uint32_t)object) != stack)
            continue;
        struct kss_text text = {0};
        kss_text_format(&text, "KSS%04u %s", kss_hazards[finding->hazard].number,
                        kss_hazards[finding->hazard].name);
        add_mark(picture,
                 (uint32_t)kss_scene_value(scene, KSS_SCENE_OBJECT_DEPTH, (uint32_t)object), &text);
        return;
    }
}

void kss_picture_add_marks(struct kss_picture *picture, const struct kss_scene *scene,
                           uint32_t stack) {
    uint32_t now = kss_scene_now(scene);
    uint64_t nt = KSS_SCENE_NOTHING;
    for (uint32_t step = now == 0 ? 1 : since(scene); step <= now; step++)
        for (uint32_t i = scene->steps[step].first; i < scene->steps[step].last; i++) {
            const struct kss_event *e = &scene->log->events[i];
            uint64_t address;
            if (e->kind == KSS_EV_NT_CALL)
                nt = e->words[0];
            if (!touched(e, &address) || address >= picture->base ||
                picture->base - address > picture->bytes)
                continue;
            struct kss_text text = {0};
            say_touch(scene, e, nt, &text);
            add_mark(picture, (uint32_t)(picture->base - address), &text);
        }
    if (picture->mark_count == 0 && now != 0 && scene->steps[now].finding != 0 &&
        scene->steps[now].finding <= scene->digest->finding_count)
        mark_objects(picture, scene, stack, &scene->steps[now]);
}

// ---- Expansions ---------------------------------------------------------------------------------
// An expansion is at most 16 segments deep (policy expand-limit), so nothing is left out of one.
uint32_t kss_picture_chain(const struct kss_scene *scene, uint32_t stack, uint32_t *chain,
                           uint32_t *omitted) {
    uint32_t count = 0, at = stack;
    *omitted = 0;
    for (; at != 0 && at < scene->state.lane_count && count < KSS_PICTURE_STACKS;
         at = scene->state.lanes[at].below) {
        chain[count++] = at;
        if (kss_scene_value(scene, KSS_SCENE_STACK_STATE, at) == 3) // it stands on nothing any more
            return count;
    }
    for (; at != 0 && at < scene->state.lane_count; at = scene->state.lanes[at].below)
        ++*omitted;
    for (uint32_t i = 0; i < count / 2; i++) {
        uint32_t other = chain[count - 1 - i];
        chain[count - 1 - i] = chain[i];
        chain[i] = other;
    }
    return count;
}

// ---- What a moment is about ---------------------------------------------------------------------
static uint32_t stack_of_event(const struct kss_scene *scene, uint32_t event) {
    const struct kss_event *e = &scene->log->events[event];
    uint64_t address;
    if (e->kind == KSS_EV_OVERFLOW)
        return (uint32_t)e->words[0];
    if (e->kind == KSS_EV_OUTSWAP || e->kind == KSS_EV_INSWAP) {
        uint64_t stack = kss_scene_value(scene, KSS_SCENE_THREAD_STACK, (uint32_t)e->words[0]);
        return stack == KSS_SCENE_NOTHING ? 0 : (uint32_t)stack;
    }
    if (!touched(e, &address))
        return 0;
    uint32_t made = kss_scene_stack_with(scene, address, event);
    return made == UINT32_MAX ? 0 : (uint32_t)scene->log->events[made].words[3];
}

uint32_t kss_picture_stack(const struct kss_scene *scene) {
    uint32_t now = kss_scene_now(scene), worst = 0;
    if (now == 0)
        return kss_scene_count(scene, KSS_SCENE_STACK) > 1 ? 1 : 0;
    for (uint32_t step = now, first = since(scene); step >= first; step--)
        for (uint32_t i = scene->steps[step].first; i < scene->steps[step].last; i++) {
            uint32_t stack = stack_of_event(scene, i);
            if (stack != 0)
                return stack;
        }
    for (uint32_t i = scene->steps[now].first; i < scene->steps[now].last; i++)
        if (scene->log->events[i].stack != 0)
            return scene->log->events[i].stack;
    uint32_t step = kss_scene_worst(scene, &worst);
    return step != 0 ? worst : kss_scene_count(scene, KSS_SCENE_STACK) > 1 ? 1 : 0;
}
