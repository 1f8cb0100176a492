// SPDX-License-Identifier: MIT
// What the world does to a machine: interrupts, DPCs, signals, memory pressure, failing calls, little
// stack, registers; and what driver code asked of NT.
#include "harness/private.h"

#include "base/os.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Events to come -----------------------------------------------------------------------------------
static void promise_run(const char *what, enum kss_due_kind kind, uint64_t after, unsigned irql,
                        kss_routine *routine, const uintptr_t *arguments, unsigned count) {
    struct kss_harness *h = kss_harness(what);
    struct kss_due due = {.kind = (uint8_t)kind,
                          .irql = (uint8_t)irql,
                          .routine = kss_native_code(h->native, routine),
                          .argument_count = (uint8_t)count};
    for (unsigned i = 0; i < count; i++)
        due.arguments[i] = arguments[i];
    kss_promise(h->machine, &due, after, 0, 0);
}

void kss_interrupt(uint64_t after, unsigned irql, kss_routine *isr, void *interrupt,
                   void *context) {
    const struct kss_config *config = kss_machine_config(kss_harness("kss_interrupt")->machine);
    const struct kss_profile *profile = &config->profile;
    if (irql == 0)
        irql = profile->device_irql_min;
    if (irql < profile->device_irql_min || irql > profile->high_level)
        kss_os_fatal("kss_interrupt: that IRQL is no device's");
    promise_run("kss_interrupt", KSS_DUE_INTERRUPT, after, irql, isr,
                (const uintptr_t[]){(uintptr_t)interrupt, (uintptr_t)context}, 2);
}

bool kss_interrupt_line(uint64_t after, uint32_t vector) {
    struct kss_due due;
    struct kss_machine *machine = kss_harness("kss_interrupt_line")->machine;
    if (!kss_connected_interrupt(machine, vector, &due))
        return false;
    kss_promise(machine, &due, after, 0, 0);
    return true;
}

void kss_dpc(uint64_t after, kss_routine *deferred, void *context, void *argument1,
             void *argument2) {
    promise_run(
        "kss_dpc", KSS_DUE_DPC, after, 0, deferred,
        (const uintptr_t[]){0, (uintptr_t)context, (uintptr_t)argument1, (uintptr_t)argument2}, 4);
}

void kss_signal(uint64_t after, void *event) {
    struct kss_due due = {.kind = KSS_DUE_SIGNAL, .arguments = {(uintptr_t)event}};
    kss_promise(kss_harness("kss_signal")->machine, &due, after, 0, 0);
}

void kss_queue_apc(uint64_t after, unsigned thread, enum kss_apc_mode mode, kss_routine *routine,
                   void *argument1, void *argument2, void *argument3) {
    static const uint8_t kinds[] = {KSS_APC_USER, KSS_APC_KERNEL, KSS_APC_SPECIAL};
    struct kss_harness *h = kss_harness("kss_queue_apc");
    kss_thread_phase(thread); // there is such a thread
    struct kss_due due = {
        .kind = KSS_DUE_APC,
        .irql = kinds[mode],
        .target = (uint16_t)thread,
        .routine = kss_native_code(h->native, routine),
        .argument_count = 3,
        .arguments = {(uintptr_t)argument1, (uintptr_t)argument2, (uintptr_t)argument3}};
    kss_promise(h->machine, &due, after, 0, 0);
}

void kss_trim_memory(uint64_t after) {
    kss_promise(kss_harness("kss_trim_memory")->machine, &(struct kss_due){.kind = KSS_DUE_TRIM},
                after, 0, 0);
}

static void transfer(const char *what, unsigned how, uint64_t after, const void *target,
                     size_t bytes, const void *data) {
    struct kss_due due = {.kind = KSS_DUE_DMA,
                          .irql = (uint8_t)how,
                          .argument_count = 2,
                          .arguments = {(uintptr_t)target, bytes, 0, 0, (uintptr_t)data}};
    kss_promise(kss_harness(what)->machine, &due, after, 0, 0);
}

static const void *copy_of(const char *what, const void *data, size_t bytes) {
    struct kss_harness *h = kss_harness(what);
    void *copy = malloc(bytes + 1);
    if (copy == NULL)
        kss_os_fatal("out of memory");
    KSS_ROOM(h->kept, h->kept_count, h->kept_room);
    h->kept[h->kept_count++] = memcpy(copy, data, bytes);
    return copy;
}

