// SPDX-License-Identifier: MIT
// Devices and memory: KSS6001 to KSS6004.
//
// Three things can go wrong when a device works on a kernel stack, and each has a cure of its own:
//
//   hazard              when                                      cured by
//   page trading        the pages are not locked                  MmProbeAndLockPages
//   page-out            not locked, and the thread waits in       MmProbeAndLockPages, a KernelMode wait,
//                       UserMode (that wait is KSS2001)           KeSetKernelStackSwapEnable(FALSE)
//   cache-line sharing  the buffer does not fill its cache        a buffer of the device's own
//                       lines; harmless where caches are coherent
//
// KSS6001 is told when the device gets the address, with whichever of them are open then; what the
// transfer hits later becomes a cause of it. A buffer of MmBuildMdlForNonPagedPool is KSS6002, told at
// that call, and not told again as KSS6001. Sources: KRN using-the-kernel-stack; DDI
// MmBuildMdlForNonPagedPool, MmProbeAndLockPages, MmUnlockPages; KRN using-mdls.
#include "rules/find.h"

#include <stdio.h>
#include <string.h>

enum { CACHE_LINE = 64, HOW_LOCK = 1, HOW_BUILD = 3 };
enum { DONE, TRADED, OUT, DEAD };
enum misuse {
    NO_PAGES,
    LOCKED_TWICE,
    NOT_LOCKED,
    LOCK_NONPAGED,
    FREED_LOCKED,
    UNLOCKED_IN_TRANSFER,
    NOT_MAPPED,
    BUILT_PAGEABLE,
    OUTSIDE,
    NOT_ALLOCATED
};

// What was told of a transfer's memory, so that what comes of it is told there.
static void told(struct kss_machine *machine, kss_addr address, uint32_t number) {
    kss_memo_set(machine, KSS_MEMO_DMA, address, number);
}

static bool on_stack(const struct kss_machine *machine, kss_addr address, uint16_t *thread) {
    uint32_t depth;
    uint16_t stack = kss_stack_of(machine, address, &depth);
    if (stack != KSS_NONE)
        *thread = see_stack(machine, stack)->thread;
    return stack != KSS_NONE;
}

// ---- KSS6001 ------------------------------------------------------------------------------------
static bool coherent(const struct kss_machine *machine) {
    return strncmp(see_profile(machine)->name, "arm", 3) != 0;
}

static void remark_lines(struct kss_machine *machine, struct kss_finding *finding) {
    kss_finding_remark(
        finding, KSS_REMARK_NOTE,
        "cache lines: the buffer does not fill lines of %d bytes, so its neighbours on "
        "the stack share some with it%s",
        CACHE_LINE,
        coherent(machine) ? "; harmless while caches are coherent, as on this machine"
                          : ": either may overwrite the other");
}

static void remark_unlocked(struct kss_machine *machine, struct kss_finding *finding,
                            uint16_t thread) {
    bool pinned = thread != KSS_NONE && !(see_thread(machine, thread)->flags & KSS_TF_SWAP_ENABLED);
    kss_finding_remark(
        finding, KSS_REMARK_NOTE,
        "page trading: Windows may move a page of a kernel stack to another frame at any "
        "time unless it is locked");
    kss_finding_remark(
        finding, KSS_REMARK_NOTE,
        pinned ? "page-out: stack swapping is disabled, which keeps the pages in memory "
                 "and does not keep them in their frames"
               : "page-out: a UserMode wait would let the pages leave memory; a KernelMode "
                 "wait or disabled stack swapping prevents that, and only that");
    kss_finding_remark(
        finding, KSS_REMARK_HELP,
        "lock the pages with MmProbeAndLockPages until the transfer is over, or use a "
        "common buffer or nonpaged pool");
}

static void begin_6001(struct kss_machine *machine, const struct kss_event *event, bool locked,
                       bool shares, uint16_t thread) {
    struct kss_finding finding;
    uint32_t number, depth = 0;
    kss_addr address = event->words[0];
    kss_stack_of(machine, address, &depth);
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_stack_buffer_dma, event->place, depth,
                          &number)) {
        struct kss_text what = {0};
        kss_say_address(machine, address, &what);
        if (locked && coherent(machine))
            finding.severity = KSS_HAZARD_NOTE;
        if (locked)
            kss_text_format(&finding.message,
                            "a device works on %s, which shares cache lines with other data on the "
                            "kernel stack",
                            what.bytes);
        else
            kss_text_format(&finding.message,
                            "a device is given %s on the kernel stack, whose pages are not locked",
                            what.bytes);
        kss_text_str(&finding.label,
                     locked ? "its pages are locked, so they stay where they are"
                            : "its pages may be elsewhere when the device gets to them");
        if (!locked)
            remark_unlocked(machine, &finding, thread);
        if (shares)
            remark_lines(machine, &finding);
        kss_finding_source(&finding);
        number = kss_finding_emit(machine, &finding);
        kss_text_free(&what);
    }
    told(machine, address, number);
}

