// SPDX-License-Identifier: MIT
// The library as a page in a browser would use it: no files, no main; the host writes a scenario
// into memory, calls run, and reads the events back.
#include <kss/kss.h>

#include <stdlib.h>

#define EXPORT(name) __attribute__((export_name(name)))

static struct kss_session *session; // a page has one
static size_t length;

EXPORT("room") void *room(size_t size) {
    return malloc(size);
}

// Runs the scenario [bytes] called [name]; returns the events as JSON Lines.
EXPORT("run") const char *run(const char *name, const char *bytes, size_t size) {
    if (session != NULL)
        kss_close(session);
    const struct kss_options options = {.all_events = true}; // as the command prints them
    session = kss_open_text(name, bytes, size, &options);
    kss_run(session);
    return kss_write_jsonl(session, &length);
}

EXPORT("length") size_t written(void) {
    return length;
}
