// SPDX-License-Identifier: MIT
// The processor of scripted driver code: executes compiled routines on the kernel's contract.
//
// Everything a routine knows lies in its frame's run in the machine's block (program.h has the
// picture), so the processor itself keeps nothing between two calls: between any two instructions
// the machine can be saved and restored. While it executes it holds pointers into the block; whatever
// may move the block or change stacks is followed by reload().
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
#include "kernel/fast.h"
#include "nt/status.h"
#include "script/program.h"

#include <stdlib.h>

enum { AWAITS = 1, PAUSED = 2 };
enum { FIRST_LOOK = 4096, LEAST_WINDOW = 64, CHUNK = 512 };

struct processor {
    struct kss_machine *m;
    const struct kss_compiled *program;
    const struct kss_code *codes;
    uint64_t left; // steps that may still be executed
    kss_addr address_mask;
    bool call_events, return_events;
    // The frame at work:
    struct kss_hot hot;
    struct kss_frame *frame;
};

// ---- Slots --------------------------------------------------------------------------------------
static inline uint64_t get(const uint8_t *from, int offset) {
    uint64_t value;
    memcpy(&value, from + offset, sizeof value);
    return value;
}

static inline int64_t get_signed(const uint8_t *from, int offset) {
    return (int64_t)get(from, offset);
}

static inline void set(uint8_t *to, int offset, uint64_t value) {
    memcpy(to + offset, &value, sizeof value);
}

static uint64_t load_bytes(const uint8_t *bytes, unsigned op) {
    int8_t i8;
    int16_t i16;
    int32_t i32;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (op) {
    case 0: memcpy(&i8, bytes, 1); return (uint64_t)i8;
    case 1: memcpy(&u8, bytes, 1); return u8;
    case 2: memcpy(&i16, bytes, 2); return (uint64_t)i16;
    case 3: memcpy(&u16, bytes, 2); return u16;
    case 4: memcpy(&i32, bytes, 4); return (uint64_t)i32;
    case 5: memcpy(&u32, bytes, 4); return u32;
    default: memcpy(&u64, bytes, 8); return u64;
    }
}

static void reload(struct processor *p) {
    p->hot = kss_hot(p->m);
    if (p->call_events)
        p->hot.room = 0; // every push is a slow one
    if (p->return_events)
        p->hot.plain = false;
    p->frame = (struct kss_frame *)(void *)(p->hot.run + p->hot.stack->top);
}

static uint8_t *slots_of(const struct processor *p, struct kss_frame *frame) {
    return (uint8_t *)(frame + 1) + p->program->entries[frame->routine].slots;
}

static uint8_t *now(const struct processor *p) {
    return slots_of(p, p->frame);
}

static void at(struct processor *p, const struct kss_instruction *next) {
    uint32_t pc = (uint32_t)(next - p->program->code);
    p->frame->pc = pc;
    kss_at(p->m, p->program->places[pc - 1]);
}

// ---- Memory that is not simply there ------------------------------------------------------------
// Whether execution goes on behind the outcome of an access; else a turn is due.
static bool goes_on(struct processor *p, struct kss_outcome outcome, kss_addr address, bool write) {
    if (outcome.kind == KSS_OUT_RETURN) {
        reload(p);
        return true;
    }
    if (outcome.kind == KSS_OUT_RAISE)
        kss_unhandled(p->m, (uint32_t)outcome.value, 0, write, address);
    return false;
}

static bool slow_load(struct processor *p, const struct kss_instruction *i, kss_addr address,
                      unsigned kind) {
    static const uint8_t sizes[] = {1, 1, 2, 2, 4, 4, 8};
    uint8_t bytes[8];
    at(p, i + 1);
    struct kss_outcome outcome = kss_read(p->m, address, bytes, sizes[kind], KSS_WHO_DRIVER);
    if (!goes_on(p, outcome, address, false))
        return false;
    set(now(p), i->a, load_bytes(bytes, kind));
    return true;
}

