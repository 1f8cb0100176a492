// SPDX-License-Identifier: MIT
// The scenario that replays a judged listing: its verdict as remarks, then the rows as a call tree.
//
//     // crash.txt: overflow: SP is 0xF0 (240) bytes below the limit
//     machine x64 { stack = 0x6000; reserve = 0; trap_frame = 0; }
//     thread Listed {
//         call "unlisted bytes" frame(0x3E70)          Base down to the outermost pointer
//         call "rosempio!DsmWriteEvent+0x21f75" frame(0x60)
//         ...
//         call "ql2300+0x69416" frame(0x140);          down to SP
//     }
//     expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, _, _, _);
//
// With Base, the unlisted bytes hold save area and trap frame, so the machine has neither. Where Base is
// unknown the rows hang below a save area of the usual size. Frames are multiples of the machine's
// alignment: depths are rounded up, not frames, so that no error adds up; a row of no bytes, or of too
// few for a return address, becomes a remark and its bytes go to the next one.
//
// What the run will find is worked out here by the rules' own measures (rules/space.c), so that the
// scenario passes as it is written.
#include "frames/listing_write.h"

#include "base/repeat.h"

#include <stdlib.h>

struct call {
    const struct kss_listed_frame *frame; // NULL: a filler
    const char *filler;
    uint32_t row, bytes; // bytes 0: a remark only
    bool known;          // the listing has its size
};

struct scenario {
    const struct kss_listing *listing;
    const struct kss_listing_verdict *v;
    const struct kss_listed_stack *stack;
    const struct kss_profile *machine;
    struct kss_arena arena;
    struct kss_text *out;
    struct call *calls; // outermost first
    uint32_t count;
    uint64_t size, reserve; // of the machine written
    uint64_t exact, depth;  // bytes from Base: as listed, and as rounded
    bool rounded;
};

// ---- Remarks ------------------------------------------------------------------------------------

// A sentence as remark lines of at most 100 columns.
static void remark(struct scenario *s, const char *indent, const char *text) {
    enum { COLUMNS = 100 };
    struct kss_text clean = {0};
    kss_listing_line(text, &clean);
    for (const char *at = clean.bytes != NULL ? clean.bytes : ""; *at != '\0';) {
        size_t length = strlen(at), room = COLUMNS - 3 - strlen(indent);
        if (length > room) {
            size_t cut = room;
            while (cut > room / 2 && at[cut] != ' ')
                cut--;
            length = at[cut] == ' ' ? cut : length; // a word that long stays whole
        }
        kss_text_str(s->out, "// ");
        kss_text_str(s->out, indent);
        kss_text_bytes(s->out, at, length);
        // A backslash at the end would join the next line to the remark.
        kss_text_str(s->out, at[length - 1] == '\\' ? " .\n" : "\n");
        at += length;
        while (*at == ' ')
            at++;
    }
    kss_text_free(&clean);
}

static void remarks(struct scenario *s, const char *title, const char *const *texts,
                    uint32_t count) {
    if (count == 0)
        return;
    kss_text_str(s->out, "//\n");
    remark(s, "", title);
    for (uint32_t i = 0; i < count; i++)
        remark(s, "  ", texts[i]);
}

static void verdict(struct scenario *s) {
    const struct kss_listing_verdict *v = s->v;
    struct kss_text line = {0};
    kss_text_format(&line, "%s: %s", s->listing->name, v->headline);
    // The title is one line, however long.
    kss_text_str(s->out, "// ");
    kss_listing_line(line.bytes, s->out);
    kss_text_str(s->out, line.bytes[line.length - 1] == '\\' ? " .\n" : "\n");
    if (v->evidence_count > 0)
        kss_text_str(s->out, "//\n");
    for (uint32_t i = 0; i < v->evidence_count; i++) {
        kss_text_clear(&line);
        if (v->evidence[i].line != 0)
            kss_text_format(&line, "line %u: ", (unsigned)v->evidence[i].line);
        kss_text_str(&line, v->evidence[i].text);
        remark(s, "", line.bytes);
    }
    kss_text_free(&line);
    remarks(s,
            v->answer == KSS_LISTING_CANNOT_TELL ? "Why nobody can tell:"
                                                 : "Why this may be wrong or inexact:",
            v->reasons, v->reason_count);
    remarks(s, "What would have made it fit:", v->fits, v->fit_count);
}

// ---- The calls ----------------------------------------------------------------------------------

static uint64_t rounded_up(uint64_t value, uint64_t to) {
    return (value + to - 1) / to * to;
}

static void add(struct scenario *s, struct call call, uint64_t bytes) {
    uint64_t align = s->machine->frame_align;
    s->exact += bytes;
    uint64_t depth = rounded_up(s->exact, align);
    uint64_t least = rounded_up(s->machine->return_address, align);
    if (depth >= s->depth + least) {
        call.bytes = (uint32_t)(depth - s->depth);
        s->rounded |= call.known && call.bytes != bytes;
        s->depth = depth;
    }
    s->calls[s->count++] = call;
}

