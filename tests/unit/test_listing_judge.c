// SPDX-License-Identifier: MIT
// The judge of listings, on listings made by hand: whose bytes, which stack, which bounds, which answer;
// and that what it writes as a scenario runs as it says.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "frames/listing.h"
#include "kss/kss.h"

#include <stdio.h>
#include <string.h>

#define UNKNOWN UINT64_MAX
#define BASE    UINT64_C(0xFFFFA38B0C120000)
#define LIMIT   (BASE - 0x6000)

// ---- A listing by hand ------------------------------------------------------------------------------

enum { ROWS = 400 };

struct rig {
    struct kss_arena arena;
    struct kss_listed_frame rows[ROWS];
    struct kss_listed_stack stacks[3];
    struct kss_listed_trap trap;
    struct kss_listed_thread thread;
    struct kss_listing listing;
    struct kss_listing_options options;
    struct kss_listing_verdict verdict;
};

static void begin(struct rig *rig, enum kss_arch arch) {
    memset(rig, 0, sizeof *rig);
    rig->stacks[0] = (struct kss_listed_stack){
        .line = 10, .arch = arch, .arch_known = true, .layout = KSS_LAYOUT_K, .frames = rig->rows};
    rig->listing =
        (struct kss_listing){.name = "hand.txt", .stacks = rig->stacks, .stack_count = 1};
}

// A row of the first stack; [symbol] "mod!Name", displacement 0x10 unless changed.
static struct kss_listed_frame *row(struct rig *rig, uint64_t sp, const char *symbol) {
    struct kss_listed_stack *stack = &rig->stacks[0];
    struct kss_listed_frame *frame = &rig->rows[stack->count];
    const char *mark = strchr(symbol, '!');
    *frame = (struct kss_listed_frame){.line = 11 + stack->count,
                                       .number = UINT32_MAX,
                                       .sp = sp,
                                       .has_sp = true,
                                       .symbol = symbol};
    frame->module =
        mark != NULL ? kss_alloc_text(&rig->arena, symbol, (size_t)(mark - symbol)) : "";
    frame->offset = 0x10;
    stack->last_line = frame->line;
    stack->count++;
    return frame;
}

static void bounds(struct rig *rig, uint64_t base, uint64_t limit) {
    if (base != 0)
        rig->stacks[0].base = (struct kss_listed_number){base, 3};
    if (limit != 0)
        rig->stacks[0].limit = (struct kss_listed_number){limit, 4};
}

static void bugcheck(struct rig *rig, uint64_t code, uint64_t p1, uint64_t p2, uint64_t p3) {
    rig->listing.bugcheck.code = (struct kss_listed_number){code, 1};
    const uint64_t values[] = {p1, p2, p3, 0};
    for (unsigned i = 0; i < 4; i++)
        rig->listing.bugcheck.parameters[i] = (struct kss_listed_number){values[i], 2};
    rig->listing.bugcheck.count = 4;
}

// Rows of the double fault's own stack.
static void double_fault(struct rig *rig) {
    row(rig, UINT64_C(0xFFFFF80036C8AD08), "nt!KeBugCheckEx");
    row(rig, UINT64_C(0xFFFFF80036C8AD10), "nt!KiBugCheckDispatch");
    row(rig, UINT64_C(0xFFFFF80036C8AE50), "nt!KiDoubleFaultAbort");
}

static const struct kss_listing_verdict *judge(struct rig *rig) {
    rig->verdict = kss_listing_judge(&rig->arena, &rig->listing, &rig->options);
    return &rig->verdict;
}

static bool said(const struct rig *rig, const char *words) {
    const struct kss_listing_verdict *v = &rig->verdict;
    for (uint32_t i = 0; i < v->evidence_count; i++)
        if (strstr(v->evidence[i].text, words) != NULL)
            return true;
    for (uint32_t i = 0; i < v->reason_count; i++)
        if (strstr(v->reasons[i], words) != NULL)
            return true;
    return strstr(v->headline, words) != NULL;
}

