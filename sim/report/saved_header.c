// SPDX-License-Identifier: MIT
// The line that opens a run, and the one of an input that did not load, read back (jsonl_header.c writes them).
#include "report/saved_private.h"

#include "kss/kss.h"

#include <stdlib.h>

// ---- Sources ------------------------------------------------------------------------------------

// Puts the bytes back that are not UTF-8; the text has U+FFFD for each of them.
static const char *with_odd_bytes(struct kss_fields *fields, const char *text, size_t *length) {
    static const char stands[] = "\xEF\xBF\xBD";
    size_t count, from = 0, to = 0;
    const struct kss_parsed *odd = kss_field_array(fields, "not_utf8", &count);
    char *bytes = kss_alloc_text(&fields->saved->run.arena, text, *length);
    for (size_t i = 0; i < count; i += 2) {
        const struct kss_parsed *at = kss_parsed_item(odd, i), *byte = kss_parsed_item(odd, i + 1);
        bool numbers = byte != NULL && kss_parsed_type(at) == KSS_PARSED_INTEGER &&
                       kss_parsed_type(byte) == KSS_PARSED_INTEGER;
        uint64_t offset = numbers ? (uint64_t)kss_parsed_integer(at) : 0;
        uint64_t value = numbers ? (uint64_t)kss_parsed_integer(byte) : 0;
        uint64_t plain = offset - to;
        if (!numbers || offset < to || plain > *length || from + plain + 3 > *length ||
            value < 0x80 || value > 0xFF || memcmp(text + from + plain, stands, 3) != 0) {
            kss_fields_fail(fields, "not_utf8",
                            "this is not a list of offsets and bytes that fits the text");
            return "";
        }
        memcpy(bytes + to, text + from, (size_t)plain);
        bytes[offset] = (char)value;
        to = (size_t)offset + 1;
        from += (size_t)plain + 3;
    }
    memcpy(bytes + to, text + from, *length - from);
    *length = to + *length - from;
    bytes[*length] = '\0';
    return bytes;
}

static void add_text(struct kss_fields *fields, const char *name) {
    struct kss_saved_run *run = &fields->saved->run;
    size_t length;
    const char *text = kss_field_text(fields, "text", &length);
    text = with_odd_bytes(fields, text, &length);
    if (!fields->saved->failed)
        run->log.file = kss_source_add(&run->sources, name, text, length);
}

// Natively the lines of the text are the places; which routine each lies in.
static void read_sites(struct kss_fields *fields) {
    struct kss_saved_run *run = &fields->saved->run;
    size_t count;
    const struct kss_parsed *sites = kss_field_array(fields, "sites", &count);
    if (sites == NULL || fields->saved->failed)
        return;
    uint32_t *routines = KSS_NEW_ARRAY(&run->arena, uint32_t, count + 1);
    routines[0] = KSS_NO_FRAME;
    for (size_t i = 0; i < count && !fields->saved->failed; i++) {
        const struct kss_parsed *site = kss_parsed_item(sites, i);
        int64_t routine =
            kss_parsed_type(site) == KSS_PARSED_INTEGER ? kss_parsed_integer(site) : INT64_MAX;
        if (routine < -1 || routine >= (int64_t)run->log.routine_count)
            kss_fields_fail(fields, "sites", "entry %u is not a routine", (unsigned)i);
        routines[i + 1] = routine < 0 ? KSS_NO_FRAME : (uint32_t)routine;
    }
    if (count + 1 != run->log.place_count && (count > 0 || run->log.place_count > 0))
        kss_fields_fail(fields, "sites", "there is not one for each line of the text");
    run->log.place_routines = routines;
}

// The text comes first: every place is in it. Sites name routines, so they come last.
static void read_source(struct kss_fields *fields) {
    struct kss_saved_run *run = &fields->saved->run;
    run->name = kss_field_name(fields, "name");
    run->log.frames = kss_field_name_or_null(fields, "frames");
    run->log.teaching = kss_field_name_or_null(fields, "teaching");
    run->log.tables = kss_field_flag(fields, "tables");
    add_text(fields, run->name);
    if (!fields->saved->failed && kss_parsed_member(fields->object, "sites") != NULL)
        kss_saved_fix_places(run); // before routines name some: a place is the number of its line
}

// ---- The machine --------------------------------------------------------------------------------

static void read_machine(struct kss_saved *saved, const struct kss_parsed *value,
                         const struct kss_parsed_step *path) {
    struct kss_fields fields;
    kss_fields_open(&fields, saved, value, path);
    const char *name = kss_field_name(&fields, "name");
    const struct kss_profile *profile = kss_profile_find(name, strlen(name));
    if (profile == NULL)
        kss_fields_fail(&fields, "name", "unknown machine `%.40s`", name);
    if (saved->failed)
        return;
    struct kss_config config = kss_config_default(profile);
    for (unsigned i = 0; i < kss_machine_field_count; i++) {
        const struct kss_machine_field *row = &kss_machine_fields[i];
        uint64_t given = row->values != NULL ? kss_field_one_of(&fields, row->name, row->values)
                                             : kss_field_number(&fields, row->name, row->most);
        kss_machine_field_set(&config, row, given);
    }
    kss_fields_close(&fields);
    config.profile.outswap_after_small = config.profile.outswap_after;
    saved->run.log.config = config;
}

