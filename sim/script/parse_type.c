// SPDX-License-Identifier: MIT
// Types: specifiers with what NT headers sprinkle over them, structures, enumerations.
//
// Structures nest without bound: a member's type may be a structure whose members are read before
// the member goes on. What waits is kept on p->structs:
//
//     struct A { struct B { ULONG x; } b; ULONG y; };
//                           ^ here: structs holds A (its member, of type B, half read) and B
#include "script/parse.h"

#include <string.h>

// ---- Annotations and other noise ----------------------------------------------------------------

bool kss_p_at_annotation(const struct kss_parser *p) {
    return kss_p_is_scenario(p, KSS_IS_SAL);
}

bool kss_p_at_noise(const struct kss_parser *p) {
    return (kss_p_is(p, KSS_T_KEYWORD) && (p->token.name->properties & KSS_IS_NOISE)) ||
           kss_p_is_scenario(p, KSS_IS_NOISE);
}

struct kss_node *kss_p_annotation(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_SAL, p->token.begin);
    node->name = p->token.name->text;
    kss_p_advance(p);
    if (kss_p_is(p, KSS_T_LEFT_PAREN)) {
        uint32_t begin = p->token.end;
        node->a = kss_p_node(p, KSS_N_STRING, begin);
        kss_p_skip_parens(p);
        if (p->last_end < begin + 1 || p->lexer.bytes[p->last_end - 1] != ')')
            kss_p_expected(p, "`)`");
        uint32_t end = p->last_end > begin ? p->last_end - 1 : begin;
        node->a->end = end;
        node->a->length = end - begin;
        node->a->text = kss_alloc_text(p->arena, p->lexer.bytes + begin, end - begin);
    }
    return kss_p_done(p, node);
}

static bool contains(const struct kss_parser *p, uint32_t begin, uint32_t end, const char *word) {
    size_t length = strlen(word);
    for (; begin + length <= end; begin++)
        if (memcmp(p->lexer.bytes + begin, word, length) == 0)
            return true;
    return false;
}

static void noise_word(struct kss_parser *p) {
    const struct kss_name *name = p->token.name;
    uint32_t begin = p->token.begin;
    kss_p_advance(p);
    if ((name->properties & KSS_IS_PARENS) && kss_p_is(p, KSS_T_LEFT_PAREN))
        kss_p_skip_parens(p);
    bool declspec = name->known == KSS_WORD___declspec && contains(p, begin, p->last_end, "align");
    bool aligns =
        name->known == KSS_WORD_DECLSPEC_ALIGN || name->known == KSS_WORD_DECLSPEC_CACHEALIGN;
    if ((declspec || aligns) && !p->bad)
        kss_syntax(&p->lexer, KSS_E_alignment, begin, p->last_end, (int)kss_p_shown(name),
                   name->text);
}

void kss_p_skip_noise(struct kss_parser *p) {
    while (kss_p_at_noise(p))
        noise_word(p);
}

// Noise and annotations, where nobody wants to know about either.
static void skip_decoration(struct kss_parser *p) {
    for (;;) {
        if (kss_p_at_noise(p))
            noise_word(p);
        else if (kss_p_at_annotation(p))
            kss_p_annotation(p);
        else
            return;
    }
}

// ---- Basic types --------------------------------------------------------------------------------

struct words { // how often each was written
    unsigned count, void_, char_, int_, shorts, longs, signs, unsigneds, sized, bool_, floats;
    enum kss_base base; // of a sized one
};

static bool count_word(struct words *words, enum kss_known known) {
    switch (known) {
    case KSS_WORD_void: words->void_++; break;
    case KSS_WORD_char: words->char_++; break;
    case KSS_WORD_int: words->int_++; break;
    case KSS_WORD_short: words->shorts++; break;
    case KSS_WORD_long: words->longs++; break;
    case KSS_WORD_signed: words->signs++; break;
    case KSS_WORD_unsigned: words->unsigneds++; break;
    case KSS_WORD__Bool: words->bool_++; break;
    case KSS_WORD_float:
    case KSS_WORD_double: words->floats++; break;
    case KSS_WORD___int8: words->sized++, words->base = KSS_BASE_CHAR; break;
    case KSS_WORD___int16: words->sized++, words->base = KSS_BASE_SHORT; break;
    case KSS_WORD___int32: words->sized++, words->base = KSS_BASE_INT; break;
    case KSS_WORD___int64: words->sized++, words->base = KSS_BASE_INT64; break;
    default: return false;
    }
    words->count++;
    return true;
}

