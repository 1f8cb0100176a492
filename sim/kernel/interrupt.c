// SPDX-License-Identifier: MIT
// IRQL, DPCs and interrupts: what may interrupt what, and on which stack it runs.
//
//   DPC   at DISPATCH_LEVEL on the processor's DPC stack, when its IRQL drops below DISPATCH_LEVEL
//   ISR   at its device IRQL; on x86 on the interrupted stack, above an interrupt frame; on x64 on
//   the
//         processor's ISR stack
//
// Queued DPCs and interrupts whose time has come wait in the pending list, in the order of arrival.
#include "kernel/machine.h"

void kss_set_irql(struct kss_machine *m, unsigned irql) {
    struct kss_cpu *cpu = kss_cpu(m);
    unsigned from = cpu->irql;
    cpu->irql = (uint8_t)irql;
    if (from != irql)
        KSS_EMIT(m, KSS_EV_IRQL, from, irql, 0, 0);
    if (m->verifier != NULL && from < KSS_DISPATCH_LEVEL && irql >= KSS_DISPATCH_LEVEL)
        kss_verifier_trim(m);
}

static struct kss_outcome raise_irql(struct kss_machine *m, unsigned irql) {
    unsigned old = kss_cpu(m)->irql;
    if (irql > m->config.profile.high_level || irql < old) {
        kss_bugcheck(m, 0x9, irql, old, 0, 0, KSS_NT_KeRaiseIrql, NULL);
        return kss_stopped();
    }
    kss_set_irql(m, irql);
    return kss_return(old);
}

struct kss_outcome kss_nt_KeRaiseIrql(struct kss_machine *m, struct kss_call *call) {
    unsigned old = kss_cpu(m)->irql;
    KSS_TRY(raise_irql(m, call->arguments[0] & 0xFF));
    return kss_store(m, call->arguments[1], 1, old, KSS_WHO_DRIVER);
}

struct kss_outcome kss_nt_KeRaiseIrqlToDpcLevel(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return raise_irql(m, KSS_DISPATCH_LEVEL);
}

// DDI KeLowerIrql: only to the value the raise returned; above the current IRQL is fatal.
struct kss_outcome kss_nt_KeLowerIrql(struct kss_machine *m, struct kss_call *call) {
    unsigned irql = call->arguments[0] & 0xFF;
    if (irql > kss_cpu(m)->irql) {
        kss_bugcheck(m, 0xA, irql, kss_cpu(m)->irql, 0, kss_nt_address(m, KSS_NT_KeLowerIrql),
                     KSS_NT_KeLowerIrql, NULL);
        return kss_stopped();
    }
    kss_set_irql(m, irql);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeGetCurrentIrql(struct kss_machine *m, struct kss_call *call) {
    (void)call;
    return kss_return(kss_cpu(m)->irql);
}

// ---- DPC objects --------------------------------------------------------------------------------
enum { KSS_DPC_MEDIUM = 1, KSS_DPC_HIGH = 2 }; // KDPC_IMPORTANCE
static struct kss_outcome initialize_dpc(struct kss_machine *m, struct kss_call *call,
                                         unsigned type) {
    kss_addr address = call->arguments[0];
    uint8_t nothing[64];
    KSS_TRY(kss_read(m, address, nothing, kss_object_size(m, KSS_O_DPC), KSS_WHO_DRIVER));
    uint32_t code;
    if (!kss_code_at(m, call->arguments[1], &code))
        code = KSS_NO_FRAME;
    kss_poke(m, address, 1, type);
    kss_poke(m, address + KSS_OFFSET(KDPC, Importance, kss_wide(m)), 1, KSS_DPC_MEDIUM);
    uint16_t index = kss_object_init(m, address, KSS_O_DPC, 0, 0);
    kss_object_ref(m, index)->routine = code;
    kss_object_ref(m, index)->context = call->arguments[2];
    kss_object_ref(m, index)->irql = KSS_DPC_MEDIUM;
    return kss_return(0);
}

struct kss_outcome kss_nt_KeInitializeDpc(struct kss_machine *m, struct kss_call *call) {
    return initialize_dpc(m, call, 0x13 /* DpcObject */);
}

// DDI KeInitializeThreadedDpc: it runs in a thread at PASSIVE_LEVEL, or at DISPATCH_LEVEL where the
// system says so, and must be written for both. Here it is always the latter.
struct kss_outcome kss_nt_KeInitializeThreadedDpc(struct kss_machine *m, struct kss_call *call) {
    return initialize_dpc(m, call, 0x18 /* ThreadedDpcObject */);
}

// DDI KeSetImportanceDpc: high importance puts it in front of those queued.
struct kss_outcome kss_nt_KeSetImportanceDpc(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    unsigned importance = call->arguments[1] & 3;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_DPC, true, &object));
    kss_object_ref(m, object)->irql = (uint16_t)importance;
    kss_poke(m, call->arguments[0] + KSS_OFFSET(KDPC, Importance, kss_wide(m)), 1, importance);
    return kss_return(0);
}

