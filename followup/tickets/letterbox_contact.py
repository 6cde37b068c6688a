"""A client shares his own number, which Telegram vouches for: number and account are one person's from now on."""

from __future__ import annotations

from followup.cases.reconcile import Touched, reconcile
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.ledger import store as ledger
from followup.teams.desk import Desk
from storage.rows import Row


async def join_number(desk: Desk, account: Row, number: str, source_key: str) -> tuple[int, set[int]]:
    """The number's id, and whose tickets are to be looked at. What is moved can be moved back (D3)."""
    team_id, mine = desk.book.id, account["client_id"]
    number_id = (await clients.number_ids(desk.c, team_id, [number], desk.now))[number]
    owner = (await clients.clients_of_numbers(desk.c, team_id, [number_id]))[number_id]
    if owner == mine:
        return number_id, {mine}
    held = await clients.numbers_of_clients(desk.c, team_id, [mine, owner])
    # Who writes for the first time is whoever has called from this number; two known people become the one who writes.
    giver, taker = (owner, mine) if held.get(mine) else (mine, owner)
    moved = [row["id"] for row in (await accounts.accounts_of_clients(desk.c, team_id, [giver])).get(giver, ())]
    merge = {
        "team_id": team_id,
        "from_client_id": giver,
        "into_client_id": taker,
        "number_ids": [pair[0] for pair in held.get(giver, ())],
        "account_ids": moved,
        "merged_at": desk.now,
        "source_key": f"contact:{source_key}",
    }
    if await clients.add_merge(desk.c, merge):
        await accounts.move_accounts(desk.c, team_id, moved, taker)
        await reconcile(desk, Touched(clients={giver, taker}, is_merge=True))
        await _stay_blocked(desk, giver, taker)
        await ledger.note(desk.c, team_id, "merge", desk.now, number=number)
    return number_id, {giver, taker}


async def _stay_blocked(desk: Desk, giver: int, taker: int) -> None:
    if await clients.is_blocked(desk.c, desk.book.id, giver):
        await clients.set_blocked(desk.c, desk.book.id, taker, blocked=True)
