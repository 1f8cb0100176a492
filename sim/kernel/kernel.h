// SPDX-License-Identifier: MIT
// The contract between the kernel (the physics) and a processor (who executes driver code).
//
// The kernel never calls driver code. A processor asks it to do things; every answer is an outcome:
//
//   RETURN value      the NT routine is done: give the value to the driver code
//   TURN              something else must run now, or may: call kss_turn
//   STOP              the machine has ended (bug check, hang): read kss_ended
//   RAISE status      an exception; without a handler the kernel turns it into a bug check
//
// and kss_turn says what to execute next:
//
//   RUN               go on with the top frame of the current stack; if has_value, a call that
//                     frame made has returned value
//   CALL              enter driver routine with arguments: push its frame with the entry kind given
//   END               nothing can happen any more
//
// A processor's loop is: turn; execute until a driver routine calls NT (kss_nt_call), returns from
// an entered frame (kss_returned), touches memory that faults (kss_read, kss_write say so) or the
// step bound is hit; turn again. Between two calls into the kernel no pointer into the block may be
// kept, except across calls documented as "does not allocate".
//
// Ownership: kss_machine is the caller's; code tables and port outlive it. Nothing here prints.
// Depends on base and nt. Floors above may read state.h; only the kernel writes it, except that
// processors own what follows a frame header in a run, and rules own the observer sections.
#ifndef KSS_KERNEL_KERNEL_H
#define KSS_KERNEL_KERNEL_H

#include "base/text.h"
#include "kernel/state.h"

struct kss_machine;

struct kss_event {
    uint64_t time; // 100 ns
    uint64_t words[KSS_EVENT_WORDS];
    uint32_t sequence, place;
    uint16_t kind, thread; // thread KSS_NONE: none
    uint8_t cpu, irql;
    uint16_t stack;
};

// ---- What driver code is ------------------------------------------------------------------------

struct kss_local { // a named local of a driver routine, for reports
    const char *name, *type;
    uint32_t offset; // of its first byte below the frame's upper edge: address = edge - offset
    uint32_t size;
    uint32_t place;
    const void *shape; // its type, for the image's path; NULL: unknown
};

enum {
    KSS_CODE_PAGEABLE = 1,
    KSS_CODE_LEFT_OUT = 2 /* contains `...` */,
    KSS_CODE_BODY = 4 /* a thread's body: not a routine of the driver */,
    KSS_CODE_FUNCLET = 8 /* a filter or __finally block: works on its routine's variables */
};

// A __try statement of a driver routine. They are numbered from 1; the one at work is a number in the
// frame's run, which the processor writes as it enters and leaves __try blocks. The same run has 8
// bytes for the code of the exception a handler got.
enum { KSS_HANDLER_NONE = 0xFFFFFFFF };
struct kss_scope {
    uint32_t outer;   // the one around it in the same routine, 0: none
    uint32_t funclet; // code index of its filter, or of its __finally block
    uint32_t handler; // pc of its __except block, KSS_HANDLER_NONE: __finally
    uint32_t code;    // where in the run the exception's code goes
    uint32_t place;   // of the statement
};

struct kss_code {              // a driver routine; its index is its identity
    const char *module, *name; // "mydrv", "ReadDispatch"; module may be "" only for bodies
    uint32_t bytes;            // what one call costs
    const char *frame_from;    // which frame table told the bytes ("unwind x64"), NULL: none did
    const char *frame_least;   // why they may be more, NULL: they are exact
    uint32_t locals_size;      // addressable locals
    uint32_t run_bytes;        // bytes of its frame's run behind the header (scripted)
    uint8_t origin;            // enum kss_origin of bytes
    uint8_t flags;
    uint16_t parameter_count;
    const struct kss_local *locals;
    uint32_t local_count;
    uint32_t place;  // of its name
    uint32_t extent; // place of all of it, braces included; 0: unknown
    const struct kss_scope *scopes;
    uint32_t scope_count;
    uint32_t scope_at; // where in the run the number of the __try statement at work is
};

