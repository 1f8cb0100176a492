// SPDX-License-Identifier: MIT
// What the files that read JSON Lines share: the state of reading, and the fields of an object.
//
// The first thing that is wrong is said once; from then on `failed` holds, every value taken is empty, and whoever
// reads only sees to it that loops end.
#ifndef KSS_REPORT_SAVED_PRIVATE_H
#define KSS_REPORT_SAVED_PRIVATE_H

#include "base/intern.h"
#include "report/parsed.h"
#include "report/jsonl.h"
#include "report/saved.h"

// Places of a run, by their span; a table as the script's.
struct kss_saved_places {
    struct kss_span *spans; // malloc'd; 0: none
    uint32_t *slots;        // malloc'd hash table, a power of two
    uint32_t count, slot_count;
    unsigned capacity;
    bool fixed; // natively the lines of the text are the places, and there are no others
};

struct kss_saved_run { // all of it is made anew for each run
    struct kss_arena arena;
    struct kss_sources sources;
    struct kss_diags diags;
    struct kss_log log;
    struct kss_keep keep;
    struct kss_digest digest;
    const char *name, *failure;
    struct kss_saved_places places;
    struct kss_intern routine_names, thread_names;
    uint32_t *routines, *threads; // malloc'd: the first of each interned name
    unsigned routine_room, thread_room, listed_room;
    struct kss_log_thread *listed; // malloc'd: the log's threads
    uint64_t time, sequence, objects;
    uint64_t findings;
    uint8_t stacks[(KSS_NONE + 8) / 8]; // bit set: introduced
    bool any;                           // an event has been read
};

struct kss_saved {
    struct kss_arena arena;
    struct kss_saved_options options;
    struct kss_sources sources; // the file itself
    struct kss_diags diags;
    const char *bytes;
    size_t length, next; // of the file; where the next line begins
    size_t line, line_length;
    struct kss_parsed *document; // the line that was parsed last, NULL: none
    struct kss_intern kinds;
    const char *numbers[KSS_EV_COUNT][KSS_EVENT_WORDS]; // "routine_no"
    struct kss_saved_run run;
    bool failed, cut;
};

// Ends the reading with an error at the end of a path into the line.
void kss_saved_fail(struct kss_saved *saved, const struct kss_parsed_step *path, const char *format,
                    ...) __attribute__((format(printf, 3, 4)));

// ---- Fields of an object (saved_fields.c) -------------------------------------------------------

enum { KSS_FIELDS = 48 }; // more than any object has

struct kss_fields {
    struct kss_saved *saved;
    const struct kss_parsed *object;
    const struct kss_parsed_step *path; // to the object
    const char *names[KSS_FIELDS];      // those taken
    unsigned count, taken;              // asked for; there
};

// Begins with an object; ends with an error when it has fields that nobody has taken.
void kss_fields_open(struct kss_fields *fields, struct kss_saved *saved,
                     const struct kss_parsed *value, const struct kss_parsed_step *path);
void kss_fields_close(struct kss_fields *fields);

void kss_fields_fail(struct kss_fields *fields, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// The value of a field, NULL: it is not there.
const struct kss_parsed *kss_field(struct kss_fields *fields, const char *name);

// Values that must be there; the _or_ forms take what is said when they are not.
uint64_t kss_field_number(struct kss_fields *fields, const char *name, uint64_t most);
uint64_t kss_field_number_or(struct kss_fields *fields, const char *name, uint64_t most,
                             uint64_t otherwise);
int64_t kss_field_signed(struct kss_fields *fields, const char *name, int64_t least, int64_t most);
uint64_t kss_field_hex(struct kss_fields *fields, const char *name);
bool kss_field_bool(struct kss_fields *fields, const char *name);
bool kss_field_flag(struct kss_fields *fields, const char *name); // absent: false
unsigned kss_field_one_of(struct kss_fields *fields, const char *name, const char *values);
// A text may hold anything, also a NUL; a name holds none. Valid as long as the run.
const char *kss_field_text(struct kss_fields *fields, const char *name, size_t *length);
const char *kss_field_name(struct kss_fields *fields, const char *name);
const char *kss_field_name_or_null(struct kss_fields *fields, const char *name);
// The values of an array that may be left out, then for index 0 to *count - 1.
const struct kss_parsed *kss_field_array(struct kss_fields *fields, const char *name,
                                         size_t *count);

// ---- Lines --------------------------------------------------------------------------------------

// saved_header.c: the first line of a run; of an input that did not load.
void kss_saved_header(struct kss_saved *saved, struct kss_fields *fields);
void kss_saved_unread(struct kss_saved *saved, struct kss_fields *fields);

// saved_places.c: `line`, `col` and `len` as a span (false: they are not there) and as a place of the log.
bool kss_saved_span(struct kss_fields *fields, struct kss_span *span);
uint32_t kss_saved_place(struct kss_fields *fields);
void kss_saved_fix_places(struct kss_saved_run *run); // the lines of the text
uint32_t kss_saved_add_place(struct kss_saved_run *run, struct kss_span span);

// saved_event.c
void kss_saved_event(struct kss_saved *saved, struct kss_fields *fields, uint32_t kind);
void kss_saved_add_thread(struct kss_saved_run *run, const struct kss_log_thread *thread);

#endif
