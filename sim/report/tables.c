// SPDX-License-Identifier: MIT
// Figures of frame tables in reports: where a scenario's run rests on them, and natively beside what
// was measured. Natively the two are never mixed: the path is the host's, and the tables say what the
// same routines take on Windows.
#include "report/private.h"

static const struct kss_log_routine *routine_of(const struct kss_report *report,
                                                const struct kss_digest_row *row) {
    if (row->routine >= report->log->routine_count)
        return NULL;
    return &report->log->routines[row->routine];
}

void kss_print_row_table(const struct kss_report *report, const struct kss_digest_row *row) {
    const struct kss_log_routine *routine = routine_of(report, row);
    if (report->log->frames == NULL && routine != NULL && routine->table != NULL)
        kss_text_format(report->out, "  (%s%s)", routine->at_least != NULL ? "at least, " : "",
                        routine->table);
}

enum { NAMED = 6 };

// "mydrv!Read: alloca; mydrv!Write: ..."
void kss_print_lower_bound(const struct kss_report *report) {
    const struct kss_log *log = report->log;
    struct kss_text *out = report->out;
    uint32_t count = 0;
    if (!kss_log_lower_bound(log))
        return;
    kss_text_str(out, "lower bound: frames that may be larger than the tables say: ");
    for (uint32_t i = 0; i < log->routine_count; i++) {
        if (log->routines[i].at_least == NULL || log->routines[i].same != i || count++ >= NAMED)
            continue;
        kss_text_str(out, count > 1 ? "; " : "");
        kss_log_symbol(log, i, out);
        kss_text_format(out, ": %s", log->routines[i].at_least);
    }
    if (count > NAMED)
        kss_text_format(out, "; and %u more", count - NAMED);
    kss_text_char(out, '\n');
}

// ---- Natively ---------------------------------------------------------------------------------------

struct sums {
    uint64_t host, table;            // of the rows that the tables know
    const struct kss_log_routine *a; // one of them
    const struct kss_log_routine *least;
    bool mixed; // several origins
    uint32_t unknown;
};

static struct sums sums_of(const struct kss_report *report, const struct kss_digest_stack *stack,
                           bool *unknown) {
    struct sums sums = {0};
    for (uint32_t i = 0; i < stack->path_count; i++) {
        const struct kss_digest_row *row = &stack->path[i];
        const struct kss_log_routine *routine = routine_of(report, row);
        if (routine == NULL || row->bytes == 0)
            continue;
        if (routine->table == NULL) {
            sums.unknown += !unknown[routine->same];
            unknown[routine->same] = true;
            continue;
        }
        sums.host += row->bytes;
        sums.table += routine->table_bytes;
        sums.mixed |= sums.a != NULL && sums.a->table != routine->table;
        sums.a = routine;
        sums.least = routine->at_least != NULL ? routine : sums.least;
    }
    return sums;
}

static void print_unknown(const struct kss_report *report, const struct sums *sums,
                          const bool *unknown) {
    struct kss_text *out = report->out;
    uint32_t count = 0;
    for (uint32_t i = 0; i < report->log->routine_count && count < NAMED; i++) {
        if (!unknown[i])
            continue;
        kss_text_str(out, count++ > 0 ? ", " : "; not in them: ");
        kss_log_symbol(report->log, i, out);
    }
    if (sums->unknown > count)
        kss_text_format(out, " and %u more", sums->unknown - count);
}

void kss_print_table_sum(const struct kss_report *report, const struct kss_digest_stack *stack) {
    const struct kss_log *log = report->log;
    struct kss_text *out = report->out;
    struct kss_arena arena = {0};
    if (log->frames == NULL || !log->tables)
        return;
    bool *unknown = KSS_NEW_ARRAY(&arena, bool, log->routine_count + 1u);
    struct sums sums = sums_of(report, stack, unknown);
    kss_text_str(out, "  frames by the tables: ");
    if (sums.a == NULL) {
        kss_text_str(out, "none of this path's");
    } else {
        kss_text_str(out, sums.least != NULL ? "at least " : "");
        kss_text_hex(out, sums.table);
        kss_text_format(out, " (%s), where the host's take ",
                        sums.mixed ? "of several origins" : sums.a->table);
        kss_text_hex(out, sums.host);
    }
    print_unknown(report, &sums, unknown);
    kss_text_char(out, '\n');
    kss_arena_free(&arena);
}
