// SPDX-License-Identifier: MIT
// kss stack: the worst-case depth of a call graph.
#include "cli/stack.h"

#include <stdlib.h>
#include <string.h>

// ---- Options ------------------------------------------------------------------------------------------

static bool read_limit(struct kss_cli_graph *set) {
    const char *value = kss_cli_value(set->cli, KSS_OPTION_LIMIT);
    if (value == NULL)
        return true;
    set->options.has_limit = true;
    if (kss_size_of(value, strlen(value), &set->options.limit))
        return true;
    kss_cli_complain("--limit: `%s` is no number of bytes: 12288, 0x3000, 12K", value);
    return false;
}

static const char *layer_name(struct kss_cli *cli, const char *begin, const char *end) {
    while (begin < end && *begin == ' ')
        begin++;
    while (end > begin && end[-1] == ' ')
        end--;
    const char *dot = begin < end ? memchr(begin + 1, '.', (size_t)(end - begin) - 1) : NULL;
    return kss_alloc_text(&cli->arena, begin, (size_t)((dot != NULL ? dot : end) - begin));
}

static bool good_layer(const char *const *layers, uint32_t count) {
    if (layers[count][0] == '\0') {
        kss_cli_complain("--device: a layer without a name; layers are 'filter.sys / fs.sys'");
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(layers[i], layers[count]) == 0) {
            kss_cli_complain("--device: `%s` is there twice", layers[i]);
            return false;
        }
    return true;
}

static bool read_layers(struct kss_cli_graph *set) {
    const char *value = kss_cli_value(set->cli, KSS_OPTION_DEVICE);
    if (value == NULL)
        return true;
    const char **layers = KSS_NEW_ARRAY(&set->cli->arena, const char *, strlen(value) / 2 + 2);
    for (const char *at = value;; at++) {
        const char *end = at + strcspn(at, "/");
        layers[set->layer_count] = layer_name(set->cli, at, end);
        if (!good_layer(layers, set->layer_count))
            return false;
        set->layer_count++;
        at = end;
        if (*end == '\0')
            break;
    }
    set->layers = layers;
    set->graph.layers = value;
    return true;
}

bool kss_cli_graph_open(struct kss_cli *cli, struct kss_cli_graph *set) {
    *set = (struct kss_cli_graph){.cli = cli};
    set->sources.arena = set->diags.arena = set->graph.arena = &cli->arena;
    return read_limit(set) && read_layers(set);
}

void kss_cli_graph_close(struct kss_cli_graph *set) {
    kss_graph_free(&set->graph);
    kss_remarks_free(&set->remarks);
    kss_diags_free(&set->diags);
    kss_sources_free(&set->sources);
}

bool kss_cli_graph_said(struct kss_cli_graph *set) {
    bool good = set->diags.errors == 0;
    kss_cli_diagnose(set->cli, &set->sources, &set->diags);
    kss_diags_free(&set->diags); // they are said once
    set->diags = (struct kss_diags){.arena = &set->cli->arena};
    return good;
}

// ---- Roots --------------------------------------------------------------------------------------------

static bool read_annotations(struct kss_cli_graph *set) {
    struct kss_cli *cli = set->cli;
    for (unsigned i = 0; i < cli->given_count; i++) {
        char *bytes;
        size_t length;
        if (cli->given[i].option != KSS_OPTION_ANNOTATE)
            continue;
        const char *name;
        if (!kss_cli_read(cli, cli->given[i].value, &name, &bytes, &length))
            return false;
        uint32_t file = kss_source_add(&set->sources, name, bytes, length);
        kss_remarks_read(&set->remarks, &cli->arena, &set->sources, file, &set->diags);
    }
    if (set->diags.errors == 0)
        kss_graph_annotate(&set->graph, &set->remarks, &set->diags);
    return set->diags.errors == 0;
}

static bool no_root(const struct kss_cli_graph *set, const char *name, bool several) {
    const char *closest = several ? NULL : kss_graph_closest(&set->graph, name);
    if (several)
        kss_cli_complain("--roots: `%s` is the name of several functions; mydrv!F or irp.c:F says "
                         "which",
                         name);
    else if (closest != NULL)
        kss_cli_complain("--roots: no function is called `%s`; did you mean `%s`?", name, closest);
    else
        kss_cli_complain("--roots: no function is called `%s`", name);
    return false;
}

// A root that annotations name keeps its kind.
static void add_root(struct kss_graph *graph, uint32_t node, const struct kss_root *known,
                     uint32_t known_count) {
    bool found = false;
    for (uint32_t i = 0; i < known_count; i++)
        if (known[i].node == node) {
            kss_graph_root(graph, &known[i]);
            found = true;
        }
    if (!found)
        kss_graph_root(graph, &(struct kss_root){.node = node, .kind = KSS_ROOT_THREAD});
}

