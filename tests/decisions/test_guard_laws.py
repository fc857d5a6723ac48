"""Laws of the guard on random shops: both readings agree, instants are exact, and more reasons never allow more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from regulars.decisions.guard import (
    Ask,
    Cap,
    Consent,
    Holiday,
    Past,
    Person,
    Quiet,
    Rank,
    Reason,
    Rules,
    weigh,
    weigh_all,
)
from regulars.decisions.guard.hours import boundaries, quiet_spans
from regulars.decisions.guard.rules import DAY, HOUR, MINUTE, US
from tests.decisions.worlds import DAYS, NOWS, ZONES, crowd, worlds

ACTIONS = ("allow", "hold", "drop")
World = tuple[Ask, Rules, list[Person]]


@given(worlds)
def test_a_million_are_weighed_as_one_is(world: World) -> None:
    ask, rules, people = world
    together = weigh_all(crowd(people), ask, rules)
    for index, person in enumerate(people):
        alone = weigh(person, ask, rules)
        found = ACTIONS[together.action[index]], int(together.until[index]), Reason(int(together.reasons[index]))
        assert found == (alone.action, alone.until, alone.reasons)


@given(worlds)
def test_arrays_give_back_the_persons_they_were_made_of(world: World) -> None:
    ask, rules, people = world
    arrays = crowd(people)
    for index, person in enumerate(people):
        assert weigh(arrays.person(index), ask, rules) == weigh(person, ask, rules)


@given(worlds)
def test_the_instant_named_is_allowed_when_it_comes_and_none_before_it_is(world: World) -> None:
    ask, rules, people = world
    for person in people:
        verdict = weigh(person, ask, rules)
        if verdict.action != "hold":
            continue
        assert ask.now < verdict.until <= ask.deadline
        assert weigh(person, replace(ask, now=verdict.until), rules).action == "allow"
        for part in range(1, 24):
            earlier = ask.now + (verdict.until - ask.now) * part // 24
            assert weigh(person, replace(ask, now=earlier), rules).action != "allow"


def _allows_no_more(person: Person, ask: Ask, rules: Rules, than: Person, under: Rules) -> None:
    now, before = weigh(person, ask, rules), weigh(than, ask, under)
    order = {"allow": 0, "hold": 1, "drop": 2}
    assert order[now.action] >= order[before.action]
    if now.action == before.action == "hold":
        assert now.until >= before.until


@given(worlds, st.integers(0, 3), st.sampled_from([DAY, 7 * DAY]), st.sampled_from(["rolling", "day", "week"]))
def test_one_more_cap_never_allows_more(world: World, most: int, window: int, form: str) -> None:
    ask, rules, people = world
    more = replace(rules, caps=(*rules.caps, Cap("more", most, window, form)))  # type: ignore[arg-type]
    for person in people:
        _allows_no_more(person, ask, more, person, rules)


@given(worlds, DAYS)
def test_one_more_holiday_never_allows_more(world: World, day: date) -> None:
    ask, rules, people = world
    more = replace(rules, holidays=(*rules.holidays, Holiday(day, "More")))
    for person in people:
        _allows_no_more(person, ask, more, person, rules)


@given(NOWS, st.sampled_from(ZONES), DAYS)
def test_a_holiday_is_over_at_midnight_where_she_is(now: int, zone: str, day: date) -> None:
    ask, rules = Ask("email", now, now + 90 * DAY), Rules(holidays=(Holiday(day, "Rest"),))
    person = Person(zone=zone, consent=Consent.GRANTED)
    verdict = weigh(person, ask, rules)
    info = ZoneInfo(zone)
    if datetime.fromtimestamp(now / US, UTC).astimezone(info).date() != day:
        assert verdict.action == "allow"
        return
    assert (verdict.action, verdict.reasons) == ("hold", Reason.HOLIDAY)
    after = datetime.fromtimestamp(verdict.until / US, UTC).astimezone(info)
    assert (after.date(), after.hour, after.minute, after.second) == (day + timedelta(days=1), 0, 0, 0)
    # News of an order is waited for on holidays too.
    assert weigh(person, replace(ask, is_marketing=False), rules).action == "allow"


@given(worlds, st.integers(0, 1439), st.integers(0, 1439))
def test_an_answer_waits_for_no_hour(world: World, start: int, end: int) -> None:
    ask, rules, people = world
    answer = replace(ask, is_marketing=False, rank=Rank.REPLY, channel="sms")
    hours = replace(rules, service_quiet={"sms": Quiet(start, end)})
    for person in people:
        assert weigh(person, answer, hours) == weigh(person, answer, replace(rules, service_quiet={}))


@given(worlds, st.integers(-2000, 300))
def test_what_is_known_against_it_never_allows_more(world: World, hours: int) -> None:
    ask, rules, people = world
    past = Past(7, ask.now + hours * HOUR, ask.channel, ask.is_marketing, Rank.ORDER)
    for person in people:
        for change in (
            {"is_suppressed": True}, {"is_closed_to_marketing": True}, {"consent": Consent.WITHDRAWN},
            {"is_under_age": True}, {"has_open_complaint": True}, {"wants_no_personalisation": True},
            {"is_in_holdout": True}, {"fatigue": person.fatigue + 1}, {"quota": person.quota - 1},
            {"paused_until": max(person.paused_until, ask.now + DAY)}, {"past": (*person.past, past)},
        ):  # fmt: skip
            _allows_no_more(replace(person, **change), ask, rules, person, rules)  # type: ignore[arg-type]


@given(worlds)
def test_order_news_leaves_in_spite_of_everything_but_a_dead_address(world: World) -> None:
    ask, _, people = world
    news = replace(ask, is_marketing=False, channel="email")
    caps = Rules(caps=(Cap("a week", 1, 7 * DAY), Cap("a day", 1, form="day")), quiet={"email": Quiet(0, 1439)})
    for person in people:
        wanted = "allow" if person.has_address and not person.is_suppressed else "drop"
        assert weigh(person, news, caps).action == wanted


@given(NOWS, st.sampled_from(ZONES), st.integers(0, 1439), st.integers(0, 1439), st.frozensets(st.integers(1, 7)))
def test_quiet_spans_are_what_the_clock_on_the_wall_says(
    now: int, zone: str, start: int, end: int, weekdays: frozenset[int]
) -> None:
    spans = quiet_spans(zone, Quiet(start, end, weekdays), now, now + 3 * DAY)
    for minutes in range(0, 3 * 1440, 13):
        at = now + minutes * MINUTE
        wall = datetime.fromtimestamp(at / US, UTC).astimezone(ZoneInfo(zone))
        minute = wall.hour * 60 + wall.minute
        by_hour = start <= minute < end if start <= end else minute >= start or minute < end
        assert any(low <= at < high for low, high in spans) == (by_hour or wall.isoweekday() in weekdays)


@given(NOWS, st.sampled_from(ZONES), st.integers(1, 7))
def test_periods_begin_when_the_date_on_the_wall_does(now: int, zone: str, week_start: int) -> None:
    def wall(at: int) -> datetime:
        return datetime.fromtimestamp(at / US, UTC).astimezone(ZoneInfo(zone))

    for at in boundaries(zone, "day", 1, now, now + 9 * DAY):
        assert wall(at).date() > wall(at - US).date()
    assert len(boundaries(zone, "day", 1, now, now + 9 * DAY)) in {8, 9, 10}
    for at in boundaries(zone, "week", week_start, now, now + 30 * DAY):
        assert wall(at).isoweekday() == week_start
        assert wall(at - US).isoweekday() != week_start
    for at in boundaries(zone, "month", 1, now, now + 70 * DAY):
        assert wall(at).day == 1
        assert wall(at - US).day > 1
