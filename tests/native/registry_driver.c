// SPDX-License-Identifier: MIT
// The registry, called by a driver.
//
// Each routine checks what the scenario of the same idea in tests/bodies checks.
#include <ntifs.h>

ULONG FailedLine; // of the first check that was false

#define CHECK(expression)                                                                          \
    ((expression) || FailedLine != 0 ? (void)0 : (void)(FailedLine = __LINE__))

// Keys and values through Zw routines.
VOID Keys(VOID);
VOID Keys(VOID) {
    UNICODE_STRING path, name, text;
    OBJECT_ATTRIBUTES attributes;
    HANDLE services, key, sub;
    ULONG buffer[32], size, made, value = 0x1234;
    PKEY_VALUE_PARTIAL_INFORMATION partial = (PKEY_VALUE_PARTIAL_INFORMATION)buffer;
    PKEY_VALUE_FULL_INFORMATION full = (PKEY_VALUE_FULL_INFORMATION)buffer;
    PKEY_BASIC_INFORMATION basic = (PKEY_BASIC_INFORMATION)buffer;
    PKEY_FULL_INFORMATION all = (PKEY_FULL_INFORMATION)buffer;

    RtlInitUnicodeString(&path, L"\\Registry\\Machine\\SYSTEM\\CurrentControlSet\\Services");
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    CHECK(ZwOpenKey(&services, KEY_READ, &attributes) == STATUS_SUCCESS);
    RtlInitUnicodeString(&path, L"mydrv");
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, services, NULL);
    CHECK(ZwOpenKeyEx(&key, KEY_READ, &attributes, 0) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(NT_SUCCESS(
        ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_NON_VOLATILE, &made)));
    CHECK(made == REG_CREATED_NEW_KEY);
    CHECK(NT_SUCCESS(ZwCreateKey(&sub, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, &made)));
    CHECK(made == REG_OPENED_EXISTING_KEY && sub != key && ZwClose(sub) == STATUS_SUCCESS);
    CHECK(ZwClose(sub) == STATUS_INVALID_HANDLE);

    RtlInitUnicodeString(&name, L"Depth");
    CHECK(ZwSetValueKey(key, &name, 0, REG_DWORD, &value, sizeof value) == STATUS_SUCCESS);
    CHECK(ZwQueryValueKey(key, &name, KeyValuePartialInformation, NULL, 0, &size) ==
          STATUS_BUFFER_TOO_SMALL);
    CHECK(size == FIELD_OFFSET(KEY_VALUE_PARTIAL_INFORMATION, Data) + 4);
    CHECK(ZwQueryValueKey(key, &name, KeyValuePartialInformation, partial, 12, &size) ==
          STATUS_BUFFER_OVERFLOW);
    CHECK(NT_SUCCESS(
        ZwQueryValueKey(key, &name, KeyValuePartialInformation, partial, sizeof buffer, &size)));
    CHECK(partial->Type == REG_DWORD && partial->DataLength == 4 &&
          *(PULONG)partial->Data == 0x1234);
    RtlInitUnicodeString(&text, L"a name");
    RtlInitUnicodeString(&name, L"Label");
    CHECK(NT_SUCCESS(ZwSetValueKey(key, &name, 0, REG_SZ, text.Buffer, text.MaximumLength)));
    CHECK(NT_SUCCESS(
        ZwEnumerateValueKey(key, 1, KeyValueFullInformation, full, sizeof buffer, &size)));
    CHECK(full->NameLength == 10 && full->Name[0] == L'L' && full->DataLength == 14);
    CHECK(RtlCompareMemory((PUCHAR)full + full->DataOffset, text.Buffer, 14) == 14);
    CHECK(NT_SUCCESS(
        ZwEnumerateValueKey(key, 0, KeyValueBasicInformation, full, sizeof buffer, &size)));
    CHECK(ZwEnumerateValueKey(key, 2, KeyValueBasicInformation, full, sizeof buffer, &size) ==
          STATUS_NO_MORE_ENTRIES);

    RtlInitUnicodeString(&path, L"Zeta");
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, key, NULL);
    CHECK(NT_SUCCESS(ZwCreateKey(&sub, KEY_READ, &attributes, 0, NULL, REG_OPTION_VOLATILE, NULL)));
    CHECK(NT_SUCCESS(ZwClose(sub)));
    RtlInitUnicodeString(&path, L"Alpha");
    CHECK(NT_SUCCESS(ZwCreateKey(&sub, KEY_READ, &attributes, 0, NULL, 0, NULL)));
    CHECK(NT_SUCCESS(ZwEnumerateKey(key, 0, KeyBasicInformation, basic, sizeof buffer, &size)));
    CHECK(basic->NameLength == 10 && basic->Name[0] == L'A' && size == 16 + 10);
    CHECK(ZwEnumerateKey(key, 2, KeyBasicInformation, basic, sizeof buffer, &size) ==
          STATUS_NO_MORE_ENTRIES);
    CHECK(NT_SUCCESS(ZwQueryKey(key, KeyFullInformation, all, sizeof buffer, &size)));
    CHECK(all->SubKeys == 2 && all->Values == 2 && all->MaxNameLen == 10 &&
          all->MaxValueDataLen == 14);
    CHECK(NT_SUCCESS(ZwQueryKey(sub, KeyNameInformation, buffer, sizeof buffer, &size)) ||
          size > sizeof buffer);

    CHECK(ZwDeleteKey(key) == STATUS_CANNOT_DELETE && ZwDeleteKey(sub) == STATUS_SUCCESS);
    CHECK(ZwFlushKey(sub) == STATUS_KEY_DELETED && ZwClose(sub) == STATUS_SUCCESS);
    CHECK(ZwDeleteValueKey(key, &name) == STATUS_SUCCESS);
    CHECK(ZwDeleteValueKey(key, &name) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(ZwFlushKey(key) == STATUS_SUCCESS && ZwClose(key) == STATUS_SUCCESS &&
          ZwClose(services) == STATUS_SUCCESS);
}

