// SPDX-License-Identifier: MIT
// Calls in instructions: arguments side by side in slots, structs as the ABI passes them, what
// becomes of a status that matters.
#include "script/compile.h"

#include <string.h>

bool kss_is_wait(uint32_t nt_routine) {
    const char *name = kss_routines[nt_routine].name;
    return strncmp(name, "KeWaitFor", 9) == 0 || strcmp(name, "KeDelayExecutionThread") == 0;
}

bool kss_is_expansion(uint32_t nt_routine) {
    return nt_routine == KSS_NT_KeExpandKernelStackAndCallout ||
           nt_routine == KSS_NT_KeExpandKernelStackAndCalloutEx;
}

// ---- Calls --------------------------------------------------------------------------------------
bool kss_passed_by_address(const struct kss_build *b, const struct kss_ctype *type) {
    if (type->kind != KSS_K_STRUCT)
        return false;
    bool registers = type->size == 1 || type->size == 2 || type->size == 4 || type->size == 8;
    return (b->arch == KSS_ARCH_X64 && !registers) ||
           (b->arch == KSS_ARCH_ARM64 && type->size > 16);
}

bool kss_returned_by_address(const struct kss_build *b, const struct kss_ctype *type) {
    if (type->kind != KSS_K_STRUCT)
        return false;
    switch (b->arch) {
    case KSS_ARCH_ARM: return type->size > 4;
    case KSS_ARCH_ARM64: return type->size > 16;
    default: return type->size != 1 && type->size != 2 && type->size != 4 && type->size != 8;
    }
}

// Bytes of one call's arguments that lie on the stack, in the caller's frame. x64: every argument is a
// slot, four of them in registers (their home space is part of every frame). ARM: words, four of
// them in registers, 8-byte types at even ones. ARM64: eight registers; the pointer to a result is in
// a ninth. On x86 arguments are pushed: they count for the routine that is called, which pops them.
static uint32_t outgoing(const struct kss_build *b, const struct kss_expr *list,
                         const struct kss_ctype *result) {
    bool hidden_result = kss_returned_by_address(b, result) && b->arch != KSS_ARCH_ARM64;
    uint32_t words = hidden_result, registers = b->arch == KSS_ARCH_ARM64 ? 8 : 4;
    if (b->arch == KSS_ARCH_X86)
        return 0;
    for (const struct kss_expr *e = list; e != NULL; e = e->next) {
        uint32_t size = kss_passed_by_address(b, e->type) ? b->pointer : e->type->size;
        if (b->arch == KSS_ARCH_ARM && e->type->align >= 8)
            words = (words + 1) & ~UINT32_C(1);
        words += b->arch == KSS_ARCH_X64 || size == 0 ? 1 : (size + b->pointer - 1) / b->pointer;
    }
    return words > registers ? (words - registers) * b->pointer : 0;
}

static void takes_outgoing(struct kss_build *b, const struct kss_expr *list,
                           const struct kss_ctype *result) {
    uint32_t bytes = outgoing(b, list, result);
    if (b->body->outgoing < bytes)
        b->body->outgoing = bytes;
}

void kss_gen_copy(struct kss_build *b, int to, int from, uint32_t size,
                  const struct kss_node *node) {
    uint32_t place = b->body->place;
    kss_set_place(b, node);
    kss_put(b, KSS_I_COPY, 0, to, from, 0);
    kss_put_word(b, size);
    b->body->place = place;
}

static int hidden(struct kss_build *b, const struct kss_ctype *type, int into) {
    int slot = kss_slot_into(b, into);
    kss_put_hidden(b, slot, kss_hidden_object(b, type->size, type->align, false, 0));
    return slot;
}

static void argument(struct kss_build *b, struct kss_expr *e, int slot) {
    uint32_t before = kss_slot_mark(b);
    if (!kss_passed_by_address(b, e->type)) {
        kss_gen_value(b, e, slot);
    } else { // the caller makes the copy; x64 wants it aligned to 16 bytes
        unsigned align = b->arch == KSS_ARCH_X64 ? 16 : e->type->align;
        kss_put_hidden(b, slot, kss_hidden_object(b, e->type->size, align, false, 0));
        int from = kss_gen_value(b, e, KSS_ANY_SLOT);
        kss_gen_copy(b, slot, from, e->type->size, e->node);
    }
    kss_slot_release(b, before);
}

