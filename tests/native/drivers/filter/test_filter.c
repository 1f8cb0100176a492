// SPDX-License-Identifier: MIT
// Testing a filter: relay, between a caller and a device that the test itself plays.
//
//     caller (kss_io, or a thread of the test)      IRP_MJ_READ ...
//       |
//     relay's device      kss_load_driver, kss_add_device      relay.c: knows nothing of kss
//       |
//     \Device\Bus         kss_make_device with the dispatch routines below
//
// The routines named Bus... and those given to kss_thread are driver code: they run on kernel
// stacks, call NT routines, and may not assert anything (a failing CMocka assertion jumps). They
// leave what they saw in `bus`; the test looks there. Bus keeps requests until the test says that
// the hardware is ready.
#include "relay.h"
#include "kss/cmocka.h"

static struct bus {
    PIRP pending; // IRPs that Bus has pended, one at a time
    BOOLEAN slow; // pends device controls, too
    ULONG reads, writes, removes;
    UCHAR last[16]; // first bytes of the last write
    PIRP sent;      // by SendWrite
} bus;

// ---- Bus ----------------------------------------------------------------------------------------

static NTSTATUS BusComplete(PIRP irp, NTSTATUS status, ULONG_PTR information) {
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS BusPend(PIRP irp) {
    IoMarkIrpPending(irp);
    bus.pending = irp;
    return STATUS_PENDING;
}

static NTSTATUS BusOpenClose(PDEVICE_OBJECT device, PIRP irp) {
    (void)device;
    return BusComplete(irp, STATUS_SUCCESS, 0);
}

static NTSTATUS BusRead(PDEVICE_OBJECT device, PIRP irp) {
    (void)device;
    bus.reads++;
    return BusPend(irp);
}

static NTSTATUS BusWrite(PDEVICE_OBJECT device, PIRP irp) {
    ULONG length = IoGetCurrentIrpStackLocation(irp)->Parameters.Write.Length;

    (void)device;
    bus.writes++;
    memcpy(bus.last, irp->AssociatedIrp.SystemBuffer, length < 16 ? length : 16);
    return BusComplete(irp, STATUS_SUCCESS, length);
}

static NTSTATUS BusCounters(PIRP irp) {
    PRELAY_COUNTERS counters = irp->AssociatedIrp.SystemBuffer;

    counters->DeviceReads = bus.reads;
    counters->FilteredBytes = 0;
    return BusComplete(irp, STATUS_SUCCESS, sizeof *counters);
}

static NTSTATUS BusControl(PDEVICE_OBJECT device, PIRP irp) {
    (void)device;
    if (IoGetCurrentIrpStackLocation(irp)->Parameters.DeviceIoControl.IoControlCode !=
        IOCTL_RELAY_COUNTERS)
        return BusComplete(irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    return bus.slow ? BusPend(irp) : BusCounters(irp);
}

static NTSTATUS BusPnp(PDEVICE_OBJECT device, PIRP irp) {
    (void)device;
    bus.removes++;
    return BusComplete(irp, STATUS_SUCCESS, 0);
}

// The hardware is ready: DPCs, so completion routines above run at DISPATCH_LEVEL.
static VOID BusReadIsDone(PKDPC dpc, PVOID context, PVOID status, PVOID length) {
    PUCHAR bytes = bus.pending->AssociatedIrp.SystemBuffer;

    (void)dpc, (void)context;
    for (ULONG_PTR i = 0; i < (ULONG_PTR)length; i++)
        bytes[i] = (UCHAR)(('a' + i) ^ 0x5A);
    BusComplete(bus.pending, (NTSTATUS)(ULONG_PTR)status, (ULONG_PTR)length);
}

static VOID BusControlIsDone(PKDPC dpc, PVOID context, PVOID argument1, PVOID argument2) {
    (void)dpc, (void)context, (void)argument1, (void)argument2;
    BusCounters(bus.pending);
}

// ---- What nt's PnP manager and other drivers do -------------------------------------------------

static NTSTATUS Send(PDEVICE_OBJECT pdo, ULONG major, UCHAR minor, PVOID buffer, ULONG length) {
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(pdo);
    LARGE_INTEGER offset = {.QuadPart = 0};
    IO_STATUS_BLOCK block = {.Status = STATUS_UNSUCCESSFUL};
    KEVENT done;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    PIRP irp = IoBuildSynchronousFsdRequest(major, top, buffer, length, &offset, &done, &block);
    if (irp != NULL) {
        bus.sent = irp;
        if (major == IRP_MJ_PNP)
            irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        IoGetNextIrpStackLocation(irp)->MinorFunction = minor;
        status = IoCallDriver(top, irp);
        if (status == STATUS_PENDING) {
            KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
            status = block.Status;
        }
    }
    ObDereferenceObject(top);
    return status;
}

static NTSTATUS SendRemove(PDEVICE_OBJECT pdo) {
    return Send(pdo, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE, NULL, 0);
}

static NTSTATUS SendWrite(PDEVICE_OBJECT pdo, PVOID bytes, ULONG length) {
    return Send(pdo, IRP_MJ_WRITE, 0, bytes, length);
}

static NTSTATUS CancelSent(VOID) {
    return IoCancelIrp(bus.sent) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

// ---- The device stack ---------------------------------------------------------------------------

static PDEVICE_OBJECT make_stack(unsigned filters) {
    static const struct kss_dispatch dispatch[] = {
        {IRP_MJ_CREATE, (kss_routine *)BusOpenClose},
        {IRP_MJ_CLOSE, (kss_routine *)BusOpenClose},
        {IRP_MJ_READ, (kss_routine *)BusRead},
        {IRP_MJ_WRITE, (kss_routine *)BusWrite},
        {IRP_MJ_DEVICE_CONTROL, (kss_routine *)BusControl},
        {IRP_MJ_PNP, (kss_routine *)BusPnp},
    };

    memset(&bus, 0, sizeof bus); // a driver's own variables kss puts back, the test's it does not
    PDEVICE_OBJECT pdo =
        kss_make_device("\\Device\\Bus", dispatch, sizeof dispatch / sizeof *dispatch);
    assert_int_equal(kss_load_driver("relay"), STATUS_SUCCESS);
    for (unsigned i = 0; i < filters; i++)
        assert_int_equal(kss_add_device("relay", pdo), STATUS_SUCCESS);
    return pdo;
}

static uint32_t control(PDEVICE_OBJECT pdo, ULONG code) {
    struct kss_io io = {.device = pdo, .major = IRP_MJ_DEVICE_CONTROL, .control = code};

    return kss_io("Control", &io);
}

static void remove_and_unload(PDEVICE_OBJECT pdo) {
    assert_int_equal((NTSTATUS)kss_call_thread("PnP", SendRemove, pdo), STATUS_SUCCESS);
    assert_null(pdo->AttachedDevice);
    assert_true(kss_unload_driver("relay"));
}

// ---- Tests --------------------------------------------------------------------------------------

// Pended below, completed by a DPC: relay's completion routine runs there, at DISPATCH_LEVEL, and
// the reader's thread gets what it decoded.
static void decodes_what_is_read(void **state) {
    PDEVICE_OBJECT pdo = make_stack(1);
    char text[8] = "";
    struct kss_io io = {.device = pdo, .major = IRP_MJ_READ, .output = text, .output_length = 8};

    (void)state;
    unsigned app = kss_io_start("App", &io);
    kss_advance_time(KSS_MS(10));
    assert_int_equal(kss_thread_phase(app), KSS_THREAD_WAITING);
    assert_int_equal(bus.reads, 1);
    kss_dpc(KSS_MS(30), (kss_routine *)BusReadIsDone, NULL, (PVOID)STATUS_SUCCESS, (PVOID)5);
    kss_run_all();
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(io.information, 5);
    assert_string_equal(text, "abcde");
    remove_and_unload(pdo);
    assert_no_leaks();
    assert_clean();
}

static void leaves_failed_reads_alone(void **state) {
    PDEVICE_OBJECT pdo = make_stack(1);
    char text[8] = "";
    struct kss_io io = {.device = pdo, .major = IRP_MJ_READ, .output = text, .output_length = 8};

    (void)state;
    kss_io_start("App", &io);
    kss_dpc(KSS_MS(1), (kss_routine *)BusReadIsDone, NULL, (PVOID)(LONG_PTR)STATUS_DEVICE_NOT_READY,
            NULL);
    kss_run_all();
    assert_int_equal(io.status, (uint32_t)STATUS_DEVICE_NOT_READY);
    assert_int_equal(control(pdo, IOCTL_RELAY_RESUME), STATUS_SUCCESS);
    remove_and_unload(pdo); // hangs if the remove lock was not given back
    assert_clean();
}

static uint32_t ask(PDEVICE_OBJECT pdo, RELAY_COUNTERS *counters) {
    struct kss_io io = {.device = pdo,
                        .major = IRP_MJ_DEVICE_CONTROL,
                        .control = IOCTL_RELAY_COUNTERS,
                        .output = counters,
                        .output_length = sizeof *counters};

    if (bus.slow)
        kss_dpc(KSS_S(40), (kss_routine *)BusControlIsDone, NULL, NULL, NULL);
    return kss_io("Asker", &io);
}

// The synchronous path: answered at once; answered after 40 s, with the event on the waiter's
// stack.
static void waits_for_the_answer(void **state) {
    PDEVICE_OBJECT pdo = make_stack(1);
    RELAY_COUNTERS counters = {9, 9};

    (void)state;
    assert_int_equal(ask(pdo, &counters), STATUS_SUCCESS);
    assert_int_equal(kss_calls("KeWaitForSingleObject"), 0);
    bus.slow = TRUE;
    bus.reads = 3;
    assert_int_equal(ask(pdo, &counters), STATUS_SUCCESS);
    assert_int_equal(kss_calls("KeWaitForSingleObject"), 1);
    assert_int_equal(counters.DeviceReads, 3);
    assert_int_equal(counters.FilteredBytes, 0);
    assert_true(kss_time() >= KSS_S(40));
    remove_and_unload(pdo);
    assert_clean();
}

static void passes_on_what_it_does_not_know(void **state) {
    PDEVICE_OBJECT pdo = make_stack(1);
    struct kss_io io = {.path = "\\Device\\Bus", .major = IRP_MJ_CREATE};

    (void)state;
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    io.major = IRP_MJ_CLOSE;
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_int_equal(control(pdo, IOCTL_RELAY_COUNTERS + 64),
                     (uint32_t)STATUS_INVALID_DEVICE_REQUEST);
    remove_and_unload(pdo);
    assert_clean();
}

// Kept while paused, in order afterwards.
static void keeps_writes_while_paused(void **state) {
    PDEVICE_OBJECT pdo = make_stack(1);
    struct kss_io one = {.device = pdo, .major = IRP_MJ_WRITE, .input = "one", .input_length = 3};
    struct kss_io two = {.device = pdo, .major = IRP_MJ_WRITE, .input = "two", .input_length = 3};

    (void)state;
    assert_int_equal(control(pdo, IOCTL_RELAY_PAUSE), STATUS_SUCCESS);
    unsigned first = kss_io_start("First", &one);
    unsigned second = kss_io_start("Second", &two);
    kss_advance_time(KSS_S(1));
    assert_int_equal(kss_thread_phase(first), KSS_THREAD_WAITING);
    assert_int_equal(kss_thread_phase(second), KSS_THREAD_WAITING);
    assert_int_equal(bus.writes, 0);
    assert_int_equal(control(pdo, IOCTL_RELAY_RESUME), STATUS_SUCCESS);
    assert_int_equal(bus.writes, 2);
    assert_memory_equal(bus.last, "two", 3);
    assert_int_equal(one.status, STATUS_SUCCESS);
    assert_int_equal(two.information, 3);
    remove_and_unload(pdo);
    assert_clean();
}

// A kept write is cancelled: completed by the cancel routine, never seen by the device.
static void kept_writes_can_be_cancelled(void **state) {
    static char bytes[] = "lost";
    PDEVICE_OBJECT pdo = make_stack(1);

    (void)state;
    assert_int_equal(control(pdo, IOCTL_RELAY_PAUSE), STATUS_SUCCESS);
    unsigned writer = kss_thread("Writer", SendWrite, pdo, bytes, 4);
    kss_advance_time(KSS_S(1));
    assert_int_equal(kss_thread_phase(writer), KSS_THREAD_WAITING);
    assert_int_equal(kss_call_thread("Canceller", CancelSent), STATUS_SUCCESS);
    assert_int_equal(kss_thread_phase(writer), KSS_THREAD_ENDED);
    assert_int_equal((uint32_t)kss_thread_value(writer), (uint32_t)STATUS_CANCELLED);
    PRELAY_EXTENSION extension = pdo->AttachedDevice->DeviceExtension;
    assert_true(IsListEmpty(&extension->Kept));
    assert_int_equal(control(pdo, IOCTL_RELAY_RESUME), STATUS_SUCCESS);
    assert_int_equal(bus.writes, 0);
    remove_and_unload(pdo);
    assert_no_leaks();
    assert_clean();
}

// A device that goes while a read is under way: removal waits for the read, and nothing comes
// through in the meantime.
static void removal_waits_for_requests(void **state) {
    PDEVICE_OBJECT pdo = make_stack(1);
    char text[4];
    struct kss_io io = {.device = pdo, .major = IRP_MJ_READ, .output = text, .output_length = 4};

    (void)state;
    kss_io_start("App", &io);
    kss_advance_time(KSS_MS(1));
    unsigned pnp = kss_thread("PnP", SendRemove, pdo);
    kss_advance_time(KSS_S(1));
    assert_int_equal(kss_thread_phase(pnp), KSS_THREAD_WAITING);
    assert_int_equal(bus.removes, 0);
    assert_int_equal(control(pdo, IOCTL_RELAY_PAUSE), (uint32_t)STATUS_DELETE_PENDING);

    kss_dpc(0, (kss_routine *)BusReadIsDone, NULL, (PVOID)STATUS_SUCCESS, (PVOID)4);
    kss_run_all();
    assert_int_equal(io.status, STATUS_SUCCESS);
    assert_int_equal(kss_thread_phase(pnp), KSS_THREAD_ENDED);
    assert_int_equal(bus.removes, 1);
    assert_null(pdo->AttachedDevice);
    assert_true(kss_unload_driver("relay"));
    assert_clean();
}

static void fails_to_attach_without_a_device(void **state) {
    PDEVICE_OBJECT pdo = make_stack(0);

    (void)state;
    kss_fail("IoCreateDevice", 1);
    assert_int_equal(kss_add_device("relay", pdo), (uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_fail("IoAttachDeviceToDeviceStack", 1);
    assert_int_equal(kss_add_device("relay", pdo), (uint32_t)STATUS_NO_SUCH_DEVICE);
    assert_null(pdo->AttachedDevice);
    assert_true(kss_unload_driver("relay")); // both devices are gone
    assert_clean();
}

// ---- Stack --------------------------------------------------------------------------------------

// Every driver of a device stack runs in the caller's kernel stack. What one layer of relay costs:
static uint32_t stack_with(unsigned filters) {
    struct kss_stack_use use;

    kss_setup(NULL);
    PDEVICE_OBJECT pdo = make_stack(filters);
    struct kss_io io = {.device = pdo, .major = IRP_MJ_WRITE, .input = "x", .input_length = 1};
    assert_int_equal(kss_io("App", &io), STATUS_SUCCESS);
    assert_driver_stack_at_most("App", 6 * 1024);
    assert_clean();
    assert_true(kss_stack_use(kss_current(), "App", &use));
    return use.used;
}

// Host frames: the bound is generous, a buffer of a kilobyte on the stack would still break it.
static void costs_little_stack(void **state) {
    uint32_t one = stack_with(1), four = stack_with(4);

    (void)state;
    assert_true(four > one);
    assert_in_range((four - one) / 3, 32, 1024);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kss_test_setup, kss_test_teardown)
    const struct CMUnitTest tests[] = {
        TEST(decodes_what_is_read),       TEST(leaves_failed_reads_alone),
        TEST(waits_for_the_answer),       TEST(passes_on_what_it_does_not_know),
        TEST(keeps_writes_while_paused),  TEST(kept_writes_can_be_cancelled),
        TEST(removal_waits_for_requests), TEST(fails_to_attach_without_a_device),
        TEST(costs_little_stack),
    };
    return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
