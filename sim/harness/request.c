// SPDX-License-Identifier: MIT
// Drivers loaded, devices made, requests sent: what the I/O manager and a program do around a driver.
#include "harness/private.h"

#include "base/os.h"
#include "native/image.h"
#include "nt/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING = 0x103 }; // STATUS_PENDING; nt/status.h and kss/kss.h name one enum alike

struct kss_loaded {
    const char *name;
    uint16_t number;
};

static struct kss_loaded *loaded(struct kss_harness *h, const char *name) {
    for (unsigned i = 0; i < h->loaded_count; i++)
        if (strcmp(h->loaded[i].name, name) == 0)
            return &h->loaded[i];
    return NULL;
}

static struct kss_loaded *must_be_loaded(struct kss_harness *h, const char *what,
                                         const char *name) {
    struct kss_loaded *driver = loaded(h, name);
    if (driver == NULL)
        kss_harness_refuse(what, "no such driver is loaded:", name);
    return driver;
}

static struct kss_loaded *add(struct kss_harness *h, const char *name,
                              const struct kss_driver *driver) {
    KSS_ROOM(h->loaded, h->loaded_count, h->loaded_room);
    struct kss_loaded *row = &h->loaded[h->loaded_count++];
    *row = (struct kss_loaded){.name = name, .number = kss_driver_add(h->machine, driver, 0)};
    return row;
}

static struct kss_driver empty_driver(const char *name) {
    struct kss_driver driver = {
        .name = name, .add_device = KSS_NO_FRAME, .unload = KSS_NO_FRAME, .start_io = KSS_NO_FRAME};
    for (unsigned i = 0; i < KSS_MAJOR_FUNCTIONS; i++)
        driver.major[i] = KSS_NO_FRAME;
    return driver;
}

// A pointer in driver memory.
static kss_addr pointer_at(struct kss_harness *h, kss_addr address) {
    uintptr_t value = 0;
    kss_read(h->machine, address, &value, sizeof value, KSS_WHO_DMA);
    return value;
}

static uint32_t run_system(const char *name, kss_routine *routine, const uintptr_t *arguments,
                           unsigned count) {
    unsigned thread = kss_thread_start(&(struct kss_thread_options){.name = name,
                                                                    .routine = routine,
                                                                    .arguments = arguments,
                                                                    .argument_count = count,
                                                                    .system = true});
    kss_run_all();
    return kss_thread_phase(thread) == KSS_THREAD_ENDED ? (uint32_t)kss_thread_value(thread)
                                                        : PENDING;
}

// ---- Drivers ------------------------------------------------------------------------------------------
// \Registry\Machine\System\CurrentControlSet\Services\NAME, as the I/O manager passes it.
static void *registry_path(struct kss_harness *h, const char *name) {
    static const char services[] = "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\";
    size_t length = sizeof services - 1 + strlen(name);
    struct counted {
        uint16_t length, maximum;
        uint16_t *buffer;
        uint16_t text[];
    } *path = malloc(sizeof *path + (length + 1) * 2);
    if (path == NULL)
        kss_os_fatal("out of memory");
    for (size_t i = 0; i < length; i++)
        path->text[i] =
            (uint16_t)(unsigned char)(i < sizeof services - 1 ? services[i]
                                                              : name[i - (sizeof services - 1)]);
    path->text[length] = 0;
    path->length = (uint16_t)(length * 2);
    path->maximum = (uint16_t)(length * 2 + 2);
    path->buffer = path->text;
    KSS_ROOM(h->kept, h->kept_count, h->kept_room);
    return h->kept[h->kept_count++] = path;
}

uint32_t kss_load_driver(const char *name) {
    struct kss_harness *h = kss_harness("kss_load_driver");
    const struct kss_module *module = kss_module_named(name);
    if (module == NULL)
        kss_harness_refuse("kss_load_driver", "no driver was made with kss_add_driver as", name);
    if (loaded(h, name) != NULL)
        kss_harness_refuse("kss_load_driver", "loaded already:", name);
    struct kss_driver driver = empty_driver(module->name);
    struct kss_loaded *row = add(h, module->name, &driver);
    uint16_t number = row->number;
    uint32_t status =
        run_system("DriverEntry", module->entry,
                   (const uintptr_t[]){(uintptr_t)kss_driver_object(h->machine, number),
                                       (uintptr_t)registry_path(h, module->name)},
                   2);
    if (status != PENDING)
        kss_driver_started(h->machine, number);
    return status;
}

