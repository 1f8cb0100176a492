// SPDX-License-Identifier: MIT
// The player's data.
//
//   head       who made it, the scenario, the machine, the verdict
//   threads, routines (with their locals), fields (what a change may change), findings, explain texts
//   steps      columns, one entry for each step: time since the step before, place, sentence, kind of event,
//              processor, stack at work; changes as flat arrays of numbers
//   places     [begin, end) in the source text; strings
//
// A SET change is field, index, new value: the page knows the old one, since it replays the changes from the
// start. A PUSH is the number of fields, then stack, routine, bytes, origin, and depth minus bytes where the
// caller ended elsewhere; a POP is that number + 1 and the stack.
#include "report/player_private.h"

#include "base/version.h"
#include "kss/kss.h"
#include "report/private.h"
#include "report/sheet.h"
#include "rules/rules.h"

#include <stdlib.h>

// ---- Numbers for texts, places, routines ----------------------------------------------------------

uint32_t kss_player_string_id(struct kss_player *player, const char *bytes, size_t length) {
    uint32_t id = kss_intern_find(&player->strings, bytes, (uint32_t)length);
    if (id != KSS_NOT_INTERNED)
        return id;
    return kss_intern_add(&player->strings, kss_alloc_text(&player->arena, bytes, length),
                          (uint32_t)length);
}

// What was appended to the scratch text, which is emptied.
uint32_t kss_player_said_id(struct kss_player *player) {
    uint32_t id = kss_player_string_id(player, player->said.bytes ? player->said.bytes : "",
                                       player->said.length);
    kss_text_clear(&player->said);
    return id;
}

// Place 0 of the data is none, as in the log.
uint32_t kss_player_place_id(struct kss_player *player, uint32_t place) {
    struct kss_player_numbers *map = &player->places;
    struct kss_span span;
    if (!kss_log_span(player->log, place, &span) || span.file != player->log->file)
        return 0;
    if (map->to[place] == 0) {
        KSS_ROOM(map->used, map->count, map->room);
        map->used[map->count++] = place;
        map->to[place] = map->count;
    }
    return map->to[place];
}

// Routines of the log keep their numbers; rows that are nobody's routine come behind them.
uint64_t kss_player_routine_id(struct kss_player *player, uint64_t routine) {
    if (routine < player->log->routine_count)
        return routine;
    for (uint32_t i = 0; i < player->row_count; i++)
        if (player->rows[i] == routine)
            return player->log->routine_count + i;
    KSS_ROOM(player->rows, player->row_count, player->row_room);
    player->rows[player->row_count++] = (uint32_t)routine;
    return player->log->routine_count + player->row_count - 1;
}

// ---- JSON -------------------------------------------------------------------------------------------

void kss_player_key(struct kss_player *player, const char *name) {
    char last = player->out->bytes[player->out->length - 1];
    kss_text_str(player->out, last == '{' ? "\"" : ",\"");
    kss_text_str(player->out, name);
    kss_text_str(player->out, "\":");
}

static void text_value(struct kss_player *player, const char *text) {
    kss_text_json(player->out, text, strlen(text));
}

static void text_key(struct kss_player *player, const char *name, const char *text) {
    kss_player_key(player, name);
    text_value(player, text);
}

static void number_key(struct kss_player *player, const char *name, uint64_t value) {
    kss_player_key(player, name);
    kss_text_unsigned(player->out, value);
}

static void comma(struct kss_player *player, uint32_t index) {
    if (index > 0)
        kss_text_char(player->out, ',');
}

// ---- Values of fields -------------------------------------------------------------------------------

// How the page reads a value: a number it prints, a number of something, or a string that is said here.
static const char *reading(enum kss_word type) {
    switch (type) {
    case KSS_W_UNSIGNED:
    case KSS_W_SIGNED: return "number";
    case KSS_W_BYTES: return "bytes";
    case KSS_W_DURATION: return "time";
    case KSS_W_ENUM: return "enum";
    case KSS_W_THREAD: return "thread";
    case KSS_W_STACK: return "stack";
    case KSS_W_OBJECT: return "object";
    case KSS_W_ROUTINE: return "routine";
    default: return "text";
    }
}

void kss_player_field_value(struct kss_player *player, enum kss_scene_field field, uint64_t value,
                            struct kss_text *out) {
    enum kss_word type = kss_scene_fields[field].type;
    if (value == KSS_SCENE_NOTHING) {
        kss_text_str(out, "null");
    } else if (type == KSS_W_ROUTINE) {
        kss_text_unsigned(out, kss_player_routine_id(player, value));
    } else if (type == KSS_W_SIGNED) {
        kss_text_signed(out, (int64_t)value);
    } else if (strcmp(reading(type), "text") != 0) {
        kss_text_unsigned(out, value);
    } else if (kss_scene_say(player->scene, field, value, &player->said)) {
        kss_text_unsigned(out, kss_player_said_id(player));
    } else {
        kss_text_str(out, "null");
        kss_text_clear(&player->said);
    }
}

