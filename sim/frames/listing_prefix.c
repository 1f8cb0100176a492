// SPDX-License-Identifier: MIT
// What stands left of a listing's line in mail, logs and terminals, in any order and number:
//
//   "> ", "| ", "* ", "JD> "                                quote marks, tables, lists, initials
//   "[ 12.5] ", "12:34:56 ", "Jan  2 12:34:56 host kernel: ", "program[4100]: "     logs
//   "kd> ", "1: kd:x86> ", "0:000> "                       the debugger's prompt, which ends a stack
//
// A row begins with a number and a blank: then nothing is taken off.
#include "frames/listing_private.h"

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "kd> ", "lkd>", "0: kd> ", "16.1: kd:x86>", "0:000> "; false, and nothing skipped: none.
static bool skip_prompt(struct kss_view *view) {
    enum { LONGEST = 24 };
    const char *p = view->at, *end = view->end - p > LONGEST ? p + LONGEST : view->end;
    bool processor = false, user = false;
    if (p < end && is_digit(*p)) {
        while (p < end && (is_digit(*p) || *p == '.'))
            p++;
        if (p == end || *p != ':')
            return false;
        p++;
        processor = true;
        user = p < end && is_digit(*p);
        while (p < end && (is_digit(*p) || (!user && *p == ' ')))
            p++;
    }
    if (!user) {
        if (p < end && *p == 'l')
            p++;
        if (end - p < 3 || p[0] != 'k' || p[1] != 'd')
            return false;
        p += 2;
    }
    if (p < end && *p == ':')
        for (p++; p < end && kss_is_name(*p);)
            p++;
    if (p == end || *p != '>' || (user && !processor))
        return false;
    view->at = p + 1;
    kss_view_blanks(view);
    return true;
}

// A token of digits and what stands between them in dates and times: "12:34:56.789", "2024-01-02T...".
static const char *date_or_time(const char *at, const char *end) {
    unsigned digits = 0, marks = 0;
    const char *p = at;
    for (; p < end && p - at < 40 && !kss_is_blank(*p); p++) {
        if (is_digit(*p))
            digits++;
        else if (*p == ':' || *p == '-' || *p == '/')
            marks++;
        else if (strchr(".,TZ+", *p) == NULL)
            return NULL;
    }
    bool bounded = p == end || kss_is_blank(*p);
    return bounded && is_digit(*at) && digits >= 4 && marks >= 2 ? p : NULL;
}

// "host program[4100]: ", "program[4100]: ".
static bool skip_program(struct kss_view *view) {
    enum { LONGEST = 64 };
    const char *p = view->at, *end = view->end - p > LONGEST ? p + LONGEST : view->end;
    const char *bracket = memchr(p, '[', (size_t)(end - p));
    if (bracket == NULL || bracket == p || !kss_is_name(bracket[-1]))
        return false;
    unsigned words = 1;
    for (; p < bracket; p++) {
        if (!kss_is_name(*p) && *p != '-' && *p != '.' && *p != ' ')
            return false;
        words += *p == ' ';
    }
    for (p = bracket + 1; p < end && is_digit(*p);)
        p++;
    if (words > 2 || p == bracket + 1 || end - p < 2 || p[0] != ']' || p[1] != ':')
        return false;
    view->at = p + 2;
    kss_view_blanks(view);
    return true;
}

// Behind a time: "host kernel: ", "kernel: ". Capitals and bounds are the debugger's own words.
static void skip_host_and_program(struct kss_view *view) {
    enum { LONGEST = 64, WORDS = 2 };
    struct kss_view word = *view;
    if (word.end - word.at > LONGEST)
        word.end = word.at + LONGEST;
    for (int i = 0; i < WORDS; i++) {
        const char *begin = word.at;
        while (word.at < word.end && (kss_is_name(*word.at) || *word.at == '-' || *word.at == '.'))
            word.at++;
        bool own = kss_view_skip(&(struct kss_view){begin, word.end}, "base:") ||
                   kss_view_skip(&(struct kss_view){begin, word.end}, "limit:");
        if (word.at == begin || word.at == word.end || own)
            return;
        if (*word.at == ':') {
            if (*begin >= 'a' && *begin <= 'z' && word.end - word.at > 1 && word.at[1] == ' ')
                view->at = word.at + 1;
            return;
        }
        if (*word.at != ' ')
            return;
        kss_view_blanks(&word);
    }
}

