// SPDX-License-Identifier: MIT
// The state of a machine: one pointer-free block, copied to snapshot it.
//
//   block  | header: section table, sizes            |  fixed
//          | hot sections:  cpu thread stack region  |  everything that decides the future,
//          |   object wait due ready bytes observer  |  canonical: hashed and compared
//          | cold sections: clock, marks, places ... |  what explains the past: copied, never
//          hashed
//
// Records refer to each other by index (KSS_NONE: nobody). Lists are ordered arrays or index
// chains; due times are kept relative to now, each as the distance from its predecessor. A section
// grows by moving everything behind it, so no pointer into the block survives anything that may
// allocate.
//
// Sections: a record's index never changes while it is used; a freed slot (kind 0) is used again,
// lowest first.
//
// The run of a stack. Frames of simulated code live in their stack's run of bytes, not at simulated
// addresses: filler costs nothing. The run grows upwards while the simulated stack grows down:
//
//     run (in section BYTES)                       simulated addresses
//   0 | frame header | locals | params | temps |   Base ............................
//     | frame header | locals | params | temps |   | reserve, trap frame            |
//     | ...                                    |   | frame 1: return address        |  depth
//   top frame header | locals | params | temps |   |          locals (byte for byte)|   |
//     ^ stack.top                              |   |          filler                |   v
//   run_used                                       SP .. Limit, guard page below
//
// A frame covers depths (below.depth, depth]; its addressable locals end `return_address` bytes
// below its upper edge. Depth is always "bytes from Base to SP", so reports never print host
// addresses.
#ifndef KSS_KERNEL_STATE_H
#define KSS_KERNEL_STATE_H

#include "nt/nt.h"

typedef uint64_t kss_addr; // a simulated (or, natively, host) address

enum { KSS_NONE = 0xFFFF };

enum kss_section {
    // hot (order of the block)
    KSS_S_CPU,
    KSS_S_THREAD,
    KSS_S_STACK,
    KSS_S_REGION,
    KSS_S_OBJECT,
    KSS_S_WAIT,
    KSS_S_DUE,
    KSS_S_PENDING,
    KSS_S_APC,
    KSS_S_READY,
    KSS_S_GLOBAL,
    KSS_S_BYTES,
    KSS_S_OBSERVER,
    KSS_S_HOT_END,
    // cold
    KSS_S_CLOCK = KSS_S_HOT_END,
    KSS_S_THREAD_COLD,
    KSS_S_STACK_COLD,
    KSS_S_OBJECT_COLD,
    KSS_S_DUE_COLD,
    KSS_S_PATH,
    KSS_S_OBSERVER_COLD,
    KSS_S_COUNT
};

struct kss_section_entry {
    uint32_t offset, used, capacity; // bytes; offset from the block's start, 16-aligned
};

struct kss_block {
    uint32_t size; // bytes of the whole block
    uint32_t reserved;
    struct kss_section_entry sections[KSS_S_COUNT];
};

// ---- hot records --------------------------------------------------------------------------------

struct kss_cpu {
    uint16_t thread; // running thread, KSS_NONE: idle
    uint16_t stack;  // stack that executes now (thread's, segment, DPC, ISR)
    uint16_t dpc_stack, isr_stack;
    uint8_t irql;
    uint8_t in_dpc;     // a DPC routine runs
    uint8_t interrupts; // ISRs nested
    uint8_t pad2;
    uint16_t locks_held; // spin locks the code at work has acquired and not released
    uint16_t pad;
};

enum kss_thread_state {
    KSS_T_FREE,
    KSS_T_READY,
    KSS_T_RUNNING,
    KSS_T_WAITING,
    KSS_T_ENDED,
    KSS_T_HELD // starts when the loader has ended
};
enum {
    KSS_TF_SYSTEM = 1,
    KSS_TF_GUI = 2,
    KSS_TF_SWAP_ENABLED = 4,
    KSS_TF_ALERTED_KERNEL = 8,
    KSS_TF_ALERTED_USER = 16,
    KSS_TF_TERMINATING = 32,
    KSS_TF_USER_APC = 64,
    KSS_TF_WAIT_NEXT = 128 /* KeSetEvent(.., TRUE): the next call must be a wait */
};

