// SPDX-License-Identifier: MIT
// Drivers, device stacks, IRPs: sent down, completed upwards, finished in the requesting thread.
#include "rig.h"

#include "kernel/io.h"

static void start(struct rig *rig, const char *profile) {
    rig_open(rig, profile, NULL);
    rig_thread(rig, "App", 0, false);
    rig_turn(rig);
}

static uint16_t driver(struct rig *rig, const char *name, uint32_t routine) {
    struct kss_driver made = {
        .name = name, .add_device = KSS_NO_FRAME, .unload = KSS_NO_FRAME, .start_io = KSS_NO_FRAME};
    for (unsigned i = 0; i < KSS_MAJOR_FUNCTIONS; i++)
        made.major[i] = i == KSS_MJ_READ || i == KSS_MJ_DEVICE_CONTROL ? routine : KSS_NO_FRAME;
    return kss_driver_add(rig->m, &made, 0);
}

// A device of its own driver whose dispatch routine is [routine].
static kss_addr device(struct rig *rig, const char *name, uint32_t routine, uint32_t flags) {
    return kss_device_add(rig->m, driver(rig, name, routine), name, 0x20, 7, flags);
}

static struct kss_turn turns_to(struct rig *rig, uint32_t routine, enum kss_entry entry) {
    struct kss_turn turn = rig_turn(rig);
    assert_int_equal(turn.kind, KSS_TURN_CALL);
    assert_int_equal(turn.routine, routine);
    assert_int_equal(turn.entry, entry);
    return turn;
}

// The top frame goes on with the value its call returned.
static uint64_t value_of_call(struct rig *rig) {
    struct kss_turn turn = rig_turn(rig);
    assert_int_equal(turn.kind, KSS_TURN_RUN);
    assert_true(turn.has_value);
    return turn.value;
}

static kss_addr irp_for(struct rig *rig, unsigned locations, unsigned major) {
    kss_addr irp = RIG_CALL(rig, IoAllocateIrp, locations, 0);
    kss_poke(rig->m, RIG_CALL(rig, IoGetNextIrpStackLocation, irp), 1, major);
    return irp;
}

static void set_status(struct rig *rig, kss_addr irp, uint32_t status) {
    struct kss_machine *m = rig->m;
    kss_poke(m, irp + KSS_FIELD(IRP, IoStatus), 4, status);
}

static void expect_name(struct rig *rig, kss_addr address, const char *name) {
    struct kss_text text = {0};
    assert_string_equal(rig_describe(rig, address, &text), name);
    kss_text_free(&text);
}

// ---- Objects ------------------------------------------------------------------------------------
static void a_driver_and_its_devices_lie_in_memory(void **state) {
    (void)state;
    static const char *const machines[] = {"x86", "x64"};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        start(&rig, machines[i]);
        struct kss_machine *m = rig.m;
        uint16_t disk = driver(&rig, "disk", 1);
        kss_addr object = kss_driver_object(m, disk);
        kss_addr a = kss_device_add(m, disk, "disk0", 0x20, 7, KSS_DO_BUFFERED_IO);
        kss_addr b = kss_device_add(m, disk, NULL, 0, 7, 0);
        assert_int_equal(kss_peek(m, object, 2), 4);
        assert_int_equal(kss_get(m, object + KSS_FIELD(DRIVER_OBJECT, MajorFunction) +
                                        KSS_MJ_READ * kss_pointer(m)),
                         kss_code_address(m, 1));
        assert_int_equal(kss_get(m, object + KSS_FIELD(DRIVER_OBJECT, DeviceObject)), b);
        assert_int_equal(kss_get(m, b + KSS_FIELD(DEVICE_OBJECT, NextDevice)), a);
        assert_int_equal(kss_get(m, a + KSS_FIELD(DEVICE_OBJECT, DriverObject)), object);
        assert_int_equal(kss_get(m, a + KSS_FIELD(DEVICE_OBJECT, DeviceExtension)),
                         a + KSS_SIZE(DEVICE_OBJECT, kss_wide(m)));
        assert_int_equal(kss_get(m, b + KSS_FIELD(DEVICE_OBJECT, DeviceExtension)), 0);
        assert_int_equal(kss_peek(m, a + KSS_FIELD(DEVICE_OBJECT, StackSize), 1), 1);
        expect_name(&rig, object, "driver disk");
        expect_name(&rig, a, "device disk0");
        expect_name(&rig, a + KSS_SIZE(DEVICE_OBJECT, kss_wide(m)) + 8,
                    "device disk0's extension+0x8");
        expect_name(&rig, b, "device #2");
        assert_int_equal(kss_device_named(m, "DISK0", 5), a);
        assert_int_equal(kss_device_named(m, "\\Device\\disk0", 13), a);
        assert_int_equal(kss_device_named(m, "disk", 4), 0);
        rig_close(&rig);
    }
}

