// SPDX-License-Identifier: MIT
// A session's life: load, start, run or step, finish, judge; and back by snapshot.
#include "session/private.h"

#include "base/os.h"
#include "frames/sizes.h"

#include <stdlib.h>
#include <string.h>

// ---- Events on their way ------------------------------------------------------------------------

// A stack's event carries its owner, not the thread that happens to run.
static uint16_t owner_of(const struct kss_machine *machine, const struct kss_event *event) {
    uint32_t used, depth;
    uint16_t index = kss_stack_of(machine, event->words[1] - 1, &depth);
    const struct kss_stack *stacks = kss_section_const(machine, KSS_S_STACK, &used);
    return index == KSS_NONE ? (uint16_t)KSS_NONE : stacks[index].thread;
}

// A thread that the scenario does not name: a driver's or one of nt's own.
static void know_thread(struct kss_session *session, const struct kss_event *event) {
    struct kss_log *log = &session->log;
    const struct kss_log_thread *old = log->threads;
    struct kss_log_thread *threads =
        KSS_NEW_ARRAY(&session->arena, struct kss_log_thread, log->thread_count + 1u);
    if (log->thread_count != 0)
        memcpy(threads, old, log->thread_count * sizeof *threads);
    threads[log->thread_count++] =
        (struct kss_log_thread){.name = kss_log_string(log, event->words[0]),
                                .process = kss_log_string(log, event->words[3]),
                                .priority = (int)event->words[2],
                                .system = event->words[1] != 0,
                                .body = KSS_NO_FRAME,
                                .place = event->place};
    log->threads = threads;
    log->threads_made++;
}

static void on_event(void *context, struct kss_machine *machine, const struct kss_event *event) {
    struct kss_session *session = context;
    struct kss_event copy = *event;
    if (copy.kind == KSS_EV_STACK)
        copy.thread = owner_of(machine, event);
    for (unsigned i = 0; i < KSS_EVENT_WORDS; i++)
        if (kss_event_kinds[copy.kind].words[i].word == KSS_W_ADDRESS)
            copy.words[i] = kss_shown(machine, copy.words[i]);
    if (copy.kind == KSS_EV_THREAD && copy.thread == session->log.thread_count)
        know_thread(session, &copy);
    if (kss_keeps(&session->keep, &session->log, &copy))
        kss_log_add(&session->log, &copy);
    if (session->stream != NULL)
        session->stream(session->stream_context, &session->log, &copy);
    if (copy.kind < KSS_EV_FINDING) { // rules see addresses as the machine has them
        memcpy(copy.words, event->words, sizeof copy.words);
        kss_rules_observe(machine, &copy);
    }
}

static uint32_t on_text(void *context, const char *bytes, size_t length) {
    struct kss_session *session = context;
    return kss_log_intern(&session->log, bytes, length);
}

static unsigned on_choose(void *context, struct kss_machine *machine, enum kss_choice kind,
                          unsigned count) {
    static const char *const names[] = {
        [KSS_CHOOSE_THREAD] = "thread",   [KSS_CHOOSE_LATER] = "later", [KSS_CHOOSE_TIE] = "tie",
        [KSS_CHOOSE_OUTSWAP] = "outswap", [KSS_CHOOSE_POOL] = "pool",   [KSS_CHOOSE_CPU] = "cpu"};
    struct kss_session *session = context;
    (void)machine;
    unsigned choice = session->options.choose(session->options.choose_context, names[kind], count);
    return choice < count ? choice : 0;
}

// ---- Loading ------------------------------------------------------------------------------------

static const char *keep_text(struct kss_session *session, const char *text) {
    if (text == NULL)
        return NULL;
    return kss_utf8_string(&session->arena, kss_alloc_text(&session->arena, text, strlen(text)));
}

struct kss_session *kss_session_new(const struct kss_options *options) {
    struct kss_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        kss_os_fatal("out of memory");
    if (options != NULL)
        session->options = *options;
    session->options.machine = keep_text(session, session->options.machine);
    session->options.swap = keep_text(session, session->options.swap);
    if (session->options.max_steps == 0)
        session->options.max_steps = KSS_DEFAULT_STEPS;
    session->sources.arena = &session->arena;
    session->diags.arena = &session->arena;
    session->log.limit = KSS_LOG_LIMIT;
    return session;
}

