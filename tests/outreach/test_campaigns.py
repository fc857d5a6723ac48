"""A campaign from its words to what it changed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.base import secrets
from regulars.base.actor import SYSTEM, Actor
from regulars.base.models import Job
from regulars.desks.outreach.audiences.operations import save_audience
from regulars.desks.outreach.audiences.queries import members, read
from regulars.desks.outreach.campaigns import operations, queries
from regulars.desks.outreach.campaigns.models import Campaign
from regulars.desks.outreach.campaigns.readout import read_out
from regulars.messages.identity import Identity, save_identity
from regulars.messages.models import Said, Sender, Sending, Touch
from regulars.messages.names import touch_name
from regulars.messages.operations import take_opinion
from regulars.people.models import Consent, Customer, Identifier
from regulars.shop.models import Order
from regulars.shop.operations import add_store
from regulars.stream.models import Activity
from tests.messages.shop import NOON, Provider, customer, leave, provider

pytestmark = pytest.mark.django_db
OLIVE, DAY = Actor("staff", 1), timedelta(days=1)
TEXTS = [{"en": {"subject": "Tea for {first_name|you}", "text": "The tea is in.", "short": "Tea is in."}}]


def campaign(**values: Any) -> Campaign:
    """Return a draft to everybody by mail."""
    audience = save_audience(name="Everybody", rule="everybody", by=OLIVE, at=NOON)
    about: dict[str, Any] = {"name": "Spring", "audience_id": audience.pk, "channels": ["email"], "variants": TEXTS}
    return operations.draft_campaign(**about | {"holdout_percent": 0} | values, by=OLIVE, at=NOON)


def run(row: Campaign, sender: Sender, at: datetime = NOON) -> int:
    """Start, plan and hand over."""
    assert operations.start(row.pk, by=OLIVE, at=at)
    operations.plan_campaign(row.pk, at=at)
    row.refresh_from_db()
    return leave(sender, at)


def counts(row: Campaign) -> dict[str, int]:
    return dict(queries.standing(row).counts)


def test_it_goes_once_to_each_of_its_people() -> None:
    kept, sender = provider()
    ada, dan = customer("Ada Abel"), customer("Dan", says="withdrawn")
    row = campaign()
    assert run(row, sender) == 1
    assert not operations.start(row.pk, by=OLIVE, at=NOON)
    assert operations.plan_campaign(row.pk, at=NOON) == 0
    assert leave(sender, NOON + DAY) == 0
    assert [m.subject for m in kept.taken] == ["Tea for Ada"]
    assert counts(row) == {"handed_over": 1, "dropped": 1}
    assert queries.standing(row).state == "finished"
    assert not operations.change_campaign(row.pk, name="Other", by=OLIVE, at=NOON)
    assert Touch.objects.filter(customer_id__in=[ada.pk, dan.pk]).count() == 2
    assert Activity.objects.filter(kind="campaign.started").count() == 1


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"audience_id": None}, {"audience"}),
        ({"channels": []}, {"channels"}),
        ({"channels": ["email", "sms"]}, {"channels"}),
        ({"variants": [{"en": {"subject": "x", "text": ""}}]}, {"0-en-text"}),
        ({"variants": [{"en": {"subject": "", "text": "x"}}]}, {"0-en-subject"}),
        ({"variants": [{"en": {"subject": "x", "text": "Hi {frist_name}"}}]}, {"0-en-text"}),
        ({"variants": [{"zh-hans": {"subject": "全国第一", "text": "茶"}}]}, {"0-zh-hans-subject"}),
    ],
)
def test_what_is_wrong_is_named_and_nothing_starts(values: dict[str, Any], fields: set[str]) -> None:
    provider()
    customer("Ada")
    row = campaign(**values)
    with pytest.raises(operations.CampaignRefused) as refused:
        operations.start(row.pk, by=OLIVE, at=NOON)
    assert {p.field for p in refused.value.problems} == fields
    row.refresh_from_db()
    assert row.started_at is None
    assert not Job.objects.filter(kind="campaigns.plan").exists()
    assert not Sending.objects.exists()


def test_nobody_unknown_speaks() -> None:
    provider()
    save_identity(Identity(), by=OLIVE, at=NOON)
    with pytest.raises(operations.CampaignRefused) as refused:
        operations.start(campaign().pk, by=OLIVE, at=NOON)
    assert [p.field for p in refused.value.problems] == ["identity"]


def test_two_texts_are_shared_out_by_chance_and_nobody_gets_both() -> None:
    kept, sender = provider()
    people = [customer(f"Ada{n}") for n in range(60)]
    other = [{"en": {"subject": "Cups", "text": "The cups are in."}}]
    row = campaign(variants=TEXTS + other)
    assert run(row, sender) == 60
    cups = sum(m.subject == "Cups" for m in kept.taken)
    assert 15 < cups < 45
    assert len(set(kept.to())) == len(people)


def test_who_is_not_reached_by_mail_is_tried_by_text_message_and_who_said_no_is_not() -> None:
    kept, sender = provider()
    sms: Any = Provider()
    sms.channel = "sms"
    from regulars.channels import contract
    from regulars.messages.operations import add_sender

    contract.register(sms)
    texts = add_sender(channel="sms", adapter="kept", name="Texts", settings={}, by=SYSTEM, at=NOON)
    customer("Ada")
    for name, says in (("Ben", ""), ("Dan", "withdrawn")):
        row = customer(name, says=says)
        key = secrets.unwrap(bytes(row.wrapped_key))
        number = f"+44770090000{row.pk}"
        Identifier.objects.create(
            customer=row, kind="phone", digest=secrets.digest("phone", "", number), created_at=NOON,
            sealed=secrets.seal(key, number),
        )  # fmt: skip
        Consent.objects.create(customer=row, channel="sms", state="granted", source="form", at=NOON, by="system")
    made = campaign(channels=["email", "sms"])
    assert run(made, sender) == 1
    assert leave(texts, NOON) == 1
    assert kept.to() == ["ada@example.com"]
    assert [m.text for m in sms.taken] == ["Tea & Co: Tea is in. Reply STOP to end"]


def test_an_hour_of_each_readers_own_zone() -> None:
    _, sender = provider()
    wang, ada = customer("王芳", email="wang@example.com", country="CN"), customer("Ada", country="GB")
    row = campaign(local_at="2026-06-16T10:00")
    assert operations.start(row.pk, by=OLIVE, at=NOON)
    job = Job.objects.get(kind="campaigns.plan")
    assert job.run_at < NOON + timedelta(hours=10)
    operations.plan_campaign(row.pk, at=job.run_at)
    release = dict(Touch.objects.values_list("customer_id", "release_at"))
    assert (release[wang.pk] or NOON).isoformat() == "2026-06-16T02:00:00+00:00"
    assert (release[ada.pk] or NOON).isoformat() == "2026-06-16T09:00:00+00:00"
    assert leave(sender, NOON + timedelta(hours=15)) == 1


def test_who_got_it_is_a_word_of_audiences() -> None:
    _, sender = provider()
    ada, dan, ben = customer("Ada"), customer("Dan", says="withdrawn"), customer("Ben", says="")
    row = campaign()
    assert run(row, sender) == 1
    for rule, people in (('got campaign "Spring"', [ada]), ('not got campaign "Spring"', [dan, ben])):
        assert members(read(rule), at=NOON) == [person.pk for person in people]


def test_it_can_be_paused_resumed_and_cancelled() -> None:
    kept, sender = provider()
    for n in range(3):
        customer(f"Ada{n}")
    row = campaign()
    operations.start(row.pk, by=OLIVE, at=NOON)
    operations.plan_campaign(row.pk, at=NOON)
    row.refresh_from_db()
    assert operations.pause(row.pk, by=OLIVE, at=NOON)
    assert queries.standing(row).state == "paused"
    assert leave(sender, NOON) == 0
    assert operations.resume(row.pk, by=OLIVE, at=NOON)
    assert operations.cancel(row.pk, by=OLIVE, at=NOON) == 3
    assert operations.cancel(row.pk, by=OLIVE, at=NOON) is None
    assert leave(sender, NOON) == 0
    assert kept.taken == []
    row.refresh_from_db()
    assert (queries.standing(row).state, counts(row)) == ("cancelled", {"cancelled": 3})


def crowd(count: int) -> list[int]:
    """Return ``count`` customers who agreed to mail, made at once."""
    key, wrapped = secrets.new_key()
    first = 1 + max(Customer.objects.values_list("pk", flat=True), default=0)
    ids = range(first, first + count)
    Customer.objects.bulk_create(
        Customer(pk=pk, root_id=pk, name=f"Ada {pk}", created_at=NOON, wrapped_key=wrapped) for pk in ids
    )
    Identifier.objects.bulk_create(
        Identifier(
            customer_id=pk, kind="email", digest=secrets.digest("email", "", f"a{pk}@example.com"), created_at=NOON,
            sealed=secrets.seal(key, f"a{pk}@example.com"),
        )
        for pk in ids
    )  # fmt: skip
    Consent.objects.bulk_create(
        Consent(customer_id=pk, channel="email", state="granted", source="form", at=NOON, by="system") for pk in ids
    )
    return list(ids)


def buy(people: Sequence[int], rates: dict[int, float], seed: int) -> None:
    """Have people buy once for 50.00 within the next days, each with her own probability."""
    chance, at = random.Random(seed), NOON + DAY
    store = add_store(name="Own site", currency="USD", timezone="UTC", by=SYSTEM, at=NOON)
    Order.objects.bulk_create(
        Order(
            store=store, number=f"n{pk}", customer_id=pk, state="paid", currency="USD", gross_minor=5000,
            paid_minor=5000, reporting_minor=5000, placed_at=at, paid_at=at,
        )
        for pk in people
        if chance.random() < rates[pk]
    )  # fmt: skip


def test_the_read_out_recovers_what_the_campaign_changed() -> None:
    """As in Hillstrom's experiment, but with the truth known: mail moves buying from 10 % to 16 %."""
    _, sender = provider()
    people = crowd(4_000)
    row = campaign(holdout_percent=25, margin_percent=40, cost_minor=1_000)
    assert run(row, sender) > 2_800
    silent = set(Activity.objects.filter(kind="message.withheld").values_list("customer_id", flat=True))
    buy(people, {pk: 0.10 if pk in silent else 0.16 for pk in people}, seed=3)
    found = read_out(row, at=NOON + 14 * DAY)
    assert found is not None
    whole = found.whole
    assert (whole.held_out.people, whole.written_to.people) == (len(silent), 4_000 - len(silent))
    assert found.is_split_as_planned
    assert found.elapsed == 1.0
    assert whole.orders is not None
    assert whole.margin is not None
    assert whole.orders.tells
    assert whole.orders.low < 0.06 < whole.orders.high
    # Two fifths of 50.00 for each order more, less a cent a message.
    assert whole.margin.low < 0.06 * 2_000 - 1 < whole.margin.high
    assert whole.margin.estimate == pytest.approx(whole.orders.estimate * 2_000 - 1)
    assert whole.cost_minor == whole.left == whole.written_to.people


