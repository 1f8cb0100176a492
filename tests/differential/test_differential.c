// SPDX-License-Identifier: MIT
// One kernel, two processors: every program of this folder exists as a scenario and as driver C, and must
// give the same events in the same order, whoever executes it.
#include "kss/cmocka.h"

#include "base/text.h"
#include "reduce.h"

#include <stdio.h>
#include <stdlib.h>

enum { MJ_READ = 3 };

void UserWait(void), KernelWait(void), Poll(void), GoOn(void), CountTicks(void), Delay(void),
    AddOne(void), LeaveRaised(void), PinnedWait(void), PinForEver(void), Expand(void),
    Descend(void), Server(void), Client(void), Serve(void), Ask(void), Alertable(void),
    EnterAndForget(void), FreeTwice(void), Queue(void), PendRead(void), LowerRead(void),
    TwiceRead(void), HangRead(void), WaitForInterrupts(void), Isr(void), WaitForPulse(void),
    Pulse(void), WaitRaised(void), SyncLower(void), LateLower(void), Consume(void), Produce(void),
    Own(void), Other(void), WaitSeveral(void), Signal(void), ReleaseAndWait(void), TakeApc(void),
    SendApc(void), RunWork(void), RunThread(void), PostOverflow(void), Transfer(void),
    UnlockTwice(void), LeaveLocked(void), KeepMutex(void), WantMutex(void), WriteValue(void),
    ReadValue(void), AddOneQueued(void), QueueThree(void), QueueRead(void), Unwinds(void),
    RaiseRead(void);
extern unsigned char Data[64];

struct body {
    const char *name;
    kss_routine *routine;
    const char *symbol;
    int priority;
    bool reads; // the thread reads from device C instead of calling a routine
};

struct twin {
    const char *name;
    struct body threads[2];
    kss_routine *disk;  // the dispatch routine for reads of device C
    const char *filter; // the driver above it
    void (*drive)(void);
    uint32_t value; // what the first thread's routine returns; the scenario expects it by `status`
};

static void alert_then_terminate(void) {
    kss_advance_time(KSS_S(1));
    kss_alert_thread(0);
    kss_advance_time(KSS_S(9));
    kss_terminate_thread(0);
}