// The scenario passes as it is written.
static void replays(struct rig *rig) {
    struct kss_text text = {0};
    kss_listing_scenario(&rig->listing, &rig->verdict, &text);
    struct kss_session *session = kss_open_text("hand.kss", text.bytes, text.length, NULL);
    if (!kss_loaded(session) || kss_run(session) != KSS_OK) {
        print_error("%s\n%s\n", text.bytes, kss_diagnostics(session));
        fail();
    }
    kss_close(session);
    kss_text_free(&text);
}

static void end(struct rig *rig) {
    kss_arena_free(&rig->arena);
}

#define ANSWER(rig, expected)                                                                      \
    do {                                                                                           \
        assert_int_equal(judge(rig)->answer, expected);                                            \
        replays(rig);                                                                              \
    } while (0)

// ---- Whose bytes -----------------------------------------------------------------------------------

static void a_distance_belongs_to_the_inner_row_on_x64(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x500, "a!Leaf");
    row(&rig, BASE - 0x460, "b!Middle");
    row(&rig, BASE - 0x370, "a!Outer");
    bounds(&rig, BASE, LIMIT);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(rig.verdict.bytes[0] == 0xA0 && rig.verdict.bytes[1] == 0xF0);
    assert_true(rig.verdict.bytes[2] == UNKNOWN);
    assert_true(rig.verdict.span == 0x190 && rig.verdict.unlisted == 0x370);
    assert_true(rig.verdict.used == 0x500);
    assert_int_equal(rig.verdict.module_count, 2);
    assert_string_equal(rig.verdict.modules[0].name, "b");
    assert_true(rig.verdict.modules[1].bytes == 0xA0);
    end(&rig);
}

static void a_distance_belongs_to_the_outer_row_on_x86(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86);
    row(&rig, 0xF7A41000, "a!Leaf");
    row(&rig, 0xF7A410A4, "b!Middle");
    row(&rig, 0xF7A41D64, "nt!KiFastCallEntry");
    bounds(&rig, 0xF7A42000, 0xF7A3F000);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(rig.verdict.bytes[0] == UNKNOWN);
    assert_true(rig.verdict.bytes[1] == 0xA4 && rig.verdict.bytes[2] == 0xCC0);
    assert_true(rig.verdict.unlisted == 0x29C);
    assert_false(said(&rig, "outer rows are missing"));
    end(&rig);
}

static void inline_rows_and_rows_of_no_bytes_take_nothing(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x500, "a!Leaf");
    row(&rig, BASE - 0x500, "a!Same");
    struct kss_listed_frame *part = row(&rig, 0, "a!Part");
    part->marks = KSS_MARK_INLINE;
    part->has_sp = false;
    row(&rig, BASE - 0x4F8, "a!Odd"); // a machine frame: no multiple of 16
    row(&rig, BASE - 0x370, "a!Outer");
    bounds(&rig, BASE, LIMIT);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(rig.verdict.bytes[0] == 0 && rig.verdict.bytes[1] == 8);
    assert_true(rig.verdict.bytes[2] == 0 && rig.verdict.bytes[3] == 0x188);
    end(&rig);
}

static void the_memory_column_is_checked(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x500, "a!Leaf");
    struct kss_listed_frame *second = row(&rig, BASE - 0x400, "a!Outer");
    second->has_memory = true;
    second->memory = 0x100;
    judge(&rig);
    assert_false(said(&rig, "Memory"));
    second->memory = 0x110;
    judge(&rig);
    assert_true(said(&rig, "the Memory column says 0x110"));
    end(&rig);
}

// ---- Which stack -----------------------------------------------------------------------------------

