// SPDX-License-Identifier: MIT
// A run as a Mermaid sequence diagram: threads, processors at work for DPCs and ISRs, the swapper and what lies
// outside are participants, and so are the objects that they wait for and signal. A note across all of them says
// when the clock has moved on.
#include "report/mermaid.h"

#include "report/lanes.h"
#include "report/private.h"
#include "report/sheet.h"

#include <stdlib.h>

// Participants are numbers: lanes, then these, then objects.
enum { SWAPPER = 0x10000000, WORK_QUEUE, OBJECTS };

enum arrow { CALLS, ANSWERS, FAILS, NOTE };

struct message {
    uint8_t arrow;
    uint32_t from, to; // a note is over `to`
    uint64_t time;
    uint32_t text, length; // in the texts
};

struct sequence {
    struct kss_lanes lanes;
    const struct kss_log *log;
    struct message *messages; // malloc'd
    uint32_t count;
    unsigned room;
    struct kss_text texts;
    uint32_t *members; // malloc'd: participants in the order in which they appear
    uint32_t member_count;
    unsigned member_room;
    struct kss_text *out;
};

// ---- What is said ---------------------------------------------------------------------------------

static void say(struct sequence *s, enum arrow arrow, uint32_t from, uint32_t to,
                const struct kss_event *event, const char *words) {
    KSS_ROOM(s->messages, s->count, s->room);
    s->messages[s->count++] = (struct message){.arrow = (uint8_t)arrow,
                                               .from = from,
                                               .to = to,
                                               .time = event->time,
                                               .text = (uint32_t)s->texts.length};
    kss_text_str(&s->texts, words);
}

// More of the message said last: words, then a word of the event.
static void add(struct sequence *s, const char *words, const struct kss_event *event,
                unsigned word) {
    size_t begin = s->texts.length;
    kss_text_str(&s->texts, words);
    if (!kss_log_word(s->log, event, word, &s->texts))
        s->texts.length = begin;
}

static void note(struct sequence *s, uint32_t over, const struct kss_event *event,
                 const char *words, unsigned word) {
    say(s, NOTE, over, over, event, "");
    add(s, words, event, word);
}

static uint32_t thread(const struct sequence *s, uint64_t number) {
    return number < s->log->thread_count ? KSS_LANE_THREAD + (uint32_t)number : KSS_LANE_OUTSIDE;
}

static uint32_t object(uint64_t number, uint32_t otherwise) {
    return number != 0 && number < UINT32_MAX - OBJECTS ? OBJECTS + (uint32_t)number : otherwise;
}

static void say_wait(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    uint32_t to = object(event->words[0], lane);
    switch (event->kind) {
    case KSS_EV_WAIT:
        say(s, CALLS, lane, to, event, "waits");
        add(s, ", ", event, 1);
        if ((int64_t)event->words[3] >= 0)
            add(s, ", at most ", event, 3);
        return;
    case KSS_EV_DELAY:
        say(s, CALLS, lane, lane, event, "delays itself");
        add(s, " by ", event, 1);
        return;
    case KSS_EV_WAIT_END:
        say(s, ANSWERS, to, lane, event, "wait ended");
        add(s, ": ", event, 1);
        return;
    case KSS_EV_NEVER: note(s, thread(s, event->words[1]), event, "nothing will wake ", 1); return;
    default: // signal
        say(s, CALLS, lane, to, event, "");
        add(s, "", event, 2);
        if (event->words[3] > 0)
            add(s, ", wakes ", event, 3);
    }
}

static void say_lock(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    say(s, CALLS, lane, object(event->words[0], lane), event, "");
    add(s, "", event, 1);
    if (event->kind == KSS_EV_OWN)
        add(s, ", ", event, 2);
}

static void say_timer(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    bool set = event->kind == KSS_EV_TIMER_SET;
    say(s, CALLS, lane, object(event->words[0], lane), event, set ? "sets the timer" : "cancels");
    if (set)
        add(s, ", due in ", event, 1);
}

static void say_promise(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    say(s, CALLS, lane, KSS_LANE_OUTSIDE, event, "after ");
    add(s, "", event, 2);
    add(s, ": ", event, 0);
    add(s, " ", event, 1);
}

static void say_queued(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    switch (event->kind) {
    case KSS_EV_DPC_QUEUE:
        say(s, CALLS, lane, KSS_LANE_CPU + event->cpu, event, "queues DPC");
        add(s, " ", event, 1);
        return;
    case KSS_EV_INTERRUPT:
        say(s, CALLS, KSS_LANE_OUTSIDE, lane, event, "interrupts: ISR");
        add(s, " ", event, 0);
        return;
    case KSS_EV_APC:
        say(s, CALLS, lane, thread(s, event->words[1]), event, "queues an APC");
        return;
    case KSS_EV_WORK_QUEUE:
        say(s, CALLS, lane, WORK_QUEUE, event, "queues");
        add(s, " ", event, 1);
        return;
    case KSS_EV_WORK_RUN:
        say(s, CALLS, WORK_QUEUE, lane, event, "runs");
        add(s, " ", event, 1);
        return;
    default: note(s, lane, event, event->kind == KSS_EV_DPC_RUN ? "DPC " : "APC ", 1);
    }
}

