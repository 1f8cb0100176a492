// SPDX-License-Identifier: MIT
// What an event changes in a scene.
//
// Most of what a processor is in stands in every event's own header: its IRQL, its thread, its stack. What is
// not there is what comes after an event that leaves something: a wait, a DPC's or an interrupt's end. The
// frames of a stack are what calls pushed and returns popped; nt's own come as `nt.frame` events, so frames
// meet without gaps. Natively only the routines that the system called are known, and stack between them
// belongs to code that nobody named.
#include "report/scene_private.h"

#include <string.h>

static uint64_t get(const struct kss_scene *scene, enum kss_scene_field field, uint64_t index) {
    return kss_scene_get(scene, field, (uint32_t)index);
}

static void set(struct kss_scene *scene, enum kss_scene_field field, uint64_t index,
                uint64_t value) {
    kss_scene_set(scene, field, (uint32_t)index, value);
}

#define SET(field, index, value) set(scene, KSS_SCENE_##field, (index), (value))
#define GET(field, index)        get(scene, KSS_SCENE_##field, (index))

enum { CPU_IDLE, CPU_THREAD, CPU_DPC, CPU_INTERRUPT };
enum { THREAD_NONE, THREAD_READY, THREAD_RUNNING, THREAD_WAITING, THREAD_ENDED };
enum { STACK_NONE, STACK_RESIDENT, STACK_OUT, STACK_GONE };
enum { STACK_OF_THREAD, STACK_DPC, STACK_ISR, STACK_CALLOUT };
enum { OBJECT_NONE, OBJECT_LIVE, OBJECT_DEAD };

// ---- Objects ------------------------------------------------------------------------------------
static void object_dies(struct kss_scene *scene, uint32_t object) {
    SET(OBJECT_STATE, object, OBJECT_DEAD);
    SET(OBJECT_OWNER, object, KSS_SCENE_NOTHING);
}

// What lies deeper than the stack is used is nobody's any more.
static void drop_objects(struct kss_scene *scene, uint32_t stack) {
    struct kss_scene_lane *lane = &scene->state.lanes[stack];
    uint64_t used = GET(STACK_USED, stack);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < lane->object_count; i++) {
        uint32_t object = lane->objects[i];
        if (GET(OBJECT_DEPTH, object) <= used)
            lane->objects[kept++] = object;
        else
            object_dies(scene, object);
    }
    lane->object_count = kept;
}

static void lies_on(struct kss_scene *scene, uint32_t object, uint32_t stack) {
    struct kss_scene_lane *lane = &scene->state.lanes[stack];
    for (uint32_t i = lane->object_count; i > 0; i--)
        if (lane->objects[i - 1] == object)
            return;
    KSS_ROOM(lane->objects, lane->object_count, lane->object_room);
    lane->objects[lane->object_count++] = object;
}

static void object_made(struct kss_scene *scene, const struct kss_event *e, uint32_t event) {
    const char *type = kss_log_string(scene->log, e->words[2]);
    const struct kss_type *row = kss_type_find(type, strlen(type));
    bool wide = scene->log->config.profile.pointer_size == 8;
    uint32_t stack_event = kss_scene_stack_with(scene, e->words[3], event);
    uint64_t object = e->words[0], stack = KSS_SCENE_NOTHING;
    uint32_t before =
        event == 0 ? UINT32_MAX : kss_scene_object_with(scene, e->words[3], event - 1);
    if (before != UINT32_MAX && scene->log->events[before].words[0] != object)
        object_dies(scene, (uint32_t)scene->log->events[before].words[0]);
    SET(OBJECT_STATE, object, OBJECT_LIVE);
    SET(OBJECT_NAME, object, e->words[1]);
    SET(OBJECT_TYPE, object, e->words[2]);
    SET(OBJECT_BYTES, object,
        row != NULL && row->size[wide] != 0 ? row->size[wide] : KSS_SCENE_NOTHING);
    if (stack_event != UINT32_MAX) {
        stack = scene->log->events[stack_event].words[3];
        SET(OBJECT_DEPTH, object, scene->log->events[stack_event].words[1] - e->words[3]);
        if (stack < scene->state.lane_count)
            lies_on(scene, (uint32_t)object, (uint32_t)stack);
    }
    SET(OBJECT_STACK, object, stack);
}

