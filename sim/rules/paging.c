// SPDX-License-Identifier: MIT
// What may leave memory while somebody still uses it: KSS2001, KSS2002, KSS2006, KSS2007.
//
// A thread that blocks in a UserMode wait with stack swapping enabled may lose its stack for the
// time of the wait. That is harmless for everything only the thread itself uses: it is brought back
// before it runs. It is fatal for what somebody else uses meanwhile, and nothing but chance (did
// the wait last long enough, was memory short) decides whether it shows. So KSS2001 judges at the
// wait, not at the fault, and asks two questions:
//
//   (a) does the object waited for lie on this stack? Who signals it works on it at DISPATCH_LEVEL.
//   (b) does anything that runs elsewhere hold an address on this stack? That is: arguments of what
//       the environment will do; a queued DPC, or the DPC of a queued timer, that lies here or
//       whose context or arguments point here; a queued timer that lies here; an object here that
//       another thread waits for; a transfer of a device's. What an MDL has locked stays and is not asked.
//
// Private locals, timeouts and arrays of pointers answer neither with yes. A KernelMode wait never
// lets the stack go, so nothing is asked then. Sources: DDI KeWaitForSingleObject,
// KeInitializeEvent, KeSetKernelStackSwapEnable; DVT miscellaneous-checks.
//
// The wait blocks of more than three objects lie in an array of the driver's, and who signals one of
// the objects works on them as on the object: KSS2007 where the array lies on the waiting thread's own
// stack. One wait is one finding: where KSS2001 speaks of it, the array is one of its causes; a UserMode
// wait for a mutex is KSS5004's (waits.c), wherever the mutex lies.
//
// KSS2002 is the fault itself, and speaks only where no KSS2001 has named the memory before: that
// finding gets the fault as its last cause.
#include "rules/find.h"

// ---- (b): who holds an address on a stack -------------------------------------------------------
struct search {
    struct kss_machine *machine;
    struct kss_finding *finding; // NULL: only look whether there is any
    uint16_t thread;             // whose stacks
    uint32_t number;             // of the finding
    uint32_t found;
    uint32_t first_place; // of the first holder, tells findings apart
    kss_addr first_address;
};

static uint64_t named_key(uint16_t thread, uint32_t depth) {
    return (uint64_t)thread << 32 | depth;
}

// Notes that the finding names the local that [address] lies in.
static void name_address(const struct search *search, kss_addr address) {
    uint32_t depth, routine;
    const struct kss_local *local;
    uint16_t thread = kss_see_owner(search->machine, address, &depth, &local, &routine);
    kss_memo_set(search->machine, KSS_MEMO_NAMED, named_key(thread, depth), search->number);
}

// In a live frame of one of the thread's stacks: what lies below SP is lost already (KSS3001).
static bool on_its_stack(const struct search *search, uint64_t address) {
    uint32_t depth;
    uint16_t index = kss_stack_of(search->machine, address, &depth);
    if (index == KSS_NONE)
        return false;
    const struct kss_stack *stack = see_stack(search->machine, index);
    return stack->thread == search->thread && depth <= stack->depth &&
           stack->kind != KSS_STACK_FREE;
}

static bool holder(struct search *search, uint64_t address, uint32_t place) {
    if (address == 0 || !on_its_stack(search, address) ||
        kss_in_locked_buffer(search->machine, address))
        return false;
    if (search->found++ == 0) {
        search->first_place = place;
        search->first_address = address;
    }
    if (search->finding == NULL)
        return false;
    name_address(search, address);
    return true;
}

static void argument_of(struct search *search, unsigned kind, uint32_t routine, uint64_t address,
                        struct kss_mark mark, uint64_t due) {
    struct kss_text what = {0}, who = {0}, when = {0};
    kss_say_address(search->machine, address, &what);
    kss_say_routine(search->machine, routine, &who);
    kss_say_time(due, &when);
    if (kind == KSS_DUE_DMA)
        kss_finding_cause(search->finding, mark,
                          "a device transfers %s, whose pages are not locked, at %s", what.bytes,
                          when.bytes);
    else if (kind == KSS_DUE_SIGNAL)
        kss_finding_cause(search->finding, mark, "%s is to be signalled from elsewhere at %s",
                          what.bytes, when.bytes);
    else
        kss_finding_cause(search->finding, mark, "%s `%s` gets the address of %s, due at %s",
                          kind == KSS_DUE_DPC   ? "DPC"
                          : kind == KSS_DUE_APC ? "APC"
                                                : "ISR",
                          who.bytes, what.bytes, when.bytes);
    kss_text_free(&what);
    kss_text_free(&who);
    kss_text_free(&when);
}

