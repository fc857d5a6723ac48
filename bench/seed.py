"""A large shop for the pages benchmark: 100,000 customers, 1.5 million orders, over 5 million activities, its lake.

Built by SQL into SQLite once (some minutes, some gigabytes) and kept in the temporary folder until the schema or this
file changes. Everything follows from one seed.
"""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CUSTOMERS = 100_000
ORDERS = 1_500_000
PRODUCTS = 400
# Fixed ids of one width keep the stream's keys ascending, so that their index is written in order.
FIRST_ORDER = 1_000_001
DAYS = 3 * 365
END = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
DAY_US = 86_400_000_000
END_US = int(END.timestamp()) * 1_000_000
START_US = END_US - DAYS * DAY_US

FIRST = ["Ada", "Ben", "Cleo", "Dan", "Emma", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Leon", "Mona", "Nils"]
LAST = ["Abel", "Brandt", "Castro", "Diaz", "Engel", "Fuchs", "Garcia", "Huber", "Ibsen", "Jansen", "Keller", "Lopez"]
CHINESE_LAST, CHINESE_FIRST = "王李张刘陈杨赵黄周吴", "芳伟娜敏静丽强磊军洋艳勇杰娟涛明超秀霞平"


def folder() -> Path:
    """Return the home of the seeded installation, building it if it is not there or was made for another schema."""
    home = Path(tempfile.gettempdir()) / f"regulars-bench-pages-{_version()}"
    if not (home / "ready").exists():
        environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        subprocess.run(
            [sys.executable, "-m", "bench.seed", str(home)],
            check=True,
            env={**environment, "REGULARS_HOME": str(home)},
            stdout=sys.stderr,
        )
    return home


def _version() -> str:
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(root.glob("regulars/**/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def build(home: Path) -> None:
    """Make the installation at ``home``; Django runs with REGULARS_HOME pointing there."""
    import django
    from django.core.management import call_command
    from django.db import connection

    home.mkdir(parents=True, exist_ok=True)
    (home / "regulars.sqlite3").unlink(missing_ok=True)
    django.setup()
    call_command("migrate", verbosity=0)
    connection.close()
    base = sqlite3.connect(home / "regulars.sqlite3", isolation_level=None)
    base.execute("PRAGMA journal_mode=OFF")
    base.execute("PRAGMA synchronous=OFF")
    base.execute("PRAGMA cache_size=-524288")
    indexes = _drop_indexes(base)
    _shop(base)
    _people(base)
    _orders(base)
    _activities(base)
    for sql in indexes:
        base.execute(sql)
    base.execute("PRAGMA journal_mode=WAL")
    base.close()
    _derived()
    (home / "ready").touch()


def _drop_indexes(base: sqlite3.Connection) -> list[str]:
    tables = (
        "name LIKE 'shop\\_%' ESCAPE '\\' OR name LIKE 'stream\\_%' ESCAPE '\\' OR name LIKE 'people\\_%' ESCAPE '\\'"
    )
    rows = base.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN "
        f"(SELECT name FROM sqlite_master WHERE type = 'table' AND ({tables}))"
    ).fetchall()
    for name, _sql in rows:
        base.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in rows]


def _insert(base: sqlite3.Connection, table: str, columns: str, rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns.split())
    marks = ", ".join("?" * len(columns.split()))
    base.execute("BEGIN")
    base.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    base.execute("COMMIT")


def _shop(base: sqlite3.Connection) -> None:
    stores = [(1, "corner-coffee.example", "shopify"), (2, "Tmall", "tmall"), (3, "Counter", "")]
    _insert(
        base, "shop_store", "id name platform currency timezone country tax_included created_at",
        ((*s, "USD", "Europe/Berlin", "DE", 1, START_US) for s in stores),
    )  # fmt: skip
    product = "id store_id external_id title vendor category image_url is_listed content created_at"
    _insert(
        base, "shop_product", product,
        (
            (i, i % 2 + 1, f"p{i}", f"Coffee no. {i}", "Corner", "Beans", "", 1, b"", START_US)
            for i in range(1, PRODUCTS + 1)
        ),
    )  # fmt: skip
    _insert(
        base, "shop_variant", "id product_id sku barcode title position price_minor currency stock",
        ((i, i, f"SKU-{i}", "", "250 g", 0, 900 + i, "USD", 20) for i in range(1, PRODUCTS + 1)),
    )  # fmt: skip
    _insert(
        base, "shop_price", "variant_id price_minor currency since_at by",
        ((i, 900 + i, "USD", START_US, "import:1") for i in range(1, PRODUCTS + 1)),
    )  # fmt: skip


def _people(base: sqlite3.Connection) -> None:
    from regulars.base import secrets

    chance = random.Random(7)
    identifiers: list[tuple[Any, ...]] = []

    def people() -> Iterator[tuple[Any, ...]]:
        for pk in range(1, CUSTOMERS + 1):
            key, wrapped = secrets.new_key()
            address = f"customer{pk}@example.com"
            known = [("email", address)]
            if pk % 2:
                known.append(("phone", f"+4915566{pk:06d}"))
            identifiers.extend(
                (pk, kind, "", secrets.digest(kind, "", value), secrets.seal(key, value), START_US)
                for kind, value in known
            )
            chinese = pk % 3 == 0
            given = chance.choice(CHINESE_FIRST) if chinese else chance.choice(FIRST)
            name = chance.choice(CHINESE_LAST) + given if chinese else f"{given} {chance.choice(LAST)}"
            # One record in four hundred was merged into the one before it.
            root = pk - 1 if pk % 400 == 0 else pk
            place = ("zh-hans", "CN", "上海", "上海") if chinese else ("en", "DE", "", "Berlin")
            yield pk, root, name, *place, START_US, wrapped

    _insert(base, "people_customer", "id root_id name language country region city created_at wrapped_key", people())
    _insert(base, "people_identifier", "customer_id kind scope digest sealed created_at", iter(identifiers))
    _insert(
        base, "people_consent", "customer_id channel purpose state source wording proof at by",
        (
            (pk, "email", "marketing", "granted", "checkout", "", "{}", START_US, "import:1")
            for pk in range(1, CUSTOMERS, 2)
        ),
    )  # fmt: skip
    _insert(
        base, "people_mergesuggestion", "low_id high_id reason state at decided_by",
        ((pk, pk + 1, "same_name_and_city", "open", END_US - pk * DAY_US // 100, "") for pk in range(1001, 1201, 2)),
    )  # fmt: skip


def _orders(base: sqlite3.Connection) -> None:
    chance = random.Random(11)
    columns = (
        "id store_id number customer_id state platform_status currency gross_minor paid_minor discount_minor "
        "shipping_minor tax_minor refunded_minor reporting_minor items placed_at paid_at closed_at content revision"
    )
    lines: list[tuple[Any, ...]] = []

    def write_lines() -> None:
        _insert(
            base, "shop_line", "order_id position title sku variant_title product_id quantity unit_minor total_minor",
            iter(lines),
        )  # fmt: skip
        lines.clear()

    def orders() -> Iterator[tuple[Any, ...]]:
        for i in range(ORDERS):
            pk = FIRST_ORDER + i
            placed = START_US + (END_US - START_US) * i // ORDERS + chance.randrange(DAY_US)
            # A few buy often, many once or twice.
            customer = 1 + int(CUSTOMERS * chance.random() ** 2)
            luck = chance.random()
            state = "paid" if luck < 0.965 else "closed" if luck < 0.99 else "unpaid"
            count = 2 if chance.random() < 0.45 else 1
            gross = 0
            for position in range(count):
                product = 1 + int(PRODUCTS * chance.random() ** 2)
                quantity = 1 if chance.random() < 0.8 else 2
                total = quantity * (900 + product)
                gross += total
                title, sku = f"Coffee no. {product}", f"SKU-{product}"
                lines.append((pk, position, title, sku, "250 g", product, quantity, 900 + product, total))
            paid = gross if state == "paid" else 0
            refunded = paid // 2 if paid and chance.random() < 0.04 else 0
            where = chance.random()
            store = 1 if where < 0.7 else 2 if where < 0.98 else 3
            times = (placed, placed + 60_000_000 if paid else None, placed + DAY_US if state == "closed" else None)
            yield (
                pk, store, str(pk), customer, state, state, "USD", gross, paid, 0, 0, 0, refunded, paid, count, *times,
                b"", 0,
            )  # fmt: skip

    _insert(base, "shop_order", columns, orders())
    write_lines()
    base.execute(
        "INSERT INTO shop_parcel (order_id, carrier, tracking_number, shipped_at, delivered_at) SELECT id, 'DHL', "
        f"'TR' || id, paid_at + {DAY_US}, paid_at + 3 * {DAY_US} FROM shop_order WHERE state = 'paid'"
    )
    base.execute(
        "INSERT INTO shop_refund (order_id, amount_minor, refunded_at, is_date_known, reason) "
        f"SELECT id, refunded_minor, paid_at + 7 * {DAY_US}, 1, '' FROM shop_order WHERE refunded_minor > 0"
    )


_OF_ORDERS = (
    ("order.paid", "paid_minor", "paid_at", "state = 'paid'",
     """'{"order":' || id || ',"placed_us":' || placed_at || ',"items":' || items || '}'"""),
    ("parcel.shipped", "NULL", f"paid_at + {DAY_US}", "state = 'paid'", """'{"order":' || id || '}'"""),
    ("parcel.delivered", "NULL", f"paid_at + 3 * {DAY_US}", "state = 'paid'", """'{"order":' || id || '}'"""),
    ("order.placed", "gross_minor", "placed_at", "state = 'unpaid'",
     """'{"order":' || id || ',"items":' || items || '}'"""),
    ("order.closed", "gross_minor", "closed_at", "state = 'closed'", """'{"order":' || id || '}'"""),
    ("order.refunded", "refunded_minor", f"paid_at + 7 * {DAY_US}", "refunded_minor > 0",
     """'{"order":' || id || ',"is_date_known":true}'"""),
    # Every other order was corrected once by a newer file.
    ("order.corrected", "NULL", f"placed_at + 10 * {DAY_US}", "id % 2 = 0",
     """'{"order":' || id || ',"revision":1}'"""),
)  # fmt: skip
_ACTIVITY = (
    'INSERT INTO stream_activity ("key", kind, customer_id, store_id, subject, amount_minor, currency, occurred_at, '
    'recorded_at, "by", batch, body, tx) '
)


def _activities(base: sqlite3.Connection) -> None:
    for kind, amount, at, where, body in _OF_ORDERS:
        currency = "NULL" if amount == "NULL" else "currency"
        base.execute(
            f"{_ACTIVITY} SELECT '{kind}:' || id, '{kind}', customer_id, store_id, 'order:' || id, {amount}, "
            f"{currency}, {at}, {at}, 'import:1', 1, {body}, 0 FROM shop_order WHERE {where}"
        )
    base.execute(
        f"{_ACTIVITY} SELECT 'customer.created:' || id, 'customer.created', id, NULL, NULL, NULL, NULL, created_at, "
        """created_at, 'import:1', 1, '{"source":"seed"}', 0 FROM people_customer"""
    )
    base.execute(
        f"{_ACTIVITY} SELECT 'consent.granted:' || id, 'consent.granted', customer_id, NULL, NULL, NULL, NULL, at, at, "
        """'import:1', 1, '{"channel":"email","purpose":"marketing","source":"checkout"}', 0 FROM people_consent"""
    )


def _derived() -> None:
    """Sum up, settle the shop, make its owner."""
    from regulars.base.actor import SYSTEM
    from regulars.base.clock import now
    from regulars.base.installation import ShopSettings, save_shop_settings
    from regulars.shop.operations import refresh_summaries
    from regulars.staff.models import Staff

    settled = ShopSettings(name="Corner Coffee", currency="USD", timezone="Europe/Berlin")
    save_shop_settings(settled, by=SYSTEM, at=now())
    refresh_summaries(range(1, CUSTOMERS + 1))
    Staff.objects.create(email="olive@example.com", name="Olive", role="owner", joined_at=START_US)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    build(Path(sys.argv[1]))
