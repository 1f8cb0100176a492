// SPDX-License-Identifier: MIT
// Testing a driver of hardware: pulse, with registers, an interrupt, a DPC, a watchdog and a cancel
// routine. The hardware is the test:
//
//     WRITE_REGISTER_ULONG(CONTROL, START)  --> hardware_write    says when the value will be there
//     READ_REGISTER_ULONG(STATUS)           --> hardware_read
//     PulseInterrupt                        <-- kss_interrupt     at that time, at device IRQL
//
// Hooks of registers run between the driver's instructions, on the test's own stack; they may ask
// for an interrupt, but not assert. pulse ticks only while a read is under way, so kss_run_all
// comes to an end; with a periodic timer that is always on it would not: kss_advance_time is for
// such drivers.
#include "pulse.h"
#include "kss/cmocka.h"

KSERVICE_ROUTINE HastyInterrupt; // mistakes.c
NTSTATUS HastyWait(VOID), PagedQueue(VOID);

// ---- The hardware -------------------------------------------------------------------------------

static struct hardware {
    uint64_t delay; // from START to the interrupt; 0: it never comes
    ULONG outcome;  // STATUS bits it raises then
    ULONG data;
    uint64_t ready_at;
    ULONG status;
    unsigned starts, resets, acknowledged;
    PPULSE_EXTENSION extension;
} hardware;

static ULONG hardware_status(void) {
    if (hardware.ready_at != 0 && kss_time() >= hardware.ready_at) {
        hardware.status |= hardware.outcome;
        hardware.ready_at = 0;
    }
    return hardware.status;
}

static uint64_t hardware_read(void *context, size_t offset, unsigned width) {
    (void)context, (void)width;
    switch (offset / sizeof(ULONG)) {
    case PULSE_STATUS: return hardware_status();
    case PULSE_DATA: return hardware.data;
    default: return 0;
    }
}

static void hardware_write(void *context, size_t offset, unsigned width, uint64_t value) {
    (void)context, (void)width;
    if (offset == PULSE_STATUS * sizeof(ULONG)) {
        hardware.acknowledged += (hardware_status() & value) != 0;
        hardware.status &= ~(ULONG)value;
        return;
    }
    if (value & PULSE_RESET) {
        hardware.resets++;
        hardware.ready_at = 0;
    }
    if (value & PULSE_START) {
        hardware.starts++;
        hardware.ready_at = hardware.delay == 0 ? 0 : kss_time() + hardware.delay;
        if (hardware.delay != 0)
            kss_interrupt(hardware.delay, 0, (kss_routine *)PulseInterrupt, NULL,
                          hardware.extension);
    }
}

// The driver loaded, its device started. The registers need an address, not memory: nobody touches
// it.
static PDEVICE_OBJECT start(uint64_t delay, ULONG outcome) {
    static uint64_t room[2];
    struct kss_registers registers = {
        .base = room, .size = PULSE_LENGTH, .read = hardware_read, .write = hardware_write};

    assert_int_equal(kss_load_driver("pulse"), STATUS_SUCCESS);
    PDEVICE_OBJECT device = kss_device_object("\\Device\\Pulse0");
    assert_non_null(device);
    hardware = (struct hardware){
        .delay = delay, .outcome = outcome, .data = 0xC0FFEE, .extension = device->DeviceExtension};
    kss_add_registers(&registers);
    assert_int_equal(kss_call_thread("PnP", PulseStartDevice, device, room), STATUS_SUCCESS);
    assert_int_equal(hardware.resets, 1);
    return device;
}

static struct kss_io read_of(PDEVICE_OBJECT device, ULONG *value) {
    *value = 0;
    return (struct kss_io){
        .device = device, .major = IRP_MJ_READ, .output = value, .output_length = sizeof *value};
}

// ---- Interrupts and DPCs ------------------------------------------------------------------------