static int arguments(struct kss_build *b, struct kss_expr *list, unsigned *count, bool result) {
    unsigned wanted = result;
    for (const struct kss_expr *e = list; e != NULL; e = e->next)
        wanted++;
    int first = kss_slot_new(b);
    for (unsigned i = 1; i < wanted; i++)
        kss_slot_new(b);
    int slot = first + (result ? 8 : 0);
    for (struct kss_expr *e = list; e != NULL; e = e->next, slot += 8)
        argument(b, e, slot);
    *count = wanted;
    return first;
}

int kss_gen_call(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t before = kss_slot_mark(b), place = b->body->place;
    bool aggregate = e->type->kind == KSS_K_STRUCT;
    unsigned count;
    takes_outgoing(b, e->a, e->type);
    int callee = KSS_ANY_SLOT, result = KSS_ANY_SLOT;
    if (aggregate)
        result = hidden(b, e->type, into);
    if (e->index == KSS_NO_FRAME)
        callee = kss_gen_value(b, e->b, KSS_ANY_SLOT);
    uint32_t inside = kss_slot_mark(b);
    int first = arguments(b, e->a, &count, aggregate);
    if (aggregate)
        kss_put(b, KSS_I_MOV, 0, first, result, 0);
    kss_set_place(b, e->node);
    if (callee == KSS_ANY_SLOT)
        kss_put_imm(b, KSS_I_CALL, first, (int32_t)e->index);
    else
        kss_put(b, KSS_I_CALL_AT, count, first, callee, 0);
    b->body->place = place;
    if (aggregate) {
        kss_slot_release(b, inside);
        return result;
    }
    kss_slot_release(b, before);
    if (into == KSS_ANY_SLOT)
        into = kss_slot_new(b);
    if (into != first)
        kss_put(b, KSS_I_MOV, 0, into, first, 0);
    return into;
}

// Waits must be told apart from their time-outs (KSS7001); of a stack expansion it is enough that
// NT_SUCCESS is asked (KSS1005).
static void check_status(struct kss_build *b, struct kss_expr *e, int slot) {
    struct kss_body *body = b->body;
    bool wait = kss_is_wait(e->index), expansion = kss_is_expansion(e->index);
    if (!wait && (!expansion || e->success_only))
        return;
    if (!e->dropped && !e->success_only && e->symbol == NULL)
        return;
    KSS_ROOM(body->checks, body->check_count, body->check_capacity);
    uint32_t at =
        kss_put(b, KSS_I_DROPPED, e->success_only ? KSS_DROPPED_NT_SUCCESS : KSS_DROPPED_UNUSED,
                slot, (int)e->index, 0);
    bool decided = e->dropped || e->success_only;
    body->checks[body->check_count++] =
        (struct kss_status_check){.at = at,
                                  .symbol = decided ? NULL : e->symbol,
                                  .nt_success = e->success_only,
                                  .unused_only = expansion};
}

int kss_gen_nt(struct kss_build *b, struct kss_expr *e, int into) {
    uint32_t before = kss_slot_mark(b), place = b->body->place;
    unsigned count;
    takes_outgoing(b, e->a,
                   e->type->kind == KSS_K_STRUCT ? kss_type_base(b, KSS_BASE_INT64) : e->type);
    int first = arguments(b, e->a, &count, false);
    kss_set_place(b, e->node);
    kss_put(b, KSS_I_NT, count, first, (int)e->index, 0);
    if (e->type->kind == KSS_K_STRUCT) { // an 8-byte union comes as a number
        int value = first;
        int address = kss_slot_new(b);
        kss_put_hidden(b, address, kss_hidden_object(b, 8, 8, false, 0));
        kss_put(b, KSS_I_STORE_64, 0, address, value, 0);
        b->body->place = place;
        kss_slot_release(b, before);
        into = kss_slot_into(b, into);
        kss_put(b, KSS_I_MOV, 0, into, address, 0);
        return into;
    }
    static const enum kss_opcode narrow[] = {KSS_I_TO_I8,  KSS_I_TO_U8,  KSS_I_TO_I16,
                                             KSS_I_TO_U16, KSS_I_TO_I32, KSS_I_TO_U32};
    bool scalar = kss_is_scalar(e->type) && e->type->size < 8;
    if (scalar && !(e->dropped && !kss_is_wait(e->index) && !kss_is_expansion(e->index)))
        kss_put(b, narrow[kss_load_kind(e->type)], 0, first, first, 0);
    check_status(b, e, first);
    b->body->place = place;
    kss_slot_release(b, before);
    if (into == KSS_ANY_SLOT)
        into = kss_slot_new(b);
    if (into != first)
        kss_put(b, KSS_I_MOV, 0, into, first, 0);
    return into;
}
