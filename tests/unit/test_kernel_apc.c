// SPDX-License-Identifier: MIT
// APCs: which is delivered when, in every mode of waiting and kind of region; workers and their queues.
#include "rig.h"

enum { KERNEL = 0, USER = 1, REASON = 6, TIMEOUT = 0x102, USER_APC = 0xC0, ALERTED = 0x101 };
enum { NO_REGION, CRITICAL, GUARDED, RAISED, REGIONS };
enum { FIRST = 1, SECOND = 2 };

static void start(struct rig *rig) {
    rig_open(rig, "x86", NULL);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static void enter_region(struct rig *rig, unsigned region) {
    if (region == CRITICAL)
        RIG_CALL0(rig, KeEnterCriticalRegion);
    if (region == GUARDED)
        RIG_CALL0(rig, KeEnterGuardedRegion);
    if (region == RAISED)
        RIG_CALL(rig, KeRaiseIrql, KSS_APC_LEVEL, kss_global_address(rig->m, 0) + 200);
}

static void promise(struct rig *rig, unsigned kind, unsigned apc, uint64_t after) {
    struct kss_due due = {.kind = (uint8_t)kind, .irql = (uint8_t)apc, .routine = FIRST};
    kss_promise(rig->m, &due, after, 0, 0);
}

static kss_addr event(struct rig *rig) {
    kss_addr address = kss_global_address(rig->m, 0);
    RIG_CALL(rig, KeInitializeEvent, address, 0, 0);
    return address;
}

// Waits two seconds for nothing; counts the APC routines that run meanwhile, and at which IRQL the
// last did.
static uint32_t wait_through(struct rig *rig, unsigned mode, bool alertable, unsigned *runs,
                             unsigned *irql) {
    struct kss_outcome outcome = RIG_OUTCOME(rig, KeWaitForSingleObject, event(rig), REASON, mode,
                                             alertable, rig_timeout(rig, 2 * SECONDS));
    *runs = 0;
    if (outcome.kind == KSS_OUT_RETURN)
        return (uint32_t)outcome.value;
    for (;;) {
        struct kss_turn turn = rig_turn(rig);
        if (turn.kind == KSS_TURN_RUN && turn.has_value)
            return (uint32_t)turn.value;
        assert_true(turn.kind == KSS_TURN_CALL && turn.entry == KSS_ENTRY_APC);
        assert_int_equal(turn.routine, FIRST);
        ++*runs;
        *irql = kss_current_irql(rig->m);
        kss_returned(rig->m, 0);
    }
}

// ---- KRN waits-and-apcs, all cells ----------------------------------------------------------------
struct cell {
    unsigned mode;
    bool alertable;
    unsigned kind, apc;
    uint32_t status; // TIMEOUT: it does not end the wait
    unsigned runs;   // inside of the wait
};
#define APC(kind) KSS_DUE_APC, kind
static const struct cell matrix[] = {
    {USER, true, APC(KSS_APC_USER), USER_APC, 0},
    {USER, false, APC(KSS_APC_USER), TIMEOUT, 0},
    {KERNEL, true, APC(KSS_APC_USER), TIMEOUT, 0},
    {KERNEL, false, APC(KSS_APC_USER), TIMEOUT, 0},
    {USER, true, APC(KSS_APC_KERNEL), TIMEOUT, 1},
    {USER, false, APC(KSS_APC_KERNEL), TIMEOUT, 1},
    {KERNEL, true, APC(KSS_APC_KERNEL), TIMEOUT, 1},
    {KERNEL, false, APC(KSS_APC_KERNEL), TIMEOUT, 1},
    {USER, true, APC(KSS_APC_SPECIAL), TIMEOUT, 1},
    {USER, false, APC(KSS_APC_SPECIAL), TIMEOUT, 1},
    {KERNEL, true, APC(KSS_APC_SPECIAL), TIMEOUT, 1},
    {KERNEL, false, APC(KSS_APC_SPECIAL), TIMEOUT, 1},
    {USER, true, KSS_DUE_TERMINATE, 0, USER_APC, 0},
    {USER, false, KSS_DUE_TERMINATE, 0, USER_APC, 0},
    {KERNEL, true, KSS_DUE_TERMINATE, 0, TIMEOUT, 0},
    {KERNEL, false, KSS_DUE_TERMINATE, 0, TIMEOUT, 0},
    {USER, true, KSS_DUE_ALERT, 0, ALERTED, 0},
    {USER, false, KSS_DUE_ALERT, 0, TIMEOUT, 0},
    {KERNEL, true, KSS_DUE_ALERT, 0, ALERTED, 0},
    {KERNEL, false, KSS_DUE_ALERT, 0, TIMEOUT, 0},
};

// What a region leaves of a cell: alerts are no APCs.
static struct cell in_region(struct cell cell, unsigned region) {
    bool special = cell.kind == KSS_DUE_APC && cell.apc == KSS_APC_SPECIAL;
    if (region == NO_REGION || cell.kind == KSS_DUE_ALERT || (special && region == CRITICAL))
        return cell;
    cell.status = TIMEOUT;
    cell.runs = 0;
    return cell;
}

static void every_cell_of_the_matrix(void **state) {
    (void)state;
    for (unsigned i = 0; i < sizeof matrix / sizeof *matrix; i++)
        for (unsigned region = 0; region < REGIONS; region++) {
            struct rig rig;
            struct cell cell = in_region(matrix[i], region);
            unsigned runs, irql = 9;
            start(&rig);
            enter_region(&rig, region);
            promise(&rig, cell.kind, cell.apc, SECONDS);
            uint32_t status = wait_through(&rig, cell.mode, cell.alertable, &runs, &irql);
            if (status != cell.status || runs != cell.runs)
                fail_msg("row %u in region %u: 0x%X with %u runs, not 0x%X with %u", i, region,
                         (unsigned)status, runs, (unsigned)cell.status, cell.runs);
            assert_int_equal(kss_now(rig.m), (cell.status == TIMEOUT ? 2 : 1) * SECONDS);
            if (runs != 0)
                assert_int_equal(irql,
                                 cell.apc == KSS_APC_SPECIAL ? KSS_APC_LEVEL : KSS_PASSIVE_LEVEL);
            rig_close(&rig);
        }
}

// Queued before the wait begins: the same, at once.
static void a_user_apc_that_came_before(void **state) {
    (void)state;
    for (unsigned mode = KERNEL; mode <= USER; mode++)
        for (unsigned alertable = 0; alertable < 2; alertable++) {
            struct rig rig;
            unsigned runs, irql;
            start(&rig);
            kss_apc_add(rig.m, &(struct kss_apc){
                                   .kind = KSS_APC_USER, .object = KSS_NONE, .routine = FIRST});
            bool ends = mode == USER && alertable;
            assert_int_equal(wait_through(&rig, mode, alertable, &runs, &irql),
                             ends ? USER_APC : TIMEOUT);
            assert_int_equal(runs, 0);
            rig_close(&rig);
        }
}

// The APC is delivered when the system call returns, before the thread ends.
static void a_user_apc_at_the_return_to_user_mode(void **state) {
    (void)state;
    struct rig rig;
    unsigned runs, irql;
    start(&rig);
    promise(&rig, KSS_DUE_APC, KSS_APC_USER, SECONDS);
    assert_int_equal(wait_through(&rig, USER, true, &runs, &irql), USER_APC);
    kss_returned(rig.m, USER_APC);
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.kind == KSS_TURN_CALL && turn.entry == KSS_ENTRY_APC);
    assert_int_equal(kss_current_irql(rig.m), KSS_APC_LEVEL);
    assert_int_equal(rig_count(&rig, KSS_EV_THREAD_EXIT), 0);
    kss_returned(rig.m, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    assert_int_equal(rig_last(&rig, KSS_EV_THREAD_EXIT)->words[1], USER_APC);
    rig_close(&rig);
}

// KeTestAlertThread(UserMode) finds a user APC and makes it pending; it then ends any UserMode wait.
static void test_alert_makes_user_apcs_pending(void **state) {
    (void)state;
    struct rig rig;
    unsigned runs, irql;
    start(&rig);
    kss_apc_add(rig.m,
                &(struct kss_apc){.kind = KSS_APC_USER, .object = KSS_NONE, .routine = FIRST});
    assert_int_equal(RIG_CALL(&rig, KeTestAlertThread, USER), 0);
    assert_int_equal(wait_through(&rig, USER, false, &runs, &irql), USER_APC);
    rig_close(&rig);
}

// An APC's routine may wait itself; the wait it interrupted keeps its mode, object and time.
static void a_wait_inside_of_an_apc(void **state) {
    (void)state;
    struct rig rig;
    start(&rig);
    kss_addr object = event(&rig);
    promise(&rig, KSS_DUE_APC, KSS_APC_KERNEL, SECONDS);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, object, REASON, USER, 0,
                rig_timeout(&rig, 5 * SECONDS));
    assert_int_equal(rig_turn(&rig).entry, KSS_ENTRY_APC);
    assert_int_equal(
        RIG_OUTCOME(&rig, KeDelayExecutionThread, KERNEL, 0, rig_timeout(&rig, SECONDS)).kind,
        KSS_OUT_TURN);
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.kind == KSS_TURN_RUN && turn.has_value && turn.value == 0);
    kss_returned(rig.m, 0);
    promise(&rig, KSS_DUE_TERMINATE, 0, SECONDS);
    turn = rig_turn(&rig);
    assert_true(turn.has_value);
    assert_int_equal(turn.value, USER_APC); // still a UserMode wait
    assert_int_equal(kss_now(rig.m), 3 * SECONDS);
    rig_close(&rig);
}

