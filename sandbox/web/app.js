// The page: puts people's chats side by side and keeps them true to the sandbox.
import { h, isTyping } from "./dom.js";
import { get, post, listOf, listen } from "./api.js";
import { speak, language, w } from "./words.js";
import { Column } from "./column.js";
import { Panel } from "./panel.js";
import { Bar } from "./bar.js";
import { nameOf } from "./message.js";

const $ = (id) => document.getElementById(id);
const ANSWER_PATIENCE = 15000;

const world = {
  zone: "Europe/Kyiv", speed: 1, bot: {}, active: null, hasPanel: false, columns: [],
  clock: { at: Date.now(), read: performance.now() },

  now: () => new Date(world.clock.at + (performance.now() - world.clock.read) * world.speed),

  setClock(now, speed) {
    world.clock = { at: Date.parse(now), read: performance.now() };
    if (speed !== undefined && speed !== world.speed) {
      world.speed = speed;
      bar.draw();
    }
  },

  async forward(seconds) {
    await world.clockCall({ forward_seconds: seconds });
  },

  async setSpeed(speed) {
    await world.clockCall({ speed });
    world.setClock(world.now().toISOString(), speed);
  },

  async clockCall(body) {
    try {
      world.setClock((await post("/sim/clock", body)).now, body.speed);
    } catch (refusal) {
      world.notice(refusal.message);
    }
  },

  activate(column) {
    world.active = column;
    for (const each of world.columns) each.node.classList.toggle("is-active", each === column);
    showTab(column.key);
    if (column.isAtEnd()) column.read();
  },

  unreadChanged: () => drawTabs(),

  announce(text) {
    $("spoken").textContent = text;
  },

  notice(text) {
    const node = h("div", { cls: "toast", role: "alert" }, h("p", {}, text));
    $("notices").append(node);
    setTimeout(() => node.remove(), 6000);
  },

  // A link to our own bot with a payload is a press of Start, not a trip to the network.
  startPayload(url) {
    const found = /^(?:https?:\/\/)?t\.me\/(\w+)(?:\?start=([\w-]*))?$/.exec(url ?? "");
    return found && found[1].toLowerCase() === (world.bot.username ?? "").toLowerCase() ? found[2] ?? "" : null;
  },

  async start(userId, payload) {
    const column = world.columns.find((each) => !each.isGroup && each.chatId === userId);
    if (!column) return;
    world.activate(column);
    column.node.scrollIntoView({ inline: "nearest", block: "nearest" });
    await column.say(`/start ${payload}`.trim());
  },

  answerTo(id) {
    const early = answers.get(id);
    if (early) return Promise.resolve(early);
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      setTimeout(() => resolve(null), ANSWER_PATIENCE);
    });
  },

  setLanguage(code) {
    speak(code);
    build(state);
    pullAll();
    bar.draw();
    panel.view && panel.draw();
  },

  toggleTheme() {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("perezvon.theme", theme);
    bar.draw();
  },

  isPanelOpen: () => !$("panel").hidden,

  togglePanel() {
    $("panel").hidden = !$("panel").hidden;
    if (isNarrow()) showTab($("panel").hidden ? world.active?.key : "panel");
    if (!$("panel").hidden) panel.toPresent();
    bar.draw();
  },

  help() {
    const rows = w("helpKeys").map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what)));
    const dialog = h("dialog", { cls: "help", "aria-label": w("help"), onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && dialog.close() },
      h("h2", {}, w("help")), h("table", {}, h("tbody", {}, rows)), h("button", { type: "button", cls: "key key-primary", autofocus: true, onclick: () => dialog.close() }, w("close")));
    document.body.append(dialog);
    dialog.showModal();
  },
};

let state = { users: [], chats: [] };
const answers = new Map();
const waiting = new Map();
const seqs = new Map();
const pulling = new Map();
const bar = new Bar($("bar"), world);
const panel = new Panel($("panel"), world);
const isNarrow = () => matchMedia("(max-width: 760px)").matches;

// --- columns ---

function places({ users, chats, bot }) {
  const people = users.filter((user) => user.id !== bot?.id && !user.is_bot);
  const groups = chats.filter((chat) => chat.type !== "private" && !chat.migrated_to);
  return [...groups.map((chat) => groupPlace(chat, people)), ...people.map(privatePlace)].filter((place) => place.people.length);
}

function groupPlace(chat, people) {
  const members = chat.members.map((member) => member.id ?? member.user_id ?? member);
  return { key: `g${Math.abs(chat.id)}`, chatId: chat.id, title: chat.title, note: `${w("group")} · ${members.length}`, isGroup: true,
    people: people.filter((user) => members.includes(user.id)), topics: chat.is_forum ? [{ id: 1, name: w("general") }, ...(chat.topics ?? []).filter((topic) => topic.id !== 1)] : null };
}

function privatePlace(user) {
  return { key: `p${user.id}`, chatId: user.id, title: nameOf(user), note: [w("private"), user.role_note, user.language].filter(Boolean).join(" · "), isGroup: false, people: [user], topics: null };
}

