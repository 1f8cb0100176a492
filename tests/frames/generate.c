// SPDX-License-Identifier: MIT
// Writes a C file whose functions have frames of many shapes, for the test of unwind data:
//
//   generate SLICE COUNT [seh]  ->  C  -> compilers for Windows -> object, .su
//                                                                    |       |
//                                                      kss frames -> one figure a function (unwind.sh)
//
// A function is a draw of independent traits: parameters, what it returns, locals and their alignment,
// memory whose size only the run knows, doubles that live across calls (saved XMM registers), what it
// calls and how it ends. The first functions of a slice go through all sizes of locals. The draw is a fixed
// sequence: the same arguments give the same bytes everywhere, another slice other functions. The C is compiled and
// never run.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum ending { RETURNS, TAIL_CALL, RECURSION, MUTUAL, ENDINGS };
enum dynamic { FIXED, ALLOCA, VLA, ALLOCA_IN_LOOP, DYNAMICS };
enum body { PLAIN, LOOP, SWITCH, BRANCHES, GUARDED, FINALLY, BODIES };
enum result { VOID_RESULT, INT_RESULT, LONG_RESULT, DOUBLE_RESULT, STRUCT_RESULT, RESULTS };

// Around what the ABIs treat apart: nothing, one slot, ALLOC_SMALL's end (128), a page less what is pushed
// (probes begin there), ALLOC_LARGE's two forms (512 KiB), ARM64's alloc_m and alloc_l (32 KiB).
static const unsigned local_sizes[] = {0,     0,     8,     24,    100,    120,    128,    136,
                                       200,   504,   512,   1000,  2048,   3900,   4040,   4064,
                                       4080,  4096,  4104,  5000,  8192,   12288,  20000,  32640,
                                       32768, 33000, 65536, 70000, 200000, 524272, 524288, 600000};
enum { SIZES = sizeof local_sizes / sizeof local_sizes[0] };
static const unsigned alignments[] = {0, 0, 0, 0, 16, 32, 64};
enum { ALIGNMENTS = sizeof alignments / sizeof alignments[0] };

struct shape {
    unsigned ints, wides, doubles, structs; // parameters of each type
    enum result result;
    unsigned local, alignment;
    enum dynamic dynamic;
    unsigned live_doubles, live_longs; // alive across calls
    enum body body;
    enum ending ending;
    unsigned call_arguments; // of a call on the way, 0: none
    bool leaf, local_symbol, variadic;
};

static unsigned long long sequence = 1;

static unsigned draw(unsigned below) { // splitmix64
    unsigned long long z = sequence += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ (z >> 31)) % below);
}

static bool one_in(unsigned n) {
    return draw(n) == 0;
}

static struct shape draw_shape(unsigned index, bool seh) {
    struct shape s = {0};
    if (!one_in(5)) {
        s.ints = draw(4);
        s.wides = draw(3);
        s.doubles = draw(3);
        s.structs = draw(2);
    }
    if (one_in(8))
        s.ints += 6 + draw(8);
    s.result = (enum result)draw(RESULTS);
    s.local = local_sizes[index < SIZES ? index : draw(SIZES)];
    s.alignment = s.local ? alignments[draw(ALIGNMENTS)] : 0;
    s.dynamic = one_in(6) ? (enum dynamic)draw(DYNAMICS) : FIXED;
    s.live_doubles = one_in(3) ? 1 + draw(12) : 0;
    s.live_longs = one_in(2) ? draw(10) : 0;
    s.body = (enum body)draw(seh ? BODIES : GUARDED);
    s.ending = (enum ending)draw(ENDINGS);
    s.call_arguments = one_in(2) ? draw(14) : 0;
    s.leaf = one_in(6) && s.dynamic == FIXED && s.body < GUARDED;
    s.local_symbol = one_in(4);
    s.variadic = one_in(12);
    return s;
}

// ---- Writing -------------------------------------------------------------------------------------------

static const char *result_name(enum result result) {
    static const char *const names[] = {"void", "int", "long long", "double", "struct big"};
    return names[result];
}

