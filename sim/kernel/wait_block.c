// SPDX-License-Identifier: MIT
// Wait blocks: who waits for what, what a satisfied wait takes, and whom a signal releases.
//
//   thread.wait_blocks -> block 0 -> block 1 -> ...      next_of_thread; block i has key i
//                            |          |
//   object.waiters     -> ... ->     ... ->              next: first come, first served
//
// Wait blocks of up to three objects lie in the KTHREAD, which is always resident, more in the driver's
// array, which must be. Records of them (struct kss_wait) are the truth; the public fields of both are
// mirrored. A signal goes through the object's list: a WaitAny is over with this object, a WaitAll
// only when all of its others are signalled too, and then it takes all of them at once.
#include "kernel/wait.h"

// ---- What a satisfied wait needs and does -------------------------------------------------------
static bool available(const struct kss_machine *m, uint16_t index, uint16_t thread, unsigned irql) {
    const struct kss_object *object = kss_object_ref(m, index);
    return object->kind == KSS_O_MUTEX ? kss_mutex_free_for(object, thread, irql)
                                       : object->signal > 0;
}

// True: a mutex that its owner had abandoned.
static bool consume(struct kss_machine *m, uint16_t index, uint16_t thread, unsigned irql) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->kind == KSS_O_MUTEX)
        return kss_mutex_take(m, index, thread, irql);
    if (object->kind == KSS_O_SEMAPHORE && object->signal > 0)
        kss_object_signal_state(m, index, object->signal - 1);
    object = kss_object_ref(m, index);
    if ((object->kind == KSS_O_EVENT || object->kind == KSS_O_TIMER) &&
        object->flags & KSS_OF_SYNCHRONIZATION)
        kss_object_signal_state(m, index, 0);
    return false;
}

struct kss_outcome kss_wait_take(struct kss_machine *m, const struct kss_wait_set *set,
                                 uint16_t *object) {
    uint16_t thread = kss_cpu(m)->thread;
    unsigned irql = kss_cpu(m)->irql, first = 0, free = 0;
    bool abandoned = false;
    for (unsigned i = 0; i < set->count; i++) {
        if (!available(m, set->objects[i], thread, irql))
            continue;
        const struct kss_object *mutex = kss_object_ref(m, set->objects[i]);
        if (mutex->kind == KSS_O_MUTEX && mutex->signal == INT32_MIN) {
            kss_say_mutex(m, set->objects[i], KSS_MUTEX_LIMIT, thread);
            return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_MUTANT_LIMIT_EXCEEDED);
        }
        if (free++ == 0)
            first = i;
        if (!set->all)
            break;
    }
    if (free == 0 || (set->all && free < set->count))
        return kss_outcome(KSS_OUT_SPIN, 0);
    *object = set->objects[set->all ? 0 : first];
    if (!set->all)
        abandoned = consume(m, *object, thread, irql);
    for (unsigned i = 0; set->all && i < set->count; i++)
        abandoned |= consume(m, set->objects[i], thread, irql);
    return kss_return((abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0) +
                      (set->all ? 0 : first));
}

// ---- Wait blocks --------------------------------------------------------------------------------
// Header.WaitListHead leads through the wait blocks, for driver code that asks whether somebody
// waits.
kss_addr kss_wait_block_address(const struct kss_machine *m, const struct kss_wait *wait) {
    enum { WAIT_BLOCK = 0x140 }; // in a KTHREAD, a convention of the simulator
    unsigned size = KSS_SIZE(KWAIT_BLOCK, kss_wide(m));
    const struct kss_thread *thread = kss_thread_at(m, wait->thread);
    struct kss_frame *frame = kss_stack_top(m, kss_stack_at(m, thread->stack));
    uint64_t array = 0;
    if (frame != NULL && frame->entry == KSS_ENTRY_NT &&
        frame->routine == KSS_NT_KeWaitForMultipleObjects)
        memcpy(&array, kss_frame_run(frame) + offsetof(struct kss_call, arguments[7]),
               sizeof array);
    return (array != 0 ? array : kss_thread_address(m, wait->thread) + WAIT_BLOCK) +
           wait->key * size;
}

static void mirror_waiters(struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->flags & KSS_OF_DEAD || !kss_is_dispatcher(object->kind))
        return;
    unsigned pointer = kss_pointer(m);
    kss_addr head = object->address + KSS_OFFSET(DISPATCHER_HEADER, WaitListHead, kss_wide(m));
    kss_addr last = head;
    for (uint16_t block = object->waiters; block != KSS_NONE; block = kss_wait_at(m, block)->next) {
        kss_addr entry = kss_wait_block_address(m, kss_wait_at(m, block));
        kss_poke(m, last, pointer, entry);
        kss_poke(m, entry + pointer, pointer, last);
        last = entry;
    }
    kss_poke(m, last, pointer, head);
    kss_poke(m, head + pointer, pointer, last);
}

static uint16_t wait_block(struct kss_machine *m, uint16_t object, uint16_t thread, unsigned key) {
    uint32_t count = kss_wait_at_count(m), index = 0;
    while (index < count && kss_wait_at(m, index)->kind != 0)
        index++;
    if (index == count)
        kss_section_append(m, KSS_S_WAIT, sizeof(struct kss_wait));
    *kss_wait_at(m, index) = (struct kss_wait){.object = object,
                                               .thread = thread,
                                               .next = KSS_NONE,
                                               .next_of_thread = KSS_NONE,
                                               .key = (uint16_t)key,
                                               .kind = 1};
    uint16_t *link = &kss_object_ref(m, object)->waiters;
    while (*link != KSS_NONE)
        link = &kss_wait_at(m, *link)->next;
    *link = (uint16_t)index;
    mirror_waiters(m, object);
    return (uint16_t)index;
}

