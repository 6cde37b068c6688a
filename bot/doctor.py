"""`perezvon doctor`: what keeps the bot from working, one line each, with what to do about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cli_frame import Room, first_line, is_trouble_of_database, open_room, words_of
from bot.keys import installation_seal
from bot.settings import Settings, SettingsError, load_settings
from followup.clock import SystemClock
from followup.errors import FollowupError
from followup.health.actions import alarm_of, silence_began
from followup.health.audit_store import mended
from followup.notices.health_store import dead, team_chats
from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.teams.connection_store import every_connection, team_names
from followup.webhooks.store import dead_deliveries, lost_webhooks
from storage import inbox
from storage.rows import Row

_PATIENCE: Final = aiohttp.ClientTimeout(total=10)
_LARGEST_CLOCK_ERROR: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is fine, and what was seen or is to be done."""

    name: str
    is_fine: bool
    text: str

    def as_line(self) -> str:
        """For people."""
        return f"{'✓' if self.is_fine else '✗'} {self.name}: {self.text}"

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        found = asdict(self)
        return {"name": found["name"], "ok": found["is_fine"], "text": found["text"]}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Bot API said: the result, or why not; and its clock."""

    result: Any
    trouble: str | None
    told_at: datetime | None


class BotApi:
    """Four questions to Telegram, without the three seconds that `import aiogram` takes."""

    def __init__(self, session: aiohttp.ClientSession, settings: Settings) -> None:
        self._session = session
        self._url = f"{settings.telegram_api_url}/bot{settings.token}/"

    async def ask(self, method: str, **values: str | int) -> Answer:
        """One call."""
        try:
            async with self._session.post(self._url + method, data=values) as response:
                body = await response.json(content_type=None)
                date = response.headers.get("Date")
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return Answer(None, f"{type(error).__name__}: no answer from the Bot API", None)
        told_at = parsedate_to_datetime(date) if date else None
        if not isinstance(body, dict) or not body.get("ok"):
            why = body.get("description") if isinstance(body, dict) else None
            return Answer(None, str(why or "an answer that is none of the Bot API"), told_at)
        return Answer(body["result"], None, told_at)


async def examine() -> list[Finding]:
    """Every check; what depends on a failed one is left out."""
    findings: list[Finding] = []
    try:
        settings = load_settings()
        _ = settings.token, installation_seal(settings)
    except SettingsError as wrong:
        return [Finding("settings", is_fine=False, text=line) for line in str(wrong).splitlines()]
    findings.append(Finding("settings", is_fine=True, text="complete"))
    chats: list[Row] = []
    try:
        async with open_room(settings) as room:
            findings += [finding async for finding in _of_database(room)]
            async with room.database.read() as c:
                chats = await team_chats(c)
    except FollowupError as refusal:
        findings.append(Finding("database", is_fine=False, text=words_of(refusal)))
    except Exception as error:
        if not is_trouble_of_database(error):
            raise
        findings.append(Finding("database", is_fine=False, text=f"does not answer: {first_line(error)}"))
    async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
        findings += [finding async for finding in _of_telegram(settings, BotApi(session, settings), chats)]
    return findings


async def _of_database(room: Room) -> AsyncIterator[Finding]:
    async with room.database.write() as c:
        await teams.team_ids(c)
    yield Finding("database", is_fine=True, text=f"writable, schema at head ({room.database.url.get_backend_name()})")
    async with room.database.read() as c:
        names = await team_names(c)
        yield Finding("teams", is_fine=True, text=f"{len(names)}" if names else "none yet: `perezvon team add`")
        for connection in await every_connection(c):
            yield await _pbx(c, room, connection)
        yield await _rows(c)
        yield await _messages(c)
        yield await _events(c)
        yield await _audit(c)


async def _pbx(c: AsyncConnection, room: Room, connection: Row) -> Finding:
    """Silent for `silence_minutes` of the team's working time is deaf, or a very quiet company."""
    name = f"PBX {connection['name']} of {connection['team']} (connection {connection['id']})"
    known = {each.id: each for each in await teams.connections_of(c, connection["team_id"])}
    try:
        installation_seal(room.settings).open(known[connection["id"]].options)
    except FollowupError as refusal:
        return Finding(name, is_fine=False, text=words_of(refusal))
    book, heard_at = await teams.load_book(c, connection["team_id"]), connection["last_event_at"]
    silence = book.schedule_now.working_between(heard_at or connection["created_at"], room.clock.now())
    text = f"last heard {heard_at:%Y-%m-%d %H:%M} UTC" if heard_at else "nothing heard yet"
    if silence <= book.policy.silence or await _is_usual(c, book, connection, room.clock.now()):
        return Finding(name, is_fine=True, text=text)
    minutes = int(silence.total_seconds()) // 60
    return Finding(
        name, is_fine=False, text=f"{text}, {minutes} working minutes ago: is its hook address in the cabinet?"
    )


