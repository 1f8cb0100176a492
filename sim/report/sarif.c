// SPDX-License-Identifier: MIT
// SARIF 2.1.0: one document with one run of the tool, whatever the number of scenarios. Services take few runs
// per document, and one tool's results belong together.
//
// What a scenario expects is reported, too, but breaks no build: such a result has level "note", the severity it
// would have had in its properties, and a suppression of kind inSource that points to the `expect` item. Both,
// because viewers hide what is suppressed and GitHub does not look at suppressions.
//
// What is not about the code (a file that cannot be read, a run that was given up, an expectation that one run
// does not judge) is a notification of the invocation, not a result.
#include "report/sarif.h"

#include "base/version.h"
#include "kss/kss.h"
#include "report/escape.h"

static const char schema[] =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// ---- Begin and end ------------------------------------------------------------------------------

static void tool(struct kss_json *json) {
    kss_json_open(json, "tool", '{');
    kss_json_open(json, "driver", '{');
    kss_json_string(json, "name", "kss");
    kss_json_string(json, "fullName", "kss, simulator of Windows kernel-stack behaviour");
    kss_json_string(json, "semanticVersion", KSS_VERSION);
    kss_json_string(json, "language", "en-US");
    kss_sarif_rules(json);
    kss_json_close(json);
    kss_json_close(json);
}

// Writes members of an array that stands where [json] will be, two levels up from its end.
static struct kss_json aside(struct kss_text *out, unsigned depth) {
    struct kss_json json = {.out = out, .depth = depth};
    memset(json.closers, ']', depth);
    return json;
}

void kss_write_sarif_begin(struct kss_sheet *sheet) {
    enum { RUN_DEPTH = 3 }; // document, runs, run
    struct kss_sarif *sarif = KSS_NEW(&sheet->arena, struct kss_sarif);
    struct kss_json *json = &sarif->json;
    sheet->own = sarif;
    sarif->status = KSS_OK;
    json->out = sheet->out;
    sarif->artifacts = aside(&sarif->artifact_text, RUN_DEPTH + 1);
    sarif->notifications = aside(&sarif->notification_text, RUN_DEPTH + 3);
    kss_json_open(json, NULL, '{');
    kss_json_string(json, "$schema", schema);
    kss_json_string(json, "version", "2.1.0");
    kss_json_open(json, "runs", '[');
    kss_json_open(json, NULL, '{');
    tool(json);
    kss_json_string(json, "columnKind", "utf16CodeUnits");
    kss_json_open_flat(json, "originalUriBaseIds", '{');
    kss_json_open(json, "%SRCROOT%", '{');
    kss_json_open(json, "description", '{');
    kss_json_string(json, "text", "the directory that kss was started in");
    kss_json_close(json);
    kss_json_close(json);
    kss_json_close(json);
    kss_json_open(json, "results", '[');
}

static void invocation(struct kss_sarif *sarif) {
    struct kss_json *json = &sarif->json;
    kss_json_open(json, "invocations", '[');
    kss_json_open(json, NULL, '{');
    kss_json_bool(json, "executionSuccessful", sarif->status != KSS_BAD_INPUT);
    kss_json_number(json, "exitCode", (uint64_t)sarif->status);
    kss_json_open(json, "toolExecutionNotifications", '[');
    kss_json_members(json, &sarif->notification_text);
    kss_json_close(json);
    kss_json_close(json);
    kss_json_close(json);
}

void kss_write_sarif_end(struct kss_sheet *sheet) {
    struct kss_sarif *sarif = sheet->own;
    struct kss_json *json = &sarif->json;
    kss_json_close(json); // results
    kss_json_open(json, "artifacts", '[');
    kss_json_members(json, &sarif->artifact_text);
    kss_json_close(json);
    invocation(sarif);
    while (json->depth > 0)
        kss_json_close(json);
    kss_text_free(&sarif->artifact_text);
    kss_text_free(&sarif->notification_text);
    kss_hash_counts_free(&sarif->files);
}

// ---- One entry ----------------------------------------------------------------------------------

static bool is_new(struct kss_sarif_run *run) {
    kss_text_clear(&run->text);
    kss_text_uri(&run->text, run->entry->name);
    uint64_t hash = kss_fingerprint_part(KSS_FINGERPRINT_START, run->text.bytes, run->text.length);
    return kss_hash_counted(&run->sarif->files, hash) == 1;
}

static void artifact(struct kss_sarif_run *run) {
    static const char *const words[] = {"passed", "failed", "bad input", "cannot tell"};
    struct kss_json *json = run->json = &run->sarif->artifacts;
    int status = run->entry->status;
    kss_json_open_flat(json, NULL, '{');
    kss_sarif_artifact(json, "location", run->entry->name);
    if (run->sources != NULL && run->sources->count > 0) {
        kss_json_number(json, "length", run->sources->files[0].length);
        kss_json_string(json, "encoding", "UTF-8");
        kss_json_string(json, "sourceLanguage", "kss");
    }
    kss_json_open(json, "roles", '[');
    kss_json_string(json, NULL, "analysisTarget");
    kss_json_close(json);
    kss_json_open(json, "properties", '{');
    kss_json_string(json, "result", status >= 0 && status < 4 ? words[status] : "internal error");
    if (run->log != NULL)
        kss_json_string(json, "machine", run->log->config.profile.name);
    kss_json_close(json);
    kss_json_close(json);
    run->json = &run->sarif->json;
}

void kss_write_sarif_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    struct kss_sarif *sarif = sheet->own;
    struct kss_sarif_run run = {.sarif = sarif,
                                .json = &sarif->json,
                                .entry = entry,
                                .log = entry->log,
                                .sources = entry->log ? entry->log->sources : entry->sources,
                                .native = entry->log != NULL && entry->log->frames != NULL};
    sarif->status = kss_worse_status(sarif->status, entry->status);
    if (!run.native && is_new(&run))
        artifact(&run);
    kss_sarif_results(&run);
    kss_hash_counts_free(&run.counts);
    kss_line_hashes_free(&run.lines);
    kss_text_free(&run.text);
    kss_sarif_story_free(&run);
}
