// SPDX-License-Identifier: MIT
// A Chrome trace for ui.perfetto.dev (and every viewer of that format): which events draw what.
//
//   process           a run
//     outside         clock, devices, swapper
//     CPU 0           which thread runs on it, DPCs, ISRs; counter IRQL
//     thread App      calls of driver and NT routines, waits, ready and not running; counter of its stack
//
// Arrows lead from what wakes a waiter to the waiter, from queueing to running of DPCs, APCs and work items, from
// the completion of an IRP to its second stage in the requesting thread. trace.h has the records.
#include "report/private.h"
#include "report/trace.h"

#include "base/version.h"
#include "kss/kss.h"

#include <stdlib.h>

// What was queued and has not run yet.
struct pending {
    uint16_t kind; // of the event that queued it
    uint64_t object, routine;
    struct kss_trace_from from;
};

struct waiter {
    struct kss_text what; // it asked to wait for last
    uint64_t more;        // objects of a wait for several that are still to be named
    struct kss_text name; // of its outermost wait's slice
    uint32_t left;        // waits it was taken out of that have not ended
};

struct drawing {
    struct kss_trace trace;
    struct kss_lanes lanes;
    const struct kss_log *log;
    const struct kss_digest *digest;
    struct pending *pending; // malloc'd
    uint32_t pending_count;
    unsigned pending_room;
    struct waiter *waiters;          // malloc'd, by thread
    const struct kss_event *last;    // the event before, NULL: none
    uint32_t running[KSS_LANE_CPUS]; // thread + 1, 0: none
    uint16_t irql[KSS_LANE_CPUS];    // + 1, 0: not told yet
};

// ---- Names ----------------------------------------------------------------------------------------

static struct kss_text *name(struct drawing *d, const char *words) {
    kss_text_clear(&d->trace.name);
    kss_text_str(&d->trace.name, words);
    return &d->trace.name;
}

// Words, then a word of the event.
static void name_with(struct drawing *d, const char *words, const struct kss_event *event,
                      unsigned word) {
    kss_log_word(d->log, event, word, name(d, words));
}

static uint32_t thread_lane(const struct drawing *d, uint64_t thread) {
    return thread < d->log->thread_count ? KSS_LANE_THREAD + (uint32_t)thread : KSS_LANE_OUTSIDE;
}

// ---- Counters -------------------------------------------------------------------------------------

static void stack_counter(struct drawing *d, uint64_t number, uint64_t used,
                          const struct kss_event *event) {
    const struct kss_digest_stack *stack = kss_lane_stack(&d->lanes, number);
    if (stack == NULL)
        return;
    kss_text_unsigned(name(d, "stack "), stack->id);
    kss_text_str(&d->trace.name, ", ");
    kss_digest_stack_name(d->log, stack, &d->trace.name);
    kss_trace_counter(&d->trace, "bytes", used, event);
}

static void irql_counter(struct drawing *d, const struct kss_event *event) {
    if (d->irql[event->cpu] == event->irql + 1u)
        return;
    d->irql[event->cpu] = (uint16_t)(event->irql + 1u);
    kss_text_format(name(d, ""), "CPU %u", event->cpu);
    kss_trace_counter(&d->trace, "IRQL", event->irql, event);
}

// ---- Arrows from queueing to running --------------------------------------------------------------

static void queued(struct drawing *d, uint32_t lane, uint64_t object, uint64_t routine,
                   const struct kss_event *event) {
    struct kss_trace_from from = kss_trace_arrow_from(&d->trace, lane, event);
    KSS_ROOM(d->pending, d->pending_count, d->pending_room);
    d->pending[d->pending_count++] = (struct pending){event->kind, object, routine, from};
}

// First come, first served among those alike. The arrow gets trace.name.
static void runs(struct drawing *d, uint32_t lane, enum kss_event_id kind, uint64_t object,
                 uint64_t routine, const struct kss_event *event) {
    for (uint32_t i = 0; i < d->pending_count; i++) {
        struct pending *p = &d->pending[i];
        if (p->kind != kind || p->object != object || p->routine != routine)
            continue;
        kss_trace_arrow_to(&d->trace, lane, p->from, event);
        d->pending_count--;
        memmove(p, p + 1, (d->pending_count - i) * sizeof *p);
        return;
    }
}

// ---- Threads and processors -----------------------------------------------------------------------

static void stops_running(struct drawing *d, uint64_t thread, const struct kss_event *event) {
    uint32_t *running = &d->running[event->cpu];
    if (*running != thread + 1)
        return;
    kss_trace_end(&d->trace, KSS_LANE_CPU + event->cpu, KSS_SLICE_RUN, thread, event);
    *running = 0;
}

