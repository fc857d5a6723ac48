"""Saving, renaming, putting away, freezing: what is kept, what is refused, and what stays when the facts change."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from regulars.base import jobs
from regulars.base.clock import to_us
from regulars.decisions.audiences import MESSAGES, RuleError
from regulars.desks.outreach.audiences import operations, queries
from regulars.desks.outreach.audiences.messages import PROBLEMS, problem_text
from regulars.desks.outreach.audiences.models import Audience, AudienceSize, Freeze, Member, Version
from regulars.people.models import Customer
from regulars.people.operations import erase, merge
from regulars.stream.models import Activity
from tests.audiences.cast import BY, ESPRESSO, _bought, names, open_shop, root
from tests.web.cast import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return open_shop()


def save(name: str, rule: str, at: datetime) -> Audience:
    return operations.save_audience(name=name, rule=rule, by=BY, at=at)


def kinds(start: str = "audience.") -> list[str]:
    """Return the kinds of activities recorded, in order."""
    return list(Activity.objects.filter(kind__startswith=start).order_by("id").values_list("kind", flat=True))


def test_a_rule_is_kept_as_it_is_written_and_recorded_once(at: datetime) -> None:
    row = save("  VIP   people ", "Orders AT LEAST 2   and not (country is DE)", at)
    assert (row.name, row.rule) == ("VIP people", "orders at least 2 and not country is DE")
    assert kinds() == ["audience.saved"]
    assert names(queries.members(queries.read(row.rule), at=at)) == "Ada Cleo"


@pytest.mark.parametrize(
    ("name", "rule", "error"),
    [
        ("", "orders at least 2", operations.AudienceRefused),
        ("x" * 81, "orders at least 2", operations.AudienceRefused),
        ("a\u200bb", "orders at least 2", operations.AudienceRefused),
        ("Taken", "orders at least 2", operations.AudienceRefused),
        ("New", "orders at least", RuleError),
        ("New", 'in audience "nobody"', RuleError),
    ],
)
def test_what_is_refused_leaves_nothing(at: datetime, name: str, rule: str, error: type[Exception]) -> None:
    save("Taken", "suppressed", at)
    before = (Audience.objects.count(), Version.objects.count(), Activity.objects.count())
    with pytest.raises(error):
        save(name, rule, at)
    assert (Audience.objects.count(), Version.objects.count(), Activity.objects.count()) == before


def test_audiences_in_audiences(at: datetime) -> None:
    save("VIP", "orders at least 3", at)
    save("German", "country is DE", at)
    both = save("Both", 'in audience "VIP", German and not suppressed', at)
    assert names(queries.members(queries.read(both.rule), at=at)) == "Ada Ben"


def test_a_circle_is_refused_with_its_path(at: datetime) -> None:
    a = save("A", "suppressed", at)
    save("B", "in audience A", at)
    save("C", "orders at least 1 or in audience B", at)
    with pytest.raises(RuleError, match="A → C → B → A"):
        operations.change_audience(a.pk, name="A", rule="not in audience C", by=BY, at=at)
    with pytest.raises(RuleError, match="A → A"):
        operations.change_audience(a.pk, name="A", rule="in audience A", by=BY, at=at)
    a.refresh_from_db()
    assert a.rule == "suppressed"


def test_audiences_are_not_made_of_each_other_without_end(at: datetime) -> None:
    save("A0", "suppressed", at)
    for n in range(1, 9):
        save(f"A{n}", f"in audience A{n - 1} or in audience A{n - 1}", at)
    with pytest.raises(RuleError, match="nested too deeply"):
        save("A9", "in audience A8", at)


def test_rules_follow_a_new_name(at: datetime) -> None:
    a = save("Old name", "suppressed", at)
    b = save("B", 'country is DE and (not in audience "Old name" or orders at least 2)', at)
    assert operations.change_audience(a.pk, name='New "name"', rule=a.rule, by=BY, at=at + timedelta(seconds=1))
    b.refresh_from_db()
    assert b.rule == 'country is DE and (not in audience "New \\"name\\"" or orders at least 2)'
    assert names(queries.members(queries.read(b.rule), at=at)) == "Ben"
    assert list(Version.objects.filter(audience=b).values_list("rule", flat=True).order_by("id"))[-1] == b.rule
    assert kinds() == ["audience.saved", "audience.saved", "audience.changed", "audience.changed"]
    assert not operations.change_audience(a.pk, name='New "name"', rule=a.rule, by=BY, at=at)


def test_put_away_and_brought_back(at: datetime) -> None:
    a = save("A", "suppressed", at)
    b = save("B", "in audience A", at)
    assert operations.retire(a.pk, by=BY, at=at)
    assert not operations.retire(a.pk, by=BY, at=at)
    assert names(queries.members(queries.read(b.rule), at=at)) == "Dan"
    with pytest.raises(operations.AudienceRefused, match="put away"):
        save("A", "everybody", at)
    assert operations.restore(a.pk, by=BY, at=at + timedelta(seconds=1))
    assert not operations.restore(a.pk, by=BY, at=at)
    assert kinds() == ["audience.saved", "audience.saved", "audience.retired", "audience.restored"]


def test_a_frozen_list_stays_when_facts_and_rule_change(at: datetime) -> None:
    from regulars.shop.models import Store

    a = save("Twice", "orders at least 2", at)
    frozen = operations.freeze(a.pk, by=BY, at=at)
    assert (frozen.count, frozen.rule) == (2, "orders at least 2")
    take(Store.objects.get(name="Own site"), _bought("D2", "Dan", 0, ESPRESSO), batch=9)
    operations.change_audience(a.pk, name="Thrice", rule="orders at least 3", by=BY, at=at + timedelta(seconds=1))
    assert names(queries.members(queries.read("orders at least 2"), at=at)) == "Ada Cleo Dan"
    assert names(queries.frozen_members(frozen.pk)) == "Ada Cleo"
    frozen = Freeze.objects.get(pk=frozen.pk)
    assert (frozen.count, frozen.rule) == (2, "orders at least 2")
    assert operations.freeze(a.pk, by=BY, at=at).count == 1
    assert kinds() == ["audience.saved", "audience.frozen", "audience.changed", "audience.frozen"]


def test_merged_since_is_there_once_and_erased_not_at_all(at: datetime) -> None:
    frozen = operations.freeze(save("All", "", at).pk, by=BY, at=at)
    assert frozen.count == 5
    merge(kept=root("Ada"), folded=root("Dan"), reason="by hand", by=BY, at=at)
    assert names(queries.frozen_members(frozen.pk)) == "Ada Ben Cleo 王芳"
    erase(root("Ben"), reason="wish", by=BY, at=at)
    assert names(queries.frozen_members(frozen.pk)) == "Ada Cleo 王芳"
    assert Freeze.objects.get(pk=frozen.pk).count == 5
    assert Member.objects.filter(freeze=frozen.pk).count() == 4


def test_sizes_are_taken_once_a_day_of_the_shops(at: datetime) -> None:
    a, away = save("A", "country is DE", at), save("Away", "suppressed", at)
    operations.retire(away.pk, by=BY, at=at)
    start = datetime.fromisoformat("2026-03-01T15:30:00+00:00")  # 23:30 in Shanghai
    assert [operations.take_sizes(at=start + timedelta(minutes=m)) for m in (0, 20, 31, 60)] == [1, 0, 1, 0]
    rows = AudienceSize.objects.filter(audience=a).order_by("day").values_list("day", "count")
    assert [(str(day), count) for day, count in rows] == [("2026-03-01", 2), ("2026-03-02", 2)]
    assert not AudienceSize.objects.filter(audience=away).exists()
    assert "audiences.take_sizes" in jobs.HANDLERS


def test_a_rule_that_cannot_be_asked_any_more_stops_no_other(at: datetime) -> None:
    broken, fine = save("Broken", "suppressed", at), save("Fine", "country is DE", at)
    Audience.objects.filter(pk=broken.pk).update(rule="gone at least 2")
    assert operations.take_sizes(at=at) == 1
    assert AudienceSize.objects.get().audience_id == fine.pk
    assert operations.change_audience(fine.pk, name="Finer", rule=fine.rule, by=BY, at=at)


def test_counting_while_typing_sees_what_happens(at: datetime) -> None:
    rule = queries.read("country is DE and not suppressed")
    assert queries.find(rule, at=at).count == 1
    erase(root("Ben"), reason="wish", by=BY, at=at)
    assert queries.find(rule, at=at).count == 0


def test_a_sample_is_ten_from_all_over(at: datetime) -> None:
    made = Customer.objects.bulk_create([Customer(root_id=0, name=f"N{n}", created_at=to_us(at)) for n in range(500)])
    for row in made:
        Customer.objects.filter(pk=row.pk).update(root_id=row.pk)
    seen = queries.find(queries.read(""), at=at)
    assert seen.count == 505
    assert len(set(seen.sample)) == 10
    assert seen == queries.find(queries.read(""), at=at)
    assert max(seen.sample) - min(seen.sample) > 200


def test_every_problem_of_the_language_is_written_for_people() -> None:
    assert {code: str(text) for code, text in PROBLEMS.items()} == dict(MESSAGES)
    assert problem_text(RuleError("number_whole", found="1.5")) == "Write a whole number here: 1.5 cannot be counted."
    assert problem_text(RuleError("percent_missing")) == "Write a share here, such as 10%."
