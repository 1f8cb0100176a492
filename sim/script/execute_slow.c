// SPDX-License-Identifier: MIT
// What the processor does when an instruction leaves its loop: memory that is not simply there,
// calls with events or an overflow, returns to the kernel, NT, promises, spinning.
#include "script/execute.h"

#include "nt/status.h"

enum { FIRST_LOOK = 4096, LEAST_WINDOW = 64, BUDGET = 64, CHUNK = 512 };

void kss_reload(struct kss_processor *p) {
    p->hot = kss_hot(p->m);
    if (p->call_events)
        p->hot.room = 0; // every push is a slow one
    if (p->return_events)
        p->hot.plain = false;
    p->frame = (struct kss_frame *)(void *)(p->hot.run + p->hot.stack->top);
}

static uint8_t *slots(const struct kss_processor *p) {
    return kss_slots_of(p, p->frame);
}

static uint64_t get(const struct kss_processor *p, int offset) {
    return kss_slot_get(slots(p), offset);
}

static void set(const struct kss_processor *p, int offset, uint64_t value) {
    kss_slot_set(slots(p), offset, value);
}

// The kernel hears of instruction [i]; the frame goes on behind it.
static void at(struct kss_processor *p, const struct kss_instruction *i) {
    uint32_t pc = (uint32_t)(i - p->program->code);
    p->frame->pc = pc + 1;
    kss_at(p->m, p->program->places[pc]);
}

// The 64-bit word behind an instruction.
static uint64_t word_behind(const struct kss_instruction *i) {
    uint64_t word;
    memcpy(&word, i + 1, sizeof word);
    return word;
}

// ---- Memory that is not simply there ------------------------------------------------------------
// Whether execution goes on behind the outcome of an access; else a turn is due.
static bool goes_on(struct kss_processor *p, struct kss_outcome outcome, kss_addr address,
                    bool write) {
    if (outcome.kind == KSS_OUT_RETURN) {
        kss_reload(p);
        return true;
    }
    if (outcome.kind == KSS_OUT_RAISE)
        kss_raise(p->m, (uint32_t)outcome.value, 0, write, address, true);
    return false;
}

bool kss_slow_load(struct kss_processor *p, const struct kss_instruction *i, kss_addr address,
                   unsigned kind) {
    static const uint8_t sizes[] = {1, 1, 2, 2, 4, 4, 8};
    uint8_t bytes[8];
    at(p, i);
    struct kss_outcome outcome = kss_read(p->m, address, bytes, sizes[kind], KSS_WHO_DRIVER);
    if (!goes_on(p, outcome, address, false))
        return false;
    set(p, i->a, kss_canonical_bytes(bytes, kind));
    return true;
}

bool kss_slow_store(struct kss_processor *p, const struct kss_instruction *i, kss_addr address,
                    uint32_t size) {
    uint8_t bytes[8];
    uint64_t value = get(p, i->b);
    memcpy(bytes, &value, sizeof bytes);
    at(p, i);
    return goes_on(p, kss_write(p->m, address, bytes, size, KSS_WHO_DRIVER), address, true);
}