static void the_drivers_own_pool_blocks_keep_their_numbers(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    device(&rig, "disk0", 1, 0);
    kss_addr irp = RIG_CALL(&rig, IoAllocateIrp, 1, 0);
    kss_addr block = RIG_CALL(&rig, ExAllocatePoolWithTag, 0, 64, 0x7473736B);
    expect_name(&rig, block, "pool 'ksst' #1");
    expect_name(&rig, irp + 0x30, "IRP #1+0x30");
    assert_int_equal(rig_count(&rig, KSS_EV_POOL_ALLOC), 1);
    RIG_CALL(&rig, IoFreeIrp, irp);
    expect_name(&rig, irp, "freed IRP #1");
    assert_int_equal(rig_count(&rig, KSS_EV_POOL_FREE), 0);
    rig_close(&rig);
}

static void attaching_builds_a_stack(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr a = device(&rig, "port", 1, KSS_DO_DIRECT_IO), b = device(&rig, "class", 2, 0);
    kss_addr c = device(&rig, "filter", 3, 0);
    kss_device_attach(m, b, a);
    assert_int_equal(RIG_CALL(&rig, IoAttachDeviceToDeviceStack, c, a), b);
    assert_int_equal(kss_device_top(m, a), c);
    assert_int_equal(kss_peek(m, c + KSS_FIELD(DEVICE_OBJECT, StackSize), 1), 3);
    assert_int_equal(kss_peek(m, b + KSS_FIELD(DEVICE_OBJECT, Flags), 4) & KSS_DO_DIRECT_IO,
                     KSS_DO_DIRECT_IO);
    assert_int_equal(kss_peek(m, c + KSS_FIELD(DEVICE_OBJECT, Flags), 4) & KSS_DO_DIRECT_IO, 0);
    assert_int_equal(RIG_CALL(&rig, IoGetAttachedDeviceReference, a), c);
    RIG_CALL(&rig, IoDetachDevice, b);
    assert_int_equal(kss_device_top(m, a), b);
    rig_close(&rig);
}

static kss_addr unicode(struct rig *rig, unsigned slot, const char *text) {
    struct kss_machine *m = rig->m;
    kss_addr string = kss_global_address(m, 0) + slot, buffer = string + 16;
    for (unsigned i = 0; text[i]; i++)
        kss_poke(m, buffer + 2 * i, 2, (uint8_t)text[i]);
    kss_poke(m, string, 2, 2 * strlen(text));
    kss_poke(m, string + 2, 2, 2 * strlen(text));
    kss_set(m, string + KSS_FIELD(UNICODE_STRING, Buffer), buffer);
    return string;
}

static void drivers_create_name_link_and_delete_devices(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr object = kss_driver_object(m, driver(&rig, "disk", 1));
    kss_addr name = unicode(&rig, 0, "\\Device\\Disk7"), link = unicode(&rig, 64, "\\??\\Z:");
    kss_addr out = kss_global_address(m, 0) + 200;
    assert_int_equal(RIG_CALL(&rig, IoCreateDevice, object, 8, name, 7, 0, 0, out), 0);
    kss_addr made = kss_get(m, out);
    assert_int_equal(kss_peek(m, made + KSS_FIELD(DEVICE_OBJECT, Flags), 4),
                     KSS_DO_INITIALIZING | KSS_DO_HAS_NAME);
    assert_int_equal((int32_t)RIG_CALL(&rig, IoCreateDevice, object, 8, name, 7, 0, 0, out),
                     (int32_t)STATUS_OBJECT_NAME_COLLISION);
    assert_int_equal(RIG_CALL(&rig, IoCreateSymbolicLink, link, name), 0);
    assert_int_equal((int32_t)RIG_CALL(&rig, IoCreateSymbolicLink, link, name),
                     (int32_t)STATUS_OBJECT_NAME_COLLISION);
    const char *rest;
    assert_int_equal(kss_device_of_path(m, "\\DosDevices\\z:\\dir\\file", &rest), made);
    assert_string_equal(rest, "\\dir\\file");
    kss_driver_started(m, 0);
    assert_int_equal(kss_peek(m, made + KSS_FIELD(DEVICE_OBJECT, Flags), 4), KSS_DO_HAS_NAME);
    assert_int_equal(RIG_CALL(&rig, IoDeleteSymbolicLink, link), 0);
    assert_int_equal(kss_device_of_path(m, "\\??\\Z:", &rest), 0);
    RIG_CALL(&rig, IoDeleteDevice, made);
    assert_int_equal(kss_get(m, object + KSS_FIELD(DRIVER_OBJECT, DeviceObject)), 0);
    assert_int_equal(kss_device_named(m, "Disk7", 5), 0);
    rig_close(&rig);
}

