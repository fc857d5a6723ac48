"""Needs: confirmed by a person, ranked, merged and split and parted again as before; nothing said once is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import now
from regulars.desks.voice.needs import operations
from regulars.desks.voice.needs.models import Check, Need, Voice
from regulars.desks.voice.needs.names import name_of
from regulars.desks.voice.needs.operations.confirming import Proposal
from regulars.desks.voice.needs.queries import sorting
from regulars.desks.voice.needs.queries.ranking import Period, ranking, without_deed
from regulars.desks.voice.needs.rules import trend
from regulars.desks.voice.opinions.models import Opinion, Pondering
from regulars.desks.voice.opinions.operations import ponder, put_beside, revise, take_back, unponder
from regulars.desks.voice.opinions.sealing import Words
from regulars.insight.rates import Count
from regulars.people.operations import erase, merge
from regulars.shop.models import CustomerSummary
from regulars.stream.models import Activity
from tests.messages.shop import NOON, customer
from tests.voice.shop import OLIVE, product, said

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SAM = Actor("staff", 2)


def need(name: str, **about: Any) -> Need:
    """Return a need of the shop's own."""
    return operations.make_need({"en": name}, by=OLIVE, at=NOON, **about)


def named(*needs: Need, key: str, days: int = 1, **about: Any) -> Opinion:
    """Return an opinion that a person found to name these needs."""
    row = said(f"Something about {key} that is long enough", key, said_at=NOON - days * DAY, **about)
    operations.confirm(row.pk, [n.pk for n in needs], by=OLIVE, at=NOON)
    return row


def kept() -> set[tuple[int, int]]:
    """Return (opinion, need) of every confirmed voice."""
    return set(Voice.objects.filter(confirmed_at__isnull=False).values_list("opinion_id", "need_id"))


def counts(days: int | None = None) -> dict[str, int]:
    """Return how often each need is named."""
    return {line.name: line.n for line in ranking(Period(days, NOON)).lines}


def test_confirming_decides_and_twice_is_once() -> None:
    lid, late = need("Lids break"), operations.need_of_theme("late", by=OLIVE, at=NOON)
    row = said("The lid broke and it came late.", customer=customer("Ada").pk)
    same = said("the lid broke, and it came late", "again")
    assert operations.confirm(row.pk, [lid.pk, late.pk], by=OLIVE, at=NOON) == 4, "two needs, of two who say the same"
    assert operations.confirm(row.pk, [lid.pk, late.pk], by=OLIVE, at=NOON) == 0
    assert set(Pondering.objects.values_list("opinion_id", "how")) == {(row.pk, "need"), (same.pk, "need")}
    heard = Activity.objects.filter(kind="need.heard")
    assert heard.count() == 4
    assert all("lid broke" not in str(a.body) for a in heard)
    assert operations.confirm(row.pk, [lid.pk], by=OLIVE, at=NOON + DAY) == 0
    assert kept() == {(row.pk, lid.pk), (same.pk, lid.pk)}
    with pytest.raises(ValueError, match="at least one"):
        operations.confirm(row.pk, [], by=OLIVE, at=NOON)


def test_that_she_was_answered_is_not_forgotten() -> None:
    lid, row = need("Lids break"), said("The lid broke when it came.")
    ponder([row.pk], how="answered", by=OLIVE, at=NOON)
    operations.confirm(row.pk, [lid.pk], by=OLIVE, at=NOON)
    assert Pondering.objects.get().how == "answered"
    assert kept() == {(row.pk, lid.pk)}


def test_waiting_again_names_nothing_and_proposals_are_proposals_again() -> None:
    lid, row = need("Lids break"), said("The lid broke when it came.")
    found = {row.pk: [Proposal("damaged", None, 0, 0.8), Proposal("late", None, 0, 0.1)]}
    assert operations.keep_proposals(found, by=SYSTEM, at=NOON) == 2
    damaged = Need.objects.get(theme="damaged")
    assert [c.name for c in sorting.choices(row)[:2]] == ["Arrived damaged", "Delivery late or lost"]
    assert kept() == set(), "what a machine thinks does not count"
    operations.confirm(row.pk, [damaged.pk, lid.pk], by=OLIVE, at=NOON)
    before = set(Voice.objects.values_list("need_id", "probability"))
    assert before == {(damaged.pk, 0.8), (Need.objects.get(theme="late").pk, 0.1), (lid.pk, None)}
    unponder([row.pk], by=OLIVE, at=NOON)
    assert kept() == set()
    assert set(Voice.objects.values_list("need_id", "probability")) == before - {(lid.pk, None)}
    assert operations.keep_proposals({}, by=SYSTEM, at=NOON) == 0


