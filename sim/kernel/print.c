// SPDX-License-Identifier: MIT
// DbgPrint: the debugger's formats, read out of simulated memory. %s and %S take narrow and wide
// strings, %Z and %wZ counted ones, I64 and ll 64-bit integers, p a pointer of the machine's size.
#include "kernel/machine.h"
#include "kernel/serve.h"

enum { DEFAULT_COMPONENT = 101, INFO_LEVEL = 3 }; // DPFLTR_DEFAULT_ID, DPFLTR_INFO_LEVEL

enum { LONGEST = 512 }; // DbgPrint's documented limit for one call

struct spec {
    bool left, zero, alternate, plus, wide_string;
    unsigned width, size; // bytes of an integer
    int precision;
    char conversion;
};

static struct kss_outcome parse(struct kss_machine *m, kss_addr *format, struct spec *spec,
                                const uint64_t *arguments, unsigned *next) {
    uint64_t c;
    *spec = (struct spec){.size = 4, .precision = -1};
    for (;; ++*format) {
        KSS_LOAD(c, *format, 1);
        if (c == '-')
            spec->left = true;
        else if (c == '0')
            spec->zero = true;
        else if (c == '#')
            spec->alternate = true;
        else if (c == '+')
            spec->plus = true;
        else if (c != ' ')
            break;
    }
    int *number = NULL;
    int width = 0;
    number = &width;
    for (;; ++*format) {
        KSS_LOAD(c, *format, 1);
        if (c == '*') {
            *number = (int)(*next < KSS_PARAMETERS ? arguments[(*next)++] & 0x3FF : 0);
        } else if (c == '.') {
            spec->precision = 0;
            number = &spec->precision;
        } else if (c >= '0' && c <= '9') {
            *number = *number < LONGEST ? *number * 10 + (int)(c - '0') : LONGEST;
        } else {
            break;
        }
    }
    spec->width = (unsigned)(width < LONGEST ? width : LONGEST);
    for (;; ++*format) {
        KSS_LOAD(c, *format, 1);
        if (c == 'h')
            spec->size = spec->size == 2 ? 1 : 2;
        else if (c == 'w')
            spec->wide_string = true;
        else if (c == 'I') { // I64, I32, I
            uint64_t digits;
            KSS_LOAD(digits, *format + 1, 2);
            spec->size = digits == ('6' | '4' << 8)   ? 8
                         : digits == ('3' | '2' << 8) ? 4
                                                      : kss_pointer(m);
            if (digits == ('6' | '4' << 8) || digits == ('3' | '2' << 8))
                *format += 2;
        } else if (c == 'l') {
            uint64_t second;
            KSS_LOAD(second, *format + 1, 1);
            if (second == 'l') {
                spec->size = 8;
                ++*format;
            } else {
                spec->wide_string = true; // %ls
            }
        } else {
            break;
        }
    }
    spec->conversion = (char)c;
    if (c != 0)
        ++*format;
    return kss_return(0);
}

static void pad(struct kss_text *out, const struct spec *spec, const char *bytes, size_t length,
                char fill) {
    size_t padding = spec->width > length ? spec->width - length : 0;
    if (!spec->left)
        kss_text_repeat(out, fill, padding);
    kss_text_bytes(out, bytes, length);
    if (spec->left)
        kss_text_repeat(out, ' ', padding);
}

static void put_number(struct kss_machine *m, struct kss_text *out, struct spec *spec,
                       uint64_t value) {
    char digits[72];
    size_t at = sizeof digits;
    bool is_signed = spec->conversion == 'd' || spec->conversion == 'i', minus = false;
    unsigned base = spec->conversion == 'o' ? 8 : 10;
    if (spec->conversion == 'p') {
        spec->size = kss_pointer(m);
        spec->precision = (int)spec->size * 2;
    }
    if (spec->conversion == 'x' || spec->conversion == 'X' || spec->conversion == 'p')
        base = 16;
    if (spec->size < 8)
        value &= (UINT64_C(1) << (8 * spec->size)) - 1;
    if (is_signed && value >> (8 * spec->size - 1) & 1) {
        minus = true;
        value = 0 - value;
        if (spec->size < 8)
            value &= (UINT64_C(1) << (8 * spec->size)) - 1;
    }
    const char *letters = spec->conversion == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
    int wanted = spec->precision > 0 ? spec->precision : 1;
    if (spec->zero && !spec->left && spec->precision < 0 && spec->width > 0)
        wanted = (int)spec->width - (minus || spec->plus);
    for (int made = 0; (value != 0 || made < wanted) && at > 4; made++) {
        digits[--at] = letters[value % base];
        value /= base;
    }
    if (spec->alternate && base == 16) {
        digits[--at] = spec->conversion == 'X' ? 'X' : 'x';
        digits[--at] = '0';
    }
    if (minus || (spec->plus && is_signed))
        digits[--at] = minus ? '-' : '+';
    pad(out, spec, digits + at, sizeof digits - at, ' ');
}

// Narrow or wide characters from [address]; wide ones outside ASCII become '?'.
static struct kss_outcome put_string(struct kss_machine *m, struct kss_text *out,
                                     const struct spec *spec, kss_addr address, unsigned unit,
                                     uint32_t limit) {
    char bytes[LONGEST];
    size_t length = 0;
    if (spec->precision >= 0 && (uint32_t)spec->precision < limit)
        limit = (uint32_t)spec->precision;
    for (uint32_t i = 0; address != 0 && i < limit && length < sizeof bytes; i++) {
        uint64_t c;
        KSS_LOAD(c, address + (uint64_t)i * unit, unit);
        if (c == 0)
            break;
        bytes[length++] = c < 0x80 || unit == 1 ? (char)c : '?';
    }
    if (address == 0)
        pad(out, spec, "(null)", 6, ' ');
    else
        pad(out, spec, bytes, length, ' ');
    return kss_return(0);
}

