// SPDX-License-Identifier: MIT
// Completion, in two stages.
//
// First IoCompleteRequest walks the stack locations upwards from the completer's and calls the
// completion routine in each, on the completer's stack at its IRQL: the routine a driver set lies in
// the location of the driver below it. STATUS_MORE_PROCESSING_REQUIRED ends the walk; the next
// IoCompleteRequest goes on above. Then the second stage, in the requesting thread as a special
// kernel APC: the status block is written, the event signalled, the IRP freed (DDI IoCompleteRequest,
// IoBuildSynchronousFsdRequest; the order within follows ReactOS ntoskrnl/io/iomgr/irp.c).
//
//   location 3   filter's   routine: none (set by whoever made the IRP)
//   location 2   class's    routine of the filter    <- called with the filter's device
//   location 1   port's     routine of class         <- called with class's device; walk begins here
#include "kernel/mdl.h"

static kss_addr status_at(const struct kss_machine *m, kss_addr irp) {
    return irp + KSS_FIELD(IRP, IoStatus);
}

static uint32_t status_of(struct kss_machine *m, kss_addr irp) {
    return (uint32_t)kss_peek(m, status_at(m, irp), 4);
}

static uint64_t information_of(struct kss_machine *m, kss_addr irp) {
    return kss_get(m, status_at(m, irp) + KSS_FIELD(IO_STATUS_BLOCK, Information));
}

// ---- Both stages' end ---------------------------------------------------------------------------
// The request has left the drivers.
static struct kss_outcome done(struct kss_machine *m, uint16_t index) {
    enum { NEXT_APC, NEXT_DEFERRED, NEXT_DROPPED, NEXT_NONE };
    kss_addr irp = kss_object_ref(m, index)->address;
    kss_object_ref(m, index)->irql |= KSS_IRP_COMPLETED;
    uint32_t status = status_of(m, irp), number = kss_object_number(m, index);
    uint64_t flags = kss_peek(m, irp + KSS_FIELD(IRP, Flags), 4);
    bool pending = kss_peek(m, irp + KSS_FIELD(IRP, PendingReturned), 1) != 0;
    uint16_t thread = kss_thread_with_address(m, kss_get(m, irp + KSS_TAIL(Thread)));
    if (flags & KSS_IRP_F_DEFER && !pending) { // the system call does the rest on its return
        KSS_EMIT(m, KSS_EV_IRP_DONE, number, status, NEXT_DEFERRED, thread);
        return kss_return(0);
    }
    if (thread == KSS_NONE) { // nt works on a thread that is not there
        KSS_EMIT(m, KSS_EV_IRP_DONE, number, status, NEXT_NONE, KSS_NONE);
        kss_irp_misuse(m, index, KSS_MISUSE_NO_THREAD);
        kss_policy_used(m, KSS_POLICY_irp_without_thread);
        kss_bugcheck(m, 0xA, 0, KSS_DISPATCH_LEVEL, 0, kss_nt_address(m, m->at_work), m->at_work,
                     NULL);
        return kss_stopped();
    }
    bool gone = kss_thread_at(m, thread)->state == KSS_T_ENDED;
    KSS_EMIT(m, KSS_EV_IRP_DONE, number, status, gone ? NEXT_DROPPED : NEXT_APC, thread);
    if (gone) {
        kss_irp_release(m, irp, KSS_BY_NT);
        return kss_return(0);
    }
    kss_object_ref(m, index)->irql |= KSS_IRP_APC;
    kss_apc_queue(m, thread, index);
    return kss_return(0);
}

// ---- The walk -----------------------------------------------------------------------------------
// Completion has passed location [location] of the IRP, marked pending or not.
static void pass(struct kss_machine *m, uint16_t index, unsigned location, kss_addr at,
                 bool marked) {
    struct kss_object *irp = kss_object_ref(m, index);
    uint64_t bit = location - 1 < KSS_TRACKED ? UINT64_C(1) << (location - 1) : 0;
    irp->context |= bit;
    irp->dpc = marked ? irp->dpc | bit : irp->dpc & ~bit;
    if (bit == 0 || !(irp->arguments[0] & bit) || ((irp->arguments[1] & bit) != 0) == marked)
        return;
    kss_addr bad, device = kss_get(m, at + KSS_FIELD(IO_STACK_LOCATION, DeviceObject));
    uint32_t routine = kss_dispatch_of(m, device, (unsigned)kss_peek(m, at, 1), &bad);
    kss_irp_mismatch(m, index, routine, marked ? status_of(m, irp->address) : STATUS_PENDING,
                     marked ? KSS_NOT_RETURNED : KSS_NOT_MARKED);
}

