// SPDX-License-Identifier: MIT
// Unit tests for real driver code: machines, threads, and controls over what the world does to them.
//
//     kss_setup(NULL);                                          // a machine, the current one
//     kss_thread("App", ReadDispatch, device, irp);             // a thread that will call it
//     kss_run();                                                // until nothing happens any more
//     if (kss_status() != KSS_OK) puts(kss_report(false));      // what kss thinks of it
//     kss_teardown();
//
// Driver code runs on kernel stacks of the machine's size, under virtual time, one processor unless
// asked otherwise; runs are deterministic. Its sources come in by kss_add_driver (CMake); NT routines
// it calls are libkss's. The test itself is the hardware, the user and the clock: it runs on the host
// thread's own stack, between kss_ calls, and never on a driver's.
//
// The current machine belongs to the host thread that set it up. Routines of this header may be called
// only from there, outside of driver code, unless said otherwise. Callbacks given here (hooks, MMIO)
// run on the host thread's stack, too. With CMocka include kss/cmocka.h instead.
//
// Times are 100 ns units of virtual time; sizes are bytes.
#ifndef KSS_HARNESS_H
#define KSS_HARNESS_H

#include "kss/kss.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KSS_US(n) ((uint64_t)(n)*10)
#define KSS_MS(n) ((uint64_t)(n)*10000)
#define KSS_S(n)  ((uint64_t)(n)*10000000)

// ---- Machines ----------------------------------------------------------------------------------

struct kss_machine_options { // zeros are defaults
    const char *machine;     // "x64", "x64-xsave", "x86", "arm", "arm64"; NULL: x64 or x86, as the
        // host's pointers are wide. It must have pointers as wide as the host's
    const char *name;     // in reports; NULL: "native", with KSS_REPORTS (below) PROGRAM-N
    uint32_t stack;       // kernel stack size; 0: the machine's
    const char *swap;     // "balance-set" (default), "eager" (out at every legal moment), "never"
    unsigned processors;  // 0: one
    bool small_memory;    // stacks leave memory after 3 s instead of 15 s
    bool page_in_foreign; // touching another thread's out-swapped stack below DISPATCH_LEVEL pages
                          // it in instead of bug check 0x50 (undocumented: a policy)
    bool verifier;        // Driver Verifier: mistakes are bug check 0xC4; raising to DISPATCH_LEVEL
                          // takes pageable memory away
    bool
        swap_per_process; // a stack leaves only while every thread of its process waits in UserMode,
                          // and never one of the System process
    unsigned swap_priority_ceiling; // stacks of threads of at least this priority stay; 0: 25
    uint64_t outswap_after;         // 100 ns a wait lasts before its stack leaves; 0: 15 s
    uint64_t swapper_period;        // 100 ns between looks at waiting threads; 0: 4 s
    uint32_t clock_tick;            // 100 ns; 0: 15.625 ms
    uint64_t dpc_timeout,
        dpc_watchdog; // 100 ns one DPC or ISR, or a processor at DISPATCH_LEVEL or
                      // above, may take before 0x133; 0: 7.8125 s and 120 s;
                      // UINT64_MAX: for ever
    uint64_t nonpaged_pool, paged_pool; // bytes the pools hold; 0: 256 MiB each
    uint32_t max_expansion;             // MAXIMUM_EXPANSION_SIZE; 0: the machine's
    const char
        *frames;       // a file with the frame sizes of a Windows build, anything that `kss frames`
                       // reads ("mydrv.sys", "frames.tsv"): reports show them beside the host's
    unsigned watchdog; // ms of processor time without an NT call that are a hang; 0: 10,000;
                       // UINT_MAX: never
    bool all_events;   // record every kind of event
    bool call_log;     // record every NT call of driver code, for kss_call_at
};

// Makes a machine and makes it current; variables of drivers made with kss_add_driver get their initial
// values. An earlier current machine is torn down. A host that cannot run native code, or a bad option,
// ends the process with a message.
void kss_setup(const struct kss_machine_options *options);
// Frees the current machine; none: nothing happens. When the environment has KSS_REPORTS=DIR, its run is ended
// and its events are saved first, all of them, as DIR/PROGRAM-N.jsonl: N counts the machines of the program from
// 1. `kss report DIR/*.jsonl` draws reports of them.
void kss_teardown(void);

// The current machine's session: everything kss/kss.h reads (events, findings, verdict, stack use,
// writers) works on it. Valid until teardown. NULL: no machine.
struct kss_session *kss_current(void);

// ---- Threads -----------------------------------------------------------------------------------

typedef void kss_routine(void); // any driver routine, cast

