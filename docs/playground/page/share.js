// SPDX-License-Identifier: MIT
// A scenario in the address, behind the #, which browsers never send anywhere:
//
//   #lesson=16-user-mode-wait        a scenario of this page
//   #code=...                        a text: UTF-8, deflated (raw), base64url
//   #text=...                        the same without deflating
//   &name=... &machine=... &swap=... &step=17
//
// Whatever stands there was written by somebody else: it becomes text or a message, never anything else, and is
// bounded before it is unpacked.
export const MOST_PACKED = 200_000; // characters of the address
export const MOST_TEXT = 1_000_000; // bytes of a scenario

function toBase64(bytes) {
  let letters = "";
  for (let i = 0; i < bytes.length; i += 0x8000) letters += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(letters);
}

export function fromBase64(letters) {
  return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
}

const toUrl = (bytes) => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

function fromUrl(letters) {
  if (!/^[A-Za-z0-9_-]*$/.test(letters)) throw new Error("it holds characters that no link has");
  try {
    return fromBase64(letters.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    throw new Error("it is cut off or damaged");
  }
}

// Reads [stream] to its end, or throws as soon as there is more than [most].
async function readAll(stream, most) {
  const parts = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      reader.cancel().catch(() => {});
      throw new RangeError(`it unpacks to more than ${most.toLocaleString("en")} bytes`);
    }
    parts.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const inflate = (bytes, most) =>
  readAll(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")), most);

const deflate = (bytes) =>
  readAll(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw")), MOST_TEXT);

async function unpack(parts) {
  const packed = parts.get("code") ?? parts.get("text");
  if (packed.length > MOST_PACKED) throw new Error(`it is longer than ${MOST_PACKED.toLocaleString("en")} characters`);
  let bytes = fromUrl(packed);
  if (parts.has("code")) {
    try {
      bytes = await inflate(bytes, MOST_TEXT);
    } catch (error) {
      throw error instanceof RangeError ? error : new Error("it is cut off or damaged");
    }
  }
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("what it holds is not UTF-8 text");
  }
  if (text.includes("\0")) throw new Error("what it holds is not text");
  return text;
}

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}$/;
const WORD = /^[a-z0-9-]{1,40}$/;

// What a fragment asks for: { lesson } or { text, name }, with machine, swap and step; {} for an empty one.
// Throws an error that says what is wrong with it.
export async function read(fragment) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const asked = {};
  for (const key of ["machine", "swap"]) if (WORD.test(parts.get(key) ?? "")) asked[key] = parts.get(key);
  if (/^[0-9]{1,7}$/.test(parts.get("step") ?? "")) asked.step = Number(parts.get("step"));
  if (parts.has("code") || parts.has("text")) {
    asked.text = await unpack(parts);
    asked.name = NAME.test(parts.get("name") ?? "") ? parts.get("name") : "scenario.kss";
  } else if (parts.has("lesson")) {
    asked.lesson = parts.get("lesson").slice(0, 100);
  }
  return asked;
}

// The fragment of a scenario: { lesson } or { text, name }, and what is not as the scenario has it.
export async function write({ lesson, text, name, machine, swap, step }) {
  const parts = new URLSearchParams();
  if (lesson !== undefined) {
    parts.set("lesson", lesson);
  } else {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > MOST_TEXT) throw new Error("the scenario is too long for a link");
    const deflated = typeof CompressionStream === "function" ? await deflate(bytes) : null;
    if (deflated) parts.set("code", toUrl(deflated));
    else parts.set("text", toUrl(bytes));
    if ((deflated ?? bytes).length * (4 / 3) > MOST_PACKED) throw new Error("the scenario is too long for a link");
    if (NAME.test(name)) parts.set("name", name);
  }
  if (machine) parts.set("machine", machine);
  if (swap) parts.set("swap", swap);
  if (step) parts.set("step", step);
  return `#${parts}`;
}
