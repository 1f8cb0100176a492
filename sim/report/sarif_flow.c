// SPDX-License-Identifier: MIT
// Code flows: the steps of a run that lead to a finding, a stop or a failed expectation, one thread flow for each
// thread, DPC, ISR and for the system, in one order of execution over all of them.
//
//   events   ... | LOOKED_AT events, of which the steps are taken | the end of the story
//                  causes of the finding are steps, with their own words
//
// The story ends where the finding was made or, if later, where the last of its causes happened or the machine
// stopped over it. At most MOST steps are shown, the last ones of the most important; what was left out is said.
// A finding made after the run (about a place, not a moment) has a flow only if something happened at its place.
#include "report/sarif.h"

#include <stdlib.h>

enum { MOST = 64, LOOKED_AT = 4096 };
enum rank {
    NOT_A_STEP,
    UNIMPORTANT,
    IMPORTANT,
    ESSENTIAL,
    TOLD
}; // TOLD: in the finding's own words

static const struct {
    enum rank rank;
    const char *text;
} steps[KSS_EV_COUNT] = {
#define FLOW(kind, rank, text) [KSS_EV_##kind] = {rank, text},
#include "report/sarif_flow.def"
};

// ---- The run, read once -------------------------------------------------------------------------

// A lane: a thread's number, or above all of them DPCs and ISRs of each processor, or the system.
enum { SYSTEM = UINT16_MAX, CPUS = 64 };
#define NOWHERE UINT32_MAX

struct kss_sarif_story {
    uint16_t *lanes; // of each event
    uint32_t
        *findings;    // of each finding: its last event or that of a cause's, before the run ended
    uint32_t *places; // of each place: the last step there
    uint32_t stop;    // the bug check or the hang
};

static bool is_step(const struct kss_event *event) {
    return steps[event->kind].rank != NOT_A_STEP;
}

// A thread that begins to run or ends has the place of the statement that was at work before it.
static bool is_of_its_place(const struct kss_event *event) {
    return event->kind != KSS_EV_SWITCH && event->kind != KSS_EV_THREAD_EXIT;
}

static uint32_t *nowhere(uint32_t count) {
    unsigned room = 0;
    uint32_t *items = kss_grow(NULL, &room, count, sizeof *items);
    memset(items, 0xFF, count * sizeof *items);
    return items;
}

static void find_ends(struct kss_sarif_run *run, struct kss_sarif_story *story) {
    const struct kss_log *log = run->log;
    uint32_t finding = 0, found = run->entry->digest->finding_count;
    story->findings = nowhere(found + 1u);
    story->places = nowhere(log->place_count + 1u);
    story->stop = NOWHERE;
    for (uint32_t i = 0; i < log->count && log->events[i].kind != KSS_EV_REST; i++) {
        const struct kss_event *event = &log->events[i];
        if (event->kind == KSS_EV_FINDING && finding < found)
            story->findings[++finding] = i;
        else if (event->kind == KSS_EV_FINDING_CAUSE && event->words[3] <= finding)
            story->findings[event->words[3]] = i;
        else if (event->kind == KSS_EV_BUGCHECK || event->kind == KSS_EV_HANG)
            story->stop = i;
        if (is_step(event) && is_of_its_place(event) && event->place < log->place_count)
            story->places[event->place] = i;
    }
}

static uint16_t own_lane(const struct kss_log *log, unsigned cpu, bool isr) {
    return (uint16_t)(log->thread_count + 2 * cpu + isr);
}

// An ISR may run on the stack it interrupts: it is counted in and out, where the log has both.
static bool in_isr(const struct kss_event *event, unsigned *isrs, bool counted) {
    unsigned before = isrs[event->cpu % CPUS];
    if (counted && event->kind == KSS_EV_INTERRUPT)
        before = ++isrs[event->cpu % CPUS];
    else if (event->kind == KSS_EV_INTERRUPT_DONE && before > 0)
        isrs[event->cpu % CPUS]--;
    return before > 0;
}

static bool holds(const struct kss_log *log, enum kss_event_id kind) {
    for (uint32_t i = 0; i < log->count; i++)
        if (log->events[i].kind == kind)
            return true;
    return false;
}