struct kss_thread_options {
    const char *name;
    kss_routine *routine;
    const uintptr_t *arguments; // copied
    unsigned argument_count;    // at most 8
    int priority;               // 0: 8
    const char *process;        // NULL: "application"
    bool system;                // a system thread: starts as by PsCreateSystemThread, KernelMode
    bool gui;                   // a user thread with a large stack, which grows as it is used
    bool returns_pointer;       // its value is as wide as a pointer; else 32 bits (NTSTATUS) count
};

// Makes a thread that will call a routine; it starts at the next kss_run or kss_advance. Returns its
// number, from 0 in the order of their making.
unsigned kss_thread_start(const struct kss_thread_options *options);

// kss_thread(name, routine, up to eight integer or pointer arguments): a user thread's system call.
// kss_system_thread: a system thread. Both return the thread's number.
#define kss_thread(...)        KSS_THREAD_(false, __VA_ARGS__, KSS_COUNT_)
#define kss_system_thread(...) KSS_THREAD_(true, __VA_ARGS__, KSS_COUNT_)

enum kss_thread_phase {
    KSS_THREAD_READY,   // not started, or waiting for the processor
    KSS_THREAD_WAITING, // in a wait or delay
    KSS_THREAD_ENDED,
    KSS_THREAD_STOPPED // the machine ended under it
};
enum kss_thread_phase kss_thread_phase(unsigned thread);
// What its routine returned, or gave to PsTerminateSystemThread; 0 while it has not ended. An NTSTATUS:
// cast it.
uintptr_t kss_thread_value(unsigned thread);
bool kss_thread_out(unsigned thread); // its stack is out-swapped now
// The number of the first thread of that name; UINT_MAX: there is none. Threads that drivers make with
// PsCreateSystemThread have the name of their start routine ("CrunchWorker", "CrunchWorker #2"), nt's own
// are "Worker 1" and so on, "Overflow worker" and "Paging file worker".
unsigned kss_thread_named(const char *name);

void kss_alert_thread(unsigned thread);     // as NtAlertThread does
void kss_terminate_thread(unsigned thread); // asks for its termination: ends UserMode waits

// ---- Running -----------------------------------------------------------------------------------

// Runs until nothing can happen any more, or the machine has stopped. Returns false when it stopped.
bool kss_run_all(void);
// Runs what can happen within [duration] and moves the clock by it. False: the machine stopped.
bool kss_advance_time(uint64_t duration);
uint64_t kss_time(void); // since the machine was made

// kss_thread, then kss_run_all; returns its value.
#define kss_call_thread(...) kss_value_of_(kss_thread(__VA_ARGS__))
uintptr_t kss_value_of_(unsigned thread);

// Ends the run: waits that never end are found out, expectations of the rules at the end are judged.
// Returns enum kss_status: KSS_OK when there is no bug check, hang, error or warning. Called by
// kss_status and the assertions of kss/cmocka.h; nothing runs afterwards.
int kss_finish(void);
int kss_status(void);

// Ends the run and writes a report of it in one of the formats of kss_write_format ("jsonl", "text", ...) to a
// file. False: it cannot be written. A format that there is not ends the process with a message.
bool kss_save_report(const char *format, const char *path);

// What the test meant to happen, so that saved reports count it as expected: the machine's end in a bug check,
// a finding by name or number ("KSS2001"), in a routine ("mydrv!ReadDispatch") or, with NULL, anywhere. The
// assertions of kss/cmocka.h say it when they hold; one that fails says that. Has no effect on kss_status.
void kss_expected_bugcheck(uint32_t code);
void kss_expected_hazard(const char *name, const char *routine);
void kss_assertion_failed(const char *file, int line);
// The text report (`kss run` prints the same), with tables and the event log when [verbose].
const char *kss_report(bool verbose);

// ---- Drivers and requests ----------------------------------------------------------------------
// A driver made with kss_add_driver is loaded by its name: a DRIVER_OBJECT is made and DriverEntry runs
// in a system thread. All of these run the machine until what they began is over or waits.

// Returns DriverEntry's status. An unknown driver ends the process with a message.
uint32_t kss_load_driver(const char *driver);
// Runs AddDevice(DriverObject, pdo) of a loaded driver; returns its status.
uint32_t kss_add_device(const char *driver, void *pdo);
// Runs DriverUnload of a loaded driver; false: it has none.
bool kss_unload_driver(const char *driver);
void *kss_driver_object_of(const char *driver); // PDRIVER_OBJECT; NULL: not loaded

// A device object without a driver of yours below it: the physical device object that AddDevice gets,
// or the lowest device of a stack. [dispatch] are the test's own dispatch routines, which run as driver
// code; requests of other majors end with STATUS_INVALID_DEVICE_REQUEST. [name] may be NULL.
struct kss_dispatch {
    unsigned major; // IRP_MJ_x
    kss_routine *routine;
};
void *kss_make_device(const char *name, const struct kss_dispatch *dispatch, unsigned count);
// The device object of that name ("mydrv0", "\\Device\\mydrv0", or a symbolic link's); NULL: none.
void *kss_device_object(const char *name);

