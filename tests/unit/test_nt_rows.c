// SPDX-License-Identifier: MIT
// The rows of sim/nt against each other and against figures from outside: types resolve, layouts
// are consistent, sizes are the public ones, every row says where it comes from.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nt/layout.h"
#include "nt/nt.h"
#include "nt/status.h"

#include <stdio.h>
#include <string.h>

static bool says_something(const char *text) {
    return text && strlen(text) >= 4;
}

// The type a name such as "PVOID*" begins with; *stars counts what follows.
static const struct kss_type *type_named(const char *name, unsigned *stars) {
    size_t length = strlen(name);
    *stars = 0;
    while (length > 0 && (name[length - 1] == '*' || name[length - 1] == ' ')) {
        *stars += name[length - 1] == '*';
        length--;
    }
    return kss_type_find(name, length);
}

static void size_of(const char *name, bool wide, unsigned *size, unsigned *align) {
    unsigned stars;
    const struct kss_type *type = type_named(name, &stars);
    assert_non_null(type);
    while (!stars && type->kind == KSS_TYPE_ALIAS) {
        type = type_named(type->target, &stars);
        assert_non_null(type);
    }
    *size = stars ? (wide ? 8 : 4) : type->size[wide];
    *align = stars ? (wide ? 8 : 4) : type->align[wide];
}

// ---- Types --------------------------------------------------------------------------------------

static void test_targets_exist(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_type_count; i++) {
        const struct kss_type *type = &kss_types[i];
        assert_true(says_something(type->source));
        bool wants = type->kind == KSS_TYPE_ALIAS || type->kind == KSS_TYPE_POINTER ||
                     type->kind == KSS_TYPE_ROUTINE;
        assert_int_equal(type->target != NULL, wants);
        if (wants)
            assert_non_null(kss_type_find(type->target, strlen(type->target)));
        assert_int_equal(type->parameters != NULL, type->kind == KSS_TYPE_ROUTINE);
        unsigned hops = 0;
        for (const struct kss_type *t = type; t->kind == KSS_TYPE_ALIAS; hops++) {
            t = kss_type_find(t->target, strlen(t->target));
            assert_true(hops < 4); // no circles
        }
    }
}

static void test_fields_fit(void **state) {
    (void)state;
    unsigned fields = 0;
    for (unsigned i = 0; i < kss_type_count; i++) {
        const struct kss_type *type = &kss_types[i];
        for (unsigned wide = 0; wide < 2; wide++) {
            if (type->kind == KSS_TYPE_STRUCT && type->size[wide] > 0)
                assert_int_equal(type->size[wide] % type->align[wide], 0);
            for (unsigned f = 0; f < type->field_count; f++, fields++) {
                const struct kss_field *field = &type->fields[f];
                unsigned size, align;
                size_of(field->type, wide, &size, &align);
                assert_true(size > 0);
                // Microsoft packs the parameters of an I/O stack location to 4 on 32-bit machines.
                if (strncmp(type->name, "IO_STACK_LOCATION", 17) == 0 && !wide && align > 4)
                    align = 4;
                assert_int_equal(field->offset[wide] % align, 0);
                unsigned count = field->count ? field->count : 1;
                assert_true(field->offset[wide] + size * count <= type->size[wide]);
                assert_true(align <= type->align[wide]);
                assert_ptr_equal(kss_type_field(type, field->name, strlen(field->name)), field);
            }
        }
    }
    assert_true(fields > 400);
}

