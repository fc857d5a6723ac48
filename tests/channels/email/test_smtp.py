"""What a receipt says after every way a mail server can answer, fall silent or hang up."""

from __future__ import annotations

import email
import email.policy
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from regulars.channels.contract import ADAPTERS, Outgoing, Receipt, SettingsError
from regulars.channels.email import declare
from regulars.channels.email.connection import Patience
from regulars.channels.email.mime import build, letterhead
from regulars.channels.email.smtp import REST, Smtp
from tests.channels.email.certificates import certificate
from tests.channels.email.servers import BASE, Inbox, cutting, listening, scripted
from tests.serving import free_port

MESSAGE = Outgoing(
    id="7f3a9c", to="ada@customer.example", subject="新到的咖啡豆", text="Hello Ada", html="<p>Hello Ada</p>"
)
SHORT = Patience(connect=0.3, command=0.3, final=0.3)


def settings(port: int, **more: str) -> dict[str, str]:
    return {**BASE, "port": str(port), **more}


def deliver(port: int, *messages: Outgoing, patience: Patience | None = None, **more: str) -> list[Receipt]:
    with Smtp(patience).open(settings(port, **more)) as line:
        return [line.deliver(message) for message in messages]


def test_the_adapter_is_known() -> None:
    declare()
    assert isinstance(ADAPTERS["email", "smtp"], Smtp)


def test_a_mail_arrives_as_written() -> None:
    with listening(inbox := Inbox()) as port:
        (receipt,) = deliver(port, MESSAGE)
    assert receipt == Receipt("accepted", "4Xyz12", "2.0.0", "2.0.0 Ok: queued as 4Xyz12")
    (envelope,) = inbox.mails
    assert envelope.mail_from == "bounces+7f3a9c@shop.example"
    assert envelope.rcpt_tos == ["ada@customer.example"]
    mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
    assert mail["Subject"] == "新到的咖啡豆"
    assert mail["From"] == "Corner Coffee <hello@shop.example>"
    assert mail["Message-ID"] == "<7f3a9c@shop.example>"
    assert mail["X-Regulars-Id"] == "7f3a9c"
    assert [part.get_content().strip() for part in mail.iter_parts()] == ["Hello Ada", "<p>Hello Ada</p>"]


@pytest.mark.parametrize("offers", [("PIPELINING",), ()])
def test_many_mails_take_one_connection(offers: tuple[str, ...]) -> None:
    many = [replace(MESSAGE, id=f"m{n}", to=f"c{n}@customer.example") for n in range(20)]
    inbox = Inbox(offers)
    inbox.answers["c7@customer.example"] = "550 5.1.1 No such user"
    with listening(inbox) as port:
        receipts = deliver(port, *many)
    assert [n for n, r in enumerate(receipts) if r.outcome != "accepted"] == [7]
    assert len(inbox.mails) == 19
    assert len(inbox.sessions) == 1


def test_lines_that_begin_with_a_dot_stay() -> None:
    with listening(inbox := Inbox()) as port:
        deliver(port, replace(MESSAGE, text=".\n..\n.a\nend", html=""))
    content = inbox.mails[0].original_content
    mail = email.message_from_bytes(content or b"", policy=email.policy.default)
    assert mail.get_content() == ".\r\n..\r\n.a\r\nend\r\n"


@pytest.mark.parametrize("offers", ["PIPELINING", ""])
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({"hello": None}, "later"),
        ({"hello": "554 not today"}, "later"),
        ({"MAIL": None}, "later"),
        ({"RCPT": None}, "later"),
        ({"DATA": None}, "later"),
        ({"middle": None}, "later"),
        ({"dot": None}, "unknown"),
        ({"hello": "silence"}, "later"),
        ({"MAIL": "silence"}, "later"),
        ({"RCPT": "silence"}, "later"),
        ({"DATA": "silence"}, "later"),
        ({"dot": "silence"}, "unknown"),
        ({"dot": "what?"}, "unknown"),
        ({"dot": "354 go on"}, "unknown"),
        ({"dot": "250-and nothing more"}, "unknown"),
        ({"MAIL": "what?"}, "later"),
        ({"MAIL": "421 4.3.2 closing"}, "later"),
        ({"RCPT": "421 4.3.2 closing"}, "later"),
        ({"dot": "421 4.3.2 closing"}, "later"),
        ({"RCPT": "450 4.2.0 greylisted", "DATA": "503 no recipient"}, "later"),
        ({"RCPT": "550 5.1.1 unknown", "DATA": "354 go"}, "refused"),
        ({"dot": "451 4.3.0 try again"}, "later"),
        ({"dot": "554 5.7.1 spam"}, "refused"),
        ({}, "accepted"),
    ],
)  # fmt: skip
def test_the_position_decides(script: dict[str, Any], outcome: str, offers: str) -> None:
    # Big enough that the first bytes are read, and the line cut, while the rest is still to be sent.
    message = replace(MESSAGE, text="word " * 1_000_000) if "middle" in script else MESSAGE
    with scripted(script, offers) as (_, port):
        (receipt,) = deliver(port, message, patience=SHORT)
    assert receipt.outcome == outcome


