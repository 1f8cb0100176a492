// SPDX-License-Identifier: MIT
// Simulated memory: what lies at an address, whether it may be touched now, and what happens if
// not.
//
//   user space      0 .. highest user address     nothing is mapped: an access violation
//   image           code slots, then the globals  nonpaged, or pageable (#pragma data_seg)
//   pool            nonpaged and paged blocks     regions, ascending, never reused
//   stacks          slots of stack + guard page   bytes only where live frames have locals
//
// Checks are per region: residency (out-swapped stack, trimmed pageable memory), life (dead frame,
// freed block), and mapping. A fault becomes (DBG bug-check-0xa, -0xd1, -0x50; KRN handling-exceptions):
//
//   nt works on an object, page out          0xA  (address, 2, read/write, ip)   at whatever IRQL
//   driver code, page out, IRQL >= DISPATCH  0xD1 (address, irql, read/write, ip)
//   driver code, another's stack out, below  policy foreign-touch: 0x50 or page in
//   pageable memory out, IRQL < DISPATCH     paged in, silently
//   user address, IRQL < DISPATCH            exception STATUS_ACCESS_VIOLATION
//   bad system address, IRQL < DISPATCH      0x50 (address, read/write, ip, 0)
#include "kernel/machine.h"

#include "base/os.h"

#include <inttypes.h>
#include <stdlib.h>

enum { CODE_SLOT = 16 };

// Areas, conventions of the simulator, one row per pointer size. They do not touch; whoever hands out
// addresses stays in its own (the pools wrap around, stack slots are used again).
static const struct kss_areas layouts[2] = {
    {0x7FFEFFFF, 0x81000000, 0xA1000000, 0xE1000000, 0xF8C00000, 0xFF000000, 0x82000000},
    {UINT64_C(0x7FFFFFFEFFFF), UINT64_C(0xFFFF800010000000), UINT64_C(0xFFFFF88010000000),
     UINT64_C(0xFFFFF8A000000000), UINT64_C(0xFFFFFB0001000000), UINT64_C(0xFFFFFB0041000000),
     UINT64_C(0xFFFFFA8001000000)},
};

static const struct kss_areas *layout(const struct kss_machine *m) {
    return &m->layout;
}

// Natively the pools and stacks are where the host has them. What a report prints lies at the same
// distance into the simulated areas.
static void lay_out(struct kss_machine *m) {
    m->layout = layouts[kss_wide(m)];
    m->space = m->port.space;
    if (m->space == NULL)
        return;
    m->layout.nonpaged = m->space->nonpaged;
    m->layout.stacks = m->space->stacks;
    m->layout.paged = m->space->paged;
    m->layout.threads = m->space->threads;
}

static bool in_space(const struct kss_machine *m, kss_addr address) {
    return m->space != NULL && address >= m->space->threads && address < m->space->end;
}

kss_addr kss_shown(const struct kss_machine *m, kss_addr address) {
    const struct kss_space *space = m->space;
    const struct kss_areas *plain = &layouts[kss_wide(m)];
    if (space == NULL || address < 0x10000)
        return address;
    if (!in_space(m, address))
        return space->shown(space->context, address);
    if (address >= space->paged)
        return plain->paged + (address - space->paged);
    if (address >= space->stacks)
        return plain->stacks + (address - space->stacks);
    if (address >= space->nonpaged)
        return plain->nonpaged + (address - space->nonpaged);
    return plain->threads + (address - space->threads);
}

// ---- Code and globals ---------------------------------------------------------------------------
kss_addr kss_code_address(const struct kss_machine *m, uint32_t code) {
    if (m->space != NULL)
        return m->space->code_address(m->space->context, code);
    return layout(m)->code + (kss_addr)code * CODE_SLOT;
}

bool kss_code_at(const struct kss_machine *m, kss_addr address, uint32_t *code) {
    if (m->space != NULL)
        return m->space->code_at(m->space->context, address, code);
    kss_addr base = layout(m)->code;
    if (address < base || (address - base) % CODE_SLOT != 0 ||
        (address - base) / CODE_SLOT >= m->image->code_count)
        return false;
    *code = (uint32_t)((address - base) / CODE_SLOT);
    return true;
}

kss_addr kss_global_address(const struct kss_machine *m, uint32_t global) {
    return m->global_addresses[global];
}

