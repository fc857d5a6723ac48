"""The pages of an import, from the file to its undo, as Mia (manager) walks through them; the worker runs between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from regulars.base import jobs
from regulars.base.actor import Actor
from regulars.shop.models import Order, Store
from regulars.shop.operations import add_store
from regulars.sources.csv_upload.models import Batch

ORDERS = (
    "order,email,date,total\n"
    "A1,ada@example.com,2026-01-05,10.00\n"
    "A2,ben@example.com,2026-01-06,20.50\n"
    "A3,cleo@example.com,soon,5.00\n"
)


@pytest.fixture
def mia_at(mia: Any, client_of: Callable[[Any], Client]) -> Client:
    """Return Mia's browser."""
    return client_of(mia)


@pytest.fixture
def store(db: None) -> Store:
    """Return a store that was answered for already."""
    by, at = Actor("staff", 1), datetime(2026, 1, 1, tzinfo=UTC)
    return add_store(name="Counter", currency="EUR", timezone="Europe/Berlin", by=by, at=at)


def page(response: Any) -> str:
    """Return the words of a page that opened."""
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def upload(browser: Client, text: str | bytes, *, name: str = "orders.csv", store: Store | None = None) -> Any:
    """Send a file."""
    content = text if isinstance(text, bytes) else text.encode()
    fields = {"file": SimpleUploadedFile(name, content), "store": str(store.pk) if store else ""}
    return browser.post(reverse("imports:new"), fields)


def uploaded(browser: Client, text: str | bytes, **how: Any) -> Batch:
    """Send a file that can be read."""
    response = upload(browser, text, **how)
    batch = Batch.objects.latest("pk")
    assert response.headers["Location"] == reverse("imports:columns", kwargs={"pk": batch.pk})
    return batch


def at(name: str, batch: Batch) -> str:
    """Return an address of an import."""
    return reverse(f"imports:{name}", kwargs={"pk": batch.pk})


def form_of(response: Any) -> dict[str, Any]:
    """Return what the columns page would send if nothing were changed."""
    context = response.context
    plan = context["plan"]
    sent = {f"column-{c.place}": c.field for c in [*context["used"], *context["unused"]]}
    sent |= {"store_name": context["store_name"], "timezone": plan.timezone, "currency": plan.currency}
    sent |= {"country": plan.country, "date_order": plan.date_order, "decimal": plan.decimal, "entity": plan.entity}
    return sent | {"tax_included": "yes" if plan.tax_included else "no", "encoding": plan.encoding or ""}


def checked(browser: Client, text: str, **changes: Any) -> Batch:
    """Send a file, answer the questions as proposed, and let the worker check it."""
    batch = uploaded(browser, text, store=changes.pop("store", None))
    sent = form_of(browser.get(at("columns", batch))) | changes
    assert browser.post(at("columns", batch), sent).status_code == 302
    jobs.run_due()
    batch.refresh_from_db()
    assert batch.state == "checked", batch.problem
    return batch


def test_the_first_visit_says_how_to_begin(mia_at: Client) -> None:
    assert reverse("imports:new") in page(mia_at.get(reverse("imports:list")))


