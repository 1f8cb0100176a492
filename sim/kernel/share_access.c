// SPDX-License-Identifier: MIT
// SHARE_ACCESS: how a file is open, and what later opens may do. Each open adds to the counts what
// it wants and what it lets others do; a new one fits when everybody open lets it do what it wants,
// and it lets everybody do what they are doing.
//
//     want read, share write only:    Readers 1, SharedWrite 1, OpenCount 1
//     next wants write, shares read:  fits, since SharedWrite == OpenCount and it shares read
//
// DDI IoCheckShareAccess, IoSetShareAccess; ReactOS ntoskrnl/io/iomgr/file.c.
#include "kernel/serve.h"

enum { OPEN_COUNT, READERS, WRITERS, DELETERS, SHARED_READ, SHARED_WRITE, SHARED_DELETE, COUNTS };
enum { READ_DATA = 1, WRITE_DATA = 2, APPEND_DATA = 4, EXECUTE = 0x20, DELETE_ACCESS = 0x10000 };

struct wishes {
    bool access[3], share[3]; // read, write, delete
    bool any;
};

static struct wishes wishes_of(uint32_t access, uint32_t share) {
    struct wishes w = {.access = {(access & (READ_DATA | EXECUTE)) != 0,
                                  (access & (WRITE_DATA | APPEND_DATA)) != 0,
                                  (access & DELETE_ACCESS) != 0}};
    w.any = w.access[0] || w.access[1] || w.access[2];
    for (unsigned i = 0; i < 3; i++)
        w.share[i] = w.any && (share >> i & 1) != 0;
    return w;
}

// The six BOOLEANs of the file object follow each other in its public layout.
static kss_addr file_flags(const struct kss_machine *m, kss_addr file) {
    return file + KSS_FIELD(FILE_OBJECT, ReadAccess);
}

static struct kss_outcome put_wishes(struct kss_machine *m, kss_addr file, const struct wishes *w) {
    kss_addr at = file_flags(m, file);
    for (unsigned i = 0; i < 3; i++)
        KSS_STORE(at + i, 1, w->access[i]);
    for (unsigned i = 0; i < 3 && w->any; i++)
        KSS_STORE(at + 3 + i, 1, w->share[i]);
    return kss_return(0);
}

static struct kss_outcome wishes_in(struct kss_machine *m, kss_addr file, struct wishes *w) {
    kss_addr at = file_flags(m, file);
    uint64_t value;
    for (unsigned i = 0; i < 3; i++) {
        KSS_LOAD(value, at + i, 1);
        w->access[i] = value != 0;
        KSS_LOAD(value, at + 3 + i, 1);
        w->share[i] = value != 0;
    }
    w->any = w->access[0] || w->access[1] || w->access[2];
    return kss_return(0);
}

static struct kss_outcome read_counts(struct kss_machine *m, kss_addr from, uint64_t *counts) {
    for (unsigned i = 0; i < COUNTS; i++)
        KSS_LOAD(counts[i], from + 4 * i, 4);
    return kss_return(0);
}

// Adds an open ([by] 1) to the counts, or takes it away (-1).
static struct kss_outcome add_counts(struct kss_machine *m, kss_addr to, uint64_t *counts,
                                     const struct wishes *w, int by) {
    if (!w->any)
        return kss_return(0);
    counts[OPEN_COUNT] += (uint64_t)(int64_t)by;
    for (unsigned i = 0; i < 3; i++) {
        counts[READERS + i] += w->access[i] ? (uint64_t)(int64_t)by : 0;
        counts[SHARED_READ + i] += w->share[i] ? (uint64_t)(int64_t)by : 0;
    }
    for (unsigned i = 0; i < COUNTS; i++)
        KSS_STORE(to + 4 * i, 4, counts[i] & 0xFFFFFFFF);
    return kss_return(0);
}

KSS_NT(IoSetShareAccess) { // DesiredAccess, DesiredShareAccess, FileObject, ShareAccess
    struct wishes w = wishes_of((uint32_t)KSS_A(0), (uint32_t)KSS_A(1));
    uint64_t counts[COUNTS] = {0};
    KSS_TRY(put_wishes(m, KSS_A(2), &w));
    for (unsigned i = 0; i < COUNTS; i++)
        KSS_STORE(KSS_A(3) + 4 * i, 4, 0);
    return add_counts(m, KSS_A(3), counts, &w, 1);
}

KSS_NT(IoCheckShareAccess) { // ..., Update
    struct wishes w = wishes_of((uint32_t)KSS_A(0), (uint32_t)KSS_A(1));
    uint64_t counts[COUNTS];
    KSS_TRY(put_wishes(m, KSS_A(2), &w));
    KSS_TRY(read_counts(m, KSS_A(3), counts));
    for (unsigned i = 0; i < 3 && w.any; i++)
        if ((w.access[i] && counts[SHARED_READ + i] < counts[OPEN_COUNT]) ||
            (!w.share[i] && counts[READERS + i] != 0))
            return kss_answer(STATUS_SHARING_VIOLATION);
    if (KSS_A(4) & 0xFF)
        KSS_TRY(add_counts(m, KSS_A(3), counts, &w, 1));
    return kss_answer(STATUS_SUCCESS);
}

static struct kss_outcome by_file(struct kss_machine *m, struct kss_call *call, int by) {
    struct wishes w;
    uint64_t counts[COUNTS];
    KSS_TRY(wishes_in(m, KSS_A(0), &w));
    KSS_TRY(read_counts(m, KSS_A(1), counts));
    KSS_TRY(add_counts(m, KSS_A(1), counts, &w, by));
    return kss_return(0);
}

KSS_NT(IoUpdateShareAccess) {
    return by_file(m, call, 1);
}

KSS_NT(IoRemoveShareAccess) {
    return by_file(m, call, -1);
}
