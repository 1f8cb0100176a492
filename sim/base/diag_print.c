// SPDX-License-Identifier: MIT
// Draws one diagnostic as text.
//
// Every labelled span becomes a mark on the line it begins on. Marks are grouped by file (the
// primary's first), then by line, and one line with its marks is drawn so:
//
//   12 |     KeWaitForSingleObject(&done, UserRequest, UserMode, FALSE, NULL);
//      |     ---------------------  ----  ^^^^^^^^^^^ why it is wrong
//      |     |                      |
//      |     |                      the object
//      |     the call
//      ^ gutter
//
// The mark that begins last has its text beside it when nothing reaches beyond it; the texts of the
// others hang below, right to left. Columns here are screen columns, counted from 0 within the part
// of the line that is shown: a tab goes to the next multiple of 4, what cannot be shown is one '?',
// wide East Asian characters take two columns, combining marks none. A line longer than WINDOW
// bytes is cut; marks that do not fit into one window get a second drawing of the line.
#include "base/diag.h"

#include <string.h>

enum { WINDOW = 160, MARGIN = 40, TAB = 4, ROW = WINDOW * TAB + 16, MARKS = KSS_DIAG_LABELS + 1 };

enum ink { PLAIN, BOLD, GUTTER, CAUSE, PRIMARY };

struct mark {
    uint32_t file, line, begin, end; // bytes within the line, end exclusive
    unsigned order;                  // 0: primary; causes from 1 in time order
    const char *text;
    uint32_t left, right; // screen columns, right exclusive
};

struct page {
    struct kss_text *out;
    struct kss_sources *sources;
    const struct kss_diag *diag;
    bool colour, numbered;
    size_t gutter;
    struct mark marks[MARKS];
    unsigned count;
};

// ---- Ink and characters -------------------------------------------------------------------------

static const char *escape(const struct page *page, enum ink ink) {
    switch (ink) {
    case PLAIN: return "";
    case BOLD: return "\033[1m";
    case GUTTER:
    case CAUSE: return "\033[1;34m";
    case PRIMARY: break;
    }
    switch (page->diag->severity) {
    case KSS_ERROR: return "\033[1;31m";
    case KSS_WARNING: return "\033[1;33m";
    case KSS_NOTE: break;
    }
    return "\033[1;32m";
}

static void start(struct page *page, enum ink ink) {
    if (page->colour)
        kss_text_str(page->out, escape(page, ink));
}

static void stop(struct page *page, enum ink ink) {
    if (page->colour && ink != PLAIN)
        kss_text_str(page->out, "\033[0m");
}

static bool between(uint32_t point, uint32_t low, uint32_t high) {
    return point >= low && point <= high;
}

// Controls (C0, DEL, C1) and what changes the direction of the text around it: a source must not be
// able to draw over the report (Unicode TR36, "bidirectional text spoofing").
static bool hidden(uint32_t point) {
    return point < 0x20 || between(point, 0x7F, 0x9F) || between(point, 0x200B, 0x200F) ||
           between(point, 0x2028, 0x202E) || between(point, 0x2066, 0x2069) || point == 0xFEFF;
}

static uint32_t width(uint32_t point) {
    if (between(point, 0x300, 0x36F))
        return 0;
    bool wide = between(point, 0x1100, 0x115F) || between(point, 0x2E80, 0xA4CF) ||
                between(point, 0xAC00, 0xD7A3) || between(point, 0xF900, 0xFAFF) ||
                between(point, 0xFE30, 0xFE6F) || between(point, 0xFF00, 0xFF60) ||
                between(point, 0xFFE0, 0xFFE6) || between(point, 0x1F300, 0x1F64F) ||
                between(point, 0x1F900, 0x1F9FF) || between(point, 0x20000, 0x3FFFD);
    return wide ? 2 : 1;
}

// Shows the character at [bytes] when [out] is not NULL; moves *column; returns the bytes it takes.
static size_t show(struct kss_text *out, const char *bytes, size_t length, uint32_t *column) {
    uint32_t point;
    unsigned size = kss_utf8(bytes, length, &point);
    if (size == 1 && point == '\t') {
        uint32_t blanks = TAB - *column % TAB;
        if (out != NULL)
            kss_text_repeat(out, ' ', blanks);
        *column += blanks;
        return 1;
    }
    if (size == 0 || hidden(point)) {
        if (out != NULL)
            kss_text_char(out, '?');
        ++*column;
        return size ? size : 1;
    }
    if (out != NULL)
        kss_text_bytes(out, bytes, size);
    *column += width(point);
    return size;
}

