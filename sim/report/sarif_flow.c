// SPDX-License-Identifier: MIT
#include "report/sarif.h"
void kss_sarif_flow(struct kss_sarif_run *run, const struct kss_sarif_result *result) {
    (void)run;
    (void)result;
}
