"""Products with their variants: rows that share a handle (Shopify) or name a parent (WooCommerce)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from regulars.shop.drafts import ProductDraft, VariantDraft
from regulars.sources.csv_upload.files import Table, Unreadable
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.parse.parsed import Parsed
from regulars.sources.csv_upload.parse.reading import Reader
from regulars.sources.csv_upload.values.cells import stock, yes_or_no

FIELDS = (
    "external_id",
    "title",
    "vendor",
    "category",
    "image",
    "is_listed",
    "listing_status",
    "option_1",
    "option_2",
    "option_3",
    "sku",
    "barcode",
    "price",
    "sale_price",
    "compare_at",
    "stock",
    "product_id",
    "parent",
    "type",
)
_NO_OPTION = frozenset({"Default Title", ""})


class Products:
    """Makes a product of each group of rows."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.reader = Reader(table, plan, FIELDS)
        self.currency = plan.currency

    def key(self, cells: list[str]) -> str:
        """Return what rows of one product have in common; "" where nothing tells."""
        if isinstance(cells, Unreadable):
            return ""
        got = dict(zip(FIELDS, (cells[n].strip() for n in self.reader.places), strict=True))
        return (
            got["external_id"]
            or got["parent"]
            or got["sku"]
            or (got["product_id"] and f"id:{got['product_id']}")
            or got["title"]
        )

    def read(self, group: Sequence[tuple[int, list[str]]]) -> Parsed | None:
        """Return the product of ``group``; None for a row in which nothing stands."""
        reader = self.reader
        rows = tuple(n for n, _c in group)
        problems = []
        got: list[dict[str, str]] = []
        variants: list[VariantDraft] = []
        for row, cells in group:
            reader.start(row)
            if isinstance(cells, Unreadable):
                reader.unreadable(row, cells)
            else:
                got.append(dict(zip(FIELDS, reader.values(cells), strict=True)))
                variants += self._variant(got[-1])
            problems += reader.problems
        if not problems and not any(any(g.values()) for g in got):
            return None
        if not problems:
            main = next(
                (g for g in got if not g["parent"] and g["title"]), next((g for g in got if g["title"]), got[0])
            )
            draft = self._product(rows[0], main, variants)
            if draft.title:
                return Parsed(rows, draft)
            reader.start(rows[0])
            reader.add("title", "", "title_missing", _("The product has no title."))
            problems = reader.problems
        return Parsed(rows, None, tuple(problems))

    def _product(self, row: int, main: dict[str, str], variants: list[VariantDraft]) -> ProductDraft:
        listed = main["is_listed"]
        return ProductDraft(
            row=row,
            external_id=(main["external_id"] or main["product_id"] or main["sku"] or main["title"])[:190],
            title=main["title"][:300],
            currency=self.currency,
            vendor=main["vendor"][:120],
            category=main["category"].split(",")[0].strip()[:160],
            image_url=main["image"].split(",")[0].strip()[:500],
            is_listed=yes_or_no(listed) is not False and main["listing_status"].lower() not in ("draft", "archived"),
            variants=tuple(variants),
        )

    def _variant(self, got: dict[str, str]) -> list[VariantDraft]:
        """Return the row's variant; none for Woo's variable products and Shopify's rows that only add a picture."""
        if got["type"].split(",")[0].strip().lower() in ("variable", "grouped") or not self._has_variant(got):
            return []
        reader, is_single = self.reader, not got["parent"] and bool(got["type"])
        price = reader.money("price", got["price"], self.currency) if got["price"] else None
        before = reader.money("compare_at", got["compare_at"], self.currency) if got["compare_at"] else None
        if got["sale_price"]:
            price, before = reader.money("sale_price", got["sale_price"], self.currency), price
        options = [] if is_single else [got[f"option_{n}"] for n in (1, 2, 3) if got[f"option_{n}"] not in _NO_OPTION]
        return [
            VariantDraft(
                title=" / ".join(options)[:200],
                sku=got["sku"][:120],
                barcode=got["barcode"][:60],
                price_minor=price,
                compare_at_minor=before,
                stock=stock(got["stock"]),
            )
        ]

    @staticmethod
    def _has_variant(got: dict[str, str]) -> bool:
        return bool(got["title"] or got["price"] or got["sku"] or got["option_1"])
