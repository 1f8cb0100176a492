// SPDX-License-Identifier: MIT
// IRPs: made, sent from driver to driver, freed.
//
// IoCallDriver takes the next stack location, numbered downwards, and calls the dispatch routine of
// its device on the caller's stack. Whether a request is pending is said twice, by the dispatch
// routine's STATUS_PENDING and by SL_PENDING_RETURNED in its location, and the two must agree (KRN
// the I/O manager's rules for marking IRPs pending). They can be compared when both are final: the
// dispatch routine has returned and completion has passed the location, in either order. Up to 64
// locations are compared; a kernel stack does not hold that many drivers.
#include "kernel/io.h"

static uint16_t irp_numbered(const struct kss_machine *m, uint64_t number) {
    uint16_t index = kss_object_numbered(m, (uint32_t)number);
    return index != KSS_NONE && kss_object_ref(m, index)->kind == KSS_O_IRP ? index
                                                                            : (uint16_t)KSS_NONE;
}

static unsigned size_of_irp(const struct kss_machine *m, unsigned stack_size) {
    return KSS_SIZE(IRP, kss_wide(m)) + stack_size * kss_location_size(m);
}

kss_addr kss_irp_location(struct kss_machine *m, kss_addr irp) {
    return kss_get(m, irp + KSS_TAIL(CurrentStackLocation));
}

void kss_irp_misuse(struct kss_machine *m, uint16_t index, enum kss_irp_misuse what) {
    KSS_EMIT(m, KSS_EV_IRP_MISUSE, kss_object_number(m, index), kss_innermost(m), what,
             m->at_work < KSS_NT_COUNT ? m->at_work : 0);
}

struct kss_outcome kss_io_bad_call(struct kss_machine *m, kss_addr address) {
    if (address == 1) // kss_dispatch_of: NULL
        address = 0;
    unsigned irql = kss_cpu(m)->irql;
    if (irql >= KSS_DISPATCH_LEVEL)
        kss_bugcheck(m, 0xD1, address, irql, 8, address, m->at_work, NULL);
    else
        kss_bugcheck(m, 0x50, address, 8, address, 0, m->at_work, NULL);
    return kss_stopped();
}

// ---- Making -------------------------------------------------------------------------------------
static void forget(struct kss_machine *m, uint16_t index) {
    uint16_t block = kss_object_numbered(m, (uint32_t)kss_object_ref(m, index)->signal);
    if (block != KSS_NONE && kss_object_ref(m, block)->kind == KSS_O_STATUS_BLOCK)
        kss_object_free(m, block);
    kss_object_ref(m, index)->signal = 0;
    kss_apc_forget(m, index);
}

static uint16_t track(struct kss_machine *m, kss_addr irp, enum kss_irp_how how, uint16_t thread) {
    uint16_t index = kss_object_at(m, irp);
    if (index != KSS_NONE && kss_object_ref(m, index)->kind == KSS_O_IRP) {
        forget(m, index);
        kss_globals(m)->irps--;
    }
    index = kss_object_init(m, irp, KSS_O_IRP, 0, 0);
    struct kss_object *object = kss_object_ref(m, index);
    object->irql = thread != KSS_NONE ? KSS_IRP_THREADED : 0;
    object->routine = KSS_NO_FRAME;
    kss_globals(m)->irps++;
    uint32_t region = kss_region_find(m, irp);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->nt == KSS_NTB_IRP)
        kss_region_at(m, region)->tag = kss_object_number(m, index);
    KSS_EMIT(m, KSS_EV_IRP, kss_object_number(m, index), how,
             kss_peek(m, irp + KSS_FIELD(IRP, StackCount), 1), thread);
    return index;
}

// What IoInitializeIrp writes; the memory is zeroed.
static void begin(struct kss_machine *m, kss_addr irp, unsigned size, unsigned stack_size,
                  enum kss_irp_how how, uint16_t thread) {
    kss_addr list = irp + KSS_FIELD(IRP, ThreadListEntry);
    kss_poke(m, irp, 2, KSS_TYPE_IRP);
    kss_poke(m, irp + KSS_FIELD(IRP, Size), 2, size);
    kss_poke(m, irp + KSS_FIELD(IRP, StackCount), 1, stack_size);
    kss_poke(m, irp + KSS_FIELD(IRP, CurrentLocation), 1, stack_size + 1);
    kss_set(m, irp + KSS_TAIL(CurrentStackLocation), irp + size_of_irp(m, stack_size));
    kss_set(m, list, list);
    kss_set(m, list + kss_pointer(m), list);
    if (thread != KSS_NONE)
        kss_set(m, irp + KSS_TAIL(Thread), kss_thread_address(m, thread));
    track(m, irp, how, thread);
}

