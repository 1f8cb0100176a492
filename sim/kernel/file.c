// SPDX-License-Identifier: MIT
// File objects and the system calls on them: a request goes to the top of the device stack on the
// caller's own kernel stack.
//
//   NtReadFile -> IRP -> dispatch routine of the highest driver -> ...
//   status not STATUS_PENDING   the second completion stage happens at once, in the call
//   STATUS_PENDING              a synchronous handle waits on the file object's event, in the mode
//                               of the caller (policy synchronous-io-wait); others return
//
// The calls that name an event or an APC routine are refused until those exist.
#include "kernel/io.h"
#include "kernel/irp_build.h"

enum { HANDLE_OF_DEVICE = 0x40000000, A_MODE = KSS_PARAMETERS - 2, A_FILE = KSS_PARAMETERS - 1 };

// ---- File objects -------------------------------------------------------------------------------
static void event_in(struct kss_machine *m, kss_addr address, unsigned synchronization) {
    struct kss_call event = {.arguments = {address, synchronization, 0}, .routine = m->at_work};
    kss_nt_KeInitializeEvent(m, &event);
}

static kss_addr make_file(struct kss_machine *m, kss_addr device, bool synchronous) {
    unsigned size = KSS_SIZE(FILE_OBJECT, kss_wide(m));
    kss_addr file = kss_nt_block(m, KSS_NTB_FILE, size);
    if (file == 0)
        return 0;
    kss_poke(m, file, 2, KSS_TYPE_FILE);
    kss_poke(m, file + KSS_FIELD(FILE_OBJECT, Size), 2, size);
    kss_set(m, file + KSS_FIELD(FILE_OBJECT, DeviceObject), device);
    kss_poke(m, file + KSS_FIELD(FILE_OBJECT, Flags), 4, synchronous ? KSS_FO_SYNCHRONOUS_IO : 0);
    uint16_t index = kss_object_init(m, file, KSS_O_FILE, 0, 0);
    kss_object_ref(m, index)->context = device;
    kss_object_ref(m, index)->routine = KSS_NONE;
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
static kss_addr file_of(struct kss_machine *m, uint64_t handle) {
    uint16_t thread = kss_cpu(m)->thread;
    bool of_device = handle & HANDLE_OF_DEVICE;
    kss_addr device =
        of_device ? device_numbered(m, (handle & (HANDLE_OF_DEVICE - 1)) / 4) : 0;
    if (handle == 0 || thread == KSS_NONE || (of_device && device == 0))
        return 0;
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *file = kss_object_ref(m, i);
        if (file->kind != KSS_O_FILE || file->flags & KSS_OF_DEAD)
            continue;
        if (of_device ? file->routine == thread && file->context == device
                      : (uint64_t)file->signal == handle)
            return file->address;
    }
    if (!of_device)
        return 0;
    kss_addr file = make_file(m, device, true);
    if (file != 0)
        kss_object_ref(m, kss_object_at(m, file))->routine = thread;
    return file;
}

static kss_addr device_of(struct kss_machine *m, kss_addr file) {
    return kss_device_top(m, kss_get(m, file + KSS_FIELD(FILE_OBJECT, DeviceObject)));
}

static bool synchronous(struct kss_machine *m, kss_addr file) {
    return kss_peek(m, file + KSS_FIELD(FILE_OBJECT, Flags), 4) & KSS_FO_SYNCHRONOUS_IO;
}

// ---- Requests -----------------------------------------------------------------------------------
static unsigned previous_mode(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread != KSS_NONE && !(kss_thread_at(m, thread)->flags & KSS_TF_SYSTEM);
}

// An IRP of the running thread for [file]; its next location names the file. 0: no memory.
static kss_addr request(struct kss_machine *m, kss_addr file, kss_addr block, unsigned mode,
                        bool defer, unsigned flags) {
    kss_addr device = device_of(m, file);
    unsigned size = (unsigned)kss_peek(m, device + KSS_FIELD(DEVICE_OBJECT, StackSize), 1) & 0x7F;
    kss_addr irp = kss_irp_new(m, size, KSS_IRP_SYSTEM_CALL, kss_cpu(m)->thread);
    if (irp == 0)
        return 0;
    if (mode == 0)
        kss_irp_watch(m, irp, block, 0);
    else // a thread's body stands for user mode: its locals are not on the kernel stack
        kss_set(m, irp + KSS_FIELD(IRP, UserIosb), block);
    kss_set(m, irp + KSS_TAIL(OriginalFileObject), file);
    kss_poke(m, irp + KSS_FIELD(IRP, RequestorMode), 1, mode);
    kss_poke(m, irp + KSS_FIELD(IRP, Flags), 4, flags | (defer ? KSS_IRP_F_DEFER : 0u));
    kss_set(m, kss_irp_location(m, irp) - kss_location_size(m) +
                   KSS_FIELD(IO_STACK_LOCATION, FileObject),
            file);
    uint16_t event = kss_object_at(m, file + KSS_FIELD(FILE_OBJECT, Event));
    if (event != KSS_NONE)
        kss_object_signal_state(m, event, 0);
    return irp;
}

