// SPDX-License-Identifier: MIT
// kss run: replay scenarios, write what was asked for, sum up.
#include "cli/cli.h"

#include "base/os.h"
#include "report/report.h"
#include "session/session.h"

#include <stdlib.h>
#include <string.h>

enum { OUTPUTS = 8, CHUNK = 64 * 1024 };

struct output {
    bool jsonl;
    const char *path; // NULL: standard output
    FILE *stream;
    struct kss_text text;
};

struct suite {
    struct kss_cli *cli;
    struct output outputs[OUTPUTS];
    unsigned output_count;
    struct kss_options options;
    struct kss_text_options text;
    bool bless;
    struct kss_cli_frames *tables; // --frames
    unsigned without;              // number of a hazard that is not looked for, 0: none
    struct kss_suite_row *rows;
};

// ---- Outputs ------------------------------------------------------------------------------------

static void flush(struct output *output) {
    if (output->text.length == 0)
        return;
    const char *reason = kss_os_put(output->stream, output->text.bytes, output->text.length);
    if (reason != NULL)
        kss_cli_fatal(output->stream == stdout ? "standard output" : output->path, reason);
    kss_text_clear(&output->text);
}

// --format begins an output; -o says where the last one goes, or the text when there is none.
static bool read_outputs(struct suite *suite) {
    const struct kss_cli *cli = suite->cli;
    for (unsigned i = 0; i < cli->given_count; i++) {
        bool format = cli->given[i].option == KSS_OPTION_FORMAT;
        if (!format && cli->given[i].option != KSS_OPTION_OUTPUT)
            continue;
        if (format || suite->output_count == 0) {
            if (suite->output_count == OUTPUTS) {
                kss_cli_complain("at most %d outputs", OUTPUTS);
                return false;
            }
            struct output *output = &suite->outputs[suite->output_count++];
            output->jsonl = format && strcmp(cli->given[i].value, "jsonl") == 0;
        }
        struct output *last = &suite->outputs[suite->output_count - 1];
        if (!format && last->path != NULL) {
            kss_cli_complain("two -o for one --format");
            return false;
        }
        if (!format)
            last->path = cli->given[i].value;
    }
    if (suite->output_count == 0)
        suite->output_count = 1;
    return true;
}

// Whether a file named by --frames is this one.
static bool is_table(const struct suite *suite, const char *real) {
    const struct kss_cli *cli = suite->cli;
    for (unsigned i = 0; i < cli->given_count; i++)
        if (cli->given[i].option == KSS_OPTION_FRAMES &&
            strcmp(real, kss_os_resolve(&suite->cli->arena, cli->given[i].value)) == 0)
            return true;
    return false;
}

// An output must not be a scenario or a table that is read, nor another output.
static bool good_outputs(struct suite *suite, const struct kss_input *inputs, unsigned count) {
    struct kss_arena *arena = &suite->cli->arena;
    for (unsigned i = 0; i < suite->output_count; i++) {
        const char *path = suite->outputs[i].path;
        if (path == NULL || strcmp(path, "-") == 0)
            continue;
        const char *real = kss_os_resolve(arena, path);
        if (is_table(suite, real)) {
            kss_cli_complain("%s: is a table of this run; its report would replace it", path);
            return false;
        }
        for (unsigned k = 0; k < count; k++)
            if (strcmp(real, kss_os_resolve(arena, inputs[k].path)) == 0) {
                kss_cli_complain("%s: is a scenario of this run; its report would replace it",
                                 path);
                return false;
            }
        for (unsigned k = 0; k < i; k++)
            if (suite->outputs[k].path != NULL &&
                strcmp(real, kss_os_resolve(arena, suite->outputs[k].path)) == 0) {
                kss_cli_complain("%s: two formats cannot go to one file", path);
                return false;
            }
    }
    return true;
}

