// SPDX-License-Identifier: MIT
// UNWIND_INFO of x64; the rules are in unwind.h.
#include "frames/unwind.h"
#include "frames/coff.h"

enum { HANDLERS = 3, CHAINED = 4, RUNTIME_FUNCTION = 12 };

enum operation {
    PUSH_NONVOL,
    ALLOC_LARGE,
    ALLOC_SMALL,
    SET_FPREG,
    SAVE_NONVOL,
    SAVE_NONVOL_FAR,
    EPILOG,
    SAVE_XMM128 = 8,
    SAVE_XMM128_FAR,
    PUSH_MACHFRAME
};

static struct kss_unwind unknown(const char *reason, int code) {
    return (struct kss_unwind){.kind = KSS_FRAME_UNKNOWN, .reason = reason, .code = code};
}

// Slots of the operation at [slot], 0: not understood.
static uint32_t slots_of(const uint8_t *slot) {
    uint8_t info = slot[1] >> 4;
    switch (slot[1] & 15) {
    case PUSH_NONVOL:
    case ALLOC_SMALL:
    case SET_FPREG: return 1;
    case ALLOC_LARGE: return info == 0 ? 2 : info == 1 ? 3 : 0;
    case SAVE_NONVOL:
    case SAVE_XMM128: return 2;
    case SAVE_NONVOL_FAR:
    case SAVE_XMM128_FAR: return 3;
    case PUSH_MACHFRAME: return info <= 1;
    default: return 0;
    }
}

static uint64_t bytes_of(const uint8_t *slot) {
    uint8_t info = slot[1] >> 4;
    switch (slot[1] & 15) {
    case PUSH_NONVOL: return 8;
    case ALLOC_SMALL: return (uint64_t)info * 8 + 8;
    case ALLOC_LARGE:
        return info == 0 ? (uint64_t)kss_le16(slot + 2) * 8 : (uint64_t)kss_le32(slot + 2);
    case PUSH_MACHFRAME: return info == 0 ? 40 : 48;
    default: return 0;
    }
}

// The prolog's operations, the last one first: slots [first, count).
static struct kss_unwind walk(const uint8_t *info, uint32_t first, uint32_t count) {
    const uint8_t *slots = info + 4;
    bool strict = (info[0] & 7) == 2; // places must fall: this is a prolog and not something else
    struct kss_unwind unwind = {.kind = KSS_FRAME_EXACT, .code = -1, .prolog = info[1]};
    unsigned before = info[1];
    for (uint32_t i = first, taken; i < count; i += taken) {
        const uint8_t *slot = slots + (size_t)i * 2;
        taken = slots_of(slot);
        if (taken == 0)
            return unknown("unwind operation is not understood", slot[1] & 15);
        if (taken > count - i)
            return unknown("unwind operation has no room for its operand", slot[1] & 15);
        if (unwind.machine_frame)
            return unknown("unwind operation comes before the machine frame", slot[1] & 15);
        if (strict && slot[0] > before)
            return unknown("operations of version 2 unwind data are out of order", -1);
        if ((slot[1] & 15) == SET_FPREG && (info[3] & 15) == 0)
            return unknown("unwind data sets a frame register and names none", -1);
        unwind.machine_frame = (slot[1] & 15) == PUSH_MACHFRAME;
        unwind.bytes += bytes_of(slot);
        before = slot[0];
    }
    return unwind;
}

struct kss_unwind kss_unwind_x64(const uint8_t *info, size_t length) {
    if (length < 4)
        return unknown("unwind data leaves its section", -1);
    uint8_t version = info[0] & 7, flags = info[0] >> 3;
    uint32_t count = info[2], first = 0;
    if (version != 1 && version != 2)
        return unknown("unwind data is of a version not understood", version);
    uint32_t end = 4 + (count + (count & 1)) * 2;
    if (end + ((flags & CHAINED) ? RUNTIME_FUNCTION : 0) > length)
        return unknown("unwind data leaves its section", -1);
    if ((flags & CHAINED) && (flags & HANDLERS))
        return unknown("unwind data is chained and has a handler", -1);
    while (version == 2 && first < count && (info[4 + first * 2 + 1] & 15) == EPILOG)
        first++;
    struct kss_unwind unwind = walk(info, first, count);
    unwind.frame_register = (info[3] & 15) != 0;
    unwind.chained = (flags & CHAINED) != 0;
    unwind.chain = end;
    return unwind;
}

const char *kss_unwind_reason(struct kss_frames *frames, const struct kss_unwind *unwind) {
    if (unwind->kind == KSS_FRAME_AT_LEAST && unwind->alignment > 16)
        return kss_frames_format(frames, "aligned to %llu: at most %llu bytes more",
                                 (unsigned long long)unwind->alignment,
                                 (unsigned long long)unwind->alignment - 16);
    if (unwind->reason == NULL || unwind->code < 0)
        return unwind->reason;
    return kss_frames_format(frames, "%s: 0x%X", unwind->reason, (unsigned)unwind->code);
}
