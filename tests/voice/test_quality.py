"""Product quality: what went wrong is counted for sure or said to be unclear, and a bad lot waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from regulars.base.clock import now
from regulars.desks.voice.opinions.operations import close_case
from regulars.desks.voice.quality import operations, outcomes, queries
from regulars.desks.voice.quality.models import LotReading, ProductFigures
from regulars.desks.voice.quality.rules import Share, suspicion
from regulars.shop import operations as shop
from regulars.shop.models import Check, Line, Lot, LotLine, Order, Product, Refund, StopSale
from regulars.staff.models import Staff
from regulars.stream.models import Activity
from regulars.web.worklist import work_of
from tests.messages.shop import customer
from tests.voice.shop import OLIVE, product, said, store

pytestmark = pytest.mark.django_db
Sign = Callable[[Any], Client]
DAY = timedelta(days=1)
START = now() - 200 * DAY


def sell(number: str, at: datetime, *goods: Product, who: int | None = None, back: datetime | None = None) -> Order:
    """Have an order paid, and its money given back if ``back``."""
    row = Order.objects.create(
        store=store(), number=number, customer_id=who, state="paid", currency="EUR", gross_minor=900, paid_minor=900,
        reporting_minor=900, items=len(goods), placed_at=at, paid_at=at,
    )  # fmt: skip
    Line.objects.bulk_create(
        Line(order=row, position=n, title=g.title, sku=g.external_id, product=g, quantity=1)
        for n, g in enumerate(goods)
    )
    if back is not None:
        Refund.objects.create(order=row, amount_minor=900, refunded_at=back)
    return row


def bad_lot(tea: Product, *, bad_every: int = 4, code: str = "bad") -> Lot:
    """Sell 300 orders of older lots, of which one in 50 comes back, then 60 of a lot that comes back oftener."""
    for n in range(300):
        at = START + n * DAY / 5
        sell(f"old{code}{n}", at, tea, back=at + 8 * DAY if n % 50 == 0 else None)
    lot = shop.add_lot(product=tea.pk, code=code, quantity=100, by=OLIVE, at=START)
    for n in range(60):
        at = START + 61 * DAY + n * DAY / 5
        order = sell(f"new{code}{n}", at, tea, back=at + 8 * DAY if n % bad_every == 0 else None)
        LotLine.objects.create(lot=lot, order=order, quantity=1, how="hand", at=at, by="staff:1")
    return lot


def told() -> list[str]:
    """Return what was recorded of lots, but for their being added."""
    kinds = Activity.objects.filter(kind__startswith="lot.").order_by("id").values_list("kind", flat=True)
    return [kind for kind in kinds if kind != "lot.added"]


def test_what_went_wrong_is_counted_where_it_is_sure_and_said_to_be_unclear_elsewhere() -> None:
    tea, cups = product(), product("Cups", "cups")
    ada = customer("Ada")
    sell("A1", START, tea, who=ada.pk, back=START + 5 * DAY)
    both = sell("A2", START + DAY, tea, cups, who=ada.pk, back=START + 5 * DAY)
    undated = sell("A3", START + 2 * DAY, tea, back=START)
    Refund.objects.filter(order=undated).update(is_date_known=False)
    said(
        "Mouldy when I opened it",
        order=both.pk,
        product=tea.pk,
        mark=1,
        best=5,
        case="low_mark",
        said_at=START + 9 * DAY,
    )
    said("It came late again", order=both.pk, product=cups.pk, case="not_in_time", said_at=START + 9 * DAY)
    said("Nice", product=cups.pk, mark=5, best=5, said_at=START + 9 * DAY)
    said("Bitter, I cannot drink it", customer=ada.pk, product=tea.pk, mark=4, best=10, said_at=START + DAY / 2)
    found = outcomes.find(until=now())
    names = dict(Order.objects.values_list("pk", "number"))
    bad = {names[o]: (out.kinds, out.day is None) for o, out in found.bad[tea.pk].items()}
    assert bad == {
        "A1": ({"returned", "marked_low"}, False),
        "A2": ({"complained", "marked_low"}, False), "A3": ({"returned"}, True)
    }  # fmt: skip
    assert found.bad.get(cups.pk) is None, "late is not bad goods, and nobody wrote down which of two came back"
    assert (found.unclear[tea.pk], found.unclear[cups.pk]) == (1, 1)
    operations.work_out(at=now())
    row = queries.product_row(tea)
    assert (row.figures.orders, row.figures.bad, row.figures.returned, row.figures.returned_unclear) == (3, 3, 2, 1)
    assert (row.figures.buyers, row.figures.bought_again, row.figures.complaints) == (1, 1, 1)
    assert sum(orders for orders, _bad in row.figures.course) == 3
    assert row.figures.variants == [["green", "", 3, 3]]
    assert row.stars is None, "two marks are too few"


def test_a_case_that_was_not_ours_tells_nothing_of_the_goods() -> None:
    tea = product()
    order = sell("A1", START, tea)
    row = said("The box was crushed by the carrier", order=order.pk, case="by_hand", said_at=START + DAY)
    assert outcomes.find(until=now()).bad[tea.pk][order.pk].kinds == {"complained"}
    close_case(row.case.pk, outcome="not_ours", by=OLIVE, at=START + 2 * DAY)
    assert not outcomes.find(until=now()).bad.get(tea.pk)


def test_a_bad_lot_is_named_once_and_waits_for_a_person(olive: Staff) -> None:
    tea = product()
    lot = bad_lot(tea)
    assert operations.work_out(at=now()) == [lot.pk]
    assert operations.work_out(at=now()) == []
    reading = LotReading.objects.get()
    assert (reading.verdict, reading.orders, reading.bad, reading.returned) == ("failing", 60, 15, 15)
    assert reading.usual == pytest.approx(1.2, rel=0.2)
    assert reading.low > 1
    assert told() == ["lot.failing"]
    assert [item.kind for item in work_of(olive)] == ["lot_in_doubt"]
    operations.go_on(lot.pk, by=OLIVE, at=now())
    assert not work_of(olive)
    assert operations.take_back_go_on(lot.pk, by=OLIVE, at=now())
    assert not operations.take_back_go_on(lot.pk, by=OLIVE, at=now())
    assert work_of(olive)
    stop = shop.stop_sale(product=tea.pk, lot=lot.pk, reason="mould", by=OLIVE, at=now())
    assert stop is not None
    assert not work_of(olive)
    shop.release_sale(stop.pk, by=OLIVE, at=now())
    assert not work_of(olive), "who lifts a stop has decided"


def test_a_lot_as_good_as_the_others_is_left_alone(olive: Staff) -> None:
    bad_lot(product(), bad_every=60)
    assert operations.work_out(at=now()) == []
    assert LotReading.objects.get().verdict == "fine"
    assert not work_of(olive)


def test_a_failed_check_waits_without_statistics_and_a_later_one_asks_again(
    olive: Staff, sam: Staff, mark: Staff
) -> None:
    lot = shop.add_lot(product=product().pk, code="L1", by=OLIVE, at=START)
    seen: dict[str, Any] = {"lot": lot.pk, "stage": "dispatch", "what": "Smell", "by": OLIVE}
    first = shop.add_check(result="fail", **seen, at=START + DAY)
    assert [len(work_of(who)) for who in (olive, sam, mark)] == [1, 1, 0]
    operations.go_on(lot.pk, by=OLIVE, at=START + 2 * DAY)
    assert not work_of(olive)
    second = shop.add_check(result="fail", **seen, at=START + 3 * DAY)
    assert work_of(olive)
    shop.take_back_check(second.pk, by=OLIVE, at=now())
    assert not work_of(olive)
    assert first.pk < second.pk


def test_shares_and_suspicions_by_their_rules() -> None:
    # Wilson's interval of 1 of 1, 45 of 50 and 95 of 100.
    assert [round(Share(a, b).low, 3) for a, b in ((1, 1), (45, 50), (95, 100))] == [0.207, 0.786, 0.888]
    assert (Share(0, 0).low, Share(0, 0).high) == (0, 1)
    assert [Share(1, n).is_shown for n in (4, 5)] == [False, True]
    nothing: dict[str, Any] = {"named_at": None, "failed_check_at": None, "decided_at": None, "is_stopped": False}
    assert suspicion(**nothing) is None
    assert suspicion(**nothing | {"named_at": START, "is_stopped": True}) is None
    both = suspicion(**nothing | {"named_at": START, "failed_check_at": START - DAY})
    assert both is not None
    assert both.is_failing
    again = suspicion(**nothing | {"named_at": START, "failed_check_at": START + 2 * DAY, "decided_at": START + DAY})
    assert again is not None
    assert not again.is_failing


def test_pages_show_what_was_found_and_one_press_decides(olive: Staff, client_of: Sign) -> None:
    tea = product()
    lot = bad_lot(tea)
    operations.work_out(at=now())
    client = client_of(olive)
    here = reverse("quality:lot", args=[lot.pk])
    product_page = reverse("quality:product", args=[tea.pk])
    for path in (reverse("quality:board"), product_page, reverse("quality:lots"), here):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(path).content.decode()
        assert "failing" in page, path
        assert len(captured) <= 13, path
    page = client.get(here).content.decode()
    assert "Of 60 orders 15 went wrong" in page
    decide = reverse("quality:decide", args=[lot.pk])
    answer = client.post(decide, {"do": "stop"}, follow=True)
    assert StopSale.objects.get().lot == lot
    assert f"{decide}?do=release" in answer.content.decode()
    client.post(f"{decide}?do=release")
    assert StopSale.objects.get().lifted_at is not None
    rows = b"".join(client.get(reverse("quality:orders_export", args=[lot.pk])).streaming_content).decode()  # type: ignore[attr-defined]
    assert len(rows.splitlines()) == 61
    assert "lot.downloaded" in told()
    board = b"".join(client.get(reverse("quality:export")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Green tea" in board


def test_a_lot_and_a_check_are_entered_with_a_phone(sam: Staff, client_of: Sign) -> None:
    tea, client = product(), client_of(sam)
    add = reverse("quality:add", args=[tea.pk])
    assert client.post(add, {"code": ""}).status_code == 400
    answer = client.post(add, {"code": "L 7", "quantity": "40", "arrived_date": "2026-01-05", "supplier": "Hill"})
    lot = Lot.objects.get()
    assert answer.headers["Location"] == reverse("quality:lot", args=[lot.pk])
    assert client.post(add, {"code": "L 7"}).status_code == 400
    check = reverse("quality:check", args=[lot.pk])
    out = BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "PNG")
    seen = {"what": "Weight", "stage": "sourcing", "value": "251.5", "unit": "g"}
    photo = SimpleUploadedFile("../../x.php", out.getvalue())
    assert client.post(check, {**seen, "result": "pass", "photo": photo}).status_code == 302
    kept = Check.objects.get()
    assert kept.photo.startswith("lots/")
    assert "php" not in kept.photo
    picture = client.get(reverse("quality:photo", args=[kept.pk]))
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert b"".join(picture.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    wrong = SimpleUploadedFile("a.jpg", b"<html><script>alert(1)</script>", content_type="image/jpeg")
    refused = client.post(check, {**seen, "result": "pass", "photo": wrong})
    assert (refused.status_code, Check.objects.count()) == (400, 1)
    assert client.post(check, {**seen, "result": "great"}).status_code == 400
    again = client.get(reverse("quality:lot", args=[lot.pk])).content.decode()
    assert 'value="Weight"' in again, "the next check is the last one's kind: two taps"
    assert client.post(reverse("quality:edit", args=[lot.pk]), {"quantity": "50"}).status_code == 302
    assert Lot.objects.get().quantity == 50


def test_who_holds_a_lot_is_said_by_hand_by_file_or_assumed(olive: Staff, client_of: Sign) -> None:
    tea, client = product(), client_of(olive)
    lot = shop.add_lot(product=tea.pk, code="L1", by=OLIVE, at=START)
    orders = [sell(f"A{n}", START + n * DAY, tea) for n in range(1, 4)]
    decide = reverse("quality:decide", args=[lot.pk])
    client.post(decide, {"do": "assign", "order": "A1"})
    assert LotLine.objects.get().how == "hand"
    client.post(decide, {"do": "assign", "order": "nobody"})
    client.post(f"{decide}?do=unassign&order={orders[0].pk}")
    assert not LotLine.objects.exists()
    path = reverse("quality:assign_file")
    file = SimpleUploadedFile("p.csv", "order,sku,lot\nA1,green,L1\nA2,,L2\nA9,,L1\n".encode("utf-8-sig"))
    page = client.post(path, {"file": file}).content.decode()
    assert "Row 4" in page
    assert {(h.order.number, h.lot.code) for h in LotLine.objects.all()} == {("A1", "L1"), ("A2", "L2")}
    for raw in (b"\xff\xfe\x00bad", b"a,b\n1,2\n", b"", b'order,lot\n"' + b"x" * 200_000):
        assert client.post(path, {"file": SimpleUploadedFile("p.csv", raw)}).status_code == 400
    answer = client.post(reverse("quality:decide_product", args=[tea.pk]), {"do": "assume"}, follow=True)
    undo = answer.content.decode().split('action="')
    where = next(part.split('"')[0] for part in undo if "undo_assume" in part.split('"')[0]).replace("&amp;", "&")
    assert LotLine.objects.filter(how="assumed").count() == 1
    client.post(where)
    assert not LotLine.objects.filter(how="assumed").exists()


def test_an_analyst_sees_no_names_and_decides_nothing(ana: Staff, client_of: Sign) -> None:
    tea = product()
    lot = shop.add_lot(product=tea.pk, code="L1", by=OLIVE, at=START)
    order = sell("A1", START, tea, who=customer("Ada").pk)
    shop.assign(lot=lot.pk, order=order.pk, by=OLIVE, at=START)
    client = client_of(ana)
    page = client.get(reverse("quality:lot", args=[lot.pk])).content.decode()
    assert "A1" in page
    assert "Ada" not in page
    assert "Stop this lot" not in page
    assert client.post(reverse("quality:decide", args=[lot.pk]), {"do": "stop"}).status_code == 403
    assert not StopSale.objects.exists()


def test_another_room_can_say_a_count_beside_a_product(olive: Staff, client_of: Sign, monkeypatch: Any) -> None:
    tea = product()
    sell("A1", START, tea)
    operations.work_out(at=now())
    beside = queries.Beside("photos", "Pictures sent in", lambda ids: {pk: (7, "/pictures/") for pk in ids})
    monkeypatch.setattr(queries, "BESIDE", [beside])
    client = client_of(olive)
    assert '<a href="/pictures/">7</a>' in client.get(reverse("quality:product", args=[tea.pk])).content.decode()
    assert "Pictures sent in" in client.get(reverse("quality:board")).content.decode()


def test_figures_that_are_gone_leave_the_board() -> None:
    tea = product()
    sell("A1", START, tea)
    operations.work_out(at=now())
    assert ProductFigures.objects.count() == 1
    Line.objects.all().delete()
    operations.work_out(at=now())
    assert not ProductFigures.objects.exists()
