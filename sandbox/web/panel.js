// The phone exchange: the planted day, calls made by hand, and the known answers beside what the bot says.
import { h, icon } from "./dom.js";
import { get, post } from "./api.js";
import { w } from "./words.js";
import { said } from "./exchange_words.js";

const SCENES = ["missed_new", "missed_again", "answered", "outbound_reached", "outbound_unanswered", "hidden", "order", "night"];
const SHAPES = { in: "in", out: "out", note: "note" };

export class Panel {
  constructor(node, world) {
    Object.assign(this, { node, world, tab: "day", view: null, isBusy: false, mustFollow: localStorage.getItem("perezvon.follow") === "yes" });
    setInterval(() => this.mustFollow && this.isSomethingDue() && this.play("all"), 2000);
  }

  async load() {
    try {
      this.view = await get("/sim/pbx");
    } catch {
      return false;
    }
    this.draw();
    return true;
  }

  // Several events a second ask once: the numbers are the bot's and cost it a query.
  refresh() {
    if (!this.view || this.planned) return;
    this.planned = setTimeout(() => {
      this.planned = null;
      this.load();
    }, 400);
  }

  timeMoved() {
    if (this.view && this.mustFollow && !this.isBusy) this.play("all");
    else this.refresh();
  }

  isSomethingDue() {
    return Boolean(this.view?.plan.some((call) => call.state !== "done" && Date.parse(call.at) <= this.world.now()));
  }

  play(until) {
    return this.ask("/sim/pbx/play", { until });
  }

  scene(scenario) {
    return this.ask("/sim/pbx/call", { scenario });
  }

  async ask(path, body) {
    if (this.isBusy) return;
    this.busy(true);
    try {
      await post(path, body);
    } catch (refusal) {
      this.world.notice(refusal.message);
    }
    this.busy(false);
    await this.load();
  }

  busy(is) {
    this.isBusy = is;
    this.node.classList.toggle("is-busy", is);
  }

  draw() {
    const focused = this.node.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const scrolled = this.node.querySelector(".panel-body")?.scrollTop;
    this.node.setAttribute("aria-label", w("exchange"));
    this.node.replaceChildren(this.head(), this.scenes(), this.tabs(), this.body());
    if (scrolled) this.node.querySelector(".panel-body").scrollTop = scrolled;
    else this.toPresent();
    if (focused) this.node.querySelector(`[data-act="${focused}"]`)?.focus();
  }

  head() {
    const follow = h("input", { type: "checkbox", data: { act: "follow" }, onchange: (event) => {
      this.mustFollow = event.target.checked;
      localStorage.setItem("perezvon.follow", this.mustFollow ? "yes" : "no");
    } });
    follow.checked = this.mustFollow;
    return h("header", { cls: "panel-head" }, h("h2", {}, icon("phone"), w("exchange")),
      h("div", { cls: "panel-play" },
        h("button", { type: "button", cls: "key key-primary", data: { act: "next" }, onclick: () => this.play("next") }, icon("play"), w("playNext")),
        h("button", { type: "button", cls: "key", data: { act: "all" }, onclick: () => this.play("all") }, w("playAll"))),
      h("label", { cls: "follow" }, follow, w("follow")));
  }

  scenes() {
    return h("details", { cls: "scenes", open: !this.areScenesShut, ontoggle: (event) => { this.areScenesShut = !event.target.open; } }, h("summary", {}, w("scenes")),
      h("div", { cls: "scene-grid" }, SCENES.map((name) => h("button", { type: "button", cls: "key scene", data: { act: name }, onclick: () => this.scene(name) }, w(name)))));
  }

  tabs() {
    const { agree, differ } = this.marks();
    const tab = (key, note) => h("button", { type: "button", role: "tab", cls: "segment", data: { act: `tab-${key}` }, "aria-selected": String(this.tab === key), onclick: () => this.show(key) }, w(key), note);
    const done = this.view.plan.filter((call) => call.state === "done").length;
    const count = differ ? h("span", { cls: "mark is-bad" }, `✗ ${differ}`) : h("span", { cls: "mark is-good" }, `✓ ${agree}`);
    return h("div", { cls: "segments", role: "tablist" }, tab("day", h("span", { cls: "mark" }, `${done}/${this.view.plan.length}`)), tab("answers", count));
  }

  show(tab) {
    this.tab = tab;
    this.node.querySelector(".panel-body").scrollTop = 0;
    this.draw();
  }

  marks() {
    const keys = Object.keys(this.view.truth).filter((key) => this.mark(key) !== null);
    const agree = keys.filter((key) => this.mark(key)).length;
    return { agree, differ: keys.length - agree };
  }

  // true, false, or null where one of the two has no number to compare
  mark(key) {
    const { truth, bot } = this.view;
    const [planted, said] = [truth[key], bot[key]];
    return planted === null || planted === undefined || said === null || said === undefined ? null : planted === said;
  }

  body() {
    return h("div", { cls: "panel-body", tabindex: "0", role: "tabpanel" }, this.tab === "day" ? this.timeline() : this.answers());
  }

  timeline() {
    const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: this.world.zone });
    const next = this.view.plan.find((call) => call.state !== "done");
    return h("ol", { cls: "timeline" }, this.view.plan.map((call) => h("li", { cls: `call is-${call.state} is-${call.outcome ?? "note"}${call === next ? " is-next" : ""}` },
      h("time", { datetime: call.at }, time.format(new Date(call.at))),
      h("span", { cls: "call-sign" }, icon(SHAPES[{ answered: "in", missed: "in", outbound: "out" }[call.kind]] ?? "note")),
      h("span", { cls: "call-words" }, h("b", {}, said(call.title)), h("small", {}, [this.who(call), said(call.line)].filter(Boolean).join(" · "))),
      h("span", { cls: "call-state" }, w(call.state)))));
  }

  who(call) {
    return call.client ?? (call.kind === "internal" ? "" : w("hiddenNumber"));
  }

  answers() {
    const rows = Object.keys(this.view.truth).map((key) => {
      const mark = this.mark(key);
      const sign = mark === null ? h("span", { cls: "mark", "aria-label": w("noNumber") }, "–") : h("span", { cls: `mark is-${mark ? "good" : "bad"}`, "aria-label": w(mark ? "agree" : "differ") }, mark ? "✓" : "✗");
      const label = said(this.view.labels?.[key] ?? key);
      return h("tr", { data: { key } }, h("th", { scope: "row", cls: label.startsWith("·") ? "is-sub" : "" }, label), h("td", {}, this.number(this.view.truth[key])), h("td", {}, this.number(this.view.bot[key])), h("td", {}, sign));
    });
    return h("table", { cls: "answers" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, w("what")), h("th", { scope: "col" }, w("planted")), h("th", { scope: "col" }, w("bot")), h("th", {}, ""))), h("tbody", {}, rows));
  }

  number(value) {
    return value === null || value === undefined ? "–" : String(value);
  }

  toPresent() {
    const body = this.node.querySelector(".panel-body");
    const next = body.querySelector(".is-next");
    if (next) body.scrollTop = next.offsetTop - body.clientHeight / 2;
  }
}
