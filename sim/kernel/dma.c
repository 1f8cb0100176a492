// SPDX-License-Identifier: MIT
// Transfers: a device reads or writes memory later, by the page frames it was given.
//
// When it is programmed, the frames are taken down: an MDL's, or what MmGetPhysicalAddress would say
// of a plain buffer. When the transfer comes, nobody translates addresses any more. A page that is
// still in its frame gets the data, locked or not. One that moved meanwhile does not: the data goes
// to whoever has the frame now, no fault tells anybody, and the page keeps what it held. kss gives the frame
// to the newest live pool block (policy stale-frame) and says so.
//
//     programmed   page A in frame 7     device: "write frame 7"
//     wait         page A to frame 9     frame 7 to pool block B
//     transfer     B is overwritten      A is unchanged
//
// A device writes bytes 0xDA in scenarios, the test's own natively.
#include "kernel/mdl.h"

enum { DEVICE_BYTE = 0xDA };
enum result { DONE, TRADED, OUT, DEAD, FREED, UNMAPPED };

bool kss_dma_uses(const struct kss_machine *m, uint32_t mdl_number) {
    for (uint32_t i = 0; i < kss_due_at_count(m); i++)
        if (kss_due_at(m, i)->kind == KSS_DUE_DMA && kss_due_at(m, i)->arguments[3] == mdl_number &&
            mdl_number != 0)
            return true;
    return false;
}

// ---- Programming --------------------------------------------------------------------------------
static void program(struct kss_machine *m, struct kss_due *due, uint64_t after, uint64_t range,
                    uint32_t place) {
    due->argument_count = 5;
    kss_promise(m, due, after, range, place);
    if (kss_wants(m, KSS_EV_DMA_PROGRAM))
        kss_emit_at(m, KSS_EV_DMA_PROGRAM, place, due->arguments[0], due->arguments[1],
                    due->arguments[3], due->irql & KSS_DMA_WRITE);
}

// Every MDL of a chain is a transfer of its own; the device's data goes on.
static void program_mdl(struct kss_machine *m, struct kss_due due, uint64_t after, uint64_t range,
                        uint32_t place) {
    kss_addr mdl = due.arguments[0];
    uint64_t left = due.arguments[1] != 0 ? due.arguments[1] : UINT64_MAX;
    if (mdl == 0)
        kss_mdl_misused(m, 0, KSS_NT_COUNT, KSS_MDL_NO_PAGES);
    while (mdl != 0 && left != 0 && !kss_globals(m)->stopped) {
        struct kss_mdl fields;
        if (kss_mdl_read(m, mdl, &fields).kind != KSS_OUT_RETURN)
            return;
        uint16_t index = kss_object_at(m, mdl);
        unsigned state = index == KSS_NONE || kss_object_ref(m, index)->kind != KSS_O_MDL
                             ? 0
                             : kss_object_ref(m, index)->irql;
        if (!(state & (KSS_MDL_LOCKED | KSS_MDL_BUILT | KSS_MDL_PARTIAL | KSS_MDL_PAGES))) {
            kss_mdl_misused(m, mdl, KSS_NT_COUNT, KSS_MDL_NO_PAGES);
            return;
        }
        const struct kss_object *object = kss_object_ref(m, index);
        struct kss_due part = due;
        part.arguments[0] = object->arguments[1] != 0 ? object->arguments[1] : object->context;
        part.arguments[1] = object->period < left ? object->period : left;
        part.arguments[2] = object->arguments[0];
        part.arguments[3] = kss_object_number(m, index);
        uint64_t bytes = part.arguments[1];
        left -= bytes;
        program(m, &part, after, range, place);
        if (due.arguments[4] != 0)
            due.arguments[4] += bytes;
        mdl = fields.next;
    }
}

void kss_dma_program(struct kss_machine *m, const struct kss_due *what, uint64_t after,
                     uint64_t range, uint32_t place) {
    struct kss_due due = *what;
    if (due.irql & KSS_DMA_BY_MDL) {
        program_mdl(m, due, after, range, place);
        return;
    }
    if ((int64_t)due.arguments[1] <= 0)
        return;
    due.arguments[2] = kss_page_moves(m, due.arguments[0]);
    due.arguments[3] = 0;
    program(m, &due, after, range, place);
}

// ---- Bytes --------------------------------------------------------------------------------------
// [data]: natively where the device's bytes are, 0: its pattern.
static void put_bytes(struct kss_machine *m, kss_addr to, uint64_t size, kss_addr data) {
    for (uint64_t i = 0; i < size; i++)
        kss_poke(m, to + i, 1, data == 0 ? DEVICE_BYTE : kss_peek(m, data + i, 1));
}

static void get_bytes(struct kss_machine *m, kss_addr from, uint64_t size, kss_addr data) {
    for (uint64_t i = 0; data != 0 && i < size; i++)
        kss_poke(m, data + i, 1, kss_peek(m, from + i, 1));
}

static void move_bytes(struct kss_machine *m, const struct kss_due *due, kss_addr at,
                       uint64_t offset, uint64_t size) {
    kss_addr data = due->arguments[4] == 0 ? 0 : due->arguments[4] + offset;
    if (due->irql & KSS_DMA_WRITE)
        put_bytes(m, at, size, data);
    else
        get_bytes(m, at, size, data);
}

// The newest live block of a driver's, by the number of its allocation; KSS_NO_FRAME: none.
static uint32_t newest_block(const struct kss_machine *m) {
    uint32_t best = KSS_NO_FRAME;
    for (uint32_t i = 0; i < kss_region_at_count(m); i++) {
        const struct kss_region *region = kss_region_at(m, i);
        bool pool = region->kind == KSS_REGION_NONPAGED ||
                    (region->kind == KSS_REGION_PAGED && !region->out);
        if (pool && region->nt == KSS_NTB_NONE &&
            (best == KSS_NO_FRAME || region->number > kss_region_at(m, best)->number))
            best = i;
    }
    return best;
}

