// SPDX-License-Identifier: MIT
// The rounds of a __try statement (include/nt/kss_seh.h tells the story) and the way of an exception.
//
//   NEW -> BODY -+- falls off -> AFTER_BODY ---------------------------------> DONE
//                +- __leave --> LEFT -----> AFTER_BODY ----------------------> DONE
//                +- return ---> RETURNING > AFTER_RETURN > DONE, and the return goes on
//                +- exception > RAISED ---> AFTER_RAISE -+- filter > 0: HANDLER -> DONE
//                                                        +- else: DONE, and outwards
//
// A frame is on the list in BODY only: an exception in a filter, a handler or a __finally block
// belongs to the statement around it. What the second round ends with is decided by the phase alone, so
// a return out of a __finally block drops a pending exception, as on NT.
#include "native/seh.h"

#include "base/os.h"

#include <stddef.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#if defined(WATCHED)
#include <sanitizer/asan_interface.h>
#endif

#if defined(KSS_SEH_WORDS)

enum { INFORMATION = 15, BOUND = 0x80 /* a phase no __try statement has */ };

// EXCEPTION_RECORD and EXCEPTION_POINTERS (DDI EXCEPTION_RECORD).
struct record {
    uint32_t code, flags;
    struct record *nested;
    void *address;
    uint32_t count;
    uintptr_t information[INFORMATION];
};
struct pointers {
    struct record *record;
    void *context;
};

// The exception told of last on this host thread. A __finally block that waits may let another one
// come between; what is passed on outwards is then told again, without its information.
static _Thread_local struct {
    struct record record;
    struct pointers pointers;
} last;

_Noreturn void kss_seh_jump(struct kss_seh_frame *frame);

// ---- The defaults -------------------------------------------------------------------------------

static _Thread_local struct kss_seh_frame *list_of_thread;

struct kss_seh_frame **kss_seh_host_list(void) {
    return &list_of_thread;
}

__attribute__((weak)) struct kss_seh_frame **kss_seh_list(void) {
    return kss_seh_host_list();
}

__attribute__((weak)) _Noreturn void kss_seh_unhandled(int32_t code, void *address) {
    (void)code;
    (void)address;
    kss_os_fatal("an exception that no __except takes, in driver code outside of a machine");
}

// ---- The way of an exception --------------------------------------------------------------------

// The frames of routines that never return keep the red zones of AddressSanitizer otherwise.
static void forget_frames(const struct kss_seh_frame *frame) {
#if defined(WATCHED)
    const char *low = __builtin_frame_address(0);
    if ((uintptr_t)low < (uintptr_t)frame)
        __asan_unpoison_memory_region(low, (size_t)((const char *)frame - low));
#else
    (void)frame;
#endif
}

static void tell(int32_t code, void *address, const uintptr_t *information, unsigned count) {
    if (count > INFORMATION)
        count = INFORMATION;
    last.record = (struct record){.code = (uint32_t)code, .address = address, .count = count};
    if (count > 0)
        memcpy(last.record.information, information, count * sizeof *information);
}

static bool raise(int32_t code, void *address) {
    struct kss_seh_frame **list = kss_seh_list(), *frame = *list;
    if (frame == NULL || frame->phase == BOUND)
        return false;
    *list = frame->next;
    frame->code = code;
    frame->address = address;
    frame->phase = KSS_SEH_RAISED;
    forget_frames(frame);
    kss_seh_jump(frame);
}

bool kss_seh_raise_with(int32_t code, void *address, const uintptr_t *information, unsigned count) {
    tell(code, address, information, count);
    return raise(code, address);
}

bool kss_seh_raise(int32_t code, void *address) {
    return kss_seh_raise_with(code, address, NULL, 0);
}

static _Noreturn void go_on_outwards(int32_t code, void *address) {
    if (last.record.code != (uint32_t)code || last.record.address != address)
        tell(code, address, NULL, 0);
    raise(code, address);
    kss_seh_unhandled(code, address);
}

