"""Today: seven numbers that are true, for whom they are meant, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.base.clock import now
from regulars.base.installation import shop_settings
from regulars.base.jobs import run_due
from regulars.base.models import Job
from regulars.people.drafts import BuyerDraft
from regulars.shop.models import Order
from regulars.shop.operations import add_store, undo_batch
from regulars.stream.jobs import write_lake
from regulars.web.models import StoredNumber
from tests.web.cast import ADA, BY, Cast, order, take

pytestmark = pytest.mark.django_db
Sign = Callable[[Any], Client]
Count = Callable[[], None]


def page(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def shown(text: str) -> dict[str, str]:
    """Return the figures of a page by their label."""
    parts = re.findall(r'<p class="figure-label">.*?>([^<]+)</a></p>\s*<p class="figure-value[^"]*">([^<]+)<', text)
    return dict(parts)


def paid_since(days: int) -> list[Order]:
    zone = shop_settings().zone
    first = now().astimezone(zone).date() - timedelta(days=days - 1)
    return [o for o in Order.objects.filter(state="paid") if o.placed_at.astimezone(zone).date() >= first]


def test_an_empty_shop_is_welcomed_with_one_thing_to_do(olive: Any, client_of: Sign) -> None:
    text = page(client_of(olive))
    assert text.count("button-primary") == 1
    assert 'href="/imports/new/"' in text
    assert "regulars demo" in text


def test_before_the_first_numbers_the_page_says_so_and_looks_again(cast: Cast, olive: Any, client_of: Sign) -> None:
    text = page(client_of(olive))
    assert "are being worked out" in text
    assert 'hx-trigger="every 5s"' in text
    assert "What needs a person now" in text


def test_the_numbers_of_the_last_days_are_those_of_the_orders(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    figures = shown(page(client_of(olive), "/?period=30d"))
    orders = paid_since(30)
    revenue = sum(o.paid_minor for o in orders) / 100
    assert figures["Orders"] == str(len(orders)) == "3"
    assert figures["Revenue"] == f"¥{revenue:.2f}" == "¥90.00"
    assert figures["Average order value"] == f"¥{revenue / len(orders):.2f}"
    assert figures["New customers"] == "1"
    assert figures["Regulars"] == "1"
    assert len(figures) == 7


def test_what_cannot_be_told_yet_is_not_guessed(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    text = page(client_of(olive), "/?period=30d")
    assert shown(text)["Repeat rate"] == "Too little data"
    assert "of at least 30 customers" in text


def test_each_store_has_its_own_numbers(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    counter = add_store(name="Counter", platform="", currency="CNY", timezone="Asia/Shanghai", by=BY, at=now())
    take(counter, order("K1", ADA, 1, 7_00), batch=2)
    count_up()
    whole = shown(page(client_of(olive), "/?period=30d"))
    alone = shown(page(client_of(olive), f"/?period=30d&store={counter.pk}"))
    assert (whole["Orders"], whole["Revenue"]) == ("4", "¥97.00")
    assert (alone["Orders"], alone["Revenue"]) == ("1", "¥7.00")


def test_every_number_leads_to_the_same_number_with_its_customers(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    client = client_of(olive)
    links = dict(re.findall(r'figure-label"><a href="(/numbers/[^"]+)">([^<]+)<', page(client, "/?period=30d")))
    assert len(links) == 7
    for link, label in links.items():
        behind = page(client, link.replace("&amp;", "&"))
        value = shown(page(client, "/?period=30d"))[label]
        assert value in behind
        if value != "Too little data":
            assert "Ada Abel" in behind or "Ben Brandt" in behind


def test_old_files_show_their_own_last_days_and_say_so(db: None, olive: Any, client_of: Sign, count_up: Count) -> None:
    store = add_store(name="Old", platform="", currency="CNY", timezone="UTC", by=BY, at=now())
    take(store, *[order(f"O{n}", ADA, 400 + n) for n in range(5)])
    count_up()
    text = page(client_of(olive), "/?period=30d")
    assert shown(text)["Orders"] == "5"
    assert "so the numbers end there" in text


def test_an_import_undone_leaves_no_numbers(cast: Cast, olive: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    assert StoredNumber.objects.filter(name="today").exists()
    undo_batch(batch=1, store=cast.store.pk, changes=[], first_activity_id=1, by=BY, at=now())
    count_up()
    assert not StoredNumber.objects.filter(name="today").exists()
    assert 'href="/imports/new/"' in page(client_of(olive))


def test_the_numbers_follow_the_lake_by_themselves(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    write_lake()
    waiting = Job.objects.get(kind="web.refresh_numbers")
    write_lake()
    assert Job.objects.get(kind="web.refresh_numbers").pk == waiting.pk
    Job.objects.update(run_at=now())
    run_due()
    assert StoredNumber.objects.filter(name="today", params="period=month").exists()


def test_nothing_is_worked_out_twice(cast: Cast, count_up: Count) -> None:
    count_up()
    before = dict(StoredNumber.objects.values_list("pk", "computed_at"))
    count_up()
    assert dict(StoredNumber.objects.values_list("pk", "computed_at")) == before
    take(cast.store, order("A9", ADA, 1), batch=3)
    count_up()
    row = StoredNumber.objects.get(name="today", params="period=month")
    assert row.computed_at > before[row.pk]


def test_a_page_reads_what_is_kept_and_little_else(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    count_up()
    client = client_of(olive)

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a page asked the lake")

    monkeypatch.setattr("regulars.insight.lake.Lake._execute", refuse)
    for path in ("/", "/?period=30d", "/retention/"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(path).status_code == 200
        assert len(queries) <= 12, [q["sql"][:100] for q in queries]


def test_an_agent_sees_her_work_and_no_numbers(cast: Cast, sam: Any, client_of: Sign, count_up: Count) -> None:
    count_up()
    text = page(client_of(sam))
    assert "What needs a person now" in text
    assert shown(text) == {}
    assert "slipping away" not in text


def test_an_analyst_sees_numbers_and_nobody(cast: Cast, ana: Any, client_of: Sign, count_up: Count) -> None:
    late = BuyerDraft(account="late", name="Lena Late", city="Bern")
    take(cast.store, *[order(f"L{n}", late, 40 + 14 * n) for n in range(6)], batch=2)
    count_up()
    text = page(client_of(ana), "/?period=30d")
    assert shown(text)["Orders"] == "3"
    assert "1 regular is slipping away" in text
    assert "Lena" not in text


def test_an_address_with_nonsense_shows_the_usual_page(
    cast: Cast, olive: Any, client_of: Sign, count_up: Count
) -> None:
    count_up()
    for query in ("period=week", "store=99999", "store=x", "store=", "period=%00&store=%00"):
        assert len(shown(page(client_of(olive), f"/?{query}"))) == 7
