// SPDX-License-Identifier: MIT
// Names and places of a file being loaded: scopes, look-ups, "did you mean".
//
// The parser interns names, so a name's address stands for it. One map leads from a name to its
// innermost symbol; a symbol remembers what it hides and what was declared before it, so a scope
// ends by walking back.
#include "script/compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Places -------------------------------------------------------------------------------------
struct kss_span kss_span_of(const struct kss_build *b, const struct kss_node *node) {
    if (node == NULL)
        return (struct kss_span){b->file, 0, 0};
    return (struct kss_span){b->file, node->begin, node->end};
}

static uint32_t hash_span(struct kss_span span) {
    uint64_t key = (uint64_t)span.begin << 32 | span.end;
    key *= UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(key >> 32);
}

static void grow_places(struct kss_build *b) {
    free(b->place_hash);
    b->place_hash_size = b->place_hash_size ? b->place_hash_size * 2 : 256;
    unsigned capacity = 0;
    b->place_hash = kss_grow(NULL, &capacity, b->place_hash_size, sizeof *b->place_hash);
    b->place_hash_size = capacity;
    for (uint32_t i = 1; i < b->place_count; i++) {
        uint32_t at = hash_span(b->places[i]) & (b->place_hash_size - 1);
        while (b->place_hash[at] != 0)
            at = (at + 1) & (b->place_hash_size - 1);
        b->place_hash[at] = i;
    }
}

uint32_t kss_place_of(struct kss_build *b, const struct kss_node *node) {
    struct kss_span span = kss_span_of(b, node);
    if (b->place_count == 0) {
        KSS_ROOM(b->places, 0, b->place_capacity);
        b->places[b->place_count++] = (struct kss_span){b->file, 0, 0};
    }
    if (b->place_count * 2 >= b->place_hash_size)
        grow_places(b);
    uint32_t at = hash_span(span) & (b->place_hash_size - 1);
    for (; b->place_hash[at] != 0; at = (at + 1) & (b->place_hash_size - 1)) {
        const struct kss_span *known = &b->places[b->place_hash[at]];
        if (known->begin == span.begin && known->end == span.end)
            return b->place_hash[at];
    }
    KSS_ROOM(b->places, b->place_count, b->place_capacity);
    b->places[b->place_count] = span;
    b->place_hash[at] = b->place_count;
    return b->place_count++;
}