struct kss_outcome kss_nt_KeSetTargetProcessorDpc(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    unsigned number = call->arguments[1] & 0xFF;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_DPC, true, &object));
    if (number < kss_cpu_at_count(m))
        kss_object_ref(m, object)->period = number + 1;
    return kss_return(0);
}

// Where a DPC goes: behind the others, or before them when it is of high importance.
static uint32_t queue_position(const struct kss_machine *m, const struct kss_object *dpc) {
    uint32_t count = kss_pending_at_count(m), position = 0;
    if (dpc->irql != KSS_DPC_HIGH)
        return count;
    while (position < count && kss_pending_at(m, position)->kind != KSS_DUE_DPC)
        position++;
    return position;
}

bool kss_dpc_queue(struct kss_machine *m, uint16_t object, uint32_t place) {
    struct kss_object *dpc = kss_object_ref(m, object);
    bool inserted = !(dpc->flags & KSS_OF_QUEUED) && dpc->routine != KSS_NO_FRAME;
    uint32_t routine = dpc->routine;
    kss_addr context = dpc->context;
    if (inserted) {
        dpc->flags |= KSS_OF_QUEUED;
        kss_object_cold_at(m, object)->queue_place = place;
        uint32_t position = queue_position(m, dpc);
        kss_section_insert(m, KSS_S_PENDING, position * (uint32_t)sizeof(struct kss_pending),
                           sizeof(struct kss_pending));
        dpc = kss_object_ref(m, object);
        *kss_pending_at(m, position) =
            (struct kss_pending){.arguments = {dpc->dpc != 0 ? dpc->dpc : dpc->address,
                                               dpc->context, dpc->arguments[0], dpc->arguments[1]},
                                 .routine = dpc->routine,
                                 .object = object,
                                 .cpu = (uint8_t)kss_globals(m)->current_cpu,
                                 .kind = KSS_DUE_DPC,
                                 .argument_count = 4,
                                 .place = place};
    }
    KSS_EMIT(m, KSS_EV_DPC_QUEUE, kss_object_number(m, object), routine, inserted, context);
    return inserted;
}

struct kss_outcome kss_nt_KeInsertQueueDpc(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_DPC, true, &object));
    struct kss_object *dpc = kss_object_ref(m, object);
    if (!(dpc->flags & KSS_OF_QUEUED)) {
        dpc->arguments[0] = call->arguments[1];
        dpc->arguments[1] = call->arguments[2];
    }
    return kss_return(kss_dpc_queue(m, object, kss_clock(m)->place));
}

static void remove_pending(struct kss_machine *m, uint32_t index) {
    kss_section_remove(m, KSS_S_PENDING, index * (uint32_t)sizeof(struct kss_pending),
                       sizeof(struct kss_pending));
}

struct kss_outcome kss_nt_KeRemoveQueueDpc(struct kss_machine *m, struct kss_call *call) {
    uint16_t object;
    KSS_USE(kss_object_use(m, call, call->arguments[0], KSS_O_DPC, true, &object));
    for (uint32_t i = 0; i < kss_pending_at_count(m); i++)
        if (kss_pending_at(m, i)->kind == KSS_DUE_DPC && kss_pending_at(m, i)->object == object) {
            remove_pending(m, i);
            kss_object_ref(m, object)->flags &= (uint8_t)~KSS_OF_QUEUED;
            return kss_return(1);
        }
    return kss_return(0);
}

