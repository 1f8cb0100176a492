// SPDX-License-Identifier: MIT
// Driver objects, device objects and device stacks.
//
//   highest   device C  StackSize 3     AttachedDevice 0      I/O for any of the three begins here
//             device B  StackSize 2     AttachedDevice -> C
//   lowest    device A  StackSize 1     AttachedDevice -> B
//
// An IRP for C needs three stack locations; every driver of the stack runs on the caller's kernel
// stack until one of them pends the request.
#include "kernel/io.h"
#include "kernel/serve.h"

enum { DEVICE_DELETED = 1 }; // kss_object.irql of a device

static unsigned size_of_device(const struct kss_machine *m) {
    return KSS_SIZE(DEVICE_OBJECT, kss_wide(m));
}

uint16_t kss_io_object(struct kss_machine *m, enum kss_object_kind kind, kss_addr address) {
    uint16_t index = kss_object_at(m, address);
    return index != KSS_NONE && kss_object_ref(m, index)->kind == kind ? index : (uint16_t)KSS_NONE;
}

// A device a routine was given: its memory is there. 0 by *device: it is none.
static struct kss_outcome use_device(struct kss_machine *m, kss_addr *device) {
    uint8_t bytes[KSS_SIZE64_DEVICE_OBJECT];
    return kss_read(m, *device, bytes, size_of_device(m), KSS_WHO_DRIVER);
}

// ---- Drivers ------------------------------------------------------------------------------------
static kss_addr rejects(const struct kss_machine *m) {
    return kss_nt_address(m, KSS_NT_COUNT + 1); // IopInvalidDeviceRequest
}

uint32_t kss_dispatch_of(struct kss_machine *m, kss_addr device, unsigned major, kss_addr *bad) {
    kss_addr driver = kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, DriverObject));
    uint32_t routine = KSS_NO_FRAME;
    *bad = 0;
    if (major >= KSS_MAJOR_FUNCTIONS)
        return routine;
    kss_addr address =
        kss_get(m, driver + KSS_FIELD(DRIVER_OBJECT, MajorFunction) + major * kss_pointer(m));
    if (address == rejects(m))
        return routine;
    if (!kss_code_at(m, address, &routine)) {
        *bad = address == 0 ? 1 : address;
        return KSS_NO_FRAME;
    }
    return routine;
}

static uint64_t code_or(struct kss_machine *m, uint32_t code, kss_addr otherwise) {
    return code == KSS_NO_FRAME ? otherwise : kss_code_address(m, code);
}