static void becomes_ready(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    name(d, "ready");
    if (!kss_trace_is_open(&d->trace, lane, KSS_SLICE_READY))
        kss_trace_begin(&d->trace, lane, KSS_SLICE_READY, 0, event);
}

static void draw_switch(struct drawing *d, const struct kss_event *event) {
    uint64_t to = event->words[0], from = d->running[event->cpu];
    uint32_t lane = thread_lane(d, to);
    if (lane == KSS_LANE_OUTSIDE || from == to + 1)
        return;
    if (from != 0) { // it could go on, and does not
        stops_running(d, from - 1, event);
        becomes_ready(d, thread_lane(d, from - 1), event);
    }
    kss_trace_end(&d->trace, lane, KSS_SLICE_READY, 0, event);
    name_with(d, "", event, 0);
    kss_trace_begin(&d->trace, KSS_LANE_CPU + event->cpu, KSS_SLICE_RUN, to, event);
    d->running[event->cpu] = (uint32_t)to + 1;
}

static bool runs_now(const struct drawing *d, uint64_t thread) {
    for (uint32_t cpu = 0; cpu < d->log->config.profile.processors; cpu++)
        if (d->running[cpu] == thread + 1)
            return true;
    return false;
}

static void draw_ready(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    uint32_t target = thread_lane(d, event->words[0]);
    if (target == KSS_LANE_OUTSIDE || runs_now(d, event->words[0]))
        return;
    if (!kss_trace_is_open(&d->trace, target, KSS_SLICE_WAIT)) {
        becomes_ready(d, target, event);
        return;
    }
    d->waiters[event->words[0]].left++;
    name_with(d, "wakes ", event, 0);
    struct kss_trace_from from = kss_trace_arrow_from(&d->trace, lane, event);
    kss_trace_end(&d->trace, target, KSS_SLICE_WAIT, 0, event);
    becomes_ready(d, target, event);
    name(d, "wake");
    kss_trace_arrow_to(&d->trace, target, from, event);
}

static void draw_exit(struct drawing *d, const struct kss_event *event) {
    uint32_t lane = thread_lane(d, event->words[0]);
    if (lane == KSS_LANE_OUTSIDE)
        return;
    kss_trace_end_all(&d->trace, lane, event);
    d->waiters[event->words[0]].left = 0;
    stops_running(d, event->words[0], event);
    name_with(d, "ends: ", event, 1);
    kss_trace_instant(&d->trace, lane, false, "thread", event);
}

// ---- Waits ----------------------------------------------------------------------------------------

static void ask(struct drawing *d, const struct kss_event *event) {
    if (event->thread >= d->log->thread_count)
        return;
    struct waiter *waiter = &d->waiters[event->thread];
    if (event->kind == KSS_EV_WAIT && waiter->more > 0) {
        kss_text_str(&waiter->what, waiter->what.bytes[waiter->what.length - 1] == ' ' ? "" : ", ");
        kss_log_word(d->log, event, 0, &waiter->what);
        waiter->more--;
        return;
    }
    bool several = event->kind == KSS_EV_WAIT_OBJECTS;
    waiter->more = several ? event->words[0] : 0;
    kss_text_clear(&waiter->what);
    kss_text_str(&waiter->what, !several ? "" : event->words[1] == 0 ? "any of " : "all of ");
    if (!several)
        kss_log_word(d->log, event, event->kind == KSS_EV_DELAY ? 1 : 0, &waiter->what);
}

static void draw_block(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    if (lane < KSS_LANE_THREAD)
        return;
    struct waiter *waiter = &d->waiters[lane - KSS_LANE_THREAD];
    struct kss_text *words = name(d, "waits");
    if (event->words[0] != 0)
        name_with(d, "waits for ", event, 0);
    else if (waiter->what.length > 0)
        kss_text_format(words, " for %s", waiter->what.bytes);
    kss_text_str(words, " (");
    kss_log_word(d->log, event, 1, words);
    kss_text_str(words, event->words[2] ? ", alertable)" : ")");
    if (waiter->left == 0) {
        kss_text_clear(&waiter->name);
        kss_text_bytes(&waiter->name, words->bytes, words->length);
    }
    kss_trace_begin(&d->trace, lane, KSS_SLICE_WAIT, 0, event);
    stops_running(d, lane - KSS_LANE_THREAD, event);
}

