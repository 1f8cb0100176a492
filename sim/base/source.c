// SPDX-License-Identifier: MIT
#include "base/source.h"
#include "base/os.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

uint32_t kss_source_add(struct kss_sources *sources, const char *name, const char *bytes,
                        size_t length) {
    if (length > INT32_MAX)
        kss_os_fatal("a source text is larger than 2 GiB");
    KSS_ROOM(sources->files, sources->count, sources->capacity);
    sources->files[sources->count] = (struct kss_source){
        .name = kss_utf8_string(sources->arena, kss_alloc_text(sources->arena, name, strlen(name))),
        .bytes = bytes,
        .length = (uint32_t)length,
    };
    return sources->count++;
}

void kss_source_change(struct kss_sources *sources, uint32_t file, const char *bytes,
                       size_t length) {
    struct kss_source *source = &sources->files[file];
    free(source->lines);
    *source = (struct kss_source){
        .name = source->name, .bytes = bytes == NULL ? "" : bytes, .length = (uint32_t)length};
}

void kss_sources_free(struct kss_sources *sources) {
    for (uint32_t i = 0; i < sources->count; i++)
        free(sources->files[i].lines);
    free(sources->files);
    *sources = (struct kss_sources){.arena = sources->arena};
}

// Where the line after the one [offset] lies in begins; false: it is the last.
static bool next_line(const struct kss_source *source, uint32_t offset, uint32_t *begin) {
    if (offset >= source->length)
        return false;
    const char *end = memchr(source->bytes + offset, '\n', source->length - offset);
    if (end == NULL)
        return false;
    *begin = (uint32_t)(end - source->bytes) + 1;
    return true;
}

// A line ends with LF or CR LF. After the last line end there is one more line, often empty.
static void find_lines(struct kss_source *source) {
    unsigned capacity = 0;
    uint32_t begin = 0;
    do {
        KSS_ROOM(source->lines, source->line_count, capacity);
        source->lines[source->line_count++] = begin;
    } while (next_line(source, begin, &begin));
}

static struct kss_source *with_lines(struct kss_sources *sources, uint32_t file) {
    struct kss_source *source = &sources->files[file];
    if (source->lines == NULL)
        find_lines(source);
    return source;
}

void kss_source_place(struct kss_sources *sources, uint32_t file, uint32_t offset, uint32_t *line,
                      uint32_t *column) {
    const struct kss_source *source = with_lines(sources, file);
    if (offset > source->length)
        offset = source->length;
    uint32_t low = 0, high = source->line_count; // lines[low] <= offset < lines[high]
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *line = low + 1;
    *column = offset - source->lines[low] + 1;
}

const char *kss_source_line(struct kss_sources *sources, uint32_t file, uint32_t line,
                            uint32_t *length) {
    const struct kss_source *source = with_lines(sources, file);
    *length = 0;
    if (line == 0 || line > source->line_count)
        return source->bytes + source->length;
    uint32_t begin = source->lines[line - 1], end = source->length;
    if (line < source->line_count) {
        end = source->lines[line] - 1;
        if (end > begin && source->bytes[end - 1] == '\r')
            end--;
    }
    *length = end - begin;
    return source->bytes + begin;
}
