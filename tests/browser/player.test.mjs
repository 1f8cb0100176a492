// SPDX-License-Identifier: MIT
// The player's page, as people use it: `kss run --format html`.
import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { accessible, drawnContrast, interaction, out, overflow, picture, playerOf, printed, visit, visitEachLook } from "./lib.mjs";

const lesson = (name) => `scenarios/lessons/${name}.kss`;
const flagship = lesson("16-user-mode-wait");

// A scenario of the test's own, and its page.
function pageOfText(name, text) {
  mkdirSync(join(out, "scenarios"), { recursive: true });
  const path = join(out, "scenarios", `${name}.kss`);
  writeFileSync(path, text);
  return playerOf(path);
}

const texts = (page, selector) => page.locator(selector).allTextContents();
const frames = (page) => texts(page, ".kss-label-frame .kss-label-name, .kss-label-over .kss-label-name");
const said = async (page) => (await texts(page, ".kss-says")).join();
const step = async (page) => Number((await texts(page, ".kss-where")).join().match(/Step (\d+)/)[1]);
const last = async (page) => Number(await page.locator(".kss-controls input[type=range]").getAttribute("max"));
const hatched = (page) => page.locator(".kss-stack-svg .kss-cover").count();

// What is drawn of a step, without what depends on the way to it (which rows the windows of lists show).
const drawn = (page) => page.evaluate(() =>
  [".kss-stack-canvas", ".kss-picker", ".kss-changes", ".kss-state", ".kss-sentence"].map((part) => document.querySelector(part)).map((part) => (part.hidden ? "" : part.innerHTML)).join("\n"));

test("forwards and backwards show the same, step by step", () =>
  visit(`${playerOf(flagship)}#step=0`, { width: 1600 }, async (page) => {
    const count = await last(page);
    const seen = [];
    for (let k = 0; k <= count; k++) {
      assert.equal(await step(page), k);
      seen.push(await drawn(page));
      await page.keyboard.press("ArrowRight");
    }
    assert.equal(await step(page), count, "no step behind the last");
    for (let k = count; k >= 0; k--) {
      assert.equal(await drawn(page), seen[k], `step ${k}`);
      await page.keyboard.press("ArrowLeft");
    }
    assert.equal(await step(page), 0);
    for (const k of [count, 3, count - 1, 1]) { // jumps
      await page.evaluate((to) => { location.hash = `step=${to}`; }, k);
      await page.waitForFunction((to) => document.querySelector(".kss-where").textContent.startsWith(`Step ${to} `), k);
      assert.equal(await drawn(page), seen[k], `jump to ${k}`);
    }
  }));

test("the flagship: frames, and the page that hatches at the out-swap and not before", () =>
  visit(`${playerOf(flagship)}#step=0`, { width: 1600 }, async (page) => {
    let out = false;
    let called = false;
    for (let k = 1; k <= await last(page); k++) {
      await page.keyboard.press("ArrowRight");
      const text = await said(page);
      called ||= text.startsWith("mydrv!ReadDispatch is called");
      out ||= /stack of App leaves memory/.test(text);
      const app = page.locator(".kss-picker button", { hasText: "App" });
      if (await app.count() === 0) continue;
      await app.click();
      assert.equal(await hatched(page), out ? 1 : 0, `step ${k}: ${text}`);
      assert.equal((await frames(page)).includes("mydrv!ReadDispatch"), called, `step ${k}: ${text}`);
      await page.locator("h1").click();
    }
    assert.ok(out && called);
    await page.keyboard.press("f");
    assert.match(await said(page), /IRQL_NOT_LESS_OR_EQUAL/);
    assert.deepEqual(await texts(page, ".kss-since-text"), ["out of memory", "since 16.000 s"]);
    assert.deepEqual(await texts(page, ".kss-label-foreign .kss-label-name"), ["KeSetEvent at DISPATCH_LEVEL"]);
    assert.ok((await texts(page, ".kss-address")).includes("top-0x2B0"), "the event's address");
    await page.keyboard.press("End"); // a stopped machine shows what stopped it
    assert.deepEqual(await texts(page, ".kss-label-foreign .kss-label-name"), ["KeSetEvent at DISPATCH_LEVEL"]);
    assert.match((await texts(page, ".kss-changes")).join(), /top-0x2B0 on the stack of App, which is out of memory/);
  }));

test("reserves are drawn where they would lie", () =>
  visit(`${playerOf(lesson("26-dpc-stack"))}#step=20`, { width: 1600 }, async (page) => {
    assert.deepEqual((await texts(page, ".kss-label-reserve tspan")).sort(), ["an exception", "an interrupt", "leaves 0x223C", "leaves 0x2974"]);
    const heights = await page.locator(".kss-reserve").evaluateAll((all) => all.map((each) => each.height.baseVal.value));
    const scale = await page.locator(".kss-frame").first().evaluate((frame) => frame.height.baseVal.value / 0x200);
    assert.ok(Math.abs(heights[0] / scale - 0x8C) < 2, `${heights}`);
    assert.ok(heights[1] > heights[0]); // the break may cut it
  }));

