// SPDX-License-Identifier: MIT
// A file of JSON Lines, line by line: a run is a header and the events up to the next header.
#include "report/saved_private.h"

#include "base/os.h"
#include "session/session.h"

#include <stdarg.h>
#include <stdlib.h>

enum { RUN = KSS_EV_COUNT, UNREAD, KINDS }; // types of lines that are no events

// ---- Beginning and end --------------------------------------------------------------------------

static void make_names(struct kss_saved *saved) {
    struct kss_text text = {0};
    for (int id = 0; id < KSS_EV_COUNT; id++) {
        const struct kss_event_kind *kind = &kss_event_kinds[id];
        kss_intern_add(&saved->kinds, kind->name, strlen(kind->name));
        for (unsigned i = 0; i < KSS_EVENT_WORDS; i++) {
            enum kss_word type = kind->words[i].word;
            if (type != KSS_W_ROUTINE && type != KSS_W_THREAD)
                continue;
            kss_text_clear(&text);
            kss_text_format(&text, "%s" KSS_JSONL_NUMBER, kind->words[i].name);
            saved->numbers[id][i] = kss_alloc_text(&saved->arena, text.bytes, text.length);
        }
    }
    kss_intern_add(&saved->kinds, "run", 3);
    kss_intern_add(&saved->kinds, "unread", 6);
    kss_text_free(&text);
}

struct kss_saved *kss_saved_open(const char *name, const char *bytes, size_t length,
                                 const struct kss_saved_options *options) {
    struct kss_saved *saved = calloc(1, sizeof *saved);
    if (saved == NULL)
        kss_os_fatal("out of memory");
    saved->options = *options;
    saved->sources.arena = &saved->arena;
    saved->diags.arena = &saved->arena;
    saved->bytes = bytes;
    saved->length = length;
    kss_source_add(&saved->sources, name, bytes, length);
    make_names(saved);
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        saved->next = 3;
    return saved;
}

static void drop_document(struct kss_saved *saved) {
    if (saved->document != NULL)
        kss_parsed_free(saved->document);
    saved->document = NULL;
}

static void drop_run(struct kss_saved_run *run) {
    kss_log_free(&run->log);
    kss_diags_free(&run->diags);
    kss_sources_free(&run->sources);
    kss_intern_free(&run->routine_names);
    kss_intern_free(&run->thread_names);
    free(run->routines);
    free(run->threads);
    free(run->listed);
    free(run->places.spans);
    free(run->places.slots);
    kss_arena_free(&run->arena);
}

static void new_run(struct kss_saved *saved) {
    struct kss_saved_run *run = &saved->run;
    drop_run(run);
    *run = (struct kss_saved_run){.log = {.limit = KSS_LOG_LIMIT}};
    run->sources.arena = run->diags.arena = &run->arena;
    kss_keep_basics(&run->keep);
    if (saved->options.why)
        kss_keep_why(&run->keep);
    if (saved->options.all_events)
        kss_keep_all(&run->keep);
    run->log.keep = &run->keep;
}

void kss_saved_close(struct kss_saved *saved) {
    if (saved == NULL)
        return;
    drop_document(saved);
    drop_run(&saved->run);
    kss_intern_free(&saved->kinds);
    kss_diags_free(&saved->diags);
    kss_sources_free(&saved->sources);
    kss_arena_free(&saved->arena);
    free(saved);
}

bool kss_saved_good(const struct kss_saved *saved) {
    return !saved->failed;
}

bool kss_saved_cut(const struct kss_saved *saved) {
    return saved->cut;
}

const struct kss_diags *kss_saved_diags(const struct kss_saved *saved) {
    return &saved->diags;
}

struct kss_sources *kss_saved_sources(struct kss_saved *saved) {
    return &saved->sources;
}

// ---- What is wrong ------------------------------------------------------------------------------

// [offset] is one into the line that is read.
static struct kss_span span_at(const struct kss_saved *saved, size_t offset) {
    size_t begin = saved->line + offset, end = begin;
    if (begin < saved->length && saved->bytes[begin] == '"') {
        end++;
        while (end < saved->length && saved->bytes[end] != '"' && saved->bytes[end] != '\n')
            end++;
    }
    end += end < saved->length && saved->bytes[end] != '\n';
    return (struct kss_span){.begin = (uint32_t)begin, .end = (uint32_t)end};
}

void kss_saved_fail(struct kss_saved *saved, const struct kss_parsed_step *path, const char *format,
                    ...) {
    if (saved->failed)
        return;
    saved->failed = true;
    size_t offset = kss_parsed_place(saved->bytes + saved->line, saved->line_length, path);
    struct kss_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    kss_text_format_list(&text, format, arguments);
    va_end(arguments);
    kss_diag_add(&saved->diags, KSS_ERROR, NULL, span_at(saved, offset), "%s", text.bytes);
    kss_text_free(&text);
}

