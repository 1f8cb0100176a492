// SPDX-License-Identifier: MIT
// Threads that drivers make, and what they may ask about threads.
#include "kernel/io.h"

enum { SYSTEM_PRIORITY = 8, NAME = 64, MOST = 2000 /* KTHREADs that a machine holds */ };

// DDI PsCreateSystemThread: no user context; the thread starts at PASSIVE_LEVEL with normal kernel APCs
// disabled (KRN disabling-apcs), which it may end with.
struct kss_outcome kss_nt_PsCreateSystemThread(struct kss_machine *m, struct kss_call *call) {
    uint32_t routine;
    if (!kss_code_at(m, call->arguments[5], &routine))
        return kss_io_bad_call(m, call->arguments[5]);
    KSS_TRY(kss_store(m, call->arguments[0], kss_pointer(m), 0, KSS_WHO_DRIVER));
    if (kss_pool_fails(m) || kss_thread_at_count(m) >= MOST)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    struct kss_text name = {0};
    unsigned number = 1;
    for (uint32_t i = 0; i < kss_thread_at_count(m); i++)
        number += kss_thread_at(m, i)->worker == 0 && kss_thread_at(m, i)->body == routine;
    kss_text_str(&name, m->image->code[routine].name);
    if (number > 1)
        kss_text_format(&name, " #%u", number);
    uint16_t thread = kss_thread_add_call(m, name.bytes, routine, &call->arguments[6], 1,
                                          SYSTEM_PRIORITY, NULL, true, false, call->place);
    kss_text_free(&name);
    uint16_t caller = kss_cpu(m)->thread;
    if (call->arguments[3] != 0 && caller != KSS_NONE) { // a process, always the caller's here
        kss_thread_at(m, thread)->process = kss_thread_at(m, caller)->process;
        kss_thread_cold_at(m, thread)->process_name = kss_thread_cold_at(m, caller)->process_name;
    }
    kss_apcs_off_at_start(m, thread);
    kss_thread_object(m, thread);
    if (call->arguments[4] != 0) { // CLIENT_ID
        KSS_TRY(kss_store(m, call->arguments[4], kss_pointer(m), 4, KSS_WHO_DRIVER));
        KSS_TRY(kss_store(m, call->arguments[4] + kss_pointer(m), kss_pointer(m),
                          kss_thread_id(thread), KSS_WHO_DRIVER));
    }
    uint64_t handle = kss_handle_new(m, KSS_HANDLE_THREAD, thread);
    KSS_TRY(kss_store(m, call->arguments[0], kss_pointer(m), handle, KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

uint16_t kss_thread_with_id(const struct kss_machine *m, uint64_t id) {
    bool one = id >= kss_thread_id(0) && id % 4 == 0 &&
               (id - kss_thread_id(0)) / 4 < kss_thread_at_count(m);
    return one ? (uint16_t)((id - kss_thread_id(0)) / 4) : (uint16_t)KSS_NONE;
}

struct kss_outcome kss_nt_PsGetThreadId(struct kss_machine *m, struct kss_call *call) {
    uint16_t thread = kss_thread_with_address(m, call->arguments[0]);
    return kss_return(thread == KSS_NONE ? 0 : kss_thread_id(thread));
}

// Referenced for the caller (DDI PsLookupThreadByThreadId).
struct kss_outcome kss_nt_PsLookupThreadByThreadId(struct kss_machine *m, struct kss_call *call) {
    uint16_t thread = kss_thread_with_id(m, call->arguments[0]);
    if (thread == KSS_NONE || kss_thread_at(m, thread)->state == KSS_T_ENDED)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    kss_thread_object(m, thread);
    KSS_TRY(kss_store(m, call->arguments[1], kss_pointer(m), kss_thread_address(m, thread),
                      KSS_WHO_DRIVER));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

static struct kss_outcome has_flag(struct kss_machine *m, kss_addr address, unsigned flag) {
    uint16_t thread = kss_thread_with_address(m, address);
    return kss_return(thread != KSS_NONE && kss_thread_at(m, thread)->flags & flag);
}

struct kss_outcome kss_nt_PsIsSystemThread(struct kss_machine *m, struct kss_call *call) {
    return has_flag(m, call->arguments[0], KSS_TF_SYSTEM);
}

struct kss_outcome kss_nt_IoIsSystemThread(struct kss_machine *m, struct kss_call *call) {
    return has_flag(m, call->arguments[0], KSS_TF_SYSTEM);
}

struct kss_outcome kss_nt_PsIsThreadTerminating(struct kss_machine *m, struct kss_call *call) {
    uint16_t thread = kss_thread_with_address(m, call->arguments[0]);
    return kss_return(thread != KSS_NONE && (kss_thread_at(m, thread)->flags & KSS_TF_TERMINATING ||
                                             kss_thread_at(m, thread)->state == KSS_T_ENDED));
}
