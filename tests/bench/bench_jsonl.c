// SPDX-License-Identifier: MIT
// Events as JSON Lines: events per second, against the same lines by fprintf in the same run. Both
// write to the null device in blocks.
//
//   bench_jsonl [MILLIONS]      default 4
#include "report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK = 64 * 1024, KINDS = 6 };

static const char source[] =
    "machine x86;\n"
    "routine mydrv!ReadDispatch() frame(0x148) {\n"
    "    KEVENT done;\n"
    "    KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);\n"
    "}\n";

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// What a busy run makes most of: calls, returns, NT calls, waits.
static struct kss_event sample(uint64_t i) {
    static const uint16_t kinds[KINDS] = {KSS_EV_CALL, KSS_EV_NT_CALL, KSS_EV_NT_RETURN,
                                          KSS_EV_WAIT, KSS_EV_SIGNAL,  KSS_EV_RETURN};
    struct kss_event event = {.time = i * 37,
                              .sequence = (uint32_t)i,
                              .place = 1 + (uint32_t)i % 3,
                              .kind = kinds[i % KINDS],
                              .thread = 0,
                              .irql = (uint8_t)(i % 3)};
    event.words[0] = event.kind == KSS_EV_WAIT || event.kind == KSS_EV_SIGNAL ? 1 : i % 2;
    event.words[1] = event.kind == KSS_EV_NT_CALL ? 0x8A4D1CB8 : 1;
    event.words[2] = event.kind == KSS_EV_CALL ? 1004 : 2;
    event.words[3] = event.kind == KSS_EV_CALL ? KSS_ORIGIN_GIVEN : 0;
    return event;
}

static void by_printf(const struct kss_log *log, const struct kss_event *e, FILE *out) {
    const struct kss_event_kind *kind = &kss_event_kinds[e->kind];
    fprintf(out,
            "{\"type\":\"%s\",\"t\":%" PRIu64 ",\"seq\":%" PRIu32
            ",\"thread\":\"%s\",\"irql\":%u,\"line\":%u,\"col\":%u,\"%s\":\"%s\",\"%s\":%" PRIu64
            ",\"%s\":%" PRIu64 "}\n",
            kind->name, e->time, e->sequence, log->threads[e->thread].name, e->irql, 4u, 5u,
            kind->words[0].name, log->routines[0].name, kind->words[1].name, e->words[1],
            kind->words[2].name ? kind->words[2].name : "", e->words[2]);
}

int main(int argc, char **argv) {
    uint64_t count = (uint64_t)(argc > 1 ? atoi(argv[1]) : 4) * 1000000;
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    uint32_t file = kss_source_add(&sources, "bench.kss", source, sizeof source - 1);
    struct kss_log_routine routines[] = {
        {.module = "mydrv", .name = "ReadDispatch", .bytes = 0x148},
        {.module = "mydrv", .name = "ReadComplete", .bytes = 0x60}};
    struct kss_log_thread threads[] = {{.name = "App"}};
    struct kss_span places[] = {{0, 0, 0}, {file, 62, 70}, {file, 79, 100}, {file, 140, 150}};
    struct kss_log log = {.sources = &sources,
                          .file = file,
                          .routines = routines,
                          .routine_count = 2,
                          .threads = threads,
                          .thread_count = 1,
                          .places = places,
                          .place_count = 4};
    struct kss_event *events = malloc(KINDS * 4096 * sizeof *events);
    FILE *null = fopen("/dev/null", "wb");
    if (events == NULL || null == NULL)
        return 1;
    for (uint64_t i = 0; i < KINDS * 4096; i++)
        events[i] = sample(i);
    double start = seconds();
    struct kss_jsonl *jsonl = kss_jsonl_new(&log);
    struct kss_text out = {0};
    uint64_t bytes = 0;
    for (uint64_t i = 0; i < count; i++) {
        kss_jsonl_event(jsonl, &events[i % (KINDS * 4096)], &out);
        if (out.length >= CHUNK) {
            bytes += fwrite(out.bytes, 1, out.length, null);
            kss_text_clear(&out);
        }
    }
    double ours = seconds() - start;
    start = seconds();
    for (uint64_t i = 0; i < count; i++)
        by_printf(&log, &events[i % (KINDS * 4096)], null);
    double theirs = seconds() - start;
    printf("jsonl    %6.1f M events/s  %6.0f MB/s\n", (double)count / ours / 1e6,
           (double)bytes / ours / 1e6);
    printf("fprintf  %6.1f M events/s  ratio %.1f\n", (double)count / theirs / 1e6, theirs / ours);
    kss_jsonl_free(jsonl);
    kss_text_free(&out);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    free(events);
    fclose(null);
    return 0;
}