// A request from a user thread, as NtReadFile and its like send it: to the top of the stack that
// [device] is in, with an IRP made by nt, on that thread's stack, synchronously.
struct kss_io {
    void *device;     // PDEVICE_OBJECT, or
    void *handle;     // what an IRP_MJ_CREATE gave
    const char *path; // CREATE: "\\Device\\mydrv0", "\\DosDevices\\mydrv"
    unsigned major;   // IRP_MJ_CREATE (gives handle), _CLOSE, _READ, _WRITE, _DEVICE_CONTROL
    uint32_t control; // DEVICE_CONTROL: the code
    void *input;      // WRITE, DEVICE_CONTROL: what the caller sends
    void *output;     // READ, DEVICE_CONTROL: where the answer goes
    uint32_t input_length, output_length;
    int64_t offset; // READ, WRITE
    // filled in when the thread has ended:
    uint32_t status;       // what the system call returned
    uintptr_t information; // bytes transferred
};
// Starts the thread; [io] must live until it has ended. Returns its number.
unsigned kss_io_start(const char *thread, struct kss_io *io);
// The same, then kss_run_all; returns io->status (STATUS_PENDING when it still waits).
uint32_t kss_io(const char *thread, struct kss_io *io);

// ---- The registry ------------------------------------------------------------------------------

// Sets a value of [size] bytes as it is stored: strings are UTF-16 with their null character. [key] is
// a path from \Registry, or one below \Registry\Machine\System\CurrentControlSet\Services
// ("mydrv\\Parameters"); missing keys are made. [type] is REG_x (4: REG_DWORD). Names are ASCII. A
// name or path that is too long, or more than 1 MiB, ends the program with a message.
void kss_registry_set(const char *key, const char *value, uint32_t type, const void *data,
                      size_t size);

// Bytes of a value's data, of which at most [room] are copied; -1: there is no such value. [type] may
// be NULL.
long kss_registry_get(const char *key, const char *value, uint32_t *type, void *data, size_t room);

// ---- The world ---------------------------------------------------------------------------------

// [after] 100 ns from now: an interrupt at device IRQL [irql] (0: the machine's lowest) runs
// KSERVICE_ROUTINE isr(interrupt, context); a DPC runs deferred(NULL, context, argument1, argument2).
void kss_interrupt(uint64_t after, unsigned irql, kss_routine *isr, void *interrupt, void *context);
void kss_dpc(uint64_t after, kss_routine *deferred, void *context, void *argument1,
             void *argument2);
// An interrupt of [vector] then: the ISR that a driver has connected to it (IoConnectInterrupt) runs at
// the IRQL it was connected with. False: nobody has.
bool kss_interrupt_line(uint64_t after, uint32_t vector);
// Somebody at PASSIVE_LEVEL sets the KEVENT at [event] then.
void kss_signal(uint64_t after, void *event);
// An APC is queued to a thread then, which runs routine(argument1, argument2, argument3) on its stack, on
// top of whatever it does, as soon as it lets such an APC in (KRN types-of-apcs): a special kernel APC at
// APC_LEVEL, a normal one at PASSIVE_LEVEL; a user APC ends an alertable UserMode wait, and its kernel
// routine, which [routine] is, runs at the thread's return to user mode.
enum kss_apc_mode { KSS_USER_APC_MODE, KSS_KERNEL_APC_MODE, KSS_SPECIAL_APC_MODE };
void kss_queue_apc(uint64_t after, unsigned thread, enum kss_apc_mode mode, kss_routine *routine,
                   void *argument1, void *argument2, void *argument3);
// Pageable memory is trimmed then, as under memory pressure.
void kss_trim_memory(uint64_t after);

// A device transfers [bytes] by DMA then, to or from the page frames that the memory is in now, at the
// call: those of [buffer], as MmGetPhysicalAddress says, or those in an MDL. If the pages have left
// their frames by then (a stack that is not locked, paged pool), somebody else's bytes are transferred and
// the report says whose. What is written is copied at the call; [data] to be read into must live until the
// transfer. With an MDL (PMDL, and those chained to it) [bytes] is how many of its bytes at most.
void kss_dma_write(uint64_t after, void *buffer, size_t bytes, const void *data);
void kss_dma_write_mdl(uint64_t after, void *mdl, size_t bytes, const void *data);
void kss_dma_read(uint64_t after, const void *buffer, size_t bytes, void *data);
void kss_dma_read_mdl(uint64_t after, const void *mdl, size_t bytes, void *data);

