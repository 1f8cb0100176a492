// SPDX-License-Identifier: MIT
// The registry's store, for the routines that serve drivers (registry_zw.c, registry_rtl.c).
//
// Keys, values and open handles are records in one hot section, one behind the other, so snapshots
// carry them. A record is found by walking: registries of driver tests are small. Keys lie in the
// order of their names among their siblings, values in the order of their creation.
//
//   header | key | value | value | key | handle | ...      each a multiple of 8 bytes:
//   struct kss_reg | name (UTF-16) | data
#ifndef KSS_KERNEL_REGISTRY_H
#define KSS_KERNEL_REGISTRY_H

#include "kernel/rtl.h"

enum kss_reg_kind { KSS_REG_HEADER = 1, KSS_REG_KEY, KSS_REG_VALUE, KSS_REG_HANDLE };
enum {
    KSS_REG_ROOT = 1 /* the key \Registry */,
    KSS_REG_VOLATILE = 1,
    KSS_REG_PATH = 1024,
    KSS_REG_MOST_DATA = 1 << 20 /* bytes of a value */
};

struct kss_reg {
    uint32_t size; // of the record
    uint16_t kind, flags;
    uint32_t id;   // key: its number; handle: its value; header: the last number given
    uint32_t key;  // of which it is a subkey or value, or which it has open; header: last handle
    uint32_t type; // value: REG_x; header: drivers that have their service keys
    uint32_t name; // bytes
    uint32_t data; // bytes
    uint32_t pad;
    uint64_t written; // key: system time
};
_Static_assert(sizeof(struct kss_reg) == 40, "same on every target");

struct kss_reg_name { // a name or path taken from driver memory
    unsigned length;  // characters
    uint16_t text[KSS_REG_PATH];
};

// A record at an offset of the section: valid until something allocates. 0 is no record.
struct kss_reg *kss_reg_at(const struct kss_machine *m, uint32_t offset);
static inline const uint8_t *kss_reg_name_of(const struct kss_reg *record) {
    return (const uint8_t *)(record + 1);
}
static inline const uint8_t *kss_reg_data_of(const struct kss_reg *record) {
    return kss_reg_name_of(record) + record->name;
}

// The first call makes the keys every registry has, and those of the machine's drivers.
void kss_reg_begin(struct kss_machine *m);
uint32_t kss_reg_key(const struct kss_machine *m, uint32_t id);        // 0: deleted
uint32_t kss_reg_handle(const struct kss_machine *m, uint64_t handle); // 0: no handle of a key
uint32_t kss_reg_nth(const struct kss_machine *m, unsigned kind, uint32_t key, uint32_t n);
uint32_t kss_reg_value(const struct kss_machine *m, uint32_t key, const struct kss_reg_name *name);
// Sets a value to [size] zero bytes; returns its record.
uint32_t kss_reg_set(struct kss_machine *m, uint32_t key, const struct kss_reg_name *name,
                     uint32_t type, uint32_t size);
// The same with [size] bytes of driver memory as its data.
struct kss_outcome kss_reg_store(struct kss_reach *r, uint32_t key, const struct kss_reg_name *name,
                                 uint32_t type, kss_addr data, uint32_t size);
void kss_reg_remove(struct kss_machine *m, uint32_t offset);
uint64_t kss_reg_open(struct kss_machine *m, uint32_t key, uint32_t access); // a new handle

// Walks [path] down from [key] (0: the path begins with \Registry). With [make] the last name that is
// missing is made, or all with KSS_REG_ALL. Gives a key's number or a status.
enum kss_reg_make { KSS_REG_FIND, KSS_REG_LAST, KSS_REG_ALL };
uint32_t kss_reg_walk(struct kss_machine *m, uint32_t key, const struct kss_reg_name *path,
                      enum kss_reg_make make, unsigned flags, uint32_t *found, bool *made);

void kss_reg_text(struct kss_reg_name *name, const char *text); // appends
bool kss_reg_take_name(struct kss_reach *r, kss_addr string, struct kss_reg_name *name);
bool kss_reg_take_text(struct kss_reach *r, kss_addr text, struct kss_reg_name *name);
#define KSS_REG_CONTROL_SET "\\Registry\\Machine\\System\\CurrentControlSet\\"

#endif