uint16_t kss_driver_add(struct kss_machine *m, const struct kss_driver *driver, uint32_t place) {
    unsigned size = KSS_SIZE(DRIVER_OBJECT, kss_wide(m));
    unsigned extension = KSS_SIZE(DRIVER_EXTENSION, kss_wide(m));
    char name[KSS_IO_NAME] = "\\Driver\\";
    size_t length = strlen(driver->name) < 100 ? strlen(driver->name) : 100;
    memcpy(name + 8, driver->name, length);
    name[8 + length] = 0;
    length += 8;
    static const char services[] = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    size_t before = sizeof services - 1, path = before + length - 8;
    uint64_t whole = size + extension + 2 * length + 2 * path + length + 2;
    kss_addr object = kss_nt_block(m, KSS_NTB_DRIVER, whole);
    if (object == 0)
        return KSS_NONE;
    kss_at(m, place);
    kss_poke(m, object, 2, KSS_TYPE_DRIVER);
    kss_poke(m, object + KSS_FIELD(DRIVER_OBJECT, Size), 2, size);
    kss_set(m, object + KSS_FIELD(DRIVER_OBJECT, DriverExtension), object + size);
    kss_set(m, object + size + KSS_FIELD(DRIVER_EXTENSION, DriverObject), object);
    kss_set(m, object + size + KSS_FIELD(DRIVER_EXTENSION, AddDevice),
            code_or(m, driver->add_device, 0));
    kss_set(m, object + KSS_FIELD(DRIVER_OBJECT, DriverUnload), code_or(m, driver->unload, 0));
    kss_set(m, object + KSS_FIELD(DRIVER_OBJECT, DriverStartIo), code_or(m, driver->start_io, 0));
    for (unsigned i = 0; i < KSS_MAJOR_FUNCTIONS; i++)
        kss_set(m, object + KSS_FIELD(DRIVER_OBJECT, MajorFunction) + i * kss_pointer(m),
                code_or(m, driver->major[i], rejects(m)));
    kss_addr string = object + KSS_FIELD(DRIVER_OBJECT, DriverName),
             text = object + size + extension;
    kss_poke(m, string + KSS_FIELD(UNICODE_STRING, Length), 2, 2 * length);
    kss_poke(m, string + KSS_FIELD(UNICODE_STRING, MaximumLength), 2, 2 * length);
    kss_set(m, string + KSS_FIELD(UNICODE_STRING, Buffer), text);
    for (size_t i = 0; i < length; i++)
        kss_poke(m, text + 2 * i, 2, (uint8_t)name[i]);
    // The service key with its path: DriverEntry gets it as its registry path.
    string = object + size + KSS_FIELD(DRIVER_EXTENSION, ServiceKeyName);
    text += 2 * length;
    kss_poke(m, string + KSS_FIELD(UNICODE_STRING, Length), 2, 2 * path);
    kss_poke(m, string + KSS_FIELD(UNICODE_STRING, MaximumLength), 2, 2 * path);
    kss_set(m, string + KSS_FIELD(UNICODE_STRING, Buffer), text);
    for (size_t i = 0; i < path; i++)
        kss_poke(m, text + 2 * i, 2, (uint8_t)(i < before ? services[i] : name[8 + i - before]));
    kss_name_put(m, object + whole, name);
    uint16_t index = (uint16_t)(kss_globals(m)->nt_blocks[KSS_NTB_DRIVER] - 1);
    kss_object_init(m, object, KSS_O_DRIVER, 0, index);
    return index;
}

kss_addr kss_driver_object(const struct kss_machine *m, uint16_t driver) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++)
        if (kss_object_ref(m, i)->kind == KSS_O_DRIVER && kss_object_ref(m, i)->signal == driver)
            return kss_object_ref(m, i)->address;
    return 0;
}

void kss_driver_started(struct kss_machine *m, uint16_t driver) {
    kss_addr device =
        kss_get(m, kss_driver_object(m, driver) + KSS_FIELD(DRIVER_OBJECT, DeviceObject));
    for (; device != 0; device = kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, NextDevice))) {
        kss_addr flags = device + KSS_FIELD(DEVICE_OBJECT, Flags);
        kss_poke(m, flags, 4, kss_peek(m, flags, 4) & ~(uint64_t)KSS_DO_INITIALIZING);
    }
}