static void transfer(struct search *search, const struct kss_due *entry, uint32_t place,
                     uint64_t due) {
    uint64_t address = entry->arguments[0];
    if (holder(search, address, place))
        argument_of(
            search, KSS_DUE_DMA, KSS_NO_FRAME, address,
            (struct kss_mark){place, kss_mark(search->machine, KSS_MARK_PROMISE, place).time}, due);
}

static void look_at_promises(struct search *search) {
    uint64_t due = kss_now(search->machine);
    for (uint32_t i = 0; i < see_due_count(search->machine); i++) {
        struct kss_due entry = *see_due(search->machine, i);
        due += entry.delta;
        if (entry.kind == KSS_DUE_DMA) {
            transfer(search, &entry, see_due_cold(search->machine, i)->place, due);
            continue;
        }
        bool other_apc = entry.kind == KSS_DUE_APC && entry.target != search->thread;
        if (entry.kind != KSS_DUE_DPC && entry.kind != KSS_DUE_INTERRUPT &&
            entry.kind != KSS_DUE_SIGNAL && !other_apc) // its own brings the stack in first
            continue;
        uint32_t place = see_due_cold(search->machine, i)->place;
        for (unsigned k = 0; k < entry.argument_count && k < KSS_ARGUMENTS; k++)
            if (holder(search, entry.arguments[k], place))
                argument_of(search, entry.kind, entry.routine, entry.arguments[k],
                            (struct kss_mark){
                                place, kss_mark(search->machine, KSS_MARK_PROMISE, place).time},
                            due);
    }
    for (uint32_t i = 0; i < see_pending_count(search->machine); i++) {
        struct kss_pending entry = *see_pending(search->machine, i);
        if (entry.object != KSS_NONE)
            continue; // a DPC object: seen there
        for (unsigned k = 0; k < entry.argument_count && k < KSS_ARGUMENTS; k++)
            if (holder(search, entry.arguments[k], entry.place))
                argument_of(search, entry.kind, entry.routine, entry.arguments[k],
                            (struct kss_mark){entry.place, kss_now(search->machine)},
                            kss_now(search->machine));
    }
}

static void queued_dpc(struct search *search, const struct kss_object *dpc, struct kss_mark mark,
                       const char *how) {
    const uint64_t held[4] = {dpc->address, dpc->context, dpc->arguments[0], dpc->arguments[1]};
    for (unsigned i = 0; i < 4; i++) {
        if (!holder(search, held[i], mark.place))
            continue;
        struct kss_text what = {0}, who = {0};
        kss_say_address(search->machine, held[i], &what);
        kss_say_routine(search->machine, dpc->routine, &who);
        if (i == 0)
            kss_finding_cause(search->finding, mark, "DPC object %s is %s here", what.bytes, how);
        else
            kss_finding_cause(search->finding, mark,
                              "a DPC is %s here that hands the address of %s to `%s`", how,
                              what.bytes, who.bytes);
        kss_text_free(&what);
        kss_text_free(&who);
    }
}

static void queued_timer(struct search *search, const struct kss_object *timer) {
    struct kss_mark mark = kss_mark(search->machine, KSS_MARK_QUEUE, timer->address);
    if (holder(search, timer->address, mark.place)) {
        struct kss_text what = {0};
        kss_say_address(search->machine, timer->address, &what);
        kss_finding_cause(search->finding, mark,
                          "timer %s is set here; its expiry works on it at DISPATCH_LEVEL",
                          what.bytes);
        kss_text_free(&what);
    }
    uint16_t dpc = timer->dpc == 0 ? KSS_NONE : kss_object_at(search->machine, timer->dpc);
    if (dpc == KSS_NONE || see_object(search->machine, dpc)->kind != KSS_O_DPC)
        return;
    struct kss_object copy = *see_object(search->machine, dpc);
    if (!(copy.flags & KSS_OF_QUEUED))
        queued_dpc(search, &copy, mark, "given to a timer");
}

static void look_at_objects(struct search *search) {
    for (uint32_t i = 0; i < see_object_count(search->machine); i++) {
        struct kss_object object = *see_object(search->machine, i);
        if (!(object.flags & KSS_OF_QUEUED))
            continue;
        if (object.kind == KSS_O_DPC)
            queued_dpc(search, &object, kss_mark(search->machine, KSS_MARK_QUEUE, object.address),
                       "queued");
        else if (object.kind == KSS_O_TIMER)
            queued_timer(search, &object);
    }
}