static void measures(void **state) {
    PDEVICE_OBJECT device = start(KSS_MS(5), PULSE_READY);
    ULONG value;
    struct kss_io io = read_of(device, &value);

    (void)state;
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_MS(4));
    assert_int_equal(hardware.starts, 1);
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    kss_advance_time(KSS_MS(1));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(io.information, sizeof value);
    assert_int_equal(value, 0xC0FFEE);
    assert_int_equal(hardware.acknowledged, 1);
    kss_run_all(); // the watchdog is off
    assert_true(kss_time() < KSS_S(1));
    assert_true(kss_unload_driver("pulse"));
    assert_int_equal(kss_calls("KeFlushQueuedDpcs"),
                     1); // no run on one processor shows its absence
    assert_null(kss_device_object("\\Device\\Pulse0"));
    assert_no_leaks();
    assert_clean();
}

static void reports_faults(void **state) {
    PDEVICE_OBJECT device = start(KSS_MS(5), PULSE_FAULT);
    ULONG value;
    struct kss_io io = read_of(device, &value);

    (void)state;
    assert_int_equal(kss_io("App", &io), (uint32_t)STATUS_DEVICE_DATA_ERROR);
    assert_int_equal(value, 0);
    io.output_length = 3;
    assert_int_equal(kss_io("App", &io), (uint32_t)STATUS_BUFFER_TOO_SMALL);
    assert_clean();
}

// An interrupt of another device on the same line.
static void leaves_other_interrupts_alone(void **state) {
    start(KSS_MS(5), PULSE_READY);

    (void)state;
    kss_interrupt(0, 0, (kss_routine *)PulseInterrupt, NULL, hardware.extension);
    kss_run_all();
    assert_int_equal(hardware.acknowledged, 0);
    assert_int_equal(kss_calls("KeInsertQueueDpc"), 0);
    assert_clean();
}

// Between the ISR and its DPC: the device is quiet already, the read is still under way.
static void acknowledges_before_the_dpc(void **state) {
    PDEVICE_OBJECT device = start(KSS_MS(5), PULSE_READY);
    ULONG value;
    struct kss_io io = read_of(device, &value);

    (void)state;
    kss_hold_dpcs(true);
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_MS(100));
    assert_int_equal(hardware.acknowledged, 1);
    assert_int_equal(hardware.extension->Latched, PULSE_READY);
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    kss_hold_dpcs(false);
    kss_run_all();
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(hardware.extension->Latched, 0);
    assert_clean();
}

static void one_at_a_time(void **state) {
    PDEVICE_OBJECT device = start(KSS_MS(5), PULSE_READY);
    ULONG one, two;
    struct kss_io first = read_of(device, &one), second = read_of(device, &two);

    (void)state;
    kss_io_start("First", &first);
    kss_advance_time(KSS_MS(1));
    assert_int_equal(kss_io("Second", &second), (uint32_t)STATUS_DEVICE_BUSY);
    assert_int_equal(first.status, STATUS_SUCCESS);
    assert_int_equal(hardware.starts, 1);
    assert_clean();
}

// ---- Mistakes -----------------------------------------------------------------------------------

// pulse_paged's DPC routine is listed in alloc_text(PAGE). The page was there, this time.
static void dpc_routines_are_not_pageable(void **state) {
    (void)state;
    assert_int_equal(kss_call_thread("App", PagedQueue), STATUS_SUCCESS);
    assert_hazard_in("pageable-code-at-dispatch", "pulse_paged!PagedDpc");
}

// An ISR that does the DPC's work: IoCompleteRequest and KeSetEvent are for DISPATCH_LEVEL at most.
static void isrs_set_no_events(void **state) {
    (void)state;
    kss_interrupt(KSS_MS(1), 0, (kss_routine *)HastyInterrupt, NULL, NULL);
    assert_int_equal(kss_call_thread("App", HastyWait), STATUS_SUCCESS);
    assert_hazard_in("irql-too-high", "pulse_paged!HastyInterrupt");
}

// ---- The watchdog -------------------------------------------------------------------------------

static void gives_up_after_three_seconds(void **state) {
    PDEVICE_OBJECT device = start(0, 0);
    ULONG value;
    struct kss_io io = read_of(device, &value);

    (void)state;
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_MS(2900));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    kss_advance_time(KSS_MS(200)); // timers expire at clock ticks
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_ENDED);
    assert_int_equal(io.status, (uint32_t)STATUS_IO_TIMEOUT);
    assert_int_equal(hardware.resets, 2);
    kss_run_all();
    assert_true(kss_time() < KSS_S(4)); // and does not tick any more
    assert_clean();
}

