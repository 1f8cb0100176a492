// SPDX-License-Identifier: MIT
// The writers of kss/kss.h.
#include "report/sheet.h"

#include "kss/kss.h"
#include "session/session.h"

static const char *written(struct kss_session *session, enum kss_format format,
                           const struct kss_text_options *options, size_t *length) {
    struct kss_text *out = kss_session_output(session);
    struct kss_sheet sheet = {.format = format, .out = out, .text = options};
    struct kss_sheet_entry entry;
    kss_sheet_begin(&sheet);
    kss_sheet_entry_of(session, &entry);
    kss_sheet_run(&sheet, &entry);
    kss_sheet_end(&sheet);
    if (length != NULL)
        *length = out->length;
    return out->length > 0 ? out->bytes : "";
}

void kss_sheet_entry_of(struct kss_session *session, struct kss_sheet_entry *entry) {
    bool loaded = kss_loaded(session);
    *entry = (struct kss_sheet_entry){.name = kss_session_name(session),
                                      .status = kss_session_status(session),
                                      .log = loaded ? kss_session_log(session) : NULL,
                                      .digest = loaded ? kss_session_digest(session) : NULL,
                                      .diags = kss_session_diags(session),
                                      .sources = kss_session_sources(session),
                                      .failure = kss_session_failure(session)};
}

const char *kss_write_format(struct kss_session *session, const char *format, size_t *length) {
    int id = kss_format_named(format);
    if (id >= 0)
        return written(session, (enum kss_format)id, NULL, length);
    if (length != NULL)
        *length = 0;
    return NULL;
}

const char *kss_write_jsonl(struct kss_session *session, size_t *length) {
    return written(session, KSS_FORMAT_JSONL, NULL, length);
}

const char *kss_write_text(struct kss_session *session, bool verbose, size_t *length) {
    struct kss_text_options options = {.verbose = verbose};
    return written(session, KSS_FORMAT_TEXT, &options, length);
}