static void fields(struct kss_player *player) {
    static const char *const things[KSS_SCENE_THINGS] = {"cpu", "thread", "stack", "object"};
    kss_player_key(player, "fields");
    kss_text_char(player->out, '[');
    for (unsigned i = 0; i < KSS_SCENE_FIELDS; i++) {
        const struct kss_scene_field_row *row = &kss_scene_fields[i];
        comma(player, i);
        kss_text_format(player->out, "[\"%s\",\"%s\",\"%s\",", things[row->thing], row->name,
                        reading(row->type));
        kss_player_field_value(player, (enum kss_scene_field)i, row->first, player->out);
        size_t length;
        for (uint64_t k = 0; kss_enum_name(row->values, k, &length) != NULL; k++) {
            kss_text_str(player->out, k ? ",\"" : ",[\"");
            kss_text_bytes(player->out, kss_enum_name(row->values, k, &length), length);
            kss_text_char(player->out, '"');
        }
        kss_text_str(player->out, row->values != NULL ? "]]" : "]");
    }
    kss_text_char(player->out, ']');
}

// ---- The head ---------------------------------------------------------------------------------------

static void machine(struct kss_player *player) {
    const struct kss_profile *profile = &player->log->config.profile;
    kss_player_key(player, "machine");
    kss_text_char(player->out, '{');
    text_key(player, "name", profile->name);
    number_key(player, "page", profile->page_size);
    number_key(player, "reserve", profile->reserve);
    number_key(player, "trap_frame", profile->trap_frame);
    number_key(player, "interrupt_reserve", profile->interrupt_reserve);
    number_key(player, "exception_reserve", profile->exception_reserve);
    number_key(player, "processors", profile->processors);
    kss_text_char(player->out, '}');
}

// The end of the text report: machine, STOP line, stacks, what never ended.
static void verdict(struct kss_player *player) {
    static const char *const results[] = {"ok", "failed", "cannot tell"};
    static const struct kss_text_options options = {.colour = false};
    const struct kss_event *event = player->digest->verdict;
    text_key(player, "result", event == NULL ? "running" : results[event->words[0] % 3]);
    struct kss_report report = {player->log, player->digest, &options, &player->said};
    kss_print_machine(&report);
    kss_print_stop(&report);
    kss_print_ends(&report);
    kss_player_key(player, "verdict");
    kss_text_json(player->out, player->said.bytes, player->said.length);
    kss_text_clear(&player->said);
}

static void head(struct kss_player *player) {
    const struct kss_log *log = player->log;
    const struct kss_source *source = &log->sources->files[log->file];
    number_key(player, "schema", KSS_SCHEMA);
    text_key(player, "tool", "kss");
    text_key(player, "version", KSS_VERSION);
    text_key(player, "name", source->name);
    if (log->teaching != NULL)
        text_key(player, "teaching", log->teaching);
    if (log->frames != NULL)
        text_key(player, "frames", log->frames);
    number_key(player, "dropped", log->dropped);
    machine(player);
    verdict(player);
    kss_player_key(player, "source");
    kss_text_json(player->out, source->bytes, source->length);
}

static void threads(struct kss_player *player) {
    kss_player_key(player, "threads");
    kss_text_char(player->out, '[');
    for (uint32_t i = 0; i < player->log->thread_count; i++) {
        const struct kss_log_thread *thread = &player->log->threads[i];
        comma(player, i);
        kss_text_char(player->out, '{');
        text_key(player, "name", thread->name);
        text_key(player, "process", thread->process != NULL ? thread->process : "");
        text_key(player, "kind", thread->system ? "system" : "user");
        kss_player_key(player, "priority");
        kss_text_signed(player->out, thread->priority);
        kss_text_char(player->out, '}');
    }
    kss_text_char(player->out, ']');
}

// [name, place, locals as name, type, offset, size one after the other].
static void routine(struct kss_player *player, const struct kss_log_routine *routine) {
    kss_text_format(player->out, ",%u,[", kss_player_place_id(player, routine->place));
    for (uint32_t i = 0; i < routine->var_count; i++) {
        comma(player, i);
        text_value(player, routine->vars[i].name);
        kss_text_char(player->out, ',');
        text_value(player, routine->vars[i].type);
        kss_text_format(player->out, ",%u,%u", routine->vars[i].offset, routine->vars[i].size);
    }
    kss_text_str(player->out, "]]");
}

