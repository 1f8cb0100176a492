// SPDX-License-Identifier: MIT
#include "report/trace.h"

#include <stdlib.h>

// Perfetto colours by name; these reserved colour names are for viewers that read them.
static const struct {
    const char *category, *colour;
} kinds[KSS_SLICE_KINDS] = {
    [KSS_SLICE_FRAME] = {"driver", NULL},
    [KSS_SLICE_NT] = {"nt", "grey"},
    [KSS_SLICE_WAIT] = {"wait", "thread_state_sleeping"},
    [KSS_SLICE_READY] = {"ready", "thread_state_runnable"},
    [KSS_SLICE_RUN] = {"run", "thread_state_running"},
    [KSS_SLICE_DPC] = {"dpc", NULL},
    [KSS_SLICE_INTERRUPT] = {"interrupt", NULL},
    [KSS_SLICE_APC] = {"apc", NULL},
    [KSS_SLICE_WORK] = {"work", NULL},
    [KSS_SLICE_POINT] = {"event", NULL},
};

// ---- Records --------------------------------------------------------------------------------------

static uint64_t next_ns(struct kss_trace *trace, uint64_t time) {
    uint64_t ns = time > UINT64_MAX / 100 ? UINT64_MAX : time * 100;
    trace->ns = trace->any && ns <= trace->ns ? trace->ns + 1 : ns;
    trace->any = true;
    return trace->ns;
}

static uint32_t next_id(struct kss_trace *trace) {
    return (uint32_t)++trace->sheet->items;
}

// These are most of a large trace: no printf.
static void start(struct kss_trace *trace, char phase, uint32_t tid) {
    char head[] = "{\"ph\":\"?\",\"pid\":";
    head[7] = phase;
    kss_text_str(trace->out, trace->first ? "\n" : ",\n");
    trace->first = false;
    kss_text_bytes(trace->out, head, sizeof head - 1);
    kss_text_unsigned(trace->out, trace->pid);
    kss_text_str(trace->out, ",\"tid\":");
    kss_text_unsigned(trace->out, tid);
}

static void key(struct kss_trace *trace, const char *name) {
    kss_text_str(trace->out, ",\"");
    kss_text_str(trace->out, name);
    kss_text_str(trace->out, "\":");
}

static void stamp(struct kss_trace *trace, uint64_t ns) {
    char digits[4] = {'.', (char)('0' + ns / 100 % 10), (char)('0' + ns / 10 % 10),
                      (char)('0' + ns % 10)};
    kss_text_str(trace->out, ",\"ts\":");
    kss_text_unsigned(trace->out, ns / 1000);
    kss_text_bytes(trace->out, digits, sizeof digits);
}

static void member(struct kss_trace *trace, const char *name, const char *bytes, size_t length) {
    key(trace, name);
    kss_text_json(trace->out, bytes, length);
}

static void name_of(struct kss_trace *trace) {
    member(trace, "name", trace->name.bytes != NULL ? trace->name.bytes : "", trace->name.length);
}

static void word(struct kss_trace *trace, const struct kss_event *event, unsigned i) {
    const struct kss_event_kind *kind = &kss_event_kinds[event->kind];
    struct kss_text *text = &trace->scratch;
    kss_text_clear(text);
    if (kind->words[i].word == KSS_W_UNSIGNED || kind->words[i].word == KSS_W_BYTES) {
        key(trace, kind->words[i].name);
        kss_text_unsigned(trace->out, event->words[i]);
    } else if (kss_log_word(trace->log, event, i, text) && text->length > 0) {
        member(trace, kind->words[i].name, text->bytes, text->length);
    }
}

static void arguments(struct kss_trace *trace, const struct kss_event *event) {
    struct kss_text *place = &trace->scratch;
    kss_text_str(trace->out, ",\"args\":{\"t\":");
    kss_text_unsigned(trace->out, event->time);
    key(trace, "seq");
    kss_text_unsigned(trace->out, event->sequence);
    kss_text_clear(place);
    kss_log_place(trace->log, event->place, place);
    if (place->length > 0)
        member(trace, "place", place->bytes, place->length);
    for (unsigned i = 0; i < KSS_EVENT_WORDS; i++)
        word(trace, event, i);
    kss_text_char(trace->out, '}');
}