static bool has_signal_state(const struct kss_scene *scene, uint64_t object) {
    const char *type = kss_log_string(scene->log, GET(OBJECT_TYPE, object));
    const struct kss_type *row = kss_type_find(type, strlen(type));
    return row != NULL && kss_type_field(row, "Header", 6) != NULL;
}

static void memory_freed(struct kss_scene *scene, const struct kss_event *e, uint32_t event) {
    for (uint32_t at = kss_scene_objects_from(scene, e->words[0]); at < scene->address_count;
         at++) {
        uint32_t made = scene->by_address[at];
        const struct kss_event *o = &scene->log->events[made];
        if (o->words[3] - e->words[0] >= e->words[1])
            break;
        if (made < event && GET(OBJECT_STATE, o->words[0]) == OBJECT_LIVE)
            object_dies(scene, (uint32_t)o->words[0]);
    }
}

// ---- Frames -------------------------------------------------------------------------------------
static void use(struct kss_scene *scene, uint32_t stack, uint64_t used) {
    uint64_t before = GET(STACK_USED, stack);
    SET(STACK_USED, stack, used);
    if (used > GET(STACK_DEEPEST, stack))
        SET(STACK_DEEPEST, stack, used);
    if (used < before)
        drop_objects(scene, stack);
}

static void drop_nts(struct kss_scene_lane *lane, uint32_t frames) {
    while (lane->nt_count > 0 && lane->nts[lane->nt_count - 1].frames > frames)
        lane->nt_count--;
}

static void push(struct kss_scene *scene, uint32_t stack, uint64_t routine, uint64_t bytes,
                 uint64_t used, uint64_t origin) {
    kss_scene_push(scene, stack,
                   (struct kss_scene_frame){.routine = (uint32_t)routine,
                                            .depth = (uint32_t)used,
                                            .bytes = (uint32_t)bytes,
                                            .origin = (uint8_t)origin});
    use(scene, stack, used);
}

static void pop(struct kss_scene *scene, uint32_t stack, uint64_t used) {
    if (stack >= scene->state.lane_count)
        return;
    struct kss_scene_lane *lane = &scene->state.lanes[stack];
    if (lane->frame_count > 0)
        kss_scene_pop(scene, stack);
    drop_nts(lane, lane->frame_count);
    use(scene, stack, used);
}

static void clear_frames(struct kss_scene *scene, uint32_t stack, uint64_t used) {
    if (stack >= scene->state.lane_count)
        return;
    struct kss_scene_lane *lane = &scene->state.lanes[stack];
    while (lane->frame_count > 0)
        kss_scene_pop(scene, stack);
    lane->nt_count = 0;
    use(scene, stack, used);
}

// ---- Stacks -------------------------------------------------------------------------------------
// What lies between a thread's Base and its first frame.
static uint64_t at_start(const struct kss_log *log, const struct kss_event *e) {
    const struct kss_profile *profile = &log->config.profile;
    if (e->words[0] != STACK_OF_THREAD)
        return 0;
    bool system = e->thread < log->thread_count && log->threads[e->thread].system;
    return profile->reserve + (system ? profile->start_frames : profile->trap_frame);
}

static void stack_made(struct kss_scene *scene, const struct kss_event *e) {
    const struct kss_log *log = scene->log;
    uint64_t stack = e->words[3], bytes = e->words[2];
    bool owned = e->thread < log->thread_count;
    bool gui = owned && e->words[0] == STACK_OF_THREAD && log->threads[e->thread].gui;
    if (gui && bytes > log->config.profile.stack_size) // the rest is reserved, not committed
        bytes = log->config.profile.stack_size;
    SET(STACK_STATE, stack, STACK_RESIDENT);
    SET(STACK_KIND, stack, e->words[0]);
    SET(STACK_BASE, stack, e->words[1]);
    SET(STACK_BYTES, stack, bytes);
    use(scene, (uint32_t)stack, at_start(log, e));
    if (!owned)
        return;
    kss_scene_meet(scene, KSS_SCENE_THREAD, e->thread);
    SET(STACK_THREAD, stack, e->thread);
    scene->state.lanes[stack].below = scene->state.tops[e->thread];
    scene->state.tops[e->thread] = (uint32_t)stack;
    if (e->words[0] == STACK_OF_THREAD)
        SET(THREAD_STACK, e->thread, stack);
}

