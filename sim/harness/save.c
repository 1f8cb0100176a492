// SPDX-License-Identifier: MIT
// Reports of native machines as files, and what the test meant to happen, by which they are judged.
//
// A test that provokes a bug check passes when it comes; a saved report would call it unexpected if nobody told.
// What assertions find is kept until a report is saved and is judged then, so that it changes no verdict that the
// test itself looks at.
#include "harness/private.h"

#include "base/os.h"

#include <stdlib.h>
#include <string.h>

// ---- What was meant -----------------------------------------------------------------------------

static void add(struct kss_harness *h, const struct kss_meant *meant, struct kss_text *text) {
    KSS_ROOM(h->meant, h->meant_count, h->meant_room);
    h->meant[h->meant_count] = *meant;
    h->meant[h->meant_count++].text = text->bytes; // the harness frees it
}

void kss_harness_free_meant(struct kss_harness *h) {
    for (unsigned i = 0; i < h->meant_count; i++)
        free(h->meant[i].text);
    free(h->meant);
}

void kss_expected_bugcheck(uint32_t code) {
    struct kss_harness *h = kss_harness("kss_expected_bugcheck");
    const struct kss_bugcheck *row = kss_bugcheck_find(code);
    struct kss_text text = {0};
    if (row != NULL)
        kss_text_format(&text, "bugcheck %s", row->name);
    else
        kss_text_format(&text, "bugcheck 0x%X", (unsigned)code);
    add(h, &(struct kss_meant){.what = KSS_MEANT_BUGCHECK, .code = code, .routine = KSS_NO_FRAME},
        &text);
}

static uint32_t routine_named(const struct kss_log *log, const char *name) {
    struct kss_text symbol = {0};
    uint32_t found = KSS_NO_FRAME;
    for (uint32_t i = 0; i < log->routine_count && found == KSS_NO_FRAME; i++) {
        kss_text_clear(&symbol);
        if (kss_log_symbol(log, i, &symbol) && strcmp(symbol.bytes, name) == 0)
            found = i;
    }
    kss_text_free(&symbol);
    return found;
}

void kss_expected_hazard(const char *name, const char *routine) {
    struct kss_harness *h = kss_harness("kss_expected_hazard");
    const struct kss_hazard *hazard = kss_hazard_named(name, strlen(name));
    struct kss_meant meant = {.what = KSS_MEANT_HAZARD, .hazard = hazard, .routine = KSS_NO_FRAME};
    struct kss_text text = {0};
    if (hazard == NULL)
        kss_harness_refuse("kss_expected_hazard: there is no finding", name, NULL);
    kss_text_format(&text, "hazard %s", hazard->name);
    if (routine != NULL) {
        kss_text_format(&text, " in %s", routine);
        meant.routine = routine_named(kss_session_log(kss_current()), routine);
    }
    add(h, &meant, &text);
}

// The file without its folder: reports are the same wherever the sources lie.
void kss_assertion_failed(const char *file, int line) {
    struct kss_harness *h = kss_harness("kss_assertion_failed");
    struct kss_text text = {0};
    const char *last = strrchr(file, '/');
    kss_text_format(&text, "assertion at %s:%d", last != NULL ? last + 1 : file, line);
    add(h, &(struct kss_meant){.what = KSS_MEANT_FAILURE}, &text);
}

static void judge(struct kss_harness *h) {
    kss_session_end(h->session);
    for (unsigned i = 0; i < h->meant_count; i++) {
        const struct kss_meant *meant = &h->meant[i];
        struct kss_expectation e = {.in = meant->routine,
                                    .thread = KSS_NO_FRAME,
                                    .device = KSS_NO_FRAME,
                                    .text = meant->text,
                                    .what = meant->what == KSS_MEANT_BUGCHECK ? KSS_OUTCOME_BUGCHECK
                                                                              : KSS_OUTCOME_HAZARD,
                                    .bugcheck = meant->code,
                                    .has_code = true};
        if (meant->hazard != NULL)
            e.hazard = (enum kss_hazard_id)(meant->hazard - kss_hazards);
        kss_session_expect(h->session, meant->what == KSS_MEANT_FAILURE ? NULL : &e, meant->text);
    }
    kss_harness_free_meant(h); // it is in the events now
    h->meant = NULL;
    h->meant_count = h->meant_room = 0;
}

void kss_harness_judge_failure(struct kss_harness *h) {
    if (h->meant_count == 0 || h->meant[h->meant_count - 1].what != KSS_MEANT_FAILURE)
        return;
    judge(h);
    kss_session_refresh(h->session);
}

// ---- Files --------------------------------------------------------------------------------------

static const char *save(struct kss_harness *h, const char *format, const char *path) {
    size_t length;
    judge(h);
    kss_session_refresh(h->session);
    const char *bytes = kss_write_format(h->session, format, &length);
    if (bytes == NULL)
        kss_harness_refuse("kss_save_report: unknown format", format, NULL);
    return kss_os_write(path, bytes, length);
}

bool kss_save_report(const char *format, const char *path) {
    return save(kss_harness("kss_save_report"), format, path) == NULL;
}

const char *kss_harness_reports(void) {
    const char *folder = getenv("KSS_REPORTS");
    return folder != NULL && folder[0] != '\0' ? folder : NULL;
}

void kss_harness_save(struct kss_harness *h) {
    struct kss_text path = {0};
    kss_text_format(&path, "%s/%s-%u.jsonl", kss_harness_reports(), kss_os_program(), h->number);
    const char *reason = save(h, "jsonl", path.bytes);
    if (reason != NULL)
        kss_harness_refuse(path.bytes, reason, NULL);
    kss_text_free(&path);
}
