// SPDX-License-Identifier: MIT
// What one entry has to say, as SARIF results and notifications.
#include "report/sarif.h"

#include <stdlib.h>

enum { FAILED = 1, NOT_JUDGED = 2 };

static const char *const levels[] = {"note", "warning", "error"};

// ---- Parts of a result --------------------------------------------------------------------------

static void location_object(struct kss_sarif_run *run, const struct kss_span *span,
                            uint32_t routine, const char *message, uint32_t id) {
    kss_json_open_flat(run->json, NULL, '{');
    if (id != 0)
        kss_json_number(run->json, "id", id);
    kss_sarif_location(run, span, routine, message, id == 0);
    kss_json_close(run->json);
}

static void related(struct kss_sarif_run *run, const struct kss_digest_finding *finding) {
    uint32_t id = 0;
    for (unsigned i = 0; i < finding->cause_count; i++) {
        const struct kss_digest_cause *cause = &finding->causes[i];
        struct kss_span span;
        if (!kss_log_span(run->log, cause->place, &span))
            continue;
        if (id == 0)
            kss_json_open(run->json, "relatedLocations", '[');
        kss_text_clear(&run->text);
        kss_text_time(&run->text, cause->when);
        kss_text_format(&run->text, ": %s", cause->message);
        location_object(run, &span, kss_log_routine_at(run->log, cause->place), run->text.bytes,
                        ++id);
    }
    if (id != 0)
        kss_json_close(run->json);
}

static uint64_t part_of_line(struct kss_sarif_run *run, uint64_t hash,
                             const struct kss_span *span) {
    uint32_t line, column, length;
    kss_source_place(run->sources, span->file, span->begin, &line, &column);
    const char *text = kss_source_line(run->sources, span->file, line, &length);
    return kss_fingerprint_part(hash, text, length);
}

// A routine is called after its file where the scenario names no module: that part is left out.
static uint64_t fingerprint(struct kss_sarif_run *run, const struct kss_sarif_result *result) {
    uint64_t hash = KSS_FINGERPRINT_START;
    hash = kss_fingerprint_part(hash, result->rule, strlen(result->rule));
    if (run->log != NULL && result->routine < run->log->routine_count) {
        const char *name = run->log->routines[result->routine].name;
        hash = kss_fingerprint_part(hash, name, strlen(name));
    }
    if (result->has_span)
        hash = part_of_line(run, hash, &result->span);
    for (unsigned i = 0; result->finding != NULL && i < result->finding->cause_count; i++) {
        struct kss_span span;
        if (kss_log_span(run->log, result->finding->causes[i].place, &span))
            hash = part_of_line(run, hash, &span);
    }
    return hash;
}

static void fingerprints(struct kss_sarif_run *run, const struct kss_sarif_result *result) {
    uint64_t hash = fingerprint(run, result);
    kss_json_open_flat(run->json, "partialFingerprints", '{');
    kss_text_clear(&run->text);
    kss_text_format(&run->text, "%016llx:%u", (unsigned long long)hash,
                    (unsigned)kss_hash_counted(&run->counts, hash));
    kss_json_text(run->json, "kssFinding/v1", run->text.bytes, run->text.length);
    if (result->has_span && !run->native) {
        const struct kss_source *source = &run->sources->files[result->span.file];
        if (!run->has_lines)
            kss_line_hashes_make(&run->lines, source->bytes, source->length);
        run->has_lines = true;
        kss_text_clear(&run->text);
        kss_say_line_hash(&run->lines, kss_sarif_line(run, &result->span), &run->text);
        if (run->text.length > 0)
            kss_json_text(run->json, "primaryLocationLineHash", run->text.bytes, run->text.length);
    }
    kss_json_close(run->json);
}

static void suppressions(struct kss_sarif_run *run, const struct kss_digest_finding *finding) {
    if (finding->expected_by == 0 || finding->expected_by > run->entry->digest->expect_count)
        return;
    const struct kss_event *expect = run->entry->digest->expects[finding->expected_by - 1];
    struct kss_span span;
    kss_text_clear(&run->text);
    kss_text_format(&run->text, "the scenario says: expect %s;",
                    kss_log_string(run->log, expect->words[1]));
    kss_json_open(run->json, "suppressions", '[');
    kss_json_open_flat(run->json, NULL, '{');
    kss_json_string(run->json, "kind", "inSource");
    kss_json_string(run->json, "status", "accepted");
    kss_json_text(run->json, "justification", run->text.bytes, run->text.length);
    if (kss_log_span(run->log, expect->place, &span)) {
        kss_json_open(run->json, "location", '{');
        kss_sarif_location(run, &span, KSS_NO_FRAME, NULL, false);
        kss_json_close(run->json);
    }
    kss_json_close(run->json);
    kss_json_close(run->json);
}

