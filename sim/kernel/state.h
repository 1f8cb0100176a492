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
    KSS_S_WORK,
    KSS_S_HANDLE,
    KSS_S_READY,
    KSS_S_GLOBAL,
    KSS_S_RECORD,
    KSS_S_BYTES,
    KSS_S_VERIFIER,
    KSS_S_REGISTRY,
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
    KSS_S_UNLISTED, // calls per NT routine without a listed cost; empty: nt_costs is off
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
    // Time that has passed, 100 ns (check_watchdog in time.c):
    uint32_t routine_time;  // in the DPC or ISR at work
    uint32_t dispatch_time; // at DISPATCH_LEVEL or above, since it was last below meanwhile
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
    KSS_TF_WAIT_NEXT = 128,      /* KeSetEvent(.., TRUE): the next call must be a wait */
    KSS_TF_EXITING = 0x2000,     /* its frames are gone, requests of it are not */
    KSS_TF_APC_PENDING = 0x4000, /* user APCs run at the next return to user mode */
    KSS_TF_WAIT_TOLD = 0x8000    /* KSS_TF_WAIT_NEXT, and something else has come: said */
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
    uint8_t owned;     // fast and guarded mutexes and push locks that it owns
    uint8_t worker;    // nt's own: 1 + the work queue it serves, | KSS_WORKER_BUSY
    uint8_t pad;
    uint16_t stack; // the segment in use: its top frame is where the thread goes on
    uint16_t first_stack;
    uint16_t wait_blocks; // first wait block of the current wait
    uint16_t cpu;
    uint16_t locks_held; // spin locks, while it does not run
    uint16_t waiting_on; // object of the first wait block, for reports
    int16_t kernel_apc_disable, special_apc_disable;
    int16_t apc_at_start; // kernel_apc_disable when it began
    uint16_t mutexes;     // that it owns, mutants included
    int32_t wait_status;
    uint32_t process; // hash of its process's name, 0: the System process
    uint32_t body;    // driver routine of its body (code index)
    uint32_t exit_status;
};
_Static_assert(sizeof(struct kss_thread) == 52, "same on every target");
enum { KSS_WORKER_BUSY = 0x80 };

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
    uint8_t watched; // somebody knows physical addresses of it
    uint16_t moves;  // times its tradable pages changed their frames since
    uint8_t pad[2];
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
    uint16_t nt;      // enum kss_nt_block
    uint16_t moves;   // times its pages left memory, while somebody knows where they were
};

