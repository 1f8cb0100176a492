// SPDX-License-Identifier: MIT
// Security identifiers, access control lists and security descriptors as bytes: built, measured,
// compared. Nobody checks access with them here.
//
//   SID    Revision 1 | SubAuthorityCount | IdentifierAuthority[6] | SubAuthority[]
//   ACL    Revision | 0 | AclSize (2) | AceCount (2) | 0 (2) | ACEs
//   ACE    AceType | AceFlags | AceSize (2) | Mask (4) | SID
//   SD     Revision 1 | 0 | Control (2) | Owner, Group, Sacl, Dacl: pointers, or, self-relative,
//          ULONG offsets from its beginning
//
// Sources: the DDI pages of the names; MS-DTYP 2.4.2 to 2.4.6 for the layouts.
#include "kernel/rtl.h"

enum { MOST_AUTHORITIES = 15, SID_HEAD = 8, ACL_HEAD = 8, ACE_HEAD = 8, SELF_RELATIVE_HEAD = 20 };
enum {
    OWNER_DEFAULTED = 1,
    GROUP_DEFAULTED = 2,
    DACL_PRESENT = 4,
    DACL_DEFAULTED = 8,
    SACL_PRESENT = 0x10,
    SELF_RELATIVE = 0x8000
};
enum { OWNER, GROUP, SACL, DACL };

#define ARGUMENT(n) call->arguments[n]

// ---- SIDs ---------------------------------------------------------------------------------------
static uint32_t sid_length(struct kss_reach *r, kss_addr sid) {
    return SID_HEAD + 4 * (uint32_t)kss_take(r, sid + 1, 1);
}

static bool sid_good(struct kss_reach *r, kss_addr sid) {
    return sid != 0 && (kss_take(r, sid, 1) & 15) == 1 &&
           kss_take(r, sid + 1, 1) <= MOST_AUTHORITIES;
}

struct kss_outcome kss_nt_RtlLengthSid(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint32_t length = sid_length(&r, ARGUMENT(0));
    return kss_reached(&r, length);
}

struct kss_outcome kss_nt_RtlLengthRequiredSid(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return((uint32_t)(SID_HEAD + 4 * ARGUMENT(0)));
}

struct kss_outcome kss_nt_RtlValidSid(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    bool good = sid_good(&r, ARGUMENT(0));
    return kss_reached(&r, good);
}

