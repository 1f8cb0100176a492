// SPDX-License-Identifier: MIT
// SEH as drivers write it. Each routine logs the way it takes; test_seh.c has the words expected.
#include "kss_seh.h"
#include "seh_driver.h"

#define BAD     ((int *)8)
#define STATUS  0xC0000123
#define ACCESS  0xC0000005
#define AS_U(x) ((unsigned)(x))

int seh_normal(void) {
    int result = 1;
    __try {
        seh_log("body");
        result = 2;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        seh_log("handler");
        result = 3;
    }
    return result;
}

int seh_raised(void) {
    int result = 0;
    __try {
        seh_log("body");
        seh_raise((int)STATUS);
        seh_log("never");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        seh_log("handler");
        result = AS_U(GetExceptionCode()) == STATUS;
    }
    return result;
}

int seh_faulted(void) {
    int result = 0;
    __try {
        *(volatile int *)BAD = 1;
        seh_log("never");
    } __except (AS_U(GetExceptionCode()) == ACCESS ? EXCEPTION_EXECUTE_HANDLER
                                                   : EXCEPTION_CONTINUE_SEARCH) {
        result = 7;
    }
    return result;
}

// The commonest shape of all: acquired inside, released outside, no volatile anywhere.
int seh_value_kept(void) {
    char *buffer = 0;
    int stage = 0;
    static char memory[4];
    __try {
        stage = 1;
        seh_log("allocate");
        buffer = memory;
        stage = 2;
        seh_raise((int)STATUS);
        stage = 3;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        if (buffer == memory)
            seh_log("free");
    }
    return stage;
}

