from __future__ import annotations

import sys

from tests.house.source import ROOT, Module, modules

# Standard, but they speak with the world outside or with chance.
IMPURE = {"asyncio", "http", "io", "logging", "os", "pathlib", "random", "shutil", "socket", "sqlite3"} | {
    "secrets",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
# The two plain modules that rules stand on wrap one pure library each.
PLAIN = {"followup.phone": {"phonenumbers"}, "followup.hours": {"opening_hours"}}


def rules() -> list[Module]:
    found = [module for module in modules("followup") if module.path.name == "rules.py"]
    assert len(found) >= 2, "the business has no rules?"
    return found


def own(dotted: str) -> Module | None:
    """The module of ours that an imported name comes from."""
    parts = dotted.split(".")
    while parts:
        for path in (ROOT.joinpath(*parts).with_suffix(".py"), ROOT.joinpath(*parts, "__init__.py")):
            if path.exists():
                return Module(path)
        parts.pop()
    return None


def behind(module: Module) -> list[Module]:
    """The module and everything of ours that it imports, directly or not."""
    seen: dict[str, Module] = {}
    waiting = [module]
    while waiting:
        each = waiting.pop()
        if each.name not in seen:
            seen[each.name] = each
            waiting += [found for _, name in each.imports if (found := own(name))]
    return list(seen.values())


def foreign(module: Module) -> list[str]:
    allowed = PLAIN.get(module.name, set())
    return [
        f"{module.at(line)} {name}"
        for line, name in module.imports
        if not own(name)
        and ((top := name.split(".")[0]) in IMPURE or (top not in sys.stdlib_module_names and top not in allowed))
    ]


def test_rules_import_the_standard_library_and_other_pure_modules_only():
    found = {use for rule in rules() for module in behind(rule) for use in foreign(module)}
    assert found == set()


def test_rules_know_no_table_no_store_and_no_room_but_the_business():
    wrong = [
        f"{rule.where} → {module.where}"
        for rule in rules()
        for module in behind(rule)
        if module.path.name in {"store.py", "tables.py", "actions.py"} or not module.where.startswith("followup/")
    ]
    assert wrong == []


def test_rules_are_not_asynchronous():
    assert [rule.where for rule in rules() if "async def" in rule.text] == []
