// SPDX-License-Identifier: MIT
// A driver of 10 MB: its unwind entries to a table of frames, beside llvm-readobj --unwind, which prints the
// same records. The image is made here: functions of 160 bytes, each with an entry, every sixteenth with a
// frame register, whose body is then read, too. The peer gets an image without symbols, as Microsoft's
// linker writes it: with a symbol each it looks through all of them for every entry and does not come to an end.
//
//   bench_image [MB]      default 10; the image goes to bench_image.sys in the current folder
#include "frames/frames.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FUNCTION = 160,
    HEADERS = 0x200,
    TEXT_RVA = 0x1000,
    ENTRY = 12,
    INFO = 8,
    SYMBOL = 18,
    NAME = 24, // in the string table, with its NUL
    RUNS = 5
};

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void put(uint8_t *to, uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t up(uint32_t value, uint32_t boundary) {
    return (value + boundary - 1) / boundary * boundary;
}

static void put_section(uint8_t *to, const char *name, uint32_t rva, uint32_t size, uint32_t at,
                        uint32_t flags) {
    memcpy(to, name, strlen(name));
    put(to + 8, size, 4);
    put(to + 12, rva, 4);
    put(to + 16, size, 4);
    put(to + 20, at, 4);
    put(to + 36, flags, 4);
}

// push rbx, sub rsp, 48 or push rbp, mov rbp, rsp, sub rsp, 48; loads; the way back.
static void put_function(uint8_t *to, bool framed) {
    static const uint8_t plain[] = {0x53, 0x48, 0x83, 0xEC, 0x30};
    static const uint8_t frame[] = {0x55, 0x48, 0x89, 0xE5, 0x48, 0x83, 0xEC, 0x30};
    static const uint8_t plain_end[] = {0x48, 0x83, 0xC4, 0x30, 0x5B, 0xC3};
    static const uint8_t frame_end[] = {0x48, 0x83, 0xC4, 0x30, 0x5D, 0xC3};
    static const uint8_t load[] = {0x48, 0x8B, 0x44, 0x24, 0x20}; // mov rax, [rsp+32]
    memset(to, 0x90, FUNCTION);
    for (unsigned at = 10; at + 12 < FUNCTION; at += 5)
        memcpy(to + at, load, sizeof load);
    memcpy(to, framed ? frame : plain, framed ? sizeof frame : sizeof plain);
    memcpy(to + FUNCTION - 6, framed ? frame_end : plain_end, 6);
}

static uint8_t *make_image(uint32_t count, bool named, size_t *length) {
    static const uint8_t plain[INFO] = {1, 5, 2, 0, 5, 0x52, 1, 0x30};
    static const uint8_t frame[INFO + 4] = {1, 8, 3, 5, 8, 0x52, 4, 0x03, 1, 0x50};
    uint32_t text = count * FUNCTION, data = count * ENTRY + 32;
    uint32_t data_rva = up(TEXT_RVA + text, 0x1000), symbols = HEADERS + text + data;
    *length = symbols + (size_t)count * (SYMBOL + NAME) + 4;
    uint8_t *image = calloc(1, *length);
    if (image == NULL)
        exit(70);
    uint8_t *pe = image + 0x40, *optional = pe + 24, *entries = image + HEADERS + text;
    memcpy(image, "MZ", 2);
    put(image + 0x3C, 0x40, 4);
    memcpy(pe, "PE\0\0", 4);
    put(pe + 4, 0x8664, 2);
    put(pe + 6, 2, 2);
    put(pe + 12, named ? symbols : 0, 4);
    put(pe + 16, named ? count : 0, 4);
    put(pe + 20, 112 + 128, 2);
    put(pe + 22, 0x22, 2);
    put(optional, 0x20B, 2);
    put(optional + 24, 0x140000000, 8);
    put(optional + 32, 0x1000, 4);
    put(optional + 36, 0x200, 4);
    put(optional + 56, up(data_rva + data, 0x1000), 4);
    put(optional + 60, HEADERS, 4);
    put(optional + 68, 1, 2);
    put(optional + 108, 16, 4);
    put(optional + 112 + 24, data_rva, 4);
    put(optional + 112 + 28, count * ENTRY, 4);
    put_section(optional + 240, ".text", TEXT_RVA, text, HEADERS, 0x60000020);
    put_section(optional + 280, ".pdata", data_rva, data, HEADERS + text, 0x40000040);
    memcpy(entries + count * ENTRY, plain, sizeof plain);
    memcpy(entries + count * ENTRY + INFO, frame, sizeof frame);
    uint8_t *strings = image + symbols + (size_t)count * SYMBOL;
    put(strings, 4 + (uint64_t)count * NAME, 4);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *entry = entries + i * ENTRY, *symbol = image + symbols + (size_t)i * SYMBOL;
        bool framed = i % 16 == 15;
        put_function(image + HEADERS + (size_t)i * FUNCTION, framed);
        put(entry, TEXT_RVA + i * FUNCTION, 4);
        put(entry + 4, TEXT_RVA + (i + 1) * FUNCTION, 4);
        put(entry + 8, data_rva + count * ENTRY + (framed ? INFO : 0), 4);
        put(symbol + 4, 4 + i * NAME, 4);
        put(symbol + 8, i * FUNCTION, 4);
        put(symbol + 12, 1, 2);
        put(symbol + 14, 0x20, 2);
        symbol[16] = 2;
        snprintf((char *)strings + 4 + (size_t)i * NAME, NAME, "BenchDispatch%08" PRIX32, i);
    }
    return image;
}

static double read_image(const uint8_t *image, size_t length, uint32_t count) {
    struct kss_arena arena = {0};
    struct kss_diags diags = {.arena = &arena};
    struct kss_sources sources = {.arena = &arena};
    struct kss_frames frames = {.arena = &arena, .diags = &diags, .sources = &sources};
    double begin = seconds();
    bool good = kss_frames_read(&frames, "bench_image.sys", (const char *)image, length);
    double took = seconds() - begin;
    if (!good || frames.count != count || diags.count > 0)
        printf("  wrong: %" PRIu32 " rows\n", frames.count);
    kss_frames_free(&frames);
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return took;
}

static double best(double a, double b) {
    return a < b ? a : b;
}

int main(int argc, char **argv) {
    unsigned megabytes = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10;
    uint32_t count = megabytes * (1u << 20) / (FUNCTION + ENTRY + SYMBOL + NAME);
    size_t length;
    uint8_t *named = make_image(count, true, &length), *plain = make_image(count, false, &length);
    FILE *file = fopen("bench_image.sys", "wb");
    if (file == NULL || fwrite(plain, 1, length, file) != length || fclose(file) != 0)
        return 1;
    double ours = 1e9, ours_named = 1e9, theirs = 1e9;
    bool peer = true;
    for (int i = 0; i < RUNS; i++) {
        ours = best(ours, read_image(plain, length, count));
        ours_named = best(ours_named, read_image(named, length, count));
        double begin = seconds();
        peer = peer && system("llvm-readobj --unwind bench_image.sys >/dev/null 2>&1") == 0;
        theirs = best(theirs, seconds() - begin);
    }
    printf("an image of %.1f MB, %" PRIu32 " functions: %.0f ms, with a symbol each %.0f ms",
           (double)length / (1 << 20), count, ours * 1e3, ours_named * 1e3);
    if (peer)
        printf("; llvm-readobj --unwind %.0f ms, %.1f times as long", theirs * 1e3, theirs / ours);
    printf("\n");
    remove("bench_image.sys");
    free(named);
    free(plain);
    return 0;
}