// ---- Devices ------------------------------------------------------------------------------------
// [path] "" without a name. 0: the pool is full.
static kss_addr make_device(struct kss_machine *m, kss_addr driver, const char *path,
                            uint32_t extension, uint32_t type, uint32_t characteristics,
                            uint32_t flags) {
    unsigned own = size_of_device(m), aligned = (extension + 7) & ~7u;
    unsigned tail = KSS_SIZE(DEVOBJ_EXTENSION, kss_wide(m));
    uint64_t whole = (uint64_t)own + aligned + tail + strlen(path) + 2;
    kss_addr device = kss_nt_block(m, KSS_NTB_DEVICE, whole);
    if (device == 0)
        return 0;
    kss_addr list = driver + KSS_FIELD(DRIVER_OBJECT, DeviceObject);
    kss_poke(m, device, 2, KSS_TYPE_DEVICE);
    kss_poke(m, device + KSS_FIELD(DEVICE_OBJECT, Size), 2, own + extension);
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, DriverObject), driver);
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, NextDevice), kss_get(m, list));
    kss_poke(m, device + KSS_FIELD(DEVICE_OBJECT, Flags), 4, flags);
    kss_poke(m, device + KSS_FIELD(DEVICE_OBJECT, Characteristics), 4, characteristics);
    kss_poke(m, device + KSS_FIELD(DEVICE_OBJECT, DeviceType), 4, type);
    kss_poke(m, device + KSS_FIELD(DEVICE_OBJECT, StackSize), 1, 1);
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, DeviceExtension), extension ? device + own : 0);
    kss_addr queue = device + KSS_FIELD(DEVICE_OBJECT, DeviceQueue);
    kss_addr head = queue + KSS_FIELD(KDEVICE_QUEUE, DeviceListHead);
    kss_poke(m, queue, 2, 0x14); // DeviceQueueObject
    kss_poke(m, queue + KSS_FIELD(KDEVICE_QUEUE, Size), 2, KSS_SIZE(KDEVICE_QUEUE, kss_wide(m)));
    kss_set(m, head, head);
    kss_set(m, head + kss_pointer(m), head);
    kss_addr rest = device + own + aligned;
    kss_set(m, device + KSS_FIELD(DEVICE_OBJECT, DeviceObjectExtension), rest);
    kss_set(m, rest + KSS_FIELD(DEVOBJ_EXTENSION, DeviceObject), device);
    kss_name_put(m, device + whole, path);
    kss_set(m, list, device);
    uint16_t of = kss_io_object(m, KSS_O_DRIVER, driver);
    uint16_t index = kss_object_init(m, device, KSS_O_DEVICE, 0,
                                     (int32_t)kss_globals(m)->nt_blocks[KSS_NTB_DEVICE]);
    kss_object_ref(m, index)->routine =
        of == KSS_NONE ? KSS_NO_FRAME : (uint32_t)kss_object_ref(m, of)->signal;
    KSS_EMIT(m, KSS_EV_DEVICE, kss_object_number(m, index), kss_object_number(m, of), extension,
             flags);
    return device;
}

kss_addr kss_device_add(struct kss_machine *m, uint16_t driver, const char *name,
                        uint32_t extension_size, uint32_t type, uint32_t flags) {
    char path[KSS_IO_NAME] = "";
    if (name != NULL && name[0] != 0)
        kss_device_path(name, strlen(name), path);
    return make_device(m, kss_driver_object(m, driver), path, extension_size, type, 0,
                       flags | (path[0] != 0 ? KSS_DO_HAS_NAME : 0u));
}

