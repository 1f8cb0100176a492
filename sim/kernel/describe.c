// SPDX-License-Identifier: MIT
// Names for addresses. Reports name objects and places relative to something a reader knows:
//
//   done (KEVENT, mydrv!ReadDispatch, thread App, top-0x2E8)
//   pool 'kssT' #2+0x10       mydrv!Extension+0x18       thread App's stack, top-0x1000
#include "kernel/machine.h"

static const struct kss_local *local_at(const struct kss_code *code, uint32_t below_edge) {
    for (uint32_t i = 0; i < code->local_count; i++) {
        const struct kss_local *local = &code->locals[i];
        if (below_edge <= local->offset && below_edge > local->offset - local->size)
            return local;
    }
    return NULL;
}

static void routine_name(struct kss_machine *m, uint32_t routine, struct kss_text *out) {
    const struct kss_code *code = &m->image->code[routine];
    if (code->module != NULL && code->module[0] != 0 && !(code->flags & KSS_CODE_BODY)) {
        kss_text_str(out, code->module);
        kss_text_char(out, '!');
    }
    kss_text_str(out, code->name);
}

// The number of a text is what the port gave; names of threads come from the code table's body.
static void stack_name(struct kss_machine *m, const struct kss_stack *stack, struct kss_text *out) {
    if (stack->thread != KSS_NONE) {
        kss_text_str(out, "thread ");
        kss_thread_name(m, stack->thread, out);
        if (stack->kind == KSS_STACK_CALLOUT)
            kss_text_str(out, " (expanded)");
    } else {
        kss_text_str(out, stack->kind == KSS_STACK_DPC ? "the DPC stack" : "the ISR stack");
    }
}

// What lies [inside] bytes into a variable; false: the variable itself, or unknown parts of it.
static bool part(struct kss_machine *m, const void *shape, uint32_t inside, const char *object,
                 struct kss_text *out) {
    if (shape != NULL && m->image->path != NULL)
        return m->image->path(shape, kss_wide(m), inside, object, out);
    if (inside != 0)
        kss_text_format(out, "+0x%X", inside);
    return false;
}

static void describe_local(struct kss_machine *m, const struct kss_local *local, uint32_t inside,
                           const char *object, struct kss_text *out) {
    kss_text_str(out, local->name);
    if (part(m, local->shape, inside, object, out))
        kss_text_format(out, " (%s, ", object);
    else if (inside == 0)
        kss_text_format(out, " (%s, ", local->type);
    else
        kss_text_str(out, " (");
}

// Natively the frames are the host's, and their variables have no names.
static bool describe_host_stack(struct kss_machine *m, uint16_t index, uint32_t depth,
                                const char *object, struct kss_text *out) {
    struct kss_path_row rows[KSS_HOST_ROWS];
    uint32_t count = m->space->frames(m->space->context, m, index, rows, KSS_HOST_ROWS);
    for (uint32_t i = 0; i < count; i++) {
        if (depth > rows[i].depth || depth <= rows[i].depth - rows[i].bytes ||
            rows[i].routine == KSS_NO_FRAME)
            continue;
        if (object != NULL)
            kss_text_format(out, "stack %s top-0x%X (%s, ", object, depth, object);
        else
            kss_text_str(out, "the frame (");
        routine_name(m, rows[i].routine, out);
        kss_text_str(out, ", ");
        stack_name(m, kss_stack_at(m, index), out);
        kss_text_format(out, ", top-0x%X)", depth);
        return true;
    }
    return false;
}

static void describe_stack(struct kss_machine *m, uint16_t index, uint32_t depth,
                           const char *object, struct kss_text *out) {
    const struct kss_stack *stack = kss_stack_at(m, index);
    if (m->space != NULL && describe_host_stack(m, index, depth, object, out))
        return;
    for (uint32_t at = stack->top; at != KSS_NO_FRAME;) {
        const struct kss_frame *frame = kss_frame_at(m, stack, at);
        uint32_t edge = frame->depth - frame->bytes;
        if (depth > edge && depth <= frame->depth && frame->entry <= KSS_ENTRY_CALLOUT) {
            const struct kss_local *local = local_at(&m->image->code[frame->routine], depth - edge);
            if (local != NULL)
                describe_local(m, local, local->offset - (depth - edge), object, out);
            else
                kss_text_str(out, "the frame (");
            routine_name(m, frame->routine, out);
            kss_text_str(out, ", ");
            stack_name(m, stack, out);
            kss_text_format(out, ", top-0x%X)", depth);
            return;
        }
        at = frame->previous;
    }
    kss_text_str(out, stack->kind == KSS_STACK_FREE ? "freed stack of " : "unused stack of ");
    stack_name(m, stack, out);
    kss_text_format(out, ", top-0x%X", depth);
}

static void describe_region(struct kss_machine *m, const struct kss_region *region,
                            kss_addr address, const char *object, struct kss_text *out) {
    uint64_t inside = address - region->address;
    if (region->kind == KSS_REGION_IMAGE || region->kind == KSS_REGION_IMAGE_PAGED) {
        const struct kss_variable *variable = &m->image->globals[region->number];
        kss_text_format(out, "%s!%s", variable->module, variable->name);
        part(m, variable->shape, (uint32_t)inside, object, out);
        return;
    }
    if (region->nt != KSS_NTB_NONE) {
        kss_describe_nt(m, region, inside, out);
        return;
    }
    char tag[5] = {0};
    for (unsigned i = 0; i < 4; i++) {
        char c = (char)(region->tag >> (8 * i));
        tag[i] = c >= ' ' && c < 127 ? c : '.';
    }
    kss_text_format(out, "%s%s '%s' #%u", region->kind == KSS_REGION_FREED ? "freed " : "",
                    region->kind == KSS_REGION_PAGED ? "paged pool" : "pool", tag,
                    (unsigned)region->number);
    if (inside != 0) {
        kss_text_char(out, '+');
        kss_text_hex(out, inside);
    }
}

void kss_describe(struct kss_machine *m, kss_addr address, struct kss_text *out) {
    kss_describe_object(m, address, NULL, out);
}

void kss_describe_object(struct kss_machine *m, kss_addr address, const char *object,
                         struct kss_text *out) {
    uint32_t depth, code;
    uint16_t stack = kss_stack_of(m, address, &depth);
    if (stack != KSS_NONE) {
        describe_stack(m, stack, depth, object, out);
        return;
    }
    uint32_t region = kss_region_find(m, address);
    if (region != KSS_NO_FRAME) {
        describe_region(m, kss_region_at(m, region), address, object, out);
        return;
    }
    uint16_t thread = kss_thread_with_address(m, address);
    if (thread != KSS_NONE) {
        kss_text_str(out, "thread ");
        kss_thread_name(m, thread, out);
        kss_text_str(out, " (KTHREAD)");
        return;
    }
    if (m->space != NULL && m->space->describe(m->space->context, address, out))
        return;
    if (m->space == NULL && kss_code_at(m, address, &code)) {
        routine_name(m, code, out);
        return;
    }
    if (address < 0x10000)
        kss_text_str(out, address == 0 ? "NULL" : "NULL+");
    else
        kss_text_str(out, "unmapped address ");
    if (address != 0)
        kss_text_hex(out, kss_shown(m, address));
}
