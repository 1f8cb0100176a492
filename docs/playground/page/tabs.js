// SPDX-License-Identifier: MIT
// Tabs as ARIA has them: one is in the order of Tab, arrows go between them.
export class Tabs {
  // [shown] is called with the id of the panel that came into view.
  constructor(list, shown) {
    this.all = [...list.querySelectorAll("[role=tab]")];
    this.shown = shown;
    this.chosen = false;
    for (const tab of this.all) {
      tab.addEventListener("click", () => this.choose(tab));
      tab.addEventListener("keydown", (event) => this.key(event));
    }
  }

  get tabs() {
    return this.all.filter((tab) => !tab.hidden);
  }

  // By the reader, whose choice stays.
  choose(tab) {
    this.chosen = true;
    this.show(tab.getAttribute("aria-controls"));
  }

  show(panel) {
    this.panel = panel;
    for (const tab of this.all) {
      const chosen = tab.getAttribute("aria-controls") === panel;
      tab.setAttribute("aria-selected", chosen);
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    this.shown(panel);
  }

  key(event) {
    const { tabs } = this;
    const at = tabs.indexOf(event.currentTarget);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[to % tabs.length];
    this.choose(next);
    next.focus();
  }
}
