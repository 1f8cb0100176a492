// SPDX-License-Identifier: MIT
// Signals of faulting instructions, per thread: see fault.h for the idea.
//
// The kernel starts a signal at the top of the alternate stack unless the interrupted stack pointer
// lies in it. A handler that is switched away from therefore must not have its frames in an armed
// alternate stack: the next fault would overwrite them. So each fault uses up a slot: while its
// handler runs or waits, another slot's stack is armed. Between the two system calls that takes, no
// other signal may come in; they are blocked until the handler is called with the mask of the
// interrupted code.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE // MAP_ANONYMOUS, SA_ONSTACK, sigaltstack under every -std
#endif
#ifdef __APPLE__
#define _DARWIN_C_SOURCE
#endif

#include "native/fault_private.h"

#include "native/probe.h"
#include "native/sanitize.h"
#include "native/switch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/syscall.h>
#endif

enum { SIGNALS = 5, RUN_BYTES = 128 * 1024, SIGNAL_BYTES = 64 * 1024, KEPT_SLOTS = 2 };

static const int signals[SIGNALS] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};

// Lies above the alternate stack, at the high end of its own mapping.
struct slot {
    struct slot *next;
    uint8_t *memory, *run, *frames; // the mapping: guard, stack of the handler, alternate stack
    size_t size, run_size, frames_size;
    bool busy;
    unsigned valgrind;
    struct slot *after; // armed while this one is busy
    struct kss_registers below, runner;
    struct kss_fault fault;
    kss_fault_handler *handler;
    void *handler_context;
    const void *context;
    enum kss_fault_answer answer;
};

struct old_actions {
    bool known[SIGNALS];
    struct sigaction action[SIGNALS];
};

struct level {
    struct level *outer;
    kss_fault_handler *handler;
    void *context;
    struct old_actions old; // what somebody installed over ours since the outer level
};

struct thread {
    struct level *levels;   // innermost first
    struct level outermost; // all others are allocated
    struct slot *slots, *current;
    stack_t old_stack;
};

// In a shared library the usual model would allocate on first use, perhaps in a signal handler.
static _Thread_local struct thread *this_thread __attribute__((tls_model("initial-exec")));

// Signal handlers belong to the process: the first thread that enters installs them.
static struct {
    atomic_flag lock;
    unsigned levels;
    struct old_actions old;
    pthread_once_t once;
    pthread_key_t key; // its destructor unmaps what a thread has
} process = {.lock = ATOMIC_FLAG_INIT, .once = PTHREAD_ONCE_INIT};

// ---- Slots ----------------------------------------------------------------------------------------

static size_t round_up(size_t size, size_t unit) {
    return (size + unit - 1) / unit * unit;
}

static size_t frames_bytes(void) {
    size_t size = SIGNAL_BYTES;
#ifdef _SC_SIGSTKSZ
    long wanted = sysconf(_SC_SIGSTKSZ); // grows with the vector registers of the processor
    if (wanted > 0 && (size_t)wanted * 2 > size)
        size = (size_t)wanted * 2;
#endif
    return size;
}

static struct slot *map_slot(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE), frames = round_up(frames_bytes(), 64);
    size_t size = page + round_up(RUN_BYTES + frames + sizeof(struct slot) + 64, page);
    uint8_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    mprotect(memory, page, PROT_NONE);
    uint8_t *head = memory + (size - sizeof(struct slot)) / 64 * 64;
    struct slot *slot = (struct slot *)(void *)head;
    slot->memory = memory;
    slot->size = size;
    slot->run = memory + page;
    slot->run_size = (size_t)(head - frames - slot->run);
    slot->frames = head - frames;
    slot->frames_size = frames;
    slot->valgrind = kss_valgrind_stack(slot->run, slot->run + slot->run_size);
    return slot;
}

static void unmap_slot(struct slot *slot) {
    kss_valgrind_stack_gone(slot->valgrind);
    kss_asan_clean(slot->memory, slot->size);
    munmap(slot->memory, slot->size);
}

// A slot that is neither busy nor armed; NULL when the host gives no memory.
static struct slot *free_slot(struct thread *t) {
    struct slot *slot = t->slots;
    while (slot != NULL && (slot->busy || slot == t->current))
        slot = slot->next;
    if (slot == NULL) {
        slot = map_slot();
        if (slot == NULL)
            return NULL;
        slot->next = t->slots;
        t->slots = slot;
    }
    kss_asan_clean(slot->run, slot->run_size + slot->frames_size);
    return slot;
}

