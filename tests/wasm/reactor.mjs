// SPDX-License-Identifier: MIT
// Runs scenarios with the reactor (reactor.c) and prints their events:
//   node --no-warnings tests/wasm/reactor.mjs reactor.wasm FILE...
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [module, ...files] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [], env: {}, preopens: {} });
const compiled = await WebAssembly.compile(await readFile(module));
const { exports } = await WebAssembly.instantiate(compiled, wasi.getImportObject());
wasi.initialize({ exports });

function put(bytes) {
  const at = exports.room(bytes.length + 1);
  const memory = new Uint8Array(exports.memory.buffer, at, bytes.length + 1);
  memory.set(bytes);
  memory[bytes.length] = 0;
  return at;
}

for (const file of files) {
  const bytes = await readFile(file);
  const at = exports.run(put(Buffer.from(file)), put(bytes), bytes.length);
  process.stdout.write(new Uint8Array(exports.memory.buffer, at, exports.length()));
}
