// SPDX-License-Identifier: MIT
// The editor: CodeMirror with the scenario language, marks, and the keys that docs/playground/README.md lists.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, StateEffect, StateField, Transaction } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view"; // prettier-ignore
import { highlightCode, Tag, tags } from "@lezer/highlight";
import { element } from "./dom.js";
import { scenarioLanguage, subjectAt } from "./language.js";

// ---- Colours ----------------------------------------------------------------------------------------

const scenario = Tag.define();
const ntRoutine = Tag.define();
const callee = Tag.define();
const symbol = Tag.define();
const styles = { scenario, ntRoutine, callee, symbol };

const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--comment)", fontStyle: "italic" },
  { tag: scenario, color: "var(--scenario)", fontWeight: "600" },
  { tag: tags.keyword, color: "var(--keyword)" },
  { tag: [tags.modifier, tags.meta], color: "var(--meta)" },
  { tag: tags.typeName, color: "var(--type)" },
  { tag: ntRoutine, color: "var(--routine)", fontWeight: "600" },
  { tag: [callee, symbol], color: "var(--symbol)" },
  { tag: [tags.atom, tags.labelName], color: "var(--constant)" },
  { tag: tags.number, color: "var(--number)" },
  { tag: tags.string, color: "var(--string)" },
  { tag: tags.propertyName, color: "var(--meta)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "var(--code-size)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".cm-activeLine": { backgroundColor: "var(--line)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--faint)", borderRight: "1px solid var(--rule)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--line)", color: "var(--ink)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)", outline: "1px solid var(--faint)" },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  ".cm-tooltip, .cm-panels": {
    backgroundColor: "var(--panel)",
    color: "var(--ink)",
    border: "1px solid var(--rule)",
    fontFamily: "var(--sans)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "var(--faint)" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionInfo": { maxWidth: "36em" },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "0" },
  ".cm-lint-marker": { content: "none", width: "0.7em", height: "0.7em", borderRadius: "50%" },
  ".cm-lint-marker-info": { backgroundColor: "var(--note)" },
  ".cm-lint-marker-warning": { backgroundColor: "var(--warning)", borderRadius: "0", clipPath: "polygon(50% 0, 100% 100%, 0 100%)" },
  ".cm-lint-marker-error": { backgroundColor: "var(--error)", borderRadius: "1px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnostic-info": { borderLeftColor: "var(--note)" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-textfield, .cm-button": {
    backgroundColor: "var(--paper)",
    backgroundImage: "none",
    color: "var(--ink)",
    border: "1px solid var(--edge)",
  },
});

// ---- The statement at hand --------------------------------------------------------------------------

// What the player shows now: a range that follows edits until it is set again.
const setCurrent = StateEffect.define();
const current = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    marks = marks.map(transaction.changes);
    for (const effect of transaction.effects)
      if (effect.is(setCurrent))
        marks = effect.value ? Decoration.set(Decoration.mark({ class: "current" }).range(effect.value.from, effect.value.to)) : Decoration.none; // prettier-ignore
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// ---- Marks ------------------------------------------------------------------------------------------

// Offsets of UTF-8 bytes as positions of the document, ascending offsets first.
function positions(text, offsets) {
  const sorted = [...new Set(offsets)].sort((a, b) => a - b);
  const found = new Map();
  let byte = 0, at = 0; // prettier-ignore
  for (const offset of sorted) {
    while (byte < offset && at < text.length) {
      const point = text.codePointAt(at);
      byte += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      at += point < 0x10000 ? 1 : 2;
    }
    found.set(offset, at);
  }
  return found;
}

// Gives marks of the module their places in [text]: from and to, undefined for one without a place.
export function placed(marks, text) {
  const offsets = marks.flatMap((mark) => [mark, ...mark.causes]).filter((mark) => mark.begin !== undefined);
  const at = positions(text, offsets.flatMap(({ begin, end }) => [begin, end])); // prettier-ignore
  const place = (mark) => ({ ...mark, from: at.get(mark.begin), to: at.get(mark.end) });
  return marks.map((mark) => ({ ...place(mark), causes: mark.causes.map(place) }));
}

const LEVELS = { error: "error", warning: "warning", note: "info" };

// What was expected is said as a remark: the scenario is about it.
const level = (mark) => (mark.expected ? "info" : LEVELS[mark.severity]);

function tell(mark) {
  const said = element("div", { className: "said" });
  const head = mark.code ? `${mark.severity}[${mark.code}]` : mark.kind === "language" ? mark.severity : "";
  said.append(
    element("div", {}, head && element("strong", {}, `${head}: `), mark.message, mark.expected ? " (expected)" : ""),
  );
  if (mark.label) said.append(element("div", { className: "label" }, mark.label));
  for (const cause of mark.causes)
    said.append(element("div", { className: "cause" }, `${cause.line ? `line ${cause.line}: ` : ""}${cause.message}`));
  for (const note of mark.notes)
    if (note.kind === "help" || note.kind === "note")
      said.append(element("div", { className: "cause" }, element("em", {}, note.kind), `: ${note.text}`));
  return said;
}

