"""The look-alike with an eye on what it takes: which case was sent to which chat, which presses were answered."""

from __future__ import annotations

import random
import re
import time
from collections import Counter, deque

from sandbox.arguments import Arguments
from sandbox.clock import MovableClock
from sandbox.faults import Fault
from sandbox.models import Message
from sandbox.outcomes import Outcome
from sandbox.telegram_server import TelegramServer
from tests.bench.companies import FIRST_MEMBER, Company
from tests.soak.ledger import Ledger

TOKEN = "42:soak"
KINDS = ("429", "500", "502_html", "reset_before", "reset_after", "hang", "hang_after", "slow")
AFTER_ACCEPTANCE = frozenset({"reset_after", "hang_after"})
METHODS = ("sendMessage", "sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates", "*")
_TAKE = re.compile(r"c:take:(\d+):")


class WatchedTelegram(TelegramServer):
    """Counts what is taken, whether or not the bot hears of it."""

    def __init__(self, companies: list[Company]) -> None:
        super().__init__(MovableClock(), token=TOKEN)
        self.cards: Counter[tuple[int, str]] = Counter()  # chat and case → how often sent
        self.taken: Counter[str] = Counter()
        self.refused = 0
        self.planned_refusals = 0
        self.cut_after = 0
        self.pressed: dict[str, float] = {}
        self.asked: set[str] = set()  # presses that the bot tried to answer, whatever came of it
        self.answered: Counter[str] = Counter()
        self._recent: deque[float] = deque(maxlen=200)
        for company in companies:
            member = self.world.add_user("Olga", id=FIRST_MEMBER + company.number)
            self.world.add_chat("supergroup", id=company.chat, members=[member.id, self.world.bot.id])

    def taken_lately(self, seconds: float) -> int:
        """Messages taken a moment ago: a process that dies now may not have written them down."""
        return sum(1 for at in self._recent if at > time.monotonic() - seconds)

    async def _perform(self, name: str, args: Arguments) -> Outcome:
        self.asked.add(args.text("callback_query_id"))
        outcome = await super()._perform(name, args)
        if outcome.status == 200:
            self.taken[name] += 1
            self._look_at(name, args)
        self.refused += outcome.status == 429
        return outcome

    def _look_at(self, name: str, args: Arguments) -> None:
        if name == "sendMessage":
            self._recent.append(time.monotonic())
            if found := _TAKE.search(args.text("reply_markup")):
                self.cards[int(args.text("chat_id")), found[1]] += 1
        elif name == "answerCallbackQuery":
            self.answered[args.text("callback_query_id")] += 1

    async def _suffer(self, fault: Fault, name: str, args: Arguments) -> Outcome:
        self.asked.add(args.text("callback_query_id"))
        self.planned_refusals += fault.kind == "429"
        self.cut_after += fault.kind in AFTER_ACCEPTANCE and name.startswith("send")
        return await super()._suffer(fault, name, args)

    def trouble(self, chance: random.Random, ledger: Ledger) -> None:
        """One random fault; what is used up is forgotten."""
        faults = self.world.faults
        kind, method = chance.choice(KINDS), chance.choice(METHODS)
        # What was never used is forgotten, too: whoever asks seldom must not find a queue of troubles waiting for him.
        faults.planned = [each for each in faults.planned if each.used < each.times and each.method != method]
        seconds = chance.uniform(0.5, 3) if kind == "slow" else 20.0
        faults.add(kind, method, retry_after=chance.randint(1, 4), seconds=seconds)
        ledger.note("fault", kind=kind, method=method)

    def press_something(self, chance: random.Random, companies: list[Company]) -> None:
        """A member presses Take on a card in his chat."""
        company = chance.choice(companies)
        messages = self.world.chat(company.chat).messages
        for number in sorted(messages, reverse=True)[:5]:
            buttons = _buttons(messages[number])
            if take := next((data for data in buttons if data.startswith("c:take:")), None):
                who = FIRST_MEMBER + company.number
                press = self.world.press(who, company.chat, number, data=take)
                self.pressed[press] = time.monotonic()
                return


def _buttons(message: Message) -> list[str]:
    return [str(button.get("callback_data", "")) for row in message.keyboard for button in row]