static void hit(struct kss_machine *m, const struct kss_due *due, kss_addr address, uint64_t offset,
                uint64_t size) {
    uint32_t block = newest_block(m), name = 0;
    kss_addr instead = 0;
    uint64_t bytes = 0;
    if (block != KSS_NO_FRAME) {
        const struct kss_region *region = kss_region_at(m, block);
        instead = region->address;
        bytes = region->size < size ? region->size : size;
        move_bytes(m, due, instead, offset, bytes);
    }
    kss_policy_used(m, KSS_POLICY_stale_frame);
    if (!kss_wants(m, KSS_EV_DMA_HIT))
        return;
    kss_text_clear(&m->scratch);
    if (instead != 0)
        kss_describe(m, instead, &m->scratch);
    name = kss_text_id(m, instead != 0 ? m->scratch.bytes : "");
    kss_emit(m, KSS_EV_DMA_HIT, address, instead, bytes, name);
}

// ---- The transfer -------------------------------------------------------------------------------
static void touched_dead(struct kss_machine *m, const struct kss_due *due, kss_addr address,
                         uint16_t stack) {
    if (!kss_wants(m, KSS_EV_TOUCH_DEAD))
        return;
    kss_text_clear(&m->scratch);
    kss_describe(m, address, &m->scratch);
    kss_emit(m, KSS_EV_TOUCH_DEAD, address, kss_stack_at(m, stack)->thread,
             due->irql & KSS_DMA_WRITE, kss_text_id(m, m->scratch.bytes));
}

// What becomes of the part of one page.
static enum result look(struct kss_machine *m, const struct kss_due *due, kss_addr address) {
    uint32_t index, depth;
    switch (kss_page_kind(m, address, &index)) {
    case KSS_PAGE_NONE: return UNMAPPED;
    case KSS_PAGE_FREED: return FREED;
    case KSS_PAGE_FIXED: return DONE;
    case KSS_PAGE_PAGED:
        return kss_page_stays(m, address, (uint16_t)due->arguments[2]) ? DONE : OUT;
    case KSS_PAGE_STACK: break;
    }
    kss_stack_of(m, address, &depth);
    const struct kss_stack *stack = kss_stack_at(m, index);
    bool out = stack->thread != KSS_NONE && kss_thread_at(m, stack->thread)->out &&
               !kss_pages_locked(m, address, 1);
    if (out)
        return OUT;
    if (!kss_page_stays(m, address, (uint16_t)due->arguments[2])) {
        kss_policy_used(m, KSS_POLICY_page_trading);
        return TRADED;
    }
    return depth > stack->depth ? DEAD : DONE;
}

// Its frame has returned with the pages locked, and that has been said.
static bool left_locked(const struct kss_machine *m, uint32_t number) {
    uint16_t mdl = kss_object_numbered(m, number);
    return mdl != KSS_NONE && kss_object_ref(m, mdl)->irql & KSS_MDL_LEFT;
}

static void transfer(struct kss_machine *m, const struct kss_due *due, kss_addr at, uint64_t offset,
                     uint64_t size, enum result result) {
    uint8_t byte;
    uint32_t depth;
    KSS_EMIT(m, KSS_EV_DMA, at, size, due->irql & KSS_DMA_WRITE, result);
    switch (result) {
    case DONE: move_bytes(m, due, at, offset, size); break;
    case TRADED:
    case OUT: hit(m, due, at, offset, size); break;
    case DEAD:
        if (!left_locked(m, (uint32_t)due->arguments[3]))
            touched_dead(m, due, at, kss_stack_of(m, at, &depth));
        break;
    case FREED:
        if (kss_stack_of(m, at, &depth) != KSS_NONE)
            touched_dead(m, due, at, kss_stack_of(m, at, &depth));
        else if (due->irql & KSS_DMA_WRITE)
            kss_store(m, at, 1, DEVICE_BYTE, KSS_WHO_DMA);
        else
            kss_read(m, at, &byte, 1, KSS_WHO_DMA);
        break;
    case UNMAPPED: break;
    }
}

void kss_dma_happen(struct kss_machine *m, const struct kss_due *due) {
    uint64_t size = due->arguments[1], page = m->config.profile.page_size;
    kss_addr begin = due->arguments[0];
    for (uint64_t done = 0; done < size;) { // neighbours that fare alike are one transfer
        enum result result = look(m, due, begin + done);
        uint64_t next = done;
        do
            next = kss_page_of(m, begin + next) + page - begin;
        while (next < size && look(m, due, begin + next) == result);
        next = next < size ? next : size;
        transfer(m, due, begin + done, done, next - done, result);
        done = next;
    }
}

// ---- Physical addresses -------------------------------------------------------------------------
struct kss_outcome kss_nt_MmGetPhysicalAddress(struct kss_machine *m, struct kss_call *call) {
    uint32_t index;
    kss_addr address = call->arguments[0];
    enum kss_page_kind kind = kss_page_kind(m, address, &index);
    bool out =
        (kind == KSS_PAGE_PAGED && kss_region_at(m, index)->out) ||
        (kind == KSS_PAGE_STACK && kss_stack_at(m, index)->thread != KSS_NONE &&
         kss_thread_at(m, kss_stack_at(m, index)->thread)->out && !kss_pages_locked(m, address, 1));
    if (kind == KSS_PAGE_NONE || kind == KSS_PAGE_FREED || out)
        return kss_return(0);
    unsigned page = m->config.profile.page_size;
    return kss_return(kss_page_frame(m, address) * page + (address & (page - 1)));
}
