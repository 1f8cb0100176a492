// SPDX-License-Identifier: MIT
// The page put together: an editor, an engine that runs what is in it, views of the run, and the address, which
// says what is open. State lives here and nowhere else.
import { download, element, find } from "./dom.js";
import { Editor } from "./editor.js";
import { Engine, Stopped } from "./engine.js";
import { Events } from "./events.js";
import { Vocabulary } from "./language.js";
import { markdown } from "./markdown.js";
import * as share from "./share.js";
import { split } from "./split.js";
import { Tabs } from "./tabs.js";

const CHECK_AFTER = 250; // ms without typing
const FIRST = "16-user-mode-wait";

const decoder = new TextDecoder();
const scenarios = new Map(); // by id: { id, name, title, text }
let engine, editor, events, tabs, vocabulary;
let open = { name: "scenario.kss", id: null, text: "" }; // what the editor was filled with
let ran = null; // { text, outcome, drawn (the player's data), mostDrawn } of the last run
let running = false;
let checkTimer, checks = 0; // prettier-ignore
let player = null; // what kssPlayer returned

// ---- Words to the reader ----------------------------------------------------------------------------

// [about]: "link" or "run"; a notice goes when what it is about is tried again.
function notice(about, text) {
  find("notice").dataset.about = about;
  find("notice").textContent = text;
  find("notice").hidden = text === "";
}

function settle(about) {
  if (find("notice").dataset.about === about) notice(about, "");
}

function status(kind, strong, ...rest) {
  const line = find("status");
  line.className = kind;
  line.replaceChildren(element("strong", {}, strong), ...rest);
}