static void look_at_waits(struct search *search) {
    for (uint32_t i = 0; i < see_wait_count(search->machine); i++) {
        const struct kss_wait *wait = see_wait(search->machine, i);
        if (wait->kind != 1 || wait->thread == search->thread || wait->object == KSS_NONE)
            continue;
        const struct kss_thread_cold *waiter = see_thread_cold(search->machine, wait->thread);
        struct kss_mark mark = {waiter->wait_place, waiter->wait_began};
        kss_addr address = see_object(search->machine, wait->object)->address;
        if (!holder(search, address, mark.place))
            continue;
        struct kss_text what = {0};
        kss_say_address(search->machine, address, &what);
        kss_finding_cause(search->finding, mark, "another thread waits for %s here", what.bytes);
        kss_text_free(&what);
    }
}

// Completion routines that are still to be called run in the completer's context, a DPC's mostly.
static void look_at_irps(struct search *search) {
    enum { LOCATIONS = 127 };
    for (uint32_t i = 0; i < see_object_count(search->machine); i++) {
        struct kss_object irp = *see_object(search->machine, i);
        if (irp.kind != KSS_O_IRP || irp.flags & KSS_OF_DEAD || !(irp.irql & KSS_IRP_SENT) ||
            irp.irql & (KSS_IRP_COMPLETED | KSS_IRP_STOPPED))
            continue;
        struct kss_mark mark = kss_mark(search->machine, KSS_MARK_IRP_SENT,
                                        see_object_cold(search->machine, i)->number);
        for (unsigned location = 1; location <= LOCATIONS; location++) {
            uint32_t routine = KSS_NO_FRAME;
            kss_addr context = kss_irp_context(search->machine, &irp, location, &routine);
            if (context == 0 || !holder(search, context, mark.place))
                continue;
            struct kss_text what = {0}, who = {0};
            kss_say_address(search->machine, context, &what);
            kss_finding_cause(search->finding, mark,
                              "an IRP is sent whose completion hands the address of %s to `%s`",
                              what.bytes, kss_say_routine(search->machine, routine, &who));
            kss_text_free(&what);
            kss_text_free(&who);
        }
    }
}

// Work that is queued runs in a worker thread; its item may lie on the stack, too.
static void look_at_work(struct search *search) {
    for (uint32_t i = 0; i < see_work_count(search->machine); i++) {
        struct kss_work work = *see_work(search->machine, i);
        struct kss_mark mark = {work.place, kss_now(search->machine)};
        for (unsigned k = 0; k < work.count; k++) {
            if (!holder(search, work.arguments[k], work.place))
                continue;
            struct kss_text what = {0}, who = {0};
            kss_say_address(search->machine, work.arguments[k], &what);
            kss_finding_cause(search->finding, mark,
                              "work is queued here that hands the address of %s to `%s`",
                              what.bytes, kss_say_routine(search->machine, work.routine, &who));
            kss_text_free(&what);
            kss_text_free(&who);
        }
    }
}

static void look(struct search *search) {
    look_at_promises(search);
    look_at_work(search);
    look_at_objects(search);
    look_at_waits(search);
    look_at_irps(search);
}

// ---- KSS2001 ------------------------------------------------------------------------------------
static bool swap_enabled(struct kss_machine *machine, uint16_t thread) {
    return (see_thread(machine, thread)->flags & KSS_TF_SWAP_ENABLED) != 0;
}

static void remarks_2001(struct kss_finding *finding, bool waited) {
    if (waited)
        kss_finding_remark(finding, KSS_REMARK_HELP,
                           "wait with KernelMode, or take the object from nonpaged pool");
    else
        kss_finding_remark(finding, KSS_REMARK_HELP,
                           "wait with KernelMode, or keep what others use in nonpaged pool");
    kss_finding_source(finding);
}

// The objects of a wait that lie on the thread's own stack.
struct waited {
    kss_addr address[64];
    unsigned count;
};