void kss_dma_write(uint64_t after, void *buffer, size_t bytes, const void *data) {
    transfer("kss_dma_write", KSS_DMA_WRITE, after, buffer, bytes,
             copy_of("kss_dma_write", data, bytes));
}

void kss_dma_write_mdl(uint64_t after, void *mdl, size_t bytes, const void *data) {
    if (bytes == 0)
        return; // no bytes would mean all of the MDL's
    transfer("kss_dma_write_mdl", KSS_DMA_WRITE | KSS_DMA_BY_MDL, after, mdl, bytes,
             copy_of("kss_dma_write_mdl", data, bytes));
}

void kss_dma_read(uint64_t after, const void *buffer, size_t bytes, void *data) {
    transfer("kss_dma_read", 0, after, buffer, bytes, data);
}

void kss_dma_read_mdl(uint64_t after, const void *mdl, size_t bytes, void *data) {
    if (bytes != 0)
        transfer("kss_dma_read_mdl", KSS_DMA_BY_MDL, after, mdl, bytes, data);
}

void kss_hold_dpcs(bool hold) {
    kss_hold_pending(kss_harness("kss_hold_dpcs")->machine, hold);
}

bool kss_out_swap(unsigned thread) {
    struct kss_harness *h = kss_harness("kss_out_swap");
    return kss_swap_now(h->machine, (uint16_t)thread);
}

void kss_leave_stack(const char *routine, uint32_t bytes) {
    struct kss_harness *h = kss_harness("kss_leave_stack");
    kss_native_leave(h->native, routine, bytes);
}

// ---- Calls ----------------------------------------------------------------------------------------------
static uint32_t routine_named(const char *what, const char *name) {
    const struct kss_routine *row = kss_routine_find(name, strlen(name));
    if (row == NULL)
        kss_harness_refuse(what, "kss knows no NT routine", name);
    return (uint32_t)(row - kss_routines);
}

void kss_fail_with(const char *routine, unsigned nth, uint64_t value) {
    struct kss_harness *h = kss_harness("kss_fail_with");
    uint32_t row = routine_named("kss_fail_with", routine);
    if (nth == 0)
        kss_os_fatal("kss_fail_with: calls are counted from 1");
    KSS_ROOM(h->injections, h->injection_count, h->injection_room);
    h->injections[h->injection_count++] =
        (struct kss_injection){.routine = row, .left = nth, .value = value};
}

void kss_fail(const char *routine, unsigned nth) {
    const struct kss_routine *row = &kss_routines[routine_named("kss_fail", routine)];
    uint64_t value = 0;
    if (strncmp(routine, "KeExpandKernelStack", 19) == 0)
        value = 0xC0000017; // STATUS_NO_MEMORY
    else if (strcmp(row->result, "NTSTATUS") == 0)
        value = 0xC000009A; // STATUS_INSUFFICIENT_RESOURCES
    kss_fail_with(routine, nth, value);
}

static bool inject(struct kss_harness *h, uint32_t routine, uint64_t *value) {
    bool fails = false;
    for (unsigned i = 0; i < h->injection_count; i++) {
        struct kss_injection *row = &h->injections[i];
        if (row->routine != routine || row->left == 0 || --row->left != 0)
            continue;
        *value = row->value;
        fails = true;
    }
    return fails;
}

static void record(struct kss_harness *h, const struct kss_native_call *call) {
    KSS_ROOM(h->calls, h->call_count, h->call_room);
    struct kss_call_record *row = &h->calls[h->call_count++];
    *row = (struct kss_call_record){.routine = call->routine,
                                    .caller = kss_native_call_from(h->native, call)};
    memcpy(row->arguments, call->arguments,
           (call->count < 4 ? call->count : 4) * sizeof *call->arguments);
}

bool kss_harness_hook(void *context, const struct kss_native_call *call, uint64_t *value) {
    struct kss_harness *h = context;
    h->counts[call->routine]++;
    if (h->call_log)
        record(h, call);
    return h->injection_count != 0 && inject(h, call->routine, value);
}

uint64_t kss_calls(const char *routine) {
    return kss_harness("kss_calls")->counts[routine_named("kss_calls", routine)];
}

uint64_t kss_call_count(void) {
    return kss_harness("kss_call_count")->call_count;
}

