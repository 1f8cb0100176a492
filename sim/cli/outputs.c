// SPDX-License-Identifier: MIT
#include "cli/outputs.h"

#include "base/os.h"

#include <string.h>

// ---- What was asked for ---------------------------------------------------------------------------

static struct kss_output *add(struct kss_outputs *outputs, const char *format) {
    if (outputs->count == KSS_OUTPUTS) {
        kss_cli_complain("at most %d outputs", KSS_OUTPUTS);
        return NULL;
    }
    struct kss_output *output = &outputs->items[outputs->count++];
    output->format = (enum kss_format)kss_format_named(format);
    outputs->all_events |= kss_formats[output->format].all_events;
    return output;
}

static bool read_all(struct kss_outputs *outputs) {
    const struct kss_cli *cli = outputs->cli;
    for (unsigned i = 0; i < cli->given_count; i++) {
        bool format = cli->given[i].option == KSS_OPTION_FORMAT;
        if (!format && cli->given[i].option != KSS_OPTION_OUTPUT)
            continue;
        if ((format || outputs->count == 0) &&
            add(outputs, format ? cli->given[i].value : "text") == NULL)
            return false;
        struct kss_output *last = &outputs->items[outputs->count - 1];
        if (!format && last->path != NULL) {
            kss_cli_complain("two -o for one --format");
            return false;
        }
        if (!format)
            last->path = cli->given[i].value;
    }
    return outputs->count > 0 || add(outputs, "text") != NULL;
}

bool kss_outputs_read(struct kss_outputs *outputs, struct kss_cli *cli,
                      const struct kss_text_options *options) {
    outputs->cli = cli;
    if (!read_all(outputs))
        return false;
    for (unsigned i = 0; i < outputs->count; i++)
        outputs->items[i].options = *options;
    outputs->all_events |= options->verbose;
    return true;
}

// ---- Where it goes --------------------------------------------------------------------------------

static bool to_stdout(const struct kss_output *output) {
    return output->path == NULL || strcmp(output->path, "-") == 0;
}

// An output must not be a file that is read, nor another output.
static bool good(struct kss_outputs *outputs, unsigned i, const char *const *inputs,
                 unsigned input_count) {
    struct kss_arena *arena = &outputs->cli->arena;
    const char *path = outputs->items[i].path;
    const char *real = kss_os_resolve(arena, path);
    for (unsigned k = 0; k < input_count; k++)
        if (strcmp(real, kss_os_resolve(arena, inputs[k])) == 0) {
            kss_cli_complain("%s: is read by this run; its report would replace it", path);
            return false;
        }
    for (unsigned k = 0; k < i; k++)
        if (!to_stdout(&outputs->items[k]) &&
            strcmp(real, kss_os_resolve(arena, outputs->items[k].path)) == 0) {
            kss_cli_complain("%s: two formats cannot go to one file", path);
            return false;
        }
    return true;
}

bool kss_outputs_check(struct kss_outputs *outputs, const char *const *inputs,
                       unsigned input_count) {
    for (unsigned i = 0; i < outputs->count; i++)
        if (!to_stdout(&outputs->items[i]) && !good(outputs, i, inputs, input_count))
            return false;
    for (unsigned i = 0; i < outputs->count; i++) {
        struct kss_output *output = &outputs->items[i];
        output->options.colour = to_stdout(output) && kss_cli_colours(outputs->cli, stdout);
        output->sheet = (struct kss_sheet){
            .format = output->format, .out = &output->text, .text = &output->options};
        kss_sheet_begin(&output->sheet);
    }
    outputs->begun = true;
    return true;
}

bool kss_outputs_fit(const struct kss_outputs *outputs, unsigned runs) {
    for (unsigned i = 0; i < outputs->count && runs > 1; i++) {
        const struct kss_format_row *format = &kss_formats[outputs->items[i].format];
        if (format->many)
            continue;
        kss_cli_complain("--format %s shows one run, and these are %u", format->name, runs);
        return false;
    }
    return true;
}

bool kss_outputs_start(struct kss_outputs *outputs) {
    for (unsigned i = 0; i < outputs->count; i++) {
        struct kss_output *output = &outputs->items[i];
        output->stream = to_stdout(output) ? stdout : fopen(output->path, "wb");
        if (output->stream == NULL) {
            kss_cli_complain("%s: cannot be written", output->path);
            return false;
        }
    }
    return true;
}

// ---- Writing --------------------------------------------------------------------------------------

void kss_output_flush(struct kss_output *output) {
    if (output->text.length == 0 || output->stream == NULL)
        return;
    const char *reason = kss_os_put(output->stream, output->text.bytes, output->text.length);
    if (reason != NULL)
        kss_cli_fatal(output->stream == stdout ? "standard output" : output->path, reason);
    kss_text_clear(&output->text);
}

static bool streamed(const struct kss_output *output) {
    return output->format == KSS_FORMAT_JSONL;
}

static void end_stream(struct kss_outputs *outputs) {
    if (outputs->jsonl != NULL)
        kss_jsonl_free(outputs->jsonl);
    outputs->jsonl = NULL;
}

bool kss_outputs_stream(struct kss_outputs *outputs, const struct kss_sheet_entry *entry) {
    end_stream(outputs);
    for (unsigned i = 0; i < outputs->count; i++) {
        if (!streamed(&outputs->items[i]))
            continue;
        if (outputs->jsonl == NULL)
            outputs->jsonl = kss_jsonl_new(entry->log);
        kss_jsonl_header(outputs->jsonl, entry, &outputs->items[i].text);
    }
    return outputs->jsonl != NULL;
}

void kss_outputs_event(void *context, const struct kss_log *log, const struct kss_event *event) {
    struct kss_outputs *outputs = context;
    (void)log;
    for (unsigned i = 0; i < outputs->count; i++) {
        struct kss_output *output = &outputs->items[i];
        if (!streamed(output))
            continue;
        kss_jsonl_event(outputs->jsonl, event, &output->text);
        if (output->text.length >= KSS_OUTPUT_CHUNK)
            kss_output_flush(output);
    }
}

void kss_outputs_run(struct kss_outputs *outputs, const struct kss_sheet_entry *entry) {
    for (unsigned i = 0; i < outputs->count; i++) {
        struct kss_output *output = &outputs->items[i];
        if (!streamed(output) || outputs->jsonl == NULL)
            kss_sheet_run(&output->sheet, entry);
        kss_output_flush(output);
    }
    end_stream(outputs);
}

void kss_outputs_close(struct kss_outputs *outputs) {
    end_stream(outputs);
    for (unsigned i = 0; i < outputs->count && outputs->begun; i++) {
        struct kss_output *output = &outputs->items[i];
        kss_sheet_end(&output->sheet);
        kss_output_flush(output);
        if (output->stream != NULL && output->stream != stdout && fclose(output->stream) != 0)
            kss_cli_fatal(output->path, "the output could not be written");
        kss_text_free(&output->text);
    }
}
