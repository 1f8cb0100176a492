// SPDX-License-Identifier: MIT
// The NT entry points for driver code compiled for exact frames (gcc -mabi=ms on x86-64): kss_ms_KeSetEvent
// and so on, which take their arguments as on Windows. kss_add_driver's EXACT_FRAMES binds a driver's
// imports to them. The definitions are entry.c's, read with the headers in their Microsoft mood.
#if defined(__x86_64__)

#define KSS_EXACT_FRAMES         1
#define KSS_ENTRY(name)          kss_ms_##name
#define KSS_VA_START(list, last) __builtin_ms_va_start(list, last)
#define KSS_VA_END(list)         __builtin_ms_va_end(list)
#include "native/entry.c"

#endif
