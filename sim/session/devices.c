// SPDX-License-Identifier: MIT
// Device stacks in a log: whose frames are whose, and what the drivers of a stack used together.
//
// A routine belongs to the driver it was sent an IRP as: `irp.call` names it and the device,
// `device` the device's driver. What a dispatch routine calls is on its driver's account, until the
// next dispatch routine.
//
// The figure of a device stack is measured from below the frame of the first of its dispatch
// routines to the deepest SP while a request is in it, on the stack where that happens:
//
//   Base |--------------------|
//        | thread's own       |
//        | top's dispatch     |  <- from here
//        | ...                |
//        | lowest's dispatch  |
//        | its helpers        |  <- to here
#include "session/digest.h"

#include <string.h>

// ---- Objects ------------------------------------------------------------------------------------
static uint64_t object_address(const struct kss_log *log, uint64_t number) {
    const struct kss_event *event = kss_log_object_event(log, number);
    return event != NULL ? event->words[3] : 0;
}

// "driver disk (DRIVER_OBJECT)" is the driver disk.
static const char *driver_name(struct kss_arena *arena, const struct kss_log *log,
                               uint64_t number) {
    const struct kss_event *event = kss_log_object_event(log, number);
    const char *name = event != NULL ? kss_log_string(log, event->words[1]) : "";
    const char *more = strstr(name, " (");
    size_t length = more != NULL ? (size_t)(more - name) : strlen(name);
    for (size_t i = 0; i < length; i++)
        if (name[i] == '\\' || name[i] == ' ') {
            name += i + 1;
            length -= i + 1;
            i = (size_t)-1;
        }
    return length > 0 ? kss_alloc_text(arena, name, length) : NULL;
}

// ---- Whose routine ------------------------------------------------------------------------------
struct owned { // a device object and its driver's name
    uint64_t device;
    const char *driver;
};

void kss_digest_drivers(struct kss_arena *arena, const struct kss_log *log,
                        struct kss_digest *digest) {
    uint32_t devices = 0, calls = 0;
    for (uint32_t i = 0; i < log->count; i++) {
        devices += log->events[i].kind == KSS_EV_DEVICE;
        calls += log->events[i].kind == KSS_EV_IRP_CALL;
    }
    if (devices == 0 || calls == 0)
        return;
    struct owned *known = KSS_NEW_ARRAY(arena, struct owned, devices);
    uint32_t count = 0;
    digest->drivers = KSS_NEW_ARRAY(arena, const char *, log->routine_count + 1u);
    for (uint32_t i = 0; i < log->count; i++) {
        const struct kss_event *event = &log->events[i];
        if (event->kind == KSS_EV_DEVICE)
            known[count++] =
                (struct owned){event->words[0], driver_name(arena, log, event->words[1])};
        if (event->kind != KSS_EV_IRP_CALL || event->words[2] >= log->routine_count ||
            digest->drivers[event->words[2]] != NULL)
            continue;
        for (uint32_t k = 0; k < count; k++)
            if (known[k].device == event->words[1])
                digest->drivers[event->words[2]] = known[k].driver;
    }
}

// ---- How much -----------------------------------------------------------------------------------
// Device objects of a stack: the lowest and whatever was attached above it, at any time.
struct members {
    uint64_t devices[128];
    uint32_t count;
};

static bool is_member(const struct members *members, uint64_t device) {
    for (uint32_t i = 0; i < members->count; i++)
        if (members->devices[i] == device)
            return true;
    return false;
}

static void join(struct members *members, uint64_t device) {
    if (members->count < sizeof members->devices / sizeof *members->devices &&
        !is_member(members, device))
        members->devices[members->count++] = device;
}

struct inside { // a stack on which requests are in the device stack
    uint16_t stack;
    uint32_t calls; // dispatch routines of it that have not returned
    uint64_t entered;
    uint64_t base; // depth below the first of them
    bool based;
};

static struct inside *find(struct inside *list, uint32_t count, uint16_t stack) {
    for (uint32_t i = 0; i < count; i++)
        if (list[i].stack == stack)
            return &list[i];
    return NULL;
}

static void entered(struct inside *list, uint32_t *count, const struct kss_event *event,
                    const struct members *members) {
    struct inside *in = find(list, *count, event->stack);
    if ((in == NULL || in->calls == 0) && !is_member(members, event->words[1]))
        return;
    if (in == NULL) {
        in = &list[(*count)++];
        *in = (struct inside){.stack = event->stack};
    }
    if (in->calls++ == 0) {
        in->entered = event->words[2];
        in->based = false;
    }
}

static void left(struct inside *in, bool driver) {
    if (in != NULL && driver && in->calls > 0)
        in->calls--;
}

// SP reached depth [used]; the frame that took it there begins [bytes] above.
static void reached(struct inside *in, uint64_t routine, uint64_t used, uint64_t bytes,
                    uint64_t *most) {
    if (in == NULL || in->calls == 0)
        return;
    if (!in->based && routine == in->entered) {
        in->base = used - bytes;
        in->based = true;
    }
    if (in->based && used - in->base > *most)
        *most = used - in->base;
}

// The frame that did not fit: the first row of the path behind its event.
static uint64_t crossing_bytes(const struct kss_log *log, uint32_t at) {
    for (uint32_t i = at + 1; i < log->count && i < at + 8; i++)
        if (log->events[i].kind == KSS_EV_PATH)
            return log->events[i].words[2];
    return 0;
}

bool kss_device_figure(const struct kss_log *log, uint32_t device, uint64_t *bytes) {
    struct kss_arena arena = {0};
    struct members members = {0};
    uint32_t calls = 0, stacks = 0;
    for (uint32_t i = 0; i < log->count; i++)
        calls += log->events[i].kind == KSS_EV_IRP_CALL;
    struct inside *list = KSS_NEW_ARRAY(&arena, struct inside, calls + 1u);
    *bytes = 0;
    for (uint32_t i = 0; i < log->count; i++) {
        const struct kss_event *event = &log->events[i];
        const uint64_t *w = event->words;
        switch (event->kind) {
        case KSS_EV_DEVICE:
            if (object_address(log, w[0]) == log->devices[device].address)
                join(&members, w[0]);
            break;
        case KSS_EV_ATTACH:
            if (w[3] && is_member(&members, w[1]))
                join(&members, w[0]);
            break;
        case KSS_EV_IRP_CALL:
            if (w[2] < log->routine_count)
                entered(list, &stacks, event, &members);
            break;
        case KSS_EV_IRP_RETURN:
            left(find(list, stacks, event->stack), w[2] < log->routine_count);
            break;
        case KSS_EV_CALL: reached(find(list, stacks, event->stack), w[0], w[2], w[1], bytes); break;
        case KSS_EV_OVERFLOW:
            reached(find(list, stacks, event->stack), w[3], w[1], crossing_bytes(log, i), bytes);
            break;
        default: break;
        }
    }
    kss_arena_free(&arena);
    return stacks > 0;
}
