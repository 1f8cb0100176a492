// SPDX-License-Identifier: MIT
// What a program holds: frames and where their bytes come from, locals, globals, expectations,
// places, the order of things.
#include "run_rig.h"

static const struct kss_code *code_named(const struct run_rig *rig, const char *name) {
    const struct kss_image *image = &rig->program->image;
    for (uint32_t i = 0; i < image->code_count; i++)
        if (strcmp(image->code[i].name, name) == 0)
            return &image->code[i];
    fail_msg("no routine %s", name);
    return NULL;
}

// bytes, origin, locals_size of routine F, and its locals: "name:type@offset+size".
static void assert_frame(const char *machine, const char *source, uint32_t bytes,
                         enum kss_origin origin, const char *locals) {
    struct run_rig rig;
    struct kss_text text = {0};
    run_load(&rig, source, machine);
    if (rig.program == NULL)
        fail_msg("%s", run_diagnostics(&rig));
    const struct kss_code *code = code_named(&rig, "F");
    for (uint32_t i = 0; i < code->local_count; i++)
        kss_text_format(&text, "%s:%s@%u+%u ", code->locals[i].name, code->locals[i].type,
                        code->locals[i].offset, code->locals[i].size);
    assert_string_equal(text.bytes != NULL ? text.bytes : "", locals);
    assert_int_equal(code->bytes, bytes);
    assert_int_equal(code->origin, origin);
    kss_text_free(&text);
    run_free(&rig);
}

static void frames(void **state) {
    (void)state;
    // Declared locals lie downward from the return address.
    assert_frame("x64", "VOID F() { KEVENT e; LONG a; CHAR c; LONGLONG q; }", 8 + 32 + 40,
                 KSS_ORIGIN_ASSUMED, "e:KEVENT@32+24 a:LONG@36+4 c:CHAR@37+1 q:LONGLONG@48+8 ");
    assert_frame("x86", "VOID F() { KEVENT e; LONG a; CHAR c; LONGLONG q; }", 8 + 32,
                 KSS_ORIGIN_ASSUMED, "e:KEVENT@20+16 a:LONG@24+4 c:CHAR@25+1 q:LONGLONG@36+8 ");
    // x86: parameters were pushed by the caller, four bytes each; a struct is pushed whole.
    assert_frame("x86", "VOID F(LONG a, CHAR b, PVOID c) { }", 8 + 12, KSS_ORIGIN_ASSUMED, "");
    assert_frame("x64", "VOID F(LONG a, CHAR b, PVOID c) { }", 48, KSS_ORIGIN_ASSUMED, "");
    // A parameter whose address is taken is in the home space that its caller has for it.
    assert_frame("x64", "VOID F(LONG a, LONG b) { PLONG p = &b; }", 48, KSS_ORIGIN_ASSUMED,
                 "b:LONG@16+4 p:LONG *@24+8 ");
    assert_frame("x64", "VOID F(LONG a) { call T frame(0x40) a = 1; }", 48, KSS_ORIGIN_ASSUMED,
                 "a:LONG@16+4 ");
    // Structs by value: pushed on x86; on x64 large ones are the caller's copy.
    assert_frame("x86", "struct S { LONG a[8]; }; VOID F(struct S s) { }", 8 + 32,
                 KSS_ORIGIN_ASSUMED, "s:S@36+32 ");
    assert_frame("x64", "struct S { LONG a[8]; }; VOID F(struct S s) { }", 48, KSS_ORIGIN_ASSUMED,
                 "");
    assert_frame("x64",
                 "struct S { LONG a[8]; }; VOID G(struct S s) { } VOID F(struct S *p) { G(*p); }",
                 48 + 32, KSS_ORIGIN_ASSUMED, "");
    assert_frame("x64",
                 "struct S { LONG a[8]; }; struct S G() { struct S s; return s; }"
                 "VOID F() { G(); }",
                 48 + 32, KSS_ORIGIN_ASSUMED, "");
}

