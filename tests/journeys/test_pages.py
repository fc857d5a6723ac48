"""Journeys as pages: written step by step without scripts, started, looked into."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from regulars.base.clock import now
from regulars.desks.outreach.audiences.operations import save_audience
from regulars.desks.outreach.journeys import operations, queries
from regulars.desks.outreach.journeys.models import Journey, Traveller, Version
from regulars.desks.outreach.journeys.readout import read_out
from regulars.desks.outreach.journeys.ready import READY
from regulars.desks.outreach.journeys.steps import Message, Wait, flow_of
from regulars.messages.models import Touch
from tests.journeys.shop import DAY, HOUR, OLIVE, buy, journey, message, tick, two_mails
from tests.messages.shop import NOON, customer, leave, provider
from tests.outreach.test_campaigns import buy as orders
from tests.outreach.test_campaigns import crowd

pytestmark = pytest.mark.django_db(transaction=True)  # readers of the stream see what is committed


@pytest.fixture
def client(mark: Any, client_of: Callable[[Any], Client]) -> Client:
    """Return Mark's client: he reaches customers."""
    return client_of(mark)


def text_of(answer: Any) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_journey_is_written_step_by_step(client: Client) -> None:
    provider()
    assert client.post("/journeys/new", {"name": " "}).status_code == 400
    assert client.post("/journeys/new", {"name": "Thanks"}).status_code == 302
    row = Journey.objects.get()
    here = f"/journeys/{row.pk}/"
    said = {"name": "Thank you", "moment": "ordered", "rule": "orders exactly 1", "exit_kind": "", "exit_rule": "",
            "reentry_days": "", "holdout_percent": "10", "margin_percent": "30", "cost": "1.50"}  # fmt: skip
    assert client.post(f"{here}begin", said | {"rule": "orders least 1"}).status_code == 400
    assert client.post(f"{here}begin", said | {"audience": save_audience(
        name="All", rule="everybody", by=OLIVE, at=NOON).pk}).status_code == 400  # fmt: skip
    assert client.post(f"{here}begin", said).status_code == 302
    for under, kind in (("", "message"), ("", "wait_until"), ("s2:then", "exit"), ("s2:other", "message")):
        name = under if under else ":"
        answer = client.post(f"{here}edit", {"do": f"add:{name}", f"kind:{name}": kind})
        assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.name, list(flow_of(row.plan.steps))) == ("Thank you", ["s1", "s2", "s3", "s4"])
    assert (row.margin_percent, row.cost_minor) == (30, 150)
    page = text_of(client.get(f"{here}edit"))
    assert "Wait until she orders, at most 7 days" in page
    assert "Write the text." in page
    mail = {"en-subject": "Hello", "en-text": "Dear {first_name|you}", "channels": ["email"], "rank": "5",
            "worth_hours": "48"}  # fmt: skip
    for step in ("s1", "s4"):
        assert client.get(f"{here}steps/{step}").status_code == 200
        assert client.post(f"{here}steps/{step}", mail).status_code == 302
    assert client.post(f"{here}steps/s1", mail | {"worth_hours": "0"}).status_code == 400
    waiting = {"kind": "order.paid", "rule": "", "days": "3", "hours": "2"}
    assert client.post(f"{here}steps/s2", waiting).status_code == 302
    assert client.get(f"{here}steps/s3").status_code == client.get(f"{here}steps/no").status_code == 404
    client.post(f"{here}edit", {"do": "down:s1"})
    row.refresh_from_db()
    assert list(flow_of(row.plan.steps)) == ["s2", "s3", "s4", "s1"]
    client.post(f"{here}edit", {"do": "remove:s3"})
    assert "Start" in text_of(client.get(here))
    client.post(f"{here}decide", {"do": "start"})
    row.refresh_from_db()
    assert row.is_on
    assert Version.objects.get().plan == row.plan


def test_what_it_lacks_is_said_and_it_does_not_start(client: Client) -> None:
    provider()
    client.post("/journeys/new", {"name": "Empty"})
    row = Journey.objects.get()
    page = text_of(client.get(f"/journeys/{row.pk}/"))
    assert "Add a message: so far nothing is said." in page
    answer = client.post(f"/journeys/{row.pk}/decide", {"do": "start"}, follow=True)
    assert "It cannot start yet" in text_of(answer)
    assert "Choose what begins it" in text_of(client.get(f"/journeys/{row.pk}/trial"))
    assert client.post(f"/journeys/{row.pk}/decide", {"do": "delete"}).headers["Location"] == "/journeys/"
    assert not Journey.objects.exists()


