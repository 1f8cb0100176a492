// SPDX-License-Identifier: MIT
// Findings as diagnostics, expectations as "script, actual".
#include "report/private.h"

#include <string.h>

// ---- Findings -----------------------------------------------------------------------------------

static const char *const severities[] = {"note", "warning", "error"};

// Texts that the diagnostic points to live in the page's arena until it is printed.
static const char *timed(struct kss_arena *arena, uint64_t when, const char *message) {
    struct kss_text text = {0};
    kss_text_time(&text, when);
    kss_text_str(&text, ": ");
    kss_text_str(&text, message);
    const char *kept = kss_alloc_text(arena, text.bytes, text.length);
    kss_text_free(&text);
    return kept;
}

static void add_note(struct kss_diag *diag, const char *kind, const char *text) {
    if (diag->note_count == KSS_DIAG_NOTES)
        return;
    diag->notes[diag->note_count].kind = kind;
    diag->notes[diag->note_count++].text = text;
}

// One slot of the notes is kept for what did not fit.
static void add_causes(struct kss_arena *arena, const struct kss_log *log,
                       const struct kss_digest_finding *finding, struct kss_diag *diag) {
    unsigned left_out = 0;
    for (unsigned i = 0; i < finding->cause_count; i++) {
        const struct kss_digest_cause *cause = &finding->causes[i];
        const char *text = timed(arena, cause->when, cause->message);
        struct kss_span span;
        if (kss_log_span(log, cause->place, &span) && diag->cause_count < KSS_DIAG_LABELS)
            diag->causes[diag->cause_count++] = (struct kss_label){span, text};
        else if (diag->note_count < KSS_DIAG_NOTES / 2)
            add_note(diag, "cause", text);
        else
            left_out++;
    }
    if (left_out == 0)
        return;
    struct kss_text text = {0};
    kss_text_format(&text, "%u more causes; --format jsonl has them all", left_out);
    add_note(diag, "note", kss_alloc_text(arena, text.bytes, text.length));
    kss_text_free(&text);
}

// help, then remarks, then the source, then the one command that shows more.
static void add_remarks(const struct kss_digest_finding *finding, struct kss_diag *diag) {
    static const char *const order[] = {"help", "note", "source", "next"};
    for (unsigned kind = 0; kind < 4; kind++)
        for (unsigned i = 0; i < finding->remark_count; i++)
            if (strcmp(finding->remarks[i].kind, order[kind]) == 0)
                add_note(diag, order[kind], finding->remarks[i].text);
}

static void print_in_full(const struct kss_report *report,
                          const struct kss_digest_finding *finding) {
    struct kss_arena arena = {0};
    char code[16];
    struct kss_text text = {0};
    kss_text_format(&text, "KSS%04u", kss_hazards[finding->hazard].number);
    memcpy(code, text.bytes, text.length + 1);
    struct kss_diag diag = {
        .severity = finding->severity, .code = code, .message = finding->message};
    diag.has_place = kss_log_span(report->log, finding->place, &diag.primary.span);
    diag.primary.text = finding->label;
    if (finding->again > 0) {
        kss_text_clear(&text);
        kss_text_format(&text, "the same happened %u more time%s", finding->again,
                        finding->again == 1 ? "" : "s");
        add_note(&diag, "note", kss_alloc_text(&arena, text.bytes, text.length));
    }
    add_causes(&arena, report->log, finding, &diag);
    if (finding->expected_by != 0)
        add_note(&diag, "note", "the scenario expects it");
    add_remarks(finding, &diag);
    kss_diag_print(report->out, report->log->sources, &diag, report->options->colour);
    kss_text_char(report->out, '\n');
    kss_text_free(&text);
    kss_arena_free(&arena);
}

