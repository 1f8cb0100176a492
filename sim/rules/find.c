// SPDX-License-Identifier: MIT
// What the rules share: the table of what they remember, findings, names for things.
#include "rules/find.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

// ---- The cold table -----------------------------------------------------------------------------
struct slot {
    uint64_t key, value;
};

struct table { // at the start of the cold observer section; its slots follow
    uint32_t count, capacity;
    uint32_t findings; // numbers handed out
    uint32_t pad;
};

enum { FIRST_CAPACITY = 64 };

static uint64_t key_of(enum kss_memo kind, uint64_t of) {
    return (uint64_t)kind << 56 | (of & (UINT64_MAX >> 8));
}

static struct slot *slots_of(struct table *table) {
    return (struct slot *)(void *)(table + 1);
}

static struct slot *slot_for(struct table *table, uint64_t key) {
    struct slot *slots = slots_of(table);
    uint64_t hash = key * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t at = (uint32_t)(hash >> 32);
    for (;; at++) {
        struct slot *slot = &slots[at & (table->capacity - 1)];
        if (slot->key == key || slot->key == 0)
            return slot;
    }
}

static uint32_t table_size(uint32_t capacity) {
    return (uint32_t)(sizeof(struct table) + capacity * sizeof(struct slot));
}

static struct table *open_table(struct kss_machine *machine) {
    uint32_t used;
    kss_section_const(machine, KSS_S_OBSERVER_COLD, &used);
    if (used >= sizeof(struct table))
        return kss_observer(machine, false, used);
    struct table *table = kss_observer(machine, false, table_size(FIRST_CAPACITY));
    table->capacity = FIRST_CAPACITY;
    return table;
}

// Doubles the table. The slots are put aside meanwhile: they are few and this is rare.
static struct table *grow(struct kss_machine *machine, struct table *table) {
    uint32_t old = table->capacity;
    if (old > UINT32_MAX / 64)
        kss_os_fatal("the rules remember too much");
    struct slot *copy = malloc(old * sizeof *copy);
    if (copy == NULL)
        kss_os_fatal("out of memory");
    memcpy(copy, slots_of(table), old * sizeof *copy);
    table = kss_observer(machine, false, table_size(old * 2));
    memset(slots_of(table), 0, old * 2 * sizeof *copy);
    table->capacity = old * 2;
    for (uint32_t i = 0; i < old; i++)
        if (copy[i].key != 0)
            *slot_for(table, copy[i].key) = copy[i];
    free(copy);
    return table;
}

uint64_t kss_memo(struct kss_machine *machine, enum kss_memo kind, uint64_t of) {
    return slot_for(open_table(machine), key_of(kind, of))->value;
}

void kss_memo_set(struct kss_machine *machine, enum kss_memo kind, uint64_t of, uint64_t value) {
    struct table *table = open_table(machine);
    struct slot *slot = slot_for(table, key_of(kind, of));
    if (slot->key == 0) {
        if (value == 0)
            return;
        if (table->count >= table->capacity / 2) {
            table = grow(machine, table);
            slot = slot_for(table, key_of(kind, of));
        }
        slot->key = key_of(kind, of);
        table->count++;
    }
    slot->value = value;
}

struct kss_mark kss_mark(struct kss_machine *machine, enum kss_memo kind, uint64_t of) {
    return (struct kss_mark){
        .place = (uint32_t)kss_memo(machine, kind, of),
        .time = kss_memo(machine, (enum kss_memo)(kind + 1), of),
    };
}

void kss_mark_set(struct kss_machine *machine, enum kss_memo kind, uint64_t of,
                  const struct kss_event *event) {
    kss_memo_set(machine, kind, of, event->place);
    kss_memo_set(machine, (enum kss_memo)(kind + 1), of, event->time);
}

struct kss_rules_thread *kss_rules_thread(struct kss_machine *machine, uint16_t thread) {
    uint32_t count = see_thread_count(machine);
    if (count <= thread)
        count = (uint32_t)thread + 1;
    struct kss_rules_thread *records =
        kss_observer(machine, true, count * (uint32_t)sizeof(struct kss_rules_thread));
    return records + thread;
}

// ---- What several rules want to remember --------------------------------------------------------
void kss_rule_remember_init(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object == KSS_NONE)
        return;
    kss_addr address = see_object(machine, object)->address;
    kss_mark_set(machine, KSS_MARK_INIT, address, event);
    kss_memo_set(machine, KSS_MEMO_DIED, address, 0);
    kss_memo_set(machine, KSS_MEMO_MISUSE, address, 0);
    kss_memo_set(machine, KSS_MARK_WAITED, address, 0);
    uint32_t depth, routine;
    const struct kss_local *local;
    kss_see_owner(machine, address, &depth, &local, &routine);
    uint64_t which = 0;
    if (local != NULL)
        which = ((uint64_t)routine << 24 |
                 (uint64_t)(local - kss_machine_image(machine)->code[routine].locals)) +
                1;
    kss_memo_set(machine, KSS_MEMO_LOCAL, address, which);
}

