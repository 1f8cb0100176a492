// SPDX-License-Identifier: MIT
// Worst-case depth: the deepest path that a call graph allows, and why the figure may be wrong.
//
//   frames and calls (sim/frames) --from_frames.c---\                   /--> text, JSON Lines
//   a scenario's program -----------from_program.c----> graph --solve.c----> folded stacks, dot
//   annotation files ---annotate.c--- apply.c -------/                  \--> a scenario
//
// The graph is neutral: nodes are functions with the bytes of one call, edges are calls. The depth of a
// function is what it takes on the stack together with all that it calls:
//
//   depth(v) = max( bytes(v),  bytes(v) + depth(w) for each call v -> w,
//                              depth(w)            for each jump v -> w, v's frame is gone by then )
//
// Cycles have no depth: they are found as strongly connected components, listed with their members and
// the calls inside, and refused. Two kinds of them have one all the same:
//
// 1. A component whose inner calls are all jumps. No frame stays behind, so going round costs nothing:
//    every member has the depth of the deepest.
//
// 2. A component that bounds cut. `depth F <= n` says that F occurs at most n times on a path of calls
//    (jumps counted, too: the bound is one of the source, and a jump is the compiler's choice). Take a
//    set B of bounded functions such that what is left of the component without them has no cycle but
//    those of kind 1. A walk from v inside the component is then
//
//        v ... f1 ... f2 ... ... fk ... end        f1..fk in B, each f at most n(f) times
//
//    The piece from one f to the next meets no other member of B, so its greatest cost, out(f), is
//    the longest path over a graph without cycles; so are way(v), the cost from v up to the first f,
//    and last(f), the depth from the last f on. Whatever the walk, its cost is at most
//
//        way(v) + sum over B of n(f) * out(f) + max over B of (last(f) - out(f))
//
//    because each f pays out(f) for each time it occurs but once, where it is the last and pays last(f).
//    That is an upper bound. If B is one function it is reached: the costliest piece from f back to f can
//    be gone n - 1 times. Other bounds inside the component are not used then; if the path found
//    keeps them anyway the figure is exact, else it is an upper bound, and the reasons say so. Each
//    bounded function alone (up to a number) and all together are tried; every one of the sums is sound, the
//    smallest stands. The best walk under several bounds is as hard as the longest simple path, which
//    is why it is not looked for.
//
// Where a cycle stays without a bound, the depth printed is that of a path which exists: calls back to
// a function under way are left out. It is "at least", as with every other piece that is missing: an
// unknown frame, a call through a pointer that nobody resolved, a function defined elsewhere. A depth
// that is at least more than the limit is over all the same; below the limit it cannot tell.
//
// Ownership: a graph owns malloc'd arrays (kss_graph_free) and lives in an arena with its texts. Depends on
// base, nt, frames, script.
#ifndef KSS_DEPTH_DEPTH_H
#define KSS_DEPTH_DEPTH_H

#include "base/diag.h"
#include "frames/frames.h"

struct kss_program;

// ---- Annotations ----------------------------------------------------------------------------------
// C-like words; // and /* */ are comments; `;` or the end of a line ends an item:
//
//   root thread DispatchRead, mydrv!DispatchWrite;     root dpc TimerDpc;     root isr Isr;
//   calls Read from irp.c:97:14 = {CacheRead, PageRead};
//   calls Read = {CacheRead};                 every call through a pointer that no other line names
//   calls Read from irp.c:99 = {};            nothing is called there
//   depth Walk <= 4;                          at most 4 activations of Walk on one path
//   frame memcpy = 0x20 "measured with kf";
//   frame nt!* = 2K "allowance";              functions of nt that no file defines and nothing else says of
//   require path(DispatchRead) <= 12K - 2K;
//   ignore DebugDump "not in the free build"; what it calls is not followed
//
// Symbols are as in scenarios: F, mydrv!F, "quoted" for odd names; "irp.c:F" tells one of several static
// functions. A place is what the report prints, "irp.c:97:14" or "mydrv.sys+0x10C2", or its end, or a
// line. Inside braces and after `,` `=` `<=` `-` a line may end without ending the item.

// A callout is what KeExpandKernelStackAndCallout is given: it has the bytes that its caller asked for, on
// whatever stack.
enum kss_root_kind {
    KSS_ROOT_THREAD,
    KSS_ROOT_DPC,
    KSS_ROOT_ISR,
    KSS_ROOT_CALLOUT,
    KSS_ROOT_KINDS
};
const char *kss_root_kind_name(enum kss_root_kind kind); // "thread", "dpc", "isr", "callout"

