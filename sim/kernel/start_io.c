// SPDX-License-Identifier: MIT
// IoStartPacket, IoStartNextPacket, and the DPC of a device object: one request at a time through a driver's StartIo routine,
// the others in the device queue of its device object. StartIo runs at DISPATCH_LEVEL, on the stack
// of whoever starts it: a DPC that starts the next packet has it on the DPC stack.
#include "kernel/io.h"

static kss_addr queue_of(const struct kss_machine *m, kss_addr device) {
    return device + KSS_FIELD(DEVICE_OBJECT, DeviceQueue);
}

static kss_addr entry_of(const struct kss_machine *m, kss_addr irp) {
    return irp + KSS_TAIL(DeviceQueueEntry);
}

static bool busy(struct kss_machine *m, kss_addr device) {
    return kss_peek(m, queue_of(m, device) + KSS_FIELD(KDEVICE_QUEUE, Busy), 1) != 0;
}

static void set_busy(struct kss_machine *m, kss_addr device, bool value) {
    kss_poke(m, queue_of(m, device) + KSS_FIELD(KDEVICE_QUEUE, Busy), 1, value);
}

static struct kss_outcome dequeue(struct kss_machine *m, kss_addr device, kss_addr *irp) {
    kss_addr entry;
    KSS_TRY(kss_device_queue_take(m, queue_of(m, device), &entry));
    *irp = entry == 0 ? 0 : entry - KSS_TAIL(DeviceQueueEntry);
    return kss_return(0);
}

static struct kss_outcome start_io(struct kss_machine *m, struct kss_call *call, kss_addr device,
                                   kss_addr irp) {
    kss_addr driver = kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, DriverObject));
    kss_addr address = kss_get(m, driver + KSS_FIELD(DRIVER_OBJECT, DriverStartIo));
    uint32_t routine;
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, CurrentIrp), irp);
    if (!kss_code_at(m, address, &routine))
        return kss_io_bad_call(m, address);
    call->out[0] = device;
    call->out[1] = irp;
    return kss_call_driver(m, call, 1, routine, 2, KSS_ENTRY_DISPATCH);
}

static struct kss_outcome use_both(struct kss_machine *m, kss_addr device, kss_addr irp) {
    uint8_t bytes[KSS_SIZE64_DEVICE_OBJECT];
    KSS_TRY(kss_read(m, device, bytes, KSS_SIZE(DEVICE_OBJECT, kss_wide(m)), KSS_WHO_DRIVER));
    uint16_t index;
    return irp == 0 ? kss_return(0) : kss_irp_use(m, irp, &index);
}

// local[0]: the IRQL to return at.
struct kss_outcome kss_nt_IoStartPacket(struct kss_machine *m, struct kss_call *call) {
    kss_addr device = call->arguments[0], irp = call->arguments[1];
    struct kss_outcome outcome = kss_return(0);
    if (call->step == KSS_STEP_CIRCLE)
        return kss_outcome(KSS_OUT_SPIN, 0);
    if (call->step == 0) {
        KSS_USE(use_both(m, device, irp));
        uint32_t key = 0;
        if (call->arguments[2] != 0)
            key = (uint32_t)kss_load(m, call->arguments[2], 4, KSS_WHO_DRIVER, &outcome);
        KSS_TRY(outcome);
        call->local[0] = kss_cpu(m)->irql;
        if (kss_cpu(m)->irql < KSS_DISPATCH_LEVEL)
            kss_set_irql(m, KSS_DISPATCH_LEVEL);
        if (call->arguments[3] != 0)
            kss_set(m, irp + KSS_FIELD(IRP, CancelRoutine), call->arguments[3]);
        if (!busy(m, device)) {
            set_busy(m, device, true);
            return start_io(m, call, device, irp);
        }
        KSS_TRY(kss_device_queue_put(m, call, queue_of(m, device), entry_of(m, irp),
                                     call->arguments[2] != 0, key));
    }
    kss_set_irql(m, (unsigned)call->local[0]);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoStartNextPacket(struct kss_machine *m, struct kss_call *call) {
    kss_addr device = call->arguments[0];
    if (call->step == 1)
        return kss_return(0);
    KSS_TRY(use_both(m, device, 0));
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, CurrentIrp), 0);
    kss_addr irp;
    KSS_TRY(dequeue(m, device, &irp));
    if (irp != 0)
        return start_io(m, call, device, irp);
    set_busy(m, device, false);
    return kss_return(0);
}

// ---- The device object's own DPC ----------------------------------------------------------------
struct kss_outcome kss_nt_IoInitializeDpcRequest(struct kss_machine *m, struct kss_call *call) {
    kss_addr device = call->arguments[0];
    struct kss_call dpc = {
        .arguments = {device + KSS_FIELD(DEVICE_OBJECT, Dpc), call->arguments[1], device},
        .routine = call->routine,
        .place = call->place};
    return kss_nt_KeInitializeDpc(m, &dpc);
}

struct kss_outcome kss_nt_IoRequestDpc(struct kss_machine *m, struct kss_call *call) {
    struct kss_call dpc = {.arguments = {call->arguments[0] + KSS_FIELD(DEVICE_OBJECT, Dpc),
                                         call->arguments[1], call->arguments[2]},
                           .routine = call->routine,
                           .place = call->place};
    KSS_TRY(kss_nt_KeInsertQueueDpc(m, &dpc));
    return kss_return(0);
}
