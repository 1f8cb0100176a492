// SPDX-License-Identifier: MIT
// What a picture shows, gathered: from a scene, or from the path of a stack's deepest point.
#include "report/picture_private.h"
#include "report/scene_private.h"

#include "base/repeat.h"
#include "report/escape.h"

#include <stdlib.h>
#include <string.h>

enum { FOLD_TURNS = 3, FOLD_ROWS = 8 }; // as in the table of the text report
enum { STACK_OUT = 2, STACK_GONE = 3, OBJECT_LIVE = 1 };

struct stack_facts {
    uint32_t used, bytes, kind;
    uint64_t thread;
};

// What a run names may hold any byte; a picture shows all of them.
static const char *shown(struct kss_picture *picture, const char *name) {
    struct kss_text text = {0};
    kss_text_visible(&text, name, strlen(name));
    const char *kept =
        kss_alloc_text(&picture->arena, text.length > 0 ? text.bytes : "", text.length);
    kss_text_free(&text);
    return kept;
}

static const char *keep(struct kss_picture *picture, struct kss_text *text) {
    const char *kept = shown(picture, text->bytes != NULL ? text->bytes : "");
    kss_text_free(text);
    return kept;
}

// ---- Parts --------------------------------------------------------------------------------------
static struct kss_part *add_part(struct kss_picture *picture, enum kss_part_kind kind,
                                 uint32_t from, uint32_t to, const char *name) {
    KSS_ROOM(picture->parts, picture->part_count, picture->part_room);
    struct kss_part *part = &picture->parts[picture->part_count++];
    *part = (struct kss_part){
        .kind = kind, .from = from, .to = to, .name = name, .first_item = picture->item_count};
    return part;
}

static const char *frame_name(struct kss_picture *picture, const struct kss_scene_frame *frame) {
    struct kss_text text = {0};
    kss_report_frame(picture->log, frame->routine, (enum kss_origin)frame->origin, &text);
    return keep(picture, &text);
}

static uint32_t edge_of(const struct kss_scene_frame *frame) {
    return frame->depth - frame->bytes;
}

// What lies between Base and the first frame.
static void add_start(struct kss_picture *picture, const struct stack_facts *facts, uint32_t end) {
    const struct kss_profile *profile = &picture->log->config.profile;
    uint32_t reserve = end < profile->reserve ? end : profile->reserve;
    if (end == 0)
        return;
    if (facts->kind != 0) {
        add_part(picture, KSS_PART_HIDDEN, 0, end, "not known");
        return;
    }
    add_part(picture, KSS_PART_SAVE, 0, reserve, KSS_ROW_SAVE)->origin = "machine";
    if (end > reserve)
        add_part(picture, KSS_PART_TRAP, reserve, end,
                 kss_report_start(picture->log, facts->thread))
            ->origin = "machine";
}

static const char *fold_name(struct kss_picture *picture, const struct kss_scene_frame *first,
                             uint32_t period, uint32_t turns) {
    struct kss_text text = {0};
    if (period == 1)
        kss_text_format(&text, "%u more of %s", turns, frame_name(picture, first));
    else
        kss_text_format(&text, "%u more turns of these %u frames", turns, period);
    return keep(picture, &text);
}

static void add_fold(struct kss_picture *picture, const struct kss_scene_frame *frames,
                     const struct kss_repeat *repeat) {
    uint32_t turns = repeat->rows / repeat->period, first = repeat->first + repeat->period;
    uint32_t last = repeat->first + turns * repeat->period - 1;
    add_part(picture, KSS_PART_FOLD, edge_of(&frames[first]), frames[last].depth,
             fold_name(picture, &frames[repeat->first], repeat->period, turns - 1));
}

// ---- Locals -------------------------------------------------------------------------------------
static struct kss_item *add_item(struct kss_picture *picture, struct kss_part *part) {
    KSS_ROOM(picture->items, picture->item_count, picture->item_room);
    part->item_count++;
    struct kss_item *item = &picture->items[picture->item_count++];
    *item = (struct kss_item){0};
    return item;
}

