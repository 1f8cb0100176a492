// SPDX-License-Identifier: MIT
// Idioms of correct drivers: a routine each, which the test runs in a thread of its own. kss must have
// nothing to say about any of them.
#ifndef IDIOMS_H
#define IDIOMS_H

#include <ntifs.h>

// waits.c
#define IDIOMS_WAITS(X)                                                                            \
    X(StackEvent)                                                                                  \
    X(StackEventCastToVoid)                                                                        \
    X(StackEventByPointer)                                                                         \
    X(StackEventInStructure)                                                                       \
    X(StackEventInArray)                                                                           \
    X(StackEventInCallersFrame)                                                                    \
    X(StackEventUsedAgain)                                                                         \
    X(StackEventSignalledBefore)                                                                   \
    X(StackEventOfSynchronization)                                                                 \
    X(PoolEventUserWait)                                                                           \
    X(PrivateLocalsUserWait)                                                                       \
    X(TimeoutOnTheStack)                                                                           \
    X(TimeoutHandled)                                                                              \
    X(PollAtDispatch)                                                                              \
    X(DelayInUserMode)                                                                             \
    X(DpcRanBeforeTheWait)                                                                         \
    X(StackTimerCancelled)                                                                         \
    X(StackTimerExpired)                                                                           \
    X(StackDpcFlushed)                                                                             \
    X(PeriodicTimer)                                                                               \
    X(SwapDisabledForAWait)                                                                        \
    X(SwapHelpers)                                                                                 \
    X(SwapWasDisabledAlready)
// levels.c
#define IDIOMS_LEVELS(X)                                                                           \
    X(OwnLocalsAtDispatch)                                                                         \
    X(LockHelpers)                                                                                 \
    X(NestedSpinLocks)                                                                             \
    X(SpinLockSharedWithDpc)                                                                       \
    X(CriticalRegion)                                                                              \
    X(GuardedRegion)                                                                               \
    X(PagedPoolAtPassive)                                                                          \
    X(PageableRoutine)                                                                             \
    X(ExpandedCallout)                                                                             \
    X(NestedCallouts)                                                                              \
    X(StackLimitsAsked)                                                                            \
    X(BoundedRecursion)                                                                            \
    X(ProbeUnderTry)                                                                               \
    X(ReleasedInFinally)                                                                           \
    X(PoolList)
// requests.c
#define IDIOMS_REQUESTS(X)                                                                         \
    X(SynchronousRequest)                                                                          \
    X(DeviceControlRequest)                                                                        \
    X(OwnIrp)                                                                                      \
    X(RequestCancelledAfterTimeout)                                                                \
    X(ForwardAndWait)                                                                              \
    X(LayeredCalls)                                                                                \
    X(RemoveLock)

// objects.c
#define IDIOMS_OBJECTS(X)                                                                          \
    X(StackSemaphore)                                                                              \
    X(MutexTwice)                                                                                  \
    X(AnyOfThree)                                                                                  \
    X(FiveWithStackBlocks)                                                                         \
    X(PointersInAUserWait)                                                                         \
    X(SetAndWaitInOne)                                                                             \
    X(FastMutexAroundAWait)                                                                        \
    X(GuardedMutex)                                                                                \
    X(ResourceTwice)                                                                               \
    X(InStackQueuedLock)                                                                           \
    X(InterlockedList)                                                                             \
    X(Lookaside)                                                                                   \
    X(Rundown)                                                                                     \
    X(SystemThread)                                                                                \
    X(QueuedWork)                                                                                  \
    X(PostedAndWaitedFor)                                                                          \
    X(LockedStackBuffer)                                                                           \
    X(NonPagedPoolMdl)

#define IDIOMS(X) IDIOMS_WAITS(X) IDIOMS_LEVELS(X) IDIOMS_REQUESTS(X) IDIOMS_OBJECTS(X)

#define IDIOM_PROTOTYPE(name) NTSTATUS name(VOID);
IDIOMS(IDIOM_PROTOTYPE)

// waits.c: [routine] runs as a DPC in [ms] milliseconds, as a device's would.
VOID IdiomAfter(LONG ms, PKDEFERRED_ROUTINE routine, PVOID context);
// A DPC that sets the event its context points to.
KDEFERRED_ROUTINE IdiomSetEvent;

#endif
