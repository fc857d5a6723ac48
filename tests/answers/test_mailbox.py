"""What comes to a real mailbox is heard once, whatever happens in between."""

from __future__ import annotations

import shutil
import ssl
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DataError, OperationalError
from imap_tools import MailBoxStartTls

from regulars.base.actor import SYSTEM
from regulars.channels.contract import ADAPTERS
from regulars.messages.models import Said, Sender, Touch
from regulars.messages.names import touch_name
from regulars.messages.operations import plan
from regulars.messages.operations.hearing import words_of
from regulars.people.models import Consent, Suppression
from regulars.sources.answers.jobs import read_mail
from regulars.sources.answers.models import Mailbox
from regulars.sources.answers.operations import keep_mailbox, retire_mailbox, settings_of_mailbox
from regulars.sources.answers.reading import stops_at
from tests.channels.email import dovecot, samples
from tests.channels.email.certificates import certificate
from tests.messages.shop import NOON, customer, leave, provider, sending, states

pytestmark = pytest.mark.django_db
PASSWORD = dovecot.PASSWORD.replace(" ", "")
_folders = count()


class Post:
    """A mailbox at a real server, and the sender whose answers come to it. Each test has a folder of its own."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        self.port, self.context, self.folder = port, context, f"Test{next(_folders)}"
        with self.box() as box:
            box.folder.create(self.folder)
        _, self.sender = provider()
        self.ada = customer("Ada Abel")
        plan(sending(), [self.ada.pk], by=SYSTEM, at=NOON)
        leave(self.sender, NOON)
        self.touch = Touch.objects.get()
        self.mailbox = keep_mailbox(self.sender.pk, self.settings(), by=SYSTEM, at=NOON)

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "imap_host": "127.0.0.1", "imap_port": str(self.port), "imap_security": "none", "imap_username": "shop",
            "imap_password": PASSWORD, "imap_folder": self.folder, **more,
        }  # fmt: skip

    def box(self) -> Any:
        box = MailBoxStartTls("localhost", self.port, ssl_context=self.context, timeout=30)
        return box.login("shop", PASSWORD)

    def bring(self, *mails: str) -> None:
        """Put mails into the folder; where a sample names its message it is ours."""
        with self.box() as box:
            for mail in mails:
                text = mail.replace("7f3a9c", touch_name(self.touch.pk)).replace("\n", "\r\n")
                box.append(text.encode(), self.folder)

    def read(self) -> Mailbox:
        read_mail()
        self.mailbox.refresh_from_db()
        return self.mailbox


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, ssl.SSLContext]]:
    if dovecot.PROGRAM is None:
        pytest.skip("dovecot is not installed (apt-get install dovecot-imapd)")
    base = Path(tempfile.mkdtemp(prefix="rg-"))  # a short name, for Dovecot's sockets
    try:
        cert, key = certificate(base, "localhost")
        with dovecot.running(base / "d", cert, key) as port:
            yield port, ssl.create_default_context(cafile=str(cert))
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def post(server: tuple[int, ssl.SSLContext], db: None) -> Post:
    return Post(*server)


def suppressed() -> list[str]:
    return list(Suppression.objects.values_list("reason", flat=True))


def test_a_returned_mail_closes_the_address(post: Post) -> None:
    post.bring(samples.POSTFIX)
    assert post.read().last_uid > 0
    assert states() == {post.ada.pk: "bounced"}
    assert suppressed() == ["bounced"]
    assert post.mailbox.read_at is not None
    post.read()
    assert suppressed() == ["bounced"]


def test_a_returned_mail_that_is_not_ours_closes_nothing(post: Post) -> None:
    with post.box() as box:
        box.append(samples.POSTFIX.replace("\n", "\r\n").encode(), post.folder)
    assert post.read().last_uid > 0
    assert (states(), suppressed()) == ({post.ada.pk: "handed_over"}, [])


def test_an_absence_changes_nothing(post: Post) -> None:
    post.bring(samples.ABSENCE)
    assert post.read().last_uid > 0
    assert (states(), suppressed(), Said.objects.count()) == ({post.ada.pk: "handed_over"}, [], 0)
    assert Consent.objects.count() == 1


def test_a_persons_words_are_kept(post: Post) -> None:
    post.bring(samples.REPLY)
    post.read()
    said = Said.objects.get()
    assert (said.customer_id, said.touch_id) == (post.ada.pk, post.touch.pk)
    assert words_of(said)["text"]
    # The server numbers its mails anew: all are read again, and change nothing.
    Mailbox.objects.update(uid_validity=1)
    post.read()
    assert Said.objects.count() == 1


def test_what_a_mail_program_writes_for_somebody_who_wants_no_more_is_heard(post: Post) -> None:
    """The header names the mailbox once it was read; the mail that it asks for ends marketing by mail, once."""
    kept = ADAPTERS["email", "kept"]

    def header(name: str, scope: str) -> str:
        plan(sending(scope), [customer(name).pk], by=SYSTEM, at=NOON)
        leave(post.sender, NOON)
        return str(kept.taken[-1].headers["List-Unsubscribe"])  # type: ignore[attr-defined]

    assert "mailto:" not in header("Ben", "campaign:2"), "nobody has read the mailbox yet"
    keep_mailbox(post.sender.pk, post.settings(imap_address="answers@tea.example"), by=SYSTEM, at=NOON)
    post.read()
    web, mail = header("Cleo", "campaign:3").split(", ")
    assert web.startswith("<https://regulars.example/u/")
    asked = urlsplit(mail.strip("<>"))
    assert (asked.scheme, asked.path) == ("mailto", "answers@tea.example")
    subject = parse_qs(asked.query)["subject"][0]
    for number in range(2):
        with post.box() as box:
            text = f"From: Ada <other@example.com>\r\nSubject: {subject}\r\nMessage-ID: <p{number}@example.com>\r\n\r\n"
            box.append(text.encode(), post.folder)
        post.read()
    assert suppressed() == ["unsubscribed"]
    assert [c.customer.name for c in Consent.objects.filter(state="withdrawn")] == ["Cleo"]
    assert not Said.objects.exists()
    retire_mailbox(post.sender.pk, by=SYSTEM, at=NOON)
    assert stops_at(post.sender) == ""


def test_a_wish_to_stop_by_mail_is_honoured(post: Post) -> None:
    post.bring(
        "From: Ada <ada@example.com>\nTo: unsubscribe+7f3a9c@shop.example\nSubject: unsubscribe\n"
        "Message-ID: <stop1@example.com>\n\n"
    )
    post.read()
    assert suppressed() == ["unsubscribed"]
    assert Consent.objects.order_by("-id")[0].state == "withdrawn"
    assert not Said.objects.exists()


def test_a_mail_is_not_lost_when_the_database_falls_over(post: Post) -> None:
    post.bring(samples.REPLY, samples.POSTFIX)
    with (
        patch("regulars.sources.answers.operations.hear", side_effect=OperationalError("gone")),
        pytest.raises(OperationalError),
    ):
        read_mail()
    post.mailbox.refresh_from_db()
    assert post.mailbox.last_uid == 0
    post.read()
    assert (Said.objects.count(), suppressed()) == (1, ["bounced"])


def test_a_mail_that_cannot_be_kept_is_passed_over(post: Post) -> None:
    from regulars.sources.answers import operations

    hear, calls = operations.hear, []

    def falls_once(sender: Sender, reports: Any, *, at: Any) -> int:
        calls.append(reports)
        if len(calls) == 1:
            raise DataError("a NUL")
        return hear(sender, reports, at=at)

    post.bring(samples.REPLY, samples.POSTFIX)
    with patch("regulars.sources.answers.operations.hear", falls_once):
        post.read()
    assert (Said.objects.count(), suppressed()) == (0, ["bounced"])


def test_a_mailbox_that_does_not_open_says_so_and_recovers(post: Post) -> None:
    keep_mailbox(post.sender.pk, post.settings(imap_password="wrong"), by=SYSTEM, at=NOON)
    assert post.read().problem
    assert post.mailbox.read_at is None
    keep_mailbox(post.sender.pk, post.settings(), by=SYSTEM, at=NOON)
    post.bring(samples.REPLY)
    assert post.read().problem == ""
    assert Said.objects.count() == 1
    # The same place keeps its cursor, another place begins anew.
    uid = post.mailbox.last_uid
    assert keep_mailbox(post.sender.pk, post.settings(imap_port="1"), by=SYSTEM, at=NOON).last_uid == uid
    assert keep_mailbox(post.sender.pk, post.settings(imap_folder="Other"), by=SYSTEM, at=NOON).last_uid == 0


def test_a_retired_mailbox_is_not_read(post: Post) -> None:
    post.bring(samples.REPLY)
    assert retire_mailbox(post.sender.pk, by=SYSTEM, at=NOON)
    assert not retire_mailbox(post.sender.pk, by=SYSTEM, at=NOON)
    assert post.read().last_uid == 0


def test_the_owner_sets_it_up_and_sees_whether_it_works(post: Post, olive: Any, client_of: Any) -> None:
    client, path = client_of(olive), f"/settings/speaking/{post.sender.pk}/mailbox"
    page = client.get(path).content.decode()
    assert PASSWORD not in page
    kept = {**post.settings(), "imap_password": "••••••••"}
    answer = client.post(path, kept, follow=True)
    assert "The mailbox can be read." in answer.content.decode()
    assert settings_of_mailbox(Mailbox.objects.get()) == post.settings(imap_address="")
    answer = client.post(path, {**kept, "imap_password": "wrong"}, follow=True)
    assert "cannot be opened" in answer.content.decode()
    assert client.post(f"{path}/retire").status_code == 302
    assert Mailbox.objects.get().retired_at is not None