struct kss_variable { // a global
    const char *module, *name, *type;
    uint32_t size;
    bool pageable;
    uint32_t place;
    const void *shape; // as kss_local's
};

struct kss_image { // everything about the driver code that the kernel and reports need
    const struct kss_code *code;
    uint32_t code_count;
    const struct kss_variable *globals; // laid out in order, each aligned to 16
    uint32_t global_count;
    // Appends the path to what lies [offset] bytes into a variable of type [shape]: ".Queue.Blink",
    // "[17].ctx"; with [object] ("KEVENT") to the part of that type there, then returns true. NULL:
    // paths are offsets.
    bool (*path)(const void *shape, bool wide, uint32_t offset, const char *object,
                 struct kss_text *out);
};

// Whether MmLockPagable... keeps the pageable code of its module in memory.
bool kss_code_locked(const struct kss_machine *machine, uint32_t routine);
// Whether locked MDLs keep every page of [address, address + size) in its frame and in memory.
bool kss_pages_locked(const struct kss_machine *machine, kss_addr address, uint64_t size);
// Whether [address] itself is in a buffer that an MDL has locked, not only on the same page as one.
bool kss_in_locked_buffer(const struct kss_machine *machine, kss_addr address);

// Code index <-> simulated address of a routine ("pointer to routine" values).
kss_addr kss_code_address(const struct kss_machine *machine, uint32_t code);
bool kss_code_at(const struct kss_machine *machine, kss_addr address, uint32_t *code);
kss_addr kss_global_address(const struct kss_machine *machine, uint32_t global);

// ---- The port -----------------------------------------------------------------------------------

enum kss_choice {
    KSS_CHOOSE_THREAD /* among equals ready */,
    KSS_CHOOSE_LATER /* 0 the ranged event
comes now, 1 what is due next comes first */
    ,
    KSS_CHOOSE_TIE /* which of several due now */,
    KSS_CHOOSE_OUTSWAP /* policy eager: 0 now, 1 not yet */,
    KSS_CHOOSE_POOL /* 0 succeeds, 1 fails;
asked only when `fail_pool` is set */
    ,
    KSS_CHOOSE_CPU
};

// A row of a stack's deepest path, innermost first.
struct kss_path_row;

// Driver memory that the host provides (native processors): addresses are the host's own, as driver
// code sees them. The areas lie in this order and do not touch; [alias] added to an address in them
// is where the same bytes are always accessible.
struct kss_space {
    kss_addr threads, nonpaged, stacks, paged, end;
    ptrdiff_t alias;
    uint32_t host_page;   // what protection works on
    uint32_t stack_guard; // bytes kept inaccessible below each stack
    void *context;        // given to every function below
    // A stack was made at [low, high): zeroed, accessible. It was released: inaccessible.
    void (*stack_made)(void *context, kss_addr low, kss_addr high);
    void (*stack_gone)(void *context, kss_addr low, kss_addr high);
    // A thread's stack, or a pageable block, left memory or came back.
    void (*residency)(void *context, kss_addr low, kss_addr high, bool in);
    // Bytes from [high] down to the lowest that driver code wrote; 0: not known to be more than
    // what kss_native_depth has seen.
    uint32_t (*used)(void *context, kss_addr low, kss_addr high);
    // Copies from or to host memory outside the areas; false: it is not there. [bytes] NULL: only
    // asks.
    bool (*read)(void *context, kss_addr address, void *bytes, uint32_t size);
    bool (*write)(void *context, kss_addr address, const void *bytes, uint32_t size);
    // Bytes of the areas were written through the alias; NULL: nobody wants to know.
    void (*wrote)(void *context, kss_addr address, uint32_t size);
    // The driver routine at a host address, by its index in the image; its address again.
    bool (*code_at)(void *context, kss_addr address, uint32_t *code);
    kss_addr (*code_address)(void *context, uint32_t code);
    // Appends the name of what lies at an address outside the areas; false: unknown.
    bool (*describe)(void *context, kss_addr address, struct kss_text *out);
    // The driver routine whose NT call or fault is at work, KSS_NO_FRAME: unknown.
    uint32_t (*innermost)(void *context);
    // The frames of a stack, innermost first; returns how many of at most [room].
    uint32_t (*frames)(void *context, struct kss_machine *machine, uint16_t stack,
                       struct kss_path_row *rows, uint32_t room);
    // What reports print instead of an address outside the areas.
    kss_addr (*shown)(void *context, kss_addr address);
    // The DMA_OPERATIONS for the driver at work, as it calls them.
    kss_addr (*dma_operations)(void *context);
};