static void add_locals(struct kss_picture *picture, struct kss_part *part,
                       const struct kss_scene_frame *frame) {
    if (frame->routine >= picture->log->routine_count)
        return;
    const struct kss_log_routine *routine = &picture->log->routines[frame->routine];
    for (uint32_t i = 0; i < routine->var_count; i++) {
        const struct kss_local *local = &routine->vars[i];
        if (local->offset > frame->bytes)
            continue;
        *add_item(picture, part) = (struct kss_item){.depth = edge_of(frame) + local->offset,
                                                     .bytes = local->size,
                                                     .name = shown(picture, local->name),
                                                     .type = shown(picture, local->type)};
    }
}

static const char *state_of(struct kss_picture *picture, const struct kss_scene *scene,
                            uint32_t object) {
    uint64_t signal = kss_scene_value(scene, KSS_SCENE_OBJECT_SIGNAL, object);
    uint64_t owner = kss_scene_value(scene, KSS_SCENE_OBJECT_OWNER, object);
    struct kss_text text = {0};
    if (owner != KSS_SCENE_NOTHING) {
        kss_text_str(&text, "owned by ");
        kss_scene_say(scene, KSS_SCENE_OBJECT_OWNER, owner, &text);
    } else if (signal != KSS_SCENE_NOTHING) {
        kss_text_str(&text, (int64_t)signal > 0 ? "signalled" : "not signalled");
        if ((int64_t)signal > 1)
            kss_text_format(&text, " (%lld)", (long long)signal);
    } else {
        return NULL;
    }
    return keep(picture, &text);
}

static struct kss_part *part_with(struct kss_picture *picture, uint32_t depth) {
    for (uint32_t i = 0; i < picture->part_count; i++)
        if ((picture->parts[i].kind == KSS_PART_FRAME || picture->parts[i].kind == KSS_PART_FOLD) &&
            picture->parts[i].from < depth && depth <= picture->parts[i].to)
            return &picture->parts[i];
    return NULL;
}

// An object is the local that begins where it does, or lies in a larger one.
static void name_object(struct kss_picture *picture, const struct kss_scene *scene,
                        uint32_t object) {
    uint32_t depth = (uint32_t)kss_scene_value(scene, KSS_SCENE_OBJECT_DEPTH, object);
    struct kss_part *part = part_with(picture, depth);
    if (part == NULL)
        return;
    const char *type =
        kss_log_string(picture->log, kss_scene_value(scene, KSS_SCENE_OBJECT_TYPE, object));
    for (uint32_t i = 0; i < part->item_count; i++) {
        struct kss_item *item = &picture->items[part->first_item + i];
        if (item->depth != depth)
            continue;
        item->state = state_of(picture, scene, object);
        item->is_object = true;
        item->type = shown(picture, type);
        return;
    }
    struct kss_text text = {0};
    kss_log_object(picture->log, object, false, &text);
    uint64_t bytes = kss_scene_value(scene, KSS_SCENE_OBJECT_BYTES, object);
    uint32_t at = part->first_item + part->item_count;
    add_item(picture, part); // at the end of all; those of later parts move up by one
    memmove(&picture->items[at + 1], &picture->items[at],
            (picture->item_count - 1 - at) * sizeof *picture->items);
    picture->items[at] =
        (struct kss_item){.depth = depth,
                          .bytes = bytes == KSS_SCENE_NOTHING ? 0 : (uint32_t)bytes,
                          .name = keep(picture, &text),
                          .type = type,
                          .state = state_of(picture, scene, object),
                          .is_object = true};
    for (struct kss_part *later = part + 1; later < picture->parts + picture->part_count; later++)
        later->first_item++;
}

static void add_objects(struct kss_picture *picture, const struct kss_scene *scene,
                        uint32_t stack) {
    for (uint32_t i = 1; i < kss_scene_count(scene, KSS_SCENE_OBJECT); i++)
        if (kss_scene_value(scene, KSS_SCENE_OBJECT_STACK, i) == stack &&
            kss_scene_value(scene, KSS_SCENE_OBJECT_STATE, i) == OBJECT_LIVE)
            name_object(picture, scene, i);
}

