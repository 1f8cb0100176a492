// SPDX-License-Identifier: MIT
// The event log of one run: self-contained, and the single source of truth. Every report is a
// function of a log; nothing that prints looks at the machine. A log opens with a header (machine,
// source text, driver routines, threads) and holds the events in the order they happened. Numbers
// in events refer to the header: routine words to routines[], thread words to threads[], places to
// places[], text words to the log's own strings.
//
// Ownership: kss_log_free frees events and strings; header arrays and sources belong to whoever
// filled them in (the session). Depends on base, nt, kernel (types only).
#ifndef KSS_SESSION_LOG_H
#define KSS_SESSION_LOG_H

#include "base/source.h"
#include "kernel/kernel.h"

struct kss_log_routine {
    const char *module, *name;
    uint32_t bytes, locals;       // what a call costs; its addressable locals
    uint8_t origin, flags;        // enum kss_origin, KSS_CODE_*
    const char *table;            // the frame table's origin for them ("unwind x64"), NULL: none
    const char *at_least;         // why the table's figure may be too small, NULL: it is exact
    uint32_t table_bytes;         // native: what the table says, beside what was measured
    uint32_t place, extent;       // its name; all of it (0: unknown)
    const struct kss_local *vars; // its named locals, where they lie in its frame
    uint32_t var_count;
    uint32_t same; // first routine of this module and name (kss_log_link_names)
};

struct kss_log_thread {
    const char *name, *process;
    int priority;
    bool system, gui;
    uint32_t body, place;
};

struct kss_log_device { // a device stack of the scenario
    const char *name;
    uint64_t address; // of its lowest device object, known at the end of a run
};

struct kss_log_slot {
    uint32_t hash, id;
};

struct kss_log {
    // header
    struct kss_sources *sources;
    uint32_t file;        // of the scenario, in sources
    const char *frames;   // native: whose frames are measured; NULL: scripted
    bool tables;          // native: frame tables were given
    const char *teaching; // its first comment line, or NULL
    struct kss_config config;
    const struct kss_log_routine *routines;
    const struct kss_log_thread *threads;
    const struct kss_span *places; // place 0: none
    uint32_t routine_count, thread_count, place_count;
    uint32_t threads_made; // during the run, as `thread` says: the last of the threads
    struct kss_log_device *devices;
    uint32_t device_count;
    const uint32_t *place_routines; // native: the routine of each place; NULL: places say it
    const struct kss_keep *keep;    // which events it holds (session/keep.h); NULL: nobody said
    // events
    struct kss_event *events; // malloc'd
    uint32_t count;
    unsigned capacity;
    uint32_t limit;    // most events kept of kinds that repeat; 0: no limit
    uint64_t dropped;  // events left out because of it
    uint32_t *objects; // malloc'd: object number -> index of its `object` event
    unsigned object_capacity;
    // strings: id -> text; equal texts have equal ids
    struct kss_arena arena;
    const char **strings; // malloc'd; strings[0] is ""
    uint32_t *lengths;    // malloc'd
    uint32_t string_count;
    unsigned string_capacity, length_capacity;
    struct kss_log_slot *slots; // malloc'd hash table, a power of two
    uint32_t slot_count;
};

void kss_log_free(struct kss_log *log);

// Appends an event. Kinds that end or name something are always kept; the others until the limit.
void kss_log_add(struct kss_log *log, const struct kss_event *event);

// The id of a text, from 1; the empty text is 0. Texts of a log are UTF-8: a byte that is not becomes U+FFFD.
uint32_t kss_log_intern(struct kss_log *log, const char *bytes, size_t length);

// The text of an id; "" for 0 and for ids the log does not hold.
const char *kss_log_string(const struct kss_log *log, uint64_t id);
uint32_t kss_log_length(const struct kss_log *log, uint64_t id);

// Fills in `same` of the routines.
void kss_log_link_names(struct kss_arena *arena, struct kss_log_routine *routines, uint32_t count);

// Appends a routine's name as people write it: "mydrv!Read", "ql2300+0x69416". False and nothing
// when there is no such routine.
bool kss_log_symbol(const struct kss_log *log, uint64_t routine, struct kss_text *out);
const char *kss_log_module(const struct kss_log *log, uint64_t routine, size_t *length);

// The routine whose text holds a place, KSS_NO_FRAME when none does.
uint32_t kss_log_routine_at(const struct kss_log *log, uint32_t place);

// Whether two routine numbers have one name.
bool kss_log_same_routine(const struct kss_log *log, uint64_t a, uint64_t b);

// Whether a scenario's figures are lower bounds, because a frame may be larger than its table says: also
// those of paths that are not its own, since with its true size another might have been the deepest.
bool kss_log_lower_bound(const struct kss_log *log);

// The exit status a run ended with, by its verdict; KSS_CANNOT_TELL: it has none.
int kss_log_status(const struct kss_log *log);

// Appends "outswap.kss:14:5", or nothing for place 0.
void kss_log_place(const struct kss_log *log, uint32_t place, struct kss_text *out);
bool kss_log_span(const struct kss_log *log, uint32_t place, struct kss_span *span);

// Appends a value as reports print a word of its type, which is not an enumeration; false and nothing when it
// has none.
bool kss_log_value(const struct kss_log *log, enum kss_word word, uint64_t value,
                   struct kss_text *out);

// Appends one word of an event as reports print it; false and nothing when the word is absent.
bool kss_log_word(const struct kss_log *log, const struct kss_event *event, unsigned word,
                  struct kss_text *out);

// The event that introduced an object last, NULL: none did.
const struct kss_event *kss_log_object_event(const struct kss_log *log, uint64_t number);

// Appends an object's name, in full with its type and where it lies; false for object 0.
bool kss_log_object(const struct kss_log *log, uint64_t number, bool in_full, struct kss_text *out);

// "wait.begin  object done (KEVENT), mode UserMode": an event's words in one line.
void kss_log_words(const struct kss_log *log, const struct kss_event *event, struct kss_text *out);

// The length of the [index]th name of "a|b|c" and where it starts; NULL when there are fewer.
const char *kss_enum_name(const char *values, uint64_t index, size_t *length);

#endif