static void find_lanes(struct kss_sarif_run *run, struct kss_sarif_story *story) {
    enum { DPC_STACK = 1, ISR_STACK = 2 };
    const struct kss_log *log = run->log;
    const struct kss_digest *digest = run->entry->digest;
    unsigned isrs[CPUS] = {0}, room = 0, kind_room = 0;
    bool counted = holds(log, KSS_EV_INTERRUPT_DONE);
    uint8_t *kinds = kss_grow(NULL, &kind_room, UINT16_MAX + 1u, sizeof *kinds); // of stacks
    for (uint32_t i = 0; i < digest->stack_count; i++)
        kinds[digest->stacks[i].id] = digest->stacks[i].kind;
    story->lanes = kss_grow(NULL, &room, log->count + 1u, sizeof *story->lanes);
    for (uint32_t i = 0; i < log->count; i++) {
        const struct kss_event *event = &log->events[i];
        bool isr = in_isr(event, isrs, counted) || kinds[event->stack] == ISR_STACK;
        if (isr || kinds[event->stack] == DPC_STACK || event->kind == KSS_EV_DPC_RUN)
            story->lanes[i] = own_lane(log, event->cpu, isr);
        else
            story->lanes[i] = event->thread < log->thread_count ? event->thread : SYSTEM;
    }
    free(kinds);
}

static const struct kss_sarif_story *story_of(struct kss_sarif_run *run) {
    if (run->story == NULL) {
        unsigned one = 0;
        run->story = kss_grow(NULL, &one, 1, sizeof *run->story);
        find_ends(run, run->story);
        find_lanes(run, run->story);
    }
    return run->story;
}

void kss_sarif_story_free(struct kss_sarif_run *run) {
    if (run->story == NULL)
        return;
    free(run->story->lanes);
    free(run->story->findings);
    free(run->story->places);
    free(run->story);
}

// ---- Where the story ends -----------------------------------------------------------------------

static bool at_place(const struct kss_event *event, uint32_t place, uint64_t time) {
    return event->place == place && event->time == time;
}

static bool stopped_over(const struct kss_event *stop, const struct kss_digest_finding *finding) {
    bool about = at_place(stop, finding->place, finding->time);
    for (unsigned c = 0; c < finding->cause_count; c++)
        about |= at_place(stop, finding->causes[c].place, finding->causes[c].when);
    return about;
}

static uint32_t later(uint32_t a, uint32_t b) {
    return a == NOWHERE || (b != NOWHERE && b > a) ? b : a;
}

static uint32_t end_of(struct kss_sarif_run *run, const struct kss_sarif_result *result) {
    const struct kss_sarif_story *story = story_of(run);
    const struct kss_digest_finding *finding = result->finding;
    const struct kss_log *log = run->log;
    if (finding == NULL)
        return result->event->kind == KSS_EV_EXPECT ? NOWHERE : story->stop;
    uint32_t end = story->findings[finding->number];
    if (end == NOWHERE && finding->place != 0 && finding->place < log->place_count)
        end = story->places[finding->place];
    for (unsigned c = 0; end == NOWHERE && c < finding->cause_count; c++)
        if (finding->causes[c].place != 0 && finding->causes[c].place < log->place_count)
            end = later(end, story->places[finding->causes[c].place]);
    if (end != NOWHERE && story->stop != NOWHERE &&
        stopped_over(&log->events[story->stop], finding))
        end = later(end, story->stop);
    return end;
}

// ---- Which steps --------------------------------------------------------------------------------

struct step {
    uint64_t time;
    const char *message; // in the finding's words, NULL: the table's
    uint32_t event;      // NOWHERE: longer ago than was looked at
    uint32_t place;
    uint16_t lane;
    uint8_t rank;
    bool shown;
};

struct flow {
    struct kss_sarif_run *run;
    struct kss_arena arena;
    struct step
        *steps; // in the order of the run: causes from before, then every event that was looked at
    uint32_t old, count, candidates, shown;
    uint32_t before; // events that were not looked at
    uint16_t lanes[MOST];
    uint32_t lane_count;
};

static void look_at_events(struct flow *flow, uint32_t end, uint32_t causes) {
    const struct kss_log *log = flow->run->log;
    uint32_t begin = end + 1 > LOOKED_AT ? end + 1 - LOOKED_AT : 0;
    flow->before = begin;
    flow->steps = KSS_NEW_ARRAY(&flow->arena, struct step, causes + (end - begin) + 1u);
    flow->old = flow->count = causes;
    for (uint32_t i = begin; i <= end; i++) {
        const struct kss_event *event = &log->events[i];
        flow->steps[flow->count++] = (struct step){.time = event->time,
                                                   .event = i,
                                                   .place = event->place,
                                                   .lane = flow->run->story->lanes[i],
                                                   .rank = (uint8_t)steps[event->kind].rank};
    }
}

