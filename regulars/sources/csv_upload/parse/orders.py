"""Orders: one row each, or several rows in a group."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from django.utils.translation import gettext as _

from regulars.shop.drafts import LineDraft, OrderDraft
from regulars.sources.csv_upload import presets
from regulars.sources.csv_upload.files import Table, Unreadable
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.parse import buyers
from regulars.sources.csv_upload.parse.parsed import Parsed
from regulars.sources.csv_upload.parse.places import Places
from regulars.sources.csv_upload.parse.reading import Reader
from regulars.sources.csv_upload.parse.statuses import Statuses
from regulars.sources.csv_upload.presets import CLOSED, PAID, UNPAID
from regulars.sources.csv_upload.values.cells import ODD, CellProblem, stock, whole

Group = Sequence[tuple[int, list[str]]]
_HEAD = (
    "number", "placed_at", "other_placed_at", "currency", "total", "paid_amount", "status", "paid_at", "closed_at",
    "shipped_at", "delivered_at", "discount", "shipping", "tax", "refunded", "refunds", "outstanding", "items", "kinds",
    "carrier", "tracking", *buyers.FIELDS,
)  # fmt: skip
LINE = (
    "line_title", "line_variant", "line_sku", "line_product_id", "line_quantity", "line_price", "line_total",
    "line_discount",
)  # fmt: skip
_COUNTS = {str(n): n for n in range(1000)}
_BUYER_AT = _HEAD.index("account")


class Orders:
    """Makes an order of each group of rows."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.plan = plan
        self.head = Reader(table, plan, _HEAD)
        self.lines = Lines(table, plan)
        self.statuses = Statuses(plan)
        self.places = Places()
        self.number_column = plan.columns.get("number", "")
        preset = presets.ALL.get(plan.preset)
        self.is_shopify = bool(preset and preset.name == "shopify_orders")
        self.has_numbers = bool(self.number_column)
        self.has_lines = self.lines.is_mapped or "line_items" in plan.columns
        self.buyers = buyers.Buyers(self.head)
        self.has_total = "total" in plan.columns or "paid_amount" in plan.columns
        self.items_json = table.headers.index(plan.columns["line_items"]) if "line_items" in plan.columns else -1
        self.raw_number = self.head.places[0]
        self.others = tuple(
            (f, self.head.places[_HEAD.index(f)], self.head.headers[f])
            for f in ("total", "placed_at", "currency")
            if self.head.headers[f] and not (f == "total" and plan.amounts == "line")
        )
        self.sums = tuple(
            (f, self.head.places[_HEAD.index(f)])
            for f in ("total", "paid_amount", "shipping", "discount", "tax", "refunded")
            if self.head.headers[f]
        )

    def read(self, group: Group) -> Parsed | None:
        """Return the order of ``group``; None for a row in which nothing stands."""
        row, cells = group[0]
        head = self.head
        head.start(row)
        rows = (row,) if len(group) == 1 else tuple([n for n, _c in group])
        for n, c in group:
            if type(c) is not list:
                head.unreadable(n, cast(Unreadable, c))
        if head.problems:
            return self._rejected(rows)
        texts = head.values(cells)
        if head.problems:
            return self._rejected(rows)
        draft = self._draft(row, texts, cells)
        if len(group) > 1:
            self._join(draft, group)
        if self.has_lines:
            draft.lines = self._lines(group, cells, texts, draft)
        if not self.has_total:
            self._sum_lines(draft)
        if head.problems:
            return None if len(group) == 1 and not any(cells) else self._rejected(rows)
        if not self.has_numbers:
            draft.number = self._number(draft)
        return Parsed(rows, draft, (), self.number_column)

    def _rejected(self, rows: tuple[int, ...]) -> Parsed:
        return Parsed(rows, None, tuple(self.head.problems), self.number_column)

    def _draft(self, row: int, texts: list[str], cells: list[str]) -> OrderDraft:
        head = self.head
        (
            number, placed, other_placed, currency_text, total, paid_text, status, paid_at, closed_at, shipped_at,
            delivered_at, discount, shipping, tax, refunded, refunds, outstanding, items, _kinds, carrier, tracking,
        ) = texts[:_BUYER_AT]  # fmt: skip
        if self.has_numbers:
            self._check_number(number, cells)
        placed_us = head.instant("placed_at", placed)
        if placed_us is None and other_placed:
            placed_us = head.instant("other_placed_at", other_placed)
        if placed_us is None and not head.problems:
            head.add("placed_at", placed, "date_missing", _("The row has no date."))
        currency = head.currency("currency", currency_text) if currency_text else self._plan_currency()
        money = head.money
        draft = OrderDraft(
            row=row,
            number=number,
            state=self.statuses.seen.get(status) or head.attempt("status", status, self.statuses.state, UNPAID),
            currency=currency,
            placed_us=placed_us or 0,
            gross_minor=money("total", total or paid_text, currency),
            discount_minor=head.unsigned("discount", discount, currency) if discount else 0,
            shipping_minor=money("shipping", shipping, currency) if shipping else 0,
            tax_minor=money("tax", tax, currency) if tax else 0,
            refunded_minor=self._refunded(refunded, refunds, currency) if refunded or refunds else 0,
            paid_us=head.instant("paid_at", paid_at) if paid_at else None,
            closed_us=head.instant("closed_at", closed_at) if closed_at else None,
            shipped_us=head.instant("shipped_at", shipped_at) if shipped_at else None,
            delivered_us=head.instant("delivered_at", delivered_at) if delivered_at else None,
            items=pieces(head, "items", items) if items else 0,
            platform_status=status[:60],
            carrier=carrier[:60],
            tracking_number=tracking[:80],
            buyer=self.buyers.read(texts[_BUYER_AT:]),
        )
        if not (total or paid_text) and self.has_total:
            head.add("total", "", "amount_missing", _("The row has no amount."))
        self._settle(draft, paid_text, outstanding)
        return draft

    def _plan_currency(self) -> str:
        return self.plan.currency or self.head.currency("currency", "")

    def _check_number(self, number: str, cells: list[str]) -> None:
        head = self.head
        if not number:
            head.add("number", "", "number_missing", _("The row has no order number."))
        elif len(number) > 80:
            head.add("number", number, "number_long", _("The order number is longer than 80 signs."))
        else:
            raw = cells[self.raw_number]
            if not number.isdecimal() or len(number) > 15:
                head.identity("number", number, raw_is_text=raw[0] in ODD)

    def _settle(self, draft: OrderDraft, paid_text: str, outstanding: str) -> None:
        """Fix the state, what was paid, and the instants that go with it."""
        head = self.head
        if not self.plan.tax_included:
            draft.gross_minor += draft.tax_minor
        if draft.closed_us is not None and draft.state == UNPAID:
            draft.state = CLOSED
        if draft.state != PAID:
            draft.paid_us = None
            if paid_text:
                head.money("paid_amount", paid_text, draft.currency)
        elif paid_text:
            draft.paid_minor = head.money("paid_amount", paid_text, draft.currency)
        else:
            open_minor = head.money("outstanding", outstanding, draft.currency) if outstanding else 0
            is_partly = draft.platform_status == "partially_paid"
            draft.paid_minor = draft.gross_minor - (min(open_minor, draft.gross_minor) if is_partly else 0)
        if draft.state != CLOSED:
            draft.closed_us = None

    def _refunded(self, text: str, as_json: str, currency: str) -> int:
        if text:
            return self.head.unsigned("refunded", text, currency)
        total = 0
        for refund in _objects(as_json):
            total += self.head.unsigned("refunds", str(refund.get("total") or "0"), currency)
        return total

    def _join(self, draft: OrderDraft, group: Group) -> None:
        """Take in later rows: add their amounts if each is of its line, see that they agree in what is the order's."""
        head = self.head
        if self.plan.amounts == "line":
            first = dict.fromkeys(f for f, _p in self.sums)
            for row, cells in group[1:]:
                head.row = row
                self._add_row(draft, cells, first)
        for field, place, header in self.others:
            said = group[0][1][place].strip()
            for row, cells in group[1:]:
                if (text := cells[place].strip()) and text != said:
                    self._disagree(row, field, header, said, text)
                    break
        head.row = group[0][0]

    def _add_row(self, draft: OrderDraft, cells: list[str], fields: dict[str, Any]) -> None:
        head = self.head
        for field, place in self.sums:
            text = cells[place].strip()
            if not text or text == "-" or field not in fields:
                continue
            minor = head.unsigned(field, text, draft.currency) if field in ("discount", "refunded") else head.money(
                field, text, draft.currency
            )  # fmt: skip
            if field == "paid_amount":
                draft.paid_minor += minor if draft.state == PAID else 0
                continue
            name = "gross_minor" if field == "total" else f"{field}_minor"
            setattr(draft, name, getattr(draft, name) + minor)
            if field == "total" and draft.state == PAID and not head.headers["paid_amount"]:
                draft.paid_minor += minor

    def _disagree(self, row: int, field: str, header: str, said: str, text: str) -> None:
        head = self.head
        head.row = row
        about = {"column": header, "one": said[:40] or "–", "other": text[:40]}
        if field == "currency":
            head.add(field, text, "currency_mixed", _("One order is in %(one)s and in %(other)s.") % about)
        elif said:
            sentence = _("Rows of one order disagree in “%(column)s”: %(one)s and %(other)s.")
            head.add(field, text, "order_conflict", sentence % about)

    def _lines(self, group: Group, cells: list[str], texts: list[str], draft: OrderDraft) -> tuple[LineDraft, ...]:
        if self.items_json >= 0:
            return self.lines.from_json(cells[self.items_json], draft.currency)
        kinds = texts[_HEAD.index("kinds")]
        if kinds and kinds != "1":
            return ()  # several titles joined in one cell: no line can be told apart
        lines, reader = [], self.lines.reader
        for row, row_cells in group:
            reader.row, reader.problems = row, self.head.problems
            line = self.lines.read(row_cells, draft.currency, default_quantity=draft.items if len(group) == 1 else 0)
            if line is not None:
                lines.append(line)
        return tuple(lines)

    def _sum_lines(self, draft: OrderDraft) -> None:
        """Where the file has no totals, an order comes to the sum of its lines and its shipping."""
        lines = [n.total_minor for n in draft.lines if n.total_minor is not None]
        if not lines:
            self.head.add("line_price", "", "amount_missing", _("The row has no amount."))
            return
        draft.gross_minor = sum(lines) + draft.shipping_minor + (0 if self.plan.tax_included else draft.tax_minor)
        if draft.state == PAID:
            draft.paid_minor = draft.gross_minor

    def _number(self, draft: OrderDraft) -> str:
        b = draft.buyer
        who = f"{b.account}\x1f{b.email}\x1f{b.phone}\x1f{b.name}" if b else ""
        what = f"{who}\x1f{draft.placed_us}\x1f{draft.currency}\x1f{draft.gross_minor}\x1f{draft.items}"
        for line in draft.lines:
            what += f"\x1f{line.title}\x1f{line.sku}\x1f{line.quantity}"
        return self.places.number(what)


