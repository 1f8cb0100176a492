// SPDX-License-Identifier: MIT
// The long texts of `kss explain`.
#include "rules/explain_data.h"
#include "rules/rules.h"

#include <string.h>

const char *kss_explain_text(enum kss_hazard_id hazard) {
    if ((unsigned)hazard >= KSS_HAZARD_COUNT)
        return NULL;
    struct kss_text name = {0};
    kss_text_str(&name, "KSS");
    kss_text_unsigned(&name, kss_hazards[hazard].number);
    const char *text = NULL;
    for (unsigned i = 0; i < kss_explain_entry_count && text == NULL; i++)
        if (strcmp(kss_explain_entries[i].name, name.bytes) == 0)
            text = kss_explain_entries[i].text;
    kss_text_free(&name);
    return text;
}
