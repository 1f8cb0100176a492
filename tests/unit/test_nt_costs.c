// SPDX-License-Identifier: MIT
// `nt_costs = on`: what a call of an NT routine adds to the deepest point, where it crosses StackLimit, and
// what the verdict says of calls without a figure.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"
#include "kss/kss.h"
#include "nt/nt.h"

#include <string.h>

enum { NOTHING = 0 };

static struct kss_session *run(const char *machine, const char *fields, const char *scenario) {
    struct kss_text text = {0};
    kss_text_format(&text, "machine %s { %s }\n%s", machine, fields, scenario);
    struct kss_session *session = kss_open_text("costs.kss", text.bytes, text.length, NULL);
    if (!kss_loaded(session))
        print_message("%s", kss_diagnostics(session));
    assert_true(kss_loaded(session));
    kss_run(session);
    kss_text_free(&text);
    return session;
}

static struct kss_stack_use use_of(struct kss_session *session) {
    struct kss_stack_use use;
    assert_true(kss_stack_use(session, "App", &use));
    return use;
}

// ---- The deepest point --------------------------------------------------------------------------
#define EVENT "KEVENT E; VOID Set() { KeSetEvent(&E, 0, FALSE); }\n"
#define WAIT(set, wait)                                                                            \
    EVENT "VOID F() frame(0x100) {\n"                                                              \
          "    KeInitializeEvent(&E, NotificationEvent, " set ");\n"                               \
          "    after 1s dpc Set();\n" wait "\n"                                                    \
          "}\nthread App { F(); }\n"
#define CALL(statement) "VOID F() frame(0x100) { " statement " }\nthread App { F(); }\n"
#define EXPAND(routine, more)                                                                      \
    "VOID Callout(PVOID context) frame(0x40) {}\n"                                                 \
    "VOID F() frame(0x100) { " routine "(Callout, NULL, 0x1000" more "); }\n"                      \
    "thread App { F(); }\n"

// Completing takes 0xF0 more on x64, and nothing listed on x86.
#define CONTROLS                                                                                   \
    "NTSTATUS disk!Control(PDEVICE_OBJECT d, PIRP irp) frame(0x40) {\n"                            \
    "    irp->IoStatus.Status = STATUS_SUCCESS;\n"                                                 \
    "    IoCompleteRequest(irp, IO_NO_INCREMENT);\n"                                               \
    "    return STATUS_SUCCESS;\n"                                                                 \
    "}\n"                                                                                          \
    "driver disk { IRP_MJ_DEVICE_CONTROL: Control; }\n"                                            \
    "device C = disk;\n"                                                                           \
    "IO_STATUS_BLOCK Iosb;\n" CALL(                                                                \
        "NtDeviceIoControlFile(C, NULL, NULL, NULL, &Iosb, 0x222000, NULL, 0, NULL, 0);")
#define OPENS(routine)                                                                             \
    "NTSTATUS disk!Create(PDEVICE_OBJECT d, PIRP irp) frame(0x40) {\n"                             \
    "    irp->IoStatus.Status = STATUS_SUCCESS;\n"                                                 \
    "    IoCompleteRequest(irp, IO_NO_INCREMENT);\n"                                               \
    "    return STATUS_SUCCESS;\n"                                                                 \
    "}\n"                                                                                          \
    "NTSTATUS disk!DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) {\n"                   \
    "    UNICODE_STRING name;\n"                                                                   \
    "    PDEVICE_OBJECT device;\n"                                                                 \
    "    RtlInitUnicodeString(&name, L\"\\\\Device\\\\Disk0\");\n"                                 \
    "    driver->MajorFunction[IRP_MJ_CREATE] = disk!Create;\n"                                    \
    "    return IoCreateDevice(driver, 0, &name, FILE_DEVICE_DISK, 0, FALSE, &device);\n"          \
    "}\n"                                                                                          \
    "driver disk { entry: DriverEntry; }\n"                                                        \
    "HANDLE File; OBJECT_ATTRIBUTES All; UNICODE_STRING Name; IO_STATUS_BLOCK Iosb;\n" CALL(       \
        "RtlInitUnicodeString(&Name, L\"\\\\Device\\\\Disk0\");"                                   \
        "InitializeObjectAttributes(&All, &Name, OBJ_KERNEL_HANDLE, NULL, NULL);" routine          \
        "(&File, GENERIC_READ | SYNCHRONIZE, &All, &Iosb, NULL, FILE_ATTRIBUTE_NORMAL, 0,"         \
        "FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);")

