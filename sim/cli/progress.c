// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include "base/os.h"

#include <string.h>

enum { FIRST = 250, EVERY = 100, COLUMNS = 79 }; // ms, ms, characters

void kss_progress_start(struct kss_progress *progress, const struct kss_cli *cli, unsigned total) {
    bool quiet = kss_cli_value(cli, KSS_OPTION_QUIET) != NULL;
    *progress = (struct kss_progress){
        .on = !quiet && kss_os_terminal(stderr), .shared = kss_os_terminal(stdout), .total = total};
    if (progress->on)
        progress->due = kss_os_milliseconds() + FIRST;
}

// The end of a name is what tells it from others. What a terminal would obey is shown as '?'.
static void put_name(const char *name, unsigned room, struct kss_text *out) {
    unsigned characters = 0;
    for (const char *at = name; *at != '\0'; at++)
        characters += (*at & 0xC0) != 0x80;
    bool cut = characters > room;
    for (; cut && characters > room - 3; characters--)
        do
            name++;
        while ((*name & 0xC0) == 0x80);
    kss_text_str(out, cut ? "..." : "");
    for (; *name != '\0'; name++)
        kss_text_char(out, (unsigned char)*name < 0x20 || *name == 0x7F ? '?' : *name);
}

static void put(struct kss_progress *progress, const struct kss_text *text) {
    if (kss_os_put(stderr, text->bytes, text->length) != NULL)
        progress->on = false;
}

void kss_progress_clear(struct kss_progress *progress) {
    static char erase[] = "\r\033[K";
    if (progress->shown)
        put(progress, &(struct kss_text){.bytes = erase, .length = sizeof erase - 1});
    progress->shown = false;
}

void kss_progress_pause(struct kss_progress *progress) {
    if (progress->shared)
        kss_progress_clear(progress);
}

void kss_progress_at(struct kss_progress *progress, unsigned number, const char *name,
                     uint64_t steps) {
    if (!progress->on)
        return;
    uint64_t now = kss_os_milliseconds();
    if (now < progress->due)
        return;
    progress->due = now + EVERY;
    struct kss_text line = {0}, tail = {0};
    if (steps > 0) {
        kss_text_str(&tail, ", ");
        kss_text_grouped(&tail, steps);
        kss_text_str(&tail, " steps");
    }
    kss_text_str(&line, "\r\033[K");
    size_t before = line.length;
    if (progress->total > 1)
        kss_text_format(&line, "%u of %u: ", number, progress->total);
    put_name(name, (unsigned)(COLUMNS - (line.length - before) - tail.length), &line);
    kss_text_bytes(&line, tail.bytes, tail.length);
    put(progress, &line);
    progress->shown = true;
    kss_text_free(&line);
    kss_text_free(&tail);
}