static void stack_gone(struct kss_scene *scene, uint32_t stack) {
    uint64_t thread = GET(STACK_THREAD, stack);
    clear_frames(scene, stack, 0);
    SET(STACK_STATE, stack, STACK_GONE);
    SET(STACK_OUT_SINCE, stack, KSS_SCENE_NOTHING);
    if (stack < scene->state.lane_count && thread < scene->state.top_count &&
        scene->state.tops[thread] == stack)
        scene->state.tops[thread] = scene->state.lanes[stack].below;
}

// Every stack of a thread leaves memory and comes back.
static void swapped(struct kss_scene *scene, const struct kss_event *e, bool out) {
    uint64_t thread = e->words[0];
    for (uint32_t stack = thread < scene->state.top_count ? scene->state.tops[thread] : 0;
         stack != 0; stack = scene->state.lanes[stack].below) {
        SET(STACK_STATE, stack, out ? STACK_OUT : STACK_RESIDENT);
        SET(STACK_OUT_SINCE, stack, out ? e->time : KSS_SCENE_NOTHING);
    }
}

// The frames of an overflow's path where the calls that led there are not in the log, or natively, where the
// host's stack was walked.
static uint32_t rows_after(const struct kss_log *log, uint32_t event, uint32_t *rows) {
    uint32_t count = 0;
    for (uint32_t i = event + 1; i < log->count; i++) {
        uint16_t kind = log->events[i].kind;
        if (kind == KSS_EV_DEEPEST || kind == KSS_EV_OVERFLOW || kind == KSS_EV_BUGCHECK ||
            kind == KSS_EV_REST)
            break;
        if (kind != KSS_EV_PATH)
            continue;
        if (count++ == 0)
            *rows = i;
    }
    return count;
}

static void overflows(struct kss_scene *scene, const struct kss_event *e, uint32_t event) {
    const struct kss_log *log = scene->log;
    uint32_t stack = (uint32_t)e->words[0], first = 0, left = rows_after(log, event, &first);
    kss_scene_meet(scene, KSS_SCENE_STACK, stack);
    const struct kss_scene_lane *lane = &scene->state.lanes[stack];
    const struct kss_event *row = left == 0 ? NULL : &log->events[first];
    uint64_t bytes = row != NULL ? row->words[2] : e->words[2];
    bool meets =
        lane->frame_count > 0 && lane->frames[lane->frame_count - 1].depth == e->words[1] - bytes;
    SET(STACK_BYTES, stack, e->words[1] - e->words[2]);
    if (row == NULL || (meets && lane->frame_count + 1 == left)) {
        push(scene, stack, e->words[3], bytes, e->words[1],
             row != NULL ? row->words[3] : KSS_ORIGIN_UNKNOWN);
        return;
    }
    clear_frames(scene, stack, GET(STACK_USED, stack));
    uint32_t end = first;
    while (left > 0) // their last one is the outermost
        left -= log->events[end++].kind == KSS_EV_PATH;
    while (end-- > first) {
        row = &log->events[end];
        if (row->kind == KSS_EV_PATH)
            push(scene, stack, row->words[0], row->words[2], row->words[1], row->words[3]);
    }
}

// ---- NT routines at work ------------------------------------------------------------------------
static void nt_called(struct kss_scene *scene, const struct kss_event *e) {
    if (e->stack == 0)
        return;
    kss_scene_meet(scene, KSS_SCENE_STACK, e->stack);
    struct kss_scene_lane *lane = &scene->state.lanes[e->stack];
    KSS_ROOM(lane->nts, lane->nt_count, lane->nt_room);
    lane->nts[lane->nt_count++] = (struct kss_scene_nt){(uint32_t)e->words[0], lane->frame_count};
}

// What it raised out of never returned.
static void nt_left(struct kss_scene *scene, const struct kss_event *e, bool raised) {
    if (e->stack >= scene->state.lane_count)
        return;
    struct kss_scene_lane *lane = &scene->state.lanes[e->stack];
    while (lane->nt_count > 0 && lane->nts[lane->nt_count - 1].frames >= lane->frame_count) {
        lane->nt_count--;
        if (!raised && lane->nts[lane->nt_count].routine == e->words[0])
            return;
    }
}