// ---- Down and up --------------------------------------------------------------------------------
static void a_request_runs_through_the_stack_on_one_kernel_stack(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr port = device(&rig, "port", 1, 0), filter = device(&rig, "filter", 2, 0);
    kss_device_attach(m, filter, port);
    kss_addr irp = irp_for(&rig, 2, KSS_MJ_READ);
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 3), 0x51, 1, 1, 1);
    uint32_t depth = kss_current_stack(m)->depth;
    assert_int_equal(RIG_OUTCOME(&rig, IofCallDriver, filter, irp).kind, KSS_OUT_TURN);
    struct kss_turn turn = turns_to(&rig, 2, KSS_ENTRY_DISPATCH);
    assert_int_equal(turn.argument_count, 2);
    assert_int_equal(turn.arguments[0], filter);
    assert_int_equal(turn.arguments[1], irp);
    assert_int_equal(kss_current_stack(m)->depth, depth + 0x100);
    assert_int_equal(kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1), 2);
    RIG_CALL(&rig, IoCopyCurrentIrpStackLocationToNext, irp);
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 1), 0x52, 1, 1, 1);
    assert_int_equal(RIG_OUTCOME(&rig, IofCallDriver, port, irp).kind, KSS_OUT_TURN);
    turn = turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    assert_int_equal(turn.arguments[0], port);
    assert_int_equal(kss_current_stack(m)->depth, depth + 0x200);
    assert_int_equal(kss_peek(m, RIG_CALL(&rig, IoGetCurrentIrpStackLocation, irp), 1),
                     KSS_MJ_READ);
    set_status(&rig, irp, 0);
    assert_int_equal(RIG_OUTCOME(&rig, IofCompleteRequest, irp, 0).kind, KSS_OUT_TURN);
    // The filter's routine lies in the port's location and gets the filter's device.
    turn = turns_to(&rig, 1, KSS_ENTRY_COMPLETION);
    assert_int_equal(turn.argument_count, 3);
    assert_int_equal(turn.arguments[0], filter);
    assert_int_equal(turn.arguments[1], irp);
    assert_int_equal(turn.arguments[2], 0x52);
    assert_int_equal(kss_current_stack(m)->depth, depth + 0x300);
    kss_returned(m, 0);
    // The routine of whoever made the IRP gets no device.
    turn = turns_to(&rig, 3, KSS_ENTRY_COMPLETION);
    assert_int_equal(turn.arguments[0], 0);
    assert_int_equal(turn.arguments[2], 0x51);
    kss_returned(m, (uint32_t)STATUS_MORE_PROCESSING_REQUIRED);
    value_of_call(&rig); // IofCompleteRequest
    kss_returned(m, 0);
    assert_int_equal(value_of_call(&rig), 0); // the filter's IofCallDriver
    kss_returned(m, 0);
    assert_int_equal(value_of_call(&rig), 0);
    RIG_CALL(&rig, IoFreeIrp, irp);
    assert_int_equal(kss_current_stack(m)->depth, depth);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_MISMATCH), 0);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_MISUSE), 0);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_CALL), 2);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_RETURN), 2);
    rig_close(&rig);
}

static void a_skipped_location_is_the_next_drivers(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x86");
    struct kss_machine *m = rig.m;
    kss_addr port = device(&rig, "port", 1, 0), filter = device(&rig, "filter", 2, 0);
    kss_device_attach(m, filter, port);
    kss_addr irp = irp_for(&rig, 1, KSS_MJ_READ); // one location is enough
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 3), 0, 1, 1, 1);
    RIG_OUTCOME(&rig, IoCallDriver, filter, irp);
    turns_to(&rig, 2, KSS_ENTRY_DISPATCH);
    RIG_CALL(&rig, IoSkipCurrentIrpStackLocation, irp);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    RIG_CALL(&rig, IoMarkIrpPending, irp);
    kss_returned(m, STATUS_PENDING);
    assert_int_equal(value_of_call(&rig), STATUS_PENDING);
    kss_returned(m, STATUS_PENDING);
    assert_int_equal(value_of_call(&rig), STATUS_PENDING);
    RIG_OUTCOME(&rig, IoCompleteRequest, irp, 0);
    turns_to(&rig, 3, KSS_ENTRY_COMPLETION);
    assert_int_equal(kss_peek(m, irp + KSS_FIELD(IRP, PendingReturned), 1), 1);
    kss_returned(m, (uint32_t)STATUS_MORE_PROCESSING_REQUIRED);
    value_of_call(&rig);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_MISMATCH), 0);
    rig_close(&rig);
}