// RtlQueryRegistryValues: stored directly, by a routine, with defaults; a multi-string in parts.
ULONG Calls, Bytes;

NTSTATUS Each(PWSTR Name, ULONG Type, PVOID Data, ULONG Length, PVOID Context, PVOID EntryContext) {
    CHECK(Context == (PVOID)7 && EntryContext == (PVOID)9);
    CHECK(Type == REG_SZ || Type == REG_DWORD || Type == REG_NONE);
    Calls++;
    Bytes += Length;
    return Name[0] == L'x' ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

VOID Queries(VOID);
VOID Queries(VOID) {
    RTL_QUERY_REGISTRY_TABLE table[4];
    UNICODE_STRING label = {0, 0, NULL};
    ULONG depth = 77, limit = 0, ten = 10;
    WCHAR path[] = L"mydrv\\Parameters";
    LONG record[5] = {sizeof record};

    CHECK(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, path) == STATUS_OBJECT_NAME_NOT_FOUND);
    CHECK(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, path) == STATUS_OBJECT_NAME_NOT_FOUND);
    path[5] = 0;
    CHECK(NT_SUCCESS(RtlCreateRegistryKey(RTL_REGISTRY_SERVICES, path)));
    path[5] = L'\\';
    CHECK(NT_SUCCESS(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, path, L"Depth", REG_DWORD, &ten, 4)));
    CHECK(NT_SUCCESS(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, path, L"Label", REG_SZ, L"disk", 10)));
    CHECK(NT_SUCCESS(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, path, L"List", REG_MULTI_SZ, L"a\0bc\0", 12)));
    CHECK(NT_SUCCESS(
        RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, path, L"Bin", REG_BINARY, L"123", 6)));
    CHECK(NT_SUCCESS(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, path)));

    RtlZeroMemory(table, sizeof table);
    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
    table[0].DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE;
    table[0].Name = L"Depth";
    table[0].EntryContext = &depth;
    table[1].Flags = RTL_QUERY_REGISTRY_DIRECT;
    table[1].Name = L"Label";
    table[1].EntryContext = &label;
    table[2].Flags = RTL_QUERY_REGISTRY_DIRECT;
    table[2].Name = L"Limit";
    table[2].EntryContext = &limit;
    table[2].DefaultType = REG_DWORD;
    table[2].DefaultData = &ten;
    table[2].DefaultLength = 4;
    CHECK(NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, path, table, NULL, NULL)));
    CHECK(depth == 10 && limit == 10 && label.Length == 8 && label.Buffer[3] == L'k');
    RtlFreeUnicodeString(&label);
    table[0].Name = L"Label";
    CHECK(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, path, table, NULL, NULL) ==
          STATUS_OBJECT_TYPE_MISMATCH);
    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED;
    table[0].Name = L"Nothing";
    CHECK(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, path, table, NULL, NULL) ==
          STATUS_OBJECT_NAME_NOT_FOUND);
    table[0].Name = L"Bin";
    table[0].EntryContext = record;
    table[1].Flags = 0;
    CHECK(NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, path, table, NULL, NULL)));
    CHECK(record[0] == 6 && record[1] == REG_BINARY && (record[2] & 0xFFFF) == L'1');

    RtlZeroMemory(table, sizeof table);
    table[0].QueryRoutine = Each;
    table[0].Name = L"List";
    table[0].EntryContext = (PVOID)9;
    table[1] = table[0];
    table[1].Name = L"Absent";
    table[1].DefaultType = REG_SZ;
    table[1].DefaultData = L"xyz";
    CHECK(NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, path, table, (PVOID)7, NULL)));
    CHECK(Calls == 3 && Bytes == 4 + 6 + 8); // "a", "bc", "xyz"
    table[0].Name = L"Parameters";
    table[0].Flags = RTL_QUERY_REGISTRY_SUBKEY;
    table[1].Name = L"x";
    table[1].Flags = RTL_QUERY_REGISTRY_NOVALUE | RTL_QUERY_REGISTRY_TOPKEY;
    CHECK(NT_SUCCESS(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, path, L"Bin")));
    CHECK(!NT_SUCCESS(RtlDeleteRegistryValue(RTL_REGISTRY_SERVICES, path, L"Bin")));
    Calls = 0;
    path[5] = 0;
    CHECK(RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, path, table, (PVOID)7, NULL) ==
          STATUS_UNSUCCESSFUL);
    CHECK(Calls == 1 + 1 + 2 + 1); // Depth, Label, two of List, the refused one
}

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