struct kss_outcome kss_nt_IoCreateDevice(struct kss_machine *m, struct kss_call *call) {
    char path[KSS_IO_NAME] = "";
    const char *rest = "";
    struct kss_outcome outcome;
    kss_load(m, call->arguments[0], 2, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    if (call->arguments[2] != 0)
        KSS_TRY(kss_unicode_read(m, call->arguments[2], path));
    if (path[0] != 0 && path[0] != '\\')
        return kss_return((uint32_t)STATUS_OBJECT_NAME_INVALID);
    if (path[0] != 0 && kss_device_of_path(m, path, &rest) != 0 && *rest == 0)
        return kss_return((uint32_t)STATUS_OBJECT_NAME_COLLISION);
    uint32_t flags = KSS_DO_INITIALIZING | (path[0] != 0 ? KSS_DO_HAS_NAME : 0u) |
                     ((call->arguments[5] & 0xFF) != 0 ? KSS_DO_EXCLUSIVE : 0u);
    kss_addr device =
        make_device(m, call->arguments[0], path, (uint32_t)call->arguments[1],
                    (uint32_t)call->arguments[3], (uint32_t)call->arguments[4], flags);
    KSS_TRY(kss_store(m, call->arguments[6], kss_pointer(m), device, KSS_WHO_DRIVER));
    return kss_return(device == 0 ? (uint32_t)STATUS_INSUFFICIENT_RESOURCES
                                  : (uint32_t)STATUS_SUCCESS);
}

// The security descriptor decides nothing here.
struct kss_outcome kss_nt_IoCreateDeviceSecure(struct kss_machine *m, struct kss_call *call) {
    call->arguments[6] = call->arguments[8];
    return kss_nt_IoCreateDevice(m, call);
}

static void free_if_unused(struct kss_machine *m, kss_addr device) {
    uint16_t index = kss_io_object(m, KSS_O_DEVICE, device);
    if (index == KSS_NONE || kss_object_ref(m, index)->irql != DEVICE_DELETED ||
        kss_object_ref(m, index)->period != 0 ||
        kss_peek(m, device + KSS_FIELD(DEVICE_OBJECT, ReferenceCount), 4) != 0)
        return;
    uint32_t attributes = kss_record_find(m, KSS_R_START_IO, device);
    if (attributes != KSS_NO_FRAME)
        kss_record_drop(m, attributes);
    kss_nt_block_free(m, device);
}

void kss_device_opened(struct kss_machine *m, kss_addr device, int by) {
    kss_addr count = device + KSS_FIELD(DEVICE_OBJECT, ReferenceCount);
    if (kss_io_object(m, KSS_O_DEVICE, device) == KSS_NONE)
        return;
    kss_poke(m, count, 4, kss_peek(m, count, 4) + (uint64_t)(int64_t)by);
    free_if_unused(m, device);
}

// Taken off its driver's list; while it is open its memory stays.
struct kss_outcome kss_nt_IoDeleteDevice(struct kss_machine *m, struct kss_call *call) {
    kss_addr device = call->arguments[0];
    KSS_TRY(use_device(m, &device));
    kss_addr link = kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, DriverObject)) +
                    KSS_FIELD(DRIVER_OBJECT, DeviceObject);
    for (kss_addr next; (next = kss_get(m, link)) != 0 && next != device;)
        link = next + KSS_FIELD(DEVICE_OBJECT, NextDevice);
    if (kss_get(m, link) == device)
        kss_set(m, link, kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, NextDevice)));
    uint16_t index = kss_io_object(m, KSS_O_DEVICE, device);
    if (index != KSS_NONE)
        kss_object_ref(m, index)->irql = DEVICE_DELETED;
    free_if_unused(m, device);
    return kss_return(0);
}

// ---- Stacks -------------------------------------------------------------------------------------
// A ring is driver code's own doing; StackSize is a CCHAR, so no stack is deeper than this.
kss_addr kss_device_top(struct kss_machine *m, kss_addr device) {
    enum { DEEPEST = 127 };
    kss_addr above;
    for (unsigned i = 0; i < DEEPEST && device != 0; i++, device = above) {
        above = kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, AttachedDevice));
        if (above == 0)
            break;
    }
    return device;
}

static kss_addr attach(struct kss_machine *m, kss_addr above, kss_addr below) {
    kss_addr top = kss_device_top(m, below);
    unsigned depth = (unsigned)kss_peek(m, top + KSS_FIELD(DEVICE_OBJECT, StackSize), 1) + 1;
    kss_set(m, top + KSS_FIELD(DEVICE_OBJECT, AttachedDevice), above);
    kss_poke(m, above + KSS_FIELD(DEVICE_OBJECT, StackSize), 1, depth);
    kss_poke(m, above + KSS_FIELD(DEVICE_OBJECT, AlignmentRequirement), 4,
             kss_peek(m, top + KSS_FIELD(DEVICE_OBJECT, AlignmentRequirement), 4));
    KSS_EMIT(m, KSS_EV_ATTACH, kss_object_number(m, kss_object_at(m, above)),
             kss_object_number(m, kss_object_at(m, top)), depth, 1);
    return top;
}

// A loader's filter device has the I/O flags of what it stands on, as AddDevice routines see to.
void kss_device_attach(struct kss_machine *m, kss_addr above, kss_addr below) {
    kss_addr top = attach(m, above, below), flags = above + KSS_FIELD(DEVICE_OBJECT, Flags);
    uint64_t own = kss_peek(m, flags, 4);
    uint64_t inherited = kss_peek(m, top + KSS_FIELD(DEVICE_OBJECT, Flags), 4) &
                         (KSS_DO_BUFFERED_IO | KSS_DO_DIRECT_IO | KSS_DO_POWER_BITS);
    kss_poke(m, flags, 4, own | inherited);
}

