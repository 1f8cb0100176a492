// SPDX-License-Identifier: MIT
// The HTML page: page/page.html with the player and its data, the text report, and pictures of the first, the
// deepest and the failing step for readers without script.
//
// The page asks for nothing beside itself: style and scripts are inline, and its policy lets no other script run.
#include "base/version.h"
#include "report/escape.h"
#include "report/page.h"
#include "report/picture.h"
#include "report/player.h"
#include "report/private.h"
#include "report/sheet.h"
#include "rules/rules.h"

enum { PAGE_NOTE = 2 * 1024 * 1024 }; // from here on a page says that it is large

struct page {
    const struct kss_sheet_entry *entry;
    struct kss_scene *scene; // NULL: the input did not load
    struct kss_text *out;
    struct kss_text data, report;
};

static void escaped(struct page *page, const char *text) {
    kss_text_xml(page->out, text, strlen(text));
}

static void file(struct page *page, const char *name) {
    const struct kss_embedded *found = kss_embedded_named(kss_page_files, name);
    kss_text_bytes(page->out, found->text, found->length);
}

// ---- Parts of the page ------------------------------------------------------------------------------

static void policy(struct page *page) {
    static const char *const scripts[] = {"player.js", "page.js"};
    kss_text_str(page->out, "default-src 'none'; style-src 'unsafe-inline'; script-src");
    for (unsigned i = 0; i < sizeof scripts / sizeof *scripts; i++)
        kss_text_format(page->out, " 'sha256-%s'",
                        kss_embedded_named(kss_page_files, scripts[i])->sha256);
    kss_text_str(page->out, "; base-uri 'none'; form-action 'none'");
}

static void generator(struct page *page) {
    kss_text_str(page->out, "kss " KSS_VERSION);
}

static void title(struct page *page) {
    escaped(page, page->entry->name);
}

// PASS or FAIL, and what stopped the machine.
static void result(struct page *page) {
    static const char *const words[] = {"ok", "PASS", "failed", "FAIL", "unsure", "UNSURE"};
    const struct kss_digest *digest = page->entry->digest;
    unsigned result = 1; // did not load
    if (page->scene != NULL)
        result = digest->verdict != NULL ? (unsigned)digest->verdict->words[0] % 3 : 2;
    kss_text_format(page->out, "<p class=\"kss-result kss-result-%s\"><b>%s</b>", words[2 * result],
                    words[2 * result + 1]);
    if (page->scene != NULL && digest->bugcheck != NULL) {
        struct kss_text text = {0};
        kss_text_format(&text, " STOP 0x%08X ", (unsigned)digest->bugcheck->words[0]);
        kss_say_bugcheck(page->entry->log, digest, &text);
        kss_text_str(&text, digest->stop_expected_by ? ", expected" : "");
        kss_text_xml(page->out, text.bytes, text.length);
        kss_text_free(&text);
    }
    kss_text_str(page->out, "</p>");
}

static void teaching(struct page *page) {
    if (page->entry->log != NULL && page->entry->log->teaching != NULL)
        escaped(page, page->entry->log->teaching);
}

static void player_css(struct page *page) {
    file(page, "player.css");
}

static void player_js(struct page *page) {
    file(page, "player.js");
}

static void page_js(struct page *page) {
    file(page, "page.js");
}

static void data(struct page *page) {
    kss_text_bytes(page->out, page->data.bytes, page->data.length);
}

static void note(struct page *page) {
    if (page->data.length > PAGE_NOTE)
        kss_text_format(
            page->out,
            "<p class=\"kss-remark\">This run has %u steps and its page more than 2 MB; a page so "
            "large may be slow to open.</p>\n",
            kss_scene_steps(page->scene));
    if (page->entry->log != NULL && page->entry->log->dropped > 0) {
        kss_text_str(page->out, "<p class=\"kss-remark\">");
        kss_text_grouped(page->out, page->entry->log->dropped);
        kss_text_str(page->out,
                     " events of this run were not kept: steps after the last one kept are "
                     "missing, and so is what they changed.</p>\n");
    }
}

static void report(struct page *page) {
    kss_text_xml(page->out, page->report.bytes ? page->report.bytes : "", page->report.length);
}

