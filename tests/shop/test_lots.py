"""Lots: entered, checked with pictures that are believed in nothing, put to orders and taken from them, stopped."""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from PIL import Image

from regulars.base import pictures
from regulars.base.actor import Actor
from regulars.base.clock import now
from regulars.desks.voice.opinions.models import Opinion
from regulars.shop import operations
from regulars.shop.drafts import LineDraft, ProductDraft
from regulars.shop.models import Check, Line, Lot, LotLine, Order, Product, StopSale
from regulars.shop.operations import FileRow, LotError
from regulars.shop.operations.undo import undo_batch
from regulars.stream.models import Activity
from tests.messages.shop import NOON
from tests.voice.shop import OLIVE, product, said, store
from tests.web.cast import order as order_draft
from tests.web.cast import take

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BY_OLIVE: dict[str, Any] = {"by": OLIVE, "at": NOON}


def sold(number: str, *what: tuple[Product, int], day: int = 0) -> Order:
    """Have an order paid for these products on a day after noon of the first."""
    at = NOON + day * DAY
    row = Order.objects.create(
        store=store(), number=number, state="paid", currency="EUR", gross_minor=1_000, paid_minor=1_000,
        items=len(what), placed_at=at, paid_at=at,
    )  # fmt: skip
    for n, (goods, quantity) in enumerate(what):
        Line.objects.create(order=row, position=n, title=goods.title, sku=goods.external_id, product=goods,
                            quantity=quantity)  # fmt: skip
    return row


def picture(size: tuple[int, int] = (40, 30), form: str = "JPEG", **more: object) -> bytes:
    """Return a picture as a phone would send it."""
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, form, **more)
    return out.getvalue()


def told() -> list[str]:
    """Return what was recorded of lots."""
    return list(Activity.objects.filter(kind__startswith="lot.").order_by("id").values_list("kind", flat=True))


def test_a_lot_has_one_code_and_says_what_is_wrong() -> None:
    tea = product()
    lot = operations.add_lot(product=tea.pk, code="  L 1 ", quantity=9, arrived_date=date(2026, 1, 2), **BY_OLIVE)
    assert lot.code == "L 1"
    for wrong in ({"code": "L 1"}, {"code": "  "}, {"code": "x", "quantity": 0}, {"code": "x", "variant": 99}):
        with pytest.raises(LotError):
            operations.add_lot(product=tea.pk, **wrong, **BY_OLIVE)
    assert operations.change_lot(lot.pk, supplier="Hill farm", **BY_OLIVE)
    assert not operations.change_lot(lot.pk, supplier="Hill farm", **BY_OLIVE)
    with pytest.raises(LotError):
        operations.change_lot(lot.pk, code="other", **BY_OLIVE)
    assert operations.withdraw_lot(lot.pk, **BY_OLIVE)
    assert not operations.withdraw_lot(lot.pk, **BY_OLIVE)
    assert operations.restore_lot(lot.pk, **BY_OLIVE)
    assert told() == ["lot.added", "lot.changed", "lot.withdrawn", "lot.restored"]


def test_a_person_stops_a_sale_and_lifts_it() -> None:
    tea, other = product(), product("Black tea", "black")
    lot = operations.add_lot(product=tea.pk, code="L1", **BY_OLIVE)
    stop = operations.stop_sale(product=tea.pk, lot=lot.pk, reason="mould", **BY_OLIVE)
    assert stop is not None
    assert operations.stop_sale(product=tea.pk, lot=lot.pk, reason="mould", **BY_OLIVE) is None
    assert operations.stop_sale(product=tea.pk, reason="all of it", **BY_OLIVE) is not None
    with pytest.raises(LotError):
        operations.stop_sale(product=other.pk, lot=lot.pk, reason="x", **BY_OLIVE)
    assert operations.release_sale(stop.pk, by=OLIVE, at=NOON + DAY)
    assert not operations.release_sale(stop.pk, by=OLIVE, at=NOON + DAY)
    assert operations.stop_sale(product=tea.pk, lot=lot.pk, reason="again", **BY_OLIVE) is not None
    assert told()[1:] == ["lot.stopped", "lot.stopped", "lot.released", "lot.stopped"]


def test_a_check_keeps_a_picture_without_where_it_was_taken() -> None:
    lot = operations.add_lot(product=product().pk, code="L1", **BY_OLIVE)
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010F] = "SecretPhone"
    raw = picture((400, 300), exif=exif) + b"<script>hidden</script>"
    check = operations.add_check(
        lot=lot.pk, stage="sourcing", what=" Smell ", result="fail", value=Decimal("250.5"), unit="g", photo=raw,
        **BY_OLIVE,
    )  # fmt: skip
    with default_storage.open(check.photo) as file:
        kept = file.read()
    assert b"SecretPhone" not in kept
    assert b"script" not in kept
    with Image.open(BytesIO(kept)) as found:
        assert (found.format, found.size, len(found.getexif())) == ("JPEG", (300, 400), 0)
    assert (check.what, check.value) == ("Smell", Decimal("250.5"))
    assert operations.take_back_check(check.pk, **BY_OLIVE)
    assert not operations.take_back_check(check.pk, **BY_OLIVE)
    assert told() == ["lot.added", "lot.checked", "lot.check_taken_back"]


