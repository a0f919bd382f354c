"use strict";
// Reading the packed data. Everything of a run reaches the screen as text nodes, never as markup.

async function unpack(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

const opened = new Map(); // episodes unpacked so far, the most recently used last
const KEPT = 60;

async function episodeAt(number) {
  if (!opened.has(number)) {
    opened.set(number, unpack(document.getElementById(`episode-${number}`).textContent));
    if (opened.size > KEPT) opened.delete(opened.keys().next().value);
  }
  return opened.get(number);
}

// Control characters and direction overrides show as themselves instead of acting on the reader's screen.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

function visible(text) {
  return String(text).replace(UNSEEN, (sign) => {
    const code = sign.codePointAt(0);
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

// An element: name, its attributes, its children (strings become text nodes).
function el(name, attributes = {}, ...children) {
  const made = name.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4))
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : visible(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    made.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return made;
}

function number(value, digits = 1) {
  return value === null || value === undefined ? "–" : Number(value).toFixed(digits).replace(/\.0$/, "");
}

function outcomeOf(summary) {
  if (summary.status !== "played") return summary.status;
  return summary.success === false || (summary.success === null && !(summary.quality > 0)) ? "lost" : "played";
}
