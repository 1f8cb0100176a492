// SPDX-License-Identifier: MIT
// A judged listing as JSON Lines: one record `listing`, a `row` for each row of the judged stack, the
// evidence, and last the `verdict`. Addresses are texts ("0xFFFFF8800B9C7000"), bytes are integers, what
// is not known is null.
#include "frames/listing_write.h"

static void begin_field(struct kss_text *out, const char *name) {
    kss_text_str(out, ",\"");
    kss_text_str(out, name);
    kss_text_str(out, "\":");
}

static void text_field(struct kss_text *out, const char *name, const char *value) {
    begin_field(out, name);
    if (value != NULL)
        kss_text_json(out, value, strlen(value));
    else
        kss_text_str(out, "null");
}

static void number_field(struct kss_text *out, const char *name, bool known, uint64_t value) {
    begin_field(out, name);
    if (known)
        kss_text_unsigned(out, value);
    else
        kss_text_str(out, "null");
}

static void address(struct kss_text *out, bool known, uint64_t value) {
    if (!known) {
        kss_text_str(out, "null");
        return;
    }
    kss_text_char(out, '"');
    kss_text_hex(out, value);
    kss_text_char(out, '"');
}

static void address_field(struct kss_text *out, const char *name, bool known, uint64_t value) {
    begin_field(out, name);
    address(out, known, value);
}

static void texts(struct kss_text *out, const char *name, const char *const *items,
                  uint32_t count) {
    kss_text_format(out, ",\"%s\":[", name);
    for (uint32_t i = 0; i < count; i++) {
        kss_text_str(out, i > 0 ? "," : "");
        kss_text_json(out, items[i], strlen(items[i]));
    }
    kss_text_char(out, ']');
}

// ---- Records ------------------------------------------------------------------------------------

static void bugcheck(const struct kss_listing *listing, struct kss_text *out) {
    if (listing->bugcheck.code.line == 0 || listing->bugcheck.other != 0) {
        kss_text_str(out, ",\"bugcheck\":null");
        return;
    }
    uint64_t code = listing->bugcheck.code.value;
    const struct kss_bugcheck *known =
        code <= UINT32_MAX ? kss_bugcheck_find((uint32_t)code) : NULL;
    kss_text_str(out, ",\"bugcheck\":{\"code\":");
    address(out, true, code);
    text_field(out, "name", known != NULL ? known->name : NULL);
    number_field(out, "line", true, listing->bugcheck.code.line);
    kss_text_str(out, ",\"parameters\":[");
    for (unsigned i = 0; i < listing->bugcheck.count && i < 4; i++) {
        kss_text_str(out, i > 0 ? "," : "");
        address(out, true, listing->bugcheck.parameters[i].value);
    }
    kss_text_str(out, "]}");
}

static void segments(const struct kss_listing_verdict *v, struct kss_text *out) {
    kss_text_str(out, ",\"segments\":[");
    for (uint32_t i = 0; i < v->segment_count; i++) {
        const struct kss_segment *segment = &v->segments[i];
        kss_text_str(out, i > 0 ? ",{\"what\":" : "{\"what\":");
        kss_text_json(out, segment->what, strlen(segment->what));
        number_field(out, "first", true, segment->first);
        number_field(out, "end", true, segment->end);
        text_field(out, "why", segment->why);
        kss_text_format(out, ",\"judged\":%s}", i == v->segment ? "true" : "false");
    }
    kss_text_char(out, ']');
}

static const char *arch_name(const struct kss_listing_verdict *v) {
    if (v->machine == NULL)
        return NULL;
    return v->machine->arch == KSS_ARCH_X86 ? "x86" : "x64";
}

static void listing_record(const struct kss_listing *listing, const struct kss_listing_verdict *v,
                           const struct kss_listed_stack *stack, struct kss_text *out) {
    kss_text_str(out, "{\"type\":\"listing\"");
    text_field(out, "name", listing->name);
    number_field(out, "lines", true, listing->line_count);
    number_field(out, "stacks", true, listing->stack_count);
    number_field(out, "stack", stack != NULL, (uint64_t)v->stack + 1);
    number_field(out, "line", stack != NULL, stack != NULL ? stack->line : 0);
    number_field(out, "last_line", stack != NULL, stack != NULL ? stack->last_line : 0);
    text_field(out, "command", stack != NULL ? stack->command : NULL);
    text_field(out, "arch", arch_name(v));
    text_field(out, "machine", v->machine != NULL ? v->machine->name : NULL);
    text_field(out, "os", listing->os);
    number_field(out, "build", listing->build != 0, listing->build);
    bugcheck(listing, out);
    segments(v, out);
    kss_text_str(out, "}\n");
}

