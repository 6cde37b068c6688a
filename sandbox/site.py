"""What the methods of the Bot API work with."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.arguments import Arguments
from sandbox.webhook import WebhookCourier
from sandbox.world import World


@dataclass
class Site:
    """The world, the courier of updates and the poller of the moment."""

    world: World
    courier: WebhookCourier
    poller: "asyncio.Future[str] | None" = None


Method = Callable[[Site, Arguments], Awaitable[Any]]
