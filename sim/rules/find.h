// SPDX-License-Identifier: MIT
// What the rules share: reading the state, remembering, and saying what they found.
//
// Memory of a rule. What decides future findings is a fixed record per thread in the hot observer
// section (struct kss_rules_thread). Everything else only explains the past: places, times, what
// was said already. It lies in one open-addressed table in the cold observer section, from a key to
// a 64-bit value, so that a rule needs no record of its own and a snapshot carries it.
//
//   cold observer section
//   | count | capacity | findings |   header
//   | key   | value               |   capacity (a power of two) slots, key 0: empty
//   | key   | value               |
//
// A key is a kind (enum kss_memo) and up to 56 bits that say of what.
//
// Depends on kernel and nt. Only files of this folder include it.
#ifndef KSS_RULES_FIND_H
#define KSS_RULES_FIND_H

#include "rules/rules.h"

// ---- The rules, by what they look at ------------------------------------------------------------
typedef void kss_rule(struct kss_machine *machine, const struct kss_event *event);

// space.c
kss_rule kss_rule_overflow, kss_rule_deepest;
void kss_rule_large_frames(struct kss_machine *machine);
// expand.c
kss_rule kss_rule_expand, kss_rule_expand_dropped, kss_rule_callout_exception;
// paging.c
kss_rule kss_rule_user_wait, kss_rule_wait_array, kss_rule_wait_blocks, kss_rule_user_poll,
    kss_rule_user_luck, kss_rule_touch_out, kss_rule_touch_paged;
// swap.c
kss_rule kss_rule_swap_enable, kss_rule_swap_wait, kss_rule_swap_bugcheck, kss_rule_swap_balance;
// waits.c
kss_rule kss_rule_wait_count, kss_rule_wait_true, kss_rule_wait_came, kss_rule_mutex_wait,
    kss_rule_mutex;
// The IRQL is raised because no wait followed a call with Wait TRUE: KSS4005 has said so.
bool kss_left_raised(struct kss_machine *machine, const struct kss_event *event);
// lifetime.c
kss_rule kss_rule_object_again, kss_rule_object_dies, kss_rule_touch_dead, kss_rule_unknown_object,
    kss_rule_wrong_type, kss_rule_touch_freed, kss_rule_remember_free;
// irql.c
kss_rule kss_rule_irql, kss_rule_wait_at_dispatch, kss_rule_irql_balance, kss_rule_paged_code,
    kss_rule_absolute, kss_rule_remember_irql;
// duration.c
kss_rule kss_rule_routine_begins, kss_rule_stall, kss_rule_spin;
// verifier.c
kss_rule kss_rule_verifier;
// paging.c, as a UserMode wait for [waited] on the event's thread's stack is told
void kss_tell_user_wait(struct kss_machine *machine, const struct kss_event *event,
                        kss_addr waited);
// locks.c
kss_rule kss_rule_lock_recursion, kss_rule_lock_balance, kss_rule_remember_lock,
    kss_rule_lock_unowned, kss_rule_lock_lowered, kss_rule_complete_under_lock;
// The finding that says of a spin lock the processor holds that it is kept, when each of them has
// one; else 0.
uint32_t kss_locks_told(struct kss_machine *machine, unsigned cpu);
// Every spin lock the processor holds is one of which finding [number] speaks.
void kss_locks_tell(struct kss_machine *machine, unsigned cpu, uint32_t number);
// deadlock.c
kss_rule kss_rule_own, kss_rule_lock_misuse, kss_rule_hang;
bool kss_is_lock(unsigned kind); // that threads own
// Says why a thread waits for ever, or whether something else does.
bool kss_deadlock_explains_wait(struct kss_machine *machine, uint16_t thread, uint16_t waited);
// apcs.c
kss_rule kss_rule_apc_count, kss_rule_apc_balance, kss_rule_apc_bugcheck, kss_rule_work_misuse,
    kss_rule_post;
// results.c
kss_rule kss_rule_status_dropped, kss_rule_wait_never, kss_rule_remember_wait_end,
    kss_rule_remember_wait, kss_rule_remember_objects;