static void nothing_is_subtracted_across_a_switch(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    double_fault(&rig);
    row(&rig, LIMIT - 0xF0, "drv!Crosses");
    row(&rig, LIMIT + 0x50, "drv!Caller");
    bounds(&rig, BASE, LIMIT);
    bugcheck(&rig, 0x7F, 8, 0x80050033, 0x406F8);
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    assert_int_equal(rig.verdict.segment_count, 2);
    assert_int_equal(rig.verdict.segment, 1);
    assert_string_equal(rig.verdict.segments[0].what, "double-fault");
    assert_int_equal(rig.verdict.segments[0].end, 3);
    assert_true(rig.verdict.bytes[2] == UNKNOWN && rig.verdict.bytes[3] == 0x140);
    assert_true(rig.verdict.used == 0x60F0 && rig.verdict.span == 0x140);
    assert_true(said(&rig, "look like CR0 and CR4"));
    end(&rig);
}

static void a_near_double_fault_stack_is_another_stack(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64); // 0x3000 below the thread's: no number but the name shows it
    row(&rig, LIMIT - 0x3200, "nt!KiBugCheckDispatch");
    row(&rig, LIMIT - 0x30C0, "nt!KiDoubleFaultAbort");
    row(&rig, LIMIT + 0x800, "drv!Deep");
    row(&rig, BASE - 0x500, "drv!Outer");
    bounds(&rig, BASE, LIMIT);
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_FITS); // and not an overflow by 0x3200 bytes
    assert_true(rig.verdict.sp == LIMIT + 0x800);
    end(&rig);
}

static void a_dpc_boundary_splits_where_numbers_jump(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, UINT64_C(0xFFFFF80000B9CE00), "drv!DpcForIsr");
    row(&rig, UINT64_C(0xFFFFF80000B9CE80), "nt!KiRetireDpcList");
    row(&rig, BASE - 0xC00, "nt!KxRetireDpcList");
    row(&rig, BASE - 0xBC0, "nt!KiDispatchInterruptContinue");
    row(&rig, BASE - 0x500, "nt!KiSystemServiceCopyEnd");
    bounds(&rig, BASE, LIMIT);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_int_equal(rig.verdict.segment_count, 2);
    assert_string_equal(rig.verdict.segments[0].what, "DPC");
    assert_string_equal(rig.verdict.segments[1].what, "thread");
    assert_int_equal(rig.verdict.segment, 1);
    assert_true(rig.verdict.used == 0xC00);
    end(&rig);
}

static void a_name_alone_is_no_switch(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x900, "drv!Callout");
    row(&rig, BASE - 0x880, "nt!KeExpandKernelStackAndCalloutEx");
    row(&rig, BASE - 0x800, "drv!Read");
    bounds(&rig, BASE, LIMIT);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_int_equal(rig.verdict.segment_count, 1);
    end(&rig);
}

static void rows_of_user_mode_end_the_kernel_stack(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86);
    row(&rig, 0xF7A40000, "drv!Read");
    row(&rig, 0xF7A41D64, "nt!NtReadFile");
    row(&rig, 0x0012FEB8, "ntdll!NtReadFile");
    bounds(&rig, 0xF7A42000, 0xF7A3F000);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_int_equal(rig.verdict.segment, 0);
    assert_string_equal(rig.verdict.segments[1].what, "user");
    assert_true(rig.verdict.bytes[2] == UNKNOWN);
    assert_false(said(&rig, "outer rows are missing"));
    end(&rig);
}

static void pointers_that_go_back_on_a_page_are_a_lost_walk(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x900, "drv!A");
    row(&rig, BASE - 0x800, "drv!B");
    row(&rig, BASE - 0x880, "drv!C");
    row(&rig, BASE - 0x700, "drv!D");
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    assert_int_equal(rig.verdict.segment_count, 1);
    assert_true(rig.verdict.bytes[0] == 0x100);
    assert_true(rig.verdict.bytes[1] == UNKNOWN);
    assert_true(rig.verdict.bytes[2] == UNKNOWN); // its bytes lie below those of row 1
    assert_true(said(&rig, "the pointer goes back"));
    end(&rig);
}

