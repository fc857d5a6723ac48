"""Numbers, money and times as people read them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from regulars.base.clock import now
from regulars.ui.templatetags import ui


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "CNY", "¥1,234.50"),
        (1234567890, "CNY", "¥12,345,678.90"),
        (-4250, "EUR", "−€42.50"),
        (1234567, "JPY", "JP¥1,234,567"),
        (1234567, "KWD", "1,234.567 KWD"),
        (5, "USD", "$0.05"),
        (0, "USD", "$0.00"),
        (None, "USD", "–"),
        ("", "USD", "–"),
    ],
)
def test_money_is_grouped_by_three_in_every_language(language: str, minor: int, currency: str, text: str) -> None:
    with translation.override(language):
        assert ui.money(minor, currency) == text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_numbers_and_shares(language: str) -> None:
    with translation.override(language):
        assert ui.number(1234567) == "1,234,567"
        assert ui.number(-1200.5, 1) == "−1,200.5"
        assert ui.percent(0.4267, 1) == "42.7%"
        assert ui.percent(12.5) == "1,250%"
        assert ui.percent(None) == ui.number(None) == "–"
        assert ui.abs_percent(-0.04321) == "4.3%"


def test_a_day_is_the_shops_day_and_shows_utc_to_who_points_at_it() -> None:
    at = datetime(2026, 3, 31, 17, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        shown = ui.day(at)
        assert ">1 Apr 2026<" in shown
        assert 'datetime="2026-03-31T17:30:00+00:00"' in shown
        assert 'title="2026-03-31 17:30:00 UTC"' in shown
        assert ">1 Apr 2026, 01:30<" in ui.moment(at)
        with translation.override("zh-hans"):
            assert ">2026年4月1日 01:30<" in ui.moment(at)
    assert ui.day(date(2026, 4, 1)) == "1 Apr 2026"
    assert ui.day(None) == ui.moment(None) == ui.ago(None) == "–"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(minutes=59, seconds=5), "59 minutes ago"),
        (timedelta(hours=1, seconds=5), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1, seconds=5), "1 day ago"),
        (timedelta(days=59), "59 days ago"),
    ],
)
def test_how_long_ago_in_words(before: timedelta, text: str) -> None:
    assert f">{text}<" in ui.ago(now() - before)


def test_what_is_long_ago_or_yet_to_come_is_told_by_its_date() -> None:
    assert "2024" in ui.ago(datetime(2024, 2, 29, 12, tzinfo=UTC))
    ahead = now() + timedelta(days=3)
    assert "ago" not in ui.ago(ahead)
    assert ahead.strftime("%Y, %H:%M") in ui.ago(ahead)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lind", "AL"), ("Ada", "A"), ("Jean Luc de Vries", "JV"), ("王芳", "王"), ("", "?"), ("…", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_heat_has_ten_steps_and_none_beyond() -> None:
    assert [ui.heat(share) for share in (None, 0, 0.001, 0.5, 1, 7)] == [
        "heat-0", "heat-0", "heat-1", "heat-4", "heat-9", "heat-9",
    ]  # fmt: skip
    assert ui.heat(0.3, 0.6) == "heat-4"
    assert ui.heat(0.3, 0) == "heat-0"


def test_templates_need_load_nothing_and_escape_what_they_are_given() -> None:
    page = Template('{% icon "star" %}{% sparkline values label %}{{ amount|money:"USD" }}{{ gone|money:"USD" }}')
    html = page.render(Context({"values": [1, 3, 2], "label": '<b>"x"', "amount": 100}))
    assert "#star" in html
    assert "<b>" not in html
    assert "$1.00–" in html
    assert Template("{% sparkline values %}").render(Context({"values": [1]})) == ""
