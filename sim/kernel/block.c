// SPDX-License-Identifier: MIT
// The state block: sections in one allocation, growth by moving, chunks of BYTES, hash.
#include "kernel/machine.h"

#include "base/arena.h"
#include "base/os.h"

#include <stdlib.h>

static uint32_t align16(uint32_t size) {
    return (size + 15) & ~UINT32_C(15);
}

static const uint16_t first_capacity[KSS_S_COUNT] = {
    [KSS_S_CPU] = 32,
    [KSS_S_THREAD] = 128,
    [KSS_S_STACK] = 256,
    [KSS_S_REGION] = 80,
    [KSS_S_OBJECT] = 192,
    [KSS_S_WAIT] = 48,
    [KSS_S_DUE] = 208,
    [KSS_S_PENDING] = 176,
    [KSS_S_APC] = 16,
    [KSS_S_READY] = 16,
    [KSS_S_GLOBAL] = 128,
    [KSS_S_BYTES] = 2048,
    [KSS_S_WORK] = 16,
    [KSS_S_HANDLE] = 16,
    [KSS_S_RECORD] = 16,
    [KSS_S_VERIFIER] = 16,
    [KSS_S_REGISTRY] = 16,
    [KSS_S_OBSERVER] = 256,
    [KSS_S_CLOCK] = 128,
    [KSS_S_THREAD_COLD] = 128,
    [KSS_S_STACK_COLD] = 128,
    [KSS_S_OBJECT_COLD] = 96,
    [KSS_S_DUE_COLD] = 32,
    [KSS_S_PATH] = 256,
    [KSS_S_OBSERVER_COLD] = 256,
    [KSS_S_UNLISTED] = 16,
};

bool kss_block_new(struct kss_machine *m) {
    uint32_t size = align16(sizeof(struct kss_block));
    for (int i = 0; i < KSS_S_COUNT; i++)
        size += align16(first_capacity[i]);
    m->block = calloc(1, size);
    if (m->block == NULL)
        kss_os_fatal("out of memory");
    m->block->size = size;
    uint32_t offset = align16(sizeof(struct kss_block));
    for (int i = 0; i < KSS_S_COUNT; i++) {
        m->block->sections[i] = (struct kss_section_entry){offset, 0, align16(first_capacity[i])};
        offset += align16(first_capacity[i]);
    }
    return true;
}

void kss_block_move(struct kss_machine *m) {
    struct kss_block *elsewhere = malloc(m->block->size);
    if (elsewhere == NULL)
        kss_os_fatal("out of memory");
    memcpy(elsewhere, m->block, m->block->size);
    memset(m->block, 0xA5, m->block->size);
    free(m->block);
    m->block = elsewhere;
}

// Makes room for [extra] bytes more in a section; what lies behind it moves up.
static void reserve(struct kss_machine *m, enum kss_section section, uint32_t extra) {
    struct kss_section_entry *entry = &m->block->sections[section];
    if (extra <= entry->capacity - entry->used)
        return;
    if (extra > UINT32_MAX / 4 || entry->capacity > UINT32_MAX / 4)
        kss_os_fatal("the simulated machine needs more than 1 GiB of state");
    uint32_t capacity = entry->capacity * 2;
    while (capacity - entry->used < extra)
        capacity *= 2;
    uint32_t more = align16(capacity) - entry->capacity;
    uint32_t behind = entry->offset + entry->capacity;
    uint32_t old_size = m->block->size;
    if (old_size > UINT32_MAX - more)
        kss_os_fatal("the simulated machine needs more than 4 GiB of state");
    struct kss_block *block = realloc(m->block, (size_t)old_size + more);
    if (block == NULL)
        kss_os_fatal("out of memory");
    m->block = block;
    char *base = (char *)block;
    memmove(base + behind + more, base + behind, old_size - behind);
    memset(base + behind, 0, more);
    block->size = old_size + more;
    block->sections[section].capacity += more;
    for (int i = (int)section + 1; i < KSS_S_COUNT; i++)
        block->sections[i].offset += more;
}

uint32_t kss_section_append(struct kss_machine *m, enum kss_section section, uint32_t size) {
    reserve(m, section, size);
    struct kss_section_entry *entry = &m->block->sections[section];
    uint32_t offset = entry->used;
    memset((char *)m->block + entry->offset + offset, 0, size);
    entry->used += size;
    return offset;
}

