// SPDX-License-Identifier: MIT
// The current machine of a host thread: set up, run, asked, torn down.
#include "harness/private.h"

#include "base/os.h"
#include "native/image.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WATCHDOG = 10000, PRIORITY = 8 };

static _Thread_local struct kss_harness *current;
static _Atomic unsigned machines; // made so far: their reports have names of their own

void kss_harness_refuse(const char *what, const char *why, const char *name) {
    char words[256];
    snprintf(words, sizeof words, name == NULL ? "%s: %s" : "%s: %s %s", what, why, name);
    kss_os_fatal(words);
}

struct kss_harness *kss_harness_now(void) {
    return current;
}

struct kss_harness *kss_harness(const char *what) {
    if (current == NULL)
        kss_harness_refuse(what, "there is no machine; call kss_setup first", NULL);
    if (kss_native_inside())
        kss_harness_refuse(what, "called from driver code; it belongs into the test", NULL);
    return current;
}

// ---- Making -----------------------------------------------------------------------------------------
// Fields of `machine { }` that are numbers: 0 is the machine's own.
static void settings(struct kss_config *config, const struct kss_machine_options *options) {
    struct kss_profile *profile = &config->profile;
    config->verifier = options->verifier;
    config->swap_policy = options->swap_per_process ? KSS_SWAP_PER_PROCESS : KSS_SWAP_PER_THREAD;
    if (options->swap_priority_ceiling > 32)
        kss_harness_refuse("kss_setup", "a priority ceiling is 1 to 32", NULL);
    if (options->swap_priority_ceiling != 0)
        profile->swap_priority_ceiling = (uint8_t)options->swap_priority_ceiling;
    if (options->outswap_after != 0)
        profile->outswap_after = profile->outswap_after_small = options->outswap_after;
    if (options->swapper_period != 0)
        profile->swapper_period = options->swapper_period;
    if (options->clock_tick != 0)
        profile->clock_tick = options->clock_tick;
    if (options->dpc_timeout != 0)
        config->dpc_timeout = options->dpc_timeout == UINT64_MAX ? 0 : options->dpc_timeout;
    if (options->dpc_watchdog != 0)
        config->dpc_watchdog = options->dpc_watchdog == UINT64_MAX ? 0 : options->dpc_watchdog;
    if (options->nonpaged_pool != 0)
        profile->nonpaged_pool = options->nonpaged_pool;
    if (options->paged_pool != 0)
        profile->paged_pool = options->paged_pool;
    if (options->max_expansion != 0)
        profile->max_expansion = options->max_expansion;
}

static struct kss_config config_of(const struct kss_machine_options *options) {
    const char *name = options->machine;
    if (name == NULL)
        name = sizeof(void *) == 8 ? "x64" : "x86";
    const struct kss_profile *profile = kss_profile_find(name, strlen(name));
    if (profile == NULL)
        kss_harness_refuse("kss_setup: unknown machine", name, NULL);
    struct kss_config config = kss_config_default(profile);
    if (options->stack != 0)
        config.profile.stack_size = options->stack;
    if (config.profile.stack_size == 0)
        kss_harness_refuse("kss_setup: a stack size must be given for machine", name, NULL);
    if (config.profile.stack_size % 16 != 0 ||
        config.profile.stack_size < config.profile.reserve + config.profile.trap_frame + 1024u)
        kss_harness_refuse("kss_setup", "a kernel stack of that size is not possible", NULL);
    if (options->processors != 0)
        config.profile.processors = (uint8_t)options->processors;
    config.small_memory = options->small_memory;
    config.foreign_touch = options->page_in_foreign ? KSS_FOREIGN_PAGE_IN : KSS_FOREIGN_BUGCHECK;
    settings(&config, options);
    static const char *const swaps[] = {"balance-set", "eager", "never"};
    const char *swap = options->swap == NULL ? "balance-set" : options->swap;
    unsigned kind = 0;
    while (kind < 3 && strcmp(swap, swaps[kind]) != 0)
        kind++;
    if (kind == 3)
        kss_harness_refuse("kss_setup: unknown swap policy", swap, NULL);
    config.swap = (enum kss_swap)kind;
    return config;
}

static void read_frames(struct kss_harness *h, const struct kss_machine_options *options,
                        const struct kss_config *config) {
    char *problems;
    if (options->frames == NULL)
        return;
    h->frames = kss_frame_sizes_open(&options->frames, 1, config->profile.name, &problems);
    if (h->frames == NULL)
        kss_harness_refuse("kss_setup: frames cannot be read", problems, NULL);
    free(problems);
    kss_session_set_frames(h->session, h->frames);
}

void kss_setup(const struct kss_machine_options *given) {
    static const struct kss_machine_options defaults;
    const struct kss_machine_options *options = given == NULL ? &defaults : given;
    kss_teardown();
    kss_modules_reset();
    struct kss_config config = config_of(options);
    struct kss_harness *h = calloc(1, sizeof *h);
    if (h == NULL)
        kss_os_fatal("out of memory");
    const char *error;
    h->number = ++machines;
    struct kss_text counted = {0};
    kss_text_format(&counted, "%s-%u", kss_os_program(), h->number);
    const char *name = kss_harness_reports() != NULL ? counted.bytes : "native";
    h->session = kss_session_native(options->name ? options->name : name, &config,
                                    options->all_events || kss_harness_reports() != NULL, &error);
    kss_text_free(&counted);
    if (h->session == NULL)
        kss_harness_refuse("kss_setup", error, NULL);
    read_frames(h, options, &config);
    h->machine = kss_session_native_machine(h->session);
    h->native = kss_session_processor(h->session);
    h->watchdog = options->watchdog == 0          ? WATCHDOG
                  : options->watchdog == UINT_MAX ? 0
                                                  : options->watchdog;
    h->call_log = options->call_log;
    kss_native_set_hook(h->native, kss_harness_hook, h);
    current = h;
}