// ---- Routines and threads -----------------------------------------------------------------------
// A name, which reports put into their lines.
static const char *one_line(struct kss_fields *fields, const char *name) {
    return kss_utf8_string(&fields->saved->run.arena, kss_field_name(fields, name));
}

static void read_variables(struct kss_saved *saved, struct kss_fields *routine,
                           struct kss_log_routine *row) {
    size_t count;
    const struct kss_parsed *array = kss_field_array(routine, "vars", &count);
    struct kss_parsed_step name = {.up = routine->path, .name = "vars"};
    struct kss_local *vars = KSS_NEW_ARRAY(&saved->run.arena, struct kss_local, count);
    for (size_t i = 0; i < count && !saved->failed; i++) {
        struct kss_parsed_step step = {.up = &name, .index = i};
        struct kss_fields fields;
        kss_fields_open(&fields, saved, kss_parsed_item(array, i), &step);
        vars[i] =
            (struct kss_local){.name = one_line(&fields, "name"),
                               .type = one_line(&fields, "type"),
                               .offset = (uint32_t)kss_field_number(&fields, "offset", UINT32_MAX),
                               .size = (uint32_t)kss_field_number(&fields, "size", UINT32_MAX),
                               .place = kss_saved_place(&fields)};
        kss_fields_close(&fields);
    }
    row->vars = vars;
    row->var_count = (uint32_t)count;
}

static uint8_t read_origin(struct kss_fields *fields) {
    const char *name = kss_field_name(fields, "origin");
    for (unsigned i = 0; i < KSS_ORIGIN_COUNT; i++)
        if (strcmp(kss_origin_name((enum kss_origin)i), name) == 0)
            return (uint8_t)i;
    kss_fields_fail(fields, "origin", "unknown origin `%.40s`", name);
    return 0;
}

static uint32_t read_extent(struct kss_fields *fields) {
    struct kss_saved_run *run = &fields->saved->run;
    if (fields->saved->failed || kss_parsed_member(fields->object, "begin") == NULL)
        return 0;
    struct kss_span span = {.begin = (uint32_t)kss_field_number(fields, "begin", INT32_MAX),
                            .end = (uint32_t)kss_field_number(fields, "end", INT32_MAX)};
    if (!fields->saved->failed &&
        (span.begin > span.end || span.end > run->sources.files[0].length))
        kss_fields_fail(fields, "begin", "this extent is not in the source's text");
    return fields->saved->failed ? 0 : kss_saved_add_place(run, span);
}

// "mydrv!Read" of module mydrv; a name that is bare, or not in its module, is all of it.
static const char *read_name(struct kss_fields *fields, struct kss_log_routine *row) {
    const char *symbol = one_line(fields, "name");
    const char *module = kss_field_name_or_null(fields, "module");
    bool bare = kss_field_flag(fields, "bare");
    size_t length = module != NULL ? strlen(module) : 0;
    row->name = symbol;
    row->module = "";
    if (length > 0 && !bare && strncmp(symbol, module, length) == 0 && symbol[length] == '!') {
        row->name = symbol + length + 1;
        row->module = module;
    }
    return symbol;
}

static void know_routine(struct kss_saved_run *run, const char *symbol, uint32_t index) {
    uint32_t number = kss_intern_add(&run->routine_names, symbol, strlen(symbol));
    KSS_ROOM(run->routines, number, run->routine_room);
    if (run->routines[number] == 0)
        run->routines[number] = index + 1;
}

static void read_routine(struct kss_saved *saved, const struct kss_parsed *value,
                         const struct kss_parsed_step *path, struct kss_log_routine *rows,
                         bool *followed) {
    struct kss_fields fields;
    uint32_t index = (uint32_t)path->index;
    struct kss_log_routine *row = &rows[index];
    kss_fields_open(&fields, saved, value, path);
    const char *symbol = read_name(&fields, row);
    row->same = (uint32_t)kss_field_number_or(&fields, "same", UINT32_MAX, index);
    if (row->same > index || rows[row->same].same != row->same)
        kss_fields_fail(&fields, "same", "this is not the first routine of a name");
    row->bytes = (uint32_t)kss_field_number(&fields, "bytes", UINT32_MAX);
    row->locals = (uint32_t)kss_field_number(&fields, "locals", UINT32_MAX);
    row->origin = read_origin(&fields);
    row->table = kss_field_name_or_null(&fields, "table");
    row->table_bytes = (uint32_t)kss_field_number_or(&fields, "table_bytes", UINT32_MAX, 0);
    row->at_least = kss_field_name_or_null(&fields, "at_least");
    row->flags = (uint8_t)kss_field_number(&fields, "flags", UINT8_MAX);
    followed[index] = kss_field_flag(&fields, "followed");
    if (followed[index])
        saved->run.keep.followed = followed;
    row->place = kss_saved_place(&fields);
    row->extent = read_extent(&fields);
    read_variables(saved, &fields, row);
    kss_fields_close(&fields);
    know_routine(&saved->run, symbol, index);
}