static void say_waited(struct kss_machine *machine, struct kss_finding *finding,
                       const struct waited *waited, kss_addr about) {
    struct kss_text what = {0};
    kss_say_address(machine, about, &what);
    if (waited->count > 1)
        kss_text_format(&finding->message,
                        "UserMode wait for %s and %u more, which lie on the waiting thread's own "
                        "stack",
                        what.bytes, waited->count - 1);
    else if (waited->count == 1)
        kss_text_format(&finding->message,
                        "UserMode wait for %s, which lies on the waiting thread's own stack",
                        what.bytes);
    else
        kss_text_format(&finding->message,
                        "UserMode wait while %s on the waiting thread's stack is in use elsewhere",
                        what.bytes);
    kss_text_str(&finding->label, "the stack may leave memory during this wait");
    kss_text_free(&what);
}

static void judge(struct kss_machine *machine, const struct kss_event *event,
                  const struct waited *waited) {
    struct search search = {.machine = machine, .thread = event->thread};
    struct kss_finding finding;
    look(&search);
    if (waited->count == 0 && search.found == 0)
        return;
    kss_addr first = waited->count ? waited->address[0] : search.first_address;
    uint32_t subject =
        waited->count ? kss_mark(machine, KSS_MARK_INIT, first).place : search.first_place;
    if (kss_finding_begin(machine, &finding, KSS_HAZARD_stack_object_user_wait, event->place,
                          subject, &search.number)) {
        say_waited(machine, &finding, waited, first);
        for (unsigned i = 0; i < waited->count; i++) {
            kss_cause_of_object(machine, &finding, waited->address[i]);
            name_address(&search, waited->address[i]);
        }
        search.finding = &finding;
        look(&search);
        remarks_2001(&finding, waited->count != 0);
        kss_finding_emit(machine, &finding);
    }
    kss_memo_set(machine, KSS_MEMO_WAIT_FINDING, event->thread, search.number);
}

void kss_tell_user_wait(struct kss_machine *machine, const struct kss_event *event,
                        kss_addr address) {
    judge(machine, event, &(struct waited){.address = {address}, .count = 1});
}

// Swapping is disabled: this stack cannot go, yet the checkers that look at the call alone object.
static void note_disabled(struct kss_machine *machine, const struct kss_event *event,
                          kss_addr waited) {
    struct kss_finding finding;
    uint32_t number;
    struct kss_mark disabled = kss_mark(machine, KSS_MARK_DISABLE, event->thread);
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_stack_object_user_wait, event->place,
                           0xFFFFFF, &number))
        return;
    struct kss_text what = {0};
    finding.severity = KSS_HAZARD_NOTE;
    kss_text_format(&finding.message,
                    "UserMode wait for %s on the waiting thread's own stack, with stack swapping "
                    "disabled",
                    kss_say_address(machine, waited, &what));
    kss_text_str(&finding.label, "this stack stays in memory");
    kss_cause_of_object(machine, &finding, waited);
    kss_finding_cause(&finding, disabled, "swapping is disabled here");
    kss_finding_remark(&finding, KSS_REMARK_NOTE,
                       "Driver Verifier (0xC4, 0x123) and C28135 object to this wait all the same");
    kss_finding_remark(&finding, KSS_REMARK_SOURCE, "DBG bug-check-0xc4 subcode 0x123; WDK C28135");
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

// The address of the object the event's first word names, 0 if it does not lie on the thread's
// stack.
static kss_addr own_object(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t object = kss_object_numbered(machine, (uint32_t)event->words[0]);
    struct search search = {.machine = machine, .thread = event->thread};
    if (object == KSS_NONE)
        return 0;
    kss_addr address = see_object(machine, object)->address;
    return on_its_stack(&search, address) ? address : 0;
}

// Its objects, by its wait blocks. A mutex is named as KSS5004's.
static struct waited own_objects(struct kss_machine *machine, uint16_t thread) {
    struct waited waited = {.count = 0};
    struct search search = {.machine = machine,
                            .thread = thread,
                            .number = (uint32_t)kss_memo(machine, KSS_MEMO_MUTEX_WAIT, thread)};
    for (uint16_t b = see_thread(machine, thread)->wait_blocks; b != KSS_NONE;) {
        struct kss_wait wait = *see_wait(machine, b);
        struct kss_object object = *see_object(machine, wait.object);
        b = wait.next_of_thread;
        if (!on_its_stack(&search, object.address))
            continue;
        if (object.kind == KSS_O_MUTEX && search.number != 0) {
            name_address(&search, object.address);
            kss_memo_set(machine, KSS_MEMO_WAIT_FINDING, thread, search.number);
        } else if (waited.count < sizeof waited.address / sizeof *waited.address) {
            waited.address[waited.count++] = object.address;
        }
    }
    return waited;
}

