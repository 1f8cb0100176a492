// SPDX-License-Identifier: MIT
// card: what its files and its test share.
#ifndef CARD_H
#define CARD_H

#include <ntddk.h>

#define CARD_DEVICE L"\\Device\\Card"

// Waits until a card is inserted. Out: a ULONG, its number. STATUS_CANCELLED: the caller's thread is
// being ended.
#define IOCTL_CARD_WAIT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS)

KDEFERRED_ROUTINE CardInsertedDpc; // context: the device object; argument 1: the card's number

#endif
