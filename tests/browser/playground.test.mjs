// SPDX-License-Identifier: MIT
// The playground in a browser: everything a reader does with it, from a file, without a network.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { accessible, drawnContrast, kss, overflow, picture, playground, root, visit } from "./lib.mjs";

const it = (name, body) => test(name, { skip: !playground && "KSS_PLAYGROUND names no page" }, body);
const open = (fragment, options, body) => visit(playground + fragment, options, body);

const done = "#status.good, #status.bad, #status.open";

// The page when the run that it begins with has ended.
async function ready(page) {
  await page.waitForSelector(done);
  return page;
}

const status = (page) => page.textContent("#status");
const text = (page) => page.evaluate(() => document.querySelector(".cm-content").cmTile?.view?.state.doc.toString() ?? document.querySelector(".cm-content").innerText);

// Puts a scenario in by keyboard.
async function write(page, scenario) {
  await page.click(".cm-content");
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(scenario);
}

async function run(page) {
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => !document.querySelector("#run").disabled);
  await page.waitForSelector(done);
}

const code = (bytes) => deflateRawSync(bytes).toString("base64url");
const CLEAN = "machine x86;\nroutine drv!R() frame(0x40) { KeStallExecutionProcessor(10); }\nthread App { drv!R(); }\n";

it("the page is one file of a bearable size that works alone in a folder", async () => {
  assert.ok(statSync(playground).size < 1_500_000);
  const page = readFileSync(playground, "utf8");
  assert.doesNotMatch(page.replace(/<!--.*?-->/s, ""), /<(link|img|iframe|object|base)\b|<script[^>]* src/);
  const alone = join(mkdtempSync(join(tmpdir(), "kss-")), "playground.html");
  copyFileSync(playground, alone);
  await visit(alone, {}, async (opened) => assert.match(await status(await ready(opened)), /^Passed\. bug check 0xA/));
});

it("every scenario of the repository can be chosen, and passes", () =>
  open("", {}, async (page) => {
    await ready(page);
    const ids = await page.$$eval("#scenario option:not([hidden])", (all) => all.map((each) => each.value));
    const files = ["lessons", "incidents"].flatMap((folder) => readdirSync(join(root, "scenarios", folder)));
    assert.deepEqual(ids, files.sort((a, b) => /^\d/.test(b) - /^\d/.test(a) || (a < b ? -1 : 1)).map((file) => file.replace(".kss", ""))); // prettier-ignore
    for (const id of ids) {
      await page.evaluate(() => document.querySelector("#status").removeAttribute("class"));
      await page.selectOption("#scenario", id);
      await ready(page);
      assert.match(await status(page), /^Passed\./, id);
      assert.equal(new URL(page.url()).hash, `#lesson=${id}`);
    }
  }));

it("the report is the command's", () =>
  open("#lesson=03-too-deep", {}, async (page) => {
    await ready(page);
    await page.click("#tab-report");
    const native = kss("run", "scenarios/lessons/03-too-deep.kss").stdout;
    await page.waitForFunction((text) => document.querySelector("#report-text").textContent === text, native);
    await page.check("#verbose");
    const verbose = kss("run", "--verbose", "scenarios/lessons/03-too-deep.kss").stdout;
    await page.waitForFunction((begin) => document.querySelector("#report-text").textContent.startsWith(begin), verbose.slice(0, 400)); // prettier-ignore
  }));

it("events are the command's, in the table and in the file", () =>
  open("#lesson=16-user-mode-wait", {}, async (page) => {
    await ready(page);
    await page.click("#tab-events");
    const native = kss("run", "--format", "jsonl", "scenarios/lessons/16-user-mode-wait.kss").stdout;
    const lines = native.trim().split("\n").slice(1);
    await page.waitForSelector("#events-rows tr");
    assert.equal(await page.locator("#events-rows tr").count(), lines.length);
    const [saved] = await Promise.all([page.waitForEvent("download"), page.click("#events-save")]);
    assert.equal(readFileSync(await saved.path(), "utf8"), native);
    await page.fill("#filter", "wait.begin");
    assert.match(await page.textContent("#events-count"), new RegExp(`^\\d+ of ${lines.length} events$`));
    await page.click("#events-rows button");
    assert.match(await page.textContent(".cm-activeLine"), /KeWaitForSingleObject/);
  }));

it("an error is marked in place while one types, and its suggestion can be taken", () =>
  open("", {}, async (page) => {
    await ready(page);
    await write(page, CLEAN.replace("KeStall", "KeStal"));
    const mark = page.locator(".cm-content .mark-error");
    await mark.waitFor();
    assert.equal(await mark.textContent(), "KeStalExecutionProcessor");
    assert.match(await page.textContent("#found"), /line 2.*error: unknown routine `KeStalExecutionProcessor`/);
    await mark.hover();
    await page.click(".cm-diagnosticAction:has-text('Write KeStallExecutionProcessor')");
    await mark.waitFor({ state: "detached" });
    await run(page);
    assert.match(await status(page), /^Passed\./);
    assert.equal(await text(page), CLEAN);
  }));

