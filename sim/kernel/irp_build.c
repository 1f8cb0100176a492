// SPDX-License-Identifier: MIT
// Requests as the I/O manager builds them: buffers by the device's method, parameters in the first
// stack location, and who is told when it is done.
//
//   DO_BUFFERED_IO, METHOD_BUFFERED   SystemBuffer, a copy in nonpaged memory; a read is copied back
//                                     in the second completion stage
//   DO_DIRECT_IO, METHOD_x_DIRECT     MdlAddress; here the buffer's own address serves as the mapping
//   neither                           UserBuffer as the caller gave it
#include "kernel/io.h"
#include "kernel/irp_build.h"
#include "kernel/mdl.h"

static kss_addr next_location(struct kss_machine *m, kss_addr irp) {
    return kss_irp_location(m, irp) - kss_location_size(m);
}

static void flag(struct kss_machine *m, kss_addr irp, unsigned bits) {
    kss_addr flags = irp + KSS_FIELD(IRP, Flags);
    kss_poke(m, flags, 4, kss_peek(m, flags, 4) | bits);
}

static struct kss_outcome copy(struct kss_machine *m, kss_addr to, kss_addr from, uint64_t size) {
    uint8_t chunk[256];
    for (uint64_t at = 0; at < size; at += sizeof chunk) {
        uint32_t part = size - at < sizeof chunk ? (uint32_t)(size - at) : (uint32_t)sizeof chunk;
        KSS_TRY(kss_read(m, from + at, chunk, part, KSS_WHO_DRIVER));
        KSS_TRY(kss_write(m, to + at, chunk, part, KSS_WHO_DRIVER));
    }
    return kss_return(0);
}

// A system buffer of [room] bytes that begins with [size] bytes of [from]; [to] gets it back.
static struct kss_outcome buffered(struct kss_machine *m, kss_addr irp, uint64_t room,
                                   kss_addr from, uint64_t size, kss_addr to) {
    if (room == 0)
        return kss_return((uint32_t)STATUS_SUCCESS);
    kss_addr buffer = kss_nt_block(m, KSS_NTB_BUFFER, room);
    if (buffer == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_set(m, irp + KSS_FIELD(IRP, AssociatedIrp), buffer);
    flag(m, irp, KSS_IRP_F_BUFFERED_IO | KSS_IRP_F_DEALLOCATE | (to != 0 ? KSS_IRP_F_INPUT : 0u));
    kss_set(m, irp + KSS_FIELD(IRP, UserBuffer), to);
    if (from != 0)
        KSS_TRY(copy(m, buffer, from, size));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

static struct kss_outcome direct(struct kss_machine *m, kss_addr irp, kss_addr at, uint64_t size) {
    if (size == 0)
        return kss_return((uint32_t)STATUS_SUCCESS);
    kss_addr mdl = kss_mdl_of_request(m, at, (uint32_t)size);
    if (mdl == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_set(m, irp + KSS_FIELD(IRP, MdlAddress), mdl);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_irp_fill_transfer(struct kss_machine *m, kss_addr irp, kss_addr device,
                                         const struct kss_transfer *what) {
    kss_addr at = next_location(m, irp);
    uint64_t flags = kss_peek(m, device + KSS_FIELD(DEVICE_OBJECT, Flags), 4);
    bool write = what->major == KSS_MJ_WRITE;
    kss_poke(m, at, 1, what->major);
    if (what->major != KSS_MJ_READ && !write)
        return kss_return((uint32_t)STATUS_SUCCESS);
    kss_addr parameters = at + KSS_FIELD(IO_STACK_LOCATION, Parameters);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Read, Length), 4, what->length);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Read, Key), 4, what->key);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Read, ByteOffset), 8, what->offset);
    flag(m, irp, write ? KSS_IRP_F_WRITE : KSS_IRP_F_READ);
    if (flags & KSS_DO_BUFFERED_IO)
        return buffered(m, irp, what->length, write ? what->buffer : 0, what->length,
                        write ? 0 : what->buffer);
    if (flags & KSS_DO_DIRECT_IO)
        return direct(m, irp, what->buffer, what->buffer != 0 ? what->length : 0);
    kss_set(m, irp + KSS_FIELD(IRP, UserBuffer), what->buffer);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_irp_fill_control(struct kss_machine *m, kss_addr irp, unsigned major,
                                        const struct kss_control *what) {
    enum { METHOD_BUFFERED = 0, METHOD_NEITHER = 3 };
    kss_addr at = next_location(m, irp);
    kss_addr parameters = at + KSS_FIELD(IO_STACK_LOCATION, Parameters);
    unsigned method = what->code & 3;
    kss_poke(m, at, 1, major);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_DeviceIoControl, OutputBufferLength), 4,
             what->out_length);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_DeviceIoControl, InputBufferLength), 4,
             what->in_length);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_DeviceIoControl, IoControlCode), 4,
             what->code);
    if (method == METHOD_BUFFERED)
        return buffered(m, irp,
                        what->in_length > what->out_length ? what->in_length : what->out_length,
                        what->in, what->in_length, what->out);
    if (method == METHOD_NEITHER) {
        kss_set(m, parameters + KSS_FIELD(IO_STACK_LOCATION_DeviceIoControl, Type3InputBuffer),
                what->in);
        kss_set(m, irp + KSS_FIELD(IRP, UserBuffer), what->out);
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    struct kss_outcome made = buffered(m, irp, what->in_length, what->in, what->in_length, 0);
    if (made.kind != KSS_OUT_RETURN || made.value != 0)
        return made;
    return direct(m, irp, what->out, what->out != 0 ? what->out_length : 0);
}