// "did you mean `X`?" as a button; what else a mark offers.
function actions(mark, onExplain) {
  const offered = [];
  for (const { kind, text } of mark.notes) {
    const [, word] = (kind === "help" && /^did you mean `([^`]+)`\?$/.exec(text)) || [];
    if (word === undefined) continue;
    const apply = (view, from, to) => view.dispatch({ changes: { from, to, insert: word }, userEvent: "input.fix" });
    offered.push({ name: `Write ${word}`, apply });
  }
  if (mark.code) offered.push({ name: `Explain ${mark.code}`, apply: () => onExplain(mark.code) });
  return offered;
}

// ---- The whole --------------------------------------------------------------------------------------

// A scenario in the editor's colours, as the children of an element.
function coloured(text, { language }) {
  const made = [];
  const put = (part, classes) => made.push(classes ? element("span", { className: classes }, part) : part);
  highlightCode(text, language.parser.parse(text), colours, put, () => made.push("\n"));
  return made;
}

const replaced = Annotation.define(); // a text put in by the page

export class Editor {
  // handlers: edit(by), run, explain(word)
  constructor(parent, vocabulary, handlers) {
    this.handlers = handlers;
    this.language = scenarioLanguage(vocabulary, styles);
    this.marks = [];
    const explain = (view) => {
      handlers.explain(subjectAt(view.state, view.state.selection.main.head));
      return true;
    };
    const keys = [
      { key: "Mod-Enter", run: () => (handlers.run(), true), preventDefault: true },
      { key: "F1", run: explain, preventDefault: true },
      ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap,
      indentWithTab,
    ]; // prettier-ignore
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          EditorView.cspNonce.of("editor"),
          lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
          indentUnit.of("    "), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
          highlightSelectionMatches(), search({ top: true }), lintGutter(),
          autocompletion({ activateOnTyping: false, maxRenderedOptions: 200 }),
          this.language, syntaxHighlighting(colours), look, current,
          keymap.of(keys),
          EditorView.contentAttributes.of({ "aria-label": "Scenario", "aria-describedby": "editor-help", tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            handlers.edit(update.transactions.some((transaction) => transaction.annotation(replaced)));
          }),
        ], // prettier-ignore
      }),
    });
  }

  coloured(text) {
    return coloured(text, this.language);
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // Another scenario: what was marked goes, the way back by undo stays.
  replace(text, keep = false) {
    const { doc, selection } = this.view.state;
    const head = Math.min(keep ? selection.main.head : 0, text.length);
    this.view.dispatch({
      changes: { from: 0, to: doc.length, insert: text },
      selection: { anchor: head },
      annotations: [replaced.of(true), isolateHistory.of("full"), Transaction.addToHistory.of(doc.length > 0)],
      scrollIntoView: !keep,
      effects: setCurrent.of(null),
    });
  }

  // [marks] of the module, for the text as it is now.
  mark(marks) {
    this.marks = placed(marks, this.text);
    const length = this.view.state.doc.length;
    const shown = this.marks
      .filter((mark) => mark.from !== undefined)
      .map((mark) => ({
        from: Math.min(mark.from, length),
        to: Math.min(Math.max(mark.to, mark.from), length),
        severity: level(mark),
        source: mark.code,
        message: mark.message,
        markClass: mark.expected ? `mark expected-${mark.severity}` : `mark mark-${mark.severity}`,
        renderMessage: () => tell(mark),
        actions: actions(mark, this.handlers.explain),
      }));
    this.view.dispatch(setDiagnostics(this.view.state, shown));
  }

  // Shows [from, to) as the statement at work; nothing when it is empty.
  showCurrent(from, to) {
    const value = from < to && to <= this.view.state.doc.length ? { from, to } : null;
    this.view.dispatch({ effects: [setCurrent.of(value), ...(value ? [EditorView.scrollIntoView(from)] : [])] });
  }

  goTo(from, to = from) {
    const length = this.view.state.doc.length;
    this.view.dispatch({
      selection: { anchor: Math.min(from, length), head: Math.min(to, length) },
      scrollIntoView: true,
    });
    this.view.focus();
  }

  goToLine(number) {
    const { doc } = this.view.state;
    if (number < 1 || number > doc.lines) return;
    const line = doc.line(number);
    this.goTo(line.from + line.text.search(/\S|$/), line.to);
  }
}
