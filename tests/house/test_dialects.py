from __future__ import annotations

import pytest

from tests.house.source import Module, modules

# A dialect is one file, or several that begin with its name: mango.py, mango_codes.py.
DIALECTS = {"generic", "mango", "ringostat", "phonet", "binotel", "zadarma", "uis", "skorozvon"} | {
    "twilio",
    "asterisk",
    "freeswitch",
    "bitrix24",
    "threecx",
}
# The rooms' doors may know every dialect: they find one by its name.
DOORS = {"providers", "providers.registry", "providers.catalogue"}


def dialect(name: str) -> str | None:
    """`mango` of `providers.mango_codes`; None for what all dialects share."""
    part = [*name.split("."), ""][1]
    return next((each for each in DIALECTS if part == each or part.startswith(f"{each}_")), None)


def imported(module: Module) -> list[str]:
    return [name for _, name in module.imports if name.split(".")[0] == "providers"]


@pytest.mark.parametrize("module", modules("providers"), ids=lambda module: module.name)
def test_a_dialect_knows_no_other_and_what_they_share_knows_none(module):
    strangers = [name for name in imported(module) if dialect(name) and dialect(name) != dialect(module.name)]
    assert module.name in DOORS or strangers == []


def test_the_generic_dialect_is_there():
    assert "generic" in {dialect(module.name) for module in modules("providers")}
