"""What visitors did, as words of audiences: of visitors who are known to be one customer."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.base import bulk
from regulars.decisions.audiences import (
    AGO,
    WORDS,
    Asked,
    Compare,
    Fragment,
    NumberSlot,
    Texts,
    TextSlot,
    TimeSlot,
    When,
    Word,
)
from regulars.desks.outreach.audiences.words.events import VISITORS, happened, of_visitors
from regulars.desks.outreach.audiences.words.products import product_titles
from regulars.shop.models import Product
from regulars.sources.tracker.whose import persons_sql

GROUP = _("Visits")
# Bodies are JSON without spaces, and quotes in values are escaped: this can stand nowhere else in them.
_OF_PEOPLE = Fragment("""a.body LIKE '%%"agent":"person"%%'""")

_NO_ROBOT = Fragment("""a.body NOT LIKE '%%"is_bot":true%%'""")


def _says(texts: list[str]) -> Fragment:
    """Return the condition that a body holds one of these pieces of JSON."""
    find = "strpos" if bulk.on_postgres() else "instr"
    return Fragment(f"({' OR '.join([f'{find}(a.body, %s) > 0'] * len(texts))})", tuple(texts))


def _visits(args: tuple[Compare, When | None], asked: Asked) -> Fragment:
    return happened(("site.visited",), [_OF_PEOPLE], args[1], args[0], asked)


def _last_visit(args: tuple[When], asked: Asked) -> Fragment:
    """By the newest visit: "over 30 days ago" is who came, and not since."""
    low, high = args[0].bounds(asked.now, asked.zone)
    # Who came since ``low`` is all that a time without an end asks for; with an end all visits say which is the newest.
    having = (
        None
        if high is None
        else ("{last} < %s" + (" AND {last} >= %s" if low else ""), (high, *([low] if low else [])))
    )
    when = args[0] if high is None else None
    return of_visitors("site.", ("site.visited",), [_OF_PEOPLE], when, having, asked)


def _product(kind: str) -> Any:
    def sql(args: tuple[Texts, Compare | None, When | None], asked: Asked) -> Fragment:
        said = _says(_pieces(args[0].values))
        return happened((kind,), [_NO_ROBOT, said], args[2], args[1], asked)

    return sql


def _pieces(titles: tuple[str, ...]) -> list[str]:
    """Return how bodies name these products: by title, by the store's id, or by a stock number."""
    pieces = [f'"name":{_json(title)}' for title in titles]
    codes: set[str] = set(titles)
    for external, sku in Product.objects.filter(title__in=titles).values_list("external_id", "variant__sku"):
        codes.update(code for code in (external, sku) if code)
    return pieces + [f'"product":{_json(code)}' for code in sorted(codes)]


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _slots(label: Any) -> tuple[Any, ...]:
    return (
        TextSlot(choices=product_titles, label=label),
        NumberSlot(is_required=False, label=_("Times")),
        TimeSlot(label=_("When")),
    )


def declare() -> None:
    """Register the words, and whose the activities of visitors are."""
    VISITORS["site."] = persons_sql
    for word in (
        Word(
            "visits", _("Number of visits"), _visits, (NumberSlot(label=_("Visits")), TimeSlot(label=_("When"))), GROUP,
            _("Of visitors who are known to be a customer."), "visits at least 2 in 30 days",
        ),
        Word(
            "last visit", _("Last visit"), _last_visit,
            (TimeSlot(ops=AGO, is_required=True, label=_("When")),), GROUP, example="last visit within 7 days",
        ),
        Word(
            "viewed product", _("Looked at the product"), _product("site.product_viewed"), _slots(_("Product")), GROUP,
            example='viewed product "Green tea" in 30 days',
        ),
        Word(
            "added product", _("Put the product in the basket"), _product("site.product_added"), _slots(_("Product")),
            GROUP, example='added product "Green tea" in 30 days',
        ),
    ):  # fmt: skip
        WORDS.register(word)
