// SPDX-License-Identifier: MIT
#include "session/log.h"

#include "kss/kss.h"

#include <stdlib.h>
#include <string.h>

void kss_log_free(struct kss_log *log) {
    free(log->events);
    free(log->objects);
    free(log->strings);
    free(log->lengths);
    free(log->slots);
    kss_arena_free(&log->arena);
    *log = (struct kss_log){0};
}

// Kinds of which one run makes a bounded number, or without which others cannot be read.
static bool always_kept(unsigned kind) {
    switch (kind) {
    case KSS_EV_THREAD:
    case KSS_EV_STACK:
    case KSS_EV_OBJECT:
    case KSS_EV_DEVICE:
    case KSS_EV_ATTACH:
    case KSS_EV_THREAD_EXIT:
    case KSS_EV_DEEPEST:
    case KSS_EV_PATH:
    case KSS_EV_NT_UNLISTED:
    case KSS_EV_OVERFLOW:
    case KSS_EV_BUGCHECK:
    case KSS_EV_BUGCHECK_MORE:
    case KSS_EV_HANG:
    case KSS_EV_NEVER:
    case KSS_EV_POLICY:
    case KSS_EV_REST:
    case KSS_EV_FINDING:
    case KSS_EV_FINDING_CAUSE:
    case KSS_EV_FINDING_HELP:
    case KSS_EV_EXPECTED:
    case KSS_EV_EXPECT:
    case KSS_EV_VERDICT: return true;
    default: return false;
    }
}

void kss_log_add(struct kss_log *log, const struct kss_event *event) {
    if (log->limit != 0 && log->count >= log->limit && !always_kept(event->kind)) {
        log->dropped++;
        return;
    }
    KSS_ROOM(log->events, log->count, log->capacity);
    if (event->kind == KSS_EV_OBJECT) {
        KSS_ROOM(log->objects, event->words[0], log->object_capacity);
        log->objects[event->words[0]] = log->count;
    }
    log->events[log->count++] = *event;
}

// ---- Strings ------------------------------------------------------------------------------------

static uint32_t hash_bytes(const char *bytes, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * 16777619u;
    return hash;
}

static void rehash(struct kss_log *log) {
    uint32_t old_count = log->slot_count;
    struct kss_log_slot *old = log->slots;
    log->slot_count = old_count ? old_count * 2 : 256;
    unsigned capacity = 0;
    log->slots = kss_grow(NULL, &capacity, log->slot_count, sizeof *log->slots);
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].id == 0)
            continue;
        uint32_t at = old[i].hash & (log->slot_count - 1);
        while (log->slots[at].id != 0)
            at = (at + 1) & (log->slot_count - 1);
        log->slots[at] = old[i];
    }
    free(old);
}

uint32_t kss_log_intern(struct kss_log *log, const char *text, size_t length) {
    if (length == 0)
        return 0;
    const char *bytes = kss_utf8_text(&log->arena, text, &length);
    if ((log->string_count + 1) * 2 > log->slot_count)
        rehash(log);
    uint32_t hash = hash_bytes(bytes, length);
    uint32_t at = hash & (log->slot_count - 1);
    for (; log->slots[at].id != 0; at = (at + 1) & (log->slot_count - 1)) {
        uint32_t id = log->slots[at].id;
        if (log->slots[at].hash == hash && log->lengths[id] == length &&
            memcmp(log->strings[id], bytes, length) == 0)
            return id;
    }
    uint32_t id = ++log->string_count;
    KSS_ROOM(log->strings, id, log->string_capacity);
    KSS_ROOM(log->lengths, id, log->length_capacity);
    log->strings[id] = kss_alloc_text(&log->arena, bytes, length);
    log->lengths[id] = (uint32_t)length;
    log->slots[at] = (struct kss_log_slot){hash, id};
    return id;
}

const char *kss_log_string(const struct kss_log *log, uint64_t id) {
    return id != 0 && id <= log->string_count ? log->strings[id] : "";
}

