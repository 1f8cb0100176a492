// SPDX-License-Identifier: MIT
// Names in the I/O manager: UNICODE_STRINGs, device paths, symbolic links, and what reports call
// nt's own blocks. A named block carries its name at its end, where no driver looks:
//
//   |------------------------| address
//   | DEVICE_OBJECT, ...     |
//   |------------------------|
//   | \Device\disk0          |  characters
//   | 13                     |  their number, 2 bytes
//   |------------------------| address + size
//
// A symbolic link is a block of two such names, the target's and then its own.
#include "kernel/io.h"

static const char device_prefix[] = "\\Device\\";

struct kss_outcome kss_unicode_read(struct kss_machine *m, kss_addr string, char *out) {
    struct kss_outcome outcome;
    out[0] = 0;
    unsigned length = (unsigned)kss_load(m, string + KSS_FIELD(UNICODE_STRING, Length), 2,
                                         KSS_WHO_DRIVER, &outcome) /
                      2;
    KSS_TRY(outcome);
    kss_addr buffer = kss_load(m, string + KSS_FIELD(UNICODE_STRING, Buffer), kss_pointer(m),
                               KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    if (length > KSS_IO_NAME - 1)
        length = KSS_IO_NAME - 1;
    for (unsigned i = 0; i < length; i++) {
        unsigned c = (unsigned)kss_load(m, buffer + 2 * i, 2, KSS_WHO_DRIVER, &outcome);
        KSS_TRY(outcome);
        out[i] = c < 0x80 ? (char)c : '?';
        out[i + 1] = 0;
    }
    return kss_return(0);
}

void kss_name_put(struct kss_machine *m, kss_addr end, const char *name) {
    unsigned length = (unsigned)strlen(name);
    kss_poke(m, end - 2, 2, length);
    for (unsigned i = 0; i < length; i++)
        kss_poke(m, end - 2 - length + i, 1, (uint8_t)name[i]);
}

// The name that ends at [end]; returns where it begins.
static kss_addr name_at(struct kss_machine *m, kss_addr end, char *out) {
    unsigned length = (unsigned)kss_peek(m, end - 2, 2);
    if (length > KSS_IO_NAME - 1)
        length = 0;
    for (unsigned i = 0; i < length; i++)
        out[i] = (char)kss_peek(m, end - 2 - length + i, 1);
    out[length] = 0;
    return end - 2 - length;
}

void kss_name_of(struct kss_machine *m, kss_addr block, char *out) {
    uint32_t index = kss_region_find(m, block);
    out[0] = 0;
    if (index == KSS_NO_FRAME || kss_region_at(m, index)->kind == KSS_REGION_FREED)
        return;
    const struct kss_region *region = kss_region_at(m, index);
    if (region->nt == KSS_NTB_DRIVER || region->nt == KSS_NTB_DEVICE || region->nt == KSS_NTB_LINK)
        name_at(m, region->address + region->size, out);
}

void kss_name_at(struct kss_machine *m, kss_addr block, char *out) {
    const struct kss_region *region = kss_region_at(m, kss_region_find(m, block));
    name_at(m, region->address + region->size, out);
}

// ---- Paths --------------------------------------------------------------------------------------
static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool kss_same_name(const char *a, const char *b) {
    while (*a != 0 && lower(*a) == lower(*b))
        a++, b++;
    return *a == *b;
}

// How much of [path] is [name]: all of it, up to the end or a backslash; 0: not that name.
static size_t begins(const char *path, const char *name) {
    size_t i = 0;
    while (name[i] != 0 && lower(path[i]) == lower(name[i]))
        i++;
    return name[i] == 0 && (path[i] == 0 || path[i] == '\\') ? i : 0;
}

static kss_addr device_called(struct kss_machine *m, const char *path, const char **rest) {
    char name[KSS_IO_NAME];
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *object = kss_object_ref(m, i);
        if (object->kind != KSS_O_DEVICE || object->flags & KSS_OF_DEAD || object->irql != 0)
            continue; // irql: deleted, still open
        kss_addr address = object->address;
        kss_name_of(m, address, name);
        size_t length = name[0] != 0 ? begins(path, name) : 0;
        if (length != 0) {
            *rest = path + length;
            return address;
        }
    }
    return 0;
}

// \DosDevices is a link to \??, where Win32 names live.
static void dos_devices(char *name) {
    static const char longer[] = "\\DosDevices\\";
    size_t size = sizeof longer - 1;
    for (size_t i = 0; i < size; i++)
        if (lower(name[i]) != lower(longer[i]))
            return;
    char rest[KSS_IO_NAME];
    memcpy(rest, name + size, strlen(name + size) + 1);
    memcpy(name, "\\??\\", 4);
    memcpy(name + 4, rest, strlen(rest) + 1);
}

static bool link_at(struct kss_machine *m, uint32_t index, char *name, char *target) {
    const struct kss_region *region = kss_region_at(m, index);
    if (region->nt != KSS_NTB_LINK || region->kind == KSS_REGION_FREED)
        return false;
    kss_addr end = name_at(m, region->address + region->size, name);
    name_at(m, end, target);
    return true;
}

kss_addr kss_device_of_path(struct kss_machine *m, const char *path, const char **rest) {
    char name[KSS_IO_NAME], target[KSS_IO_NAME], plain[KSS_IO_NAME];
    kss_addr device = device_called(m, path, rest);
    if (device != 0)
        return device;
    size_t length = strlen(path);
    if (length > KSS_IO_NAME - 1)
        return 0;
    memcpy(plain, path, length + 1);
    dos_devices(plain);
    for (uint32_t i = 0; i < kss_region_at_count(m); i++) {
        if (!link_at(m, i, name, target))
            continue;
        size_t same = begins(plain, name);
        const char *ignored;
        if (same == 0)
            continue;
        *rest = path + length - strlen(plain + same);
        return device_called(m, target, &ignored);
    }
    return 0;
}

