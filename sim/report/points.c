// SPDX-License-Identifier: MIT
#include "report/points.h"

#include "report/private.h"

enum { MET, FAILED, NOT_JUDGED };

struct maker {
    struct kss_points *points;
    const struct kss_sheet_entry *entry;
    struct kss_report report; // the text report's functions draw into [text]
    struct kss_text text;
};

// The text without blank lines at its ends, kept.
static const char *keep(struct maker *maker) {
    struct kss_text *text = &maker->text;
    size_t begin = 0;
    while (text->length > 0 && text->bytes[text->length - 1] == '\n')
        text->length--;
    while (begin < text->length && text->bytes[begin] == '\n')
        begin++;
    const char *kept =
        text->length == 0
            ? ""
            : kss_alloc_text(&maker->points->arena, text->bytes + begin, text->length - begin);
    kss_text_clear(text);
    return kept;
}

static struct kss_point *add(struct maker *maker, enum kss_point_result result, const char *kind) {
    struct kss_points *points = maker->points;
    struct kss_point *point = &points->items[points->count++];
    points->results[result]++;
    *point = (struct kss_point){.result = result, .kind = kind, .message = "", .text = ""};
    return point;
}

// ---- Expectations -------------------------------------------------------------------------------

// Harnesses take a name for a point's identity: the second of two that read alike gets a number.
static const char *unique(struct maker *maker, const char *name) {
    struct kss_points *points = maker->points;
    uint32_t same = 1;
    for (uint32_t i = 0; i < points->count; i++)
        same += points->items[i].name != NULL && strcmp(points->items[i].name, name) == 0;
    if (same == 1)
        return name;
    kss_text_format(&maker->text, "%s (%u)", name, same);
    return unique(maker, keep(maker));
}

static uint32_t line_of(const struct kss_log *log, uint32_t place) {
    struct kss_span span;
    uint32_t line = 0, column;
    if (kss_log_span(log, place, &span))
        kss_source_place(log->sources, span.file, span.begin, &line, &column);
    return line;
}

static void say_failed(struct maker *maker, const struct kss_event *event,
                       struct kss_point *point) {
    const struct kss_log *log = maker->report.log;
    const char *actual = kss_log_string(log, event->words[2]);
    const char *why = kss_log_string(log, event->words[3]);
    if (actual[0] != '\0') {
        point->wanted = kss_log_string(log, event->words[1]);
        point->actual = actual;
    }
    kss_text_str(&maker->text, actual[0] != '\0' ? "what happened: " : "");
    kss_text_str(&maker->text, actual);
    kss_text_str(&maker->text, actual[0] != '\0' && why[0] != '\0' ? "; " : "");
    kss_text_str(&maker->text, why);
    if (maker->text.length == 0)
        kss_text_str(&maker->text, "not met");
    point->message = keep(maker);
    kss_print_failed(&maker->report, event);
    point->text = keep(maker);
}

static void add_expectation(struct maker *maker, const struct kss_event *event) {
    static const enum kss_point_result results[] = {KSS_POINT_PASSED, KSS_POINT_FAILED,
                                                    KSS_POINT_SKIPPED};
    const struct kss_log *log = maker->report.log;
    const char *text = kss_log_string(log, event->words[1]);
    bool assertion = kss_is_assertion(text);
    kss_text_format(&maker->text, assertion ? "%s" : "expect %s", text);
    const char *name = unique(maker, keep(maker));
    struct kss_point *point =
        add(maker, results[event->words[0] % 3], assertion ? "assertion" : "expectation");
    point->name = name;
    point->line = line_of(log, event->place);
    if (event->words[0] == FAILED)
        say_failed(maker, event, point);
    else if (event->words[0] == NOT_JUDGED)
        point->message = kss_log_string(log, event->words[3]);
}

// ---- Nothing unexpected -------------------------------------------------------------------------

