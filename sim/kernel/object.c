// SPDX-License-Identifier: MIT
// Kernel objects: records keyed by address, whose public fields are mirrored into driver memory.
//
// An object lives from its KeInitializeXxx until its memory goes (frame returned, block freed) or
// is initialised anew. Objects of dead stack frames leave a tombstone, so that whoever still holds
// the address is told what was there. Numbers in events count initialisations of new objects,
// from 1.
#include "kernel/mdl.h"

#include "base/os.h"
#include "kernel/lock.h"

static unsigned slot_of(kss_addr address) {
    return (unsigned)((address >> 2) * UINT64_C(0x9E3779B97F4A7C15) >> 58);
}

static uint16_t find(const struct kss_machine *m, kss_addr address) {
    uint16_t cached = m->object_cache[slot_of(address)];
    uint32_t count = kss_object_ref_count(m);
    if (cached < count && kss_object_ref(m, cached)->address == address &&
        kss_object_ref(m, cached)->kind != KSS_O_FREE)
        return cached;
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_object *object = kss_object_ref(m, i);
        if (object->address == address && object->kind != KSS_O_FREE) {
            ((struct kss_machine *)m)->object_cache[slot_of(address)] = (uint16_t)i;
            return (uint16_t)i;
        }
    }
    return KSS_NONE;
}

uint16_t kss_object_at(const struct kss_machine *m, kss_addr address) {
    uint16_t index = find(m, address);
    return index != KSS_NONE && kss_object_ref(m, index)->flags & KSS_OF_DEAD ? (uint16_t)KSS_NONE
                                                                              : index;
}

uint16_t kss_object_numbered(const struct kss_machine *m, uint32_t number) {
    for (uint32_t i = 0; number != 0 && i < kss_object_ref_count(m); i++)
        if (kss_object_cold_at(m, i)->number == number && kss_object_ref(m, i)->kind != KSS_O_FREE)
            return (uint16_t)i;
    return KSS_NONE;
}

uint32_t kss_object_number(const struct kss_machine *m, uint16_t index) {
    return index == KSS_NONE ? 0 : kss_object_cold_at(m, index)->number;
}

uint32_t kss_object_size(const struct kss_machine *m, enum kss_object_kind kind) {
    bool wide = kss_wide(m);
    switch (kind) {
    case KSS_O_EVENT: return wide ? KSS_SIZE64_KEVENT : KSS_SIZE32_KEVENT;
    case KSS_O_TIMER: return wide ? KSS_SIZE64_KTIMER : KSS_SIZE32_KTIMER;
    case KSS_O_DPC: return wide ? KSS_SIZE64_KDPC : KSS_SIZE32_KDPC;
    case KSS_O_SPINLOCK: return kss_pointer(m);
    case KSS_O_SEMAPHORE: return wide ? KSS_SIZE64_KSEMAPHORE : KSS_SIZE32_KSEMAPHORE;
    case KSS_O_MUTEX: return wide ? KSS_SIZE64_KMUTEX : KSS_SIZE32_KMUTEX;
    case KSS_O_APC: return wide ? KSS_SIZE64_KAPC : KSS_SIZE32_KAPC;
    case KSS_O_FAST_MUTEX:
    case KSS_O_GUARDED_MUTEX: return wide ? KSS_SIZE64_FAST_MUTEX : KSS_SIZE32_FAST_MUTEX;
    case KSS_O_RESOURCE: return wide ? KSS_SIZE64_ERESOURCE : KSS_SIZE32_ERESOURCE;
    case KSS_O_LOCK_HANDLE:
        return wide ? KSS_SIZE64_KLOCK_QUEUE_HANDLE : KSS_SIZE32_KLOCK_QUEUE_HANDLE;
    case KSS_O_WORK_ITEM: return wide ? KSS_SIZE64_WORK_QUEUE_ITEM : KSS_SIZE32_WORK_QUEUE_ITEM;
    case KSS_O_RW_SPINLOCK: return 4;
    case KSS_O_PUSH_LOCK:
    case KSS_O_RUNDOWN: return kss_pointer(m);
    case KSS_O_CSQ_CONTEXT:
        return wide ? KSS_SIZE64_IO_CSQ_IRP_CONTEXT : KSS_SIZE32_IO_CSQ_IRP_CONTEXT;
    case KSS_O_MDL: return wide ? KSS_SIZE64_MDL : KSS_SIZE32_MDL;
    case KSS_O_IRP: return wide ? KSS_SIZE64_IRP : KSS_SIZE32_IRP;
    case KSS_O_STATUS_BLOCK: return wide ? KSS_SIZE64_IO_STATUS_BLOCK : KSS_SIZE32_IO_STATUS_BLOCK;
    case KSS_O_DRIVER: return wide ? KSS_SIZE64_DRIVER_OBJECT : KSS_SIZE32_DRIVER_OBJECT;
    case KSS_O_DEVICE: return wide ? KSS_SIZE64_DEVICE_OBJECT : KSS_SIZE32_DEVICE_OBJECT;
    case KSS_O_FILE: return wide ? KSS_SIZE64_FILE_OBJECT : KSS_SIZE32_FILE_OBJECT;
    case KSS_O_IO_WORK_ITEM: return 8 * kss_pointer(m); // opaque; a size of the simulator's
    case KSS_O_SECTION:
    case KSS_O_THREAD: break; // its memory is nt's
    case KSS_O_FREE: break;
    }
    return 0;
}