// What nt has allocated for itself. Such blocks are numbered apart from the drivers' own.
enum kss_nt_block {
    KSS_NTB_NONE, // a driver's block
    KSS_NTB_IRP,  // tag: its object number
    KSS_NTB_DRIVER,
    KSS_NTB_DEVICE,
    KSS_NTB_FILE,
    KSS_NTB_BUFFER, // system buffer of a request
    KSS_NTB_LINK,   // a symbolic link
    KSS_NTB_LOCK,   // the cancel spin lock
    KSS_NTB_SYSTEM, // what a driver has registered or made: a callback object, an interrupt
    KSS_NTB_MDL,
    KSS_NTB_MEMORY, // common buffers, contiguous memory, pages of MmAllocatePagesForMdl, I/O space
    KSS_NTB_WORK,   // a work item of nt's
    KSS_NTB_APC,    // what an APC's kernel routine may change
    KSS_NTB_EVENT,  // an event that has a handle
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
    KSS_O_RW_SPINLOCK, // an EX_SPIN_LOCK
    KSS_O_PUSH_LOCK,
    KSS_O_RUNDOWN,     // an EX_RUNDOWN_REF
    KSS_O_CSQ_CONTEXT, // an IO_CSQ_IRP_CONTEXT, while its IRP is queued
    // made by nt
    KSS_O_THREAD,
    KSS_O_DRIVER,
    KSS_O_DEVICE,
    KSS_O_FILE,
    KSS_O_IRP,
    KSS_O_STATUS_BLOCK, // on a stack, while an IRP that is to write it is under way
    KSS_O_MDL,
    KSS_O_IO_WORK_ITEM, // an IO_WORKITEM
    KSS_O_SECTION       // pageable code that is locked, by the address of a routine; no memory
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
// What an MDL describes: kss_object.irql.
enum {
    KSS_MDL_LOCKED = 1,   // its pages, by MmProbeAndLockPages or the I/O manager
    KSS_MDL_BUILT = 2,    // MmBuildMdlForNonPagedPool
    KSS_MDL_PARTIAL = 4,  // pages of another MDL
    KSS_MDL_PAGES = 8,    // of MmAllocatePagesForMdl
    KSS_MDL_REQUEST = 16, // the I/O manager made it
    KSS_MDL_LEFT = 32     // memory of its locked pages went
};
enum {
    KSS_OF_SYNCHRONIZATION = 1,
    KSS_OF_QUEUED = 2 /* timer or DPC queue */,
    KSS_OF_ANONYMOUS = 4 /* a DPC of the environment, no memory */,
    KSS_OF_DEAD = 8,
    KSS_OF_ASSUMED = 16,      /* left-out code signalled it */
    KSS_OF_ABANDONED = 32,    /* mutex: its owner ended; the next to acquire it is told */
    KSS_OF_APCS_ALLOWED = 64, /* mutex: of KeInitializeMutant, owning it is no critical region */
    KSS_OF_TOLD = 32,         /* a resource acquired with APCs enabled: said */
    KSS_OF_AT_DISPATCH = 128  /* mutex: acquired at DISPATCH_LEVEL */
};

// A KSS_O_IRP keeps what its memory does not say:
//   irql               KSS_IRP_*                    routine   dispatch routine it went to last
//   period             dispatch routines at work; number of its UserEvent in the upper half
//   signal             number of its status block, 0: not on a stack
//   arguments, context, dpc   bit L - 1 for stack location L, up to 64: dispatch returned; it
//                      returned STATUS_PENDING; completion has passed; was marked pending then
// A KSS_O_MDL: irql is KSS_MDL_*, routine who took its frames down, context and period the address and bytes of the pages it describes
// now, arguments[0] how often they had moved when their frames were taken down, arguments[1] the
// address it maps them at, where that is another.
// Locks:
//   spin lock          signal: owner's cpu + 1; irql: before the acquisition; context: thread + 1 of
//                      the owner; period: enum kss_lock_manner; arguments[0]: its queue handle
//   reader/writer      signal: readers, -1: a writer; context: first owner + 1, as below, a cpu
//   fast, guarded      signal: owner's thread + 1; irql: before the acquisition
//   resource, push     signal: 1 shared, -1 exclusive, 0 free; context: first owner + 1, a record of
//                      section WAIT (lock.h); a waiter's wait block has in key what it wants
//   queue handle       signal: 1; context: address of the lock
//   rundown            signal: 1 from the beginning of the wait for its release
// A KSS_O_CSQ_CONTEXT: signal is 1, context the IRP.
//
// A KSS_O_FILE: period is its references, context its device, routine the thread
// that a handle of kss_handle_of_device stands for. A KSS_O_DEVICE: signal is its number, routine its
// driver's index, irql 1 when it is deleted and still open. A KSS_O_DRIVER: signal is its index.
// A KSS_O_SEMAPHORE: signal is its count, period its limit. A KSS_O_MUTEX: context is its owner's
// index + 1, 0: nobody; signal is 1 when it is free, and 1 less for each acquisition. A KSS_O_DPC: irql
// is its importance, period its target processor + 1.
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
    kss_addr dpc;    // timer: address of its KDPC, 0: none; a DPC of nt's own: its first argument
    uint64_t period; // timer: 100 ns, 0: one-shot; DPC: target processor + 1, 0: any
};

