// SPDX-License-Identifier: MIT
// Kernel stacks: frames pushed and popped in runs, the limit, the deepest path.
//
//   Base (exclusive)  |--------------------------|  depth 0
//                     | reserve (save area)      |
//                     | trap frame / start frames|
//                     | frame of routine 1       |  previous.depth .. frame.depth
//                     | frame of routine 2       |
//                  SP |--------------------------|  stack.depth = Base - SP
//                     | unused                   |
//   Limit             |--------------------------|  stack.size
//                     | guard page               |  touching it: 0x7F (8, ...)
//
// The high-water mark is kept exactly; the path that reached it is captured when the first frame
// above it returns, so that going deeper and deeper costs nothing.
#include "kernel/machine.h"

#include "base/os.h"

#include <assert.h>

enum { FIRST_RUN = 512 };

// A stack's slot of addresses: the stack, the guard page below it, and a page never used between
// slots, so that a stray pointer does not land in a neighbour. Slots of released stacks are used
// again by stacks that fit them.
static kss_addr next_base(struct kss_machine *m, uint32_t reserved) {
    struct kss_global *global = kss_globals(m);
    if (m->space != NULL) { // the low edge lies on a host page, the guard below it
        uint64_t host = m->space->host_page;
        uint64_t slot = m->space->stack_guard + (reserved + host - 1) / host * host;
        if (slot > m->layout.paged - global->stack_next)
            kss_os_fatal("the kernel stacks of this test need more addresses than were reserved");
        kss_addr low = global->stack_next + m->space->stack_guard;
        global->stack_next += slot;
        return low + reserved;
    }
    uint64_t page = m->config.profile.page_size;
    uint64_t slot = (reserved + page - 1) / page * page + 2 * page;
    kss_addr end;
    kss_area(m, KSS_AREA_STACKS, &end);
    if (slot > end - global->stack_next)
        kss_os_fatal("the kernel stacks of this scenario need more addresses than the machine has");
    global->stack_next += slot;
    return global->stack_next - page;
}

static uint16_t free_slot(struct kss_machine *m, uint32_t reserved) {
    uint32_t count = kss_stack_at_count(m);
    for (uint32_t i = 0; i < count; i++)
        if (kss_stack_at(m, i)->kind == KSS_STACK_FREE && kss_stack_at(m, i)->reserved >= reserved)
            return (uint16_t)i;
    if (count >= KSS_NONE)
        kss_os_fatal("a simulated machine holds at most 65,535 stacks at once");
    kss_section_append(m, KSS_S_STACK, sizeof(struct kss_stack));
    kss_section_append(m, KSS_S_STACK_COLD, sizeof(struct kss_stack_cold));
    return (uint16_t)count;
}

uint16_t kss_stack_new(struct kss_machine *m, enum kss_stack_kind kind, uint32_t size,
                       uint16_t thread, uint32_t depth) {
    return kss_stack_new_large(m, kind, size, size, thread, depth);
}

uint16_t kss_stack_new_large(struct kss_machine *m, enum kss_stack_kind kind, uint32_t size,
                             uint32_t room, uint16_t thread, uint32_t depth) {
    uint16_t index = free_slot(m, room);
    uint32_t run = kss_bytes_alloc(m, FIRST_RUN);
    kss_addr base = kss_stack_at(m, index)->base;
    uint32_t reserved = kss_stack_at(m, index)->reserved;
    if (base == 0) {
        base = next_base(m, room);
        reserved = room;
    }
    struct kss_stack *stack = kss_stack_at(m, index);
    *stack = (struct kss_stack){.base = base,
                                .size = size,
                                .reserved = reserved,
                                .depth = depth,
                                .top = KSS_NO_FRAME,
                                .run_offset = run,
                                .run_capacity = FIRST_RUN,
                                .thread = thread,
                                .below = KSS_NONE,
                                .kind = (uint8_t)kind};
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    uint32_t number = 0;
    for (uint32_t i = 0; i < kss_stack_at_count(m); i++)
        if (kss_stack_cold_at(m, i)->number > number)
            number = kss_stack_cold_at(m, i)->number;
    *cold = (struct kss_stack_cold){.deepest = depth, .number = number + 1};
    if (m->space != NULL)
        m->space->stack_made(m->space->context, base - size, base);
    KSS_EMIT(m, KSS_EV_STACK, kind - 1, base, room, cold->number);
    return index;
}