// A status block is no object of the driver's: it becomes one when an IRP is to write it.
void kss_rule_remember_object(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object != KSS_NONE && see_object(machine, object)->kind == KSS_O_STATUS_BLOCK)
        kss_rule_remember_init(machine, event);
}

void kss_rule_remember_queue(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object != KSS_NONE)
        kss_mark_set(machine, KSS_MARK_QUEUE, see_object(machine, object)->address, event);
}

void kss_rule_remember_promise(struct kss_machine *machine, const struct kss_event *event) {
    kss_mark_set(machine, KSS_MARK_PROMISE, event->place, event);
}

// ---- Findings -----------------------------------------------------------------------------------
bool kss_finding_begin(struct kss_machine *machine, struct kss_finding *finding,
                       enum kss_hazard_id hazard, uint32_t place, uint32_t subject,
                       uint32_t *number) {
    if (kss_hazards[hazard].number == kss_machine_config(machine)->without) {
        *number = 0;
        return false;
    }
    uint64_t what =
        (uint64_t)hazard << 48 | (uint64_t)(place & 0xFFFFFF) << 24 | (subject & 0xFFFFFF);
    uint64_t said = kss_memo(machine, KSS_MEMO_SAID, what);
    if (said != 0) {
        *number = (uint32_t)said;
        return false;
    }
    *number = open_table(machine)->findings + 1;
    kss_memo_set(machine, KSS_MEMO_SAID, what, *number);
    memset(finding, 0, sizeof *finding);
    finding->hazard = hazard;
    finding->severity = kss_hazards[hazard].severity;
    finding->place = place;
    return true;
}

static void append(struct kss_text *text, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length <= 0)
        return;
    char *room = kss_text_room(text, (size_t)length);
    vsnprintf(room, (size_t)length + 1, format, arguments);
    text->length += (size_t)length; // the NUL has its room
}

void kss_finding_cause(struct kss_finding *finding, struct kss_mark mark, const char *format, ...) {
    if (finding->cause_count == KSS_FINDING_CAUSES) {
        finding->causes_left_out++;
        return;
    }
    unsigned index = finding->cause_count++;
    finding->causes[index].when = mark.time;
    finding->causes[index].place = mark.place;
    va_list arguments;
    va_start(arguments, format);
    append(&finding->causes[index].text, format, arguments);
    va_end(arguments);
}

void kss_finding_remark(struct kss_finding *finding, enum kss_remark kind, const char *format,
                        ...) {
    if (finding->remark_count == KSS_FINDING_REMARKS)
        abort(); // a rule says more than it may: a mistake in the rule
    unsigned index = finding->remark_count++;
    finding->remarks[index].kind = kind;
    va_list arguments;
    va_start(arguments, format);
    append(&finding->remarks[index].text, format, arguments);
    va_end(arguments);
}

void kss_finding_source(struct kss_finding *finding) {
    kss_finding_remark(finding, KSS_REMARK_SOURCE, "%s", kss_hazards[finding->hazard].source);
}

void kss_cause_of_object(struct kss_machine *machine, struct kss_finding *finding,
                         kss_addr address) {
    struct kss_mark mark = kss_mark(machine, KSS_MARK_INIT, address);
    if (mark.place == 0)
        return;
    struct kss_text what = {0};
    uint16_t object = kss_object_at(machine, address);
    bool block = object != KSS_NONE && see_object(machine, object)->kind == KSS_O_STATUS_BLOCK;
    kss_finding_cause(finding, mark, "%s is %s here", kss_say_dead(machine, address, &what),
                      block ? "given to an IRP" : "initialised");
    kss_text_free(&what);
}

static void emit_causes(struct kss_machine *machine, struct kss_finding *finding, uint32_t number) {
    bool done[KSS_FINDING_CAUSES] = {false};
    for (unsigned order = 0; order < finding->cause_count; order++) {
        unsigned next = finding->cause_count;
        for (unsigned i = 0; i < finding->cause_count; i++)
            if (!done[i] && (next == finding->cause_count ||
                             finding->causes[i].when < finding->causes[next].when))
                next = i;
        done[next] = true;
        kss_emit_at(machine, KSS_EV_FINDING_CAUSE, finding->causes[next].place,
                    kss_text_id(machine, finding->causes[next].text.bytes),
                    finding->causes[next].when, order + 1, number);
        kss_text_free(&finding->causes[next].text);
    }
}