static bool slow_store(struct processor *p, const struct kss_instruction *i, kss_addr address,
                       uint32_t size) {
    uint8_t bytes[8];
    uint64_t value = get(now(p), i->b);
    memcpy(bytes, &value, sizeof bytes);
    at(p, i + 1);
    return goes_on(p, kss_write(p->m, address, bytes, size, KSS_WHO_DRIVER), address, true);
}

static bool copy(struct processor *p, kss_addr to, kss_addr from, uint32_t size) {
    uint8_t chunk[CHUNK];
    const uint8_t *source = kss_direct(p->m, from, size, false);
    uint8_t *target = kss_direct(p->m, to, size, true);
    if (source != NULL && target != NULL) {
        memmove(target, source, size);
        reload(p); // the caller fetches it
        return true;
    }
    for (uint32_t done = 0; done < size; done += CHUNK) {
        uint32_t part = size - done < CHUNK ? size - done : CHUNK;
        struct kss_outcome outcome = kss_read(p->m, from + done, chunk, part, KSS_WHO_DRIVER);
        if (!goes_on(p, outcome, from + done, false))
            return false;
        outcome = kss_write(p->m, to + done, chunk, part, KSS_WHO_DRIVER);
        if (!goes_on(p, outcome, to + done, true))
            return false;
    }
    return true;
}

static bool zero(struct processor *p, kss_addr to, uint32_t size) {
    static const uint8_t zeros[CHUNK];
    uint8_t *target = kss_direct(p->m, to, size, true);
    if (target != NULL) {
        memset(target, 0, size);
        reload(p); // the caller fetches it
        return true;
    }
    for (uint32_t done = 0; done < size; done += CHUNK) {
        uint32_t part = size - done < CHUNK ? size - done : CHUNK;
        struct kss_outcome outcome = kss_write(p->m, to + done, zeros, part, KSS_WHO_DRIVER);
        if (!goes_on(p, outcome, to + done, true))
            return false;
    }
    return true;
}

// `read` and `write`: the driver touches memory; writing leaves what is there.
static bool touch(struct processor *p, kss_addr address, int64_t size, bool write) {
    uint8_t chunk[CHUNK];
    for (int64_t done = 0; done < size; done += CHUNK) {
        uint32_t part = size - done < CHUNK ? (uint32_t)(size - done) : CHUNK;
        kss_addr where = (address + (uint64_t)done) & p->address_mask;
        memset(chunk, 0, sizeof chunk);
        const uint8_t *there = kss_direct(p->m, where, part, false);
        if (there != NULL)
            memcpy(chunk, there, part);
        struct kss_outcome outcome = write ? kss_write(p->m, where, chunk, part, KSS_WHO_DRIVER)
                                           : kss_read(p->m, where, chunk, part, KSS_WHO_DRIVER);
        if (!goes_on(p, outcome, where, write))
            return false;
    }
    return true;
}

// ---- Frames -------------------------------------------------------------------------------------
static void copy_slots(uint8_t *to, const uint8_t *from, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        memcpy(to + i * 8, from + i * 8, 8);
}

// A call with everything that may happen: events, a run that must grow, overflow.
static bool slow_call(struct processor *p, const struct kss_instruction *i, uint32_t routine,
                      uint16_t target, unsigned count) {
    const struct kss_code *code = &p->codes[routine];
    at(p, i + 1);
    p->frame->dest = (uint16_t)i->a;
    if (!kss_frame_push(p->m, routine, code->bytes, code->run_bytes, KSS_ENTRY_CALL))
        return false;
    reload(p);
    struct kss_frame *caller = (struct kss_frame *)(void *)(p->hot.run + p->frame->previous);
    copy_slots(now(p) + target, slots_of(p, caller) + i->a, count);
    return true;
}

static void emit_return(struct processor *p, uint32_t routine, uint64_t value) {
    uint8_t size = p->program->entries[routine].result_size;
    uint64_t mask = size >= 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
    kss_emit(p->m, KSS_EV_RETURN, routine, p->hot.stack->depth, value & mask, 0);
    reload(p);
}

static void slow_return(struct processor *p, const struct kss_instruction *next, uint64_t value) {
    uint32_t routine = p->frame->routine;
    at(p, next);
    kss_frame_pop(p->m);
    reload(p);
    if (p->return_events)
        emit_return(p, routine, value);
}

