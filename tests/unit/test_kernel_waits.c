// SPDX-License-Identifier: MIT
// Waits for several objects, Wait TRUE, semaphores and mutexes: tables of what the pages say, and what an
// APC in the middle of a wait must not disturb.
#include "rig.h"

enum { KERNEL = 0, USER = 1, ALL = 0, ANY = 1 };

static kss_addr global(const struct rig *rig, unsigned offset) {
    return kss_global_address(rig->m, 0) + offset;
}

static void start(struct rig *rig, bool system) {
    rig_open(rig, "x64", NULL);
    rig_thread(rig, "App", 0, system);
    rig_turn(rig);
}

static uint64_t stop_code(struct rig *rig) {
    const struct kss_event *stop = rig_last(rig, KSS_EV_BUGCHECK);
    return stop == NULL ? 0 : stop->words[0];
}

static kss_addr pool(struct rig *rig, unsigned bytes) {
    return RIG_CALL(rig, ExAllocatePoolWithTag, 512 /* NonPagedPoolNx */, bytes, 0x74736554);
}

// An array of [count] pointers to one event.
static kss_addr array_of(struct rig *rig, kss_addr object, unsigned count) {
    kss_addr array = pool(rig, count * 8 + 8);
    for (unsigned i = 0; i < count; i++)
        kss_poke(rig->m, array + i * 8ull, 8, object);
    return array;
}

// ---- 0xC ----------------------------------------------------------------------------------------
static void the_number_of_objects_is_limited(void **state) {
    (void)state;
    static const struct {
        unsigned count;
        bool blocks;
        uint32_t stop;
    } rows[] = {{1, false, 0},          {3, false, 0},     {4, false, 0xC}, {64, false, 0xC},
                {65, false, 0xC},       {1, true, 0},      {4, true, 0},    {64, true, 0},
                {65, true, 0xC},        {1000, true, 0xC}, {3, true, 0},    {0, false, 0},
                {0xFFFFFFFF, true, 0xC}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        start(&rig, true);
        kss_addr event = global(&rig, 0);
        RIG_CALL(&rig, KeInitializeEvent, event, 0, 1);
        kss_addr array = array_of(&rig, event, 64);
        kss_addr blocks = rows[i].blocks ? pool(&rig, 64 * 48) : 0;
        kss_addr timeout = rig_timeout(&rig, 0);
        struct kss_outcome outcome = RIG_OUTCOME(&rig, KeWaitForMultipleObjects, rows[i].count,
                                                 array, ANY, 0, KERNEL, 0, timeout, blocks);
        assert_int_equal(stop_code(&rig), rows[i].stop);
        assert_int_equal(rig_count(&rig, KSS_EV_WAIT_COUNT), rows[i].stop != 0);
        assert_int_equal(outcome.kind, rows[i].stop ? KSS_OUT_STOP : KSS_OUT_RETURN);
        if (rows[i].stop == 0)
            assert_int_equal(outcome.value, rows[i].count ? 0 : 0x102);
        for (unsigned word = 1; rows[i].stop != 0 && word < 4; word++)
            assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[word], 0);
        rig_close(&rig);
    }
}

// ---- Wait TRUE ----------------------------------------------------------------------------------
// What a routine says of Wait TRUE at each IRQL: the least of them is WHAT_IRQL.
enum { WHAT_BEGIN, WHAT_IRQL, WHAT_PAGEABLE, WHAT_OTHER_CALL, WHAT_RETURNED };

static bool said(const struct rig *rig, unsigned what) {
    for (unsigned i = 0; i < rig->event_count; i++)
        if (rig->events[i].kind == KSS_EV_WAIT_TRUE && rig->events[i].words[1] == what)
            return true;
    return false;
}

static void signal_with_true(struct rig *rig, unsigned routine) {
    switch (routine) {
    case KSS_NT_KeSetEvent: RIG_CALL(rig, KeSetEvent, global(rig, 0), 0, 1); break;
    case KSS_NT_KePulseEvent: RIG_CALL(rig, KePulseEvent, global(rig, 0), 0, 1); break;
    case KSS_NT_KeReleaseSemaphore:
        RIG_CALL(rig, KeReleaseSemaphore, global(rig, 64), 0, 1, 1);
        break;
    default: RIG_CALL(rig, KeReleaseMutex, global(rig, 128), 1); break;
    }
}