// Object sizes of 32- and 64-bit Windows as public symbols and headers give them.
static void test_public_sizes(void **state) {
    (void)state;
    static const struct {
        const char *name;
        unsigned size[2];
    } known[] = {
        {"KEVENT", {0x10, 0x18}},
        {"KSEMAPHORE", {0x14, 0x20}},
        {"KMUTEX", {0x20, 0x38}},
        {"KMUTANT", {0x20, 0x38}},
        {"KTIMER", {0x28, 0x40}},
        {"KDPC", {0x20, 0x40}},
        {"KAPC", {0x30, 0x58}},
        {"KWAIT_BLOCK", {0x18, 0x30}},
        {"FAST_MUTEX", {0x20, 0x38}},
        {"KSPIN_LOCK", {4, 8}},
        {"LARGE_INTEGER", {8, 8}},
        {"LIST_ENTRY", {8, 16}},
        {"UNICODE_STRING", {8, 16}},
        {"IO_STATUS_BLOCK", {8, 16}},
        {"OBJECT_ATTRIBUTES", {24, 48}},
        {"MDL", {0x1C, 0x30}},
        {"IRP", {0x70, 0xD0}},
        {"IO_STACK_LOCATION", {0x24, 0x48}},
        {"DEVICE_OBJECT", {0xB8, 0x150}},
        {"DRIVER_OBJECT", {0xA8, 0x150}},
        {"FILE_OBJECT", {0x80, 0xD8}},
        {"ERESOURCE", {0x38, 0x68}},
        {"KLOCK_QUEUE_HANDLE", {0xC, 0x18}},
        {"GUID", {16, 16}},
        {"HANDLE", {4, 8}},
        {"SIZE_T", {4, 8}},
        {"ULONG", {4, 4}},
        {"LONG_PTR", {4, 8}},
        {"WCHAR", {2, 2}},
        {"BOOLEAN", {1, 1}},
        {"KPROCESSOR_MODE", {1, 1}},
        {"NTSTATUS", {4, 4}},
        {"POOL_TYPE", {4, 4}},
        {"POOL_FLAGS", {8, 8}},
    };
    for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
        for (unsigned wide = 0; wide < 2; wide++) {
            unsigned size, align;
            size_of(known[i].name, wide, &size, &align);
            if (size != known[i].size[wide])
                fail_msg("%s: %u bytes, not %u", known[i].name, size, known[i].size[wide]);
        }
}

static void test_fields_are_found(void **state) {
    (void)state;
    const struct kss_type *large = kss_type_find("LARGE_INTEGER", 13);
    assert_int_equal(kss_type_field(large, "LowPart", 7)->offset[0], 0);
    assert_int_equal(kss_type_field(large, "HighPart", 8)->offset[1], 4);
    assert_string_equal(kss_type_field(large, "QuadPart", 8)->type, "LONGLONG");
    const struct kss_field *u = kss_type_field(large, "u", 1);
    const struct kss_type *inner = kss_type_find(u->type, strlen(u->type));
    assert_string_equal(kss_type_field(inner, "HighPart", 8)->type, "LONG");
    assert_null(kss_type_field(large, "Quad", 4));
    assert_null(kss_type_field(large, "", 0));
    const struct kss_type *irp = kss_type_find("IRP", 3);
    assert_int_equal(kss_type_field(irp, "IoStatus", 8)->offset[1], 0x30);
    const struct kss_type *driver = kss_type_find("DRIVER_OBJECT", 13);
    assert_int_equal(kss_type_field(driver, "MajorFunction", 13)->count, 28);
    assert_null(kss_type_field(kss_type_find("KTHREAD", 7), "State", 5));
}

static void test_layout_constants(void **state) {
    (void)state;
    assert_int_equal(KSS_SIZE(KEVENT, false), 0x10);
    assert_int_equal(KSS_SIZE(KEVENT, true), 0x18);
    assert_int_equal(KSS_OFFSET(KEVENT, SignalState, true), 4);
    assert_int_equal(KSS_OFFSET(KTIMER, Dpc, true), 0x30);
    assert_int_equal(KSS_OFFSET(KDPC, DeferredRoutine, false), 0xC);
    assert_int_equal(KSS_OFFSET(KDPC, DeferredRoutine, true), 0x18);
    assert_int_equal(KSS_OFFSET(LIST_ENTRY, Blink, true), 8);
    assert_int_equal(KSS_ALIGN(LARGE_INTEGER, false), 8);
}

// ---- Routines -----------------------------------------------------------------------------------

static void check_parameter(const struct kss_parameter *parameter) {
    unsigned stars;
    const struct kss_type *type = type_named(parameter->type, &stars);
    if (!type)
        fail_msg("no type %s", parameter->type);
    assert_true(parameter->name && parameter->name[0]);
    bool pointer = stars > 0 || type->kind == KSS_TYPE_POINTER;
    switch (parameter->class_) {
    case KSS_CLASS_OBJECT: assert_true(pointer && parameter->resident); break;
    case KSS_CLASS_POINTER:
    case KSS_CLASS_STRING: assert_true(pointer); break;
    case KSS_CLASS_VALUE: assert_false(pointer); break;
    case KSS_CLASS_DURATION: assert_int_equal(parameter->unit, KSS_UNIT_100NS); break;
    case KSS_CLASS_ROUTINE:
        assert_true(pointer);
        type = kss_type_find(type->target, strlen(type->target));
        assert_int_equal(type->kind, KSS_TYPE_ROUTINE);
        break;
    }
    if (parameter->optional)
        assert_true(pointer);
    if (!parameter->fallback)
        return;
    const struct kss_constant *fallback =
        kss_constant_find(parameter->fallback, strlen(parameter->fallback));
    if (!fallback)
        fail_msg("no constant %s", parameter->fallback);
    // A named type's default is one of its own constants; plain integers take any.
    if (type->kind != KSS_TYPE_SCALAR)
        assert_string_equal(fallback->type, parameter->type);
}

