// SPDX-License-Identifier: MIT
// Names of addresses from the ELF symbol tables of the program and its shared objects.
//
// dladdr knows exported names only, and most driver routines are static. So the file behind each
// loaded object is read once, on the first question about an address in it, and its functions and
// variables are kept as one table sorted by address (the file's, so that where the object was loaded
// does not matter) with a pool of names behind. A stripped file has .dynsym left, or nothing: then
// answers have no name, never a wrong one.
//
// The tables are kept for the life of the process and guarded by a spin lock: machines may run on
// several host threads.
#if defined(__ELF__)

#define _GNU_SOURCE // dl_iterate_phdr
#include "native/image.h"

#include "base/bisect.h"
#include "base/arena.h"
#include "base/os.h"
#include "base/text.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
    uintptr_t start; // as the file has it
    size_t size;
    uint32_t name; // offset in the pool
    bool routine, global;
};

struct object {
    uintptr_t bias, low, high; // loaded at [low, high)
    char *path;
    const char *name;
    bool read;
    struct symbol *symbols; // by start, at most one for each
    unsigned count, capacity;
    struct kss_text pool;
};

static struct {
    char lock;
    struct kss_arena arena; // paths and names
    struct object **items;  // malloc'd singly: they do not move
    unsigned count, capacity;
} table;

static void lock(void) {
    while (__atomic_test_and_set(&table.lock, __ATOMIC_ACQUIRE))
        ;
}

static void unlock(void) {
    __atomic_clear(&table.lock, __ATOMIC_RELEASE);
}

// ---- Loaded objects -----------------------------------------------------------------------------

// "/usr/lib/libc.so.6" -> "libc": no version, so that reports of two hosts agree.
static const char *short_name(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *end = strstr(name, ".so");
    return kss_alloc_text(&table.arena, name, end != NULL ? (size_t)(end - name) : strlen(name));
}

static void add_object(const struct dl_phdr_info *info, bool first, uintptr_t low, uintptr_t high) {
    struct object *object = calloc(1, sizeof *object);
    if (object == NULL)
        kss_os_fatal("out of memory");
    bool program = first || info->dlpi_name == NULL || info->dlpi_name[0] == '\0';
    const char *path = program ? "/proc/self/exe" : info->dlpi_name;
    object->bias = (uintptr_t)info->dlpi_addr;
    object->low = low;
    object->high = high;
    object->path = kss_alloc_text(&table.arena, path, strlen(path));
    object->name = program ? "driver" : short_name(path);
    KSS_ROOM(table.items, table.count, table.capacity);
    table.items[table.count++] = object;
}

struct looking {
    uintptr_t address; // 0: all objects
    bool first;
};

static bool is_known(uintptr_t bias, uintptr_t low) {
    for (unsigned i = 0; i < table.count; i++)
        if (table.items[i]->bias == bias && table.items[i]->low == low)
            return true;
    return false;
}

static int look_at(struct dl_phdr_info *info, size_t size, void *context) {
    struct looking *looking = context;
    uintptr_t low = UINTPTR_MAX, high = 0;
    bool first = looking->first;
    (void)size;
    looking->first = false;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD)
            continue;
        uintptr_t begin = (uintptr_t)info->dlpi_addr + (uintptr_t)segment->p_vaddr;
        low = begin < low ? begin : low;
        high = begin + segment->p_memsz > high ? begin + (uintptr_t)segment->p_memsz : high;
    }
    bool wanted = looking->address == 0 || (looking->address >= low && looking->address < high);
    if (wanted && low < high && !is_known((uintptr_t)info->dlpi_addr, low))
        add_object(info, first, low, high);
    return 0;
}

static struct object *object_at(uintptr_t address) {
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < table.count; i++)
            if (address >= table.items[i]->low && address < table.items[i]->high)
                return table.items[i];
        struct looking looking = {address, true};
        if (round == 0)
            dl_iterate_phdr(look_at, &looking);
    }
    return NULL;
}

// ---- Symbol tables ------------------------------------------------------------------------------

struct file {
    const char *bytes;
    size_t length;
};

// [size] bytes at [offset], or NULL when the file has fewer.
static const void *part(const struct file *file, uint64_t offset, uint64_t size) {
    if (offset > file->length || size > file->length - offset)
        return NULL;
    return file->bytes + offset;
}

static bool section(const struct file *file, uint64_t at, ElfW(Shdr) * out) {
    const void *bytes = part(file, at, sizeof *out);
    if (bytes != NULL)
        memcpy(out, bytes, sizeof *out);
    return bytes != NULL;
}

// What the source calls it. Foo.cold, Foo.part.0 are routine Foo; a local static is counter.4 for gcc
// and Foo.counter or Foo.counter.4 for clang.
static const char *source_name(const char *name, size_t *length, bool routine) {
    const char *dot = memchr(name, '.', *length);
    if (dot == NULL)
        return name;
    if (routine) {
        *length = (size_t)(dot - name);
        return name;
    }
    const char *end = name + *length;
    while (end > name && end[-1] >= '0' && end[-1] <= '9')
        end--;
    if (end == name || end[-1] != '.')
        end = name + *length;
    else
        end--;
    const char *begin = end;
    while (begin > name && begin[-1] != '.')
        begin--;
    *length = (size_t)(end - begin);
    return begin;
}

