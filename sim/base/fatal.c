// SPDX-License-Identifier: MIT
// The last resort: the host has no memory left, or a bound of the simulator is hit. Lies below
// everything else of this floor, so that whoever allocates may call it.
#include "base/os.h"

#include <stdlib.h>

void kss_os_fatal(const char *reason) {
    fflush(stdout);
    fprintf(stderr, "kss: %s\n", reason);
    exit(70);
}
