// SPDX-License-Identifier: MIT
// Events as JSON Lines, schema 1 (docs/events.md): a header line, then one object per event.
//
//   {"type":"run","schema":1,"tool":"kss","version":"0.1.0","machine":{...},"source":{...},...}
//   {"type":"wait.begin","t":0,"seq":7,"thread":"App","irql":0,"on_stack":1,"line":14,"col":5,"len":64,"object":1,...}
//
// Times are integers of 100 ns, addresses and other wide values hex strings, routines and threads
// their names; words that are absent are left out. The order of fields is the order here.
//
// Speed: everything that recurs (keys, names, places) is rendered once into a piece; a line is
// pieces and digits copied one after the other. Short pieces lie in slots of PIECE bytes and are
// copied whole, which costs two stores instead of a call; the room reserved for a line allows for
// it.
#include "report/sheet.h"

#include "base/version.h"
#include "kss/kss.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 32, PLACE = 56, ENUMS = 8, LINE_ROOM = 1024 };

struct piece {
    const char *bytes; // at least PIECE readable bytes
    uint32_t length;
};

struct word {
    struct piece key; // ,"timeout":
    enum kss_word type;
    struct piece values[ENUMS];
    unsigned value_count;
};

struct kind {
    struct piece head; // {"type":"wait.begin","t":
    struct word words[KSS_EVENT_WORDS];
    unsigned count;
};

struct place {
    char bytes[PLACE];
    uint32_t length; // 0: not made yet
};

struct kss_jsonl {
    const struct kss_log *log;
    struct kss_arena arena;
    struct kind kinds[KSS_EV_COUNT];
    struct piece irqls[32];
    struct piece *threads, *thread_values;          // ,"thread":"App" and "App"
    unsigned thread_count, thread_room, value_room; // nt and drivers make threads during the run
    struct piece *routines;
    struct piece nts[KSS_NT_COUNT];     // made when they are first needed: a run calls a few
    struct piece nt_rows[KSS_NT_COUNT]; // the same as rows of a path: nt!Name; with nt_costs
    struct place *places;
    size_t longest; // name among threads and routines
};

// ---- Pieces -------------------------------------------------------------------------------------

static struct piece keep(struct kss_jsonl *jsonl, const struct kss_text *text) {
    size_t room = text->length < PIECE ? PIECE : text->length + 1;
    char *bytes = kss_alloc(&jsonl->arena, room);
    memcpy(bytes, text->bytes, text->length);
    if (text->length > jsonl->longest)
        jsonl->longest = text->length;
    return (struct piece){bytes, (uint32_t)text->length};
}

static struct piece piece(struct kss_jsonl *jsonl, const char *before, const char *string,
                          size_t length, const char *after) {
    struct kss_text text = {0};
    kss_text_str(&text, before);
    kss_text_json(&text, string, length);
    kss_text_str(&text, after);
    struct piece made = keep(jsonl, &text);
    kss_text_free(&text);
    return made;
}

static void make_kind(struct kss_jsonl *jsonl, int id) {
    const struct kss_event_kind *row = &kss_event_kinds[id];
    struct kind *kind = &jsonl->kinds[id];
    kind->head = piece(jsonl, "{\"type\":", row->name, strlen(row->name), ",\"t\":");
    for (unsigned i = 0; i < KSS_EVENT_WORDS && row->words[i].word != KSS_W_NONE; i++) {
        struct word *word = &kind->words[kind->count++];
        word->type = row->words[i].word;
        word->key = piece(jsonl, ",", row->words[i].name, strlen(row->words[i].name), ":");
        for (unsigned v = 0; v < ENUMS && word->type == KSS_W_ENUM; v++) {
            size_t length;
            const char *name = kss_enum_name(row->words[i].values, v, &length);
            if (name == NULL)
                break;
            word->values[word->value_count++] = piece(jsonl, "", name, length, "");
        }
    }
}

