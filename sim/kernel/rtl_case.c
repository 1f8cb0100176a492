// SPDX-License-Identifier: MIT
// Characters: upper and lower case, code pages. All of it is fixed, whatever the host's locale says.
//
// Case is mapped one code unit to one, as NT's table does (a sharp s stays one), for the letters of
// Latin-1, Latin Extended-A, Greek and Cyrillic; anything else is its own upper and lower case. The
// ANSI code page is 1252, the OEM code page 437; what a code page does not have becomes '?', without
// best-fit substitutes. docs/model-limits.md says all this.
//
// Sources: the Unicode Character Database's simple case mappings; unicode.org MAPPINGS/VENDORS
// MICSFT WINDOWS/CP1252.TXT and PC/CP437.TXT.
#include "kernel/rtl.h"

// ---- Case ---------------------------------------------------------------------------------------
// Letters [first, last] of one case; each lies [away] below its partner, or, with [pairs], each odd
// or even one has the other beside it.
static const struct range {
    uint16_t first, last; // small letters
    uint16_t away;        // small - capital; 0: pairs, capitals are even; 1: capitals are odd
} ranges[] = {
    {'a', 'z', 32},       {0x00E0, 0x00F6, 32}, {0x00F8, 0x00FE, 32}, {0x0101, 0x012F, 0},
    {0x0133, 0x0137, 0},  {0x013A, 0x0148, 1},  {0x014B, 0x0177, 0},  {0x017A, 0x017E, 1},
    {0x03B1, 0x03C1, 32}, {0x03C3, 0x03CB, 32}, {0x0430, 0x044F, 32}, {0x0450, 0x045F, 80},
    {0x0461, 0x0481, 0},
};
enum { RANGES = sizeof ranges / sizeof *ranges };

static bool small(const struct range *r, uint16_t c) {
    if (c < r->first || c > r->last)
        return false;
    return r->away > 1 || (c & 1) != r->away;
}

uint16_t kss_upcase(uint16_t c) {
    if (c < 0x80)
        return (uint16_t)(c >= 'a' && c <= 'z' ? c - 32 : c);
    if (c == 0xFF)
        return 0x178;
    for (unsigned i = 0; i < RANGES; i++)
        if (small(&ranges[i], c))
            return (uint16_t)(c - (ranges[i].away > 1 ? ranges[i].away : 1));
    return c;
}

uint16_t kss_downcase(uint16_t c) {
    if (c < 0x80)
        return (uint16_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (c == 0x178)
        return 0xFF;
    for (unsigned i = 0; i < RANGES; i++) {
        uint16_t other = (uint16_t)(c + (ranges[i].away > 1 ? ranges[i].away : 1));
        if (small(&ranges[i], other))
            return other;
    }
    return c;
}

// ---- Code pages ---------------------------------------------------------------------------------
static const uint16_t ansi_80[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};
static const uint16_t oem_80[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4,
    0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

uint16_t kss_from_code_page(enum kss_code_page page, uint8_t c) {
    if (c < 0x80)
        return c;
    if (page == KSS_OEM)
        return oem_80[c - 0x80];
    return c < 0xA0 ? ansi_80[c - 0x80] : c;
}

uint8_t kss_to_code_page(enum kss_code_page page, uint16_t c) {
    if (c < 0x80)
        return (uint8_t)c;
    for (unsigned i = 0x80; i < 0x100; i++)
        if (kss_from_code_page(page, (uint8_t)i) == c)
            return (uint8_t)i;
    return '?';
}
