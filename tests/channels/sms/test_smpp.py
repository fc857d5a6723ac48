"""SMPP against a small SMSC of our own (see smsc.py)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from regulars.channels.contract import Outgoing, Report, SettingsError
from regulars.channels.sms import parts
from regulars.channels.sms.smpp import Smpp
from regulars.channels.sms.smpp_session import BindRefused
from tests.channels.smsc import INVALID_ADDRESS, THROTTLED, Smsc, deliver_sm, smsc

MESSAGE = Outgoing("0f3a", "+8613811110000", text="Your parcel is on its way")
RECEIPT = b"id:id1 sub:001 dlvrd:001 submit date:2611231200 done date:2611231201 stat:%s err:%s text:Your parcel"


@pytest.fixture
def company() -> Iterator[Smsc]:
    with smsc() as found:
        yield found


def _settings(company: Smsc, **others: str) -> dict[str, str]:
    return {
        "host": "127.0.0.1", "port": str(company.port), "system_id": "shop", "password": "secret",
        "sender": "SHOP", "timeout_seconds": "5", **others,
    }  # fmt: skip


def _heard(company: Smsc, *brought: bytes) -> list[Report]:
    company.brings = list(brought)
    heard: list[Report] = []
    Smpp().listen(
        _settings(company, timeout_seconds="0.2"), heard.append, lambda: len(company.confirmed) < len(brought)
    )
    return heard


def test_a_short_text(company: Smsc) -> None:
    with Smpp().open(_settings(company)) as line:
        receipt = line.deliver(replace(MESSAGE, text="Grüße [€]"))
    assert (receipt.outcome, receipt.provider_id) == ("accepted", "id1")
    (sent,) = company.asked
    assert (sent.source, sent.source_ton, sent.destination) == ("SHOP", 5, "8613811110000")
    assert (sent.coding, sent.esm_class, sent.registered) == (0, 0, 1)
    assert sent.data == parts.encode("Grüße [€]", "gsm")
    assert company.logins == [("shop", "secret")]


def test_a_long_text_is_joined_on_the_telephone(company: Smsc) -> None:
    text = "谢谢😀" * 40
    with Smpp().open(_settings(company)) as line:
        receipt = line.deliver(replace(MESSAGE, text=text))
    assert (receipt.outcome, receipt.provider_id) == ("accepted", "id3")
    assert [s.esm_class for s in company.asked] == [0x40] * 3
    assert [s.coding for s in company.asked] == [8] * 3
    assert [s.registered for s in company.asked] == [0, 0, 1]
    assert [(s.data[:3], s.data[4:6]) for s in company.asked] == [(b"\5\0\3", bytes((3, i))) for i in (1, 2, 3)]
    assert len({s.data[3] for s in company.asked}) == 1
    assert b"".join(s.data[6:] for s in company.asked).decode("utf-16-be") == text


def test_half_a_message_is_unknown(company: Smsc) -> None:
    company.status, company.fails_at = THROTTLED, 1
    with Smpp().open(_settings(company)) as line:
        receipt = line.deliver(replace(MESSAGE, text="谢" * 100))
    assert (receipt.outcome, receipt.code, receipt.detail) == ("unknown", "partial", "0x00000058")


def test_blame(company: Smsc) -> None:
    company.status = INVALID_ADDRESS
    with Smpp().open(_settings(company)) as line:
        assert line.deliver(MESSAGE).blame == "address"
    with Smpp().open(_settings(company, password="wrong")) as line:
        assert (line.deliver(MESSAGE).outcome, line.deliver(MESSAGE).blame) == ("refused", "sender")


def test_a_line_that_was_closed_meanwhile_is_opened_again(company: Smsc) -> None:
    company.closes_after = 1
    with Smpp().open(_settings(company)) as line:
        assert line.deliver(MESSAGE).outcome == "accepted"
        # The provider closes; by the time the thread has, the next message finds it out before it leaves.
        while True:
            session = line._session
            assert session is not None
            try:
                session.settle()
            except Exception:
                break
        assert line.deliver(MESSAGE).outcome == "accepted"
    assert len(company.logins) == 2


def test_receipts(company: Smsc) -> None:
    heard = _heard(
        company,
        deliver_sm("8613811110000", RECEIPT % (b"DELIVRD", b"000"), esm_class=4),
        deliver_sm("8613811110000", RECEIPT % (b"UNDELIV", b"027"), esm_class=4),
        deliver_sm("8613811110000", RECEIPT % (b"ENROUTE", b"000"), esm_class=4),
        # By TLVs, which win: message_state 8 (rejected), receipted_message_id.
        deliver_sm("8613811110000", b"", esm_class=4, tail=b"\x04\x27\x00\x01\x08\x00\x1e\x00\x04id9\0"),
    )
    assert [(r.kind, r.provider_id, r.severity, r.code) for r in heard] == [
        ("delivered", "id1", "", ""),
        ("bounced", "id1", "soft", "027"),
        ("bounced", "id9", "block", "REJECTD"),
    ]
    assert heard[0].address == "+8613811110000"
    assert company.confirmed == [0, 0, 0, 0]


def test_what_a_person_wrote(company: Smsc) -> None:
    heard = _heard(
        company,
        deliver_sm("8613811110000", "退订".encode("utf-16-be"), coding=8),
        deliver_sm("8613811110000", b"\x05\x00\x03\x11\x02\x01caf\x05", esm_class=0x40),
    )
    assert [(r.kind, r.text, r.address) for r in heard] == [
        ("stopped", "退订", "+8613811110000"),
        ("said", "café", "+8613811110000"),
    ]
    assert (
        heard[0].event_id
        == _heard(company, deliver_sm("8613811110000", "退订".encode("utf-16-be"), coding=8))[0].event_id
    )


def test_a_report_nobody_could_take_is_brought_again(company: Smsc) -> None:
    company.brings = [deliver_sm("8613811110000", b"STOP")]

    def full(report: Report) -> None:
        raise OSError("disk full")

    Smpp().listen(_settings(company, timeout_seconds="0.2"), full, lambda: not company.confirmed)
    assert company.confirmed == [0x64]
    # Nobody listens on a line that sends: where sessions are separate nothing is brought to it.
    with Smpp().open(_settings(company)) as line:
        line.deliver(MESSAGE)
    assert company.confirmed == [0x64]
    with Smpp().open(_settings(company, sessions="transceiver")) as line:
        line.deliver(MESSAGE)
    assert company.confirmed == [0x64, 0x64]
    assert company.binds == ["receiver", "transmitter", "transceiver"]


def test_a_quiet_line_is_asked_whether_it_lives_and_said_goodbye_to(company: Smsc) -> None:
    Smpp().listen(_settings(company, timeout_seconds="0.1"), lambda r: None, lambda: company.asked_alive < 3)
    assert company.unbound == ["receiver"]


def test_two_reports_in_one_piece_are_both_taken(company: Smsc) -> None:
    bodies = [deliver_sm(f"861381111000{i}", b"STOP") for i in range(5)]
    assert [r.kind for r in _heard(company, *bodies)] == ["stopped"] * 5


def test_listen_says_why_it_ended(company: Smsc) -> None:
    with pytest.raises(BindRefused):
        Smpp().listen(_settings(company, password="wrong"), lambda r: None, lambda: True)
    company.over.set()
    with pytest.raises(ConnectionError):
        Smpp().listen(_settings(company, timeout_seconds="0.2"), lambda r: None, lambda: True)


@pytest.mark.parametrize("to", ["", "ada@example.com", "+", "+861381111000０", "1" * 21])
def test_what_is_no_number_is_not_sent(company: Smsc, to: str) -> None:
    with Smpp().open(_settings(company)) as line:
        assert line.deliver(replace(MESSAGE, to=to)).blame == "address"
    assert not company.asked


@pytest.mark.parametrize(
    ("name", "bad"),
    [
        ("password", "123456789"),
        ("system_id", "x" * 16),
        ("sender", "TWELVELETTER"),
        ("sender", "茶铺"),
        ("port", "70000"),
    ],
)
def test_settings(company: Smsc, name: str, bad: str) -> None:
    with pytest.raises(SettingsError) as caught, Smpp().open(_settings(company, **{name: bad})):
        pass
    assert caught.value.field == name


def test_check(company: Smsc) -> None:
    assert [f.is_ok for f in Smpp().check(_settings(company))] == [True]
    assert [f.is_ok for f in Smpp().check(_settings(company, password="wrong"))] == [False]
