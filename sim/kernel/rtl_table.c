// SPDX-License-Identifier: MIT
// Generic tables: RTL_GENERIC_TABLE (a splay tree) and RTL_AVL_TABLE (a balanced one).
//
//   element of a splay table     | RTL_SPLAY_LINKS | LIST_ENTRY in order of insertion | caller's bytes
//   element of a balanced table  | RTL_BALANCED_LINKS                                 | caller's bytes
//
// The caller's bytes begin at a multiple of 8. Compare, allocate and free routines are the driver's:
// each is a CALL, and the search goes on when it has returned. What a search has reached lies in the
// routine's record:
//
//   local[0]  node it is at          local[1]  enum result, when it has ended
//
// Sources: DDI RtlInitializeGenericTable, RtlInsertElementGenericTable and their neighbours; the
// order of the comparison's arguments (Buffer first) and the layout of elements: ReactOS
// sdk/lib/rtl/generictable.c and avltable.c.
#include "kernel/io.h"
#include "kernel/rtl_tree.h"

enum result { EMPTY, FOUND, AT_LEFT, AT_RIGHT };                     // TABLE_SEARCH_RESULT
enum { LESS, GREATER, SAME };                                        // RTL_GENERIC_COMPARE_RESULTS
enum { AFTER_COMPARE = 1, AFTER_ALLOCATE, AFTER_FREE };              // steps
enum { NODE, RESULT };                                               // call->local
enum { TABLE, BUFFER, SIZE, NEW_ELEMENT, GIVEN_NODE, GIVEN_RESULT }; // call->arguments
enum kind { SPLAY, AVL };

#define FIELD(field)                                                                               \
    (call->arguments[TABLE] +                                                                      \
     (kind == AVL ? KSS_FIELD(RTL_AVL_TABLE, field) : KSS_FIELD(RTL_GENERIC_TABLE, field)))

static unsigned header(const struct kss_machine *m, enum kind kind) {
    unsigned size = (kind == AVL ? 4 : 5) * kss_pointer(m);
    return (size + 7) & ~7u;
}

static kss_addr list_of(const struct kss_machine *m, kss_addr node) {
    return node + KSS_SIZE(RTL_SPLAY_LINKS, kss_wide(m));
}

static kss_addr node_of(const struct kss_machine *m, kss_addr list) {
    return list - KSS_SIZE(RTL_SPLAY_LINKS, kss_wide(m));
}

static kss_addr root_of(struct kss_reach *r, kss_addr table, enum kind kind) {
    return kss_link(r, table, kind == AVL ? KSS_RIGHT : KSS_PARENT); // TableRoot is its first field
}

static void set_root(struct kss_reach *r, kss_addr table, kss_addr root) {
    kss_give_pointer(r, table, root);
}

static kss_addr data_of(const struct kss_machine *m, kss_addr node, enum kind kind) {
    return node == 0 ? 0 : node + header(m, kind);
}

// ---- Tables -------------------------------------------------------------------------------------
static struct kss_outcome initialize(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    struct kss_reach r = kss_reach(m);
    kss_addr table = call->arguments[TABLE];
    unsigned size = kind == AVL ? KSS_SIZE(RTL_AVL_TABLE, kss_wide(m))
                                : KSS_SIZE(RTL_GENERIC_TABLE, kss_wide(m));
    for (unsigned i = 0; i < size; i += 4)
        kss_give(&r, table + i, 4, 0);
    kss_give_pointer(&r, FIELD(CompareRoutine), call->arguments[1]);
    kss_give_pointer(&r, FIELD(AllocateRoutine), call->arguments[2]);
    kss_give_pointer(&r, FIELD(FreeRoutine), call->arguments[3]);
    kss_give_pointer(&r, FIELD(TableContext), call->arguments[4]);
    if (kind == AVL) {
        kss_set_link(&r, table, KSS_PARENT, table);
    } else {
        kss_addr list = table + KSS_FIELD(RTL_GENERIC_TABLE, InsertOrderList);
        kss_give_pointer(&r, list, list);
        kss_give_pointer(&r, list + kss_pointer(m), list);
        kss_give_pointer(&r, FIELD(OrderedPointer), list);
    }
    return kss_reached(&r, 0);
}

static struct kss_outcome count(struct kss_machine *m, struct kss_call *call, enum kind kind,
                                bool empty) {
    struct kss_reach r = kss_reach(m);
    uint64_t number = kss_take(&r, FIELD(NumberGenericTableElements), 4);
    return kss_reached(&r, empty ? number == 0 : number);
}

