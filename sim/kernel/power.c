// SPDX-License-Identifier: MIT
// Power: states that drivers report, IRPs they request, settings and idle detection they register
// for. The machine itself stays in S0: nobody but a driver asks for a change.
#include "kernel/serve.h"

enum {
    MJ_POWER = 0x16,
    MN_WAIT_WAKE = 0,
    MN_SET_POWER = 2,
    MN_QUERY_POWER = 3,
    DEVICE_STATE = 1, // POWER_STATE_TYPE DevicePowerState
    REQUEST_TYPES = 4
};

// ---- States -------------------------------------------------------------------------------------
// What was reported before; PowerDeviceUnspecified and PowerSystemUnspecified (0) at first.
KSS_NT(PoSetPowerState) {
    bool device_state = (KSS_A(1) & 0xFFFFFFFF) == DEVICE_STATE;
    uint32_t index = kss_record_find(m, KSS_R_POWER_STATE, KSS_A(0));
    if (index == KSS_NO_FRAME)
        index = kss_record_add(m, KSS_R_POWER_STATE, KSS_A(0));
    uint64_t *state = &kss_record_at(m, index)->words[device_state ? 1 : 2];
    uint64_t before = *state;
    *state = KSS_A(2) & 0xFFFFFFFF;
    return kss_return(before);
}

KSS_NT(PoSetSystemState) { // resets idle counters that nobody looks at
    return kss_return(0);
}

KSS_NT(PoRegisterSystemState) {
    if (KSS_A(0) != 0) // the flags of a registration are changed
        return kss_return(KSS_A(0));
    kss_addr block = kss_system_block(m, 8);
    if (block != 0)
        kss_record_add(m, KSS_R_STATE, block);
    return kss_return(block);
}