static void the_double_fault_stack_alone_tells_nothing(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    double_fault(&rig);
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    assert_true(said(&rig, "double-fault stack"));
    end(&rig);
}

static void the_stack_of_the_crash_is_judged(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    double_fault(&rig);
    row(&rig, LIMIT - 0x10, "drv!Crosses");
    row(&rig, LIMIT + 0x50, "drv!Caller");
    static struct kss_listed_frame others[30];
    for (uint32_t i = 0; i < 30; i++)
        others[i] = (struct kss_listed_frame){.line = 50 + i,
                                              .number = UINT32_MAX,
                                              .sp = BASE - 0x80000 + 0x20 * i,
                                              .has_sp = true,
                                              .symbol = "nt!Waits",
                                              .module = "nt"};
    rig.stacks[1] = rig.stacks[0];
    rig.stacks[0].frames = others; // of another thread, longer, and before it
    rig.stacks[0].count = 30;
    rig.listing.stack_count = 2;
    assert_int_equal(judge(&rig)->stack, 0); // without a bug check: what tells most
    bugcheck(&rig, 0x7F, 8, 0, 0);
    assert_int_equal(judge(&rig)->stack, 1);
    rig.options.stack = 1;
    assert_int_equal(judge(&rig)->stack, 0);
    end(&rig);
}

static void no_pointers_no_bytes(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, 0, "drv!A")->has_sp = false;
    row(&rig, 0, "drv!B")->has_sp = false;
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    assert_true(said(&rig, "no stack-pointer column"));
    assert_false(rig.verdict.has_sp);
    end(&rig);
}

// ---- Bounds ----------------------------------------------------------------------------------------

static void bounds_of_another_stack_are_not_used(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x100900, "drv!A");
    row(&rig, BASE - 0x100800, "drv!B");
    bounds(&rig, BASE, LIMIT);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    assert_false(rig.verdict.has_base || rig.verdict.has_limit || rig.verdict.has_used);
    assert_true(said(&rig, "not used"));
    end(&rig);
}

static void options_come_before_the_text(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x900, "drv!A");
    row(&rig, BASE - 0x800, "drv!B");
    bounds(&rig, BASE, LIMIT);
    rig.options.base = BASE + 0x1000;
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_int_equal(rig.verdict.base_source, KSS_BOUND_GIVEN);
    assert_int_equal(rig.verdict.limit_source, KSS_BOUND_LISTED);
    assert_string_equal(rig.verdict.machine->name, "x64-xsave"); // by 0x7000 bytes
    end(&rig);
}

static void a_thread_printed_elsewhere_lends_its_bounds(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x900, "drv!A");
    row(&rig, BASE - 0x800, "drv!B");
    rig.thread.base = (struct kss_listed_number){BASE, 70};
    rig.thread.limit = (struct kss_listed_number){LIMIT, 70};
    rig.listing.threads = &rig.thread;
    rig.listing.thread_count = 1;
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(rig.verdict.used == 0x900);
    rig.thread.base.value -= 0x100000;
    rig.thread.limit.value -= 0x100000;
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    end(&rig);
}

static void an_implied_limit_decides_nothing(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x6100, "drv!A"); // below the limit of six pages, not of seven
    row(&rig, BASE - 0x500, "drv!B");
    bounds(&rig, BASE, 0);
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    assert_int_equal(rig.verdict.limit_source, KSS_BOUND_IMPLIED);
    rig.options.machine = kss_profile_find("x64", 3); // somebody says six
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    rig.rows[0].sp = BASE - 0x7100;
    rig.options.machine = NULL;
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    end(&rig);
}

static void a_limit_alone_is_enough(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, LIMIT + 0x2000, "drv!A");
    row(&rig, LIMIT + 0x4000, "drv!B");
    bounds(&rig, 0, LIMIT);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_false(rig.verdict.has_base || rig.verdict.has_used);
    rig.rows[0].sp = LIMIT - 0x20;
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    end(&rig);
}

