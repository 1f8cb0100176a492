// SPDX-License-Identifier: MIT
// kss frames: tables of frame sizes. Reading files for it is what kss stack and kss run --frames share.
#include "cli/frames.h"

#include "base/os.h"

#include <string.h>

// The file beside an image. What is shown of an absolute path is its last part; it lies in that folder.
static const char *beside(void *context, const char *path, char **bytes, size_t *length) {
    struct kss_cli_frames *set = context;
    struct kss_cli *cli = set->cli;
    const char *slash = strrchr(set->path, '/');
    if (set->path[0] == '/' && slash != NULL && path[0] != '/')
        path =
            kss_frames_format(&set->frames, "%.*s/%s", (int)(slash - set->path), set->path, path);
    if (kss_os_kind(path) != KSS_OS_FILE)
        return "no such file";
    return kss_os_read(&cli->arena, path, bytes, length);
}

bool kss_cli_frames_open(struct kss_cli *cli, struct kss_cli_frames *set) {
    const char *machine = kss_cli_value(cli, KSS_OPTION_MACHINE);
    *set = (struct kss_cli_frames){.cli = cli};
    set->sources.arena = &cli->arena;
    set->diags.arena = &cli->arena;
    set->frames.arena = &cli->arena;
    set->frames.diags = &set->diags;
    set->frames.sources = &set->sources;
    set->frames.beside = beside;
    set->frames.beside_context = set;
    set->frames.module = kss_cli_value(cli, KSS_OPTION_MODULE);
    return machine == NULL || kss_cli_machine(cli, &set->frames.machine);
}

bool kss_cli_frames_file(struct kss_cli_frames *set, const char *path) {
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&set->cli->arena, path, &bytes, &length);
    if (reason != NULL) {
        kss_cli_complain("%s: %s", path, reason);
        return false;
    }
    set->path = path;
    return kss_frames_read(&set->frames, kss_cli_shown(set->cli, path), bytes, length);
}

// Prints what was wrong; false when something was an error.
bool kss_cli_frames_said(struct kss_cli_frames *set) {
    kss_cli_diagnose(set->cli, &set->sources, &set->diags);
    return set->diags.errors == 0;
}

void kss_cli_frames_close(struct kss_cli_frames *set) {
    kss_frames_free(&set->frames);
    kss_diags_free(&set->diags);
    kss_sources_free(&set->sources);
}

// ---- kss run --frames ---------------------------------------------------------------------------

bool kss_cli_tables(struct kss_cli *cli, struct kss_cli_frames **tables,
                    const struct kss_frames **frames) {
    struct kss_cli_frames *set = NULL;
    bool good = true;
    for (unsigned i = 0; i < cli->given_count; i++) {
        if (cli->given[i].option != KSS_OPTION_FRAMES)
            continue;
        if (set == NULL) {
            set = KSS_NEW(&cli->arena, struct kss_cli_frames);
            *tables = set;
            *frames = &set->frames;
            if (!kss_cli_frames_open(cli, set))
                return false;
        }
        good &= kss_cli_frames_file(set, cli->given[i].value);
    }
    if (set == NULL)
        return true;
    good &= kss_cli_frames_said(set);
    kss_frames_join(&set->frames);
    return good;
}

void kss_cli_tables_close(struct kss_cli_frames *tables) {
    if (tables != NULL)
        kss_cli_frames_close(tables);
}

// ---- The verb -----------------------------------------------------------------------------------

static enum kss_frames_format format_of(const struct kss_cli *cli) {
    const char *name = kss_cli_value(cli, KSS_OPTION_FRAMES_FORMAT);
    if (name != NULL && strcmp(name, "jsonl") == 0)
        return KSS_FRAMES_JSONL;
    return name != NULL && strcmp(name, "tsv") == 0 ? KSS_FRAMES_TSV : KSS_FRAMES_TEXT;
}

int kss_cli_frames(struct kss_cli *cli) {
    struct kss_cli_frames set;
    struct kss_text text = {0};
    if (cli->operand_count == 0)
        return kss_cli_complain("frames needs a FILE: .su, .ci, an object, an image or an archive");
    if (!kss_cli_frames_open(cli, &set))
        return KSS_BAD_INPUT;
    bool good = true;
    for (unsigned i = 0; i < cli->operand_count; i++)
        good &= kss_cli_frames_file(&set, cli->operands[i]);
    good &= kss_cli_frames_said(&set);
    if (cli->operand_count > 1)
        kss_frames_join(&set.frames);
    if (good || set.frames.count > 0) {
        kss_frames_write(&set.frames, format_of(cli), &text);
        good &= kss_cli_put(cli, &text);
    }
    kss_text_free(&text);
    kss_cli_frames_close(&set);
    return good ? KSS_OK : KSS_BAD_INPUT;
}
