// SPDX-License-Identifier: MIT
// The registry's store: keys, values, handles. registry.h has the picture.
//
// It begins with the keys that the RTL_REGISTRY_x constants mean and a service key for each driver of
// the machine, all without values; what else there is, tests and drivers make. Handles of keys have a
// range of their own, so ZwClose can tell them from those of files.
#include "kernel/registry.h"
#include "base/os.h"
#include "kernel/io.h"

#include <stdlib.h>

enum { FIRST_HANDLE = 0x80010000, HANDLE_STEP = 4 };

struct kss_reg *kss_reg_at(const struct kss_machine *m, uint32_t offset) {
    return (struct kss_reg *)(void *)((uint8_t *)kss_section(m, KSS_S_REGISTRY) + offset);
}

static uint32_t end_of(const struct kss_machine *m) {
    return kss_section_used(m, KSS_S_REGISTRY);
}

// ---- Names --------------------------------------------------------------------------------------
void kss_reg_text(struct kss_reg_name *name, const char *text) {
    for (; *text != 0 && name->length < KSS_REG_PATH; text++)
        name->text[name->length++] = (uint8_t)*text;
}

static bool take(struct kss_reach *r, kss_addr text, uint32_t bytes, struct kss_reg_name *name) {
    name->length = 0;
    if (bytes / 2 > KSS_REG_PATH)
        return false;
    for (uint32_t i = 0; i < bytes / 2; i++)
        name->text[i] = (uint16_t)kss_take(r, text + 2ull * i, 2);
    name->length = bytes / 2;
    return true;
}

bool kss_reg_take_name(struct kss_reach *r, kss_addr string, struct kss_reg_name *name) {
    name->length = 0;
    if (string == 0)
        return true;
    struct kss_counted counted = kss_take_counted(r, string);
    return take(r, counted.buffer, counted.length, name);
}

bool kss_reg_take_text(struct kss_reach *r, kss_addr text, struct kss_reg_name *name) {
    name->length = 0;
    return text == 0 || take(r, text, kss_take_length(r, text, 2), name);
}

// Less, equal, greater, without regard to case.
static int order(const struct kss_reg *record, const uint16_t *name, unsigned length) {
    unsigned own = record->name / 2;
    for (unsigned i = 0; i < own && i < length; i++) {
        uint16_t c;
        memcpy(&c, kss_reg_name_of(record) + 2 * i, 2);
        int differ = kss_upcase(c) - kss_upcase(name[i]);
        if (differ != 0)
            return differ;
    }
    return (int)own - (int)length;
}

// ---- Records ------------------------------------------------------------------------------------
uint32_t kss_reg_nth(const struct kss_machine *m, unsigned kind, uint32_t key, uint32_t n) {
    for (uint32_t at = 0; at < end_of(m); at += kss_reg_at(m, at)->size) {
        const struct kss_reg *record = kss_reg_at(m, at);
        if (record->kind == kind && record->key == key && n-- == 0)
            return at;
    }
    return 0;
}

static uint32_t named(const struct kss_machine *m, unsigned kind, uint32_t key,
                      const uint16_t *name, unsigned length) {
    for (uint32_t at = 0; at < end_of(m); at += kss_reg_at(m, at)->size) {
        const struct kss_reg *record = kss_reg_at(m, at);
        if (record->kind == kind && record->key == key && order(record, name, length) == 0)
            return at;
    }
    return 0;
}

static uint32_t numbered(const struct kss_machine *m, unsigned kind, uint32_t id) {
    for (uint32_t at = 0; at < end_of(m); at += kss_reg_at(m, at)->size)
        if (kss_reg_at(m, at)->kind == kind && kss_reg_at(m, at)->id == id)
            return at;
    return 0;
}

uint32_t kss_reg_key(const struct kss_machine *m, uint32_t id) {
    return numbered(m, KSS_REG_KEY, id);
}

uint32_t kss_reg_handle(const struct kss_machine *m, uint64_t handle) {
    uint32_t low = (uint32_t)handle;
    bool ours = low >= FIRST_HANDLE && (handle >> 32 == 0 || handle >> 32 == UINT32_MAX);
    return ours ? numbered(m, KSS_REG_HANDLE, low) : 0;
}

uint32_t kss_reg_value(const struct kss_machine *m, uint32_t key, const struct kss_reg_name *name) {
    return named(m, KSS_REG_VALUE, key, name->text, name->length);
}