static const struct row {
    const char *machine, *scenario;
    uint32_t more; // than without nt_costs
} rows[] = {
    {"x64", CALL("PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'tCsk'); (VOID)p;"), 0x2D0},
    {"x64", CALL("PVOID p = ExAllocatePool2(POOL_FLAG_PAGED, 16, 'tCsk'); (VOID)p;"), 0x290},
    {"x64", CALL("ExFreePool(ExAllocatePoolWithTag(PagedPool, 16, 'tCsk'));"), 0x2D0},
    {"x64-xsave", CALL("PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'tCsk'); (VOID)p;"), 0x2D0},
    {"x86", CALL("PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'tCsk'); (VOID)p;"), NOTHING},
    {"arm", CALL("PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'tCsk'); (VOID)p;"), NOTHING},
    {"x64", CALL("KeDelayExecutionThread(KernelMode, FALSE, 1s);"), 0x3C0},
    {"x64", WAIT("FALSE", "KeWaitForSingleObject(&E, Executive, KernelMode, FALSE, NULL);"), 0x6E0},
    {"x64", WAIT("TRUE", "KeWaitForSingleObject(&E, Executive, KernelMode, FALSE, NULL);"),
     NOTHING},
    {"x86", WAIT("FALSE", "KeWaitForSingleObject(&E, Executive, KernelMode, FALSE, NULL);"),
     NOTHING},
    {"x64",
     WAIT("FALSE", "PVOID all[1]; all[0] = &E;"
                   "KeWaitForMultipleObjects(1, all, WaitAny, Executive, KernelMode, FALSE, NULL, "
                   "NULL);"),
     0x370},
    {"x64", EXPAND("KeExpandKernelStackAndCalloutEx", ", FALSE, NULL"), 0xB0},
    {"x64", EXPAND("KeExpandKernelStackAndCallout", ""), NOTHING},
    {"x64", CONTROLS, 0x2B0 + 0xF0},
    {"x86", CONTROLS, 0xFC},
    {"x64", OPENS("ZwCreateFile"), 0x830 + 0xF0},
    {"x64", OPENS("NtCreateFile"), 0x620 + 0xF0},
};

static void test_deepest(void **state) {
    (void)state;
    unsigned wrong = 0;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kss_session *off = run(rows[i].machine, "", rows[i].scenario);
        struct kss_session *on = run(rows[i].machine, "nt_costs = on;", rows[i].scenario);
        uint32_t more = use_of(on).used - use_of(off).used;
        if (more != rows[i].more || use_of(on).drivers != use_of(off).drivers) {
            print_error("row %u, %s: 0x%X more, not 0x%X; drivers 0x%X and 0x%X\n", i,
                        rows[i].machine, more, rows[i].more, use_of(off).drivers,
                        use_of(on).drivers);
            wrong++;
        }
        kss_close(off);
        kss_close(on);
    }
    assert_int_equal(wrong, 0);
}

// ---- The limit ----------------------------------------------------------------------------------
// A device stack on x86 and an allocation on x64, with [left] bytes below the innermost driver frame.
#define READS                                                                                      \
    "typedef struct _X { PDEVICE_OBJECT Lower; } X, *PX;\n"                                        \
    "NTSTATUS low!Read(PDEVICE_OBJECT d, PIRP irp) frame(0x40) {\n"                                \
    "    irp->IoStatus.Status = STATUS_SUCCESS;\n"                                                 \
    "    IoCompleteRequest(irp, IO_NO_INCREMENT);\n"                                               \
    "    return STATUS_SUCCESS;\n"                                                                 \
    "}\n"                                                                                          \
    "NTSTATUS high!Read(PDEVICE_OBJECT d, PIRP irp) frame(0x40) {\n"                               \
    "    PX x = d->DeviceExtension;\n"                                                             \
    "    IoSkipCurrentIrpStackLocation(irp);\n"                                                    \
    "    return IofCallDriver(x->Lower, irp);\n"                                                   \
    "}\n"                                                                                          \
    "driver high { IRP_MJ_READ: Read; extension: X; lower: Lower; }\n"                             \
    "driver low { IRP_MJ_READ: Read; }\n"                                                          \
    "device C = high / low;\n"                                                                     \
    "IO_STATUS_BLOCK Status; UCHAR Buffer[16];\n"                                                  \
    "VOID F() frame(0x%X) {\n"                                                                     \
    "    NtReadFile(C, NULL, NULL, NULL, &Status, Buffer, 16, NULL, NULL);\n"                      \
    "}\nthread App { F(); }\n"
#define ALLOCATES                                                                                  \
    "VOID F() frame(0x%X) { PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'tCsk'); (VOID)p; }\n"  \
    "thread App { F(); }\n"

static struct kss_session *with_frame(const char *machine, const char *scenario, uint32_t frame) {
    struct kss_text text = {0};
    kss_text_format(&text, scenario, (unsigned)frame);
    struct kss_session *session = run(machine, "nt_costs = on;", text.bytes);
    kss_text_free(&text);
    return session;
}

