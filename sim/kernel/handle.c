// SPDX-License-Identifier: MIT
// Handles, references, and the objects that have handles: threads, files, events.
//
// One table for the machine; slot n is handle 4 * (n + 1), lowest slot first, so a stale handle may
// mean something else later, as on Windows. -1 and -2 are the current process and thread. There
// are counts for files, devices and events; processes and threads are always there.
#include "kernel/io.h"

#define CURRENT_THREAD(m) (kss_wide(m) ? UINT64_C(0xFFFFFFFFFFFFFFFE) : UINT64_C(0xFFFFFFFE))

// ---- The table ----------------------------------------------------------------------------------
uint64_t kss_handle_new(struct kss_machine *m, enum kss_handle_kind kind, uint16_t target) {
    uint32_t count = kss_handle_at_count(m), slot = 0;
    while (slot < count && kss_handle_at(m, slot)->kind != KSS_HANDLE_FREE)
        slot++;
    if (slot == count)
        kss_section_append(m, KSS_S_HANDLE, sizeof(struct kss_handle));
    *kss_handle_at(m, slot) = (struct kss_handle){.kind = (uint16_t)kind, .target = target};
    return 4 * ((uint64_t)slot + 1);
}

static struct kss_handle *entry_of(const struct kss_machine *m, uint64_t handle) {
    if (handle == 0 || handle % 4 != 0 || handle / 4 > kss_handle_at_count(m))
        return NULL;
    struct kss_handle *entry = kss_handle_at(m, (uint32_t)(handle / 4 - 1));
    return entry->kind == KSS_HANDLE_FREE ? NULL : entry;
}

uint16_t kss_handle_target(const struct kss_machine *m, uint64_t handle,
                           enum kss_handle_kind kind) {
    const struct kss_handle *entry = entry_of(m, handle);
    return entry != NULL && entry->kind == kind ? entry->target : (uint16_t)KSS_NONE;
}

static uint64_t event_reference(struct kss_machine *m, uint16_t index, int by) {
    struct kss_object *event = kss_object_ref(m, index);
    event->period += (uint64_t)(int64_t)by;
    uint64_t count = event->period;
    if (count == 0)
        kss_nt_block_free(m, event->address);
    return count;
}

bool kss_handle_close(struct kss_machine *m, uint64_t handle) {
    struct kss_handle *entry = entry_of(m, handle);
    if (entry == NULL)
        return false;
    struct kss_handle closed = *entry;
    *entry = (struct kss_handle){0};
    if (closed.kind == KSS_HANDLE_EVENT)
        event_reference(m, closed.target, -1);
    return true;
}

// ---- References ---------------------------------------------------------------------------------
// The event object of nt's own at an address, KSS_NONE: it is a driver's, or none.
static uint16_t nt_event(struct kss_machine *m, kss_addr address) {
    uint16_t index = kss_object_at(m, address);
    uint32_t region = kss_region_find(m, address);
    bool own = index != KSS_NONE && kss_object_ref(m, index)->kind == KSS_O_EVENT &&
               region != KSS_NO_FRAME && kss_region_at(m, region)->nt == KSS_NTB_EVENT;
    return own ? index : (uint16_t)KSS_NONE;
}

