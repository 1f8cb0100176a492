// SPDX-License-Identifier: MIT
// Tables of frames, written and read again.
//
// TSV: a line of column names, then a function a line. Figures are decimal; an unknown one is empty. Tabs,
// line ends and backslashes in names are \t, \n and \\.
//
//   bytes	kind	origin	module	symbol	place	reason
//   456	exact	unwind x64	mydrv	ReadDispatch	mydrv.sys+0x1040
#include "frames/frames.h"

#include <string.h>

static const char heading[] = "bytes\tkind\torigin\tmodule\tsymbol\tplace\treason";
enum { COLUMNS = 7, BYTES = 0, KIND, ORIGIN, MODULE, SYMBOL, PLACE, REASON };

// ---- Writing ----------------------------------------------------------------------------------------

static void field(struct kss_text *out, const char *text, bool last) {
    size_t plain = text != NULL ? strcspn(text, "\t\n\r\\") : 0;
    kss_text_bytes(out, text, plain);
    text = text != NULL ? text + plain : NULL;
    for (; text != NULL && *text != '\0'; text++) {
        switch (*text) {
        case '\t': kss_text_str(out, "\\t"); break;
        case '\n': kss_text_str(out, "\\n"); break;
        case '\r': kss_text_str(out, "\\r"); break;
        case '\\': kss_text_str(out, "\\\\"); break;
        default: kss_text_char(out, *text); break;
        }
    }
    kss_text_char(out, last ? '\n' : '\t');
}

static void write_tsv(const struct kss_frame_row *row, struct kss_text *out) {
    if (row->kind != KSS_FRAME_UNKNOWN)
        kss_text_unsigned(out, row->bytes);
    kss_text_char(out, '\t');
    field(out, kss_frame_kind_name(row->kind), false);
    field(out, kss_frame_origin_name(row->origin), false);
    field(out, row->module, false);
    field(out, row->symbol, false);
    field(out, row->place, false);
    field(out, row->reason, true);
}

static void json_text(struct kss_text *out, const char *key, const char *value) {
    kss_text_format(out, ",\"%s\":", key);
    if (value == NULL)
        kss_text_str(out, "null");
    else
        kss_text_json(out, value, strlen(value));
}

static void write_jsonl(const struct kss_frame_row *row, struct kss_text *out) {
    kss_text_str(out, "{\"type\":\"frame\"");
    json_text(out, "symbol", row->symbol);
    json_text(out, "module", row->module[0] != '\0' ? row->module : NULL);
    kss_text_str(out, ",\"bytes\":");
    if (row->kind == KSS_FRAME_UNKNOWN)
        kss_text_str(out, "null");
    else
        kss_text_unsigned(out, row->bytes);
    json_text(out, "kind", kss_frame_kind_name(row->kind));
    json_text(out, "origin", kss_frame_origin_name(row->origin));
    json_text(out, "place", row->place);
    json_text(out, "reason", row->reason);
    kss_text_str(out, "}\n");
}

static void shown_text(struct kss_text *out, const char *text) { // no control characters
    size_t length = strlen(text);
    char *to = kss_text_room(out, length);
    for (size_t i = 0; i < length; i++)
        to[i] = (unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i];
    kss_text_wrote(out, length);
}

// By hand: an image has fifty thousand rows.
static void left(struct kss_text *out, const char *text, size_t width) {
    size_t length = strlen(text);
    kss_text_bytes(out, text, length);
    kss_text_repeat(out, ' ', length < width ? width - length : 0);
}

static void write_bytes(struct kss_text *out, uint64_t bytes) {
    unsigned digits = 1, nibbles = 1;
    for (uint64_t rest = bytes; rest >= 10; rest /= 10)
        digits++;
    for (uint64_t rest = bytes; rest >= 16; rest >>= 4)
        nibbles++;
    kss_text_repeat(out, ' ', 2 + (digits < 8 ? 8 - digits : 0));
    kss_text_unsigned(out, bytes);
    kss_text_str(out, "  ");
    kss_text_hex(out, bytes);
    kss_text_repeat(out, ' ', nibbles < 6 ? 6 - nibbles : 0);
}

static void write_row(const struct kss_frame_row *row, struct kss_text *out) {
    if (row->kind == KSS_FRAME_UNKNOWN)
        kss_text_str(out, "         ?         ?");
    else
        write_bytes(out, row->bytes);
    kss_text_str(out, "  ");
    left(out, kss_frame_kind_name(row->kind), 8);
    kss_text_str(out, "  ");
    left(out, kss_frame_origin_name(row->origin), 12);
    kss_text_str(out, "  ");
    size_t begin = out->length;
    if (row->module[0] != '\0') {
        shown_text(out, row->module);
        kss_text_str(out, row->symbol[0] == '+' ? "" : "!");
    }
    shown_text(out, row->symbol);
    if (row->place != NULL && row->place[0] != '\0') {
        size_t length = out->length - begin;
        kss_text_repeat(out, ' ', 2 + (length < 32 ? 32 - length : 0));
        shown_text(out, row->place);
    }
    kss_text_char(out, '\n');
    if (row->reason == NULL)
        return;
    kss_text_repeat(out, ' ', 46);
    shown_text(out, row->reason);
    kss_text_char(out, '\n');
}

static bool listed(const struct kss_frame_row *row) {
    return !row->merged && !row->external;
}

