// SPDX-License-Identifier: MIT
// FsRtl: byte-range locks that are granted or refused at once, oplocks that nobody ever gets, contexts
// that filters hang on streams, and counters.
//
// Locks are records of their FILE_LOCK. A range conflicts with an overlapping exclusive one of anybody
// else (other file object, process or key), a new exclusive one with every other overlapping one (DDI
// FsRtlCheckLockForReadAccess and its like).
#include "kernel/serve.h"

static const uint64_t FAR_END = UINT64_MAX;

// ---- File locks ---------------------------------------------------------------------------------
static kss_addr at_information(const struct kss_machine *m) {
    return kss_wide(m) ? 24
                       : 12; // FILE_LOCK.LockInformation, behind two routines and four BOOLEANs
}

static void set_questionable(struct kss_machine *m, kss_addr lock) {
    bool any = kss_record_find(m, KSS_R_FILE_LOCK, lock) != KSS_NO_FRAME;
    kss_poke(m, lock + 2 * kss_pointer(m), 1, any); // FastIoIsQuestionable
}

KSS_NT(FsRtlInitializeFileLock) { // FileLock, CompleteLockIrpRoutine, UnlockRoutine
    unsigned p = kss_pointer(m), size = kss_wide(m) ? 96 : 64; // of a FILE_LOCK
    for (unsigned i = 0; i < size; i += 4)
        KSS_STORE(KSS_A(0) + i, 4, 0);
    KSS_STORE(KSS_A(0), p, KSS_A(1));
    KSS_STORE(KSS_A(0) + p, p, KSS_A(2));
    return kss_return(0);
}

KSS_NT(FsRtlUninitializeFileLock) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0) + at_information(m), kss_pointer(m));
    (void)ignored;
    for (uint32_t i; (i = kss_record_find(m, KSS_R_FILE_LOCK, KSS_A(0))) != KSS_NO_FRAME;)
        kss_record_drop(m, i);
    set_questionable(m, KSS_A(0));
    return kss_return(0);
}

struct range {
    kss_addr lock;
    uint64_t start, length, file, process;
    uint32_t key;
};

static struct kss_outcome range_of(struct kss_machine *m, struct range *r, kss_addr start,
                                   kss_addr length) {
    KSS_LOAD(r->start, start, 8);
    KSS_LOAD(r->length, length, 8);
    return kss_return(0);
}

static bool overlap(const struct range *r, uint64_t start, uint64_t length) {
    if (r->length == 0 || length == 0) // an empty range meets what it lies strictly inside of
        return r->length != 0 ? start > r->start && start < r->start + r->length
               : length != 0  ? r->start > start && r->start < start + length
                              : false;
    uint64_t a = r->length > FAR_END - r->start ? FAR_END : r->start + r->length - 1;
    uint64_t b = length > FAR_END - start ? FAR_END : start + length - 1;
    return r->start <= b && start <= a;
}

static bool is_own(const struct range *r, const struct kss_record *record) {
    return record->words[3] == r->file && record->words[4] == r->process &&
           record->routine == r->key;
}

// [exclusive]: the access would not go with shared locks either.
static bool conflicts(const struct kss_machine *m, const struct range *r, bool exclusive,
                      bool own_too) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *record = kss_record_at(m, i);
        if (record->kind != KSS_R_FILE_LOCK || record->words[0] != r->lock ||
            !overlap(r, record->words[1], record->words[2]))
            continue;
        bool held_exclusive = record->flags != 0, own = is_own(r, record);
        if (held_exclusive ? own_too || !own : exclusive)
            return true;
    }
    return false;
}