function build(fresh) {
  state = fresh;
  world.bot = fresh.bot ?? {};
  if (fresh.timezone) world.zone = fresh.timezone;
  const key = world.active?.key;
  const before = new Map(world.columns.map((column) => [column.key, column]));
  world.columns = places(fresh).map((place) => new Column(place, world));
  for (const column of world.columns) column.resume(before.get(column.key));
  seqs.clear();
  $("columns").replaceChildren(...world.columns.map((column) => column.node));
  if (!world.columns.length) $("columns").append(h("p", { cls: "empty" }, w("nobody")));
  const active = world.columns.find((column) => column.key === key) ?? world.columns[0];
  if (active) world.activate(active);
  drawTabs();
}

function drawTabs() {
  const tab = (key, title, badge) => h("button", { type: "button", cls: "tab", data: { tab: key }, "aria-pressed": String(document.body.dataset.tab === key), onclick: () => openTab(key) }, title, badge ? h("span", { cls: "badge" }, String(badge)) : null);
  const tabs = world.columns.map((column) => tab(column.key, column.title, column.unread));
  if (world.hasPanel) tabs.push(tab("panel", w("exchange"), 0));
  $("tabs").replaceChildren(...tabs);
}

function showTab(key) {
  if (document.body.dataset.tab === key) return;
  document.body.dataset.tab = key;
  drawTabs();
}

function openTab(key) {
  const column = world.columns.find((each) => each.key === key);
  if (column) {
    world.activate(column);
    column.toEnd(true);
  } else {
    $("panel").hidden = false;
    showTab(key);
    panel.toPresent();
  }
}

// --- what arrives ---

async function pull(chatId) {
  if (pulling.has(chatId)) return pulling.set(chatId, "again");
  pulling.set(chatId, "once");
  await pullNow(chatId).catch(() => null);
  const again = pulling.get(chatId) === "again";
  pulling.delete(chatId);
  if (again) await pull(chatId);
}

async function pullNow(chatId) {
  const after = seqs.get(chatId) ?? 0;
  const messages = listOf(await get(`/sim/messages?chat_id=${chatId}&after_seq=${after}`), "messages").slice(-300);
  const top = Math.max(after, ...messages.map((message) => message.seq));
  seqs.set(chatId, top);
  for (const column of world.columns) {
    if (column.chatId !== chatId) continue;
    column.take(after ? messages : messages.filter((message) => !message.deleted));
    column.isFilled = true;
  }
}

const pullAll = () => Promise.all(world.columns.map((column) => pull(column.chatId)));

async function takeAnswer(event) {
  const id = event.callback_query_id ?? event.answer?.callback_query_id;
  const full = event.text === undefined && !event.answer ? listOf(await get(`/sim/answers?callback_query_id=${id}`), "answers")[0] : event.answer ?? event;
  answers.set(id, full ?? {});
  waiting.get(id)?.(full);
  waiting.delete(id);
}

const TAKERS = {
  message: (event) => pull(event.chat_id ?? event.message?.chat?.id),
  answer: takeAnswer,
  chat: async () => { await reload(); },
  clock: (event) => {
    if (event.now) world.setClock(event.now, event.speed);
    panel.timeMoved();
  },
  pbx: () => panel.refresh(),
};
TAKERS.edit = TAKERS.message;
TAKERS.delete = TAKERS.message;

async function take(event) {
  await TAKERS[event.type]?.(event);
  if (event.type !== "clock" && event.type !== "answer") panel.refresh();
}

// Only what columns are made of: a new private chat or a blocked bot must not throw a half-written answer away.
const shape = (seen) => JSON.stringify([places(seen), seen.bot]);

async function reload() {
  const fresh = await get("/sim/state");
  world.setClock(fresh.now, fresh.speed);
  if (shape(fresh) !== shape(state)) build(fresh);
  await pullAll();
}

// --- keys of the page ---

// Letters go by their place on the keyboard, so that they work in a Cyrillic layout too.
const KEYS = {
  KeyT: () => world.toggleTheme(),
  KeyP: () => world.hasPanel && world.togglePanel(),
  KeyF: () => world.forward(1800),
  KeyN: () => world.hasPanel && panel.play("next"),
  KeyA: () => world.active?.people.length > 1 && world.active.nextPerson(),
  "?": () => world.help(),
  "/": () => world.active?.composer.focus("/"),
  ArrowUp: () => world.active?.focusLast(),
};

function keyOf(event) {
  if (event.key === "?" || event.key === "/") return event.key;
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.code;
}

document.addEventListener("keydown", (event) => {
  if (isTyping() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const column = /^[1-9]$/.test(event.key) ? world.columns[Number(event.key) - 1] : null;
  const act = KEYS[keyOf(event)];
  if (column) {
    openTab(column.key);
    column.node.scrollIntoView({ inline: "nearest", block: "nearest" });
    column.composer.focus();
  } else if (act) act();
  else return;
  event.preventDefault();
});

// --- the beginning ---

async function begin() {
  document.documentElement.lang = language();
  document.body.dataset.tab = "";
  await reload();
  world.hasPanel = await panel.load();
  $("panel").hidden = !world.hasPanel || innerWidth < 1100;
  if (world.hasPanel) panel.toPresent();
  bar.draw();
  drawTabs();
  listen(take, (is) => {
    bar.linked(is);
    // What happened before the line was up is fetched, not guessed.
    if (is) reload().then(() => { document.body.dataset.ready = "yes"; });
  });
}

begin().catch((trouble) => world.notice(String(trouble.message ?? trouble)));
