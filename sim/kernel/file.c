// SPDX-License-Identifier: MIT
// File objects: handles, opening, closing.
//
// IRP_MJ_CREATE asks the driver, IRP_MJ_CLEANUP and IRP_MJ_CLOSE tell it; all three are waited for in
// KernelMode. A handle made by kss_handle_of_device stands for a file object per thread that was
// opened before the run began.
#include "kernel/io.h"

enum { HANDLE_OF_DEVICE = 0x40000000 };

// ---- File objects -------------------------------------------------------------------------------
static void event_in(struct kss_machine *m, kss_addr address, unsigned synchronization) {
    struct kss_call event = {.arguments = {address, synchronization, 0}, .routine = m->at_work};
    kss_nt_KeInitializeEvent(m, &event);
}

// [name]: what follows the device's in its path.
static kss_addr make_file(struct kss_machine *m, kss_addr device, bool synchronous,
                          const char *name) {
    unsigned size = KSS_SIZE(FILE_OBJECT, kss_wide(m)), length = 2 * (unsigned)strlen(name);
    kss_addr file = kss_nt_block(m, KSS_NTB_FILE, size + length);
    if (file == 0)
        return 0;
    kss_addr string = file + KSS_FIELD(FILE_OBJECT, FileName);
    kss_poke(m, string + KSS_FIELD(UNICODE_STRING, Length), 2, length);
    kss_poke(m, string + KSS_FIELD(UNICODE_STRING, MaximumLength), 2, length);
    kss_set(m, string + KSS_FIELD(UNICODE_STRING, Buffer), length != 0 ? file + size : 0);
    for (unsigned i = 0; name[i] != 0; i++)
        kss_poke(m, file + size + 2 * i, 2, (uint8_t)name[i]);
    kss_poke(m, file, 2, KSS_TYPE_FILE);
    kss_poke(m, file + KSS_FIELD(FILE_OBJECT, Size), 2, size);
    kss_set(m, file + KSS_FIELD(FILE_OBJECT, DeviceObject), device);
    kss_poke(m, file + KSS_FIELD(FILE_OBJECT, Flags), 4, synchronous ? KSS_FO_SYNCHRONOUS_IO : 0);
    uint16_t index = kss_object_init(m, file, KSS_O_FILE, 0, 0);
    kss_object_ref(m, index)->context = device;
    kss_object_ref(m, index)->routine = KSS_NONE;
    kss_object_ref(m, index)->period = 1;
    event_in(m, file + KSS_FIELD(FILE_OBJECT, Lock), 1);
    event_in(m, file + KSS_FIELD(FILE_OBJECT, Event), 0);
    return file;
}

uint64_t kss_handle_of_device(struct kss_machine *m, kss_addr device) {
    uint16_t index = kss_io_object(m, KSS_O_DEVICE, device);
    if (index == KSS_NONE)
        return 0;
    return HANDLE_OF_DEVICE | (uint64_t)kss_object_ref(m, index)->signal * 4;
}

static kss_addr device_numbered(const struct kss_machine *m, uint64_t number) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *object = kss_object_ref(m, i);
        if (object->kind == KSS_O_DEVICE && !(object->flags & KSS_OF_DEAD) &&
            (uint64_t)object->signal == number)
            return object->address;
    }
    return 0;
}

// What a handle stands for in the running thread; 0: nothing.
kss_addr kss_file_of(struct kss_machine *m, uint64_t handle) {
    uint16_t thread = kss_cpu(m)->thread;
    bool of_device = handle & HANDLE_OF_DEVICE;
    kss_addr device = of_device ? device_numbered(m, (handle & (HANDLE_OF_DEVICE - 1)) / 4) : 0;
    if (handle == 0 || thread == KSS_NONE || (of_device && device == 0))
        return 0;
    if (!of_device) {
        uint16_t target = kss_handle_target(m, handle, KSS_HANDLE_FILE);
        return target == KSS_NONE ? 0 : kss_object_ref(m, target)->address;
    }
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *file = kss_object_ref(m, i);
        if (file->kind == KSS_O_FILE && !(file->flags & KSS_OF_DEAD) && file->routine == thread &&
            file->context == device)
            return file->address;
    }
    kss_addr file = make_file(m, device, true, "");
    if (file != 0)
        kss_object_ref(m, kss_object_at(m, file))->routine = thread;
    return file;
}

