// SPDX-License-Identifier: MIT
// Who is told of completion, and where: the second stage, system calls, cancelling, remove locks.
#include "rig.h"

#include "kernel/io.h"

static void start(struct rig *rig, const char *profile) {
    rig_open(rig, profile, NULL);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static kss_addr device(struct rig *rig, uint32_t routine, uint32_t flags) {
    struct kss_driver made = {
        .name = "disk", .add_device = KSS_NO_FRAME, .unload = KSS_NO_FRAME, .start_io = 3};
    for (unsigned i = 0; i < KSS_MAJOR_FUNCTIONS; i++)
        made.major[i] = i == KSS_MJ_FLUSH ? KSS_NO_FRAME : routine;
    return kss_device_add(rig->m, kss_driver_add(rig->m, &made, 0), "disk0", 8, 7, flags);
}

static struct kss_turn turns_to(struct rig *rig, uint32_t routine, enum kss_entry entry) {
    struct kss_turn turn = rig_turn(rig);
    assert_int_equal(turn.kind, KSS_TURN_CALL);
    assert_int_equal(turn.routine, routine);
    assert_int_equal(turn.entry, entry);
    return turn;
}

static uint64_t value_of_call(struct rig *rig) {
    struct kss_turn turn = rig_turn(rig);
    assert_int_equal(turn.kind, KSS_TURN_RUN);
    assert_true(turn.has_value);
    return turn.value;
}

static void after_dpc(struct rig *rig, uint32_t routine, uint64_t argument, int64_t after) {
    struct kss_due what = {
        .kind = KSS_DUE_DPC, .routine = routine, .arguments = {argument}, .argument_count = 1};
    kss_promise(rig->m, &what, (uint64_t)after, 0, 0);
}

static void set_status(struct rig *rig, kss_addr irp, uint32_t status, uint64_t information) {
    struct kss_machine *m = rig->m;
    kss_poke(m, irp + KSS_FIELD(IRP, IoStatus), 4, status);
    kss_set(m, irp + KSS_FIELD(IRP, IoStatus) + KSS_FIELD(IO_STATUS_BLOCK, Information),
            information);
}

static uint32_t load32(struct rig *rig, kss_addr address) {
    return (uint32_t)kss_peek(rig->m, address, 4);
}

// First() builds a synchronous request with event and status block in its frame and sends it; the
// driver, Second(), pends it. Returns the IRP; the request is pending and First() runs.
static kss_addr pend(struct rig *rig, kss_addr *event, kss_addr *block) {
    struct kss_machine *m = rig->m;
    kss_addr disk = device(rig, 2, 0), locals = rig_enter(rig, 1);
    *event = locals;
    *block = locals + 0x20;
    RIG_CALL(rig, KeInitializeEvent, *event, 0, 0);
    kss_addr irp =
        RIG_CALL(rig, IoBuildSynchronousFsdRequest, KSS_MJ_READ, disk, 0, 0, 0, *event, *block);
    RIG_OUTCOME(rig, IoCallDriver, disk, irp);
    turns_to(rig, 2, KSS_ENTRY_DISPATCH);
    RIG_CALL(rig, IoMarkIrpPending, irp);
    kss_returned(m, STATUS_PENDING);
    assert_int_equal(value_of_call(rig), STATUS_PENDING);
    return irp;
}

// The DPC of after_dpc runs and completes the IRP.
static void complete_in_dpc(struct rig *rig, kss_addr irp) {
    turns_to(rig, 3, KSS_ENTRY_DPC);
    set_status(rig, irp, STATUS_SUCCESS, 7);
    RIG_CALL(rig, IofCompleteRequest, irp, 1);
    kss_returned(rig->m, 0);
}

// ---- The second stage ---------------------------------------------------------------------------
static void a_waiter_is_interrupted_for_it_and_wakes(void **state) {
    (void)state;
    static const char *const machines[] = {"x86", "x64"};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        start(&rig, machines[i]);
        struct kss_machine *m = rig.m;
        kss_addr event, block, irp = pend(&rig, &event, &block);
        after_dpc(&rig, 3, irp, SECONDS);
        assert_int_equal(RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, 0, 0, 0).kind,
                         KSS_OUT_TURN);
        complete_in_dpc(&rig, irp);
        assert_int_equal(rig_count(&rig, KSS_EV_IRP_FINISH), 0);
        assert_int_equal(load32(&rig, block), 0);
        assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
        assert_int_equal(rig_count(&rig, KSS_EV_IRP_FINISH), 1);
        assert_int_equal(rig_last(&rig, KSS_EV_IRP_FINISH)->irql, KSS_APC_LEVEL);
        assert_int_equal(kss_get(m, block + KSS_FIELD(IO_STATUS_BLOCK, Information)), 7);
        assert_int_equal(rig_count(&rig, KSS_EV_WAIT_BLOCK), 1);
        assert_int_equal(rig_last(&rig, KSS_EV_WAIT_END)->words[3], SECONDS);
        assert_int_equal(kss_globals(m)->irps, 0);
        assert_int_equal(rig_count(&rig, KSS_EV_IRP_LATE), 0);
        kss_frame_pop(m);
        assert_int_equal(rig_count(&rig, KSS_EV_OBJECT_DIES), 0);
        rig_close(&rig);
    }
}

