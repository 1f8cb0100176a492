// SPDX-License-Identifier: MIT
// Which bug check an exception becomes that nothing handles: it depends on who would have had to
// (DBG bug-check-0x1e, -0x3b, -0x7e, -0x8e). One row per machine, place and way to raise it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/text.h"
#include "kss/kss.h"

#include <string.h>

#define DISK                                                                                       \
    "NTSTATUS Read(PDEVICE_OBJECT DeviceObject, PIRP Irp) { Fail(); return STATUS_SUCCESS; }\n"    \
    "driver disk { IRP_MJ_READ: Read; }\ndevice C = disk;\n"
#define READ "IO_STATUS_BLOCK io; NtReadFile(C, NULL, NULL, NULL, &io, NULL, 0, NULL, NULL);"

static const struct place {
    const char *name, *scenario;
    const char *bugcheck[3]; // x86, x64, arm
} places[] = {
    {"system thread", "thread S(system) { Fail(); }\n", {"0x7E", "0x7E", "0x7E"}},
    {"system call", "thread App { Fail(); }\n", {"0x8E", "0x3B", "0x8E"}},
    {"dispatch routine of a system call",
     DISK "thread App { " READ " }\n",
     {"0x8E", "0x3B", "0x8E"}},
    {"dispatch routine in a system thread",
     DISK "thread S(system) { " READ " }\n",
     {"0x7E", "0x7E", "0x7E"}},
    {"DPC", "at 1s dpc Fail();\nthread App { }\n", {"0x1E", "0x1E", "0x1E"}},
    {"ISR", "at 1s interrupt(5) Fail();\nthread App { }\n", {"0x1E", "0x1E", "0x1E"}},
    {"expanded callout",
     "VOID Callout(PVOID context) { Fail(); }\n"
     "thread App { KeExpandKernelStackAndCallout(Callout, NULL, 0x1000); }\n",
     {"0x1E", "0x1E", "0x1E"}},
};

static const struct way {
    const char *name, *body, *code;
    bool at_any_irql; // the exception is one at a raised IRQL as well
} ways[] = {
    {"raised", "ExRaiseStatus(STATUS_INSUFFICIENT_RESOURCES);", "0xC000009A", true},
    {"division by zero", "ULONG zero = 0; ULONG x = 1 / zero;", "0xC0000094", true},
    {"NULL", "*(volatile ULONG *)NULL = 1;", "0xC0000005", false},
};

static void test_table(void **state) {
    (void)state;
    static const char *const machines[] = {"x86", "x64", "arm"};
    for (unsigned m = 0; m < 3; m++)
        for (unsigned p = 0; p < sizeof places / sizeof *places; p++)
            for (unsigned w = 0; w < sizeof ways / sizeof *ways; w++) {
                bool raised =
                    strcmp(places[p].name, "DPC") == 0 || strcmp(places[p].name, "ISR") == 0;
                if (raised && !ways[w].at_any_irql)
                    continue; // 0xD1: no exception
                struct kss_text text = {0};
                kss_text_format(
                    &text, "machine %s;\nVOID Fail() { %s }\n%sexpect bugcheck %s (%s) in Fail;\n",
                    machines[m], ways[w].body, places[p].scenario, places[p].bugcheck[m],
                    ways[w].code);
                struct kss_session *session =
                    kss_open_text("unhandled.kss", text.bytes, text.length, NULL);
                int status = kss_run(session);
                if (status != KSS_OK)
                    print_message("%s, %s, %s:\n%s%s\n", machines[m], places[p].name, ways[w].name,
                                  kss_diagnostics(session), kss_write_text(session, false, NULL));
                assert_int_equal(status, KSS_OK);
                kss_close(session);
                kss_text_free(&text);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