// Names with commas in them (C++) do not matter: what has a function of the whole text is taken whole.
static bool name_roots(struct kss_cli_graph *set, const char *list, const struct kss_root *known,
                       uint32_t known_count) {
    uint32_t whole = kss_graph_find(&set->graph, list, NULL);
    if (whole != KSS_NO_NODE) {
        add_root(&set->graph, whole, known, known_count);
        return true;
    }
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        const char *name = kss_alloc_text(&set->cli->arena, at, length);
        bool several;
        uint32_t node = kss_graph_find(&set->graph, name, &several);
        if (node == KSS_NO_NODE)
            return no_root(set, name, several);
        add_root(&set->graph, node, known, known_count);
        at += length;
        if (*at == '\0')
            return true;
    }
}

static bool take_roots(struct kss_cli_graph *set) {
    struct kss_cli *cli = set->cli;
    struct kss_graph *graph = &set->graph;
    uint32_t known_count = graph->root_count;
    struct kss_root *known = KSS_NEW_ARRAY(&cli->arena, struct kss_root, (size_t)known_count + 1);
    if (known_count > 0)
        memcpy(known, graph->roots, known_count * sizeof *known);
    graph->root_count = 0;
    for (unsigned i = 0; i < cli->given_count; i++)
        if (cli->given[i].option == KSS_OPTION_ROOTS &&
            !name_roots(set, cli->given[i].value, known, known_count))
            return false;
    return true;
}

bool kss_cli_graph_roots(struct kss_cli_graph *set) {
    if (!read_annotations(set))
        return false;
    if (set->layer_count > 0)
        kss_graph_stack_layers(&set->graph, set->layer_count);
    if (kss_cli_value(set->cli, KSS_OPTION_ROOTS) != NULL)
        return take_roots(set);
    if (set->graph.root_count == 0)
        kss_graph_choose_roots(&set->graph);
    return true;
}

// ---- The verb -----------------------------------------------------------------------------------------

static void write(const struct kss_cli *cli, const struct kss_judgement *judgement,
                  struct kss_text *out) {
    const char *format = kss_cli_value(cli, KSS_OPTION_STACK_FORMAT);
    if (format != NULL && strcmp(format, "jsonl") == 0)
        kss_depth_jsonl(judgement, out);
    else if (format != NULL && strcmp(format, "folded") == 0)
        kss_depth_folded(judgement, out);
    else if (format != NULL && strcmp(format, "dot") == 0)
        kss_depth_dot(judgement, out);
    else
        kss_depth_text(judgement, kss_cli_colours(cli, stdout), out);
}

static int answer(struct kss_cli_graph *set) {
    static const int statuses[] = {
        [KSS_DEPTH_FITS] = KSS_OK,
        [KSS_DEPTH_OVER] = KSS_FAILED,
        [KSS_DEPTH_CANNOT_TELL] = KSS_CANNOT_TELL,
    };
    struct kss_text text = {0};
    struct kss_judgement judgement = kss_depth_judge(&set->graph, &set->cli->arena, &set->options);
    kss_remarks_unused(&judgement.solution, &set->remarks, &set->diags);
    kss_cli_graph_said(set);
    write(set->cli, &judgement, &text);
    int status = kss_cli_put(set->cli, &text) ? statuses[judgement.verdict] : KSS_BAD_INPUT;
    kss_text_free(&text);
    kss_judgement_free(&judgement);
    return status;
}

static bool is_scenario(const char *path) {
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".kss") == 0;
}

static bool read(struct kss_cli_graph *set) {
    struct kss_cli *cli = set->cli;
    bool scenario = false;
    for (unsigned i = 0; i < cli->operand_count; i++)
        scenario |= is_scenario(cli->operands[i]);
    if (!scenario)
        return kss_cli_graph_files(set, cli->operands, cli->operand_count);
    if (cli->operand_count > 1 || set->layer_count > 0) {
        kss_cli_complain(set->layer_count > 0 ? "--device: a scenario has its devices in itself"
                                              : "stack takes one scenario, and nothing beside it");
        return false;
    }
    return kss_cli_graph_scenario(set, cli->operands[0]);
}

int kss_cli_stack(struct kss_cli *cli) {
    struct kss_cli_graph set;
    if (cli->operand_count == 0)
        return kss_cli_complain("stack needs a FILE: what kss frames reads, or a scenario");
    if (!kss_cli_graph_open(cli, &set))
        return KSS_BAD_INPUT;
    bool good = read(&set) && kss_cli_graph_roots(&set);
    good &= kss_cli_graph_said(&set);
    int status = good ? answer(&set) : KSS_BAD_INPUT;
    kss_cli_graph_close(&set);
    return status;
}
