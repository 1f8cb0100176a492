// SPDX-License-Identifier: MIT
// The player: steps through a run in a page. kssPlayer(element, data, options) fills an element and returns
// { step, steps, go(step), destroy() }; it keeps no state of its own, so a page may mount any number of them.
//
//   data     what `kss run --format player` prints (docs/player.md)
//   options  keys: where key presses are heard (the element); link: a window whose address names the step;
//            step: where to begin; onstep: called with every step's number
//
// What happened was decided by kss: here changes are applied and undone, and states are drawn. Texts of the data
// go into the page as text nodes only.
const kssPlayer = (() => {
  "use strict";

  const { max, min, floor, ceil, round } = Math;

  // ---- Elements -------------------------------------------------------------------------------------

  function set(element, attributes) {
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value != null) element.setAttribute(key, value);
    }
  }
  // h("div.side.wide", { role: "group", click: f }, "text", h("b", "more")): the classes get a prefix.
  const maker = (create) => (tag, ...children) => {
    const [name, ...classes] = tag.split(".");
    const element = create(name);
    const attributes = children[0]?.constructor === Object ? children.shift() : {};
    if (classes.length > 0) element.setAttribute("class", classes.map((each) => "kss-" + each).join(" "));
    set(element, attributes);
    element.append(...children.flat().filter((child) => child != null));
    return element;
  };
  const h = maker((tag) => document.createElement(tag));
  const s = maker((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));

  const area = (kind, x, y, width, height, more, ...children) => s(`rect.${kind}`, { x, y, width, height, ...more }, children);
  const button = (classes, attributes, ...children) => h(`button${classes}`, { type: "button", ...attributes }, children);

  // ---- Words ----------------------------------------------------------------------------------------

  const listed = (...parts) => parts.filter(Boolean).join(", ");
  const hex = (value) => "0x" + value.toString(16).toUpperCase();
  const depth = (value) => (value === 0 ? "top" : `top-${hex(value)}`);

  // A point in time, from 100 ns: seconds with at least three digits, as reports print it.
  function clock(time) {
    const digits = String(time % 1e7).padStart(7, "0").replace(/0{1,4}$/, "");
    return `${floor(time / 1e7)}.${digits} s`;
  }

  const GLYPH = 7.23; // width of a character of the drawings' fixed font
  function shortened(text, room) {
    const most = floor(room / GLYPH);
    if (text.length <= most) return text;
    if (most < 4) return "";
    const tail = floor((most - 1) / 2);
    return text.slice(0, most - 1 - tail) + "\u2026" + text.slice(text.length - tail);
  }

  // The greatest index whose item is not above [value], by binary search; -1: all are above.
  function lastUpTo(count, value, at) {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(middle) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // A box that scrolls over [count] rows of equal height, of which only those that the window shows exist. It knows its
  // own window: asking the page for it lays the page out.
  function rowsView(box, inner, height, count, rowAt) {
    let top = 0;
    let tall = 0;
    let drawn = "";
    function draw(state) {
      const from = max(0, floor(top / height) - 3);
      const to = min(count, ceil((top + tall) / height) + 3);
      const key = `${from} ${to} ${state}`;
      if (key === drawn) return;
      drawn = key;
      const rows = [];
      for (let at = from; at < to; at++) {
        rows.push(rowAt(at));
        rows.at(-1).style.top = `${at * height}px`;
      }
      inner.replaceChildren(...rows);
    }
    let last;
    box.addEventListener("scroll", () => { top = box.scrollTop; draw(last); });
    return {
      measure(rows = count) {
        count = rows;
        tall = box.clientHeight;
        top = box.scrollTop;
        inner.style.height = `${count * height}px`;
        drawn = "";
      },
      aim(row) {
        if (row === null || (row * height >= top && (row + 2) * height <= top + tall)) return;
        top = round(max(0, min(row * height - tall / 2, count * height - tall)));
        box.scrollTop = top;
      },
      draw(state) { draw((last = state)); },
    };
  }

  // ---- The run --------------------------------------------------------------------------------------
  //
  // The state at a step: values by field and index, frames by stack. Every KEEP steps a copy is kept, so a jump
  // applies fewer changes than that. Old values are remembered while all is applied once, which is also when the
  // lanes are gathered.

  const KEEP = 512;

  function modelOf(data) {
    const fields = data.fields.map(([thing, name, reading, first, names]) => ({ thing, name, reading, first, names }));
    const number = Object.fromEntries(fields.map(({ thing, name }, at) => [`${thing}.${name}`, at]));
    const count = data.steps.time.length;
    const times = [0];
    let values = fields.map(() => []);
    let frames = [];
    let now = 0;
    const changes = [[]];
    const kept = [];
    const deepest = [];

    const at = (field, index) => values[field][index] ?? (values[field][index] === null ? null : fields[field].first);
    const value = (name, index) => at(number[name], index);
    const named = (name, index) => {
      const found = value(name, index);
      return fields[number[name]].names?.[found] ?? (found === null ? null : data.strings[found]);
    };

    // From numbers: a field, a thing's index and the new value; or a frame that enters or leaves a stack.
    function decoded(ops) {
      const list = [];
      for (let k = 0; k < ops.length;) {
        const [op, index, ...rest] = ops.slice(k, k + 6);
        if (op < fields.length) list.push({ field: op, thing: fields[op].thing, index, before: at(op, index), after: rest[0] });
        else {
          const enters = op === fields.length;
          const [routine, depth, bytes, origin] = rest;
          list.push({ thing: "stack", index, enters, frame: enters ? { routine, depth, bytes, origin } : frames[index].at(-1) });
        }
        move(list.at(-1), true);
        k += op < fields.length ? 3 : op === fields.length ? 6 : 2;
      }
      return list;
    }
    function move({ field, index, before, after, enters, frame }, forward) {
      if (!frame) values[field][index] = forward ? after : before;
      else if (forward === enters) (frames[index] ??= []).push(frame);
      else frames[index].pop();
    }
    const copy = (lists) => lists.map((list) => list.slice());
    const keep = () => kept.push([copy(values), copy(frames)]);
    function go(step) {
      if (step === now - 1) for (const change of changes[now--].slice().reverse()) move(change, false);
      else if (step < now || step - now > KEEP) {
        now = floor(step / KEEP) * KEEP;
        [values, frames] = kept[now / KEEP].map(copy);
      }
      while (now < step) for (const change of changes[++now]) move(change, true);
    }

    const those = (name, test) => values[number[name]].map((state, index) => (test(state) ? index : -1)).filter((index) => index >= 0);
    const model = {
      data, fields, count, times, deepest, value, named, go,
      get now() { return now; },
      framesOf: (stack) => frames[stack] ?? [],
      changes: (step) => changes[step],
      stacks: () => those("stack.state", (state) => state > 0),
      objects: () => those("object.state", (state) => state === 1),
    };
    keep();
    model.lanes = lanesOf(model, (visit) => {
      data.steps.changes.forEach((ops, step) => {
        times.push(times[step] + data.steps.time[step]);
        changes.push(decoded(ops));
        now = step + 1;
        if (now % KEEP === 0) keep();
        for (const { field, index, after } of changes[now])
          if (field === number["stack.used"]) deepest[index] = max(deepest[index] ?? 0, after);
        visit(now);
      });
    });
    words(model);
    go(0);
    return model;
  }

  // Names and readable values.
  function words(model) {
    const { data, fields } = model;
    const shortName = (text) => text.split(" (")[0];
    model.routine = (routine) => (routine === null ? "" : data.routines[routine][0]);
    model.runs = (state, thread) => (state === "thread" && thread !== null ? model.thread(thread) : { dpc: "DPC", interrupt: "ISR" }[state] ?? state);
    model.thread = (thread) => data.threads[thread]?.name ?? `thread ${thread}`;
    model.object = (object) => shortName(model.named("object.name", object) ?? "") || `#${object}`;
    model.stack = (stack) => {
      const thread = model.value("stack.thread", stack);
      const kind = model.named("stack.kind", stack);
      if (kind === "thread" && thread !== null) return model.thread(thread);
      if (kind === "callout") return `${thread === null ? "" : model.thread(thread) + ", "}expansion`;
      return { dpc: "DPC stack", isr: "ISR stack" }[kind] ?? `${kind} stack`;
    };
    const thing = {
      cpu: (index) => `CPU ${index}`,
      thread: (index) => `thread ${model.thread(index)}`,
      stack: (index) => (model.named("stack.kind", index) === "thread" ? `stack of ${model.stack(index)}` : model.stack(index)),
      object: (index) => model.object(index),
    };
    model.thing = (name, index) => thing[name](index);
    const readings = {
      bytes: hex,
      time: clock,
      number: String,
      text: (found) => data.strings[found],
      thread: model.thread,
      stack: (found) => thing.stack(found),
      object: model.object,
      routine: model.routine,
    };
    model.read = (at, found) => {
      if (found === null) return "none";
      return fields[at].names ? fields[at].names[found] : readings[fields[at].reading](found);
    };
    model.left = (stack) => model.value("stack.bytes", stack) - model.value("stack.used", stack);
    model.say = (step) => (step === 0 ? "before anything happened" : data.strings[data.steps.say[step - 1]]);
    model.place = (step) => {
      const at = step > 0 ? data.steps.place[step - 1] : 0;
      return at > 0 ? [data.places[2 * at], data.places[2 * at + 1]] : null;
    };
    model.pointers = new Map();
    const { pointers, findings, kind } = data.steps;
    model.kind = (step) => (step > 0 ? data.strings[kind[step - 1]] : "");
    // a machine that has stopped keeps what stopped it
    model.pointersAt = (step) => model.pointers.get(model.kind(step) === "rest" ? step - 1 : step) ?? [];
    for (let at = 0; at < pointers.length; at += 4) {
      if (!model.pointers.has(pointers[at])) model.pointers.set(pointers[at], []);
      const [stack, where, word] = pointers.slice(at + 1, at + 4);
      const same = model.pointers.get(pointers[at]).some((other) => other.stack === stack && other.depth === where);
      if (!same) model.pointers.get(pointers[at]).push({ stack, depth: where, word: data.strings[word] });
    }
    model.findingStep = new Map(); // number of a finding -> step
    for (let at = 0; at < findings.length; at += 2) model.findingStep.set(findings[at + 1], findings[at]);
    const stops = new Set(model.findingStep.values());
    if (data.look.failing > 0) stops.add(data.look.failing);
    model.stops = [...stops].sort((a, b) => a - b);
  }

  // ---- Lanes: what each processor and thread does, as segments of steps -----------------------------

  function lanesOf(model, replay) {
    const { data } = model;
    const lanes = [];
    const cpuLanes = [];
    const threadLanes = [];
    const lane = (list, thing, index) =>
      (list[index] ??= lanes[lanes.push({ thing, index, segments: [], irqls: [], used: [], most: 0 }) - 1]);
    for (let cpu = 0; cpu < data.machine.processors; cpu++) lane(cpuLanes, "cpu", cpu);
    const add = (segments, from, key, more) => {
      const last = segments[segments.length - 1];
      if (last?.key === key) return;
      if (last?.from === from) segments.pop();
      segments.push({ from, key, ...more });
    };
    function cpu(step, index) {
      const { value, named } = model;
      const state = named("cpu.state", index);
      const thread = value("cpu.thread", index);
      const routine = state === "thread" ? null : value("cpu.routine", index); // a thread's own lane says it
      const at = lane(cpuLanes, "cpu", index);
      add(at.segments, step, [state, thread, state === "idle" ? "" : routine].join(), { state, thread, routine });
      const irql = named("cpu.irql", index);
      add(at.irqls, step, irql, { irql });
    }
    function thread(step, index) {
      const { value, named } = model;
      const state = named("thread.state", index);
      const stack = value("thread.stack", index);
      const out = stack !== null && named("stack.state", stack) === "out";
      const mode = named("thread.mode", index);
      const object = value("thread.object", index);
      const frame = stack === null ? undefined : model.framesOf(stack).at(-1);
      const routine = frame === undefined || state === "ended" ? null : frame.routine;
      const key = [state, out, mode, object, routine].join();
      const at = lane(threadLanes, "thread", index);
      add(at.segments, step, key, { state, out, mode, object, routine });
      const used = stack === null ? 0 : value("stack.used", stack);
      add(at.used, step, used, { used });
      at.most = max(at.most, used);
    }
    for (let index = 0; index < data.machine.processors; index++) cpu(0, index);
    replay((step) => {
      const cpus = new Set();
      const threads = new Set();
      for (const change of model.changes(step)) {
        if (change.thing === "cpu") cpus.add(change.index);
        else if (change.thing === "thread") threads.add(change.index);
        else if (change.thing === "stack") threads.add(model.value("stack.thread", change.index));
      }
      for (const index of cpus) cpu(step, index);
      for (const index of threads) if (index !== null && index < data.threads.length) thread(step, index);
    });
    return [...cpuLanes, ...threadLanes].filter((at) => at !== undefined);
  }

  // The lanes drawn: a column for every step, and room between two steps that grows with the logarithm of the time
  // that passes. Only what the window shows is drawn.
  const AXIS = 40;
  const HEIGHT = { cpu: 46, thread: 52 };

  function lanesView(model, go) {
    const { data } = model;
    const tops = [];
    let height = AXIS;
    for (const lane of model.lanes) {
      tops.push(height);
      height += HEIGHT[lane.thing];
    }
    const picture = s("svg.lanes-svg", { height, "aria-hidden": "true" });
    const cursor = s("rect.cursor", { y: 0, height });
    const spacer = h("div.lanes-spacer", picture);
    const scroller = h("div", {
      class: "kss-lanes-scroll", tabindex: "0", role: "group",
      "aria-label": "Lanes of processors and threads over the steps; the table of processors and threads says the same of this step",
      click: (event) => go(stepAt(event.clientX - spacer.getBoundingClientRect().left)),
      scroll: () => { left = scroller.scrollLeft; draw(); },
    }, spacer);
    const labels = h("div.lanes-labels", { "aria-hidden": "true" },
      h("div.lane-axis", "time"),
      ...model.lanes.map((lane) => h(`div.lane-label.lane-${lane.thing}`,
        h("b", model.thing(lane.thing, lane.index).replace(/^thread\x20/, "")),
        h("span", lane.thing === "cpu" ? "IRQL" : `to ${hex(lane.most)}`))));
    const box = h("div.lanes", labels, scroller);
    let edges = new Float64Array(0); // the left edge of each step's column; one more: the end
    let drawn = "";
    let left = 0; // what the window shows; asked for only when it changes, since asking lays the page out
    let wide = 0;

    function measure() {
      wide = scroller.clientWidth;
      const gap = (time) => (time === 0 ? 0 : 10 + 6 * Math.log10(1 + time / 10));
      let gaps = 0;
      for (const time of data.steps.time) gaps += gap(time);
      const width = min(110, max(9, (wide - 4 - gaps) / (model.count + 1)));
      edges = new Float64Array(model.count + 2);
      for (let step = 0; step <= model.count; step++)
        edges[step + 1] = edges[step] + width + (step < model.count ? gap(data.steps.time[step]) : 0);
      // a column begins behind the gap before it: what lasts through a gap is the step before
      edges.width = width;
      spacer.style.width = `${ceil(edges[model.count + 1])}px`;
      drawn = "";
    }
    const stepAt = (x) => max(0, lastUpTo(model.count + 1, x, (step) => edges[step]));

    function draw() {
      const from = max(0, stepAt(left) - 8);
      const to = min(model.count, stepAt(left + wide) + 8);
      const key = `${from} ${to}`;
      set(cursor, { x: edges[model.now], width: edges.width });
      if (key === drawn) return;
      drawn = key;
      const x = edges[from];
      const width = max(1, edges[to + 1] - x);
      set(picture, { width, viewBox: `${x} 0 ${width} ${height}` });
      picture.style.left = `${x}px`;
      picture.replaceChildren(cursor, ...axis(from, to), ...model.lanes.flatMap((lane, at) => laneShapes(lane, tops[at], from, to)));
    }
    function axis(from, to) {
      const shapes = [];
      let free = -1;
      for (let step = from; step <= to; step++) {
        const before = step > 0 ? model.times[step - 1] : -1;
        if (model.times[step] === before && step !== from) continue;
        if (step > from) {
          const end = edges[step - 1] + edges.width;
          if (edges[step] > end)
            shapes.push(area("gap", end, AXIS - 8, edges[step] - end, height - AXIS + 8, {}, s("title", `${clock(model.times[step] - before)} pass`)));
        }
        if (edges[step] < free) continue;
        const text = clock(model.times[step]);
        shapes.push(s("line.tick", { x1: edges[step], x2: edges[step], y1: 14, y2: height }),
          s("text.small", { x: edges[step] + 3, y: 12 }, text));
        free = edges[step] + text.length * GLYPH + 10;
      }
      return [...shapes, ...marks(from, to)];
    }
    // Findings and the failing step, as marks below the times.
    function marks(from, to) {
      const shapes = [];
      const mark = (step, kind, label) => {
        if (step < from || step > to) return;
        const middle = edges[step] + edges.width / 2;
        shapes.push(s(`path.mark.${kind}`, { d: `M${middle - 5} 20h10l-5 9z` }, s("title", label)));
      };
      for (const [number, step] of model.findingStep) {
        const finding = data.findings[number - 1];
        mark(step, finding.severity, `${finding.id}: ${finding.message}`);
      }
      if (data.look.failing > 0) mark(data.look.failing, "error", model.say(data.look.failing));
      return shapes;
    }
    const span = (list, at) => [edges[list[at].from], at + 1 < list.length ? edges[list[at + 1].from] : edges[model.count + 1]];
    function visible(list, from, to, shape) {
      const shapes = [];
      for (let at = max(0, lastUpTo(list.length, from, (k) => list[k].from)); at < list.length && list[at].from <= to; at++) {
        const [left, right] = span(list, at);
        shapes.push(...shape(list[at], left, max(1, right - left)));
      }
      return shapes;
    }
    // A bar says the first of its labels that fits, else what there is room for of the shortest.
    function bar(kind, labels, x, y, width, tall) {
      const label = labels[0];
      const fits = labels.find((each) => each.length * GLYPH <= width - 8);
      const text = fits ?? (width > 9 * GLYPH ? shortened(labels.at(-1), width - 8) : "");
      return [area(`bar.${kind}`, x, y, width, tall, { rx: 2 }, text === label ? null : s("title", label)),
        text ? s(kind === "low" || kind === "ended" ? "text.small" : "text", { x: x + 4, y: y + tall / 2 + 4 }, text) : null].filter(Boolean);
    }
    function laneShapes(lane, top, from, to) {
      const rule = s("line.rule", { x1: edges[from], x2: edges[to + 1], y1: top, y2: top });
      return [rule, ...(lane.thing === "cpu" ? cpuShapes(lane, top, from, to) : threadShapes(lane, top, from, to))];
    }
    function cpuShapes(lane, top, from, to) {
      const what = visible(lane.segments, from, to, (at, x, width) => {
        if (at.state === "idle") return [];
        const who = model.runs(at.state, at.thread);
        const routine = model.routine(at.routine);
        return bar(at.state, routine ? [`${who}: ${routine}`, `${who}: ${routine.split("!").at(-1)}`, who] : [who], x, top + 5, width, 20);
      });
      const irqls = visible(lane.irqls, from, to, (at, x, width) =>
        at.irql === null ? [] : bar(at.irql.startsWith("PASSIVE") ? "low" : "high", [at.irql, at.irql.replace("_LEVEL", "")], x, top + 28, width, 16));
      return [...what, ...irqls];
    }
    function threadShapes(lane, top, from, to) {
      const used = visible(lane.used, from, to, (at, x, width) => {
        const scale = 20 / max(lane.most, 1);
        return at.used ? [area("used", x, top + 28, width, max(0.5, at.used * scale))] : [];
      });
      const states = visible(lane.segments, from, to, (at, x, width) => {
        if (at.state === "none") return [];
        const labels = { waiting: waits, running: runs }[at.state]?.(at) ?? [at.state];
        return bar(at.out ? "out" : at.state, at.out ? [`stack out of memory, ${labels[0]}`, "stack out of memory", "out"] : labels, x, top + 5, width, 20);
      });
      return [...used, ...states];
    }
    const runs = ({ routine }) => (routine === null ? ["running"] : [model.routine(routine), model.routine(routine).split("!").at(-1)]);
    function waits({ object, mode }) {
      const what = object === null ? "waits" : `waits for ${model.object(object)}`;
      return [mode === null ? what : `${what}, ${mode}`, what, mode ?? "waits", "waits"];
    }
    function aim() {
      const x = edges[model.now];
      if (edges[model.count + 1] > wide && (x < left + wide * 0.1 || x + edges.width > left + wide * 0.9)) {
        left = round(max(0, min(x - wide / 2, ceil(edges[model.count + 1]) - wide)));
        scroller.scrollLeft = left;
      }
    }
    return { box, measure, aim, draw };
  }

  // ---- A stack --------------------------------------------------------------------------------------
  //
  // Base at the top, to scale. Where only a small part of the stack is ever used, the column shows that part, a
  // break, and the limit with its guard page; the small pictures of the stack picker are always whole.

  // What the column names: frames, locals at their offsets, objects; from Base down.
  function contents(model, stack) {
    const { data, value, named } = model;
    const items = [];
    const objects = model.objects().filter((object) => value("object.stack", object) === stack);
    const frames = model.framesOf(stack);
    const local = (to, size, name, type, object, at) => items.push({ kind: "local", from: to - size, to, name, note: type, object, at });
    const machine = (from, to, name) => to > from && items.push({ kind: "nt", from, to, name, note: "machine", at: -1 });
    const first = frames.length > 0 ? frames[0].depth - frames[0].bytes : value("stack.used", stack);
    const save = named("stack.kind", stack) === "thread" ? min(first, data.machine.reserve) : 0;
    machine(0, save, "save area");
    machine(save, first, first - save === data.machine.trap_frame ? "trap frame" : "nt");
    frames.forEach((frame, at) => {
      const [name, , locals] = data.routines[frame.routine];
      const from = frame.depth - frame.bytes;
      items.push({ kind: "frame", from, to: frame.depth, name, note: data.origins[frame.origin], at });
      for (let k = 0; k < locals.length; k += 4) {
        const to = from + locals[k + 2];
        const object = objects.find((each) => value("object.depth", each) === to);
        local(to, locals[k + 3], locals[k], locals[k + 1], object, at);
      }
    });
    const placed = new Set(items.map((item) => item.object));
    for (const object of objects)
      if (!placed.has(object))
        local(value("object.depth", object), value("object.bytes", object) ?? 1, model.object(object), named("object.type", object), object, -1);
    return items;
  }

  function objectNote(model, object) {
    if (object === undefined) return "";
    const signal = model.value("object.signal", object);
    const owner = model.value("object.owner", object);
    const states = ["not signalled", "signalled"];
    return listed(signal === null ? "" : states[signal] ?? `signal state ${signal}`, owner === null ? "" : `owned by ${model.thread(owner)}`);
  }

  // Moves labels apart: each keeps its order and comes as near to where it belongs as the others let it.
  function spread(labels, low, high, gap) {
    labels.sort((a, b) => a.at - b.at || a.order - b.order);
    let free = low;
    for (const label of labels) {
      label.y = max(label.at, free);
      free = label.y + gap;
    }
    let limit = high;
    for (const label of labels.reverse()) {
      label.y = min(label.y, limit);
      limit = label.y - gap;
    }
    return labels;
  }

  // One label for the frames of several.
  function folded(labels, part) {
    const items = part.map((label) => label.item);
    const names = [...new Set(items.map((item) => item.name))];
    const sizes = [...new Set(items.map((item) => item.to - item.from))];
    const all = items.at(-1).to - items[0].from;
    return labels.filter((label) => !part.includes(label)).concat({
      ...part[0], kind: "folded", at: (part[0].at + part.at(-1).at) / 2, text: `${items.length} \u00D7 ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", \u2026" : ""}`,
      note: sizes.length === 1 ? `${hex(sizes[0])} each` : hex(all), item: { at: -1 },
    });
  }

  // A routine that calls itself many times is said once. Where there is still no room, locals of outer frames go,
  // then frames in the middle share a label.
  function thinned(labels, most) {
    const inner = max(...labels.map((label) => label.item?.at ?? -1));
    const frames = labels.filter((label) => label.kind === "frame");
    const same = (a, b) => a?.text === b.text && a.note === b.note;
    for (let from = 0, end; from < frames.length; from = end) {
      for (end = from + 1; same(frames[end], frames[from]);) end++;
      if (end - from > 5) labels = folded(labels, frames.slice(from + 1, end - 1));
    }
    for (const gone of [(item) => item.at !== inner, () => true])
      if (labels.length > most) labels = labels.filter(({ kind, item }) => kind !== "local" || item.object !== undefined || !gone(item));
    const rest = labels.filter((label) => label.kind === "frame");
    return labels.length <= most || rest.length < 6 ? labels : folded(labels, rest.slice(2, 2 + min(labels.length - most + 1, rest.length - 4)));
  }

  function stackView(model, prefix) {
    const { value, named, data } = model;
    const picture = s("svg.stack-svg", { role: "img" });
    const note = h("p.stack-note");
    const modules = new Map();
    const GUARD = 32;
    const TOP = 26;
    let whole = false;

    function planOf(stack, width, tall) {
      const wide = width >= 400;
      const bytes = max(1, value("stack.bytes", stack));
      const used = value("stack.used", stack);
      const part = ceil(max(model.deepest[stack] ?? 0, 64) * 1.08 + 48);
      const broken = !whole && part < bytes * 0.6;
      const cut = broken ? 40 : 0;
      const end = tall - GUARD - 14 - cut;
      const limit = end + cut;
      const k = (end - TOP) / (broken ? part : bytes);
      const left = wide ? 116 : 100;
      const column = wide ? min(150, width * 0.25) : 56;
      const y = (at) => (at >= bytes ? limit + min((at - bytes) * k, GUARD) : min(TOP + at * k, end));
      return { stack, width, tall, bytes, used, broken, end, limit, k, left, column, right: left + column, label: left + column + (wide ? 24 : 20), y,
        out: named("stack.state", stack) === "out", items: contents(model, stack) };
    }

    function draw(stack, width, tall) {
      const plan = planOf(stack, width, tall);
      const { items, out, used, bytes } = plan;
      const left = model.left(stack);
      const rest = reserves(plan).map(([bytes, text]) => `, ${under(stack, bytes)} under ${text}`).join("");
      set(picture, { width, height: tall, viewBox: `0 0 ${width} ${tall}`, "aria-label": `${model.thing("stack", stack)}: ${hex(used)} of ${hex(bytes)} bytes used${out ? ", out of memory since " + since(stack) : ""}; ${hex(left)} left${rest}; the table below lists its frames` });
      const said = labels(plan);
      const objects = items.filter((item) => item.object !== undefined);
      picture.replaceChildren(patterns(), ...ground(plan), ...items.filter((item) => item.object === undefined).map((item) => box(plan, item)),
        ...(out ? [rect(plan, "cover", TOP, plan.limit)] : []), ...gap(plan), ...objects.map((item) => box(plan, item)), ...addresses(plan, said), ...spread(said, TOP + 6, plan.limit - 14, 16).flatMap((label) => labelShapes(plan, label)), ...(out ? banner(plan) : []));
      note.textContent = left < 0 ? `SP is ${hex(-left)} below the limit` : `Left ${hex(left)} of ${hex(bytes)}`;
    }
    const under = (stack, reserve) => {
      const left = model.left(stack) - reserve;
      return left < 0 ? `-${hex(-left)}` : hex(left);
    };
    // What an interrupt and the dispatch of an exception would take below SP.
    function reserves({ stack, used, bytes }) {
      const { interrupt_reserve: interrupt, exception_reserve: exception } = data.machine;
      if (used >= bytes || named("stack.state", stack) !== "resident") return [];
      return [[interrupt, "an interrupt"], [/thread|dpc|callout/.test(named("stack.kind", stack)) ? exception : 0, "an exception"]].filter(([bytes]) => bytes > 0);
    }
    const since = (stack) => clock(value("stack.out_since", stack));
    function patterns() {
      const pattern = (id, kind, d) => s("pattern", { id: prefix + id, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, s("path", { class: kind, d }));
      return s("defs", pattern("out", "kss-hatch-out", "M-2 10L10 -2M-2 2L2 -2M6 10L10 6"), pattern("guard", "kss-hatch-guard", "M0 0L8 8M0 8L8 0"));
    }
    const rect = (plan, kind, from, to, inset = 0) => area(kind, plan.left + inset, from, plan.column - inset, max(0.75, to - from),
      { fill: kind === "cover" ? `url(#${prefix}out)` : kind === "guard-fill" ? `url(#${prefix}guard)` : null });
    function ground(plan) {
      const { y, limit, bytes, used, left, right, k } = plan;
      const deepest = min(value("stack.deepest", plan.stack), bytes);
      const shapes = [rect(plan, "unused", TOP, limit), rect(plan, "guard", limit, limit + GUARD), rect(plan, "guard-fill", limit, limit + GUARD)];
      if (deepest > used) shapes.push(rect(plan, "was", y(used), y(deepest)));
      reserves(plan).forEach(([bytes], at) => shapes.push(area("reserve", left + plan.column * (at ? 0.55 : 0.1), y(used), plan.column * 0.35, min(y(used + bytes), at ? plan.end : limit) - y(used))));
      for (let at = data.machine.page; data.machine.page * k > 4 && at < bytes && y(at) < plan.end; at += data.machine.page)
        shapes.push(s("line.page-line", { x1: left, x2: right, y1: y(at), y2: y(at) }));
      return shapes;
    }
    // Where the column leaves out what was never used.
    function gap({ broken, column, left, end }) {
      const wave = (column + 8) / 4;
      const [there, back] = [wave, -wave].map((by) => `l${by} 8 ${by} -8 ${by} 8 ${by} -8`);
      return broken ? [s("path.break", { d: `M${left - 4} ${end + 12}${there}v10${back}z` })] : [];
    }
    function box(plan, item) {
      const module = item.name.split("!")[0];
      if (item.kind === "frame" && !modules.has(module)) modules.set(module, modules.size % 5);
      const kinds = { nt: "frame.nt", frame: `frame.module-${modules.get(module)}`, local: "local" };
      const kind = kinds[item.kind] + (item.to > plan.bytes ? ".over" : "") + (item.object === undefined ? "" : ".object");
      const shape = rect(plan, kind, plan.y(item.from), plan.y(item.to), item.kind === "local" ? plan.column / 2 : 0);
      shape.append(s("title", `${item.name} ${hex(item.to - item.from)} at ${depth(item.to)}`));
      return shape;
    }
    function banner({ left, column, stack, end }) {
      const middle = TOP + (end - TOP) * 0.3;
      const lines = column > 110 ? ["out of memory", `since ${since(stack)}`] : ["out", "since", since(stack).replace(/0+\x20s$/, "0 s")];
      const tall = lines.length * 16 + 10;
      return [area("since", left + 5, middle - tall / 2, column - 10, tall, { rx: 3 }),
        ...lines.map((line, at) => s("text.since-text", { x: left + column / 2, y: middle - tall / 2 + 17 + 16 * at, "text-anchor": "middle" }, line))];
    }
    // Addresses at the left: Base, SP and the limit, then objects, then edges of frames as far as there is room.
    function addresses(plan, said) {
      const { left, right, used, bytes, limit, y } = plan;
      const items = said.map((label) => label.item).filter((item) => item?.to !== undefined);
      const marks = new Map([[0, "edge"], [bytes, "limit"], [used, "sp"]]);
      const most = (limit - TOP) / 13 - 2;
      for (const kind of ["object", "frame", "nt"])
        for (const item of items)
          if ((item.object === undefined ? item.kind : "object") === kind && !marks.has(item.to) && marks.size < most) marks.set(item.to, "edge");
      const placed = spread([...marks].map(([at, kind]) => ({ at: y(at), order: at, kind, text: `${kind === "sp" ? "SP " : ""}${depth(at)}` })), TOP, limit + GUARD, 13);
      const text = (kind, x, at, words, anchor) => s("text", { class: kind, x, y: at, "text-anchor": anchor }, words);
      return [...placed.flatMap((mark) => [
        s(`path.edge.edge-${mark.kind}`, { d: `M${left - 12} ${mark.y}L${left - 4} ${mark.at}H${mark.kind === "sp" ? right + 6 : left}` }),
        text(`kss-address kss-address-${mark.kind}`, left - 15, mark.y + 4, mark.text, "end")]),
        text("kss-small", left, TOP - 10, `Base ${named("stack.base", plan.stack)}`),
        text("kss-address-limit", right + 8, limit + 4, "Limit"), text("kss-small", right + 8, limit + GUARD - 4, "guard page")];
    }
    function labels(plan) {
      const { items, y, bytes } = plan;
      const list = items.map((item, order) => {
        const size = hex(item.to - item.from);
        const over = item.to > bytes ? `${hex(item.to - bytes)} over` : `${size} ${item.note}`;
        return { order, item, kind: item.kind, at: (y(item.from) + y(item.to)) / 2, text: item.name, over: item.to > bytes,
          note: item.kind === "local" ? listed(item.note, objectNote(model, item.object)) : over };
      });
      for (const pointer of model.pointersAt(model.now))
        if (pointer.stack === plan.stack) list.push({ order: items.length, at: y(pointer.depth) - 1, ...pointed(pointer) });
      for (const [bytes, text] of reserves(plan))
        list.push({ order: items.length, at: y(plan.used + bytes), kind: bytes > plan.bytes - plan.used ? "over" : "reserve", text, note: `leaves ${under(plan.stack, bytes)}` });
      return thinned(list, floor((plan.limit - TOP - 8) / 16));
    }
    // Whose pointer it is: what works on another stack says so with its IRQL.
    function pointed({ stack, word }) {
      const cpu = data.steps.cpu[model.now - 1];
      if (data.steps.stack[model.now - 1] === stack) return { kind: "pointer", text: `${word} points here`, note: "" };
      const nt = named("cpu.nt", cpu);
      const routine = value("cpu.routine", cpu);
      if (!data.steps.stack[model.now - 1]) return { kind: "foreign", text: `${word} points here`, note: "" };
      const who = nt ?? (routine === null ? word : model.routine(routine).split("!").at(-1));
      return { kind: "foreign", text: `${who} at ${named("cpu.irql", cpu)}`, note: "" };
    }
    function labelShapes({ right, label: start, width }, label) {
      const x = start + (label.kind === "local" ? 8 : 0);
      const room = width - x - 2;
      const tight = room < 25 * GLYPH; // then the table has the rest
      const name = shortened(label.text, tight ? room : max(room * 0.55, room - (label.note.length + 1) * GLYPH));
      const rest = tight ? "" : shortened(label.note, room - (name.length + 1) * GLYPH);
      const words = s(`text.label.label-${label.over ? "over" : label.kind}`, { x, y: label.y + 4 }, s("title", `${label.text} ${label.note}`), s("tspan.label-name", name));
      if (rest) words.append(s("tspan.label-note", { dx: GLYPH }, rest));
      const arrow = label.kind === "foreign" || label.kind === "pointer";
      const shapes = [s(`path.lead.lead-${label.kind}`, { d: `M${start - 3} ${label.y}H${start - 6}L${right + 5} ${label.at}H${right}` }), words];
      if (arrow) shapes.push(s(`path.head.lead-${label.kind}`, { d: `M${right} ${label.at}l9 -4.5v9z` }));
      return shapes;
    }
    return { picture, note, draw, get whole() { return whole; }, set whole(to) { whole = to; } };
  }

  // The stacks that exist, whole and to scale: what is shown large is chosen here.
  function pickerView(model, prefix, choose) {
    const box = h("div.picker", { role: "group", "aria-label": "Stacks" });
    let names = "";
    const buttons = new Map();
    function small(stack) {
      const { value, named } = model;
      const bytes = max(1, value("stack.bytes", stack));
      const used = min(value("stack.used", stack), bytes * 1.08);
      const out = named("stack.state", stack) === "out";
      const tall = 46;
      return s("svg", { width: 22, height: 54, "aria-hidden": "true" },
        area("unused", 1, 1, 20, tall),
        area("fill", 1, 1, 20, max(1, (used / bytes) * tall)),
        area("guard", 1, 1 + tall, 20, 6),
        out ? area("cover", 1, 1, 20, tall, { fill: `url(#${prefix}out)` }) : null);
    }
    function draw(shown) {
      const stacks = model.stacks();
      const key = stacks.join();
      if (key !== names) {
        names = key;
        buttons.clear();
        for (const stack of stacks) buttons.set(stack, button("", { click: () => choose(stack) }));
        box.replaceChildren(...buttons.values());
      }
      for (const [stack, button] of buttons) {
        const state = model.named("stack.state", stack);
        button.setAttribute("aria-pressed", stack === shown);
        button.classList.toggle("kss-gone", state === "gone");
        const words = [h("b", model.stack(stack)), h("span", `${hex(model.value("stack.used", stack))} / ${hex(model.value("stack.bytes", stack))}`),
          h("span", { out: "out of memory", gone: "gone" }[state] ?? "resident")];
        button.replaceChildren(small(stack), h("span.picker-words", words));
      }
    }
    return { box, draw };
  }

  // The same as the column in words, as a debugger lists it: innermost first.
  function frameTable(model, stack) {
    const rows = contents(model, stack).reverse();
    const cell = (tag, text) => h(tag, {}, text);
    return h("table.table",
      h("thead", h("tr", ["Depth", "Memory", "Origin", "Call Site"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", rows.map((item) => h("tr", { class: item.kind === "local" ? "kss-row-local" : null },
        cell("td", hex(item.to)), cell("td", hex(item.to - item.from)), cell("td", item.kind === "local" ? "" : item.note),
        cell("td", item.kind === "local" ? `${item.name} (${item.note}) ${objectNote(model, item.object)}` : item.name)))));
  }

  // ---- Source ---------------------------------------------------------------------------------------
  //
  // Rows of equal height, lines and below them what findings say of them; only those the window shows exist.

  function sourceView(model, go) {
    const { data } = model;
    const lines = data.source.split("\n");
    const starts = [0];
    for (const line of lines) starts.push(starts[starts.length - 1] + line.length + 1);
    const lineOf = (at) => min(lines.length - 1, lastUpTo(starts.length, at, (k) => starts[k]));
    const spans = []; // of findings and their causes: begin, end, kind
    const notes = new Map(); // line -> what is said below it
    const say = (line, note) => notes.set(line, [...(notes.get(line) ?? []), note]);
    data.findings.forEach((finding, number) => {
      if (finding.same_as !== 0) return;
      const span = (place, kind, text, mark, step) => {
        if (place === 0) return;
        const [begin, end] = [data.places[2 * place], data.places[2 * place + 1]];
        spans.push({ begin, end, kind });
        say(lineOf(begin), { column: begin - starts[lineOf(begin)], text, kind, mark, step });
      };
      finding.causes.forEach(([message, when, place], at) =>
        span(place, "cause", `${clock(when)}: ${message}`, `(${at + 1})`, stepOf(model, when, place)));
      span(finding.place, finding.severity, `${finding.id}: ${finding.label ?? finding.message}`, "^", model.findingStep.get(number + 1));
    });
    let rows = [];
    let rowOfLine = [];
    const inner = h("div.source-rows");
    const box = h("div.source", { tabindex: "0", role: "group", "aria-label": "Source text" }, inner);
    let current = null;
    inner.style.minWidth = `calc(${lines.reduce((most, line) => max(most, line.length), 0) + 2}ch + 4.5em)`;
    const view = rowsView(box, inner, 21, 0, (at) => (rows[at].note ? noteRow : lineRow)(rows[at]));

    // Lines scroll sideways; what is said of them is broken where the window ends.
    function measure() {
      const most = max(24, floor(box.clientWidth / 7.9) - 7);
      rows = [];
      rowOfLine = lines.map((text, line) => {
        const row = rows.push({ line, text }) - 1;
        for (const note of notes.get(line) ?? []) {
          const column = max(0, min(note.column, most - 40));
          const room = most - column - 5;
          note.text.match(new RegExp(`.{1,${room}}(\\s|$)|\\S{${room}}`, "g")).forEach((text, at) => rows.push({ note, text, at, column }));
        }
        return row;
      });
      view.measure(rows.length);
    }

    function lineRow({ line, text }) {
      const begin = starts[line];
      const end = begin + text.length;
      const inside = [...spans, ...(current ? [{ begin: current[0], end: current[1], kind: "current" }] : [])]
        .map((span) => ({ begin: max(span.begin, begin), end: min(span.end, end), kind: span.kind })).filter((span) => span.begin < span.end);
      const cuts = [...new Set([begin, end, ...inside.flatMap((span) => [span.begin, span.end])])].sort((a, b) => a - b);
      const pieces = [];
      for (let k = 0; k + 1 < cuts.length; k++) {
        const kinds = inside.filter((span) => span.begin <= cuts[k] && span.end >= cuts[k + 1]).map((span) => span.kind);
        const piece = text.slice(cuts[k] - begin, cuts[k + 1] - begin).replace(/\r$/, "");
        pieces.push(kinds.length > 0 ? h(`mark.${kinds.join(".")}`, piece) : piece);
      }
      const here = current !== null && lineOf(current[0]) === line;
      const row = h(`div.line${here ? ".here" : ""}`, { "aria-current": here ? "step" : null },
        h("span.number", String(line + 1)), h("code", pieces));
      return row;
    }
    function noteRow({ note, text, at, column }) {
      const words = at > 0 ? text : [h("b", note.mark), " ", text];
      const row = h(`div.line.said.${note.kind}`, { click: () => note.step && go(note.step) }, h("span.number", ""),
        note.step && at === 0 ? button("", { title: `go to step ${note.step}` }, ...words) : h("span", words));
      row.lastChild.style.marginLeft = `${column + (at > 0 ? note.mark.length + 1 : 0)}ch`;
      return row;
    }
    function aim() {
      current = model.place(model.now);
      view.aim(current === null ? null : rowOfLine[lineOf(current[0])]);
    }
    return { box, aim, draw: () => view.draw(current), measure };
  }

  // The step at which something happened at a time and place; 0: none is known.
  function stepOf(model, when, place) {
    for (let step = 1 + lastUpTo(model.count + 1, when - 1, (k) => model.times[k]); step <= model.count && model.times[step] === when; step++)
      if (step > 0 && model.data.steps.place[step - 1] === place) return step;
    return 0;
  }

  // ---- What changed, the state, findings ------------------------------------------------------------

  // The changes of this step: one line for each thing, its fields behind it.
  function changesView(model) {
    const box = h("div.changes");
    const isMade = ({ thing, field, before, frame }) => !frame && thing !== "cpu" && model.fields[field].name === "state" && !before;
    const words = ({ field, before, after, enters, frame }, made) => (frame
      ? h("span.change", "frame ", h("b", model.routine(frame.routine)), ` ${enters ? "enters" : "leaves"}, ${hex(frame.bytes)} ${model.data.origins[frame.origin]}`)
      : h("span.change", `${model.fields[field].name.replace(/_/g, " ")} `, made ? "" : [h("s", model.read(field, before)), " \u2192 "], h("b", model.read(field, after))));
    function show() {
      const groups = new Map();
      const things = new Set(); // that are made in this step: there was nothing before
      for (const change of model.changes(model.now)) {
        const thing = model.thing(change.thing, change.index);
        if (isMade(change)) things.add(thing);
        groups.set(thing, [...(groups.get(thing) ?? []), words(change, things.has(thing))]);
      }
      const list = [...groups].flatMap(([thing, parts]) => [h("dt", thing), h("dd", parts)]);
      box.replaceChildren(list.length > 0 ? h("dl", list)
        : h("p.dim", /bugcheck|rest/.test(model.kind(model.now)) ? "The machine stands still: every state stays as it is." : model.now ? "No processor, thread, stack or object changes in this step." : "Nothing has happened.",
          model.pointersAt(model.now).map(({ stack, depth: at }) => h("p", `Address used: ${depth(at)} on the ${model.thing("stack", stack)}`, model.named("stack.state", stack) === "out" ? ", which is out of memory." : "."))));
    }
    return { box, show };
  }

  // Processors and threads as they are now: what the lanes draw, as a table.
  function stateView(model) {
    const { data, value, named } = model;
    const box = h("div.state");
    function cpuRow(index) {
      const state = named("cpu.state", index);
      const thread = value("cpu.thread", index);
      const routine = value("cpu.routine", index);
      const nt = named("cpu.nt", index);
      return [model.thing("cpu", index), named("cpu.irql", index) ?? "", listed(model.runs(state, thread), state === "idle" ? "" : model.routine(routine), nt ? `nt!${nt}` : "")];
    }
    function threadRow(index) {
      const state = named("thread.state", index);
      const what = [];
      if (state === "waiting") {
        const object = value("thread.object", index);
        const since = value("thread.since", index);
        const timeout = value("thread.timeout", index);
        what.push(listed(object === null ? "" : `for ${model.object(object)}`, named("thread.mode", index), named("thread.alertable", index) === "yes" ? "alertable" : ""));
        if (since !== null) what.push(`since ${clock(since)}`);
        if (timeout !== null) what.push(`timeout ${clock(timeout)}`);
      }
      if (named("thread.swap", index) === "no") what.push("stack swapping disabled");
      for (const [name, text] of [["thread.kernel_apc", "kernel APCs disabled"], ["thread.special_apc", "special kernel APCs disabled"]])
        if (value(name, index) < 0) what.push(`${text} (${value(name, index)})`);
      const stack = value("thread.stack", index);
      if (stack !== null && named("stack.state", stack) === "out") what.push("stack out of memory");
      const status = named("thread.status", index);
      if (state === "ended" && status) what.push(status);
      return [model.thread(index), state, what.filter(Boolean).join("; ")];
    }
    function show() {
      const rows = [];
      for (let index = 0; index < data.machine.processors; index++) rows.push(cpuRow(index));
      data.threads.forEach((thread, index) => { if (value("thread.stack", index) !== null || value("thread.state", index) > 0) rows.push(threadRow(index)); });
      box.replaceChildren(h("table.table",
        h("thead", h("tr", ["Who", "State", "What"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", rows.map(([who, ...rest]) => h("tr", h("th", { scope: "row" }, who), ...rest.map((text) => h("td", text)))))));
    }
    return { box, show };
  }

  // Markdown as the explain texts use it: headings, paragraphs, lists, fenced code and `code`.
  function prose(text) {
    const inline = (line) => line.split("`").map((part, at) => (at % 2 ? h("code", part) : part));
    const blocks = [];
    for (const block of text.split(/(^\x60{3}[^]*?^\x60{3}$)/m)) {
      if (block.startsWith("```")) {
        blocks.push(h("pre", { tabindex: "0" }, block.replace(/^.*\n|\n?.*$/g, "")));
        continue;
      }
      for (const part of block.split(/\n{2,}/).map((each) => each.trim()).filter(Boolean)) {
        const heading = part.match(/^#+\x20(.*)$/);
        if (heading) blocks.push(h("h4", inline(heading[1])));
        else if (/^[*-]\x20/.test(part)) blocks.push(h("ul", part.split(/\n[*-]\x20/).map((item) => h("li", inline(item.replace(/^[*-]\x20/, "").replace(/\n/g, " "))))));
        else blocks.push(h("p", inline(part.replace(/\n/g, " "))));
      }
    }
    return blocks;
  }

  function findingsView(model, go) {
    const { data } = model;
    const link = (step, ...text) => (step ? button(".link", { click: () => go(step) }, ...text, ` (step ${step})`) : h("span", text));
    const shown = new Set();
    const cards = data.findings.map((finding, at) => {
      if (finding.same_as !== 0) return null;
      const again = data.findings.filter((other) => other.same_as === at + 1).length;
      const step = model.findingStep.get(at + 1);
      const explain = shown.has(finding.id) ? null : data.explain[finding.id];
      shown.add(finding.id);
      return h(`article.finding.${finding.severity}`,
        h("h3", h("span.severity", `${finding.severity}[${finding.id}]`), " ", finding.message),
        h("p", link(step, clock(finding.time)), finding.expected ? ", the scenario expects it" : "", again > 0 ? `, and ${again} more time${again === 1 ? "" : "s"}` : ""),
        finding.causes.length > 0 ? h("ol", finding.causes.map(([message, when, place]) => h("li", link(stepOf(model, when, place), `${clock(when)}: ${message}`)))) : null,
        h("dl.remarks", finding.remarks.filter(([kind]) => kind !== "next").flatMap(([kind, text]) => [h("dt", kind), h("dd", text)])),
        explain ? h("details", h("summary", `Why ${finding.name} matters`), h("div.prose", prose(explain.replace(/^#.*\n/, "")))) : null);
    }).filter(Boolean);
    return h("div", (cards.length > 0 ? cards : [h("p.dim", "No finding.")]));
  }

  // ---- The list of steps ----------------------------------------------------------------------------

  function stepsView(model, prefix, go) {
    const inner = h("div.steps-rows");
    const list = h("div.steps", { tabindex: "0", role: "listbox", "aria-label": "Steps",
      keydown: (event) => {
        const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        go(model.now + by);
      } }, inner);
    const search = h("input", { type: "search", placeholder: "routine, object, status \u2026", "aria-label": "Find a step by its words; Enter goes to the next one, Shift+Enter to the one before",
      keydown: (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        find(event.shiftKey ? -1 : 1);
      } });
    const told = h("span.dim", { role: "status" });
    const tones = new Map([[model.data.look.failing, "error"]]);
    for (const [number, step] of model.findingStep)
      if (tones.get(step) !== "error") tones.set(step, model.data.findings[number - 1].severity);
    const view = rowsView(list, inner, 26, model.count + 1, (step) => h("div", { id: `${prefix}step${step}`, class: `kss-step kss-${(step && tones.get(step)) || "quiet"}`, role: "option",
      "aria-selected": String(step === model.now), "aria-setsize": model.count + 1, "aria-posinset": step + 1, click: () => go(step) },
      h("span.step-number", step), h("span.step-time", clock(model.times[step])), h("span.step-words", model.say(step))));
    function find(by) {
      const words = search.value.trim().toLowerCase();
      if (words === "") return;
      for (let k = 1; k <= model.count; k++) {
        const step = (model.now + by * k + (model.count + 1) * 2) % (model.count + 1);
        if (step > 0 && model.say(step).toLowerCase().includes(words)) {
          told.textContent = "";
          return go(step);
        }
      }
      told.textContent = "no step says that";
    }
    function draw() {
      view.draw(model.now);
      list.setAttribute("aria-activedescendant", `${prefix}step${model.now}`);
    }
    return { box: h("div", h("div.search", search, told), list), search, aim: () => view.aim(model.now), draw, measure: view.measure };
  }

  // ---- Controls -------------------------------------------------------------------------------------

  // Every command: its keys, its name, and the button's sign: a path in a square of 16, or a word; none: no button.
  const COMMANDS = [
    ["first", ["Home"], "first step", "M3 3h2v10H3zM13 3v10L6 8z"],
    ["lastFinding", ["Shift+ArrowLeft", "p"], "finding before", "M8 3v10L2 8zM11 3h2.5v6H11zM11 10.5h2.5V13H11z"],
    ["back", ["ArrowLeft"], "step back", "M11 3v10L4 8z"],
    ["play", [" "], "play", "M2 3v10l6-5zM8 3v10l6-5z"],
    ["forward", ["ArrowRight"], "step forward", "M5 3v10l7-5z"],
    ["nextFinding", ["Shift+ArrowRight", "n"], "next finding", "M8 3v10l6-5zM2.5 3H5v6H2.5zM2.5 10.5H5V13H2.5z"],
    ["last", ["End"], "last step", "M11 3h2v10h-2zM3 3v10l7-5z"],
    ["worst", ["d"], "step where a stack is deepest", "deepest"],
    ["failing", ["f"], "failing step", "failing"],
    ["stack", ["s"], "next stack"],
    ["follow", ["w"], "stack at work"],
    ["whole", ["z"], "whole stack, or the part in use"],
    ["search", ["/"], "find a step by its words"],
    ["help", ["?"], "keys", "keys"],
  ];

  const keyName = (key) => key.replace(/^\x20$/, "Space").replace("ArrowLeft", "\u2190").replace("ArrowRight", "\u2192");

  function helpDialog() {
    const dialog = h("dialog.help", { "aria-label": "Keys" }, h("h2", "Keys"),
      h("dl", COMMANDS.flatMap(([, keys, name]) => [h("dt", keys.flatMap((key, at) => [at > 0 ? " or " : "", h("kbd", keyName(key))])), h("dd", name)])),
      h("form", { method: "dialog" }, h("button", "Close")));
    return dialog;
  }

  // ---- All of it ------------------------------------------------------------------------------------

  let mounted = 0; // only to tell the ids of two players in one page apart

  return function kssPlayer(element, data, options = {}) {
    const prefix = `kss${++mounted}-`;
    const model = modelOf(data);
    const { count } = model;
    const { look } = data;
    const life = new AbortController();
    let follow = true;
    let stack = null;
    let timer = 0;
    let naming = 0;
    let room = [300, 320];

    const panel = (kind, title, ...content) => {
      const id = `${prefix}${kind}`;
      return h(`section.panel.panel-${kind}`, { "aria-labelledby": id }, h("h2", { id }, title), ...content);
    };
    const lanes = lanesView(model, go);
    const column = stackView(model, prefix);
    const picker = pickerView(model, prefix, (to) => { follow = false; choose(to); });
    const source = sourceView(model, go);
    const changed = changesView(model);
    const state = stateView(model);
    const steps = stepsView(model, prefix, go);
    const help = helpDialog();
    const slider = h("input", { type: "range", min: 0, max: count, "aria-label": "Step", input: () => go(Number(slider.value)) });
    const sentence = h("p.sentence", { role: "status", "aria-live": "polite" });
    const zoom = button(".toggle", { "aria-pressed": "false", click: () => run("whole") }, "whole stack");
    const following = button(".toggle", { "aria-pressed": "true", click: () => run("follow") }, "stack at work");
    const canvas = h("div.stack-canvas", column.picture);
    const table = h("details.as-table", { toggle: () => drawTable() }, h("summary", "As a table"));
    const buttons = new Map();
    for (const [command, keys, name, sign] of COMMANDS)
      if (sign !== undefined)
        buttons.set(command, button("", { "aria-label": name, title: `${name} (${keys.map(keyName).join(" or ")})`, click: () => run(command) },
          sign.startsWith("M") ? s("svg", { viewBox: "0 0 16 16", width: 18, height: 18, "aria-hidden": "true" }, s("path", { d: sign, fill: "currentColor" })) : sign));

    const root = h("div.player",
      h("div.controls", { role: "toolbar", "aria-label": "Steps" }, h("div.buttons", [...buttons.values()]), slider),
      sentence,
      lanes.box,
      h("div.panels",
        panel("stack", "Stack", h("div.stack-tools", picker.box, h("div.toggles", following, zoom)), canvas, column.note, table),
        panel("source", "Source", source.box),
        h("div.side", panel("changed", "What changed", changed.box), panel("state", "Processors and threads", state.box), panel("steps", "Steps", steps.box))),
      h("div.below", panel("findings", "Findings", findingsView(model, go)), panel("verdict", "Verdict", h("pre", { tabindex: "0" }, data.verdict))),
      help);
    element.replaceChildren(root);

    function choose(to) {
      stack = to;
      drawStack();
    }
    function drawStack() {
      const all = model.stacks();
      if (follow) stack = data.steps.about[model.now - 1] || (all[0] ?? null);
      if (!all.includes(stack)) stack = null;
      following.setAttribute("aria-pressed", follow);
      zoom.setAttribute("aria-pressed", column.whole);
      picker.draw(stack);
      canvas.hidden = column.note.hidden = table.hidden = stack === null;
      if (stack === null) return;
      column.draw(stack, ...room);
      drawTable();
    }
    function drawTable() {
      if (table.open && stack !== null) table.replaceChildren(table.firstChild, frameTable(model, stack));
    }
    function go(to) {
      const step = max(0, min(count, to));
      if (!(step >= 0)) return;
      model.go(step);
      drawAll();
      slider.value = step;
      slider.setAttribute("aria-valuetext", `step ${step} of ${count}, ${clock(model.times[step])}`);
      const found = data.findings.map((finding, at) => [finding, model.findingStep.get(at + 1)]).filter(([, at]) => at === step);
      sentence.replaceChildren(h("span.where", `Step ${step} of ${count}`), h("span.when", clock(model.times[step])),
        h("span.says", model.say(step)), ...found.map(([finding]) => h(`span.badge.${finding.severity}`, `${finding.id} ${finding.name}`)));
      buttons.get("back").disabled = buttons.get("first").disabled = step === 0;
      buttons.get("forward").disabled = buttons.get("last").disabled = step === count;
      if (step === count) stop();
      // browsers refuse an address that changes many times a second
      clearTimeout(naming);
      if (options.link) naming = setTimeout(() => options.link.history.replaceState(null, "", `#step=${step}`), 200);
      options.onstep?.(step);
    }
    // Boxes scroll first: that asks for a layout, which is there until something is drawn.
    function drawAll() {
      const views = [lanes, source, steps];
      for (const view of views) view.aim();
      for (const view of views) view.draw();
      changed.show();
      state.show();
      drawStack();
    }
    function stop() {
      clearInterval(timer);
      timer = 0;
      buttons.get("play").setAttribute("aria-pressed", "false");
    }
    const doing = {
      first: () => go(0),
      last: () => go(count),
      back: () => go(model.now - 1),
      forward: () => go(model.now + 1),
      nextFinding: () => go(model.stops.find((step) => step > model.now) ?? model.now),
      lastFinding: () => go(model.stops.filter((step) => step < model.now).at(-1) ?? model.now),
      worst: () => { if (look.worst) { go(look.worst); follow = false; choose(look.stack); } },
      failing: () => { if (look.failing) go(look.failing); },
      stack: () => {
        const all = model.stacks();
        follow = false;
        if (all.length > 0) choose(all[(all.indexOf(stack) + 1) % all.length]);
      },
      follow: () => { follow = !follow; drawStack(); },
      whole: () => { column.whole = !column.whole; drawStack(); },
      search: () => steps.search.focus(),
      help: () => help.showModal(),
      play: () => {
        if (timer !== 0) return stop();
        if (model.now === count) go(0);
        buttons.get("play").setAttribute("aria-pressed", "true");
        timer = setInterval(() => go(model.now + 1), 900);
      },
    };
    function run(command) {
      if (command !== "play") stop();
      doing[command]();
    }
    buttons.get("worst").disabled = !look.worst;
    buttons.get("failing").disabled = !look.failing;

    // A key means what it usually means where it is typed, pressed or scrolled with.
    function taken(event) {
      const at = event.target instanceof Element ? event.target : null;
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || help.open) return true;
      if (at?.closest("input:not([type=range]), textarea, select, [contenteditable]")) return true;
      return event.key === " " && at?.closest("button, summary, a") !== null && at !== null;
    }
    (options.keys ?? root).addEventListener("keydown", (event) => {
      if (taken(event)) return;
      const key = event.shiftKey && event.key.length > 1 ? `Shift+${event.key}` : event.key;
      const command = COMMANDS.find(([, keys]) => keys.includes(key));
      if (command === undefined) return;
      event.preventDefault();
      run(command[0]);
    }, { signal: life.signal });

    function resized() {
      measure();
      drawAll();
    }
    function measure() {
      lanes.measure();
      source.measure();
      steps.measure();
      room = [max(220, canvas.clientWidth), max(320, canvas.clientHeight)];
    }
    const observer = new ResizeObserver(() => requestAnimationFrame(resized));
    observer.observe(root);
    const linked = () => Number(options.link.location.hash.match(/^#step=(\d+)$/)?.[1] ?? NaN);
    if (options.link) options.link.addEventListener("hashchange", () => { if (linked() >= 0) go(linked()); }, { signal: life.signal });
    measure();
    const asked = options.step ?? (options.link ? linked() : NaN);
    go(asked >= 0 ? asked : look.failing || look.worst || 0);
    return {
      go,
      get step() { return model.now; },
      steps: count,
      destroy() {
        stop();
        clearTimeout(naming);
        observer.disconnect();
        life.abort();
        root.remove();
      },
    };
  };
})();