static void a_swapped_waiter_is_brought_in_first(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x86");
    kss_addr event, block, irp = pend(&rig, &event, &block);
    after_dpc(&rig, 3, irp, 60 * SECONDS);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 6, 1, 0, 0); // UserMode: out after a while
    complete_in_dpc(&rig, irp);
    assert_int_equal(rig_count(&rig, KSS_EV_OUTSWAP), 1);
    assert_int_equal(rig_count(&rig, KSS_EV_INSWAP), 0);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    assert_int_equal(rig_count(&rig, KSS_EV_INSWAP), 1);
    assert_int_equal(rig_count(&rig, KSS_EV_BUGCHECK), 0);
    assert_true(rig_last(&rig, KSS_EV_INSWAP)->sequence <
                rig_last(&rig, KSS_EV_IRP_FINISH)->sequence);
    rig_close(&rig);
}

static void a_timed_wait_goes_on_with_what_is_left(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event, block, irp = pend(&rig, &event, &block);
    kss_addr other = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeInitializeEvent, other, 0, 0);
    after_dpc(&rig, 3, irp, SECONDS);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, other, 0, 0, 0, rig_timeout(&rig, 5 * SECONDS));
    complete_in_dpc(&rig, irp);
    assert_int_equal(value_of_call(&rig), STATUS_TIMEOUT);
    assert_int_equal(load32(&rig, event + 4), 1); // signalled meanwhile
    assert_int_equal(kss_now(rig.m), 5 * SECONDS);
    assert_int_equal(rig_last(&rig, KSS_EV_WAIT_END)->words[3], 5 * SECONDS);
    rig_close(&rig);
}

static void blocked_apcs_make_it_wait_for_ever(void **state) {
    (void)state;
    for (int guarded = 0; guarded < 2; guarded++) {
        struct rig rig;
        start(&rig, "x64");
        kss_addr event, block, irp = pend(&rig, &event, &block);
        if (guarded)
            RIG_CALL0(&rig, KeEnterGuardedRegion);
        else
            RIG_CALL(&rig, KeRaiseIrql, 1, kss_global_address(rig.m, 0));
        after_dpc(&rig, 3, irp, SECONDS);
        RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, 0, 0, 0);
        complete_in_dpc(&rig, irp);
        unsigned why = guarded ? KSS_APC_GUARDED : KSS_APC_IRQL;
        assert_int_equal(rig_last(&rig, KSS_EV_APC)->words[2], why);
        assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
        kss_machine_finish(rig.m);
        assert_int_equal(rig_count(&rig, KSS_EV_NEVER), 1);
        assert_int_equal(rig_count(&rig, KSS_EV_APC_LEFT), 1);
        assert_int_equal(rig_last(&rig, KSS_EV_APC_LEFT)->words[2], why);
        assert_int_equal(rig_count(&rig, KSS_EV_IRP_FINISH), 0);
        rig_close(&rig);
    }
}

