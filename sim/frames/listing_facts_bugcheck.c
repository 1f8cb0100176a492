// SPDX-License-Identifier: MIT
// What a listing says of the bug check and of the system: banners, the blue screen's line, the event log,
// !analyze's heading and arguments, .bugcheck; version and build.
//
//   *** Fatal System Error: 0x0000007f            BugCheck 7F, {8, 80050033, 6f8, fffff80002ad1469}
//                          (0x00000008,0x80042000,0x00000000,0x00000000)   <- may be cut anywhere
#include "frames/listing_facts.h"

// ---- Bug checks -------------------------------------------------------------------------------------

// A small dump's code is that of the bug check with a bit of its own.
static uint64_t plain_code(uint64_t code) {
    return code & ~UINT64_C(0x10000000);
}

static void set_code(struct kss_fact_line *f, uint64_t code) {
    struct kss_listing *listing = f->reader->listing;
    enum { PANIC_STACK_SWITCH = 0x2B, UNEXPECTED_KERNEL_MODE_TRAP = 0x7F };
    uint32_t before = listing->bugcheck.code.line, other = listing->bugcheck.other;
    bool used_up = listing->bugcheck.stack_used_up;
    if (before != 0 && other == 0 && plain_code(listing->bugcheck.code.value) != plain_code(code))
        other = before;
    if (before == 0 || listing->bugcheck.code.value != code)
        memset(&listing->bugcheck, 0, sizeof listing->bugcheck);
    listing->bugcheck.code = kss_number_at(code, f->line);
    listing->bugcheck.other = other;
    listing->bugcheck.stack_used_up = used_up || plain_code(code) == UNEXPECTED_KERNEL_MODE_TRAP ||
                                      plain_code(code) == PANIC_STACK_SWITCH;
}

// Parameters of 32 bits are printed with 64 in places, so the lower halves are compared.
static void set_parameter(struct kss_fact_line *f, unsigned index, uint64_t value) {
    struct kss_listing *listing = f->reader->listing;
    const struct kss_listed_number *before = &listing->bugcheck.parameters[index];
    if (before->line != 0 && listing->bugcheck.other == 0 &&
        (uint32_t)before->value != (uint32_t)value)
        listing->bugcheck.other = before->line;
    if (listing->bugcheck.parameters[index].value != value)
        listing->bugcheck.remark[index] = NULL;
    listing->bugcheck.parameters[index] = kss_number_at(value, f->line);
    if (listing->bugcheck.count <= index)
        listing->bugcheck.count = (uint8_t)(index + 1);
}

// Whether the line holds numbers and nothing else but the bracket that ends them: a row goes on behind them.
static bool numbers_only(struct kss_view view) {
    struct kss_hex hex;
    while (kss_view_hex(&view, &hex))
        kss_view_skip(&view, ",");
    return view.at == view.end || *view.at == ')' || *view.at == '}';
}

// "(0x8,0x80042000," and its like, from parameter r->parameter on; the rest may be in the next line.
bool kss_fact_parameters(struct kss_fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    struct kss_hex hex;
    if (r->parameter > 0 && !numbers_only(f->view))
        return false;
    if (r->parameter == 0 && !kss_view_skip(&f->view, "(") && !kss_view_skip(&f->view, "{"))
        return false;
    bool any = false;
    while (r->parameter < 4 && kss_view_hex(&f->view, &hex)) {
        set_parameter(f, r->parameter++, hex.value);
        kss_view_skip(&f->view, ",");
        any = true;
    }
    r->banner_open = any && r->parameter < 4 && f->view.at == f->view.end;
    return any;
}

// A code and, on this line or the next, its parameters.
bool kss_fact_banner(struct kss_fact_line *f) {
    struct kss_hex hex;
    kss_view_skip(&f->view, ":");
    if (!kss_view_hex(&f->view, &hex) || hex.digits > 8)
        return false;
    kss_view_skip(&f->view, ",");
    kss_view_skip(&f->view, ":");
    set_code(f, hex.value);
    f->reader->parameter = 0;
    f->reader->banner_open = !kss_fact_parameters(f) || f->reader->banner_open;
    return true;
}

bool kss_fact_event_log(struct kss_fact_line *f) {
    const char *at = kss_view_find(f->view, "bugcheck was:");
    if (at == NULL)
        return false;
    f->view.at = at + strlen("bugcheck was:");
    kss_view_blanks(&f->view);
    return kss_fact_banner(f);
}

