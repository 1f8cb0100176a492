// SPDX-License-Identifier: MIT
// Makes an editor's grammar from a template and the vocabulary of kss:
//
//   generate [--check] TEMPLATE RESULT
//
// In the template @SET@ stands for a set of words: as one regular expression, a tree by common beginnings, so that a
// matcher looks at a name's letters once: K(?:ernelMode|SPIN_LOCK), @SET:magic@ as vim writes it. A line that ends in
// @SET:words@ is repeated with as many of the words as fit. A template that does not mention a word which begins an item or a statement of the scenario
// language, in a rule of its own, is out of date: an error. With --check the result is compared, not written.
#include "base/os.h"
#include "nt/nt.h"
#include "script/check.h"
#include "script/lex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100 }; // of a line of words, about

struct set {
    const char **words; // sorted, each once, before it is used
    unsigned count, capacity;
};

// ---- The sets -----------------------------------------------------------------------------------

static const struct word {
    const char *text;
    unsigned properties;
} words[] = {
#define WORD(id, s, p) {s, p},
#include "script/words.def"
#undef WORD
};
enum { WORDS = sizeof words / sizeof words[0] };

static void add(struct set *set, const char *word) {
    KSS_ROOM(set->words, set->count, set->capacity);
    set->words[set->count++] = word;
}

// Words with all of [with] and none of [without].
static void add_words(struct set *set, unsigned with, unsigned without) {
    for (unsigned i = 0; i < WORDS; i++)
        if ((words[i].properties & with) == with && (words[i].properties & without) == 0)
            add(set, words[i].text);
}

// Words from one to another in the order of words.def; the table begins behind KSS_WORD_NONE.
static void add_range(struct set *set, enum kss_known first, enum kss_known last) {
    for (unsigned i = first; i <= last; i++)
        add(set, words[i - 1].text);
}

static void control(struct set *set) {
    add_words(set, KSS_IS_KEY, KSS_IS_TYPE | KSS_IS_NOISE);
}

static void storage(struct set *set) {
    add_words(set, KSS_IS_KEY | KSS_IS_TYPE, 0);
    add_words(set, KSS_IS_KEY | KSS_IS_NOISE, 0);
}

static void noise(struct set *set) {
    add_words(set, KSS_IS_NOISE, KSS_IS_KEY);
}

static void types(struct set *set) {
    for (unsigned i = 0; i < kss_type_count; i++)
        add(set, kss_types[i].name);
}

static void routines(struct set *set) {
    for (unsigned i = 0; i < KSS_NT_COUNT; i++)
        add(set, kss_routines[i].name);
}

static void builtins(struct set *set) {
    const char *name;
    for (unsigned i = 0; (name = kss_builtin_name(i)) != NULL; i++)
        if (kss_routine_find(name, strlen(name)) == NULL)
            add(set, name);
}

static void constants(struct set *set) {
    for (unsigned i = 0; i < kss_constant_count; i++)
        add(set, kss_constants[i].name);
    for (unsigned i = 0; i < kss_bugcheck_count; i++)
        add(set, kss_bugchecks[i].name);
    for (unsigned arch = KSS_ARCH_X86; arch <= KSS_ARCH_ARM64; arch++)
        for (unsigned irql = 0; irql < 32; irql++)
            if (kss_irql_name((enum kss_arch)arch, irql) != NULL)
                add(set, kss_irql_name((enum kss_arch)arch, irql));
}

static void modes(struct set *set) {
    add_range(set, KSS_WORD_user, KSS_WORD_special);
}

static void events(struct set *set) {
    add_range(set, KSS_WORD_dpc, KSS_WORD_apc);
    add_range(set, KSS_WORD_signal, KSS_WORD_dma);
}

static void quantifiers(struct set *set) {
    add_range(set, KSS_WORD_always, KSS_WORD_never);
}

static void outcomes(struct set *set) {
    add_range(set, KSS_WORD_clean, KSS_WORD_status);
    add_range(set, KSS_WORD_thread, KSS_WORD_thread);
}

static void ends(struct set *set) {
    add_range(set, KSS_WORD_exits, KSS_WORD_waits);
}

static const struct {
    const char *name;
    void (*fill)(struct set *set);
} sets[] = {
#define SET(name) {#name, name},
    SET(control) SET(storage) SET(noise) SET(types) SET(routines) SET(builtins) SET(constants)
        SET(modes) SET(events) SET(quantifiers) SET(outcomes) SET(ends)
#undef SET
};
enum { SETS = sizeof sets / sizeof sets[0] };

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct set set_of(unsigned index) {
    struct set set = {0};
    sets[index].fill(&set);
    qsort(set.words, set.count, sizeof *set.words, by_bytes);
    unsigned kept = 0;
    for (unsigned i = 0; i < set.count; i++)
        if (kept == 0 || strcmp(set.words[kept - 1], set.words[i]) != 0)
            set.words[kept++] = set.words[i];
    set.count = kept;
    return set;
}

// ---- One expression of many words ---------------------------------------------------------------

