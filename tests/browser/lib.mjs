// SPDX-License-Identifier: MIT
// What the tests of pages share. A page of kss is one file that asks for nothing else, so everything here starts from a
// file and holds it to that: visit() opens it in a fresh browser profile, runs the body, and then fails if the page wrote
// an error or a warning to the console, threw, or asked for anything but itself, be it a file beside it. The other
// helpers look (picture, printed), judge (accessible, overflow) and time (interaction) what is open.
//
//   import { test } from "node:test";
//   import { accessible, playerOf, visitEachLook } from "./lib.mjs";
//   test("the player can be read by everyone", () =>
//     visitEachLook(playerOf("scenarios/lessons/01-first-frame.kss"), {}, accessible));
//
// run.sh gives the environment: KSS_COMMAND, KSS_PLAYGROUND (may be missing), KSS_BROWSER_OUT (pages, pictures and
// node_modules go there), KSS_CHROMIUM (default: what Debian, Ubuntu and Chrome install).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, "../..");
export const out = resolve(process.env.KSS_BROWSER_OUT ?? join(root, "build/browser"));
const require = createRequire(join(out, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// ---- What is tested -----------------------------------------------------------------------------------------------

// The page of the playground, or nothing: its tests are then skipped.
export const playground = process.env.KSS_PLAYGROUND && resolve(process.env.KSS_PLAYGROUND);

// Runs the command in the project's folder: { status, stdout, stderr }. It must not die of a signal.
export function kss(...args) {
  assert.ok(process.env.KSS_COMMAND, "KSS_COMMAND names the kss command to test");
  const command = resolve(process.env.KSS_COMMAND);
  const ran = spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  assert.equal(ran.error, undefined);
  assert.equal(ran.signal, null, `kss ${args.join(" ")}: ${ran.stderr}`);
  return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

// The path of the player's page for one scenario or event file; `options` go to `kss run` before the file. A run with
// findings has a page as well: only an input that cannot be run has none.
export function playerOf(file, ...options) {
  const page = pathIn("pages", [file, ...options].join(" "), "html");
  const { status, stderr } = kss("run", "--format", "html", "-o", page, ...options, file);
  assert.ok(status === 0 || status === 1 || status === 3, `status ${status}: ${stderr}`);
  return page;
}

// Writes a page of the test's own.
export function pageOf(name, html) {
  const path = pathIn("pages", name, "html");
  writeFileSync(path, html);
  return path;
}

function pathIn(folder, name, extension) {
  mkdirSync(join(out, folder), { recursive: true });
  return join(out, folder, `${name.replace(/[^A-Za-z0-9_.-]+/g, "-")}.${extension}`);
}

// ---- Opening a page -----------------------------------------------------------------------------------------------

const quiet = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

function chromiumPath() {
  const known = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const path = process.env.KSS_CHROMIUM ?? known.find((each) => existsSync(each));
  assert.ok(path, "no Chromium: install Debian's package chromium or set KSS_CHROMIUM");
  return path;
}

let browser; // one for each test file, which is a process of its own

const scriptless = new WeakSet(); // pages where nothing of ours can wait for a script

async function started() {
  browser ??= chromium.launch({ executablePath: chromiumPath(), chromiumSandbox: false, args: quiet });
  return browser;
}

after(async () => (await browser)?.close());

// Light and dark, a reader who wants no motion, a phone.
export const looks = [
  { name: "light", colorScheme: "light" },
  { name: "dark", colorScheme: "dark" },
  { name: "still", reducedMotion: "reduce" },
  { name: "phone", width: 360, height: 740 },
];

// Opens a file, or a file with "#fragment" or "?query" after it, and gives the page to `body`; see the top of this file
// for what fails. Options: width, height, colorScheme, reducedMotion, forcedColors, javaScript (false: switched off),
// contrast ("more"), deviceScaleFactor, clipboard (true: allowed).
export async function visit(file, options, body) {
  const complaints = [];
  const context = await (await started()).newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.colorScheme ?? "light",
    reducedMotion: options.reducedMotion ?? "no-preference",
    forcedColors: options.forcedColors ?? "none",
    contrast: options.contrast ?? "no-preference",
    javaScriptEnabled: options.javaScript ?? true,
    deviceScaleFactor: options.deviceScaleFactor ?? 1,
    permissions: options.clipboard ? ["clipboard-read", "clipboard-write"] : [],
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(15000);
  try {
    const [path, rest = ""] = file.split(/(?=[?#])(.*)/s);
    const url = pathToFileURL(resolve(path)).href;
    const page = await context.newPage();
    if (options.javaScript === false) scriptless.add(page);
    watch(context, page, url, complaints);
    await page.goto(url + rest, { waitUntil: "load" });
    const result = await body(page);
    await settled(page); // what the last action set off is heard as well
    assert.ok(complaints.length === 0, `${file} misbehaved`);
    return result;
  } catch (error) {
    if (complaints.length === 0) throw error;
    throw new Error(`${error.message}\nthe page's own complaints:\n  ${complaints.join("\n  ")}`, { cause: error });
  } finally {
    await context.close();
  }
}

// The same in each of several looks (all of them, or those named); the look is in the message of a failure.
export async function visitEachLook(file, options, body, names = looks.map((look) => look.name)) {
  for (const { name, ...look } of looks.filter((each) => names.includes(each.name))) {
    try {
      await visit(file, { ...options, ...look }, (page) => body(page, name));
    } catch (error) {
      throw new Error(`in the look "${name}": ${error.message}`, { cause: error });
    }
  }
}

function watch(context, page, url, complaints) {
  const itself = (asked) => asked.split(/[?#]/)[0] === url || /^(data|blob|about):/.test(asked);
  context.on("console", (message) => {
    if (["error", "warning", "assert"].includes(message.type())) {
      complaints.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error()?.message ?? error.error()}`));
  context.on("request", (request) => {
    if (!itself(request.url())) complaints.push(`asked for ${request.url()}`);
  });
  page.on("websocket", (socket) => complaints.push(`asked for ${socket.url()}`));
  page.on("crash", () => complaints.push("the page crashed"));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
}

async function settled(page) {
  if (page.isClosed() || scriptless.has(page)) return;
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20))));
}

// ---- Looking ------------------------------------------------------------------------------------------------------

// A PNG of the page in KSS_BROWSER_OUT/pictures, for eyes; returns its path. The whole page unless told otherwise.
export async function picture(page, name, options = {}) {
  const path = pathIn("pictures", name, "png");
  await page.screenshot({ path, fullPage: true, animations: "disabled", ...options });
  return path;
}

// The page as a printer gets it: a PDF and a picture of the print layout beside it; { path, pages }.
export async function printed(page, name, options = {}) {
  const path = pathIn("pictures", name, "pdf");
  const pdf = await page.pdf({ path, format: "A4", preferCSSPageSize: true, ...options });
  await page.emulateMedia({ media: "print" });
  await picture(page, `${name}-print`);
  await page.emulateMedia({ media: null });
  return { path, pages: (pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length };
}

// ---- Judging ------------------------------------------------------------------------------------------------------

// Fails with a readable list of what axe finds wrong. What axe could not decide (contrast over a gradient) is returned,
// one line each. Axe comes in through the debugger, so a page's Content-Security-Policy is neither in the way nor lifted;
// but a page opened without JavaScript cannot be judged, because axe is a script.
export async function accessible(page, options = {}) {
  assert.ok(!scriptless.has(page), "axe needs JavaScript");
  const debug = await page.context().newCDPSession(page);
  const config = JSON.stringify({ resultTypes: ["violations", "incomplete"], ...options });
  const { result, exceptionDetails } = await debug.send("Runtime.evaluate", {
    expression: `${axe}; axe.run(document, ${config}).then((found) => JSON.stringify(found))`,
    awaitPromise: true,
  });
  assert.equal(exceptionDetails, undefined, exceptionDetails?.exception?.description);
  const found = JSON.parse(result.value);
  assert.ok(found.violations.length === 0, `axe:\n${told(found.violations).join("\n")}`);
  return told(found.incomplete);
}

function told(findings) {
  return findings.flatMap((finding) =>
    finding.nodes.map((node) => {
      const why = [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
      return `  ${finding.impact} ${finding.id} at ${node.target.flat().join(" ")}: ${why}\n    ${node.html.slice(0, 200)}`;
    }),
  );
}

// The contrast of text in drawings, which axe leaves undecided: the fill of each SVG text against the topmost opaque thing
// below its middle, be it a shape or a box of the page. Fails below `least`; returns what lies over a pattern or a gradient.
export async function drawnContrast(page, least = 4.5) {
  assert.ok(!scriptless.has(page), "drawnContrast needs JavaScript");
  const { low, undecided } = await page.evaluate((least) => {
    const reach = new CSSStyleSheet(); // elementsFromPoint leaves out what the pointer does not feel
    reach.replaceSync("* { pointer-events: all !important; }");
    document.adoptedStyleSheets.push(reach);
    const channels = (colour) => (colour.match(/^rgba?\((.*)\)$/)?.[1] ?? "").split(/[ ,/]+/).map(Number);
    const luminance = ([r, g, b]) =>
      [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
    const paint = (element) => {
      const style = getComputedStyle(element);
      const shape = element instanceof SVGElement && !(element instanceof SVGSVGElement);
      if (shape && element instanceof SVGTextContentElement) return null;
      if (shape) return style.fill === "none" ? null : style.fill;
      return style.backgroundImage === "none" ? style.backgroundColor : style.backgroundImage;
    };
    const clear = (colour) => channels(colour)[3] === 0;
    const low = [];
    const undecided = [];
    for (const text of document.querySelectorAll("svg text")) {
      if (!text.textContent.trim() || !text.checkVisibility()) continue;
      text.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const box = text.getBoundingClientRect();
      const below = document.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
      const ground = below.map(paint).find((colour) => colour && !clear(colour)) ?? "rgb(255, 255, 255)";
      const fill = getComputedStyle(text).fill;
      const place = `"${text.textContent.slice(0, 60)}" in ${fill} on ${ground}`;
      if ([fill, ground].some((colour) => ![3, 4].includes(channels(colour).length) || channels(colour)[3] < 1)) {
        undecided.push(place);
        continue;
      }
      const [dark, light] = [fill, ground].map((colour) => luminance(channels(colour))).sort((a, b) => a - b);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < least) low.push(`${place}: ${ratio.toFixed(2)}`);
    }
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== reach);
    return { low, undecided };
  }, least);
  assert.ok(low.length === 0, `drawn text below a contrast of ${least}:\n  ${low.join("\n  ")}`);
  return undecided;
}

// Fails if the page must be scrolled sideways, and names the elements that stick out. Those inside a box that scrolls
// or clips by itself do not.
export async function overflow(page) {
  const outside = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return null;
    const boxed = (element) => {
      for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "visible") return true;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > width + 1 && !boxed(element),
    );
    return wide.slice(0, 10).map((element) => element.outerHTML.slice(0, 120));
  });
  assert.ok(outside === null, `wider than its window:\n  ${outside?.join("\n  ")}`);
}

// ---- Timing -------------------------------------------------------------------------------------------------------

// How long the page takes to answer, in milliseconds as the page sees it: from the time stamp of the input's event to the
// first task after the frame that follows has been laid out and painted. `act` is a key ("ArrowRight"), pressed, or a
// function that does something else and makes the event named (`event: "click"`, "input"). Done `times` times; returns
// { median, worst, all }. The wait for the next frame is in it: up to 17 ms at 60 frames a second.
export async function interaction(page, act, { times = 1, event = "keydown" } = {}) {
  const all = [];
  for (let n = 0; n < times; n++) {
    const answer = await page.evaluateHandle((event) => ({
      after: new Promise((done) => {
        const heard = ({ timeStamp }) => {
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => done(performance.now() - timeStamp);
            port2.postMessage(null);
          });
        };
        addEventListener(event, heard, { capture: true, once: true });
      }),
    }), event);
    await (typeof act === "string" ? page.keyboard.press(act) : act(page));
    all.push(await answer.evaluate((each) => each.after));
  }
  const sorted = [...all].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], worst: sorted[sorted.length - 1], all };
}
