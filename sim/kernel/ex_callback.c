// SPDX-License-Identifier: MIT
// Callback objects (ExCreateCallback), high-resolution timers (ExAllocateTimer), UUIDs.
//
// A callback object is a block with its name at its end (names.c draws one); its registrations are
// records, notified in the order of their making. A timer is a block:
//
//     | KDPC: EXT_CALLBACK(timer, context) | ... | KTIMER at 128 |
#include "kernel/serve.h"

enum { TIMER_AT = 128, TIMER_BLOCK = 256, MS = 10000, DELETE_VERSION = 4 };

// ---- Callback objects ---------------------------------------------------------------------------
static kss_addr callback_named(struct kss_machine *m, const char *wanted) {
    char name[KSS_IO_NAME];
    for (uint32_t i = 0; wanted[0] != 0 && i < kss_record_at_count(m); i++) {
        if (kss_record_at(m, i)->kind != KSS_R_CALLBACK)
            continue;
        kss_addr block = kss_record_at(m, i)->words[0];
        kss_name_at(m, block, name);
        if (kss_same_name(name, wanted))
            return block;
    }
    return 0;
}

// The system makes these itself (KRN using-a-system-defined-callback-object).
static bool is_system_callback(const char *name) {
    static const char *const names[] = {"\\Callback\\SetSystemTime", "\\Callback\\PowerState",
                                        "\\Callback\\ProcessorAdd"};
    for (unsigned i = 0; i < 3; i++)
        if (kss_same_name(name, names[i]))
            return true;
    return false;
}

KSS_NT(ExCreateCallback) { // CallbackObject, ObjectAttributes, Create, AllowMultipleCallbacks
    char name[KSS_IO_NAME] = "";
    uint64_t string;
    KSS_LOAD(string, KSS_A(1) + KSS_FIELD(OBJECT_ATTRIBUTES, ObjectName), kss_pointer(m));
    if (string != 0)
        KSS_TRY(kss_unicode_read(m, string, name));
    kss_addr block = callback_named(m, name);
    bool system = is_system_callback(name);
    if (block == 0 && !(KSS_A(2) & 0xFF) && !system)
        return kss_answer(STATUS_OBJECT_NAME_NOT_FOUND);
    if (block == 0) {
        uint32_t size = 32 + (uint32_t)strlen(name) + 2;
        block = kss_system_block(m, size);
        if (block == 0)
            return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
        kss_name_put(m, block + size, name);
        uint32_t index = kss_record_add(m, KSS_R_CALLBACK, block);
        kss_record_at(m, index)->words[1] = system || (KSS_A(3) & 0xFF) != 0;
    }
    KSS_STORE(KSS_A(0), kss_pointer(m), block);
    return kss_answer(STATUS_SUCCESS);
}

static uint32_t entry_of(const struct kss_machine *m, kss_addr object, kss_addr above) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *r = kss_record_at(m, i);
        if (r->kind == KSS_R_CALLBACK_ENTRY && r->words[1] == object && r->words[3] > above)
            return i;
    }
    return KSS_NO_FRAME;
}

// words[3] numbers the registrations, so that notification goes on behind the last one told, whatever
// was registered and unregistered meanwhile.
KSS_NT(ExRegisterCallback) { // CallbackObject, CallbackFunction, CallbackContext
    uint32_t code, object = kss_record_find(m, KSS_R_CALLBACK, KSS_A(0));
    if (object == KSS_NO_FRAME)
        return kss_io_bad_call(m, KSS_A(0));
    if (!kss_record_at(m, object)->words[1] && entry_of(m, KSS_A(0), 0) != KSS_NO_FRAME)
        return kss_return(0); // it allows one
    if (!kss_code_at(m, KSS_A(1), &code))
        return kss_io_bad_call(m, KSS_A(1));
    kss_addr block = kss_system_block(m, 16);
    if (block == 0)
        return kss_return(0);
    uint64_t number = ++kss_record_at(m, object)->words[2];
    uint32_t index = kss_record_add(m, KSS_R_CALLBACK_ENTRY, block);
    struct kss_record *r = kss_record_at(m, index);
    r->routine = code;
    r->words[1] = KSS_A(0);
    r->words[2] = KSS_A(2);
    r->words[3] = number;
    return kss_return(block);
}

KSS_NT(ExUnregisterCallback) {
    uint32_t index = kss_record_find(m, KSS_R_CALLBACK_ENTRY, KSS_A(0));
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, KSS_A(0));
    kss_record_drop(m, index);
    kss_nt_block_free(m, KSS_A(0));
    return kss_return(0);
}

KSS_NT(ExNotifyCallback) { // local[0]: number of the last one told
    uint32_t index = entry_of(m, KSS_A(0), call->local[0]);
    if (index == KSS_NO_FRAME)
        return kss_return(0);
    struct kss_record r = *kss_record_at(m, index);
    call->local[0] = r.words[3];
    call->out[0] = r.words[2];
    call->out[1] = KSS_A(1);
    call->out[2] = KSS_A(2);
    return kss_call_driver(m, call, 1, r.routine, 3, KSS_ENTRY_CALLBACK);
}

