// SPDX-License-Identifier: MIT
// The scenario language for the editor: colours, indentation, completion, words under the pointer. Which words
// there are, the module says (vocabulary); the lexer here only decides where a scenario word is one, since such
// words count only where no C reading exists.
import { LanguageSupport, StreamLanguage, syntaxTree } from "@codemirror/language";
import { snippet } from "@codemirror/autocomplete";
import { hoverTooltip } from "@codemirror/view";
import { element } from "./dom.js";

// Properties of words, KSS_IS_* of sim/script/lex.h.
const KEY = 1, TYPE = 2, NOISE = 4, ITEM = 16, STATEMENT = 32; // prettier-ignore
const SAL = /^(_[A-Z]\w*_|__drv_\w+)$/;
const NAME = /^[A-Za-z_$][\w$]*/;
const NUMBER = /^(0[xX][0-9a-fA-F]+|\d+(\.\d+)?)([A-Za-z]\w*)?/;

export class Vocabulary {
  constructor(rows) {
    this.version = rows.version;
    this.machines = rows.machines;
    this.words = new Map(rows.words);
    this.types = new Set(rows.types);
    this.constants = new Map(rows.constants);
    this.hazards = new Map(rows.hazards.map(([number, name, means]) => [name, { number, means }]));
    this.bugchecks = new Map(rows.bugchecks.map(([code, name]) => [name, code]));
    this.routines = new Map(
      rows.routines.map(([name, prototype, irql, can, modes, ...parameters]) => [
        name,
        { prototype, irql, can, modes, parameters },
      ]),
    );
  }
}

// ---- Tokens -----------------------------------------------------------------------------------------

// state: depth (of braces), parens, start (an item or a statement may begin), item (the scenario word that began
// the one at hand, ""), block (the item whose braces are open), comment (inside of one).
class Lexer {
  constructor(vocabulary) {
    this.vocabulary = vocabulary;
  }

  startState() {
    return { depth: 0, parens: 0, start: true, item: "", block: "", last: "", comment: false };
  }

