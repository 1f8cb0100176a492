// SPDX-License-Identifier: MIT
// The steps of the player's data: columns of numbers, gathered while the scene goes through the run once.
//
// Pointers into stacks are found here: an address word of a step's events that lies on a stack. They say whose
// stack a routine is about to touch, and at which byte.
#include "report/player_private.h"

#include "report/picture.h"

enum column { TIME, PLACE, SAY, KIND, CPU, STACK, ABOUT, CHANGES, COLUMNS };

struct steps {
    struct kss_player *player;
    struct kss_text columns[COLUMNS];
    struct kss_text pointers,
        findings; // step, stack, depth, name of the word; step, finding's number
    uint64_t time;
    uint32_t finding; // met so far
    bool any;         // a change of the step at work
};

static void add(struct kss_text *column, uint64_t value) {
    if (column->length > 0)
        kss_text_char(column, ',');
    kss_text_unsigned(column, value);
}

static uint32_t text_id(struct kss_player *player, const char *text) {
    return kss_player_string_id(player, text, strlen(text));
}

// ---- Changes ----------------------------------------------------------------------------------------

static void on_change(void *context, const struct kss_scene_change *change) {
    struct steps *steps = context;
    struct kss_player *player = steps->player;
    struct kss_text *out = &steps->columns[CHANGES];
    const struct kss_scene_frame *frame = &change->frame;
    kss_text_str(out, steps->any ? "," : "");
    steps->any = true;
    switch (change->what) {
    case KSS_CHANGE_SET:
        kss_text_format(out, "%u,%u,", (unsigned)change->field, change->index);
        kss_player_field_value(player, change->field, change->after, out);
        return;
    case KSS_CHANGE_PUSH:
        kss_text_format(out, "%u,%u,%u,%u,%u,%u", (unsigned)KSS_SCENE_FIELDS, change->index,
                        (unsigned)kss_player_routine_id(player, frame->routine), frame->depth,
                        frame->bytes, frame->origin);
        return;
    case KSS_CHANGE_POP:
        kss_text_format(out, "%u,%u", (unsigned)KSS_SCENE_FIELDS + 1, change->index);
        return;
    }
}

// ---- Pointers and findings of a step ----------------------------------------------------------------

// Where an address lies on a stack as the scene has it now.
static void point(struct steps *steps, uint32_t step, uint64_t address, const char *name) {
    const struct kss_scene *scene = steps->player->scene;
    uint32_t count = kss_scene_count(scene, KSS_SCENE_STACK);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t base = kss_scene_value(scene, KSS_SCENE_STACK_BASE, i);
        uint64_t bytes = kss_scene_value(scene, KSS_SCENE_STACK_BYTES, i);
        if (address >= base || base - address > bytes)
            continue;
        add(&steps->pointers, step);
        add(&steps->pointers, i);
        add(&steps->pointers, base - address);
        add(&steps->pointers, text_id(steps->player, name));
        return;
    }
}

static void look_at(struct steps *steps, uint32_t step, const struct kss_event *event) {
    const struct kss_event_kind *kind = &kss_event_kinds[event->kind];
    if (event->kind == KSS_EV_FINDING) {
        add(&steps->findings, step);
        add(&steps->findings, ++steps->finding);
    }
    if (event->kind == KSS_EV_STACK || event->kind == KSS_EV_RETURN)
        return; // a Base is an edge; a value returned may be any number
    for (unsigned i = 0; i < KSS_EVENT_WORDS; i++)
        if (kind->words[i].word == KSS_W_ADDRESS && event->words[i] != 0)
            point(steps, step, event->words[i], kind->words[i].name);
}

// ---- Steps ------------------------------------------------------------------------------------------

static void one_step(struct steps *steps, uint32_t number) {
    struct kss_player *player = steps->player;
    const struct kss_scene_step *step = kss_scene_step(player->scene, number);
    const struct kss_event *event = &player->log->events[step->event];
    add(&steps->columns[TIME], step->time - steps->time);
    steps->time = step->time;
    add(&steps->columns[PLACE], kss_player_place_id(player, event->place));
    kss_scene_say_step(player->scene, number, &player->said);
    add(&steps->columns[SAY], kss_player_said_id(player));
    add(&steps->columns[KIND], text_id(player, kss_event_kinds[event->kind].name));
    add(&steps->columns[CPU], event->cpu);
    add(&steps->columns[STACK], event->stack);
    kss_text_str(&steps->columns[CHANGES], number > 1 ? ",[" : "[");
    steps->any = false;
    kss_scene_go(player->scene, number);
    kss_text_char(&steps->columns[CHANGES], ']');
    add(&steps->columns[ABOUT], kss_picture_stack(player->scene));
    for (uint32_t i = step->first; i < step->last; i++)
        look_at(steps, number, &player->log->events[i]);
}

static void write_columns(struct steps *steps) {
    static const char *const names[COLUMNS] = {"time", "place", "say",   "kind",
                                               "cpu",  "stack", "about", "changes"};
    struct kss_text *out = steps->player->out;
    kss_player_key(steps->player, "steps");
    kss_text_char(out, '{');
    for (unsigned i = 0; i < COLUMNS; i++) {
        kss_player_key(steps->player, names[i]);
        kss_text_char(out, '[');
        kss_text_bytes(out, steps->columns[i].bytes, steps->columns[i].length);
        kss_text_char(out, ']');
        kss_text_free(&steps->columns[i]);
    }
    kss_player_key(steps->player, "pointers");
    kss_text_char(out, '[');
    kss_text_bytes(out, steps->pointers.bytes, steps->pointers.length);
    kss_text_char(out, ']');
    kss_player_key(steps->player, "findings");
    kss_text_char(out, '[');
    kss_text_bytes(out, steps->findings.bytes, steps->findings.length);
    kss_text_str(out, "]}");
    kss_text_free(&steps->pointers);
    kss_text_free(&steps->findings);
}

// Steps worth a look: the first, the deepest with its stack, the failing one; 0: there is none.
static void write_looks(struct kss_player *player) {
    uint32_t stack = 0;
    uint32_t worst = kss_scene_worst(player->scene, &stack);
    kss_player_key(player, "look");
    kss_text_format(player->out, "{\"worst\":%u,\"stack\":%u,\"failing\":%u}", worst, stack,
                    kss_scene_failing(player->scene));
}

void kss_player_steps(struct kss_player *player) {
    struct steps steps = {.player = player};
    kss_scene_go(player->scene, 0);
    kss_scene_watch(player->scene, on_change, &steps);
    for (uint32_t i = 1; i <= kss_scene_steps(player->scene); i++)
        one_step(&steps, i);
    kss_scene_watch(player->scene, NULL, NULL);
    write_columns(&steps);
    write_looks(player);
}
