// SPDX-License-Identifier: MIT
// Who owns a lock and who waits for one. lock.h has the picture.
#include "kernel/lock.h"

enum { KERNEL_MODE = 0 };

void kss_own_event(struct kss_machine *m, uint16_t object, enum kss_own_how how,
                   enum kss_own_mode mode, unsigned count) {
    KSS_EMIT(m, KSS_EV_OWN, kss_object_number(m, object), how, mode, count);
}

void kss_lock_misuse(struct kss_machine *m, uint16_t object, enum kss_lock_misuse what) {
    KSS_EMIT(m, KSS_EV_LOCK_MISUSE, kss_object_number(m, object), what, m->at_work, 0);
}

bool kss_lock_known(const struct kss_machine *m, kss_addr address, enum kss_object_kind kind) {
    uint16_t object = kss_object_at(m, address);
    return object != KSS_NONE && kss_object_ref(m, object)->kind == kind;
}

// ---- The code at work ---------------------------------------------------------------------------
uint64_t kss_lock_self(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread == KSS_NONE ? 0 : thread + 1u;
}

kss_addr kss_lock_self_id(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread == KSS_NONE ? 0 : kss_thread_address(m, thread);
}

void kss_thread_owns(struct kss_machine *m, uint64_t self, int by) {
    if (self == 0)
        return;
    struct kss_thread *thread = kss_thread_at(m, (uint32_t)self - 1);
    int owned = thread->owned + by;
    thread->owned = (uint8_t)(owned < 0 ? 0 : owned > UINT8_MAX ? UINT8_MAX : owned);
}

bool kss_normal_apcs_off(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    return kss_all_apcs_off(m) || cpu->thread == KSS_NONE ||
           kss_thread_at(m, cpu->thread)->kernel_apc_disable != 0;
}

bool kss_all_apcs_off(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    return cpu->irql >= KSS_APC_LEVEL || cpu->thread == KSS_NONE ||
           kss_thread_at(m, cpu->thread)->special_apc_disable != 0;
}

// ---- Owners -------------------------------------------------------------------------------------
static uint16_t record(struct kss_machine *m, uint8_t kind) {
    uint32_t count = kss_wait_at_count(m), index = 0;
    while (index < count && kss_wait_at(m, index)->kind != 0)
        index++;
    if (index == count)
        kss_section_append(m, KSS_S_WAIT, sizeof(struct kss_wait));
    *kss_wait_at(m, index) = (struct kss_wait){
        .thread = KSS_NONE, .next = KSS_NONE, .next_of_thread = KSS_NONE, .kind = kind};
    return (uint16_t)index;
}

static uint16_t first_owner(const struct kss_machine *m, uint16_t object) {
    kss_addr context = kss_object_ref(m, object)->context;
    return context == 0 ? (uint16_t)KSS_NONE : (uint16_t)(context - 1);
}

static void set_first(struct kss_machine *m, uint16_t object, uint16_t owner) {
    kss_object_ref(m, object)->context = owner == KSS_NONE ? 0 : owner + 1u;
}

kss_addr kss_owner_id(const struct kss_machine *m, uint16_t owner) {
    const struct kss_wait *wait = kss_wait_at(m, owner);
    if (wait->thread != KSS_NONE)
        return kss_thread_address(m, wait->thread);
    if (wait->next_of_thread == KSS_NONE)
        return 0;
    wait = kss_wait_at(m, wait->next_of_thread);
    return (kss_addr)wait->object | (kss_addr)wait->thread << 16 | (kss_addr)wait->next << 32 |
           (kss_addr)wait->next_of_thread << 48;
}

uint16_t kss_owner_find(struct kss_machine *m, uint16_t object, kss_addr id) {
    uint16_t owner = first_owner(m, object);
    while (owner != KSS_NONE && kss_owner_id(m, owner) != id)
        owner = kss_wait_at(m, owner)->next;
    return owner;
}