static void read_routines(struct kss_fields *header) {
    struct kss_saved *saved = header->saved;
    size_t count;
    const struct kss_parsed *array = kss_field_array(header, "routines", &count);
    struct kss_parsed_step name = {.up = header->path, .name = "routines"};
    struct kss_log_routine *rows =
        KSS_NEW_ARRAY(&saved->run.arena, struct kss_log_routine, count + 1);
    bool *followed = KSS_NEW_ARRAY(&saved->run.arena, bool, count + 1);
    for (size_t i = 0; i < count && !saved->failed; i++) {
        struct kss_parsed_step step = {.up = &name, .index = i};
        read_routine(saved, kss_parsed_item(array, i), &step, rows, followed);
    }
    saved->run.log.routines = rows;
    saved->run.log.routine_count = (uint32_t)count;
}

void kss_saved_add_thread(struct kss_saved_run *run, const struct kss_log_thread *thread) {
    uint32_t index = run->log.thread_count;
    uint32_t number = kss_intern_add(&run->thread_names, thread->name, strlen(thread->name));
    KSS_ROOM(run->listed, index, run->listed_room);
    KSS_ROOM(run->threads, number, run->thread_room);
    if (run->threads[number] == 0)
        run->threads[number] = index + 1;
    run->listed[index] = *thread;
    run->log.threads = run->listed;
    run->log.thread_count++;
}

static void read_thread(struct kss_saved *saved, const struct kss_parsed *value,
                        const struct kss_parsed_step *path) {
    struct kss_fields fields;
    kss_fields_open(&fields, saved, value, path);
    struct kss_log_thread thread = {
        .name = one_line(&fields, "name"),
        .process = kss_field_name_or_null(&fields, "process"),
        .system = kss_field_one_of(&fields, "kind", "user|system") == 1,
        .gui = kss_field_flag(&fields, "gui"),
        .priority = (int)kss_field_signed(&fields, "priority", INT32_MIN, INT32_MAX),
        .body = (uint32_t)kss_field_number(&fields, "body", UINT32_MAX),
        .place = kss_saved_place(&fields)};
    kss_fields_close(&fields);
    if (!saved->failed)
        kss_saved_add_thread(&saved->run, &thread);
}

static void read_threads(struct kss_fields *header) {
    struct kss_saved *saved = header->saved;
    size_t count;
    const struct kss_parsed *array = kss_field_array(header, "threads", &count);
    struct kss_parsed_step name = {.up = header->path, .name = "threads"};
    if (count > KSS_NONE)
        kss_fields_fail(header, "threads", "more threads than a machine has");
    for (size_t i = 0; i < count && !saved->failed; i++) {
        struct kss_parsed_step step = {.up = &name, .index = i};
        read_thread(saved, kss_parsed_item(array, i), &step);
    }
}

// ---- Diagnostics --------------------------------------------------------------------------------

static void read_causes(struct kss_fields *parent, struct kss_diag *diag) {
    struct kss_saved *saved = parent->saved;
    size_t count;
    const struct kss_parsed *array = kss_field_array(parent, "causes", &count);
    struct kss_parsed_step name = {.up = parent->path, .name = "causes"};
    if (count > KSS_DIAG_LABELS)
        kss_fields_fail(parent, "causes", "more causes than a diagnostic has");
    for (size_t i = 0; i < count && !saved->failed; i++) {
        struct kss_parsed_step step = {.up = &name, .index = i};
        struct kss_fields fields;
        struct kss_label *label = &diag->causes[diag->cause_count++];
        kss_fields_open(&fields, saved, kss_parsed_item(array, i), &step);
        if (!kss_saved_span(&fields, &label->span))
            kss_fields_fail(&fields, NULL, "`line` is missing");
        label->text = kss_field_name_or_null(&fields, "label");
        kss_fields_close(&fields);
    }
}

