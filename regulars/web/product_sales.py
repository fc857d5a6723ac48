"""What products sold, worked out ahead where a shop is too large to add it up for every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from regulars.base import jobs
from regulars.base.clock import now
from regulars.shop.queries.products import Sales, has_many_lines, sales
from regulars.stream.models import Activity, Retraction
from regulars.web.models import StoredNumber

NAME = "product_sales"
# So many lines are added up in a moment, for all products and for one.
LINES_OF_LIST = 10_000
LINES_OF_PRODUCT = 5_000
# Until the first result is stored, a list this long is added up while somebody waits, a few seconds at most.
LINES_AT_FIRST = 300_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the sales of products, by product id. ``as_of`` is None where it is so at this moment."""

    sales: dict[int, Sales]
    as_of: datetime | None = None
    is_missing: bool = False

    def of(self, product: int) -> Sales:
        """Return what a product sold."""
        return self.sales.get(product, Sales())


def sales_of_all() -> Known:
    """Return what every product sold: added up now in a small shop, as last stored in a large one."""
    if not has_many_lines(LINES_OF_LIST):
        return Known(sales())
    stored = _stored()
    if stored is not None:
        return stored
    return Known({}, is_missing=True) if has_many_lines(LINES_AT_FIRST) else Known(sales())


def sales_of(product: int) -> Known:
    """Return what one product sold: added up now if it is in few orders, else as last stored."""
    if not has_many_lines(LINES_OF_PRODUCT, product):
        return Known(sales(product))
    return _stored() or Known(sales(product))


def _stored() -> Known | None:
    row = StoredNumber.objects.filter(name=NAME, params="").first()
    if row is None:
        return None
    return Known({int(pk): Sales(*values) for pk, values in row.value["products"].items()}, row.as_of)


@jobs.job("web.product_sales", every=timedelta(minutes=10))
def store_product_sales() -> None:
    """Add up what every product sold, if anything happened since the last time, and keep it."""
    if not has_many_lines(LINES_OF_LIST):
        return
    at = now()
    seen = [
        Activity.objects.aggregate(last=Max("id"))["last"] or 0,
        Retraction.objects.aggregate(last=Max("id"))["last"] or 0,
    ]
    row = StoredNumber.objects.filter(name=NAME, params="").first()
    if row is not None and row.value["seen"] == seen:
        return
    products = {pk: (s.quantity, s.revenue_minor, s.buyers, s.came_back) for pk, s in sales().items()}
    StoredNumber.objects.update_or_create(
        name=NAME,
        params="",
        defaults={"value": {"seen": seen, "products": products}, "as_of": at, "computed_at": now()},
    )