static void make_objects(struct rig *rig, bool poll) {
    RIG_CALL(rig, KeInitializeEvent, global(rig, 0), 0, 0);
    RIG_CALL(rig, KeInitializeSemaphore, global(rig, 64), 0, 5);
    RIG_CALL(rig, KeInitializeMutex, global(rig, 128), 0);
    if (poll)
        RIG_CALL0(rig, KeRaiseIrqlToDpcLevel);
    RIG_CALL(rig, KeWaitForSingleObject, global(rig, 128), 0, KERNEL, 0, rig_timeout(rig, 0));
}

static void wait_true_follows_each_routines_rule(void **state) {
    (void)state;
    static const struct {
        unsigned routine, irql;
        bool wrong;
    } rows[] = {{KSS_NT_KeSetEvent, 0, false},         {KSS_NT_KeSetEvent, 1, false},
                {KSS_NT_KeSetEvent, 2, true},          {KSS_NT_KePulseEvent, 0, false},
                {KSS_NT_KePulseEvent, 1, false},       {KSS_NT_KePulseEvent, 2, false},
                {KSS_NT_KeReleaseSemaphore, 0, false}, {KSS_NT_KeReleaseSemaphore, 1, true},
                {KSS_NT_KeReleaseSemaphore, 2, true},  {KSS_NT_KeReleaseMutex, 0, false},
                {KSS_NT_KeReleaseMutex, 1, false},     {KSS_NT_KeReleaseMutex, 2, false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        start(&rig, true);
        make_objects(&rig, rows[i].irql == 2);
        if (rows[i].irql == 1)
            RIG_CALL(&rig, KeRaiseIrql, 1, global(&rig, 200));
        signal_with_true(&rig, rows[i].routine);
        assert_true(said(&rig, WHAT_BEGIN));
        assert_int_equal(said(&rig, WHAT_IRQL), rows[i].wrong);
        assert_int_equal(kss_current_irql(rig.m), 2); // still raised
        RIG_CALL(&rig, KeWaitForSingleObject, global(&rig, 64), 0, KERNEL, 0, rig_timeout(&rig, 0));
        assert_int_equal(kss_current_irql(rig.m), rows[i].irql); // the wait put it back
        assert_false(said(&rig, WHAT_OTHER_CALL));
        rig_close(&rig);
    }
}

static void what_follows_wait_true(void **state) {
    (void)state;
    for (unsigned way = 0; way < 6; way++) {
        struct rig rig;
        start(&rig, true);
        make_objects(&rig, false);
        RIG_CALL(&rig, KeReleaseMutex, global(&rig, 128), 0);
        RIG_CALL(&rig, KeInitializeEvent, global(&rig, 32), 0, 1);
        kss_addr list = global(&rig, 208), array = array_of(&rig, global(&rig, 32), 2);
        RIG_CALL(&rig, KeSetEvent, global(&rig, 0), 0, 1);
        switch (way) {
        case 0: RIG_CALL(&rig, KeWaitForSingleObject, global(&rig, 32), 0, KERNEL, 0, 0); break;
        case 1: RIG_CALL(&rig, KeWaitForMutexObject, global(&rig, 32), 0, KERNEL, 0, 0); break;
        case 2: RIG_CALL(&rig, KeWaitForMultipleObjects, 2, array, ALL, 0, KERNEL, 0, 0, 0); break;
        case 3: RIG_CALL(&rig, InitializeListHead, list); break; // a macro of the headers
        case 4: RIG_CALL0(&rig, KeGetCurrentIrql); break;
        default: kss_returned(rig.m, 0); break;
        }
        assert_int_equal(said(&rig, WHAT_OTHER_CALL), way == 4);
        assert_int_equal(said(&rig, WHAT_RETURNED), way == 5);
        if (way < 3)
            assert_int_equal(kss_current_irql(rig.m), 0);
        if (way == 4) { // told once, and the wait that comes late restores the IRQL all the same
            RIG_CALL0(&rig, KeGetCurrentIrql);
            assert_int_equal(rig_count(&rig, KSS_EV_WAIT_TRUE), 2);
            RIG_CALL(&rig, KeWaitForSingleObject, global(&rig, 32), 0, KERNEL, 0, 0);
            assert_int_equal(kss_current_irql(rig.m), 0);
        }
        rig_close(&rig);
    }
}

// ---- The end of a thread ------------------------------------------------------------------------
// 0xE9 for a worker, 0x20 for the APC disable count, 0x94, 0x4000008A, 0x20 for an APC that is left. Only
// system threads can be workers, and only they end with APCs that could never come in.
enum { WORKER = 1, APC_COUNT = 2, SWAP = 4, MUTEX = 8, LEFT = 16, FAULTS = 32 };

static void leave_an_apc(struct rig *rig, kss_addr apc) {
    struct kss_thread *thread = kss_thread_at(rig->m, 0);
    thread->apc_at_start = thread->kernel_apc_disable = -1; // as PsCreateSystemThread begins one
    kss_addr routine = kss_code_address(rig->m, 1);
    RIG_CALL(rig, KeInitializeApc, apc, kss_thread_address(rig->m, 0), 0, routine, 0, routine, 0,
             0);
    assert_int_equal(RIG_CALL(rig, KeInsertQueueApc, apc, 0, 0, 0), 1);
}

static uint64_t end_with(struct rig *rig, unsigned faults, kss_addr apc) {
    if (faults & LEFT)
        leave_an_apc(rig, apc);
    if (faults & APC_COUNT)
        RIG_CALL0(rig, KeEnterCriticalRegion);
    if (faults & SWAP)
        RIG_CALL(rig, KeSetKernelStackSwapEnable, 0);
    if (faults & MUTEX) {
        RIG_CALL(rig, KeInitializeMutex, global(rig, 0), 0);
        RIG_CALL(rig, KeWaitForSingleObject, global(rig, 0), 0, KERNEL, 0, 0);
    }
    if (faults & WORKER)
        kss_thread_at(rig->m, 0)->worker = 1;
    kss_returned(rig->m, 0);
    if (kss_ended(rig->m) == KSS_END_RUNNING)
        rig_turn(rig);
    return stop_code(rig);
}

static void every_set_of_exit_faults_comes_in_order(void **state) {
    (void)state;
    for (unsigned faults = 0; faults < FAULTS; faults++)
        for (unsigned user = 0; user < 2; user++) {
            if (user && faults & (WORKER | LEFT))
                continue;
            struct rig rig;
            start(&rig, user == 0);
            kss_addr apc = pool(&rig, 96);
            uint64_t expected = faults & WORKER      ? 0xE9
                                : faults & APC_COUNT ? 0x20
                                : faults & SWAP      ? 0x94
                                : faults & MUTEX     ? 0x4000008A
                                : faults & LEFT      ? 0x20
                                                     : 0;
            if (user && faults & (APC_COUNT | MUTEX)) // it returns to user mode first
                expected = 0x1;
            assert_int_equal(end_with(&rig, faults, apc), expected);
            const struct kss_event *stop = rig_last(&rig, KSS_EV_BUGCHECK);
            if (expected == 0x4000008A) {
                assert_int_equal(stop->words[1], kss_thread_address(rig.m, 0));
                assert_int_equal(stop->words[2], global(&rig, 0));
            }
            if (faults == LEFT)
                assert_int_equal(stop->words[1], apc);
            rig_close(&rig);
        }
}

static void the_count_of_held_mutexes_is_their_own(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, true); // two mutexes and one critical region: 0x20 speaks of the region
    for (unsigned i = 0; i < 2; i++) {
        RIG_CALL(&rig, KeInitializeMutex, global(&rig, i * 64), 0);
        RIG_CALL(&rig, KeWaitForSingleObject, global(&rig, i * 64), 0, KERNEL, 0, 0);
    }
    assert_int_equal(kss_thread_at(rig.m, 0)->mutexes, 2);
    assert_int_equal(kss_thread_at(rig.m, 0)->kernel_apc_disable, -2);
    RIG_CALL0(&rig, KeEnterCriticalRegion);
    kss_returned(rig.m, 0);
    assert_int_equal(stop_code(&rig), 0x20);
    rig_close(&rig);
}