void kss_rule_dma_program(struct kss_machine *machine, const struct kss_event *event) {
    kss_addr address = event->words[0];
    uint64_t bytes = event->words[1];
    uint16_t thread = KSS_NONE;
    if (!on_stack(machine, address, &thread) || kss_memo(machine, KSS_MEMO_DMA, address) != 0)
        return;
    bool locked = kss_pages_locked(machine, address, bytes);
    bool shares = ((address | bytes) & (CACHE_LINE - 1)) != 0;
    if (!locked || shares)
        begin_6001(machine, event, locked, shares, thread);
}

// ---- What comes of a transfer -------------------------------------------------------------------
void kss_rule_dma(struct kss_machine *machine, const struct kss_event *event) {
    uint32_t number = (uint32_t)kss_memo(machine, KSS_MEMO_DMA, event->words[0]);
    kss_memo_set(machine, KSS_MEMO_DMA_RESULT, 0, event->words[3]);
    kss_memo_set(machine, KSS_MEMO_DMA_WRITES, 0, event->words[2]);
    if (event->words[3] == DEAD && number != 0)
        kss_finding_late_cause(machine, number, event->place,
                               "the device %s here, in a frame that has returned",
                               event->words[2] ? "writes" : "reads");
}

// Memory that is no stack's and was not locked: the device's MDL or address is the mistake.
static uint32_t unlocked_memory(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_text what = {0};
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_mdl_misused, event->place, 0, &number))
        return number;
    kss_text_format(&finding.message, "a device works on %s, whose pages are not locked",
                    kss_say_address(machine, event->words[0], &what));
    kss_text_str(&finding.label, "the frames it was given are not that memory's any more");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "lock pageable memory with MmProbeAndLockPages until the transfer is over");
    kss_finding_source(&finding);
    kss_text_free(&what);
    return kss_finding_emit(machine, &finding);
}

void kss_rule_dma_hit(struct kss_machine *machine, const struct kss_event *event) {
    uint32_t number = (uint32_t)kss_memo(machine, KSS_MEMO_DMA, event->words[0]);
    bool writes = kss_memo(machine, KSS_MEMO_DMA_WRITES, 0) != 0;
    bool out = kss_memo(machine, KSS_MEMO_DMA_RESULT, 0) == OUT;
    struct kss_text what = {0}, size = {0};
    if (number == 0) {
        number = unlocked_memory(machine, event);
        told(machine, event->words[0], number);
    }
    const char *where = out ? "the page is out of memory" : "the page is in another frame";
    if (event->words[1] == 0)
        kss_finding_late_cause(machine, number, event->place,
                               "%s when the device %s it: the data is %s", where,
                               writes ? "writes" : "reads", writes ? "lost" : "somebody else's");
    else
        kss_finding_late_cause(
            machine, number, event->place, "%s when the device %s it: %s of %s are %s instead",
            where, writes ? "writes" : "reads", kss_say_bytes(event->words[2], &size),
            kss_say_address(machine, event->words[1], &what), writes ? "overwritten" : "read");
    kss_text_free(&what);
    kss_text_free(&size);
}

// ---- KSS6002 ------------------------------------------------------------------------------------
static uint32_t built_on_stack(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number, depth = 0;
    kss_addr address = event->words[2];
    kss_stack_of(machine, address, &depth);
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_nonpaged_mdl_on_stack, event->place, depth,
                          &number)) {
        struct kss_text what = {0};
        kss_text_format(
            &finding.message,
            "MmBuildMdlForNonPagedPool takes down the page frames of %s on the kernel stack",
            kss_say_address(machine, address, &what));
        kss_text_str(&finding.label, "nothing keeps these pages in these frames");
        kss_finding_remark(
            &finding, KSS_REMARK_NOTE,
            "pages of kernel stacks may be traded for others unless they are probed and "
            "locked, even where the stack cannot be paged out");
        kss_finding_remark(
            &finding, KSS_REMARK_HELP,
            "use MmProbeAndLockPages and MmUnlockPages, or a buffer from nonpaged pool");
        kss_finding_source(&finding);
        number = kss_finding_emit(machine, &finding);
        kss_text_free(&what);
    }
    told(machine, address, number);
    return number;
}

void kss_rule_mdl(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t thread;
    if (event->words[1] == HOW_LOCK) {
        kss_mark_set(machine, KSS_MARK_MDL_LOCK, event->words[0], event);
        told(machine, event->words[2], 0); // a new chance for the same buffer
    }
    if (event->words[1] == HOW_BUILD && on_stack(machine, event->words[2], &thread))
        kss_memo_set(machine, KSS_MEMO_MDL_TOLD, event->words[0], built_on_stack(machine, event));
    else if (event->words[1] == HOW_BUILD)
        told(machine, event->words[2],
             (uint32_t)kss_memo(machine, KSS_MEMO_MDL_TOLD, event->words[0]));
}