static int by_depth(const void *a, const void *b) {
    const struct kss_item *x = a, *y = b;
    if (x->depth != y->depth)
        return x->depth < y->depth ? -1 : 1;
    return x->is_object - y->is_object;
}

static void sort_items(struct kss_picture *picture) {
    for (uint32_t i = 0; i < picture->part_count; i++)
        if (picture->parts[i].item_count > 1)
            qsort(&picture->items[picture->parts[i].first_item], picture->parts[i].item_count,
                  sizeof *picture->items, by_depth);
}

// ---- Frames -------------------------------------------------------------------------------------
static struct kss_repeat repeat_of(const struct kss_log *log, const struct kss_scene_frame *frames,
                                   uint32_t count) {
    struct kss_arena arena = {0};
    uint64_t *keys = KSS_NEW_ARRAY(&arena, uint64_t, (size_t)count + 1);
    uint32_t *letters = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t routine = frames[i].routine;
        uint32_t symbol = routine < log->routine_count ? log->routines[routine].same : routine;
        keys[i] = (uint64_t)symbol << 32 | frames[i].bytes;
    }
    kss_repeat_letters(keys, count, letters);
    struct kss_repeat repeat = kss_repeat_find(letters, count, 2);
    kss_arena_free(&arena);
    if (repeat.period == 0 || repeat.rows / repeat.period < FOLD_TURNS || repeat.rows < FOLD_ROWS)
        repeat.rows = 0;
    return repeat;
}

static void add_frames(struct kss_picture *picture, const struct stack_facts *facts,
                       const struct kss_scene_frame *frames, uint32_t count) {
    struct kss_repeat repeat = repeat_of(picture->log, frames, count);
    uint32_t turns = repeat.rows == 0 ? 0 : repeat.rows / repeat.period;
    uint32_t depth = count > 0 ? edge_of(&frames[0]) : facts->used;
    add_start(picture, facts, depth);
    for (uint32_t i = 0; i < count; i++) {
        if (turns != 0 && i == repeat.first + repeat.period) {
            add_fold(picture, frames, &repeat);
            i = repeat.first + turns * repeat.period - 1;
            depth = frames[i].depth;
            continue;
        }
        if (edge_of(&frames[i]) > depth)
            add_part(picture, KSS_PART_HIDDEN, depth, edge_of(&frames[i]), "not known");
        depth = frames[i].depth;
        if (frames[i].bytes == 0)
            continue;
        struct kss_part *part = add_part(picture, KSS_PART_FRAME, edge_of(&frames[i]), depth,
                                         frame_name(picture, &frames[i]));
        part->origin = kss_origin_name((enum kss_origin)frames[i].origin);
        add_locals(picture, part, &frames[i]);
    }
    if (facts->used > depth)
        add_part(picture, KSS_PART_HIDDEN, depth, facts->used, "not known");
}

static void add_rest(struct kss_picture *picture, const struct stack_facts *facts) {
    picture->used = facts->used;
    picture->bytes = facts->bytes;
    picture->page = picture->log->config.profile.page_size;
    if (facts->used < facts->bytes)
        add_part(picture, KSS_PART_FREE, facts->used, facts->bytes, "free");
    uint32_t guard = facts->used > facts->bytes ? facts->used : facts->bytes;
    uint64_t pages = (guard - facts->bytes) / picture->page + 1u; // one more than SP fills
    uint32_t most = UINT32_MAX - facts->bytes;
    picture->guard = pages * picture->page < most ? (uint32_t)(pages * picture->page) : most;
    add_part(picture, KSS_PART_GUARD, guard, picture->bytes + picture->guard, "guard");
}

