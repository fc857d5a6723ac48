"""Corner Coffee with something on every page: a crowd with cohorts, imports in each state, work that waits."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from regulars.base.actor import Actor
from regulars.base.clock import now, to_us
from regulars.base.models import Job
from regulars.desks.outreach.journeys import operations as journeys
from regulars.desks.outreach.journeys.ready import plan_of
from regulars.desks.outreach.journeys.rules import Entry
from regulars.desks.outreach.journeys.steps import Exit, Split, WaitUntil
from regulars.messages.identity import save_identity
from regulars.people.drafts import BuyerDraft
from regulars.people.operations import suggest_merges
from regulars.shop.accounts import account_scope
from regulars.shop.operations import add_store
from regulars.sources.csv_upload import operations as imports
from regulars.sources.csv_upload.models import Batch
from regulars.sources.tracker.following import follow
from regulars.sources.tracker.messages import take as take_message
from regulars.sources.tracker.models import Junk
from regulars.sources.tracker.operations import add_key
from regulars.sources.tracker.rules import Key, Taken
from regulars.sources.tracker.writer import Writer
from regulars.staff import operations as staff
from regulars.stream.models import Activity
from tests.messages.shop import IDENTITY
from tests.web.cast import ADA, BY, Cast, open_shop, order, take

NUMBERS = ("revenue", "own_share", "lapsing", "time_between_orders", "rfm", "visits")
ROWS = (
    "order,email,date,total\n"
    "T1,ada@example.com,2026-01-05,10.00\n"
    "T2,ben@example.com,2026-01-06,20.50\n"
    "T3,cleo@example.com,soon,5.00\n"
)


@dataclass(frozen=True)
class Shop:
    """The cast, and with what arguments the pages of single things are opened."""

    cast: Cast
    places: dict[str, list[dict[str, Any]]]


def furnish(folder: Path, owner: Actor) -> Shop:
    """Make the shop. The numbers of its pages are worked out by whoever calls this."""
    cast, at = open_shop(), now()
    counter = add_store(name="Counter", platform="", currency="CNY", timezone="Asia/Shanghai", by=BY, at=at)
    crowd = []
    for n in range(40):
        who = BuyerDraft(account=f"g{n}", email=f"guest{n}@example.com", name=f"Guest {n:02d}", city="Bern")
        crowd += [order(f"G{n}-{k}", who, 400 - 30 * k) for k in range(1 + n % 2 * (n % 5))]
    late = BuyerDraft(account="late", name="Lena Late", city="Bern", country="CH")
    take(cast.store, *crowd, *[order(f"L{n}", late, 40 + 14 * n) for n in range(6)], batch=91)
    suggest_merges([(cast.ada.pk, cast.ben.pk, "shared_phone")], at=at - timedelta(days=3))
    Job.objects.create(
        kind="stream.write_lake", state="dead", run_at=at, created_at=at, attempts=5, finished_at=at,
        error="Traceback (most recent call last):\n  …\nOSError: [Errno 28] No space left on device",
    )  # fmt: skip
    batches = [_batch(folder, counter, owner, steps) for steps in range(4)]
    _invitation, token = staff.invite(email="nora@example.com", role="agent", by=owner, at=at)
    return Shop(cast, _places(cast, counter.pk, batches, token))


def _batch(folder: Path, store: Any, by: Actor, steps: int) -> Batch:
    """Return an import that went so many steps: uploaded, checked, imported, failed."""
    path, at = folder / f"till-{steps}.csv", now()
    path.write_text(ROWS.replace("T", f"T{steps}-"), encoding="utf-8")
    batch, proposal = imports.start_draft(path=path, name=path.name, store=store, by=by, at=at)
    if steps >= 1:
        imports.set_plan(batch.pk, proposal.plan, store=store, by=by, at=at)
        imports.request_check(batch.pk, by=by, at=at)
        assert imports.run_here(batch.pk)
    if steps == 2:
        imports.confirm(batch.pk, by=by, at=at)
        assert imports.run_here(batch.pk)
    if steps == 3:
        Batch.objects.filter(pk=batch.pk).update(state="failed", problem="The file is not here any more.")
    return batch


def _site(store: Any) -> int:
    """Return a write key that brought visits and had an event refused; an id of its site is nobody's."""
    at = now()
    key = add_key(name="Own site", store=store, use="browser", by=BY, at=at)
    taken = Taken(Key(key.pk, store.pk, account_scope("tmall", store.pk), "CN"))
    for days in range(40):
        for n in range(3):
            _walk(taken, f"v{days % 17}-{n}", at - timedelta(days=days, hours=n + 1), ADA.account if n == 2 else "")
    _walk(taken, "here", at - timedelta(minutes=1), "")
    take_message(taken, b'{"event": "Product Viewed"}', context={}, sent_us=None, received_us=to_us(at), kind="track")
    Writer()._commit([taken])
    Junk.objects.create(visitor="terminal", seen_with=70, at=at)
    follow(at=at)
    return key.pk


