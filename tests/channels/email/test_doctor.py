"""What is wrong with a domain is named, one finding for each thing to mend."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Sequence
from contextlib import closing

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from regulars.channels.contract import SettingsError
from regulars.channels.email.dkim import load_key, new_key, record_of
from regulars.channels.email.doctor import LookupFailed, SystemResolver, findings
from tests.channels.email.servers import BASE

SEED = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
SETTINGS = {**BASE, "host": "mail.shop.example", "dkim_key": SEED, "dkim_selector": "s1"}
GOOD = {
    "shop.example": ["verification=1", "v=spf1 include:_spf.provider.example ip4:192.0.2.1 -all"],
    "_spf.provider.example": ["v=spf1 a mx ~all"],
    "s1._domainkey.shop.example": [record_of(load_key(SEED))],
    "_dmarc.shop.example": ["v=DMARC1; p=none"],
}
ADDRESSES = {"mail.shop.example": ["8.8.4.4"], "out.shop.example": ["8.8.4.4"]}
NAMES = {"8.8.4.4": ["out.shop.example"]}


class Table:
    """A resolver that knows what it was given."""

    def __init__(self, texts: dict[str, list[str]] | None = None, addresses=ADDRESSES, names=NAMES) -> None:  # type: ignore[no-untyped-def]
        self.texts, self.addresses, self.names = {**GOOD, **(texts or {})}, addresses, names

    def txt(self, name: str) -> Sequence[str]:
        return self.texts.get(name, [])

    def a(self, name: str) -> Sequence[str]:
        return self.addresses.get(name, [])

    def ptr(self, ip: str) -> Sequence[str]:
        return self.names.get(ip, [])


def wrong(resolver: object, **settings: str) -> list[str]:
    return [f.name for f in findings({**SETTINGS, **settings}, resolver) if not f.is_ok]  # type: ignore[arg-type]


def test_a_domain_in_order() -> None:
    found = findings(SETTINGS, Table())
    assert [f.name for f in found] == ["spf", "dkim", "dmarc", "alignment", "ptr"]
    assert all(f.is_ok for f in found)


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ({"shop.example": []}, ["spf"]),
        ({"shop.example": ["v=spf1 -all", "v=spf1 ~all"]}, ["spf"]),
        ({"shop.example": ["v=spf1 +all"]}, ["spf"]),
        ({"shop.example": ["v=spf10 -all"]}, ["spf"]),
        ({"shop.example": ["v=spf1 " + "a:x.example " * 11 + "-all"]}, ["spf"]),
        ({"shop.example": ["v=spf1 include:shop.example -all"]}, ["spf"]),
        ({"s1._domainkey.shop.example": []}, ["dkim"]),
        ({"s1._domainkey.shop.example": [new_key().record]}, ["dkim"]),
        ({"s1._domainkey.shop.example": [record_of(load_key(SEED)) + "; t=y"]}, ["dkim"]),
        ({"s1._domainkey.shop.example": [record_of(load_key(SEED)).replace("p=11", "p=1 1")]}, []),
        ({"_dmarc.shop.example": []}, ["dmarc"]),
        ({"_dmarc.shop.example": ["v=DMARC1"]}, ["dmarc"]),
        ({"_dmarc.shop.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, ["dmarc"]),
    ],
)
def test_what_is_wrong_is_named(texts: dict[str, list[str]], names: list[str]) -> None:
    assert wrong(Table(texts)) == names


def test_alignment() -> None:
    spf = {"returns.other.example": ["v=spf1 -all"], "bounce.shop.example": ["v=spf1 -all"]}
    elsewhere = {"bounce_address": "b@returns.other.example"}
    assert wrong(Table(spf), **elsewhere) == []  # the signature is enough
    assert wrong(Table(spf), **elsewhere, dkim_key="") == ["alignment"]
    assert wrong(Table(spf), bounce_address="b@bounce.shop.example", dkim_key="") == []
    strict = Table({**spf, "_dmarc.shop.example": ["v=DMARC1; p=reject; aspf=s"]})
    assert wrong(strict, bounce_address="b@bounce.shop.example", dkim_key="") == ["alignment"]
    siblings = Table({**spf, "news.shop.example": ["v=spf1 -all"]})
    assert (
        wrong(siblings, from_address="a@news.shop.example", bounce_address="b@bounce.shop.example", dkim_key="") == []
    )


def test_the_reverse_name() -> None:
    assert wrong(Table(names={})) == ["ptr"]
    assert wrong(Table(names={"8.8.4.4": ["generic.provider.example"]})) == ["ptr"]
    assert wrong(Table(addresses={})) == ["ptr"]
    assert wrong(Table(), host="127.0.0.1") == []


def test_no_answer_is_said_and_the_rest_is_looked_at() -> None:
    class Silent(Table):
        def txt(self, name: str) -> Sequence[str]:
            raise LookupFailed("timeout")

    assert wrong(Silent()) == ["dns"] * 3


def test_settings_that_cannot_work() -> None:
    with pytest.raises(SettingsError):
        findings({**SETTINGS, "from_address": "shop"}, Table())


def test_the_real_resolver_asks_a_name_server() -> None:
    """A name server of one datagram after another, on this machine."""

    def answer(query: dns.message.Message) -> dns.message.Message:
        reply = dns.message.make_response(query)
        question = query.question[0]
        name = question.name.to_text()
        key = (name, question.rdtype.name)
        records = {
            ("shop.example.", "TXT"): ['"v=spf1 " "-all"'],
            ("mail.shop.example.", "A"): ["192.0.2.1"],
            ("mail.shop.example.", "AAAA"): ["2001:db8::1"],
            (f"{ipaddress.ip_address('192.0.2.1').reverse_pointer}.", "PTR"): ["mail.shop.example."],
        }
        if key in records:
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", key[1], *records[key]))
        else:
            reply.set_rcode(dns.rcode.SERVFAIL if name.startswith("broken") else dns.rcode.NXDOMAIN)
        return reply

    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)

        def serve() -> None:
            while (received := server.recvfrom(4096))[0] != b"stop":
                server.sendto(answer(dns.message.from_wire(received[0])).to_wire(), received[1])

        thread = threading.Thread(target=serve)
        thread.start()
        resolver = SystemResolver(seconds=2)
        resolver._resolver.nameservers = ["127.0.0.1"]
        resolver._resolver.port = server.getsockname()[1]
        try:
            assert resolver.txt("shop.example") == ["v=spf1 -all"]
            assert resolver.txt("nothing.example") == []
            assert resolver.a("mail.shop.example") == ["192.0.2.1", "2001:db8::1"]
            assert resolver.ptr("192.0.2.1") == ["mail.shop.example"]
            with pytest.raises(LookupFailed):
                resolver.txt("broken.example")
        finally:
            with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as last:
                last.sendto(b"stop", server.getsockname())
            thread.join(10)
