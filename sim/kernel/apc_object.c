// SPDX-License-Identifier: MIT
// KAPC objects, as drivers make and queue them. Exports without pages; what they do is ReactOS
// ntoskrnl/ke/apc.c's. What runs when is apc.c's.
#include "kernel/io.h"

enum { APC_OBJECT = 0x12 };

struct kss_outcome kss_nt_KeInitializeApc(struct kss_machine *m, struct kss_call *call) {
    kss_addr apc = call->arguments[0];
    unsigned size = kss_object_size(m, KSS_O_APC);
    uint8_t nothing[128];
    KSS_TRY(kss_read(m, apc, nothing, size, KSS_WHO_DRIVER));
    bool special = call->arguments[5] == 0;
    kss_poke(m, apc, 1, APC_OBJECT);
    kss_poke(m, apc + KSS_FIELD(KAPC, Size), 1, size);
    kss_set(m, apc + KSS_FIELD(KAPC, Thread), call->arguments[1]);
    kss_poke(m, apc + KSS_FIELD(KAPC, ApcStateIndex), 1, call->arguments[2] & 1);
    kss_set(m, apc + KSS_FIELD(KAPC, KernelRoutine), call->arguments[3]);
    kss_set(m, apc + KSS_FIELD(KAPC, RundownRoutine), call->arguments[4]);
    kss_set(m, apc + KSS_FIELD(KAPC, NormalRoutine), call->arguments[5]);
    kss_poke(m, apc + KSS_FIELD(KAPC, ApcMode), 1, special ? 0 : call->arguments[6] & 1);
    kss_set(m, apc + KSS_FIELD(KAPC, NormalContext), special ? 0 : call->arguments[7]);
    kss_poke(m, apc + KSS_FIELD(KAPC, Inserted), 1, 0);
    uint16_t index = kss_object_init(m, apc, KSS_O_APC, 0, 0);
    uint32_t routine;
    kss_object_ref(m, index)->routine =
        kss_code_at(m, call->arguments[special ? 3 : 5], &routine) ? routine : KSS_NO_FRAME;
    kss_object_ref(m, index)->context = call->arguments[7];
    return kss_return(0);
}

struct kss_outcome kss_nt_KeInsertQueueApc(struct kss_machine *m, struct kss_call *call) {
    if (call->step != 0)
        return kss_apc_step(m, call);
    kss_addr apc = call->arguments[0];
    uint16_t object;
    KSS_USE(kss_object_use(m, call, apc, KSS_O_APC, true, &object));
    uint16_t thread = kss_thread_with_address(m, kss_get(m, apc + KSS_FIELD(KAPC, Thread)));
    if (thread == KSS_NONE || kss_object_ref(m, object)->flags & KSS_OF_QUEUED)
        return kss_return(0);
    kss_set(m, apc + KSS_FIELD(KAPC, SystemArgument1), call->arguments[1]);
    kss_set(m, apc + KSS_FIELD(KAPC, SystemArgument2), call->arguments[2]);
    bool user = kss_peek(m, apc + KSS_FIELD(KAPC, ApcMode), 1) != 0;
    bool normal = kss_get(m, apc + KSS_FIELD(KAPC, NormalRoutine)) != 0;
    struct kss_apc entry = {
        .routine = KSS_NO_FRAME,
        .thread = thread,
        .object = object,
        .kind = user     ? KSS_APC_USER
                : normal ? KSS_APC_KERNEL
                         : KSS_APC_SPECIAL,
    };
    kss_object_ref(m, object)->flags |= KSS_OF_QUEUED;
    kss_poke(m, apc + KSS_FIELD(KAPC, Inserted), 1, 1);
    if (kss_apc_add(m, &entry))
        return kss_return(1);
    kss_object_ref(m, object)->flags &= (uint8_t)~KSS_OF_QUEUED;
    kss_poke(m, apc + KSS_FIELD(KAPC, Inserted), 1, 0);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeRemoveQueueApc(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_APC, true, &object));
    bool queued = kss_object_ref(m, object)->flags & KSS_OF_QUEUED;
    kss_apc_forget(m, object);
    return kss_return(queued);
}
