// SPDX-License-Identifier: MIT
// Each format of traces.sh, read by somebody else:
//   perfetto       JSON, a schema made from the format's document (ajv), the nesting rules, trace-model's reader;
//                  some of them in speedscope
//   folded         line by line; bytes of each stack add up; speedscope
//   csv            a strict reader of RFC 4180
//   dot            Graphviz
//   mermaid(-calls) Mermaid's parser and renderer, in Chromium
// traces.mjs KSS_COMMAND OUT FILE|DIR...
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [command, out, ...given] = process.argv.slice(2);
const require = createRequire(join(out, "package.json"));
const Ajv = require("ajv").default;
const { buildModel } = require("@tracerbench/trace-model");
const { chromium } = require("playwright-core");

const FORMATS = ["perfetto", "folded", "csv", "dot", "mermaid", "mermaid-calls"];
const failures = [];
const counts = {};

function count(what, by = 1) {
  counts[what] = (counts[what] ?? 0) + by;
}

function check(where, body) {
  try {
    body();
  } catch (error) {
    failures.push(`${where}: ${String(error.message).slice(0, 600)}`);
  }
}

// ---- Runs ---------------------------------------------------------------------------------------------------------

function filesOf(path) {
  if (!statSync(path).isDirectory())
    return [path];
  return readdirSync(path).sort().flatMap((name) => {
    const below = join(path, name);
    return statSync(below).isDirectory() || name.endsWith(".kss") ? filesOf(below) : [];
  });
}

function kss(...args) {
  const ran = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 30 });
  assert.equal(ran.signal, null, `kss ${args.join(" ")}: ${ran.stderr}`);
  assert.ok([0, 1, 3].includes(ran.status), `kss ${args.join(" ")}: status ${ran.status}: ${ran.stderr}`);
  return ran.stdout;
}

// All formats of one file at once.
function documents(file, number) {
  const paths = FORMATS.map((format) => join(out, "made", `${number}.${format}`));
  kss("run", ...FORMATS.flatMap((format, i) => ["--format", format, "-o", paths[i]]), file);
  return Object.fromEntries(FORMATS.map((format, i) => [format, readFileSync(paths[i], "utf8")]));
}

// ---- Traces -------------------------------------------------------------------------------------------------------

const schema = new Ajv({ allErrors: false }).compile(
  JSON.parse(readFileSync(join(here, "trace-event.schema.json"), "utf8")));

// Slices nest in their lane and are named at both ends, time goes on in each lane, an arrow has both of its ends at
// open slices and leads forward, no counter is told of a process that is not there.
function nesting(records) {
  const open = new Map(), last = new Map(), arrows = new Map(), named = new Set(), slices = new Map();
  const spans = new Map(); // of a lane: [begin, end]
  for (const r of records) {
    const lane = `${r.pid}:${r.tid}`;
    count(`perfetto ${r.ph}`);
    if (r.ph === "M") {
      named.add(lane);
      continue;
    }
    assert.ok(named.has(lane), `a record of a lane without a name: ${JSON.stringify(r)}`);
    if (r.ph === "s" || r.ph === "f") {
      const arrow = arrows.get(r.id) ?? arrows.set(r.id, {}).get(r.id);
      assert.ok(!(r.ph in arrow), `arrow ${r.id} has two ends of one kind`);
      arrow[r.ph] = r;
      continue;
    }
    assert.ok(r.ts > (last.get(lane) ?? -1), `time does not go on: ${JSON.stringify(r)}`);
    last.set(lane, r.ts);
    const stack = open.get(lane) ?? open.set(lane, []).get(lane);
    if (r.ph === "B") {
      stack.push(r);
      slices.set(lane, (slices.get(lane) ?? 0) + 1);
    } else if (r.ph === "E") {
      const begun = stack.pop();
      assert.ok(begun, `an end without a begin: ${JSON.stringify(r)}`);
      assert.equal(r.name, begun.name);
      assert.equal(r.cat, begun.cat);
      (spans.get(lane) ?? spans.set(lane, []).get(lane)).push([begun.ts, r.ts]);
    }
  }
  for (const [lane, stack] of open)
    assert.equal(stack.length, 0, `left open in ${lane}: ${stack[0]?.name}`);
  for (const [id, { s, f }] of arrows) {
    assert.ok(s && f, `arrow ${id} has one end`);
    assert.ok(s.ts < f.ts && s.name === f.name && s.pid === f.pid, `arrow ${id}: ${JSON.stringify([s, f])}`);
    for (const end of [s, f])
      assert.ok(spans.get(`${end.pid}:${end.tid}`)?.some(([a, b]) => a < end.ts && end.ts < b),
        `arrow ${id} ends at nothing: ${JSON.stringify(end)}`);
  }
  return slices;
}