def pieces(reader: Reader, field: str, text: str) -> int:
    """Return a number of pieces; notes a problem and returns 0 where there is none to read."""
    known = _COUNTS.get(text)
    return known if known is not None else reader.attempt(field, text, whole, 0)


def _objects(text: str) -> list[dict[str, Any]]:
    try:
        items = json.loads(text) if text else []
    except (json.JSONDecodeError, RecursionError):
        return []
    return [i for i in items if isinstance(i, dict)] if isinstance(items, list) else []


class Lines:
    """Makes a line of a row."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.reader = Reader(table, plan, LINE)
        self.is_mapped = any(name in plan.columns for name in LINE)

    def read(self, cells: list[str], currency: str, *, default_quantity: int = 0) -> LineDraft | None:
        """Return the row's line, None if it has none; problems are noted in ``reader``."""
        reader = self.reader
        title, variant, sku, product, quantity, price, total, discount = reader.values(cells)
        if not (title or sku or product):
            return None
        count = pieces(reader, "line_quantity", quantity) if quantity else default_quantity or 1
        unit = reader.money("line_price", price, currency) if price else None
        whole_minor = reader.money("line_total", total, currency) if total else None
        if whole_minor is None and unit is not None:
            less = reader.unsigned("line_discount", discount, currency) if discount else 0
            whole_minor = max(0, unit * count - less)
        return LineDraft(
            title=title[:300] or sku or product,
            quantity=count,
            sku=sku[:120],
            variant_title=variant[:200],
            product_id=product[:190],
            unit_minor=unit,
            total_minor=whole_minor,
        )

    def from_json(self, text: str, currency: str) -> tuple[LineDraft, ...]:
        """Return the lines of WooCommerce's ``line_items``."""
        return tuple(self._of(item, currency) for item in _objects(text))

    def _of(self, item: dict[str, Any], currency: str) -> LineDraft:
        def minor(name: str) -> int | None:
            try:
                return (
                    abs(self.reader.amounts.minor(str(item[name]), currency))
                    if item.get(name) not in (None, "")
                    else None
                )
            except CellProblem:
                return None

        total, tax = minor("total"), minor("total_tax")
        return LineDraft(
            title=str(item.get("name") or item.get("sku") or "")[:300],
            quantity=max(0, stock(str(item.get("quantity", 1))) or 0),
            sku=str(item.get("sku") or "")[:120],
            product_id=str(item.get("product_id") or "")[:190],
            unit_minor=minor("price"),
            total_minor=None if total is None else total + (tax or 0),
        )
