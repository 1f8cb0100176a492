// SPDX-License-Identifier: MIT
// The module's host: what module/entry.c exports, as functions on strings. Pages and Node use it alike.
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const BAD_FILE = 8; // WASI's EBADF: there are no files here

// What wasi-libc asks of its host: nothing but an end and somewhere to complain.
function imports(wanted, memory, said) {
  const known = {
    proc_exit(status) {
      throw new Error(said.join("").trim() || `the module ended with status ${status}`);
    },
    fd_write(_file, vectors, count, written) {
      const view = new DataView(memory().buffer);
      let length = 0;
      for (let i = 0; i < count; i++) {
        const at = view.getUint32(vectors + 8 * i, true);
        const size = view.getUint32(vectors + 8 * i + 4, true);
        said.push(decoder.decode(new Uint8Array(memory().buffer, at, size)));
        length += size;
      }
      view.setUint32(written, length, true);
      return 0;
    },
  };
  const found = {};
  for (const { module, name } of wanted) (found[module] ??= {})[name] = known[name] ?? (() => BAD_FILE);
  return found;
}

export class Module {
  static async make(bytes) {
    return Module.of(await WebAssembly.compile(bytes));
  }

  static async of(compiled) {
    const module = new Module();
    const said = [];
    const wanted = WebAssembly.Module.imports(compiled);
    const instance = await WebAssembly.instantiate(
      compiled,
      imports(wanted, () => module.exports.memory, said),
    );
    module.exports = instance.exports;
    module.exports._initialize();
    module.answer = module.exports.reply();
    return module;
  }

  // Bytes of linear memory, which only grows.
  get size() {
    return this.exports.memory.buffer.byteLength;
  }

  // Calls [use] with the addresses of NUL-terminated copies of [texts] (strings or bytes).
  with(texts, use) {
    const rooms = texts.map((text) => {
      const bytes = typeof text === "string" ? encoder.encode(text) : text;
      const at = this.exports.room(bytes.length + 1);
      if (at === 0) throw new Error("out of memory");
      const memory = new Uint8Array(this.exports.memory.buffer, at, bytes.length + 1);
      memory.set(bytes);
      memory[bytes.length] = 0;
      return { at, length: bytes.length };
    });
    try {
      return use(...rooms);
    } finally {
      for (const { at } of rooms) this.exports.release(at);
    }
  }

  // A copy of the answer's bytes.
  bytes() {
    const view = new DataView(this.exports.memory.buffer);
    const at = view.getUint32(this.answer, true);
    return new Uint8Array(this.exports.memory.buffer, at, view.getUint32(this.answer + 4, true)).slice();
  }

  text() {
    return decoder.decode(this.bytes());
  }

  // options: machine, swap ("" is the scenario's own), strict, maxSteps (0: the library's bound).
  open(name, text, { machine = "", swap = "", strict = false, maxSteps = 0 } = {}) {
    return this.with([name, text, machine, swap], (n, t, m, s) => {
      const session = this.exports.open(n.at, t.at, t.length, m.at, s.at, strict, maxSteps);
      return new Session(this, session);
    });
  }

  // The canonical form, or the marks of what keeps the text from having one.
  format(name, text) {
    return this.with([name, text], (n, t) =>
      this.exports.format(n.at, t.at, t.length, this.answer)
        ? { text: this.text() }
        : { marks: JSON.parse(this.text()) },
    );
  }

  // What a word means, as Markdown; null when nobody knows it.
  explain(word) {
    return this.with([word], (w) => (this.exports.explain(w.at, this.answer) ? this.text() : null));
  }

  vocabulary() {
    this.exports.vocabulary(this.answer);
    return JSON.parse(this.text());
  }
}

class Session {
  constructor(module, at) {
    this.module = module;
    this.at = at;
  }

  // Executes [steps] more instructions; false when the run has ended.
  advance(steps) {
    return this.module.exports.advance(this.at, steps) !== 0;
  }

  run() {
    while (this.advance(1 << 24));
  }

  // module/module.h has its form.
  outcome() {
    this.module.exports.outcome(this.at, this.module.answer);
    return JSON.parse(this.module.text());
  }

  // A report's bytes; null when there is no such format.
  write(format) {
    return this.module.with([format], (f) =>
      this.module.exports.write(this.at, f.at, this.module.answer) ? this.module.bytes() : null,
    );
  }

  report(verbose) {
    this.module.exports.write_text(this.at, verbose, this.module.answer);
    return this.module.text();
  }

  close() {
    this.module.exports.close(this.at);
  }
}