struct kss_port {
    void *context;
    // Every event that is wanted. May be NULL.
    void (*event)(void *context, struct kss_machine *machine, const struct kss_event *event);
    // Makes a text of an event permanent; returns its id, from 1. The kernel calls it only for
    // wanted events.
    uint32_t (*text)(void *context, const char *bytes, size_t length);
    // Which of [count] possibilities happens: 0 is what a plain run takes. NULL: always 0.
    unsigned (*choose)(void *context, struct kss_machine *machine, enum kss_choice kind,
                       unsigned count);
    const struct kss_space *space; // NULL: driver memory is simulated
};

// ---- A machine ----------------------------------------------------------------------------------

enum kss_swap { KSS_SWAP_BALANCE_SET, KSS_SWAP_EAGER, KSS_SWAP_NEVER };
enum kss_swap_policy { KSS_SWAP_PER_THREAD, KSS_SWAP_PER_PROCESS };
enum kss_foreign_touch { KSS_FOREIGN_BUGCHECK, KSS_FOREIGN_PAGE_IN };

struct kss_config {
    struct kss_profile profile;
    enum kss_swap swap;
    enum kss_swap_policy swap_policy;
    enum kss_foreign_touch foreign_touch;
    bool small_memory;
    bool verifier;    // Driver Verifier checks every call
    bool nt_costs;    // NT routines take the stack that costs.def lists; not natively
    bool fail_pool;   // ask the port at each allocation
    uint16_t without; // number of a hazard that no rule tells, 0: none; for tests of the tests
    // A DPC or ISR may run this long, a processor stay at DISPATCH_LEVEL or above; 100 ns, 0: for ever.
    uint64_t dpc_timeout, dpc_watchdog;
};

// The defaults of a machine profile; `profile` is a copy.
struct kss_config kss_config_default(const struct kss_profile *profile);

// Creates a machine at time 0. [config], [image] and [port] are copied shallowly and must outlive
// it. [wants] is a bit set of enum kss_event_id (see kss_want). Free with kss_machine_free.
struct kss_machine *kss_machine_new(const struct kss_config *config, const struct kss_image *image,
                                    const struct kss_port *port);
void kss_machine_free(struct kss_machine *machine);

// Turns the building of an event kind on; kinds nobody wants cost nothing.
void kss_want(struct kss_machine *machine, enum kss_event_id kind);
bool kss_wanted(const struct kss_machine *machine, enum kss_event_id kind);

// Adds a thread that is ready to run the driver routine [body] (no arguments). priority 0..31.
// Returns its index. Threads start in the order of their creation.
uint16_t kss_thread_add(struct kss_machine *machine, const char *name, uint32_t body, int priority,
                        const char *process, bool system, bool gui, uint32_t place);

// Threads added between hold and loader (a thread added already) start when the loader has ended, in
// the order they were added: what loads drivers comes before what uses them.
void kss_threads_hold(struct kss_machine *machine);
void kss_threads_loader(struct kss_machine *machine, uint16_t loader);

