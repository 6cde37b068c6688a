// Where a person writes: text, reply bar, the bot's commands by "/", and a reply keyboard if the bot gave one.
import { h, iconButton } from "./dom.js";
import { glyphs } from "./emoji.js";
import { get, listOf } from "./api.js";
import { w } from "./words.js";
import { nameOf, textOf } from "./message.js";

export class Composer {
  constructor(column) {
    this.column = column;
    this.commands = [];
    this.picked = 0;
    this.bar = h("div", { cls: "reply-bar", hidden: true });
    this.menu = h("div", { cls: "commands", role: "listbox", "aria-label": w("commands"), id: `commands-${column.key}`, hidden: true });
    this.keys = h("div", { cls: "reply-keys", hidden: true });
    this.field = h("textarea", { rows: "1", "aria-label": `${w("write")} · ${column.title}`, placeholder: w("write"), "aria-controls": this.menu.id, autocomplete: "off",
      oninput: () => this.changed(), onkeydown: (event) => this.key(event) });
    this.button = iconButton("send", w("send"), () => this.send());
    this.button.classList.add("send");
    this.node = h("div", { cls: "composer" }, this.menu, this.bar, this.keys, h("div", { cls: "composer-row" }, this.field, this.button));
  }

  focus(text) {
    if (text !== undefined) this.field.value = text;
    this.field.focus();
    this.changed();
  }

  showReply(message) {
    this.bar.hidden = !message;
    this.bar.replaceChildren();
    this.field.placeholder = message?.reply_markup?.input_field_placeholder ?? w("write");
    if (!message) return;
    this.bar.append(h("div", { cls: "reply-words" }, h("b", {}, `${w("replyTo")} ${nameOf(message.from)}`), h("span", {}, glyphs(textOf(message).slice(0, 120)))),
      iconButton("close", w("cancel"), () => this.column.reply(null)));
  }

  showKeys(rows) {
    this.keys.hidden = !rows;
    this.keys.replaceChildren(...(rows ?? []).map((row) => h("div", { cls: "keyboard-row" }, row.map((key) => {
      const text = typeof key === "string" ? key : key.text;
      return h("button", { type: "button", cls: "key", onclick: () => this.column.say(text) }, glyphs(text));
    }))));
  }

  changed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
    const isCommand = /^\/[\w@]*$/.test(this.field.value);
    if (isCommand && this.menu.hidden) this.open();
    else if (isCommand) this.list();
    else this.shut();
  }

  async open() {
    const { chatId, actor } = this.column;
    this.commands = listOf(await get(`/sim/commands?chat_id=${chatId}&user_id=${actor}`).catch(() => []), "commands");
    if (this.field.value.startsWith("/")) this.list();
  }

  list() {
    const typed = this.field.value.slice(1).toLowerCase();
    this.shown = this.commands.filter((each) => each.command.startsWith(typed));
    this.picked = Math.min(this.picked, Math.max(0, this.shown.length - 1));
    this.menu.hidden = !this.shown.length;
    this.menu.replaceChildren(...this.shown.map((each, n) => h("button", { type: "button", role: "option", id: `${this.menu.id}-${n}`, tabindex: "-1",
      cls: "command", "aria-selected": String(n === this.picked), onclick: () => this.choose(n) }, h("b", {}, `/${each.command}`), h("span", {}, glyphs(each.description ?? "")))));
    this.field.setAttribute("aria-activedescendant", `${this.menu.id}-${this.picked}`);
    this.menu.children[this.picked]?.scrollIntoView({ block: "nearest" });
  }

  shut() {
    this.menu.hidden = true;
    this.picked = 0;
    this.field.removeAttribute("aria-activedescendant");
  }

  choose(n) {
    this.field.value = `/${this.shown[n].command}`;
    this.send();
    this.field.focus();
  }

  key(event) {
    if (!this.menu.hidden && this.menuKey(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      event.preventDefault();
      this.column.focusLast();
    } else if (event.key === "Escape") {
      if (!this.bar.hidden) this.column.reply(null);
      else this.column.focusLast();
    }
  }

  menuKey(event) {
    const count = this.shown.length;
    const step = { ArrowDown: 1, ArrowUp: count - 1 }[event.key];
    if (step) {
      this.picked = (this.picked + step) % count;
      this.list();
    } else if (event.key === "Tab") {
      this.field.value = `/${this.shown[this.picked].command} `;
      this.shut();
    } else if (event.key === "Enter" && !event.shiftKey) this.choose(this.picked);
    else if (event.key === "Escape") this.shut();
    else return false;
    return true;
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.changed();
    if (!(await this.column.say(text))) this.field.value = text;
  }
}