// Routines the environment or NT entered give their value to the kernel.
static void return_to_kernel(struct processor *p, const struct kss_instruction *next,
                             uint64_t value) {
    uint8_t size = p->program->entries[p->frame->routine].result_size;
    at(p, next);
    kss_returned(p->m, size >= 8 ? value : value & ((UINT64_C(1) << (size * 8)) - 1));
}

// ---- NT -----------------------------------------------------------------------------------------
// True: go on; false: a turn is due.
static bool call_nt(struct processor *p, const struct kss_instruction *i) {
    uint64_t arguments[KSS_PARAMETERS];
    copy_slots((uint8_t *)arguments, now(p) + i->a, i->x);
    at(p, i + 1);
    p->frame->dest = (uint16_t)i->a;
    p->frame->flags |= AWAITS;
    struct kss_outcome outcome = kss_nt_call(p->m, (enum kss_routine_id)i->b, arguments, i->x);
    if (outcome.kind == KSS_OUT_RETURN) {
        reload(p);
        p->frame->flags &= (uint8_t)~AWAITS;
        set(now(p), i->a, outcome.value);
        return !kss_must_turn(p->m);
    }
    if (outcome.kind == KSS_OUT_RAISE)
        kss_unhandled(p->m, (uint32_t)outcome.value, 0, 0, 0);
    return false;
}

static void promise(struct processor *p, const struct kss_instruction *i) {
    const struct kss_promise_plan *plan = &p->program->promises[i->imm];
    int64_t low = get_signed(now(p), i->a), high = get_signed(now(p), i->a + 8);
    struct kss_due due = {.kind = (uint8_t)plan->kind,
                          .routine = plan->routine,
                          .target = plan->target,
                          .irql = plan->irql,
                          .argument_count = plan->argument_count};
    copy_slots((uint8_t *)due.arguments, now(p) + i->a + 16, plan->argument_count);
    at(p, i + 1);
    low = low < 0 ? 0 : low;
    kss_promise(p->m, &due, (uint64_t)low, high > low ? (uint64_t)(high - low) : 0,
                p->program->places[i - p->program->code]);
    reload(p);
}

static void dropped(struct processor *p, const struct kss_instruction *i) {
    uint32_t status = (uint32_t)get(now(p), i->a);
    if (status != (uint32_t)STATUS_TIMEOUT && status != (uint32_t)STATUS_ALERTED &&
        status != (uint32_t)STATUS_USER_APC)
        return;
    at(p, i + 1);
    kss_emit(p->m, KSS_EV_STATUS_DROPPED, (uint64_t)i->b, status, i->x, 0);
    reload(p);
}

static void assertion(struct processor *p, const struct kss_instruction *i) {
    at(p, i + 1);
    if (kss_wanted(p->m, KSS_EV_ASSERT))
        kss_emit(p->m, KSS_EV_ASSERT, kss_text_id(p->m, p->program->texts[i->imm]), 0, 0, 0);
    reload(p);
}

static void paged_code(struct processor *p, const struct kss_instruction *i, bool checked) {
    unsigned limit = checked ? KSS_APC_LEVEL : KSS_DISPATCH_LEVEL - 1;
    if (kss_current_irql(p->m) <= limit)
        return;
    at(p, i + 1);
    kss_emit(p->m, KSS_EV_PAGED_CODE, p->frame->routine, checked, 0, 0);
    reload(p);
}

// ---- Spinning -----------------------------------------------------------------------------------
static uint64_t state_hash(struct processor *p, const struct kss_instruction *next) {
    uint8_t kept[KSS_DETECTOR * KSS_DETECTORS];
    const struct kss_entry_point *entry = &p->program->entries[p->frame->routine];
    uint8_t *detectors = now(p) + entry->detectors;
    p->frame->pc = (uint32_t)(next - p->program->code);
    memcpy(kept, detectors, entry->detectors_size);
    memset(detectors, 0, entry->detectors_size);
    uint64_t hash = kss_hot_hash(p->m);
    memcpy(detectors, kept, entry->detectors_size);
    return hash;
}

