"""What every adapter promises, whatever the provider does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from regulars.channels.contract import ADAPTERS, Answer, SettingsError
from tests.channels.calls import call
from tests.channels.cases import CASES, CHANNELS, Case
from tests.channels.vendors import closed_port

# Adapters that speak something else than these vendors; their own tests hold them to the contract.
ELSEWHERE = {"email/smtp", "email/folder"}
# What tests of other rooms register.
OF_TESTS = {"kept", "sink"}
QUICK = {"timeout_seconds": "0.3"}


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    cache.clear()  # access tokens of vendors that had the same port
    before = dict(ADAPTERS)
    for channel in CHANNELS:
        channel.declare()
    yield
    ADAPTERS.clear()
    ADAPTERS.update(before)


@pytest.fixture(params=CASES, ids=lambda c: c.name)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def test_every_adapter_is_held_to_it() -> None:
    assert {f"{c}/{n}" for c, n in ADAPTERS if n not in OF_TESTS} == {c.name for c in CASES} | ELSEWHERE


def test_settings_have_labels(case: Case) -> None:
    adapter = case.adapter
    assert str(adapter.title)
    assert (adapter.channel, adapter.name) == tuple(case.name.split("/"))
    for setting in adapter.settings:
        assert str(setting.label), setting.name
        assert not (setting.is_required and setting.default), "what is required has no default"
    assert all(s.kind == "secret" for s in adapter.settings if s.name.endswith(("secret", "token", "password", "_key")))


def test_a_missing_setting_is_named(case: Case) -> None:
    good = case.settings("http://127.0.0.1:9")
    for setting in case.adapter.settings:
        bad = {**good, setting.name: " " if setting.is_required else "no number"}
        if not setting.is_required and setting.kind != "number":
            continue
        with pytest.raises(SettingsError) as caught, case.adapter.open(bad):
            pass
        assert (caught.value.field, bool(str(caught.value))) == (setting.name, True)
        with pytest.raises(SettingsError):
            case.adapter.receive(bad, call(b"x"))


def test_secrets_do_not_travel_in_the_clear(case: Case) -> None:
    good = case.settings("https://api.example")
    for url in (
        "http://192.0.2.1",
        "http://127.0.0.1.example",
        "https://",
        "https://a:x",
        "http://127.0.0.1:1@a.example",
    ):
        if "api_url" in good:
            with pytest.raises(SettingsError) as caught, case.adapter.open({**good, "api_url": url}):
                pass
            assert caught.value.field == "api_url"


def test_accepted(case: Case) -> None:
    with case.runs(case) as vendor, case.adapter.open(case.settings(vendor.url)) as line:
        assert line.deliver(case.message(vendor.url)).outcome == "accepted"
        # A line serves message after message.
        assert line.deliver(case.message(vendor.url)).outcome == "accepted"


def test_a_check_finds_a_living_line(case: Case) -> None:
    with case.runs(case) as vendor:
        findings = case.adapter.check(case.settings(vendor.url))
    assert [(f.name, f.is_ok) for f in findings] == [(f.name, True) for f in findings]
    assert findings


def test_nobody_listens(case: Case) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    with case.adapter.open({**case.settings(url), **QUICK}) as line:
        assert line.deliver(case.message(url)).outcome == "later"


@pytest.mark.parametrize("mood", ["cuts", "hangs"])
def test_the_answer_is_lost(case: Case, mood: str) -> None:
    with case.runs(case) as vendor:
        vendor.mood = mood
        with case.adapter.open({**case.settings(vendor.url), **QUICK}) as line:
            receipt = line.deliver(case.message(vendor.url))
        assert len([a for a in vendor.asked if case.is_moody(getattr(a, "path", ""))]) == 1, "it had the message"
    assert receipt.outcome == case.lost
    if receipt.outcome == "later":
        assert case.adapter.remembers_seconds, "only who drops repetitions may be asked again"


def test_too_many(case: Case) -> None:
    with case.runs(case) as vendor, case.adapter.open(case.settings(vendor.url)) as line:
        vendor.mood = "busy"
        receipt = line.deliver(case.message(vendor.url))
    assert receipt.outcome == "later"
    assert receipt.retry_after == (None if case.name == "sms/smpp" else 7)


def test_the_provider_is_broken(case: Case) -> None:
    with case.runs(case) as vendor, case.adapter.open(case.settings(vendor.url)) as line:
        vendor.mood = "broken"
        assert line.deliver(case.message(vendor.url)).outcome == case.broken


def test_a_check_finds_a_dead_line(case: Case) -> None:
    findings = case.adapter.check({**case.settings(f"http://127.0.0.1:{closed_port()}"), **QUICK})
    for finding in findings:
        assert str(finding.says)
        assert finding.is_ok or str(finding.remedy)


def test_receipts_name_no_address(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")  # as a person does who looks for a fault
    with case.runs(case) as vendor:
        message = case.message(vendor.url)
        with case.adapter.open({**case.settings(vendor.url), **QUICK}) as line:
            receipts = [line.deliver(message)]
            vendor.mood = "cuts"
            receipts.append(line.deliver(message))
    told = repr([(r.outcome, r.code, r.detail) for r in receipts]) + caplog.text
    # Numbers travel with and without their country; addresses of vendors carry tokens.
    assert message.to[-11:] not in told
    assert "access_token" not in told


def test_forged(case: Case) -> None:
    settings = case.settings("http://127.0.0.1:9")
    bodies = [b"", b"x", b"<xml/>", b"[]", b"\xff\x00", b"{" * 5000]
    odd = dict.fromkeys(("signature", "msg_signature", "timestamp", "nonce", "key", "echostr", "bodySHA256"), "\udc80é")
    strange = [lambda s, b=b: call(b, odd, {"x-twilio-signature": "\udc80é"}) for b in bodies]
    for forged in [*case.forged, *strange, *(lambda s, b=b: call(b) for b in bodies)]:
        answer = case.adapter.receive(settings, forged(settings))
        assert 400 <= answer.status < 500, forged(settings)
        assert not answer.reports


def test_a_repetition_has_the_same_event(case: Case) -> None:
    if case.genuine is None:
        return
    settings = case.settings("http://127.0.0.1:9")
    once, twice = (case.adapter.receive(settings, case.genuine(settings)) for _time in range(2))

    def events(answer: Answer) -> list[str]:
        return [r.event_id for r in answer.reports]

    assert 200 <= once.status < 300
    assert events(once) == events(twice)
    assert all(events(once))
    assert len(once.reports) > 0
    assert all(r.at.tzinfo is not None for r in once.reports)
