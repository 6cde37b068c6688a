// One message as a bubble: text, quote, picture, document, buttons, time and what became of it.
import { h, icon, iconButton, avatar } from "./dom.js";
import { richText } from "./entities.js";
import { richMessage } from "./rich.js";
import { glyphs } from "./emoji.js";
import { keyboard } from "./keyboard.js";
import { w, language } from "./words.js";

export const idOf = (message) => message.message_id;
export const textOf = (message) => message.text ?? message.caption ?? "";
export const nameOf = (user) => user?.name ?? [user?.first_name, user?.last_name].filter(Boolean).join(" ");

const SERVICES = {
  new_chat_members: (m) => `${m.new_chat_members.map(nameOf).join(", ")} ${w("joined")}`,
  left_chat_member: (m) => `${nameOf(m.left_chat_member)} ${w("left")}`,
  forum_topic_created: (m) => `${w("topicMade")}: ${m.forum_topic_created.name}`,
  migrate_to_chat_id: () => w("migrated"),
  migrate_from_chat_id: () => w("migrated"),
  new_chat_title: (m) => `${w("titled")} ${m.new_chat_title}`,
  pinned_message: (m) => `${nameOf(m.from)} ${w("pinned")}`,
};
// What the page does not play is named by a sign.
const SIGNS = {
  sticker: (m) => m.sticker.emoji ?? "🖼",
  voice: (m) => `🎤 ${m.voice.duration}″`,
  video_note: (m) => `📹 ${m.video_note.duration}″`,
  animation: () => "🎞",
  video: (m) => `🎬 ${m.video.duration}″`,
  audio: (m) => `🎵 ${m.audio.duration}″`,
  location: (m) => `📍 ${m.location.latitude}, ${m.location.longitude}`,
  contact: (m) => `👤 ${m.contact.phone_number}`,
  dice: (m) => `${m.dice.emoji} ${m.dice.value}`,
};
const HAS_BODY = ["text", "caption", "photo", "document", "rich_message", ...Object.keys(SIGNS)];
const signOf = (message) => Object.keys(SIGNS).filter((key) => message[key]).map((key) => SIGNS[key](message))[0] ?? "";

export function messageNode(message, context) {
  const isOwn = message.from?.id === context.actor;
  const service = serviceText(message);
  const node = h("article", { cls: `message${isOwn ? " is-own" : ""}${service ? " is-service" : ""}`, tabindex: "-1", data: { id: idOf(message), chat: message.chat_id ?? message.chat?.id } });
  if (message.deleted) node.append(h("p", { cls: "service" }, w("deleted")));
  else if (service) node.append(h("p", { cls: "service" }, service));
  else node.append(...bubble(message, context, isOwn));
  node.setAttribute("aria-label", spoken(message, service));
  return node;
}

function serviceText(message) {
  if (HAS_BODY.some((key) => message[key])) return "";
  const kind = Object.keys(SERVICES).find((key) => message[key] !== undefined);
  return kind ? SERVICES[kind](message) : w("service");
}

export function spoken(message, service = serviceText(message)) {
  return service || `${nameOf(message.from)}: ${textOf(message) || signOf(message) || (message.photo ? w("photo") : message.document?.file_name ?? "")}`;
}

function bubble(message, context, isOwn) {
  const face = !isOwn && context.isGroup ? avatar(message.from?.id ?? 0, nameOf(message.from) || "?") : null;
  const body = h("div", { cls: "bubble" },
    !isOwn && context.isGroup ? h("p", { cls: "sender", data: { tint: Math.abs(message.from?.id ?? 0) % 7 } }, nameOf(message.from)) : null,
    message.reply_to_message ? quote(message.reply_to_message, context) : null,
    message.photo ? photo(message.photo, textOf(message)) : null,
    message.document && !message.animation ? attachment(message.document) : null,
    signOf(message) ? h("div", { cls: "text" }, glyphs(signOf(message))) : null,
    content(message, context),
    stamp(message, context));
  const rows = message.reply_markup?.inline_keyboard;
  const reply = iconButton("reply", w("reply"), () => context.onReply(message), { tabindex: "-1", data: { act: "reply" } });
  reply.classList.add("reply-button");
  return [face, h("div", { cls: "message-main" }, body, rows ? keyboard(rows, { ...context, onPress: (button, key) => context.onPress(message, button, key) }) : null), reply].filter(Boolean);
}

function content(message, context) {
  const rich = message.rich_message;
  if (rich) return richMessage(message.rich_html ? { html: message.rich_html } : rich, { ...context, photo, onPress: (button, key) => context.onPress(message, button, key) });
  const text = textOf(message);
  return text ? h("div", { cls: "text", dir: "auto" }, richText(text, message.entities ?? message.caption_entities, context)) : null;
}

function quote(original, context) {
  const line = original.text ?? original.caption ?? (signOf(original) || (original.photo ? w("photo") : original.document?.file_name ?? "…"));
  return h("button", { type: "button", cls: "quote", onclick: () => context.onShow(idOf(original)) }, h("b", {}, nameOf(original.from)), h("span", {}, glyphs(line.slice(0, 120))));
}

function stamp(message, context) {
  const at = new Date(message.date * 1000);
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: context.zone }).format(at);
  const isEdited = message.edits > 0 || message.edit_date;
  return h("p", { cls: "stamp" }, isEdited ? h("span", { cls: "edited" }, w("edited")) : null, h("time", { datetime: at.toISOString() }, time));
}

const fileAddress = (id) => `/sim/files/${encodeURIComponent(id)}`;

function photo(sizes, caption) {
  const biggest = sizes.reduce((a, b) => ((b.width ?? 0) > (a.width ?? 0) ? b : a));
  const source = fileAddress(biggest.file_id);
  const image = h("img", { src: source, alt: caption.slice(0, 120) || w("photo"), width: biggest.width, height: biggest.height, loading: "lazy" });
  return h("button", { type: "button", cls: "photo", "aria-label": w("enlarge"), onclick: () => enlarge(source, caption) }, image);
}

function enlarge(source, caption) {
  const dialog = h("dialog", { cls: "lightbox", onclick: () => dialog.close(), onclose: () => dialog.remove() }, h("img", { src: source, alt: caption }),
    iconButton("close", w("close"), () => dialog.close()));
  document.body.append(dialog);
  dialog.showModal();
}

function attachment(file) {
  const name = file.file_name ?? w("document");
  return h("a", { cls: "document", href: fileAddress(file.file_id), download: name },
    h("span", { cls: "document-icon" }, icon("file")),
    h("span", { cls: "document-words" }, h("b", {}, name), h("small", {}, `${size(file.file_size ?? 0)} · ${w("download")}`)));
}

function size(bytes) {
  const [value, unit] = bytes < 1024 ? [bytes, "B"] : bytes < 1048576 ? [bytes / 1024, "KB"] : [bytes / 1048576, "MB"];
  return `${value.toLocaleString(language(), { maximumFractionDigits: value < 10 && unit !== "B" ? 1 : 0 })} ${unit}`;
}