static void read_notes(struct kss_fields *parent, struct kss_diag *diag) {
    struct kss_saved *saved = parent->saved;
    size_t count;
    const struct kss_parsed *array = kss_field_array(parent, "notes", &count);
    struct kss_parsed_step name = {.up = parent->path, .name = "notes"};
    if (count > KSS_DIAG_NOTES)
        kss_fields_fail(parent, "notes", "more notes than a diagnostic has");
    for (size_t i = 0; i < count && !saved->failed; i++) {
        struct kss_parsed_step step = {.up = &name, .index = i};
        struct kss_fields fields;
        kss_fields_open(&fields, saved, kss_parsed_item(array, i), &step);
        diag->notes[diag->note_count].kind = kss_field_name(&fields, "kind");
        diag->notes[diag->note_count++].text = kss_field_name(&fields, "text");
        kss_fields_close(&fields);
    }
}

static void read_diagnostic(struct kss_saved *saved, const struct kss_parsed *value,
                            const struct kss_parsed_step *path) {
    struct kss_diags *diags = &saved->run.diags;
    struct kss_diag diag = {0};
    struct kss_fields fields;
    kss_fields_open(&fields, saved, value, path);
    diag.severity = (enum kss_severity)kss_field_one_of(&fields, "severity", "note|warning|error");
    diag.code = kss_field_name_or_null(&fields, "id");
    diag.message = kss_field_name(&fields, "message");
    if (!saved->failed)
        diag.has_place = kss_saved_span(&fields, &diag.primary.span);
    diag.primary.text = kss_field_name_or_null(&fields, "label");
    read_causes(&fields, &diag);
    read_notes(&fields, &diag);
    kss_fields_close(&fields);
    if (saved->failed)
        return;
    KSS_ROOM(diags->items, diags->count, diags->capacity);
    diags->items[diags->count++] = diag;
}

static void read_diagnostics(struct kss_fields *header) {
    struct kss_saved *saved = header->saved;
    size_t count;
    const struct kss_parsed *array = kss_field_array(header, "diagnostics", &count);
    struct kss_parsed_step name = {.up = header->path, .name = "diagnostics"};
    saved->run.diags.errors = (uint32_t)kss_field_number_or(header, "errors", UINT32_MAX, 0);
    saved->run.diags.others = (uint32_t)kss_field_number_or(header, "others", UINT32_MAX, 0);
    for (size_t i = 0; i < count && !saved->failed; i++) {
        struct kss_parsed_step step = {.up = &name, .index = i};
        read_diagnostic(saved, kss_parsed_item(array, i), &step);
    }
}

// ---- The lines ----------------------------------------------------------------------------------

static void read_origin_of_file(struct kss_fields *header) {
    const char *tool = kss_field_name(header, "tool");
    uint64_t schema = kss_field_number(header, "schema", INT64_MAX);
    kss_field_name(header, "version");
    if (header->saved->failed)
        return;
    if (strcmp(tool, "kss") != 0)
        kss_fields_fail(header, "tool", "these are not events of kss");
    else if (schema != KSS_SCHEMA)
        kss_fields_fail(header, "schema", "schema %llu: this kss reads schema %d",
                        (unsigned long long)schema, KSS_SCHEMA);
}

static const struct kss_parsed *object_of(struct kss_fields *header, const char *name) {
    const struct kss_parsed *value = kss_field(header, name);
    if (value == NULL)
        kss_fields_fail(header, NULL, "`%s` is missing", name);
    return value;
}

void kss_saved_header(struct kss_saved *saved, struct kss_fields *header) {
    struct kss_saved_run *run = &saved->run;
    struct kss_parsed_step machine = {.name = "machine"}, source = {.name = "source"};
    struct kss_fields fields;
    read_origin_of_file(header);
    const struct kss_parsed *value = object_of(header, "machine");
    if (!saved->failed)
        read_machine(saved, value, &machine);
    value = object_of(header, "source");
    if (saved->failed)
        return;
    kss_fields_open(&fields, saved, value, &source);
    read_source(&fields);
    if (saved->failed)
        return;
    run->log.sources = &run->sources;
    run->keep.device_calls = kss_field_flag(header, "device_calls");
    run->log.dropped = kss_field_number_or(header, "dropped", UINT64_MAX, 0);
    read_routines(header);
    read_sites(&fields);
    kss_fields_close(&fields);
    read_threads(header);
    read_diagnostics(header);
    kss_fields_close(header);
}

void kss_saved_unread(struct kss_saved *saved, struct kss_fields *header) {
    struct kss_parsed_step source = {.name = "source"};
    struct kss_fields fields;
    read_origin_of_file(header);
    const struct kss_parsed *value = object_of(header, "source");
    if (saved->failed)
        return;
    kss_fields_open(&fields, saved, value, &source);
    saved->run.name = kss_field_name(&fields, "name");
    if (!saved->failed && kss_parsed_member(value, "text") != NULL)
        add_text(&fields, saved->run.name);
    kss_fields_close(&fields);
    saved->run.failure = kss_field_name_or_null(header, "failure");
    read_diagnostics(header);
    kss_fields_close(header);
}
