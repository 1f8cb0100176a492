// SPDX-License-Identifier: MIT
// RTL_BITMAP { SizeOfBitMap, Buffer }: bit n is bit n % 32 of Buffer[n / 32]. All work is done on the
// caller's ULONGs, one at a time.
//
// Searches that begin at a hint go on from its byte's first bit and once more from the beginning
// (DDI RtlFindClearBits: the hint is rounded down to a byte). What they do not find is 0xFFFFFFFF.
#include "kernel/rtl.h"

enum { NOT_FOUND = 0xFFFFFFFF };

struct map {
    struct kss_reach r;
    uint32_t size;
    kss_addr buffer;
    uint32_t word, index; // the word last read and its index + 1
};

static struct map map_of(struct kss_machine *m, const struct kss_call *call) {
    struct map map = {.r = kss_reach(m)};
    map.size = (uint32_t)kss_take(&map.r, call->arguments[0], 4);
    map.buffer = kss_take_pointer(&map.r, call->arguments[0] + kss_pointer(m));
    return map;
}

static bool bit(struct map *map, uint32_t n) {
    if (map->index != n / 32 + 1) {
        map->word = (uint32_t)kss_take(&map->r, map->buffer + 4ull * (n / 32), 4);
        map->index = n / 32 + 1;
    }
    return map->word >> n % 32 & 1;
}

// The first bit from [from] on that is not [value]; the map's size if there is none.
static uint32_t run_end(struct map *map, uint32_t from, bool value) {
    while (from < map->size && kss_reaches(&map->r) && bit(map, from) == value) {
        if (from % 32 == 0 && map->size - from >= 32 && map->word == (value ? UINT32_MAX : 0))
            from += 32;
        else
            from++;
    }
    return from;
}

static void fill(struct map *map, uint32_t from, uint64_t count, bool value) {
    uint64_t end = from + count < map->size ? from + count : map->size;
    map->index = 0;
    for (uint64_t n = from; n < end && kss_reaches(&map->r);) {
        uint32_t first = (uint32_t)(n % 32);
        uint32_t bits = end - n < 32 - first ? (uint32_t)(end - n) : 32 - first;
        uint32_t mask = (bits == 32 ? UINT32_MAX : (1u << bits) - 1) << first;
        kss_addr at = map->buffer + 4 * (n / 32);
        uint32_t word = mask == UINT32_MAX ? 0 : (uint32_t)kss_take(&map->r, at, 4);
        kss_give(&map->r, at, 4, value ? word | mask : word & ~mask);
        n += bits;
    }
}

struct kss_outcome kss_nt_RtlInitializeBitMap(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_give(&r, call->arguments[0], 4, (uint32_t)call->arguments[2]);
    kss_give_pointer(&r, call->arguments[0] + kss_pointer(m), call->arguments[1]);
    return kss_reached(&r, 0);
}

// ---- Setting and clearing -----------------------------------------------------------------------
static struct kss_outcome filled(struct kss_machine *m, const struct kss_call *call, uint32_t from,
                                 uint64_t count, bool value) {
    struct map map = map_of(m, call);
    fill(&map, from, count, value);
    return kss_reached(&map.r, 0);
}

struct kss_outcome kss_nt_RtlSetBits(struct kss_machine *m, struct kss_call *call) {
    return filled(m, call, (uint32_t)call->arguments[1], (uint32_t)call->arguments[2], true);
}

struct kss_outcome kss_nt_RtlClearBits(struct kss_machine *m, struct kss_call *call) {
    return filled(m, call, (uint32_t)call->arguments[1], (uint32_t)call->arguments[2], false);
}

struct kss_outcome kss_nt_RtlSetBit(struct kss_machine *m, struct kss_call *call) {
    return filled(m, call, (uint32_t)call->arguments[1], 1, true);
}

struct kss_outcome kss_nt_RtlClearBit(struct kss_machine *m, struct kss_call *call) {
    return filled(m, call, (uint32_t)call->arguments[1], 1, false);
}

// All of them, those behind the last in its ULONG included (ReactOS sdk/lib/rtl/bitmap.c).
static struct kss_outcome fill_all(struct kss_machine *m, const struct kss_call *call,
                                   uint32_t word) {
    struct map map = map_of(m, call);
    for (uint64_t i = 0; i < map.size && kss_reaches(&map.r); i += 32)
        kss_give(&map.r, map.buffer + i / 8, 4, word);
    return kss_reached(&map.r, 0);
}