static struct kss_outcome put_counted(struct kss_machine *m, struct kss_text *out,
                                      const struct spec *spec, kss_addr address) {
    uint64_t length, buffer;
    if (address == 0)
        return put_string(m, out, spec, 0, 1, 0);
    KSS_LOAD(length, address, 2);
    KSS_LOAD(buffer, address + (kss_wide(m) ? 8 : 4), kss_pointer(m));
    unsigned unit = spec->wide_string ? 2 : 1;
    return put_string(m, out, spec, buffer, unit, (uint32_t)(length / unit));
}

static struct kss_outcome put_argument(struct kss_machine *m, struct kss_text *out,
                                       struct spec *spec, uint64_t value) {
    switch (spec->conversion) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
    case 'p': put_number(m, out, spec, value); return kss_return(0);
    case 'c':
    case 'C': {
        char c = (char)value;
        pad(out, spec, &c, 1, ' ');
        return kss_return(0);
    }
    case 's': return put_string(m, out, spec, value, spec->wide_string ? 2 : 1, LONGEST);
    case 'S': return put_string(m, out, spec, value, 2, LONGEST);
    case 'Z': return put_counted(m, out, spec, value);
    default:
        kss_text_char(out, '%');
        kss_text_char(out, spec->conversion);
        return kss_return(0);
    }
}

static struct kss_outcome print(struct kss_machine *m, const struct kss_call *call,
                                unsigned first) {
    struct kss_text out = {0};
    kss_addr format = call->arguments[first];
    unsigned next = first + 1;
    struct kss_outcome outcome = kss_return(0);
    while (out.length < LONGEST) {
        uint64_t c = kss_load(m, format, 1, KSS_WHO_DRIVER, &outcome);
        if (outcome.kind != KSS_OUT_RETURN || c == 0)
            break;
        format++;
        if (c != '%') {
            kss_text_char(&out, (char)c);
            continue;
        }
        struct spec spec;
        outcome = parse(m, &format, &spec, call->arguments, &next);
        if (outcome.kind != KSS_OUT_RETURN || spec.conversion == 0)
            break;
        if (spec.conversion == '%') {
            kss_text_char(&out, '%');
            continue;
        }
        uint64_t value = next < KSS_PARAMETERS ? call->arguments[next++] : 0;
        outcome = put_argument(m, &out, &spec, value);
        if (outcome.kind != KSS_OUT_RETURN)
            break;
    }
    if (outcome.kind == KSS_OUT_RETURN && kss_wants(m, KSS_EV_DBGPRINT))
        kss_emit(m, KSS_EV_DBGPRINT,
                 m->port.text
                     ? m->port.text(m->port.context, out.bytes ? out.bytes : "", out.length)
                     : 0,
                 0, 0, 0);
    kss_text_free(&out);
    return outcome.kind == KSS_OUT_RETURN ? kss_return((uint32_t)STATUS_SUCCESS) : outcome;
}

// ---- Filters ------------------------------------------------------------------------------------
// A component has a mask of 32 levels. Where drivers have set nothing all are on, unlike a machine that
// nobody debugs: a run shows what its drivers say. A level below 32 is the number of a bit, others are
// masks themselves (DDI DbgPrintEx).
static uint32_t level_bits(uint64_t level) {
    uint32_t bits = (uint32_t)level;
    return bits < 32 ? UINT32_C(1) << bits : bits;
}

static bool is_shown(const struct kss_machine *m, uint64_t component, uint64_t level) {
    uint32_t index = kss_record_find(m, KSS_R_DEBUG_FILTER, (uint32_t)component);
    uint32_t off = index == KSS_NO_FRAME ? 0 : (uint32_t)kss_record_at(m, index)->words[1];
    return (level_bits(level) & ~off) != 0;
}

KSS_NT(DbgQueryDebugFilterState) { // ComponentId, Level
    return kss_return(is_shown(m, KSS_A(0), KSS_A(1)));
}

KSS_NT(DbgSetDebugFilterState) { // ComponentId, Level, State
    uint32_t index = kss_record_find(m, KSS_R_DEBUG_FILTER, (uint32_t)KSS_A(0));
    if (index == KSS_NO_FRAME)
        index = kss_record_add(m, KSS_R_DEBUG_FILTER, (uint32_t)KSS_A(0));
    uint64_t *off = &kss_record_at(m, index)->words[1];
    uint32_t bits = level_bits(KSS_A(1));
    *off = KSS_A(2) & 0xFF ? *off & ~(uint64_t)bits : *off | bits;
    return kss_answer(STATUS_SUCCESS);
}

// What goes without a component is the default component's, as information (DDI DbgPrint).
static struct kss_outcome print_plainly(struct kss_machine *m, struct kss_call *call) {
    return is_shown(m, DEFAULT_COMPONENT, INFO_LEVEL) ? print(m, call, 0) : kss_return(0);
}

struct kss_outcome kss_nt_DbgPrint(struct kss_machine *m, struct kss_call *call) {
    return print_plainly(m, call);
}

struct kss_outcome kss_nt_KdPrint(struct kss_machine *m, struct kss_call *call) {
    return print_plainly(m, call);
}

struct kss_outcome kss_nt_DbgPrintEx(struct kss_machine *m, struct kss_call *call) {
    if (!is_shown(m, call->arguments[0], call->arguments[1]))
        return kss_return(0);
    return print(m, call, 2);
}
