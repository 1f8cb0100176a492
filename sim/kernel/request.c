// SPDX-License-Identifier: MIT
// System calls on files: a request goes to the top of the device stack on the caller's own kernel
// stack.
//
//   NtReadFile -> IRP -> dispatch routine of the highest driver -> ...
//   status not STATUS_PENDING   the second completion stage happens at once, in the call
//   STATUS_PENDING              a synchronous handle waits on the file object's event, in the mode
//                               of the caller (policy synchronous-io-wait); others return
//
// Calls that name an event or an APC routine are refused until those exist.
#include "kernel/io.h"
#include "kernel/irp_build.h"

enum { MODE_USER = 1, MODE_LOCKED = 2 }; // in KSS_A_MODE

// Steps of a request: sent, then waiting; when a termination ends the wait, cancelling it and
// waiting once more; before all that, waiting for the file object's lock.
enum { STEP_SENT = 1, STEP_WAITS = 3, STEP_CANCEL = 4, STEP_WAITS_ON = 6, STEP_LOCK = 7 };

// ---- Requests -----------------------------------------------------------------------------------
static unsigned previous_mode(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread != KSS_NONE && !(kss_thread_at(m, thread)->flags & KSS_TF_SYSTEM);
}

// An IRP of the running thread for [file]; its next location names the file. 0: no memory.
kss_addr kss_file_request(struct kss_machine *m, kss_addr file, kss_addr block, unsigned mode,
                          bool defer, unsigned flags) {
    kss_addr device = kss_file_device(m, file);
    unsigned size = (unsigned)kss_peek(m, device + KSS_FIELD(DEVICE_OBJECT, StackSize), 1) & 0x7F;
    kss_addr irp = kss_irp_new(m, size, KSS_IRP_SYSTEM_CALL, kss_cpu(m)->thread);
    if (irp == 0)
        return 0;
    if (mode == 0)
        kss_irp_watch(m, irp, block, 0);
    else // a thread's body stands for user mode: its locals are not on the kernel stack
        kss_set(m, irp + KSS_FIELD(IRP, UserIosb), block);
    kss_set(m, irp + KSS_TAIL(OriginalFileObject), file);
    kss_poke(m, irp + KSS_FIELD(IRP, RequestorMode), 1, mode);
    kss_poke(m, irp + KSS_FIELD(IRP, Flags), 4, flags | (defer ? KSS_IRP_F_DEFER : 0u));
    kss_set(m,
            kss_irp_location(m, irp) - kss_location_size(m) +
                KSS_FIELD(IO_STACK_LOCATION, FileObject),
            file);
    uint16_t event = kss_object_at(m, file + KSS_FIELD(FILE_OBJECT, Event));
    if (event != KSS_NONE)
        kss_object_signal_state(m, event, 0);
    return irp;
}

static struct kss_outcome final_status(struct kss_machine *m, const struct kss_call *call) {
    return kss_return((uint32_t)kss_peek(
        m, call->arguments[KSS_A_FILE] + KSS_FIELD(FILE_OBJECT, FinalStatus), 4));
}

// The wait of settle is over, in KernelMode.
struct kss_outcome kss_file_settled(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_wait_over(m, call));
    return final_status(m, call);
}

static struct kss_outcome wait_on(struct kss_machine *m, struct kss_call *call) {
    KSS_TRY(kss_wait_in(m, call, call->arguments[KSS_A_FILE] + KSS_FIELD(FILE_OBJECT, Event), 0,
                        STEP_WAITS_ON));
    return final_status(m, call);
}

// A termination ended the wait: the request is cancelled, and waited for all the same (ReactOS
// IopAbortInterruptedIrp, as Windows does).
static struct kss_outcome interrupted(struct kss_machine *m, struct kss_call *call) {
    uint16_t index = kss_object_numbered(m, (uint32_t)call->local[2]);
    if (index == KSS_NONE || kss_object_ref(m, index)->kind != KSS_O_IRP ||
        kss_object_ref(m, index)->flags & KSS_OF_DEAD)
        return wait_on(m, call);
    KSS_TRY(kss_irp_cancel(m, call, kss_object_ref(m, index)->address, STEP_CANCEL));
    return wait_on(m, call);
}