it("after a run findings are marked where they are, expected ones as such", () =>
  open("#lesson=16-user-mode-wait", {}, async (page) => {
    await ready(page);
    const marks = page.locator(".cm-content .expected-error");
    assert.deepEqual(await marks.evaluateAll((all) => all.map((each) => each.textContent.split("(")[0])), ["KeSetEvent", "KeWaitForSingleObject"]); // prettier-ignore
    await page.click("#found button:has-text('UserMode wait')");
    assert.match(await page.textContent(".cm-activeLine"), /KeWaitForSingleObject/);
    await write(page, (await text(page)).replace(/^expect.*$/gm, ""));
    await run(page);
    assert.match(await status(page), /^Failed\. bug check 0xA IRQL_NOT_LESS_OR_EQUAL/);
    assert.equal(await page.locator(".cm-content .mark-error").count(), 2);
    await page.click("#found button.id");
    await page.waitForFunction(() => document.querySelector("#explain-text").textContent.startsWith("KSS2001 stack-object-user-wait")); // prettier-ignore
  }));

it("the player steps, and the editor shows the statement at work", () =>
  open("#lesson=16-user-mode-wait&step=3", {}, async (page) => {
    await ready(page);
    const step = () => page.getAttribute("#player input[type=range]", "aria-valuetext");
    assert.match(await step(), /^step 3 of /);
    await page.focus("#player .kss-buttons button:enabled");
    await page.keyboard.press("ArrowRight");
    assert.match(await step(), /^step 4 of /);
    await page.click("#player button:has-text('failing')");
    assert.equal(await page.textContent(".cm-content .current"), "KeSetEvent(done, IO_NO_INCREMENT, FALSE)");
    await page.click("#share");
    const { hash } = new URL(await page.inputValue("#link-text"));
    assert.match(hash, /^#lesson=16-user-mode-wait&step=\d+$/);
    await visit(playground + hash, {}, async (other) => {
      await ready(other);
      assert.equal(await other.textContent(".cm-content .current"), "KeSetEvent(done, IO_NO_INCREMENT, FALSE)");
    });
  }));

it("the statement at work is right behind letters of several bytes", () => {
  const lesson = readFileSync(join(root, "scenarios/lessons/16-user-mode-wait.kss"), "utf8");
  return open(`#code=${code(`// \u00fcber \ud83d\ude00\n${lesson}`)}`, {}, async (page) => {
    await ready(page);
    await page.click("#player button:has-text('failing')");
    assert.equal(await page.textContent(".cm-content .current"), "KeSetEvent(done, IO_NO_INCREMENT, FALSE)");
    assert.equal(await page.locator(".cm-content .expected-error").first().textContent(), "KeSetEvent(done, IO_NO_INCREMENT, FALSE)"); // prettier-ignore
  });
});

it("many runs leave one player", () =>
  open("", {}, async (page) => {
    await ready(page);
    const elements = () => page.evaluate(() => document.querySelectorAll("body *").length);
    await run(page);
    const once = await elements();
    for (let i = 0; i < 20; i++) await run(page);
    assert.equal(await page.locator(".kss-player").count(), 1);
    assert.equal(await elements(), once); // nothing is left behind
  }));

it("the line between editor and result moves by keys and by dragging", () =>
  open("", { width: 1600 }, async (page) => {
    await ready(page);
    const width = () => page.evaluate(() => document.querySelector(".edit").getBoundingClientRect().width);
    const before = await width();
    await page.focus("#split");
    await page.keyboard.press("ArrowLeft");
    assert.ok((await width()) < before);
    const box = await page.locator("#split").boundingBox();
    await page.mouse.move(box.x + 3, 400);
    await page.mouse.down();
    await page.mouse.move(1000, 400);
    await page.mouse.up();
    assert.ok(Math.abs((await width()) - 1000) < 20);
    await overflow(page);
  }));

it("machine and swap policy are chosen as by the command's options", () =>
  open("#lesson=02-measure-a-call-tree&machine=x64", {}, async (page) => {
    await ready(page);
    await page.click("#tab-report");
    const native = kss("run", "--machine", "x64", "scenarios/lessons/02-measure-a-call-tree.kss").stdout;
    await page.waitForFunction((text) => document.querySelector("#report-text").textContent === text, native);
  }));

