// SPDX-License-Identifier: MIT
// `kss fmt`: the tokens of a file as they are, with canonical white space between them.
//
// One statement, item or member a line, four blanks a level, `{` behind what it belongs to, a block
// of one simple statement that stood on one line stays there, at most one empty line, none inside
// braces' edges. Labels and cases stand one level out. Inside a statement the author's line breaks
// stay; such a line is indented to the bracket that is open,
//
//     status = KeWaitForSingleObject(&done, Executive,      KdPrintEx((
//                                    KernelMode);               DPFLTR_ID, "..."));
//
// or by four blanks. Lines are never broken. Comments stay where they are, between the same tokens:
// on their own line, at the end of one (in the author's column when it was set off by more than one
// blank) or inside. # lines and SAL annotations are copied byte for byte. Indentation stops growing
// at LEVELS levels, so that deep nesting does not make a file of blanks.
//
// What is written parses to the same tokens, and formatting it again changes nothing.
#include "script/format.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 4, LEVELS = 40, FARTHEST = 72, TAB = 4 };

struct bracket {
    uint32_t column; // where lines inside it begin
    uint32_t line;   // indentation of the line it opened on
    bool brace;
};

struct printer {
    struct kss_m_tokens tokens;
    struct kss_text *out;
    size_t line_begin;         // where the current line begins in out
    uint32_t line_indent;      // its indentation
    uint32_t statement_indent; // of the line the current statement began on
    bool fresh;                // nothing was written on the line
    bool must_break;           // a // comment was written
    struct bracket *brackets;
    unsigned bracket_count, bracket_capacity;
};

// ---- Tokens -------------------------------------------------------------------------------------

static bool copied_with_parens(const struct kss_name *name) {
    return (name->properties & (KSS_IS_SAL | KSS_IS_PARENS)) ||
           name->known == KSS_WORD__Analysis_assume_ || name->known == KSS_WORD___analysis_assume;
}

// Reads on to the ) that belongs to the ( in *token, which becomes one token with [first].
static void join_parens(struct kss_lexer *lexer, struct kss_m_token *first,
                        struct kss_token *token) {
    uint32_t open = 0;
    for (;;) {
        open += token->kind == KSS_T_LEFT_PAREN;
        open -= token->kind == KSS_T_RIGHT_PAREN;
        first->end = token->end;
        if (open == 0 || token->kind == KSS_T_EOF)
            break;
        kss_lex(lexer, token);
    }
    kss_lex(lexer, token);
}

static bool is_control(const struct kss_token *token) {
    return token->kind == KSS_T_KEYWORD && token->name->known != KSS_WORD_sizeof;
}

static void read_tokens(struct kss_m_tokens *tokens, struct kss_lexer *lexer) {
    struct kss_token token;
    kss_lex(lexer, &token);
    for (bool more = true; more;) {
        KSS_ROOM(tokens->items, tokens->count, tokens->capacity);
        struct kss_m_token *item = &tokens->items[tokens->count++];
        *item = (struct kss_m_token){.begin = token.begin, .end = token.end, .kind = token.kind};
        item->control = is_control(&token);
        if (token.kind == KSS_T_HASH_LINE || token.kind == KSS_T_EOF)
            item->marks = KSS_M_LINE;
        if (token.kind == KSS_T_HASH_LINE)
            item->raw = (uint32_t)token.number;
        more = token.kind != KSS_T_EOF;
        bool name = token.kind == KSS_T_NAME || token.kind == KSS_T_KEYWORD;
        bool joins = name && copied_with_parens(token.name);
        kss_lex(lexer, &token);
        if (joins && token.kind == KSS_T_LEFT_PAREN)
            join_parens(lexer, item, &token);
    }
}

