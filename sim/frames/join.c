// SPDX-License-Identifier: MIT
// One row of what several files say of one function.
//
// Rows are taken in groups of one symbol. Within a group rows are of one function when their modules and
// their units do not contradict each other:
//
//   .su    CopyTail   unit irp.c            \  one function: the object is irp.c's
//   .obj   CopyTail   unit irp.obj  local   /
//   .obj   CopyTail   unit fs.obj   local      another one
//   .sys   CopyTail   no unit                  either: it stays apart, since nobody can tell which
//
// What is called in one file and defined in another is then pointed at the definition, if there is just
// one that the caller can see.
#include "frames/frames.h"

#include "base/bisect.h"
#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

// ---- Order ------------------------------------------------------------------------------------------

// Of equal ones the row that was read first.
static int by_symbol(const void *left, const void *right) {
    const struct kss_frame_row *a = *(const struct kss_frame_row *const *)left;
    const struct kss_frame_row *b = *(const struct kss_frame_row *const *)right;
    int order = strcmp(a->symbol, b->symbol);
    if (order == 0)
        order = strcmp(a->module, b->module);
    return order ? order : a < b ? -1 : a > b;
}

static void order(struct kss_frames *frames) {
    struct kss_arena arena = {0};
    const struct kss_frame_row **sorted =
        KSS_NEW_ARRAY(&arena, const struct kss_frame_row *, frames->count + 1u);
    unsigned capacity = 0;
    for (uint32_t i = 0; i < frames->count; i++)
        sorted[i] = &frames->rows[i];
    qsort(sorted, frames->count, sizeof *sorted, by_symbol);
    free(frames->by_symbol);
    frames->by_symbol = kss_grow(NULL, &capacity, frames->count + 1u, sizeof *frames->by_symbol);
    for (uint32_t i = 0; i < frames->count; i++)
        frames->by_symbol[i] = (uint32_t)(sorted[i] - frames->rows);
    frames->by_symbol_count = frames->count;
    kss_arena_free(&arena);
}

// ---- Same function or not -----------------------------------------------------------------------------

// "irp" of "src/irp.c", "build/irp.c.o" and "lib.a(irp.obj)".
static size_t stem(const char *unit, const char **begin) {
    const char *from = unit;
    for (const char *at = unit; *at != '\0'; at++)
        if ((*at == '/' || *at == '\\' || *at == '(') && at[1] != '\0')
            from = at + 1;
    *begin = from;
    return strcspn(from, ".)");
}

static bool same_unit(const struct kss_frame_row *a, const struct kss_frame_row *b) {
    const char *first, *second;
    if (a->unit[0] == '\0' || b->unit[0] == '\0')
        return !a->local && !b->local;
    size_t length = stem(a->unit, &first);
    return stem(b->unit, &second) == length && memcmp(first, second, length) == 0;
}

static bool same_module(const struct kss_frame_row *a, const struct kss_frame_row *b) {
    return a->module[0] == '\0' || b->module[0] == '\0' || strcmp(a->module, b->module) == 0;
}

static bool same_function(const struct kss_frame_row *a, const struct kss_frame_row *b) {
    return a->file != b->file && same_module(a, b) && same_unit(a, b);
}

// ---- Two rows into one ----------------------------------------------------------------------------------

static bool is_exact(const struct kss_frame_row *row) {
    return row->kind == KSS_FRAME_EXACT;
}

static void take_figure(struct kss_frame_row *to, const struct kss_frame_row *from) {
    to->bytes = from->bytes;
    to->kind = from->kind;
    to->origin = from->origin;
    to->reason = from->reason;
}

static void contradict(struct kss_frames *frames, struct kss_frame_row *to,
                       const struct kss_frame_row *from) {
    const char *reason =
        kss_frames_format(frames, "%s says %llu bytes, %s %llu", kss_frame_origin_name(to->origin),
                          (unsigned long long)to->bytes, kss_frame_origin_name(from->origin),
                          (unsigned long long)from->bytes);
    if (from->bytes > to->bytes)
        take_figure(to, from);
    to->kind = KSS_FRAME_AT_LEAST;
    to->reason = reason;
}

static void join_figure(struct kss_frames *frames, struct kss_frame_row *to,
                        const struct kss_frame_row *from) {
    if (from->kind == KSS_FRAME_UNKNOWN || from->external)
        return;
    if (to->kind == KSS_FRAME_UNKNOWN)
        take_figure(to, from);
    else if (is_exact(to) && is_exact(from) && to->bytes != from->bytes)
        contradict(frames, to, from);
    else if (is_exact(from) && !is_exact(to)) {
        if (from->bytes >= to->bytes)
            take_figure(to, from);
        else
            contradict(frames, to, from);
    } else if (is_exact(to) && !is_exact(from) && from->bytes > to->bytes) {
        contradict(frames, to, from);
    } else if (!is_exact(to) && !is_exact(from) && from->bytes > to->bytes) {
        take_figure(to, from);
    }
}

