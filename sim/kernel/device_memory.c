// SPDX-License-Identifier: MIT
// Memory for devices, and sections that are paged or not as the driver says: contiguous and noncached
// memory, pages of MmAllocatePagesForMdl, I/O space, MmLockPagableDataSection and its kin.
//
// All of it is nonpaged pool of nt's own here: contiguous because page frames of the pool are, and
// never moving. Sources: DDI pages of the routines.
#include "kernel/mdl.h"

static kss_addr memory(struct kss_machine *m, uint64_t size) {
    uint64_t page = m->config.profile.page_size;
    if (size == 0 || size > UINT32_MAX - page)
        return 0;
    return kss_nt_block(m, KSS_NTB_MEMORY, (size + page - 1) & ~(page - 1));
}

// Gives back what memory() gave at [address]; anything else is a bad pool request.
static struct kss_outcome give_back(struct kss_machine *m, struct kss_call *call,
                                    kss_addr address) {
    uint32_t region = kss_region_find(m, address);
    uint8_t byte;
    if (region != KSS_NO_FRAME && kss_region_at(m, region)->kind == KSS_REGION_FREED)
        return kss_read(m, address, &byte, 1, KSS_WHO_DRIVER); // says so
    if (region == KSS_NO_FRAME || kss_region_at(m, region)->nt != KSS_NTB_MEMORY ||
        kss_region_at(m, region)->address != kss_page_of(m, address)) {
        kss_bugcheck(m, 0xC2, 0x99, address, 0, 0, call->routine, NULL);
        return kss_stopped();
    }
    kss_nt_block_free(m, kss_region_at(m, region)->address);
    return kss_return(0);
}

struct kss_outcome kss_nt_MmAllocateContiguousMemory(struct kss_machine *m, struct kss_call *call) {
    return kss_return(memory(m, call->arguments[0]));
}
struct kss_outcome kss_nt_MmAllocateContiguousMemorySpecifyCache(struct kss_machine *m,
                                                                 struct kss_call *call) {
    return kss_return(memory(m, call->arguments[0]));
}
struct kss_outcome kss_nt_MmFreeContiguousMemory(struct kss_machine *m, struct kss_call *call) {
    return give_back(m, call, call->arguments[0]);
}
struct kss_outcome kss_nt_MmFreeContiguousMemorySpecifyCache(struct kss_machine *m,
                                                             struct kss_call *call) {
    return give_back(m, call, call->arguments[0]);
}
struct kss_outcome kss_nt_MmAllocateNonCachedMemory(struct kss_machine *m, struct kss_call *call) {
    return kss_return(memory(m, call->arguments[0]));
}
struct kss_outcome kss_nt_MmFreeNonCachedMemory(struct kss_machine *m, struct kss_call *call) {
    return give_back(m, call, call->arguments[0]);
}

// ---- I/O space ----------------------------------------------------------------------------------
static struct kss_outcome map_io(struct kss_machine *m, struct kss_call *call) {
    uint64_t offset = call->arguments[0] & (m->config.profile.page_size - 1);
    if (call->arguments[1] == 0)
        return kss_return(0);
    kss_addr at = memory(m, call->arguments[1] + offset);
    return kss_return(at == 0 ? 0 : at + offset);
}
struct kss_outcome kss_nt_MmMapIoSpace(struct kss_machine *m, struct kss_call *call) {
    return map_io(m, call);
}
struct kss_outcome kss_nt_MmMapIoSpaceEx(struct kss_machine *m, struct kss_call *call) {
    return map_io(m, call);
}
struct kss_outcome kss_nt_MmUnmapIoSpace(struct kss_machine *m, struct kss_call *call) {
    return give_back(m, call, call->arguments[0]);
}

// ---- Pages without addresses --------------------------------------------------------------------
// An MDL whose pages have no address until they are mapped: its StartVa is NULL.
static struct kss_outcome pages_for_mdl(struct kss_machine *m, struct kss_call *call) {
    uint64_t page = m->config.profile.page_size;
    uint64_t size = (call->arguments[3] + page - 1) & ~(page - 1);
    kss_addr at = call->arguments[3] == 0 ? 0 : memory(m, size);
    if (at == 0)
        return kss_return(0);
    kss_addr mdl = kss_mdl_new(m, at, size);
    if (mdl == 0) {
        kss_nt_block_free(m, at);
        return kss_return(0);
    }
    kss_mdl_take_frames(m, mdl, at, size, KSS_MDL_PAGES);
    kss_object_ref(m, kss_mdl_object(m, mdl))->arguments[1] = at;
    kss_set(m, mdl + KSS_FIELD(MDL, StartVa), 0);
    kss_poke(m, mdl + KSS_FIELD(MDL, MdlFlags), 2, KSS_MDL_F_LOCKED);
    return kss_return(mdl);
}
struct kss_outcome kss_nt_MmAllocatePagesForMdl(struct kss_machine *m, struct kss_call *call) {
    return pages_for_mdl(m, call);
}
struct kss_outcome kss_nt_MmAllocatePagesForMdlEx(struct kss_machine *m, struct kss_call *call) {
    return pages_for_mdl(m, call);
}

