// SPDX-License-Identifier: MIT
// A rig for kernel tests: the test itself is the processor. It makes a machine with a few routines,
// lets threads start, and calls NT as driver code would.
#ifndef KSS_TESTS_RIG_H
#define KSS_TESTS_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "kernel/kernel.h"
#include "kernel/machine.h"

#include <string.h>

enum { RIG_EVENTS = 512, RIG_TEXTS = 128 };

// Routine 0 is a thread's body; 1 to 3 are driver routines of 0x100 bytes with 0x40 of locals.
static const struct kss_code rig_code[] = {
    {.module = "", .name = "App", .run_bytes = 64, .flags = KSS_CODE_BODY},
    {.module = "drv",
     .name = "First",
     .bytes = 0x100,
     .locals_size = 0x40,
     .run_bytes = 0x40,
     .origin = KSS_ORIGIN_GIVEN},
    {.module = "drv",
     .name = "Second",
     .bytes = 0x100,
     .locals_size = 0x40,
     .run_bytes = 0x40,
     .origin = KSS_ORIGIN_GIVEN},
    {.module = "drv",
     .name = "Third",
     .bytes = 0x100,
     .locals_size = 0x40,
     .run_bytes = 0x40,
     .origin = KSS_ORIGIN_GIVEN},
    {.module = "", .name = "Other", .run_bytes = 64, .flags = KSS_CODE_BODY},
};
static const struct kss_variable rig_globals[] = {
    {.module = "drv", .name = "Nonpaged", .type = "UCHAR", .size = 256},
    {.module = "drv", .name = "Paged", .type = "UCHAR", .size = 256, .pageable = true},
};
static const struct kss_image rig_image = {
    .code = rig_code, .code_count = 5, .globals = rig_globals, .global_count = 2};

struct rig {
    struct kss_machine *m;
    struct kss_event events[RIG_EVENTS];
    unsigned event_count;
    char *texts[RIG_TEXTS];
    unsigned text_count;
    unsigned choices[64], choice_count, choice_next;
    struct kss_turn turn; // the last
};

static inline void rig_event(void *context, struct kss_machine *m, const struct kss_event *event) {
    struct rig *rig = context;
    (void)m;
    assert_true(rig->event_count < RIG_EVENTS);
    rig->events[rig->event_count++] = *event;
}

static inline uint32_t rig_text(void *context, const char *bytes, size_t length) {
    struct rig *rig = context;
    assert_true(rig->text_count < RIG_TEXTS);
    char *copy = calloc(1, length + 1);
    memcpy(copy, bytes, length);
    rig->texts[rig->text_count++] = copy;
    return rig->text_count;
}

static inline unsigned rig_choose(void *context, struct kss_machine *m, enum kss_choice kind,
                                  unsigned count) {
    struct rig *rig = context;
    (void)m;
    (void)kind;
    unsigned choice = rig->choice_next < rig->choice_count ? rig->choices[rig->choice_next++] : 0;
    return choice < count ? choice : count - 1;
}

static inline void rig_open(struct rig *rig, const char *profile,
                            void (*change)(struct kss_config *)) {
    memset(rig, 0, sizeof *rig);
    const struct kss_profile *found = kss_profile_find(profile, strlen(profile));
    assert_non_null(found);
    struct kss_config config = kss_config_default(found);
    if (change != NULL)
        change(&config);
    struct kss_port port = {rig, rig_event, rig_text, NULL, NULL};
    rig->m = kss_machine_new(&config, &rig_image, &port);
    for (int kind = 0; kind < KSS_EV_COUNT; kind++)
        kss_want(rig->m, (enum kss_event_id)kind);
}

static inline void rig_close(struct rig *rig) {
    kss_machine_free(rig->m);
    for (unsigned i = 0; i < rig->text_count; i++)
        free(rig->texts[i]);
}

// Adds a user thread with body 0 (or 4 for a second one) and turns until a body starts.
static inline uint16_t rig_thread(struct rig *rig, const char *name, uint32_t body, bool system) {
    return kss_thread_add(rig->m, name, body, 8, NULL, system, false, 0);
}

static inline struct kss_turn rig_turn(struct rig *rig) {
    rig->turn = kss_turn(rig->m);
    return rig->turn;
}

// Calls NT from the running code; fails the test unless it returns.
static inline uint64_t rig_call_n(struct rig *rig, enum kss_routine_id routine,
                                  const uint64_t *arguments, unsigned count) {
    struct kss_outcome outcome = kss_nt_call(rig->m, routine, arguments, count);
    assert_int_equal(outcome.kind, KSS_OUT_RETURN);
    return outcome.value;
}
#define RIG_CALL(rig, routine, ...)                                                                \
    rig_call_n((rig), KSS_NT_##routine, (const uint64_t[]){__VA_ARGS__},                           \
               sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))
#define RIG_CALL0(rig, routine) rig_call_n((rig), KSS_NT_##routine, (const uint64_t[]){0}, 0)
#define RIG_OUTCOME(rig, routine, ...)                                                             \
    kss_nt_call((rig)->m, KSS_NT_##routine, (const uint64_t[]){__VA_ARGS__},                       \
                sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

static inline unsigned rig_count(const struct rig *rig, enum kss_event_id kind) {
    unsigned count = 0;
    for (unsigned i = 0; i < rig->event_count; i++)
        count += rig->events[i].kind == kind;
    return count;
}

static inline const struct kss_event *rig_last(const struct rig *rig, enum kss_event_id kind) {
    for (unsigned i = rig->event_count; i-- > 0;)
        if (rig->events[i].kind == kind)
            return &rig->events[i];
    return NULL;
}

// Enters driver routine [code] from the running one; the address of its local at [offset] from the
// low end of its 0x40 bytes of locals.
static inline kss_addr rig_enter(struct rig *rig, uint32_t code) {
    assert_true(kss_frame_push(rig->m, code, rig_code[code].bytes, rig_code[code].run_bytes,
                               KSS_ENTRY_CALL));
    const struct kss_stack *stack = kss_current_stack(rig->m);
    return kss_frame_edge(rig->m, stack, kss_top_frame(rig->m)) -
           rig->m->config.profile.return_address - rig_code[code].locals_size;
}

static inline const char *rig_describe(struct rig *rig, kss_addr address, struct kss_text *text) {
    kss_text_clear(text);
    kss_describe(rig->m, address, text);
    return text->bytes;
}

#define SECONDS INT64_C(10000000)
// A relative timeout of [time] 100 ns units, in the driver's nonpaged global; its address.
static inline kss_addr rig_timeout(struct rig *rig, int64_t time) {
    kss_addr address = kss_global_address(rig->m, 0) + 240;
    int64_t value = -time;
    assert_int_equal(kss_write(rig->m, address, &value, 8, KSS_WHO_DRIVER).kind, KSS_OUT_RETURN);
    return address;
}

#endif