static void index_tokens(struct kss_m_tokens *tokens) {
    uint32_t count = tokens->length / 32 + 2, next = 0;
    tokens->blocks = kss_grow(NULL, &(unsigned){0}, count, sizeof *tokens->blocks);
    for (uint32_t i = 0; i < count; i++) {
        while (next + 1 < tokens->count && tokens->items[next].begin < i * 32)
            next++;
        tokens->blocks[i] = next;
    }
}

// ---- Lines --------------------------------------------------------------------------------------

static uint32_t column(const struct printer *p) {
    uint32_t columns = 0;
    for (size_t i = p->line_begin; i < p->out->length; i++)
        columns += ((uint8_t)p->out->bytes[i] & 0xC0) != 0x80;
    return columns;
}

static uint32_t indent_of(uint32_t level) {
    return (level < LEVELS ? level : LEVELS) * INDENT;
}

static void end_line(struct printer *p) {
    if (!p->fresh)
        kss_text_char(p->out, '\n');
    p->line_begin = p->out->length;
    p->fresh = true;
    p->must_break = false;
}

static void new_line(struct printer *p, uint32_t indent) {
    end_line(p);
    kss_text_repeat(p->out, ' ', indent);
    p->line_indent = indent;
}

static void empty_line(struct printer *p) {
    end_line(p);
    if (p->out->length > 0)
        kss_text_char(p->out, '\n');
    p->line_begin = p->out->length;
}

static void put(struct printer *p, const char *bytes, size_t length) {
    kss_text_bytes(p->out, bytes, length);
    if (length > 0)
        p->fresh = false;
}

static void blank(struct printer *p) {
    if (!p->fresh && p->out->bytes[p->out->length - 1] != ' ')
        kss_text_char(p->out, ' ');
}