static struct kss_outcome reference(struct kss_machine *m, kss_addr object, int by) {
    struct kss_outcome outcome;
    if (kss_thread_with_address(m, object) != KSS_NONE || kss_is_process(m, object))
        return kss_return(1);
    kss_load(m, object, 2, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    if (kss_io_object(m, KSS_O_FILE, object) != KSS_NONE)
        return kss_return(kss_file_reference(m, object, by));
    uint16_t event = nt_event(m, object);
    if (event != KSS_NONE)
        return kss_return(event_reference(m, event, by));
    return kss_return(kss_device_reference(m, object, by));
}

struct kss_outcome kss_nt_ObReferenceObject(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(reference(m, call->arguments[0], 1));
    return kss_return(0);
}

struct kss_outcome kss_nt_ObfReferenceObject(struct kss_machine *m, struct kss_call *call) {
    return reference(m, call->arguments[0], 1);
}

struct kss_outcome kss_nt_ObDereferenceObject(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(reference(m, call->arguments[0], -1));
    return kss_return(0);
}

struct kss_outcome kss_nt_ObfDereferenceObject(struct kss_machine *m, struct kss_call *call) {
    return reference(m, call->arguments[0], -1);
}

// An object type as an argument: what *PsThreadType and its like read as. Natively it is a structure
// of the library that begins with its kind; 0: any type.
enum { TYPE_MARK = 0x4B53534F };
static unsigned type_wanted(struct kss_machine *m, kss_addr type) {
    if (type == 0 || m->space == NULL)
        return (unsigned)type;
    uint32_t words[2] = {0};
    if (!m->space->read(m->space->context, type, words, sizeof words) || words[0] != TYPE_MARK)
        return 0;
    return words[1];
}

static bool type_fits(struct kss_machine *m, kss_addr type, enum kss_handle_kind kind) {
    unsigned wanted = type_wanted(m, type);
    return wanted == 0 || wanted == kind;
}

static enum kss_handle_kind kind_of(struct kss_machine *m, kss_addr object) {
    if (kss_thread_with_address(m, object) != KSS_NONE)
        return KSS_HANDLE_THREAD;
    return kss_io_object(m, KSS_O_FILE, object) != KSS_NONE ? KSS_HANDLE_FILE
           : nt_event(m, object) != KSS_NONE                ? KSS_HANDLE_EVENT
                                                            : KSS_HANDLE_FREE;
}

struct kss_outcome kss_nt_ObReferenceObjectByPointer(struct kss_machine *m, struct kss_call *call) {
    kss_addr object = call->arguments[0];
    enum kss_handle_kind kind = kind_of(m, object);
    if (kind != KSS_HANDLE_FREE && !type_fits(m, call->arguments[2], kind))
        return kss_return((uint32_t)STATUS_OBJECT_TYPE_MISMATCH);
    KSS_TRY(reference(m, object, 1));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// DDI ObReferenceObjectByHandle: object types are checked; a NULL type is any.
struct kss_outcome kss_nt_ObReferenceObjectByHandle(struct kss_machine *m, struct kss_call *call) {
    uint64_t handle = call->arguments[0];
    kss_addr object = 0;
    KSS_TRY(kss_store(m, call->arguments[4], kss_pointer(m), 0, KSS_WHO_DRIVER));
    const struct kss_handle *entry = entry_of(m, handle);
    if (handle == CURRENT_THREAD(m) && kss_cpu(m)->thread != KSS_NONE)
        object = kss_thread_address(m, kss_cpu(m)->thread);
    else if (entry != NULL && entry->kind == KSS_HANDLE_THREAD)
        object = kss_thread_address(m, entry->target);
    else if (entry != NULL && entry->kind == KSS_HANDLE_EVENT)
        object = kss_object_ref(m, entry->target)->address;
    else
        object = kss_file_of(m, handle);
    if (object == 0)
        return kss_return((uint32_t)STATUS_INVALID_HANDLE);
    if (!type_fits(m, call->arguments[2], kind_of(m, object)))
        return kss_return((uint32_t)STATUS_OBJECT_TYPE_MISMATCH);
    uint16_t thread = kss_thread_with_address(m, object);
    if (thread != KSS_NONE)
        kss_thread_object(m, thread);
    KSS_TRY(reference(m, object, 1));
    if (call->arguments[5] != 0) // OBJECT_HANDLE_INFORMATION: attributes, granted access
        KSS_TRY(kss_store(m, call->arguments[5], 8, call->arguments[1] << 32, KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, call->arguments[4], kss_pointer(m), object, KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// ---- Events with handles ------------------------------------------------------------------------
static uint16_t make_event(struct kss_machine *m, unsigned synchronization, bool signalled) {
    kss_addr address =
        kss_pool_fails(m) ? 0 : kss_nt_block(m, KSS_NTB_EVENT, kss_object_size(m, KSS_O_EVENT));
    if (address == 0)
        return KSS_NONE;
    struct kss_call event = {.arguments = {address, synchronization, signalled},
                             .routine = m->at_work};
    kss_nt_KeInitializeEvent(m, &event);
    uint16_t index = kss_object_at(m, address);
    kss_object_ref(m, index)->period = 1;
    return index;
}

// Events of a name are not shared: each call makes one (DDI ZwCreateEvent).
struct kss_outcome kss_nt_ZwCreateEvent(struct kss_machine *m, struct kss_call *call) {
    uint16_t index = make_event(m, call->arguments[3] & 1, (call->arguments[4] & 0xFF) != 0);
    if (index == KSS_NONE)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    uint64_t handle = kss_handle_new(m, KSS_HANDLE_EVENT, index);
    KSS_TRY(kss_store(m, call->arguments[0], kss_pointer(m), handle, KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// The routine for an event pointer, on the event of a handle; its answer goes to *previous.
static struct kss_outcome on_event(struct kss_machine *m, struct kss_call *call, kss_step *step,
                                   kss_addr previous) {
    uint16_t index = kss_handle_target(m, call->arguments[0], KSS_HANDLE_EVENT);
    if (index == KSS_NONE)
        return kss_return((uint32_t)STATUS_INVALID_HANDLE);
    struct kss_call inner = {.arguments = {kss_object_ref(m, index)->address, 0, 0},
                             .routine = call->routine,
                             .place = call->place};
    struct kss_outcome outcome = step(m, &inner);
    KSS_TRY(outcome);
    if (previous != 0)
        KSS_TRY(kss_store(m, previous, 4, outcome.value & 0xFFFFFFFF, KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_ZwSetEvent(struct kss_machine *m, struct kss_call *call) {
    return on_event(m, call, kss_nt_KeSetEvent, call->arguments[1]);
}

struct kss_outcome kss_nt_ZwResetEvent(struct kss_machine *m, struct kss_call *call) {
    return on_event(m, call, kss_nt_KeResetEvent, call->arguments[1]);
}

struct kss_outcome kss_nt_ZwClearEvent(struct kss_machine *m, struct kss_call *call) {
    return on_event(m, call, kss_nt_KeClearEvent, 0);
}

// A KernelMode wait, as Zw routines make (their caller's previous mode is KernelMode).
struct kss_outcome kss_nt_ZwWaitForSingleObject(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 0) {
        uint64_t handle = call->arguments[0];
        uint16_t event = kss_handle_target(m, handle, KSS_HANDLE_EVENT);
        uint16_t thread = kss_handle_target(m, handle, KSS_HANDLE_THREAD);
        if (event == KSS_NONE && thread == KSS_NONE)
            return kss_return((uint32_t)(entry_of(m, handle) != NULL ? STATUS_OBJECT_TYPE_MISMATCH
                                                                     : STATUS_INVALID_HANDLE));
        uint64_t alertable = call->arguments[1], timeout = call->arguments[2];
        call->arguments[0] =
            event != KSS_NONE ? kss_object_ref(m, event)->address : kss_thread_address(m, thread);
        call->arguments[1] = 6; // UserRequest
        call->arguments[2] = 0;
        call->arguments[3] = alertable;
        call->arguments[4] = timeout;
    }
    return kss_nt_KeWaitForSingleObject(m, call);
}
