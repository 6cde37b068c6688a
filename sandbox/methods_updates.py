"""getMe, getUpdates and the webhook: how the bot hears of things, and answers to presses."""

import asyncio
import contextlib
import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.arguments import Arguments
from sandbox.models import Answer, Json
from sandbox.refusals import bad_request, conflict
from sandbox.site import Method, Site
from sandbox.updates import QUERY_LIFETIME
from sandbox.views import user_view

MAX_POLL_SECONDS = 50
MAX_ANSWER = 200
PORTS = frozenset({443, 80, 88, 8443})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
BAD_QUERY = "query is too old and response timeout expired or query ID is invalid"


async def get_me(site: Site, args: Arguments) -> Json:
    """The bot itself, in privacy mode."""
    rights = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}
    return {**user_view(site.world.bot), **rights}


async def get_updates(site: Site, args: Arguments) -> list[Json]:
    """Long poll; a second poller ends the first one with 409."""
    if site.courier.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    end_poll(site, "terminated by other getUpdates request; make sure that only one bot instance is running")
    allow(site, args)
    feed = site.world.feed
    feed.confirm_before(args.integer("offset") or 0)
    limit = min(max(args.integer("limit") or 100, 1), 100)
    if not feed.waiting():
        await _wait_for_update(site, min(args.integer("timeout") or 0, MAX_POLL_SECONDS))
    return [update.body for update in feed.waiting()[:limit]]


async def _wait_for_update(site: Site, seconds: int) -> None:
    mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    site.poller = mine
    feed = site.world.feed
    feed.pulse.ring()  # whoever waits for the bot to listen may go on
    arrival = asyncio.create_task(feed.pulse.until(lambda: bool(feed.waiting())))
    both: set[asyncio.Future[Any]] = {arrival, mine}
    try:
        await asyncio.wait(both, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        arrival.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await arrival
        if site.poller is mine:
            site.poller = None
    if mine.done():
        raise conflict(mine.result())


def end_poll(site: Site, words: str) -> None:
    """End the poll that waits now, with 409."""
    if site.poller is not None and not site.poller.done():
        site.poller.set_result(words)


def allow(site: Site, args: Arguments) -> None:
    """Remember which kinds are wanted; leaving the list out keeps the last one."""
    allowed = args.parsed("allowed_updates", "allowed_updates")
    if isinstance(allowed, list):
        site.world.feed.allowed = [str(kind) for kind in allowed]


async def set_webhook(site: Site, args: Arguments) -> bool:
    """Deliver to a URL from now on: https, or http to this machine, which the real server refuses."""
    url, secret = args.text("url"), args.text("secret_token")
    if not url:
        return await delete_webhook(site, args)
    check_webhook_url(url)
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    end_poll(site, "terminated by setWebhook request")
    allow(site, args)
    _drop_pending(site, args)
    site.courier.deliver_to(url, secret, args.integer("max_connections") or 40)
    return True


def check_webhook_url(url: str) -> None:
    """https on four ports; a sandbox also takes plain http on the loopback."""
    parts = urlsplit(url)
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _drop_pending(site: Site, args: Arguments) -> None:
    if args.flag("drop_pending_updates"):
        site.world.feed.pending.clear()


async def delete_webhook(site: Site, args: Arguments) -> bool:
    """Stop delivering."""
    _drop_pending(site, args)
    await site.courier.stop()
    return True


async def get_webhook_info(site: Site, args: Arguments) -> Json:
    """Where updates go and what went wrong last."""
    feed = site.world.feed
    allowed = {"allowed_updates": feed.allowed} if feed.allowed else {}
    return {**site.courier.info(), "pending_update_count": len(feed.waiting()), **allowed}


async def answer_callback_query(site: Site, args: Arguments) -> bool:
    """Answer a press once, in time, in at most 200 characters."""
    world = site.world
    query = world.queries.get(args.text("callback_query_id"))
    text = args.text("text")
    if query is None or query.is_answered or world.clock.now() - query.asked_at > QUERY_LIFETIME:
        raise bad_request(BAD_QUERY)
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query.is_answered = True
    answer = Answer(query.id, query.user_id, text or None, args.flag("show_alert"), args.text("url") or None)
    world.all_answers.append(answer)
    shown: dict[str, Any] = {"text": answer.text, "show_alert": answer.show_alert, "chat_id": query.chat_id}
    answer.seq = world.journal.note("answer", callback_query_id=query.id, user_id=query.user_id, **shown)
    return True


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "answerCallbackQuery": answer_callback_query,
}