const count = (number, one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

// ---- Problems and findings --------------------------------------------------------------------------

function showMarks(marks) {
  editor.mark(marks);
  const rows = editor.marks.map((mark) => {
    const kind = mark.expected ? "note" : mark.severity;
    const row = element("li", { className: kind }, element("span", { className: "sign", "aria-hidden": "true" }));
    const said = `${kind === "note" ? "" : `${kind}: `}${mark.message}${mark.expected ? " (expected)" : ""}`;
    row.append(element("span", { className: "where" }, mark.line ? `line ${mark.line}` : ""));
    const go = element("button", { title: "Go there" }, said);
    if (mark.from === undefined) go.disabled = true;
    go.addEventListener("click", () => editor.goTo(mark.from, mark.to));
    if (mark.code) {
      const id = element("button", { className: "id", title: `Explain ${mark.code}` }, mark.code);
      id.addEventListener("click", () => explain(mark.code));
      row.append(id);
    }
    row.append(go);
    return row;
  });
  find("found").replaceChildren(...rows);
  find("found-none").hidden = rows.length > 0;
  find("found-none").textContent = ran && editor.text === ran.text ? "None in this run." : "None.";
}

async function check() {
  const number = ++checks;
  const { text } = editor;
  const said = await ask("check", { name: open.name, text, options: options() });
  if (said && number === checks && !running) showMarks(said.marks);
}

function edited(byPage) {
  checks++;
  clearTimeout(checkTimer);
  if (!byPage) checkTimer = setTimeout(check, CHECK_AFTER);
  if (!ran || running) return;
  const stale = editor.text !== ran.text;
  find("status").classList.toggle("stale", stale);
  if (stale) status("", "Edited since the last run.", " Ctrl+Enter runs it.");
}

// ---- Running ----------------------------------------------------------------------------------------

const options = () => ({ machine: find("machine").value, swap: find("swap").value });

// An answer of the engine; undefined, with a notice, when there is none.
async function ask(what, parts, progress) {
  try {
    return await engine.ask(what, parts, progress);
  } catch (error) {
    if (!(error instanceof Stopped)) notice("run", `The simulator gave up: ${error.message}`);
    return undefined;
  }
}

function setRunning(is) {
  running = is;
  find("run").disabled = is;
  find("stop").hidden = !is;
}

async function run() {
  if (running) return;
  settle("run");
  clearTimeout(checkTimer);
  checks++;
  setRunning(true);
  status("", "Running …");
  const { text } = editor;
  const tell = (steps) => status("", "Running …", ` ${count(steps, "instruction")} so far`);
  const done = await ask("run", { name: open.name, text, options: options() }, tell);
  setRunning(false);
  if (!done) {
    ran = null;
    return status("open", "Stopped.", " The run was ended before it came to its end.");
  }
  ran = { text, ...done, filled: new Set() };
  showOutcome(done.outcome);
  showRun();
}

const ENDS = {
  steps: "given up at the step bound",
  "cannot-tell": "the documents do not say how to go on",
};
const VERDICTS = [
  ["good", "Passed."],
  ["bad", "Failed."],
  ["bad", "The scenario has errors."],
  ["open", "Cannot tell."],
];

function showOutcome(outcome) {
  const [kind, word] = VERDICTS[outcome.status] ?? ["bad", `Status ${outcome.status}.`];
  const said = [];
  if (!outcome.loaded) {
    const errors = outcome.marks.filter((mark) => mark.severity === "error").length;
    said.push(outcome.failure ?? count(errors, "error"));
  } else {
    const stop = outcome.marks.find((mark) => mark.kind === "stop");
    said.push(stop ? `${stop.message}${stop.expected ? ", as expected" : ""}` : (ENDS[outcome.end] ?? "the run came to its end"));
    if (outcome.met + outcome.failed > 0)
      said.push(`${outcome.met} of ${count(outcome.met + outcome.failed, "expectation")} met`);
    const open = ["error", "warning"].filter((what) => outcome[`${what}s`] > 0);
    if (open.length > 0) said.push(`not expected: ${open.map((what) => count(outcome[`${what}s`], what)).join(", ")}`);
  }
  const more = outcome.loaded
    ? element("span", { className: "more" }, `${outcome.time} virtual, ${count(outcome.steps, "instruction")}, ${count(outcome.events, "event")}`)
    : null; // prettier-ignore
  status(kind, word, ` ${said.join("; ")}`, ...(more ? [more] : []));
  showMarks(outcome.marks);
}

// ---- Views ------------------------------------------------------------------------------------------

const VIEWS = { player: showPlayer, report: showReport, events: showEvents };

function showRun() {
  const { loaded } = ran.outcome;
  find("tab-player").hidden = !loaded;
  if (!loaded && tabs.panel === "player") tabs.show("report");
  else if (loaded && !tabs.chosen) tabs.show("player");
  else shown(tabs.panel);
}

// Views are filled when they are looked at.
function shown(panel) {
  if (!ran || !(panel in VIEWS) || ran.filled.has(panel)) return;
  ran.filled.add(panel);
  VIEWS[panel]();
}

function showPlayer() {
  player?.destroy();
  player = null;
  find("player").replaceChildren();
  if (!ran.drawn) {
    const words = `A run is drawn up to ${ran.mostDrawn.toLocaleString("en")} events; this one has ${count(ran.outcome.events, "event")}.`;
    return find("player").append(element("p", {}, words, " The report and the events have them."));
  }
  const data = JSON.parse(decoder.decode(ran.drawn));
  player = kssPlayer(find("player"), data, { step: open.step, onstep: (step) => atWork(data, step) });
  open.step = undefined;
}

// Marks in the editor the statement that the player is at.
function atWork(data, step) {
  const place = step > 0 ? data.steps.place[step - 1] : 0;
  if (editor.text === ran.text) editor.showCurrent(data.places[2 * place] ?? 0, place ? data.places[2 * place + 1] : 0);
}

async function showReport() {
  find("report-text").textContent = (await ask("report", { verbose: find("verbose").checked })) ?? "";
}

async function showEvents() {
  events.wait();
  const bytes = ran.outcome.loaded ? await ask("write", { format: "jsonl" }) : null;
  ran.jsonl = bytes ?? new Uint8Array();
  find("events-save").disabled = !bytes;
  events.set(bytes ? decoder.decode(bytes) : "\n", ran.outcome.dropped ?? 0);
}

async function explain(word) {
  find("word").value = word;
  tabs.show("explain");
  if (word === "") return find("word").focus();
  const text = await ask("explain", { word });
  const known = text !== null && text !== undefined;
  const said = known ? markdown(text, tryable) : [element("p", {}, `Nobody here knows ${word}.`)];
  find("explain-text").replaceChildren(...said);
  find("explain").scrollTop = 0;
}

// Scenarios of the explain texts can be tried at once.
function tryable(code) {
  const button = element("button", {}, "Open in the editor");
  button.addEventListener("click", () => load({ name: "scenario.kss", id: null, text: code }));
  return [editor.coloured(code), button];
}

// ---- What is open -----------------------------------------------------------------------------------

function load(scenario) {
  open = { ...scenario };
  ran = null;
  find("scenario").value = scenario.id ?? "";
  editor.replace(scenario.text);
  showMarks([]);
  run();
}

function choose(id) {
  const scenario = scenarios.get(id);
  if (!scenario) return;
  settle("link");
  setAddress(`#lesson=${id}`);
  load(scenario);
}

function setAddress(fragment) {
  history.replaceState(null, "", fragment);
}

// What the address asks for; a message where it cannot be had.
async function follow() {
  let asked = {};
  try {
    asked = await share.read(location.hash);
    settle("link");
  } catch (error) {
    notice("link", `The link cannot be opened: ${error.message}.`);
  }
  for (const what of ["machine", "swap"]) {
    const known = [...find(what).options].some((option) => option.value === asked[what]);
    find(what).value = known ? asked[what] : "";
  }
  if (asked.lesson !== undefined && !scenarios.has(asked.lesson))
    notice("link", "The link names a scenario that this page does not have.");
  if (asked.text !== undefined) load({ name: asked.name, id: null, text: asked.text, step: asked.step });
  else load({ ...(scenarios.get(asked.lesson) ?? scenarios.get(FIRST)), step: asked.step });
}

async function shareLink() {
  const { text } = editor;
  const lesson = open.id !== null && text === scenarios.get(open.id).text ? open.id : undefined;
  let fragment;
  try {
    fragment = await share.write({ lesson, text, name: open.name, ...options(), step: player?.step });
  } catch (error) {
    return notice("link", `No link: ${error.message}.`);
  }
  setAddress(fragment);
  find("link-text").value = location.href;
  let copied = "Copy it:";
  try {
    await navigator.clipboard.writeText(location.href);
    copied = "It is in the clipboard.";
  } catch {
    // not allowed here: the reader copies
  }
  find("link-said").textContent = copied;
  find("link").showModal();
  find("link-text").select();
}

async function formatText() {
  const { text } = editor;
  const made = await ask("format", { name: open.name, text });
  if (!made || editor.text !== text) return;
  if (made.marks) showMarks(made.marks);
  else if (made.text !== text) editor.replace(made.text, true);
}

// ---- Looks ------------------------------------------------------------------------------------------

function stored(value) {
  try {
    if (value !== undefined) localStorage.setItem("kss-theme", value);
    return localStorage.getItem("kss-theme");
  } catch {
    return null; // not kept: some browsers have no storage for files
  }
}

function themes() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const set = (dark) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    find("theme").setAttribute("aria-pressed", dark);
  };
  const chosen = stored();
  set(chosen ? chosen === "dark" : system.matches);
  system.addEventListener("change", () => stored() ?? set(system.matches));
  find("theme").addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme !== "dark";
    set(dark);
    stored(dark ? "dark" : "light");
  });
}

