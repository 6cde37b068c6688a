"""What happens at a PBX: calls and orders as whole objects of the generic format."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

_KYIV = ZoneInfo("Europe/Kyiv")
_PHONES = ("101", "102", "103", "104")  # nobody has 103
_TALKS = (0, 1, 2, 4, 29, 59, 61, 119, 600, 7_300)
_FAILED = (
    *("no_answer", "no_answer", "busy", "no_coverage", "phone_off", "rejected", "operator_hung_up"),
    *("invalid_number", "machine", None),
)
QUIET = "+380631234567"  # is dialled by calls whose end never comes, and orders nothing

Said = dict[str, Any]


class PBX:
    """Makes one thing happen at a time."""

    def __init__(self, chance: Random, lines: Sequence[str | None], numbers: Sequence[str]) -> None:
        self.chance, self.lines, self.numbers, self.made = chance, lines, numbers, 0
        self._kinds = (
            *([self.rings_out] * 5 + [self.waits_in_queue] * 3 + [self.all_busy, self.no_route, self.voicemail]),
            *([self.hangs_up_early] * 3 + [self.answered] * 8 + [self.dials] * 7 + [self.internal, self.internal]),
            *(self.endless_in, self.endless_out),
        )

    def call(self, at: datetime) -> Said:
        return self.chance.choice(self._kinds)(at)

    # --- inbound ----------------------------------------------------------------------------------------------------

    def rings_out(self, at: datetime) -> Said:
        phones = self.chance.sample(_PHONES, self.chance.choice([1, 1, 2, 4]))
        seconds = self.chance.choice([4, 9, 9.9, 10, 25, 90])
        legs = [self._leg(phone, at, "no_answer") for phone in phones]
        return self._inbound(at, seconds, stage="ringing", legs=legs, result=self._or_none("no_answer"))

    def waits_in_queue(self, at: datetime) -> Said:
        phones = self.chance.sample(_PHONES, self.chance.choice([0, 1, 3]))
        legs = [self._leg(phone, at, "no_answer") for phone in phones]
        return self._inbound(at, self.chance.choice([5, 30, 400]), stage="queue", legs=legs)

    def all_busy(self, at: datetime) -> Said:
        words = ("busy", "unavailable", "dnd")
        legs = [self._leg(phone, at, self.chance.choice(words)) for phone in self.chance.sample(_PHONES, 2)]
        return self._inbound(at, self.chance.choice([3, 20]), stage="ringing", legs=legs)

    def no_route(self, at: datetime) -> Said:
        return self._inbound(at, 2, stage="no_route", hung_up_by="network")

    def voicemail(self, at: datetime) -> Said:
        return self._inbound(at, 40, stage="voicemail", legs=[self._leg("101", at, "no_answer")], answered=5)

    def hangs_up_early(self, at: datetime) -> Said:
        """In the greeting or the menu, which answer the line, too (T20)."""
        seconds = self.chance.choice([2, 9.9, 10, 44])
        stage = self.chance.choice(["greeting", "ivr"])
        return self._inbound(at, seconds, stage=stage, hung_up_by="client", answered=self.chance.choice([None, 1]))

    def answered(self, at: datetime) -> Said:
        """One phone, or several of which one answers; now and then through midnight, now and then at once cut off."""
        ring, talk = self.chance.randrange(1, 40), self.chance.choice(_TALKS)
        first, *others = self.chance.sample(_PHONES, self.chance.choice([1, 2, 4]))
        leg = self._leg(first, at, "answered") | {"answered_at": self._iso(at + timedelta(seconds=ring))}
        legs = [*(self._leg(phone, at, self.chance.choice(["no_answer", "busy"])) for phone in others), leg]
        said = self._inbound(at, ring + talk, stage="talk", legs=legs, answered=self._or_none(ring))
        return said | {"talk_seconds": self._or_none(talk), "result": self._or_none("answered")}

    def endless_in(self, at: datetime) -> Said:
        said = self.answered(at) if self.chance.random() < 0.5 else self.rings_out(at)
        gone = ("ended_at", "hung_up_by", "talk_seconds", "result")
        return said | dict.fromkeys(gone) | {"stage": None}

    # --- outbound ---------------------------------------------------------------------------------------------------

    def dials(self, at: datetime) -> Said:
        return self.dial(self._spelt(self.chance.choice(self.numbers)), at, None)

    def dial(self, client: str, at: datetime, order_id: str | None) -> Said:
        ring = self.chance.randrange(1, 50)
        said = self._said("out", at) | {"client": client, "extension": self.chance.choice(_PHONES)}
        said |= {"order_id": order_id} if order_id else {}
        if self.chance.random() < 0.5:
            ended = at + timedelta(seconds=ring)
            return said | {
                "ended_at": self._iso(ended),
                "result": self.chance.choice(_FAILED),
                "hung_up_by": self.chance.choice(["client", "us"]),
            }
        talk = self.chance.choice(_TALKS)
        said |= {"answered_at": self._iso(at + timedelta(seconds=ring)), "result": "answered"}
        said |= {"ended_at": self._iso(at + timedelta(seconds=ring + talk)), "talk_seconds": self._or_none(talk)}
        return said | {"hung_up_by": self.chance.choice(["client", "us"])}

    def endless_out(self, at: datetime) -> Said:
        return self._said("out", at) | {"client": QUIET, "extension": "101"}

    def internal(self, at: datetime) -> Said:
        said = self._said("internal", at) | {"client": "102", "extension": "101", "line": None}
        return said | {"answered_at": self._iso(at), "ended_at": self._iso(at + timedelta(seconds=70))}

    def order(self, key: str, at: datetime) -> Said:
        client = self.chance.choice([self._spelt(self.chance.choice(self.numbers))] * 9 + [None])
        wanted = self.chance.choice([None, None, at + timedelta(hours=30)])
        return {
            "type": "order",
            "order_id": key,
            "widget": self.chance.choice(["site", "site", "shop", "bot"]),
            "client": client,
            "ordered_at": self._iso(at),
            "wanted_at": self._iso(wanted) if wanted else None,
            "topic": "Price",
            "name": "Anna",
        }

    def _inbound(self, at: datetime, seconds: float, **fields: Any) -> Said:
        hidden = self.chance.random() < 0.08
        client = None if hidden else self._spelt(self.chance.choice([*self.numbers, QUIET]))
        answered = fields.pop("answered", None)
        said = self._said("in", at) | {"client": client, "hung_up_by": self.chance.choice(["client", "client", "us"])}
        said |= {"ended_at": self._iso(at + timedelta(seconds=seconds))}
        return said | {"answered_at": answered and self._iso(at + timedelta(seconds=answered))} | fields

    def _said(self, direction: str, at: datetime) -> Said:
        self.made += 1
        key = f"{self.chance.choice(['a-', 'A', 'b_'])}{self.made}"
        line = self.chance.choice(self.lines)
        return {
            "type": "call",
            "call_id": key,
            "direction": direction,
            "line": line,
            "started_at": self._iso(at),
            "ended_at": None,
        }

    def _leg(self, phone: str, at: datetime, result: str) -> Said:
        return {"extension": phone, "rang_at": at.astimezone(UTC).isoformat(), "result": result}

    def _spelt(self, number: str) -> str:
        return self.chance.choice([number, number, f"0{number[4:]}", f"{number[:4]} ({number[4:6]}) {number[6:]}"])

    def _or_none(self, value: Any) -> Any:
        return self.chance.choice([value, None])

    def _iso(self, at: datetime) -> str:
        return at.astimezone(self.chance.choice([UTC, _KYIV])).isoformat()