kss_addr kss_file_device(struct kss_machine *m, kss_addr file) {
    return kss_device_top(m, kss_get(m, file + KSS_FIELD(FILE_OBJECT, DeviceObject)));
}

struct kss_outcome kss_nt_IoGetRelatedDeviceObject(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    kss_load(m, call->arguments[0], 2, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    return kss_return(kss_file_device(m, call->arguments[0]));
}

bool kss_file_synchronous(struct kss_machine *m, kss_addr file) {
    return kss_peek(m, file + KSS_FIELD(FILE_OBJECT, Flags), 4) & KSS_FO_SYNCHRONOUS_IO;
}

// ---- Opening ------------------------------------------------------------------------------------
// Sends IRP_MJ_CREATE for a new file object of [device]. It is sent at steps 1 and 2 and waits at 3, in
// KernelMode.
static struct kss_outcome open_device(struct kss_machine *m, struct kss_call *call, kss_addr device,
                                      const char *name, kss_addr block, bool synchronous_io,
                                      const uint64_t *create) {
    kss_addr file = make_file(m, device, synchronous_io, name);
    if (file == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_addr irp =
        kss_file_request(m, file, block, 0, true, KSS_IRP_F_CREATE | KSS_IRP_F_SYNCHRONOUS_API);
    if (irp == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_addr at = kss_irp_location(m, irp) - kss_location_size(m);
    kss_addr parameters = at + KSS_FIELD(IO_STACK_LOCATION, Parameters);
    kss_poke(m, at, 1, KSS_MJ_CREATE);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Create, Options), 4,
             (create[8] & 0xFFFFFF) | (create[7] & 0xFF) << 24);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Create, FileAttributes), 2, create[5]);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Create, ShareAccess), 2, create[6]);
    call->arguments[KSS_A_FILE] = file;
    kss_device_opened(m, device, 1);
    return kss_irp_send(m, call, kss_file_device(m, file), irp, 1);
}

static struct kss_outcome opened(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 3)
        return kss_file_settled(m, call);
    struct kss_outcome sent = kss_irp_sent(m, call, 1);
    KSS_TRY(sent);
    return kss_file_settle(m, call, (uint32_t)sent.value, 0, true, 3);
}

static void close_file(struct kss_machine *m, kss_addr file) {
    kss_addr device = kss_get(m, file + KSS_FIELD(FILE_OBJECT, DeviceObject));
    kss_nt_block_free(m, file);
    kss_device_opened(m, device, -1);
}

uint64_t kss_file_reference(struct kss_machine *m, kss_addr file, int by) {
    uint16_t index = kss_io_object(m, KSS_O_FILE, file);
    uint64_t count = kss_object_ref(m, index)->period + (uint64_t)(int64_t)by;
    kss_object_ref(m, index)->period = count;
    if (count == 0)
        close_file(m, file);
    return count;
}

// A new file object that a driver accepted gets its handle; a refused one goes.
static struct kss_outcome give_handle(struct kss_machine *m, struct kss_call *call,
                                      uint32_t status) {
    kss_addr file = call->arguments[KSS_A_FILE];
    if (!kss_nt_success(status)) {
        close_file(m, file);
        return kss_return(status);
    }
    uint64_t handle = kss_handle_new(m, KSS_HANDLE_FILE, kss_object_at(m, file));
    KSS_TRY(kss_store(m, call->arguments[0], kss_pointer(m), handle, KSS_WHO_DRIVER));
    return kss_return(status);
}

