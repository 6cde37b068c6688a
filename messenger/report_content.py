"""A report's message, whatever its step: what the screen remembers, put beside the database of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from followup.notices.store import Chat
from followup.teams.desk import Desk
from messenger import report_lists, report_steps, report_tickets
from messenger.outgoing import Outgoing
from messenger.report_steps import Shown, Step
from messenger.report_texts import ReportContext

STEPS: Mapping[str, Step] = {
    "kinds": report_steps.kinds,
    "period": report_steps.period,
    "calendar": report_steps.calendar,
    "filters": report_steps.filters,
    "values": report_steps.values,
    "built": report_steps.built,
    "columns": report_steps.columns,
    "choices": report_tickets.choices,
    "table": report_tickets.table,
    "csv": report_tickets.csv_form,
    "picture": report_steps.picture,
    "rows": report_steps.rows,
    "figures": report_lists.figures,
    "list": report_lists.listing,
    "call": report_lists.call,
    "info": report_steps.info,
    "schedules": report_steps.schedules,
}


async def report_message(desk: Desk, chat: Chat, screen: Mapping[str, Any], shows: Mapping[str, Any]) -> Outgoing:
    """``shows``: ``mask``, whether numbers are masked here, ``has_tables``, whether the chat takes real ones, ``address``.

    The address is the bot's user name, which links to tickets are made of.
    """
    policy = desk.book.policy
    context = ReportContext(
        language=policy.language,
        timezone=policy.timezone,
        mask=shows["mask"],
        has_tables=shows["has_tables"],
        team_name=desk.book.name,
        screen_id=screen["id"],
        now=desk.now,
        address=shows["address"],
    )
    return await report_steps.show(Shown(desk, context, screen["params"], chat.id), STEPS)
