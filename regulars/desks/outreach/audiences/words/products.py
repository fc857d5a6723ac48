"""Words about what was bought. A line whose product is not known any more counts by its own words."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from regulars.base import bulk
from regulars.decisions.audiences import (
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
from regulars.desks.outreach.audiences.words.orders import PAID
from regulars.desks.outreach.audiences.words.pieces import between, counted, like
from regulars.shop.models import Product, Variant

GROUP = _("Products")
# Lines first: SQLite keeps the order of CROSS JOIN, and would else read every order to find a few lines.
LINES = "shop_line l CROSS JOIN shop_order o CROSS JOIN people_customer f"
JOINED = Fragment("o.id = l.order_id AND f.id = o.customer_id")
FEW = 100_000
Args = tuple[Texts, Compare | None, When | None]


def _bought(lines: Fragment, args: Args, asked: Asked) -> Fragment:
    where = [JOINED, PAID, lines, between("o.placed_at", args[2], asked)]
    return counted(LINES, where, args[1], what="count(DISTINCT o.id)")


def _either(one: Fragment, other: Fragment) -> Fragment:
    return Fragment(f"({one.sql} OR {other.sql})", (*one.params, *other.params))


def _of_products(where: Fragment) -> Fragment:
    """Many lines are read faster one after the other than each through the index of its product."""
    sql = f"SELECT p.id FROM shop_product p WHERE {where.sql}"  # noqa: S608 - texts of ours
    mark = "" if bulk.on_postgres() or _are_few(sql, where.params) else "+"
    return Fragment(f"{mark}l.product_id IN ({sql})", where.params)


def _are_few(sql: str, params: tuple[Any, ...]) -> bool:
    with connection.cursor() as cursor:
        few = f"SELECT 1 FROM shop_line WHERE product_id IN ({sql}) LIMIT {FEW}"  # noqa: S608 - texts of ours
        cursor.execute(f"SELECT count(*) FROM ({few}) AS few", params)  # noqa: S608 - as above
        return int(cursor.fetchone()[0]) < FEW


def _unknown(where: Fragment) -> Fragment:
    return Fragment(f"(l.product_id IS NULL AND {where.sql})", where.params)


def _product(args: Args, asked: Asked) -> Fragment:
    return _bought(_either(_of_products(like("p.title", args[0])), _unknown(like("l.title", args[0]))), args, asked)


def _category(args: Args, asked: Asked) -> Fragment:
    return _bought(_of_products(like("p.category", args[0])), args, asked)


def _vendor(args: Args, asked: Asked) -> Fragment:
    return _bought(_of_products(like("p.vendor", args[0])), args, asked)


def _sku(args: Args, asked: Asked) -> Fragment:
    return _bought(like("l.sku", args[0]), args, asked)


def _values(model: Any, column: str) -> Any:
    def choices() -> list[tuple[str, Any]]:
        rows = model.objects.exclude(**{column: ""}).order_by(column).values_list(column, flat=True).distinct()
        return [(value, value) for value in rows[:500]]

    return choices


product_titles = _values(Product, "title")


def _slots(label: Any, choices: Any) -> tuple[Any, ...]:
    return (
        TextSlot(ops=("", "containing"), choices=choices, label=label),
        NumberSlot(is_required=False, label=_("Orders")),
        TimeSlot(label=_("When")),
    )


for word in (
    Word(
        "bought product", _("Bought the product"), _product, _slots(_("Product"), product_titles), GROUP,
        example='bought product "Green tea" in 90 days',
    ),
    Word(
        "bought category", _("Bought from the category"), _category,
        _slots(_("Category"), _values(Product, "category")), GROUP, example='bought category "Beans" at least 2',
    ),
    Word(
        "bought vendor", _("Bought from the maker"), _vendor, _slots(_("Maker"), _values(Product, "vendor")), GROUP,
        example='bought vendor "Corner"',
    ),
    Word(
        "bought sku", _("Bought the stock number"), _sku, _slots(_("Stock number"), _values(Variant, "sku")), GROUP,
        example='bought sku "E250"',
    ),
):  # fmt: skip
    WORDS.register(word)
