"""What comes to a real mailbox is read once, in order, and left as it was."""

from __future__ import annotations

import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imap_tools import MailBox, MailBoxStartTls

from regulars.channels.contract import Report, SettingsError
from regulars.channels.email.imap import Cursor, MailboxUnreachable, check, new_mail
from tests.channels.email import dovecot, samples
from tests.channels.email.certificates import certificate

CAME = datetime(2026, 9, 1, 8, tzinfo=UTC)


class Server:
    """A running Dovecot, reached as its users do."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self.port, self.context = port, context

    def settings(self, user: str, **more: str) -> dict[str, str]:
        return {
            "imap_host": "localhost", "imap_port": str(self.port), "imap_security": "starttls", "imap_username": user,
            "imap_password": dovecot.PASSWORD.replace(" ", ""), **more,
        }  # fmt: skip

    def box(self) -> MailBox:
        box = MailBoxStartTls("localhost", self.port, ssl_context=self.context, timeout=30)
        return box.login("shop", dovecot.PASSWORD.replace(" ", ""))  # type: ignore[return-value]

    def bring(self, *mails: str) -> None:
        with self.box() as box:
            for mail in mails:
                box.append(mail.replace("\n", "\r\n").encode(), dt=CAME)

    def new(self, cursor: Cursor) -> list[tuple[Cursor, list[Report]]]:
        return list(new_mail(self.settings("shop"), cursor, {"7f3a9c"}.__contains__, self.context))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if dovecot.PROGRAM is None:
        pytest.skip("dovecot is not installed (apt-get install dovecot-imapd)")
    # Not under pytest's folder: its name is too long for the sockets that Dovecot puts there.
    base = Path(tempfile.mkdtemp(prefix="rg-"))
    try:
        cert, key = certificate(base, "localhost")
        with dovecot.running(base / "d", cert, key) as port:
            yield Server(port, ssl.create_default_context(cafile=str(cert)))
    finally:
        shutil.rmtree(base, ignore_errors=True)


def test_mail_is_read_once_and_stays_unread(server: Server) -> None:
    before = server.new(Cursor())
    start = before[-1][0] if before else Cursor()
    server.bring(samples.POSTFIX, samples.ABSENCE, samples.REPLY)
    found = server.new(start)
    assert [[r.kind for r in reports] for _, reports in found] == [["bounced"], [], ["said"]]
    assert found[0][1][0].at == CAME
    assert [c.uid for c, _ in found] == sorted(c.uid for c, _ in found)
    last = found[-1][0]
    assert server.new(last) == []
    assert server.new(found[0][0]) == found[1:]
    with server.box() as box:
        assert all("\\Seen" not in mail.flags for mail in box.fetch(mark_seen=False))
    # Numbered anew: everything is told again, with the same event ids.
    again = server.new(Cursor(last.validity + 1, last.uid))
    assert {r.event_id for _, reports in found for r in reports} <= {
        r.event_id for _, reports in again for r in reports
    }


def test_reading_may_stop_in_between(server: Server) -> None:
    server.bring(samples.QMAIL, samples.EXCHANGE)
    reading = new_mail(server.settings("shop"), Cursor(), context=server.context)
    first, _ = next(reading)
    reading.close()
    assert first.uid < server.new(Cursor())[-1][0].uid


def test_check(server: Server) -> None:
    assert [f.is_ok for f in check(server.settings("shop"), server.context)] == [True]
    for wrong in (
        {"imap_password": "guess"},
        {"imap_folder": "Nowhere"},
        {"imap_host": "mail server"},
        {"imap_port": "x"},
    ):
        assert [f.is_ok for f in check(server.settings("shop", **wrong), server.context)] == [False]
    assert [f.is_ok for f in check(server.settings("shop"))] == [False]  # who made the certificate?


def test_a_password_is_not_sent_in_the_open() -> None:
    with pytest.raises(SettingsError, match="without encryption"):
        next(new_mail({"imap_host": "imap.shop.example", "imap_security": "none"}, Cursor()))


def test_nobody_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings = {"imap_host": "127.0.0.1", "imap_port": str(port), "imap_security": "none"}
    with pytest.raises(MailboxUnreachable):
        next(new_mail(settings, Cursor()))
