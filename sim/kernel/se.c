// SPDX-License-Identifier: MIT
// Security, object and registry callbacks, object references by other names.
//
// There are no tokens: kernel-mode callers may do everything, and of user-mode callers nothing is
// known but the one privilege that everybody has. What would need more ends the run and says so.
#include "kernel/serve.h"

enum {
    CHANGE_NOTIFY_PRIVILEGE = 23,
    MAXIMUM_ALLOWED = 0x02000000,
    SUBJECT_FIELDS = 4,
    OB_VERSION = 0x100,
    FIRST_COOKIE = 0x1000
};

// ---- Privileges ---------------------------------------------------------------------------------
KSS_NT(SeSinglePrivilegeCheck) { // PrivilegeValue, PreviousMode
    bool kernel = (KSS_A(1) & 0xFF) == 0;
    return kss_return(kernel || KSS_A(0) == CHANGE_NOTIFY_PRIVILEGE);
}

KSS_NT(
    SePrivilegeCheck) { // RequiredPrivileges { Count, Control, { LUID, Attributes }[] }, Subject, Mode
    uint64_t count, control, luid;
    unsigned held = 0;
    if ((KSS_A(2) & 0xFF) == 0)
        return kss_return(1);
    KSS_LOAD(count, KSS_A(0), 4);
    KSS_LOAD(control, KSS_A(0) + 4, 4);
    for (uint64_t i = 0; i < count; i++) {
        KSS_LOAD(luid, KSS_A(0) + 8 + 12 * i, 8);
        held += luid == CHANGE_NOTIFY_PRIVILEGE;
    }
    return kss_return((control & 1) != 0 ? held == count
                                         : held != 0); // PRIVILEGE_SET_ALL_NECESSARY
}

// ---- Access -------------------------------------------------------------------------------------
KSS_NT(SeCaptureSubjectContext) {
    for (unsigned i = 0; i < SUBJECT_FIELDS; i++)
        KSS_STORE(KSS_A(0) + i * kss_pointer(m), kss_pointer(m), 0);
    return kss_return(0);
}

static struct kss_outcome use_subject(struct kss_machine *m, struct kss_call *call) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), kss_pointer(m));
    (void)ignored;
    return kss_return(0);
}

KSS_NT(SeReleaseSubjectContext) {
    return use_subject(m, call);
}

KSS_NT(SeLockSubjectContext) {
    return use_subject(m, call);
}

KSS_NT(SeUnlockSubjectContext) {
    return use_subject(m, call);
}

// SecurityDescriptor, SubjectSecurityContext, SubjectContextLocked, DesiredAccess,
// PreviouslyGrantedAccess, Privileges, GenericMapping, AccessMode, GrantedAccess, AccessStatus
KSS_NT(SeAccessCheck) {
    uint64_t wanted = KSS_A(3) & 0xFFFFFFFF, all;
    if ((KSS_A(7) & 0xFF) != 0) {
        kss_cannot_continue(m,
                            "SeAccessCheck for UserMode cannot be served: there are no tokens in "
                            "the model");
        return kss_stopped();
    }
    if (wanted & MAXIMUM_ALLOWED) { // all of the object's type
        KSS_LOAD(all, KSS_A(6) + 12, 4);
        wanted = (wanted & ~(uint64_t)MAXIMUM_ALLOWED) | all;
    }
    if (KSS_A(5) != 0)
        KSS_STORE(KSS_A(5), kss_pointer(m), 0);
    KSS_STORE(KSS_A(8), 4, wanted | (KSS_A(4) & 0xFFFFFFFF));
    KSS_STORE(KSS_A(9), 4, (uint32_t)STATUS_SUCCESS);
    return kss_return(1);
}

// ---- Object callbacks ---------------------------------------------------------------------------
// Kept and given back. Handles to processes and threads, whose making they watch, are not made by
// user-mode code of the model.
KSS_NT(ObGetFilterVersion) {
    return kss_return(OB_VERSION);
}

