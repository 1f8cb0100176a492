// SPDX-License-Identifier: MIT
// Instructions of the routine being compiled: emitting, labels, slots, and what a frame costs.
//
// What becomes known only at the end is patched then: where captures and detectors lie behind the
// temporaries, where addressable temporaries lie below the locals, whether a wait's status was ever
// read. A finished body is appended to the program's code; jumps are relative, so only its switch
// tables move.
//
// The frame (program.h has the picture): declared locals are packed downward from the upper edge,
// below the return address. Its size is what the scenario gives, else assumed: locals, the ABI's
// overhead, parameters on x86 (their caller pushed them), rounded up.
#include "script/compile.h"

#include <stdlib.h>
#include <string.h>

enum { LARGEST_LOCALS = 1 << 30, LAST_SLOT = 32000, LONGEST = 1 << 22 };

// ---- Emitting -----------------------------------------------------------------------------------
static uint32_t put(struct kss_build *b, struct kss_instruction instruction) {
    struct kss_body *body = b->body;
    if (body->count == LONGEST) {
        if (!body->too_long)
            KSS_SAY(b, body->node, "KSS0128", "the routine is too long: more than %d instructions",
                    LONGEST);
        body->too_long = true;
        return 0;
    }
    KSS_ROOM(body->items, body->count, body->capacity);
    KSS_ROOM(body->places, body->count, body->place_capacity);
    body->items[body->count] = instruction;
    body->places[body->count] = body->place;
    return body->count++;
}

uint32_t kss_put(struct kss_build *b, enum kss_opcode op, unsigned x, int a, int b_, int c) {
    return put(b, (struct kss_instruction){.op = (uint8_t)op,
                                           .x = (uint8_t)x,
                                           .a = (int16_t)a,
                                           .b = (int16_t)b_,
                                           .c = (int16_t)c});
}

uint32_t kss_put_imm(struct kss_build *b, enum kss_opcode op, int a, int32_t imm) {
    return put(b, (struct kss_instruction){.op = (uint8_t)op, .a = (int16_t)a, .imm = imm});
}

void kss_put_word(struct kss_build *b, uint64_t word) {
    struct kss_instruction instruction;
    memcpy(&instruction, &word, sizeof word);
    put(b, instruction);
}

void kss_set_place(struct kss_build *b, const struct kss_node *node) {
    b->body->place = kss_place_of(b, node);
}

int kss_slot_new(struct kss_build *b) {
    struct kss_body *body = b->body;
    int slot = (int)body->slot;
    if (body->slot > LAST_SLOT) {
        if (!body->too_long)
            KSS_SAY(b, body->node, "KSS0128", "the routine needs too many temporaries");
        body->too_long = true;
        return slot;
    }
    body->slot += 8;
    if (body->slot_top < body->slot)
        body->slot_top = body->slot;
    return slot;
}

// ---- Fixes --------------------------------------------------------------------------------------
static void add_fix(struct kss_body *body, uint32_t *chain, uint32_t at, uint32_t what) {
    KSS_ROOM(body->fixes, body->fix_count, body->fix_capacity);
    body->fixes[body->fix_count] = (struct kss_fix){at, what, *chain};
    *chain = body->fix_count++;
}

void kss_fix_later(struct kss_build *b, uint32_t *chain, uint32_t at, uint32_t what) {
    add_fix(b->body, chain, at, what);
}

// ---- Labels -------------------------------------------------------------------------------------
uint32_t kss_label_new(struct kss_build *b) {
    struct kss_body *body = b->body;
    KSS_ROOM(body->labels, body->label_count, body->label_capacity);
    body->labels[body->label_count] =
        (struct kss_jump_label){.at = KSS_NOWHERE, .fixes = KSS_NOWHERE};
    return body->label_count++;
}

static bool takes_imm(unsigned op) {
    return op == KSS_I_JUMP || op == KSS_I_JUMP_0 || op == KSS_I_JUMP_1;
}

static void aim(struct kss_body *body, uint32_t at, uint32_t target) {
    struct kss_instruction *jump = &body->items[at];
    int32_t distance = (int32_t)target - (int32_t)at;
    if (takes_imm(jump->op)) {
        jump->imm = distance;
    } else {
        jump->x = (uint8_t)(distance & 0xFF);
        jump->c = (int16_t)((distance - (distance & 0xFF)) / 256);
    }
}

void kss_label_here(struct kss_build *b, uint32_t label) {
    struct kss_body *body = b->body;
    body->labels[label].at = body->count;
    for (uint32_t fix = body->labels[label].fixes; fix != KSS_NOWHERE; fix = body->fixes[fix].next)
        aim(body, body->fixes[fix].at, body->count);
    body->labels[label].fixes = KSS_NOWHERE;
}