static void without_a_location_left_it_is_0x35(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr port = device(&rig, "port", 1, 0);
    kss_addr irp = irp_for(&rig, 1, KSS_MJ_READ);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    assert_int_equal(RIG_OUTCOME(&rig, IoCallDriver, port, irp).kind, KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0x35);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[1], irp);
    rig_close(&rig);
}

static void a_request_nobody_handles_is_rejected_by_nt(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr port = device(&rig, "port", 1, 0);
    kss_addr irp = irp_for(&rig, 1, KSS_MJ_WRITE);
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 3), 0, 1, 0, 0);
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 3), 0, 0, 1, 0);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 3, KSS_ENTRY_COMPLETION);
    assert_int_equal(kss_peek(m, irp + KSS_FIELD(IRP, IoStatus), 4),
                     (uint32_t)STATUS_INVALID_DEVICE_REQUEST);
    kss_returned(m, (uint32_t)STATUS_MORE_PROCESSING_REQUIRED);
    assert_int_equal(value_of_call(&rig), (uint32_t)STATUS_INVALID_DEVICE_REQUEST);
    rig_close(&rig);
}

static void completing_twice_is_0x44(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr port = device(&rig, "port", 1, 0), event = kss_global_address(m, 0);
    kss_addr block = event + 64;
    RIG_CALL(&rig, KeInitializeEvent, event, 0, 0);
    kss_addr irp =
        RIG_CALL(&rig, IoBuildSynchronousFsdRequest, KSS_MJ_READ, port, 0, 0, 0, event, block);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    uint32_t number = (uint32_t)rig_last(&rig, KSS_EV_IRP_CALL)->words[0];
    set_status(&rig, irp, 0);
    RIG_CALL(&rig, IoCompleteRequest, irp, 0);
    assert_true(kss_must_turn(m)); // the second stage, in this thread
    rig_turn(&rig);
    assert_int_equal(rig_count(&rig, KSS_EV_IRP_FINISH), 1);
    assert_int_equal(RIG_OUTCOME(&rig, IoCompleteRequest, irp, 0).kind, KSS_OUT_STOP);
    assert_int_equal(rig_last(&rig, KSS_EV_BUGCHECK)->words[0], 0x44);
    assert_int_equal(rig_last(&rig, KSS_EV_IRP_TWICE)->words[0], number);
    rig_close(&rig);
}

// ---- Pending ------------------------------------------------------------------------------------
// Sends an IRP down one driver that returns [status], marking it or not, and completes it after.
static unsigned mismatches(bool mark, uint32_t status, bool complete_first, unsigned *what) {
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr port = device(&rig, "port", 1, 0);
    kss_addr irp = irp_for(&rig, 1, KSS_MJ_READ);
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 3), 0, 1, 1, 1);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    if (mark)
        RIG_CALL(&rig, IoMarkIrpPending, irp);
    for (int turn = 0; turn < 2; turn++) {
        if ((turn == 0) == complete_first) {
            RIG_OUTCOME(&rig, IoCompleteRequest, irp, 0);
            turns_to(&rig, 3, KSS_ENTRY_COMPLETION);
            kss_returned(m, (uint32_t)STATUS_MORE_PROCESSING_REQUIRED);
        } else {
            kss_returned(m, status);
        }
        value_of_call(&rig);
    }
    unsigned count = rig_count(&rig, KSS_EV_IRP_MISMATCH);
    if (count != 0) {
        *what = (unsigned)rig_last(&rig, KSS_EV_IRP_MISMATCH)->words[3];
        assert_int_equal(rig_last(&rig, KSS_EV_IRP_MISMATCH)->words[1], 1);
    }
    rig_close(&rig);
    return count;
}

