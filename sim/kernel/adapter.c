// SPDX-License-Identifier: MIT
// DMA adapters: common buffers, scatter/gather lists, map registers.
//
// The adapter is of a bus master that reaches all memory: logical addresses are physical ones, map registers
// are counted and never bounce, and no call waits for another's end. What drivers call through
// DmaOperations are routines of the table here; natively the pointers lead to their entry points.
//
//     | DMA_ADAPTER: Version Size DmaOperations | adapter
//     | DMA_OPERATIONS                          | in scenarios; natively the host's
//     | map registers                           |
//
// Sources: DDI pages of the DMA_OPERATIONS routines.
#include "kernel/mdl.h"

enum how {
    GET,
    PUT,
    COMMON_BUFFER,
    FREE_COMMON_BUFFER,
    SCATTER_GATHER,
    PUT_SCATTER_GATHER,
    CHANNEL,
    MAP,
    FLUSH,
    FREE_REGISTERS,
    FREE_CHANNEL
};
enum { HOW_ADAPTER = 2 /* of dma.program */ };

static void say(struct kss_machine *m, enum how how, kss_addr address, uint64_t bytes,
                kss_addr mdl) {
    uint16_t index = mdl == 0 ? KSS_NONE : kss_object_at(m, mdl);
    KSS_EMIT(m, KSS_EV_ADAPTER, how, address, bytes, kss_object_number(m, index));
}

static kss_addr registers_of(const struct kss_machine *m, kss_addr adapter) {
    return adapter + KSS_SIZE(DMA_ADAPTER, kss_wide(m)) + KSS_SIZE(DMA_OPERATIONS, kss_wide(m));
}

// The adapter a routine was given; for KSS_USE: one that is gone has been reported.
static struct kss_outcome use(struct kss_machine *m, kss_addr adapter) {
    uint8_t bytes[KSS_SIZE64_DMA_ADAPTER];
    KSS_TRY(kss_read(m, adapter, bytes, KSS_SIZE(DMA_ADAPTER, kss_wide(m)), KSS_WHO_DRIVER));
    uint32_t region = kss_region_find(m, adapter);
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_FREED)
        return kss_outcome(KSS_OUT_SPIN, 0);
    return kss_return(0);
}

struct kss_outcome kss_nt_IoGetDmaAdapter(struct kss_machine *m, struct kss_call *call) {
    bool wide = kss_wide(m);
    struct kss_outcome outcome;
    kss_addr description = call->arguments[1];
    uint64_t longest = kss_load(m, description + KSS_FIELD(DEVICE_DESCRIPTION, MaximumLength), 4,
                                KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    uint64_t page = m->config.profile.page_size, registers = (longest + page - 1) / page + 1;
    KSS_TRY(kss_store(m, call->arguments[2], 4, registers, KSS_WHO_DRIVER));
    unsigned size = KSS_SIZE(DMA_ADAPTER, wide), table = KSS_SIZE(DMA_OPERATIONS, wide);
    kss_addr adapter = kss_nt_block(m, KSS_NTB_MEMORY, size + table + 8);
    if (adapter == 0)
        return kss_return(0);
    kss_poke(m, adapter, 2, 1);
    kss_poke(m, adapter + KSS_FIELD(DMA_ADAPTER, Size), 2, size);
    kss_addr operations = m->space != NULL && m->space->dma_operations != NULL
                              ? m->space->dma_operations(m->space->context)
                              : adapter + size;
    if (operations == adapter + size)
        kss_poke(m, operations, 4, table);
    kss_set(m, adapter + KSS_FIELD(DMA_ADAPTER, DmaOperations), operations);
    kss_poke(m, registers_of(m, adapter), 4, registers);
    say(m, GET, adapter, longest, 0);
    return kss_return(adapter);
}

struct kss_outcome kss_nt_PutDmaAdapter(struct kss_machine *m, struct kss_call *call) {
    KSS_USE(use(m, call->arguments[0]));
    say(m, PUT, call->arguments[0], 0, 0);
    kss_nt_block_free(m, call->arguments[0]);
    return kss_return(0);
}

// ---- Common buffers -----------------------------------------------------------------------------
struct kss_outcome kss_nt_AllocateCommonBuffer(struct kss_machine *m, struct kss_call *call) {
    uint64_t page = m->config.profile.page_size, size = (uint32_t)call->arguments[1];
    KSS_USE(use(m, call->arguments[0]));
    kss_addr buffer =
        size == 0 ? 0 : kss_nt_block(m, KSS_NTB_MEMORY, (size + page - 1) & ~(page - 1));
    if (buffer == 0)
        return kss_return(0);
    struct kss_outcome stored =
        kss_store(m, call->arguments[2], 8, kss_page_frame(m, buffer) * page, KSS_WHO_DRIVER);
    KSS_TRY(stored);
    say(m, COMMON_BUFFER, buffer, size, 0);
    return kss_return(buffer);
}

struct kss_outcome kss_nt_FreeCommonBuffer(struct kss_machine *m, struct kss_call *call) {
    kss_addr buffer = call->arguments[3];
    KSS_USE(use(m, call->arguments[0]));
    KSS_USE(use(m, buffer)); // a freed one is told
    uint32_t region = kss_region_find(m, buffer);
    if (region == KSS_NO_FRAME || kss_region_at(m, region)->nt != KSS_NTB_MEMORY ||
        kss_region_at(m, region)->address != buffer) {
        kss_bugcheck(m, 0xC2, 0x99, buffer, 0, 0, call->routine, NULL);
        return kss_stopped();
    }
    say(m, FREE_COMMON_BUFFER, buffer, (uint32_t)call->arguments[1], 0);
    kss_nt_block_free(m, buffer);
    return kss_return(0);
}

// ---- Transfers of an MDL ------------------------------------------------------------------------
// Part [va, va + length) of an MDL that describes pages; KSS_USE: it does not, and that is said.
static struct kss_outcome part_of(struct kss_machine *m, struct kss_call *call, kss_addr mdl,
                                  kss_addr va, uint64_t length) {
    struct kss_mdl fields;
    KSS_TRY(kss_mdl_read(m, mdl, &fields));
    uint16_t index = kss_object_at(m, mdl);
    unsigned state = index == KSS_NONE || kss_object_ref(m, index)->kind != KSS_O_MDL
                         ? 0
                         : kss_object_ref(m, index)->irql;
    if (!(state & (KSS_MDL_LOCKED | KSS_MDL_BUILT | KSS_MDL_PARTIAL | KSS_MDL_PAGES))) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_NO_PAGES);
        return kss_outcome(KSS_OUT_SPIN, 0);
    }
    if (va < fields.start || va - fields.start > fields.count ||
        length > fields.count - (va - fields.start)) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_OUTSIDE);
        return kss_outcome(KSS_OUT_SPIN, 0);
    }
    if (!(state & KSS_MDL_PAGES))
        KSS_EMIT(m, KSS_EV_DMA_PROGRAM, va, length, kss_object_number(m, index), HOW_ADAPTER);
    return kss_return(0);
}

