// SPDX-License-Identifier: MIT
// The kernel rig with the rules attached: events go to the rules, then into the rig's list.
#ifndef KSS_TESTS_RULES_RIG_H
#define KSS_TESTS_RULES_RIG_H

#include "rig.h"
#include "rules/rules.h"

static inline void rules_event(void *context, struct kss_machine *m,
                               const struct kss_event *event) {
    struct kss_event copy = *event;
    rig_event(context, m, &copy);
    if (copy.kind < KSS_EV_FINDING)
        kss_rules_observe(m, &copy);
}

// Equal texts have equal numbers.
static inline uint32_t rules_intern(void *context, const char *bytes, size_t length) {
    struct rig *rig = context;
    for (unsigned i = 0; i < rig->text_count; i++)
        if (strlen(rig->texts[i]) == length && memcmp(rig->texts[i], bytes, length) == 0)
            return i + 1;
    return rig_text(context, bytes, length);
}

// A machine with a user thread whose body has started.
static inline void rules_open(struct rig *rig, void (*change)(struct kss_config *)) {
    rig_open(rig, "x86", change);
    rig->m->port.event = rules_event;
    rig->m->port.text = rules_intern;
    kss_rules_attach(rig->m);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static inline unsigned rules_found(const struct rig *rig, enum kss_hazard_id hazard) {
    unsigned count = 0;
    for (unsigned i = 0; i < rig->event_count; i++)
        count += rig->events[i].kind == KSS_EV_FINDING && rig->events[i].words[0] == hazard;
    return count;
}

static inline unsigned rules_total(const struct rig *rig) {
    return rig_count(rig, KSS_EV_FINDING);
}

static inline unsigned rules_severity(const struct rig *rig, enum kss_hazard_id hazard) {
    for (unsigned i = 0; i < rig->event_count; i++)
        if (rig->events[i].kind == KSS_EV_FINDING && rig->events[i].words[0] == hazard)
            return (unsigned)rig->events[i].words[1];
    return 99;
}

static inline const char *rules_text(const struct rig *rig, uint64_t id) {
    return id == 0 || id > rig->text_count ? "" : rig->texts[id - 1];
}

// Whether some cause of finding [number] says [text].
static inline bool rules_cause(const struct rig *rig, uint64_t number, const char *text) {
    for (unsigned i = 0; i < rig->event_count; i++)
        if (rig->events[i].kind == KSS_EV_FINDING_CAUSE && rig->events[i].words[3] == number &&
            strstr(rules_text(rig, rig->events[i].words[0]), text) != NULL)
            return true;
    return false;
}

#endif