// The path of the stack that overflowed, innermost first.
static void stack_frames(struct kss_sarif_run *run, const struct kss_digest_stack *stack) {
    enum { MOST = 64 };
    kss_text_clear(&run->text);
    kss_digest_stack_name(run->log, stack, &run->text);
    kss_text_format(&run->text, ", %u bytes below its limit", (unsigned)stack->over);
    if (stack->path_count > MOST)
        kss_text_format(&run->text, "; the innermost %d of %u frames", MOST,
                        (unsigned)stack->path_count);
    kss_json_open(run->json, NULL, '{');
    kss_sarif_message(run->json, "message", run->text.bytes);
    kss_json_open(run->json, "frames", '[');
    for (uint32_t i = 0; i < stack->path_count && i < MOST; i++) {
        const struct kss_digest_row *row = &stack->path[i];
        kss_text_clear(&run->text);
        if (!kss_log_symbol(run->log, row->routine, &run->text))
            kss_text_str(&run->text, "nt");
        kss_json_open_flat(run->json, NULL, '{');
        kss_json_open(run->json, "location", '{');
        kss_json_open(run->json, "logicalLocations", '[');
        kss_json_open(run->json, NULL, '{');
        kss_json_text(run->json, "fullyQualifiedName", run->text.bytes, run->text.length);
        kss_json_close(run->json);
        kss_json_close(run->json);
        kss_json_close(run->json);
        kss_json_open(run->json, "properties", '{');
        kss_json_number(run->json, "depth", row->depth);
        kss_json_number(run->json, "bytes", row->bytes);
        kss_json_string(run->json, "origin", kss_origin_name(row->origin));
        kss_json_close(run->json);
        kss_json_close(run->json);
    }
    kss_json_close(run->json);
    kss_json_close(run->json);
}

static void stacks(struct kss_sarif_run *run, const struct kss_digest_finding *finding) {
    const struct kss_digest *digest = run->entry->digest;
    if (finding->hazard != KSS_HAZARD_stack_overflow)
        return;
    bool any = false;
    for (uint32_t i = 0; i < digest->stack_count; i++) {
        if (!digest->stacks[i].overflowed)
            continue;
        if (!any)
            kss_json_open(run->json, "stacks", '[');
        any = true;
        stack_frames(run, &digest->stacks[i]);
    }
    if (any)
        kss_json_close(run->json);
}

static void properties(struct kss_sarif_run *run, const struct kss_sarif_result *result,
                       uint64_t time, uint16_t thread) {
    const struct kss_digest_finding *finding = result->finding;
    const struct kss_digest_stack *stack = kss_digest_thread_stack(run->entry->digest, thread);
    kss_json_open_flat(run->json, "properties", '{');
    kss_text_clear(&run->text);
    kss_text_time(&run->text, time);
    kss_json_text(run->json, "time", run->text.bytes, run->text.length);
    if (finding != NULL && finding->expected_by != 0)
        kss_json_string(run->json, "severity", levels[finding->severity]);
    if (thread < run->log->thread_count) {
        kss_json_string(run->json, "thread", run->log->threads[thread].name);
        if (stack != NULL) {
            kss_json_number(run->json, "stackBytes", stack->bytes);
            kss_json_number(run->json, "deepestUse", stack->used);
        }
    }
    kss_json_close(run->json);
}

// ---- A result -----------------------------------------------------------------------------------

static void about_finding(struct kss_sarif_run *run, const struct kss_digest_finding *finding) {
    related(run, finding);
    suppressions(run, finding);
    stacks(run, finding);
    if (finding->again > 0)
        kss_json_number(run->json, "occurrenceCount", finding->again + 1u);
}

static void diag_related(struct kss_sarif_run *run, const struct kss_diag *diag) {
    if (diag->cause_count == 0)
        return;
    kss_json_open(run->json, "relatedLocations", '[');
    for (unsigned i = 0; i < diag->cause_count; i++)
        location_object(run, &diag->causes[i].span, KSS_NO_FRAME,
                        diag->causes[i].text != NULL ? diag->causes[i].text : "here", i + 1);
    kss_json_close(run->json);
}

