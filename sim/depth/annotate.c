// SPDX-License-Identifier: MIT
// Annotation files: words to items (depth.h has the form). What an item means for a graph is apply.c's.
//
// One pass over the bytes with one token ahead. After an error the rest of the item is skipped, so that
// each mistake gives one message. A line end is a token; where an item cannot end yet, it is blank.
#include "depth/depth.h"

#include <stdlib.h>
#include <string.h>

enum token_kind {
    END_OF_FILE,
    END_OF_ITEM, // `;` or a line end
    WORD,        // a symbol, a keyword, a number or a place: what it is, its position tells
    QUOTED,
    MARK // one of = { } ( ) , - and <= as '<'
};

struct token {
    enum token_kind kind;
    char mark;
    uint32_t begin, end;
    const char *text; // QUOTED: without quotes, in the arena
};

struct reader {
    struct kss_remarks *remarks;
    struct kss_arena *arena;
    struct kss_diags *diags;
    const char *bytes;
    uint32_t at, length, file;
    struct token token;
    bool newline_is_blank;
};

// ---- Tokens -----------------------------------------------------------------------------------------

static bool is_word(char c) {
    unsigned char u = (unsigned char)c;
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           u >= 0x80 || (c != '\0' && strchr("_$?@.!+~:/\\*[]%&#", c) != NULL);
}

static struct kss_span span_of(const struct reader *reader, const struct token *token) {
    return (struct kss_span){reader->file, token->begin, token->end};
}

static bool two(const struct reader *reader, char a, char b) {
    return reader->at + 1 < reader->length && reader->bytes[reader->at] == a &&
           reader->bytes[reader->at + 1] == b;
}

static void skip_comment(struct reader *reader) {
    struct kss_span span = {reader->file, reader->at, reader->at + 2};
    reader->at += 2;
    while (reader->at < reader->length && !two(reader, '*', '/'))
        reader->at++;
    if (reader->at == reader->length)
        kss_diag_add(reader->diags, KSS_ERROR, NULL, span, "this comment does not end");
    else
        reader->at += 2;
}

static void skip_blanks(struct reader *reader) {
    while (reader->at < reader->length) {
        char c = reader->bytes[reader->at];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' ||
            (c == '\n' && reader->newline_is_blank)) {
            reader->at++;
        } else if (two(reader, '/', '/')) {
            while (reader->at < reader->length && reader->bytes[reader->at] != '\n')
                reader->at++;
        } else if (two(reader, '/', '*')) {
            skip_comment(reader);
        } else {
            return;
        }
    }
}

static void quoted(struct reader *reader) {
    uint32_t begin = reader->at++;
    while (reader->at < reader->length && reader->bytes[reader->at] != '"' &&
           reader->bytes[reader->at] != '\n')
        reader->at++;
    reader->token.kind = QUOTED;
    reader->token.text =
        kss_alloc_text(reader->arena, reader->bytes + begin + 1, reader->at - begin - 1);
    if (reader->at < reader->length && reader->bytes[reader->at] == '"')
        reader->at++;
    else
        kss_diag_add(reader->diags, KSS_ERROR, NULL,
                     (struct kss_span){reader->file, begin, reader->at},
                     "this text has no closing quote");
}

// A hyphen inside a name, my-driver.c:7; in 12K-2K it is a minus.
static bool is_hyphen(const struct reader *reader, bool number) {
    return !number && reader->bytes[reader->at] == '-' && reader->at + 1 < reader->length &&
           is_word(reader->bytes[reader->at + 1]);
}

// A word ends where a comment begins: `irp.c:97// why`.
static void word(struct reader *reader) {
    char first = reader->bytes[reader->at];
    bool number = first >= '0' && first <= '9';
    reader->token.kind = WORD;
    while (reader->at < reader->length &&
           (is_word(reader->bytes[reader->at]) || is_hyphen(reader, number)) &&
           !two(reader, '/', '/') && !two(reader, '/', '*'))
        reader->at++;
}

static void next(struct reader *reader) {
    skip_blanks(reader);
    reader->token = (struct token){.kind = END_OF_FILE, .begin = reader->at};
    if (reader->at < reader->length) {
        char c = reader->bytes[reader->at];
        if (c == '\n' || c == ';') {
            reader->token.kind = END_OF_ITEM;
            reader->at++;
        } else if (c == '"') {
            quoted(reader);
        } else if (is_word(c)) {
            word(reader);
        } else {
            reader->token.kind = MARK;
            bool at_most = two(reader, '<', '=');
            reader->token.mark = (char)(c == '<' && !at_most ? 0 : c);
            reader->at += at_most ? 2 : 1;
        }
    }
    reader->token.end = reader->at;
}

static bool is_mark(const struct reader *reader, char mark) {
    return reader->token.kind == MARK && reader->token.mark == mark;
}

// ---- Errors -----------------------------------------------------------------------------------------

static bool expected(struct reader *reader, const char *what) {
    const struct token *token = &reader->token;
    struct kss_span span = span_of(reader, token);
    if (token->kind == END_OF_FILE || token->kind == END_OF_ITEM)
        kss_diag_add(reader->diags, KSS_ERROR, NULL, span, "expected %s before the item ends",
                     what);
    else
        kss_diag_add(reader->diags, KSS_ERROR, NULL, span, "expected %s", what);
    return false;
}

