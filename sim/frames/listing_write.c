// SPDX-License-Identifier: MIT
// The report of a judged listing: answer, figures, evidence line by line, rows, use per module.
//
//     crash.txt: overflow: SP is 0xF0 (240) bytes below the limit
//       machine x64, Base ... (listed, ...)
//     evidence
//       line 3   the bug check is 0x7F UNEXPECTED_KERNEL_MODE_TRAP
//     rows, innermost first
//          Depth   Memory  Row  Call Site
#include "frames/listing_write.h"

#include <inttypes.h>

const char *kss_listing_answer_name(enum kss_listing_answer answer) {
    static const char *const names[] = {"overflow", "not-overflow", "cannot-tell"};
    return names[answer];
}

const char *kss_bound_source_name(enum kss_bound_source source) {
    static const char *const names[] = {"unknown", "listed", "given", "implied"};
    return names[source];
}

void kss_listing_line(const char *text, struct kss_text *out) {
    for (; *text != '\0'; text++)
        kss_text_char(out, *text >= ' ' && *text <= '~' ? *text : '?');
}

void kss_listing_symbol(const struct kss_listed_frame *frame, struct kss_text *out) {
    kss_listing_line(frame->symbol, out);
    if (frame->offset != 0)
        kss_text_format(out, "+0x%" PRIx64, frame->offset);
}

void kss_listing_bytes(uint64_t bytes, struct kss_text *out) {
    kss_text_hex(out, bytes);
    if (bytes >= 10) {
        kss_text_str(out, " (");
        kss_text_grouped(out, bytes);
        kss_text_char(out, ')');
    }
    kss_text_str(out, bytes == 1 ? " byte" : " bytes");
}

// ---- Report -------------------------------------------------------------------------------------

struct writer {
    const struct kss_listing *listing;
    const struct kss_listing_verdict *v;
    const struct kss_listed_stack *stack;
    struct kss_text *out;
    bool colour;
};

static void ink(const struct writer *w, const char *escape) {
    if (w->colour)
        kss_text_str(w->out, escape);
}

static void heading(const struct writer *w, const char *text) {
    ink(w, "\033[1m");
    kss_text_str(w->out, text);
    ink(w, "\033[0m");
    kss_text_char(w->out, '\n');
}

static void headline(const struct writer *w) {
    static const char *const escapes[] = {"\033[1;31m", "\033[1;32m", "\033[1;33m"};
    kss_listing_line(w->listing->name, w->out);
    kss_text_str(w->out, ": ");
    ink(w, escapes[w->v->answer]);
    kss_listing_line(w->v->headline, w->out);
    ink(w, "\033[0m");
    kss_text_char(w->out, '\n');
}

static void address(const struct writer *w, const char *name, uint64_t value, const char *source) {
    kss_text_format(w->out, ", %s ", name);
    kss_text_hex(w->out, value);
    if (source != NULL)
        kss_text_format(w->out, " (%s)", source);
}

static void figure(const struct writer *w, const char *name, uint64_t bytes) {
    kss_text_format(w->out, "  %-9s ", name);
    kss_listing_bytes(bytes, w->out);
    kss_text_char(w->out, '\n');
}

static void figures(const struct writer *w) {
    const struct kss_listing_verdict *v = w->v;
    if (v->machine == NULL)
        return;
    kss_text_format(w->out, "  machine %s", v->machine->name);
    if (v->has_base)
        address(w, "Base", v->base, kss_bound_source_name(v->base_source));
    if (v->has_limit)
        address(w, "limit", v->limit, kss_bound_source_name(v->limit_source));
    if (v->has_sp)
        address(w, "SP", v->sp, NULL);
    kss_text_char(w->out, '\n');
    if (!v->has_sp)
        return;
    if (v->has_used)
        figure(w, "used", v->used);
    figure(w, "listed", v->span);
    if (v->has_base)
        figure(w, "unlisted", v->unlisted);
    if (v->has_period) {
        kss_text_str(w->out, "  recursion period ");
        kss_listing_bytes(v->recursion.bytes, w->out);
        kss_text_format(w->out, ", %u frame%s, %u complete turn%s\n", (unsigned)v->recursion.frames,
                        v->recursion.frames == 1 ? "" : "s", (unsigned)v->recursion.turns,
                        v->recursion.turns == 1 ? "" : "s");
    }
}

static void evidence(const struct writer *w) {
    if (w->v->evidence_count > 0)
        heading(w, "evidence");
    for (uint32_t i = 0; i < w->v->evidence_count; i++) {
        const struct kss_evidence *item = &w->v->evidence[i];
        if (item->line != 0)
            kss_text_format(w->out, "  line %-5u ", (unsigned)item->line);
        else
            kss_text_format(w->out, "  %-10s ", "");
        kss_listing_line(item->text, w->out);
        kss_text_char(w->out, '\n');
    }
}

