"""Every word against five people counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from regulars.base.actor import Actor
from regulars.decisions.audiences import WORDS
from regulars.decisions.audiences.chance import place
from regulars.desks.outreach.audiences import queries
from regulars.people.models import Customer
from regulars.people.operations import erase
from tests.audiences.cast import BY, names, open_shop, root

pytestmark = pytest.mark.django_db
ALL = "Ada Ben Cleo Dan 王芳"

CASES = [
    ("", ALL),
    ("everybody", ALL),
    ("not everybody", ""),
    ("name known", ALL),
    ("language is zh", "Ada 王芳"),
    ("language is zh-hans", "Ada"),
    ("language is de, en", "Ben Dan"),
    ("country is DE", "Ben Dan"),
    ("country is cn, fr", "Ada Cleo 王芳"),
    ("not country is DE", "Ada Cleo 王芳"),
    ("city is 上海", "Ada"),
    ("city contains ERL", "Ben"),
    ('city contains "%"', ""),
    ("region is Zhejiang", ""),
    ("first seen within 60 days", "Ben Dan 王芳"),
    ("first seen over 490 days ago", "Cleo"),
    ("has phone", "王芳"),
    ("has email", "Ada Ben Cleo Dan"),
    ("has email and not has account", ""),
    ("agreed to email", "Ada Dan"),
    ("agreed to email, sms", "Ada Ben Dan"),
    ("agreed to email for news", ""),
    ("suppressed", "Dan"),
    ("suppressed by email", "Dan"),
    ("suppressed by phone", ""),
    ("agreed to email and not suppressed", "Ada"),
    ("orders at least 2", "Ada Cleo"),
    ("orders exactly 0", "王芳"),
    ("orders between 1 and 2", "Ben Cleo Dan"),
    ("orders more than 2", "Ada"),
    ("orders less than 1", "王芳"),
    ("orders at least 2 in 365 days", "Ada"),
    ("orders at least 1 in 60 days", "Ada Ben Dan"),
    ("orders exactly 0 in 60 days", "Cleo 王芳"),
    ("orders at most 1 in 365 days", "Ben Cleo Dan 王芳"),
    ("orders exactly 1 in 365 days", "Ben Dan"),
    ("spent at least 50", "Ada Ben"),
    ("spent between 20 and 35", "Cleo Dan"),
    ("spent exactly 0", "王芳"),
    ("spent less than 20.01", "Dan 王芳"),
    ("spent more than 50 in 100 days", "Ada"),
    ("spent at most 50 in 100 days", "Ben Cleo Dan 王芳"),
    ("last order over 60 days ago", "Cleo"),
    ("last order within 60 days", "Ada Ben Dan"),
    ("not last order within 60 days", "Cleo 王芳"),
    ("first order over 1 year ago", "Ada Cleo"),
    ("last order before 2020-01-01", ""),
    ("last order since 2020-01-01", "Ada Ben Cleo Dan"),
    ("refunded", "Ben"),
    ("refunded in 30 days", "Ben"),
    ("refunded at least 2", ""),
    ("bought at Counter", "Ben"),
    ('bought at "Own site" at least 2', "Ada Cleo"),
    ('bought at "Own site" in 60 days', "Ada Dan"),
    ("state is no_orders", "王芳"),
    ("state is new", "Ben Dan"),
    ("state is lapsed", "Cleo"),
    ('bought product "Green tea"', "Ada Ben"),
    ("bought product Espresso", "Ada Cleo Dan"),
    ("bought product Espresso at least 2", "Ada"),
    ("bought product Espresso in 60 days", "Ada Dan"),
    ("bought product Mug", "Cleo"),
    ("bought product containing tea, mug", "Ada Ben Cleo"),
    ('not bought product "Green tea" and orders at least 1', "Cleo Dan"),
    ("bought product Espresso exactly 0", "Ben 王芳"),
    ("bought category Leaves", "Ada"),
    ("bought category Beans at least 2", "Ada"),
    ("bought vendor Corner", "Ada Cleo Dan"),
    ("bought sku E250", "Ada Cleo Dan"),
    ("bought sku M1", "Cleo"),
    ("visits at least 2", "Ada"),
    ("visits at least 2 in 90 days", "Ada"),
    ("visits at least 3 in 90 days", ""),
    ("visits exactly 1", "Ben"),
    ("visits exactly 0", "Cleo Dan 王芳"),
    ("last visit within 7 days", "Ada"),
    ("last visit over 7 days ago", "Ben"),
    ('viewed product "Green tea"', "Ada Ben"),
    ('viewed product "Green tea" in 30 days', "Ben"),
    ("viewed product Thé", "Ada"),
    ("added product Espresso", ""),
    ("did order.paid at least 2 in 365 days", "Ada"),
    ("did consent.withdrawn", "Cleo"),
    ("did site.visited in 7 days", "Ada"),
    ("did site.visited exactly 0", "Cleo Dan 王芳"),
    ("country is DE or orders at least 3", "Ada Ben Dan"),
    ("not (country is DE or orders at least 3)", "Cleo 王芳"),
    ("orders at least 1 and (country is FR or suppressed) and not has phone", "Cleo Dan"),
]


@pytest.fixture
def at() -> datetime:
    return open_shop()


def who(text: str, at: datetime) -> str:
    """Return who a rule chooses, by name; its count says the same."""
    rule = queries.read(text)
    found = queries.members(rule, at=at)
    assert queries.count(rule, at=at) == len(found) == len(set(found))
    seen = queries.find(rule, at=at)
    assert (seen.count, sorted(seen.sample)) == (len(found), found[:10] if len(found) <= 10 else sorted(seen.sample))
    return names(found)


def test_every_word_chooses_whom_it_says(at: datetime) -> None:
    wrong = [(text, expected, got) for text, expected in CASES if (got := who(text, at)) != expected]
    assert not wrong


def test_every_word_is_among_the_cases() -> None:
    said = " ".join(text for text, _who in CASES)
    assert [
        w.name
        for w in WORDS
        if w.name not in said and w.name not in {"random", "in audience", "got campaign", "said need"}
    ] == []
    for word in WORDS:
        assert word.label
        assert word.group


def test_every_example_can_be_read(at: datetime) -> None:
    from regulars.desks.outreach.audiences.operations import save_audience
    from regulars.desks.outreach.campaigns.models import Campaign
    from regulars.shop.operations import add_store

    save_audience(name="VIP", rule="orders at least 3", by=BY, at=at)
    add_store(name="Tmall", platform="tmall", currency="CNY", timezone="Asia/Shanghai", by=BY, at=at)
    Campaign.objects.create(name="Spring", planned_at=at, at=at, by=str(BY))
    for word in WORDS:
        assert queries.count(queries.read(word.example), at=at) >= 0, word.name


def test_erased_people_are_in_no_audience(at: datetime) -> None:
    erase(root("Ada"), reason="wish", by=BY, at=at)
    assert who("", at) == "Ben Cleo Dan 王芳"
    assert who("not country is DE", at) == "Cleo 王芳"
    assert who("orders at least 0", at) == "Ben Cleo Dan 王芳"


def test_merged_records_are_one_person_counted_once(at: datetime) -> None:
    assert Customer.objects.count() == 6
    assert who("orders exactly 2", at) == "Cleo"
    assert who("bought product Mug and bought product Espresso", at) == "Cleo"
    assert who("did order.paid exactly 2", at) == "Cleo"


def test_a_random_share_goes_by_the_person_and_stays(at: datetime) -> None:
    roots = Customer.objects.filter(root_id__gt=0).values_list("root_id", flat=True)
    for salt in ("spring", "autumn", "春"):
        for share in ("0.01", "25", "50", "99.99", "100"):
            rule = queries.read(f'random {share}% "{salt}"')
            expected = sorted({r for r in roots if place(salt, r) < float(share) * 100})
            assert queries.members(rule, at=at) == queries.members(rule, at=at + timedelta(days=9)) == expected


def test_days_are_the_shops(at: datetime) -> None:
    """An order at 23:30 in Shanghai is of that day, though the UTC day ends eight hours later."""
    from regulars.base.clock import to_us
    from regulars.shop.models import Order
    from regulars.shop.operations import refresh_summaries

    ben = root("Ben")
    placed = datetime.fromisoformat("2026-03-01T23:30:00+08:00")
    Order.objects.filter(number="B1").update(placed_at=to_us(placed))
    refresh_summaries([ben])
    for text, is_in in (
        ("last order from 2026-03-01 to 2026-03-01", True),
        ("last order before 2026-03-02", True),
        ("last order before 2026-03-01", False),
        ("orders at least 1 since 2026-03-02", False),
        ("orders at least 1 from 2026-02-28 to 2026-03-01", True),
    ):
        assert (ben in queries.members(queries.read(f"{text} and bought at Counter"), at=at)) is is_in, text


def test_texts_are_never_written_into_the_question(at: datetime) -> None:
    nasty = "'; DROP TABLE people_customer; --"
    for text in (
        f'bought product "{nasty}"',
        f'city contains "{nasty}"',
        f'random 10% "{nasty}"',
        f'country is "{nasty}"',
    ):
        asked = queries.question(queries.read(text), at=at)
        assert "DROP" not in asked.sql
        assert queries.members(queries.read(text), at=at) is not None
    assert Actor.parse(str(BY)) == BY
