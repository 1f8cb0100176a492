// SPDX-License-Identifier: MIT
// Splay links: RTL_SPLAY_LINKS of a driver's own structures, and what trees of both kinds share.
// Sources: mingw-w64 ddk/ntddk.h (the macros); ReactOS sdk/lib/rtl/splaytree.c for which neighbour
// replaces a deleted node (the predecessor) and what is splayed then (its former parent).
#include "kernel/rtl_tree.h"

// ---- Trees of both kinds ------------------------------------------------------------------------
void kss_tree_adopt(struct kss_reach *r, kss_addr parent, unsigned side, kss_addr child) {
    kss_set_link(r, parent, side, child);
    if (child != 0)
        kss_set_link(r, child, KSS_PARENT, parent);
}

void kss_tree_replace(struct kss_reach *r, kss_addr node, kss_addr by) {
    kss_addr parent = kss_link(r, node, KSS_PARENT);
    if (parent != node)
        kss_tree_adopt(r, parent, kss_side(r, node), by);
    else if (by != 0)
        kss_set_link(r, by, KSS_PARENT, by);
}

//      p          n          The same mirrored. Order: a n b p c.
//     / \        / \         .
//    n   c  ->  a   p        .
//   / \            / \       .
//  a   b          b   c      .
void kss_tree_rotate_up(struct kss_reach *r, kss_addr node) {
    kss_addr parent = kss_link(r, node, KSS_PARENT);
    unsigned side = kss_side(r, node), other = kss_other_side(side);
    kss_tree_replace(r, parent, node);
    kss_tree_adopt(r, parent, side, kss_link(r, node, other));
    kss_tree_adopt(r, node, other, parent);
}

kss_addr kss_tree_outermost(struct kss_reach *r, kss_addr node, unsigned side) {
    for (kss_addr child; kss_reaches(r) && (child = kss_link(r, node, side)) != 0;)
        node = child;
    return node;
}

kss_addr kss_tree_next(struct kss_reach *r, kss_addr node, unsigned side) {
    kss_addr child = kss_link(r, node, side);
    if (child != 0)
        return kss_tree_outermost(r, child, kss_other_side(side));
    while (kss_reaches(r)) {
        kss_addr parent = kss_link(r, node, KSS_PARENT);
        if (parent == node)
            return 0;
        if (kss_link(r, parent, side) != node)
            return parent;
        node = parent;
    }
    return 0;
}

kss_addr kss_tree_remove(struct kss_reach *r, kss_addr node, unsigned *side, kss_addr *by) {
    kss_addr left = kss_link(r, node, KSS_LEFT), right = kss_link(r, node, KSS_RIGHT);
    kss_addr parent = kss_link(r, node, KSS_PARENT);
    *side = kss_side(r, node);
    *by = left != 0 ? left : right;
    if (left == 0 || right == 0) {
        kss_tree_replace(r, node, *by);
        return parent == node ? 0 : parent;
    }
    kss_addr before = kss_tree_outermost(r, left, KSS_RIGHT);
    kss_addr shorter = kss_link(r, before, KSS_PARENT);
    *by = before;
    *side = kss_side(r, before);
    if (shorter == node) {
        shorter = before;
    } else {
        kss_tree_adopt(r, shorter, KSS_RIGHT, kss_link(r, before, KSS_LEFT));
        kss_tree_adopt(r, before, KSS_LEFT, left);
    }
    kss_tree_adopt(r, before, KSS_RIGHT, right);
    kss_tree_replace(r, node, before);
    return shorter;
}

// ---- Splaying -----------------------------------------------------------------------------------
void kss_splay(struct kss_reach *r, kss_addr node) {
    while (kss_reaches(r)) {
        kss_addr parent = kss_link(r, node, KSS_PARENT);
        if (parent == node)
            return;
        if (kss_link(r, parent, KSS_PARENT) != parent) {
            bool same = kss_side(r, node) == kss_side(r, parent);
            kss_tree_rotate_up(r, same ? parent : node);
        }
        kss_tree_rotate_up(r, node);
    }
}

kss_addr kss_splay_delete(struct kss_reach *r, kss_addr node) {
    unsigned side;
    kss_addr by, start = kss_tree_remove(r, node, &side, &by);
    if (start == 0)
        return by;
    kss_splay(r, start);
    return start;
}

