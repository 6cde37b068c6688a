"""What the SQL of the stores says, read from the source: each statement with everything that goes into it."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass
from functools import cache

from tests.house.source import Module, functions, modules

HEADS = {"select", "update", "delete"}
# The team compared with something: a column that is merely selected proves nothing.
TEAM = r"""\.c(\.team_id|\[['"]team_id['"]\])"""
SCOPED = re.compile(rf"{TEAM}\)?\s*(==|\.in_\()|==\s*[\w.]+{TEAM}|\bteam_id\s*=\s*:")
# Two rows of one team joined prove that the rows are of one team, not of which.
JOINED = re.compile(rf"[\w.]+{TEAM}\s*==\s*[\w.]+{TEAM}")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Statement:
    where: str  # followup/cases/store.py:120
    function: str  # followup/cases/store.py::open_cases
    told: str  # the statement and whatever the names in it stand for
    tables: frozenset[str]
    callers: tuple[str, ...]  # of a private function: each statement that calls it, told in the same way

    @property
    def is_scoped(self) -> bool:
        """The statement names its team, or is a private one whose every caller hands it a condition that does."""
        return _names_team(self.told) or bool(self.callers and all(map(_names_team, self.callers)))


def _names_team(told: str) -> bool:
    return bool(SCOPED.search(JOINED.sub("", told)))


@cache
def all_tables() -> dict[str, frozenset[str]]:
    """Every table of the house and its columns."""
    for module in modules("followup", "storage"):
        if module.path.name == "tables.py":
            importlib.import_module(module.name)
    from storage.columns import metadata

    return {name: frozenset(table.columns.keys()) for name, table in metadata.tables.items()}


def is_sql(module: Module) -> bool:
    """Whether SQL may stand here: */store.py (or one of several: *_store.py, store/…), */tables.py, storage, migrations."""
    stem = module.path.stem
    in_store = stem in {"store", "tables"} or stem.endswith("_store") or module.path.parent.name == "store"
    return in_store or module.where.startswith(("storage/", "bot/migrations/"))


def statements() -> list[Statement]:
    """Every select, update and delete of the stores."""
    sources = [module for module in modules("followup", "storage") if is_sql(module)]
    return [statement for module in sources for statement in statements_of(module)]


def statements_of(module: Module) -> list[Statement]:
    return [
        Statement(
            where=module.at(node.lineno),
            function=f"{module.where}::{name}",
            told=(told := _told(node, function, module)),
            tables=frozenset(set(re.findall(r"\w+", told)) & set(all_tables())),
            callers=tuple(_callers(name, module)) if name.startswith("_") else (),
        )
        for name, function in [*functions(module.tree), *_constants(module.tree)]
        for node in ast.walk(function)
        if isinstance(node, ast.stmt) and _begins_statement(node)
    ]


def _constants(tree: ast.Module) -> list[tuple[str, ast.stmt]]:
    """(name, assignment) of what a module builds once."""
    found: list[tuple[str, ast.stmt]] = []
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            [target, *_] = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.append((ast.unparse(target), node))
    return found


def _callers(private: str, module: Module) -> list[str]:
    return [
        _told(node, function, module)
        for _, function in functions(module.tree)
        for node in ast.walk(function)
        if isinstance(node, ast.stmt)
        and any(isinstance(part, ast.Call) and ast.unparse(part.func) == private for part in _own(node))
    ]


def _begins_statement(node: ast.stmt) -> bool:
    """Whether this very statement of Python (not one nested in it) builds a query."""
    return any(isinstance(part, ast.Call) and _head(part.func) in HEADS for part in _own(node))


def _own(node: ast.AST) -> list[ast.AST]:
    """The expressions of a statement without the statements inside it."""
    inner = [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)]
    return inner + [deep for child in inner for deep in _own(child)]


def _head(called: ast.expr) -> str | None:
    """`select` of select(…), sa.select(…), cases.update(); not of a method that merely shares the name."""
    if isinstance(called, ast.Name):
        return called.id
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name | ast.Attribute):
        return called.attr if _is_table_or_library(called.value) else None
    return None


def _is_table_or_library(owner: ast.expr) -> bool:
    last = ast.unparse(owner).split(".")[-1]
    return last in all_tables() or last in {"sa", "sqlalchemy"}


def _told(node: ast.stmt, function: ast.stmt, module: Module) -> str:
    meanings = _meanings(module.tree, function)
    told: dict[int, str] = {}
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        if id(each) in told:
            continue
        parts = [each] if isinstance(each, Function) else [*_own(each)]
        told[id(each)] = " ".join(ast.unparse(part) for part in parts if isinstance(part, ast.expr | Function))
        names = {part.id for piece in parts for part in ast.walk(piece) if isinstance(part, ast.Name)}
        waiting += [meaning for name in names for meaning in meanings.get(name, [])]
    return " ".join(told.values())


def _meanings(tree: ast.Module, function: ast.stmt) -> dict[str, list[ast.AST]]:
    """What a name stands for: every assignment to it in the function, else the module's constant or private function."""
    found: dict[str, list[ast.AST]] = {}
    for node in [*ast.walk(function), *tree.body]:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) else []:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(node)
    for node in tree.body:
        if isinstance(node, Function) and node.name.startswith("_") and node is not function:
            found.setdefault(node.name, []).append(node)
    return found
