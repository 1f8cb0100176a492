// SPDX-License-Identifier: MIT
// kss run: replay scenarios, write what was asked for, sum up.
#include "cli/outputs.h"
#include "cli/progress.h"

#include "base/os.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

enum { BETWEEN_LOOKS = 1 << 20 }; // steps

struct suite {
    struct kss_cli *cli;
    struct kss_outputs outputs;
    struct kss_options options;
    struct kss_progress progress;
    unsigned number; // of the input at work, from 1
    bool why, bless;
    struct kss_cli_frames *tables; // --frames
    unsigned without;              // number of a hazard that is not looked for, 0: none
};

// ---- Options ------------------------------------------------------------------------------------

static bool read_machine(struct suite *suite) {
    const struct kss_profile *machine;
    suite->options.machine = kss_cli_value(suite->cli, KSS_OPTION_MACHINE);
    return kss_cli_machine(suite->cli, &machine);
}

// For tests of the tests: which of them fail without a rule.
static bool read_without(struct suite *suite) {
    const char *id = kss_cli_value(suite->cli, KSS_OPTION_WITHOUT);
    if (id == NULL)
        return true;
    const struct kss_hazard *hazard = kss_hazard_named(id, strlen(id));
    if (hazard == NULL)
        kss_cli_complain("--without takes a finding, not %s", id);
    else
        suite->without = hazard->number;
    return hazard != NULL;
}

static bool read_options(struct suite *suite) {
    struct kss_cli *cli = suite->cli;
    struct kss_text_options text = {.verbose = kss_cli_value(cli, KSS_OPTION_VERBOSE) != NULL,
                                    .quiet = kss_cli_value(cli, KSS_OPTION_QUIET) != NULL,
                                    .why = kss_cli_value(cli, KSS_OPTION_WHY) != NULL};
    suite->options.swap = kss_cli_value(cli, KSS_OPTION_SWAP);
    suite->options.strict = kss_cli_value(cli, KSS_OPTION_STRICT) != NULL;
    suite->why = text.why;
    suite->bless = kss_cli_value(cli, KSS_OPTION_BLESS) != NULL;
    if (!read_machine(suite) ||
        !kss_cli_number(cli, KSS_OPTION_MAX_STEPS, &suite->options.max_steps) ||
        !read_without(suite) || !kss_outputs_read(&suite->outputs, cli, &text))
        return false;
    suite->options.all_events = suite->outputs.all_events;
    return kss_cli_tables(cli, &suite->tables, &suite->options.frames);
}

// ---- One scenario -------------------------------------------------------------------------------

static int bless(struct suite *suite, struct kss_session *session, const struct kss_input *input) {
    struct kss_text text = {0}, said = {0};
    bool changed = false;
    const char *reason = kss_session_bless(session, &text, &changed);
    if (reason == NULL && strcmp(input->path, "-") == 0)
        reason = "standard input cannot be rewritten";
    if (reason == NULL && changed)
        reason = kss_os_write(input->path, text.bytes, text.length);
    if (reason != NULL)
        kss_cli_complain("%s: not blessed: %s", input->name, reason);
    else
        kss_text_format(&said, "%s  %s\n", changed ? "blessed  " : "unchanged", input->name);
    for (unsigned i = 0; i < suite->outputs.count; i++)
        if (suite->outputs.items[i].format == KSS_FORMAT_TEXT && said.length > 0)
            kss_text_bytes(&suite->outputs.items[i].text, said.bytes, said.length);
    kss_text_free(&text);
    kss_text_free(&said);
    return reason == NULL ? KSS_OK : KSS_BAD_INPUT;
}

static void run_session(struct suite *suite, struct kss_session *session) {
    struct kss_sheet_entry entry;
    if (suite->why)
        kss_session_keep_why(session);
    kss_session_without(session, suite->without);
    kss_sheet_entry_of(session, &entry);
    if (kss_outputs_stream(&suite->outputs, &entry))
        kss_session_set_stream(session, kss_outputs_event, &suite->outputs);
    if (!suite->progress.on) {
        kss_run(session);
        return;
    }
    uint64_t steps = 0;
    do {
        kss_progress_at(&suite->progress, suite->number, kss_session_name(session), steps);
        steps += BETWEEN_LOOKS;
    } while (kss_step(session, BETWEEN_LOOKS));
    kss_progress_pause(&suite->progress);
}

static int run_one(struct suite *suite, const struct kss_input *input) {
    struct kss_arena arena = {0};
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&arena, input->path, &bytes, &length);
    if (reason != NULL) {
        struct kss_sheet_entry entry = {
            .name = input->name, .status = KSS_BAD_INPUT, .failure = reason};
        kss_progress_clear(&suite->progress);
        kss_cli_complain("%s: %s", input->name, reason);
        if (!suite->bless)
            kss_outputs_run(&suite->outputs, &entry);
        kss_arena_free(&arena);
        return KSS_BAD_INPUT;
    }
    struct kss_session *session = kss_session_open(input->name, bytes, length, &suite->options);
    if (kss_session_diags(session)->count > 0)
        kss_progress_clear(&suite->progress);
    kss_cli_diagnose(suite->cli, kss_session_sources(session), kss_session_diags(session));
    if (kss_loaded(session))
        run_session(suite, session);
    int status = kss_session_status(session);
    if (suite->bless) {
        status = kss_loaded(session) ? bless(suite, session, input) : status;
    } else {
        struct kss_sheet_entry entry;
        kss_sheet_entry_of(session, &entry);
        kss_outputs_run(&suite->outputs, &entry);
    }
    kss_close(session);
    kss_arena_free(&arena);
    return status;
}

// ---- All of them --------------------------------------------------------------------------------

static int run_all(struct suite *suite, const struct kss_input *inputs, unsigned count) {
    int status = KSS_OK;
    kss_progress_start(&suite->progress, suite->cli, count);
    for (unsigned i = 0; i < count; i++) {
        suite->number = i + 1;
        status = kss_worse_status(status, run_one(suite, &inputs[i]));
    }
    kss_progress_clear(&suite->progress);
    return status;
}

// What is read besides options: scenarios and tables.
static const char **inputs_of(struct kss_cli *cli, const struct kss_input *inputs, unsigned count,
                              unsigned *total) {
    const char **paths = KSS_NEW_ARRAY(&cli->arena, const char *, count + cli->given_count + 1u);
    *total = 0;
    for (unsigned i = 0; i < count; i++)
        paths[(*total)++] = inputs[i].path;
    for (unsigned i = 0; i < cli->given_count; i++)
        if (cli->given[i].option == KSS_OPTION_FRAMES)
            paths[(*total)++] = cli->given[i].value;
    return paths;
}

int kss_cli_run_verb(struct kss_cli *cli) {
    struct suite suite = {.cli = cli};
    struct kss_input *inputs;
    unsigned count, total;
    if (cli->operand_count == 0)
        return kss_cli_complain("run needs a FILE or DIR; - is standard input, `kss new "
                                "mydriver.kss` writes a scenario to start from");
    int status = KSS_BAD_INPUT;
    if (read_options(&suite) && kss_cli_inputs(cli, &inputs, &count)) {
        const char **paths = inputs_of(cli, inputs, count, &total);
        if (kss_outputs_check(&suite.outputs, paths, total) &&
            kss_outputs_fit(&suite.outputs, count) && kss_outputs_start(&suite.outputs)) {
            status = run_all(&suite, inputs, count);
            kss_outputs_close(&suite.outputs);
        }
    }
    kss_cli_tables_close(suite.tables);
    return status;
}
