// SPDX-License-Identifier: MIT
// Stack use over time as comma-separated values (RFC 4180), long form: a row for each event that changes how deep
// a stack is or says why it matters, so that a pivot table, a data frame or gnuplot groups by thread, stack or
// routine as it likes. `used` and `left` are those of the row's stack after the event; what a row does not have is
// empty.
//
// A spreadsheet takes a text that begins with = + - or @ (or a tab or carriage return before one) for a formula.
// Such a text gets an apostrophe before it, which spreadsheets do not show; nothing else is changed but bytes that
// are not UTF-8 and control characters, which no cell can show.
#include "report/lanes.h"
#include "report/plain.h"
#include "report/sheet.h"

#include <stdlib.h>

struct table {
    struct kss_lanes lanes;
    const struct kss_log *log;
    const char *run;
    struct kss_text *out;
    struct kss_text cell; // a text to come
    uint32_t *used;       // malloc'd: of each stack number
    unsigned room;
};

// ---- Cells ----------------------------------------------------------------------------------------

static bool quote(uint32_t point, struct kss_text *out) {
    if (point == '"')
        kss_text_str(out, "\"\"");
    return point == '"';
}

static bool formula(const char *bytes, size_t length) {
    return length > 0 && strchr("=+-@\t\r", bytes[0]) != NULL;
}

static void text_cell(struct kss_text *out, const char *bytes, size_t length) {
    bool ascii = !formula(bytes, length), plain = ascii;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        ascii &= c >= 0x20 && c < 0x7F;
        plain &= c != ',' && c != '"' && c != '\r' && c != '\n';
    }
    kss_text_str(out, plain ? "" : "\"");
    kss_text_str(out, formula(bytes, length) ? "'" : "");
    if (ascii && memchr(bytes, '"', length) == NULL) // nearly all of them
        kss_text_bytes(out, bytes, length);
    else
        kss_escaped(out, bytes, length, quote);
    kss_text_str(out, plain ? "" : "\"");
}

// The text gathered in t->cell.
static void cell(struct table *t) {
    text_cell(t->out, t->cell.bytes != NULL ? t->cell.bytes : "", t->cell.length);
    kss_text_char(t->out, ',');
    kss_text_clear(&t->cell);
}

static void number(struct table *t, uint64_t value) {
    kss_text_unsigned(t->out, value);
    kss_text_char(t->out, ',');
}

static void nothing(struct table *t, unsigned cells) {
    kss_text_repeat(t->out, ',', cells);
}