bool kss_slow_copy(struct kss_processor *p, const struct kss_instruction *i) {
    uint8_t chunk[CHUNK];
    kss_addr to = get(p, i->a), from = get(p, i->b);
    uint32_t size = (uint32_t)word_behind(i);
    at(p, i);
    const uint8_t *source = kss_direct(p->m, from, size, false);
    uint8_t *target = kss_direct(p->m, to, size, true);
    if (source != NULL && target != NULL) {
        memmove(target, source, size);
        kss_reload(p); // the caller fetches it
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

bool kss_slow_zero(struct kss_processor *p, const struct kss_instruction *i) {
    static const uint8_t zeros[CHUNK];
    kss_addr to = get(p, i->a);
    uint32_t size = (uint32_t)word_behind(i);
    at(p, i);
    uint8_t *target = kss_direct(p->m, to, size, true);
    if (target != NULL) {
        memset(target, 0, size);
        kss_reload(p); // the caller fetches it
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
bool kss_slow_touch(struct kss_processor *p, const struct kss_instruction *i) {
    uint8_t chunk[CHUNK];
    kss_addr address = get(p, i->a);
    int64_t size = (int64_t)get(p, i->b);
    bool write = i->x != 0;
    at(p, i);
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

bool kss_slow_call(struct kss_processor *p, const struct kss_instruction *i, uint32_t routine,
                   uint16_t target, unsigned count) {
    const struct kss_code *code = &p->codes[routine];
    at(p, i);
    p->frame->dest = (uint16_t)i->a;
    if (!kss_frame_push(p->m, routine, code->bytes, code->run_bytes, KSS_ENTRY_CALL))
        return false;
    kss_reload(p);
    struct kss_frame *caller = (struct kss_frame *)(void *)(p->hot.run + p->frame->previous);
    copy_slots(slots(p) + target, kss_slots_of(p, caller) + i->a, count);
    return true;
}

static void emit_return(struct kss_processor *p, uint32_t routine, uint64_t value) {
    uint8_t size = p->program->entries[routine].result_size;
    uint64_t mask = size >= 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;
    kss_emit(p->m, KSS_EV_RETURN, routine, p->hot.stack->depth, value & mask, 0);
    kss_reload(p);
}

bool kss_slow_call_at(struct kss_processor *p, const struct kss_instruction *i) {
    kss_addr address = get(p, i->b);
    uint32_t routine;
    if (!kss_code_at(p->m, address, &routine)) {
        at(p, i);
        kss_raise(p->m, (uint32_t)STATUS_ACCESS_VIOLATION, address, 8, address, true);
        return false;
    }
    unsigned count = p->program->entries[routine].parameters;
    return kss_slow_call(p, i, routine, 0, count < i->x ? count : i->x);
}

// A routine the environment or NT entered gives its value to the kernel.
static bool return_to_kernel(struct kss_processor *p, uint64_t value) {
    uint8_t size = p->program->entries[p->frame->routine].result_size;
    kss_returned(p->m, size >= 8 ? value : value & ((UINT64_C(1) << (size * 8)) - 1));
    return false;
}

bool kss_slow_return(struct kss_processor *p, const struct kss_instruction *i, uint64_t value) {
    uint32_t routine = p->frame->routine;
    at(p, i);
    if (p->frame->entry != KSS_ENTRY_CALL)
        return return_to_kernel(p, value);
    kss_frame_pop(p->m);
    kss_reload(p);
    if (p->return_events)
        emit_return(p, routine, value);
    return kss_ended(p->m) == KSS_END_RUNNING;
}

// ---- Funclets -----------------------------------------------------------------------------------
void kss_slow_captures(struct kss_processor *p, uint32_t parent) {
    const struct kss_entry_point *entry = &p->program->entries[p->frame->routine];
    const struct kss_capture *captures = p->program->funclets[p->frame->routine];
    struct kss_frame *frame = (struct kss_frame *)(void *)(p->hot.run + parent);
    const uint8_t *from = kss_slots_of(p, frame);
    kss_addr edge = kss_frame_edge(p->m, p->hot.stack, frame);
    for (unsigned k = 0; k < entry->capture_count; k++) {
        uint32_t value = captures[k].value;
        uint64_t address = (edge - value) & p->address_mask;
        if (captures[k].kind == KSS_CAPTURE_CAPTURE)
            value = p->program->entries[frame->routine].captures + value * 8;
        if (captures[k].kind != KSS_CAPTURE_LOCAL)
            address = kss_slot_get(from, (int)value);
        set(p, (int)(entry->captures + k * 8), address);
    }
}

bool kss_slow_finally(struct kss_processor *p, const struct kss_instruction *i) {
    const struct kss_code *code = &p->codes[p->frame->routine];
    const struct kss_scope *scope = &code->scopes[i->b - 1];
    const struct kss_code *funclet = &p->codes[scope->funclet];
    uint64_t outer = scope->outer;
    at(p, i);
    p->frame->dest = (uint16_t)i->a;
    memcpy(kss_frame_run(p->frame) + code->scope_at, &outer, sizeof outer);
    if (!kss_frame_push(p->m, scope->funclet, funclet->bytes, funclet->run_bytes, KSS_ENTRY_CALL))
        return false;
    kss_reload(p);
    set(p, 0, i->x);
    kss_slow_captures(p, p->frame->previous);
    return true;
}

// ---- NT -----------------------------------------------------------------------------------------
bool kss_slow_nt(struct kss_processor *p, const struct kss_instruction *i) {
    uint64_t arguments[KSS_PARAMETERS];
    copy_slots((uint8_t *)arguments, slots(p) + i->a, i->x);
    at(p, i);
    p->frame->dest = (uint16_t)i->a;
    p->frame->flags |= KSS_AWAITS;
    struct kss_outcome outcome = kss_nt_call(p->m, (enum kss_routine_id)i->b, arguments, i->x);
    if (outcome.kind == KSS_OUT_RETURN) {
        kss_reload(p);
        p->frame->flags &= (uint8_t)~KSS_AWAITS;
        set(p, i->a, outcome.value);
        return !kss_must_turn(p->m);
    }
    if (outcome.kind == KSS_OUT_RAISE)
        kss_raise(p->m, (uint32_t)outcome.value, 0, 0, 0, false);
    return false;
}

void kss_slow_promise(struct kss_processor *p, const struct kss_instruction *i) {
    const struct kss_promise_plan *plan = &p->program->promises[i->imm];
    int64_t low = (int64_t)get(p, i->a), high = (int64_t)get(p, i->a + 8);
    struct kss_due due = {.kind = (uint8_t)plan->kind,
                          .routine = plan->routine,
                          .target = plan->target,
                          .irql = plan->irql,
                          .argument_count = plan->argument_count};
    copy_slots((uint8_t *)due.arguments, slots(p) + i->a + 16, plan->argument_count);
    at(p, i);
    low = low < 0 ? 0 : low;
    kss_promise(p->m, &due, (uint64_t)low, high > low ? (uint64_t)(high - low) : 0,
                p->program->places[i - p->program->code]);
    kss_reload(p);
}

void kss_slow_dropped(struct kss_processor *p, const struct kss_instruction *i) {
    uint32_t status = (uint32_t)get(p, i->a);
    bool unlucky = status == (uint32_t)STATUS_TIMEOUT || status == (uint32_t)STATUS_ALERTED ||
                   status == (uint32_t)STATUS_USER_APC;
    if (i->b == KSS_NT_KeExpandKernelStackAndCallout ||
        i->b == KSS_NT_KeExpandKernelStackAndCalloutEx)
        unlucky = (int32_t)status < 0;
    if (!unlucky)
        return;
    at(p, i);
    kss_emit(p->m, KSS_EV_STATUS_DROPPED, (uint64_t)i->b, status, i->x, 0);
    kss_reload(p);
}

void kss_slow_assert(struct kss_processor *p, const struct kss_instruction *i) {
    at(p, i);
    if (kss_wanted(p->m, KSS_EV_ASSERT))
        kss_emit(p->m, KSS_EV_ASSERT, kss_text_id(p->m, p->program->texts[i->imm]), 0, 0, 0);
    kss_reload(p);
}

bool kss_slow_paged(struct kss_processor *p, const struct kss_instruction *i, bool checked) {
    unsigned limit = checked ? KSS_APC_LEVEL : KSS_DISPATCH_LEVEL - 1;
    if (kss_current_irql(p->m) <= limit || (!checked && kss_code_locked(p->m, p->frame->routine)))
        return true;
    at(p, i);
    if (checked)
        kss_emit(p->m, KSS_EV_PAGED_CODE, p->frame->routine, checked, 0, 0);
    else
        kss_code_at_dispatch(p->m, p->frame->routine);
    kss_reload(p);
    return kss_ended(p->m) == KSS_END_RUNNING;
}

void kss_slow_raise(struct kss_processor *p, const struct kss_instruction *i, uint32_t status) {
    at(p, i);
    kss_raise(p->m, status, 0, 0, 0, true);
}

// ---- Spinning -----------------------------------------------------------------------------------
static uint64_t state_hash(struct kss_processor *p, const struct kss_instruction *i) {
    uint8_t kept[KSS_DETECTOR * KSS_DETECTORS];
    const struct kss_entry_point *entry = &p->program->entries[p->frame->routine];
    uint8_t *detectors = slots(p) + entry->detectors;
    p->frame->pc = (uint32_t)(i - p->program->code) + 1;
    memcpy(kept, detectors, entry->detectors_size);
    memset(detectors, 0, entry->detectors_size);
    uint64_t hash = kss_hot_hash(p->m);
    memcpy(detectors, kept, entry->detectors_size);
    return hash;
}

static bool repeats(struct kss_processor *p, const struct kss_instruction *i, uint64_t count) {
    if (count < FIRST_LOOK) {
        set(p, i->a + 8, FIRST_LOOK);
        return false;
    }
    uint64_t power = FIRST_LOOK;
    while (power * 2 <= count)
        power *= 2;
    uint64_t window = power / 64 > LEAST_WINDOW ? power / 64 : LEAST_WINDOW;
    uint64_t hashes = power * BUDGET / (kss_hot_size(p->m) + 1);
    if (hashes < 2 || (count > power && count - power >= hashes)) {
        set(p, i->a + 8, power * 2);
        return false;
    }
    uint64_t hash = state_hash(p, i);
    set(p, i->a + 8, count - power < window ? count + 1 : power * 2);
    if (count == power) {
        set(p, i->a + 16, hash);
        return false;
    }
    if (hash != get(p, i->a + 16))
        return false;
    set(p, i->a, 0);
    set(p, i->a + 8, 0);
    set(p, i->a + 16, 0);
    return true;
}

bool kss_slow_spin(struct kss_processor *p, const struct kss_instruction *i, uint64_t count) {
    if (!repeats(p, i, count))
        return false;
    at(p, i);
    kss_spin(p->m);
    return true;
}
