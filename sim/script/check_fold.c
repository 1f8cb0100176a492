// SPDX-License-Identifier: MIT
// Operators on constants: what the processor would compute (execute.c), before it runs. Values are
// canonical: extended to 64 bits by the sign of their type.
#include "script/check.h"

static int64_t wrap(const struct kss_ctype *type, uint64_t value) {
    return kss_canonical(type, (int64_t)value);
}

static bool divide(enum kss_op op, const struct kss_ctype *type, int64_t a, int64_t b,
                   int64_t *value) {
    if (b == 0)
        return false;
    if (!type->is_signed) {
        *value = op == KSS_OP_DIV ? (int64_t)((uint64_t)a / (uint64_t)b)
                                  : (int64_t)((uint64_t)a % (uint64_t)b);
        return true;
    }
    int64_t lowest = type->size == 8 ? INT64_MIN : INT32_MIN;
    if (a == lowest && b == -1)
        return false;
    *value = op == KSS_OP_DIV ? a / b : a % b;
    return true;
}

static int64_t shift(enum kss_op op, const struct kss_ctype *type, int64_t a, int64_t b) {
    unsigned count = (unsigned)b & (type->size == 8 ? 63 : 31);
    if (op == KSS_OP_SHL)
        return wrap(type, (uint64_t)a << count);
    if (!type->is_signed || a >= 0)
        return (int64_t)((uint64_t)a >> count);
    return (int64_t) ~(~(uint64_t)a >> count);
}

static bool less(const struct kss_ctype *type, int64_t a, int64_t b) {
    return type->is_signed ? a < b : (uint64_t)a < (uint64_t)b;
}

bool kss_fold(enum kss_op op, const struct kss_ctype *type, int64_t a, int64_t b, int64_t *value) {
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    switch (op) {
    case KSS_OP_ADD: *value = wrap(type, x + y); return true;
    case KSS_OP_SUB: *value = wrap(type, x - y); return true;
    case KSS_OP_MUL: *value = wrap(type, x * y); return true;
    case KSS_OP_DIV:
    case KSS_OP_MOD: return divide(op, type, a, b, value);
    case KSS_OP_SHL:
    case KSS_OP_SHR: *value = shift(op, type, a, b); return true;
    case KSS_OP_AND: *value = wrap(type, x & y); return true;
    case KSS_OP_OR: *value = wrap(type, x | y); return true;
    case KSS_OP_XOR: *value = wrap(type, x ^ y); return true;
    case KSS_OP_LT: *value = less(type, a, b); return true;
    case KSS_OP_LE: *value = !less(type, b, a); return true;
    case KSS_OP_GT: *value = less(type, b, a); return true;
    case KSS_OP_GE: *value = !less(type, a, b); return true;
    case KSS_OP_EQ: *value = a == b; return true;
    case KSS_OP_NE: *value = a != b; return true;
    default: return false;
    }
}