// The true time stands in args, and a record is never before it.
function truth(records) {
  for (const r of records)
    if (r.args?.t !== undefined) {
      assert.ok(r.ts * 10 >= r.args.t - 1e-6, `before its time: ${JSON.stringify(r)}`);
    }
}

// Somebody else's reader finds the slices that were begun, none of them negative.
function read(records, slices) {
  const model = buildModel(structuredClone(records));
  let found = 0, begun = 0;
  for (const process of model.processes)
    for (const thread of process.threads)
      for (const event of thread.events)
        if (event.ph === "X") {
          found++;
          assert.ok(event.duration > 0, `${event.name} takes ${event.duration}`);
        }
  for (const n of slices.values())
    begun += n;
  assert.equal(found, begun, "slices that trace-model found");
}

function perfetto(text) {
  const trace = JSON.parse(text);
  assert.ok(schema(trace), JSON.stringify(schema.errors));
  truth(trace.traceEvents);
  read(trace.traceEvents, nesting(trace.traceEvents));
}

// ---- Folded stacks, CSV, Graphviz ---------------------------------------------------------------------------------

function folded(text) {
  assert.ok(text === "" || text.endsWith("\n"));
  for (const line of text.split("\n").slice(0, -1)) {
    const match = /^([^\s;]+(?:;[^\s;]+)*) ([1-9][0-9]*)$/.exec(line);
    assert.ok(match, `not a folded stack: ${line}`);
    count("folded lines");
  }
}

function rowsOf(text) {
  const rows = [];
  let row = [], at = 0;
  while (at < text.length) {
    let cell;
    if (text[at] === '"') {
      const match = /"((?:[^"]|"")*)"/y;
      match.lastIndex = at;
      const found = match.exec(text);
      assert.ok(found, `a quoted cell does not end: ${text.slice(at, at + 80)}`);
      cell = found[1].replaceAll('""', '"');
      at = match.lastIndex;
    } else {
      const match = /[^",\r\n]*/y;
      match.lastIndex = at;
      cell = match.exec(text)[0];
      at = match.lastIndex;
    }
    row.push(cell);
    if (text.startsWith("\r\n", at)) {
      rows.push(row);
      row = [];
      at += 2;
    } else {
      assert.equal(text[at], ",", `no separator at ${JSON.stringify(text.slice(at - 40, at + 40))}`);
      at++;
    }
  }
  assert.equal(row.length, 0, "the last row does not end");
  return rows;
}

const NUMBERS = new Set(["seq", "seconds", "cpu", "irql", "stack", "bytes", "used", "left"]);

function csv(text) {
  const [head, ...rows] = rowsOf(text);
  let seq = -1;
  for (const row of rows) {
    assert.equal(row.length, head.length, JSON.stringify(row));
    row.forEach((cell, i) => {
      if (NUMBERS.has(head[i]))
        assert.match(cell, head[i] === "left" ? /^(-?[0-9]+)?$/ : /^([0-9]+(\.[0-9]+)?)?$/, head[i]);
      else
        assert.doesNotMatch(cell, /^[=+\-@\t\r]/, "a formula");
    });
    const number = Number(row[head.indexOf("seq")]);
    assert.ok(row[head.indexOf("seq")] === "" || number > seq, "events in their order");
    seq = number;
    count("csv rows");
  }
}

function dot(path, text) {
  const ran = spawnSync("dot", ["-Tjson0", path], { encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(ran.stderr, "");
  const graph = JSON.parse(ran.stdout);
  const labelled = text.match(/^ {4}r\d+n\d+ \[/gm)?.length ?? 0;
  const joined = text.match(/^ {4}r\d+n\d+ -> /gm)?.length ?? 0;
  const nodes = (graph.objects ?? []).filter((each) => each.nodes === undefined);
  assert.equal(nodes.length, labelled, "nodes");
  assert.equal((graph.edges ?? []).length, joined, "edges");
  count("dot nodes", nodes.length);
  count("dot edges", joined);
  return nodes.map((each) => each.label);
}

// ---- In a browser -------------------------------------------------------------------------------------------------

async function openBrowser() {
  const known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = process.env.KSS_CHROMIUM ?? known.find((each) => existsSync(each));
  assert.ok(executablePath, "no Chromium: install Debian's package chromium or set KSS_CHROMIUM");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

async function mermaidPage(browser) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 1000 } });
  writeFileSync(join(out, "mermaid.html"), "<!doctype html><meta charset=utf-8><body></body>");
  await page.goto(pathToFileURL(join(out, "mermaid.html")).href);
  await page.addScriptTag({ path: require.resolve("mermaid/dist/mermaid.min.js") });
  await page.evaluate(() => window.mermaid.initialize({ startOnLoad: false, securityLevel: "strict" }));
  return page;
}

// Parses; draws; what was drawn has no elements but those of drawings, and says these texts. Many at a time, since a
// question to the page takes longer than an answer.
const diagrams = []; // { where, text, draw, said }

