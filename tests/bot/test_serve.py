"""`perezvon serve` as an operator sees it: ready, a miss taken and told, SIGTERM, exit 0."""

from __future__ import annotations

import asyncio
import re
import signal
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession

from bot.keys import new_key
from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from tests.bot.program import Program
from tests.fixtures_db import drop_postgres_database, make_postgres_database

MISS = {"type": "call", "call_id": "a-1", "direction": "in", "client": "+380671234567", "line": "+380441112233"} | {
    "started_at": "2026-11-20T10:00:00+02:00",
    "ended_at": "2026-11-20T10:00:25+02:00",
    "stage": "ringing",
}
TOKEN = "42:sandbox"

# Real processes are started, each of which imports aiogram.
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
async def telegram():
    server = TelegramServer(MovableClock(), token=TOKEN, limits=False)
    await server.start()
    yield server
    await server.stop()


class Running:
    """A running `perezvon serve`, its log read line by line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []

    async def says(self, pattern: str) -> re.Match[str]:
        """The first line of the log that fits."""
        assert self.process.stderr is not None
        async with asyncio.timeout(40):
            while line := (await self.process.stderr.readline()).decode():
                self.lines.append(line)
                if found := re.search(pattern, line):
                    return found
        raise AssertionError(f"never said {pattern}:\n{''.join(self.lines)}")

    async def stops(self) -> int:
        """SIGTERM; its exit code. It has ten seconds."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, rest = await self.process.communicate()
        self.lines.append(rest.decode())
        return self.process.returncode


