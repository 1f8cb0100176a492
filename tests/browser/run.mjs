// SPDX-License-Identifier: MIT
// Runs *.test.mjs of this folder one after the other, or only those whose names begin with an argument; run.sh calls it.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.some((each) => name.startsWith(each)))
  .sort()
  .map((name) => join(here, name));
if (files.length === 0) {
  console.error(`no test is named ${wanted.join(", ")}`);
  process.exit(2);
}
run({ files, concurrency: 1, timeout: 600000 })
  .on("test:fail", () => (process.exitCode = 1))
  .compose(spec)
  .pipe(process.stdout);