// The long texts of what was found.
static void explain(struct page *page) {
    bool used[KSS_HAZARD_COUNT] = {false};
    for (uint32_t i = 0; page->scene != NULL && i < page->entry->digest->finding_count; i++)
        used[page->entry->digest->findings[i].hazard] = true;
    for (int i = 0; i < KSS_HAZARD_COUNT; i++) {
        const char *text = used[i] ? kss_explain_text((enum kss_hazard_id)i) : NULL;
        if (text == NULL)
            continue;
        kss_text_format(page->out, "<details><summary>KSS%04u %s</summary>\n<pre tabindex=\"0\">",
                        kss_hazards[i].number, kss_hazards[i].name);
        escaped(page, text);
        kss_text_str(page->out, "</pre></details>\n");
    }
}

static void picture(struct page *page, const char *caption, uint32_t stack) {
    kss_text_format(page->out, "<figure><figcaption>%s</figcaption>\n", caption);
    kss_picture_svg(page->scene, stack, NULL, page->out);
    kss_text_str(page->out, "</figure>\n");
}

// The first step that has a stack, where one is deepest, and the failing one.
static void pictures(struct page *page) {
    if (page->scene == NULL)
        return;
    uint32_t stack = 0, last = kss_scene_steps(page->scene);
    for (uint32_t step = 1; step <= last && stack == 0; step++) {
        kss_scene_go(page->scene, step);
        stack = kss_picture_stack(page->scene);
    }
    if (stack != 0)
        picture(page, "First", stack);
    uint32_t worst = kss_scene_worst(page->scene, &stack);
    kss_scene_go(page->scene, worst);
    if (worst != 0)
        picture(page, "Deepest", stack);
    uint32_t failing = kss_scene_failing(page->scene);
    kss_scene_go(page->scene, failing);
    if (failing != 0 && kss_picture_stack(page->scene) != 0)
        picture(page, "Failing", kss_picture_stack(page->scene));
}

// ---- The template -----------------------------------------------------------------------------------

static const struct {
    const char *name;
    void (*write)(struct page *page);
} parts[] = {
    {"policy", policy},     {"generator", generator},   {"title", title},
    {"result", result},     {"teaching", teaching},     {"note", note},
    {"pictures", pictures}, {"report", report},         {"explain", explain},
    {"data", data},         {"player.css", player_css}, {"player.js", player_js},
    {"page.js", page_js},
};

static void part(struct page *page, const char *name, size_t length) {
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == length && memcmp(parts[i].name, name, length) == 0)
            parts[i].write(page);
}

static void fill_in(struct page *page) {
    const char *at = kss_embedded_named(kss_page_files, "page.html")->text;
    for (const char *mark; (mark = strstr(at, "{{")) != NULL;) {
        kss_text_bytes(page->out, at, (size_t)(mark - at));
        const char *end = strstr(mark, "}}");
        part(page, mark + 2, (size_t)(end - mark - 2));
        at = end + 2;
    }
    kss_text_str(page->out, at);
}

// ---- As a document ----------------------------------------------------------------------------------

// What loading said, where there is no run.
static void problems(struct page *page) {
    const struct kss_sheet_entry *entry = page->entry;
    if (entry->failure != NULL)
        kss_text_format(&page->report, "%s: %s\n", entry->name, entry->failure);
    for (unsigned i = 0; entry->diags != NULL && i < entry->diags->count; i++)
        kss_diag_print(&page->report, entry->sources, &entry->diags->items[i], false);
}

static void whole_report(struct page *page) {
    static const struct kss_text_options options = {.full = true};
    kss_report_text(page->entry->log, page->entry->digest, &options, &page->report);
}

void kss_write_html_begin(struct kss_sheet *sheet) {
    (void)sheet;
}

void kss_write_html_run(struct kss_sheet *sheet, const struct kss_sheet_entry *entry) {
    struct page page = {.entry = entry, .out = sheet->out};
    if (entry->log != NULL) {
        page.scene = kss_scene_new(entry->log, entry->digest);
        kss_player_data(page.scene, entry->log, entry->digest, &page.data);
        whole_report(&page);
    } else {
        problems(&page);
    }
    fill_in(&page);
    kss_text_free(&page.data);
    kss_text_free(&page.report);
    if (page.scene != NULL)
        kss_scene_free(page.scene);
}

void kss_write_html_end(struct kss_sheet *sheet) {
    (void)sheet;
}