// The request came back with [status]: what the call returns, after waiting at [step] when it has
// to. A driver that returned another status than STATUS_PENDING without completing keeps the IRP.
struct kss_outcome kss_file_settle(struct kss_machine *m, struct kss_call *call, uint32_t status,
                                   unsigned mode, bool waits, uint8_t step) {
    kss_addr file = call->arguments[KSS_A_FILE];
    if (status == STATUS_PENDING) {
        if (!waits)
            return kss_return(status);
        struct kss_outcome outcome =
            kss_wait_in(m, call, file + KSS_FIELD(FILE_OBJECT, Event), mode, step);
        KSS_TRY(outcome);
        return outcome.value == STATUS_SUCCESS ? final_status(m, call) : interrupted(m, call);
    }
    uint16_t index = kss_object_numbered(m, (uint32_t)call->local[2]);
    if (index == KSS_NONE || kss_object_ref(m, index)->kind != KSS_O_IRP ||
        kss_object_ref(m, index)->flags & KSS_OF_DEAD ||
        !(kss_object_ref(m, index)->irql & KSS_IRP_COMPLETED) ||
        kss_object_ref(m, index)->irql & KSS_IRP_APC)
        return kss_return(status);
    uint8_t irql = kss_cpu(m)->irql;
    if (irql < KSS_APC_LEVEL)
        kss_cpu(m)->irql = KSS_APC_LEVEL;
    kss_irp_finish(m, index);
    if (kss_globals(m)->stopped)
        return kss_stopped();
    kss_cpu(m)->irql = irql;
    return kss_return(status);
}

static struct kss_outcome go_on(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    switch (kss_csq_step(call->step) ? STEP_CANCEL : call->step) {
    case STEP_WAITS:
        outcome = kss_wait_over(m, call);
        KSS_TRY(outcome);
        return outcome.value == STATUS_SUCCESS ? final_status(m, call) : interrupted(m, call);
    case STEP_CANCEL:
    case STEP_CANCEL + 1:
        KSS_TRY(kss_irp_cancel_on(m, call, call->local[0], STEP_CANCEL));
        return wait_on(m, call);
    case STEP_WAITS_ON: return kss_file_settled(m, call);
    default: break;
    }
    outcome = kss_irp_sent(m, call, STEP_SENT);
    KSS_TRY(outcome);
    return kss_file_settle(m, call, (uint32_t)outcome.value,
                           call->arguments[KSS_A_MODE] & MODE_USER,
                           kss_file_synchronous(m, call->arguments[KSS_A_FILE]), STEP_WAITS);
}

static struct kss_outcome send(struct kss_machine *m, struct kss_call *call, kss_addr irp) {
    kss_addr file = call->arguments[KSS_A_FILE];
    if (kss_file_synchronous(m, file))
        kss_policy_used(m, KSS_POLICY_synchronous_io_wait);
    struct kss_outcome sent = kss_irp_send(m, call, kss_file_device(m, file), irp, STEP_SENT);
    KSS_TRY(sent);
    return kss_file_settle(m, call, (uint32_t)sent.value, call->arguments[KSS_A_MODE] & MODE_USER,
                           kss_file_synchronous(m, file), STEP_WAITS);
}

static struct kss_outcome cannot_build(struct kss_machine *m, kss_addr irp,
                                       struct kss_outcome made) {
    if (made.kind == KSS_OUT_STOP)
        return made;
    kss_irp_release(m, irp, KSS_BY_NT);
    return made;
}

// ---- One at a time ------------------------------------------------------------------------------
// A synchronous file object does one request at a time (DDI NtReadFile); others wait for its lock.
static struct kss_outcome lock_file(struct kss_machine *m, struct kss_call *call) {
    kss_addr file = call->arguments[KSS_A_FILE], waiters = file + KSS_FIELD(FILE_OBJECT, Waiters);
    kss_addr busy = file + KSS_FIELD(FILE_OBJECT, Busy);
    if (call->step == STEP_LOCK) {
        struct kss_outcome outcome = kss_wait_over(m, call);
        KSS_TRY(outcome);
        kss_poke(m, waiters, 4, kss_peek(m, waiters, 4) - 1);
        if (outcome.value != STATUS_SUCCESS)
            return outcome;
    }
    while (kss_peek(m, busy, 4) != 0) {
        kss_poke(m, waiters, 4, kss_peek(m, waiters, 4) + 1);
        KSS_TRY(kss_wait_in(m, call, file + KSS_FIELD(FILE_OBJECT, Lock),
                            call->arguments[KSS_A_MODE] & MODE_USER, STEP_LOCK));
        kss_poke(m, waiters, 4, kss_peek(m, waiters, 4) - 1);
    }
    kss_poke(m, busy, 4, 1);
    call->arguments[KSS_A_MODE] |= MODE_LOCKED;
    return kss_return(0);
}

// The call returns [outcome] when it does return.
static struct kss_outcome leave(struct kss_machine *m, struct kss_call *call,
                                struct kss_outcome outcome) {
    if ((outcome.kind != KSS_OUT_RETURN && outcome.kind != KSS_OUT_RAISE) ||
        !(call->arguments[KSS_A_MODE] & MODE_LOCKED))
        return outcome;
    kss_addr file = call->arguments[KSS_A_FILE];
    kss_poke(m, file + KSS_FIELD(FILE_OBJECT, Busy), 4, 0);
    if (kss_peek(m, file + KSS_FIELD(FILE_OBJECT, Waiters), 4) != 0)
        kss_environment_signal(m, file + KSS_FIELD(FILE_OBJECT, Lock), KSS_SIGNAL_SET);
    return kss_globals(m)->stopped ? kss_stopped() : outcome;
}

