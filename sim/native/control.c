// SPDX-License-Identifier: MIT
// What a test may do to a native machine beside running it: leave little stack. And what happens to NT calls made outside of any machine.
#include "native/private.h"

#include "base/os.h"
#include "kernel/fast.h"

#include <stdio.h>
#include <string.h>

// ---- Little stack -----------------------------------------------------------------------------------
static bool names(const struct kss_code *code, const char *name) {
    const char *mark = strchr(name, '!');
    if (mark == NULL)
        return strcmp(code->name, name) == 0;
    size_t length = (size_t)(mark - name);
    return strlen(code->module) == length && memcmp(code->module, name, length) == 0 &&
           strcmp(code->name, mark + 1) == 0;
}

// The pages that lie wholly below the moved limit are taken away; the rest is seen at NT calls.
static void move_limit(struct kss_native *n, uint16_t index, uint32_t size) {
    struct kss_stack *stack = kss_stack_at(n->machine, index);
    kss_addr page = n->space.host_page;
    kss_addr low = stack->base - stack->reserved;
    kss_addr limit = (stack->base - size) & ~(page - 1);
    if (limit > low)
        kss_host_arena_protect(&n->arena, (uint8_t *)(uintptr_t)low, (size_t)(limit - low), false);
    kss_addr end = (stack->base + page - 1) & ~(page - 1);
    kss_host_arena_protect(&n->arena, (uint8_t *)(uintptr_t)limit, (size_t)(end - limit), true);
    stack->size = size;
}

void kss_native_leave(struct kss_native *n, const char *name, uint32_t bytes) {
    uint32_t i = 0;
    while (i < n->leave_count && strcmp(n->leaves[i].name, name) != 0)
        i++;
    if (i == KSS_LEAVES)
        kss_os_fatal("at most eight routines can be left little stack at once");
    if (i < n->leave_count && n->leaves[i].stack != KSS_NONE) // it holds now
        move_limit(n, n->leaves[i].stack, n->leaves[i].old_size);
    n->leaves[i] = (struct kss_native_leave_row){.name = name, .bytes = bytes, .stack = KSS_NONE};
    if (i == n->leave_count)
        n->leave_count++;
}

bool kss_native_return_leaves(struct kss_native *n, uint16_t stack) {
    bool back = false;
    for (uint32_t i = 0; i < n->leave_count; i++) {
        struct kss_native_leave_row *leave = &n->leaves[i];
        if (leave->stack != stack || kss_native_holds(n, stack, &leave->record))
            continue;
        if (leave->old_size > kss_stack_at(n->machine, stack)->size) // or an outer one's was first
            move_limit(n, stack, leave->old_size);
        leave->stack = KSS_NONE;
        back = true;
    }
    return back;
}

void kss_native_forget_leaves(struct kss_native *n, uint16_t stack) {
    for (uint32_t i = 0; i < n->leave_count; i++)
        if (n->leaves[i].stack == stack)
            n->leaves[i].stack = KSS_NONE;
}

void kss_native_apply_leaves(struct kss_native *n, const struct kss_activation *a) {
    uint32_t depth = kss_stack_at(n->machine, a->stack)->depth;
    uint32_t caller = kss_native_caller(n, a->pc);
    kss_native_return_leaves(n, a->stack);
    for (uint32_t i = 0; i < n->leave_count; i++) {
        struct kss_native_leave_row *leave = &n->leaves[i];
        if (leave->stack != KSS_NONE || caller == KSS_NO_FRAME || leave->bytes == UINT32_MAX ||
            !names(&n->code[caller], leave->name))
            continue;
        const struct kss_stack *stack = kss_stack_at(n->machine, a->stack);
        if (stack->size <= depth || stack->size - depth <= leave->bytes ||
            !kss_native_record(n, a, &leave->record))
            continue;
        leave->stack = a->stack;
        leave->old_size = stack->size;
        move_limit(n, a->stack, depth + leave->bytes);
    }
}

void kss_native_outside(uint32_t routine) {
    char words[160];
    snprintf(words, sizeof words,
             "%s was called outside of driver code: NT routines need a thread of a machine",
             kss_routines[routine].name);
    kss_os_fatal(words);
}
