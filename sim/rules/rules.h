// SPDX-License-Identifier: MIT
// The advice: each hazard is a small observer of kernel events that emits findings.
//
// The kernel enforces physics; a rule says what could go wrong even if this run survived, why, and
// by which public source. A rule is one row of hazards.def and one function in a file of this
// folder. Rules keep what they must remember in the machine's observer sections (hot: what decides
// future findings; cold: places), so snapshots carry it. Silence on correct code matters more than
// one more finding. Depends on base, nt, kernel.
#ifndef KSS_RULES_RULES_H
#define KSS_RULES_RULES_H

#include "kernel/kernel.h"

// Turns on the event kinds the rules look at.
void kss_rules_attach(struct kss_machine *machine);

// Shows the rules one event, before the log sees it. They may emit finding, finding.cause and
// finding.help events through kss_emit (these are not shown to rules again).
void kss_rules_observe(struct kss_machine *machine, const struct kss_event *event);

// At the end of a run, before kss_machine_finish's events are judged.
void kss_rules_finish(struct kss_machine *machine);

// The long text of `kss explain` for a hazard: Markdown, with a failing and a fixed scenario; NULL
// when there is none. Embedded from docs/explain/*.md.
const char *kss_explain_text(enum kss_hazard_id hazard);

#endif
