// SPDX-License-Identifier: MIT
// Plug and Play: device interfaces, notification, properties. The test or scenario plays the PnP
// manager itself: it sends the IRPs that IoInvalidateDeviceRelations asks for. Notification callbacks
// run at PASSIVE_LEVEL on the stack of whoever changes something; Windows has a worker for that.
//
// An interface is a block with its link's name at the end (names.c draws one); its device and class
// are in the record.
#include "kernel/serve.h"

enum {
    CATEGORY_INTERFACE = 2,
    CATEGORY_TARGET = 3,
    INCLUDE_EXISTING = 1,
    INCLUDE_NONACTIVE = 1,
    TAG = 0x49706E50, // "PnpI"
    PROPERTY_PDO_NAME = 11,
    PROPERTY_LAST = 22,
    NOTIFICATION = 64
};
// GUID_DEVICE_INTERFACE_ARRIVAL and _REMOVAL (mingw-w64 wdmguid.h), as they lie in memory.
static const uint64_t ARRIVAL = UINT64_C(0x11D046F0CB3A4004);
static const uint64_t REMOVAL = UINT64_C(0x11D046F0CB3A4005);
static const uint64_t EVENT_HIGH = UINT64_C(0x3F05139760008FB0);

struct guid {
    uint64_t low, high;
};

static struct kss_outcome read_guid(struct kss_machine *m, kss_addr at, struct guid *guid) {
    KSS_LOAD(guid->low, at, 8);
    KSS_LOAD(guid->high, at + 8, 8);
    return kss_return(0);
}

static struct kss_outcome driver_block(struct kss_machine *m, uint64_t size) { // paged pool
    struct kss_call pool = {.arguments = {1, size, TAG}, .routine = m->at_work};
    return kss_nt_ExAllocatePoolWithTag(m, &pool);
}

static struct kss_outcome put_text(struct kss_machine *m, kss_addr to, const char *text) {
    for (unsigned i = 0; i == 0 || text[i - 1] != 0; i++)
        KSS_STORE(to + 2 * i, 2, (uint8_t)text[i]);
    return kss_return(0);
}

// ---- Notification -------------------------------------------------------------------------------
// The notification structure is laid out in a block: header { Version 1, Size, Event }, then the class
// and a pointer to the link's UNICODE_STRING (DEVICE_INTERFACE_CHANGE_NOTIFICATION).
static kss_addr interface_notification(struct kss_machine *m, const struct kss_record *r,
                                       bool arrival) {
    char name[KSS_IO_NAME];
    unsigned p = kss_pointer(m);
    kss_name_at(m, r->words[0], name);
    unsigned length = 2 * (unsigned)strlen(name), string = 36 + p * 3;
    struct kss_record copy = *r;
    kss_addr block = kss_system_block(m, NOTIFICATION + string + length);
    if (block == 0)
        return 0;
    string = (36 + p + 7) & ~7u;
    kss_poke(m, block, 2, 1);
    kss_poke(m, block + 2, 2, string);
    kss_poke(m, block + 4, 8, arrival ? ARRIVAL : REMOVAL);
    kss_poke(m, block + 12, 8, EVENT_HIGH);
    kss_poke(m, block + 20, 8, copy.words[2]);
    kss_poke(m, block + 28, 8, copy.words[3]);
    unsigned pointer = (36 + p - 1) & ~(p - 1);
    kss_addr at = block + ((pointer + p + 7) & ~7u);
    kss_set(m, block + pointer, at);
    kss_poke(m, at, 2, length);
    kss_poke(m, at + 2, 2, length);
    kss_set(m, at + KSS_FIELD(UNICODE_STRING, Buffer), at + 2 * p);
    for (unsigned i = 0; i < length / 2; i++)
        kss_poke(m, at + 2 * p + 2 * i, 2, (uint8_t)name[i]);
    return block;
}

// Calls the next callback of [category] and subject beyond registration number local[4]; the block told
// about is local[5] and freed at the end.
static struct kss_outcome notify_next(struct kss_machine *m, struct kss_call *call,
                                      unsigned category, const struct guid *subject, uint8_t step) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *r = kss_record_at(m, i);
        if (r->kind != KSS_R_PNP || (r->flags & 0xF) != category || r->words[0] <= call->local[4] ||
            r->words[2] != subject->low || r->words[3] != subject->high)
            continue;
        call->local[4] = r->words[0];
        call->out[0] = call->local[5];
        call->out[1] = r->words[1];
        return kss_call_driver(m, call, step, r->routine, 2, KSS_ENTRY_CALLBACK);
    }
    return kss_return(0);
}

