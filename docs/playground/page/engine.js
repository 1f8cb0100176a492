// SPDX-License-Identifier: MIT
// The page's side of worker.js.
export class Stopped extends Error {}

export class Engine {
  // [source]: the worker's program; [bytes]: the module.
  constructor(source, bytes) {
    this.source = source;
    this.bytes = bytes;
    this.waiting = new Map();
    this.last = 0;
    this.vocabulary = this.begin();
  }

  begin() {
    const address = URL.createObjectURL(new Blob([this.source], { type: "text/javascript" }));
    this.worker = new Worker(address);
    this.worker.onmessage = ({ data }) => this.answer(data);
    this.worker.onerror = (event) => this.fail(new Error(event.message || "the worker did not start"));
    return this.ask("start", { bytes: this.bytes }).finally(() => URL.revokeObjectURL(address));
  }

  // [progress] is called with the instructions executed so far.
  ask(what, parts = {}, progress) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, progress });
      this.worker.postMessage({ id, ask: what, ...parts });
    });
  }

  answer({ id, value, error, steps }) {
    const asked = this.waiting.get(id);
    if (!asked) return;
    if (steps !== undefined) return asked.progress?.(steps);
    this.waiting.delete(id);
    if (error !== undefined) asked.reject(new Error(error));
    else asked.resolve(value);
  }

  fail(error) {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  // Ends what runs; the next question is asked of a new worker.
  stop() {
    this.worker.terminate();
    this.fail(new Stopped("stopped"));
    this.begin().catch(() => {});
  }
}
