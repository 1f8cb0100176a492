// SPDX-License-Identifier: MIT
// Words of scenes: values as reports print them, and steps by the templates of steps.def.
#include "report/scene_private.h"

#include <string.h>

// ---- Values -------------------------------------------------------------------------------------
static bool say_enum(const char *values, uint64_t value, struct kss_text *out) {
    size_t length;
    const char *name = kss_enum_name(values, value, &length);
    if (name != NULL)
        kss_text_bytes(out, name, length);
    return name != NULL;
}

bool kss_scene_say(const struct kss_scene *scene, enum kss_scene_field field, uint64_t value,
                   struct kss_text *out) {
    const struct kss_scene_field_row *row = &kss_scene_fields[field];
    if (value == KSS_SCENE_NOTHING && row->first == KSS_SCENE_NOTHING)
        return false;
    if (row->type == KSS_W_ENUM)
        return say_enum(row->values, value, out);
    return kss_log_value(scene->log, row->type, value, out);
}

// ---- Who and where ------------------------------------------------------------------------------
static bool say_stack(const struct kss_scene *scene, uint32_t number, struct kss_text *out) {
    const struct kss_digest_stack *stack = kss_digest_stack_numbered(scene->digest, number);
    if (stack == NULL)
        return false;
    kss_text_str(out, "the ");
    if (stack->kind != 0 || stack->thread >= scene->log->thread_count) {
        kss_digest_stack_name(scene->log, stack, out);
        return true;
    }
    kss_text_str(out, "stack of ");
    kss_text_str(out, scene->log->threads[stack->thread].name);
    return true;
}

// The routine whose statement is at work, looked up once for each place.
static bool say_routine(const struct kss_scene *scene, uint32_t place, struct kss_text *out) {
    if (place == 0 || place >= scene->log->place_count)
        return false;
    uint32_t *known = &scene->place_routines[place];
    if (*known == 0)
        *known = kss_log_routine_at(scene->log, place) + 2; // KSS_NO_FRAME is 1
    return *known > 1 && kss_log_symbol(scene->log, *known - 2, out);
}

// The object among the first arguments of an NT call; the call itself may be what makes it one.
static bool say_argument(const struct kss_scene *scene, const struct kss_scene_step *step,
                         const struct kss_event *e, struct kss_text *out) {
    if (e->words[0] >= KSS_NT_COUNT)
        return false;
    const struct kss_routine *routine = &kss_routines[e->words[0]];
    for (unsigned i = 0; i < 3 && i < routine->parameter_count; i++) {
        if (routine->parameters[i].class_ != KSS_CLASS_OBJECT)
            continue;
        uint32_t object = kss_scene_object_with(scene, e->words[1 + i], step->last - 1);
        return object != UINT32_MAX &&
               kss_log_object(scene->log, scene->log->events[object].words[0], false, out);
    }
    return false;
}

// ---- Templates ----------------------------------------------------------------------------------
struct sentence {
    const struct kss_scene *scene;
    const struct kss_scene_step *step;
    const struct kss_event *e;
    struct kss_text *out;
};

static bool is_name(const char *name, size_t length, const char *wanted) {
    return strlen(wanted) == length && memcmp(name, wanted, length) == 0;
}

static int word_named(const struct kss_event *e, const char *name, size_t length) {
    for (int i = 0; i < KSS_EVENT_WORDS; i++) {
        const char *word = kss_event_kinds[e->kind].words[i].name;
        if (word != NULL && is_name(name, length, word))
            return i;
    }
    return -1;
}

