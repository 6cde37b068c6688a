// Inline keyboards: coloured, copying, linking, disabled and pressing buttons.
import { h, icon, copy } from "./dom.js";
import { glyphs } from "./emoji.js";
import { w } from "./words.js";

export function keyboard(rows, context) {
  return h("div", { cls: "keyboard" }, rows.map((row) => h("div", { cls: "keyboard-row" }, row.map((button) => key(button, context)))));
}

function key(button, context) {
  const look = `key${button.style ? ` key-${button.style}` : ""}`;
  if (isDisabled(button)) return h("button", { type: "button", cls: look, disabled: true }, label(button));
  if (button.url) return address(button, look, context);
  if (button.copy_text) return copier(button, look);
  const node = h("button", { type: "button", cls: look }, label(button));
  node.addEventListener("click", () => context.onPress(button, node));
  return node;
}

const label = (button) => h("span", {}, glyphs(String(button.text)));
const isDisabled = (button) => button.disabled !== undefined && button.disabled !== null && button.disabled !== false;

function address(button, look, context) {
  const start = context.startPayload(button.url);
  if (start !== null) return h("button", { type: "button", cls: look, onclick: () => context.onStart(start) }, label(button), icon("link"));
  if (!/^(https?|tg|ton):/i.test(button.url)) return h("button", { type: "button", cls: look, disabled: true }, label(button));
  return h("a", { cls: look, href: button.url, target: "_blank", rel: "noopener noreferrer" }, label(button), icon("link"));
}

function copier(button, look) {
  const words = h("span", {}, label(button));
  const node = h("button", { type: "button", cls: look, data: { copies: button.copy_text.text } }, words, icon("copy"));
  node.addEventListener("click", async () => {
    await copy(button.copy_text.text);
    words.textContent = w("copied");
    setTimeout(() => words.replaceChildren(label(button)), 1400);
  });
  return node;
}
