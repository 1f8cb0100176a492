// SPDX-License-Identifier: MIT
// Statements of driver sources, as far as it takes to know what a break or continue leaves.
//
// Macros are not expanded, so a statement that looks like a call followed by a block is taken for a
// loop of the driver's own (FOR_EACH(x) { ... break; }): better silent than wrong. What cannot be read
// is skipped to the next semicolon.
#include "cli/scan.h"

#include <string.h>

enum { DEEPEST = 500 };

// What a break or continue meets on its way out.
enum around {
    AROUND_NOTHING,
    AROUND_LOOP,
    AROUND_SWITCH,
    AROUND_TRY,
    AROUND_EXCEPT,
    AROUND_FINALLY
};

struct level {
    const struct level *outer;
    enum around kind;
    uint32_t token; // its keyword
};

struct checker {
    struct kss_scan *scan;
    uint32_t at;
    unsigned depth;
    bool too_deep;
};

static void statement(struct checker *c, const struct level *level);

// ---- Tokens -------------------------------------------------------------------------------------

static const struct kss_scan_token *token(struct checker *c) {
    while (c->scan->tokens[c->at].out || c->scan->tokens[c->at].kind == KSS_SCAN_LINE)
        c->at++;
    return &c->scan->tokens[c->at];
}

static bool at_end(struct checker *c) {
    return token(c)->kind == KSS_SCAN_END;
}

static bool is(struct checker *c, const char *text) {
    return kss_scan_is(c->scan, token(c), text);
}

static bool take(struct checker *c, const char *text) {
    bool found = !at_end(c) && is(c, text);
    if (found)
        c->at++;
    return found;
}

// ---- Findings -----------------------------------------------------------------------------------

static const char *const names[] = {
    [AROUND_TRY] = "__try", [AROUND_EXCEPT] = "__except", [AROUND_FINALLY] = "__finally"};

static void judge_jump(struct checker *c, const struct level *level, bool is_continue) {
    const struct kss_scan_token *jump = token(c);
    const struct level *guard = NULL;
    for (; level != NULL; level = level->outer) {
        if (level->kind == AROUND_LOOP || (level->kind == AROUND_SWITCH && !is_continue))
            break;
        if (level->kind >= AROUND_TRY && guard == NULL)
            guard = level;
    }
    if (guard == NULL)
        return;
    const char *what = is_continue ? "continue" : "break", *out = names[guard->kind];
    struct kss_diags *diags = c->scan->diags;
    struct kss_diag *diag =
        kss_diag_add(diags, KSS_ERROR, NULL, kss_scan_span(c->scan, jump),
                     "`%s` out of a %s block cannot be compiled on this host", what, out);
    kss_diag_label(diags, diag, "would leave the %s statement only", out);
    kss_diag_cause(diags, diag, kss_scan_span(c->scan, &c->scan->tokens[guard->token]),
                   "this block");
    if (level != NULL)
        kss_diag_cause(diags, diag, kss_scan_span(c->scan, &c->scan->tokens[level->token]),
                       "what it is meant to %s", is_continue ? "go on with" : "leave");
    kss_diag_note(diags, diag, "help",
                  guard->kind == AROUND_TRY && is_continue
                      ? "use `goto` to a label at the end of the loop's body"
                      : "use `goto` to a label behind, or set a variable and test it there");
}

static void judge_long(struct checker *c) {
    static const char *const specifiers[] = {"long",     "unsigned", "signed", "int",
                                             "const",    "volatile", "double", "register",
                                             "__signed", "short"};
    uint32_t first = c->at;
    unsigned longs = 0;
    bool is_double = false;
    for (bool more = true; more && !at_end(c);) {
        more = false;
        for (size_t i = 0; i < sizeof specifiers / sizeof *specifiers; i++)
            more |= is(c, specifiers[i]);
        if (!more)
            break;
        longs += is(c, "long");
        is_double |= is(c, "double");
        if (is(c, "long") && longs == 1)
            first = c->at;
        c->at++;
    }
    if (longs != 1 || is_double)
        return;
    struct kss_diags *diags = c->scan->diags;
    struct kss_diag *diag =
        kss_diag_add(diags, KSS_WARNING, NULL, kss_scan_span(c->scan, &c->scan->tokens[first]),
                     "`long` has 32 bits on Windows, but 64 on a 64-bit host");
    kss_diag_label(diags, diag, "32 bits in the driver, 64 in its test");
    kss_diag_note(diags, diag, "help", "use LONG or ULONG, which have 32 bits everywhere");
}

// ---- Statements ---------------------------------------------------------------------------------

static void block_rest(struct checker *c, const struct level *level) {
    while (!at_end(c) && !take(c, "}"))
        statement(c, level);
}

