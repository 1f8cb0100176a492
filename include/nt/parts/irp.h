// SPDX-License-Identifier: MIT
// Stack locations of IRPs, remove locks, completion: what the WDK has as macros and inline functions.
//
//   IRP                       CurrentLocation counts down from StackCount + 1; the locations lie
//   +--------------------+    behind the IRP, the last driver's first:
//   | location 1         |    <- lowest driver
//   | ...                |    <- Tail.Overlay.CurrentStackLocation
//   | location StackCount|    <- first driver
//   +--------------------+
//
// Source: DDI pages of the names; Microsoft Learn "I/O Stack Locations".
#ifndef KSS_NT_PARTS_IRP_H
#define KSS_NT_PARTS_IRP_H

KSS_NT_INLINE PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp) {
    return Irp->Tail.Overlay.CurrentStackLocation;
}

KSS_NT_INLINE PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP Irp) {
    return Irp->Tail.Overlay.CurrentStackLocation - 1;
}

KSS_NT_INLINE VOID IoSetNextIrpStackLocation(PIRP Irp) {
    Irp->CurrentLocation--;
    Irp->Tail.Overlay.CurrentStackLocation--;
}

KSS_NT_INLINE VOID IoSkipCurrentIrpStackLocation(PIRP Irp) {
    Irp->CurrentLocation++;
    Irp->Tail.Overlay.CurrentStackLocation++;
}

// All up to the completion routine, and Control cleared.
KSS_NT_INLINE VOID IoCopyCurrentIrpStackLocationToNext(PIRP Irp) {
    PIO_STACK_LOCATION current = IoGetCurrentIrpStackLocation(Irp);
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);
    memcpy(next, current, __builtin_offsetof(IO_STACK_LOCATION, CompletionRoutine));
    next->Control = 0;
}

KSS_NT_INLINE VOID IoSetCompletionRoutine(PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine,
                                          PVOID Context, BOOLEAN InvokeOnSuccess,
                                          BOOLEAN InvokeOnError, BOOLEAN InvokeOnCancel) {
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);
    next->CompletionRoutine = CompletionRoutine;
    next->Context = Context;
    next->Control = (UCHAR)((InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
                            (InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
                            (InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0));
}

KSS_NT_INLINE VOID IoMarkIrpPending(PIRP Irp) {
    IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
}

KSS_NT_INLINE PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine) {
    return (PDRIVER_CANCEL)__atomic_exchange_n(&Irp->CancelRoutine, CancelRoutine,
                                               __ATOMIC_SEQ_CST);
}

#define IoCallDriver(DeviceObject, Irp)           IofCallDriver(DeviceObject, Irp)
#define IoCompleteRequest(Irp, PriorityBoost)     IofCompleteRequest(Irp, PriorityBoost)
#define IoCallDriverStackSafeDefault(Device, Irp) IofCallDriver(Device, Irp)

#define IoSizeOfIrp(StackSize)                                                                     \
    ((USHORT)(sizeof(IRP) + ((USHORT)(StackSize) * sizeof(IO_STACK_LOCATION))))
#define IoGetFunctionCodeFromCtlCode(ControlCode) (((ControlCode) >> 2) & 0x00000FFF)
#define IoIsErrorUserInduced(Status)                                                               \
    ((BOOLEAN)(((Status) == STATUS_DEVICE_NOT_READY) || ((Status) == STATUS_IO_TIMEOUT) ||         \
               ((Status) == STATUS_MEDIA_WRITE_PROTECTED) ||                                       \
               ((Status) == STATUS_NO_MEDIA_IN_DEVICE) || ((Status) == STATUS_VERIFY_REQUIRED) ||  \
               ((Status) == STATUS_UNRECOGNIZED_MEDIA) || ((Status) == STATUS_WRONG_VOLUME)))
#define IoSetMasterIrpStatus(MasterIrp, Completion)                                                \
    do {                                                                                           \
        if (!NT_SUCCESS(Completion))                                                               \
            (MasterIrp)->IoStatus.Status = (Completion);                                           \
    } while (0)
#define IoAdjustPagingPathCount(Count, Increment)                                                  \
    ((void)((Increment) ? InterlockedIncrement(Count) : InterlockedDecrement(Count)))

KSS_NT_INLINE VOID IoInitializeDpcRequest(PDEVICE_OBJECT DeviceObject, PIO_DPC_ROUTINE DpcRoutine) {
    KeInitializeDpc(&DeviceObject->Dpc, (PKDEFERRED_ROUTINE)(PVOID)DpcRoutine, DeviceObject);
}
KSS_NT_INLINE VOID IoInitializeThreadedDpcRequest(PDEVICE_OBJECT DeviceObject,
                                                  PIO_DPC_ROUTINE DpcRoutine) {
    KeInitializeThreadedDpc(&DeviceObject->Dpc, (PKDEFERRED_ROUTINE)(PVOID)DpcRoutine,
                            DeviceObject);
}
#define IoRequestDpc(DeviceObject, Irp, Context)                                                   \
    KeInsertQueueDpc(&(DeviceObject)->Dpc, (Irp), (Context))

// ---- Remove locks -------------------------------------------------------------------------------

#define IoInitializeRemoveLock(Lock, Tag, MaxLockedMinutes, HighWatermark)                         \
    IoInitializeRemoveLockEx(Lock, Tag, MaxLockedMinutes, HighWatermark, sizeof(IO_REMOVE_LOCK))
#define IoAcquireRemoveLock(RemoveLock, Tag)                                                       \
    IoAcquireRemoveLockEx(RemoveLock, Tag, __FILE__, __LINE__, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLock(RemoveLock, Tag)                                                       \
    IoReleaseRemoveLockEx(RemoveLock, Tag, sizeof(IO_REMOVE_LOCK))
#define IoReleaseRemoveLockAndWait(RemoveLock, Tag)                                                \
    IoReleaseRemoveLockAndWaitEx(RemoveLock, Tag, sizeof(IO_REMOVE_LOCK))

#endif