def test_a_campaign_that_changes_nothing_says_that_it_cannot_tell() -> None:
    _, sender = provider()
    people = crowd(1_500)
    row = campaign(holdout_percent=20)
    run(row, sender)
    buy(people, dict.fromkeys(people, 0.1), seed=8)
    found = read_out(row, at=NOON + 3 * DAY)
    assert found is not None
    assert found.whole.orders is not None
    assert not found.whole.orders.tells


def test_what_annoyed_and_what_was_answered_is_counted_by_channel() -> None:
    _, sender = provider()
    for n in range(4):
        customer(f"Ada{n}")
    row = campaign()
    run(row, sender)
    first, second, *_ = Touch.objects.order_by("pk")
    from django.test import Client

    Client().post(f"/u/{touch_name(first.pk)}", {"List-Unsubscribe": "One-Click"})
    assert take_opinion(second, "Lovely.", at=NOON)
    assert Said.objects.count() == 1
    Consent.objects.filter(state="withdrawn").update(at=NOON + DAY)
    found = read_out(row, at=NOON + DAY)
    assert found is not None
    line = found.channels[0]
    assert (line.name, line.left, line.answered.unsubscribed, line.answered.answers) == ("email", 4, 1, 1)
    assert line.silent == 2
    assert (line.orders, line.margin) == (None, None)