static enum kss_base integer(const struct words *w) {
    static const enum kss_base without_sign[] = {
        [KSS_BASE_CHAR] = KSS_BASE_UCHAR,   [KSS_BASE_SHORT] = KSS_BASE_USHORT,
        [KSS_BASE_INT] = KSS_BASE_UINT,     [KSS_BASE_LONG] = KSS_BASE_ULONG,
        [KSS_BASE_INT64] = KSS_BASE_UINT64,
    };
    enum kss_base base = w->sized        ? w->base
                         : w->char_      ? KSS_BASE_CHAR
                         : w->shorts     ? KSS_BASE_SHORT
                         : w->longs == 2 ? KSS_BASE_INT64
                         : w->longs == 1 ? KSS_BASE_LONG
                                         : KSS_BASE_INT;
    if (w->char_ && w->signs)
        return KSS_BASE_SCHAR;
    return w->unsigneds ? without_sign[base] : base;
}

// KSS_BASE_NAME: no type is written so.
static enum kss_base base_of(const struct words *w) {
    if (w->void_ || w->bool_)
        return w->count > 1 ? KSS_BASE_NAME : w->void_ ? KSS_BASE_VOID : KSS_BASE_BOOL;
    int widths = (w->char_ > 0) + (w->shorts > 0) + (w->longs > 0) + (w->sized > 0);
    bool twice = w->char_ > 1 || w->shorts > 1 || w->longs > 2 || w->sized > 1 || w->int_ > 1;
    bool both = w->signs + w->unsigneds > 1;
    if (widths > 1 || twice || both || (w->int_ && (w->char_ || w->sized)))
        return KSS_BASE_NAME;
    return integer(w);
}

static void check_words(struct kss_parser *p, struct kss_node *type, const struct words *words) {
    type->number = base_of(words);
    if (words->floats)
        kss_p_fail(p, KSS_E_float, type->begin, type->end);
    else if (type->number == KSS_BASE_NAME)
        kss_p_fail(p, KSS_E_bad_type, type->begin, type->end, "these words do not go together");
}

// ---- Enumerations -------------------------------------------------------------------------------

static void enumerator(struct kss_parser *p, struct kss_p_list *list) {
    struct kss_node *node = kss_p_node(p, KSS_N_ENUMERATOR, p->token.begin);
    if (kss_p_is(p, KSS_T_HASH)) {
        kss_p_fail(p, KSS_E_hash_here, p->token.begin, p->token.end, "a declaration");
        p->skip_hash = true;
    }
    struct kss_name *name = kss_p_need_name(p, "a name");
    node->name = name != NULL ? name->text : NULL;
    if (kss_p_accept(p, KSS_T_ASSIGN))
        node->a = kss_p_constant(p);
    if (kss_p_done(p, node) != NULL)
        kss_p_declare(p, name, KSS_BOUND, node->begin);
    kss_p_append(list, kss_p_done(p, node));
}

static struct kss_node *enumeration(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_ENUM, p->token.begin);
    kss_p_advance(p);
    skip_decoration(p);
    if (kss_p_is(p, KSS_T_NAME)) {
        node->name = p->token.name->text;
        kss_p_advance(p);
    } else if (!kss_p_is(p, KSS_T_LEFT_BRACE)) {
        kss_p_expected(p, "a name or `{`");
    }
    if (kss_p_accept(p, KSS_T_LEFT_BRACE)) {
        struct kss_p_list list = {0};
        p->braces++;
        do
            enumerator(p, &list);
        while (kss_p_accept(p, KSS_T_COMMA) && !kss_p_is(p, KSS_T_RIGHT_BRACE));
        node->a = list.first;
        if (kss_p_need(p, KSS_T_RIGHT_BRACE, "`,` or `}`"))
            p->braces--;
    }
    return kss_p_done(p, node);
}

