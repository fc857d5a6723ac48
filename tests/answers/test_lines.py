"""What a telephone company reports over SMPP is heard by the worker, on a line that is kept open for it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from regulars.base import secrets
from regulars.base.actor import SYSTEM
from regulars.channels import sms
from regulars.channels.contract import ADAPTERS
from regulars.messages.identity import save_identity
from regulars.messages.models import Said, Sender, Sending, Touch
from regulars.messages.operations import NewSending, add_sender, open_sending, plan, retire_sender, settle, take
from regulars.people.models import Consent, Customer, Identifier, Suppression
from regulars.sources.answers import listening
from regulars.sources.answers.models import Listener
from regulars.sources.answers.operations import take_line
from tests.channels.smsc import Smsc, deliver_sm, smsc
from tests.conftest import REPOSITORY, Installation
from tests.messages.shop import IDENTITY, NOON, customer, leave
from tests.serving import PATIENCE, answers, free_port, serving, wait

pytestmark = pytest.mark.django_db
ADA = "8613811110000"
RECEIPT = b"id:%s sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:DELIVRD err:000 text:"


@pytest.fixture
def company() -> Iterator[Smsc]:
    with smsc() as found:
        yield found


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    before = dict(ADAPTERS)
    sms.declare()
    yield
    ADAPTERS.clear()
    ADAPTERS.update(before)


def way(company: Smsc, **others: str) -> Sender:
    given = {"host": "127.0.0.1", "port": str(company.port), "system_id": "shop", "password": "secret",
             "sender": "SHOP", "timeout_seconds": "5", **others}  # fmt: skip
    save_identity(IDENTITY, by=SYSTEM, at=NOON)
    return add_sender(channel="sms", adapter="smpp", name="T", settings=given, by=SYSTEM, at=NOON)


def ada() -> Customer:
    """Return Ada, who agreed to text messages."""
    row = customer("Ada")
    number = f"+{ADA}"
    Identifier.objects.create(
        customer=row, kind="phone", digest=secrets.digest("phone", "", number),
        sealed=secrets.seal(secrets.unwrap(bytes(row.wrapped_key)), number), created_at=NOON,
    )  # fmt: skip
    Consent.objects.create(customer=row, channel="sms", state="granted", source="form", at=NOON, by="system")
    return row


def text(scope: str = "campaign:1") -> Sending:
    values: dict[str, Any] = {"content": {"en": {"text": "The tea is in."}}, "expires_at": NOON + timedelta(days=2)}
    return open_sending(NewSending(scope=scope, channel="sms", **values), by=SYSTEM, at=NOON)


def hold(sender: Sender, until: Callable[[], bool], worker: str = "w1") -> float | None:
    return listening.hold(sender.pk, worker, until)


def test_an_arrival_and_a_word_come_over_the_line(company: Smsc) -> None:
    sender, her = way(company), ada()
    plan(text(), [her.pk], by=SYSTEM, at=NOON)
    assert leave(sender, NOON) == 1
    touch = Touch.objects.get()
    receipt = deliver_sm(ADA, RECEIPT % touch.provider_id.encode(), esm_class=4)
    company.brings = [receipt, receipt, deliver_sm(ADA, b"Which tea?"), deliver_sm(ADA, b"STOP")]
    assert hold(sender, lambda: len(company.confirmed) == 4) == 0.0
    touch.refresh_from_db()
    assert (touch.state, company.confirmed) == ("delivered", [0] * 4)
    assert Said.objects.get().customer == her
    assert list(Suppression.objects.values_list("kind", "reason")) == [("phone", "unsubscribed")]
    assert company.binds == ["transmitter", "receiver"], "who sends is told nothing, who listens is"
    assert company.unbound == ["transmitter", "receiver"]


def test_an_arrival_before_its_message_is_written_down_comes_again(company: Smsc) -> None:
    """The company is quicker than the worker that settles a batch."""
    sender = way(company)
    plan(text(), [ada().pk], by=SYSTEM, at=NOON)
    [claim] = take("w0", sender, most=10, at=NOON)
    company.brings = [deliver_sm(ADA, RECEIPT % b"id1", esm_class=4)]
    hold(sender, lambda: len(company.confirmed) == 1)
    assert (company.confirmed, Touch.objects.get().state) == ([0x64], "claimed")
    from regulars.channels.contract import Receipt

    settle("w0", [(claim, Receipt("accepted", provider_id="id1"))], at=NOON)
    hold(sender, lambda: len(company.confirmed) == 2)
    assert (company.confirmed, Touch.objects.get().state) == ([0x64, 0], "delivered")
    # What is nobody's message is confirmed, else it would be brought for ever.
    company.brings = [deliver_sm(ADA, RECEIPT % b"id99", esm_class=4)]
    hold(sender, lambda: len(company.confirmed) == 3)
    assert company.confirmed[-1] == 0


def test_one_worker_holds_a_line(company: Smsc) -> None:
    sender = way(company)
    assert take_line(sender.pk, "other", at=listening.now())
    assert hold(sender, lambda: True) == listening.LOOK_SECONDS
    assert not company.binds
    Listener.objects.update(lease_until=NOON)  # it died
    assert hold(sender, lambda: bool(company.binds)) == 0.0
    assert Listener.objects.get().worker == "w1"


def test_a_line_that_is_refused_or_breaks_says_so(company: Smsc, olive: Any, client_of: Any) -> None:
    sender = way(company, password="wrong")
    page = f"/settings/speaking/{sender.pk}/"
    assert "opens it within a minute" in client_of(olive).get(page).content.decode()
    assert hold(sender, lambda: False) == listening.REFUSED_PAUSE
    assert len(company.logins) == 1
    assert "does not let us listen" in client_of(olive).get(page).content.decode()
    company.password, company.refuses = "wrong", 1
    assert hold(sender, lambda: False) == listening.SHORTEST_PAUSE
    assert "being opened again" in client_of(olive).get(page).content.decode()
    seen: list[str] = []

    def looks() -> bool:
        seen.append(client_of(olive).get(page).content.decode())
        return True

    assert hold(sender, looks) == 0.0
    assert "It is open" in seen[0]
    assert "/hooks/" not in seen[0]


def test_a_line_ends_with_its_sender(company: Smsc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "LOOK_SECONDS", 0.0)
    sender = way(company)

    def retires() -> bool:
        retire_sender(sender.pk, by=SYSTEM, at=NOON)
        return False

    assert hold(sender, retires) == 0.0
    assert company.unbound == ["receiver"]
    assert hold(sender, lambda: True) is None
    assert hold(way(company, sessions="none"), lambda: True) is None


def test_what_cannot_be_written_down_is_brought_again(company: Smsc, caplog: pytest.LogCaptureFixture) -> None:
    from unittest.mock import patch

    from django.db import OperationalError

    sender = way(company)
    company.brings = [deliver_sm(ADA, b"my secret wish")]
    with patch("regulars.sources.answers.listening.hear", side_effect=OperationalError("my secret wish")):
        hold(sender, lambda: len(company.confirmed) == 1)
    assert company.confirmed == [0x64]
    assert "OperationalError" in caplog.text
    assert "secret" not in caplog.text


def _there(installation: Installation, words: str) -> str:
    """Run a few words of Python in an installation and return what they print."""
    before = "from regulars.cli.start import start_django\nstart_django()\n"
    done = subprocess.run(
        [sys.executable, "-c", before + words], env=installation.env, cwd=REPOSITORY, text=True, capture_output=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


ADD = """
from datetime import UTC, datetime
from regulars.base.actor import SYSTEM
from regulars.messages.operations import add_sender
given = {{"host": "127.0.0.1", "port": "{port}", "system_id": "shop", "password": "secret", "sender": "SHOP"}}
add_sender(channel="sms", adapter="smpp", name="T", settings=given, by=SYSTEM, at=datetime.now(UTC))
"""
COUNT = "from regulars.people.models import Suppression\nprint(Suppression.objects.filter(kind='phone').count())"


@pytest.mark.slow
def test_the_shop_that_is_served_keeps_its_lines_open_and_says_goodbye(
    installation: Installation, company: Smsc
) -> None:
    installation.init()
    _there(installation, ADD.format(port=company.port))
    company.refuses = 1
    port = free_port()
    with serving(installation, port) as server:
        wait(lambda: answers(port), "the sign-in page")
        wait(lambda: company.hearing, "a line after a refused one")
        company.bring(deliver_sm(ADA, b"STOP"))
        wait(lambda: company.confirmed, "a word that was heard")
        assert (company.confirmed, _there(installation, COUNT)) == ([0], "1")
        company.hang_up()
        wait(lambda: len(company.hearing) == 2, "the line again")
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert company.unbound == ["receiver"]