struct kss_outcome kss_nt_RtlCopySid(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint32_t length = sid_length(&r, ARGUMENT(2));
    if (kss_reaches(&r) && length > (uint32_t)ARGUMENT(0))
        return kss_return((uint32_t)STATUS_BUFFER_TOO_SMALL);
    kss_reach_copy(&r, ARGUMENT(1), ARGUMENT(2), length);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlEqualSid(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint32_t length = sid_length(&r, ARGUMENT(0));
    bool same = length == sid_length(&r, ARGUMENT(1));
    for (uint32_t i = 0; i < length && same && kss_reaches(&r); i++)
        same = kss_take(&r, ARGUMENT(0) + i, 1) == kss_take(&r, ARGUMENT(1) + i, 1);
    return kss_reached(&r, same);
}

struct kss_outcome kss_nt_RtlInitializeSid(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    if ((uint8_t)ARGUMENT(2) > MOST_AUTHORITIES)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    kss_give(&r, ARGUMENT(0), 1, 1);
    kss_give(&r, ARGUMENT(0) + 1, 1, (uint8_t)ARGUMENT(2));
    kss_reach_copy(&r, ARGUMENT(0) + 2, ARGUMENT(1), 6);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlSubAuthoritySid(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(ARGUMENT(0) + SID_HEAD + 4 * (uint32_t)ARGUMENT(1));
}

struct kss_outcome kss_nt_RtlSubAuthorityCountSid(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(ARGUMENT(0) + 1);
}

struct kss_outcome kss_nt_RtlIdentifierAuthoritySid(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    return kss_return(ARGUMENT(0) + 2);
}

// ---- ACLs ---------------------------------------------------------------------------------------
struct kss_outcome kss_nt_RtlCreateAcl(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint32_t length = (uint32_t)ARGUMENT(1), revision = (uint32_t)ARGUMENT(2);
    if (length < ACL_HEAD)
        return kss_return((uint32_t)STATUS_BUFFER_TOO_SMALL);
    if (length > 0xFFFF || revision < 2 || revision > 4)
        return kss_return((uint32_t)STATUS_INVALID_PARAMETER);
    kss_give(&r, ARGUMENT(0), 2, revision);
    kss_give(&r, ARGUMENT(0) + 2, 2, length & ~3u);
    kss_give(&r, ARGUMENT(0) + 4, 4, 0);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// The ACE of that number, or the first free byte behind the last; 0: the list is damaged.
static kss_addr ace_at(struct kss_reach *r, kss_addr acl, uint64_t number) {
    kss_addr at = acl + ACL_HEAD, end = acl + kss_take(r, acl + 2, 2);
    for (; number != 0 && kss_reaches(r); number--) {
        uint64_t size = kss_take(r, at + 2, 2);
        if (size < 4 || size > end - at)
            return 0;
        at += size;
    }
    return at;
}

struct kss_outcome kss_nt_RtlAddAccessAllowedAce(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr acl = ARGUMENT(0), sid = ARGUMENT(3);
    if (!sid_good(&r, sid))
        return kss_reached_status(&r, STATUS_INVALID_SID);
    uint64_t count = kss_take(&r, acl + 4, 2), end = acl + kss_take(&r, acl + 2, 2);
    uint64_t revision = kss_take(&r, acl, 1), size = ACE_HEAD + sid_length(&r, sid);
    if ((uint32_t)ARGUMENT(1) > 4 || revision > 4)
        return kss_reached_status(&r, STATUS_REVISION_MISMATCH);
    kss_addr at = ace_at(&r, acl, count);
    if (!kss_reaches(&r) || at == 0)
        return kss_reached_status(&r, STATUS_INVALID_ACL);
    if (at + size > end)
        return kss_return((uint32_t)STATUS_ALLOTTED_SPACE_EXCEEDED);
    kss_give(&r, at, 2, 0);
    kss_give(&r, at + 2, 2, size);
    kss_give(&r, at + 4, 4, (uint32_t)ARGUMENT(2));
    kss_reach_copy(&r, at + ACE_HEAD, sid, size - ACE_HEAD);
    kss_give(&r, acl + 4, 2, count + 1);
    kss_give(&r, acl, 1, revision > (uint32_t)ARGUMENT(1) ? revision : (uint32_t)ARGUMENT(1));
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlGetAce(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    uint32_t index = (uint32_t)ARGUMENT(1);
    bool there = index < kss_take(&r, ARGUMENT(0) + 4, 2);
    kss_addr at = there ? ace_at(&r, ARGUMENT(0), index) : 0;
    if (at == 0)
        return kss_reached_status(&r, STATUS_INVALID_PARAMETER);
    kss_give_pointer(&r, ARGUMENT(2), at);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// ---- Security descriptors -------------------------------------------------------------------------
static uint32_t control_of(struct kss_reach *r, kss_addr sd) {
    return (uint32_t)kss_take(r, sd + 2, 2);
}

static kss_addr part_at(const struct kss_machine *m, kss_addr sd, unsigned part) {
    return sd + (kss_wide(m) ? 8 + 8 * part : 4 + 4 * part);
}

// Owner, group or list of a descriptor of either form; 0: none.
static kss_addr part_of(struct kss_reach *r, kss_addr sd, unsigned part) {
    uint32_t control = control_of(r, sd);
    if ((part == DACL && !(control & DACL_PRESENT)) || (part == SACL && !(control & SACL_PRESENT)))
        return 0;
    if (!(control & SELF_RELATIVE))
        return kss_take_pointer(r, part_at(r->m, sd, part));
    uint64_t offset = kss_take(r, sd + 4 + 4 * part, 4);
    return offset == 0 ? 0 : sd + offset;
}

struct kss_outcome kss_nt_RtlCreateSecurityDescriptor(struct kss_machine *m,
                                                      struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    if ((uint32_t)ARGUMENT(1) != 1)
        return kss_return((uint32_t)STATUS_UNKNOWN_REVISION);
    kss_give(&r, ARGUMENT(0), 4, 1);
    for (unsigned part = OWNER; part <= DACL; part++)
        kss_give_pointer(&r, part_at(m, ARGUMENT(0), part), 0);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

// Only descriptors with pointers can be changed.
static struct kss_outcome set_part(struct kss_machine *m, kss_addr sd, unsigned part, kss_addr to,
                                   uint32_t clear, uint32_t set) {
    struct kss_reach r = kss_reach(m);
    uint32_t control = control_of(&r, sd);
    if (kss_take(&r, sd, 1) != 1)
        return kss_reached_status(&r, STATUS_UNKNOWN_REVISION);
    if (control & SELF_RELATIVE)
        return kss_return((uint32_t)STATUS_INVALID_SECURITY_DESCR);
    kss_give(&r, sd + 2, 2, (control & ~clear) | set);
    kss_give_pointer(&r, part_at(m, sd, part), to);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlSetDaclSecurityDescriptor(struct kss_machine *m,
                                                       struct kss_call *call) {
    bool present = (ARGUMENT(1) & 0xFF) != 0, defaulted = (ARGUMENT(3) & 0xFF) != 0;
    uint32_t set = present ? DACL_PRESENT | (defaulted ? DACL_DEFAULTED : 0u) : 0u;
    return set_part(m, ARGUMENT(0), DACL, present ? ARGUMENT(2) : 0, DACL_PRESENT | DACL_DEFAULTED,
                    set);
}

struct kss_outcome kss_nt_RtlSetOwnerSecurityDescriptor(struct kss_machine *m,
                                                        struct kss_call *call) {
    uint32_t set = (ARGUMENT(2) & 0xFF) != 0 ? OWNER_DEFAULTED : 0;
    return set_part(m, ARGUMENT(0), OWNER, ARGUMENT(1), OWNER_DEFAULTED, set);
}

struct kss_outcome kss_nt_RtlSetGroupSecurityDescriptor(struct kss_machine *m,
                                                        struct kss_call *call) {
    uint32_t set = (ARGUMENT(2) & 0xFF) != 0 ? GROUP_DEFAULTED : 0;
    return set_part(m, ARGUMENT(0), GROUP, ARGUMENT(1), GROUP_DEFAULTED, set);
}

static struct kss_outcome get_part(struct kss_machine *m, kss_addr sd, unsigned part,
                                   uint32_t defaulted, kss_addr where, kss_addr flag) {
    struct kss_reach r = kss_reach(m);
    if (kss_take(&r, sd, 1) != 1)
        return kss_reached_status(&r, STATUS_UNKNOWN_REVISION);
    kss_give_pointer(&r, where, part_of(&r, sd, part));
    kss_give(&r, flag, 1, (control_of(&r, sd) & defaulted) != 0);
    return kss_reached_status(&r, STATUS_SUCCESS);
}

struct kss_outcome kss_nt_RtlGetOwnerSecurityDescriptor(struct kss_machine *m,
                                                        struct kss_call *call) {
    return get_part(m, ARGUMENT(0), OWNER, OWNER_DEFAULTED, ARGUMENT(1), ARGUMENT(2));
}

struct kss_outcome kss_nt_RtlGetGroupSecurityDescriptor(struct kss_machine *m,
                                                        struct kss_call *call) {
    return get_part(m, ARGUMENT(0), GROUP, GROUP_DEFAULTED, ARGUMENT(1), ARGUMENT(2));
}

// Without a list the other two answers are not written.
struct kss_outcome kss_nt_RtlGetDaclSecurityDescriptor(struct kss_machine *m,
                                                       struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr sd = ARGUMENT(0);
    bool present = control_of(&r, sd) & DACL_PRESENT;
    if (kss_take(&r, sd, 1) != 1)
        return kss_reached_status(&r, STATUS_UNKNOWN_REVISION);
    kss_give(&r, ARGUMENT(1), 1, present);
    if (!present || !kss_reaches(&r))
        return kss_reached_status(&r, STATUS_SUCCESS);
    return get_part(m, sd, DACL, DACL_DEFAULTED, ARGUMENT(2), ARGUMENT(3));
}

// Bytes of all of it, each part at a multiple of four.
struct kss_outcome kss_nt_RtlLengthSecurityDescriptor(struct kss_machine *m,
                                                      struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr sd = ARGUMENT(0);
    uint64_t length = SELF_RELATIVE_HEAD;
    if (!(control_of(&r, sd) & SELF_RELATIVE))
        length = KSS_SIZE(SECURITY_DESCRIPTOR, kss_wide(m));
    for (unsigned part = OWNER; part <= DACL; part++) {
        kss_addr at = part_of(&r, sd, part);
        uint64_t size = at == 0 ? 0 : part <= GROUP ? sid_length(&r, at) : kss_take(&r, at + 2, 2);
        length += (size + 3) & ~3ull;
    }
    return kss_reached(&r, length);
}

struct kss_outcome kss_nt_RtlValidSecurityDescriptor(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    kss_addr sd = ARGUMENT(0);
    bool good = sd != 0 && kss_take(&r, sd, 1) == 1;
    for (unsigned part = OWNER; part <= DACL && good && kss_reaches(&r); part++) {
        kss_addr at = part_of(&r, sd, part);
        if (at == 0)
            continue;
        if (part <= GROUP)
            good = sid_good(&r, at);
        else
            good = ace_at(&r, at, kss_take(&r, at + 4, 2)) != 0 && kss_take(&r, at, 1) <= 4;
    }
    return kss_reached(&r, good);
}

// ---- Back traces ----------------------------------------------------------------------------------
// Return addresses are nothing that simulated frames have: no frame is captured, which these routines
// may answer.
struct kss_outcome kss_nt_RtlCaptureStackBackTrace(struct kss_machine *m, struct kss_call *call) {
    struct kss_reach r = kss_reach(m);
    if (ARGUMENT(3) != 0)
        kss_give(&r, ARGUMENT(3), 4, 0);
    return kss_reached(&r, 0);
}

struct kss_outcome kss_nt_RtlWalkFrameChain(struct kss_machine *m, struct kss_call *call) {
    (void)m;
    (void)call;
    return kss_return(0);
}