static void check_limit(const char *machine, const char *scenario, uint32_t step, bool deeper,
                        const char *says) {
    struct kss_session *session = with_frame(machine, scenario, 0x100);
    struct kss_stack_use use = use_of(session);
    kss_close(session);
    uint32_t fits = 0x100 + use.size - use.used; // the frame with which nothing is left
    session = with_frame(machine, scenario, fits);
    struct kss_verdict verdict;
    kss_verdict(session, &verdict);
    assert_false(verdict.bugchecked);
    assert_int_equal(use_of(session).left, 0);
    kss_close(session);
    session = with_frame(machine, scenario, fits + step);
    kss_verdict(session, &verdict);
    assert_true(verdict.bugchecked);
    assert_int_equal(verdict.bugcheck, 0x7F);
    assert_int_equal(verdict.parameters[0], 8);
    assert_int_equal(use_of(session).used, use.size + step);
    if (deeper) // nt's own address is where it stopped
        assert_int_equal(verdict.parameters[3] >> 32, 0xFFFFF800);
    size_t length;
    const char *text = kss_write_text(session, true, &length);
    if (strstr(text, says) == NULL)
        print_error("no `%s` in\n%s", says, text);
    assert_non_null(strstr(text, says));
    kss_close(session);
}

static void test_limit(void **state) {
    (void)state;
    check_limit("x64", ALLOCATES, 0x10, true, "0x2D0  listed    nt!ExAllocatePoolWithTag");
    check_limit("x64-xsave", ALLOCATES, 0x10, true, "nt!ExAllocatePoolWithTag crossed the limit");
    check_limit("x64", READS, 0x10, true, "0xF0  listed    nt!IoCompleteRequest");
    // What completing takes on x86 is not listed: the lower driver's frame is the one that does not fit.
    check_limit("x86", READS, 4, false, "0x18  listed    nt!IofCallDriver");
}

// ---- The verdict --------------------------------------------------------------------------------
static void test_not_counted(void **state) {
    (void)state;
    static const struct {
        const char *fields, *scenario, *says; // NULL: nothing
    } cases[] = {
        {"", CALL("KeGetCurrentIrql();"),
         "not counted: stack that nt's own routines take below the calls to them\n"},
        {"nt_costs = on;",
         CALL("KeQueryInterruptTime(); KeGetCurrentProcessorNumberEx(NULL);"
              "KeQueryInterruptTime();"),
         "not counted: 3 calls of nt routines without a listed cost: "
         "KeGetCurrentProcessorNumberEx, KeQueryInterruptTime\n"},
        {"nt_costs = on;", CALL("KeQueryInterruptTime();"),
         "not counted: 1 call of nt routines without a listed cost: KeQueryInterruptTime\n"},
        {"nt_costs = on;", CALL("PVOID p = ExAllocatePool2(POOL_FLAG_PAGED, 16, 'tCsk'); (VOID)p;"),
         NULL},
        {"nt_costs = on;",
         "KEVENT E; KTIMER T; KDPC D; KMUTEX M; KSEMAPHORE S; FAST_MUTEX X; LIST_ENTRY L;\n"
         "VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) {}\n"
         "thread App {\n"
         "    KeInitializeEvent(&E, NotificationEvent, TRUE); KeSetEvent(&E, 0, FALSE);\n"
         "    KeClearEvent(&E); KeResetEvent(&E); KeReadStateEvent(&E);\n"
         "    KeInitializeTimer(&T); KeInitializeDpc(&D, Dpc, NULL); KeInitializeMutex(&M, 0);\n"
         "    KeInitializeSemaphore(&S, 0, 1); KeReadStateTimer(&T); KeCancelTimer(&T);\n"
         "}\n",
         ", KeInitializeTimer, KeReadStateEvent and 3 more\n"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kss_session *session = run("x64", cases[i].fields, cases[i].scenario);
        size_t length;
        const char *text = kss_write_text(session, true, &length);
        const char *wanted = cases[i].says == NULL ? "not counted" : cases[i].says;
        if ((strstr(text, wanted) != NULL) != (cases[i].says != NULL))
            print_error("case %u: %s\n%s", i, wanted, text);
        assert_int_equal(strstr(text, wanted) != NULL, cases[i].says != NULL);
        kss_close(session);
    }
}

// Going back to time 0 forgets what was counted.
static void test_again(void **state) {
    (void)state;
    struct kss_session *session = run("x64", "nt_costs = on;", CALL("KeQueryInterruptTime();"));
    kss_restart(session);
    kss_run(session);
    size_t length;
    assert_non_null(strstr(kss_write_text(session, true, &length), "not counted: 1 call of"));
    kss_close(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deepest),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_not_counted),
        cmocka_unit_test(test_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
