// SPDX-License-Identifier: MIT
// What the formatter's two files share. format_marks.c walks the tree and says of each token what it
// is; format.c writes the tokens with the comments between them.
#ifndef KSS_SCRIPT_FORMAT_H
#define KSS_SCRIPT_FORMAT_H

#include "script/lex.h"

enum {                 // what a token is
    KSS_M_LINE = 1,    // begins a line at [level]: statements, items, members, labels, } of blocks
    KSS_M_OPEN = 2,    // { of a block: stays on its line
    KSS_M_CLOSE = 4,   // } of a block
    KSS_M_INLINE = 8,  // { and } of a block that stays on one line
    KSS_M_ATTACH = 16, // else, while, except: stays behind the } in front of it
    KSS_M_SPACED = 32, // an operator with blanks around it
    KSS_M_PREFIX = 64, // no blank behind
    KSS_M_TIGHT = 128, // no blank in front: ( of a call, ++ behind its operand, : of a label
    KSS_M_HEADER = 256 // of a routine in front of its name: a line that begins here is not indented
};

struct kss_m_token {
    uint32_t begin, end;
    uint32_t level;
    uint32_t raw; // KSS_T_HASH_LINE: the text of an arm passed over begins here
    uint16_t marks;
    uint8_t kind;
    bool control; // a keyword with a ( behind a blank: if, while, ...
};

struct kss_m_tokens {
    const char *bytes;
    uint32_t length;
    struct kss_m_token *items; // malloc'd; the last is KSS_T_EOF
    uint32_t count;
    unsigned capacity;
    uint32_t *blocks; // first token at or behind byte 32 * i
};

void kss_m_mark(struct kss_m_tokens *tokens, const struct kss_node *root);

#endif