kss_addr kss_irp_new(struct kss_machine *m, unsigned stack_size, enum kss_irp_how how,
                     uint16_t thread) {
    unsigned size = size_of_irp(m, stack_size);
    kss_addr irp = kss_nt_block(m, KSS_NTB_IRP, size);
    if (irp != 0)
        begin(m, irp, size, stack_size, how, thread);
    return irp;
}

void kss_irp_watch(struct kss_machine *m, kss_addr irp, kss_addr block, kss_addr event) {
    uint32_t depth;
    kss_set(m, irp + KSS_FIELD(IRP, UserIosb), block);
    kss_set(m, irp + KSS_FIELD(IRP, UserEvent), event);
    uint32_t watched = 0;
    if (block != 0 && kss_stack_of(m, block, &depth) != KSS_NONE) {
        uint16_t index = kss_object_init(m, block, KSS_O_STATUS_BLOCK, 0, 0);
        watched = kss_object_number(m, index);
    }
    uint16_t signalled = event == 0 ? (uint16_t)KSS_NONE : kss_object_at(m, event);
    uint16_t index = kss_object_at(m, irp);
    kss_object_ref(m, index)->signal = (int32_t)watched;
    kss_object_ref(m, index)->period = (uint64_t)kss_object_number(m, signalled) << 32;
}

bool kss_irp_uses(const struct kss_machine *m, uint16_t index) {
    const struct kss_object *object = kss_object_ref(m, index);
    if (object->kind == KSS_O_STATUS_BLOCK) {
        for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
            const struct kss_object *irp = kss_object_ref(m, i);
            if (irp->kind == KSS_O_IRP && irp->irql & KSS_IRP_SENT && irp->signal != 0 &&
                (uint32_t)irp->signal == kss_object_number(m, index))
                return true;
        }
        return false;
    }
    for (uint32_t i = 0; object->kind == KSS_O_EVENT && i < kss_object_ref_count(m); i++) {
        const struct kss_object *irp = kss_object_ref(m, i);
        if (irp->kind == KSS_O_IRP && !(irp->flags & KSS_OF_DEAD) && irp->irql & KSS_IRP_SENT &&
            irp->irql & KSS_IRP_THREADED && irp->period >> 32 != 0 &&
            irp->period >> 32 == kss_object_number(m, index))
            return true;
    }
    return false;
}

struct kss_outcome kss_irp_use(struct kss_machine *m, kss_addr irp, uint16_t *index) {
    uint8_t bytes[KSS_SIZE64_IRP];
    *index = KSS_NONE;
    KSS_TRY(kss_read(m, irp, bytes, KSS_SIZE(IRP, kss_wide(m)), KSS_WHO_DRIVER));
    uint32_t region = kss_region_find(m, irp);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_FREED)
        return kss_outcome(KSS_OUT_SPIN, 0); // the read has said so
    *index = kss_io_object(m, KSS_O_IRP, irp);
    if (*index != KSS_NONE)
        return kss_return(0);
    if (kss_peek(m, irp, 2) != KSS_TYPE_IRP)
        kss_irp_misuse(m, KSS_NONE, KSS_MISUSE_NOT_IRP);
    *index = track(m, irp, KSS_IRP_INITIALIZED, KSS_NONE);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoAllocateIrp(struct kss_machine *m, struct kss_call *call) {
    return kss_return(kss_irp_new(m, call->arguments[0] & 0x7F, KSS_IRP_ALLOCATED, KSS_NONE));
}

static void zero(struct kss_machine *m, kss_addr address, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        kss_poke(m, address + i, 1, 0);
}

