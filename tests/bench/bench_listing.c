// SPDX-License-Identifier: MIT
// Debugger listings: megabytes read, judged and written a second, of texts in every layout, quoted and
// escaped ones among them, beside a pass that only counts lines; then one stack of as many bytes, where all
// rows are judged and written. Invented drivers; the pointers of a listing add up.
//
//   bench_listing [MB]      default 100
#include "frames/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// Of the processor, not of the wall: other programs do not count.
static double seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static uint64_t seed = 1;

static unsigned next_random(unsigned below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static void symbol(struct kss_text *out) {
    static const char *const modules[] = {"nt", "acmefs", "fltmgr", "CLASSPNP", "storport", "vol"};
    static const char *const names[] = {
        "Dispatch", "Read", "IofCallDriver", "CompleteRequest", "Walk<int,unsigned long>::Next",
        "Map",      "Get"};
    kss_text_format(out, "%s!%s%u+0x%x", modules[next_random(6)], names[next_random(7)],
                    next_random(100), next_random(0x800));
}

enum { X64, X86 };
enum { K, KN, KF, KV, ESCAPED, QUOTED, LAYOUTS };

static void address(struct kss_text *out, int machine, int layout, uint64_t value) {
    const char *mark = layout == ESCAPED ? "&#96;" : "`";
    if (machine == X86)
        kss_text_format(out, "%08" PRIx32, (uint32_t)value);
    else
        kss_text_format(out, "%08" PRIx32 "%s%08" PRIx32, (uint32_t)(value >> 32), mark,
                        (uint32_t)value);
}

static void row(struct kss_text *out, int machine, int layout, unsigned number, uint64_t sp,
                unsigned distance) {
    if (layout == QUOTED)
        kss_text_str(out, "> ");
    if (layout == KN)
        kss_text_format(out, "%02x ", number);
    if (layout == KF && number == 0)
        kss_text_str(out, "         ");
    else if (layout == KF)
        kss_text_format(out, "%8x ", distance);
    address(out, machine, layout, sp);
    kss_text_char(out, ' ');
    address(out, machine, layout,
            UINT64_C(0xFFFFF80000000000) + 0x80000000U + next_random(1 << 24));
    bool arguments = layout == KV || layout == QUOTED;
    kss_text_str(out, arguments && machine == X64 ? " : " : " ");
    for (unsigned i = 0; arguments && i < (machine == X64 ? 4 : 3); i++) {
        address(out, machine, layout, next_random(1 << 30));
        kss_text_char(out, ' ');
    }
    kss_text_str(out, arguments && machine == X64 ? ": " : "");
    symbol(out);
    if (layout == KV && machine == X86)
        kss_text_str(out, " (FPO: [2,3,4])");
    if (layout == K)
        kss_text_format(out, " [d:\\src\\drv\\file%u.c @ %u]", next_random(50), next_random(3000));
    kss_text_char(out, '\n');
}

static void listing(struct kss_text *out) {
    static const char *const commands[] = {"k", "kn", "kf", "kv", "k", "kb"};
    int machine = (int)next_random(2), layout = (int)next_random(LAYOUTS);
    uint64_t base = machine == X64 ? UINT64_C(0xFFFFF8800B9C7000) : 0xF7A42000U;
    uint64_t sp = base - (machine == X64 ? 0x6000 : 0x3000);
    kss_text_format(out, "%s0: kd> %s\n", layout == QUOTED ? "> " : "", commands[layout]);
    if (next_random(3) == 0) {
        kss_text_format(out,
                        "THREAD %" PRIx64 "  Cid 0a10.0a2c  Teb: 00000000 RUNNING on processor 0\n",
                        base - 0x100000);
        kss_text_format(out,
                        "Stack Init %" PRIx64 " Current %" PRIx64 "\nBase %" PRIx64
                        " Limit %" PRIx64 " Call 0\n",
                        base, sp, base, sp);
    }
    for (unsigned i = 0, distance = 0; sp < base - 0x200; i++) {
        row(out, machine, layout, i, sp, distance);
        distance = 16 * (1 + next_random(24));
        sp += distance;
    }
    kss_text_str(out, "\nIn this run the machine stopped after a while; what follows is the same "
                      "once more with another driver, and nobody knows why.\n\n");
}

// A byte at a time, as a reader must that knows nothing: what the machine does today.
static double count_lines(const struct kss_text *text) {
    volatile uint64_t result;
    uint64_t lines = 0;
    double begin = seconds();
    for (size_t i = 0; i < text->length; i++)
        if (text->bytes[i] == '\n')
            lines += text->bytes[i / 2] != '\0';
    result = lines;
    (void)result;
    return seconds() - begin;
}

// One thread that recurses for ever: every row is judged.
static void one_stack(struct kss_text *out, size_t bytes) {
    uint64_t sp = UINT64_C(0xFFFFF8800B000000);
    kss_text_str(out, "UNEXPECTED_KERNEL_MODE_TRAP (7f)\nArg1: 0000000000000008\n"
                      "Child-SP          RetAddr           Call Site\n");
    while (out->length < bytes) {
        row(out, X64, K, 0, sp, 0);
        sp += 16 * (1 + next_random(24));
    }
}

struct times { // of the processor, in seconds
    double read, judged, written;
};

static double since(double *begin) {
    double now = seconds(), taken = now - *begin;
    *begin = now;
    return taken;
}

typedef void writer(const struct kss_listing *, const struct kss_listing_verdict *,
                    struct kss_text *);

static struct times once(const struct kss_text *text, writer *write, bool say) {
    struct kss_listing_options options = {0};
    struct kss_arena arena = {0};
    struct kss_text out = {0};
    struct times times;
    double begin = seconds();
    struct kss_listing listing = kss_listing_read(&arena, "bench", text->bytes, text->length);
    times.read = since(&begin);
    struct kss_listing_verdict verdict = kss_listing_judge(&arena, &listing, &options);
    times.judged = since(&begin);
    write(&listing, &verdict, &out);
    times.written = since(&begin);
    uint64_t rows = 0;
    for (uint32_t i = 0; i < listing.stack_count; i++)
        rows += listing.stacks[i].count;
    if (say)
        printf("%.1f MB, %u stacks, %" PRIu64 " rows, %.1f bytes kept a byte\n",
               (double)text->length / 1e6, (unsigned)listing.stack_count, rows,
               (double)arena.total / (double)text->length);
    kss_text_free(&out);
    kss_arena_free(&arena);
    return times;
}

static void measure(const struct kss_text *text, const char *name, writer *write, bool first) {
    enum { RUNS = 5 };
    struct times best = once(text, write, first);
    for (int i = 1; i < RUNS; i++) {
        struct times times = once(text, write, false);
        if (times.read + times.judged + times.written < best.read + best.judged + best.written)
            best = times;
    }
    double all = best.read + best.judged + best.written;
    printf("  %-8s read %.3f s, judged %.3f s, written %.3f s: %.3f s, %.0f MB/s\n", name,
           best.read, best.judged, best.written, all, (double)text->length / 1e6 / all);
}

static void measure_all(const struct kss_text *text) {
    measure(text, "jsonl", kss_listing_jsonl, true);
    measure(text, "scenario", kss_listing_scenario, false);
    double lines = count_lines(text);
    printf("  counting lines byte by byte: %.3f s, %.0f MB/s\n", lines,
           (double)text->length / 1e6 / lines);
}

int main(int argc, char **argv) {
    size_t bytes = (size_t)(argc > 1 ? atoi(argv[1]) : 100) * 1000000;
    struct kss_text text = {0};
    while (text.length < bytes)
        listing(&text);
    measure_all(&text);
    kss_text_clear(&text);
    one_stack(&text, bytes / 10);
    measure_all(&text);
    kss_text_free(&text);
    return 0;
}
