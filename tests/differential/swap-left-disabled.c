// SPDX-License-Identifier: MIT
// A thread ends with kernel stack swapping disabled.
// Its twin: swap-left-disabled.kss
#include <ntifs.h>

NTSTATUS PinForEver(VOID);

NTSTATUS PinForEver(VOID) {
    return KeSetKernelStackSwapEnable(FALSE) ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}
