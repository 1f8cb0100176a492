// SPDX-License-Identifier: MIT
// The processor of scripted driver code: executes compiled routines on the kernel's contract.
//
// Everything a routine knows lies in its frame's run in the machine's block (program.h has the
// picture), so the processor itself keeps nothing between two calls: between any two instructions
// the machine can be saved and restored. While it executes it holds pointers into the block; whatever
// may move the block or change stacks is followed by kss_reload().
//
// A frame says how it goes on: pc, where a value that is still to come goes (dest), and two flags:
//   AWAITS  an NT routine it called has not returned yet: the next turn may bring the value
//   PAUSED  the step bound ended it between two instructions: no turn is due, go on at once
//
// Spinning (design: no statement takes time, so a loop that waits for another processor or for time
// to pass would never end). Each loop has a detector in the frame: iterations, the iteration to look
// at next, a hash. From iteration 4096 on, at each power of two, the hash of the whole hot state is
// remembered, and the next iterations (a 64th of those so far, at least 64) are compared with it. When
// it comes again at the same back edge, nothing but time can end the loop: kss_spin moves the clock
// to what is due next. Detectors do not count as state.
//
// Hashing costs by the byte, so a loop has BUDGET bytes for each of its iterations: when the state is
// large, fewer iterations are compared, and none before two hashes are paid for. A loop is thus
// slowed down by a constant, however large the scenario's data.
#include "script/execute.h"

#include "nt/status.h"