void kss_teardown(void) {
    struct kss_harness *h = current;
    if (h == NULL)
        return;
    if (kss_harness_reports() != NULL && !kss_native_inside())
        kss_harness_save(h);
    current = NULL;
    kss_close(h->session);
    kss_harness_free_meant(h);
    kss_frame_sizes_close(h->frames);
    for (unsigned i = 0; i < h->kept_count; i++)
        free(h->kept[i]);
    free(h->kept);
    free(h->loaded);
    free(h->calls);
    free(h->injections);
    kss_text_free(&h->text);
    kss_text_free(&h->name);
    free(h);
}

struct kss_session *kss_current(void) {
    if (current == NULL)
        return NULL;
    kss_session_refresh(current->session);
    return current->session;
}

// ---- Threads ----------------------------------------------------------------------------------------
unsigned kss_thread_start(const struct kss_thread_options *options) {
    struct kss_harness *h = kss_harness("kss_thread_start");
    uint64_t arguments[KSS_ARGUMENTS] = {0};
    if (options->argument_count > KSS_ARGUMENTS)
        kss_harness_refuse("kss_thread_start", "at most eight arguments", NULL);
    if (options->priority < 0 || options->priority > 31)
        kss_harness_refuse("kss_thread_start", "a priority is 0 to 31", NULL);
    if (options->gui && options->system)
        kss_harness_refuse("kss_thread_start", "a system thread has no large (gui) stack", NULL);
    for (unsigned i = 0; i < options->argument_count; i++)
        arguments[i] = options->arguments[i];
    return kss_session_thread(h->session, options->name ? options->name : "thread",
                              options->routine, arguments, options->argument_count,
                              options->returns_pointer ? sizeof(void *) : 4,
                              options->priority ? options->priority : PRIORITY, options->process,
                              options->system, options->gui);
}

unsigned kss_thread_make_(bool system, const char *name, kss_routine *routine,
                          const uintptr_t *arguments, unsigned count) {
    return kss_thread_start(&(struct kss_thread_options){.name = name,
                                                         .routine = routine,
                                                         .arguments = arguments,
                                                         .argument_count = count,
                                                         .system = system});
}

static const struct kss_thread *thread_of(const char *what, unsigned thread) {
    struct kss_harness *h = kss_harness(what);
    uint32_t used;
    const struct kss_thread *threads = kss_section_const(h->machine, KSS_S_THREAD, &used);
    if (thread >= used / sizeof *threads)
        kss_harness_refuse(what, "there is no such thread", NULL);
    return &threads[thread];
}

enum kss_thread_phase kss_thread_phase(unsigned thread) {
    const struct kss_thread *t = thread_of("kss_thread_phase", thread);
    if (t->state == KSS_T_ENDED)
        return KSS_THREAD_ENDED;
    if (kss_ended(current->machine) != KSS_END_RUNNING &&
        kss_ended(current->machine) != KSS_END_DONE)
        return KSS_THREAD_STOPPED;
    return t->state == KSS_T_WAITING ? KSS_THREAD_WAITING : KSS_THREAD_READY;
}

uintptr_t kss_thread_value(unsigned thread) {
    thread_of("kss_thread_value", thread);
    return (uintptr_t)kss_session_thread_value(current->session, (uint16_t)thread);
}

bool kss_thread_out(unsigned thread) {
    return thread_of("kss_thread_out", thread)->out != 0;
}

unsigned kss_thread_named(const char *name) {
    struct kss_harness *h = kss_harness("kss_thread_named");
    uint32_t used;
    kss_section_const(h->machine, KSS_S_THREAD, &used);
    for (unsigned i = 0; i < used / sizeof(struct kss_thread); i++)
        if (strcmp(kss_session_thread_name(h->session, (uint16_t)i), name) == 0)
            return i;
    return UINT_MAX;
}

void kss_alert_thread(unsigned thread) {
    thread_of("kss_alert_thread", thread);
    kss_promise(current->machine,
                &(struct kss_due){.kind = KSS_DUE_ALERT, .target = (uint16_t)thread}, 0, 0, 0);
}

void kss_terminate_thread(unsigned thread) {
    thread_of("kss_terminate_thread", thread);
    kss_promise(current->machine,
                &(struct kss_due){.kind = KSS_DUE_TERMINATE, .target = (uint16_t)thread}, 0, 0, 0);
}

// ---- Running ----------------------------------------------------------------------------------------
static bool go(const char *what, uint64_t until) {
    struct kss_harness *h = kss_harness(what);
    kss_session_go(h->session, until, h->watchdog);
    return kss_ended(h->machine) == KSS_END_RUNNING;
}

bool kss_run_all(void) {
    return go("kss_run_all", UINT64_MAX);
}

bool kss_advance_time(uint64_t duration) {
    struct kss_harness *h = kss_harness("kss_advance_time");
    return go("kss_advance_time", kss_now(h->machine) + duration);
}

uint64_t kss_time(void) {
    return kss_now(kss_harness("kss_time")->machine);
}

uintptr_t kss_value_of_(unsigned thread) {
    kss_run_all();
    return kss_thread_value(thread);
}

int kss_finish(void) {
    struct kss_harness *h = kss_harness("kss_finish");
    kss_session_end(h->session);
    return kss_session_status(h->session);
}

int kss_status(void) {
    return kss_finish();
}

const char *kss_report(bool verbose) {
    struct kss_harness *h = kss_harness("kss_report");
    size_t length;
    kss_finish();
    kss_harness_judge_failure(h);
    return kss_write_text(h->session, verbose, &length);
}
