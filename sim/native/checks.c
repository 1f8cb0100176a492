// SPDX-License-Identifier: MIT
// What the headers' PAGED_CODE, ASSERT and NT_ASSERT call.
#include "kernel/fast.h"
#include "native/native.h"

struct words {
    const char *expression;
};

static void paged_code(void *argument) {
    (void)argument;
    uint32_t routine;
    struct kss_machine *m = kss_native_machine(&routine);
    if (m != NULL && kss_current_irql(m) > KSS_APC_LEVEL)
        KSS_EMIT(m, KSS_EV_PAGED_CODE, routine, true, 0, 0);
}

static void assert_failed(void *argument) {
    const struct words *words = argument;
    uint32_t routine;
    struct kss_machine *m = kss_native_machine(&routine);
    if (m != NULL && kss_wants(m, KSS_EV_ASSERT))
        kss_emit(m, KSS_EV_ASSERT, kss_text_id(m, words->expression), 0, 0, 0);
}

#define HERE __builtin_frame_address(0), __builtin_dwarf_cfa(), __builtin_return_address(0)

void kss_paged_code(const char *file, int line, const char *function);
void kss_paged_code(const char *file, int line, const char *function) {
    (void)file, (void)line, (void)function;
    kss_native_host(paged_code, NULL, HERE);
}

void kss_assert_failed(const char *expression, const char *file, int line);
void kss_assert_failed(const char *expression, const char *file, int line) {
    struct words words = {expression};
    (void)file, (void)line;
    kss_native_host(assert_failed, &words, HERE);
}