static void print_briefly(const struct kss_report *report,
                          const struct kss_digest_finding *finding) {
    static const enum kss_ink inks[] = {KSS_INK_GREEN, KSS_INK_YELLOW, KSS_INK_RED};
    struct kss_text *out = report->out;
    kss_text_str(out, "      ");
    kss_ink(report, inks[finding->severity]);
    kss_text_format(out, "%s[KSS%04u]", severities[finding->severity],
                    kss_hazards[finding->hazard].number);
    kss_ink(report, KSS_INK_NONE);
    struct kss_span span;
    if (kss_log_span(report->log, finding->place, &span)) {
        uint32_t line, column;
        kss_source_place(report->log->sources, span.file, span.begin, &line, &column);
        kss_text_format(out, " line %u", line);
    }
    kss_text_str(out, finding->expected_by != 0 ? ", expected: " : ": ");
    kss_text_str(out, finding->message);
    if (finding->again > 0)
        kss_text_format(out, " (%u times)", finding->again + 1);
    kss_text_char(out, '\n');
}

// What nobody expected is shown in full; what was expected in a line each, unless all is asked for.
void kss_print_findings(const struct kss_report *report, bool in_full) {
    for (uint32_t i = 0; i < report->digest->finding_count; i++) {
        const struct kss_digest_finding *finding = &report->digest->findings[i];
        if (finding->same_as != 0)
            continue;
        if (report->options->verbose || report->options->full ||
            (in_full && finding->expected_by == 0))
            print_in_full(report, finding);
        else
            print_briefly(report, finding);
    }
}

// ---- Expectations -------------------------------------------------------------------------------

static void row(const struct kss_report *report, const char *name, uint64_t text, bool language) {
    if (text == 0)
        return;
    kss_text_format(report->out, "  %-8s", name);
    if (language)
        kss_text_str(report->out, "expect ");
    kss_text_str(report->out, kss_log_string(report->log, text));
    kss_text_str(report->out, language ? ";\n" : "\n");
}

bool kss_is_assertion(const char *expectation) {
    return strncmp(expectation, "ASSERT(", 7) == 0;
}

void kss_print_failed(const struct kss_report *report, const struct kss_event *event) {
    kss_ink(report, KSS_INK_RED);
    kss_text_str(report->out, "FAIL ");
    kss_ink(report, KSS_INK_NONE);
    const char *text = kss_log_string(report->log, event->words[1]);
    if (event->place == 0) { // a test of the harness: no script's line, and nothing to bless
        kss_text_format(report->out, "%s\n\n", text);
        return;
    }
    kss_log_place(report->log, event->place, report->out);
    kss_text_char(report->out, '\n');
    bool assertion = kss_is_assertion(text);
    row(report, "script", event->words[1], !assertion);
    row(report, "actual", event->words[2], true);
    row(report, "why", event->words[3], false);
    const char *name = report->log->sources->files[report->log->file].name;
    if (!assertion && strcmp(name, "stdin") != 0)
        kss_text_format(report->out, "  %-8skss run --bless %s   (when what happened is right)\n",
                        "next", name);
    kss_text_char(report->out, '\n');
}

static void print_not_judged(const struct kss_report *report, const struct kss_event *event) {
    kss_text_str(report->out, "      not judged: expect ");
    kss_text_str(report->out, kss_log_string(report->log, event->words[1]));
    kss_text_str(report->out, "; (");
    kss_text_str(report->out, kss_log_string(report->log, event->words[3]));
    kss_text_str(report->out, ")\n");
}

void kss_print_expectations(const struct kss_report *report) {
    enum { MET, FAILED, NOT_JUDGED };
    for (uint32_t i = 0; i < report->digest->expect_count; i++)
        if (report->digest->expects[i]->words[0] == FAILED)
            kss_print_failed(report, report->digest->expects[i]);
    for (uint32_t i = 0; i < report->digest->expect_count; i++)
        if (report->digest->expects[i]->words[0] == NOT_JUDGED)
            print_not_judged(report, report->digest->expects[i]);
}