static void row_name(uint32_t row, struct kss_text *out) {
    if (kss_path_is_nt(row))
        kss_text_format(out, "nt!%s", kss_routines[row - KSS_PATH_NT].name);
    else if (row == KSS_PATH_EXCEPTION || row == KSS_PATH_FAULT)
        kss_text_str(out, row == KSS_PATH_FAULT ? KSS_ROW_FAULT : KSS_ROW_EXCEPTION);
    else
        kss_text_str(out, "nt");
}

// After the steps, which find rows that are nobody's.
static void routines(struct kss_player *player) {
    kss_player_key(player, "routines");
    kss_text_char(player->out, '[');
    for (uint32_t i = 0; i < player->log->routine_count; i++) {
        comma(player, i);
        kss_log_symbol(player->log, i, &player->said);
        kss_text_char(player->out, '[');
        kss_text_json(player->out, player->said.bytes, player->said.length);
        kss_text_clear(&player->said);
        routine(player, &player->log->routines[i]);
    }
    for (uint32_t i = 0; i < player->row_count; i++) {
        comma(player, player->log->routine_count + i);
        row_name(player->rows[i], &player->said);
        kss_text_char(player->out, '[');
        kss_text_json(player->out, player->said.bytes, player->said.length);
        kss_text_str(player->out, ",0,[]]");
        kss_text_clear(&player->said);
    }
    kss_text_char(player->out, ']');
    kss_player_key(player, "origins");
    for (int i = 0; i < KSS_ORIGIN_COUNT; i++) {
        kss_text_char(player->out, i ? ',' : '[');
        text_value(player, kss_origin_name((enum kss_origin)i));
    }
    kss_text_char(player->out, ']');
}

// ---- Findings ---------------------------------------------------------------------------------------

static void causes(struct kss_player *player, const struct kss_digest_finding *finding) {
    kss_player_key(player, "causes");
    kss_text_char(player->out, '[');
    for (unsigned i = 0; i < finding->cause_count; i++) {
        const struct kss_digest_cause *cause = &finding->causes[i];
        comma(player, i);
        kss_text_char(player->out, '[');
        text_value(player, cause->message);
        kss_text_char(player->out, ',');
        kss_text_unsigned(player->out, cause->when);
        kss_text_format(player->out, ",%u]", kss_player_place_id(player, cause->place));
    }
    kss_text_char(player->out, ']');
}

static void remarks(struct kss_player *player, const struct kss_digest_finding *finding) {
    kss_player_key(player, "remarks");
    kss_text_char(player->out, '[');
    for (unsigned i = 0; i < finding->remark_count; i++) {
        kss_text_str(player->out, i ? ",[" : "[");
        text_value(player, finding->remarks[i].kind);
        kss_text_char(player->out, ',');
        text_value(player, finding->remarks[i].text);
        kss_text_char(player->out, ']');
    }
    kss_text_char(player->out, ']');
}

static void hazard_id(struct kss_player *player, enum kss_hazard_id hazard) {
    kss_text_format(player->out, "\"KSS%04u\"", kss_hazards[hazard].number);
}

static void finding(struct kss_player *player, const struct kss_digest_finding *finding) {
    static const char *const severities[] = {"note", "warning", "error"};
    kss_text_char(player->out, '{');
    kss_player_key(player, "id");
    hazard_id(player, finding->hazard);
    text_key(player, "name", kss_hazards[finding->hazard].name);
    text_key(player, "severity", severities[finding->severity]);
    text_key(player, "message", finding->message);
    if (finding->label != NULL)
        text_key(player, "label", finding->label);
    number_key(player, "time", finding->time);
    number_key(player, "place", kss_player_place_id(player, finding->place));
    number_key(player, "expected", finding->expected_by != 0);
    number_key(player, "same_as", finding->same_as);
    causes(player, finding);
    remarks(player, finding);
    kss_text_char(player->out, '}');
}

static void findings(struct kss_player *player) {
    kss_player_key(player, "findings");
    kss_text_char(player->out, '[');
    for (uint32_t i = 0; i < player->digest->finding_count; i++) {
        comma(player, i);
        finding(player, &player->digest->findings[i]);
    }
    kss_text_char(player->out, ']');
}

// The texts of those hazards that were found.
static void explain(struct kss_player *player) {
    bool used[KSS_HAZARD_COUNT] = {false};
    for (uint32_t i = 0; i < player->digest->finding_count; i++)
        used[player->digest->findings[i].hazard] = true;
    kss_player_key(player, "explain");
    kss_text_char(player->out, '{');
    for (int i = 0, shown = 0; i < KSS_HAZARD_COUNT; i++) {
        const char *text = used[i] ? kss_explain_text((enum kss_hazard_id)i) : NULL;
        if (text == NULL)
            continue;
        kss_text_str(player->out, shown++ > 0 ? "," : "");
        hazard_id(player, (enum kss_hazard_id)i);
        kss_text_char(player->out, ':');
        text_value(player, text);
    }
    kss_text_char(player->out, '}');
}