const char *kss_format_text(struct kss_build *b, const char *format, ...) {
    char small[256];
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(small, sizeof small, format, list);
    va_end(list);
    char *text = kss_alloc(b->arena, (size_t)(length < 0 ? 0 : length) + 1);
    if (length >= 0 && (size_t)length < sizeof small)
        memcpy(text, small, (size_t)length + 1);
    else if (length >= 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

// The text of a node as written, white space and comments shortened to one blank.
const char *kss_source_text(struct kss_build *b, const struct kss_node *node) {
    const struct kss_source *source = &b->sources->files[b->file];
    char *text = kss_alloc(b->arena, (size_t)(node->end - node->begin) + 1);
    size_t length = 0;
    bool blank = false;
    for (uint32_t i = node->begin; i < node->end; i++) {
        char c = source->bytes[i];
        bool comment = c == '/' && i + 1 < node->end &&
                       (source->bytes[i + 1] == '/' || source->bytes[i + 1] == '*');
        if (comment) {
            bool line = source->bytes[i + 1] == '/';
            for (i += 2; i < node->end; i++)
                if (line ? source->bytes[i] == '\n'
                         : source->bytes[i] == '/' && source->bytes[i - 1] == '*')
                    break;
            blank = length > 0;
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            blank = length > 0;
        } else {
            if (blank)
                text[length++] = ' ';
            blank = false;
            text[length++] = c;
        }
    }
    text[length] = 0;
    return text;
}

struct kss_node *kss_bytes_node(struct kss_build *b, uint32_t begin, uint32_t end) {
    struct kss_node *node = KSS_NEW(b->arena, struct kss_node);
    node->kind = KSS_N_NAME;
    node->begin = begin;
    node->end = end;
    return node;
}

struct kss_node *kss_name_in(struct kss_build *b, struct kss_node *node, const char *name) {
    const char *bytes = b->sources->files[b->file].bytes;
    uint32_t length = (uint32_t)strlen(name);
    for (uint32_t at = node->begin; at + length <= node->end; at++) {
        if (memcmp(bytes + at, name, length) != 0)
            continue;
        return kss_bytes_node(b, at, at + length);
    }
    return node;
}

// ---- The map ------------------------------------------------------------------------------------
static uint32_t hash_pointer(const void *key) {
    uint64_t value = (uint64_t)(uintptr_t)key;
    value *= UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(value >> 32);
}

void *kss_map_get(const struct kss_pointer_map *map, const void *key) {
    if (map->size == 0)
        return NULL;
    for (uint32_t at = hash_pointer(key) & (map->size - 1); map->keys[at] != NULL;
         at = (at + 1) & (map->size - 1))
        if (map->keys[at] == key)
            return map->values[at];
    return NULL;
}

static void place_entry(struct kss_pointer_map *map, const void *key, void *value) {
    uint32_t at = hash_pointer(key) & (map->size - 1);
    while (map->keys[at] != NULL && map->keys[at] != key)
        at = (at + 1) & (map->size - 1);
    map->count += map->keys[at] == NULL;
    map->keys[at] = key;
    map->values[at] = value;
}

void kss_map_put(struct kss_pointer_map *map, const void *key, void *value) {
    if (map->count * 2 >= map->size) {
        struct kss_pointer_map old = *map;
        unsigned keys = 0, values = 0;
        uint32_t size = old.size ? old.size * 2 : 64;
        map->keys = kss_grow(NULL, &keys, size, sizeof *map->keys);
        map->values = kss_grow(NULL, &values, size, sizeof *map->values);
        map->size = size;
        map->count = 0;
        for (uint32_t i = 0; i < old.size; i++)
            if (old.keys[i] != NULL)
                place_entry(map, old.keys[i], old.values[i]);
        free((void *)old.keys);
        free(old.values);
    }
    place_entry(map, key, value);
}

void kss_map_free(struct kss_pointer_map *map) {
    free((void *)map->keys);
    free(map->values);
    *map = (struct kss_pointer_map){0};
}

// ---- Scopes -------------------------------------------------------------------------------------
static struct kss_pointer_map *map_of(struct kss_build *b, enum kss_symbol_kind kind) {
    return kind == KSS_Y_TAG ? &b->tags : &b->names;
}

struct kss_symbol *kss_lookup(const struct kss_build *b, const char *name) {
    struct kss_symbol *symbol = kss_map_get(&b->names, name);
    return symbol != NULL ? symbol : kss_map_get(&b->defines, name);
}

struct kss_symbol *kss_lookup_tag(const struct kss_build *b, const char *name) {
    return kss_map_get(&b->tags, name);
}

// Symbols are numbered by their chain; one lies in the scope that began after [begin] if the walk
// from the newest meets it before [begin].
bool kss_in_scope(const struct kss_build *b, const struct kss_symbol *symbol,
                  const struct kss_symbol *begin) {
    (void)b;
    return begin == NULL || symbol->serial > begin->serial;
}

struct kss_symbol *kss_declare(struct kss_build *b, enum kss_symbol_kind kind, const char *name,
                               struct kss_node *node, const struct kss_symbol *begin) {
    struct kss_pointer_map *map = map_of(b, kind);
    struct kss_symbol *old = kss_map_get(map, name);
    if (old != NULL && kss_in_scope(b, old, begin)) {
        struct kss_diag *diag =
            KSS_SAY(b, node, "KSS0110", "`%s` is declared twice in the same scope", name);
        kss_diag_label(b->diags, diag, "a second declaration");
        if (old->node != NULL)
            kss_diag_cause(b->diags, diag, kss_span_of(b, old->node), "the first one is here");
    }
    struct kss_symbol *symbol = KSS_NEW(b->arena, struct kss_symbol);
    symbol->kind = (uint8_t)kind;
    symbol->name = name;
    symbol->node = node;
    symbol->hidden = old;
    symbol->older = b->newest;
    symbol->serial = b->newest == NULL ? 1 : b->newest->serial + 1;
    symbol->type = &b->error_type;
    symbol->body = b->body;
    b->newest = symbol;
    kss_map_put(map, name, symbol);
    return symbol;
}

void kss_scope_end(struct kss_build *b, struct kss_symbol *begin) {
    for (; b->newest != begin && b->newest != NULL; b->newest = b->newest->older)
        kss_map_put(map_of(b, b->newest->kind), b->newest->name, b->newest->hidden);
}

// ---- Names not from the tree --------------------------------------------------------------------
static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

// A name that is not from the tree, made unique by its text.
static const char *intern(struct kss_build *b, const char *text, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    const void *key = (const void *)(uintptr_t)(hash | 1);
    struct kss_interned {
        const char *text;
        size_t length;
        struct kss_interned *next;
    } *first = kss_map_get(&b->interned, key);
    for (struct kss_interned *at = first; at != NULL; at = at->next)
        if (at->length == length && memcmp(at->text, text, length) == 0)
            return at->text;
    struct kss_interned *one = KSS_NEW(b->arena, struct kss_interned);
    one->text = kss_alloc_text(b->arena, text, length);
    one->length = length;
    one->next = first;
    kss_map_put(&b->interned, key, one);
    return one->text;
}

// mydrv!Read, "mod!name with spaces", "mod+0x1C": the last has no name beside its module, so all of
// it is the name and the module is "".
void kss_symbol_parts(struct kss_build *b, const struct kss_node *node, const char **module,
                      const char **name) {
    if (!(node->flags & KSS_F_QUOTED)) {
        *module = node->text != NULL ? intern(b, node->text, strlen(node->text)) : NULL;
        *name = intern(b, node->name, strlen(node->name));
        return;
    }
    const char *cut = strpbrk(node->name, "!+");
    if (cut == NULL || cut == node->name) {
        *module = NULL;
        *name = intern(b, node->name, strlen(node->name));
        return;
    }
    bool offset = *cut == '+';
    *module = intern(b, node->name, offset ? 0 : (size_t)(cut - node->name));
    *name = intern(b, offset ? node->name : cut + 1, strlen(offset ? node->name : cut + 1));
}

const char *kss_unique_bytes(struct kss_build *b, const char *bytes, size_t length) {
    return intern(b, bytes, length);
}

const char *kss_unique(struct kss_build *b, const char *text) {
    return intern(b, text, strlen(text));
}

// ---- Routines -----------------------------------------------------------------------------------
// Routines and inline call trees are chained by name, newest first, each in a map of its own.
uint32_t kss_find_routine(struct kss_build *b, const char *module, const char *name, bool tree) {
    const struct kss_pointer_map *map = tree ? &b->trees : &b->routines;
    uint32_t other = KSS_NO_FRAME;
    name = kss_unique(b, name);
    for (uint32_t at = (uint32_t)(uintptr_t)kss_map_get(map, name); at != 0;
         at = b->routine_chain[at - 1]) {
        const struct kss_routine_info *info = &b->infos[at - 1];
        if (same_text(info->module, module != NULL ? module : b->module))
            return at - 1;
        if (module == NULL)
            other = at - 1;
    }
    return other;
}

uint32_t kss_add_routine(struct kss_build *b, const char *module, const char *name, bool tree,
                         struct kss_node *node) {
    struct kss_pointer_map *map = tree ? &b->trees : &b->routines;
    KSS_ROOM(b->codes, b->code_count, b->code_capacity);
    KSS_ROOM(b->infos, b->code_count, b->info_capacity);
    KSS_ROOM(b->entries, b->code_count, b->entry_capacity);
    KSS_ROOM(b->funclets, b->code_count, b->funclet_capacity);
    KSS_ROOM(b->routine_chain, b->code_count, b->chain_capacity);
    uint32_t index = b->code_count++;
    name = kss_unique(b, name);
    b->codes[index] = (struct kss_code){.module = module, .name = name};
    b->codes[index].place = kss_place_of(b, node);
    b->infos[index] =
        (struct kss_routine_info){.module = module, .name = name, .node = node, .is_tree = tree};
    b->entries[index] = (struct kss_entry_point){0};
    b->funclets[index] = NULL;
    b->routine_chain[index] = (uint32_t)(uintptr_t)kss_map_get(map, name);
    kss_map_put(map, name, (void *)(uintptr_t)(index + 1));
    return index;
}

// ---- Did you mean -------------------------------------------------------------------------------
struct names {
    const char **items;
    uint32_t count;
    unsigned capacity;
};

static void collect(struct names *names, const char *name) {
    if (name == NULL)
        return;
    KSS_ROOM(names->items, names->count, names->capacity);
    names->items[names->count++] = name;
}

// The closest of [names]: by spelling, else one that begins with the word.
const char *kss_like(const char *word, const char *const *names, size_t count) {
    size_t length = strlen(word);
    const char *like = kss_closest(word, length, names, count);
    for (size_t i = 0; like == NULL && length >= 4 && i < count; i++)
        if (strncmp(names[i], word, length) == 0)
            like = names[i];
    return like;
}

// Whether the error just said is within the limit.
bool kss_is_seen(const struct kss_build *b) {
    return b->diags->errors <= (b->diags->limit != 0 ? b->diags->limit : 20);
}

const char *kss_did_you_mean(struct kss_build *b, const char *name, unsigned wanted) {
    struct names names = {0};
    if (!kss_is_seen(b))
        return NULL;
    for (const struct kss_symbol *at = b->newest; at != NULL; at = at->older) {
        bool value = at->kind == KSS_Y_LOCAL || at->kind == KSS_Y_PARAMETER ||
                     at->kind == KSS_Y_GLOBAL || at->kind == KSS_Y_DEVICE;
        bool constant = at->kind == KSS_Y_CONSTANT;
        if ((value && (wanted & KSS_LIKE_VARIABLE)) || (constant && (wanted & KSS_LIKE_CONSTANT)) ||
            (at->kind == KSS_Y_TYPE && (wanted & KSS_LIKE_TYPE)))
            collect(&names, at->name);
    }
    for (const struct kss_symbol *at = b->newest_define; at != NULL; at = at->older)
        if (wanted & KSS_LIKE_CONSTANT)
            collect(&names, at->name);
    for (uint32_t i = 0; i < b->code_count; i++)
        if (wanted & (b->infos[i].is_tree ? KSS_LIKE_TREE : KSS_LIKE_ROUTINE))
            collect(&names, b->infos[i].name);
    if (wanted & KSS_LIKE_THREAD)
        for (uint32_t i = 0; i < b->thread_count; i++)
            if (!b->threads[i].loader)
                collect(&names, b->threads[i].name);
    if (wanted & KSS_LIKE_DEVICE)
        for (uint32_t i = 0; i < b->device_count; i++)
            collect(&names, b->devices[i].name);
    if (wanted & KSS_LIKE_NT)
        for (unsigned i = 0; i < KSS_NT_COUNT; i++)
            collect(&names, kss_routines[i].name);
    for (unsigned i = 0; (wanted & KSS_LIKE_NT) && kss_builtin_name(i) != NULL; i++)
        collect(&names, kss_builtin_name(i));
    if (wanted & KSS_LIKE_CONSTANT)
        for (unsigned i = 0; i < kss_constant_count; i++)
            collect(&names, kss_constants[i].name);
    if (wanted & KSS_LIKE_TYPE)
        for (unsigned i = 0; i < kss_type_count; i++)
            collect(&names, kss_types[i].name);
    const char *closest = kss_like(name, names.items, names.count);
    free((void *)names.items);
    return closest;
}

bool kss_unknown_once(struct kss_build *b, const char *name) {
    struct kss_pointer_map *map = b->body != NULL ? &b->body->unknown : &b->unknown;
    if (kss_map_get(map, name) != NULL)
        return false;
    kss_map_put(map, name, (void *)(uintptr_t)1);
    return true;
}