// A thread that was taken out of its wait for an APC goes on waiting without a word.
static void waits_again(struct drawing *d, uint8_t cpu) {
    uint32_t thread = d->running[cpu] - 1;
    struct waiter *waiter = &d->waiters[thread];
    struct kss_event at = *d->last;
    at.cpu = cpu;
    if (waiter->left == 0 || kss_trace_is_open(&d->trace, KSS_LANE_THREAD + thread, KSS_SLICE_APC))
        return;
    name(d, --waiter->left == 0 ? waiter->name.bytes : "waits");
    kss_trace_begin(&d->trace, KSS_LANE_THREAD + thread, KSS_SLICE_WAIT, 0, &at);
    stops_running(d, thread, &at);
}

// What shows that it does: the clock moves on, nobody runs, its processor turns to another thread, it is woken.
static bool shows(const struct drawing *d, uint64_t thread, const struct kss_event *event) {
    return event->time > d->last->time || event->thread == KSS_NONE ||
           (event->kind == KSS_EV_SWITCH && event->words[0] != thread) ||
           (event->kind == KSS_EV_READY && event->words[0] == thread);
}

static void notice_waits(struct drawing *d, const struct kss_event *event) {
    uint8_t cpu = event->cpu;
    if (d->running[cpu] != 0 && d->lanes.busy[cpu] == 0 && shows(d, d->running[cpu] - 1, event))
        waits_again(d, cpu);
    d->last = event;
}

static void draw_wait_end(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    if (lane >= KSS_LANE_THREAD && d->waiters[lane - KSS_LANE_THREAD].left > 0)
        d->waiters[lane - KSS_LANE_THREAD].left--;
    kss_trace_end(&d->trace, lane, KSS_SLICE_WAIT, 0, event);
    if (!event->words[2])
        return;
    name_with(d, "wait ended: ", event, 1);
    kss_trace_instant(&d->trace, lane, false, "wait", event);
}

// ---- Calls ----------------------------------------------------------------------------------------

static void draw_call(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    switch (event->kind) {
    case KSS_EV_CALL:
        name_with(d, "", event, 0);
        kss_trace_begin(&d->trace, lane, KSS_SLICE_FRAME, event->words[0], event);
        stack_counter(d, event->stack, event->words[2], event);
        return;
    case KSS_EV_NT_CALL:
        name_with(d, "", event, 0);
        kss_trace_begin(&d->trace, lane, KSS_SLICE_NT, event->words[0], event);
        return;
    case KSS_EV_NT_RETURN:
        kss_trace_end(&d->trace, lane, KSS_SLICE_NT, event->words[0], event);
        return;
    default: // return, unwind
        kss_trace_end(&d->trace, lane, KSS_SLICE_FRAME, event->words[0], event);
        stack_counter(d, event->stack, event->words[1], event);
    }
}

// Something that runs because it was queued.
static void draw_run(struct drawing *d, uint32_t lane, enum kss_slice kind,
                     enum kss_event_id queued_by, const char *words,
                     const struct kss_event *event) {
    name_with(d, words, event, event->kind == KSS_EV_INTERRUPT ? 0 : 1);
    kss_trace_begin(&d->trace, lane, kind, 0, event);
    uint64_t routine = event->kind == KSS_EV_APC_RUN ? 0 : event->words[1];
    if (event->kind != KSS_EV_INTERRUPT)
        runs(d, lane, queued_by, event->words[0], routine, event);
}

// A normal routine follows the kernel routine of its APC; what runs in user mode is no driver code.
static void draw_apc(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    enum { NORMAL_ROUTINE = 1, USER_MODE };
    if (event->words[2] == NORMAL_ROUTINE && kss_trace_is_open(&d->trace, lane, KSS_SLICE_APC) &&
        event->words[0] != 0)
        kss_trace_end(&d->trace, lane, KSS_SLICE_APC, 0, event);
    if (event->words[2] != USER_MODE)
        draw_run(d, lane, KSS_SLICE_APC, KSS_EV_APC, "APC ", event);
}

static void draw_queue(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    enum { IRP = 0 };
    if (event->kind == KSS_EV_APC) {
        name_with(d, "queues an APC to ", event, 1);
        if (event->words[3] != IRP)
            queued(d, lane, event->words[0], 0, event);
        return;
    }
    name_with(d, event->kind == KSS_EV_DPC_QUEUE ? "queues DPC " : "queues work item ", event, 1);
    if (event->words[2])
        queued(d, lane, event->words[0], event->words[1], event);
}

