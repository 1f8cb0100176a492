// SPDX-License-Identifier: MIT
// kss scan: what in driver sources cannot work when they are compiled for the host, and which routines
// #pragma alloc_text makes pageable. kss_add_driver runs it on every source before compiling.
#include "cli/cli.h"
#include "cli/scan.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

struct pageable { // a routine that #pragma alloc_text names
    struct kss_span span;
    const char *section, *name;
};

struct scan {
    struct kss_cli *cli;
    struct kss_sources sources;
    struct kss_diags diags;
    struct pageable *pageable; // malloc'd
    unsigned pageable_count, pageable_capacity;
};

// ---- Includes -----------------------------------------------------------------------------------

struct framework {
    const char *header, *name, *why;
};

static const struct framework frameworks[] = {
    {"wdf.h", "KMDF", "a driver's framework objects and its dispatching are inside Wdf01000.sys"},
    {"ndis.h", "NDIS", "miniports and protocols are called by ndis.sys"},
    {"ntddndis.h", "NDIS", "miniports and protocols are called by ndis.sys"},
    {"fltkernel.h", "the filter manager", "minifilters are called by fltmgr.sys"},
    {"storport.h", "Storport", "miniports are called by storport.sys"},
    {"scsi.h", "SCSI port", "miniports are called by the port driver"},
    {"miniport.h", "a port driver", "miniports are called by it"},
    {"ks.h", "kernel streaming", "minidrivers are called by ks.sys"},
    {"portcls.h", "PortCls", "miniports are called by portcls.sys"},
    {"dispmprt.h", "the display port", "miniports are called by dxgkrnl.sys"},
    {"netadaptercx.h", "NetAdapterCx", "it extends KMDF"},
    {"fwpsk.h", "WFP", "callouts are called by netio.sys"},
};

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool same_name(const char *name, size_t length, const char *header) {
    size_t i = 0;
    while (i < length && header[i] != '\0' && lower(name[i]) == header[i])
        i++;
    return i == length && header[i] == '\0';
}

static void judge_include(struct scan *scan, struct kss_span span, const char *name,
                          size_t length) {
    for (size_t i = 0; i < sizeof frameworks / sizeof *frameworks; i++) {
        const struct framework *row = &frameworks[i];
        if (!same_name(name, length, row->header))
            continue;
        struct kss_diag *diag = kss_diag_add(&scan->diags, KSS_ERROR, NULL, span,
                                             "kss models WDM; %s is not modelled", row->name);
        kss_diag_note(&scan->diags, diag, "note", "%s", row->why);
        kss_diag_note(&scan->diags, diag, "help",
                      "put what is to be tested into a file of its own that includes ntddk.h");
        return;
    }
}

// ---- Preprocessor lines ---------------------------------------------------------------------------

struct line { // the rest of one
    const char *bytes;
    uint32_t at, end, file;
};

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$';
}

// Skips blanks, joined lines and comments.
static void skip(struct line *line) {
    while (line->at < line->end) {
        char c = line->bytes[line->at];
        bool comment = c == '/' && line->at + 1 < line->end && line->bytes[line->at + 1] == '*';
        if (comment) {
            line->at += 2;
            while (line->at + 1 < line->end &&
                   !(line->bytes[line->at] == '*' && line->bytes[line->at + 1] == '/'))
                line->at++;
            line->at = line->at + 2 < line->end ? line->at + 2 : line->end;
        } else if (strchr(" \t\r\n\\\"", c) != NULL) {
            line->at++;
        } else {
            return;
        }
    }
}

static struct kss_span name(struct line *line) {
    skip(line);
    uint32_t begin = line->at;
    while (line->at < line->end && is_name(line->bytes[line->at]))
        line->at++;
    return (struct kss_span){line->file, begin, line->at};
}

static bool take_mark(struct line *line, char mark) {
    skip(line);
    bool found = line->at < line->end && line->bytes[line->at] == mark;
    line->at += found;
    return found;
}

static bool span_is(const struct line *line, struct kss_span span, const char *word) {
    size_t length = span.end - span.begin;
    return length == strlen(word) && memcmp(line->bytes + span.begin, word, length) == 0;
}

static const char *copy(struct scan *scan, const struct line *line, struct kss_span span) {
    return kss_alloc_text(&scan->cli->arena, line->bytes + span.begin, span.end - span.begin);
}

static void read_include(struct scan *scan, struct line *line) {
    while (line->at < line->end && strchr(" \t", line->bytes[line->at]) != NULL)
        line->at++;
    uint32_t open = line->at++;
    while (line->at < line->end && strchr(">\"\r\n", line->bytes[line->at]) == NULL)
        line->at++;
    if (line->at >= line->end || strchr("<\"", line->bytes[open]) == NULL)
        return;
    uint32_t begin = line->at; // of the last component
    while (begin > open + 1 && strchr("/\\", line->bytes[begin - 1]) == NULL)
        begin--;
    judge_include(scan, (struct kss_span){line->file, open, line->at + 1}, line->bytes + begin,
                  line->at - begin);
}