// A critical region does not keep special kernel APCs away.
static void a_critical_region_does_not_block_it(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event, block, irp = pend(&rig, &event, &block);
    RIG_CALL0(&rig, KeEnterCriticalRegion);
    after_dpc(&rig, 3, irp, SECONDS);
    RIG_OUTCOME(&rig, KeWaitForSingleObject, event, 0, 0, 0, 0);
    complete_in_dpc(&rig, irp);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    rig_close(&rig);
}

static void it_waits_for_the_irql_to_drop(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event, block, irp = pend(&rig, &event, &block), old = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, KeRaiseIrql, 1, old);
    set_status(&rig, irp, STATUS_SUCCESS, 0);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    assert_false(kss_must_turn(rig.m));
    assert_int_equal(RIG_CALL(&rig, KeReadStateEvent, event), 0);
    RIG_CALL(&rig, KeLowerIrql, 0);
    assert_true(kss_must_turn(rig.m));
    rig_turn(&rig);
    assert_int_equal(RIG_CALL(&rig, KeReadStateEvent, event), 1);
    rig_close(&rig);
}

static void a_late_completion_works_on_a_dead_frame(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event, block, irp = pend(&rig, &event, &block);
    after_dpc(&rig, 3, irp, SECONDS);
    kss_frame_pop(rig.m); // First() gives up and returns
    assert_int_equal(rig_count(&rig, KSS_EV_OBJECT_DIES), 2);
    assert_int_equal(rig_last(&rig, KSS_EV_OBJECT_DIES)->words[1], 16);
    RIG_OUTCOME(&rig, KeDelayExecutionThread, 0, 0, rig_timeout(&rig, 5 * SECONDS));
    complete_in_dpc(&rig, irp);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_LATE), 2);
    assert_true(rig_count(&rig, KSS_EV_TOUCH_DEAD) >= 2);
    assert_int_equal(rig_count(&rig, KSS_EV_BUGCHECK), 0);
    rig_close(&rig);
}

// The request has no cancel routine; the thread stays until it is completed all the same.
static void an_ending_thread_waits_for_its_request(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event, block, irp = pend(&rig, &event, &block);
    after_dpc(&rig, 3, irp, SECONDS);
    kss_frame_pop(rig.m);
    kss_returned(rig.m, 0); // the body
    assert_int_equal(rig_count(&rig, KSS_EV_THREAD_EXIT), 0);
    complete_in_dpc(&rig, irp);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_CANCEL), 1);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    assert_int_equal(rig_last(&rig, KSS_EV_IRP_DONE)->words[2], 0); // by APC
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_FINISH), 1);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_FREE), 1);
    assert_int_equal(rig_count(&rig, KSS_EV_THREAD_EXIT), 1);
    rig_close(&rig);
}

static void a_plain_error_touches_neither_block_nor_event(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr disk = device(&rig, 2, 0), locals = rig_enter(&rig, 1);
    RIG_CALL(&rig, KeInitializeEvent, locals, 0, 0);
    kss_poke(m, locals + 0x20, 4, 0x1234);
    kss_addr irp = RIG_CALL(&rig, IoBuildDeviceIoControlRequest, 0x222000, disk, 0, 0, 0, 0, 0,
                            locals, locals + 0x20);
    RIG_OUTCOME(&rig, IoCallDriver, disk, irp);
    turns_to(&rig, 2, KSS_ENTRY_DISPATCH);
    assert_int_equal(kss_peek(m, RIG_CALL(&rig, IoGetCurrentIrpStackLocation, irp), 1),
                     KSS_MJ_DEVICE_CONTROL);
    set_status(&rig, irp, (uint32_t)STATUS_INVALID_PARAMETER, 0);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    rig_turn(&rig);
    kss_returned(m, (uint32_t)STATUS_INVALID_PARAMETER);
    assert_int_equal(value_of_call(&rig), (uint32_t)STATUS_INVALID_PARAMETER);
    assert_int_equal(load32(&rig, locals + 0x20), 0x1234);
    assert_int_equal(RIG_CALL(&rig, KeReadStateEvent, locals), 0);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_FREE), 1);
    rig_close(&rig);
}

