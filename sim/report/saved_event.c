// SPDX-License-Identifier: MIT
// One event read back. A word that is left out has the value that leaves it out (jsonl.c): no routine, no object,
// no timeout; words of the other types are always there.
#include "report/saved_private.h"

#include <stdlib.h>

// ---- Names --------------------------------------------------------------------------------------

// The number that stands behind a name which is not the first of its kind.
static bool numbered(struct kss_fields *fields, const char *name, uint64_t most, uint64_t *value) {
    if (fields->saved->failed || kss_parsed_member(fields->object, name) == NULL)
        return false;
    *value = kss_field_number(fields, name, most);
    return true;
}

static const char *name_of(struct kss_fields *fields, const char *field, size_t *length) {
    const struct kss_parsed *value = kss_field(fields, field);
    *length = 0;
    if (value == NULL)
        return NULL;
    if (kss_parsed_type(value) == KSS_PARSED_STRING)
        return kss_parsed_string(value, length);
    kss_fields_fail(fields, field, "`%s` is not a string", field);
    return NULL;
}

static uint64_t routine(struct kss_fields *fields, const char *field, const char *number) {
    const struct kss_saved_run *run = &fields->saved->run;
    size_t length;
    uint64_t value = 0;
    const char *name = name_of(fields, field, &length);
    if (name == NULL)
        return KSS_NO_FRAME;
    uint32_t known = kss_intern_find(&run->routine_names, name, length);
    if (numbered(fields, number, UINT32_MAX, &value)) {
        struct kss_text symbol = {0};
        bool same = value < run->log.routine_count && kss_log_symbol(&run->log, value, &symbol) &&
                    symbol.length == length && memcmp(symbol.bytes, name, length) == 0;
        kss_text_free(&symbol);
        if (!same)
            kss_fields_fail(fields, number, "there is no routine `%.60s` of that number", name);
        return value;
    }
    if (kss_jsonl_is_nt_row(name, length, &value))
        return value;
    if (known != KSS_NOT_INTERNED)
        return run->routines[known] - 1;
    kss_fields_fail(fields, field, "there is no routine `%.60s`", name);
    return KSS_NO_FRAME;
}

// A `thread` event may be about a thread that nobody has heard of: it is the next one then.
static uint64_t thread(struct kss_fields *fields, const char *field, const char *number,
                       bool may_be_new) {
    const struct kss_saved_run *run = &fields->saved->run;
    const struct kss_log *log = &run->log;
    size_t length;
    uint64_t value = 0;
    const char *name = name_of(fields, field, &length);
    if (name == NULL)
        return KSS_NONE;
    uint32_t known = kss_intern_find(&run->thread_names, name, length);
    bool told = numbered(fields, number, KSS_NONE - 1, &value);
    if (!told && known != KSS_NOT_INTERNED)
        return run->threads[known] - 1;
    if (may_be_new && (told ? value : log->thread_count) == log->thread_count)
        return log->thread_count;
    if (told && value < log->thread_count && strlen(log->threads[value].name) == length &&
        memcmp(log->threads[value].name, name, length) == 0)
        return value;
    kss_fields_fail(fields, field, "there is no thread `%.60s`%s", name,
                    told ? " of that number" : "");
    return KSS_NONE;
}

static uint64_t nt_routine(struct kss_fields *fields, const char *field) {
    size_t length;
    const char *name = name_of(fields, field, &length);
    if (name == NULL)
        return KSS_NT_COUNT;
    const struct kss_routine *row = kss_routine_find(name, length);
    if (row == NULL)
        kss_fields_fail(fields, field, "unknown NT routine `%.60s`", name);
    return row != NULL ? (uint64_t)(row - kss_routines) : KSS_NT_COUNT;
}

// ---- Numbers ------------------------------------------------------------------------------------

// An `object` event introduces a number: the next one, or one that is used again.
static uint64_t object(struct kss_fields *fields, const char *field, bool introduces) {
    struct kss_saved_run *run = &fields->saved->run;
    uint64_t number = kss_field_number_or(fields, field, UINT32_MAX, 0);
    if (introduces) {
        if (number == 0 || number > run->objects + 1)
            kss_fields_fail(fields, field, "objects are numbered from 1, without gaps");
        else if (number > run->objects)
            run->objects = number;
    } else if (number != 0 && kss_log_object_event(&run->log, number) == NULL) {
        kss_fields_fail(fields, field, "there is no object %llu", (unsigned long long)number);
    }
    return fields->saved->failed ? 0 : number;
}

