"""Providers reach us at an address that nobody can guess, are understood, and bring again what we could not take."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from regulars.base.actor import SYSTEM
from regulars.channels.contract import Call
from regulars.messages.models import Said, Sender, Touch
from regulars.messages.operations import add_sender, plan, retire_sender
from regulars.people.models import Consent, Customer, Suppression
from regulars.sources.answers.door import LARGEST, door_of, hook, secret_of
from tests.channels.wechat.signing import KEY, TOKEN, sealed, signed, xml
from tests.messages.shop import IDENTITY, NOON, customer, leave, provider, sending

pytestmark = pytest.mark.django_db
WECHAT = {"app_id": "wx1", "app_secret": "s", "token": TOKEN, "aes_key": KEY}


def wechat(**settings: str) -> Sender:
    given = WECHAT | settings
    return add_sender(channel="wechat", adapter="official", name="W", settings=given, by=SYSTEM, at=NOON)


def path_of(sender: Sender) -> str:
    return door_of(sender.pk, "")


def ring(sender: Sender, call: Call, path: str = "") -> Any:
    """Make a provider's call to us, as a browserless stranger."""
    client = Client(enforce_csrf_checks=True)
    asked = "&".join(f"{k}={v}" for k, v in call.query.items())
    where = (path or path_of(sender)) + (f"?{asked}" if asked else "")
    if call.method == "GET":
        return client.get(where)
    return client.post(where, call.body, content_type="text/xml")


def push(**fields: str) -> Call:
    at = str(int(NOON.timestamp()))
    return sealed(xml(FromUserName="o-ada", ToUserName="gh_1", CreateTime=at, **fields), "wx1")