static void an_irp_without_a_thread_must_not_reach_the_top(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr disk = device(&rig, 2, 0), irp = RIG_CALL(&rig, IoAllocateIrp, 1, 0);
    kss_poke(rig.m, RIG_CALL(&rig, IoGetNextIrpStackLocation, irp), 1, KSS_MJ_READ);
    RIG_OUTCOME(&rig, IoCallDriver, disk, irp);
    turns_to(&rig, 2, KSS_ENTRY_DISPATCH);
    assert_int_equal(RIG_OUTCOME(&rig, IoCompleteRequest, irp, 0).kind, KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0xA);
    assert_int_equal(rig_last(&rig, KSS_EV_IRP_MISUSE)->words[2], KSS_MISUSE_NO_THREAD);
    rig_close(&rig);
}

// ---- System calls -------------------------------------------------------------------------------
static void a_buffered_read_is_copied_back(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr disk = device(&rig, 2, KSS_DO_BUFFERED_IO), block = kss_global_address(m, 0);
    kss_addr buffer = block + 32;
    uint64_t handle = kss_handle_of_device(m, disk);
    RIG_OUTCOME(&rig, NtReadFile, handle, 0, 0, 0, block, buffer, 8, 0, 0);
    kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    kss_addr at = RIG_CALL(&rig, IoGetCurrentIrpStackLocation, irp);
    assert_int_equal(kss_peek(m, at, 1), KSS_MJ_READ);
    assert_int_equal(load32(&rig, at + KSS_FIELD(IO_STACK_LOCATION, Parameters)), 8);
    kss_addr system = kss_get(m, irp + KSS_FIELD(IRP, AssociatedIrp));
    assert_int_not_equal(system, buffer);
    kss_poke(m, system, 8, UINT64_C(0x1122334455667788));
    set_status(&rig, irp, STATUS_SUCCESS, 4);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    assert_int_equal(rig_last(&rig, KSS_EV_IRP_DONE)->words[2], 1); // deferred
    kss_returned(m, STATUS_SUCCESS);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    assert_int_equal(kss_peek(m, buffer, 8), 0x55667788); // Information bytes of it
    assert_int_equal(kss_get(m, block + 8), 4);
    assert_int_equal(kss_globals(m)->irps, 0);
    assert_int_equal(rig_last(&rig, KSS_EV_IRP_FINISH)->irql, KSS_APC_LEVEL);
    assert_int_equal(kss_current_irql(m), 0);
    rig_close(&rig);
}

static void more_bytes_than_the_buffer_holds_is_misuse(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr block = kss_global_address(m, 0), buffer = block + 32;
    uint64_t handle = kss_handle_of_device(m, device(&rig, 2, KSS_DO_BUFFERED_IO));
    kss_poke(m, buffer + 8, 8, 0x1234);
    RIG_OUTCOME(&rig, NtReadFile, handle, 0, 0, 0, block, buffer, 8, 0, 0);
    kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    set_status(&rig, irp, STATUS_SUCCESS, 64);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    kss_returned(m, STATUS_SUCCESS);
    value_of_call(&rig);
    assert_int_equal(rig_last(&rig, KSS_EV_IRP_MISUSE)->words[2], KSS_MISUSE_INFORMATION);
    assert_int_equal(kss_peek(m, buffer + 8, 8), 0x1234);
    rig_close(&rig);
}

static void a_pending_read_waits_in_the_callers_mode(void **state) {
    (void)state;
    for (int zw = 0; zw < 2; zw++) {
        struct rig rig;
        start(&rig, "x64");
        struct kss_machine *m = rig.m;
        uint64_t handle = kss_handle_of_device(m, device(&rig, 2, 0));
        const uint64_t arguments[9] = {handle, 0, 0, 0, kss_global_address(m, 0)};
        kss_nt_call(m, zw ? KSS_NT_ZwReadFile : KSS_NT_NtReadFile, arguments, 9);
        kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
        RIG_CALL(&rig, IoMarkIrpPending, irp);
        after_dpc(&rig, 3, irp, SECONDS);
        kss_returned(m, STATUS_PENDING);
        complete_in_dpc(&rig, irp);
        assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
        assert_int_equal(rig_last(&rig, KSS_EV_WAIT_BLOCK)->words[1], zw ? 0 : 1);
        assert_int_equal(rig_count(&rig, KSS_EV_IRP_MISMATCH), 0);
        rig_close(&rig);
    }
}

