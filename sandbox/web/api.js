// The sandbox's own door: plain JSON calls and one stream of events that says when to look again.

export class Refused extends Error {}

export async function get(path) {
  return read(await fetch(path, { headers: { Accept: "application/json" } }));
}

export async function post(path, body) {
  return read(await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

async function read(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Refused(reasonOf(text) || `${answer.status} ${answer.statusText}`);
  return text ? JSON.parse(text) : {};
}

function reasonOf(text) {
  try {
    const said = JSON.parse(text);
    return said.error ?? said.description ?? said.reason ?? text;
  } catch {
    return text.slice(0, 200);
  }
}

export function listOf(answer, key) {
  return Array.isArray(answer) ? answer : answer[key] ?? [];
}

export function listen(onEvent, onLink) {
  const source = new EventSource("/sim/events");
  const take = (event) => onEvent(JSON.parse(event.data));
  source.onmessage = take;
  for (const kind of ["message", "edit", "delete", "answer", "clock", "chat", "pbx"]) {
    if (kind !== "message") source.addEventListener(kind, take);
  }
  source.onopen = () => onLink(true);
  source.onerror = () => onLink(false);
}