void kss_memory_init(struct kss_machine *m) {
    lay_out(m);
    const struct kss_areas *where = layout(m);
    struct kss_global *global = kss_globals(m);
    global->stack_next = where->stacks;
    global->nonpaged_next = where->nonpaged;
    global->paged_next = where->paged;
    kss_addr next = where->code + (kss_addr)m->image->code_count * CODE_SLOT;
    next = (next + 0xFFF) & ~UINT64_C(0xFFF);
    m->global_addresses = calloc(m->image->global_count + 1u, sizeof *m->global_addresses);
    if (m->global_addresses == NULL)
        kss_os_fatal("out of memory");
    for (uint32_t i = 0; i < m->image->global_count; i++) {
        const struct kss_variable *variable = &m->image->globals[i];
        m->global_addresses[i] = next;
        struct kss_region *region =
            kss_region_add(m, next, variable->size,
                           variable->pageable ? KSS_REGION_IMAGE_PAGED : KSS_REGION_IMAGE);
        region->number = i;
        next += (variable->size + 16u) & ~UINT64_C(15);
    }
}

kss_addr kss_area(const struct kss_machine *m, enum kss_area area, kss_addr *end) {
    const struct kss_areas *where = layout(m);
    switch (area) {
    case KSS_AREA_NONPAGED: *end = where->stacks; return where->nonpaged;
    case KSS_AREA_PAGED: *end = m->space != NULL ? m->space->end : where->code; return where->paged;
    case KSS_AREA_STACKS: break;
    }
    *end = where->paged;
    return where->stacks;
}

// ---- Regions ------------------------------------------------------------------------------------
// Index of the first region above [address]; regions are sorted and do not overlap.
uint32_t kss_region_after(const struct kss_machine *m, kss_addr address) {
    const struct kss_region *regions = kss_region_at(m, 0);
    uint32_t low = 0, high = kss_region_at_count(m);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (regions[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct kss_region *region_at(const struct kss_machine *m, kss_addr address) {
    uint32_t after = kss_region_after(m, address);
    if (after == 0)
        return NULL;
    struct kss_region *region = kss_region_at(m, after - 1);
    return address - region->address < region->size ? region : NULL;
}

uint32_t kss_region_find(const struct kss_machine *m, kss_addr address) {
    const struct kss_region *region = region_at(m, address);
    return region == NULL ? KSS_NO_FRAME : (uint32_t)(region - kss_region_at(m, 0));
}

struct kss_region *kss_region_add(struct kss_machine *m, kss_addr address, uint32_t size,
                                  enum kss_region_kind kind) {
    uint32_t bytes = 0;
    if (m->space == NULL)
        bytes = kss_bytes_alloc(m, size);
    else
        memset(kss_host_bytes(m, address), 0, size);
    uint32_t index = kss_region_after(m, address);
    kss_section_insert(m, KSS_S_REGION, index * (uint32_t)sizeof(struct kss_region),
                       sizeof(struct kss_region));
    struct kss_region *region = kss_region_at(m, index);
    *region = (struct kss_region){
        .address = address, .size = size, .bytes = bytes, .kind = (uint8_t)kind};
    return region;
}

static bool pageable(const struct kss_region *region) {
    return region->kind == KSS_REGION_PAGED || region->kind == KSS_REGION_IMAGE_PAGED;
}

static bool any_locked(const struct kss_machine *m) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++)
        if (kss_object_ref(m, i)->kind == KSS_O_MDL && kss_object_ref(m, i)->irql & KSS_MDL_LOCKED)
            return true;
    return false;
}

// A block leaves memory as a whole, so one locked page keeps it.
static bool region_locked(const struct kss_machine *m, const struct kss_region *region) {
    kss_addr page = m->config.profile.page_size;
    for (kss_addr at = region->address; at < region->address + region->size;
         at = (at & ~(page - 1)) + page)
        if (kss_pages_locked(m, at, 1))
            return true;
    return false;
}

void kss_trim(struct kss_machine *m) {
    uint64_t bytes = 0;
    bool locks = any_locked(m);
    for (uint32_t i = 0; i < kss_region_at_count(m); i++) {
        struct kss_region *region = kss_region_at(m, i);
        if (pageable(region) && !region->out && !(locks && region_locked(m, region))) {
            region->out = 1;
            region->moves++;
            bytes += region->size;
            if (m->space != NULL)
                m->space->residency(m->space->context, region->address,
                                    region->address + region->size, false);
        }
    }
    KSS_EMIT(m, KSS_EV_TRIM, bytes, 0, 0, 0);
}

// ---- Stacks as memory ---------------------------------------------------------------------------
uint16_t kss_stack_of(const struct kss_machine *m, kss_addr address, uint32_t *depth) {
    uint32_t count = kss_stack_at_count(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_stack *stack = kss_stack_at(m, i);
        if (address < stack->base && stack->base - address <= stack->size) {
            *depth = (uint32_t)(stack->base - address);
            return (uint16_t)i;
        }
    }
    return KSS_NONE;
}

static bool stack_is_out(const struct kss_machine *m, const struct kss_stack *stack) {
    return stack->thread != KSS_NONE && kss_thread_at(m, stack->thread)->out;
}

// The frame of [stack] that covers the byte at [depth], NULL: none. The byte at depth d belongs to
// the frame with previous depth < d <= depth.
static struct kss_frame *frame_covering(const struct kss_machine *m, const struct kss_stack *stack,
                                        uint32_t depth) {
    for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
        struct kss_frame *frame = kss_frame_at(m, stack, at);
        if (depth > frame->depth - frame->bytes)
            return depth <= frame->depth ? frame : NULL;
        at = frame->previous;
    }
    return NULL;
}

