// Building blocks of the page. Foreign text only ever becomes a text node.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name === "cls" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  sun: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M4.9 19.1l1.8-1.8M17.3 6.7l1.8-1.8",
  phone: "M6.5 3.5h3l1.5 4-2 1.5a12 12 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z",
  send: "M12 19V5M5.5 11.5 12 5l6.5 6.5",
  reply: "M9.5 7 4.5 12l5 5M5 12h9a5.5 5.5 0 0 1 5.5 5.5V19",
  close: "M6 6l12 12M18 6 6 18",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  link: "M8 16 16 8M9.5 8H16v6.5",
  bell: "M12 4a5.5 5.5 0 0 0-5.5 5.5V14L4.5 17.5h15L17.5 14V9.5A5.5 5.5 0 0 0 12 4zM10 20.5h4",
  play: "M8 5.5v13l10.5-6.5z",
  in: "M17 7 7 17M7 9v8h8",
  out: "M7 17 17 7M9 7h8v8",
  note: "M12 6v7M12 16.5v.5",
};

export const icon = (name) => drawing(SHAPES[name]);

export function drawing(shape) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", shape);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", cls: "icon-button", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Clipboard access needs https or localhost and permission; the old way works everywhere.
    const area = h("textarea", { cls: "unseen", value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

const TINTS = 7;

export function avatar(id, name) {
  const letters = name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("");
  return h("span", { cls: "avatar", data: { tint: Math.abs(id) % TINTS }, "aria-hidden": "true" }, letters.toUpperCase());
}

export function isTyping() {
  const node = document.activeElement;
  return Boolean(node && (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) || node.isContentEditable));
}