// A thread that calls the driver routine [routine] with [count] arguments (at most
// KSS_CALL_ARGUMENTS) and ends when it returns, with its value as exit status.
enum { KSS_CALL_ARGUMENTS = 6 };
uint16_t kss_thread_add_call(struct kss_machine *machine, const char *name, uint32_t routine,
                             const uint64_t *arguments, unsigned count, int priority,
                             const char *process, bool system, bool gui, uint32_t place);

// ---- Drivers and devices (driver.c, device.c) ---------------------------------------------------
// What a loader makes before the run. Objects are nonpaged memory in their public layout, and that
// memory is the truth: MajorFunction[], Flags, AttachedDevice, DeviceExtension are read from it.
enum { KSS_MAJOR_FUNCTIONS = 28 };
struct kss_driver {
    const char *name;                      // "disk": the module, and \Driver\disk
    uint32_t major[KSS_MAJOR_FUNCTIONS];   // code indices by IRP_MJ_x, KSS_NO_FRAME: none
    uint32_t add_device, unload, start_io; // KSS_NO_FRAME: none
};
// Returns the driver's index.
uint16_t kss_driver_add(struct kss_machine *machine, const struct kss_driver *driver,
                        uint32_t place);
kss_addr kss_driver_object(const struct kss_machine *machine, uint16_t driver);
// DriverEntry has returned: its devices are no longer DO_DEVICE_INITIALIZING.
void kss_driver_started(struct kss_machine *machine, uint16_t driver);
// A device object with an extension behind it. [name] ("disk0" or "\Device\disk0") may be NULL.
// [flags] are DO_x bits; 0 when the pool is full.
kss_addr kss_device_add(struct kss_machine *machine, uint16_t driver, const char *name,
                        uint32_t extension_size, uint32_t type, uint32_t flags);
// Puts [above] on top of the stack [below] is in: AttachedDevice, StackSize, and the I/O flags.
void kss_device_attach(struct kss_machine *machine, kss_addr above, kss_addr below);
// By name, with or without \Device\; symbolic links are followed. 0: there is none.
kss_addr kss_device_named(struct kss_machine *machine, const char *name, size_t length);
kss_addr kss_device_top(struct kss_machine *machine, kss_addr device); // of its stack
// A handle that stands for "this thread has the device open for synchronous I/O": every thread that
// uses it works on a file object of its own, so threads do not wait for each other.
uint64_t kss_handle_of_device(struct kss_machine *machine, kss_addr device);

// ---- The registry (registry.c) --------------------------------------------------------------------
// From outside: [key] is a path from \Registry, or one below the Services key. Setting makes the keys
// that are missing; false: a name is too long or not one.
bool kss_registry_set_value(struct kss_machine *machine, const char *key, const char *name,
                            uint32_t type, const void *data, uint32_t size);
// Copies at most [room] bytes of a value's data; returns how many there are, -1: there is no such
// value.
int64_t kss_registry_get_value(struct kss_machine *machine, const char *key, const char *name,
                               uint32_t *type, void *data, uint32_t room);

// The environment does something [after] 100 ns from now, at the earliest, and at most [range]
// later. kind: KSS_DUE_DPC, _INTERRUPT (irql), _SIGNAL (arguments[0] = address), _TERMINATE, _ALERT
// (target thread), _TRIM, _APC (target thread, irql = enum kss_apc_kind, at most KSS_CALL_ARGUMENTS).
void kss_promise(struct kss_machine *machine, const struct kss_due *what, uint64_t after,
                 uint64_t range, uint32_t place);

// What an interrupt of [vector] does: the ISR connected to it (IoConnectInterrupt). False: there is none.
bool kss_connected_interrupt(const struct kss_machine *machine, uint64_t vector,
                             struct kss_due *due);

