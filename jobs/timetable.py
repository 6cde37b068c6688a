"""The one table of what happens when. APScheduler only ticks: what is due stands in columns."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jobs.cases import close_menus, do_due_steps, expire_cases, plan_reminders, tell_mornings
from jobs.digests import send_digests
from jobs.duty import end_aways
from jobs.health import audit, watch_connections
from jobs.office import Office
from jobs.reports import send_reports
from jobs.tickets import keep_tickets
from jobs.tidying import count_rows, forget_old
from jobs.webhooks import forget_deliveries

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """What, and how often to look whether it is due."""

    do: Callable[[Office], Awaitable[None]]
    every: timedelta


_SECOND = timedelta(seconds=1)
# In this order after a sleep, too: what is over by now is not spoken of any more.
TIMETABLE = (
    Job(expire_cases, 30 * _SECOND),
    Job(plan_reminders, _SECOND),
    Job(do_due_steps, _SECOND),
    Job(close_menus, _SECOND),
    Job(end_aways, 2 * _SECOND),
    Job(keep_tickets, _SECOND),
    Job(tell_mornings, 2 * _SECOND),
    Job(send_digests, 2 * _SECOND),
    Job(send_reports, 2 * _SECOND),
    Job(watch_connections, 5 * _SECOND),
    Job(audit, 30 * _SECOND),
    Job(forget_old, timedelta(hours=1)),
    Job(count_rows, timedelta(hours=1)),
    Job(forget_deliveries, timedelta(hours=1)),
)


class Ticker:
    """Looks at the timetable; a job that fails is logged and looked at again next time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """Begin to tick; a tick that is late is one tick, and no job overtakes itself."""
        for job in TIMETABLE:
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=job.every.total_seconds()),
                args=[job],
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """No more ticks."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def step(self, jobs: Sequence[Job] = TIMETABLE) -> None:
        """Look at everything once, in the table's order (tests and the sandbox's moved clock)."""
        for job in jobs:
            await self._run(job)

    async def _run(self, job: Job) -> None:
        try:
            await job.do(self._office)
        except Exception:
            log.exception("job failed", job=job.do.__name__)