// At the iteration a detector waits for. True: the loop spins.
static bool look(struct processor *p, const struct kss_instruction *i, uint64_t count) {
    if (count < FIRST_LOOK) {
        set(now(p), i->a + 8, FIRST_LOOK);
        return false;
    }
    uint64_t power = FIRST_LOOK;
    while (power * 2 <= count)
        power *= 2;
    uint64_t window = power / 64 > LEAST_WINDOW ? power / 64 : LEAST_WINDOW;
    uint64_t hash = state_hash(p, i + 1);
    set(now(p), i->a + 8, count - power < window ? count + 1 : power * 2);
    if (count == power) {
        set(now(p), i->a + 16, hash);
        return false;
    }
    if (hash != get(now(p), i->a + 16))
        return false;
    set(now(p), i->a, 0);
    set(now(p), i->a + 8, 0);
    set(now(p), i->a + 16, 0);
    return true;
}

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
#define S(operand)  get(slots, i->operand)
#define SS(operand) get_signed(slots, i->operand)
#define TO24        ((int32_t)i->c * 256 + i->x)
#define NEXT                                                                                       \
    do {                                                                                           \
        if (--left < 0)                                                                            \
            goto pause;                                                                            \
        i = ip++;                                                                                  \
        goto *labels[i->op];                                                                       \
    } while (0)
#define VALUE(name, expression)                                                                    \
    name:                                                                                          \
    set(slots, i->a, (uint64_t)(expression));                                                      \
    NEXT
#define JUMP_IF(name, condition)                                                                   \
    name:                                                                                          \
    if (condition)                                                                                 \
        ip = i + TO24;                                                                             \
    NEXT
// Frame, slots and stack are kept in variables; helpers work on the processor's copies.
#define STORE_BACK()      (p->frame = frame, p->hot = hot, kss_hot_store(&hot, frame))
#define SLOW(call)        (STORE_BACK(), (call))
#define DIRECT(arguments) (kss_hot_store(&hot, frame), kss_direct arguments)
#define FETCH()           (frame = p->frame, slots = slots_of(p, frame), hot = p->hot)
#define GET(name, kind)                                                                            \
    name:                                                                                          \
    set(slots, i->a, load_bytes(slots + i->b, kind));                                              \
    NEXT
#define PUT(name, type)                                                                            \
    name : {                                                                                       \
        type value_ = (type)S(b);                                                                  \
        memcpy(slots + i->a, &value_, sizeof value_);                                              \
    }                                                                                              \
    NEXT
#define LOAD(name, kind, size)                                                                     \
    name : {                                                                                       \
        kss_addr address = (S(b) + (uint64_t)(int64_t)i->c) & p->address_mask;                     \
        const uint8_t *bytes = DIRECT((p->m, address, size, false));                               \
        if (bytes != NULL) {                                                                       \
            set(slots, i->a, load_bytes(bytes, kind));                                             \
            NEXT;                                                                                  \
        }                                                                                          \
        if (!SLOW(slow_load(p, i, address, kind)))                                                 \
            goto leave;                                                                            \
        FETCH();                                                                                   \
    }                                                                                              \
    NEXT
#define STORE(name, type)                                                                          \
    name : {                                                                                       \
        kss_addr address = (S(a) + (uint64_t)(int64_t)i->c) & p->address_mask;                     \
        uint8_t *bytes = DIRECT((p->m, address, sizeof(type), true));                              \
        if (bytes != NULL) {                                                                       \
            type value_ = (type)S(b);                                                              \
            memcpy(bytes, &value_, sizeof value_);                                                 \
            NEXT;                                                                                  \
        }                                                                                          \
        if (!SLOW(slow_store(p, i, address, sizeof(type))))                                        \
            goto leave;                                                                            \
        FETCH();                                                                                   \
    }                                                                                              \
    NEXT