// The driver frees the MDL itself with ExFreePool.
struct kss_outcome kss_nt_MmFreePagesFromMdl(struct kss_machine *m, struct kss_call *call) {
    kss_addr mdl = call->arguments[0];
    struct kss_mdl fields;
    KSS_USE(kss_mdl_read(m, mdl, &fields));
    uint16_t index = kss_object_at(m, mdl);
    if (index == KSS_NONE || !(kss_object_ref(m, index)->irql & KSS_MDL_PAGES)) {
        kss_mdl_misused(m, mdl, call->routine, KSS_MDL_NOT_ALLOCATED);
        return kss_return(0);
    }
    kss_addr at = kss_object_ref(m, index)->arguments[1];
    kss_object_ref(m, index)->irql = 0;
    kss_object_ref(m, index)->arguments[1] = 0;
    kss_poke(m, mdl + KSS_FIELD(MDL, MdlFlags), 2, 0);
    kss_nt_block_free(m, at);
    return kss_return(0);
}

// ---- Sections of drivers ------------------------------------------------------------------------
// A handle is the address within. Globals of a module's pageable section are locked together; its
// code by an object without memory at the address of one of its routines.
static const char *module_of(struct kss_machine *m, kss_addr address, bool *data) {
    uint32_t region = kss_region_find(m, address), code;
    *data = region != KSS_NO_FRAME;
    if (*data && (kss_region_at(m, region)->kind == KSS_REGION_IMAGE ||
                  kss_region_at(m, region)->kind == KSS_REGION_IMAGE_PAGED))
        return m->image->globals[kss_region_at(m, region)->number].module;
    *data = false;
    return kss_code_at(m, address, &code) ? m->image->code[code].module : NULL;
}

static bool of_module(const struct kss_machine *m, const struct kss_region *region,
                      const char *module) {
    return (region->kind == KSS_REGION_IMAGE || region->kind == KSS_REGION_IMAGE_PAGED) &&
           strcmp(m->image->globals[region->number].module, module) == 0;
}

// A pageable variable is IMAGE while its tag, the count of locks, is not 0.
static void lock_data(struct kss_machine *m, const char *module, int by) {
    for (uint32_t i = 0; i < kss_region_at_count(m); i++) {
        struct kss_region *region = kss_region_at(m, i);
        if (!of_module(m, region, module) || !m->image->globals[region->number].pageable ||
            (by < 0 && region->tag == 0))
            continue;
        region->tag += (uint32_t)by;
        region->kind = region->tag != 0 ? KSS_REGION_IMAGE : KSS_REGION_IMAGE_PAGED;
        region->out = 0;
    }
}

bool kss_code_locked(const struct kss_machine *m, uint32_t routine) {
    for (uint32_t i = 0; i < kss_object_ref_count(m); i++) {
        const struct kss_object *lock = kss_object_ref(m, i);
        uint32_t code;
        if (lock->kind == KSS_O_SECTION && lock->signal > 0 &&
            kss_code_at(m, lock->address, &code) &&
            strcmp(m->image->code[code].module, m->image->code[routine].module) == 0)
            return true;
    }
    return false;
}

static struct kss_outcome lock_section(struct kss_machine *m, kss_addr address, int by) {
    bool data;
    const char *module = module_of(m, address, &data);
    if (module != NULL && data) {
        lock_data(m, module, by);
    } else if (module != NULL) {
        uint16_t index = kss_object_at(m, address);
        if (index == KSS_NONE && by > 0)
            index = kss_object_init(m, address, KSS_O_SECTION, 0, 0);
        if (index != KSS_NONE)
            kss_object_ref(m, index)->signal += by;
        if (index != KSS_NONE && kss_object_ref(m, index)->signal <= 0)
            kss_object_free(m, index);
    }
    return kss_return(address);
}

struct kss_outcome kss_nt_MmLockPagableDataSection(struct kss_machine *m, struct kss_call *call) {
    return lock_section(m, call->arguments[0], 1);
}
struct kss_outcome kss_nt_MmLockPagableCodeSection(struct kss_machine *m, struct kss_call *call) {
    return lock_section(m, call->arguments[0], 1);
}
struct kss_outcome kss_nt_MmLockPagableSectionByHandle(struct kss_machine *m,
                                                       struct kss_call *call) {
    return lock_section(m, call->arguments[0], 1);
}
struct kss_outcome kss_nt_MmUnlockPagableImageSection(struct kss_machine *m,
                                                      struct kss_call *call) {
    return lock_section(m, call->arguments[0], -1);
}

// All of a driver's data becomes pageable, or what it was when it was loaded.
static struct kss_outcome page_driver(struct kss_machine *m, kss_addr address, bool all) {
    bool data;
    const char *module = module_of(m, address, &data);
    for (uint32_t i = 0; module != NULL && i < kss_region_at_count(m); i++) {
        struct kss_region *region = kss_region_at(m, i);
        if (!of_module(m, region, module) || region->tag != 0)
            continue;
        bool pages = all || m->image->globals[region->number].pageable;
        region->kind = pages ? KSS_REGION_IMAGE_PAGED : KSS_REGION_IMAGE;
        if (!pages)
            region->out = 0;
    }
    return kss_return(address);
}
struct kss_outcome kss_nt_MmPageEntireDriver(struct kss_machine *m, struct kss_call *call) {
    return page_driver(m, call->arguments[0], true);
}
struct kss_outcome kss_nt_MmResetDriverPaging(struct kss_machine *m, struct kss_call *call) {
    page_driver(m, call->arguments[0], false);
    return kss_return(0);
}