@asynccontextmanager
async def serving(program: Program, *arguments: str):
    process = await asyncio.create_subprocess_exec(
        *(*program.command, "serve", *arguments),
        cwd=program.directory,
        env=program.environment,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def installed(program: Program, telegram: TelegramServer, **variables: str) -> Program:
    return program.having(
        bot_token=TOKEN, telegram_api_url=telegram.url, listen="127.0.0.1:0", log_format="json", **variables
    )


def group(telegram: TelegramServer):
    olga = telegram.world.add_user("Olga")
    return telegram.world.add_chat("supergroup", title="Alpha", members=[olga.id, telegram.world.bot.id])


async def test_a_miss_is_taken_told_and_listed_and_sigterm_ends_it(unborn, telegram):
    chat = group(telegram)
    here = installed(unborn, telegram)
    async with serving(here.cold) as running:
        port = (await running.says(r"ready.*?127\.0\.0\.1:(\d+)"))[1]
        # What the CLI adds while it runs is heard at once.
        alpha = ("team", "add", "Alpha", "--chat", str(chat.id), "--region", "UA", "--set", "quiet=off")
        await asyncio.to_thread(here.told, *alpha)
        connection = await asyncio.to_thread(here.told, "connect", "generic", "--team", "Alpha")
        async with ClientSession() as http:
            async with http.post(f"http://127.0.0.1:{port}{connection['hook_path']}", json=MISS) as said:
                assert (said.status, await said.json()) == (200, {"ok": True, "accepted": 1})
            await telegram.wait_for(lambda: "Take" in str(telegram.world.messages(chat.id)), 30)
            async with http.get(f"http://127.0.0.1:{port}/readyz") as said:
                ready = await said.json()
        assert ready["ok"]
        assert ready["telegram_last_success_at"]
        assert await running.stops() == 0
    listed = await asyncio.to_thread(here.told, "missed", "--team", "Alpha", "--json")
    [row] = listed["rows"]
    assert (row["client"], row["missed"], row["state"], row["reason"]) == ("+380671234567", 1, "open", "not_answered")
    assert row["first_call_at"] == "2026-11-20T08:00:00+00:00"
    log = "".join(running.lines)
    assert "Traceback" not in log, log
    assert connection["hook_path"] not in log
    assert "671234567" not in log


async def test_by_webhook_with_a_public_address(program, telegram):
    here = installed(program, telegram, public_url="https://calls.example.com")
    async with serving(here) as running:
        port = (await running.says(r"ready.*?127\.0\.0\.1:(\d+)"))[1]
        [asked] = [each for each in telegram.world.requests if each.method.lower() == "setwebhook"]
        path = asked.params["url"].removeprefix("https://calls.example.com")
        secret = {"X-Telegram-Bot-Api-Secret-Token": asked.params["secret_token"]}
        async with ClientSession(f"http://127.0.0.1:{port}") as http:
            async with http.post(path, json={"update_id": 1}) as said:
                assert said.status == 401
            async with http.post(path, json={"update_id": 1}, headers=secret) as said:
                assert said.status == 200
        assert await running.stops() == 0


async def test_hooks_are_served_while_telegram_is_away(program, telegram):
    here = installed(program, telegram)
    await telegram.stop()
    await asyncio.to_thread(here.told, "team", "add", "Alpha")
    connection = await asyncio.to_thread(here.told, "connect", "generic", "--team", "Alpha")
    async with serving(here) as running:
        port = (await running.says(r"listening at 127\.0\.0\.1:(\d+)"))[1]
        await running.says("Telegram does not let us in")
        async with (
            ClientSession() as http,
            http.post(f"http://127.0.0.1:{port}{connection['hook_path']}", json=MISS) as said,
        ):
            assert said.status == 200
        assert await running.stops() == 0


async def test_a_page_of_a_proxy_at_the_start_is_tried_again(program, telegram):
    telegram.world.faults.add("502_html", "deleteWebhook")
    async with serving(installed(program, telegram)) as running:
        await running.says("Telegram does not let us in")
        await running.says("ready")
        assert await running.stops() == 0


@pytest.mark.postgres
async def test_two_roles_share_the_work_on_one_database(program, telegram, postgres_server):
    """One takes, one works; they meet in PostgreSQL only, and the worker needs no address of its own."""
    chat = group(telegram)
    url = await make_postgres_database(postgres_server)
    here = installed(program, telegram, database_url=url, secret_key=new_key())
    async with serving(here, "--role", "web") as web:
        port = (await web.says(r"ready.*?127\.0\.0\.1:(\d+)"))[1]
        async with serving(here.having(listen=f"127.0.0.1:{port}"), "--role", "worker") as worker:
            await worker.says("ready")
            await asyncio.to_thread(here.told, "team", "add", "Alpha", "--chat", str(chat.id), "--set", "quiet=off")
            connection = await asyncio.to_thread(here.told, "connect", "generic", "--team", "Alpha")
            async with (
                ClientSession() as http,
                http.post(f"http://127.0.0.1:{port}{connection['hook_path']}", json=MISS) as said,
            ):
                assert said.status == 200
            await telegram.wait_for(lambda: "Take" in str(telegram.world.messages(chat.id)), 30)
            assert await worker.stops() == 0
        assert await web.stops() == 0
    await drop_postgres_database(postgres_server, url)


async def test_a_port_that_is_taken_is_told_in_words(program, telegram):
    port = telegram.url.rpartition(":")[2]
    answer = await asyncio.to_thread(installed(program, telegram).having(listen=f"127.0.0.1:{port}"), "serve")
    assert answer.code == 1
    assert "Traceback" not in answer.err
    assert port in answer.err


async def test_the_doctor_looks_at_everything(program, telegram):
    chat = group(telegram)
    here = installed(program, telegram)
    await asyncio.to_thread(here.told, "team", "add", "Alpha", "--chat", str(chat.id))
    await asyncio.to_thread(here.told, "connect", "generic", "--team", "Alpha")
    healthy = await asyncio.to_thread(here, "doctor", "--json")
    checks = {check["name"]: check for check in healthy.document["checks"]}
    assert {name: check["text"] for name, check in checks.items() if not check["ok"]} == {}
    assert (healthy.code, healthy.document["ok"]) == (0, True)
    assert {"settings", "database", "token", "webhook", "clock", "inbox", "messages", f"chat {chat.id}"} <= set(checks)
    telegram.world.member(chat.id, 42, "leave")
    ill = await asyncio.to_thread(here, "doctor")
    assert ill.code == 1
    assert re.search(rf"^✗ chat {chat.id}: .*add the bot|✗ chat {chat.id}: .*let the bot write", ill.out, re.MULTILINE)
    stranger = await asyncio.to_thread(here.having(bot_token="43:other"), "doctor")
    assert stranger.code == 1
    assert "✗ token: Unauthorized" in stranger.out