static void clear_location(struct kss_machine *m, kss_addr at) {
    kss_addr control = at + KSS_FIELD(IO_STACK_LOCATION, Control);
    kss_poke(m, at + KSS_FIELD(IO_STACK_LOCATION, MinorFunction), 1, 0);
    kss_poke(m, at + KSS_FIELD(IO_STACK_LOCATION, Flags), 1, 0);
    kss_poke(m, control, 1, kss_peek(m, control, 1) & KSS_SL_ERROR_RETURNED);
    for (unsigned i = 0; i < 4; i++)
        kss_set(m, at + KSS_FIELD(IO_STACK_LOCATION, Parameters) + i * kss_pointer(m), 0);
    kss_set(m, at + KSS_FIELD(IO_STACK_LOCATION, FileObject), 0);
}

static bool invoked(struct kss_machine *m, kss_addr irp, unsigned control) {
    bool success = kss_nt_success(status_of(m, irp));
    return (success && control & KSS_SL_ON_SUCCESS) || (!success && control & KSS_SL_ON_ERROR) ||
           (kss_peek(m, irp + KSS_FIELD(IRP, Cancel), 1) != 0 && control & KSS_SL_ON_CANCEL);
}

static struct kss_outcome call_completion(struct kss_machine *m, struct kss_call *call,
                                          uint16_t index, kss_addr at, bool above, uint8_t step) {
    kss_addr address = kss_get(m, at + KSS_FIELD(IO_STACK_LOCATION, CompletionRoutine));
    kss_addr context = kss_get(m, at + KSS_FIELD(IO_STACK_LOCATION, Context));
    kss_addr next = at + kss_location_size(m), irp = call->local[0];
    uint32_t routine;
    clear_location(m, at);
    if (!kss_code_at(m, address, &routine))
        return kss_io_bad_call(m, address);
    call->local[1] = routine;
    if (!above) // of whoever made the IRP: it may free it
        kss_object_ref(m, index)->irql |= KSS_IRP_STOPPED;
    call->out[0] = above ? kss_get(m, next + KSS_FIELD(IO_STACK_LOCATION, DeviceObject)) : 0;
    call->out[1] = irp;
    call->out[2] = context;
    KSS_EMIT(m, KSS_EV_IRP_COMPLETION, kss_object_number(m, index), routine, context,
             kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1));
    return kss_call_driver(m, call, step, routine, 3, KSS_ENTRY_COMPLETION);
}

// An associated IRP is over: it goes, and its master's count with it. Returns the master when it was
// the last, else 0.
static kss_addr associated_over(struct kss_machine *m, uint16_t index) {
    kss_addr irp = kss_object_ref(m, index)->address;
    kss_addr master = kss_get(m, irp + KSS_FIELD(IRP, AssociatedIrp));
    kss_addr count = master + KSS_FIELD(IRP, AssociatedIrp);
    kss_object_ref(m, index)->irql |= KSS_IRP_COMPLETED;
    KSS_EMIT(m, KSS_EV_IRP_DONE, kss_object_number(m, index), status_of(m, irp), 3, KSS_NONE);
    kss_irp_release(m, irp, KSS_BY_NT);
    uint64_t left = (kss_peek(m, count, 4) - 1) & 0xFFFFFFFF;
    kss_poke(m, count, 4, left);
    return left == 0 ? master : 0;
}