// Completed, not marked, STATUS_PENDING returned: the second stage was left to a return that never
// says so, and the call waits for ever.
static void an_unmarked_pending_request_hangs_its_caller(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    uint64_t handle = kss_handle_of_device(m, device(&rig, 2, 0));
    RIG_OUTCOME(&rig, NtReadFile, handle, 0, 0, 0, 0, 0, 0, 0, 0);
    kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    kss_returned(m, STATUS_PENDING);
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_MISMATCH), 1);
    kss_machine_finish(m);
    assert_int_equal(rig_count(&rig, KSS_EV_NEVER), 1);
    rig_close(&rig);
}

// The driver's cancel routine completes what a terminated thread waits for.
static void a_termination_cancels_the_request(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    uint64_t handle = kss_handle_of_device(m, device(&rig, 2, 0));
    RIG_OUTCOME(&rig, NtReadFile, handle, 0, 0, 0, 0, 0, 0, 0, 0);
    kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    RIG_CALL(&rig, IoMarkIrpPending, irp);
    RIG_CALL(&rig, IoSetCancelRoutine, irp, kss_code_address(m, 3));
    kss_promise(m, &(struct kss_due){.kind = KSS_DUE_TERMINATE, .target = 0}, SECONDS, 0, 0);
    kss_returned(m, STATUS_PENDING);
    assert_int_equal(turns_to(&rig, 3, KSS_ENTRY_CANCEL).arguments[1], irp);
    RIG_CALL(&rig, IoReleaseCancelSpinLock, kss_peek(m, irp + KSS_OFF64_IRP_CancelIrql, 1));
    set_status(&rig, irp, (uint32_t)STATUS_CANCELLED, 0);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    kss_returned(m, 0);
    assert_int_equal(value_of_call(&rig), (uint32_t)STATUS_CANCELLED);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_FINISH), 1);
    assert_int_equal(kss_globals(m)->irps, 0);
    rig_close(&rig);
}

static void files_are_opened_and_closed_by_the_driver(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    device(&rig, 2, 0);
    kss_addr globals = kss_global_address(m, 0), name = globals + 64, attributes = globals + 160;
    static const char path[] = "\\Device\\disk0\\x";
    for (unsigned i = 0; path[i]; i++)
        kss_poke(m, name + 16 + 2 * i, 2, (uint8_t)path[i]);
    kss_poke(m, name, 2, 2 * (sizeof path - 1));
    kss_set(m, name + KSS_FIELD(UNICODE_STRING, Buffer), name + 16);
    kss_set(m, attributes + KSS_FIELD(OBJECT_ATTRIBUTES, ObjectName), name);
    RIG_OUTCOME(&rig, NtCreateFile, globals, 1, attributes, globals + 16, 0, 0, 0, 1, 0x20, 0, 0);
    kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    assert_int_equal(kss_peek(m, RIG_CALL(&rig, IoGetCurrentIrpStackLocation, irp), 1),
                     KSS_MJ_CREATE);
    kss_addr file = kss_get(m, irp + KSS_TAIL(OriginalFileObject));
    kss_addr file_name = file + KSS_FIELD(FILE_OBJECT, FileName);
    assert_int_equal(kss_peek(m, file_name, 2), 4); // L"\\x"
    assert_int_equal(kss_peek(m, kss_get(m, file_name + 8), 4), '\\' | 'x' << 16);
    set_status(&rig, irp, STATUS_SUCCESS, 1);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    kss_returned(m, STATUS_SUCCESS);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    uint64_t handle = kss_get(m, globals);
    assert_int_not_equal(handle, 0);
    kss_addr disk = kss_device_named(m, "disk0", 5);
    RIG_CALL(&rig, IoDeleteDevice, disk); // open: goes with its last file object
    assert_int_equal(kss_device_named(m, "disk0", 5), 0);
    assert_int_not_equal(kss_object_at(m, disk), KSS_NONE);
    RIG_OUTCOME(&rig, NtClose, handle);
    static const unsigned majors[] = {KSS_MJ_CLEANUP, KSS_MJ_CLOSE};
    for (unsigned i = 0; i < 2; i++) {
        irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
        assert_int_equal(kss_peek(m, RIG_CALL(&rig, IoGetCurrentIrpStackLocation, irp), 1),
                         majors[i]);
        RIG_CALL(&rig, IoCompleteRequest, irp, 0);
        kss_returned(m, STATUS_SUCCESS);
    }
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    assert_int_equal(RIG_CALL(&rig, NtClose, handle), (uint32_t)STATUS_INVALID_HANDLE);
    assert_int_equal(kss_object_at(m, disk), KSS_NONE);
    assert_int_equal(kss_globals(m)->irps, 0);
    rig_close(&rig);
}

