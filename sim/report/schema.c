// SPDX-License-Identifier: MIT
// The form of JSON Lines as a JSON Schema (draft 2020-12): one schema for a line, made from the tables that make and
// read the lines. Objects have no fields but those named, so that a field nobody declared is found.
#include "report/jsonl.h"

#include "kss/kss.h"

// A field: its schema is the name of a definition, or JSON when it begins with a brace.
struct row {
    const char *name, *schema;
    bool needed;
    const char *text; // what it says; NULL: its name does
};

#define COUNT(rows)          (sizeof(rows) / sizeof *(rows))
#define ARRAY_OF(definition) "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/" definition "\"}}"

static const struct row head_rows[] = {
    {"schema", "{\"const\":1}", true,
     "grows by additions only; what would change it has another number"},
    {"tool", "{\"const\":\"kss\"}", true, NULL},
    {"version", "string", true, "of the kss that wrote it"},
};

static const struct row run_rows[] = {
    {"machine", "machine", true, "as the run used it"},
    {"source", "source", true, NULL},
    {"device_calls", "yes", false,
     "a report's log keeps `irp.return`, since an expectation speaks of a device stack"},
    {"dropped", "number", false, "events that the log did not keep, when it was written from one"},
    {"routines", ARRAY_OF("routine_row"), true, "of the drivers; numbered from 0"},
    {"threads", ARRAY_OF("thread_row"), true,
     "that are known before the run; `thread` events add others"},
    {"errors", "u32", false, "how many there were, told or not"},
    {"others", "u32", false, "warnings and notes likewise"},
    {"diagnostics", ARRAY_OF("diagnostic"), false, "what loading said"},
};

static const struct row unread_rows[] = {
    {"source", "source", true, "its text, where it could be read"},
    {"failure", "string", false, "why it could not even be read"},
    {"errors", "u32", false, NULL},
    {"others", "u32", false, NULL},
    {"diagnostics", ARRAY_OF("diagnostic"), false, NULL},
};

static const struct row source_rows[] = {
    {"name", "string", true, NULL},
    {"frames", "string", false, "natively: whose frames are measured"},
    {"teaching", "string", false, "the text's first comment line"},
    {"text", "string", false, "natively one line for each place"},
    {"not_utf8", "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"minimum\":0}}", false,
     "pairs of an offset in the text as it was and the byte there, which `text` has as U+FFFD"},
    {"tables", "yes", false, "natively: frame tables were given"},
    {"sites", "{\"type\":\"array\",\"items\":{\"type\":\"integer\",\"minimum\":-1}}", false,
     "natively: the routine of each line of the text, -1 where nobody knows"},
};

#define PLACE_ROWS                                                                                 \
    {"line", "one", false, NULL}, {"col", "one", false, "counts bytes"}, {                         \
        "len", "u32", false, "bytes"                                                               \
    }

static const struct row routine_rows[] = {
    {"name", "string", true, "with its module: drv!Read"},
    {"module", "string", false, NULL},
    {"bare", "yes", false, "the name is all there is, though it looks as if it had a module"},
    {"same", "u32", false,
     "number of the first routine of that module and name, when this is not it"},
    {"bytes", "u32", true, "of a call's frame"},
    {"locals", "u32", true, "bytes"},
    {"origin", "origin", true, "of `bytes`"},
    {"table", "string", false, "the frame table's origin"},
    {"table_bytes", "u32", false, "natively: what the table says"},
    {"at_least", "string", false, "why the table's figure may be too small"},
    {"flags", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":255}", true,
     "1 pageable, 2 has code left out, 4 a thread's body, 8 a filter or __finally block"},
    {"followed", "yes", false,
     "a report's log keeps its calls, since an expectation speaks of them"},
    PLACE_ROWS,
    {"begin", "u32", false, "offset of all of it in the text"},
    {"end", "u32", false, NULL},
    {"vars", ARRAY_OF("variable"), false, "its named locals"},
};

static const struct row variable_rows[] = {
    {"name", "string", true, NULL},
    {"type", "string", true, NULL},
    {"offset", "u32", true, "of its first byte below the frame's upper edge"},
    {"size", "u32", true, NULL},
    PLACE_ROWS,
};

static const struct row thread_rows[] = {
    {"name", "string", true, NULL},
    {"process", "string", false, NULL},
    {"kind", "{\"enum\":[\"user\",\"system\"]}", true, NULL},
    {"gui", "yes", false, "it has a large stack"},
    {"priority", "{\"type\":\"integer\"}", true, NULL},
    {"body", "u32", true, "number of its routine; 4294967295: none of the drivers'"},
    PLACE_ROWS,
};

