// SPDX-License-Identifier: MIT
// kss picture: a stack at a moment of a run.
#include "cli/cli.h"

#include "report/picture.h"
#include "session/session.h"

#include <string.h>

// ---- The moment -----------------------------------------------------------------------------------

// "16s", "1.5ms": a number with at most seven digits behind the point, and a unit; in 100 ns.
static bool time_of(const char *text, uint64_t *time) {
    static const struct {
        const char *name;
        uint64_t hundred_ns;
    } units[] = {{"us", 10}, {"ms", 10000}, {"s", 10000000}, {"min", 600000000}};
    uint64_t value = 0, scale = 1;
    size_t at = 0, digits = 0;
    for (bool point = false;; at++) {
        if (text[at] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9')
            break;
        if (value > UINT64_MAX / 100000000000 || (point && scale == 10000000))
            return false;
        value = value * 10 + (uint64_t)(text[at] - '0');
        scale *= point ? 10 : 1;
        digits++;
    }
    while (text[at] == ' ')
        at++;
    for (unsigned i = 0; i < sizeof units / sizeof *units; i++)
        if (digits != 0 && strcmp(text + at, units[i].name) == 0) {
            *time = value * units[i].hundred_ns / scale;
            return true;
        }
    return false;
}

static bool read_at(const struct kss_scene *scene, const char *text, uint32_t *step) {
    uint32_t last = kss_scene_steps(scene);
    uint64_t time, end = last == 0 ? 0 : kss_scene_step(scene, last)->time;
    if (!time_of(text, &time)) {
        kss_cli_complain("--at takes a time with its unit (16s, 1.5ms), not %s", text);
        return false;
    }
    *step = kss_scene_at(scene, time);
    if (time <= end)
        return true;
    struct kss_text said = {0};
    kss_text_time(&said, end);
    kss_cli_complain("--at %s: the run ends at %s", text, said.bytes);
    kss_text_free(&said);
    return false;
}

static bool read_moment(const struct kss_cli *cli, const struct kss_scene *scene, uint32_t *step) {
    const char *at = kss_cli_value(cli, KSS_OPTION_AT);
    const char *number = kss_cli_value(cli, KSS_OPTION_STEP);
    uint64_t value = 0;
    uint32_t stack;
    if (at != NULL && number != NULL) {
        kss_cli_complain("--at and --step both name the moment");
        return false;
    }
    if (at != NULL)
        return read_at(scene, at, step);
    *step = kss_scene_failing(scene);
    if (*step == 0)
        *step = kss_scene_worst(scene, &stack);
    if (number == NULL)
        return true;
    if (!kss_cli_number(cli, KSS_OPTION_STEP, &value))
        return false;
    *step = (uint32_t)value;
    if (value <= kss_scene_steps(scene))
        return true;
    kss_cli_complain("--step %s: the run has %u steps", number, kss_scene_steps(scene));
    return false;
}

// ---- The stack ------------------------------------------------------------------------------------

static bool exists(const struct kss_scene *scene, uint64_t stack) {
    return stack < kss_scene_count(scene, KSS_SCENE_STACK) &&
           kss_scene_value(scene, KSS_SCENE_STACK_STATE, (uint32_t)stack) != 0;
}

// The stack a thread works on; of one that has ended, that which it had.
static uint32_t stack_of_thread(const struct kss_scene *scene, uint32_t thread) {
    uint64_t stack = kss_scene_value(scene, KSS_SCENE_THREAD_STACK, thread);
    if (stack != KSS_SCENE_NOTHING)
        return (uint32_t)stack;
    for (uint32_t i = 1; i < kss_scene_count(scene, KSS_SCENE_STACK); i++)
        if (kss_scene_value(scene, KSS_SCENE_STACK_THREAD, i) == thread)
            return i;
    return 0;
}

static bool read_thread(struct kss_cli *cli, const struct kss_scene *scene,
                        const struct kss_log *log, uint32_t *stack) {
    const char *name = kss_cli_value(cli, KSS_OPTION_THREAD);
    const char **names = KSS_NEW_ARRAY(&cli->arena, const char *, log->thread_count + 1u);
    for (uint32_t i = 0; i < log->thread_count; i++) {
        names[i] = log->threads[i].name;
        if (strcmp(names[i], name) != 0)
            continue;
        *stack = stack_of_thread(scene, i);
        if (*stack != 0)
            return true;
        kss_cli_complain("--thread %s: it does not exist yet at step %u", name,
                         kss_scene_now(scene));
        return false;
    }
    kss_cli_unknown("thread", name, names, log->thread_count);
    struct kss_text said = {0};
    for (uint32_t i = 0; i < log->thread_count; i++)
        kss_text_format(&said, "%s%s", i ? ", " : "", names[i]);
    kss_cli_complain("the run's threads: %s", said.length ? said.bytes : "none");
    kss_text_free(&said);
    return false;
}

static bool read_stack(struct kss_cli *cli, const struct kss_scene *scene,
                       const struct kss_log *log, uint32_t *stack) {
    const char *number = kss_cli_value(cli, KSS_OPTION_STACK);
    bool thread = kss_cli_value(cli, KSS_OPTION_THREAD) != NULL;
    uint64_t value = 0;
    if (number != NULL && thread) {
        kss_cli_complain("--stack and --thread both name the stack");
        return false;
    }
    if (thread)
        return read_thread(cli, scene, log, stack);
    *stack = kss_picture_stack(scene);
    if (number == NULL && *stack == 0)
        kss_cli_complain("step %u: no stack exists", kss_scene_now(scene));
    if (number == NULL)
        return *stack != 0;
    if (!kss_cli_number(cli, KSS_OPTION_STACK, &value))
        return false;
    *stack = (uint32_t)value;
    if (value <= UINT32_MAX && exists(scene, value))
        return true;
    struct kss_text said = {0};
    for (uint32_t i = 1; i < kss_scene_count(scene, KSS_SCENE_STACK); i++)
        if (exists(scene, i))
            kss_text_format(&said, "%s%u", said.length ? ", " : "", i);
    kss_cli_complain("--stack %s: there is none of that number at step %u; there are: %s", number,
                     kss_scene_now(scene), said.length ? said.bytes : "none");
    kss_text_free(&said);
    return false;
}

// ---- The picture ----------------------------------------------------------------------------------

static bool to_stdout(const struct kss_cli *cli) {
    const char *path = kss_cli_value(cli, KSS_OPTION_OUTPUT);
    return path == NULL || strcmp(path, "-") == 0;
}

static int draw(struct kss_cli *cli, struct kss_scene *scene, const struct kss_log *log) {
    const char *format = kss_cli_value(cli, KSS_OPTION_PICTURE_FORMAT);
    struct kss_picture_options options = {.colour = to_stdout(cli) && kss_cli_colours(cli, stdout)};
    struct kss_text out = {0};
    uint32_t step, stack;
    if (!read_moment(cli, scene, &step))
        return KSS_BAD_INPUT;
    kss_scene_go(scene, step);
    if (!read_stack(cli, scene, log, &stack))
        return KSS_BAD_INPUT;
    if (format != NULL && strcmp(format, "svg") == 0)
        kss_picture_svg(scene, stack, &options, &out);
    else
        kss_picture_text(scene, stack, &options, &out);
    bool written = kss_cli_put(cli, &out);
    kss_text_free(&out);
    return written ? KSS_OK : KSS_BAD_INPUT;
}

static int draw_run(struct kss_cli *cli, struct kss_session *session) {
    const struct kss_log *log = kss_session_log(session);
    struct kss_scene *scene = kss_scene_new(log, kss_session_digest(session));
    if (log->dropped != 0)
        kss_cli_complain("%llu events were too many to keep: behind them frames are not known",
                         (unsigned long long)log->dropped);
    int status = draw(cli, scene, log);
    kss_scene_free(scene);
    return status;
}

int kss_cli_picture(struct kss_cli *cli) {
    struct kss_options options = {.machine = kss_cli_value(cli, KSS_OPTION_MACHINE),
                                  .swap = kss_cli_value(cli, KSS_OPTION_SWAP),
                                  .all_events = true};
    const struct kss_profile *machine;
    struct kss_cli_frames *tables = NULL;
    const char *name;
    char *bytes;
    size_t length;
    int status = KSS_BAD_INPUT;
    if (cli->operand_count != 1)
        return kss_cli_complain("picture needs one FILE; - is standard input");
    if (!kss_cli_machine(cli, &machine) || !kss_cli_tables(cli, &tables, &options.frames) ||
        !kss_cli_read(cli, cli->operands[0], &name, &bytes, &length)) {
        kss_cli_tables_close(tables);
        return KSS_BAD_INPUT;
    }
    struct kss_session *session = kss_session_open(name, bytes, length, &options);
    kss_cli_diagnose(cli, kss_session_sources(session), kss_session_diags(session));
    if (kss_loaded(session)) {
        kss_run(session);
        status = draw_run(cli, session);
    }
    kss_close(session);
    kss_cli_tables_close(tables);
    return status;
}
