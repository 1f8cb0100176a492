// SPDX-License-Identifier: MIT
// ZwCreateKey and its neighbours, and the Io routines that open keys of devices and drivers.
//
// Kernel-mode callers of Zw routines pass no access checks (KRN using-nt-and-zw-versions-of-the-
// native-system-services-routines), so the access a handle was opened with is not looked at. Buffers:
// too small for the fixed part of an answer is STATUS_BUFFER_TOO_SMALL and writes nothing; for the
// rest STATUS_BUFFER_OVERFLOW with as much as fits; ResultLength is what all of it needs (DDI
// ZwQueryValueKey, ZwEnumerateKey).
#include "kernel/io.h"
#include "kernel/registry.h"

// The key a handle has open, as its number; 0 and a status when there is none.
static uint32_t key_of(struct kss_machine *m, uint64_t handle, uint32_t *status) {
    uint32_t at = kss_reg_handle(m, handle);
    *status = (uint32_t)STATUS_INVALID_HANDLE;
    if (at == 0)
        return 0;
    uint32_t key = kss_reg_at(m, at)->key;
    *status = (uint32_t)(kss_reg_key(m, key) == 0 ? STATUS_KEY_DELETED : STATUS_SUCCESS);
    return *status == (uint32_t)STATUS_SUCCESS ? key : 0;
}

// ---- Opening ------------------------------------------------------------------------------------
static struct kss_outcome open_key(struct kss_machine *m, struct kss_call *call,
                                   enum kss_reg_make make, unsigned flags, kss_addr disposition) {
    struct kss_reach r = kss_reach(m);
    struct kss_reg_name path;
    kss_addr attributes = call->arguments[2];
    uint32_t root = 0, key, status;
    bool made;
    kss_reg_begin(m);
    kss_addr name = kss_take_pointer(&r, attributes + KSS_FIELD(OBJECT_ATTRIBUTES, ObjectName));
    uint64_t of = kss_take_pointer(&r, attributes + KSS_FIELD(OBJECT_ATTRIBUTES, RootDirectory));
    if (!kss_reg_take_name(&r, name, &path))
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    if (of != 0 && (root = key_of(m, of, &status)) == 0)
        return kss_reached(&r, status);
    if (!kss_reaches(&r))
        return r.outcome;
    status = kss_reg_walk(m, root, &path, make, flags, &key, &made);
    if (status != (uint32_t)STATUS_SUCCESS)
        return kss_return(status);
    kss_give_pointer(&r, call->arguments[0], kss_reg_open(m, key, (uint32_t)call->arguments[1]));
    if (disposition != 0)
        kss_give(&r, disposition, 4, made ? 1 : 2);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_ZwOpenKey(struct kss_machine *m, struct kss_call *call) {
    return open_key(m, call, KSS_REG_FIND, 0, 0);
}

struct kss_outcome kss_nt_ZwOpenKeyEx(struct kss_machine *m, struct kss_call *call) {
    return open_key(m, call, KSS_REG_FIND, 0, 0);
}

struct kss_outcome kss_nt_ZwCreateKey(struct kss_machine *m, struct kss_call *call) {
    return open_key(m, call, KSS_REG_LAST, (unsigned)call->arguments[5] & KSS_REG_VOLATILE,
                    call->arguments[6]);
}

struct kss_outcome kss_nt_ZwFlushKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t status;
    key_of(m, call->arguments[0], &status);
    return kss_return(status);
}

// ---- Values -------------------------------------------------------------------------------------
struct kss_outcome kss_nt_ZwSetValueKey(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_reg_name name;
    uint32_t status, size = (uint32_t)call->arguments[5];
    uint32_t key = key_of(m, call->arguments[0], &status);
    if (key == 0)
        return kss_return(status);
    if (!kss_reg_take_name(&r, call->arguments[1], &name))
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    return kss_reg_store(&r, key, &name, (uint32_t)call->arguments[3], call->arguments[4], size);
}

static struct kss_outcome value_named(struct kss_machine *m, struct kss_call *call, uint32_t *at) {
    struct kss_reach r = kss_reach(m);
    struct kss_reg_name name;
    uint32_t status, key = key_of(m, call->arguments[0], &status);
    *at = 0;
    if (key == 0)
        return kss_return(status);
    if (!kss_reg_take_name(&r, call->arguments[1], &name))
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    *at = kss_reg_value(m, key, &name);
    return kss_reached_status(&r, *at == 0 ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS);
}

