// SPDX-License-Identifier: MIT
// The I/O manager's files among themselves: drivers, devices, files, IRPs.
//
// DRIVER_OBJECT, DEVICE_OBJECT, FILE_OBJECT, IRP, IO_STACK_LOCATION are nonpaged memory in their
// public layout, and that memory is the truth; object records (state.h) keep only what it does not
// say. Driver code reads and writes it directly, in both modes.
//
//   IRP            |------------------|  irp
//                  | IRP              |
//                  | location 1       |  of the lowest driver
//                  | ...              |
//                  | location N       |  of the driver that gets it first; CurrentLocation N
//                  |------------------|  N + 1: of whoever made it; no memory
#ifndef KSS_KERNEL_IO_H
#define KSS_KERNEL_IO_H

#include "kernel/machine.h"

#define KSS_FIELD(type, field) KSS_OFFSET(type, field, kss_wide(m))
#define KSS_TAIL(field)        (KSS_FIELD(IRP, Tail) + KSS_FIELD(IRP_Tail_Overlay, field))

static inline uint64_t kss_get(struct kss_machine *m, kss_addr address) { // a pointer
    return kss_peek(m, address, kss_pointer(m));
}
static inline void kss_set(struct kss_machine *m, kss_addr address, uint64_t value) {
    kss_poke(m, address, kss_pointer(m), value);
}

// Values of the public headers that the I/O manager works with.
enum {
    KSS_SL_PENDING_RETURNED = 1,
    KSS_SL_ERROR_RETURNED = 2,
    KSS_SL_ON_CANCEL = 0x20,
    KSS_SL_ON_SUCCESS = 0x40,
    KSS_SL_ON_ERROR = 0x80,
    KSS_DO_EXCLUSIVE = 8,
    KSS_DO_BUFFERED_IO = 4,
    KSS_DO_DIRECT_IO = 0x10,
    KSS_DO_HAS_NAME = 0x40,
    KSS_DO_INITIALIZING = 0x80,
    KSS_DO_POWER_BITS = 0x2000 | 0x4000,
    KSS_FO_SYNCHRONOUS_IO = 2,
    KSS_IRP_F_SYNCHRONOUS_API = 4,
    KSS_IRP_F_ASSOCIATED = 8,
    KSS_IRP_F_BUFFERED_IO = 0x10,
    KSS_IRP_F_DEALLOCATE = 0x20,
    KSS_IRP_F_INPUT = 0x40,
    KSS_IRP_F_CREATE = 0x80,
    KSS_IRP_F_READ = 0x100,
    KSS_IRP_F_WRITE = 0x200,
    KSS_IRP_F_CLOSE = 0x400,
    KSS_IRP_F_DEFER = 0x800,
    KSS_MJ_CREATE = 0,
    KSS_MJ_CLOSE = 2,
    KSS_MJ_READ = 3,
    KSS_MJ_WRITE = 4,
    KSS_MJ_FLUSH = 9,
    KSS_MJ_DEVICE_CONTROL = 0xE,
    KSS_MJ_INTERNAL_DEVICE_CONTROL = 0xF,
    KSS_MJ_SHUTDOWN = 0x10,
    KSS_MJ_CLEANUP = 0x12,
    KSS_TYPE_DEVICE = 3,
    KSS_TYPE_DRIVER = 4,
    KSS_TYPE_FILE = 5,
    KSS_TYPE_IRP = 6
};
enum { KSS_TRACKED = 64 }; // stack locations whose pending marks are checked

static inline bool kss_nt_success(uint64_t status) {
    return (int32_t)(uint32_t)status >= 0;
}
static inline bool kss_nt_error(uint64_t status) {
    return (uint32_t)status >> 30 == 3;
}

// ---- Names (device.c) ---------------------------------------------------------------------------
enum { KSS_IO_NAME = 128 };
// The text of a UNICODE_STRING in driver memory, at most KSS_IO_NAME - 1 characters.
struct kss_outcome kss_unicode_read(struct kss_machine *m, kss_addr string, char *out);
void kss_name_put(struct kss_machine *m, kss_addr end, const char *name);
void kss_name_of(struct kss_machine *m, kss_addr block, char *out); // "" without one
void kss_name_at(struct kss_machine *m, kss_addr block, char *out); // of a block that has one
bool kss_same_name(const char *a, const char *b);                   // whatever their case
void kss_device_path(const char *name, size_t length, char *out);   // with \Device\ before it
// The device a path begins with; *rest is what follows its name. 0: there is none.
kss_addr kss_device_of_path(struct kss_machine *m, const char *path, const char **rest);

