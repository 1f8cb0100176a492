// SPDX-License-Identifier: MIT
// The scenario parser: MB/s to the tree, beside the lexer alone over the same text, and at ten times
// the size (no quadratic behaviour). The text is generated: routine bodies as drivers have them.
//
//   bench_parse [MEGABYTES]      default 10
#include "script/lex.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void) {
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static const char routine[] =
    "// Handles request %u: copies what arrived and tells whoever waits for it.\n"
    "_Use_decl_annotations_\n"
    "NTSTATUS Handle%u(PDEVICE_OBJECT DeviceObject, _Inout_ PIRP Irp, ULONG Length) frame(0x%X) {\n"
    "    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeviceObject->DeviceExtension;\n"
    "    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);\n"
    "    NTSTATUS status = STATUS_SUCCESS;\n"
    "    KEVENT done%u;\n"
    "    ULONG i;\n"
    "\n"
    "    if (stack->Parameters.Read.Length < sizeof(HEADER) || Length == 0) {\n"
    "        status = STATUS_INVALID_PARAMETER;\n"
    "        goto Cleanup;\n"
    "    }\n"
    "    KeInitializeEvent(&done%u, NotificationEvent, FALSE);\n"
    "    after 15ms dpc Complete(&done%u);\n"
    "    for (i = 0; i < Length; i++) {\n"
    "        extension->Buffer[i] = (UCHAR)(i & 0xFF) ^ extension->Key[i %% 16]; /* simple */\n"
    "        extension->Sum += extension->Buffer[i] * 31 + (i << 2);\n"
    "    }\n"
    "    switch (stack->MinorFunction) {\n"
    "    case IRP_MN_NORMAL: status = KeWaitForSingleObject(&done%u, Executive, KernelMode, FALSE, "
    "NULL); break;\n"
    "    case IRP_MN_COMPRESSED: KdPrint((\"compressed %%x\\n\", status)); break;\n"
    "    default: break;\n"
    "    }\n"
    "Cleanup:\n"
    "    Irp->IoStatus.Status = status;\n"
    "    Irp->IoStatus.Information = NT_SUCCESS(status) ? Length : 0;\n"
    "    IoCompleteRequest(Irp, IO_NO_INCREMENT);\n"
    "    return status;\n"
    "}\n\n";

static void generate(struct kss_text *text, size_t bytes) {
    kss_text_str(text, "machine x64;\n\n");
    for (unsigned i = 0; text->length < bytes; i++)
        kss_text_format(text, routine, i, i, 0x80 + i % 64 * 16, i % 997, i % 997, i % 997,
                        i % 997);
}

static double lex_all(const struct kss_text *text, uint64_t *tokens) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    struct kss_diags diags = {.arena = &arena};
    struct kss_lexer lexer;
    struct kss_token token = {0};
    uint32_t file = kss_source_add(&sources, "bench.kss", text->bytes, text->length);
    double begin = seconds();
    kss_lexer_init(&lexer, &arena, &sources, file, &diags);
    for (*tokens = 0; kss_lex(&lexer, &token), token.kind != KSS_T_EOF; ++*tokens)
        continue;
    kss_lexer_free(&lexer);
    double end = seconds();
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return end - begin;
}

static double parse_all(const struct kss_text *text, size_t *memory) {
    struct kss_arena arena = {0};
    struct kss_sources sources = {.arena = &arena};
    struct kss_diags diags = {.arena = &arena};
    uint32_t file = kss_source_add(&sources, "bench.kss", text->bytes, text->length);
    double begin = seconds();
    struct kss_tree tree = kss_parse(&arena, &sources, file, &diags);
    *memory = arena.total;
    double end = seconds();
    if (!tree.ok) {
        struct kss_text out = {0};
        kss_diag_print(&out, &sources, &diags.items[0], false);
        fputs(out.bytes, stderr);
        exit(1);
    }
    kss_diags_free(&diags);
    kss_sources_free(&sources);
    kss_arena_free(&arena);
    return end - begin;
}

static void measure(size_t bytes) {
    struct kss_text text = {0};
    generate(&text, bytes);
    double megabytes = (double)text.length / 1e6, lexed = 1e9, parsed = 1e9;
    uint64_t tokens = 0;
    size_t memory = 0;
    for (int i = 0; i < 5; i++) {
        double time = lex_all(&text, &tokens);
        lexed = time < lexed ? time : lexed;
        time = parse_all(&text, &memory);
        parsed = time < parsed ? time : parsed;
    }
    printf(
        "%6.1f MB  lexer %6.1f MB/s (%4.1f ns a token)   parser %6.1f MB/s, %4.1f bytes a byte\n",
        megabytes, megabytes / lexed, lexed * 1e9 / (double)tokens, megabytes / parsed,
        (double)memory / 1e6 / megabytes);
    kss_text_free(&text);
}

int main(int argc, char **argv) {
    size_t megabytes = argc > 1 ? (size_t)atoi(argv[1]) : 10;
    measure(megabytes * 100000);
    measure(megabytes * 1000000);
    return 0;
}
