// SPDX-License-Identifier: MIT
// Reading a session through kss/kss.h: events, findings, verdict, stacks.
#include "session/private.h"

#include "base/version.h"

#include <string.h>

const char *kss_version(void) {
    return KSS_VERSION;
}

const char *kss_diagnostics(struct kss_session *session) {
    struct kss_text *out = &session->diagnostics;
    kss_text_clear(out);
    if (session->failure != NULL)
        kss_text_format(out, "error: %s\n", session->failure);
    for (uint32_t i = 0; i < session->diags.count; i++)
        kss_diag_print(out, &session->sources, &session->diags.items[i], false);
    return out->length > 0 ? out->bytes : "";
}

static void place_of(const struct kss_log *log, uint32_t place, uint32_t *line, uint32_t *column) {
    struct kss_span span;
    *line = *column = 0;
    if (kss_log_span(log, place, &span))
        kss_source_place(log->sources, span.file, span.begin, line, column);
}

// ---- Events -------------------------------------------------------------------------------------

size_t kss_event_count(const struct kss_session *session) {
    return session->log.count;
}

// The words' texts lie one after the other in one buffer; pointers are taken when it has stopped
// moving.
bool kss_event_at(struct kss_session *session, size_t index, struct kss_event_info *info) {
    const struct kss_log *log = &session->log;
    if (index >= log->count)
        return false;
    const struct kss_event *event = &log->events[index];
    const struct kss_event_kind *kind = &kss_event_kinds[event->kind];
    *info = (struct kss_event_info){
        .time = event->time, .sequence = event->sequence, .kind = kind->name, .irql = event->irql};
    if (event->thread < log->thread_count)
        info->thread = log->threads[event->thread].name;
    place_of(log, event->place, &info->line, &info->column);
    size_t starts[KSS_EVENT_WORDS];
    kss_text_clear(&session->words);
    for (unsigned i = 0; i < KSS_EVENT_WORDS && kind->words[i].word != KSS_W_NONE; i++) {
        size_t start = session->words.length;
        if (!kss_log_word(log, event, i, &session->words))
            continue;
        kss_text_char(&session->words, '\0');
        starts[info->word_count] = start;
        info->words[info->word_count].name = kind->words[i].name;
        info->words[info->word_count++].value = event->words[i];
    }
    for (unsigned i = 0; i < info->word_count; i++)
        info->words[i].text = session->words.bytes + starts[i];
    return true;
}

// ---- Findings -----------------------------------------------------------------------------------

size_t kss_finding_count(struct kss_session *session) {
    return kss_session_digest(session)->finding_count;
}

// A name that lives as long as the digest.
static const char *symbol(struct kss_session *session, uint32_t routine) {
    struct kss_text text = {0};
    const char *name = NULL;
    if (kss_log_symbol(&session->log, routine, &text))
        name = kss_alloc_text(&session->digest_arena, text.bytes, text.length);
    kss_text_free(&text);
    return name;
}

static const char *hazard_id(struct kss_session *session, enum kss_hazard_id hazard) {
    struct kss_text text = {0};
    kss_text_format(&text, "KSS%04u", kss_hazards[hazard].number);
    const char *id = kss_alloc_text(&session->digest_arena, text.bytes, text.length);
    kss_text_free(&text);
    return id;
}

bool kss_finding_at(struct kss_session *session, size_t index, struct kss_finding_info *info) {
    static const char *const severities[] = {"note", "warning", "error"};
    const struct kss_digest *digest = kss_session_digest(session);
    if (index >= digest->finding_count)
        return false;
    const struct kss_digest_finding *finding = &digest->findings[index];
    *info = (struct kss_finding_info){.id = hazard_id(session, finding->hazard),
                                      .name = kss_hazards[finding->hazard].name,
                                      .severity = severities[finding->severity],
                                      .message = finding->message,
                                      .label = finding->label ? finding->label : "",
                                      .routine = symbol(session, finding->routine),
                                      .time = finding->time,
                                      .expected = finding->expected_by != 0,
                                      .cause_count = finding->cause_count};
    place_of(&session->log, finding->place, &info->line, &info->column);
    return true;
}

bool kss_cause_at(struct kss_session *session, size_t finding, size_t index,
                  struct kss_cause_info *info) {
    const struct kss_digest *digest = kss_session_digest(session);
    if (finding >= digest->finding_count || index >= digest->findings[finding].cause_count)
        return false;
    const struct kss_digest_cause *cause = &digest->findings[finding].causes[index];
    *info = (struct kss_cause_info){.message = cause->message, .time = cause->when};
    place_of(&session->log, cause->place, &info->line, &info->column);
    return true;
}

// ---- Verdict ------------------------------------------------------------------------------------

static const char *end_name(const struct kss_digest *digest) {
    static const char *const names[] = {"done", "bugcheck", "hang", "steps", "cannot-tell"};
    if (digest->rest == NULL)
        return "running";
    return digest->rest->words[0] < 5 ? names[digest->rest->words[0]] : "done";
}

static void fill_bugcheck(struct kss_session *session, const struct kss_digest *digest,
                          struct kss_verdict *verdict) {
    verdict->bugchecked = true;
    verdict->bugcheck = (uint32_t)digest->bugcheck->words[0];
    const struct kss_bugcheck *bugcheck = kss_bugcheck_find(verdict->bugcheck);
    verdict->bugcheck_name = bugcheck != NULL ? bugcheck->name : "";
    for (unsigned i = 0; i < 3; i++)
        verdict->parameters[i] = digest->bugcheck->words[i + 1];
    if (digest->bugcheck_more != NULL)
        verdict->parameters[3] = digest->bugcheck_more->words[0];
    verdict->bugcheck_routine = symbol(session, digest->stop_routine);
}

void kss_verdict(struct kss_session *session, struct kss_verdict *verdict) {
    const struct kss_digest *digest = kss_session_digest(session);
    *verdict = (struct kss_verdict){
        .status = kss_session_status(session), .end = end_name(digest), .steps = session->steps};
    if (digest->rest != NULL)
        verdict->time = digest->rest->time;
    if (digest->bugcheck != NULL)
        fill_bugcheck(session, digest, verdict);
    for (uint32_t i = 0; i < digest->expect_count; i++) {
        unsigned *counts[] = {&verdict->met, &verdict->failed, &verdict->not_judged};
        ++*counts[digest->expects[i]->words[0] % 3];
    }
    if (digest->verdict != NULL) {
        verdict->errors = (unsigned)digest->verdict->words[1];
        verdict->warnings = (unsigned)digest->verdict->words[2];
        verdict->notes = (unsigned)digest->verdict->words[3];
    }
}

bool kss_stack_use(struct kss_session *session, const char *thread, struct kss_stack_use *use) {
    const struct kss_log *log = &session->log;
    uint16_t index = 0;
    while (index < log->thread_count && strcmp(log->threads[index].name, thread) != 0)
        index++;
    const struct kss_digest_stack *stack =
        kss_digest_thread_stack(kss_session_digest(session), index);
    if (index == log->thread_count || stack == NULL)
        return false;
    *use = (struct kss_stack_use){.size = stack->bytes,
                                  .used = stack->used,
                                  .left = stack->left,
                                  .at_least = kss_log_lower_bound(log)};
    for (uint32_t i = 0; i < stack->path_count; i++)
        if (stack->path[i].routine < log->routine_count &&
            !(log->routines[stack->path[i].routine].flags & KSS_CODE_BODY))
            use->drivers += stack->path[i].bytes;
    if (stack->path_count > 0)
        use->routine = symbol(session, stack->path[0].routine);
    return true;
}