static void jump_to(struct kss_body *body, uint32_t at, uint32_t label) {
    if (body->labels[label].at != KSS_NOWHERE)
        aim(body, at, body->labels[label].at);
    else
        add_fix(body, &body->labels[label].fixes, at, 0);
}

void kss_jump(struct kss_build *b, uint32_t label) {
    jump_to(b->body, kss_put_imm(b, KSS_I_JUMP, 0, 0), label);
}

void kss_jump_if(struct kss_build *b, enum kss_opcode op, int a, int b_, uint32_t label) {
    jump_to(b->body, kss_put(b, op, 0, a, b_, 0), label);
}

void kss_back_edge(struct kss_build *b) {
    struct kss_body *body = b->body;
    uint32_t depth = body->loops < KSS_DETECTORS ? body->loops : KSS_DETECTORS;
    if (depth == 0)
        depth = 1;
    if (body->detectors < depth)
        body->detectors = depth;
    uint32_t at = kss_put(b, KSS_I_SPIN, 0, 0, 0, 0);
    add_fix(body, &body->detector_fixes, at, depth - 1);
}

// ---- Captures -----------------------------------------------------------------------------------
// Every inline call tree between a variable's routine and this one passes its address on.
uint32_t kss_capture_index(struct kss_build *b, struct kss_symbol *symbol) {
    uint32_t index = 0;
    struct kss_body *body = b->body;
    for (; body != symbol->body; body = body->parent) {
        index = (uint32_t)(uintptr_t)kss_map_get(&body->capture_map, symbol);
        if (index == 0) {
            KSS_ROOM(body->captures, body->capture_count, body->capture_capacity);
            body->captures[body->capture_count++] = symbol;
            index = body->capture_count;
            kss_map_put(&body->capture_map, symbol, (void *)(uintptr_t)index);
        }
    }
    return (uint32_t)(uintptr_t)kss_map_get(&b->body->capture_map, symbol) - 1;
}

void kss_put_capture(struct kss_build *b, int slot, uint32_t capture) {
    uint32_t at = kss_put(b, KSS_I_MOV, 0, slot, 0, 0);
    add_fix(b->body, &b->body->capture_fixes, at, capture);
}

// ---- Room in the frame --------------------------------------------------------------------------
uint32_t kss_local_room(struct kss_build *b, uint64_t size, unsigned align, struct kss_node *node) {
    struct kss_body *body = b->body;
    unsigned most = b->config.profile.frame_align;
    if (align > most)
        align = most;
    if (align == 0)
        align = 1;
    uint64_t edge = (body->edge + size + align - 1) / align * align;
    if (edge > LARGEST_LOCALS) {
        if (body->edge <= LARGEST_LOCALS)
            KSS_SAY(b, node, "KSS0128", "the routine's locals are larger than 1 GB");
        return (uint32_t)body->edge;
    }
    body->edge = edge;
    return (uint32_t)edge;
}

void kss_local_named(struct kss_build *b, struct kss_symbol *symbol) {
    struct kss_body *body = b->body;
    KSS_ROOM(body->locals, body->local_count, body->local_capacity);
    body->locals[body->local_count++] = (struct kss_local){.name = symbol->name,
                                                           .type = kss_type_text(b, symbol->type),
                                                           .offset = symbol->offset,
                                                           .size = symbol->type->size,
                                                           .place = kss_place_of(b, symbol->node),
                                                           .shape = symbol->type};
}

uint32_t kss_hidden_object(struct kss_build *b, uint32_t size, uint32_t align, bool optional,
                           int64_t value) {
    struct kss_body *body = b->body;
    KSS_ROOM(body->hidden, body->hidden_count, body->hidden_capacity);
    body->hidden[body->hidden_count] = (struct kss_hidden_object){
        .size = size, .align = align, .fixes = KSS_NOWHERE, .optional = optional, .value = value};
    return body->hidden_count++;
}

void kss_put_hidden(struct kss_build *b, int slot, uint32_t hidden) {
    uint32_t at = kss_put_imm(b, KSS_I_LOCAL, slot, 0);
    add_fix(b->body, &b->body->hidden[hidden].fixes, at, 0);
}

// ---- A body -------------------------------------------------------------------------------------
struct kss_body *kss_body_begin(struct kss_build *b, uint32_t code, struct kss_node *node) {
    struct kss_body *body = KSS_NEW(b->arena, struct kss_body);
    *body = (struct kss_body){.parent = b->body,
                              .code = code,
                              .node = node,
                              .capture_fixes = KSS_NOWHERE,
                              .detector_fixes = KSS_NOWHERE,
                              .try_fixes = KSS_NOWHERE,
                              .code_fixes = KSS_NOWHERE,
                              .edge = b->config.profile.return_address,
                              .scope = b->newest};
    b->body = body;
    return body;
}

