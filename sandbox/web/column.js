// One phone: a chat as one person sees it.
import { h, avatar, iconButton } from "./dom.js";
import { glyphs } from "./emoji.js";
import { post } from "./api.js";
import { w } from "./words.js";
import { Log } from "./log.js";
import { Composer } from "./composer.js";
import { messageNode, idOf, nameOf, textOf } from "./message.js";

const KEPT = 300;

export class Column extends Log {
  // `place` is {key, chatId, title, note, people: [user], isGroup, topics}; `world` is what the page lends to all columns.
  constructor(place, world) {
    super();
    Object.assign(this, place, { world, seen: new Map(), replies: new Map(), keys: null, unread: 0, topic: null, isFilled: false });
    this.actor = place.people[0].id;
    this.makeList(this.title);
    this.chips = h("div", { cls: "chips", role: "group", "aria-label": w("actAs") });
    this.topics_ = h("div", { cls: "topics", role: "group" });
    this.badge = h("span", { cls: "badge", hidden: true });
    this.toasts = h("div", { cls: "toasts", "aria-live": "assertive" });
    this.down = iconButton("send", w("toEnd"), () => this.toEnd(true));
    this.down.classList.add("to-end");
    this.down.hidden = true;
    this.composer = new Composer(this);
    this.node = h("section", { cls: `column${this.isGroup ? " is-group" : ""}`, id: `column-${this.key}`, "aria-label": this.title, onfocusin: () => world.activate(this), onpointerdown: () => world.activate(this) },
      this.head(), this.topics_, h("div", { cls: "messages-frame" }, this.list, this.down, this.toasts), this.composer.node);
    this.list.append(h("p", { cls: "empty" }, w("empty")));
    this.showChips();
    this.showTopics();
  }

  head() {
    const face = this.isGroup ? null : avatar(this.actor, this.title);
    this.subtitle = h("small", {});
    const words = h("div", { cls: "column-words" }, h("h2", { title: this.title }, this.title), this.subtitle);
    return h("header", { cls: "column-head" }, face ?? "", words, this.badge, this.chips);
  }

  showChips() {
    this.subtitle.textContent = this.isGroup ? `${this.note} · ${w("as")} ${nameOf(this.people.find((person) => person.id === this.actor))}` : this.note;
    this.chips.hidden = this.people.length < 2;
    this.chips.replaceChildren(...this.people.map((person) => {
      const name = `${w("actAs")} ${nameOf(person)}`;
      return h("button", { type: "button", cls: "chip", "aria-pressed": String(person.id === this.actor), "aria-label": name, title: name, onclick: () => this.actAs(person.id) }, avatar(person.id, nameOf(person)));
    }));
  }

  showTopics() {
    this.topics_.hidden = !this.topics?.length;
    const chip = (id, name) => h("button", { type: "button", cls: "topic", "aria-pressed": String(this.topic === id), onclick: () => this.pickTopic(id) }, name);
    this.topics_.replaceChildren(chip(null, w("all")), ...(this.topics ?? []).map((topic) => chip(topic.id, topic.name)));
  }

  pickTopic(id) {
    this.topic = id;
    this.showTopics();
    this.redraw();
  }

  actAs(id) {
    this.actor = id;
    this.showChips();
    this.redraw();
    this.composer.showReply(this.replies.get(id) ?? null);
  }

  nextPerson() {
    const at = this.people.findIndex((person) => person.id === this.actor);
    this.actAs(this.people[(at + 1) % this.people.length].id);
  }

  // A rebuilt column goes on where the old one was: the same person, the same half-written words.
  resume(old) {
    if (!old) return;
    if (this.people.some((person) => person.id === old.actor)) this.actAs(old.actor);
    this.replies = old.replies;
    this.composer.field.value = old.composer.field.value;
    this.composer.showReply(this.replies.get(this.actor) ?? null);
  }

  // --- what arrives ---

  take(messages) {
    const wasAtEnd = this.isAtEnd();
    for (const message of messages) this.takeOne(message);
    this.trim();
    if (wasAtEnd || !this.isFilled) this.toEnd(false);
    if (messages.length) this.isFilled = true;
    this.down.hidden = this.isAtEnd();
    this.showUnread();
  }

  takeOne(message) {
    const id = idOf(message);
    const before = this.seen.get(id);
    if (before && before.seq === message.seq) return;
    this.seen.set(id, message);
    this.draw(message, before);
    if (before || message.deleted) return;
    if (message.from?.id !== this.actor && this.isFilled) this.arrived(message);
    this.takeMarkup(message);
  }

  arrived(message) {
    if (this.world.active !== this || !this.isAtEnd() || document.hidden) this.unread += 1;
    this.world.announce(`${this.title}. ${nameOf(message.from)}: ${textOf(message).slice(0, 200)}`);
  }

  takeMarkup(message) {
    const markup = message.reply_markup ?? {};
    if (markup.force_reply && this.isFilled) this.askReply(message, markup);
    if (markup.keyboard) this.composer.showKeys(markup.keyboard);
    if (markup.remove_keyboard) this.composer.showKeys(null);
  }

