// SPDX-License-Identifier: MIT
// Interrupt objects: a driver's ISR connected to a vector, and code synchronized with it. An
// interrupt of that vector runs the ISR at the IRQL it was connected with; synchronized code runs at
// SynchronizeIrql and holds the interrupt's spin lock, as the ISR does.
#include "kernel/serve.h"

enum { FULLY_SPECIFIED = 1, LINE_BASED = 2, FULLY_SPECIFIED_GROUP = 4, FIRST_LINE_VECTOR = 0x30 };
enum { OWN_LOCK_AT = 16, BLOCK = 32 };

struct connection {
    kss_addr object, isr, context, lock; // object: where the pointer to the new one goes
    uint64_t vector;
    unsigned irql, synchronize;
};

static struct kss_outcome connect(struct kss_machine *m, const struct connection *c) {
    uint32_t code;
    if (c->synchronize < c->irql || c->irql <= KSS_DISPATCH_LEVEL ||
        c->synchronize > m->config.profile.high_level)
        return kss_answer(STATUS_INVALID_PARAMETER);
    if (!kss_code_at(m, c->isr, &code))
        return kss_io_bad_call(m, c->isr);
    kss_addr block = kss_system_block(m, BLOCK);
    if (block == 0)
        return kss_answer(STATUS_INSUFFICIENT_RESOURCES);
    kss_addr lock = c->lock != 0 ? c->lock : block + OWN_LOCK_AT;
    if (c->lock == 0) {
        struct kss_call initialize = {.arguments = {lock}, .routine = m->at_work};
        kss_nt_KeInitializeSpinLock(m, &initialize);
    }
    uint32_t index = kss_record_add(m, KSS_R_INTERRUPT, block);
    struct kss_record *r = kss_record_at(m, index);
    r->routine = code;
    r->flags = (uint16_t)(c->irql | c->synchronize << 8);
    r->words[1] = c->context;
    r->words[2] = lock;
    r->words[3] = c->vector;
    KSS_STORE(c->object, kss_pointer(m), block);
    return kss_answer(STATUS_SUCCESS);
}

KSS_NT(IoConnectInterrupt) {
    struct connection c = {.object = KSS_A(0),
                           .isr = KSS_A(1),
                           .context = KSS_A(2),
                           .lock = KSS_A(3),
                           .vector = KSS_A(4) & 0xFFFFFFFF,
                           .irql = KSS_A(5) & 0xFF,
                           .synchronize = KSS_A(6) & 0xFF};
    return connect(m, &c);
}

// IO_CONNECT_INTERRUPT_PARAMETERS: Version, then, pointer-aligned, the device, where the object goes,
// ISR, context, lock, SynchronizeIrql; fully specified also Vector, Irql (mingw-w64 ddk/wdm.h).
KSS_NT(IoConnectInterruptEx) {
    unsigned p = kss_pointer(m);
    kss_addr at = KSS_A(0) + p;
    uint64_t version, values[5], bytes, irql;
    struct connection c;
    KSS_LOAD(version, KSS_A(0), 4);
    if (version != FULLY_SPECIFIED && version != LINE_BASED && version != FULLY_SPECIFIED_GROUP) {
        kss_cannot_continue(m, "IoConnectInterruptEx for message-signaled interrupts cannot be "
                               "served: devices of the model have a line each");
        return kss_stopped();
    }
    for (unsigned i = 0; i < 5; i++)
        KSS_LOAD(values[i], at + i * p, p);
    KSS_LOAD(bytes, at + 5 * p, 1);
    c = (struct connection){.object = values[1],
                            .isr = values[2],
                            .context = values[3],
                            .lock = values[4],
                            .synchronize = (unsigned)bytes};
    if (version == LINE_BASED) { // the PnP manager knows vector and IRQL
        c.vector = FIRST_LINE_VECTOR + kss_record_number(m, KSS_R_INTERRUPT);
        c.irql = m->config.profile.device_irql_min;
        if (c.synchronize < c.irql)
            c.synchronize = c.irql;
        return connect(m, &c);
    }
    KSS_LOAD(c.vector, at + 5 * p + 4, 4);
    KSS_LOAD(irql, at + 5 * p + 8, 1);
    c.irql = (unsigned)irql;
    return connect(m, &c);
}

static struct kss_outcome disconnect(struct kss_machine *m, kss_addr object) {
    uint32_t index = kss_record_find(m, KSS_R_INTERRUPT, object);
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, object);
    kss_record_drop(m, index);
    kss_nt_block_free(m, object);
    return kss_return(0);
}

KSS_NT(IoDisconnectInterrupt) {
    return disconnect(m, KSS_A(0));
}

KSS_NT(IoDisconnectInterruptEx) {
    uint64_t object;
    KSS_LOAD(object, KSS_A(0) + kss_pointer(m), kss_pointer(m));
    return disconnect(m, object);
}

// ---- Synchronized code --------------------------------------------------------------------------
// local[0] is the IRQL before.
static struct kss_outcome enter(struct kss_machine *m, struct kss_call *call, uint8_t spin_step) {
    uint32_t index = kss_record_find(m, KSS_R_INTERRUPT, KSS_A(0));
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, KSS_A(0));
    struct kss_record r = *kss_record_at(m, index);
    if (call->step == 0) {
        call->local[0] = kss_cpu(m)->irql;
        if (kss_cpu(m)->irql > r.flags >> 8) {
            kss_bugcheck(m, 0x9, r.flags >> 8, kss_cpu(m)->irql, 0, 0, call->routine, NULL);
            return kss_stopped();
        }
        kss_set_irql(m, r.flags >> 8);
    }
    return kss_lock_take(m, call, r.words[2], (unsigned)call->local[0], spin_step);
}

static struct kss_outcome leave(struct kss_machine *m, kss_addr object, uint64_t irql) {
    uint32_t index = kss_record_find(m, KSS_R_INTERRUPT, object);
    if (index == KSS_NO_FRAME)
        return kss_io_bad_call(m, object);
    KSS_TRY(kss_lock_release(m, kss_record_at(m, index)->words[2]));
    if ((irql & 0xFF) <= kss_cpu(m)->irql)
        kss_set_irql(m, irql & 0xFF);
    return kss_return(0);
}

KSS_NT(KeSynchronizeExecution) {
    if (call->step < 2) {
        KSS_TRY(enter(m, call, 1));
        call->out[0] = KSS_A(2);
        return kss_call_back(m, call, 2, KSS_A(1), 1);
    }
    KSS_TRY(leave(m, KSS_A(0), call->local[0]));
    return kss_return(call->result & 0xFF);
}

KSS_NT(KeAcquireInterruptSpinLock) {
    KSS_TRY(enter(m, call, 1));
    return kss_return(call->local[0]);
}

KSS_NT(KeReleaseInterruptSpinLock) {
    return leave(m, KSS_A(0), KSS_A(1));
}

// ---- Raising ------------------------------------------------------------------------------------
bool kss_connected_interrupt(const struct kss_machine *m, uint64_t vector, struct kss_due *due) {
    uint32_t count = kss_record_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_record *r = kss_record_at(m, i);
        if (r->kind != KSS_R_INTERRUPT || r->words[3] != vector)
            continue;
        *due = (struct kss_due){.kind = KSS_DUE_INTERRUPT,
                                .irql = (uint8_t)(r->flags & 0xFF),
                                .routine = r->routine,
                                .argument_count = 2,
                                .arguments = {r->words[0], r->words[1]}};
        return true;
    }
    return false;
}
