// SPDX-License-Identifier: MIT
// What the rules say of IRPs: scenarios of a dispatch routine or two, and the findings they give,
// one a line: "KSS8002 Read:9 message".
#include "kss/kss.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define EXTENSION                                                                                  \
    "typedef struct _E { PDEVICE_OBJECT Lower; PIRP Irp; } E, *PE;\n"                              \
    "routine Answer(PIRP irp) {\n"                                                                 \
    "irp->IoStatus.Status = STATUS_SUCCESS;\n"                                                     \
    "IoCompleteRequest(irp, IO_NO_INCREMENT); }\n"
#define READ "NTSTATUS Read(PDEVICE_OBJECT d, PIRP irp) { PE e = d->DeviceExtension;\n" // line 5
#define DISK                                                                                       \
    "driver disk { IRP_MJ_READ: Read; IRP_MJ_FLUSH_BUFFERS: Read; extension: E; }\n"               \
    "device C = disk;\nIO_STATUS_BLOCK Iosb;\n"
#define APP  "thread App { NtReadFile(C, NULL, NULL, NULL, &Iosb, NULL, 0, NULL, NULL); }\n"
#define DONE "irp->IoStatus.Status = STATUS_SUCCESS; IoCompleteRequest(irp, 0);\n"

static void findings(struct kss_session *session, struct kss_text *out) {
    struct kss_finding_info finding;
    kss_text_str(out, "");
    for (size_t i = 0; kss_finding_at(session, i, &finding); i++) {
        const char *routine = finding.routine != NULL ? finding.routine : "-";
        const char *name = strchr(routine, '!') != NULL ? strchr(routine, '!') + 1 : routine;
        if (strcmp(finding.severity, "note") != 0)
            kss_text_format(out, "%s %s:%u %s\n", finding.id, name, (unsigned)finding.line,
                            finding.message);
    }
}

static void gives(const char *text, const char *expected) {
    struct kss_session *session = kss_open_text("t.kss", text, strlen(text), NULL);
    struct kss_text out = {0};
    if (!kss_loaded(session))
        fail_msg("%s", kss_diagnostics(session));
    kss_run(session);
    findings(session, &out);
    assert_string_equal(out.bytes, expected);
    kss_text_free(&out);
    kss_close(session);
}

static void silence(void **state) {
    (void)state;
    gives(EXTENSION READ DONE "return STATUS_SUCCESS; }\n" DISK APP, "");
    gives(EXTENSION READ
          "IoMarkIrpPending(irp); after 1ms dpc Answer(irp); return STATUS_PENDING; }\n" DISK APP,
          "");
    gives(EXTENSION READ "IoMarkIrpPending(irp);\n" DONE "return STATUS_PENDING; }\n" DISK APP, "");
    gives(EXTENSION READ "irp->IoStatus.Status = STATUS_END_OF_FILE; IoCompleteRequest(irp, 0);\n"
                         "return STATUS_END_OF_FILE; }\n" DISK APP,
          "");
}

static void pending(void **state) {
    (void)state;
    gives(EXTENSION READ "after 1ms dpc Answer(irp);\nreturn STATUS_PENDING; }\n" DISK APP,
          "KSS8002 Read:7 `t!Read` returns STATUS_PENDING for an IRP it has not marked pending\n");
    gives(EXTENSION READ "IoMarkIrpPending(irp);\n" DONE "return STATUS_SUCCESS; }\n" DISK APP,
          "KSS8002 Read:8 `t!Read` marks the IRP pending and returns STATUS_SUCCESS\n");
    gives(EXTENSION READ "IoMarkIrpPending(irp); after 1ms dpc Answer(irp);\n"
                         "return STATUS_SUCCESS; }\n" DISK APP,
          "KSS8002 Read:7 `t!Read` marks the IRP pending and returns STATUS_SUCCESS\n");
    gives(EXTENSION READ "after 1ms dpc Answer(irp);\nreturn STATUS_SUCCESS; }\n" DISK APP,
          "KSS8002 Read:7 `t!Read` returns STATUS_SUCCESS for an IRP that is completed later\n");
    // STATUS_PENDING for an IRP that was completed at once, and never marked.
    gives(EXTENSION READ DONE "return STATUS_PENDING; }\n" DISK APP,
          "KSS8002 Read:7 `t!Read` returns STATUS_PENDING for an IRP it has not marked pending\n");
}