// The physical address of byte [va] of an MDL, by its page frames, and how many bytes from there
// lie together.
static uint64_t run_of(struct kss_machine *m, kss_addr mdl, kss_addr va, uint64_t length,
                       uint64_t *bytes) {
    struct kss_mdl fields;
    uint64_t page = m->config.profile.page_size;
    kss_mdl_read(m, mdl, &fields);
    kss_addr numbers = mdl + KSS_SIZE(MDL, kss_wide(m));
    uint64_t at = (kss_page_of(m, va) - kss_page_of(m, fields.start)) / page;
    uint64_t frame = kss_get(m, numbers + at * kss_pointer(m));
    uint64_t together = page - (va & (page - 1));
    for (uint64_t i = 1; together < length; i++, together += page)
        if (kss_get(m, numbers + (at + i) * kss_pointer(m)) != frame + i)
            break;
    *bytes = together < length ? together : length;
    return frame * page + (va & (page - 1));
}

static kss_addr current_irp(struct kss_machine *m, kss_addr device) {
    return device == 0 ? 0 : kss_get(m, device + KSS_FIELD(DEVICE_OBJECT, CurrentIrp));
}

static uint32_t element_count(struct kss_machine *m, kss_addr mdl, kss_addr va, uint64_t length) {
    uint32_t count = 0;
    for (uint64_t done = 0, bytes; done < length; done += bytes, count++)
        run_of(m, mdl, va + done, length - done, &bytes);
    return count;
}

static void fill_list(struct kss_machine *m, kss_addr list, kss_addr mdl, kss_addr va,
                      uint64_t length) {
    unsigned size = KSS_SIZE(SCATTER_GATHER_ELEMENT, kss_wide(m));
    kss_addr element = list + KSS_FIELD(SCATTER_GATHER_LIST, Elements);
    for (uint64_t done = 0, bytes; done < length; done += bytes, element += size) {
        kss_poke(m, element, 8, run_of(m, mdl, va + done, length - done, &bytes));
        kss_poke(m, element + KSS_FIELD(SCATTER_GATHER_ELEMENT, Length), 4, bytes);
    }
}

