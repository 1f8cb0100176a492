// SPDX-License-Identifier: MIT
// FsRtl routines on names and statuses: comparing, matching, taking apart. Names lie in driver memory
// and are read character by character; case is folded for A to Z and the letters of Latin-1, or by the
// caller's table where there is one.
#include "kernel/serve.h"

enum { MOST = 512, NAME_SEPARATOR = '\\' };
// Wild cards: * ? and DOS_STAR < DOS_QM > DOS_DOT " (DDI FsRtlIsNameInExpression).

struct name {
    kss_addr buffer;
    unsigned length; // characters
};

static struct kss_outcome name_of(struct kss_machine *m, kss_addr string, struct name *name,
                                  unsigned width) {
    uint64_t length, buffer;
    KSS_LOAD(length, string + KSS_FIELD(UNICODE_STRING, Length), 2);
    KSS_LOAD(buffer, string + KSS_FIELD(UNICODE_STRING, Buffer), kss_pointer(m));
    *name = (struct name){buffer, (unsigned)length / width};
    return kss_return(0);
}

static struct kss_outcome put_name(struct kss_machine *m, kss_addr string, kss_addr buffer,
                                   unsigned characters, unsigned width) {
    KSS_STORE(string + KSS_FIELD(UNICODE_STRING, Length), 2, characters * width);
    KSS_STORE(string + KSS_FIELD(UNICODE_STRING, MaximumLength), 2, characters * width);
    KSS_STORE(string + KSS_FIELD(UNICODE_STRING, Buffer), kss_pointer(m),
              characters == 0 ? 0 : buffer);
    return kss_return(0);
}

static uint32_t upper(uint32_t c) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7);
    return letter ? c - 0x20 : c;
}

static struct kss_outcome characters(struct kss_machine *m, const struct name *name, unsigned width,
                                     bool fold, kss_addr table, uint16_t *out) {
    uint64_t c;
    for (unsigned i = 0; i < name->length && i < MOST; i++) {
        KSS_LOAD(c, name->buffer + i * width, width);
        if (fold && table != 0)
            KSS_LOAD(c, table + 2 * c, 2);
        else if (fold)
            c = upper((uint32_t)c);
        out[i] = (uint16_t)c;
    }
    return kss_return(0);
}

static struct kss_outcome too_long(struct kss_machine *m) {
    kss_cannot_continue(m, "a name of more than 512 characters cannot be compared or matched here");
    return kss_stopped();
}

// ---- Comparing ----------------------------------------------------------------------------------
KSS_NT(FsRtlAreNamesEqual) { // ConstantNameA, ConstantNameB, IgnoreCase, UpcaseTable
    struct name a, b;
    uint16_t left[MOST], right[MOST];
    bool fold = (KSS_A(2) & 0xFF) != 0;
    KSS_TRY(name_of(m, KSS_A(0), &a, 2));
    KSS_TRY(name_of(m, KSS_A(1), &b, 2));
    if (a.length != b.length)
        return kss_return(0);
    if (a.length > MOST)
        return too_long(m);
    KSS_TRY(characters(m, &a, 2, fold, KSS_A(3), left));
    KSS_TRY(characters(m, &b, 2, fold, KSS_A(3), right));
    return kss_return(memcmp(left, right, a.length * sizeof *left) == 0);
}

static bool is_wild(unsigned c) {
    return c == '*' || c == '?' || c == '<' || c == '>' || c == '"';
}

static struct kss_outcome has_wild_cards(struct kss_machine *m, kss_addr string, unsigned width) {
    struct name name;
    uint64_t c;
    KSS_TRY(name_of(m, string, &name, width));
    for (unsigned i = name.length; i-- > 0;) {
        KSS_LOAD(c, name.buffer + i * width, width);
        if (c == NAME_SEPARATOR) // only the last part counts
            return kss_return(0);
        if (is_wild((unsigned)c))
            return kss_return(1);
    }
    return kss_return(0);
}

KSS_NT(FsRtlDoesNameContainWildCards) {
    return has_wild_cards(m, KSS_A(0), 2);
}

KSS_NT(FsRtlDoesDbcsContainWildCards) {
    return has_wild_cards(m, KSS_A(0), 1);
}