static void write_result(struct kss_sarif_run *run, const struct kss_sarif_result *result) {
    struct kss_json *json = run->json;
    uint32_t index;
    kss_json_open(json, NULL, '{');
    kss_json_string(json, "ruleId", result->rule);
    if (kss_sarif_rule_index(result->rule, &index))
        kss_json_number(json, "ruleIndex", index);
    kss_json_string(json, "level", result->level);
    kss_sarif_message(json, "message", result->message);
    kss_json_open(json, "locations", '[');
    location_object(run, result->has_span ? &result->span : NULL, result->routine, NULL, 0);
    kss_json_close(json);
    if (result->finding != NULL)
        about_finding(run, result->finding);
    if (result->diag != NULL)
        diag_related(run, result->diag);
    else
        kss_sarif_flow(run, result);
    fingerprints(run, result);
    if (result->finding != NULL)
        properties(run, result, result->finding->time, result->finding->thread);
    else if (result->event != NULL)
        properties(run, result, result->event->time, result->event->thread);
    kss_json_close(json);
}

// ---- Findings -----------------------------------------------------------------------------------

static void say_finding(const struct kss_sarif_run *run, const struct kss_digest_finding *finding,
                        struct kss_text *out) {
    struct kss_span span;
    kss_text_str(out, finding->message);
    if (finding->label != NULL)
        kss_text_format(out, "\n%s", finding->label);
    for (unsigned i = 0; i < finding->cause_count; i++)
        if (!kss_log_span(run->log, finding->causes[i].place, &span))
            kss_text_format(out, "\ncause: %s", finding->causes[i].message);
    for (unsigned i = 0; i < finding->remark_count; i++)
        kss_text_format(out, "\n%s: %s", finding->remarks[i].kind, finding->remarks[i].text);
}

// Where nothing says where, the routine's name is the place, then the thread's.
static void place_of(const struct kss_sarif_run *run, uint32_t place, uint16_t thread,
                     struct kss_sarif_result *result) {
    const struct kss_log *log = run->log;
    result->has_span = kss_log_span(log, place, &result->span);
    if (!result->has_span && result->routine < log->routine_count)
        result->has_span = kss_log_span(log, log->routines[result->routine].place, &result->span);
    if (!result->has_span && thread < log->thread_count)
        result->has_span = kss_log_span(log, log->threads[thread].place, &result->span);
}

static void finding_result(struct kss_sarif_run *run, const struct kss_digest_finding *finding) {
    struct kss_text rule = {0}, message = {0};
    kss_text_format(&rule, "KSS%04u", kss_hazards[finding->hazard].number);
    say_finding(run, finding, &message);
    struct kss_sarif_result result = {
        .rule = rule.bytes,
        .level = finding->expected_by != 0 ? "note" : levels[finding->severity],
        .message = message.bytes,
        .routine = finding->routine,
        .finding = finding};
    place_of(run, finding->place, finding->thread, &result);
    write_result(run, &result);
    kss_text_free(&rule);
    kss_text_free(&message);
}

// ---- Stops and expectations ---------------------------------------------------------------------

static void event_result(struct kss_sarif_run *run, enum kss_sarif_rule rule,
                         const struct kss_event *event, uint32_t routine, const char *message) {
    struct kss_sarif_result result = {.rule = kss_sarif_rule_names[rule],
                                      .level = "error",
                                      .message = message,
                                      .routine = routine,
                                      .event = event};
    place_of(run, event->place, event->thread, &result);
    write_result(run, &result);
}

static void bugcheck_result(struct kss_sarif_run *run) {
    static const struct kss_text_options plain = {.colour = false};
    const struct kss_digest *digest = run->entry->digest;
    struct kss_text message = {0};
    struct kss_report report = {run->log, digest, &plain, &message};
    kss_text_str(&message, "the machine stopped: ");
    kss_say_bugcheck(run->log, digest, &message);
    kss_text_char(&message, '\n');
    kss_print_stop(&report);
    while (message.length > 0 && message.bytes[message.length - 1] == '\n')
        message.bytes[--message.length] = '\0';
    event_result(run, KSS_SARIF_BUG_CHECK, digest->bugcheck, digest->stop_routine, message.bytes);
    kss_text_free(&message);
}

static void hang_result(struct kss_sarif_run *run) {
    const struct kss_event *hang = run->entry->digest->hang;
    struct kss_text message = {0};
    kss_text_format(&message, "the machine hangs: %s", kss_hang_reason(run->log, hang));
    event_result(run, KSS_SARIF_HANG, hang, (uint32_t)hang->words[1], message.bytes);
    kss_text_free(&message);
}

static void expectation_result(struct kss_sarif_run *run, const struct kss_event *event) {
    const char *text = kss_log_string(run->log, event->words[1]);
    const char *actual = kss_log_string(run->log, event->words[2]);
    const char *why = kss_log_string(run->log, event->words[3]);
    struct kss_text message = {0};
    if (kss_is_assertion(text))
        kss_text_format(&message, "%s is false", text);
    else
        kss_text_format(&message, "not met: expect %s", text);
    if (actual[0] != '\0')
        kss_text_format(&message, "\nwhat happened: %s", actual);
    if (why[0] != '\0')
        kss_text_format(&message, "\n%s", why);
    event_result(run, KSS_SARIF_EXPECTATION, event, kss_log_routine_at(run->log, event->place),
                 message.bytes);
    kss_text_free(&message);
}