const char *kss_object_kind_name(unsigned kind) {
    static const char *const names[] = {"",
                                        "KEVENT",
                                        "KTIMER",
                                        "KDPC",
                                        "KSPIN_LOCK",
                                        "KSEMAPHORE",
                                        "KMUTEX",
                                        "KAPC",
                                        "FAST_MUTEX",
                                        "KGUARDED_MUTEX",
                                        "ERESOURCE",
                                        "KLOCK_QUEUE_HANDLE",
                                        "WORK_QUEUE_ITEM",
                                        "EX_SPIN_LOCK",
                                        "EX_PUSH_LOCK",
                                        "EX_RUNDOWN_REF",
                                        "IO_CSQ_IRP_CONTEXT",
                                        "KTHREAD",
                                        "DRIVER_OBJECT",
                                        "DEVICE_OBJECT",
                                        "FILE_OBJECT",
                                        "IRP",
                                        "IO_STATUS_BLOCK",
                                        "MDL",
                                        "IO_WORKITEM",
                                        "locked section"};
    return names[kind];
}

// ---- Counting what lies where -------------------------------------------------------------------
static void count_in_memory(struct kss_machine *m, const struct kss_object *object, int by) {
    if (object->flags & KSS_OF_ANONYMOUS)
        return;
    if (object->stack != KSS_NONE) {
        struct kss_stack *stack = kss_stack_at(m, object->stack);
        stack->objects = (uint16_t)(stack->objects + by);
        return;
    }
    uint32_t region = kss_region_find(m, object->address);
    if (region != KSS_NO_FRAME) {
        struct kss_region *place = kss_region_at(m, region);
        place->objects = (uint16_t)(place->objects + by);
    }
}

static uint16_t free_slot(struct kss_machine *m) {
    uint32_t count = kss_object_ref_count(m);
    for (uint32_t i = 0; i < count; i++)
        if (kss_object_ref(m, i)->kind == KSS_O_FREE)
            return (uint16_t)i;
    if (count >= KSS_NONE)
        kss_os_fatal("a simulated machine holds at most 65,535 kernel objects at once");
    kss_section_append(m, KSS_S_OBJECT, sizeof(struct kss_object));
    kss_section_append(m, KSS_S_OBJECT_COLD, sizeof(struct kss_object_cold));
    return (uint16_t)count;
}

void kss_object_free(struct kss_machine *m, uint16_t index) {
    kss_lock_forget(m, index);
    kss_due_cancel(m, KSS_DUE_TIMER, index);
    for (uint32_t i = 0; i < kss_pending_at_count(m); i++)
        if (kss_pending_at(m, i)->object == index) // the queued DPC runs all the same
            kss_pending_at(m, i)->object = KSS_NONE;
    kss_work_forget(m, index);
    kss_apc_forget(m, index);
    struct kss_object *object = kss_object_ref(m, index);
    if (object->kind == KSS_O_MUTEX && object->context != 0)
        kss_mutex_forget(m, index);
    if (!(object->flags & KSS_OF_DEAD))
        count_in_memory(m, object, -1);
    memset(object, 0, sizeof *object);
    memset(kss_object_cold_at(m, index), 0, sizeof(struct kss_object_cold));
}