static const struct row diagnostic_rows[] = {
    {"severity", "{\"enum\":[\"note\",\"warning\",\"error\"]}", true, NULL},
    {"id", "string", false, NULL},
    {"message", "string", true, NULL},
    PLACE_ROWS,
    {"label", "string", false, NULL},
    {"causes", ARRAY_OF("cause"), false, NULL},
    {"notes", ARRAY_OF("note"), false, NULL},
};

static const struct row cause_rows[] = {
    {"line", "one", true, NULL},
    {"col", "one", true, NULL},
    {"len", "u32", true, NULL},
    {"label", "string", false, NULL},
};

static const struct row note_rows[] = {{"kind", "string", true, NULL},
                                       {"text", "string", true, NULL}};

// What every event has, behind its type.
static const struct row event_rows[] = {
    {"t", "duration", true, "virtual time in 100 ns"},
    {"seq", "u32", true, "ascends"},
    {"thread", "string", false, "the running thread"},
    {"thread" KSS_JSONL_NUMBER, "u32", false, NULL},
    {"irql", "irql", true, NULL},
    {"cpu", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":255}", false,
     "left out for processor 0"},
    {"on_stack", "u32", false, "the stack at work"},
    PLACE_ROWS,
};

// ---- Writing ------------------------------------------------------------------------------------

struct schema {
    struct kss_text *out;
    struct kss_text needed; // names, of the object that is written
    bool first;
};

static void definition(struct schema *schema, const char *name) {
    kss_text_format(schema->out, "%s\n\"%s\":", schema->first ? "" : ",", name);
    schema->first = false;
}

static void open_object(struct schema *schema, const char *text) {
    kss_text_str(schema->out, "{\"type\":\"object\",");
    if (text != NULL) {
        kss_text_str(schema->out, "\"description\":");
        kss_text_json(schema->out, text, strlen(text));
        kss_text_char(schema->out, ',');
    }
    kss_text_str(schema->out, "\"properties\":{");
    kss_text_clear(&schema->needed);
}

static void property(struct schema *schema, const struct row *row) {
    struct kss_text *out = schema->out;
    kss_text_str(out, out->bytes[out->length - 1] == '{' ? "" : ",");
    kss_text_json(out, row->name, strlen(row->name));
    kss_text_char(out, ':');
    if (row->schema[0] == '{')
        kss_text_str(out, row->schema);
    else
        kss_text_format(out, "{\"$ref\":\"#/$defs/%s\"}", row->schema);
    if (row->text != NULL) {
        out->length--; // the brace
        kss_text_str(out, ",\"description\":");
        kss_text_json(out, row->text, strlen(row->text));
        kss_text_char(out, '}');
    }
    if (row->needed)
        kss_text_format(&schema->needed, "%s\"%s\"", schema->needed.length > 0 ? "," : "",
                        row->name);
}

static void properties(struct schema *schema, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        property(schema, &rows[i]);
}

static void close_object(struct schema *schema) {
    kss_text_format(schema->out, "},\"required\":[%s],\"additionalProperties\":false}",
                    schema->needed.length > 0 ? schema->needed.bytes : "");
}

static void object(struct schema *schema, const char *name, const struct row *rows, size_t count) {
    definition(schema, name);
    open_object(schema, NULL);
    properties(schema, rows, count);
    close_object(schema);
}

// `type` comes first in a line. The definition of a line has a name of its own: `irql` is an event, too.
static void line(struct schema *schema, const char *type, const char *text) {
    struct kss_text constant = {0};
    kss_text_format(&constant, "line.%s", type);
    definition(schema, constant.bytes);
    kss_text_clear(&constant);
    open_object(schema, text);
    kss_text_format(&constant, "{\"const\":\"%s\"}", type);
    property(schema, &(struct row){"type", constant.bytes, true, NULL});
    kss_text_free(&constant);
}

static void names(struct schema *schema, const char *name, const char *(*nth)(unsigned index)) {
    const char *one;
    definition(schema, name);
    kss_text_str(schema->out, "{\"enum\":[");
    for (unsigned i = 0; (one = nth(i)) != NULL; i++) {
        kss_text_str(schema->out, i ? "," : "");
        kss_text_json(schema->out, one, strlen(one));
    }
    kss_text_str(schema->out, "]}");
}

// ---- Vocabularies -------------------------------------------------------------------------------

static const char *nth_routine(unsigned index) {
    return index < KSS_NT_COUNT ? kss_routines[index].name : NULL;
}

static const char *nth_policy(unsigned index) {
    return index < KSS_POLICY_COUNT ? kss_policies[index].name : NULL;
}

static const char *nth_origin(unsigned index) {
    return index < KSS_ORIGIN_COUNT ? kss_origin_name((enum kss_origin)index) : NULL;
}

