"""Leads of three CRMs: bodies put together by hand, and what their answers mean."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from providers.crm import KINDS, client, shown, trouble
from providers.crm.contract import OutgoingEvent

EVENT = OutgoingEvent(
    id="0b6a4d0e-3c1f-4a51-9f59-0d1b7f1f7c11",
    kind="ticket.created",
    at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),  # 1795161600
    sent_at=datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC),  # 1795161605
    team="Sales",
    payload={"client": "+380671234567", "name": "Анна К."},
    title="Заявка: +380671234567",
    text="Заявка: +380671234567\n\nЛиния: Продажи & сервис",
)
MACRO = {"url": "https://api.macroserver.ru", "domain": "example.com", "app_secret": "s3cret"}
AMO = {"url": "https://sales.amocrm.ru/", "access_token": "t0ken"}
BITRIX = {"url": "https://sales.bitrix24.ru/rest/1/c0de/"}
ALL = [("macrocrm", MACRO), ("amocrm", AMO), ("bitrix24", BITRIX)]


def told(kind, options, event=EVENT):
    request = client(kind, options).request(event)
    assert request is not None
    return request


def test_macrocrm_gets_a_form_signed_by_md5():
    request = told("macrocrm", MACRO)
    assert request.url == "https://api.macroserver.ru/estate/request/"
    assert request.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert dict(parse_qsl(request.body.decode(), strict_parsing=True)) == {
        "domain": "example.com",
        "time": "1795161605",
        "token": "8f0451b3c44d9daf154f16565c9f012e",  # printf example.com1795161605s3cret | md5sum
        "action": "buy",
        "name": "Анна К.",
        "phone": "+380671234567",
        "message": "Заявка: +380671234567\n\nЛиния: Продажи & сервис",
    }
    assert b"phone=%2B380671234567&" in request.body


def test_macrocrm_calls_the_client_only_if_it_is_told_to():
    body = told("macrocrm", MACRO | {"action": "callback"}).body
    assert b"&action=callback&" in body


@pytest.mark.parametrize("url", ["https://crm.example.com", "https://crm.example.com/estate/request/"])
def test_macrocrm_has_one_address_however_it_is_written(url):
    assert told("macrocrm", MACRO | {"url": url}).url == "https://crm.example.com/estate/request/"


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, b"", "sent"),
        (200, b'{"success":true}', "sent"),
        (200, b'{"error":false}', "sent"),
        (200, b'{"error":true,"message":"bad token"}', "dead"),
        (200, b'{"success":false}', "dead"),
        (200, b"[" * 100_000, "sent"),
        (500, b'{"error":true}', "retry"),
        (403, b"", "dead"),
    ],
)
def test_macrocrm_says_no_with_200_too(status, body, fate):
    assert client("macrocrm", MACRO).understood(status, body) == fate


def test_amocrm_gets_a_call_among_the_incoming_leads():
    request = told("amocrm", AMO | {"pipeline_id": "77"})
    assert request.url == "https://sales.amocrm.ru/api/v4/leads/unsorted/sip"
    assert dict(request.headers) == {"Content-Type": "application/json", "Authorization": "Bearer t0ken"}
    assert json.loads(request.body) == [
        {
            "source_name": "Perezvon",
            "source_uid": EVENT.id,
            "pipeline_id": 77,
            "created_at": 1795161600,
            "metadata": {
                "is_call_event_needed": True,
                "uniq": EVENT.id,
                "duration": 0,
                "service_code": "perezvon",
                "link": "https://sales.amocrm.ru/",
                "phone": "+380671234567",
                "called_at": 1795161600,
                "from": "Perezvon",
            },
            "_embedded": {
                "leads": [{"name": "Заявка: +380671234567"}],
                "contacts": [
                    {
                        "name": "Анна К.",
                        "custom_fields_values": [
                            {"field_code": "PHONE", "values": [{"value": "+380671234567", "enum_code": "WORK"}]}
                        ],
                    }
                ],
            },
        }
    ]


def test_amocrm_understands_by_status():
    fates = [client("amocrm", AMO).understood(status, b"{}") for status in (200, 400, 401, 429, 504)]
    assert fates == ["sent", "dead", "dead", "retry", "retry"]


def test_bitrix24_gets_a_lead():
    request = told("bitrix24", BITRIX | {"assigned_by_id": "5"})
    assert request.url == "https://sales.bitrix24.ru/rest/1/c0de/crm.lead.add.json"
    assert json.loads(request.body) == {
        "fields": {
            "TITLE": "Заявка: +380671234567",
            "NAME": "Анна К.",
            "PHONE": [{"VALUE": "+380671234567", "VALUE_TYPE": "WORK"}],
            "SOURCE_ID": "CALL",
            "COMMENTS": "Заявка: +380671234567\n\nЛиния: Продажи & сервис",
            "ORIGINATOR_ID": "perezvon",
            "ORIGIN_ID": EVENT.id,
            "ASSIGNED_BY_ID": 5,
        },
        "params": {"REGISTER_SONET_EVENT": "Y"},
    }


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, b'{"result":77,"time":{}}', "sent"),
        (503, b'{"error":"QUERY_LIMIT_EXCEEDED"}', "retry"),
        (200, b'{"error":"query_limit_exceeded"}', "retry"),
        (400, b'{"error":"OPERATION_TIME_LIMIT"}', "retry"),
        (400, b'{"error":"","error_description":"TITLE"}', "dead"),
        (200, b'{"error":"ACCESS_DENIED"}', "dead"),
        (401, b'{"error":"NO_AUTH_FOUND"}', "dead"),
        (502, b"<html>", "retry"),
    ],
)
def test_bitrix24_names_what_is_wrong(status, body, fate):
    assert client("bitrix24", BITRIX).understood(status, body) == fate


@pytest.mark.parametrize(("kind", "options"), ALL)
def test_a_client_without_a_name_is_called_by_his_number(kind, options):
    event = replace(EVENT, payload={"client": "+380671234567", "name": None})
    text = told(kind, options, event).body.decode()
    assert "None" not in text
    assert "Анна" not in text


@pytest.mark.parametrize(("kind", "options"), ALL)
@pytest.mark.parametrize("number", [None, "", "•••", "anonymous", "anna_1985", "@1985", 7, "12"])
def test_who_has_no_number_makes_no_lead(kind, options, number):
    assert client(kind, options).request(replace(EVENT, payload={"client": number, "name": "Anna"})) is None


@pytest.mark.parametrize(("kind", "options"), ALL)
def test_nothing_from_outside_breaks_a_request(kind, options):
    strange = {"client": "+380671234567", "name": 'a"\\\n\r&=\u202e\ud800 <b>'}
    assert told(kind, options, replace(EVENT, payload=strange)).body


@pytest.mark.parametrize(
    ("kind", "url", "events", "options", "named"),
    [
        ("plain", "https://a.example/x", ["case.opened", "message.sent"], {}, None),
        ("macrocrm", MACRO["url"], ["case.opened"], {"domain": "d", "app_secret": "s"}, None),
        ("plain", "ftp://a.example/x", [], {}, "URL"),
        ("plain", "a.example", [], {}, "URL"),
        ("plain", "https://a.example:99999/", [], {}, "URL"),
        ("plain", "https://a.example/x y", [], {}, "URL"),
        ("plain", "https://a.example/#x", [], {}, "URL"),
        ("plain", "https://a.example/", ["case.died"], {}, "case.died"),
        ("amocrm", AMO["url"], ["case.closed"], {"access_token": "t"}, "case.closed"),
        ("macrocrm", MACRO["url"], [], {"domain": "d"}, "app_secret"),
        ("bitrix24", BITRIX["url"], [], {"token": "t"}, "token"),
        ("bitrix24", BITRIX["url"], [], {"assigned_by_id": "Anna"}, "assigned_by_id"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_said_in_a_sentence(kind, url, events, options, named):
    found = trouble(kind, url, events, options)
    assert (found is None) if named is None else (found is not None and named in found)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://crm.example.com", "https://crm.example.com"),
        ("https://crm.example.com/", "https://crm.example.com"),
        ("https://user:password@crm.example.com:8443/rest/1/c0de/?token=x", "https://crm.example.com:8443/…"),
        ("http://[::1]:80/x", "http://[::1]:80/…"),
    ],
)
def test_of_an_address_only_so_much_is_shown_as_is_no_secret(url, expected):
    assert shown(url) == expected


def test_every_kind_says_what_it_is_told_by_default():
    assert {kind: made.events[0] for kind, made in KINDS.items() if kind != "plain"} == {
        "macrocrm": "ticket.created",
        "amocrm": "ticket.created",
        "bitrix24": "ticket.created",
    }