#define BODY(name, routine, priority)                                                              \
    { name, routine, #routine, priority, false }

static void interrupt_twice(void) {
    kss_interrupt(KSS_MS(100), 8, Isr, NULL, NULL);
    kss_interrupt(KSS_MS(250), 8, Isr, NULL, NULL);
}

static void device_writes(void) {
    uint8_t bytes[64];
    memset(bytes, 0xDA, sizeof bytes);
    kss_dma_write(KSS_MS(10), Data, sizeof bytes, bytes);
}

static const struct twin twins[] = {
    {.name = "event-user-wait", .threads = {BODY("App", UserWait, 0)}},
    {.name = "event-kernel-wait", .threads = {BODY("App", KernelWait, 0)}},
    {.name = "poll", .threads = {BODY("App", Poll, 0)}},
    {.name = "late-dpc", .threads = {BODY("App", GoOn, 0)}, .value = 0x102},
    {.name = "timer-dpc", .threads = {BODY("App", CountTicks, 0)}},
    {.name = "delay", .threads = {BODY("App", Delay, 0)}},
    {.name = "spin-lock", .threads = {BODY("App", AddOne, 0)}},
    {.name = "irql-left-raised", .threads = {BODY("App", LeaveRaised, 0)}},
    {.name = "swap-disabled", .threads = {BODY("App", PinnedWait, 0)}},
    {.name = "swap-left-disabled", .threads = {BODY("App", PinForEver, 0)}},
    {.name = "expansion", .threads = {BODY("App", Expand, 0)}},
    {.name = "recursion", .threads = {BODY("App", Descend, 0)}},
    {.name = "handoff", .threads = {BODY("High", Server, 12), BODY("Low", Client, 8)}},
    {.name = "set-and-wait", .threads = {BODY("High", Serve, 12), BODY("Low", Ask, 8)}},
    {.name = "alert-and-terminate",
     .threads = {BODY("App", Alertable, 0)},
     .drive = alert_then_terminate},
    {.name = "exception-finally", .threads = {BODY("App", Unwinds, 0)}, .value = 0x80000002},
    {.name = "exception-through-driver",
     .threads = {{"App", .reads = true}},
     .disk = RaiseRead,
     .filter = "twin-exception-through-driver",
     .value = 0xC00000A3},
    {.name = "critical-region-left", .threads = {BODY("App", EnterAndForget, 0)}},
    {.name = "pool-freed-twice", .threads = {BODY("App", FreeTwice, 0)}},
    {.name = "dpc-queue", .threads = {BODY("App", Queue, 0)}},
    {.name = "irp-pended", .threads = {{"App", .reads = true}}, .disk = PendRead},
    {.name = "irp-filter",
     .threads = {{"App", .reads = true}},
     .disk = LowerRead,
     .filter = "twin-irp-filter"},
    {.name = "irp-completed-twice", .threads = {{"App", .reads = true}}, .disk = TwiceRead},
    {.name = "irp-cancelled",
     .threads = {{"App", .reads = true}},
     .disk = HangRead,
     .value = 0xC0000120},
    {.name = "interrupt", .threads = {BODY("App", WaitForInterrupts, 0)}, .drive = interrupt_twice},
    {.name = "pulse", .threads = {BODY("High", WaitForPulse, 12), BODY("Low", Pulse, 8)}},
    {.name = "semaphore-handover", .threads = {BODY("High", Consume, 12), BODY("Low", Produce, 8)}},
    {.name = "mutex-recursion", .threads = {BODY("High", Own, 12), BODY("Low", Other, 8)}},
    {.name = "wait-several",
     .threads = {BODY("High", WaitSeveral, 12), BODY("Low", Signal, 8)},
     .value = 0x102},
    {.name = "wait-true", .threads = {BODY("App", ReleaseAndWait, 0)}},
    {.name = "special-apc", .threads = {BODY("High", TakeApc, 12), BODY("Low", SendApc, 8)}},
    {.name = "work-item", .threads = {BODY("App", RunWork, 0)}},
    {.name = "system-thread", .threads = {BODY("App", RunThread, 0)}},
    {.name = "post-and-wait", .threads = {BODY("App", PostOverflow, 0)}},
    {.name = "wait-at-dispatch", .threads = {BODY("App", WaitRaised, 0)}},
    {.name = "fast-mutex", .threads = {BODY("High", KeepMutex, 12), BODY("Low", WantMutex, 8)}},
    {.name = "resource", .threads = {BODY("High", WriteValue, 12), BODY("Low", ReadValue, 8)}},
    {.name = "queued-lock", .threads = {BODY("App", AddOneQueued, 0)}},
    {.name = "device-queue", .threads = {BODY("App", QueueThree, 0)}},
    {.name = "csq-cancelled",
     .threads = {{"App", .reads = true}},
     .disk = QueueRead,
     .value = 0xC0000120},
    {.name = "irp-synchronous",
     .threads = {{"App", .reads = true}},
     .disk = SyncLower,
     .filter = "twin-irp-synchronous"},
    {.name = "mdl-transfer", .threads = {BODY("App", Transfer, 0)}, .drive = device_writes},
    {.name = "mdl-unlocked-twice", .threads = {BODY("App", UnlockTwice, 0)}},
    {.name = "mdl-left-locked", .threads = {BODY("App", LeaveLocked, 0)}},
    {.name = "irp-late",
     .threads = {{"App", .reads = true}},
     .disk = LateLower,
     .filter = "twin-irp-late",
     .value = 0xC00000B5},
};

// Returns the number of its first thread.
static unsigned start(const struct twin *twin) {
    unsigned last = 0, count = 0;
    static char buffer[16];
    static struct kss_io io;
    void *device = NULL;
    if (twin->disk != NULL)
        device = kss_make_device("C", &(struct kss_dispatch){MJ_READ, twin->disk}, 1);
    if (twin->filter != NULL) {
        assert_int_equal(kss_load_driver(twin->filter), 0);
        assert_int_equal(kss_add_device(twin->filter, device), 0);
    }
    for (const struct body *body = twin->threads; body < twin->threads + 2 && body->name != NULL;
         body++) {
        io = (struct kss_io){
            .device = device, .major = MJ_READ, .output = buffer, .output_length = sizeof buffer};
        if (body->reads)
            last = kss_io_start(body->name, &io);
        else
            last = kss_thread_start(&(struct kss_thread_options){
                .name = body->name, .routine = body->routine, .priority = body->priority});
        count++;
    }
    return last + 1 - count;
}

static void run_native(const struct twin *twin, const struct reduce_thread *threads,
                       struct kss_text *out) {
    kss_setup(&(struct kss_machine_options){.name = twin->name, .all_events = true});
    unsigned first = start(twin);
    if (twin->drive != NULL)
        twin->drive();
    kss_run_all();
    if (kss_thread_phase(first) == KSS_THREAD_ENDED)
        assert_int_equal((uint32_t)kss_thread_value(first), twin->value);
    kss_finish();
    reduce(kss_current(), threads, out);
    if (getenv("KSS_TWINS_SHOW") != NULL)
        puts(kss_report(false));
    kss_teardown();
}

static void run_script(const struct twin *twin, const struct reduce_thread *threads,
                       struct kss_text *out) {
    char path[1024];
    struct kss_options options = {.machine = sizeof(void *) == 8 ? "x64" : "x86",
                                  .all_events = true};
    snprintf(path, sizeof path, "%s/%s.kss", KSS_TWINS, twin->name);
    struct kss_session *session = kss_open_file(path, &options);
    if (!kss_loaded(session))
        fail_msg("%s", kss_diagnostics(session));
    int status = kss_run(session);
    reduce(session, threads, out);
    kss_close(session);
    assert_int_equal(status, KSS_OK); // its own expectations
}

static size_t line_length(const char *line) {
    return strcspn(line, "\n");
}

// The first line that differs, with what both said before it.
static void compare(const struct twin *twin, const char *script, const char *native) {
    enum { BEFORE = 6 };
    const char *before[BEFORE] = {0};
    unsigned count = 0;
    while (*script != 0 || *native != 0) {
        size_t a = line_length(script), b = line_length(native);
        if (a != b || memcmp(script, native, a) != 0) {
            print_error("%s.kss and %s.c differ in line %u of their events\n", twin->name,
                        twin->name, count + 1);
            for (unsigned i = count < BEFORE ? 0 : count - BEFORE; i < count; i++)
                print_error("  both    %.*s\n", (int)line_length(before[i % BEFORE]),
                            before[i % BEFORE]);
            print_error("  kss     %.*s\n  native  %.*s\n", (int)a, script, (int)b, native);
            fail();
        }
        before[count++ % BEFORE] = script;
        script += a + (script[a] != 0);
        native += b + (native[b] != 0);
    }
    assert_true(count >= 4); // an empty list is no agreement
}

static void agrees(void **state) {
    const struct twin *twin = *state;
    struct reduce_thread threads[3] = {{0}};
    for (unsigned i = 0; i < 2; i++)
        threads[i] = (struct reduce_thread){twin->threads[i].name, twin->threads[i].symbol};
    struct kss_text script = {0}, native = {0};
    run_script(twin, threads, &script);
    run_native(twin, threads, &native);
    if (getenv("KSS_TWINS_SHOW") != NULL)
        printf("---- kss\n%s---- native\n%s", script.bytes, native.bytes);
    compare(twin, script.bytes, native.bytes);
    kss_text_free(&script);
    kss_text_free(&native);
}

int main(int argc, char **argv) {
    enum { COUNT = sizeof twins / sizeof *twins };
    struct CMUnitTest tests[COUNT];
    for (unsigned i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){.name = twins[i].name,
                                       .test_func = agrees,
                                       .initial_state = (void *)(uintptr_t)&twins[i]};
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("differential", tests, NULL, NULL);
}