static void sentences(const struct writer *w, const char *title, const char *const *texts,
                      uint32_t count) {
    if (count > 0)
        heading(w, title);
    for (uint32_t i = 0; i < count; i++) {
        kss_text_str(w->out, "  ");
        kss_listing_line(texts[i], w->out);
        kss_text_char(w->out, '\n');
    }
}

static void row(const struct writer *w, uint32_t index, bool judged) {
    const struct kss_listing_verdict *v = w->v;
    const struct kss_listed_frame *frame = &w->stack->frames[index];
    if (judged && v->has_base && kss_listed_pointer(frame))
        kss_text_format(w->out, "  %8" PRIX64, v->base - frame->sp);
    else
        kss_text_format(w->out, "  %8s", "");
    if (v->bytes[index] != KSS_BYTES_UNKNOWN)
        kss_text_format(w->out, " %8" PRIX64, v->bytes[index]);
    else
        kss_text_format(w->out, " %8s", "?");
    kss_text_format(w->out, "  %02x  ", (unsigned)kss_listed_number_of(w->stack, index));
    kss_listing_symbol(frame, w->out);
    kss_text_char(w->out, '\n');
}

static bool has_size(const struct writer *w, uint32_t index) {
    return w->v->bytes[index] != KSS_BYTES_UNKNOWN && kss_listed_pointer(&w->stack->frames[index]);
}

// The row behind [count] rows with a size, from [at] on.
static uint32_t skip(const struct writer *w, uint32_t at, uint32_t end, uint32_t count) {
    while (count > 0 && at < end)
        count -= has_size(w, at++);
    return at;
}

static void segment_rows(const struct writer *w, uint32_t number) {
    enum { FOLD = 3 };
    const struct kss_listing_verdict *v = w->v;
    uint32_t first = v->segments[number].first, end = v->segments[number].end;
    uint32_t from = end, to = end; // rows that are folded
    bool judged = number == v->segment;
    if (judged && v->has_period && v->recursion.turns >= FOLD) {
        from = skip(w, v->recursion.first, end, v->recursion.frames);
        to = skip(w, from, end, (v->recursion.turns - 1) * v->recursion.frames);
    }
    for (uint32_t i = first; i < from; i++)
        row(w, i, judged);
    if (from < to && v->recursion.frames == 1)
        kss_text_format(w->out, "  %8s %8s  ..  %u more turns of this row\n", "", "",
                        (unsigned)v->recursion.turns - 1);
    else if (from < to)
        kss_text_format(w->out, "  %8s %8s  ..  %u more turns of these %u rows\n", "", "",
                        (unsigned)v->recursion.turns - 1, (unsigned)v->recursion.frames);
    for (uint32_t i = to; i < end; i++)
        row(w, i, judged);
    if (judged && v->has_base && v->unlisted > 0)
        kss_text_format(w->out, "  %8" PRIX64 " %8" PRIX64 "  --  not listed, up to Base\n",
                        v->unlisted, v->unlisted);
}

static void rows(const struct writer *w) {
    const struct kss_listing_verdict *v = w->v;
    heading(w, "rows, innermost first");
    ink(w, "\033[2m");
    kss_text_format(w->out, "  %8s %8s  %-3s Call Site\n", "Depth", "Memory", "Row");
    ink(w, "\033[0m");
    for (uint32_t i = 0; i < v->segment_count; i++) {
        if (v->segment_count > 1)
            kss_text_format(w->out, "  -- %s stack%s\n", v->segments[i].what,
                            i == v->segment ? ", judged" : "");
        segment_rows(w, i);
    }
}

static void modules(const struct writer *w) {
    if (w->v->module_count > 0)
        heading(w, "use per module, of what is listed");
    for (uint32_t i = 0; i < w->v->module_count; i++) {
        kss_text_format(w->out, "  %-16s ", w->v->modules[i].name);
        kss_listing_bytes(w->v->modules[i].bytes, w->out);
        kss_text_char(w->out, '\n');
    }
}

void kss_listing_text(const struct kss_listing *listing, const struct kss_listing_verdict *verdict,
                      bool colour, struct kss_text *out) {
    struct writer w = {.listing = listing, .v = verdict, .out = out, .colour = colour};
    if (verdict->stack != UINT32_MAX)
        w.stack = &listing->stacks[verdict->stack];
    headline(&w);
    figures(&w);
    evidence(&w);
    if (verdict->has_sp)
        rows(&w);
    modules(&w);
    sentences(&w,
              verdict->answer == KSS_LISTING_CANNOT_TELL ? "why nobody can tell"
                                                         : "why this may be wrong or inexact",
              verdict->reasons, verdict->reason_count);
    sentences(&w, "what would have made it fit", verdict->fits, verdict->fit_count);
}
