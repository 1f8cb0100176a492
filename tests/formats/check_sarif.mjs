// SPDX-License-Identifier: MIT
// Whether a SARIF document of kss is what it says it is: valid by the schema, complete for GitHub's code scanning,
// and true: regions lie in the sources and hold the snippet, indexes point to what they name, fingerprints are
// GitHub's and tell results apart, the results fit the exit status.
//
//   node check_sarif.mjs SCHEMA ROOT STATUS FILE.sarif      ROOT: what relative URIs are relative to
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [schemaPath, root, statusText, file] = process.argv.slice(2);
const status = Number(statusText);
const strict = process.env.KSS_STRICT === "1";
const text = readFileSync(file, "utf8");
const log = JSON.parse(text);
let problems = 0;

function problem(where, what) {
  if (++problems <= 20) console.log(`${file}: ${where}: ${what}`);
}
function check(good, where, what) {
  if (!good) problem(where, what);
}

// ---- The schema

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));
if (!validate(log)) for (const e of validate.errors) problem(e.instancePath, `schema: ${e.message}`);

// ---- Sources

// GitHub's line hashes: a polynomial in 37 over the first 100 characters from a line's start, modulo 2^64; blanks
// and tabs are left out, line ends are LF, behind the end stands U+FFFF and then zeros.
function lineHashes(content) {
  const units = [];
  const starts = [];
  let lineStart = true;
  let afterCr = false;
  for (let i = 0; i <= content.length; i++) {
    let unit = i < content.length ? content.charCodeAt(i) : 0xffff;
    const skipped = unit === 32 || unit === 9 || (afterCr && unit === 10);
    afterCr = unit === 13;
    if (skipped) continue;
    if (unit === 13) unit = 10;
    if (lineStart) starts.push(units.length);
    lineStart = unit === 10;
    units.push(unit);
  }
  const seen = new Map();
  return starts.map((start) => {
    let hash = 0n;
    for (let i = 0; i < 100; i++) hash = BigInt.asUintN(64, hash * 37n + BigInt(units[start + i] ?? 0));
    const hex = hash.toString(16);
    seen.set(hex, (seen.get(hex) ?? 0) + 1);
    return `${hex}:${seen.get(hex)}`;
  });
}

const sources = new Map();
function source(uri) {
  if (!sources.has(uri)) {
    // Bytes, since a name need not be UTF-8.
    const path = Buffer.from(
      uri.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
      "latin1",
    );
    let content = null;
    try {
      content = readFileSync(Buffer.concat([Buffer.from(join(root, "/")), path])).toString("utf8");
    } catch {
      // a file that does not exist has no regions
    }
    const lines = content?.replace(/^\uFEFF/, "").split(/\r?\n/);
    sources.set(uri, { content, lines, hashes: content === null ? null : lineHashes(content) });
  }
  return sources.get(uri);
}

function between(lines, r) {
  if (r.startLine === r.endLine) return lines[r.startLine - 1].slice(r.startColumn - 1, r.endColumn - 1);
  return [
    lines[r.startLine - 1].slice(r.startColumn - 1),
    ...lines.slice(r.startLine, r.endLine - 1),
    lines[r.endLine - 1].slice(0, r.endColumn - 1),
  ].join("\n");
}

function checkRegion(where, uri, region) {
  const { lines } = source(uri);
  if (lines == null) return problem(where, `a region in ${uri}, which cannot be read`);
  const { startLine, startColumn, endLine, endColumn, snippet } = region;
  for (const [line, column] of [[startLine, startColumn], [endLine, endColumn]]) {
    check(line >= 1 && line <= lines.length, where, `line ${line} of ${lines.length}`);
    const length = lines[line - 1]?.length ?? 0;
    check(column >= 1 && column <= length + 1, where, `column ${column} of line ${line}, which has ${length}`);
  }
  check(startLine < endLine || (startLine === endLine && startColumn <= endColumn), where, "ends before it begins");
  if (snippet && !snippet.text.includes("\uFFFD"))
    check(snippet.text.replace(/\r\n/g, "\n") === between(lines, region), where,
      `snippet ${JSON.stringify(snippet.text)} is not ${JSON.stringify(between(lines, region))}`);
}

function checkLocation(where, location, wantsRegion) {
  const physical = location.physicalLocation;
  check(physical !== undefined, where, "no physical location");
  if (physical === undefined) return;
  const uri = physical.artifactLocation.uri;
  check(/^[A-Za-z0-9\-._~%/]+$/.test(uri) && !uri.startsWith("/"), where, `not a relative URI: ${uri}`);
  check(physical.artifactLocation.uriBaseId in run.originalUriBaseIds, where, "unknown uriBaseId");
  check(artifacts.has(uri), where, `${uri} is no artifact`);
  if (physical.region) checkRegion(where, uri, physical.region);
  else if (wantsRegion) problem(where, "no region");
}

// ---- The run