// ---- Structures ---------------------------------------------------------------------------------

static bool at_struct(const struct kss_parser *p) {
    return kss_p_is_word(p, KSS_WORD_struct) || kss_p_is_word(p, KSS_WORD_union);
}

// `struct tag`. With a { behind it the structure is pushed and NULL returned.
static struct kss_node *struct_head(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_STRUCT, p->token.begin);
    kss_p_add_flags(node, kss_p_is_word(p, KSS_WORD_union) ? KSS_F_UNION : 0);
    kss_p_advance(p);
    skip_decoration(p);
    if (kss_p_is(p, KSS_T_NAME)) {
        node->name = p->token.name->text;
        kss_p_advance(p);
    } else if (!kss_p_is(p, KSS_T_LEFT_BRACE)) {
        kss_p_expected(p, "a name or `{`");
    }
    if (!kss_p_accept(p, KSS_T_LEFT_BRACE))
        return kss_p_done(p, node);
    if (p->struct_count >= KSS_P_DEEPEST) {
        kss_p_fail(p, KSS_E_too_nested, node->begin, p->last_end);
        p->lexer.stopped = p->gave_up = true;
    }
    KSS_ROOM(p->structs, p->struct_count, p->struct_capacity);
    p->structs[p->struct_count++] = (struct kss_p_struct_frame){node, NULL, &node->a};
    return NULL;
}

// The words in front of a type and behind it.
static void qualifiers(struct kss_parser *p, struct kss_p_specifiers *s) {
    for (;;) {
        if (kss_p_is_word(p, KSS_WORD_const) || kss_p_is_word(p, KSS_WORD_volatile)) {
            s->flags |= kss_p_is_word(p, KSS_WORD_const) ? KSS_F_CONST : KSS_F_VOLATILE;
            kss_p_advance(p);
        } else if (kss_p_at_annotation(p)) {
            kss_p_append(&s->annotations, kss_p_annotation(p));
        } else if (kss_p_at_noise(p)) {
            unsigned known = p->token.name->known;
            s->flags |= p->token.name->stands_for;
            if (known == KSS_WORD_CONST)
                s->flags |= KSS_F_CONST;
            if (known == KSS_WORD_FORCEINLINE || known == KSS_WORD_CFORCEINLINE ||
                known == KSS_WORD_INLINE)
                s->flags |= KSS_F_INLINE;
            noise_word(p);
        } else {
            return;
        }
    }
}

static void members_type(struct kss_node *member, struct kss_node *type, unsigned flags) {
    kss_p_add_flags(type, flags & (KSS_F_CONST | KSS_F_VOLATILE));
    member->a = type;
}

static struct kss_node *type_of(struct kss_parser *p, struct kss_node *structure) {
    if (structure == NULL)
        return NULL;
    struct kss_node *type = kss_p_node(p, KSS_N_TYPE, structure->begin);
    type->a = structure;
    type->end = structure->end;
    return type;
}

static struct kss_node *member_declarator(struct kss_parser *p) {
    struct kss_name *name;
    struct kss_node *node = kss_p_declarator(p, &name);
    if (kss_p_is(p, KSS_T_COLON))
        kss_p_fail(p, KSS_E_bit_field, p->token.begin, p->token.end);
    if (kss_p_is(p, KSS_T_LEFT_PAREN) && name != NULL && name->known == KSS_WORD_DUMMYUNIONNAME)
        kss_p_skip_parens(p);
    else if (kss_p_is(p, KSS_T_LEFT_PAREN))
        kss_p_fail(p, KSS_E_routine_pointer, p->token.begin, p->token.end);
    bool dummy = name != NULL && (name->known == KSS_WORD_DUMMYSTRUCTNAME ||
                                  name->known == KSS_WORD_DUMMYUNIONNAME);
    if (name == NULL)
        kss_p_expected(p, "a name");
    return dummy ? NULL : node;
}

