// SPDX-License-Identifier: MIT
// Inside the kernel: the machine, its sections and what the kernel's files offer each other. Only
// files of this folder include it (and fast.h, for processors).
#ifndef KSS_KERNEL_MACHINE_H
#define KSS_KERNEL_MACHINE_H

#include "kernel/kernel.h"
#include "nt/layout.h"
#include "nt/status.h"

#include <string.h>

enum { KSS_OBJECT_CACHE = 64, KSS_HOST_ROWS = 512 /* of a host stack that are looked at */ };

// Where things are: the areas in the order of their addresses.
struct kss_areas {
    kss_addr user_top, nonpaged, stacks, paged, code, end;
    kss_addr threads; // KTHREADs; not an area that somebody hands out of
};

struct kss_verifier;

struct kss_machine {
    struct kss_block *block; // the state
    struct kss_config config;
    const struct kss_image *image;
    struct kss_port port;
    uint64_t wants[(KSS_EV_COUNT + 63) / 64];
    kss_addr *global_addresses;
    struct kss_areas layout;
    const struct kss_space *space; // port.space
    kss_addr fault_pc;             // natively, while a host fault is looked at
    uint64_t horizon;
    bool has_horizon, hold_pending;
    struct kss_text scratch;
    uint32_t at_work;              // the NT routine whose step runs, KSS_NT_COUNT: none
    struct kss_verifier *verifier; // NULL: off
    uint16_t *costs;               // bytes per NT routine, 0: not listed; NULL: not counted
    // Accelerators: may be stale, are checked on use, never decide anything.
    uint16_t object_cache[KSS_OBJECT_CACHE];
    uint16_t stack_cache;
};

// ---- Sections (block.c) -------------------------------------------------------------------------
static inline void *kss_section(const struct kss_machine *m, enum kss_section section) {
    return (char *)m->block + m->block->sections[section].offset;
}
static inline uint32_t kss_section_used(const struct kss_machine *m, enum kss_section section) {
    return m->block->sections[section].used;
}

#define KSS_ACCESS(name, type, section)                                                            \
    static inline struct type *name(const struct kss_machine *m, uint32_t index) {                 \
        return (struct type *)kss_section(m, section) + index;                                     \
    }                                                                                              \
    static inline uint32_t name##_count(const struct kss_machine *m) {                             \
        return kss_section_used(m, section) / (uint32_t)sizeof(struct type);                       \
    }
KSS_ACCESS(kss_cpu_at, kss_cpu, KSS_S_CPU)
KSS_ACCESS(kss_thread_at, kss_thread, KSS_S_THREAD)
KSS_ACCESS(kss_stack_at, kss_stack, KSS_S_STACK)
KSS_ACCESS(kss_region_at, kss_region, KSS_S_REGION)
KSS_ACCESS(kss_object_ref, kss_object, KSS_S_OBJECT)
KSS_ACCESS(kss_wait_at, kss_wait, KSS_S_WAIT)
KSS_ACCESS(kss_due_at, kss_due, KSS_S_DUE)
KSS_ACCESS(kss_pending_at, kss_pending, KSS_S_PENDING)
KSS_ACCESS(kss_apc_at, kss_apc, KSS_S_APC)
KSS_ACCESS(kss_record_at, kss_record, KSS_S_RECORD)
KSS_ACCESS(kss_work_at, kss_work, KSS_S_WORK)
KSS_ACCESS(kss_handle_at, kss_handle, KSS_S_HANDLE)
KSS_ACCESS(kss_thread_cold_at, kss_thread_cold, KSS_S_THREAD_COLD)
KSS_ACCESS(kss_stack_cold_at, kss_stack_cold, KSS_S_STACK_COLD)
KSS_ACCESS(kss_object_cold_at, kss_object_cold, KSS_S_OBJECT_COLD)
KSS_ACCESS(kss_due_cold_at, kss_due_cold, KSS_S_DUE_COLD)
KSS_ACCESS(kss_path_at, kss_path_row, KSS_S_PATH)

static inline struct kss_global *kss_globals(const struct kss_machine *m) {
    return kss_section(m, KSS_S_GLOBAL);
}
static inline struct kss_clock *kss_clock(const struct kss_machine *m) {
    return kss_section(m, KSS_S_CLOCK);
}
static inline struct kss_cpu *kss_cpu(const struct kss_machine *m) {
    return kss_cpu_at(m, kss_globals(m)->current_cpu);
}
static inline uint8_t *kss_bytes(const struct kss_machine *m) {
    return kss_section(m, KSS_S_BYTES);
}

