// SPDX-License-Identifier: MIT
// Readers that are not there yet.
#include "frames/frames.h"
bool kss_read_elf(struct kss_frames_file *file) {
    return kss_frames_bad(file, 0, "not built yet");
}

bool kss_read_archive(struct kss_frames_file *file) {
    return kss_frames_bad(file, 0, "not built yet");
}

bool kss_read_object(struct kss_frames_file *file) {
    return kss_frames_bad(file, 0, "not built yet");
}

bool kss_read_image(struct kss_frames_file *file) {
    return kss_frames_bad(file, 0, "not built yet");
}