enum kss_outcome_kind { KSS_OUT_RETURN, KSS_OUT_TURN, KSS_OUT_STOP, KSS_OUT_RAISE };
struct kss_outcome {
    enum kss_outcome_kind kind;
    uint64_t value; // RETURN: result, zero-extended from the routine's result type; RAISE: status
};

// Driver code running on the current stack calls NT [routine] with [count] arguments (each
// zero-extended; integers smaller than 64 bits already converted to the parameter's type).
// The place of the call must have been set with kss_at. After RETURN the processor must also look
// at kss_must_turn: if true, store the value and turn.
struct kss_outcome kss_nt_call(struct kss_machine *machine, enum kss_routine_id routine,
                               const uint64_t *arguments, unsigned count);
bool kss_must_turn(const struct kss_machine *machine); // a DPC, interrupt or thread wants to run

// A routine of a pageable section runs at DISPATCH_LEVEL or above. With Driver Verifier its page is out:
// the machine stops.
void kss_code_at_dispatch(struct kss_machine *machine, uint32_t routine);

// The statement that executes now, for events and findings.
void kss_at(struct kss_machine *machine, uint32_t place);

enum kss_turn_kind { KSS_TURN_RUN, KSS_TURN_CALL, KSS_TURN_END };
struct kss_turn {
    enum kss_turn_kind kind;
    bool has_value;
    uint64_t value;
    uint32_t routine;     // CALL: code index
    enum kss_entry entry; // CALL
    unsigned argument_count;
    uint64_t arguments[KSS_ARGUMENTS];
};

// Decides what the current processor executes next, moving time when nothing can run. When it
// answers CALL, the frame has been pushed already (kss_frame_push) and may have overflowed: then
// the answer is END.
struct kss_turn kss_turn(struct kss_machine *machine);

// ---- Frames (scripted processors) ---------------------------------------------------------------

// Pushes a frame for [routine] on the current stack; its run bytes are zeroed. Returns false when
// SP crosses StackLimit: the machine has then stopped with 0x7F. May allocate.
bool kss_frame_push(struct kss_machine *machine, uint32_t routine, uint32_t bytes,
                    uint32_t run_bytes, enum kss_entry entry);

// A CALL-entered frame of the current stack returns. Objects in its memory die. Does not allocate.
void kss_frame_pop(struct kss_machine *machine);

// The top frame, entered by the kernel, returned [value]: pops it and compares guards. Then turn.
void kss_returned(struct kss_machine *machine, uint64_t value);

// The current stack, its top frame, and the bytes behind a frame's header. Valid until something
// allocates.
struct kss_stack *kss_current_stack(struct kss_machine *machine);
struct kss_frame *kss_top_frame(struct kss_machine *machine);
static inline uint8_t *kss_frame_run(struct kss_frame *frame) {
    return (uint8_t *)(frame + 1);
}

// ---- Memory -------------------------------------------------------------------------------------

enum kss_who { KSS_WHO_DRIVER, KSS_WHO_NT, KSS_WHO_DMA };

// Reads or writes [size] bytes of simulated memory as [who]; checks residency, IRQL, dead frames.
// Returns RETURN when it went well, STOP when the machine stopped, RAISE (an access violation at
// PASSIVE or APC on a user address). After a read that did not go well the buffer is zeroed.
struct kss_outcome kss_read(struct kss_machine *machine, kss_addr address, void *bytes,
                            uint32_t size, enum kss_who who);
struct kss_outcome kss_write(struct kss_machine *machine, kss_addr address, const void *bytes,
                             uint32_t size, enum kss_who who);

// For processors: host memory of [size] simulated bytes that may be touched now without any finding
// or fault, or NULL when kss_read/kss_write must decide. Valid until something allocates.
uint8_t *kss_direct(struct kss_machine *machine, kss_addr address, uint32_t size, bool write);

// What reports print for an address: itself, or natively one that does not depend on the host.
kss_addr kss_shown(const struct kss_machine *machine, kss_addr address);

