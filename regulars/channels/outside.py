"""Asking an address that somebody outside chose, without becoming her way into the shop's own network.

The name is resolved once, every address it has must be a public one, and the connection goes to the address that was
looked at: a name that answers differently the second time (DNS rebinding) gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from regulars.channels import http
from regulars.channels.contract import Receipt

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Public by its number and yet the inside of a cloud: Azure's WireServer.
_INSIDE = frozenset(map(ipaddress.ip_address, ("168.63.129.16",)))
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(ValueError):
    """The address may not be asked; ``code`` says why: ``bad-url``, ``not-https``, ``private-address``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the shop lets through beyond public https: its own network, plain http."""

    private: bool = False
    plain: bool = False


def is_public(address: _Address) -> bool:
    """Return whether the address is one of the public internet, also when wrapped in IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.sixtofour is not None or address.teredo is not None:
            return False
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
    # is_global also leaves out 100.64.0.0/10, where Alibaba Cloud keeps its metadata (100.100.100.200).
    return address.is_global and not address.is_multicast and address not in _INSIDE


def resolve(host: str, port: int) -> list[_Address]:
    """Return the addresses of a name, IPv4 first; raise OSError if it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(ipaddress.ip_address(str(f[4][0]).partition("%")[0]) for f in found)
    return sorted(addresses, key=lambda a: a.version)


def _parsed(url: str, allowed: Allowance) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise Forbidden("bad-url") from None
    if parsed.scheme not in ("https", "http") or not parsed.host or parsed.userinfo:
        raise Forbidden("bad-url")
    if parsed.scheme == "http" and not allowed.plain:
        raise Forbidden("not-https")
    return parsed


def client(timeout_seconds: str) -> httpx.Client:
    """Return a client for addresses from outside: no proxy, which would do the resolving, and no shared connections.

    A connection is known by its number here, and two names at one number must not share a certificate check.
    """
    return httpx.Client(
        timeout=float(timeout_seconds),
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_keepalive_connections=0),
        headers={"user-agent": "Regulars"},
    )


def post(
    line: httpx.Client, url: str, body: bytes, headers: Mapping[str, str], *, allowed: Allowance, is_idempotent: bool
) -> http.Reply | Receipt:
    """Post to an address from outside; return the answer or the receipt if there was none.

    Raise Forbidden if the address may not be asked.
    """
    parsed = _parsed(url, allowed)
    host = parsed.raw_host.decode("ascii")
    try:
        addresses = resolve(host, parsed.port or (443 if parsed.scheme == "https" else 80))
    except (OSError, UnicodeError, ValueError):
        return Receipt("later", code="no-such-host")
    if not allowed.private and not all(map(is_public, addresses)):
        raise Forbidden("private-address")
    receipt = Receipt("later", code="no-such-host")
    for address in addresses[:3]:
        request = line.build_request(
            "POST",
            parsed.copy_with(host=str(address)),
            content=body,
            headers={**headers, "host": parsed.netloc.decode("ascii")},
            extensions={**_extensions(line), "sni_hostname": host},
        )
        reply = http.ask(line, request, is_idempotent=is_idempotent)
        if not isinstance(reply, Receipt) or reply.code != "no-connection":
            return reply
        receipt = reply
    return receipt


def _extensions(line: httpx.Client) -> dict[str, object]:
    return {"timeout": line.timeout.as_dict()}
