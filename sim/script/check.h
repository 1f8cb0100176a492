// SPDX-License-Identifier: MIT
// Inside the back of the scenario language: what check*.c and compile*.c share.
//
// The way of a file: load.c walks the items twice. The first walk makes names: types, globals,
// routines, threads. The second compiles bodies: compile_statement.c walks statements on a stack of
// its own; each expression becomes a typed tree (check_expr.c, check_call.c), conversions made
// explicit and constants folded, and then instructions (compile_expr.c). Errors make expressions of
// the error type, which silence everything built on them, so a mistake is told once.
//
// Error codes of the floor:
//   KSS0101 unknown routine          KSS0111 wrong number of arguments   KSS0121 frame too small
//   KSS0102 unknown name             KSS0112 wrong type                  KSS0122 frame rounded up
//   KSS0103 unknown type             KSS0113 wrong unit                  KSS0123 machine value
//   KSS0104 unknown constant         KSS0114 operator does not fit       KSS0124 routine's shape
//   KSS0105 unknown field            KSS0115 cannot be assigned          KSS0125 prototypes, bodies
//   KSS0106 unknown machine, field   KSS0116 invalid type                KSS0126 not in this version
//   KSS0107 unknown hazard           KSS0117 not a constant              KSS0127 expectations
//   KSS0108 unknown bug check        KSS0118 initializer                 KSS0128 too large
//   KSS0109 unknown thread, driver   KSS0119 label, case, break          KSS0129 time
//   KSS0110 name used twice          KSS0120 return
#ifndef KSS_SCRIPT_CHECK_H
#define KSS_SCRIPT_CHECK_H

#include "script/program.h"

// ---- Types --------------------------------------------------------------------------------------
enum kss_kind {
    KSS_K_ERROR,
    KSS_K_VOID,
    KSS_K_INT,
    KSS_K_POINTER,
    KSS_K_ARRAY,
    KSS_K_STRUCT,
    KSS_K_ROUTINE
};

struct kss_ctype;

struct kss_member {
    const char *name; // interned when from the file; NULL: an anonymous struct or union
    struct kss_ctype *type;
    uint32_t offset;
};

struct kss_member_at;

struct kss_ctype {
    uint8_t kind;
    uint8_t align;
    bool is_signed, is_bool, is_enum, is_duration, is_union;
    bool complete; // size is known
    bool members_made;
    bool open;                  // STRUCT: its members are being read
    uint32_t size;              // bytes
    uint32_t count;             // ARRAY: elements; 0 with !complete: []
    const char *name;           // "KEVENT", "int"; NULL: made of its target
    struct kss_ctype *target;   // POINTER, ARRAY: of what; ROUTINE: result
    struct kss_ctype *pointer;  // to this, once somebody asked
    const struct kss_type *nt;  // row it came from; STRUCT: its members are made on first use
    struct kss_member *members; // STRUCT; ROUTINE: parameters
    uint32_t member_count;
    struct kss_member_at *sorted; // STRUCT of many members: by name, once somebody asked
    uint32_t sorted_count;
    bool any_parameters; // ROUTINE: nothing is known of them
};

enum kss_width { KSS_WIDTH_I32, KSS_WIDTH_U32, KSS_WIDTH_I64, KSS_WIDTH_U64 };

// ---- Names --------------------------------------------------------------------------------------
enum kss_symbol_kind {
    KSS_Y_LOCAL,
    KSS_Y_PARAMETER,
    KSS_Y_GLOBAL,
    KSS_Y_TYPE,
    KSS_Y_CONSTANT,
    KSS_Y_DEFINE,
    KSS_Y_TAG,
    KSS_Y_DEVICE // index: number
};

struct kss_body;

