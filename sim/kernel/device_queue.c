// SPDX-License-Identifier: MIT
// Device queues: a busy flag and a list. What is inserted into a queue that is not busy makes it busy
// and is for the caller to start at once; what is removed from an empty one makes it not busy (DDI
// KeInsertDeviceQueue, KeRemoveDeviceQueue). The memory is the truth.
#include "kernel/io.h"

#define QUEUE(field) KSS_FIELD(KDEVICE_QUEUE, field)
#define ENTRY(field) KSS_FIELD(KDEVICE_QUEUE_ENTRY, field)

enum { DEVICE_QUEUE_OBJECT = 0x14 };

static struct kss_outcome touch(struct kss_machine *m, kss_addr queue, kss_addr entry) {
    KSS_TRY(kss_touch_object(m, queue, KSS_SIZE(KDEVICE_QUEUE, kss_wide(m)), true));
    if (entry != 0)
        KSS_TRY(kss_touch_object(m, entry, KSS_SIZE(KDEVICE_QUEUE_ENTRY, kss_wide(m)), true));
    return kss_return(0);
}

struct kss_outcome kss_nt_KeInitializeDeviceQueue(struct kss_machine *m, struct kss_call *call) {
    kss_addr queue = call->arguments[0], head = queue + QUEUE(DeviceListHead);
    uint8_t bytes[KSS_SIZE64_KDEVICE_QUEUE] = {0};
    unsigned size = KSS_SIZE(KDEVICE_QUEUE, kss_wide(m));
    KSS_TRY(kss_write(m, queue, bytes, size, KSS_WHO_DRIVER));
    kss_poke(m, queue + QUEUE(Type), 2, DEVICE_QUEUE_OBJECT);
    kss_poke(m, queue + QUEUE(Size), 2, size);
    kss_set(m, head, head);
    kss_set(m, head + kss_pointer(m), head);
    return kss_return(0);
}

static bool busy(struct kss_machine *m, kss_addr queue) {
    return kss_peek(m, queue + QUEUE(Busy), 1) != 0;
}

// Links are followed as the driver left them: a bad one faults, and a circle without the head is
// followed for ever.
#define FOLLOW(to, at, size)                                                                       \
    do {                                                                                           \
        struct kss_outcome follow_;                                                                \
        (to) = kss_load(m, at, size, KSS_WHO_DRIVER, &follow_);                                    \
        KSS_TRY(follow_);                                                                          \
    } while (0)

// The first entry with a key of [key] or above (above it: [past_equals]); the head: there is none.
static struct kss_outcome find(struct kss_machine *m, struct kss_call *call, kss_addr queue,
                               uint32_t key, bool past_equals, kss_addr *found) {
    kss_addr head = queue + QUEUE(DeviceListHead), at, slow = head;
    uint64_t other;
    FOLLOW(at, head, kss_pointer(m));
    for (bool odd = false; at != head; odd = !odd) {
        FOLLOW(other, at + ENTRY(SortKey), 4);
        if (other > key || (other == key && !past_equals))
            break;
        FOLLOW(at, at, kss_pointer(m));
        if (odd)
            FOLLOW(slow, slow, kss_pointer(m));
        if (at == slow && at != head)
            return call->step == KSS_STEP_CIRCLE ? kss_outcome(KSS_OUT_SPIN, 0)
                                                 : kss_suspend(m, call, KSS_STEP_CIRCLE);
    }
    *found = at;
    return kss_return(0);
}

// By sort key behind its equals, or at the end.
struct kss_outcome kss_device_queue_put(struct kss_machine *m, struct kss_call *call,
                                        kss_addr queue, kss_addr entry, bool sorted, uint32_t key) {
    unsigned size = kss_pointer(m);
    kss_addr before = queue + QUEUE(DeviceListHead), last;
    if (sorted)
        KSS_TRY(find(m, call, queue, key, true, &before));
    FOLLOW(last, before + size, size);
    KSS_TRY(kss_store(m, last, size, entry, KSS_WHO_DRIVER));
    kss_set(m, entry, before);
    kss_set(m, entry + size, last);
    kss_set(m, before + size, entry);
    kss_poke(m, entry + ENTRY(SortKey), 4, key);
    kss_poke(m, entry + ENTRY(Inserted), 1, 1);
    return kss_return(0);
}