// Two threads, one synchronous file object: the second request waits for the first.
static void a_file_object_does_one_request_at_a_time(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr disk = device(&rig, 2, 0);
    uint64_t handle = kss_handle_of_device(m, disk);
    const uint64_t read[9] = {handle};
    kss_nt_call(m, KSS_NT_NtReadFile, read, 9);
    kss_addr first = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    kss_addr file = kss_get(m, first + KSS_TAIL(OriginalFileObject));
    const uint64_t shared[9] = {kss_handle_new(m, KSS_HANDLE_FILE, kss_object_at(m, file))};
    RIG_CALL(&rig, IoMarkIrpPending, first);
    after_dpc(&rig, 3, first, SECONDS);
    rig_thread(&rig, "Other", 4, false);
    kss_returned(m, STATUS_PENDING);
    turns_to(&rig, 4, KSS_ENTRY_THREAD);
    assert_int_equal(kss_nt_call(m, KSS_NT_NtReadFile, shared, 9).kind, KSS_OUT_TURN);
    complete_in_dpc(&rig, first);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS); // the first thread's
    assert_int_equal(kss_current_thread(m), 0);
    kss_returned(m, 0);
    kss_addr second = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    assert_int_equal(kss_current_thread(m), 1);
    RIG_CALL(&rig, IoCompleteRequest, second, 0);
    kss_returned(m, STATUS_SUCCESS);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    assert_int_equal(load32(&rig, file + KSS_FIELD(FILE_OBJECT, Busy)), 0);
    rig_close(&rig);
}

static void a_device_pointer_keeps_its_device(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr disk = device(&rig, 2, 0), globals = kss_global_address(m, 0), name = globals + 64;
    static const char path[] = "\\Device\\disk0";
    for (unsigned i = 0; path[i]; i++)
        kss_poke(m, name + 16 + 2 * i, 2, (uint8_t)path[i]);
    kss_poke(m, name, 2, 2 * (sizeof path - 1));
    kss_set(m, name + KSS_FIELD(UNICODE_STRING, Buffer), name + 16);
    RIG_OUTCOME(&rig, IoGetDeviceObjectPointer, name, 1, globals, globals + 8);
    kss_addr irp = turns_to(&rig, 2, KSS_ENTRY_DISPATCH).arguments[1];
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    kss_returned(m, STATUS_SUCCESS);
    assert_int_equal(value_of_call(&rig), STATUS_SUCCESS);
    assert_int_equal(kss_get(m, globals + 8), disk);
    kss_addr file = kss_get(m, globals);
    assert_int_equal(RIG_CALL(&rig, IoGetRelatedDeviceObject, file), disk);
    assert_int_equal(RIG_CALL(&rig, ObfReferenceObject, file), 2);
    assert_int_equal(RIG_CALL(&rig, ObfDereferenceObject, file), 1);
    RIG_CALL(&rig, IoDeleteDevice, disk);
    assert_int_not_equal(kss_object_at(m, disk), KSS_NONE);
    assert_int_equal(RIG_CALL(&rig, ObfDereferenceObject, file), 0);
    assert_int_equal(kss_object_at(m, disk), KSS_NONE);
    rig_close(&rig);
}

