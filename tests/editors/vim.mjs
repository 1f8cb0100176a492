// SPDX-License-Identifier: MIT
// The vim syntax, run by vim itself over scenarios, against kss's own tokens:
//   node vim.mjs RUNTIME TOKENS WORK     RUNTIME: docs/editors/vim; WORK: a folder for what vim writes
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { differences, readTruth, report } from "./truth.mjs";

const [runtime, tokens, work] = process.argv.slice(2).map((each) => resolve(each));
const script = join(dirname(fileURLToPath(import.meta.url)), "classes.vim");

const classes = {
  kssComment: "comment", kssTreeComment: "comment", kssString: "string", kssEscape: "string", kssQuoted: "string", kssAngles: "string",
  kssNumber: "number", kssDirective: "directive", kssControl: "keyword", kssHead: "keyword", kssDefault: "keyword",
  kssStorage: "keyword", kssAnnotation: "annotation", kssSal: "annotation", kssType: "type", kssRoutine: "routine", kssBuiltin: "builtin",
  kssConstant: "constant", kssSymbol: "symbol", kssHazard: "hazard", kssSetting: "setting",
  kssThreadSetting: "setting", kssDriverEntry: "setting", kssItem: "word", kssWord: "word", kssRoutineWord: "word",
  kssCallTree: "word", kssFrame: "word", kssAttribute: "word", kssQuantifier: "word", kssEnds: "word", kssIn: "word",
  kssAny: "word",
};

const files = readTruth(tokens);
const list = join(work, "vim-files");
const result = join(work, "vim-classes");
writeFileSync(list, files.map((each) => `${each.file}\n`).join(""));
const begin = performance.now();
const ran = spawnSync(
  "vim",
  ["-N", "-u", "NONE", "-i", "NONE", "-es", "--not-a-term", "--cmd", `set runtimepath^=${runtime}`, "-S", script],
  { env: { ...process.env, KSS_FILES: list, KSS_OUT: result }, encoding: "utf8", timeout: 300000 },
);
const milliseconds = performance.now() - begin;
if (ran.error || ran.status !== 0) {
  console.error(`vim: ${ran.error?.message ?? `status ${ran.status}`}\n${ran.stdout}${ran.stderr}`);
  process.exit(1);
}

const lines = readFileSync(result, "latin1").split("\n").filter(Boolean);
const counts = {};
const found = files.flatMap((each, index) => {
  const [file, ...runs] = lines[index].split("\t");
  if (file !== each.file || runs[0] === "no file type") return [`${each.file}: vim says ${lines[index].slice(0, 80)}`];
  const of = runs.flatMap((run) => {
    const [group, length] = run.split(" ");
    return new Array(Number(length)).fill(classes[group] ?? "name");
  });
  return differences(each, of, counts);
});
report("vim", files, counts, found, milliseconds);
process.exitCode = found.length > 0 || files.length === 0 ? 1 : 0;
