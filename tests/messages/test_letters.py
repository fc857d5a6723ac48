"""What a reader gets: her language, who speaks, the way out, and links that are hers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from regulars.base.actor import SYSTEM
from regulars.base.installation import ShopSettings
from regulars.channels.contract import Outgoing
from regulars.messages.identity import Identity, IdentityError, save_identity
from regulars.messages.letters import Reader, letter
from regulars.messages.models import Sending
from regulars.messages.names import touch_of
from regulars.messages.operations import NewSending, SpeakerUnknown, open_sending, plan
from regulars.people.links import customer_of
from tests.messages.shop import IDENTITY, NOON, TEXT, customer, leave, provider, sending

SHOP = ShopSettings(name="Tea & Co")
ADA = Reader(7, "ada@example.com", "Ada Abel", "en", "GB")


def read(content: dict[str, dict[str, str]], reader: Reader = ADA, **about: object) -> Outgoing:
    """Return the message as ``reader`` gets it."""
    values: dict[str, object] = {"scope": "campaign:3", "channel": "email", "is_marketing": True} | about
    return letter(Sending(content=content, **values), reader, "7.00ff00ff00ff00ff", IDENTITY, SHOP)


def test_an_advertisement_says_who_speaks_and_how_to_be_left_alone() -> None:
    mail = read(TEXT)
    assert mail.subject == "News for Ada"
    out = "https://regulars.example/u/7.00ff00ff00ff00ff"
    for part in (mail.text, mail.html.replace("&amp;", "&")):
        for wanted in ("Tea & Co, 1 Mill Lane, Bath", out, "https://regulars.example/f/7.00ff00ff00ff00ff"):
            assert wanted in part
    assert mail.headers["List-Unsubscribe"] == f"<{out}>"
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_program_may_write_where_somebody_reads_it() -> None:
    sending = Sending(scope="campaign:3", channel="email", is_marketing=True, content=TEXT)
    mail = letter(sending, ADA, "7.00ff00ff00ff00ff", IDENTITY, SHOP, "post+news@tea.example")
    assert mail.headers["List-Unsubscribe"] == (
        "<https://regulars.example/u/7.00ff00ff00ff00ff>, "
        "<mailto:post+news@tea.example?subject=unsubscribe%207.00ff00ff00ff00ff>"
    )
    news = Sending(scope="order:3", channel="email", is_marketing=False, content=TEXT)
    assert "List-Unsubscribe" not in letter(news, ADA, "7.1", IDENTITY, SHOP, "post@tea.example").headers


def test_news_of_an_order_is_no_advertisement() -> None:
    mail = read(TEXT, is_marketing=False)
    assert "List-Unsubscribe" not in mail.headers
    assert mail.is_service
    assert "/u/" not in mail.text


@pytest.mark.parametrize(
    ("country", "language", "subject"),
    [("CN", "zh-hans", "（广告）新茶"), ("CN", "en", "AD: New tea"), ("GB", "en", "New tea"), ("", "en", "New tea")],
)
def test_an_advertisement_to_china_is_marked_as_one(country: str, language: str, subject: str) -> None:
    content = {"en": {"subject": "New tea", "text": "x"}, "zh-hans": {"subject": "新茶", "text": "茶"}}
    assert read(content, replace(ADA, country=country, language=language)).subject == subject


def test_a_text_message_carries_its_way_out_in_a_few_letters() -> None:
    assert read({"en": {"text": "The tea is in."}}, channel="sms").text == (
        "Tea & Co: The tea is in. Reply STOP to end"
    )
    chinese = replace(ADA, language="zh-Hans")
    assert read({"zh-hans": {"text": "新茶到了。"}}, chinese, channel="sms").text == (
        "【Tea & Co】新茶到了。 拒收请回复R"
    )


def test_only_links_to_the_shops_own_site_are_personal() -> None:
    mail = read({"en": {"subject": "x", "text": "See https://tea.example/oolong?x=1 and https://other.example/."}})
    link = next(word for word in mail.text.split() if word.startswith("https://tea.example"))
    assert link.startswith("https://tea.example/oolong?x=1&utm_source=regulars")
    assert customer_of(link.rpartition("rg=")[2]) == 7
    assert "https://other.example/." in mail.text


def test_what_a_customer_is_called_cannot_become_markup() -> None:
    mail = read(TEXT, replace(ADA, name="<b>Ada</b>"))
    assert "<b>" not in mail.html
    assert "&lt;b&gt;Ada" in mail.html


@pytest.mark.django_db
def test_nothing_that_sells_leaves_before_the_shop_says_who_speaks() -> None:
    new = NewSending("campaign:1", "email", TEXT, NOON + timedelta(days=1))
    with pytest.raises(SpeakerUnknown) as refused:
        open_sending(new, by=SYSTEM, at=NOON)
    assert refused.value.missing == ["company", "postal_address", "address"]
    assert not Sending.objects.exists()
    save_identity(IDENTITY, by=SYSTEM, at=NOON)
    assert open_sending(new, by=SYSTEM, at=NOON).pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("address", Identity(address="regulars.example")),
        ("site", Identity(site="ftp://tea.example")),
        ("topics", Identity(topics=("",))),
    ],
)
def test_a_sender_that_cannot_be_is_refused_by_field(field: str, new: Identity) -> None:
    with pytest.raises(IdentityError) as refused:
        save_identity(new, by=SYSTEM, at=NOON)
    assert refused.value.field == field


@pytest.mark.django_db
def test_the_name_of_a_message_leads_back_to_it() -> None:
    kept, sender = provider()
    ada = customer("Ada Abel", city="Bath")
    text = {"en": {"subject": "x", "text": "How is {city|your town}, {last_product|the tea}?"}}
    plan(sending(content=text), [ada.pk], by=SYSTEM, at=NOON)
    leave(sender, NOON)
    assert touch_of(kept.taken[0].id) is not None
    assert kept.taken[0].text.startswith("How is Bath, the tea?")
