// SPDX-License-Identifier: MIT
// Structured exception handling in plain C, for gcc and clang: __try, __except, __finally, __leave with
// the syntax that drivers are written in. ntdef.h includes this.
//
// A __try statement becomes a loop that runs twice. The first round is the guarded body; the second is
// the __finally block, or the filter and perhaps the handler:
//
//     for (frame on this stack; kss_seh_step(frame);)
//         if (the first round)      { body }
//         else                      { __finally block }
//         else while (filter says so) { __except block }
//
//   falls off the end, __leave   the second round begins, nothing is pending
//   exception                    the second round begins, pending; afterwards it goes on outwards
//   return, goto                 the frame goes out of scope: its cleanup function jumps into the second
//                                round and, when that is done, comes back and lets the return go on
//
// So a return value is worked out before the __finally block runs, as the language has it, and
// AbnormalTermination() is nonzero there for a return, a goto and an exception.
//
// Stack: a __try costs one struct kss_seh_frame: 96 bytes on x86-64, 44 on i386, 200 on aarch64 (Windows
// x64 keeps tables instead and pays nothing; x86 pays 24). Reports say `measured on host ABI`.
//
// What differs from Windows:
//   * The stack is unwound while handlers are looked for: an inner __finally block has run before an
//     outer filter is asked, and also before the bug check of an exception that nobody handles.
//   * EXCEPTION_CONTINUE_EXECUTION cannot be done: as on NT for an exception that forbids it,
//     STATUS_NONCONTINUABLE_EXCEPTION is raised from there.
//   * break and continue leave the __try statement, not the loop around it. `kss scan`, which
//     kss_add_driver runs first, refuses them with the place.
//   * gcc: a local that changes between two faulting instructions with no call between them and is read in
//     the handler should be volatile. Values at calls are exact. clang forgets more: files with __try
//     are to be compiled with -O0 there; kss_add_driver does so.
//
// clang for Windows (_MSC_VER) has __try itself: there this header only names its functions.
//
// Sources: Microsoft Learn "try-except statement", "try-finally statement", "AbnormalTermination".
#ifndef KSS_NT_SEH_H
#define KSS_NT_SEH_H

#if !defined(_MSC_VER)

// The first three as __builtin_setjmp has them: frame pointer, where to go on, stack pointer. Behind
// them the other registers that calls preserve.
#if defined(__x86_64__)
#define KSS_SEH_WORDS 8 // rbp rip rsp rbx r12-r15
#elif defined(__i386__)
#define KSS_SEH_WORDS 6 // ebp eip esp ebx esi edi
#elif defined(__aarch64__)
#define KSS_SEH_WORDS 21 // x29 x30 sp x19-x28 d8-d15
#endif

struct kss_seh_frame {
    struct kss_seh_frame *next;      // registered before this one
    struct kss_seh_frame *enclosing; // the __try statement around this one in its routine
    void *address;                   // of the exception
    int code;                        // its status
    unsigned phase;                  // enum kss_seh_phase
#if defined(KSS_SEH_WORDS)
    void *words[KSS_SEH_WORDS]; // where a round begins; after a return: where that goes on
#endif
};

enum kss_seh_phase { // the numbers of the first three are known to the assembly in seh.c
    KSS_SEH_NEW,
    KSS_SEH_BODY,
    KSS_SEH_RETURNING,
    KSS_SEH_RAISED,
    KSS_SEH_LEFT,
    KSS_SEH_AFTER_BODY,
    KSS_SEH_AFTER_RETURN,
    KSS_SEH_AFTER_RAISE,
    KSS_SEH_HANDLER,
    KSS_SEH_DONE
};

// With exact frames these are called by the Microsoft convention, under names of their own.
#if defined(KSS_EXACT_FRAMES)
#define KSS_SEH_ENTRY(name) __asm("kss_ms_" #name) __attribute__((ms_abi))
#else
#define KSS_SEH_ENTRY(name)
#endif

#ifdef __cplusplus
extern "C" {
#endif

// kss_seh_exit returns once more when the body was left by return or goto: after the second round.
void kss_seh_exit(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_exit)
    __attribute__((returns_twice));
int kss_seh_step(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_step);
int kss_seh_filtering(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_filtering);
int kss_seh_filter(struct kss_seh_frame *frame, int answer) KSS_SEH_ENTRY(seh_filter);
void kss_seh_leave(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_leave) __attribute__((noreturn));
int kss_seh_code(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_code);
int kss_seh_abnormal(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_abnormal);
void *kss_seh_information(struct kss_seh_frame *frame) KSS_SEH_ENTRY(seh_information);

#ifdef __cplusplus
}
#endif

// gcc draws edges from every call to a __builtin_setjmp, not to a setjmp of anybody's: so values of
// locals are right in the second round. clang draws none, and has no __builtin_setjmp on aarch64.
#if defined(__clang__)
int kss_seh_set(struct kss_seh_frame *frame) __attribute__((returns_twice));
#define KSS_SEH_SET(frame) kss_seh_set(frame)
#else
#define KSS_SEH_SET(frame) __builtin_setjmp((frame)->words)
#endif

// The innermost __try statement of the code that names it.
static struct kss_seh_frame *const kss_seh_scope __attribute__((unused)) = 0;

#if defined(KSS_SEH_WORDS)
#if defined(_WIN32)
#define KSS_SEH_CAUTION                                                                            \
    _Pragma("GCC warning \"this compiler has no __try: on Windows the frame is smaller\"")
#elif defined(__clang__) && defined(__OPTIMIZE__)
#define KSS_SEH_CAUTION                                                                            \
    _Pragma("GCC warning \"optimising clang forgets what a __try body stored: use -O0\"")
#else
#define KSS_SEH_CAUTION
#endif

#define __try                                                                                      \
    KSS_SEH_CAUTION                                                                                \
    for (struct kss_seh_frame kss_seh_new                                                          \
         __attribute__((cleanup(kss_seh_exit))) = {.enclosing = kss_seh_scope},                    \
         *kss_seh_scope = &kss_seh_new;                                                            \
         (void)(kss_seh_scope->phase != KSS_SEH_NEW || KSS_SEH_SET(kss_seh_scope)),                \
         kss_seh_step(kss_seh_scope);)                                                             \
        if (kss_seh_scope->phase == KSS_SEH_BODY)
#define __finally else
// The formatter takes the word for a statement and would part it from its parameter.
// clang-format off
#define __except(...)                                                                              \
    else while (kss_seh_filtering(kss_seh_scope) && kss_seh_filter(kss_seh_scope, (__VA_ARGS__)))
// clang-format on
#define __leave kss_seh_leave(kss_seh_scope)
#endif

#define GetExceptionCode()        kss_seh_code(kss_seh_scope)
#define GetExceptionInformation() ((struct _EXCEPTION_POINTERS *)kss_seh_information(kss_seh_scope))
#define AbnormalTermination()     kss_seh_abnormal(kss_seh_scope)
#define _exception_code           GetExceptionCode
#define _exception_info           GetExceptionInformation
#define _abnormal_termination     AbnormalTermination

#else // clang for Windows: __try is the compiler's

#define GetExceptionCode        _exception_code
#define GetExceptionInformation (struct _EXCEPTION_POINTERS *)_exception_info
#define AbnormalTermination     _abnormal_termination
unsigned long _exception_code(void);
void *_exception_info(void);
int _abnormal_termination(void);

#endif

#ifndef EXCEPTION_EXECUTE_HANDLER
#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)
#endif

#endif
