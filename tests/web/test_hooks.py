"""A hook's answers in the order of the contract: 404, 413, 429, 401, 400, 503; 200 only when it is on disk."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from sqlalchemy.exc import OperationalError

from followup.teams.actions import NewLine, add_line, set_team
from storage.engine import Database

CALL = {
    "type": "call",
    "call_id": "a-1",
    "direction": "in",
    "client": "+380671234567",
    "line": "+380441112233",
    "started_at": "2026-11-20T10:00:00+02:00",
    "ended_at": "2026-11-20T10:00:25+02:00",
}


def signed(secret: str, body: bytes, at: int) -> str:
    return f"t={at},v1={hmac.new(secret.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


async def test_a_call_is_on_disk_as_it_came_before_200(house, connect):
    path = await connect()
    said = await house.post(f"{path}/events//call/?x=1&x=2", json=CALL, headers={"Authorization": "Basic s3cr3t"})
    assert (said.status, said.document) == (200, {"ok": True, "accepted": 1})
    [row] = await house.rows()
    assert (json.loads(row["body"]), row["method"], row["path"]) == (CALL, "POST", "events//call")
    assert (row["query"], row["received_at"], row["state"]) == ({"x": "1"}, house.clock.now(), "pending")
    assert row["headers"]["content-type"] == "application/json"
    assert "s3cr3t" not in json.dumps(row["headers"])
    assert house.woken == ["inbox"]


async def test_repeats_are_stored_as_often_as_they_come(house, connect):
    path = await connect()
    assert [(await house.post(path, json=CALL)).status for _ in range(3)] == [200, 200, 200]
    assert len(await house.rows()) == 3


async def test_a_new_connection_is_heard_within_a_second(house, connect):
    assert (await house.post("/hooks/unknown", json=CALL)).status == 404
    assert (await house.post(await connect(), json=CALL)).status == 200


@pytest.mark.parametrize("token", ["unknown", "x" * 500, "%00", "%FF%FE", "..%2Ftelegram", "🎈"])
async def test_unknown_addresses_are_404_whatever_is_said_there(house, token):
    said = await house.post(f"/hooks/{token}", data=b"x" * 300_000)
    assert said.status == 404
    assert said.document["error"]


async def test_a_body_over_the_limit_is_413_however_it_is_sent(house, connect):
    async def in_chunks():
        for _ in range(300):
            yield b"x" * 1024

    mango = await connect("mango", api_key="k", api_salt="s")
    assert (await house.post(mango, data=b"x" * 300 * 1024)).status == 413
    assert (await house.post(mango, data=in_chunks())).status == 413
    generic = await connect()
    assert (await house.post(generic, data=b"[" + b" " * 300 * 1024 + b"]")).status == 200
    assert (await house.post(generic, data=b" " * (1024 * 1024 + 1))).status == 413
    assert len(await house.rows()) == 1


async def test_a_lying_length_is_413_before_anything_is_read(house, connect):
    path = (await connect("mango", api_key="k", api_salt="s")).encode()
    answer = await house.say_raw(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\nx")
    assert answer.split()[1] == b"413"


async def test_a_broken_encoding_is_400(house, connect):
    path = await connect()
    headers = b" HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await house.say_raw(b"POST " + path.encode() + headers, b"zz\r\nnot a chunk\r\n")
    assert answer.split()[1] == b"400"


async def test_over_the_limit_is_429_before_the_signature_is_looked_at(house, connect):
    path = await connect(rate_limit="1", secret="s")
    answers = [(await house.post(path, data=b"{")).status for _ in range(40)]
    assert answers[:10] == [401] * 10  # a burst of ten seconds' worth
    assert 429 in answers
    late = next(said for said in [await house.post(path, data=b"{") for _ in range(20)] if said.status == 429)
    assert late.headers["Retry-After"] == "1"


async def test_no_limit_and_another_connections_limit_do_not_stop_anyone(house, connect):
    narrow, free = await connect(rate_limit="1"), await connect(rate_limit="0")
    for _ in range(30):
        await house.post(narrow, json=CALL)
    assert {(await house.post(free, json=CALL)).status for _ in range(30)} == {200}


async def test_a_bad_signature_is_401_before_the_body_is_read(house, connect):
    path = await connect(secret="s3cret")
    body, at = json.dumps(CALL).encode(), int(house.clock.now().timestamp())
    fine = {"X-Perezvon-Signature": signed("s3cret", body, at)}
    assert (await house.post(path, data=b"{broken")).status == 401
    assert (
        await house.post(path, data=body, headers={"X-Perezvon-Signature": signed("other", body, at)})
    ).status == 401
    old = {"X-Perezvon-Signature": signed("s3cret", body, at - 301)}
    assert (await house.post(path, data=body, headers=old)).status == 401
    assert (await house.post(path, data=body, headers=fine)).status == 200
    assert len(await house.rows()) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{not json", ""),
        (b"", ""),
        (json.dumps(CALL | {"started_at": "2026-11-20T10:00:00"}).encode(), "/started_at"),
        (json.dumps([CALL, CALL | {"type": "fax"}]).encode(), "/1/type"),
    ],
)
async def test_a_malformed_request_is_400_with_a_pointer_and_not_stored(house, connect, body, pointer):
    said = await house.post(await connect(), data=body)
    assert (said.status, said.document["pointer"]) == (400, pointer)
    assert said.document["error"]
    assert await house.rows() == []


async def test_what_cannot_be_stored_is_503_and_may_come_again(house, connect, monkeypatch):
    path = await connect()
    assert (await house.post(path, json=CALL)).status == 200

    def away(self):
        raise OperationalError("BEGIN", {}, Exception("disk is full"))

    with monkeypatch.context() as outage:
        outage.setattr(Database, "write", away)
        said = await house.post(path, json=CALL)
        assert (said.status, said.headers["Retry-After"]) == (503, "5")
    assert (await house.post(path, json=CALL)).status == 200
    assert len(await house.rows()) == 2


async def test_an_address_that_cannot_be_looked_up_is_503_not_404(house, connect, monkeypatch):
    path = await connect()

    def away(self):
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as outage:
        outage.setattr(Database, "glance", away)
        assert (await house.post(path, json=CALL)).status == 503
    assert (await house.post(path, json=CALL)).status == 200


async def test_orders_for_a_widget_that_is_off_are_told_and_kept_raw(house, connect):
    async with house.database.write() as c:
        await set_team(c, house.team_id, {"hours": "Mo-Fr 09:00-18:00"}, house.clock.now())
        await add_line(
            c,
            house.team_id,
            NewLine(number="night", name="Night", kind="widget", takes_off_hours_orders=False),
            house.clock.now(),
        )
    order = {"type": "order", "order_id": "w-1", "widget": "night", "client": "0671234567"}
    late, early = {"ordered_at": "2026-11-20T22:00:00+02:00"}, {"ordered_at": "2026-11-20T12:00:00+02:00"}
    said = await house.post(await connect(), json=[order | early, order | late | {"order_id": "w-2"}, CALL])
    assert said.status == 200
    assert said.document == {"ok": True, "accepted": 2, "refused": [{"index": 1, "code": "off_hours"}]}
    assert len(await house.rows()) == 1


async def test_mango_is_answered_in_its_own_way_under_its_own_paths(house, connect):
    path = await connect("mango", api_key="key", api_salt="salt")
    document = json.dumps(
        {"entry_id": "e1", "call_id": "c1", "timestamp": 1_790_000_000, "seq": 1, "location": "abonent"}
    )
    sign = hashlib.sha256(f"key{document}salt".encode()).hexdigest()
    form = {"vpbx_api_key": "key", "sign": sign, "json": document}
    said = await house.post(f"{path}/events/call", data=form)
    assert said.status == 200
    assert (await house.post(f"{path}/events/call", data=form | {"sign": "0" * 64})).status == 401
    [row] = await house.rows()
    assert row["path"] == "events/call"


async def test_ringostat_asks_by_get(house, connect):
    path = await connect("ringostat", timezone="Europe/Kyiv")
    query = {"uniqueid": "r1", "calldate": "2026-11-20 10:00:00", "disposition": "NO ANSWER", "caller": "380671234567"}
    assert (await house.get(path, params=query)).status == 200
    [row] = await house.rows()
    assert (row["method"], row["query"]["uniqueid"], row["body"]) == ("GET", "r1", b"")


async def test_a_key_in_the_address_is_checked_and_not_kept(house, connect):
    path = await connect("ringostat", auth_key="a-key")
    asked = {"uniqueid": "u-1", "event": "incoming_before", "token": "a-key"}
    assert (await house.get(path, params=asked)).status == 200
    assert (await house.get(path, params=asked | {"token": "another"})).status == 401
    assert [row["query"] for row in await house.rows()] == [{"uniqueid": "u-1", "event": "incoming_before"}]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD"])
async def test_other_methods_are_refused(house, connect, method):
    assert (await house.ask(method, await connect("ringostat"))).status == 405
    assert await house.rows() == []


async def test_odd_bytes_in_headers_and_queries_are_stored_all_the_same(house, connect):
    path = (await connect()).encode()
    body = json.dumps(CALL).encode()
    request = b"POST " + path + b"?a=%00%ff&b=%F0%9F%8E%88 HTTP/1.1\r\nHost: x\r\nX-Odd: caf\xe9\r\nContent-Length: "
    answer = await house.say_raw(request + str(len(body)).encode() + b"\r\n\r\n" + body)
    assert answer.split()[1] == b"200"
    assert (await house.rows())[0]["query"]["b"] == "🎈"