KSS_NT(
    ObRegisterCallbacks) { // { Version, OperationRegistrationCount, Altitude, .. }, RegistrationHandle
    uint64_t version, count, length;
    char altitude[KSS_IO_NAME], other[KSS_IO_NAME];
    KSS_LOAD(version, KSS_A(0), 2);
    KSS_LOAD(count, KSS_A(0) + 2, 2);
    if ((version & 0xFF00) != OB_VERSION || count == 0)
        return kss_answer(STATUS_INVALID_PARAMETER);
    KSS_TRY(kss_unicode_read(m, KSS_A(0) + kss_pointer(m), altitude));
    length = strlen(altitude);
    for (uint32_t i = 0; i < kss_record_at_count(m); i++) {
        if (kss_record_at(m, i)->kind != KSS_R_OB_CALLBACKS)
            continue;
        kss_addr block = kss_record_at(m, i)->words[0];
        for (unsigned k = 0; k < KSS_IO_NAME; k++)
            other[k] = (char)kss_peek(m, block + k, 1);
        if (strcmp(other, altitude) == 0)
            return kss_answer(STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    }
    kss_addr block = kss_system_block(m, KSS_IO_NAME);
    if (block == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    for (unsigned k = 0; k < KSS_IO_NAME; k++)
        kss_poke(m, block + k, 1, k < length ? (uint8_t)altitude[k] : 0);
    kss_record_add(m, KSS_R_OB_CALLBACKS, block);
    KSS_STORE(KSS_A(1), kss_pointer(m), block);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(ObUnRegisterCallbacks) {
    uint32_t index = kss_record_find(m, KSS_R_OB_CALLBACKS, KSS_A(0));
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, KSS_A(0));
    kss_record_drop(m, index);
    kss_nt_block_free(m, KSS_A(0));
    return kss_return(0);
}

// ---- Registry callbacks -------------------------------------------------------------------------
static struct kss_outcome cm_register(struct kss_machine *m, kss_addr routine, uint64_t context,
                                      kss_addr cookie) {
    uint32_t code;
    uint64_t number = FIRST_COOKIE;
    if (!kss_code_at(m, routine, &code))
        return kss_io_bad_call(m, routine);
    while (kss_record_find(m, KSS_R_CM_CALLBACK, number) != KSS_NO_FRAME)
        number++;
    uint32_t index = kss_record_add(m, KSS_R_CM_CALLBACK, number);
    kss_record_at(m, index)->routine = code;
    kss_record_at(m, index)->words[1] = context;
    KSS_STORE(cookie, 8, number);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(CmRegisterCallback) { // Function, Context, Cookie
    return cm_register(m, KSS_A(0), KSS_A(1), KSS_A(2));
}

KSS_NT(CmRegisterCallbackEx) { // Function, Altitude, Driver, Context, Cookie, Reserved
    char altitude[KSS_IO_NAME];
    KSS_TRY(kss_unicode_read(m, KSS_A(1), altitude));
    return cm_register(m, KSS_A(0), KSS_A(3), KSS_A(4));
}

KSS_NT(CmUnRegisterCallback) {
    uint32_t index = kss_record_find(m, KSS_R_CM_CALLBACK, KSS_A(0));
    if (index == KSS_NO_FRAME)
        return kss_answer(STATUS_INVALID_PARAMETER);
    kss_record_drop(m, index);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(CmGetCallbackVersion) { // 1.1
    if (KSS_A(0) != 0)
        KSS_STORE(KSS_A(0), 4, 1);
    if (KSS_A(1) != 0)
        KSS_STORE(KSS_A(1), 4, 1);
    return kss_return(0);
}

// ---- References ---------------------------------------------------------------------------------
KSS_NT(ObfReferenceObjectWithTag) {
    return kss_nt_ObfReferenceObject(m, call);
}

KSS_NT(ObfDereferenceObjectWithTag) {
    return kss_nt_ObfDereferenceObject(m, call);
}

KSS_NT(ObDereferenceObjectDeferDelete) {
    KSS_TRY(kss_nt_ObfDereferenceObject(m, call));
    return kss_return(0);
}

KSS_NT(ObDereferenceObjectDeferDeleteWithTag) {
    KSS_TRY(kss_nt_ObfDereferenceObject(m, call));
    return kss_return(0);
}

KSS_NT(ObReferenceObjectByPointerWithTag) {
    return kss_nt_ObReferenceObjectByPointer(m, call);
}

KSS_NT(ObIsKernelHandle) { // handles of the model are the kernel's unless a user thread opened them
    return kss_return(kss_wide(m) ? KSS_A(0) >> 31 != 0 : (KSS_A(0) >> 31 & 1) != 0);
}

// Object, ObjectNameInfo { Name }, Length, ReturnLength: devices and drivers have names.
KSS_NT(ObQueryNameString) {
    char name[KSS_IO_NAME];
    unsigned head = KSS_SIZE(UNICODE_STRING, kss_wide(m));
    kss_name_of(m, KSS_A(0), name);
    unsigned length = 2 * (unsigned)strlen(name), whole = head + (length != 0 ? length + 2 : 0);
    KSS_STORE(KSS_A(3), 4, whole);
    if ((KSS_A(2) & 0xFFFFFFFF) < whole)
        return kss_answer(STATUS_INFO_LENGTH_MISMATCH);
    KSS_STORE(KSS_A(1) + KSS_FIELD(UNICODE_STRING, Length), 2, length);
    KSS_STORE(KSS_A(1) + KSS_FIELD(UNICODE_STRING, MaximumLength), 2, length != 0 ? length + 2 : 0);
    KSS_STORE(KSS_A(1) + KSS_FIELD(UNICODE_STRING, Buffer), kss_pointer(m),
              length != 0 ? KSS_A(1) + head : 0);
    for (unsigned i = 0; length != 0 && i <= length / 2; i++)
        KSS_STORE(KSS_A(1) + head + 2 * i, 2, (uint8_t)name[i]);
    return kss_answer(STATUS_SUCCESS);
}
