// SPDX-License-Identifier: MIT
// Drivers and devices of a program, on a machine.
//
// A driver with DriverEntry or AddDevice is loaded by a thread of kss's own, the loader, before the
// threads of the scenario start; its body is a row of LOAD_DRIVER and ADD_DEVICE instructions
// (check_device.c). Without any such driver everything is made before the run.
//
// A device is built from the bottom up. A driver that has an AddDevice (from `add:`, or because its
// DriverEntry filled DriverExtension->AddDevice) gets it called with the physical device object, the
// lowest of the stack, and attaches by itself. For every other driver kss makes a device object,
// attaches it and stores the address of the one below in the extension's `lower` field. When the
// lowest driver has an AddDevice, the physical device object is of a driver "pnp", which has no
// dispatch routines, as that of a root-enumerated device.
//
// Addresses are in a global of kss's own (program->device_table), words of 8 bytes:
//
//   device 0: lowest object | device 0: handle | device 1 ... | driver 0: index | driver 0: failed ...
#include "script/execute.h"

#include "nt/layout.h"

enum { DO_BUFFERED_IO = 4, UNKNOWN_DEVICE = 0x22 }; // FILE_DEVICE_UNKNOWN

// ---- The table ----------------------------------------------------------------------------------
static kss_addr word_at(const struct kss_program *program, const struct kss_machine *m,
                        uint32_t word) {
    return kss_global_address(m, program->device_table) + (uint64_t)word * 8;
}

