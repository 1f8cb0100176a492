// SPDX-License-Identifier: MIT
// A call graph from a compiled scenario: a node for each routine, an edge for each call instruction. No
// statement is executed, so every branch counts, and recursion has no bound but one that is annotated.
//
//   CALL, CALL_TREE        the routine
//   CALL_AT                the routine, when the pointer is one just before; else unresolved
//   NT                     nt's routine, which calls what it is given or what devices say:
//     IoCallDriver           every dispatch routine of the drivers below the caller's, on any device
//     NtReadFile ...         every dispatch routine of the topmost drivers
//     IoCompleteRequest      every completion routine that is set anywhere
//     KeSynchronizeExecution, AllocateAdapterChannel ...   the routine in the argument
//     KeExpandKernelStackAndCallout   nobody here: the callout has room of its own and is a root
//   a __try statement      its filter or __finally block; a filter runs on top of what raises, so its
//                          routine's depth is not known then
//   a routine's name elsewhere   as what it is handed for: a DPC, an ISR, a thread; else it may be called
//                                from outside
//
// Arguments are followed through straight code only: what a slot holds is forgotten where jumps meet.
#include "depth/depth.h"

#include "script/program.h"

#include <stdlib.h>

enum { SLOTS = 65536 };

struct held { // what a slot holds, if it was put there since [since]
    uint32_t since;
    bool routine;
    uint32_t value; // code index, or a number
};

struct reading {
    struct kss_graph *graph;
    struct kss_sources *sources;
    const struct kss_program *program;
    const struct kss_code *code;
    const struct kss_entry_point *entries;
    uint32_t count;
    struct held *slots; // by slot's distance + 32768
    uint32_t since;
    bool *target;          // per instruction: a jump leads here
    uint32_t *nt;          // node of an NT routine, KSS_NO_NODE: none yet
    uint32_t *completions; // code indices
    uint32_t completion_count;
    bool completion_unknown;
    uint32_t *driver_nodes; // IoCallDriver of each driver: node, by routine
    bool *entry_major;      // per code: DriverEntry names it and it has a dispatch routine's shape
};

// ---- Places -------------------------------------------------------------------------------------------

static const char *place_text(struct reading *r, uint32_t place) {
    if (place == 0 || place >= r->program->place_count)
        return NULL;
    struct kss_span span = r->program->places[place];
    uint32_t line, column;
    struct kss_text text = {0};
    kss_source_place(r->sources, span.file, span.begin, &line, &column);
    kss_text_format(&text, "%s:%u:%u", r->sources->files[span.file].name, line, column);
    const char *copy = kss_alloc_text(r->graph->arena, text.bytes, text.length);
    kss_text_free(&text);
    return copy;
}

static const char *place_of(struct reading *r, uint32_t pc) {
    return place_text(r, r->program->code->places[pc]);
}

// ---- Edges and roots ------------------------------------------------------------------------------------

static void call(struct reading *r, uint32_t from, uint32_t to, const char *place, bool indirect) {
    struct kss_edge edge = {.from = from, .to = to, .place = place, .indirect = indirect};
    kss_graph_edge(r->graph, &edge);
}

static void root(struct reading *r, uint32_t code, enum kss_root_kind kind, bool system,
                 uint64_t room) {
    struct kss_root row = {.node = code, .kind = kind, .system = system, .room = room};
    kss_graph_root(r->graph, &row);
}

// ---- Devices --------------------------------------------------------------------------------------------

// Calls of every dispatch routine of [driver] from [node]; one whose DriverEntry fills the table: of all
// routines of that shape that it names.
static void call_driver(struct reading *r, uint32_t node, uint32_t driver) {
    const struct kss_script_driver *row = &r->program->drivers[driver];
    for (unsigned m = 0; m < KSS_MAJORS; m++)
        if (row->major[m] < r->count)
            call(r, node, row->major[m], NULL, true);
    if (row->entry >= r->count)
        return;
    for (uint32_t i = 0; i < r->count; i++)
        if (r->entry_major[i] && strcmp(r->code[i].module, r->code[row->entry].module) == 0)
            call(r, node, i, NULL, true);
}