struct kss_symbol {
    uint8_t kind;
    bool homed;      // PARAMETER: its bytes are a local
    bool by_address; // PARAMETER of struct type: the slot holds its address
    bool exposed;    // its address was taken, or an inline call tree uses it
    bool busy;       // DEFINE being expanded
    bool kept_in_condition;
    uint32_t kept_routines;              // DEFINE: how many there were
    const struct kss_symbol *kept_names; // and the newest name, when
    struct kss_expr *kept;               // it had this constant (or mistaken) value
    bool initialized;                    // GLOBAL
    const char *name;
    struct kss_ctype *type;
    struct kss_node *node;     // where it was declared
    struct kss_symbol *hidden; // the same name, outside
    struct kss_symbol *older;  // declared before it, any name: scopes are undone along this chain
    struct kss_body *body;     // LOCAL, PARAMETER: whose
    uint32_t serial;           // counts declarations
    uint32_t index;            // GLOBAL: number; PARAMETER: slot
    uint32_t offset;           // LOCAL: first byte, bytes below the frame's upper edge
    int64_t value;             // CONSTANT
    uint32_t reads, success_reads; // for KSS7001
};

// ---- Typed expressions --------------------------------------------------------------------------
enum kss_expr_kind {
    KSS_X_ERROR,
    KSS_X_CONST,   // value
    KSS_X_SLOT,    // a parameter in its slot: symbol
    KSS_X_LOCAL,   // memory of the frame: value bytes behind symbol's first
    KSS_X_GLOBAL,  // memory of global index: value bytes behind its first
    KSS_X_CAPTURE, // the address of a variable of a routine around this one: index of the capture
    KSS_X_DEREF,   // memory at a + value
    KSS_X_ADDRESS, // of a
    KSS_X_ROUTINE, // address of routine index
    KSS_X_CAST,    // a as type
    KSS_X_NEG,
    KSS_X_COMPL,
    KSS_X_NOT,
    KSS_X_BINARY,      // op on a and b, both of one type
    KSS_X_LOGIC,       // op && or ||
    KSS_X_CONDITIONAL, // a ? b : c
    KSS_X_COMMA,       // a, then b
    KSS_X_ASSIGN,      // a = b
    KSS_X_COMPOUND,    // a = b, which uses the old value of a by the stand-in c
    KSS_X_STAND_IN,    // the slot in value, set when its COMPOUND is compiled
    KSS_X_STEP,        // a + value, in place; op 1: the old value is the result
    KSS_X_CALL,        // driver routine index with list a; KSS_NO_FRAME: the one at address b
    KSS_X_NT,          // NT routine index with list a
    KSS_X_LARGE,       // address of a LARGE_INTEGER that holds a
    KSS_X_RELATIVE,    // a time as a relative one: not positive
    KSS_X_MINMAX,      // op LT: the smaller of a and b
    KSS_X_PAGED_CODE,
    KSS_X_ASSERT,        // a, text index
    KSS_X_DEVICE,        // the top of device index; op 1: a handle of it
    KSS_X_EXCEPTION_CODE // that the handler of __try statement index got
};

struct kss_expr {
    uint8_t kind, op;
    bool assignable;
    bool dropped; // NT: the value is given up (KSS7001), or met NT_SUCCESS only
    bool success_only;
    struct kss_ctype *type;
    struct kss_node *node;
    struct kss_expr *a, *b, *c, *next;
    int64_t value;
    uint32_t index;
    struct kss_symbol *symbol; // NT: the variable its value goes to
};

// ---- What a load builds up ---------------------------------------------------------------------
struct kss_pointer_map { // by address, of interned names mostly
    const void **keys;
    void **values;
    uint32_t count, size;
};

struct kss_routine_info { // beside kss_code
    const char *module, *name;
    struct kss_ctype *type; // KSS_K_ROUTINE
    struct kss_node *node;  // its name, in the definition or the first prototype
    struct kss_node *definition;
    struct kss_ctype *role; // KDEFERRED_ROUTINE F;
    bool defined, pageable, lenient;
    bool is_tree; // an inline call tree: cannot be called by name
};

