// SPDX-License-Identifier: MIT
// What happened, said in the language of expectations, so that it can be pasted into the file.
#include "session/outcome.h"

#include <string.h>

static bool is_c_name(const char *name) {
    for (; *name != '\0'; name++)
        if (!(*name >= 'a' && *name <= 'z') && !(*name >= 'A' && *name <= 'Z') &&
            !(*name >= '0' && *name <= '9') && *name != '_')
            return false;
    return true;
}

// Whether the scenario writes "module!" somewhere: else the module is the file's own and goes
// without saying (it may be no C name, as that of 10-x86-budget.kss).
static bool module_is_written(const struct kss_log *log, const char *module) {
    const struct kss_source *source = &log->sources->files[log->file];
    size_t length = strlen(module);
    if (length == 0)
        return false;
    for (const char *at = source->bytes, *end = at + source->length; at + length < end; at++) {
        at = memchr(at, module[0], (size_t)(end - at));
        if (at == NULL || (size_t)(end - at) <= length)
            return false;
        if (memcmp(at, module, length) == 0 && at[length] == '!')
            return true;
    }
    return false;
}

// Symbols that C cannot spell are quoted.
static void say_symbol(const struct kss_log *log, uint32_t routine, struct kss_text *out) {
    if (routine >= log->routine_count)
        return;
    const struct kss_log_routine *r = &log->routines[routine];
    if (is_c_name(r->name)) {
        if (r->module != NULL && module_is_written(log, r->module)) {
            kss_text_str(out, r->module);
            kss_text_char(out, '!');
        }
        kss_text_str(out, r->name);
        return;
    }
    struct kss_text symbol = {0};
    kss_log_symbol(log, routine, &symbol);
    kss_text_char(out, '"');
    for (size_t i = 0; i < symbol.length; i++) {
        if (symbol.bytes[i] == '"' || symbol.bytes[i] == '\\')
            kss_text_char(out, '\\');
        kss_text_char(out, symbol.bytes[i]);
    }
    kss_text_char(out, '"');
    kss_text_free(&symbol);
}

static void say_in(const struct kss_log *log, uint32_t routine, struct kss_text *out) {
    if (routine >= log->routine_count || (log->routines[routine].flags & KSS_CODE_BODY))
        return;
    kss_text_str(out, " in ");
    say_symbol(log, routine, out);
}

void kss_say_hazard(const struct kss_log *log, const struct kss_digest_finding *finding,
                    struct kss_text *out) {
    kss_text_str(out, "hazard ");
    kss_text_str(out, kss_hazards[finding->hazard].name);
    say_in(log, finding->routine, out);
}

void kss_say_subject(const struct kss_log *log, const struct kss_expectation *expectation,
                     struct kss_text *out) {
    kss_text_str(out, expectation->what == KSS_OUTCOME_STACK ? "stack " : "status ");
    if (expectation->thread != KSS_NO_FRAME)
        kss_text_str(out, log->threads[expectation->thread].name);
    else if (expectation->device != KSS_NO_FRAME)
        kss_text_str(out, log->devices[expectation->device].name);
    else
        say_symbol(log, expectation->in, out);
}

// Addresses are the simulator's own and would only make the file brittle: they become `_`, and so
// does what the tables give no meaning. What is left says something about NT.
static bool worth_saying(const struct kss_bugcheck *bugcheck, unsigned index, uint64_t value,
                         uint64_t p1) {
    const char *meaning = kss_bugcheck_meaning(bugcheck, index, p1);
    if (meaning == NULL)
        return false;
    return value < 0x10000 || strstr(meaning, "status") != NULL || strstr(meaning, "code") != NULL;
}

void kss_say_bugcheck(const struct kss_log *log, const struct kss_digest *digest,
                      struct kss_text *out) {
    uint32_t code = (uint32_t)digest->bugcheck->words[0];
    const struct kss_bugcheck *bugcheck = kss_bugcheck_find(code);
    uint64_t values[4] = {digest->bugcheck->words[1], digest->bugcheck->words[2],
                          digest->bugcheck->words[3],
                          digest->bugcheck_more ? digest->bugcheck_more->words[0] : 0};
    kss_text_str(out, "bugcheck ");
    if (bugcheck != NULL)
        kss_text_str(out, bugcheck->name);
    else
        kss_text_hex(out, code);
    unsigned last = 4;
    while (last > 0 && !worth_saying(bugcheck, last - 1, values[last - 1], values[0]))
        last--;
    for (unsigned i = 0; i < (last ? 4u : 0u); i++) {
        kss_text_str(out, i == 0 ? " (" : ", ");
        if (worth_saying(bugcheck, i, values[i], values[0]) && values[i] < 10)
            kss_text_unsigned(out, values[i]);
        else if (worth_saying(bugcheck, i, values[i], values[0]))
            kss_text_hex(out, values[i]);
        else
            kss_text_char(out, '_');
    }
    if (last)
        kss_text_char(out, ')');
    say_in(log, digest->stop_routine, out);
}

bool kss_is_deadlock(const struct kss_digest *digest) {
    enum { SPIN, LOCK };
    if (digest->hang != NULL)
        return digest->hang->words[0] == SPIN || digest->hang->words[0] == LOCK;
    return digest->bugcheck == NULL && digest->never_count > 0;
}

bool kss_is_clean(const struct kss_digest *digest, bool strict) {
    if (digest->bugcheck != NULL || digest->hang != NULL)
        return false;
    for (uint32_t i = 0; i < digest->finding_count; i++)
        if (digest->findings[i].severity != KSS_NOTE || strict)
            return false;
    return true;
}

const struct kss_event *kss_thread_end(const struct kss_digest *digest, uint64_t thread) {
    for (uint32_t i = 0; i < digest->exit_count; i++)
        if (digest->exits[i]->words[0] == thread)
            return digest->exits[i];
    for (uint32_t i = 0; i < digest->never_count; i++)
        if (digest->nevers[i]->words[1] == thread)
            return digest->nevers[i];
    return NULL;
}

// A thread: the deepest use of its stack or of a segment it expanded to. A routine: bytes from Base
// to SP while it ran, the deepest of its calls; what it called is not part of it. A device stack:
// what its drivers used together (devices.c).
bool kss_stack_figure(const struct kss_log *log, const struct kss_digest *digest,
                      const struct kss_expectation *expectation, uint64_t *bytes) {
    if (expectation->thread != KSS_NO_FRAME) {
        const struct kss_digest_stack *stack =
            kss_digest_thread_stack(digest, (uint16_t)expectation->thread);
        *bytes = stack != NULL ? stack->used : 0;
        return stack != NULL;
    }
    if (expectation->device != KSS_NO_FRAME)
        return kss_device_figure(log, expectation->device, bytes);
    bool ran = false;
    *bytes = 0;
    for (uint32_t i = 0; i < log->count; i++) {
        const struct kss_event *event = &log->events[i];
        if (event->kind != KSS_EV_CALL ||
            !kss_log_same_routine(log, event->words[0], expectation->in))
            continue;
        ran = true;
        if (event->words[2] > *bytes)
            *bytes = event->words[2];
    }
    for (uint32_t i = 0; i < digest->stack_count; i++) { // the call that did not fit
        const struct kss_digest_stack *stack = &digest->stacks[i];
        if (!stack->overflowed || !kss_log_same_routine(log, stack->crossing, expectation->in))
            continue;
        ran = true;
        if (stack->used > *bytes)
            *bytes = stack->used;
    }
    return ran;
}