// Why kss cannot tell: the run did not end, or an expectation could not be judged.
static void say_cannot_tell(struct maker *maker, struct kss_point *point) {
    const struct kss_digest *digest = maker->report.digest;
    enum { STEPS = 3 };
    if (digest->rest != NULL && digest->rest->words[0] == STEPS) {
        kss_text_str(&maker->text, "given up after ");
        kss_text_grouped(&maker->text, digest->rest->words[1]);
        kss_text_str(&maker->text, " steps");
    } else if (digest->hang != NULL) {
        kss_text_str(&maker->text, kss_hang_reason(maker->report.log, digest->hang));
    } else {
        kss_text_str(&maker->text, "an expectation could not be judged");
    }
    point->message = keep(maker);
    kss_print_ends(&maker->report);
    point->text = keep(maker);
}

static void say_unexpected(struct maker *maker, struct kss_point *point) {
    kss_say_unexpected(maker->report.digest, &maker->text);
    point->message = keep(maker);
    kss_print_findings(&maker->report, true);
    kss_print_stop(&maker->report);
    kss_print_ends(&maker->report);
    point->text = keep(maker);
}

static void add_unexpected(struct maker *maker) {
    const struct kss_digest *digest = maker->report.digest;
    bool bad = kss_has_unexpected(digest);
    bool unsure = !bad && maker->entry->status == KSS_CANNOT_TELL;
    struct kss_point *point = add(maker,
                                  bad      ? KSS_POINT_FAILED
                                  : unsure ? KSS_POINT_BROKEN
                                           : KSS_POINT_PASSED,
                                  unsure ? "cannot-tell" : "unexpected");
    point->name = "nothing unexpected";
    if (bad)
        say_unexpected(maker, point);
    else if (unsure)
        say_cannot_tell(maker, point);
}

// ---- Input that did not load --------------------------------------------------------------------

static void print_diags(const struct kss_sheet_entry *entry, struct kss_text *out) {
    for (uint32_t i = 0; entry->diags != NULL && i < entry->diags->count; i++) {
        if (i > 0)
            kss_text_char(out, '\n');
        kss_diag_print(out, entry->sources, &entry->diags->items[i], false);
    }
}

static void say_first(const struct kss_sheet_entry *entry, struct kss_point *point,
                      struct kss_text *out) {
    for (uint32_t i = 0; entry->diags != NULL && i < entry->diags->count; i++) {
        const struct kss_diag *diag = &entry->diags->items[i];
        if (diag->severity != KSS_ERROR)
            continue;
        uint32_t column;
        if (diag->has_place)
            kss_source_place(entry->sources, diag->primary.span.file, diag->primary.span.begin,
                             &point->line, &column);
        kss_text_format(out, "%s%s%s", diag->code ? diag->code : "", diag->code ? ": " : "",
                        diag->message);
        return;
    }
}

static void add_unloaded(struct maker *maker) {
    const struct kss_sheet_entry *entry = maker->entry;
    struct kss_point *point = add(maker, KSS_POINT_BROKEN, "input");
    point->name = "the scenario loads";
    if (entry->failure != NULL)
        kss_text_str(&maker->text, entry->failure);
    else
        say_first(entry, point, &maker->text);
    point->message = keep(maker);
    print_diags(entry, &maker->text);
    point->text = keep(maker);
}

void kss_points_warnings(const struct kss_sheet_entry *entry, struct kss_text *out) {
    if (entry->log != NULL)
        print_diags(entry, out);
}

// ---- All of them --------------------------------------------------------------------------------

void kss_points_make(struct kss_points *points, const struct kss_sheet_entry *entry) {
    static const struct kss_text_options plain = {.colour = false};
    *points = (struct kss_points){.count = 0};
    struct maker maker = {.points = points, .entry = entry};
    uint32_t expectations = entry->log != NULL ? entry->digest->expect_count : 0;
    points->items = KSS_NEW_ARRAY(&points->arena, struct kss_point, expectations + 1u);
    if (entry->log == NULL) {
        add_unloaded(&maker);
    } else {
        maker.report = (struct kss_report){entry->log, entry->digest, &plain, &maker.text};
        for (uint32_t i = 0; i < expectations; i++)
            add_expectation(&maker, entry->digest->expects[i]);
        add_unexpected(&maker);
    }
    kss_text_free(&maker.text);
}

void kss_points_free(struct kss_points *points) {
    kss_arena_free(&points->arena);
}