// FileLock, FileObject, FileOffset, Length, Process, Key, FailImmediately, ExclusiveLock, IoStatus, Irp,
// Context, AlreadySynchronized. TRUE: IoStatus has the outcome.
KSS_NT(FsRtlPrivateLock) {
    struct range r = {
        .lock = KSS_A(0), .file = KSS_A(1), .process = KSS_A(4), .key = (uint32_t)KSS_A(5)};
    bool exclusive = (KSS_A(7) & 0xFF) != 0;
    KSS_TRY(range_of(m, &r, KSS_A(2), KSS_A(3)));
    if (KSS_A(9) != 0) {
        kss_cannot_continue(m,
                            "FsRtlPrivateLock with an IRP cannot be served: byte-range locks that "
                            "wait and complete requests are not modelled");
        return kss_stopped();
    }
    uint32_t status = STATUS_SUCCESS;
    if (conflicts(m, &r, exclusive, true)) {
        if (!(KSS_A(6) & 0xFF))
            return kss_return(0); // only an IRP can wait
        status = (uint32_t)STATUS_LOCK_NOT_GRANTED;
    } else {
        uint32_t index = kss_record_add(m, KSS_R_FILE_LOCK, r.lock);
        *kss_record_at(m, index) =
            (struct kss_record){.kind = KSS_R_FILE_LOCK,
                                .flags = exclusive,
                                .routine = r.key,
                                .words = {r.lock, r.start, r.length, r.file, r.process}};
        set_questionable(m, r.lock);
    }
    KSS_STORE(KSS_A(8), 4, status);
    KSS_STORE(KSS_A(8) + KSS_FIELD(IO_STATUS_BLOCK, Information), kss_pointer(m), 0);
    return kss_return(1);
}

// FileLock, FileOffset, Length, Key, FileObject, Process
static struct kss_outcome fast_check(struct kss_machine *m, struct kss_call *call, bool write) {
    struct range r = {
        .lock = KSS_A(0), .file = KSS_A(4), .process = KSS_A(5), .key = (uint32_t)KSS_A(3)};
    KSS_TRY(range_of(m, &r, KSS_A(1), KSS_A(2)));
    return kss_return(r.length == 0 || !conflicts(m, &r, write, false));
}

KSS_NT(FsRtlFastCheckLockForRead) {
    return fast_check(m, call, false);
}

KSS_NT(FsRtlFastCheckLockForWrite) {
    return fast_check(m, call, true);
}

// The range, key and file of a read or write request; the process of its thread.
static struct kss_outcome check_irp(struct kss_machine *m, struct kss_call *call, bool write) {
    uint64_t location, length, key;
    struct range r = {.lock = KSS_A(0)};
    KSS_LOAD(location, KSS_A(1) + KSS_TAIL(CurrentStackLocation), kss_pointer(m));
    kss_addr parameters = location + KSS_FIELD(IO_STACK_LOCATION, Parameters);
    KSS_LOAD(length, parameters + KSS_FIELD(IO_STACK_LOCATION_Read, Length), 4);
    KSS_LOAD(key, parameters + KSS_FIELD(IO_STACK_LOCATION_Read, Key), 4);
    KSS_LOAD(r.start, parameters + KSS_FIELD(IO_STACK_LOCATION_Read, ByteOffset), 8);
    KSS_LOAD(r.file, location + KSS_FIELD(IO_STACK_LOCATION, FileObject), kss_pointer(m));
    r.length = length;
    r.key = (uint32_t)key;
    struct kss_call process = {.arguments = {KSS_A(1)}, .routine = call->routine};
    struct kss_outcome whose = kss_nt_IoGetRequestorProcess(m, &process);
    KSS_TRY(whose);
    r.process = whose.value;
    return kss_return(r.length == 0 || !conflicts(m, &r, write, false));
}

KSS_NT(FsRtlCheckLockForReadAccess) {
    return check_irp(m, call, false);
}

KSS_NT(FsRtlCheckLockForWriteAccess) {
    return check_irp(m, call, true);
}

KSS_NT(FsRtlAreThereCurrentOrInProgressFileLocks) {
    return kss_return(kss_record_find(m, KSS_R_FILE_LOCK, KSS_A(0)) != KSS_NO_FRAME);
}

