// SPDX-License-Identifier: MIT
// flash: what its files and its test share.
#ifndef FLASH_H
#define FLASH_H

#include <ntifs.h>

// On the stack of the thread that waits: an update that is half done must not fail for lack of pool.
typedef struct _FLASH_TRANSFER {
    KEVENT Done;
    ULONG Blocks; // that the device has taken
} FLASH_TRANSFER, *PFLASH_TRANSFER;

typedef struct _FLASH_DEVICE {
    PULONG Doorbell;          // a register: a write starts the device
    PFLASH_TRANSFER Transfer; // under way
} FLASH_DEVICE, *PFLASH_DEVICE;

enum { FLASH_WRITE = 1, FLASH_CHECK };

// STATUS_CANCELLED: the caller's thread is being ended.
NTSTATUS FlashIdentify(_Inout_ PFLASH_DEVICE Device);
NTSTATUS FlashUpdate(_Inout_ PFLASH_DEVICE Device, _In_ ULONG Blocks);

KDEFERRED_ROUTINE FlashDpc; // context: the PFLASH_DEVICE

#endif
