"""Retention: the cohorts are those of the orders, cells lead to their people, and little data says so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.people.drafts import BuyerDraft
from regulars.shop.models import Order
from regulars.shop.operations import add_store
from regulars.web import retention
from tests.web.cast import ADA, BY, Cast, order, take

pytestmark = pytest.mark.django_db
Sign = Callable[[Any], Client]
Count = Callable[[], None]
Month = tuple[int, int]


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def month_of(at: datetime) -> Month:
    local = at.astimezone(shop_settings().zone)
    return local.year, local.month


def cohorts() -> dict[Month, dict[int, set[int]]]:
    """Return who ordered how many months after her first, from the orders themselves."""
    months: dict[int, set[Month]] = defaultdict(set)
    for o in Order.objects.filter(state="paid").exclude(customer=None).select_related("customer"):
        assert o.customer is not None
        months[o.customer.root_id].add(month_of(o.placed_at))
    found: dict[Month, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for root, seen in months.items():
        first = min(seen)
        for year, month in seen:
            found[first][(year - first[0]) * 12 + month - first[1]].add(root)
    return found


@pytest.fixture
def crowd(cast: Cast) -> Cast:
    """Return the cast with forty guests who came first about a year ago; every second came back."""
    drafts = []
    for n in range(40):
        who = BuyerDraft(account=f"g{n}", name=f"Guest {n:02d}")
        drafts += [order(f"G{n}-{k}", who, 400 - 30 * k) for k in range(1 + n % 2 * (n % 5))]
    take(cast.store, *drafts, batch=2)
    return cast


def test_the_cells_are_those_of_the_orders_and_lead_to_their_people(
    crowd: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    client = client_of(olive)
    text = page(client, "/retention/?show=counts")
    cells = re.findall(r'href="/retention/cohorts/(\d{4})-(\d\d)/(\d+)/"[^>]*>([\d,]+)', text)
    truth = cohorts()
    shown = {((int(y), int(m)), int(age)): int(count) for y, m, age, count in cells}
    for month, ages in truth.items():
        for age, people in ages.items():
            if age <= retention.MONTHS_SHOWN:
                assert shown.pop((month, age)) == len(people)
    assert shown == {}
    (month, ages) = max(truth.items(), key=lambda item: len(item[1][0]))
    age = max(ages)
    behind = page(client, f"/retention/cohorts/{month[0]}-{month[1]:02d}/{age}/")
    assert {int(n) for n in re.findall(r'href="/customers/(\d+)/"', behind)} == ages[age]


def test_shares_counts_curves_rates_and_classes_are_there(
    crowd: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    text = page(client_of(olive), "/retention/")
    assert "%" in text
    assert 'class="heat"' in text
    assert "heat-9" in text
    assert "How cohorts hold" in text
    assert "<polyline" in text
    assert "365 days" in text
    assert "The usual pause between two orders" in text
    assert 'href="/retention/classes/' in text


def test_the_people_of_all_classes_are_everybody_once(
    crowd: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    client = client_of(olive)
    names = re.findall(r'href="/retention/classes/(\w+)/"', page(client, "/retention/"))
    people: list[str] = []
    for name in names:
        people += re.findall(r'href="/customers/(\d+)/"', page(client, f"/retention/classes/{name}/"))
    buyers = Order.objects.filter(state="paid").exclude(customer=None).values_list("customer__root_id", flat=True)
    assert sorted(map(int, people)) == sorted(set(buyers))


def test_too_little_data_says_so(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    assert "Being worked out" in page(client_of(olive), "/retention/")
    count_up()
    text = page(client_of(olive), "/retention/")
    assert "fewer than 30 customers" in text
    assert "heat-1" not in text
    assert "heat-9" not in text


def test_an_empty_shop_is_told_what_to_do(olive: Any, client_of: Sign) -> None:
    text = page(client_of(olive), "/retention/")
    assert "Too little data" in text
    assert 'href="/imports/new/"' in text


def test_a_store_has_cohorts_of_its_own(crowd: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    counter = add_store(name="Counter", platform="", currency="CNY", timezone="Asia/Shanghai", by=BY, at=now())
    take(counter, order("K1", ADA, 1), batch=3)
    count_up()
    text = page(client_of(olive), f"/retention/?store={counter.pk}&show=counts")
    (link,) = set(re.findall(r'href="(/retention/cohorts/[^"]+)"', text))
    behind = page(client_of(olive), link)
    assert "Ada Abel" in behind
    assert "Guest" not in behind


def test_addresses_of_nothing_say_so(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    client = client_of(olive)
    for path in ("cohorts/2026-13/1/", "cohorts/x/1/", "cohorts/2020-01/9999/", "cohorts/0001-01/1/", "classes/rich/"):
        assert client.get(f"/retention/{path}").status_code == 404, path
    assert "Nobody" in page(client, "/retention/cohorts/2020-01/3/")
    page(client, "/retention/?store=9&show=%00&all=1")


def test_an_analyst_sees_no_names_and_gets_no_file(
    crowd: Cast, ana: Any, mark: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    month = max(cohorts().items(), key=lambda item: len(item[1][0]))[0]
    path = f"/retention/cohorts/{month[0]}-{month[1]:02d}/0/"
    text = page(client_of(ana), path)
    assert "Guest" not in text
    assert "Customer " in text
    assert client_of(ana).get(f"{path}?format=csv").headers["Content-Type"].startswith("text/html")
    file = client_of(mark).get(f"{path}?format=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert sum("Guest" in line for line in lines) >= 30


def test_a_month_that_is_not_over_is_marked() -> None:
    board = {"is_partial": True, "cohorts": [["2026-01-01", 100, [100, 20, 10]], ["2026-02-01", 40, [40, 5]]]}
    february, january = retention.rows(board, as_counts=False, show_all=True)
    assert [(c.text, c.is_incomplete) for c in january.cells] == [("20%", False), ("10%", True)]
    assert [(c.text, c.is_incomplete) for c in february.cells] == [("12%", True)]
    assert january.cells[0].css == "heat-9"
    assert february.cells[0].said == "5 of 40 customers, so far"


def test_the_days_of_a_cell_cross_the_turn_of_the_year() -> None:
    cohort, later = retention.cell_days(date(2025, 11, 1), 3)
    assert cohort == (date(2025, 11, 1), date(2025, 11, 30))
    assert later == (date(2026, 2, 1), date(2026, 2, 28))