static void marks_and_return_values_must_agree(void **state) {
    (void)state;
    unsigned what = 9;
    assert_int_equal(mismatches(true, STATUS_PENDING, true, &what), 0);
    assert_int_equal(mismatches(true, STATUS_PENDING, false, &what), 0);
    assert_int_equal(mismatches(false, STATUS_SUCCESS, true, &what), 0);
    assert_int_equal(mismatches(false, STATUS_PENDING, true, &what), 1);
    assert_int_equal(what, KSS_NOT_MARKED);
    assert_int_equal(mismatches(false, STATUS_PENDING, false, &what), 1);
    assert_int_equal(what, KSS_NOT_MARKED);
    assert_int_equal(mismatches(true, STATUS_SUCCESS, true, &what), 1);
    assert_int_equal(what, KSS_NOT_RETURNED);
    assert_int_equal(mismatches(true, STATUS_SUCCESS, false, &what), 1);
    assert_int_equal(what, KSS_NOT_RETURNED);
    assert_int_equal(mismatches(false, STATUS_SUCCESS, false, &what), 1);
    assert_int_equal(what, KSS_NOT_COMPLETED);
}

// A filter that passes STATUS_PENDING up is right when completion marks its location for it, and
// wrong when its completion routine forgets to.
static unsigned filter_mismatches(bool routine) {
    struct rig rig;
    start(&rig, "x64");
    struct kss_machine *m = rig.m;
    kss_addr port = device(&rig, "port", 1, 0), filter = device(&rig, "filter", 2, 0);
    kss_device_attach(m, filter, port);
    kss_addr irp = irp_for(&rig, 2, KSS_MJ_READ);
    RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 3), 0, 1, 1, 1);
    RIG_OUTCOME(&rig, IoCallDriver, filter, irp);
    turns_to(&rig, 2, KSS_ENTRY_DISPATCH);
    RIG_CALL(&rig, IoCopyCurrentIrpStackLocationToNext, irp);
    if (routine)
        RIG_CALL(&rig, IoSetCompletionRoutine, irp, kss_code_address(m, 2), 0, 1, 1, 1);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    RIG_CALL(&rig, IoMarkIrpPending, irp);
    for (int i = 0; i < 2; i++) {
        kss_returned(m, STATUS_PENDING);
        value_of_call(&rig);
    }
    RIG_OUTCOME(&rig, IoCompleteRequest, irp, 0);
    if (routine) {
        turns_to(&rig, 2, KSS_ENTRY_COMPLETION);
        kss_returned(m, 0);
    }
    turns_to(&rig, 3, KSS_ENTRY_COMPLETION);
    kss_returned(m, (uint32_t)STATUS_MORE_PROCESSING_REQUIRED);
    value_of_call(&rig);
    unsigned count = rig_count(&rig, KSS_EV_IRP_MISMATCH);
    if (count != 0)
        assert_int_equal(rig_last(&rig, KSS_EV_IRP_MISMATCH)->words[1], 2);
    rig_close(&rig);
    return count;
}

static void completion_marks_where_there_is_no_routine(void **state) {
    (void)state;
    assert_int_equal(filter_mismatches(false), 0);
    assert_int_equal(filter_mismatches(true), 1);
}

static void an_irp_that_is_never_completed_is_told_at_the_end(void **state) {
    (void)state;
    struct rig rig;
    start(&rig, "x64");
    kss_addr port = device(&rig, "port", 1, 0);
    kss_addr irp = irp_for(&rig, 1, KSS_MJ_READ);
    RIG_OUTCOME(&rig, IoCallDriver, port, irp);
    turns_to(&rig, 1, KSS_ENTRY_DISPATCH);
    RIG_CALL(&rig, IoMarkIrpPending, irp);
    kss_returned(rig.m, STATUS_PENDING);
    value_of_call(&rig);
    kss_returned(rig.m, 0); // the body
    assert_int_equal(rig_turn(&rig).kind, KSS_TURN_END);
    kss_machine_finish(rig.m);
    const struct kss_event *event = rig_last(&rig, KSS_EV_IRP_NEVER);
    assert_non_null(event);
    assert_int_equal(event->words[2], 1);
    rig_close(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_and_its_devices_lie_in_memory),
        cmocka_unit_test(the_drivers_own_pool_blocks_keep_their_numbers),
        cmocka_unit_test(attaching_builds_a_stack),
        cmocka_unit_test(drivers_create_name_link_and_delete_devices),
        cmocka_unit_test(a_request_runs_through_the_stack_on_one_kernel_stack),
        cmocka_unit_test(a_skipped_location_is_the_next_drivers),
        cmocka_unit_test(without_a_location_left_it_is_0x35),
        cmocka_unit_test(a_request_nobody_handles_is_rejected_by_nt),
        cmocka_unit_test(completing_twice_is_0x44),
        cmocka_unit_test(marks_and_return_values_must_agree),
        cmocka_unit_test(completion_marks_where_there_is_no_routine),
        cmocka_unit_test(an_irp_that_is_never_completed_is_told_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