static void change_count(struct kss_reach *r, struct kss_call *call, enum kind kind, int by) {
    struct kss_machine *m = r->m;
    uint64_t number = kss_take(r, FIELD(NumberGenericTableElements), 4);
    kss_give(r, FIELD(NumberGenericTableElements), 4, (uint32_t)(number + (uint64_t)(int64_t)by));
    kss_give(r, FIELD(WhichOrderedElement), 4, 0);
    kss_give_pointer(
        r, FIELD(OrderedPointer),
        kind == AVL ? 0 : call->arguments[TABLE] + KSS_FIELD(RTL_GENERIC_TABLE, InsertOrderList));
}

// ---- Searching ----------------------------------------------------------------------------------
// Calls the driver routine in a field of the table with what is in call->out.
static struct kss_outcome ask(struct kss_machine *m, struct kss_call *call, kss_addr field,
                              unsigned arguments, uint8_t step) {
    struct kss_reach r = kss_reach(m);
    kss_addr routine = kss_take_pointer(&r, field);
    uint32_t code;
    if (!kss_reaches(&r))
        return r.outcome;
    if (!kss_code_at(m, routine, &code))
        return kss_io_bad_call(m, routine);
    call->out[0] = call->arguments[TABLE];
    return kss_call_driver(m, call, step, code, arguments, KSS_ENTRY_CALLBACK);
}

static struct kss_outcome compare(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    call->out[1] = call->arguments[BUFFER];
    call->out[2] = data_of(m, call->local[NODE], kind);
    return ask(m, call, FIELD(CompareRoutine), 3, AFTER_COMPARE);
}

// RETURN when the search has ended.
static struct kss_outcome search(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    struct kss_reach r = kss_reach(m);
    if (call->step == 0) {
        call->local[NODE] = root_of(&r, call->arguments[TABLE], kind);
        call->local[RESULT] = EMPTY;
        if (!kss_reaches(&r) || call->local[NODE] == 0)
            return kss_reached(&r, 0);
        return compare(m, call, kind);
    }
    uint32_t order = (uint32_t)call->result;
    if (order != LESS && order != GREATER) {
        call->local[RESULT] = FOUND;
        return kss_return(0);
    }
    kss_addr next = kss_link(&r, call->local[NODE], order == LESS ? KSS_LEFT : KSS_RIGHT);
    if (!kss_reaches(&r))
        return r.outcome;
    if (next == 0) {
        call->local[RESULT] = order == LESS ? AT_LEFT : AT_RIGHT;
        return kss_return(0);
    }
    call->local[NODE] = next;
    return compare(m, call, kind);
}

static void splay_in(struct kss_reach *r, struct kss_call *call, enum kind kind, kss_addr node) {
    if (kind == AVL)
        return;
    kss_splay(r, node);
    set_root(r, call->arguments[TABLE], node);
}

// ---- Inserting ----------------------------------------------------------------------------------
static struct kss_outcome tell_new(struct kss_reach *r, struct kss_call *call, bool is_new,
                                   uint64_t value) {
    if (call->arguments[NEW_ELEMENT] != 0)
        kss_give(r, call->arguments[NEW_ELEMENT], 1, is_new);
    return kss_reached(r, value);
}

static void link_in(struct kss_reach *r, struct kss_call *call, enum kind kind, kss_addr node) {
    struct kss_machine *m = r->m;
    kss_addr table = call->arguments[TABLE], parent = call->local[NODE];
    unsigned pointer = kss_pointer(m);
    kss_set_link(r, node, KSS_LEFT, 0);
    kss_set_link(r, node, KSS_RIGHT, 0);
    if (call->local[RESULT] != EMPTY)
        kss_tree_adopt(r, parent, call->local[RESULT] == AT_LEFT ? KSS_LEFT : KSS_RIGHT, node);
    else if (kind == AVL)
        kss_tree_adopt(r, table, KSS_RIGHT, node);
    else
        kss_set_link(r, node, KSS_PARENT, node);
    if (kind == AVL) {
        uint64_t depth = kss_take(r, table + KSS_FIELD(RTL_AVL_TABLE, DepthOfTree), 4);
        depth += (unsigned)kss_avl_inserted(r, node, table);
        kss_give(r, table + KSS_FIELD(RTL_AVL_TABLE, DepthOfTree), 4, depth);
        return;
    }
    kss_addr list = table + KSS_FIELD(RTL_GENERIC_TABLE, InsertOrderList);
    kss_addr entry = list_of(m, node), last = kss_take_pointer(r, list + pointer);
    kss_give_pointer(r, entry, list);
    kss_give_pointer(r, entry + pointer, last);
    kss_give_pointer(r, last, entry);
    kss_give_pointer(r, list + pointer, entry);
}