def test_what_a_person_decided_is_not_proposed_about() -> None:
    row = said("The lid broke when it came.")
    ponder([row.pk], how="noted", by=OLIVE, at=NOON)
    assert operations.keep_proposals({row.pk: [Proposal("late", None, 0, 0.9)]}, by=SYSTEM, at=NOON) == 0


def test_an_author_who_changes_her_words_names_nothing_until_they_are_read() -> None:
    row = named(need("Lids break"), key="a")
    assert revise(row.pk, words=Words("Now all is well, thank you."), mark=None, by=SYSTEM, at=NOON)
    assert kept() == set()
    assert Activity.objects.filter(kind="need.unheard").count() == 1


def test_the_ranking_counts_what_is_there_and_puts_danger_first() -> None:
    lid, late, gas = need("Lids break"), need("Late", severity=5), need("Smells of gas", severity=1)
    operations.change_need(gas.pk, is_safety=True, by=OLIVE, at=NOON)
    ada, ben, tea = customer("Ada"), customer("Ben"), product()
    CustomerSummary.objects.create(customer=ada, orders=3, revenue_minor=9_000)
    named(lid, key="1", customer=ada.pk, product=tea.pk)
    named(lid, key="2", customer=ada.pk, product=tea.pk)
    named(lid, late, key="3", customer=ben.pk)
    gone = named(lid, key="4")
    named(gas, key="5")
    take_back(gone.pk, by=SYSTEM, at=NOON)
    ponder([said("Nothing in particular was said here.").pk], how="noted", by=OLIVE, at=NOON)
    found = ranking(Period(None, NOON + DAY))
    assert found.decided == 5
    assert [line.name for line in found.lines][:2] == ["Smells of gas", "Lids break"]
    line = next(line for line in found.lines if line.name == "Lids break")
    assert (line.n, line.people, line.value_minor) == (3, {ada.pk, ben.pk}, 9_000)
    assert line.products == [(tea.pk, 2)]
    assert line.share == 0.6
    assert line.low < 0.6 < line.high
    assert [one.name for one in found.singles] == ["Late"], "said once, and not lost"
    assert [one.name for one in without_deed(found.lines)] == ["Smells of gas", "Lids break"]
    assert ranking(Period(None, NOON + DAY), product=tea.pk).decided == 2


def test_score_is_severity_by_value_by_age() -> None:
    mild, grave = need("Mild", severity=1), need("Grave", severity=4)
    named(mild, grave, key="old", days=30)
    lines = {line.name: line.score for line in ranking(Period(None, NOON)).lines}
    assert lines == {"Mild": pytest.approx(0.5), "Grave": pytest.approx(2.0)}


def test_merging_and_parting_again_leaves_what_was() -> None:
    lid, cap, late = need("Lids break"), need("Caps crack"), need("Late")
    named(lid, key="1")
    named(cap, key="2")
    named(lid, cap, key="3")
    named(late, key="4")
    before, rows = counts(), kept()
    assert operations.merge_needs(cap.pk, into=lid.pk, by=OLIVE, at=NOON)
    assert not operations.merge_needs(cap.pk, into=lid.pk, by=OLIVE, at=NOON)
    assert not operations.merge_needs(lid.pk, into=cap.pk, by=OLIVE, at=NOON), "no circles"
    assert counts() == {"Lids break": 3, "Late": 1}, "one who named both is one voice"
    assert operations.merge_needs(lid.pk, into=late.pk, by=OLIVE, at=NOON)
    assert counts() == {"Late": 4}
    assert operations.unmerge_need(lid.pk, by=OLIVE, at=NOON)
    assert operations.unmerge_need(cap.pk, by=OLIVE, at=NOON)
    assert not operations.unmerge_need(cap.pk, by=OLIVE, at=NOON)
    assert (counts(), kept()) == (before, rows)