void kss_section_insert(struct kss_machine *m, enum kss_section section, uint32_t offset,
                        uint32_t size) {
    kss_section_append(m, section, size);
    char *at = (char *)kss_section(m, section) + offset;
    memmove(at + size, at, kss_section_used(m, section) - size - offset);
    memset(at, 0, size);
}

void kss_section_remove(struct kss_machine *m, enum kss_section section, uint32_t offset,
                        uint32_t size) {
    struct kss_section_entry *entry = &m->block->sections[section];
    char *at = (char *)kss_section(m, section) + offset;
    memmove(at, at + size, entry->used - offset - size);
    entry->used -= size;
    memset((char *)kss_section(m, section) + entry->used, 0, size);
}

uint32_t kss_bytes_alloc(struct kss_machine *m, uint32_t size) {
    return kss_section_append(m, KSS_S_BYTES, align16(size));
}

void kss_bytes_free(struct kss_machine *m, uint32_t offset, uint32_t size) {
    size = align16(size);
    if (size == 0)
        return;
    kss_section_remove(m, KSS_S_BYTES, offset, size);
    for (uint32_t i = 0; i < kss_stack_at_count(m); i++)
        if (kss_stack_at(m, i)->run_offset > offset)
            kss_stack_at(m, i)->run_offset -= size;
    for (uint32_t i = 0; i < kss_region_at_count(m); i++)
        if (kss_region_at(m, i)->kind != KSS_REGION_FREED && kss_region_at(m, i)->bytes > offset)
            kss_region_at(m, i)->bytes -= size;
}

const void *kss_state(const struct kss_machine *m, size_t *size) {
    *size = m->block->size;
    return m->block;
}

void kss_restore(struct kss_machine *m, const void *state, size_t size) {
    if (m->block->size != size) {
        struct kss_block *block = realloc(m->block, size);
        if (block == NULL)
            kss_os_fatal("out of memory");
        m->block = block;
    }
    memcpy(m->block, state, size);
    memset(m->object_cache, 0, sizeof m->object_cache);
    m->stack_cache = 0;
}

// ---- Hash ---------------------------------------------------------------------------------------
// 64-bit words folded with multiply-xorshift; little-endian loads on every target.
static uint64_t fold(uint64_t hash, const void *bytes, size_t size) {
    const uint8_t *p = bytes;
    while (size >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
        p += 8;
        size -= 8;
    }
    uint64_t word = size;
    for (size_t i = 0; i < size; i++)
        word = word << 8 | p[i];
    hash = (hash ^ word) * UINT64_C(0xBF58476D1CE4E5B9);
    return hash ^ hash >> 32;
}

uint64_t kss_hot_hash(const struct kss_machine *m) {
    uint64_t hash = UINT64_C(0x6B7373);
    for (int i = 0; i < KSS_S_HOT_END; i++) {
        if (i == KSS_S_BYTES || i == KSS_S_STACK || i == KSS_S_REGION)
            continue;
        hash = fold(hash, kss_section(m, (enum kss_section)i),
                    kss_section_used(m, (enum kss_section)i));
    }
    // Where a chunk lies in BYTES, and how much room it has, decides nothing.
    for (uint32_t i = 0; i < kss_stack_at_count(m); i++) {
        struct kss_stack stack = *kss_stack_at(m, i);
        const uint8_t *run = kss_bytes(m) + stack.run_offset;
        stack.run_offset = stack.run_capacity = 0;
        hash = fold(hash, &stack, sizeof stack);
        hash = fold(hash, run, stack.run_used);
    }
    for (uint32_t i = 0; i < kss_region_at_count(m); i++) {
        struct kss_region region = *kss_region_at(m, i);
        const uint8_t *bytes = kss_bytes(m) + region.bytes;
        region.bytes = 0;
        hash = fold(hash, &region, sizeof region);
        if (region.kind != KSS_REGION_FREED)
            hash = fold(hash, bytes, region.size);
    }
    return hash;
}

size_t kss_hot_size(const struct kss_machine *m) {
    size_t size = 0;
    for (int i = 0; i < KSS_S_HOT_END; i++)
        if (i != KSS_S_BYTES)
            size += kss_section_used(m, (enum kss_section)i);
    for (uint32_t i = 0; i < kss_stack_at_count(m); i++)
        size += kss_stack_at(m, i)->run_used;
    for (uint32_t i = 0; i < kss_region_at_count(m); i++)
        if (kss_region_at(m, i)->kind != KSS_REGION_FREED)
            size += kss_region_at(m, i)->size;
    return size;
}