// Letters of the map: those of frames; a fold has that of the turn it repeats where it is one frame.
static void add_letters(struct kss_picture *picture) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    uint32_t next = 0;
    for (uint32_t i = 0; i < picture->part_count; i++) {
        struct kss_part *part = &picture->parts[i];
        if (part->kind == KSS_PART_SAVE || part->kind == KSS_PART_TRAP)
            part->letter = part->kind == KSS_PART_SAVE ? '=' : '-';
        else if (part->kind == KSS_PART_FOLD)
            part->letter = '*';
        else if (part->kind == KSS_PART_HIDDEN)
            part->letter = '?';
        else if (part->kind == KSS_PART_FRAME)
            part->letter = next < sizeof letters - 1 ? letters[next++] : '#';
    }
}

// ---- Titles -------------------------------------------------------------------------------------
static void add_reserves(struct kss_picture *picture, uint32_t kind) {
    const struct kss_profile *profile = &picture->log->config.profile;
    picture->interrupt = profile->interrupt_reserve;
    picture->exception = kind <= 1 || kind == 3 ? profile->exception_reserve : 0;
}

static void say_fill(const struct kss_picture *picture, bool lower_bound, struct kss_text *out) {
    kss_text_str(out, lower_bound ? "at least " : "");
    kss_text_hex(out, picture->used);
    kss_text_str(out, " of ");
    kss_text_hex(out, picture->bytes);
    kss_text_str(out, " used, ");
    bool over = picture->used > picture->bytes;
    kss_text_hex(out, over ? picture->used - picture->bytes : picture->bytes - picture->used);
    kss_text_str(out, over ? " too many" : " left");
}

static void say_stack(struct kss_picture *picture, const struct kss_digest_stack *stack) {
    struct kss_text text = {0};
    if (stack->kind == 0 && stack->thread < picture->log->thread_count)
        kss_text_format(&text, "stack of %s", picture->log->threads[stack->thread].name);
    else
        kss_digest_stack_name(picture->log, stack, &text);
    picture->stack = keep(picture, &text);
}

// Who is at work, of each processor that is not idle.
static const char *say_processors(struct kss_picture *picture, const struct kss_scene *scene) {
    struct kss_text text = {0};
    uint32_t count = kss_scene_count(scene, KSS_SCENE_CPU);
    static const enum kss_scene_field whose[] = {KSS_SCENE_CPU_ROUTINE, KSS_SCENE_CPU_NT};
    for (uint32_t cpu = 0; cpu < count; cpu++) {
        uint64_t state = kss_scene_value(scene, KSS_SCENE_CPU_STATE, cpu);
        kss_text_str(&text, text.length > 0 ? "; " : "");
        if (count > 1)
            kss_text_format(&text, "processor %u: ", cpu);
        kss_scene_say(scene, KSS_SCENE_CPU_STATE, state, &text);
        if (state == 0)
            continue;
        if (state == 1) {
            kss_text_char(&text, ' ');
            kss_scene_say(scene, KSS_SCENE_CPU_THREAD,
                          kss_scene_value(scene, KSS_SCENE_CPU_THREAD, cpu), &text);
        }
        kss_text_str(&text, " at ");
        kss_scene_say(scene, KSS_SCENE_CPU_IRQL, kss_scene_value(scene, KSS_SCENE_CPU_IRQL, cpu),
                      &text);
        for (unsigned i = 0; i < 2; i++) {
            size_t start = text.length;
            kss_text_str(&text, i == 0 ? ", " : ", nt!");
            if (!kss_scene_say(scene, whose[i], kss_scene_value(scene, whose[i], cpu), &text))
                kss_text_cut(&text, start);
        }
    }
    return text.length == 0 ? NULL : keep(picture, &text);
}

static const char *say_moment(struct kss_picture *picture, const struct kss_scene *scene) {
    struct kss_text text = {0};
    uint32_t now = kss_scene_now(scene);
    kss_text_format(&text, "step %u of %u", now, kss_scene_steps(scene));
    if (now != 0) {
        kss_text_str(&text, ", ");
        kss_text_time(&text, kss_scene_step(scene, now)->time);
        kss_text_str(&text, ": ");
        kss_scene_say_step(scene, now, &text);
    }
    return keep(picture, &text);
}

