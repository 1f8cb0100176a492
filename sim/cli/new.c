// SPDX-License-Identifier: MIT
// kss new: a scenario that passes, to start from.
#include "cli/cli.h"

#include "base/os.h"

#include <string.h>

static const char starter[] =
    "// A dispatch routine waits for its device in KernelMode: the event in its frame is safe.\n"
    "machine x64;\n"
    "\n"
    "// What the device does when it is done, on the DPC stack at DISPATCH_LEVEL.\n"
    "routine mydrv!ReadComplete(PKEVENT done) frame(0x40) {\n"
    "    KeSetEvent(done, IO_NO_INCREMENT, FALSE);\n"
    "}\n"
    "\n"
    "// frame(N) is what a call costs on the stack, as the debugger's kf shows it.\n"
    "routine mydrv!ReadDispatch() frame(0x150) {\n"
    "    KEVENT done;\n"
    "\n"
    "    KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
    "    after 30s dpc mydrv!ReadComplete(&done);\n"
    "    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);\n"
    "}\n"
    "\n"
    "thread App { mydrv!ReadDispatch(); }\n"
    "\n"
    "expect clean;\n"
    "expect thread App exits;\n"
    "// Now make it UserMode and run it again: kss explain KSS2001\n";

static const char *file_name(struct kss_cli *cli, const char *name) {
    const char *slash = strrchr(name, '/');
    if (strchr(slash != NULL ? slash : name, '.') != NULL)
        return name;
    struct kss_text text = {0};
    kss_text_format(&text, "%s.kss", name);
    const char *path = kss_alloc_text(&cli->arena, text.bytes, text.length);
    kss_text_free(&text);
    return path;
}

int kss_cli_new(struct kss_cli *cli) {
    if (cli->operand_count > 1)
        return kss_cli_complain("new takes one NAME");
    const char *path = cli->operand_count == 1 ? file_name(cli, cli->operands[0]) : "-";
    if (strcmp(path, "-") != 0 && kss_os_kind(path) != KSS_OS_MISSING)
        return kss_cli_complain("%s exists; it is not overwritten", path);
    struct kss_text text = {0};
    if (strcmp(path, "-") == 0) {
        kss_text_str(&text, starter);
    } else {
        const char *reason = kss_os_write(path, starter, sizeof starter - 1);
        if (reason != NULL)
            return kss_cli_complain("%s: %s", path, reason);
        kss_text_format(&text, "wrote %s; next: kss run %s\n", path, path);
    }
    kss_cli_print(&text);
    kss_text_free(&text);
    return KSS_OK;
}