// ---- Answers ---------------------------------------------------------------------------------------

static void the_third_parameter_is_sp_where_it_lies_on_the_stack(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    double_fault(&rig);
    row(&rig, LIMIT + 0x40, "drv!Crosses");
    row(&rig, LIMIT + 0x440, "drv!Caller");
    bounds(&rig, BASE, LIMIT);
    bugcheck(&rig, 0x7F, 8, UINT64_C(0xFFFFF80036C8AE50), LIMIT - 0x20);
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    assert_true(rig.verdict.sp == LIMIT - 0x20 && rig.verdict.used == 0x6020);
    rig.listing.bugcheck.parameters[2].value = LIMIT; // the very limit: a push goes below it
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    rig.listing.bugcheck.parameters[2].value = LIMIT + 0x40;
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL); // a trap frame does not fit, but who says it was needed
    rig.listing.bugcheck.parameters[2].value = LIMIT - 0x80000; // somewhere else
    judge(&rig);
    assert_true(rig.verdict.sp == LIMIT + 0x40);
    end(&rig);
}

static void a_double_fault_with_room_is_something_else(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    double_fault(&rig);
    row(&rig, LIMIT + 0x2000, "drv!A");
    row(&rig, LIMIT + 0x2400, "drv!B");
    bounds(&rig, BASE, LIMIT);
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(said(&rig, "other causes"));
    end(&rig);
    begin(&rig, KSS_ARCH_X64); // the same without rows of the fault itself
    row(&rig, LIMIT + 0x2000, "drv!A");
    row(&rig, LIMIT + 0x2400, "drv!B");
    bounds(&rig, BASE, LIMIT);
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    end(&rig);
}

static void ebp_above_the_limit_is_not_esp(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86);
    row(&rig, 0xF7A3F020, "drv!A");
    row(&rig, 0xF7A3F124, "drv!B");
    bounds(&rig, 0xF7A42000, 0xF7A3F000);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    rig.trap = (struct kss_listed_trap){
        .line = 5, .sp = {0xF7A3EFF4, 5}, .bp = {0xF7A3F020, 5}, .task = true};
    rig.listing.traps = &rig.trap;
    rig.listing.trap_count = 1;
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    assert_true(rig.verdict.sp == 0xF7A3EFF4 && rig.verdict.bytes[0] == 0x2C);
    end(&rig);
}

static void one_wrong_bit_is_the_hardware(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86);
    row(&rig, 0xF7A40400, "drv!A");
    row(&rig, 0xF7A41D64, "nt!KiFastCallEntry");
    bugcheck(&rig, 0x7F, 8, 0x80042000, 0);
    rig.trap = (struct kss_listed_trap){
        .line = 5, .sp = {0xF7A403E0 ^ 0x40000000, 5}, .bp = {0xF7A40400, 5}, .task = true};
    rig.listing.traps = &rig.trap;
    rig.listing.trap_count = 1;
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(said(&rig, "bit 30"));
    rig.trap.sp.value ^= 0x08000000; // two bits: who knows
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    end(&rig);
}

static void more_than_a_stack_at_a_double_fault_is_an_overflow(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    double_fault(&rig);
    row(&rig, BASE - 0x7600, "drv!A");
    row(&rig, BASE - 0x3400, "drv!B");
    row(&rig, BASE - 0x500, "nt!KiSystemServiceCopyEnd");
    bugcheck(&rig, 0x7F, 8, 0, 0);
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    assert_false(rig.verdict.has_base || rig.verdict.has_limit || rig.verdict.has_used);
    assert_true(said(&rig, "large stack of up to 0x12000"));
    rig.rows[4].symbol = "win32kfull!xxxPaint";
    rig.rows[4].module = "win32kfull"; // a large stack holds it
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    rig.rows[4].module = "drv";
    rig.rows[3].sp = BASE - 0x6400; // x64-xsave holds it
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    rig.rows[3].sp = BASE - 0x7600;
    rig.listing.bugcheck.code.value = 0xD1; // no double fault: any stack may be meant
    rig.rows[2].symbol = rig.rows[1].symbol;
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    end(&rig);
}

