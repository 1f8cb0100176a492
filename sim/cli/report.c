// SPDX-License-Identifier: MIT
// kss report: any report, drawn from events that were saved. Several files make one document, so that what ran on
// several machines is joined. Nothing is written before everything has been read: a file that is broken somewhere
// gives no half of a report.
#include "cli/outputs.h"

#include "base/diag.h"
#include "base/os.h"
#include "report/parsed.h"
#include "report/saved.h"

#include <string.h>

struct redraw {
    struct kss_cli *cli;
    struct kss_outputs outputs;
    struct kss_text_options text;
    struct kss_text said; // about the runs, for standard error
    uint64_t only;        // number of the one run that is drawn, 0: all are
    uint64_t runs;        // begun so far
    unsigned drawn;
    int status;
};

static bool wanted(const struct redraw *redraw) {
    return redraw->only == 0 || redraw->only == redraw->runs;
}

// ---- Runs ---------------------------------------------------------------------------------------

static void on_begin(void *context, const struct kss_sheet_entry *entry) {
    struct redraw *redraw = context;
    redraw->runs++;
    if (wanted(redraw))
        kss_outputs_stream(&redraw->outputs, entry);
}

static void on_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    struct redraw *redraw = context;
    if (wanted(redraw))
        kss_outputs_event(&redraw->outputs, log, event);
}

// As `kss run` says it while it reads the scenario.
static void say_loading(struct redraw *redraw, const struct kss_sheet_entry *entry) {
    bool colour = kss_cli_colours(redraw->cli, stderr);
    if (entry->failure != NULL)
        kss_text_format(&redraw->said, "kss: %s: %s\n", entry->name, entry->failure);
    for (uint32_t i = 0; i < entry->diags->count; i++)
        kss_diag_print(&redraw->said, entry->sources, &entry->diags->items[i], colour);
}

static bool add(struct redraw *redraw, const struct kss_sheet_entry *entry) {
    redraw->runs += entry->log == NULL; // the others were counted when they began
    if (!wanted(redraw))
        return true;
    if (!kss_outputs_fit(&redraw->outputs, redraw->drawn + 1)) {
        kss_cli_complain("--run N draws the Nth only");
        return false;
    }
    redraw->drawn++;
    redraw->status = kss_worse_status(redraw->status, entry->status);
    say_loading(redraw, entry);
    kss_outputs_run(&redraw->outputs, entry);
    return true;
}

static bool read_runs(struct redraw *redraw, struct kss_saved *saved, const char *name) {
    struct kss_sheet_entry entry;
    uint64_t before = redraw->runs;
    while (kss_saved_next(saved, &entry))
        if (!add(redraw, &entry))
            return false;
    kss_cli_diagnose(redraw->cli, kss_saved_sources(saved), kss_saved_diags(saved));
    if (kss_saved_cut(saved))
        redraw->status = kss_worse_status(redraw->status, KSS_CANNOT_TELL);
    else if (kss_saved_good(saved) && redraw->runs == before)
        kss_cli_complain("%s: there is no run in it", name);
    return kss_saved_good(saved) && (redraw->runs > before || kss_saved_cut(saved));
}

static bool read_file(struct redraw *redraw, const char *path) {
    struct kss_arena arena = {0};
    struct kss_saved_options options = {.all_events = redraw->outputs.all_events,
                                        .why = redraw->text.why,
                                        .begin = on_begin,
                                        .event = on_event,
                                        .context = redraw};
    const char *name = kss_cli_shown(redraw->cli, path);
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&arena, path, &bytes, &length);
    bool good = false;
    if (reason != NULL) {
        kss_cli_complain("%s: %s", name, reason);
    } else {
        struct kss_saved *saved = kss_saved_open(name, bytes, length, &options);
        good = read_runs(redraw, saved, name);
        kss_saved_close(saved);
    }
    kss_arena_free(&arena);
    return good;
}

// ---- The verb -----------------------------------------------------------------------------------

static bool read_options(struct redraw *redraw) {
    struct kss_cli *cli = redraw->cli;
    redraw->text = (struct kss_text_options){
        .verbose = kss_cli_value(cli, KSS_OPTION_VERBOSE) != NULL,
        .quiet = kss_cli_value(cli, KSS_OPTION_QUIET) != NULL,
        .why = kss_cli_value(cli, KSS_OPTION_WHY) != NULL,
    };
    return kss_cli_number(cli, KSS_OPTION_RUN_NUMBER, &redraw->only) &&
           kss_outputs_read(&redraw->outputs, cli, &redraw->text) &&
           kss_outputs_check(&redraw->outputs, cli->operands, cli->operand_count);
}

static bool read_files(struct redraw *redraw) {
    for (unsigned i = 0; i < redraw->cli->operand_count; i++)
        if (!read_file(redraw, redraw->cli->operands[i]))
            return false;
    if (redraw->only > redraw->runs)
        kss_cli_complain("there is no run %llu: these are %llu", (unsigned long long)redraw->only,
                         (unsigned long long)redraw->runs);
    return redraw->only <= redraw->runs;
}

int kss_cli_report(struct kss_cli *cli) {
    struct redraw redraw = {.cli = cli};
    bool good = false;
    if (kss_parsed_missing() != NULL)
        return kss_cli_complain("saved events cannot be read: %s", kss_parsed_missing());
    if (cli->operand_count == 0)
        return kss_cli_complain("report needs a file of events; - is standard input, `kss run "
                                "--format jsonl -o events.jsonl FILE` writes one");
    if (read_options(&redraw) && read_files(&redraw)) {
        kss_cli_warn(&redraw.said);
        good = kss_outputs_start(&redraw.outputs);
    }
    kss_outputs_close(&redraw.outputs);
    kss_text_free(&redraw.said);
    return good ? redraw.status : KSS_BAD_INPUT;
}
