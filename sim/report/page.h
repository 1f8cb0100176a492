// SPDX-License-Identifier: MIT
// The files of sim/report/page, embedded at build time. Depends on base/embedded.h.
#ifndef KSS_REPORT_PAGE_H
#define KSS_REPORT_PAGE_H

#include "base/embedded.h"

extern const struct kss_embedded kss_page_files[];

#endif