// "[ 12.5] ", "12:34:56 ", "Jan  2 12:34:56 host kernel: "; false, and nothing skipped: none.
static bool skip_log_prefix(struct kss_view *view) {
    enum { LONGEST = 64 };
    const char *p = view->at, *end = view->end - p > LONGEST ? p + LONGEST : view->end;
    if (end - p > 2 && *p == '[' && (is_digit(p[1]) || kss_is_blank(p[1]))) {
        const char *close = memchr(p, ']', (size_t)(end - p));
        if (close == NULL || close + 1 == view->end || !kss_is_blank(close[1]))
            return false;
        view->at = close + 1;
        kss_view_blanks(view);
        return true;
    }
    if (end - p > 6 && p[0] >= 'A' && p[0] <= 'Z' && p[3] == ' ') { // a month and its day
        struct kss_view day = {p + 4, end};
        kss_view_blanks(&day);
        while (day.at < end && is_digit(*day.at))
            day.at++;
        kss_view_blanks(&day);
        p = day.at;
    }
    p = p < end ? date_or_time(p, end) : NULL;
    if (p == NULL)
        return false;
    view->at = p;
    kss_view_blanks(view);
    skip_host_and_program(view);
    return true;
}

// Whether the line begins with a number and a blank, as rows do: then there is no prefix.
static bool begins_with_number(const struct kss_view *view) {
    const char *p = view->at;
    uint64_t value;
    if (view->end - p > 8 && kss_hex_eight(kss_eight(p), &value))
        p += p[8] == '`' || kss_is_blank(p[8]) ? 8 : 0;
    if (p > view->at)
        return true;
    while (p < view->end && p - view->at < 20 && (kss_hex_digit(*p) >= 0 || *p == '`'))
        p++;
    return p > view->at && p < view->end && kss_is_blank(*p);
}

static bool skip_quote_mark(struct kss_view *view) {
    const char *p = view->at;
    size_t length = (size_t)(view->end - p);
    if (*p == '>' || *p == '|')
        view->at++;
    else if (length > 2 && (*p == '*' || *p == '-') && p[1] == ' ' && p[2] != ' ')
        view->at += 2;
    else if (length > 1 && *p == '`' && p[1] != '`')
        view->at++;
    else if (length > 3 && p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' && p[1] <= 'Z' && p[2] == '>')
        view->at += 3; // initials
    else
        return false;
    return true;
}

void kss_listing_strip(struct kss_listing_line *line) {
    enum { LOG_PREFIXES = 4 };
    struct kss_view *view = &line->text;
    bool code = false; // the line is set as code, a backtick at both ends
    for (int logs = 0;;) {
        kss_view_blanks(view);
        if (view->at == view->end || begins_with_number(view) ||
            (view->end - view->at >= 3 && memcmp(view->at, "```", 3) == 0))
            break;
        code |= *view->at == '`';
        if (skip_quote_mark(view))
            continue;
        if (skip_prompt(view))
            line->prompt = true;
        else if (++logs > LOG_PREFIXES || (!skip_log_prefix(view) && !skip_program(view)))
            break;
    }
    while (view->end > view->at &&
           (kss_is_blank(view->end[-1]) || view->end[-1] == '|' || (code && view->end[-1] == '`')))
        view->end--;
    size_t length = (size_t)(view->end - view->at);
    line->blank =
        length == 0 ||
        (length >= 3 && (memcmp(view->at, "```", 3) == 0 || memcmp(view->at, "~~~", 3) == 0));
}