// ---- The routines -------------------------------------------------------------------------------
#define LINKS call->arguments[0]

struct kss_outcome kss_nt_RtlInitializeSplayLinks(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_set_link(&r, LINKS, KSS_PARENT, LINKS);
    kss_set_link(&r, LINKS, KSS_LEFT, 0);
    kss_set_link(&r, LINKS, KSS_RIGHT, 0);
    return kss_reached(&r, 0);
}

static struct kss_outcome link_of(struct kss_machine *m, const struct kss_call *call,
                                  unsigned which) {
    struct kss_reach r = kss_reach(m);
    kss_addr link = kss_link(&r, LINKS, which);
    return kss_reached(&r, link);
}

struct kss_outcome kss_nt_RtlParent(struct kss_machine *m, struct kss_call *call) {
    return link_of(m, call, KSS_PARENT);
}

struct kss_outcome kss_nt_RtlLeftChild(struct kss_machine *m, struct kss_call *call) {
    return link_of(m, call, KSS_LEFT);
}

struct kss_outcome kss_nt_RtlRightChild(struct kss_machine *m, struct kss_call *call) {
    return link_of(m, call, KSS_RIGHT);
}

struct kss_outcome kss_nt_RtlIsRoot(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    bool is = kss_link(&r, LINKS, KSS_PARENT) == LINKS;
    return kss_reached(&r, is);
}

static struct kss_outcome is_child(struct kss_machine *m, const struct kss_call *call,
                                   unsigned side) {
    struct kss_reach r = kss_reach(m);
    bool is = kss_link(&r, kss_link(&r, LINKS, KSS_PARENT), side) == LINKS;
    return kss_reached(&r, is);
}

struct kss_outcome kss_nt_RtlIsLeftChild(struct kss_machine *m, struct kss_call *call) {
    return is_child(m, call, KSS_LEFT);
}

struct kss_outcome kss_nt_RtlIsRightChild(struct kss_machine *m, struct kss_call *call) {
    return is_child(m, call, KSS_RIGHT);
}

static struct kss_outcome insert(struct kss_machine *m, const struct kss_call *call,
                                 unsigned side) {
    struct kss_reach r = kss_reach(m);
    kss_tree_adopt(&r, LINKS, side, call->arguments[1]);
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_RtlInsertAsLeftChild(struct kss_machine *m, struct kss_call *call) {
    return insert(m, call, KSS_LEFT);
}

struct kss_outcome kss_nt_RtlInsertAsRightChild(struct kss_machine *m, struct kss_call *call) {
    return insert(m, call, KSS_RIGHT);
}

struct kss_outcome kss_nt_RtlSplay(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_splay(&r, LINKS);
    return kss_reached(&r, LINKS);
}

struct kss_outcome kss_nt_RtlDelete(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr root = kss_splay_delete(&r, LINKS);
    return kss_reached(&r, root);
}

struct kss_outcome kss_nt_RtlDeleteNoSplay(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    unsigned side;
    kss_addr by;
    bool root = kss_link(&r, LINKS, KSS_PARENT) == LINKS;
    kss_tree_remove(&r, LINKS, &side, &by);
    if (root)
        kss_give_pointer(&r, call->arguments[1], by);
    return kss_reached(&r, 0);
}

static struct kss_outcome neighbour(struct kss_machine *m, const struct kss_call *call,
                                    unsigned side, bool below) {
    struct kss_reach r = kss_reach(m);
    bool none = below && kss_link(&r, LINKS, side) == 0;
    kss_addr next = none ? 0 : kss_tree_next(&r, LINKS, side);
    return kss_reached(&r, next);
}

struct kss_outcome kss_nt_RtlSubtreeSuccessor(struct kss_machine *m, struct kss_call *call) {
    return neighbour(m, call, KSS_RIGHT, true);
}

struct kss_outcome kss_nt_RtlSubtreePredecessor(struct kss_machine *m, struct kss_call *call) {
    return neighbour(m, call, KSS_LEFT, true);
}

struct kss_outcome kss_nt_RtlRealSuccessor(struct kss_machine *m, struct kss_call *call) {
    return neighbour(m, call, KSS_RIGHT, false);
}

struct kss_outcome kss_nt_RtlRealPredecessor(struct kss_machine *m, struct kss_call *call) {
    return neighbour(m, call, KSS_LEFT, false);
}
