// SPDX-License-Identifier: MIT
// The registers of interrupted code and what the host says about a fault: Linux (glibc and musl) and
// macOS on x86-64, i386 and aarch64. The macOS parts follow its public headers (mach/exception.h,
// mach/i386/_structs.h, mach/arm/_structs.h).
//
// On x86 the processor gives a page-fault address only for page faults. A general protection fault
// comes without one: privileged instructions, non-canonical addresses and misaligned operands look
// alike, and the instruction must be decoded. On ARM the syndrome register says read or write; where
// the host does not pass it on (qemu-user), the instruction is decoded, too.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // REG_RIP and its like
#endif
#ifdef __APPLE__
#define _DARWIN_C_SOURCE
#endif

#include "native/fault_private.h"

#include "native/fault_decode.h"
#include "native/probe.h"

#include <string.h>
#ifdef __APPLE__
#include <sys/ucontext.h>
#endif
#include <ucontext.h>

enum { TRAP_STACK = 12, TRAP_PROTECTION = 13, TRAP_PAGE = 14 }; // x86 exception numbers

// ---- Registers ------------------------------------------------------------------------------------

#if defined __linux__ && defined __x86_64__
#define PC(uc)        ((uc)->uc_mcontext.gregs[REG_RIP])
#define SP(uc)        ((uc)->uc_mcontext.gregs[REG_RSP])
#define FRAME(uc)     ((uc)->uc_mcontext.gregs[REG_RBP])
#define X86_TRAP(uc)  ((unsigned)(uc)->uc_mcontext.gregs[REG_TRAPNO])
#define X86_ERROR(uc) ((unsigned)(uc)->uc_mcontext.gregs[REG_ERR])
#define X86_BITS      64
static void x86_registers(const ucontext_t *uc, uint64_t r[16]) {
    static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                  REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                  REG_R12, REG_R13, REG_R14, REG_R15};
    for (int i = 0; i < 16; i++)
        r[i] = (uint64_t)uc->uc_mcontext.gregs[order[i]];
}
#elif defined __linux__ && defined __i386__
#define PC(uc)        ((uc)->uc_mcontext.gregs[REG_EIP])
#define SP(uc)        ((uc)->uc_mcontext.gregs[REG_ESP])
#define FRAME(uc)     ((uc)->uc_mcontext.gregs[REG_EBP])
#define X86_TRAP(uc)  ((unsigned)(uc)->uc_mcontext.gregs[REG_TRAPNO])
#define X86_ERROR(uc) ((unsigned)(uc)->uc_mcontext.gregs[REG_ERR])
#define X86_BITS      32
static void x86_registers(const ucontext_t *uc, uint64_t r[16]) {
    static const int order[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX,
                                 REG_ESP, REG_EBP, REG_ESI, REG_EDI};
    for (int i = 0; i < 16; i++)
        r[i] = i < 8 ? (uint32_t)uc->uc_mcontext.gregs[order[i]] : 0;
}
#elif defined __APPLE__ && defined __x86_64__
#define PC(uc)        ((uc)->uc_mcontext->__ss.__rip)
#define SP(uc)        ((uc)->uc_mcontext->__ss.__rsp)
#define FRAME(uc)     ((uc)->uc_mcontext->__ss.__rbp)
#define X86_TRAP(uc)  ((unsigned)(uc)->uc_mcontext->__es.__trapno)
#define X86_ERROR(uc) ((unsigned)(uc)->uc_mcontext->__es.__err)
#define X86_BITS      64
static void x86_registers(const ucontext_t *uc, uint64_t r[16]) {
    const _STRUCT_X86_THREAD_STATE64 *s = &uc->uc_mcontext->__ss;
    const uint64_t order[16] = {s->__rax, s->__rcx, s->__rdx, s->__rbx, s->__rsp, s->__rbp,
                                s->__rsi, s->__rdi, s->__r8,  s->__r9,  s->__r10, s->__r11,
                                s->__r12, s->__r13, s->__r14, s->__r15};
    memcpy(r, order, sizeof order);
}
#elif defined __linux__ && defined __aarch64__
#define PC(uc)    ((uc)->uc_mcontext.pc)
#define SP(uc)    ((uc)->uc_mcontext.sp)
#define FRAME(uc) ((uc)->uc_mcontext.regs[29])
#elif defined __APPLE__ && defined __aarch64__
#define PC(uc)    ((uc)->uc_mcontext->__ss.__pc)
#define SP(uc)    ((uc)->uc_mcontext->__ss.__sp)
#define FRAME(uc) ((uc)->uc_mcontext->__ss.__fp)
#else
#error "kss does not know the signal context of this host"
#endif