enum kss_remark_kind {
    KSS_REMARK_ROOT,
    KSS_REMARK_CALLS,
    KSS_REMARK_DEPTH,
    KSS_REMARK_FRAME,
    KSS_REMARK_REQUIRE,
    KSS_REMARK_IGNORE
};

struct kss_name { // a word of an annotation file
    const char *text;
    struct kss_span span;
};

struct kss_remark { // an item
    enum kss_remark_kind kind;
    enum kss_root_kind root;
    struct kss_name name;     // the function
    struct kss_name from;     // CALLS: the place; text NULL: all
    struct kss_name *targets; // CALLS
    uint32_t target_count;
    uint64_t value;  // DEPTH, FRAME, REQUIRE
    const char *why; // FRAME, IGNORE; NULL: not said
    bool used;
};

struct kss_remarks {
    struct kss_remark *items; // malloc'd
    uint32_t count;
    unsigned capacity;
};

// Reads source [file]; what is good is appended, what is not is an error in [diags]. Texts live in
// [arena]. Linear in length.
void kss_remarks_read(struct kss_remarks *remarks, struct kss_arena *arena,
                      struct kss_sources *sources, uint32_t file, struct kss_diags *diags);
void kss_remarks_free(struct kss_remarks *remarks);
// 320, 0x140, 12K, 1M, below 4 GiB.
bool kss_size_of(const char *text, size_t length, uint64_t *value);

// ---- The graph --------------------------------------------------------------------------------------

enum { KSS_NO_NODE = UINT32_MAX };

// Why a bound may be wrong. Those up to KSS_LACK_MISSING are pieces that are not there: with one of them in
// reach a depth is "at least" and nothing below a limit fits.
enum kss_lack {
    KSS_LACK_CALLS,      // nobody says what the function calls
    KSS_LACK_UNRESOLVED, // a call through a pointer
    KSS_LACK_CYCLE,      // recursion without a bound
    KSS_LACK_FRAME,      // its frame is unknown
    KSS_LACK_EXTERNAL,   // defined elsewhere, no cost is known
    KSS_LACK_AT_LEAST,   // its frame may be larger
    KSS_LACK_MISSING = KSS_LACK_AT_LEAST,
    KSS_LACK_CALLBACK,  // NT calls driver code that nobody named
    KSS_LACK_LISTED,    // a cost of nt's as one listing has it
    KSS_LACK_ESTIMATE,  // a frame that is assumed, not measured
    KSS_LACK_BELOW,     // sends requests to drivers below that are not in the graph
    KSS_LACK_ANNOTATED, // rests on what an annotation says
    KSS_LACK_IGNORED,   // calls not followed
    KSS_LACK_UPPER,     // an upper bound, not the depth of a path: a lack of roots only
    KSS_LACKS
};
const char *kss_lack_name(enum kss_lack lack); // "unresolved-call", ...

struct kss_function {
    const char *name; // as printed: "mydrv!Read", "irp.c:Read" where several are called Read
    const char *symbol, *module, *unit;
    const char *place, *reason;
    const char *why; // ignored: what the annotation says
    const struct kss_remark
        *allowance; // the `frame nt!* = ...` that its figure is from; NULL: none
    uint64_t bytes;
    uint64_t most;         // activations on a path; 0: no bound
    uint32_t edges;        // first of its edges
    uint32_t origin_index; // row of the frames, routine of the program: for who made the graph
    uint32_t layer;        // of a device stack, from 0; KSS_NO_NODE: none
    uint8_t kind;          // enum kss_frame_kind
    uint8_t origin;        // enum kss_frame_origin
    uint8_t figure;        // enum kss_origin, what is printed of a scenario's frames
    bool external;         // no body here
    bool nt;               // a routine of nt's
    bool callback;         // may call driver code that it was given
    bool sends;            // IofCallDriver and IoCallDriver
    bool no_calls;         // nobody says what it calls
    bool left_out;         // its body says that code was left out
    bool filters;   // has exception filters: they run on top of what raises, wherever that is
    bool candidate; // may be called from outside the graph
    bool entry;     // an image begins with it: loading calls it, no request does
    bool annotated, ignored;
};

// "exact", "at least", "unknown"; what one listing or an annotation says is only "listed" or "given".
const char *kss_function_kind_name(const struct kss_function *function);

struct kss_edge {
    uint32_t from, to; // KSS_NO_NODE: through a pointer, unresolved
    const char *place; // NULL: nobody says
    bool tail;
    bool indirect; // through a pointer, resolved by an annotation or by the graph's maker
};

struct kss_root {
    uint32_t node;
    enum kss_root_kind kind;
    bool system;   // a system thread: no trap frame, start frames instead
    bool assumed;  // nobody said that it is a root
    uint64_t room; // CALLOUT: bytes asked for; 0: not known
};

