// SPDX-License-Identifier: MIT
// Between the readers of lines that are no rows: listing_facts.c with the table of words they begin with,
// listing_facts_bugcheck.c.
#ifndef KSS_FRAMES_LISTING_FACTS_H
#define KSS_FRAMES_LISTING_FACTS_H

#include "frames/listing_private.h"

struct kss_fact_line {
    struct kss_listing_reader *reader;
    struct kss_view view; // behind the words that were recognised
    uint32_t line;
};

static inline struct kss_listed_number kss_number_at(uint64_t value, uint32_t line) {
    return (struct kss_listed_number){.value = value, .line = line};
}

static inline struct kss_view kss_view_trimmed(struct kss_view view) {
    while (view.end > view.at && kss_is_blank(view.end[-1]))
        view.end--;
    return view;
}

// Each reads a line behind the words that name it; false: it is not what the words promised.

// A code and, on this line or the next, its parameters: "BugCheck 7F, {8, 80050033, 6f8, 0}".
bool kss_fact_banner(struct kss_fact_line *f);
// The parameters that were cut off a banner; reader->parameter is the next.
bool kss_fact_parameters(struct kss_fact_line *f);
bool kss_fact_event_log(struct kss_fact_line *f);
bool kss_fact_bugcheck_code(struct kss_fact_line *f);
bool kss_fact_bugcheck_arguments(struct kss_fact_line *f);
bool kss_fact_argument(struct kss_fact_line *f);
bool kss_fact_heading(struct kss_fact_line *f);
bool kss_fact_build(struct kss_fact_line *f);
bool kss_fact_windows(struct kss_fact_line *f);
bool kss_fact_os_name(struct kss_fact_line *f);

#endif