// ---- Matching -----------------------------------------------------------------------------------
// The set of expression positions reached, advanced by one character of the name at a time, so that
// the work is the product of the lengths. Position e means "the first e characters are used up".
//
//   *  any characters    <  any up to the last dot     ?  one
//   >  one, or nothing before a dot or the end         "  a dot, or nothing at the end
static void skip_empty(const uint16_t *expression, unsigned e_length, bool *reached, bool at_end,
                       bool at_dot) {
    for (unsigned e = 0; e < e_length; e++) {
        unsigned c = expression[e];
        if (reached[e] &&
            (c == '*' || c == '<' || (c == '>' && (at_end || at_dot)) || (c == '"' && at_end)))
            reached[e + 1] = true;
    }
}

static bool matches(const uint16_t *expression, unsigned e_length, const uint16_t *name,
                    unsigned n_length) {
    bool now[MOST + 1] = {true}, next[MOST + 1];
    unsigned last_dot = n_length;
    for (unsigned i = 0; i < n_length; i++)
        last_dot = name[i] == '.' ? i : last_dot;
    for (unsigned i = 0; i < n_length; i++) {
        unsigned c = name[i];
        skip_empty(expression, e_length, now, false, c == '.');
        memset(next, 0, (e_length + 1) * sizeof *next);
        for (unsigned e = 0; e < e_length; e++) {
            unsigned x = expression[e];
            if (!now[e])
                continue;
            if (x == '*' || (x == '<' && (c != '.' || i != last_dot)))
                next[e] = true;
            else if (x == '?' || (x == '>' && c != '.') || (x == '"' && c == '.') || x == c)
                next[e + 1] = true;
        }
        memcpy(now, next, (e_length + 1) * sizeof *now);
    }
    skip_empty(expression, e_length, now, true, false);
    return now[e_length];
}

static struct kss_outcome in_expression(struct kss_machine *m, kss_addr expression, kss_addr name,
                                        bool fold, kss_addr table, unsigned width) {
    struct name e, n;
    uint16_t wanted[MOST], given[MOST];
    KSS_TRY(name_of(m, expression, &e, width));
    KSS_TRY(name_of(m, name, &n, width));
    if (e.length > MOST || n.length > MOST)
        return too_long(m);
    if (n.length == 0 || e.length == 0)
        return kss_return(n.length == e.length);
    // The expression is in upper case already when case is ignored (DDI).
    KSS_TRY(characters(m, &e, width, false, 0, wanted));
    KSS_TRY(characters(m, &n, width, fold, table, given));
    return kss_return(matches(wanted, e.length, given, n.length));
}

KSS_NT(FsRtlIsNameInExpression) { // Expression, Name, IgnoreCase, UpcaseTable
    return in_expression(m, KSS_A(0), KSS_A(1), (KSS_A(2) & 0xFF) != 0, KSS_A(3), 2);
}

KSS_NT(FsRtlIsDbcsInExpression) {
    return in_expression(m, KSS_A(0), KSS_A(1), false, 0, 1);
}

// ---- Taking apart -------------------------------------------------------------------------------
// "\a\b\c" is "a" and "b\c": a leading backslash is skipped. The strings point into the name. Names that
// routines take by value come as their buffer, and their length behind the other arguments (entry.c).
static struct kss_outcome dissect(struct kss_machine *m, struct kss_call *call, unsigned width) {
    struct name name = {KSS_A(0), (unsigned)KSS_A(3) / width};
    uint64_t c = 0;
    KSS_TRY(put_name(m, KSS_A(1), 0, 0, width));
    KSS_TRY(put_name(m, KSS_A(2), 0, 0, width));
    if (name.length == 0)
        return kss_return(0);
    KSS_LOAD(c, name.buffer, width);
    unsigned from = c == NAME_SEPARATOR, to = from;
    for (; to < name.length; to++) {
        KSS_LOAD(c, name.buffer + to * width, width);
        if (c == NAME_SEPARATOR)
            break;
    }
    KSS_TRY(put_name(m, KSS_A(1), name.buffer + from * width, to - from, width));
    if (to + 1 < name.length)
        KSS_TRY(put_name(m, KSS_A(2), name.buffer + (to + 1) * width, name.length - to - 1, width));
    return kss_return(0);
}

KSS_NT(FsRtlDissectName) {
    return dissect(m, call, 2);
}

