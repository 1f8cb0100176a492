// SPDX-License-Identifier: MIT
// Rows of the vocabularies as text, for explain and list.
#ifndef KSS_CLI_DESCRIBE_H
#define KSS_CLI_DESCRIBE_H

#include "base/text.h"
#include "nt/nt.h"

// "NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable, ...)"
void kss_describe_prototype(const struct kss_routine *routine, struct kss_text *out);
// "<= APC_LEVEL", "PASSIVE_LEVEL", "any IRQL"
void kss_describe_irql(const struct kss_routine *routine, struct kss_text *out);
// "may block, calls driver code", or "" when it does nothing of the kind
void kss_describe_can(const struct kss_routine *routine, struct kss_text *out);
const char *kss_describe_modes(const struct kss_routine *routine); // "scenarios, native"
// "`outswap_after`, `small_memory`": fields of `machine { }` that change a policy; harness options
// where they have another name. "" when nothing does.
void kss_describe_switches(enum kss_policy_id policy, struct kss_text *out);
const char *kss_describe_severity(const struct kss_hazard *hazard);

#endif