// Host bytes of a local: [size] bytes from the byte at [depth] upwards; NULL when they are filler.
static uint8_t *local_bytes(struct kss_machine *m, const struct kss_stack *stack, uint32_t depth,
                            uint32_t size) {
    struct kss_frame *frame = frame_covering(m, stack, depth);
    if (frame != NULL && frame->entry == KSS_ENTRY_EXCEPTION) {
        uint32_t shown = kss_exception_shown(m), from = depth - (frame->depth - frame->bytes);
        return from <= shown && from >= size ? kss_frame_run(frame) + (shown - from) : NULL;
    }
    if (frame == NULL || frame->entry > KSS_ENTRY_CALLOUT)
        return NULL;
    const struct kss_code *code = &m->image->code[frame->routine];
    uint32_t below_edge = depth - (frame->depth - frame->bytes);
    uint32_t top = m->config.profile.return_address;
    if (below_edge < top + size || below_edge > top + code->locals_size)
        return NULL;
    return kss_frame_run(frame) + (top + code->locals_size - below_edge);
}

// ---- Faults -------------------------------------------------------------------------------------
static kss_addr instruction(struct kss_machine *m, enum kss_who who) {
    if (m->fault_pc != 0)
        return m->fault_pc;
    uint32_t routine = kss_innermost(m);
    if (who == KSS_WHO_NT || routine == KSS_NO_FRAME)
        return kss_nt_address(m, m->at_work < KSS_NT_COUNT ? m->at_work : 0);
    return kss_code_address(m, routine);
}

static const char *describe(struct kss_machine *m, kss_addr address) {
    kss_text_clear(&m->scratch);
    kss_describe(m, address, &m->scratch);
    return m->scratch.bytes;
}

static struct kss_outcome fault(struct kss_machine *m, kss_addr address, bool write,
                                enum kss_who who, uint32_t code) {
    char about[256];
    const char *text = describe(m, address);
    size_t length = strlen(text) < sizeof about ? strlen(text) : sizeof about - 1;
    memcpy(about, text, length);
    about[length] = 0;
    kss_addr ip = instruction(m, who);
    unsigned irql = kss_cpu(m)->irql;
    if (code == 0x50)
        kss_bugcheck(m, code, address, write, ip, 0, m->at_work, about);
    else // a dispatcher routine works at DISPATCH_LEVEL whatever its caller's IRQL
        kss_bugcheck(m, code, address,
                     who == KSS_WHO_NT && irql < KSS_DISPATCH_LEVEL ? KSS_DISPATCH_LEVEL : irql,
                     write, ip, m->at_work, about);
    return kss_stopped();
}

static uint32_t object_number_at(const struct kss_machine *m, kss_addr address) {
    uint16_t object = kss_object_at(m, address);
    return object == KSS_NONE ? 0 : kss_object_number(m, object);
}