static const char *say_state(struct kss_picture *picture, const struct kss_scene *scene,
                             uint32_t stack) {
    struct kss_text text = {0};
    uint64_t since = kss_scene_value(scene, KSS_SCENE_STACK_OUT_SINCE, stack);
    kss_text_str(&text, picture->stack);
    if (picture->out) {
        kss_text_str(&text, ", out of memory since ");
        kss_text_time(&text, since);
    }
    kss_text_str(&text, ", Base ");
    kss_text_hex(&text, picture->base);
    kss_text_str(&text, picture->gone ? ", no longer in use" : ": ");
    if (!picture->gone)
        say_fill(picture, kss_log_lower_bound(picture->log), &text);
    return keep(picture, &text);
}

// ---- Both sources -------------------------------------------------------------------------------
void kss_picture_make(struct kss_picture *picture, const struct kss_scene *scene, uint32_t stack) {
    const struct kss_log *log = scene->log;
    const struct kss_digest_stack *known = kss_digest_stack_numbered(scene->digest, stack);
    struct stack_facts facts = {
        .used = (uint32_t)kss_scene_value(scene, KSS_SCENE_STACK_USED, stack),
        .bytes = (uint32_t)kss_scene_value(scene, KSS_SCENE_STACK_BYTES, stack),
        .kind = (uint32_t)kss_scene_value(scene, KSS_SCENE_STACK_KIND, stack),
        .thread = kss_scene_value(scene, KSS_SCENE_STACK_THREAD, stack)};
    uint64_t state = kss_scene_value(scene, KSS_SCENE_STACK_STATE, stack);
    uint32_t count;
    *picture = (struct kss_picture){.log = log,
                                    .base = kss_scene_value(scene, KSS_SCENE_STACK_BASE, stack),
                                    .out = state == STACK_OUT,
                                    .gone = state == STACK_GONE};
    const struct kss_scene_frame *frames = kss_scene_frames(scene, stack, &count);
    add_frames(picture, &facts, frames, count);
    add_objects(picture, scene, stack);
    sort_items(picture);
    add_rest(picture, &facts);
    add_letters(picture);
    if (!picture->gone)
        add_reserves(picture, facts.kind);
    picture->deepest = (uint32_t)kss_scene_value(scene, KSS_SCENE_STACK_DEEPEST, stack);
    if (known != NULL)
        say_stack(picture, known);
    else
        picture->stack = "stack";
    picture->title[0] = say_moment(picture, scene);
    picture->title[1] = say_processors(picture, scene);
    picture->title[2] = say_state(picture, scene, stack);
    kss_picture_add_marks(picture, scene, stack);
}

void kss_picture_make_worst(struct kss_picture *picture, const struct kss_log *log,
                            const struct kss_digest_stack *stack) {
    struct stack_facts facts = {
        .used = stack->used, .bytes = stack->bytes, .kind = stack->kind, .thread = stack->thread};
    *picture = (struct kss_picture){.log = log, .base = stack->base, .deepest = stack->used};
    struct kss_scene_frame *frames =
        KSS_NEW_ARRAY(&picture->arena, struct kss_scene_frame, stack->path_count + 1u);
    for (uint32_t i = 0; i < stack->path_count; i++) {
        const struct kss_digest_row *row = &stack->path[stack->path_count - 1 - i];
        frames[i] = (struct kss_scene_frame){.routine = row->routine,
                                             .depth = row->depth,
                                             .bytes = row->bytes,
                                             .origin = (uint8_t)row->origin};
    }
    add_frames(picture, &facts, frames, stack->path_count);
    add_rest(picture, &facts);
    add_letters(picture);
    add_reserves(picture, facts.kind);
    say_stack(picture, stack);
}

void kss_picture_free(struct kss_picture *picture) {
    free(picture->parts);
    free(picture->items);
    free(picture->marks);
    kss_arena_free(&picture->arena);
}