// ---- KSS6003, KSS3003 ---------------------------------------------------------------------------
void kss_rule_mdl_left(struct kss_machine *machine, const struct kss_event *event) {
    bool freed = event->words[3] != 0;
    struct kss_mark locked = kss_mark(machine, KSS_MARK_MDL_LOCK, event->words[0]);
    struct kss_finding finding;
    uint32_t number;
    if (kss_finding_begin(machine, &finding,
                          freed ? KSS_HAZARD_freed_while_in_use : KSS_HAZARD_mdl_left_locked,
                          event->place, locked.place, &number)) {
        struct kss_text what = {0}, who = {0};
        kss_say_address(machine, event->words[1], &what);
        if (freed) {
            kss_text_format(&finding.message, "%s is freed while an MDL has its pages locked",
                            what.bytes);
            kss_text_str(&finding.label, "whoever has the MDL works on freed memory");
        } else {
            kss_say_routine(machine, (uint32_t)event->words[2], &who);
            kss_text_format(&finding.message, "`%s` returns with pages of its frame still locked",
                            who.bytes);
            kss_text_str(&finding.label, "its frame ends here");
        }
        kss_finding_cause(&finding, locked, "locked here");
        kss_finding_remark(
            &finding, KSS_REMARK_HELP,
            freed ? "call MmUnlockPages before freeing the memory"
                  : "call MmUnlockPages on every way out, when the device has finished");
        kss_finding_source(&finding);
        number = kss_finding_emit(machine, &finding);
        kss_text_free(&what);
        kss_text_free(&who);
    }
    told(machine, event->words[1], number);
}

// ---- KSS6004 ------------------------------------------------------------------------------------
static const struct {
    const char *message, *label, *help; // message: said of the routine
} misuses[] = {
    [NO_PAGES] = {"is given an MDL that describes no pages", "neither locked nor built",
                  "fill it with MmProbeAndLockPages, or for nonpaged pool with "
                  "MmBuildMdlForNonPagedPool"},
    [LOCKED_TWICE] = {"locks the pages of an MDL that are locked already",
                      "the call does nothing here; Windows counts the pages twice",
                      "lock once, and unlock before locking again"},
    [NOT_LOCKED] = {"unlocks pages that this MDL has not locked", "the page counts go wrong",
                    "unlock only what MmProbeAndLockPages has locked, and only once"},
    [LOCK_NONPAGED] = {"is given an MDL built by MmBuildMdlForNonPagedPool",
                       "pages of nonpaged pool are not locked",
                       "use one of the two routines, not both"},
    [FREED_LOCKED] = {"frees an MDL whose pages are locked", "nobody can unlock them any more",
                      "call MmUnlockPages before IoFreeMdl"},
    [UNLOCKED_IN_TRANSFER] = {"unlocks pages that a device is still to transfer",
                              "the pages may be elsewhere when the device gets to them",
                              "unlock when the transfer is over"},
    [NOT_MAPPED] = {"is given an address the MDL is not mapped at", "there is no such mapping",
                    "unmap what MmMapLockedPagesSpecifyCache has mapped, once"},
    [BUILT_PAGEABLE] = {"takes down the page frames of pageable memory",
                        "the pages may leave their frames", "use MmProbeAndLockPages"},
    [OUTSIDE] = {"is given a range that the MDL does not describe", "outside of it",
                 "stay inside the range from MmGetMdlVirtualAddress, MmGetMdlByteCount bytes long"},
    [NOT_ALLOCATED] =
        {"is given an MDL that was not allocated for it", "not its to free",
         "free what IoAllocateMdl gave with IoFreeMdl, what MmAllocatePagesForMdl gave "
         "with MmFreePagesFromMdl and ExFreePool"},
};

void kss_rule_mdl_misuse(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number, nt = (uint32_t)event->words[1];
    unsigned what = (unsigned)event->words[2];
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    kss_addr buffer = object == KSS_NONE ? 0 : see_object(machine, object)->context;
    uint64_t mdl = event->words[0];
    if (mdl != 0 && (number = (uint32_t)kss_memo(machine, KSS_MEMO_MDL_TOLD, mdl)) != 0) {
        char again[80] = "a device works with it";
        if (nt < KSS_NT_COUNT)
            snprintf(again, sizeof again, "`%s` works with it", kss_routines[nt].name);
        kss_finding_late_cause(machine, number, event->place, "%s here", again);
        return;
    }
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_mdl_misused, event->place, what, &number)) {
        struct kss_mark locked = kss_mark(machine, KSS_MARK_MDL_LOCK, event->words[0]);
        char who[80] = "a device";
        if (nt < KSS_NT_COUNT)
            snprintf(who, sizeof who, "`%s`", kss_routines[nt].name);
        kss_text_format(&finding.message, "%s %s", who, misuses[what].message);
        kss_text_str(&finding.label, misuses[what].label);
        if (event->words[0] != 0 && locked.place != 0)
            kss_finding_cause(&finding, locked, "its pages were locked here");
        kss_finding_remark(&finding, KSS_REMARK_HELP, "%s", misuses[what].help);
        kss_finding_source(&finding);
        number = kss_finding_emit(machine, &finding);
    }
    if (mdl != 0)
        kss_memo_set(machine, KSS_MEMO_MDL_TOLD, mdl, number);
    if (what == UNLOCKED_IN_TRANSFER && buffer != 0)
        told(machine, buffer, number);
}
