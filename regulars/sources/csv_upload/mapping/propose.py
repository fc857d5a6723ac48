"""Proposing how to read a file: as it was mapped before, as its preset says, else by guessing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from regulars.sources.csv_upload import presets
from regulars.sources.csv_upload.files.table import Table, cell_text
from regulars.sources.csv_upload.mapping.fields import FIELDS
from regulars.sources.csv_upload.mapping.guess import Guess, entity_of, guess_columns, samples_of
from regulars.sources.csv_upload.mapping.plan import Plan
from regulars.sources.csv_upload.presets import Preset
from regulars.sources.csv_upload.values.amounts import decimal_of
from regulars.sources.csv_upload.values.dates import has_offset, order_of

_LOOK_AHEAD = 2000  # rows looked through to tell day from month and point from comma


@dataclass
class Proposal:
    """A plan to begin with. ``questions``: what only a person can answer: timezone, currency, date_order, decimal, tax.

    ``guesses`` is empty for a field that a preset or an earlier file settled with certainty (confidence 1).
    """

    plan: Plan
    guesses: list[Guess]
    questions: list[str]
    is_remembered: bool = False


def propose(
    table: Table,
    *,
    remembered: Mapping[str, Any] | None,
    defaults: Mapping[str, Any],
    preset: str | None = None,
    entity: str | None = None,
) -> Proposal:
    """Return how ``table`` is best read. ``defaults``: timezone, currency, country, tax_included of store or shop.

    ``preset`` names the preset to use instead of the recognised one (KeyError if there is none of that name);
    ``entity`` says what the rows are, if a person knows better.
    """
    if remembered and not preset and entity in (None, remembered.get("entity")):
        plan = Plan.from_json(dict(remembered))
        if all(header in table.headers for header in plan.columns.values()):
            return _again(table, plan, defaults)
    known = presets.ALL[preset] if preset else presets.recognise(table)
    if known and entity and known.entity != entity:
        known = None
    if known:
        columns = presets.columns_for(known, table)
        plan = Plan(entity=known.entity, columns=columns, preset=known.name, platform=known.platform)
        guesses = [Guess(f, h, 1.0, samples_of(table, h)) for f, h in columns.items()]
    else:
        entity = entity or entity_of(table)
        guesses = guess_columns(table, entity)
        plan = Plan(entity=entity, columns={g.field: g.header for g in guesses})
    _take_reading(table, plan)
    return Proposal(plan, guesses, _fill(table, plan, known, defaults))


def _again(table: Table, plan: Plan, defaults: Mapping[str, Any]) -> Proposal:
    """Return the plan of an earlier file. Zone, currency and tax are the store's, which may be another than then."""
    _take_reading(table, plan)
    told = Plan(entity=plan.entity, columns=plan.columns, preset=plan.preset)
    questions = _fill(table, told, presets.ALL.get(plan.preset), defaults)
    plan.timezone, plan.currency, plan.country = told.timezone, told.currency, told.country
    plan.tax_included = told.tax_included
    guesses = [Guess(f, h, 1.0, samples_of(table, h)) for f, h in plan.columns.items()]
    return Proposal(plan, guesses, [q for q in questions if q not in ("date_order", "decimal")], True)


def _take_reading(table: Table, plan: Plan) -> None:
    plan.encoding, plan.delimiter, plan.sheet = table.encoding or None, table.delimiter or None, table.sheet or None
    plan.headerless = table.headerless


def _fill(table: Table, plan: Plan, preset: Preset | None, defaults: Mapping[str, Any]) -> list[str]:
    """Fill in what the preset, the file or the store knows, and return what is still to ask."""
    questions = []
    plan.amounts = preset.amounts if preset else "order"
    plan.timezone = (preset.timezone if preset else "") or defaults.get("timezone") or ""
    plan.country = (preset.country if preset else "") or defaults.get("country") or ""
    plan.currency = (preset.currency if preset else "") or _currency_in(table, plan) or defaults.get("currency") or ""
    stated = preset.tax_included if preset else None
    plan.tax_included = bool(defaults.get("tax_included", True)) if stated is None else stated
    dates, amounts = _cells(table, plan, "date"), _cells(table, plan, "amount")
    plan.date_order = order_of(dates)
    plan.decimal = (preset.decimal if preset else "") or decimal_of(amounts) or "."
    if not (preset and preset.timezone) and not (dates and all(map(has_offset, dates))):
        questions.append("timezone")
    if not (preset and preset.currency) and "currency" not in plan.columns and plan.entity != "customers":
        questions.append("currency")
    if not plan.date_order:
        questions.append("date_order")
    if amounts and not (preset and preset.decimal) and not decimal_of(amounts) and any(map(_has_sign, amounts)):
        questions.append("decimal")
    if stated is None and plan.entity == "orders" and not (preset and preset.name == "purchase_log"):
        questions.append("tax")
    return questions


def _has_sign(text: str) -> bool:
    return "." in text or "," in text


def _currency_in(table: Table, plan: Plan) -> str:
    """Return the currency that the file's own column names most, "" if it has none."""
    header = plan.columns.get("currency")
    if not header:
        return ""
    words = [w.upper() for w in samples_of(table, header, 5) if len(w) == 3]
    return words[0] if words else ""


def _cells(table: Table, plan: Plan, looks: str) -> list[str]:
    """Return the cells of all mapped columns that should hold such values, of the file's first rows."""
    fields = FIELDS[plan.entity]
    places = [table.headers.index(h) for f, h in plan.columns.items() if f in fields and fields[f].looks == looks]
    found = []
    for _row, cells in islice(table.rows(), _LOOK_AHEAD):
        found += [text for n in places if n < len(cells) and (text := cell_text(cells[n]))]
    return found