static void arm(struct thread *t, struct slot *slot) {
    stack_t stack = {.ss_sp = slot->frames, .ss_size = slot->frames_size};
#ifdef __APPLE__
    // While a thread is on its alternate stack, macOS remembers so until sigreturn, wherever the stack
    // pointer is. This form of the call only clears that (xnu bsd/dev/*/unix_signal.c).
    enum { RESET_ALTERNATE_STACK = (int)0x80000000U };
    syscall(SYS_sigreturn, NULL, RESET_ALTERNATE_STACK, 0);
#endif
    sigaltstack(&stack, NULL);
    t->current = slot;
}

void kss_fault_forget(const void *sp) {
    struct thread *t = this_thread;
    for (struct slot *slot = t != NULL ? t->slots : NULL; slot != NULL; slot = slot->next)
        if ((uintptr_t)sp - (uintptr_t)slot->memory <= slot->size && slot != t->current)
            slot->busy = false;
}

// ---- Giving a fault to its handler -----------------------------------------------------------------

void kss_fault_blocked(sigset_t *set) {
    sigfillset(set);
    for (int i = 0; i < SIGNALS; i++)
        sigdelset(set, signals[i]);
}

static void run(void *argument) {
    struct slot *slot = argument;
    struct thread *t = this_thread;
    sigset_t blocked;
    arm(t, slot->after);
    pthread_sigmask(SIG_SETMASK, kss_context_mask(slot->context), NULL);
    slot->answer = slot->handler(slot->handler_context, &slot->fault);
    kss_fault_blocked(&blocked);
    pthread_sigmask(SIG_SETMASK, &blocked, NULL);
    arm(t, slot);
    slot->busy = false;
    kss_registers_switch(&slot->runner, &slot->below);
}

enum kss_fault_answer kss_fault_give(const struct kss_fault *fault, kss_fault_handler *handler,
                                     void *handler_context, const void *context) {
    struct thread *t = this_thread;
    if (t == NULL || t->levels == NULL || t->current->busy)
        return KSS_FAULT_PASS; // busy: the fault is in this very file
    struct slot *slot = t->current;
    slot->after = free_slot(t);
    if (slot->after == NULL)
        return KSS_FAULT_PASS;
    slot->busy = true;
    kss_valgrind_ours(slot->run, slot->run_size); // what ran here before left it "dead"
    slot->fault = *fault;
    slot->handler = handler;
    slot->handler_context = handler_context;
    slot->context = context;
    kss_registers_init(&slot->runner, slot->run, slot->run + slot->run_size, run, slot);
    kss_registers_switch(&slot->below, &slot->runner);
    kss_valgrind_back_to(kss_context_sp(context));
    return slot->answer;
}

// ---- Signals --------------------------------------------------------------------------------------

static const struct sigaction *old_action(int number) {
    const struct thread *t = this_thread;
    for (const struct level *level = t != NULL ? t->levels : NULL; level; level = level->outer)
        if (level->old.known[number])
            return &level->old.action[number];
    return process.old.known[number] ? &process.old.action[number] : NULL;
}

static void pass_on(int signal, siginfo_t *info, void *context, bool by_instruction) {
    int number = 0;
    while (signals[number] != signal)
        number++;
    const struct sigaction *old = old_action(number);
    if (old != NULL && (old->sa_flags & SA_SIGINFO) != 0) {
        pthread_sigmask(SIG_SETMASK, kss_context_mask(context), NULL);
        old->sa_sigaction(signal, info, context);
    } else if (old != NULL && old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
        pthread_sigmask(SIG_SETMASK, kss_context_mask(context), NULL);
        old->sa_handler(signal);
    } else if (old == NULL || old->sa_handler == SIG_DFL || by_instruction) {
        struct sigaction standard = {.sa_handler = SIG_DFL};
        sigaction(signal, &standard, NULL);
        if (!by_instruction || signal == SIGTRAP)
            raise(signal); // else: the instruction runs again and dies where it is
    }
}

// Sent by kill and its like, not raised by an instruction.
static bool was_sent(const siginfo_t *info) {
#ifdef __APPLE__
    return info->si_code == SI_USER || info->si_code == SI_QUEUE;
#else
    return info->si_code <= 0;
#endif
}

static bool answered(struct kss_fault *fault, void *context) {
    struct level *level = this_thread->levels;
    switch (kss_fault_give(fault, level->handler, level->context, context)) {
    case KSS_FAULT_RESUME:
        if (fault->kind == KSS_FAULT_BREAKPOINT)
            kss_context_set_pc(context, (uint8_t *)fault->pc + fault->length);
        return true;
    case KSS_FAULT_SKIP:
        if (fault->length != 0)
            kss_context_set_pc(context, (uint8_t *)fault->pc + fault->length);
        return fault->length != 0;
    default: return false;
    }
}

