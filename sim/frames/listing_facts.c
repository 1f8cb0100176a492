// SPDX-License-Identifier: MIT
// Lines that are no rows but say something: the words a line begins with decide (the table below).
// Stack limits are believed only as kernel addresses: the NT_TIB of x64's !pcr and of user threads have
// fields of the same names that mean something else.
#include "frames/listing_private.h"

enum { NO_INDEX = UINT32_MAX };

static bool is_kernel(const struct kss_hex *hex) {
    bool wide = hex->digits > 8;
    return wide ? hex->value >> 47 == 0x1FFFF : hex->value >> 31 == 1;
}

static struct kss_listed_number number(uint64_t value, uint32_t line) {
    return (struct kss_listed_number){.value = value, .line = line};
}

static struct kss_view trimmed(struct kss_view view) {
    while (view.end > view.at && kss_is_blank(view.end[-1]))
        view.end--;
    return view;
}

struct fact_line {
    struct kss_listing_reader *reader;
    struct kss_view view; // behind the words that were recognised
    uint32_t line;
};

// ---- Threads ----------------------------------------------------------------------------------------

// "Init A", "Base B Limit C": a number behind a word, wherever it stands in the line.
static bool named(const struct fact_line *f, const char *word, struct kss_listed_number *to) {
    struct kss_hex hex;
    const char *at = kss_view_find(f->view, word);
    if (at == NULL)
        return false;
    struct kss_view view = {at + strlen(word), f->view.end};
    kss_view_blanks(&view);
    if (!kss_view_hex(&view, &hex) || (view.at < view.end && view.at[-1] != ' '))
        return false;
    *to = number(hex.value, f->line);
    return true;
}

static void read_limits(const struct fact_line *f, struct kss_listed_thread *thread) {
    struct kss_listed_number base, limit;
    if (named(f, "Base ", &base) && named(f, "Limit ", &limit)) {
        thread->base = base;
        thread->limit = limit;
    }
}

// x86 has all on one line; x64 Base and Limit on the next.
static bool stack_init(struct fact_line *f) {
    struct kss_hex hex;
    struct kss_view view = f->view;
    if (!kss_view_hex(&view, &hex))
        return false;
    struct kss_listed_thread *thread = kss_listing_thread(f->reader, f->line, false);
    if (thread->init.line != 0) // the block of another thread, its first line not quoted
        thread = kss_listing_thread(f->reader, f->line, true);
    thread->init = number(hex.value, f->line);
    named(f, "Current ", &thread->current);
    read_limits(f, thread);
    return true;
}

static bool base_limit(struct fact_line *f) {
    struct kss_hex hex;
    struct kss_listed_number limit;
    struct kss_view view = f->view;
    if (!kss_view_hex(&view, &hex) || !named(f, "Limit ", &limit))
        return false;
    struct kss_listed_thread *thread = kss_listing_thread(f->reader, f->line, false);
    thread->base = number(hex.value, f->line);
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
            thread->state = kss_listing_keep(r, trimmed((struct kss_view){at, view.end}));
    }
}

static bool thread_begins(struct fact_line *f) {
    struct kss_hex hex;
    if (!kss_view_hex(&f->view, &hex) || hex.width == 0)
        return false;
    struct kss_listing_reader *r = f->reader;
    struct kss_listed_thread *thread = kss_listing_thread(r, f->line, true);
    thread->thread = number(hex.value, f->line);
    if (r->command == NULL || r->command[0] != '!')
        r->command = "!thread";
    r->said = KSS_COMMAND_OTHER;
    read_state(r, thread, f->view);
    return true;
}

static bool thread_state(struct fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    if (r->thread == NO_INDEX)
        return false;
    read_state(r, &r->listing->threads[r->thread], f->view);
    return true;
}

