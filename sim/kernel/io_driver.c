// SPDX-License-Identifier: MIT
// What drivers leave with the I/O manager: extensions of the driver object, error log entries, file
// systems, the VPB lock, one-second timers, stream file objects, reinitialization.
#include "kernel/serve.h"

#define TAG_DRIVER_EXTENSION 0x45766944u // "DivE"
enum { ERROR_LOG_MOST = 240, CONFIGURATION_SIZE = 48, TIMER_AT = 128, SECOND = 10000000 };

// ---- Driver object extensions -------------------------------------------------------------------
static uint32_t extension_of(const struct kss_machine *m, kss_addr driver, kss_addr client) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *r = kss_record_at(m, i);
        if (r->kind == KSS_R_EXTENSION && r->words[0] == driver && r->words[1] == client)
            return i;
    }
    return KSS_NO_FRAME;
}

KSS_NT(IoAllocateDriverObjectExtension) {
    KSS_STORE(KSS_A(3), kss_pointer(m), 0);
    if (extension_of(m, KSS_A(0), KSS_A(1)) != KSS_NO_FRAME)
        return kss_answer(STATUS_OBJECT_NAME_COLLISION);
    kss_addr block = kss_system_block(m, (uint32_t)KSS_A(2) + 1);
    if (block == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    for (uint32_t i = 0; i < (uint32_t)KSS_A(2); i++)
        kss_poke(m, block + i, 1, 0);
    uint32_t index = kss_record_add(m, KSS_R_EXTENSION, KSS_A(0));
    kss_record_at(m, index)->words[1] = KSS_A(1);
    kss_record_at(m, index)->words[2] = block;
    KSS_STORE(KSS_A(3), kss_pointer(m), block);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(IoGetDriverObjectExtension) {
    uint32_t index = extension_of(m, KSS_A(0), KSS_A(1));
    return kss_return(index == KSS_NO_FRAME ? 0 : kss_record_at(m, index)->words[2]);
}

// ---- The error log, which nobody reads ----------------------------------------------------------
KSS_NT(IoAllocateErrorLogEntry) {
    uint32_t size = KSS_A(1) & 0xFF;
    if (KSS_A(0) == 0 || size == 0 || size > ERROR_LOG_MOST)
        return kss_return(0);
    kss_addr block = kss_system_block(m, size);
    for (uint32_t i = 0; i < size && block != 0; i++)
        kss_poke(m, block + i, 1, 0);
    return kss_return(block);
}

// The packet belongs to the system from then on.
static struct kss_outcome entry_gone(struct kss_machine *m, struct kss_call *call) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), 4);
    (void)ignored;
    kss_nt_block_free(m, KSS_A(0));
    return kss_globals(m)->stopped ? kss_stopped() : kss_return(0);
}

KSS_NT(IoWriteErrorLogEntry) {
    return entry_gone(m, call);
}

KSS_NT(IoFreeErrorLogEntry) {
    return entry_gone(m, call);
}

// ---- Configuration ------------------------------------------------------------------------------
KSS_NT(IoGetConfigurationInformation) { // counts that drivers keep in it; the same block for all
    uint32_t index = kss_record_find(m, KSS_R_CONFIGURATION, 0);
    if (index == KSS_NO_FRAME) {
        kss_addr block = kss_system_block(m, CONFIGURATION_SIZE);
        if (block == 0)
            return kss_return(0);
        for (unsigned i = 0; i < CONFIGURATION_SIZE; i += 4)
            kss_poke(m, block + i, 4, 0);
        kss_poke(m, block + 32, 4, CONFIGURATION_SIZE - 8); // Version: the size of it
        index = kss_record_add(m, KSS_R_CONFIGURATION, 0);
        kss_record_at(m, index)->words[1] = block;
    }
    return kss_return(kss_record_at(m, index)->words[1]);
}

// ---- File systems -------------------------------------------------------------------------------
// Tells those who watch: local[0] of them have been told.
static struct kss_outcome tell_watchers(struct kss_machine *m, struct kss_call *call, bool active) {
    uint64_t seen = 0;
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *r = kss_record_at(m, i);
        if (r->kind != KSS_R_FS_CHANGE || seen++ < call->local[0])
            continue;
        call->local[0]++;
        call->out[0] = KSS_A(0);
        call->out[1] = active;
        return kss_call_driver(m, call, 1, r->routine, 2, KSS_ENTRY_CALLBACK);
    }
    return kss_return(0);
}

KSS_NT(IoRegisterFileSystem) {
    if (call->step == 0) {
        uint64_t ignored;
        KSS_LOAD(ignored, KSS_A(0), 2);
        (void)ignored;
        kss_record_add(m, KSS_R_FILE_SYSTEM, KSS_A(0));
    }
    return tell_watchers(m, call, true);
}