struct kss_requirement {
    uint32_t node;
    uint64_t limit;
    const struct kss_remark *remark;
};

struct kss_graph {
    struct kss_arena *arena;
    const struct kss_profile *machine; // NULL: not known
    struct kss_function *nodes;        // in order of their names once linked
    struct kss_edge *edges;            // by caller once linked
    struct kss_root *roots;
    struct kss_requirement *requirements;
    uint32_t count, edge_count, root_count, requirement_count;
    unsigned capacity, edge_capacity, root_capacity, requirement_capacity;
    bool scenario;  // from a program
    bool nt_frames; // nt's own frames are counted
    bool calls_known;
    const char *no_calls;  // why not; NULL
    const char *layers;    // the device stack as given; NULL
    bool dispatch_assumed; // a layer's dispatch routines were not named
    uint32_t *by_symbol;   // nodes in the order of their bare symbols
};

uint32_t kss_graph_node(struct kss_graph *graph, const struct kss_function *node);
void kss_graph_edge(struct kss_graph *graph, const struct kss_edge *edge);
// The same root may be given twice; kss_depth_judge takes it once.
void kss_graph_root(struct kss_graph *graph, const struct kss_root *root);
// Puts nodes in the order of their names, edges behind their callers. Node numbers change; call it once
// all nodes are there and again (they stay then) when edges were added.
void kss_graph_sort(struct kss_graph *graph);
void kss_graph_link(struct kss_graph *graph);
void kss_graph_free(struct kss_graph *graph);
// The node of a symbol ("F", "mydrv!F", "irp.c:F"); KSS_NO_NODE: none, or with *several: more than one.
uint32_t kss_graph_find(const struct kss_graph *graph, const char *symbol, bool *several);
// The closest name, for "did you mean"; NULL: none is close.
const char *kss_graph_closest(const struct kss_graph *graph, const char *symbol);
// Where the edges of a node end.
static inline uint32_t kss_edges_end(const struct kss_graph *graph, uint32_t node) {
    return node + 1 < graph->count ? graph->nodes[node + 1].edges : graph->edge_count;
}

// Which call sends a request to the driver below: by name.
bool kss_sends_down(const char *symbol);

// From frames and calls, joined. [layers]: modules of a device stack, top first, [layer_count] of them: each
// layer's IofCallDriver leads to the dispatch routines of the next.
void kss_graph_from_frames(struct kss_graph *graph, const struct kss_frames *frames,
                           const char *const *layers, uint32_t layer_count);
// From a compiled scenario.
void kss_graph_from_program(struct kss_graph *graph, struct kss_sources *sources,
                            const struct kss_program *program);

// Bytes of nt's routine on [machine], as costs.def has it; NULL: no figure.
const struct kss_cost *kss_depth_cost(const struct kss_profile *machine, const char *routine);

// Applies annotations: roots, targets, bounds, frames. What matches nothing or is of no use is a warning,
// what is ambiguous an error. The graph must be sorted and linked; is linked again.
void kss_graph_annotate(struct kss_graph *graph, struct kss_remarks *remarks,
                        struct kss_diags *diags);
// With layers: what each layer's requests lead to, after annotations named roots.
void kss_graph_stack_layers(struct kss_graph *graph, uint32_t layer_count);
// Roots where none were named: what nobody calls and what may be called from outside.
void kss_graph_choose_roots(struct kss_graph *graph);

// ---- The solution -------------------------------------------------------------------------------------

enum { KSS_NO_CYCLE = UINT32_MAX };

struct kss_cycle { // a component that can be gone round
    const uint32_t *members;
    uint32_t count;
    bool bounded;
    bool exact;          // bounded, by one function
    bool jumps;          // only jumps: costs nothing
    const uint32_t *cut; // bounded: the functions whose bounds were used
    uint32_t cut_count;
    uint32_t final; // the cut function that the path ends with
};

// Sums stick at the top instead of wrapping: a table may say anything.
static inline uint64_t kss_sum(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}
static inline uint64_t kss_product(uint64_t a, uint64_t b) {
    return a != 0 && b > UINT64_MAX / a ? UINT64_MAX : a * b;
}

struct kss_solution {
    const struct kss_graph *graph;
    uint64_t *depth;  // per node
    uint32_t *lacks;  // per node: bits of enum kss_lack of all that can be reached from it
    uint32_t *cycle;  // per node: its cycle, KSS_NO_CYCLE
    uint32_t *onward; // per node: edge that the deepest path takes; KSS_NO_NODE: it ends here
    uint32_t *toward; // per node of a bounded cycle: edge of the way to the next cut function
    bool *winds;      // per node of a bounded cycle: its deepest path meets a cut function
    bool *cut;        // per node: it is one
    bool *round;      // per node: in a component that can be gone round, whatever became of it
    struct kss_cycle *cycles; // malloc'd
    uint32_t cycle_count;
    unsigned cycle_capacity;
    struct kss_arena *arena; // of all else
};

