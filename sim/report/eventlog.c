// SPDX-License-Identifier: MIT
// The event log as lines people read: time, thread, IRQL, event, words, place.
#include "report/private.h"

#include <string.h>

static void column(struct kss_text *out, size_t start, size_t width) {
    size_t length = out->length - start;
    kss_text_repeat(out, ' ', length < width ? width - length : 0);
    kss_text_char(out, ' ');
}

static void print_event(const struct kss_report *report, const struct kss_event *event) {
    const struct kss_log *log = report->log;
    struct kss_text *out = report->out;
    size_t start = out->length;
    kss_text_str(out, "  ");
    kss_text_time(out, event->time);
    column(out, start, 13);
    start = out->length;
    kss_text_str(out, event->thread < log->thread_count ? log->threads[event->thread].name : "-");
    column(out, start, 10);
    start = out->length;
    kss_text_unsigned(out, event->irql);
    column(out, start, 2);
    start = out->length;
    kss_text_str(out, kss_event_kinds[event->kind].name);
    column(out, start, 14);
    kss_log_words(log, event, out);
    if (event->place != 0) {
        kss_text_str(out, "  ");
        kss_ink(report, KSS_INK_DIM);
        kss_log_place(log, event->place, out);
        kss_ink(report, KSS_INK_NONE);
    }
    kss_text_char(out, '\n');
}

void kss_print_event_log(const struct kss_report *report) {
    struct kss_text *out = report->out;
    kss_text_char(out, '\n');
    kss_ink(report, KSS_INK_DIM);
    kss_text_str(out, "  time         thread    irql event           what\n");
    kss_ink(report, KSS_INK_NONE);
    for (uint32_t i = 0; i < report->log->count; i++)
        print_event(report, &report->log->events[i]);
}
