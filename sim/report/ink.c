// SPDX-License-Identifier: MIT
// Colours of the text report, where it has any.
#include "report/private.h"

void kss_ink(const struct kss_report *report, enum kss_ink ink) {
    static const char *const escapes[] = {"\033[0m",    "\033[1;31m", "\033[1;32m",
                                          "\033[1;33m", "\033[1m",    "\033[2m"};
    if (report->options->colour)
        kss_text_str(report->out, escapes[ink]);
}
