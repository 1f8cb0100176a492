// SPDX-License-Identifier: MIT
// kss list: the vocabularies, as columns, as the Markdown page of docs/, or as JSON Lines.
#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/explain.h"

#include "nt/nt.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

// A table is cells added row by row; columns are as wide as their widest cell, the last is not
// filled up.
struct table {
    struct kss_text cells; // each ended by NUL
    unsigned columns, rows;
};

static void cell(struct table *table, const char *text) {
    kss_text_str(&table->cells, text != NULL ? text : "");
    kss_text_char(&table->cells, '\0');
}

static void number_cell(struct table *table, uint64_t value, bool hex) {
    struct kss_text text = {0};
    if (hex)
        kss_text_hex(&text, value);
    else
        kss_text_unsigned(&text, value);
    cell(table, text.bytes);
    kss_text_free(&text);
}

static void row(struct table *table) {
    table->rows++;
}

static void print_columns(const struct table *table, struct kss_text *out) {
    enum { MOST = 12 };
    size_t widths[MOST] = {0};
    const char *at = table->cells.bytes;
    for (unsigned i = 0; i < table->rows * table->columns; i++, at += strlen(at) + 1)
        if (strlen(at) > widths[i % table->columns])
            widths[i % table->columns] = strlen(at);
    at = table->cells.bytes;
    for (unsigned i = 0; i < table->rows * table->columns; i++, at += strlen(at) + 1) {
        kss_text_str(out, at);
        bool last = i % table->columns == table->columns - 1;
        if (last)
            kss_text_char(out, '\n');
        else
            kss_text_repeat(out, ' ', widths[i % table->columns] - strlen(at) + 2);
    }
}

static void markdown_cell(const char *text, struct kss_text *out) {
    for (; *text != '\0'; text++) {
        if (*text == '|')
            kss_text_char(out, '\\');
        kss_text_char(out, *text);
    }
}

// The first row is the heading.
static void print_markdown(const struct table *table, struct kss_text *out) {
    const char *at = table->cells.bytes;
    for (unsigned r = 0; r < table->rows; r++) {
        for (unsigned c = 0; c < table->columns; c++, at += strlen(at) + 1) {
            kss_text_str(out, c ? " " : "| ");
            markdown_cell(at, out);
            kss_text_str(out, " |");
        }
        kss_text_char(out, '\n');
        for (unsigned c = 0; r == 0 && c < table->columns; c++)
            kss_text_str(out, c ? "---|" : "|---|");
        if (r == 0)
            kss_text_char(out, '\n');
    }
}