static void emit_remark(struct kss_machine *machine, enum kss_remark kind, const char *text,
                        uint32_t place, uint32_t number) {
    kss_emit_at(machine, KSS_EV_FINDING_HELP, place, kind, kss_text_id(machine, text), number, 0);
}

uint32_t kss_finding_emit(struct kss_machine *machine, struct kss_finding *finding) {
    uint32_t number = ++open_table(machine)->findings;
    if (finding->message.length == 0)
        kss_text_str(&finding->message, kss_hazards[finding->hazard].text);
    uint32_t message = kss_text_id(machine, finding->message.bytes);
    uint32_t label = finding->label.length ? kss_text_id(machine, finding->label.bytes) : 0;
    kss_text_free(&finding->message);
    kss_text_free(&finding->label);
    kss_emit_at(machine, KSS_EV_FINDING, finding->place, finding->hazard, finding->severity,
                message, label);
    emit_causes(machine, finding, number);
    struct kss_text text = {0};
    if (finding->causes_left_out) {
        kss_text_format(&text, "%u more causes of the same kind", finding->causes_left_out);
        emit_remark(machine, KSS_REMARK_NOTE, text.bytes, finding->place, number);
    }
    for (unsigned i = 0; i < finding->remark_count; i++) {
        emit_remark(machine, finding->remarks[i].kind, finding->remarks[i].text.bytes,
                    finding->place, number);
        kss_text_free(&finding->remarks[i].text);
    }
    kss_text_clear(&text);
    kss_text_format(&text, "kss explain KSS%u", kss_hazards[finding->hazard].number);
    emit_remark(machine, KSS_REMARK_NEXT, text.bytes, finding->place, number);
    kss_text_free(&text);
    return number;
}

static void late_cause(struct kss_machine *machine, uint32_t number, uint32_t place,
                       const char *format, va_list arguments) {
    struct kss_text text = {0};
    append(&text, format, arguments);
    kss_emit_at(machine, KSS_EV_FINDING_CAUSE, place, kss_text_id(machine, text.bytes),
                kss_now(machine), KSS_FINDING_CAUSES + 1, number);
    kss_text_free(&text);
}

void kss_finding_late_cause(struct kss_machine *machine, uint32_t number, uint32_t place,
                            const char *format, ...) {
    if (number == 0) // its rule is off
        return;
    va_list arguments;
    va_start(arguments, format);
    late_cause(machine, number, place, format, arguments);
    va_end(arguments);
}

void kss_finding_follows(struct kss_machine *machine, uint32_t number, uint32_t place,
                         const char *format, ...) {
    uint64_t said = (uint64_t)number << 24 | (place & 0xFFFFFF);
    if (number == 0 || kss_memo(machine, KSS_MEMO_TOUCHED, said) != 0)
        return;
    kss_memo_set(machine, KSS_MEMO_TOUCHED, said, 1);
    va_list arguments;
    va_start(arguments, format);
    late_cause(machine, number, place, format, arguments);
    va_end(arguments);
}

// ---- Reading the state --------------------------------------------------------------------------
const struct kss_frame *kss_see_frame(const struct kss_machine *machine,
                                      const struct kss_stack *stack, uint32_t offset) {
    if (offset == KSS_NO_FRAME)
        return NULL;
    uint32_t used;
    const char *bytes = kss_section_const(machine, KSS_S_BYTES, &used);
    return (const struct kss_frame *)(const void *)(bytes + stack->run_offset + offset);
}

const struct kss_frame *kss_see_innermost(const struct kss_machine *machine, uint32_t *key) {
    uint32_t used;
    const struct kss_global *global = kss_section_const(machine, KSS_S_GLOBAL, &used);
    uint16_t index = see_cpu(machine, global->current_cpu)->stack;
    while (index != KSS_NONE) {
        const struct kss_stack *stack = see_stack(machine, index);
        for (const struct kss_frame *frame = kss_see_frame(machine, stack, stack->top);
             frame != NULL; frame = kss_see_frame(machine, stack, frame->previous))
            if (frame->entry <= KSS_ENTRY_CALLOUT) {
                *key = (uint32_t)(index + 1) << 22 ^ frame->depth;
                return frame;
            }
        index = stack->below;
    }
    *key = 0;
    return NULL;
}

uint16_t kss_see_stack_numbered(const struct kss_machine *machine, uint32_t number) {
    for (uint32_t i = 0; i < see_stack_count(machine); i++)
        if (see_stack_cold(machine, i)->number == number)
            return (uint16_t)i;
    return KSS_NONE;
}

