// SPDX-License-Identifier: MIT
// The TextMate grammar, run by the engine of VS Code over scenarios, against kss's own tokens:
//   node textmate.mjs MODULES EXTENSION TOKENS       compares; fails at any difference
//   node textmate.mjs MODULES EXTENSION --show FILE  prints each token's scopes
// EXTENSION is docs/editors: what its package.json names for .kss files is what is tested.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { differences, readTruth, report } from "./truth.mjs";

const [modules, extension, what, shown] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "package.json"));
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const json = (path) => JSON.parse(readFileSync(join(extension, path), "utf8"));
const { languages, grammars } = json("package.json").contributes;
const language = languages.find((each) => each.extensions.includes(".kss"));
assert.deepEqual(json(language.configuration).comments, { lineComment: "//", blockComment: ["/*", "*/"] });
const { scopeName, path: grammarPath } = grammars.find((each) => each.language === language.id);
assert.equal(json(grammarPath).scopeName, scopeName);

await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) =>
    scope === scopeName ? textmate.parseRawGrammar(JSON.stringify(json(grammarPath)), grammarPath) : null,
});
const grammar = await registry.loadGrammar(scopeName);

const classes = [ // the first that a token's scopes, joined, match
  [/\bcomment\./, "comment"],
  [/\bstring\./, "string"],
  [/\bconstant\.numeric\b/, "number"],
  [/\bconstant\.other\.hazard\b/, "hazard"],
  [/\bkeyword\.other\.scenario\b/, "word"],
  [/\bkeyword\.control\.directive\b/, "directive"],
  [/\bkeyword\.control\b|\bstorage\.type\b/, "keyword"],
  [/\bstorage\.modifier\.annotation\b/, "annotation"],
  [/\bsupport\.type\b/, "type"],
  [/\bsupport\.function\.nt\b/, "routine"],
  [/\bsupport\.function\.macro\b/, "builtin"],
  [/\bsupport\.constant\b/, "constant"],
  [/\bvariable\.other\.property\b/, "setting"],
  [/\.symbol\b/, "symbol"],
];

function* tokens(text) {
  let state = textmate.INITIAL;
  let begin = 0;
  for (const line of text.split("\n")) {
    const result = grammar.tokenizeLine(line, state);
    for (const token of result.tokens) {
      const scopes = token.scopes.slice(1).join(" ");
      yield { begin: begin + token.startIndex, end: begin + Math.min(token.endIndex, line.length), scopes };
    }
    state = result.ruleStack;
    begin += line.length + 1;
  }
}

function classesOf(text) {
  const of = new Array(text.length).fill("name");
  for (const { begin, end, scopes } of tokens(text)) {
    of.fill(classes.find(([pattern]) => pattern.test(scopes))?.[1] ?? "name", begin, end);
  }
  return of;
}

if (what === "--show") {
  const text = readFileSync(shown, "latin1");
  for (const { begin, end, scopes } of tokens(text)) {
    const words = text.slice(begin, end).trim();
    if (words) console.log(`${words.padEnd(32)} ${scopes.replaceAll(".kss", "")}`);
  }
} else {
  const files = readTruth(what);
  const counts = {};
  const begin = performance.now();
  const found = files.flatMap((each) => differences(each, classesOf(each.text), counts));
  report("TextMate", files, counts, found, performance.now() - begin);
  process.exitCode = found.length > 0 || files.length === 0 ? 1 : 0;
}