KSS_NT(IoUnregisterFileSystem) {
    if (call->step == 0) {
        uint32_t index = kss_record_find(m, KSS_R_FILE_SYSTEM, KSS_A(0));
        if (index != KSS_NO_FRAME)
            kss_record_drop(m, index);
    }
    return tell_watchers(m, call, false);
}

static uint32_t watcher(const struct kss_machine *m, kss_addr driver, kss_addr address) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *r = kss_record_at(m, i);
        if (r->kind == KSS_R_FS_CHANGE && r->words[0] == driver && r->words[1] == address)
            return i;
    }
    return KSS_NO_FRAME;
}

// File systems that are there already are told of as well (DDI IoRegisterFsRegistrationChange).
KSS_NT(IoRegisterFsRegistrationChange) {
    uint32_t code, index = watcher(m, KSS_A(0), KSS_A(1));
    if (call->step == 0) {
        if (index != KSS_NO_FRAME)
            return kss_answer(STATUS_DEVICE_ALREADY_ATTACHED);
        if (!kss_code_at(m, KSS_A(1), &code))
            return kss_io_bad_call(m, KSS_A(1));
        index = kss_record_add(m, KSS_R_FS_CHANGE, KSS_A(0));
        kss_record_at(m, index)->words[1] = KSS_A(1);
        kss_record_at(m, index)->routine = code;
    }
    uint64_t seen = 0;
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        if (kss_record_at(m, i)->kind != KSS_R_FILE_SYSTEM || seen++ < call->local[0])
            continue;
        call->local[0]++;
        call->out[0] = kss_record_at(m, i)->words[0];
        call->out[1] = 1;
        return kss_call_back(m, call, 1, KSS_A(1), 2);
    }
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(IoUnregisterFsRegistrationChange) {
    uint32_t index = watcher(m, KSS_A(0), KSS_A(1));
    if (index != KSS_NO_FRAME)
        kss_record_drop(m, index);
    return kss_return(0);
}

// ---- The VPB lock -------------------------------------------------------------------------------
static kss_addr vpb_lock(struct kss_machine *m) {
    uint32_t index = kss_record_find(m, KSS_R_VPB_LOCK, 0);
    if (index == KSS_NO_FRAME) {
        kss_addr lock = kss_system_block(m, kss_pointer(m));
        if (lock == 0)
            return 0;
        struct kss_call initialize = {.arguments = {lock}, .routine = m->at_work};
        kss_nt_KeInitializeSpinLock(m, &initialize);
        index = kss_record_add(m, KSS_R_VPB_LOCK, 0);
        kss_record_at(m, index)->words[1] = lock;
    }
    return kss_record_at(m, index)->words[1];
}

KSS_NT(IoAcquireVpbSpinLock) {
    kss_addr lock = vpb_lock(m);
    if (call->step == 0) {
        call->local[0] = kss_cpu(m)->irql;
        if (kss_cpu(m)->irql < KSS_DISPATCH_LEVEL)
            kss_set_irql(m, KSS_DISPATCH_LEVEL);
    }
    KSS_TRY(kss_lock_take(m, call, lock, (unsigned)call->local[0], 1));
    KSS_STORE(KSS_A(0), 1, call->local[0]);
    return kss_return(0);
}

KSS_NT(IoReleaseVpbSpinLock) {
    KSS_TRY(kss_lock_release(m, vpb_lock(m)));
    unsigned irql = KSS_A(0) & 0xFF;
    if (irql <= kss_cpu(m)->irql)
        kss_set_irql(m, irql);
    return kss_return(0);
}

