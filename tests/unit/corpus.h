// SPDX-License-Identifier: MIT
// The scenarios of the repository, for tests that run them all. Tests run in the project's folder.
#ifndef KSS_TESTS_CORPUS_H
#define KSS_TESTS_CORPUS_H

#include "base/arena.h"

struct corpus {
    const char **paths; // in the arena, sorted within their folders
    unsigned count;
};

// Every *.kss below [folder] ("scenarios").
struct corpus corpus_of(struct kss_arena *arena, const char *folder);

#endif
