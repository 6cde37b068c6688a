"""How a new migration spells the column types of the house."""

from __future__ import annotations

from typing import Any, Literal

from storage.columns import BigId, Json, UtcDateTime

_IMPORT = "from storage.columns import "


def render_item(kind: str, item: Any, autogenerate: Any) -> str | Literal[False]:
    """`UtcDateTime()`, `BigId` and `Json` by their own names; everything else as Alembic does it."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        autogenerate.imports.add(_IMPORT + "UtcDateTime")
        return "UtcDateTime()"
    for name, known in (("BigId", BigId), ("Json", Json)):
        if item is known:
            autogenerate.imports.add(_IMPORT + name)
            return name
    return False