void kss_wait_chain(struct kss_machine *m, uint16_t thread, const struct kss_wait_set *set) {
    kss_thread_at(m, thread)->wait_blocks = KSS_NONE;
    uint16_t last = KSS_NONE;
    for (unsigned i = 0; i < set->count; i++) {
        uint16_t block = wait_block(m, set->objects[i], thread, i);
        if (last == KSS_NONE)
            kss_thread_at(m, thread)->wait_blocks = block;
        else
            kss_wait_at(m, last)->next_of_thread = block;
        last = block;
    }
}

bool kss_wait_unchain(struct kss_machine *m, uint16_t index) {
    struct kss_thread *thread = kss_thread_at(m, index);
    bool sound = true;
    for (uint16_t block = thread->wait_blocks; block != KSS_NONE;) {
        struct kss_wait *wait = kss_wait_at(m, block);
        uint16_t next = wait->next_of_thread, object = wait->object;
        if (object != KSS_NONE) {
            uint16_t *link = &kss_object_ref(m, object)->waiters;
            while (*link != block)
                link = &kss_wait_at(m, *link)->next;
            *link = wait->next;
        }
        memset(wait, 0, sizeof *wait);
        if (object != KSS_NONE)
            mirror_waiters(m, object);
        else
            sound = false;
        block = next;
    }
    thread->wait_blocks = KSS_NONE;
    return sound;
}

void kss_wait_fill(struct kss_machine *m, uint16_t thread) {
    enum { WAIT_ALL = 0, WAIT_ANY = 1 };
    bool wide = kss_wide(m);
    for (uint16_t b = kss_thread_at(m, thread)->wait_blocks; b != KSS_NONE;) {
        const struct kss_wait *wait = kss_wait_at(m, b);
        kss_addr at = kss_wait_block_address(m, wait);
        unsigned type = kss_thread_at(m, thread)->wait_all ? WAIT_ALL : WAIT_ANY;
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, Thread, wide), kss_pointer(m),
                 kss_thread_address(m, thread));
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, Object, wide), kss_pointer(m),
                 kss_object_ref(m, wait->object)->address);
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, WaitKey, wide), 2, wait->key);
        kss_poke(m, at + KSS_OFFSET(KWAIT_BLOCK, WaitType, wide), 1, type);
        b = wait->next_of_thread;
    }
}

// ---- Signals ------------------------------------------------------------------------------------
// Whoever ends a wait works on its wait blocks, at DISPATCH_LEVEL: an array of the driver's must be
// in memory. False: the machine has stopped.
static bool blocks_are_there(struct kss_machine *m, uint16_t thread) {
    for (uint16_t b = kss_thread_at(m, thread)->wait_blocks; b != KSS_NONE;) {
        struct kss_wait wait = *kss_wait_at(m, b);
        kss_addr address = kss_wait_block_address(m, &wait);
        if (kss_thread_with_address(m, address & ~(kss_addr)0xFFF) == KSS_NONE &&
            kss_touch_object(m, address, KSS_SIZE(KWAIT_BLOCK, kss_wide(m)), true).kind !=
                KSS_OUT_RETURN)
            return false;
        b = wait.next_of_thread;
    }
    return !kss_globals(m)->stopped;
}

// Takes what the wait of [thread] needs, now that the object of its block [key] is signalled; false:
// an object of a WaitAll is still missing.
static bool take_for(struct kss_machine *m, uint16_t thread, uint16_t object, unsigned key,
                     uint32_t *status) {
    unsigned irql = kss_thread_at(m, thread)->wait_irql;
    bool all = kss_thread_at(m, thread)->wait_all, abandoned = false;
    uint16_t first = kss_thread_at(m, thread)->wait_blocks;
    for (uint16_t b = first; all && b != KSS_NONE; b = kss_wait_at(m, b)->next_of_thread)
        if (kss_wait_at(m, b)->object == KSS_NONE ||
            !available(m, kss_wait_at(m, b)->object, thread, irql))
            return false;
    if (!all)
        abandoned = consume(m, object, thread, irql);
    for (uint16_t b = first; all && b != KSS_NONE; b = kss_wait_at(m, b)->next_of_thread)
        abandoned |= consume(m, kss_wait_at(m, b)->object, thread, irql);
    *status = (abandoned ? STATUS_ABANDONED_WAIT_0 : STATUS_WAIT_0) + (all ? 0 : key);
    return true;
}

unsigned kss_satisfy(struct kss_machine *m, uint16_t object) {
    unsigned released = 0;
    for (uint16_t block = kss_object_ref(m, object)->waiters;
         block != KSS_NONE && kss_object_ref(m, object)->signal > 0;) {
        uint16_t thread = kss_wait_at(m, block)->thread, next = kss_wait_at(m, block)->next;
        unsigned key = kss_wait_at(m, block)->key;
        while (next != KSS_NONE && kss_wait_at(m, next)->thread == thread)
            next = kss_wait_at(m, next)->next; // all of its blocks go at once
        if (!blocks_are_there(m, thread))
            return released;
        uint32_t status;
        if (take_for(m, thread, object, key, &status)) {
            uint32_t number = kss_object_number(m, object);
            if (!kss_thread_at(m, thread)->wait_all)
                kss_wait_ended_by(m, thread, number);
            kss_unwait(m, thread, status);
            released++;
        }
        block = next;
    }
    return released;
}