check(log.runs.length === 1, "runs", "one run is expected");
const run = log.runs[0];
const rules = run.tool.driver.rules;
const artifacts = new Set(run.artifacts.map((a) => a.location.uri));
check(run.columnKind === "utf16CodeUnits", "columnKind", run.columnKind);
check(new Set(rules.map((r) => r.id)).size === rules.length, "rules", "ids are not unique");
rules.forEach((rule, i) => {
  for (const key of ["shortDescription", "fullDescription", "help"]) {
    const said = rule[key]?.text;
    check(said?.length > 0, `rules[${i}]`, `no ${key}.text`);
    check(key === "help" || said.length <= 1024, `rules[${i}]`, `${key} is longer than GitHub takes`);
  }
  check(["note", "warning", "error"].includes(rule.defaultConfiguration.level), `rules[${i}]`, "level");
  check(["error", "warning", "recommendation"].includes(rule.properties["problem.severity"]), `rules[${i}]`, "severity");
});

const fingerprints = new Set();
let bad = 0;
run.results.forEach((result, i) => {
  const where = `results[${i}] (${result.ruleId})`;
  const suppressed = (result.suppressions ?? []).length > 0;
  check(rules[result.ruleIndex]?.id === result.ruleId, where, `rule ${result.ruleIndex} is another one`);
  check(result.message.text.length > 0, where, "no message");
  check(result.locations.length === 1, where, "one location is expected");
  checkLocation(where, result.locations[0], true);
  const physical = result.locations[0].physicalLocation;
  const own = result.partialFingerprints["kssFinding/v1"];
  const key = `${physical.artifactLocation.uri} ${own}`;
  check(/^[0-9a-f]{16}:[0-9]+$/.test(own), where, `fingerprint ${own}`);
  check(!fingerprints.has(key), where, `fingerprint ${own} is another result's`);
  fingerprints.add(key);
  const hash = source(physical.artifactLocation.uri).hashes?.[physical.region.startLine - 1];
  check(result.partialFingerprints.primaryLocationLineHash === hash, where,
    `line hash ${result.partialFingerprints.primaryLocationLineHash}, GitHub's is ${hash}`);
  if (suppressed) {
    check(result.level === "note", where, "suppressed, but not a note");
    check(result.suppressions[0].justification.length > 0 && result.properties.severity, where, "says not why");
    checkLocation(`${where}.suppressions`, result.suppressions[0].location, true);
  } else if (result.level !== "note" || strict) {
    bad++;
  }
  (result.relatedLocations ?? []).forEach((location) => {
    checkLocation(`${where}.relatedLocations`, location, true);
    check(location.message.text.length > 0, where, "a related location says nothing");
  });
  for (const flow of result.codeFlows ?? []) checkFlow(where, flow);
});

// Steps are numbered from 1 over all thread flows, and in each of them ascend.
function checkFlow(where, flow) {
  const orders = [];
  const ids = flow.threadFlows.map((t) => t.id);
  check(new Set(ids).size === ids.length, where, "thread flows share an id");
  for (const threadFlow of flow.threadFlows) {
    const own = threadFlow.locations.map((l) => l.executionOrder);
    check(own.every((order, k) => k === 0 || order > own[k - 1]), where, `${threadFlow.id}: steps out of order`);
    orders.push(...own);
    for (const step of threadFlow.locations) {
      checkLocation(`${where}.codeFlows`, step.location, false);
      check(!/[[\]{}]/.test(step.location.message.text.replace(/`[^`]*`/g, "").replace(/\[\d*\]/g, "")), where,
        `step "${step.location.message.text}"`);
    }
  }
  orders.sort((a, b) => a - b);
  check(orders.every((order, k) => order === k + 1), where, "steps are not numbered from 1");
  check(orders.length <= 64, where, "more steps than are said to be the most");
}

// ---- The exit status

const [invocation] = run.invocations;
const notified = invocation.toolExecutionNotifications.map((n) => n.level);
check(invocation.exitCode === status, "invocations", `exitCode ${invocation.exitCode}, kss exited with ${status}`);
check(invocation.executionSuccessful === (status !== 2), "invocations", "executionSuccessful");
if (status === 0) check(bad === 0, "results", `${bad} that break a build, but kss exited with 0`);
if (status === 1) check(bad > 0, "results", "none that breaks a build, but kss exited with 1");
if (status === 2) check(bad > 0 || notified.includes("error"), "results", "nothing says what is wrong with the input");
if (status === 3) check(notified.includes("warning"), "invocations", "nothing says why kss cannot tell");
run.invocations[0].toolExecutionNotifications.forEach((n) => checkLocation("notifications", n.locations[0], false));

// ---- Nothing of the host

check(!/"(startTimeUtc|endTimeUtc|machine|account|workingDirectory|processId)":/.test(text.replace(/"machine": "[a-z0-9-]+"/g, "")),
  "document", "speaks of the host");
check(!text.includes(process.cwd()), "document", "has an absolute path");

if (problems > 20) console.log(`${file}: ${problems - 20} more`);
console.log(`${file}: ${run.results.length} results, ${problems} problems`);
process.exit(problems === 0 ? 0 : 1);
