// SPDX-License-Identifier: MIT
// The deepest path of a root as a scenario: a chain of `call SYMBOL frame(N)`, which kss run replays.
//
//   thread Root {
//       call "DispatchRead" frame(0x1D0) // 0x1C8, .ci, irp.c:88:9
//       call "CopyTail" frame(0x60); // 0x60, .ci, irp.c:120:13
//   }
//
// Frames are rounded up to what the machine's frames are multiples of. A function that jumps on is left out,
// because its frame is gone. Recursion is written out; a path longer than LONGEST frames is cut there, with a
// remark. What the run must find (an overflow, little headroom) is expected, so that the replay passes.
#include "depth/depth.h"

enum { LONGEST = 10000 };

struct writing {
    const struct kss_judgement *j;
    const struct kss_judged_root *root;
    const struct kss_profile *machine;
    struct kss_path path;
    struct kss_text *out, *beside; // beside: the remark of the frame written last
    uint64_t sum;                  // of the frames written
    uint32_t frames;
    bool cut;
    const char *routine; // a DPC's or ISR's, NULL: a thread
};

// A text on one line of remarks.
static void remark(struct kss_text *out, const char *text) {
    for (; *text != '\0'; text++)
        kss_text_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
}

static void symbol(struct kss_text *out, const char *name) {
    kss_text_char(out, '"');
    for (; *name != '\0'; name++) {
        bool odd = *name == '"' || *name == '\\' || (unsigned char)*name < ' ';
        kss_text_char(out, odd ? '_' : *name);
    }
    kss_text_char(out, '"');
}

// What one frame takes in the run: a multiple of the alignment, the return address at least.
static uint64_t rounded(const struct kss_profile *m, uint64_t bytes) {
    uint64_t align = m->frame_align > 0 ? m->frame_align : 1;
    if (bytes < m->return_address)
        bytes = m->return_address;
    return bytes > UINT64_MAX - align ? bytes : (bytes + align - 1) / align * align;
}

// ---- The head -------------------------------------------------------------------------------------------

static void head(const struct writing *w) {
    struct kss_text *out = w->out;
    const struct kss_graph *graph = w->j->graph;
    kss_text_str(out, "// The deepest path from ");
    remark(out, graph->nodes[w->root->root.node].name);
    bool missing = (w->root->lacks & ((2u << KSS_LACK_MISSING) - 1)) != 0;
    kss_text_format(out, " (%s), from a call graph: %s0x%llX bytes.\n",
                    kss_root_kind_name(w->root->root.kind),
                    missing          ? "at least "
                    : w->root->upper ? "at most "
                                     : "",
                    (unsigned long long)w->root->depth);
    if (w->j->reason_count > 0)
        kss_text_str(out, "//\n// Why this may be wrong:\n");
    for (uint32_t i = 0; i < w->j->reason_count; i++) {
        const struct kss_reason *reason = &w->j->reasons[i];
        kss_text_format(out, "//   %s: ", kss_lack_name(reason->lack));
        if (reason->node != KSS_NO_NODE) {
            remark(out, graph->nodes[reason->node].name);
            kss_text_str(out, ": ");
        }
        remark(out, reason->text);
        if (reason->place != NULL) {
            kss_text_str(out, kss_reason_joint(reason));
            remark(out, reason->place);
        }
        kss_text_char(out, '\n');
    }
    kss_text_format(out, "machine %s;\n\n", w->machine->name);
}

// ---- Frames ---------------------------------------------------------------------------------------------

// What is known of a frame, to stand behind it.
static void note(struct kss_text *out, const struct kss_function *f) {
    kss_text_clear(out);
    kss_text_str(out, " // ");
    if (f->kind == KSS_FRAME_UNKNOWN)
        kss_text_str(out, "unknown");
    else
        kss_text_format(out, "%s0x%llX, %s", f->kind == KSS_FRAME_AT_LEAST ? "at least " : "",
                        (unsigned long long)f->bytes,
                        kss_frame_origin_name((enum kss_frame_origin)f->origin));
    if (f->place != NULL) {
        kss_text_str(out, ", ");
        remark(out, f->place);
    }
}