struct kss_thread {
    uint8_t state; // enum kss_thread_state
    int8_t priority;
    uint16_t flags;    // KSS_TF_*
    uint8_t wait_mode; // 0 KernelMode, 1 UserMode
    uint8_t wait_reason;
    uint8_t wait_alertable;
    uint8_t wait_all;  // every object of the wait must be signalled
    uint8_t wait_irql; // IRQL to return at
    uint8_t out;       // stack is out-swapped
    uint8_t in_apc;    // 1: runs a normal kernel APC's routine
    uint8_t pad;
    uint16_t stack; // the segment in use: its top frame is where the thread goes on
    uint16_t first_stack;
    uint16_t wait_blocks; // first wait block of the current wait
    uint16_t cpu;
    uint16_t locks_held; // spin locks, while it does not run
    uint16_t waiting_on; // object of the first wait block, for reports
    int16_t kernel_apc_disable, special_apc_disable;
    int16_t apc_at_start; // kernel_apc_disable when it began
    uint16_t mutexes;     // that it owns
    int32_t wait_status;
    uint32_t process; // hash of its process's name, 0: the System process
    uint32_t body;    // driver routine of its body (code index)
    uint32_t exit_status;
};
_Static_assert(sizeof(struct kss_thread) == 48, "same on every target");

enum kss_stack_kind {
    KSS_STACK_FREE,
    KSS_STACK_THREAD,
    KSS_STACK_DPC,
    KSS_STACK_ISR,
    KSS_STACK_CALLOUT,
    KSS_STACK_DOUBLE_FAULT
};

struct kss_stack {
    kss_addr base;       // exclusive high end
    uint32_t size;       // Base - Limit now (a large stack grows)
    uint32_t reserved;   // most it may grow to
    uint32_t depth;      // Base - SP
    uint32_t top;        // run offset of the top frame's header, KSS_NO_FRAME: none
    uint32_t run_offset; // where the run is in BYTES
    uint32_t run_used, run_capacity;
    uint16_t thread;  // owner, KSS_NONE: a processor's
    uint16_t below;   // segment that was in use before this one
    uint16_t objects; // live kernel objects whose memory is on it
    uint8_t kind;
    uint8_t pad[5];
};
_Static_assert(sizeof(struct kss_stack) == 48, "same on every target");
enum { KSS_NO_FRAME = 0xFFFFFFFF };

// Who entered a frame. Everything but CALL is entered by the environment or by an NT routine: its
// return goes to the kernel, and its guard word is compared.
enum kss_entry {
    KSS_ENTRY_CALL,
    KSS_ENTRY_THREAD,
    KSS_ENTRY_DPC,
    KSS_ENTRY_ISR,
    KSS_ENTRY_DISPATCH,   // a dispatch routine, AddDevice or StartIo, called by an NT routine
    KSS_ENTRY_COMPLETION, // an IoCompletion routine
    KSS_ENTRY_CANCEL,     // a Cancel routine
    KSS_ENTRY_APC,        // an APC's kernel or normal routine, on top of what its thread does
    KSS_ENTRY_WORK,       // a work item's routine, on a worker thread's stack
    KSS_ENTRY_CALLBACK,   // any other routine an NT routine calls; its value is a pointer wide
    KSS_ENTRY_FILTER,     // an exception filter; cause: run offset of its routine's frame
    KSS_ENTRY_FINALLY,    // a __finally block while the stack is unwound; cause as above
    KSS_ENTRY_CALLOUT,    // the last of the driver routines
    KSS_ENTRY_NT /* a suspended NT routine */,
    KSS_ENTRY_TRAP /* an interrupt frame on the interrupted stack */,
    KSS_ENTRY_EXCEPTION /* the dispatch of an exception, on top of the frame that raised it */
};

struct kss_frame {
    uint32_t previous;   // run offset of the frame below on this stack, KSS_NO_FRAME: first
    uint32_t routine;    // code index of a driver routine; row of kss_routines for KSS_ENTRY_NT
    uint32_t pc;         // where the frame goes on (processor's business)
    uint32_t depth;      // Base - SP while this frame runs
    uint32_t bytes;      // what it cost: depth - depth of the frame below
    uint16_t dest;       // processor: where the result of the call it waits for goes
    uint8_t entry;       // enum kss_entry
    uint8_t flags;       // processor: e.g. awaiting a value
    uint64_t guard;      // kss_guard() at entry; env entries only
    uint16_t from_stack; // env entries: stack that was executing before
    uint8_t from_irql;
    uint8_t extra;  // kernel: KSS_FRAME_FRESH; above it the locks held by the interrupted code
    uint32_t cause; // env entries: object number in events, 0: none
};
enum { KSS_FRAME_FRESH = 1 /* pushed, not started */, KSS_FRAME_LOCKS = 1 /* shift */ };
_Static_assert(sizeof(struct kss_frame) == 40, "same on every target");

enum kss_region_kind {
    KSS_REGION_FREE,
    KSS_REGION_NONPAGED,
    KSS_REGION_PAGED,
    KSS_REGION_IMAGE,
    KSS_REGION_IMAGE_PAGED,
    KSS_REGION_USER,
    KSS_REGION_FREED
};

