// SPDX-License-Identifier: MIT
// A driver whose globals are its own: twice in one program, by kss_add_driver(... LOCAL).
int Common = VALUE;

int Helper(void);
int Helper(void) {
    return Common;
}

int DriverEntry(void *object, void *path);
int DriverEntry(void *object, void *path) {
    (void)object;
    (void)path;
    return Helper() * 10;
}