// The interrupt comes when the watchdog has completed the read: the DPC finds nothing to do.
static void survives_a_late_interrupt(void **state) {
    PDEVICE_OBJECT device = start(0, PULSE_READY);
    ULONG value;
    struct kss_io io = read_of(device, &value);

    (void)state;
    assert_int_equal(kss_io("App", &io), (uint32_t)STATUS_IO_TIMEOUT);
    hardware.status = PULSE_READY;
    kss_interrupt(0, 0, (kss_routine *)PulseInterrupt, NULL, hardware.extension);
    kss_run_all();
    assert_int_equal(hardware.acknowledged, 1);
    assert_int_equal(kss_calls("IofCompleteRequest"), 1);
    assert_int_equal(value, 0);
    assert_clean();
}

// ---- Cancel against completion ------------------------------------------------------------------

// A driver that sends reads of its own and may cancel them. Its IRP is its own until it frees it:
// the completion routine keeps the I/O manager away.
static struct client {
    PIRP irp; // NULL: not under way
    ULONG value;
} client;

static NTSTATUS ClientDone(PDEVICE_OBJECT device, PIRP irp, PVOID context) {
    (void)device, (void)irp;
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS ClientRead(PDEVICE_OBJECT device) {
    PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
    PIO_STACK_LOCATION next;
    KEVENT done;
    NTSTATUS status;

    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp->AssociatedIrp.SystemBuffer = &client.value;
    next = IoGetNextIrpStackLocation(irp);
    next->MajorFunction = IRP_MJ_READ;
    next->Parameters.Read.Length = sizeof client.value;
    IoSetCompletionRoutine(irp, ClientDone, &done, TRUE, TRUE, TRUE);
    client.irp = irp;
    (VOID) IoCallDriver(device, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    client.irp = NULL;
    status = irp->IoStatus.Status;
    IoFreeIrp(irp);
    return status;
}

// What IoCancelIrp says: whether a cancel routine was called.
static NTSTATUS ClientCancel(VOID) {
    return client.irp != NULL && IoCancelIrp(client.irp);
}

// A cancellation before the interrupt, between ISR and DPC, and after: each time one of the two
// completes the read, and the other finds nothing.
static void cancel_races_with_completion(void **state) {
    static const struct {
        uint64_t cancel_at;
        bool held; // the DPC comes last
        NTSTATUS status;
        ULONG value;
    } rows[] = {
        {KSS_MS(1), false, STATUS_CANCELLED, 0},
        {KSS_MS(6), true, STATUS_CANCELLED, 0},
        {KSS_MS(6), false, STATUS_SUCCESS, 0xC0FFEE},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        kss_setup(NULL);
        PDEVICE_OBJECT device = start(KSS_MS(5), PULSE_READY);
        client = (struct client){0};
        kss_hold_dpcs(rows[i].held);
        unsigned reader = kss_thread("Client", ClientRead, device);
        kss_advance_time(rows[i].cancel_at);
        uintptr_t cancelled = kss_call_thread("Canceller", ClientCancel);
        assert_int_equal(cancelled, rows[i].status == STATUS_CANCELLED);
        kss_hold_dpcs(false);
        kss_run_all();
        assert_int_equal(kss_thread_phase(reader), KSS_THREAD_ENDED);
        assert_int_equal((NTSTATUS)kss_thread_value(reader), rows[i].status);
        assert_int_equal(client.value, rows[i].value);
        assert_int_equal(kss_calls("IofCompleteRequest"), 1);
        assert_null(hardware.extension->Pending);
        kss_unload_driver("pulse");
        assert_no_leaks();
        assert_clean();
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(measures),
        TEST(reports_faults),
        TEST(leaves_other_interrupts_alone),
        TEST(acknowledges_before_the_dpc),
        TEST(one_at_a_time),
        TEST(dpc_routines_are_not_pageable),
        TEST(isrs_set_no_events),
        TEST(gives_up_after_three_seconds),
        TEST(survives_a_late_interrupt),
        TEST(cancel_races_with_completion),
    };
    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