// Two causes may be one event.
static void tell(struct flow *flow, struct step *step, const char *message) {
    if (step->message != NULL) {
        struct kss_text both = {0};
        kss_text_format(&both, "%s; %s", step->message, message);
        message = kss_alloc_text(&flow->arena, both.bytes, both.length);
        kss_text_free(&both);
    }
    step->message = message;
    step->rank = TOLD;
}

static bool is_stop(const struct flow *flow, const struct step *step) {
    uint16_t kind = flow->run->log->events[step->event].kind;
    return kind == KSS_EV_BUGCHECK || kind == KSS_EV_HANG;
}

// The last step at a place and time, or where none of the events there is one, the last event. A stop is not
// meant: it speaks for itself.
static struct step *step_at(struct flow *flow, uint32_t place, uint64_t time) {
    struct step *found = NULL;
    for (uint32_t i = flow->old; i < flow->count; i++) {
        struct step *step = &flow->steps[i];
        if (step->place == place && step->time == time && !is_stop(flow, step) &&
            (found == NULL || step->rank != NOT_A_STEP || found->rank == NOT_A_STEP))
            found = step;
    }
    return found;
}

static void tell_causes(struct flow *flow, const struct kss_digest_finding *finding) {
    for (unsigned i = 0; i < finding->cause_count; i++) {
        const struct kss_digest_cause *cause = &finding->causes[i];
        struct step *step = step_at(flow, cause->place, cause->when);
        if (step == NULL) {
            step = &flow->steps[i];
            *step = (struct step){.time = cause->when,
                                  .event = NOWHERE,
                                  .place = cause->place,
                                  .lane = finding->thread < flow->run->log->thread_count
                                              ? finding->thread
                                              : (uint16_t)SYSTEM};
        }
        tell(flow, step, cause->message);
    }
}

// The finding's event; of one that was made after the run, the last event of its story.
static void tell_finding(struct flow *flow, const struct kss_digest_finding *finding) {
    struct step *step = &flow->steps[flow->count - 1];
    for (uint32_t i = flow->old; i < flow->count; i++) {
        const struct kss_event *event = &flow->run->log->events[flow->steps[i].event];
        if (event->kind == KSS_EV_FINDING && event->place == finding->place &&
            kss_log_string(flow->run->log, event->words[2]) == finding->message)
            step = &flow->steps[i];
    }
    tell(flow, step, finding->message);
}

// The last ones of the highest rank first.
static void choose(struct flow *flow) {
    for (uint32_t i = 0; i < flow->count; i++)
        flow->candidates += flow->steps[i].rank != NOT_A_STEP;
    for (unsigned rank = TOLD; rank > NOT_A_STEP; rank--)
        for (uint32_t i = flow->count; i > 0 && flow->shown < MOST; i--) {
            bool shown = flow->steps[i - 1].rank == rank;
            flow->steps[i - 1].shown |= shown;
            flow->shown += shown;
        }
}

static void add_lane(struct flow *flow, uint16_t lane) {
    for (uint32_t i = 0; i < flow->lane_count; i++)
        if (flow->lanes[i] == lane)
            return;
    flow->lanes[flow->lane_count++] = lane;
}

// Some readers show the first thread flow only: it is the one of the thread that the result is about.
static void find_shown_lanes(struct flow *flow, uint16_t first) {
    for (uint32_t i = 0; i < flow->count; i++)
        if (flow->steps[i].shown && flow->steps[i].lane == first)
            add_lane(flow, first);
    for (uint32_t i = 0; i < flow->count; i++)
        if (flow->steps[i].shown)
            add_lane(flow, flow->steps[i].lane);
}

// ---- What they say ------------------------------------------------------------------------------

// [at] with {n} replaced by words; a part in brackets goes when one of its words is absent.
static void fill(const struct kss_log *log, const struct kss_event *event, const char *at,
                 struct kss_text *out) {
    size_t bracket = 0;
    bool absent = false;
    for (; *at != '\0'; at++) {
        if (*at == '[') {
            bracket = out->length;
            absent = false;
        } else if (*at == ']') {
            if (absent) {
                out->length = bracket;
                out->bytes[bracket] = '\0';
            }
        } else if (*at == '{') {
            absent |= !kss_log_word(log, event, (unsigned)(at[1] - '0'), out);
            at += 2;
        } else {
            kss_text_char(out, *at);
        }
    }
}

