// SPDX-License-Identifier: MIT
// What a run came to, for an editor: everything that has a place becomes a mark.
#include "module.h"

#include "nt/nt.h"

static const char *const severities[] = {"note", "warning", "error"};

// A member that is left out when there is no text.
static void optional(struct kss_json *json, const char *name, const char *text) {
    if (text != NULL)
        kss_json_string(json, name, text);
}

// ---- Places -------------------------------------------------------------------------------------

static void span_fields(struct kss_sources *sources, const struct kss_span *span,
                        struct kss_json *json) {
    uint32_t line, column;
    if (span->file != 0)
        return;
    kss_source_place(sources, span->file, span->begin, &line, &column);
    kss_json_number(json, "begin", span->begin);
    kss_json_number(json, "end", span->end);
    kss_json_number(json, "line", line);
}

static void place_fields(const struct kss_log *log, uint32_t place, struct kss_json *json) {
    struct kss_span span;
    if (kss_log_span(log, place, &span))
        span_fields(log->sources, &span, json);
}

static void time_field(uint64_t time, struct kss_json *json) {
    struct kss_text text = {0};
    kss_text_time(&text, time);
    kss_json_string(json, "time", text.bytes);
    kss_text_free(&text);
}

static void note(struct kss_json *json, const char *kind, const char *text) {
    kss_json_open_flat(json, NULL, '{');
    kss_json_string(json, "kind", kind);
    kss_json_string(json, "text", text);
    kss_json_close(json);
}

// ---- Diagnostics --------------------------------------------------------------------------------

static void diagnostic(struct kss_sources *sources, const struct kss_diag *diag,
                       struct kss_json *json) {
    kss_json_open_flat(json, NULL, '{');
    kss_json_string(json, "kind", "language");
    kss_json_string(json, "severity", severities[diag->severity]);
    optional(json, "code", diag->code);
    kss_json_string(json, "message", diag->message);
    optional(json, "label", diag->primary.text);
    if (diag->has_place)
        span_fields(sources, &diag->primary.span, json);
    kss_json_open_flat(json, "causes", '[');
    for (unsigned i = 0; i < diag->cause_count; i++) {
        kss_json_open_flat(json, NULL, '{');
        optional(json, "message", diag->causes[i].text);
        span_fields(sources, &diag->causes[i].span, json);
        kss_json_close(json);
    }
    kss_json_close(json);
    kss_json_open_flat(json, "notes", '[');
    for (unsigned i = 0; i < diag->note_count; i++)
        note(json, diag->notes[i].kind, diag->notes[i].text);
    kss_json_close(json);
    kss_json_close(json);
}

void kss_module_diags(struct kss_sources *sources, const struct kss_diags *diags,
                      struct kss_json *json) {
    for (uint32_t i = 0; i < diags->count; i++)
        diagnostic(sources, &diags->items[i], json);
}

// ---- Findings -----------------------------------------------------------------------------------

static void cause(const struct kss_log *log, const struct kss_digest_cause *cause,
                  struct kss_json *json) {
    kss_json_open_flat(json, NULL, '{');
    kss_json_string(json, "message", cause->message);
    time_field(cause->when, json);
    place_fields(log, cause->place, json);
    kss_json_close(json);
}

static void finding(const struct kss_log *log, const struct kss_digest_finding *finding,
                    struct kss_json *json) {
    struct kss_text code = {0};
    kss_text_format(&code, "KSS%04u", kss_hazards[finding->hazard].number);
    kss_json_open_flat(json, NULL, '{');
    kss_json_string(json, "kind", "finding");
    kss_json_string(json, "severity", severities[finding->severity]);
    kss_json_string(json, "code", code.bytes);
    kss_json_string(json, "name", kss_hazards[finding->hazard].name);
    kss_json_string(json, "message", finding->message);
    optional(json, "label", finding->label);
    kss_json_bool(json, "expected", finding->expected_by != 0);
    kss_json_number(json, "again", finding->again);
    time_field(finding->time, json);
    place_fields(log, finding->place, json);
    kss_json_open_flat(json, "causes", '[');
    for (unsigned i = 0; i < finding->cause_count; i++)
        cause(log, &finding->causes[i], json);
    kss_json_close(json);
    kss_json_open_flat(json, "notes", '[');
    for (unsigned i = 0; i < finding->remark_count; i++)
        note(json, finding->remarks[i].kind, finding->remarks[i].text);
    kss_json_close(json);
    kss_json_close(json);
    kss_text_free(&code);
}

// ---- Ends ---------------------------------------------------------------------------------------

// A mark of an event: [message] is what it says, [expected] whether the scenario said so.
static void event_mark(const struct kss_log *log, const struct kss_event *event, const char *kind,
                       const char *severity, const char *message, bool expected,
                       struct kss_json *json) {
    kss_json_open_flat(json, NULL, '{');
    kss_json_string(json, "kind", kind);
    kss_json_string(json, "severity", severity);
    kss_json_string(json, "message", message);
    kss_json_bool(json, "expected", expected);
    time_field(event->time, json);
    place_fields(log, event->place, json);
    kss_json_open_flat(json, "causes", '[');
    kss_json_close(json);
    kss_json_open_flat(json, "notes", '[');
    kss_json_close(json);
    kss_json_close(json);
}