// ---- Threads ------------------------------------------------------------------------------------
static void leaves_processor(struct kss_scene *scene, const struct kss_event *e) {
    SET(CPU_THREAD, e->cpu, KSS_SCENE_NOTHING);
    SET(CPU_STACK, e->cpu, KSS_SCENE_NOTHING);
    SET(CPU_IRQL, e->cpu, KSS_PASSIVE_LEVEL);
}

static void waits(struct kss_scene *scene, const struct kss_event *e) {
    uint64_t thread = e->thread, timeout = e->words[3];
    bool again = e->kind == KSS_EV_PARK;
    if (thread == KSS_NONE)
        return;
    SET(THREAD_STATE, thread, THREAD_WAITING);
    SET(THREAD_OBJECT, thread, e->words[0] != 0 ? e->words[0] : KSS_SCENE_NOTHING);
    SET(THREAD_MODE, thread, e->words[1]);
    SET(THREAD_ALERTABLE, thread, e->words[2]);
    if (!again || GET(THREAD_SINCE, thread) == KSS_SCENE_NOTHING)
        SET(THREAD_SINCE, thread, e->time);
    if (!again)
        SET(THREAD_TIMEOUT, thread, (int64_t)timeout >= 0 ? timeout : KSS_SCENE_NOTHING);
    leaves_processor(scene, e);
}

static void wait_over(struct kss_scene *scene, uint64_t thread) {
    if (thread == KSS_NONE)
        return;
    SET(THREAD_OBJECT, thread, KSS_SCENE_NOTHING);
    SET(THREAD_MODE, thread, KSS_SCENE_NOTHING);
    SET(THREAD_ALERTABLE, thread, KSS_SCENE_NOTHING);
    SET(THREAD_SINCE, thread, KSS_SCENE_NOTHING);
    SET(THREAD_TIMEOUT, thread, KSS_SCENE_NOTHING);
}

static void thread_ends(struct kss_scene *scene, const struct kss_event *e) {
    uint64_t thread = e->words[0];
    SET(THREAD_STATE, thread, THREAD_ENDED);
    SET(THREAD_STATUS, thread, e->words[1]);
    wait_over(scene, thread);
    while (thread < scene->state.top_count && scene->state.tops[thread] != 0)
        stack_gone(scene, scene->state.tops[thread]);
    SET(THREAD_STACK, thread, KSS_SCENE_NOTHING);
    leaves_processor(scene, e);
}

static void count_apcs(struct kss_scene *scene, uint64_t thread, const struct kss_event *e) {
    if (thread == KSS_NONE)
        return;
    SET(THREAD_KERNEL_APC, thread, e->words[1]);
    SET(THREAD_SPECIAL_APC, thread, e->words[2]);
}

// ---- Processors ---------------------------------------------------------------------------------
// Kinds whose header is that of another moment: who owns what is spoken of, or a report at the end.
static bool header_tells(unsigned kind) {
    switch (kind) {
    case KSS_EV_THREAD:
    case KSS_EV_STACK:
    case KSS_EV_NT_FRAME:
    case KSS_EV_STACK_CLEAR:
    case KSS_EV_DEEPEST:
    case KSS_EV_PATH: return false;
    default: return kind < KSS_EV_FINDING;
    }
}

static void read_header(struct kss_scene *scene, const struct kss_event *e) {
    uint64_t thread = e->thread == KSS_NONE ? KSS_SCENE_NOTHING : e->thread;
    uint64_t stack = e->stack == 0 ? KSS_SCENE_NOTHING : e->stack;
    SET(CPU_IRQL, e->cpu, e->irql);
    SET(CPU_THREAD, e->cpu, thread);
    SET(CPU_STACK, e->cpu, stack);
    if (thread != KSS_SCENE_NOTHING && stack != KSS_SCENE_NOTHING &&
        GET(STACK_THREAD, stack) == thread)
        SET(THREAD_STACK, thread, stack);
}

