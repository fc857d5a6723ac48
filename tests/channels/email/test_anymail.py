"""Mail through providers: what each is asked, what its answers mean, and what is heard of it later."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs

import pytest

from regulars.channels.contract import Answer, Outgoing, Receipt, SettingsError
from regulars.channels.email.anymail.adapter import Anymail
from regulars.channels.email.anymail.vendors import VENDORS
from tests.channels.calls import call
from tests.channels.email.providers import ADA, OURS, PROVIDERS, SVIX, Provider, answers
from tests.channels.vendors import Asked, vendor

BY_NAME = {provider.name: provider for provider in PROVIDERS}
HEADERS = {"List-Unsubscribe": "<https://r.example/u/1>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
LETTER = Outgoing(OURS, ADA, subject="新茶", text="Hello Ada", html="<p>Hello Ada</p>", headers=HEADERS)


@pytest.fixture(params=PROVIDERS, ids=lambda p: p.name)
def provider(request: pytest.FixtureRequest) -> Provider:
    found: Provider = request.param
    return found


def adapter(provider: Provider) -> Anymail:
    return Anymail(next(v for v in VENDORS if v.name == provider.name))


def sent(provider: Provider, message: Outgoing = LETTER, **settings: str) -> tuple[Receipt, Asked]:
    with vendor(answers(provider)) as server:
        with adapter(provider).open(provider.settings(server.url) | settings) as line:
            receipt = line.deliver(message)
        return receipt, server.asked[-1]


def said(provider: Provider, status: int, body: Any, message: Outgoing = LETTER) -> Receipt:
    with vendor(lambda asked: (status, body)) as server, adapter(provider).open(provider.settings(server.url)) as line:
        return line.deliver(message)


def heard(provider: Provider, data: Any, secret: str | None = None) -> Answer:
    return adapter(provider).receive(provider.settings("https://api.example"), provider.call(data, secret))


def test_a_letter_leaves_whole(provider: Provider) -> None:
    receipt, asked = sent(provider)
    assert (receipt.outcome, receipt.provider_id) == ("accepted", provider.provider_id)
    body = asked.body.decode()
    whole = json.dumps(parse_qs(body) if provider.name == "mailgun" else json.loads(body), ensure_ascii=False)
    for part in (ADA, "新茶", "Hello Ada", "<p>Hello Ada</p>", "https://r.example/u/1", "List-Unsubscribe=One-Click"):
        assert part in whole, part
    assert f"answers+{OURS}@in.tea.example" in whole, "a reply comes back with our name for the message"
    assert ("regulars_id" in whole) is (provider.name != "mailersend")


def test_the_key_is_shown_and_what_it_costs_to_repeat_is_said() -> None:
    assert sent(BY_NAME["resend"])[1].headers["idempotency-key"] == OURS
    once, twice = (json.loads(sent(BY_NAME["brevo"])[1].body)["headers"]["idempotencyKey"] for _time in range(2))
    assert once == twice
    other = json.loads(sent(BY_NAME["brevo"], Outgoing("1.b", ADA, subject="x", text="y"))[1].body)
    assert other["headers"]["idempotencyKey"] != once
    assert sent(BY_NAME["mailgun"])[1].path == "/mg.tea.example/messages"


def test_what_sells_leaves_by_its_own_stream_of_postmark() -> None:
    service = Outgoing(OURS, ADA, subject="x", text="y", is_service=True)
    assert json.loads(sent(BY_NAME["postmark"])[1].body)["MessageStream"] == "broadcast"
    assert json.loads(sent(BY_NAME["postmark"], service)[1].body)["MessageStream"] == "outbound"


# Status, answer, and (outcome, blame) as the vendors' pages on errors have them.
REFUSALS = [
    ("mailgun", 400, {"message": "to parameter is not a valid address. please check documentation"}, "address"),
    ("mailgun", 404, {"message": "Domain not found: mg.tea.example"}, "sender"),
    ("mailgun", 401, b"Forbidden", "sender"),
    ("postmark", 422, {"ErrorCode": 406, "Message": f"Found inactive addresses: {ADA}.\nInactive recipients are"},
     "address"),
    ("postmark", 422, {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{ADA}'."}, "address"),
    ("postmark", 422, {"ErrorCode": 400, "Message": "The Sender Signature you tried to use was not found"}, "sender"),
    ("brevo", 400, {"code": "invalid_parameter", "message": "sender is not valid"}, "sender"),
    ("brevo", 402, {"code": "not_enough_credits", "message": "no credits"}, "sender"),
    ("mailjet", 400, {"Messages": [{"Status": "error", "Errors": [
        {"ErrorCode": "mj-0013", "StatusCode": 400, "ErrorRelatedTo": ["To[0].Email"], "ErrorMessage": "invalid"}]}]},
     "address"),
    ("mailjet", 401, {"ErrorMessage": "API key authentication failure", "StatusCode": 401}, "sender"),
    ("sparkpost", 400, {"errors": [{"code": "7001", "message": "Invalid domain"}]}, "sender"),
    ("resend", 403, {"name": "validation_error", "message": "The tea.example domain is not verified"}, "sender"),
    ("resend", 422, {"name": "validation_error", "message": "Invalid `subject` field"}, "message"),
    ("mailersend", 422, {"errors": {"from.email": ["The from.email domain must be verified"]}}, "sender"),
    ("mailersend", 422, {"errors": {"to.0.email": ["must be a valid email address"]}}, "address"),
    ("mailersend", 202, {"warnings": [{"type": "ALL_SUPPRESSED", "recipients": [{"email": ADA}]}]}, "address"),
    ("brevo", 302, b"", "sender"),
    ("mailgun", 200, b"Mailgun Magnificent API", "sender"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "status", "body", "blame"), REFUSALS)
def test_a_refusal_is_somebodys_fault_and_quotes_nobody(name: str, status: int, body: Any, blame: str) -> None:
    receipt = said(BY_NAME[name], status, body)
    assert (receipt.outcome, receipt.blame) == ("refused", blame)
    assert ADA not in repr(receipt)
    assert receipt.code


@pytest.mark.parametrize("body", [b"", b"<html>", [], {}, {"id": None}, {"Messages": [{}]}])
def test_a_yes_that_cannot_be_read_is_unknown(provider: Provider, body: Any) -> None:
    assert said(provider, 200, body).outcome in ("unknown", "accepted")
    if body == b"<html>" and provider.name != "mailersend":
        assert said(provider, 200, body).outcome == "unknown"


def test_asked_too_often_is_later() -> None:
    assert said(BY_NAME["sparkpost"], 420, {"errors": [{"code": "2102", "message": "limit"}]}).outcome == "later"
    assert said(BY_NAME["resend"], 409, {"name": "concurrent_idempotent_requests"}).outcome == "later"
    assert said(BY_NAME["mailjet"], 429, {"StatusCode": 429}).outcome == "later"


@pytest.mark.parametrize("to", ["", "no address", "ada@", "ada@customer.example\nbcc: eve@eve.example"])
def test_an_address_that_is_none_never_leaves(provider: Provider, to: str) -> None:
    with adapter(provider).open(provider.settings("http://127.0.0.1:9")) as line:
        assert line.deliver(Outgoing(OURS, to, subject="x", text="y")).blame == "address"
        split = Outgoing(OURS, ADA, subject="x\nbcc: eve@eve.example", text="y")
        assert line.deliver(split).blame == "message"


MEANS = {
    "delivered": ("delivered", ""), "hard": ("bounced", "hard"), "soft": ("bounced", "soft"),
    "policy": ("bounced", "block"), "complained": ("complained", ""), "stopped": ("stopped", ""),
}  # fmt: skip


def test_a_report_says_what_became_of_which_message(provider: Provider) -> None:
    for what in provider.moods:
        answer = heard(provider, provider.says(what))
        assert answer.status == 200, what
        if what == "opened" or (what == "soft" and provider.name == "mailgun"):
            assert not answer.reports, "who opened a mail is not heard; what Mailgun tries again is on its way"
            continue
        [report] = answer.reports
        assert (report.kind, report.severity) == MEANS[what], what
        assert report.address == ADA
        if provider.name == "mailersend":
            assert report.provider_id == provider.provider_id
        else:
            assert report.message_id == OURS
        assert report.event_id
        assert report.at.tzinfo is not None


def test_only_the_providers_own_calls_are_believed(provider: Provider) -> None:
    for what in provider.moods:
        assert heard(provider, provider.says(what), "guessed") == Answer(403)
    genuine = provider.call(provider.says("hard"))
    bare = call(genuine.body)
    changed = call(genuine.body.replace(b"ada@", b"eve@"), headers=dict(genuine.headers))
    settings = provider.settings("https://api.example")
    assert adapter(provider).receive(settings, bare).status == (403 if provider.name != "mailgun" else 200)
    if provider.name in ("resend", "mailersend"):
        assert adapter(provider).receive(settings, changed) == Answer(403)
    closed = settings | dict.fromkeys(("webhook_password", "webhook_signing_key", "webhook_secret"), "")
    assert adapter(provider).receive(closed, genuine) == Answer(403), "who has no key believes nobody"
    assert not [f for f in adapter(provider).check(closed | {"api_url": "http://127.0.0.1:9"}) if f.is_ok]


def test_an_old_call_of_resend_is_not_played_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from regulars.channels.email.anymail import events

    genuine = BY_NAME["resend"].call(BY_NAME["resend"].says("hard"))
    settings = BY_NAME["resend"].settings("https://api.example")
    assert adapter(BY_NAME["resend"]).receive(settings, genuine).reports
    later = events.now() + timedelta(minutes=6)
    monkeypatch.setattr(events, "now", lambda: later)
    assert adapter(BY_NAME["resend"]).receive(settings, genuine) == Answer(403)


def _mail(words: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Ada <{ADA}>", f"answers+{OURS}@in.tea.example", "Re: Tea"
    mail["Message-ID"] = "<a1@customer.example>"
    mail["In-Reply-To"] = "<one.of@the.provider>"
    mail.set_content(words)
    return mail.as_bytes().replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("words", "kind"), [("Do you have oolong?", "said"), ("unsubscribe", "stopped")], ids=["asks", "stops"]
)
def test_mail_that_comes_in_is_an_answer_to_its_message(provider: Provider, words: str, kind: str) -> None:
    if provider.inbound is None:
        return
    answer = heard(provider, provider.inbound(_mail(words)))
    [report] = answer.reports
    assert (report.kind, report.message_id, report.address, report.text) == (kind, OURS, ADA, words)
    assert heard(provider, provider.inbound(_mail(words))).reports[0].event_id == report.event_id
    assert heard(provider, provider.inbound(_mail(words)), "guessed") == Answer(403)


@pytest.mark.parametrize("field", ["from_address", "reply_to", "inbound_address"])
def test_an_address_of_the_shop_that_is_none_is_named(provider: Provider, field: str) -> None:
    with (
        pytest.raises(SettingsError) as caught,
        adapter(provider).open(provider.settings("https://api.example") | {field: "olive"}),
    ):
        pass
    assert caught.value.field == field


def test_a_check_says_what_is_wrong(provider: Provider) -> None:
    def found(status: int, body: Any = None) -> dict[str, bool]:
        with vendor(lambda asked: (status, body or {})) as server:
            return {f.name: f.is_ok for f in adapter(provider).check(provider.settings(server.url))}

    assert found(200) == {"key": True, "reports": True}
    assert found(401) == {"key": False, "reports": True}
    assert found(500) == {"provider": False, "reports": True}
    assert found(404) == {"domain": False, "reports": True}
    assert found(401, {"name": "restricted_api_key"})["key"]
    assert SVIX.startswith("whsec_")