static struct kss_outcome create(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    if (call->step != 0) {
        outcome = opened(m, call);
        KSS_TRY(outcome);
        return give_handle(m, call, (uint32_t)outcome.value);
    }
    char path[KSS_IO_NAME];
    const char *rest;
    kss_addr name = kss_load(m, call->arguments[2] + KSS_FIELD(OBJECT_ATTRIBUTES, ObjectName),
                             kss_pointer(m), KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    KSS_TRY(kss_unicode_read(m, name, path));
    kss_addr device = kss_device_of_path(m, path, &rest);
    if (device == 0)
        return kss_return((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND);
    bool synchronous_io = call->arguments[8] & 0x30; // FILE_SYNCHRONOUS_IO_(NON)ALERT
    outcome =
        open_device(m, call, device, rest, call->arguments[3], synchronous_io, call->arguments);
    KSS_TRY(outcome);
    if (call->arguments[KSS_A_FILE] == 0)
        return outcome;
    outcome = kss_file_settle(m, call, (uint32_t)outcome.value, 0, true, 3);
    KSS_TRY(outcome);
    return give_handle(m, call, (uint32_t)outcome.value);
}

struct kss_outcome kss_nt_NtCreateFile(struct kss_machine *m, struct kss_call *call) {
    return create(m, call);
}

struct kss_outcome kss_nt_ZwCreateFile(struct kss_machine *m, struct kss_call *call) {
    return create(m, call);
}

// The file object holds the device open until it is dereferenced; IRP_MJ_CLEANUP and IRP_MJ_CLOSE
// are not sent then.
struct kss_outcome kss_nt_IoGetDeviceObjectPointer(struct kss_machine *m, struct kss_call *call) {
    static const uint64_t plain[9] = {0};
    struct kss_outcome outcome;
    if (call->step != 0) {
        outcome = opened(m, call);
    } else {
        char path[KSS_IO_NAME];
        const char *rest;
        KSS_TRY(kss_unicode_read(m, call->arguments[0], path));
        kss_addr device = kss_device_of_path(m, path, &rest);
        if (device == 0)
            return kss_return((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND);
        if (kss_peek(m, device + KSS_FIELD(DEVICE_OBJECT, Flags), 4) & KSS_DO_INITIALIZING)
            return kss_return((uint32_t)STATUS_NO_SUCH_DEVICE);
        outcome = open_device(m, call, device, rest, 0, false, plain);
        KSS_TRY(outcome);
        if (call->arguments[KSS_A_FILE] == 0)
            return outcome;
        outcome = kss_file_settle(m, call, (uint32_t)outcome.value, 0, true, 3);
    }
    KSS_TRY(outcome);
    kss_addr file = call->arguments[KSS_A_FILE];
    if (!kss_nt_success(outcome.value)) {
        close_file(m, file);
        return outcome;
    }
    KSS_TRY(kss_store(m, call->arguments[2], kss_pointer(m), file, KSS_WHO_DRIVER));
    KSS_TRY(
        kss_store(m, call->arguments[3], kss_pointer(m), kss_file_device(m, file), KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// ---- Closing ------------------------------------------------------------------------------------
// IRP_MJ_CLEANUP at steps 1 to 3, IRP_MJ_CLOSE at 4 to 6; what drivers answer does not matter.
static struct kss_outcome last_request(struct kss_machine *m, struct kss_call *call, unsigned major,
                                       uint8_t base) {
    kss_addr file = call->arguments[KSS_A_FILE];
    struct kss_outcome outcome;
    if (call->step < base) {
        kss_addr irp =
            kss_file_request(m, file, 0, 0, true, KSS_IRP_F_CLOSE | KSS_IRP_F_SYNCHRONOUS_API);
        if (irp == 0)
            return kss_return(0);
        kss_poke(m, kss_irp_location(m, irp) - kss_location_size(m), 1, major);
        outcome = kss_irp_send(m, call, kss_file_device(m, file), irp, base);
    } else if (call->step == base + 2) {
        return kss_file_settled(m, call);
    } else {
        outcome = kss_irp_sent(m, call, base);
    }
    KSS_TRY(outcome);
    return kss_file_settle(m, call, (uint32_t)outcome.value, 0, true, (uint8_t)(base + 2));
}

static struct kss_outcome close(struct kss_machine *m, struct kss_call *call) {
    uint64_t handle = call->arguments[0];
    if (call->step == 0) {
        if (kss_registry_close(m, handle))
            return kss_return((uint32_t)STATUS_SUCCESS);
        if (handle & HANDLE_OF_DEVICE) // the environment's: stays open
            return kss_return((uint32_t)STATUS_SUCCESS);
        call->arguments[KSS_A_FILE] = kss_file_of(m, handle);
        if (!kss_handle_close(m, handle))
            return kss_return((uint32_t)STATUS_INVALID_HANDLE);
        if (call->arguments[KSS_A_FILE] == 0) // another kind of object
            return kss_return((uint32_t)STATUS_SUCCESS);
    }
    if (call->step < 4)
        KSS_TRY(last_request(m, call, KSS_MJ_CLEANUP, 1));
    KSS_TRY(last_request(m, call, KSS_MJ_CLOSE, 4));
    kss_file_reference(m, call->arguments[KSS_A_FILE], -1);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_NtClose(struct kss_machine *m, struct kss_call *call) {
    return close(m, call);
}

struct kss_outcome kss_nt_ZwClose(struct kss_machine *m, struct kss_call *call) {
    return close(m, call);
}
