"""Deeds: planned, done, told to exactly those who asked, once; and whether they helped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from regulars.base.actor import SYSTEM, Actor
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Deed, Need, Told
from regulars.desks.voice.needs.operations import NewDeed
from regulars.desks.voice.needs.queries import deeds as queries
from regulars.desks.voice.needs.queries.work import idle_work
from regulars.desks.voice.needs.rules import effect
from regulars.desks.voice.opinions.operations import open_case, take_back
from regulars.insight.rates import Count
from regulars.messages.models import Touch
from regulars.people.operations import erase, merge
from regulars.shop.models import Order
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer, leave, provider
from tests.voice.shop import OLIVE, order, said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CONTENT = {"en": {"subject": "You asked, we did", "text": "Dear {first_name|friend}, the lids are of steel now."}}
EMAIL = ("email",)


def need(name: str = "Lids break") -> Need:
    """Return a need of the shop's own."""
    return operations.make_need({"en": name}, by=OLIVE, at=NOON)


def asks(who: Any, about: Need, key: str, at: Any = NOON - DAY) -> Any:
    """Have somebody name a need."""
    row = said(f"The lid broke when it came, {key}", key, customer=who.pk if who else None, said_at=at)
    operations.confirm(row.pk, [about.pk], by=OLIVE, at=NOON)
    return row


def deed(about: Need, **more: Any) -> Deed:
    """Return a deed that is planned."""
    new = NewDeed(need=about.pk, action="Steel lids", owner=1, due=date(2026, 7, 1), **more)
    return operations.plan_deed(new, by=OLIVE, at=NOON)


def tell(row: Deed, at: Any = NOON) -> int:
    """Tell those who asked."""
    return operations.tell(row.pk, CONTENT, channels=EMAIL, by=OLIVE, at=at)


def test_planned_done_and_back_again() -> None:
    row = deed(need())
    assert operations.change_deed(
        row.pk, action="Steel lids", cause="thin", owner=1, due=row.due_date, by=OLIVE, at=NOON
    )
    assert operations.do_deed(row.pk, by=OLIVE, at=NOON)
    assert not operations.do_deed(row.pk, by=OLIVE, at=NOON)
    assert not operations.drop_deed(row.pk, by=OLIVE, at=NOON)
    assert not operations.change_deed(row.pk, action="x", cause="", owner=1, due=row.due_date, by=OLIVE, at=NOON)
    assert operations.show_deed(row.pk, {"en": "The lids are of steel."}, by=OLIVE, at=NOON)
    assert operations.undo_deed(row.pk, by=OLIVE, at=NOON + DAY)
    assert not operations.undo_deed(row.pk, by=OLIVE, at=NOON + DAY)
    assert list(queries.shown()) == [], "what is not done after all is not shown"
    assert not operations.show_deed(row.pk, {"en": "The lids are of steel."}, by=OLIVE, at=NOON + DAY)
    assert operations.drop_deed(row.pk, by=OLIVE, at=NOON + DAY)
    assert list(queries.overdue(date(2027, 1, 1))) == []
    found = Activity.objects.filter(kind__startswith="deed.").order_by("id").values_list("kind", flat=True)
    assert list(found) == [
        "deed.planned", "deed.changed", "deed.done", "deed.shown", "deed.undone", "deed.dropped",
    ]  # fmt: skip


def test_told_are_exactly_those_who_asked_before_it_was_done_and_once() -> None:
    kept, sender = provider()
    lid, cap = need(), need("Caps crack")
    ada, ben, cleo, dan = (customer(name) for name in ("Ada", "Ben", "Cleo", "Dan"))
    mean = [customer(name) for name in ("Eve", "Fay")]
    asks(ada, lid, "1")
    asks(ada, lid, "2")
    asks(ben, cap, "3")
    asks(cleo, lid, "later", NOON + 2 * DAY)
    take_back(asks(dan, lid, "4").pk, by=SYSTEM, at=NOON)
    asks(mean[0], lid, "5")
    asks(None, lid, "6")
    said("The lid broke, but nobody read it.", customer=mean[1].pk, said_at=NOON - DAY)
    erase(mean[0].pk, reason="asked", by=OLIVE, at=NOON)
    row = deed(lid)
    with pytest.raises(ValueError, match="done"):
        tell(row)
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    row.refresh_from_db()
    operations.merge_needs(cap.pk, into=lid.pk, by=OLIVE, at=NOON)
    assert queries.to_be_told(row) == [ada.pk, ben.pk]
    assert tell(row) == 2
    assert tell(row) == 0
    assert tell(row, NOON + 3 * DAY) == 0
    leave(sender, NOON)
    leave(sender, NOON + 4 * DAY)
    assert sorted(kept.to()) == ["ada@example.com", "ben@example.com"]
    assert "steel" in kept.taken[0].text
    assert Touch.objects.count() == Told.objects.count() == Activity.objects.filter(kind="deed.told").count() == 2
    merge(kept=ada.pk, folded=cleo.pk, reason="by_hand", by=OLIVE, at=NOON)
    assert queries.to_be_told(row) == []
    erase(ben.pk, reason="asked", by=OLIVE, at=NOON)
    assert Told.objects.count() == 1


def test_telling_is_marketing_for_the_guard() -> None:
    kept, sender = provider()
    lid = need()
    no, angry = customer("Ada", says="withdrawn"), customer("Ben")
    asks(no, lid, "1")
    open_case(asks(angry, lid, "2"), reason="by_hand", by=OLIVE, at=NOON)
    row = deed(lid)
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    assert tell(row) == 2
    leave(sender, NOON)
    assert kept.to() == []
    states = dict(Touch.objects.values_list("customer_id", "state"))
    assert states[no.pk] == "dropped"
    assert states[angry.pk] != "ready"
    assert tell(row, NOON + DAY) == 0, "whom the guard left out is not asked a second time"