static void frame(struct writing *w, const struct kss_path_frame *row, bool first) {
    const struct kss_function *f = &w->j->graph->nodes[row->node];
    struct kss_text *out = w->out;
    uint64_t bytes = rounded(w->machine, f->bytes);
    if (bytes > UINT32_MAX / 2) // kss refuses what no stack can hold
        bytes = UINT32_MAX / 2 / 16 * 16;
    bool routine = first && w->root->root.kind != KSS_ROOT_THREAD;
    if (w->beside->length > 0)
        kss_text_format(out, "%s\n", w->beside->bytes);
    kss_text_str(out, routine ? "routine " : "    call ");
    symbol(out, f->name);
    kss_text_format(out, "%s frame(0x%llX)%s", routine ? "()" : "", (unsigned long long)bytes,
                    routine ? " {" : "");
    if (routine)
        w->routine = f->name;
    note(w->beside, f);
    w->sum = kss_sum(w->sum, bytes);
    w->frames++;
}

static void rows(struct writing *w, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++) {
        if (w->path.frames[i].gone)
            continue;
        if (w->frames == LONGEST) {
            w->cut = true;
            return;
        }
        frame(w, &w->path.frames[i], w->frames == 0);
    }
}

static void chain(struct writing *w) {
    for (uint32_t i = 0; i < w->path.count && !w->cut;) {
        uint32_t group = w->path.frames[i].group;
        if (group == KSS_NO_NODE) {
            rows(w, i, i + 1);
            i++;
            continue;
        }
        uint32_t end = i + w->path.groups[group].count, before;
        uint64_t turns = w->path.groups[group].turns;
        do {
            before = w->frames;
            rows(w, i, end);
        } while (--turns > 0 && !w->cut && w->frames > before);
        i = end;
    }
    const char *beside = w->frames > 0 ? w->beside->bytes : "";
    if (w->cut)
        kss_text_format(
            w->out, "%s\n    // the rest of the path is left out: it is too long\n    ;\n", beside);
    else if (w->frames == 1 && w->routine != NULL) // calls nothing
        kss_text_format(w->out, "%s\n", beside);
    else
        kss_text_format(w->out, "%s;%s\n", w->frames == 0 ? "    " : "", beside);
}

// ---- Expectations -----------------------------------------------------------------------------------------

static void expectations(const struct writing *w) {
    const struct kss_profile *m = w->machine;
    bool thread = w->root->root.kind == KSS_ROOT_THREAD, isr = w->root->root.kind == KSS_ROOT_ISR;
    uint64_t top = thread ? (uint64_t)m->reserve + m->trap_frame : 0;
    uint64_t size = thread ? m->stack_size : m->dpc_stack_size;
    if (isr)
        size = m->isr_stack_size;
    uint64_t used = kss_sum(top, w->sum);
    if (used > size) {
        kss_text_str(w->out, "\nexpect hazard stack-overflow;\n"
                             "expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP;\n");
        return;
    }
    if (size - used < m->exception_reserve)
        kss_text_str(w->out, "\nexpect hazard low-headroom;\n");
    else
        kss_text_str(w->out, "\nexpect clean;\n");
}

static void start(const struct writing *w) {
    struct kss_text *out = w->out;
    if (w->root->root.kind == KSS_ROOT_ISR)
        kss_text_format(out, "\nat 0s interrupt(%u) ", w->machine->device_irql_min);
    else
        kss_text_str(out, "\nat 0s dpc ");
    symbol(out, w->routine);
    kss_text_str(out, "();\n");
}

void kss_depth_scenario(const struct kss_judgement *judgement, uint32_t index,
                        struct kss_text *out) {
    struct kss_text beside = {0};
    struct writing w = {.j = judgement,
                        .root = &judgement->roots[index],
                        .machine = judgement->graph->machine,
                        .out = out,
                        .beside = &beside};
    kss_depth_path(&judgement->solution, w.root->root.node, &w.path);
    head(&w);
    if (w.root->root.kind == KSS_ROOT_THREAD)
        kss_text_str(out, "thread Root {\n");
    chain(&w);
    kss_text_str(out, "}\n");
    if (w.routine != NULL)
        start(&w);
    expectations(&w);
    kss_path_free(&w.path);
    kss_text_free(&beside);
}