// ---- Interrupted waits --------------------------------------------------------------------------
// A kernel APC takes the thread out of its wait; its routine waits itself, and the first wait then goes
// on with its own mode, time and objects.
static void a_wait_goes_on_after_another_in_between(void **state) {
    (void)state;
    for (unsigned many = 0; many < 2; many++) {
        struct rig rig;
        start(&rig, true);
        make_objects(&rig, false);
        kss_addr array = array_of(&rig, global(&rig, 0), 2),
                 timeout = rig_timeout(&rig, 9 * SECONDS);
        if (many)
            RIG_OUTCOME(&rig, KeWaitForMultipleObjects, 2, array, ANY, 0, USER, 0, timeout, 0);
        else
            RIG_OUTCOME(&rig, KeWaitForSingleObject, global(&rig, 0), 0, USER, 0, timeout);
        assert_int_equal(kss_thread_at(rig.m, 0)->state, KSS_T_WAITING);
        kss_wait_interrupt(rig.m, 0);
        // What an APC's routine does is stood for by a wait that leaves its marks in the thread.
        struct kss_thread *thread = kss_thread_at(rig.m, 0);
        thread->wait_status = 0x102;
        thread->wait_mode = 0;
        thread->waiting_on = KSS_NONE;
        struct kss_due due = {.kind = KSS_DUE_SIGNAL, .arguments = {global(&rig, 0)}};
        kss_promise(rig.m, &due, SECONDS, 0, 0);
        struct kss_turn turn = rig_turn(&rig);
        assert_true(turn.has_value && turn.value == 0);
        assert_int_equal(kss_now(rig.m), SECONDS);
        assert_int_equal(rig_count(&rig, KSS_EV_WAIT_BLOCK), 1); // it is one wait
        assert_int_equal(rig_last(&rig, KSS_EV_WAIT_END)->words[3], SECONDS);
        rig_close(&rig);
    }
}