uint32_t kss_stack_most(const struct kss_machine *m, const struct kss_stack *stack) {
    uint32_t large = m->config.profile.large_stack_size;
    bool gui = stack->kind == KSS_STACK_THREAD && stack->thread != KSS_NONE &&
               kss_thread_at(m, stack->thread)->flags & KSS_TF_GUI;
    return gui && large > stack->size ? large : stack->size;
}

bool kss_stack_grow(struct kss_machine *m, uint16_t index, uint64_t depth) {
    struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t most = kss_stack_most(m, stack), page = m->config.profile.page_size;
    uint32_t old = stack->size;
    if (depth > most)
        return false;
    uint32_t size = (uint32_t)((depth + page - 1) / page * page);
    stack->size = size < most ? size : most;
    if (m->space != NULL)
        m->space->stack_made(m->space->context, stack->base - stack->size, stack->base - old);
    kss_policy_used(m, KSS_POLICY_gui_stack_grows);
    KSS_EMIT(m, KSS_EV_STACK_GROW, kss_stack_cold_at(m, index)->number, old,
             kss_stack_at(m, index)->size, 0);
    return true;
}

void kss_stack_release(struct kss_machine *m, uint16_t index) {
    struct kss_stack *stack = kss_stack_at(m, index);
    kss_objects_die(m, stack->base - stack->size, stack->base, KSS_NO_FRAME, true);
    stack = kss_stack_at(m, index);
    uint32_t offset = stack->run_offset, capacity = stack->run_capacity;
    stack->run_capacity = stack->run_used = 0;
    stack->run_offset = 0;
    stack->top = KSS_NO_FRAME;
    stack->kind = KSS_STACK_FREE;
    kss_bytes_free(m, offset, capacity);
    KSS_EMIT(m, KSS_EV_STACK_GONE, kss_stack_cold_at(m, index)->number, 0, 0, 0);
    if (m->space != NULL)
        m->space->stack_gone(m->space->context,
                             kss_stack_at(m, index)->base - kss_stack_at(m, index)->reserved,
                             kss_stack_at(m, index)->base);
}

struct kss_frame *kss_stack_top(const struct kss_machine *m, const struct kss_stack *stack) {
    return stack->top == KSS_NO_FRAME ? NULL : kss_frame_at(m, stack, stack->top);
}

struct kss_stack *kss_current_stack(struct kss_machine *m) {
    uint16_t index = kss_cpu(m)->stack;
    return index == KSS_NONE ? NULL : kss_stack_at(m, index);
}

struct kss_frame *kss_top_frame(struct kss_machine *m) {
    struct kss_stack *stack = kss_current_stack(m);
    return stack == NULL ? NULL : kss_stack_top(m, stack);
}

kss_addr kss_frame_edge(const struct kss_machine *m, const struct kss_stack *stack,
                        const struct kss_frame *frame) {
    (void)m;
    return stack->base - (frame->depth - frame->bytes);
}

static void grow_run(struct kss_machine *m, uint16_t index, uint32_t extra) {
    struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t old_offset = stack->run_offset, old_capacity = stack->run_capacity;
    uint32_t capacity = old_capacity * 2;
    while (capacity - stack->run_used < extra)
        capacity *= 2;
    if (old_offset + old_capacity == kss_section_used(m, KSS_S_BYTES)) {
        kss_section_append(m, KSS_S_BYTES, capacity - old_capacity);
        kss_stack_at(m, index)->run_capacity = capacity;
        return;
    }
    uint32_t offset = kss_bytes_alloc(m, capacity);
    stack = kss_stack_at(m, index);
    memcpy(kss_bytes(m) + offset, kss_bytes(m) + old_offset, stack->run_used);
    stack->run_offset = offset;
    stack->run_capacity = capacity;
    kss_bytes_free(m, old_offset, old_capacity);
}

