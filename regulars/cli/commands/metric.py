"""``regulars metric``: a number of the catalogue, as pages show it."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING, Any

from regulars.cli.problem import Problem

if TYPE_CHECKING:
    from regulars.insight.results import Reading

NAME = "metric"
HELP = "Print a number of the metric catalogue."


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="name of the metric")
    parser.add_argument("--list", action="store_true", help="list the metrics and what they are")
    parser.add_argument("--from", dest="start", metavar="D", type=_day, help="first local day, such as 2026-01-01")
    parser.add_argument("--to", dest="end", metavar="D", type=_day, help="last local day, included")
    parser.add_argument("--by", choices=["day", "week", "month"], help="also one value for each period")
    parser.add_argument("--store", metavar="NAME", help="of one store only")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date; write it like 2026-01-31") from error


def run(args: argparse.Namespace) -> int:
    """Bring the lake up to date, read the number and print it."""
    from regulars.insight import CATALOGUE, LakeError, UnknownMetric

    if args.list or not args.name:
        for metric in CATALOGUE.values():
            print(f"{metric.name:22} {metric.unit:6} {metric.formula}")
        return 0
    if args.name not in CATALOGUE:
        raise Problem(f"{UnknownMetric(args.name)}; `regulars metric --list` shows all")
    if args.start and args.end and args.start > args.end:
        raise Problem(f"--to {args.end} lies before --from {args.start}")
    try:
        reading = _read(args)
    except LakeError as error:
        raise Problem(f"{error}; `regulars lake rebuild` makes the lake anew") from error
    if args.json:
        print(json.dumps(_json(reading), ensure_ascii=False))
        return 0
    _print(reading)
    return 0


def _read(args: argparse.Namespace) -> Reading:
    from regulars.base.installation import shop_settings
    from regulars.insight import Lake, value
    from regulars.stream import lake

    store = _store(args.store)
    lake.write_now()
    shop = shop_settings()
    return value(
        Lake(lake.lake_folder()),
        args.name,
        args.start,
        args.end,
        currency=shop.currency,
        by=args.by,
        store=store,
        week_start=shop.week_start,
        least_orders=shop.regular_orders,
    )


def _print(reading: Reading) -> None:
    few = "" if reading.enough or reading.value is None else " (too little data to rely on)"
    print(f"{reading.metric}: {_shown(reading.value, reading)}{few}")
    for point in reading.rows:
        print(f"  {point.start.isoformat()}  {_shown(point.value, reading)}")
    for caveat in reading.caveats:
        print(f"  note: {caveat}")


def _store(name: str | None) -> int | None:
    from regulars.shop.models import Store

    if name is None:
        return None
    found = Store.objects.filter(name=name).values_list("pk", flat=True).first()
    if found is None:
        names = ", ".join(Store.objects.order_by("name").values_list("name", flat=True))
        raise Problem(f"there is no store named {name!r}; there are: {names or 'none yet'}")
    return int(found)


def _json(reading: Reading) -> dict[str, Any]:
    return {
        "metric": reading.metric,
        "unit": reading.unit,
        "currency": reading.currency,
        "from": reading.start and reading.start.isoformat(),
        "to": reading.end and reading.end.isoformat(),
        "value": reading.value,
        "n": reading.n,
        "enough": reading.enough,
        "low": reading.low,
        "high": reading.high,
        "caveats": [str(caveat) for caveat in reading.caveats],
        "rows": [
            {"period": p.start.isoformat(), "to": p.end.isoformat(), "value": p.value, "n": p.n} for p in reading.rows
        ],
    }


def _shown(number: float | None, reading: Reading) -> str:
    from regulars.base.money import to_major

    if number is None:
        return "too little data"
    if reading.unit == "money" and reading.currency:
        return f"{to_major(int(number), reading.currency)} {reading.currency}"
    return f"{number:.1%}" if reading.unit == "share" else f"{number:g}"