static void say_step(const struct flow *flow, const struct step *step, struct kss_text *out) {
    kss_text_time(out, step->time);
    kss_text_str(out, ": ");
    if (step->message != NULL)
        kss_text_str(out, step->message);
    else {
        const struct kss_event *event = &flow->run->log->events[step->event];
        fill(flow->run->log, event, steps[event->kind].text, out);
        if (event->kind == KSS_EV_HANG)
            kss_text_str(out, kss_hang_reason(flow->run->log, event));
    }
}

static void say_lane(const struct kss_log *log, uint16_t lane, struct kss_text *out) {
    if (lane == SYSTEM) {
        kss_text_str(out, "system");
    } else if (lane < log->thread_count) {
        kss_text_format(out, "thread %s", log->threads[lane].name);
    } else {
        unsigned own = lane - log->thread_count;
        kss_text_format(out, "%s of processor %u", own % 2 ? "ISRs" : "DPCs", own / 2);
    }
}

// ---- Written ------------------------------------------------------------------------------------

static void step_properties(struct kss_json *json, const struct kss_event *event) {
    kss_json_open_flat(json, "properties", '{');
    kss_json_number(json, "irql", event->irql);
    if (event->kind == KSS_EV_CALL) {
        kss_json_number(json, "frameBytes", event->words[1]);
        kss_json_number(json, "stackUsed", event->words[2]);
    }
    kss_json_close(json);
}

static void write_step(const struct flow *flow, const struct step *step, uint32_t order) {
    static const char *const importances[] = {NULL, "unimportant", "important", "essential",
                                              "essential"};
    struct kss_sarif_run *run = flow->run;
    struct kss_span span;
    bool has_span = kss_log_span(run->log, step->place, &span);
    kss_text_clear(&run->text);
    say_step(flow, step, &run->text);
    kss_json_open_flat(run->json, NULL, '{');
    kss_json_number(run->json, "executionOrder", order);
    kss_json_string(run->json, "importance", importances[step->rank]);
    kss_json_open(run->json, "location", '{');
    kss_sarif_location(run, has_span ? &span : NULL, kss_log_routine_at(run->log, step->place),
                       run->text.bytes, false);
    kss_json_close(run->json);
    if (step->event != NOWHERE)
        step_properties(run->json, &run->log->events[step->event]);
    kss_json_close(run->json);
}

static void write_lane(const struct flow *flow, uint16_t lane) {
    struct kss_sarif_run *run = flow->run;
    uint32_t order = 0;
    kss_text_clear(&run->text);
    say_lane(run->log, lane, &run->text);
    kss_json_open(run->json, NULL, '{');
    kss_json_text(run->json, "id", run->text.bytes, run->text.length);
    kss_json_open(run->json, "locations", '[');
    for (uint32_t i = 0; i < flow->count; i++) {
        order += flow->steps[i].shown;
        if (flow->steps[i].shown && flow->steps[i].lane == lane)
            write_step(flow, &flow->steps[i], order);
    }
    kss_json_close(run->json);
    kss_json_close(run->json);
}

static void write_flow(const struct flow *flow) {
    struct kss_sarif_run *run = flow->run;
    kss_text_clear(&run->text);
    kss_text_str(&run->text, "the steps that lead to it");
    if (flow->candidates > flow->shown)
        kss_text_format(&run->text, "; %u less important ones are left out",
                        (unsigned)(flow->candidates - flow->shown));
    if (flow->before > 0)
        kss_text_format(&run->text, "; %u events before these were not looked at",
                        (unsigned)flow->before);
    kss_json_open(run->json, "codeFlows", '[');
    kss_json_open(run->json, NULL, '{');
    kss_sarif_message(run->json, "message", run->text.bytes);
    kss_json_open(run->json, "threadFlows", '[');
    for (uint32_t i = 0; i < flow->lane_count; i++)
        write_lane(flow, flow->lanes[i]);
    kss_json_close(run->json);
    kss_json_close(run->json);
    kss_json_close(run->json);
}

void kss_sarif_flow(struct kss_sarif_run *run, const struct kss_sarif_result *result) {
    const struct kss_digest_finding *finding = result->finding;
    uint32_t end = end_of(run, result);
    if (end == NOWHERE)
        return;
    struct flow flow = {.run = run};
    look_at_events(&flow, end, finding != NULL ? finding->cause_count : 0);
    if (finding != NULL) {
        tell_causes(&flow, finding);
        tell_finding(&flow, finding);
    }
    choose(&flow);
    find_shown_lanes(&flow, finding != NULL ? finding->thread : result->event->thread);
    if (flow.shown > 0)
        write_flow(&flow);
    kss_arena_free(&flow.arena);
}
