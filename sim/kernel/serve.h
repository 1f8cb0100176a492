// SPDX-License-Identifier: MIT
// For the routines that mostly keep and give back what drivers tell: records, and a short form of what
// each routine begins with.
//
// A record is a fact of the machine that no driver memory holds: "routine R is registered as create
// process callback". Some are known to the driver by an address (an interrupt object, a registration
// handle): that is a block of nt's of its own (KSS_NTB_SYSTEM) whose address is in words[0].
#ifndef KSS_KERNEL_SERVE_H
#define KSS_KERNEL_SERVE_H

#include "kernel/io.h"

enum kss_record_kind {
    KSS_R_FREE,
    KSS_R_TOP_LEVEL_IRP,   // words: thread, value
    KSS_R_VERIFY_DEVICE,   // words: thread, device
    KSS_R_AFFINITY,        // words: thread, affinity
    KSS_R_FLOATING_POINT,  // words: thread, KFLOATING_SAVE
    KSS_R_HARD_ERRORS_OFF, // words: thread
    KSS_R_PROCESS_NOTIFY,  // words: address
    KSS_R_THREAD_NOTIFY,
    KSS_R_IMAGE_NOTIFY,
    KSS_R_BUGCHECK,       // words: record, address
    KSS_R_FILE_SYSTEM,    // words: device
    KSS_R_FS_CHANGE,      // words: driver, address
    KSS_R_VPB_LOCK,       // words: lock
    KSS_R_CONFIGURATION,  // words: CONFIGURATION_INFORMATION
    KSS_R_EXTENSION,      // words: driver, client, extension
    KSS_R_REINITIALIZE,   // words: driver, address, context, count
    KSS_R_TIMER,          // words: device, block
    KSS_R_INTERRUPT,      // words: block, context, lock, vector; flags: IRQL, synchronize IRQL << 8
    KSS_R_CALLBACK,       // words: block, multiple; a named callback object
    KSS_R_CALLBACK_ENTRY, // words: block, object, context
    KSS_R_EX_TIMER,       // words: block
    KSS_R_POWER_SETTING,  // words: block, context, device
    KSS_R_POWER_STATE,    // words: device, device state, system state
    KSS_R_POWER_REQUEST,  // words: block, counts by type
    KSS_R_IDLE,           // words: block, device
    KSS_R_OB_CALLBACKS,   // words: block
    KSS_R_CM_CALLBACK,    // words: cookie, context
    KSS_R_PNP,            // words: block, category, context, subject
    KSS_R_INTERFACE,    // words: block (its link name), device, guid low, guid high; flags: enabled
    KSS_R_ASSOCIATED,   // words: associated IRP, master
    KSS_R_STATE,        // words: block; PoRegisterSystemState
    KSS_R_ETW,          // words: block
    KSS_R_POWER_IRP,    // words: IRP, device, state, context; flags: minor; its end is to be told
    KSS_R_POWER_TOLD,   // words: IRP; its completion routine is at work
    KSS_R_FILE_LOCK,    // words: FILE_LOCK, start, length, file object, process; routine: key
    KSS_R_START_IO,     // words: device, packets put off, cancelable; flags: start_io.c
    KSS_R_DEBUG_FILTER, // words: component, levels that are off
    KSS_R_UUID          // words: 0, how many were made
};

// The record of [kind] whose first word is [key]; KSS_NO_FRAME: there is none.
uint32_t kss_record_find(const struct kss_machine *m, enum kss_record_kind kind, uint64_t key);
// A new one; may move the block.
uint32_t kss_record_add(struct kss_machine *m, enum kss_record_kind kind, uint64_t key);
void kss_record_drop(struct kss_machine *m, uint32_t index);
unsigned kss_record_number(const struct kss_machine *m, enum kss_record_kind kind);
// The value a thread has of a kind: words[1], 0 without a record. Setting 0 drops it.
uint64_t kss_of_thread(const struct kss_machine *m, enum kss_record_kind kind, uint16_t thread);
void kss_set_of_thread(struct kss_machine *m, enum kss_record_kind kind, uint16_t thread,
                       uint64_t value);
// A block of nt's for the driver to hold; 0: the pool is full.
static inline kss_addr kss_system_block(struct kss_machine *m, uint32_t size) {
    return kss_nt_block(m, KSS_NTB_SYSTEM, size);
}

// Calls a driver routine with KSS_ENTRY_CALLBACK; an address without a routine stops the machine.
struct kss_outcome kss_call_back(struct kss_machine *m, struct kss_call *call, uint8_t step,
                                 kss_addr address, unsigned count);

static inline struct kss_outcome kss_answer(int32_t status) {
    return kss_return((uint32_t)status);
}

// An NT routine: kss_nt_NAME(m, call).
#define KSS_NT(name)                                                                               \
    struct kss_outcome kss_nt_##name(__attribute__((unused)) struct kss_machine *m,                \
                                     __attribute__((unused)) struct kss_call *call)
#define KSS_A(i) (call->arguments[i])

#endif