static void an_invalid_stack_is_no_overflow(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x17F0, "dxg!A");
    row(&rig, BASE - 0x17B0, "dxg!B");
    bounds(&rig, BASE, LIMIT);
    bugcheck(&rig, 0x1AA, 0x18940FFBE8, 3, 0);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(said(&rig, "a normal kernel thread stack"));
    bugcheck(&rig, 0x1AB, LIMIT - 0x100, 3, 0); // in the guard page: it may have come first
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL);
    bugcheck(&rig, 0x139, 4, 0, 0);
    ANSWER(&rig, KSS_LISTING_FITS);
    assert_true(said(&rig, "FAST_FAIL_INCORRECT_STACK"));
    end(&rig);
}

static void a_panic_without_numbers_is_what_it_says(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86);
    row(&rig, 0xF7A40000, "drv!A");
    row(&rig, 0xF7A41000, "drv!B");
    bugcheck(&rig, 0x2B, 0xF7A40000, 0, 0);
    ANSWER(&rig, KSS_LISTING_OVERFLOW);
    bounds(&rig, 0xF7A42000, 0xF7A3F000);
    ANSWER(&rig, KSS_LISTING_CANNOT_TELL); // room left: the two disagree
    end(&rig);
}

// ---- Recursion -------------------------------------------------------------------------------------

static void turns(struct rig *rig, uint64_t sp, unsigned count) {
    static const char *const names[] = {"drv!Walk", "drv!Visit", "nt!IofCallDriver"};
    for (unsigned i = 0; i < count; i++) {
        row(rig, sp, names[i % 3]);
        sp += 0x60 + 0x20 * (i % 3);
    }
}

static void a_period_is_exact_and_turns_are_complete(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x2000, "drv!Leaf");
    turns(&rig, BASE - 0x1F00, 14);
    judge(&rig);
    assert_true(rig.verdict.has_period);
    assert_true(rig.verdict.recursion.bytes == 0x60 + 0x80 + 0xA0);
    assert_int_equal(rig.verdict.recursion.frames, 3);
    assert_int_equal(rig.verdict.recursion.turns, 4); // the last row's size is unknown
    assert_int_equal(rig.verdict.recursion.first, 1);
    replays(&rig);
    rig.rows[6].offset = 0x20; // another call site in the middle
    judge(&rig);
    assert_int_equal(rig.verdict.recursion.turns, 2);
    end(&rig);
}

static void layers_are_no_recursion(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X64);
    static const char *const drivers[] = {"a!Pass", "b!Pass", "c!Pass", "d!Pass", "e!Pass"};
    for (unsigned i = 0; i < 10; i++)
        row(&rig, BASE - 0x1000 + 0x80 * i, i % 2 ? "nt!IofCallDriver" : drivers[i / 2]);
    judge(&rig);
    assert_false(rig.verdict.has_period);
    end(&rig);
    begin(&rig, KSS_ARCH_X64); // one name, other call sites and sizes
    for (unsigned i = 0; i < 10; i++)
        row(&rig, BASE - 0x1000 + 0x40 * i * i / 2, "drv!Export")->offset = 0x1000 * i;
    judge(&rig);
    assert_false(rig.verdict.has_period);
    end(&rig);
}

