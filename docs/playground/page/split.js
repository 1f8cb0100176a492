// SPDX-License-Identifier: MIT
// The line between editor and result: dragged, or moved by arrows. Its place is a share of the page's width.
const [LEAST, MOST, STEP] = [20, 80, 2]; // percent

export function split(line) {
  const set = (percent) => {
    const share = Math.round(Math.max(LEAST, Math.min(MOST, percent)));
    document.documentElement.style.setProperty("--split", `${share}%`);
    line.setAttribute("aria-valuenow", share);
  };
  const now = () => Number(line.getAttribute("aria-valuenow"));
  line.addEventListener("pointerdown", (event) => {
    line.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  line.addEventListener("pointermove", (event) => {
    if (line.hasPointerCapture(event.pointerId)) set((100 * event.clientX) / document.documentElement.clientWidth);
  });
  line.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: now() - STEP, ArrowRight: now() + STEP, Home: LEAST, End: MOST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    set(to);
  });
}
