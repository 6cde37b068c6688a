"""`perezvon digest send`: now, by the same key as the scheduled one, whether or not `serve` runs."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import date
from pathlib import Path

import pytest

from bot.sending import Courier
from bot.telegram import make_bot
from messenger.gateway import Gateway
from tests.stories.clockwork import ever_said
from tests.stories.world import ANNA, kyiv, shown_text

ROOT = Path(__file__).parents[2]
FRIDAY = date(2026, 11, 20)


def courier(world):
    return Courier(world.database, world.clock, world.works.gateway, patience=0.0)  # no `serve` is waited for


async def test_sent_by_hand_it_takes_the_key_of_the_scheduled_one(world):
    await world.call(ANNA)
    world.look_away()
    await world.until(kyiv(20, 10, 10))
    assert await courier(world).send_digest(world.team_id, None, again=False) == {"sent": True, "reason": ""}
    world.olga.sees("Digest", "Friday, 20 November", "as of 10:10", "1 missed")
    assert world.messages()[-1]["photo"]
    second = await courier(world).send_digest(world.team_id, None, again=False)
    assert second["sent"] is False
    assert "2026-11-20" in second["reason"]
    await world.until(kyiv(20, 19))
    assert ever_said(world, "Digest") == 1
    await world.until(kyiv(21, 18, 30))
    assert ever_said(world, "Digest") == 2  # tomorrow's comes
    world.look_away()


async def test_after_the_scheduled_one_only_by_force(world):
    await world.until(kyiv(20, 18, 30))
    world.olga.sees("Digest")
    assert (await courier(world).send_digest(world.team_id, FRIDAY, again=False))["sent"] is False
    assert (await courier(world).send_digest(world.team_id, FRIDAY, again=True))["sent"] is True
    assert ever_said(world, "Digest") == 2
    world.look_away()


async def test_of_another_date(world):
    start = kyiv(19, 12)
    await world.call(ANNA, missed=False, started=start, ended=kyiv(19, 12, 5))
    assert (await courier(world).send_digest(world.team_id, date(2026, 11, 19), again=False))["sent"] is True
    text = shown_text(world.olga.sees("Digest", "Thursday, 19 November", "1 call"))
    assert "so far" not in text
    await world.until(kyiv(20, 18, 30))
    world.olga.sees("Digest", "Friday, 20 November")


async def test_a_serve_that_runs_sends_it_and_so_keeps_the_limits(world):
    """Its outbox knows what it has sent to the chat within the last minute; the command does not."""
    await world.call(ANNA)
    world.look_away()
    nobody = Gateway(make_bot(world.works.bot.token, "http://127.0.0.1:9"))
    running = asyncio.create_task(world.works.outbox.run())
    asker = Courier(world.database, world.clock, nobody, patience=30.0)
    assert await asker.send_digest(world.team_id, FRIDAY, again=False) == {"sent": True, "reason": ""}
    await world.works.outbox.stop()
    await running
    world.olga.sees("Digest", "Friday, 20 November")
    assert world.messages()[-1]["photo"]
    assert ever_said(world, "Digest") == 1
    world.look_away()


async def test_while_telegram_is_away_it_is_not_called_sent(world):
    world.telegram.world.faults.add("500", "sendMessage", times=100)
    told = await courier(world).send_digest(world.team_id, FRIDAY, again=False)
    assert told["sent"] is False
    assert told["reason"]
    world.telegram.world.faults.clear()
    await world.forward(minutes=30)
    assert ever_said(world, "Digest") == 1  # it waited in the outbox
    world.look_away()


@pytest.mark.timeout(300)  # a whole program is started twice, on whatever machine this is
async def test_the_command_itself(world, tmp_path, warm_command):
    await world.call(ANNA)
    world.look_away()
    first = await _perezvon(world, tmp_path, warm_command, "--date", "2026-11-20")
    assert first == (0, {"sent": True, "reason": ""})
    assert shown_text(world.olga.sees("Digest", "1 missed")).startswith("Digest")
    code, told = await _perezvon(world, tmp_path, warm_command, "--date", "2026-11-20")
    assert (code, told["sent"]) == (0, False)
    await world.until(kyiv(20, 18, 31))
    assert ever_said(world, "Digest") == 1  # the scheduled one found its key taken
    world.look_away()


async def _perezvon(world, folder, warm_command, *words):
    settings = {
        "PEREZVON_BOT_TOKEN": "42:sandbox",
        "PEREZVON_TELEGRAM_API_URL": world.telegram.url,
        "PEREZVON_DATABASE_URL": world.database.url.render_as_string(hide_password=False),
        "PYTHONPATH": str(ROOT),
    }
    command = (*warm_command, "digest", "send", "--team", "Aurora", "--json", *words)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=os.environ | settings, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, errors = await process.communicate()
    assert process.returncode is not None
    assert out, errors.decode()
    return process.returncode, json.loads(out)
