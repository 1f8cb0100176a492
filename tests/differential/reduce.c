// SPDX-License-Identifier: MIT
#include "reduce.h"

#include "nt/nt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

// What is compared, and which words of it.
struct kind {
    const char *name;
    const char *words; // between commas
};
static const struct kind kinds[] = {
    {"nt.call", ",routine,"},
    {"nt.return", ",routine,value,"},
    {"thread.exit", ",target,"},
    {"wait.begin", ",object,mode,reason,timeout,"},
    {"wait.block", ",object,mode,alertable,timeout,"},
    {"wait.end", ",object,status,blocked,waited,"},
    {"wait.never", ",object,target,"},
    {"wait.at-dispatch", ",routine,in_dpc,blocks,"},
    {"delay.begin", ",mode,interval,alertable,"},
    {"alert", ",target,ended,"},
    {"terminate", ",target,ended,"},
    {"signal", ",object,previous,how,released,"},
    {"timer.set", ",object,due,period,dpc,"},
    {"timer.cancel", ",object,was_queued,"},
    {"dpc.queue", ",object,routine,inserted,"},
    {"dpc.run", ",object,routine,"},
    {"dpc.done", ",object,routine,"},
    {"interrupt", ",routine,irql,"},
    {"interrupt.done", ",routine,"},
    {"apc.queue", ",object,target,blocked,kind,"},
    {"apc.run", ",object,routine,as,level,"},
    {"apc.done", ",object,"},
    {"apc.disable", ",how,kernel,special,"},
    {"work.queue", ",object,routine,inserted,queue,"},
    {"work.run", ",object,routine,"},
    {"work.done", ",object,routine,"},
    {"irql", ",from,to,"},
    {"irql.rule", ",routine,min,max,"},
    {"lock", ",object,how,old_irql,"},
    {"lock.own", ",object,how,mode,count,"},
    {"lock.misuse", ",object,what,routine,"},
    {"lock.recursion", ",object,"},
    {"lock.unowned", ",object,"},
    {"balance", ",routine,what,before,after,"},
    {"object.dies", ",object,used_by,routine,"},
    {"swap.enable", ",enable,previous,"},
    {"swap.eligible", ",target,verdict,clauses,"},
    {"outswap", ",target,waited,"},
    {"inswap", ",target,out_for,"},
    {"touch.out", ",object,target,who,"},
    {"touch.dead", ",target,access,"},
    {"touch.freed", ",access,"},
    {"expand", ",how,size,status,routine,"},
    {"expand.done", ",routine,"},
    {"pool.alloc", ",kind,bytes,tag,"},
    {"pool.free", ",bytes,tag,"},
    {"irp", ",how,locations,target,"},
    {"irp.call", ",routine,major,"},
    {"irp.return", ",routine,status,"},
    {"irp.pending", ",location,by,"},
    {"irp.complete", ",status,location,routine,"},
    {"irp.completion", ",routine,location,"},
    {"irp.stopped", ",routine,"},
    {"irp.done", ",status,next,target,"},
    {"irp.finish", ",status,target,"},
    {"irp.late", ",what,target,"},
    {"irp.free", ",by,in_flight,"},
    {"irp.cancel", ",routine,"},
    {"irp.twice", ",routine,first,"},
    {"irp.mismatch", ",routine,status,what,"},
    {"irp.misuse", ",routine,what,nt,"},
    {"irp.never", ",routine,target,"},
    {"apc.queue", ",target,blocked,"},
    {"overflow", ",routine,"},
    {"hang", ",why,routine,nt,"},
    {"finding", ",hazard,severity,"},
    {"bugcheck", ",code,"},
    {"bugcheck.more", ",routine,nt,"},
    {"rest", ",why,"},
};

static const struct kind *kind_of(const char *name) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

static bool wants(const struct kind *kind, const char *word) {
    char between[64];
    snprintf(between, sizeof between, ",%s,", word);
    return strstr(kind->words, between) != NULL;
}

static const char *word_of(const struct kss_event_info *event, const char *name) {
    for (unsigned i = 0; i < event->word_count; i++)
        if (strcmp(event->words[i].name, name) == 0)
            return event->words[i].text;
    return NULL;
}

// "mydrv!Read" is Read; IofCallDriver is what IoCallDriver is a macro for; a thread's routine is its body.
static void put_name(const struct reduce_thread *threads, const char *name, struct kss_text *out) {
    static const char *const spellings[][2] = {
        {"IofCallDriver", "IoCallDriver"},
        {"IofCompleteRequest", "IoCompleteRequest"},
        {"KeAcquireSpinLockRaiseToDpc", "KeAcquireSpinLock"},
        {"KfRaiseIrql", "KeRaiseIrql"},
        {"KfLowerIrql", "KeLowerIrql"},
        {"KfAcquireSpinLock", "KeAcquireSpinLock"},
        {"KfReleaseSpinLock", "KeReleaseSpinLock"},
        {"KefAcquireSpinLockAtDpcLevel", "KeAcquireSpinLockAtDpcLevel"},
        {"KefReleaseSpinLockFromDpcLevel", "KeReleaseSpinLockFromDpcLevel"},
    };
    const char *mark = strchr(name, '!');
    if (mark != NULL)
        name = mark + 1;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (strcmp(name, spellings[i][0]) == 0)
            name = spellings[i][1];
    for (; threads->name != NULL; threads++)
        if (threads->routine != NULL && strcmp(name, threads->routine) == 0)
            name = threads->name;
    kss_text_str(out, name);
}