// Natively frames are measured; what tables say stands beside that.
static void tell_table(const struct kss_session *session, struct kss_log_routine *routine) {
    struct kss_frame_size size;
    if (!kss_frame_size(session->options.frames, &session->program->config.profile, routine->module,
                        routine->name, false, &size))
        return;
    if (size.other != UINT32_MAX || size.foreign != NULL || size.bytes > UINT32_MAX)
        return;
    routine->table = size.from;
    routine->at_least = size.at_least;
    routine->table_bytes = (uint32_t)size.bytes;
}

// A name as reports show it.
static const char *shown(struct kss_session *session, const char *text) {
    return text == NULL ? NULL : kss_utf8_string(&session->arena, text);
}

void kss_session_fill_header(struct kss_session *session) {
    const struct kss_program *program = session->program;
    struct kss_log *log = &session->log;
    struct kss_log_routine *routines =
        KSS_NEW_ARRAY(&session->arena, struct kss_log_routine, program->image.code_count);
    for (uint32_t i = 0; i < program->image.code_count; i++) {
        const struct kss_code *code = &program->image.code[i];
        routines[i] = (struct kss_log_routine){.module = shown(session, code->module),
                                               .name = shown(session, code->name),
                                               .bytes = code->bytes,
                                               .locals = code->locals_size,
                                               .origin = code->origin,
                                               .table = code->frame_from,
                                               .at_least = code->frame_least,
                                               .flags = code->flags,
                                               .place = code->place,
                                               .extent = code->extent,
                                               .vars = code->locals,
                                               .var_count = code->local_count};
        if (session->native != NULL)
            tell_table(session, &routines[i]);
    }
    kss_log_link_names(&session->arena, routines, program->image.code_count);
    struct kss_log_thread *threads =
        KSS_NEW_ARRAY(&session->arena, struct kss_log_thread, program->thread_count);
    for (uint32_t i = 0; i < program->thread_count; i++) {
        const struct kss_script_thread *thread = &program->threads[i];
        threads[i] = (struct kss_log_thread){.name = shown(session, thread->name),
                                             .process = shown(session, thread->process),
                                             .priority = thread->priority,
                                             .system = thread->system,
                                             .gui = thread->gui,
                                             .body = thread->body,
                                             .place = thread->place};
    }
    log->sources = &session->sources;
    log->file = program->file;
    log->teaching = program->teaching;
    if (log->teaching != NULL) {
        size_t length = strlen(log->teaching);
        log->teaching = kss_utf8_text(&session->arena, log->teaching, &length);
    }
    log->config = program->config;
    log->routines = routines;
    log->routine_count = program->image.code_count;
    log->threads = threads;
    log->thread_count = program->thread_count;
    log->threads_made = 0;
    log->devices =
        KSS_NEW_ARRAY(&session->arena, struct kss_log_device, program->device_count + 1u);
    log->device_count = program->device_count;
    for (uint32_t i = 0; i < program->device_count; i++)
        log->devices[i].name = program->devices[i].name;
    log->places = program->places;
    log->place_count = program->place_count;
}

// What every report needs, whatever else is recorded.
void kss_session_prepare(struct kss_session *session) {
    kss_keep_basics(&session->keep);
    if (session->options.all_events)
        kss_keep_all(&session->keep);
    session->log.keep = &session->keep;
}

// `stack R` and `status R` speak of single calls: only those of R (and of routines that share its
// name) are recorded.
static void follow_expected(struct kss_session *session) {
    const struct kss_program *program = session->program;
    bool *followed = NULL;
    for (uint32_t i = 0; i < program->expectation_count; i++) {
        const struct kss_expectation *e = &program->expectations[i];
        bool stack = e->what == KSS_OUTCOME_STACK;
        if ((!stack && e->what != KSS_OUTCOME_STATUS) || e->quantifier != KSS_PLAIN)
            continue;
        bool device = stack && e->device != KSS_NO_FRAME;
        if (!device && e->in == KSS_NO_FRAME)
            continue;
        session->keep.device_calls |= device; // and all calls
        if (followed == NULL)
            followed = KSS_NEW_ARRAY(&session->arena, bool, program->image.code_count);
        for (uint32_t r = 0; r < program->image.code_count; r++)
            if (device || kss_log_same_routine(&session->log, r, e->in))
                followed[r] = true;
    }
    session->keep.followed = followed;
}