// Emitted before the processor turns to a DPC or an interrupt.
static void interrupted(struct kss_scene *scene, const struct kss_event *e) {
    struct kss_scene_cpu *cpu = &scene->state.cpus[e->cpu];
    if (e->kind == KSS_EV_DPC_RUN)
        cpu->dpcs++;
    else
        cpu->interrupts++;
    if (cpu->nested < KSS_SCENE_NESTED) {
        cpu->saved[cpu->nested].stack = e->stack == 0 ? KSS_SCENE_NOTHING : e->stack;
        cpu->saved[cpu->nested].irql = e->irql;
    }
    cpu->nested++;
}

// Emitted before it goes back to what it had been at.
static void goes_back(struct kss_scene *scene, const struct kss_event *e) {
    struct kss_scene_cpu *cpu = &scene->state.cpus[e->cpu];
    uint32_t *count = e->kind == KSS_EV_DPC_DONE ? &cpu->dpcs : &cpu->interrupts;
    *count -= *count != 0;
    if (cpu->nested == 0 || --cpu->nested >= KSS_SCENE_NESTED)
        return;
    SET(CPU_STACK, e->cpu, cpu->saved[cpu->nested].stack);
    SET(CPU_IRQL, e->cpu, cpu->saved[cpu->nested].irql);
}

// What follows from the rest: what the processor is at, and whose code.
static void settle(struct kss_scene *scene, uint32_t index) {
    const struct kss_scene_cpu *cpu = &scene->state.cpus[index];
    uint64_t stack = GET(CPU_STACK, index), routine = KSS_SCENE_NOTHING, nt = KSS_SCENE_NOTHING;
    bool thread = GET(CPU_THREAD, index) != KSS_SCENE_NOTHING;
    SET(CPU_STATE, index,
        cpu->interrupts ? CPU_INTERRUPT
        : cpu->dpcs     ? CPU_DPC
        : thread        ? CPU_THREAD
                        : CPU_IDLE);
    if (stack < scene->state.lane_count) {
        const struct kss_scene_lane *lane = &scene->state.lanes[stack];
        for (uint32_t i = lane->frame_count; i > 0 && routine == KSS_SCENE_NOTHING; i--)
            if (lane->frames[i - 1].routine < scene->log->routine_count)
                routine = lane->frames[i - 1].routine;
        if (lane->nt_count > 0 && lane->nts[lane->nt_count - 1].frames == lane->frame_count)
            nt = lane->nts[lane->nt_count - 1].routine;
    }
    SET(CPU_ROUTINE, index, routine);
    SET(CPU_NT, index, nt);
}

// ---- All of it ----------------------------------------------------------------------------------
void kss_scene_begin(struct kss_scene *scene) {
    uint32_t processors = scene->log->config.profile.processors;
    kss_scene_meet(scene, KSS_SCENE_CPU, processors == 0 ? 0 : processors - 1);
}

static void frame_event(struct kss_scene *scene, const struct kss_event *e) {
    switch (e->kind) {
    case KSS_EV_CALL:
        push(scene, e->stack, e->words[0], e->words[1], e->words[2], e->words[3]);
        return;
    case KSS_EV_RETURN:
    case KSS_EV_UNWIND: pop(scene, e->stack, e->words[1]); return;
    case KSS_EV_NT_FRAME:
        if (e->words[3] == 0)
            push(scene, e->stack, e->words[0], e->words[1], e->words[2], KSS_ORIGIN_LISTED);
        else
            pop(scene, e->stack, e->words[2]);
        return;
    case KSS_EV_NT_CALL: nt_called(scene, e); return;
    case KSS_EV_NT_RETURN: nt_left(scene, e, false); return;
    case KSS_EV_RAISE:
    case KSS_EV_HANDLER: nt_left(scene, e, true); return;
    case KSS_EV_STACK_CLEAR: clear_frames(scene, (uint32_t)e->words[0], e->words[1]); return;
    case KSS_EV_STACK_GONE: stack_gone(scene, (uint32_t)e->words[0]); return;
    case KSS_EV_STACK_GROW: SET(STACK_BYTES, e->words[0], e->words[2]); return;
    case KSS_EV_STACK: stack_made(scene, e); return;
    default: return;
    }
}