static uint32_t switch_target(const struct kss_switch *table, int64_t value) {
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table->cases[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < table->count && table->cases[low].value == value ? table->cases[low].pc
                                                                  : table->other;
}

// ---- The loop -----------------------------------------------------------------------------------
// [i] is the instruction at work. A step is one instruction.
#define S(operand)  kss_slot_get(slots, i->operand)
#define SS(operand) ((int64_t)kss_slot_get(slots, i->operand))
#define SET(value)  kss_slot_set(slots, i->a, (uint64_t)(value))
#define DISPATCH                                                                                   \
    do {                                                                                           \
        if (--left < 0)                                                                            \
            goto pause;                                                                            \
        goto *labels[i->op];                                                                       \
    } while (0)
#define NEXT                                                                                       \
    do {                                                                                           \
        i++;                                                                                       \
        DISPATCH;                                                                                  \
    } while (0)
#define GO(target)                                                                                 \
    do {                                                                                           \
        i = (target);                                                                              \
        DISPATCH;                                                                                  \
    } while (0)
#define VALUE(name, expression)                                                                    \
    name:                                                                                          \
    SET(expression);                                                                               \
    NEXT
#define JUMP_IF(name, condition, distance)                                                         \
    name:                                                                                          \
    if (condition)                                                                                 \
        GO(i + (distance));                                                                        \
    NEXT
#define TO24 ((int32_t)i->c * 256 + i->x)
// Frame, slots and what changes on the stack are kept in variables; the rest of the processor works
// on its own copies, the kernel on the machine.
#define STORE_BACK() (p->frame = frame, kss_hot_store(&p->hot, frame))
#define FETCH()      (frame = p->frame, slots = kss_slots_of(p, frame))
#define OR_LEAVE(call)                                                                             \
    do {                                                                                           \
        STORE_BACK();                                                                              \
        if (!(call))                                                                               \
            goto leave;                                                                            \
        FETCH();                                                                                   \
    } while (0)
#define SLOW(call)                                                                                 \
    do {                                                                                           \
        STORE_BACK();                                                                              \
        call;                                                                                      \
        FETCH();                                                                                   \
    } while (0)
#define DIRECT(size, write) (kss_hot_store(&p->hot, frame), kss_direct(p->m, address, size, write))
#define GET(name, kind)     VALUE(name, kss_canonical_bytes(slots + i->b, kind))
#define PUT(name, type)                                                                            \
    name : {                                                                                       \
        type value_ = (type)S(b);                                                                  \
        memcpy(slots + i->a, &value_, sizeof value_);                                              \
        NEXT;                                                                                      \
    }
#define LOAD(name, kind, size)                                                                     \
    name : {                                                                                       \
        kss_addr address = (S(b) + (uint64_t)(int64_t)i->c) & p->address_mask;                     \
        const uint8_t *bytes = DIRECT(size, false);                                                \
        if (bytes != NULL)                                                                         \
            SET(kss_canonical_bytes(bytes, kind));                                                 \
        else                                                                                       \
            OR_LEAVE(kss_slow_load(p, i, address, kind));                                          \
        NEXT;                                                                                      \
    }
#define STORE(name, type)                                                                          \
    name : {                                                                                       \
        kss_addr address = (S(a) + (uint64_t)(int64_t)i->c) & p->address_mask;                     \
        type value_ = (type)S(b);                                                                  \
        uint8_t *bytes = DIRECT(sizeof value_, true);                                              \
        if (bytes != NULL)                                                                         \
            memcpy(bytes, &value_, sizeof value_);                                                 \
        else                                                                                       \
            OR_LEAVE(kss_slow_store(p, i, address, sizeof value_));                                \
        NEXT;                                                                                      \
    }
#define DIVIDE(name, bad, expression)                                                              \
    name:                                                                                          \
    if (S(c) == 0 || (bad))                                                                        \
        goto bad_division;                                                                         \
    SET(expression);                                                                               \
    NEXT

// Executes the frame at work until a turn is due or no steps are left.
static void execute(struct kss_processor *p) {
    static const void *const labels[KSS_I_COUNT] = {
#define OP(name) [KSS_I_##name] = __extension__ && name,
#include "script/ops.def"
#undef OP
    };
    const struct kss_instruction *const base = p->program->code;
    const struct kss_entry_point *const entries = p->program->entries;
    const struct kss_instruction *i = base + p->frame->pc;
    struct kss_frame *frame = p->frame;
    uint8_t *slots = kss_slots_of(p, frame);
    int64_t left = (int64_t)p->left;
    uint64_t value;
    DISPATCH;

NOP:
    NEXT;
    VALUE(MOV, S(b));
    VALUE(SET, (int64_t)i->imm);
SET64:
    memcpy(&value, i + 1, sizeof value);
    SET(value);
    GO(i + 2);
    VALUE(LOCAL, (p->hot.stack->base - (frame->depth - frame->bytes) - (uint32_t)i->imm) &
                     p->address_mask);
    VALUE(GLOBAL, kss_global_address(p->m, (uint32_t)i->imm));
    VALUE(CODE, kss_code_address(p->m, (uint32_t)i->imm));

    GET(GET_I8, 0);
    GET(GET_U8, 1);
    GET(GET_I16, 2);
    GET(GET_U16, 3);
    GET(GET_I32, 4);
    GET(GET_U32, 5);
    GET(GET_64, 6);
    PUT(PUT_8, uint8_t)
    PUT(PUT_16, uint16_t)
    PUT(PUT_32, uint32_t)
    PUT(PUT_64, uint64_t)

    LOAD(LOAD_I8, 0, 1)
    LOAD(LOAD_U8, 1, 1)
    LOAD(LOAD_I16, 2, 2)
    LOAD(LOAD_U16, 3, 2)
    LOAD(LOAD_I32, 4, 4)
    LOAD(LOAD_U32, 5, 4)
    LOAD(LOAD_64, 6, 8)
    STORE(STORE_8, uint8_t)
    STORE(STORE_16, uint16_t)
    STORE(STORE_32, uint32_t)
    STORE(STORE_64, uint64_t)
COPY:
    OR_LEAVE(kss_slow_copy(p, i));
    GO(i + 2);
ZERO:
    OR_LEAVE(kss_slow_zero(p, i));
    GO(i + 2);
TOUCH:
    OR_LEAVE(kss_slow_touch(p, i));
    NEXT;

    VALUE(ADD_I32, (int64_t)(int32_t)(uint32_t)(S(b) + S(c)));
    VALUE(ADD_U32, (uint32_t)(S(b) + S(c)));
    VALUE(ADD_64, S(b) + S(c));
    VALUE(SUB_I32, (int64_t)(int32_t)(uint32_t)(S(b) - S(c)));
    VALUE(SUB_U32, (uint32_t)(S(b) - S(c)));
    VALUE(SUB_64, S(b) - S(c));
    VALUE(MUL_I32, (int64_t)(int32_t)(uint32_t)(S(b) * S(c)));
    VALUE(MUL_U32, (uint32_t)(S(b) * S(c)));
    VALUE(MUL_64, S(b) * S(c));
    DIVIDE(DIV_I32, SS(b) == INT32_MIN && SS(c) == -1, SS(b) / SS(c));
    DIVIDE(DIV_I64, SS(b) == INT64_MIN && SS(c) == -1, SS(b) / SS(c));
    DIVIDE(DIV_U, false, S(b) / S(c));
    DIVIDE(MOD_I32, SS(b) == INT32_MIN && SS(c) == -1, SS(b) % SS(c));
    DIVIDE(MOD_I64, SS(b) == INT64_MIN && SS(c) == -1, SS(b) % SS(c));
    DIVIDE(MOD_U, false, S(b) % S(c));
    VALUE(SHL_I32, (int64_t)(int32_t)(uint32_t)(S(b) << (S(c) & 31)));
    VALUE(SHL_U32, (uint32_t)(S(b) << (S(c) & 31)));
    VALUE(SHL_64, S(b) << (S(c) & 63));
    VALUE(SHR_I32, SS(b) >> (S(c) & 31));
    VALUE(SHR_I64, SS(b) >> (S(c) & 63));
    VALUE(SHR_U32, S(b) >> (S(c) & 31));
    VALUE(SHR_U64, S(b) >> (S(c) & 63));
    VALUE(AND, S(b) & S(c));
    VALUE(OR, S(b) | S(c));
    VALUE(XOR, S(b) ^ S(c));
    VALUE(ADDI_I32, (int64_t)(int32_t)(uint32_t)(S(b) + (uint64_t)(int64_t)i->c));
    VALUE(ADDI_U32, (uint32_t)(S(b) + (uint64_t)(int64_t)i->c));
    VALUE(ADDI_64, S(b) + (uint64_t)(int64_t)i->c);
    VALUE(MULI_64, S(b) * (uint64_t)(int64_t)i->c);
    VALUE(NEG_I32, (int64_t)(int32_t)(uint32_t)(0 - S(b)));
    VALUE(NEG_U32, (uint32_t)(0 - S(b)));
    VALUE(NEG_64, 0 - S(b));
    VALUE(COMPL, ~S(b));
    VALUE(IS_ZERO, S(b) == 0);
    VALUE(IS_TRUE, S(b) != 0);
    VALUE(TO_I8, (int64_t)(int8_t)S(b));
    VALUE(TO_U8, (uint8_t)S(b));
    VALUE(TO_I16, (int64_t)(int16_t)S(b));
    VALUE(TO_U16, (uint16_t)S(b));
    VALUE(TO_I32, (int64_t)(int32_t)S(b));
    VALUE(TO_U32, (uint32_t)S(b));
    VALUE(EQ, S(b) == S(c));
    VALUE(NE, S(b) != S(c));
    VALUE(LT_S, SS(b) < SS(c));
    VALUE(LE_S, SS(b) <= SS(c));
    VALUE(LT_U, S(b) < S(c));
    VALUE(LE_U, S(b) <= S(c));

JUMP:
    GO(i + i->imm);
    JUMP_IF(JUMP_0, S(a) == 0, i->imm);
    JUMP_IF(JUMP_1, S(a) != 0, i->imm);
    JUMP_IF(JUMP_EQ, S(a) == S(b), TO24);
    JUMP_IF(JUMP_NE, S(a) != S(b), TO24);
    JUMP_IF(JUMP_LT_S, SS(a) < SS(b), TO24);
    JUMP_IF(JUMP_LE_S, SS(a) <= SS(b), TO24);
    JUMP_IF(JUMP_LT_U, S(a) < S(b), TO24);
    JUMP_IF(JUMP_LE_U, S(a) <= S(b), TO24);
    JUMP_IF(JUMP_EQ_I, SS(a) == i->b, TO24);
    JUMP_IF(JUMP_NE_I, SS(a) != i->b, TO24);
    JUMP_IF(JUMP_LT_I, SS(a) < i->b, TO24);
    JUMP_IF(JUMP_LE_I, SS(a) <= i->b, TO24);
    JUMP_IF(JUMP_GT_I, SS(a) > i->b, TO24);
    JUMP_IF(JUMP_GE_I, SS(a) >= i->b, TO24);
SPIN:
    value = S(a) + 1;
    SET(value);
    if (value >= kss_slot_get(slots, i->a + 8))
        OR_LEAVE(!kss_slow_spin(p, i, value));
    NEXT;
SWITCH:
    GO(base + switch_target(&p->program->switches[i->imm], SS(a)));

CALL : {
    const struct kss_entry_point *entry = &entries[(uint32_t)i->imm];
    struct kss_frame *callee =
        kss_fast_push(&p->hot, frame, (uint32_t)i->imm, entry->bytes, entry->need);
    if (callee == NULL) {
        OR_LEAVE(kss_slow_call(p, i, (uint32_t)i->imm, 0, entry->parameters));
        GO(base + entry->pc);
    }
    const uint8_t *from = slots + i->a;
    frame->pc = (uint32_t)(i - base) + 1;
    frame->dest = (uint16_t)i->a;
    frame = callee;
    slots = (uint8_t *)(callee + 1) + entry->slots;
    for (unsigned k = 0; k < entry->parameters; k++)
        memcpy(slots + k * 8, from + k * 8, 8);
    GO(base + entry->pc);
}
CALL_AT:
    OR_LEAVE(kss_slow_call_at(p, i));
    GO(base + entries[frame->routine].pc);
CALL_TREE : {
    const struct kss_entry_point *entry = &entries[(uint32_t)i->imm];
    OR_LEAVE(kss_slow_call(p, i, (uint32_t)i->imm, entry->captures, entry->capture_count));
    GO(base + entry->pc);
}
RETURN:
    value = S(a);
    goto return_value;
RETURN_0:
    value = 0;
return_value : {
    struct kss_frame *caller = frame->entry == KSS_ENTRY_CALL ? kss_fast_pop(&p->hot, frame) : NULL;
    if (caller == NULL) {
        OR_LEAVE(kss_slow_return(p, i, value));
    } else {
        frame = caller;
        slots = (uint8_t *)(frame + 1) + entries[frame->routine].slots;
    }
    kss_slot_set(slots, frame->dest, value);
    GO(base + frame->pc);
}
FINALLY:
    OR_LEAVE(kss_slow_finally(p, i));
    GO(base + entries[frame->routine].pc);
NT:
    OR_LEAVE(kss_slow_nt(p, i));
    NEXT;
DROPPED:
    SLOW(kss_slow_dropped(p, i));
    NEXT;
PROMISE:
    SLOW(kss_slow_promise(p, i));
    NEXT;

PAGED_CODE:
    OR_LEAVE(kss_slow_paged(p, i, true));
    NEXT;
PAGEABLE:
    OR_LEAVE(kss_slow_paged(p, i, false));
    NEXT;
ASSERT:
    if (S(a) == 0)
        SLOW(kss_slow_assert(p, i));
    NEXT;

DEVICE:
    SLOW(kss_slow_device(p, i, false));
    NEXT;
HANDLE:
    SLOW(kss_slow_device(p, i, true));
    NEXT;
LOAD_DRIVER:
    OR_LEAVE(kss_slow_load_driver(p, i));
    GO(base + entries[frame->routine].pc);
ADD_DEVICE:
    OR_LEAVE(kss_slow_add_device(p, i));
    if (p->entered)
        GO(base + entries[frame->routine].pc);
    NEXT;
LOADED:
    SLOW(kss_slow_loaded(p, i));
    NEXT;

bad_division:
    STORE_BACK();
    kss_slow_raise(p, i,
                   (uint32_t)(S(c) == 0 ? STATUS_INTEGER_DIVIDE_BY_ZERO : STATUS_INTEGER_OVERFLOW));
leave:
    p->left = (uint64_t)left;
    return;
pause:
    STORE_BACK();
    p->left = 0;
    frame->pc = (uint32_t)(i - base);
    frame->flags |= KSS_PAUSED;
}

// ---- Turns --------------------------------------------------------------------------------------
// Makes the frame at work what the kernel says runs next; false: the machine has ended.
static bool turn(struct kss_processor *p) {
    struct kss_turn turn = kss_turn(p->m);
    if (turn.kind == KSS_TURN_END)
        return false;
    kss_reload(p);
    if (turn.kind == KSS_TURN_CALL) {
        const struct kss_entry_point *entry = &p->program->entries[turn.routine];
        unsigned count =
            entry->parameters < turn.argument_count ? entry->parameters : turn.argument_count;
        memcpy(kss_slots_of(p, p->frame), turn.arguments, count * sizeof *turn.arguments);
        if (turn.entry == KSS_ENTRY_FILTER || turn.entry == KSS_ENTRY_FINALLY)
            kss_slow_captures(p, p->frame->cause);
        p->frame->pc = entry->pc;
        return true;
    }
    if (turn.has_value && p->frame->flags & KSS_AWAITS)
        kss_slot_set(kss_slots_of(p, p->frame), p->frame->dest, turn.value);
    if (turn.has_value)
        p->frame->flags &= (uint8_t)~KSS_AWAITS;
    return true;
}

static bool take_up(struct kss_processor *p) {
    struct kss_frame *frame = kss_top_frame(p->m);
    if (frame == NULL || frame->entry == KSS_ENTRY_NT || !(frame->flags & KSS_PAUSED))
        return false;
    kss_reload(p);
    p->frame->flags &= (uint8_t)~KSS_PAUSED;
    return true;
}

uint64_t kss_script_run(const struct kss_program *program, struct kss_machine *m,
                        uint64_t max_steps) {
    if (max_steps > INT64_MAX)
        max_steps = INT64_MAX;
    struct kss_processor p = {
        .m = m,
        .program = program->code,
        .whole = program,
        .codes = program->image.code,
        .left = max_steps,
        .address_mask = program->config.profile.pointer_size == 8 ? UINT64_MAX : UINT32_MAX,
        .call_events = kss_wanted(m, KSS_EV_CALL),
        .return_events = kss_wanted(m, KSS_EV_RETURN)};
    while (p.left != 0 && kss_ended(m) == KSS_END_RUNNING && (take_up(&p) || turn(&p)))
        execute(&p);
    uint64_t steps = max_steps - p.left;
    kss_clock(m)->steps += steps;
    return steps;
}