static void test_routines(void **state) {
    (void)state;
    for (unsigned i = 0; i < KSS_NT_COUNT; i++) {
        const struct kss_routine *row = &kss_routines[i];
        bool scripted = row->modes & KSS_MODE_SCRIPT; // the other types are the headers' business
        if (scripted)
            assert_non_null(kss_type_find(row->result, strlen(row->result)));
        assert_true(row->parameter_count <= KSS_PARAMETERS);
        for (unsigned p = 0; p < row->parameter_count && scripted; p++)
            check_parameter(&row->parameters[p]);
        for (unsigned p = row->parameter_count; p < KSS_PARAMETERS; p++)
            assert_null(row->parameters[p].name);
        assert_true(row->irql_min <= row->irql_max);
        assert_true(row->irql_min <= KSS_DISPATCH_LEVEL);
        assert_true(row->irql_max <= KSS_DISPATCH_LEVEL || row->irql_max == KSS_ANY_IRQL);
        assert_true(row->modes != 0);
        assert_true(says_something(row->source));
        assert_true(strcmp(row->header, "wdm.h") == 0 || strcmp(row->header, "ntddk.h") == 0 ||
                    strcmp(row->header, "ntifs.h") == 0 || strcmp(row->header, "wdmsec.h") == 0);
        if (row->can & KSS_CAN_BLOCK)
            assert_true(row->irql_max <= KSS_DISPATCH_LEVEL);
        if (row->can & KSS_VARIADIC)
            assert_int_equal(row->parameters[row->parameter_count - 1].class_, KSS_CLASS_STRING);
    }
}

static void test_some_routines_in_full(void **state) {
    (void)state;
    const struct kss_routine *wait = &kss_routines[KSS_NT_KeWaitForSingleObject];
    assert_int_equal(wait->parameter_count, 5);
    assert_string_equal(wait->result, "NTSTATUS");
    assert_string_equal(wait->parameters[2].type, "KPROCESSOR_MODE");
    assert_string_equal(wait->parameters[2].fallback, "KernelMode");
    assert_true(wait->parameters[4].optional);
    assert_int_equal(wait->irql_max, KSS_DISPATCH_LEVEL); // with a zero timeout
    assert_true(wait->can & KSS_CAN_BLOCK);

    const struct kss_routine *timer = &kss_routines[KSS_NT_KeSetTimerEx];
    assert_int_equal(timer->parameter_count, 4);
    assert_int_equal(timer->parameters[1].class_, KSS_CLASS_DURATION);
    assert_int_equal(timer->parameters[2].unit, KSS_UNIT_MS);
    assert_true(timer->parameters[3].optional);

    const struct kss_routine *swap = &kss_routines[KSS_NT_KeSetKernelStackSwapEnable];
    assert_int_equal(swap->irql_max, KSS_APC_LEVEL);
    assert_string_equal(swap->header, "ntifs.h");
    assert_int_equal(kss_routines[KSS_NT_KeGetCurrentIrql].parameter_count, 0);
    assert_int_equal(kss_routines[KSS_NT_KeBugCheckEx].parameter_count, 5);
    assert_int_equal(kss_routines[KSS_NT_KeReleaseSpinLock].irql_min, KSS_DISPATCH_LEVEL);
    assert_true(kss_routines[KSS_NT_KeExpandKernelStackAndCallout].can & KSS_CAN_CALL);
}