uint32_t kss_log_length(const struct kss_log *log, uint64_t id) {
    return id != 0 && id <= log->string_count ? log->lengths[id] : 0;
}

// ---- Routines and places ------------------------------------------------------------------------

// A phrase ("unlisted bottom") names frames that nobody listed: it belongs to no module.
static bool is_phrase(const char *name) {
    bool blank = false;
    for (; *name != '\0'; name++) {
        bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                      (*name >= '0' && *name <= '9') || *name == '-' || *name == ',';
        if (!letter && *name != ' ')
            return false;
        blank |= *name == ' ';
    }
    return blank;
}

static bool has_module(const struct kss_log_routine *routine) {
    return routine->module != NULL && routine->module[0] != '\0' && !is_phrase(routine->name);
}

bool kss_log_symbol(const struct kss_log *log, uint64_t routine, struct kss_text *out) {
    if (kss_path_is_nt(routine)) {
        kss_text_format(out, "nt!%s", kss_routines[routine - KSS_PATH_NT].name);
        return true;
    }
    if (routine >= log->routine_count)
        return false;
    const struct kss_log_routine *r = &log->routines[routine];
    if (has_module(r)) {
        kss_text_str(out, r->module);
        kss_text_char(out, '!');
    }
    kss_text_str(out, r->name);
    return true;
}

// A quoted symbol carries its module in its name: "ql2300+0x69416".
const char *kss_log_module(const struct kss_log *log, uint64_t routine, size_t *length) {
    *length = 0;
    if (routine >= log->routine_count)
        return "";
    const struct kss_log_routine *r = &log->routines[routine];
    if (has_module(r)) {
        *length = strlen(r->module);
        return r->module;
    }
    size_t end = strcspn(r->name, "!+ ");
    if (r->name[end] == '!' || r->name[end] == '+')
        *length = end;
    return r->name;
}

bool kss_log_span(const struct kss_log *log, uint32_t place, struct kss_span *span) {
    if (place == 0 || place >= log->place_count)
        return false;
    *span = log->places[place];
    return true;
}

// Extents may nest (an inline call tree): the smallest that holds the place is meant. Where extents
// are unknown, a place belongs to the last routine named before it.
uint32_t kss_log_routine_at(const struct kss_log *log, uint32_t place) {
    struct kss_span at, span;
    if (!kss_log_span(log, place, &at))
        return KSS_NO_FRAME;
    if (log->place_routines != NULL)
        return log->place_routines[place];
    uint32_t best = KSS_NO_FRAME, size = UINT32_MAX;
    for (uint32_t i = 0; i < log->routine_count; i++) {
        if (kss_log_span(log, log->routines[i].extent, &span)) {
            if (span.begin > at.begin || at.begin >= span.end || span.file != at.file)
                continue;
        } else {
            if (!kss_log_span(log, log->routines[i].place, &span) || span.begin > at.begin ||
                span.file != at.file)
                continue;
            span.end = UINT32_MAX;
        }
        if (span.end - span.begin < size) {
            size = span.end - span.begin;
            best = i;
        }
    }
    return best;
}

static bool same_name(const struct kss_log_routine *a, const struct kss_log_routine *b) {
    return strcmp(a->name, b->name) == 0 &&
           strcmp(a->module ? a->module : "", b->module ? b->module : "") == 0;
}

// An inline call tree may name one routine at many places; each is a routine of its own.
void kss_log_link_names(struct kss_arena *arena, struct kss_log_routine *routines, uint32_t count) {
    uint32_t size = 16;
    while (size < count * 2)
        size *= 2;
    uint32_t *slots = KSS_NEW_ARRAY(arena, uint32_t, size); // routine + 1
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = hash_bytes(routines[i].name, strlen(routines[i].name)) & (size - 1);
        while (slots[at] != 0 && !same_name(&routines[i], &routines[slots[at] - 1]))
            at = (at + 1) & (size - 1);
        if (slots[at] == 0)
            slots[at] = i + 1;
        routines[i].same = slots[at] - 1;
    }
}