static struct kss_outcome insert_here(struct kss_machine *m, struct kss_call *call,
                                      enum kind kind) {
    struct kss_reach r = kss_reach(m);
    if (call->local[RESULT] == FOUND) {
        splay_in(&r, call, kind, call->local[NODE]);
        return tell_new(&r, call, false, data_of(m, call->local[NODE], kind));
    }
    call->out[1] = header(m, kind) + (uint32_t)call->arguments[SIZE];
    return ask(m, call, FIELD(AllocateRoutine), 2, AFTER_ALLOCATE);
}

static struct kss_outcome allocated(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    struct kss_reach r = kss_reach(m);
    kss_addr node = call->result;
    if (node == 0)
        return tell_new(&r, call, false, 0);
    kss_reach_copy(&r, data_of(m, node, kind), call->arguments[BUFFER],
                   (uint32_t)call->arguments[SIZE]);
    link_in(&r, call, kind, node);
    change_count(&r, call, kind, 1);
    splay_in(&r, call, kind, node);
    return tell_new(&r, call, true, data_of(m, node, kind));
}

static struct kss_outcome insert(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    if (call->step == AFTER_ALLOCATE)
        return allocated(m, call, kind);
    KSS_TRY(search(m, call, kind));
    return insert_here(m, call, kind);
}

// The caller has searched already.
static struct kss_outcome insert_full(struct kss_machine *m, struct kss_call *call,
                                      enum kind kind) {
    if (call->step == AFTER_ALLOCATE)
        return allocated(m, call, kind);
    call->local[NODE] = call->arguments[GIVEN_NODE];
    call->local[RESULT] = (uint32_t)call->arguments[GIVEN_RESULT];
    return insert_here(m, call, kind);
}

// ---- Finding and deleting -------------------------------------------------------------------------
static struct kss_outcome lookup(struct kss_machine *m, struct kss_call *call, enum kind kind,
                                 bool full) {
    KSS_TRY(search(m, call, kind));
    struct kss_reach r = kss_reach(m);
    bool found = call->local[RESULT] == FOUND;
    if (full) {
        kss_give_pointer(&r, call->arguments[2], call->local[NODE]);
        kss_give(&r, call->arguments[3], 4, call->local[RESULT]);
    }
    if (found)
        splay_in(&r, call, kind, call->local[NODE]);
    return kss_reached(&r, found ? data_of(m, call->local[NODE], kind) : 0);
}

static void link_out(struct kss_reach *r, struct kss_call *call, enum kind kind, kss_addr node) {
    struct kss_machine *m = r->m;
    kss_addr table = call->arguments[TABLE];
    if (kind == AVL) {
        kss_addr at = table + KSS_FIELD(RTL_AVL_TABLE, DepthOfTree);
        kss_addr restart = table + KSS_FIELD(RTL_AVL_TABLE, RestartKey);
        if (kss_take_pointer(r, restart) == node) // an enumeration goes on behind what was before
            kss_give_pointer(
                r, restart,
                kss_tree_next(r, node, KSS_LEFT) == table ? 0 : kss_tree_next(r, node, KSS_LEFT));
        uint64_t depth = kss_take(r, at, 4);
        kss_give(r, at, 4, depth + (uint64_t)(int64_t)kss_avl_remove(r, node, table));
        kss_addr deletes = table + KSS_FIELD(RTL_AVL_TABLE, DeleteCount);
        kss_give(r, deletes, 4, kss_take(r, deletes, 4) + 1);
        return;
    }
    kss_addr entry = list_of(m, node);
    kss_addr next = kss_take_pointer(r, entry), last = kss_take_pointer(r, entry + kss_pointer(m));
    kss_give_pointer(r, last, next);
    kss_give_pointer(r, next + kss_pointer(m), last);
    set_root(r, table, kss_splay_delete(r, node));
}

static struct kss_outcome delete (struct kss_machine *m, struct kss_call *call, enum kind kind) {
    if (call->step == AFTER_FREE)
        return kss_return(true);
    KSS_TRY(search(m, call, kind));
    if (call->local[RESULT] != FOUND)
        return kss_return(false);
    struct kss_reach r = kss_reach(m);
    link_out(&r, call, kind, call->local[NODE]);
    change_count(&r, call, kind, -1);
    if (!kss_reaches(&r))
        return r.outcome;
    call->out[1] = call->local[NODE];
    return ask(m, call, FIELD(FreeRoutine), 2, AFTER_FREE);
}