#define DIVIDE(name, bad, expression)                                                              \
    name:                                                                                          \
    if (S(c) == 0) {                                                                               \
        status = (uint32_t)STATUS_INTEGER_DIVIDE_BY_ZERO;                                          \
        goto raise;                                                                                \
    }                                                                                              \
    if (bad) {                                                                                     \
        status = (uint32_t)STATUS_INTEGER_OVERFLOW;                                                \
        goto raise;                                                                                \
    }                                                                                              \
    set(slots, i->a, (uint64_t)(expression));                                                      \
    NEXT

// Executes the frame at work until a turn is due or no steps are left.
static void execute(struct processor *p) {
    static const void *const labels[KSS_I_COUNT] = {
#define OP(name) [KSS_I_##name] = __extension__ && name,
#include "script/ops.def"
#undef OP
    };
    const struct kss_instruction *const base = p->program->code;
    const struct kss_entry_point *const entries = p->program->entries;
    const struct kss_instruction *i, *ip = base + p->frame->pc;
    struct kss_frame *frame = p->frame;
    uint8_t *slots = slots_of(p, frame);
    struct kss_hot hot = p->hot;
    int64_t left = (int64_t)p->left;
    uint64_t value;
    uint32_t routine, status;
    NEXT;

NOP:
    NEXT;
    VALUE(MOV, S(b));
    VALUE(SET, (int64_t)i->imm);
SET64:
    memcpy(&value, ip++, sizeof value);
    set(slots, i->a, value);
    NEXT;
    VALUE(LOCAL,
          (hot.stack->base - (frame->depth - frame->bytes) - (uint32_t)i->imm) & p->address_mask);
    VALUE(GLOBAL, kss_global_address(p->m, (uint32_t)i->imm));
    VALUE(CODE, kss_code_address(p->m, (uint32_t)i->imm));

    GET(GET_I8, 0);
    GET(GET_U8, 1);
    GET(GET_I16, 2);
    GET(GET_U16, 3);
    GET(GET_I32, 4);
    GET(GET_U32, 5);
    GET(GET_64, 6);
    PUT(PUT_8, uint8_t);
    PUT(PUT_16, uint16_t);
    PUT(PUT_32, uint32_t);
    PUT(PUT_64, uint64_t);

    LOAD(LOAD_I8, 0, 1);
    LOAD(LOAD_U8, 1, 1);
    LOAD(LOAD_I16, 2, 2);
    LOAD(LOAD_U16, 3, 2);
    LOAD(LOAD_I32, 4, 4);
    LOAD(LOAD_U32, 5, 4);
    LOAD(LOAD_64, 6, 8);
    STORE(STORE_8, uint8_t);
    STORE(STORE_16, uint16_t);
    STORE(STORE_32, uint32_t);
    STORE(STORE_64, uint64_t);
COPY:
    memcpy(&value, ip++, sizeof value);
    SLOW(at(p, i + 1));
    if (!SLOW(copy(p, S(a), S(b), (uint32_t)value)))
        goto leave;
    FETCH();
    NEXT;
ZERO:
    memcpy(&value, ip++, sizeof value);
    SLOW(at(p, i + 1));
    if (!SLOW(zero(p, S(a), (uint32_t)value)))
        goto leave;
    FETCH();
    NEXT;
TOUCH:
    SLOW(at(p, ip));
    if (!SLOW(touch(p, S(a), SS(b), i->x != 0)))
        goto leave;
    FETCH();
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
    ip = i + i->imm;
    NEXT;
JUMP_0:
    if (S(a) == 0)
        ip = i + i->imm;
    NEXT;
JUMP_1:
    if (S(a) != 0)
        ip = i + i->imm;
    NEXT;
    JUMP_IF(JUMP_EQ, S(a) == S(b));
    JUMP_IF(JUMP_NE, S(a) != S(b));
    JUMP_IF(JUMP_LT_S, SS(a) < SS(b));
    JUMP_IF(JUMP_LE_S, SS(a) <= SS(b));
    JUMP_IF(JUMP_LT_U, S(a) < S(b));
    JUMP_IF(JUMP_LE_U, S(a) <= S(b));
    JUMP_IF(JUMP_EQ_I, SS(a) == i->b);
    JUMP_IF(JUMP_NE_I, SS(a) != i->b);
    JUMP_IF(JUMP_LT_I, SS(a) < i->b);
    JUMP_IF(JUMP_LE_I, SS(a) <= i->b);
    JUMP_IF(JUMP_GT_I, SS(a) > i->b);
    JUMP_IF(JUMP_GE_I, SS(a) >= i->b);
SPIN:
    value = S(a) + 1;
    set(slots, i->a, value);
    if (value >= get(slots, i->a + 8) && SLOW(look(p, i, value))) {
        at(p, ip);
        kss_spin(p->m);
        goto leave;
    }
    NEXT;
SWITCH:
    ip = base + switch_target(&p->program->switches[i->imm], SS(a));
    NEXT;

CALL:
    routine = (uint32_t)i->imm;
    {
        const struct kss_entry_point *entry = &entries[routine];
        struct kss_frame *callee = kss_fast_push(&hot, frame, routine, entry->bytes, entry->need);
        if (callee != NULL) {
            const uint8_t *from = slots + i->a;
            frame->pc = (uint32_t)(ip - base);
            frame->dest = (uint16_t)i->a;
            frame = callee;
            slots = (uint8_t *)(callee + 1) + entry->slots;
            for (unsigned k = 0; k < entry->parameters; k++)
                memcpy(slots + k * 8, from + k * 8, 8);
            ip = base + entry->pc;
            NEXT;
        }
    }
    if (!SLOW(slow_call(p, i, routine, 0, entries[routine].parameters)))
        goto leave;
    FETCH();
    ip = base + entries[routine].pc;
    NEXT;
CALL_AT:
    if (!kss_code_at(p->m, S(b), &routine)) {
        SLOW(at(p, ip));
        kss_unhandled(p->m, (uint32_t)STATUS_ACCESS_VIOLATION, S(b), 8, S(b));
        goto leave;
    }
    {
        unsigned count = entries[routine].parameters;
        if (!SLOW(slow_call(p, i, routine, 0, count < i->x ? count : i->x)))
            goto leave;
    }
    FETCH();
    ip = base + entries[routine].pc;
    NEXT;
CALL_TREE:
    routine = (uint32_t)i->imm;
    if (!SLOW(slow_call(p, i, routine, entries[routine].captures, entries[routine].capture_count)))
        goto leave;
    FETCH();
    ip = base + entries[routine].pc;
    NEXT;
RETURN:
    value = S(a);
    goto return_value;
RETURN_0:
    value = 0;
return_value:
    if (frame->entry != KSS_ENTRY_CALL) {
        SLOW(return_to_kernel(p, ip, value));
        goto leave;
    }
    struct kss_frame *caller = kss_fast_pop(&hot, frame);
    if (caller != NULL) {
        frame = caller;
        slots = (uint8_t *)(frame + 1) + entries[frame->routine].slots;
    } else {
        SLOW(slow_return(p, ip, value));
        FETCH();
        if (kss_ended(p->m) != KSS_END_RUNNING)
            goto leave;
    }
    ip = base + frame->pc;
    set(slots, frame->dest, value);
    NEXT;
NT:
    if (!SLOW(call_nt(p, i)))
        goto leave;
    FETCH();
    NEXT;
DROPPED:
    SLOW(dropped(p, i));
    FETCH();
    NEXT;
PROMISE:
    SLOW(promise(p, i));
    FETCH();
    NEXT;

PAGED_CODE:
    SLOW(paged_code(p, i, true));
    FETCH();
    NEXT;
PAGEABLE:
    SLOW(paged_code(p, i, false));
    FETCH();
    NEXT;
ASSERT:
    if (S(a) == 0) {
        SLOW(assertion(p, i));
        FETCH();
    }
    NEXT;

raise:
    SLOW(at(p, ip));
    kss_unhandled(p->m, status, 0, 0, 0);
leave:
    p->left = (uint64_t)left;
    return;
pause:
    STORE_BACK();
    p->left = 0;
    frame->pc = (uint32_t)(ip - base);
    frame->flags |= PAUSED;
}

