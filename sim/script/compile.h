// SPDX-License-Identifier: MIT
// Inside the compiler: a routine under construction and what compile*.c offer each other. Private to
// sim/script.
#ifndef KSS_SCRIPT_COMPILE_H
#define KSS_SCRIPT_COMPILE_H

#include "script/check.h"

// ---- Code under construction --------------------------------------------------------------------
struct kss_fix { // an operand that becomes known later
    uint32_t at; // instruction
    uint32_t what;
    uint32_t next;
};

struct kss_jump_label {
    uint32_t at;    // instruction, KSS_NOWHERE: not yet
    uint32_t fixes; // chain of jumps to it, KSS_NOWHERE: none
    struct kss_node *node;
    uint32_t region; // a label of the source: the block it stands in (compile_seh.c)
    bool defined;
};
enum { KSS_NOWHERE = 0xFFFFFFFF };

struct kss_jump_region { // a block that cannot be jumped into: of __try or __except
    uint32_t around;
    uint32_t scope; // the __try statement at work in it
};

struct kss_goto { // one whose label may need __finally blocks run, or be out of reach
    struct kss_node *node;
    uint32_t label, region;
    uint32_t stub; // label of the code that runs them, KSS_NOWHERE: none
};

enum kss_funclet_kind { KSS_FUNCLET_NONE, KSS_FUNCLET_FILTER, KSS_FUNCLET_FINALLY };

struct kss_hidden_object { // an addressable temporary
    uint32_t size, align;
    uint32_t fixes; // the LOCAL instructions that want its address
    bool optional;  // may live in a global instead
    int64_t value;  // what it holds then
};

struct kss_status_check {
    uint32_t at;
    struct kss_symbol *symbol; // NULL: why is decided
    bool nt_success;
    bool unused_only; // NT_SUCCESS is enough
};

struct kss_body {            // a routine being compiled
    struct kss_body *parent; // inline call trees: the routine around
    uint32_t code;           // its index
    struct kss_ctype *result;
    bool lenient; // `routine` without a type: need not return a value
    bool returns, too_long;
    struct kss_node *node;

    struct kss_instruction *items;
    uint32_t count;
    unsigned capacity, place_capacity;
    uint32_t *places;

    struct kss_jump_label *labels;
    uint32_t label_count;
    unsigned label_capacity;
    struct kss_fix *fixes;
    uint32_t fix_count;
    unsigned fix_capacity;
    struct kss_symbol **captures;
    struct kss_pointer_map capture_map; // symbol -> index + 1
    uint32_t capture_count;
    unsigned capture_capacity;
    uint32_t capture_fixes, detector_fixes;
    struct kss_hidden_object *hidden;
    uint32_t hidden_count;
    unsigned hidden_capacity;
    struct kss_status_check *checks;
    uint32_t check_count;
    unsigned check_capacity;
    struct kss_local *locals;
    uint32_t local_count;
    unsigned local_capacity;
    struct kss_pointer_map label_map; // name -> label + 1
    uint32_t *switches;               // tables to move when the code finds its place
    uint32_t switch_count;
    unsigned switch_capacity;
    uint64_t edge;            // bytes below the frame's upper edge that are taken
    uint32_t parameter_bytes; // x86: what the caller pushed
    uint32_t home_bytes;      // x64: of locals that are parameters in room their caller has
    uint32_t outgoing; // elsewhere: most bytes of arguments a call of its stores on the stack
    bool given;
    uint32_t given_bytes;
    struct kss_node *given_node;
    uint32_t slot, slot_top;   // next free slot and the most, bytes from the slot base
    uint32_t loops, detectors; // depth now, most
    uint32_t place;
    enum kss_funclet_kind funclet;
    struct kss_scope *scopes; // its __try statements
    uint32_t scope_count;
    unsigned scope_capacity;
    uint32_t try_now;     // number of the innermost __try block at hand, 0: none
    uint32_t handler_now; // number of the statement whose handler's block is at hand, 0: none
    struct kss_jump_region *regions;
    uint32_t region_count, region_now; // from 1; 0: the body
    unsigned region_capacity;
    struct kss_goto *gotos;
    uint32_t goto_count;
    unsigned goto_capacity;
    uint32_t try_fixes, code_fixes; // instructions on the number and the code slots
    struct kss_symbol *scope;       // symbols before the routine began
    struct kss_pointer_map unknown; // names told already
};

// ---- compile_code.c: instructions of the body at hand -------------------------------------------
enum { KSS_ANY_SLOT = -1 };
uint32_t kss_put(struct kss_build *b, enum kss_opcode op, unsigned x, int a, int b_, int c);
uint32_t kss_put_imm(struct kss_build *b, enum kss_opcode op, int a, int32_t imm);
void kss_put_word(struct kss_build *b, uint64_t word);
int kss_slot_new(struct kss_build *b);
void kss_set_place(struct kss_build *b, const struct kss_node *node);
uint32_t kss_label_new(struct kss_build *b);
void kss_label_here(struct kss_build *b, uint32_t label);
void kss_jump(struct kss_build *b, uint32_t label);
void kss_jump_if(struct kss_build *b, enum kss_opcode op, int a, int b_, uint32_t label);
void kss_back_edge(struct kss_build *b); // before a backward jump
uint32_t kss_hidden_object(struct kss_build *b, uint32_t size, uint32_t align, bool optional,
                           int64_t value);
