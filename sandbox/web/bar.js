// The top bar: whose place this is, what time it is there, and what moves the time.
import { h, icon, iconButton } from "./dom.js";
import { LANGUAGES, language, w } from "./words.js";

const STEPS = [[5, "min", 60], [30, "min", 60], [2, "hours", 3600]];
const SPEEDS = [0, 1, 10, 60];
const OPENS = { 1: 9, 2: 9, 3: 9, 4: 9, 5: 9, 6: 10 };

export class Bar {
  constructor(node, world) {
    Object.assign(this, { node, world, time: h("time", { cls: "clock-time" }), date: h("span", { cls: "clock-date" }), hint: h("span", { cls: "link-lost", role: "status", hidden: true }) });
    this.draw();
    setInterval(() => this.tick(), 250);
  }

  draw() {
    const { world } = this;
    const steps = STEPS.map(([count, unit, seconds]) => h("button", { type: "button", cls: "key", data: { step: count * seconds },
      onclick: () => world.forward(count * seconds) }, `+${count} ${w(unit)}`));
    const opening = h("button", { type: "button", cls: "key", data: { step: "opening" }, onclick: () => world.forward(untilOpening(world.now(), world.zone)) }, w("opening"));
    this.node.replaceChildren(
      h("h1", { cls: "brand" }, h("span", { cls: "brand-sign" }, icon("bell")), h("span", {}, w("title"))),
      h("div", { cls: "clock", title: `${w("now")} · ${world.zone}` }, this.time, this.date),
      h("div", { cls: "clock-keys", role: "group", "aria-label": w("now") }, steps, opening, this.speed()),
      this.hint, h("span", { cls: "bar-space" }), this.languages(), ...this.switches());
    this.tick();
  }

  speed() {
    const known = SPEEDS.includes(this.world.speed) ? SPEEDS : [...SPEEDS, this.world.speed].sort((a, b) => a - b);
    const options = known.map((speed) => h("option", { value: String(speed), selected: speed === this.world.speed }, speed ? `×${speed}` : "⏸"));
    return h("select", { cls: "key", "aria-label": w("speed"), title: w("speed"), onchange: (event) => this.world.setSpeed(Number(event.target.value)) }, options);
  }

  languages() {
    return h("div", { cls: "languages", role: "group", "aria-label": w("language") }, LANGUAGES.map((code) => h("button", {
      type: "button", cls: "language", lang: code, "aria-pressed": String(code === language()), onclick: () => this.world.setLanguage(code) }, code.toUpperCase())));
  }

  switches() {
    const isDark = document.documentElement.dataset.theme === "dark";
    const panel = this.world.hasPanel ? iconButton("phone", w("exchange"), () => this.world.togglePanel(), { "aria-pressed": String(this.world.isPanelOpen()), data: { act: "panel" } }) : null;
    return [panel, iconButton(isDark ? "sun" : "moon", w("theme"), () => this.world.toggleTheme(), { data: { act: "theme" } }),
      h("button", { type: "button", cls: "icon-button", "aria-label": w("help"), title: w("help"), data: { act: "help" }, onclick: () => this.world.help() }, "?")].filter(Boolean);
  }

  tick() {
    const now = this.world.now();
    const timeZone = this.world.zone;
    this.time.textContent = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone }).format(now);
    this.time.dateTime = now.toISOString();
    this.date.textContent = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : language(), { weekday: "short", day: "numeric", month: "short", timeZone }).format(now);
  }

  linked(is) {
    this.hint.hidden = is;
    this.hint.textContent = is ? "" : w("offline");
  }
}

// Seconds to the next 09:00 of a weekday (10:00 on Saturday), by the wall clock of the team's zone.
export function untilOpening(now, zone) {
  const parts = (at) => Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(at).map((part) => [part.type, part.value]));
  const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  for (let day = 0; day < 8; day += 1) {
    const at = parts(new Date(now.getTime() + day * 86400000));
    const opens = OPENS[DAYS.indexOf(at.weekday)];
    const passed = Number(at.hour) * 3600 + Number(at.minute) * 60 + Number(at.second);
    const seconds = opens === undefined ? -1 : day * 86400 + opens * 3600 - passed;
    if (seconds > 0) return seconds;
  }
  return 0;
}