struct kss_solution kss_depth_solve(const struct kss_graph *graph, struct kss_arena *arena);
// Bits of enum kss_lack that a node has of its own, cycles left out.
uint32_t kss_own_lacks(const struct kss_graph *graph, uint32_t node);
void kss_solution_free(struct kss_solution *solution);
// Warns of bounds on what cannot be gone round.
void kss_remarks_unused(const struct kss_solution *solution, const struct kss_remarks *remarks,
                        struct kss_diags *diags);

// ---- A path ---------------------------------------------------------------------------------------------

struct kss_path_frame { // outermost first
    uint32_t node;
    uint32_t edge;  // by which it was reached; KSS_NO_NODE: the root
    uint64_t depth; // including it; of the last turn where it repeats
    bool gone;      // it jumps on: its frame is not there at the end
    uint32_t group; // index of its group; KSS_NO_NODE: none
};

struct kss_path_group { // rows [first, first + count) repeat [turns] times
    uint32_t first, count;
    uint64_t turns, bytes; // bytes of one turn
};

struct kss_path {
    struct kss_path_frame *frames; // malloc'd
    struct kss_path_group *groups; // malloc'd
    uint32_t count, group_count;
    unsigned capacity, group_capacity;
    bool upper; // no such path may exist: bounds of several functions summed
};

void kss_depth_path(const struct kss_solution *solution, uint32_t root, struct kss_path *path);
void kss_path_free(struct kss_path *path);

// ---- The verdict ----------------------------------------------------------------------------------------

enum kss_depth_verdict { KSS_DEPTH_FITS, KSS_DEPTH_OVER, KSS_DEPTH_CANNOT_TELL };
const char *kss_depth_verdict_name(enum kss_depth_verdict verdict); // "fits", "over", "cannot-tell"

struct kss_judged_root {
    struct kss_root root;
    uint64_t depth, limit;
    uint32_t lacks;
    bool has_limit;
    const char *limit_text; // how the limit comes about, or why there is none
    enum kss_depth_verdict verdict;
    bool upper; // the depth is an upper bound, no path's
};

struct kss_judged_requirement {
    struct kss_requirement requirement;
    uint64_t depth;
    uint32_t lacks;
    enum kss_depth_verdict verdict;
    bool upper;
};

struct kss_reason {
    enum kss_lack lack; // KSS_LACKS: of the whole
    uint32_t node;      // KSS_NO_NODE: of the whole
    const char *place;  // of the call; NULL
    const char *text;   // "...; called at" goes on with the place
};

struct kss_judgement {
    struct kss_graph *graph;
    struct kss_solution solution;
    struct kss_judged_root *roots;
    struct kss_judged_requirement *requirements;
    uint32_t root_count, requirement_count;
    struct kss_reason *reasons; // malloc'd
    uint32_t reason_count;
    unsigned reason_capacity;
    bool *reached;        // per node: from a root or a requirement
    uint32_t *first_call; // per node: an edge that leads to it
    uint32_t *calls;      // per node: how many do
    enum kss_depth_verdict verdict;
    struct kss_arena *arena;
};

struct kss_depth_options {
    uint64_t limit; // --limit
    bool has_limit;
};

// Solves and judges. The graph must have its roots.
struct kss_judgement kss_depth_judge(struct kss_graph *graph, struct kss_arena *arena,
                                     const struct kss_depth_options *options);
// The list of reasons: kss_depth_judge's.
void kss_depth_reasons(struct kss_judgement *judgement, const struct kss_depth_options *options);
// What stands between a reason's text and its place.
const char *kss_reason_joint(const struct kss_reason *reason);
void kss_judgement_free(struct kss_judgement *judgement);

// ---- Output -----------------------------------------------------------------------------------------------

void kss_depth_text(const struct kss_judgement *judgement, bool colour, struct kss_text *out);
void kss_depth_jsonl(const struct kss_judgement *judgement, struct kss_text *out);
void kss_depth_folded(const struct kss_judgement *judgement, struct kss_text *out);
void kss_depth_dot(const struct kss_judgement *judgement, struct kss_text *out);
// The deepest path of root [index] as a scenario.
void kss_depth_scenario(const struct kss_judgement *judgement, uint32_t index,
                        struct kss_text *out);

#endif
