"""The sandbox's own door: people act, clocks jump and faults are planned over /sim, and the page is served."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from sandbox.models import Chat, Json, User
from sandbox.people import NotPossible
from sandbox.sim_events import stream_events
from sandbox.views import user_view
from sandbox.world import World

WEB = Path(__file__).parent / "web"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def refuse_the_impossible(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What cannot be done over /sim is 400 with the reason."""
    try:
        return await handler(request)
    except (NotPossible, ValueError, TypeError, KeyError) as error:
        if not request.path.startswith("/sim/"):
            raise
        words = f"missing or unknown: {error}" if isinstance(error, KeyError) else str(error)
        return web.json_response({"error": words}, status=400)


def register(app: web.Application, world: World, stopping: asyncio.Event) -> None:
    """Add all routes of /sim and the page."""
    door = SimDoor(world)
    get, post = app.router.add_get, app.router.add_post
    for path in ("state", "messages", "answers", "requests", "commands", "faults"):
        get(f"/sim/{path}", getattr(door, f"get_{path}"))
    for path in ("users", "chats", "say", "send", "edit", "press", "block", "delete", "clock", "faults"):
        post(f"/sim/{path}", getattr(door, f"post_{path}"))
    for path in ("members", "topics", "migrate", "rules"):
        post(f"/sim/chats/{{id:-?[0-9]+}}/{path}", getattr(door, f"post_{path}"))
    post("/sim/chats/{id:-?[0-9]+}/topics/{topic:[0-9]+}", door.post_topic)
    app.router.add_delete("/sim/faults", door.delete_faults)
    get("/sim/files/{file_id}", door.get_file)
    get("/sim/events", partial(stream_events, world.journal, stopping))
    get("/", _index)
    get(r"/{name:[\w-]+\.(?:js|css|svg|png|ico)}", _named)


async def _index(request: web.Request) -> web.StreamResponse:
    return await _page("index.html")


async def _named(request: web.Request) -> web.StreamResponse:
    return await _page(request.match_info["name"])


async def _page(name: str) -> web.StreamResponse:
    if not (WEB / name).is_file():
        raise web.HTTPNotFound
    return web.FileResponse(WEB / name, headers={"Cache-Control": "no-cache"})


def user_state(user: User) -> Json:
    """A person as the page lists it."""
    shown = {"id": user.id, "name": user.name, "username": user.username}
    return {**shown, "language": user.language_code, "role_note": user.role_note}


def chat_state(world: World, chat: Chat) -> Json:
    """A chat as the page lists it; the bot stands apart from the members."""
    members = [user_id for user_id in chat.members if chat.has(user_id) and user_id != world.bot.id]
    topics = [{"id": t.id, "name": t.name, "closed": t.is_closed} for t in chat.topics.values() if not t.is_deleted]
    title = chat.title or (world.users[chat.id].name if chat.type == "private" else "")
    shown: Json = {"id": chat.id, "type": chat.type, "title": title, "is_forum": chat.is_forum}
    extra = {"bot_status": chat.status_of(world.bot.id), "blocked": chat.is_blocked, "migrated_to": chat.migrated_to}
    return {**shown, "members": members, "topics": topics, **extra}