// A value that means the same in both: not an address, not a size of a frame.
static bool plain_value(const struct kss_routine *routine) {
    static const char *const plain[] = {"NTSTATUS", "BOOLEAN", "LONG", "KIRQL"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (strcmp(routine->result, plain[i]) == 0)
            return true;
    return false;
}

// Objects are named by type, and by number in the order in which compared events name them.
struct objects {
    struct kss_session *session;
    const struct reduce_thread *threads;
    uint64_t seen[64];
    unsigned count;
};

static void put_object(struct objects *objects, uint64_t number, struct kss_text *out) {
    struct kss_event_info event;
    unsigned at = 0;
    char type[32] = "object";
    for (size_t i = 0; i < kss_event_count(objects->session); i++)
        if (kss_event_at(objects->session, i, &event) && strcmp(event.kind, "object") == 0 &&
            event.words[0].value == number)
            snprintf(type, sizeof type, "%s", word_of(&event, "type"));
    while (at < objects->count && objects->seen[at] != number)
        at++;
    if (at == objects->count && at < sizeof objects->seen / sizeof *objects->seen)
        objects->seen[objects->count++] = number;
    kss_text_format(out, "%s #%u", type, at + 1);
}

static void put_words(struct objects *objects, const struct kss_event_info *event,
                      const struct kind *kind, const struct kss_routine *nt, struct kss_text *out) {
    char copy[4][64]; // naming an object reads other events
    struct kss_event_info kept = *event;
    for (unsigned i = 0; i < kept.word_count; i++)
        snprintf(copy[i], sizeof copy[i], "%s", kept.words[i].text ? kept.words[i].text : "");
    for (unsigned i = 0; i < kept.word_count; i++) {
        const char *name = kept.words[i].name;
        if (copy[i][0] == 0 || !wants(kind, name))
            continue;
        if (strcmp(name, "value") == 0 && (nt == NULL || !plain_value(nt)))
            continue;
        kss_text_format(out, " %s ", name);
        if (strcmp(name, "object") == 0 || (strcmp(name, "dpc") == 0 && kept.words[i].value != 0))
            put_object(objects, kept.words[i].value, out);
        else
            put_name(objects->threads, copy[i], out);
    }
}

// 0xA and 0xD1: the IRQL, and whether it was a read or a write.
static void put_bugcheck(const struct kss_event_info *event, struct kss_text *out) {
    uint64_t code = event->words[0].value;
    if (code == 0xA || code == 0xD1)
        kss_text_format(out, " p2 0x%" PRIX64 " p3 0x%" PRIX64, event->words[2].value,
                        event->words[3].value);
}

// IoMarkIrpPending is a macro that sets a bit: native code calls nobody for it.
static bool by_driver(const struct kss_event_info *event) {
    const char *by = word_of(event, "by");
    return strcmp(event->kind, "irp.pending") == 0 && by != NULL && strcmp(by, "driver") == 0;
}

static bool among(const struct reduce_thread *threads, const char *thread) {
    for (; thread != NULL && threads->name != NULL; threads++)
        if (strcmp(threads->name, thread) == 0)
            return true;
    return false;
}

void reduce(struct kss_session *session, const struct reduce_thread *threads,
            struct kss_text *out) {
    struct objects objects = {.session = session, .threads = threads};
    size_t finding = 0;
    bool began = false;
    for (size_t i = 0; i < kss_event_count(session); i++) {
        struct kss_event_info event;
        if (!kss_event_at(session, i, &event))
            break;
        const struct kind *kind = kind_of(event.kind);
        if (kind == NULL || by_driver(&event))
            continue;
        began |= among(threads, event.thread);
        if (!began)
            continue;
        const struct kss_routine *nt = NULL;
        if (strncmp(event.kind, "nt.", 3) == 0) {
            const char *routine = word_of(&event, "routine");
            nt = routine ? kss_routine_find(routine, strlen(routine)) : NULL;
            if (nt == NULL || (nt->modes & KSS_MODE_NATIVE) == 0)
                continue;
        }
        kss_text_format(out, "%" PRIu64 ".%07" PRIu64 " %s irql %u %s", event.time / 10000000,
                        event.time % 10000000, event.thread ? event.thread : "-", event.irql,
                        event.kind);
        put_words(&objects, &event, kind, nt, out);
        if (strcmp(event.kind, "bugcheck") == 0)
            put_bugcheck(&event, out);
        struct kss_finding_info info;
        if (strcmp(event.kind, "finding") == 0 && kss_finding_at(session, finding++, &info)) {
            kss_text_str(out, " in ");
            put_name(threads, info.routine ? info.routine : "-", out);
        }
        kss_text_char(out, '\n');
    }
}