async function readDiagrams(page) {
  const answers = await page.evaluate(async (asked) => {
    const answers = [];
    window.alerted ??= 0;
    window.alert = () => window.alerted++;
    for (const { text, draw } of asked)
      try {
        await window.mermaid.parse(text);
        if (draw)
          document.body.innerHTML = (await window.mermaid.render("d", text)).svg;
        const foreign = document.body.querySelectorAll("script, img, iframe, a[href], [onerror], [onload]");
        answers.push({ foreign: foreign.length + window.alerted, words: document.body.textContent });
      } catch (error) {
        answers.push({ error: String(error) });
      }
    return answers;
  }, diagrams.map(({ text, draw }) => ({ text, draw })));
  for (const [i, { where, text, draw, said }] of diagrams.entries()) {
    check(where, () => {
      assert.equal(answers[i].error, undefined);
      assert.equal(answers[i].foreign, 0, "elements that are no drawing");
      for (const each of said)
        assert.ok(answers[i].words.includes(each), `${each} is not in ${answers[i].words.slice(0, 2000)}`);
      assert.ok(text.length < 50000, "longer than Mermaid reads");
    });
    count(`mermaid ${draw ? "drawn" : "parsed"}`);
  }
  diagrams.length = 0;
}

async function speedscope(browser, where, name, text, profiles) {
  const page = await browser.newPage();
  const bad = [];
  page.on("pageerror", (error) => bad.push(String(error)));
  page.on("console", (m) => m.type() === "error" && bad.push(m.text()));
  await page.goto(pathToFileURL(join(dirname(require.resolve("speedscope/package.json")),
    "dist/release/index.html")).href);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  const opened = await page.waitForFunction((name) => document.title.includes(name), name, { timeout: 15000 })
    .then(() => true, () => false);
  check(where, () => {
    assert.ok(opened, "speedscope did not open it");
    assert.deepEqual(bad, []);
  });
  count(`speedscope ${profiles}`);
  await page.close();
}

// ---- All of it ----------------------------------------------------------------------------------------------------

const hostile = join(here, "hostile.kss");
const NAMES = [ // of hostile.kss, as text
  "</script><img src=x onerror=alert(1)>", '%%{init: {"theme": "dark"}}%% end; #35; &lt;',
  "back\\slash \\N \\G `tick` |pipe| [x](y) *star*"];

mkdirSync(join(out, "made"), { recursive: true });
const files = given.flatMap(filesOf);
// A file may be called anything, too.
const odd = join(out, "made", "=1+1, \"a\" ; <b>%%{init}%% #35;.kss");
copyFileSync(hostile, odd);
files.push(odd);

const browser = await openBrowser();
const page = await mermaidPage(browser);
for (const [number, file] of files.entries()) {
  const made = documents(file, number);
  check(`${file} perfetto`, () => perfetto(made.perfetto));
  check(`${file} folded`, () => folded(made.folded));
  check(`${file} csv`, () => csv(made.csv));
  check(`${file} dot`, () => {
    const labels = dot(join(out, "made", `${number}.dot`), made.dot).join("\n").replaceAll("&amp;", "&");
    if (file === hostile)
      for (const name of NAMES)
        assert.ok(labels.replaceAll("\\\\", "\\").includes(name), `${name} is not in ${labels}`);
  });
  const draw = file === hostile || file === odd || number % 8 === 0;
  diagrams.push({ where: `${file} mermaid`, text: made.mermaid, draw, said: [] });
  diagrams.push({
    where: `${file} mermaid-calls`, text: made["mermaid-calls"], draw, said: file === hostile ? NAMES : [],
  });
  if (diagrams.length >= 64)
    await readDiagrams(page);
  if (number % 128 === 0 || file === hostile) {
    await speedscope(browser, `${file} speedscope`, `t${number}.json`, made.perfetto, "trace");
    await speedscope(browser, `${file} speedscope`, `t${number}.txt`, made.folded, "folded");
  }
}
await readDiagrams(page);
await browser.close();

// Suites are one document.
const suite = given.filter((path) => statSync(path).isDirectory());
if (suite.length > 0) {
  const text = kss("run", "--format", "perfetto", ...suite);
  check("suite perfetto", () => perfetto(text));
  check("suite csv", () => rowsOf(kss("run", "--format", "csv", ...suite)));
  check("suite folded", () => folded(kss("run", "--format", "folded", ...suite)));
  const path = join(out, "made", "suite.dot");
  writeFileSync(path, kss("run", "--format", "dot", ...suite));
  check("suite dot", () => dot(path, readFileSync(path, "utf8")));
}

for (const [what, n] of Object.entries(counts).sort())
  console.log(`${String(n).padStart(9)}  ${what}`);
for (const failure of failures.slice(0, 30))
  console.log(`FAILED  ${failure}`);
console.log(`${files.length * FORMATS.length - failures.length} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