struct kss_outcome kss_nt_RtlSetAllBits(struct kss_machine *m, struct kss_call *call) {
    return fill_all(m, call, UINT32_MAX);
}

struct kss_outcome kss_nt_RtlClearAllBits(struct kss_machine *m, struct kss_call *call) {
    return fill_all(m, call, 0);
}

// ---- Asking -------------------------------------------------------------------------------------
static struct kss_outcome test(struct kss_machine *m, const struct kss_call *call) {
    struct map map = map_of(m, call);
    uint32_t n = (uint32_t)call->arguments[1];
    bool set = n < map.size && bit(&map, n);
    return kss_reached(&map.r, set);
}

struct kss_outcome kss_nt_RtlTestBit(struct kss_machine *m, struct kss_call *call) {
    return test(m, call);
}

struct kss_outcome kss_nt_RtlCheckBit(struct kss_machine *m, struct kss_call *call) {
    return test(m, call);
}

static struct kss_outcome all(struct kss_machine *m, const struct kss_call *call, bool value) {
    struct map map = map_of(m, call);
    uint64_t from = (uint32_t)call->arguments[1], length = (uint32_t)call->arguments[2];
    bool inside = length != 0 && from + length <= map.size;
    bool are = inside && run_end(&map, (uint32_t)from, value) >= from + length;
    return kss_reached(&map.r, are);
}

struct kss_outcome kss_nt_RtlAreBitsSet(struct kss_machine *m, struct kss_call *call) {
    return all(m, call, true);
}

struct kss_outcome kss_nt_RtlAreBitsClear(struct kss_machine *m, struct kss_call *call) {
    return all(m, call, false);
}

static struct kss_outcome number(struct kss_machine *m, const struct kss_call *call, bool value) {
    struct map map = map_of(m, call);
    uint32_t count = 0;
    for (uint32_t at = 0; at < map.size && kss_reaches(&map.r);) {
        uint32_t from = run_end(&map, at, !value);
        at = run_end(&map, from, value);
        count += at - from;
    }
    return kss_reached(&map.r, count);
}

struct kss_outcome kss_nt_RtlNumberOfSetBits(struct kss_machine *m, struct kss_call *call) {
    return number(m, call, true);
}

struct kss_outcome kss_nt_RtlNumberOfClearBits(struct kss_machine *m, struct kss_call *call) {
    return number(m, call, false);
}

// ---- Finding room -------------------------------------------------------------------------------
// The first of [count] bits of that value, all at or after [from] and beginning before [before].
static uint32_t find_from(struct map *map, uint32_t from, uint32_t before, uint32_t count,
                          bool value) {
    while (from < before && kss_reaches(&map->r)) {
        uint32_t first = run_end(map, from, !value);
        if (first >= before)
            break;
        from = run_end(map, first, value);
        if (from - first >= count)
            return first;
    }
    return NOT_FOUND;
}

static uint32_t find(struct map *map, const struct kss_call *call, bool value) {
    uint32_t count = (uint32_t)call->arguments[1], hint = (uint32_t)call->arguments[2];
    hint = hint < map->size ? hint & ~7u : 0;
    if (count > map->size)
        return NOT_FOUND;
    if (count == 0)
        return hint;
    uint32_t at = find_from(map, hint, map->size, count, value);
    return at == NOT_FOUND ? find_from(map, 0, hint, count, value) : at;
}

static struct kss_outcome found(struct kss_machine *m, const struct kss_call *call, bool value,
                                bool turn) {
    struct map map = map_of(m, call);
    uint32_t at = find(&map, call, value);
    if (turn && at != NOT_FOUND)
        fill(&map, at, (uint32_t)call->arguments[1], !value);
    return kss_reached(&map.r, at);
}

struct kss_outcome kss_nt_RtlFindClearBits(struct kss_machine *m, struct kss_call *call) {
    return found(m, call, false, false);
}

struct kss_outcome kss_nt_RtlFindSetBits(struct kss_machine *m, struct kss_call *call) {
    return found(m, call, true, false);
}

struct kss_outcome kss_nt_RtlFindClearBitsAndSet(struct kss_machine *m, struct kss_call *call) {
    return found(m, call, false, true);
}

