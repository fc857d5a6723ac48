"""Whatever is written arrives as written, and nothing written becomes a header."""

from __future__ import annotations

import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.contract import Outgoing
from regulars.channels.email.addresses import AddressUnusable, to_send
from regulars.channels.email.mime import Unsendable, build, letterhead

AT = 1_790_000_000
HEAD = letterhead("hello@shop.example", "Corner Coffee", "help@shop.example", "bounces@shop.example")
# Every character but halves of one; those have no bytes.
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
NAMES = {
    "from", "reply-to", "to", "subject", "date", "message-id", "x-regulars-id", "mime-version", "content-type",
    "content-transfer-encoding",
}  # fmt: skip


def mail_of(**more: object) -> Message:
    head = more.pop("head", HEAD)
    message = Outgoing(**{"id": "7f3a9c", "to": "ada@customer.example", "subject": "Hi", "text": "Hello", **more})  # type: ignore[arg-type]
    content = build(message, head, AT).content  # type: ignore[arg-type]
    head_part, _, body = content.partition(b"\r\n\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert all(len(line) <= 76 for line in head_part.split(b"\r\n") if b"=?utf-8?" in line)
    return email.message_from_bytes(content)


def header(mail: Message, name: str) -> str:
    return str(make_header(decode_header(mail[name]))) if "=?" in mail[name] else re.sub(r"\r\n ", " ", mail[name])


def lines(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


@given(subject=ANY, name=ANY, text=ANY, html=ANY, value=ANY)
def test_anything_written_arrives(subject: str, name: str, text: str, html: str, value: str) -> None:
    if any("\r" in v or "\n" in v for v in (subject, name, value)):
        with pytest.raises(Unsendable):
            mail_of(
                subject=subject,
                headers={"X-Note-Of-The-Shop-Itself": value},
                head=letterhead("hello@shop.example", name),
            )
        return
    mail = mail_of(
        subject=subject,
        text=text,
        html=html,
        headers={"X-Note-Of-The-Shop-Itself": value},
        head=letterhead("hello@shop.example", name),
    )
    assert {key.lower() for key in mail} <= NAMES | {"x-note-of-the-shop-itself"}
    assert len(mail.keys()) == len(set(mail.keys()))
    assert header(mail, "Subject") == subject
    assert header(mail, "X-Note-Of-The-Shop-Itself").strip() == value.strip()
    assert parseaddr(mail["From"])[1] == "hello@shop.example"
    assert str(make_header(decode_header(parseaddr(mail["From"])[0]))) == name if "=?" in mail["From"] else True
    parts = mail.get_payload() if mail.is_multipart() else [mail]
    wanted = [t for t in (text, html) if t] or [""]
    assert isinstance(parts, list)
    assert [p.get_content_type() for p in parts if isinstance(p, Message)] == [
        kind for kind, t in (("text/plain", text), ("text/html", html)) if t
    ] or not (text or html)
    for part, written in zip(parts, wanted, strict=True):
        assert isinstance(part, Message)
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        # A mail of one part ends with a line end, written or not.
        assert data.decode() in {lines(written), lines(written) + "\r\n"}


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=60))
def test_no_header_is_ever_added(name: str, value: str) -> None:
    try:
        mail = mail_of(headers={name: value}, id="a", subject=value, to="ada@customer.example")
    except Unsendable:
        return
    assert {key.lower() for key in mail} <= NAMES | {name.lower()}


@given(st.text(max_size=80) | st.from_regex(r"[a-zé.\"<>\r\n ]{1,20}@[a-zß.\r\n -]{1,20}", fullmatch=True))
def test_an_address_is_one_address_or_none(address: str) -> None:
    try:
        sent = to_send(address)
    except AddressUnusable:
        return
    assert not re.search(r"[\s<>,;:\x00-\x1f]", sent)
    assert sent.rpartition("@")[2].isascii()
    assert "@" not in sent.rpartition("@")[0]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Ada@Customer.Example", "Ada@customer.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@咖啡.example", "ada@xn--bur6r.example"),
        ("ada..b@docomo.example", '"ada..b"@docomo.example'),
        ("ada+news@customer.example", "ada+news@customer.example"),
    ],
)
def test_addresses(written: str, sent: str) -> None:
    assert to_send(written) == sent


def test_long_subjects_are_folded_and_names_with_signs_quoted() -> None:
    subject = "word " * 60 + "end"
    mail = mail_of(subject=subject, head=letterhead("hello@shop.example", 'Tea, "fresh" & Co.'))
    assert all(len(line) < 78 for line in mail["Subject"].split("\r\n"))
    assert header(mail, "Subject") == subject
    assert parseaddr(mail["From"]) == ('Tea, "fresh" & Co.', "hello@shop.example")


def test_a_strict_reader_sees_no_defect() -> None:
    content = build(
        Outgoing(id="7f3a9c", to="ada@customer.example", subject="新到的咖啡豆", text="你好", html="<p>=_7f3a9c</p>"),
        letterhead("hello@shop.example", "街角咖啡"), AT,
    ).content  # fmt: skip
    mail = email.message_from_bytes(content, policy=email.policy.strict)
    assert isinstance(mail, EmailMessage)
    assert mail["From"].addresses[0].display_name == "街角咖啡"
    assert mail["Subject"] == "新到的咖啡豆"
    assert mail["Date"].datetime.timestamp() == AT
    assert [p.get_content() for p in mail.iter_parts()] == ["你好", "<p>=_7f3a9c</p>"]
    assert not any(p.defects for p in mail.walk())


def test_a_message_may_have_its_own_reply_address() -> None:
    mail = mail_of(headers={"reply-to": "reply+7f3a9c@shop.example", "In-Reply-To": "<a@b.example>"})
    assert mail.get_all("Reply-To") == ["reply+7f3a9c@shop.example"]
    assert mail["In-Reply-To"] == "<a@b.example>"


@pytest.mark.parametrize("name", ["From", "BCC", "Content-Type", "DKIM-Signature", "X Y", "X:", "", "Subject", "é"])
def test_headers_that_may_not_be_given(name: str) -> None:
    with pytest.raises(Unsendable):
        mail_of(headers={name: "x"})