@pytest.mark.parametrize("size", [100, 400_000])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999, 1.0])
def test_a_mail_whose_end_the_server_saw_is_never_sent_again(size: int, share: float) -> None:
    """Whatever is read before the line is cut: "later" is only said if the final dot was not among it."""
    message = replace(MESSAGE, text="x" * size, html="")
    whole = len(
        build(message, letterhead(BASE["from_address"], BASE["from_name"], "", BASE["bounce_address"]), 0).content
    )
    for before_the_end in (-3, -2, -1, 0) if share == 1.0 else (0,):
        wanted = int((whole + 3) * share) + before_the_end
        with cutting(wanted) as (seen, port):
            (receipt,) = deliver(port, message)
        assert receipt.outcome in {"later", "unknown"}
        if seen and seen[0].endswith(b"\r\n.\r\n"):
            assert receipt.outcome == "unknown"
        if size > 100 and share == 0:
            assert receipt.outcome == "later"


@pytest.mark.parametrize(
    ("word", "answer", "blame", "code"),
    [
        ("RCPT", "550 5.1.1 <ada@customer.example>: user unknown", "address", "5.1.1"),
        ("RCPT", "550 5.1.10 Recipient not found", "address", "5.1.10"),
        ("RCPT", "552 5.2.2 mailbox full", "address", "5.2.2"),
        ("RCPT", "550 Mailbox unavailable", "address", "550"),
        ("RCPT", "550 5.7.1 Client host blocked using Spamhaus", "provider", "5.7.1"),
        ("RCPT", "554 5.7.1 relay access denied", "provider", "5.7.1"),
        ("RCPT", "550 host 10.5.1.1 is on our blocklist", "provider", "550"),
        ("MAIL", "552 5.3.4 message too big", "message", "5.3.4"),
        ("MAIL", "553 5.1.8 sender domain not found", "sender", "5.1.8"),
        ("MAIL", "530 5.7.0 authentication required", "sender", "5.7.0"),
        ("dot", "552 5.2.3 message too long", "message", "5.2.3"),
        ("dot", "554 5.6.0 malformed", "message", "5.6.0"),
        ("dot", "550 5.7.515 Access denied, does not meet the level of authentication", "sender", "5.7.515"),
        ("dot", "550-5.7.26 unauthenticated\r\n550 5.7.26 mail", "sender", "5.7.26"),
        ("dot", "554 rejected as spam", "provider", "554"),
        ("dot", "550 5.0.0 no such user", "address", "5.0.0"),
    ],
)
def test_a_refusal_names_whose_fault_it_was(word: str, answer: str, blame: str, code: str) -> None:
    script = {word: answer}
    if word != "dot":
        script["DATA"] = "503 5.5.1 no"
    if word == "MAIL":
        script["RCPT"] = "503 5.5.1 no"
    with scripted(script) as (server, port):
        (receipt,) = deliver(port, MESSAGE)
    assert (receipt.outcome, receipt.blame, receipt.code) == ("refused", blame, code)
    assert "ada@" not in receipt.detail
    assert ("RSET" in server.heard) == (word != "dot")


@pytest.mark.parametrize("goodbye", [None, "421 4.4.2 idle too long"])
def test_a_server_that_hung_up_between_mails_is_called_again(goodbye: str | None) -> None:
    with scripted({"MAIL": ["250 Ok", goodbye, "250 Ok"]}) as (server, port):
        receipts = deliver(port, MESSAGE, MESSAGE, MESSAGE)
    assert [r.outcome for r in receipts] == ["accepted"] * 3
    assert server.connections == 2


def test_a_mail_after_a_broken_line_takes_a_new_one() -> None:
    with scripted({"dot": [None, "250 Ok"]}) as (server, port):
        receipts = deliver(port, MESSAGE, MESSAGE)
    assert [r.outcome for r in receipts] == ["unknown", "accepted"]
    assert server.connections == 2


def test_a_server_that_does_not_answer_is_left_alone_for_a_while() -> None:
    receipts = deliver(free_port(), MESSAGE, MESSAGE)
    assert {r.outcome for r in receipts} == {"later"}
    assert all(r.retry_after and 0 < r.retry_after <= REST for r in receipts)
    with scripted({"hello": None}) as (server, port):
        deliver(port, *[MESSAGE] * 10)
    assert server.connections == 1


def test_what_cannot_be_sent_is_refused_without_a_word_to_the_server() -> None:
    bad = [
        (replace(MESSAGE, subject="a\r\nBcc: x@y.example"), "message"),
        (replace(MESSAGE, headers={"List-Id": "a\nBcc: x@y.example"}), "message"),
        (replace(MESSAGE, headers={"Bcc": "x@y.example"}), "message"),
        (replace(MESSAGE, headers={"X\r\nBcc": "x@y.example"}), "message"),
        (replace(MESSAGE, id="a\r\nb"), "message"),
        (replace(MESSAGE, text="\ud800"), "message"),
        (replace(MESSAGE, to="ada@customer.example>\r\nRCPT TO:<x@y.example"), "address"),
        (replace(MESSAGE, to="ada@customer.example\n"), "address"),
        (replace(MESSAGE, to="nobody"), "address"),
    ]
    with scripted({}) as (server, port):
        receipts = deliver(port, *(message for message, _ in bad))
    assert [(r.outcome, r.blame) for r in receipts] == [("refused", blame) for _, blame in bad]
    assert not any(line.startswith("MAIL") for line in server.heard)