// ---- Start ------------------------------------------------------------------------------------------

function fillScenarios() {
  const select = find("scenario");
  select.append(element("option", { value: "", hidden: true }, "a scenario of your own"));
  for (const { group, items } of JSON.parse(find("scenarios").textContent)) {
    const options = items.map((item) => {
      scenarios.set(item.id, item);
      return element("option", { value: item.id }, `${item.id.replaceAll("-", " ")}: ${item.title}`);
    });
    select.append(element("optgroup", { label: group }, ...options));
  }
  select.addEventListener("change", () => choose(select.value));
}

function connect() {
  find("run").addEventListener("click", run);
  find("stop").addEventListener("click", () => engine.stop());
  find("format").addEventListener("click", formatText);
  find("share").addEventListener("click", shareLink);
  find("save").addEventListener("click", () => download(open.name.split("/").pop(), editor.text, "text/plain"));
  for (const what of ["machine", "swap"]) find(what).addEventListener("change", run);
  find("verbose").addEventListener("change", showReport);
  find("events-save").addEventListener("click", () => download("events.jsonl", ran?.jsonl ?? "", "application/jsonl"));
  find("explain-form").addEventListener("submit", (event) => {
    event.preventDefault();
    explain(find("word").value.trim());
  });
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) run();
  });
  for (const button of ["run", "format", "share", "save"]) find(button).disabled = false;
}

async function start() {
  themes();
  fillScenarios();
  split(find("split"));
  tabs = new Tabs(document.querySelector("[role=tablist]"), shown);
  tabs.show("report");
  const packed = share.fromBase64(find("module").textContent);
  find("module").remove();
  engine = new Engine(WORKER, await share.inflate(packed, Infinity));
  vocabulary = new Vocabulary(await engine.vocabulary);
  for (const name of vocabulary.machines) find("machine").append(element("option", {}, name));
  find("version").textContent = vocabulary.version;
  editor = new Editor(find("editor"), vocabulary, { edit: edited, run, explain });
  events = new Events((line) => editor.goToLine(line));
  connect();
  await follow();
}

start().catch((error) => {
  status("bad", "The playground did not start.", ` ${error.message}`);
});
