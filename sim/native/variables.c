// SPDX-License-Identifier: MIT
// Variables that ntoskrnl exports: object types. What one points to begins with a mark and the kind of
// object (enum kss_handle_kind), which is how the kernel knows it again (kernel/handle.c).
#include <ntifs.h>

struct kss_object_type {
    unsigned mark, kind;
};

enum { MARK = 0x4B53534F };

#define TYPE(name, number)                                                                         \
    static struct kss_object_type type_##name = {MARK, number};                                    \
    static POBJECT_TYPE pointer_##name = (POBJECT_TYPE)&type_##name;                               \
    POBJECT_TYPE *name = &pointer_##name

TYPE(PsThreadType, 1);
TYPE(IoFileObjectType, 2);
TYPE(ExEventObjectType, 3);
TYPE(PsProcessType, 4);
TYPE(ExSemaphoreObjectType, 5);
TYPE(SeTokenObjectType, 6);
