// SPDX-License-Identifier: MIT
// The call graph of what operands name: files, read as kss frames reads them, joined, the machine told by
// the code where --machine does not; or a scenario, whose compiled instructions are the graph.
#include "cli/frames.h"
#include "cli/stack.h"

#include "script/script.h"

static bool is_layer(const char *layer, const char *path) {
    const char *begin = path;
    for (const char *at = path; *at != '\0'; at++)
        if (*at == '/' || *at == '\\')
            begin = at + 1;
    size_t length = strlen(layer);
    return strncmp(begin, layer, length) == 0 && (begin[length] == '.' || begin[length] == '\0');
}

// Files of a layer, "fs.sys" or "fs.ci", are of the module "fs".
static const char *module_of(const struct kss_cli_graph *set, const char *path) {
    for (uint32_t i = 0; i < set->layer_count; i++)
        if (is_layer(set->layers[i], path))
            return set->layers[i];
    return kss_cli_value(set->cli, KSS_OPTION_MODULE);
}

static bool read_files(struct kss_cli_graph *set, struct kss_cli_frames *files,
                       const char *const *paths, unsigned count) {
    bool good = true;
    files->frames.want_calls = true;
    for (unsigned i = 0; i < count; i++) {
        files->frames.module = module_of(set, paths[i]);
        good &= kss_cli_frames_file(files, paths[i]);
    }
    return kss_cli_frames_said(files) && good;
}

static const struct kss_profile *machine_of(const struct kss_frames *frames) {
    const char *name = NULL;
    if (frames->machine != NULL)
        return frames->machine;
    for (uint32_t i = 0; i < frames->count && name == NULL; i++) {
        if (frames->rows[i].origin == KSS_FROM_UNWIND_X64)
            name = "x64";
        else if (frames->rows[i].origin == KSS_FROM_UNWIND_ARM64)
            name = "arm64";
    }
    return name == NULL ? NULL : kss_profile_find(name, strlen(name));
}

static bool layers_are_there(const struct kss_cli_graph *set) {
    for (uint32_t layer = 0; layer < set->layer_count; layer++) {
        bool found = false;
        for (uint32_t i = 0; i < set->graph.count && !found; i++)
            found = set->graph.nodes[i].layer == layer;
        if (!found) {
            kss_cli_complain("--device: none of the files is of `%s`", set->layers[layer]);
            return false;
        }
    }
    return true;
}

bool kss_cli_graph_files(struct kss_cli_graph *set, const char *const *paths, unsigned count) {
    struct kss_cli_frames files;
    if (!kss_cli_frames_open(set->cli, &files))
        return false;
    bool good = read_files(set, &files, paths, count);
    if (good) {
        kss_frames_join(&files.frames);
        set->graph.machine = machine_of(&files.frames);
        kss_graph_from_frames(&set->graph, &files.frames, set->layers, set->layer_count);
        good = layers_are_there(set);
    }
    kss_cli_frames_close(&files);
    return good;
}

bool kss_cli_graph_scenario(struct kss_cli_graph *set, const char *path) {
    struct kss_arena *arena = &set->cli->arena;
    struct kss_script_options options = {.machine = kss_cli_value(set->cli, KSS_OPTION_MACHINE),
                                         .swap = -1};
    char *bytes;
    size_t length;
    const char *name;
    if (!kss_cli_read(set->cli, path, &name, &bytes, &length))
        return false;
    uint32_t file = kss_source_add(&set->sources, name, bytes, length);
    const struct kss_program *program =
        kss_script_load(arena, &set->sources, file, &options, &set->diags);
    if (program == NULL)
        return false;
    kss_graph_from_program(&set->graph, &set->sources, program);
    return true;
}