// RETURN 0: the request may be built; another value is what the call returns.
static struct kss_outcome begin(struct kss_machine *m, struct kss_call *call, unsigned mode) {
    if (call->step == 0) {
        kss_addr file = kss_file_of(m, call->arguments[0]);
        if (file == 0 || call->arguments[1] != 0) // no event has a handle
            return kss_return((uint32_t)STATUS_INVALID_HANDLE);
        if (call->arguments[2] != 0)
            return kss_return((uint32_t)STATUS_NOT_SUPPORTED);
        call->arguments[KSS_A_FILE] = file;
        call->arguments[KSS_A_MODE] = mode;
    }
    return kss_file_synchronous(m, call->arguments[KSS_A_FILE]) ? lock_file(m, call)
                                                                : kss_return(0);
}

static struct kss_outcome transfer(struct kss_machine *m, struct kss_call *call, unsigned major,
                                   unsigned mode) {
    struct kss_outcome ready = begin(m, call, mode), outcome = kss_return(0);
    KSS_TRY(ready);
    if (ready.value != 0)
        return ready;
    const uint64_t *given = call->arguments;
    struct kss_transfer what = {.major = major, .buffer = given[5], .length = (uint32_t)given[6]};
    if (given[7] != 0)
        what.offset = kss_load(m, given[7], 8, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    if (given[8] != 0)
        what.key = (uint32_t)kss_load(m, given[8], 4, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    kss_addr file = given[KSS_A_FILE];
    kss_addr irp = kss_file_request(m, file, given[4], mode, kss_file_synchronous(m, file), 0);
    if (irp == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    struct kss_outcome made = kss_irp_fill_transfer(m, irp, kss_file_device(m, file), &what);
    if (made.kind != KSS_OUT_RETURN || made.value != 0)
        return cannot_build(m, irp, made);
    return send(m, call, irp);
}

static struct kss_outcome control(struct kss_machine *m, struct kss_call *call, unsigned mode) {
    const uint64_t *given = call->arguments;
    struct kss_control what = {.code = (uint32_t)given[5],
                               .in = given[6],
                               .in_length = (uint32_t)given[7],
                               .out = given[8],
                               .out_length = (uint32_t)given[9]};
    struct kss_outcome ready = begin(m, call, mode);
    KSS_TRY(ready);
    if (ready.value != 0)
        return ready;
    kss_addr file = given[KSS_A_FILE];
    kss_addr irp = kss_file_request(m, file, given[4], mode, kss_file_synchronous(m, file), 0);
    if (irp == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    struct kss_outcome made = kss_irp_fill_control(m, irp, KSS_MJ_DEVICE_CONTROL, &what);
    if (made.kind != KSS_OUT_RETURN || made.value != 0)
        return cannot_build(m, irp, made);
    return send(m, call, irp);
}

static struct kss_outcome read_or_write(struct kss_machine *m, struct kss_call *call,
                                        unsigned major, unsigned mode) {
    bool begins = call->step == 0 || call->step == STEP_LOCK;
    return leave(m, call, begins ? transfer(m, call, major, mode) : go_on(m, call));
}

static struct kss_outcome io_control(struct kss_machine *m, struct kss_call *call, unsigned mode) {
    bool begins = call->step == 0 || call->step == STEP_LOCK;
    return leave(m, call, begins ? control(m, call, mode) : go_on(m, call));
}

struct kss_outcome kss_nt_NtReadFile(struct kss_machine *m, struct kss_call *call) {
    return read_or_write(m, call, KSS_MJ_READ, previous_mode(m));
}

struct kss_outcome kss_nt_NtWriteFile(struct kss_machine *m, struct kss_call *call) {
    return read_or_write(m, call, KSS_MJ_WRITE, previous_mode(m));
}

struct kss_outcome kss_nt_ZwReadFile(struct kss_machine *m, struct kss_call *call) {
    return read_or_write(m, call, KSS_MJ_READ, 0);
}

struct kss_outcome kss_nt_ZwWriteFile(struct kss_machine *m, struct kss_call *call) {
    return read_or_write(m, call, KSS_MJ_WRITE, 0);
}

struct kss_outcome kss_nt_NtDeviceIoControlFile(struct kss_machine *m, struct kss_call *call) {
    return io_control(m, call, previous_mode(m));
}

struct kss_outcome kss_nt_ZwDeviceIoControlFile(struct kss_machine *m, struct kss_call *call) {
    return io_control(m, call, 0);
}