// Ranges that are easily taken for others, as the routines' pages have them.
static void test_documented_irqls(void **state) {
    (void)state;
    static const struct {
        unsigned routine, least, most;
    } documented[] = {
        {KSS_NT_ExConvertExclusiveToSharedLite, KSS_PASSIVE_LEVEL, KSS_APC_LEVEL},
        {KSS_NT_ExInterlockedPopEntrySList, KSS_PASSIVE_LEVEL, KSS_ANY_IRQL},
        {KSS_NT_ExReinitializeResourceLite, KSS_PASSIVE_LEVEL, KSS_DISPATCH_LEVEL},
        {KSS_NT_ExReleaseFastMutex, KSS_APC_LEVEL, KSS_APC_LEVEL},
        {KSS_NT_FsRtlDissectName, KSS_PASSIVE_LEVEL, KSS_PASSIVE_LEVEL},
        {KSS_NT_IoGetTopLevelIrp, KSS_PASSIVE_LEVEL, KSS_DISPATCH_LEVEL},
        {KSS_NT_IoInitializeWorkItem, KSS_PASSIVE_LEVEL, KSS_ANY_IRQL},
        {KSS_NT_KeInitializeDeviceQueue, KSS_PASSIVE_LEVEL, KSS_DISPATCH_LEVEL},
        {KSS_NT_KeInsertDeviceQueue, KSS_DISPATCH_LEVEL, KSS_DISPATCH_LEVEL},
        {KSS_NT_KeShouldYieldProcessor, KSS_DISPATCH_LEVEL, KSS_ANY_IRQL},
        {KSS_NT_MmAllocatePagesForMdl, KSS_PASSIVE_LEVEL, KSS_DISPATCH_LEVEL},
        {KSS_NT_ObReferenceObjectByHandle, KSS_PASSIVE_LEVEL, KSS_PASSIVE_LEVEL},
        {KSS_NT_PutDmaAdapter, KSS_PASSIVE_LEVEL, KSS_DISPATCH_LEVEL},
        {KSS_NT_RtlFreeUnicodeString, KSS_PASSIVE_LEVEL, KSS_APC_LEVEL},
        {KSS_NT_RtlTimeToSecondsSince1970, KSS_PASSIVE_LEVEL, KSS_APC_LEVEL},
        {KSS_NT_RtlUnicodeStringToAnsiString, KSS_PASSIVE_LEVEL, KSS_PASSIVE_LEVEL},
        {KSS_NT_RtlUpcaseUnicodeString, KSS_PASSIVE_LEVEL, KSS_APC_LEVEL},
    };
    for (size_t i = 0; i < sizeof documented / sizeof *documented; i++) {
        const struct kss_routine *row = &kss_routines[documented[i].routine];
        if (row->irql_min != documented[i].least || row->irql_max != documented[i].most)
            fail_msg("%s: %u to %u", row->name, (unsigned)row->irql_min, (unsigned)row->irql_max);
    }
}

// ---- Machines -----------------------------------------------------------------------------------

static void test_profiles(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_profile_count; i++) {
        const struct kss_profile *row = &kss_profiles[i];
        assert_true(says_something(row->source));
        assert_int_equal(row->pointer_size,
                         row->arch == KSS_ARCH_X64 || row->arch == KSS_ARCH_ARM64 ? 8 : 4);
        assert_int_equal(row->stack_size % row->page_size, 0);
        assert_true(row->stack_size == 0 || row->reserve + row->trap_frame < row->stack_size);
        assert_true(row->frame_overhead >= row->return_address);
        assert_true(row->frame_align == 4 || row->frame_align == 8 || row->frame_align == 16);
        assert_int_equal(row->reserve % row->frame_align, 0);
        assert_true(row->device_irql_min > KSS_DISPATCH_LEVEL);
        assert_true(row->device_irql_max < row->clock_level && row->clock_level < row->high_level);
        assert_string_equal(kss_irql_name(row->arch, row->high_level), "HIGH_LEVEL");
        // MAXIMUM_EXPANSION_SIZE is KERNEL_LARGE_STACK_SIZE less half a page.
        if (row->large_stack_size)
            assert_int_equal(row->max_expansion, row->large_stack_size - row->page_size / 2);
        assert_int_equal(row->clock_tick, 156250);
        assert_true(row->outswap_after_small < row->outswap_after);
        assert_true(row->processors >= 1);
    }
}