static const char *nth_machine(unsigned index) {
    return index < kss_profile_count ? kss_profiles[index].name : NULL;
}

// The names by which statuses are written: aliases are not among them.
static const char *nth_status(unsigned index) {
    for (unsigned i = 0; i < kss_constant_count; i++) {
        const struct kss_constant *row = &kss_constants[i];
        const char *name =
            strcmp(row->type, "NTSTATUS") == 0 ? kss_status_name((uint32_t)row->value) : NULL;
        if (name != NULL && strcmp(name, row->name) == 0 && index-- == 0)
            return name;
    }
    return NULL;
}

static void hazards(struct schema *schema) {
    definition(schema, "hazard");
    kss_text_str(schema->out, "{\"enum\":[");
    for (unsigned i = 0; i < KSS_HAZARD_COUNT; i++)
        kss_text_format(schema->out, "%s\"KSS%04u\"", i ? "," : "", kss_hazards[i].number);
    kss_text_str(schema->out, "]}");
}

static void values(struct schema *schema) {
    static const struct row rows[] = {
        {"string", "{\"type\":\"string\"}", false, NULL},
        {"yes", "{\"const\":true}", false, NULL},
        {"one", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":4294967295}", false, NULL},
        {"u32", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295}", false, NULL},
        {"irql", "{\"type\":\"integer\",\"minimum\":0,\"maximum\":31}", false, NULL},
        {"signed", "{\"type\":\"integer\"}", false, NULL},
        {"duration", "{\"type\":\"integer\",\"minimum\":0}", false, NULL},
        {"hex", "{\"type\":\"string\",\"pattern\":\"^0x[0-9A-F]{1,16}$\"}", false, NULL},
        {"number", "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":0},{\"$ref\":\"#/$defs/hex\"}]}",
         false, NULL},
        {"status", "{\"anyOf\":[{\"$ref\":\"#/$defs/status_name\"},{\"$ref\":\"#/$defs/hex\"}]}",
         false, NULL},
        {"reason", "{\"anyOf\":[{\"$ref\":\"#/$defs/reason_name\"},{\"$ref\":\"#/$defs/u32\"}]}",
         false, NULL},
        {"mode", "{\"enum\":[\"KernelMode\",\"UserMode\"]}", false, NULL},
        {"boolean", "{\"type\":\"boolean\"}", false, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        definition(schema, rows[i].name);
        kss_text_str(schema->out, rows[i].schema);
    }
    names(schema, "status_name", nth_status);
    names(schema, "reason_name", kss_wait_reason_name);
    names(schema, "nt_routine", nth_routine);
    names(schema, "policy", nth_policy);
    names(schema, "origin", nth_origin);
    hazards(schema);
}

// ---- Lines --------------------------------------------------------------------------------------

static void one_of(const char *names_of, struct kss_text *out) {
    size_t length;
    const char *name;
    kss_text_str(out, "{\"enum\":[");
    for (unsigned i = 0; (name = kss_enum_name(names_of, i, &length)) != NULL; i++)
        kss_text_format(out, "%s\"%.*s\"", i ? "," : "", (int)length, name);
    kss_text_str(out, "]}");
}

static void machine(struct schema *schema) {
    struct kss_text text = {0};
    names(schema, "machine_name", nth_machine);
    definition(schema, "machine");
    open_object(schema, NULL);
    property(schema, &(struct row){"name", "machine_name", true, NULL});
    for (unsigned i = 0; i < kss_machine_field_count; i++) {
        const struct kss_machine_field *field = &kss_machine_fields[i];
        kss_text_clear(&text);
        if (field->values != NULL)
            one_of(field->values, &text);
        else if (field->most > UINT32_MAX)
            kss_text_str(&text, "number");
        else
            kss_text_format(&text, "{\"type\":\"integer\",\"minimum\":0,\"maximum\":%llu}",
                            (unsigned long long)field->most);
        property(schema, &(struct row){field->name, text.bytes, true, NULL});
    }
    close_object(schema);
    kss_text_free(&text);
}

static const char *schema_of(enum kss_word type) {
    static const char *const definitions[] = {[KSS_W_NONE] = "",
                                              [KSS_W_UNSIGNED] = "number",
                                              [KSS_W_SIGNED] = "signed",
                                              [KSS_W_HEX] = "hex",
                                              [KSS_W_ADDRESS] = "hex",
                                              [KSS_W_BYTES] = "number",
                                              [KSS_W_DURATION] = "duration",
                                              [KSS_W_STATUS] = "status",
                                              [KSS_W_ROUTINE] = "string",
                                              [KSS_W_NT] = "nt_routine",
                                              [KSS_W_OBJECT] = "one",
                                              [KSS_W_THREAD] = "string",
                                              [KSS_W_STACK] = "u32",
                                              [KSS_W_TEXT] = "string",
                                              [KSS_W_MODE] = "mode",
                                              [KSS_W_REASON] = "reason",
                                              [KSS_W_BOOL] = "boolean",
                                              [KSS_W_IRQL] = "irql",
                                              [KSS_W_HAZARD] = "hazard",
                                              [KSS_W_POLICY] = "policy",
                                              [KSS_W_ORIGIN] = "origin",
                                              [KSS_W_BUGCHECK] = "hex",
                                              [KSS_W_ENUM] = ""};
    return definitions[type];
}

// Words of these types are left out when there is nothing to say.
static bool may_be_absent(enum kss_word type) {
    return type == KSS_W_DURATION || type == KSS_W_OBJECT || type == KSS_W_STACK ||
           type == KSS_W_ROUTINE || type == KSS_W_NT || type == KSS_W_THREAD || type == KSS_W_TEXT;
}

static void event(struct schema *schema, const struct kss_event_kind *kind) {
    struct kss_text text = {0};
    line(schema, kind->name, kind->text);
    properties(schema, event_rows, COUNT(event_rows));
    for (unsigned i = 0; i < KSS_EVENT_WORDS && kind->words[i].word != KSS_W_NONE; i++) {
        enum kss_word type = kind->words[i].word;
        kss_text_clear(&text);
        if (type == KSS_W_ENUM)
            one_of(kind->words[i].values, &text);
        else
            kss_text_str(&text, schema_of(type));
        property(schema,
                 &(struct row){kind->words[i].name, text.bytes, !may_be_absent(type), NULL});
        if (type != KSS_W_ROUTINE && type != KSS_W_THREAD)
            continue;
        kss_text_clear(&text);
        kss_text_format(&text, "%s" KSS_JSONL_NUMBER, kind->words[i].name);
        property(schema, &(struct row){text.bytes, "u32", false, NULL});
    }
    close_object(schema);
    kss_text_free(&text);
}

static void choose(struct schema *schema, const char *type, bool last) {
    kss_text_format(schema->out,
                    "{\"if\":{\"properties\":{\"type\":{\"const\":\"%s\"}}},\"then\":{\"$ref\":\"#/"
                    "$defs/line.%s\"}}%s\n",
                    type, type, last ? "" : ",");
}

// A line's type says which definition it follows.
static void top(struct schema *schema) {
    struct kss_text *out = schema->out;
    kss_text_format(out,
                    "{\n\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\n"
                    "\"title\":\"A line of kss events, schema %d\",\n\"type\":\"object\",\n"
                    "\"properties\":{\"type\":{\"enum\":[\"run\",\"unread\"",
                    KSS_SCHEMA);
    for (unsigned i = 0; i < KSS_EV_COUNT; i++)
        kss_text_format(out, ",\"%s\"", kss_event_kinds[i].name);
    kss_text_str(out, "]}},\n\"required\":[\"type\"],\n\"allOf\":[\n");
    choose(schema, "run", false);
    choose(schema, "unread", false);
    for (unsigned i = 0; i < KSS_EV_COUNT; i++)
        choose(schema, kss_event_kinds[i].name, i + 1 == KSS_EV_COUNT);
    kss_text_str(out, "],\n\"$defs\":{");
}

void kss_jsonl_schema(struct kss_text *out) {
    struct schema schema = {.out = out, .first = true};
    top(&schema);
    values(&schema);
    machine(&schema);
    object(&schema, "source", source_rows, COUNT(source_rows));
    object(&schema, "routine_row", routine_rows, COUNT(routine_rows));
    object(&schema, "variable", variable_rows, COUNT(variable_rows));
    object(&schema, "thread_row", thread_rows, COUNT(thread_rows));
    object(&schema, "diagnostic", diagnostic_rows, COUNT(diagnostic_rows));
    object(&schema, "cause", cause_rows, COUNT(cause_rows));
    object(&schema, "note", note_rows, COUNT(note_rows));
    line(&schema, "run", "A run begins: what its events refer to.");
    properties(&schema, head_rows, COUNT(head_rows));
    properties(&schema, run_rows, COUNT(run_rows));
    close_object(&schema);
    line(&schema, "unread", "An input that did not load.");
    properties(&schema, head_rows, COUNT(head_rows));
    properties(&schema, unread_rows, COUNT(unread_rows));
    close_object(&schema);
    for (unsigned i = 0; i < KSS_EV_COUNT; i++)
        event(&schema, &kss_event_kinds[i]);
    kss_text_str(out, "\n}\n}\n");
    kss_text_free(&schema.needed);
}
