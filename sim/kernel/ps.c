// SPDX-License-Identifier: MIT
// Processes and threads as drivers ask for them. A process of the model is a name and its threads
// (query.c has its address): ids are the System process's 4, and after it in the order of the
// processes' first threads. Ids of threads are PsGetCurrentThreadId's.
#include "kernel/serve.h"

enum { SYSTEM_ID = 4, FIRST_ID = 0x100, NOTIFY_MOST = 64 };

static kss_addr process_base(const struct kss_machine *m) {
    return kss_thread_address(m, 0x800);
}

// The number of the process behind an EPROCESS: 0 is System, N is that of thread N - 1.
// KSS_NONE: no process.
static uint16_t process_number(const struct kss_machine *m, kss_addr process) {
    kss_addr base = process_base(m);
    if (process < base || (process - base) % 0x400 != 0)
        return KSS_NONE;
    uint64_t number = (process - base) / 0x400;
    return number <= kss_thread_at_count(m) ? (uint16_t)number : (uint16_t)KSS_NONE;
}

bool kss_is_process(const struct kss_machine *m, kss_addr address) {
    return process_number(m, address) != KSS_NONE;
}

static kss_addr process_of(const struct kss_machine *m, uint16_t thread) {
    uint32_t process = thread == KSS_NONE ? 0 : kss_thread_at(m, thread)->process;
    uint16_t first = 0;
    while (process != 0 && kss_thread_at(m, first)->process != process)
        first++;
    return process_base(m) + (process == 0 ? 0 : (first + 1u) * 0x400u);
}

static uint64_t process_id(const struct kss_machine *m, kss_addr process) {
    uint16_t number = process_number(m, process);
    return number == KSS_NONE ? 0 : number == 0 ? SYSTEM_ID : FIRST_ID + 4u * number;
}

// A thread that a routine was given: 0x50 for an address that is none, as any read of it would be.
static struct kss_outcome use_thread(struct kss_machine *m, kss_addr address, uint16_t *thread) {
    *thread = kss_thread_with_address(m, address);
    if (*thread != KSS_NONE)
        return kss_return(0);
    struct kss_outcome outcome;
    kss_load(m, address, 1, KSS_WHO_DRIVER, &outcome);
    return outcome.kind == KSS_OUT_RETURN ? kss_outcome(KSS_OUT_SPIN, 0) : outcome;
}

#define KSS_THREAD(thread)                                                                         \
    uint16_t thread;                                                                               \
    KSS_USE(use_thread(m, KSS_A(0), &thread))

// ---- Who is who ---------------------------------------------------------------------------------
KSS_NT(PsGetCurrentProcessId) {
    return kss_return(process_id(m, process_of(m, kss_cpu(m)->thread)));
}

KSS_NT(PsGetProcessId) {
    return kss_return(process_id(m, KSS_A(0)));
}

KSS_NT(PsGetThreadProcess) {
    KSS_THREAD(thread);
    return kss_return(process_of(m, thread));
}

KSS_NT(IoThreadToProcess) {
    KSS_THREAD(thread);
    return kss_return(process_of(m, thread));
}

KSS_NT(PsGetThreadProcessId) {
    KSS_THREAD(thread);
    return kss_return(process_id(m, process_of(m, thread)));
}

// All processes are there when the run begins.
KSS_NT(PsGetProcessCreateTimeQuadPart) {
    return kss_return(kss_system_time(m) - kss_clock(m)->now);
}

KSS_NT(PsGetProcessExitTime) { // the calling process's, which has not ended
    return kss_return(0);
}

// ---- Looking up ---------------------------------------------------------------------------------

KSS_NT(PsLookupProcessByProcessId) {
    kss_addr found = KSS_A(0) == SYSTEM_ID ? process_base(m) : 0;
    for (uint16_t i = 0; i < kss_thread_at_count(m) && found == 0; i++)
        if (process_id(m, process_of(m, i)) == KSS_A(0))
            found = process_of(m, i);
    if (found == 0)
        return kss_answer(STATUS_INVALID_CID);
    KSS_STORE(KSS_A(1), kss_pointer(m), found);
    return kss_answer(STATUS_SUCCESS);
}

// ---- Whose request ------------------------------------------------------------------------------
static struct kss_outcome requestor(struct kss_machine *m, kss_addr irp, uint16_t *thread) {
    uint64_t address;
    KSS_LOAD(address, irp + KSS_TAIL(Thread), kss_pointer(m));
    *thread = kss_thread_with_address(m, address);
    return kss_return(0);
}