// A text of the diagnostic: like a source line; a line end starts a new line indented by [indent].
static void say(struct page *page, const char *text, size_t indent) {
    size_t length = strlen(text);
    uint32_t column = 0;
    for (size_t i = 0; i < length;) {
        if (text[i] != '\n') {
            i += show(page->out, text + i, length - i, &column);
            continue;
        }
        kss_text_char(page->out, '\n');
        kss_text_repeat(page->out, ' ', indent);
        column = 0;
        i++;
    }
}

// ---- Marks --------------------------------------------------------------------------------------

static void add_mark(struct page *page, const struct kss_label *label, unsigned order) {
    struct kss_span span = label->span;
    if (span.file >= page->sources->count)
        return;
    struct mark *mark = &page->marks[page->count++];
    uint32_t length;
    *mark = (struct mark){.file = span.file, .order = order, .text = label->text};
    kss_source_place(page->sources, span.file, span.begin, &mark->line, &mark->begin);
    mark->begin--;
    kss_source_line(page->sources, span.file, mark->line, &length);
    uint32_t size = span.end > span.begin ? span.end - span.begin : 0;
    mark->end = length > mark->begin && size > length - mark->begin ? length : mark->begin + size;
    if (mark->begin >= length) // in the line end, or at the end of the file
        mark->begin = mark->end = length;
}

static bool before(const struct page *page, const struct mark *a, const struct mark *b) {
    uint32_t first = page->diag->primary.span.file;
    if (a->file != b->file)
        return a->file == first || (b->file != first && a->file < b->file);
    if (a->line != b->line)
        return a->line < b->line;
    if (a->begin != b->begin)
        return a->begin < b->begin;
    if (a->end != b->end)
        return a->end > b->end; // an outer span before what it holds
    return a->order > b->order; // one span: the first stands beside it, the others hang in order
}

static void sort_marks(struct page *page) {
    for (unsigned i = 1; i < page->count; i++) {
        struct mark moving = page->marks[i];
        unsigned to = i;
        for (; to > 0 && before(page, &moving, &page->marks[to - 1]); to--)
            page->marks[to] = page->marks[to - 1];
        page->marks[to] = moving;
    }
}

static bool same_span(const struct mark *a, const struct mark *b) {
    return a->file == b->file && a->line == b->line && a->begin == b->begin && a->end == b->end;
}

// Whether a reader from the top down meets the causes in another order than time's.
static bool out_of_order(const struct page *page) {
    for (unsigned i = 0; i < page->count; i++)
        for (unsigned j = i + 1; j < page->count; j++)
            if (page->marks[j].order != 0 && page->marks[j].order < page->marks[i].order &&
                !same_span(&page->marks[i], &page->marks[j]))
                return true;
    return false;
}

static size_t digits(uint32_t number) {
    size_t count = 1;
    for (; number >= 10; number /= 10)
        count++;
    return count;
}

static void collect(struct page *page) {
    const struct kss_diag *diag = page->diag;
    if (diag->has_place)
        add_mark(page, &diag->primary, 0);
    for (unsigned i = 0; i < diag->cause_count; i++)
        add_mark(page, &diag->causes[i], i + 1);
    sort_marks(page);
    page->numbered = out_of_order(page);
    page->gutter = 1;
    for (unsigned i = 0; i < page->count; i++)
        if (digits(page->marks[i].line) > page->gutter)
            page->gutter = digits(page->marks[i].line);
}

// ---- Lines --------------------------------------------------------------------------------------

static void gutter(struct page *page, uint32_t line) {
    start(page, GUTTER);
    size_t used = line ? digits(line) : 0;
    kss_text_repeat(page->out, ' ', page->gutter - used);
    if (line)
        kss_text_unsigned(page->out, line);
    kss_text_str(page->out, " |");
    stop(page, GUTTER);
}

static void end_row(struct page *page) {
    struct kss_text *out = page->out;
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->bytes[--out->length] = '\0';
    kss_text_char(out, '\n');
}

static enum ink ink_of(const struct mark *mark) {
    return mark->order == 0 ? PRIMARY : CAUSE;
}

static void mark_text(struct page *page, const struct mark *mark) {
    start(page, ink_of(mark));
    if (page->numbered && mark->order != 0)
        kss_text_format(page->out, "(%u) ", mark->order);
    for (const char *from = mark->text; *from != '\0';) {
        const char *line_end = strchr(from, '\n');
        size_t length = line_end ? (size_t)(line_end - from) : strlen(from);
        uint32_t column = 0;
        for (size_t i = 0; i < length;)
            i += show(page->out, from + i, length - i, &column);
        from += length;
        if (line_end != NULL) {
            kss_text_char(page->out, ' ');
            from++;
        }
    }
    stop(page, ink_of(mark));
}

