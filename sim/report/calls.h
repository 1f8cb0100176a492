// SPDX-License-Identifier: MIT
// Who called whom in a run: driver routines as nodes, calls as edges, gathered from call, return and what runs
// because it was queued. The roots are what the system calls: a thread, a DPC, an ISR, an APC, a work item. A
// call through NT (IofCallDriver and the dispatch routine) is an edge between the two drivers' routines that
// names the NT routine. Natively, where calls inside a driver leave no event, the measured paths add theirs. A function
// of log and digest. Depends on lanes.h.
#ifndef KSS_REPORT_CALLS_H
#define KSS_REPORT_CALLS_H

#include "report/lanes.h"

enum kss_call_root { KSS_ROOT_DPC, KSS_ROOT_ISR, KSS_ROOT_APC, KSS_ROOT_WORK, KSS_ROOT_THREAD };

struct kss_call_node {
    uint32_t routine; // a driver's; KSS_NO_FRAME: a root
    uint32_t root;    // enum kss_call_root, or KSS_ROOT_THREAD + thread
    uint64_t calls;
    uint32_t bytes, deepest; // of its largest frame; largest use of a stack when it was entered
    bool overflows;          // on the path of a stack that overflowed
};

struct kss_call_edge {
    uint32_t from, to; // nodes
    uint64_t calls;
    uint32_t nt; // the NT routine it went through first, KSS_NT_COUNT: none
    bool overflows;
};

struct kss_calls {
    struct kss_call_node *nodes; // malloc'd, in the order in which they were met
    struct kss_call_edge *edges; // malloc'd, in that order, too
    uint32_t node_count, edge_count;
    unsigned node_room, edge_room;
};

struct kss_calls kss_calls_of(const struct kss_log *log, const struct kss_digest *digest);
void kss_calls_free(struct kss_calls *calls);

// Whether the system calls it, not a driver: a root, or a thread's body in a scenario.
bool kss_is_call_root(const struct kss_log *log, const struct kss_call_node *node);

// Appends "mydrv!Read" or "thread App".
void kss_say_call_node(const struct kss_log *log, const struct kss_call_node *node,
                       struct kss_text *out);

// Appends "2 calls by IofCallDriver"; nothing for one call by nobody.
void kss_say_call_edge(const struct kss_call_edge *edge, struct kss_text *out);

#endif