// EventCategory, EventCategoryFlags, EventCategoryData, DriverObject, CallbackRoutine, Context,
// NotificationEntry. Existing interfaces are told of before it returns; local[0] counts them.
KSS_NT(IoRegisterPlugPlayNotification) {
    unsigned category = (unsigned)KSS_A(0) & 0xF;
    struct guid subject = {KSS_A(2), 0};
    uint32_t code;
    if (call->step == 1 && call->local[5] != 0)
        kss_nt_block_free(m, call->local[5]);
    if (category == CATEGORY_INTERFACE)
        KSS_TRY(read_guid(m, KSS_A(2), &subject));
    if (!kss_code_at(m, KSS_A(4), &code))
        return kss_io_bad_call(m, KSS_A(4));
    if (call->step == 0) {
        kss_addr block = kss_system_block(m, 16);
        if (block == 0)
            return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
        uint32_t index = kss_record_add(m, KSS_R_PNP, block);
        *kss_record_at(m, index) =
            (struct kss_record){.kind = KSS_R_PNP,
                                .flags = (uint16_t)category,
                                .routine = code,
                                .words = {block, KSS_A(5), subject.low, subject.high}};
        KSS_STORE(KSS_A(6), kss_pointer(m), block);
    }
    if (category != CATEGORY_INTERFACE || !(KSS_A(1) & INCLUDE_EXISTING))
        return kss_answer(STATUS_SUCCESS);
    uint64_t seen = 0;
    for (uint32_t i = 0; i < kss_record_at_count(m); i++) {
        struct kss_record r = *kss_record_at(m, i);
        if (r.kind != KSS_R_INTERFACE || !r.flags || r.words[2] != subject.low ||
            r.words[3] != subject.high || seen++ < call->local[0])
            continue;
        call->local[0]++;
        call->local[5] = interface_notification(m, &r, true);
        call->out[0] = call->local[5];
        call->out[1] = KSS_A(5);
        return kss_call_driver(m, call, 1, code, 2, KSS_ENTRY_CALLBACK);
    }
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome unregister(struct kss_machine *m, kss_addr entry) {
    uint32_t index = kss_record_find(m, KSS_R_PNP, entry);
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, entry);
    kss_record_drop(m, index);
    kss_nt_block_free(m, entry);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(IoUnregisterPlugPlayNotification) {
    return unregister(m, KSS_A(0));
}

KSS_NT(IoUnregisterPlugPlayNotificationEx) {
    return unregister(m, KSS_A(0));
}

// PhysicalDeviceObject, NotificationStructure, Callback, Context: whoever registered for a file object
// of the device is told, then the callback is called.
static struct kss_outcome target_change(struct kss_machine *m, struct kss_call *call) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        struct kss_record r = *kss_record_at(m, i);
        if (r.kind != KSS_R_PNP || (r.flags & 0xF) != CATEGORY_TARGET ||
            r.words[0] <= call->local[4] || kss_io_object(m, KSS_O_FILE, r.words[2]) == KSS_NONE ||
            kss_device_top(m, kss_get(m, r.words[2] + KSS_FIELD(FILE_OBJECT, DeviceObject))) !=
                kss_device_top(m, KSS_A(0)))
            continue;
        call->local[4] = r.words[0];
        call->out[0] = KSS_A(1);
        call->out[1] = r.words[1];
        return kss_call_driver(m, call, 1, r.routine, 2, KSS_ENTRY_CALLBACK);
    }
    return kss_return(0);
}

KSS_NT(IoReportTargetDeviceChangeAsynchronous) {
    uint64_t ignored;
    if (call->step == 2)
        return kss_answer(STATUS_SUCCESS);
    KSS_LOAD(ignored, KSS_A(1), 4);
    (void)ignored;
    KSS_TRY(target_change(m, call));
    call->out[0] = KSS_A(3);
    return KSS_A(2) != 0 ? kss_call_back(m, call, 2, KSS_A(2), 1) : kss_answer(STATUS_SUCCESS);
}