// ---- Cancelling ---------------------------------------------------------------------------------
static void the_cancel_routine_holds_and_releases_the_lock(void **state) {
    (void)state;
    for (int forgets = 0; forgets < 2; forgets++) {
        struct rig rig;
        start(&rig, "x64");
        struct kss_machine *m = rig.m;
        kss_addr event, block, irp = pend(&rig, &event, &block);
        RIG_CALL(&rig, IoSetCancelRoutine, irp, kss_code_address(m, 3));
        RIG_OUTCOME(&rig, IoCancelIrp, irp);
        struct kss_turn turn = turns_to(&rig, 3, KSS_ENTRY_CANCEL);
        assert_int_equal(turn.arguments[1], irp);
        assert_int_equal(kss_current_irql(m), KSS_DISPATCH_LEVEL);
        assert_int_equal(kss_cpu(m)->locks_held, 1);
        assert_int_equal(kss_peek(m, irp + KSS_FIELD(IRP, Cancel), 1), 1);
        assert_int_equal(kss_peek(m, irp + KSS_FIELD(IRP, CancelIrql), 1), 0);
        if (!forgets)
            RIG_CALL(&rig, IoReleaseCancelSpinLock, 0);
        kss_returned(m, 0);
        assert_int_equal(value_of_call(&rig), 1);
        assert_int_equal(rig_count(&rig, KSS_EV_BALANCE), forgets ? 2 : 0); // IRQL and lock
        rig_close(&rig);
    }
}

static void an_irp_without_a_cancel_routine_is_only_marked(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr event, block, irp = pend(&rig, &event, &block);
    assert_int_equal(RIG_CALL(&rig, IoCancelIrp, irp), 0);
    assert_int_equal(kss_current_irql(rig.m), 0);
    assert_int_equal(kss_peek(rig.m, irp + KSS_OFF64_IRP_Cancel, 1), 1);
    rig_close(&rig);
}

// ---- Remove locks, StartIo ----------------------------------------------------------------------
static void a_remove_lock_waits_for_the_last_holder(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr lock = kss_global_address(rig.m, 0);
    RIG_CALL(&rig, IoInitializeRemoveLockEx, lock, 0, 0, 0, 32);
    assert_int_equal(RIG_CALL(&rig, IoAcquireRemoveLockEx, lock, 0, 0, 0, 32), 0);
    RIG_CALL(&rig, IoReleaseRemoveLockEx, lock, 0, 32);
    RIG_CALL(&rig, IoAcquireRemoveLockEx, lock, 0, 0, 0, 32); // the remover's
    RIG_CALL(&rig, IoAcquireRemoveLockEx, lock, 0, 0, 0, 32); // a request's
    after_dpc(&rig, 3, lock, SECONDS);
    assert_int_equal(RIG_OUTCOME(&rig, IoReleaseRemoveLockAndWaitEx, lock, 0, 32).kind,
                     KSS_OUT_TURN);
    turns_to(&rig, 3, KSS_ENTRY_DPC);
    assert_int_equal(RIG_CALL(&rig, IoAcquireRemoveLockEx, lock, 0, 0, 0, 32),
                     (uint32_t)STATUS_DELETE_PENDING);
    RIG_CALL(&rig, IoReleaseRemoveLockEx, lock, 0, 32);
    kss_returned(rig.m, 0);
    value_of_call(&rig);
    assert_int_equal(kss_now(rig.m), SECONDS);
    rig_close(&rig);
}

static void packets_start_one_after_the_other(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr disk = device(&rig, 2, 0), a = RIG_CALL(&rig, IoAllocateIrp, 1, 0);
    kss_addr b = RIG_CALL(&rig, IoAllocateIrp, 1, 0);
    RIG_OUTCOME(&rig, IoStartPacket, disk, a, 0, 0);
    assert_int_equal(turns_to(&rig, 3, KSS_ENTRY_DISPATCH).arguments[1], a);
    assert_int_equal(kss_current_irql(m), KSS_DISPATCH_LEVEL);
    kss_returned(m, 0);
    value_of_call(&rig);
    assert_int_equal(kss_current_irql(m), 0);
    RIG_CALL(&rig, IoStartPacket, disk, b, 0, 0); // queued
    assert_int_equal(kss_get(m, disk + KSS_FIELD(DEVICE_OBJECT, CurrentIrp)), a);
    RIG_CALL0(&rig, KeRaiseIrqlToDpcLevel);
    RIG_OUTCOME(&rig, IoStartNextPacket, disk, 0);
    assert_int_equal(turns_to(&rig, 3, KSS_ENTRY_DISPATCH).arguments[1], b);
    kss_returned(m, 0);
    value_of_call(&rig);
    RIG_CALL(&rig, IoStartNextPacket, disk, 0);
    assert_int_equal(kss_get(m, disk + KSS_FIELD(DEVICE_OBJECT, CurrentIrp)), 0);
    RIG_CALL(&rig, KeLowerIrql, 0);
    rig_close(&rig);
}