void *kss_context_pc(const void *context) {
    const ucontext_t *uc = context;
    return (void *)(uintptr_t)PC(uc);
}

void *kss_context_sp(const void *context) {
    const ucontext_t *uc = context;
    return (void *)(uintptr_t)SP(uc);
}

// AArch64 leaves have their return address in a register only.
void *kss_context_link(const void *context) {
#if defined __linux__ && defined __aarch64__
    return (void *)(uintptr_t)((const ucontext_t *)context)->uc_mcontext.regs[30];
#elif defined __APPLE__ && defined __aarch64__
    return (void *)(uintptr_t)((const ucontext_t *)context)->uc_mcontext->__ss.__lr;
#else
    (void)context;
    return NULL;
#endif
}

void kss_context_set_pc(void *context, void *pc) {
    ucontext_t *uc = context;
#ifdef __APPLE__
    PC(uc) = (uint64_t)(uintptr_t)pc;
#elif defined __x86_64__
    PC(uc) = (greg_t)(uintptr_t)pc;
#elif defined __i386__
    PC(uc) = (greg_t)(uintptr_t)pc;
#else
    PC(uc) = (uintptr_t)pc;
#endif
}

void *kss_context_frame(const void *context) {
    const ucontext_t *uc = context;
    return (void *)(uintptr_t)FRAME(uc);
}

const sigset_t *kss_context_mask(const void *context) {
    return &((const ucontext_t *)context)->uc_sigmask;
}

// ---- The instruction ------------------------------------------------------------------------------

#ifdef X86_BITS

// Up to 15 bytes at [pc]; fewer where the page ends.
static size_t fetch(uint8_t code[15], const void *pc) {
    size_t size = 15, left = 4096 - ((uintptr_t)pc & 4095);
    memset(code, 0, 15);
    if (kss_probe_bytes(code, pc, size))
        return size;
    return left < size && kss_probe_bytes(code, pc, left) ? left : 0;
}

static void decode(struct kss_instruction *out, const ucontext_t *uc) {
    uint8_t code[15];
    uint64_t registers[16], pc = (uint64_t)(uintptr_t)PC(uc);
    size_t size = fetch(code, (void *)(uintptr_t)pc);
    x86_registers(uc, registers);
    kss_decode_x86(out, code, size, X86_BITS, registers, pc);
}

static void describe_access(struct kss_fault *fault, const ucontext_t *uc, void *address) {
    struct kss_instruction instruction;
    unsigned error = X86_ERROR(uc);
    if (X86_TRAP(uc) == TRAP_PAGE) {
        fault->address = address;
        fault->address_known = true;
        fault->access = error & 0x10 || address == fault->pc ? KSS_FAULT_EXECUTE
                        : error & 2                          ? KSS_FAULT_WRITE
                                                             : KSS_FAULT_READ;
        return;
    }
    decode(&instruction, uc);
    fault->kind = instruction.kind;
    fault->instruction = instruction.name;
    fault->length = instruction.kind == KSS_FAULT_ACCESS ? 0 : instruction.length;
    if (instruction.kind != KSS_FAULT_ACCESS)
        return;
    fault->access = instruction.access;
    fault->address_known = instruction.has_address;
    fault->address = instruction.has_address ? (void *)(uintptr_t)instruction.address : NULL;
}

static void describe_illegal(struct kss_fault *fault, const ucontext_t *uc) {
    struct kss_instruction instruction;
    decode(&instruction, uc); // a virtual machine may refuse privileged instructions like this
    fault->kind = instruction.kind == KSS_FAULT_ACCESS ? KSS_FAULT_ILLEGAL : instruction.kind;
    fault->instruction = instruction.name;
    fault->length = instruction.length;
}

