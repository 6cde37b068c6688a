"""Promise 7, second by second: answers > first alert > escalation > reminder > edit > digest > file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from followup.notices import priorities
from messenger.limits import History, Limits
from messenger.plan import Traffic, Waiting, plan

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AURORA, BEREH, OLGA = -1001, -1002, 101
ORDER = ("ANSWER", "ALERT", "ESCALATION", "REMINDER", "EDIT", "DIGEST", "FILE")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class Day:
    """A chat's wishes as they come, and in which second each is fulfilled; Telegram answers at once."""

    def __init__(self, **limits: int) -> None:
        self.traffic = Traffic(History(Limits(**limits)))
        self.waiting: list[Waiting] = []
        self.sent: list[tuple[int, str]] = []
        self._words: dict[int, str] = {}

    def wish(self, word: str, chat: int = AURORA, priority: str = "ALERT", second: int = 0) -> None:
        number = len(self._words) + 1
        self._words[number] = word
        self.waiting.append(
            Waiting(
                kind="card",
                id=number,
                team_id=1,
                telegram_id=chat,
                priority=getattr(priorities, priority),
                since=after(second),
            )
        )

    def passes(self, seconds: Iterable[int]) -> list[tuple[int, str]]:
        """Looked at once a second; what left in these seconds."""
        begin = len(self.sent)
        for second in seconds:
            for each in plan(self.waiting, self.traffic, after(second)).send_now:
                self.traffic.history.note(each.telegram_id, after(second))
                self.waiting.remove(each)
                self.sent.append((second, self._words[each.id]))
        return self.sent[begin:]


def test_one_of_each_leaves_in_the_order_of_the_promise():
    day = Day()
    for place, priority in enumerate(reversed(ORDER)):
        day.wish(priority, priority=priority, second=place - 100)
    assert day.passes(range(10)) == list(enumerate(ORDER))


def test_whoever_comes_later_but_matters_more_goes_first():
    day = Day()
    for number in range(3):
        day.wish(f"edit {number}", priority="EDIT")
    assert day.passes(range(1)) == [(0, "edit 0")]
    day.wish("alert", second=1)
    assert day.passes(range(1, 2)) == [(1, "alert")]
    day.wish("answer", priority="ANSWER", second=2)
    assert day.passes(range(2, 6)) == [(2, "answer"), (3, "edit 1"), (4, "edit 2")]


def test_a_group_gets_twenty_then_the_best_of_what_waited_a_minute_after_the_first():
    day = Day()
    for number in range(22):
        day.wish(f"edit {number}", priority="EDIT")
    assert day.passes(range(20)) == [(second, f"edit {second}") for second in range(20)]
    day.wish("digest", priority="DIGEST", second=20)
    day.wish("reminder", priority="REMINDER", second=21)
    day.wish("alert", second=40)
    day.wish("answer", priority="ANSWER", second=59)
    later = day.passes(range(20, 70))
    words = ["answer", "alert", "reminder", "edit 20", "edit 21", "digest"]
    assert later == [(60 + place, word) for place, word in enumerate(words)]


def test_a_person_is_answered_while_the_group_waits_for_its_minute():
    day = Day()
    for number in range(21):
        day.wish(f"alert {number}")
    day.passes(range(20))
    day.wish("menu", OLGA, "ANSWER", second=30)
    assert day.passes(range(30, 61)) == [(30, "menu"), (60, "alert 20")]


def test_three_hundred_alerts_of_one_group_delay_neither_the_first_of_another_nor_its_second():
    day = Day()
    for number in range(300):
        day.wish(f"flood {number}", second=-3600)
    day.passes(range(5))
    day.wish("first", BEREH, second=5)
    day.wish("second", BEREH, second=5)
    others = [(second, word) for second, word in day.passes(range(5, 8)) if "flood" not in word]
    assert others == [(5, "first"), (6, "second")]


def test_thirty_chats_a_second_the_first_alerts_before_the_digests():
    day = Day()
    for number in range(40):
        day.wish(f"digest {number}", 1000 + number, "DIGEST", second=-60)
    for number in range(15):
        day.wish(f"alert {number}", 2000 + number)
    counts = []
    for second in range(6):
        left = day.passes([second])
        counts.append((sum("alert" in word for _, word in left), sum("digest" in word for _, word in left)))
    # Looked at once a second, a third of the bot's thirty leaves at each look.
    assert counts == [(10, 0), (5, 5), (0, 10), (0, 10), (0, 10), (0, 5)]