bool kss_block_new(struct kss_machine *m);
// Puts the block elsewhere: what any growth may do. For builds that hunt stale pointers.
void kss_block_move(struct kss_machine *m);
// Appends [size] zeroed bytes to a section; returns their offset in the section. May move the
// block.
uint32_t kss_section_append(struct kss_machine *m, enum kss_section section, uint32_t size);
// Opens or closes a gap of [size] bytes at [offset].
void kss_section_insert(struct kss_machine *m, enum kss_section section, uint32_t offset,
                        uint32_t size);
void kss_section_remove(struct kss_machine *m, enum kss_section section, uint32_t offset,
                        uint32_t size);

// Chunks of BYTES: stack runs and region contents. Allocating may move the block; freeing compacts.
uint32_t kss_bytes_alloc(struct kss_machine *m, uint32_t size);
void kss_bytes_free(struct kss_machine *m, uint32_t offset, uint32_t size);

// ---- Outcomes -----------------------------------------------------------------------------------
enum { KSS_OUT_SPIN = 100 }; // inside the kernel: the processor cannot go on now, but stays busy
static inline struct kss_outcome kss_return(uint64_t value) {
    return (struct kss_outcome){KSS_OUT_RETURN, value};
}
static inline struct kss_outcome kss_outcome(unsigned kind, uint64_t value) {
    return (struct kss_outcome){(enum kss_outcome_kind)kind, value};
}
static inline struct kss_outcome kss_stopped(void) {
    return (struct kss_outcome){KSS_OUT_STOP, 0};
}
#define KSS_TRY(expression)                                                                        \
    do {                                                                                           \
        struct kss_outcome try_ = (expression);                                                    \
        if (try_.kind != KSS_OUT_RETURN)                                                           \
            return try_;                                                                           \
    } while (0)

// For results of kss_object_use: a dead object has been reported, the routine does nothing.
#define KSS_USE(expression)                                                                        \
    do {                                                                                           \
        struct kss_outcome use_ = (expression);                                                    \
        if (use_.kind == (enum kss_outcome_kind)KSS_OUT_SPIN)                                      \
            return kss_return(0);                                                                  \
        if (use_.kind != KSS_OUT_RETURN)                                                           \
            return use_;                                                                           \
    } while (0)

// ---- NT routines at work ------------------------------------------------------------------------
// The frame record of an NT routine: what it needs to go on at its next step. While it is suspended
// it lies in the run of the stack it was called on, behind a KSS_ENTRY_NT frame.
struct kss_call {
    uint64_t arguments[KSS_PARAMETERS];
    uint64_t local[6];
    uint64_t result;                  // what the driver routine it called returned
    uint64_t out[KSS_CALL_ARGUMENTS]; // arguments of the driver routine it calls
    uint64_t time_left,
        wait_began;   // of a wait that an APC interrupts; time_left: 0 without timeout
    uint32_t routine; // enum kss_routine_id
    uint32_t place;
    uint8_t step, count, out_count;
    uint8_t pad;
    uint32_t back; // where the driver routine it called returned
    // The wait it is in or was in last: an APC routine that runs before it goes on may wait itself.
    uint32_t wait_status;  // how it ended
    uint32_t wait_number;  // object number of what ended it, else of its first object
    kss_addr wait_address; // the object; of several: the array of pointers to them
    uint8_t wait_count, wait_all, wait_mode, wait_reason;
    uint8_t wait_alertable, wait_interrupted; // interrupted: by an APC, it goes on
    uint8_t pad2[2];
};
typedef struct kss_outcome kss_step(struct kss_machine *m, struct kss_call *call);
#define ROUTINE(name, ...) kss_step kss_nt_##name;
#include "nt/routines.def"
#undef ROUTINE
// An NT routine that is one expression of m and call.
#define KSS_NT_IS(name, outcome)                                                                   \
    struct kss_outcome kss_nt_##name(struct kss_machine *m, struct kss_call *call) {               \
        return outcome;                                                                            \
    }

// Suspends the routine: it goes on with [step] when its thread runs again. Returns TURN.
struct kss_outcome kss_suspend(struct kss_machine *m, struct kss_call *call, uint8_t step);