// Declarators and ; of the member that the innermost structure is reading.
static void finish_member(struct kss_parser *p, struct kss_p_specifiers *s) {
    struct kss_node *member = p->structs[p->struct_count - 1].member;
    struct kss_p_list list = {0};
    qualifiers(p, s);
    if (!kss_p_is(p, KSS_T_SEMICOLON)) {
        do
            kss_p_append(&list, member_declarator(p));
        while (kss_p_accept(p, KSS_T_COMMA));
    }
    kss_p_need_semicolon(p);
    if (kss_p_done(p, member) == NULL || s->type == NULL)
        return;
    member->b = list.first;
    members_type(member, s->type, s->flags);
    // Only now: an array length may have held a structure and moved the stack.
    struct kss_p_struct_frame *frame = &p->structs[p->struct_count - 1];
    *frame->tail = member;
    frame->tail = &member->next;
}

static void begin_member(struct kss_parser *p) {
    p->structs[p->struct_count - 1].member = kss_p_node(p, KSS_N_MEMBER, p->token.begin);
    struct kss_p_specifiers s = {.begin = p->token.begin};
    p->first = p->token;
    if (kss_p_is(p, KSS_T_HASH)) {
        kss_p_fail(p, KSS_E_hash_here, p->token.begin, p->token.end, "a structure");
        p->skip_hash = true;
        return;
    }
    qualifiers(p, &s);
    if (!at_struct(p)) {
        kss_p_plain_specifiers(p, &s);
        if (s.type == NULL)
            kss_p_expected(p, "a type or `}`");
        finish_member(p, &s);
        return;
    }
    unsigned depth = p->struct_count;
    s.type = type_of(p, struct_head(p));
    if (p->struct_count == depth)
        finish_member(p, &s);
}

static struct kss_node *close_struct(struct kss_parser *p) {
    kss_p_advance(p);
    struct kss_node *node = p->structs[--p->struct_count].node;
    node->end = p->last_end;
    return node;
}

static void struct_is_open(struct kss_parser *p, unsigned floor) {
    uint32_t begin = p->structs[p->struct_count - 1].node->begin;
    p->struct_count = floor;
    if (kss_p_is(p, KSS_T_EOF)) {
        struct kss_diag *diag = kss_p_expected(p, "`}`");
        if (diag != NULL)
            kss_diag_cause(p->lexer.diags, diag, (struct kss_span){p->lexer.file, begin, begin + 5},
                           "opened here");
        return;
    }
    kss_p_fail(p, KSS_E_missing_brace, p->token.begin, p->token.end, kss_p_shown(p->token.name),
               p->token.name->text);
    p->at_item = true;
}

static struct kss_node *structure(struct kss_parser *p) {
    unsigned floor = p->struct_count, braces = p->braces;
    p->braces = 0; // members recover by themselves
    // In an expression (sizeof(struct { ... })) members hold expressions again: such nesting costs
    // far more of the host's stack than a parenthesis and counts accordingly.
    uint32_t weight = p->depth > 0 ? 16 : 0;
    p->depth += weight;
    struct kss_node *node = struct_head(p);
    while (p->struct_count > floor) {
        if (p->bad && p->gave_up) {
            braces += p->braces + p->struct_count - floor;
            p->struct_count = floor;
            break;
        }
        if (p->bad)
            kss_p_recover(p, false);
        if (kss_p_is(p, KSS_T_EOF) || (kss_p_is(p, KSS_T_NAME) && kss_p_item_begins(p))) {
            struct_is_open(p, floor);
            break;
        }
        if (!kss_p_is(p, KSS_T_RIGHT_BRACE)) {
            begin_member(p);
            continue;
        }
        const struct kss_node *open = p->structs[p->struct_count - 1].node;
        bool clean = p->error_at == UINT32_MAX || p->error_at < open->begin;
        if (open->a == NULL && clean)
            kss_p_complain(p, KSS_E_expected, p->token.begin, p->token.end, "a member", "`}`");
        node = close_struct(p);
        if (p->struct_count > floor) {
            struct kss_p_specifiers s = {.type = type_of(p, node)};
            finish_member(p, &s);
        }
    }
    p->braces = braces;
    p->depth -= weight;
    return kss_p_done(p, node);
}