// The request came back with [status]: what the call returns, after waiting at [step] when it has
// to. A driver that returned another status than STATUS_PENDING without completing keeps the IRP.
static struct kss_outcome settle(struct kss_machine *m, struct kss_call *call, uint32_t status,
                                 unsigned mode, bool waits, uint8_t step) {
    kss_addr file = call->arguments[A_FILE];
    if (status == STATUS_PENDING) {
        if (!waits)
            return kss_return(status);
        KSS_TRY(kss_wait_in(m, call, file + KSS_FIELD(FILE_OBJECT, Event), mode, step));
        return kss_return((uint32_t)kss_peek(m, file + KSS_FIELD(FILE_OBJECT, FinalStatus), 4));
    }
    uint16_t index = kss_object_numbered(m, (uint32_t)call->local[2]);
    if (index == KSS_NONE || kss_object_ref(m, index)->kind != KSS_O_IRP ||
        kss_object_ref(m, index)->flags & KSS_OF_DEAD ||
        !(kss_object_ref(m, index)->irql & KSS_IRP_COMPLETED) ||
        kss_object_ref(m, index)->irql & KSS_IRP_APC)
        return kss_return(status);
    uint8_t irql = kss_cpu(m)->irql;
    if (irql < KSS_APC_LEVEL)
        kss_cpu(m)->irql = KSS_APC_LEVEL;
    kss_irp_finish(m, index);
    if (kss_globals(m)->stopped)
        return kss_stopped();
    kss_cpu(m)->irql = irql;
    return kss_return(status);
}

// The wait of settle is over.
static struct kss_outcome settled(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome = kss_wait_over(m, call);
    KSS_TRY(outcome);
    if (outcome.value != STATUS_SUCCESS) // ended by a termination: the request goes on without us
        return outcome;
    return kss_return((uint32_t)kss_peek(
        m, call->arguments[A_FILE] + KSS_FIELD(FILE_OBJECT, FinalStatus), 4));
}

// Steps: 1, 2 sent; 3 waits.
static struct kss_outcome go_on(struct kss_machine *m, struct kss_call *call) {
    kss_addr file = call->arguments[A_FILE];
    if (call->step == 3)
        return settled(m, call);
    struct kss_outcome sent = kss_irp_sent(m, call, 1);
    KSS_TRY(sent);
    return settle(m, call, (uint32_t)sent.value, (unsigned)call->arguments[A_MODE],
                  synchronous(m, file), 3);
}

static struct kss_outcome send(struct kss_machine *m, struct kss_call *call, kss_addr irp) {
    kss_addr file = call->arguments[A_FILE];
    if (synchronous(m, file))
        kss_policy_used(m, KSS_POLICY_synchronous_io_wait);
    struct kss_outcome sent = kss_irp_send(m, call, device_of(m, file), irp, 1);
    KSS_TRY(sent);
    return settle(m, call, (uint32_t)sent.value, (unsigned)call->arguments[A_MODE],
                  synchronous(m, file), 3);
}

static struct kss_outcome cannot_build(struct kss_machine *m, kss_addr irp,
                                       struct kss_outcome made) {
    if (made.kind == KSS_OUT_STOP)
        return made;
    kss_irp_release(m, irp, KSS_BY_NT);
    return made;
}

// [event], [apc]: arguments that nothing can be done about yet.
static struct kss_outcome begin(struct kss_machine *m, struct kss_call *call, unsigned mode) {
    kss_addr file = file_of(m, call->arguments[0]);
    if (file == 0)
        return kss_return((uint32_t)STATUS_INVALID_HANDLE);
    if (call->arguments[1] != 0)
        return kss_return((uint32_t)STATUS_INVALID_HANDLE);
    if (call->arguments[2] != 0)
        return kss_return((uint32_t)STATUS_NOT_SUPPORTED);
    call->arguments[A_FILE] = file;
    call->arguments[A_MODE] = mode;
    return kss_return(0);
}