test("what findings say of a line is never cut", () =>
  visit(playerOf(flagship), { width: 1600 }, async (page) => {
    for (const width of [1600, 900, 320]) {
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(200);
      const { cut, shown } = await page.evaluate(() => {
        const box = document.querySelector(".kss-source").getBoundingClientRect();
        const rows = [...document.querySelectorAll(".kss-said")].map((row) => row.lastChild);
        return { shown: rows.length, cut: rows.filter((words) => words.getBoundingClientRect().right > box.right).map((words) => words.textContent) };
      });
      assert.deepEqual(cut, [], `${width}`);
      assert.ok(shown >= 2, `${width}: ${shown}`);
    }  }));

test("keys", () =>
  visit(`${playerOf(flagship)}#step=0`, { width: 1600 }, async (page) => {
    const press = async (key, expected) => {
      await page.keyboard.press(key);
      assert.equal(await step(page), expected, key);
    };
    const count = await last(page);
    await press("End", count);
    await press("Home", 0);
    await page.keyboard.press("n");
    const first = await step(page);
    assert.match((await texts(page, ".kss-badge")).join(), /KSS2001/);
    await press("Shift+ArrowRight", count - 1);
    await press("p", first);
    await press("Shift+ArrowLeft", first);
    await page.keyboard.press("d");
    assert.match(await said(page), /mydrv!ReadDispatch is called/);
    await press("f", count - 1);
    await press("/", count - 1);
    await page.keyboard.type("leaves memory");
    await page.keyboard.press("Enter");
    assert.match(await said(page), /leaves memory/);
    const here = await step(page);
    await page.keyboard.press("ArrowLeft"); // moves in the text
    assert.equal(await step(page), here);
    await page.locator("h1").click();
    await page.keyboard.press("?");
    assert.ok(await page.locator("dialog[open]").isVisible());
    await press("ArrowRight", here); // the dialog has the keys
    await page.keyboard.press("Escape");
    await press("ArrowRight", here + 1);
    await page.keyboard.press("z");
    assert.equal(await page.locator(".kss-break").count(), 0);
    await page.keyboard.press("Home");
    await page.keyboard.press(" ");
    await page.waitForFunction(() => !document.querySelector(".kss-where").textContent.startsWith("Step 0 "), null, { timeout: 8000 });
    await page.keyboard.press(" ");
  }));

test("everything is reached by Tab, in the order it is read", () =>
  visit(playerOf(flagship), { width: 1600 }, async (page) => {
    const names = [];
    for (let k = 0; k < 60; k++) {
      await page.keyboard.press("Tab");
      const name = await page.evaluate(() => {
        const at = document.activeElement;
        return at === document.body ? "" : at.getAttribute("aria-label") ?? at.textContent.slice(0, 30);
      });
      if (name === "") break;
      names.push(name);
    }
    const order = ["first step", "play", "keys", "Step", "Lanes", "App", "stack at work", "As a table", "Source", "Find", "Steps", "Report"];
    let from = 0;
    for (const name of order) {
      const at = names.findIndex((each, index) => index >= from && each.startsWith(name));
      assert.ok(at >= 0, `${name} after ${names.slice(0, from).at(-1)} in ${names.join(" | ")}`);
      from = at + 1;
    }
  }));

test("the address names the step", async () => {
  const page_ = playerOf(flagship);
  await visit(`${page_}#step=5`, {}, async (page) => {
    assert.equal(await step(page), 5);
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => location.hash === "#step=6");
  });
  await visit(`${page_}#step=99999999`, {}, async (page) => assert.equal(await step(page), await last(page)));
  for (const odd of ["#step=-1", "#step=<b>", "#step=1e3", "#%"])
    await visit(page_ + odd, {}, async (page) => assert.match(await said(page), /bug check/));
});

test("it can be read by everyone, at any width, light and dark", async () => {
  for (const file of [flagship, lesson("05-recursion"), lesson("27-a-device-stack-in-one-stack")]) {
    const path = playerOf(file);
    for (const width of [320, 1600])
      await visitEachLook(path, { width, height: 900 }, async (page, look) => {
        await picture(page, `${file.split("/").at(-1)}-${width}-${look}`);
        await page.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
        await accessible(page);
        await drawnContrast(page);
        await overflow(page);
      }, ["light", "dark"]);
  }
});

test("a reader who wants no motion sees none", () =>
  visitEachLook(`${playerOf(flagship)}#step=5`, {}, async (page, look) => {
    const running = await page.evaluate(() => document.getAnimations().length);
    assert.equal(running > 0, look === "light", look);
  }, ["light", "still"]));

test("without script: pictures and the report", () =>
  visit(playerOf(flagship), { javaScript: false, width: 1600 }, async (page) => {
    assert.equal(await page.locator("#kss-static svg").count(), 3);
    assert.match(await page.locator("#kss-report pre").first().textContent(), /\*\*\* STOP: 0x0000000A/);
    assert.ok(await page.locator("#kss-report pre").first().isVisible());
    await picture(page, "without-script");
  }));

