// SPDX-License-Identifier: MIT
// Another project's use of libkss: the event on the stack of a thread whose stack leaves memory.
#include <kss/kss.h>

#include <stdio.h>
#include <string.h>

static const char scenario[] =
    "machine x86;\n"
    "routine ReadComplete(PKEVENT done) frame(0x60) {\n"
    "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n"
    "}\n"
    "routine mydrv!ReadDispatch() frame(0x148) {\n"
    "    KEVENT done;\n"
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
    "    after 30s dpc ReadComplete(&done);\n"
    "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n"
    "}\n"
    "thread App { mydrv!ReadDispatch(); }\n";

int main(void) {
    struct kss_session *session = kss_open_text("consumer.kss", scenario, strlen(scenario), NULL);
    if (!kss_loaded(session)) {
        fputs(kss_diagnostics(session), stderr);
        return 2;
    }
    int status = kss_run(session);
    struct kss_verdict verdict;
    struct kss_finding_info finding = {0};
    kss_verdict(session, &verdict);
    bool found = kss_finding_at(session, 0, &finding);
    printf("kss %s: status %d, bug check 0x%08X, %s at line %u\n", kss_version(), status,
           (unsigned)verdict.bugcheck, found ? finding.id : "nothing", (unsigned)finding.line);
    bool right = status == KSS_FAILED && verdict.bugchecked && verdict.bugcheck == 0xA && found &&
                 strcmp(finding.id, "KSS2001") == 0 && finding.line == 9;
    kss_close(session);
    return right ? 0 : 1;
}