// ---- Places and strings -----------------------------------------------------------------------------

// A page counts UTF-16 units of the text that JSON carries, in which every byte that is not UTF-8 became one
// U+FFFD. Places come in any order, so every 64 bytes a character's units are remembered.
enum { UNITS = 64 };
struct units {
    const struct kss_source *source;
    struct {
        uint32_t byte, before; // of the first character at or after UNITS * i
    } * marks;
};

static uint32_t advance(const struct kss_source *source, uint32_t *byte) {
    uint32_t point;
    unsigned length = kss_utf8(source->bytes + *byte, source->length - *byte, &point);
    *byte += length == 0 ? 1 : length;
    return length == 4 ? 2 : 1;
}

static void count_units(struct kss_player *player, struct units *units) {
    const struct kss_source *source = units->source;
    units->marks = kss_alloc(&player->arena, sizeof *units->marks * (source->length / UNITS + 1));
    uint32_t before = 0, byte = 0;
    for (uint32_t i = 0; i <= source->length / UNITS; i++) {
        while (byte < UNITS * i)
            before += advance(source, &byte);
        units->marks[i].byte = byte;
        units->marks[i].before = before;
    }
}

static uint32_t units_before(const struct units *units, uint32_t offset) {
    uint32_t i = offset / UNITS;
    while (units->marks[i].byte > offset)
        i--;
    uint32_t byte = units->marks[i].byte, before = units->marks[i].before;
    while (byte < offset)
        before += advance(units->source, &byte);
    return before;
}

static void places(struct kss_player *player) {
    struct units units = {.source = &player->log->sources->files[player->log->file]};
    count_units(player, &units);
    kss_player_key(player, "places");
    kss_text_str(player->out, "[0,0"); // place 0 is none
    for (uint32_t i = 0; i < player->places.count; i++) {
        struct kss_span span;
        kss_log_span(player->log, player->places.used[i], &span);
        kss_text_format(player->out, ",%u,%u", units_before(&units, span.begin),
                        units_before(&units, span.end));
    }
    kss_text_char(player->out, ']');
}

static void strings(struct kss_player *player) {
    kss_player_key(player, "strings");
    kss_text_char(player->out, '[');
    for (uint32_t i = 0; i < player->strings.count; i++) {
        comma(player, i);
        kss_text_json(player->out, player->strings.items[i].bytes, player->strings.items[i].length);
    }
    kss_text_char(player->out, ']');
}

// ---- All of it --------------------------------------------------------------------------------------

// In a script element `</script` and `<!--` have a meaning of their own; '<' stands in strings only.
static void escape_tags(struct kss_text *out, size_t from) {
    size_t count = 0;
    for (size_t i = from; i < out->length; i++)
        count += out->bytes[i] == '<';
    size_t read = out->length, write = read + 5 * count;
    kss_text_room(out, 5 * count);
    kss_text_wrote(out, 5 * count);
    while (write > read) {
        if (out->bytes[--read] != '<') {
            out->bytes[--write] = out->bytes[read];
            continue;
        }
        write -= 6;
        memcpy(out->bytes + write, "\\u003C", 6);
    }
}

static void body(struct kss_player *player) {
    head(player);
    fields(player);
    kss_player_steps(player);
    threads(player);
    routines(player);
    findings(player);
    explain(player);
    places(player);
    strings(player);
}

void kss_player_data(struct kss_scene *scene, const struct kss_log *log,
                     const struct kss_digest *digest, struct kss_text *out) {
    struct kss_player player = {.scene = scene, .log = log, .digest = digest, .out = out};
    size_t from = out->length;
    player.places.to = KSS_NEW_ARRAY(&player.arena, uint32_t, log->place_count + 1u);
    kss_text_char(out, '{');
    body(&player);
    kss_text_char(out, '}');
    escape_tags(out, from);
    free(player.places.used);
    free(player.rows);
    kss_intern_free(&player.strings);
    kss_text_free(&player.said);
    kss_text_free(&player.changes);
    kss_arena_free(&player.arena);
}

// ---- As a document ----------------------------------------------------------------------------------

void kss_write_player_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_player_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    if (entry->log == NULL)
        return;
    struct kss_scene *scene = kss_scene_new(entry->log, entry->digest);
    kss_player_data(scene, entry->log, entry->digest, sheet->out);
    kss_text_char(sheet->out, '\n');
    kss_scene_free(scene);
}

void kss_write_player_end(struct kss_sheet *sheet) {
    (void)sheet;
}
