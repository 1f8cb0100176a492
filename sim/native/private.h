// SPDX-License-Identifier: MIT
// What the files of this folder share about a native machine. Nobody else includes it.
#ifndef KSS_NATIVE_PRIVATE_H
#define KSS_NATIVE_PRIVATE_H

#include "native/arena.h"
#include "native/fault.h"
#include "native/fiber.h"
#include "native/image.h"
#include "native/native.h"

enum { KSS_ASIDE = 1024, KSS_LEAVES = 8 };

enum kss_request {
    KSS_REQUEST_NT,       // call.* is set; the value goes to [value]
    KSS_REQUEST_SERVED,   // the NT call was served on the spot, and something else must run now
    KSS_REQUEST_HOST,     // work(work_argument)
    KSS_REQUEST_RETURNED, // [value]
    KSS_REQUEST_FAULT,    // fault
    KSS_REQUEST_UNHANDLED // no handler of this activation took exception [raised]
};

// One activation of driver code on a kernel stack.
struct kss_activation {
    struct kss_fiber fiber;
    struct kss_native *native;
    struct kss_activation *outer; // the one below it on the same kernel stack
    uint32_t routine;             // code index
    uint16_t stack;
    uint8_t entry;   // enum kss_entry
    uint8_t request; // enum kss_request
    void *top;       // its stack begins here and grows down
    void *sp, *frame;
    const void *pc; // behind the instruction at work, as a return address is
    void *low;      // of its entry point's frame
    const struct kss_native_call *call;
    void (*work)(void *);
    void *work_argument;
    uint64_t value;
    uint32_t raised; // status to raise when it goes on, 0: none
    uint64_t raised_at;
    struct kss_fault fault;
    void *seh; // innermost live __try frame
    uint64_t arguments[KSS_ARGUMENTS];
    uint32_t argument_count;
    uint32_t aside_size;
    uint8_t aside[KSS_ASIDE]; // what its entry point stored below sp, while another runs there
};

struct kss_native_routine { // parallel to the image's code table
    void (*address)(void);
    uint64_t arguments[KSS_ARGUMENTS];
    uint64_t value; // a body's
    uint8_t argument_count, returns;
    bool ms_abi, returned;
};

// A call under way: where its frame record lies and where it returns to.
struct kss_native_record {
    kss_addr frame, back;
};

struct kss_native_leave_row {
    const char *name;
    uint32_t bytes;
    uint16_t stack;                  // while it holds
    struct kss_native_record record; // the call it holds for
    uint32_t old_size;
};

struct kss_native {
    struct kss_machine *machine;
    const struct kss_config *config;
    struct kss_image *image;
    struct kss_space space;
    struct kss_host_arena arena;
    struct kss_fiber scheduler;
    void *service_stack;            // where NT calls are served on the spot; NULL: by a switch
    struct kss_activation *running; // NULL: the scheduler itself
    struct kss_activation *serving; // whose host call is at work
    struct kss_activation *direct;  // whose NT call is served on the spot, its stack still in use
    kss_addr leaving_low,
        leaving_high;               // that stack leaves memory when it is not; 0, 0: it does not
    struct kss_activation **stacks; // innermost activation by kernel stack
    uint32_t *entry_depth;          // by kernel stack: deepest byte an entry point wrote
    uint32_t stack_room;
    struct kss_activation *spare;
    struct kss_code *code;
    struct kss_native_routine *routines;
    uint32_t code_room, *table; // table: hash of addresses to index + 1
    void **old;                 // outgrown arrays that somebody may still look at
    uint32_t old_count;
    struct kss_native_site *sites; // place number - 1
    uint32_t site_count, site_room, *site_table;
    bool busy;
    kss_native_hook *hook;
    void *hook_context;
    struct kss_native_leave_row leaves[KSS_LEAVES];
    uint32_t leave_count;
    uint32_t place; // of the last NT call
    const void *place_pc;
    uint32_t seen_code; // cache of the last caller looked up
    const void *seen_pc;
};

void kss_native_code_free(struct kss_native *n);
void kss_native_make_space(struct kss_native *n);
// Nobody runs on the stack that is leaving any more.
void kss_native_left(struct kss_native *n);
// Where a stack was that is gone: what touched it has been told, and goes on as it would where the memory
// is still mapped. Until the next stack there.
void kss_native_open_dead(struct kss_native *n, kss_addr address);
bool kss_native_open_arena(struct kss_native *n, const char **error);
// The place (for kss_at) of the instruction at or before [pc]; [nt]: the NT routine called there,
// KSS_NT_COUNT: none.
uint32_t kss_native_place(struct kss_native *n, const void *pc, uint32_t nt);
// The driver routine a return address lies in, KSS_NO_FRAME: none known.
uint32_t kss_native_caller(struct kss_native *n, const void *pc);
uint32_t kss_native_frames(void *context, struct kss_machine *machine, uint16_t stack,
                           struct kss_path_row *rows, uint32_t room);
// The driver routine that has called NT; false: it keeps no frame record.
bool kss_native_record(struct kss_native *n, const struct kss_activation *a,
                       struct kss_native_record *record);
// That call has not returned yet.
bool kss_native_holds(struct kss_native *n, uint16_t stack, const struct kss_native_record *record);
// Moves StackLimit up for routines named by kss_native_leave.
void kss_native_apply_leaves(struct kss_native *n, const struct kss_activation *a);
// And back where they have returned; true: it did so for that stack.
bool kss_native_return_leaves(struct kss_native *n, uint16_t stack);
// The stack is gone.
void kss_native_forget_leaves(struct kss_native *n, uint16_t stack);
_Noreturn void kss_native_outside(uint32_t routine);
struct kss_activation *kss_native_top(const struct kss_native *n, uint16_t stack);

#endif
