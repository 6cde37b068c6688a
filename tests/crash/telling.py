"""A tale told once: prepared, begun, killed, begun again, and looked at from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.killpoints import MAY_REPEAT, KillPoint
from storage.engine import Database
from tests.crash.children import Forge
from tests.crash.tales import PRESS, WEBHOOK, Tale, has_raw_event, has_unrecorded, is_quiet, sent
from tests.stories.world import World, new_world

# Beyond the claim of a sender that died: on PostgreSQL nobody knows that he will not come back.
_CLAIM_IS_OVER = timedelta(seconds=61)


@dataclass(frozen=True, slots=True)
class Death:
    """How a process is to die: at a place, or before its Nth resumption."""

    point: KillPoint | None = None
    resumption: int | None = None

    @property
    def order(self) -> dict[str, Any]:
        place = [self.point.place, self.point.side] if self.point else None
        return {"at_place": place, "at_resumption": self.resumption}


ALIVE = Death()


async def tell(tale: Tale, url: str, forge: Forge, death: Death) -> None:
    """One crash, and whatever the law says of it."""
    async with new_world(Database(url), **dict(tale.settings)) as world:
        await tale.prepare(world)
        already = await sent(world, tale)
        async with forge.child(**order(tale, world, death)) as doomed:
            assert await doomed.is_ready(), "it died before the tale began"
            told = await tale.begin(world, doomed)
            await doomed.is_dead()
        assert told != 200 or await has_raw_event(world), "promise 1: 200 was said, and nothing is on disk"
        may_repeat = await has_unrecorded(world)
        await live_on(tale, world, forge, told)
        _judge(tale, death, await sent(world, tale) - already, may_repeat=may_repeat)


async def live_on(tale: Tale, world: World, forge: Forge, told: Any) -> None:
    """It runs again until nothing waits, and all is as it should be."""
    world.clock.forward(timedelta(seconds=1) if world.database.is_sqlite else _CLAIM_IS_OVER)
    async with forge.child(**order(tale, world, ALIVE)) as heir:
        assert await heir.is_ready()
        await tale.again(world, heir, told)
        await heir.until(lambda: is_quiet(world))
    await tale.check(world)


def _judge(tale: Tale, death: Death, times: int, *, may_repeat: bool) -> None:
    """At least once; twice only where Telegram's answer and our record had the crash between them."""
    if tale in (PRESS, WEBHOOK):
        assert times == 0, "a press edits its card, it brings no message"
    elif death.point is not None:
        assert times == (2 if death.point.name in MAY_REPEAT else 1)
    else:
        assert times == 1 or (times == 2 and may_repeat), f"said {times} times"


def order(tale: Tale, world: World, death: Death, **otherwise: Any) -> dict[str, Any]:
    """What a child is told."""
    return {
        "database_url": world.database.url.render_as_string(hide_password=False),
        "api_url": world.telegram.url,
        "key": world.works.seal._key.decode(),
        "now": world.clock.now().isoformat(),
        "begins": tale.begins,
        "ticks": "never" if not tale.is_of_time else "first" if death is ALIVE else "then",
        "by_webhook": tale is WEBHOOK,
        **death.order,
        **otherwise,
    }


async def awaits_of(tale: Tale, url: str, forge: Forge) -> int:
    """How often tasks go on from its beginning to its end, when nobody dies."""
    async with new_world(Database(url), **dict(tale.settings)) as world:
        await tale.prepare(world)
        already = await sent(world, tale)

        async def is_over() -> bool:
            return await sent(world, tale) > already - (tale in (PRESS, WEBHOOK)) and await is_quiet(world)

        async with forge.child(**order(tale, world, ALIVE)) as child:
            assert await child.is_ready()
            told = await tale.begin(world, child)
            await tale.again(world, child, told)
            await child.until(is_over)
            return child.counted