test("a step prints on one page", () =>
  visit(playerOf(flagship), { width: 1600 }, async (page) => {
    const { pages } = await printed(page, "player");
    assert.equal(pages, 1);
  }));

test("20,000 events: small, and quick to step", () => {
  const path = pageOfText("many", `routine drv!Leaf(PKEVENT event) frame(0x40) { KeSetEvent(event, 0, FALSE); KeClearEvent(event); }
routine drv!Work() frame(0x100) {
    KEVENT event;
    int i;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    for (i = 0; i < 3400; i++)
        drv!Leaf(&event);
}
thread App { drv!Work(); }
`);
  assert.ok(statSync(path).size < 2 * 1024 * 1024);
  return visit(`${path}#step=10000`, { width: 1600 }, async (page) => {
    assert.ok(await last(page) > 20000);
    // Time of the page's main thread, which other work of the machine does not lengthen much: script, layout, paint.
    const debug = await page.context().newCDPSession(page);
    await debug.send("Performance.enable", { timeDomain: "threadTicks" });
    const task = async () => (await debug.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;
    const median = (all) => all.sort((a, b) => a - b)[all.length >> 1];
    const cost = async (...keys) => {
      const all = [];
      for (const key of keys) {
        const before = await task();
        await interaction(page, key);
        all.push((await task()) - before);
      }
      return median(all);
    };
    const many = (...keys) => Array(8).fill(keys).flat();
    let one, jump;
    for (let tries = 0; tries < 4; tries++) { // a loaded machine may take longer once, not always
      const nothing = await cost(...many("q"));
      one = (await cost(...many("ArrowRight", "ArrowRight", "ArrowLeft"))) - nothing;
      jump = (await cost(...many("End", "Home"))) - nothing;
      const wall = [await interaction(page, "ArrowRight", { times: 9 }), await interaction(page, "End", { times: 1 }), await interaction(page, "Home", { times: 1 })];
      console.log(`main thread: a step ${one.toFixed(1)} ms, a jump ${jump.toFixed(1)} ms; by the clock: ${wall.map(({ median }) => median.toFixed(1)).join(", ")} ms`);
      if (one < 50 && jump < 50) return;
    }
    assert.fail(`step ${one}, jump ${jump}`);
  });
});

test("what a scenario names stays text", () => {
  const evil = "</script><!--]]><img src=x onerror=document.title='bad'>";
  const path = pageOfText("evil", `// ${evil}\nthread App { call "${evil}" frame(0x20) { KeGetCurrentIrql(); } }\n`);
  return visit(`${path}#step=3`, { width: 1600 }, async (page) => {
    for (let k = 0; k < 4; k++) await page.keyboard.press("ArrowRight");
    assert.notEqual(await page.title(), "bad");
    assert.equal(await page.locator("img").count(), 0);
    assert.ok((await page.locator(".kss-source").textContent()).includes(evil));
    assert.ok((await page.locator(".kss-steps").textContent()).includes(evil));
  });
});

test("a page may hold several players and lose them again", () =>
  visit(playerOf(flagship), { width: 1600 }, async (page) => {
    const result = await page.evaluate(() => {
      const data = JSON.parse(document.getElementById("kss-data").textContent);
      const before = JSON.stringify(data);
      const element = document.createElement("div");
      document.body.append(element);
      const steps = [];
      const player = kssPlayer(element, data, { step: 2, onstep: (at) => steps.push(at) });
      player.go(4);
      const shown = element.querySelector(".kss-where").textContent;
      const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
      const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
      const other = document.querySelector("#kss-player .kss-where").textContent;
      player.destroy();
      return { steps, shown, other, twice, left: element.childNodes.length, same: JSON.stringify(data) === before };
    });
    assert.deepEqual(result.steps, [2, 4]);
    assert.match(result.shown, /^Step 4 /);
    assert.doesNotMatch(result.other, /^Step 4 /);
    assert.deepEqual({ ...result, steps: 0, shown: 0, other: 0 }, { steps: 0, shown: 0, other: 0, twice: [], left: 0, same: true });
  }));

test("every lesson plays without a complaint", async () => {
  const { readdirSync } = await import("node:fs");
  for (const name of readdirSync("scenarios/lessons").filter((each) => each.endsWith(".kss"))) {
    const path = playerOf(`scenarios/lessons/${name}`);
    assert.ok(readFileSync(path, "utf8").length < 300 * 1024, name);
    await visit(`${path}#step=0`, { width: 1280 }, (page) => page.evaluate(() => {
      const data = JSON.parse(document.getElementById("kss-data").textContent);
      const player = kssPlayer(document.getElementById("kss-player"), data, { step: 0 });
      for (let step = 0; step <= player.steps; step += 1 + Math.floor(player.steps / 30)) player.go(step);
    }));
  }
});