struct kss_outcome kss_nt_ZwDeleteValueKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t at;
    struct kss_outcome outcome = value_named(m, call, &at);
    if (outcome.kind == KSS_OUT_RETURN && at != 0)
        kss_reg_remove(m, at);
    return outcome;
}

// An answer being written: [fixed] bytes that must fit, more that may.
struct answer {
    struct kss_reach r;
    kss_addr to;
    uint32_t room, fixed, needed;
};

static bool answer_fits(struct answer *a, struct kss_call *call, unsigned first, uint32_t fixed,
                        uint32_t needed) {
    a->to = call->arguments[first];
    a->room = (uint32_t)call->arguments[first + 1];
    a->fixed = fixed;
    a->needed = needed;
    kss_give(&a->r, call->arguments[first + 2], 4, needed);
    return a->room >= fixed;
}

// Bytes of a record, at [offset] of the answer. Writing may move the block, so they are copied first.
static void answer_bytes(struct answer *a, uint32_t offset, uint32_t record, bool data) {
    uint8_t part[64];
    struct kss_machine *m = a->r.m;
    uint32_t size = data ? kss_reg_at(m, record)->data : kss_reg_at(m, record)->name;
    for (uint32_t done = 0; done < size && offset + done < a->room && kss_reaches(&a->r);) {
        const struct kss_reg *from = kss_reg_at(m, record);
        uint32_t step = size - done < sizeof part ? size - done : (uint32_t)sizeof part;
        if (step > a->room - offset - done)
            step = a->room - offset - done;
        memcpy(part, (data ? kss_reg_data_of(from) : kss_reg_name_of(from)) + done, step);
        kss_give_bytes(&a->r, a->to + offset + done, part, step);
        done += step;
    }
}

static struct kss_outcome answered(struct answer *a) {
    if (a->room < a->fixed)
        return kss_reached_status(&a->r, STATUS_BUFFER_TOO_SMALL);
    return kss_reached_status(&a->r, a->room < a->needed ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS);
}

enum { VALUE_BASIC, VALUE_FULL, VALUE_PARTIAL };

static struct kss_outcome tell_value(struct kss_machine *m, struct kss_call *call, uint32_t at) {
    struct answer a = {.r = kss_reach(m)};
    struct kss_reg v = *kss_reg_at(m, at);
    unsigned align = kss_pointer(m);
    uint32_t data_at = v.data == 0 ? UINT32_MAX : (20 + v.name + align - 1) & ~(align - 1);
    switch ((uint32_t)call->arguments[2]) {
    case VALUE_BASIC:
        if (!answer_fits(&a, call, 3, 12, 12 + v.name))
            break;
        kss_give(&a.r, a.to + 8, 4, v.name);
        answer_bytes(&a, 12, at, false);
        break;
    case VALUE_PARTIAL:
        if (!answer_fits(&a, call, 3, 12, 12 + v.data))
            break;
        kss_give(&a.r, a.to + 8, 4, v.data);
        answer_bytes(&a, 12, at, true);
        break;
    case VALUE_FULL:
        if (!answer_fits(&a, call, 3, 20, v.data == 0 ? 20 + v.name : data_at + v.data))
            break;
        kss_give(&a.r, a.to + 8, 4, data_at);
        kss_give(&a.r, a.to + 12, 4, v.data);
        kss_give(&a.r, a.to + 16, 4, v.name);
        answer_bytes(&a, 20, at, false);
        if (v.data != 0)
            answer_bytes(&a, data_at, at, true);
        break;
    default: return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    }
    if (a.room >= a.fixed) {
        kss_give(&a.r, a.to, 4, 0);
        kss_give(&a.r, a.to + 4, 4, v.type);
    }
    return answered(&a);
}

struct kss_outcome kss_nt_ZwQueryValueKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t at;
    struct kss_outcome outcome = value_named(m, call, &at);
    return outcome.kind == KSS_OUT_RETURN && at != 0 ? tell_value(m, call, at) : outcome;
}

struct kss_outcome kss_nt_ZwEnumerateValueKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t status, key = key_of(m, call->arguments[0], &status);
    if (key == 0)
        return kss_return(status);
    uint32_t at = kss_reg_nth(m, KSS_REG_VALUE, key, (uint32_t)call->arguments[1]);
    return at == 0 ? kss_return((uint32_t)STATUS_NO_MORE_ENTRIES) : tell_value(m, call, at);
}

// ---- Keys ---------------------------------------------------------------------------------------
enum { KEY_BASIC, KEY_NODE, KEY_FULL, KEY_NAME };

