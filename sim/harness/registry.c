// SPDX-License-Identifier: MIT
// What a test puts into the machine's registry and finds there.
#include "harness/private.h"

void kss_registry_set(const char *key, const char *value, uint32_t type, const void *data,
                      size_t size) {
    struct kss_harness *h = kss_harness("kss_registry_set");
    if (size > UINT32_MAX ||
        !kss_registry_set_value(h->machine, key, value, type, data, (uint32_t)size))
        kss_harness_refuse("kss_registry_set", "too long, or no name of a key:", key);
}

long kss_registry_get(const char *key, const char *value, uint32_t *type, void *data, size_t room) {
    struct kss_harness *h = kss_harness("kss_registry_get");
    uint32_t most = room > UINT32_MAX ? UINT32_MAX : (uint32_t)room;
    return (long)kss_registry_get_value(h->machine, key, value, type, data, most);
}
