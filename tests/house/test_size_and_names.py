from __future__ import annotations

import ast
import re

from tests.house.source import ROOMS, ROOT, modules

EMPTY_NAMES = re.compile(r"(Manager|Helper|Service|Utils?|Common|Processor)$")
EMPTY_MODULES = {"utils", "util", "common", "helpers", "helper", "misc", "base", "manager", "service"}
LONGEST_FILE = 300


def test_no_file_is_longer_than_300_lines():
    """But revisions: they are written by a tool, read once and never changed."""
    lengths = {
        module.where: len(module.text.splitlines())
        for module in modules(*ROOMS, "tests")
        if not module.where.startswith("bot/migrations/versions/")
    }
    assert {where: lines for where, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_names_say_what_a_thing_is():
    empty = [
        module.at(node.lineno) + f" {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name)
    ]
    empty += [module.where for module in modules(*ROOMS, "tests") if module.path.stem in EMPTY_MODULES]
    assert empty == []


def test_nothing_is_left_for_later():
    marker = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK|for now)\b", re.IGNORECASE)
    left = [
        module.at(number)
        for module in modules(*ROOMS, "tests")
        for number, line in enumerate(module.text.splitlines(), 1)
        if marker.search(line) and module.path.name != "test_size_and_names.py"
    ]
    assert left == []


def test_every_room_of_the_house_is_a_typed_package():
    for room in ROOMS:
        assert (ROOT / room / "__init__.py").exists(), room
