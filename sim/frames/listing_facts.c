// SPDX-License-Identifier: MIT
// Lines that are no rows but say something: the words a line begins with decide (the table below).
// Stack limits are believed only as kernel addresses: the NT_TIB of x64's !pcr and of user threads have
// fields of the same names that mean something else.
#include "frames/listing_facts.h"

enum { NO_INDEX = UINT32_MAX };

static bool is_kernel(const struct kss_hex *hex) {
    bool wide = hex->digits > 8;
    return wide ? hex->value >> 47 == 0x1FFFF : hex->value >> 31 == 1;
}

// ---- Threads ----------------------------------------------------------------------------------------

// "Init A", "Base B Limit C": a number behind a word, wherever it stands in the line.
static bool named(const struct kss_fact_line *f, const char *word, struct kss_listed_number *to) {
    struct kss_hex hex;
    const char *at = kss_view_find(f->view, word);
    if (at == NULL)
        return false;
    struct kss_view view = {at + strlen(word), f->view.end};
    kss_view_blanks(&view);
    if (!kss_view_hex(&view, &hex) || (view.at < view.end && view.at[-1] != ' '))
        return false;
    *to = kss_number_at(hex.value, f->line);
    return true;
}

static void read_limits(const struct kss_fact_line *f, struct kss_listed_thread *thread) {
    struct kss_listed_number base, limit;
    if (named(f, "Base ", &base) && named(f, "Limit ", &limit)) {
        thread->base = base;
        thread->limit = limit;
    }
}

// x86 has all on one line; x64 Base and Limit on the next.
static bool stack_init(struct kss_fact_line *f) {
    struct kss_hex hex;
    struct kss_view view = f->view;
    if (!kss_view_hex(&view, &hex))
        return false;
    struct kss_listed_thread *thread = kss_listing_thread(f->reader, f->line, false);
    if (thread->init.line != 0) // the block of another thread, its first line not quoted
        thread = kss_listing_thread(f->reader, f->line, true);
    thread->init = kss_number_at(hex.value, f->line);
    named(f, "Current ", &thread->current);
    read_limits(f, thread);
    return true;
}

static bool base_limit(struct kss_fact_line *f) {
    struct kss_hex hex;
    struct kss_listed_number limit;
    struct kss_view view = f->view;
    if (!kss_view_hex(&view, &hex) || !named(f, "Limit ", &limit))
        return false;
    struct kss_listed_thread *thread = kss_listing_thread(f->reader, f->line, false);
    thread->base = kss_number_at(hex.value, f->line);
    thread->limit = limit;
    return true;
}

static void read_state(struct kss_listing_reader *r, struct kss_listed_thread *thread,
                       struct kss_view view) {
    static const char *const states[] = {
        "WAIT:",      "RUNNING",     "DEFERREDREADY", "READY", "STANDBY",
        "TERMINATED", "INITIALIZED", "TRANSITION:",   "GATE",  "UNKNOWN",
    };
    for (size_t i = 0; i < sizeof states / sizeof *states && thread->state == NULL; i++) {
        const char *at = kss_view_find(view, states[i]);
        if (at != NULL)
            thread->state = kss_listing_keep(r, kss_view_trimmed((struct kss_view){at, view.end}));
    }
}

static bool thread_begins(struct kss_fact_line *f) {
    struct kss_hex hex;
    if (!kss_view_hex(&f->view, &hex) || hex.width == 0)
        return false;
    struct kss_listing_reader *r = f->reader;
    struct kss_listed_thread *thread = kss_listing_thread(r, f->line, true);
    thread->thread = kss_number_at(hex.value, f->line);
    if (r->command == NULL || r->command[0] != '!')
        r->command = "!thread";
    r->said = KSS_COMMAND_OTHER;
    read_state(r, thread, f->view);
    return true;
}

static bool thread_state(struct kss_fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    if (r->thread == NO_INDEX)
        return false;
    read_state(r, &r->listing->threads[r->thread], f->view);
    return true;
}

static bool context_switch(struct kss_fact_line *f) {
    if (f->reader->thread == NO_INDEX || kss_view_find(f->view, "LargeStack") == NULL)
        return false;
    f->reader->listing->threads[f->reader->thread].large = true;
    return true;
}

static bool not_resident(struct kss_fact_line *f) {
    kss_listing_thread(f->reader, f->line, false)->not_resident = true;
    return true;
}

