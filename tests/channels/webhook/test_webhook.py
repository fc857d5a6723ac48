"""Outgoing webhooks, checked by the standard's own library. The receivers here are ours."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Receiver

from regulars.channels import outside
from regulars.channels.contract import Outgoing, SettingsError
from regulars.channels.webhook.outgoing import Webhook
from regulars.channels.webhook.standard import key_of, new_secret, signature
from tests.channels.vendors import vendor

SECRET, OLD = new_secret(), new_secret()
HERE = {"secret": SECRET, "allows_private": "on", "allows_plain": "on"}
EVENT = {"type": "customer.at_risk", "timestamp": "2026-11-23T10:00:00Z", "data": {"customer": "c1", "name": "王芳"}}


def _deliver(url: str, **settings: str) -> Any:
    with Webhook().open({**HERE, **settings}) as line:
        return line.deliver(Outgoing("msg_1", url, data=EVENT))


def test_the_standards_own_library_believes_us() -> None:
    with vendor(lambda asked: (204, b"")) as receiver:
        assert _deliver(receiver.url + "/in?a=1", previous_secret=OLD).outcome == "accepted"
        (asked,) = receiver.asked
    for secret in (SECRET, OLD):
        assert Receiver(secret).verify(asked.body, asked.headers) == EVENT
    with pytest.raises(Exception, match="matching"):
        Receiver(new_secret()).verify(asked.body, asked.headers)
    assert (asked.headers["webhook-id"], asked.query) == ("msg_1", {"a": "1"})
    assert asked.headers["host"] == receiver.url.removeprefix("http://")


def test_published_signature() -> None:
    # The example of the libraries' README of Standard Webhooks.
    body = b'{"test": 2432232314}'
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


@pytest.mark.parametrize(
    ("status", "outcome", "blame"),
    [(200, "accepted", ""), (410, "refused", "address"), (301, "later", ""), (404, "later", ""), (400, "later", "")],
)
def test_only_2xx_is_a_yes_and_only_410_a_no(status: int, outcome: str, blame: str) -> None:
    with vendor(lambda asked: (status, b"")) as receiver:
        receipt = _deliver(receiver.url)
        assert len(receiver.asked) == 1
    assert (receipt.outcome, receipt.blame) == (outcome, blame)


@pytest.mark.parametrize("secret", ["x", "whsec_", "whsec_c2hvcnQ=", "whsec_!!", "whsec_" + "QUFB" * 40])
def test_a_secret_that_is_none(secret: str) -> None:
    with pytest.raises(SettingsError) as caught, Webhook().open({"secret": secret}):
        pass
    assert caught.value.field == "secret"
    with pytest.raises(SettingsError) as caught, Webhook().open({"secret": SECRET, "previous_secret": secret}):
        pass
    assert caught.value.field == "previous_secret"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "not-https"),
        ("ftp://example.com/", "bad-url"),
        ("file:///etc/passwd", "bad-url"),
        ("nonsense", "bad-url"),
        ("https://", "bad-url"),
        ("https://user:secret@example.com/", "bad-url"),
        ("https://127.0.0.1/", "private-address"),
        ("https://127.1/", "private-address"),
        ("https://2130706433/", "private-address"),
        ("https://localhost:8000/", "private-address"),
        ("https://[::1]/", "private-address"),
        ("https://[::ffff:10.0.0.1]/", "private-address"),
        ("https://169.254.169.254/latest/meta-data/", "private-address"),
        ("https://100.100.100.200/", "private-address"),
    ],
)
def test_the_shops_own_network_is_out_of_reach(url: str, code: str) -> None:
    receipt = _deliver(url, allows_private="", allows_plain="")
    assert (receipt.outcome, receipt.blame, receipt.code) == ("refused", "address", code)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True), ("64:ff9b::5db8:d70e", True),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("168.63.129.16", False), ("100.64.0.1", False), ("fd00:ec2::254", False), ("fe80::1", False), ("::", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:7f00:1::", False), ("255.255.255.255", False),
    ],
)  # fmt: skip
def test_public_addresses(address: str, is_public: bool) -> None:
    import ipaddress

    assert outside.is_public(ipaddress.ip_address(address)) is is_public


def test_one_private_address_is_enough_and_a_name_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import ipaddress

    asked: list[str] = []

    def resolve(host: str, port: int) -> list[Any]:
        asked.append(host)
        return [ipaddress.ip_address("93.184.215.14"), ipaddress.ip_address("10.0.0.1")]

    monkeypatch.setattr(outside, "resolve", resolve)
    assert _deliver("https://rebind.example/", allows_private="").code == "private-address"
    assert asked == ["rebind.example"]


def test_it_connects_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    import ipaddress

    monkeypatch.setattr(outside, "resolve", lambda host, port: [ipaddress.ip_address("127.0.0.1")])
    with vendor(lambda asked: (200, b"")) as receiver:
        port = receiver.url.rpartition(":")[2]
        assert _deliver(f"http://no-such-name.invalid:{port}/x").outcome == "accepted"
        assert receiver.asked[0].headers["host"] == f"no-such-name.invalid:{port}"


def test_a_name_that_is_not_there() -> None:
    def nothing(host: str, port: int) -> list[Any]:
        raise OSError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outside, "resolve", nothing)
        assert _deliver("https://gone.example/").outcome == "later"


def test_the_body_is_plain_json() -> None:
    with vendor(lambda asked: (200, b"")) as receiver, Webhook().open(HERE) as line:
        line.deliver(replace(Outgoing("msg_1", receiver.url), data=EVENT))
        assert json.loads(receiver.asked[0].body) == EVENT
        assert "王芳".encode() in receiver.asked[0].body


def test_new_secrets_differ() -> None:
    assert SECRET != OLD
    assert len(base64.b64decode(SECRET.removeprefix("whsec_"))) == 32