// DPCs stay queued while held; kss_hold_dpcs(false) lets them run at the next run. Code that spins until
// one has run, as KeFlushQueuedDpcs does, hangs meanwhile, and is reported so.
void kss_hold_dpcs(bool hold);

// Puts the stack of a thread out of memory now if its wait allows that (UserMode, swapping enabled,
// priority below the ceiling), however long it has waited. Returns whether it is out.
bool kss_out_swap(unsigned thread);

// From inside [routine] ("ReadDispatch" or "mydrv!ReadDispatch") on, only [bytes] of stack are left
// until it returns: StackLimit moves up. IoGetRemainingStackSize says [bytes] there. Has no effect where
// less is left anyway. UINT32_MAX: no more. At most eight routines at once.
void kss_leave_stack(const char *routine, uint32_t bytes);

// ---- Calls -------------------------------------------------------------------------------------

// The [nth] call (1: the next) of NT routine [routine] from now on does nothing and returns [value].
// An unknown name ends the process with a message.
void kss_fail_with(const char *routine, unsigned nth, uint64_t value);
// The same with the routine's own failure: NULL from an allocation, STATUS_NO_MEMORY from
// KeExpandKernelStackAndCallout, STATUS_INSUFFICIENT_RESOURCES from others that return a status.
void kss_fail(const char *routine, unsigned nth);

uint64_t kss_calls(const char *routine); // by driver code since the machine was made
struct kss_call_info {
    const char *routine; // "KeSetEvent"
    const char *caller;  // "mydrv!ReadDispatch"; "" unknown
    uintptr_t arguments[4];
};
uint64_t kss_call_count(void); // recorded: with kss_machine_options.call_log, else 0
bool kss_call_at(uint64_t index, struct kss_call_info *info);

// ---- Devices' registers ------------------------------------------------------------------------

// READ_REGISTER_x and WRITE_REGISTER_x on [size] bytes from [base] call these instead of touching
// memory; [offset] counts from base, [width] is 1, 2, 4 or 8. [base] need not be mapped. At most 16.
struct kss_registers {
    void *base;
    size_t size;
    uint64_t (*read)(void *context, size_t offset, unsigned width);
    void (*write)(void *context, size_t offset, unsigned width, uint64_t value);
    void *context;
};
void kss_add_registers(const struct kss_registers *registers);

// ---- Pool --------------------------------------------------------------------------------------

// Blocks of pool that driver code has allocated and not freed.
size_t kss_leak_count(void);
uint64_t kss_leak_bytes(void);
// "kssT: 2 blocks, 96 bytes", a line for each tag; "" when there is none.
const char *kss_leaks(void);

// ---- For the macros ------------------------------------------------------------------------------

unsigned kss_thread_make_(bool system, const char *name, kss_routine *routine,
                          const uintptr_t *arguments, unsigned count);
#define KSS_THREAD_(system, name, routine, ...)                                                    \
    kss_thread_make_(system, name, (kss_routine *)(uintptr_t)(routine),                            \
                     (const uintptr_t[]){KSS_EACH_(__VA_ARGS__)},                                  \
                     sizeof((const uintptr_t[]){KSS_EACH_(__VA_ARGS__)}) / sizeof(uintptr_t) - 1)
#define KSS_COUNT_ 0
#define KSS_W_(a)  (uintptr_t)(a)
#define KSS_EACH_(...)                                                                             \
    KSS_ROW_(__VA_ARGS__, KSS_E9_, KSS_E8_, KSS_E7_, KSS_E6_, KSS_E5_, KSS_E4_, KSS_E3_, KSS_E2_,  \
             KSS_E1_, )                                                                            \
    (__VA_ARGS__)
#define KSS_ROW_(a, b, c, d, e, f, g, h, i, n, ...) n
#define KSS_E1_(a)                                  KSS_W_(a)
#define KSS_E2_(a, ...)                             KSS_W_(a), KSS_E1_(__VA_ARGS__)
#define KSS_E3_(a, ...)                             KSS_W_(a), KSS_E2_(__VA_ARGS__)
#define KSS_E4_(a, ...)                             KSS_W_(a), KSS_E3_(__VA_ARGS__)
#define KSS_E5_(a, ...)                             KSS_W_(a), KSS_E4_(__VA_ARGS__)
#define KSS_E6_(a, ...)                             KSS_W_(a), KSS_E5_(__VA_ARGS__)
#define KSS_E7_(a, ...)                             KSS_W_(a), KSS_E6_(__VA_ARGS__)
#define KSS_E8_(a, ...)                             KSS_W_(a), KSS_E7_(__VA_ARGS__)
#define KSS_E9_(a, ...)                             KSS_W_(a), KSS_E8_(__VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