static void one_turn_of_a_cut_listing_is_said(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86); // the shape of an exception inside the dispatch of another
    static const struct {
        uint32_t ebp;
        const char *symbol;
        uint32_t offset;
    } rows[] = {
        {0x000, "nt!Dispatch", 0x25}, {0x07C, "nt!FromTrap", 0xA7}, {0x0A4, "nt!Args", 0x24},
        {0x140, "nt!Handler", 0x5B6}, {0x3A0, "nt!Execute", 0x29},  {0x640, "nt!Dispatch", 0x1AD},
        {0x6BC, "nt!FromTrap", 0xA7}, {0x6E4, "nt!Args", 0x24},     {0x780, "nt!Handler", 0}};
    for (unsigned i = 0; i < 9; i++)
        row(&rig, 0xF793E0EC + rows[i].ebp, rows[i].symbol)->offset = rows[i].offset;
    judge(&rig);
    assert_true(rig.verdict.has_period);
    assert_true(rig.verdict.recursion.bytes == 0x640);
    assert_int_equal(rig.verdict.recursion.frames, 5);
    assert_int_equal(rig.verdict.recursion.turns, 1);
    replays(&rig);
    rig.rows[8].sp += 4; // the last row has another size: nothing repeats to the end
    judge(&rig);
    assert_false(rig.verdict.has_period);
    end(&rig);
}

// ---- Oddities --------------------------------------------------------------------------------------

static void odd_rows_are_reasons(void **state) {
    (void)state;
    struct rig rig;
    begin(&rig, KSS_ARCH_X86);
    row(&rig, 0xF7A40000, "drv!A");
    struct kss_listed_frame *filled = row(&rig, 0xF7A40040, "drv!B");
    filled->has_ret = true;
    filled->ret = 0xCCCCCCCC;
    row(&rig, 0xF7A40080, "rose!Export")->offset = 0x3E3F3;
    struct kss_listed_frame *nameless = row(&rig, 0xF7A400C0, "0xcccccccc");
    nameless->marks = KSS_MARK_NO_SYMBOL;
    judge(&rig);
    assert_true(said(&rig, "a fill pattern"));
    assert_true(said(&rig, "nearest one known"));
    assert_true(said(&rig, "no symbol for this address"));
    assert_false(said(&rig, "over a megabyte"));
    end(&rig);
}

// ---- Replays ---------------------------------------------------------------------------------------

static uint32_t seed = 20220;
static uint32_t next(uint32_t bound) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % bound;
}

// Whatever the rows, bounds and bug check are: the scenario runs and finds what it expects. Bases are
// drawn so that stacks overflow, nearly do, or fit.
static void scenarios_pass_as_they_are_written(void **state) {
    (void)state;
    static const char *const names[] = {"a!Read", "b!\"Walk\\\"", "nt!IofCallDriver", "c! ?? ::x'",
                                        "+0x1040"};
    static struct rig rig;
    unsigned answers[3] = {0};
    for (int round = 0; round < 3000; round++) {
        bool x64 = next(2) == 0;
        begin(&rig, x64 ? KSS_ARCH_X64 : KSS_ARCH_X86);
        uint64_t top = x64 ? BASE : 0xF7A42000, size = x64 ? 0x6000 : 0x3000;
        uint32_t count = 1 + next(60), period = 1 + next(5), unit = next(2) ? 16 : 4;
        uint64_t sp = top - next((uint32_t)size + 0x400) / unit * unit;
        if (next(3) == 0 && x64)
            double_fault(&rig);
        for (uint32_t i = 0; i < count && sp < top; i++) {
            row(&rig, sp, names[i % period])->offset = i % period;
            sp += next(8) == 0 ? unit * next(40) : (uint64_t)unit * (4 + i % period);
        }
        if (next(3) != 0)
            bounds(&rig, top, next(3) != 0 ? top - size : 0);
        if (next(2) == 0)
            bugcheck(&rig, next(4) == 0 ? 0x1AA : 0x7F, 8, 0, next(2) ? top - next(0x7000) : 0);
        if (rig.stacks[0].count > 0) {
            judge(&rig);
            answers[rig.verdict.answer]++;
            replays(&rig);
        }
        end(&rig);
    }
    for (unsigned i = 0; i < 3; i++)
        assert_true(answers[i] > 50);
}

