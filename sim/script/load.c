// SPDX-License-Identifier: MIT
// A source file becomes a program: parse, choose the machine, make names, compile bodies, keep.
#include "script/compile.h"

#include <stdlib.h>
#include <string.h>

// The file's name without folders and extension: the module of what names none.
static const char *stem(struct kss_build *b, const char *name) {
    const char *slash = strrchr(name, '/');
    const char *base = slash != NULL ? slash + 1 : name;
    size_t length = strcspn(base, ".");
    if (length == 0)
        return "scenario";
    return kss_unique_bytes(b, base, length);
}

// The text of a comment that opens the file: what the scenario teaches.
static const char *teaching(struct kss_build *b) {
    const struct kss_source *source = &b->sources->files[b->file];
    bool marked = source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0;
    uint32_t at = marked ? 3 : 0;
    while (at < source->length && strchr(" \t\r\n", source->bytes[at]) != NULL)
        at++;
    if (at + 2 > source->length || source->bytes[at] != '/' || source->bytes[at + 1] != '/')
        return NULL;
    for (at += 2; at < source->length && (source->bytes[at] == ' ' || source->bytes[at] == '/');)
        at++;
    uint32_t end = at;
    while (end < source->length && source->bytes[end] != '\n' && source->bytes[end] != '\r')
        end++;
    if (end - at >= 4 && memcmp(source->bytes + at, "SPDX", 4) == 0)
        return NULL;
    return kss_alloc_text(b->arena, source->bytes + at, end - at);
}

static void compile_items(struct kss_build *b) {
    for (uint32_t i = 0; i < b->item_count; i++) {
        struct kss_node *item = b->items[i].node;
        b->module = b->items[i].module;
        if (item->kind == KSS_N_ROUTINE && item->d != NULL &&
            b->infos[item->number2].definition == item)
            kss_compile_routine(b, item->number2);
        else if (item->kind == KSS_N_THREAD && item->number2 < b->thread_count &&
                 b->thread_nodes[item->number2] == item)
            kss_compile_thread(b, item->number2);
    }
    kss_compile_loader(b);
    for (uint32_t i = 0; i < b->item_count; i++) { // they may name call trees inside bodies
        struct kss_node *item = b->items[i].node;
        b->module = b->items[i].module;
        if (item->kind == KSS_N_EXPECT)
            kss_check_expect(b, item);
        else if (item->kind == KSS_N_AT)
            kss_check_at(b, item);
    }
}

// ---- Keeping ------------------------------------------------------------------------------------
static void *keep(struct kss_build *b, const void *items, size_t count, size_t size) {
    void *copy = kss_alloc(b->arena, (count + 1) * size);
    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}
#define KEEP(b, items, count) keep((b), (items), (count), sizeof *(items))

static const struct kss_compiled *keep_code(struct kss_build *b) {
    struct kss_compiled *code = KSS_NEW(b->arena, struct kss_compiled);
    *code = (struct kss_compiled){
        .code = KEEP(b, b->code, b->instruction_count),
        .places = KEEP(b, b->code_places, b->instruction_count),
        .count = b->instruction_count,
        .entries = KEEP(b, b->entries, b->code_count),
        .funclets = KEEP(b, b->funclets, b->code_count),
        .switches = KEEP(b, b->switches, b->switch_count),
        .promises = KEEP(b, b->promises, b->promise_count),
        .texts = KEEP(b, b->texts, b->text_count),
        .initials = KEEP(b, b->initials, b->initial_count),
        .initial_count = b->initial_count,
        .ats = KEEP(b, b->ats, b->at_count),
        .at_count = b->at_count,
    };
    return code;
}

static const struct kss_program *keep_program(struct kss_build *b) {
    struct kss_program *program = KSS_NEW(b->arena, struct kss_program);
    *program = (struct kss_program){
        .name = b->sources->files[b->file].name,
        .teaching = teaching(b),
        .file = b->file,
        .config = b->config,
        .machine_given = b->machine_given,
        .image = {.code = KEEP(b, b->codes, b->code_count),
                  .code_count = b->code_count,
                  .globals = KEEP(b, b->globals, b->global_count),
                  .global_count = b->global_count,
                  .path = kss_type_path},
        .threads = KEEP(b, b->threads, b->thread_count),
        .thread_count = b->thread_count,
        .drivers = KEEP(b, b->drivers, b->driver_count),
        .driver_count = b->driver_count,
        .devices = KEEP(b, b->devices, b->device_count),
        .device_count = b->device_count,
        .device_table = b->device_table,
        .expectations = KEEP(b, b->expectations, b->expectation_count),
        .expectation_count = b->expectation_count,
        .code = keep_code(b),
    };
    program->places = KEEP(b, b->places, b->place_count);
    program->place_count = b->place_count;
    return program;
}

static void release(struct kss_build *b) {
    kss_map_free(&b->names);
    kss_map_free(&b->tags);
    kss_map_free(&b->defines);
    kss_map_free(&b->interned);
    kss_map_free(&b->unknown);
    kss_map_free(&b->routines);
    kss_map_free(&b->trees);
    kss_map_free(&b->strings);
    kss_map_free(&b->frame_names);
    kss_map_free(&b->thread_names);
    free(b->codes);
    free(b->infos);
    free(b->entries);
    free((void *)b->funclets);
    free(b->routine_chain);
    free(b->globals);
    free(b->pending);
    free(b->initials);
    free(b->threads);
    free(b->thread_nodes);
    free(b->drivers);
    free(b->driver_nodes);
    free(b->devices);
    free(b->device_nodes);
    free(b->frames);
    free(b->paged);
    free(b->items);
    free(b->expectations);
    free(b->places);
    free(b->place_hash);
    free(b->code);
    free(b->code_places);
    free(b->switches);
    free(b->promises);
    free((void *)b->texts);
    free(b->ats);
}

const struct kss_program *kss_script_load(struct kss_arena *arena, struct kss_sources *sources,
                                          uint32_t file, const struct kss_script_options *options,
                                          struct kss_diags *diags) {
    uint32_t errors = diags->errors;
    struct kss_tree tree = kss_parse(arena, sources, file, diags);
    if (!tree.ok || tree.root == NULL || diags->errors != errors)
        return NULL;
    struct kss_build b = {
        .arena = arena, .sources = sources, .diags = diags, .file = file, .options = options};
    b.machine = kss_choose_machine(&b, tree.root->a);
    kss_types_init(&b);
    b.module = b.stem = stem(&b, sources->files[file].name);
    if (b.machine == NULL)
        kss_check_machine(&b, NULL);
    kss_declare_items(&b, tree.root->a);
    kss_apply_pragmas(&b);
    kss_check_devices(&b);
    kss_init_globals(&b);
    compile_items(&b);
    kss_check_frames_used(&b);
    const struct kss_program *program = diags->errors == errors ? keep_program(&b) : NULL;
    release(&b);
    return program;
}