// ---- Overflow -----------------------------------------------------------------------------------
// P2-P4 of 0x7F are not documented; each machine follows what published dumps show (policy
// overflow-parameters).
static void overflow(struct kss_machine *m, uint16_t index, uint32_t routine, uint64_t depth) {
    struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t old_depth = stack->depth;
    stack->size = kss_stack_most(m, stack); // the reservation is what does not do
    kss_capture_path(m, index);
    KSS_EMIT(m, KSS_EV_OVERFLOW, kss_stack_cold_at(m, index)->number, depth,
             depth - kss_stack_at(m, index)->size, routine);
    if (kss_wants(m, KSS_EV_PATH)) {
        bool driver = routine < m->image->code_count;
        kss_emit(m, KSS_EV_PATH, routine, depth, depth - old_depth,
                 driver ? m->image->code[routine].origin : KSS_ORIGIN_LISTED);
        const struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
        uint32_t first = cold->path, count = cold->path_count;
        for (uint32_t i = 0; i < count; i++) {
            struct kss_path_row row = *kss_path_at(m, first + i);
            kss_emit(m, KSS_EV_PATH, row.routine, row.depth, row.bytes, row.origin);
        }
    }
    stack = kss_stack_at(m, index);
    kss_addr sp = stack->base - depth;
    bool nt = routine >= m->image->code_count;
    bool named = kss_path_is_nt(routine);
    kss_addr ip =
        nt ? kss_nt_address(m, named ? routine - KSS_PATH_NT : 0) : kss_code_address(m, routine);
    kss_policy_used(m, KSS_POLICY_overflow_parameters);
    uint64_t p[4] = {8, 0, 0, 0};
    switch (m->config.profile.overflow) {
    case KSS_OVERFLOW_TSS: p[1] = UINT64_C(0x80042000); break;
    case KSS_OVERFLOW_SP_IP:
        p[2] = sp;
        p[3] = ip;
        break;
    case KSS_OVERFLOW_NONE: break;
    }
    // The crossing routine is the innermost driver routine: its frame is what did not fit.
    kss_bugcheck_in(m, nt ? kss_innermost(m) : routine, 0x7F, p,
                    named ? routine - KSS_PATH_NT : KSS_NT_COUNT, NULL);
}

// ---- Frames -------------------------------------------------------------------------------------
static uint32_t nt_row(const struct kss_frame *frame) {
    if (frame->entry == KSS_ENTRY_NT)
        return KSS_PATH_NT + frame->routine;
    bool named = frame->entry == KSS_ENTRY_EXCEPTION || frame->entry == KSS_ENTRY_TRAP;
    return named ? frame->routine : KSS_NO_FRAME;
}

// Frames that are not driver routines' and take stack.
static void say_nt_frame(struct kss_machine *m, const struct kss_frame *frame, bool pop) {
    if (frame->entry > KSS_ENTRY_CALLOUT && frame->bytes != 0)
        KSS_EMIT(m, KSS_EV_NT_FRAME, nt_row(frame), frame->bytes,
                 pop ? frame->depth - frame->bytes : frame->depth, pop);
}

// Pushes onto stack [index]. The caller has decided that it is the executing one.
static bool push(struct kss_machine *m, uint16_t index, uint32_t routine, uint32_t bytes,
                 uint32_t run_bytes, enum kss_entry entry) {
    struct kss_stack *stack = kss_stack_at(m, index);
    uint64_t depth = (uint64_t)stack->depth + bytes;
    if (depth > stack->size) {
        if (!kss_stack_grow(m, index, depth)) {
            overflow(m, index, entry == KSS_ENTRY_NT ? KSS_PATH_NT + routine : routine, depth);
            return false;
        }
        stack = kss_stack_at(m, index);
    }
    uint32_t need = (uint32_t)sizeof(struct kss_frame) + ((run_bytes + 7) & ~UINT32_C(7));
    if (need > stack->run_capacity - stack->run_used) {
        grow_run(m, index, need);
        stack = kss_stack_at(m, index);
    }
    uint32_t offset = stack->run_used;
    struct kss_frame *frame = kss_frame_at(m, stack, offset);
    memset(frame, 0, need);
    frame->previous = stack->top;
    frame->routine = routine;
    frame->depth = (uint32_t)depth;
    frame->bytes = bytes;
    frame->entry = (uint8_t)entry;
    stack->top = offset;
    stack->run_used += need;
    stack->depth = (uint32_t)depth;
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    if (depth > cold->deepest)
        cold->deepest = (uint32_t)depth;
    return true;
}