static bool describe_trap(struct kss_fault *fault, const siginfo_t *info) {
    uint8_t before = 0;
    (void)info;
    if (!kss_probe_bytes(&before, (uint8_t *)fault->pc - 1, 1) || before != 0xCC)
        return false; // single step, hardware breakpoint: a debugger's
    fault->kind = KSS_FAULT_BREAKPOINT;
    fault->pc = (uint8_t *)fault->pc - 1;
    fault->instruction = "int 3";
    fault->length = 1;
    return true;
}

#else

static void decode(struct kss_instruction *out, const struct kss_fault *fault) {
    uint32_t word = 0;
    if (kss_probe_bytes(&word, fault->pc, sizeof word))
        kss_decode_a64(out, word);
    else
        *out = (struct kss_instruction){.kind = KSS_FAULT_ACCESS, .access = KSS_FAULT_EXECUTE};
}

// The syndrome (Arm ARM, ESR_EL1), or 0.
static uint64_t syndrome(const ucontext_t *uc) {
#ifdef __APPLE__
    return uc->uc_mcontext->__es.__esr;
#else
    const uint8_t *at = (const uint8_t *)uc->uc_mcontext.__reserved;
    const uint8_t *end = at + sizeof uc->uc_mcontext.__reserved;
    const uint32_t esr_magic = 0x45535201;
    uint32_t head[2]; // records of magic, size; the last is 0, 0 (asm/sigcontext.h)
    uint64_t value = 0;
    while ((size_t)(end - at) >= 16) {
        memcpy(head, at, sizeof head);
        if (head[0] == esr_magic) {
            memcpy(&value, at + 8, sizeof value);
            return value;
        }
        if (head[1] < 8 || head[1] > (size_t)(end - at))
            break;
        at += head[1];
    }
    return 0;
#endif
}

static void describe_access(struct kss_fault *fault, const ucontext_t *uc, void *address) {
    uint64_t esr = syndrome(uc), reason = esr >> 26 & 0x3F;
    struct kss_instruction instruction;
    fault->address = address;
    fault->address_known = true;
    if (reason == 0x20 || reason == 0x21 || address == fault->pc) {
        fault->access = KSS_FAULT_EXECUTE;
    } else if (reason == 0x24 || reason == 0x25) {
        fault->access = esr & 1U << 6 ? KSS_FAULT_WRITE : KSS_FAULT_READ;
    } else {
        decode(&instruction, fault);
        fault->access = instruction.access;
    }
}

static void describe_illegal(struct kss_fault *fault, const ucontext_t *uc) {
    struct kss_instruction instruction;
    (void)uc;
    decode(&instruction, fault);
    fault->kind = instruction.kind == KSS_FAULT_ACCESS ? KSS_FAULT_ILLEGAL : instruction.kind;
    fault->instruction = instruction.name;
    fault->length = instruction.length;
}

static bool describe_trap(struct kss_fault *fault, const siginfo_t *info) {
    struct kss_instruction instruction;
    (void)info;
    decode(&instruction, fault);
    if (instruction.kind != KSS_FAULT_BREAKPOINT && instruction.kind != KSS_FAULT_ASSERT)
        return false;
    fault->kind = instruction.kind;
    fault->instruction = instruction.name;
    fault->length = instruction.length;
    return true;
}

#endif

bool kss_context_describe(struct kss_fault *fault, int signal, const siginfo_t *info,
                          const void *context) {
    const ucontext_t *uc = context;
    *fault = (struct kss_fault){.kind = KSS_FAULT_ACCESS,
                                .access = KSS_FAULT_UNKNOWN,
                                .pc = kss_context_pc(context),
                                .sp = kss_context_sp(context),
                                .frame = kss_context_frame(context),
                                .link = kss_context_link(context),
                                .signal = signal};
    switch (signal) {
    case SIGSEGV:
    case SIGBUS: describe_access(fault, uc, info->si_addr); return true;
    case SIGILL: describe_illegal(fault, uc); return true;
    case SIGTRAP: return describe_trap(fault, info);
    case SIGFPE:
        fault->kind = KSS_FAULT_DIVIDE;
        return info->si_code == FPE_INTDIV || info->si_code == FPE_INTOVF;
    default: return false;
    }
}
