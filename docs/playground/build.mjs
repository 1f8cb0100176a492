// SPDX-License-Identifier: MIT
// Makes the page: one file with the editor, the module, the scenarios and the player.
//
//   node build.mjs --packages FOLDER --module playground.wasm --out playground.html
//
// FOLDER has the node_modules of package.json. The same inputs give the same bytes.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deflateRawSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const { values: given } = parseArgs({
  options: { packages: { type: "string" }, module: { type: "string" }, out: { type: "string" } },
});
const packages = resolve(given.packages, "node_modules");
const { buildSync } = createRequire(join(packages, "package.json"))("esbuild");
const read = (path) => readFileSync(resolve(here, path), "utf8");

// ---- Programs ---------------------------------------------------------------------------------------------------

const used = new Set(); // packages that are in the page

function bundle(entry, define) {
  const built = buildSync({
    entryPoints: [join(here, "page", entry)],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    nodePaths: [packages],
    absWorkingDir: root,
    define,
  });
  for (const input of Object.keys(built.metafile.inputs)) {
    const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
    if (name) used.add(name);
  }
  return built.outputFiles[0].text.trim();
}

const worker = bundle("worker.js");
const main = bundle("main.js", { WORKER: JSON.stringify(worker) });
const pageFolder = resolve(root, "sim/report/page");
const programs = [readFileSync(join(pageFolder, "player.js"), "utf8"), main];
const style = readFileSync(join(pageFolder, "player.css"), "utf8") + read("page/page.css");

// ---- Scenarios --------------------------------------------------------------------------------------------------

const groups = [
  ["Lessons", "scenarios/lessons"],
  ["Incidents", "scenarios/incidents"],
].map(([group, folder]) => ({
  group,
  items: readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".kss"))
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, folder, file), "utf8");
      const title = /^\/\/ (.*)/.exec(text)?.[1] ?? "";
      return { id: file.replace(/\.kss$/, ""), name: `${folder}/${file}`, title, text };
    }),
}));

// ---- The page ---------------------------------------------------------------------------------------------------

// Programs and styles stand in the page as they are: nothing in them may end their element.
function inside(tag, text) {
  if (new RegExp(`</${tag}|<!--`, "i").test(text)) throw new Error(`a ${tag} of the page holds what ends it`);
  return text;
}

const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'",
  `script-src ${programs.map(hash).join(" ")} 'wasm-unsafe-eval'`,
  "worker-src blob:",
  `style-src ${hash(style)} 'nonce-editor'`, // the editor makes its own style elements
  "style-src-attr 'unsafe-inline'", // browsers put such on text that is typed over
  "img-src data:", // signs of the editor
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const licences = [...used].sort().map((name) => {
  const { version } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
  const file = readdirSync(join(packages, name)).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version}\n\n${readFileSync(join(packages, name, file), "utf8").trim()}\n`;
});
const comment = `<!--\nkss\n\n${read("../../LICENSE").trim()}\n\n${licences.join("\n")}-->`;
if (/--!?>/.test(comment.slice(4, -3))) throw new Error("a licence ends its comment");

const parts = {
  policy,
  licences: comment,
  style: inside("style", style),
  module: deflateRawSync(readFileSync(given.module), { level: 9 }).toString("base64"),
  scenarios: JSON.stringify(groups).replaceAll("<", "\\u003c"),
  scripts: programs.map((text) => `<script>${inside("script", text)}</script>`).join("\n"),
};
const page = read("page/page.html").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
writeFileSync(given.out, page);

const kilobytes = (text) => `${Math.round(text.length / 1024)} KB`;
console.log(`${given.out}: ${kilobytes(page)} (module ${kilobytes(parts.module)}, programs ${kilobytes(programs.join(""))}, scenarios ${kilobytes(parts.scenarios)})`);