def test_from_file_to_customers_and_back(mia_at: Client) -> None:
    batch = checked(mia_at, ORDERS, store_name="Own site", timezone="Europe/Berlin", currency="EUR")
    assert Order.objects.count() == 0
    check = page(mia_at.get(at("batch", batch)))
    assert "Date not readable" in check
    assert "soon" in check
    assert "Own site" in check
    assert mia_at.post(at("confirm", batch)).status_code == 302
    assert 'hx-trigger="every 1s"' in page(mia_at.get(at("batch", batch)))
    jobs.run_due()
    assert Order.objects.count() == 2
    done = mia_at.get(at("progress", batch) + "?confirmed", headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == at("batch", batch)
    result = page(mia_at.get(at("batch", batch)))
    assert at("undo", batch) in result
    assert "Imported orders.csv" in result
    assert mia_at.post(at("undo", batch)).status_code == 302
    jobs.run_due()
    assert Order.objects.count() == 0
    assert "was undone" in page(mia_at.get(at("batch", batch)))
    assert "Undone" in page(mia_at.get(reverse("imports:list")))


def test_a_known_store_is_asked_nothing_twice(mia_at: Client, store: Store) -> None:
    batch = uploaded(mia_at, ORDERS, store=store)
    response = mia_at.get(at("columns", batch))
    assert response.context["asked"] == []
    assert response.context["plan"].timezone == "Europe/Berlin"
    new = uploaded(mia_at, ORDERS)
    assert {"timezone", "currency", "tax"} <= set(mia_at.get(at("columns", new)).context["asked"])


def test_columns_show_samples_and_how_sure_the_guess_is(mia_at: Client) -> None:
    text = page(mia_at.get(at("columns", uploaded(mia_at, ORDERS))))
    assert "ada@example.com" in text
    assert "95%" in text


def test_a_column_can_be_chosen_otherwise_and_is_remembered(mia_at: Client, store: Store) -> None:
    text = "nr,who,when,sum1,sum2\nA1,ada,2026-01-05,1.00,2.00\n"
    batch = uploaded(mia_at, text, store=store)
    fields = {f"column-{n}": f for n, f in enumerate(["number", "account", "placed_at", "", "total"])}
    sent = form_of(mia_at.get(at("columns", batch))) | fields
    assert mia_at.post(at("columns", batch), sent).status_code == 302
    jobs.run_due()
    batch.refresh_from_db()
    assert batch.checked["gross"] == {"EUR": 200}
    again = mia_at.get(at("columns", uploaded(mia_at, text, store=store)))
    assert again.context["plan"].columns["total"] == "sum2"
    assert again.context["is_remembered"]


def test_a_missing_column_and_a_nameless_store_are_asked_for(mia_at: Client) -> None:
    batch = uploaded(mia_at, ORDERS)
    sent = form_of(mia_at.get(at("columns", batch))) | {"column-2": "", "store_name": " "}
    response = mia_at.post(at("columns", batch), sent)
    assert response.status_code == 422
    text = response.content.decode()
    assert "Ordered on" in text
    assert "Give the store a name." in text
    assert Store.objects.count() == 0


def test_one_field_cannot_have_two_columns(mia_at: Client) -> None:
    batch = uploaded(mia_at, ORDERS)
    sent = form_of(mia_at.get(at("columns", batch))) | {"column-0": "total"}
    assert "chosen for two columns" in mia_at.post(at("columns", batch), sent).content.decode()


def test_an_unknown_status_is_explained_on_the_page(mia_at: Client) -> None:
    text = "order,customer,date,total,status\nA1,ada,2026-01-05,5,paid\nA2,ben,2026-01-05,6,Im Keller\n"
    batch = uploaded(mia_at, text)
    response = mia_at.get(at("columns", batch))
    assert [s["word"] for s in response.context["statuses"]] == ["Im Keller"]
    sent = form_of(response) | {"word": ["Im Keller"], "word_state": ["unpaid"]}
    mia_at.post(at("columns", batch), sent)
    jobs.run_due()
    batch.refresh_from_db()
    assert (batch.checked["new"], batch.checked["rejected"]) == (2, 0)


def test_the_file_can_be_read_in_another_way(mia_at: Client) -> None:
    batch = uploaded(mia_at, "订单号,日期,金额\nA1,2026-01-05,5\n".encode("gb18030"))
    sent = form_of(mia_at.get(at("columns", batch))) | {"encoding": "cp1252", "read_again": "1"}
    response = mia_at.post(at("columns", batch), sent)
    assert response.context["table"].encoding == "cp1252"
    sent |= {"encoding": "utf-8"}
    response = mia_at.post(at("columns", batch), sent)
    assert response.status_code == 422
    assert "Choose another encoding" in response.content.decode()
    sent |= {"encoding": "gb18030", "entity": "customers"}
    assert mia_at.post(at("columns", batch), sent).context["plan"].entity == "customers"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "binary"),
        (b"<html><table></table></html>", "web page"),
        (b"order,date\n", "no rows"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "old Excel"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(mia_at: Client, content: bytes, words: str) -> None:
    response = upload(mia_at, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Batch.objects.count() == 0


def test_no_file_is_no_crash(mia_at: Client) -> None:
    assert mia_at.post(reverse("imports:new"), {}).status_code == 422


def test_rejected_rows_are_downloaded_with_their_reasons(mia_at: Client) -> None:
    batch = checked(mia_at, ORDERS)
    response = mia_at.get(at("rejected", batch))
    text = b"".join(response.streaming_content).decode()
    assert "A3,cleo@example.com,soon,5.00" in text
    assert "A1" not in text
    assert "attachment" in response.headers["Content-Disposition"]


def test_an_import_can_be_discarded_before_and_cancelled_while_it_runs(mia_at: Client) -> None:
    one = checked(mia_at, ORDERS)
    assert mia_at.post(at("cancel", one)).status_code == 302
    assert "was cancelled" in page(mia_at.get(at("batch", one)))
    two = checked(mia_at, ORDERS, store_name="Second")
    mia_at.post(at("confirm", two))
    mia_at.post(at("cancel", two))
    assert "Stopping" in page(mia_at.get(at("progress", two)))
    jobs.run_due()
    two.refresh_from_db()
    assert (two.state, Order.objects.count()) == ("cancelled", 0)


def test_a_file_known_already_has_nothing_to_import(mia_at: Client, store: Store) -> None:
    first = checked(mia_at, ORDERS, store=store)
    mia_at.post(at("confirm", first))
    jobs.run_due()
    second = checked(mia_at, ORDERS, store=store)
    text = page(mia_at.get(at("batch", second)))
    assert "would change nothing" in text
    assert at("confirm", second) not in text


def test_a_step_out_of_turn_is_refused_in_words(mia_at: Client) -> None:
    batch = uploaded(mia_at, ORDERS)
    assert "Only an import that was checked" in page(mia_at.post(at("confirm", batch), follow=True))


def test_a_long_upload_goes_through_a_file_on_disk(mia_at: Client, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100
    rows = "".join(f"B{n},b{n}@example.com,2026-01-05,5\n" for n in range(500))
    assert uploaded(mia_at, "order,email,date,total\n" + rows).file_bytes > 10_000


def test_only_people_who_may_import_come_in(mark: Any, client_of: Callable[[Any], Client]) -> None:
    assert client_of(mark).get(reverse("imports:list")).status_code == 403
    assert client_of(mark).post(reverse("imports:new")).status_code == 403