  token(stream, state) {
    if (state.comment) return this.comment(stream, state);
    if (stream.eatSpace()) return null;
    if (stream.match("//")) {
      stream.skipToEnd();
      return "comment";
    }
    if (stream.match("/*")) {
      state.comment = true;
      return this.comment(stream, state);
    }
    if (stream.sol() || /^\s*$/.test(stream.string.slice(0, stream.pos)))
      if (stream.match(/^#\s*\w*/)) return "meta";
    if (stream.match(/^L?"([^"\\]|\\.)*"?/) || stream.match(/^L?'([^'\\]|\\.)*'?/)) return this.plain(state, "string");
    if (stream.match(NUMBER)) return this.plain(state, "number");
    if (stream.match("...")) return this.plain(state, "keyword");
    if (state.last === "hazard" && stream.match(/^[a-z][a-z0-9]*(-[a-z0-9]+)+/)) return this.plain(state, "labelName");
    if (stream.match(NAME)) return this.name(stream, state);
    return this.sign(stream, state);
  }

  comment(stream, state) {
    while (!stream.eol()) {
      if (stream.match("*/")) {
        state.comment = false;
        break;
      }
      stream.next();
    }
    return "comment";
  }

  plain(state, style) {
    state.start = false;
    state.last = "";
    return style;
  }

  sign(stream, state) {
    const sign = stream.next();
    state.last = "";
    if (sign === "{" || sign === "}" || sign === ";") {
      if (sign === "{") {
        if (state.depth === 0) state.block = state.item;
        state.depth++;
      } else if (sign === "}") {
        state.depth = Math.max(0, state.depth - 1);
        if (state.depth === 0) state.block = "";
      }
      state.parens = 0;
      state.start = true;
      state.item = "";
      return sign === ";" ? "punctuation" : "brace";
    }
    if (sign === "(") state.parens++;
    if (sign === ")") state.parens = Math.max(0, state.parens - 1);
    if (sign === ":" && state.depth > 0) state.start = true; // behind a label
    else if (sign !== ")" || state.parens > 0) state.start = false;
    else state.start = state.depth > 0; // if (...) after 30s ...
    return /[()[\]]/.test(sign) ? "bracket" : /[,.]/.test(sign) ? "punctuation" : "operator";
  }

  name(stream, state) {
    const { start, last } = state;
    const word = stream.current();
    const properties = this.vocabulary.words.get(word);
    state.start = false;
    state.last = word;
    if (!(properties & KEY) && stream.match(/^![A-Za-z_$][\w$]*/)) return "symbol";
    if (properties & KEY) {
      state.start = word === "else" || word === "do" || word === "__try" || word === "__finally";
      return properties & TYPE ? "typeName" : properties & NOISE ? "modifier" : "keyword";
    }
    if (properties !== undefined && this.scenario(stream, state, word, properties, start)) return "scenario";
    if (properties & NOISE || SAL.test(word)) return "modifier";
    if (state.depth === 0 && state.parens === 0 && (word === "frame" || word === "pageable")) return "scenario";
    if (this.vocabulary.routines.has(word)) return "ntRoutine";
    if (this.vocabulary.types.has(word)) return "typeName";
    if (this.vocabulary.constants.has(word) || this.vocabulary.bugchecks.has(word)) return "atom";
    if (start && state.block === "machine") return "propertyName";
    if (last === "machine" || last === "swap") return "atom";
    return /^\s*\(/.test(stream.string.slice(stream.pos)) ? "callee" : "variableName";
  }

  // Whether a word of the scenario language is one here.
  scenario(stream, state, word, properties, start) {
    const next = stream.string.slice(stream.pos).trimStart()[0] ?? "";
    if (start && state.depth === 0 && properties & (ITEM | TYPE)) {
      state.item = word;
      return true;
    }
    if (start && state.depth > 0 && properties & STATEMENT && !"=.-+[,)".includes(next || " ")) {
      if (next === "(" && !/^(repeat|call)$/.test(word)) return false;
      state.item = word;
      return true;
    }
    if (properties & (TYPE | NOISE) || state.item === "" || state.parens > 0) return false;
    return word === "frame" || next !== "(";
  }

  indent(state, after, context) {
    if (state.comment) return null;
    const closes = /^\s*\}/.test(after) ? 1 : 0;
    return Math.max(0, state.depth - closes) * context.unit;
  }
}

// ---- Completion -------------------------------------------------------------------------------------

// KeSetEvent(Event, Increment, Wait) with the parameters as fields; the name alone where a ( follows.
function call(name, parameters) {
  const filled = snippet(`${name}(${parameters.map((parameter) => `\${${parameter}}`).join(", ")})`);
  return (view, completion, from, to) => {
    if (view.state.sliceDoc(to, to + 1) === "(")
      view.dispatch({ changes: { from, to, insert: name }, selection: { anchor: from + name.length } });
    else filled(view, completion, from, to);
  };
}

function completions(vocabulary) {
  const options = [];
  for (const [label, row] of vocabulary.routines) {
    const info = () =>
      element("div", {}, element("code", {}, row.prototype), element("div", {}, about(row)));
    options.push({ label, type: "function", info, apply: call(label, row.parameters), boost: row.modes & 1 });
  }
  for (const [label, type] of vocabulary.constants) options.push({ label, type: "constant", detail: type });
  for (const label of vocabulary.types) options.push({ label, type: "type" });
  for (const [label, { means }] of vocabulary.hazards) options.push({ label, type: "text", info: means });
  for (const label of vocabulary.bugchecks.keys()) options.push({ label, type: "constant", detail: "bug check" });
  for (const [label, properties] of vocabulary.words)
    if (!(properties & NOISE)) options.push({ label, type: "keyword" });
  return (context) => {
    const word = context.matchBefore(/[\w$-]*/);
    const inCode = !/comment|string/.test(syntaxTree(context.state).resolveInner(context.pos, -1).name);
    return context.explicit && inCode ? { from: word.from, options, validFor: /^[\w$-]*$/ } : null;
  };
}

const about = ({ irql, can, modes }) =>
  [irql, can, modes & 1 ? "" : "native code only"].filter((part) => part !== "").join("; ");

// ---- What stands under the pointer ------------------------------------------------------------------

export function wordAt(state, position) {
  const line = state.doc.lineAt(position);
  const at = position - line.from;
  for (const { 0: word, index } of line.text.matchAll(/[A-Za-z_$][\w$]*(-[a-z0-9]+)*|0x[0-9A-Fa-f]+/g))
    if (index <= at && at <= index + word.length) return { word, from: line.from + index, to: line.from + index + word.length };
  return null;
}

// The word at the position, or what is called by the parentheses around it.
export function subjectAt(state, position) {
  const found = wordAt(state, position);
  if (found && !/^\d/.test(found.word)) return found.word;
  const before = state.sliceDoc(Math.max(0, position - 2000), position);
  for (let at = before.length - 1, open = 0; at >= 0 && !";{}".includes(before[at]); at--) {
    if (before[at] === ")") open++;
    if (before[at] === "(" && open-- === 0) return /[\w$]*\s*$/.exec(before.slice(0, at))[0].trim();
  }
  return found ? found.word : "";
}

const prototypes = (vocabulary) =>
  hoverTooltip((view, position) => {
    const found = wordAt(view.state, position);
    const row = found && vocabulary.routines.get(found.word);
    if (!row) return null;
    const dom = element("div", { className: "hint" }, element("code", {}, row.prototype), element("div", {}, about(row)));
    return { pos: found.from, end: found.to, above: true, create: () => ({ dom }) };
  });

// ---- The whole --------------------------------------------------------------------------------------

export function scenarioLanguage(vocabulary, styles) {
  const lexer = new Lexer(vocabulary);
  const language = StreamLanguage.define({
    name: "kss",
    startState: () => lexer.startState(),
    copyState: (state) => ({ ...state }),
    token: (stream, state) => lexer.token(stream, state),
    indent: (state, after, context) => lexer.indent(state, after, context),
    tokenTable: styles,
    languageData: {
      commentTokens: { line: "//", block: { open: "/*", close: "*/" } },
      closeBrackets: { brackets: ["(", "[", "{", '"'] },
      indentOnInput: /^\s*\}$/,
      autocomplete: completions(vocabulary),
    },
  });
  return new LanguageSupport(language, [prototypes(vocabulary)]);
}
