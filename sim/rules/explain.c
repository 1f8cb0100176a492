// SPDX-License-Identifier: MIT
// The long texts of `kss explain`.
#include "rules/explain_data.h"
#include "rules/rules.h"

const char *kss_explain_text(enum kss_hazard_id hazard) {
    if ((unsigned)hazard >= KSS_HAZARD_COUNT)
        return NULL;
    struct kss_text name = {0};
    kss_text_format(&name, "KSS%04u.md", kss_hazards[hazard].number);
    const struct kss_embedded *file = kss_embedded_named(kss_explain_files, name.bytes);
    kss_text_free(&name);
    return file != NULL ? file->text : NULL;
}