static void seconds(struct table *t, uint64_t time) {
    kss_text_unsigned(t->out, time / 10000000);
    char digits[9] = {'.'};
    for (unsigned i = 7, rest = (unsigned)(time % 10000000); i > 0; i--, rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    kss_text_bytes(t->out, digits, 8);
    kss_text_char(t->out, ',');
}

// ---- Rows -----------------------------------------------------------------------------------------

// What a row has besides its event: the stack and routine it is about.
struct about {
    uint64_t stack;   // number, KSS_NONE: none
    unsigned routine; // word that names it, KSS_EVENT_WORDS: none
    unsigned bytes;   // word
    unsigned used;    // word: the stack's depth now
};

static bool is_row(const struct kss_event *event, struct about *about) {
    enum { NO = KSS_EVENT_WORDS };
    *about = (struct about){event->stack, NO, NO, NO};
    switch (event->kind) {
    case KSS_EV_CALL: *about = (struct about){event->stack, 0, 1, 2}; return true;
    case KSS_EV_RETURN:
    case KSS_EV_UNWIND: *about = (struct about){event->stack, 0, NO, 1}; return true;
    case KSS_EV_OVERFLOW: *about = (struct about){event->words[0], 3, NO, 1}; return true;
    case KSS_EV_STACK: *about = (struct about){event->words[3], NO, NO, NO}; return true;
    case KSS_EV_STACK_GROW: about->stack = event->words[0]; return true;
    case KSS_EV_NT_CALL:
    case KSS_EV_EXPAND_DONE:
    case KSS_EV_INTERRUPT:
    case KSS_EV_INTERRUPT_DONE: about->routine = 0; return true;
    case KSS_EV_DPC_RUN:
    case KSS_EV_DPC_DONE:
    case KSS_EV_APC_RUN:
    case KSS_EV_WORK_RUN:
    case KSS_EV_WORK_DONE:
    case KSS_EV_RAISE: about->routine = 1; return true;
    case KSS_EV_EXPAND: about->routine = 3; return true;
    case KSS_EV_SWITCH:
    case KSS_EV_APC_DONE:
    case KSS_EV_WAIT_BLOCK:
    case KSS_EV_WAIT_END:
    case KSS_EV_OUTSWAP:
    case KSS_EV_INSWAP:
    case KSS_EV_TOUCH_OUT:
    case KSS_EV_TOUCH_DEAD:
    case KSS_EV_IRQL:
    case KSS_EV_FINDING:
    case KSS_EV_BUGCHECK:
    case KSS_EV_HANG:
    case KSS_EV_NEVER:
    case KSS_EV_THREAD_EXIT: return true;
    default: return false;
    }
}

static void depth_cells(struct table *t, const struct kss_event *event, const struct about *about) {
    const struct kss_digest_stack *stack = kss_lane_stack(&t->lanes, about->stack);
    if (stack == NULL) {
        nothing(t, 2);
        return;
    }
    KSS_ROOM(t->used, about->stack, t->room);
    uint32_t *used = &t->used[about->stack];
    if (about->used < KSS_EVENT_WORDS)
        *used = (uint32_t)event->words[about->used];
    if (event->kind == KSS_EV_STACK)
        *used = 0;
    number(t, *used);
    if (*used <= stack->bytes)
        kss_text_unsigned(t->out, stack->bytes - *used);
    else // below the limit
        kss_text_format(t->out, "-%u", *used - stack->bytes);
    kss_text_char(t->out, ',');
}

static void stack_cells(struct table *t, const struct about *about) {
    const struct kss_digest_stack *stack = kss_lane_stack(&t->lanes, about->stack);
    if (stack == NULL) {
        nothing(t, 2);
        return;
    }
    number(t, stack->id);
    kss_digest_stack_name(t->log, stack, &t->cell);
    cell(t);
}

static void row(struct table *t, uint32_t lane, const struct kss_event *event,
                const struct about *about) {
    kss_text_str(&t->cell, t->run);
    cell(t);
    number(t, event->sequence);
    seconds(t, event->time);
    number(t, event->cpu);
    number(t, event->irql);
    if (lane >= KSS_LANE_THREAD)
        kss_text_str(&t->cell, t->log->threads[lane - KSS_LANE_THREAD].name);
    else
        kss_say_lane(t->log, lane, &t->cell);
    cell(t);
    stack_cells(t, about);
    kss_text_str(&t->cell, kss_event_kinds[event->kind].name);
    cell(t);
    if (about->routine < KSS_EVENT_WORDS)
        kss_log_word(t->log, event, about->routine, &t->cell);
    cell(t);
    if (about->bytes < KSS_EVENT_WORDS)
        kss_text_unsigned(t->out, event->words[about->bytes]);
    nothing(t, 1);
    depth_cells(t, event, about);
    kss_log_place(t->log, event->place, &t->cell);
    cell(t);
    kss_log_words(t->log, event, &t->cell);
    size_t blank = t->cell.length > 0 && t->cell.bytes[0] == ' ';
    text_cell(t->out, t->cell.bytes + blank, t->cell.length - blank);
    kss_text_clear(&t->cell);
    kss_text_str(t->out, "\r\n");
}

// ---- As a document --------------------------------------------------------------------------------

void kss_write_csv_begin(struct kss_sheet *sheet) {
    kss_text_str(sheet->out,
                 "run,seq,seconds,cpu,irql,who,stack,stack_name,event,routine,bytes,used,"
                 "left,place,detail\r\n");
}

static void say_dropped(struct table *t) {
    if (t->log->dropped == 0)
        return;
    kss_text_str(&t->cell, t->run);
    cell(t);
    nothing(t, 7);
    kss_text_str(t->out, "not-recorded,,,,,,");
    kss_text_unsigned(t->out, t->log->dropped);
    kss_text_str(t->out, " more events\r\n");
}

void kss_write_csv_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    if (entry->log == NULL)
        return;
    struct table t = {.lanes = {.log = entry->log, .digest = entry->digest},
                      .log = entry->log,
                      .run = entry->name,
                      .out = sheet->out};
    for (uint32_t i = 0; i < t.log->count; i++) {
        const struct kss_event *event = &t.log->events[i];
        uint32_t lane = kss_lane_of(&t.lanes, event);
        struct about about;
        if (is_row(event, &about))
            row(&t, lane, event, &about);
    }
    say_dropped(&t);
    kss_lanes_free(&t.lanes);
    kss_text_free(&t.cell);
    free(t.used);
}

void kss_write_csv_end(struct kss_sheet *sheet) {
    (void)sheet;
}
