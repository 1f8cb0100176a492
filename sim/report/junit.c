// SPDX-License-Identifier: MIT
// JUnit XML, as Jenkins, GitLab and the actions of GitHub read it: a <testsuite> per scenario, a <testcase> per
// point (points.h). A point that failed is a <failure>, one that could not be found out an <error>, one that a
// single run does not judge is <skipped>; the scenario's text report is its <system-out>.
//
// There are no times: the only clock of a run is the simulated one, and a dashboard would take it for the cost
// of the test. Totals are those of each suite, since a document is written as the runs come.
#include "report/escape.h"
#include "report/points.h"

#include <string.h>

static void attribute(struct kss_text *out, const char *name, const char *value) {
    kss_text_format(out, " %s=\"", name);
    kss_text_xml_attribute(out, value, strlen(value));
    kss_text_char(out, '"');
}

// Dots are what dashboards make a tree of: scenarios/lessons/16-wait.kss is scenarios.lessons.16-wait.
static void class_name(struct kss_text *out, const char *scenario) {
    struct kss_text name = {0};
    size_t length = strlen(scenario);
    if (length > 4 && strcmp(scenario + length - 4, ".kss") == 0)
        length -= 4;
    while (length > 0 && (*scenario == '/' || *scenario == '.')) {
        scenario++;
        length--;
    }
    kss_text_bytes(&name, scenario, length);
    for (size_t i = 0; i < length; i++)
        if (name.bytes[i] == '/')
            name.bytes[i] = '.';
    attribute(out, "classname", name.bytes);
    kss_text_free(&name);
}

static void element(struct kss_text *out, const char *name, const struct kss_point *point) {
    kss_text_format(out, "      <%s", name);
    attribute(out, "message", point->message);
    if (point->result == KSS_POINT_SKIPPED) {
        kss_text_str(out, "/>\n");
        return;
    }
    attribute(out, "type", point->kind);
    kss_text_char(out, '>');
    kss_text_xml(out, point->text, strlen(point->text));
    kss_text_format(out, "</%s>\n", name);
}

static void testcase(struct kss_text *out, const char *scenario, const struct kss_point *point) {
    static const char *const elements[KSS_POINT_RESULTS] = {[KSS_POINT_FAILED] = "failure",
                                                            [KSS_POINT_BROKEN] = "error",
                                                            [KSS_POINT_SKIPPED] = "skipped"};
    kss_text_str(out, "    <testcase");
    attribute(out, "name", point->name);
    class_name(out, scenario);
    attribute(out, "file", scenario);
    if (point->line != 0)
        kss_text_format(out, " line=\"%u\"", (unsigned)point->line);
    const char *name = elements[point->result];
    kss_text_str(out, name != NULL ? ">\n" : "/>\n");
    if (name == NULL)
        return;
    element(out, name, point);
    kss_text_str(out, "    </testcase>\n");
}

static void output(struct kss_text *out, const char *name, const struct kss_text *text) {
    if (text->length == 0)
        return;
    kss_text_format(out, "    <%s>", name);
    kss_text_xml(out, text->bytes, text->length);
    kss_text_format(out, "</%s>\n", name);
}

static void outputs(struct kss_text *out, const struct kss_sheet_entry *entry) {
    static const struct kss_text_options plain = {.colour = false};
    struct kss_text text = {0};
    if (entry->log != NULL)
        kss_report_text(entry->log, entry->digest, &plain, &text);
    output(out, "system-out", &text);
    kss_text_clear(&text);
    kss_points_warnings(entry, &text);
    output(out, "system-err", &text);
    kss_text_free(&text);
}

static void properties(struct kss_text *out, const struct kss_log *log) {
    if (log == NULL)
        return;
    kss_text_str(out, "    <properties>\n      <property name=\"machine\"");
    attribute(out, "value", log->config.profile.name);
    kss_text_str(out, "/>\n");
    if (log->teaching != NULL && log->teaching[0] != '\0') {
        kss_text_str(out, "      <property name=\"description\"");
        attribute(out, "value", log->teaching);
        kss_text_str(out, "/>\n");
    }
    kss_text_str(out, "    </properties>\n");
}

void kss_write_junit_begin(struct kss_sheet *sheet) {
    kss_text_str(sheet->out,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kss\">\n");
}

void kss_write_junit_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    struct kss_text *out = sheet->out;
    struct kss_points points;
    kss_points_make(&points, entry);
    kss_text_str(out, "  <testsuite");
    attribute(out, "name", entry->name);
    kss_text_format(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\"",
                    (unsigned)points.count, (unsigned)points.results[KSS_POINT_FAILED],
                    (unsigned)points.results[KSS_POINT_BROKEN],
                    (unsigned)points.results[KSS_POINT_SKIPPED]);
    attribute(out, "file", entry->name);
    kss_text_str(out, ">\n");
    properties(out, entry->log);
    for (uint32_t i = 0; i < points.count; i++)
        testcase(out, entry->name, &points.items[i]);
    outputs(out, entry);
    kss_text_str(out, "  </testsuite>\n");
    kss_points_free(&points);
}

void kss_write_junit_end(struct kss_sheet *sheet) {
    kss_text_str(sheet->out, "</testsuites>\n");
}
