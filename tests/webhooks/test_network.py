from __future__ import annotations

import gzip
import socket

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from providers.crm.contract import HttpRequest
from providers.crm.network import MOST_READ, Answer, Network, Unheard, is_public


class Names(AbstractResolver):
    """A name server that a test has written."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked.append(host)
        if not self.addresses:
            raise OSError("no such name")
        return [
            {"hostname": host, "host": each, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            for each in self.addresses
        ]

    async def close(self):
        """Nothing is open."""


@pytest.fixture
async def networks():
    made: list[Network] = []

    def make(*addresses: str, may_be_private: bool = False) -> tuple[Network, Names]:
        names = Names(*addresses)
        made.append(Network(may_be_private=may_be_private, resolver=names))
        return made[-1], names

    yield make
    for network in made:
        await network.close()


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.5.4",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    ],
)
async def test_a_private_address_is_refused_before_anybody_is_asked(networks, host, receiver):
    network, names = networks("8.8.8.8")
    answer = await network.send(HttpRequest(url=f"http://{host}:{receiver.port}/"))
    assert isinstance(answer, Unheard)
    assert answer.is_final
    assert "private" in answer.reason
    assert (names.asked, receiver.heard) == ([], [])


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "localhost"])
async def test_no_other_spelling_of_this_machine_gets_through(host, receiver):
    network = Network()
    try:
        answer = await network.send(HttpRequest(url=f"http://{host}:{receiver.port}/"))
    finally:
        await network.close()
    assert isinstance(answer, Unheard)
    assert receiver.heard == []


async def test_a_name_that_leads_into_our_own_network_is_refused(networks, receiver):
    network, names = networks("127.0.0.1", "10.0.0.1")
    answer = await network.send(HttpRequest(url=f"http://hooks.example.com:{receiver.port}/"))
    assert answer == Unheard(
        "hooks.example.com is a private address: PEREZVON_WEBHOOKS_PRIVATE=yes allows them", is_final=True
    )
    assert (names.asked, receiver.heard) == (["hooks.example.com"], [])


async def test_where_it_is_meant_the_name_is_asked_once_and_the_connection_goes_there(networks, receiver):
    network, names = networks("127.0.0.1", may_be_private=True)
    answer = await network.send(HttpRequest(url=f"http://hooks.example.com:{receiver.port}/in", body=b"{}"))
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert names.asked == ["hooks.example.com"]
    assert receiver.heard[0].headers["Host"] == f"hooks.example.com:{receiver.port}"


async def test_an_unknown_name_is_no_final_word(networks):
    network, _ = networks()
    assert await network.send(HttpRequest(url="http://hooks.example.com/")) == Unheard("the name is not known")


async def test_a_server_without_tls_is_no_final_word(networks, receiver):
    network, _ = networks("127.0.0.1", may_be_private=True)
    answer = await network.send(HttpRequest(url=f"https://hooks.example.com:{receiver.port}/very-secret"))
    assert isinstance(answer, Unheard)
    assert not answer.is_final
    assert "secret" not in answer.reason


async def test_nobody_there_is_no_final_word_and_the_address_is_not_told(networks, receiver):
    await receiver.stop()
    network, _ = networks("127.0.0.1", may_be_private=True)
    answer = await network.send(HttpRequest(url=f"http://hooks.example.com:{receiver.port}/very-secret"))
    assert isinstance(answer, Unheard)
    assert (answer.is_final, answer.reason.partition(":")[0]) == (False, "no connection")
    assert "secret" not in answer.reason
    await receiver.start()


@pytest.mark.parametrize("url", ["http://", "ftp://example.com/", "http://[::1/", "nonsense"])
async def test_what_is_no_address_is_a_final_word(networks, url):
    network, _ = networks("8.8.8.8")
    answer = await network.send(HttpRequest(url=url))
    assert isinstance(answer, Unheard)
    assert answer.is_final


async def test_a_redirect_is_not_followed(networks, receiver):
    network, _ = networks("127.0.0.1", may_be_private=True)
    receiver.says.append(web.Response(status=302, headers={"Location": "/elsewhere"}))
    answer = await network.send(HttpRequest(url=f"{receiver.url}/in"))
    assert isinstance(answer, Answer)
    assert (answer.status, [heard.path for heard in receiver.heard]) == (302, ["/in"])


async def test_of_a_long_answer_only_the_beginning_is_read(networks, receiver):
    network, _ = networks("127.0.0.1", may_be_private=True)
    receiver.says.append(web.Response(body=b"x" * (MOST_READ * 3)))
    answer = await network.send(HttpRequest(url=f"{receiver.url}/in"))
    assert isinstance(answer, Answer)
    assert (answer.status, len(answer.body)) == (200, MOST_READ)


async def test_a_short_answer_that_unpacks_into_a_long_one_is_not_unpacked(networks, receiver):
    network, _ = networks("127.0.0.1", may_be_private=True)
    packed = gzip.compress(b"x" * 10_000_000)
    receiver.says.append(web.Response(body=packed, headers={"Content-Encoding": "gzip"}))
    answer = await network.send(HttpRequest(url=f"{receiver.url}/in"))
    assert isinstance(answer, Answer)
    assert answer.body == packed


async def test_the_status_counts_even_if_the_rest_never_comes(networks, receiver):
    async def breaks_off(request):
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"begun")
        request.transport.close()
        return response

    network, _ = networks("127.0.0.1", may_be_private=True)
    receiver.says.append(breaks_off)
    answer = await network.send(HttpRequest(url=f"{receiver.url}/in"))
    assert answer == Answer(status=200, body=b"begun", retry_after=None)


async def test_a_receiver_leaves_no_cookies_with_us(networks, receiver):
    network, _ = networks("127.0.0.1", may_be_private=True)
    receiver.says.append(web.Response(headers={"Set-Cookie": "who=you; Path=/"}))
    for _ in range(2):
        await network.send(HttpRequest(url=f"http://hooks.example.com:{receiver.port}/in"))
    assert "Cookie" not in receiver.heard[1].headers


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        *(("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True), ("64:ff9b::a00:1", False)),
        *(("2002:a00:1::1", False), ("198.18.0.1", False), ("fe80::1%eth0", False), ("255.255.255.255", False)),
    ],
)
def test_public_is_what_everybody_can_reach(address, expected):
    assert is_public(address) is expected
