// SPDX-License-Identifier: MIT
// The writers of kss/kss.h.
#include "report/report.h"

#include "kss/kss.h"
#include "session/session.h"

static const char *finished(const struct kss_text *text, size_t *length) {
    if (length != NULL)
        *length = text->length;
    return text->length > 0 ? text->bytes : "";
}

const char *kss_write_jsonl(struct kss_session *session, size_t *length) {
    struct kss_text *out = kss_session_output(session);
    if (kss_loaded(session)) {
        const struct kss_log *log = kss_session_log(session);
        struct kss_jsonl *jsonl = kss_jsonl_new(log);
        kss_jsonl_header(jsonl, out);
        for (uint32_t i = 0; i < log->count; i++)
            kss_jsonl_event(jsonl, &log->events[i], out);
        kss_jsonl_free(jsonl);
    }
    return finished(out, length);
}

const char *kss_write_text(struct kss_session *session, bool verbose, size_t *length) {
    struct kss_text *out = kss_session_output(session);
    struct kss_text_options options = {.verbose = verbose};
    if (kss_loaded(session))
        kss_report_text(kss_session_log(session), kss_session_digest(session), &options, out);
    return finished(out, length);
}
