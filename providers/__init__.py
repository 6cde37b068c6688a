"""The PBX dialects by the names that `perezvon connect` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from providers.contract import Provider
from providers.generic import Generic
from providers.mango import Mango

PROVIDERS: Final[Mapping[str, Provider]] = {provider.name: provider for provider in (Generic(), Mango())}