static void test_profile_figures(void **state) {
    (void)state;
    const struct kss_profile *x86 = kss_profile_find("x86", 3), *x64 = kss_profile_find("x64", 3);
    assert_int_equal(x86->stack_size, 12288);
    assert_int_equal(x86->max_expansion, 59392);
    assert_int_equal(x86->reserve + x86->trap_frame, 668);
    assert_int_equal(x64->stack_size, 24576);
    assert_int_equal(x64->max_expansion, 71680);
    assert_int_equal(x64->reserve, 0x370);
    assert_int_equal(x64->trap_frame, 0x190);
    // Eleven frames of 1,024 bytes fit an x86 user thread with 356 bytes left; twelve do not.
    assert_int_equal(x86->stack_size - x86->reserve - x86->trap_frame - 11 * 1024, 356);
    assert_int_equal(kss_profile_find("arm64", 5)->stack_size, 0);
    assert_int_equal(kss_profile_find("x64-xsave", 9)->stack_size, 7 * 4096);
}

static void test_costs(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_cost_count; i++) {
        const struct kss_cost *row = &kss_costs[i];
        assert_true(says_something(row->routine) && says_something(row->source));
        const struct kss_profile *machine = kss_profile_find(row->machine, strlen(row->machine));
        assert_non_null(machine);
        assert_non_null(kss_routine_find(row->routine, strlen(row->routine)));
        assert_true(row->bytes > 0 && row->bytes < 4096);
        assert_int_equal(row->bytes % machine->frame_align, 0);
        assert_true(strcmp(row->machine, "x64") == 0 || strcmp(row->machine, "x86") == 0);
        int order = i == 0 ? -1 : strcmp(kss_costs[i - 1].routine, row->routine);
        assert_true(order < 0 ||
                    (order == 0 && strcmp(kss_costs[i - 1].machine, row->machine) < 0));
        assert_true(row->origin == KSS_ORIGIN_LISTED || row->origin == KSS_ORIGIN_MEASURED);
        for (unsigned other = 0; other < i; other++)
            assert_false(strcmp(kss_costs[other].routine, row->routine) == 0 &&
                         strcmp(kss_costs[other].machine, row->machine) == 0);
    }
}

// ---- Bug checks, hazards, policies, events, constants -------------------------------------------

static void test_bugchecks(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_bugcheck_count; i++) {
        const struct kss_bugcheck *row = &kss_bugchecks[i];
        assert_true(says_something(row->text) && says_something(row->source));
        for (unsigned p = 1; p < 4; p++) // no meaning after a parameter without one
            assert_false(row->parameters[p] && !row->parameters[p - 1]);
    }
    static const uint32_t wanted[] = {
        0x1,  0x9,  0xA,  0xC,   0xF,   0x10,  0x19,  0x1E,  0x20,  0x2B,  0x30,      0x3B,
        0x4A, 0x4E, 0x50, 0x77,  0x7A,  0x7E,  0x7F,  0x8E,  0x94,  0xB8,  0xBE,      0xBF,
        0xC2, 0xC4, 0xC5, 0xC7,  0xC8,  0xC9,  0xD1,  0xD5,  0xD6,  0xDC,  0xE2,      0xE6,
        0xE9, 0xF7, 0xFC, 0x107, 0x12B, 0x133, 0x139, 0x1AA, 0x1AB, 0x1CD, 0x4000008A};
    for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_non_null(kss_bugcheck_find(wanted[i]));
}

static bool dashed(const char *name) {
    for (; *name; name++)
        if ((*name < 'a' || *name > 'z') && *name != '-')
            return false;
    return true;
}

// A rule that is built has its flagged and its clean scenario and its text.
static void assert_has_files(const struct kss_hazard *row) {
    for (unsigned i = 0; i < 3; i++) {
        char path[128];
        if (i < 2)
            snprintf(path, sizeof path,
                     i == 0 ? "scenarios/rules/KSS%04u-%s-flagged.kss"
                            : "scenarios/rules/KSS%04u-%s-clean.kss",
                     (unsigned)row->number, row->name);
        else
            snprintf(path, sizeof path, "docs/explain/KSS%04u.md", (unsigned)row->number);
        FILE *file = fopen(path, "rb");
        if (file == NULL)
            print_message("%s is missing\n", path);
        assert_non_null(file);
        fclose(file);
    }
}

static void test_hazards(void **state) {
    (void)state;
    static const char *const c_names[] = {
#define HAZARD(number, c_name, ...) #c_name,
#include "nt/hazards.def"
#undef HAZARD
    };
    unsigned built = 0;
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++) {
        const struct kss_hazard *row = &kss_hazards[i];
        assert_true(says_something(row->text) && says_something(row->source));
        assert_true(dashed(row->name));
        assert_int_equal(strlen(row->name), strlen(c_names[i]));
        for (unsigned c = 0; row->name[c]; c++)
            assert_int_equal(row->name[c] == '-' ? '_' : row->name[c], c_names[i][c]);
        built += row->built;
        if (row->built)
            assert_has_files(row);
    }
    assert_true(built >= 29);
    assert_int_equal(kss_hazard_named("KSS1003", 7)->severity, KSS_HAZARD_NOTE);
    assert_int_equal(kss_hazard_named("KSS7001", 7)->severity, KSS_HAZARD_WARNING);
    assert_int_equal(kss_hazard_named("KSS2001", 7)->severity, KSS_HAZARD_ERROR);
}

