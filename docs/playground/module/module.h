// SPDX-License-Identifier: MIT
// What the files of the module share. The module is libkss as a page holds it: entry.c has what the page may
// call, outcome.c what a run came to, vocabulary.c the words of the language.
#ifndef KSS_PLAYGROUND_MODULE_H
#define KSS_PLAYGROUND_MODULE_H

#include "report/json.h"
#include "session/session.h"

// Appends what loading and running said, as one JSON object:
//
//   {"loaded":true,"status":0,"end":"bugcheck","time":"30.000 s","steps":31,"events":57,"dropped":0,
//    "met":2,"failed":0,"not_judged":0,"errors":0,"warnings":0,"notes":0,"marks":[...]}
//
// A mark is an error of the language, a finding, a stop, an expectation that failed or a wait that never ended,
// with its place as a range of bytes of the scenario:
//
//   {"kind":"finding","severity":"error","code":"KSS2001","message":"...","label":"...","expected":true,
//    "time":"0.000 s","begin":301,"end":364,"line":14,"causes":[{"message":"...","begin":...}],
//    "notes":[{"kind":"help","text":"..."}]}
void kss_module_outcome(struct kss_session *session, struct kss_text *out);

// Adds marks of diagnostics to an array; a place outside of file 0 is none.
void kss_module_diags(struct kss_sources *sources, const struct kss_diags *diags,
                      struct kss_json *json);

// Appends the words of the language, NT's and kss's own, as one JSON object.
void kss_module_vocabulary(struct kss_text *out);

#endif