static uint32_t path_bytes(const struct kss_machine *m, uint32_t id) {
    uint32_t bytes = 0;
    for (uint32_t at; id != 0 && (at = kss_reg_key(m, id)) != 0; id = kss_reg_at(m, at)->key)
        bytes += kss_reg_at(m, at)->name + 2;
    return bytes;
}

static void tell_path(struct answer *a, uint32_t id, uint32_t end) {
    struct kss_machine *m = a->r.m;
    for (uint32_t at; id != 0 && (at = kss_reg_key(m, id)) != 0; id = kss_reg_at(m, at)->key) {
        end -= kss_reg_at(m, at)->name + 2;
        if (end + 2 <= a->room)
            kss_give(&a->r, a->to + end, 2, '\\');
        answer_bytes(a, end + 2, at, false);
    }
}

// Numbers of subkeys and values and their longest names and data.
static void tell_full(struct answer *a, uint32_t id) {
    struct kss_machine *m = a->r.m;
    uint32_t counts[6] = {0}, at; // subkeys, name, class, values, name, data
    for (uint32_t i = 0; (at = kss_reg_nth(m, KSS_REG_KEY, id, i)) != 0; i++, counts[0]++)
        if (kss_reg_at(m, at)->name > counts[1])
            counts[1] = kss_reg_at(m, at)->name;
    for (uint32_t i = 0; (at = kss_reg_nth(m, KSS_REG_VALUE, id, i)) != 0; i++, counts[3]++) {
        const struct kss_reg *v = kss_reg_at(m, at);
        counts[4] = v->name > counts[4] ? v->name : counts[4];
        counts[5] = v->data > counts[5] ? v->data : counts[5];
    }
    for (unsigned i = 0; i < 6; i++)
        kss_give(&a->r, a->to + 20 + 4 * i, 4, counts[i]);
}

// No class names: ClassLength is 0.
static struct kss_outcome tell_key(struct kss_machine *m, struct kss_call *call, unsigned first,
                                   uint32_t id) {
    struct answer a = {.r = kss_reach(m)};
    uint32_t at = kss_reg_key(m, id), what = (uint32_t)call->arguments[first - 1];
    struct kss_reg key = *kss_reg_at(m, at);
    static const uint32_t fixed[4] = {16, 24, 44, 4};
    if (what > KEY_NAME)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    uint32_t path = what == KEY_NAME ? path_bytes(m, id) : 0;
    uint32_t more = what == KEY_NAME ? path : what == KEY_FULL ? 0 : key.name;
    if (!answer_fits(&a, call, first, fixed[what], fixed[what] + more))
        return answered(&a);
    if (what == KEY_NAME) {
        kss_give(&a.r, a.to, 4, path);
        tell_path(&a, id, 4 + path);
        return answered(&a);
    }
    kss_give(&a.r, a.to, 8, key.written);
    kss_give(&a.r, a.to + 8, 4, 0);
    if (what == KEY_BASIC) {
        kss_give(&a.r, a.to + 12, 4, key.name);
    } else {
        kss_give(&a.r, a.to + 12, 4, UINT32_MAX);
        kss_give(&a.r, a.to + 16, 4, 0);
    }
    if (what == KEY_NODE)
        kss_give(&a.r, a.to + 20, 4, key.name);
    if (what == KEY_FULL)
        tell_full(&a, id);
    else
        answer_bytes(&a, fixed[what], at, false);
    return answered(&a);
}

struct kss_outcome kss_nt_ZwQueryKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t status, key = key_of(m, call->arguments[0], &status);
    return key == 0 ? kss_return(status) : tell_key(m, call, 2, key);
}

struct kss_outcome kss_nt_ZwEnumerateKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t status, key = key_of(m, call->arguments[0], &status);
    if (key == 0)
        return kss_return(status);
    uint32_t at = kss_reg_nth(m, KSS_REG_KEY, key, (uint32_t)call->arguments[1]);
    if (at == 0)
        return kss_return((uint32_t)STATUS_NO_MORE_ENTRIES);
    return tell_key(m, call, 3, kss_reg_at(m, at)->id);
}

// A key with subkeys stays; handles of a deleted one are good for ZwClose alone.
struct kss_outcome kss_nt_ZwDeleteKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t status, key = key_of(m, call->arguments[0], &status), at;
    if (key == 0)
        return kss_return(status);
    if (key == KSS_REG_ROOT || kss_reg_nth(m, KSS_REG_KEY, key, 0) != 0)
        return kss_return((uint32_t)STATUS_CANNOT_DELETE);
    while ((at = kss_reg_nth(m, KSS_REG_VALUE, key, 0)) != 0)
        kss_reg_remove(m, at);
    kss_reg_remove(m, kss_reg_key(m, key));
    return kss_return((uint32_t)STATUS_SUCCESS);
}

