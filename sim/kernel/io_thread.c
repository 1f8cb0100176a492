// SPDX-License-Identifier: MIT
// What the I/O manager keeps for a thread and puts into an IRP: the top-level IRP, the device to
// verify, hard errors, priority hints; and questions about a request.
#include "kernel/serve.h"

enum {
    PRIORITY_SHIFT = 17, // IRP.Flags has the hint plus one there, in bits drivers have no names for
    PRIORITY_BITS = 7,
    PRIORITY_NORMAL = 2,
    PRIORITY_TYPES = 5,
    SYNCHRONOUS_PAGING = 0x40,
    PAGING_IO = 2
};

static uint16_t me(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread == KSS_NONE ? 0xFFFE : thread; // the idle thread
}

// ---- Top-level IRP --------------------------------------------------------------------------------
KSS_NT(IoGetTopLevelIrp) {
    return kss_return(kss_of_thread(m, KSS_R_TOP_LEVEL_IRP, me(m)));
}

KSS_NT(IoSetTopLevelIrp) { // an IRP, one of FSRTL_x_TOP_LEVEL_IRP, or NULL
    kss_set_of_thread(m, KSS_R_TOP_LEVEL_IRP, me(m), KSS_A(0));
    return kss_return(0);
}

// ---- The device to verify -----------------------------------------------------------------------
static uint16_t thread_given(const struct kss_machine *m, kss_addr address) {
    uint16_t thread = kss_thread_with_address(m, address);
    return thread == KSS_NONE ? 0xFFFE : thread;
}

KSS_NT(IoGetDeviceToVerify) {
    return kss_return(kss_of_thread(m, KSS_R_VERIFY_DEVICE, thread_given(m, KSS_A(0))));
}

KSS_NT(IoSetDeviceToVerify) {
    kss_set_of_thread(m, KSS_R_VERIFY_DEVICE, thread_given(m, KSS_A(0)), KSS_A(1));
    return kss_return(0);
}

// The thread is the one that made the request (DDI IoSetHardErrorOrVerifyDevice).
KSS_NT(IoSetHardErrorOrVerifyDevice) {
    uint64_t thread;
    KSS_LOAD(thread, KSS_A(0) + KSS_TAIL(Thread), kss_pointer(m));
    if (thread != 0)
        kss_set_of_thread(m, KSS_R_VERIFY_DEVICE, thread_given(m, thread), KSS_A(1));
    return kss_return(0);
}

// ---- Hard errors: nobody sits at the machine ----------------------------------------------------
KSS_NT(IoSetThreadHardErrorMode) { // TRUE enables; returns what was
    bool off = kss_of_thread(m, KSS_R_HARD_ERRORS_OFF, me(m)) != 0;
    kss_set_of_thread(m, KSS_R_HARD_ERRORS_OFF, me(m), (KSS_A(0) & 0xFF) == 0);
    return kss_return(!off);
}

KSS_NT(IoRaiseInformationalHardError) { // FALSE: no message box was queued
    return kss_return(0);
}

// The user who does not answer has the request completed with its status (DDI IoRaiseHardError: the
// request is completed when the user chooses not to retry).
KSS_NT(IoRaiseHardError) {
    if (call->step == 1)
        return kss_irp_complete_on(m, call, 1);
    call->local[0] = KSS_A(0);
    return kss_irp_complete(m, call, 1);
}

// ---- Priority hints -----------------------------------------------------------------------------
KSS_NT(IoGetIoPriorityHint) {
    uint64_t flags;
    KSS_LOAD(flags, KSS_A(0) + KSS_FIELD(IRP, Flags), 4);
    uint64_t hint = flags >> PRIORITY_SHIFT & PRIORITY_BITS;
    return kss_return(hint == 0 ? PRIORITY_NORMAL : hint - 1);
}