struct kss_frame_of { // frame SYMBOL = N;
    const char *module, *name;
    struct kss_node *node;
    uint32_t bytes, next;
    bool used;
};

struct kss_item {
    struct kss_node *node;
    const char *module; // default prefix where it stands
};

struct kss_pending_init {
    struct kss_symbol *symbol;
    struct kss_node *initializer;
};

struct kss_build {
    struct kss_arena *arena;
    struct kss_sources *sources;
    struct kss_diags *diags;
    uint32_t file;
    const struct kss_script_options *options;
    const char *stem; // the file's name: the module of what names none
    struct kss_config config;
    enum kss_arch arch;
    unsigned pointer; // 4 or 8
    bool machine_given;

    struct kss_ctype **nt_types; // per row
    struct kss_ctype base[16];   // per enum kss_base
    struct kss_ctype error_type, duration_type, size_type, difference_type, wide_type;

    struct kss_pointer_map interned, unknown;
    struct kss_pointer_map names; // name -> innermost kss_symbol
    struct kss_pointer_map tags, defines;
    struct kss_symbol *newest, *newest_define;
    unsigned depth;     // of expressions and types
    unsigned expanding; // #defines, one in another
    uint64_t expanded;  // bytes of their texts, since the outermost began
    bool in_condition;  // #if: unknown names are 0

    struct kss_code *codes;
    struct kss_routine_info *infos;
    struct kss_entry_point *entries;
    const struct kss_capture **funclets;
    uint32_t code_count;
    unsigned code_capacity, info_capacity, entry_capacity, funclet_capacity;
    struct kss_pointer_map routines, trees; // name -> index + 1 of the newest, chained
    uint32_t *routine_chain;
    unsigned chain_capacity;

    struct kss_variable *globals;
    uint32_t global_count;
    unsigned global_capacity;
    struct kss_pending_init *pending; // initial values to look at when all names are known
    uint32_t pending_count;
    unsigned pending_capacity;
    uint64_t global_bytes;
    struct kss_initial *initials;
    uint32_t initial_count;
    unsigned initial_capacity;
    struct kss_pointer_map strings;

    struct kss_script_thread *threads;
    struct kss_node **thread_nodes;
    uint32_t thread_count;
    unsigned thread_capacity, thread_node_capacity;

    struct kss_script_driver *drivers;
    struct kss_node **driver_nodes;
    uint32_t driver_count;
    unsigned driver_capacity, driver_node_capacity;
    struct kss_script_device *devices;
    struct kss_node **device_nodes;
    uint32_t device_count;
    unsigned device_capacity, device_node_capacity;
    uint32_t device_table;

    struct kss_frame_of *frames;
    uint32_t frame_count;
    unsigned frame_capacity;
    struct kss_pointer_map frame_names;
    struct kss_node **paged; // arguments of #pragma alloc_text(PAGE...)
    uint32_t paged_count;
    unsigned paged_capacity;
    struct kss_item *items; // of the file, #if decided
    uint32_t item_count;
    unsigned item_capacity;
    struct kss_node *machine;
    struct kss_pointer_map thread_names;

    struct kss_expectation *expectations;
    uint32_t expectation_count;
    unsigned expectation_capacity;

    struct kss_span *places;
    uint32_t place_count;
    unsigned place_capacity;
    uint32_t *place_hash;
    uint32_t place_hash_size;

    struct kss_instruction *code;
    uint32_t *code_places;
    uint32_t instruction_count;
    unsigned instruction_capacity, code_place_capacity;
    struct kss_switch *switches;
    uint32_t switch_count;
    unsigned switch_capacity;
    struct kss_promise_plan *promises;
    uint32_t promise_count;
    unsigned promise_capacity;
    const char **texts;
    uint32_t text_count;
    unsigned text_capacity;
    struct kss_at_plan *ats;
    uint32_t at_count;
    unsigned at_capacity;

