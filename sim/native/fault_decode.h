// SPDX-License-Identifier: MIT
// What an instruction that faulted was about, from its bytes alone. Nothing of the host is needed.
#ifndef KSS_NATIVE_FAULT_DECODE_H
#define KSS_NATIVE_FAULT_DECODE_H

#include "native/fault.h"

#include <stdint.h>

struct kss_instruction {
    enum kss_fault_kind kind; // ACCESS: nothing the processor would refuse by itself
    const char *name;         // as kss_fault.instruction
    unsigned length;          // 0: not known
    bool has_address;
    uint64_t address; // of the memory operand
    enum kss_fault_access access;
};

// [registers] in the order of the encoding (rax rcx rdx rbx rsp rbp rsi rdi r8...); [bits] 32 or 64.
void kss_decode_x86(struct kss_instruction *out, const uint8_t *code, size_t size, unsigned bits,
                    const uint64_t registers[16], uint64_t pc);

void kss_decode_a64(struct kss_instruction *out, uint32_t word);

#endif