// ---- Workers --------------------------------------------------------------------------------------
static kss_addr item_at(struct rig *rig, unsigned number) {
    return kss_global_address(rig->m, 0) + number * 0x20;
}

static void workers_are_made_up_to_their_number(void **state) {
    (void)state;
    struct rig rig;
    start(&rig);
    for (unsigned i = 0; i < 5; i++) {
        RIG_CALL(&rig, ExInitializeWorkItem, item_at(&rig, i), kss_code_address(rig.m, FIRST), i);
        RIG_CALL(&rig, ExQueueWorkItem, item_at(&rig, i), 1);
    }
    assert_int_equal(kss_thread_at_count(rig.m), 1 + 3); // DelayedWorkQueue has three
    for (unsigned i = 0; i < 5; i++) {
        struct kss_turn turn = rig_turn(&rig);
        assert_true(turn.kind == KSS_TURN_CALL && turn.entry == KSS_ENTRY_WORK);
        assert_int_equal(turn.arguments[0], i); // in the order of queueing
        assert_int_equal(kss_current_thread(rig.m) == 0, false);
        kss_returned(rig.m, 0);
    }
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_RUN); // they rest
    assert_int_equal(kss_current_thread(rig.m), 0);
    RIG_CALL(&rig, ExQueueWorkItem, item_at(&rig, 0), 1);
    assert_int_equal(kss_thread_at_count(rig.m), 1 + 3); // an idle one takes it
    assert_int_equal(rig_turn(&rig).entry, KSS_ENTRY_WORK);
    kss_returned(rig.m, 0);
    rig_turn(&rig);
    kss_returned(rig.m, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    kss_machine_finish(rig.m);
    assert_int_equal(rig_count(&rig, KSS_EV_NEVER), 0); // idle workers do not wait for ever
    rig_close(&rig);
}