// ---- One-second timers --------------------------------------------------------------------------
// block:  | KDPC, whose first argument is the device | ... | KTIMER at 128 |
KSS_NT(IoInitializeTimer) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), 2);
    (void)ignored;
    uint32_t old = kss_record_find(m, KSS_R_TIMER, KSS_A(0));
    kss_addr block =
        old != KSS_NO_FRAME ? kss_record_at(m, old)->words[1] : kss_system_block(m, TIMER_AT + 128);
    if (block == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    struct kss_call dpc = {.arguments = {block, KSS_A(1), KSS_A(2)}, .routine = call->routine};
    struct kss_call timer = {.arguments = {block + TIMER_AT}, .routine = call->routine};
    KSS_TRY(kss_nt_KeInitializeDpc(m, &dpc));
    kss_object_ref(m, kss_object_at(m, block))->dpc = KSS_A(0);
    KSS_TRY(kss_nt_KeInitializeTimer(m, &timer));
    if (old == KSS_NO_FRAME)
        kss_record_at(m, kss_record_add(m, KSS_R_TIMER, KSS_A(0)))->words[1] = block;
    kss_set(m, KSS_A(0) + KSS_FIELD(DEVICE_OBJECT, Timer), block);
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome timer_of(struct kss_machine *m, struct kss_call *call, kss_addr *block) {
    uint32_t index = kss_record_find(m, KSS_R_TIMER, KSS_A(0));
    *block = index == KSS_NO_FRAME ? 0 : kss_record_at(m, index)->words[1];
    if (*block == 0) // DEVICE_OBJECT.Timer is NULL: what a read of it gives
        return kss_io_bad_call(m, 0);
    return kss_return(0);
}

KSS_NT(IoStartTimer) {
    kss_addr block;
    KSS_TRY(timer_of(m, call, &block));
    struct kss_call set = {
        .arguments = {block + TIMER_AT, (uint64_t) - (int64_t)SECOND, 1000, block},
        .routine = call->routine,
        .place = call->place};
    KSS_TRY(kss_nt_KeSetTimerEx(m, &set));
    return kss_return(0);
}

KSS_NT(IoStopTimer) {
    kss_addr block;
    KSS_TRY(timer_of(m, call, &block));
    struct kss_call cancel = {.arguments = {block + TIMER_AT}, .routine = call->routine};
    KSS_TRY(kss_nt_KeCancelTimer(m, &cancel));
    return kss_return(0);
}

// ---- Device stacks ------------------------------------------------------------------------------
static kss_addr below(struct kss_machine *m, kss_addr device) {
    uint32_t count = kss_object_ref_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_object *object = kss_object_ref(m, i);
        if (object->kind == KSS_O_DEVICE && !(object->flags & KSS_OF_DEAD) &&
            kss_get(m, object->address + KSS_FIELD(DEVICE_OBJECT, AttachedDevice)) == device)
            return object->address;
    }
    return 0;
}

static struct kss_outcome referenced(struct kss_machine *m, kss_addr device) {
    struct kss_call reference = {.arguments = {device}, .routine = m->at_work};
    if (device != 0)
        KSS_TRY(kss_nt_ObfReferenceObject(m, &reference));
    return kss_return(device);
}

KSS_NT(IoGetLowerDeviceObject) {
    return referenced(m, below(m, KSS_A(0)));
}

KSS_NT(IoGetDeviceAttachmentBaseRef) {
    kss_addr device = KSS_A(0);
    for (kss_addr next = below(m, device); next != 0; next = below(m, device))
        device = next;
    return referenced(m, device);
}

KSS_NT(IoGetBaseFileSystemDeviceObject) { // no volume is mounted: the device that was opened
    uint64_t device;
    KSS_LOAD(device, KSS_A(0) + KSS_FIELD(FILE_OBJECT, DeviceObject), kss_pointer(m));
    return kss_return(device);
}

// The list is filled as far as it goes; each device is referenced. STATUS_BUFFER_TOO_SMALL when there
// are more (DDI IoEnumerateDeviceObjectList).
KSS_NT(IoEnumerateDeviceObjectList) {
    uint64_t room = KSS_A(2) / kss_pointer(m), number = 0, device;
    KSS_LOAD(device, KSS_A(0) + KSS_FIELD(DRIVER_OBJECT, DeviceObject), kss_pointer(m));
    for (kss_addr d = device; d != 0; d = kss_get(m, d + KSS_FIELD(DEVICE_OBJECT, NextDevice)))
        number++;
    KSS_STORE(KSS_A(3), 4, number);
    uint64_t put = 0;
    for (kss_addr d = device; d != 0 && put < room && KSS_A(1) != 0; put++) {
        KSS_STORE(KSS_A(1) + put * kss_pointer(m), kss_pointer(m), d);
        KSS_TRY(referenced(m, d));
        d = kss_get(m, d + KSS_FIELD(DEVICE_OBJECT, NextDevice));
    }
    return kss_answer(put < number ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
}

KSS_NT(IoCreateUnprotectedSymbolicLink) {
    return kss_nt_IoCreateSymbolicLink(m, call);
}

// ---- WMI, which nobody queries ------------------------------------------------------------------
static uint64_t device_number(struct kss_machine *m, kss_addr device) {
    uint16_t index = kss_io_object(m, KSS_O_DEVICE, device);
    return index == KSS_NONE ? 0 : (uint32_t)kss_object_ref(m, index)->signal;
}

KSS_NT(
    IoWMIRegistrationControl) { // WMIREG_ACTION_REGISTER 1 .. _BLOCK_IRPS 6 (mingw-w64 ddk/wdm.h)
    uint32_t action = (uint32_t)KSS_A(1);
    if (device_number(m, KSS_A(0)) == 0 && action != 4)
        return kss_answer(STATUS_INVALID_PARAMETER);
    return kss_answer(action >= 1 && action <= 6 ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER);
}

KSS_NT(IoWMIDeviceObjectToProviderId) {
    return kss_return(device_number(m, KSS_A(0)));
}
