// SPDX-License-Identifier: MIT
// What the headers do inline with stack locations: IoGetCurrentIrpStackLocation and its
// companions. Scripted drivers call these; native ones have them from include/nt, working on the
// same memory.
#include "kernel/io.h"

static kss_addr location_field(struct kss_machine *m) {
    return KSS_TAIL(CurrentStackLocation);
}

static struct kss_outcome current(struct kss_machine *m, kss_addr irp, kss_addr *at) {
    struct kss_outcome outcome;
    *at = kss_load(m, irp + location_field(m), kss_pointer(m), KSS_WHO_DRIVER, &outcome);
    return outcome;
}

static struct kss_outcome move(struct kss_machine *m, kss_addr irp, int by) {
    struct kss_outcome outcome;
    kss_addr at, number = irp + KSS_FIELD(IRP, CurrentLocation);
    KSS_TRY(current(m, irp, &at));
    uint64_t location = kss_load(m, number, 1, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    KSS_TRY(kss_store(m, number, 1, location + (uint64_t)(int64_t)by, KSS_WHO_DRIVER));
    at = by > 0 ? at + kss_location_size(m) : at - kss_location_size(m);
    return kss_store(m, irp + location_field(m), kss_pointer(m), at, KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_IoGetCurrentIrpStackLocation(struct kss_machine *m,
                                                       struct kss_call *call) {
    kss_addr at;
    KSS_TRY(current(m, call->arguments[0], &at));
    return kss_return(at);
}

struct kss_outcome kss_nt_IoGetNextIrpStackLocation(struct kss_machine *m, struct kss_call *call) {
    kss_addr at;
    KSS_TRY(current(m, call->arguments[0], &at));
    return kss_return(at - kss_location_size(m));
}

struct kss_outcome kss_nt_IoSkipCurrentIrpStackLocation(struct kss_machine *m,
                                                        struct kss_call *call) {
    KSS_TRY(move(m, call->arguments[0], 1));
    return kss_return(0);
}

struct kss_outcome kss_nt_IoSetNextIrpStackLocation(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(move(m, call->arguments[0], -1));
    return kss_return(0);
}

// All but the completion routine and its context; the copy's Control is 0.
struct kss_outcome kss_nt_IoCopyCurrentIrpStackLocationToNext(struct kss_machine *m,
                                                              struct kss_call *call) {
    uint8_t bytes[KSS_SIZE64_IO_STACK_LOCATION];
    unsigned size = KSS_FIELD(IO_STACK_LOCATION, CompletionRoutine);
    kss_addr at;
    KSS_TRY(current(m, call->arguments[0], &at));
    KSS_TRY(kss_read(m, at, bytes, size, KSS_WHO_DRIVER));
    bytes[KSS_FIELD(IO_STACK_LOCATION, Control)] = 0;
    KSS_TRY(kss_write(m, at - kss_location_size(m), bytes, size, KSS_WHO_DRIVER));
    return kss_return(0);
}

static struct kss_outcome set_completion(struct kss_machine *m, const uint64_t arguments[6]) {
    kss_addr at;
    KSS_TRY(current(m, arguments[0], &at));
    at -= kss_location_size(m);
    unsigned control = (arguments[3] & 0xFF ? KSS_SL_ON_SUCCESS : 0u) |
                       (arguments[4] & 0xFF ? KSS_SL_ON_ERROR : 0u) |
                       (arguments[5] & 0xFF ? KSS_SL_ON_CANCEL : 0u);
    KSS_TRY(kss_store(m, at + KSS_FIELD(IO_STACK_LOCATION, CompletionRoutine), kss_pointer(m),
                      arguments[1], KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, at + KSS_FIELD(IO_STACK_LOCATION, Context), kss_pointer(m), arguments[2],
                      KSS_WHO_DRIVER));
    return kss_store(m, at + KSS_FIELD(IO_STACK_LOCATION, Control), 1, control, KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_IoSetCompletionRoutine(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(set_completion(m, call->arguments));
    return kss_return(0);
}

struct kss_outcome kss_nt_IoSetCompletionRoutineEx(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(set_completion(m, call->arguments + 1));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_IoMarkIrpPending(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    kss_addr irp = call->arguments[0], at;
    KSS_TRY(current(m, irp, &at));
    kss_addr control = at + KSS_FIELD(IO_STACK_LOCATION, Control);
    uint64_t value = kss_load(m, control, 1, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    KSS_TRY(kss_store(m, control, 1, value | KSS_SL_PENDING_RETURNED, KSS_WHO_DRIVER));
    uint16_t index = kss_io_object(m, KSS_O_IRP, irp);
    if (index != KSS_NONE)
        kss_object_ref(m, index)->irql |= KSS_IRP_PENDING;
    KSS_EMIT(m, KSS_EV_IRP_PENDING, kss_object_number(m, index),
             kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1), 0, 0);
    return kss_return(0);
}
