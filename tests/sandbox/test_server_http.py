"""The wire itself: status codes, spellings of requests, the door /sim and its stream of events."""

import json
from datetime import timedelta

import aiohttp
import pytest
from aiogram.exceptions import TelegramNetworkError

from tests.sandbox.server_stage import BOT, OLGA, TARAS, TOKEN, keyboard, open_stage


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        yield opened


@pytest.fixture
async def http(stage):
    async with aiohttp.ClientSession(stage.server.url) as session:
        yield session


async def call(http, method, token=TOKEN, **how):
    async with http.post(f"/bot{token}/{method}", **how) as response:
        return response.status, response.headers, await response.json()


async def act(http, path, **body):
    async with http.post(f"/sim/{path}", json=body) as response:
        return response.status, await response.json()


async def look(http, path, **query):
    async with http.get(f"/sim/{path}", params=query) as response:
        return await response.json()


async def test_status_and_error_code_are_the_same_number(stage, http):
    stage.world.add_user("Eve", id=7)
    cases = [
        ("sendMessage", {"chat_id": 5, "text": "x"}, 400, "Bad Request: chat not found"),
        ("sendMessage", {"chat_id": 7, "text": "x"}, 403, "Forbidden: bot can't initiate conversation with a user"),
        ("sendPigeon", {}, 404, "Not Found"),
    ]
    for method, body, code, words in cases:
        status, _, answer = await call(http, method, json=body)
        assert (status, answer) == (code, {"ok": False, "error_code": code, "description": words})
    status, _, answer = await call(http, "getMe", token="42:wrong")
    assert (status, answer["error_code"], answer["description"]) == (401, 401, "Unauthorized")


async def test_a_429_says_when_in_header_and_body(stage, http):
    stage.world.faults.add("429", retry_after=9)
    status, headers, answer = await call(http, "sendMessage", json={"chat_id": stage.team, "text": "x"})
    assert (status, headers["Retry-After"], answer["parameters"]) == (429, "9", {"retry_after": 9})
    assert answer["description"] == "Too Many Requests: retry after 9"


async def test_too_large_a_body_is_413(stage, http):
    form = aiohttp.FormData({"chat_id": str(stage.team)})
    form.add_field("document", b"0" * (53 * 1024 * 1024), filename="big.bin")
    status, _, answer = await call(http, "sendDocument", data=form)
    assert (status, answer["description"]) == (413, "Request Entity Too Large")


async def test_methods_take_every_spelling_of_a_request(stage, http):
    body = {"chat_id": str(stage.team), "text": "x"}
    form = aiohttp.FormData(body)
    form.add_field("ignored", b"1", filename="f")
    for how in ({"json": body}, {"data": body}, {"params": body}, {"data": form}):
        status, _, answer = await call(http, "SENDMESSAGE", **how)
        assert (status, answer["result"]["text"]) == (200, "x")
    async with http.get(f"/bot{TOKEN}/getme") as response:
        assert (await response.json())["result"]["can_read_all_group_messages"] is False


async def test_broken_json_is_a_bad_request(stage, http):
    body = {"chat_id": stage.team, "text": "x", "reply_markup": "{nonsense"}
    status, _, answer = await call(http, "sendMessage", json=body)
    assert (status, answer["description"]) == (400, "Bad Request: can't parse reply keyboard markup JSON object")
    status, _, _ = await call(http, "sendMessage", data=b"{", headers={"Content-Type": "application/json"})
    assert status == 400


async def test_files_need_the_token(stage, http):
    async with http.get("/file/bot42:wrong/documents/file_1.txt") as response:
        assert response.status == 404


