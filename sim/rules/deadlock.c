// SPDX-License-Identifier: MIT
// Locks that threads own, and threads that wait for each other: KSS5005, KSS5008.
//
// A thread that waits for a lock waits for every thread that owns it, without a timeout. As soon as
// that chain leads back to the thread itself, nothing can end it, and it is told there. Waits for
// mutexes and threads can close a circle, too; those are looked at when the run is over, since a
// timeout may end them.
//
// Two threads that take two locks in opposite order and get away with it are not told: a third lock
// around both may be what makes it right, and one run does not show that.
#include "rules/find.h"

enum { ACQUIRE, RELEASE, WAIT };
enum { MOST = 16 /* owners of one lock, and threads in a circle, that are looked at */ };

static uint64_t owned_key(uint16_t thread, uint32_t object) {
    return (uint64_t)object << 16 | thread;
}

bool kss_is_lock(unsigned kind) {
    return kind == KSS_O_FAST_MUTEX || kind == KSS_O_GUARDED_MUTEX || kind == KSS_O_RESOURCE ||
           kind == KSS_O_PUSH_LOCK;
}

// ---- KSS5005 ------------------------------------------------------------------------------------
struct circle {
    uint16_t threads[MOST];
    unsigned count;
};

static bool waits_for_ever(const struct kss_machine *machine, uint16_t thread) {
    if (see_thread(machine, thread)->state != KSS_T_WAITING)
        return false;
    for (uint32_t i = 0; i < see_due_count(machine); i++)
        if (see_due(machine, i)->kind == KSS_DUE_TIMEOUT && see_due(machine, i)->target == thread)
            return false;
    return true;
}

// Whether [thread], which waits for [object], waits for the first of the circle.
static bool closes(struct kss_machine *machine, struct circle *circle, uint16_t thread,
                   uint16_t object) {
    uint16_t owners[MOST];
    circle->threads[circle->count++] = thread;
    unsigned count = object == KSS_NONE ? 0 : kss_lock_owners(machine, object, owners, MOST);
    for (unsigned i = 0; i < count; i++) {
        bool seen = false;
        if (owners[i] == circle->threads[0])
            return true;
        for (unsigned k = 1; k < circle->count; k++)
            seen |= circle->threads[k] == owners[i];
        if (!seen && circle->count < MOST && waits_for_ever(machine, owners[i]) &&
            closes(machine, circle, owners[i], see_thread(machine, owners[i])->waiting_on))
            return true;
    }
    circle->count--;
    return false;
}

static const char *say_thread(struct kss_machine *machine, uint16_t thread, struct kss_text *out) {
    const struct kss_image *image = kss_machine_image(machine);
    uint32_t body = see_thread(machine, thread)->body;
    kss_text_clear(out);
    if (body < image->code_count)
        kss_text_str(out, image->code[body].name);
    else
        kss_text_str(out, "Worker"); // nt's own
    return out->bytes;
}

static void say_threads(struct kss_machine *machine, const struct circle *circle,
                        struct kss_text *out) {
    struct kss_text name = {0};
    for (unsigned i = 0; i < circle->count; i++) {
        const char *between = i == 0 ? "" : i + 1 == circle->count ? " and " : ", ";
        kss_text_format(out, "%s%s", between, say_thread(machine, circle->threads[i], &name));
    }
    kss_text_free(&name);
}

// Thread [i] of the circle waits for what the next one owns.
static void link_of_circle(struct kss_machine *machine, struct kss_finding *finding,
                           const struct circle *circle, unsigned i, uint16_t object) {
    uint16_t thread = circle->threads[i], owner = circle->threads[(i + 1) % circle->count];
    struct kss_text what = {0}, waiter = {0}, holder = {0};
    kss_say_address(machine, see_object(machine, object)->address, &what);
    say_thread(machine, thread, &waiter);
    say_thread(machine, owner, &holder);
    struct kss_mark owned = kss_mark(machine, KSS_MARK_OWNED,
                                     owned_key(owner, see_object_cold(machine, object)->number));
    if (owned.place != 0)
        kss_finding_cause(finding, owned, "%s acquires %s here", holder.bytes, what.bytes);
    if (i != 0) {
        const struct kss_thread_cold *cold = see_thread_cold(machine, thread);
        kss_finding_cause(finding, (struct kss_mark){cold->wait_place, cold->wait_began},
                          "%s waits for %s here", waiter.bytes, what.bytes);
    }
    kss_text_free(&what);
    kss_text_free(&waiter);
    kss_text_free(&holder);
}

