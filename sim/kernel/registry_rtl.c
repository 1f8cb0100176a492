// SPDX-License-Identifier: MIT
// RtlQueryRegistryValues and its neighbours.
//
// A query walks a table of entries. Each names a value or, without a name, all values of the current
// key; what it finds is stored (DIRECT) or handed to the entry's routine, a multi-string one string at
// a time. The routine gets the name and the data in a block of nt's:
//
//   block  | type | bytes of data | bytes of name | bytes done | name, 0 | data, two 0 characters |
//
// Between calls the position lies in the routine's record:
//
//   local[0] entry   local[1] key of Path   local[2] current key   local[3] values of it done
//   local[4] block, 0: none                 local[5] phase
//
// Source: DDI RtlQueryRegistryValues. Environment variables in REG_EXPAND_SZ are not expanded: the
// simulated system has none.
#include "kernel/io.h"
#include "kernel/registry.h"

enum {
    SUBKEY = 1,
    TOPKEY = 2,
    REQUIRED = 4,
    NOVALUE = 8,
    NOEXPAND = 16,
    DIRECT = 32,
    DELETES = 64,
    TYPECHECK = 0x100
};
enum { NONE, SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ = 7 };
enum { ENTRY, TOP, KEY, DONE, BLOCK, PHASE };
enum phase { NEXT_ENTRY, ALL_VALUES, ONE_VALUE };
enum { RELATIVE_HANDLE = 0x40000000, AFTER_CALL = 1, BLOCK_HEAD = 16 };
#define RELATIVE_OPTIONAL 0x80000000u

// ---- Paths --------------------------------------------------------------------------------------
// The key that RelativeTo and Path mean.
static struct kss_outcome key_of_path(struct kss_machine *m, struct kss_call *call,
                                      enum kss_reg_make make, uint32_t *key) {
    static const char *const roots[6] = {
        "",
        KSS_REG_CONTROL_SET "Services\\",
        KSS_REG_CONTROL_SET "Control\\",
        "\\Registry\\Machine\\Software\\Microsoft\\Windows NT\\CurrentVersion\\",
        "\\Registry\\Machine\\Hardware\\DeviceMap\\",
        "\\Registry\\User\\.Default\\"};
    struct kss_reach r = kss_reach(m);
    struct kss_reg_name path = {0}, text;
    uint32_t relative = (uint32_t)call->arguments[0] & ~RELATIVE_OPTIONAL;
    bool made;
    *key = 0;
    kss_reg_begin(m);
    if (relative & RELATIVE_HANDLE) {
        uint32_t at = kss_reg_handle(m, call->arguments[1]);
        *key = at == 0 ? 0 : kss_reg_at(m, at)->key;
        if (at == 0 || kss_reg_key(m, *key) == 0)
            return kss_return((uint32_t)(at == 0 ? STATUS_INVALID_HANDLE : STATUS_KEY_DELETED));
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    if (relative > 5)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    if (!kss_reg_take_text(&r, call->arguments[1], &text) || text.length + 100 > KSS_REG_PATH)
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    if (!kss_reaches(&r))
        return r.outcome;
    kss_reg_text(&path, roots[relative]);
    memcpy(path.text + path.length, text.text, 2 * text.length);
    path.length += text.length;
    return kss_return(kss_reg_walk(m, 0, &path, make, 0, key, &made));
}

static bool failed(const struct kss_outcome *outcome) {
    return outcome->kind != KSS_OUT_RETURN || !kss_nt_success(outcome->value);
}

struct kss_outcome kss_nt_RtlCheckRegistryKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t key;
    return key_of_path(m, call, KSS_REG_FIND, &key);
}

struct kss_outcome kss_nt_RtlCreateRegistryKey(struct kss_machine *m, struct kss_call *call) {
    uint32_t key;
    return key_of_path(m, call, KSS_REG_LAST, &key);
}