void kss_device_path(const char *name, size_t length, char *out) {
    size_t prefix = name[0] == '\\' ? 0 : sizeof device_prefix - 1;
    memcpy(out, device_prefix, prefix);
    if (length > KSS_IO_NAME - 1 - prefix)
        length = KSS_IO_NAME - 1 - prefix;
    memcpy(out + prefix, name, length);
    out[prefix + length] = 0;
}

kss_addr kss_device_named(struct kss_machine *m, const char *name, size_t length) {
    char path[KSS_IO_NAME];
    const char *rest;
    if (length == 0)
        return 0;
    kss_device_path(name, length, path);
    kss_addr device = kss_device_of_path(m, path, &rest);
    return device != 0 && *rest == 0 ? device : 0;
}

// ---- Symbolic links -----------------------------------------------------------------------------
static kss_addr link_called(struct kss_machine *m, const char *wanted) {
    char name[KSS_IO_NAME], target[KSS_IO_NAME];
    for (uint32_t i = 0; i < kss_region_at_count(m); i++)
        if (link_at(m, i, name, target) && begins(wanted, name) == strlen(wanted))
            return kss_region_at(m, i)->address;
    return 0;
}

struct kss_outcome kss_nt_IoCreateSymbolicLink(struct kss_machine *m, struct kss_call *call) {
    char name[KSS_IO_NAME], target[KSS_IO_NAME];
    KSS_TRY(kss_unicode_read(m, call->arguments[0], name));
    KSS_TRY(kss_unicode_read(m, call->arguments[1], target));
    dos_devices(name);
    if (name[0] != '\\')
        return kss_return((uint32_t)STATUS_OBJECT_NAME_INVALID);
    if (link_called(m, name) != 0)
        return kss_return((uint32_t)STATUS_OBJECT_NAME_COLLISION);
    size_t first = strlen(target) + 2, size = first + strlen(name) + 2;
    kss_addr block = kss_nt_block(m, KSS_NTB_LINK, size);
    if (block == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_name_put(m, block + first, target);
    kss_name_put(m, block + size, name);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

struct kss_outcome kss_nt_IoDeleteSymbolicLink(struct kss_machine *m, struct kss_call *call) {
    char name[KSS_IO_NAME];
    KSS_TRY(kss_unicode_read(m, call->arguments[0], name));
    dos_devices(name);
    kss_addr block = link_called(m, name);
    if (block == 0)
        return kss_return((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND);
    kss_nt_block_free(m, block);
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// ---- Reports ------------------------------------------------------------------------------------
// "event of file #1 on disk0": what a synchronous system call waits for.
static void describe_file(struct kss_machine *m, const struct kss_region *region, uint64_t *inside,
                          struct kss_text *out) {
    char name[KSS_IO_NAME] = "";
    bool live = region->kind != KSS_REGION_FREED;
    if (live && *inside == KSS_FIELD(FILE_OBJECT, Event)) {
        kss_text_str(out, "event of ");
        *inside = 0;
    } else if (live && *inside == KSS_FIELD(FILE_OBJECT, Lock)) {
        kss_text_str(out, "lock of ");
        *inside = 0;
    }
    kss_text_format(out, "file #%u", (unsigned)region->number);
    if (live)
        kss_name_of(m, kss_get(m, region->address + KSS_FIELD(FILE_OBJECT, DeviceObject)), name);
    const char *last = strrchr(name, '\\');
    if (last != NULL && last[1] != 0)
        kss_text_format(out, " on %s", last + 1);
}

// "IRP #1", "device disk0", "device disk0's extension+0x8", "driver disk", "system buffer #2".
void kss_describe_nt(struct kss_machine *m, const struct kss_region *region, uint64_t inside,
                     struct kss_text *out) {
    static const char *const kinds[KSS_NTB_COUNT] = {"",
                                                     "IRP",
                                                     "driver",
                                                     "device",
                                                     "file object",
                                                     "system buffer",
                                                     "symbolic link",
                                                     "cancel spin lock",
                                                     "system object",
                                                     "MDL",
                                                     "memory",
                                                     "work item",
                                                     "arguments of APC",
                                                     "event"};
    char name[KSS_IO_NAME];
    if (region->kind == KSS_REGION_FREED)
        kss_text_str(out, "freed ");
    name[0] = 0;
    if (region->nt == KSS_NTB_FILE) {
        describe_file(m, region, &inside, out);
    } else {
        kss_text_str(out, kinds[region->nt]);
        kss_name_of(m, region->address, name);
    }
    const char *last = strrchr(name, '\\');
    if (region->nt == KSS_NTB_FILE)
        ;
    else if (name[0] != 0)
        kss_text_format(out, " %s", last != NULL && last[1] != 0 ? last + 1 : name);
    else if (region->nt != KSS_NTB_LOCK)
        kss_text_format(out, " #%u", (unsigned)region->number);
    if (region->nt == KSS_NTB_DEVICE && inside >= KSS_SIZE(DEVICE_OBJECT, kss_wide(m))) {
        kss_text_str(out, "'s extension");
        inside -= KSS_SIZE(DEVICE_OBJECT, kss_wide(m));
    }
    if (inside != 0) {
        kss_text_char(out, '+');
        kss_text_hex(out, inside);
    }
}