static void a_device_object_has_a_dpc(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr disk = device(&rig, 2, 0), irp = RIG_CALL(&rig, IoAllocateIrp, 1, 0);
    RIG_CALL(&rig, IoInitializeDpcRequest, disk, kss_code_address(rig.m, 1));
    RIG_CALL(&rig, IoRequestDpc, disk, irp, 0x99);
    struct kss_turn turn = turns_to(&rig, 1, KSS_ENTRY_DPC);
    assert_int_equal(turn.arguments[0], disk + KSS_OFF64_DEVICE_OBJECT_Dpc);
    assert_int_equal(turn.arguments[1], disk);
    assert_int_equal(turn.arguments[2], irp);
    assert_int_equal(turn.arguments[3], 0x99);
    rig_close(&rig);
}

// ---- Threads that begin with a call -------------------------------------------------------------
static void a_thread_can_begin_with_a_call(void **state) {
    (void)state;
    struct rig rig;
    rig_open(&rig, "x64", NULL);
    const uint64_t arguments[2] = {11, 22};
    uint16_t index = kss_thread_add_call(rig.m, "Loader", 2, arguments, 2, 8, NULL, true, false, 0);
    struct kss_turn turn = turns_to(&rig, 2, KSS_ENTRY_THREAD);
    assert_int_equal(turn.argument_count, 2);
    assert_int_equal(turn.arguments[0], 11);
    assert_int_equal(turn.arguments[1], 22);
    const struct kss_profile *profile = kss_profile_find("x64", 3);
    assert_int_equal(kss_current_stack(rig.m)->depth,
                     profile->reserve + profile->start_frames + 0x100);
    kss_returned(rig.m, (uint32_t)STATUS_NO_SUCH_DEVICE);
    assert_int_equal(kss_thread_at(rig.m, index)->exit_status, (uint32_t)STATUS_NO_SUCH_DEVICE);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_waiter_is_interrupted_for_it_and_wakes),
        cmocka_unit_test(a_swapped_waiter_is_brought_in_first),
        cmocka_unit_test(a_timed_wait_goes_on_with_what_is_left),
        cmocka_unit_test(blocked_apcs_make_it_wait_for_ever),
        cmocka_unit_test(a_critical_region_does_not_block_it),
        cmocka_unit_test(it_waits_for_the_irql_to_drop),
        cmocka_unit_test(a_late_completion_works_on_a_dead_frame),
        cmocka_unit_test(an_ending_thread_waits_for_its_request),
        cmocka_unit_test(a_plain_error_touches_neither_block_nor_event),
        cmocka_unit_test(an_irp_without_a_thread_must_not_reach_the_top),
        cmocka_unit_test(a_buffered_read_is_copied_back),
        cmocka_unit_test(more_bytes_than_the_buffer_holds_is_misuse),
        cmocka_unit_test(a_pending_read_waits_in_the_callers_mode),
        cmocka_unit_test(an_unmarked_pending_request_hangs_its_caller),
        cmocka_unit_test(a_termination_cancels_the_request),
        cmocka_unit_test(a_file_object_does_one_request_at_a_time),
        cmocka_unit_test(files_are_opened_and_closed_by_the_driver),
        cmocka_unit_test(a_device_pointer_keeps_its_device),
        cmocka_unit_test(the_cancel_routine_holds_and_releases_the_lock),
        cmocka_unit_test(an_irp_without_a_cancel_routine_is_only_marked),
        cmocka_unit_test(a_remove_lock_waits_for_the_last_holder),
        cmocka_unit_test(packets_start_one_after_the_other),
        cmocka_unit_test(a_device_object_has_a_dpc),
        cmocka_unit_test(a_thread_can_begin_with_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