void kss_seh_bound(struct kss_seh_frame *mark) {
    struct kss_seh_frame **list = kss_seh_list();
    mark->phase = BOUND;
    mark->next = *list;
    *list = mark;
}

void kss_seh_unbound(struct kss_seh_frame *mark) {
    *kss_seh_list() = mark->next;
}

// ---- The rounds ---------------------------------------------------------------------------------

static int after_body(struct kss_seh_frame *frame, enum kss_seh_phase phase) {
    *kss_seh_list() = frame->next;
    frame->phase = phase;
    return 1;
}

int kss_seh_step(struct kss_seh_frame *frame) {
    struct kss_seh_frame **list;
    enum kss_seh_phase phase = (enum kss_seh_phase)frame->phase;
    switch (phase) {
    case KSS_SEH_NEW:
        list = kss_seh_list();
        frame->next = *list;
        *list = frame;
        frame->phase = KSS_SEH_BODY;
        return 1;
    case KSS_SEH_BODY:
    case KSS_SEH_LEFT: return after_body(frame, KSS_SEH_AFTER_BODY);
    case KSS_SEH_RETURNING: return after_body(frame, KSS_SEH_AFTER_RETURN);
    case KSS_SEH_RAISED: frame->phase = KSS_SEH_AFTER_RAISE; return 1;
    default: break;
    }
    frame->phase = KSS_SEH_DONE;
    if (phase == KSS_SEH_AFTER_RETURN)
        kss_seh_jump(frame);
    if (phase == KSS_SEH_AFTER_RAISE)
        go_on_outwards(frame->code, frame->address);
    return 0;
}

int kss_seh_filtering(struct kss_seh_frame *frame) {
    return frame->phase == KSS_SEH_AFTER_RAISE;
}

int kss_seh_filter(struct kss_seh_frame *frame, int answer) {
    const int32_t noncontinuable = (int32_t)0xC0000025u;
    if (answer > 0)
        frame->phase = KSS_SEH_HANDLER;
    if (answer < 0) {
        frame->phase = KSS_SEH_DONE;
        tell(noncontinuable, frame->address, NULL, 0);
        go_on_outwards(noncontinuable, frame->address);
    }
    return answer > 0;
}

// Written in a handler or a __finally block it leaves the body around that statement.
_Noreturn void kss_seh_leave(struct kss_seh_frame *frame) {
    while (frame != NULL && frame->phase != KSS_SEH_BODY)
        frame = frame->enclosing;
    if (frame == NULL)
        kss_os_fatal("__leave outside of a __try body");
    frame->phase = KSS_SEH_LEFT;
    kss_seh_jump(frame);
}

// ---- What filters and blocks ask ----------------------------------------------------------------

int kss_seh_code(struct kss_seh_frame *frame) {
    while (frame != NULL && frame->phase != KSS_SEH_AFTER_RAISE && frame->phase != KSS_SEH_HANDLER)
        frame = frame->enclosing;
    return frame == NULL ? 0 : frame->code;
}

int kss_seh_abnormal(struct kss_seh_frame *frame) {
    while (frame != NULL && frame->phase == KSS_SEH_BODY)
        frame = frame->enclosing;
    return frame != NULL &&
           (frame->phase == KSS_SEH_AFTER_RETURN || frame->phase == KSS_SEH_AFTER_RAISE);
}

void *kss_seh_information(struct kss_seh_frame *frame) {
    while (frame != NULL && frame->phase != KSS_SEH_AFTER_RAISE)
        frame = frame->enclosing;
    if (frame == NULL)
        return NULL;
    if (last.record.code != (uint32_t)frame->code || last.record.address != frame->address)
        tell(frame->code, frame->address, NULL, 0);
    last.pointers = (struct pointers){&last.record, NULL};
    return &last.pointers;
}

#endif