static void announce(struct kss_machine *m, uint16_t index, unsigned again) {
    const struct kss_object *object = kss_object_ref(m, index);
    struct kss_object_cold *cold = kss_object_cold_at(m, index);
    if (kss_wants(m, KSS_EV_OBJECT)) {
        kss_text_clear(&m->scratch);
        kss_describe_object(m, object->address, kss_object_kind_name(object->kind), &m->scratch);
        uint32_t name = kss_text_id(m, m->scratch.bytes);
        cold->name = name;
        uint32_t type = kss_text_id(m, kss_object_kind_name(object->kind));
        kss_emit(m, KSS_EV_OBJECT, cold->number, name, type, object->address);
    }
    object = kss_object_ref(m, index);
    if (object->kind > KSS_O_THREAD) // made by nt
        return;
    uint32_t region = kss_region_find(m, object->address);
    bool resident =
        region == KSS_NO_FRAME || (kss_region_at(m, region)->kind != KSS_REGION_PAGED &&
                                   kss_region_at(m, region)->kind != KSS_REGION_IMAGE_PAGED);
    KSS_EMIT(m, KSS_EV_INIT, kss_object_cold_at(m, index)->number, again,
             (uint64_t)(int64_t)object->signal, resident);
}

// What an object is in when it is initialised anew or dies: the lists that still hold it.
static unsigned in_use(const struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    unsigned use = 0;
    if (object->waiters != KSS_NONE)
        use |= KSS_USE_WAIT;
    if (object->kind == KSS_O_TIMER && object->flags & KSS_OF_QUEUED)
        use |= KSS_USE_TIMER_QUEUE;
    if (object->kind == KSS_O_DPC && object->flags & KSS_OF_QUEUED)
        use |= KSS_USE_DPC_QUEUE;
    if (object->kind == KSS_O_DPC)
        for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
            const struct kss_object *timer = kss_object_ref(m, i);
            if (timer->kind == KSS_O_TIMER && timer->flags & KSS_OF_QUEUED &&
                timer->dpc == object->address)
                use |= KSS_USE_DPC_QUEUE;
        }
    if (object->kind == KSS_O_MUTEX && object->context != 0)
        use |= KSS_USE_LOCK;
    use |= kss_lock_use(object);
    if (kss_globals(m)->irps != 0 && kss_irp_uses(m, index))
        use |= KSS_USE_IRP;
    if (object->kind == KSS_O_MDL && kss_dma_uses(m, kss_object_number(m, index)))
        use |= KSS_USE_DMA;
    if ((object->kind == KSS_O_WORK_ITEM || object->kind == KSS_O_IO_WORK_ITEM) &&
        object->flags & KSS_OF_QUEUED)
        use |= KSS_USE_WORK_QUEUE;
    if (object->kind == KSS_O_APC && object->flags & KSS_OF_QUEUED)
        use |= KSS_USE_APC_QUEUE;
    return use;
}

// Its list of waiters is empty from now on, and theirs still lead to it: no signal finds them.
static void forget_waiters(struct kss_machine *m, uint16_t index) {
    for (uint32_t i = 0; i < kss_wait_at_count(m); i++)
        if (kss_wait_at(m, i)->kind != 0 && kss_wait_at(m, i)->object == index)
            kss_wait_at(m, i)->object = KSS_NONE;
    kss_object_ref(m, index)->waiters = KSS_NONE;
}

// Threads that wait for the old object are said to wait for what is there now.
static void rename_waited(struct kss_machine *m, uint16_t old, uint16_t now) {
    for (uint32_t i = 0; i < kss_thread_at_count(m); i++)
        if (kss_thread_at(m, i)->state == KSS_T_WAITING && kss_thread_at(m, i)->waiting_on == old)
            kss_thread_at(m, i)->waiting_on = now;
}