// irps.c
kss_rule kss_rule_irp_sent, kss_rule_irp_return, kss_rule_irp_pending, kss_rule_irp_complete,
    kss_rule_irp_twice, kss_rule_irp_mismatch, kss_rule_irp_never, kss_rule_irp_misuse,
    kss_rule_irp_freed, kss_rule_apc_left, kss_rule_apc_level;
bool kss_irp_explains_wait(struct kss_machine *machine, uint16_t thread, uint16_t waited);
bool kss_irp_was_denied(struct kss_machine *machine);
uint32_t kss_irp_told_of_completed(struct kss_machine *machine);
// The context that stack location [location] (from 1) of a live IRP hands to a completion routine
// that is still to be called; 0: none is.
kss_addr kss_irp_context(struct kss_machine *machine, const struct kss_object *irp,
                         unsigned location, uint32_t *routine);
// dma.c
kss_rule kss_rule_dma_program, kss_rule_dma, kss_rule_dma_hit, kss_rule_mdl, kss_rule_mdl_left,
    kss_rule_mdl_misuse;
// find.c
kss_rule kss_rule_remember_init, kss_rule_remember_object, kss_rule_remember_queue,
    kss_rule_remember_promise;

// ---- Memory -------------------------------------------------------------------------------------
struct kss_rules_thread { // hot: what decides future findings of a thread
    uint32_t outer;       // depth of the frame that disabled swapping, 0: it is enabled
    uint32_t inner;       // depth of the last frame that disabled it once more, 0: none
    uint8_t user_wait;    // a UserMode wait was asked for since
    uint8_t pad[3];
};

// Its record; valid until something allocates.
struct kss_rules_thread *kss_rules_thread(struct kss_machine *machine, uint16_t thread);