// AdapterListControl(DeviceObject, Irp, ScatterGather, Context), at DISPATCH_LEVEL as we are.
struct kss_outcome kss_nt_GetScatterGatherList(struct kss_machine *m, struct kss_call *call) {
    enum { CALLED = 1 };
    const uint64_t *given = call->arguments;
    kss_addr mdl = given[2], va = given[3];
    uint64_t length = (uint32_t)given[4];
    uint32_t routine;
    if (call->step == CALLED)
        return kss_return((uint32_t)STATUS_SUCCESS);
    KSS_USE(use(m, given[0]));
    struct kss_outcome part = part_of(m, call, mdl, va, length);
    if (part.kind == (enum kss_outcome_kind)KSS_OUT_SPIN)
        return kss_return((uint32_t)STATUS_BUFFER_TOO_SMALL);
    KSS_TRY(part);
    if (kss_page_span(m, va, length) > kss_peek(m, registers_of(m, given[0]), 4))
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    uint32_t count = element_count(m, mdl, va, length);
    kss_addr list =
        kss_nt_block(m, KSS_NTB_MEMORY,
                     KSS_FIELD(SCATTER_GATHER_LIST, Elements) +
                         (uint64_t)count * KSS_SIZE(SCATTER_GATHER_ELEMENT, kss_wide(m)));
    if (list == 0)
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    kss_poke(m, list, 4, count);
    fill_list(m, list, mdl, va, length);
    say(m, SCATTER_GATHER, va, length, mdl);
    if (!kss_code_at(m, given[5], &routine)) {
        kss_bugcheck(m, 0xA, given[5], kss_cpu(m)->irql, 8, given[5], call->routine, NULL);
        return kss_stopped();
    }
    call->out[0] = given[1];
    call->out[1] = current_irp(m, given[1]);
    call->out[2] = list;
    call->out[3] = given[6];
    return kss_call_driver(m, call, CALLED, routine, 4, KSS_ENTRY_CALLBACK);
}

struct kss_outcome kss_nt_PutScatterGatherList(struct kss_machine *m, struct kss_call *call) {
    KSS_USE(use(m, call->arguments[0]));
    KSS_USE(use(m, call->arguments[1]));
    say(m, PUT_SCATTER_GATHER, call->arguments[1], 0, 0);
    kss_nt_block_free(m, call->arguments[1]);
    return kss_return(0);
}

// AdapterControl(DeviceObject, Irp, MapRegisterBase, Context) says what to keep: nothing here is kept
// from others anyway.
struct kss_outcome kss_nt_AllocateAdapterChannel(struct kss_machine *m, struct kss_call *call) {
    enum { CALLED = 1 };
    const uint64_t *given = call->arguments;
    uint32_t routine;
    if (call->step == CALLED)
        return kss_return((uint32_t)STATUS_SUCCESS);
    KSS_USE(use(m, given[0]));
    if ((uint32_t)given[2] > kss_peek(m, registers_of(m, given[0]), 4))
        return kss_return((uint32_t)STATUS_INSUFFICIENT_RESOURCES);
    say(m, CHANNEL, given[0], (uint32_t)given[2], 0);
    if (!kss_code_at(m, given[3], &routine)) {
        kss_bugcheck(m, 0xA, given[3], kss_cpu(m)->irql, 8, given[3], call->routine, NULL);
        return kss_stopped();
    }
    call->out[0] = given[1];
    call->out[1] = current_irp(m, given[1]);
    call->out[2] = registers_of(m, given[0]);
    call->out[3] = given[4];
    return kss_call_driver(m, call, CALLED, routine, 4, KSS_ENTRY_CALLBACK);
}

// Maps as much of *Length from CurrentVa as lies together, and says how much that is.
struct kss_outcome kss_nt_MapTransfer(struct kss_machine *m, struct kss_call *call) {
    const uint64_t *given = call->arguments;
    struct kss_outcome outcome;
    uint64_t bytes = 0;
    KSS_USE(use(m, given[0]));
    uint64_t length = kss_load(m, given[4], 4, KSS_WHO_DRIVER, &outcome);
    KSS_TRY(outcome);
    KSS_USE(part_of(m, call, given[1], given[3], length));
    uint64_t physical = run_of(m, given[1], given[3], length, &bytes);
    KSS_TRY(kss_store(m, given[4], 4, bytes, KSS_WHO_DRIVER));
    say(m, MAP, given[3], bytes, given[1]);
    return kss_return(physical);
}

struct kss_outcome kss_nt_FlushAdapterBuffers(struct kss_machine *m, struct kss_call *call) {
    struct kss_mdl fields;
    KSS_USE(use(m, call->arguments[0]));
    KSS_USE(kss_mdl_read(m, call->arguments[1], &fields));
    say(m, FLUSH, call->arguments[3], (uint32_t)call->arguments[4], call->arguments[1]);
    return kss_return(1);
}

struct kss_outcome kss_nt_FreeMapRegisters(struct kss_machine *m, struct kss_call *call) {
    KSS_USE(use(m, call->arguments[0]));
    say(m, FREE_REGISTERS, call->arguments[0], (uint32_t)call->arguments[2], 0);
    return kss_return(0);
}

struct kss_outcome kss_nt_FreeAdapterChannel(struct kss_machine *m, struct kss_call *call) {
    KSS_USE(use(m, call->arguments[0]));
    say(m, FREE_CHANNEL, call->arguments[0], 0, 0);
    return kss_return(0);
}

struct kss_outcome kss_nt_GetDmaAlignment(struct kss_machine *m, struct kss_call *call) {
    KSS_USE(use(m, call->arguments[0]));
    return kss_return(1); // coherent, byte-aligned
}

struct kss_outcome kss_nt_ReadDmaCounter(struct kss_machine *m, struct kss_call *call) {
    KSS_USE(use(m, call->arguments[0]));
    return kss_return(0); // nothing is left of a bus master's transfer
}