static void say_irp(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    uint32_t device = object(event->words[1], lane);
    switch (event->kind) {
    case KSS_EV_IRP_CALL:
        say(s, CALLS, lane, device, event, "IRP");
        add(s, " to ", event, 2);
        return;
    case KSS_EV_IRP_RETURN:
        say(s, ANSWERS, device, lane, event, "");
        add(s, "", event, 3);
        return;
    case KSS_EV_IRP_COMPLETE: note(s, lane, event, "completes the IRP: ", 1); return;
    default: note(s, thread(s, event->words[3]), event, "second stage of the IRP: ", 1);
    }
}

static void say_touch(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    uint32_t target = thread(s, event->words[1]);
    switch (event->kind) {
    case KSS_EV_TOUCH_OUT:
        say(s, FAILS, lane, object(event->words[0], target), event,
            "touches it: the stack is out of memory");
        return;
    case KSS_EV_TOUCH_DEAD:
        say(s, FAILS, lane, target, event, "touches a frame that returned");
        add(s, ": ", event, 3);
        return;
    case KSS_EV_TOUCH_FREED: note(s, lane, event, "touches freed memory: ", 2); return;
    default: note(s, lane, event, "touches pageable memory: ", 3);
    }
}

static void say_end(struct sequence *s, uint32_t lane, const struct kss_event *event) {
    switch (event->kind) {
    case KSS_EV_FINDING:
        note(s, lane, event, "", 0);
        add(s, ": ", event, 2);
        return;
    case KSS_EV_BUGCHECK:
        say(s, NOTE, lane, lane, event, "STOP 0x");
        kss_text_hex_digits(&s->texts, event->words[0], 8);
        add(s, " ", event, 0);
        return;
    case KSS_EV_HANG:
        say(s, NOTE, lane, lane, event, "hang: ");
        kss_text_str(&s->texts, kss_hang_reason(s->log, event));
        return;
    case KSS_EV_OVERFLOW: note(s, lane, event, "SP crosses the limit in ", 3); return;
    case KSS_EV_RAISE: note(s, lane, event, "raises ", 0); return;
    case KSS_EV_THREAD_EXIT: note(s, thread(s, event->words[0]), event, "ends: ", 1); return;
    default: // expect
        if (event->words[0] == 1)
            note(s, KSS_LANE_OUTSIDE, event, "expectation failed: ", 1);
    }
}

static void tell(struct sequence *s, const struct kss_event *event) {
    uint32_t lane = kss_lane_of(&s->lanes, event);
    switch (event->kind) {
    case KSS_EV_WAIT:
    case KSS_EV_DELAY:
    case KSS_EV_WAIT_END:
    case KSS_EV_NEVER:
    case KSS_EV_SIGNAL: say_wait(s, lane, event); return;
    case KSS_EV_MUTEX:
    case KSS_EV_OWN: say_lock(s, lane, event); return;
    case KSS_EV_TIMER_SET:
    case KSS_EV_TIMER_CANCEL: say_timer(s, lane, event); return;
    case KSS_EV_PROMISE: say_promise(s, lane, event); return;
    case KSS_EV_DPC_QUEUE:
    case KSS_EV_DPC_RUN:
    case KSS_EV_INTERRUPT:
    case KSS_EV_APC:
    case KSS_EV_APC_RUN:
    case KSS_EV_WORK_QUEUE:
    case KSS_EV_WORK_RUN: say_queued(s, lane, event); return;
    case KSS_EV_IRP_CALL:
    case KSS_EV_IRP_RETURN:
    case KSS_EV_IRP_COMPLETE:
    case KSS_EV_IRP_FINISH: say_irp(s, lane, event); return;
    case KSS_EV_OUTSWAP:
        say(s, CALLS, SWAPPER, thread(s, event->words[0]), event, "stack leaves memory");
        return;
    case KSS_EV_INSWAP:
        say(s, CALLS, SWAPPER, thread(s, event->words[0]), event, "stack comes back");
        return;
    case KSS_EV_TOUCH_OUT:
    case KSS_EV_TOUCH_DEAD:
    case KSS_EV_TOUCH_FREED:
    case KSS_EV_TOUCH_PAGED: say_touch(s, lane, event); return;
    case KSS_EV_FINDING:
    case KSS_EV_BUGCHECK:
    case KSS_EV_HANG:
    case KSS_EV_OVERFLOW:
    case KSS_EV_RAISE:
    case KSS_EV_THREAD_EXIT:
    case KSS_EV_EXPECT: say_end(s, lane, event); return;
    default: return;
    }
}

// ---- Participants ---------------------------------------------------------------------------------

// Of many messages the first and the last are shown.
static bool shown(const struct sequence *s, uint32_t i) {
    return s->count <= KSS_MERMAID_MESSAGES || i < KSS_MERMAID_MESSAGES / 2 ||
           i >= s->count - KSS_MERMAID_MESSAGES / 2;
}