KSS_NT(IoGetRequestorProcessId) {
    uint16_t thread;
    KSS_TRY(requestor(m, KSS_A(0), &thread));
    return kss_return(thread == KSS_NONE ? 0 : process_id(m, process_of(m, thread)));
}

// Everybody is in session 0; STATUS_UNSUCCESSFUL without a requestor (DDI).
KSS_NT(IoGetRequestorSessionId) {
    uint16_t thread;
    KSS_TRY(requestor(m, KSS_A(0), &thread));
    if (thread == KSS_NONE) {
        KSS_STORE(KSS_A(1), 4, 0xFFFFFFFF);
        return kss_answer(STATUS_UNSUCCESSFUL);
    }
    KSS_STORE(KSS_A(1), 4, 0);
    return kss_answer(STATUS_SUCCESS);
}

// No process of the model runs under WOW64: on a 64-bit machine requests come from 64-bit code.
KSS_NT(IoIs32bitProcess) {
    return kss_return(!kss_wide(m));
}

// ---- Disk counters ------------------------------------------------------------------------------
// Nobody reads the counters: PsIsDiskCountersEnabled says so, and updates go nowhere.
KSS_NT(PsIsDiskCountersEnabled) {
    return kss_return(0);
}

KSS_NT(PsUpdateDiskCounters) {
    return kss_answer(STATUS_SUCCESS);
}

// ---- Notification -------------------------------------------------------------------------------
// Routines are kept by address, at most 64 of a kind (DDI PsSetCreateProcessNotifyRoutine: 64 since
// Vista SP1).
static struct kss_outcome notify_add(struct kss_machine *m, enum kss_record_kind kind,
                                     kss_addr address, unsigned flags) {
    uint32_t code, index = kss_record_find(m, kind, address);
    if (index != KSS_NO_FRAME && kss_record_at(m, index)->flags == flags)
        return kss_answer(STATUS_INVALID_PARAMETER);
    if (kss_record_number(m, kind) >= NOTIFY_MOST)
        return kss_answer(kind == KSS_R_PROCESS_NOTIFY ? STATUS_INVALID_PARAMETER
                                                       : STATUS_INSUFFICIENT_RESOURCES);
    if (!kss_code_at(m, address, &code))
        return kss_io_bad_call(m, address);
    index = kss_record_add(m, kind, address);
    kss_record_at(m, index)->routine = code;
    kss_record_at(m, index)->flags = (uint16_t)flags;
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome notify_remove(struct kss_machine *m, enum kss_record_kind kind,
                                        kss_addr address, uint32_t missing) {
    uint32_t index = kss_record_find(m, kind, address);
    if (index == KSS_NO_FRAME)
        return kss_return(missing);
    kss_record_drop(m, index);
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome process_notify(struct kss_machine *m, struct kss_call *call,
                                         unsigned flags) {
    if (KSS_A(1) & 0xFF)
        return notify_remove(m, KSS_R_PROCESS_NOTIFY, KSS_A(0), (uint32_t)STATUS_INVALID_PARAMETER);
    return notify_add(m, KSS_R_PROCESS_NOTIFY, KSS_A(0), flags);
}

KSS_NT(PsSetCreateProcessNotifyRoutine) {
    return process_notify(m, call, 0);
}

KSS_NT(PsSetCreateProcessNotifyRoutineEx) {
    return process_notify(m, call, 1);
}

KSS_NT(PsSetCreateThreadNotifyRoutine) {
    return notify_add(m, KSS_R_THREAD_NOTIFY, KSS_A(0), 0);
}

KSS_NT(PsRemoveCreateThreadNotifyRoutine) {
    return notify_remove(m, KSS_R_THREAD_NOTIFY, KSS_A(0), (uint32_t)STATUS_PROCEDURE_NOT_FOUND);
}

KSS_NT(PsSetLoadImageNotifyRoutine) {
    return notify_add(m, KSS_R_IMAGE_NOTIFY, KSS_A(0), 0);
}

KSS_NT(PsRemoveLoadImageNotifyRoutine) {
    return notify_remove(m, KSS_R_IMAGE_NOTIFY, KSS_A(0), (uint32_t)STATUS_PROCEDURE_NOT_FOUND);
}
