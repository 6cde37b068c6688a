"""Receivers of our events by the names that `perezvon webhook add --kind` takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from providers.crm.amocrm import AmoCrm
from providers.crm.bitrix24 import Bitrix24
from providers.crm.contract import CrmClient
from providers.crm.macrocrm import MacroCrm
from providers.crm.plain import Plain

KINDS: Final[Mapping[str, type[CrmClient]]] = {
    "plain": Plain,
    "macrocrm": MacroCrm,
    "amocrm": AmoCrm,
    "bitrix24": Bitrix24,
}
_NUMBERS: Final = ("pipeline_id", "assigned_by_id")
_LONGEST: Final = 2000


def client(kind: str, options: Mapping[str, str]) -> CrmClient:
    """A receiver by its opened options, the address among them."""
    return KINDS[kind](options["url"], options)


def trouble(kind: str, url: str, events: Sequence[str], options: Mapping[str, str]) -> str | None:
    """What is wrong with a new webhook, as one sentence."""
    return _trouble_of_url(url) or _trouble_of_events(kind, events) or _trouble_of_options(kind, options)


def shown(url: str) -> str:
    """The address without what may be a secret: a path, a query, a password."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    rest = "/…" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{host}{port}{rest}"


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _trouble_of_url(url: str) -> str | None:
    parts = _split(url)
    is_address = parts is not None and parts.scheme in ("http", "https") and parts.hostname and not parts.fragment
    if not is_address or len(url) > _LONGEST or any(char.isspace() or not char.isprintable() for char in url):
        return "URL: expected an http(s) address such as https://crm.example.com/hooks/perezvon"
    return None


def _trouble_of_events(kind: str, events: Sequence[str]) -> str | None:
    known = KINDS[kind].events
    strange = [event for event in events if event not in known]
    return f"{kind}: found event {', '.join(strange)}, expected {', '.join(known)}" if strange else None


def _trouble_of_options(kind: str, options: Mapping[str, str]) -> str | None:
    known = KINDS[kind].options
    missing = [each.name for each in known if each.required and not options.get(each.name, "").strip()]
    if missing:
        return f"{kind}: missing --option {', '.join(f'{name}=…' for name in missing)}"
    names = [each.name for each in known]
    if strange := [name for name in options if name not in names]:
        return f"{kind}: found option {', '.join(strange)}, expected {', '.join(names)}"
    wrong = [name for name in _NUMBERS if name in options and not _is_number(options[name])]
    return f"{kind}: found {wrong[0]} {options[wrong[0]]!r}, expected a number" if wrong else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
