// SPDX-License-Identifier: MIT
// Work that needs nt's memory or a device: IO_WORKITEMs, and what file systems post when their stack
// runs short.
//
// An IO_WORKITEM is opaque; its record names the device (or driver) object, which stays while the
// item is queued and its routine runs (DDI IoQueueWorkItem). Stack overflow items go to one thread
// each for ordinary and for paging file requests (DDI FsRtlPostStackOverflow; ReactOS
// ntoskrnl/fsrtl/stackovf.c).
#include "kernel/io.h"

// ---- IO_WORKITEM --------------------------------------------------------------------------------
struct kss_outcome kss_nt_IoSizeofWorkItem(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return kss_return(kss_object_size(m, KSS_O_IO_WORK_ITEM));
}

struct kss_outcome kss_nt_IoAllocateWorkItem(struct kss_machine *m, struct kss_call *call) {
    kss_addr device = call->arguments[0];
    struct kss_outcome outcome;
    kss_load(m, device, 2, KSS_WHO_NT, &outcome);
    KSS_TRY(outcome);
    kss_addr item = kss_pool_fails(m)
                        ? 0
                        : kss_nt_block(m, KSS_NTB_WORK, kss_object_size(m, KSS_O_IO_WORK_ITEM));
    if (item == 0)
        return kss_return(0);
    uint16_t index = kss_object_init(m, item, KSS_O_IO_WORK_ITEM, 0, 0);
    kss_object_ref(m, index)->context = device;
    return kss_return(item);
}

struct kss_outcome kss_nt_IoInitializeWorkItem(struct kss_machine *m, struct kss_call *call) {
    kss_addr object = call->arguments[0], item = call->arguments[1];
    uint8_t nothing[64] = {0};
    KSS_TRY(kss_write(m, item, nothing, kss_object_size(m, KSS_O_IO_WORK_ITEM), KSS_WHO_DRIVER));
    if (kss_io_object(m, KSS_O_DEVICE, object) == KSS_NONE &&
        kss_io_object(m, KSS_O_DRIVER, object) == KSS_NONE) {
        kss_bugcheck(m, 0xE4, 3, item, object, 0, call->routine, NULL);
        return kss_stopped();
    }
    uint16_t index = kss_object_init(m, item, KSS_O_IO_WORK_ITEM, 0, 0);
    kss_object_ref(m, index)->context = object;
    return kss_return(0);
}

// Given up while it is queued: 0xE4 with 2.
static struct kss_outcome give_up(struct kss_machine *m, struct kss_call *call, uint16_t *index) {
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_IO_WORK_ITEM, true, index));
    if (!(kss_object_ref(m, *index)->flags & KSS_OF_QUEUED))
        return kss_return(1);
    kss_addr routine = kss_code_address(m, kss_object_ref(m, *index)->routine);
    KSS_EMIT(m, KSS_EV_WORK_MISUSE, kss_object_number(m, *index), 1, call->routine, 0);
    kss_bugcheck(m, 0xE4, 2, call->arguments[0], routine, 0, call->routine, NULL);
    return kss_stopped();
}

struct kss_outcome kss_nt_IoFreeWorkItem(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    struct kss_outcome outcome = give_up(m, call, &index);
    KSS_TRY(outcome);
    if (outcome.value != 0)
        kss_nt_block_free(m, call->arguments[0]);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoUninitializeWorkItem(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    struct kss_outcome outcome = give_up(m, call, &index);
    KSS_TRY(outcome);
    if (outcome.value != 0)
        kss_object_free(m, index);
    return kss_return(0);
}

static struct kss_outcome queue(struct kss_machine *m, struct kss_call *call, bool extended) {
    kss_addr item = call->arguments[0], context = call->arguments[3];
    unsigned type = (unsigned)call->arguments[2];
    uint16_t object;
    uint32_t routine;
    KSS_USE(kss_object_use(m, call, item, KSS_O_IO_WORK_ITEM, true, &object));
    unsigned why = kss_object_ref(m, object)->flags & KSS_OF_QUEUED ? 1
                   : !kss_is_work_queue(type)                       ? 6
                   : !kss_code_at(m, call->arguments[1], &routine)  ? 7
                                                                    : 0;
    if (why != 0) {
        KSS_EMIT(m, KSS_EV_WORK_MISUSE, kss_object_number(m, object),
                 why == 1   ? 0
                 : why == 6 ? 2
                            : 3,
                 call->routine, 0);
        kss_bugcheck(m, 0xE4, why, item, type, 0, call->routine, NULL);
        return kss_stopped();
    }
    kss_object_ref(m, object)->flags |= KSS_OF_QUEUED;
    kss_object_ref(m, object)->routine = routine;
    kss_addr device = kss_object_ref(m, object)->context;
    if (kss_io_object(m, KSS_O_DEVICE, device) != KSS_NONE)
        kss_device_reference(m, device, 1);
    kss_work_queue(m, &(struct kss_work){.arguments = {device, context, item},
                                         .device = device,
                                         .routine = routine,
                                         .object = object,
                                         .queue = (uint8_t)type,
                                         .count = extended ? 3 : 2});
    return kss_return(0);
}

struct kss_outcome kss_nt_IoQueueWorkItem(struct kss_machine *m, struct kss_call *call) {
    return queue(m, call, false);
}

struct kss_outcome kss_nt_IoQueueWorkItemEx(struct kss_machine *m, struct kss_call *call) {
    return queue(m, call, true);
}

// ---- Stack overflow -----------------------------------------------------------------------------
// DDI FsRtlPostStackOverflow: the event is a notification event, not signalled; nt itself only hands
// it on.
static void check_event(struct kss_machine *m, const struct kss_call *call) {
    uint16_t event = kss_object_at(m, call->arguments[1]);
    if (event == KSS_NONE || kss_object_ref(m, event)->kind != KSS_O_EVENT)
        return;
    const struct kss_object *object = kss_object_ref(m, event);
    unsigned what = object->flags & KSS_OF_SYNCHRONIZATION ? 1 : object->signal != 0 ? 2 : 0;
    if (what != 0)
        KSS_EMIT(m, KSS_EV_POST, kss_object_number(m, event), what - 1, call->routine, 0);
}

static struct kss_outcome post(struct kss_machine *m, struct kss_call *call, unsigned type) {
    uint32_t routine;
    if (!kss_code_at(m, call->arguments[2], &routine)) // it would be called
        return kss_io_bad_call(m, call->arguments[2]);
    check_event(m, call);
    // Paging must go on: its item is nt's own when there is no memory.
    bool fails = type == KSS_WORK_OVERFLOW && kss_pool_fails(m);
    kss_addr block = fails ? 0 : kss_nt_block(m, KSS_NTB_WORK, 6 * kss_pointer(m));
    if (block == 0 && type == KSS_WORK_OVERFLOW)
        return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_work_queue(m, &(struct kss_work){.arguments = {call->arguments[0], call->arguments[1]},
                                         .block = block,
                                         .routine = routine,
                                         .object = KSS_NONE,
                                         .queue = (uint8_t)type,
                                         .count = 2});
    return kss_return(0);
}

struct kss_outcome kss_nt_FsRtlPostStackOverflow(struct kss_machine *m, struct kss_call *call) {
    return post(m, call, KSS_WORK_OVERFLOW);
}

struct kss_outcome kss_nt_FsRtlPostPagingFileStackOverflow(struct kss_machine *m,
                                                           struct kss_call *call) {
    return post(m, call, KSS_WORK_PAGING_OVERFLOW);
}