struct kss_region { // sorted by address; not index-stable
    kss_addr address;
    uint32_t size;
    uint32_t bytes; // offset in BYTES; unused when FREED
    uint32_t tag;
    uint8_t kind;
    uint8_t out;      // trimmed: not resident
    uint16_t objects; // live kernel objects inside
    uint32_t number;  // of the allocation, from 1; of the global; of nt's blocks within their kind
    uint32_t nt;      // enum kss_nt_block
};

// What nt has allocated for itself. Such blocks are numbered apart from the drivers' own.
enum kss_nt_block {
    KSS_NTB_NONE, // a driver's block
    KSS_NTB_IRP,  // tag: its object number
    KSS_NTB_DRIVER,
    KSS_NTB_DEVICE,
    KSS_NTB_FILE,
    KSS_NTB_BUFFER, // system buffer or MDL of a request
    KSS_NTB_LINK,   // a symbolic link
    KSS_NTB_LOCK,   // the cancel spin lock
    KSS_NTB_COUNT
};

enum kss_object_kind {
    KSS_O_FREE,
    // initialised by drivers
    KSS_O_EVENT,
    KSS_O_TIMER,
    KSS_O_DPC,
    KSS_O_SPINLOCK,
    KSS_O_SEMAPHORE,
    KSS_O_MUTEX,
    KSS_O_APC,
    KSS_O_FAST_MUTEX,
    KSS_O_GUARDED_MUTEX,
    KSS_O_RESOURCE,
    KSS_O_LOCK_HANDLE, // a KLOCK_QUEUE_HANDLE, while it is in a queue
    KSS_O_WORK_ITEM,   // a WORK_QUEUE_ITEM
    // made by nt
    KSS_O_THREAD,
    KSS_O_DRIVER,
    KSS_O_DEVICE,
    KSS_O_FILE,
    KSS_O_IRP,
    KSS_O_STATUS_BLOCK, // on a stack, while an IRP that is to write it is under way
    KSS_O_MDL,
    KSS_O_IO_WORK_ITEM // an IO_WORKITEM
};

// What has become of an IRP: kss_object.irql.
enum {
    KSS_IRP_THREADED = 1,   // of the thread in Tail.Overlay.Thread: the I/O manager finishes it
    KSS_IRP_SENT = 2,       // a driver has been called with it
    KSS_IRP_PENDING = 4,    // marked pending in some stack location
    KSS_IRP_STOPPED = 8,    // a completion routine stopped its completion and owns it
    KSS_IRP_COMPLETED = 16, // every completion routine has run
    KSS_IRP_APC = 32,       // its second stage waits for the thread
    KSS_IRP_CANCELLED = 64, // IoCancelIrp was called
    KSS_IRP_RESENT = 128,   // sent again before the dispatch routine it went to first returned
    KSS_IRP_RELEASED = 256  // IoFreeIrp or the I/O manager is freeing it
};
enum {
    KSS_OF_SYNCHRONIZATION = 1,
    KSS_OF_QUEUED = 2 /* timer or DPC queue */,
    KSS_OF_ANONYMOUS = 4 /* a DPC of the environment, no memory */,
    KSS_OF_DEAD = 8,
    KSS_OF_ASSUMED = 16 /* left-out code signalled it */
};

// A KSS_O_IRP keeps what its memory does not say:
//   irql               KSS_IRP_*                    routine   dispatch routine it went to last
//   period             dispatch routines at work; number of its UserEvent in the upper half
//   signal             number of its status block, 0: not on a stack
//   arguments, context, dpc   bit L - 1 for stack location L, up to 64: dispatch returned; it
//                      returned STATUS_PENDING; completion has passed; was marked pending then
// A KSS_O_FILE: signal is its handle, period its references, context its device, routine the thread
// that a handle of kss_handle_of_device stands for. A KSS_O_DEVICE: signal is its number, routine its
// driver's index, irql 1 when it is deleted and still open. A KSS_O_DRIVER: signal is its index.
struct kss_object {
    kss_addr address;
    uint8_t kind, flags;
    uint16_t stack;        // stack it lies on, KSS_NONE
    int32_t signal;        // dispatcher objects: signal state; spin lock: owner cpu + 1
    uint16_t waiters;      // first wait block queued, chained by wait.next
    uint16_t irql;         // spin lock: IRQL before the acquisition
    uint32_t routine;      // DPC: code index
    kss_addr context;      // DPC: DeferredContext
    kss_addr arguments[2]; // DPC: SystemArgument1, 2
    kss_addr dpc;          // timer: address of its KDPC, 0: none
    uint64_t period;       // timer: 100 ns, 0: one-shot
};

struct kss_wait { // a wait block
    uint16_t object, thread;
    uint16_t next; // in the object's list (FIFO)
    uint16_t next_of_thread;
    uint16_t key; // STATUS_WAIT_0 + key
    uint8_t kind; // 1 in use
    uint8_t pad;
};

