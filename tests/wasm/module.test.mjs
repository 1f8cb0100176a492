// SPDX-License-Identifier: MIT
// The module of the playground against the command: the same bytes, whatever it is given, and for as long as a page
// is open.
//
//   KSS_COMMAND=build/release/kss KSS_MODULE=build/release/playground/module/playground.wasm node --test tests/wasm/
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Module } from "../../docs/playground/page/module.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
assert.ok(process.env.KSS_COMMAND && process.env.KSS_MODULE, "KSS_COMMAND and KSS_MODULE name what is tested");
const command = resolve(process.env.KSS_COMMAND);
const compiled = await WebAssembly.compile(readFileSync(process.env.KSS_MODULE));
process.chdir(root);

function kss(args, input) {
  const ran = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
  assert.equal(ran.signal, null);
  return { status: ran.status, stdout: ran.stdout, text: ran.stdout.toString(), complaint: ran.stderr.toString() };
}

function filesIn(...folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith(".kss"))
      .sort()
      .map((name) => join(folder, name)),
  );
  assert.ok(files.length > 0);
  return files;
}

// Runs a file in the module: what [use] makes of the session, which is closed.
function ranIn(module, file, options, use, bytes = readFileSync(file)) {
  const session = module.open(file, bytes, options);
  try {
    session.run();
    return use(session);
  } finally {
    session.close();
  }
}

function sameAsCommand(files, options, args) {
  return async () => {
    const module = await Module.of(compiled);
    for (const file of files) {
      const native = kss(["run", "--format", "jsonl", ...args, file]);
      ranIn(module, file, options, (session) => {
        assert.ok(native.stdout.length > 0 && native.stdout.equals(session.write("jsonl")), `events of ${file}`);
        const outcome = session.outcome();
        assert.equal(outcome.status, native.status, file);
        assert.equal(outcome.dropped, 0);
        const last = JSON.parse(native.text.trimEnd().split("\n").at(-1));
        assert.equal(outcome.errors, last.errors, file);
      });
    }
  };
}

const page = filesIn("scenarios/lessons", "scenarios/incidents");
test("events are the command's", sameAsCommand([...page, ...filesIn("scenarios/rules")], {}, []));
test("also on x64", sameAsCommand(page, { machine: "x64" }, ["--machine", "x64"]));
test("also with eager swapping", sameAsCommand(page, { swap: "eager" }, ["--swap", "eager"]));
test("also when notes count", sameAsCommand(page, { strict: true }, ["--strict"]));

test("text reports are the command's", async () => {
  const module = await Module.of(compiled);
  for (const file of page) {
    ranIn(module, file, {}, (session) => {
      assert.equal(session.report(false), kss(["run", file]).text);
      assert.equal(new TextDecoder().decode(session.write("text")), session.report(false));
    });
  }
});

test("bad input has marks where the command has places", async () => {
  const module = await Module.of(compiled);
  let places = 0;
  for (const file of filesIn("tests/malformed")) {
    const native = kss(["run", "--color", "never", file]);
    ranIn(module, file, {}, (session) => {
      const { status, loaded, marks } = session.outcome();
      assert.equal(status, native.status, file);
      if (loaded) return;
      const written = [...native.complaint.matchAll(/^ *--> .*:(\d+):\d+$/gm)].map((found) => Number(found[1]));
      assert.deepEqual(marks.filter((mark) => mark.line).map((mark) => mark.line), written, file);
      assert.ok(marks.some((mark) => mark.severity === "error" && mark.message.length > 0), file);
      places += written.length;
    });
  }
  assert.ok(places > 50);
});

test("an unknown machine or swap policy is said", async () => {
  const module = await Module.of(compiled);
  for (const options of [{ machine: "vax" }, { swap: "sometimes" }])
    ranIn(module, page[0], options, (session) => {
      const outcome = session.outcome();
      assert.match(outcome.failure, /^unknown (machine|swap policy)$/);
      assert.deepEqual([outcome.loaded, outcome.status], [false, 2]);
    });
});

test("a finding's mark has its causes and what helps", async () => {
  const module = await Module.of(compiled);
  const file = "scenarios/lessons/16-user-mode-wait.kss";
  const text = readFileSync(file, "utf8");
  ranIn(module, file, {}, (session) => {
    const [finding, stop] = session.outcome().marks;
    assert.equal(finding.code, "KSS2001");
    assert.equal(finding.expected, true);
    assert.match(text.slice(finding.begin, finding.end), /^KeWaitForSingleObject\(.*\)$/);
    assert.match(text.slice(finding.causes[0].begin, finding.causes[0].end), /^KeInitializeEvent/);
    assert.ok(finding.notes.some(({ kind }) => kind === "help"));
    assert.match(stop.message, /^bug check 0xA IRQL_NOT_LESS_OR_EQUAL$/);
    assert.match(text.slice(stop.begin, stop.end), /^KeSetEvent/);
  });
});