// ---- What nt's own routines take (nt_cost.c) -----------------------------------------------------
void kss_nt_costs_start(struct kss_machine *m);
void kss_nt_costs_end(struct kss_machine *m);
void kss_nt_costs_finish(struct kss_machine *m); // says which calls were not counted
// Listed bytes of the routine, 0: none, or they are not counted.
uint32_t kss_nt_cost(const struct kss_machine *m, uint32_t routine);
// A call of the routine begins; false: its bytes overflow the stack. Only when m->costs.
bool kss_nt_cost_begin(struct kss_machine *m, uint32_t routine);

// ---- Calling driver code (call.c) ---------------------------------------------------------------
// The routine at work calls a driver routine with the first [count] of call->out, on this stack, and
// goes on with [step] when it has returned; its value is then in call->result. Returns TURN.
struct kss_outcome kss_call_driver(struct kss_machine *m, struct kss_call *call, uint8_t step,
                                   uint32_t routine, unsigned count, enum kss_entry entry);
// The same for a routine whose frame has been pushed by hand on another stack.
void kss_call_fresh(struct kss_machine *m, uint16_t from, uint64_t guard);
void kss_start_fresh(struct kss_machine *m, struct kss_turn *turn);
// A driver routine that an NT routine called returned [value]; its frame is popped.
void kss_call_returned(struct kss_machine *m, const struct kss_frame *frame, uint64_t value);
// What a thread that begins with a call has to do; false: it has a body.
bool kss_start_call(struct kss_machine *m, struct kss_turn *turn);

// ---- Memory (memory.c) --------------------------------------------------------------------------
uint64_t kss_load(struct kss_machine *m, kss_addr address, unsigned size, enum kss_who who,
                  struct kss_outcome *outcome);
struct kss_outcome kss_store(struct kss_machine *m, kss_addr address, unsigned size, uint64_t value,
                             enum kss_who who);
// The same in a routine that ends with the first outcome that is no value.
#define KSS_LOAD(to, address, size)                                                                \
    do {                                                                                           \
        struct kss_outcome load_;                                                                  \
        (to) = kss_load(m, (address), (size), KSS_WHO_DRIVER, &load_);                             \
        KSS_TRY(load_);                                                                            \
    } while (0)
#define KSS_STORE(address, size, value)                                                            \
    KSS_TRY(kss_store(m, (address), (size), (uint64_t)(value), KSS_WHO_DRIVER))
// Writes without any check; for mirroring object fields into memory that was just checked.
void kss_poke(struct kss_machine *m, kss_addr address, unsigned size, uint64_t value);
uint64_t kss_peek(struct kss_machine *m, kss_addr address, unsigned size);
// A dispatcher routine works on an object at DISPATCH_LEVEL: its memory must be there.
struct kss_outcome kss_touch_object(struct kss_machine *m, kss_addr address, uint32_t size,
                                    bool write);
uint32_t kss_region_after(const struct kss_machine *m, kss_addr address); // first above [address]
uint32_t kss_region_find(const struct kss_machine *m, kss_addr address);  // KSS_NO_FRAME: none
struct kss_region *kss_region_add(struct kss_machine *m, kss_addr address, uint32_t size,
                                  enum kss_region_kind kind);
void kss_memory_init(struct kss_machine *m);
enum kss_area { KSS_AREA_NONPAGED, KSS_AREA_PAGED, KSS_AREA_STACKS };
kss_addr kss_area(const struct kss_machine *m, enum kss_area area, kss_addr *end);
// The page a dispatcher routine needs at [address] is out: 0xA.
struct kss_outcome kss_fault_out(struct kss_machine *m, kss_addr address, bool write);
void kss_trim(struct kss_machine *m);
// Natively: where the bytes at an address of the areas are always accessible.
static inline uint8_t *kss_host_bytes(const struct kss_machine *m, kss_addr address) {
    return (uint8_t *)(uintptr_t)address + m->space->alias;
}
static inline bool kss_wide(const struct kss_machine *m) {
    return m->config.profile.pointer_size == 8;
}
static inline unsigned kss_pointer(const struct kss_machine *m) {
    return m->config.profile.pointer_size;
}

