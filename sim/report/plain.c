// SPDX-License-Identifier: MIT
#include "report/plain.h"

static bool control(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
}

void kss_escaped(struct kss_text *out, const char *bytes, size_t length, kss_escape *escape) {
    for (size_t i = 0; i < length;) {
        uint32_t point = 0xFFFD;
        unsigned count = kss_utf8(bytes + i, length - i, &point);
        if (control(point))
            point = ' ';
        if (escape(point, out))
            ;
        else if (count == 0)
            kss_text_str(out, "\xEF\xBF\xBD");
        else if (point == ' ')
            kss_text_char(out, ' ');
        else
            kss_text_bytes(out, bytes + i, count);
        i += count > 0 ? count : 1;
    }
}