// "   4.000014  8264d030 0000123 Blocked    nt!KiSwapContext+0x2f" of !stacks.
static bool stacks_row(struct kss_fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    struct kss_hex process, id, thread, ticks;
    struct kss_view view = f->view;
    const char *at = kss_hex_read(view.at, view.end, false, &process);
    if (at == NULL || at == view.end || *at != '.')
        return false;
    view.at = kss_hex_read(at + 1, view.end, false, &id);
    if (view.at == NULL || view.at == view.end || !kss_is_blank(*view.at))
        return false;
    kss_view_blanks(&view);
    if (!kss_view_hex(&view, &thread) || thread.width == 0)
        return false;
    struct kss_view past = view;
    if (kss_view_hex(&past, &ticks) && past.at > view.at && past.at[-1] == ' ')
        view = past;
    const char *word = view.at;
    while (view.at < view.end && !kss_is_blank(*view.at))
        view.at++;
    struct kss_view state = {word, view.at};
    kss_view_blanks(&view);
    if (state.at == state.end)
        return false;
    struct kss_listed_thread *block = kss_listing_thread(r, f->line, true);
    block->thread = kss_number_at(thread.value, f->line);
    block->state = kss_listing_keep(r, state);
    r->command = "!stacks";
    if (kss_view_skip(&view, "Stack paged out"))
        block->not_resident = true;
    else
        kss_listing_stacks_begin(r, view, f->line, thread.width);
    return true;
}

// ---- Bounds people or other commands state ----------------------------------------------------------

static bool bound(struct kss_fact_line *f, struct kss_listed_number *to) {
    struct kss_hex hex;
    if (!kss_view_skip(&f->view, ":") && !kss_view_skip(&f->view, "="))
        return false;
    if (!kss_view_hex(&f->view, &hex) || hex.digits < 8 || !is_kernel(&hex))
        return false;
    *to = kss_number_at(hex.value, f->line);
    return true;
}

static bool stack_base(struct kss_fact_line *f) {
    return bound(f, &f->reader->listing->base);
}

static bool stack_limit(struct kss_fact_line *f) {
    return bound(f, &f->reader->listing->limit);
}

// "STACK_OVERFLOW: Stack Limit: ffffa38b0c11a000. Use (kF) ..." of newer debuggers.
static bool stack_overflow(struct kss_fact_line *f) {
    return kss_view_skip(&f->view, "Stack Limit") && stack_limit(f);
}

// !pcr on x86; on x64 the fields lie where the GDT and the TSS are noted.
static bool pcr_base(struct kss_fact_line *f) {
    struct kss_hex hex;
    struct kss_view view = f->view;
    return kss_view_skip(&view, ":") && kss_view_hex(&view, &hex) && hex.digits == 8 &&
           bound(f, &f->reader->listing->base);
}

static bool pcr_limit(struct kss_fact_line *f) {
    struct kss_hex hex;
    struct kss_view view = f->view;
    return kss_view_skip(&view, ":") && kss_view_hex(&view, &hex) && hex.digits == 8 &&
           bound(f, &f->reader->listing->limit);
}

// "   +0x038 StackLimit : 0xfffff880`0b9c1000 Void" of dt nt!_KTHREAD.
static bool field(struct kss_fact_line *f) {
    struct kss_hex offset;
    if (!kss_view_hex(&f->view, &offset))
        return false;
    if (kss_view_skip(&f->view, "StackBase"))
        return stack_base(f);
    return kss_view_skip(&f->view, "StackLimit") && stack_limit(f);
}

// ---- Registers --------------------------------------------------------------------------------------

static struct kss_listed_trap *begin_trap(struct kss_listing_reader *r, uint32_t line) {
    struct kss_listing *listing = r->listing;
    KSS_ROOM(listing->traps, listing->trap_count, r->trap_capacity);
    struct kss_listed_trap *trap = &listing->traps[listing->trap_count++];
    *trap = (struct kss_listed_trap){.line = line, .task = r->said == KSS_COMMAND_TSS};
    trap->frame = r->trap_frame;
    r->trap_frame = (struct kss_listed_number){0};
    if (r->said != KSS_COMMAND_MEMORY)
        r->said = KSS_COMMAND_OTHER;
    return trap;
}

