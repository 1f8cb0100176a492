// SPDX-License-Identifier: MIT
#include "session/native.h"
#include "session/private.h"

#include "base/os.h"
#include "native/image.h"

#include <stdlib.h>
#include <string.h>

// What a native session has beside the common parts; its program grows as code is met.
struct kss_session_native {
    struct kss_native *processor;
    struct kss_program program;
    struct kss_script_thread *threads;
    unsigned thread_room;
    uint32_t sites_seen, threads_seen;
    struct kss_span *spans;
    uint32_t *place_routines;
    struct kss_text text;
};

struct kss_native *kss_session_processor(const struct kss_session *session) {
    return session->native->processor;
}

struct kss_machine *kss_session_native_machine(struct kss_session *session) {
    return session->machine;
}

static void free_native(struct kss_session_native *native) {
    if (native == NULL)
        return;
    kss_native_free(native->processor);
    kss_text_free(&native->text);
    free(native->threads);
    free(native->spans);
    free(native->place_routines);
    free(native);
}

struct kss_session *kss_session_native(const char *name, const struct kss_config *config,
                                       bool all_events, const char **error) {
    struct kss_session_native *native = calloc(1, sizeof *native);
    if (native == NULL)
        kss_os_fatal("out of memory");
    native->program = (struct kss_program){.config = *config};
    native->processor = kss_native_new(&native->program.config, &native->program.image, error);
    if (native->processor == NULL) {
        free(native);
        return NULL;
    }
    struct kss_session *session = kss_session_new(&(struct kss_options){.all_events = all_events});
    session->native = native;
    session->native_free = free_native;
    session->program = &native->program;
    native->program.name =
        kss_utf8_string(&session->arena, kss_alloc_text(&session->arena, name, strlen(name)));
    session->name = native->program.name;
    native->program.file = kss_source_add(&session->sources, native->program.name, "", 0);
    kss_session_prepare(session);
    kss_session_start(session, kss_native_space(native->processor));
    kss_native_attach(native->processor, session->machine);
    return session;
}

static struct kss_script_thread *more_threads(struct kss_session_native *native) {
    struct kss_program *program = &native->program;
    native->threads = kss_grow(native->threads, &native->thread_room, program->thread_count + 1u,
                               sizeof *native->threads);
    program->threads = native->threads;
    return &native->threads[program->thread_count++];
}

// Threads that the harness did not make: drivers' and nt's own.
static void adopt_threads(struct kss_session *session) {
    struct kss_session_native *native = session->native;
    uint32_t used;
    kss_section_const(session->machine, KSS_S_THREAD, &used);
    while (native->program.thread_count < used / sizeof(struct kss_thread)) {
        uint32_t i = native->program.thread_count;
        const struct kss_thread *thread =
            (const struct kss_thread *)kss_section_const(session->machine, KSS_S_THREAD, &used) + i;
        const struct kss_thread_cold *cold = (const struct kss_thread_cold *)kss_section_const(
                                                 session->machine, KSS_S_THREAD_COLD, &used) +
                                             i;
        *more_threads(native) =
            (struct kss_script_thread){.name = kss_log_string(&session->log, cold->name),
                                       .process = kss_log_string(&session->log, cold->process_name),
                                       .body = KSS_NO_FRAME,
                                       .priority = thread->priority,
                                       .system = thread->flags & KSS_TF_SYSTEM};
    }
}

uint16_t kss_session_thread(struct kss_session *session, const char *name, void (*routine)(void),
                            const uint64_t *arguments, unsigned count, unsigned returns,
                            int priority, const char *process, bool system, bool gui) {
    struct kss_session_native *native = session->native;
    adopt_threads(session);
    name = kss_alloc_text(&session->arena, name, strlen(name));
    if (process != NULL)
        process = kss_alloc_text(&session->arena, process, strlen(process));
    uint32_t body = kss_native_body(native->processor, name, routine, arguments, count, returns);
    *more_threads(native) = (struct kss_script_thread){.name = name,
                                                       .process = process,
                                                       .body = body,
                                                       .priority = priority,
                                                       .system = system,
                                                       .gui = gui};
    return kss_thread_add(session->machine, name, body, priority, process, system, gui, 0);
}