// ---- Devices (device.c) -------------------------------------------------------------------------
// The object of that kind at [address], KSS_NONE: there is none.
uint16_t kss_io_object(struct kss_machine *m, enum kss_object_kind kind, kss_addr address);
// A file object of the device came or went; a deleted device goes with its last.
void kss_device_opened(struct kss_machine *m, kss_addr device, int by);
// Counts a reference to a device; a deleted one goes with its last. Returns the references there are.
uint64_t kss_device_reference(struct kss_machine *m, kss_addr device, int by);
// Counts a reference to a file object; returns how many there are. The last takes it along.
uint64_t kss_file_reference(struct kss_machine *m, kss_addr file, int by); // file.c
bool kss_is_process(const struct kss_machine *m, kss_addr address);        // ps.c: an EPROCESS
// The driver routine that DriverObject->MajorFunction[major] of a device is; KSS_NO_FRAME: nt's
// own, which rejects every request; other: an address that is no routine, by *bad.
uint32_t kss_dispatch_of(struct kss_machine *m, kss_addr device, unsigned major, kss_addr *bad);

// ---- IRPs (irp.c) -------------------------------------------------------------------------------
static inline unsigned kss_location_size(const struct kss_machine *m) {
    return KSS_SIZE(IO_STACK_LOCATION, kss_wide(m));
}
enum kss_irp_how { // event `irp`
    KSS_IRP_ALLOCATED,
    KSS_IRP_INITIALIZED,
    KSS_IRP_REUSED,
    KSS_IRP_SYNCHRONOUS,
    KSS_IRP_ASYNCHRONOUS,
    KSS_IRP_CONTROL,
    KSS_IRP_SYSTEM_CALL
};
enum kss_irp_by { KSS_BY_DRIVER, KSS_BY_NT, KSS_BY_MEMORY };
// [thread]: the second stage runs in it, KSS_NONE: there is none. 0: the pool is full.
kss_addr kss_irp_new(struct kss_machine *m, unsigned stack_size, enum kss_irp_how how,
                     uint16_t thread);
void kss_irp_release(struct kss_machine *m, kss_addr irp, enum kss_irp_by by);
// The IRP a routine was given; for KSS_USE: a freed one has been reported.
struct kss_outcome kss_irp_use(struct kss_machine *m, kss_addr irp, uint16_t *index);
kss_addr kss_irp_location(struct kss_machine *m, kss_addr irp); // the current one
// Its UserIosb and UserEvent.
void kss_irp_watch(struct kss_machine *m, kss_addr irp, kss_addr status_block, kss_addr event);

// IoCallDriver as a part of another routine, on its local[0], [1] and [2..5]: RETURN status when it
// is over, else the routine comes back at [base] or base + 1 and asks kss_irp_sent.
struct kss_outcome kss_irp_send(struct kss_machine *m, struct kss_call *call, kss_addr device,
                                kss_addr irp, uint8_t base);
struct kss_outcome kss_irp_sent(struct kss_machine *m, struct kss_call *call, uint8_t base);

// ---- Completion (irp_complete.c) ----------------------------------------------------------------
// IoCompleteRequest of local[0] as a part of another routine, on its local[1] and [2]: RETURN when it is over, else the
// routine comes back at [step] and asks kss_irp_complete_on.
struct kss_outcome kss_irp_complete(struct kss_machine *m, struct kss_call *call, uint8_t step);
struct kss_outcome kss_irp_complete_on(struct kss_machine *m, struct kss_call *call, uint8_t step);
void kss_irp_finish(struct kss_machine *m, uint16_t index); // the second stage, in its thread
// A dispatch routine's return and the marks of its location do not agree.
void kss_irp_mismatch(struct kss_machine *m, uint16_t index, uint32_t routine, uint32_t status,
                      unsigned what);