// A wait or a delay (then there are no objects) blocks.
void kss_rule_user_wait(struct kss_machine *machine, const struct kss_event *event) {
    kss_memo_set(machine, KSS_MEMO_WAIT_FINDING, event->thread, 0);
    if (event->words[1] == 0 || event->thread == KSS_NONE)
        return;
    struct waited waited = own_objects(machine, event->thread);
    if (swap_enabled(machine, event->thread))
        judge(machine, event, &waited);
    else if (waited.count != 0)
        note_disabled(machine, event, waited.address[0]);
}

// ---- KSS2007 ------------------------------------------------------------------------------------
void kss_rule_wait_array(struct kss_machine *machine, const struct kss_event *event) {
    kss_memo_set(machine, KSS_MEMO_WAIT_ARRAY, event->thread, event->words[2]);
}

void kss_rule_wait_blocks(struct kss_machine *machine, const struct kss_event *event) {
    kss_addr array = kss_memo(machine, KSS_MEMO_WAIT_ARRAY, event->thread);
    struct search search = {.machine = machine, .thread = event->thread};
    kss_memo_set(machine, KSS_MEMO_WAIT_ARRAY, event->thread, 0);
    if (array == 0 || event->words[1] == 0 || event->thread == KSS_NONE ||
        !swap_enabled(machine, event->thread) || !on_its_stack(&search, array))
        return;
    struct kss_text what = {0};
    kss_say_address(machine, array, &what);
    search.number = (uint32_t)kss_memo(machine, KSS_MEMO_WAIT_FINDING, event->thread);
    struct kss_finding finding;
    if (search.number != 0) {
        kss_finding_late_cause(machine, search.number, event->place,
                               "the wait blocks %s lie on this stack as well", what.bytes);
    } else if (kss_finding_begin(machine, &finding, KSS_HAZARD_wait_blocks_on_swappable_stack,
                                 event->place, 0, &search.number)) {
        kss_text_format(&finding.message,
                        "UserMode wait whose wait blocks %s lie on the waiting thread's own stack",
                        what.bytes);
        kss_text_str(&finding.label, "the stack may leave memory during this wait");
        kss_finding_remark(&finding, KSS_REMARK_NOTE,
                           "whoever signals one of the objects works on its wait block at "
                           "DISPATCH_LEVEL");
        kss_finding_remark(&finding, KSS_REMARK_HELP,
                           "take the wait block array from nonpaged pool, or wait with KernelMode");
        kss_finding_source(&finding);
        kss_finding_emit(machine, &finding);
    }
    name_address(&search, array);
    kss_memo_set(machine, KSS_MEMO_WAIT_FINDING, event->thread, search.number);
    kss_text_free(&what);
}

// A wait that does not block leaves the stack where it is: a poll, and one whose object was signalled in
// time. Another timeout, another schedule, and it is KSS2001 in earnest.
static void no_harm(struct kss_machine *machine, const struct kss_event *event, bool poll) {
    struct kss_finding finding;
    uint32_t number;
    if (event->thread == KSS_NONE || !swap_enabled(machine, event->thread))
        return;
    kss_addr waited = own_object(machine, event);
    if (waited == 0 || kss_memo(machine, KSS_MEMO_MUTEX_WAIT, event->thread) != 0 ||
        !kss_finding_begin(machine, &finding, KSS_HAZARD_stack_object_user_wait, event->place,
                           kss_mark(machine, KSS_MARK_INIT, waited).place, &number))
        return;
    struct kss_text what = {0};
    finding.severity = KSS_HAZARD_WARNING;
    kss_text_format(&finding.message, "UserMode %s %s, which lies on the thread's own stack",
                    poll ? "poll of" : "wait for", kss_say_address(machine, waited, &what));
    kss_text_str(&finding.label, poll ? "does not block, but the rule makes no exception"
                                      : "does not block in this run: it was signalled in time");
    kss_cause_of_object(machine, &finding, waited);
    remarks_2001(&finding, true);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
}

void kss_rule_user_poll(struct kss_machine *machine, const struct kss_event *event) {
    bool user = event->words[1] != 0, poll = event->words[3] == 0;
    kss_memo_set(machine, KSS_MEMO_USER_WAIT, event->thread, user && !poll);
    if (user && poll)
        no_harm(machine, event, true);
}