static void on_signal(int signal, siginfo_t *info, void *context) {
    int error = errno;
    struct kss_fault fault;
    void *fixup =
        signal == SIGSEGV || signal == SIGBUS ? kss_probe_fixup(kss_context_pc(context)) : NULL;
    bool sent = was_sent(info);
    if (!sent && fixup != NULL)
        kss_context_set_pc(context, fixup);
    else if (sent || this_thread == NULL || this_thread->levels == NULL ||
             !kss_context_describe(&fault, signal, info, context) || !answered(&fault, context))
        pass_on(signal, info, context, !sent);
    errno = error;
}

// ---- Entering and leaving ---------------------------------------------------------------------------

static void lock(void) {
    while (atomic_flag_test_and_set_explicit(&process.lock, memory_order_acquire))
        ;
}

static void unlock(void) {
    atomic_flag_clear_explicit(&process.lock, memory_order_release);
}

static void install(struct level *level) {
    struct sigaction ours = {.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER}, old;
    ours.sa_sigaction = on_signal;
    kss_fault_blocked(&ours.sa_mask);
    lock();
    struct old_actions *found = process.levels++ == 0 ? &process.old : &level->old;
    for (int i = 0; i < SIGNALS; i++) {
        sigaction(signals[i], &ours, &old);
        found->known[i] = (old.sa_flags & SA_SIGINFO) == 0 || old.sa_sigaction != on_signal;
        found->action[i] = old;
    }
    unlock();
}

static void put_back(const struct old_actions *old) {
    for (int i = 0; i < SIGNALS; i++)
        if (old->known[i])
            sigaction(signals[i], &old->action[i], NULL);
}

static void uninstall(struct level *level) {
    lock();
    put_back(&level->old);
    if (--process.levels == 0)
        put_back(&process.old);
    unlock();
}

static void forget_thread(void *argument) {
    struct thread *t = argument;
    if (t->levels != NULL) // the thread ended between enter and leave
        sigaltstack(&t->old_stack, NULL);
    while (t->levels != NULL) {
        struct level *level = t->levels;
        t->levels = level->outer;
        uninstall(level);
        if (level != &t->outermost)
            free(level);
    }
    while (t->slots != NULL) {
        struct slot *slot = t->slots;
        t->slots = slot->next;
        unmap_slot(slot);
    }
    this_thread = NULL;
    free(t);
}

static void make_key(void) {
    pthread_key_create(&process.key, forget_thread);
}

static struct thread *make_thread(void) {
    struct thread *t = calloc(1, sizeof *t);
    pthread_once(&process.once, make_key);
    if (t == NULL || (t->slots = map_slot()) == NULL || pthread_setspecific(process.key, t) != 0) {
        if (t != NULL && t->slots != NULL)
            unmap_slot(t->slots);
        free(t);
        return NULL;
    }
    t->current = t->slots;
    return t;
}

bool kss_fault_enter(kss_fault_handler *handler, void *context) {
    (void)kss_sanitize_trouble(); // brings sanitize_options.c into every program
    if (this_thread == NULL)
        this_thread = make_thread();
    struct thread *t = this_thread;
    if (t == NULL)
        return false;
    struct level *level = t->levels == NULL ? &t->outermost : malloc(sizeof *level);
    if (level == NULL)
        return false;
    *level = (struct level){.outer = t->levels, .handler = handler, .context = context};
    if (t->levels == NULL) {
        sigaltstack(NULL, &t->old_stack);
        arm(t, t->current);
    }
    t->levels = level;
    install(level);
    return true;
}

// Back to what a thread keeps: nothing busy, few slots.
static void tidy(struct thread *t) {
    unsigned kept = 0;
    for (struct slot **at = &t->slots; *at != NULL;) {
        struct slot *slot = *at;
        slot->busy = false;
        if (slot == t->current || kept < KEPT_SLOTS - 1) {
            kept += slot != t->current;
            at = &slot->next;
        } else {
            *at = slot->next;
            unmap_slot(slot);
        }
    }
}

void kss_fault_leave(void) {
    struct thread *t = this_thread;
    struct level *level = t != NULL ? t->levels : NULL;
    if (level == NULL)
        return;
    uninstall(level);
    t->levels = level->outer;
    if (level != &t->outermost)
        free(level);
    if (t->levels == NULL) {
        sigaltstack(&t->old_stack, NULL);
        tidy(t);
    }
}