// ---- Notifications ------------------------------------------------------------------------------

static void notify(struct kss_sarif_run *run, const char *level, const char *message,
                   const struct kss_span *span) {
    struct kss_json *json = run->json = &run->sarif->notifications;
    kss_json_open(json, NULL, '{');
    kss_json_string(json, "level", level);
    kss_sarif_message(json, "message", message);
    kss_json_open(json, "locations", '[');
    location_object(run, span, KSS_NO_FRAME, NULL, 0);
    kss_json_close(json);
    kss_json_close(json);
    run->json = &run->sarif->json;
}

static void not_judged(struct kss_sarif_run *run, const struct kss_event *event) {
    struct kss_span span;
    bool has_span = kss_log_span(run->log, event->place, &span);
    struct kss_text message = {0};
    kss_text_format(&message, "not judged: expect %s (%s)",
                    kss_log_string(run->log, event->words[1]),
                    kss_log_string(run->log, event->words[3]));
    notify(run, run->entry->status == KSS_CANNOT_TELL ? "warning" : "note", message.bytes,
           has_span ? &span : NULL);
    kss_text_free(&message);
}

static void not_ended(struct kss_sarif_run *run) {
    enum { STEPS = 3, CANNOT_CONTINUE = 2 };
    const struct kss_digest *digest = run->entry->digest;
    struct kss_text message = {0};
    struct kss_span span;
    if (digest->rest != NULL && digest->rest->words[0] == STEPS) {
        kss_text_format(&message, "given up after %llu steps",
                        (unsigned long long)digest->rest->words[1]);
        notify(run, "warning", message.bytes, NULL);
    } else if (digest->hang != NULL && digest->hang->words[0] == CANNOT_CONTINUE) {
        bool has_span = kss_log_span(run->log, digest->hang->place, &span);
        kss_text_format(&message, "the run cannot go on: %s",
                        kss_hang_reason(run->log, digest->hang));
        notify(run, digest->stop_expected_by != 0 ? "note" : "warning", message.bytes,
               has_span ? &span : NULL);
    }
    kss_text_free(&message);
}

// ---- What loading said --------------------------------------------------------------------------

static void diag_result(struct kss_sarif_run *run, const struct kss_diag *diag) {
    struct kss_text message = {0};
    kss_text_str(&message, diag->message);
    if (diag->primary.text != NULL)
        kss_text_format(&message, "\n%s", diag->primary.text);
    for (unsigned i = 0; i < diag->note_count; i++)
        kss_text_format(&message, "\n%s: %s", diag->notes[i].kind, diag->notes[i].text);
    struct kss_sarif_result result = {.rule = diag->code,
                                      .level = levels[diag->severity],
                                      .message = message.bytes,
                                      .has_span = true,
                                      .span = diag->primary.span,
                                      .routine = KSS_NO_FRAME,
                                      .diag = diag};
    write_result(run, &result);
    kss_text_free(&message);
}

static void loading(struct kss_sarif_run *run) {
    const struct kss_diags *diags = run->entry->diags;
    if (run->entry->failure != NULL)
        notify(run, "error", run->entry->failure, NULL);
    for (uint32_t i = 0; diags != NULL && i < diags->count; i++) {
        const struct kss_diag *diag = &diags->items[i];
        if (diag->code != NULL && diag->has_place)
            diag_result(run, diag);
        else
            notify(run, levels[diag->severity], diag->message,
                   diag->has_place ? &diag->primary.span : NULL);
    }
}

// ---- All of it ----------------------------------------------------------------------------------

void kss_sarif_results(struct kss_sarif_run *run) {
    enum { CANNOT_CONTINUE = 2 };
    const struct kss_digest *digest = run->entry->digest;
    loading(run);
    if (run->log == NULL)
        return;
    for (uint32_t i = 0; i < digest->finding_count; i++)
        if (digest->findings[i].same_as == 0)
            finding_result(run, &digest->findings[i]);
    if (digest->bugcheck != NULL && digest->stop_expected_by == 0)
        bugcheck_result(run);
    if (digest->hang != NULL && digest->stop_expected_by == 0 &&
        digest->hang->words[0] != CANNOT_CONTINUE)
        hang_result(run);
    for (uint32_t i = 0; i < digest->expect_count; i++) {
        if (digest->expects[i]->words[0] == FAILED)
            expectation_result(run, digest->expects[i]);
        else if (digest->expects[i]->words[0] == NOT_JUDGED)
            not_judged(run, digest->expects[i]);
    }
    not_ended(run);
}