def test_splitting_and_putting_back_leaves_what_was() -> None:
    lid, cap = need("Lids break"), need("Caps crack")
    one, two, both = named(lid, key="1"), named(cap, key="2"), named(lid, cap, key="3")
    operations.merge_needs(cap.pk, into=lid.pk, by=OLIVE, at=NOON)
    before, needs = kept(), Need.objects.count()
    split = operations.split_need(lid.pk, [two.pk, both.pk], names={"en": "Screw caps"}, by=OLIVE, at=NOON)
    assert split is not None
    assert counts() == {"Screw caps": 2, "Lids break": 1}
    assert operations.unsplit_need(split.pk, by=OLIVE, at=NOON)
    assert not operations.unsplit_need(split.pk, by=OLIVE, at=NOON)
    assert (kept(), Need.objects.count()) == (before, needs)
    assert operations.split_need(cap.pk, [], names={"en": "Nothing"}, by=OLIVE, at=NOON) is None
    again = operations.split_need(lid.pk, [one.pk], names={"en": "Screw caps"}, by=OLIVE, at=NOON)
    assert again is not None
    unponder([one.pk], by=OLIVE, at=NOON)
    operations.unsplit_need(again.pk, by=OLIVE, at=NOON)
    assert (one.pk, lid.pk) not in kept(), "what was taken back meanwhile stays taken back"


def test_a_need_is_made_once_and_named_in_each_language() -> None:
    lid = need("Lids break")
    assert need("lids BREAK") == lid
    theme = operations.need_of_theme("late", by=OLIVE, at=NOON)
    assert (name_of(theme, "en"), name_of(theme, "zh-hans")) == ("Delivery late or lost", "送货延迟或丢失")
    assert operations.change_need(theme.pk, names={"en": "Slow parcels"}, by=OLIVE, at=NOON)
    assert not operations.change_need(theme.pk, names={"en": "Slow parcels"}, by=OLIVE, at=NOON)
    theme.refresh_from_db()
    assert (name_of(theme, "en"), name_of(theme, "zh-hans")) == ("Slow parcels", "送货延迟或丢失")
    with pytest.raises(ValueError, match="1 to 5"):
        operations.change_need(theme.pk, severity=9, by=OLIVE, at=NOON)
    with pytest.raises(TypeError):
        operations.change_need(theme.pk, theme="x", by=OLIVE, at=NOON)


def test_a_change_within_the_noise_is_no_change() -> None:
    assert trend(Count(10, 100), Count(12, 100)).state == "same"
    assert trend(Count(10, 1_000), Count(60, 1_000)).state == "more"
    assert trend(Count(60, 1_000), Count(10, 1_000)).state == "less"
    assert trend(Count(1, 100), Count(2, 100)).state == ""
    assert trend(Count(0, 0), Count(50, 100)).state == ""


def test_erased_and_merged_people() -> None:
    lid, ada, other = need("Lids break"), customer("Ada"), customer("Ada L", email="ada.l@example.com")
    named(lid, key="1", customer=ada.pk)
    named(lid, key="2", customer=other.pk)
    merge(kept=ada.pk, folded=other.pk, reason="by_hand", by=OLIVE, at=NOON)
    line = ranking(Period(None, NOON)).lines[0]
    assert (line.n, line.people) == (2, {ada.pk})
    erase(ada.pk, reason="asked", by=OLIVE, at=NOON)
    assert ranking(Period(None, NOON)).lines == []


def test_nearly_equal_words_are_put_beside_the_first_without_chains() -> None:
    rows = [said(f"The lid broke when it came, number {n}", f"k{n}") for n in range(3)]
    assert put_beside(rows[1].pk, [rows[2].pk]) == 1
    assert put_beside(rows[0].pk, [rows[1].pk]) == 2
    assert set(Opinion.objects.filter(same_as=rows[0]).values_list("pk", flat=True)) == {rows[1].pk, rows[2].pk}
    ponder([rows[0].pk], how="noted", by=OLIVE, at=NOON)
    assert put_beside(rows[0].pk, [said("Another one, later on").pk]) == 0


