// SPDX-License-Identifier: MIT
// The events as a table: what every event has in columns, its own fields behind them. Lines are parsed when they
// are shown, a page of them at a time.
import { element, find } from "./dom.js";

const PAGE = 400; // rows
const COLUMNS = new Set(["type", "t", "seq", "irql", "thread", "line", "col", "len", "on_stack", "cpu"]);

const seconds = (time) => `${(time / 1e7).toFixed(time % 1e4 ? 7 : 3)} s`;

function fields(event) {
  const made = [];
  for (const [key, value] of Object.entries(event)) {
    if (COLUMNS.has(key)) continue;
    if (made.length > 0) made.push("  ");
    made.push(element("span", { className: "key" }, `${key} `));
    made.push(typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return made;
}

export class Events {
  // [goToLine] is called with the line of an event that was chosen.
  constructor(goToLine) {
    this.goToLine = goToLine;
    this.lines = [];
    find("filter").addEventListener("input", () => this.show());
    find("events-more").addEventListener("click", () => this.more());
  }

  wait() {
    find("events-rows").replaceChildren();
    find("events-more").hidden = true;
    find("events-count").textContent = "Reading \u2026";
  }

  // [text]: JSON Lines, the run's own line first; [dropped]: events that were not kept.
  set(text, dropped) {
    this.lines = text.split("\n").slice(1, -1);
    this.dropped = dropped;
    this.show();
  }

  show() {
    const wanted = find("filter").value.trim().toLowerCase();
    this.found = wanted === "" ? this.lines : this.lines.filter((line) => line.toLowerCase().includes(wanted));
    this.shown = 0;
    find("events-rows").replaceChildren();
    const number = (count, one) => `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
    const all = number(this.lines.length, "event");
    const left = this.dropped ? `; ${number(this.dropped, "more event")} left out, which kss run --format jsonl writes` : "";
    find("events-count").textContent =
      (wanted === "" ? all : `${this.found.length.toLocaleString("en")} of ${all}`) + left;
    this.more();
  }

  more() {
    const page = this.found.slice(this.shown, this.shown + PAGE);
    find("events-rows").append(...page.map((line) => this.row(JSON.parse(line))));
    this.shown += page.length;
    const left = this.found.length - this.shown;
    find("events-more").hidden = left === 0;
    find("events-more").textContent = `Show ${Math.min(PAGE, left)} more of ${left.toLocaleString("en")}`;
  }

  row(event) {
    const cell = (...content) => element("td", {}, ...content);
    const line = event.line && element("button", { title: `to line ${event.line}` }, String(event.line));
    line?.addEventListener("click", () => this.goToLine(event.line));
    return element(
      "tr",
      {},
      cell(seconds(event.t)),
      cell(event.thread ?? ""),
      cell(String(event.irql ?? "")),
      cell(event.type),
      cell(line ?? ""),
      cell(...fields(event)),
    );
  }
}
