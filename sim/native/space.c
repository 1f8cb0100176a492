// SPDX-License-Identifier: MIT
// The kernel's view of host memory: stacks made and taken away in the arena, pages that leave and
// come back, pointers that driver code hands over, names for its variables.
//
//   arena, driver's view   | threads | nonpaged pool | stacks, each above its guard | paged pool |
//   the simulator's alias  | the same bytes, always accessible                                   |
//
// A new stack is painted. What is not paint any more was used.
#include "native/private.h"

#include "kernel/fast.h"
#include "native/sanitize.h"

#include "base/os.h"

#include <string.h>

// Each stack's guard: wide enough for a frame that is not probed on its way down.
enum { GUARD = 16 * 4096, THREADS = 0x1000 * 0x1000 };
enum { SWITCHING = 192 }; // what leaving the stack writes below an entry point's frame
static const uint64_t PAINT = UINT64_C(0xA5C3B796E1D28F05);

#if UINTPTR_MAX > UINT32_MAX
enum { POOL_AREA = 256 << 20, STACK_AREA = 256 << 20 };
#else
enum { POOL_AREA = 64 << 20, STACK_AREA = 64 << 20 };
#endif

static uint8_t *view_at(kss_addr address) {
    return (uint8_t *)(uintptr_t)address;
}

static void protect(struct kss_native *n, kss_addr low, kss_addr high, bool accessible) {
    kss_addr page = kss_host_page();
    low &= ~(page - 1);
    high = (high + page - 1) & ~(page - 1);
    if (!kss_host_arena_protect(&n->arena, view_at(low), (size_t)(high - low), accessible))
        kss_os_fatal("the host refuses to change the protection of a stack");
}

static void paint(struct kss_native *n, kss_addr low, kss_addr high) {
    uint64_t *word = (uint64_t *)(void *)kss_host_arena_alias(&n->arena, view_at(low));
    for (size_t count = (size_t)(high - low) / sizeof *word; count-- > 0;)
        *word++ = PAINT;
}

static void stack_made(void *context, kss_addr low, kss_addr high) {
    struct kss_native *n = context;
    protect(n, low, high, true);
    kss_asan_clean(view_at(low), (size_t)(high - low));
    paint(n, low, high);
}

static void stack_gone(void *context, kss_addr low, kss_addr high) {
    struct kss_native *n = context;
    kss_asan_clean(view_at(low), (size_t)(high - low));
    protect(n, low, high, false);
}

void kss_native_open_dead(struct kss_native *n, kss_addr address) {
    uint32_t depth;
    uint16_t stack = kss_stack_of(n->machine, address, &depth);
    kss_addr page = address & ~(kss_host_page() - 1);
    if (stack != KSS_NONE && kss_stack_at(n->machine, stack)->kind == KSS_STACK_FREE)
        protect(n, page, page + kss_host_page(), true);
}

static uint32_t used(void *context, kss_addr low, kss_addr high) {
    struct kss_native *n = context;
    const uint64_t *word = (const uint64_t *)(void *)kss_host_arena_alias(&n->arena, view_at(low));
    kss_valgrind_ours(word, (size_t)(high - low));
    kss_addr at = low;
    while (at < high && *word == PAINT) {
        word++;
        at += sizeof *word;
    }
    uint32_t deepest = (uint32_t)(high - at), depth;
    uint16_t stack = kss_stack_of(n->machine, high - 1, &depth);
    // What entry points stored there is not the driver's.
    if (stack < n->stack_room && deepest <= n->entry_depth[stack] + SWITCHING)
        return 0;
    return deepest;
}

static void residency(void *context, kss_addr low, kss_addr high, bool in) {
    struct kss_native *n = context;
    kss_addr used = n->direct == NULL ? 0 : (kss_addr)(uintptr_t)n->direct->sp;
    if (!in && used >= low && used < high) {
        n->leaving_low = low;
        n->leaving_high = high;
        return;
    }
    protect(n, low, high, in);
}

void kss_native_left(struct kss_native *n) {
    if (n->leaving_high == 0)
        return;
    protect(n, n->leaving_low, n->leaving_high, false);
    n->leaving_low = n->leaving_high = 0;
}

// ---- Memory elsewhere -----------------------------------------------------------------------------
static bool read_elsewhere(void *context, kss_addr address, void *bytes, uint32_t size) {
    (void)context;
    uint8_t nothing[64];
    if (address > UINTPTR_MAX || address < 0x10000)
        return false;
    if (bytes != NULL)
        return kss_probe_read(bytes, view_at(address), size);
    for (uint32_t done = 0; done < size; done += sizeof nothing)
        if (!kss_probe_read(nothing, view_at(address + done),
                            size - done < sizeof nothing ? size - done : sizeof nothing))
            return false;
    return true;
}