// The stacks of [thread] (KSS_NONE: all) may have traded their pages for others (page.c).
void kss_pages_move(struct kss_machine *m, uint16_t thread);
// Memory [low, high) goes: a frame of [routine] returned, or a block was freed. Says which locked
// pages are in it.
void kss_locked_pages_die(struct kss_machine *m, kss_addr low, kss_addr high, uint32_t routine);

// ---- Stacks (stack.c) ---------------------------------------------------------------------------
uint16_t kss_stack_new(struct kss_machine *m, enum kss_stack_kind kind, uint32_t size,
                       uint16_t thread, uint32_t depth);
// The same of which [size] bytes are committed now, inside a reservation.
uint16_t kss_stack_new_large(struct kss_machine *m, enum kss_stack_kind kind, uint32_t size,
                             uint32_t reserved, uint16_t thread, uint32_t depth);
// Commits the stack down to [depth], when its reservation holds that; StackLimit moves. May allocate.
bool kss_stack_grow(struct kss_machine *m, uint16_t stack, uint64_t depth);
// The most bytes it may have: the reservation of a GUI thread's stack, else what it has.
uint32_t kss_stack_most(const struct kss_machine *m, const struct kss_stack *stack);
void kss_stack_release(struct kss_machine *m, uint16_t stack);
static inline struct kss_frame *kss_frame_at(const struct kss_machine *m,
                                             const struct kss_stack *stack, uint32_t offset) {
    return (struct kss_frame *)(void *)(kss_bytes(m) + stack->run_offset + offset);
}
struct kss_frame *kss_stack_top(const struct kss_machine *m, const struct kss_stack *stack);
void kss_capture_path(struct kss_machine *m, uint16_t stack);
// Drops every frame of a stack without its returning (thread exit).
void kss_stack_clear(struct kss_machine *m, uint16_t stack);
uint64_t kss_guard(const struct kss_machine *m);

// ---- Objects (object.c) -------------------------------------------------------------------------
// Initialises an object; fields in memory are the caller's to mirror. Returns its index.
uint16_t kss_object_init(struct kss_machine *m, kss_addr address, enum kss_object_kind kind,
                         unsigned flags, int32_t signal);
// The object a routine works on, of [kind]; when there is none, says so by event and initialises it
// not signalled so that the run can go on. Touches its memory. Returns by *index.
struct kss_outcome kss_object_use(struct kss_machine *m, struct kss_call *call, kss_addr address,
                                  enum kss_object_kind kind, bool write, uint16_t *index);
void kss_object_free(struct kss_machine *m, uint16_t index);
// The dispatcher object of a thread: signalled when it has ended. Its memory is nt's.
uint16_t kss_thread_object(struct kss_machine *m, uint16_t thread);
// Objects in [low, high) die; routine: whose frame returned, KSS_NO_FRAME: memory freed.
void kss_objects_die(struct kss_machine *m, kss_addr low, kss_addr high, uint32_t routine,
                     bool tombstone);
void kss_object_signal_state(struct kss_machine *m, uint16_t index, int32_t signal);
// Objects with a dispatcher header, that threads wait for.
static inline bool kss_is_dispatcher(unsigned kind) {
    return kind == KSS_O_EVENT || kind == KSS_O_TIMER || kind == KSS_O_SEMAPHORE ||
           kind == KSS_O_MUTEX || kind == KSS_O_THREAD;
}
// Its header in driver memory: [type] is a number of the public enumeration of object types.
void kss_dispatcher_header(struct kss_machine *m, kss_addr address, unsigned type, unsigned size,
                           int32_t signal);
// Says that [address] holds no object of the kind the routine at work wants.
void kss_object_unknown(struct kss_machine *m, const struct kss_call *call, kss_addr address);
uint32_t kss_object_number(const struct kss_machine *m, uint16_t index);
uint32_t kss_object_size(const struct kss_machine *m, enum kss_object_kind kind);

// ---- Time (time.c) ------------------------------------------------------------------------------
void kss_due_insert(struct kss_machine *m, const struct kss_due *due, uint64_t after,
                    uint32_t place);