enum kss_memo {
    KSS_MEMO_SAID = 1,     // (hazard, place, subject) -> number of the finding
    KSS_MEMO_WAIT_FINDING, // thread -> number of the KSS2001 of its current wait, 0: none
    KSS_MEMO_NAMED,        // (thread, depth) -> number of the KSS2001 that named this local
    KSS_MEMO_EXPAND,       // thread -> number of the KSS1005 of its last expansion, 0: none
    KSS_MEMO_OVERFLOWED,   // stack number -> 1
    KSS_MEMO_TOUCHED,      // (finding, place) -> 1: a touch was told
    KSS_MEMO_DISABLER,     // thread -> routine that disabled stack swapping, + 1
    KSS_MEMO_LOCAL,        // object's address -> (routine, local) + 1 it was initialised as
    KSS_MEMO_STATUS,       // object's address -> status of the last wait for it
    KSS_MEMO_DIED,         // object's address -> number of the KSS3001 of its death, 0: none
    KSS_MEMO_POLLED,       // thread -> 1: its last wait had a timeout of zero
    KSS_MEMO_LARGE,        // hash of a routine's name and size -> 1: told as KSS1003
    // Marks: a place and a time; each takes two kinds.
    KSS_MARK_INIT = 16,          // object's address: initialised
    KSS_MARK_QUEUE = 18,         // object's address: timer set, DPC queued, lock acquired
    KSS_MARK_WAITED = 20,        // object's address: a wait for it ended
    KSS_MARK_PROMISE = 24,       // place: the environment promised something
    KSS_MARK_RAISE = 26,         // cpu: the IRQL was raised to DISPATCH_LEVEL or above
    KSS_MARK_IRQL_RULE = 28,     // cpu: the last KSS4001
    KSS_MARK_DISABLE = 30,       // thread: stack swapping was disabled
    KSS_MARK_DISABLE_AGAIN = 32, // thread: ... when it was disabled already
    KSS_MARK_WAIT = 34,          // thread: its last wait while swapping was disabled
    KSS_MARK_WAIT_ENDED = 36,    // thread: its last wait ended
    KSS_MARK_FREED = 38,         // address of a pool block: it was freed
    KSS_MARK_IRP_SENT = 40,      // IRP (object number): a dispatch routine was called with it
    KSS_MARK_IRP_COMPLETED = 42, // IRP: IoCompleteRequest
    KSS_MARK_IRP_PENDING = 44,   // IRP: marked pending
    KSS_MARK_IRP_RETURNED = 46,  // IRP: a routine returned as if it were complete
    KSS_MARK_APC_LEVEL = 48,     // thread: its IRQL was raised to APC_LEVEL
    KSS_MARK_IRP_BACK = 50,      // (IRP, routine): its dispatch routine returned
    // Of IRPs, behind the marks: kinds below are used up.
    KSS_MEMO_IRP_SENT_TO = 52, // IRP -> routine it was last sent to, + 1
    KSS_MEMO_IRP_RETURNED_BY,  // IRP -> routine + 1 that returned as if it were complete,
    KSS_MEMO_IRP_STATUS,       //        with this status
    KSS_MEMO_IRP_TOLD,         // IRP -> number of the KSS8002 that speaks of it
    KSS_MEMO_IRP_COMPLETER,    // IRP -> routine that completed it last, + 1
    // Of waits.
    KSS_MEMO_WAIT_ARRAY = 100, // thread -> wait block array of the wait that begins, 0: none
    KSS_MEMO_WAIT_OBJECTS,     // thread -> objects of its wait, when there are several
    KSS_MEMO_WAIT_SEEN,        // thread -> of those whose `wait.begin` has come
    KSS_MEMO_WAIT_ADDRESS,     // (thread, index) -> their addresses
    KSS_MEMO_LEFT_RAISED,      // thread -> 1: see kss_left_raised
    KSS_MEMO_WAIT_TRUE,        // thread -> routine it called with Wait TRUE
    KSS_MEMO_MUTEX_WAIT,       // thread -> number of the KSS5004 of its UserMode wait
    KSS_MARK_WAIT_TRUE = 108,  // thread: it called that routine
    KSS_MARK_MUTEX = 110,      // address of a mutex: acquired
    KSS_MEMO_USER_WAIT = 112,  // thread -> 1: its wait is a UserMode wait, no poll
    // Of locks.
    KSS_MARK_OWNED = 60,       // (lock, thread): acquired
    KSS_MEMO_IN_CIRCLE = 62,   // thread -> 1: it is said why it waits for ever
    KSS_MEMO_LOCK_TOLD,        // address -> number of the finding that says this lock is kept
    KSS_MEMO_PAGED_TOLD = 200, // (routine, place of the raise) -> 1: a KSS4004 speaks of it
    KSS_MEMO_PAGED_RAISE,      // place of a raise in pageable code -> number of its KSS4004
    KSS_MEMO_BUSY,             // cpu -> 100 ns its DPC or ISR has stalled or spun for
    KSS_MEMO_BUSY_TOLD,        // cpu -> 1: a KSS4008 speaks of its DPC or ISR
    KSS_MARK_ROUTINE = 204,    // cpu: its DPC or ISR began
    // Of APCs.
    KSS_MEMO_REGIONS = 210,     // thread -> regions entered less those left, biased
    KSS_MEMO_APC_TOLD,          // thread -> 1: a KSS5003 spoke since it entered a region last
    KSS_MARK_REGION = 212,      // thread: it entered a critical or guarded region
    KSS_MEMO_REGION_TOLD = 120, // thread -> number of the KSS5008 that misses a region
    // Of what follows from what was told.
    KSS_MEMO_RAISE_TOLD, // cpu -> number of the KSS4003 that says its IRQL stays raised
    KSS_MEMO_CALL_TOLD,  // cpu -> number of the last KSS4001 or KSS4002 under this raise
    KSS_MEMO_LOW_TOLD,   // cpu -> number of the last KSS4001 of an IRQL that is too low,
    KSS_MEMO_LOW_FRAME,  //        in this frame
    KSS_MEMO_LEAK,       // place a lock was acquired at -> number of the KSS5002
    KSS_MEMO_MISUSE,     // address of a lock or handle -> number of its last KSS5008
    KSS_MEMO_UNOWNED,    // cpu -> number of the last KSS5002 of a lock it does not hold,
    KSS_MEMO_UNOWNED_AT, //        at this place
    KSS_MEMO_DEATH,      // (routine, place) -> number of the KSS3001 of what died there,
    KSS_MEMO_DEATH_TIME, //        at this time
    KSS_MEMO_DEAD_TOUCH, // (stack, frame) -> number of the KSS3001 of what the frame touched there
    // Of DMA.
    KSS_MEMO_DMA = 80,      // address of a buffer -> number of the finding that speaks of its DMA
    KSS_MEMO_DMA_RESULT,    // 0 -> what the last transfer came to
    KSS_MEMO_DMA_WRITES,    // 0 -> whether it wrote
    KSS_MARK_MDL_LOCK,      // MDL (object number): its pages were locked
    KSS_MEMO_MDL_TOLD = 85, // MDL (object number) -> number of the finding that speaks of it
    KSS_MEMO_FREE_TOLD,     // place of a free -> number of the KSS3003 that speaks of it,
    KSS_MEMO_FREE_TIME,     //                    of this time + 1
};