static void head(unsigned index, const struct shape *s) {
    const char *comma = "";
    printf("%s%s f%03u(", s->local_symbol ? "static __attribute__((noinline)) " : "",
           result_name(s->result), index);
    for (unsigned i = 0; i < s->ints; i++, comma = ", ")
        printf("%sint i%u", comma, i);
    for (unsigned i = 0; i < s->wides; i++, comma = ", ")
        printf("%slong long w%u", comma, i);
    for (unsigned i = 0; i < s->doubles; i++, comma = ", ")
        printf("%sdouble d%u", comma, i);
    for (unsigned i = 0; i < s->structs; i++, comma = ", ")
        printf("%sstruct big s%u", comma, i);
    if (s->variadic)
        printf("%s...", *comma ? comma : "int i0, ");
    else if (!*comma)
        printf("void");
    printf(")");
}

// A call of the function of this index, with constants.
static void call(unsigned index, const struct shape *s) {
    const char *comma = "";
    printf("f%03u(", index);
    for (unsigned i = 0; i < s->ints || (i == 0 && s->variadic); i++, comma = ", ") {
        if (i >= s->ints && (s->wides || s->doubles || s->structs))
            break;
        printf("%s(int)seed + %u", comma, i);
    }
    for (unsigned i = 0; i < s->wides; i++, comma = ", ")
        printf("%sseed + %u", comma, i);
    for (unsigned i = 0; i < s->doubles; i++, comma = ", ")
        printf("%s(double)seed", comma);
    for (unsigned i = 0; i < s->structs; i++, comma = ", ")
        printf("%sshared", comma);
    printf(")");
}

// What the function reads of its parameters, as a long long.
static void seed(const struct shape *s) {
    printf("    long long seed = other;\n");
    for (unsigned i = 0; i < s->ints; i++)
        printf("    seed += i%u;\n", i);
    for (unsigned i = 0; i < s->wides; i++)
        printf("    seed ^= w%u;\n", i);
    for (unsigned i = 0; i < s->doubles; i++)
        printf("    seed += (long long)d%u;\n", i);
    for (unsigned i = 0; i < s->structs; i++)
        printf("    seed += s%u.field[1];\n", i);
    if (s->variadic) {
        const char *last = s->structs ? "s0" : s->doubles ? "d" : s->wides ? "w" : "i";
        unsigned n = s->doubles ? s->doubles : s->wides ? s->wides : s->ints ? s->ints : 1;
        printf("    __builtin_va_list list;\n    __builtin_va_start(list, %s", last);
        if (!s->structs)
            printf("%u", n - 1);
        printf(");\n    seed += __builtin_va_arg(list, int);\n    __builtin_va_end(list);\n");
    }
}

static void locals(const struct shape *s) {
    if (s->local) {
        printf("    char room[%u]", s->local);
        if (s->alignment)
            printf(" __attribute__((aligned(%u)))", s->alignment);
        printf(";\n");
        if (s->leaf)
            printf("    ((volatile char *)room)[seed & 7] = 1;\n    seed += room[other & 7];\n");
        else
            printf("    escape(room);\n");
    }
    for (unsigned i = 0; i < s->live_doubles; i++)
        printf("    double x%u = (double)seed * %u.5%s;\n", i, i + 1, s->leaf ? "" : " + real()");
    for (unsigned i = 0; i < s->live_longs; i++)
        printf("    long long n%u = seed * %u%s;\n", i, i + 3, s->leaf ? "" : " + whole()");
}

static void dynamic(const struct shape *s) {
    switch (s->dynamic) {
    case ALLOCA: printf("    escape(__builtin_alloca((unsigned long long)seed & 1023));\n"); break;
    case VLA:
        printf(
            "    {\n        int many[((unsigned)seed & 255) + 1];\n        escape(many);\n    }\n");
        break;
    case ALLOCA_IN_LOOP:
        printf("    for (int i = 0; i < (int)seed; i++)\n"
               "        escape(__builtin_alloca((unsigned long long)i + 1));\n");
        break;
    default: break;
    }
}