uint64_t kss_session_thread_value(const struct kss_session *session, uint16_t thread) {
    const struct kss_session_native *native = session->native;
    uint32_t used;
    uint32_t body =
        thread < native->program.thread_count ? native->threads[thread].body : KSS_NO_FRAME;
    const struct kss_thread *threads = kss_section_const(session->machine, KSS_S_THREAD, &used);
    if (body != KSS_NO_FRAME && kss_native_body_returned(native->processor, body))
        return kss_native_body_value(native->processor, body);
    return threads[thread].state == KSS_T_ENDED ? threads[thread].exit_status : 0;
}

const char *kss_session_thread_name(struct kss_session *session, uint16_t thread) {
    adopt_threads(session);
    return session->native->threads[thread].name;
}

// ---- The header -------------------------------------------------------------------------------------
static void write_site(const struct kss_program *program, const struct kss_native_site *site,
                       struct kss_text *out) {
    if (site->code == KSS_NO_FRAME) {
        kss_text_str(out, "unknown code");
    } else {
        const struct kss_code *code = &program->image.code[site->code];
        kss_text_format(out, "%s!%s+0x%X", code->module, code->name, (unsigned)site->offset);
    }
    if (site->nt < KSS_NT_COUNT)
        kss_text_format(out, "  %s", kss_routines[site->nt].name);
    kss_text_char(out, '\n');
}

static void refresh_places(struct kss_session *session) {
    struct kss_session_native *native = session->native;
    uint32_t count = kss_native_site_count(native->processor);
    if (count == native->sites_seen)
        return;
    native->spans = realloc(native->spans, (count + 1u) * sizeof *native->spans);
    native->place_routines =
        realloc(native->place_routines, (count + 1u) * sizeof *native->place_routines);
    if (native->spans == NULL || native->place_routines == NULL)
        kss_os_fatal("out of memory");
    native->spans[0] = (struct kss_span){0};
    native->place_routines[0] = KSS_NO_FRAME;
    for (uint32_t place = native->sites_seen + 1; place <= count; place++) {
        const struct kss_native_site *site = kss_native_site_at(native->processor, place);
        uint32_t begin = (uint32_t)native->text.length;
        write_site(&native->program, site, &native->text);
        native->spans[place] = (struct kss_span){
            .file = native->program.file, .begin = begin, .end = (uint32_t)native->text.length - 1};
        native->place_routines[place] = site->code;
    }
    native->sites_seen = count;
    native->program.places = native->spans;
    native->program.place_count = count + 1;
    kss_source_change(&session->sources, native->program.file, native->text.bytes,
                      native->text.length);
    session->log.place_routines = native->place_routines;
}

// Frames differ between compilers: a report says whose it counts.
static const char *frames(void) {
    bool exact = false, host = false;
    for (const struct kss_module *m = NULL; (m = kss_module_next(m)) != NULL;)
        *(m->exact_frames ? &exact : &host) = true;
    if (exact && !host)
        return "measured on the Windows x64 convention (exact frames)";
    return exact ? "measured, some on the Windows x64 convention, some on the host's ABI"
                 : "measured on the host's ABI";
}

void kss_session_set_frames(struct kss_session *session, const struct kss_frames *frames) {
    session->options.frames = frames;
    session->log.tables = frames != NULL;
}

void kss_session_refresh(struct kss_session *session) {
    struct kss_session_native *native = session->native;
    uint32_t sites = native->sites_seen; // each routine that is met brings a site
    refresh_places(session);
    adopt_threads(session);
    if (session->log.frames != NULL && sites == native->sites_seen &&
        native->threads_seen == native->program.thread_count)
        return;
    session->log.frames = frames();
    native->threads_seen = native->program.thread_count;
    kss_session_fill_header(session);
}

// ---- Running ------------------------------------------------------------------------------------------
void kss_session_go(struct kss_session *session, uint64_t until, unsigned watchdog) {
    if (session->judged)
        return;
    kss_native_run(session->native->processor, until, watchdog);
    session->generation++;
    if (kss_ended(session->machine) != KSS_END_RUNNING)
        kss_session_end(session);
}

void kss_session_end(struct kss_session *session) {
    if (session->judged)
        return;
    kss_machine_done(session->machine);
    kss_machine_finish(session->machine);
    kss_rules_finish(session->machine);
    kss_session_refresh(session);
    kss_session_judge(session);
    session->judged = true;
    session->generation++;
}