static uint64_t get_word(const struct kss_program *program, struct kss_machine *m, uint32_t word) {
    const uint8_t *bytes = kss_direct(m, word_at(program, m, word), 8, false);
    uint64_t value = 0;
    for (unsigned i = 0; bytes != NULL && i < 8; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void set_word(const struct kss_program *program, struct kss_machine *m, uint32_t word,
                     uint64_t value) {
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    kss_write(m, word_at(program, m, word), bytes, 8, KSS_WHO_DRIVER);
}

static uint32_t lowest_word(uint32_t device) {
    return device * 2;
}
static uint32_t handle_word(uint32_t device) {
    return device * 2 + 1;
}
static uint32_t driver_word(const struct kss_program *program, uint32_t driver) {
    return program->device_count * 2 + driver * 2;
}
static uint32_t failed_word(const struct kss_program *program, uint32_t driver) {
    return driver_word(program, driver) + 1;
}

kss_addr kss_script_device(const struct kss_program *program, struct kss_machine *m,
                           uint32_t device) {
    return get_word(program, m, lowest_word(device));
}

static kss_addr driver_object(const struct kss_program *program, struct kss_machine *m,
                              uint32_t driver) {
    return kss_driver_object(m, (uint16_t)get_word(program, m, driver_word(program, driver)));
}

// ---- Memory in public layout --------------------------------------------------------------------
static kss_addr read_pointer(struct kss_machine *m, kss_addr address) {
    uint8_t bytes[8] = {0};
    unsigned size = kss_machine_config(m)->profile.pointer_size;
    kss_read(m, address, bytes, size, KSS_WHO_DRIVER);
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void write_pointer(struct kss_machine *m, kss_addr address, kss_addr value) {
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    kss_write(m, address, bytes, kss_machine_config(m)->profile.pointer_size, KSS_WHO_DRIVER);
}

static bool is_wide(const struct kss_machine *m) {
    return kss_machine_config(m)->profile.pointer_size == 8;
}

// ---- Making -------------------------------------------------------------------------------------
static void add_drivers(const struct kss_program *program, struct kss_machine *m) {
    for (uint32_t i = 0; i < program->driver_count; i++) {
        const struct kss_script_driver *from = &program->drivers[i];
        struct kss_driver driver = {.name = from->name,
                                    .add_device = from->add,
                                    .unload = from->unload,
                                    .start_io = from->start_io};
        memcpy(driver.major, from->major, sizeof driver.major);
        kss_at(m, from->place);
        uint16_t index = kss_driver_add(m, &driver, from->place);
        set_word(program, m, driver_word(program, i), index);
        if (from->entry == KSS_NO_FRAME)
            kss_driver_started(m, index);
    }
}

static kss_addr physical_device(const struct kss_program *program, struct kss_machine *m,
                                uint32_t device) {
    struct kss_driver pnp = {.name = "pnp",
                             .add_device = KSS_NO_FRAME,
                             .unload = KSS_NO_FRAME,
                             .start_io = KSS_NO_FRAME};
    for (unsigned i = 0; i < KSS_MAJOR_FUNCTIONS; i++)
        pnp.major[i] = KSS_NO_FRAME;
    uint16_t driver = kss_driver_add(m, &pnp, program->devices[device].place);
    kss_driver_started(m, driver);
    return kss_device_add(m, driver, program->devices[device].name, 0, UNKNOWN_DEVICE,
                          DO_BUFFERED_IO);
}

// The device object of a driver without AddDevice.
static kss_addr make_object(const struct kss_program *program, struct kss_machine *m,
                            uint32_t driver, uint32_t device, kss_addr below) {
    const struct kss_script_driver *from = &program->drivers[driver];
    uint32_t io = from->io != KSS_NO_FRAME ? from->io : below == 0 ? DO_BUFFERED_IO : 0;
    uint16_t index = (uint16_t)get_word(program, m, driver_word(program, driver));
    kss_addr object = kss_device_add(m, index, below == 0 ? program->devices[device].name : NULL,
                                     from->extension, UNKNOWN_DEVICE, io);
    if (object == 0)
        return 0;
    kss_driver_started(m, index);
    if (below != 0)
        kss_device_attach(m, object, below);
    if (below != 0 && from->lower != KSS_NO_FRAME) {
        kss_addr extension =
            read_pointer(m, object + KSS_OFFSET(DEVICE_OBJECT, DeviceExtension, is_wide(m)));
        write_pointer(m, extension + from->lower, below);
    }
    return object;
}

static void keep_device(const struct kss_program *program, struct kss_machine *m, uint32_t device,
                        kss_addr lowest) {
    set_word(program, m, lowest_word(device), lowest);
    set_word(program, m, handle_word(device), kss_handle_of_device(m, lowest));
}

// Puts [driver] on the stack of [device]. Returns its AddDevice, when it is to be called with
// *physical, else KSS_NO_FRAME.
static uint32_t add_device(const struct kss_program *program, struct kss_machine *m,
                           uint32_t driver, uint32_t device, kss_addr *physical) {
    if (get_word(program, m, failed_word(program, driver)))
        return KSS_NO_FRAME;
    bool wide = is_wide(m);
    kss_addr extension = read_pointer(m, driver_object(program, m, driver) +
                                             KSS_OFFSET(DRIVER_OBJECT, DriverExtension, wide));
    kss_addr routine =
        extension ? read_pointer(m, extension + KSS_OFFSET(DRIVER_EXTENSION, AddDevice, wide)) : 0;
    uint32_t code;
    *physical = kss_script_device(program, m, device);
    kss_addr below = *physical == 0 ? 0 : kss_device_top(m, *physical);
    if (routine == 0 || !kss_code_at(m, routine, &code)) {
        kss_addr object = make_object(program, m, driver, device, below);
        if (below == 0 && object != 0)
            keep_device(program, m, device, object);
        return KSS_NO_FRAME;
    }
    if (*physical == 0) {
        *physical = physical_device(program, m, device);
        keep_device(program, m, device, *physical);
    }
    return code;
}

void kss_script_make_devices(const struct kss_program *program, struct kss_machine *m) {
    bool loader = program->thread_count > 0 && program->threads[program->thread_count - 1].loader;
    add_drivers(program, m);
    for (uint32_t i = 0; i < program->device_count && !loader; i++) {
        const struct kss_script_device *device = &program->devices[i];
        kss_addr physical;
        kss_at(m, device->place);
        for (uint32_t level = device->driver_count; level-- > 0;)
            add_device(program, m, device->drivers[level], i, &physical);
    }
}

// ---- Instructions -------------------------------------------------------------------------------
static void set(struct kss_processor *p, const struct kss_instruction *i, unsigned slot,
                uint64_t value) {
    kss_slot_set(kss_slots_of(p, p->frame), i->a + (int)slot * 8, value);
}

void kss_slow_device(struct kss_processor *p, const struct kss_instruction *i, bool handle) {
    uint64_t value = get_word(
        p->whole, p->m, handle ? handle_word((uint32_t)i->imm) : lowest_word((uint32_t)i->imm));
    if (!handle && value != 0)
        value = kss_device_top(p->m, value);
    kss_reload(p);
    set(p, i, 0, value);
}

static bool enter(struct kss_processor *p, const struct kss_instruction *i, uint32_t routine,
                  kss_addr first, kss_addr second) {
    kss_reload(p);
    set(p, i, 0, first);
    set(p, i, 1, second);
    unsigned count = p->program->entries[routine].parameters;
    p->entered = true;
    return kss_slow_call(p, i, routine, 0, count < 2 ? count : 2);
}

bool kss_slow_load_driver(struct kss_processor *p, const struct kss_instruction *i) {
    kss_addr object = driver_object(p->whole, p->m, (uint32_t)i->b);
    kss_addr extension =
        read_pointer(p->m, object + KSS_OFFSET(DRIVER_OBJECT, DriverExtension, is_wide(p->m)));
    // The registry path: the service key's name stands for it.
    kss_addr path = extension + KSS_OFFSET(DRIVER_EXTENSION, ServiceKeyName, is_wide(p->m));
    return enter(p, i, p->whole->drivers[i->b].entry, object, path);
}

bool kss_slow_add_device(struct kss_processor *p, const struct kss_instruction *i) {
    kss_addr physical = 0;
    kss_at(p->m, p->program->places[i - p->program->code]);
    uint32_t routine = add_device(p->whole, p->m, (uint32_t)i->b, (uint32_t)i->c, &physical);
    p->entered = false;
    if (routine != KSS_NO_FRAME)
        return enter(p, i, routine, driver_object(p->whole, p->m, (uint32_t)i->b), physical);
    kss_reload(p);
    set(p, i, 0, 0);
    return true;
}

// A driver whose DriverEntry failed is not loaded: it gets no devices.
void kss_slow_loaded(struct kss_processor *p, const struct kss_instruction *i) {
    uint32_t status = (uint32_t)kss_slot_get(kss_slots_of(p, p->frame), i->a);
    uint32_t driver = (uint32_t)i->b;
    const struct kss_program *program = p->whole;
    kss_at(p->m, p->program->places[i - p->program->code]);
    kss_driver_started(p->m, (uint16_t)get_word(program, p->m, driver_word(program, driver)));
    if ((int32_t)status < 0) {
        const char *name = kss_status_name(status);
        struct kss_text text = {0};
        kss_text_format(&text, "%s of %s returned ", i->x ? "AddDevice" : "DriverEntry",
                        program->drivers[driver].name);
        if (name != NULL)
            kss_text_str(&text, name);
        else
            kss_text_hex(&text, status);
        kss_text_str(&text, i->x ? ": it has no device here" : ": it is not loaded");
        if (!i->x)
            set_word(program, p->m, failed_word(program, driver), 1);
        if (kss_wanted(p->m, KSS_EV_DBGPRINT))
            kss_emit(p->m, KSS_EV_DBGPRINT, kss_text_id(p->m, text.bytes), 0, 0, 0);
        kss_text_free(&text);
    }
    kss_reload(p);
}
