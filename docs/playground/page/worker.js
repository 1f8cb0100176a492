// SPDX-License-Identifier: MIT
// The module in a thread of its own: a run never holds the page up, and ending the thread ends a run. Messages
// are { id, ask, ... } and come back as { id, value } or { id, error }; a run also says how far it is.
import { Module } from "./module.js";

const SLICE = 4_000_000; // instructions between two looks at the clock
const TELL = 250; // ms between two words of progress
const MOST_DRAWN = 100_000; // events of a run that a page draws step by step
const ENOUGH = 512 << 20; // bytes of memory after which a module is replaced: it never shrinks

let compiled, module, session;

function close() {
  session?.close();
  session = undefined;
}

async function fresh() {
  if (module && module.size < ENOUGH) return;
  session = undefined;
  module = await Module.of(compiled);
}

const asks = {
  async start({ bytes }) {
    compiled = await WebAssembly.compile(bytes);
    await fresh();
    return module.vocabulary();
  },

  async check({ name, text, options }) {
    const checked = module.open(name, text, options);
    const { loaded, failure, marks } = checked.outcome();
    checked.close();
    return { loaded, failure, marks };
  },

  async run({ id, name, text, options }) {
    close();
    await fresh();
    session = module.open(name, text, options);
    let told = performance.now();
    for (let slices = 1; session.advance(SLICE); slices++) {
      if (performance.now() - told < TELL) continue;
      told = performance.now();
      postMessage({ id, steps: slices * SLICE });
    }
    const outcome = session.outcome();
    const few = outcome.events <= MOST_DRAWN;
    return { outcome, drawn: outcome.loaded && few ? session.write("player") : null, mostDrawn: MOST_DRAWN };
  },

  async report({ verbose }) {
    return session ? session.report(verbose) : "";
  },

  async write({ format }) {
    return session ? session.write(format) : null;
  },

  async format({ name, text }) {
    return module.format(name, text);
  },

  async explain({ word }) {
    return module.explain(word);
  },
};

// One after the other: an answer may wait for a new module.
let before = Promise.resolve();
onmessage = ({ data }) => {
  before = before.then(async () => {
    try {
      postMessage({ id: data.id, value: await asks[data.ask](data) });
    } catch (error) {
      module = session = undefined; // what a trap left behind is not to be used
      await fresh().catch(() => {});
      postMessage({ id: data.id, error: error.message });
    }
  });
};