struct dialect {
    const char *open, * or, *close, *maybe; // maybe: the group may be missing
};
static const struct dialect oniguruma = {"(?:", "|", ")", "?"},
                            magic = {"\\%(", "\\|", "\\)", "\\="};

// The words, sorted, have [depth] bytes in common.
static void put_tree(struct kss_text *out, const struct dialect *dialect, const char *const *begin,
                     size_t count, size_t depth) {
    size_t shared = depth;
    while (begin[0][shared] != 0 && begin[0][shared] == begin[count - 1][shared])
        shared++;
    kss_text_bytes(out, begin[0] + depth, shared - depth);
    if (count == 1)
        return;
    bool ends_here = begin[0][shared] == 0;
    kss_text_str(out, dialect->open);
    for (size_t i = ends_here ? 1 : 0, next; i < count; i = next) {
        for (next = i; next < count && begin[next][shared] == begin[i][shared];)
            next++;
        put_tree(out, dialect, begin + i, next - i, shared);
        if (next < count)
            kss_text_str(out, dialect->or);
    }
    kss_text_str(out, dialect->close);
    if (ends_here)
        kss_text_str(out, dialect->maybe);
}

// ---- Templates ----------------------------------------------------------------------------------

enum form { TREE, MAGIC, LIST, FORMS };

static bool set_at(const char *at, unsigned *index, enum form *form, size_t *size) {
    static const char *const tails[FORMS] = {"@", ":magic@", ":words@"};
    for (unsigned i = 0; i < SETS; i++) {
        size_t length = strlen(sets[i].name);
        if (strncmp(at + 1, sets[i].name, length) != 0)
            continue;
        for (unsigned j = 0; j < FORMS; j++) {
            if (strncmp(at + 1 + length, tails[j], strlen(tails[j])) != 0)
                continue;
            *index = i;
            *form = (enum form)j;
            *size = 1 + length + strlen(tails[j]);
            return true;
        }
    }
    return false;
}

static void put_words(struct kss_text *out, const char *lead, size_t length,
                      const struct set *set) {
    size_t column = WIDTH;
    for (unsigned i = 0; i < set->count; i++) {
        size_t size = strlen(set->words[i]) + 1;
        if (column + size > WIDTH) {
            if (i > 0) {
                kss_text_char(out, '\n');
                kss_text_bytes(out, lead, length);
            }
            column = length;
        } else {
            kss_text_char(out, ' ');
        }
        kss_text_str(out, set->words[i]);
        column += size;
    }
}

static void expand(const char *at, struct kss_text *out) {
    for (const char *line = at; *at != 0;) {
        unsigned index;
        enum form form;
        size_t size;
        if (*at != '@' || !set_at(at, &index, &form, &size)) {
            kss_text_char(out, *at++);
            if (at[-1] == '\n')
                line = at;
            continue;
        }
        struct set set = set_of(index);
        if (form == LIST)
            put_words(out, line, (size_t)(at - line), &set);
        else
            put_tree(out, form == MAGIC ? &magic : &oniguruma, set.words, set.count, 0);
        free(set.words);
        at += size;
    }
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// As a whole word, a regular expression's \b before it not counted as its first letter.
static bool mentions(const char *text, const char *word) {
    size_t length = strlen(word);
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        bool escape = at - text >= 2 && at[-2] == '\\' && (at[-1] == 'b' || at[-1] == 's');
        if ((at == text || !is_name(at[-1]) || escape) && !is_name(at[length]))
            return true;
    }
    return false;
}

static bool has_every_rule(const char *path, const char *text) {
    bool all = true;
    for (unsigned i = 0; i < WORDS; i++) {
        if ((words[i].properties & (KSS_IS_ITEM | KSS_IS_STATEMENT)) == 0 ||
            mentions(text, words[i].text))
            continue;
        fprintf(stderr, "%s: no rule for `%s`\n", path, words[i].text);
        all = false;
    }
    return all;
}

static const char *finish(const struct kss_text *made, const char *path, bool check,
                          struct kss_arena *arena) {
    if (!check)
        return kss_os_write(path, made->bytes, made->length);
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(arena, path, &bytes, &length);
    if (reason == NULL && (length != made->length || memcmp(bytes, made->bytes, length) != 0))
        return "is not what the vocabulary gives now (build the target `editors`)";
    return reason;
}

int main(int argc, char **argv) {
    bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
    if (argc - check != 3) {
        fprintf(stderr, "usage: generate [--check] TEMPLATE RESULT\n");
        return 2;
    }
    const char *template = argv[1 + check], *result = argv[2 + check];
    struct kss_arena arena = {0};
    struct kss_text made = {0};
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&arena, template, &bytes, &length);
    const char *where = template;
    bool whole = reason == NULL && has_every_rule(template, bytes);
    if (whole) {
        expand(bytes, &made);
        where = result;
        reason = finish(&made, result, check, &arena);
    }
    if (reason != NULL)
        fprintf(stderr, "%s: %s\n", where, reason);
    kss_text_free(&made);
    kss_arena_free(&arena);
    return whole && reason == NULL ? 0 : 1;
}