// ---- Turns --------------------------------------------------------------------------------------
// Makes the frame at work what the kernel says runs next; false: the machine has ended.
static bool turn(struct processor *p) {
    struct kss_turn turn = kss_turn(p->m);
    if (turn.kind == KSS_TURN_END)
        return false;
    reload(p);
    if (turn.kind == KSS_TURN_CALL) {
        const struct kss_entry_point *entry = &p->program->entries[turn.routine];
        unsigned count =
            entry->parameters < turn.argument_count ? entry->parameters : turn.argument_count;
        copy_slots(now(p), (const uint8_t *)turn.arguments, count);
        p->frame->pc = entry->pc;
        return true;
    }
    if (turn.has_value && p->frame->flags & AWAITS)
        set(now(p), p->frame->dest, turn.value);
    if (turn.has_value)
        p->frame->flags &= (uint8_t)~AWAITS;
    return true;
}

static bool take_up(struct processor *p) {
    struct kss_frame *frame = kss_top_frame(p->m);
    if (frame == NULL || frame->entry == KSS_ENTRY_NT || !(frame->flags & PAUSED))
        return false;
    reload(p);
    p->frame->flags &= (uint8_t)~PAUSED;
    return true;
}

uint64_t kss_script_run(const struct kss_program *program, struct kss_machine *m,
                        uint64_t max_steps) {
    if (max_steps > INT64_MAX)
        max_steps = INT64_MAX;
    struct processor p = {.m = m,
                          .program = program->code,
                          .codes = program->image.code,
                          .left = max_steps,
                          .address_mask =
                              program->config.profile.pointer_size == 8 ? UINT64_MAX : UINT32_MAX,
                          .call_events = kss_wanted(m, KSS_EV_CALL),
                          .return_events = kss_wanted(m, KSS_EV_RETURN)};
    while (p.left != 0 && kss_ended(m) == KSS_END_RUNNING && (take_up(&p) || turn(&p)))
        execute(&p);
    uint64_t steps = max_steps - p.left;
    kss_clock(m)->steps += steps;
    return steps;
}