// FileLock, FileObject, FileOffset, Length, Process, Key, Context, AlreadySynchronized
KSS_NT(FsRtlFastUnlockSingle) {
    struct range r = {
        .lock = KSS_A(0), .file = KSS_A(1), .process = KSS_A(4), .key = (uint32_t)KSS_A(5)};
    KSS_TRY(range_of(m, &r, KSS_A(2), KSS_A(3)));
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *record = kss_record_at(m, i);
        if (record->kind != KSS_R_FILE_LOCK || record->words[0] != r.lock || !is_own(&r, record) ||
            record->words[1] != r.start || record->words[2] != r.length)
            continue;
        kss_record_drop(m, i);
        set_questionable(m, r.lock);
        return kss_answer(STATUS_SUCCESS);
    }
    return kss_answer(STATUS_RANGE_NOT_LOCKED);
}

static struct kss_outcome unlock_all(struct kss_machine *m, struct kss_call *call, bool by_key) {
    for (uint32_t i = kss_record_at_count(m); i-- > 0;) {
        const struct kss_record *record = kss_record_at(m, i);
        if (record->kind == KSS_R_FILE_LOCK && record->words[0] == KSS_A(0) &&
            record->words[3] == KSS_A(1) && record->words[4] == KSS_A(2) &&
            (!by_key || record->routine == (uint32_t)KSS_A(3)))
            kss_record_drop(m, i);
    }
    set_questionable(m, KSS_A(0));
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(FsRtlFastUnlockAll) {
    return unlock_all(m, call, false);
}

KSS_NT(FsRtlFastUnlockAllByKey) {
    return unlock_all(m, call, true);
}

// ---- Oplocks: an FsRtlOplockFsctrl would grant one, and is not served ---------------------------
KSS_NT(FsRtlInitializeOplock) {
    KSS_STORE(KSS_A(0), kss_pointer(m), 0);
    return kss_return(0);
}

KSS_NT(FsRtlUninitializeOplock) {
    KSS_STORE(KSS_A(0), kss_pointer(m), 0);
    return kss_return(0);
}

static struct kss_outcome no_oplock(struct kss_machine *m, struct kss_call *call, uint64_t answer) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(0), kss_pointer(m));
    (void)ignored;
    return kss_return(answer);
}

KSS_NT(FsRtlCheckOplock) { // STATUS_SUCCESS: no break is needed
    return no_oplock(m, call, STATUS_SUCCESS);
}

KSS_NT(FsRtlCheckOplockEx) {
    return no_oplock(m, call, STATUS_SUCCESS);
}

KSS_NT(FsRtlOplockBreakH) {
    return no_oplock(m, call, STATUS_SUCCESS);
}

KSS_NT(FsRtlOplockBreakToNone) {
    return no_oplock(m, call, STATUS_SUCCESS);
}

KSS_NT(FsRtlOplockBreakToNoneEx) {
    return no_oplock(m, call, STATUS_SUCCESS);
}

KSS_NT(FsRtlCurrentBatchOplock) {
    return no_oplock(m, call, 0);
}

KSS_NT(FsRtlCurrentOplock) {
    return no_oplock(m, call, 0);
}

KSS_NT(FsRtlCurrentOplockH) {
    return no_oplock(m, call, 0);
}

KSS_NT(FsRtlOplockIsFastIoPossible) {
    return no_oplock(m, call, 1);
}

// ---- Stream contexts ----------------------------------------------------------------------------
// FSRTL_ADVANCED_FCB_HEADER.FilterContexts is a list of FSRTL_PER_STREAM_CONTEXT { Links, OwnerId,
// InstanceId, FreeCallback }; Flags2 has FSRTL_FLAG2_SUPPORTS_FILTER_CONTEXTS, 2.
static kss_addr list_of(const struct kss_machine *m, kss_addr header) {
    return header + (kss_wide(m) ? 56 : 44);
}

static struct kss_outcome supports(struct kss_machine *m, kss_addr header, bool *yes) {
    uint64_t flags = 0;
    if (header != 0)
        KSS_LOAD(flags, header + 6, 1);
    *yes = (flags & 2) != 0;
    return kss_return(0);
}