enum kss_due_kind {
    KSS_DUE_TIMEOUT = 1,
    KSS_DUE_TIMER,
    KSS_DUE_OUTSWAP,
    KSS_DUE_DPC,
    KSS_DUE_INTERRUPT,
    KSS_DUE_SIGNAL,
    KSS_DUE_TERMINATE,
    KSS_DUE_ALERT,
    KSS_DUE_TRIM,
    KSS_DUE_STALL,
    KSS_DUE_TICK,
    KSS_DUE_APC,
    KSS_DUE_DMA
};
enum { KSS_ARGUMENTS = 8 };

struct kss_due {    // ordered: not index-stable, refer by (kind, target)
    uint64_t delta; // 100 ns after the entry before it (the first: after now)
    uint64_t range; // it may come this much later; a run takes 0, the explorer all orders
    uint64_t arguments[KSS_ARGUMENTS];
    uint32_t routine;
    uint16_t target; // thread or object
    uint8_t kind, irql, argument_count, pad[7];
};

// What waits for the IRQL to drop, in the order of arrival: queued DPCs (of KDPC objects and of the
// environment) and interrupts whose time has come.
struct kss_pending {
    uint64_t arguments[KSS_ARGUMENTS];
    uint32_t routine;
    uint16_t object; // KSS_DUE_DPC: the KDPC object, KSS_NONE: the environment's
    uint8_t cpu, pad;
    uint8_t kind, irql, argument_count, pad2;
    uint32_t place; // queued here
};

// Special kernel APCs, in the order of their queueing: each is the second stage of an IRP.
struct kss_apc {
    uint16_t thread, object; // object: the IRP
    uint32_t place;
};

struct kss_global {                                 // one record
    uint64_t tick_phase;                            // now modulo clock tick
    uint64_t swapper_phase;                         // now modulo swapper period
    uint64_t stack_next, nonpaged_next, paged_next; // next addresses
    uint64_t nonpaged_used, paged_used;
    uint64_t cancel_lock;              // address of the cancel spin lock, 0: not used yet
    uint32_t pool_blocks;              // handed out so far
    uint32_t nt_blocks[KSS_NTB_COUNT]; // the same of nt's own
    uint32_t irps;                     // objects of kind KSS_O_IRP that live
    uint16_t current_cpu;
    uint8_t stopped;   // enum kss_end
    uint8_t spins;     // turns given up to spinning since something happened
    uint8_t time_read; // driver code has read the time since the clock moved
    uint8_t holding;   // threads that are added are held
    uint16_t loader;   // thread whose end starts the held ones, + 1; 0: none
};

// ---- cold records -------------------------------------------------------------------------------

struct kss_clock { // one record
    uint64_t now;  // 100 ns since the run began
    uint64_t steps;
    uint64_t policies;      // bit per policy that decided something
    uint32_t sequence;      // of events
    uint32_t place;         // span of the statement at work
    uint32_t objects_named; // numbers handed out
    uint32_t pad;
    uint64_t tried_again; // hash of the hot state when a faulting instruction was tried again last
};

struct kss_thread_cold {
    uint64_t wait_began, out_since;
    uint32_t name; // string
    uint32_t wait_place, place;
    uint32_t swap_place; // of the last KeSetKernelStackSwapEnable
    uint32_t process_name;
    uint32_t pad;
};
_Static_assert(sizeof(struct kss_thread_cold) == 40, "same on every target");

struct kss_stack_cold {
    uint32_t deepest;                     // high-water mark of depth
    uint32_t path, path_count, path_room; // its path in section PATH, when captured
    uint32_t captured;                    // the depth the path belongs to
    uint32_t number;                      // id of its `stack` event
};

struct kss_object_cold {
    uint32_t number;      // id in events, from 1
    uint32_t name;        // string
    uint32_t place;       // initialised here
    uint32_t routine;     // initialised in
    uint32_t queue_place; // timer set, DPC queued, lock acquired
};

struct kss_due_cold { // parallel to DUE
    uint32_t place, serial;
};

struct kss_path_row {
    uint32_t routine, depth, bytes;
    uint8_t entry, origin;
    uint16_t pad;
};

// The same bytes on every target: sizes are asserted, padding is explicit.
_Static_assert(sizeof(struct kss_cpu) == 16 && sizeof(struct kss_region) == 32 &&
                   sizeof(struct kss_object) == 64 && sizeof(struct kss_wait) == 12 &&
                   sizeof(struct kss_due) == 96 && sizeof(struct kss_pending) == 80 &&
                   sizeof(struct kss_global) == 112 && sizeof(struct kss_apc) == 8 &&
                   sizeof(struct kss_clock) == 48 && sizeof(struct kss_stack_cold) == 24 &&
                   sizeof(struct kss_object_cold) == 20 && sizeof(struct kss_due_cold) == 8 &&
                   sizeof(struct kss_path_row) == 16,
               "same on every target");

#endif