// Writes one line of text without the blanks at its end; behind a backslash one blank stays, so
// that the line does not join the next.
static void put_trimmed(struct printer *p, const char *bytes, size_t length) {
    size_t end = length;
    while (end > 0 && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t' || bytes[end - 1] == '\r'))
        end--;
    put(p, bytes, end);
    bool blank_behind = end < length && bytes[end] != '\r';
    if (end > 0 && bytes[end - 1] == '\\' && blank_behind)
        put(p, " ", 1);
}

// ---- Comments -----------------------------------------------------------------------------------

// The column of [offset] in its line of the source, tabs counted.
static uint32_t source_column(const struct kss_m_tokens *tokens, uint32_t offset) {
    uint32_t begin = offset, columns = 0;
    while (begin > 0 && tokens->bytes[begin - 1] != '\n')
        begin--;
    if (begin == 0 && offset >= 3 && memcmp(tokens->bytes, "\xEF\xBB\xBF", 3) == 0)
        begin = 3;
    for (; begin < offset; begin++) {
        if (tokens->bytes[begin] == '\t')
            columns += TAB - columns % TAB;
        else
            columns += ((uint8_t)tokens->bytes[begin] & 0xC0) != 0x80;
    }
    return columns;
}

// Lines of a comment behind its first move with it.
static void put_moved(struct printer *p, const char *bytes, size_t length, int64_t shift) {
    uint32_t width = 0;
    size_t i = 0;
    for (; i < length && (bytes[i] == ' ' || bytes[i] == '\t'); i++)
        width = bytes[i] == '\t' ? width + TAB - width % TAB : width + 1;
    int64_t moved = width + shift;
    size_t end = length;
    while (end > i && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t' || bytes[end - 1] == '\r'))
        end--;
    if (end > i && moved > 0)
        kss_text_repeat(p->out, ' ', (size_t)moved);
    put_trimmed(p, bytes + i, length - i);
}

static void put_comment(struct printer *p, uint32_t begin, uint32_t end, bool moves) {
    const char *bytes = p->tokens.bytes;
    int64_t shift = (int64_t)column(p) - source_column(&p->tokens, begin);
    if (!moves)
        shift = 0;
    for (bool first = true;; first = false) {
        const char *line_end = memchr(bytes + begin, '\n', end - begin);
        uint32_t stop = line_end != NULL ? (uint32_t)(line_end - bytes) : end;
        if (first)
            put_trimmed(p, bytes + begin, stop - begin);
        else
            put_moved(p, bytes + begin, stop - begin, shift);
        if (stop == end)
            return;
        kss_text_char(p->out, '\n');
        p->line_begin = p->out->length;
        begin = stop + 1;
    }
}

struct gap { // what lies between two tokens, read piece by piece
    uint32_t at, end;
    uint32_t newlines; // before [comment]
    uint32_t blanks;   // directly before it
    uint32_t comment, comment_end;
    bool line_comment;
};

static uint32_t comment_end(const char *bytes, uint32_t at, uint32_t end) {
    if (bytes[at + 1] == '*') {
        for (at += 2; at + 1 < end; at++)
            if (bytes[at] == '*' && bytes[at + 1] == '/')
                return at + 2;
        return end;
    }
    for (at += 2; at < end && bytes[at] != '\n'; at++) {
        uint32_t splice = bytes[at] != '\\'                                                ? 0
                          : at + 1 < end && bytes[at + 1] == '\n'                          ? 1
                          : at + 2 < end && bytes[at + 1] == '\r' && bytes[at + 2] == '\n' ? 2
                                                                                           : 0;
        at += splice;
    }
    return at;
}

// Finds the next comment. False: there is none; then [newlines] are those before the token.
static bool next_comment(const char *bytes, struct gap *gap) {
    gap->newlines = gap->blanks = 0;
    for (; gap->at < gap->end; gap->at++) {
        char c = bytes[gap->at];
        if (c == '/') {
            gap->comment = gap->at;
            gap->line_comment = bytes[gap->at + 1] == '/';
            gap->comment_end = gap->at = comment_end(bytes, gap->at, gap->end);
            return true;
        }
        bool spliced = c == '\n' && gap->at > 0 &&
                       (bytes[gap->at - 1] == '\\' ||
                        (gap->at > 1 && bytes[gap->at - 1] == '\r' && bytes[gap->at - 2] == '\\'));
        if (c == '\n' && !spliced)
            gap->newlines++;
        if (c == '\t')
            gap->blanks += TAB;
        else
            gap->blanks += c == ' ';
        if (c == '\n')
            gap->blanks = 0;
    }
    return false;
}

// ---- Between two tokens -------------------------------------------------------------------------

static bool word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether two tokens that the author kept apart would read as something else without a blank.
static bool would_merge(char left, char right) {
    bool left_word = word_byte(left) || left == '"' || left == '\'';
    bool right_word = word_byte(right) || right == '"' || right == '\'';
    if (left_word && right_word)
        return true;
    const char *operators = "+-*/%&|^=<>!.:#";
    if (word_byte(left) && (right == '.' || right == '!'))
        return true;
    if ((left == '.' || left == '!') && word_byte(right))
        return true;
    return strchr(operators, left) != NULL && strchr(operators, right) != NULL;
}

static bool is_value_end(unsigned kind) {
    return kind == KSS_T_NAME || kind == KSS_T_SYMBOL || kind == KSS_T_NUMBER ||
           kind == KSS_T_DURATION || kind == KSS_T_SIZE || kind == KSS_T_CHAR ||
           kind == KSS_T_STRING || kind == KSS_T_RIGHT_PAREN || kind == KSS_T_RIGHT_BRACKET;
}

// Whether a blank stands between two tokens of one line.
static bool wants_blank(const struct kss_m_token *left, const struct kss_m_token *right) {
    if ((left->marks | right->marks) & KSS_M_INLINE) {
        bool empty = (left->marks & KSS_M_OPEN) && (right->marks & KSS_M_CLOSE);
        if (right->kind != KSS_T_SEMICOLON && right->kind != KSS_T_COMMA)
            return !empty;
    }
    if ((left->marks & KSS_M_PREFIX) || (right->marks & KSS_M_TIGHT) ||
        right->kind == KSS_T_SEMICOLON || right->kind == KSS_T_COMMA)
        return false;
    if ((left->marks | right->marks) & (KSS_M_SPACED | KSS_M_OPEN | KSS_M_ATTACH))
        return true;
    switch ((enum kss_token_kind)right->kind) {
    case KSS_T_RIGHT_PAREN:
    case KSS_T_RIGHT_BRACKET:
    case KSS_T_DOT:
    case KSS_T_ARROW:
    case KSS_T_NUMBER_SIGN:
    case KSS_T_COLON: return false;
    case KSS_T_LEFT_BRACKET: return !is_value_end(left->kind);
    case KSS_T_RIGHT_BRACE: return (right->marks & KSS_M_CLOSE) != 0;
    case KSS_T_MINUS:
        if (!(right->marks & KSS_M_PREFIX))
            return false; // x64-xsave
        break;
    default: break;
    }
    switch ((enum kss_token_kind)left->kind) {
    case KSS_T_LEFT_PAREN:
    case KSS_T_LEFT_BRACKET:
    case KSS_T_DOT:
    case KSS_T_ARROW:
    case KSS_T_NUMBER_SIGN: return false;
    case KSS_T_NOT:
    case KSS_T_TILDE: return false;
    case KSS_T_MINUS: return false;
    case KSS_T_LEFT_BRACE: return (left->marks & KSS_M_OPEN) != 0;
    case KSS_T_KEYWORD: return right->kind != KSS_T_LEFT_PAREN || left->control;
    default: return true;
    }
}

// ---- Brackets -----------------------------------------------------------------------------------

static void open_bracket(struct printer *p, uint32_t index) {
    const struct kss_m_token *token = &p->tokens.items[index];
    struct gap gap = {.at = token->end, .end = p->tokens.items[index + 1].begin};
    bool breaks = false;
    while (next_comment(p->tokens.bytes, &gap))
        breaks |= gap.newlines > 0 || gap.line_comment;
    breaks |= gap.newlines > 0 || p->tokens.items[index + 1].kind == KSS_T_HASH_LINE;
    uint32_t at = column(p);
    KSS_ROOM(p->brackets, p->bracket_count, p->bracket_capacity);
    p->brackets[p->bracket_count++] = (struct bracket){
        .column = breaks || at > FARTHEST ? p->line_indent + INDENT : at,
        .line = p->line_indent,
        .brace = token->kind == KSS_T_LEFT_BRACE,
    };
}

static void note_bracket(struct printer *p, uint32_t index) {
    const struct kss_m_token *token = &p->tokens.items[index];
    if (token->marks & (KSS_M_OPEN | KSS_M_CLOSE))
        return;
    switch ((enum kss_token_kind)token->kind) {
    case KSS_T_LEFT_PAREN:
    case KSS_T_LEFT_BRACKET:
    case KSS_T_LEFT_BRACE: open_bracket(p, index); break;
    case KSS_T_RIGHT_PAREN:
    case KSS_T_RIGHT_BRACKET:
    case KSS_T_RIGHT_BRACE: p->bracket_count -= p->bracket_count > 0; break;
    default: break;
    }
}

// Where a line begins that does not begin a statement.
static uint32_t continuation(const struct printer *p, const struct kss_m_token *token) {
    if (token->marks & (KSS_M_ATTACH | KSS_M_OPEN))
        return indent_of(token->level);
    if (token->marks & KSS_M_HEADER)
        return p->statement_indent;
    if (p->bracket_count == 0)
        return p->statement_indent + INDENT;
    const struct bracket *bracket = &p->brackets[p->bracket_count - 1];
    return token->kind == KSS_T_RIGHT_BRACE && bracket->brace ? bracket->line : bracket->column;
}

// ---- The file -----------------------------------------------------------------------------------

static uint32_t comment_indent(const struct printer *p, const struct kss_m_token *next) {
    if (next->kind == KSS_T_HASH_LINE)
        return p->bracket_count ? p->brackets[p->bracket_count - 1].column : p->statement_indent;
    if (next->marks & KSS_M_CLOSE)
        return indent_of(next->level + 1);
    if (next->marks & KSS_M_LINE)
        return indent_of(next->level);
    return continuation(p, next);
}

static bool after_open(const struct printer *p, uint32_t index) {
    return index == 0 ||
           (p->tokens.items[index - 1].marks & (KSS_M_OPEN | KSS_M_INLINE)) == KSS_M_OPEN;
}

static void own_line_comment(struct printer *p, uint32_t index, const struct gap *gap, bool first) {
    const struct kss_m_token *next = &p->tokens.items[index];
    bool line = next->marks & (KSS_M_LINE | KSS_M_CLOSE);
    if (gap->newlines > 1 && line && !(first && after_open(p, index)))
        empty_line(p);
    new_line(p, comment_indent(p, next));
    put_comment(p, gap->comment, gap->comment_end, true);
    p->must_break = true;
}

static void trailing_comment(struct printer *p, const struct gap *gap) {
    uint32_t at = column(p), wanted = source_column(&p->tokens, gap->comment);
    uint32_t blanks = gap->blanks < 2 ? 1 : wanted > at + 2 ? wanted - at : 2;
    kss_text_repeat(p->out, ' ', p->fresh ? 0 : blanks);
    put_comment(p, gap->comment, gap->comment_end, true);
}

// Inside a line: close to the bracket it follows.
static void inner_comment(struct printer *p, uint32_t index, const struct gap *gap, bool first) {
    unsigned left = first && index > 0 ? p->tokens.items[index - 1].kind : KSS_T_NAME;
    if (left != KSS_T_LEFT_PAREN && left != KSS_T_LEFT_BRACKET)
        blank(p);
    put_comment(p, gap->comment, gap->comment_end, true);
}

// The comments in front of a token. Returns the line ends between the last of them and the token.
static uint32_t comments(struct printer *p, uint32_t index, bool *any) {
    const struct kss_m_token *next = &p->tokens.items[index];
    uint32_t begin = index > 0 ? p->tokens.items[index - 1].end : 0;
    if (begin == 0 && next->begin >= 3 && memcmp(p->tokens.bytes, "\xEF\xBB\xBF", 3) == 0)
        begin = 3;
    struct gap gap = {.at = begin, .end = next->begin};
    bool first = true;
    for (; next_comment(p->tokens.bytes, &gap); first = false) {
        bool own = gap.newlines > 0 || p->must_break || index == 0;
        bool ends_line = gap.line_comment || (next->marks & (KSS_M_LINE | KSS_M_CLOSE));
        if (own && (first || !p->fresh))
            own_line_comment(p, index, &gap, first);
        else if (ends_line)
            trailing_comment(p, &gap);
        else
            inner_comment(p, index, &gap, first);
        p->must_break |= gap.line_comment;
    }
    *any = !first;
    return gap.newlines;
}

static void line_token(struct printer *p, uint32_t index, uint32_t newlines, bool commented) {
    const struct kss_m_token *token = &p->tokens.items[index];
    bool close = token->marks & KSS_M_CLOSE;
    if (newlines > 1 && !close && (commented || !after_open(p, index)) && token->kind != KSS_T_EOF)
        empty_line(p);
    new_line(p, token->kind == KSS_T_HASH_LINE ? 0 : indent_of(token->level));
    if (token->kind != KSS_T_HASH_LINE && !close)
        p->statement_indent = p->line_indent;
}

static bool keeps_break(const struct kss_m_token *token, bool commented) {
    if (token->marks & (KSS_M_OPEN | KSS_M_ATTACH))
        return commented;
    if (token->marks & (KSS_M_INLINE | KSS_M_TIGHT))
        return false;
    return token->kind != KSS_T_SEMICOLON && token->kind != KSS_T_COMMA;
}

static void separate(struct printer *p, uint32_t index) {
    const struct kss_m_token *token = &p->tokens.items[index];
    const struct kss_m_token *left = index > 0 ? token - 1 : NULL;
    bool commented;
    uint32_t newlines = comments(p, index, &commented);
    if (token->marks & KSS_M_LINE) {
        line_token(p, index, newlines, commented);
        return;
    }
    bool after_hash = left != NULL && left->kind == KSS_T_HASH_LINE;
    if (p->must_break || after_hash || (newlines > 0 && keeps_break(token, commented))) {
        new_line(p, continuation(p, token));
        return;
    }
    if (left == NULL)
        return;
    bool apart = left->end != token->begin;
    bool closes = token->kind == KSS_T_RIGHT_PAREN || token->kind == KSS_T_RIGHT_BRACKET ||
                  token->kind == KSS_T_COMMA || token->kind == KSS_T_SEMICOLON;
    if (commented
            ? !closes
            : wants_blank(left, token) || (apart && would_merge(p->tokens.bytes[left->end - 1],
                                                                p->tokens.bytes[token->begin])))
        blank(p);
}

static void put_token(struct printer *p, const struct kss_m_token *token) {
    const char *bytes = p->tokens.bytes;
    uint32_t verbatim = token->begin;
    if (token->kind == KSS_T_HASH_LINE) {
        put_comment(p, token->begin, token->raw, false);
        verbatim = token->raw;
    }
    for (uint32_t begin = verbatim; begin < token->end;) { // CR LF inside becomes LF
        const char *cr = memchr(bytes + begin, '\r', token->end - begin);
        uint32_t stop = cr != NULL ? (uint32_t)(cr - bytes) : token->end;
        put(p, bytes + begin, stop - begin);
        begin = stop + (cr != NULL);
        if (cr != NULL && (begin == token->end || bytes[begin] != '\n'))
            put(p, "\r", 1);
    }
    const char *feed = NULL;
    for (uint32_t i = token->end; i > verbatim && feed == NULL; i--)
        feed = bytes[i - 1] == '\n' ? bytes + i - 1 : NULL;
    if (feed != NULL)
        p->line_begin = p->out->length - (size_t)(bytes + token->end - feed - 1);
}

static void print(struct printer *p) {
    p->fresh = true;
    for (uint32_t i = 0; i < p->tokens.count; i++) {
        separate(p, i);
        put_token(p, &p->tokens.items[i]);
        note_bracket(p, i);
    }
    end_line(p);
    while (p->out->length > 1 && p->out->bytes[p->out->length - 1] == '\n' &&
           p->out->bytes[p->out->length - 2] == '\n')
        p->out->bytes[--p->out->length] = '\0';
}

bool kss_format(struct kss_arena *arena, struct kss_sources *sources, uint32_t file,
                struct kss_diags *diags, struct kss_text *out) {
    struct kss_tree tree = kss_parse(arena, sources, file, diags);
    if (!tree.ok)
        return false;
    struct kss_lexer lexer;
    struct kss_diags unheard = {.arena = arena};
    kss_lexer_init(&lexer, arena, sources, file, &unheard);
    lexer.whole_hash_lines = true;
    lexer.skips = tree.skips;
    lexer.skip_count = tree.skip_count;
    struct printer p = {.out = out};
    p.tokens.bytes = sources->files[file].bytes;
    p.tokens.length = sources->files[file].length;
    read_tokens(&p.tokens, &lexer);
    index_tokens(&p.tokens);
    kss_m_mark(&p.tokens, tree.root);
    kss_text_str(out, "");
    print(&p);
    free(p.tokens.items);
    free(p.tokens.blocks);
    free(p.brackets);
    kss_lexer_free(&lexer);
    kss_diags_free(&unheard);
    return true;
}