static bool say_word(const struct sentence *s, const char *name, size_t length) {
    const struct kss_log *log = s->scene->log;
    int word = word_named(s->e, name, length);
    if (word >= 0) {
        enum kss_word type = kss_event_kinds[s->e->kind].words[word].word;
        bool none = type == KSS_W_DURATION && (int64_t)s->e->words[word] < 0;
        return !none && kss_log_word(log, s->e, (unsigned)word, s->out);
    }
    if (is_name(name, length, "Thread"))
        return kss_log_value(log, KSS_W_THREAD, s->e->thread, s->out);
    if (is_name(name, length, "Stack"))
        return say_stack(s->scene, s->e->stack, s->out);
    if (is_name(name, length, "Routine"))
        return say_routine(s->scene, s->e->place, s->out);
    if (is_name(name, length, "Why")) {
        kss_text_str(s->out, kss_hang_reason(log, s->e));
        return true;
    }
    if (is_name(name, length, "Argument"))
        return say_argument(s->scene, s->step, s->e, s->out);
    if (!is_name(name, length, "Processor") || log->config.profile.processors < 2)
        return false;
    kss_text_unsigned(s->out, s->e->cpu);
    return true;
}

// Whether what stands before a `?` holds: "word", "!word", "word=value".
static bool holds(const struct sentence *s, const char *from, const char *to) {
    bool negated = *from == '!';
    from += negated;
    const char *equal = memchr(from, '=', (size_t)(to - from));
    int word = word_named(s->e, from, (size_t)((equal != NULL ? equal : to) - from));
    if (word < 0)
        return false;
    size_t start = s->out->length;
    bool said = kss_log_word(s->scene->log, s->e, (unsigned)word, s->out);
    bool number = kss_event_kinds[s->e->kind].words[word].word != KSS_W_ROUTINE; // 0 is a routine
    bool yes = said && (!number || s->e->words[word] != 0);
    if (equal != NULL)
        yes = said && is_name(s->out->bytes + start, s->out->length - start, equal + 1);
    kss_text_cut(s->out, start);
    return yes != negated;
}

// What has no brackets. False: a word of it has no value.
static bool say_plain(const struct sentence *s, const char *from, const char *to) {
    bool whole = true;
    while (from < to) {
        const char *brace = memchr(from, '{', (size_t)(to - from));
        kss_text_bytes(s->out, from, (size_t)((brace != NULL ? brace : to) - from));
        if (brace == NULL)
            break;
        size_t length = strcspn(brace + 1, "}");
        if (!say_word(s, brace + 1, length)) {
            whole = false;
            kss_text_char(s->out, '-');
        }
        from = brace + length + 2;
    }
    return whole;
}

static void say_group(const struct sentence *s, const char *from, const char *to) {
    size_t start = s->out->length;
    const char *question = memchr(from, '?', (size_t)(to - from));
    if (question != NULL && !holds(s, from, question))
        return;
    if (!say_plain(s, question != NULL ? question + 1 : from, to))
        kss_text_cut(s->out, start);
}

static void say(const struct sentence *s, const char *words) {
    for (const char *at = words; *at != '\0';) {
        size_t plain = strcspn(at, "[");
        say_plain(s, at, at + plain);
        at += plain;
        if (*at == '\0')
            break;
        size_t group = strcspn(at, "]");
        say_group(s, at + 1, at + group);
        at += group + 1;
    }
}

// A driver's text may hold anything; a sentence is one line.
static void make_one_line(struct kss_text *out, size_t start) {
    size_t end = out->length;
    while (end > start && (unsigned char)out->bytes[end - 1] <= ' ')
        end--;
    kss_text_cut(out, end);
    for (size_t i = start; i < end; i++)
        if ((unsigned char)out->bytes[i] < ' ')
            out->bytes[i] = ' ';
}

static void say_in_full(const struct kss_scene *scene, const struct kss_scene_step *step,
                        struct kss_text *out) {
    const struct kss_event *events = scene->log->events;
    struct sentence s = {scene, step, &events[step->event], out};
    say(&s, kss_step_rows[s.e->kind].say);
    if (kss_step_rows[s.e->kind].role != KSS_STEP_HEAD)
        return;
    for (uint32_t i = step->event + 1; i < step->last; i++)
        if (events[i].kind == KSS_EV_CALL) {
            s.e = &events[i];
            say(&s, KSS_SAY_FRAME);
            return;
        }
}

void kss_scene_say_step(const struct kss_scene *scene, uint32_t step, struct kss_text *out) {
    size_t start = out->length;
    if (step == 0 || step > scene->step_count)
        return;
    say_in_full(scene, &scene->steps[step], out);
    make_one_line(out, start);
}