static struct kss_outcome over(struct kss_machine *m, struct kss_call *call, uint16_t index,
                               uint8_t step) {
    struct kss_outcome outcome;
    if (kss_power_over(m, call, index, step, &outcome))
        return outcome;
    if (!(kss_peek(m, call->local[0] + KSS_FIELD(IRP, Flags), 4) & KSS_IRP_F_ASSOCIATED))
        return done(m, index);
    kss_addr master = associated_over(m, index);
    if (master == 0)
        return kss_return(0);
    call->local[0] = master;
    return kss_irp_complete(m, call, step);
}

static struct kss_outcome walk(struct kss_machine *m, struct kss_call *call, uint16_t index,
                               uint8_t step) {
    kss_addr irp = call->local[0];
    unsigned count = (unsigned)kss_peek(m, irp + KSS_FIELD(IRP, StackCount), 1);
    for (;;) {
        unsigned current = (unsigned)kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1);
        kss_addr at = kss_irp_location(m, irp), next = at + kss_location_size(m);
        kss_poke(m, irp + KSS_FIELD(IRP, CurrentLocation), 1, current + 1);
        kss_set(m, irp + KSS_TAIL(CurrentStackLocation), next);
        if (current > count)
            return over(m, call, index, step);
        unsigned control = (unsigned)kss_peek(m, at + KSS_FIELD(IO_STACK_LOCATION, Control), 1);
        bool marked = control & KSS_SL_PENDING_RETURNED, above = current < count;
        kss_poke(m, irp + KSS_FIELD(IRP, PendingReturned), 1, marked);
        pass(m, index, current, at, marked);
        if (invoked(m, irp, control))
            return call_completion(m, call, index, at, above, step);
        if (above && marked) { // nobody else will tell the driver above
            kss_addr to = next + KSS_FIELD(IO_STACK_LOCATION, Control);
            kss_poke(m, to, 1, kss_peek(m, to, 1) | KSS_SL_PENDING_RETURNED);
            KSS_EMIT(m, KSS_EV_IRP_PENDING, kss_object_number(m, index), current + 1, 1, 0);
        }
        clear_location(m, at);
    }
}

// MULTIPLE_IRP_COMPLETE_REQUESTS: DBG bug-check-0x44.
static struct kss_outcome twice(struct kss_machine *m, kss_addr irp, uint32_t number,
                                uint32_t first) {
    KSS_EMIT(m, KSS_EV_IRP_TWICE, number, kss_innermost(m), first, 0);
    kss_bugcheck(m, 0x44, irp, 0, 0, 0, m->at_work, NULL);
    return kss_stopped();
}

struct kss_outcome kss_irp_complete(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    kss_addr irp = call->local[0];
    uint32_t region = kss_region_find(m, irp);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_FREED &&
        kss_region_at(m, region)->nt == KSS_NTB_IRP && kss_region_at(m, region)->address == irp)
        return twice(m, irp, kss_region_at(m, region)->tag, KSS_NO_FRAME);
    uint16_t index;
    KSS_USE(kss_irp_use(m, irp, &index));
    unsigned current = (unsigned)kss_peek(m, irp + KSS_FIELD(IRP, CurrentLocation), 1);
    if (current > kss_peek(m, irp + KSS_FIELD(IRP, StackCount), 1) + 1)
        return twice(m, irp, kss_object_number(m, index), kss_object_cold_at(m, index)->routine);
    uint32_t status = status_of(m, irp), innermost = kss_innermost(m);
    kss_object_cold_at(m, index)->routine = innermost;
    kss_object_cold_at(m, index)->queue_place = call->place;
    struct kss_object *object = kss_object_ref(m, index);
    object->irql &= (uint16_t) ~(unsigned)KSS_IRP_STOPPED;
    KSS_EMIT(m, KSS_EV_IRP_COMPLETE, kss_object_number(m, index), status, current, innermost);
    call->local[2] = kss_object_number(m, index);
    if (status == STATUS_PENDING)
        kss_irp_misuse(m, index, KSS_MISUSE_STATUS_PENDING);
    else if (status == UINT32_MAX)
        kss_irp_misuse(m, index, KSS_MISUSE_STATUS_INVALID);
    if (kss_get(m, irp + KSS_FIELD(IRP, CancelRoutine)) != 0)
        kss_irp_misuse(m, index, KSS_MISUSE_CANCEL_ROUTINE);
    return walk(m, call, index, step);
}

