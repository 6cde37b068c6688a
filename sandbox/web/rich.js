// Rich messages (headings, tables, lists, collapsible parts) as DOM nodes, from blocks or from the bot's own HTML.
import { h } from "./dom.js";
import { glyphs } from "./emoji.js";
import { wrap, link } from "./entities.js";
import { keyboard } from "./keyboard.js";

export function richMessage(rich, context) {
  const out = h("div", { cls: "rich" });
  if (rich.blocks) out.append(...rich.blocks.map((each) => block(each, context)));
  else if (rich.html) out.append(fromHtml(rich.html, context));
  else out.append(h("p", {}, rich.markdown ?? ""));
  return out;
}

function inline(text, context) {
  if (text === undefined || text === null) return "";
  if (typeof text === "string") return glyphs(text);
  const out = document.createDocumentFragment();
  if (Array.isArray(text)) out.append(...text.map((part) => inline(part, context)));
  else if (text.type === "button") out.append(keyboard([[text.button]], context));
  else if (text.type === "url") out.append(link(text.url, inline(text.text, context), context));
  else out.append(wrap(text, plain(text.text), inline(text.text, context), context));
  return out;
}

function plain(text) {
  if (text === undefined || text === null) return "";
  if (Array.isArray(text)) return text.map(plain).join("");
  return typeof text === "string" ? text : plain(text.text);
}

const blocks = (list, context) => (list ?? []).map((each) => block(each, context));

const MAKERS = {
  paragraph: (it, c) => h("p", {}, inline(it.text, c)),
  heading: (it, c) => h(Number(it.size) > 2 ? "h4" : "h3", {}, inline(it.text, c)),
  divider: () => h("hr"),
  footer: (it, c) => h("p", { cls: "rich-footer" }, inline(it.text, c)),
  pre: (it, c) => h("pre", {}, h("code", {}, inline(it.text, c))),
  blockquote: (it, c) => h("blockquote", {}, blocks(it.blocks, c)),
  expandable_blockquote: (it, c) => h("details", {}, h("summary", {}, "…"), blocks(it.blocks, c)),
  details: (it, c) => h("details", { open: it.is_open }, h("summary", {}, inline(it.summary, c)), blocks(it.blocks, c)),
  list: (it, c) => h("ul", {}, it.items.map((item) => h("li", { data: { label: item.label ?? "•" } }, blocks(item.blocks, c)))),
  table: (it, c) => table(it, c),
  photo: (it, c) => c.photo(it.photo, plain(it.caption?.text)),
  buttons: (it, c) => keyboard([it.buttons], c),
};

function block(it, context) {
  const make = MAKERS[it.type] ?? ((other, c) => h("p", {}, inline(other.text, c), ...blocks(other.blocks, c)));
  return make(it, context);
}

function table(it, context) {
  const rows = it.cells.map((row) => h("tr", {}, row.map((cell) => h(cell.is_header ? "th" : "td", {
    colspan: cell.colspan, rowspan: cell.rowspan, data: { align: cell.align ?? "left" },
  }, inline(cell.text, context)))));
  const caption = it.caption ? h("caption", {}, inline(it.caption, context)) : null;
  const look = `rich-table${it.is_striped ? " is-striped" : ""}${it.is_bordered ? " is-bordered" : ""}${it.is_compact ? " is-compact" : ""}`;
  return h("div", { cls: "rich-scroll", tabindex: "0", role: "group" }, h("table", { cls: look }, caption, h("tbody", {}, rows)));
}

// DOMParser makes an inert document: nothing in it loads or runs, and only known tags are rebuilt from it.
const TAGS = new Set(["b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote", "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "table", "tbody", "thead", "tr", "th", "td", "caption", "hr", "br", "details", "summary", "footer"]);

function fromHtml(html, context) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return rebuilt(parsed.body, context);
}

function rebuilt(node, context) {
  const out = document.createDocumentFragment();
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) out.append(glyphs(child.data));
    else if (child.nodeType === Node.ELEMENT_NODE) out.append(element(child, context));
  }
  return out;
}

function buttonOf(node) {
  const data = node.getAttribute("data") ?? "";
  const act = { url: { url: node.getAttribute("url") ?? data }, copy_text: { copy_text: { text: data } }, disabled: { disabled: {} } };
  return { text: node.textContent, style: node.getAttribute("style"), ...(act[node.getAttribute("type")] ?? { callback_data: data }) };
}

function element(node, context) {
  const name = node.localName;
  const inside = rebuilt(node, context);
  if (name === "a") return link(node.getAttribute("href") ?? "", inside, context);
  if (name === "tg-time") return wrap({ type: "date_time", unix_time: Number(node.getAttribute("unix")), date_time_format: node.getAttribute("format") ?? "" }, node.textContent, inside, context);
  if (name === "tg-button-row") return keyboard([[...node.querySelectorAll("tg-button")].map(buttonOf)], context);
  if (name === "tg-spoiler") return wrap({ type: "spoiler" }, node.textContent, inside, context);
  if (!TAGS.has(name)) return inside;
  const made = h(name, { colspan: node.getAttribute("colspan"), rowspan: node.getAttribute("rowspan"), data: node.hasAttribute("align") ? { align: node.getAttribute("align") } : {} }, inside);
  if (name !== "table") return made;
  made.className = "rich-table is-striped";
  return h("div", { cls: "rich-scroll", tabindex: "0", role: "group" }, made);
}
