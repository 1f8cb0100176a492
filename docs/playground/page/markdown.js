// SPDX-License-Identifier: MIT
// The Markdown that docs/explain is written in, as elements: headings, paragraphs, lists, tables, code. What is
// anything else stays the text it is; nothing becomes HTML.
import { element } from "./dom.js";

// `code`, **strong**, *emphasis*; links show their text.
function inline(text) {
  const made = [];
  const pattern = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\([^)]*\)/g;
  let at = 0;
  for (const found of text.matchAll(pattern)) {
    made.push(text.slice(at, found.index));
    const [all, code, strong, emphasis, link] = found;
    if (code !== undefined) made.push(element("code", {}, code));
    else if (strong !== undefined) made.push(element("strong", {}, strong));
    else if (emphasis !== undefined) made.push(element("em", {}, emphasis));
    else made.push(link.replaceAll("`", ""));
    at = found.index + all.length;
  }
  made.push(text.slice(at));
  return made;
}

const cells = (line) =>
  line
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));

function table(lines) {
  const [head, , ...rows] = lines.map(cells);
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head.map((cell) => element("th", {}, ...inline(cell))))),
    element(
      "tbody",
      {},
      ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, ...inline(cell))))),
    ),
  );
}

// scenario(code) gives the content of a block fenced as `kss` and the element that stands below it.
export function markdown(text, scenario) {
  const lines = text.split("\n");
  const made = [];
  const take = (belongs) => {
    const taken = [];
    while (lines.length > 0 && belongs(lines[0])) taken.push(lines.shift());
    return taken;
  };
  while (lines.length > 0) {
    const line = lines[0];
    const heading = /^(#{1,4}) (.*)/.exec(line);
    const fence = /^```(\w*)/.exec(line);
    if (line.trim() === "") {
      lines.shift();
    } else if (heading) {
      lines.shift();
      made.push(element(`h${heading[1].length + 1}`, {}, ...inline(heading[2])));
    } else if (fence) {
      lines.shift();
      const code = take((next) => !next.startsWith("```")).join("\n") + "\n";
      lines.shift();
      const [content, below] = fence[1] === "kss" ? scenario(code) : [[code]];
      made.push(element("pre", { tabIndex: 0 }, element("code", {}, ...content)), ...(below ? [below] : []));
    } else if (/^\|.*\|/.test(line) && /^\|[-| :]+\|/.test(lines[1] ?? "")) {
      made.push(table(take((next) => next.startsWith("|"))));
    } else if (/^[*-] /.test(line)) {
      const items = [];
      while (/^[*-] /.test(lines[0] ?? "")) {
        const first = lines.shift().slice(2);
        items.push([first, ...take((next) => /^ {2,}\S/.test(next)).map((next) => next.trim())].join(" "));
      }
      made.push(element("ul", {}, ...items.map((item) => element("li", {}, ...inline(item)))));
    } else if (/^ {2}/.test(line)) {
      const code = take((next) => /^ {2}|^$/.test(next)).join("\n");
      made.push(element("pre", { tabIndex: 0 }, code.trimEnd()));
    } else {
      const words = [lines.shift(), ...take((next) => /^[^\s#`|*-]/.test(next))];
      made.push(element("p", {}, ...inline(words.join(" "))));
    }
  }
  return made;
}