void kss_owner_add(struct kss_machine *m, uint16_t object, kss_addr id, unsigned times) {
    uint16_t owner = record(m, KSS_W_OWNER), pointer = KSS_NONE;
    uint16_t thread = kss_thread_with_address(m, id);
    if (thread == KSS_NONE && id != 0) {
        pointer = record(m, KSS_W_POINTER);
        struct kss_wait *bits = kss_wait_at(m, pointer);
        bits->object = (uint16_t)id;
        bits->thread = (uint16_t)(id >> 16);
        bits->next = (uint16_t)(id >> 32);
        bits->next_of_thread = (uint16_t)(id >> 48);
    }
    struct kss_wait *wait = kss_wait_at(m, owner);
    wait->object = object;
    wait->thread = thread;
    wait->key = (uint16_t)times;
    wait->next_of_thread = pointer;
    uint16_t last = first_owner(m, object);
    if (last == KSS_NONE) {
        set_first(m, object, owner);
        return;
    }
    while (kss_wait_at(m, last)->next != KSS_NONE)
        last = kss_wait_at(m, last)->next;
    kss_wait_at(m, last)->next = owner;
}

static void free_record(struct kss_machine *m, uint16_t index) {
    memset(kss_wait_at(m, index), 0, sizeof(struct kss_wait));
}

void kss_owner_remove(struct kss_machine *m, uint16_t object, uint16_t owner) {
    struct kss_wait wait = *kss_wait_at(m, owner);
    uint16_t at = first_owner(m, object);
    if (at == owner) {
        set_first(m, object, wait.next);
    } else {
        while (kss_wait_at(m, at)->next != owner)
            at = kss_wait_at(m, at)->next;
        kss_wait_at(m, at)->next = wait.next;
    }
    if (wait.next_of_thread != KSS_NONE)
        free_record(m, wait.next_of_thread);
    free_record(m, owner);
}

unsigned kss_owner_count(const struct kss_machine *m, uint16_t object) {
    unsigned count = 0;
    for (uint16_t at = first_owner(m, object); at != KSS_NONE; at = kss_wait_at(m, at)->next)
        count++;
    return count;
}

static bool has_owners(const struct kss_object *object) {
    return object->kind == KSS_O_RESOURCE || object->kind == KSS_O_PUSH_LOCK ||
           object->kind == KSS_O_RW_SPINLOCK;
}

void kss_lock_forget(struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->flags & KSS_OF_DEAD)
        return;
    if ((object->kind == KSS_O_FAST_MUTEX || object->kind == KSS_O_GUARDED_MUTEX) &&
        object->signal != 0)
        kss_thread_owns(m, (uint64_t)object->signal, -1);
    while (has_owners(object) && object->context != 0) {
        uint16_t owner = first_owner(m, index), thread = kss_wait_at(m, owner)->thread;
        if (object->kind == KSS_O_PUSH_LOCK && thread != KSS_NONE)
            kss_thread_owns(m, thread + 1u, -1);
        kss_owner_remove(m, index, owner);
    }
}

unsigned kss_lock_use(const struct kss_object *object) {
    enum { HELD = KSS_USE_LOCK, UNDER_WAY = KSS_USE_IRP, LISTED = KSS_USE_SYSTEM_LIST };
    switch (object->kind) {
    case KSS_O_SPINLOCK:
    case KSS_O_RW_SPINLOCK:
    case KSS_O_FAST_MUTEX:
    case KSS_O_GUARDED_MUTEX:
    case KSS_O_PUSH_LOCK:
    case KSS_O_LOCK_HANDLE: return object->signal != 0 ? HELD : 0;
    case KSS_O_RESOURCE: return LISTED | (object->signal != 0 ? HELD : 0u);
    case KSS_O_CSQ_CONTEXT: return object->signal != 0 ? UNDER_WAY : 0;
    default: return 0;
    }
}

unsigned kss_lock_owners(const struct kss_machine *m, uint16_t index, uint16_t *threads,
                         unsigned room) {
    const struct kss_object *object = kss_object_ref(m, index);
    unsigned count = 0;
    if (object->flags & KSS_OF_DEAD)
        return 0;
    if (has_owners(object) && object->kind != KSS_O_RW_SPINLOCK)
        for (uint16_t at = first_owner(m, index); at != KSS_NONE && count < room;
             at = kss_wait_at(m, at)->next) {
            if (kss_wait_at(m, at)->thread != KSS_NONE)
                threads[count++] = kss_wait_at(m, at)->thread;
        }
    else if (object->kind == KSS_O_FAST_MUTEX || object->kind == KSS_O_GUARDED_MUTEX) {
        if (object->signal != 0 && room != 0)
            threads[count++] = (uint16_t)(object->signal - 1);
    } else if (object->kind == KSS_O_THREAD && room != 0) {
        threads[count] = kss_thread_with_address(m, object->address);
        count += threads[count] != KSS_NONE;
    } else if (object->kind == KSS_O_MUTEX && object->signal <= 0 && room != 0) {
        kss_addr field = object->address + KSS_OFFSET(KMUTEX, OwnerThread, kss_wide(m));
        kss_addr owner = kss_peek((struct kss_machine *)m, field, kss_pointer(m)); // reads, no more
        threads[count] = kss_thread_with_address(m, owner);
        count += owner != 0 && threads[count] != KSS_NONE;
    }
    return count;
}