static void test_policies(void **state) {
    (void)state;
    static const char *const c_names[] = {
#define POLICY(c_name, ...) #c_name,
#include "nt/policies.def"
#undef POLICY
    };
    for (unsigned i = 0; i < KSS_POLICY_COUNT; i++) {
        const struct kss_policy *row = &kss_policies[i];
        assert_true(says_something(row->choice) && says_something(row->why));
        assert_true(says_something(row->source));
        assert_true(dashed(row->name));
        assert_int_equal(strlen(row->name), strlen(c_names[i]));
        for (unsigned c = 0; row->name[c]; c++)
            assert_int_equal(row->name[c] == '-' ? '_' : row->name[c], c_names[i][c]);
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(kss_policies[other].name, row->name);
    }
}

static void test_events(void **state) {
    (void)state;
    for (unsigned i = 0; i < KSS_EV_COUNT; i++) {
        const struct kss_event_kind *row = &kss_event_kinds[i];
        assert_true(says_something(row->text));
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(kss_event_kinds[other].name, row->name);
        for (unsigned w = 0; w < KSS_EVENT_WORDS; w++) {
            bool used = row->words[w].word != KSS_W_NONE;
            assert_int_equal(row->words[w].name != NULL, used);
            assert_int_equal(row->words[w].values != NULL, row->words[w].word == KSS_W_ENUM);
            if (w > 0 && used)
                assert_int_not_equal(row->words[w - 1].word, KSS_W_NONE);
            for (unsigned other = 0; used && other < w; other++)
                assert_string_not_equal(row->words[other].name, row->words[w].name);
        }
    }
    assert_string_equal(kss_event_kinds[KSS_EV_WAIT].name, "wait.begin");
    assert_string_equal(kss_event_kinds[KSS_EV_VERDICT].name, "verdict");
}

static void test_constants(void **state) {
    (void)state;
    for (unsigned i = 0; i < kss_constant_count; i++) {
        const struct kss_constant *row = &kss_constants[i];
        unsigned size, align;
        size_of(row->type, true, &size, &align);
        assert_true(size > 0);
        if (size == 8)
            continue;
        // The value is one the type can hold, signed or unsigned.
        int64_t range = (int64_t)1 << (8 * size);
        assert_true(row->value >= -range / 2 && row->value < range);
    }
}

static void test_status_constants(void **state) {
    (void)state;
    assert_int_equal((uint32_t)STATUS_TIMEOUT, 0x102);
    assert_int_equal((uint32_t)STATUS_STACK_OVERFLOW, 0xC00000FD);
    assert_int_equal((uint32_t)STATUS_INVALID_PARAMETER_3, 0xC00000F1);
    assert_int_equal((uint32_t)STATUS_MUTANT_LIMIT_EXCEEDED, 0xC0000191);
    assert_int_equal((uint32_t)STATUS_STACK_OVERFLOW_READ, 0xC0000228);
    assert_true(kss_status_success((uint32_t)STATUS_TIMEOUT));
    assert_true(kss_status_success((uint32_t)STATUS_PENDING));
    assert_false(kss_status_success((uint32_t)STATUS_BUFFER_OVERFLOW));
    assert_false(kss_status_success((uint32_t)STATUS_NO_MEMORY));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_targets_exist),
        cmocka_unit_test(test_fields_fit),
        cmocka_unit_test(test_public_sizes),
        cmocka_unit_test(test_fields_are_found),
        cmocka_unit_test(test_layout_constants),
        cmocka_unit_test(test_routines),
        cmocka_unit_test(test_some_routines_in_full),
        cmocka_unit_test(test_documented_irqls),
        cmocka_unit_test(test_profiles),
        cmocka_unit_test(test_profile_figures),
        cmocka_unit_test(test_costs),
        cmocka_unit_test(test_bugchecks),
        cmocka_unit_test(test_hazards),
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_status_constants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
