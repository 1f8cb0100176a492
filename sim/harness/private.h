// SPDX-License-Identifier: MIT
// What the files of this folder share: the current machine of a host thread. Nobody else includes it.
#ifndef KSS_HARNESS_PRIVATE_H
#define KSS_HARNESS_PRIVATE_H

#include "kss/harness.h"
#include "session/native.h"

enum { KSS_REGISTER_ROWS = 16 };

struct kss_injection {
    uint32_t routine, left; // calls until it happens; 0: has happened
    uint64_t value;
};

struct kss_harness {
    struct kss_session *session;
    struct kss_machine *machine;
    struct kss_native *native;
    unsigned watchdog;
    bool call_log;
    struct kss_call_record {
        uint32_t routine, caller;
        uint64_t arguments[4];
    } * calls;
    uint64_t call_count;
    unsigned call_room;
    uint64_t counts[KSS_NT_COUNT];
    struct kss_injection *injections;
    unsigned injection_count, injection_room;
    struct kss_registers registers[KSS_REGISTER_ROWS];
    unsigned register_count;
    struct kss_loaded *loaded; // drivers
    unsigned loaded_count, loaded_room, made_devices;
    void **kept; // memory that lives as long as the machine
    unsigned kept_count, kept_room;
    struct kss_text text, name;
    struct kss_frames *frames; // tables for reports, NULL: none
    struct kss_meant {         // by the test, for saved reports (save.c)
        enum { KSS_MEANT_BUGCHECK, KSS_MEANT_HAZARD, KSS_MEANT_FAILURE } what;
        uint32_t code;
        const struct kss_hazard *hazard;
        uint32_t routine; // KSS_NO_FRAME: any
        char *text;       // malloc'd
    } * meant;
    unsigned meant_count, meant_room;
    unsigned number; // of the machine, from 1
};

// save.c: where teardown saves events, NULL: nowhere; saves them; frees what was meant; has a failed
// assertion, which nothing of the test follows, count in the report.
const char *kss_harness_reports(void);
void kss_harness_save(struct kss_harness *h);
void kss_harness_free_meant(struct kss_harness *h);
void kss_harness_judge_failure(struct kss_harness *h);

void kss_register_access(void *address, unsigned width, bool write, uint64_t *value);
void kss_system_call(void); // (struct kss_io *, HANDLE), on a kernel stack

// Ends the process: "WHAT: WHY NAME"; name may be NULL.
_Noreturn void kss_harness_refuse(const char *what, const char *why, const char *name);
// The current machine; none ends the process with a message that names [what].
struct kss_harness *kss_harness(const char *what);
struct kss_harness *kss_harness_now(void); // NULL: none
bool kss_harness_hook(void *context, const struct kss_native_call *call, uint64_t *value);

#endif