// A new record before the one at [at], with zero data.
static uint32_t put(struct kss_machine *m, uint32_t at, struct kss_reg record,
                    const uint16_t *name) {
    record.size = ((uint32_t)sizeof record + record.name + record.data + 7) & ~7u;
    kss_section_insert(m, KSS_S_REGISTRY, at, record.size);
    struct kss_reg *own = kss_reg_at(m, at);
    memset(own, 0, record.size);
    *own = record;
    if (record.name != 0)
        memcpy(own + 1, name, record.name);
    return at;
}

void kss_reg_remove(struct kss_machine *m, uint32_t offset) {
    kss_section_remove(m, KSS_S_REGISTRY, offset, kss_reg_at(m, offset)->size);
}

uint32_t kss_reg_set(struct kss_machine *m, uint32_t key, const struct kss_reg_name *name,
                     uint32_t type, uint32_t size) {
    uint32_t at = kss_reg_value(m, key, name);
    if (at != 0)
        kss_reg_remove(m, at);
    else
        at = end_of(m);
    uint32_t of = kss_reg_key(m, key);
    kss_reg_at(m, of)->written = kss_system_time(m);
    return put(m, at,
               (struct kss_reg){.kind = KSS_REG_VALUE,
                                .key = key,
                                .type = type,
                                .name = name->length * 2,
                                .data = size},
               name->text);
}

// Reading may move the block, and may stop half-way: the bytes are read before the value is touched.
struct kss_outcome kss_reg_store(struct kss_reach *r, uint32_t key, const struct kss_reg_name *name,
                                 uint32_t type, kss_addr data, uint32_t size) {
    struct kss_machine *m = r->m;
    if (size > KSS_REG_MOST_DATA)
        return kss_reached_status(r, STATUS_INSUFFICIENT_RESOURCES);
    uint8_t *bytes = size == 0 ? NULL : malloc(size);
    if (size != 0 && bytes == NULL)
        kss_os_fatal("out of memory");
    kss_take_bytes(r, data, bytes, size);
    if (kss_reaches(r)) {
        uint32_t at = kss_reg_set(m, key, name, type, size);
        if (size != 0)
            memcpy((uint8_t *)(kss_reg_at(m, at) + 1) + name->length * 2, bytes, size);
    }
    free(bytes);
    return kss_reached_status(r, STATUS_SUCCESS);
}

// ---- Keys ---------------------------------------------------------------------------------------
static uint32_t make_key(struct kss_machine *m, uint32_t parent, const uint16_t *name,
                         unsigned length, unsigned flags) {
    uint32_t at = 0, id = ++kss_reg_at(m, 0)->id;
    for (; at < end_of(m); at += kss_reg_at(m, at)->size) {
        const struct kss_reg *record = kss_reg_at(m, at);
        if (record->kind == KSS_REG_KEY && record->key == parent && order(record, name, length) > 0)
            break;
    }
    put(m, at,
        (struct kss_reg){.kind = KSS_REG_KEY,
                         .flags = (uint16_t)flags,
                         .id = id,
                         .key = parent,
                         .name = length * 2,
                         .written = kss_system_time(m)},
        name);
    return id;
}

uint32_t kss_reg_walk(struct kss_machine *m, uint32_t key, const struct kss_reg_name *path,
                      enum kss_reg_make make, unsigned flags, uint32_t *found, bool *made) {
    unsigned at = 0, end = path->length;
    bool absolute = key == 0;
    *made = false;
    while (end > 0 && path->text[end - 1] == '\\')
        end--;
    if (absolute ? end == 0 || path->text[0] != '\\' : end != 0 && path->text[0] == '\\')
        return (uint32_t)STATUS_OBJECT_PATH_SYNTAX_BAD;
    while (at < end) {
        at += path->text[at] == '\\';
        unsigned first = at;
        while (at < end && path->text[at] != '\\')
            at++;
        if (at - first == 0 || at - first > 255)
            return (uint32_t)STATUS_OBJECT_NAME_INVALID;
        uint32_t next = named(m, KSS_REG_KEY, key, path->text + first, at - first);
        if (next != 0) {
            key = kss_reg_at(m, next)->id;
            continue;
        }
        if (key == 0 || make == KSS_REG_FIND || (make == KSS_REG_LAST && at != end))
            return (uint32_t)STATUS_OBJECT_NAME_NOT_FOUND;
        if (kss_reg_at(m, kss_reg_key(m, key))->flags & KSS_REG_VOLATILE & ~flags)
            return (uint32_t)STATUS_CHILD_MUST_BE_VOLATILE;
        key = make_key(m, key, path->text + first, at - first, flags);
        *made = true;
    }
    *found = key;
    return (uint32_t)STATUS_SUCCESS;
}