bool kss_frame_push(struct kss_machine *m, uint32_t routine, uint32_t bytes, uint32_t run_bytes,
                    enum kss_entry entry) {
    uint16_t index = kss_cpu(m)->stack;
    assert(index != KSS_NONE);
    if (!push(m, index, routine, bytes, run_bytes, entry))
        return false;
    if (entry <= KSS_ENTRY_CALLOUT && kss_wants(m, KSS_EV_CALL))
        kss_emit(m, KSS_EV_CALL, routine, bytes, kss_stack_at(m, index)->depth,
                 m->image->code[routine].origin);
    if (kss_wants(m, KSS_EV_NT_FRAME))
        say_nt_frame(m, kss_stack_top(m, kss_stack_at(m, index)), false);
    return true;
}

// Natively frames have no bytes of their own: what lies below the stack pointer is dead.
static void die_below(struct kss_machine *m, uint16_t index, uint32_t depth) {
    const struct kss_stack *stack = kss_stack_at(m, index);
    kss_addr limit = stack->base - stack->size;
    if (stack->objects != 0)
        kss_objects_die(m, limit, stack->base - depth, kss_innermost(m), true);
}

void kss_native_depth(struct kss_machine *m, kss_addr sp) {
    uint16_t index = kss_cpu(m)->stack;
    struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t depth = (uint32_t)(stack->base - sp);
    bool less = depth < stack->depth; // frames have returned since it was seen last
    stack->depth = depth;
    if (less && stack->objects != 0)
        die_below(m, index, depth);
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    if (depth > cold->deepest) {
        cold->deepest = depth;
        kss_capture_path(m, index);
    }
}

void kss_native_overflow(struct kss_machine *m, uint32_t routine, uint32_t bytes) {
    uint16_t index = kss_cpu(m)->stack;
    struct kss_stack *stack = kss_stack_at(m, index);
    kss_stack_cold_at(m, index)->deepest = stack->depth = stack->size;
    overflow(m, index, routine, (uint64_t)stack->size + bytes);
}

static struct kss_path_row *path_rows(struct kss_machine *m, uint16_t index, uint32_t count);

// What the dispatch of an exception takes lies below the frames of the host's stack.
static void capture_dispatch(struct kss_machine *m, uint16_t index, uint32_t bytes) {
    struct kss_path_row rows[KSS_HOST_ROWS];
    uint32_t count = m->space->frames(m->space->context, m, index, rows, KSS_HOST_ROWS);
    struct kss_path_row *to = path_rows(m, index, count + 1);
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    uint32_t depth = kss_stack_at(m, index)->depth + bytes;
    *to = (struct kss_path_row){.routine = KSS_PATH_EXCEPTION,
                                .depth = depth,
                                .bytes = bytes,
                                .entry = KSS_ENTRY_EXCEPTION,
                                .origin = KSS_ORIGIN_LISTED};
    memcpy(to + 1, rows, count * sizeof *rows);
    cold->deepest = cold->captured = depth;
}

bool kss_native_raise(struct kss_machine *m, uint32_t status, kss_addr address) {
    uint16_t index = kss_cpu(m)->stack;
    uint32_t bytes = m->config.profile.exception_reserve;
    const struct kss_stack *stack = kss_stack_at(m, index);
    uint64_t depth = (uint64_t)stack->depth + bytes;
    KSS_EMIT(m, KSS_EV_RAISE, status, kss_innermost(m), address, 0);
    stack = kss_stack_at(m, index);
    if (depth > stack->size && !kss_stack_grow(m, index, depth)) {
        overflow(m, index, KSS_PATH_EXCEPTION, depth);
        return false;
    }
    if (depth > kss_stack_cold_at(m, index)->deepest)
        capture_dispatch(m, index, bytes);
    return true;
}

static void drop_top(struct kss_machine *m, uint16_t index) {
    struct kss_stack *stack = kss_stack_at(m, index);
    struct kss_frame *frame = kss_stack_top(m, stack);
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    if (m->space == NULL && frame->depth == cold->deepest && cold->captured != cold->deepest) {
        kss_capture_path(m, index);
        stack = kss_stack_at(m, index);
        frame = kss_stack_top(m, stack);
    }
    // Nothing of a driver's is in the listed bytes of an NT routine.
    if (stack->objects != 0 && frame->bytes != 0 && frame->entry != KSS_ENTRY_NT) {
        kss_addr edge = kss_frame_edge(m, stack, frame);
        kss_objects_die(m, edge - frame->bytes, edge, frame->routine, true);
        stack = kss_stack_at(m, index);
        frame = kss_stack_top(m, stack);
    }
    uint32_t depth = frame->depth - frame->bytes;
    if (m->space != NULL && stack->objects != 0) {
        die_below(m, index, depth);
        stack = kss_stack_at(m, index);
        frame = kss_stack_top(m, stack);
    }
    stack->run_used = stack->top;
    stack->depth = depth;
    stack->top = frame->previous;
}

