"""The one door by which our events leave: no redirects, no private addresses, ten seconds, a short ear."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from providers.crm.contract import HttpRequest

PATIENCE: Final = 10.0  # seconds, name, handshake and answer together
MOST_READ: Final = 256 * 1024
_CHUNK: Final = 16 * 1024
_NAT64: Final = IPv6Network("64:ff9b::/96")
_HEADERS: Final = {"User-Agent": "Perezvon (+webhooks)", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver said."""

    status: int
    body: bytes
    retry_after: str | None


@dataclass(frozen=True, slots=True)
class Unheard:
    """Why nothing was said; ``is_final``: nor will it be at another try."""

    reason: str
    is_final: bool = False


class PrivateTarget(Exception):
    """The address lies inside our own network, where a stranger's webhook has nothing to look for."""


class PublicOnly(AbstractResolver):
    """Names to public addresses; the connection goes to the very address that was looked at."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Only what is public of it; refuses a name that has nothing else."""
        found = await self._inner.resolve(host, port, family)
        public = [each for each in found if is_public(each["host"])]
        if found and not public:
            raise PrivateTarget(host)
        return public

    async def close(self) -> None:
        await self._inner.close()


class Network:
    """HTTP to the world outside. ``may_be_private``: receivers in our own network are meant."""

    def __init__(self, *, may_be_private: bool = False, resolver: AbstractResolver | None = None) -> None:
        self._may_be_private = may_be_private
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: HttpRequest) -> Answer | Unheard:
        """One try; trouble is a value."""
        try:
            self._look_at(request.url)
            return await self._send(request)
        except (PrivateTarget, aiohttp.NonHttpUrlClientError, ValueError) as error:  # InvalidURL is a ValueError
            return _refused(error)
        except (aiohttp.ClientError, OSError) as error:
            return Unheard(_told(error))

    async def close(self) -> None:
        """Close what is open."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _look_at(self, url: str) -> None:
        """An address in digits is asked of no resolver."""
        host = URL(url).raw_host or ""
        if not self._may_be_private and _is_address(host) and not is_public(host):
            raise PrivateTarget(host)

    async def _send(self, request: HttpRequest) -> Answer:
        how = {"data": request.body, "headers": dict(request.headers), "allow_redirects": False}
        async with self._open().request(request.method, request.url, **how) as response:  # type: ignore[arg-type]
            body = await _read(response.content)
            return Answer(status=response.status, body=body, retry_after=response.headers.get("Retry-After"))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            inner = self._resolver or ThreadedResolver()
            resolver = inner if self._may_be_private else PublicOnly(inner)
            self._session = aiohttp.ClientSession(
                # Asked anew for every connection: an address that was public yesterday need not be so today.
                connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False),
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                auto_decompress=False,  # a short answer that unpacks into a long one is not unpacked
            )
        return self._session


async def _read(content: aiohttp.StreamReader) -> bytes:
    """As much as we want to know; the status counts even if the rest never comes."""
    body = bytearray()
    try:
        while len(body) < MOST_READ and (chunk := await content.read(_CHUNK)):
            body += chunk
    except (aiohttp.ClientError, OSError):
        pass
    return bytes(body[:MOST_READ])


def is_public(address: str) -> bool:
    """Whether an address is everybody's: neither ours, nor the machine's, nor a net of a provider's own."""
    found = ip_address(address.partition("%")[0])
    inner = _inside(found)
    return found.is_global and not found.is_multicast and (inner is None or is_public(str(inner)))


def _inside(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to by a gateway."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _refused(error: Exception) -> Unheard:
    if isinstance(error, PrivateTarget):
        return Unheard(f"{error} is a private address: PEREZVON_WEBHOOKS_PRIVATE=yes allows them", is_final=True)
    return Unheard("the address or an option cannot be sent as it is", is_final=True)


def _told(error: Exception) -> str:
    """Without the address, which may hold a secret."""
    if isinstance(error, asyncio.TimeoutError):
        return f"no answer within {PATIENCE:.0f} s"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the name is not known"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "the certificate or the encryption is refused"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or type(error).__name__}"
    return f"no answer: {type(error).__name__}"