static struct kss_outcome touch_out_stack(struct kss_machine *m, const struct kss_stack *stack,
                                          kss_addr address, bool write, enum kss_who who) {
    uint16_t thread = stack->thread;
    KSS_EMIT(m, KSS_EV_TOUCH_OUT, object_number_at(m, address), thread, who == KSS_WHO_NT ? 0 : 1,
             address);
    if (who == KSS_WHO_NT)
        return fault(m, address, write, who, 0xA);
    if (kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
        return fault(m, address, write, who, 0xD1);
    kss_policy_used(m, KSS_POLICY_foreign_touch);
    if (m->config.foreign_touch == KSS_FOREIGN_PAGE_IN) {
        kss_inswap(m, thread);
        return kss_return(0);
    }
    return fault(m, address, write, who, 0x50);
}

static struct kss_outcome touch_dead(struct kss_machine *m, kss_addr address, bool write,
                                     uint16_t thread) {
    if (kss_wants(m, KSS_EV_TOUCH_DEAD)) {
        uint32_t text = kss_text_id(m, describe(m, address));
        kss_emit(m, KSS_EV_TOUCH_DEAD, address, thread, write, text);
    }
    return kss_return(0);
}

// A page fault in driver code leaves a trap frame on its stack; what nt takes below it to read the page
// is not known. Natively the host's frames are what is there.
static struct kss_outcome page_fault(struct kss_machine *m) {
    if (m->space != NULL)
        return kss_return(0);
    uint32_t bytes = m->config.profile.interrupt_reserve;
    if (!kss_frame_push(m, KSS_PATH_FAULT, bytes, 0, KSS_ENTRY_TRAP))
        return kss_stopped();
    kss_frame_pop(m);
    return kss_return(0);
}

static struct kss_outcome touch_region(struct kss_machine *m, struct kss_region *region,
                                       kss_addr address, bool write, enum kss_who who) {
    if (region->kind == KSS_REGION_FREED) {
        if (kss_wants(m, KSS_EV_TOUCH_FREED)) {
            uint32_t text = kss_text_id(m, describe(m, address));
            kss_emit(m, KSS_EV_TOUCH_FREED, address, write, text, 0);
        }
        return kss_return(0);
    }
    if (!pageable(region))
        return kss_return(0);
    bool raised = kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL || who == KSS_WHO_NT;
    bool out = region->out;
    if (raised && kss_wants(m, KSS_EV_TOUCH_PAGED)) {
        uint32_t text = kss_text_id(m, describe(m, address));
        kss_emit(m, KSS_EV_TOUCH_PAGED, address, write, out, text);
        region = region_at(m, address); // emitting may move the block
    }
    if (out && raised)
        return fault(m, address, write, who, who == KSS_WHO_NT ? 0xA : 0xD1);
    if (out && who == KSS_WHO_DRIVER) {
        KSS_TRY(page_fault(m));
        region = region_at(m, address);
    }
    if (out && m->space != NULL)
        m->space->residency(m->space->context, region->address, region->address + region->size,
                            true);
    region->out = 0;
    return kss_return(0);
}

static struct kss_outcome touch_nothing(struct kss_machine *m, kss_addr address, bool write,
                                        enum kss_who who) {
    if (who == KSS_WHO_NT) // a dispatcher routine: no handler is looked for
        return fault(m, address, write, who, 0xA);
    if (kss_cpu(m)->irql >= KSS_DISPATCH_LEVEL)
        return fault(m, address, write, who, 0xD1);
    if (address <= layout(m)->user_top)
        return kss_outcome(KSS_OUT_RAISE, (uint32_t)STATUS_ACCESS_VIOLATION);
    return fault(m, address, write, who, 0x50);
}

static uint32_t rest_of_page(const struct kss_machine *m, kss_addr address) {
    unsigned page = m->config.profile.page_size;
    return page - (uint32_t)(address & (page - 1));
}

// May [size] bytes be touched? Works out the first byte that may not.
static struct kss_outcome touch(struct kss_machine *m, kss_addr address, uint32_t size, bool write,
                                enum kss_who who) {
    if (kss_globals(m)->stopped)
        return kss_stopped();
    while (size != 0) {
        uint32_t depth, step;
        uint16_t s = kss_stack_of(m, address, &depth);
        struct kss_region *region;
        if (s != KSS_NONE) {
            const struct kss_stack *stack = kss_stack_at(m, s);
            step = depth;
            bool out = stack->kind != KSS_STACK_FREE && stack_is_out(m, stack);
            if (out && kss_pages_locked(m, address, 1))
                step = rest_of_page(m, address) < step ? rest_of_page(m, address) : step;
            else if (out)
                KSS_TRY(touch_out_stack(m, stack, address, write, who));
            else if (stack->kind == KSS_STACK_FREE || depth > stack->depth)
                KSS_TRY(touch_dead(m, address, write, stack->thread));
        } else if ((region = region_at(m, address)) != NULL) {
            step = (uint32_t)(region->address + region->size - address);
            KSS_TRY(touch_region(m, region, address, write, who));
        } else if (m->space != NULL && !in_space(m, address) &&
                   m->space->read(m->space->context, address, NULL, size)) {
            return kss_return(0);
        } else if (m->space != NULL && address >= m->space->threads &&
                   address < m->space->nonpaged) {
            return kss_return(0);
        } else {
            return touch_nothing(m, address, write, who);
        }
        step = step < size ? step : size;
        address += step;
        size -= step;
    }
    return kss_return(0);
}

// ---- Bytes --------------------------------------------------------------------------------------
// Host memory of as many of the [size] bytes at [address] as lie together; NULL: they have none
// (filler, dead, freed), *step says how many.
static uint8_t *bytes_at(struct kss_machine *m, kss_addr address, uint32_t size, uint32_t *step) {
    uint32_t depth;
    if (m->space != NULL) {
        *step = size;
        return in_space(m, address) ? kss_host_bytes(m, address) : NULL;
    }
    uint16_t s = kss_stack_of(m, address, &depth);
    if (s != KSS_NONE) {
        const struct kss_stack *stack = kss_stack_at(m, s);
        *step = size < depth ? size : depth;
        if (depth > stack->depth)
            return NULL;
        uint8_t *bytes = local_bytes(m, stack, depth, *step);
        if (bytes == NULL && *step > 1) {
            *step = 1;
            bytes = local_bytes(m, stack, depth, 1);
        }
        return bytes;
    }
    const struct kss_region *region = region_at(m, address);
    if (region == NULL) {
        *step = 1;
        return NULL;
    }
    uint64_t left = region->address + region->size - address;
    *step = left < size ? (uint32_t)left : size;
    if (region->kind == KSS_REGION_FREED)
        return NULL;
    return kss_bytes(m) + region->bytes + (address - region->address);
}

struct kss_outcome kss_read(struct kss_machine *m, kss_addr address, void *bytes, uint32_t size,
                            enum kss_who who) {
    struct kss_outcome outcome = touch(m, address, size, false, who);
    memset(bytes, 0, size);
    if (outcome.kind != KSS_OUT_RETURN)
        return outcome;
    if (m->space != NULL && !in_space(m, address)) {
        m->space->read(m->space->context, address, bytes, size);
        return outcome;
    }
    for (uint32_t done = 0, step; done < size; done += step) {
        const uint8_t *from = bytes_at(m, address + done, size - done, &step);
        if (from != NULL)
            memcpy((uint8_t *)bytes + done, from, step);
    }
    return outcome;
}

// How many of [size] bytes are below a stack pointer. What nt writes there is lost, as in scenarios; on
// Windows it lands in whatever frame came there later, natively that may be the processor's own.
static uint32_t dead_bytes(struct kss_machine *m, kss_addr address, uint32_t size) {
    uint32_t depth;
    uint16_t s = kss_stack_of(m, address, &depth);
    if (s == KSS_NONE || depth <= kss_stack_at(m, s)->depth)
        return 0;
    uint32_t dead = depth - kss_stack_at(m, s)->depth;
    return dead < size ? dead : size;
}

static void put(struct kss_machine *m, kss_addr address, const void *bytes, uint32_t size) {
    if (m->space != NULL && !in_space(m, address)) {
        m->space->write(m->space->context, address, bytes, size);
        return;
    }
    if (m->space != NULL) {
        uint32_t dead = dead_bytes(m, address, size);
        address += dead;
        bytes = (const uint8_t *)bytes + dead;
        size -= dead;
    }
    for (uint32_t done = 0, step; done < size; done += step) {
        uint8_t *to = bytes_at(m, address + done, size - done, &step);
        if (to != NULL)
            memcpy(to, (const uint8_t *)bytes + done, step);
    }
    if (m->space != NULL && m->space->wrote != NULL)
        m->space->wrote(m->space->context, address, size);
}

struct kss_outcome kss_write(struct kss_machine *m, kss_addr address, const void *bytes,
                             uint32_t size, enum kss_who who) {
    KSS_TRY(touch(m, address, size, true, who));
    put(m, address, bytes, size);
    return kss_return(0);
}

uint8_t *kss_direct(struct kss_machine *m, kss_addr address, uint32_t size, bool write) {
    (void)write;
    uint32_t depth;
    uint16_t s = kss_stack_of(m, address, &depth);
    if (s != KSS_NONE) {
        const struct kss_stack *stack = kss_stack_at(m, s);
        if (stack->kind == KSS_STACK_FREE || depth > stack->depth || stack_is_out(m, stack))
            return NULL;
        if (m->space != NULL)
            return depth < size ? NULL : kss_host_bytes(m, address);
        return depth < size ? NULL : local_bytes(m, stack, depth, size);
    }
    const struct kss_region *region = region_at(m, address);
    if (region == NULL || region->kind == KSS_REGION_FREED || pageable(region) ||
        region->size - (address - region->address) < size)
        return NULL;
    if (m->space != NULL)
        return kss_host_bytes(m, address);
    return kss_bytes(m) + region->bytes + (address - region->address);
}

// Integers in the target's byte order (all machines are little-endian).
uint64_t kss_load(struct kss_machine *m, kss_addr address, unsigned size, enum kss_who who,
                  struct kss_outcome *outcome) {
    uint8_t bytes[8];
    *outcome = kss_read(m, address, bytes, size, who);
    uint64_t value = 0;
    for (unsigned i = size; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

static void little_endian(uint8_t *bytes, unsigned size, uint64_t value) {
    for (unsigned i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

struct kss_outcome kss_store(struct kss_machine *m, kss_addr address, unsigned size, uint64_t value,
                             enum kss_who who) {
    uint8_t bytes[8];
    little_endian(bytes, size, value);
    return kss_write(m, address, bytes, size, who);
}

void kss_poke(struct kss_machine *m, kss_addr address, unsigned size, uint64_t value) {
    if (in_space(m, address) && m->space->wrote == NULL) { // hosts are little-endian
        memcpy(kss_host_bytes(m, address), &value, size);
        return;
    }
    uint8_t bytes[8];
    little_endian(bytes, size, value);
    put(m, address, bytes, size);
}

uint64_t kss_peek(struct kss_machine *m, kss_addr address, unsigned size) {
    uint64_t value = 0;
    if (m->space != NULL && !in_space(m, address)) {
        m->space->read(m->space->context, address, &value, size); // hosts are little-endian
        return value;
    }
    for (unsigned i = size; i-- > 0;) {
        uint32_t step;
        const uint8_t *byte = bytes_at(m, address + i, 1, &step);
        value = value << 8 | (byte ? *byte : 0);
    }
    return value;
}

struct kss_outcome kss_touch_object(struct kss_machine *m, kss_addr address, uint32_t size,
                                    bool write) {
    return touch(m, address, size, write, KSS_WHO_NT);
}

struct kss_outcome kss_fault_out(struct kss_machine *m, kss_addr address, bool write) {
    return fault(m, address, write, KSS_WHO_NT, 0xA);
}

// ---- Host faults --------------------------------------------------------------------------------
struct kss_outcome kss_native_fault(struct kss_machine *m, kss_addr address, bool write,
                                    kss_addr pc) {
    m->fault_pc = pc;
    struct kss_outcome outcome = touch(m, address, 1, write, KSS_WHO_DRIVER);
    if (outcome.kind == KSS_OUT_RETURN && !in_space(m, address)) // mapped, but not for this access
        outcome = touch_nothing(m, address, write, KSS_WHO_DRIVER);
    m->fault_pc = 0;
    return outcome;
}