// The simulated address of byte [offset] below the upper edge of frame [frame] on [stack].
kss_addr kss_frame_edge(const struct kss_machine *machine, const struct kss_stack *stack,
                        const struct kss_frame *frame);

// Appends what [address] is: "done (KEVENT, mydrv!ReadDispatch, thread App, top-0x2E8)".
void kss_describe(struct kss_machine *machine, kss_addr address, struct kss_text *out);
// The same of a kernel object of type [object] ("KEVENT") that begins there.
void kss_describe_object(struct kss_machine *machine, kss_addr address, const char *object,
                         struct kss_text *out);

// ---- Ends, events, exceptions -------------------------------------------------------------------

enum kss_end {
    KSS_END_RUNNING,
    KSS_END_DONE,
    KSS_END_BUGCHECK,
    KSS_END_HANG,
    KSS_END_CANNOT_CONTINUE,
    KSS_END_STEPS
};
enum kss_end kss_ended(const struct kss_machine *machine);

// Natively: driver code on the current stack is at stack pointer [sp]. Objects below it are dead.
void kss_native_depth(struct kss_machine *machine, kss_addr sp);
// Natively: driver code touched [address] and the host refused. RETURN: it may go on (the memory
// was brought in); STOP; RAISE.
struct kss_outcome kss_native_fault(struct kss_machine *machine, kss_addr address, bool write,
                                    kss_addr pc);
// Natively: nobody runs on the stack of an ended thread any more; its figures are said, its memory goes
// and its slot is used again.
void kss_native_retire(struct kss_machine *machine, uint16_t stack);
// Natively: an exception leaves the driver routine that the kernel called last. Gives up its frame and
// the NT routine that called it, so that the exception goes on in that routine's caller; false: the
// caller is no driver code, or must not see it (an expanded callout): use kss_unhandled.
bool kss_unwind_entry(struct kss_machine *machine);
// Natively: driver code on the current stack raises [status]. Its dispatch must fit below the stack
// pointer that kss_native_depth was told; false: the machine has stopped with 0x7F.
bool kss_native_raise(struct kss_machine *machine, uint32_t status, kss_addr address);
// As kss_unhandled, of an exception that kss_unwind_entry keeps where it is.
void kss_native_unhandled(struct kss_machine *machine, uint32_t status, kss_addr address);
// Natively: driver code on the current stack went [bytes] below StackLimit, in [routine].
void kss_native_overflow(struct kss_machine *machine, uint32_t routine, uint32_t bytes);

// The stack of a waiting thread leaves memory now, if its wait, its swap state and its priority allow
// that; false: they do not.
bool kss_swap_now(struct kss_machine *machine, uint16_t thread);
// Queued DPCs wait until that is taken back.
void kss_hold_pending(struct kss_machine *machine, bool hold);

// Nothing happens after time [until] (100 ns) any more; kss_turn then says END although the machine
// has not ended. UINT64_MAX: no horizon. With a horizon an idle machine does not end either.
void kss_set_horizon(struct kss_machine *machine, uint64_t until);

// Ends the run because kss cannot say what happens next; [what] says why.
void kss_cannot_continue(struct kss_machine *machine, const char *what);

// Ends the run because the step bound was hit.
void kss_end_steps(struct kss_machine *machine);

// The driver code spins: machine state repeated at a loop's back edge. Moves the clock to the next
// due event (or reports a hang). Then turn.
void kss_spin(struct kss_machine *machine);

// Driver code raised [status] (division by zero, access violation) and nothing handles it: bug
// check per S12. [address], [p0], [p1] describe the fault.
void kss_unhandled(struct kss_machine *machine, uint32_t status, kss_addr address, uint64_t p0,
                   uint64_t p1);

