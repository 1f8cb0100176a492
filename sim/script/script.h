// SPDX-License-Identifier: MIT
// The scenario language as the floors above see it: load a file into a program, run the program on a
// machine. parse.c makes a tree (ast.h), check.c and compile.c make a program, execute.c is the
// processor that runs it on the kernel's contract (kernel/kernel.h).
//
// Ownership: a program lives in the arena given to kss_script_load and refers to the sources; it is
// immutable and may be run by any number of machines. Depends on base, nt, frames, kernel.
#ifndef KSS_SCRIPT_SCRIPT_H
#define KSS_SCRIPT_SCRIPT_H

#include "kernel/kernel.h"
#include "script/ast.h"

struct kss_frames; // frames/frames.h

struct kss_script_options {
    const char *machine; // --machine: used instead of the file's machine name; NULL: the file's
    int swap;            // --swap: enum kss_swap, -1: the file's
    const struct kss_frames *frames; // --frames: sizes of frames that the file does not give; NULL
};

struct kss_script_thread {
    const char *name, *process;
    uint32_t body; // code index
    int priority;
    bool system, gui;
    bool loader; // kss's own: calls DriverEntry and AddDevice before the others start
    uint32_t place;
};

enum { KSS_MAJORS = 28 };

struct kss_script_driver {
    const char *name;
    // Code indices, KSS_NO_FRAME: not given.
    uint32_t major[KSS_MAJORS], entry, add, unload, start_io;
    uint32_t extension; // bytes of a device's extension
    uint32_t lower;     // where in it the next lower device's address goes; KSS_NO_FRAME: nowhere
    uint32_t io;        // DO_BUFFERED_IO, DO_DIRECT_IO or 0; KSS_NO_FRAME: as the device below
    uint32_t place;
};

struct kss_script_device { // a stack of device objects
    const char *name;
    const uint32_t *drivers; // top first
    uint32_t driver_count;
    uint32_t place;
};

struct kss_pattern {
    bool any;
    uint64_t value;
};

struct kss_expectation {
    enum kss_quantifier quantifier;
    enum kss_outcome_op what;
    uint32_t place;    // of the expect item
    const char *text;  // as written, one line, without `expect` and `;`
    uint32_t bugcheck; // BUGCHECK: code, valid if has_code
    bool has_code;
    struct kss_pattern patterns[4];
    unsigned pattern_count;
    enum kss_hazard_id hazard;
    uint32_t in;          // `in R`, stack R, status R: code index, KSS_NO_FRAME: none
    uint32_t thread;      // THREAD, or stack T: index in threads, KSS_NO_FRAME: none
    uint32_t device;      // stack D: index in devices, KSS_NO_FRAME: none
    bool exits;           // THREAD: exits or waits
    enum kss_op relation; // STACK, STATUS
    uint64_t value;
    uint32_t nth; // R#n, 0: every return
};

struct kss_program {
    const char *name;     // file name as given
    const char *teaching; // the first comment line's text, or NULL
    uint32_t file;
    struct kss_config config; // the machine with the file's overrides
    bool machine_given;
    struct kss_image image;
    const struct kss_script_thread *threads; // a loader, when there is one, is the last
    uint32_t thread_count;
    const struct kss_script_driver *drivers;
    uint32_t driver_count;
    const struct kss_script_device *devices;
    uint32_t device_count;
    uint32_t device_table; // the global where addresses are kept (device.c); none without devices
    const struct kss_expectation *expectations;
    uint32_t expectation_count;
    const struct kss_span *places; // place id -> span; place 0 is "none"
    uint32_t place_count;
    const struct kss_compiled *code; // script-private
};

// Loads source [file] of [sources]. Errors go to [diags]; returns NULL when there were any. Warnings
// (an x64 frame rounded up, a suspicious absolute timeout) may be added to a program that loads.
const struct kss_program *kss_script_load(struct kss_arena *arena, struct kss_sources *sources,
                                          uint32_t file, const struct kss_script_options *options,
                                          struct kss_diags *diags);

// Prepares a new machine for the program: threads, `at` events, initial values of globals. The
// machine must have been made with the program's config and image.
void kss_script_start(const struct kss_program *program, struct kss_machine *machine);

// The lowest device object of a device of the program; 0: not made.
kss_addr kss_script_device(const struct kss_program *program, struct kss_machine *machine,
                           uint32_t device);

// Runs until the machine ends or [max_steps] more instructions were executed; then
// kss_machine_finish is the caller's. Returns the steps executed. Can be called again to go on
// (with a small max_steps: single steps). Does not end the machine when the bound is hit.
uint64_t kss_script_run(const struct kss_program *program, struct kss_machine *machine,
                        uint64_t max_steps);

#endif