test("a scenario that never ends stops at the bound, in slices as in one piece", async () => {
  const module = await Module.of(compiled);
  const text = "machine x86;\nroutine R() { ULONG i; for (;;) { i = i + 1; } }\nthread T { R(); }\n";
  for (const slice of [1000, 1 << 20]) {
    const session = module.open("endless.kss", text, { maxSteps: 250_000 });
    let turns = 1;
    while (session.advance(slice)) turns++;
    const { end, status, steps } = session.outcome();
    assert.deepEqual([end, status, steps, turns], ["steps", 3, 250_000, Math.ceil(250_000 / slice)]);
    session.close();
  }
});

test("slices change nothing", async () => {
  const module = await Module.of(compiled);
  for (const file of page) {
    const session = module.open(file, readFileSync(file));
    while (session.advance(7));
    const sliced = session.write("jsonl");
    session.close();
    ranIn(module, file, {}, (whole) => assert.ok(Buffer.from(whole.write("jsonl")).equals(sliced), file));
  }
});

test("a thousand runs in one instance need no more memory than a hundred", async () => {
  const module = await Module.of(compiled);
  const texts = page.map((file) => [file, readFileSync(file)]);
  const round = (count) => {
    for (let i = 0; i < count; i++) {
      const [file, bytes] = texts[i % texts.length];
      ranIn(module, file, {}, (session) => session.write("jsonl") && session.report(true) && session.outcome(), bytes);
      module.format(file, bytes);
      module.explain("KSS2001");
    }
  };
  round(100);
  const before = module.size;
  round(900);
  assert.equal(module.size, before);
});

test("format writes what kss fmt writes, and marks what keeps it from doing so", async () => {
  const module = await Module.of(compiled);
  const crooked = readFileSync(page[15], "utf8").replaceAll("    ", "\t ").replaceAll(", ", ",");
  for (const text of [crooked, ...page.map((file) => readFileSync(file, "utf8"))])
    assert.equal(module.format("x.kss", text).text, kss(["fmt", "-"], text).text);
  const { marks } = module.format("x.kss", "machine x86;\nthread T { R( }\n");
  assert.equal(marks[0].line, 2);
});

test("explain says what kss explain says", async () => {
  const module = await Module.of(compiled);
  const ids = kss(["list", "hazards"]).text.trim().split("\n").map((line) => line.split(" ")[0]); // prettier-ignore
  assert.ok(ids.length > 30);
  for (const word of [...ids, "0x7F", "KeSetEvent", "STATUS_TIMEOUT", "KEVENT", "KSS0101", "0xC4/0x123"])
    assert.equal(module.explain(word), kss(["explain", word]).text, word);
  assert.equal(module.explain("</script>"), null);
});

test("the vocabulary is the command's", async () => {
  const rows = (topic) => kss(["list", topic, "--format", "jsonl"]).text.trim().split("\n").map(JSON.parse);
  const vocabulary = (await Module.of(compiled)).vocabulary();
  const names = (list) => list.map((row) => (Array.isArray(row) ? row[0] : row));
  assert.deepEqual(names(vocabulary.routines), rows("routines").map((row) => row.name));
  assert.deepEqual(vocabulary.routines.map((row) => row[1]), rows("routines").map((row) => row.signature));
  assert.deepEqual(vocabulary.types, rows("types").map((row) => row.type));
  assert.deepEqual(vocabulary.machines, rows("machines").map((row) => row.machine));
  assert.deepEqual(vocabulary.hazards.map((row) => row[1]), rows("hazards").map((row) => row.name));
  assert.deepEqual(vocabulary.bugchecks.map((row) => row[1]), rows("bugchecks").map((row) => row.name));
});

test("hostile bytes stay text", async () => {
  const module = await Module.of(compiled);
  const bytes = Buffer.from("</script><!-- \u2028\u0001\u0007\"\\ \ud83d\ude00 \n", "utf8");
  for (const text of [bytes, Buffer.from([0xff, 0xfe, 0x00, 0x3c]), Buffer.alloc(0), Buffer.alloc(1 << 20, "{")])
    ranIn(module, '</script>"\\\u2028\u0007.kss', {}, (session) => assert.ok([0, 2].includes(session.outcome().status)), text);
});
