// SPDX-License-Identifier: MIT
// Keeping RTL_BALANCED_LINKS balanced: the depths of a node's two subtrees differ by at most one, and
// Balance is right minus left. After each change one walks up from where a subtree became deeper or
// shallower until the change no longer shows, rotating where the difference would be two.
#include "kernel/rtl_tree.h"

static kss_addr balance_at(const struct kss_reach *r, kss_addr node) {
    return node + 3 * kss_pointer(r->m);
}

static int balance(struct kss_reach *r, kss_addr node) {
    return (int8_t)kss_take(r, balance_at(r, node), 1);
}

static void set_balance(struct kss_reach *r, kss_addr node, int value) {
    kss_give(r, balance_at(r, node), 1, (uint8_t)value);
}

static int lean(unsigned side) {
    return side == KSS_LEFT ? -1 : 1;
}

// [node] leans to [side] by two. Returns what stands in its place; *same: as deep as before.
static kss_addr rebalance(struct kss_reach *r, kss_addr node, unsigned side, bool *same) {
    int heavy = lean(side);
    kss_addr child = kss_link(r, node, side);
    int of_child = balance(r, child);
    *same = of_child == 0;
    if (of_child != -heavy) {
        kss_tree_rotate_up(r, child);
        set_balance(r, node, heavy - of_child);
        set_balance(r, child, of_child - heavy);
        return child;
    }
    kss_addr inner = kss_link(r, child, kss_other_side(side));
    int of_inner = balance(r, inner);
    kss_tree_rotate_up(r, inner);
    kss_tree_rotate_up(r, inner);
    set_balance(r, node, of_inner == heavy ? -heavy : 0);
    set_balance(r, child, of_inner == -heavy ? heavy : 0);
    set_balance(r, inner, 0);
    return inner;
}

int kss_avl_inserted(struct kss_reach *r, kss_addr node, kss_addr sentinel) {
    bool same;
    set_balance(r, node, 0);
    while (kss_reaches(r)) {
        kss_addr parent = kss_link(r, node, KSS_PARENT);
        if (parent == sentinel)
            return 1;
        unsigned side = kss_side(r, node);
        int now = balance(r, parent) + lean(side);
        if (now == 2 || now == -2) {
            rebalance(r, parent, side, &same);
            return 0;
        }
        set_balance(r, parent, now);
        if (now == 0)
            return 0;
        node = parent;
    }
    return 0;
}

int kss_avl_remove(struct kss_reach *r, kss_addr node, kss_addr sentinel) {
    unsigned side;
    kss_addr by;
    bool two = kss_link(r, node, KSS_LEFT) != 0 && kss_link(r, node, KSS_RIGHT) != 0;
    int was = balance(r, node);
    kss_addr at = kss_tree_remove(r, node, &side, &by);
    if (two)
        set_balance(r, by, was);
    while (kss_reaches(r) && at != sentinel) {
        int now = balance(r, at) - lean(side);
        bool same = now == 1 || now == -1; // it was 0: one side is as deep as before
        if (now == 2 || now == -2)
            at = rebalance(r, at, kss_other_side(side), &same);
        else
            set_balance(r, at, now);
        if (same)
            return 0;
        side = kss_side(r, at);
        at = kss_link(r, at, KSS_PARENT);
    }
    return -1;
}
