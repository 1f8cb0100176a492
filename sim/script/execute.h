// SPDX-License-Identifier: MIT
// Inside the processor: what execute.c, its loop, and execute_slow.c, everything that may leave it,
// share. Private to sim/script.
#ifndef KSS_SCRIPT_EXECUTE_H
#define KSS_SCRIPT_EXECUTE_H

#include "kernel/fast.h"
#include "script/program.h"

enum { KSS_AWAITS = 1, KSS_PAUSED = 2 }; // flags of a frame: see execute.c

struct kss_processor {
    struct kss_machine *m;
    const struct kss_compiled *program;
    const struct kss_program *whole;
    const struct kss_code *codes;
    uint64_t left; // steps that may still be executed
    kss_addr address_mask;
    bool call_events, return_events;
    bool entered; // the last LOAD_DRIVER or ADD_DEVICE called a routine
    // The frame at work, and what changes with every call on its stack:
    struct kss_frame *frame;
    struct kss_hot hot;
};

static inline uint64_t kss_slot_get(const uint8_t *slots, int offset) {
    uint64_t value;
    memcpy(&value, slots + offset, sizeof value);
    return value;
}

static inline void kss_slot_set(uint8_t *slots, int offset, uint64_t value) {
    memcpy(slots + offset, &value, sizeof value);
}

static inline uint8_t *kss_slots_of(const struct kss_processor *p, struct kss_frame *frame) {
    return (uint8_t *)(frame + 1) + p->program->entries[frame->routine].slots;
}

// Bytes of memory in canonical form; kind: 0..6 for I8 U8 I16 U16 I32 U32 64.
static inline uint64_t kss_canonical_bytes(const uint8_t *bytes, unsigned kind) {
    int8_t i8;
    int16_t i16;
    int32_t i32;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (kind) {
    case 0: memcpy(&i8, bytes, 1); return (uint64_t)i8;
    case 1: memcpy(&u8, bytes, 1); return u8;
    case 2: memcpy(&i16, bytes, 2); return (uint64_t)i16;
    case 3: memcpy(&u16, bytes, 2); return u16;
    case 4: memcpy(&i32, bytes, 4); return (uint64_t)i32;
    case 5: memcpy(&u32, bytes, 4); return u32;
    default: memcpy(&u64, bytes, 8); return u64;
    }
}

// Takes frame and stack anew from the machine.
void kss_reload(struct kss_processor *p);

// All below work on the frame at work and instruction [i] of it, which says where and what. They
// leave the processor reloaded. Those that return bool: false, a turn is due.
bool kss_slow_load(struct kss_processor *p, const struct kss_instruction *i, kss_addr address,
                   unsigned kind);
bool kss_slow_store(struct kss_processor *p, const struct kss_instruction *i, kss_addr address,
                    uint32_t size);
bool kss_slow_copy(struct kss_processor *p, const struct kss_instruction *i);
bool kss_slow_zero(struct kss_processor *p, const struct kss_instruction *i);
bool kss_slow_touch(struct kss_processor *p, const struct kss_instruction *i);

// A call with everything that may happen: events, a run that must grow, overflow. The first [count]
// argument slots go to [target] of the new frame.
bool kss_slow_call(struct kss_processor *p, const struct kss_instruction *i, uint32_t routine,
                   uint16_t target, unsigned count);
bool kss_slow_call_at(struct kss_processor *p, const struct kss_instruction *i);
bool kss_slow_return(struct kss_processor *p, const struct kss_instruction *i, uint64_t value);
bool kss_slow_nt(struct kss_processor *p, const struct kss_instruction *i);
// The body of a __finally block is entered as a call. The variables a funclet uses, from the frame at
// [parent] in the run.
bool kss_slow_finally(struct kss_processor *p, const struct kss_instruction *i);
void kss_slow_captures(struct kss_processor *p, uint32_t parent);
void kss_slow_promise(struct kss_processor *p, const struct kss_instruction *i);
void kss_slow_dropped(struct kss_processor *p, const struct kss_instruction *i);
void kss_slow_assert(struct kss_processor *p, const struct kss_instruction *i);
bool kss_slow_paged(struct kss_processor *p, const struct kss_instruction *i, bool checked);
void kss_slow_raise(struct kss_processor *p, const struct kss_instruction *i, uint32_t status);
// device.c. The first makes everything that needs no loader.
void kss_script_make_devices(const struct kss_program *program, struct kss_machine *m);
void kss_slow_device(struct kss_processor *p, const struct kss_instruction *i, bool handle);
bool kss_slow_load_driver(struct kss_processor *p, const struct kss_instruction *i);
bool kss_slow_add_device(struct kss_processor *p, const struct kss_instruction *i);
void kss_slow_loaded(struct kss_processor *p, const struct kss_instruction *i);
// At the iteration a loop's detector waits for. True: the loop spins, and a turn is due.
bool kss_slow_spin(struct kss_processor *p, const struct kss_instruction *i, uint64_t count);

#endif