// The value, 0 when there is none.
uint64_t kss_memo(struct kss_machine *machine, enum kss_memo kind, uint64_t of);
void kss_memo_set(struct kss_machine *machine, enum kss_memo kind, uint64_t of, uint64_t value);

struct kss_mark {
    uint32_t place; // 0: none
    uint64_t time;
};
struct kss_mark kss_mark(struct kss_machine *machine, enum kss_memo kind, uint64_t of);
void kss_mark_set(struct kss_machine *machine, enum kss_memo kind, uint64_t of,
                  const struct kss_event *event);

// ---- Findings -----------------------------------------------------------------------------------
enum kss_remark { KSS_REMARK_HELP, KSS_REMARK_NOTE, KSS_REMARK_SOURCE, KSS_REMARK_NEXT };
enum { KSS_FINDING_CAUSES = 12, KSS_FINDING_REMARKS = 6 };

// A finding being put together. Zero-initialised by kss_finding_begin; emitted once.
struct kss_finding {
    enum kss_hazard_id hazard;
    enum kss_hazard_severity severity;
    uint32_t place;
    struct kss_text message, label;
    struct {
        struct kss_text text;
        uint64_t when;
        uint32_t place;
    } causes[KSS_FINDING_CAUSES];
    unsigned cause_count;
    unsigned causes_left_out; // said in a remark
    struct {
        struct kss_text text;
        enum kss_remark kind;
    } remarks[KSS_FINDING_REMARKS];
    unsigned remark_count;
};

// Starts a finding at [place] with the hazard's usual severity, unless the same was said already of
// the same [subject] (whatever tells two findings of one place apart: a place, a depth); then
// returns false and *number is that finding.
bool kss_finding_begin(struct kss_machine *machine, struct kss_finding *finding,
                       enum kss_hazard_id hazard, uint32_t place, uint32_t subject,
                       uint32_t *number);
void kss_finding_cause(struct kss_finding *finding, struct kss_mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kss_finding_remark(struct kss_finding *finding, enum kss_remark kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Emits it, its causes in time order and its remarks; frees the texts; returns its number.
uint32_t kss_finding_emit(struct kss_machine *machine, struct kss_finding *finding);
// Adds a cause to a finding that was emitted already.
void kss_finding_late_cause(struct kss_machine *machine, uint32_t number, uint32_t place,
                            const char *format, ...) __attribute__((format(printf, 4, 5)));
// The same, once for each place.
void kss_finding_follows(struct kss_machine *machine, uint32_t number, uint32_t place,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));

// ---- Reading the state --------------------------------------------------------------------------
#define KSS_SEE(name, type, section)                                                               \
    static inline const struct type *name(const struct kss_machine *machine, uint32_t index) {     \
        uint32_t used;                                                                             \
        return (const struct type *)kss_section_const(machine, section, &used) + index;            \
    }                                                                                              \
    static inline uint32_t name##_count(const struct kss_machine *machine) {                       \
        uint32_t used;                                                                             \
        kss_section_const(machine, section, &used);                                                \
        return used / (uint32_t)sizeof(struct type);                                               \
    }