static uint32_t temporary_global(struct kss_build *b, int64_t value) {
    uint8_t *bytes = kss_alloc(b->arena, 8);
    for (unsigned i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)value >> (8 * i));
    bool paged = b->paged_data;
    b->paged_data = false;
    uint32_t global = kss_add_global(b, "`time'", kss_type_base(b, KSS_BASE_INT64), b->body->node);
    b->paged_data = paged;
    KSS_ROOM(b->initials, b->initial_count, b->initial_capacity);
    b->initials[b->initial_count++] =
        (struct kss_initial){.kind = KSS_DATUM_BYTES, .global = global, .size = 8, .bytes = bytes};
    return global;
}

// Addressable temporaries lie below the declared locals. A constant time that a given frame has no
// room for becomes a global instead: the shorthand `30s` must not make a listed frame too small.
static void place_hidden(struct kss_build *b, bool optional) {
    struct kss_body *body = b->body;
    bool is_body = b->codes[body->code].flags & (KSS_CODE_BODY | KSS_CODE_FUNCLET);
    for (uint32_t i = 0; i < body->hidden_count; i++) {
        struct kss_hidden_object *hidden = &body->hidden[i];
        if (hidden->optional != optional)
            continue;
        uint64_t before = body->edge;
        uint32_t offset = kss_local_room(b, hidden->size, hidden->align, body->node);
        bool full = is_body || (body->given && offset > body->given_bytes);
        uint32_t global = KSS_NOWHERE;
        if (optional && full) {
            body->edge = before;
            global = temporary_global(b, hidden->value);
        }
        for (uint32_t fix = hidden->fixes; fix != KSS_NOWHERE; fix = body->fixes[fix].next) {
            struct kss_instruction *use = &body->items[body->fixes[fix].at];
            use->op = global == KSS_NOWHERE ? KSS_I_LOCAL : KSS_I_GLOBAL;
            use->imm = global == KSS_NOWHERE ? (int32_t)offset : (int32_t)global;
        }
    }
}

static void check_given(struct kss_build *b, uint64_t declared) {
    struct kss_body *body = b->body;
    const struct kss_profile *profile = &b->config.profile;
    struct kss_code *code = &b->codes[body->code];
    if (body->given_bytes < declared) {
        uint64_t ret = profile->return_address;
        struct kss_diag *diag =
            KSS_SAY(b, body->given_node, "KSS0121",
                    "the frame of `%s` is smaller than what it holds: 0x%X (%u) bytes", code->name,
                    body->given_bytes, body->given_bytes);
        kss_diag_label(b->diags, diag, "locals %llu + return address %llu = %llu (0x%llX) bytes",
                       (unsigned long long)(declared - ret), (unsigned long long)ret,
                       (unsigned long long)declared, (unsigned long long)declared);
        kss_diag_note(b->diags, diag, "help",
                      "a frame is everything one call costs, return address included");
        return;
    }
    uint32_t align = profile->frame_align ? profile->frame_align : 1;
    uint32_t rounded = (body->given_bytes + align - 1) / align * align;
    if (rounded != body->given_bytes) {
        struct kss_diag *diag =
            kss_diag_add(b->diags, KSS_NOTE, "KSS0122", kss_span_of(b, body->given_node),
                         "the frame of `%s` is rounded up to 0x%X bytes", code->name, rounded);
        kss_diag_label(b->diags, diag, "frames of machine %s are multiples of %u", profile->name,
                       align);
    }
    code->bytes = rounded;
}

static void size_frame(struct kss_build *b) {
    struct kss_body *body = b->body;
    struct kss_code *code = &b->codes[body->code];
    const struct kss_profile *profile = &b->config.profile;
    uint64_t align = profile->frame_align ? profile->frame_align : 1;
    place_hidden(b, false);
    uint64_t declared = body->edge;
    code->origin = body->given ? KSS_ORIGIN_GIVEN : KSS_ORIGIN_ASSUMED;
    kss_frame_from_tables(b, declared);
    place_hidden(b, true);
    uint32_t locals = (uint32_t)(body->edge - profile->return_address);
    locals = (locals + b->pointer - 1) / b->pointer * b->pointer;
    code->locals_size = locals;
    if (body->given) {
        check_given(b, declared);
    } else if (code->flags & (KSS_CODE_BODY | KSS_CODE_FUNCLET)) {
        code->bytes =
            locals == 0
                ? 0
                : (uint32_t)((locals + profile->return_address + align - 1) / align * align);
    } else {
        uint64_t overhead = profile->frame_overhead > profile->return_address
                                ? profile->frame_overhead
                                : profile->return_address;
        uint64_t bytes = locals + overhead + body->parameter_bytes + body->outgoing;
        uint64_t least = locals + profile->return_address;
        bytes = bytes - body->home_bytes > least ? bytes - body->home_bytes : least;
        code->bytes = (uint32_t)((bytes + align - 1) / align * align);
    }
}