// Returns once no DPC is queued or running on any processor; this one's ran before the call came
// here.
struct kss_outcome kss_nt_KeFlushQueuedDpcs(struct kss_machine *m, struct kss_call *call) {
    bool busy = false;
    for (uint32_t i = 0; i < kss_pending_at_count(m); i++)
        busy |= kss_pending_at(m, i)->kind == KSS_DUE_DPC;
    for (uint32_t i = 0; i < kss_cpu_at_count(m); i++)
        busy |= kss_cpu_at(m, i)->in_dpc != 0;
    if (!busy || kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
        return kss_return(0);
    if (call->step == 0)
        return kss_suspend(m, call, 1);
    return kss_outcome(KSS_OUT_SPIN, 0);
}

// ---- Entering -----------------------------------------------------------------------------------
static bool enter(struct kss_machine *m, uint16_t stack, const struct kss_pending *what,
                  enum kss_entry entry, unsigned irql, uint32_t cause, struct kss_turn *turn) {
    struct kss_cpu *cpu = kss_cpu(m);
    uint16_t from = cpu->stack;
    uint8_t from_irql = cpu->irql;
    uint64_t guard = 0;
    uint16_t from_locks = cpu->locks_held;
    cpu->stack = stack;
    cpu->irql = (uint8_t)irql;
    cpu->locks_held = 0;
    guard = kss_guard(m);
    const struct kss_code *code = &m->image->code[what->routine];
    if (!kss_frame_push(m, what->routine, code->bytes, code->run_bytes, entry))
        return false;
    struct kss_frame *frame = kss_top_frame(m);
    frame->from_stack = from;
    frame->from_irql = from_irql;
    frame->guard = guard;
    frame->cause = cause;
    frame->extra = (uint8_t)(from_locks << KSS_FRAME_LOCKS);
    *turn = (struct kss_turn){.kind = KSS_TURN_CALL,
                              .routine = what->routine,
                              .entry = entry,
                              .argument_count = what->argument_count};
    memcpy(turn->arguments, what->arguments, sizeof turn->arguments);
    return true;
}

static uint16_t own_stack(struct kss_machine *m, bool dpc) {
    uint16_t index = dpc ? kss_cpu(m)->dpc_stack : kss_cpu(m)->isr_stack;
    if (index != KSS_NONE)
        return index;
    const struct kss_profile *profile = &m->config.profile;
    uint32_t size = dpc ? profile->dpc_stack_size : profile->isr_stack_size;
    if (size == 0) // no public figure: as a thread's
        size = profile->stack_size;
    index = kss_stack_new(m, dpc ? KSS_STACK_DPC : KSS_STACK_ISR, size, KSS_NONE, 0);
    *(dpc ? &kss_cpu(m)->dpc_stack : &kss_cpu(m)->isr_stack) = index;
    return index;
}

static void enter_dpc(struct kss_machine *m, const struct kss_pending *what,
                      struct kss_turn *turn) {
    uint16_t stack = own_stack(m, true);
    uint32_t number = kss_object_number(m, what->object);
    if (what->object != KSS_NONE)
        kss_object_ref(m, what->object)->flags &= (uint8_t)~KSS_OF_QUEUED;
    kss_cpu(m)->in_dpc++;
    kss_cpu(m)->routine_time = 0;
    kss_at(m, what->place);
    KSS_EMIT(m, KSS_EV_DPC_RUN, number, what->routine, 0, 0);
    enter(m, stack, what, KSS_ENTRY_DPC, KSS_DISPATCH_LEVEL, number, turn);
}

// On an interrupted kernel stack the processor first leaves an interrupt frame there.
static bool push_interrupt_frame(struct kss_machine *m) {
    uint32_t bytes = m->config.profile.interrupt_reserve;
    return kss_frame_push(m, KSS_NO_FRAME, bytes, 0, KSS_ENTRY_TRAP);
}

static void enter_isr(struct kss_machine *m, const struct kss_pending *what,
                      struct kss_turn *turn) {
    uint16_t stack = kss_cpu(m)->stack;
    kss_at(m, what->place);
    if (stack != KSS_NONE && !push_interrupt_frame(m))
        return;
    if (m->config.profile.isr_stack_size != 0)
        stack = own_stack(m, false);
    else if (stack == KSS_NONE) // an idle x86 processor: its DPC stack stands for the idle one
        stack = own_stack(m, true);
    if (kss_cpu(m)->in_dpc == 0 && kss_cpu(m)->interrupts == 0)
        kss_cpu(m)->routine_time = 0;
    kss_cpu(m)->interrupts++;
    KSS_EMIT(m, KSS_EV_INTERRUPT, what->routine, what->irql, kss_stack_cold_at(m, stack)->number,
             0);
    enter(m, stack, what, KSS_ENTRY_ISR, what->irql, 0, turn);
}

static bool runnable(const struct kss_machine *m, const struct kss_pending *pending) {
    const struct kss_cpu *cpu = kss_cpu(m);
    if (pending->kind == KSS_DUE_INTERRUPT)
        return pending->irql > cpu->irql;
    if (pending->object != KSS_NONE) { // KeSetTargetProcessorDpc
        uint64_t target = kss_object_ref(m, pending->object)->period;
        if (target != 0 && target != kss_globals(m)->current_cpu + 1u)
            return false;
    }
    return !m->hold_pending && cpu->irql < KSS_DISPATCH_LEVEL;
}

void kss_hold_pending(struct kss_machine *m, bool hold) {
    m->hold_pending = hold;
}

bool kss_interruptible(const struct kss_machine *m) {
    uint32_t count = kss_pending_at_count(m);
    for (uint32_t i = 0; i < count; i++)
        if (runnable(m, kss_pending_at(m, i)))
            return true;
    return false;
}

// Interrupts first, the highest IRQL first; then DPCs in the order of their queueing.
bool kss_take_interrupt(struct kss_machine *m, struct kss_turn *turn) {
    uint32_t best = KSS_NO_FRAME, count = kss_pending_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_pending *pending = kss_pending_at(m, i);
        if (!runnable(m, pending))
            continue;
        if (best == KSS_NO_FRAME || pending->irql > kss_pending_at(m, best)->irql)
            best = i;
    }
    if (best == KSS_NO_FRAME)
        return false;
    struct kss_pending what = *kss_pending_at(m, best);
    remove_pending(m, best);
    *turn = (struct kss_turn){.kind = KSS_TURN_END}; // unless the frame fits
    if (what.kind == KSS_DUE_INTERRUPT)
        enter_isr(m, &what, turn);
    else
        enter_dpc(m, &what, turn);
    return true;
}