static void meta(struct kss_trace *trace, const char *what, uint32_t tid) {
    start(trace, 'M', tid);
    kss_text_format(trace->out, ",\"ts\":0,\"cat\":\"__metadata\",\"name\":\"%s\",\"args\":{",
                    what);
}

static uint32_t tid_of(struct kss_trace *trace, uint32_t number) {
    struct kss_trace_lane *lane = &trace->lanes[number];
    if (lane->tid != 0)
        return lane->tid;
    lane->tid = next_id(trace);
    struct kss_text name = {0};
    kss_say_lane(trace->log, number, &name);
    meta(trace, "thread_name", lane->tid);
    kss_text_str(trace->out, "\"name\":");
    kss_text_json(trace->out, name.bytes, name.length);
    kss_text_str(trace->out, "}}");
    meta(trace, "thread_sort_index", lane->tid);
    kss_text_format(trace->out, "\"sort_index\":%u}}", number);
    kss_text_free(&name);
    return lane->tid;
}

// ---- Slices ---------------------------------------------------------------------------------------

void kss_trace_begin(struct kss_trace *trace, uint32_t number, enum kss_slice kind, uint64_t key,
                     const struct kss_event *event) {
    uint32_t tid = tid_of(trace, number);
    struct kss_trace_lane *lane = &trace->lanes[number];
    KSS_ROOM(lane->open, lane->count, lane->room);
    lane->open[lane->count++] =
        (struct kss_trace_slice){(uint8_t)kind, key, (uint32_t)lane->names.length};
    kss_text_bytes(&lane->names, trace->name.bytes != NULL ? trace->name.bytes : "",
                   trace->name.length);
    start(trace, 'B', tid);
    stamp(trace, next_ns(trace, event->time));
    name_of(trace);
    member(trace, "cat", kinds[kind].category, strlen(kinds[kind].category));
    if (kinds[kind].colour != NULL)
        member(trace, "cname", kinds[kind].colour, strlen(kinds[kind].colour));
    arguments(trace, event);
    kss_text_char(trace->out, '}');
}

static void end_last(struct kss_trace *trace, struct kss_trace_lane *lane, uint64_t time,
                     const char *remark) {
    const struct kss_trace_slice *slice = &lane->open[--lane->count];
    start(trace, 'E', lane->tid);
    stamp(trace, next_ns(trace, time));
    member(trace, "name", lane->names.bytes + slice->name, lane->names.length - slice->name);
    member(trace, "cat", kinds[slice->kind].category, strlen(kinds[slice->kind].category));
    lane->names.length = slice->name;
    if (remark != NULL)
        kss_text_format(trace->out, ",\"args\":{\"cut\":\"%s\"}", remark);
    kss_text_char(trace->out, '}');
}

// The innermost slice of this kind and key, counted from 1; 0: there is none.
static uint32_t find(const struct kss_trace_lane *lane, enum kss_slice kind, uint64_t key_of) {
    uint32_t at = lane->count;
    while (at > 0 && (lane->open[at - 1].kind != kind || lane->open[at - 1].key != key_of))
        at--;
    return at;
}

void kss_trace_end_above(struct kss_trace *trace, uint32_t number, enum kss_slice kind,
                         uint64_t key_of, const struct kss_event *event) {
    struct kss_trace_lane *lane = &trace->lanes[number];
    uint32_t at = find(lane, kind, key_of);
    while (at > 0 && lane->count > at)
        end_last(trace, lane, event->time, "left by what is around it");
}

bool kss_trace_end(struct kss_trace *trace, uint32_t number, enum kss_slice kind, uint64_t key_of,
                   const struct kss_event *event) {
    struct kss_trace_lane *lane = &trace->lanes[number];
    if (find(lane, kind, key_of) == 0)
        return false;
    kss_trace_end_above(trace, number, kind, key_of, event);
    end_last(trace, lane, event->time, NULL);
    return true;
}

void kss_trace_end_all(struct kss_trace *trace, uint32_t number, const struct kss_event *event) {
    struct kss_trace_lane *lane = &trace->lanes[number];
    while (lane->count > 0)
        end_last(trace, lane, event->time, "its thread ended");
}

bool kss_trace_is_open(const struct kss_trace *trace, uint32_t number, enum kss_slice kind) {
    const struct kss_trace_lane *lane = &trace->lanes[number];
    for (uint32_t i = 0; i < lane->count; i++)
        if (lane->open[i].kind == kind)
            return true;
    return false;
}