static int swap_option(const char *name) {
    static const char *const names[] = {"balance-set", "eager", "never"};
    for (int i = 0; name != NULL && i < 3; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

// A wrong option is the caller's mistake and has no place in the source.
static bool good_options(struct kss_session *session) {
    const struct kss_options *options = &session->options;
    if (options->machine != NULL &&
        kss_profile_find(options->machine, strlen(options->machine)) == NULL)
        session->failure = "unknown machine";
    else if (options->swap != NULL && swap_option(options->swap) < 0)
        session->failure = "unknown swap policy";
    return session->failure == NULL;
}

static void load(struct kss_session *session, const char *name, const char *bytes, size_t length) {
    session->name = name;
    if (!good_options(session))
        return;
    struct kss_script_options options = {.machine = session->options.machine,
                                         .swap = swap_option(session->options.swap),
                                         .frames = session->options.frames};
    uint32_t file = kss_source_add(&session->sources, name, bytes, length);
    session->program =
        kss_script_load(&session->arena, &session->sources, file, &options, &session->diags);
    if (session->program == NULL)
        return;
    kss_session_fill_header(session);
    kss_session_prepare(session);
    follow_expected(session);
}

struct kss_session *kss_session_open(const char *name, const char *bytes, size_t length,
                                     const struct kss_options *options) {
    struct kss_session *session = kss_session_new(options);
    load(session, keep_text(session, name), bytes, length);
    return session;
}

struct kss_session *kss_open_text(const char *name, const char *bytes, size_t length,
                                  const struct kss_options *options) {
    struct kss_session *session = kss_session_new(options);
    load(session, keep_text(session, name), kss_alloc_text(&session->arena, bytes, length), length);
    return session;
}

struct kss_session *kss_open_file(const char *path, const struct kss_options *options) {
    struct kss_session *session = kss_session_new(options);
    char *bytes;
    size_t length;
    session->name = strcmp(path, "-") == 0 ? "stdin" : keep_text(session, path);
    session->failure = kss_os_read(&session->arena, path, &bytes, &length);
    if (session->failure == NULL)
        load(session, session->name, bytes, length);
    return session;
}

void kss_close(struct kss_session *session) {
    if (session == NULL)
        return;
    if (session->machine != NULL)
        kss_machine_free(session->machine);
    if (session->native != NULL)
        session->native_free(session->native);
    kss_log_free(&session->log);
    kss_diags_free(&session->diags);
    kss_sources_free(&session->sources);
    kss_text_free(&session->diagnostics);
    kss_text_free(&session->output);
    kss_text_free(&session->words);
    kss_arena_free(&session->digest_arena);
    kss_arena_free(&session->arena);
    free(session);
}

bool kss_loaded(const struct kss_session *session) {
    return session->program != NULL;
}

// ---- Running ------------------------------------------------------------------------------------

void kss_session_without(struct kss_session *session, unsigned number) {
    session->without = (uint16_t)number;
}

void kss_session_start(struct kss_session *session, const struct kss_space *space) {
    const struct kss_program *program = session->program;
    session->port = (struct kss_port){.context = session,
                                      .event = on_event,
                                      .text = on_text,
                                      .choose = session->options.choose ? on_choose : NULL,
                                      .space = space};
    struct kss_config config = program->config;
    config.without = session->without;
    session->machine = kss_machine_new(&config, &program->image, &session->port);
    kss_rules_attach(session->machine);
    for (int kind = 0; kind < KSS_EV_COUNT; kind++)
        if (session->keep.kinds[kind] || session->stream != NULL)
            kss_want(session->machine, (enum kss_event_id)kind);
    if (session->keep.followed != NULL) {
        kss_want(session->machine, KSS_EV_CALL);
        kss_want(session->machine, KSS_EV_RETURN);
    }
    if (session->keep.device_calls)
        kss_want(session->machine, KSS_EV_IRP_RETURN);
}

static void start(struct kss_session *session) {
    kss_session_start(session, NULL);
    kss_script_start(session->program, session->machine);
}

static void finish(struct kss_session *session) {
    kss_machine_finish(session->machine);
    kss_rules_finish(session->machine);
    for (uint32_t i = 0; i < session->log.device_count; i++)
        session->log.devices[i].address = kss_script_device(session->program, session->machine, i);
    kss_session_judge(session);
    session->judged = true;
}

bool kss_step(struct kss_session *session, uint64_t steps) {
    if (session->program == NULL || session->judged || session->native != NULL)
        return false;
    if (session->machine == NULL)
        start(session);
    uint64_t left = session->options.max_steps - session->steps;
    if (steps > left)
        steps = left;
    session->steps += kss_script_run(session->program, session->machine, steps);
    session->generation++;
    if (kss_ended(session->machine) == KSS_END_RUNNING &&
        session->steps >= session->options.max_steps)
        kss_end_steps(session->machine);
    if (kss_ended(session->machine) == KSS_END_RUNNING)
        return true;
    finish(session);
    return false;
}

int kss_run(struct kss_session *session) {
    while (kss_step(session, session->options.max_steps))
        ;
    return kss_session_status(session);
}

void kss_restart(struct kss_session *session) {
    if (session->machine != NULL)
        kss_machine_free(session->machine);
    session->machine = NULL;
    session->log.count = 0;
    session->log.dropped = 0;
    session->steps = 0;
    session->judged = false;
    session->generation++;
}

// ---- Snapshots ----------------------------------------------------------------------------------

struct kss_snapshot {
    void *state; // of the machine, NULL: not started
    size_t size;
    uint64_t steps, dropped;
    uint32_t events;
    bool judged;
};

struct kss_snapshot *kss_snapshot(struct kss_session *session) {
    struct kss_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (snapshot == NULL)
        kss_os_fatal("out of memory");
    if (session->machine != NULL) {
        const void *state = kss_state(session->machine, &snapshot->size);
        snapshot->state = malloc(snapshot->size);
        if (snapshot->state == NULL)
            kss_os_fatal("out of memory");
        memcpy(snapshot->state, state, snapshot->size);
    }
    snapshot->steps = session->steps;
    snapshot->dropped = session->log.dropped;
    snapshot->events = session->log.count;
    snapshot->judged = session->judged;
    return snapshot;
}

void kss_rewind(struct kss_session *session, const struct kss_snapshot *snapshot) {
    if (snapshot->state == NULL) {
        kss_restart(session);
        return;
    }
    if (session->machine == NULL)
        start(session);
    kss_restore(session->machine, snapshot->state, snapshot->size);
    session->steps = snapshot->steps;
    session->log.dropped = snapshot->dropped;
    session->log.count = snapshot->events;
    session->judged = snapshot->judged;
    session->generation++;
}

void kss_snapshot_free(struct kss_snapshot *snapshot) {
    if (snapshot != NULL)
        free(snapshot->state);
    free(snapshot);
}

// ---- What floors above ask ----------------------------------------------------------------------

const char *kss_session_name(const struct kss_session *session) {
    return session->name;
}

const char *kss_session_failure(const struct kss_session *session) {
    return session->failure;
}

struct kss_sources *kss_session_sources(struct kss_session *session) {
    return &session->sources;
}

const struct kss_diags *kss_session_diags(const struct kss_session *session) {
    return &session->diags;
}

const struct kss_machine *kss_session_machine(const struct kss_session *session) {
    return session->machine;
}

const struct kss_program *kss_session_program(const struct kss_session *session) {
    return session->program;
}

const struct kss_log *kss_session_log(const struct kss_session *session) {
    return &session->log;
}

const struct kss_digest *kss_session_digest(struct kss_session *session) {
    if (session->digest_made && session->digest_of == session->log.count &&
        session->digest_generation == session->generation)
        return &session->digest;
    kss_arena_free(&session->digest_arena);
    session->digest = kss_digest_make(&session->digest_arena, &session->log);
    session->digest_of = session->log.count;
    session->digest_generation = session->generation;
    session->digest_made = true;
    return &session->digest;
}

void kss_session_keep_why(struct kss_session *session) {
    kss_keep_why(&session->keep);
}

void kss_session_set_stream(struct kss_session *session, kss_session_stream *stream,
                            void *context) {
    session->stream = stream;
    session->stream_context = context;
}

struct kss_text *kss_session_output(struct kss_session *session) {
    kss_text_clear(&session->output);
    return &session->output;
}

int kss_session_status(const struct kss_session *session) {
    return session->program == NULL ? KSS_BAD_INPUT : kss_log_status(&session->log);
}