// Scripted driver code on the current stack raised an exception: its dispatch begins on top of the
// stack. Then turn. As kss_unhandled; [fault]: by an instruction of its own, at which a filter may go
// on (EXCEPTION_CONTINUE_EXECUTION).
void kss_raise(struct kss_machine *m, uint32_t status, kss_addr address, uint64_t p0, uint64_t p1,
               bool fault);
// Routines of path rows: the dispatch of an exception, the trap frame of a page fault, and from
// KSS_PATH_NT on NT routines (enum kss_routine_id) with the bytes that listings give them.
enum { KSS_PATH_EXCEPTION = 0xFFFFFFFE, KSS_PATH_FAULT = 0xFFFFFFFD, KSS_PATH_NT = 0xF0000000 };
static inline bool kss_path_is_nt(uint64_t routine) {
    return routine >= KSS_PATH_NT && routine - KSS_PATH_NT < KSS_NT_COUNT;
}

// With a horizon: nothing shall happen any more.
void kss_machine_done(struct kss_machine *machine);

// Once after END: emits stack.deepest and path per stack, wait.never, rest.
void kss_machine_finish(struct kss_machine *machine);

// Emits an event at the current time, place, thread, IRQL.
void kss_emit(struct kss_machine *machine, enum kss_event_id kind, uint64_t a, uint64_t b,
              uint64_t c, uint64_t d);
void kss_emit_at(struct kss_machine *machine, enum kss_event_id kind, uint32_t place, uint64_t a,
                 uint64_t b, uint64_t c, uint64_t d);
uint32_t kss_text_id(struct kss_machine *machine, const char *text); // port.text of a C string

// Notes that a named policy decided something (once per run an event).
void kss_policy_used(struct kss_machine *machine, enum kss_policy_id policy);

// ---- Snapshots ----------------------------------------------------------------------------------

// The state as one block; *size is its length in bytes. Valid until something allocates. Restoring
// a copy of it makes everything go on as it would have from there.
const void *kss_state(const struct kss_machine *machine, size_t *size);
void kss_restore(struct kss_machine *machine, const void *state, size_t size);
uint64_t kss_hot_hash(const struct kss_machine *machine); // of the hot sections only
size_t kss_hot_size(const struct kss_machine *machine);   // bytes used by the hot sections

// ---- For rules and reports: reading state -------------------------------------------------------

const struct kss_config *kss_machine_config(const struct kss_machine *machine);
const struct kss_image *kss_machine_image(const struct kss_machine *machine);
const void *kss_section_const(const struct kss_machine *machine, enum kss_section section,
                              uint32_t *used);                            // records; used in bytes
void *kss_observer(struct kss_machine *machine, bool hot, uint32_t size); // at least [size] bytes,
// zeroed when new; valid until something allocates
uint64_t kss_now(const struct kss_machine *machine);
uint16_t kss_current_thread(const struct kss_machine *machine);
unsigned kss_current_irql(const struct kss_machine *machine);
// The stack an address lies in, KSS_NONE if none; *depth is Base - address.
uint16_t kss_stack_of(const struct kss_machine *machine, kss_addr address, uint32_t *depth);
// The object at exactly [address], KSS_NONE if none; the object with event number [number].
uint16_t kss_object_at(const struct kss_machine *machine, kss_addr address);
uint16_t kss_object_numbered(const struct kss_machine *machine, uint32_t number);
const char *kss_object_kind_name(unsigned kind); // "KEVENT" of enum kss_object_kind
// The threads that a thread waiting for that object waits for: owners of a lock or mutex, the thread
// itself. At most [room] of them; returns how many.
unsigned kss_lock_owners(const struct kss_machine *machine, uint16_t object, uint16_t *threads,
                         unsigned room);
// The spin lock that a processor spins on, KSS_NONE: none.
uint16_t kss_spins_on(const struct kss_machine *machine, unsigned cpu);
// The innermost driver routine on the current stack (code index), KSS_NO_FRAME if none.
uint32_t kss_innermost(const struct kss_machine *machine);

#endif
