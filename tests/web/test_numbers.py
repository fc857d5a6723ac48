"""The page of a number: what it means, its windows, the people behind it, files, and what each role sees."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.insight import CATALOGUE
from regulars.people.drafts import BuyerDraft
from regulars.shop.models import Order
from regulars.stream.models import Activity
from regulars.web.models import StoredNumber
from regulars.web.numbers import engine, periods
from tests.web.cast import Cast, order, take

pytestmark = pytest.mark.django_db
Sign = Callable[[Any], Client]
Count = Callable[[], None]


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def rows_of(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def days_ago(days: int) -> str:
    return (now().astimezone(shop_settings().zone).date() - timedelta(days=days)).isoformat()


def test_every_number_has_a_page_that_says_what_it_means(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    client = client_of(olive)
    everything = page(client, "/numbers/")
    for name, metric in CATALOGUE.items():
        assert f'href="/numbers/{name}/"' in everything
        text = page(client, f"/numbers/{name}/")
        assert metric.title in text
        assert metric.formula.split("'")[0] in text.replace("&#x27;", "'")
    assert client.get("/numbers/happiness/").status_code == 404


def test_a_window_of_ones_own_is_worked_out_kept_and_true(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    client = client_of(olive)
    path = f"/numbers/revenue/?from={days_ago(45)}&to={days_ago(1)}"
    text = page(client, path)
    zone = shop_settings().zone
    inside = [
        o.paid_minor
        for o in Order.objects.filter(state="paid")
        if days_ago(45) <= o.placed_at.astimezone(zone).date().isoformat() <= days_ago(1)
    ]
    assert f"¥{sum(inside) / 100:.2f}" in text
    kept = StoredNumber.objects.get(name="number", params__contains=f"start={days_ago(45)}")
    page(client, path)
    assert StoredNumber.objects.get(pk=kept.pk).computed_at == kept.computed_at
    take(cast.store, order("A8", None, 3, 5_00), batch=4)
    count_up()
    assert f"¥{(sum(inside) + 500) / 100:.2f}" in page(client, path)


def test_before_the_first_orders_there_is_nothing_to_count(olive: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    assert "There is nothing to count yet" in page(client_of(olive), "/numbers/revenue/")


NONSENSE = (
    "from=yesterday", "from=2026-13-01&to=x", "from=2026-05-05&to=2026-05-01", "page=-1", "page=999999999999",
    "store=7", "period=ever", "from=1900-01-01&to=2200-12-31", "to=1950-01-01", "from=2199-01-01",
)  # fmt: skip


def test_nonsense_in_the_address_is_named_or_left_out(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    for query in NONSENSE:
        page(client_of(olive), f"/numbers/regulars/?{query}")
        page(client_of(olive), f"/numbers/revenue/?{query}")
    assert "not a date" in page(client_of(olive), "/numbers/revenue/?from=yesterday")
    assert "ends before it begins" in page(client_of(olive), "/numbers/revenue/?from=2026-05-05&to=2026-05-01")


def test_the_customers_behind_a_number_come_in_pages_and_as_a_file(
    cast: Cast, olive: Any, mark: Any, client_of: Sign, count_up: Count
) -> None:
    many = [BuyerDraft(account=f"m{n}", name=f"Guest {n:03d}") for n in range(60)]
    take(cast.store, *[order(f"M{n}", who, 3) for n, who in enumerate(many)], batch=2)
    count_up()
    client, path = client_of(mark), "/numbers/new_customers/?period=30d"
    seen: list[str] = []
    for number in (1, 2, 3):
        text = page(client, f"{path}&page={number}")
        seen += [who.name for who in many if who.name in text]
        assert ("page=" in text and ">Next<" in text) == (number < 3)
    assert sorted(seen) == [who.name for who in many]
    file = rows_of(client, "/numbers/new_customers/customers?period=30d")
    assert {row[1] for row in file[1:]} == {*seen, "Ben Brandt"}
    downloaded = Activity.objects.get(kind="list.downloaded")
    assert json.loads(downloaded.body)["with_contacts"] is False
    assert downloaded.by == f"staff:{mark.pk}"


def test_the_course_of_a_number_is_a_file_that_adds_up(cast: Cast, ana: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    header, *rows = rows_of(client_of(ana), "/numbers/revenue/course")
    assert header == ["From", "To", "Revenue (CNY)", "Counted"]
    assert len(rows) == 25
    paid = sum(o.paid_minor for o in Order.objects.filter(state="paid"))
    assert sum(round(float(row[2]) * 100) for row in rows) == paid


def test_regulars_are_listed_with_their_pause(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    text = page(client_of(olive), "/numbers/regulars/?period=30d")
    assert "Ada Abel" in text
    assert "Cleo Castro" not in text
    assert "20 days" in text
    assert "10 days" in text


def test_an_analyst_reads_the_number_without_names(
    cast: Cast, ana: Any, sam: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    text = page(client_of(ana), "/numbers/orders/?period=30d")
    assert "Ada" not in text
    assert f"Customer {cast.ada.pk}" in text
    assert f'href="/customers/{cast.ada.pk}/"' not in text
    assert client_of(ana).get("/numbers/orders/customers").status_code == 403
    assert client_of(sam).get("/numbers/orders/").status_code == 403


def test_a_broken_lake_is_said_not_hidden(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count, tmp_path: Any
) -> None:
    count_up()
    (tmp_path / "lake" / "manifest.json").write_text("{", encoding="utf-8")
    engine._open.cache_clear()
    answer = client_of(olive).get(f"/numbers/revenue/?from={days_ago(3)}")
    assert answer.status_code == 503
    assert "cannot be read just now" in answer.content.decode()
    # What is kept is still shown.
    assert client_of(olive).get("/").status_code == 200
    engine._open.cache_clear()


def every_day() -> Iterator[date]:
    day = date(2023, 1, 1)
    while day < date(2025, 1, 1):
        yield day
        day += timedelta(days=1)


def test_the_month_so_far_stands_beside_the_same_days_of_the_month_before() -> None:
    for day in every_day():
        window = periods.month_so_far(day)
        assert window.start == day.replace(day=1)
        assert window.before[1] < window.start
        assert window.before[0].day == 1
        if (day + timedelta(days=1)).day == 1:
            assert window.before[1] + timedelta(days=1) == window.start
        else:
            assert window.before[1].day == min(day.day, window.before[1].day)
        assert window.year_before[0].month == window.start.month


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(sorted(CATALOGUE)))
def test_every_window_offered_lies_in_order(day: date, name: str) -> None:
    metric = CATALOGUE[name]
    for period in periods.offered(metric):
        window = periods.window_of(period, day, metric)
        assert window.start <= window.end <= day
        assert window.before[0] <= window.before[1] < window.start
        assert window.year_before[0] <= window.year_before[1]


def test_numbers_end_with_the_last_order_only_where_that_is_long_ago() -> None:
    today = date(2026, 11, 23)
    assert periods.anchor(today, None) == today
    assert periods.anchor(today, date(2026, 11, 1)) == today
    assert periods.anchor(today, date(1998, 6, 30)) == date(1998, 6, 30)
    assert periods.anchor(today, date(2027, 1, 1)) == today