// A key of JSON: the heading in small letters, words joined by `_`.
static void json_key(const char *heading, struct kss_text *out) {
    kss_text_str(out, "\"");
    for (; *heading != '\0'; heading++) {
        char c = *heading;
        kss_text_char(out, c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    kss_text_str(out, "\":");
}

// One object a row, every value a text; the first row is the heading.
static void print_jsonl(const struct table *table, struct kss_text *out) {
    enum { MOST = 12 };
    const char *keys[MOST] = {NULL};
    const char *at = table->cells.bytes;
    for (unsigned r = 0; r < table->rows; r++)
        for (unsigned c = 0; c < table->columns; c++, at += strlen(at) + 1) {
            if (r == 0) {
                keys[c] = at;
                continue;
            }
            kss_text_char(out, c == 0 ? '{' : ',');
            json_key(keys[c], out);
            kss_text_json(out, at, strlen(at));
            if (c == table->columns - 1)
                kss_text_str(out, "}\n");
        }
}

// ---- Topics -------------------------------------------------------------------------------------

static void headings(struct table *table, bool markdown, const char *const *names) {
    for (table->columns = 0; names[table->columns] != NULL; table->columns++)
        if (markdown)
            cell(table, names[table->columns]);
    if (markdown)
        row(table);
}

// Bytes; in the plain table, which has no headings, with what they are.
static void bytes_cell(struct table *table, const char *what, uint64_t value, bool labelled) {
    struct kss_text text = {0};
    if (labelled)
        kss_text_format(&text, "%s ", what);
    kss_text_hex(&text, value);
    cell(table, text.bytes);
    kss_text_free(&text);
}

static void list_machines(struct table *table, bool markdown) {
    static const char *const names[] = {"Machine",    "Stack",       "Save area",
                                        "Trap frame", "Large stack", "Largest expansion",
                                        "DPC stack",  "ISR stack",   "Exception dispatch",
                                        "Source",     NULL};
    headings(table, markdown, names);
    for (unsigned i = 0; i < kss_profile_count; i++) {
        const struct kss_profile *p = &kss_profiles[i];
        bool labelled = !markdown;
        cell(table, p->name);
        if (p->stack_size > 0)
            bytes_cell(table, "stack", p->stack_size, labelled);
        else
            cell(table, labelled ? "stack to be given" : "to be given");
        bytes_cell(table, "save area", p->reserve, labelled);
        bytes_cell(table, "trap frame", p->trap_frame, labelled);
        bytes_cell(table, "large stack", p->large_stack_size, labelled);
        bytes_cell(table, "expansion", p->max_expansion, labelled);
        bytes_cell(table, "DPC", p->dpc_stack_size, labelled);
        bytes_cell(table, "ISR", p->isr_stack_size, labelled);
        bytes_cell(table, "exception", p->exception_reserve, labelled);
        cell(table, p->source);
        row(table);
    }
}

// What a call of it takes on the caller's stack, per machine where a listing tells it.
static void costs_of(const char *name, struct kss_text *out) {
    for (unsigned i = 0; i < kss_cost_count; i++)
        if (strcmp(kss_costs[i].routine, name) == 0)
            kss_text_format(out, "%s%s 0x%X %s", out->length > 0 ? ", " : "", kss_costs[i].machine,
                            (unsigned)kss_costs[i].bytes, kss_origin_name(kss_costs[i].origin));
    if (out->length == 0)
        kss_text_str(out, "unknown");
}

static void list_routines(struct table *table, bool markdown) {
    static const char *const names[] = {"Name",   "Signature", "IRQL",  "Does", "Modes",
                                        "Header", "Source",    "Costs", NULL};
    headings(table, markdown, names);
    struct kss_text text = {0};
    for (int i = 0; i < KSS_NT_COUNT; i++) {
        cell(table, kss_routines[i].name);
        if (markdown) {
            kss_text_clear(&text);
            kss_describe_prototype(&kss_routines[i], &text);
            cell(table, text.bytes);
        }
        kss_text_clear(&text);
        kss_describe_irql(&kss_routines[i], &text);
        cell(table, text.bytes);
        kss_text_clear(&text);
        kss_describe_can(&kss_routines[i], &text);
        cell(table, text.length > 0 ? text.bytes : "-");
        if (markdown)
            cell(table, kss_describe_modes(&kss_routines[i]));
        cell(table, kss_routines[i].header);
        cell(table, kss_routines[i].source);
        if (markdown) {
            kss_text_clear(&text);
            costs_of(kss_routines[i].name, &text);
            cell(table, text.bytes);
        }
        row(table);
    }
    table->columns = markdown ? 8 : 5;
    kss_text_free(&text);
}

static void list_hazards(struct table *table, bool markdown) {
    static const char *const names[] = {"Id", "Name", "Severity", "Means", "Source", NULL};
    headings(table, markdown, names);
    struct kss_text text = {0};
    for (int i = 0; i < KSS_HAZARD_COUNT; i++) {
        kss_text_clear(&text);
        kss_text_format(&text, "KSS%04u", kss_hazards[i].number);
        cell(table, text.bytes);
        cell(table, kss_hazards[i].name);
        cell(table, kss_describe_severity(&kss_hazards[i]));
        kss_text_clear(&text);
        kss_text_str(&text, kss_hazards[i].text);
        if (!kss_hazards[i].built)
            kss_text_str(&text, " (no rule of this version looks for it yet)");
        cell(table, text.bytes);
        if (markdown)
            cell(table, kss_hazards[i].source);
        row(table);
    }
    table->columns -= !markdown;
    kss_text_free(&text);
}

static void list_bugchecks(struct table *table, bool markdown) {
    static const char *const names[] = {"Code", "Name", "Means",  "P1", "P2",
                                        "P3",   "P4",   "Source", NULL};
    headings(table, markdown, names);
    struct kss_text text = {0};
    for (unsigned i = 0; i < kss_bugcheck_count; i++) {
        kss_text_clear(&text);
        kss_text_hex(&text, kss_bugchecks[i].code);
        cell(table, text.bytes);
        cell(table, kss_bugchecks[i].name);
        cell(table, kss_bugchecks[i].text);
        for (unsigned p = 0; p < 4 && markdown; p++)
            cell(table, kss_bugchecks[i].parameters[p]);
        if (markdown)
            cell(table, kss_bugchecks[i].source);
        row(table);
    }
    table->columns = markdown ? 8 : 3;
    kss_text_free(&text);
}

static void list_verifier(struct table *table, bool markdown) {
    static const char *const names[] = {"Code", "The driver", "P2",     "P3",
                                        "P4",   "Finding",    "Raised", NULL};
    headings(table, markdown, names);
    struct kss_text text = {0};
    for (unsigned i = 0; i < kss_violation_count; i++) {
        const struct kss_violation *v = &kss_violations[i];
        number_cell(table, v->code, true);
        cell(table, v->text);
        for (unsigned p = 0; p < 3 && markdown; p++)
            cell(table, v->parameters[p]);
        kss_text_clear(&text);
        if (v->hazard < KSS_HAZARD_COUNT)
            kss_text_format(&text, "KSS%04u", kss_hazards[v->hazard].number);
        cell(table, text.length > 0 ? text.bytes : "-");
        kss_text_clear(&text);
        kss_text_str(&text, v->left_out == NULL ? "yes" : "no: ");
        kss_text_str(&text, v->left_out != NULL ? v->left_out : "");
        cell(table, text.bytes);
        row(table);
    }
    table->columns = markdown ? 7 : 4;
    kss_text_free(&text);
}

static void list_policies(struct table *table, bool markdown) {
    static const char *const names[] = {"Policy", "What kss does", "What the sources say",
                                        "Source", "Switch",        NULL};
    struct kss_text text = {0};
    headings(table, markdown, names);
    for (int i = 0; i < KSS_POLICY_COUNT; i++) {
        cell(table, kss_policies[i].name);
        cell(table, kss_policies[i].choice);
        if (markdown) {
            cell(table, kss_policies[i].why);
            cell(table, kss_policies[i].source);
            kss_text_clear(&text);
            kss_describe_switches((enum kss_policy_id)i, &text);
            cell(table, text.length > 0 ? text.bytes : "-");
        }
        row(table);
    }
    kss_text_free(&text);
    table->columns = markdown ? 5 : 2;
}

static const char *word_name(enum kss_word word) {
    static const char *const names[] = {
        [KSS_W_NONE] = "",
        [KSS_W_UNSIGNED] = "integer",
        [KSS_W_SIGNED] = "integer",
        [KSS_W_HEX] = "hex",
        [KSS_W_ADDRESS] = "hex",
        [KSS_W_BYTES] = "bytes",
        [KSS_W_DURATION] = "100 ns",
        [KSS_W_STATUS] = "status",
        [KSS_W_ROUTINE] = "routine",
        [KSS_W_NT] = "NT routine",
        [KSS_W_OBJECT] = "object",
        [KSS_W_THREAD] = "thread",
        [KSS_W_STACK] = "stack",
        [KSS_W_TEXT] = "text",
        [KSS_W_MODE] = "mode",
        [KSS_W_REASON] = "reason",
        [KSS_W_BOOL] = "boolean",
        [KSS_W_IRQL] = "irql",
        [KSS_W_HAZARD] = "finding id",
        [KSS_W_POLICY] = "policy",
        [KSS_W_ORIGIN] = "origin",
        [KSS_W_BUGCHECK] = "hex",
        [KSS_W_ENUM] = "",
    };
    return names[word];
}

static void list_events(struct table *table, bool markdown) {
    static const char *const names[] = {"Event", "Fields", "Says", NULL};
    headings(table, markdown, names);
    struct kss_text text = {0};
    for (int i = 0; i < KSS_EV_COUNT; i++) {
        const struct kss_event_kind *kind = &kss_event_kinds[i];
        cell(table, kind->name);
        kss_text_clear(&text);
        for (unsigned w = 0; w < KSS_EVENT_WORDS && kind->words[w].word != KSS_W_NONE; w++) {
            kss_text_str(&text, w ? ", " : "");
            kss_text_str(&text, kind->words[w].name);
            kss_text_str(&text, ": ");
            kss_text_str(&text, kind->words[w].word == KSS_W_ENUM ? kind->words[w].values
                                                                  : word_name(kind->words[w].word));
        }
        cell(table, text.length > 0 ? text.bytes : "-");
        cell(table, kind->text);
        row(table);
    }
    kss_text_free(&text);
}

static void list_statuses(struct table *table, bool markdown) {
    static const char *const names[] = {"Value", "Status", NULL};
    headings(table, markdown, names);
    struct kss_text text = {0};
    for (unsigned i = 0; i < kss_constant_count; i++) {
        if (strcmp(kss_constants[i].type, "NTSTATUS") != 0)
            continue;
        kss_text_clear(&text);
        kss_text_str(&text, "0x");
        kss_text_hex_digits(&text, (uint32_t)kss_constants[i].value, 8);
        cell(table, text.bytes);
        cell(table, kss_constants[i].name);
        row(table);
    }
    kss_text_free(&text);
}

static void list_types(struct table *table, bool markdown) {
    static const char *const names[] = {"Type", "Kind", "32 bit", "64 bit", "Is", NULL};
    static const char *const kinds[] = {"scalar", "alias", "pointer", "enum", "struct", "routine"};
    headings(table, markdown, names);
    for (unsigned i = 0; i < kss_type_count; i++) {
        const struct kss_type *type = &kss_types[i];
        cell(table, type->name);
        cell(table, kinds[type->kind]);
        for (int wide = 0; wide < 2; wide++)
            if (type->kind == KSS_TYPE_STRUCT)
                number_cell(table, type->size[wide], true);
            else
                cell(table, "-");
        cell(table, type->target != NULL       ? type->target
                    : type->parameters != NULL ? type->parameters
                                               : type->source);
        row(table);
    }
}

static void list_unserved(struct table *table, bool markdown) {
    static const char *const names[] = {"Routine", "Reason", NULL};
    headings(table, markdown, names);
    const struct kss_unserved *unserved;
    for (unsigned i = 0; (unserved = kss_unserved_row(i)) != NULL; i++) {
        cell(table, unserved->name);
        cell(table, unserved->why);
        row(table);
    }
}

static const struct {
    const char *name;
    void (*list)(struct table *table, bool markdown);
    const char *page; // what opens the Markdown page
} topics[] = {
    {"machines", list_machines, "# Machines\n\nMade by `kss list machines --markdown`.\n\n"},
    {"routines", list_routines, "# NT routines\n\nMade by `kss list routines --markdown`.\n\n"},
    {"unserved", list_unserved,
     "# NT routines that are not served\n\nMade by `kss list unserved --markdown`.\n\n"},
    {"hazards", list_hazards,
     "# Findings\n\nMade from the tables by `kss list hazards --markdown`; a test compares. `kss "
     "explain ID` prints the\nlong text of a finding with a failing scenario and a fixed one.\n\n"
     "Severity: *error* where the run bug-checked or a documented rule is broken; *warning* where "
     "another\ntiming, build or machine could break; *note* is advice. Notes never change the exit "
     "status and do not\nbreak `expect clean`, unless `--strict`.\n\n"
     "Sources: *DDI x* is Microsoft's page of routine or type x; *KRN x*, *DBG x* and *DVT x* are "
     "its pages x on\nkernel-mode drivers, debugging and driver testing, at learn.microsoft.com "
     "under that name; *WDK*, *SDV* and\n*CodeQL* name warnings and rules of those tools.\n\n"},
    {"bugchecks", list_bugchecks, "# Bug checks\n\nMade by `kss list bugchecks --markdown`.\n\n"},
    {"verifier", list_verifier, ""},
    {"policies", list_policies, ""},
    {"events", list_events,
     "# Events, schema 1\n\nMade from the tables by `kss list events --markdown`; a test "
     "compares.\n\n"
     "`kss run --format jsonl` prints one JSON object per line: first the run, then its events in "
     "the order\nthey happened.\n\n"
     "The first line has `type` \"run\", `schema`, `tool`, `version`, `machine` (every field, as "
     "the "
     "run used\nit), `source` (`name`, `teaching`, `text`), `routines` (name, module, bytes of a "
     "call, bytes of locals,\norigin of the figure, flags, place) and `threads`. A routine whose "
     "frame is from a table has `table`, the\ntable's origin; `at_least`, why it may be more, when "
     "the figure is a lower bound; natively `table_bytes`, since\n`bytes` are the host's. `vars` "
     "are "
     "its named locals: `offset` is the distance of the first byte from the frame's\nupper edge, "
     "which "
     "lies `used` - `bytes` of its `call` below Base. Natively `source.sites` has the routine of "
     "each\n"
     "line of `text` (an index of `routines`, -1: unknown) and `source.tables` says that frame "
     "tables "
     "were given.\n\n"
     "Every event has `type`; `t`, the virtual time in 100 ns; `seq`, ascending; `irql`; and where "
     "there is one\n`thread` (the running thread), `cpu` (the processor, left out for 0), "
     "`on_stack` "
     "(the stack at work), and\n`line`, `col` (both from 1) and `len` (bytes) of the statement at "
     "work. Then come its own\nfields. Fields that do not apply are left out. Durations are "
     "integers of 100 ns, addresses and values hex\nstrings, routines and threads their names; "
     "`object` and `stack` are numbers that the events `object` and\n`stack` introduce.\n\n"
     "A routine or thread that is not the first of its name has its number beside it "
     "(`routine_no`, "
     "`thread_no`).\nAn input that did not load is one line of `type` \"unread\". "
     "[saved.md](saved.md) has the "
     "rules and how streams are\nread back, [events.schema.json](events.schema.json) the form of a "
     "line.\n\n"},
    {"statuses", list_statuses, "# NTSTATUS values\n\nMade by `kss list statuses --markdown`.\n\n"},
    {"types", list_types, "# Types\n\nMade by `kss list types --markdown`.\n\n"},
};
enum { TOPICS = sizeof topics / sizeof *topics };

const char *kss_list_topic(unsigned index) {
    return index < TOPICS ? topics[index].name : NULL;
}

static int need_topic(void) {
    struct kss_text text = {0};
    for (unsigned i = 0; i < TOPICS; i++) {
        kss_text_str(&text, i ? ", " : "");
        kss_text_str(&text, topics[i].name);
    }
    int status = kss_cli_complain("list needs one of %s", text.bytes);
    kss_text_free(&text);
    return status;
}

static int print_schema(const char *topic) {
    struct kss_text text = {0};
    if (strcmp(topic, "events") != 0)
        return kss_cli_complain("--schema is of events, not of %s", topic);
    kss_jsonl_schema(&text);
    kss_cli_print(&text);
    kss_text_free(&text);
    return KSS_OK;
}

int kss_cli_list(struct kss_cli *cli) {
    if (cli->operand_count != 1)
        return need_topic();
    if (kss_cli_value(cli, KSS_OPTION_SCHEMA) != NULL)
        return print_schema(cli->operands[0]);
    const char *names[TOPICS];
    bool markdown = kss_cli_value(cli, KSS_OPTION_MARKDOWN) != NULL;
    const char *format = kss_cli_value(cli, KSS_OPTION_LIST_FORMAT);
    bool jsonl = format != NULL && strcmp(format, "jsonl") == 0;
    if (jsonl && markdown)
        return kss_cli_complain("--markdown and --format jsonl exclude each other");
    for (unsigned i = 0; i < TOPICS; i++) {
        names[i] = topics[i].name;
        if (strcmp(topics[i].name, cli->operands[0]) != 0)
            continue;
        struct table table = {.columns = 1};
        struct kss_text text = {0};
        topics[i].list(&table, markdown || jsonl); // with all columns
        if (jsonl) {
            print_jsonl(&table, &text);
        } else if (markdown) {
            kss_text_str(&text, topics[i].page);
            print_markdown(&table, &text);
        } else {
            print_columns(&table, &text);
        }
        kss_cli_print(&text);
        kss_text_free(&text);
        kss_text_free(&table.cells);
        return KSS_OK;
    }
    return kss_cli_unknown("topic", cli->operands[0], names, TOPICS);
}
