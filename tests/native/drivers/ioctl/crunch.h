// SPDX-License-Identifier: MIT
// crunch: what its own files and its clients share.
#ifndef CRUNCH_H
#define CRUNCH_H

#include <ntifs.h>

// In: any bytes. Out: a ULONG, their CRC-32.
#define IOCTL_CRUNCH_CHECKSUM CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
// Out: a CRUNCH_STATISTICS of this handle.
#define IOCTL_CRUNCH_STATISTICS                                                                    \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_BUFFERED, FILE_READ_ACCESS)

#define CRUNCH_TAG      'hcrC'
#define CRUNCH_MOST_JOB 4096

typedef struct _CRUNCH_STATISTICS {
    ULONG Jobs;
    ULONG Bytes;
} CRUNCH_STATISTICS, *PCRUNCH_STATISTICS;

// One request for the worker. It lies on the stack of the thread that waits for it: nothing to
// allocate, nothing to fail.
typedef struct _CRUNCH_JOB {
    LIST_ENTRY Link; // in Jobs; empty: the worker has taken it
    KEVENT Done;
    const UCHAR *Bytes;
    ULONG Length;
    ULONG Checksum;
} CRUNCH_JOB, *PCRUNCH_JOB;

typedef struct _CRUNCH_EXTENSION {
    KSPIN_LOCK Lock;
    LIST_ENTRY Jobs; // CRUNCH_JOB, oldest first
    KEVENT Work;     // a job has come, or Stopping was set
    PULONG Table;    // CRC-32 of each byte, paged pool

    // thread.c
    PVOID Thread;
    volatile LONG Stopping;
} CRUNCH_EXTENSION, *PCRUNCH_EXTENSION;

NTSTATUS CrunchStartWorker(_Inout_ PCRUNCH_EXTENSION Extension, _In_ PKSTART_ROUTINE Start);
VOID CrunchStopWorker(_Inout_ PCRUNCH_EXTENSION Extension);
DECLSPEC_NORETURN VOID CrunchEndWorker(_Inout_ PCRUNCH_EXTENSION Extension);

#endif