static bool context_switch(struct fact_line *f) {
    if (f->reader->thread == NO_INDEX || kss_view_find(f->view, "LargeStack") == NULL)
        return false;
    f->reader->listing->threads[f->reader->thread].large = true;
    return true;
}

static bool not_resident(struct fact_line *f) {
    kss_listing_thread(f->reader, f->line, false)->not_resident = true;
    return true;
}

// "   4.000014  8264d030 0000123 Blocked    nt!KiSwapContext+0x2f" of !stacks.
static bool stacks_row(struct fact_line *f) {
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
    block->thread = number(thread.value, f->line);
    block->state = kss_listing_keep(r, state);
    r->command = "!stacks";
    if (kss_view_skip(&view, "Stack paged out"))
        block->not_resident = true;
    else
        kss_listing_stacks_begin(r, view, f->line, thread.width);
    return true;
}

// ---- Bounds people or other commands state ----------------------------------------------------------

static bool bound(struct fact_line *f, struct kss_listed_number *to) {
    struct kss_hex hex;
    if (!kss_view_skip(&f->view, ":") && !kss_view_skip(&f->view, "="))
        return false;
    if (!kss_view_hex(&f->view, &hex) || hex.digits < 8 || !is_kernel(&hex))
        return false;
    *to = number(hex.value, f->line);
    return true;
}

static bool stack_base(struct fact_line *f) {
    return bound(f, &f->reader->listing->base);
}

static bool stack_limit(struct fact_line *f) {
    return bound(f, &f->reader->listing->limit);
}

// "STACK_OVERFLOW: Stack Limit: ffffa38b0c11a000. Use (kF) ..." of newer debuggers.
static bool stack_overflow(struct fact_line *f) {
    return kss_view_skip(&f->view, "Stack Limit") && stack_limit(f);
}

// !pcr on x86; on x64 the fields lie where the GDT and the TSS are noted.
static bool pcr_base(struct fact_line *f) {
    struct kss_hex hex;
    struct kss_view view = f->view;
    return kss_view_skip(&view, ":") && kss_view_hex(&view, &hex) && hex.digits == 8 &&
           bound(f, &f->reader->listing->base);
}

static bool pcr_limit(struct fact_line *f) {
    struct kss_hex hex;
    struct kss_view view = f->view;
    return kss_view_skip(&view, ":") && kss_view_hex(&view, &hex) && hex.digits == 8 &&
           bound(f, &f->reader->listing->limit);
}

// "   +0x038 StackLimit : 0xfffff880`0b9c1000 Void" of dt nt!_KTHREAD.
static bool field(struct fact_line *f) {
    struct kss_hex offset;
    if (!kss_view_hex(&f->view, &offset))
        return false;
    if (kss_view_skip(&f->view, "StackBase"))
        return stack_base(f);
    return kss_view_skip(&f->view, "StackLimit") && stack_limit(f);
}

// ---- Bug checks -------------------------------------------------------------------------------------

// A small dump's code is that of the bug check with a bit of its own.
static uint64_t plain_code(uint64_t code) {
    return code & ~UINT64_C(0x10000000);
}

static void set_code(struct fact_line *f, uint64_t code) {
    struct kss_listing *listing = f->reader->listing;
    enum { PANIC_STACK_SWITCH = 0x2B, UNEXPECTED_KERNEL_MODE_TRAP = 0x7F };
    uint32_t before = listing->bugcheck.code.line, other = listing->bugcheck.other;
    bool used_up = listing->bugcheck.stack_used_up;
    if (before != 0 && other == 0 && plain_code(listing->bugcheck.code.value) != plain_code(code))
        other = before;
    if (before == 0 || listing->bugcheck.code.value != code)
        memset(&listing->bugcheck, 0, sizeof listing->bugcheck);
    listing->bugcheck.code = number(code, f->line);
    listing->bugcheck.other = other;
    listing->bugcheck.stack_used_up = used_up || plain_code(code) == UNEXPECTED_KERNEL_MODE_TRAP ||
                                      plain_code(code) == PANIC_STACK_SWITCH;
}