static void make_path(struct kss_machine *m, const char *text, const char *more) {
    struct kss_reg_name path = {0};
    uint32_t key;
    bool made;
    kss_reg_text(&path, text);
    kss_reg_text(&path, more);
    kss_reg_walk(m, 0, &path, KSS_REG_ALL, 0, &key, &made);
}

static void begin(struct kss_machine *m) {
    static const uint16_t root[] = {'R', 'e', 'g', 'i', 's', 't', 'r', 'y'};
    put(m, 0, (struct kss_reg){.kind = KSS_REG_HEADER, .key = FIRST_HANDLE}, NULL);
    make_key(m, 0, root, 8, 0);
    make_path(m, KSS_REG_CONTROL_SET, "Control");
    make_path(m, KSS_REG_CONTROL_SET, "Enum\\Root");
    make_path(m, KSS_REG_CONTROL_SET, "Services");
    make_path(m, "\\Registry\\Machine\\Hardware\\DeviceMap", "");
    make_path(m, "\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion", "");
    make_path(m, "\\Registry\\User\\.Default", "");
}

void kss_reg_begin(struct kss_machine *m) {
    if (end_of(m) == 0)
        begin(m);
    uint32_t seen = 0;
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        char name[KSS_IO_NAME];
        if (kss_object_ref(m, i)->kind != KSS_O_DRIVER || ++seen <= kss_reg_at(m, 0)->type)
            continue;
        kss_name_of(m, kss_object_ref(m, i)->address, name);
        const char *last = strrchr(name, '\\');
        last = last != NULL ? last + 1 : name;
        if (*last != 0)
            make_path(m, KSS_REG_CONTROL_SET "Services\\", last);
        kss_reg_at(m, 0)->type = seen;
    }
}

uint64_t kss_reg_open(struct kss_machine *m, uint32_t key, uint32_t access) {
    uint32_t handle = kss_reg_at(m, 0)->key += HANDLE_STEP;
    put(m, end_of(m),
        (struct kss_reg){.kind = KSS_REG_HANDLE, .id = handle, .key = key, .type = access}, NULL);
    return handle;
}

bool kss_registry_close(struct kss_machine *m, uint64_t handle) {
    uint32_t at = kss_reg_handle(m, handle);
    if (at != 0)
        kss_reg_remove(m, at);
    return at != 0;
}

// ---- From outside -------------------------------------------------------------------------------
static uint32_t outside(struct kss_machine *m, const char *key, const char *name,
                        enum kss_reg_make make, struct kss_reg_name *value) {
    struct kss_reg_name path = {0};
    uint32_t id;
    bool made;
    kss_reg_begin(m);
    value->length = 0;
    if (strlen(key) + 100 > KSS_REG_PATH || strlen(name) > KSS_REG_PATH)
        return 0;
    if (key[0] != '\\')
        kss_reg_text(&path, KSS_REG_CONTROL_SET "Services\\");
    kss_reg_text(&path, key);
    kss_reg_text(value, name);
    uint32_t status = kss_reg_walk(m, 0, &path, make, 0, &id, &made);
    return status == (uint32_t)STATUS_SUCCESS ? id : 0;
}

bool kss_registry_set_value(struct kss_machine *m, const char *key, const char *name, uint32_t type,
                            const void *data, uint32_t size) {
    struct kss_reg_name value;
    uint32_t id = size > KSS_REG_MOST_DATA ? 0 : outside(m, key, name, KSS_REG_ALL, &value);
    if (id == 0)
        return false;
    uint32_t at = kss_reg_set(m, id, &value, type, size);
    if (size != 0)
        memcpy((uint8_t *)(kss_reg_at(m, at) + 1) + value.length * 2, data, size);
    return true;
}

int64_t kss_registry_get_value(struct kss_machine *m, const char *key, const char *name,
                               uint32_t *type, void *data, uint32_t room) {
    struct kss_reg_name value;
    uint32_t id = outside(m, key, name, KSS_REG_FIND, &value);
    uint32_t at = id == 0 ? 0 : kss_reg_value(m, id, &value);
    if (at == 0)
        return -1;
    const struct kss_reg *record = kss_reg_at(m, at);
    if (type != NULL)
        *type = record->type;
    if (room != 0)
        memcpy(data, kss_reg_data_of(record), record->data < room ? record->data : room);
    return record->data;
}