bool kss_due_cancel(struct kss_machine *m, enum kss_due_kind kind, uint16_t target);
bool kss_due_exists(const struct kss_machine *m, enum kss_due_kind kind, uint16_t target);
// Moves time to the next due entry and lets it happen; false: nothing is due.
bool kss_advance(struct kss_machine *m);
bool kss_due_before(const struct kss_machine *m, uint64_t time); // or at that time
void kss_move_to(struct kss_machine *m, uint64_t time);          // nothing is due before
// 100 ns from now to the first clock tick at or after [after] from now.
uint64_t kss_until_tick(const struct kss_machine *m, uint64_t after);
uint64_t kss_system_time(const struct kss_machine *m);
// A documented timeout value: negative relative, positive absolute (100 ns since 1601), as a
// distance from now; *absolute says which. Emits nothing.
uint64_t kss_timeout(const struct kss_machine *m, int64_t value, bool *absolute);

// ---- Threads, waits, swapper --------------------------------------------------------------------
enum kss_park { KSS_PARK_AGAIN, KSS_PARK_EXIT, KSS_PARK_WORK }; // words of `thread.park`
// A thread's counts of disabled APCs, changed by an owned mutex or as it is made.
void kss_count_apcs(struct kss_machine *m, uint16_t thread, int kernel, int special);
void kss_apcs_off_at_start(struct kss_machine *m, uint16_t thread);
void kss_make_ready(struct kss_machine *m, uint16_t thread, bool front);
void kss_leave_thread(struct kss_machine *m, bool front);       // the running thread becomes ready
void kss_thread_exit(struct kss_machine *m, uint32_t status);   // its checks, then its end
void kss_thread_gone(struct kss_machine *m, uint32_t status);   // without checks
bool kss_exit_has_work(struct kss_machine *m, uint16_t thread); // thread_exit.c
void kss_exit_begin(struct kss_machine *m, uint32_t status);
struct kss_outcome kss_exit_step(struct kss_machine *m, struct kss_call *call);
void kss_return_to_user(struct kss_machine *m);
// Whether a scenario's user thread declares that memory in its own body: its program's.
bool kss_in_a_program(const struct kss_machine *m, kss_addr address, uint64_t length);
// Blocks the running thread in [call] on [object] (KSS_NONE: a delay).
struct kss_outcome kss_block_thread(struct kss_machine *m, struct kss_call *call, uint16_t object,
                                    unsigned mode, bool alertable, unsigned reason, bool timed,
                                    uint64_t timeout, uint8_t step);
// nt waits for its own purposes, without a timeout: RETURN (the object was signalled) or it blocks
// and goes on with [step], where kss_wait_over says RETURN status or blocks again.
struct kss_outcome kss_wait_in(struct kss_machine *m, struct kss_call *call, kss_addr object,
                               unsigned mode, uint8_t step);
struct kss_outcome kss_wait_over(struct kss_machine *m, struct kss_call *call);
// A special kernel APC interrupts the thread's wait, which then goes on.
void kss_wait_interrupt(struct kss_machine *m, uint16_t thread);
void kss_unwait(struct kss_machine *m, uint16_t thread, uint32_t status);
// Releases what [object]'s signal state satisfies; returns how many waits ended.
unsigned kss_satisfy(struct kss_machine *m, uint16_t object);
void kss_alert(struct kss_machine *m, uint16_t thread);
void kss_terminate(struct kss_machine *m, uint16_t thread);
void kss_swap_wait_began(struct kss_machine *m, uint16_t thread);
void kss_swap_look(struct kss_machine *m, uint16_t thread);
void kss_inswap(struct kss_machine *m, uint16_t thread);
// Whether APCs that end waits get through to the thread at [irql].
bool kss_apcs_enabled(const struct kss_thread *thread, unsigned irql);
// A KeWaitXxx routine must follow a call made with Wait TRUE (wait_next.c).
void kss_wait_follows(struct kss_machine *m, const struct kss_call *call, bool wait);
void kss_wait_next_call(struct kss_machine *m, enum kss_routine_id routine);
void kss_wait_next_return(struct kss_machine *m);
static inline bool kss_wait_expected(const struct kss_machine *m) {
    uint16_t thread = kss_cpu(m)->thread;
    return thread != KSS_NONE && kss_thread_at(m, thread)->flags & KSS_TF_WAIT_NEXT;
}
void kss_take_wait_next(struct kss_machine *m);