SUBSCRIBE = {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_window"}
WORDS = {"MsgType": "text", "Content": "Do you have oolong?", "MsgId": "77"}


def test_the_handshake_is_answered() -> None:
    answer = ring(wechat(), signed(echostr="5566"))
    assert (answer.status_code, answer.content) == (200, b"5566")


def test_a_push_is_taken_in_once_and_answered_as_wechat_wants() -> None:
    sender = wechat()
    for _ in range(2):
        for fields in (SUBSCRIBE, WORDS):
            answer = ring(sender, push(**fields))
            assert (answer.status_code, answer.content) == (200, b"success")
            assert not answer.cookies
    assert Consent.objects.get().proof["scene"] == "window"
    assert Said.objects.get().customer == Customer.objects.get()


@pytest.mark.parametrize("wrong", ["0" * 32, "é", "nothing", ""])
def test_a_guessed_address_is_no_door(wrong: str) -> None:
    sender = wechat()
    assert ring(sender, push(**SUBSCRIBE), f"/hooks/{sender.pk}/{wrong}").status_code == 404
    assert ring(sender, push(**SUBSCRIBE), f"/hooks/{sender.pk + 1}/{secret_of(sender.pk)}").status_code == 404
    assert not Customer.objects.exists()


def test_a_door_closes_with_its_sender() -> None:
    sender = wechat()
    retire_sender(sender.pk, by=SYSTEM, at=NOON)
    assert ring(sender, push(**SUBSCRIBE)).status_code == 404
    assert secret_of(sender.pk) != secret_of(sender.pk + 1)


def test_a_forged_push_writes_nothing_and_no_secret_into_a_log(caplog: pytest.LogCaptureFixture) -> None:
    sender = wechat()
    forged = sealed(xml(FromUserName="o-eve", **SUBSCRIBE), "wx1", token="guessed")
    assert ring(sender, forged).status_code == 403
    assert not Customer.objects.exists()
    with patch("regulars.sources.answers.door.hear", side_effect=OperationalError("o-ada wrote: oolong")):
        assert ring(sender, push(**WORDS)).status_code == 503
    assert "could not be taken in" in caplog.text
    assert secret_of(sender.pk) not in caplog.text
    assert "oolong" not in caplog.text


@pytest.mark.parametrize("length", [LARGEST + 1, 30 * LARGEST])
def test_a_body_of_more_than_a_megabyte_is_not_read(length: int) -> None:
    sender = wechat()
    request = RequestFactory().generic("POST", path_of(sender), b"x", content_type="text/xml")
    request.META["CONTENT_LENGTH"] = str(length)
    assert hook(request, sender.pk, secret_of(sender.pk)).status_code == 413


@pytest.mark.parametrize(("size", "status"), [(None, 200), (LARGEST + 1, 413)])
def test_a_body_sent_in_chunks_is_read_too(size: int | None, status: int) -> None:
    from io import BytesIO

    sender, call = wechat(), push(**SUBSCRIBE)
    asked = "&".join(f"{k}={v}" for k, v in call.query.items())
    request = RequestFactory().post(f"{path_of(sender)}?{asked}")
    request.META["CONTENT_LENGTH"] = ""
    request.META["wsgi.input"] = BytesIO(call.body if size is None else b"x" * size)
    assert hook(request, sender.pk, secret_of(sender.pk)).status_code == status


def test_what_could_not_be_taken_in_is_asked_for_again() -> None:
    sender = wechat()
    with patch("regulars.sources.answers.door.hear", side_effect=OperationalError("the database is down")):
        answer = ring(sender, push(**WORDS))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert ring(sender, push(**WORDS)).status_code == 200
    assert Said.objects.count() == 1


def test_either_all_of_a_call_is_taken_in_or_nothing() -> None:
    """A listener that falls over takes the person that the same words made known back with it."""
    from regulars.messages.operations.hearing import ON_SAID

    def fall(said: Said) -> None:
        raise OperationalError("gone")

    sender = wechat()
    ON_SAID.append(fall)
    try:
        assert ring(sender, push(**WORDS)).status_code == 503
    finally:
        ON_SAID.remove(fall)
    assert not Customer.objects.exists()


def test_settings_that_cannot_work_do_not_lose_a_push() -> None:
    sender = wechat(aes_key="too short")
    assert ring(sender, push(**WORDS)).status_code == 503


def test_twilio_signs_the_address_that_the_world_sees() -> None:
    """The shop stands behind a proxy: what is signed begins with the address it gave, not with ours."""
    import base64
    import hashlib
    import hmac

    provider()
    given = {"account_sid": "AC1", "auth_token": "t0ken", "sender": "+15005550006"}
    sender = add_sender(channel="sms", adapter="twilio", name="T", settings=given, by=SYSTEM, at=NOON)
    fields = {"Body": "STOP", "From": "+447700900123", "MessageSid": "SM1", "AccountSid": "AC1"}
    signed_text = door_of(sender.pk, IDENTITY.address) + "".join(k + fields[k] for k in sorted(fields))
    mark = base64.b64encode(hmac.new(b"t0ken", signed_text.encode(), hashlib.sha1).digest()).decode()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path_of(sender), fields, headers={"X-Twilio-Signature": mark})
    assert answer.status_code in {400, 403}  # multipart is not what was signed
    form = "&".join(f"{k}={v.replace('+', '%2B')}" for k, v in fields.items())
    kind = "application/x-www-form-urlencoded"
    answer = client.post(path_of(sender), form, content_type=kind, headers={"X-Twilio-Signature": mark})
    assert answer.status_code == 200
    assert list(Suppression.objects.values_list("kind", "reason")) == [("phone", "unsubscribed")]


