// SPDX-License-Identifier: MIT
// `--bless`: the plain `expect` items of a scenario become what happened.
//
// The items are replaced by one block where the first of them stood (at the end of a file that has
// none). Everything else stays byte for byte: comments between items, quantified items, line ends.
// An item alone on its line takes the line with it. Blessing a blessed file changes nothing: when
// the items already say what happened, in that order, the text is left alone.
#include "session/private.h"

#include <string.h>

struct items {
    struct kss_text text; // item texts, each ended by NUL
    size_t starts[64];
    unsigned count;
    bool overflow;
};

static void begin_item(struct items *items) {
    if (items->count == sizeof items->starts / sizeof *items->starts) {
        items->overflow = true;
        return;
    }
    items->starts[items->count++] = items->text.length;
}

// Ends an item; drops it when the same was said before.
static void end_item(struct items *items) {
    kss_text_char(&items->text, '\0');
    if (items->overflow)
        return;
    const char *last = items->text.bytes + items->starts[items->count - 1];
    for (unsigned i = 0; i + 1 < items->count; i++)
        if (strcmp(items->text.bytes + items->starts[i], last) == 0) {
            items->text.length = items->starts[--items->count];
            return;
        }
}

// ---- What to say --------------------------------------------------------------------------------

static void bless_findings(struct kss_session *session, const struct kss_digest *digest,
                           struct items *items) {
    for (uint32_t i = 0; i < digest->finding_count; i++) {
        begin_item(items);
        kss_say_hazard(&session->log, &digest->findings[i], &items->text);
        end_item(items);
    }
    if (digest->bugcheck != NULL) {
        begin_item(items);
        kss_say_bugcheck(&session->log, digest, &items->text);
        end_item(items);
    }
    bool deadlock = kss_is_deadlock(digest);
    if (deadlock || kss_is_clean(digest, session->options.strict)) {
        begin_item(items);
        kss_text_str(&items->text, deadlock ? "deadlock" : "clean");
        end_item(items);
    }
}

// The [number]th expectation's event, which says whether it was met and what was so instead.
static const struct kss_event *answer(const struct kss_digest *digest, uint32_t number) {
    return number <= digest->expect_count ? digest->expects[number - 1] : NULL;
}

// Items about threads, stacks and statuses stay when they are true and get the true figure when
// not.
static void bless_subjects(struct kss_session *session, const struct kss_digest *digest,
                           struct items *items) {
    for (uint32_t i = 0; i < session->program->expectation_count; i++) {
        const struct kss_expectation *e = &session->program->expectations[i];
        if (e->quantifier != KSS_PLAIN ||
            (e->what != KSS_OUTCOME_THREAD && e->what != KSS_OUTCOME_STACK &&
             e->what != KSS_OUTCOME_STATUS))
            continue;
        const struct kss_event *event = answer(digest, i + 1);
        if (event == NULL || (event->words[0] != 0 && event->words[2] == 0))
            continue; // nothing true can be said of it
        const char *said = kss_log_string(&session->log, event->words[2]);
        if (event->words[0] != 0 && strncmp(said, "thread", 6) != 0 && strncmp(said, "sta", 3) != 0)
            continue;
        begin_item(items);
        kss_text_str(&items->text, event->words[0] == 0 ? e->text : said);
        end_item(items);
    }
}

// ---- Where to say it ----------------------------------------------------------------------------

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// The bytes of an expect item from its keyword to its semicolon.
static void item_span(const struct kss_session *session, const struct kss_expectation *e,
                      size_t *begin, size_t *end) {
    const struct kss_source *source = &session->sources.files[session->program->file];
    struct kss_span span = {0, 0, 0};
    kss_log_span(&session->log, e->place, &span);
    *begin = span.begin;
    *end = span.end;
    while (*begin > 0 && strncmp(source->bytes + *begin, "expect", 6) != 0)
        --*begin;
    while (*end < source->length && (*end == 0 || source->bytes[*end - 1] != ';'))
        ++*end;
}

