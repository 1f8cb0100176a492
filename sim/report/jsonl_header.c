// SPDX-License-Identifier: MIT
// The first line of a run, which makes its stream self-contained, and the line of an input that did not load:
//
//   {"type":"run","schema":1,"tool":"kss","version":"0.1.0","machine":{...},"source":{...},"routines":[...],
//    "threads":[...],"errors":0,"others":1,"diagnostics":[...]}
//   {"type":"unread","schema":1,"tool":"kss","version":"0.1.0","source":{...},"failure":"...","errors":1,...}
//
// Numbers that a signed integer of 64 bits cannot hold are hex strings, as addresses are.
#include "report/jsonl.h"

#include "base/version.h"
#include "kss/kss.h"
#include "session/keep.h"

static void key(struct kss_text *out, const char *name) {
    kss_text_str(out, ",\"");
    kss_text_str(out, name);
    kss_text_str(out, "\":");
}

static void field(struct kss_text *out, const char *name, uint64_t value) {
    key(out, name);
    if (value > INT64_MAX)
        kss_text_format(out, "\"0x%llX\"", (unsigned long long)value);
    else
        kss_text_unsigned(out, value);
}

static void text_field(struct kss_text *out, const char *name, const char *value, size_t length) {
    key(out, name);
    kss_text_json(out, value, length);
}

static void string_field(struct kss_text *out, const char *name, const char *value) {
    if (value != NULL)
        text_field(out, name, value, strlen(value));
}

static void open_line(struct kss_text *out, const char *type) {
    kss_text_format(out, "{\"type\":\"%s\",\"schema\":%d,\"tool\":\"kss\",\"version\":\"%s\"", type,
                    KSS_SCHEMA, KSS_VERSION);
}

// ---- The machine --------------------------------------------------------------------------------

static void machine(const struct kss_config *given, struct kss_text *out) {
    struct kss_config config = *given;
    if (config.small_memory)
        config.profile.outswap_after = config.profile.outswap_after_small;
    kss_text_str(out, ",\"machine\":{\"name\":");
    kss_text_json(out, config.profile.name, strlen(config.profile.name));
    for (unsigned i = 0; i < kss_machine_field_count; i++) {
        const struct kss_machine_field *row = &kss_machine_fields[i];
        uint64_t value = kss_machine_field_value(&config, row);
        size_t length;
        const char *name = row->values != NULL ? kss_enum_name(row->values, value, &length) : NULL;
        if (name != NULL)
            text_field(out, row->name, name, length);
        else
            field(out, row->name, value);
    }
    kss_text_char(out, '}');
}

// ---- Places and sources -------------------------------------------------------------------------

static void span_fields(struct kss_sources *sources, const struct kss_span *span,
                        struct kss_text *out) {
    uint32_t line, column;
    kss_source_place(sources, span->file, span->begin, &line, &column);
    field(out, "line", line);
    field(out, "col", column);
    field(out, "len", span->end - span->begin);
}

static void place(const struct kss_log *log, uint32_t id, struct kss_text *out) {
    struct kss_span span;
    if (kss_log_span(log, id, &span))
        span_fields(log->sources, &span, out);
}

// JSON is UTF-8. What of the text is not shows as U+FFFD; where, and which bytes those are.
static void odd_bytes(const struct kss_source *source, struct kss_text *out) {
    bool first = true;
    for (uint32_t i = 0; i < source->length;) {
        uint32_t point;
        unsigned count = (unsigned char)source->bytes[i] < 0x80
                             ? 1
                             : kss_utf8(source->bytes + i, source->length - i, &point);
        if (count == 0)
            kss_text_format(out, "%s%u,%u", first ? ",\"not_utf8\":[" : ",", (unsigned)i,
                            (unsigned)(unsigned char)source->bytes[i]);
        first &= count != 0;
        i += count > 0 ? count : 1;
    }
    kss_text_str(out, first ? "" : "]");
}

