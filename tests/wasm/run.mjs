// SPDX-License-Identifier: MIT
// Runs a WASI program with the current folder as the only one it sees:
//   node --no-warnings tests/wasm/run.mjs kss.wasm run scenarios
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [module, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: ["kss", ...args],
  env: {},
  preopens: { ".": "." },
  returnOnExit: true,
});
const compiled = await WebAssembly.compile(await readFile(module));
const instance = await WebAssembly.instantiate(compiled, wasi.getImportObject());
process.exitCode = wasi.start(instance);