static void a_filter_passes_pending_on(void **state) {
    (void)state;
#define STACK                                                                                      \
    "driver filter { IRP_MJ_READ: filter!Read; extension: E; lower: Lower; }\n"                    \
    "driver disk { IRP_MJ_READ: Read; }\ndevice C = filter / disk;\nIO_STATUS_BLOCK Iosb;\n"
#define LOWER                                                                                      \
    "NTSTATUS Read(PDEVICE_OBJECT d, PIRP irp) {\n"                                                \
    "IoMarkIrpPending(irp); after 1ms dpc Answer(irp); return STATUS_PENDING; }\n" // 5, 6
#define FILTER(extra, status)                                                                      \
    "NTSTATUS Up(PDEVICE_OBJECT d, PIRP irp, PVOID c) {\n" extra "\nreturn STATUS_SUCCESS; }\n"    \
    "NTSTATUS filter!Read(PDEVICE_OBJECT d, PIRP irp) { PE e = d->DeviceExtension;\n"              \
    "IoCopyCurrentIrpStackLocationToNext(irp);\n"                                                  \
    "IoSetCompletionRoutine(irp, Up, NULL, TRUE, TRUE, TRUE);\n"                                   \
    "return " status "; }\n"
    gives(EXTENSION LOWER FILTER("if (irp->PendingReturned) IoMarkIrpPending(irp);",
                                 "IoCallDriver(e->Lower, irp)") STACK APP,
          "");
    gives(EXTENSION LOWER FILTER("", "IoCallDriver(e->Lower, irp)") STACK APP,
          "KSS8002 Read:13 `filter!Read` returns STATUS_PENDING for an IRP it has not marked "
          "pending\n");
    gives(EXTENSION LOWER FILTER("if (irp->PendingReturned) IoMarkIrpPending(irp);",
                                 "IoCallDriver(e->Lower, irp), STATUS_SUCCESS") STACK APP,
          "KSS8002 Read:13 `filter!Read` returns STATUS_SUCCESS for an IRP that is completed "
          "later\n");
}

static void never(void **state) {
    (void)state;
    gives(EXTENSION READ "return STATUS_SUCCESS; }\n" DISK APP,
          "KSS8003 Read:6 `t!Read` returns STATUS_SUCCESS without completing the IRP or passing it "
          "on\n");
    gives(EXTENSION READ "IoMarkIrpPending(irp);\nreturn STATUS_PENDING; }\n" DISK APP,
          "KSS8003 App:11 the IRP that went to `t!Read` is never completed\n");
}

static void twice(void **state) {
    (void)state;
    gives(EXTENSION READ DONE "IoCompleteRequest(irp, 0); return STATUS_SUCCESS; }\n" DISK APP,
          "KSS8001 Read:7 `t!Read` completes an IRP that it has completed already\n");
    gives(EXTENSION READ "IoMarkIrpPending(irp); after 1ms dpc Answer(irp);\n"
                         "after 2ms dpc Answer(irp); return STATUS_PENDING; }\n" DISK APP,
          "KSS3003 Answer:3 `freed IRP #1+0x18` is written\n"
          "KSS8001 Answer:4 `t!Answer` completes an IRP that it has completed already\n");
}

static void misuse(void **state) {
    (void)state;
    gives(EXTENSION READ "irp->IoStatus.Status = STATUS_PENDING;\nIoMarkIrpPending(irp);\n"
                         "IoCompleteRequest(irp, 0); return STATUS_PENDING; }\n" DISK APP,
          "KSS8004 Read:8 `t!Read` completes an IRP with STATUS_PENDING in its status block\n");
    gives(EXTENSION READ DONE
          "return STATUS_SUCCESS; }\n" DISK "thread Worker(system) {\nPIRP irp = "
          "IoAllocateIrp(C->StackSize, FALSE); "
          "IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;\nIoCallDriver(C, irp); }\n",
          "KSS8004 Read:6 `t!Read` sends an IRP that has no thread to finish it\n");
    gives(EXTENSION READ "IoMarkIrpPending(irp); return STATUS_PENDING; }\n" DISK
                         "thread Worker(system) {\nPIRP irp = IoAllocateIrp(C->StackSize, FALSE); "
                         "IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;\n"
                         "IoCallDriver(C, irp);\nIoFreeIrp(irp); }\n",
          "KSS3003 Worker:13 `Worker` frees an IRP that a driver still has\n");
}

static void freed(void **state) {
    (void)state;
    gives(EXTENSION READ "ExFreePool(irp);\nreturn STATUS_SUCCESS; }\n" DISK APP,
          "KSS3003 Read:6 the memory of an IRP is freed while a driver has the IRP\n");
    gives(EXTENSION READ "IoFreeIrp(irp);\nreturn STATUS_SUCCESS; }\n" DISK APP,
          "KSS3003 Read:6 `t!Read` frees an IRP that the I/O manager frees\n");
}

