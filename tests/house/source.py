"""The project's own Python, read once: where each module is and what it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("bot", "followup", "handlers", "jobs", "messenger", "providers", "sandbox", "storage", "templates")


@dataclass(frozen=True)
class Module:
    path: Path

    @property
    def where(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def name(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """(line, dotted name) of all that is imported: `from a import b` is `a.b`."""
        return [
            (node.lineno, name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in _imported(node)
        ]

    @cached_property
    def calls(self) -> list[tuple[int, str]]:
        """(line, dotted name as written) of all that is called or merely handed on: `time.time` without () counts."""
        return [(node.lineno, ast.unparse(node)) for node in ast.walk(self.tree) if isinstance(node, ast.Attribute)]

    def at(self, line: int) -> str:
        return f"{self.where}:{line}"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names]


@cache
def modules(*rooms: str) -> tuple[Module, ...]:
    """Every module of the rooms (of all, when none is named)."""
    found = tuple(Module(path) for room in rooms or ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    assert found, f"no Python in {rooms}"
    return found


def functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """(qualified name, function) of a module's functions and methods."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{node.name}.{part.name}", part