// Inside braces the item ends with them, or with `;`.
static void skip_item(struct reader *reader) {
    while (reader->token.kind != END_OF_FILE && reader->token.kind != END_OF_ITEM &&
           !(reader->newline_is_blank && is_mark(reader, '}')))
        next(reader);
    reader->newline_is_blank = false;
}

static bool take_mark(struct reader *reader, char mark, const char *what) {
    if (!is_mark(reader, mark))
        return expected(reader, what);
    next(reader);
    return true;
}

// A mark behind which the item goes on: line ends are blank.
static bool take_joint(struct reader *reader, char mark, const char *what) {
    if (!is_mark(reader, mark))
        return expected(reader, what);
    reader->newline_is_blank = true;
    next(reader);
    reader->newline_is_blank = false;
    return true;
}

static bool is_keyword(const struct reader *reader, const char *keyword) {
    size_t length = strlen(keyword);
    return reader->token.kind == WORD && reader->token.end - reader->token.begin == length &&
           memcmp(reader->bytes + reader->token.begin, keyword, length) == 0;
}

static bool take_name(struct reader *reader, struct kss_name *name, const char *what) {
    const struct token *token = &reader->token;
    if (token->kind != WORD && token->kind != QUOTED)
        return expected(reader, what);
    name->span = span_of(reader, token);
    name->text = token->kind == QUOTED ? token->text
                                       : kss_alloc_text(reader->arena, reader->bytes + token->begin,
                                                        token->end - token->begin);
    if (name->text[0] == '\0')
        return expected(reader, what);
    next(reader);
    return true;
}

// ---- Numbers ----------------------------------------------------------------------------------------

bool kss_size_of(const char *text, size_t length, uint64_t *value) {
    bool hex = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t sum = 0;
    size_t i = hex ? 2 : 0, digits = i;
    for (; i < length; i++) {
        char c = text[i];
        unsigned digit = c >= '0' && c <= '9'          ? (unsigned)(c - '0')
                         : hex && c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : hex && c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                       : 16;
        if (digit == 16)
            break;
        if (sum > UINT32_MAX)
            return false;
        sum = sum * (hex ? 16 : 10) + digit;
    }
    if (i == digits)
        return false;
    if (i + 1 == length && (text[i] == 'K' || text[i] == 'M'))
        sum *= text[i++] == 'K' ? 1024 : 1024 * 1024;
    *value = sum;
    return i == length && sum <= UINT32_MAX;
}

static bool take_number(struct reader *reader, uint64_t *value) {
    const struct token *token = &reader->token;
    if (token->kind != WORD)
        return expected(reader, "a number");
    if (!kss_size_of(reader->bytes + token->begin, token->end - token->begin, value)) {
        kss_diag_add(reader->diags, KSS_ERROR, NULL, span_of(reader, token),
                     "expected a number: 320, 0x140, 12K, below 4 GiB");
        return false;
    }
    next(reader);
    return true;
}

// 12K - 2K
static bool take_difference(struct reader *reader, uint64_t *value) {
    struct kss_span span = span_of(reader, &reader->token);
    if (!take_number(reader, value))
        return false;
    while (is_mark(reader, '-')) {
        uint64_t less;
        if (!take_joint(reader, '-', "`-`") || !take_number(reader, &less))
            return false;
        if (less > *value) {
            kss_diag_add(reader->diags, KSS_ERROR, NULL, span, "this is less than nothing");
            return false;
        }
        *value -= less;
    }
    return true;
}

// ---- Items ------------------------------------------------------------------------------------------

static void keep(struct reader *reader, const struct kss_remark *remark) {
    struct kss_remarks *remarks = reader->remarks;
    KSS_ROOM(remarks->items, remarks->count, remarks->capacity);
    remarks->items[remarks->count++] = *remark;
}

static bool unknown_word(struct reader *reader, const char *what, const char *const *words,
                         size_t count) {
    const struct token *token = &reader->token;
    size_t length = token->end - token->begin;
    struct kss_diag *diag =
        kss_diag_add(reader->diags, KSS_ERROR, NULL, span_of(reader, token), "expected %s", what);
    const char *closest = token->kind == WORD
                              ? kss_closest(reader->bytes + token->begin, length, words, count)
                              : NULL;
    if (closest != NULL)
        kss_diag_note(reader->diags, diag, "help", "did you mean `%s`?", closest);
    return false;
}

static bool root_item(struct reader *reader, struct kss_remark *remark) {
    static const char *const kinds[] = {"thread", "dpc", "isr"};
    unsigned kind = 0;
    while (kind < 3 && !is_keyword(reader, kinds[kind]))
        kind++;
    if (kind == 3)
        return unknown_word(reader, "`thread`, `dpc` or `isr`", kinds, 3);
    next(reader);
    remark->root = (enum kss_root_kind)kind;
    for (;;) {
        if (!take_name(reader, &remark->name, "a function"))
            return false;
        if (!is_mark(reader, ','))
            break;
        keep(reader, remark);
        take_joint(reader, ',', "`,`");
    }
    return true;
}