// ValueName NULL is the unnamed value; a key that is missing is made.
struct kss_outcome kss_nt_RtlWriteRegistryValue(struct kss_machine *m, struct kss_call *call) {
    struct kss_reg_name name;
    uint32_t key;
    struct kss_outcome outcome = key_of_path(m, call, KSS_REG_LAST, &key);
    if (failed(&outcome))
        return outcome;
    struct kss_reach r = kss_reach(m);
    if (!kss_reg_take_text(&r, call->arguments[2], &name))
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    return kss_reg_store(&r, key, &name, (uint32_t)call->arguments[3], call->arguments[4],
                         (uint32_t)call->arguments[5]);
}

struct kss_outcome kss_nt_RtlDeleteRegistryValue(struct kss_machine *m, struct kss_call *call) {
    struct kss_reg_name name;
    uint32_t key;
    struct kss_outcome outcome = key_of_path(m, call, KSS_REG_FIND, &key);
    if (failed(&outcome))
        return outcome;
    struct kss_reach r = kss_reach(m);
    if (!kss_reg_take_text(&r, call->arguments[2], &name))
        return kss_reached_status(&r, STATUS_NAME_TOO_LONG);
    uint32_t at = kss_reg_value(m, key, &name);
    if (at == 0)
        return kss_reached_status(&r, STATUS_OBJECT_NAME_NOT_FOUND);
    kss_reg_remove(m, at);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// ---- A table's entry ------------------------------------------------------------------------------
struct entry {
    kss_addr routine, name, context, default_data;
    uint32_t flags, default_type, default_length;
};

static struct entry entry_of(struct kss_reach *r, const struct kss_call *call) {
    struct kss_machine *m = r->m;
    kss_addr at =
        call->arguments[2] + call->local[ENTRY] * KSS_SIZE(RTL_QUERY_REGISTRY_TABLE, kss_wide(m));
#define AT(field) (at + KSS_FIELD(RTL_QUERY_REGISTRY_TABLE, field))
    return (struct entry){.routine = kss_take_pointer(r, AT(QueryRoutine)),
                          .name = kss_take_pointer(r, AT(Name)),
                          .context = kss_take_pointer(r, AT(EntryContext)),
                          .default_data = kss_take_pointer(r, AT(DefaultData)),
                          .flags = (uint32_t)kss_take(r, AT(Flags), 4),
                          .default_type = (uint32_t)kss_take(r, AT(DefaultType), 4),
                          .default_length = (uint32_t)kss_take(r, AT(DefaultLength), 4)};
#undef AT
}

// ---- The block ------------------------------------------------------------------------------------
static kss_addr block_name(const struct kss_call *call) {
    return call->local[BLOCK] + BLOCK_HEAD;
}
static kss_addr block_data(struct kss_machine *m, const struct kss_call *call) {
    kss_addr end = block_name(call) + kss_peek(m, call->local[BLOCK] + 8, 4) + 2;
    return (end + 7) & ~7ull;
}

static void drop_block(struct kss_machine *m, struct kss_call *call) {
    if (call->local[BLOCK] != 0)
        kss_nt_block_free(m, call->local[BLOCK]);
    call->local[BLOCK] = 0;
}

static bool new_block(struct kss_machine *m, struct kss_call *call, uint32_t type, uint32_t name,
                      uint32_t data) {
    kss_addr block = kss_nt_block(m, KSS_NTB_BUFFER, BLOCK_HEAD + name + 2 + 7 + data + 4);
    call->local[BLOCK] = block;
    if (block == 0)
        return false;
    kss_poke(m, block, 4, type);
    kss_poke(m, block + 4, 4, data);
    kss_poke(m, block + 8, 4, name);
    kss_poke(m, block + 12, 4, 0);
    kss_poke(m, block_name(call) + name, 2, 0);
    kss_poke(m, block_data(m, call) + data, 4, 0);
    return true;
}

static bool block_of_value(struct kss_machine *m, struct kss_call *call, uint32_t at) {
    struct kss_reg value = *kss_reg_at(m, at);
    if (!new_block(m, call, value.type, value.name, value.data))
        return false;
    for (uint32_t i = 0; i < value.name; i++)
        kss_poke(m, block_name(call) + i, 1, kss_reg_name_of(kss_reg_at(m, at))[i]);
    kss_addr data = block_data(m, call);
    for (uint32_t i = 0; i < value.data; i++)
        kss_poke(m, data + i, 1, kss_reg_data_of(kss_reg_at(m, at))[i]);
    return true;
}

// The entry's default value; a string's length may be left out.
static bool block_of_default(struct kss_reach *r, struct kss_call *call, const struct entry *e) {
    struct kss_machine *m = r->m;
    uint32_t type = e->default_type & 0xFFFFFF, length = e->default_length;
    if (length == 0 && (type == SZ || type == EXPAND_SZ))
        length = kss_take_length(r, e->default_data, 2) + 2;
    uint32_t name = kss_take_length(r, e->name, 2);
    if (!kss_reaches(r) || !new_block(m, call, type, name, length))
        return false;
    kss_reach_copy(r, block_name(call), e->name, name);
    kss_reach_copy(r, block_data(m, call), e->default_data, length);
    return true;
}

// ---- What is found --------------------------------------------------------------------------------
static struct kss_outcome store_string(struct kss_reach *r, struct kss_call *call,
                                       const struct entry *e, kss_addr data, uint32_t size) {
    struct kss_counted to = kss_take_counted(r, e->context);
    if (size > KSS_COUNTED_MOST)
        return kss_reached_status(r, STATUS_BUFFER_TOO_SMALL);
    if (to.buffer == 0) {
        to.maximum = size;
        to.buffer = kss_string_memory(r, call, size);
        if (kss_reaches(r) && to.buffer == 0)
            return kss_return((uint32_t)STATUS_NO_MEMORY);
    } else if (size > to.maximum) {
        return kss_reached_status(r, STATUS_BUFFER_TOO_SMALL);
    }
    kss_reach_copy(r, to.buffer, data, size);
    to.length = size < 2 ? 0 : size - 2;
    kss_give_counted(r, e->context, &to);
    return kss_reached_status(r, STATUS_SUCCESS);
}

// Up to four bytes go where EntryContext points; more into the buffer there, whose first LONG says how
// long it is: negative, the data alone, else length, type and data.
static struct kss_outcome store_bytes(struct kss_reach *r, const struct entry *e, uint32_t type,
                                      kss_addr data, uint32_t size) {
    if (size <= 4) {
        kss_reach_copy(r, e->context, data, size);
        return kss_reached_status(r, STATUS_SUCCESS);
    }
    int32_t room = (int32_t)kss_take(r, e->context, 4);
    uint32_t head = room < 0 ? 0 : 8, have = room < 0 ? 0 - (uint32_t)room : (uint32_t)room;
    if (size > UINT32_MAX - head || size + head > have)
        return kss_reached_status(r, STATUS_BUFFER_TOO_SMALL);
    kss_reach_copy(r, e->context + head, data, size);
    if (head != 0) {
        kss_give(r, e->context, 4, size);
        kss_give(r, e->context + 4, 4, type);
    }
    return kss_reached_status(r, STATUS_SUCCESS);
}

static struct kss_outcome store(struct kss_reach *r, struct kss_call *call, const struct entry *e) {
    struct kss_machine *m = r->m;
    uint32_t type = (uint32_t)kss_peek(m, call->local[BLOCK], 4);
    uint32_t size = (uint32_t)kss_peek(m, call->local[BLOCK] + 4, 4);
    if (e->flags & TYPECHECK && e->default_type >> 24 != type)
        return kss_reached_status(r, STATUS_OBJECT_TYPE_MISMATCH);
    if (type == SZ || type == EXPAND_SZ || type == MULTI_SZ)
        return store_string(r, call, e, block_data(m, call), size);
    return store_bytes(r, e, type, block_data(m, call), size);
}

static struct kss_outcome call_routine(struct kss_machine *m, struct kss_call *call,
                                       const struct entry *e, uint32_t type, kss_addr data,
                                       uint32_t size, kss_addr name) {
    uint32_t code;
    if (!kss_code_at(m, e->routine, &code))
        return kss_io_bad_call(m, e->routine);
    const uint64_t out[6] = {name, type, data, size, call->arguments[3], e->context};
    memcpy(call->out, out, sizeof out);
    return kss_call_driver(m, call, AFTER_CALL, code, 6, KSS_ENTRY_CALLBACK);
}

// The next part of the block's value: TURN; or all of it was handed over: RETURN.
static struct kss_outcome hand_over(struct kss_machine *m, struct kss_call *call,
                                    const struct entry *e) {
    kss_addr block = call->local[BLOCK], data = block_data(m, call);
    uint32_t type = (uint32_t)kss_peek(m, block, 4), size = (uint32_t)kss_peek(m, block + 4, 4);
    uint32_t done = (uint32_t)kss_peek(m, block + 12, 4), part = size;
    bool strings = type == MULTI_SZ && !(e->flags & NOEXPAND);
    if (done != 0 && (!strings || done >= size))
        return kss_return(0);
    if (strings) {
        for (part = 0; done + part + 2 <= size && kss_peek(m, data + done + part, 2) != 0;)
            part += 2;
        if (part == 0) // the empty string that ends them
            return kss_return(0);
        part += 2;
    }
    kss_poke(m, block + 12, 4, done + part + (part == 0));
    if (strings || (type == EXPAND_SZ && !(e->flags & NOEXPAND)))
        type = SZ;
    return call_routine(m, call, e, type, part == 0 ? 0 : data + done, part, block_name(call));
}

// ---- Going through the table ------------------------------------------------------------------------
static void next_entry(struct kss_call *call) {
    call->local[ENTRY]++;
    call->local[PHASE] = NEXT_ENTRY;
}

static void finish_value(struct kss_reach *r, struct kss_call *call, const struct entry *e) {
    struct kss_reg_name name;
    drop_block(r->m, call);
    call->local[DONE]++;
    if (call->local[PHASE] != ONE_VALUE)
        return;
    if (e->flags & DELETES && kss_reg_take_text(r, e->name, &name) && kss_reaches(r)) {
        uint32_t at = kss_reg_value(r->m, (uint32_t)call->local[KEY], &name);
        if (at != 0)
            kss_reg_remove(r->m, at);
    }
    next_entry(call);
}

// The named value of an entry, or its default, becomes the block. RETURN with an error ends the query.
static struct kss_outcome fetch(struct kss_reach *r, struct kss_call *call, const struct entry *e) {
    struct kss_machine *m = r->m;
    struct kss_reg_name name;
    if (!kss_reg_take_text(r, e->name, &name))
        return kss_reached_status(r, STATUS_NAME_TOO_LONG);
    if (!kss_reaches(r))
        return r->outcome;
    uint32_t key = (uint32_t)call->local[KEY];
    uint32_t at = key == 0 ? 0 : kss_reg_value(m, key, &name);
    bool got;
    if (at != 0) {
        got = block_of_value(m, call, at);
    } else if (e->flags & REQUIRED) {
        return kss_return((uint32_t)STATUS_OBJECT_NAME_NOT_FOUND);
    } else if ((e->default_type & 0xFFFFFF) != NONE) {
        got = block_of_default(r, call, e);
    } else {
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    return kss_reached_status(r, got ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES);
}

static struct kss_outcome enter_subkey(struct kss_reach *r, struct kss_call *call,
                                       const struct entry *e) {
    struct kss_reg_name name;
    uint32_t key;
    bool made;
    if (e->name == 0 || !kss_reg_take_text(r, e->name, &name))
        return kss_reached_status(r, STATUS_INVALID_PARAMETER);
    if (!kss_reaches(r) || call->local[TOP] == 0)
        return kss_reached_status(r, STATUS_OBJECT_NAME_NOT_FOUND);
    uint32_t status =
        kss_reg_walk(r->m, (uint32_t)call->local[TOP], &name, KSS_REG_FIND, 0, &key, &made);
    if (status == (uint32_t)STATUS_SUCCESS)
        call->local[KEY] = key;
    return kss_reached(r, status);
}

// Begins an entry. Its block, if there is something to hand over, is made.
static struct kss_outcome begin_entry(struct kss_reach *r, struct kss_call *call,
                                      const struct entry *e) {
    struct kss_machine *m = r->m;
    if (e->flags & DIRECT && (e->name == 0 || e->flags & SUBKEY || e->routine != 0))
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    if (e->flags & (TOPKEY | SUBKEY))
        call->local[KEY] = call->local[TOP];
    call->local[DONE] = 0;
    if (e->flags & SUBKEY) {
        struct kss_outcome outcome = enter_subkey(r, call, e);
        if (failed(&outcome))
            return outcome;
    }
    if (e->flags & SUBKEY || e->name == 0) {
        call->local[PHASE] = ALL_VALUES;
        if (e->routine == 0)
            next_entry(call);
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    call->local[PHASE] = ONE_VALUE;
    if (e->flags & NOVALUE) {
        if (!new_block(m, call, NONE, kss_take_length(r, e->name, 2), 0))
            return kss_reached_status(r, STATUS_INSUFFICIENT_RESOURCES);
        kss_reach_copy(r, block_name(call), e->name, kss_peek(m, call->local[BLOCK] + 8, 4));
        return kss_reached_status(r, STATUS_SUCCESS);
    }
    return fetch(r, call, e);
}

// One step of the walk: RETURN success to go on.
static struct kss_outcome step(struct kss_machine *m, struct kss_call *call,
                               const struct entry *e) {
    struct kss_reach r = kss_reach(m);
    if (call->local[BLOCK] == 0 && call->local[PHASE] == NEXT_ENTRY)
        return begin_entry(&r, call, e);
    if (call->local[BLOCK] == 0 && call->local[PHASE] == ALL_VALUES) {
        uint32_t key = (uint32_t)call->local[KEY], n = (uint32_t)call->local[DONE];
        uint32_t at = key == 0 ? 0 : kss_reg_nth(m, KSS_REG_VALUE, key, n);
        if (at == 0)
            next_entry(call);
        else if (!block_of_value(m, call, at))
            return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
        return kss_return((uint32_t)STATUS_SUCCESS);
    }
    if (call->local[BLOCK] != 0) {
        struct kss_outcome outcome = kss_return((uint32_t)STATUS_SUCCESS);
        if (e->flags & DIRECT)
            outcome = store(&r, call, e);
        else if (e->routine != 0)
            outcome = hand_over(m, call, e);
        if (failed(&outcome))
            return outcome;
    }
    finish_value(&r, call, e);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

static struct kss_outcome walk(struct kss_machine *m, struct kss_call *call) {
    for (;;) {
        struct kss_reach r = kss_reach(m);
        struct entry e = entry_of(&r, call);
        if (!kss_reaches(&r))
            return r.outcome;
        if (e.routine == 0 && !(e.flags & (SUBKEY | DIRECT)))
            return kss_return((uint32_t)STATUS_SUCCESS);
        struct kss_outcome outcome = step(m, call, &e);
        if (failed(&outcome))
            return outcome;
    }
}

struct kss_outcome kss_nt_RtlQueryRegistryValues(struct kss_machine *m, struct kss_call *call) {
    struct kss_outcome outcome;
    if (call->step == AFTER_CALL) {
        outcome = kss_return((uint32_t)call->result);
    } else {
        uint32_t key;
        outcome = key_of_path(m, call, KSS_REG_FIND, &key);
        if (outcome.kind == KSS_OUT_RETURN && (uint32_t)call->arguments[0] & RELATIVE_OPTIONAL &&
            outcome.value == (uint32_t)STATUS_OBJECT_NAME_NOT_FOUND) {
            outcome.value = (uint32_t)STATUS_SUCCESS;
            key = 0;
        }
        call->local[TOP] = call->local[KEY] = key;
    }
    if (!failed(&outcome))
        outcome = walk(m, call);
    if (outcome.kind == KSS_OUT_RETURN || outcome.kind == KSS_OUT_RAISE)
        drop_block(m, call);
    return outcome;
}