def test_a_second_person_checks_without_seeing_the_first(mia: Any, olive: Any, client_of: Callable[[Any], Any]) -> None:
    first, second = Actor("staff", olive.pk), Actor("staff", mia.pk)
    lid, late = need("Lids break"), need("Late")
    at = now() - timedelta(days=3)
    for n in range(3):
        row = said(f"The lid broke when it came, number {n}", f"k{n}")
        operations.confirm(row.pk, [lid.pk], by=first, at=at)
    week = at.date() - timedelta(days=at.weekday())
    since, until = at - DAY, at + DAY
    assert operations.draw_checks(week, since=since, until=until) == 3
    assert operations.draw_checks(week, since=since, until=until) == 0
    checks = list(Check.objects.order_by("pk"))
    with pytest.raises(PermissionError):
        operations.answer_check(checks[0].pk, [lid.pk], by=first, at=at)
    page = client_of(mia).get("/needs/check")
    assert "The lid broke" in page.content.decode()
    assert "checked" not in page.content.decode()
    assert "Nothing to check" in client_of(olive).get("/needs/check").content.decode()
    assert operations.answer_check(checks[0].pk, [lid.pk], by=second, at=at)
    assert not operations.answer_check(checks[0].pk, [late.pk], by=second, at=at)
    client_of(mia).post(f"/needs/check/{checks[1].pk}/", {"need": [late.pk]})
    pairs = sorting.answered_checks(at=now())
    assert sorted(pairs) == [([lid.pk], [lid.pk]), ([lid.pk], [late.pk])]


def test_who_named_a_need_is_a_word_of_audiences() -> None:
    from regulars.desks.outreach.audiences.operations import freeze, save_audience
    from regulars.desks.outreach.audiences.queries import frozen_members

    lid, cap, ada, ben = need("Lids break"), need("Caps crack"), customer("Ada"), customer("Ben")
    named(lid, key="1", customer=ada.pk)
    named(cap, key="2", customer=ben.pk)
    row = save_audience(name="Lids", rule='said need "Lids break"', by=OLIVE, at=NOON)
    assert list(frozen_members(freeze(row.pk, by=OLIVE, at=NOON).pk)) == [ada.pk]
    operations.merge_needs(cap.pk, into=lid.pk, by=OLIVE, at=NOON)
    assert list(frozen_members(freeze(row.pk, by=OLIVE, at=NOON).pk)) == [ada.pk, ben.pk]


def test_the_desk_goes_from_one_to_the_next_and_back(olive: Any, client_of: Callable[[Any], Any]) -> None:
    client = client_of(olive)
    rows = [said(f"A sentence about the lid, number {n}", f"k{n}", at=NOON + n * DAY) for n in range(3)]
    page = client.get("/needs/sort").content.decode()
    assert page.index("number 0") < page.index("number 1"), "the next one is there already"
    assert "number 2" not in page
    answer = client.post(
        f"/needs/sort/{rows[0].pk}/", {"do": "confirm", "need": ["theme:damaged"], "new": "Glue", "ahead": rows[1].pk},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert "number 2" in answer.content.decode()
    assert {name_of(v.need) for v in Voice.objects.filter(opinion=rows[0])} == {"Arrived damaged", "Glue"}
    refused = client.post(f"/needs/sort/{rows[1].pk}/", {"do": "confirm"})
    assert refused.headers["Location"] == f"/needs/sort?opinion={rows[1].pk}"
    client.post(f"/needs/sort/{rows[1].pk}/", {"do": "answered"})
    assert Pondering.objects.get(opinion=rows[1]).how == "answered"
    back = client.post(f"/needs/sort/{rows[0].pk}/undo")
    assert back.headers["Location"] == f"/needs/sort?opinion={rows[0].pk}"
    assert not Voice.objects.filter(opinion=rows[0], confirmed_at__isnull=False).exists()
    assert "number 0" in client.get(back.headers["Location"]).content.decode()


def test_pages_say_what_there_is(olive: Any, mark: Any, sam: Any, client_of: Callable[[Any], Any]) -> None:
    lid, ada = need("Lids break"), customer("Ada")
    for n in range(3):
        operations.confirm(
            said(f"A lid broke, it was number {n}", f"k{n}", customer=ada.pk, said_at=now() - DAY).pk, [lid.pk],
            by=OLIVE, at=now(),
        )  # fmt: skip
    client = client_of(olive)
    page = client.get("/needs/").content.decode()
    assert "Lids break" in page
    assert "too few to say" in page
    one = client.get(f"/needs/{lid.pk}/").content.decode()
    assert "it was number 2" in one
    assert "Ada" in client.get(f"/needs/{lid.pk}/people").content.decode()
    file = b"".join(client.get(f"/needs/{lid.pk}/people.csv").streaming_content).decode()
    assert f"{ada.pk},Ada,3," in file
    assert "example.com" not in file
    assert client_of(sam).get("/needs/export").status_code == 403
    opinions = client.get("/opinions/?pile=all").content.decode()
    assert f'href="/needs/{lid.pk}/"' in opinions
