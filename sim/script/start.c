// SPDX-License-Identifier: MIT
// A program meets a new machine: initial values of globals, threads, what `at` promises.
#include "script/execute.h"

static uint64_t datum(const struct kss_machine *m, const struct kss_initial *initial) {
    uint64_t addend = (uint64_t)initial->addend;
    switch (initial->kind) {
    case KSS_DATUM_GLOBAL: return kss_global_address(m, initial->target) + addend;
    case KSS_DATUM_CODE: return kss_code_address(m, initial->target) + addend;
    default: return addend;
    }
}

static void write_globals(const struct kss_compiled *code, struct kss_machine *m) {
    for (uint32_t i = 0; i < code->initial_count; i++) {
        const struct kss_initial *initial = &code->initials[i];
        kss_addr address = kss_global_address(m, initial->global) + initial->offset;
        uint64_t value = datum(m, initial);
        uint8_t word[8];
        for (unsigned k = 0; k < 8; k++)
            word[k] = (uint8_t)(value >> (8 * k));
        bool bytes = initial->kind == KSS_DATUM_BYTES;
        kss_write(m, address, bytes ? initial->bytes : word, initial->size, KSS_WHO_DRIVER);
    }
}

static void make_promises(const struct kss_compiled *code, struct kss_machine *m) {
    for (uint32_t i = 0; i < code->at_count; i++) {
        const struct kss_at_plan *plan = &code->ats[i];
        struct kss_due due = {.kind = (uint8_t)plan->what.kind,
                              .routine = plan->what.routine,
                              .target = plan->what.target,
                              .irql = plan->what.irql,
                              .argument_count = plan->what.argument_count};
        for (unsigned k = 0; k < plan->what.argument_count; k++)
            due.arguments[k] = datum(m, &plan->arguments[k]);
        kss_at(m, plan->place);
        kss_promise(m, &due, plan->after, plan->range, plan->place);
    }
}

void kss_script_start(const struct kss_program *program, struct kss_machine *m) {
    write_globals(program->code, m);
    bool loader = program->thread_count > 0 && program->threads[program->thread_count - 1].loader;
    if (program->driver_count > 0)
        kss_script_make_devices(program, m);
    if (loader)
        kss_threads_hold(m);
    uint16_t last = 0;
    for (uint32_t i = 0; i < program->thread_count; i++) {
        const struct kss_script_thread *thread = &program->threads[i];
        kss_at(m, thread->place);
        last = kss_thread_add(m, thread->name, thread->body, thread->priority, thread->process,
                              thread->system, thread->gui, thread->place);
    }
    if (loader)
        kss_threads_loader(m, last);
    make_promises(program->code, m);
}
