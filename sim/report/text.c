// SPDX-License-Identifier: MIT
// The text report of one run.
//
// Passed: a line that says so, the teaching sentence, and a line for each thing worth knowing.
// Failed (or --verbose): the findings as diagnostics, the expectations that failed, then the
// verdict: machine, STOP line, each stack at its deepest, what never ended, what kss decided by
// itself.
#include "report/private.h"
#include "report/sheet.h"

#include <string.h>

static void heading(const struct kss_report *report, unsigned result) {
    static const char *const words[] = {"PASS  ", "FAIL  ", "UNSURE  "};
    static const enum kss_ink inks[] = {KSS_INK_GREEN, KSS_INK_RED, KSS_INK_YELLOW};
    kss_ink(report, inks[result]);
    kss_text_str(report->out, words[result]);
    kss_ink(report, KSS_INK_NONE);
    kss_text_str(report->out, report->log->sources->files[report->log->file].name);
    kss_text_char(report->out, '\n');
    if (report->log->teaching == NULL || report->log->teaching[0] == '\0')
        return;
    kss_text_str(report->out, "      ");
    kss_text_str(report->out, report->log->teaching);
    kss_text_char(report->out, '\n');
}

static void stop_briefly(const struct kss_report *report) {
    const struct kss_digest *digest = report->digest;
    if (digest->bugcheck == NULL)
        return;
    struct kss_text *out = report->out;
    kss_text_str(out, "      STOP 0x");
    kss_text_hex_digits(out, digest->bugcheck->words[0], 8);
    kss_text_str(out, ", expected: ");
    kss_say_bugcheck(report->log, digest, out);
    kss_text_str(out, " at ");
    kss_text_time(out, digest->bugcheck->time);
    kss_text_char(out, '\n');
}

static void hang_briefly(const struct kss_report *report) {
    if (report->digest->hang == NULL)
        return;
    kss_text_str(report->out, "      hang at ");
    kss_text_time(report->out, report->digest->hang->time);
    kss_text_str(report->out, ", expected\n");
}

static void nevers_briefly(const struct kss_report *report) {
    for (uint32_t i = 0; i < report->digest->never_count; i++) {
        kss_text_str(report->out, "      thread ");
        kss_log_word(report->log, report->digest->nevers[i], 1, report->out);
        kss_text_str(report->out, " waits for ever, expected\n");
    }
}

static void in_brief(const struct kss_report *report) {
    kss_print_findings(report, false);
    stop_briefly(report);
    hang_briefly(report);
    nevers_briefly(report);
    kss_print_assumed(report, "      ");
    kss_print_expectations(report); // those that one run does not judge
    kss_print_stacks_briefly(report);
}

static void in_full(const struct kss_report *report) {
    kss_text_char(report->out, '\n');
    kss_print_findings(report, true);
    kss_print_expectations(report);
    kss_print_machine(report);
    kss_print_stop(report);
    if (report->digest->bugcheck == NULL)
        kss_text_char(report->out, '\n');
    for (uint32_t i = 0; i < report->digest->stack_count; i++)
        if (report->digest->stacks[i].path_count > 0 || report->digest->stacks[i].overflowed)
            kss_print_stack(report, &report->digest->stacks[i]);
    kss_print_ends(report);
}

void kss_report_text(const struct kss_log *log, const struct kss_digest *digest,
                     const struct kss_text_options *options, struct kss_text *out) {
    struct kss_report report = {log, digest, options, out};
    enum { OK, FAILED, CANNOT_TELL };
    unsigned result = digest->verdict ? (unsigned)digest->verdict->words[0] % 3 : CANNOT_TELL;
    if (result == OK && options->quiet)
        return;
    heading(&report, result);
    if (options->verbose)
        kss_print_event_log(&report);
    if (result == OK && !options->verbose && !options->full)
        in_brief(&report);
    else
        in_full(&report);
    if (options->why)
        kss_print_why(&report);
}

// ---- A suite ------------------------------------------------------------------------------------

static void list(const struct kss_suite_row *rows, uint32_t count, int status, const char *word,
                 struct kss_text *out) {
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].status == status)
            kss_text_format(out, "  %s  %s\n", word, rows[i].name);
}

void kss_report_suite(const struct kss_suite_row *rows, uint32_t count, bool colour,
                      struct kss_text *out) {
    uint32_t passed = 0, failed = 0, unread = 0, unsure = 0;
    for (uint32_t i = 0; i < count; i++) {
        passed += rows[i].status == KSS_OK;
        failed += rows[i].status == KSS_FAILED;
        unread += rows[i].status == KSS_BAD_INPUT;
        unsure += rows[i].status == KSS_CANNOT_TELL;
    }
    list(rows, count, KSS_FAILED, "FAIL  ", out);
    list(rows, count, KSS_BAD_INPUT, "ERROR ", out);
    list(rows, count, KSS_CANNOT_TELL, "UNSURE", out);
    if (colour)
        kss_text_str(out, failed + unread > 0 ? "\033[1;31m" : "\033[1;32m");
    kss_text_format(out, "%u scenarios: %u passed", count, passed);
    if (failed > 0)
        kss_text_format(out, ", %u failed", failed);
    if (unread > 0)
        kss_text_format(out, ", %u with errors", unread);
    if (unsure > 0)
        kss_text_format(out, ", %u undecided", unsure);
    kss_text_str(out, colour ? "\033[0m\n" : "\n");
}

// ---- As a document ------------------------------------------------------------------------------

void kss_write_text_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_text_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    static const struct kss_text_options plain = {.colour = false};
    if (entry->log != NULL)
        kss_report_text(entry->log, entry->digest, sheet->text ? sheet->text : &plain, sheet->out);
}

void kss_write_text_end(struct kss_sheet *sheet) {
    if (sheet->count < 2)
        return;
    kss_text_char(sheet->out, '\n');
    kss_report_suite(sheet->rows, sheet->count, sheet->text != NULL && sheet->text->colour,
                     sheet->out);
}
