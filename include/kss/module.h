// SPDX-License-Identifier: MIT
// How a native driver makes itself known: kss_add_driver (CMake) links driver sources into one object
// whose code, data and bss are ranges of their own, and compiles a small glue with them that registers
// those ranges before main runs.
//
// A driver compiled into a program without kss_add_driver works, too, but has no module: its
// routines are reported as driver!Routine, and its variables keep their values from one machine to
// the next.
#ifndef KSS_MODULE_H
#define KSS_MODULE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// An "exact frames" driver is compiled for the Windows calling convention; libkss never is.
#if defined(__x86_64__)
#define KSS_HOST_CALL __attribute__((sysv_abi))
#else
#define KSS_HOST_CALL
#endif

struct kss_range { // bytes [begin, end)
    void *begin, *end;
};

// Owned by the driver; all that it points to lives as long as the program (or the shared object).
struct kss_module {
    const char *name;    // as given to kss_add_driver
    const char *machine; // "x64", "x86", ...: what MACHINE said
    void (*entry)(void); // DriverEntry; cast to its true type, and convention, before calling
    struct kss_range text, data, bss;
    const char *const *pageable; // routines of #pragma alloc_text(PAGE...), NULL behind the last
    bool exact_frames;           // its routines take arguments as on Windows x64
    struct kss_module *next;     // the registry's
    void *saved;                 // the registry's: .data as it was when the program began
};

// Adds a module; two of one name are told apart by nobody, so the second is refused: the process
// ends with a message. Called by the glue, from a constructor.
KSS_HOST_CALL void kss_module_register(struct kss_module *module);

#ifdef __cplusplus
}
#endif

#endif