bool kss_log_lower_bound(const struct kss_log *log) {
    for (uint32_t i = 0; i < log->routine_count && log->frames == NULL; i++)
        if (log->routines[i].at_least != NULL)
            return true;
    return false;
}

bool kss_log_same_routine(const struct kss_log *log, uint64_t a, uint64_t b) {
    return a < log->routine_count && b < log->routine_count &&
           log->routines[a].same == log->routines[b].same;
}

int kss_log_status(const struct kss_log *log) {
    static const int statuses[] = {KSS_OK, KSS_FAILED, KSS_CANNOT_TELL};
    for (uint32_t i = log->count; i > 0; i--)
        if (log->events[i - 1].kind == KSS_EV_VERDICT)
            return statuses[log->events[i - 1].words[0] % 3];
    return KSS_CANNOT_TELL;
}

void kss_log_place(const struct kss_log *log, uint32_t place, struct kss_text *out) {
    struct kss_span span;
    if (!kss_log_span(log, place, &span))
        return;
    uint32_t line, column;
    kss_source_place(log->sources, span.file, span.begin, &line, &column);
    kss_text_str(out, log->sources->files[span.file].name);
    kss_text_char(out, ':');
    kss_text_unsigned(out, line);
    kss_text_char(out, ':');
    kss_text_unsigned(out, column);
}

// ---- Words --------------------------------------------------------------------------------------

const char *kss_enum_name(const char *values, uint64_t index, size_t *length) {
    for (const char *name = values; name != NULL; index--) {
        *length = strcspn(name, "|");
        if (index == 0)
            return name;
        name = name[*length] == '|' ? name + *length + 1 : NULL;
    }
    return NULL;
}

static bool name_or(struct kss_text *out, const char *name, uint64_t value) {
    if (name != NULL)
        kss_text_str(out, name);
    else
        kss_text_hex(out, value);
    return true;
}

const struct kss_event *kss_log_object_event(const struct kss_log *log, uint64_t number) {
    uint32_t at = number < log->object_capacity ? log->objects[number] : 0;
    if (number == 0 || at >= log->count || log->events[at].kind != KSS_EV_OBJECT ||
        log->events[at].words[0] != number)
        return NULL;
    return &log->events[at];
}

// An object's name is "done (KEVENT, drv!Read, thread App, top-0x2B0)"; its first part names it
// well enough beside a place.
bool kss_log_object(const struct kss_log *log, uint64_t number, bool in_full,
                    struct kss_text *out) {
    if (number == 0)
        return false;
    const struct kss_event *event = kss_log_object_event(log, number);
    if (event == NULL) {
        kss_text_char(out, '#');
        kss_text_unsigned(out, number);
        return true;
    }
    const char *name = kss_log_string(log, event->words[1]);
    const char *more = strstr(name, " (");
    kss_text_bytes(out, name, in_full || more == NULL ? strlen(name) : (size_t)(more - name));
    return true;
}

static bool enum_word(const char *values, uint64_t value, struct kss_text *out) {
    size_t length;
    const char *name = kss_enum_name(values, value, &length);
    if (name == NULL)
        kss_text_unsigned(out, value);
    else
        kss_text_bytes(out, name, length);
    return true;
}

static bool thread_word(const struct kss_log *log, uint64_t thread, struct kss_text *out) {
    if (thread >= log->thread_count)
        return false;
    kss_text_str(out, log->threads[thread].name);
    return true;
}

static bool bytes_word(struct kss_text *out, uint64_t value) {
    kss_text_hex(out, value);
    return true;
}

static bool string_word(const struct kss_log *log, uint64_t id, struct kss_text *out) {
    kss_text_bytes(out, kss_log_string(log, id), kss_log_length(log, id));
    return id != 0;
}