static void tell(struct kss_machine *machine, const struct circle *circle, uint32_t place,
                 uint16_t object) {
    struct kss_finding finding;
    uint32_t number;
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_deadlock, place, circle->threads[0],
                           &number))
        return;
    struct kss_text what = {0};
    kss_text_str(&finding.message, circle->count == 1 ? "thread " : "threads ");
    say_threads(machine, circle, &finding.message);
    kss_text_str(&finding.message, circle->count == 1   ? " waits for itself"
                                   : circle->count == 2 ? " wait for each other"
                                                        : " wait for each other in a circle");
    kss_text_format(&finding.label, "waits for %s, and for ever",
                    kss_say_address(machine, see_object(machine, object)->address, &what));
    for (unsigned i = 0; i < circle->count; i++)
        link_of_circle(machine, &finding, circle, i,
                       i == 0 ? object : see_thread(machine, circle->threads[i])->waiting_on);
    kss_finding_remark(
        &finding, KSS_REMARK_HELP,
        "acquire locks in the same order everywhere, and wait for nothing that needs "
        "a lock which is held");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
    for (unsigned i = 0; i < circle->count; i++)
        kss_memo_set(machine, KSS_MEMO_IN_CIRCLE, circle->threads[i], 1);
}

void kss_rule_own(struct kss_machine *machine, const struct kss_event *event) {
    struct circle circle = {.count = 0};
    uint32_t number = (uint32_t)event->words[0];
    uint16_t object = kss_object_numbered(machine, number);
    if (object == KSS_NONE || event->thread == KSS_NONE)
        return;
    if (event->words[1] == ACQUIRE) {
        kss_mark_set(machine, KSS_MARK_OWNED, owned_key(event->thread, number), event);
        kss_mark_set(machine, KSS_MARK_QUEUE, see_object(machine, object)->address, event);
    } else if (event->words[1] == WAIT && closes(machine, &circle, event->thread, object)) {
        if (circle.count > 1) // of one: KSS5001
            tell(machine, &circle, event->place, object);
        kss_memo_set(machine, KSS_MEMO_IN_CIRCLE, event->thread, 1);
    }
}

// Whether something else than KSS7002 says why the thread waits for ever.
static bool owner_explains(struct kss_machine *machine, uint16_t thread, uint16_t object) {
    uint16_t owners[MOST];
    unsigned count = kss_lock_owners(machine, object, owners, MOST);
    for (unsigned i = 0; i < count; i++) {
        const struct kss_thread *owner = see_thread(machine, owners[i]);
        bool left = owner->state == KSS_T_ENDED &&
                    kss_memo(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, object)->address);
        if (owners[i] != thread && (owner->state == KSS_T_WAITING || left))
            return true;
    }
    return false;
}

bool kss_deadlock_explains_wait(struct kss_machine *machine, uint16_t thread, uint16_t object) {
    struct circle circle = {.count = 0};
    if (kss_memo(machine, KSS_MEMO_IN_CIRCLE, thread) != 0)
        return true;
    if (object == KSS_NONE)
        return false;
    if (closes(machine, &circle, thread, object)) {
        tell(machine, &circle, see_thread_cold(machine, thread)->wait_place, object);
        return true;
    }
    unsigned kind = see_object(machine, object)->kind;
    return (kss_is_lock(kind) || kind == KSS_O_MUTEX) && owner_explains(machine, thread, object);
}

// ---- KSS5005 of processors ----------------------------------------------------------------------
// Nothing can go on: processors that spin on each other's locks.
void kss_rule_hang(struct kss_machine *machine, const struct kss_event *event) {
    enum { LOCK = 1 };
    uint16_t locks[MOST];
    unsigned count = 0, cpu = event->cpu;
    while (event->words[0] == LOCK && count < MOST) {
        uint16_t object = kss_spins_on(machine, cpu);
        if (object == KSS_NONE || see_object(machine, object)->signal <= 0)
            return;
        locks[count++] = object;
        cpu = (unsigned)see_object(machine, object)->signal - 1;
        if (cpu == event->cpu)
            break;
    }
    struct kss_finding finding;
    uint32_t number;
    if (count < 2 || cpu != event->cpu ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_deadlock, event->place, 0, &number))
        return;
    struct kss_text what = {0};
    kss_text_format(&finding.message, "%u processors spin on each other's locks", count);
    kss_text_format(&finding.label, "spins on %s, and for ever",
                    kss_say_address(machine, see_object(machine, locks[0])->address, &what));
    for (unsigned i = 0; i < count; i++) {
        kss_addr address = see_object(machine, locks[i])->address;
        struct kss_mark mark = kss_mark(machine, KSS_MARK_QUEUE, address);
        if (mark.place != 0)
            kss_finding_cause(&finding, mark, "%s is acquired here",
                              kss_say_address(machine, address, &what));
    }
    kss_finding_remark(&finding, KSS_REMARK_HELP, "acquire locks in the same order everywhere");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

