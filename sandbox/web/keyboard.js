// Inline keyboards: coloured, copying, linking, disabled and pressing buttons.
import { h, icon, copy } from "./dom.js";
import { w } from "./words.js";

export function keyboard(rows, context) {
  return h("div", { cls: "keyboard" }, rows.map((row) => h("div", { cls: "keyboard-row" }, row.map((button) => key(button, context)))));
}

function key(button, context) {
  const look = `key${button.style ? ` key-${button.style}` : ""}`;
  if (isDisabled(button)) return h("button", { type: "button", cls: look, disabled: true }, button.text);
  if (button.url) return address(button, look, context);
  if (button.copy_text) return copier(button, look);
  const node = h("button", { type: "button", cls: look }, button.text);
  node.addEventListener("click", () => context.onPress(button, node));
  return node;
}

const isDisabled = (button) => button.disabled !== undefined && button.disabled !== null && button.disabled !== false;

function address(button, look, context) {
  const start = context.startPayload(button.url);
  if (start !== null) return h("button", { type: "button", cls: look, onclick: () => context.onStart(start) }, button.text, icon("link"));
  if (!/^(https?|tg|ton):/i.test(button.url)) return h("button", { type: "button", cls: look, disabled: true }, button.text);
  return h("a", { cls: look, href: button.url, target: "_blank", rel: "noopener noreferrer" }, button.text, icon("link"));
}

function copier(button, look) {
  const label = h("span", {}, button.text);
  const node = h("button", { type: "button", cls: look, data: { copies: button.copy_text.text } }, label, icon("copy"));
  node.addEventListener("click", async () => {
    await copy(button.copy_text.text);
    label.textContent = w("copied");
    setTimeout(() => { label.textContent = button.text; }, 1400);
  });
  return node;
}
