// SPDX-License-Identifier: MIT
// KeWaitForMultipleObjects.
//
// DDI KeWaitForMultipleObjects: at most MAXIMUM_WAIT_OBJECTS objects, and more than
// THREAD_WAIT_OBJECTS only with an array of wait blocks of the caller's, else bug check 0xC. The array of
// pointers may lie on the stack whatever the mode: it is read before anything blocks. The wait block
// array is in use as long as the wait lasts, and whoever signals one of the objects works on it.
//
// WaitAny takes the first object that is signalled, in the order of the array, and returns its index.
// WaitAll takes all of them at once or none.
#include "kernel/wait.h"

struct kss_outcome kss_wait_targets(struct kss_machine *m, struct kss_call *call, kss_addr array,
                                    unsigned count, struct kss_wait_set *set) {
    unsigned pointer = kss_pointer(m);
    set->count = count;
    for (unsigned i = 0; i < count; i++) {
        struct kss_outcome outcome;
        kss_addr object =
            kss_load(m, array + i * (kss_addr)pointer, pointer, KSS_WHO_DRIVER, &outcome);
        KSS_TRY(outcome);
        KSS_TRY(kss_wait_target(m, call, object, &set->objects[i]));
    }
    return kss_return(0);
}

// The routine fills in the wait blocks with the dispatcher database locked.
static struct kss_outcome touch_blocks(struct kss_machine *m, kss_addr blocks, unsigned count) {
    if (blocks == 0 || count == 0)
        return kss_return(0);
    return kss_touch_object(m, blocks, count * KSS_SIZE(KWAIT_BLOCK, kss_wide(m)), true);
}

struct kss_outcome kss_nt_KeWaitForMultipleObjects(struct kss_machine *m, struct kss_call *call) {
    enum { COUNT, OBJECT, TYPE, REASON, MODE, ALERTABLE, TIMEOUT, BLOCKS };
    enum { WAIT_ALL = 0 };
    if (call->step == 1)
        return kss_wait_over(m, call);
    const uint64_t *argument = call->arguments;
    uint32_t count = (uint32_t)argument[COUNT];
    unsigned most = argument[BLOCKS] != 0 ? KSS_WAIT_MOST : KSS_WAIT_OWN;
    kss_take_wait_next(m);
    if (count > most) {
        KSS_EMIT(m, KSS_EV_WAIT_COUNT, call->routine, count, most, 0);
        kss_bugcheck(m, 0xC, 0, 0, 0, 0, call->routine, NULL);
        return kss_stopped();
    }
    struct kss_wait_set set;
    struct kss_wait_how how = {.reason = (unsigned)argument[REASON],
                               .mode = argument[MODE] & 1,
                               .alertable = (argument[ALERTABLE] & 0xFF) != 0};
    set.all = (uint32_t)argument[TYPE] == WAIT_ALL && count != 0;
    call->wait_address = argument[OBJECT];
    KSS_USE(kss_wait_targets(m, call, argument[OBJECT], count, &set));
    KSS_TRY(kss_wait_time(m, call, argument[TIMEOUT], &how));
    KSS_TRY(touch_blocks(m, argument[BLOCKS], count));
    KSS_EMIT(m, KSS_EV_WAIT_OBJECTS, count, set.all, argument[BLOCKS], argument[OBJECT]);
    return kss_wait_on(m, call, &set, &how, 1);
}