// A row of signs under the line: cells[i] is what stands in column i, 0 for nothing.
struct row {
    char cells[ROW];
    enum ink inks[ROW];
    uint32_t end;
};

static void set_cell(struct row *row, uint32_t column, char cell, enum ink ink) {
    if (column >= ROW)
        return;
    row->cells[column] = cell;
    row->inks[column] = ink;
    if (column >= row->end)
        row->end = column + 1;
}

static void put_row(struct page *page, const struct row *row) {
    gutter(page, 0);
    kss_text_char(page->out, ' ');
    enum ink ink = PLAIN;
    for (uint32_t i = 0; i < row->end; i++) {
        enum ink next = row->cells[i] ? row->inks[i] : PLAIN;
        if (next != ink) {
            stop(page, ink);
            start(page, next);
            ink = next;
        }
        kss_text_char(page->out, row->cells[i] ? row->cells[i] : ' ');
    }
    stop(page, ink);
}

// The mark whose text can stand beside the underline, or NULL.
static const struct mark *beside(const struct mark *marks, unsigned count) {
    const struct mark *last = &marks[count - 1];
    for (unsigned i = 0; i + 1 < count; i++)
        if (marks[i].right > last->right)
            return NULL;
    return last->text != NULL ? last : NULL;
}

static void put_underline(struct page *page, const struct mark *marks, unsigned count) {
    struct row row = {0};
    for (unsigned pass = 0; pass < 2; pass++) // the primary over the others
        for (unsigned i = 0; i < count; i++)
            if ((marks[i].order == 0) == (pass == 1))
                for (uint32_t c = marks[i].left; c < marks[i].right; c++)
                    set_cell(&row, c, pass ? '^' : '-', ink_of(&marks[i]));
    put_row(page, &row);
    const struct mark *inline_mark = beside(marks, count);
    if (inline_mark != NULL) {
        kss_text_char(page->out, ' ');
        mark_text(page, inline_mark);
    }
    end_row(page);
}

// The texts that hang below: one row of connectors, then each text with the connectors left of it.
static void put_hanging(struct page *page, const struct mark *marks, unsigned count) {
    const struct mark *done = beside(marks, count);
    bool first = true;
    for (unsigned text = count; text-- > 0;) {
        if (marks[text].text == NULL || &marks[text] == done)
            continue;
        for (int connectors = first ? 1 : 0; connectors >= 0; connectors--) {
            struct row row = {0};
            for (unsigned i = 0; i <= text; i++)
                if (marks[i].text != NULL && &marks[i] != done &&
                    (connectors || marks[i].left < marks[text].left))
                    set_cell(&row, marks[i].left, '|', ink_of(&marks[i]));
            put_row(page, &row);
            if (!connectors) {
                kss_text_repeat(page->out, ' ', marks[text].left - row.end);
                mark_text(page, &marks[text]);
            }
            end_row(page);
        }
        first = false;
    }
}

// ---- Windows ------------------------------------------------------------------------------------

struct window {
    const char *bytes; // of the whole line
    uint32_t length;
    uint32_t begin, end; // the part that is shown
};

static bool inside_character(const struct window *window, uint32_t at) {
    return at < window->length && ((unsigned char)window->bytes[at] & 0xC0) == 0x80;
}

static struct window window_for(const char *bytes, uint32_t length, uint32_t begin, uint32_t end) {
    struct window window = {.bytes = bytes, .length = length, .end = length};
    if (length <= WINDOW)
        return window;
    if (end > WINDOW - MARGIN)
        window.begin = begin > MARGIN ? begin - MARGIN : 0;
    for (int i = 0; i < 3 && inside_character(&window, window.begin); i++)
        window.begin++;
    window.end = length - window.begin > WINDOW ? window.begin + WINDOW : length;
    for (int i = 0; i < 3 && inside_character(&window, window.end); i++)
        window.end--;
    return window;
}

static const char ellipsis[] = "...";

static uint32_t first_column(const struct window *window) {
    return window->begin > 0 ? (uint32_t)sizeof ellipsis - 1 : 0;
}

static uint32_t column_at(const struct window *window, uint32_t offset) {
    uint32_t column = 0, at = window->begin;
    uint32_t end = offset < window->end ? offset : window->end;
    while (at < end)
        at += (uint32_t)show(NULL, window->bytes + at, window->end - at, &column);
    return column + first_column(window);
}

static void put_source(struct page *page, const struct window *window, uint32_t line) {
    gutter(page, line);
    kss_text_char(page->out, ' ');
    if (window->begin > 0)
        kss_text_str(page->out, ellipsis);
    uint32_t column = 0;
    for (uint32_t at = window->begin; at < window->end;)
        at += (uint32_t)show(page->out, window->bytes + at, window->end - at, &column);
    if (window->end < window->length)
        kss_text_str(page->out, ellipsis);
    end_row(page);
}

