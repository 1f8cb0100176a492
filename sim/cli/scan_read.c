// SPDX-License-Identifier: MIT
// C source text to tokens. Comments vanish, a preprocessor line with its continuations is one token,
// literals are opaque. Nothing here can fail: what is not C is somebody else's error message.
#include "cli/scan.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct kss_scan *scan;
    uint32_t at;
    bool line_begins; // only blanks since the last line end
};

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

static char peek(const struct reader *r, uint32_t ahead) {
    return r->at + ahead < r->scan->length ? r->scan->bytes[r->at + ahead] : '\0';
}

bool kss_scan_is(const struct kss_scan *scan, const struct kss_scan_token *token,
                 const char *text) {
    size_t length = strlen(text);
    return token->end - token->begin == length &&
           memcmp(scan->bytes + token->begin, text, length) == 0;
}

struct kss_span kss_scan_span(const struct kss_scan *scan, const struct kss_scan_token *token) {
    return (struct kss_span){scan->file, token->begin, token->end};
}

static void add(struct reader *r, enum kss_scan_kind kind, uint32_t begin) {
    struct kss_scan *scan = r->scan;
    KSS_ROOM(scan->tokens, scan->count, scan->capacity);
    scan->tokens[scan->count++] =
        (struct kss_scan_token){.begin = begin, .end = r->at, .kind = (uint8_t)kind};
    r->line_begins = false;
}

static void skip_line_comment(struct reader *r) {
    while (r->at < r->scan->length && peek(r, 0) != '\n')
        r->at += peek(r, 0) == '\\' && peek(r, 1) != '\0' ? 2 : 1;
}

static void skip_comment(struct reader *r) {
    r->at += 2;
    while (r->at < r->scan->length && !(peek(r, 0) == '*' && peek(r, 1) == '/'))
        r->at++;
    r->at = r->at + 2 < r->scan->length ? r->at + 2 : r->scan->length;
}

// To behind the quote that closes, or to the line end: an apostrophe in an #error is no literal.
static void skip_literal(struct reader *r) {
    char quote = peek(r, 0);
    r->at++;
    while (r->at < r->scan->length && peek(r, 0) != quote && peek(r, 0) != '\n') {
        bool escape = peek(r, 0) == '\\' && r->at + 1 < r->scan->length;
        if (escape && peek(r, 1) == '\r' && peek(r, 2) == '\n')
            r->at++;
        r->at += escape ? 2 : 1;
    }
    if (r->at < r->scan->length && peek(r, 0) == quote)
        r->at++;
}

static void read_line(struct reader *r) {
    uint32_t begin = r->at;
    while (r->at < r->scan->length && peek(r, 0) != '\n') {
        if (peek(r, 0) == '\\' && peek(r, 1) == '\r' && peek(r, 2) == '\n')
            r->at += 3;
        else if (peek(r, 0) == '\\' && peek(r, 1) != '\0')
            r->at += 2;
        else if (peek(r, 0) == '/' && peek(r, 1) == '*')
            skip_comment(r);
        else if (peek(r, 0) == '/' && peek(r, 1) == '/')
            skip_line_comment(r);
        else if (peek(r, 0) == '"')
            skip_literal(r);
        else
            r->at++;
    }
    add(r, KSS_SCAN_LINE, begin);
}

static void read_token(struct reader *r) {
    uint32_t begin = r->at;
    char c = peek(r, 0);
    if (c == '"' || c == '\'') {
        skip_literal(r);
        add(r, KSS_SCAN_OTHER, begin);
    } else if (c >= '0' && c <= '9') {
        while (is_word(peek(r, 0)) || peek(r, 0) == '.')
            r->at++;
        add(r, KSS_SCAN_OTHER, begin);
    } else if (is_word(c)) {
        while (r->at < r->scan->length && is_word(peek(r, 0)))
            r->at++;
        bool prefix = peek(r, 0) == '"' || peek(r, 0) == '\''; // L"..."
        if (prefix)
            skip_literal(r);
        add(r, prefix ? KSS_SCAN_OTHER : KSS_SCAN_WORD, begin);
    } else {
        r->at++;
        add(r, KSS_SCAN_MARK, begin);
    }
}

// ---- Conditional branches -------------------------------------------------------------------------