// The driver of a routine: the one it is a dispatch routine of, or of its module's name. The count: none.
static uint32_t driver_of(const struct reading *r, uint32_t code) {
    for (uint32_t d = 0; d < r->program->driver_count; d++) {
        const struct kss_script_driver *driver = &r->program->drivers[d];
        bool own = strcmp(driver->name, r->code[code].module) == 0;
        for (unsigned m = 0; m < KSS_MAJORS && !own; m++)
            own = driver->major[m] == code;
        if (own)
            return d;
    }
    return r->program->driver_count;
}

static void call_below(struct reading *r, uint32_t node, uint32_t driver) {
    for (uint32_t i = 0; i < r->program->device_count; i++) {
        const struct kss_script_device *device = &r->program->devices[i];
        for (uint32_t level = 0; level + 1 < device->driver_count; level++)
            if (device->drivers[level] == driver || driver == r->program->driver_count)
                call_driver(r, node, device->drivers[level + 1]);
    }
}

static void call_top(struct reading *r, uint32_t node) {
    for (uint32_t i = 0; i < r->program->device_count; i++)
        if (r->program->devices[i].driver_count > 0)
            call_driver(r, node, r->program->devices[i].drivers[0]);
}

// ---- NT routines ------------------------------------------------------------------------------------------

static bool is_file_service(const char *name) {
    static const char *const names[] = {"CreateFile", "ReadFile", "WriteFile",
                                        "DeviceIoControlFile", "Close"};
    bool prefix = strncmp(name, "Nt", 2) == 0 || strncmp(name, "Zw", 2) == 0;
    for (size_t i = 0; prefix && i < sizeof names / sizeof *names; i++)
        if (strcmp(name + 2, names[i]) == 0)
            return true;
    return false;
}

static bool is_completion(const char *name) {
    return strcmp(name, "IoCompleteRequest") == 0 || strcmp(name, "IofCompleteRequest") == 0;
}

static bool sends(uint32_t nt) {
    return kss_sends_down(kss_routines[nt].name) ||
           strcmp(kss_routines[nt].name, "PoCallDriver") == 0;
}

// Headers' own inline code takes nothing of nt's; without nt_costs nothing is counted, as in a run.
static uint32_t nt_node(struct reading *r, uint32_t nt) {
    const struct kss_routine *row = &kss_routines[nt];
    struct kss_function node = {.symbol = row->name,
                                .module = "nt",
                                .unit = "",
                                .kind = KSS_FRAME_EXACT,
                                .external = true,
                                .nt = true,
                                .sends = sends(nt),
                                .callback = (row->can & KSS_CAN_CALL) != 0,
                                .layer = KSS_NO_NODE,
                                .origin_index = nt};
    const struct kss_cost *cost = kss_depth_cost(r->graph->machine, row->name);
    bool counted = r->graph->nt_frames && (row->modes & KSS_MODE_NATIVE) != 0;
    node.origin = KSS_FROM_COSTS;
    node.figure = KSS_ORIGIN_LISTED;
    if (counted && cost != NULL) {
        node.bytes = cost->bytes;
        node.reason = cost->source;
    } else {
        node.origin = KSS_FROM_NOTHING;
        node.figure = KSS_ORIGIN_UNKNOWN;
        node.kind = counted ? KSS_FRAME_UNKNOWN : KSS_FRAME_EXACT;
    }
    return kss_graph_node(r->graph, &node);
}

static uint32_t node_of_nt(struct reading *r, uint32_t caller, uint32_t nt) {
    uint32_t *slot = &r->nt[nt];
    uint32_t driver = 0;
    if (sends(nt)) { // what lies below depends on who calls
        driver = driver_of(r, caller);
        unsigned which = strcmp(kss_routines[nt].name, "IofCallDriver") == 0  ? 0
                         : strcmp(kss_routines[nt].name, "IoCallDriver") == 0 ? 1
                                                                              : 2;
        slot = &r->driver_nodes[(size_t)driver * 3 + which];
    }
    if (*slot != KSS_NO_NODE)
        return *slot;
    *slot = nt_node(r, nt);
    if (sends(nt))
        call_below(r, *slot, driver);
    else if (is_file_service(kss_routines[nt].name))
        call_top(r, *slot);
    return *slot;
}

static const struct held *argument(const struct reading *r, const struct kss_instruction *i,
                                   unsigned index) {
    int at = i->a + (int)index * 8 + SLOTS / 2;
    const struct held *held = at >= 0 && at < SLOTS ? &r->slots[at] : NULL;
    return held != NULL && held->since == r->since ? held : NULL;
}

