// SPDX-License-Identifier: MIT
// The records of a Chrome trace of one run: slices that nest in their lane, counters, instants and arrows.
//
// A statement takes no virtual time, so much happens at one instant, and a slice of no length cannot be seen. A
// record is therefore at least 1 ns after the one before it: at one instant records stand 1 ns apart in the order
// in which things happened, and the first one that is later by the clock stands at its true time again. The true
// time of each is in its args.
//
//   ts (us)   0.000   0.001     0.002                16000000.000
//             App     Read      KeWait... waits      outswap
//
// Slices are B and E records. What ends a slice ends those above it first, so that a lane nests whatever a run
// does. An arrow is a pair of records at slices that are open at its two ends; both are written when the second
// end is known, so none is left hanging. Depends on lanes.h and sheet.h.
#ifndef KSS_REPORT_TRACE_H
#define KSS_REPORT_TRACE_H

#include "report/lanes.h"
#include "report/sheet.h"

enum kss_slice {
    KSS_SLICE_FRAME, // a driver routine; key: routine
    KSS_SLICE_NT,    // an NT routine; key: its id
    KSS_SLICE_WAIT,
    KSS_SLICE_READY,
    KSS_SLICE_RUN, // a thread on a processor; key: thread
    KSS_SLICE_DPC,
    KSS_SLICE_INTERRUPT,
    KSS_SLICE_APC,
    KSS_SLICE_WORK,
    KSS_SLICE_POINT, // something of an instant
    KSS_SLICE_KINDS
};

struct kss_trace_slice {
    uint8_t kind;
    uint64_t key;
    uint32_t name; // offset in the lane's names
};

struct kss_trace_lane {
    uint32_t tid; // 0: nothing happened in it yet
    struct kss_trace_slice *open;
    uint32_t count;
    unsigned room;
    struct kss_text names;
};

// One end of an arrow.
struct kss_trace_from {
    uint32_t tid; // 0: there is none
    uint64_t ns;
};

struct kss_trace {
    struct kss_sheet *sheet;
    const struct kss_log *log;
    struct kss_text *out;
    uint32_t pid;
    uint64_t ns; // of the last record
    bool first;  // of the document
    bool any;    // records of this run
    struct kss_trace_lane *lanes;
    struct kss_text name; // of the record to come, not yet quoted
    struct kss_text scratch;
};

void kss_trace_open(struct kss_trace *trace, struct kss_sheet *sheet,
                    const struct kss_sheet_entry *entry);
// Ends what is still open, and says so.
void kss_trace_close(struct kss_trace *trace);

// A slice called trace->name.
void kss_trace_begin(struct kss_trace *trace, uint32_t lane, enum kss_slice kind, uint64_t key,
                     const struct kss_event *event);
// The innermost slice of this kind and key ends; false: there is none.
bool kss_trace_end(struct kss_trace *trace, uint32_t lane, enum kss_slice kind, uint64_t key,
                   const struct kss_event *event);
// What is open in the innermost slice of this kind and key ends; it goes on.
void kss_trace_end_above(struct kss_trace *trace, uint32_t lane, enum kss_slice kind, uint64_t key,
                         const struct kss_event *event);
void kss_trace_end_all(struct kss_trace *trace, uint32_t lane, const struct kss_event *event);
bool kss_trace_is_open(const struct kss_trace *trace, uint32_t lane, enum kss_slice kind);

// Something of an instant, in a lane or (process) above all lanes of the run, called trace->name.
void kss_trace_instant(struct kss_trace *trace, uint32_t lane, bool process, const char *category,
                       const struct kss_event *event);

// A counter called trace->name with one series.
void kss_trace_counter(struct kss_trace *trace, const char *series, uint64_t value,
                       const struct kss_event *event);

// An arrow begins at what is open in a lane now. Where nothing is, a slice called trace->name stands for it.
struct kss_trace_from kss_trace_arrow_from(struct kss_trace *trace, uint32_t lane,
                                           const struct kss_event *event);
// And ends at the slice that was begun last in a lane; trace->name is the arrow's.
void kss_trace_arrow_to(struct kss_trace *trace, uint32_t lane, struct kss_trace_from from,
                        const struct kss_event *event);

#endif