static void given_frames(void **state) {
    (void)state;
    assert_frame("x64", "VOID F() frame(0x148) { KEVENT e; }", 0x150, KSS_ORIGIN_GIVEN,
                 "e:KEVENT@32+24 ");
    assert_frame("x86", "VOID F() frame(0x148) { }", 0x148, KSS_ORIGIN_GIVEN, "");
    assert_frame("x64", "frame F = 0x80; VOID F() { }", 0x80, KSS_ORIGIN_GIVEN, "");
    assert_frame("x64", "frame m!F = 0x80; VOID m!F() { }", 0x80, KSS_ORIGIN_GIVEN, "");
    assert_frame("x64", "frame \"m+F\" = 0x80; frame F = 0x20; thread T { call F call \"m+F\" ; }",
                 0x20, KSS_ORIGIN_GIVEN, "");
    // The shorthand for a time costs a frame that was assumed, and never breaks one that was given.
    assert_frame("x64", "VOID F() { KeDelayExecutionThread(KernelMode, FALSE, 1s); }", 48,
                 KSS_ORIGIN_ASSUMED, "");
    assert_frame("x86", "VOID F() { KeDelayExecutionThread(KernelMode, FALSE, 1s); }", 16,
                 KSS_ORIGIN_ASSUMED, "");
    assert_frame("x64",
                 "VOID F() frame(0x20) { KEVENT e;"
                 "KeDelayExecutionThread(KernelMode, FALSE, 1s); }",
                 0x20, KSS_ORIGIN_GIVEN, "e:KEVENT@32+24 ");
    assert_says("VOID F() frame(0x20) { KEVENT e; KeInitializeEvent(&e, 0, FALSE);"
                "KeDelayExecutionThread(KernelMode, FALSE, 1s); DbgPrint(\"%d\\n\","
                "KeReadStateEvent(&e)); } thread T { F(); }",
                "x64", "0\n");
}

static void bodies(void **state) {
    (void)state;
    assert_frame("x86", "thread F { LONG a; KEVENT e; }", 24, KSS_ORIGIN_ASSUMED,
                 "a:LONG@8+4 e:KEVENT@24+16 ");
    assert_frame("x64", "thread F { KeDelayExecutionThread(KernelMode, FALSE, 1s); }", 0,
                 KSS_ORIGIN_ASSUMED, "");
    struct run_rig rig;
    run_load(&rig, "thread F (priority = 12, process = app) { } thread G (system) { }", NULL);
    assert_int_equal(rig.program->thread_count, 2);
    assert_int_equal(rig.program->threads[0].priority, 12);
    assert_string_equal(rig.program->threads[0].process, "app");
    assert_true(rig.program->threads[1].system);
    const struct kss_code *body = &rig.program->image.code[rig.program->threads[1].body];
    assert_string_equal(body->name, "G");
    assert_int_equal(body->flags, KSS_CODE_BODY);
    run_free(&rig);
}

static void symbols(void **state) {
    (void)state;
    struct run_rig rig;
    run_load(
        &rig,
        "module drv; VOID A() { ... } VOID other!B() pageable { }\n#pragma code_seg(\"PAGE\")\n"
        "VOID C() { call \"q+0x10\" frame(0x40) ; }\n#pragma code_seg()\nVOID D() { }\n"
        "#pragma data_seg(\"PAGEDATA\")\nLONG paged;\n#pragma data_seg()\nLONG plain;",
        "x64");
    assert_string_equal(run_diagnostics(&rig), "");
    assert_string_equal(code_named(&rig, "A")->module, "drv");
    assert_int_equal(code_named(&rig, "A")->flags, KSS_CODE_LEFT_OUT);
    assert_string_equal(code_named(&rig, "B")->module, "other");
    assert_int_equal(code_named(&rig, "B")->flags, KSS_CODE_PAGEABLE);
    assert_int_equal(code_named(&rig, "C")->flags, KSS_CODE_PAGEABLE);
    assert_int_equal(code_named(&rig, "D")->flags, 0);
    assert_string_equal(code_named(&rig, "q+0x10")->module, "");
    assert_true(rig.program->image.globals[0].pageable);
    assert_string_equal(rig.program->image.globals[0].name, "paged");
    assert_false(rig.program->image.globals[1].pageable);
    run_free(&rig);
    run_load(&rig, "VOID A() { }", NULL); // the file's stem
    assert_string_equal(code_named(&rig, "A")->module, "t");
    run_free(&rig);
}