static void body(const struct shape *s) {
    const char *work = s->leaf ? "seed = seed * 7 + other" : "seed += whole()";
    switch (s->body) {
    case LOOP: printf("    for (int k = 0; k < (int)(seed & 63); k++)\n        %s;\n", work); break;
    case SWITCH:
        printf("    switch (seed & 15) {\n");
        for (unsigned i = 0; i < 12; i++)
            printf("    case %u: seed += %u; %s; break;\n", i, 17 * i + 3, work);
        printf("    default: seed -= 5;\n    }\n");
        break;
    case BRANCHES:
        printf("    if (seed > 10) {\n        %s;\n        if (seed > 100)\n            %s;\n"
               "    } else\n        seed = -seed;\n",
               work, work);
        break;
    case GUARDED:
        printf("    __try {\n        escape(&seed);\n        seed += whole();\n"
               "    } __except (_exception_code() == 5) {\n        seed = 1;\n        "
               "escape(&seed);\n    }\n");
        break;
    case FINALLY:
        printf("    __try {\n        escape(&seed);\n    } __finally {\n        escape(&seed);\n   "
               " }\n");
        break;
    default: printf("    %s;\n", work); break;
    }
    if (s->call_arguments && !s->leaf) {
        printf("    seed += gather(%u", s->call_arguments);
        for (unsigned i = 0; i < s->call_arguments; i++)
            printf(", seed + %u", i);
        printf(");\n");
    }
}

static void finish(unsigned index, const struct shape *s, unsigned next,
                   const struct shape *of_next) {
    if (s->live_doubles) {
        printf("    seed += (long long)(x0");
        for (unsigned i = 1; i < s->live_doubles; i++)
            printf(" + x%u", i);
        printf(");\n");
    }
    for (unsigned i = 0; i < s->live_longs; i++)
        printf("    seed ^= n%u;\n", i);
    if (!s->leaf && s->ending == RECURSION) {
        printf("    if (seed > 3)\n        ");
        call(index, s);
        printf(";\n");
    }
    if (!s->leaf && s->ending == MUTUAL) {
        printf("    if (seed > 4)\n        ");
        call(next, of_next);
        printf(";\n");
    }
    bool tail = !s->leaf && s->ending == TAIL_CALL && of_next->result == s->result;
    switch (s->result) {
    case VOID_RESULT: printf("    other = seed;\n    "); break;
    case STRUCT_RESULT:
        if (!tail)
            printf("    struct big answer = shared;\n    answer.field[0] = seed;\n    return "
                   "answer;\n");
        else
            printf("    return ");
        break;
    default: printf("    return "); break;
    }
    if (tail)
        call(next, of_next);
    else if (s->result != VOID_RESULT && s->result != STRUCT_RESULT)
        printf("(%s)seed", result_name(s->result));
    else if (s->result == VOID_RESULT)
        printf("return");
    printf("%s}\n\n", s->result == STRUCT_RESULT && !tail ? "" : ";\n");
}

int main(int argc, char **argv) {
    int slice = argc > 2 ? atoi(argv[1]) : 0, count = argc > 2 ? atoi(argv[2]) : 0;
    bool seh = argc > 3 && strcmp(argv[3], "seh") == 0;
    struct shape *shapes = count > 0 ? calloc((size_t)count, sizeof *shapes) : NULL;
    if (!shapes) {
        fprintf(stderr, "usage: generate SLICE COUNT [seh]\n");
        return 2;
    }
    sequence = (unsigned long long)slice << 32;
    printf("struct big {\n    long long field[5];\n};\n"
           "extern struct big shared;\nextern volatile long long other;\n"
           "void escape(void *memory);\ndouble real(void);\nlong long whole(void);\n"
           "int gather(int count, ...);\n");
    if (seh)
        printf("unsigned long _exception_code(void);\n");
    for (unsigned i = 0; i < (unsigned)count; i++) {
        shapes[i] = draw_shape(i, seh);
        head(i, &shapes[i]);
        printf(";\n");
    }
    printf("\n");
    for (unsigned i = 0; i < (unsigned)count; i++) {
        unsigned next = (i * 7 + 1) % (unsigned)count;
        head(i, &shapes[i]);
        printf(" {\n");
        seed(&shapes[i]);
        locals(&shapes[i]);
        dynamic(&shapes[i]);
        body(&shapes[i]);
        finish(i, &shapes[i], next, &shapes[next]);
    }
    printf("void *const table[] = {"); // so that none of them is left out
    for (unsigned i = 0; i < (unsigned)count; i++)
        printf("%s(void *)f%03u", i ? ", " : "", i);
    printf("};\n");
    free(shapes);
    return 0;
}
