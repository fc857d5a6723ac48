"""The pages: found, made, changed, frozen, downloaded; by those who may, with and without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from regulars.desks.outreach.audiences import operations
from regulars.desks.outreach.audiences.models import Audience, Freeze
from regulars.stream.models import Activity
from tests.audiences.cast import BY, open_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return open_shop()


@pytest.fixture
def marketer(mark: Any, client_of: Callable[[Any], Client]) -> Client:
    return client_of(mark)


@pytest.fixture
def vip(at: datetime) -> Audience:
    return operations.save_audience(name="VIP", rule="orders at least 2", by=BY, at=at)


def count(html: str) -> str:
    """Return the count that a page shows."""
    found = re.search(r'class="figure-value[^"]*">([^<]+)<', html)
    assert found
    return found[1]


def fields(html: str) -> dict[str, Any]:
    """Return what the form of a page would send, as a browser without script does."""
    html = re.sub(r"<noscript>.*?</noscript>", "", html, flags=re.S)
    said: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]+>", html):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        if not name or "csrf" in name[1] or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        said.setdefault(name[1], []).append(_plain(value[1] if value else ""))
    for name, inner in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
        said.setdefault(name, []).append(_plain(chosen[1]) if chosen else "")
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.S)
    return said | ({"text": _plain(text[1])} if text else {})


def _plain(text: str) -> str:
    import html

    return html.unescape(text)


def test_an_empty_shop_invites_to_make_one(at: datetime, marketer: Client) -> None:
    page = marketer.get("/audiences/").content.decode()
    assert "No audience yet" in page
    assert 'href="/audiences/new"' in page


def test_the_list_shows_sizes_and_can_be_searched_sorted_and_downloaded(
    vip: Audience, at: datetime, marketer: Client
) -> None:
    operations.save_audience(name="German", rule="country is DE or has phone", by=BY, at=at)
    operations.take_sizes(at=at)
    page = marketer.get("/audiences/?sort=-size").content.decode()
    assert page.index(">German<") < page.index(">VIP<")
    assert ">VIP<" not in marketer.get("/audiences/?q=country").content.decode()
    file = b"".join(marketer.get("/audiences/?as=csv").streaming_content).decode()
    assert "VIP,orders at least 2,2,,0" in file


def test_made_as_text(at: datetime, marketer: Client) -> None:
    said = {"name": "Lately", "text": "last order within 60 days", "shown": "", "f.join": "all", "do": "save"}
    answer = marketer.post("/audiences/new", said)
    row = Audience.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/audiences/{row.pk}/")
    page = marketer.get(answer["Location"]).content.decode()
    assert count(page) == "3"
    for name in ("Ada", "Ben", "Dan"):
        assert f">{name}</a>" in page
    assert row.by.startswith("staff:")


def test_made_as_conditions_without_script(at: datetime, marketer: Client) -> None:
    said = fields(marketer.get("/audiences/new").content.decode())
    page = marketer.post("/audiences/new", said | {"do": "add:"}).content.decode()
    assert fields(page)["text"] == "orders at least 1"
    assert count(page) == "4"
    said = fields(page) | {"f.0.word": "country", "do": "form"}
    page = marketer.post("/audiences/new", said).content.decode()
    assert "Fill this in." in page
    said = fields(page) | {"f.0.values": ["DE", "FR"], "f.0.not": "1", "do": "group:"}
    page = marketer.post("/audiences/new", said).content.decode()
    assert fields(page)["text"] == "not country is DE, FR and orders at least 1"
    said = fields(page) | {"do": "add:1"}
    page = marketer.post("/audiences/new", said).content.decode()
    assert fields(page)["text"] == "not country is DE, FR and (orders at least 1 or orders at least 1)"
    page = marketer.post("/audiences/new", fields(page) | {"do": "remove:1"}).content.decode()
    assert fields(page)["text"] == "not country is DE, FR"
    answer = marketer.post("/audiences/new", fields(page) | {"name": "Elsewhere", "do": "save"})
    assert answer.status_code == 302
    assert Audience.objects.get().rule == "not country is DE, FR"


@pytest.mark.parametrize("rule", [
    'orders at least 2 in 365 days and last order over 1 day ago and bought product "Green tea", Espresso at least 1',
    'random 10% spring or not (agreed to email for marketing or suppressed by email or spent between 1 and 20.50)',
    "first seen from 2026-01-01 to 2026-02-01 and city contains ber and did order.paid and last visit within 2 weeks",
    "not (has email and not has phone, email) and name known",
])  # fmt: skip
def test_the_form_says_the_same_as_the_text(at: datetime, marketer: Client, rule: str) -> None:
    page = marketer.get("/audiences/new", {"rule": rule}).content.decode()
    again = marketer.post("/audiences/new", fields(page) | {"text": "", "do": "form"}).content.decode()
    assert fields(again)["text"] == rule
    assert count(again) == count(page)


def test_typing_a_text_answers_with_count_and_conditions(at: datetime, marketer: Client) -> None:
    answer = marketer.post("/audiences/check?from=text", {"text": "country is DE", "f.join": "all"}).content.decode()
    assert count(answer) == "2"
    assert 'id="form-box" hx-swap-oob="true"' in answer
    assert 'value="DE"' in answer
    assert 'id="text-box"' not in answer


def test_a_broken_text_is_marked_and_the_conditions_stay(at: datetime, marketer: Client) -> None:
    answer = marketer.post("/audiences/check?from=text", {"text": "county is <b>", "f.join": "all"}).content.decode()
    assert "<mark>county</mark>" in answer
    assert "Did you mean “country”?" in answer
    assert count(answer) == "–"
    assert "form-box" not in answer
    assert "<b>" not in answer


def test_typing_in_a_field_answers_with_the_text_and_what_is_wrong_at_its_place(at: datetime, marketer: Client) -> None:
    said = {"text": "old", "f.join": "all", "f.0.word": "orders", "f.0.compare_op": "at least", "f.0.compare_low": "2"}
    answer = marketer.post("/audiences/check?from=typing", said).content.decode()
    assert count(answer) == "2"
    assert ">orders at least 2</textarea>" in answer
    assert "form-box" not in answer
    answer = marketer.post("/audiences/check?from=typing", said | {"f.0.compare_low": "x"}).content.decode()
    assert re.search(r'id="f-0-wrong" hx-swap-oob="true">.*Write a number here', answer, re.S)
    assert "</textarea>" not in answer


def test_a_circle_is_said_while_typing(vip: Audience, at: datetime, marketer: Client) -> None:
    operations.save_audience(name="B", rule="in audience VIP", by=BY, at=at)
    said = {"text": "in audience B", "f.join": "all", "audience": str(vip.pk)}
    assert "VIP → B → VIP" in marketer.post("/audiences/check?from=text", said).content.decode()
    answer = marketer.post(f"/audiences/{vip.pk}/edit", said | {"name": "VIP", "shown": "", "do": "save"})
    assert "VIP → B → VIP" in answer.content.decode()
    vip.refresh_from_db()
    assert vip.rule == "orders at least 2"


def test_a_taken_name_is_said_beside_the_name(vip: Audience, marketer: Client) -> None:
    page = marketer.post(
        "/audiences/new", {"name": "VIP", "text": "suppressed", "shown": "", "do": "save"}
    ).content.decode()
    assert "There is an audience of this name" in page
    assert ">suppressed</textarea>" in page


def test_changed_put_away_and_undone(vip: Audience, marketer: Client) -> None:
    page = marketer.get(f"/audiences/{vip.pk}/edit").content.decode()
    said = fields(page) | {"name": "Very important", "f.0.compare_low": "3", "do": "save"}
    page = marketer.post(f"/audiences/{vip.pk}/edit", said, follow=True).content.decode()
    assert "Very important" in page
    assert count(page) == "1"
    undo = re.search(r'action="(/audiences/\d+/use/\d+)"', page)
    assert undo
    marketer.post(undo[1])
    vip.refresh_from_db()
    assert (vip.name, vip.rule) == ("VIP", "orders at least 2")
    page = marketer.post(f"/audiences/{vip.pk}/retire", follow=True).content.decode()
    assert f'action="/audiences/{vip.pk}/restore"' in page
    assert ">VIP<" in marketer.get("/audiences/?away=1").content.decode()
    marketer.post(f"/audiences/{vip.pk}/restore")
    assert ">VIP<" in marketer.get("/audiences/").content.decode()


def test_files_hold_contacts_only_for_who_may_see_them(
    vip: Audience, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    marketer.post(f"/audiences/{vip.pk}/freeze")
    frozen = Freeze.objects.get()
    for path in (f"/audiences/{vip.pk}/export", f"/audiences/frozen/{frozen.pk}/export"):
        rows = b"".join(marketer.get(path).streaming_content).decode().splitlines()
        assert rows[0].lstrip("\ufeff").startswith("Customer,Name,E-mail,Phone,City")
        assert [row.split(",")[1] for row in rows[1:]] == ["Ada", "Cleo"]
        assert "ada@example.com" in rows[1]
        assert "cleo@example.com; cleo2@example.com" in rows[2]
    from regulars.staff.rules import ROLES, Permission

    monkeypatch.setitem(ROLES, "marketer", ROLES["marketer"] - {Permission.SEE_CONTACTS})
    assert "example.com" not in b"".join(marketer.get(f"/audiences/{vip.pk}/export").streaming_content).decode()
    bodies = list(Activity.objects.filter(kind="audience.downloaded").order_by("id").values_list("body", flat=True))
    assert [("true" in body, '"freeze":null' in body) for body in bodies] == [
        (True, True),
        (True, False),
        (False, True),
    ]


def test_everybody_is_in_the_file_also_who_has_no_order(at: datetime, marketer: Client) -> None:
    row = operations.save_audience(name="All", rule="", by=BY, at=at)
    rows = b"".join(marketer.get(f"/audiences/{row.pk}/export").streaming_content).decode().splitlines()
    assert len(rows) == 6


def test_who_may_not_does_nothing(vip: Audience, sam: Any, client_of: Callable[[Any], Client]) -> None:
    agent, before = client_of(sam), Activity.objects.count()
    for method, path in (
        ("get", "/audiences/"), ("get", f"/audiences/{vip.pk}/"), ("post", "/audiences/new"),
        ("post", f"/audiences/{vip.pk}/edit"), ("post", f"/audiences/{vip.pk}/retire"),
        ("post", f"/audiences/{vip.pk}/freeze"), ("get", f"/audiences/{vip.pk}/export"), ("post", "/audiences/check"),
    ):  # fmt: skip
        said = {"name": "Mine", "text": "everybody", "do": "save"}
        assert getattr(agent, method)(path, said).status_code == 403
    vip.refresh_from_db()
    assert (vip.name, vip.retired_at) == ("VIP", None)
    assert (Audience.objects.count(), Freeze.objects.count(), Activity.objects.count()) == (1, 0, before)
    assert "/audiences/" not in agent.get("/").content.decode()


def test_a_broken_audience_says_so_on_its_page(vip: Audience, marketer: Client) -> None:
    Audience.objects.filter(pk=vip.pk).update(rule='in audience "gone"')
    page = marketer.get(f"/audiences/{vip.pk}/").content.decode()
    assert "There is no “gone” here." in page
    assert marketer.get(f"/audiences/{vip.pk}/export").status_code == 302
    marketer.post(f"/audiences/{vip.pk}/freeze")
    assert Freeze.objects.count() == 0


def test_nonsense_is_answered_calmly(at: datetime, marketer: Client) -> None:
    for said in (
        {"do": "add:9.9"}, {"do": "remove:"}, {"do": "x"}, {"f.join": "x", "f.0.join": "y", "f.0.0.word": "gone"},
        {"f.0.word": "orders", "f.0.when_op": "in", "f.0.when_count": "99999999999"}, {"text": "\0\0", "audience": "x"},
        {"f.join": "all", **{"f" + ".0" * n + ".join": "all" for n in range(1, 40)}},
    ):  # fmt: skip
        for path in ("/audiences/check?from=form", "/audiences/check?from=text", "/audiences/new"):
            assert marketer.post(path, said).status_code == 200, (path, said)
