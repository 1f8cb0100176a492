// SPDX-License-Identifier: MIT
#include "session/keep.h"

#include <string.h>

static void add(struct kss_keep *keep, const enum kss_event_id *kinds, size_t count) {
    for (size_t i = 0; i < count; i++)
        keep->kinds[kinds[i]] = true;
}

void kss_keep_basics(struct kss_keep *keep) {
    static const enum kss_event_id basics[] = {
        KSS_EV_THREAD,       KSS_EV_STACK,         KSS_EV_OBJECT,   KSS_EV_THREAD_EXIT,
        KSS_EV_DEEPEST,      KSS_EV_PATH,          KSS_EV_OVERFLOW, KSS_EV_INTERRUPT,
        KSS_EV_OUTSWAP,      KSS_EV_INSWAP,        KSS_EV_DBGPRINT, KSS_EV_ASSERT,
        KSS_EV_BUGCHECK,     KSS_EV_BUGCHECK_MORE, KSS_EV_HANG,     KSS_EV_NEVER,
        KSS_EV_DEVICE,       KSS_EV_ATTACH,        KSS_EV_IRP_CALL, KSS_EV_ASSUMED,
        KSS_EV_POLICY,       KSS_EV_REST,          KSS_EV_FINDING,  KSS_EV_FINDING_CAUSE,
        KSS_EV_FINDING_HELP, KSS_EV_EXPECTED,      KSS_EV_EXPECT,   KSS_EV_VERDICT,
        KSS_EV_NT_UNLISTED};
    add(keep, basics, sizeof basics / sizeof *basics);
}

void kss_keep_why(struct kss_keep *keep) {
    static const enum kss_event_id why[] = {KSS_EV_ELIGIBLE, KSS_EV_WAIT_BLOCK, KSS_EV_WAIT_END,
                                            KSS_EV_SWAP_ENABLE};
    add(keep, why, sizeof why / sizeof *why);
}

void kss_keep_all(struct kss_keep *keep) {
    memset(keep->kinds, true, sizeof keep->kinds);
}

bool kss_keeps(const struct kss_keep *keep, const struct kss_log *log,
               const struct kss_event *event) {
    if (keep->kinds[event->kind])
        return true;
    switch (event->kind) {
    case KSS_EV_CALL:
    case KSS_EV_RETURN:
        return keep->followed != NULL && event->words[0] < log->routine_count &&
               keep->followed[event->words[0]];
    case KSS_EV_IRP_RETURN: return keep->device_calls;
    default: return false;
    }
}