KSS_NT(FsRtlInsertPerStreamContext) {
    bool yes;
    uint64_t first, p = kss_pointer(m);
    KSS_TRY(supports(m, KSS_A(0), &yes));
    if (!yes)
        return kss_answer(STATUS_INVALID_DEVICE_REQUEST);
    kss_addr list = list_of(m, KSS_A(0));
    KSS_LOAD(first, list, kss_pointer(m));
    KSS_STORE(KSS_A(1), kss_pointer(m), first);
    KSS_STORE(KSS_A(1) + p, kss_pointer(m), list);
    KSS_STORE(first + p, kss_pointer(m), KSS_A(1));
    KSS_STORE(list, kss_pointer(m), KSS_A(1));
    return kss_answer(STATUS_SUCCESS);
}

// The first of the owner, and of the instance where one is named.
static struct kss_outcome context_of(struct kss_machine *m, struct kss_call *call) {
    bool yes;
    unsigned p = kss_pointer(m);
    uint64_t at, owner, instance;
    KSS_TRY(supports(m, KSS_A(0), &yes));
    if (!yes)
        return kss_return(0);
    kss_addr list = list_of(m, KSS_A(0));
    KSS_LOAD(at, list, p);
    while (at != list) {
        KSS_LOAD(owner, at + 2 * p, p);
        KSS_LOAD(instance, at + 3 * p, p);
        if ((KSS_A(1) == 0 || owner == KSS_A(1)) && (KSS_A(2) == 0 || instance == KSS_A(2)))
            return kss_return(at);
        KSS_LOAD(at, at, p);
    }
    return kss_return(0);
}

KSS_NT(FsRtlLookupPerStreamContextInternal) {
    return context_of(m, call);
}

static struct kss_outcome unlink(struct kss_machine *m, kss_addr at) {
    uint64_t next, before, p = kss_pointer(m);
    KSS_LOAD(next, at, kss_pointer(m));
    KSS_LOAD(before, at + p, kss_pointer(m));
    KSS_STORE(before, kss_pointer(m), next);
    KSS_STORE(next + p, kss_pointer(m), before);
    return kss_return(0);
}

KSS_NT(FsRtlRemovePerStreamContext) {
    struct kss_outcome found = context_of(m, call);
    KSS_TRY(found);
    if (found.value != 0)
        KSS_TRY(unlink(m, found.value));
    return found;
}

KSS_NT(FsRtlTeardownPerStreamContexts) { // each is taken off and its FreeCallback called
    bool yes;
    unsigned p = kss_pointer(m);
    uint64_t at, routine;
    KSS_TRY(supports(m, KSS_A(0), &yes));
    kss_addr list = list_of(m, KSS_A(0));
    if (!yes)
        return kss_return(0);
    KSS_LOAD(at, list, p);
    if (at == list)
        return kss_return(0);
    KSS_LOAD(routine, at + 4 * p, p);
    KSS_TRY(unlink(m, at));
    call->out[0] = at;
    return kss_call_back(m, call, 1, routine, 1);
}

// ---- Odds and ends ------------------------------------------------------------------------------
KSS_NT(FsRtlAreVolumeStartupApplicationsComplete) {
    return kss_return(1);
}

KSS_NT(FsRtlUpdateDiskCounters) {
    return kss_return(0);
}

KSS_NT(FsRtlDismountComplete) {
    return kss_return(0);
}

KSS_NT(FsRtlIsPagingFile) { // there is none
    return kss_return(0);
}

KSS_NT(FsRtlQueryMaximumVirtualDiskNestingLevel) {
    return kss_return(2); // Windows 10's default
}

// The callbacks are those of section creation and mapping, which never happen in the model.
KSS_NT(FsRtlRegisterFileSystemFilterCallbacks) {
    uint64_t ignored;
    KSS_LOAD(ignored, KSS_A(1), 4);
    (void)ignored;
    return kss_answer(STATUS_SUCCESS);
}
