// SPDX-License-Identifier: MIT
// The rows of events.def as an array.
#include "nt/nt.h"

const struct kss_event_kind kss_event_kinds[KSS_EV_COUNT] = {
#define EVENT(id, name, w0, w1, w2, w3, text) {name, {w0, w1, w2, w3}, text},
#include "nt/events.def"
#undef EVENT
};