struct kss_outcome kss_nt_RtlFindSetBitsAndClear(struct kss_machine *m, struct kss_call *call) {
    return found(m, call, true, true);
}

// ---- Runs of clear bits ---------------------------------------------------------------------------
static struct kss_outcome next_run(struct kss_machine *m, const struct kss_call *call,
                                   uint32_t from, kss_addr where) {
    struct map map = map_of(m, call);
    uint32_t first = run_end(&map, from < map.size ? from : map.size, true);
    uint32_t end = run_end(&map, first, false);
    kss_give(&map.r, where, 4, end > first ? first : from);
    return kss_reached(&map.r, end - first);
}

struct kss_outcome kss_nt_RtlFindNextForwardRunClear(struct kss_machine *m, struct kss_call *call) {
    return next_run(m, call, (uint32_t)call->arguments[1], call->arguments[2]);
}

struct kss_outcome kss_nt_RtlFindFirstRunClear(struct kss_machine *m, struct kss_call *call) {
    return next_run(m, call, 0, call->arguments[1]);
}

// The last run that begins at or before [FromIndex], cut off there.
struct kss_outcome kss_nt_RtlFindLastBackwardRunClear(struct kss_machine *m,
                                                      struct kss_call *call) {
    struct map map = map_of(m, call);
    uint32_t from = (uint32_t)call->arguments[1];
    uint64_t end = from < map.size ? from + 1ull : map.size;
    while (end > 0 && kss_reaches(&map.r) && bit(&map, (uint32_t)end - 1))
        end--;
    uint64_t first = end;
    while (first > 0 && kss_reaches(&map.r) && !bit(&map, (uint32_t)first - 1))
        first--;
    kss_give(&map.r, call->arguments[2], 4, end > first ? first : from);
    return kss_reached(&map.r, end - first);
}

struct kss_outcome kss_nt_RtlFindLongestRunClear(struct kss_machine *m, struct kss_call *call) {
    struct map map = map_of(m, call);
    uint32_t best = 0, where = 0;
    for (uint32_t at = 0; at < map.size && kss_reaches(&map.r);) {
        uint32_t first = run_end(&map, at, true);
        at = run_end(&map, first, false);
        if (at - first > best) {
            best = at - first;
            where = first;
        }
    }
    kss_give(&map.r, call->arguments[1], 4, where);
    return kss_reached(&map.r, best);
}

// The first runs, or the longest ones, longest first; equals in the order of their places.
struct kss_outcome kss_nt_RtlFindClearRuns(struct kss_machine *m, struct kss_call *call) {
    struct map map = map_of(m, call);
    kss_addr runs = call->arguments[1];
    uint32_t room = (uint32_t)call->arguments[2], count = 0;
    bool longest = (call->arguments[3] & 0xFF) != 0;
    for (uint32_t at = 0; at < map.size && kss_reaches(&map.r);) {
        uint32_t first = run_end(&map, at, true), to = count;
        at = run_end(&map, first, false);
        if (at == first || (count == room && !longest))
            break;
        for (; longest && to > 0; to--) {
            if (kss_take(&map.r, runs + 8ull * (to - 1) + 4, 4) >= at - first)
                break;
            if (to < room)
                kss_reach_copy(&map.r, runs + 8ull * to, runs + 8ull * (to - 1), 8);
        }
        if (to >= room)
            continue;
        kss_give(&map.r, runs + 8ull * to, 4, first);
        kss_give(&map.r, runs + 8ull * to + 4, 4, at - first);
        count += count < room;
    }
    return kss_reached(&map.r, count);
}

// ---- Bits of one word -----------------------------------------------------------------------------
struct kss_outcome kss_nt_RtlFindLeastSignificantBit(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    int at = -1;
    for (int i = 63; i >= 0; i--)
        if (call->arguments[0] >> i & 1)
            at = i;
    return kss_return((uint8_t)at);
}

struct kss_outcome kss_nt_RtlFindMostSignificantBit(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    int at = -1;
    for (int i = 0; i < 64; i++)
        if (call->arguments[0] >> i & 1)
            at = i;
    return kss_return((uint8_t)at);
}

struct kss_outcome kss_nt_RtlNumberOfSetBitsUlongPtr(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    unsigned count = 0;
    for (uint64_t value = call->arguments[0]; value != 0; value &= value - 1)
        count++;
    return kss_return(count);
}