static void join_rows(struct kss_frames *frames, uint32_t to_index, uint32_t from_index) {
    struct kss_frame_row *to = &frames->rows[to_index], *from = &frames->rows[from_index];
    join_figure(frames, to, from);
    if (to->module[0] == '\0')
        to->module = from->module;
    if (to->unit[0] == '\0')
        to->unit = from->unit;
    bool source =
        from->place != NULL && from->size == 0 && to->size > 0; // a line rather than an offset
    if (to->place == NULL || source)
        to->place = from->place != NULL ? from->place : to->place;
    if (to->size == 0) {
        to->size = from->size;
        to->address = from->address;
    }
    to->local |= from->local;
    to->address_taken |= from->address_taken;
    to->outside |= from->outside;
    to->entry |= from->entry;
    to->calls_known |= from->calls_known;
    from->merged = true;
}

// ---- Groups ---------------------------------------------------------------------------------------------

struct joining {
    struct kss_frames *frames;
    uint32_t *into; // per row: the row it went into, itself when it did not
    uint32_t
        *units; // per row: a number of its unit's stem, 0: it has none; tells most rows apart fast
};

static bool may_be_same(const struct joining *joining, uint32_t a, uint32_t b) {
    const uint32_t *units = joining->units;
    return (units[a] == units[b] || units[a] == 0 || units[b] == 0) &&
           same_function(&joining->frames->rows[a], &joining->frames->rows[b]);
}

static void number_units(struct joining *joining) {
    struct kss_intern stems = {.items = NULL};
    for (uint32_t i = 0; i < joining->frames->count; i++) {
        const char *begin;
        size_t length = stem(joining->frames->rows[i].unit, &begin);
        if (joining->frames->rows[i].unit[0] != '\0')
            joining->units[i] = kss_intern_add(&stems, begin, length) + 1;
    }
    kss_intern_free(&stems);
}

static void join_group(struct joining *joining, const uint32_t *items, uint32_t count) {
    struct kss_frame_row *rows = joining->frames->rows;
    for (uint32_t i = 0; i < count; i++) {
        struct kss_frame_row *row = &rows[items[i]];
        uint32_t found = UINT32_MAX, candidates = 0;
        for (uint32_t k = 0; k < i && !row->external && candidates < 2; k++) {
            if (rows[items[k]].merged || rows[items[k]].external ||
                !may_be_same(joining, items[k], items[i]))
                continue;
            found = items[k];
            candidates++;
        }
        if (candidates != 1)
            continue;
        join_rows(joining->frames, found, items[i]);
        joining->into[items[i]] = found;
    }
}

// The one definition of the group that this external row can mean, UINT32_MAX: none, or several.
static uint32_t definition(const struct kss_frames *frames, const uint32_t *items, uint32_t count,
                           const struct kss_frame_row *external) {
    uint32_t found = UINT32_MAX, exact = UINT32_MAX, candidates = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct kss_frame_row *row = &frames->rows[items[i]];
        if (row->external || row->merged || row->local || !same_module(row, external))
            continue;
        found = items[i];
        exact = strcmp(row->module, external->module) == 0 ? items[i] : exact;
        candidates++;
    }
    return candidates == 1 ? found : external->module[0] != '\0' ? exact : UINT32_MAX;
}

static void resolve_group(struct joining *joining, const uint32_t *items, uint32_t count) {
    struct kss_frames *frames = joining->frames;
    uint32_t first = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        struct kss_frame_row *row = &frames->rows[items[i]];
        if (!row->external || row->merged)
            continue;
        uint32_t to = definition(frames, items, count, row);
        if (to == UINT32_MAX) { // nobody defines it: one row for all who call it
            if (first == UINT32_MAX || strcmp(frames->rows[first].module, row->module) != 0) {
                first = items[i];
                continue;
            }
            to = first;
        }
        frames->rows[to].address_taken |= row->address_taken;
        row->merged = true;
        joining->into[items[i]] = to;
    }
}