@pytest.mark.parametrize("name", READY)
def test_a_ready_one_is_taken_read_over_tried_and_started(client: Client, name: str) -> None:
    provider()
    assert str(READY[name].title) in client.get("/journeys/").content.decode().replace("&#x27;", "'")
    answer = client.post("/journeys/new", {"ready": name})
    row = Journey.objects.get()
    assert answer.headers["Location"] == f"/journeys/{row.pk}/"
    assert not row.is_on
    for page in ("", "edit", "begin", "trial"):
        assert client.get(f"/journeys/{row.pk}/{page}").status_code == 200
    client.post(f"/journeys/{row.pk}/decide", {"do": "start", "present": "1"})
    row.refresh_from_db()
    assert row.is_on
    assert "in use" in text_of(client.get("/journeys/"))


def test_behind_every_count_stand_its_people(client: Client) -> None:
    _, sender = provider()
    ada, ben, dan = customer("Ada"), customer("Ben"), customer("Dan", says="withdrawn")
    row = journey(*two_mails(), exit_kind="order.paid")
    for who in (ada, ben, dan):
        buy(who)
    tick(NOON)
    leave(sender, NOON)
    buy(ben, NOON + HOUR)
    tick(NOON + HOUR)
    version = Version.objects.get()
    assert "Version object" not in text_of(client.get(f"/journeys/{row.pk}/"))
    found = {step: queries.as_dict(one) for step, one in queries.counts(version).items()}
    assert found["s1"] == {"waiting": 0, "passed": 3, "left": 0, "written": 2, "dropped": 1}
    assert found["s2"] == {"waiting": 2, "passed": 0, "left": 1}
    page = client.get(f"/journeys/{row.pk}/").content.decode()
    for step, what, names in (
        ("s1", "passed", ["Ada", "Ben", "Dan"]), ("s1", "written", ["Ada", "Ben"]), ("s1", "dropped", ["Dan"]),
        ("s2", "waiting", ["Ada", "Dan"]), ("s2", "left", ["Ben"]),
    ):  # fmt: skip
        link = f"/journeys/{row.pk}/people?version=1&amp;step={step}&amp;what={what}"
        assert f'href="{link}">{len(names)}<' in page
        people = client.get(link.replace("&amp;", "&")).content.decode()
        assert re.findall(r'<a href="/customers/\d+/">(\w+)</a>', people) == names
    assert "said no" in text_of(client.get(f"/journeys/{row.pk}/people?step=s1&what=dropped"))
    assert "did what ends it" in text_of(client.get(f"/journeys/{row.pk}/people?step=s2&what=left"))
    assert client.get(f"/journeys/{row.pk}/people?step=s3&what=held&after=5").status_code == 200


def test_changes_are_used_stopped_and_people_inside_are_told_of(client: Client) -> None:
    provider()
    ada = customer("Ada")
    row = journey(*two_mails())
    buy(ada)
    tick(NOON)
    client.post(f"/journeys/{row.pk}/edit", {"do": "remove:s2"})
    assert "The draft says something else" in text_of(client.get(f"/journeys/{row.pk}/"))
    client.post(f"/journeys/{row.pk}/decide", {"do": "publish"})
    assert "Version 1 of" in text_of(client.get(f"/journeys/{row.pk}/"))
    assert "Wait 3 days" in text_of(client.get(f"/journeys/{row.pk}/?version=1"))
    answer = client.post(f"/journeys/{row.pk}/edit", {"do": "add::", "kind::": "chance"})
    assert answer.headers["Location"].endswith("/s4")  # s2 is the name of a step that somebody stands at
    client.post(f"/journeys/{row.pk}/decide", {"do": "stop"})
    assert Traveller.objects.filter(left_at=None).count() == 1
    client.post(f"/journeys/{row.pk}/decide", {"do": "stop_all"})
    assert Traveller.objects.get().left_why == "stopped"


@pytest.mark.parametrize("do", ["add:s9:then", "add:s1:then", "add:s2:beside", "add::", "up:s9", "no", ""])
def test_buttons_that_nobody_has_change_nothing(client: Client, do: str) -> None:
    row = journey(*two_mails(), on=False)
    client.post(f"/journeys/{row.pk}/edit", {"do": do, "kind::": "nothing"})
    row.refresh_from_db()
    assert list(flow_of(row.plan.steps)) == ["s1", "s2", "s3"]


