// SPDX-License-Identifier: MIT
// Which rule looks at which event.
//
// A rule is one function that is shown events of a kind, in the order in which this table names the
// functions of that kind: what remembers comes before what judges. Rules do not know each other;
// what one must leave to another is written in the file where both live:
//
//   space.c     overflow, headroom, large frames, recursion              KSS1001 to 1004
//   expand.c    KeExpandKernelStackAndCallout(Ex)                        KSS1005, 1006
//   paging.c    what may leave memory while it is still in use           KSS2001, 2002, 2006, 2007
//   swap.c      KeSetKernelStackSwapEnable                               KSS2003 to 2005
//   lifetime.c  objects used before they exist and after                 KSS3001 to 3004
//   irql.c      IRQLs, waits at DISPATCH_LEVEL, absolute times           KSS4001 to 4004, 4007
//   waits.c     Wait TRUE, too many objects, mutexes                     KSS4005, 4006, 5004
//   locks.c     spin locks, locks that are kept                          KSS5001, 5002, 5006
//   deadlock.c  locks that threads own and wait for                      KSS5005, 5008
//   duration.c  DPCs, ISRs and stalls that take too long                 KSS4008
//   verifier.c  what Driver Verifier found, as the finding it is
//   irps.c      IRPs and what dispatch routines say of them              KSS8001 to 8004, 5007
//   apcs.c      APC disable counts, work items, overflow items           KSS5003, 3005, 1007
//   dma.c       MDLs and what devices transfer                           KSS6001 to 6004
//   results.c   statuses nobody reads, waits nobody ends                 KSS7001, 7002
#include "rules/find.h"

enum { RULES_OF_A_KIND = 6 };