static void failing(struct kss_config *config) {
    config->fail_pool = true;
}

// DDI FsRtlPostStackOverflow: no memory, STATUS_INSUFFICIENT_RESOURCES is raised; paging goes on.
static void posts_without_memory(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", failing);
    rig.m->port.choose = rig_choose;
    rig_thread(&rig, "App", 0, false);
    rig_turn(&rig);
    kss_addr routine = kss_code_address(rig.m, FIRST), done = event(&rig);
    rig.choices[rig.choice_count++] = 1;
    struct kss_outcome outcome = RIG_OUTCOME(&rig, FsRtlPostStackOverflow, 7, done, routine);
    assert_int_equal(outcome.kind, KSS_OUT_RAISE);
    assert_int_equal(outcome.value, 0xC000009A);
    assert_int_equal(kss_thread_at_count(rig.m), 1);
    rig.choices[rig.choice_count++] = 1;
    assert_int_equal(RIG_CALL(&rig, IoAllocateWorkItem, kss_global_address(rig.m, 0)), 0);
    rig.choices[rig.choice_count++] = 1;
    assert_int_equal(
        RIG_CALL(&rig, PsCreateSystemThread, kss_global_address(rig.m, 0), 0, 0, 0, 0, routine, 0),
        0xC000009A);
    RIG_CALL(&rig, FsRtlPostPagingFileStackOverflow, 7, done, routine);
    struct kss_turn turn = rig_turn(&rig);
    while (turn.entry != KSS_ENTRY_WORK)
        turn = rig_turn(&rig);
    assert_int_equal(turn.arguments[0], 7);
    assert_int_equal(turn.arguments[1], done);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_the_matrix),
        cmocka_unit_test(a_user_apc_that_came_before),
        cmocka_unit_test(a_user_apc_at_the_return_to_user_mode),
        cmocka_unit_test(test_alert_makes_user_apcs_pending),
        cmocka_unit_test(a_wait_inside_of_an_apc),
        cmocka_unit_test(workers_are_made_up_to_their_number),
        cmocka_unit_test(posts_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