static void plain_line(struct page *page, uint32_t file, uint32_t line) {
    uint32_t length;
    const char *bytes = kss_source_line(page->sources, file, line, &length);
    struct window window = window_for(bytes, length, 0, 0);
    put_source(page, &window, line);
}

// The line of marks[0] with its [count] marks.
static void marked_line(struct page *page, struct mark *marks, unsigned count) {
    uint32_t length;
    const char *bytes = kss_source_line(page->sources, marks->file, marks->line, &length);
    while (count > 0) {
        struct window window = window_for(bytes, length, marks->begin, marks[count - 1].end);
        unsigned fit = 0;
        for (; fit < count && (fit == 0 || marks[fit].begin < window.end); fit++) {
            marks[fit].left = column_at(&window, marks[fit].begin);
            marks[fit].right = column_at(&window, marks[fit].end);
            if (marks[fit].right <= marks[fit].left)
                marks[fit].right = marks[fit].left + 1;
        }
        put_source(page, &window, marks->line);
        put_underline(page, marks, fit);
        put_hanging(page, marks, fit);
        marks += fit;
        count -= fit;
    }
}

// ---- The whole ----------------------------------------------------------------------------------

static void head(struct page *page) {
    static const char *const names[] = {
        [KSS_NOTE] = "note", [KSS_WARNING] = "warning", [KSS_ERROR] = "error"};
    const struct kss_diag *diag = page->diag;
    start(page, PRIMARY);
    kss_text_str(page->out, names[diag->severity]);
    if (diag->code != NULL)
        kss_text_format(page->out, "[%s]", diag->code);
    stop(page, PRIMARY);
    start(page, BOLD);
    kss_text_str(page->out, ": ");
    say(page, diag->message ? diag->message : "", 4);
    stop(page, BOLD);
    kss_text_char(page->out, '\n');
}

static void arrow(struct page *page, const struct mark *mark, const char *sign) {
    start(page, GUTTER);
    kss_text_repeat(page->out, ' ', page->gutter);
    kss_text_str(page->out, sign);
    stop(page, GUTTER);
    kss_text_char(page->out, ' ');
    say(page, page->sources->files[mark->file].name, 0);
    kss_text_format(page->out, ":%u:%u\n", (unsigned)mark->line, (unsigned)mark->begin + 1);
    gutter(page, 0);
    end_row(page);
}

// Between two marked lines of a file: nothing, the one line between them, or dots.
static void gap(struct page *page, const struct mark *above, const struct mark *below) {
    if (below->line - above->line == 2)
        plain_line(page, above->file, above->line + 1);
    if (below->line - above->line <= 2)
        return;
    start(page, GUTTER);
    kss_text_str(page->out, ellipsis);
    stop(page, GUTTER);
    kss_text_char(page->out, '\n');
}

static void put_file(struct page *page, struct mark *marks, unsigned count) {
    const struct mark *named = marks; // the primary, else the first in time
    for (unsigned i = 1; i < count; i++)
        if (marks[i].order < named->order)
            named = &marks[i];
    arrow(page, named, named->file == page->diag->primary.span.file ? "-->" : ":::");
    for (unsigned i = 0; i < count;) {
        unsigned same = 1;
        while (i + same < count && marks[i + same].line == marks[i].line)
            same++;
        if (i > 0)
            gap(page, &marks[i - 1], &marks[i]);
        marked_line(page, &marks[i], same);
        i += same;
    }
}

static void put_note(struct page *page, const char *kind, const char *text) {
    kss_text_repeat(page->out, ' ', page->gutter + 1);
    start(page, GUTTER);
    kss_text_char(page->out, '=');
    stop(page, GUTTER);
    kss_text_char(page->out, ' ');
    start(page, BOLD);
    kss_text_str(page->out, kind);
    stop(page, BOLD);
    kss_text_str(page->out, ": ");
    say(page, text, page->gutter + 3 + strlen(kind) + 2);
    kss_text_char(page->out, '\n');
}

void kss_diag_print(struct kss_text *out, struct kss_sources *sources, const struct kss_diag *diag,
                    bool colour) {
    struct page page = {.out = out, .sources = sources, .diag = diag, .colour = colour};
    collect(&page);
    head(&page);
    for (unsigned i = 0; i < page.count;) {
        unsigned same = 1;
        while (i + same < page.count && page.marks[i + same].file == page.marks[i].file)
            same++;
        put_file(&page, &page.marks[i], same);
        i += same;
    }
    for (unsigned i = 0; i < diag->note_count; i++)
        put_note(&page, diag->notes[i].kind, diag->notes[i].text);
}