static struct kss_outcome drop_block(struct kss_machine *m, enum kss_record_kind kind,
                                     kss_addr block, int32_t missing) {
    uint32_t index = kss_record_find(m, kind, block);
    if (index == KSS_NO_FRAME)
        return kss_answer(missing);
    kss_record_drop(m, index);
    kss_nt_block_free(m, block);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(PoUnregisterSystemState) {
    KSS_TRY(drop_block(m, KSS_R_STATE, KSS_A(0), STATUS_INVALID_PARAMETER));
    return kss_return(0);
}

KSS_NT(PoQueryWatchdogTime) { // FALSE: no watchdog counts
    return kss_return(0);
}

// ---- IRPs ---------------------------------------------------------------------------------------
KSS_NT(PoStartNextPowerIrp) { // does nothing since Vista (DDI PoStartNextPowerIrp)
    uint16_t index;
    KSS_USE(kss_irp_use(m, KSS_A(0), &index));
    return kss_return(0);
}

// PoRequestPowerIrp(DeviceObject, MinorFunction, PowerState, CompletionFunction, Context, Irp): to the
// top of the stack, in the caller's context.
static struct kss_outcome request(struct kss_machine *m, struct kss_call *call) {
    unsigned minor = KSS_A(1) & 0xFF;
    uint16_t device = kss_io_object(m, KSS_O_DEVICE, KSS_A(0));
    if (minor != MN_WAIT_WAKE && minor != MN_SET_POWER && minor != MN_QUERY_POWER)
        return kss_answer(STATUS_INVALID_PARAMETER_2);
    if (device == KSS_NONE)
        return kss_answer(STATUS_INVALID_PARAMETER_1);
    kss_addr top = kss_device_top(m, KSS_A(0));
    unsigned size = (unsigned)kss_peek(m, top + KSS_FIELD(DEVICE_OBJECT, StackSize), 1);
    kss_addr irp = kss_irp_new(m, size, KSS_IRP_ALLOCATED, KSS_NONE);
    if (irp == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    kss_addr at = kss_irp_location(m, irp) - kss_location_size(m);
    kss_addr power = at + KSS_FIELD(IO_STACK_LOCATION, Parameters);
    kss_poke(m, at, 1, MJ_POWER);
    kss_poke(m, at + KSS_FIELD(IO_STACK_LOCATION, MinorFunction), 1, minor);
    if (minor == MN_WAIT_WAKE) {
        kss_poke(m, power, 4, KSS_A(2));
    } else {
        kss_poke(m, power + KSS_FIELD(IO_STACK_LOCATION_Power, Type), 4, DEVICE_STATE);
        kss_poke(m, power + KSS_FIELD(IO_STACK_LOCATION_Power, State), 4, KSS_A(2));
    }
    kss_poke(m, irp + KSS_FIELD(IRP, IoStatus), 4, (uint32_t)STATUS_NOT_SUPPORTED);
    uint32_t code = KSS_NO_FRAME;
    if (KSS_A(3) != 0 && !kss_code_at(m, KSS_A(3), &code))
        return kss_io_bad_call(m, KSS_A(3));
    uint32_t index = kss_record_add(m, KSS_R_POWER_IRP, irp);
    *kss_record_at(m, index) =
        (struct kss_record){.kind = KSS_R_POWER_IRP,
                            .flags = (uint16_t)minor,
                            .routine = code,
                            .words = {irp, KSS_A(0), KSS_A(2) & 0xFFFFFFFF, KSS_A(4)}};
    if (KSS_A(5) != 0)
        KSS_STORE(KSS_A(5), kss_pointer(m), irp);
    return kss_irp_send(m, call, top, irp, 1);
}

KSS_NT(PoRequestPowerIrp) {
    struct kss_outcome outcome = call->step == 0 ? request(m, call) : kss_irp_sent(m, call, 1);
    if (outcome.kind != KSS_OUT_RETURN)
        return outcome;
    if (call->step == 0 && kss_nt_error(outcome.value) && call->local[0] == 0)
        return outcome; // it was not sent
    return kss_answer(STATUS_PENDING);
}

bool kss_power_over(struct kss_machine *m, struct kss_call *call, uint16_t index, uint8_t step,
                    struct kss_outcome *outcome) {
    kss_addr irp = kss_object_ref(m, index)->address;
    uint32_t at = kss_record_find(m, KSS_R_POWER_IRP, irp);
    if (at == KSS_NO_FRAME)
        return false;
    struct kss_record record = *kss_record_at(m, at);
    kss_record_drop(m, at);
    kss_object_ref(m, index)->irql |= KSS_IRP_COMPLETED;
    uint32_t status = (uint32_t)kss_peek(m, irp + KSS_FIELD(IRP, IoStatus), 4);
    KSS_EMIT(m, KSS_EV_IRP_DONE, kss_object_number(m, index), status, 3, KSS_NONE);
    if (record.routine == KSS_NO_FRAME) {
        kss_irp_release(m, irp, KSS_BY_NT);
        *outcome = kss_return(0);
        return true;
    }
    kss_record_add(m, KSS_R_POWER_TOLD, irp);
    uint64_t state = record.words[2];
    if (m->space == NULL) { // scripts get the address of what is passed by value
        state = irp + KSS_SIZE(IRP, kss_wide(m)) + KSS_FIELD(IO_STACK_LOCATION, Parameters) +
                KSS_FIELD(IO_STACK_LOCATION_Power, State);
        kss_poke(m, state, 4, record.words[2]);
    }
    const uint64_t out[5] = {record.words[1], record.flags, state, record.words[3],
                             irp + KSS_FIELD(IRP, IoStatus)};
    memcpy(call->out, out, sizeof out);
    *outcome = kss_call_driver(m, call, step, record.routine, 5, KSS_ENTRY_CALLBACK);
    return true;
}

bool kss_power_told(struct kss_machine *m, kss_addr irp) {
    uint32_t at = kss_record_find(m, KSS_R_POWER_TOLD, irp);
    if (at == KSS_NO_FRAME)
        return false;
    kss_record_drop(m, at);
    kss_irp_release(m, irp, KSS_BY_NT);
    return true;
}

// ---- Settings -----------------------------------------------------------------------------------
KSS_NT(PoRegisterPowerSettingCallback) { // DeviceObject, SettingGuid, Callback, Context, Handle
    uint32_t code;
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(1), 8);
    (void)ignored;
    if (!kss_code_at(m, KSS_A(2), &code))
        return kss_io_bad_call(m, KSS_A(2));
    kss_addr block = kss_system_block(m, 16);
    if (block == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    uint32_t index = kss_record_add(m, KSS_R_POWER_SETTING, block);
    kss_record_at(m, index)->routine = code;
    kss_record_at(m, index)->words[1] = KSS_A(3);
    kss_record_at(m, index)->words[2] = KSS_A(0);
    if (KSS_A(4) != 0)
        KSS_STORE(KSS_A(4), kss_pointer(m), block);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(PoUnregisterPowerSettingCallback) {
    return drop_block(m, KSS_R_POWER_SETTING, KSS_A(0), STATUS_INVALID_PARAMETER);
}

// ---- Idle detection -----------------------------------------------------------------------------
// No device is ever found idle: the counter that the driver resets stays where it is.
KSS_NT(
    PoRegisterDeviceForIdleDetection) { // DeviceObject, ConservationIdleTime, Performance.., State
    uint32_t count = kss_record_at_count(m), index = KSS_NO_FRAME;
    for (uint32_t i = 0; i < count; i++)
        if (kss_record_at(m, i)->kind == KSS_R_IDLE && kss_record_at(m, i)->words[1] == KSS_A(0))
            index = i;
    bool off = (KSS_A(1) & 0xFFFFFFFF) == 0 && (KSS_A(2) & 0xFFFFFFFF) == 0;
    if (index != KSS_NO_FRAME && !off)
        return kss_return(kss_record_at(m, index)->words[0]);
    if (off) {
        if (index != KSS_NO_FRAME)
            KSS_TRY(drop_block(m, KSS_R_IDLE, kss_record_at(m, index)->words[0], 0));
        return kss_return(0);
    }
    kss_addr block = kss_system_block(m, 8);
    if (block == 0)
        return kss_return(0);
    kss_poke(m, block, 4, 0);
    kss_record_at(m, kss_record_add(m, KSS_R_IDLE, block))->words[1] = KSS_A(0);
    return kss_return(block);
}

static struct kss_outcome not_idle(struct kss_machine *m, struct kss_call *call) {
    KSS_STORE(KSS_A(0), 4, 0);
    return kss_return(0);
}

KSS_NT(PoSetDeviceBusyEx) {
    return not_idle(m, call);
}

KSS_NT(PoStartDeviceBusy) {
    return not_idle(m, call);
}

KSS_NT(PoEndDeviceBusy) {
    return not_idle(m, call);
}

// ---- Power requests: counted by type ------------------------------------------------------------
KSS_NT(PoCreatePowerRequest) { // PowerRequest, DeviceObject, Context: NULL when it fails
    KSS_STORE(KSS_A(0), kss_pointer(m), 0);
    if (KSS_A(1) == 0)
        return kss_answer(STATUS_INVALID_PARAMETER);
    kss_addr block = kss_system_block(m, 16);
    if (block == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    kss_record_add(m, KSS_R_POWER_REQUEST, block);
    KSS_STORE(KSS_A(0), kss_pointer(m), block);
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome count_request(struct kss_machine *m, struct kss_call *call, bool set) {
    uint32_t index = kss_record_find(m, KSS_R_POWER_REQUEST, KSS_A(0));
    uint32_t type = (uint32_t)KSS_A(1);
    if (index == KSS_NO_FRAME)
        return kss_answer(STATUS_INVALID_PARAMETER);
    if (type >= REQUEST_TYPES)
        return kss_answer(STATUS_NOT_SUPPORTED);
    uint64_t *count = &kss_record_at(m, index)->words[1 + type];
    if (!set && *count == 0)
        return kss_answer(STATUS_INVALID_PARAMETER);
    *count = set ? *count + 1 : *count - 1;
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(PoSetPowerRequest) {
    return count_request(m, call, true);
}

KSS_NT(PoClearPowerRequest) {
    return count_request(m, call, false);
}

KSS_NT(PoDeletePowerRequest) {
    KSS_TRY(drop_block(m, KSS_R_POWER_REQUEST, KSS_A(0), STATUS_INVALID_PARAMETER));
    return kss_return(0);
}
