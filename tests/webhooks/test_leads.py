"""A lead on its whole way: a ticket, words in the team's language, the CRM's own wire."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl

from aiohttp import web

from followup.teams.actions import set_team
from tests.webhooks.stage import NOON

TICKET = {"client": "+380671234567", "name": "Anna <b>K.</b>", "topic": "Price & terms", "lines": ["Sales line"]}


async def speaks(stage, language):
    async with stage.database.write() as c:
        await set_team(c, stage.team_id, {"language": language}, NOON)


def fields(heard):
    return dict(parse_qsl(heard.body.decode(), strict_parsing=True))


async def test_a_ticket_becomes_a_request_of_macrocrm(stage):
    await speaks(stage, "ru")
    await stage.webhook("macrocrm", path="", options={"domain": "example.com", "app_secret": "s3cret"})
    await stage.emit(("ticket.created", "ticket:7:1", TICKET), ("ticket.closed", "ticket:7:2", TICKET))
    await stage.settle()
    [heard] = stage.receiver.heard
    told = fields(heard)
    assert heard.path == "/estate/request/"
    assert told["token"] == hashlib.md5(f"example.com{told['time']}s3cret".encode()).hexdigest()
    assert told["phone"] == "+380671234567"
    assert told["name"] == "Anna <b>K.</b>"
    assert told["message"] == ("Обращение: +380671234567, Anna <b>K.</b>\nЛиния: Sales line\nТема: Price & terms")
    assert "X-Perezvon-Signature" not in heard.headers


async def test_a_missed_call_becomes_a_lead_of_bitrix24(stage):
    await speaks(stage, "uk")
    await stage.webhook("bitrix24", path="/rest/1/c0de/", events=["case.opened"])
    case = {
        "case_id": 3,
        "client": "+380671234567",
        "name": None,
        "lines": ["Продажі"],
        "reason": "not_answered",
        "missed": 2,
    }
    stage.receiver.says.append(web.json_response({"result": 77}))
    await stage.emit(("case.opened", "case:3:1", case))
    await stage.settle()
    [heard] = stage.receiver.heard
    told = heard.document["fields"]
    assert heard.path == "/rest/1/c0de/crm.lead.add.json"
    assert told["TITLE"] == "Пропущений дзвінок: +380671234567"
    assert told["COMMENTS"].splitlines()[1:] == [
        "Лінія: Продажі",
        "Причина: менеджери не відповіли",
        "Пропущені: 2",
    ]
    assert await stage.states() == ["sent"]


async def test_what_a_crm_refuses_shows_its_own_words(stage):
    await stage.webhook("bitrix24", path="/rest/1/c0de/")
    stage.receiver.says.append(web.json_response({"error": "ACCESS_DENIED", "error_description": "no"}, status=200))
    await stage.emit(("ticket.created", "ticket:7:1", TICKET))
    await stage.settle()
    row = await stage.row()
    assert row["state"] == "dead"
    assert row["error"].startswith('200 {"error": "ACCESS_DENIED"')


async def test_a_hidden_client_makes_no_lead(stage):
    await stage.webhook("amocrm", path="", options={"access_token": "t0ken"})
    await stage.emit(("ticket.created", "ticket:7:1", TICKET | {"client": None}))
    await stage.settle()
    row = await stage.row()
    assert (row["state"], row["sent_at"], stage.receiver.heard) == ("skipped", None, [])
