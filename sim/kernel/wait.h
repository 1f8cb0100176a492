// SPDX-License-Identifier: MIT
// What wait.c (how waits begin and end), wait_block.c (who waits for what) and wait_many.c (several
// objects) share.
// Only files of this folder include it.
#ifndef KSS_KERNEL_WAIT_H
#define KSS_KERNEL_WAIT_H

#include "kernel/machine.h"

enum { KSS_WAIT_MOST = 64 /* MAXIMUM_WAIT_OBJECTS */, KSS_WAIT_OWN = 3 /* THREAD_WAIT_OBJECTS */ };

struct kss_wait_set { // what a wait waits for: no object is a delay
    uint16_t objects[KSS_WAIT_MOST];
    unsigned count;
    bool all;
};

struct kss_wait_how {
    unsigned mode, reason;
    bool alertable, timed;
    uint64_t after; // timed: 100 ns from now
};

// The object at [address], of whatever kind can be waited for, a thread's too.
struct kss_outcome kss_wait_target(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                   uint16_t *object);
// The objects of an array of [count] pointers at [array].
struct kss_outcome kss_wait_targets(struct kss_machine *m, struct kss_call *call, kss_addr array,
                                    unsigned count, struct kss_wait_set *set);
// A time argument: NULL is no timeout.
struct kss_outcome kss_wait_time(struct kss_machine *m, struct kss_call *call, kss_addr pointer,
                                 struct kss_wait_how *how);
// The wait itself, from its `wait.begin` on: RETURN status, or it blocks and goes on with [step],
// where kss_wait_over says the same. call->wait_address says where the objects can be found again.
struct kss_outcome kss_wait_on(struct kss_machine *m, struct kss_call *call,
                               const struct kss_wait_set *set, const struct kss_wait_how *how,
                               uint8_t step);
// Takes what [set] needs for the running thread. RETURN status; KSS_OUT_SPIN: not now; RAISE.
// *object: what was taken, the first of several.
struct kss_outcome kss_wait_take(struct kss_machine *m, const struct kss_wait_set *set,
                                 uint16_t *object);
// Puts wait blocks for [set] into the lists of its objects; the thread is suspended already.
void kss_wait_chain(struct kss_machine *m, uint16_t thread, const struct kss_wait_set *set);
// Takes them out again. False: one was in the list of an object that was initialised anew while it was
// waited for. Its neighbours do not lead back to it: the list is corrupt (DBG 0x139, parameter 1 = 3).
bool kss_wait_unchain(struct kss_machine *m, uint16_t thread);
// Writes the public fields of the wait blocks in the driver's array.
void kss_wait_fill(struct kss_machine *m, uint16_t thread);
// The wait is about to end with the object of that number.
void kss_wait_ended_by(struct kss_machine *m, uint16_t thread, uint32_t number);
// Where the wait block is in memory, as driver code may see it.
kss_addr kss_wait_block_address(const struct kss_machine *m, const struct kss_wait *wait);

#endif
