// SPDX-License-Identifier: MIT
// TAP, flat: the points (points.h) of all runs, numbered through, each behind its scenario's place.
//
//     not ok 3 - scenarios/read.kss:19: expect clean
//       ---
//       message: "what happened: hazard stack-object-user-wait in mydrv!Read"
//       ...
//
// There are two version lines to choose from. All of it is TAP 14 and TAP 13; but `prove` before Test::Harness 3.48
// fails every document that says 14. Flat, not a subtest per scenario: most harnesses
// count and name the points of the outermost level only. Nothing bails out: an input that does not load is a point
// that failed, and the others are run. The plan stands at the end, since a document is written as the runs come.
#include "report/escape.h"
#include "report/points.h"

#include <string.h>

static void scalar(struct kss_text *out, const char *key, const char *value) {
    kss_text_format(out, "  %s: ", key);
    kss_text_yaml(out, value, strlen(value));
    kss_text_char(out, '\n');
}

static void diagnostic(struct kss_text *out, const char *scenario, const struct kss_point *point) {
    kss_text_str(out, "  ---\n");
    scalar(out, "message", point->message);
    scalar(out, "severity", point->result == KSS_POINT_BROKEN ? "error" : "fail");
    scalar(out, "kind", point->kind);
    kss_text_str(out, "  at:\n  ");
    scalar(out, "file", scenario);
    if (point->line != 0)
        kss_text_format(out, "    line: %u\n", (unsigned)point->line);
    if (point->actual != NULL) {
        scalar(out, "wanted", point->wanted);
        scalar(out, "found", point->actual);
    }
    if (point->text[0] != '\0') {
        kss_text_str(out, "  report: ");
        kss_text_yaml_block(out, point->text, strlen(point->text), 4);
    }
    kss_text_str(out, "  ...\n");
}

static void test_point(struct kss_sheet *sheet, const char *scenario,
                       const struct kss_point *point) {
    struct kss_text *out = sheet->out, name = {0};
    bool bad = point->result == KSS_POINT_FAILED || point->result == KSS_POINT_BROKEN;
    kss_text_str(&name, scenario);
    if (point->line != 0)
        kss_text_format(&name, ":%u", (unsigned)point->line);
    kss_text_format(&name, ": %s", point->name);
    kss_text_format(out, "%sok %llu - ", bad ? "not " : "", (unsigned long long)++sheet->items);
    kss_text_tap(out, name.bytes, name.length);
    if (point->result == KSS_POINT_SKIPPED) {
        kss_text_str(out, " # SKIP ");
        kss_text_tap(out, point->message, strlen(point->message));
    }
    kss_text_char(out, '\n');
    if (bad)
        diagnostic(out, scenario, point);
    kss_text_free(&name);
}

void kss_write_tap_begin(struct kss_sheet *sheet) {
    kss_text_str(sheet->out, "TAP version 14\n");
}

void kss_write_tap13_begin(struct kss_sheet *sheet) {
    kss_text_str(sheet->out, "TAP version 13\n");
}

void kss_write_tap_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    struct kss_points points;
    kss_points_make(&points, entry);
    for (uint32_t i = 0; i < points.count; i++)
        test_point(sheet, entry->name, &points.items[i]);
    kss_points_free(&points);
}

void kss_write_tap_end(struct kss_sheet *sheet) {
    kss_text_format(sheet->out, "1..%llu\n", (unsigned long long)sheet->items);
}

void kss_write_tap13_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    kss_write_tap_run(sheet, entry);
}

void kss_write_tap13_end(struct kss_sheet *sheet) {
    kss_write_tap_end(sheet);
}
