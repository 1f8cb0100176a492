// SPDX-License-Identifier: MIT
// Any bytes: parsing ends without a crash, every error has a place inside the file, and what parses
// can be formatted (tests/unit/format_rig.h says what must hold then).
#include "../unit/format_rig.h"

#include <stdio.h>
#include <stdlib.h>

static void check_places(const uint8_t *data, size_t size) {
    struct format_text text;
    format_begin(&text, (const char *)data, size);
    struct kss_tree tree = kss_parse(&text.arena, &text.sources, 0, &text.diags);
    bool places = tree.root != NULL && tree.ok == (text.diags.errors == 0);
    for (uint32_t i = 0; i < text.diags.count; i++) {
        const struct kss_diag *diag = &text.diags.items[i];
        places &= diag->has_place == (diag->code != NULL);
        places &=
            diag->primary.span.begin <= diag->primary.span.end && diag->primary.span.end <= size;
    }
    if (!places)
        abort();
    format_end(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    bool formatted;
    check_places(data, size);
    const char *problem = format_problem((const char *)data, size, &formatted);
    if (problem != NULL) {
        fprintf(stderr, "%s\n", problem);
        abort();
    }
    return 0;
}