it("a link holds the scenario, whatever is in it", () =>
  open("", { clipboard: true }, async (page) => {
    await ready(page);
    const odd = `${CLEAN}// \u00fcber \ud83d\ude00 </script><!-- "quoted" \u2028 %23&=+\n`;
    await write(page, odd);
    await page.selectOption("#machine", "x64");
    await page.waitForFunction(() => !document.querySelector("#run").disabled);
    await page.click("#share");
    const link = await page.inputValue("#link-text");
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    await visit(playground + new URL(link).hash, {}, async (other) => {
      await ready(other);
      assert.equal(await text(other), odd);
      assert.equal(await other.inputValue("#machine"), "x64");
      assert.equal(await other.isVisible("#notice"), false);
      assert.equal(await other.inputValue("#scenario"), "");
    });
  }));

const hostile = {
  "#code=!!!": /characters that no link has/,
  "#code=AAAA": /cut off or damaged/,
  [`#code=${code(CLEAN).slice(0, 40)}`]: /cut off or damaged/,
  [`#code=${code(Buffer.alloc(50_000_000))}`]: /unpacks to more than 1,000,000 bytes/,
  [`#code=${"A".repeat(200_001)}`]: /longer than 200,000 characters/,
  [`#code=${code(Buffer.from([0xff, 0xfe, 0x80]))}`]: /not UTF-8 text/,
  [`#text=${Buffer.from("a\0b").toString("base64url")}`]: /not text/,
  "#lesson=no-such": /scenario that this page does not have/,
  "#lesson=__proto__": /scenario that this page does not have/,
};
it("a link that cannot be opened says why, and the page works on", () =>
  open(Object.keys(hostile)[0], {}, async (page) => {
    for (const [fragment, complaint] of Object.entries(hostile)) {
      await page.evaluate((fragment) => (location.hash = fragment), fragment);
      await page.waitForFunction((text) => new RegExp(text).test(document.querySelector("#notice").textContent), complaint.source); // prettier-ignore
      await ready(page);
      assert.match(await status(page), /^Passed\./);
      await page.evaluate(() => (location.hash = "#lesson=17-kernel-mode-wait"));
      await page.waitForFunction(() => document.querySelector("#notice").hidden);
    }
  }));

it("hostile names stay text in every view", () => {
  const evil = '</script><img src=x onerror=alert(1)>\u0001\u2028{{module}}<!--';
  const scenario = `// ${evil}\nmachine x86;\nthread App { call "${evil.replaceAll('"', "")}" frame(0x40) { DbgPrint("${evil}"); } }\nexpect thread App waits;\n`;
  return open(`#code=${code(scenario)}&name=${encodeURIComponent(evil)}&machine=${encodeURIComponent(evil)}`, {}, async (page) => {
    await ready(page);
    for (const tab of ["player", "report", "events", "explain"]) {
      if (!(await page.isVisible(`#tab-${tab}`))) continue;
      await page.click(`#tab-${tab}`);
      await page.waitForTimeout(50);
    }
    await page.fill("#word", evil);
    await page.click("#explain-form button");
    await page.waitForFunction(() => /Nobody here knows/.test(document.querySelector("#explain-text").textContent));
    assert.equal(await page.locator("img:not(.cm-widgetBuffer), main script").count(), 0);
    assert.equal(await page.inputValue("#machine"), "");
  });
});

it("nothing but the page's own programs is executed", () =>
  assert.rejects(
    open("", {}, async (page) => {
      await ready(page);
      await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken'";
        document.body.append(script);
      });
      assert.equal(await page.title(), "kss playground");
    }),
    /Content Security Policy/,
  ));

it("a run that takes long can be stopped, and the page goes on", () =>
  open("", {}, async (page) => {
    await ready(page);
    const endless = "machine x86;\nroutine A(ULONG i) { i = i + 1; }\nroutine R() { ULONG i; for (;;) { i = i + 1; A(i); } }\nthread T { R(); }\n"; // prettier-ignore
    await write(page, endless);
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => /[1-9][\d,]* instructions so far/.test(document.querySelector("#status").textContent));
    await page.click("#stop");
    await page.waitForFunction(() => document.querySelector("#status").textContent.startsWith("Stopped."));
    await write(page, CLEAN);
    await run(page);
    assert.match(await status(page), /^Passed\./);
  }));

it("a run without an end is given up at the bound", () =>
  open("", {}, async (page) => {
    await ready(page);
    await write(page, "machine x86;\nroutine R() { ULONG i; for (;;) { i = i + 1; } }\nthread T { R(); }\n");
    await page.keyboard.press("Control+Enter");
    await page.waitForFunction(() => document.querySelector("#status").textContent.startsWith("Cannot tell."), null, { timeout: 60_000 });
    assert.match(await status(page), /given up at the step bound.*100,000,000 instructions/);
  }));

