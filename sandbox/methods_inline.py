"""answerInlineQuery: what the bot offers to who types its name."""

from typing import Any

from sandbox.arguments import Arguments
from sandbox.entities import parse_html
from sandbox.formatting import settle
from sandbox.methods_updates import BAD_QUERY
from sandbox.models import Json
from sandbox.refusals import bad_request
from sandbox.site import Method, Site
from sandbox.updates import INLINE_LIFETIME

MOST_RESULTS = 50
LONGEST_ID = 64


async def answer_inline_query(site: Site, args: Arguments) -> bool:
    """Offer results once, in time; articles with texts only."""
    ask = site.world.inline.get(args.text("inline_query_id"))
    now = site.world.clock.now()
    if ask is None or ask.results is not None or now - ask.asked_at > INLINE_LIFETIME:
        raise bad_request(BAD_QUERY)
    given = args.parsed("results", "inline query results")
    if not isinstance(given, list):
        raise bad_request("can't parse inline query results: expected an Array")
    if len(given) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(each.get("id", "")) for each in given]
    if any(not 1 <= len(each.encode()) <= LONGEST_ID for each in ids):
        raise bad_request("RESULT_ID_INVALID")
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    ask.results = [_article(each) for each in given]
    site.world.journal.note("inline", inline_query_id=ask.id, user_id=ask.user_id, results=ask.results)
    return True


def _article(result: Json) -> Json:
    if result.get("type") != "article":
        raise bad_request("can't parse inline query result: only articles are known here")
    if not result.get("title"):
        raise bad_request("can't parse inline query result: Can't find field \"title\"")
    content: dict[str, Any] = result.get("input_message_content") or {}
    raw = str(content.get("message_text", ""))
    is_html = str(content.get("parse_mode", "")).lower() == "html"
    said = settle(*parse_html(raw)) if is_html else settle(raw, [])
    if not said.text:
        raise bad_request("message text is empty")
    return {**result, "input_message_content": {"message_text": said.text, "entities": said.entities}}


METHODS: dict[str, Method] = {"answerInlineQuery": answer_inline_query}