static void write_text(const struct kss_frames *frames, struct kss_text *out) {
    uint32_t counts[3] = {0}, count = 0;
    kss_text_format(out, "  %8s  %-8s  %-8s  %-12s  Function\n", "Bytes", "Hex", "Kind", "Origin");
    for (uint32_t i = 0; i < frames->count; i++) {
        const struct kss_frame_row *row = &frames->rows[i];
        if (!listed(row))
            continue;
        write_row(row, out);
        counts[row->kind]++;
        count++;
    }
    kss_text_format(out, "%u function%s: %u exact, %u at least, %u unknown\n", count,
                    count == 1 ? "" : "s", counts[KSS_FRAME_EXACT], counts[KSS_FRAME_AT_LEAST],
                    counts[KSS_FRAME_UNKNOWN]);
}

void kss_frames_write(const struct kss_frames *frames, enum kss_frames_format format,
                      struct kss_text *out) {
    if (format == KSS_FRAMES_TEXT) {
        write_text(frames, out);
        return;
    }
    if (format == KSS_FRAMES_TSV)
        kss_text_format(out, "%s\n", heading);
    for (uint32_t i = 0; i < frames->count; i++) {
        if (!listed(&frames->rows[i]))
            continue;
        if (format == KSS_FRAMES_TSV)
            write_tsv(&frames->rows[i], out);
        else
            write_jsonl(&frames->rows[i], out);
    }
}

// ---- Reading ----------------------------------------------------------------------------------------

bool kss_is_frame_table(const struct kss_frames_file *file) {
    size_t length = sizeof heading - 1;
    return file->length >= length && memcmp(file->bytes, heading, length) == 0;
}

struct part {
    const char *begin, *end;
};

static const char *unescaped(struct kss_frames *frames, const struct part *part) {
    struct kss_text text = {0};
    for (const char *at = part->begin; at < part->end; at++) {
        char c = *at;
        if (c == '\\' && at + 1 < part->end) {
            c = *++at;
            c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        }
        kss_text_char(&text, c);
    }
    const char *copy = kss_frames_text(frames, text.bytes != NULL ? text.bytes : "", text.length);
    kss_text_free(&text);
    return copy;
}

static bool same(const struct part *part, const char *word) {
    size_t length = strlen(word);
    return (size_t)(part->end - part->begin) == length && memcmp(part->begin, word, length) == 0;
}

static bool read_bytes(const struct part *part, uint64_t *bytes) {
    *bytes = 0;
    for (const char *at = part->begin; at < part->end; at++) {
        if (*at < '0' || *at > '9' || at - part->begin > 17)
            return false;
        *bytes = *bytes * 10 + (uint64_t)(*at - '0');
    }
    return part->end > part->begin;
}

// NULL, or what is wrong with the line.
static const char *read_row(struct kss_frames *frames, const struct part parts[COLUMNS],
                            struct kss_frame_row *row) {
    int kind = KSS_FRAME_EXACT, origin = 0;
    while (kind >= 0 && !same(&parts[KIND], kss_frame_kind_name((enum kss_frame_kind)kind)))
        kind--;
    if (kind < 0)
        return "the kind is none of exact, at least, unknown";
    while (origin < KSS_FRAME_ORIGINS &&
           !same(&parts[ORIGIN], kss_frame_origin_name((enum kss_frame_origin)origin)))
        origin++;
    row->kind = (uint8_t)kind;
    row->origin = (uint8_t)(origin < KSS_FRAME_ORIGINS ? origin : KSS_FROM_TABLE);
    if (kind != KSS_FRAME_UNKNOWN && !read_bytes(&parts[BYTES], &row->bytes))
        return "the figure is no number of bytes";
    if (parts[SYMBOL].begin == parts[SYMBOL].end)
        return "the symbol is missing";
    row->module = unescaped(frames, &parts[MODULE]);
    row->symbol = unescaped(frames, &parts[SYMBOL]);
    row->place = parts[PLACE].begin < parts[PLACE].end ? unescaped(frames, &parts[PLACE]) : NULL;
    row->reason =
        parts[REASON].begin < parts[REASON].end ? unescaped(frames, &parts[REASON]) : NULL;
    if (kind != KSS_FRAME_EXACT && row->reason == NULL)
        row->reason = "the table gives no reason";
    if (kind == KSS_FRAME_EXACT)
        row->reason = NULL;
    return NULL;
}

static unsigned split(const char *at, const char *end, struct part parts[COLUMNS]) {
    unsigned count = 0;
    for (;; at++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        if (count < COLUMNS)
            parts[count] = (struct part){at, tab != NULL ? tab : end};
        count++;
        if (tab == NULL)
            return count;
        at = tab;
    }
}

bool kss_read_frame_table(struct kss_frames_file *file) {
    struct kss_frames *frames = file->frames;
    const char *bytes = (const char *)file->bytes, *end = bytes + file->length;
    uint32_t source = kss_source_add(frames->sources, file->name, bytes, file->length);
    const char *at = memchr(bytes, '\n', file->length);
    while (at != NULL && ++at < end) {
        const char *line = at;
        at = memchr(line, '\n', (size_t)(end - line));
        const char *stop = at != NULL ? at : end;
        stop -= stop > line && stop[-1] == '\r';
        if (line == stop)
            continue;
        struct part parts[COLUMNS];
        struct kss_frame_row row = {0};
        const char *wrong = split(line, stop, parts) != COLUMNS
                                ? "expected seven fields between tabs"
                                : read_row(frames, parts, &row);
        if (wrong == NULL)
            kss_frames_add(frames, &row);
        else
            kss_diag_add(
                frames->diags, KSS_ERROR, NULL,
                (struct kss_span){source, (uint32_t)(line - bytes), (uint32_t)(stop - bytes)}, "%s",
                wrong);
    }
    return true;
}
