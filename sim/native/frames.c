// SPDX-License-Identifier: MIT
// The frames of host code on a kernel stack, found by its frame pointers (kss_add_driver compiles
// driver code with them) and named by symbols.
//
//   x86, x86-64                            aarch64
//   low edge of F's frame   SP at F's call  |  low edge of F's frame   fp of F
//     ...                                   |    saved fp, lr          (the record is at the bottom)
//     saved fp, return address              |    ...
//   low edge of its caller's frame          |  low edge of its caller's frame = fp of the caller
#include "native/private.h"

#include "kernel/fast.h"

#include <string.h>

struct walk {
    struct kss_native *n;
    kss_addr base, limit;      // of the kernel stack
    struct kss_path_row *rows; // NULL: [seek] is looked for instead
    uint32_t count, room;
    const struct kss_native_record *seek;
    bool found;
};

static bool word_at(const struct walk *w, kss_addr address, kss_addr *value) {
    uintptr_t word;
    if (address < w->limit || address % sizeof word != 0 || address + sizeof word > w->base)
        return false;
    memcpy(&word, (const uint8_t *)(uintptr_t)address + w->n->space.alias, sizeof word);
    *value = word;
    return true;
}

static void row(struct walk *w, uint32_t routine, kss_addr low, kss_addr high, unsigned entry) {
    if (w->rows == NULL || w->count == w->room || high <= low)
        return;
    w->rows[w->count++] = (struct kss_path_row){.routine = routine,
                                                .depth = (uint32_t)(w->base - low),
                                                .bytes = (uint32_t)(high - low),
                                                .entry = (uint8_t)entry,
                                                .origin = KSS_ORIGIN_MEASURED};
}

// Where the caller of the code at [frame] has its lower edge.
static kss_addr edge_above(kss_addr frame, kss_addr next_frame) {
#if defined(__x86_64__) || defined(__i386__)
    (void)next_frame;
    return frame + 2 * sizeof(void *);
#else
    (void)frame;
    return next_frame;
#endif
}

// A fault in the first instruction of a routine, or where it saves the frame pointer (behind an endbr): it
// has no frame record yet.
static bool before_record(const struct kss_activation *a) {
    enum { PUSH_FRAME_POINTER = 0x55 };
    struct kss_symbol symbol;
    if (a->request != KSS_REQUEST_FAULT || !kss_symbol_at(a->pc, &symbol))
        return false;
    return symbol.offset == 1 ||
           (symbol.offset <= 5 && *((const uint8_t *)a->pc - 1) == PUSH_FRAME_POINTER);
}

static void walk_activation(struct walk *w, const struct kss_activation *a) {
    kss_addr top = (kss_addr)(uintptr_t)a->top, low = (kss_addr)(uintptr_t)a->sp;
    kss_addr frame = (kss_addr)(uintptr_t)a->frame, pc = (kss_addr)(uintptr_t)a->pc, next;
    if (low < w->limit) // it has overflowed: the row of what crossed is the kernel's
        low = w->limit;
#if defined(__x86_64__) || defined(__i386__)
    if (before_record(a) && word_at(w, low, &next)) {
        row(w, kss_native_caller(w->n, a->pc), low, low + sizeof(void *), a->entry);
        pc = next;
        low += sizeof(void *);
    } else if (a->request != KSS_REQUEST_FAULT && word_at(w, frame, &next)) {
        frame = next; // the entry point's own record
    }
#else
    if (a->request != KSS_REQUEST_FAULT && word_at(w, frame, &next))
        frame = next;
    (void)before_record;
#endif
    while (frame >= low && frame < top && w->count < w->room) {
        kss_addr back;
        if (!word_at(w, frame, &next) || !word_at(w, frame + sizeof(void *), &back))
            break;
        if (w->rows == NULL)
            w->found |= frame == w->seek->frame && back == w->seek->back;
        kss_addr high = edge_above(frame, next);
        if (high <= low || high > top)
            break;
        uint32_t routine = kss_native_caller(w->n, (const void *)(uintptr_t)pc);
        if (routine == KSS_NO_FRAME && next == 0) // what carries it
            break;
        row(w, routine, low, high, a->entry);
        low = high;
        frame = next;
        pc = back;
    }
    row(w, KSS_NO_FRAME, low, top, KSS_ENTRY_NT); // the call into driver code
}

// Of all of a stack, also while a routine is left less of it.
static struct walk walk_of(struct kss_native *n, uint16_t stack) {
    const struct kss_stack *s = kss_stack_at(n->machine, stack);
    uint32_t size = s->size;
    for (uint32_t i = 0; i < n->leave_count; i++)
        if (n->leaves[i].stack == stack && n->leaves[i].old_size > size)
            size = n->leaves[i].old_size;
    return (struct walk){.n = n, .base = s->base, .limit = s->base - size, .room = 1};
}

uint32_t kss_native_frames(void *context, struct kss_machine *machine, uint16_t stack,
                           struct kss_path_row *rows, uint32_t room) {
    struct kss_native *n = context;
    struct walk w = walk_of(n, stack);
    (void)machine; // the one attached
    w.rows = rows;
    w.room = room;
    for (const struct kss_activation *a = kss_native_top(n, stack); a != NULL; a = a->outer)
        walk_activation(&w, a);
    return w.count;
}

bool kss_native_record(struct kss_native *n, const struct kss_activation *a,
                       struct kss_native_record *record) {
    struct walk w = walk_of(n, a->stack);
    return word_at(&w, (kss_addr)(uintptr_t)a->frame, &record->frame) &&
           word_at(&w, record->frame + sizeof(void *), &record->back);
}

bool kss_native_holds(struct kss_native *n, uint16_t stack,
                      const struct kss_native_record *record) {
    struct walk w = walk_of(n, stack);
    w.seek = record;
    for (const struct kss_activation *a = kss_native_top(n, stack); a != NULL && !w.found;
         a = a->outer)
        walk_activation(&w, a);
    return w.found;
}