// ---- Instants, counters, arrows -------------------------------------------------------------------

void kss_trace_instant(struct kss_trace *trace, uint32_t number, bool process, const char *category,
                       const struct kss_event *event) {
    uint32_t tid = tid_of(trace, number);
    start(trace, 'i', tid);
    stamp(trace, next_ns(trace, event->time));
    kss_text_str(trace->out, process ? ",\"s\":\"p\"" : ",\"s\":\"t\"");
    name_of(trace);
    member(trace, "cat", category, strlen(category));
    arguments(trace, event);
    kss_text_char(trace->out, '}');
}

void kss_trace_counter(struct kss_trace *trace, const char *series, uint64_t value,
                       const struct kss_event *event) {
    start(trace, 'C', trace->pid);
    stamp(trace, next_ns(trace, event->time));
    name_of(trace);
    kss_text_str(trace->out, ",\"cat\":\"counter\",\"args\":{\"");
    kss_text_str(trace->out, series);
    kss_text_str(trace->out, "\":");
    kss_text_unsigned(trace->out, value);
    kss_text_str(trace->out, "}}");
}

struct kss_trace_from kss_trace_arrow_from(struct kss_trace *trace, uint32_t lane,
                                           const struct kss_event *event) {
    bool alone = trace->lanes[lane].count == 0;
    if (alone)
        kss_trace_begin(trace, lane, KSS_SLICE_POINT, 0, event);
    struct kss_trace_from from = {tid_of(trace, lane), next_ns(trace, event->time)};
    if (alone)
        kss_trace_end(trace, lane, KSS_SLICE_POINT, 0, event);
    return from;
}

static void arrow(struct kss_trace *trace, char phase, uint32_t tid, uint64_t ns, uint32_t id) {
    start(trace, phase, tid);
    stamp(trace, ns);
    kss_text_format(trace->out, ",\"id\":%u,\"cat\":\"flow\"", id);
    name_of(trace);
    kss_text_str(trace->out, phase == 'f' ? ",\"bp\":\"e\"}" : "}");
}

void kss_trace_arrow_to(struct kss_trace *trace, uint32_t lane, struct kss_trace_from from,
                        const struct kss_event *event) {
    if (from.tid == 0)
        return;
    uint32_t id = next_id(trace), tid = tid_of(trace, lane);
    arrow(trace, 's', from.tid, from.ns, id);
    arrow(trace, 'f', tid, next_ns(trace, event->time), id);
}

// ---- A run ----------------------------------------------------------------------------------------

void kss_trace_open(struct kss_trace *trace, struct kss_sheet *sheet,
                    const struct kss_sheet_entry *entry) {
    *trace = (struct kss_trace){
        .sheet = sheet, .log = entry->log, .out = sheet->out, .first = sheet->count == 0};
    trace->pid = next_id(trace);
    meta(trace, "process_name", trace->pid);
    kss_text_str(trace->out, "\"name\":");
    kss_text_str(&trace->name, entry->name);
    kss_text_str(&trace->name, entry->log == NULL ? ", which could not be run" : "");
    kss_text_json(trace->out, trace->name.bytes, trace->name.length);
    kss_text_str(trace->out, "}}");
    meta(trace, "process_sort_index", trace->pid);
    kss_text_format(trace->out, "\"sort_index\":%u}}", sheet->count);
    if (trace->log == NULL)
        return;
    unsigned room = 0;
    trace->lanes = kss_grow(NULL, &room, kss_lane_count(trace->log), sizeof *trace->lanes);
}

static uint64_t last_time(const struct kss_log *log) {
    return log->count > 0 ? log->events[log->count - 1].time : 0;
}

void kss_trace_close(struct kss_trace *trace) {
    uint32_t count = trace->log != NULL ? kss_lane_count(trace->log) : 0;
    for (uint32_t i = 0; i < count; i++) {
        struct kss_trace_lane *lane = &trace->lanes[i];
        while (lane->count > 0)
            end_last(trace, lane, last_time(trace->log), "open when the run ended");
        free(lane->open);
        kss_text_free(&lane->names);
    }
    free(trace->lanes);
    kss_text_free(&trace->name);
    kss_text_free(&trace->scratch);
}
