// SPDX-License-Identifier: MIT
// The machine a run had, as fields of its header. What a profile has besides goes with its name.
#include "report/jsonl.h"

#define NUMBER(name, field)                                                                        \
    {                                                                                              \
        name, offsetof(struct kss_config, field), sizeof(((struct kss_config *)0)->field), NULL,   \
            sizeof(((struct kss_config *)0)->field) == 8                                           \
                ? UINT64_MAX                                                                       \
                : (UINT64_C(1) << (8 * (sizeof(((struct kss_config *)0)->field) & 7))) - 1         \
    }
#define FLAG(name)                                                                                 \
    { #name, offsetof(struct kss_config, name), sizeof(bool), NULL, 1 }
#define ONE_OF(name, values)                                                                       \
    { #name, offsetof(struct kss_config, name), sizeof(((struct kss_config *)0)->name), values, 0 }

const struct kss_machine_field kss_machine_fields[] = {
    NUMBER("pointer", profile.pointer_size),
    NUMBER("page", profile.page_size),
    NUMBER("stack", profile.stack_size),
    NUMBER("large_stack", profile.large_stack_size),
    NUMBER("max_expansion", profile.max_expansion),
    NUMBER("reserve", profile.reserve),
    NUMBER("trap_frame", profile.trap_frame),
    NUMBER("interrupt_reserve", profile.interrupt_reserve),
    NUMBER("exception_reserve", profile.exception_reserve),
    NUMBER("dpc_stack", profile.dpc_stack_size),
    NUMBER("isr_stack", profile.isr_stack_size),
    NUMBER("start_frames", profile.start_frames),
    NUMBER("return_address", profile.return_address),
    NUMBER("frame_align", profile.frame_align),
    NUMBER("frame_overhead", profile.frame_overhead),
    NUMBER("processors", profile.processors),
    NUMBER("clock_tick", profile.clock_tick),
    NUMBER("outswap_after", profile.outswap_after), // the one in effect
    NUMBER("swapper_period", profile.swapper_period),
    NUMBER("swap_priority_ceiling", profile.swap_priority_ceiling),
    NUMBER("nonpaged_pool", profile.nonpaged_pool),
    NUMBER("paged_pool", profile.paged_pool),
    FLAG(small_memory),
    FLAG(verifier),
    FLAG(nt_costs),
    NUMBER("dpc_timeout", dpc_timeout),
    NUMBER("dpc_watchdog", dpc_watchdog),
    ONE_OF(swap, "balance-set|eager|never"),
    ONE_OF(swap_policy, "thread|process"),
    ONE_OF(foreign_touch, "bugcheck|page-in"),
};
const unsigned kss_machine_field_count = sizeof kss_machine_fields / sizeof *kss_machine_fields;

uint64_t kss_machine_field_value(const struct kss_config *config,
                                 const struct kss_machine_field *field) {
    const char *at = (const char *)config + field->offset;
    uint8_t one;
    uint32_t four;
    uint64_t eight;
    switch (field->size) {
    case 1: memcpy(&one, at, sizeof one); return one;
    case 4: memcpy(&four, at, sizeof four); return four;
    default: memcpy(&eight, at, sizeof eight); return eight;
    }
}

void kss_machine_field_set(struct kss_config *config, const struct kss_machine_field *field,
                           uint64_t value) {
    char *at = (char *)config + field->offset;
    uint8_t one = (uint8_t)value;
    uint32_t four = (uint32_t)value;
    switch (field->size) {
    case 1: memcpy(at, &one, sizeof one); break;
    case 4: memcpy(at, &four, sizeof four); break;
    default: memcpy(at, &value, sizeof value);
    }
}
