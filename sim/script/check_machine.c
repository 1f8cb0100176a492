// SPDX-License-Identifier: MIT
// `machine { }` and the attributes of threads: one row per field with what it may be.
#include "script/check.h"

#include <string.h>

enum field_kind { BYTES, NUMBER, TIME, ONOFF, WORDS };

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset; // in struct kss_config
    unsigned size; // of the field there, bytes
    uint64_t least, most;
    const char *words; // WORDS: "a b c", in the order of the enumeration
};

#define IN(member) offsetof(struct kss_config, member), sizeof(((struct kss_config *)0)->member)
static const struct field fields[] = {
    {"page", BYTES, IN(profile.page_size), 0x1000, 0x10000, NULL},
    {"stack", BYTES, IN(profile.stack_size), 0x1000, 0x1000000, NULL},
    {"large_stack", BYTES, IN(profile.large_stack_size), 0x1000, 0x1000000, NULL},
    {"max_expansion", BYTES, IN(profile.max_expansion), 1, 0x1000000, NULL},
    {"reserve", BYTES, IN(profile.reserve), 0, 0x10000, NULL},
    {"trap_frame", BYTES, IN(profile.trap_frame), 0, 0x10000, NULL},
    {"processors", NUMBER, IN(profile.processors), 1, 64, NULL},
    {"swap", WORDS, IN(swap), 0, 0, "balance-set eager never"},
    {"swap_policy", WORDS, IN(swap_policy), 0, 0, "thread process"},
    {"outswap_after", TIME, IN(profile.outswap_after), 1, INT64_MAX / 4, NULL},
    {"swapper_period", TIME, IN(profile.swapper_period), 10000, INT64_MAX / 4, NULL},
    {"swap_priority_ceiling", NUMBER, IN(profile.swap_priority_ceiling), 0, 32, NULL},
    {"small_memory", ONOFF, IN(small_memory), 0, 1, NULL},
    {"clock_tick", TIME, IN(profile.clock_tick), 1000, 10000000, NULL},
    {"nonpaged_pool", BYTES, IN(profile.nonpaged_pool), 0, UINT32_MAX, NULL},
    {"paged_pool", BYTES, IN(profile.paged_pool), 0, UINT32_MAX, NULL},
    {"verifier", ONOFF, IN(verifier), 0, 1, NULL},
    {"nt_costs", ONOFF, IN(nt_costs), 0, 1, NULL},
    {"dpc_timeout", TIME, IN(dpc_timeout), 0, INT64_MAX / 4, NULL},
    {"dpc_watchdog", TIME, IN(dpc_watchdog), 0, INT64_MAX / 4, NULL},
    {"foreign_touch", WORDS, IN(foreign_touch), 0, 0, "bugcheck page-in"},
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static void put(struct kss_build *b, const struct field *field, uint64_t value) {
    char *at = (char *)&b->config + field->offset;
    uint8_t small = (uint8_t)value;
    uint32_t middle = (uint32_t)value;
    if (field->size == 1)
        memcpy(at, &small, 1);
    else if (field->size == 4)
        memcpy(at, &middle, 4);
    else if (field->size == 8)
        memcpy(at, &value, 8);
}

static const char *word_of(const struct kss_node *value) {
    return value != NULL && value->kind == KSS_N_NAME ? value->name : NULL;
}

static bool one_of(struct kss_build *b, const struct kss_node *setting, const char *words,
                   uint64_t *value) {
    const char *word = word_of(setting->a);
    const char *names[8];
    size_t count = 0;
    for (const char *at = words; *at != 0;) {
        size_t length = strcspn(at, " ");
        names[count] = kss_alloc_text(b->arena, at, length);
        if (word != NULL && strcmp(names[count], word) == 0) {
            *value = count;
            return true;
        }
        count++;
        at += length + (at[length] == ' ');
    }
    struct kss_diag *diag = KSS_SAY(b, setting->a != NULL ? setting->a : setting, "KSS0123",
                                    "`%s` is one of: %s", setting->name, words);
    const char *like = word != NULL ? kss_like(word, names, count) : NULL;
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    return false;
}

static void out_of_range(struct kss_build *b, const struct kss_node *setting,
                         const struct field *field) {
    struct kss_text text = {0};
    if (field->kind == TIME) {
        kss_text_duration(&text, (int64_t)field->least);
        kss_text_str(&text, " or more");
    } else {
        kss_text_format(&text, "between %llu and %llu", (unsigned long long)field->least,
                        (unsigned long long)field->most);
    }
    KSS_SAY(b, setting->a, "KSS0123", "`%s` must be %s", field->name, text.bytes);
    kss_text_free(&text);
}

static bool number_of(struct kss_build *b, const struct kss_node *setting,
                      const struct field *field, uint64_t *value) {
    struct kss_expr *e = kss_check_value(b, setting->a);
    if (e->type->kind == KSS_K_ERROR)
        return false;
    if (e->kind != KSS_X_CONST || e->type->kind != KSS_K_INT) {
        KSS_SAY(b, setting->a, "KSS0117", "`%s` must be a constant", field->name);
        return false;
    }
    if (e->type->is_duration != (field->kind == TIME)) {
        struct kss_diag *diag = KSS_SAY(b, setting->a, "KSS0113", "`%s` is %s", field->name,
                                        field->kind == TIME ? "a time" : "no time");
        if (field->kind == TIME)
            kss_diag_note(b->diags, diag, "help", "for example `15s`");
        return false;
    }
    *value = (uint64_t)e->value;
    bool negative = e->type->is_signed && e->value < 0;
    if (!negative && *value >= field->least && *value <= field->most)
        return true;
    out_of_range(b, setting, field);
    return false;
}

static void on_or_off(struct kss_build *b, const struct kss_node *setting,
                      const struct field *field) {
    uint64_t value = 0;
    const char *word = word_of(setting->a);
    if (word != NULL && (strcmp(word, "on") == 0 || strcmp(word, "TRUE") == 0))
        value = 1;
    else if (word == NULL || (strcmp(word, "off") != 0 && strcmp(word, "FALSE") != 0)) {
        if (!one_of(b, setting, "off on", &value))
            return;
    }
    put(b, field, value);
}

static void set_stack(struct kss_build *b, uint64_t value) {
    struct kss_profile *profile = &b->config.profile;
    if (profile->dpc_stack_size == profile->stack_size)
        profile->dpc_stack_size = (uint32_t)value;
    if (profile->large_stack_size < value)
        profile->large_stack_size = (uint32_t)value;
}

static void check_setting(struct kss_build *b, const struct kss_node *setting) {
    const struct field *field = NULL;
    const char *names[FIELDS];
    for (unsigned i = 0; i < FIELDS; i++) {
        names[i] = fields[i].name;
        if (strcmp(fields[i].name, setting->name) == 0)
            field = &fields[i];
    }
    if (field == NULL) {
        struct kss_diag *diag =
            KSS_SAY(b, setting, "KSS0106", "a machine has no field `%s`", setting->name);
        const char *like = kss_like(setting->name, names, FIELDS);
        if (like != NULL)
            kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        return;
    }
    uint64_t value = 0;
    if (field->kind == ONOFF) {
        on_or_off(b, setting, field);
        return;
    }
    if (setting->a == NULL) {
        KSS_SAY(b, setting, "KSS0123", "`%s` needs a value", field->name);
        return;
    }
    if (field->kind == WORDS ? !one_of(b, setting, field->words, &value)
                             : !number_of(b, setting, field, &value))
        return;
    if (strcmp(field->name, "page") == 0 && (value & (value - 1)) != 0) {
        KSS_SAY(b, setting->a, "KSS0123", "`page` must be a power of two");
        return;
    }
    if (strcmp(field->name, "stack") == 0)
        set_stack(b, value);
    put(b, field, value);
    if (strcmp(field->name, "outswap_after") == 0)
        b->config.profile.outswap_after_small = value;
}

static void check_whole(struct kss_build *b, struct kss_node *machine) {
    const struct kss_profile *p = &b->config.profile;
    if (p->stack_size == 0) {
        struct kss_diag *diag =
            KSS_SAY(b, machine, "KSS0123", "the stack size of machine %s is not public", p->name);
        kss_diag_note(b->diags, diag, "help", "give it: `machine %s { stack = 24K; }`", p->name);
    } else if (p->stack_size % p->page_size != 0) {
        KSS_SAY(b, machine, "KSS0123", "a stack is whole pages: %u is no multiple of %u",
                p->stack_size, p->page_size);
    } else if ((uint64_t)p->reserve + p->trap_frame >= p->stack_size) {
        KSS_SAY(b, machine, "KSS0123",
                "reserve and trap frame (%u bytes) leave nothing of the stack's %u",
                p->reserve + p->trap_frame, p->stack_size);
    }
}

void kss_check_machine(struct kss_build *b, struct kss_node *machine) {
    if (machine != NULL) {
        struct kss_pointer_map seen = {0};
        for (struct kss_node *at = machine->a; at != NULL; at = at->next) {
            struct kss_node *first = kss_map_get(&seen, at->name);
            if (first != NULL) {
                struct kss_diag *diag = KSS_SAY(b, at, "KSS0110", "`%s` is given twice", at->name);
                kss_diag_cause(b->diags, diag, kss_span_of(b, first), "the first one is here");
                continue;
            }
            kss_map_put(&seen, at->name, at);
            check_setting(b, at);
        }
        kss_map_free(&seen);
    }
    if (b->options != NULL && b->options->swap >= 0)
        b->config.swap = (enum kss_swap)b->options->swap;
    check_whole(b, machine);
}

static bool known_profile(struct kss_build *b, const char *name, const struct kss_node *node) {
    const struct kss_profile *profile = kss_profile_find(name, strlen(name));
    if (profile != NULL) {
        b->config = kss_config_default(profile);
        return true;
    }
    const char *names[16];
    size_t count = 0;
    for (unsigned i = 0; i < kss_profile_count && count < 16; i++)
        names[count++] = kss_profiles[i].name;
    struct kss_diag *diag = KSS_SAY(b, node, "KSS0106", "unknown machine `%s`", name);
    const char *like = kss_like(name, names, count);
    if (like != NULL)
        kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
    else
        kss_diag_note(b->diags, diag, "help", "`kss list machines` shows them");
    return false;
}

// The profile decides sizes and layouts, so it is chosen before anything else is looked at.
struct kss_node *kss_choose_machine(struct kss_build *b, struct kss_node *items) {
    struct kss_node *machine = NULL;
    for (struct kss_node *item = items; item != NULL; item = item->next) {
        if (item->kind != KSS_N_MACHINE)
            continue;
        item->number2 = 1;
        if (machine != NULL) {
            struct kss_diag *diag = KSS_SAY(b, item, "KSS0110", "a file has one machine");
            kss_diag_cause(b->diags, diag, kss_span_of(b, machine), "the first one is here");
            continue;
        }
        machine = item;
    }
    b->config = kss_config_default(kss_profile_find("x86", 3));
    if (b->options != NULL && b->options->machine != NULL)
        known_profile(b, b->options->machine, machine);
    else if (machine != NULL && machine->name != NULL)
        b->machine_given = known_profile(b, machine->name, machine);
    b->arch = b->config.profile.arch;
    b->pointer = b->config.profile.pointer_size;
    return machine;
}

// ---- Threads ------------------------------------------------------------------------------------
void kss_check_thread_settings(struct kss_build *b, struct kss_node *settings,
                               struct kss_script_thread *thread) {
    static const char *const names[] = {"priority", "process", "system", "gui"};
    for (struct kss_node *at = settings; at != NULL; at = at->next) {
        uint64_t value = 0;
        if (strcmp(at->name, "priority") == 0) {
            if (at->a == NULL)
                KSS_SAY(b, at, "KSS0123", "`priority` needs a value");
            else if (kss_check_count(b, at->a, "a priority", 31, &value))
                thread->priority = (int)value;
        } else if (strcmp(at->name, "process") == 0) {
            if (at->a == NULL || (at->a->kind != KSS_N_NAME && at->a->kind != KSS_N_STRING))
                KSS_SAY(b, at, "KSS0123", "`process` needs a name");
            else
                thread->process = at->a->kind == KSS_N_NAME ? at->a->name : at->a->text;
        } else if (strcmp(at->name, "system") == 0) {
            thread->system = true;
        } else if (strcmp(at->name, "gui") == 0) {
            thread->gui = true;
        } else {
            struct kss_diag *diag =
                KSS_SAY(b, at, "KSS0106", "a thread has no attribute `%s`", at->name);
            const char *like = kss_like(at->name, names, 4);
            if (like != NULL)
                kss_diag_note(b->diags, diag, "help", "did you mean `%s`?", like);
        }
    }
    if (thread->system && thread->process != NULL)
        KSS_SAY(b, settings, "KSS0123", "a system thread belongs to the System process");
    if (thread->system && thread->gui)
        KSS_SAY(b, settings, "KSS0123", "a system thread has no large (gui) stack here");
}