// ---- Mutexes (mutex.c) --------------------------------------------------------------------------
bool kss_mutex_free_for(const struct kss_object *mutex, uint16_t thread, unsigned irql);
// [thread] acquires it; true: it was abandoned.
bool kss_mutex_take(struct kss_machine *m, uint16_t mutex, uint16_t thread, unsigned irql);
// Its memory goes while it is owned.
void kss_mutex_forget(struct kss_machine *m, uint16_t mutex);
struct kss_held_mutexes {
    unsigned count; // of those that keep APCs away
    uint16_t first; // the first of those, KSS_NONE
};
struct kss_held_mutexes kss_mutexes_held(const struct kss_machine *m, uint16_t thread);
enum kss_mutex_how {
    KSS_MUTEX_ACQUIRE,
    KSS_MUTEX_RELEASE,
    KSS_MUTEX_NOT_OWNED,
    KSS_MUTEX_LIMIT,
    KSS_MUTEX_HELD_AT_EXIT,
    KSS_MUTEX_HELD_AT_RETURN,
    KSS_MUTEX_ABANDON
};
void kss_say_mutex(struct kss_machine *m, uint16_t mutex, enum kss_mutex_how how, uint16_t thread);
// What the thread that ends still owns is abandoned.
void kss_mutexes_abandon(struct kss_machine *m, uint16_t thread);

// ---- Handles (handle.c) -------------------------------------------------------------------------
uint64_t kss_handle_new(struct kss_machine *m, enum kss_handle_kind kind, uint16_t target);
// What a handle of that kind stands for, KSS_NONE: it is no such handle.
uint16_t kss_handle_target(const struct kss_machine *m, uint64_t handle, enum kss_handle_kind kind);
bool kss_handle_close(struct kss_machine *m, uint64_t handle); // false: there is no such handle
uint16_t kss_thread_with_id(const struct kss_machine *m, uint64_t id); // KSS_NONE: nobody
static inline uint64_t kss_thread_id(uint16_t thread) {
    return 8u + 4u * thread;
}

// ---- Worker threads (work.c, overflow.c) --------------------------------------------------------
// Puts work in its queue and wakes or makes a worker for it.
void kss_work_queue(struct kss_machine *m, const struct kss_work *work);
bool kss_is_work_queue(uint64_t type); // a WORK_QUEUE_TYPE
void kss_work_forget(struct kss_machine *m,
                     uint16_t object); // its item is gone; it runs all the same
bool kss_worker_idle(const struct kss_thread *thread);
bool kss_pool_fails(struct kss_machine *m); // the port wants this allocation to fail
// Appends a thread's name: the body's, for several of one routine with a number, or a worker's.
void kss_thread_name(const struct kss_machine *m, uint16_t thread, struct kss_text *out);

// ---- Kernel APCs (apc.c, apc_object.c) ----------------------------------------------------------
enum kss_apc_block {
    KSS_APC_FREE,
    KSS_APC_IRQL,
    KSS_APC_GUARDED,
    KSS_APC_CRITICAL, // normal kernel and user APCs
    KSS_APC_IN_APC,   // a normal kernel APC's routine runs already
    KSS_APC_UNALERTED // user: until the thread waits alertably in UserMode, or returns there
};
void kss_apc_queue(struct kss_machine *m, uint16_t thread, uint16_t irp);
// Any APC; false: the thread has ended.
bool kss_apc_add(struct kss_machine *m, const struct kss_apc *apc);
// A user thread that returns to user mode has its pending user APCs delivered first: true when there are
// some; its return and exit follow them.
bool kss_apc_return(struct kss_machine *m, uint64_t status);
struct kss_outcome kss_apc_step(struct kss_machine *m, struct kss_call *call); // of a delivery
void kss_apc_take(struct kss_machine *m, uint32_t index);                      // out of the queue
bool kss_apc_due(const struct kss_machine *m); // one for the running thread, deliverable now
void kss_apc_deliver(struct kss_machine *m);
void kss_apc_left(struct kss_machine *m);                    // at the end: `apc.never`
void kss_apc_forget(struct kss_machine *m, uint16_t object); // its IRP is gone

// ---- Devices and IRPs: see io.h -----------------------------------------------------------------
kss_addr kss_nt_block(struct kss_machine *m, enum kss_nt_block what, uint64_t size); // 0: full
void kss_nt_block_free(struct kss_machine *m, kss_addr address);
void kss_io_finish(struct kss_machine *m); // at the end: `irp.never`, `apc.never`
// Whether an IRP under way is going to touch the event or status block at [address].
bool kss_irp_uses(const struct kss_machine *m, uint16_t object);
void kss_irp_dies(struct kss_machine *m, uint16_t object); // its memory goes
void kss_describe_nt(struct kss_machine *m, const struct kss_region *region, uint64_t inside,
                     struct kss_text *out);
