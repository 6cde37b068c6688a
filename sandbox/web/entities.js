// Text with Telegram entities as DOM nodes: the text is never parsed as HTML, so a hostile name stays a name.
import { h, copy } from "./dom.js";
import { glyphs } from "./emoji.js";
import { language, w } from "./words.js";

const SIMPLE = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", marked: "mark", subscript: "sub", superscript: "sup" };
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

// Offsets are UTF-16 code units, which is what JavaScript strings count in.
export function richText(text, entities, context) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  let next = 0;
  const walk = (from, to) => {
    const out = document.createDocumentFragment();
    let at = from;
    while (next < sorted.length && sorted[next].offset < to) {
      const entity = sorted[next++];
      const start = Math.max(entity.offset, at);
      const end = Math.min(entity.offset + entity.length, to);
      if (end <= start) continue;
      const isBlock = BLOCKS.has(entity.type);
      // A block breaks the line by itself; the newline beside it would show as an empty line.
      out.append(glyphs(text.slice(at, isBlock && text[start - 1] === "\n" && start > at ? start - 1 : start)));
      out.append(wrap(entity, text.slice(start, end), walk(start, end), context));
      at = isBlock && text[end] === "\n" && end < to ? end + 1 : end;
    }
    out.append(glyphs(text.slice(at, to)));
    return out;
  };
  return walk(0, text.length);
}

export function wrap(entity, text, inside, context) {
  if (SIMPLE[entity.type]) return h(SIMPLE[entity.type], {}, inside);
  return (MAKERS[entity.type] ?? plain)(entity, text, inside, context);
}

const plain = (_entity, _text, inside) => h("span", {}, inside);

const MAKERS = {
  spoiler: (_entity, _text, inside) => spoiler(inside),
  pre: (entity, _text, inside) => h("pre", { data: { language: entity.language ?? "" } }, h("code", {}, inside)),
  blockquote: (_entity, _text, inside) => h("blockquote", {}, inside),
  expandable_blockquote: (_entity, _text, inside) => expandable(inside),
  text_link: (entity, _text, inside, context) => link(entity.url, inside, context),
  url: (_entity, text, inside, context) => link(/^[a-z]+:/i.test(text) ? text : `https://${text}`, inside, context),
  email: (_entity, text) => copied(text),
  phone_number: (_entity, text) => copied(text),
  bot_command: (_entity, text, _inside, context) => action(text, () => context.onCommand(text)),
  mention: (_entity, _text, inside) => h("span", { cls: "mention" }, inside),
  text_mention: (_entity, _text, inside) => h("span", { cls: "mention" }, inside),
  hashtag: (_entity, _text, inside) => h("span", { cls: "mention" }, inside),
  date_time: (entity, text, _inside, context) => moment(entity, text, context),
};

function action(text, onclick) {
  return h("button", { type: "button", cls: "inline-link", onclick }, text);
}

function copied(text) {
  const node = action(text, async () => {
    await copy(text);
    node.textContent = w("copied");
    setTimeout(() => { node.textContent = text; }, 1200);
  });
  return node;
}

export function link(url, inside, context) {
  const start = context.startPayload(url);
  if (start !== null) return h("button", { type: "button", cls: "inline-link", onclick: () => context.onStart(start) }, inside);
  if (!/^(https?|tg|ton):/i.test(url)) return h("span", {}, inside);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inside);
}

function spoiler(inside) {
  const open = () => node.classList.add("is-open");
  const node = h("span", { cls: "spoiler", role: "button", tabindex: "0", onclick: open, onkeydown: (event) => event.key === "Enter" && open() }, inside);
  return node;
}

function expandable(inside) {
  const toggle = () => node.classList.toggle("is-open");
  const node = h("blockquote", { cls: "expandable", tabindex: "0", role: "button", onclick: toggle, onkeydown: (event) => event.key === "Enter" && toggle() }, inside);
  return node;
}

export function moment(entity, text, context) {
  const at = new Date((entity.unix_time ?? entity.unix) * 1000);
  const format = entity.date_time_format ?? entity.format ?? "";
  const shown = format ? spell(at, format, context) : text;
  const here = at.toLocaleString(language(), { dateStyle: "medium", timeStyle: "medium", timeZone: context.zone });
  return h("time", { datetime: at.toISOString(), title: `${here} · ${context.zone}` }, shown);
}

// Telegram's letters: r = relative, w = weekday, d/D = short and long date, t/T = short and long time.
function spell(at, format, context) {
  if (format.includes("r")) return relative(at, context.now());
  const options = { timeZone: context.zone, hourCycle: "h23" };
  if (format.includes("w")) options.weekday = "short";
  if (/d/i.test(format)) Object.assign(options, { day: "numeric", month: format.includes("D") ? "long" : "2-digit" });
  if (format.includes("D")) options.year = "numeric";
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), options).format(at);
}

function relative(at, now) {
  const minutes = Math.round((at - now) / 60000);
  const words = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 60 * 24) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1440), "day");
}
