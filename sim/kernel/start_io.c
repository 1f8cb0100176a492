// SPDX-License-Identifier: MIT
// IoStartPacket, IoStartNextPacket, and the DPC of a device object: one request at a time through a driver's StartIo routine,
// the others in the device queue of its device object. StartIo runs at DISPATCH_LEVEL, on the stack
// of whoever starts it: a DPC that starts the next packet has it on the DPC stack.
//
// A StartIo that starts the next packet itself nests, one level for each packet in the queue, unless
// the driver has asked for DeferredStartIo (DDI IoSetStartIoAttributes): then the call only counts, and
// whoever called StartIo goes on with the next packet when it has returned.
#include "kernel/io.h"
#include "kernel/serve.h"

enum { DEFERRED = 1, NON_CANCELABLE = 2, INSIDE = 4 }; // flags of KSS_R_START_IO

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

// NULL where the driver has set no attributes. Valid until a record is added or an event told.
static struct kss_record *attributes_of(struct kss_machine *m, kss_addr device) {
    uint32_t index = kss_record_find(m, KSS_R_START_IO, device);
    return index == KSS_NO_FRAME ? NULL : kss_record_at(m, index);
}

static struct kss_outcome start_io(struct kss_machine *m, struct kss_call *call, kss_addr device,
                                   kss_addr irp, bool cancelable) {
    kss_addr driver = kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, DriverObject));
    kss_addr address = kss_get(m, driver + KSS_FIELD(DRIVER_OBJECT, DriverStartIo));
    uint32_t routine;
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, CurrentIrp), irp);
    if (!kss_code_at(m, address, &routine))
        return kss_io_bad_call(m, address);
    struct kss_record *attributes = attributes_of(m, device);
    uint16_t flags = attributes == NULL ? 0 : attributes->flags;
    if (flags & DEFERRED)
        attributes->flags = flags | INSIDE;
    if (cancelable && flags & NON_CANCELABLE)
        kss_set(m, irp + KSS_FIELD(IRP, CancelRoutine), 0);
    call->out[0] = device;
    call->out[1] = irp;
    return kss_call_driver(m, call, 1, routine, 2, KSS_ENTRY_DISPATCH);
}

static struct kss_outcome next_packet(struct kss_machine *m, struct kss_call *call, kss_addr device,
                                      bool cancelable) {
    struct kss_record *attributes = attributes_of(m, device);
    if (attributes != NULL && attributes->flags & INSIDE) {
        attributes->words[1]++;
        attributes->words[2] |= cancelable;
        return kss_return(0);
    }
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, CurrentIrp), 0);
    kss_addr irp;
    KSS_TRY(dequeue(m, device, &irp));
    if (irp != 0)
        return start_io(m, call, device, irp, cancelable);
    set_busy(m, device, false);
    return kss_return(0);
}

// StartIo has returned: what it put off is done now.
static struct kss_outcome left_start_io(struct kss_machine *m, struct kss_call *call,
                                        kss_addr device) {
    struct kss_record *attributes = attributes_of(m, device);
    if (attributes == NULL)
        return kss_return(0);
    attributes->flags &= (uint16_t)~INSIDE;
    while ((attributes = attributes_of(m, device)) != NULL && attributes->words[1] != 0) {
        bool cancelable = attributes->words[2] != 0;
        if (--attributes->words[1] == 0)
            attributes->words[2] = 0;
        KSS_TRY(next_packet(m, call, device, cancelable));
    }
    return kss_return(0);
}

KSS_NT(IoSetStartIoAttributes) { // DeviceObject, DeferredStartIo, NonCancelable
    uint64_t type;
    KSS_LOAD(type, KSS_A(0), 2);
    (void)type;
    uint32_t index = kss_record_find(m, KSS_R_START_IO, KSS_A(0));
    if (index == KSS_NO_FRAME)
        index = kss_record_add(m, KSS_R_START_IO, KSS_A(0));
    struct kss_record *r = kss_record_at(m, index);
    r->flags = (uint16_t)((r->flags & INSIDE) | (KSS_A(1) & 0xFF ? DEFERRED : 0) |
                          (KSS_A(2) & 0xFF ? NON_CANCELABLE : 0));
    return kss_return(0);
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
            return start_io(m, call, device, irp, call->arguments[3] != 0);
        }
        KSS_TRY(kss_device_queue_put(m, call, queue_of(m, device), entry_of(m, irp),
                                     call->arguments[2] != 0, key));
    } else {
        KSS_TRY(left_start_io(m, call, device));
    }
    kss_set_irql(m, (unsigned)call->local[0]);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoStartNextPacket(struct kss_machine *m, struct kss_call *call) {
    kss_addr device = call->arguments[0];
    if (call->step == 1)
        return left_start_io(m, call, device);
    KSS_TRY(use_both(m, device, 0));
    return next_packet(m, call, device, (call->arguments[1] & 0xFF) != 0);
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