// ---- Timers -------------------------------------------------------------------------------------
static struct kss_outcome on_timer(struct kss_machine *m, struct kss_call *call, kss_step *step,
                                   const uint64_t *arguments, unsigned count) {
    struct kss_call inner = {.routine = call->routine, .place = call->place};
    memcpy(inner.arguments, arguments, count * sizeof *arguments);
    return step(m, &inner);
}

KSS_NT(ExAllocateTimer) { // Callback, CallbackContext, Attributes
    kss_addr block = kss_system_block(m, TIMER_BLOCK);
    if (block == 0)
        return kss_return(0);
    KSS_TRY(on_timer(m, call, kss_nt_KeInitializeDpc, (const uint64_t[]){block, KSS_A(0), KSS_A(1)},
                     3));
    KSS_TRY(on_timer(m, call, kss_nt_KeInitializeTimer, (const uint64_t[]){block + TIMER_AT}, 1));
    kss_record_at(m, kss_record_add(m, KSS_R_EX_TIMER, block))->words[1] = KSS_A(0);
    return kss_return(block);
}

static struct kss_outcome use_timer(struct kss_machine *m, kss_addr timer, bool *callback) {
    uint32_t index = kss_record_find(m, KSS_R_EX_TIMER, timer);
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, timer);
    *callback = kss_record_at(m, index)->words[1] != 0;
    return kss_return(0);
}

KSS_NT(ExSetTimer) { // Timer, DueTime, Period in 100 ns, Parameters; TRUE: it was set before
    bool callback;
    KSS_TRY(use_timer(m, KSS_A(0), &callback));
    struct kss_outcome set =
        on_timer(m, call, kss_nt_KeSetTimerEx,
                 (const uint64_t[]){KSS_A(0) + TIMER_AT, KSS_A(1), 0, callback ? KSS_A(0) : 0}, 4);
    KSS_TRY(set);
    uint16_t object = kss_object_at(m, KSS_A(0) + TIMER_AT);
    if (object != KSS_NONE && (int64_t)KSS_A(2) > 0)
        kss_object_ref(m, object)->period = KSS_A(2);
    return set;
}

KSS_NT(ExCancelTimer) {
    bool callback;
    KSS_TRY(use_timer(m, KSS_A(0), &callback));
    return on_timer(m, call, kss_nt_KeCancelTimer, (const uint64_t[]){KSS_A(0) + TIMER_AT}, 1);
}

// Timer, Cancel, Wait, Parameters { Version, Reserved, DeleteCallback, DeleteContext }. A callback that
// is queued still runs: with Wait the DPCs that are queued run first, which at PASSIVE_LEVEL they
// have.
KSS_NT(ExDeleteTimer) {
    bool callback;
    uint64_t routine = 0, context = 0;
    if (call->step == 1)
        return kss_return(call->local[0]);
    KSS_TRY(use_timer(m, KSS_A(0), &callback));
    if (KSS_A(3) != 0) {
        KSS_LOAD(routine, KSS_A(3) + 8, kss_pointer(m));
        KSS_LOAD(context, KSS_A(3) + 8 + kss_pointer(m), kss_pointer(m));
    }
    struct kss_outcome cancelled =
        on_timer(m, call, kss_nt_KeCancelTimer, (const uint64_t[]){KSS_A(0) + TIMER_AT}, 1);
    KSS_TRY(cancelled);
    KSS_TRY(on_timer(m, call, kss_nt_KeRemoveQueueDpc, (const uint64_t[]){KSS_A(0)}, 1));
    kss_record_drop(m, kss_record_find(m, KSS_R_EX_TIMER, KSS_A(0)));
    kss_nt_block_free(m, KSS_A(0));
    call->local[0] = cancelled.value;
    call->out[0] = context;
    return routine != 0 ? kss_call_back(m, call, 1, routine, 1) : cancelled;
}

// ---- Small things -------------------------------------------------------------------------------
// The same sequence in every run; version 4 and the variant of RFC 4122 in their places.
KSS_NT(ExUuidCreate) {
    uint32_t index = kss_record_find(m, KSS_R_UUID, 0);
    if (index == KSS_NO_FRAME)
        index = kss_record_add(m, KSS_R_UUID, 0);
    uint64_t number = ++kss_record_at(m, index)->words[1];
    uint64_t low = number * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t high = (low ^ low >> 31) * UINT64_C(0xBF58476D1CE4E5B9);
    low = (low & ~(UINT64_C(0xF) << 60)) | UINT64_C(4) << 60;
    high = (high & ~UINT64_C(0xC0)) | 0x80;
    KSS_STORE(KSS_A(0), 8, low);
    KSS_STORE(KSS_A(0) + 8, 8, high);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(ExSetTimerResolution) { // the clock ticks as the machine says
    return kss_return(m->config.profile.clock_tick);
}

KSS_NT(ExVerifySuite) {
    return kss_return(0);
}