static bool open_outputs(struct suite *suite) {
    for (unsigned i = 0; i < suite->output_count; i++) {
        struct output *output = &suite->outputs[i];
        output->stream = stdout;
        if (output->path == NULL || strcmp(output->path, "-") == 0)
            continue;
        output->stream = fopen(output->path, "wb");
        if (output->stream == NULL) {
            kss_cli_complain("%s: cannot be written", output->path);
            return false;
        }
    }
    return true;
}

static void close_outputs(struct suite *suite) {
    for (unsigned i = 0; i < suite->output_count; i++) {
        struct output *output = &suite->outputs[i];
        if (output->stream == NULL)
            continue;
        flush(output);
        if (output->stream != stdout && fclose(output->stream) != 0)
            kss_cli_fatal(output->path, "the output could not be written");
        kss_text_free(&output->text);
    }
}

// ---- Options ------------------------------------------------------------------------------------

static bool read_machine(struct suite *suite) {
    const struct kss_profile *machine;
    suite->options.machine = kss_cli_value(suite->cli, KSS_OPTION_MACHINE);
    return kss_cli_machine(suite->cli, &machine);
}

static bool read_steps(struct suite *suite) {
    const char *digits = kss_cli_value(suite->cli, KSS_OPTION_MAX_STEPS);
    if (digits == NULL)
        return true;
    uint64_t steps = 0;
    size_t i = 0;
    for (; digits[i] >= '0' && digits[i] <= '9' && steps < UINT64_MAX / 16; i++)
        steps = steps * 10 + (uint64_t)(digits[i] - '0');
    if (i == 0 || digits[i] != '\0' || steps == 0) {
        kss_cli_complain("--max-steps takes a number of at least 1, not %s", digits);
        return false;
    }
    suite->options.max_steps = steps;
    return true;
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
    suite->options.swap = kss_cli_value(cli, KSS_OPTION_SWAP);
    suite->options.strict = kss_cli_value(cli, KSS_OPTION_STRICT) != NULL;
    suite->text.verbose = kss_cli_value(cli, KSS_OPTION_VERBOSE) != NULL;
    suite->text.quiet = kss_cli_value(cli, KSS_OPTION_QUIET) != NULL;
    suite->text.why = kss_cli_value(cli, KSS_OPTION_WHY) != NULL;
    suite->options.all_events = suite->text.verbose;
    suite->bless = kss_cli_value(cli, KSS_OPTION_BLESS) != NULL;
    return read_machine(suite) && read_steps(suite) && read_without(suite) && read_outputs(suite) &&
           kss_cli_tables(cli, &suite->tables, &suite->options.frames);
}

// ---- One scenario -------------------------------------------------------------------------------

struct stream {
    struct output *output;
    struct kss_jsonl *jsonl;
};

struct streams {
    struct stream items[OUTPUTS];
    unsigned count;
};

static void on_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    struct streams *streams = context;
    (void)log;
    for (unsigned i = 0; i < streams->count; i++) {
        struct output *output = streams->items[i].output;
        kss_jsonl_event(streams->items[i].jsonl, event, &output->text);
        if (output->text.length >= CHUNK)
            flush(output);
    }
}

static void start_streams(struct suite *suite, struct kss_session *session,
                          struct streams *streams) {
    for (unsigned i = 0; i < suite->output_count; i++) {
        if (!suite->outputs[i].jsonl)
            continue;
        struct stream *stream = &streams->items[streams->count++];
        stream->output = &suite->outputs[i];
        stream->jsonl = kss_jsonl_new(kss_session_log(session));
        kss_jsonl_header(stream->jsonl, &stream->output->text);
    }
    if (streams->count > 0)
        kss_session_set_stream(session, on_event, streams);
}