static void make_threads(struct kss_jsonl *jsonl) {
    const struct kss_log *log = jsonl->log;
    jsonl->threads =
        kss_grow(jsonl->threads, &jsonl->thread_room, log->thread_count, sizeof *jsonl->threads);
    jsonl->thread_values = kss_grow(jsonl->thread_values, &jsonl->value_room, log->thread_count,
                                    sizeof *jsonl->thread_values);
    for (; jsonl->thread_count < log->thread_count; jsonl->thread_count++) {
        const char *name = log->threads[jsonl->thread_count].name;
        jsonl->threads[jsonl->thread_count] = piece(jsonl, ",\"thread\":", name, strlen(name), "");
        jsonl->thread_values[jsonl->thread_count] = piece(jsonl, "", name, strlen(name), "");
    }
}

static void make_names(struct kss_jsonl *jsonl) {
    const struct kss_log *log = jsonl->log;
    struct kss_text text = {0};
    jsonl->routines = KSS_NEW_ARRAY(&jsonl->arena, struct piece, log->routine_count);
    for (uint32_t i = 0; i < log->routine_count; i++) {
        kss_text_clear(&text);
        kss_log_symbol(log, i, &text);
        jsonl->routines[i] = piece(jsonl, "", text.bytes, text.length, "");
    }
    make_threads(jsonl);
    for (unsigned i = 0; i < 32; i++) {
        kss_text_clear(&text);
        kss_text_format(&text, ",\"irql\":%u", i);
        jsonl->irqls[i] = keep(jsonl, &text);
    }
    kss_text_free(&text);
}

struct kss_jsonl *kss_jsonl_new(const struct kss_log *log) {
    unsigned one = 0;
    struct kss_jsonl *jsonl = kss_grow(NULL, &one, 1, sizeof *jsonl);
    jsonl->log = log;
    for (int id = 0; id < KSS_EV_COUNT; id++)
        make_kind(jsonl, id);
    make_names(jsonl);
    jsonl->places = KSS_NEW_ARRAY(&jsonl->arena, struct place, log->place_count);
    return jsonl;
}

void kss_jsonl_free(struct kss_jsonl *jsonl) {
    kss_arena_free(&jsonl->arena);
    free(jsonl->threads);
    free(jsonl->thread_values);
    free(jsonl);
}

// ---- One event ----------------------------------------------------------------------------------

static inline char *put(char *at, const struct piece *piece) {
    if (piece->length <= PIECE)
        memcpy(at, piece->bytes, PIECE);
    else
        memcpy(at, piece->bytes, piece->length);
    return at + piece->length;
}

// Two digits at a time into a buffer from its end; then a copy of fixed size, which is cheaper than
// one of the length that counts.
static inline char *put_digits(char *at, uint64_t value) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    enum { DIGITS = 20 };
    if (value < 10) {
        *at = (char)('0' + value);
        return at + 1;
    }
    char buffer[2 * DIGITS];
    char *from = buffer + DIGITS;
    while (value > UINT32_MAX) {
        memcpy(from -= 2, pairs + value % 100 * 2, 2);
        value /= 100;
    }
    uint32_t small = (uint32_t)value;
    for (; small >= 10; small /= 100)
        memcpy(from -= 2, pairs + small % 100 * 2, 2);
    if (small > 0 || from == buffer + DIGITS)
        *--from = (char)('0' + small);
    memcpy(at, from, DIGITS);
    return at + (buffer + DIGITS - from);
}

static inline char *put_hex(char *at, uint64_t value) {
    unsigned digits = 1;
    while (digits < 16 && value >> (4 * digits) != 0)
        digits++;
    memcpy(at, "\"0x", 3);
    for (unsigned i = 0; i < digits; i++)
        at[3 + i] = "0123456789ABCDEF"[value >> (4 * (digits - 1 - i)) & 15];
    at[3 + digits] = '"';
    return at + digits + 4;
}

