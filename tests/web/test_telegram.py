"""An update is on disk before Telegram is told that it arrived."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from storage.engine import Database
from storage.rows import all_rows
from storage.tables import updates

SECRET = {"X-Telegram-Bot-Api-Secret-Token": "secret-word"}
UPDATE = {"update_id": 7, "message": {"message_id": 1, "text": "Привіт"}}


async def kept(house):
    async with house.database.read() as c:
        return await all_rows(c, select(updates))


async def test_an_update_is_kept_and_the_worker_woken(house):
    assert (await house.post("/telegram/secret-path", json=UPDATE, headers=SECRET)).status == 200
    [row] = await kept(house)
    assert (row["update_id"], row["body"], row["state"], row["tries"]) == (7, UPDATE, "pending", 0)
    assert house.woken == ["updates"]


async def test_what_comes_twice_is_kept_once_and_answered_200(house):
    answers = [await house.post("/telegram/secret-path", json=UPDATE, headers=SECRET) for _ in range(2)]
    assert [said.status for said in answers] == [200, 200]
    assert len(await kept(house)) == 1


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("other-path", SECRET, 404),
        ("secret-path", {}, 401),
        ("secret-path", {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, 401),
        ("secret-path", {"X-Telegram-Bot-Api-Secret-Token": "сл"}, 401),
    ],
)
async def test_strangers_are_turned_away(house, path, headers, status):
    assert (await house.post(f"/telegram/{path}", json=UPDATE, headers=headers)).status == status
    assert await kept(house) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"update_id": "7"}', b'{"update_id": true}', b"\xff"])
async def test_what_is_no_update_is_400(house, body):
    assert (await house.post("/telegram/secret-path", data=body, headers=SECRET)).status == 400


async def test_an_update_that_cannot_be_stored_is_asked_for_again(house, monkeypatch):
    def away(self):
        raise OperationalError("BEGIN", {}, Exception("disk is full"))

    with monkeypatch.context() as outage:
        outage.setattr(Database, "write", away)
        said = await house.post("/telegram/secret-path", json=UPDATE, headers=SECRET)
    assert (said.status, said.headers["Retry-After"]) == (503, "2")