// Parameters first, then temporaries; captures and detectors behind them.
static void size_run(struct kss_build *b) {
    struct kss_body *body = b->body;
    struct kss_code *code = &b->codes[body->code];
    struct kss_entry_point *entry = &b->entries[body->code];
    uint32_t captures = body->slot_top;
    uint32_t detectors = captures + body->capture_count * 8;
    uint32_t tries = detectors + body->detectors * KSS_DETECTOR;
    uint32_t end = tries + kss_try_slots(b, tries);
    if (end > INT16_MAX && !body->too_long)
        KSS_SAY(b, body->node, "KSS0128", "the routine needs too many temporaries");
    for (uint32_t fix = body->capture_fixes; fix != KSS_NOWHERE; fix = body->fixes[fix].next)
        body->items[body->fixes[fix].at].b = (int16_t)(captures + body->fixes[fix].what * 8);
    for (uint32_t fix = body->detector_fixes; fix != KSS_NOWHERE; fix = body->fixes[fix].next)
        body->items[body->fixes[fix].at].a =
            (int16_t)(detectors + body->fixes[fix].what * KSS_DETECTOR);
    entry->slots = code->locals_size;
    entry->captures = (uint16_t)captures;
    entry->capture_count = (uint16_t)body->capture_count;
    entry->detectors = (uint16_t)detectors;
    entry->detectors_size = (uint16_t)(body->detectors * KSS_DETECTOR);
    code->run_bytes = code->locals_size + end;
    entry->bytes = code->bytes;
    entry->need = ((uint32_t)sizeof(struct kss_frame) + code->run_bytes + 7) & ~UINT32_C(7);
}

// Waits whose status went nowhere, or met NT_SUCCESS only, keep their check; the rest need none.
static void settle_checks(struct kss_body *body) {
    for (uint32_t i = 0; i < body->check_count; i++) {
        const struct kss_status_check *check = &body->checks[i];
        struct kss_instruction *at = &body->items[check->at];
        const struct kss_symbol *symbol = check->symbol;
        if (symbol == NULL)
            continue;
        bool used = symbol->reads > 0 || (check->unused_only && symbol->success_reads > 0);
        if (symbol->exposed || used)
            at->op = KSS_I_NOP;
        else
            at->x = symbol->success_reads > 0 ? KSS_DROPPED_NT_SUCCESS : KSS_DROPPED_UNUSED;
    }
}

static void append_code(struct kss_build *b) {
    struct kss_body *body = b->body;
    uint32_t base = b->instruction_count;
    size_t total = (size_t)base + body->count;
    if (total > b->instruction_capacity)
        b->code = kss_grow(b->code, &b->instruction_capacity, total, sizeof *b->code);
    if (total > b->code_place_capacity)
        b->code_places =
            kss_grow(b->code_places, &b->code_place_capacity, total, sizeof *b->code_places);
    if (body->count > 0) {
        memcpy(b->code + base, body->items, body->count * sizeof *b->code);
        memcpy(b->code_places + base, body->places, body->count * sizeof *b->code_places);
    }
    b->instruction_count += body->count;
    b->entries[body->code].pc = base;
    for (uint32_t i = 0; i < body->switch_count; i++) {
        struct kss_switch *table = &b->switches[body->switches[i]];
        struct kss_case *cases = (struct kss_case *)(uintptr_t)table->cases;
        for (uint32_t k = 0; k < table->count; k++)
            cases[k].pc += base;
        table->other += base;
    }
}

static void keep_locals(struct kss_build *b) {
    struct kss_body *body = b->body;
    struct kss_code *code = &b->codes[body->code];
    struct kss_local *locals = KSS_NEW_ARRAY(b->arena, struct kss_local, body->local_count + 1);
    if (body->local_count > 0)
        memcpy(locals, body->locals, body->local_count * sizeof *locals);
    code->locals = locals;
    code->local_count = body->local_count;
}

static void free_body(struct kss_body *body) {
    free(body->items);
    free(body->places);
    free(body->labels);
    free(body->fixes);
    free(body->captures);
    free(body->hidden);
    free(body->checks);
    free(body->locals);
    free(body->switches);
    free(body->scopes);
    free(body->regions);
    free(body->gotos);
    kss_map_free(&body->unknown);
    kss_map_free(&body->capture_map);
    kss_map_free(&body->label_map);
}

void kss_body_end(struct kss_build *b) {
    struct kss_body *body = b->body;
    kss_put(b, KSS_I_RETURN_0, 0, 0, 0, 0);
    size_frame(b);
    size_run(b);
    settle_checks(body);
    keep_locals(b);
    append_code(b);
    kss_keep_scopes(b);
    kss_scope_end(b, body->scope);
    b->body = body->parent;
    free_body(body);
}