// ---- Specifiers ---------------------------------------------------------------------------------

bool kss_p_at_type(struct kss_parser *p) {
    if (kss_p_is(p, KSS_T_KEYWORD))
        return p->token.name->properties & KSS_IS_TYPE;
    return kss_p_is(p, KSS_T_NAME) &&
           (kss_p_is_type(p->token.name) || kss_p_at_noise(p) || kss_p_at_annotation(p));
}

static bool storage(struct kss_parser *p, struct kss_p_specifiers *s) {
    switch ((enum kss_known)p->token.name->known) {
    case KSS_WORD_static: s->flags |= KSS_F_STATIC; break;
    case KSS_WORD_typedef: s->flags |= KSS_F_TYPEDEF; break;
    case KSS_WORD_inline:
    case KSS_WORD___inline:
    case KSS_WORD___forceinline: s->flags |= KSS_F_INLINE; break;
    case KSS_WORD_extern:
        s->flags |= KSS_F_EXTERN;
        kss_p_advance(p);
        kss_p_accept(p, KSS_T_STRING); // extern "C"
        return true;
    default: return false;
    }
    kss_p_advance(p);
    return true;
}

static struct kss_node *named_type(struct kss_parser *p) {
    struct kss_node *type = kss_p_node(p, KSS_N_TYPE, p->token.begin);
    type->name = p->token.name->text;
    kss_p_advance(p);
    return kss_p_done(p, type);
}

static struct kss_node *keyword_type(struct kss_parser *p, struct words *words,
                                     struct kss_node *type) {
    if (count_word(words, (enum kss_known)p->token.name->known)) {
        if (type == NULL)
            type = kss_p_node(p, KSS_N_TYPE, p->token.begin);
        kss_p_advance(p);
        return kss_p_done(p, type);
    }
    return type_of(p, at_struct(p) ? structure(p) : enumeration(p));
}

// One word of the type itself. False: the current token is none.
static bool type_word(struct kss_parser *p, struct kss_p_specifiers *s, struct words *words) {
    if (kss_p_is(p, KSS_T_KEYWORD)) {
        struct words try = *words;
        bool basic = count_word(&try, (enum kss_known)p->token.name->known);
        if (storage(p, s))
            return true;
        if (!(p->token.name->properties & KSS_IS_TYPE) || (s->type != NULL && !basic) ||
            (s->type != NULL && words->count == 0))
            return false;
        s->type = keyword_type(p, words, s->type);
        return true;
    }
    if (!kss_p_is(p, KSS_T_NAME) || s->type != NULL)
        return false;
    s->type = named_type(p);
    return true;
}

void kss_p_plain_specifiers(struct kss_parser *p, struct kss_p_specifiers *s) {
    uint32_t begin = p->token.begin;
    kss_p_specifiers(p, s);
    if (s->flags & (KSS_F_STATIC | KSS_F_EXTERN | KSS_F_TYPEDEF))
        kss_p_fail(p, KSS_E_bad_type, begin, p->last_end, "a storage class stands in it");
}

void kss_p_specifiers(struct kss_parser *p, struct kss_p_specifiers *s) {
    struct words words = {0};
    do
        qualifiers(p, s);
    while (type_word(p, s, &words) && !p->bad);
    if (p->bad || s->type == NULL)
        return;
    if (words.count > 0)
        check_words(p, s->type, &words);
    kss_p_add_flags(s->type, s->flags & (KSS_F_CONST | KSS_F_VOLATILE));
}

struct kss_node *kss_p_type_name(struct kss_parser *p) {
    struct kss_node *node = kss_p_node(p, KSS_N_TYPE_NAME, p->token.begin);
    struct kss_p_specifiers s = {.begin = p->token.begin};
    struct kss_name *name = NULL;
    kss_p_plain_specifiers(p, &s);
    if (s.type == NULL)
        kss_p_expected(p, "a type");
    node->a = s.type;
    node->b = kss_p_declarator(p, &name);
    if (name != NULL)
        kss_p_fail(p, KSS_E_bad_type, node->begin, p->last_end, "a name stands in it");
    return kss_p_done(p, node);
}