it("everything can be done by keyboard", () =>
  open("", {}, async (page) => {
    await ready(page);
    await write(page, "machine x86;\nroutine R() {\n    KeStallExec");
    await page.keyboard.press("Control+Space");
    await page.waitForSelector(".cm-tooltip-autocomplete li[aria-selected]");
    await page.waitForTimeout(120); // a completion that has just come up is not taken
    await page.keyboard.press("Enter");
    assert.match(await text(page), /KeStallExecutionProcessor\(MicroSeconds\)/);
    await page.keyboard.type("10");
    await page.keyboard.press("F1"); // in the parentheses of the call
    await page.waitForFunction(() => document.querySelector("#explain-text").textContent.includes("KeStallExecutionProcessor(ULONG MicroSeconds)")); // prettier-ignore
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.closest(".cm-editor")), null);
    await page.focus("[role=tab][aria-selected=true]");
    await page.keyboard.press("Home");
    const first = await page.evaluate(() => document.activeElement.id);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.evaluate(() => document.activeElement.id), first);
    await page.keyboard.press("End");
    assert.equal(await page.getAttribute("#tab-explain", "aria-selected"), "true");
    assert.ok(await page.isVisible("#explain"));
  }));

it("every control is reached by Tab, in the order of the page", () =>
  open("", { width: 1600 }, async (page) => {
    await ready(page);
    const seen = [];
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const { activeElement: on } = document;
        if (on === document.body) return "";
        if (on.closest(".cm-editor")) return "editor";
        return on.id || (on.closest(".keys") ? "keys" : on.tagName);
      });
      if (at === "") break;
      if (at === "editor") await page.keyboard.press("Escape");
      seen.push(at);
    }
    const order = ["scenario", "machine", "swap", "run", "format", "share", "save", "theme", "editor", "keys", "split"];
    assert.deepEqual(seen.filter((id) => order.includes(id)), order);
    assert.ok(seen.some((id) => id.startsWith("tab-")));
  }));

it("Format writes what kss fmt writes, and undo brings the text back", () =>
  open("", {}, async (page) => {
    await ready(page);
    const crooked = CLEAN.replaceAll(" {", "{").replaceAll("; ", ";");
    await write(page, crooked);
    await page.click("#format");
    await page.waitForFunction(() => document.querySelector(".cm-content").textContent.includes("frame(0x40) {"));
    assert.equal(await text(page), CLEAN);
    await page.click(".cm-content");
    await page.keyboard.press("Control+Z");
    assert.equal(await text(page), crooked);
  }));

it("scenarios of the explain texts open in the editor", () =>
  open("", {}, async (page) => {
    await ready(page);
    await page.click("#tab-explain");
    await page.fill("#word", "KSS2001");
    await page.keyboard.press("Enter");
    await page.locator("#explain-text button").first().click();
    await page.waitForFunction(() => /UserMode wait on a stack event/.test(document.querySelector(".cm-content").textContent));
    await ready(page);
    assert.match(await status(page), /^Passed\./);
  }));

it("dark follows the system until a reader chooses", () =>
  open("", { colorScheme: "dark" }, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await ready(page);
    const dark = await ground();
    await page.emulateMedia({ colorScheme: "light" });
    await page.waitForFunction((was) => getComputedStyle(document.body).backgroundColor !== was, dark);
    await page.click("#theme");
    assert.equal(await ground(), dark);
    assert.equal(await page.getAttribute("#theme", "aria-pressed"), "true");
    await page.reload();
    await ready(page);
    assert.equal(await ground(), dark);
  }));

for (const width of [320, 1600])
  for (const colorScheme of ["light", "dark"])
    it(`accessible at ${width} in ${colorScheme}`, () =>
      open("#lesson=14-swap-left-disabled", { width, height: 900, colorScheme }, async (page) => {
        await ready(page);
        for (const tab of ["report", "events", "explain", "player"]) {
          if (!(await page.isVisible(`#tab-${tab}`))) continue;
          await page.click(`#tab-${tab}`);
          if (tab === "explain") {
            await page.fill("#word", "KSS2004");
            await page.click("#explain-form button");
            await page.waitForSelector("#explain-text h2");
          }
          await page.waitForTimeout(100);
          await accessible(page);
          await overflow(page);
          await drawnContrast(page);
          await picture(page, `playground-${tab}-${width}-${colorScheme}`, { fullPage: width < 900 });
        }
        await page.click("#share");
        await accessible(page);
        await picture(page, `playground-share-${width}-${colorScheme}`, { fullPage: false });
      }));

it("motion is not needed", () =>
  open("", { reducedMotion: "reduce" }, async (page) => {
    await ready(page);
    const moving = await page.evaluate(() => document.getAnimations().filter((each) => each.playState === "running").length);
    assert.equal(moving, 0);
  }));