static bool targets(struct reader *reader, struct kss_remark *remark) {
    struct kss_name *names = NULL;
    unsigned capacity = 0;
    uint32_t count = 0;
    reader->newline_is_blank = true;
    bool good = take_mark(reader, '{', "`{`");
    while (good && !is_mark(reader, '}')) {
        KSS_ROOM(names, count, capacity);
        good = take_name(reader, &names[count], "a function or `}`");
        count += good;
        if (good && !is_mark(reader, '}'))
            good = take_mark(reader, ',', "`,` or `}`");
    }
    if (good) { // what follows `}` is read with line ends again
        reader->newline_is_blank = false;
        next(reader);
    }
    if (count > 0) {
        remark->targets = KSS_NEW_ARRAY(reader->arena, struct kss_name, count);
        memcpy(remark->targets, names, count * sizeof *names);
    }
    remark->target_count = count;
    free(names);
    return good;
}

static bool calls_item(struct reader *reader, struct kss_remark *remark) {
    static const char *const words[] = {"from"};
    if (!take_name(reader, &remark->name, "the function that calls"))
        return false;
    if (is_keyword(reader, "from")) {
        next(reader);
        if (!take_name(reader, &remark->from, "the place of the call"))
            return false;
    } else if (reader->token.kind == WORD) {
        return unknown_word(reader, "`from` or `=`", words, 1);
    }
    return take_joint(reader, '=', "`=`") && targets(reader, remark);
}

static bool depth_item(struct reader *reader, struct kss_remark *remark) {
    if (!take_name(reader, &remark->name, "a function") || !take_joint(reader, '<', "`<=`"))
        return false;
    struct kss_span span = span_of(reader, &reader->token);
    if (!take_number(reader, &remark->value))
        return false;
    if (remark->value != 0)
        return true;
    kss_diag_add(reader->diags, KSS_ERROR, NULL, span,
                 "a function that runs is at least once on its path");
    return false;
}

static void take_why(struct reader *reader, struct kss_remark *remark) {
    if (reader->token.kind == QUOTED) {
        remark->why = reader->token.text;
        next(reader);
    }
}

static bool frame_item(struct reader *reader, struct kss_remark *remark) {
    if (!take_name(reader, &remark->name, "a function") || !take_joint(reader, '=', "`=`") ||
        !take_number(reader, &remark->value))
        return false;
    take_why(reader, remark);
    return true;
}

static bool ignore_item(struct reader *reader, struct kss_remark *remark) {
    if (!take_name(reader, &remark->name, "a function"))
        return false;
    take_why(reader, remark);
    return true;
}

static bool require_item(struct reader *reader, struct kss_remark *remark) {
    static const char *const words[] = {"path"};
    if (!is_keyword(reader, "path"))
        return unknown_word(reader, "`path`", words, 1);
    next(reader);
    return take_mark(reader, '(', "`(`") && take_name(reader, &remark->name, "a function") &&
           take_mark(reader, ')', "`)`") && take_joint(reader, '<', "`<=`") &&
           take_difference(reader, &remark->value);
}

typedef bool item_reader(struct reader *reader, struct kss_remark *remark);
static const char *const item_names[] = {"root", "calls", "depth", "frame", "require", "ignore"};
static item_reader *const item_readers[] = {root_item,  calls_item,   depth_item,
                                            frame_item, require_item, ignore_item};

static bool item(struct reader *reader) {
    enum { COUNT = sizeof item_names / sizeof *item_names };
    unsigned kind = 0;
    while (kind < COUNT && !is_keyword(reader, item_names[kind]))
        kind++;
    if (kind == COUNT)
        return unknown_word(reader, "root, calls, depth, frame, require or ignore", item_names,
                            COUNT);
    struct kss_remark remark = {.kind = (enum kss_remark_kind)kind};
    next(reader);
    if (!item_readers[kind](reader, &remark))
        return false;
    if (reader->token.kind != END_OF_FILE && reader->token.kind != END_OF_ITEM)
        return expected(reader, "`;` or the end of the line");
    keep(reader, &remark);
    return true;
}

void kss_remarks_read(struct kss_remarks *remarks, struct kss_arena *arena,
                      struct kss_sources *sources, uint32_t file, struct kss_diags *diags) {
    const struct kss_source *source = &sources->files[file];
    struct reader reader = {.remarks = remarks,
                            .arena = arena,
                            .diags = diags,
                            .bytes = source->bytes,
                            .length = source->length,
                            .file = file};
    if (reader.length >= 3 && memcmp(reader.bytes, "\xEF\xBB\xBF", 3) == 0)
        reader.at = 3;
    for (next(&reader); reader.token.kind != END_OF_FILE; next(&reader))
        if (reader.token.kind != END_OF_ITEM && !item(&reader))
            skip_item(&reader);
}

void kss_remarks_free(struct kss_remarks *remarks) {
    free(remarks->items);
    *remarks = (struct kss_remarks){0};
}
