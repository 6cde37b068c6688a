"""A child: imports what `perezvon serve` imports, and says what that weighs."""

from __future__ import annotations

import os

import bot.app
from tests.bench.ground import say
from tests.bench.program import resident

if __name__ == "__main__":
    say({"megabytes": resident(os.getpid()), "of": bot.app.__name__})