// ---- The start ----------------------------------------------------------------------------------
static uint64_t datum(const struct kss_machine *m, const struct kss_initial *initial) {
    uint64_t addend = (uint64_t)initial->addend;
    switch (initial->kind) {
    case KSS_DATUM_GLOBAL: return kss_global_address(m, initial->target) + addend;
    case KSS_DATUM_CODE: return kss_code_address(m, initial->target) + addend;
    default: return addend;
    }
}

static void write_globals(const struct kss_compiled *code, struct kss_machine *m) {
    for (uint32_t i = 0; i < code->initial_count; i++) {
        const struct kss_initial *initial = &code->initials[i];
        kss_addr address = kss_global_address(m, initial->global) + initial->offset;
        uint64_t value = datum(m, initial);
        uint8_t word[8];
        for (unsigned k = 0; k < 8; k++)
            word[k] = (uint8_t)(value >> (8 * k));
        bool bytes = initial->kind == KSS_DATUM_BYTES;
        kss_write(m, address, bytes ? initial->bytes : word, initial->size, KSS_WHO_DRIVER);
    }
}

static void make_promises(const struct kss_compiled *code, struct kss_machine *m) {
    for (uint32_t i = 0; i < code->at_count; i++) {
        const struct kss_at_plan *plan = &code->ats[i];
        struct kss_due due = {.kind = (uint8_t)plan->what.kind,
                              .routine = plan->what.routine,
                              .target = plan->what.target,
                              .irql = plan->what.irql,
                              .argument_count = plan->what.argument_count};
        for (unsigned k = 0; k < plan->what.argument_count; k++)
            due.arguments[k] = datum(m, &plan->arguments[k]);
        kss_at(m, plan->place);
        kss_promise(m, &due, plan->after, plan->range, plan->place);
    }
}

void kss_script_start(const struct kss_program *program, struct kss_machine *m) {
    write_globals(program->code, m);
    for (uint32_t i = 0; i < program->thread_count; i++) {
        const struct kss_script_thread *thread = &program->threads[i];
        kss_at(m, thread->place);
        kss_thread_add(m, thread->name, thread->body, thread->priority, thread->process,
                       thread->system, thread->gui, thread->place);
    }
    make_promises(program->code, m);
}
