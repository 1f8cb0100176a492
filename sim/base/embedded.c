// SPDX-License-Identifier: MIT
#include "base/embedded.h"

#include <string.h>

const struct kss_embedded *kss_embedded_named(const struct kss_embedded *table, const char *name) {
    for (; table->name != NULL; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}