void kss_put_hidden(struct kss_build *b, int slot, uint32_t hidden); // slot = its address
void kss_put_capture(struct kss_build *b, int slot, uint32_t capture);
uint32_t kss_capture_index(struct kss_build *b, struct kss_symbol *symbol);
struct kss_body *kss_body_begin(struct kss_build *b, uint32_t code, struct kss_node *node);
void kss_body_end(struct kss_build *b);
// Instruction [at] gets an operand that is known at the end.
void kss_fix_later(struct kss_build *b, uint32_t *chain, uint32_t at, uint32_t what);
// Room for a declared local; its distance below the frame's upper edge.
uint32_t kss_local_room(struct kss_build *b, uint64_t size, unsigned align, struct kss_node *node);
void kss_local_named(struct kss_build *b, struct kss_symbol *symbol);

// Slots are taken like a stack's: everything behind a mark is given back at once.
static inline uint32_t kss_slot_mark(const struct kss_build *b) {
    return b->body->slot;
}

static inline void kss_slot_release(struct kss_build *b, uint32_t mark) {
    b->body->slot = mark;
}

static inline int kss_slot_into(struct kss_build *b, int into) {
    return into != KSS_ANY_SLOT ? into : kss_slot_new(b);
}

static inline bool kss_small(int64_t value) { // fits an operand
    return value >= INT16_MIN && value <= INT16_MAX;
}

static inline bool kss_is_aggregate(const struct kss_ctype *type) {
    return type->kind == KSS_K_STRUCT || type->kind == KSS_K_ARRAY;
}

// ---- compile_expr.c -----------------------------------------------------------------------------
int kss_gen_value(struct kss_build *b, struct kss_expr *e, int into);
void kss_gen_effect(struct kss_build *b, struct kss_expr *e);
void kss_gen_branch(struct kss_build *b, struct kss_expr *e, uint32_t label, bool sense);
int kss_gen_constant(struct kss_build *b, int64_t value, int into);
void kss_gen_add(struct kss_build *b, enum kss_width width, int to, int from, int64_t value);
// [x] holds the value of e->a; temporaries behind [before] are given back.
int kss_gen_cast(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before);

// ---- compile_memory.c -----------------------------------------------------------------------------
int kss_gen_lvalue(struct kss_build *b, struct kss_expr *e, int into);
int kss_gen_deref(struct kss_build *b, struct kss_expr *e, int x, int into, uint32_t before);
int kss_gen_address(struct kss_build *b, struct kss_expr *e, int into);
int kss_gen_assign(struct kss_build *b, struct kss_expr *e, int into, bool wanted);
int kss_gen_compound(struct kss_build *b, struct kss_expr *e, int into, bool wanted);
int kss_gen_step(struct kss_build *b, struct kss_expr *e, int into, bool wanted);
void kss_gen_store(struct kss_build *b, struct kss_expr *target, struct kss_expr *value);
void kss_gen_zero(struct kss_build *b, struct kss_expr *target);
unsigned kss_load_kind(const struct kss_ctype *type); // 0..6: I8 U8 I16 U16 I32 U32 64

// ---- compile_call.c -------------------------------------------------------------------------------
int kss_gen_call(struct kss_build *b, struct kss_expr *e, int into);
int kss_gen_nt(struct kss_build *b, struct kss_expr *e, int into);
void kss_gen_copy(struct kss_build *b, int to, int from, uint32_t size,
                  const struct kss_node *node);
// Whether the ABI passes a struct as the address of a copy its caller made.
bool kss_passed_by_address(const struct kss_build *b, const struct kss_ctype *type);
// Whether the caller gives a hidden pointer to room for the result.
bool kss_returned_by_address(const struct kss_build *b, const struct kss_ctype *type);
bool kss_is_wait(uint32_t nt_routine); // one whose status KSS7001 follows
bool kss_is_expansion(uint32_t nt_routine);

// ---- compile_seh.c: __try statements -------------------------------------------------------------
uint32_t kss_try_begin(struct kss_build *b, struct kss_node *node); // its number
// The end of the __try block [number]: what is at work is the statement around it.
void kss_try_end(struct kss_build *b, uint32_t number);
// Runs the __finally block of statement [number] here, as part of the routine.
void kss_put_finally(struct kss_build *b, uint32_t number, bool abnormal);
// Jumping or returning out of __try blocks up to, not including, statement [to].
void kss_put_leaving(struct kss_build *b, uint32_t from, uint32_t to, bool returns);
void kss_region_begin(struct kss_build *b);
void kss_region_end(struct kss_build *b);
void kss_compile_filter(struct kss_build *b, uint32_t number, struct kss_node *node);
// The body of a __finally block becomes the body at hand.
void kss_finally_begin(struct kss_build *b, uint32_t number, struct kss_node *node);
void kss_finally_end(struct kss_build *b, uint32_t number);
void kss_put_code(struct kss_build *b, int slot, uint32_t number); // slot = the exception's code
void kss_put_goto(struct kss_build *b, struct kss_node *node, uint32_t label);
void kss_check_gotos(struct kss_build *b);                // when all labels are known
uint32_t kss_try_slots(struct kss_build *b, uint32_t at); // they begin there; bytes
void kss_keep_scopes(struct kss_build *b);                // when the code has its place

// ---- frame_tables.c: the frame of the body at hand, [declared] bytes of which are known to be needed
void kss_frame_from_tables(struct kss_build *b, uint64_t declared);

// ---- compile_statement.c, compile_routine.c -----------------------------------------------------
void kss_compile_block(struct kss_build *b, struct kss_node *block);
void kss_check_labels(struct kss_build *b);
void kss_compile_routine(struct kss_build *b, uint32_t code);
void kss_compile_thread(struct kss_build *b, uint32_t thread);
// The thread that calls DriverEntry and AddDevice, when a driver has one.
void kss_compile_loader(struct kss_build *b);

#endif
