// SPDX-License-Identifier: MIT
// The texts of docs/explain/*.md, embedded at build time: the build writes explain_data.c from them
// (cmake/embed_explain.cmake). An entry's name is its file's name without ".md"; entries are sorted
// by name in byte order. Depends on nothing.
#ifndef KSS_RULES_EXPLAIN_DATA_H
#define KSS_RULES_EXPLAIN_DATA_H

struct kss_explain_entry {
    const char *name, *text;
};

extern const struct kss_explain_entry kss_explain_entries[];
extern const unsigned kss_explain_entry_count;

#endif
