// SPDX-License-Identifier: MIT
// What runs on a kernel stack for the harness: the system calls behind kss_io, and the device registers.
// Compiled with the NT headers, like driver code.
#include <ntifs.h>

#include "kss/harness.h"
#include "native/native.h"

void kss_register_access(void *address, unsigned width, bool write, uint64_t *value);

static NTSTATUS create(struct kss_io *io, IO_STATUS_BLOCK *block) {
    ANSI_STRING narrow;
    UNICODE_STRING name;
    WCHAR text[128];
    OBJECT_ATTRIBUTES attributes;
    HANDLE handle = NULL;
    RtlInitAnsiString(&narrow, io->path);
    if (narrow.Length >= sizeof text / sizeof *text)
        return STATUS_OBJECT_NAME_INVALID;
    for (USHORT i = 0; i < narrow.Length; i++)
        text[i] = (WCHAR)(UCHAR)narrow.Buffer[i];
    text[narrow.Length] = 0;
    RtlInitUnicodeString(&name, text);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status =
        NtCreateFile(&handle, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes, block, NULL,
                     FILE_ATTRIBUTE_NORMAL, 0, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    io->handle = handle;
    return status;
}

NTSTATUS kss_system_call(struct kss_io *io, HANDLE handle) {
    IO_STATUS_BLOCK block = {0};
    LARGE_INTEGER offset = {.QuadPart = io->offset};
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    switch (io->major) {
    case IRP_MJ_CREATE: status = create(io, &block); break;
    case IRP_MJ_CLOSE:
        status = NtClose(handle);
        io->handle = NULL;
        break;
    case IRP_MJ_READ:
        status = NtReadFile(handle, NULL, NULL, NULL, &block, io->output, io->output_length,
                            &offset, NULL);
        break;
    case IRP_MJ_WRITE:
        status = NtWriteFile(handle, NULL, NULL, NULL, &block, io->input, io->input_length, &offset,
                             NULL);
        break;
    case IRP_MJ_DEVICE_CONTROL:
        status = NtDeviceIoControlFile(handle, NULL, NULL, NULL, &block, io->control, io->input,
                                       io->input_length, io->output, io->output_length);
        break;
    }
    io->status = (uint32_t)status;
    io->information = block.Information;
    return status;
}

// ---- Registers ----------------------------------------------------------------------------------------
struct access {
    volatile void *address;
    uint64_t value;
    unsigned width;
    BOOLEAN write;
};

static VOID touch(PVOID argument) {
    struct access *access = argument;
    kss_register_access((void *)(uintptr_t)access->address, access->width, access->write != 0,
                        &access->value);
}

#define KSS_HOST(access)                                                                           \
    kss_native_host(touch, &access, __builtin_frame_address(0), __builtin_dwarf_cfa(),             \
                    __builtin_return_address(0))
#define KSS_REGISTER(type, name)                                                                   \
    type NTAPI READ_REGISTER_##name(volatile type *Register) {                                     \
        struct access access = {.address = Register, .width = sizeof(type)};                       \
        KSS_HOST(access);                                                                          \
        return (type)access.value;                                                                 \
    }                                                                                              \
    VOID NTAPI WRITE_REGISTER_##name(volatile type *Register, type Value) {                        \
        struct access access = {                                                                   \
            .address = Register, .value = Value, .width = sizeof(type), .write = TRUE};            \
        KSS_HOST(access);                                                                          \
    }                                                                                              \
    VOID NTAPI READ_REGISTER_BUFFER_##name(volatile type *Register, type *Buffer, ULONG Count) {   \
        for (ULONG i = 0; i < Count; i++)                                                          \
            Buffer[i] = READ_REGISTER_##name(Register + i);                                        \
    }                                                                                              \
    VOID NTAPI WRITE_REGISTER_BUFFER_##name(volatile type *Register, type *Buffer, ULONG Count) {  \
        for (ULONG i = 0; i < Count; i++)                                                          \
            WRITE_REGISTER_##name(Register + i, Buffer[i]);                                        \
    }
KSS_REGISTER(UCHAR, UCHAR)
KSS_REGISTER(USHORT, USHORT)
KSS_REGISTER(ULONG, ULONG)
KSS_REGISTER(ULONG64, ULONG64)