static kss_rule *const rules[KSS_EV_COUNT][RULES_OF_A_KIND] = {
    [KSS_EV_OBJECT] = {kss_rule_remember_object},
    [KSS_EV_INIT] = {kss_rule_object_again, kss_rule_remember_init},
    [KSS_EV_TIMER_SET] = {kss_rule_remember_queue},
    [KSS_EV_DPC_QUEUE] = {kss_rule_remember_queue},
    [KSS_EV_APC] = {kss_rule_remember_queue},
    [KSS_EV_APC_COUNT] = {kss_rule_apc_count},
    [KSS_EV_WORK_QUEUE] = {kss_rule_remember_queue},
    [KSS_EV_WORK_MISUSE] = {kss_rule_work_misuse},
    [KSS_EV_POST] = {kss_rule_post},
    [KSS_EV_LOCK] = {kss_rule_remember_lock},
    [KSS_EV_PROMISE] = {kss_rule_remember_promise},
    [KSS_EV_IRQL] = {kss_rule_remember_irql, kss_rule_lock_lowered, kss_rule_apc_level},
    [KSS_EV_IRP_CALL] = {kss_rule_irp_sent},
    [KSS_EV_IRP_RETURN] = {kss_rule_irp_return},
    [KSS_EV_IRP_PENDING] = {kss_rule_irp_pending},
    [KSS_EV_IRP_COMPLETE] = {kss_rule_irp_complete, kss_rule_complete_under_lock},
    [KSS_EV_POOL_FREE] = {kss_rule_remember_free},

    [KSS_EV_WAIT_OBJECTS] = {kss_rule_wait_array, kss_rule_remember_objects},
    [KSS_EV_WAIT_COUNT] = {kss_rule_wait_count},
    [KSS_EV_WAIT_TRUE] = {kss_rule_wait_true},
    [KSS_EV_MUTEX] = {kss_rule_mutex},
    [KSS_EV_WAIT] = {kss_rule_remember_wait, kss_rule_wait_came, kss_rule_swap_wait,
                     kss_rule_mutex_wait, kss_rule_user_poll},
    [KSS_EV_WAIT_BLOCK] = {kss_rule_user_wait, kss_rule_wait_blocks},
    [KSS_EV_WAIT_END] = {kss_rule_remember_wait_end, kss_rule_user_luck},
    [KSS_EV_DELAY] = {kss_rule_swap_wait},
    [KSS_EV_TOUCH_OUT] = {kss_rule_touch_out},
    [KSS_EV_TOUCH_PAGED] = {kss_rule_touch_paged},

    [KSS_EV_SWAP_ENABLE] = {kss_rule_swap_enable},
    [KSS_EV_BUGCHECK] = {kss_rule_swap_bugcheck, kss_rule_apc_bugcheck},

    [KSS_EV_OBJECT_DIES] = {kss_rule_object_dies},
    [KSS_EV_TOUCH_DEAD] = {kss_rule_touch_dead},
    [KSS_EV_NOT_INITIALIZED] = {kss_rule_unknown_object},
    [KSS_EV_WRONG_TYPE] = {kss_rule_wrong_type},

    [KSS_EV_IRQL_RULE] = {kss_rule_irql},
    [KSS_EV_BLOCK_AT_DISPATCH] = {kss_rule_wait_at_dispatch},
    [KSS_EV_PAGED_CODE] = {kss_rule_paged_code},
    [KSS_EV_DPC_RUN] = {kss_rule_routine_begins},
    [KSS_EV_INTERRUPT] = {kss_rule_routine_begins},
    [KSS_EV_STALL] = {kss_rule_stall},
    [KSS_EV_SPIN] = {kss_rule_spin},
    [KSS_EV_VERIFIER] = {kss_rule_verifier},
    [KSS_EV_ABSOLUTE] = {kss_rule_absolute},
    [KSS_EV_BALANCE] = {kss_rule_irql_balance, kss_rule_lock_balance, kss_rule_swap_balance,
                        kss_rule_apc_balance},
    [KSS_EV_LOCK_RECURSION] = {kss_rule_lock_recursion},
    [KSS_EV_HANG] = {kss_rule_hang},
    [KSS_EV_OWN] = {kss_rule_own},
    [KSS_EV_LOCK_MISUSE] = {kss_rule_lock_misuse},
    [KSS_EV_LOCK_NOT_OWNED] = {kss_rule_lock_unowned},
    [KSS_EV_TOUCH_FREED] = {kss_rule_touch_freed},

    [KSS_EV_IRP_TWICE] = {kss_rule_irp_twice},
    [KSS_EV_IRP_MISMATCH] = {kss_rule_irp_mismatch},
    [KSS_EV_IRP_MISUSE] = {kss_rule_irp_misuse},
    [KSS_EV_IRP_FREE] = {kss_rule_irp_freed},
    [KSS_EV_IRP_NEVER] = {kss_rule_irp_never},
    [KSS_EV_APC_LEFT] = {kss_rule_apc_left},

    [KSS_EV_MDL] = {kss_rule_mdl},
    [KSS_EV_MDL_MISUSE] = {kss_rule_mdl_misuse},
    [KSS_EV_MDL_LEFT] = {kss_rule_mdl_left},
    [KSS_EV_DMA_PROGRAM] = {kss_rule_dma_program},
    [KSS_EV_DMA] = {kss_rule_dma},
    [KSS_EV_DMA_HIT] = {kss_rule_dma_hit},

    [KSS_EV_OVERFLOW] = {kss_rule_overflow},
    [KSS_EV_DEEPEST] = {kss_rule_deepest},
    [KSS_EV_EXPAND] = {kss_rule_expand},
    [KSS_EV_UNHANDLED] = {kss_rule_callout_exception},
    [KSS_EV_STATUS_DROPPED] = {kss_rule_expand_dropped, kss_rule_status_dropped},
    [KSS_EV_NEVER] = {kss_rule_wait_never},
};

void kss_rules_attach(struct kss_machine *machine) {
    for (unsigned kind = 0; kind < KSS_EV_COUNT; kind++)
        if (rules[kind][0] != NULL)
            kss_want(machine, (enum kss_event_id)kind);
    kss_want(machine, KSS_EV_FINDING);
    kss_want(machine, KSS_EV_FINDING_CAUSE);
    kss_want(machine, KSS_EV_FINDING_HELP);
}

void kss_rules_observe(struct kss_machine *machine, const struct kss_event *event) {
    kss_rule *const *rule = rules[event->kind];
    for (unsigned i = 0; i < RULES_OF_A_KIND && rule[i] != NULL; i++)
        rule[i](machine, event);
}

void kss_rules_finish(struct kss_machine *machine) {
    kss_rule_large_frames(machine);
}
