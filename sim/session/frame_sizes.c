// SPDX-License-Identifier: MIT
// The public way to frame tables: files read into a struct kss_frames that options can point at.
#include "kss/kss.h"

#include "base/os.h"
#include "frames/frames.h"

#include <stdlib.h>
#include <string.h>

struct sizes {
    struct kss_frames frames; // first: what is handed out
    struct kss_arena arena;
    struct kss_sources sources;
    struct kss_diags diags;
};

static const char *beside(void *context, const char *path, char **bytes, size_t *length) {
    struct sizes *sizes = context;
    if (kss_os_kind(path) != KSS_OS_FILE)
        return "no such file";
    return kss_os_read(&sizes->arena, path, bytes, length);
}

static void complain(struct sizes *sizes, const char *what, const char *why) {
    struct kss_diag *diag =
        kss_diag_add(&sizes->diags, KSS_ERROR, NULL, (struct kss_span){0}, "%s: %s", what, why);
    diag->has_place = false;
}

static void read_file(struct sizes *sizes, const char *path) {
    char *bytes;
    size_t length;
    const char *name = kss_alloc_text(&sizes->arena, path, strlen(path));
    const char *reason = kss_os_read(&sizes->arena, path, &bytes, &length);
    if (reason == NULL)
        kss_frames_read(&sizes->frames, name, bytes, length);
    else
        complain(sizes, name, reason);
}

static char *said(struct sizes *sizes) {
    struct kss_text text = {0};
    for (uint32_t i = 0; i < sizes->diags.count; i++)
        kss_diag_print(&text, &sizes->sources, &sizes->diags.items[i], false);
    char *copy = calloc(text.length + 1, 1);
    if (copy == NULL)
        kss_os_fatal("out of memory");
    if (text.length > 0)
        memcpy(copy, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

struct kss_frames *kss_frame_sizes_open(const char *const *paths, size_t count, const char *machine,
                                        char **problems) {
    struct sizes *sizes = calloc(1, sizeof *sizes);
    if (sizes == NULL)
        kss_os_fatal("out of memory");
    sizes->sources.arena = sizes->diags.arena = &sizes->arena;
    sizes->frames = (struct kss_frames){.arena = &sizes->arena,
                                        .diags = &sizes->diags,
                                        .sources = &sizes->sources,
                                        .beside = beside,
                                        .beside_context = sizes};
    if (machine != NULL)
        sizes->frames.machine = kss_profile_find(machine, strlen(machine));
    if (machine != NULL && sizes->frames.machine == NULL)
        complain(sizes, machine, "is no machine that kss knows");
    for (size_t i = 0; i < count; i++)
        read_file(sizes, paths[i]);
    kss_frames_join(&sizes->frames);
    bool good = sizes->diags.errors == 0;
    if (problems != NULL)
        *problems = said(sizes);
    if (!good)
        kss_frame_sizes_close(&sizes->frames);
    return good ? &sizes->frames : NULL;
}

void kss_frame_sizes_close(struct kss_frames *frames) {
    struct sizes *sizes = (struct sizes *)frames;
    if (sizes == NULL)
        return;
    kss_frames_free(&sizes->frames);
    kss_diags_free(&sizes->diags);
    kss_sources_free(&sizes->sources);
    kss_arena_free(&sizes->arena);
    free(sizes);
}