uint16_t kss_spins_on(const struct kss_machine *m, unsigned cpu) {
    uint16_t index = kss_cpu_at(m, cpu)->stack;
    if (index == KSS_NONE)
        return KSS_NONE;
    const struct kss_stack *stack = kss_stack_at(m, index);
    struct kss_frame *frame = stack->top == KSS_NO_FRAME ? NULL : kss_stack_top(m, stack);
    if (frame == NULL || frame->entry != KSS_ENTRY_NT)
        return KSS_NONE;
    struct kss_call call;
    memcpy(&call, kss_frame_run(frame), sizeof call);
    kss_addr lock = call.routine == KSS_NT_IoAcquireCancelSpinLock ? kss_globals(m)->cancel_lock
                                                                   : call.arguments[0];
    uint16_t object = kss_object_at(m, lock);
    return object != KSS_NONE && kss_object_ref(m, object)->kind == KSS_O_SPINLOCK
               ? object
               : (uint16_t)KSS_NONE;
}

// A resource belongs to a request, which may be finished in another thread (DDI
// ExReleaseResourceForThreadLite): while requests are under way nothing is told.
void kss_locks_left(struct kss_machine *m, const struct kss_frame *frame) {
    if ((frame->entry != KSS_ENTRY_THREAD && frame->entry != KSS_ENTRY_WORK) ||
        kss_globals(m)->irps != 0)
        return;
    unsigned owned = 0;
    kss_addr self = kss_lock_self_id(m);
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++)
        if (kss_object_ref(m, i)->kind == KSS_O_RESOURCE &&
            !(kss_object_ref(m, i)->flags & KSS_OF_DEAD))
            owned += kss_owner_find(m, (uint16_t)i, self) != KSS_NONE;
    if (owned != 0)
        KSS_EMIT(m, KSS_EV_BALANCE, frame->routine, 4, 0, owned);
}

// ---- Waiting ------------------------------------------------------------------------------------
struct kss_outcome kss_lock_wait(struct kss_machine *m, struct kss_call *call, uint16_t object,
                                 unsigned reason, unsigned want, uint8_t step) {
    if (!kss_wait_may_block(m))
        return kss_wait_at_dispatch(m, call, object);
    uint16_t thread = kss_cpu(m)->thread;
    kss_own_event(m, object, KSS_OWN_WAIT, (enum kss_own_mode)(want != 0), 0);
    struct kss_outcome outcome =
        kss_block_thread(m, call, object, KERNEL_MODE, false, reason, false, 0, step);
    uint16_t block =
        outcome.kind == KSS_OUT_STOP ? (uint16_t)KSS_NONE : kss_thread_at(m, thread)->wait_blocks;
    if (block != KSS_NONE)
        kss_wait_at(m, block)->key = (uint16_t)want;
    return outcome;
}

struct kss_outcome kss_lock_waited(struct kss_machine *m, struct kss_call *call) {
    uint32_t status = (uint32_t)kss_thread_at(m, kss_cpu(m)->thread)->wait_status;
    if (status == STATUS_KERNEL_APC)
        return kss_return(0);
    kss_wait_finish(m, call, status);
    return kss_return(1);
}

uint16_t kss_lock_waiter(const struct kss_machine *m, uint16_t object, unsigned wants) {
    for (uint16_t at = kss_object_ref(m, object)->waiters; at != KSS_NONE;
         at = kss_wait_at(m, at)->next)
        if (wants >> kss_wait_at(m, at)->key & 1)
            return kss_wait_at(m, at)->thread;
    return KSS_NONE;
}

unsigned kss_lock_waiters(const struct kss_machine *m, uint16_t object, unsigned wants) {
    unsigned count = 0;
    for (uint16_t at = kss_object_ref(m, object)->waiters; at != KSS_NONE;
         at = kss_wait_at(m, at)->next)
        count += wants >> kss_wait_at(m, at)->key & 1;
    return count;
}