    const char *module;          // default prefix
    struct kss_symbol *block;    // newest symbol before the innermost scope began
    bool paged_data, paged_code; // after #pragma data_seg("PAGE..."), code_seg
    struct kss_body *body;       // being compiled, NULL: file level
};

// ---- check_name.c: places, names, diagnostics ---------------------------------------------------
struct kss_span kss_span_of(const struct kss_build *b, const struct kss_node *node);
uint32_t kss_place_of(struct kss_build *b, const struct kss_node *node);
#define KSS_SAY(b, node, code, ...)                                                                \
    kss_diag_add((b)->diags, KSS_ERROR, (code), kss_span_of((b), (node)), __VA_ARGS__)

void *kss_map_get(const struct kss_pointer_map *map, const void *key);
void kss_map_put(struct kss_pointer_map *map, const void *key, void *value);
void kss_map_free(struct kss_pointer_map *map);

// Declares [name] in the innermost scope; one of the same scope (declared after [begin]) is an error
// that points at both. Returns the new symbol in any case.
struct kss_symbol *kss_declare(struct kss_build *b, enum kss_symbol_kind kind, const char *name,
                               struct kss_node *node, const struct kss_symbol *begin);
struct kss_symbol *kss_lookup(const struct kss_build *b, const char *name);
struct kss_symbol *kss_lookup_tag(const struct kss_build *b, const char *name);
void kss_scope_end(struct kss_build *b, struct kss_symbol *begin);
bool kss_in_scope(const struct kss_build *b, const struct kss_symbol *symbol,
                  const struct kss_symbol *begin);

// The file's routine (or inline call tree) module!name, the newest; module NULL: any module, the
// default one first. KSS_NO_FRAME: none.
uint32_t kss_find_routine(struct kss_build *b, const char *module, const char *name, bool tree);
uint32_t kss_add_routine(struct kss_build *b, const char *module, const char *name, bool tree,
                         struct kss_node *node);
// Module and name of a SYMBOL node; module is b->module when it has none.
void kss_symbol_parts(struct kss_build *b, const struct kss_node *node, const char **module,
                      const char **name);

const char *kss_unique_bytes(struct kss_build *b, const char *bytes, size_t length);
const char *kss_unique(struct kss_build *b, const char *text); // for names not from the tree

