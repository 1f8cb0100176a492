// SPDX-License-Identifier: MIT
// Events as JSON Lines, schema 1 (docs/events.md): a header line, then one object per event.
//
//   {"type":"run","schema":1,"tool":"kss","version":"0.1.0","machine":{...},"source":{...},...}   (jsonl_header.c)
//   {"type":"wait.begin","t":0,"seq":7,"thread":"App","irql":0,"on_stack":1,"line":14,"col":5,"len":64,"object":1,...}
//
// Times are integers of 100 ns, addresses and other wide values hex strings, routines and threads
// their names; words that are absent are left out. The order of fields is the order here. A name
// that is not the first of its kind has its number beside it, so that a reader (saved.c) gets the
// log back.
//
// Speed: everything that recurs (keys, names, places) is rendered once into a piece; a line is
// pieces and digits copied one after the other. Short pieces lie in slots of PIECE bytes and are
// copied whole, which costs two stores instead of a call; the room reserved for a line allows for
// it.
#include "report/jsonl.h"

#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 32, PLACE = 56, LINE_ROOM = 1280 };

struct piece {
    const char *bytes; // at least PIECE readable bytes
    uint32_t length;
};

struct word {
    struct piece key;    // ,"timeout":
    struct piece number; // ,"routine_no": behind names that are not the first of their kind
    enum kss_word type;
    unsigned value_count;
    struct piece *values; // of an ENUM
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

struct name {
    struct piece piece;
    bool again; // not the first of this name: its number is told, too
};

struct kss_jsonl {
    const struct kss_log *log;
    struct kss_arena arena;
    struct kind kinds[KSS_EV_COUNT];
    struct piece irqls[32];
    struct piece *thread_fields; // ,"thread":"App"; with ,"thread_no":3 where that is needed
    struct name *threads, *routines;
    struct kss_intern thread_names, routine_names;
    unsigned thread_count, field_room, thread_room; // nt and drivers make threads during the run
    struct piece nts[KSS_NT_COUNT];     // made when they are first needed: a run calls a few
    struct piece nt_rows[KSS_NT_COUNT]; // the same as rows of a path: nt!Name; with nt_costs
    struct place *places;               // grows when a reader meets more of them
    unsigned place_count;
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

static void make_values(struct kss_jsonl *jsonl, struct word *word, const char *values) {
    size_t length;
    while (kss_enum_name(values, word->value_count, &length) != NULL)
        word->value_count++;
    word->values = KSS_NEW_ARRAY(&jsonl->arena, struct piece, word->value_count + 1u);
    for (unsigned i = 0; i < word->value_count; i++) {
        const char *name = kss_enum_name(values, i, &length);
        word->values[i] = piece(jsonl, "", name, length, "");
    }
}

static void make_kind(struct kss_jsonl *jsonl, int id) {
    const struct kss_event_kind *row = &kss_event_kinds[id];
    struct kind *kind = &jsonl->kinds[id];
    kind->head = piece(jsonl, "{\"type\":", row->name, strlen(row->name), ",\"t\":");
    for (unsigned i = 0; i < KSS_EVENT_WORDS && row->words[i].word != KSS_W_NONE; i++) {
        struct word *word = &kind->words[kind->count++];
        word->type = row->words[i].word;
        word->key = piece(jsonl, ",", row->words[i].name, strlen(row->words[i].name), ":");
        struct kss_text text = {0};
        kss_text_format(&text, ",\"%s" KSS_JSONL_NUMBER "\":", row->words[i].name);
        word->number = keep(jsonl, &text);
        kss_text_free(&text);
        if (word->type == KSS_W_ENUM)
            make_values(jsonl, word, row->words[i].values);
    }
}

// Whether a name was there before.
static bool is_again(struct kss_jsonl *jsonl, struct kss_intern *names, const char *bytes,
                     size_t length) {
    uint32_t known = names->count;
    kss_intern_add(names, kss_alloc_text(&jsonl->arena, bytes, length), length);
    return known == names->count;
}

static void make_threads(struct kss_jsonl *jsonl) {
    const struct kss_log *log = jsonl->log;
    jsonl->thread_fields = kss_grow(jsonl->thread_fields, &jsonl->field_room, log->thread_count,
                                    sizeof *jsonl->thread_fields);
    jsonl->threads =
        kss_grow(jsonl->threads, &jsonl->thread_room, log->thread_count, sizeof *jsonl->threads);
    struct kss_text text = {0};
    for (; jsonl->thread_count < log->thread_count; jsonl->thread_count++) {
        unsigned i = jsonl->thread_count;
        const char *name = log->threads[i].name;
        size_t length = strlen(name);
        jsonl->threads[i] = (struct name){piece(jsonl, "", name, length, ""),
                                          is_again(jsonl, &jsonl->thread_names, name, length)};
        kss_text_clear(&text);
        kss_text_str(&text, ",\"thread\":");
        kss_text_json(&text, name, length);
        if (jsonl->threads[i].again)
            kss_text_format(&text, ",\"thread" KSS_JSONL_NUMBER "\":%u", i);
        jsonl->thread_fields[i] = keep(jsonl, &text);
    }
    kss_text_free(&text);
}

bool kss_jsonl_is_nt_row(const char *symbol, size_t length, uint64_t *value) {
    static const struct {
        const char *name;
        uint64_t value;
    } rows[] = {{KSS_ROW_EXCEPTION, KSS_PATH_EXCEPTION}, {KSS_ROW_FAULT, KSS_PATH_FAULT}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].name) == length && memcmp(symbol, rows[i].name, length) == 0) {
            *value = rows[i].value;
            return true;
        }
    if (length < 3 || memcmp(symbol, "nt!", 3) != 0)
        return false;
    const struct kss_routine *routine = kss_routine_find(symbol + 3, length - 3);
    *value = routine != NULL ? KSS_PATH_NT + (uint64_t)(routine - kss_routines) : 0;
    return routine != NULL;
}