static void the_records_are_as_documented(void **state) {
    (void)state;
    struct rig rig;
    struct kss_text text = {0};
    begin(&rig, KSS_ARCH_X64);
    row(&rig, BASE - 0x500, "a!Leaf");
    row(&rig, BASE - 0x460, "b!Middle");
    judge(&rig);
    kss_listing_jsonl(&rig.listing, &rig.verdict, &text);
    const char *last = strstr(text.bytes, "{\"type\":\"verdict\"");
    assert_non_null(last);
    const char *expected = "{\"type\":\"verdict\",\"verdict\":\"cannot-tell\",\"used\":null,"
                           "\"span\":160,\"base\":null,\"limit\":null,"
                           "\"sp\":\"0xFFFFA38B0C11FB00\",\"recursion\":null,"
                           "\"modules\":[{\"name\":\"a\",\"bytes\":160}],\"unlisted\":null,"
                           "\"reasons\":[\"";
    assert_memory_equal(last, expected, strlen(expected));
    assert_int_equal(strncmp(text.bytes, "{\"type\":\"listing\"", 17), 0);
    kss_text_clear(&text);
    bounds(&rig, BASE, LIMIT);
    judge(&rig);
    kss_listing_jsonl(&rig.listing, &rig.verdict, &text);
    assert_non_null(strstr(text.bytes, "\"verdict\":\"not-overflow\",\"used\":1280,\"span\":160,"
                                       "\"base\":\"0xFFFFA38B0C120000\",\"limit\":"
                                       "\"0xFFFFA38B0C11A000\""));
    assert_non_null(strstr(text.bytes, "\"unlisted\":1120,"));
    kss_text_free(&text);
    end(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_distance_belongs_to_the_inner_row_on_x64),
        cmocka_unit_test(a_distance_belongs_to_the_outer_row_on_x86),
        cmocka_unit_test(inline_rows_and_rows_of_no_bytes_take_nothing),
        cmocka_unit_test(the_memory_column_is_checked),
        cmocka_unit_test(nothing_is_subtracted_across_a_switch),
        cmocka_unit_test(a_near_double_fault_stack_is_another_stack),
        cmocka_unit_test(a_dpc_boundary_splits_where_numbers_jump),
        cmocka_unit_test(a_name_alone_is_no_switch),
        cmocka_unit_test(rows_of_user_mode_end_the_kernel_stack),
        cmocka_unit_test(pointers_that_go_back_on_a_page_are_a_lost_walk),
        cmocka_unit_test(the_double_fault_stack_alone_tells_nothing),
        cmocka_unit_test(the_stack_of_the_crash_is_judged),
        cmocka_unit_test(no_pointers_no_bytes),
        cmocka_unit_test(bounds_of_another_stack_are_not_used),
        cmocka_unit_test(options_come_before_the_text),
        cmocka_unit_test(a_thread_printed_elsewhere_lends_its_bounds),
        cmocka_unit_test(an_implied_limit_decides_nothing),
        cmocka_unit_test(a_limit_alone_is_enough),
        cmocka_unit_test(the_third_parameter_is_sp_where_it_lies_on_the_stack),
        cmocka_unit_test(a_double_fault_with_room_is_something_else),
        cmocka_unit_test(ebp_above_the_limit_is_not_esp),
        cmocka_unit_test(one_wrong_bit_is_the_hardware),
        cmocka_unit_test(more_than_a_stack_at_a_double_fault_is_an_overflow),
        cmocka_unit_test(an_invalid_stack_is_no_overflow),
        cmocka_unit_test(a_panic_without_numbers_is_what_it_says),
        cmocka_unit_test(a_period_is_exact_and_turns_are_complete),
        cmocka_unit_test(layers_are_no_recursion),
        cmocka_unit_test(one_turn_of_a_cut_listing_is_said),
        cmocka_unit_test(odd_rows_are_reasons),
        cmocka_unit_test(scenarios_pass_as_they_are_written),
        cmocka_unit_test(the_records_are_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