static void hand_over(struct reading *r, const char *type, const struct held *held,
                      const struct held *size, const char *place, uint32_t node) {
    const char *const now[] = {"PKSYNCHRONIZE_ROUTINE", "PDRIVER_CONTROL", "PDRIVER_LIST_CONTROL"};
    uint32_t code = held != NULL && held->routine ? held->value : KSS_NO_NODE;
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        if (strcmp(type, now[i]) == 0)
            call(r, node, code, place, true);
    bool expands = strcmp(type, "PEXPAND_STACK_CALLOUT") == 0;
    if (strcmp(type, "PIO_COMPLETION_ROUTINE") == 0) {
        if (code == KSS_NO_NODE)
            r->completion_unknown = true;
        else
            r->completions[r->completion_count++] = code;
    }
    if (code == KSS_NO_NODE) {
        if (expands)
            call(r, node, KSS_NO_NODE, place, true);
        return;
    }
    if (expands)
        root(r, code, KSS_ROOT_CALLOUT, false, size != NULL && !size->routine ? size->value : 0);
    else if (strcmp(type, "PKDEFERRED_ROUTINE") == 0 || strcmp(type, "PIO_DPC_ROUTINE") == 0)
        root(r, code, KSS_ROOT_DPC, false, 0);
    else if (strcmp(type, "PKSERVICE_ROUTINE") == 0)
        root(r, code, KSS_ROOT_ISR, false, 0);
    else if (strcmp(type, "PKSTART_ROUTINE") == 0 || strstr(type, "PIO_WORKITEM") == type ||
             strcmp(type, "PWORKER_THREAD_ROUTINE") == 0)
        root(r, code, KSS_ROOT_THREAD, true, 0);
}

static void call_nt(struct reading *r, uint32_t caller, uint32_t pc) {
    const struct kss_instruction *i = &r->program->code->code[pc];
    uint32_t nt = (uint32_t)i->b;
    const struct kss_routine *row = &kss_routines[nt];
    const char *place = place_of(r, pc);
    uint32_t node = node_of_nt(r, caller, nt);
    call(r, caller, node, place, false);
    bool expands =
        nt == KSS_NT_KeExpandKernelStackAndCallout || nt == KSS_NT_KeExpandKernelStackAndCalloutEx;
    for (unsigned p = 0; p < row->parameter_count && p < i->x; p++)
        if (row->parameters[p].class_ == KSS_CLASS_ROUTINE)
            hand_over(r, row->parameters[p].type, argument(r, i, p),
                      expands ? argument(r, i, 2) : NULL, place, node);
    if (expands)
        r->graph->nodes[node].callback = false;
}

// ---- Instructions -------------------------------------------------------------------------------------------

static int32_t distance(const struct kss_instruction *i) {
    switch ((enum kss_opcode)i->op) {
    case KSS_I_JUMP:
    case KSS_I_JUMP_0:
    case KSS_I_JUMP_1: return i->imm;
    case KSS_I_JUMP_EQ:
    case KSS_I_JUMP_NE:
    case KSS_I_JUMP_LT_S:
    case KSS_I_JUMP_LE_S:
    case KSS_I_JUMP_LT_U:
    case KSS_I_JUMP_LE_U:
    case KSS_I_JUMP_EQ_I:
    case KSS_I_JUMP_NE_I:
    case KSS_I_JUMP_LT_I:
    case KSS_I_JUMP_LE_I:
    case KSS_I_JUMP_GT_I:
    case KSS_I_JUMP_GE_I: return (int32_t)i->c * 256 + i->x;
    default: return 0;
    }
}

static bool has_next_word(const struct kss_instruction *i) {
    return i->op == KSS_I_SET64 || i->op == KSS_I_COPY || i->op == KSS_I_ZERO;
}

static void find_targets(struct reading *r) {
    const struct kss_compiled *code = r->program->code;
    for (uint32_t pc = 0; pc < code->count; pc++) {
        const struct kss_instruction *i = &code->code[pc];
        int64_t to = (int64_t)pc + distance(i);
        if (distance(i) != 0 && to >= 0 && to < code->count)
            r->target[to] = true;
        if (has_next_word(i))
            pc++;
    }
}