KSS_NT(IoReportTargetDeviceChange) {
    KSS_TRY(target_change(m, call));
    return kss_answer(STATUS_SUCCESS);
}

// ---- Interfaces ---------------------------------------------------------------------------------
// "\??\ROOT#KSS#0001#{class}" and "\reference" when there is one.
static void link_name(char *out, unsigned number, const struct guid *g, const char *reference) {
    struct kss_text text = {0};
    kss_text_format(&text, "\\??\\ROOT#KSS#%04u#{%08x-%04x-%04x-", number,
                    (unsigned)(g->low & 0xFFFFFFFF), (unsigned)(g->low >> 32 & 0xFFFF),
                    (unsigned)(g->low >> 48));
    for (unsigned i = 0; i < 8; i++)
        kss_text_format(&text, i == 2 ? "-%02x" : "%02x", (unsigned)(g->high >> (8 * i) & 0xFF));
    kss_text_format(&text, "}%s%s", reference[0] != 0 ? "\\" : "", reference);
    size_t length = text.length < KSS_IO_NAME - 1 ? text.length : KSS_IO_NAME - 1;
    memcpy(out, text.bytes, length);
    out[length] = 0;
    kss_text_free(&text);
}

// PhysicalDeviceObject, InterfaceClassGuid, ReferenceString, SymbolicLinkName. Registered again, it is
// the same interface. The name's buffer is the driver's to free.
KSS_NT(IoRegisterDeviceInterface) {
    struct guid g;
    char reference[KSS_IO_NAME] = "", name[KSS_IO_NAME], other[KSS_IO_NAME];
    uint16_t device = kss_io_object(m, KSS_O_DEVICE, KSS_A(0));
    if (device == KSS_NONE)
        return kss_answer(STATUS_INVALID_DEVICE_REQUEST);
    KSS_TRY(read_guid(m, KSS_A(1), &g));
    if (KSS_A(2) != 0)
        KSS_TRY(kss_unicode_read(m, KSS_A(2), reference));
    link_name(name, (unsigned)kss_object_ref(m, device)->signal, &g, reference);
    bool known = false;
    for (uint32_t i = 0; i < kss_record_at_count(m) && !known; i++)
        if (kss_record_at(m, i)->kind == KSS_R_INTERFACE) {
            kss_name_at(m, kss_record_at(m, i)->words[0], other);
            known = strcmp(name, other) == 0;
        }
    unsigned length = (unsigned)strlen(name);
    if (!known) {
        kss_addr block = kss_system_block(m, 8 + length + 2);
        if (block == 0)
            return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
        kss_name_put(m, block + 8 + length + 2, name);
        uint32_t index = kss_record_add(m, KSS_R_INTERFACE, block);
        kss_record_at(m, index)->words[1] = KSS_A(0);
        kss_record_at(m, index)->words[2] = g.low;
        kss_record_at(m, index)->words[3] = g.high;
    }
    struct kss_outcome buffer = driver_block(m, 2 * length + 2);
    KSS_TRY(buffer);
    if (buffer.value == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    KSS_TRY(put_text(m, buffer.value, name));
    KSS_STORE(KSS_A(3) + KSS_FIELD(UNICODE_STRING, Length), 2, 2 * length);
    KSS_STORE(KSS_A(3) + KSS_FIELD(UNICODE_STRING, MaximumLength), 2, 2 * length + 2);
    KSS_STORE(KSS_A(3) + KSS_FIELD(UNICODE_STRING, Buffer), kss_pointer(m), buffer.value);
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome interface_called(struct kss_machine *m, kss_addr string,
                                           uint32_t *index) {
    char wanted[KSS_IO_NAME], name[KSS_IO_NAME];
    KSS_TRY(kss_unicode_read(m, string, wanted));
    for (*index = 0; *index < kss_record_at_count(m); ++*index) {
        if (kss_record_at(m, *index)->kind != KSS_R_INTERFACE)
            continue;
        kss_name_at(m, kss_record_at(m, *index)->words[0], name);
        if (strcmp(name, wanted) == 0)
            return kss_return(0);
    }
    *index = KSS_NO_FRAME;
    return kss_return(0);
}

KSS_NT(IoSetDeviceInterfaceState) { // SymbolicLinkName, Enable
    uint32_t index;
    bool enable = (KSS_A(1) & 0xFF) != 0;
    KSS_TRY(interface_called(m, KSS_A(0), &index));
    if (index == KSS_NO_FRAME)
        return kss_answer(STATUS_OBJECT_NAME_NOT_FOUND);
    struct guid g = {kss_record_at(m, index)->words[2], kss_record_at(m, index)->words[3]};
    if (call->step == 0) {
        if ((kss_record_at(m, index)->flags != 0) == enable)
            return kss_answer(enable ? STATUS_OBJECT_NAME_EXISTS : STATUS_OBJECT_NAME_NOT_FOUND);
        kss_record_at(m, index)->flags = enable;
        struct kss_record r = *kss_record_at(m, index);
        call->local[5] = interface_notification(m, &r, enable);
    }
    KSS_TRY(notify_next(m, call, CATEGORY_INTERFACE, &g, 1));
    if (call->local[5] != 0)
        kss_nt_block_free(m, call->local[5]);
    return kss_answer(STATUS_SUCCESS);
}

// InterfaceClassGuid, PhysicalDeviceObject, Flags, SymbolicLinkList: the names, each with its zero, and
// a zero behind the last; the driver frees it.
KSS_NT(IoGetDeviceInterfaces) {
    struct guid g;
    char name[KSS_IO_NAME];
    uint64_t size = 2;
    KSS_TRY(read_guid(m, KSS_A(0), &g));
    struct kss_outcome list = kss_return(0);
    for (unsigned pass = 0; pass < 2; pass++) {
        uint64_t at = 0;
        for (uint32_t i = 0; i < kss_record_at_count(m); i++) {
            const struct kss_record *r = kss_record_at(m, i);
            if (r->kind != KSS_R_INTERFACE || r->words[2] != g.low || r->words[3] != g.high ||
                (KSS_A(1) != 0 && r->words[1] != KSS_A(1)) ||
                (!r->flags && !(KSS_A(2) & INCLUDE_NONACTIVE)))
                continue;
            kss_name_at(m, r->words[0], name);
            if (pass == 1)
                KSS_TRY(put_text(m, list.value + at, name));
            at += 2 * strlen(name) + 2;
        }
        if (pass == 1) {
            KSS_STORE(list.value + at, 2, 0);
            break;
        }
        list = driver_block(m, size + at);
        KSS_TRY(list);
        if (list.value == 0)
            return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    }
    KSS_STORE(KSS_A(3), kss_pointer(m), list.value);
    return kss_answer(STATUS_SUCCESS);
}

// ---- Devices ------------------------------------------------------------------------------------
// DeviceObject, DeviceProperty, BufferLength, PropertyBuffer, ResultLength. Devices of the model have
// their name and no other property.
KSS_NT(IoGetDeviceProperty) {
    char name[KSS_IO_NAME] = "";
    uint32_t property = (uint32_t)KSS_A(1);
    if (kss_io_object(m, KSS_O_DEVICE, KSS_A(0)) == KSS_NONE)
        return kss_answer(STATUS_INVALID_DEVICE_REQUEST);
    if (property > PROPERTY_LAST)
        return kss_answer(STATUS_INVALID_PARAMETER_2);
    kss_name_of(m, KSS_A(0), name);
    uint64_t size = 2 * strlen(name) + 2;
    if (property != PROPERTY_PDO_NAME || name[0] == 0) {
        KSS_STORE(KSS_A(4), 4, 0);
        return kss_answer(STATUS_OBJECT_NAME_NOT_FOUND);
    }
    KSS_STORE(KSS_A(4), 4, size);
    if ((KSS_A(2) & 0xFFFFFFFF) < size)
        return kss_answer(STATUS_BUFFER_TOO_SMALL);
    KSS_TRY(put_text(m, KSS_A(3), name));
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome tell_manager(struct kss_machine *m, struct kss_call *call) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), 2);
    (void)ignored;
    return kss_return(0);
}

KSS_NT(IoInvalidateDeviceRelations) {
    return tell_manager(m, call);
}

KSS_NT(IoInvalidateDeviceState) {
    return tell_manager(m, call);
}

KSS_NT(IoRequestDeviceEject) {
    return tell_manager(m, call);
}
