// The list of messages of one chat: what it shows, where one looks, and how one walks through it.
import { h } from "./dom.js";

const NEAR = 90;
const SWIPE = 60;

export class Log {
  makeList(title) {
    this.nodes = new Map();
    this.list = h("div", { cls: "messages", role: "log", "aria-live": "off", "aria-label": title, onkeydown: (event) => this.walk(event), onscroll: () => this.scrolled() });
    this.keepAtEnd();
    this.replyBySwipe();
  }

  // Who looked at the end keeps looking at it when a picture arrives or the window changes.
  keepAtEnd() {
    this.isStuck = true;
    const stay = () => this.isStuck && this.toEnd(false);
    new ResizeObserver(stay).observe(this.list);
    this.list.addEventListener("load", stay, true);
  }

  replyBySwipe() {
    let from = null;
    this.list.addEventListener("touchstart", (event) => { from = event.touches[0]; }, { passive: true });
    this.list.addEventListener("touchend", (event) => {
      const to = event.changedTouches[0];
      const node = event.target.closest("article");
      if (!from || !node || from.clientX - to.clientX < SWIPE || Math.abs(from.clientY - to.clientY) > SWIPE / 2) return;
      this.reply(this.seen.get(Number(node.dataset.id)), true);
    });
  }

  isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR;
  }

  toEnd(isRead) {
    this.list.scrollTop = this.list.scrollHeight;
    this.isStuck = true;
    this.down.hidden = true;
    if (isRead) this.read();
  }

  scrolled() {
    this.isStuck = this.isAtEnd();
    this.down.hidden = this.isStuck;
    if (this.world.active === this && this.isAtEnd() && this.unread) this.read();
  }

  show(id) {
    const node = this.nodes.get(id);
    if (node) this.focusOn(node, -1);
  }

  focusLast() {
    const last = [...this.list.querySelectorAll("article")].at(-1);
    if (last) this.focusOn(last, -1);
  }

  focusOn(node, key) {
    this.makeCurrent(node);
    const target = key >= 0 ? node.querySelectorAll("button, a")[key] ?? node : node;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  }

  // Only the current message is in the tab order, so that Tab does not wade through a day of buttons.
  makeCurrent(node) {
    if (this.current) this.putInTabOrder(this.current, -1);
    this.putInTabOrder(node, 0);
    this.current = node;
  }

  putInTabOrder(node, index) {
    for (const each of [node, ...node.querySelectorAll("button, a, summary, .spoiler, .expandable, .rich-scroll")]) each.tabIndex = index;
  }

  walk(event) {
    const node = event.target.closest("article");
    if (!node) return;
    const target = { ArrowUp: node.previousElementSibling, ArrowDown: node.nextElementSibling }[event.key];
    if (target) this.focusOn(target, -1);
    else if (event.key === "ArrowDown") this.composer.focus();
    else if (event.code === "KeyR" && !event.ctrlKey && !event.metaKey) this.reply(this.seen.get(Number(node.dataset.id)), true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