// "eip=f8c012a0 esp=f7a3f004 ebp=f7a3f0b0 iopl=0": lines of registers that follow each other are one
// set; a register that comes again begins another.
static bool registers(struct kss_listing_reader *r, struct kss_view view, uint32_t line) {
    size_t length = (size_t)(view.end - view.at);
    if (length < 6 || (view.at[2] != '=' && view.at[3] != '=') || *view.at < 'a' || *view.at > 'z')
        return false;
    struct kss_listed_trap *trap =
        r->trap_open ? &r->listing->traps[r->listing->trap_count - 1] : begin_trap(r, line);
    r->trap_open = true;
    for (unsigned words = 0; view.at < view.end && words < 16; words++) {
        const char *name = view.at;
        struct kss_hex hex;
        while (view.at < view.end && *view.at != '=' && !kss_is_blank(*view.at))
            view.at++;
        bool three = view.at - name == 3 && (*name == 'e' || *name == 'r');
        if (view.at == view.end || *view.at++ != '=' || !kss_view_hex(&view, &hex))
            break;
        struct kss_listed_number *to = !three                           ? NULL
                                       : memcmp(name + 1, "sp", 2) == 0 ? &trap->sp
                                       : memcmp(name + 1, "bp", 2) == 0 ? &trap->bp
                                       : memcmp(name + 1, "ip", 2) == 0 ? &trap->ip
                                                                        : NULL;
        if (to == NULL)
            continue;
        if (to->line != 0) {
            size_t at = (size_t)((char *)to - (char *)trap);
            trap = begin_trap(r, line);
            to = (struct kss_listed_number *)(void *)((char *)trap + at);
        }
        *to = kss_number_at(hex.value, line);
    }
    return true;
}

static bool frame_of(struct kss_fact_line *f, enum kss_listing_command said) {
    struct kss_hex hex;
    if (kss_view_hex(&f->view, &hex))
        f->reader->trap_frame = kss_number_at(hex.value, f->line);
    f->reader->said = said;
    return true;
}

static bool trap_frame(struct kss_fact_line *f) {
    return frame_of(f, KSS_COMMAND_TRAP);
}

static bool task(struct kss_fact_line *f) {
    return frame_of(f, KSS_COMMAND_TSS);
}

static bool exception_code(struct kss_fact_line *f) {
    struct kss_hex hex;
    if (!kss_view_hex(&f->view, &hex))
        return false;
    f->reader->listing->exception = kss_number_at(hex.value, f->line);
    return true;
}

static bool exception_address(struct kss_fact_line *f) {
    struct kss_hex hex;
    if (!kss_view_hex(&f->view, &hex))
        return false;
    f->reader->listing->exception_at = kss_number_at(hex.value, f->line);
    return true;
}

// ---- Stacks that are announced ----------------------------------------------------------------------

static bool stack_text(struct kss_fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    kss_listing_stack_end(r);
    r->header = (struct kss_listing_header){0};
    r->command = "STACK_TEXT";
    r->said = KSS_COMMAND_OTHER;
    r->thread = NO_INDEX;
    r->dump_next = 0;
    return true;
}

static bool stack_command(struct kss_fact_line *f) {
    struct kss_listing *listing = f->reader->listing;
    listing->stack_command = kss_listing_keep(f->reader, kss_view_trimmed(f->view));
    listing->stack_command_line = f->line;
    return true;
}

static bool cut_short(struct kss_fact_line *f) {
    f->reader->listing->truncated_by_debugger = true;
    return true;
}

static bool remark_complete(struct kss_fact_line *f) {
    if (kss_view_find(f->view, "frame limit") == NULL)
        return false;
    return cut_short(f);
}

// The rows behind it may be wrong.
static bool warning(struct kss_fact_line *f) {
    if (kss_view_find(f->view, "Stack unwind information not available") != NULL ||
        kss_view_find(f->view, "Frame IP not in any known module") != NULL)
        f->reader->warned = true;
    return true;
}

static bool passing(struct kss_fact_line *f) {
    (void)f;
    return true;
}

// ---- The table --------------------------------------------------------------------------------------

enum place { ANYWHERE, NEUTRAL, REMARK }; // NEUTRAL: rows go on behind it; REMARK: behind ';' only

struct fact {
    const char *word;
    bool (*read)(struct kss_fact_line *f);
    enum place place;
};

