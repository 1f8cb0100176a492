// SPDX-License-Identifier: MIT
// A driver with variables of every kind and a DriverEntry, twice in one program.
#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define OWN(name)   JOIN(NAME, name)

#include "image_driver.h"

int OWN(_data) = 5;
int OWN(_bss);
static int hidden_data = 7;
static int hidden_bss;
static const int constant = 9;
static char large[5000];
static const int *pointer = &hidden_data;
static const char *const names[] = {"a", "b"}; // read-only once it is relocated

int DriverEntry(void *object, void *path);
int DriverEntry(void *object, void *path) {
    (void)object;
    (void)path;
    return 100 + hidden_data;
}

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, PagedRoutine)
#endif
#pragma alloc_text(INIT, DriverEntry)

static __attribute__((noinline)) int PagedRoutine(int add) {
    static int calls = 3;
    calls += add;
    hidden_data += add;
    hidden_bss += add;
    OWN(_data) += add;
    OWN(_bss) += add;
    large[4000] = (char)(large[4000] + add);
    return calls;
}

int OWN(_count)(int add) {
    return PagedRoutine(add) + names[0][0];
}

void OWN(_values)(struct image_values *values) {
    values->data = OWN(_data);
    values->bss = OWN(_bss);
    values->static_data = hidden_data;
    values->static_bss = hidden_bss;
    values->constant = constant;
    values->large = large[4000];
    values->pointer = pointer;
}

void *OWN(_static)(void) {
    return (void *)PagedRoutine;
}

// As many values as it takes for the compiler to make room; only its size matters.
int OWN(_rest)(void) {
    return DriverEntry(0, 0);
}