void *kss_driver_object_of(const char *name) {
    struct kss_harness *h = kss_harness("kss_driver_object_of");
    struct kss_loaded *driver = loaded(h, name);
    return driver == NULL ? NULL : (void *)(uintptr_t)kss_driver_object(h->machine, driver->number);
}

uint32_t kss_add_device(const char *name, void *pdo) {
    struct kss_harness *h = kss_harness("kss_add_device");
    kss_addr object =
        kss_driver_object(h->machine, must_be_loaded(h, "kss_add_device", name)->number);
    bool wide = sizeof(void *) == 8;
    kss_addr extension = pointer_at(h, object + KSS_OFFSET(DRIVER_OBJECT, DriverExtension, wide));
    kss_addr routine = pointer_at(h, extension + KSS_OFFSET(DRIVER_EXTENSION, AddDevice, wide));
    if (routine == 0)
        kss_harness_refuse("kss_add_device", "DriverEntry set no AddDevice in", name);
    return run_system("AddDevice", (kss_routine *)(uintptr_t)routine,
                      (const uintptr_t[]){(uintptr_t)object, (uintptr_t)pdo}, 2);
}

bool kss_unload_driver(const char *name) {
    struct kss_harness *h = kss_harness("kss_unload_driver");
    kss_addr object =
        kss_driver_object(h->machine, must_be_loaded(h, "kss_unload_driver", name)->number);
    kss_addr routine =
        pointer_at(h, object + KSS_OFFSET(DRIVER_OBJECT, DriverUnload, sizeof(void *) == 8));
    if (routine == 0)
        return false;
    run_system("DriverUnload", (kss_routine *)(uintptr_t)routine,
               (const uintptr_t[]){(uintptr_t)object}, 1);
    return true;
}

// ---- Devices ------------------------------------------------------------------------------------------
void *kss_make_device(const char *name, const struct kss_dispatch *dispatch, unsigned count) {
    struct kss_harness *h = kss_harness("kss_make_device");
    char driver_name[32];
    snprintf(driver_name, sizeof driver_name, "bus%u", h->made_devices++);
    char *kept = malloc(sizeof driver_name);
    if (kept == NULL)
        kss_os_fatal("out of memory");
    memcpy(kept, driver_name, sizeof driver_name);
    KSS_ROOM(h->kept, h->kept_count, h->kept_room);
    h->kept[h->kept_count++] = kept;
    struct kss_driver driver = empty_driver(kept);
    for (unsigned i = 0; i < count; i++) {
        if (dispatch[i].major >= KSS_MAJOR_FUNCTIONS)
            kss_os_fatal("kss_make_device: there is no such IRP_MJ_x");
        driver.major[dispatch[i].major] = kss_native_code(h->native, dispatch[i].routine);
    }
    struct kss_loaded *row = add(h, kept, &driver);
    enum { FILE_DEVICE_UNKNOWN = 0x22, DO_BUFFERED_IO = 4 };
    return (void *)(uintptr_t)kss_device_add(h->machine, row->number, name, 0, FILE_DEVICE_UNKNOWN,
                                             DO_BUFFERED_IO);
}

void *kss_device_object(const char *name) {
    struct kss_harness *h = kss_harness("kss_device_object");
    return (void *)(uintptr_t)kss_device_named(h->machine, name, strlen(name));
}

// ---- Requests -----------------------------------------------------------------------------------------
unsigned kss_io_start(const char *thread, struct kss_io *io) {
    struct kss_harness *h = kss_harness("kss_io_start");
    io->status = PENDING;
    io->information = 0;
    uint64_t handle = (uintptr_t)io->handle;
    if (handle == 0 && io->device != NULL)
        handle = kss_handle_of_device(h->machine, (kss_addr)(uintptr_t)io->device);
    return kss_thread_start(&(struct kss_thread_options){
        .name = thread,
        .routine = (kss_routine *)(uintptr_t)kss_system_call,
        .arguments = (const uintptr_t[]){(uintptr_t)io, (uintptr_t)handle},
        .argument_count = 2});
}

uint32_t kss_io(const char *thread, struct kss_io *io) {
    kss_io_start(thread, io);
    kss_run_all();
    return io->status;
}