enum kss_wanted_names {
    KSS_LIKE_VARIABLE = 1,
    KSS_LIKE_ROUTINE = 2,
    KSS_LIKE_NT = 4,
    KSS_LIKE_CONSTANT = 8,
    KSS_LIKE_TYPE = 16,
    KSS_LIKE_THREAD = 32,
    KSS_LIKE_TREE = 64,
    KSS_LIKE_DEVICE = 128
};
// The closest known name for "did you mean", or NULL.
const char *kss_did_you_mean(struct kss_build *b, const char *name, unsigned wanted);
bool kss_is_seen(const struct kss_build *b); // the error just said: else it needs no notes
const char *kss_like(const char *word, const char *const *names, size_t count);
// True the first time [name] is unknown in the routine at hand.
bool kss_unknown_once(struct kss_build *b, const char *name);
const char *kss_format_text(struct kss_build *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
// A node of bytes [begin, end) of the file.
struct kss_node *kss_bytes_node(struct kss_build *b, uint32_t begin, uint32_t end);
// A node of the name [name] inside [node], for messages that point at the name only.
struct kss_node *kss_name_in(struct kss_build *b, struct kss_node *node, const char *name);
const char *kss_source_text(struct kss_build *b, const struct kss_node *node);

// ---- check_type.c -------------------------------------------------------------------------------
void kss_types_init(struct kss_build *b);
struct kss_ctype kss_type_integer(const char *name, unsigned size, bool is_signed);
struct kss_ctype *kss_type_base(struct kss_build *b, enum kss_base base);
struct kss_ctype *kss_type_row(struct kss_build *b, const struct kss_type *row);
// An NT type by the text of a table: "PKEVENT", "VOID*". NULL: unknown.
struct kss_ctype *kss_type_text_find(struct kss_build *b, const char *text, size_t length);
struct kss_ctype *kss_type_pointer_to(struct kss_build *b, struct kss_ctype *target);
struct kss_ctype *kss_type_array_of(struct kss_build *b, struct kss_ctype *element, uint32_t count,
                                    bool complete);
// Of a TYPE node; defines the structs and enums in it. The error type after a message.
struct kss_ctype *kss_type_of(struct kss_build *b, struct kss_node *type);
// [base] with the stars and lengths of a DECLARATOR.
struct kss_ctype *kss_type_declared(struct kss_build *b, struct kss_ctype *base,
                                    struct kss_node *declarator);
struct kss_ctype *kss_type_name(struct kss_build *b, struct kss_node *type_name);
const char *kss_type_text(struct kss_build *b, const struct kss_ctype *type);
// kss_image.path: [shape] is a struct kss_ctype (path.c).
bool kss_type_path(const void *shape, bool wide, uint32_t offset, const char *object,
                   struct kss_text *out);
void kss_type_members(struct kss_build *b, struct kss_ctype *type);
// Looks through anonymous members; *offset is from the struct's first byte.
const struct kss_member *kss_type_member(struct kss_build *b, struct kss_ctype *type,
                                         const char *name, uint32_t *offset);
bool kss_type_same(const struct kss_ctype *a, const struct kss_ctype *b);
bool kss_is_arithmetic(const struct kss_ctype *type);
bool kss_is_scalar(const struct kss_ctype *type);
enum kss_width kss_width_of(const struct kss_ctype *type); // INT, POINTER
int64_t kss_canonical(const struct kss_ctype *type, int64_t value);
// The routine type a driver routine has as a value of [type]; NULL when it is none.
struct kss_ctype *kss_type_routine_of(struct kss_ctype *type);

// ---- check_expr.c -------------------------------------------------------------------------------
// Types an expression. Arrays and routines stay what they are: see kss_value.
struct kss_expr *kss_check(struct kss_build *b, struct kss_node *node);
// The same as a value: arrays become pointers, routines their addresses.
struct kss_expr *kss_check_value(struct kss_build *b, struct kss_node *node);
struct kss_expr *kss_value(struct kss_build *b, struct kss_expr *e);
// As a truth value: scalar, or a message.
struct kss_expr *kss_check_condition(struct kss_build *b, struct kss_node *node);
// [e] as [type], as by assignment; [what] begins the message: "argument 2", "the value".
struct kss_expr *kss_check_assign(struct kss_build *b, struct kss_expr *e, struct kss_ctype *type,
                                  const char *what);
struct kss_expr *kss_convert(struct kss_build *b, struct kss_expr *e, struct kss_ctype *type);
// A LARGE_INTEGER that takes a time is its QuadPart; every other target stays what it is.
struct kss_expr *kss_time_target(struct kss_build *b, struct kss_expr *target,
                                 const struct kss_expr *value);
struct kss_expr *kss_expr_new(struct kss_build *b, enum kss_expr_kind kind, struct kss_ctype *type,
                              struct kss_node *node);
struct kss_expr *kss_expr_const(struct kss_build *b, struct kss_ctype *type, int64_t value,
                                struct kss_node *node);
struct kss_expr *kss_expr_error(struct kss_build *b, struct kss_node *node);
struct kss_expr *kss_expr_address(struct kss_build *b, struct kss_expr *lvalue);
struct kss_expr *kss_expr_deref(struct kss_build *b, struct kss_expr *pointer, int64_t offset,
                                struct kss_ctype *type, struct kss_node *node);
struct kss_expr *kss_expr_add(struct kss_build *b, struct kss_expr *pointer, struct kss_expr *index,
                              enum kss_op op, struct kss_node *node);
// Part of an lvalue, [offset] bytes behind its first.
struct kss_expr *kss_expr_part(struct kss_build *b, struct kss_expr *lvalue, int64_t offset,
                               struct kss_ctype *type, struct kss_node *node);
bool kss_is_lvalue(const struct kss_expr *e);
bool kss_is_null(const struct kss_expr *e); // constant 0
// The value of a constant expression; false after a message, which calls it [what].
bool kss_check_constant(struct kss_build *b, struct kss_node *node, const char *what,
                        int64_t *value);
// The same for sizes and counts: 0 .. [most].
bool kss_check_count(struct kss_build *b, struct kss_node *node, const char *what, uint64_t most,
                     uint64_t *value);
bool kss_condition_holds(struct kss_build *b, struct kss_node *condition); // of an IF_LINE
// A time for `after` and `at`.
struct kss_expr *kss_check_time(struct kss_build *b, struct kss_node *node);
struct kss_expr *kss_string(struct kss_build *b, struct kss_node *node);
struct kss_expr *kss_variable_of(struct kss_build *b, struct kss_symbol *symbol,
                                 struct kss_node *node);
void kss_unread(struct kss_expr *e); // an assignment whose value nobody uses

// ---- check_value.c: names and literals ------------------------------------------------------------
struct kss_expr *kss_check_name(struct kss_build *b, struct kss_node *node);
struct kss_expr *kss_check_symbol(struct kss_build *b, struct kss_node *node);
struct kss_expr *kss_check_number(struct kss_build *b, struct kss_node *node);
// What a compiler for this machine predefines.
bool kss_predefined(const struct kss_build *b, const char *name, int64_t *value);

// ---- check_operator.c ---------------------------------------------------------------------------
struct kss_expr *kss_expr_operator(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                   struct kss_expr *y, struct kss_node *node);
struct kss_expr *kss_expr_unary(struct kss_build *b, enum kss_op op, struct kss_expr *x,
                                struct kss_node *node);
struct kss_expr *kss_expr_step(struct kss_build *b, struct kss_expr *x, enum kss_op op, bool old,
                               struct kss_node *node);
struct kss_expr *kss_expr_cast(struct kss_build *b, struct kss_expr *x, struct kss_ctype *type,
                               struct kss_node *node);
struct kss_expr *kss_expr_assign(struct kss_build *b, struct kss_expr *target,
                                 struct kss_expr *value, struct kss_node *node);
struct kss_symbol *kss_goes_to(const struct kss_expr *target, struct kss_expr *value);
struct kss_expr *kss_expr_compound(struct kss_build *b, enum kss_op op, struct kss_expr *target,
                                   struct kss_expr *value, struct kss_node *node);
struct kss_expr *kss_expr_conditional(struct kss_build *b, struct kss_expr *condition,
                                      struct kss_expr *x, struct kss_expr *y,
                                      struct kss_node *node);

// ---- check_fold.c: operators on constants -------------------------------------------------------
// False: it has no value (division by zero).
bool kss_fold(enum kss_op op, const struct kss_ctype *type, int64_t a, int64_t b, int64_t *value);

// ---- check_call.c -------------------------------------------------------------------------------
struct kss_expr *kss_check_call(struct kss_build *b, struct kss_node *node);
// A call of the value [callee].
struct kss_expr *kss_check_indirect(struct kss_build *b, struct kss_expr *callee,
                                    struct kss_node *node);
struct kss_expr *kss_check_run(struct kss_build *b,
                               struct kss_node *run); // a CALL, not for its value
// A message unless routine [index] fits routine type [shape].
bool kss_check_shape(struct kss_build *b, uint32_t index, struct kss_ctype *shape,
                     struct kss_node *node);
struct kss_expr *kss_call_nt(struct kss_build *b, const struct kss_routine *row,
                             struct kss_node *node);
const char *kss_prototype(struct kss_build *b, const struct kss_routine *row);

// ---- check_builtin.c: macros of the NT headers --------------------------------------------------
// A call of the macro [name]; NULL: there is none.
struct kss_expr *kss_check_builtin(struct kss_build *b, const char *name, struct kss_node *node);
bool kss_is_builtin(const char *name);
const char *kss_builtin_name(unsigned index); // NULL: no more

// ---- check_init.c -------------------------------------------------------------------------------
// A variable's initializer: assignments to parts of [target] are handed to [store]; with braces
// everything was zeroed first (*zero). [type] may be completed (char x[] = "...").
struct kss_ctype *kss_init_type(struct kss_build *b, struct kss_ctype *type,
                                struct kss_node *initializer);
typedef void kss_init_store(struct kss_build *b, struct kss_expr *target, struct kss_expr *value);
void kss_check_init(struct kss_build *b, struct kss_expr *target, struct kss_node *initializer,
                    kss_init_store *store);
// Initial bytes of a global: constants and addresses.
void kss_global_store(struct kss_build *b, struct kss_expr *target, struct kss_expr *value);
// Splits an address constant: routine, global + offset, or number. False: not constant.
bool kss_constant_address(const struct kss_expr *e, struct kss_initial *out);

// ---- check_machine.c, check_expect.c ------------------------------------------------------------
// Chooses the profile; returns the file's machine item, or NULL.
struct kss_node *kss_choose_machine(struct kss_build *b, struct kss_node *items);
// Its fields, and what --machine and --swap say.
void kss_check_machine(struct kss_build *b, struct kss_node *machine);
void kss_check_thread_settings(struct kss_build *b, struct kss_node *settings,
                               struct kss_script_thread *thread);
void kss_check_expect(struct kss_build *b, struct kss_node *node);
void kss_check_at(struct kss_build *b, struct kss_node *node);
// Fills what an EVENT does; *run is its call (arguments typed) or NULL, *address what `signal`
// means, *address and *size what `dma` transfers.
bool kss_check_event(struct kss_build *b, struct kss_node *event, struct kss_promise_plan *plan,
                     struct kss_expr **run, struct kss_expr **address, struct kss_expr **size);
// The object a SPAN names: its first byte's address and its size in bytes (an expression each).
bool kss_check_span(struct kss_build *b, struct kss_node *span, struct kss_expr **address,
                    struct kss_expr **size);
uint32_t kss_find_thread(struct kss_build *b, const char *name, struct kss_node *node);

// ---- check_device.c -----------------------------------------------------------------------------
void kss_declare_driver(struct kss_build *b, struct kss_node *node);
void kss_declare_device(struct kss_build *b, struct kss_node *node);
// What driver and device items name; all routines and types are known by now.
void kss_check_devices(struct kss_build *b);
struct kss_expr *kss_device_value(struct kss_build *b, struct kss_symbol *symbol,
                                  struct kss_node *node);
// A device where [type] is wanted: HANDLE makes it a handle.
struct kss_expr *kss_device_as(struct kss_build *b, struct kss_expr *e,
                               const struct kss_ctype *type);
void kss_not_yet(struct kss_build *b, struct kss_node *node, const char *what);

// ---- check_file.c: names of a file --------------------------------------------------------------
void kss_declare_items(struct kss_build *b, struct kss_node *items);
void kss_check_declaration(struct kss_build *b, struct kss_node *decl); // global or local
void kss_check_define(struct kss_build *b, struct kss_node *node);
void kss_check_pragma(struct kss_build *b, struct kss_node *node);
void kss_apply_pragmas(struct kss_build *b);
void kss_init_globals(struct kss_build *b);
void kss_check_frames_used(struct kss_build *b);
uint32_t kss_add_global(struct kss_build *b, const char *name, struct kss_ctype *type,
                        struct kss_node *node);
uint32_t kss_add_body(struct kss_build *b, struct kss_node *thread); // its code index
bool kss_check_frame(struct kss_build *b, struct kss_node *attributes, const char *module,
                     const char *name, uint32_t *bytes, struct kss_node **node);

#endif