void kss_frame_pop(struct kss_machine *m) {
    uint16_t index = kss_cpu(m)->stack;
    struct kss_frame top = *kss_stack_top(m, kss_stack_at(m, index));
    drop_top(m, index);
    if (kss_wants(m, KSS_EV_NT_FRAME))
        say_nt_frame(m, &top, true);
}

void kss_stack_clear(struct kss_machine *m, uint16_t index) {
    while (kss_stack_at(m, index)->top != KSS_NO_FRAME)
        drop_top(m, index);
    KSS_EMIT(m, KSS_EV_STACK_CLEAR, kss_stack_cold_at(m, index)->number,
             kss_stack_at(m, index)->depth, 0, 0);
}

// ---- The deepest path ---------------------------------------------------------------------------
static struct kss_path_row *path_rows(struct kss_machine *m, uint16_t index, uint32_t count) {
    struct kss_stack_cold *cold = kss_stack_cold_at(m, index);
    if (count > cold->path_room) { // the old rows stay unused; rooms double, so little is lost
        uint32_t room = count * 2;
        uint32_t offset =
            kss_section_append(m, KSS_S_PATH, room * (uint32_t)sizeof(struct kss_path_row));
        cold = kss_stack_cold_at(m, index);
        cold->path = offset / (uint32_t)sizeof(struct kss_path_row);
        cold->path_room = room;
    }
    cold->path_count = count;
    cold->captured = kss_stack_at(m, index)->depth;
    return kss_path_at(m, cold->path);
}

// Natively the host's stack is walked.
static void capture_host_path(struct kss_machine *m, uint16_t index) {
    struct kss_path_row rows[KSS_HOST_ROWS];
    uint32_t count = m->space->frames(m->space->context, m, index, rows, KSS_HOST_ROWS);
    struct kss_path_row *to = path_rows(m, index, count);
    memcpy(to, rows, count * sizeof *rows);
}

void kss_capture_path(struct kss_machine *m, uint16_t index) {
    if (m->space != NULL) {
        capture_host_path(m, index);
        return;
    }
    struct kss_stack *stack = kss_stack_at(m, index);
    uint32_t count = 0;
    for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
        const struct kss_frame *frame = kss_frame_at(m, stack, at);
        count += frame->bytes != 0 || frame->entry <= KSS_ENTRY_CALLOUT;
        at = frame->previous;
    }
    struct kss_path_row *row = path_rows(m, index, count);
    stack = kss_stack_at(m, index);
    for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
        const struct kss_frame *frame = kss_frame_at(m, stack, at);
        at = frame->previous;
        if (frame->bytes == 0 && frame->entry > KSS_ENTRY_CALLOUT)
            continue;
        bool driver = frame->entry <= KSS_ENTRY_CALLOUT;
        *row++ = (struct kss_path_row){.routine = driver ? frame->routine : nt_row(frame),
                                       .depth = frame->depth,
                                       .bytes = frame->bytes,
                                       .entry = frame->entry,
                                       .origin = driver ? m->image->code[frame->routine].origin
                                                        : (uint8_t)KSS_ORIGIN_LISTED};
    }
}

// What a routine the environment called must leave as it was: IRQL, spin locks, APC counts,
// swapping.
uint64_t kss_guard(const struct kss_machine *m) {
    const struct kss_cpu *cpu = kss_cpu(m);
    uint64_t guard = cpu->irql | (uint64_t)(cpu->locks_held & 0xFF) << 8;
    if (cpu->thread != KSS_NONE) {
        const struct kss_thread *thread = kss_thread_at(m, cpu->thread);
        guard |= (uint64_t)((thread->flags & KSS_TF_SWAP_ENABLED) != 0) << 16;
        guard |= (uint64_t)thread->owned << 24;
        guard |= (uint64_t)(uint16_t)thread->kernel_apc_disable << 32;
        guard |= (uint64_t)(uint16_t)thread->special_apc_disable << 48;
    }
    return guard;
}