async def test_a_story_can_be_told_through_the_door(stage, http):
    _, anna = await act(http, "users", first_name="Anna", language_code="en")
    _, chat = await act(http, "chats", type="supergroup", title="Night", is_forum=True, members=[anna["id"], TARAS])
    assert (chat["bot_status"], chat["members"]) == ("left", [anna["id"], TARAS])
    _, chat = await act(http, f"chats/{chat['id']}/members", user_id=BOT, action="add")
    assert chat["bot_status"] == "member"
    _, topic = await act(http, f"chats/{chat['id']}/topics", name="Calls")
    _, closed = await act(http, f"chats/{chat['id']}/topics/{topic['id']}", closed=True)
    assert closed["topics"] == [{"id": topic["id"], "name": "Calls", "closed": True}]
    sent = await stage.bot.send_message(chat["id"], "card", reply_markup=keyboard("Take"))
    where = {"user_id": anna["id"], "chat_id": chat["id"], "message_id": sent.message_id}
    _, pressed = await act(http, "press", **where, text="Ta")
    await stage.bot.answer_callback_query(pressed["callback_query_id"], "Yours")
    (answer,) = await look(http, "answers", **pressed)
    assert (answer["text"], answer["user_id"]) == ("Yours", anna["id"])
    assert answer in await look(http, "answers", user_id=anna["id"], after_seq=answer["seq"] - 1)
    status, refused = await act(http, "press", **where, text="Handle")
    assert (status, refused["error"]) == (400, "no such button; there are: Take")
    assert (await look(http, "messages", chat_id=chat["id"]))[-1]["text"] == "card"
    last = (await look(http, "requests"))[-1]
    assert (last["method"], last["status"], last["params"]["text"]) == ("answerCallbackQuery", 200, "Yours")


async def test_the_rest_of_the_door(stage, http):
    _, said = await act(http, "say", user_id=OLGA, chat_id=OLGA, text="/start")
    assert said["entities"][0]["type"] == "bot_command"
    await act(http, "block", user_id=OLGA, blocked=True)
    assert "blocked by the user" in await stage.barred(stage.bot.send_message(OLGA, "x"))
    await act(http, "delete", chat_id=OLGA, message_id=said["message_id"])
    assert (await look(http, "messages", chat_id=OLGA))[0]["deleted"] is True
    _, now = await act(http, "clock", forward_seconds=60)
    assert now["now"] == stage.clock.now().isoformat() == "2026-11-20T12:01:00+00:00"
    _, fault = await act(http, "faults", method="sendMessage", kind="500", times=2)
    assert (fault["times"], fault["used"]) == (2, 0)
    async with http.delete("/sim/faults") as response:
        assert response.status == 200
    assert await look(http, "faults") == []
    assert (await act(http, "faults", kind="earthquake"))[0] == 400
    _, moved = await act(http, f"chats/{stage.team}/migrate")
    _, ruled = await act(http, f"chats/{moved['id']}/rules", may_write=False)
    assert (moved["type"], ruled["id"]) == ("supergroup", moved["id"])
    assert "not enough rights" in await stage.refusal(stage.bot.send_message(moved["id"], "x"))
    assert (await act(http, "say", user_id=5, chat_id=5, text="x"))[0] == 400
    assert (await act(http, "say", chat_id=5))[0] == 400
    state = await look(http, "state")
    assert (state["bot"]["id"], [user["name"] for user in state["users"]]) == (BOT, ["Olga", "Taras"])
    assert await look(http, "commands", chat_id=OLGA, user_id=OLGA) == []


async def test_changes_stream_as_they_happen_and_from_where_one_left_off(stage, http):
    await stage.bot.send_message(stage.team, "before")
    seq = stage.world.messages(stage.team)[-1]["seq"]
    async with http.get("/sim/events", params={"after_seq": seq - 1}) as stream:
        sent = await stage.bot.send_message(stage.team, "one")
        await stage.bot.edit_message_text("two", chat_id=stage.team, message_id=sent.message_id)
        stage.world.delete(stage.team, sent.message_id)
        stage.clock.forward(timedelta(seconds=1))
        changes = [await next_event(stream) for _ in range(5)]
    assert [change["type"] for change in changes] == ["message", "message", "edit", "delete", "clock"]
    assert [change["message"]["text"] for change in changes[:3]] == ["before", "one", "two"]
    numbers = [change["seq"] for change in changes]
    assert numbers == sorted(set(numbers))


async def next_event(stream):
    while True:
        line = (await stream.content.readline()).decode()
        if line.startswith("data: "):
            return json.loads(line[6:])


async def test_a_server_may_go_away_and_come_back_with_its_world(stage):
    await stage.bot.send_message(stage.team, "before")
    port = int(stage.server.url.rpartition(":")[2])
    await stage.server.stop()
    with pytest.raises(TelegramNetworkError):
        await stage.bot.send_message(stage.team, "during")
    await stage.server.start(port=port)
    await stage.bot.send_message(stage.team, "after")
    shown = [m["text"] for m in stage.world.messages(stage.team) if "text" in m]
    assert shown == ["before", "after"]