static void stop_mark(const struct kss_log *log, const struct kss_digest *digest,
                      struct kss_json *json) {
    const struct kss_event *stop = digest->bugcheck;
    if (stop == NULL)
        return;
    const struct kss_bugcheck *bugcheck = kss_bugcheck_find((uint32_t)stop->words[0]);
    struct kss_text text = {0};
    kss_text_format(&text, "bug check 0x%X %s", (unsigned)stop->words[0],
                    bugcheck != NULL ? bugcheck->name : "");
    event_mark(log, stop, "stop", "error", text.bytes, digest->stop_expected_by != 0, json);
    kss_text_free(&text);
}

static void hang_mark(const struct kss_log *log, const struct kss_digest *digest,
                      struct kss_json *json) {
    const struct kss_event *hang = digest->hang;
    if (hang == NULL)
        return;
    struct kss_text text = {0};
    kss_log_words(log, hang, &text);
    event_mark(log, hang, "stop", "error", text.bytes, digest->stop_expected_by != 0, json);
    kss_text_free(&text);
}

static void failed_marks(const struct kss_log *log, const struct kss_digest *digest,
                         struct kss_json *json) {
    enum { FAILED = 1, NOT_JUDGED = 2 };
    for (uint32_t i = 0; i < digest->expect_count; i++) {
        const struct kss_event *expect = digest->expects[i];
        if (expect->words[0] != FAILED && expect->words[0] != NOT_JUDGED)
            continue;
        bool failed = expect->words[0] == FAILED;
        struct kss_text text = {0};
        kss_text_str(&text, failed ? "expectation failed" : "not judged");
        for (unsigned word = 2; word < 4; word++)
            if (expect->words[word] != 0) {
                kss_text_str(&text, word == 2 ? ": actual " : "; ");
                kss_text_str(&text, kss_log_string(log, expect->words[word]));
            }
        event_mark(log, expect, "expect", failed ? "error" : "note", text.bytes, false, json);
        kss_text_free(&text);
    }
}

static void never_marks(const struct kss_log *log, const struct kss_digest *digest,
                        struct kss_json *json) {
    for (uint32_t i = 0; i < digest->never_count; i++) {
        struct kss_text text = {0};
        kss_text_str(&text, "thread ");
        kss_log_word(log, digest->nevers[i], 1, &text);
        kss_text_str(&text, " waits here when the run ends");
        event_mark(log, digest->nevers[i], "never", "note", text.bytes, false, json);
        kss_text_free(&text);
    }
}

static void assert_marks(const struct kss_log *log, const struct kss_digest *digest,
                         struct kss_json *json) {
    for (uint32_t i = 0; i < digest->assert_count; i++)
        event_mark(log, digest->asserts[i], "assert", "error", "the assertion is false", false,
                   json);
}

// ---- The whole ----------------------------------------------------------------------------------

static void run_marks(struct kss_session *session, struct kss_json *json) {
    const struct kss_log *log = kss_session_log(session);
    const struct kss_digest *digest = kss_session_digest(session);
    for (uint32_t i = 0; i < digest->finding_count; i++)
        if (digest->findings[i].same_as == 0)
            finding(log, &digest->findings[i], json);
    stop_mark(log, digest, json);
    hang_mark(log, digest, json);
    failed_marks(log, digest, json);
    never_marks(log, digest, json);
    assert_marks(log, digest, json);
}

static void verdict_fields(struct kss_session *session, struct kss_json *json) {
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    kss_json_number(json, "status", (uint64_t)kss_session_status(session));
    kss_json_string(json, "end", verdict.end);
    time_field(verdict.time, json);
    kss_json_number(json, "steps", verdict.steps);
    kss_json_number(json, "events", kss_session_log(session)->count);
    kss_json_number(json, "dropped", kss_session_log(session)->dropped);
    kss_json_number(json, "met", verdict.met);
    kss_json_number(json, "failed", verdict.failed);
    kss_json_number(json, "not_judged", verdict.not_judged);
    kss_json_number(json, "errors", verdict.errors);
    kss_json_number(json, "warnings", verdict.warnings);
    kss_json_number(json, "notes", verdict.notes);
}

void kss_module_outcome(struct kss_session *session, struct kss_text *out) {
    struct kss_json document = {.out = out}, *json = &document;
    bool loaded = kss_loaded(session);
    kss_json_open_flat(json, NULL, '{');
    kss_json_bool(json, "loaded", loaded);
    optional(json, "failure", kss_session_failure(session));
    if (loaded)
        verdict_fields(session, json);
    else
        kss_json_number(json, "status", KSS_BAD_INPUT);
    kss_json_open_flat(json, "marks", '[');
    kss_module_diags(kss_session_sources(session), kss_session_diags(session), json);
    if (loaded)
        run_marks(session, json);
    kss_json_close(json);
    kss_json_close(json);
}