bool kss_fact_bugcheck_code(struct kss_fact_line *f) {
    struct kss_hex hex;
    kss_view_skip(&f->view, ":");
    if (!kss_view_hex(&f->view, &hex) || hex.digits > 8)
        return false;
    set_code(f, hex.value);
    return true;
}

bool kss_fact_bugcheck_arguments(struct kss_fact_line *f) { // of .bugcheck
    struct kss_listing_reader *r = f->reader;
    struct kss_hex hex;
    for (r->parameter = 0; r->parameter < 4 && kss_view_hex(&f->view, &hex); r->parameter++)
        set_parameter(f, r->parameter, hex.value);
    r->banner_open = r->parameter > 0 && r->parameter < 4 && f->view.at == f->view.end;
    return true;
}

// "Arg1: 0000000000000008, EXCEPTION_DOUBLE_FAULT", "BUGCHECK_P1: 8".
bool kss_fact_argument(struct kss_fact_line *f) {
    struct kss_hex hex;
    if (f->view.at == f->view.end || *f->view.at < '1' || *f->view.at > '4')
        return false;
    unsigned index = (unsigned)(*f->view.at++ - '1');
    if (!kss_view_skip(&f->view, ":") || !kss_view_hex(&f->view, &hex))
        return false;
    set_parameter(f, index, hex.value);
    if (kss_view_skip(&f->view, ",") && f->view.at < f->view.end)
        f->reader->listing->bugcheck.remark[index] =
            kss_listing_keep(f->reader, kss_view_trimmed(f->view));
    return true;
}

// "UNEXPECTED_KERNEL_MODE_TRAP (7f)": capitals, then the code in parentheses, and nothing else.
bool kss_fact_heading(struct kss_fact_line *f) {
    struct kss_hex hex;
    const char *p = f->view.at;
    bool underscore = false;
    while (p < f->view.end && ((*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_'))
        underscore |= *p++ == '_';
    struct kss_view view = {p, f->view.end};
    kss_view_blanks(&view);
    if (!underscore || !kss_view_skip(&view, "(") || !kss_view_hex(&view, &hex) || hex.digits > 8 ||
        !kss_view_skip(&view, ")") || view.at != view.end)
        return false;
    set_code(f, hex.value);
    return true;
}

// ---- Versions ---------------------------------------------------------------------------------------

static bool decimal(struct kss_view *view, uint32_t *value) {
    enum { MOST = 999999 };
    const char *begin = view->at;
    uint32_t sum = 0;
    for (; view->at < view->end && *view->at >= '0' && *view->at <= '9' && sum <= MOST; view->at++)
        sum = sum * 10 + (uint32_t)(*view->at - '0');
    *value = sum;
    return view->at > begin && sum <= MOST;
}

// "7601.17514.amd64fre...", "10.0.19041.1": the build is the first number above 1000.
bool kss_fact_build(struct kss_fact_line *f) {
    enum { FIRST_BUILD = 1000, PARTS = 3 };
    uint32_t value;
    for (int i = 0; i < PARTS && decimal(&f->view, &value); i++) {
        if (value > FIRST_BUILD) {
            f->reader->listing->build = value;
            return true;
        }
        if (f->view.at == f->view.end || *f->view.at != '.')
            break;
        f->view.at++;
    }
    return false;
}

// "Windows 10 Kernel Version 19041 MP (8 procs) Free x64".
bool kss_fact_windows(struct kss_fact_line *f) {
    const char *kernel = kss_view_find(f->view, "Kernel Version ");
    if (kernel == NULL)
        return false;
    struct kss_listing_reader *r = f->reader;
    struct kss_view name = kss_view_trimmed((struct kss_view){f->view.at, kernel});
    f->view.at = kernel + strlen("Kernel Version ");
    r->arm64 |= kss_view_find(f->view, "ARM 64-bit") != NULL;
    const char *digits = f->view.at;
    uint32_t value;
    if (!decimal(&f->view, &value) || value == 0)
        return false;
    struct kss_text text = {0};
    kss_text_str(&text, "Windows ");
    kss_text_bytes(&text, name.at, (size_t)(name.end - name.at));
    kss_text_char(&text, ' ');
    kss_text_bytes(&text, digits, (size_t)(f->view.at - digits));
    r->listing->os = kss_alloc_text(r->arena, text.bytes, text.length);
    r->listing->build = value;
    kss_text_free(&text);
    return true;
}

bool kss_fact_os_name(struct kss_fact_line *f) {
    if (f->view.at == f->view.end)
        return false;
    f->reader->listing->os = kss_listing_keep(f->reader, kss_view_trimmed(f->view));
    return true;
}