struct kss_outcome kss_irp_complete_on(struct kss_machine *m, struct kss_call *call, uint8_t step) {
    kss_addr irp = call->local[0];
    uint16_t index = kss_io_object(m, KSS_O_IRP, irp);
    if (kss_power_told(m, irp))
        return kss_return(0);
    if ((uint32_t)call->result == (uint32_t)STATUS_MORE_PROCESSING_REQUIRED) {
        KSS_EMIT(m, KSS_EV_IRP_STOPPED, call->local[2], call->local[1], 0, 0);
        if (index != KSS_NONE && kss_object_ref(m, index)->irql & KSS_IRP_SENT)
            kss_object_ref(m, index)->irql |= KSS_IRP_STOPPED;
        return kss_return(0);
    }
    KSS_USE(kss_irp_use(m, irp, &index)); // unless the routine has freed it
    kss_object_ref(m, index)->irql &= (uint16_t) ~(unsigned)KSS_IRP_STOPPED;
    return walk(m, call, index, step);
}

static struct kss_outcome complete(struct kss_machine *m, struct kss_call *call) {
    if (call->step == 1)
        return kss_irp_complete_on(m, call, 1);
    call->local[0] = call->arguments[0];
    return kss_irp_complete(m, call, 1);
}

struct kss_outcome kss_nt_IoCompleteRequest(struct kss_machine *m, struct kss_call *call) {
    return complete(m, call);
}

struct kss_outcome kss_nt_IofCompleteRequest(struct kss_machine *m, struct kss_call *call) {
    return complete(m, call);
}

// ---- The second stage ---------------------------------------------------------------------------
static void say_late(struct kss_machine *m, uint16_t index, kss_addr address, unsigned what) {
    KSS_EMIT(m, KSS_EV_IRP_LATE, kss_object_number(m, index), address, what, kss_cpu(m)->thread);
}

static void write_status(struct kss_machine *m, uint16_t index, kss_addr irp, kss_addr block) {
    uint32_t number = (uint32_t)kss_object_ref(m, index)->signal;
    if (number != 0) {
        uint16_t watched = kss_object_numbered(m, number);
        if (watched == KSS_NONE || kss_object_ref(m, watched)->flags & KSS_OF_DEAD)
            say_late(m, index, block, 0);
    }
    if (block == 0)
        return;
    uint64_t information = information_of(m, irp);
    if (kss_store(m, block, 4, status_of(m, irp), KSS_WHO_DRIVER).kind == KSS_OUT_RETURN)
        kss_store(m, block + KSS_FIELD(IO_STATUS_BLOCK, Information), kss_pointer(m), information,
                  KSS_WHO_DRIVER);
}

// The event may be gone with its frame, and another may be there by now: that one is signalled.
static uint32_t signal_event(struct kss_machine *m, uint16_t index, kss_addr event) {
    uint32_t number = (uint32_t)(kss_object_ref(m, index)->period >> 32);
    uint16_t now = kss_object_at(m, event);
    if (number != 0 && kss_object_number(m, now) != number)
        say_late(m, index, event, 1);
    if (number == 0 || now != KSS_NONE) {
        kss_environment_signal(m, event, KSS_SIGNAL_SET);
        return kss_object_number(m, kss_object_at(m, event));
    }
    if (kss_touch_object(m, event, kss_object_size(m, KSS_O_EVENT), true).kind == KSS_OUT_RETURN)
        kss_poke(m, event + KSS_FIELD(KEVENT, SignalState), 4, 1);
    return number;
}