static struct kss_outcome transfer(struct kss_machine *m, struct kss_call *call, unsigned major,
                                   unsigned mode) {
    if (call->step != 0)
        return go_on(m, call);
    struct kss_outcome ready = begin(m, call, mode), outcome = kss_return(0);
    if (ready.value != 0)
        return ready;
    const uint64_t *given = call->arguments;
    struct kss_transfer what = {.major = major,
                                .buffer = given[5],
                                .length = (uint32_t)given[6]};
    if (given[7] != 0)
        what.offset = kss_load(m, given[7], 8, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    if (given[8] != 0)
        what.key = (uint32_t)kss_load(m, given[8], 4, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    kss_addr file = given[A_FILE];
    kss_addr irp = request(m, file, given[4], mode, synchronous(m, file), 0);
    if (irp == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    struct kss_outcome made = kss_irp_fill_transfer(m, irp, device_of(m, file), &what);
    if (made.kind != KSS_OUT_RETURN || made.value != 0)
        return cannot_build(m, irp, made);
    return send(m, call, irp);
}

static struct kss_outcome control(struct kss_machine *m, struct kss_call *call, unsigned mode) {
    if (call->step != 0)
        return go_on(m, call);
    const uint64_t *given = call->arguments;
    struct kss_control what = {.code = (uint32_t)given[5],
                               .in = given[6],
                               .in_length = (uint32_t)given[7],
                               .out = given[8],
                               .out_length = (uint32_t)given[9]};
    struct kss_outcome ready = begin(m, call, mode);
    if (ready.value != 0)
        return ready;
    kss_addr file = given[A_FILE];
    kss_addr irp = request(m, file, given[4], mode, synchronous(m, file), 0);
    if (irp == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    struct kss_outcome made = kss_irp_fill_control(m, irp, KSS_MJ_DEVICE_CONTROL, &what);
    if (made.kind != KSS_OUT_RETURN || made.value != 0)
        return cannot_build(m, irp, made);
    return send(m, call, irp);
}

struct kss_outcome kss_nt_NtReadFile(struct kss_machine *m, struct kss_call *call) {
    return transfer(m, call, KSS_MJ_READ, previous_mode(m));
}

struct kss_outcome kss_nt_NtWriteFile(struct kss_machine *m, struct kss_call *call) {
    return transfer(m, call, KSS_MJ_WRITE, previous_mode(m));
}

struct kss_outcome kss_nt_ZwReadFile(struct kss_machine *m, struct kss_call *call) {
    return transfer(m, call, KSS_MJ_READ, 0);
}

struct kss_outcome kss_nt_ZwWriteFile(struct kss_machine *m, struct kss_call *call) {
    return transfer(m, call, KSS_MJ_WRITE, 0);
}

struct kss_outcome kss_nt_NtDeviceIoControlFile(struct kss_machine *m, struct kss_call *call) {
    return control(m, call, previous_mode(m));
}

struct kss_outcome kss_nt_ZwDeviceIoControlFile(struct kss_machine *m, struct kss_call *call) {
    return control(m, call, 0);
}

// ---- Opening ------------------------------------------------------------------------------------
// Sends IRP_MJ_CREATE for a new file object of [device]. Steps 1 to 3 as above, the wait in
// KernelMode.
static struct kss_outcome open_device(struct kss_machine *m, struct kss_call *call,
                                      kss_addr device, kss_addr block, bool synchronous_io,
                                      const uint64_t *create) {
    kss_addr file = make_file(m, device, synchronous_io);
    if (file == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_addr irp = request(m, file, block, 0, true,
                           KSS_IRP_F_CREATE | KSS_IRP_F_SYNCHRONOUS_API);
    if (irp == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_addr at = kss_irp_location(m, irp) - kss_location_size(m);
    kss_addr parameters = at + KSS_FIELD(IO_STACK_LOCATION, Parameters);
    kss_poke(m, at, 1, KSS_MJ_CREATE);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Create, Options), 4,
             (create[8] & 0xFFFFFF) | (create[7] & 0xFF) << 24);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Create, FileAttributes), 2, create[5]);
    kss_poke(m, parameters + KSS_FIELD(IO_STACK_LOCATION_Create, ShareAccess), 2, create[6]);
    call->arguments[A_FILE] = file;
    return kss_irp_send(m, call, device_of(m, file), irp, 1);
}

static struct kss_outcome opened(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 3)
        return settled(m, call);
    struct kss_outcome sent = kss_irp_sent(m, call, 1);
    KSS_TRY(sent);
    return settle(m, call, (uint32_t)sent.value, 0, true, 3);
}

static void close_file(struct kss_machine *m, kss_addr file) {
    kss_nt_block_free(m, file);
}

// A new file object that a driver accepted gets its handle; a refused one goes.
static struct kss_outcome give_handle(struct kss_machine *m, struct kss_call *call,
                                      uint32_t status) {
    kss_addr file = call->arguments[A_FILE];
    if (!kss_nt_success(status)) {
        close_file(m, file);
        return kss_return(status);
    }
    uint64_t handle = 4u * kss_globals(m)->nt_blocks[KSS_NTB_FILE];
    kss_object_ref(m, kss_object_at(m, file))->signal = (int32_t)handle;
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
    kss_addr name =
        kss_load(m, call->arguments[2] + KSS_FIELD(OBJECT_ATTRIBUTES, ObjectName), kss_pointer(m),
                 KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    KSS_TRY(kss_unicode_read(m, name, path));
    kss_addr device = kss_device_of_path(m, path, &rest);
    if (device == 0)
        return kss_return((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND);
    bool synchronous_io = call->arguments[8] & 0x30; // FILE_SYNCHRONOUS_IO_(NON)ALERT
    outcome = open_device(m, call, device, call->arguments[3], synchronous_io, call->arguments);
    KSS_TRY(outcome);
    if (call->arguments[A_FILE] == 0)
        return outcome;
    outcome = settle(m, call, (uint32_t)outcome.value, 0, true, 3);
    KSS_TRY(outcome);
    return give_handle(m, call, (uint32_t)outcome.value);
}

struct kss_outcome kss_nt_NtCreateFile(struct kss_machine *m, struct kss_call *call) {
    return create(m, call);
}

struct kss_outcome kss_nt_ZwCreateFile(struct kss_machine *m, struct kss_call *call) {
    return create(m, call);
}

// The file object holds the device open; IRP_MJ_CLEANUP and IRP_MJ_CLOSE are not sent when it goes.
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
        outcome = open_device(m, call, device, 0, false, plain);
        KSS_TRY(outcome);
        if (call->arguments[A_FILE] == 0)
            return outcome;
        outcome = settle(m, call, (uint32_t)outcome.value, 0, true, 3);
    }
    KSS_TRY(outcome);
    kss_addr file = call->arguments[A_FILE];
    if (!kss_nt_success(outcome.value)) {
        close_file(m, file);
        return outcome;
    }
    KSS_TRY(kss_store(m, call->arguments[2], kss_pointer(m), file, KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, call->arguments[3], kss_pointer(m), device_of(m, file), KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// ---- Closing ------------------------------------------------------------------------------------
// IRP_MJ_CLEANUP at steps 1 to 3, IRP_MJ_CLOSE at 4 to 6; what drivers answer does not matter.
static struct kss_outcome last_request(struct kss_machine *m, struct kss_call *call,
                                       unsigned major, uint8_t base) {
    kss_addr file = call->arguments[A_FILE];
    struct kss_outcome outcome;
    if (call->step < base) {
        kss_addr irp = request(m, file, 0, 0, true,
                               KSS_IRP_F_CLOSE | KSS_IRP_F_SYNCHRONOUS_API);
        if (irp == 0)
            return kss_return(0);
        kss_poke(m, kss_irp_location(m, irp) - kss_location_size(m), 1, major);
        outcome = kss_irp_send(m, call, device_of(m, file), irp, base);
    } else if (call->step == base + 2) {
        return settled(m, call);
    } else {
        outcome = kss_irp_sent(m, call, base);
    }
    KSS_TRY(outcome);
    return settle(m, call, (uint32_t)outcome.value, 0, true, (uint8_t)(base + 2));
}

static struct kss_outcome close(struct kss_machine *m, struct kss_call *call) {
    uint64_t handle = call->arguments[0];
    if (call->step == 0) {
        if (handle & HANDLE_OF_DEVICE) // the environment's: stays open
            return kss_return((uint32_t)STATUS_SUCCESS);
        call->arguments[A_FILE] = file_of(m, handle);
        if (call->arguments[A_FILE] == 0)
            return kss_return((uint32_t)STATUS_INVALID_HANDLE);
        kss_object_ref(m, kss_object_at(m, call->arguments[A_FILE]))->signal = 0;
    }
    if (call->step < 4)
        KSS_TRY(last_request(m, call, KSS_MJ_CLEANUP, 1));
    KSS_TRY(last_request(m, call, KSS_MJ_CLOSE, 4));
    close_file(m, call->arguments[A_FILE]);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_NtClose(struct kss_machine *m, struct kss_call *call) {
    return close(m, call);
}

struct kss_outcome kss_nt_ZwClose(struct kss_machine *m, struct kss_call *call) {
    return close(m, call);
}