KSS_SEE(see_cpu, kss_cpu, KSS_S_CPU)
KSS_SEE(see_thread, kss_thread, KSS_S_THREAD)
KSS_SEE(see_stack, kss_stack, KSS_S_STACK)
KSS_SEE(see_object, kss_object, KSS_S_OBJECT)
KSS_SEE(see_wait, kss_wait, KSS_S_WAIT)
KSS_SEE(see_due, kss_due, KSS_S_DUE)
KSS_SEE(see_pending, kss_pending, KSS_S_PENDING)
KSS_SEE(see_apc, kss_apc, KSS_S_APC)
KSS_SEE(see_work, kss_work, KSS_S_WORK)
KSS_SEE(see_thread_cold, kss_thread_cold, KSS_S_THREAD_COLD)
KSS_SEE(see_stack_cold, kss_stack_cold, KSS_S_STACK_COLD)
KSS_SEE(see_object_cold, kss_object_cold, KSS_S_OBJECT_COLD)
KSS_SEE(see_due_cold, kss_due_cold, KSS_S_DUE_COLD)
KSS_SEE(see_path, kss_path_row, KSS_S_PATH)

static inline const struct kss_profile *see_profile(const struct kss_machine *machine) {
    return &kss_machine_config(machine)->profile;
}

// The frame at [offset] of a stack's run; the top frame; NULL: none.
const struct kss_frame *kss_see_frame(const struct kss_machine *machine,
                                      const struct kss_stack *stack, uint32_t offset);
// The innermost frame of driver code on the executing stack and those below it, NULL: none; *key is
// nonzero and tells live frames apart.
const struct kss_frame *kss_see_innermost(const struct kss_machine *machine, uint32_t *key);

// The index of the stack with event number [number], KSS_NONE: none.
uint16_t kss_see_stack_numbered(const struct kss_machine *machine, uint32_t number);

// The thread on whose stack (or expansion segment) [address] lies, KSS_NONE: no thread's. *depth is
// the depth from Base of the first byte of the local it lies in (of [address] itself where no live
// local is known), *local that local or NULL, *routine its routine.
uint16_t kss_see_owner(const struct kss_machine *machine, uint64_t address, uint32_t *depth,
                       const struct kss_local **local, uint32_t *routine);

// Adds the cause "the IRQL is raised here", unless the code was called at that IRQL.
void kss_cause_of_irql(struct kss_machine *machine, struct kss_finding *finding,
                       const struct kss_event *event);
// Adds the cause "... is initialised here" of the object at [address].
void kss_cause_of_object(struct kss_machine *machine, struct kss_finding *finding,
                         kss_addr address);
// Adds the hazard's public source.
void kss_finding_source(struct kss_finding *finding);

// ---- Words --------------------------------------------------------------------------------------
// Each clears [out], writes there, and returns its bytes; free it with kss_text_free.

// "mydrv!ReadDispatch", or a body's name.
const char *kss_say_routine(const struct kss_machine *machine, uint32_t routine,
                            struct kss_text *out);
// "`done`": the short name of what lies at [address]; kss_describe without its parenthesis.
const char *kss_say_address(struct kss_machine *machine, kss_addr address, struct kss_text *out);
// The same for an object that was initialised in a frame that returned: the local it was.
const char *kss_say_dead(struct kss_machine *machine, kss_addr address, struct kss_text *out);
// "DISPATCH_LEVEL", "IRQL 5".
const char *kss_say_irql(const struct kss_machine *machine, unsigned irql, struct kss_text *out);
const char *kss_say_time(uint64_t time, struct kss_text *out);
const char *kss_say_duration(int64_t duration, struct kss_text *out);
const char *kss_say_bytes(uint64_t bytes, struct kss_text *out);
const char *kss_say_status(uint64_t status, struct kss_text *out);

#endif