static void hold(struct reading *r, const struct kss_instruction *i) {
    struct held *to = &r->slots[i->a + SLOTS / 2];
    const struct held *from = &r->slots[i->b + SLOTS / 2];
    if (i->op == KSS_I_CODE || i->op == KSS_I_SET)
        *to = (struct held){r->since, i->op == KSS_I_CODE, (uint32_t)i->imm};
    else if (i->op == KSS_I_MOV && from->since == r->since)
        *to = *from;
    else
        to->since = 0;
}

static void call_at(struct reading *r, uint32_t caller, uint32_t pc) {
    const struct kss_instruction *i = &r->program->code->code[pc];
    const struct held *held = &r->slots[i->b + SLOTS / 2];
    bool known = held->since == r->since && held->routine;
    call(r, caller, known ? held->value : KSS_NO_NODE, place_of(r, pc), true);
}

static void promise(struct reading *r, const struct kss_promise_plan *plan) {
    if (plan->routine >= r->count)
        return;
    switch (plan->kind) {
    case KSS_DUE_DPC:
    case KSS_DUE_TIMER: root(r, plan->routine, KSS_ROOT_DPC, false, 0); break;
    case KSS_DUE_INTERRUPT: root(r, plan->routine, KSS_ROOT_ISR, false, 0); break;
    case KSS_DUE_APC: root(r, plan->routine, KSS_ROOT_THREAD, false, 0); break;
    default: break;
    }
}

static void read_instruction(struct reading *r, uint32_t caller, uint32_t pc) {
    const struct kss_compiled *code = r->program->code;
    const struct kss_instruction *i = &code->code[pc];
    const struct kss_script_driver *drivers = r->program->drivers;
    switch ((enum kss_opcode)i->op) {
    case KSS_I_CODE: r->graph->nodes[(uint32_t)i->imm].candidate = true; break;
    case KSS_I_CALL:
    case KSS_I_CALL_TREE: call(r, caller, (uint32_t)i->imm, place_of(r, pc), false); break;
    case KSS_I_CALL_AT: call_at(r, caller, pc); break;
    case KSS_I_NT: call_nt(r, caller, pc); break;
    case KSS_I_PROMISE: promise(r, &code->promises[i->imm]); break;
    case KSS_I_LOAD_DRIVER:
        if (drivers[i->b].entry < r->count)
            call(r, caller, drivers[i->b].entry, place_of(r, pc), true);
        break;
    case KSS_I_ADD_DEVICE:
        if (drivers[i->b].add < r->count)
            call(r, caller, drivers[i->b].add, place_of(r, pc), true);
        break;
    default: break;
    }
}

static void read_routine(struct reading *r, uint32_t caller, uint32_t begin, uint32_t end) {
    const struct kss_compiled *code = r->program->code;
    r->since++;
    for (uint32_t pc = begin; pc < end; pc++) {
        const struct kss_instruction *i = &code->code[pc];
        if (r->target[pc])
            r->since++;
        read_instruction(r, caller, pc);
        hold(r, i);
        if (has_next_word(i))
            pc++;
    }
    for (uint32_t s = 0; s < r->code[caller].scope_count; s++) {
        const struct kss_scope *scope = &r->code[caller].scopes[s];
        if (scope->funclet >= r->count)
            continue;
        call(r, caller, scope->funclet, place_text(r, scope->place), false);
        r->graph->nodes[caller].filters |= scope->handler != KSS_HANDLER_NONE;
    }
}

// What DriverEntry of each driver names, if it has two parameters, may be in MajorFunction[].
static void find_entry_majors(struct reading *r) {
    const struct kss_compiled *code = r->program->code;
    for (uint32_t d = 0; d < r->program->driver_count; d++) {
        uint32_t entry = r->program->drivers[d].entry;
        if (entry >= r->count)
            continue;
        uint32_t end = entry + 1 < r->count ? r->entries[entry + 1].pc : code->count;
        for (uint32_t pc = r->entries[entry].pc; pc < end; pc++) {
            const struct kss_instruction *i = &code->code[pc];
            if (i->op == KSS_I_CODE && r->code[(uint32_t)i->imm].parameter_count == 2)
                r->entry_major[(uint32_t)i->imm] = true;
            if (has_next_word(i))
                pc++;
        }
    }
}

// ---- All ----------------------------------------------------------------------------------------------------