static void cut_off(struct kss_saved *saved, const char *what) {
    size_t length = saved->length - (saved->length > 0);
    struct kss_span end = {.begin = (uint32_t)length, .end = (uint32_t)length};
    saved->cut = true;
    struct kss_diag *diag = kss_diag_add(&saved->diags, KSS_WARNING, NULL, end, "%s", what);
    kss_diag_note(&saved->diags, diag, "note", "the end of a run is missing, so nobody can tell");
}

// ---- Lines --------------------------------------------------------------------------------------

static bool is_blank(const char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (strchr(" \t\r", bytes[i]) == NULL || bytes[i] == '\0')
            return false;
    return true;
}

static bool next_line(struct kss_saved *saved) {
    while (saved->next < saved->length) {
        const char *begin = saved->bytes + saved->next;
        size_t left = saved->length - saved->next;
        const char *end = memchr(begin, '\n', left);
        saved->line = saved->next;
        saved->line_length = end != NULL ? (size_t)(end - begin) : left;
        saved->next += saved->line_length + (end != NULL);
        if (!is_blank(begin, saved->line_length))
            return true;
    }
    return false;
}

// The last line may lack its end; when it is no JSON either, the file was cut off in it.
static bool is_cut_line(const struct kss_saved *saved) {
    return saved->line + saved->line_length == saved->length && saved->bytes[saved->line] == '{';
}

// Parses the next line; false: there is none, or it is broken.
static bool parse_line(struct kss_saved *saved) {
    const char *why;
    size_t at;
    if (saved->document != NULL)
        return true; // the header that ended the last run
    if (saved->failed || !next_line(saved))
        return false;
    saved->document = kss_parsed_read(saved->bytes + saved->line, saved->line_length, &why, &at);
    if (saved->document != NULL)
        return true;
    if (kss_parsed_missing() == NULL && is_cut_line(saved)) {
        cut_off(saved, "the file ends within this line");
        return false;
    }
    saved->failed = true;
    kss_diag_add(&saved->diags, KSS_ERROR, NULL, span_at(saved, at), "%s", why);
    return false;
}

// What a line is: an event's kind, RUN, UNREAD; KINDS after saying that it is none of them.
static uint32_t type_of(struct kss_saved *saved, struct kss_fields *fields) {
    size_t length = 0;
    kss_fields_open(fields, saved, saved->document, NULL);
    if (saved->failed)
        return KINDS;
    const struct kss_parsed *type = kss_field(fields, "type");
    const char *name = "";
    if (type != NULL && kss_parsed_type(type) == KSS_PARSED_STRING)
        name = kss_parsed_string(type, &length);
    uint32_t kind = kss_intern_find(&saved->kinds, name, length);
    if (kind != KSS_NOT_INTERNED)
        return kind;
    if (length == 0)
        kss_fields_fail(fields, type != NULL ? "type" : NULL, "`type` does not say what this is");
    else
        kss_fields_fail(fields, "type", "unknown event `%.40s`", name);
    return KINDS;
}

static void open_run(struct kss_saved *saved, struct kss_fields *fields, uint32_t kind,
                     struct kss_sheet_entry *entry) {
    struct kss_saved_run *run = &saved->run;
    new_run(saved);
    *entry = (struct kss_sheet_entry){.status = KSS_BAD_INPUT};
    if (kind == RUN)
        kss_saved_header(saved, fields);
    else
        kss_saved_unread(saved, fields);
    drop_document(saved);
    entry->name = run->name;
    entry->log = kind == RUN ? &run->log : NULL;
    entry->diags = &run->diags;
    entry->sources = &run->sources;
    entry->failure = run->failure;
    if (!saved->failed && kind == RUN && saved->options.begin != NULL)
        saved->options.begin(saved->options.context, entry);
}

// Events up to the line that begins something else.
static void read_events(struct kss_saved *saved) {
    struct kss_fields fields;
    while (parse_line(saved)) {
        uint32_t kind = type_of(saved, &fields);
        if (kind == RUN || kind == UNREAD)
            return;
        if (kind < KSS_EV_COUNT)
            kss_saved_event(saved, &fields, kind);
        drop_document(saved);
    }
}

bool kss_saved_next(struct kss_saved *saved, struct kss_sheet_entry *entry) {
    struct kss_saved_run *run = &saved->run;
    struct kss_fields fields;
    if (!parse_line(saved))
        return false;
    uint32_t kind = type_of(saved, &fields);
    if (kind < KSS_EV_COUNT)
        kss_fields_fail(&fields, "type", "an event before the first run");
    if (saved->failed)
        return false;
    open_run(saved, &fields, kind, entry);
    if (saved->failed || kind == UNREAD)
        return !saved->failed;
    read_events(saved);
    if (saved->failed)
        return false;
    run->digest = kss_digest_make(&run->arena, &run->log);
    entry->digest = &run->digest;
    entry->status = kss_log_status(&run->log);
    if (run->digest.verdict == NULL && !saved->cut)
        cut_off(saved, "the events end before the run does");
    return true;
}