KSS_NT(FsRtlDissectDbcs) {
    return dissect(m, call, 1);
}

// ---- Legal names --------------------------------------------------------------------------------
// FAT: at most 8.3, of legal characters, one dot inside; HPFS: at most 255 (DDI FsRtlIsFatDbcsLegal,
// FsRtlIsHpfsDbcsLegal). Wild cards and whole paths where the caller allows them.
static bool legal_character(unsigned c, bool fat, bool wild) {
    if (c < 0x20 || c == '"' || c == '*' || c == '<' || c == '>' || c == '?')
        return wild && is_wild(c);
    if (c == '|' || c == '/' || c == ':' || c == '\\')
        return false;
    return !fat ||
           (c != '+' && c != ',' && c != ';' && c != '=' && c != '[' && c != ']' && c != 0x7F);
}

static bool legal_part(const uint16_t *part, unsigned length, bool fat, bool wild) {
    unsigned dots = 0, dot = length;
    if (length == 0 || length > (fat ? 12u : 255u))
        return false;
    if ((length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
        return true;
    for (unsigned i = 0; i < length; i++) {
        if (part[i] == '.') {
            dots++;
            dot = i;
        } else if (!legal_character(part[i], fat, wild)) {
            return false;
        }
    }
    if (part[length - 1] == ' ' || part[length - 1] == '.')
        return false;
    if (!fat)
        return true;
    return dots <= 1 && dot >= 1 && dot <= 8 && (dots == 0 || length - dot - 1 <= 3) &&
           part[dot - 1] != ' ';
}

static struct kss_outcome legal(struct kss_machine *m, struct kss_call *call, bool fat) {
    struct name name = {KSS_A(0), (unsigned)KSS_A(4)};
    uint16_t text[MOST];
    bool wild = (KSS_A(1) & 0xFF) != 0, path = (KSS_A(2) & 0xFF) != 0;
    if (name.length > MOST)
        return too_long(m);
    KSS_TRY(characters(m, &name, 1, false, 0, text));
    unsigned from = 0;
    if (name.length != 0 && text[0] == NAME_SEPARATOR) {
        if (!(KSS_A(3) & 0xFF))
            return kss_return(0);
        from = 1;
    }
    for (unsigned at = from; at <= name.length; at++) {
        bool end = at == name.length;
        if (!end && text[at] != NAME_SEPARATOR)
            continue;
        if ((!end && !path) || !legal_part(text + from, at - from, fat, wild))
            return kss_return(0);
        from = at + 1;
    }
    return kss_return(1);
}

KSS_NT(FsRtlIsFatDbcsLegal) { // DbcsName, wild cards, path, leading backslash
    return legal(m, call, true);
}

KSS_NT(FsRtlIsHpfsDbcsLegal) {
    return legal(m, call, false);
}

// ---- Statuses -----------------------------------------------------------------------------------
// DDI FsRtlIsNtstatusExpected: what no file system should meet as an exception.
KSS_NT(FsRtlIsNtstatusExpected) {
    static const int32_t unexpected[] = {STATUS_DATATYPE_MISALIGNMENT, STATUS_ACCESS_VIOLATION,
                                         STATUS_ILLEGAL_INSTRUCTION,
                                         STATUS_INSTRUCTION_MISALIGNMENT};
    for (unsigned i = 0; i < sizeof unexpected / sizeof *unexpected; i++)
        if ((uint32_t)KSS_A(0) == (uint32_t)unexpected[i])
            return kss_return(0);
    return kss_return(1);
}

KSS_NT(FsRtlNormalizeNtstatus) { // an unexpected exception becomes the caller's own
    struct kss_call asked = {.arguments = {KSS_A(0)}};
    bool expected = kss_nt_FsRtlIsNtstatusExpected(m, &asked).value != 0;
    return kss_return((expected ? KSS_A(0) : KSS_A(1)) & 0xFFFFFFFF);
}

KSS_NT(FsRtlIsTotalDeviceFailure) { // ReactOS ntoskrnl/fsrtl/fsrtlpc.c: these leave hope
    uint32_t status = (uint32_t)KSS_A(0);
    return kss_return((int32_t)status < 0 && status != (uint32_t)STATUS_CRC_ERROR &&
                      status != (uint32_t)STATUS_DEVICE_DATA_ERROR);
}