KSS_NT(IoSetIoPriorityHint) {
    uint64_t flags, hint = KSS_A(1) & 0xFFFFFFFF;
    if (hint >= PRIORITY_TYPES)
        return kss_answer(STATUS_INVALID_PARAMETER);
    KSS_LOAD(flags, KSS_A(0) + KSS_FIELD(IRP, Flags), 4);
    flags &= ~((uint64_t)PRIORITY_BITS << PRIORITY_SHIFT);
    KSS_STORE(KSS_A(0) + KSS_FIELD(IRP, Flags), 4, flags | (hint + 1) << PRIORITY_SHIFT);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(IoGetPagingIoPriority) { // IoPagingPriorityInvalid: not paging I/O; else Normal
    uint64_t flags;
    KSS_LOAD(flags, KSS_A(0) + KSS_FIELD(IRP, Flags), 4);
    return kss_return((flags & PAGING_IO) != 0);
}

// ---- Questions ----------------------------------------------------------------------------------
// DDI IoIsOperationSynchronous: synchronous file object, synchronous API or synchronous paging.
KSS_NT(IoIsOperationSynchronous) {
    uint64_t flags, location, file;
    KSS_LOAD(flags, KSS_A(0) + KSS_FIELD(IRP, Flags), 4);
    if (flags & (SYNCHRONOUS_PAGING | KSS_IRP_F_SYNCHRONOUS_API))
        return kss_return(!(flags & PAGING_IO) || (flags & SYNCHRONOUS_PAGING) != 0);
    KSS_LOAD(location, KSS_A(0) + KSS_TAIL(CurrentStackLocation), kss_pointer(m));
    KSS_LOAD(file, location + KSS_FIELD(IO_STACK_LOCATION, FileObject), kss_pointer(m));
    if (file == 0 || flags & PAGING_IO)
        return kss_return(0);
    KSS_LOAD(flags, file + KSS_FIELD(FILE_OBJECT, Flags), 4);
    return kss_return((flags & KSS_FO_SYNCHRONOUS_IO) != 0);
}

KSS_NT(IoCheckDesiredAccess) { // the generic bits of files mapped
    uint64_t wanted;
    static const uint32_t generic[4] = {0x1F01FF, 0x1200A0, 0x120116, 0x120089}; // all, x, w, r
    KSS_LOAD(wanted, KSS_A(0), 4);
    for (unsigned i = 0; i < 4; i++)
        if (wanted >> (28 + i) & 1)
            wanted = (wanted & ~(UINT64_C(1) << (28 + i))) | generic[i];
    KSS_STORE(KSS_A(0), 4, wanted);
    return kss_answer((wanted & ~(KSS_A(1) & 0xFFFFFFFF)) != 0 ? STATUS_ACCESS_DENIED
                                                               : STATUS_SUCCESS);
}

// Files of the model are local, without transactions and shared as they say.
KSS_NT(IoGetTransactionParameterBlock) {
    return kss_return(0);
}

KSS_NT(IoIsFileOriginRemote) {
    return kss_return(0);
}

KSS_NT(IoIsFileObjectIgnoringSharing) {
    return kss_return(0);
}

// ---- Associated IRPs ----------------------------------------------------------------------------
// A piece of a master IRP. The driver sets the master's AssociatedIrp.IrpCount; each piece that is
// completed beyond its last location counts it down, and the last completes the master
// (irp_complete.c; DDI IoMakeAssociatedIrp).
KSS_NT(IoMakeAssociatedIrp) {
    uint16_t master;
    KSS_USE(kss_irp_use(m, KSS_A(0), &master));
    uint16_t thread = kss_thread_with_address(m, kss_get(m, KSS_A(0) + KSS_TAIL(Thread)));
    kss_addr irp = kss_irp_new(m, KSS_A(1) & 0xFF, KSS_IRP_ALLOCATED, KSS_NONE);
    if (irp == 0)
        return kss_return(0);
    if (thread != KSS_NONE)
        kss_set(m, irp + KSS_TAIL(Thread), kss_thread_address(m, thread));
    kss_poke(m, irp + KSS_FIELD(IRP, Flags), 4, KSS_IRP_F_ASSOCIATED);
    kss_set(m, irp + KSS_FIELD(IRP, AssociatedIrp), KSS_A(0));
    return kss_return(irp);
}