// Leaves out [begin, end), and its whole line when nothing else stands there. Returns where the
// text goes on.
static size_t leave_out(const struct kss_source *source, size_t begin, size_t end,
                        struct kss_text *out) {
    size_t before = begin, after = end;
    while (before > 0 && is_blank(source->bytes[before - 1]))
        before--;
    while (after < source->length && is_blank(source->bytes[after]))
        after++;
    bool starts = before == 0 || source->bytes[before - 1] == '\n';
    if (starts && after < source->length && source->bytes[after] == '\r')
        after++;
    bool ends = after == source->length || source->bytes[after] == '\n';
    if (!starts || !ends)
        return end;
    out->length -= begin - before; // indentation was copied already
    return after < source->length ? after + 1 : after;
}

static void put_block(const struct items *items, bool crlf, struct kss_text *out) {
    for (unsigned i = 0; i < items->count; i++) {
        kss_text_str(out, i == 0 ? "expect " : crlf ? "\r\nexpect " : "\nexpect ");
        kss_text_str(out, items->text.bytes + items->starts[i]);
        kss_text_char(out, ';');
    }
}

static void rewrite(const struct kss_session *session, const struct items *items,
                    struct kss_text *out) {
    const struct kss_source *source = &session->sources.files[session->program->file];
    bool crlf = source->length > 0 && memchr(source->bytes, '\r', source->length) != NULL;
    bool placed = false;
    size_t at = 0;
    for (uint32_t i = 0; i < session->program->expectation_count; i++) {
        const struct kss_expectation *e = &session->program->expectations[i];
        if (e->quantifier != KSS_PLAIN)
            continue;
        size_t begin, end;
        item_span(session, e, &begin, &end);
        if (begin < at)
            continue;
        kss_text_bytes(out, source->bytes + at, begin - at);
        if (!placed && items->count > 0) {
            put_block(items, crlf, out);
            placed = true;
            at = end;
        } else {
            at = leave_out(source, begin, end, out);
        }
    }
    kss_text_bytes(out, source->bytes + at, source->length - at);
    if (placed || items->count == 0)
        return;
    if (out->length > 0 && out->bytes[out->length - 1] != '\n')
        kss_text_str(out, crlf ? "\r\n" : "\n");
    kss_text_str(out, crlf ? "\r\n" : "\n");
    put_block(items, crlf, out);
    kss_text_str(out, crlf ? "\r\n" : "\n");
}

static bool says_so_already(const struct kss_session *session, const struct items *items) {
    unsigned at = 0;
    for (uint32_t i = 0; i < session->program->expectation_count; i++) {
        const struct kss_expectation *e = &session->program->expectations[i];
        if (e->quantifier != KSS_PLAIN)
            continue;
        if (at >= items->count || strcmp(e->text, items->text.bytes + items->starts[at]) != 0)
            return false;
        at++;
    }
    return at == items->count;
}

const char *kss_session_bless(struct kss_session *session, struct kss_text *out, bool *changed) {
    *changed = false;
    if (session->program == NULL || !session->judged)
        return "the scenario did not run";
    const struct kss_digest *digest = kss_session_digest(session);
    enum { STEPS = 3 };
    if (digest->rest == NULL || digest->rest->words[0] == STEPS || session->log.dropped > 0)
        return "the run did not come to its end, so nothing can be expected of it";
    struct items items = {0};
    bless_findings(session, digest, &items);
    bless_subjects(session, digest, &items);
    const char *why = items.overflow ? "more happened than one block of expectations holds" : NULL;
    const struct kss_source *source = &session->sources.files[session->program->file];
    size_t start = out->length;
    if (why == NULL && !says_so_already(session, &items)) {
        rewrite(session, &items, out);
        *changed = out->length - start != source->length ||
                   memcmp(out->bytes + start, source->bytes, source->length) != 0;
    } else if (why == NULL) {
        kss_text_bytes(out, source->bytes, source->length);
    }
    kss_text_free(&items.text);
    return why;
}