// The modules of a group are neighbours; rows without one match all. A group is small but for names that
// half of the program has ("DllMain" of a thousand objects): those of one file never join, which
// bounds the pairs looked at by stopping at the second candidate.
static void each_group(struct joining *joining,
                       void (*act)(struct joining *, const uint32_t *, uint32_t)) {
    const struct kss_frames *frames = joining->frames;
    for (uint32_t begin = 0, end; begin < frames->count; begin = end) {
        const char *symbol = frames->rows[frames->by_symbol[begin]].symbol;
        for (end = begin + 1; end < frames->count; end++)
            if (strcmp(frames->rows[frames->by_symbol[end]].symbol, symbol) != 0)
                break;
        if (end - begin > 1)
            act(joining, &frames->by_symbol[begin], end - begin);
    }
}

// ---- Calls ----------------------------------------------------------------------------------------------

// Of a function whose calls two files tell, the file read first is believed: .ci places are lines, code
// places are offsets, and an annotation can name only one of them.
static void choose_calls(struct joining *joining) {
    struct kss_frames *frames = joining->frames;
    struct kss_arena arena = {0};
    uint32_t *teller = KSS_NEW_ARRAY(&arena, uint32_t, frames->count + 1u); // file + 1
    uint32_t kept = 0;
    for (uint32_t i = 0; i < frames->call_count; i++) {
        struct kss_call_row call = frames->calls[i];
        call.caller = joining->into[call.caller];
        if (call.callee != KSS_CALL_INDIRECT)
            call.callee = joining->into[call.callee];
        if (teller[call.caller] == 0)
            teller[call.caller] = call.file + 1;
        if (teller[call.caller] == call.file + 1)
            frames->calls[kept++] = call;
    }
    frames->call_count = kept;
    kss_arena_free(&arena);
}

void kss_frames_join(struct kss_frames *frames) {
    struct kss_arena arena = {0};
    struct joining joining = {frames, KSS_NEW_ARRAY(&arena, uint32_t, frames->count + 1u),
                              KSS_NEW_ARRAY(&arena, uint32_t, frames->count + 1u)};
    number_units(&joining);
    for (uint32_t i = 0; i < frames->count; i++)
        joining.into[i] = i;
    order(frames);
    each_group(&joining, join_group);
    each_group(&joining, resolve_group);
    choose_calls(&joining);
    order(frames); // modules may have been filled in
    kss_arena_free(&arena);
}

// ---- Looking up -----------------------------------------------------------------------------------------

static int compare(const char *name, const char *text, size_t length) {
    int order = strncmp(name, text, length);
    return order ? order : name[length] != '\0';
}

static uint32_t first_of(const struct kss_frames *frames, const char *text, size_t length) {
    uint32_t low;
    KSS_BISECT(low, frames->by_symbol_count,
               compare(frames->rows[frames->by_symbol[low]].symbol, text, length) < 0);
    return low;
}

// Rows of one name that a symbol may mean: the best, and another that is as good.
struct found {
    uint32_t first, second;
};

static void meet(const struct kss_frames *frames, struct found *found, uint32_t index) {
    bool external = frames->rows[index].external;
    if (found->first == UINT32_MAX || (frames->rows[found->first].external && !external))
        *found = (struct found){index, UINT32_MAX};
    else if (!external && found->second == UINT32_MAX)
        found->second = index;
}

uint32_t kss_frames_find_two(const struct kss_frames *frames, const char *symbol, size_t length,
                             uint32_t *second) {
    const char *mark = memchr(symbol, '!', length);
    size_t module = mark != NULL && mark > symbol ? (size_t)(mark - symbol) : 0;
    const char *name = module ? mark + 1 : symbol;
    size_t rest = module ? length - module - 1 : length;
    struct found found = {UINT32_MAX, UINT32_MAX}, bare = found;
    for (uint32_t i = first_of(frames, name, rest); i < frames->by_symbol_count; i++) {
        const struct kss_frame_row *row = &frames->rows[frames->by_symbol[i]];
        if (compare(row->symbol, name, rest) != 0)
            break;
        if (row->merged)
            continue;
        if (module == 0 || compare(row->module, symbol, module) == 0)
            meet(frames, &found, frames->by_symbol[i]);
        else if (row->module[0] == '\0') // objects do not know the module they become part of
            meet(frames, &bare, frames->by_symbol[i]);
    }
    if (found.first == UINT32_MAX)
        found = bare;
    if (second != NULL)
        *second = found.second;
    return found.first;
}

uint32_t kss_frames_find(const struct kss_frames *frames, const char *symbol, size_t length,
                         bool *ambiguous) {
    uint32_t second, first = kss_frames_find_two(frames, symbol, length, &second);
    if (ambiguous != NULL)
        *ambiguous = second != UINT32_MAX;
    return first;
}
