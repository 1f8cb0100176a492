// SPDX-License-Identifier: MIT
// A run as a series of scenes: what each processor, thread, stack and object is in after each step. Everything
// that draws a run (`kss picture`, the player, the pictures of reports) reads scenes, so all of them agree.
//
// A *step* is an event that people follow, with the events that only add to it (findings, causes, paths,
// policies, expectations). Steps are numbered from 1; step 0 is the machine before anything happened. The
// numbers are the same in every output: `--step 17` of `kss picture` is `#step=17` of the player.
//
//     struct kss_scene *scene = kss_scene_new(log, digest);
//     kss_scene_go(scene, 17);
//     uint64_t used = kss_scene_value(scene, KSS_SCENE_STACK_USED, 1);
//     kss_scene_free(scene);
//
//   Base |----------------------|  depth 0
//        | save area, trap frame|  nobody's frame: from 0 to the first frame's depth - bytes
//        | frame 0 (outermost)  |
//        | frame 1              |  from frame.depth - frame.bytes to frame.depth
//     SP |----------------------|  used
//        |                      |
//  Limit |----------------------|  bytes
//        | guard                |
//
// Going forward costs what the steps in between changed; going back begins at a step that was kept.
// Scenes need every kind of event (kss_options.all_events). Of a log that holds fewer there is what its events
// tell; an overflow's frames are those of its `path` events, wherever its calls are not in the log.
//
// A function of log and digest, which must outlive it. Depends on report.h.
#ifndef KSS_REPORT_SCENE_H
#define KSS_REPORT_SCENE_H

#include "report/report.h"

#define KSS_SCENE_NOTHING UINT64_MAX

enum kss_scene_thing {
    KSS_SCENE_CPU,
    KSS_SCENE_THREAD,
    KSS_SCENE_STACK,
    KSS_SCENE_OBJECT,
    KSS_SCENE_THINGS
};

// KSS_SCENE_STACK_USED and the like.
enum kss_scene_field {
#define SCENE(thing, field, ...) KSS_SCENE_##thing##_##field,
#include "report/scene.def"
    KSS_SCENE_FIELDS
};

struct kss_scene_field_row {
    enum kss_scene_thing thing;
    const char *name;
    enum kss_word type;
    const char *values; // of an ENUM
    uint64_t first;
};
extern const struct kss_scene_field_row kss_scene_fields[KSS_SCENE_FIELDS];

struct kss_scene_frame {
    uint32_t routine; // index, or KSS_PATH_x, as in `path` events
    uint32_t depth, bytes;
    uint8_t origin; // enum kss_origin
};

struct kss_scene_step {
    uint64_t time;
    uint32_t event;       // index in the log of the event it is
    uint32_t first, last; // and of those that belong to it: [first, last)
    uint32_t finding;     // number of the first finding among them, 0: none
};

// One elementary change, as it happens while going forward.
struct kss_scene_change {
    enum { KSS_CHANGE_SET, KSS_CHANGE_PUSH, KSS_CHANGE_POP } what;
    enum kss_scene_field field; // SET
    uint32_t index;             // SET: which thing; PUSH, POP: which stack
    uint64_t before, after;     // SET
    struct kss_scene_frame frame;
};

struct kss_scene;

struct kss_scene *kss_scene_new(const struct kss_log *log, const struct kss_digest *digest);
void kss_scene_free(struct kss_scene *scene);

uint32_t kss_scene_steps(const struct kss_scene *scene); // the last step's number
const struct kss_scene_step *kss_scene_step(const struct kss_scene *scene, uint32_t step); // 1 ..

// Goes to a step, forwards or back; a number beyond the last is the last.
void kss_scene_go(struct kss_scene *scene, uint32_t step);
uint32_t kss_scene_now(const struct kss_scene *scene);

// Calls [watcher] for every change on ways forward, until another one (or NULL) is given. Going back calls
// nothing: what was before is asked.
typedef void kss_scene_watcher(void *context, const struct kss_scene_change *change);
void kss_scene_watch(struct kss_scene *scene, kss_scene_watcher *watcher, void *context);

// How many things of a kind have been met up to now; indexes are below.
uint32_t kss_scene_count(const struct kss_scene *scene, enum kss_scene_thing thing);
uint64_t kss_scene_value(const struct kss_scene *scene, enum kss_scene_field field, uint32_t index);
// Frames of a stack, outermost first; valid until the scene moves.
const struct kss_scene_frame *kss_scene_frames(const struct kss_scene *scene, uint32_t stack,
                                               uint32_t *count);

// Appends a value as reports print it; false and nothing: it has none.
bool kss_scene_say(const struct kss_scene *scene, enum kss_scene_field field, uint64_t value,
                   struct kss_text *out);
// Appends what a step's event says in one line: "KeSetEvent(done) from mydrv!ReadComplete", "App waits for done (UserMode)".
void kss_scene_say_step(const struct kss_scene *scene, uint32_t step, struct kss_text *out);

// Steps worth a look: the last one at or before a time; where a stack is deepest (the one that overflows, else
// with the least left; its number goes to *stack); the failing one (the bug check or hang, else the first
// error or warning that nobody expected, else the first that somebody did). 0: there is none.
uint32_t kss_scene_at(const struct kss_scene *scene, uint64_t time);
uint32_t kss_scene_worst(const struct kss_scene *scene, uint32_t *stack);
uint32_t kss_scene_failing(const struct kss_scene *scene);

#endif
