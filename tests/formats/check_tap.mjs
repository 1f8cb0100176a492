// SPDX-License-Identifier: MIT
// Whether a TAP document parses strictly, its diagnostics are YAML, and its points fit the exit status.
//
//   node check_tap.mjs STATUS FILE.tap
import { readFileSync } from "node:fs";
import { Parser } from "tap-parser";
import { parse } from "yaml";

const [status, file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
let problems = 0;
function check(good, what) {
  if (good) return;
  problems++;
  console.log(`${file}: ${what}`);
}

let points = 0;
let failed = 0;
const names = new Set();
const parser = new Parser({ strict: true });
parser.on("assert", (point) => {
  points++;
  check(point.id === points, `point ${points} has the number ${point.id}`);
  check(!names.has(point.name), `two points are called "${point.name}"`);
  names.add(point.name);
  if (point.ok) return;
  failed++;
  const { diag } = point;
  check(typeof diag?.message === "string" && diag.message !== "", `point ${point.id} says not why it failed`);
  check(typeof diag?.at?.file === "string" && point.name.startsWith(diag.at.file.replace(/[\n\t]/g, " ")),
    `point ${point.id} says not where it failed`);
});
parser.on("extra", (line) => check(false, `not TAP: ${line}`));
parser.on("bailout", () => check(false, "bails out"));
parser.on("complete", (results) => {
  check(results.plan.start === 1 && results.plan.end === points, `plan ${results.plan.end}, ${points} points`);
  check(results.failures.every((f) => f.tapError == null), "the parser's own errors");
});
parser.end(text);

// tap-parser takes what it cannot read as YAML for text.
for (const [, block] of text.matchAll(/^ {2}---\n([^]*?)^ {2}\.\.\.$/gm)) {
  try {
    const value = parse(block, { strict: true, version: "1.2" });
    check(typeof value.report === "string" || value.report === undefined, "a report is no text");
  } catch (error) {
    check(false, `not YAML: ${error.message}`);
  }
}
check((failed === 0) === (status === "0"), `${failed} points failed, kss exited with ${status}`);
console.log(`${file}: ${points} points, ${failed} failed, ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