// One token of an expression; a block within (a GNU statement expression, a lambda of some macro, an
// initialiser) is read as statements.
static void expression_token(struct checker *c, const struct level *level) {
    const struct kss_scan_token *t = token(c);
    if (take(c, "{"))
        block_rest(c, level);
    else if (t->kind == KSS_SCAN_WORD &&
             (is(c, "break") || is(c, "continue"))) { // an argument of some macro
        judge_jump(c, level, is(c, "continue"));
        c->at++;
    } else if (t->kind == KSS_SCAN_WORD &&
               (is(c, "long") || is(c, "unsigned") || is(c, "signed") || is(c, "short")))
        judge_long(c);
    else
        c->at++;
}

// "( ... )"; without one, nothing.
static void parentheses(struct checker *c, const struct level *level) {
    unsigned open = 0;
    if (at_end(c) || !is(c, "("))
        return;
    do {
        if (is(c, "("))
            open++;
        else if (is(c, ")"))
            open--;
        else if (is(c, "}"))
            return; // does not balance: give it up
        expression_token(c, level);
    } while (open > 0 && !at_end(c));
}

static void inside(struct checker *c, const struct level *outer, enum around kind, uint32_t at) {
    struct level level = {outer, kind, at};
    statement(c, &level);
}

static void do_statement(struct checker *c, const struct level *level, uint32_t at) {
    inside(c, level, AROUND_LOOP, at);
    if (take(c, "while")) {
        parentheses(c, level);
        take(c, ";");
    }
}

static void try_statement(struct checker *c, const struct level *level, uint32_t at) {
    inside(c, level, AROUND_TRY, at);
    uint32_t second = (token(c), c->at);
    if (take(c, "__except") || take(c, "except") || take(c, "_except")) {
        parentheses(c, level);
        inside(c, level, AROUND_EXCEPT, second);
    } else if (take(c, "__finally") || take(c, "finally") || take(c, "_finally")) {
        inside(c, level, AROUND_FINALLY, second);
    }
}

// Anything else: to its semicolon. NAME(...) {...} without one is a loop macro, or a function.
static void other(struct checker *c, const struct level *level) {
    bool call = false;
    while (!at_end(c) && !is(c, "}")) {
        if (take(c, ";"))
            return;
        if (call && is(c, "{")) {
            inside(c, level, level == NULL ? AROUND_NOTHING : AROUND_LOOP, c->at);
            return;
        }
        if (is(c, "(")) {
            parentheses(c, level);
            call = true;
        } else if (is(c, ":")) { // a label or a case
            c->at++;
            return;
        } else {
            call = call && token(c)->kind == KSS_SCAN_WORD; // an annotation between ) and {
            expression_token(c, level);
        }
    }
}

static bool try_begins(struct checker *c) {
    if (take(c, "__try") || take(c, "_try"))
        return true;
    uint32_t before = c->at;
    if (take(c, "try") && !at_end(c) && is(c, "{"))
        return true;
    c->at = before;
    return false;
}

static void statement_here(struct checker *c, const struct level *level) {
    uint32_t at = (token(c), c->at);
    if (take(c, "{")) {
        block_rest(c, level);
    } else if (take(c, "for") || take(c, "while")) {
        parentheses(c, level);
        inside(c, level, AROUND_LOOP, at);
    } else if (take(c, "do")) {
        do_statement(c, level, at);
    } else if (take(c, "switch")) {
        parentheses(c, level);
        inside(c, level, AROUND_SWITCH, at);
    } else if (take(c, "if")) {
        parentheses(c, level);
        statement(c, level);
        if (take(c, "else"))
            statement(c, level);
    } else if (take(c, "else")) {
        statement(c, level);
    } else if (try_begins(c)) {
        try_statement(c, level, at);
    } else if (is(c, "break") || is(c, "continue")) {
        judge_jump(c, level, is(c, "continue"));
        c->at++;
        take(c, ";");
    } else {
        other(c, level);
    }
}

static void statement(struct checker *c, const struct level *level) {
    if (at_end(c) || c->too_deep) {
        c->at += !at_end(c);
        return;
    }
    if (c->depth == DEEPEST) {
        c->too_deep = true;
        kss_diag_add(c->scan->diags, KSS_ERROR, NULL, kss_scan_span(c->scan, token(c)),
                     "statements are nested more than %d deep", DEEPEST);
        return;
    }
    c->depth++;
    statement_here(c, level);
    c->depth--;
}

void kss_scan_check(struct kss_scan *scan) {
    struct checker c = {.scan = scan};
    while (!at_end(&c)) {
        if (take(&c, "}"))
            continue; // one too many: the compiler will say so
        statement(&c, NULL);
    }
}