struct kss_outcome kss_nt_IoInitializeIrp(struct kss_machine *m, struct kss_call *call) {
    kss_addr irp = call->arguments[0];
    unsigned size = call->arguments[1] & 0xFFFF, stack_size = call->arguments[2] & 0x7F;
    if (size < size_of_irp(m, stack_size)) // a driver that miscounts: its locations lie behind
        size = size_of_irp(m, stack_size);
    struct kss_outcome outcome = kss_return(0);
    for (unsigned at = 0; at < size; at += 8) // checked, then zeroed
        KSS_TRY((kss_load(m, irp + at, size - at < 8 ? size - at : 8, KSS_WHO_DRIVER, &outcome),
                 outcome));
    zero(m, irp, size);
    begin(m, irp, size, stack_size, KSS_IRP_INITIALIZED, KSS_NONE);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoReuseIrp(struct kss_machine *m, struct kss_call *call) {
    kss_addr irp = call->arguments[0];
    uint16_t index;
    KSS_USE(kss_irp_use(m, irp, &index));
    unsigned stack_size = (unsigned)kss_peek(m, irp + KSS_FIELD(IRP, StackCount), 1);
    unsigned size = (unsigned)kss_peek(m, irp + KSS_FIELD(IRP, Size), 2);
    uint64_t allocation = kss_peek(m, irp + KSS_FIELD(IRP, AllocationFlags), 1);
    zero(m, irp, size_of_irp(m, stack_size));
    begin(m, irp, size, stack_size, KSS_IRP_REUSED, KSS_NONE);
    kss_poke(m, irp + KSS_FIELD(IRP, AllocationFlags), 1, allocation);
    kss_poke(m, irp + KSS_FIELD(IRP, IoStatus), 4, call->arguments[1]);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoSizeOfIrp(struct kss_machine *m, struct kss_call *call) {
    return kss_return(size_of_irp(m, call->arguments[0] & 0x7F));
}

// ---- Freeing ------------------------------------------------------------------------------------
static bool in_flight(const struct kss_object *irp) {
    return irp->irql & KSS_IRP_SENT && !(irp->irql & (KSS_IRP_COMPLETED | KSS_IRP_STOPPED));
}

void kss_irp_dies(struct kss_machine *m, uint16_t index) {
    if (!(kss_object_ref(m, index)->irql & KSS_IRP_RELEASED))
        KSS_EMIT(m, KSS_EV_IRP_FREE, kss_object_number(m, index), KSS_BY_MEMORY,
                 in_flight(kss_object_ref(m, index)), 0);
    forget(m, index);
    kss_globals(m)->irps--;
}

void kss_irp_release(struct kss_machine *m, kss_addr irp, enum kss_irp_by by) {
    uint16_t index = kss_io_object(m, KSS_O_IRP, irp);
    bool flying = in_flight(kss_object_ref(m, index));
    KSS_EMIT(m, KSS_EV_IRP_FREE, kss_object_number(m, index), by, flying, 0);
    if (flying)
        kss_irp_misuse(m, index, KSS_MISUSE_FREED_IN_FLIGHT);
    kss_object_ref(m, index)->irql |= KSS_IRP_RELEASED;
    uint32_t region = kss_region_find(m, irp);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->address == irp &&
        kss_region_at(m, region)->nt == KSS_NTB_IRP) {
        kss_nt_block_free(m, irp);
    } else { // memory of the driver's own: it only stops being an IRP
        kss_irp_dies(m, index);
        kss_object_free(m, index);
    }
}

struct kss_outcome kss_nt_IoFreeIrp(struct kss_machine *m, struct kss_call *call) {
    uint16_t index;
    KSS_USE(kss_irp_use(m, call->arguments[0], &index));
    uint16_t state = kss_object_ref(m, index)->irql;
    if (state & KSS_IRP_THREADED && state & KSS_IRP_SENT && !(state & KSS_IRP_STOPPED))
        kss_irp_misuse(m, index, KSS_MISUSE_THREADED_FREED);
    kss_irp_release(m, call->arguments[0], KSS_BY_DRIVER);
    return kss_return(0);
}

// ---- Sending ------------------------------------------------------------------------------------
enum { L_IRP, L_COMPLETION, L_NUMBER, L_LOCATION, L_ROUTINE, L_DEVICE };

static uint64_t bit_of(uint64_t location) {
    return location - 1 < KSS_TRACKED ? UINT64_C(1) << (location - 1) : 0;
}

void kss_irp_mismatch(struct kss_machine *m, uint16_t index, uint32_t routine, uint32_t status,
                      unsigned what) {
    if (!(kss_object_ref(m, index)->irql & KSS_IRP_RESENT))
        KSS_EMIT(m, KSS_EV_IRP_MISMATCH, kss_object_number(m, index), routine, status, what);
}

// The location begins anew, also when a completion routine sends the IRP down again.
static void enter_location(struct kss_object *irp, uint64_t bit) {
    if (irp->context & bit && !(irp->arguments[0] & bit))
        irp->irql |= KSS_IRP_RESENT; // two returns to come for one location: not told apart
    if (!(irp->context & bit))
        return;
    irp->arguments[0] &= ~bit;
    irp->arguments[1] &= ~bit;
    irp->context &= ~bit;
    irp->dpc &= ~bit;
}

static const char *module_of(const struct kss_machine *m, uint32_t routine) {
    return routine == KSS_NO_FRAME ? NULL : m->image->code[routine].module;
}

// The driver of the current location returned STATUS_PENDING and has the IRP; one of the drivers
// above sends it again. Said only when the modules tell them apart.
static bool owned_below(struct kss_machine *m, uint16_t index, kss_addr irp, unsigned current) {
    const struct kss_object *object = kss_object_ref(m, index);
    unsigned count = (unsigned)kss_peek(m, irp + KSS_FIELD(IRP, StackCount), 1);
    uint64_t bit = bit_of(current);
    const char *caller = module_of(m, kss_innermost(m));
    if (caller == NULL || current > count || !(object->arguments[1] & bit) || object->context & bit)
        return false;
    kss_addr at = kss_irp_location(m, irp);
    for (unsigned i = current; i <= count; i++, at += kss_location_size(m)) {
        kss_addr bad, device = kss_get(m, at + KSS_FIELD(IO_STACK_LOCATION, DeviceObject));
        const char *module =
            module_of(m, kss_dispatch_of(m, device, (unsigned)kss_peek(m, at, 1), &bad));
        if (module != NULL && strcmp(module, caller) == 0)
            return i != current;
    }
    return false;
}

static struct kss_outcome reject(struct kss_machine *m, struct kss_call *call, uint8_t base) {
    kss_poke(m, call->local[L_IRP] + KSS_FIELD(IRP, IoStatus), 4,
             (uint32_t)STATUS_INVALID_DEVICE_REQUEST);
    kss_set(m,
            call->local[L_IRP] + KSS_FIELD(IRP, IoStatus) + KSS_FIELD(IO_STATUS_BLOCK, Information),
            0);
    KSS_TRY(kss_irp_complete(m, call, (uint8_t)(base + 1)));
    call->result = (uint32_t)STATUS_INVALID_DEVICE_REQUEST;
    return kss_irp_sent(m, call, base);
}

struct kss_outcome kss_irp_send(struct kss_machine *m, struct kss_call *call, kss_addr device,
                                kss_addr irp, uint8_t base) {
    uint16_t index;
    uint8_t bytes[KSS_SIZE64_DEVICE_OBJECT];
    KSS_USE(kss_irp_use(m, irp, &index));
    KSS_TRY(kss_read(m, device, bytes, KSS_SIZE(DEVICE_OBJECT, kss_wide(m)), KSS_WHO_DRIVER));
    int8_t location = (int8_t)(kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1) - 1);
    if (owned_below(m, index, irp, (uint8_t)(location + 1)))
        kss_irp_misuse(m, index, KSS_MISUSE_OWNED_BELOW);
    if (location <= 0) {
        kss_bugcheck(m, 0x35, irp, 0, 0, 0, m->at_work, NULL);
        return kss_stopped();
    }
    kss_addr at = kss_irp_location(m, irp) - kss_location_size(m);
    kss_poke(m, irp + KSS_FIELD(IRP, CurrentLocation), 1, (uint8_t)location);
    kss_set(m, irp + KSS_TAIL(CurrentStackLocation), at);
    kss_set(m, at + KSS_FIELD(IO_STACK_LOCATION, DeviceObject), device);
    unsigned major = (unsigned)kss_peek(m, at, 1);
    kss_addr bad;
    uint32_t routine = kss_dispatch_of(m, device, major, &bad);
    if (bad != 0)
        return kss_io_bad_call(m, bad);
    struct kss_object *object = kss_object_ref(m, index);
    enter_location(object, bit_of((uint64_t)location));
    object->irql = (uint16_t)((object->irql | KSS_IRP_SENT) & ~(unsigned)KSS_IRP_STOPPED);
    object->routine = routine;
    object->period++;
    call->local[L_IRP] = irp;
    call->local[L_NUMBER] = kss_object_number(m, index);
    call->local[L_LOCATION] = (uint64_t)location;
    call->local[L_ROUTINE] = routine;
    call->local[L_DEVICE] = kss_object_number(m, kss_object_at(m, device));
    KSS_EMIT(m, KSS_EV_IRP_CALL, call->local[L_NUMBER], call->local[L_DEVICE], routine, major);
    if (routine == KSS_NO_FRAME)
        return reject(m, call, base);
    call->out[0] = device;
    call->out[1] = irp;
    return kss_call_driver(m, call, base, routine, 2, KSS_ENTRY_DISPATCH);
}