// What a buffered read brought goes to the caller's buffer.
static void copy_back(struct kss_machine *m, uint16_t index, kss_addr irp, uint64_t flags) {
    uint64_t bytes = information_of(m, irp);
    kss_addr from = kss_get(m, irp + KSS_FIELD(IRP, AssociatedIrp));
    kss_addr to = kss_get(m, irp + KSS_FIELD(IRP, UserBuffer));
    if (!(flags & KSS_IRP_F_BUFFERED_IO) || !(flags & KSS_IRP_F_INPUT) || from == 0 || to == 0 ||
        kss_nt_error(status_of(m, irp)))
        return;
    uint32_t region = kss_region_find(m, from);
    uint64_t room = region == KSS_NO_FRAME ? 0 : kss_region_at(m, region)->size;
    uint32_t depth;
    uint16_t stack = kss_stack_of(m, to, &depth);
    if (bytes > room)
        kss_irp_misuse(m, index, KSS_MISUSE_INFORMATION);
    if (bytes != 0 && stack != KSS_NONE && depth > kss_stack_at(m, stack)->depth)
        say_late(m, index, to, 2);
    uint8_t chunk[256];
    for (uint64_t at = 0; at < bytes && at < room; at += sizeof chunk) {
        uint64_t left = (bytes < room ? bytes : room) - at;
        uint32_t size = left < sizeof chunk ? (uint32_t)left : (uint32_t)sizeof chunk;
        if (kss_read(m, from + at, chunk, size, KSS_WHO_DRIVER).kind != KSS_OUT_RETURN ||
            kss_write(m, to + at, chunk, size, KSS_WHO_DRIVER).kind != KSS_OUT_RETURN)
            return;
    }
}

static void free_buffers(struct kss_machine *m, kss_addr irp, uint64_t flags) {
    if (flags & KSS_IRP_F_DEALLOCATE) {
        kss_addr buffer = kss_get(m, irp + KSS_FIELD(IRP, AssociatedIrp));
        if (buffer != 0)
            kss_nt_block_free(m, buffer);
    }
    for (kss_addr mdl = kss_get(m, irp + KSS_FIELD(IRP, MdlAddress)), next; mdl != 0; mdl = next) {
        next = kss_get(m, mdl + KSS_FIELD(MDL, Next));
        uint32_t region = kss_region_find(m, mdl);
        if (region == KSS_NO_FRAME || kss_region_at(m, region)->nt != KSS_NTB_MDL)
            break; // not IoAllocateMdl's
        if (kss_peek(m, mdl + KSS_FIELD(MDL, MdlFlags), 2) & KSS_MDL_F_LOCKED)
            kss_mdl_unlock(m, mdl);
        kss_mdl_release(m, mdl);
    }
}

// An error that never was pending reaches the caller by the return value alone: neither status
// block nor event are touched.
void kss_irp_finish(struct kss_machine *m, uint16_t index) {
    kss_addr irp = kss_object_ref(m, index)->address;
    uint64_t flags = kss_peek(m, irp + KSS_FIELD(IRP, Flags), 4);
    uint32_t status = status_of(m, irp), number = kss_object_number(m, index), signalled = 0;
    bool pending = kss_peek(m, irp + KSS_FIELD(IRP, PendingReturned), 1) != 0;
    kss_addr event = kss_get(m, irp + KSS_FIELD(IRP, UserEvent));
    kss_addr file = kss_get(m, irp + KSS_TAIL(OriginalFileObject));
    copy_back(m, index, irp, flags);
    free_buffers(m, irp, flags);
    // A synchronous file object's caller has the status from FinalStatus.
    bool by_file = file != 0 && kss_nt_error(status) && !(flags & KSS_IRP_F_SYNCHRONOUS_API) &&
                   kss_peek(m, file + KSS_FIELD(FILE_OBJECT, Flags), 4) & KSS_FO_SYNCHRONOUS_IO;
    if ((!kss_nt_error(status) || pending) && !kss_globals(m)->stopped) {
        if (!by_file)
            write_status(m, index, irp, kss_get(m, irp + KSS_FIELD(IRP, UserIosb)));
        if (file != 0)
            kss_poke(m, file + KSS_FIELD(FILE_OBJECT, FinalStatus), 4, status);
        if (event == 0 && file != 0)
            event = file + KSS_FIELD(FILE_OBJECT, Event);
        if (event != 0 && !kss_globals(m)->stopped)
            signalled = signal_event(m, index, event);
    }
    if (kss_globals(m)->stopped)
        return;
    KSS_EMIT(m, KSS_EV_IRP_FINISH, number, status, signalled, kss_cpu(m)->thread);
    kss_irp_release(m, irp, KSS_BY_NT);
}