static void add_routine(struct reading *r, uint32_t index) {
    const struct kss_code *code = &r->code[index];
    size_t length = strlen(code->module); // a quoted symbol may have its module in its name
    bool named = length > 0 && strncmp(code->name, code->module, length) == 0 &&
                 strchr("+!", code->name[length]) != NULL;
    struct kss_function node = {.symbol = code->name,
                                .module = named ? "" : code->module,
                                .unit = "",
                                .place = place_text(r, code->place),
                                .bytes = code->bytes,
                                .kind = KSS_FRAME_EXACT,
                                .origin = KSS_FROM_SCENARIO,
                                .figure = code->origin,
                                .no_calls = (code->flags & KSS_CODE_LEFT_OUT) != 0,
                                .left_out = (code->flags & KSS_CODE_LEFT_OUT) != 0,
                                .layer = KSS_NO_NODE,
                                .origin_index = index};
    kss_graph_node(r->graph, &node);
}

static void add_roots(struct reading *r) {
    const struct kss_compiled *code = r->program->code;
    for (uint32_t i = 0; i < r->program->thread_count; i++)
        root(r, r->program->threads[i].body, KSS_ROOT_THREAD, r->program->threads[i].system, 0);
    for (uint32_t i = 0; i < code->at_count; i++)
        promise(r, &code->ats[i].what);
}

static void call_completions(struct reading *r) {
    for (uint32_t nt = 0; nt < KSS_NT_COUNT; nt++) {
        if (!is_completion(kss_routines[nt].name) || r->nt[nt] == KSS_NO_NODE)
            continue;
        r->graph->nodes[r->nt[nt]].callback = false;
        for (uint32_t i = 0; i < r->completion_count; i++)
            call(r, r->nt[nt], r->completions[i], NULL, true);
        if (r->completion_unknown)
            call(r, r->nt[nt], KSS_NO_NODE, NULL, true);
    }
}

// Routines lie one behind the other in the order they were compiled, which need not be that of their
// indices: the end of each is the next greater beginning.
struct extent {
    uint32_t begin, routine;
};

static int by_begin(const void *a, const void *b) {
    const struct extent *x = a, *y = b;
    return x->begin != y->begin      ? (x->begin < y->begin ? -1 : 1)
           : x->routine < y->routine ? -1
                                     : x->routine > y->routine;
}

static void read_all(struct reading *r, struct kss_arena *arena) {
    struct extent *extents = KSS_NEW_ARRAY(arena, struct extent, (size_t)r->count + 1);
    for (uint32_t i = 0; i < r->count; i++)
        extents[i] = (struct extent){r->entries[i].pc, i};
    qsort(extents, r->count, sizeof *extents, by_begin);
    for (uint32_t i = 0; i < r->count; i++) {
        uint32_t end = i + 1 < r->count ? extents[i + 1].begin : r->program->code->count;
        read_routine(r, extents[i].routine, extents[i].begin, end);
    }
}

void kss_graph_from_program(struct kss_graph *graph, struct kss_sources *sources,
                            const struct kss_program *program) {
    struct kss_arena arena = {0};
    uint32_t count = program->image.code_count;
    struct reading r = {
        .graph = graph,
        .sources = sources,
        .program = program,
        .code = program->image.code,
        .entries = program->code->entries,
        .count = count,
        .slots = KSS_NEW_ARRAY(&arena, struct held, SLOTS),
        .target = KSS_NEW_ARRAY(&arena, bool, (size_t)program->code->count + 1),
        .nt = KSS_NEW_ARRAY(&arena, uint32_t, KSS_NT_COUNT),
        .completions = KSS_NEW_ARRAY(&arena, uint32_t, (size_t)program->code->count + 1),
        .driver_nodes = KSS_NEW_ARRAY(&arena, uint32_t, ((size_t)program->driver_count + 1) * 3),
        .entry_major = KSS_NEW_ARRAY(&arena, bool, (size_t)count + 1),
    };
    memset(r.nt, 0xFF, KSS_NT_COUNT * sizeof *r.nt);
    memset(r.driver_nodes, 0xFF, ((size_t)program->driver_count + 1) * 3 * sizeof *r.nt);
    graph->machine = &program->config.profile;
    graph->scenario = true;
    graph->nt_frames = program->config.nt_costs;
    graph->calls_known = true;
    for (uint32_t i = 0; i < count; i++)
        add_routine(&r, i);
    find_targets(&r);
    find_entry_majors(&r);
    read_all(&r, &arena);
    call_completions(&r);
    add_roots(&r);
    kss_graph_sort(graph);
    kss_graph_link(graph);
    kss_arena_free(&arena);
}