static void draw_finish(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    name_with(d, "IRP, second stage: ", event, 1);
    kss_trace_begin(&d->trace, lane, KSS_SLICE_POINT, event->words[0], event);
    name(d, "IRP");
    runs(d, lane, KSS_EV_IRP_DONE, event->words[0], 0, event);
    kss_trace_end(&d->trace, lane, KSS_SLICE_POINT, event->words[0], event);
}

// ---- Instants -------------------------------------------------------------------------------------

static void draw_swap(struct drawing *d, const struct kss_event *event) {
    bool out = event->kind == KSS_EV_OUTSWAP;
    name(d, out ? "stack leaves memory" : "stack comes back");
    kss_trace_instant(&d->trace, thread_lane(d, event->words[0]), false, "swap", event);
}

static void draw_finding(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    name_with(d, "", event, 0);
    kss_text_str(&d->trace.name, ": ");
    kss_log_word(d->log, event, 2, &d->trace.name);
    kss_trace_instant(&d->trace, lane, false, "finding", event);
}

static void draw_stop(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    bool hang = event->kind == KSS_EV_HANG;
    kss_text_str(name(d, ""), hang ? "hang: " : "STOP 0x");
    if (hang) {
        kss_text_str(&d->trace.name, kss_hang_reason(d->log, event));
    } else {
        kss_text_hex_digits(&d->trace.name, event->words[0], 8);
        kss_text_char(&d->trace.name, ' ');
        kss_log_word(d->log, event, 0, &d->trace.name);
    }
    kss_trace_instant(&d->trace, lane, true, hang ? "hang" : "bugcheck", event);
}

static void draw_expectation(struct drawing *d, const struct kss_event *event) {
    if (event->words[0] == 0)
        return;
    name_with(d, event->words[0] == 1 ? "expectation failed: " : "expectation not judged: ", event,
              1);
    kss_trace_instant(&d->trace, KSS_LANE_OUTSIDE, true, "expectation", event);
}

static void instant(struct drawing *d, uint32_t lane, const char *category, const char *words,
                    unsigned word, const struct kss_event *event) {
    name_with(d, words, event, word);
    kss_trace_instant(&d->trace, lane, false, category, event);
}

// ---- Events ---------------------------------------------------------------------------------------

static void draw_moment(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    switch (event->kind) {
    case KSS_EV_OUTSWAP:
    case KSS_EV_INSWAP: draw_swap(d, event); return;
    case KSS_EV_FINDING: draw_finding(d, lane, event); return;
    case KSS_EV_BUGCHECK:
    case KSS_EV_HANG: draw_stop(d, lane, event); return;
    case KSS_EV_EXPECT: draw_expectation(d, event); return;
    case KSS_EV_SIGNAL: instant(d, lane, "signal", "signals ", 0, event); return;
    case KSS_EV_TOUCH_OUT:
        instant(d, lane, "touch", "touches a stack that is out, of thread ", 1, event);
        return;
    case KSS_EV_TOUCH_DEAD:
        instant(d, lane, "touch", "touches a frame that returned: ", 3, event);
        return;
    case KSS_EV_TOUCH_FREED: instant(d, lane, "touch", "touches freed memory: ", 2, event); return;
    case KSS_EV_TOUCH_PAGED:
        instant(d, lane, "touch", "touches pageable memory: ", 3, event);
        return;
    case KSS_EV_NEVER:
        instant(d, thread_lane(d, event->words[1]), "wait", "nothing will wake ", 1, event);
        return;
    case KSS_EV_RAISE: instant(d, lane, "exception", "raises ", 0, event); return;
    case KSS_EV_HANDLER:
        kss_trace_end_above(&d->trace, lane, KSS_SLICE_FRAME, event->words[1], event);
        instant(d, lane, "exception", "handles ", 0, event);
        return;
    case KSS_EV_OVERFLOW:
        stack_counter(d, event->words[0], event->words[1], event);
        instant(d, lane, "overflow", "SP crosses the limit in ", 3, event);
        return;
    default: return;
    }
}