static bool duration_word(struct kss_text *out, int64_t value) {
    if (value < 0)
        kss_text_str(out, "none");
    else
        kss_text_duration(out, value);
    return true;
}

static bool number_word(struct kss_text *out, enum kss_word word, uint64_t value) {
    if (word == KSS_W_SIGNED)
        kss_text_signed(out, (int64_t)value);
    else if (word == KSS_W_BOOL)
        kss_text_str(out, value ? "yes" : "no");
    else if (word == KSS_W_MODE)
        kss_text_str(out, value ? "UserMode" : "KernelMode");
    else
        kss_text_unsigned(out, value);
    return true;
}

bool kss_log_value(const struct kss_log *log, enum kss_word word, uint64_t value,
                   struct kss_text *out) {
    switch (word) {
    case KSS_W_NONE:
    case KSS_W_ENUM: return false;
    case KSS_W_UNSIGNED:
    case KSS_W_SIGNED:
    case KSS_W_MODE:
    case KSS_W_BOOL: return number_word(out, word, value);
    case KSS_W_ADDRESS:
    case KSS_W_HEX:
    case KSS_W_BYTES: return bytes_word(out, value);
    case KSS_W_DURATION: return duration_word(out, (int64_t)value);
    case KSS_W_STATUS: return name_or(out, kss_status_name((uint32_t)value), (uint32_t)value);
    case KSS_W_ROUTINE: return kss_log_symbol(log, value, out);
    case KSS_W_NT: return value < KSS_NT_COUNT && name_or(out, kss_routines[value].name, value);
    case KSS_W_OBJECT: return kss_log_object(log, value, false, out);
    case KSS_W_THREAD: return thread_word(log, value, out);
    case KSS_W_STACK: return value != KSS_NONE && number_word(out, KSS_W_UNSIGNED, value);
    case KSS_W_TEXT: return string_word(log, value, out);
    case KSS_W_REASON: return name_or(out, kss_wait_reason_name((unsigned)value), value);
    case KSS_W_IRQL:
        return name_or(out, kss_irql_name(log->config.profile.arch, (unsigned)value), value);
    case KSS_W_HAZARD:
        if (value >= KSS_HAZARD_COUNT)
            return false;
        kss_text_format(out, "KSS%04u", kss_hazards[value].number);
        return true;
    case KSS_W_POLICY:
        return value < KSS_POLICY_COUNT && name_or(out, kss_policies[value].name, value);
    case KSS_W_ORIGIN: return name_or(out, kss_origin_name((enum kss_origin)value), value);
    case KSS_W_BUGCHECK: {
        const struct kss_bugcheck *bugcheck = kss_bugcheck_find((uint32_t)value);
        return name_or(out, bugcheck ? bugcheck->name : NULL, value);
    }
    }
    return false;
}

bool kss_log_word(const struct kss_log *log, const struct kss_event *event, unsigned word,
                  struct kss_text *out) {
    const struct kss_event_kind *kind = &kss_event_kinds[event->kind];
    if (kind->words[word].word == KSS_W_ENUM)
        return enum_word(kind->words[word].values, event->words[word], out);
    return kss_log_value(log, kind->words[word].word, event->words[word], out);
}

void kss_log_words(const struct kss_log *log, const struct kss_event *event, struct kss_text *out) {
    const struct kss_event_kind *kind = &kss_event_kinds[event->kind];
    bool first = true;
    for (unsigned i = 0; i < KSS_EVENT_WORDS && kind->words[i].word != KSS_W_NONE; i++) {
        size_t start = out->length;
        kss_text_str(out, first ? " " : ", ");
        kss_text_str(out, kind->words[i].name);
        kss_text_char(out, ' ');
        if (kss_log_word(log, event, i, out)) {
            first = false;
            continue;
        }
        kss_text_cut(out, start);
    }
}