// Parameters of 32 bits are printed with 64 in places, so the lower halves are compared.
static void set_parameter(struct fact_line *f, unsigned index, uint64_t value) {
    struct kss_listing *listing = f->reader->listing;
    const struct kss_listed_number *before = &listing->bugcheck.parameters[index];
    if (before->line != 0 && listing->bugcheck.other == 0 &&
        (uint32_t)before->value != (uint32_t)value)
        listing->bugcheck.other = before->line;
    if (listing->bugcheck.parameters[index].value != value)
        listing->bugcheck.remark[index] = NULL;
    listing->bugcheck.parameters[index] = number(value, f->line);
    if (listing->bugcheck.count <= index)
        listing->bugcheck.count = (uint8_t)(index + 1);
}

// Whether the line holds numbers and nothing else but the bracket that ends them: a row goes on behind them.
static bool numbers_only(struct kss_view view) {
    struct kss_hex hex;
    while (kss_view_hex(&view, &hex))
        kss_view_skip(&view, ",");
    return view.at == view.end || *view.at == ')' || *view.at == '}';
}

// "(0x8,0x80042000," and its like, from parameter r->parameter on; the rest may be in the next line.
static bool parameters(struct fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    struct kss_hex hex;
    if (r->parameter > 0 && !numbers_only(f->view))
        return false;
    if (r->parameter == 0 && !kss_view_skip(&f->view, "(") && !kss_view_skip(&f->view, "{"))
        return false;
    bool any = false;
    while (r->parameter < 4 && kss_view_hex(&f->view, &hex)) {
        set_parameter(f, r->parameter++, hex.value);
        kss_view_skip(&f->view, ",");
        any = true;
    }
    r->banner_open = any && r->parameter < 4 && f->view.at == f->view.end;
    return any;
}

// A code and, on this line or the next, its parameters.
static bool banner(struct fact_line *f) {
    struct kss_hex hex;
    kss_view_skip(&f->view, ":");
    if (!kss_view_hex(&f->view, &hex) || hex.digits > 8)
        return false;
    kss_view_skip(&f->view, ",");
    kss_view_skip(&f->view, ":");
    set_code(f, hex.value);
    f->reader->parameter = 0;
    f->reader->banner_open = !parameters(f) || f->reader->banner_open;
    return true;
}

static bool event_log(struct fact_line *f) {
    const char *at = kss_view_find(f->view, "bugcheck was:");
    if (at == NULL)
        return false;
    f->view.at = at + strlen("bugcheck was:");
    kss_view_blanks(&f->view);
    return banner(f);
}

static bool bugcheck_code(struct fact_line *f) {
    struct kss_hex hex;
    kss_view_skip(&f->view, ":");
    if (!kss_view_hex(&f->view, &hex) || hex.digits > 8)
        return false;
    set_code(f, hex.value);
    return true;
}

static bool bugcheck_arguments(struct fact_line *f) { // of .bugcheck
    struct kss_listing_reader *r = f->reader;
    struct kss_hex hex;
    for (r->parameter = 0; r->parameter < 4 && kss_view_hex(&f->view, &hex); r->parameter++)
        set_parameter(f, r->parameter, hex.value);
    r->banner_open = r->parameter > 0 && r->parameter < 4 && f->view.at == f->view.end;
    return true;
}

// "Arg1: 0000000000000008, EXCEPTION_DOUBLE_FAULT", "BUGCHECK_P1: 8".
static bool argument(struct fact_line *f) {
    struct kss_hex hex;
    if (f->view.at == f->view.end || *f->view.at < '1' || *f->view.at > '4')
        return false;
    unsigned index = (unsigned)(*f->view.at++ - '1');
    if (!kss_view_skip(&f->view, ":") || !kss_view_hex(&f->view, &hex))
        return false;
    set_parameter(f, index, hex.value);
    if (kss_view_skip(&f->view, ",") && f->view.at < f->view.end)
        f->reader->listing->bugcheck.remark[index] = kss_listing_keep(f->reader, trimmed(f->view));
    return true;
}