static uint64_t stack(struct kss_fields *fields, const char *field, bool introduces,
                      uint64_t otherwise) {
    struct kss_saved_run *run = &fields->saved->run;
    uint64_t number = kss_field_number_or(fields, field, KSS_NONE - 1, otherwise);
    if (number == otherwise)
        return number;
    uint8_t *byte = &run->stacks[number / 8], bit = (uint8_t)(1u << (number & 7));
    if (introduces)
        *byte |= bit;
    else if ((*byte & bit) == 0)
        kss_fields_fail(fields, field, "there is no stack %llu", (unsigned long long)number);
    return number;
}

// ---- Words of tables ----------------------------------------------------------------------------

static uint64_t constant(struct kss_fields *fields, const char *field, const char *type) {
    const struct kss_parsed *value =
        fields->saved->failed ? NULL : kss_parsed_member(fields->object, field);
    size_t length;
    if (value != NULL && kss_parsed_type(value) == KSS_PARSED_INTEGER)
        return kss_field_number(fields, field, UINT32_MAX);
    if (value != NULL && kss_parsed_type(value) == KSS_PARSED_STRING &&
        kss_parsed_string(value, &length)[0] == '0')
        return kss_field_hex(fields, field);
    const char *name = kss_field_name(fields, field);
    const struct kss_constant *row = kss_constant_find(name, strlen(name));
    if (row != NULL && strcmp(row->type, type) == 0)
        return (uint32_t)row->value;
    kss_fields_fail(fields, field, "unknown value `%.60s` of %s", name, type);
    return 0;
}

static uint64_t hazard(struct kss_fields *fields, const char *field) {
    const char *name = kss_field_name(fields, field);
    const struct kss_hazard *row =
        strncmp(name, "KSS", 3) == 0 ? kss_hazard_named(name, strlen(name)) : NULL;
    if (row == NULL)
        kss_fields_fail(fields, field, "unknown finding `%.60s`", name);
    return row != NULL ? (uint64_t)(row - kss_hazards) : 0;
}

static uint64_t policy(struct kss_fields *fields, const char *field) {
    const char *name = kss_field_name(fields, field);
    for (unsigned i = 0; i < KSS_POLICY_COUNT; i++)
        if (strcmp(kss_policies[i].name, name) == 0)
            return i;
    kss_fields_fail(fields, field, "unknown policy `%.60s`", name);
    return 0;
}

static uint64_t origin(struct kss_fields *fields, const char *field) {
    const char *name = kss_field_name(fields, field);
    for (unsigned i = 0; i < KSS_ORIGIN_COUNT; i++)
        if (strcmp(kss_origin_name((enum kss_origin)i), name) == 0)
            return i;
    kss_fields_fail(fields, field, "unknown origin `%.60s`", name);
    return 0;
}

static uint64_t text(struct kss_fields *fields, const char *field) {
    size_t length;
    const char *bytes = name_of(fields, field, &length);
    return bytes == NULL ? 0 : kss_log_intern(&fields->saved->run.log, bytes, length);
}

// ---- An event -----------------------------------------------------------------------------------