// A scenario's routine may have the name of another one, or of a row of nt's own.
static void make_routines(struct kss_jsonl *jsonl) {
    const struct kss_log *log = jsonl->log;
    struct kss_text text = {0};
    uint64_t row;
    jsonl->routines = KSS_NEW_ARRAY(&jsonl->arena, struct name, log->routine_count);
    for (uint32_t i = 0; i < log->routine_count; i++) {
        kss_text_clear(&text);
        kss_log_symbol(log, i, &text);
        bool again = is_again(jsonl, &jsonl->routine_names, text.bytes, text.length);
        jsonl->routines[i] =
            (struct name){piece(jsonl, "", text.bytes, text.length, ""),
                          again || kss_jsonl_is_nt_row(text.bytes, text.length, &row)};
    }
    kss_text_free(&text);
}

static void make_names(struct kss_jsonl *jsonl) {
    struct kss_text text = {0};
    make_routines(jsonl);
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
    return jsonl;
}

void kss_jsonl_free(struct kss_jsonl *jsonl) {
    kss_arena_free(&jsonl->arena);
    kss_intern_free(&jsonl->thread_names);
    kss_intern_free(&jsonl->routine_names);
    free(jsonl->thread_fields);
    free(jsonl->threads);
    free(jsonl->places);
    free(jsonl);
}

void kss_jsonl_routine(const struct kss_jsonl *jsonl, uint32_t routine, struct kss_text *out) {
    const struct piece *name = &jsonl->routines[routine].piece;
    kss_text_bytes(out, name->bytes, name->length);
}

void kss_jsonl_thread(const struct kss_jsonl *jsonl, uint32_t thread, struct kss_text *out) {
    const struct piece *name = &jsonl->threads[thread].piece;
    kss_text_bytes(out, name->bytes, name->length);
}

const struct kss_log *kss_jsonl_log(const struct kss_jsonl *jsonl) {
    return jsonl->log;
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
    if (id >= jsonl->place_count)
        jsonl->places = kss_grow(jsonl->places, &jsonl->place_count, jsonl->log->place_count,
                                 sizeof *jsonl->places);
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

static char *put_listed(char *at, const struct name *name, const struct word *word,
                        uint64_t value) {
    at = put(at, &name->piece);
    return name->again ? put_digits(put(at, &word->number), value) : at;
}

static inline char *put_value(struct kss_jsonl *jsonl, char *at, const struct word *word,
                              uint64_t value) {
    switch (word->type) {
    case KSS_W_UNSIGNED:
    case KSS_W_BYTES:
    case KSS_W_IRQL: // what a signed number of 64 bits cannot hold, few readers take
        return value <= INT64_MAX ? put_digits(at, value) : put_hex(at, value);
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
        return value < jsonl->log->routine_count
                   ? put_listed(at, &jsonl->routines[value], word, value)
                   : NULL;
    case KSS_W_NT: return value < KSS_NT_COUNT ? put_nt(jsonl, at, value, false) : NULL;
    case KSS_W_THREAD:
        return value < jsonl->log->thread_count
                   ? put_listed(at, &jsonl->threads[value], word, value)
                   : NULL;
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
        at = put(at, &jsonl->thread_fields[event->thread]);
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
