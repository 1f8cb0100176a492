// SPDX-License-Identifier: MIT
// Pictures: the geometry of every step of some runs, hostile names, and that what is drawn is well-formed.
#include "report/picture_private.h"
#include "session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct run {
    struct kss_session *session;
    struct kss_scene *scene;
};

static struct run run_file(const char *path, const char *machine) {
    struct kss_options options = {.all_events = true, .machine = machine};
    struct run run = {.session = kss_open_file(path, &options)};
    assert_true(kss_loaded(run.session));
    kss_run(run.session);
    run.scene = kss_scene_new(kss_session_log(run.session), kss_session_digest(run.session));
    return run;
}

static struct run run_text(const char *text) {
    struct kss_options options = {.all_events = true};
    struct run run = {.session = kss_open_text("t.kss", text, strlen(text), &options)};
    assert_string_equal(kss_diagnostics(run.session), "");
    kss_run(run.session);
    run.scene = kss_scene_new(kss_session_log(run.session), kss_session_digest(run.session));
    return run;
}

static void run_free(struct run *run) {
    kss_scene_free(run->scene);
    kss_close(run->session);
}

// ---- A small XML reader -------------------------------------------------------------------------
// Elements nest and end, attributes are quoted, nothing but the five entities and characters of XML.
struct xml {
    const char *at;
    char open[32][16];
    unsigned depth;
};

static void xml_entity(struct xml *xml) {
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    for (unsigned i = 0; i < 5; i++)
        if (strncmp(xml->at, entities[i], strlen(entities[i])) == 0) {
            xml->at += strlen(entities[i]);
            return;
        }
    fail_msg("an entity that is none: %.20s", xml->at);
}

static void xml_character(struct xml *xml) {
    uint32_t point;
    unsigned size = kss_utf8(xml->at, strlen(xml->at), &point);
    assert_true(size != 0 && (point >= 0x20 || point == '\n' || point == '\t'));
    xml->at += size;
}

static void xml_attribute(struct xml *xml) {
    size_t name = strcspn(xml->at, "= >");
    assert_true(name > 0 && xml->at[name] == '=' && xml->at[name + 1] == '"');
    xml->at += name + 2;
    while (*xml->at != '"') {
        assert_true(*xml->at != '\0' && *xml->at != '<');
        if (*xml->at == '&')
            xml_entity(xml);
        else
            xml_character(xml);
    }
    xml->at++;
}

static void xml_tag(struct xml *xml) {
    bool end = xml->at[1] == '/';
    xml->at += end ? 2 : 1;
    size_t length = strspn(xml->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    assert_true(length > 0 && length < sizeof xml->open[0]);
    char name[16] = {0};
    memcpy(name, xml->at, length);
    xml->at += length;
    if (end) {
        assert_true(xml->depth > 0 && *xml->at == '>');
        assert_string_equal(name, xml->open[--xml->depth]);
        xml->at++;
        return;
    }
    while (*xml->at == ' ') {
        xml->at++;
        xml_attribute(xml);
    }
    bool empty = *xml->at == '/';
    xml->at += empty;
    assert_true(*xml->at == '>');
    xml->at++;
    if (!empty) {
        assert_true(xml->depth < 32);
        memcpy(xml->open[xml->depth++], name, sizeof name);
    }
}

static void assert_well_formed(const char *text) {
    struct xml xml = {.at = text};
    while (*xml.at != '\0') {
        if (*xml.at == '<')
            xml_tag(&xml);
        else if (*xml.at == '&')
            xml_entity(&xml);
        else
            xml_character(&xml);
        assert_true(xml.depth > 0 || *xml.at == '\n' || *xml.at == '\0');
    }
    assert_int_equal(xml.depth, 0);
}

// ---- The model ----------------------------------------------------------------------------------
static void check_model(const struct kss_picture *picture) {
    uint32_t depth = 0, items = 0;
    for (uint32_t i = 0; i < picture->part_count; i++) {
        const struct kss_part *part = &picture->parts[i];
        assert_int_equal(part->from, depth); // they meet
        assert_true(part->to > part->from);
        assert_int_equal(part->first_item, items);
        items += part->item_count;
        depth = part->to;
        for (uint32_t k = 0; k < part->item_count; k++) {
            const struct kss_item *item = &picture->items[part->first_item + k];
            assert_true(item->depth > part->from && item->depth <= part->to);
            assert_true(item->bytes <= item->depth - part->from);
            if (k > 0)
                assert_true(item[-1].depth <= item->depth);
        }
    }
    assert_int_equal(items, picture->item_count);
    assert_int_equal(depth, picture->bytes + picture->guard);
    assert_true(picture->used <= picture->bytes + picture->guard);
}

// ---- The drawings -------------------------------------------------------------------------------
static void check_text(const char *text) {
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (kss_text_letters(line, length) > 80)
            fail_msg("more than 80 columns: %.*s", (int)length, line);
        for (size_t i = 0; i < length; i++)
            assert_true((unsigned char)line[i] >= ' ');
        line += length + (line[length] != '\0');
    }
}

