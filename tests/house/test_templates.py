from __future__ import annotations

import ast
import re
from functools import cache

import pytest
from jinja2 import Environment, meta

from tests.house.catalogues import TEMPLATES, template_files
from tests.house.source import Module, modules

CYRILLIC = re.compile(r"[\u0400-\u04FF]")
# A simulated client speaks, a vendor's own words are recognised, and templates are what people read.
MAY_SPEAK = ("templates/", "sandbox/", "providers/")
# What people type is understood here, in all three languages; nothing of it is ever shown.
UNDERSTANDS = (
    *("followup/cases/later.py", "followup/duty/typed.py", "handlers/telegram/commands.py"),
    *("followup/reports/periods.py", "followup/reports/rhythms.py", "followup/reports/wishes.py"),
)


def name_of(path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@cache
def said_by_templates() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    names: set[str] = set()
    for path in template_files():
        tree = environment.parse(path.read_text(encoding="utf-8"), name_of(path))
        names |= {name for name in meta.find_referenced_templates(tree) if name}
    return names


def patterns(module: Module) -> list[tuple[int, str]]:
    """(line, pattern) of each template named in Python: `f"cards/{kind}.j2"` names them all."""
    found = []
    inside = {id(part) for node in ast.walk(module.tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"[\w-]+" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            text = re.escape(node.value)
        else:
            continue
        if text.endswith((r"\.j2", ".j2")) and "*" not in text and len(text) > len(r"\.j2"):
            found.append((node.lineno, text))
    return found


@cache
def said_by_python() -> tuple[tuple[str, str], ...]:
    return tuple((module.at(line), text) for module in modules() for line, text in patterns(module))


def test_there_are_templates():
    assert len(template_files()) > 3


@pytest.mark.parametrize("path", template_files(), ids=name_of)
def test_every_template_can_be_read(path):
    Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True).parse(
        path.read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("path", template_files(), ids=name_of)
def test_templates_speak_english_and_the_catalogues_translate(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if CYRILLIC.search(line)] == []


def test_every_template_that_is_named_exists():
    names = [name_of(path) for path in template_files()]
    assert said_by_templates() - set(names) == set()
    missing = [(where, text) for where, text in said_by_python() if not any(re.fullmatch(text, name) for name in names)]
    assert missing == []


def test_every_template_is_used():
    named = [text for _, text in said_by_python()] + [re.escape(name) for name in said_by_templates()]
    unused = [
        name_of(path) for path in template_files() if not any(re.fullmatch(text, name_of(path)) for text in named)
    ]
    assert unused == []


def strings(module: Module) -> list[ast.Constant]:
    """Every string that is not merely a docstring."""
    prose = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    return [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]


def test_python_says_nothing_in_a_language_of_people():
    said = [
        module.at(string.lineno)
        for module in modules()
        if not module.where.startswith((*MAY_SPEAK, *UNDERSTANDS))
        for string in strings(module)
        if CYRILLIC.search(string.value)
    ]
    assert said == []