def _bomb() -> bytes:
    """Return a PNG of a few bytes that says it has 10 billion points."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    "raw",
    [
        b"no picture", b"", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", b"GIF89a" + b"\0" * 20,
        picture(form="BMP"), picture((200, 200))[:300], b"%PDF-1.4", b"\xff\xd8\xff", _bomb(),
        b"\0" * (pictures.MOST_BYTES + 1),
    ],
    ids=["text", "empty", "svg", "gif", "bmp", "cut", "pdf", "start", "bomb", "large"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_nothing_is_kept(raw: bytes) -> None:
    lot = operations.add_lot(product=product().pk, code="L1", **BY_OLIVE)
    with pytest.raises(pictures.PictureError):
        pictures.redrawn(raw)
    if raw:
        with pytest.raises(pictures.PictureError):
            operations.add_check(lot=lot.pk, stage="dispatch", what="Look", result="pass", photo=raw, **BY_OLIVE)
    assert not Check.objects.exists()


def test_a_check_that_is_not_kept_leaves_no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    lot = operations.add_lot(product=product().pk, code="L1", **BY_OLIVE)
    kept: list[str] = []
    keep = pictures.keep

    def noted(jpeg: bytes, *, folder: str) -> str:
        kept.append(keep(jpeg, folder=folder))
        return kept[-1]

    monkeypatch.setattr(pictures, "keep", noted)
    with pytest.raises(ValueError, match="wrong"):
        operations.add_check(lot=lot.pk, stage="wrong", what="Look", result="pass", photo=picture(), **BY_OLIVE)
    assert not default_storage.exists(kept[0])


def test_random_bytes_never_break_the_reader() -> None:
    good = bytearray(picture((120, 90), "WEBP"))
    for seed in range(60):
        broken = bytearray(good)
        for n in range(8):
            broken[(seed * 131 + n * 37) % len(broken)] ^= 1 + (seed * 7 + n) % 255
        with suppress(pictures.PictureError):
            pictures.redrawn(bytes(broken))
    with pytest.raises(pictures.PictureError):
        pictures.redrawn(os.urandom(2_000))


def test_orders_are_put_to_lots_by_hand_and_by_file() -> None:
    tea, cups = product(), product("Cups", "cups")
    one, two = sold("A1", (tea, 3)), sold("A2", (tea, 1), (cups, 2))
    lot = operations.add_lot(product=tea.pk, code="L1", **BY_OLIVE)
    assert operations.assign(lot=lot.pk, order=one.pk, **BY_OLIVE)
    assert not operations.assign(lot=lot.pk, order=one.pk, quantity=1, **BY_OLIVE)
    rows = [
        FileRow(2, "A2", "green", "L1"), FileRow(3, "A2", "cups", "C7", 9), FileRow(4, "A2", "", "L1"),
        FileRow(5, "nobody", "", "L1"), FileRow(6, "A1", "green", "L1"), FileRow(7, "A2", "wrong", "L1"),
    ]  # fmt: skip
    done = operations.assign_file(rows, by=OLIVE, at=NOON + DAY)
    assert (done.orders, done.lots, [row for row, _text in done.problems]) == (1, 1, [4, 5, 7])
    assert {(h.lot.code, h.order.number, h.quantity, h.how) for h in LotLine.objects.all()} == {
        ("L1", "A1", 3, "hand"), ("L1", "A2", 1, "file"), ("C7", "A2", 2, "file"),
    }  # fmt: skip
    other = sold("A3", (cups, 1))
    with pytest.raises(LotError):
        operations.assign(lot=lot.pk, order=other.pk, **BY_OLIVE)
    assert operations.unassign(lot.pk, two.pk, **BY_OLIVE)
    assert not operations.unassign(lot.pk, two.pk, **BY_OLIVE)


def test_first_in_first_out_is_marked_as_assumed_and_gives_way_to_what_is_known() -> None:
    tea = product()
    arrived = NOON.date()
    old = operations.add_lot(product=tea.pk, code="old", quantity=3, arrived_date=arrived, **BY_OLIVE)
    new = operations.add_lot(product=tea.pk, code="new", arrived_date=arrived + 2 * DAY, **BY_OLIVE)
    orders = [sold(f"A{n}", (tea, 2), day=n) for n in range(-1, 5)]
    until = NOON + 9 * DAY
    assert operations.assume(tea.pk, since=NOON - 9 * DAY, until=until, by=OLIVE, at=until) == 5
    held = list(LotLine.objects.order_by("order__placed_at", "lot_id").values_list("lot_id", "order_id", "quantity"))
    # Nothing had arrived for the first order; the third takes the last of the old lot and one of the new.
    assert held == [
        (old.pk, orders[1].pk, 2), (old.pk, orders[2].pk, 1), (new.pk, orders[3].pk, 2), (new.pk, orders[4].pk, 2),
        (new.pk, orders[5].pk, 2),
    ]  # fmt: skip
    assert operations.assume(tea.pk, since=NOON - 9 * DAY, until=until, by=OLIVE, at=until + DAY) == 0
    assert operations.assign(lot=old.pk, order=orders[5].pk, by=OLIVE, at=until)
    assert LotLine.objects.filter(order=orders[5]).values_list("lot_id", "how").get() == (old.pk, "hand")
    assert operations.undo_assignment(tea.pk, made_at=until, by=OLIVE, at=until + DAY) == 5
    assert not LotLine.objects.exists()


def test_a_stopped_lot_gives_nothing_more() -> None:
    tea = product()
    lot = operations.add_lot(product=tea.pk, code="L1", arrived_date=NOON.date(), **BY_OLIVE)
    sold("A1", (tea, 1), day=1)
    sold("A2", (tea, 1), day=3)
    operations.stop_sale(product=tea.pk, lot=lot.pk, reason="mould", by=OLIVE, at=NOON + 2 * DAY)
    operations.assume(tea.pk, since=NOON, until=NOON + 9 * DAY, by=OLIVE, at=NOON)
    assert [h.order.number for h in LotLine.objects.all()] == ["A1"]


def test_a_newer_file_and_an_undone_import_leave_lots_whole() -> None:
    from tests.web.cast import open_shop

    cast = open_shop()
    espresso = cast.espresso
    lot = operations.add_lot(product=espresso.pk, code="L1", by=OLIVE, at=now())
    take(cast.store, order_draft("Z1", None, 3), batch=7)
    order = cast.order("Z1")
    operations.assign(lot=lot.pk, order=order.pk, by=OLIVE, at=now())
    said("Bitter beans, I am afraid", order=order.pk, product=espresso.pk)
    take(cast.store, order_draft("Z1", None, 3, minor=30_00), batch=8)
    assert LotLine.objects.get().order.number == "Z1", "its lines were written anew"
    undo_batch(batch=7, store=cast.store.pk, changes=[], first_activity_id=0, by=Actor("staff", 1), at=now())
    assert not LotLine.objects.exists()
    assert Opinion.objects.get().order_id is None
    assert Lot.objects.get().product_id == espresso.pk


def test_a_product_known_from_orders_alone_keeps_its_lots_when_a_file_tells_of_it() -> None:
    from tests.web.cast import open_shop

    cast = open_shop()
    line = (LineDraft("Cups", 1, "", unit_minor=5_00, total_minor=5_00),)
    take(cast.store, order_draft("Z1", None, 3, lines=line), ProductDraft(2, "cups", "Mugs", "CNY"))
    implicit = Product.objects.get(title="Cups")
    for code, goods in (("L1", implicit), ("L1", Product.objects.get(title="Mugs")), ("L2", implicit)):
        operations.add_lot(product=goods.pk, code=code, by=OLIVE, at=now())
        operations.stop_sale(product=goods.pk, reason="x", by=OLIVE, at=now())
    take(cast.store, ProductDraft(2, "cups", "Cups", "CNY"), batch=9)
    kept = Product.objects.get(title="Cups")
    assert sorted(code.split(" #")[0] for code in kept.lot_set.values_list("code", flat=True)) == ["L1", "L1", "L2"]
    assert StopSale.objects.filter(product=kept, lifted_at=None).count() == 1


class Laws(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 9), st.integers(1, 4)), min_size=1, max_size=12),
        st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(1, 12)), min_size=1, max_size=4),
        st.booleans(),
    )
    def test_assuming_and_undoing_is_as_before_and_no_lot_gives_more_than_it_has(
        self, orders: list[tuple[int, int]], lots: list[tuple[int, int | None]], by_hand: bool
    ) -> None:
        tea = product()
        made = [sold(f"A{n}", (tea, quantity), day=day) for n, (day, quantity) in enumerate(orders)]
        for n, (day, quantity) in enumerate(lots):
            operations.add_lot(
                product=tea.pk, code=f"L{n}", quantity=quantity, arrived_date=NOON.date() + day * DAY, **BY_OLIVE
            )  # fmt: skip
        if by_hand:
            operations.assign(lot=Lot.objects.get(code="L0").pk, order=made[0].pk, quantity=1, **BY_OLIVE)
        before = list(LotLine.objects.values_list("lot_id", "order_id", "quantity", "how"))
        later = NOON + 30 * DAY
        operations.assume(tea.pk, since=NOON - DAY, until=later, by=OLIVE, at=later)
        for lot in Lot.objects.exclude(quantity=None):
            assumed = lot.lotline_set.filter(how="assumed").values_list("quantity", flat=True)
            if not (by_hand and lot.code == "L0"):
                assert sum(assumed) <= (lot.quantity or 0)
        for row in made:
            held = sum(row.lotline_set.values_list("quantity", flat=True))
            assert held <= sum(row.line_set.values_list("quantity", flat=True))
        for line in LotLine.objects.filter(how="assumed").select_related("lot", "order"):
            assert line.lot.arrived_date is not None
            assert line.lot.arrived_date <= line.order.placed_at.date()
        operations.undo_assignment(tea.pk, made_at=later, by=OLIVE, at=later)
        assert list(LotLine.objects.values_list("lot_id", "order_id", "quantity", "how")) == before