struct kss_outcome kss_nt_IoAttachDeviceToDeviceStack(struct kss_machine *m,
                                                      struct kss_call *call) {
    KSS_TRY(use_device(m, &call->arguments[0]));
    KSS_TRY(use_device(m, &call->arguments[1]));
    return kss_return(attach(m, call->arguments[0], call->arguments[1]));
}

struct kss_outcome kss_nt_IoAttachDeviceToDeviceStackSafe(struct kss_machine *m,
                                                          struct kss_call *call) {
    KSS_TRY(use_device(m, &call->arguments[0]));
    KSS_TRY(use_device(m, &call->arguments[1]));
    kss_addr top = attach(m, call->arguments[0], call->arguments[1]);
    KSS_TRY(kss_store(m, call->arguments[2], kss_pointer(m), top, KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_IoAttachDevice(struct kss_machine *m, struct kss_call *call) {
    char path[KSS_IO_NAME];
    const char *rest;
    KSS_TRY(use_device(m, &call->arguments[0]));
    KSS_TRY(kss_unicode_read(m, call->arguments[1], path));
    kss_addr target = kss_device_of_path(m, path, &rest);
    if (target == 0)
        return kss_return((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND);
    kss_addr top = attach(m, call->arguments[0], target);
    KSS_TRY(kss_store(m, call->arguments[2], kss_pointer(m), top, KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_IoDetachDevice(struct kss_machine *m, struct kss_call *call) {
    kss_addr below = call->arguments[0];
    KSS_TRY(use_device(m, &below));
    kss_addr link = below + KSS_FIELD(DEVICE_OBJECT, AttachedDevice), above = kss_get(m, link);
    kss_set(m, link, 0);
    KSS_EMIT(m, KSS_EV_ATTACH, kss_object_number(m, kss_object_at(m, above)),
             kss_object_number(m, kss_object_at(m, below)),
             kss_peek(m, below + KSS_FIELD(DEVICE_OBJECT, StackSize), 1), 0);
    return kss_return(0);
}

// References are counted for file objects and devices (kss_object.period); other objects go when they
// are deleted. A deleted device's memory stays until its last reference and its last handle are gone.
uint64_t kss_device_reference(struct kss_machine *m, kss_addr device, int by) {
    uint16_t index = kss_io_object(m, KSS_O_DEVICE, device);
    if (index == KSS_NONE)
        return 1;
    uint64_t count = kss_object_ref(m, index)->period;
    if (by > 0 || count > 0)
        count += (uint64_t)(int64_t)by;
    kss_object_ref(m, index)->period = count;
    free_if_unused(m, device);
    return count + 1;
}

struct kss_outcome kss_nt_IoGetAttachedDevice(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(use_device(m, &call->arguments[0]));
    return kss_return(kss_device_top(m, call->arguments[0]));
}

struct kss_outcome kss_nt_IoGetAttachedDeviceReference(struct kss_machine *m,
                                                       struct kss_call *call) {
    struct kss_outcome top = kss_nt_IoGetAttachedDevice(m, call);
    KSS_TRY(top);
    kss_device_reference(m, top.value, 1);
    return top;
}

// ---- Shutdown -----------------------------------------------------------------------------------
static struct kss_outcome shutdown_flag(struct kss_machine *m, kss_addr device, bool on) {
    KSS_TRY(use_device(m, &device));
    kss_addr flags = device + KSS_FIELD(DEVICE_OBJECT, Flags);
    uint64_t value = kss_peek(m, flags, 4), bit = 0x800; // DO_SHUTDOWN_REGISTERED
    kss_poke(m, flags, 4, on ? value | bit : value & ~bit);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_IoRegisterShutdownNotification(struct kss_machine *m,
                                                         struct kss_call *call) {
    return shutdown_flag(m, call->arguments[0], true);
}

struct kss_outcome kss_nt_IoUnregisterShutdownNotification(struct kss_machine *m,
                                                           struct kss_call *call) {
    return shutdown_flag(m, call->arguments[0], false);
}