void kss_rule_user_luck(struct kss_machine *machine, const struct kss_event *event) {
    if (event->words[2] == 0 && kss_memo(machine, KSS_MEMO_USER_WAIT, event->thread) != 0)
        no_harm(machine, event, false);
}

// ---- KSS2002 ------------------------------------------------------------------------------------
void kss_rule_touch_out(struct kss_machine *machine, const struct kss_event *event) {
    uint16_t target = (uint16_t)event->words[1];
    bool nt = event->words[2] == 0;
    kss_addr address = event->words[3];
    uint32_t depth, routine, number;
    const struct kss_local *local;
    kss_see_owner(machine, address, &depth, &local, &routine);
    uint32_t known = (uint32_t)kss_memo(machine, KSS_MEMO_WAIT_FINDING, target);
    struct kss_text what = {0}, since = {0};
    kss_say_address(machine, address, &what);
    const struct kss_thread_cold *cold = see_thread_cold(machine, target);
    struct kss_mark wait = {cold->wait_place, cold->wait_began};
    kss_say_time(cold->out_since, &since);
    if (known != 0 && kss_memo(machine, KSS_MEMO_NAMED, named_key(target, depth)) == known) {
        kss_finding_late_cause(machine, known, event->place,
                               "%s is touched here%s; the stack is out of memory since %s",
                               what.bytes, nt ? " by a routine that works at DISPATCH_LEVEL" : "",
                               since.bytes);
    } else {
        struct kss_finding finding;
        if (kss_finding_begin(machine, &finding, KSS_HAZARD_outswapped_stack_touched, event->place,
                              depth, &number)) {
            kss_text_format(&finding.message,
                            "%s is touched while the stack it lies on is out of memory",
                            what.bytes);
            kss_text_format(&finding.label, "the stack left memory at %s", since.bytes);
            kss_finding_cause(&finding, wait, "its thread waits here, in UserMode");
            kss_finding_remark(&finding, KSS_REMARK_HELP,
                               "let the thread wait with KernelMode, or keep what others touch in "
                               "nonpaged pool");
            kss_finding_source(&finding);
            kss_finding_emit(machine, &finding);
        }
    }
    kss_text_free(&what);
    kss_text_free(&since);
}

// ---- KSS2006 ------------------------------------------------------------------------------------
void kss_rule_touch_paged(struct kss_machine *machine, const struct kss_event *event) {
    struct kss_finding finding;
    uint32_t number;
    const struct kss_cpu *cpu = see_cpu(machine, event->cpu);
    if (!cpu->in_dpc && !cpu->interrupts && event->irql >= KSS_DISPATCH_LEVEL) {
        struct kss_mark raise = kss_mark(machine, KSS_MARK_RAISE, event->cpu);
        number = (uint32_t)kss_memo(machine, KSS_MEMO_PAGED_RAISE, raise.place);
        if (raise.place != 0 && number != 0) {
            kss_finding_follows(machine, number, event->place, "pageable data is %s here",
                                event->words[1] ? "written" : "read");
            return;
        }
    }
    if (!kss_finding_begin(machine, &finding, KSS_HAZARD_pageable_data_at_dispatch, event->place, 0,
                           &number)) {
        if (event->words[2])
            kss_finding_late_cause(machine, number, event->place,
                                   "its page is out of memory here: the fault is fatal");
        return;
    }
    struct kss_text what = {0}, irql = {0};
    kss_say_address(machine, event->words[0], &what);
    kss_say_irql(machine, event->irql, &irql);
    bool raised = event->irql >= KSS_DISPATCH_LEVEL;
    kss_text_format(&finding.message, "%s is pageable and is %s at %s", what.bytes,
                    event->words[1] ? "written" : "read", raised ? irql.bytes : "DISPATCH_LEVEL");
    kss_text_str(&finding.label, event->words[2] ? "not in memory: the page fault is fatal here"
                                                 : "in memory this time");
    if (raised)
        kss_cause_of_irql(machine, &finding, event);
    else
        kss_finding_remark(&finding, KSS_REMARK_NOTE,
                           "the routine called here works at DISPATCH_LEVEL whatever its caller's "
                           "IRQL");
    kss_finding_remark(&finding, KSS_REMARK_HELP,
                       "keep it in nonpaged memory, or touch it below DISPATCH_LEVEL only");
    kss_finding_source(&finding);
    kss_finding_emit(machine, &finding);
    kss_text_free(&what);
    kss_text_free(&irql);
}
