// SPDX-License-Identifier: MIT
// Filling an IRP's next stack location and its buffers (irp_build.c), for the IoBuild routines and
// the system calls. RETURN is an NTSTATUS; what was allocated goes with the IRP.
#ifndef KSS_KERNEL_IRP_BUILD_H
#define KSS_KERNEL_IRP_BUILD_H

#include "kernel/machine.h"

struct kss_transfer { // IRP_MJ_READ, IRP_MJ_WRITE; others have no parameters
    unsigned major;
    kss_addr buffer;
    uint32_t length, key;
    uint64_t offset;
};
struct kss_outcome kss_irp_fill_transfer(struct kss_machine *m, kss_addr irp, kss_addr device,
                                         const struct kss_transfer *what);

struct kss_control { // IRP_MJ_(INTERNAL_)DEVICE_CONTROL
    uint32_t code;
    kss_addr in, out;
    uint32_t in_length, out_length;
};
struct kss_outcome kss_irp_fill_control(struct kss_machine *m, kss_addr irp, unsigned major,
                                        const struct kss_control *what);

#endif