#define FLUSH(before, after_)                                                                      \
    "NTSTATUS Flush(PDEVICE_OBJECT d) { KEVENT done; IO_STATUS_BLOCK iosb; KIRQL old; PIRP irp;\n" \
    "KeInitializeEvent(&done, NotificationEvent, FALSE);\n"                                        \
    "irp = IoBuildSynchronousFsdRequest(IRP_MJ_FLUSH_BUFFERS, d, NULL, 0, NULL, &done, &iosb);\n"  \
    "" before "\n"                                                                                 \
    "if (IoCallDriver(d, irp) == STATUS_PENDING)\n"                                                \
    "    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);\n"                      \
    "" after_ "\nreturn STATUS_SUCCESS; }\nthread Worker(system) { Flush(C); }\n"
#define LATE READ "IoMarkIrpPending(irp); after 1ms dpc Answer(irp); return STATUS_PENDING; }\n"
#define FAST READ DONE "return STATUS_SUCCESS; }\n"

static void apcs_blocked(void **state) {
    (void)state;
    gives(EXTENSION LATE DISK FLUSH("", ""), "");
    gives(EXTENSION LATE DISK FLUSH("KeEnterCriticalRegion();", "KeLeaveCriticalRegion();"), "");
    gives(EXTENSION FAST DISK FLUSH("KeEnterGuardedRegion();", "KeLeaveGuardedRegion();"), "");
    gives(EXTENSION LATE DISK FLUSH("KeEnterGuardedRegion();", "KeLeaveGuardedRegion();"),
          "KSS5007 Flush:15 the thread waits in a guarded region for an IRP whose completion needs "
          "a special kernel APC\n");
    gives(EXTENSION LATE DISK FLUSH("KeRaiseIrql(APC_LEVEL, &old);", "KeLowerIrql(old);"),
          "KSS5007 Flush:15 the thread waits at APC_LEVEL for an IRP whose completion needs a "
          "special kernel APC\n");
}

static void outlived(void **state) {
    (void)state;
    // What the frame takes with it besides is a cause of the same finding.
    gives(EXTENSION LATE DISK FLUSH("IoCallDriver(d, irp); return STATUS_PENDING;", ""),
          "KSS3001 Flush:13 `done` goes out of scope while an IRP under way reports to it\n");
    // The IRP was completed before the frame went: nobody writes any more.
    gives(EXTENSION FAST DISK FLUSH("IoCallDriver(d, irp); return STATUS_SUCCESS;", ""), "");
    // A driver that denies its IRP is at fault, not who believed it.
    gives(EXTENSION READ "return STATUS_SUCCESS; }\n" DISK FLUSH("", ""),
          "KSS8003 Read:6 `t!Read` returns STATUS_SUCCESS without completing the IRP or passing it "
          "on\n");
}

// What a completion routine gets lies on the stack of a thread that waits in UserMode.
static void context_on_the_stack(void **state) {
    (void)state;
#define FORWARD(mode)                                                                              \
    "KEVENT Done;\n"                                                                               \
    "NTSTATUS Up(PDEVICE_OBJECT d, PIRP irp, PVOID c) { *(PULONG)c = 1;\n"                         \
    "KeSetEvent(&Done, 0, FALSE); return STATUS_MORE_PROCESSING_REQUIRED; }\n"                     \
    "NTSTATUS filter!Read(PDEVICE_OBJECT d, PIRP irp) { PE e = d->DeviceExtension; ULONG flag;\n"  \
    "KeInitializeEvent(&Done, NotificationEvent, FALSE);\n"                                        \
    "IoCopyCurrentIrpStackLocationToNext(irp);\n"                                                  \
    "IoSetCompletionRoutine(irp, Up, &flag, TRUE, TRUE, TRUE);\n"                                  \
    "if (IoCallDriver(e->Lower, irp) == STATUS_PENDING)\n"                                         \
    "    KeWaitForSingleObject(&Done, Executive, " mode ", FALSE, NULL);\n"                        \
    "IoCompleteRequest(irp, 0); return STATUS_SUCCESS; }\n"
    gives(EXTENSION LOWER FORWARD("KernelMode") STACK APP, "");
    gives(EXTENSION LOWER FORWARD("UserMode") STACK APP,
          "KSS2001 Read:15 UserMode wait while `flag` on the waiting thread's stack is in use "
          "elsewhere\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence),
        cmocka_unit_test(pending),
        cmocka_unit_test(a_filter_passes_pending_on),
        cmocka_unit_test(never),
        cmocka_unit_test(twice),
        cmocka_unit_test(misuse),
        cmocka_unit_test(freed),
        cmocka_unit_test(apcs_blocked),
        cmocka_unit_test(outlived),
        cmocka_unit_test(context_on_the_stack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