def test_nothing_comes_by_a_door_that_the_adapter_does_not_have() -> None:
    _, sender = provider()
    plan(sending(), [customer("Ada").pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    assert Client().post(path_of(sender), b"x", content_type="text/plain").status_code == 404
    assert Touch.objects.get().state == "handed_over"


def test_the_address_stands_on_the_senders_page(olive: Any, client_of: Any) -> None:
    provider()
    sender = wechat()
    page = client_of(olive).get(f"/settings/speaking/{sender.pk}/").content.decode()
    assert door_of(sender.pk, IDENTITY.address) in page
    mail = {"host": "127.0.0.1", "security": "none", "from_address": "hello@shop.example"}
    smtp = add_sender(channel="email", adapter="smtp", name="M", settings=mail, by=SYSTEM, at=NOON)
    page = client_of(olive).get(f"/settings/speaking/{smtp.pk}/").content.decode()
    assert "/hooks/" not in page
    assert f"/settings/speaking/{smtp.pk}/mailbox" in page


def test_a_mail_providers_reports_move_the_message_and_its_mail_is_an_answer() -> None:
    """From the letter that Postmark took to what it tells of it: by its own password, and by nobody else's."""
    from regulars.messages.names import touch_name
    from tests.channels.email.providers import OURS, PROVIDERS, answers
    from tests.channels.vendors import vendor

    postmark = next(p for p in PROVIDERS if p.name == "postmark")
    provider()
    Sender.objects.update(retired_at=NOON)
    with vendor(answers(postmark)) as server:
        given = postmark.settings(server.url)
        sender = add_sender(channel="email", adapter="postmark", name="P", settings=given, by=SYSTEM, at=NOON)
        plan(sending(), [customer("Ada").pk, customer("Ben").pk], by=SYSTEM, at=NOON)
        assert leave(sender, NOON) == 2
    hers, his = Touch.objects.order_by("pk")
    assert hers.provider_id == postmark.provider_id
    client = Client(enforce_csrf_checks=True)

    def tell(what: str, touch: Touch, secret: str | None = None) -> int:
        call = postmark.call(postmark.says(what) | {"Metadata": {"regulars_id": touch_name(touch.pk)}}, secret)
        proof = {"Authorization": call.headers["authorization"]}
        sent = client.post(path_of(sender), call.body, content_type="application/json", headers=proof)
        return int(sent.status_code)

    assert tell("delivered", hers, "guessed") == 403
    assert {t.state for t in Touch.objects.all()} == {"handed_over"}
    assert [tell("delivered", hers), tell("hard", his), tell("hard", his), tell("opened", hers)] == [200] * 4
    assert list(Touch.objects.order_by("pk").values_list("state", flat=True)) == ["delivered", "bounced"]
    assert Suppression.objects.count() == 1
    assert postmark.inbound is not None
    tag = touch_name(hers.pk)
    mail = b"From: ada@example.com\r\nSubject: Re\r\nMessage-ID: <9@x>\r\n\r\nMore oolong, please.\r\n"
    body = postmark.inbound(mail) | {"OriginalRecipient": f"answers+{tag}@in.tea.example"}
    call = postmark.call(body)
    for _ in range(2):
        client.post(path_of(sender), call.body, content_type="application/json",
                    headers={"Authorization": call.headers["authorization"]})  # fmt: skip
    assert Said.objects.get().touch == hers
    assert OURS not in tag


def test_a_report_of_a_message_that_is_not_written_down_yet_is_asked_for_again() -> None:
    """MailerSend knows our message by its own name only, which the worker writes down when it settles."""
    from regulars.channels.contract import Receipt
    from regulars.messages.operations import settle, take
    from tests.channels.email.providers import PROVIDERS

    mailersend = next(p for p in PROVIDERS if p.name == "mailersend")
    provider()
    given = mailersend.settings("https://api.example")
    sender = add_sender(channel="email", adapter="mailersend", name="M", settings=given, by=SYSTEM, at=NOON)
    plan(sending(), [customer("Ada").pk], by=SYSTEM, at=NOON)
    [claim] = take("w0", sender, most=10, at=NOON)
    call = mailersend.call(mailersend.says("delivered"))

    def tell() -> int:
        proof = {"Signature": call.headers["signature"]}
        return Client().post(path_of(sender), call.body, content_type="application/json", headers=proof).status_code

    assert tell() == 503
    settle("w0", [(claim, Receipt("accepted", provider_id=mailersend.provider_id))], at=NOON)
    assert (tell(), Touch.objects.get().state) == (200, "delivered")