static void draw_work(struct drawing *d, uint32_t lane, const struct kss_event *event) {
    switch (event->kind) {
    case KSS_EV_DPC_QUEUE:
    case KSS_EV_APC:
    case KSS_EV_WORK_QUEUE: draw_queue(d, lane, event); return;
    case KSS_EV_DPC_RUN: draw_run(d, lane, KSS_SLICE_DPC, KSS_EV_DPC_QUEUE, "DPC ", event); return;
    case KSS_EV_INTERRUPT:
        draw_run(d, lane, KSS_SLICE_INTERRUPT, KSS_EV_INTERRUPT, "ISR ", event);
        return;
    case KSS_EV_APC_RUN: draw_apc(d, lane, event); return;
    case KSS_EV_WORK_RUN:
        draw_run(d, lane, KSS_SLICE_WORK, KSS_EV_WORK_QUEUE, "work item ", event);
        return;
    case KSS_EV_DPC_DONE: kss_trace_end(&d->trace, lane, KSS_SLICE_DPC, 0, event); return;
    case KSS_EV_INTERRUPT_DONE:
        kss_trace_end(&d->trace, lane, KSS_SLICE_INTERRUPT, 0, event);
        return;
    case KSS_EV_APC_DONE: kss_trace_end(&d->trace, lane, KSS_SLICE_APC, 0, event); return;
    case KSS_EV_WORK_DONE: kss_trace_end(&d->trace, lane, KSS_SLICE_WORK, 0, event); return;
    case KSS_EV_IRP_DONE:
        name_with(d, "completes an IRP: ", event, 1);
        if (event->words[3] < d->log->thread_count)
            queued(d, lane, event->words[0], 0, event);
        return;
    case KSS_EV_IRP_FINISH: draw_finish(d, lane, event); return;
    default: draw_moment(d, lane, event); return;
    }
}

static void draw(struct drawing *d, const struct kss_event *event) {
    uint32_t lane = kss_lane_of(&d->lanes, event);
    switch (event->kind) {
    case KSS_EV_CALL:
    case KSS_EV_RETURN:
    case KSS_EV_UNWIND:
    case KSS_EV_NT_CALL:
    case KSS_EV_NT_RETURN: draw_call(d, lane, event); return;
    case KSS_EV_STACK: stack_counter(d, event->words[3], 0, event); return;
    case KSS_EV_SWITCH: draw_switch(d, event); return;
    case KSS_EV_READY: draw_ready(d, lane, event); return;
    case KSS_EV_THREAD_EXIT: draw_exit(d, event); return;
    case KSS_EV_WAIT:
    case KSS_EV_WAIT_OBJECTS:
    case KSS_EV_DELAY: ask(d, event); return;
    case KSS_EV_WAIT_BLOCK: draw_block(d, lane, event); return;
    case KSS_EV_WAIT_END: draw_wait_end(d, lane, event); return;
    default: draw_work(d, lane, event); return;
    }
}

// ---- As a document --------------------------------------------------------------------------------

static void say_dropped(struct drawing *d) {
    if (d->log->dropped == 0 || d->log->count == 0)
        return;
    kss_text_unsigned(name(d, ""), d->log->dropped);
    kss_text_str(&d->trace.name, " more events were not recorded");
    kss_trace_instant(&d->trace, KSS_LANE_OUTSIDE, true, "log", &d->log->events[d->log->count - 1]);
}

static void draw_all(struct drawing *d) {
    unsigned room = 0;
    d->waiters = kss_grow(NULL, &room, d->log->thread_count + 1u, sizeof *d->waiters);
    bool ended = false; // what follows judges the run
    for (uint32_t i = 0; i < d->log->count; i++) {
        const struct kss_event *event = &d->log->events[i];
        ended |= event->kind == KSS_EV_REST;
        notice_waits(d, event);
        if (!ended)
            irql_counter(d, event);
        draw(d, event);
    }
    say_dropped(d);
    for (uint32_t i = 0; i < d->log->thread_count; i++) {
        kss_text_free(&d->waiters[i].what);
        kss_text_free(&d->waiters[i].name);
    }
    free(d->waiters);
}

void kss_write_perfetto_begin(struct kss_sheet *sheet) {
    kss_text_format(sheet->out,
                    "{\"displayTimeUnit\":\"ns\",\"otherData\":{\"tool\":\"kss\","
                    "\"version\":\"%s\",\"schema\":%d,\"time\":\"virtual; records of one "
                    "instant are 1 ns apart, args.t is the true time in 100 ns\"},"
                    "\"traceEvents\":[",
                    KSS_VERSION, KSS_SCHEMA);
}

void kss_write_perfetto_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    struct drawing d = {.log = entry->log, .digest = entry->digest};
    d.lanes = (struct kss_lanes){.log = entry->log, .digest = entry->digest};
    kss_trace_open(&d.trace, sheet, entry);
    if (entry->log != NULL)
        draw_all(&d);
    kss_trace_close(&d.trace);
    kss_lanes_free(&d.lanes);
    free(d.pending);
}

void kss_write_perfetto_end(struct kss_sheet *sheet) {
    kss_text_str(sheet->out, "\n]}\n");
}