static void add_symbol(struct object *object, const ElfW(Sym) * symbol, const char *name,
                       size_t room) {
    unsigned type = symbol->st_info & 15u;
    // Objects without a size are the linker's marks (_edata); routines without one are assembly.
    bool wanted = type == STT_FUNC || (type == STT_OBJECT && symbol->st_size > 0);
    if (!wanted || symbol->st_shndx == SHN_UNDEF)
        return;
    size_t length = strnlen(name, room);
    if (length >= 6 && (memcmp(name, "__odr_", 6) == 0 || memcmp(name, "__gcov", 6) == 0))
        return; // sanitizers and coverage name their own after what they watch
    name = source_name(name, &length, type == STT_FUNC);
    if (length == 0)
        return;
    KSS_ROOM(object->symbols, object->count, object->capacity);
    struct symbol *to = &object->symbols[object->count++];
    to->start = (uintptr_t)symbol->st_value;
    to->size = (size_t)symbol->st_size;
    to->name = (uint32_t)object->pool.length;
    to->routine = type == STT_FUNC;
    to->global = symbol->st_info >> 4 != STB_LOCAL;
    kss_text_bytes(&object->pool, name, length);
    kss_text_char(&object->pool, '\0');
}

static void read_table(struct object *object, const struct file *file, const ElfW(Shdr) * symbols,
                       const ElfW(Shdr) * strings) {
    const char *names = part(file, strings->sh_offset, strings->sh_size);
    const char *bytes = part(file, symbols->sh_offset, symbols->sh_size);
    if (names == NULL || bytes == NULL)
        return;
    for (uint64_t at = 0; at + sizeof(ElfW(Sym)) <= symbols->sh_size; at += sizeof(ElfW(Sym))) {
        ElfW(Sym) symbol;
        memcpy(&symbol, bytes + at, sizeof symbol);
        if (symbol.st_name < strings->sh_size)
            add_symbol(object, &symbol, names + symbol.st_name,
                       (size_t)(strings->sh_size - symbol.st_name));
    }
}

static bool read_kind(struct object *object, const struct file *file, const ElfW(Ehdr) * header,
                      uint32_t kind) {
    for (unsigned i = 0; i < header->e_shnum; i++) {
        ElfW(Shdr) symbols, strings;
        if (!section(file, header->e_shoff + (uint64_t)i * sizeof symbols, &symbols) ||
            symbols.sh_type != kind || symbols.sh_link >= header->e_shnum ||
            !section(file, header->e_shoff + (uint64_t)symbols.sh_link * sizeof strings, &strings))
            continue;
        read_table(object, file, &symbols, &strings);
        return object->count > 0;
    }
    return false;
}

// By start; among equals the global one first, then by name, so that aliases have one winner.
static const char *pool_of_sort;
static int by_start(const void *left, const void *right) {
    const struct symbol *a = left, *b = right;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->global != b->global)
        return a->global ? -1 : 1;
    return strcmp(pool_of_sort + a->name, pool_of_sort + b->name);
}

static void sort(struct object *object) {
    unsigned kept = 0;
    if (object->count == 0)
        return;
    pool_of_sort = object->pool.bytes;
    qsort(object->symbols, object->count, sizeof *object->symbols, by_start);
    for (unsigned i = 0; i < object->count; i++)
        if (kept == 0 || object->symbols[kept - 1].start != object->symbols[i].start)
            object->symbols[kept++] = object->symbols[i];
    object->count = kept;
}

static void read_object(struct object *object) {
    struct kss_arena arena = {0};
    struct file file;
    ElfW(Ehdr) header;
    char *bytes;
    object->read = true;
    if (kss_os_read(&arena, object->path, &bytes, &file.length) == NULL) {
        file.bytes = bytes;
        const void *at = part(&file, 0, sizeof header);
        if (at != NULL)
            memcpy(&header, at, sizeof header);
        if (at != NULL && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
            header.e_shentsize == sizeof(ElfW(Shdr)) &&
            !read_kind(object, &file, &header, SHT_SYMTAB))
            read_kind(object, &file, &header, SHT_DYNSYM);
        sort(object);
    }
    kss_arena_free(&arena);
}

// ---- Questions ----------------------------------------------------------------------------------

static const struct symbol *symbol_at(const struct object *object, uintptr_t address) {
    uint32_t low;
    KSS_BISECT(low, object->count, object->symbols[low].start <= address);
    if (low == 0)
        return NULL;
    const struct symbol *symbol = &object->symbols[low - 1];
    bool inside = symbol->size == 0 || address - symbol->start < symbol->size;
    return inside ? symbol : NULL;
}

static void fill(const struct object *object, const struct symbol *symbol,
                 struct kss_object_symbol *out) {
    *out = (struct kss_object_symbol){.object = object->name, .base = (const void *)object->low};
    if (symbol == NULL)
        return;
    out->name = object->pool.bytes + symbol->name;
    out->start = (const void *)(symbol->start + object->bias);
    out->size = symbol->size;
    out->routine = symbol->routine;
}

bool kss_object_symbol_at(const void *address, struct kss_object_symbol *out) {
    *out = (struct kss_object_symbol){0};
    lock();
    struct object *object = object_at((uintptr_t)address);
    if (object != NULL && !object->read)
        read_object(object);
    if (object != NULL)
        fill(object, symbol_at(object, (uintptr_t)address - object->bias), out);
    unlock();
    return object != NULL;
}

void kss_object_symbols_named(const char *name, void *context,
                              void (*visit)(void *context, const struct kss_object_symbol *)) {
    struct looking looking = {0, true};
    lock();
    dl_iterate_phdr(look_at, &looking);
    unsigned count = table.count;
    unlock();
    for (unsigned i = 0; i < count; i++) {
        lock();
        struct object *object = table.items[i];
        if (!object->read)
            read_object(object);
        unlock();
        for (unsigned k = 0; k < object->count; k++) {
            struct kss_object_symbol found;
            fill(object, &object->symbols[k], &found);
            if (strcmp(found.name, name) == 0)
                visit(context, &found);
        }
    }
}

#endif