static void add_filler(struct scenario *s, const char *name, uint64_t bytes) {
    if (bytes > 0)
        add(s, (struct call){.filler = name, .known = true}, bytes);
}

// Size of the stack, and what lies between its Base and the outermost pointer listed.
static void lay_out(struct scenario *s, uint64_t listed) {
    const struct kss_listing_verdict *v = s->v;
    uint64_t page = s->machine->page_size;
    s->size = s->machine->stack_size;
    if (v->has_base && v->has_limit) {
        uint64_t size = v->base - v->limit;
        s->size = rounded_up(size, page); // a stack is whole pages: what is added lies above
        add_filler(s, "unlisted bytes", v->unlisted + (s->size - size));
        return;
    }
    if (v->has_limit) { // the rows lie as far from the limit as listed; Base is assumed
        uint64_t below = v->sp < v->limit ? v->limit - v->sp : 0;
        uint64_t above = v->sp > v->limit ? v->sp - v->limit : 0;
        s->size =
            listed + above - below > s->size ? rounded_up(listed + above - below, page) : s->size;
        add_filler(s, "unlisted bytes, Base assumed", s->size + below - above - listed);
        return;
    }
    s->reserve = s->machine->reserve;
    s->exact = s->depth = s->reserve;
    if (v->answer != KSS_LISTING_OVERFLOW && s->reserve + listed > s->size)
        s->size = rounded_up(s->reserve + listed + s->machine->exception_reserve, page);
}

static void collect(struct scenario *s) {
    enum { FILLERS = 3 };
    const struct kss_listing_verdict *v = s->v;
    const struct kss_segment *segment = &v->segments[v->segment];
    uint64_t sum = 0, high = 0;
    for (uint32_t i = segment->first; i < segment->end; i++) {
        const struct kss_listed_frame *frame = &s->stack->frames[i];
        if (kss_listed_pointer(frame))
            high = frame->sp > high ? frame->sp : high;
        sum += v->bytes[i] != KSS_BYTES_UNKNOWN ? v->bytes[i] : 0;
    }
    s->calls =
        KSS_NEW_ARRAY(&s->arena, struct call, (size_t)(segment->end - segment->first) + FILLERS);
    uint64_t listed = high - v->sp;
    lay_out(s, listed);
    for (uint32_t i = segment->end; i-- > segment->first;) {
        bool known = v->bytes[i] != KSS_BYTES_UNKNOWN;
        add(s, (struct call){.frame = &s->stack->frames[i], .row = i, .known = known},
            known ? v->bytes[i] : 0);
    }
    if (listed > sum)
        add_filler(s, "bytes of no row, down to SP", listed - sum);
    if (v->answer == KSS_LISTING_OVERFLOW && v->has_limit && v->limit_source != KSS_BOUND_IMPLIED &&
        s->depth <= s->size)
        add_filler(s, "what the fault pushed", s->size - s->depth + s->machine->return_address);
}

// ---- What the run will find ---------------------------------------------------------------------

struct keyed {
    const struct call *call;
    uint32_t at;
};