// A dispatch routine came back with [status] for location [location].
static void compare(struct kss_machine *m, uint16_t index, const struct kss_call *call,
                    uint32_t status) {
    struct kss_object *irp = kss_object_ref(m, index);
    uint64_t bit = bit_of(call->local[L_LOCATION]);
    uint32_t routine = (uint32_t)call->local[L_ROUTINE];
    bool pending = status == STATUS_PENDING, passed = (irp->context & bit) != 0;
    bool marked = (irp->dpc & bit) != 0;
    irp->arguments[0] |= bit;
    irp->arguments[1] = pending ? irp->arguments[1] | bit : irp->arguments[1] & ~bit;
    if (bit == 0 || routine == KSS_NO_FRAME)
        return;
    if (passed && pending != marked) {
        kss_irp_mismatch(m, index, routine, status, pending ? KSS_NOT_MARKED : KSS_NOT_RETURNED);
    } else if (!passed && !pending && !(irp->flags & KSS_OF_DEAD)) {
        kss_addr location = irp->address + KSS_SIZE(IRP, kss_wide(m)) +
                            ((kss_addr)call->local[L_LOCATION] - 1) * kss_location_size(m);
        marked = kss_peek(m, location + KSS_FIELD(IO_STACK_LOCATION, Control), 1) &
                 KSS_SL_PENDING_RETURNED;
        kss_irp_mismatch(m, index, routine, status, marked ? KSS_NOT_RETURNED : KSS_NOT_COMPLETED);
        kss_object_ref(m, index)->irql |= KSS_IRP_RESENT; // said once
    }
}