enum { KSS_NOT_MARKED, KSS_NOT_RETURNED, KSS_NOT_COMPLETED };
enum kss_irp_misuse {
    KSS_MISUSE_STATUS_PENDING,
    KSS_MISUSE_STATUS_INVALID,
    KSS_MISUSE_CANCEL_ROUTINE,
    KSS_MISUSE_NO_THREAD,
    KSS_MISUSE_FREED_IN_FLIGHT,
    KSS_MISUSE_THREADED_FREED,
    KSS_MISUSE_NOT_IRP,
    KSS_MISUSE_OWNED_BELOW,
    KSS_MISUSE_INFORMATION
};
void kss_irp_misuse(struct kss_machine *m, uint16_t index, enum kss_irp_misuse what);
struct kss_outcome kss_io_bad_call(struct kss_machine *m, kss_addr address); // no routine is there

// An IRP of PoRequestPowerIrp is over: true, its PREQUEST_POWER_COMPLETE routine is called, or there is
// none (power.c). And that routine has returned.
bool kss_power_over(struct kss_machine *m, struct kss_call *call, uint16_t index, uint8_t step,
                    struct kss_outcome *outcome);
bool kss_power_told(struct kss_machine *m, kss_addr irp);

// ---- Cancelling (irp_cancel.c) ------------------------------------------------------------------
// IoCancelIrp as a part of another routine, on its local[1] and [2]: RETURN whether a cancel routine
// ran, else the routine comes back at [base] or base + 1 and asks kss_irp_cancel_on.
struct kss_outcome kss_irp_cancel(struct kss_machine *m, struct kss_call *call, kss_addr irp,
                                  uint8_t base);
struct kss_outcome kss_irp_cancel_on(struct kss_machine *m, struct kss_call *call, kss_addr irp,
                                     uint8_t base);

// ---- Device queues (device_queue.c) -------------------------------------------------------------
enum { KSS_STEP_CIRCLE = 9 }; // the step of a call that follows links in a circle for ever
struct kss_outcome kss_device_queue_put(struct kss_machine *m, struct kss_call *call,
                                        kss_addr queue, kss_addr entry, bool sorted, uint32_t key);
struct kss_outcome kss_device_queue_take(struct kss_machine *m, kss_addr queue,
                                         kss_addr *entry); // 0: it is empty

// ---- Cancel-safe queues (csq.c) -----------------------------------------------------------------
// The address that Irp->CancelRoutine has while an IRP is in such a queue: nt's own cancel routine.
kss_addr kss_csq_cancel_routine(const struct kss_machine *m);
// What it does, as a part of another routine, on its local[3] and [4]: RETURN when it is over, else the
// routine comes back at a step for which kss_csq_step holds and asks kss_csq_cancel_on.
struct kss_outcome kss_csq_cancel(struct kss_machine *m, struct kss_call *call, kss_addr irp);
struct kss_outcome kss_csq_cancel_on(struct kss_machine *m, struct kss_call *call);
bool kss_csq_step(unsigned step);
// ---- Registry (registry.c) -----------------------------------------------------------------------
// Closes a handle of a key; false: it is none.
bool kss_registry_close(struct kss_machine *m, uint64_t handle);

// ---- Files (file.c) and their requests (request.c) ----------------------------------------------
// Arguments no system call has: the mode its wait is in and whether it has locked the file object;
// the file object.
enum { KSS_A_MODE = KSS_PARAMETERS - 2, KSS_A_FILE = KSS_PARAMETERS - 1 };
kss_addr kss_file_of(struct kss_machine *m, uint64_t handle);   // 0: the handle stands for nothing
kss_addr kss_file_device(struct kss_machine *m, kss_addr file); // the top of its device's stack
bool kss_file_synchronous(struct kss_machine *m, kss_addr file);
// An IRP of the running thread for [file]; its next location names the file. 0: no memory.
kss_addr kss_file_request(struct kss_machine *m, kss_addr file, kss_addr block, unsigned mode,
                          bool defer, unsigned flags);
// The request came back with [status]: RETURN what the call returns, or it waits and goes on at
// [step] with kss_file_settled.
struct kss_outcome kss_file_settle(struct kss_machine *m, struct kss_call *call, uint32_t status,
                                   unsigned mode, bool waits, uint8_t step);
struct kss_outcome kss_file_settled(struct kss_machine *m, struct kss_call *call);

#endif