static void machine(void **state) {
    (void)state;
    struct run_rig rig;
    run_load(&rig,
             "#define PAGES 7\nmachine x64 { stack = PAGES * 4K; reserve = 0x230; swap = never;"
             "outswap_after = 3s; small_memory = on; foreign_touch = page-in; processors = 2;"
             "clock_tick = 1ms; swap_policy = process; nonpaged_pool = 1M; verifier = off; }",
             NULL);
    const struct kss_config *config = &rig.program->config;
    assert_int_equal(config->profile.stack_size, 28672);
    assert_int_equal(config->profile.dpc_stack_size, 28672);
    assert_int_equal(config->profile.reserve, 0x230);
    assert_int_equal(config->swap, KSS_SWAP_NEVER);
    assert_int_equal(config->profile.outswap_after, 30000000);
    assert_true(config->small_memory);
    assert_int_equal(config->foreign_touch, KSS_FOREIGN_PAGE_IN);
    assert_int_equal(config->profile.processors, 2);
    assert_int_equal(config->profile.clock_tick, 10000);
    assert_int_equal(config->swap_policy, KSS_SWAP_PER_PROCESS);
    assert_int_equal(config->profile.nonpaged_pool, 1 << 20);
    assert_true(rig.program->machine_given);
    run_free(&rig);
    run_load(&rig, "machine x86 { swap = eager; }", "x64-xsave"); // --machine
    assert_string_equal(rig.program->config.profile.name, "x64-xsave");
    assert_int_equal(rig.program->config.swap, KSS_SWAP_EAGER);
    run_free(&rig);
}

static void expectations(void **state) {
    (void)state;
    struct run_rig rig;
    run_load(&rig,
             "VOID m!A() { } thread T { call \"z+1\" frame(0x20) ; }\n"
             "expect hazard   stack-overflow in m!A;\n"
             "expect bugcheck IRQL_NOT_LESS_OR_EQUAL (_, 2, STATUS_TIMEOUT) in \"z+1\";\n"
             "expect never thread T waits;\nexpect stack T <= 3K;\nexpect stack A > 0x10;\n"
             "expect status A#2 == STATUS_ACCESS_VIOLATION;\nexpect bugcheck 0x50; expect clean;",
             "x64");
    assert_string_equal(run_diagnostics(&rig), "");
    assert_int_equal(rig.program->expectation_count, 8);
    const struct kss_expectation *e = rig.program->expectations;
    assert_string_equal(e[0].text, "hazard stack-overflow in m!A");
    assert_int_equal(e[0].hazard, KSS_HAZARD_stack_overflow);
    assert_string_equal(rig.program->image.code[e[0].in].name, "A");
    assert_int_equal(e[1].bugcheck, 0xA);
    assert_true(e[1].patterns[0].any);
    assert_int_equal(e[1].patterns[1].value, 2);
    assert_int_equal(e[1].patterns[2].value, 0x102);
    assert_string_equal(rig.program->image.code[e[1].in].name, "z+1");
    assert_int_equal(e[2].quantifier, KSS_NEVER);
    assert_int_equal(e[2].thread, 0);
    assert_false(e[2].exits);
    assert_int_equal(e[3].thread, 0);
    assert_int_equal(e[3].value, 3072);
    assert_int_equal(e[3].relation, KSS_OP_LE);
    assert_int_equal(e[4].thread, KSS_NO_FRAME);
    assert_int_equal(e[5].value, 0xC0000005);
    assert_int_equal(e[5].nth, 2);
    assert_true(e[6].has_code);
    assert_int_equal(e[6].bugcheck, 0x50);
    assert_int_equal(e[7].what, KSS_OUTCOME_CLEAN);
    run_free(&rig);
}

static void teaching(void **state) {
    (void)state;
    struct run_rig rig;
    run_load(&rig, "\n// A wait that ends.  \nthread T { }", NULL);
    assert_string_equal(rig.program->teaching, "A wait that ends.  ");
    run_free(&rig);
    run_load(&rig, "thread T { } // no", NULL);
    assert_null(rig.program->teaching);
    run_free(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),   cmocka_unit_test(given_frames), cmocka_unit_test(bodies),
        cmocka_unit_test(symbols),  cmocka_unit_test(machine),      cmocka_unit_test(expectations),
        cmocka_unit_test(teaching),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
