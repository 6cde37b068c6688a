from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from tests.house.source import ROOT, Module, modules

# What reads the wall clock. A monotonic clock measures how long something took, and is nobody's "now".
WALL_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"} | {
    "time.localtime",
    "time.gmtime",
    "func.now",
    "func.current_timestamp",
}
# asyncio.TaskGroup is a nursery too: it never loses a task.
BACKGROUND = re.compile(r"^(asyncio|.*loop(\(\))?)\.(create_task|ensure_future)$")


def outside(*allowed: str) -> list[Module]:
    return [module for module in modules() if not module.where.startswith(allowed)]


def uses(module: Module, names: set[str]) -> list[str]:
    """Where a module says `datetime.now`, however it spells the way there (`dt.datetime.now`)."""
    written = [(line, ".".join(name.split(".")[-2:])) for line, name in module.calls]
    imported = [(line, ".".join(name.split(".")[-2:])) for line, name in module.imports]
    return [f"{module.at(line)} {name}" for line, name in written + imported if name in names]


def test_only_the_clock_reads_the_time():
    found = [use for module in outside("followup/clock.py", "sandbox/") for use in uses(module, WALL_CLOCK)]
    assert found == []


def test_only_settings_read_the_environment():
    names = {"os.environ", "os.getenv", "os.environb", "os.putenv"}
    assert [use for module in outside("bot/settings.py") for use in uses(module, names)] == []


def test_background_work_goes_through_the_nursery():
    found = [
        f"{module.at(line)} {name}"
        for module in outside("bot/nursery.py", "sandbox/")
        for line, name in module.calls
        if BACKGROUND.match(name)
    ]
    assert found == []


@pytest.mark.parametrize("path", ["followup", "storage", "jobs"])
def test_rules_stores_and_jobs_do_not_throw_dice(path):
    rolled = [module.at(line) for module in modules(path) for line, name in module.imports if name == "random"]
    assert rolled == []


def test_nobody_prints_but_the_command_line():
    printed = [
        module.at(node.lineno)
        for module in outside("bot/cli", "bot/commands", "sandbox/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printed == []


@pytest.mark.parametrize("room", ["bot.cli", "followup", "providers", "storage.engine"])
def test_the_command_line_and_the_business_start_without_telegram_and_pictures(room):
    """`import aiogram` takes 3 s and 165 MB: who only asks a question does not pay for it."""
    asked = f"import sys, {room}; print(*sorted({{'aiogram', 'matplotlib'}} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout.strip()) == (0, ""), answer.stderr
