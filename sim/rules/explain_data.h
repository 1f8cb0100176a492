// SPDX-License-Identifier: MIT
// The texts of docs/explain/*.md, embedded at build time. Depends on base/embedded.h.
#ifndef KSS_RULES_EXPLAIN_DATA_H
#define KSS_RULES_EXPLAIN_DATA_H

#include "base/embedded.h"

extern const struct kss_embedded kss_explain_files[];

#endif
