// SPDX-License-Identifier: MIT
// The container of ELF files: headers, sections, symbols, relocations. What the sections hold is
// not looked at here.
//
//   +--------------------+
//   | ELF header         |--- e_shoff, e_shnum, e_shstrndx
//   | contents of        |        |
//   | sections           |        |
//   |   .symtab ---------|-> names in the string table that sh_link says
//   |   .rela.eh_frame --|-> sh_info: the section it is about; sh_link: the symbols it names
//   | section headers <--|--------'
//   +--------------------+
//
// kss_elf_open checks the headers once. A section's contents are checked when they are asked for.
//
// Source: System V ABI (gABI), "Object Files", and its processor supplements.
#ifndef KSS_FRAMES_ELF_FILE_H
#define KSS_FRAMES_ELF_FILE_H

#include "frames/frames.h"

enum kss_elf_machine { // those that are read
    KSS_ELF_386 = 3,
    KSS_ELF_ARM = 40,
    KSS_ELF_X86_64 = 62,
    KSS_ELF_AARCH64 = 183
};

enum kss_elf_section_type {
    KSS_ELF_SYMTAB = 2,
    KSS_ELF_RELA = 4,
    KSS_ELF_NOBITS = 8,
    KSS_ELF_REL = 9,
    KSS_ELF_DYNSYM = 11,
    KSS_ELF_SYMTAB_SHNDX = 18
};

enum kss_elf_section_flag { KSS_ELF_EXECUTE = 4, KSS_ELF_COMPRESSED = 0x800 };

enum kss_elf_symbol_type { KSS_ELF_FUNCTION = 2, KSS_ELF_SECTION = 3, KSS_ELF_SOURCE = 4 };

struct kss_elf_section {
    const char *name; // "" where it has none
    uint32_t type, link, info;
    uint64_t flags, address, offset, size;
    uint32_t relocated_by; // the first section with its relocations, 0: none
    uint32_t next;         // the next section with relocations of the same one, 0: none
};

struct kss_elf_symbol {
    const char *name; // ""
    uint32_t section; // 0: undefined, absolute, common
    uint64_t value, size;
    uint8_t type; // enum kss_elf_symbol_type and others
    bool local;
};

struct kss_elf_relocation {
    uint64_t offset; // in its section
    uint32_t symbol, type;
    int64_t addend;  // has_addend, else it stands in the section
    bool has_addend; // SHT_RELA
};

struct kss_elf {
    struct kss_frames_file *file;
    bool wide;   // ELF64
    bool object; // ET_REL; else linked
    uint16_t machine;
    struct kss_elf_section *sections;
    uint32_t section_count;
    uint32_t symbols;        // section index of the symbol table, 0: none
    uint32_t symbol_count;   // in it
    const uint8_t *extended; // section indexes too large for symbols, or NULL
    uint64_t extended_count;
};

// False: an error was told with its place.
bool kss_elf_open(struct kss_frames_file *file, struct kss_elf *elf);

// A section's bytes; NULL where they leave the file, are compressed or not there (a warning says so, but
// for those that are not there).
const uint8_t *kss_elf_bytes(const struct kss_elf *elf, uint32_t section);

// The symbol at [index] of the table; a name that leaves the string table is "".
bool kss_elf_symbol(const struct kss_elf *elf, uint32_t index, struct kss_elf_symbol *symbol);

// The relocations of [section] by offset; malloc'd, NULL: none.
struct kss_elf_relocation *kss_elf_relocations(const struct kss_elf *elf, uint32_t section,
                                               uint32_t *count);

// Where an address points whose relocation stands at [offset]. [field]: what the section holds there.
// False: no relocation of a kind that is known, or against nothing that is in the file.
bool kss_elf_target(const struct kss_elf *elf, const struct kss_elf_relocation *relocations,
                    uint32_t count, uint64_t offset, int64_t field, uint32_t *section,
                    uint64_t *value);

#endif