int seh_value_of_local(void) {
    int i, sum = 0;
    __try {
        for (i = 0; i < 10; i++) {
            sum += i;
            seh_fault(i == 6 ? BAD : &sum);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return sum * 100 + i;
    }
    return -1;
}

int seh_leave(void) {
    int result = 0;
    __try {
        seh_log("body");
        result = 5;
        if (result == 5)
            __leave;
        seh_log("never");
    } __finally {
        seh_log(AbnormalTermination() ? "abnormal" : "normal");
    }
    return result;
}

int seh_leave_from_loops(void) {
    int i = 0, k = 0;
    __try {
        for (i = 0; i < 3; i++) {
            for (k = 0;; k++) {
                switch (k) {
                case 4:
                    if (i == 2)
                        __leave;
                    break;
                default: continue;
                }
                break;
            }
        }
        seh_log("never");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        seh_log("never");
    }
    return i * 10 + k;
}

int seh_finally_normal(void) {
    __try {
        seh_log("body");
    } __finally {
        seh_log(AbnormalTermination() ? "abnormal" : "normal");
    }
    return 1;
}

int seh_finally_raised(void) {
    __try {
        __try {
            seh_log("body");
            seh_raise((int)STATUS);
        } __finally {
            seh_log(AbnormalTermination() ? "abnormal" : "normal");
        }
        seh_log("never");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        seh_log("handler");
        return AS_U(GetExceptionCode()) == STATUS;
    }
    return 0;
}

int seh_finally_return(void) {
    __try {
        seh_log("body");
        return 11;
    } __finally {
        seh_log(AbnormalTermination() ? "abnormal" : "normal");
    }
    return 12;
}

static int bump(int *counter) {
    seh_log("evaluate");
    return ++*counter;
}

int seh_finally_return_order(void) {
    int counter = 40;
    __try {
        return bump(&counter);
    } __finally {
        seh_log("finally");
        counter += 100;
    }
    return 0;
}

// What is returned was decided before the block changed the variable.
int seh_finally_changes_result(void) {
    int status = 3;
    __try {
        seh_log("body");
        status = 4;
        return status;
    } __finally {
        status = 99;
        seh_log(status == 99 ? "finally" : "wrong");
    }
    return status;
}

int seh_finally_return_nested(void) {
    int value = 1;
    __try {
        __try {
            __try {
                value = 21;
                return value;
            } __finally {
                value += 1000;
                seh_log("inner");
            }
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            seh_log("never");
        }
    } __finally {
        value += 1000;
        seh_log(value == 2021 ? "outer" : "wrong");
    }
    return value;
}

int seh_finally_goto(void) {
    int times = 0;
again:
    __try {
        times++;
        if (times < 3)
            goto again;
        if (times == 3)
            goto out;
        seh_log("never");
    } __finally {
        seh_log(AbnormalTermination() ? "abnormal" : "normal");
    }
    seh_log("never");
out:
    return times;
}

static int override(void) {
    __try {
        seh_raise((int)STATUS);
    } __finally {
        seh_log("finally");
        return 8;
    }
    return 9;
}

int seh_finally_overrides(void) {
    int value;
    __try {
        value = override();
        seh_log("after");
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return -1;
    }
    return value;
}

int seh_finally_raises(void) {
    __try {
        __try {
            seh_raise(1);
        } __finally {
            seh_log("finally");
            seh_raise(2);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return 0;
}

int seh_return_in_except(void) {
    __try {
        __try {
            seh_raise(5);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            return GetExceptionCode() + 1;
        }
    } __finally {
        seh_log(AbnormalTermination() ? "abnormal" : "normal");
    }
    return 0;
}

static void return_void(int early) {
    __try {
        if (early)
            return;
        seh_log("late");
    } __finally {
        seh_log("finally");
    }
}

int seh_return_void(void) {
    return_void(1);
    return_void(0);
    return 1;
}

struct wide {
    int a[12];
};

static struct wide return_struct(void) {
    struct wide wide = {{1, 2, 3}};
    int left = 0;
    __try {
        wide.a[11] = 9;
        return wide;
    } __finally {
        left = wide.a[11];
        seh_log(left == 9 ? "finally" : "wrong");
    }
    return wide;
}

int seh_return_struct(void) {
    struct wide wide = return_struct();
    return wide.a[0] * 100 + wide.a[2] * 10 + wide.a[11];
}

// The value waits while the block uses all registers and more.
int seh_return_under_pressure(void) {
    int counter = 1;
    __try {
        return bump(&counter) * 500 + bump(&counter) * 7;
    } __finally {
        int a = counter, b = a * 3, c = b * 5, d = c * 7, e = d * 11, f = e * 13, g = f * 17;
        int h = g * 19, i = h * 23, k = i * 29, l = k * 31, m = l * 37, n = m * 41;
        for (int round = 0; round < 3; round++) {
            seh_fault(&counter);
            a += n, b += a, c += b, d += c, e += d, f += e, g += f, h += g, i += h, k += i;
            l += k, m += l, n += m;
            seh_fault(&counter);
        }
        seh_log(a + b + c + d + e + f + g + h + i + k + l + m + n != 0 ? "finally" : "wrong");
    }
    return 0;
}

int seh_filter_continues(void) {
    __try {
        __try {
            seh_raise((int)STATUS);
        } __except (seh_log("inner filter"), EXCEPTION_CONTINUE_SEARCH) {
            seh_log("never");
        }
        seh_log("never");
    } __except (seh_log("outer filter"), EXCEPTION_EXECUTE_HANDLER) {
        seh_log("handler");
    }
    return 1;
}

int seh_filter_by_code(void) {
    int code, sum = 0;
    for (code = 1; code < 4; code++) {
        __try {
            __try {
                seh_raise(code);
            } __except (GetExceptionCode() == 2) {
                sum += 10;
            }
        } __except (GetExceptionCode() != 2 ? EXCEPTION_EXECUTE_HANDLER : 0) {
            sum += GetExceptionCode();
        }
    }
    return sum;
}

struct _EXCEPTION_POINTERS {
    struct {
        unsigned code, flags;
        void *nested, *address;
        unsigned count;
    } * record;
    void *context;
};

static int filter(int code, struct _EXCEPTION_POINTERS *pointers, int *seen) {
    *seen = code == (int)pointers->record->code && pointers->record->address != 0;
    return EXCEPTION_EXECUTE_HANDLER;
}

int seh_filter_function(void) {
    int seen = 0;
    __try {
        *(volatile int *)BAD = 1;
    } __except (filter(GetExceptionCode(), GetExceptionInformation(), &seen)) {
        seh_log("handler");
    }
    return seen;
}

int seh_raise_in_except(void) {
    __try {
        __try {
            seh_raise(1);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            seh_log("first");
            seh_raise(GetExceptionCode() + 1);
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        seh_log("second");
        return GetExceptionCode();
    }
    return 0;
}

static int bad_filter(void) {
    seh_raise(31);
    return 1;
}

int seh_raise_in_filter(void) {
    __try {
        __try {
            seh_raise(30);
        } __except (bad_filter()) {
            seh_log("never");
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    return 0;
}

int seh_continue_execution(void) {
    __try {
        __try {
            seh_raise(1);
        } __except (EXCEPTION_CONTINUE_EXECUTION) {
            seh_log("never");
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return AS_U(GetExceptionCode()) == 0xC0000025;
    }
    return 0;
}

static int deep(int depth) {
    volatile char bytes[200];
    bytes[depth] = 1;
    __try {
        if (depth == 0)
            seh_raise((int)STATUS);
        return deep(depth - 1) + bytes[depth];
    } __finally {
        seh_log(depth % 2 ? "odd" : "even");
    }
    return 0;
}

int seh_through_calls(void) {
    __try {
        deep(3);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        seh_log("handler");
        return 1;
    }
    return 0;
}

int seh_in_loop(void) {
    int i, handled = 0, finals = 0;
    for (i = 0; i < 1000; i++) {
        __try {
            __try {
                if (i % 3 == 0)
                    seh_raise(i);
                if (i % 3 == 1)
                    __leave;
            } __finally {
                finals++;
            }
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            handled++;
        }
    }
    return handled * 10000 + finals;
}

int seh_in_branch(void) {
    int i, sum = 0;
    for (i = 0; i < 4; i++) {
        if (i & 1)
            __try {
                seh_raise(i);
            } __except (EXCEPTION_EXECUTE_HANDLER) {
                sum += i;
            }
        else
            sum += 100;
    }
    return sum;
}

static int recursion(int depth) {
    int result = -1;
    __try {
        if (depth < 5)
            result = recursion(depth + 1) + 1;
        else
            seh_raise(3);
    } __except (depth == 2) {
        result = depth * 10;
    }
    return result;
}

int seh_recursion(void) {
    return recursion(0);
}

int seh_code_in_nested(void) {
    __try {
        seh_raise(6);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        int code = 0;
        __try {
            code = GetExceptionCode();
            seh_raise(1);
        } __except (GetExceptionCode() == 1) {
            code = code * 10 + GetExceptionCode();
        }
        return code;
    }
    return 0;
}

int seh_leave_in_except(void) {
    __try {
        __try {
            seh_raise(1);
        } __except (EXCEPTION_EXECUTE_HANDLER) {
            seh_log("inner");
            __leave;
        }
        seh_log("never");
    } __finally {
        seh_log(AbnormalTermination() ? "abnormal" : "normal");
    }
    return 1;
}

int seh_siblings(void) {
    int count = 0;
    __try {
        seh_raise(1);
    } __except (1) {
        count += GetExceptionCode();
    }
    __try {
        count += 10;
    } __finally {
        count += 100;
    }
    __try {
        seh_raise(2);
    } __except (1) {
        count += GetExceptionCode();
    }
    return count;
}

// More values alive than there are registers, changed in every part.
int seh_many_locals(void) {
    int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, k = 10, l = 11, m = 12;
    __try {
        a += seh_fault(&b), c += a, d += c;
        __try {
            e += d, f += e, g += f;
            seh_fault(&h);
            i += g;
            seh_fault(BAD);
            k += 1000;
        } __finally {
            k += i, l += k;
        }
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        m += l;
        return a + b + c + d + e + f + g + h + i + k + l + m;
    }
    return 0;
}

int seh_unhandled(void) {
    __try {
        seh_raise(77);
    } __except (seh_log("filter"), EXCEPTION_CONTINUE_SEARCH) {
        seh_log("never");
    }
    seh_log("never");
    return 0;
}

int seh_bytes(void) {
    return (int)sizeof(struct kss_seh_frame);
}

int DriverEntry(void *object, void *path);
int DriverEntry(void *object, void *path) {
    (void)object;
    (void)path;
    return seh_normal();
}