def test_international_addresses() -> None:
    domain = replace(MESSAGE, to="ada@咖啡.example")
    local = replace(MESSAGE, to="王芳@咖啡.example")
    with listening(inbox := Inbox(), enable_SMTPUTF8=True) as port:
        assert [r.outcome for r in deliver(port, domain, local)] == ["accepted"] * 2
    assert [e.rcpt_tos for e in inbox.mails] == [["ada@xn--bur6r.example"], ["王芳@xn--bur6r.example"]]
    with listening(Inbox(), enable_SMTPUTF8=False) as port:
        receipts = deliver(port, domain, local)
    assert [(r.outcome, r.blame) for r in receipts] == [("accepted", ""), ("refused", "address")]


def test_addresses_with_two_dots_are_quoted() -> None:
    with scripted({}) as (server, port):
        deliver(port, replace(MESSAGE, to="ada..b.@docomo.example"))
    assert 'RCPT TO:<"ada..b."@docomo.example>' in server.heard


# -- TLS and login


def _tls(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    cert, key = certificate(folder, "localhost")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(cert))


def _login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
    from aiosmtpd.smtp import AuthResult

    return AuthResult(success=data.login == b"shop" and data.password == b"secret", handled=False)


def test_starttls_and_login(tmp_path: Path) -> None:
    server, client = _tls(tmp_path)
    adapter = Smtp(context=client)
    inbox = Inbox()
    with listening(inbox, tls_context=server, require_starttls=True, authenticator=_login, auth_required=True) as port:
        right = settings(port, host="localhost", security="starttls", username="shop", password="secret")
        with adapter.open(right) as line:
            assert line.deliver(MESSAGE).outcome == "accepted"
        assert [(f.name, f.is_ok) for f in adapter.check(right)] == [
            ("dkim", True), ("connection", True), ("tls", True), ("login", True),
        ]  # fmt: skip
        wrong = {**right, "password": "guess"}
        with adapter.open(wrong) as line:
            receipts = [line.deliver(MESSAGE) for _ in range(3)]
        assert {(r.outcome, r.blame) for r in receipts} == {("refused", "sender")}
        assert [f.name for f in adapter.check(wrong) if not f.is_ok] == ["login"]
        stranger = Smtp()  # does not know who made the certificate
        with stranger.open(right) as line:
            assert line.deliver(MESSAGE).outcome == "later"
        assert [f.name for f in stranger.check(right) if not f.is_ok] == ["tls"]


def test_tls_from_the_start(tmp_path: Path) -> None:
    server, client = _tls(tmp_path)
    inbox = Inbox()
    with listening(inbox, ssl_context=server) as port:
        right = settings(port, host="localhost", security="tls")
        with Smtp(context=client).open(right) as line:
            big = replace(MESSAGE, text="街角咖啡 " * 100_000)
            assert [line.deliver(m).outcome for m in (MESSAGE, big, MESSAGE)] == ["accepted"] * 3
        assert all(f.is_ok for f in Smtp(context=client).check(right))
    assert len(inbox.sessions) == 1


def test_a_server_without_what_is_required_is_a_matter_of_settings() -> None:
    adapter = Smtp()
    with scripted({}) as (_, port):
        with pytest.raises(SettingsError, match="STARTTLS"), adapter.open(settings(port, security="starttls")):
            pass
        with pytest.raises(SettingsError, match="no login"), adapter.open(settings(port, username="shop")):
            pass
        assert [f.name for f in adapter.check(settings(port, security="starttls")) if not f.is_ok] == ["security"]
    assert [f.is_ok for f in adapter.check(settings(free_port()))] == [True, False]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", ""), ("host", "mail server"), ("port", "0"), ("port", "x"), ("security", "some"),
        ("from_address", "shop"), ("from_address", "店@shop.example"), ("reply_to", "x"), ("bounce_address", "x@"),
        ("bounce_address", "returned-mail-of-the-shop@shop.example"), ("bounce_address", "a..b@shop.example"),
        ("from_name", "a\nb"), ("dkim_key", "no key"), ("dkim_domain", "not a domain"), ("dkim_selector", ""),
    ],
)  # fmt: skip
def test_settings_that_cannot_work(field: str, value: str) -> None:
    good = settings(25, dkim_key="nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", dkim_selector="s1")
    with pytest.raises(SettingsError) as problem, Smtp().open({**good, field: value}):
        pass
    assert problem.value.field == field
    assert [f.name for f in Smtp().check({**good, field: value})] == [field]


def test_a_password_is_not_sent_in_the_open() -> None:
    with (
        pytest.raises(SettingsError, match="without encryption"),
        Smtp().open(settings(25, host="mail.shop.example", username="shop", password="secret")),
    ):
        pass