uint16_t kss_object_init(struct kss_machine *m, kss_addr address, enum kss_object_kind kind,
                         unsigned flags, int32_t signal) {
    uint16_t index = find(m, address), waited = KSS_NONE;
    unsigned again = index != KSS_NONE && !(kss_object_ref(m, index)->flags & KSS_OF_DEAD)
                         ? in_use(m, index)
                         : 0;
    bool same = index != KSS_NONE && !(kss_object_ref(m, index)->flags & KSS_OF_DEAD) &&
                kss_object_ref(m, index)->kind == kind && again == 0;
    struct kss_object_cold old = {0};
    if (same)
        old = *kss_object_cold_at(m, index);
    if (index != KSS_NONE && kss_object_ref(m, index)->waiters != KSS_NONE) {
        waited = index;
        forget_waiters(m, index);
    }
    if (index != KSS_NONE)
        kss_object_free(m, index);
    index = free_slot(m);
    if (waited != KSS_NONE)
        rename_waited(m, waited, index);
    uint32_t depth;
    struct kss_object *object = kss_object_ref(m, index);
    *object = (struct kss_object){.address = address,
                                  .kind = (uint8_t)kind,
                                  .flags = (uint8_t)flags,
                                  .stack = kss_stack_of(m, address, &depth),
                                  .signal = signal,
                                  .waiters = KSS_NONE};
    count_in_memory(m, object, 1);
    m->object_cache[slot_of(address)] = index;
    struct kss_clock *clock = kss_clock(m);
    struct kss_object_cold *cold = kss_object_cold_at(m, index);
    *cold = (struct kss_object_cold){.number = same ? old.number : ++clock->objects_named,
                                     .name = old.name,
                                     .place = clock->place,
                                     .routine = kss_innermost(m)};
    announce(m, index, again);
    return index;
}

// ---- Death --------------------------------------------------------------------------------------
static void say_died(struct kss_machine *m, uint16_t index, unsigned use, uint32_t routine) {
    uint32_t place = kss_clock(m)->place, maker = kss_object_cold_at(m, index)->routine;
    if (!kss_wants(m, KSS_EV_OBJECT_DIES))
        return;
    // Natively a frame's end is seen at the next NT call, which may be its caller's: who initialised
    // the object tells more.
    if (m->space != NULL && routine != KSS_NO_FRAME && maker != KSS_NO_FRAME && maker != routine) {
        routine = maker;
        place = m->image->code[maker].place;
    }
    kss_emit_at(m, KSS_EV_OBJECT_DIES, place, kss_object_number(m, index), use, routine, 0);
}

void kss_objects_die(struct kss_machine *m, kss_addr low, kss_addr high, uint32_t routine,
                     bool tombstone) {
    kss_locked_pages_die(m, low, high, routine);
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        struct kss_object *object = kss_object_ref(m, i);
        if (object->kind == KSS_O_FREE || object->flags & (KSS_OF_DEAD | KSS_OF_ANONYMOUS) ||
            object->address < low || object->address >= high)
            continue;
        if (object->kind == KSS_O_IRP)
            kss_irp_dies(m, (uint16_t)i);
        unsigned use = in_use(m, (uint16_t)i);
        if (use != 0)
            say_died(m, (uint16_t)i, use, routine);
        kss_lock_forget(m, (uint16_t)i);
        object = kss_object_ref(m, i);
        count_in_memory(m, object, -1);
        object->flags |= KSS_OF_DEAD;
        if (!tombstone && object->waiters == KSS_NONE &&
            !(object->kind == KSS_O_MUTEX && object->context != 0) &&
            !(object->kind == KSS_O_IRP && (uint32_t)object->period != 0))
            kss_object_free(m, (uint16_t)i);
    }
}

// ---- Use ----------------------------------------------------------------------------------------
void kss_dispatcher_header(struct kss_machine *m, kss_addr address, unsigned type, unsigned size,
                           int32_t signal) {
    bool wide = kss_wide(m);
    kss_addr list = address + KSS_OFFSET(DISPATCHER_HEADER, WaitListHead, wide);
    kss_poke(m, address, 1, type);
    kss_poke(m, address + 1, 1, 0);
    kss_poke(m, address + 2, 1, size / 4);
    kss_poke(m, address + KSS_OFFSET(DISPATCHER_HEADER, SignalState, wide), 4, (uint32_t)signal);
    kss_poke(m, list, kss_pointer(m), list);
    kss_poke(m, list + kss_pointer(m), kss_pointer(m), list);
}

void kss_object_signal_state(struct kss_machine *m, uint16_t index, int32_t signal) {
    struct kss_object *object = kss_object_ref(m, index);
    bool changed = object->signal != signal;
    object->signal = signal;
    uint32_t offset = kss_wide(m) ? KSS_OFF64_DISPATCHER_HEADER_SignalState
                                  : KSS_OFF32_DISPATCHER_HEADER_SignalState;
    kss_poke(m, object->address + offset, 4, (uint32_t)signal);
    if (changed)
        KSS_EMIT(m, KSS_EV_STATE, kss_object_number(m, index), (int64_t)signal, 0, 0);
}