// ---- Keys of devices and drivers ------------------------------------------------------------------
static struct kss_outcome give_key(struct kss_machine *m, const struct kss_reg_name *path,
                                   uint64_t access, kss_addr where) {
    struct kss_reach r = kss_reach(m);
    uint32_t key;
    bool made;
    uint32_t status = kss_reg_walk(m, 0, path, KSS_REG_ALL, 0, &key, &made);
    if (status == (uint32_t)STATUS_SUCCESS)
        kss_give_pointer(&r, where, kss_reg_open(m, key, (uint32_t)access));
    return kss_reached(&r, status);
}

static void number_text(struct kss_reg_name *path, uint32_t number) {
    char text[5] = {(char)('0' + number / 1000 % 10), (char)('0' + number / 100 % 10),
                    (char)('0' + number / 10 % 10), (char)('0' + number % 10), 0};
    kss_reg_text(path, text);
}

// Where a device's keys are is the plug and play manager's business: drivers only get handles. Here
// devices are numbered in the order of their creation.
struct kss_outcome kss_nt_IoOpenDeviceRegistryKey(struct kss_machine *m, struct kss_call *call) {
    struct kss_reg_name path = {0};
    uint16_t index = kss_io_object(m, KSS_O_DEVICE, call->arguments[0]);
    uint32_t kind = (uint32_t)call->arguments[1];
    kss_reg_begin(m);
    if (index == KSS_NONE)
        return kss_return((uint32_t)STATUS_INVALID_DEVICE_REQUEST);
    if ((kind & 3) == 0 || (kind & 3) == 3)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    kss_reg_text(&path, KSS_REG_CONTROL_SET);
    if (kind & 4)
        kss_reg_text(&path, "Hardware Profiles\\Current\\System\\CurrentControlSet\\");
    kss_reg_text(&path, kind & 1 ? "Enum\\Root\\kss\\" : "Control\\Class\\kss\\");
    number_text(&path, (uint32_t)kss_object_ref(m, index)->signal);
    if (kind & 1)
        kss_reg_text(&path, "\\Device Parameters");
    return give_key(m, &path, call->arguments[2], call->arguments[3]);
}

struct kss_outcome kss_nt_IoOpenDriverRegistryKey(struct kss_machine *m, struct kss_call *call) {
    static const char *const kinds[3] = {"\\Parameters", "\\State", "\\SharedState"};
    struct kss_reg_name path = {0};
    char name[KSS_IO_NAME];
    uint32_t kind = (uint32_t)call->arguments[1];
    kss_reg_begin(m);
    if (kss_io_object(m, KSS_O_DRIVER, call->arguments[0]) == KSS_NONE || kind > 2 ||
        call->arguments[3] != 0)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    kss_name_of(m, call->arguments[0], name);
    const char *last = strrchr(name, '\\');
    kss_reg_text(&path, KSS_REG_CONTROL_SET "Services\\");
    kss_reg_text(&path, last != NULL ? last + 1 : name);
    kss_reg_text(&path, kinds[kind]);
    return give_key(m, &path, call->arguments[2], call->arguments[4]);
}

// \??\ROOT#..#{class}: a key below the interface class, with # for each backslash of the link.
struct kss_outcome kss_nt_IoOpenDeviceInterfaceRegistryKey(struct kss_machine *m,
                                                           struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    struct kss_reg_name link, path = {0};
    kss_reg_begin(m);
    if (!kss_reg_take_name(&r, call->arguments[0], &link))
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    unsigned brace = link.length;
    while (brace > 0 && link.text[brace - 1] != '{')
        brace--;
    if (!kss_reaches(&r) || brace == 0 || link.length + 100 > KSS_REG_PATH - 38)
        return kss_reached_status(&r, STATUS_OBJECT_NAME_NOT_FOUND);
    kss_reg_text(&path, KSS_REG_CONTROL_SET "Control\\DeviceClasses\\");
    for (unsigned i = brace - 1; i < link.length && link.text[i] != '\\'; i++)
        path.text[path.length++] = link.text[i];
    kss_reg_text(&path, "\\");
    for (unsigned i = 0; i < link.length; i++)
        path.text[path.length++] = link.text[i] == '\\' ? '#' : link.text[i];
    kss_reg_text(&path, "\\#\\Device Parameters");
    return give_key(m, &path, call->arguments[1], call->arguments[2]);
}