// ---- The IoBuild routines -----------------------------------------------------------------------
static struct kss_outcome stack_size_of(struct kss_machine *m, kss_addr device) {
    struct kss_outcome outcome;
    uint64_t size =
        kss_load(m, device + KSS_FIELD(DEVICE_OBJECT, StackSize), 1, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    return kss_return(size & 0x7F);
}

// NULL when there is no memory for the IRP or its buffer.
static struct kss_outcome filled(struct kss_machine *m, kss_addr irp, struct kss_outcome made) {
    if (made.kind == KSS_OUT_RETURN && made.value == 0)
        return kss_return(irp);
    if (made.kind == KSS_OUT_STOP)
        return made;
    kss_irp_release(m, irp, KSS_BY_NT);
    return made.kind == KSS_OUT_RETURN ? kss_return(0) : made;
}

// Arguments as IoBuildSynchronousFsdRequest has them.
static struct kss_outcome build(struct kss_machine *m, const uint64_t *arguments,
                                enum kss_irp_how how, kss_addr event, kss_addr block) {
    kss_addr device = arguments[1];
    uint16_t thread = kss_cpu(m)->thread;
    struct kss_outcome size = stack_size_of(m, device), outcome = kss_return(0);
    KSS_TRY(size);
    struct kss_transfer what = {
        .major = arguments[0] & 0xFF, .buffer = arguments[2], .length = (uint32_t)arguments[3]};
    if (arguments[4] != 0)
        what.offset = kss_load(m, arguments[4], 8, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    kss_addr irp = kss_irp_new(m, (unsigned)size.value, how,
                               how == KSS_IRP_SYNCHRONOUS ? thread : (uint16_t)KSS_NONE);
    if (irp == 0)
        return kss_return(0);
    if (thread != KSS_NONE)
        kss_set(m, irp + KSS_TAIL(Thread), kss_thread_address(m, thread));
    kss_irp_watch(m, irp, block, event);
    return filled(m, irp, kss_irp_fill_transfer(m, irp, device, &what));
}

struct kss_outcome kss_nt_IoBuildSynchronousFsdRequest(struct kss_machine *m,
                                                       struct kss_call *call) {
    return build(m, call->arguments, KSS_IRP_SYNCHRONOUS, call->arguments[5], call->arguments[6]);
}

struct kss_outcome kss_nt_IoBuildAsynchronousFsdRequest(struct kss_machine *m,
                                                        struct kss_call *call) {
    return build(m, call->arguments, KSS_IRP_ASYNCHRONOUS, 0, call->arguments[5]);
}

struct kss_outcome kss_nt_IoBuildDeviceIoControlRequest(struct kss_machine *m,
                                                        struct kss_call *call) {
    const uint64_t *given = call->arguments;
    struct kss_outcome size = stack_size_of(m, given[1]);
    KSS_TRY(size);
    struct kss_control what = {.code = (uint32_t)given[0],
                               .in = given[2],
                               .in_length = (uint32_t)given[3],
                               .out = given[4],
                               .out_length = (uint32_t)given[5]};
    kss_addr irp = kss_irp_new(m, (unsigned)size.value, KSS_IRP_CONTROL, kss_cpu(m)->thread);
    if (irp == 0)
        return kss_return(0);
    kss_irp_watch(m, irp, given[8], given[7]);
    unsigned major =
        (given[6] & 0xFF) != 0 ? KSS_MJ_INTERNAL_DEVICE_CONTROL : KSS_MJ_DEVICE_CONTROL;
    return filled(m, irp, kss_irp_fill_control(m, irp, major, &what));
}