static void text_of(const struct kss_source *source, struct kss_text *out) {
    text_field(out, "text", source->bytes, source->length);
    odd_bytes(source, out);
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

static void source(const struct kss_log *log, struct kss_text *out) {
    const struct kss_source *file = &log->sources->files[log->file];
    kss_text_str(out, ",\"source\":{\"name\":");
    kss_text_json(out, file->name, strlen(file->name));
    string_field(out, "frames", log->frames);
    string_field(out, "teaching", log->teaching);
    text_of(file, out);
    sites(log, out);
    kss_text_char(out, '}');
}

// ---- Routines and threads -----------------------------------------------------------------------

static void variables(const struct kss_log *log, const struct kss_log_routine *routine,
                      struct kss_text *out) {
    for (uint32_t i = 0; i < routine->var_count; i++) {
        const struct kss_local *local = &routine->vars[i];
        kss_text_str(out, i ? ",{\"name\":" : ",\"vars\":[{\"name\":");
        kss_text_json(out, local->name, strlen(local->name));
        string_field(out, "type", local->type);
        field(out, "offset", local->offset);
        field(out, "size", local->size);
        place(log, local->place, out);
        kss_text_char(out, '}');
    }
    kss_text_str(out, routine->var_count > 0 ? "]" : "");
}

// A name that was written in quotes may look as if it had a module; `bare` says that it has none. `same` is the
// first routine of that module and name.
static void name_of(const struct kss_jsonl *jsonl, uint32_t i, struct kss_text *out) {
    const struct kss_log *log = kss_jsonl_log(jsonl);
    const struct kss_log_routine *routine = &log->routines[i];
    size_t length;
    const char *module = kss_log_module(log, i, &length);
    kss_text_str(out, i ? ",{\"name\":" : "{\"name\":");
    kss_jsonl_routine(jsonl, i, out);
    if (length > 0)
        text_field(out, "module", module, length);
    if (module == routine->name && length > 0 && module[length] == '!')
        kss_text_str(out, ",\"bare\":true");
    if (routine->same != i)
        field(out, "same", routine->same);
}

static void routine(const struct kss_jsonl *jsonl, uint32_t i, struct kss_text *out) {
    const struct kss_log *log = kss_jsonl_log(jsonl);
    const struct kss_log_routine *row = &log->routines[i];
    struct kss_span extent;
    name_of(jsonl, i, out);
    field(out, "bytes", row->bytes);
    field(out, "locals", row->locals);
    string_field(out, "origin", kss_origin_name((enum kss_origin)row->origin));
    string_field(out, "table", row->table);
    if (row->table != NULL && log->frames != NULL)
        field(out, "table_bytes", row->table_bytes);
    string_field(out, "at_least", row->at_least);
    field(out, "flags", row->flags);
    if (log->keep != NULL && log->keep->followed != NULL && log->keep->followed[i])
        kss_text_str(out, ",\"followed\":true");
    place(log, row->place, out);
    if (kss_log_span(log, row->extent, &extent)) {
        field(out, "begin", extent.begin);
        field(out, "end", extent.end);
    }
    variables(log, row, out);
    kss_text_char(out, '}');
}

static void routines(const struct kss_jsonl *jsonl, struct kss_text *out) {
    kss_text_str(out, ",\"routines\":[");
    for (uint32_t i = 0; i < kss_jsonl_log(jsonl)->routine_count; i++)
        routine(jsonl, i, out);
    kss_text_char(out, ']');
}

static void threads(const struct kss_jsonl *jsonl, struct kss_text *out) {
    const struct kss_log *log = kss_jsonl_log(jsonl);
    kss_text_str(out, ",\"threads\":[");
    for (uint32_t i = 0; i < log->thread_count - log->threads_made; i++) {
        const struct kss_log_thread *thread = &log->threads[i];
        kss_text_str(out, i ? ",{\"name\":" : "{\"name\":");
        kss_jsonl_thread(jsonl, i, out);
        string_field(out, "process", thread->process);
        kss_text_str(out, thread->system ? ",\"kind\":\"system\"" : ",\"kind\":\"user\"");
        kss_text_str(out, thread->gui ? ",\"gui\":true,\"priority\":" : ",\"priority\":");
        kss_text_signed(out, thread->priority);
        field(out, "body", thread->body);
        place(log, thread->place, out);
        kss_text_char(out, '}');
    }
    kss_text_char(out, ']');
}

// ---- Diagnostics --------------------------------------------------------------------------------

static void diag_place(struct kss_sources *sources, const struct kss_label *label,
                       struct kss_text *out) {
    span_fields(sources, &label->span, out);
    string_field(out, "label", label->text);
}

static void causes(struct kss_sources *sources, const struct kss_diag *diag, struct kss_text *out) {
    for (unsigned i = 0; i < diag->cause_count; i++) {
        kss_text_str(out, i ? "," : ",\"causes\":[");
        size_t start = out->length;
        diag_place(sources, &diag->causes[i], out);
        out->bytes[start] = '{'; // instead of a comma
        kss_text_char(out, '}');
    }
    kss_text_str(out, diag->cause_count > 0 ? "]" : "");
}

static void diagnostic(struct kss_sources *sources, const struct kss_diag *diag,
                       struct kss_text *out) {
    static const char *const severities[] = {"note", "warning", "error"};
    kss_text_format(out, "{\"severity\":\"%s\"", severities[diag->severity]);
    string_field(out, "id", diag->code);
    string_field(out, "message", diag->message);
    if (diag->has_place)
        diag_place(sources, &diag->primary, out);
    causes(sources, diag, out);
    for (unsigned i = 0; i < diag->note_count; i++) {
        kss_text_str(out, i ? ",{\"kind\":" : ",\"notes\":[{\"kind\":");
        kss_text_json(out, diag->notes[i].kind, strlen(diag->notes[i].kind));
        string_field(out, "text", diag->notes[i].text);
        kss_text_char(out, '}');
    }
    kss_text_str(out, diag->note_count > 0 ? "]}" : "}");
}

// What loading said; `errors` and `others` count also what was not kept.
static void diagnostics(const struct kss_sheet_entry *entry, struct kss_text *out) {
    const struct kss_diags *diags = entry->diags;
    if (diags == NULL || diags->count == 0)
        return;
    field(out, "errors", diags->errors);
    field(out, "others", diags->others);
    kss_text_str(out, ",\"diagnostics\":[");
    for (uint32_t i = 0; i < diags->count; i++) {
        kss_text_str(out, i ? "," : "");
        diagnostic(entry->sources, &diags->items[i], out);
    }
    kss_text_char(out, ']');
}

// ---- The lines ----------------------------------------------------------------------------------

void kss_jsonl_header(const struct kss_jsonl *jsonl, const struct kss_sheet_entry *entry,
                      struct kss_text *out) {
    const struct kss_log *log = kss_jsonl_log(jsonl);
    open_line(out, "run");
    machine(&log->config, out);
    source(log, out);
    if (log->keep != NULL && log->keep->device_calls)
        kss_text_str(out, ",\"device_calls\":true");
    if (log->dropped > 0)
        field(out, "dropped", log->dropped);
    routines(jsonl, out);
    threads(jsonl, out);
    diagnostics(entry, out);
    kss_text_str(out, "}\n");
}

void kss_jsonl_unread(const struct kss_sheet_entry *entry, struct kss_text *out) {
    open_line(out, "unread");
    kss_text_str(out, ",\"source\":{\"name\":");
    kss_text_json(out, entry->name, strlen(entry->name));
    if (entry->sources != NULL && entry->sources->count > 0)
        text_of(&entry->sources->files[0], out);
    kss_text_char(out, '}');
    string_field(out, "failure", entry->failure);
    diagnostics(entry, out);
    kss_text_str(out, "}\n");
}

// ---- As a document ------------------------------------------------------------------------------

void kss_write_jsonl_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_jsonl_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    if (entry->log == NULL) {
        kss_jsonl_unread(entry, sheet->out);
        return;
    }
    struct kss_jsonl *jsonl = kss_jsonl_new(entry->log);
    kss_jsonl_header(jsonl, entry, sheet->out);
    for (uint32_t i = 0; i < entry->log->count; i++)
        kss_jsonl_event(jsonl, &entry->log->events[i], sheet->out);
    kss_jsonl_free(jsonl);
}

void kss_write_jsonl_end(struct kss_sheet *sheet) {
    (void)sheet;
}
