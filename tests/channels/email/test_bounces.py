"""What comes back is understood in every server's dialect, and never costs a person what is not her fault."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.contract import Report
from regulars.channels.email.bounces import read, stop_link
from regulars.channels.email.replies import own_words
from regulars.channels.email.statuses import severity_of
from tests.channels.email import samples

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
OURS = {"7f3a9c"}


def reports(text: str) -> list[Report]:
    return read(text.encode(), AT, OURS.__contains__)


def short(text: str) -> list[tuple[str, str, str, str, str]]:
    return [(r.kind, r.address, r.message_id, r.severity, r.code) for r in reports(text)]


@pytest.mark.parametrize(
    ("mail", "found"),
    [
        (samples.POSTFIX, [("bounced", "ada@customer.example", "7f3a9c", "hard", "5.1.1")]),
        (samples.POSTFIX_TWO, [
            ("bounced", "ada@customer.example", "7f3a9c", "hard", "5.1.1"),
            ("bounced", "ben@customer.example", "7f3a9c", "soft", "4.2.2"),
            ("delivered", "cleo@customer.example", "7f3a9c", "", "2.1.5"),
        ]),
        (samples.EXIM_REPORT, [("bounced", "ada@customer.example", "7f3a9c", "hard", "550")]),
        (samples.EXIM_TEXT, [("bounced", "ada@customer.example", "7f3a9c", "block", "5.7.1")]),
        (samples.EXCHANGE, [("bounced", "ada@customer.example", "7f3a9c", "hard", "5.1.10")]),
        (samples.QMAIL, [
            ("bounced", "ada@customer.example", "7f3a9c", "hard", "5.1.1"),
            ("bounced", "ben@customer.example", "7f3a9c", "soft", "5.2.2"),
        ]),
        (samples.INTERNATIONAL, [("bounced", "ada@customer.example", "7f3a9c", "hard", "5.1.1")]),
        (samples.COMPLAINT, [("complained", "ada@customer.example", "7f3a9c", "", "abuse")]),
        (samples.COMPLAINT.replace("abuse\nUser", "not-spam\nUser"), []),
        (samples.COMPLAINT.replace("Original-Rcpt-To: <ada@customer.example>\n", ""), [
            ("complained", "", "7f3a9c", "", "abuse"),
        ]),
    ],
)  # fmt: skip
def test_dialects(mail: str, found: list[tuple[str, str, str, str, str]]) -> None:
    assert short(mail) == found
    assert short(mail.replace("\n", "\r\n")) == found


def test_an_id_that_is_not_ours_is_not_reported() -> None:
    forged = samples.POSTFIX.replace("7f3a9c", "abcdef")
    assert [(r.address, r.message_id) for r in reports(forged)] == [("ada@customer.example", "")]


def test_each_report_of_a_mail_has_its_own_lasting_event_id() -> None:
    first, second = reports(samples.POSTFIX_TWO), reports(samples.POSTFIX_TWO)
    assert first == second
    assert len({r.event_id for r in first}) == 3


@pytest.mark.parametrize(
    ("status", "diagnostic", "severity"),
    [
        *((f"5.1.{n}", "", "hard") for n in (0, 1, 2, 3, 6, 10)),
        *((code, "", "soft") for code in ("4.2.2", "5.2.2", "5.3.1", "5.4.5", "5.2.1", "4.4.7", "5.4.1", "5.1.4", "")),
        *((code, "", "block") for code in ("5.7.1", "5.7.26", "5.7.515", "4.7.0")),
        *((code, "", "message") for code in ("5.2.3", "5.3.4", "5.6.0", "5.6.1")),
        ("5.0.0", "smtp; 550 5.1.1 no such user", "hard"),
        ("5.0.0", "smtp; 550 no such user", "hard"),
        ("5.0.0", "smtp; 550 user unknown, blocked by Spamhaus", "block"),
        ("5.0.0", "smtp; 554 rejected due to policy", "block"),
        ("5.0.0", "smtp; 552 message size limit exceeded", "message"),
        ("5.0.0", "smtp; 550 mailbox is full", "soft"),
        ("5.0.0", "smtp; 450 user unknown, try later", "soft"),
        ("", "could not connect to 10.5.1.1 for 3 days", "soft"),
        ("5.7.1", "smtp; 550 5.1.1 user unknown", "block"),
        ("5.0.0", "something happened", "soft"),
    ],
)
def test_severity(status: str, diagnostic: str, severity: str) -> None:
    assert severity_of(status, diagnostic)[0] == severity


def test_a_reply_is_what_the_person_wrote() -> None:
    (report,) = reports(samples.REPLY)
    assert (report.kind, report.address, report.message_id) == ("said", "fang@customer.example", "7f3a9c")
    assert report.subject == "回复：New beans"
    assert report.text == ("Is the Yirgacheffe back?\n> not a quotation of yours\nAnd please do not unsubscribe me.")


@pytest.mark.parametrize("header", [
    "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; owner=x", "Precedence: bulk", "X-Autoreply: yes",
    "Return-Path: <>", "List-Id: <coffee.lists.example>", "X-Regulars-Id: 7f3a9c",
])  # fmt: skip
def test_machines_say_nothing(header: str) -> None:
    wish = samples.WISH.format(to="unsubscribe+7f3a9c@shop.example", subject="", text="stop")
    assert reports(f"{header}\n{samples.REPLY}") == []
    assert reports(f"{header}\n{wish}") == []


def test_an_absence_is_never_a_wish_to_stop() -> None:
    assert reports(samples.ABSENCE) == []
    assert reports(samples.REPLY.replace("Subject: ", "Subject: 自动回复：")) == []
    assert len(reports(samples.ABSENCE.replace("auto-replied", "no"))) == 1


@pytest.mark.parametrize(
    ("to", "subject", "text", "kind"),
    [
        ("unsubscribe@shop.example", "unsubscribe", "", "stopped"),
        ("unsubscribe@shop.example", "", "", "stopped"),
        ("unsubscribe@shop.example", "Re: hello", "Unsubscribe me, but tell me why", "said"),
        ("unsubscribe@shop.example", "hello", "Unsubscribe me, please", "stopped"),
        ("unsubscribe@shop.example", "My parcel", "Where is it?", "said"),
        ("unsubscribe+7f3a9c@shop.example", "My parcel", "Where is it?", "stopped"),
        ("unsubscribe+forged@shop.example", "My parcel", "Where is it?", "said"),
        ("hello@shop.example", "unsubscribe forged", "Where is it?", "said"),
        ("hello@shop.example", "Re: unsubscribe 7f3a9c", "Where is it?", "said"),
        ("hello@shop.example", "Re: New beans", "STOP.", "stopped"),
        ("hello@shop.example", "Re: New beans", "退订", "stopped"),
        ("hello@shop.example", "unsubscribe", "Why did I have to wait so long?", "said"),
        ("hello@shop.example", "Re: New beans", "Please stop by when you are near", "said"),
    ],
)
def test_a_wish_to_stop(to: str, subject: str, text: str, kind: str) -> None:
    (report,) = reports(samples.WISH.format(to=to, subject=subject, text=text))
    assert (report.kind, report.address) == (kind, "ada@customer.example")
    assert report.message_id == ("7f3a9c" if "7f3a9c" in to else "")


@pytest.mark.parametrize("text", ["", "This was sent by a mail program.", "Where is it?"])
def test_the_link_of_a_mail_program_is_a_wish_to_stop(text: str) -> None:
    link = urlsplit(stop_link("hello@shop.example", "7f3a9c"))
    subject = parse_qs(link.query)["subject"][0]
    (report,) = reports(samples.WISH.format(to=link.path, subject=subject, text=text))
    assert (report.kind, report.message_id) == ("stopped", "7f3a9c")
    machine = "Auto-Submitted: auto-replied\n" + samples.WISH.format(to=link.path, subject=subject, text=text)
    assert reports(machine) == []


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Thanks!\n\n-----Original Message-----\nFrom: shop\nHello", "Thanks!"),
        ("谢谢\n\n------------------ 原始邮件 ------------------\n发件人: shop", "谢谢"),
        ("谢谢\n在 2026年9月1日 10:00，Corner Coffee <hello@shop.example> 写道：\n> 你好\n", "谢谢"),
        ("Thanks\n\nFrom: shop\nSent: Tuesday\nTo: Ada\nSubject: x\n\nHello", "Thanks"),
        ("From: my heart\nthank you", "From: my heart\nthank you"),
        ("On Monday I wrote:\nwhere is it?", "On Monday I wrote:\nwhere is it?"),
        ("> Do you like it?\nYes", "> Do you like it?\nYes"),
        ("Yes\n> Do you like it?\n", "Yes"),
        ("> only quoted", "> only quoted"),
        ("a\n" + "_" * 30 + "\nmy signature", "a\n" + "_" * 30 + "\nmy signature"),
    ],
)
def test_quotations_are_cut_with_care(text: str, own: str) -> None:
    assert own_words(text) == own


def test_an_html_reply_is_read_as_text() -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = '"boss@shop.example" <ada@customer.example>', "hello@shop.example"
    mail.set_content(
        "<html><head><style>p{}</style></head><body><!-- <p>not</p> --><p>Lovely &amp;\n  <b>fast</b><br>Ada</p><br>"
        '<div class="gmail_quote">On Tuesday the shop wrote:<div>Hello</div></div><p>PS <3</p></body></html>',
        subtype="html",
    )
    mail.add_attachment("not this", filename="a.txt")
    (report,) = read(mail.as_bytes(), AT)
    assert report.text == "Lovely & fast\nAda\n\nPS <3"
    assert report.address == "ada@customer.example"


_PIECES = st.sampled_from([
    "From: ", "To: ", "Subject: ", "=?utf-8?B?", "=?x?Q?=", "?=", "Content-Type: ", "multipart/report; report-type=",
    "delivery-status", "message/delivery-status", "message/feedback-report", "message/rfc822", "; boundary=B", "--B",
    "\n", "\n\n", "Action: failed", "Status: 5.1.1", "Final-Recipient: rfc822; a@b.c", "bounces+7f3a9c@shop.example",
    "charset=none", "MAILER-DAEMON@x", "<a@b.example>:\n", "Content-Transfer-Encoding: base64", "text/html", "<p", "é",
    "\x00", "On x wrote:", "> ", "=?gb2312?B?zfW3vA==?= ", "Feedback-Type: abuse",
])  # fmt: skip


@given(st.lists(_PIECES | st.text(max_size=5), max_size=40))
def test_nothing_that_comes_in_can_stop_the_reading(pieces: list[str]) -> None:
    for report in reports("".join(pieces).encode(errors="replace").decode()):
        assert report.at == AT
        assert report.event_id


@given(st.binary(max_size=300))
def test_nor_can_bytes(raw: bytes) -> None:
    read(raw, AT)
    read(b"From: a@b.example\nTo: c@d.example\nContent-Type: text/plain; charset=\xff\n\n" + raw, AT)


def test_a_mail_made_to_take_long_does_not() -> None:
    for piece in (
        "<a@",
        "-",
        "On x wrote:\n",
        ">",
        "=?",
        "(",
        "<div class=gmail_quote>",
        "a" * 70 + "@",
        "5.1.1",
        "From:\n",
    ):
        noise = piece * (200_000 // len(piece))
        reports(f"From: MAILER-DAEMON@x.example\nX-Failed-Recipients: {noise[:5000]}\n\n{noise}")
        reports(f"From: {noise} ada@customer.example\nTo: {noise}\nReferences: {noise}\nSubject: {noise}\n\nx")
        for kind in ("plain", "html"):
            reports(f"From: ada@customer.example\nContent-Type: text/{kind}\n\n{noise}")