// ---- Enumerating ----------------------------------------------------------------------------------
static kss_addr first(struct kss_reach *r, kss_addr table, enum kind kind) {
    kss_addr root = root_of(r, table, kind);
    return root == 0 ? 0 : kss_tree_outermost(r, root, KSS_LEFT);
}

static kss_addr after(struct kss_reach *r, kss_addr table, enum kind kind, kss_addr node) {
    return node == 0 ? first(r, table, kind) : kss_tree_next(r, node, KSS_RIGHT);
}

// A splay table remembers the last element by its place, the root.
static struct kss_outcome enumerate(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    struct kss_reach r = kss_reach(m);
    kss_addr table = call->arguments[TABLE], key = table + KSS_FIELD(RTL_AVL_TABLE, RestartKey);
    bool restart = (call->arguments[1] & 0xFF) != 0;
    kss_addr node = 0;
    if (!restart)
        node = kind == AVL ? kss_take_pointer(&r, key) : root_of(&r, table, kind);
    if (restart || node != 0 || kind == AVL)
        node = after(&r, table, kind, node);
    if (kind == AVL && node != 0)
        kss_give_pointer(&r, key, node);
    if (node != 0)
        splay_in(&r, call, kind, node);
    return kss_reached(&r, data_of(m, node, kind));
}

static struct kss_outcome enumerate_by_key(struct kss_machine *m, struct kss_call *call,
                                           enum kind kind) {
    struct kss_reach r = kss_reach(m);
    kss_addr node =
        after(&r, call->arguments[TABLE], kind, kss_take_pointer(&r, call->arguments[1]));
    if (node != 0)
        kss_give_pointer(&r, call->arguments[1], node);
    return kss_reached(&r, data_of(m, node, kind));
}

// By number: a splay table in the order of insertion, a balanced one in its own. The last answer is
// remembered, so that going through a table takes one step an element.
static struct kss_outcome element(struct kss_machine *m, struct kss_call *call, enum kind kind) {
    struct kss_reach r = kss_reach(m);
    kss_addr table = call->arguments[TABLE];
    uint64_t wanted = (uint32_t)call->arguments[1];
    uint64_t at = kss_take(&r, FIELD(WhichOrderedElement), 4); // 1 is the first
    kss_addr where = kss_take_pointer(&r, FIELD(OrderedPointer));
    if (wanted >= kss_take(&r, FIELD(NumberGenericTableElements), 4))
        return kss_reached(&r, 0);
    if (at == 0 || at > wanted + 1) {
        at = 0;
        where = kind == AVL ? 0 : table + KSS_FIELD(RTL_GENERIC_TABLE, InsertOrderList);
    }
    for (; at < wanted + 1 && kss_reaches(&r); at++)
        where = kind == AVL ? after(&r, table, kind, where) : kss_take_pointer(&r, where);
    kss_give(&r, FIELD(WhichOrderedElement), 4, at);
    kss_give_pointer(&r, FIELD(OrderedPointer), where);
    return kss_reached(&r, data_of(m, kind == AVL ? where : node_of(m, where), kind));
}

// ---- The routines -------------------------------------------------------------------------------
#define BOTH(name, ...)                                                                            \
    struct kss_outcome kss_nt_##name(struct kss_machine *m, struct kss_call *call) {               \
        enum kind kind = SPLAY;                                                                    \
        return __VA_ARGS__;                                                                        \
    }                                                                                              \
    struct kss_outcome kss_nt_##name##Avl(struct kss_machine *m, struct kss_call *call) {          \
        enum kind kind = AVL;                                                                      \
        return __VA_ARGS__;                                                                        \
    }
BOTH(RtlInitializeGenericTable, initialize(m, call, kind))
BOTH(RtlNumberGenericTableElements, count(m, call, kind, false))
BOTH(RtlIsGenericTableEmpty, count(m, call, kind, true))
BOTH(RtlInsertElementGenericTable, insert(m, call, kind))
BOTH(RtlInsertElementGenericTableFull, insert_full(m, call, kind))
BOTH(RtlLookupElementGenericTable, lookup(m, call, kind, false))
BOTH(RtlLookupElementGenericTableFull, lookup(m, call, kind, true))
BOTH(RtlDeleteElementGenericTable, delete (m, call, kind))
BOTH(RtlEnumerateGenericTable, enumerate(m, call, kind))
BOTH(RtlEnumerateGenericTableWithoutSplaying, enumerate_by_key(m, call, kind))
BOTH(RtlGetElementGenericTable, element(m, call, kind))