class SimDoor:
    """Handlers of /sim, each one act in the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def get_state(self, request: web.Request) -> web.Response:
        """Everything the page needs to begin."""
        world = self._world
        people = [user_state(user) for user in world.users.values() if not user.is_bot]
        chats = [chat_state(world, chat) for chat in world.chats.values()]
        clock = {"now": world.clock.now().isoformat(), "speed": world.clock.speed, "seq": world.journal.seq}
        return web.json_response({**clock, "bot": user_view(world.bot), "users": people, "chats": chats})

    async def get_messages(self, request: web.Request) -> web.Response:
        """Transcript of one chat, or of all."""
        after = int(request.query.get("after_seq", 0))
        chats = [int(request.query["chat_id"])] if "chat_id" in request.query else list(self._world.chats)
        return web.json_response([view for chat_id in chats for view in self._world.messages(chat_id, after)])

    async def get_answers(self, request: web.Request) -> web.Response:
        """Answers of the bot to presses."""
        query = request.query
        user_id = int(query["user_id"]) if "user_id" in query else None
        found = self._world.answers(user_id=user_id, callback_query_id=query.get("callback_query_id"))
        after = int(query.get("after_seq", 0))
        return web.json_response([asdict(answer) for answer in found if answer.seq > after])

    async def get_requests(self, request: web.Request) -> web.Response:
        """Log of Bot API requests."""
        after = int(request.query.get("after_seq", 0))
        return web.json_response([asdict(record) for record in self._world.requests if record.seq > after])

    async def get_commands(self, request: web.Request) -> web.Response:
        """Commands as a person sees them in a chat."""
        chat_id, user_id = int(request.query["chat_id"]), int(request.query["user_id"])
        return web.json_response(self._world.commands_for(chat_id, user_id))

    async def get_file(self, request: web.Request) -> web.Response:
        """Bytes of a file the bot sent."""
        stored = self._world.files.get(request.match_info["file_id"])
        if stored is None:
            raise web.HTTPNotFound
        headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(stored.name)}"}
        return web.Response(body=stored.data, content_type=stored.content_type, headers=headers)

    async def get_faults(self, request: web.Request) -> web.Response:
        """Planned faults and how often each struck."""
        return web.json_response([asdict(fault) for fault in self._world.faults.planned])

    async def post_users(self, request: web.Request) -> web.Response:
        """A new person."""
        return web.json_response(user_state(self._world.add_user(**await request.json())))

    async def post_chats(self, request: web.Request) -> web.Response:
        """A new chat."""
        body = await request.json()
        chat = self._world.add_chat(body.pop("type", "group"), **body)
        return web.json_response(chat_state(self._world, chat))

    async def post_members(self, request: web.Request) -> web.Response:
        """Somebody comes, goes or is promoted."""
        body = await request.json()
        chat_id = int(request.match_info["id"])
        self._world.member(chat_id, body["user_id"], body["action"])
        return self._chat(chat_id)

    async def post_topics(self, request: web.Request) -> web.Response:
        """A new topic."""
        name = (await request.json())["name"]
        return web.json_response({"id": self._world.add_topic(int(request.match_info["id"]), name), "name": name})

    async def post_topic(self, request: web.Request) -> web.Response:
        """Close or reopen a topic."""
        closed = bool((await request.json())["closed"])
        chat_id, topic_id = int(request.match_info["id"]), int(request.match_info["topic"])
        self._world.close_topic(chat_id, topic_id, closed=closed)
        return self._chat(chat_id)

    async def post_migrate(self, request: web.Request) -> web.Response:
        """A group becomes a supergroup."""
        return self._chat(self._world.migrate(int(request.match_info["id"])).id)

    async def post_rules(self, request: web.Request) -> web.Response:
        """`rich` and `may_write`: what this chat's app and rights allow the bot."""
        body = await request.json()
        chat = self._world.chat(int(request.match_info["id"]))
        chat.is_rich_allowed = bool(body.get("rich", chat.is_rich_allowed))
        chat.may_bot_write = bool(body.get("may_write", chat.may_bot_write))
        return self._chat(chat.id)

    async def post_say(self, request: web.Request) -> web.Response:
        """Somebody writes."""
        said = self._world.say(**await request.json())
        return web.json_response(self._world.messages(said.chat_id, said.seq - 1)[0])

    async def post_send(self, request: web.Request) -> web.Response:
        """Somebody sends a sticker, a picture, a voice, his place or his number."""
        sent = self._world.send(**await request.json())
        return web.json_response(self._world.messages(sent.chat_id, sent.seq - 1)[0])

    async def post_edit(self, request: web.Request) -> web.Response:
        """Somebody changes what he wrote."""
        changed = self._world.edit(**await request.json())
        return web.json_response(self._world.messages(changed.chat_id, changed.seq - 1)[0])

    async def post_press(self, request: web.Request) -> web.Response:
        """Somebody presses a button."""
        return web.json_response({"callback_query_id": self._world.press(**await request.json())})

    async def post_block(self, request: web.Request) -> web.Response:
        """Somebody blocks the bot, or takes it back."""
        body = await request.json()
        self._world.block(body["user_id"], blocked=bool(body.get("blocked", True)))
        return web.json_response({"ok": True})

    async def post_delete(self, request: web.Request) -> web.Response:
        """Somebody deletes a message."""
        body = await request.json()
        self._world.delete(body["chat_id"], body["message_id"])
        return web.json_response({"ok": True})

    async def post_clock(self, request: web.Request) -> web.Response:
        """Jump ahead, or change the speed."""
        body: dict[str, Any] = await request.json()
        clock = self._world.clock
        if "speed" in body:
            clock.speed = float(body["speed"])
        if "forward_seconds" in body:
            clock.forward(timedelta(seconds=float(body["forward_seconds"])))
        return web.json_response({"now": clock.now().isoformat(), "speed": clock.speed})

    async def post_faults(self, request: web.Request) -> web.Response:
        """Plan a fault."""
        return web.json_response(asdict(self._world.faults.add(**await request.json())))

    async def delete_faults(self, request: web.Request) -> web.Response:
        """Plan nothing any more."""
        self._world.faults.clear()
        return web.json_response({"ok": True})

    def _chat(self, chat_id: int) -> web.Response:
        return web.json_response(chat_state(self._world, self._world.chat(chat_id)))