def test_without_a_channel_nobody_counts_as_told() -> None:
    provider()
    lid = need()
    asks(customer("Ada"), lid, "1")
    row = deed(lid)
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    assert operations.tell(row.pk, CONTENT, channels=(), by=OLIVE, at=NOON) == 0
    assert tell(row) == 1


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [((60, 1_000), (12, 1_000), "worked"), ((60, 1_000), (58, 1_000), ""), ((600, 9_000), (610, 9_000), "failed"),
     ((3, 1_000), (1, 1_000), ""), ((5, 1_000), (60, 1_000), "failed"), ((30, 1_000), (0, 1_000), "worked")],
)  # fmt: skip
def test_a_deed_is_judged_by_its_interval(before: tuple[int, int], after: tuple[int, int], verdict: str) -> None:
    assert effect(30, Count(*before), Count(*after)).verdict == verdict


def test_nothing_is_judged_too_early_or_without_orders() -> None:
    assert effect(0, Count(9, 10), Count(0, 10)).verdict == ""
    assert effect(30, None, Count(0, 10)).verdict == ""
    row = deed(need())
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    row.refresh_from_db()
    assert queries.effect_of(row, at=NOON + 36 * DAY).days == 0
    assert queries.effect_of(row, at=NOON + 37 * DAY).days == 30
    assert queries.effect_of(row, at=NOON + 200 * DAY).days == 90


def test_a_deed_that_did_not_help_is_followed_by_another_once() -> None:
    lid = need()
    first = order(None)
    Order.objects.bulk_create(
        Order(store=first.store, number=f"N{n}", state="paid", currency="EUR", gross_minor=1, paid_minor=1,
              reporting_minor=1, items=1, placed_at=NOON + (DAY * 10 if n % 2 else -DAY * 10), paid_at=NOON)
        for n in range(200)
    )  # fmt: skip
    for n in range(60):
        asks(None, lid, f"before {n}", NOON - 5 * DAY)
        asks(None, lid, f"after {n}", NOON + 12 * DAY)
        asks(None, lid, f"more {n}", NOON + 13 * DAY)
    row = deed(lid)
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    row.refresh_from_db()
    at = NOON + 40 * DAY
    assert [d.pk for d in queries.to_be_judged(at=at)] == [row.pk]
    found = queries.effect_of(row, at=at)
    assert (found.before, found.after) == (Count(60, 100), Count(120, 100))
    assert operations.judge_deed(row.pk, found, by=SYSTEM, at=at)
    assert not operations.judge_deed(row.pk, found, by=SYSTEM, at=at)
    assert list(queries.unhelpful()) == [row]
    second = deed(lid, follows=row.pk)
    assert deed(lid, follows=row.pk) == second
    assert list(queries.unhelpful()) == []


def test_what_waits_is_said_on_today(olive: Any, ana: Any) -> None:
    from regulars.staff.models import Staff
    from regulars.web.numbers import shelf
    from regulars.web.worklist import work_of

    lid = need()
    for n in range(3):
        asks(None, lid, f"{n}")

    def kinds(who: Staff) -> list[str]:
        found = idle_work(until=NOON + 40 * DAY, zone=ZoneInfo("UTC"))
        rest = {"lapsing": {"count": 0}, "without_rate": {"count": 0}}
        shelf.ask(shelf.place("work"), lambda: rest | {"needs": found}, mark=str(found))
        return [item.kind for item in work_of(who) if item.kind in {"needs", "deeds", "deed_failed"}]

    assert kinds(olive) == ["needs"]
    assert kinds(ana) == []
    row = deed(lid)
    assert kinds(olive) == ["deeds"], "planned, and its day has passed"
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    assert kinds(olive) == []


def test_the_public_page_names_nobody(olive: Any, client_of: Callable[[Any], Any], client: Any) -> None:
    lid = need()
    for n in range(6):
        asks(customer(f"Secret{n}"), lid, f"{n}")
    row = deed(lid)
    operations.do_deed(row.pk, by=Actor("staff", olive.pk), at=NOON)
    assert "steel" not in client.get("/heard/").content.decode()
    client_of(olive).post(
        f"/deeds/{row.pk}/show", {"public_en": "Lids are of steel.", "public_zh-hans": "盖子换成了钢。"}
    )
    page = client.get("/heard/").content.decode()
    assert "Lids are of steel." in page
    assert "asked for by 6" in page
    assert "Secret" not in page
    assert "broke" not in page
    chinese = client.get("/heard/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert "盖子换成了钢。" in chinese
    client_of(olive).post(f"/deeds/{row.pk}/decide", {"do": "hide"})
    assert "steel" not in client.get("/heard/").content.decode()


def test_who_may_only_hear_does_not_tell(sam: Any, olive: Any, client_of: Callable[[Any], Any]) -> None:
    provider()
    lid = need()
    asks(customer("Ada"), lid, "1")
    row = deed(lid)
    operations.do_deed(row.pk, by=OLIVE, at=NOON)
    text = {"subject_en": "You asked, we did", "text_en": "Steel lids.", "subject_zh-hans": "", "text_zh-hans": ""}
    assert client_of(sam).post(f"/deeds/{row.pk}/tell", text).status_code == 403
    dotted = client_of(olive).post(f"/deeds/{row.pk}/tell", text | {"text_en": "We did …"})
    assert dotted.status_code == 400
    assert Told.objects.count() == 0
    client_of(olive).post(f"/deeds/{row.pk}/tell", text)
    assert Told.objects.count() == 1
