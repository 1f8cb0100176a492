// SPDX-License-Identifier: MIT
// Places as SARIF locations. A column of kss counts bytes; here it counts UTF-16 code units, as the document's
// columnKind says. An end column is the one behind the last character.
//
// Natively the source is a made-up text with a line per instruction: no file has it, so a location there has no
// physical part, and its logical one names the instruction: mydrv!ReadDispatch+0x5C.
#include "report/sarif.h"

#include "report/escape.h"

// ---- Columns ------------------------------------------------------------------------------------

static uint32_t utf16_units(const char *bytes, uint32_t length) {
    uint32_t units = 0, point;
    for (uint32_t i = 0; i < length;) {
        i += kss_text_decode(bytes + i, length - i, &point);
        units += point >= 0x10000 ? 2 : 1;
    }
    return units;
}

// A byte order mark is no part of the text.
void kss_utf16_place(struct kss_sources *sources, uint32_t file, uint32_t offset, uint32_t *line,
                     uint32_t *column) {
    uint32_t byte, length;
    kss_source_place(sources, file, offset, line, &byte);
    const char *text = kss_source_line(sources, file, *line, &length);
    uint32_t before = byte - 1 < length ? byte - 1 : length;
    uint32_t mark = *line == 1 && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    *column = before < mark ? 1 : utf16_units(text + mark, before - mark) + 1;
}

// Behind the last line end there is nothing that a reader could mark.
static uint32_t inside(const struct kss_source *source, uint32_t offset) {
    if (offset > source->length)
        offset = source->length;
    if (offset == source->length && offset > 0 && source->bytes[offset - 1] == '\n')
        offset--;
    if (offset == source->length - 1 && offset > 0 && source->bytes[offset - 1] == '\r' &&
        source->bytes[offset] == '\n')
        offset--;
    return offset;
}

uint32_t kss_sarif_line(struct kss_sarif_run *run, const struct kss_span *span) {
    uint32_t line, column;
    kss_source_place(run->sources, span->file,
                     inside(&run->sources->files[span->file], span->begin), &line, &column);
    return line;
}

static void region(struct kss_sarif_run *run, const struct kss_span *span, bool snippet) {
    const struct kss_source *source = &run->sources->files[span->file];
    uint32_t begin = inside(source, span->begin), end = inside(source, span->end);
    uint32_t line, column, last_line, last_column;
    if (end < begin)
        end = begin;
    kss_utf16_place(run->sources, span->file, begin, &line, &column);
    kss_utf16_place(run->sources, span->file, end, &last_line, &last_column);
    kss_json_open_flat(run->json, "region", '{');
    kss_json_number(run->json, "startLine", line);
    kss_json_number(run->json, "startColumn", column);
    kss_json_number(run->json, "endLine", last_line);
    kss_json_number(run->json, "endColumn", last_column);
    if (snippet && end > begin) {
        kss_json_open(run->json, "snippet", '{');
        kss_json_text(run->json, "text", source->bytes + begin, end - begin);
        kss_json_close(run->json);
    }
    kss_json_close(run->json);
}

// ---- Locations ----------------------------------------------------------------------------------

void kss_sarif_artifact(struct kss_json *json, const char *name, const char *path) {
    struct kss_text uri = {0};
    kss_text_uri(&uri, path);
    kss_json_open_flat(json, name, '{');
    kss_json_text(json, "uri", uri.bytes, uri.length);
    if (uri.length > 0 && strncmp(uri.bytes, "file:", 5) != 0)
        kss_json_string(json, "uriBaseId", "%SRCROOT%");
    kss_json_close(json);
    kss_text_free(&uri);
}

// Of a place's line of the made-up source: "mydrv!Read+0x5C  KeSetEvent" without what is called there.
static void say_instruction(struct kss_sarif_run *run, const struct kss_span *span,
                            struct kss_text *out) {
    const char *line = run->sources->files[span->file].bytes + span->begin;
    size_t length = span->end - span->begin;
    for (size_t i = 0; i + 1 < length; i++)
        if (line[i] == ' ' && line[i + 1] == ' ')
            length = i;
    kss_text_bytes(out, line, length);
}

static void logical(struct kss_sarif_run *run, const struct kss_span *span, uint32_t routine) {
    struct kss_text name = {0};
    if (run->native && span != NULL)
        say_instruction(run, span, &name);
    else if (run->log != NULL)
        kss_log_symbol(run->log, routine, &name);
    if (name.length > 0) {
        kss_json_open_flat(run->json, "logicalLocations", '[');
        kss_json_open(run->json, NULL, '{');
        kss_json_text(run->json, "fullyQualifiedName", name.bytes, name.length);
        kss_json_string(run->json, "kind", "function");
        kss_json_close(run->json);
        kss_json_close(run->json);
    }
    kss_text_free(&name);
}

void kss_sarif_location(struct kss_sarif_run *run, const struct kss_span *span, uint32_t routine,
                        const char *message, bool snippet) {
    if (!run->native) {
        kss_json_open(run->json, "physicalLocation", '{');
        kss_sarif_artifact(run->json, "artifactLocation",
                           span != NULL ? run->sources->files[span->file].name : run->entry->name);
        if (span != NULL)
            region(run, span, snippet);
        kss_json_close(run->json);
    }
    logical(run, span, routine);
    if (message != NULL)
        kss_sarif_message(run->json, "message", message);
}

// In a message [text](place) is a link; what a scenario says never is one.
void kss_sarif_message(struct kss_json *json, const char *name, const char *text) {
    struct kss_text plain = {0};
    bool link = strstr(text, "](") != NULL;
    for (; *text != '\0'; text++) {
        if (link && (*text == '[' || *text == ']' || *text == '\\'))
            kss_text_char(&plain, '\\');
        kss_text_char(&plain, *text);
    }
    kss_json_open_flat(json, name, '{');
    kss_json_text(json, "text", plain.bytes, plain.length);
    kss_json_close(json);
    kss_text_free(&plain);
}