struct box {
    double x, y, width, height;
};

static double number(const char *from, const char *name, const char *to) {
    char key[24] = " ";
    strcat(strcat(key, name), "=\"");
    const char *at = strstr(from, key);
    return at == NULL || at > to ? 0 : strtod(at + strlen(key), NULL);
}

static struct box box_of(const char *tag) {
    const char *end = strchr(tag, '>');
    return (struct box){number(tag, "x", end), number(tag, "y", end), number(tag, "width", end),
                        number(tag, "height", end)};
}

// A text's box: it is as long as it says, from its x or up to it.
static struct box text_box(const char *tag) {
    const char *end = strchr(tag, '>');
    struct box box = box_of(tag);
    box.width = number(tag, "textLength", end);
    const char *anchor = strstr(tag, "text-anchor=\"end\"");
    if (anchor != NULL && anchor < end)
        box.x -= box.width;
    return (struct box){box.x, box.y - 11, box.width, 14};
}

static bool meet(struct box a, struct box b) {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
           b.y < a.y + a.height;
}

// Within the view box, and no text over another one. Groups are told apart by their offsets.
static void check_svg(const char *svg) {
    enum { MOST = 4096 };
    static struct box texts[MOST];
    unsigned count = 0;
    double width, height, offset = 0;
    char *rest;
    assert_well_formed(svg);
    const char *view = strstr(svg, "viewBox=\"0 0 ");
    assert_non_null(view);
    width = strtod(view + 13, &rest);
    height = strtod(rest, NULL);
    for (const char *at = svg; (at = strchr(at, '<')) != NULL; at++) {
        bool text = strncmp(at, "<text ", 6) == 0;
        if (strncmp(at, "<g transform=\"translate(0 ", 26) == 0)
            offset = strtod(at + 26, NULL);
        if (!text && strncmp(at, "<rect ", 6) != 0)
            continue;
        struct box box = text ? text_box(at) : box_of(at);
        box.y += offset;
        assert_true(box.width >= 0 && box.height >= 0);
        if (box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height)
            fail_msg("out of the picture: %.*s", (int)strcspn(at, "\n"), at);
        if (!text)
            continue;
        for (unsigned i = 0; i < count; i++)
            if (meet(texts[i], box))
                fail_msg("over another text: %.*s", (int)strcspn(at, "\n"), at);
        assert_true(count < MOST);
        texts[count++] = box;
    }
}

static void check_every_step(const char *path, const char *machine) {
    struct run run = run_file(path, machine);
    struct kss_text text = {0}, svg = {0};
    for (uint32_t step = 1; step <= kss_scene_steps(run.scene); step++) {
        kss_scene_go(run.scene, step);
        for (uint32_t stack = 1; stack < kss_scene_count(run.scene, KSS_SCENE_STACK); stack++) {
            struct kss_picture picture;
            kss_picture_make(&picture, run.scene, stack);
            check_model(&picture);
            kss_picture_free(&picture);
            kss_text_clear(&text);
            kss_text_clear(&svg);
            kss_picture_text(run.scene, stack, NULL, &text);
            kss_picture_svg(run.scene, stack, NULL, &svg);
            check_text(text.bytes);
            check_svg(svg.bytes);
        }
    }
    kss_text_free(&text);
    kss_text_free(&svg);
    run_free(&run);
}

