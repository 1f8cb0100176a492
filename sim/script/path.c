// SPDX-License-Identifier: MIT
// Where in a variable an address lies, as a driver writes it: `.Queue.Blink`, `[17].ctx`. Reports name
// memory this way; the kernel calls it through the image (kernel/describe.c).
//
// The path stops at the first part that begins at the address; with the name of an object type it goes
// on, into first members, until a part of that type: the lock at offset 0 of a device extension is
// `Ext.Lock`, the extension itself is `Ext`.
#include "script/check.h"

#include <string.h>

// The part of [type] that byte [*offset] lies in; NULL: none. *offset becomes the offset inside it.
static const struct kss_ctype *descend(const struct kss_ctype *type, uint32_t *offset,
                                       struct kss_text *out) {
    if (type->kind == KSS_K_ARRAY && type->target->size != 0) {
        kss_text_char(out, '[');
        kss_text_unsigned(out, *offset / type->target->size);
        kss_text_char(out, ']');
        *offset %= type->target->size;
        return type->target;
    }
    if (type->kind != KSS_K_STRUCT)
        return NULL;
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct kss_member *member = &type->members[i];
        if (*offset < member->offset || *offset - member->offset >= member->type->size)
            continue;
        if (member->name != NULL) {
            kss_text_char(out, '.');
            kss_text_str(out, member->name);
        }
        *offset -= member->offset;
        return member->type;
    }
    return NULL;
}

// A field of an NT structure whose members nobody asked for: the table has them.
static void descend_nt(const struct kss_type *nt, bool wide, uint32_t *offset,
                       struct kss_text *out) {
    while (nt != NULL && *offset != 0) {
        const struct kss_field *best = NULL;
        for (unsigned i = 0; i < nt->field_count; i++)
            if (nt->fields[i].offset[wide] <= *offset &&
                (best == NULL || nt->fields[i].offset[wide] > best->offset[wide]))
                best = &nt->fields[i];
        if (best == NULL || best->name == NULL)
            return;
        const struct kss_type *next = kss_type_find(best->type, strlen(best->type));
        uint32_t inside = *offset - best->offset[wide];
        bool whole = next != NULL && next->kind == KSS_TYPE_STRUCT && best->count == 0;
        if (inside != 0 && (!whole || inside >= next->size[wide]))
            return;
        kss_text_char(out, '.');
        kss_text_str(out, best->name);
        *offset = inside;
        nt = next;
    }
}

static bool is_object(const struct kss_ctype *type, const char *object) {
    return type->nt != NULL && strcmp(type->nt->name, object) == 0;
}

// Walks to what begins [offset] bytes into [type], or, with [object], to a part of that type there.
// Returns whether there is one; *rest is the offset that was left.
static bool walk(const struct kss_ctype *type, bool wide, uint32_t offset, const char *object,
                 struct kss_text *out, uint32_t *rest) {
    while (offset != 0 || (object != NULL && !is_object(type, object))) {
        if (type->kind == KSS_K_STRUCT && type->nt != NULL && !type->members_made) {
            descend_nt(type->nt, wide, &offset, out);
            break;
        }
        const struct kss_ctype *part = descend(type, &offset, out);
        if (part == NULL)
            break;
        type = part;
    }
    *rest = offset;
    return offset == 0 && (object == NULL || is_object(type, object));
}

bool kss_type_path(const void *shape, bool wide, uint32_t offset, const char *object,
                   struct kss_text *out) {
    size_t before = out->length;
    uint32_t rest;
    if (object != NULL && walk(shape, wide, offset, object, out, &rest))
        return true;
    out->length = before;
    walk(shape, wide, offset, NULL, out, &rest);
    if (rest != 0) {
        kss_text_char(out, '+');
        kss_text_hex(out, rest);
    }
    return false;
}