// "UNEXPECTED_KERNEL_MODE_TRAP (7f)": capitals, then the code in parentheses, and nothing else.
static bool heading(struct fact_line *f) {
    struct kss_hex hex;
    const char *p = f->view.at;
    bool underscore = false;
    while (p < f->view.end && ((*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_'))
        underscore |= *p++ == '_';
    struct kss_view view = {p, f->view.end};
    kss_view_blanks(&view);
    if (!underscore || !kss_view_skip(&view, "(") || !kss_view_hex(&view, &hex) || hex.digits > 8 ||
        !kss_view_skip(&view, ")") || view.at != view.end)
        return false;
    set_code(f, hex.value);
    return true;
}

// ---- Versions ---------------------------------------------------------------------------------------

static bool decimal(struct kss_view *view, uint32_t *value) {
    enum { MOST = 999999 };
    const char *begin = view->at;
    uint32_t sum = 0;
    for (; view->at < view->end && *view->at >= '0' && *view->at <= '9' && sum <= MOST; view->at++)
        sum = sum * 10 + (uint32_t)(*view->at - '0');
    *value = sum;
    return view->at > begin && sum <= MOST;
}

// "7601.17514.amd64fre...", "10.0.19041.1": the build is the first number above 1000.
static bool build(struct fact_line *f) {
    enum { FIRST_BUILD = 1000, PARTS = 3 };
    uint32_t value;
    for (int i = 0; i < PARTS && decimal(&f->view, &value); i++) {
        if (value > FIRST_BUILD) {
            f->reader->listing->build = value;
            return true;
        }
        if (f->view.at == f->view.end || *f->view.at != '.')
            break;
        f->view.at++;
    }
    return false;
}

// "Windows 10 Kernel Version 19041 MP (8 procs) Free x64".
static bool windows(struct fact_line *f) {
    const char *kernel = kss_view_find(f->view, "Kernel Version ");
    if (kernel == NULL)
        return false;
    struct kss_listing_reader *r = f->reader;
    struct kss_view name = trimmed((struct kss_view){f->view.at, kernel});
    f->view.at = kernel + strlen("Kernel Version ");
    r->arm64 |= kss_view_find(f->view, "ARM 64-bit") != NULL;
    const char *digits = f->view.at;
    uint32_t value;
    if (!decimal(&f->view, &value) || value == 0)
        return false;
    struct kss_text text = {0};
    kss_text_str(&text, "Windows ");
    kss_text_bytes(&text, name.at, (size_t)(name.end - name.at));
    kss_text_char(&text, ' ');
    kss_text_bytes(&text, digits, (size_t)(f->view.at - digits));
    r->listing->os = kss_alloc_text(r->arena, text.bytes, text.length);
    r->listing->build = value;
    kss_text_free(&text);
    return true;
}

static bool os_name(struct fact_line *f) {
    if (f->view.at == f->view.end)
        return false;
    f->reader->listing->os = kss_listing_keep(f->reader, trimmed(f->view));
    return true;
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
        *to = number(hex.value, line);
    }
    return true;
}

static bool frame_of(struct fact_line *f, enum kss_listing_command said) {
    struct kss_hex hex;
    if (kss_view_hex(&f->view, &hex))
        f->reader->trap_frame = number(hex.value, f->line);
    f->reader->said = said;
    return true;
}

static bool trap_frame(struct fact_line *f) {
    return frame_of(f, KSS_COMMAND_TRAP);
}

static bool task(struct fact_line *f) {
    return frame_of(f, KSS_COMMAND_TSS);
}

static bool exception_code(struct fact_line *f) {
    struct kss_hex hex;
    if (!kss_view_hex(&f->view, &hex))
        return false;
    f->reader->listing->exception = number(hex.value, f->line);
    return true;
}

static bool exception_address(struct fact_line *f) {
    struct kss_hex hex;
    if (!kss_view_hex(&f->view, &hex))
        return false;
    f->reader->listing->exception_at = number(hex.value, f->line);
    return true;
}

// ---- Stacks that are announced ----------------------------------------------------------------------

static bool stack_text(struct fact_line *f) {
    struct kss_listing_reader *r = f->reader;
    kss_listing_stack_end(r);
    r->header = (struct kss_listing_header){0};
    r->command = "STACK_TEXT";
    r->said = KSS_COMMAND_OTHER;
    r->thread = NO_INDEX;
    r->dump_next = 0;
    return true;
}

static bool stack_command(struct fact_line *f) {
    struct kss_listing *listing = f->reader->listing;
    listing->stack_command = kss_listing_keep(f->reader, trimmed(f->view));
    listing->stack_command_line = f->line;
    return true;
}

static bool cut_short(struct fact_line *f) {
    f->reader->listing->truncated_by_debugger = true;
    return true;
}

static bool remark_complete(struct fact_line *f) {
    if (kss_view_find(f->view, "frame limit") == NULL)
        return false;
    return cut_short(f);
}

// The rows behind it may be wrong.
static bool warning(struct fact_line *f) {
    if (kss_view_find(f->view, "Stack unwind information not available") != NULL ||
        kss_view_find(f->view, "Frame IP not in any known module") != NULL)
        f->reader->warned = true;
    return true;
}

static bool passing(struct fact_line *f) {
    (void)f;
    return true;
}

// ---- The table --------------------------------------------------------------------------------------

enum place { ANYWHERE, NEUTRAL, REMARK }; // NEUTRAL: rows go on behind it; REMARK: behind ';' only

struct fact {
    const char *word;
    bool (*read)(struct fact_line *f);
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
    {"*** STOP:", banner, ANYWHERE},
    {"STOP:", banner, ANYWHERE},
    {"*** Fatal System Error", banner, ANYWHERE},
    {"BugCheck ", banner, ANYWHERE},
    {"Bugcheck code ", bugcheck_code, ANYWHERE},
    {"BUGCHECK_CODE", bugcheck_code, ANYWHERE},
    {"BUGCHECK_P", argument, ANYWHERE},
    {"Arguments ", bugcheck_arguments, ANYWHERE},
    {"Arg", argument, ANYWHERE},
    {"The ", event_log, ANYWHERE},
    {"Windows ", windows, ANYWHERE},
    {"Built by: ", build, ANYWHERE},
    {"BUILD_VERSION_STRING: ", build, ANYWHERE},
    {"OSBUILD: ", build, ANYWHERE},
    {"OS_VERSION: ", build, ANYWHERE},
    {"OSNAME: ", os_name, ANYWHERE},
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
    {"bug check: ", banner, REMARK},
    {"os: ", os_name, REMARK},
    {"complete: ", remark_complete, REMARK},
};

// "thread stack base: ...", "stack limit = ...", with or without a sign of a remark.
static bool bound_in_words(struct fact_line *f) {
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
    struct fact_line f = {.reader = r, .view = line->text, .line = line->number};
    bool was_open = r->banner_open, remark = kss_view_skip(&f.view, ";");
    r->banner_open = false;
    if (f.view.at == f.view.end)
        return remark;
    if (registers(r, f.view, line->number))
        return false;
    r->trap_open = false;
    char c = *f.view.at, small = (char)(c | 0x20);
    if (was_open && (r->parameter > 0 || c == '(') && parameters(&f))
        return false;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        if (facts[i].word[0] != c || (facts[i].place == REMARK && !remark))
            continue;
        struct fact_line try = f;
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
        heading(&f);
    return remark;
}
