// SPDX-License-Identifier: MIT
// `driver` and `device` items: what the checker says of them, and what a device's name means.
#include "run_rig.h"

#define READ "NTSTATUS Read(PDEVICE_OBJECT d, PIRP i) { return 0; }\n"

static void drivers(void **state) {
    (void)state;
    assert_diagnoses(READ "driver d { IRP_MJ_READ: Read; }\n", "");
    assert_diagnoses("driver d { IRP_MJ_READ: Raed; }\n" READ,
                     "KSS0101 1:25 unknown routine `Raed` [did you mean `Read`?]\n");
    assert_diagnoses("VOID Odd(PIRP i) { }\ndriver d { IRP_MJ_READ: Odd; }\n",
                     "KSS0124 2:25 `Odd` does not have the shape that is wanted: DRIVER_DISPATCH "
                     "{wanted: NTSTATUS (DEVICE_OBJECT *, IRP *)} <1:6 it is: VOID (IRP *)>\n");
    assert_diagnoses("DRIVER_DISPATCH Read;\ndriver d { IRP_MJ_READ: Read; }\n",
                     "KSS0125 2:25 `Read` is declared, but has no body <1:17 declared here>\n");
    assert_diagnoses(READ "driver d { IRP_MJ_RAED: Read; }\n",
                     "KSS0106 2:12 a driver has no `IRP_MJ_RAED` [did you mean `IRP_MJ_READ`?]\n");
    assert_diagnoses(READ "driver d { frobnicate: Read; }\n",
                     "KSS0106 2:12 a driver has no `frobnicate` [it has IRP_MJ_ codes, entry, add, "
                     "unload, startio, extension, lower, io]\n");
    assert_diagnoses(
        READ "driver d { IRP_MJ_MAXIMUM_FUNCTION: Read; }\n",
        "KSS0106 2:12 a driver has no `IRP_MJ_MAXIMUM_FUNCTION` [it has IRP_MJ_ codes, entry, "
        "add, unload, startio, extension, lower, io]\n");
    assert_diagnoses(READ "driver d { IRP_MJ_READ: Read; IRP_MJ_READ: Read; }\n",
                     "KSS0110 2:31 `IRP_MJ_READ` is given twice <2:12 the first one is here>\n");
    assert_diagnoses("driver d { }\ndriver d { }\n",
                     "KSS0110 2:8 two drivers are named `d` <1:8 the first one is here>\n");
    assert_diagnoses("driver d { io: slowly; }\n",
                     "KSS0123 1:16 `io` is `buffered`, `direct` or `neither`\n");
}

static void modules(void **state) {
    (void)state;
    // flt!Read before any other Read; a module can be named.
    assert_diagnoses("VOID Read() { }\nNTSTATUS flt!Read(PDEVICE_OBJECT d, PIRP i) { return 0; }\n"
                     "driver flt { IRP_MJ_READ: Read; IRP_MJ_WRITE: flt!Read; }\n",
                     "");
    assert_diagnoses("NTSTATUS flt!Read(PDEVICE_OBJECT d, PIRP i) { return 0; }\n"
                     "driver flt { IRP_MJ_WRITE: fit!Read; }\n",
                     "KSS0101 2:28 unknown routine `fit!Read` [did you mean `Read`?]\n");
}

static void extensions(void **state) {
    (void)state;
#define EXT "typedef struct _E { ULONG n; PDEVICE_OBJECT Lower; } E, *PE;\n"
    assert_diagnoses(EXT "driver d { extension: E; lower: Lower; }\n", "");
    assert_diagnoses(EXT "driver d { lower: Lower; extension: _E; }\n", "");
    assert_diagnoses(EXT "driver d { extension: F; }\n", "KSS0103 2:23 unknown type `F`\n");
    assert_diagnoses(EXT "driver d { extension: PE; }\n",
                     "KSS0116 2:23 a device extension is a structure of at most 65535 bytes\n");
    assert_diagnoses(EXT "driver d { extension: E; lower: Lowre; }\n",
                     "KSS0105 2:33 `_E` has no field `Lowre` [did you mean `Lower`?]\n");
    assert_diagnoses(EXT "driver d { extension: E; lower: n; }\n",
                     "KSS0112 2:33 the field `n` must be `PDEVICE_OBJECT`, not `ULONG`\n");
    assert_diagnoses(EXT "driver d { lower: Lower; }\n",
                     "KSS0127 2:19 `lower` names a field of the device extension: `extension` is "
                     "missing\n");
}

static void devices(void **state) {
    (void)state;
    assert_diagnoses("driver top { }\ndriver low { }\ndevice D = top / low / low;\n", "");
    assert_diagnoses("driver top { }\ndevice D = tpo;\n",
                     "KSS0109 2:12 unknown driver `tpo` [did you mean `top`?]\n");
    assert_diagnoses("driver d { }\ndevice D = d;\ndevice D = d;\n",
                     "KSS0110 3:8 `D` is declared twice in the same scope {a second declaration} "
                     "<2:8 the first one is here>\n");
    assert_diagnoses("driver d { }\ndevice D = d;\nthread D { }\n",
                     "KSS0110 2:8 a thread is named `D`, too: `expect stack` could mean both\n");
    assert_diagnoses("driver d { }\ndevice Disk = d;\nexpect stack Dsik <= 1K;\n",
                     "KSS0101 3:14 unknown thread, device or routine `Dsik` [did you mean "
                     "`Disk`?]\n");
}

#define DEVICE "driver d { }\ndevice D = d;\n"

static void values(void **state) {
    (void)state;
    assert_diagnoses(DEVICE "thread T { HANDLE h = D; PDEVICE_OBJECT p = D; PVOID q = D;\n"
                            "h = (HANDLE)D; if (D->StackSize == 1 && p != D) ObfDereferenceObject("
                            "q); }\n"
                            "VOID ObfDereferenceObject(PVOID p) { }\n",
                     "");
    assert_diagnoses(
        DEVICE "thread T { D = NULL; }\n",
        "KSS0115 3:12 the left side of `=` cannot be assigned {this is `DEVICE_OBJECT *`}\n");
    assert_diagnoses(DEVICE "thread T { PVOID p = &D; }\n",
                     "KSS0115 3:22 `&` needs a variable or other memory {this is a value without "
                     "an address}\n");
    assert_diagnoses(
        DEVICE "thread T { PIRP irp = D; }\n",
        "KSS0112 3:23 the initial value must be `IRP *`, not `DEVICE_OBJECT *` {this is "
        "`DEVICE_OBJECT *`}\n");
    assert_diagnoses(DEVICE "thread T { ULONG D = 3; D = D + 1; }\n", ""); // hidden by a local
    assert_diagnoses(DEVICE "PDEVICE_OBJECT Kept = D;\n",
                     "KSS0117 3:23 a global's initial value must be a constant\n");
}

static void words(void **state) {
    (void)state;
    // The words stay names wherever C has a reading for them.
    assert_diagnoses("VOID F(PDRIVER_OBJECT driver, PDEVICE_OBJECT device) {\n"
                     "PVOID lower = device, entry = driver, add = lower, extension = entry;\n"
                     "ULONG io = 1, unload = io, startio = unload;\n"
                     "device = add; driver = extension; io = startio; }\n",
                     "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drivers), cmocka_unit_test(modules), cmocka_unit_test(extensions),
        cmocka_unit_test(devices), cmocka_unit_test(values),  cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
