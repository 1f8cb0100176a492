// SPDX-License-Identifier: MIT
#include "report/mermaid.h"

// Letters, digits and these are themselves; Mermaid has a meaning for most others somewhere.
static bool plain(uint32_t point) {
    return (point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') ||
           (point >= 'a' && point <= 'z') || point >= 0xA0 ||
           (point < 0x80 && point != 0 && strchr(" !_.,:()/+-=?'[]", (int)point) != NULL);
}

static bool escape(uint32_t point, struct kss_text *out) {
    if (plain(point))
        return false;
    kss_text_format(out, "#%u;", point);
    return true;
}

void kss_mermaid_text(struct kss_text *out, const char *bytes, size_t length) {
    size_t end = 0;
    unsigned count = 0;
    for (; end < length && count < KSS_MERMAID_NAME; count++) {
        uint32_t point;
        unsigned taken = kss_utf8(bytes + end, length - end, &point);
        end += taken > 0 ? taken : 1;
    }
    kss_escaped(out, bytes, end, escape);
    kss_text_str(out, end < length ? "..." : "");
}

void kss_mermaid_title(struct kss_text *out, const char *name) {
    struct kss_text quoted = {0};
    kss_escaped(&quoted, name, strlen(name), escape);
    kss_text_str(out, "---\ntitle: \"");
    kss_text_bytes(out, quoted.bytes, quoted.length);
    kss_text_str(out, "\"\n---\n");
    kss_text_free(&quoted);
}