static uint64_t word(struct kss_fields *fields, uint32_t kind, unsigned i) {
    const char *name = kss_event_kinds[kind].words[i].name;
    const char *number = fields->saved->numbers[kind][i];
    switch (kss_event_kinds[kind].words[i].word) {
    case KSS_W_NONE: return 0;
    case KSS_W_UNSIGNED:
    case KSS_W_BYTES:
        return kss_field_number(fields, name, strcmp(name, "used") == 0 ? UINT32_MAX : UINT64_MAX);
    case KSS_W_SIGNED: return (uint64_t)kss_field_signed(fields, name, INT64_MIN, INT64_MAX);
    case KSS_W_HEX:
    case KSS_W_ADDRESS:
    case KSS_W_BUGCHECK: return kss_field_hex(fields, name);
    case KSS_W_DURATION: return kss_field_number_or(fields, name, INT64_MAX, (uint64_t)-1);
    case KSS_W_STATUS: return constant(fields, name, "NTSTATUS");
    case KSS_W_REASON: return constant(fields, name, "KWAIT_REASON");
    case KSS_W_ROUTINE: return routine(fields, name, number);
    case KSS_W_NT: return nt_routine(fields, name);
    case KSS_W_OBJECT: return object(fields, name, kind == KSS_EV_OBJECT);
    case KSS_W_THREAD: return thread(fields, name, number, false);
    case KSS_W_STACK: return stack(fields, name, kind == KSS_EV_STACK, KSS_NONE);
    case KSS_W_TEXT: return text(fields, name);
    case KSS_W_MODE: return kss_field_one_of(fields, name, "KernelMode|UserMode");
    case KSS_W_BOOL: return kss_field_bool(fields, name);
    case KSS_W_IRQL: return kss_field_number(fields, name, 31);
    case KSS_W_HAZARD: return hazard(fields, name);
    case KSS_W_POLICY: return policy(fields, name);
    case KSS_W_ORIGIN: return origin(fields, name);
    case KSS_W_ENUM: return kss_field_one_of(fields, name, kss_event_kinds[kind].words[i].values);
    }
    return 0;
}

static void in_order(struct kss_fields *fields, const struct kss_event *event) {
    struct kss_saved_run *run = &fields->saved->run;
    if (run->any && event->sequence <= run->sequence)
        kss_fields_fail(fields, "seq", "`seq` does not ascend: lines are missing or out of order");
    else if (event->time < run->time)
        kss_fields_fail(fields, "t", "time goes back");
    run->any = true;
    run->sequence = event->sequence;
    run->time = event->time;
}

// Findings are numbered in their order; what adds to one names it.
static void check_finding(struct kss_fields *fields, const struct kss_event *event) {
    struct kss_saved_run *run = &fields->saved->run;
    uint64_t of = 0;
    switch (event->kind) {
    case KSS_EV_FINDING: run->findings++; return;
    case KSS_EV_FINDING_CAUSE: of = event->words[3]; break;
    case KSS_EV_FINDING_HELP: of = event->words[2]; break;
    case KSS_EV_EXPECTED: of = event->words[0]; break;
    default: return;
    }
    if (of > run->findings || (of == 0 && event->kind != KSS_EV_EXPECTED))
        kss_fields_fail(fields, "of", "there is no finding %llu", (unsigned long long)of);
}

static void know_thread(struct kss_saved_run *run, const struct kss_event *event) {
    const struct kss_log_thread known = {.name = kss_log_string(&run->log, event->words[0]),
                                         .process = kss_log_string(&run->log, event->words[3]),
                                         .priority = (int)event->words[2],
                                         .system = event->words[1] != 0,
                                         .body = KSS_NO_FRAME,
                                         .place = event->place};
    if (event->thread != run->log.thread_count)
        return;
    kss_saved_add_thread(run, &known);
    run->log.threads_made++;
}

void kss_saved_event(struct kss_saved *saved, struct kss_fields *fields, uint32_t kind) {
    struct kss_saved_run *run = &saved->run;
    bool names = kind == KSS_EV_THREAD;
    struct kss_event event = {.kind = (uint16_t)kind};
    event.time = kss_field_number(fields, "t", INT64_MAX);
    event.sequence = (uint32_t)kss_field_number(fields, "seq", UINT32_MAX);
    event.thread = (uint16_t)thread(fields, "thread", "thread" KSS_JSONL_NUMBER, names);
    event.irql = (uint8_t)kss_field_number(fields, "irql", 31);
    event.cpu = (uint8_t)kss_field_number_or(fields, "cpu", UINT8_MAX, 0);
    event.stack = (uint16_t)stack(fields, "on_stack", false, 0);
    event.place = kss_saved_place(fields);
    for (unsigned i = 0; i < KSS_EVENT_WORDS; i++)
        event.words[i] = word(fields, kind, i);
    kss_fields_close(fields);
    if (saved->failed)
        return;
    in_order(fields, &event);
    check_finding(fields, &event);
    if (names)
        know_thread(run, &event);
    if (saved->failed)
        return;
    if (kss_keeps(&run->keep, &run->log, &event))
        kss_log_add(&run->log, &event);
    if (saved->options.event != NULL)
        saved->options.event(saved->options.context, &run->log, &event);
}
