// SPDX-License-Identifier: MIT
// Which files operands name, and their bytes.
//
// Names in reports are as the user gave them, but never absolute: an absolute file is shown by its
// last component, an absolute directory's files below its own last component.
#include "cli/cli.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 }; // directories within directories

struct folder { // the way down to the one being read; a link back up is not followed again
    const struct folder *above;
    const char *real;
};

struct list {
    struct kss_cli *cli;
    struct kss_input *items; // malloc'd
    unsigned count, capacity;
};

static const char *last_component(const char *path) {
    const char *last = path;
    for (const char *at = path; *at != '\0'; at++)
        if (at[0] == '/' && at[1] != '\0' && at[1] != '/')
            last = at + 1;
    return last;
}

const char *kss_cli_shown(struct kss_cli *cli, const char *path) {
    if (strcmp(path, "-") == 0)
        return "stdin";
    if (strcmp(path, ".") == 0 || strcmp(path, "./") == 0)
        return "";
    if (path[0] != '/')
        return path;
    const char *last = last_component(path);
    size_t length = strlen(last);
    while (length > 1 && last[length - 1] == '/')
        length--;
    return kss_alloc_text(&cli->arena, last, length);
}

static char *join(struct kss_cli *cli, const char *folder, const char *name) {
    struct kss_text text = {0};
    kss_text_str(&text, folder);
    if (text.length > 0 && text.bytes[text.length - 1] != '/')
        kss_text_char(&text, '/');
    kss_text_str(&text, name);
    char *path = kss_alloc_text(&cli->arena, text.bytes, text.length);
    kss_text_free(&text);
    return path;
}

static void add(struct list *list, const char *path, const char *name) {
    KSS_ROOM(list->items, list->count, list->capacity);
    list->items[list->count++] =
        (struct kss_input){.path = path, .name = kss_utf8_string(&list->cli->arena, name)};
}

static bool is_scenario(const char *name) {
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".kss") == 0 && name[0] != '.';
}

static bool is_above(const struct folder *folder, const char *real) {
    for (; folder != NULL; folder = folder->above)
        if (strcmp(folder->real, real) == 0)
            return true;
    return false;
}

static bool add_folder(struct list *list, const char *path, const char *name,
                       const struct folder *above, unsigned depth) {
    struct folder here = {above, kss_os_resolve(&list->cli->arena, path)};
    if (is_above(above, here.real))
        return true;
    char **names;
    size_t count;
    const char *reason = depth < DEEPEST ? kss_os_list(&list->cli->arena, path, &names, &count)
                                         : "directories lie too deep";
    if (reason != NULL) {
        kss_cli_complain("%s: %s", name, reason);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const char *below = join(list->cli, path, names[i]);
        const char *label = join(list->cli, name, names[i]);
        enum kss_os_kind kind = kss_os_kind(below);
        if (kind == KSS_OS_FILE && is_scenario(names[i]))
            add(list, below, label);
        else if (kind == KSS_OS_DIRECTORY && names[i][0] != '.' &&
                 !add_folder(list, below, label, &here, depth + 1))
            return false;
    }
    return true;
}

// The file of the same folder that was probably meant.
static bool missing(struct kss_cli *cli, const char *path) {
    const char *last = last_component(path);
    size_t length = (size_t)(last - path);
    const char *folder = length > 0 ? kss_alloc_text(&cli->arena, path, length) : ".";
    char **names;
    size_t count = 0;
    const char *closest = NULL;
    if (kss_os_kind(folder) == KSS_OS_DIRECTORY &&
        kss_os_list(&cli->arena, folder, &names, &count) == NULL)
        closest = kss_closest(last, strlen(last), (const char *const *)names, count);
    if (closest != NULL)
        kss_cli_complain("%s: no such file; did you mean `%.*s%s`?", path, (int)length, path,
                         closest);
    else
        kss_cli_complain("%s: no such file or directory", path);
    return false;
}

static bool add_operand(struct list *list, const char *path) {
    if (strcmp(path, "-") == 0) {
        add(list, path, kss_cli_shown(list->cli, path));
        return true;
    }
    switch (kss_os_kind(path)) {
    case KSS_OS_MISSING: return missing(list->cli, path);
    case KSS_OS_FILE: add(list, path, kss_cli_shown(list->cli, path)); return true;
    case KSS_OS_DIRECTORY: break;
    }
    unsigned before = list->count;
    if (!add_folder(list, path, kss_cli_shown(list->cli, path), NULL, 0))
        return false;
    if (list->count == before) {
        kss_cli_complain("%s: no *.kss files in this directory", path);
        return false;
    }
    return true;
}

bool kss_cli_inputs(struct kss_cli *cli, struct kss_input **inputs, unsigned *count) {
    struct list list = {.cli = cli};
    bool good = true;
    for (unsigned i = 0; i < cli->operand_count && good; i++)
        good = add_operand(&list, cli->operands[i]);
    *inputs = KSS_NEW_ARRAY(&cli->arena, struct kss_input, list.count + 1u);
    if (list.count > 0)
        memcpy(*inputs, list.items, list.count * sizeof **inputs);
    *count = list.count;
    free(list.items);
    return good;
}