static void write_texts(struct suite *suite, struct kss_session *session) {
    for (unsigned i = 0; i < suite->output_count; i++) {
        struct output *output = &suite->outputs[i];
        if (output->jsonl)
            continue;
        struct kss_text_options options = suite->text;
        options.colour = output->stream == stdout && kss_cli_colours(suite->cli, stdout);
        kss_report_text(kss_session_log(session), kss_session_digest(session), &options,
                        &output->text);
        flush(output);
    }
}

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
    for (unsigned i = 0; i < suite->output_count; i++)
        if (!suite->outputs[i].jsonl && said.length > 0)
            kss_text_bytes(&suite->outputs[i].text, said.bytes, said.length);
    kss_text_free(&text);
    kss_text_free(&said);
    return reason == NULL ? KSS_OK : KSS_BAD_INPUT;
}

static int run_one(struct suite *suite, const struct kss_input *input) {
    static const enum kss_event_id why[] = {KSS_EV_ELIGIBLE, KSS_EV_WAIT_BLOCK, KSS_EV_WAIT_END,
                                            KSS_EV_SWAP_ENABLE};
    struct kss_arena arena = {0};
    char *bytes;
    size_t length;
    const char *reason = kss_os_read(&arena, input->path, &bytes, &length);
    if (reason != NULL) {
        kss_cli_complain("%s: %s", input->name, reason);
        kss_arena_free(&arena);
        return KSS_BAD_INPUT;
    }
    struct kss_session *session = kss_session_open(input->name, bytes, length, &suite->options);
    kss_cli_diagnose(suite->cli, kss_session_sources(session), kss_session_diags(session));
    int status = KSS_BAD_INPUT;
    if (kss_loaded(session)) {
        struct streams streams = {.count = 0};
        for (unsigned i = 0; suite->text.why && i < sizeof why / sizeof *why; i++)
            kss_session_keep(session, why[i]);
        kss_session_without(session, suite->without);
        start_streams(suite, session, &streams);
        status = kss_run(session);
        for (unsigned i = 0; i < streams.count; i++)
            kss_jsonl_free(streams.items[i].jsonl);
        if (suite->bless)
            status = bless(suite, session, input);
        else
            write_texts(suite, session);
    }
    kss_close(session);
    kss_arena_free(&arena);
    return status;
}

// ---- All of them --------------------------------------------------------------------------------

// What is wrong with the input outweighs what failed, and that outweighs what cannot be told.
static int worse(int a, int b) {
    static const int order[] = {KSS_BAD_INPUT, KSS_FAILED, KSS_CANNOT_TELL};
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return KSS_OK;
}

static void sum_up(struct suite *suite, unsigned count) {
    for (unsigned i = 0; i < suite->output_count; i++) {
        struct output *output = &suite->outputs[i];
        if (output->jsonl)
            continue;
        bool colour = output->stream == stdout && kss_cli_colours(suite->cli, stdout);
        if (output->text.length == 0 && !suite->bless)
            kss_text_char(&output->text, '\n');
        kss_report_suite(suite->rows, count, colour, &output->text);
    }
}

static int run_all(struct suite *suite, const struct kss_input *inputs, unsigned count) {
    int status = KSS_OK;
    suite->rows = KSS_NEW_ARRAY(&suite->cli->arena, struct kss_suite_row, count);
    for (unsigned i = 0; i < count; i++) {
        int one = run_one(suite, &inputs[i]);
        suite->rows[i] = (struct kss_suite_row){inputs[i].name, one};
        status = worse(status, one);
    }
    if (count > 1 && !suite->bless)
        sum_up(suite, count);
    return status;
}

int kss_cli_run_verb(struct kss_cli *cli) {
    struct suite suite = {.cli = cli};
    struct kss_input *inputs;
    unsigned count;
    if (cli->operand_count == 0)
        return kss_cli_complain("run needs a FILE or DIR; - is standard input, `kss new "
                                "mydriver.kss` writes a scenario to start from");
    int status = KSS_BAD_INPUT;
    if (read_options(&suite) && kss_cli_inputs(cli, &inputs, &count) &&
        good_outputs(&suite, inputs, count) && open_outputs(&suite)) {
        status = run_all(&suite, inputs, count);
        close_outputs(&suite);
    }
    kss_cli_tables_close(suite.tables);
    return status;
}
