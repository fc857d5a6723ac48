"""Words about who a customer is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences import (
    AGO,
    WORDS,
    Asked,
    Fragment,
    ShareSlot,
    Texts,
    TextSlot,
    TimeSlot,
    Word,
)
from regulars.decisions.audiences.chance import place_sql
from regulars.desks.outreach.audiences.words.pieces import between, like, one_of, people_of
from regulars.people.models import Customer

GROUP = _("Customer")
_KINDS = [
    ("email", _("E-mail")), ("phone", _("Phone")), ("account", _("Account")), ("openid", _("WeChat open id")),
    ("unionid", _("WeChat union id")),
]  # fmt: skip


def _known(column: str) -> list[tuple[str, Any]]:
    """Return the values a column has, the most frequent first."""
    from django.db.models import Count

    rows = Customer.objects.exclude(**{column: ""}).values_list(column).annotate(n=Count("id")).order_by("-n")
    return [(value, value) for value, _n in rows[:200]]


def _text(column: str) -> Any:
    def sql(args: tuple[Any, ...], asked: Asked) -> Fragment:
        return like(f"c.{column}", args[0])

    return sql


def _country(args: tuple[Texts], asked: Asked) -> Fragment:
    return one_of("c.country", [value.upper() for value in args[0].values])


def _language(args: tuple[Texts], asked: Asked) -> Fragment:
    """``zh`` means every Chinese, ``zh-hans`` that one."""
    values = [value.lower().replace("_", "-") for value in args[0].values]
    exact = one_of("lower(c.language)", values)
    starts = ["substr(lower(c.language), 1, %s) = %s"] * len(values)
    params = [part for value in values for part in (len(value) + 1, f"{value}-")]
    return Fragment(f"({exact.sql} OR {' OR '.join(starts)})", (*exact.params, *params))


def _first_seen(args: tuple[Any], asked: Asked) -> Fragment:
    # Of records that were merged the oldest counts.
    return between("(SELECT min(f.created_at) FROM people_customer f WHERE f.root_id = c.id)", args[0], asked)


def _has(args: tuple[Texts], asked: Asked) -> Fragment:
    source = "people_identifier i JOIN people_customer f ON f.id = i.customer_id"
    return people_of(source, [one_of("i.kind", args[0].values)])


def _random(args: tuple[Any, Texts], asked: Asked) -> Fragment:
    places = int(args[0].percent * 100)
    return Fragment(f"{place_sql(args[1].values[0], 'c.id')} < %s", (places,))


for word in (
    Word("everybody", _("Everybody"), lambda args, asked: Fragment("1 = 1"), (), GROUP, example="everybody"),
    Word(
        "name known", _("Name is known"), lambda args, asked: Fragment("c.name <> ''"), (), GROUP,
        example="name known",
    ),
    Word(
        "language", _("Language"), _language,
        (TextSlot(ops=("is",), choices=lambda: _known("language"), label=_("Language")),), GROUP,
        example="language is zh-hans",
    ),
    Word(
        "country", _("Country"), _country,
        (TextSlot(ops=("is",), choices=lambda: _known("country"), label=_("Country code")),), GROUP,
        example="country is DE",
    ),
    Word(
        "region", _("Region"), _text("region"),
        (TextSlot(ops=("is", "contains"), choices=lambda: _known("region"), label=_("Region")),), GROUP,
        example="region is Zhejiang",
    ),
    Word(
        "city", _("City"), _text("city"),
        (TextSlot(ops=("is", "contains"), choices=lambda: _known("city"), label=_("City")),), GROUP,
        example="city is Berlin",
    ),
    Word(
        "first seen", _("Became known"), _first_seen, (TimeSlot(ops=AGO, is_required=True, label=_("When")),), GROUP,
        example="first seen within 30 days",
    ),
    Word(
        "has", _("Has a way to be reached"), _has,
        (TextSlot(is_closed=True, choices=lambda: _KINDS, label=_("Kind")),), GROUP, example="has email",
    ),
    Word(
        "random", _("Random share"), _random,
        (ShareSlot(label=_("Share")), TextSlot(name="salt", is_one=True, label=_("Name of the draw"))), GROUP,
        _("The same name draws the same people again; another name draws others."), 'random 10% "spring"',
    ),
):  # fmt: skip
    WORDS.register(word)