static void a_status_outlives_another_wait(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, true);
    make_objects(&rig, false);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, global(&rig, 0), 0, KERNEL, 0,
                rig_timeout(&rig, SECONDS));
    kss_unwait(rig.m, 0, 0x102);              // it expired, and is ready
    kss_thread_at(rig.m, 0)->wait_status = 0; // an APC's routine waited before it ran
    struct kss_turn turn = rig_turn(&rig);
    assert_true(turn.has_value && turn.value == 0x102);
    rig_close(&rig);
}

// A user APC ends an alertable UserMode wait that would block, and is then pending, which ends any UserMode
// wait: after the object, after an alert, before the timeout.
static void a_user_apc_comes_after_object_and_alert(void **state) {
    (void)state;
    static const struct {
        unsigned mode, alertable, signalled, alerted, region, pending;
        uint32_t status; // 0x102: only the timeout ends it
    } rows[] = {{USER, 1, 0, 0, 0, 0, 0xC0},    {USER, 0, 0, 0, 0, 0, 0x102},
                {USER, 0, 0, 0, 0, 1, 0xC0},    {KERNEL, 1, 0, 0, 0, 1, 0x102},
                {KERNEL, 0, 0, 0, 0, 1, 0x102}, {USER, 1, 1, 1, 0, 0, 0},
                {USER, 1, 0, 1, 0, 0, 0x101},   {USER, 0, 0, 1, 0, 1, 0xC0},
                {USER, 1, 0, 0, 1, 1, 0x102},   {KERNEL, 1, 0, 1, 0, 0, 0x101}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        start(&rig, false);
        RIG_CALL(&rig, KeInitializeEvent, global(&rig, 0), 0, rows[i].signalled);
        if (rows[i].region)
            RIG_CALL0(&rig, KeEnterCriticalRegion);
        struct kss_thread *thread = kss_thread_at(rig.m, 0);
        thread->flags |= KSS_TF_USER_APC;
        if (rows[i].pending)
            thread->flags |= KSS_TF_APC_PENDING;
        if (rows[i].alerted)
            thread->flags |= KSS_TF_ALERTED_KERNEL;
        struct kss_outcome outcome =
            RIG_OUTCOME(&rig, KeWaitForSingleObject, global(&rig, 0), 6, rows[i].mode,
                        rows[i].alertable, rig_timeout(&rig, SECONDS));
        if (rows[i].status == 0x102) {
            assert_int_equal(outcome.kind, KSS_OUT_TURN);
            assert_int_equal(rig_turn(&rig).value, 0x102);
        } else {
            assert_int_equal(outcome.kind, KSS_OUT_RETURN);
            assert_int_equal(outcome.value, rows[i].status);
        }
        rig_close(&rig);
    }
}