static uint32_t member(struct sequence *s, uint32_t participant) {
    for (uint32_t i = 0; i < s->member_count; i++)
        if (s->members[i] == participant)
            return i;
    KSS_ROOM(s->members, s->member_count, s->member_room);
    s->members[s->member_count] = participant;
    return s->member_count++;
}

static void object_name(const struct sequence *s, uint32_t number, struct kss_text *out) {
    kss_log_object(s->log, number, false, out);
    uint32_t at = number < s->log->object_capacity ? s->log->objects[number] : 0;
    if (at < s->log->count && s->log->events[at].kind == KSS_EV_OBJECT &&
        s->log->events[at].words[0] == number && s->log->events[at].words[2] != 0) {
        kss_text_str(out, " (");
        kss_log_word(s->log, &s->log->events[at], 2, out);
        kss_text_char(out, ')');
    }
}

static void name_member(struct sequence *s, uint32_t i) {
    struct kss_text name = {0};
    uint32_t participant = s->members[i];
    if (participant >= OBJECTS)
        object_name(s, participant - OBJECTS, &name);
    else if (participant >= SWAPPER)
        kss_text_str(&name, participant == SWAPPER ? "swapper" : "work queue");
    else
        kss_say_lane(s->log, participant, &name);
    kss_text_format(s->out, "  participant p%u as ", i);
    kss_mermaid_text(s->out, name.bytes, name.length);
    kss_text_char(s->out, '\n');
    kss_text_free(&name);
}

// ---- The diagram ----------------------------------------------------------------------------------

static void across(struct sequence *s) {
    kss_text_str(s->out, "  Note over p0");
    if (s->member_count > 1)
        kss_text_format(s->out, ",p%u", s->member_count - 1);
    kss_text_str(s->out, ": ");
}

static void print(struct sequence *s, const struct message *m, const char *text) {
    static const char *const arrows[] = {[CALLS] = "->>", [ANSWERS] = "-->>", [FAILS] = "-x"};
    uint32_t from = member(s, m->from), to = member(s, m->to);
    if (m->arrow == NOTE)
        kss_text_format(s->out, "  Note over p%u: ", to);
    else
        kss_text_format(s->out, "  p%u%sp%u: ", from, arrows[m->arrow], to);
    kss_mermaid_text(s->out, text, m->length);
    kss_text_char(s->out, '\n');
}

static void diagram(struct sequence *s) {
    uint64_t time = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        struct message *m = &s->messages[i];
        m->length = (uint32_t)(i + 1 < s->count ? m[1].text : s->texts.length) - m->text;
        if (shown(s, i)) {
            member(s, m->from);
            member(s, m->to);
        }
    }
    for (uint32_t i = 0; i < s->member_count; i++)
        name_member(s, i);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct message *m = &s->messages[i];
        if (i == KSS_MERMAID_MESSAGES / 2 && !shown(s, i)) {
            across(s);
            kss_text_format(s->out, "%u more messages\n", s->count - KSS_MERMAID_MESSAGES);
        }
        if (!shown(s, i))
            continue;
        if (m->time != time) {
            across(s);
            kss_text_time(s->out, m->time);
            kss_text_char(s->out, '\n');
        }
        time = m->time;
        print(s, m, s->texts.bytes + m->text);
    }
}

static void remarks(struct sequence *s) {
    const struct kss_event *rest = s->lanes.digest->rest;
    size_t length = 0;
    const char *why = rest != NULL ? kss_enum_name(kss_event_kinds[KSS_EV_REST].words[0].values,
                                                   rest->words[0], &length)
                                   : NULL;
    bool given_up = why != NULL && length == 5 && memcmp(why, "steps", 5) == 0;
    if (s->member_count == 0)
        kss_text_str(s->out, given_up ? "  participant p0 as nothing had happened yet\n"
                                      : "  participant p0 as nothing happened\n");
    if (given_up) {
        across(s);
        kss_text_str(s->out, "the run was given up here\n");
    }
    if (s->log->dropped == 0)
        return;
    across(s);
    kss_text_str(s->out, "without what ");
    kss_text_grouped(s->out, s->log->dropped);
    kss_text_str(s->out, " more events say\n");
}

void kss_write_mermaid_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_mermaid_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    kss_mermaid_title(sheet->out, entry->name);
    kss_text_str(sheet->out, "sequenceDiagram\n");
    if (entry->log == NULL) {
        kss_text_str(sheet->out, "  participant p0 as could not be run\n");
        return;
    }
    struct sequence s = {.log = entry->log,
                         .lanes = {.log = entry->log, .digest = entry->digest},
                         .out = sheet->out};
    for (uint32_t i = 0; i < s.log->count; i++)
        tell(&s, &s.log->events[i]);
    diagram(&s);
    remarks(&s);
    kss_lanes_free(&s.lanes);
    free(s.messages);
    free(s.members);
    kss_text_free(&s.texts);
}

void kss_write_mermaid_end(struct kss_sheet *sheet) {
    (void)sheet;
}