static const struct fact facts[] = {
    {"THREAD ", thread_begins, ANYWHERE},
    {"Stack Init ", stack_init, ANYWHERE},
    {"Base ", base_limit, ANYWHERE},
    {"Context Switch Count", context_switch, ANYWHERE},
    {"Kernel stack not resident", not_resident, ANYWHERE},
    {"WAIT: (", NULL, ANYWHERE}, // read with its own words: see kss_listing_fact
    {"RUNNING on processor", NULL, ANYWHERE},
    {"NtTib.StackBase", pcr_base, ANYWHERE},
    {"NtTib.StackLimit", pcr_limit, ANYWHERE},
    {"+", field, ANYWHERE},
    {"*** STOP:", kss_fact_banner, ANYWHERE},
    {"STOP:", kss_fact_banner, ANYWHERE},
    {"*** Fatal System Error", kss_fact_banner, ANYWHERE},
    {"BugCheck ", kss_fact_banner, ANYWHERE},
    {"Bugcheck code ", kss_fact_bugcheck_code, ANYWHERE},
    {"BUGCHECK_CODE", kss_fact_bugcheck_code, ANYWHERE},
    {"BUGCHECK_P", kss_fact_argument, ANYWHERE},
    {"Arguments ", kss_fact_bugcheck_arguments, ANYWHERE},
    {"Arg", kss_fact_argument, ANYWHERE},
    {"The ", kss_fact_event_log, ANYWHERE},
    {"Windows ", kss_fact_windows, ANYWHERE},
    {"Built by: ", kss_fact_build, ANYWHERE},
    {"BUILD_VERSION_STRING: ", kss_fact_build, ANYWHERE},
    {"OSBUILD: ", kss_fact_build, ANYWHERE},
    {"OS_VERSION: ", kss_fact_build, ANYWHERE},
    {"OSNAME: ", kss_fact_os_name, ANYWHERE},
    {"TRAP_FRAME: ", trap_frame, ANYWHERE},
    {"CONTEXT: ", trap_frame, ANYWHERE},
    {"TSS: ", task, ANYWHERE},
    {"ExceptionAddress: ", exception_address, ANYWHERE},
    {"ExceptionCode: ", exception_code, ANYWHERE},
    {"STACK_TEXT:", stack_text, ANYWHERE},
    {"STACK_OVERFLOW:", stack_overflow, ANYWHERE},
    {"STACK_COMMAND: ", stack_command, ANYWHERE},
    {"quitting", cut_short, ANYWHERE},
    {"WARNING: ", warning, NEUTRAL},
    {"Following frames may be wrong.", passing, NEUTRAL}, // a wrapped warning's end
    {"frames may be wrong.", passing, NEUTRAL},
    {"may be wrong.", passing, NEUTRAL},
    {"be wrong.", passing, NEUTRAL},
    {"wrong.", passing, NEUTRAL},
    {"*** WARNING", passing, NEUTRAL},
    {"*** ERROR", passing, NEUTRAL},
    {"Unable to load image", passing, NEUTRAL},
    {"...", passing, NEUTRAL},
    {"[...]", passing, NEUTRAL},
    {"bug check: ", kss_fact_banner, REMARK},
    {"os: ", kss_fact_os_name, REMARK},
    {"complete: ", remark_complete, REMARK},
};

// "thread stack base: ...", "stack limit = ...", with or without a sign of a remark.
static bool bound_in_words(struct kss_fact_line *f) {
    struct kss_view begin = f->view;
    if (!kss_view_skip_any_case(&f->view, "thread "))
        kss_view_skip_any_case(&f->view, "kernel ");
    if (kss_view_skip_any_case(&f->view, "stack")) {
        if (kss_view_skip_any_case(&f->view, "base"))
            return stack_base(f);
        if (kss_view_skip_any_case(&f->view, "limit"))
            return stack_limit(f);
    }
    f->view = begin;
    return false;
}

bool kss_listing_fact(struct kss_listing_reader *r, const struct kss_listing_line *line) {
    struct kss_fact_line f = {.reader = r, .view = line->text, .line = line->number};
    bool was_open = r->banner_open, remark = kss_view_skip(&f.view, ";");
    r->banner_open = false;
    if (f.view.at == f.view.end)
        return remark;
    if (registers(r, f.view, line->number))
        return false;
    r->trap_open = false;
    char c = *f.view.at, small = (char)(c | 0x20);
    if (was_open && (r->parameter > 0 || c == '(') && kss_fact_parameters(&f))
        return false;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (facts[i].word[0] != c || (facts[i].place == REMARK && !remark))
            continue;
        struct kss_fact_line try = f;
        if (!kss_view_skip(&try.view, facts[i].word))
            continue;
        if (facts[i].read == NULL ? thread_state(&f) : facts[i].read(&try))
            return facts[i].place == NEUTRAL || remark;
    }
    if ((small == 't' || small == 's' || small == 'k') && bound_in_words(&f))
        return remark;
    if (kss_hex_digit(c) >= 0 && stacks_row(&f))
        return true;
    if (c >= 'A' && c <= 'Z')
        kss_fact_heading(&f);
    return remark;
}