// ---- Objects ------------------------------------------------------------------------------------
static void a_mutex_can_be_acquired_so_often_and_no_more(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, true);
    RIG_CALL(&rig, KeInitializeMutex, global(&rig, 0), 0);
    RIG_CALL(&rig, KeWaitForSingleObject, global(&rig, 0), 0, KERNEL, 0, 0);
    kss_object_ref(rig.m, kss_object_at(rig.m, global(&rig, 0)))->signal = INT32_MIN + 1;
    RIG_CALL(&rig, KeWaitForSingleObject, global(&rig, 0), 0, KERNEL, 0, 0);
    struct kss_outcome outcome =
        RIG_OUTCOME(&rig, KeWaitForSingleObject, global(&rig, 0), 0, KERNEL, 0, 0);
    assert_int_equal(outcome.kind, KSS_OUT_RAISE);
    assert_int_equal(outcome.value, 0xC0000191);
    rig_close(&rig);
}

static void a_semaphore_keeps_its_count_when_it_raises(void **state) {
    (void)state;
    static const struct {
        int32_t count, limit, adjustment;
        bool raises;
    } rows[] = {{0, 1, 1, false},
                {1, 1, 1, true},
                {0, 5, 5, false},
                {1, 5, 5, true},
                {3, 5, -1, true},
                {0x7FFFFFFF, 0x7FFFFFFF, 1, true},
                {0, 0x7FFFFFFF, 0x7FFFFFFF, false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        start(&rig, true);
        RIG_CALL(&rig, KeInitializeSemaphore, global(&rig, 0), (uint32_t)rows[i].count,
                 (uint32_t)rows[i].limit);
        struct kss_outcome outcome = RIG_OUTCOME(&rig, KeReleaseSemaphore, global(&rig, 0), 0,
                                                 (uint32_t)rows[i].adjustment, 0);
        assert_int_equal(outcome.kind, rows[i].raises ? KSS_OUT_RAISE : KSS_OUT_RETURN);
        assert_int_equal(outcome.value, rows[i].raises ? 0xC0000047 : (uint32_t)rows[i].count);
        int32_t now = rows[i].raises ? rows[i].count : rows[i].count + rows[i].adjustment;
        assert_int_equal(RIG_CALL(&rig, KeReadStateSemaphore, global(&rig, 0)), (uint32_t)now);
        rig_close(&rig);
    }
}

// Several threads wait for all of the same objects in different orders: none is lost.
static void waiters_for_all_are_served_in_their_order(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    rig_thread(&rig, "First", 0, true);
    rig_thread(&rig, "Second", 4, true);
    rig_turn(&rig);
    RIG_CALL(&rig, KeInitializeSemaphore, global(&rig, 0), 0, 9);
    RIG_CALL(&rig, KeInitializeSemaphore, global(&rig, 64), 0, 9);
    kss_addr array = pool(&rig, 32);
    for (unsigned i = 0; i < 4; i++) // a, b, b, a
        kss_poke(rig.m, array + i * 8ull, 8, global(&rig, i == 1 || i == 2 ? 64 : 0));
    RIG_OUTCOME(&rig, KeWaitForMultipleObjects, 2, array, ALL, 0, KERNEL, 0, 0, 0);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_CALL);
    RIG_OUTCOME(&rig, KeWaitForMultipleObjects, 2, array + 16, ALL, 0, KERNEL, 0, 0, 0);
    for (unsigned i = 0; i < 2; i++) {
        kss_object_signal_state(rig.m, kss_object_at(rig.m, global(&rig, 0)), 1);
        assert_int_equal(kss_satisfy(rig.m, kss_object_at(rig.m, global(&rig, 0))), 0);
        kss_object_signal_state(rig.m, kss_object_at(rig.m, global(&rig, 64)), 1);
        assert_int_equal(kss_satisfy(rig.m, kss_object_at(rig.m, global(&rig, 64))), 1);
        assert_int_equal(kss_thread_at(rig.m, i)->state, KSS_T_READY);
        assert_int_equal(kss_object_ref(rig.m, kss_object_at(rig.m, global(&rig, 0)))->signal, 0);
    }
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_objects_is_limited),
        cmocka_unit_test(wait_true_follows_each_routines_rule),
        cmocka_unit_test(what_follows_wait_true),
        cmocka_unit_test(every_set_of_exit_faults_comes_in_order),
        cmocka_unit_test(the_count_of_held_mutexes_is_their_own),
        cmocka_unit_test(a_wait_goes_on_after_another_in_between),
        cmocka_unit_test(a_status_outlives_another_wait),
        cmocka_unit_test(a_user_apc_comes_after_object_and_alert),
        cmocka_unit_test(a_mutex_can_be_acquired_so_often_and_no_more),
        cmocka_unit_test(a_semaphore_keeps_its_count_when_it_raises),
        cmocka_unit_test(waiters_for_all_are_served_in_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