static int by_symbol(const void *a, const void *b) {
    const struct call *x = ((const struct keyed *)a)->call, *y = ((const struct keyed *)b)->call;
    const char *p = x->frame != NULL ? x->frame->symbol : x->filler;
    const char *q = y->frame != NULL ? y->frame->symbol : y->filler;
    int order = strcmp(p, q);
    if (order != 0)
        return order;
    uint64_t m = x->frame != NULL ? x->frame->offset : 0,
             n = y->frame != NULL ? y->frame->offset : 0;
    if (m != n)
        return m < n ? -1 : 1;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

// Whether KSS1004 will speak: three turns, a quarter of the bytes in use, on the path from the crossing
// row outwards.
static bool repeats(struct scenario *s, uint32_t crossing, uint64_t depth) {
    struct keyed *path = KSS_NEW_ARRAY(&s->arena, struct keyed, (size_t)crossing + 2);
    uint32_t count = 0;
    for (uint32_t i = crossing + 1; i-- > 0;) {
        path[count] = (struct keyed){&s->calls[i], count};
        count += s->calls[i].bytes > 0;
    }
    uint32_t *letters = KSS_NEW_ARRAY(&s->arena, uint32_t, (size_t)count + 1);
    uint32_t *bytes = KSS_NEW_ARRAY(&s->arena, uint32_t, (size_t)count + 1);
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = path[i].call->bytes;
    qsort(path, count, sizeof *path, by_symbol);
    uint32_t letter = 0;
    for (uint32_t i = 0; i < count; i++) {
        letter += i > 0 && by_symbol(&path[i - 1], &path[i]) != 0;
        letters[path[i].at] = letter;
    }
    struct kss_repeat repeat = kss_repeat_find(letters, count, 3);
    uint64_t total = 0;
    for (uint32_t i = 0; i < repeat.rows; i++)
        total += bytes[repeat.first + i];
    return repeat.period != 0 && total >= depth / 4;
}

static void expectations(struct scenario *s) {
    uint64_t depth = s->reserve;
    uint32_t crossing = 0;
    while (crossing < s->count && depth + s->calls[crossing].bytes <= s->size)
        depth += s->calls[crossing++].bytes;
    kss_text_char(s->out, '\n');
    if (crossing < s->count) {
        kss_text_str(s->out, "expect hazard stack-overflow;\n");
        if (repeats(s, crossing, depth + s->calls[crossing].bytes))
            kss_text_str(s->out, "expect hazard unbounded-recursion;\n");
        kss_text_str(s->out, "expect bugcheck UNEXPECTED_KERNEL_MODE_TRAP (8, _, _, _);\n");
    } else if (s->size - depth < s->machine->exception_reserve)
        kss_text_str(s->out, "expect hazard low-headroom;\n");
    else
        kss_text_str(s->out, "expect clean;\n");
}

// ---- Writing ------------------------------------------------------------------------------------

static void symbol(const struct call *call, struct kss_text *out) {
    if (call->frame == NULL) {
        kss_text_str(out, call->filler);
        return;
    }
    struct kss_text text = {0};
    kss_listing_symbol(call->frame, &text);
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '"' || text.bytes[i] == '\\')
            kss_text_char(out, '\\');
        kss_text_char(out, text.bytes[i]);
    }
    if (text.length == 0)
        kss_text_str(out, "no name");
    kss_text_free(&text);
}

static void write_machine(struct scenario *s) {
    kss_text_format(s->out, "machine %s {\n    stack = ", s->machine->name);
    kss_text_hex(s->out, s->size);
    kss_text_str(s->out, ";\n    reserve = ");
    if (s->reserve != 0)
        kss_text_hex(s->out, s->reserve);
    else
        kss_text_char(s->out, '0');
    kss_text_str(s->out, ";\n    trap_frame = 0;\n}\n\n");
}

static void write_remark(struct scenario *s, const struct call *call) {
    struct kss_text text = {0};
    kss_text_format(&text, "row %02x, ", (unsigned)kss_listed_number_of(s->stack, call->row));
    symbol(call, &text);
    kss_text_str(&text, call->known ? ": no bytes of its own" : ": its bytes are not listed");
    kss_text_str(s->out, "    ");
    remark(s, "", text.bytes);
    kss_text_free(&text);
}

static void write_calls(struct scenario *s) {
    uint32_t last = s->count;
    while (last > 0 && s->calls[last - 1].bytes == 0)
        last--;
    kss_text_str(s->out, "thread Listed {\n");
    for (uint32_t i = 0; i < s->count; i++) {
        const struct call *call = &s->calls[i];
        if (call->bytes == 0) {
            write_remark(s, call);
            continue;
        }
        kss_text_str(s->out, "    call \"");
        symbol(call, s->out);
        kss_text_str(s->out, "\" frame(");
        kss_text_hex(s->out, call->bytes);
        kss_text_str(s->out, i + 1 == last ? ");\n" : ")\n");
    }
    kss_text_str(s->out, "}\n");
}

static void about_frames(struct scenario *s) {
    kss_text_str(s->out, "//\n");
    remark(
        s, "",
        s->machine->arch == KSS_ARCH_X86
            ? "A frame is the distance to the row above (ChildEBP belongs to the caller)."
            : "A frame is the distance to the row below, as kf prints it one line further down.");
    if (s->rounded)
        remark(s, "", "Depths are rounded up to the machine's frame alignment.");
    if (!s->v->has_base && !s->v->has_limit)
        remark(s, "",
               "Base and limit are unknown: the rows hang below a save area of the usual "
               "size, and the stack's size is assumed.");
}

void kss_listing_scenario(const struct kss_listing *listing, const struct kss_listing_verdict *v,
                          struct kss_text *out) {
    struct scenario s = {.listing = listing, .v = v, .out = out, .machine = v->machine};
    bool calls = false;
    if (v->stack != UINT32_MAX)
        s.stack = &listing->stacks[v->stack];
    verdict(&s);
    if (v->has_sp) {
        collect(&s);
        for (uint32_t i = 0; i < s.count; i++)
            calls |= s.calls[i].bytes > 0;
    }
    if (calls) {
        about_frames(&s);
        write_machine(&s);
        write_calls(&s);
        expectations(&s);
    }
    kss_arena_free(&s.arena);
}
