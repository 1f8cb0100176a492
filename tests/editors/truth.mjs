// SPDX-License-Identifier: MIT
// What a grammar says of a scenario against what kss says (tokens.c). Files are read as bytes, one character each, so
// that places are the same numbers on both sides.
import { readFileSync } from "node:fs";

// The lines of editors_tokens: [{ file, text, tokens: [[begin, end, class]...] }].
export function readTruth(path) {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map(JSON.parse).map((each) => ({ ...each, text: readFileSync(each.file, "latin1") }));
}

const exact = ["comment", "string", "number", "word"]; // nothing else may be coloured so

// Compares the class of every byte, as the grammar sees it, with the tokens of one file. `counts` gets how many tokens
// of each class agree and how many there are; returns the places that do not, readable.
export function differences({ file, text, tokens }, classes, counts) {
  const found = [];
  const covered = new Uint8Array(text.length);
  const differs = (begin, end, wanted, got) => {
    const before = text.slice(0, begin);
    const line = before.split("\n").length;
    const column = begin - before.lastIndexOf("\n");
    const shown = JSON.stringify(text.slice(begin, Math.min(end, begin + 40)));
    found.push(`${file}:${line}:${column}: ${shown} is ${wanted}, the grammar says ${got}`);
  };
  for (const [begin, end, wanted] of tokens) {
    covered.fill(1, begin, end);
    if (wanted === "unread") continue;
    counts[wanted] ??= { all: 0, agree: 0 };
    counts[wanted].all++;
    let at = begin;
    while (at < end && (classes[at] === wanted || /\s/.test(text[at]))) at++;
    if (at === end) counts[wanted].agree++;
    else differs(begin, end, wanted, classes[at]);
  }
  for (let at = 0; at < text.length; at++) {
    if (covered[at] || !exact.includes(classes[at]) || /\s/.test(text[at])) continue;
    const begin = at;
    while (at < text.length && !covered[at] && classes[at] === classes[begin]) at++;
    differs(begin, at, "none of its kind", classes[begin]);
  }
  return found;
}

export function report(name, files, counts, found, milliseconds) {
  for (const each of found.slice(0, 40)) console.log(each);
  if (found.length > 40) console.log(`... and ${found.length - 40} more`);
  const classes = Object.keys(counts).sort();
  const sum = (what) => classes.reduce((all, each) => all + counts[each][what], 0);
  for (const each of classes) console.log(`  ${each.padEnd(11)} ${counts[each].agree} of ${counts[each].all}`);
  const bytes = files.reduce((all, each) => all + each.text.length, 0);
  console.log(
    `${name}: ${sum("agree")} of ${sum("all")} tokens agree in ${files.length} files, ${bytes} bytes; ` +
      `${found.length} differences; ${Math.round(milliseconds)} ms`,
  );
}