static bool write_elsewhere(void *context, kss_addr address, const void *bytes, uint32_t size) {
    (void)context;
    return address <= UINTPTR_MAX && address >= 0x10000 &&
           kss_probe_write(view_at(address), bytes, size);
}

// What valgrind knows of the driver's view does not include writes through the alias.
static void wrote(void *context, kss_addr address, uint32_t size) {
    (void)context;
    kss_valgrind_ours(view_at(address), size);
}

// ---- Code and names -------------------------------------------------------------------------------
static bool code_at(void *context, kss_addr address, uint32_t *code) {
    struct kss_symbol symbol;
    if (address < 0x10000 || address > UINTPTR_MAX)
        return false;
    const void *at = view_at(address);
    if (kss_symbol_at(at, &symbol) && symbol.name != NULL ? symbol.start != at || !symbol.routine
                                                          : kss_module_of(at) == NULL)
        return false;
    *code = kss_native_code(context, (void (*)(void))(uintptr_t)address);
    return true;
}

static kss_addr code_address(void *context, uint32_t code) {
    const struct kss_native *n = context;
    return (kss_addr)(uintptr_t)n->routines[code].address;
}

static bool describe(void *context, kss_addr address, struct kss_text *out) {
    (void)context;
    struct kss_symbol symbol;
    if (address < 0x10000 || address > UINTPTR_MAX || !kss_symbol_at(view_at(address), &symbol) ||
        symbol.name == NULL)
        return false;
    kss_text_format(out, "%s!%s", symbol.module, symbol.name);
    if (symbol.offset != 0)
        kss_text_format(out, "+0x%X", (unsigned)symbol.offset);
    return true;
}

static kss_addr shown(void *context, kss_addr address) {
    const struct kss_native *n = context;
    uint32_t code;
    struct kss_symbol symbol;
    if (address > UINTPTR_MAX || !kss_symbol_at(view_at(address), &symbol))
        return address;
    code = kss_native_code(context, (void (*)(void))(uintptr_t)symbol.start);
    kss_addr base =
        n->config->profile.pointer_size == 8 ? UINT64_C(0xFFFFFB0001000000) : 0xF8C00000;
    return base + (kss_addr)code * 0x10000 + (symbol.offset & 0xFFFF);
}

// The driver code at work on the current stack: it has called NT, or it has faulted.
static uint32_t innermost(void *context) {
    struct kss_native *n = context;
    if (n->machine == NULL)
        return KSS_NO_FRAME;
    const struct kss_activation *a = kss_native_top(n, kss_cpu(n->machine)->stack);
    return a == NULL ? KSS_NO_FRAME : kss_native_caller(n, a->pc);
}

// Defined beside the entry points; only its address is of interest here.
extern const struct _DMA_OPERATIONS kss_dma_operations;
#if defined(__x86_64__)
extern const struct _DMA_OPERATIONS kss_ms_kss_dma_operations;
#endif

static kss_addr dma_operations(void *context) {
    const struct kss_native *n = context;
    uint32_t caller = innermost(context);
    bool ms_abi = caller != KSS_NO_FRAME && n->routines[caller].ms_abi;
#if defined(__x86_64__)
    if (ms_abi)
        return (uintptr_t)&kss_ms_kss_dma_operations;
#endif
    (void)ms_abi;
    return (uintptr_t)&kss_dma_operations;
}

void kss_native_make_space(struct kss_native *n) {
    kss_addr base = (kss_addr)(uintptr_t)n->arena.view;
    n->space = (struct kss_space){.threads = base + n->arena.nonpaged,
                                  .nonpaged = base + n->arena.nonpaged + THREADS,
                                  .stacks = base + n->arena.stacks,
                                  .paged = base + n->arena.paged,
                                  .end = base + n->arena.size,
                                  .alias = n->arena.alias - n->arena.view,
                                  .host_page = (uint32_t)kss_host_page(),
                                  .stack_guard = GUARD,
                                  .context = n,
                                  .stack_made = stack_made,
                                  .stack_gone = stack_gone,
                                  .residency = residency,
                                  .used = used,
                                  .read = read_elsewhere,
                                  .write = write_elsewhere,
                                  .wrote = kss_valgrind_runs() ? wrote : NULL,
                                  .code_at = code_at,
                                  .code_address = code_address,
                                  .describe = describe,
                                  .frames = kss_native_frames,
                                  .innermost = innermost,
                                  .shown = shown,
                                  .dma_operations = dma_operations};
    if (n->space.stack_guard < n->space.host_page)
        n->space.stack_guard = n->space.host_page;
}

bool kss_native_open_arena(struct kss_native *n, const char **error) {
    return kss_host_arena_open(&n->arena, THREADS + POOL_AREA, STACK_AREA, POOL_AREA, error);
}
