// SPDX-License-Identifier: MIT
#include "corpus.h"

#include "base/os.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void collect(struct kss_arena *arena, const char *folder, struct corpus *corpus,
                    unsigned *capacity) {
    char **names;
    size_t count;
    if (kss_os_list(arena, folder, &names, &count) != NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        struct kss_text text = {0};
        kss_text_format(&text, "%s/%s", folder, names[i]);
        const char *path = kss_alloc_text(arena, text.bytes, text.length);
        kss_text_free(&text);
        size_t length = strlen(path);
        if (kss_os_kind(path) == KSS_OS_DIRECTORY) {
            collect(arena, path, corpus, capacity);
        } else if (length > 4 && strcmp(path + length - 4, ".kss") == 0) {
            KSS_ROOM(corpus->paths, corpus->count, *capacity);
            corpus->paths[corpus->count++] = path;
        }
    }
}

struct corpus corpus_of(struct kss_arena *arena, const char *folder) {
    struct corpus corpus = {0};
    unsigned capacity = 0;
    collect(arena, folder, &corpus, &capacity);
    const char **kept = KSS_NEW_ARRAY(arena, const char *, corpus.count + 1u);
    if (corpus.count > 0)
        memcpy(kept, corpus.paths, corpus.count * sizeof *kept);
    free(corpus.paths);
    corpus.paths = kept;
    return corpus;
}