static void thread_event(struct kss_scene *scene, const struct kss_event *e) {
    switch (e->kind) {
    case KSS_EV_THREAD: kss_scene_meet(scene, KSS_SCENE_THREAD, e->thread); return;
    case KSS_EV_READY: SET(THREAD_STATE, e->words[0], THREAD_READY); return;
    case KSS_EV_SWITCH: SET(THREAD_STATE, e->words[0], THREAD_RUNNING); return;
    case KSS_EV_WAIT_BLOCK:
    case KSS_EV_PARK: waits(scene, e); return;
    case KSS_EV_WAIT_END: wait_over(scene, e->thread); return;
    case KSS_EV_THREAD_EXIT: thread_ends(scene, e); return;
    case KSS_EV_APC_COUNT: count_apcs(scene, e->thread, e); return;
    case KSS_EV_APC_COUNTS: count_apcs(scene, e->words[0], e); return;
    case KSS_EV_SWAP_ENABLE:
        if (e->thread != KSS_NONE)
            SET(THREAD_SWAP, e->thread, e->words[0]);
        return;
    case KSS_EV_OUTSWAP: swapped(scene, e, true); return;
    case KSS_EV_INSWAP: swapped(scene, e, false); return;
    case KSS_EV_DPC_RUN:
    case KSS_EV_INTERRUPT: interrupted(scene, e); return;
    case KSS_EV_DPC_DONE:
    case KSS_EV_INTERRUPT_DONE: goes_back(scene, e); return;
    default: return;
    }
}

// The owner of a mutex, or of a fast mutex, resource or push lock that is exclusive.
static void owned(struct kss_scene *scene, const struct kss_event *e) {
    enum { ACQUIRE, RELEASE, ABANDON = 6, CONVERT = 3, EXCLUSIVE = 0 };
    uint64_t object = e->words[0], how = e->words[1];
    if (e->kind == KSS_EV_MUTEX) {
        if (how == ACQUIRE)
            SET(OBJECT_OWNER, object, e->words[3]);
        else if (how == ABANDON || (how == RELEASE && (int64_t)e->words[2] > 0))
            SET(OBJECT_OWNER, object, KSS_SCENE_NOTHING);
        return;
    }
    if (how == ACQUIRE && e->words[2] == EXCLUSIVE && e->thread != KSS_NONE)
        SET(OBJECT_OWNER, object, e->thread);
    else if (how == CONVERT || (how == RELEASE && e->words[3] == 0))
        SET(OBJECT_OWNER, object, KSS_SCENE_NOTHING);
}

static void object_event(struct kss_scene *scene, const struct kss_event *e, uint32_t event) {
    switch (e->kind) {
    case KSS_EV_OBJECT: object_made(scene, e, event); return;
    case KSS_EV_OBJECT_DIES: object_dies(scene, (uint32_t)e->words[0]); return;
    case KSS_EV_POOL_FREE: memory_freed(scene, e, event); return;
    case KSS_EV_INIT:
        if (has_signal_state(scene, e->words[0]))
            SET(OBJECT_SIGNAL, e->words[0], e->words[2]);
        return;
    case KSS_EV_STATE: SET(OBJECT_SIGNAL, e->words[0], e->words[1]); return;
    case KSS_EV_MUTEX:
    case KSS_EV_OWN: owned(scene, e); return;
    case KSS_EV_OVERFLOW: overflows(scene, e, event); return;
    default: return;
    }
}

// From the first event on that a full log could not keep, nobody knows the frames.
static void gap(struct kss_scene *scene) {
    for (uint32_t stack = 0; stack < scene->state.lane_count; stack++)
        clear_frames(scene, stack, GET(STACK_USED, stack));
    scene->state.gap = true;
}

void kss_scene_apply(struct kss_scene *scene, uint32_t event) {
    const struct kss_log *log = scene->log;
    const struct kss_event *e = &log->events[event];
    if (log->dropped != 0 && event >= log->limit && !scene->state.gap)
        gap(scene);
    kss_scene_meet(scene, KSS_SCENE_CPU, e->cpu);
    if (header_tells(e->kind))
        read_header(scene, e);
    frame_event(scene, e);
    thread_event(scene, e);
    object_event(scene, e, event);
    if (e->kind < KSS_EV_FINDING)
        settle(scene, e->cpu);
}