uint16_t kss_see_owner(const struct kss_machine *machine, uint64_t address, uint32_t *depth,
                       const struct kss_local **local, uint32_t *routine) {
    *local = NULL;
    *routine = KSS_NO_FRAME;
    *depth = 0;
    uint16_t index = kss_stack_of(machine, address, depth);
    if (index == KSS_NONE)
        return KSS_NONE;
    const struct kss_stack *stack = see_stack(machine, index);
    if (stack->thread == KSS_NONE)
        return KSS_NONE;
    const struct kss_image *image = kss_machine_image(machine);
    for (const struct kss_frame *frame = kss_see_frame(machine, stack, stack->top); frame != NULL;
         frame = kss_see_frame(machine, stack, frame->previous)) {
        uint32_t above = frame->depth - frame->bytes;
        if (frame->entry > KSS_ENTRY_CALLOUT || *depth <= above || *depth > frame->depth)
            continue;
        const struct kss_code *code = &image->code[frame->routine];
        *routine = frame->routine;
        for (uint32_t i = 0; i < code->local_count; i++) {
            uint32_t first = above + code->locals[i].offset;
            if (*depth <= first && *depth > first - code->locals[i].size) {
                *depth = first;
                *local = &code->locals[i];
                return stack->thread;
            }
        }
        break;
    }
    return stack->thread;
}

// ---- Words --------------------------------------------------------------------------------------
const char *kss_say_routine(const struct kss_machine *machine, uint32_t routine,
                            struct kss_text *out) {
    kss_text_clear(out);
    const struct kss_image *image = kss_machine_image(machine);
    if (kss_path_is_nt(routine)) {
        kss_text_format(out, "nt!%s", kss_routines[routine - KSS_PATH_NT].name);
        return out->bytes;
    }
    if (routine >= image->code_count) {
        kss_text_str(out, routine == KSS_PATH_EXCEPTION ? "exception dispatch" : "nt");
        return out->bytes;
    }
    const struct kss_code *code = &image->code[routine];
    if (code->module[0] != '\0') {
        kss_text_str(out, code->module);
        kss_text_char(out, '!');
    }
    kss_text_str(out, code->name);
    return out->bytes;
}

const char *kss_say_address(struct kss_machine *machine, kss_addr address, struct kss_text *out) {
    struct kss_text whole = {0};
    uint16_t object = kss_object_at(machine, address);
    kss_describe_object(
        machine, address,
        object == KSS_NONE ? NULL : kss_object_kind_name(see_object(machine, object)->kind),
        &whole);
    kss_text_clear(out);
    size_t length = 0;
    while (length < whole.length && strncmp(whole.bytes + length, " (", 2) != 0)
        length++;
    kss_text_char(out, '`');
    kss_text_bytes(out, whole.bytes != NULL ? whole.bytes : "", length);
    kss_text_char(out, '`');
    kss_text_free(&whole);
    return out->bytes;
}

const char *kss_say_dead(struct kss_machine *machine, kss_addr address, struct kss_text *out) {
    uint64_t which = kss_memo(machine, KSS_MEMO_LOCAL, address);
    if (which == 0)
        return kss_say_address(machine, address, out);
    const struct kss_code *code = &kss_machine_image(machine)->code[(which - 1) >> 24];
    kss_text_clear(out);
    kss_text_format(out, "`%s`", code->locals[(which - 1) & 0xFFFFFF].name);
    return out->bytes;
}

const char *kss_say_irql(const struct kss_machine *machine, unsigned irql, struct kss_text *out) {
    kss_text_clear(out);
    const char *name = kss_irql_name(see_profile(machine)->arch, irql);
    if (name != NULL)
        kss_text_str(out, name);
    else
        kss_text_format(out, "IRQL %u", irql);
    return out->bytes;
}

const char *kss_say_time(uint64_t time, struct kss_text *out) {
    kss_text_clear(out);
    kss_text_time(out, time);
    return out->bytes;
}

const char *kss_say_duration(int64_t duration, struct kss_text *out) {
    kss_text_clear(out);
    kss_text_duration(out, duration);
    return out->bytes;
}

const char *kss_say_bytes(uint64_t bytes, struct kss_text *out) {
    kss_text_clear(out);
    kss_text_grouped(out, bytes);
    kss_text_str(out, bytes == 1 ? " byte" : " bytes");
    return out->bytes;
}

const char *kss_say_status(uint64_t status, struct kss_text *out) {
    kss_text_clear(out);
    const char *name = kss_status_name((uint32_t)status);
    if (name != NULL)
        kss_text_str(out, name);
    else
        kss_text_hex(out, (uint32_t)status);
    return out->bytes;
}