bool kss_call_at(uint64_t index, struct kss_call_info *info) {
    struct kss_harness *h = kss_harness("kss_call_at");
    if (index >= h->call_count)
        return false;
    const struct kss_call_record *record = &h->calls[index];
    *info = (struct kss_call_info){.routine = kss_routines[record->routine].name, .caller = ""};
    for (unsigned i = 0; i < 4; i++)
        info->arguments[i] = (uintptr_t)record->arguments[i];
    if (record->caller != KSS_NO_FRAME) {
        const struct kss_code *code = &kss_machine_image(h->machine)->code[record->caller];
        kss_text_clear(&h->name);
        kss_text_format(&h->name, "%s!%s", code->module, code->name);
        info->caller = h->name.bytes;
    }
    return true;
}

// ---- Registers ------------------------------------------------------------------------------------------
void kss_add_registers(const struct kss_registers *registers) {
    struct kss_harness *h = kss_harness("kss_add_registers");
    if (h->register_count == KSS_REGISTER_ROWS)
        kss_os_fatal("kss_add_registers: at most 16 register ranges");
    h->registers[h->register_count++] = *registers;
}

// On the host's stack, for driver code. Ranges nobody claims are plain memory.
void kss_register_access(void *address, unsigned width, bool write, uint64_t *value) {
    struct kss_harness *h = kss_harness_now();
    for (unsigned i = 0; h != NULL && i < h->register_count; i++) {
        const struct kss_registers *row = &h->registers[i];
        size_t offset = (size_t)((uintptr_t)address - (uintptr_t)row->base);
        if (offset >= row->size || row->size - offset < width)
            continue;
        if (write && row->write != NULL)
            row->write(row->context, offset, width, *value);
        if (!write)
            *value = row->read == NULL ? 0 : row->read(row->context, offset, width);
        return;
    }
    if (write)
        kss_write(h->machine, (uintptr_t)address, value, width, KSS_WHO_DRIVER);
    else
        kss_read(h->machine, (uintptr_t)address, value, width, KSS_WHO_DRIVER);
}

// ---- Pool -----------------------------------------------------------------------------------------------
static const struct kss_region *block_at(const struct kss_region *regions, uint32_t index) {
    const struct kss_region *region = &regions[index];
    bool block = (region->kind == KSS_REGION_NONPAGED || region->kind == KSS_REGION_PAGED) &&
                 region->nt == KSS_NTB_NONE;
    return block ? region : NULL;
}

static void leaks(size_t *count, uint64_t *bytes) {
    uint32_t used;
    const struct kss_region *regions =
        kss_section_const(kss_harness("kss_leak_count")->machine, KSS_S_REGION, &used);
    *count = 0;
    *bytes = 0;
    for (uint32_t i = 0; i < used / sizeof *regions; i++) {
        const struct kss_region *block = block_at(regions, i);
        *count += block != NULL;
        *bytes += block != NULL ? block->size : 0;
    }
}

size_t kss_leak_count(void) {
    size_t count;
    uint64_t bytes;
    leaks(&count, &bytes);
    return count;
}

uint64_t kss_leak_bytes(void) {
    size_t count;
    uint64_t bytes;
    leaks(&count, &bytes);
    return bytes;
}

const char *kss_leaks(void) {
    struct kss_harness *h = kss_harness("kss_leaks");
    uint32_t used;
    const struct kss_region *regions = kss_section_const(h->machine, KSS_S_REGION, &used);
    uint32_t total = used / (uint32_t)sizeof *regions;
    kss_text_clear(&h->text);
    kss_text_str(&h->text, "");
    for (uint32_t i = 0; i < total; i++) {
        const struct kss_region *block = block_at(regions, i);
        bool said = false;
        for (uint32_t j = 0; block != NULL && j < i; j++)
            said |= block_at(regions, j) != NULL && regions[j].tag == block->tag;
        if (block == NULL || said)
            continue;
        uint64_t bytes = 0;
        unsigned count = 0;
        for (uint32_t j = i; j < total; j++)
            if (block_at(regions, j) != NULL && regions[j].tag == block->tag) {
                count++;
                bytes += regions[j].size;
            }
        for (unsigned byte = 0; byte < 4; byte++) {
            char c = (char)(block->tag >> (8 * byte));
            kss_text_char(&h->text, c >= ' ' && c < 127 ? c : '.');
        }
        kss_text_format(&h->text, ": %u block%s, %" PRIu64 " bytes\n", count, count == 1 ? "" : "s",
                        bytes);
    }
    return h->text.bytes == NULL ? "" : h->text.bytes;
}
