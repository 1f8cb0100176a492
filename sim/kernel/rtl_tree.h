// SPDX-License-Identifier: MIT
// Binary trees in driver memory, as RTL_SPLAY_LINKS and RTL_BALANCED_LINKS lay them out:
//
//   node | Parent | LeftChild | RightChild | Balance (balanced trees only)
//
// The parent of a splay tree's root is the root itself; the root of a balanced tree is the right
// child of the BalancedRoot in its table, which has no left one.
#ifndef KSS_KERNEL_RTL_TREE_H
#define KSS_KERNEL_RTL_TREE_H

#include "kernel/rtl.h"

enum kss_link { KSS_PARENT, KSS_LEFT, KSS_RIGHT };

static inline kss_addr kss_link(struct kss_reach *r, kss_addr node, unsigned which) {
    return kss_take_pointer(r, node + which * kss_pointer(r->m));
}
static inline void kss_set_link(struct kss_reach *r, kss_addr node, unsigned which, kss_addr to) {
    kss_give_pointer(r, node + which * kss_pointer(r->m), to);
}
static inline unsigned kss_other_side(unsigned side) {
    return KSS_LEFT + KSS_RIGHT - side;
}
// The side of its parent that a node is on.
static inline unsigned kss_side(struct kss_reach *r, kss_addr node) {
    return kss_link(r, kss_link(r, node, KSS_PARENT), KSS_LEFT) == node ? KSS_LEFT : KSS_RIGHT;
}

void kss_tree_adopt(struct kss_reach *r, kss_addr parent, unsigned side, kss_addr child);
// [by], which may be 0, takes the place of [node] below its parent; root: by is the root now.
void kss_tree_replace(struct kss_reach *r, kss_addr node, kss_addr by);
void kss_tree_rotate_up(struct kss_reach *r, kss_addr node);
kss_addr kss_tree_outermost(struct kss_reach *r, kss_addr node, unsigned side); // of the subtree
// The next node on that side in the order of the tree, within the subtree of [node] or above it; 0:
// none.
kss_addr kss_tree_next(struct kss_reach *r, kss_addr node, unsigned side);
// Takes a node out. *side of the node returned has lost it, or what took its place; 0: it was the
// root and had at most one child. *by is what stands in the node's place now.
kss_addr kss_tree_remove(struct kss_reach *r, kss_addr node, unsigned *side, kss_addr *by);

// Balanced trees (rtl_avl.c): a node was linked, or is taken out; by how much the tree's depth
// changes.
int kss_avl_inserted(struct kss_reach *r, kss_addr node, kss_addr sentinel);
int kss_avl_remove(struct kss_reach *r, kss_addr node, kss_addr sentinel);

// Brings a node of a splay tree to its root (rtl_splay.c).
void kss_splay(struct kss_reach *r, kss_addr node);
// Takes a node out of a splay tree; the new root, 0: it is empty.
kss_addr kss_splay_delete(struct kss_reach *r, kss_addr node);

#endif