// alloc_text(PAGE, Routine, ...) or alloc_text("PAGE", Routine); not INIT, which is discarded after
// DriverEntry and not paged.
static void read_pragma(struct scan *scan, struct line *line) {
    if (!span_is(line, name(line), "alloc_text") || !take_mark(line, '('))
        return;
    const char *section = copy(scan, line, name(line));
    while (take_mark(line, ',')) {
        struct kss_span routine = name(line);
        if (routine.begin == routine.end)
            return;
        KSS_ROOM(scan->pageable, scan->pageable_count, scan->pageable_capacity);
        scan->pageable[scan->pageable_count++] =
            (struct pageable){routine, section, copy(scan, line, routine)};
    }
}

static void read_lines(struct scan *scan, const struct kss_scan *file) {
    for (uint32_t i = 0; i < file->count; i++) {
        const struct kss_scan_token *token = &file->tokens[i];
        struct line line = {file->bytes, token->begin + 1, token->end, file->file};
        if (token->kind != KSS_SCAN_LINE || token->out)
            continue;
        struct kss_span word = name(&line);
        if (span_is(&line, word, "include"))
            read_include(scan, &line);
        else if (span_is(&line, word, "pragma"))
            read_pragma(scan, &line);
    }
}

// ---- Output -------------------------------------------------------------------------------------

static bool pages(const struct pageable *pageable) {
    return strncmp(pageable->section, "PAGE", 4) == 0;
}

static void list_pageable(struct scan *scan) {
    struct kss_text text = {0};
    for (unsigned i = 0; i < scan->pageable_count; i++) {
        const struct pageable *at = &scan->pageable[i];
        uint32_t line, column;
        kss_source_place(&scan->sources, at->span.file, at->span.begin, &line, &column);
        kss_text_format(&text, "%s:%u:%u: %s is in section %s%s\n",
                        scan->sources.files[at->span.file].name, (unsigned)line, (unsigned)column,
                        at->name, at->section, pages(at) ? ": pageable" : "");
    }
    kss_cli_print(&text);
    kss_text_free(&text);
}

static int write_pageable(struct scan *scan, const char *path) {
    struct kss_text text = {0};
    kss_text_str(&text,
                 "// Routines that #pragma alloc_text makes pageable; written by kss scan.\n");
    for (unsigned i = 0; i < scan->pageable_count; i++)
        if (pages(&scan->pageable[i]))
            kss_text_format(&text, "\"%s\",\n", scan->pageable[i].name);
    const char *reason = kss_os_write(path, text.bytes, text.length);
    kss_text_free(&text);
    return reason == NULL ? KSS_OK : kss_cli_complain("%s: %s", path, reason);
}

static int scan_one(struct scan *scan, const struct kss_input *input) {
    struct kss_scan file = {.arena = &scan->cli->arena, .diags = &scan->diags};
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&scan->cli->arena, input->path, &bytes, &length);
    if (reason != NULL)
        return kss_cli_complain("%s: %s", input->name, reason);
    file.bytes = bytes;
    file.length = (uint32_t)length;
    file.file = kss_source_add(&scan->sources, input->name, bytes, length);
    kss_scan_read(&file);
    read_lines(scan, &file);
    kss_scan_check(&file);
    free(file.tokens);
    return KSS_OK;
}

static int scan_all(struct scan *scan) {
    struct kss_input *inputs;
    unsigned count;
    for (unsigned i = 0; i < scan->cli->operand_count; i++)
        if (kss_os_kind(scan->cli->operands[i]) == KSS_OS_DIRECTORY)
            return kss_cli_complain("%s: is a directory; scan takes C files",
                                    scan->cli->operands[i]);
    if (!kss_cli_inputs(scan->cli, &inputs, &count))
        return KSS_BAD_INPUT;
    for (unsigned i = 0; i < count; i++)
        if (scan_one(scan, &inputs[i]) != KSS_OK)
            return KSS_BAD_INPUT;
    kss_cli_diagnose(scan->cli, &scan->sources, &scan->diags);
    if (scan->diags.errors > 0)
        return KSS_BAD_INPUT;
    const char *path = kss_cli_value(scan->cli, KSS_OPTION_OUTPUT);
    if (path != NULL)
        return write_pageable(scan, path);
    list_pageable(scan);
    return KSS_OK;
}

int kss_cli_scan(struct kss_cli *cli) {
    if (cli->operand_count == 0)
        return kss_cli_complain("scan needs a FILE");
    struct scan scan = {.cli = cli, .sources = {.arena = &cli->arena}};
    scan.diags.arena = &cli->arena;
    int status = scan_all(&scan);
    free(scan.pageable);
    kss_diags_free(&scan.diags);
    kss_sources_free(&scan.sources);
    return status;
}