static void marks(const struct kss_listed_frame *frame, struct kss_text *out) {
    static const char *const names[] = {"trap-frame", "task-gate", "no-symbol",
                                        "inline",     "warning",   "no-return-address"};
    bool first = true;
    kss_text_str(out, ",\"marks\":[");
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (frame->marks >> i & 1) {
            kss_text_format(out, "%s\"%s\"", first ? "" : ",", names[i]);
            first = false;
        }
    kss_text_char(out, ']');
}

static void row_record(const struct kss_listing_verdict *v, const struct kss_listed_stack *stack,
                       uint32_t index, uint32_t segment, struct kss_text *out) {
    const struct kss_listed_frame *frame = &stack->frames[index];
    kss_text_str(out, "{\"type\":\"row\"");
    number_field(out, "row", true, kss_listed_number_of(stack, index));
    number_field(out, "line", true, frame->line);
    number_field(out, "segment", v->segment_count > 0, segment);
    address_field(out, "sp", frame->has_sp, frame->sp);
    address_field(out, "return", frame->has_ret, frame->ret);
    number_field(out, "bytes", v->bytes[index] != KSS_BYTES_UNKNOWN, v->bytes[index]);
    text_field(out, "symbol", frame->symbol);
    number_field(out, "offset", true, frame->offset);
    text_field(out, "module", frame->module[0] != '\0' ? frame->module : NULL);
    marks(frame, out);
    kss_text_str(out, "}\n");
}

static void modules(const struct kss_listing_verdict *v, struct kss_text *out) {
    kss_text_str(out, ",\"modules\":[");
    for (uint32_t i = 0; i < v->module_count; i++) {
        kss_text_str(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        kss_text_json(out, v->modules[i].name, strlen(v->modules[i].name));
        number_field(out, "bytes", true, v->modules[i].bytes);
        kss_text_char(out, '}');
    }
    kss_text_char(out, ']');
}

static void verdict_record(const struct kss_listing_verdict *v, struct kss_text *out) {
    kss_text_str(out, "{\"type\":\"verdict\"");
    text_field(out, "verdict", kss_listing_answer_name(v->answer));
    number_field(out, "used", v->has_used, v->used);
    number_field(out, "span", v->has_sp, v->span);
    address_field(out, "base", v->has_base, v->base);
    address_field(out, "limit", v->has_limit, v->limit);
    address_field(out, "sp", v->has_sp, v->sp);
    if (v->has_period) {
        kss_text_str(out, ",\"recursion\":{\"period\":");
        kss_text_unsigned(out, v->recursion.bytes);
        number_field(out, "frames", true, v->recursion.frames);
        number_field(out, "turns", true, v->recursion.turns);
        kss_text_char(out, '}');
    } else
        kss_text_str(out, ",\"recursion\":null");
    modules(v, out);
    number_field(out, "unlisted", v->has_base && v->has_sp, v->unlisted);
    texts(out, "reasons", v->reasons, v->reason_count);
    text_field(out, "headline", v->headline);
    text_field(out, "base_source", v->has_base ? kss_bound_source_name(v->base_source) : NULL);
    text_field(out, "limit_source", v->has_limit ? kss_bound_source_name(v->limit_source) : NULL);
    texts(out, "fits", v->fits, v->fit_count);
    kss_text_str(out, "}\n");
}

void kss_listing_jsonl(const struct kss_listing *listing, const struct kss_listing_verdict *verdict,
                       struct kss_text *out) {
    const struct kss_listed_stack *stack =
        verdict->stack != UINT32_MAX ? &listing->stacks[verdict->stack] : NULL;
    listing_record(listing, verdict, stack, out);
    uint32_t segment = 0;
    for (uint32_t i = 0; stack != NULL && i < stack->count; i++) {
        while (segment + 1 < verdict->segment_count && verdict->segments[segment].end <= i)
            segment++;
        row_record(verdict, stack, i, segment, out);
    }
    for (uint32_t i = 0; i < verdict->evidence_count; i++) {
        const struct kss_evidence *item = &verdict->evidence[i];
        kss_text_str(out, "{\"type\":\"evidence\"");
        number_field(out, "line", item->line != 0, item->line);
        text_field(out, "text", item->text);
        kss_text_str(out, "}\n");
    }
    verdict_record(verdict, out);
}