// The word behind '#' of a preprocessor line.
static bool line_is(const struct kss_scan *scan, const struct kss_scan_token *line,
                    const char *word) {
    uint32_t at = line->begin + 1;
    size_t length = strlen(word);
    while (at < line->end && (scan->bytes[at] == ' ' || scan->bytes[at] == '\t'))
        at++;
    return line->end - at >= length && memcmp(scan->bytes + at, word, length) == 0 &&
           (at + length == line->end || !is_word(scan->bytes[at + length]));
}

static bool opens(const struct kss_scan *scan, const struct kss_scan_token *line) {
    return line_is(scan, line, "if") || line_is(scan, line, "ifdef") ||
           line_is(scan, line, "ifndef");
}

static bool is_if_zero(const struct kss_scan *scan, const struct kss_scan_token *line) {
    uint32_t end = line->end;
    while (end > line->begin && strchr(" \t\r", scan->bytes[end - 1]) != NULL)
        end--;
    return line_is(scan, line, "if") && end - line->begin >= 4 && scan->bytes[end - 1] == '0' &&
           strchr(" \t", scan->bytes[end - 2]) != NULL;
}

struct group {          // an #if that is open
    uint32_t branch;    // token behind its latest #if, #elif, #else
    int32_t depth;      // braces and parentheses of that branch
    bool uneven;        // a branch did not come out even
    bool zero;          // the first is #if 0
    uint32_t first_end; // where the branch to keep, if only one can be, ends
    uint32_t first_begin, begin;
};

static void leave_out(struct kss_scan *scan, uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; i++)
        scan->tokens[i].out = true;
}

static void end_branch(struct kss_scan *scan, struct group *group, uint32_t line, bool first) {
    bool zero = first && group->zero;
    if (zero) {
        leave_out(scan, group->branch, line);
    } else {
        group->uneven |= group->depth != 0;
        if (group->first_end == 0) {
            group->first_begin = group->branch;
            group->first_end = line;
        }
    }
    group->branch = line + 1;
    group->depth = 0;
}

static void end_group(struct kss_scan *scan, const struct group *group, uint32_t line) {
    if (!group->uneven)
        return;
    leave_out(scan, group->begin, group->first_begin);
    leave_out(scan, group->first_end, line);
}

static void choose_branches(struct kss_scan *scan) {
    struct group *groups = NULL;
    unsigned count = 0, capacity = 0;
    for (uint32_t i = 0; i < scan->count; i++) {
        const struct kss_scan_token *token = &scan->tokens[i];
        if (token->kind == KSS_SCAN_MARK && count > 0) {
            char c = scan->bytes[token->begin];
            groups[count - 1].depth += (c == '{') - (c == '}') + (c == '(') - (c == ')');
        }
        if (token->kind != KSS_SCAN_LINE)
            continue;
        if (opens(scan, token)) {
            KSS_ROOM(groups, count, capacity);
            groups[count++] =
                (struct group){.begin = i + 1, .branch = i + 1, .zero = is_if_zero(scan, token)};
        } else if (count > 0 && (line_is(scan, token, "else") || line_is(scan, token, "elif"))) {
            struct group *group = &groups[count - 1];
            end_branch(scan, group, i, group->branch == group->begin);
        } else if (count > 0 && line_is(scan, token, "endif")) {
            struct group *group = &groups[--count];
            end_branch(scan, group, i, group->branch == group->begin);
            end_group(scan, group, i);
            if (count > 0 && group->uneven) // as the branch that stayed
                for (uint32_t k = group->first_begin; k < group->first_end; k++) {
                    char c = scan->bytes[scan->tokens[k].begin];
                    bool mark = scan->tokens[k].kind == KSS_SCAN_MARK && !scan->tokens[k].out;
                    if (mark)
                        groups[count - 1].depth +=
                            (c == '{') - (c == '}') + (c == '(') - (c == ')');
                }
        }
    }
    free(groups);
}

void kss_scan_read(struct kss_scan *scan) {
    struct reader r = {.scan = scan, .line_begins = true};
    while (r.at < scan->length) {
        char c = peek(&r, 0);
        if (c == '\n') {
            r.line_begins = true;
            r.at++;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            r.at++;
        } else if (c == '\\' && (peek(&r, 1) == '\n' || peek(&r, 1) == '\r')) {
            r.at++;
        } else if (c == '/' && peek(&r, 1) == '/') {
            skip_line_comment(&r);
        } else if (c == '/' && peek(&r, 1) == '*') {
            skip_comment(&r);
        } else if (c == '#' && r.line_begins) {
            read_line(&r);
        } else {
            read_token(&r);
        }
    }
    choose_branches(scan);
    add(&r, KSS_SCAN_END, r.at);
}