def test_what_it_changed_is_read_against_who_was_held_out(client: Client) -> None:
    provider()
    people = crowd(400)
    row = journey(message(), Wait("s2", days=60), entry=None, holdout_percent=40)
    from regulars.desks.outreach.journeys.operations import advance, take_in

    version = Version.objects.get()
    take_in(version, [(root, NOON) for root in people], at=NOON)
    advance(at=NOON)
    found = read_out(row, at=NOON + DAY)
    assert found is not None
    assert found.orders is None
    assert found.written.people + found.silent.people == 400
    assert found.is_split_as_planned
    assert isinstance(row.plan.steps[0], Message)
    assert "Too little data" in text_of(client.get(f"/journeys/{row.pk}/"))
    assert now() - NOON > timedelta(0)


def test_what_it_earned_is_what_remains_of_sales_less_what_messages_cost() -> None:
    _, sender = provider()
    people = crowd(1_200)
    row = journey(message(), holdout_percent=30)
    operations.count_margin(row.pk, margin_percent=40, cost_minor=1_000, by=OLIVE, at=NOON)
    operations.take_in(Version.objects.get(), [(root, NOON) for root in people], at=NOON)
    operations.advance(at=NOON)
    while leave(sender, NOON):
        pass
    silent = set(Touch.objects.filter(state="dropped").values_list("customer_id", flat=True))
    orders(people, {pk: 0.05 if pk in silent else 0.40 for pk in people}, seed=5)
    row.refresh_from_db()
    found = read_out(row, at=NOON + 2 * DAY)
    assert found is not None
    assert found.orders is not None
    assert found.margin is not None
    assert found.left == found.cost_minor == found.written.people == 1_200 - len(silent)
    # Two fifths of 50.00 for each order more, less a cent a message.
    assert found.margin.estimate == pytest.approx(found.orders.estimate * 2_000 - 1)
    assert found.margin.low > 0
    earned = found.earned
    assert earned is not None
    assert earned[1] < earned[0] < earned[2]


def test_what_was_taken_out_comes_back(client: Client) -> None:
    row = journey(*two_mails(), on=False)
    here = f"/journeys/{row.pk}/"
    page = client.post(f"{here}edit", {"do": "remove:s1"}, follow=True)
    assert f'action="{here}undo"' in page.content.decode()
    row.refresh_from_db()
    assert list(flow_of(row.plan.steps)) == ["s2", "s3"]
    page = client.post(f"{here}undo", follow=True)
    row.refresh_from_db()
    assert list(flow_of(row.plan.steps)) == ["s1", "s2", "s3"]
    assert f'action="{here}undo"' in page.content.decode()  # and the undo can be undone
    client.post(f"{here}undo")
    row.refresh_from_db()
    assert list(flow_of(row.plan.steps)) == ["s2", "s3"]
    client.post(f"{here}steps/s2", {"days": "9", "hours": "0"})
    client.post(f"{here}undo")
    row.refresh_from_db()
    assert row.plan.steps[0] == Wait("s2", days=3)


def test_what_never_changed_has_nothing_to_undo(client: Client) -> None:
    row = journey(*two_mails(), on=False)
    page = client.post(f"/journeys/{row.pk}/undo", follow=True)
    assert "undo" not in page.content.decode()


def test_a_message_is_read_as_any_customer_and_sent_to_oneself(client: Client, mark: Any) -> None:
    kept, _sender = provider()
    ada, dan = customer("Ada"), customer("Dan")
    row = journey(*two_mails())
    here = f"/journeys/{row.pk}/steps/"
    assert "There is nobody to show it as." in text_of(client.get(f"{here}s1/preview"))
    buy(ada)
    tick(NOON)
    assert "Thanks, Ada." in text_of(client.get(f"{here}s1/preview"))
    assert "Again, Dan." in text_of(client.get(f"{here}s3/preview?customer={dan.pk}"))
    for known in ("da", "dan@example.com"):
        assert "Again, " in text_of(client.get(f"{here}s3/preview", {"who": known}))
    assert "Again, Dan." in text_of(client.get(f"{here}s3/preview", {"who": "dan@example.com"}))
    assert "Nobody is known so." in text_of(client.get(f"{here}s3/preview", {"who": "zoe"}))
    assert client.get(f"{here}s2/preview").status_code == client.post(f"{here}no/test").status_code == 404
    page = client.post(f"{here}s1/test", follow=True)
    assert f"Sent to {mark.email}." in text_of(page)
    assert [(mail.to, mail.text.splitlines()[0]) for mail in kept.taken] == [(mark.email, "Thanks, Ada.")]
    assert not Touch.objects.filter(left_at__isnull=False).exists()