struct kss_outcome kss_irp_sent(struct kss_machine *m, struct kss_call *call, uint8_t base) {
    if (call->step == base + 1) { // nt's own dispatch routine completes the IRP
        KSS_TRY(kss_irp_complete_on(m, call, (uint8_t)(base + 1)));
        call->result = (uint32_t)STATUS_INVALID_DEVICE_REQUEST;
    }
    uint32_t status = (uint32_t)call->result;
    if (kss_wants(m, KSS_EV_IRP_RETURN)) // at the return statement
        kss_emit_at(m, KSS_EV_IRP_RETURN, call->back, call->local[L_NUMBER], call->local[L_DEVICE],
                    call->local[L_ROUTINE], status);
    uint16_t index = irp_numbered(m, call->local[L_NUMBER]);
    if (index == KSS_NONE)
        return kss_return(status);
    compare(m, index, call, status);
    struct kss_object *irp = kss_object_ref(m, index);
    irp->period--;
    if (irp->flags & KSS_OF_DEAD && (uint32_t)irp->period == 0)
        kss_object_free(m, index);
    return kss_return(status);
}

// An exception passed through: the dispatch routine will never return.
void kss_irp_unwound(struct kss_machine *m, const struct kss_call *call) {
    bool calls = call->routine == KSS_NT_IoCallDriver || call->routine == KSS_NT_IofCallDriver ||
                 call->routine == KSS_NT_PoCallDriver;
    uint16_t index = calls ? irp_numbered(m, call->local[L_NUMBER]) : (uint16_t)KSS_NONE;
    if (index == KSS_NONE)
        return;
    struct kss_object *irp = kss_object_ref(m, index);
    irp->period--;
    if (irp->flags & KSS_OF_DEAD && (uint32_t)irp->period == 0)
        kss_object_free(m, index);
}

static struct kss_outcome call_driver(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 0)
        return kss_irp_send(m, call, call->arguments[0], call->arguments[1], 1);
    return kss_irp_sent(m, call, 1);
}

struct kss_outcome kss_nt_IoCallDriver(struct kss_machine *m, struct kss_call *call) {
    return call_driver(m, call);
}

struct kss_outcome kss_nt_IofCallDriver(struct kss_machine *m, struct kss_call *call) {
    return call_driver(m, call);
}

// PoCallDriver is IoCallDriver since Windows Vista (DDI PoCallDriver).
struct kss_outcome kss_nt_PoCallDriver(struct kss_machine *m, struct kss_call *call) {
    return call_driver(m, call);
}

// ---- The end of the run -------------------------------------------------------------------------
void kss_io_finish(struct kss_machine *m) {
    for (uint16_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *irp = kss_object_ref(m, i);
        bool kept = irp->irql & KSS_IRP_STOPPED && irp->irql & KSS_IRP_THREADED;
        if (irp->kind != KSS_O_IRP || irp->flags & KSS_OF_DEAD || !(in_flight(irp) || kept))
            continue;
        kss_addr address = irp->address;
        uint32_t routine = irp->routine;
        kss_addr device =
            kss_get(m, kss_irp_location(m, address) + KSS_FIELD(IO_STACK_LOCATION, DeviceObject));
        kss_addr thread = kss_get(m, address + KSS_TAIL(Thread));
        KSS_EMIT(m, KSS_EV_IRP_NEVER, kss_object_number(m, i),
                 kss_object_number(m, kss_object_at(m, device)), routine,
                 kss_thread_with_address(m, thread));
    }
    kss_apc_left(m);
}
