from __future__ import annotations

import ast
import re

from tests.house.catalogues import TEMPLATES
from tests.house.source import modules


def raised() -> dict[str, str]:
    """Key → one place where it is raised; what only the command line meets (bot/) is worded there."""
    return {
        node.args[0].value: module.at(node.lineno)
        for module in modules()
        if not module.where.startswith("bot/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] == "FollowupError"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def worded() -> set[str]:
    return set(re.findall(r'\bkey == "(\w+)"', (TEMPLATES / "refusals.j2").read_text(encoding="utf-8")))


def test_every_refusal_has_words():
    assert len(raised()) > 5
    silent = {key: where for key, where in raised().items() if key not in worded()}
    assert silent == {}


def test_every_worded_refusal_is_raised_by_somebody():
    said = {
        node.value
        for module in modules()
        if not module.where.startswith("templates/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert worded() - said == set()


def test_no_refusal_names_a_value_key():
    """`FollowupError("bad_setting", key=…)` would be a TypeError: the key is the refusal's own."""
    wrong = [
        module.at(node.lineno)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] == "FollowupError"
        and node.args
        and any(keyword.arg == "key" for keyword in node.keywords)
    ]
    assert wrong == []