def _walk(taken: Taken, visitor: str, at: Any, user: str) -> None:
    """Look at two pages and a product, and put it in the basket."""
    said = {"anonymousId": visitor} | ({"userId": user} if user else {})
    product = {"product_id": "espresso", "name": "Espresso"}
    for n, more in enumerate((
        {"type": "page", "context": {"page": {"path": "/", "url": "https://x.example/", "referrer": "https://weibo.com/"}}},
        {"type": "page", "context": {"page": {"path": "/espresso", "url": "https://x.example/espresso"}}},
        {"type": "track", "event": "Product Viewed", "properties": product},
        {"type": "track", "event": "Product Added", "properties": product},
    )):  # fmt: skip
        raw = json.dumps(said | more | {"messageId": f"{visitor}{at}{n}"}).encode()
        take_message(taken, raw, context={}, sent_us=None, received_us=to_us(at) + n * 20_000_000, kind="")


def _journey(cast: Cast) -> int:
    """Return a journey that Ada and Ben are in, with a step that parts."""
    at = now()
    save_identity(IDENTITY, by=BY, at=at)
    plan = plan_of("first_order", at=at)
    waiting = WaitUntil("s2", "order.paid", days=14, then=(Exit("s4"),), other=(Split("s5", "name known"),))
    plan = replace(plan, entry=Entry(rule="orders at least 1"), steps=(plan.steps[0], waiting, plan.steps[2]))
    row = journeys.draft_journey(name="Thanks", plan=plan, by=BY, at=at)
    journeys.start(row.pk, by=BY, at=at, takes_present=True)
    journeys.ask_audiences(at=at)
    journeys.advance(at=at)
    return row.pk


def _places(cast: Cast, store: int, batches: list[Batch], token: str) -> dict[str, list[dict[str, Any]]]:
    key = _site(cast.store)
    one: dict[str, list[dict[str, Any]]] = {
        "web:number": [{"name": name} for name in NUMBERS],
        "web:number_course": [{"name": "revenue"}],
        "web:number_people": [{"name": "revenue"}],
        "web:retention_cell": [{"month": now().strftime("%Y-%m"), "age": 0}],
        "web:retention_class": [{"name": "champions"}],
        "web:order": [{"order": cast.order("A1").pk}, {"order": cast.order("W1").pk}],
        "web:product": [{"product": cast.espresso.pk}],
        "web:store_change": [{"store": store}],
        "web:rates_example": [{}],
        "tracking:customer": [{"customer": cast.ada.pk}],
        "tracking:events": [{"key": key}],
        "staff:accept_invitation": [{"token": token}],
        "tracking:visit": [{"activity": Activity.objects.filter(kind="site.visited").latest("id").pk}],
        "web:visits_stopped": [{"step": 1}],
        "web:visits_returned": [{"since": "first_visit"}, {"since": "first_order"}],
        "web:visits_list": [{"name": name} for name in ("looked-today", "baskets-left", "wanted-in-vain")],
    }
    journey = _journey(cast)
    one |= {f"journeys:{name}": [{"journey": journey}] for name in ("journey", "trial", "edit", "begin", "people")}
    one["journeys:step"] = [{"journey": journey, "step": name} for name in ("s1", "s2", "s3")]
    people = {
        f"web:customer{rest}": [{"customer": person.pk} for person in (cast.ada, cast.wang)]
        for rest in ("", "_older", "_edit", "_export", "_erase", "_merge")
    }
    files = {f"imports:{name}": [{"pk": batch.pk} for batch in batches] for name in ("batch", "columns", "progress")}
    return one | people | files | {"imports:rejected": [{"pk": batches[2].pk}]}
