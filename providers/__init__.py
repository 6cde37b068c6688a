"""The PBX dialects by the names that `perezvon connect` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from providers.contract import Provider
from providers.generic import Generic
from providers.mango import Mango
from providers.ringostat import Ringostat

_DIALECTS: Final[tuple[Provider, ...]] = (Generic(), Mango(), Ringostat())

PROVIDERS: Final[Mapping[str, Provider]] = {dialect.name: dialect for dialect in _DIALECTS}
