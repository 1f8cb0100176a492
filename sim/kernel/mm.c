// SPDX-License-Identifier: MIT
// What kind of system is this, does nobody map that file: questions to the memory manager that the
// model can answer. It has no section objects, so no file is ever mapped, and no image is shared.
#include "kernel/serve.h"

enum { SMALL_SYSTEM = 0, LARGE_SYSTEM = 2 };

KSS_NT(MmQuerySystemSize) {
    return kss_return(m->config.small_memory ? SMALL_SYSTEM : LARGE_SYSTEM);
}

KSS_NT(MmIsThisAnNtAsSystem) { // a workstation
    return kss_return(0);
}

KSS_NT(MmIsNonPagedSystemAddressValid) {
    uint32_t region = kss_region_find(m, KSS_A(0));
    if (region == KSS_NO_FRAME)
        return kss_return(0);
    uint8_t kind = kss_region_at(m, region)->kind;
    return kss_return(kind == KSS_REGION_NONPAGED || kind == KSS_REGION_IMAGE);
}

// ---- Files in memory ----------------------------------------------------------------------------
static struct kss_outcome no_sections(struct kss_machine *m, struct kss_call *call,
                                      uint64_t answer) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), kss_pointer(m)); // SECTION_OBJECT_POINTERS
    (void)ignored;
    return kss_return(answer);
}

KSS_NT(MmCanFileBeTruncated) {
    return no_sections(m, call, 1);
}

KSS_NT(MmFlushImageSection) {
    return no_sections(m, call, 1);
}

KSS_NT(MmForceSectionClosed) {
    return no_sections(m, call, 1);
}

KSS_NT(MmDoesFileHaveUserWritableReferences) {
    return no_sections(m, call, 0);
}

KSS_NT(MmIsRecursiveIoFault) { // no page fault of the model reads a file
    return kss_return(0);
}

// ---- Routines by name ---------------------------------------------------------------------------
// The number of the row, from 1: the processor knows its address. 0: nothing is exported by that name.
KSS_NT(MmGetSystemRoutineAddress) {
    char name[KSS_IO_NAME];
    KSS_TRY(kss_unicode_read(m, KSS_A(0), name));
    const struct kss_routine *row = kss_routine_find(name, strlen(name));
    if (row == NULL || !(row->modes & KSS_MODE_NATIVE))
        return kss_return(0);
    return kss_return((uint64_t)(row - kss_routines) + 1);
}

// ---- The debugger, which is not there -----------------------------------------------------------
KSS_NT(DbgBreakPoint) {
    return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_BREAKPOINT);
}

KSS_NT(DbgBreakPointWithStatus) {
    return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_BREAKPOINT);
}

KSS_NT(KdRefreshDebuggerNotPresent) {
    return kss_return(1);
}

KSS_NT(KdEnableDebugger) {
    return kss_answer(STATUS_DEBUGGER_INACTIVE);
}

KSS_NT(KdDisableDebugger) {
    return kss_answer(STATUS_DEBUGGER_INACTIVE);
}

// ---- Event tracing: no session listens -----------------------------------------------------------
// Providers register and write; nothing is enabled, so nothing is written anywhere (DDI EtwWrite: an
// event that no session has enabled is not logged, and the call succeeds).
KSS_NT(EtwRegister) {
    kss_addr block = kss_system_block(m, 8);
    if (block == 0)
        return kss_answer(STATUS_NO_MEMORY);
    KSS_STORE(KSS_A(3), 8, block);
    kss_record_add(m, KSS_R_ETW, block);
    return kss_answer(STATUS_SUCCESS);
}

static bool is_provider(const struct kss_machine *m, uint64_t handle) {
    return handle != 0 && kss_record_find(m, KSS_R_ETW, handle) != KSS_NO_FRAME;
}

static struct kss_outcome to_provider(const struct kss_machine *m, uint64_t handle) {
    return is_provider(m, handle) ? kss_answer(STATUS_SUCCESS) : kss_answer(STATUS_INVALID_HANDLE);
}

KSS_NT(EtwUnregister) {
    uint32_t index = kss_record_find(m, KSS_R_ETW, KSS_A(0));
    if (index == KSS_NO_FRAME)
        return kss_answer(STATUS_INVALID_HANDLE);
    kss_record_drop(m, index);
    kss_nt_block_free(m, KSS_A(0));
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(EtwEventEnabled) {
    return kss_return(0);
}

KSS_NT(EtwProviderEnabled) {
    return kss_return(0);
}

KSS_NT(EtwWrite) {
    return to_provider(m, KSS_A(0));
}

KSS_NT(EtwWriteEx) {
    return to_provider(m, KSS_A(0));
}

KSS_NT(EtwWriteString) {
    return to_provider(m, KSS_A(0));
}

KSS_NT(EtwWriteTransfer) {
    return to_provider(m, KSS_A(0));
}