static char *put_name(char *at, const char *name) {
    size_t length = strlen(name); // table names need no escapes
    *at = '"';
    memcpy(at + 1, name, length);
    at[length + 1] = '"';
    return at + length + 2;
}

static const struct place *place_piece(struct kss_jsonl *jsonl, uint32_t id) {
    struct place *place = &jsonl->places[id];
    if (place->length != 0)
        return place;
    struct kss_span span;
    uint32_t line, column;
    kss_log_span(jsonl->log, id, &span);
    kss_source_place(jsonl->log->sources, span.file, span.begin, &line, &column);
    memcpy(place->bytes, ",\"line\":", 8);
    char *at = put_digits(place->bytes + 8, line);
    memcpy(at, ",\"col\":", 7);
    at = put_digits(at + 7, column);
    memcpy(at, ",\"len\":", 7);
    at = put_digits(at + 7, span.end - span.begin); // 8 + 7 + 7 + 3 * 10 bytes at most
    place->length = (uint32_t)(at - place->bytes);
    return place;
}

static char *put_status(char *at, uint64_t value) {
    const char *name = kss_status_name((uint32_t)value);
    return name != NULL ? put_name(at, name) : put_hex(at, (uint32_t)value);
}

static char *put_signed(char *at, int64_t value) {
    if (value < 0)
        *at++ = '-';
    return put_digits(at, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

// Words of the rarer types. NULL: absent.
static char *put_rare(char *at, enum kss_word type, uint64_t value) {
    const char *name;
    switch (type) {
    case KSS_W_STATUS: return put_status(at, value);
    case KSS_W_MODE: return put_name(at, value ? "UserMode" : "KernelMode");
    case KSS_W_REASON:
        name = kss_wait_reason_name((unsigned)value);
        return name != NULL ? put_name(at, name) : put_digits(at, value);
    case KSS_W_HAZARD:
        if (value >= KSS_HAZARD_COUNT)
            return NULL;
        memcpy(at, "\"KSS", 4);
        at = put_digits(at + 4, kss_hazards[value].number);
        *at = '"';
        return at + 1;
    case KSS_W_POLICY:
        return value < KSS_POLICY_COUNT ? put_name(at, kss_policies[value].name) : NULL;
    case KSS_W_ORIGIN: return put_name(at, kss_origin_name((enum kss_origin)value));
    default: return NULL;
    }
}

// A table name is short: LINE_ROOM has room for as many as an event has words.
static char *put_nt(struct kss_jsonl *jsonl, char *at, uint64_t id, bool row) {
    struct piece *made = row ? &jsonl->nt_rows[id] : &jsonl->nts[id];
    if (made->bytes == NULL) {
        const char *name = kss_routines[id].name;
        struct kss_text text = {0};
        kss_text_format(&text, row ? "\"nt!%s\"" : "\"%s\"", name);
        *made = keep(jsonl, &text);
        kss_text_free(&text);
    }
    return put(at, made);
}

static inline char *put_value(struct kss_jsonl *jsonl, char *at, const struct word *word,
                              uint64_t value) {
    switch (word->type) {
    case KSS_W_UNSIGNED:
    case KSS_W_BYTES:
    case KSS_W_IRQL: return put_digits(at, value);
    case KSS_W_SIGNED: return put_signed(at, (int64_t)value);
    case KSS_W_ADDRESS:
    case KSS_W_HEX:
    case KSS_W_BUGCHECK: return put_hex(at, value);
    case KSS_W_DURATION: return (int64_t)value < 0 ? NULL : put_digits(at, value);
    case KSS_W_OBJECT: return value == 0 ? NULL : put_digits(at, value);
    case KSS_W_STACK: return value == KSS_NONE ? NULL : put_digits(at, value);
    case KSS_W_BOOL: memcpy(at, value ? "true " : "false", 5); return at + (value ? 4 : 5);
    case KSS_W_ROUTINE:
        if (kss_path_is_nt(value))
            return put_nt(jsonl, at, value - KSS_PATH_NT, true);
        if (value == KSS_PATH_EXCEPTION || value == KSS_PATH_FAULT)
            return put_name(at, value == KSS_PATH_FAULT ? KSS_ROW_FAULT : KSS_ROW_EXCEPTION);
        return value < jsonl->log->routine_count ? put(at, &jsonl->routines[value]) : NULL;
    case KSS_W_NT: return value < KSS_NT_COUNT ? put_nt(jsonl, at, value, false) : NULL;
    case KSS_W_THREAD:
        return value < jsonl->log->thread_count ? put(at, &jsonl->thread_values[value]) : NULL;
    case KSS_W_ENUM:
        return value < word->value_count ? put(at, &word->values[value]) : put_digits(at, value);
    default: return put_rare(at, word->type, value);
    }
}

// A text needs escaping and may be long: it goes through the buffer's own functions.
static char *put_text(const struct kss_jsonl *jsonl, struct kss_text *out, char *at,
                      const struct word *word, uint64_t id) {
    if (id == 0)
        return at;
    kss_text_wrote(out, (size_t)(at - (out->bytes + out->length)));
    kss_text_bytes(out, word->key.bytes, word->key.length);
    kss_text_json(out, kss_log_string(jsonl->log, id), kss_log_length(jsonl->log, id));
    return kss_text_room(out, LINE_ROOM + 6 * jsonl->longest);
}

void kss_jsonl_event(struct kss_jsonl *jsonl, const struct kss_event *event, struct kss_text *out) {
    const struct kind *kind = &jsonl->kinds[event->kind];
    if (jsonl->thread_count < jsonl->log->thread_count)
        make_threads(jsonl);
    char *at = kss_text_room(out, LINE_ROOM + 6 * jsonl->longest);
    at = put(at, &kind->head);
    at = put_digits(at, event->time);
    memcpy(at, ",\"seq\":", 7);
    at = put_digits(at + 7, event->sequence);
    if (event->thread < jsonl->log->thread_count)
        at = put(at, &jsonl->threads[event->thread]);
    at = put(at, &jsonl->irqls[event->irql & 31]);
    if (event->cpu != 0) {
        memcpy(at, ",\"cpu\":", 7);
        at = put_digits(at + 7, event->cpu);
    }
    if (event->stack != 0) {
        memcpy(at, ",\"on_stack\":", 12);
        at = put_digits(at + 12, event->stack);
    }
    if (event->place != 0 && event->place < jsonl->log->place_count) {
        const struct place *place = place_piece(jsonl, event->place);
        memcpy(at, place->bytes, PLACE);
        at += place->length;
    }
    for (unsigned i = 0; i < kind->count; i++) {
        const struct word *word = &kind->words[i];
        if (word->type == KSS_W_TEXT) {
            at = put_text(jsonl, out, at, word, event->words[i]);
            continue;
        }
        char *value = put(at, &word->key);
        value = put_value(jsonl, value, word, event->words[i]);
        at = value != NULL ? value : at;
    }
    memcpy(at, "}\n", 2);
    kss_text_wrote(out, (size_t)(at + 2 - (out->bytes + out->length)));
}

// ---- The header ---------------------------------------------------------------------------------

static void field(struct kss_text *out, const char *name, uint64_t value) {
    kss_text_str(out, ",\"");
    kss_text_str(out, name);
    kss_text_str(out, "\":");
    kss_text_unsigned(out, value);
}

static void text_field(struct kss_text *out, const char *name, const char *value, size_t length) {
    kss_text_str(out, ",\"");
    kss_text_str(out, name);
    kss_text_str(out, "\":");
    kss_text_json(out, value, length);
}

static void machine(const struct kss_config *config, struct kss_text *out) {
    static const char *const swaps[] = {"balance-set", "eager", "never"};
    static const char *const policies[] = {"thread", "process"};
    static const char *const touches[] = {"bugcheck", "page-in"};
    const struct kss_profile *p = &config->profile;
    kss_text_str(out, ",\"machine\":{\"name\":");
    kss_text_json(out, p->name, strlen(p->name));
    field(out, "pointer", p->pointer_size);
    field(out, "page", p->page_size);
    field(out, "stack", p->stack_size);
    field(out, "large_stack", p->large_stack_size);
    field(out, "max_expansion", p->max_expansion);
    field(out, "reserve", p->reserve);
    field(out, "trap_frame", p->trap_frame);
    field(out, "interrupt_reserve", p->interrupt_reserve);
    field(out, "exception_reserve", p->exception_reserve);
    field(out, "dpc_stack", p->dpc_stack_size);
    field(out, "isr_stack", p->isr_stack_size);
    field(out, "start_frames", p->start_frames);
    field(out, "return_address", p->return_address);
    field(out, "frame_align", p->frame_align);
    field(out, "frame_overhead", p->frame_overhead);
    field(out, "processors", p->processors);
    field(out, "clock_tick", p->clock_tick);
    field(out, "outswap_after", config->small_memory ? p->outswap_after_small : p->outswap_after);
    field(out, "swapper_period", p->swapper_period);
    field(out, "swap_priority_ceiling", p->swap_priority_ceiling);
    field(out, "nonpaged_pool", p->nonpaged_pool);
    field(out, "paged_pool", p->paged_pool);
    field(out, "small_memory", config->small_memory);
    field(out, "verifier", config->verifier);
    field(out, "nt_costs", config->nt_costs);
    field(out, "dpc_timeout", config->dpc_timeout);
    field(out, "dpc_watchdog", config->dpc_watchdog);
    text_field(out, "swap", swaps[config->swap % 3], strlen(swaps[config->swap % 3]));
    text_field(out, "swap_policy", policies[config->swap_policy & 1],
               strlen(policies[config->swap_policy & 1]));
    text_field(out, "foreign_touch", touches[config->foreign_touch & 1],
               strlen(touches[config->foreign_touch & 1]));
    kss_text_char(out, '}');
}

// Where a routine's text begins, and where it ends when that is known.
static void extent(const struct kss_log *log, const struct kss_log_routine *routine,
                   struct kss_text *out) {
    struct kss_span span;
    uint32_t line, column;
    if (kss_log_span(log, routine->place, &span)) {
        kss_source_place(log->sources, span.file, span.begin, &line, &column);
        field(out, "line", line);
        field(out, "col", column);
    }
    if (kss_log_span(log, routine->extent, &span)) {
        field(out, "begin", span.begin);
        field(out, "end", span.end);
    }
}

static void variables(const struct kss_log_routine *routine, struct kss_text *out) {
    for (uint32_t i = 0; i < routine->var_count; i++) {
        const struct kss_local *local = &routine->vars[i];
        kss_text_str(out, i ? ",{\"name\":" : ",\"vars\":[{\"name\":");
        kss_text_json(out, local->name, strlen(local->name));
        text_field(out, "type", local->type, strlen(local->type));
        field(out, "offset", local->offset);
        field(out, "size", local->size);
        kss_text_char(out, '}');
    }
    kss_text_str(out, routine->var_count > 0 ? "]" : "");
}

static void routines(const struct kss_jsonl *jsonl, struct kss_text *out) {
    const struct kss_log *log = jsonl->log;
    kss_text_str(out, ",\"routines\":[");
    for (uint32_t i = 0; i < log->routine_count; i++) {
        const struct kss_log_routine *routine = &log->routines[i];
        size_t length;
        const char *module = kss_log_module(log, i, &length);
        kss_text_str(out, i ? ",{\"name\":" : "{\"name\":");
        kss_text_bytes(out, jsonl->routines[i].bytes, jsonl->routines[i].length);
        if (length > 0)
            text_field(out, "module", module, length);
        field(out, "bytes", routine->bytes);
        field(out, "locals", routine->locals);
        const char *origin = kss_origin_name((enum kss_origin)routine->origin);
        text_field(out, "origin", origin, strlen(origin));
        if (routine->table != NULL)
            text_field(out, "table", routine->table, strlen(routine->table));
        if (routine->table != NULL && log->frames != NULL)
            field(out, "table_bytes", routine->table_bytes);
        if (routine->at_least != NULL)
            text_field(out, "at_least", routine->at_least, strlen(routine->at_least));
        field(out, "flags", routine->flags);
        extent(log, routine, out);
        variables(routine, out);
        kss_text_char(out, '}');
    }
    kss_text_char(out, ']');
}

static void threads(const struct kss_jsonl *jsonl, struct kss_text *out) {
    const struct kss_log *log = jsonl->log;
    kss_text_str(out, ",\"threads\":[");
    for (uint32_t i = 0; i < log->thread_count - log->threads_made; i++) {
        const struct kss_log_thread *thread = &log->threads[i];
        kss_text_str(out, i ? ",{\"name\":" : "{\"name\":");
        kss_text_bytes(out, jsonl->thread_values[i].bytes, jsonl->thread_values[i].length);
        if (thread->process != NULL)
            text_field(out, "process", thread->process, strlen(thread->process));
        kss_text_str(out, thread->system ? ",\"kind\":\"system\"" : ",\"kind\":\"user\"");
        kss_text_str(out, thread->gui ? ",\"gui\":true,\"priority\":" : ",\"priority\":");
        kss_text_signed(out, thread->priority);
        field(out, "body", thread->body);
        kss_text_char(out, '}');
    }
    kss_text_char(out, ']');
}

// Natively each line of the text is a place; the routine it lies in, -1 where nobody knows.
static void sites(const struct kss_log *log, struct kss_text *out) {
    if (log->place_routines == NULL)
        return;
    kss_text_str(out, log->tables ? ",\"tables\":true,\"sites\":[" : ",\"sites\":[");
    for (uint32_t i = 1; i < log->place_count; i++) {
        uint32_t routine = log->place_routines[i];
        kss_text_str(out, i > 1 ? "," : "");
        kss_text_signed(out, routine < log->routine_count ? (int64_t)routine : -1);
    }
    kss_text_char(out, ']');
}

void kss_jsonl_header(struct kss_jsonl *jsonl, struct kss_text *out) {
    const struct kss_log *log = jsonl->log;
    const struct kss_source *source = &log->sources->files[log->file];
    kss_text_format(out, "{\"type\":\"run\",\"schema\":%d,\"tool\":\"kss\",\"version\":\"%s\"",
                    KSS_SCHEMA, KSS_VERSION);
    machine(&log->config, out);
    kss_text_str(out, ",\"source\":{\"name\":");
    kss_text_json(out, source->name, strlen(source->name));
    if (log->frames != NULL)
        text_field(out, "frames", log->frames, strlen(log->frames));
    if (log->teaching != NULL)
        text_field(out, "teaching", log->teaching, strlen(log->teaching));
    text_field(out, "text", source->bytes, source->length);
    sites(log, out);
    kss_text_char(out, '}');
    routines(jsonl, out);
    threads(jsonl, out);
    kss_text_str(out, "}\n");
}

// ---- As a document ------------------------------------------------------------------------------

void kss_write_jsonl_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_jsonl_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    if (entry->log == NULL)
        return;
    struct kss_jsonl *jsonl = kss_jsonl_new(entry->log);
    kss_jsonl_header(jsonl, sheet->out);
    for (uint32_t i = 0; i < entry->log->count; i++)
        kss_jsonl_event(jsonl, &entry->log->events[i], sheet->out);
    kss_jsonl_free(jsonl);
}

void kss_write_jsonl_end(struct kss_sheet *sheet) {
    (void)sheet;
}
