// SPDX-License-Identifier: MIT
// The helpers can fail: selftest.html is clean until its fragment names a fault.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { accessible, drawnContrast, interaction, looks, overflow, picture, printed, visit, visitEachLook } from "./lib.mjs";

const page = join(dirname(fileURLToPath(import.meta.url)), "selftest.html");
const wait = (opened) => opened.waitForTimeout(150);

test("the clean page passes everything, in each look", async () => {
  const seen = [];
  await visitEachLook(page, {}, async (opened, look) => {
    await accessible(opened);
    await overflow(opened);
    assert.equal((await drawnContrast(opened)).length, 1); // the text over stripes
    await opened.waitForSelector("[data-worker=ran]"); // a worker from a blob is no request
    seen.push(look);
  });
  assert.deepEqual(seen, looks.map((look) => look.name));
});

const misbehaviour = {
  "console-error": /console error: a fault/,
  "console-warning": /console warning: a doubt/,
  throws: /uncaught: thrown/,
  rejects: /uncaught: rejected/,
  image: /asked for http:\/\/127\.0\.0\.1:9\/image\.png/,
  fetch: /asked for http:\/\/127\.0\.0\.1:9\/data/,
  beacon: /asked for http:\/\/127\.0\.0\.1:9\/beacon/,
  worker: /asked for http:\/\/127\.0\.0\.1:9\/worker/,
  socket: /asked for ws:\/\/127\.0\.0\.1:9\/socket/,
  neighbour: /asked for file:.*neighbour\.png/,
  policy: /Content Security Policy/i,
  dialog: /dialog: hello/,
};
for (const [fault, complaint] of Object.entries(misbehaviour)) {
  test(`${fault} is caught`, () => assert.rejects(visit(`${page}#${fault}`, {}, wait), complaint));
}

test("a complaint is told even when the body fails first", () =>
  assert.rejects(
    visit(`${page}#throws`, {}, async (opened) => {
      await wait(opened);
      assert.fail("the body's own failure");
    }),
    /the body's own failure\n.*uncaught: thrown/s,
  ));

test("contrast too low in dark alone is caught in dark alone", async () => {
  const judged = async (opened) => {
    await wait(opened);
    await accessible(opened);
  };
  await visit(`${page}#dim-in-dark`, { colorScheme: "light" }, judged);
  await assert.rejects(visit(`${page}#dim-in-dark`, { colorScheme: "dark" }, judged), /color-contrast at \.said/);
  await assert.rejects(visitEachLook(`${page}#dim-in-dark`, {}, judged), /in the look "dark"/);
});

test("drawn text is judged against the shape below it", () =>
  assert.rejects(
    visit(`${page}#faint-drawing`, {}, async (opened) => {
      await wait(opened);
      await drawnContrast(opened);
    }),
    /"on a shape" in rgb\(85, 85, 85\) on rgb\(34, 34, 34\): 2\.1/,
  ));

test("a button without a name is caught", () =>
  assert.rejects(
    visit(`${page}#unnamed`, {}, async (opened) => {
      await wait(opened);
      await accessible(opened);
    }),
    /button-name at button/,
  ));

test("sideways scrolling is caught, and who causes it", () =>
  assert.rejects(
    visit(`${page}#wide`, {}, async (opened) => {
      await wait(opened);
      await overflow(opened);
    }),
    /wider than its window:\n {2}<p class="said/,
  ));

test("a key that takes 150 ms is measured as such", () =>
  visit(page, {}, async (opened) => {
    const slow = await interaction(opened, "s", { times: 3 });
    assert.ok(slow.median >= 150, `${slow.all}`);
    const quick = await interaction(opened, "q", { times: 9 });
    assert.ok(quick.median < slow.median - 75, `${quick.all}`);
    const clicked = await interaction(opened, () => opened.click("h1"), { event: "click" });
    assert.ok(clicked.worst >= 150, `${clicked.all}`);
    assert.equal(await opened.textContent("output"), "13"); // the page heard each of them
  }));

test("pictures are of the size and look asked for", async () => {
  const sizes = await Promise.all([
    visit(page, { width: 400, height: 300 }, (opened) => picture(opened, "selftest-small", { fullPage: false })),
    visit(page, { width: 800, height: 300, colorScheme: "dark" }, (opened) => picture(opened, "selftest-dark")),
  ]);
  const [small, dark] = sizes.map((path) => readFileSync(path));
  assert.deepEqual([small.readUInt32BE(16), small.readUInt32BE(20)], [400, 300]);
  assert.equal(dark.readUInt32BE(16), 800);
});

test("print emulation is seen by the page and undone", () =>
  visit(page, {}, async (opened) => {
    const { path, pages } = await printed(opened, "selftest");
    assert.ok(existsSync(path));
    assert.equal(pages, 2);
    const after = await opened.evaluate(() => getComputedStyle(document.body, "::after").content);
    assert.equal(after, "none");
  }));

test("without JavaScript the page is what its file says", () =>
  visit(page, { javaScript: false }, async (opened) => {
    assert.equal(await opened.locator("noscript p").innerText(), "No script runs here.");
    await opened.keyboard.press("q");
    assert.equal(await opened.textContent("output"), "0");
    await assert.rejects(accessible(opened), /axe needs JavaScript/);
    await picture(opened, "selftest-without-javascript");
  }));

test("reduced motion stops what moves", () =>
  visit(page, { reducedMotion: "reduce" }, async (opened) => {
    assert.equal(await opened.evaluate(() => document.getAnimations().length), 0);
  }));
