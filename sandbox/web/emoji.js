// The bot's signs on a machine without a colour emoji font: the same character, drawn by the page, still there to copy.
import { h, drawing } from "./dom.js";

const DOTS = { "🔴": "red", "🟡": "yellow", "🔵": "blue", "🟢": "green", "⚪": "white", "⚫": "black", "🟠": "orange", "🟣": "violet" };
const ROUND = "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z";
const HAND = "M8.5 12V6.5a1.5 1.5 0 0 1 3 0V11 4.7a1.5 1.5 0 0 1 3 0V11 6.2a1.5 1.5 0 0 1 3 0V14a6 6 0 0 1-6 6c-3 0-4.4-1.4-6-4l-2-3.4a1.5 1.5 0 0 1 2.6-1.5z";
const PHONE = "M6.5 3.5h3l1.5 4-2 1.5a12 12 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A17 17 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z";
const SHEET = "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3";
const PENCIL = "M4 20l1-4L16 5l3 3L8 19z";
const CLOCK = `${ROUND}M12 8v4.5l3 1.5`;
const WARN = "M12 4.5 3.5 19.5h17zM12 10v4.5M12 17v.3";
const PERSON = "M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM5 20a7 7 0 0 1 14 0";
const SUN = "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4";
const BELL = "M12 4a5.5 5.5 0 0 0-5.5 5.5V14L4.5 17.5h15L17.5 14V9.5A5.5 5.5 0 0 0 12 4zM10 20.5h4";
const STAR = "M12 4l2.4 5.2 5.6.6-4.2 3.8 1.2 5.6L12 16.3 7 19.2l1.2-5.6L4 9.8l5.6-.6z";
const ASKED = "M9 9.2a3 3 0 1 1 4.2 2.7c-.9.5-1.2 1-1.2 2.3M12 17.6v.3";
const EAR = "M8 19c2 2 5.5 1 5.5-2.5S17 12.5 17 9A5.5 5.5 0 0 0 6 9M9 9.5a2.5 2.5 0 0 1 5 0c0 2.5-2.5 2-2.5 4.5";
const BARS = "M5 20V11M12 20V4M19 20v-6";
const SHAPES = {
  "⏰": CLOCK, "⏱": CLOCK, "🕘": CLOCK, "⏳": CLOCK, "🕐": CLOCK, "📞": PHONE, "☎": PHONE, "📲": PHONE, "📱": PHONE, "📵": `${PHONE}M4 20 20 4`, "✋": HAND, "👋": HAND, "🤚": HAND,
  "✅": "M5 5h14v14H5zM8.5 12l2.5 2.5 4.5-5", "✔": "M5 12.5l4.5 4.5L19 7", "❌": "M6 6l12 12M18 6 6 18", "🚫": `${ROUND}M6.5 6.5l11 11`, "✏": PENCIL, "📝": PENCIL, "🖊": PENCIL,
  "📋": SHEET, "📄": SHEET, "📇": SHEET, "🧾": SHEET, "🎫": SHEET, "📁": "M3 6h6l2 2h10v11H3z", "💬": "M4 5h16v11h-9l-4 4v-4H4z", "🗣": "M4 5h16v11h-9l-4 4v-4H4z", "🎉": STAR, "⭐": STAR, "🏁": "M6 21V4h12l-3 4 3 4H6",
  "🌅": SUN, "☀": SUN, "🌙": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z", "🚨": WARN, "❗": WARN, "⚠": WARN, "😔": `${ROUND}M9 10v.3M15 10v.3M9 16q3-2 6 0`, "🙂": `${ROUND}M9 10v.3M15 10v.3M9 14.5q3 2.5 6 0`,
  "🔒": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3", "🔄": "M5 11a7 7 0 0 1 12-4l2 2M19 4v5h-5M19 13a7 7 0 0 1-12 4l-2-2M5 20v-5h5", "🔁": "M5 11a7 7 0 0 1 12-4l2 2M19 4v5h-5M19 13a7 7 0 0 1-12 4l-2-2M5 20v-5h5",
  "🧭": `${ROUND}M15.5 8.5l-2 5-5 2 2-5z`, "❔": ASKED, "❓": ASKED, "👂": EAR, "🙉": EAR, "🤷": PERSON, "🚪": "M7 21V4h10v17M4 21h16M14 12v.6",
  "🔘": `${ROUND}M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z`, "🗂": "M3 8h6l2 2h10v10H3zM5 5h6l2 2h5", "📡": "M5 19A9 9 0 0 1 5 6l13 13a9 9 0 0 1-13 0M11.5 12.5l5-5M16 4a4 4 0 0 1 4 4",
  "🏷": "M4 4h8l8 8-8 8-8-8zM8 8v.4",
  "🖼": "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9v.4",
  "🕳": `${ROUND}M5 12h14`,
  "ⓘ": `${ROUND}M12 11v5.5M12 8v.3`,
  "🆕": "M4 6h16v12H4zM7 15V9l4 6V9M14 9h3M14 12h3M14 15h3",
  "↩": "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6",
  "💡": "M9 17a6 6 0 1 1 6 0v2H9zM10 21.5h4", "👥": PERSON, "👤": PERSON, "🙋": PERSON, "👩‍💻": PERSON, "👆": "M12 20V5M6 11l6-6 6 6", "👁": "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  "🎯": `${ROUND}M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z`, "➕": "M12 5v14M5 12h14", "➡": "M4 12h15M13 6l6 6-6 6", "⬅": "M20 12H5M11 6l-6 6 6 6", "🗑": "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13", "📊": BARS, "📈": "M4 18l6-7 4 4 6-9", "🔔": BELL, "🔕": `${BELL}M4 20 20 4`,
  "🔍": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20", "🔎": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20 20", "📅": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4", "📆": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4", "🎧": "M4 17v-4a8 8 0 0 1 16 0v4M4 14h3v6H4zM17 14h3v6h-3z",
  "⚙": `M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1`, "🔗": "M8 16 16 8M9.5 8H16v6.5", "🌐": `${ROUND}M4 12h16M12 4c-5 5-5 11 0 16M12 4c5 5 5 11 0 16`,
};
const byLength = (list) => [...list].sort((a, b) => b.length - a.length).join("|");
const DRAWN = hasColourEmoji() ? Object.keys(DOTS) : [...Object.keys(DOTS), ...Object.keys(SHAPES)];
const KNOWN = new RegExp(`(${byLength(DRAWN)})\\uFE0F?`, "gu");

// A red circle drawn in black ink is red only where the font brings its own colours.
function hasColourEmoji() {
  const context = Object.assign(document.createElement("canvas"), { width: 24, height: 24 }).getContext("2d");
  context.font = "18px sans-serif";
  context.fillText("🔴", 0, 18);
  const { data } = context.getImageData(0, 0, 24, 24);
  return data.some((red, n) => n % 4 === 0 && red - data[n + 1] > 60);
}

export function glyphs(text) {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(KNOWN)) {
    out.append(text.slice(at, found.index), sign(found[1], found[0]));
    at = found.index + found[0].length;
  }
  out.append(text.slice(at));
  return out;
}

function sign(character, written) {
  if (DOTS[character]) return h("span", { cls: `dot dot-${DOTS[character]}` }, written);
  return h("span", { cls: "emoji" }, drawing(SHAPES[character]), h("span", { cls: "unseen" }, written));
}