static void test_every_step(void **state) {
    (void)state;
    check_every_step("scenarios/lessons/16-user-mode-wait.kss", NULL);
    check_every_step("scenarios/lessons/16-user-mode-wait.kss", "x64");
    check_every_step("scenarios/lessons/09-expand-the-stack.kss", NULL);
    check_every_step("scenarios/lessons/26-dpc-stack.kss", "x64-xsave");
    check_every_step("scenarios/incidents/exception-filter-that-faults.kss", NULL);
    check_every_step("scenarios/incidents/interrupt-on-a-stack-that-fits.kss", NULL);
    check_every_step("scenarios/incidents/ql2300-multipath-recursion.kss", NULL);
}

// ---- What is in them ----------------------------------------------------------------------------
static void test_object_at_its_address(void **state) {
    struct run run = run_file("scenarios/lessons/16-user-mode-wait.kss", NULL);
    struct kss_picture picture;
    (void)state;
    kss_scene_go(run.scene, kss_scene_failing(run.scene));
    assert_int_equal(kss_picture_stack(run.scene), 1);
    kss_picture_make(&picture, run.scene, 1);
    assert_true(picture.out);
    assert_int_equal(picture.item_count, 1);
    assert_string_equal(picture.items[0].name, "done");
    assert_true(picture.items[0].is_object);
    // The event's own address is what the bug check says was touched.
    const struct kss_digest *digest = kss_session_digest(run.session);
    assert_int_equal(picture.base - picture.items[0].depth, digest->bugcheck->words[1]);
    assert_int_equal(picture.mark_count, 1);
    assert_int_equal(picture.marks[0].depth, picture.items[0].depth);
    kss_picture_free(&picture);
    run_free(&run);
}

static void test_beyond_the_limit(void **state) {
    struct run run = run_file("scenarios/incidents/buffer-in-a-dpc.kss", NULL);
    struct kss_picture picture;
    (void)state;
    kss_scene_go(run.scene, kss_scene_failing(run.scene));
    kss_picture_make(&picture, run.scene, kss_picture_stack(run.scene));
    assert_int_equal(picture.used, 12496); // the scenario's own sum
    assert_int_equal(picture.bytes, 12288);
    const struct kss_part *last = &picture.parts[picture.part_count - 2];
    assert_true(kss_part_is_over(&picture, last));
    assert_string_equal(last->name, "inspect!Payload");
    assert_int_equal(last->to - last->from, 0x860);
    kss_picture_free(&picture);
    run_free(&run);
}

static void test_hostile_names(void **state) {
    struct run run = run_text("thread App {\n"
                              "    call \"a!</script><b x='&]]>\" frame(0x80) {\n"
                              "        KEVENT done;\n"
                              "        KeInitializeEvent(&done, NotificationEvent, FALSE);\n"
                              "        DbgPrint(\"<b>&\\x01\\xFF\\n\\\"\");\n"
                              "    }\n"
                              "}\n");
    struct kss_text text = {0}, svg = {0};
    (void)state;
    for (uint32_t step = 4; step <= kss_scene_steps(run.scene); step++) {
        kss_scene_go(run.scene, step);
        kss_text_clear(&text);
        kss_text_clear(&svg);
        kss_picture_text(run.scene, 1, NULL, &text);
        kss_picture_svg(run.scene, 1, NULL, &svg);
        check_text(text.bytes);
        check_svg(svg.bytes);
        if (strstr(text.bytes, "DbgPrint: ") != NULL)
            break;
    }
    assert_non_null(strstr(text.bytes, "DbgPrint: <b>&"));
    assert_non_null(strstr(svg.bytes, "DbgPrint: &lt;b&gt;&amp;"));
    assert_null(strstr(svg.bytes, "</script>"));
    assert_non_null(strstr(svg.bytes, "&lt;/script&gt;"));
    kss_text_free(&text);
    kss_text_free(&svg);
    run_free(&run);
}

static void test_shorten(void **state) {
    static const struct {
        const char *text, *expected;
        uint32_t room;
    } rows[] = {{"mydrv!Read", "mydrv!Read", 10},
                {"mydrv!ReadMe", "mydr..adMe", 10},
                {"abcdef", "a..ef", 5},
                {"abcdef", "..", 2},
                {"\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F"
                 "abcd",
                 "\xC3\xA4\xC3\xB6..bcd", 7}};
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kss_text out = {0};
        kss_text_shorten(&out, rows[i].text, rows[i].room);
        assert_string_equal(out.bytes, rows[i].expected);
        kss_text_free(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step),       cmocka_unit_test(test_object_at_its_address),
        cmocka_unit_test(test_beyond_the_limit), cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_shorten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