struct kss_outcome kss_lock_take(struct kss_machine *m, struct kss_call *call, kss_addr lock,
                                 unsigned old_irql, uint8_t spin_step);
struct kss_outcome kss_lock_release(struct kss_machine *m, kss_addr lock);
void kss_environment_set(struct kss_machine *m, uint16_t object); // KeSetEvent of a known event

// ---- Signals, timers, DPCs ----------------------------------------------------------------------
enum kss_signal_how {
    KSS_SIGNAL_SET,
    KSS_SIGNAL_RESET,
    KSS_SIGNAL_CLEAR,
    KSS_SIGNAL_PULSE,
    KSS_SIGNAL_TIMER,
    KSS_SIGNAL_ENVIRONMENT,
    KSS_SIGNAL_ASSUMED,
    KSS_SIGNAL_RELEASE,
    KSS_SIGNAL_LIMIT
};
// The anonymous KeSetEvent of the environment; may stop the machine.
void kss_environment_signal(struct kss_machine *m, kss_addr address, enum kss_signal_how how);
bool kss_dpc_queue(struct kss_machine *m, uint16_t object, uint32_t place);
void kss_timer_expire(struct kss_machine *m, uint16_t object);
void kss_set_irql(struct kss_machine *m, unsigned irql);
bool kss_interruptible(const struct kss_machine *m);
// Enters the pending interrupt or DPC that may run now; *turn says how. false: there is none.
bool kss_take_interrupt(struct kss_machine *m, struct kss_turn *turn);
void kss_emit_deepest(struct kss_machine *m, uint16_t stack);

// ---- Driver Verifier (verifier.c) ---------------------------------------------------------------
void kss_verifier_start(struct kss_machine *m);
void kss_verifier_end(struct kss_machine *m);
// Of a machine whose verifier is on. False: the machine has stopped.
bool kss_verifier_call(struct kss_machine *m, const struct kss_call *call); // about to begin
void kss_verifier_returned(struct kss_machine *m, const struct kss_call *call, uint64_t value);
// A routine the system called is about to return; [now] is the guard word.
void kss_verifier_return(struct kss_machine *m, const struct kss_frame *frame, uint64_t now);
bool kss_verifier_exit(struct kss_machine *m); // the running thread is about to end
void kss_verifier_trim(struct kss_machine *m); // Force IRQL Checking: pageable memory goes
// ---- Exceptions (exception.c) -------------------------------------------------------------------
// The dispatch on top of the stack goes on; false: *turn says nothing, look again.
bool kss_exception_goes_on(struct kss_machine *m, struct kss_turn *turn);
uint32_t kss_exception_shown(
    const struct kss_machine *m); // bytes of its frame's memory that are kept
void kss_funclet_returned(struct kss_machine *m, uint64_t value);
void kss_irp_unwound(struct kss_machine *m, const struct kss_call *call); // irp.c

// ---- Ends (bugcheck.c) --------------------------------------------------------------------------
// [nt]: the NT routine at work or KSS_NT_COUNT; [about]: what P1 or the touched address is, or
// NULL.
void kss_bugcheck(struct kss_machine *m, uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3,
                  uint64_t p4, uint32_t nt, const char *about);
// The same, said of another driver routine than the innermost one.
void kss_bugcheck_in(struct kss_machine *m, uint32_t routine, uint32_t code, const uint64_t p[4],
                     uint32_t nt, const char *about);
void kss_hang(struct kss_machine *m, enum kss_end end, unsigned why, uint32_t nt);
kss_addr kss_nt_address(const struct kss_machine *m, uint32_t nt);
kss_addr kss_thread_address(const struct kss_machine *m, uint16_t thread);
uint16_t kss_thread_with_address(const struct kss_machine *m, kss_addr address); // KSS_NONE: none

static inline bool kss_wants(const struct kss_machine *m, enum kss_event_id kind) {
    return (m->wants[(unsigned)kind / 64] >> ((unsigned)kind % 64)) & 1;
}
#define KSS_EMIT(m, kind, a, b, c, d)                                                              \
    ((void)(kss_wants((m), (kind)) &&                                                              \
            (kss_emit((m), (kind), (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d)),    \
             1)))

#endif