// ---- KSS5008 ------------------------------------------------------------------------------------
enum misuse {
    NOT_OWNER,
    APCS_ENABLED,
    APCS_ENABLED_EARLY,
    HANDLE_FREE,
    HANDLE_IN_USE,
    MIXED,
    DELETED_IN_USE,
    WRONG_MODE,
    RUNDOWN_COUNT
};
static const struct {
    const char *before, *after, *label, *help; // the lock is named between the first two
} misuses[] = {
    [NOT_OWNER] = {"", " is released by a thread that does not own it",
                   "its owner, if it has one, goes on as if it were locked",
                   "release a lock once, in the thread that acquired it"},
    [APCS_ENABLED] = {"", " is acquired with normal kernel APCs enabled",
                      "an APC that wants it can interrupt its owner, and waits for ever",
                      "call KeEnterCriticalRegion before and KeLeaveCriticalRegion after"},
    [APCS_ENABLED_EARLY] = {"normal kernel APCs are enabled again before ", " is released",
                            "they must stay disabled until this call",
                            "release first, then call KeLeaveCriticalRegion"},
    [HANDLE_FREE] = {"", " is no handle of a lock that is held",
                     "released already, or never used to acquire",
                     "release each handle once, after acquiring with it"},
    [HANDLE_IN_USE] = {"", " is used again while it is in the queue of a lock",
                       "the lock it was used for first can no longer be released",
                       "give every acquisition a handle of its own"},
    [MIXED] = {"", " is used both as an ordinary and as a queued spin lock",
               "the two work differently on the same word",
               "use the in-stack queued routines for it everywhere, or nowhere"},
    [DELETED_IN_USE] = {"", " is deleted or initialised anew while it is in use",
                        "who owns it or waits for it works on nothing",
                        "end every use of it first"},
    [WRONG_MODE] = {"", " is not held in the way this routine is for",
                    "shared and exclusive access have routines of their own",
                    "release in the mode of the acquisition"},
    [RUNDOWN_COUNT] = {"", " is released more often than it was acquired",
                       "a wait for its release ends while somebody still works",
                       "release once for each acquisition that returned TRUE"},
};

// A lock that is kept is in use when it is deleted; a handle that is free stays so until it is used.
static bool misuse_follows(struct kss_machine *machine, const struct kss_event *event,
                           uint16_t object) {
    kss_addr address = see_object(machine, object)->address;
    uint64_t told = 0;
    if (event->words[1] == DELETED_IN_USE)
        told = kss_memo(machine, KSS_MEMO_LOCK_TOLD, address);
    else if (event->words[1] == HANDLE_FREE)
        told = kss_memo(machine, KSS_MEMO_MISUSE, address);
    if (told != 0)
        kss_finding_follows(machine, (uint32_t)told, event->place, "%s",
                            event->words[1] == DELETED_IN_USE ? "it is deleted here"
                                                              : "released here again");
    return told != 0;
}

void kss_rule_lock_misuse(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    unsigned what = (unsigned)event->words[1];
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    if (object == KSS_NONE || misuse_follows(machine, event, object))
        return;
    bool begun = kss_finding_begin(machine, &finding, KSS_HAZARD_lock_misuse, event->place,
                                   (uint32_t)event->words[0], &number);
    if (what == APCS_ENABLED && event->thread != KSS_NONE)
        kss_memo_set(machine, KSS_MEMO_REGION_TOLD, event->thread, number);
    if (!begun)
        return;
    struct kss_text name = {0};
    kss_addr address = see_object(machine, object)->address;
    if (what == HANDLE_FREE) { // the lock that was meant stays held
        kss_memo_set(machine, KSS_MEMO_MISUSE, address, number);
        kss_locks_tell(machine, event->cpu, number);
    }
    kss_text_format(&finding.message, "%s%s%s", misuses[what].before,
                    kss_say_address(machine, address, &name), misuses[what].after);
    kss_text_str(&finding.label, misuses[what].label);
    struct kss_mark made = kss_mark(machine, KSS_MARK_INIT, address);
    if (see_object(machine, object)->kind != KSS_O_LOCK_HANDLE)
        kss_cause_of_object(machine, &finding, address);
    else if (made.place != 0)
        kss_finding_cause(&finding, made, "put into the queue of a lock here");
    if (what == HANDLE_IN_USE) // that lock stays held, which is the same mistake
        kss_memo_set(machine, KSS_MEMO_LOCK_TOLD, see_object(machine, object)->context, number);
    struct kss_mark acquired = kss_mark(machine, KSS_MARK_QUEUE, address);
    if (acquired.place != 0 && what != APCS_ENABLED)
        kss_finding_cause(&finding, acquired, "acquired here last");
    kss_finding_remark(&finding, KSS_REMARK_HELP, "%s", misuses[what].help);
    kss_finding_remark(&finding, KSS_REMARK_SOURCE, "%s", kss_routines[event->words[2]].source);
    kss_finding_emit(machine, &finding);
    kss_text_free(&name);
}