async def _is_usual(c: AsyncConnection, book: TeamBook, connection: Row, now: datetime) -> bool:
    """The same rule as the alarm's: a small company is often quiet for longer than the setting."""
    if connection["last_event_at"] is None:
        return False
    due_at = await alarm_of(c, book, connection["id"], await silence_began(c, book.id, connection))
    return due_at is None or due_at > now


async def _rows(c: AsyncConnection) -> Finding:
    counts = await inbox.counts(c)
    failed = counts["failed"]
    text = f"{counts['pending']} pending, {failed} failed"
    return Finding("inbox", not failed, f"{text}: `perezvon inbox`, then `perezvon inbox replay`" if failed else text)


async def _messages(c: AsyncConnection) -> Finding:
    cards, letters = await dead(c, "cards"), await dead(c, "letters")
    text = f"{cards} cards and {letters} letters were given up"
    is_fine = cards + letters == 0
    return Finding(
        "messages", is_fine, "none was given up" if is_fine else f"{text}: look at the rights in their chats"
    )


async def _events(c: AsyncConnection) -> Finding:
    given_up, lost = await dead_deliveries(c), await lost_webhooks(c)
    if not given_up + lost:
        return Finding("webhooks", is_fine=True, text="no event was given up")
    text = f"{given_up} events were given up, {lost} receivers are gone"
    return Finding("webhooks", is_fine=False, text=f"{text}: `perezvon webhook list`, `… deliveries --state dead`")


async def _audit(c: AsyncConnection) -> Finding:
    """What had to be mended is no fault of today, but somebody should know."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted((await mended(c)).items()))
    return Finding("auditor", is_fine=True, text=f"mended so far: {kinds}" if kinds else "nothing had to be mended")


async def _of_telegram(settings: Settings, api: BotApi, chats: list[Row]) -> AsyncIterator[Finding]:
    me = await api.ask("getMe")
    if me.trouble:
        yield Finding("token", is_fine=False, text=f"{me.trouble}: look at PEREZVON_BOT_TOKEN and the network")
        return
    yield Finding("token", is_fine=True, text=f"@{me.result.get('username')}")
    yield _clock(me.told_at)
    yield _webhook(settings, await api.ask("getWebhookInfo"))
    for chat in chats:
        yield await _chat(api.ask, chat, int(me.result["id"]))


def _clock(told_at: datetime | None) -> Finding:
    if told_at is None:
        return Finding("clock", is_fine=True, text="the Bot API told no time to compare with")
    apart = abs(SystemClock().now() - told_at)
    is_fine = apart <= _LARGEST_CLOCK_ERROR
    text = f"{apart.total_seconds():.0f} s apart from Telegram's"
    return Finding("clock", is_fine, text if is_fine else f"{text}: let NTP set this machine's clock")


def _webhook(settings: Settings, info: Answer) -> Finding:
    if info.trouble:
        return Finding("webhook", is_fine=False, text=info.trouble)
    url, wanted = info.result.get("url") or "", settings.public_url
    last_error = info.result.get("last_error_message")
    if not wanted:
        is_fine = not url
        return Finding("webhook", is_fine, "none, long polling" if is_fine else "set, but PEREZVON_PUBLIC_URL is not")
    if not url.startswith(f"{wanted}/telegram/"):
        return Finding("webhook", is_fine=False, text=f"not at {wanted}: `perezvon serve` sets it")
    waiting = f"{info.result.get('pending_update_count', 0)} updates wait"
    return Finding(
        "webhook", not last_error, f"{last_error}, {waiting}: is {wanted} reachable?" if last_error else waiting
    )


async def _chat(ask: Callable[..., Awaitable[Answer]], chat: Row, bot_id: int) -> Finding:
    """Whether the bot is in the team's chat and may write there."""
    name = f"chat {chat['telegram_id']}"
    seen = await ask("getChat", chat_id=chat["telegram_id"])
    if seen.trouble:
        return Finding(
            name, is_fine=False, text=f"{seen.trouble}: add the bot to it, or `perezvon team set TEAM chat=ID`"
        )
    member = await ask("getChatMember", chat_id=chat["telegram_id"], user_id=bot_id)
    status = member.result.get("status") if member.result else member.trouble
    may_write = status in ("member", "administrator", "creator") or (
        status == "restricted" and bool(member.result.get("can_send_messages"))
    )
    title = seen.result.get("title") or seen.result.get("first_name") or "no title"
    return Finding(name, may_write, f"{title}, {status}" + ("" if may_write else ": let the bot write there"))
