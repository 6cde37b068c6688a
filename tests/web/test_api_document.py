"""The API is held to its own document: schemathesis asks what the document allows, and what it does not."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from handlers.web.api.openapi import document
from storage.engine import Database
from tests.web.api_stage import NOVEMBER, listening, seeded

# What a schema cannot say: that `to` is not before `from`, that the team has no such manager.
BEYOND_SCHEMAS = {"positive_data_acceptance"}
EXAMPLES = 10
LIVELY = {"callbacks": "total", "calls": "total", "missed": "calls.total", "team": "closed", "tickets": "created"}


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory):
    """(address, token) of an API in a thread of its own: schemathesis waits for its answers."""
    path = tmp_path_factory.mktemp("api") / "perezvon.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened: Future[tuple[str, str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve():
        database, done = Database(f"sqlite+aiosqlite:///{path}"), asyncio.Event()
        company = await seeded(database)
        async with listening(database, company.now) as api:
            token = await api.new_token(company.team_id)
            opened.set_result((api.url, token, asyncio.get_running_loop(), done))
            await done.wait()
        await database.dispose()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    url, token, loop, done = opened.result(timeout=50)
    yield url, token
    loop.call_soon_threadsafe(done.set)
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def session():
    with requests.Session() as opened:
        opened.trust_env = False  # a proxy of this machine is not the test's
        yield opened


def operations():
    """What a token of scope read may ask; tickets are made in test_api_making."""
    schema = schemathesis.openapi.from_dict(document())
    every = (found.ok() for found in schema.get_all_operations())
    return [operation for operation in every if operation.method == "get"]


def fits_on_a_line(case, url):
    """The web server refuses longer addresses in its own words, before anybody reads them."""
    asked = case.as_transport_kwargs(base_url=url)
    prepared = requests.Request(asked["method"], asked["url"], params=asked.get("params")).prepare()
    return len(prepared.url) < 8000


def of_november(case):
    """Of ten random periods, columns and rows few would be any figure."""
    case.query |= NOVEMBER
    return case


def checks():
    return [check for check in CHECKS.get_all() if check.__name__ not in BEYOND_SCHEMAS]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.path)
def test_every_answer_is_one_the_document_names(served, session, operation):
    url, token = served
    heard = set()
    bounded = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    # Without parameters nothing can be asked wrongly.
    modes = GenerationMode if operation.query or operation.path_parameters else [GenerationMode.POSITIVE]
    for mode in modes:
        cases = operation.as_strategy(generation_mode=mode)
        if mode is GenerationMode.POSITIVE and operation.path.endswith("/items"):
            cases = cases.map(of_november)

        @bounded
        @given(case=cases)
        def ask(case):
            headers = {"Authorization": f"Bearer {token}"}
            assume(fits_on_a_line(case, url))
            response = case.call(base_url=url, session=session, headers=headers)
            case.validate_response(response, checks=checks(), headers=headers, transport_kwargs={"session": session})
            heard.add(response.status_code)

        ask()
    assert 200 in heard


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.path)
def test_the_answers_about_a_lively_month_have_the_documented_shape(served, session, operation):
    """Random periods are mostly empty: here every list has rows."""
    url, token = served
    known = {each.name for each in operation.query}
    month = {name: day for name, day in NOVEMBER.items() if name in known}
    asked = [
        month,
        *([month | {"by_extension": "yes"}, month | {"hide_missed": "yes"}] if "hide_missed" in known else []),
    ]
    if "column" in known:
        asked = [each | {"column": LIVELY[operation.path.split("/")[-2]]} for each in asked]
    asked += [{"tab": "processed"}] if "tab" in known else []
    for query in asked:
        case = operation.Case(query=query, path_parameters={"id": 1} if operation.path_parameters else None)
        response = case.call(base_url=url, session=session, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 200
        assert response.json().get("items" if "column" in known else "rows") != []
        case.validate_response(response, checks=checks())


def test_the_document_is_served_without_a_token_and_names_every_address(served, session):
    url, _ = served
    said = session.get(f"{url}/api/v1/openapi.json")
    assert said.status_code == 200
    assert said.json() == document()
    assert len(said.json()["paths"]) == 17