void kss_object_unknown(struct kss_machine *m, const struct kss_call *call, kss_addr address) {
    if (!kss_wants(m, KSS_EV_NOT_INITIALIZED))
        return;
    kss_text_clear(&m->scratch);
    kss_describe(m, address, &m->scratch);
    uint32_t name = kss_text_id(m, m->scratch.bytes);
    kss_emit(m, KSS_EV_NOT_INITIALIZED, address, call->routine, name, 0);
}

static void report_dead(struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (!kss_wants(m, KSS_EV_TOUCH_DEAD))
        return;
    kss_addr address = object->address;
    uint64_t thread =
        object->stack == KSS_NONE ? (uint64_t)KSS_NONE : kss_stack_at(m, object->stack)->thread;
    uint32_t name = kss_object_cold_at(m, index)->name;
    kss_emit(m, KSS_EV_TOUCH_DEAD, address, thread, 1, name);
}

uint16_t kss_thread_object(struct kss_machine *m, uint16_t thread) {
    kss_addr address = kss_thread_address(m, thread);
    uint16_t index = find(m, address);
    bool ended = kss_thread_at(m, thread)->state == KSS_T_ENDED;
    return index != KSS_NONE ? index : kss_object_init(m, address, KSS_O_THREAD, 0, ended);
}

// The thread that owns the stack works on a local of a live frame where a dead object was: that is
// a new object nobody initialised, not the old one.
static bool owner_reuses(struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    return object->stack != KSS_NONE && kss_cpu(m)->thread != KSS_NONE &&
           kss_stack_at(m, object->stack)->thread == kss_cpu(m)->thread && !kss_cpu(m)->in_dpc &&
           kss_direct(m, object->address, 1, false) != NULL;
}

static bool stack_is_out(const struct kss_machine *m, uint16_t index) {
    uint16_t stack = kss_object_ref(m, index)->stack;
    return stack != KSS_NONE && kss_stack_at(m, stack)->kind != KSS_STACK_FREE &&
           kss_stack_at(m, stack)->thread != KSS_NONE &&
           kss_thread_at(m, kss_stack_at(m, stack)->thread)->out;
}

// An object of the kind wanted on a stack that is in memory: nothing to find out about its bytes.
static bool plainly_there(const struct kss_machine *m, uint16_t index, enum kss_object_kind kind) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->kind != kind || object->flags & KSS_OF_DEAD || object->stack == KSS_NONE)
        return false;
    const struct kss_stack *stack = kss_stack_at(m, object->stack);
    return stack->kind != KSS_STACK_FREE && stack->base - object->address <= stack->depth &&
           (stack->thread == KSS_NONE || !kss_thread_at(m, stack->thread)->out) &&
           !kss_globals(m)->stopped;
}

struct kss_outcome kss_object_use(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                  enum kss_object_kind kind, bool write, uint16_t *index) {
    *index = find(m, address);
    if (*index != KSS_NONE && plainly_there(m, *index, kind))
        return kss_return(0);
    if (*index != KSS_NONE && kss_object_ref(m, *index)->flags & KSS_OF_DEAD) {
        if (!owner_reuses(m, *index)) {
            report_dead(m, *index); // the access lands in memory that is no object any more
            if (stack_is_out(m, *index))
                return kss_fault_out(m, address, write);
            return kss_outcome(KSS_OUT_SPIN, 0);
        }
        kss_object_free(m, *index);
        *index = KSS_NONE;
    }
    KSS_TRY(kss_touch_object(m, address, kss_object_size(m, kind), write));
    uint32_t region = kss_region_find(m, address);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_FREED)
        return kss_outcome(KSS_OUT_SPIN, 0); // the touch has said so
    if (*index != KSS_NONE && kss_object_ref(m, *index)->kind == kind)
        return kss_return(0);
    if (*index != KSS_NONE) {
        KSS_EMIT(m, KSS_EV_WRONG_TYPE, address, call->routine, kss_object_number(m, *index), 0);
    } else {
        kss_object_unknown(m, call, address);
    }
    *index = kss_object_init(m, address, kind, 0, 0);
    return kss_return(0);
}