// What still uses an object: `used_by` of `object.dies`.
enum {
    KSS_USE_WAIT = 1,
    KSS_USE_TIMER_QUEUE = 2,
    KSS_USE_DPC_QUEUE = 4,
    KSS_USE_LOCK = 8,
    KSS_USE_IRP = 16,
    KSS_USE_DMA = 32,
    KSS_USE_WORK_QUEUE = 64,
    KSS_USE_APC_QUEUE = 128,
    KSS_USE_SYSTEM_LIST = 256
};

struct kss_wait { // a wait block
    uint16_t object,
        thread;    // object KSS_NONE: it was initialised anew and has forgotten its waiters
    uint16_t next; // in the object's list (FIFO)
    uint16_t next_of_thread;
    uint16_t key; // STATUS_WAIT_0 + key
    uint8_t kind; // 1 in use; lock.h has more
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
enum { KSS_DMA_WRITE = 1, KSS_DMA_BY_MDL = 2 }; // kss_due.irql of a KSS_DUE_DMA
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

// APCs, in the order of their queueing; a thread's special kernel APCs come before its others.
enum kss_apc_kind {
    KSS_APC_IRP, // special: the second stage of an IRP
    KSS_APC_SPECIAL,
    KSS_APC_KERNEL, // normal
    KSS_APC_USER
};
struct kss_apc {
    uint64_t arguments[KSS_ARGUMENTS]; // the environment's: of its routine
    uint32_t routine;                  // the environment's, KSS_NO_FRAME: the KAPC's
    uint32_t place;
    uint16_t thread, object; // object: the IRP or the KAPC, KSS_NONE: the environment's
    uint8_t kind, argument_count, pad[2];
};

// Work for nt's worker threads, in the order of its queueing.
enum { KSS_WORK_OVERFLOW = 64, KSS_WORK_PAGING_OVERFLOW = 65 }; // queues behind WORK_QUEUE_TYPE's
struct kss_work {
    uint64_t arguments[3];
    kss_addr device; // referenced while it is queued and runs, 0: none
    kss_addr block;  // nt's own memory for it, 0: none
    uint32_t routine, place;
    uint16_t object; // WORK_QUEUE_ITEM or IO_WORKITEM, KSS_NONE: none any more
    uint8_t queue, count;
    uint32_t pad;
};

// Slot n is handle 4 * (n + 1).
enum kss_handle_kind { KSS_HANDLE_FREE, KSS_HANDLE_THREAD, KSS_HANDLE_FILE, KSS_HANDLE_EVENT };
struct kss_handle {
    uint16_t kind, target; // thread, or object
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

// What a driver has told the executive and other routines ask for later (serve.h): registered callbacks
// and notifications, top-level IRPs, connected interrupts. In the order of their making.
struct kss_record {
    uint16_t kind; // enum kss_record_kind
    uint16_t flags;
    uint32_t routine; // code index, KSS_NO_FRAME: none
    uint64_t words[5];
};

// What Driver Verifier remembers of locks (verifier.c), in the order of acquisition.
struct kss_verified {
    kss_addr lock;
    kss_addr other; // held: its lock queue handle, or 0; a pair: the lock acquired under it
    kss_addr guard; // a pair: the outermost lock that was always held meanwhile, 0: none
    uint32_t holder;
    uint8_t kind, lock_kind;
    uint16_t seen; // while circles are looked for
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
_Static_assert(sizeof(struct kss_cpu) == 24 && sizeof(struct kss_verified) == 32 &&
                   sizeof(struct kss_region) == 32 && sizeof(struct kss_object) == 64 &&
                   sizeof(struct kss_wait) == 12 && sizeof(struct kss_due) == 96 &&
                   sizeof(struct kss_pending) == 80 && sizeof(struct kss_global) == 136 &&
                   sizeof(struct kss_record) == 48 && sizeof(struct kss_apc) == 80 &&
                   sizeof(struct kss_work) == 56 && sizeof(struct kss_handle) == 4 &&
                   sizeof(struct kss_clock) == 48 && sizeof(struct kss_stack_cold) == 24 &&
                   sizeof(struct kss_object_cold) == 20 && sizeof(struct kss_due_cold) == 8 &&
                   sizeof(struct kss_path_row) == 16,
               "same on every target");

#endif