  // A selective question goes to those it mentions and to the author of the message it answers.
  askReply(message, markup) {
    const named = (message.entities ?? []).map((entity) => entity.user?.id);
    const asked = this.people.filter((person) => !markup.selective || person.id === message.reply_to_message?.from?.id || named.includes(person.id) || (person.username && textOf(message).includes(`@${person.username}`)));
    const listeners = asked.length || markup.selective ? asked : this.people;
    for (const person of listeners.length ? listeners : [{ id: this.actor }]) this.replies.set(person.id, message);
    if (!this.replies.has(this.actor)) return;
    this.composer.showReply(this.replies.get(this.actor));
    if (this.world.active === this) this.composer.focus();
  }

  draw(message, before) {
    const id = idOf(message);
    const old = this.nodes.get(id);
    if (!this.isVisible(message)) {
      old?.remove();
      this.nodes.delete(id);
      return;
    }
    const node = messageNode(message, this.context());
    this.nodes.set(id, node);
    if (!old) return this.append(node);
    const hadFocus = old.contains(document.activeElement);
    const key = hadFocus ? [...old.querySelectorAll("button, a")].indexOf(document.activeElement) : -1;
    old.replaceWith(node);
    if (old === this.current) this.makeCurrent(node);
    else this.putInTabOrder(node, -1);
    if (before && this.isFilled) node.classList.add("is-changed");
    if (hadFocus) this.focusOn(node, key);
  }

  append(node) {
    this.list.querySelector(".empty")?.remove();
    this.list.append(node);
    if (this.isFilled) node.classList.add("is-new");
    this.makeCurrent(node);
  }

  isVisible(message) {
    return this.topic === null || (message.message_thread_id ?? 1) === this.topic;
  }

  redraw() {
    this.list.replaceChildren();
    this.nodes.clear();
    const wasFilled = this.isFilled;
    this.isFilled = false;
    for (const message of this.seen.values()) this.draw(message);
    this.isFilled = wasFilled;
    if (!this.nodes.size) this.list.append(h("p", { cls: "empty" }, w("empty")));
    this.toEnd(false);
  }

  trim() {
    for (const id of [...this.seen.keys()].slice(0, Math.max(0, this.seen.size - KEPT))) {
      this.seen.delete(id);
      this.nodes.get(id)?.remove();
      this.nodes.delete(id);
    }
  }

  context() {
    return {
      actor: this.actor, isGroup: this.isGroup, zone: this.world.zone, now: this.world.now,
      startPayload: this.world.startPayload,
      onStart: (payload) => this.world.start(this.actor, payload),
      onCommand: (text) => this.say(text),
      onReply: (message) => this.reply(message, true),
      onShow: (id) => this.show(id),
      onPress: (message, button, key) => this.press(message, button, key),
    };
  }

  // --- what the person does ---

  async say(text) {
    const reply = this.replies.get(this.actor);
    const body = { user_id: this.actor, chat_id: this.chatId, text };
    if (reply) body.reply_to_message_id = idOf(reply);
    if (this.topic && this.topic !== 1) body.message_thread_id = this.topic;
    try {
      await post("/sim/say", body);
    } catch (refusal) {
      this.toast(refusal.message);
      return false;
    }
    this.reply(null);
    this.toEnd(true);
    return true;
  }

  async press(message, button, key) {
    key.classList.add("is-waiting");
    const calm = setTimeout(() => key.classList.remove("is-waiting"), 8000);
    const body = { user_id: this.actor, chat_id: this.chatId, message_id: idOf(message), data: button.callback_data ?? button.data };
    try {
      const { callback_query_id: id } = await post("/sim/press", body);
      const answer = await this.world.answerTo(id);
      if (answer?.text) this.toast(answer.text, answer.show_alert);
    } catch (refusal) {
      this.toast(refusal.message);
    }
    clearTimeout(calm);
    key.classList.remove("is-waiting");
  }

  reply(message, mustFocus = false) {
    if (message) this.replies.set(this.actor, message);
    else this.replies.delete(this.actor);
    this.composer.showReply(message);
    if (mustFocus) this.composer.focus();
  }

  toast(text, isAlert = false) {
    const node = h("div", { cls: `toast${isAlert ? " is-alert" : ""}`, role: isAlert ? "alertdialog" : "status" }, h("p", {}, glyphs(text)));
    if (isAlert) node.append(h("button", { type: "button", cls: "key key-primary", onclick: () => node.remove() }, w("ok")));
    else setTimeout(() => node.remove(), 6000);
    this.toasts.append(node);
    if (isAlert) node.querySelector("button").focus();
  }

  read() {
    this.unread = 0;
    this.showUnread();
  }

  showUnread() {
    this.badge.hidden = !this.unread;
    this.badge.textContent = String(this.unread);
    this.world.unreadChanged(this);
  }
}