static struct kss_outcome unlink_entry(struct kss_machine *m, kss_addr entry) {
    unsigned size = kss_pointer(m);
    kss_addr next, last;
    FOLLOW(next, entry, size);
    FOLLOW(last, entry + size, size);
    KSS_TRY(kss_store(m, last, size, next, KSS_WHO_DRIVER));
    KSS_TRY(kss_store(m, next + size, size, last, KSS_WHO_DRIVER));
    kss_poke(m, entry + ENTRY(Inserted), 1, 0);
    return kss_return(0);
}

struct kss_outcome kss_device_queue_take(struct kss_machine *m, kss_addr queue, kss_addr *entry) {
    kss_addr head = queue + QUEUE(DeviceListHead);
    FOLLOW(*entry, head, kss_pointer(m));
    if (*entry != head)
        return unlink_entry(m, *entry);
    *entry = 0;
    return kss_return(0);
}

static struct kss_outcome insert(struct kss_machine *m, struct kss_call *call, bool sorted) {
    kss_addr queue = call->arguments[0], entry = call->arguments[1];
    uint32_t key = sorted ? (uint32_t)call->arguments[2] : 0;
    KSS_TRY(touch(m, queue, entry));
    if (busy(m, queue)) {
        KSS_TRY(kss_device_queue_put(m, call, queue, entry, sorted, key));
        return kss_return(1);
    }
    kss_poke(m, queue + QUEUE(Busy), 1, 1);
    kss_poke(m, entry + ENTRY(SortKey), 4, key);
    kss_poke(m, entry + ENTRY(Inserted), 1, 0);
    return kss_return(0);
}

static struct kss_outcome remove_first(struct kss_machine *m, struct kss_call *call) {
    kss_addr queue = call->arguments[0];
    KSS_TRY(touch(m, queue, 0));
    kss_addr entry;
    KSS_TRY(kss_device_queue_take(m, queue, &entry));
    if (entry == 0)
        kss_poke(m, queue + QUEUE(Busy), 1, 0);
    return kss_return(entry);
}

// The first entry whose key is not below the one given, else the first of all.
static struct kss_outcome remove_by_key(struct kss_machine *m, struct kss_call *call,
                                        bool if_busy) {
    kss_addr queue = call->arguments[0], head = queue + QUEUE(DeviceListHead);
    KSS_TRY(touch(m, queue, 0));
    if (if_busy && !busy(m, queue))
        return kss_return(0);
    kss_addr entry;
    KSS_TRY(find(m, call, queue, (uint32_t)call->arguments[1], false, &entry));
    if (entry == head)
        entry = kss_get(m, head);
    if (entry == head) {
        kss_poke(m, queue + QUEUE(Busy), 1, 0);
        return kss_return(0);
    }
    KSS_TRY(unlink_entry(m, entry));
    return kss_return(entry);
}

static struct kss_outcome remove_entry(struct kss_machine *m, struct kss_call *call) {
    kss_addr entry = call->arguments[1];
    KSS_TRY(touch(m, call->arguments[0], entry));
    bool inserted = kss_peek(m, entry + ENTRY(Inserted), 1) != 0;
    if (inserted)
        KSS_TRY(unlink_entry(m, entry));
    return kss_return(inserted);
}

KSS_NT_IS(KeInsertDeviceQueue, insert(m, call, false))
KSS_NT_IS(KeInsertByKeyDeviceQueue, insert(m, call, true))
KSS_NT_IS(KeRemoveDeviceQueue, remove_first(m, call))
KSS_NT_IS(KeRemoveByKeyDeviceQueue, remove_by_key(m, call, false))
KSS_NT_IS(KeRemoveByKeyDeviceQueueIfBusy, remove_by_key(m, call, true))
KSS_NT_IS(KeRemoveEntryDeviceQueue, remove_entry(m, call))