static VOID Unload(PDRIVER_OBJECT DriverObject) {
    UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING link;
    PDEVICE_OBJECT device;
    HANDLE key;
    ULONG info[40], size;

    InitializeObjectAttributes(&attributes, RegistryPath, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE,
                               NULL, NULL);
    CHECK(NT_SUCCESS(ZwOpenKey(&key, KEY_READ, &attributes)));
    CHECK(NT_SUCCESS(ZwQueryKey(key, KeyBasicInformation, info, sizeof info, &size)));
    CHECK(NT_SUCCESS(ZwClose(key)));
    CHECK(NT_SUCCESS(
        IoOpenDriverRegistryKey(DriverObject, DriverRegKeyParameters, KEY_READ, 0, &key)));
    CHECK(NT_SUCCESS(ZwClose(key)));
    CHECK(IoOpenDriverRegistryKey(DriverObject, DriverRegKeyParameters, KEY_READ, 1, &key) ==
          STATUS_INVALID_PARAMETER);
    CHECK(
        NT_SUCCESS(IoCreateDevice(DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device)));
    CHECK(NT_SUCCESS(IoOpenDeviceRegistryKey(device, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key)));
    CHECK(NT_SUCCESS(ZwClose(key)));
    CHECK(IoOpenDeviceRegistryKey(device, 3, KEY_READ, &key) == STATUS_INVALID_PARAMETER);
    RtlInitUnicodeString(&link, L"\\??\\ROOT#KSS#0000#{4d36e967-e325-11ce-bfc1-08002be10318}");
    CHECK(NT_SUCCESS(IoOpenDeviceInterfaceRegistryKey(&link, KEY_READ, &key)));
    CHECK(NT_SUCCESS(ZwClose(key)));
    RtlInitUnicodeString(&link, L"\\??\\nothing");
    CHECK(IoOpenDeviceInterfaceRegistryKey(&link, KEY_READ, &key) == STATUS_OBJECT_NAME_NOT_FOUND);
    IoDeleteDevice(device);
    DriverObject->DriverUnload = Unload;
    return STATUS_SUCCESS;
}

VOID ReadParameter(VOID);
VOID ReadParameter(VOID) {
    RTL_QUERY_REGISTRY_TABLE table[2];
    ULONG depth = 0;

    RtlZeroMemory(table, sizeof table);
    table[0].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED;
    table[0].Name = L"Depth";
    table[0].EntryContext = &depth;
    CHECK(NT_SUCCESS(
        RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"registry\\Parameters", table, NULL, NULL)));
    depth++;
    CHECK(NT_SUCCESS(RtlWriteRegistryValue(RTL_REGISTRY_SERVICES, L"registry\\Parameters", L"Seen",
                                           REG_DWORD, &depth, sizeof depth)));
}
