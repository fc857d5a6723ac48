"""Whose visits they are: by what a visitor said she is, an order the site told of, or a link only she was sent.

A visitor belongs to a person if everything that is known of her leads to that one person: a browser in which two
people signed in (a shared computer) belongs to neither, so known people are never made one by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

# Of a visitor's order the number stands without the sign that some shops write before it.
_SAID = """SELECT l.visitor, i.customer_id FROM tracker_link l JOIN people_identifier i ON i.digest = l.digest{0}
UNION ALL
SELECT l.visitor, s.customer_id FROM tracker_orderlink l
JOIN shop_order s ON s.store_id = l.store_id AND s.number IN (l.number, '#' || l.number)
    AND s.customer_id IS NOT NULL{0}
UNION ALL
SELECT l.visitor, l.customer_id FROM tracker_personallink l{0}"""
_ONE_PERSON = "HAVING count(DISTINCT c.root_id) = 1"
_OF_CUSTOMERS = """WITH mine AS (
SELECT l.visitor FROM tracker_link l JOIN people_identifier i ON i.digest = l.digest WHERE i.customer_id IN ({0})
UNION SELECT l.visitor FROM shop_order s
JOIN tracker_orderlink l ON l.store_id = s.store_id AND l.number = ltrim(s.number, '#') WHERE s.customer_id IN ({0})
UNION SELECT visitor FROM tracker_personallink WHERE customer_id IN ({0}))
SELECT said.visitor FROM ({1}) AS said JOIN people_customer c ON c.id = said.customer_id
GROUP BY said.visitor {2} ORDER BY said.visitor LIMIT 200"""


def visitors_sql(customers: Sequence[int]) -> tuple[str, list[int]]:
    """Return the question of ``visitors_of`` as SQL with its values, to be asked inside another."""
    marks = ", ".join(["%s"] * len(customers))
    said = _SAID.format(" WHERE l.visitor IN (SELECT visitor FROM mine)")
    return _OF_CUSTOMERS.format(marks, said, _ONE_PERSON), [*customers] * 3


def visits_of(customers: Sequence[int]) -> Q:
    """Return which activities are visits of these records' person, for a question about activities."""
    sql, values = visitors_sql(customers)
    return Q(kind="site.visited", visitor__in=RawSQL(sql, values))  # noqa: S611 - the values are parameters


def visitors_of(customers: Sequence[int]) -> list[str]:
    """Return the visitors who are the person of these customer records, and nobody else."""
    if not customers:
        return []
    sql, values = visitors_sql(customers)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


def visitor_map() -> list[tuple[str, int]]:
    """Return (visitor, the person she is) of every visitor who is known to be one person; the lake's dimension."""
    return _mapped("", [])


def persons_sql(visitors: str) -> str:
    """Return SQL that selects (visitor, root) of who is known to be one person: all, or whom ``visitors`` selects.

    The same as ``persons_of`` for a great many at once. It starts from what was said: SQLite keeps the order of CROSS
    JOIN, and with no order told of it would else read every order for nothing.
    """
    among = f"l.visitor IN ({visitors})" if visitors else "1 = 1"
    return f"""SELECT said.visitor, min(c.root_id) AS root FROM (
SELECT l.visitor, i.customer_id FROM tracker_link l CROSS JOIN people_identifier i
WHERE i.digest = l.digest AND {among}
UNION ALL
SELECT l.visitor, s.customer_id FROM tracker_orderlink l CROSS JOIN shop_order s
WHERE s.store_id = l.store_id AND s.number IN (l.number, '#' || l.number) AND s.customer_id IS NOT NULL AND {among}
UNION ALL
SELECT l.visitor, l.customer_id FROM tracker_personallink l WHERE {among}) AS said
JOIN people_customer c ON c.id = said.customer_id GROUP BY said.visitor HAVING min(c.root_id) = max(c.root_id)"""  # noqa: S608


def persons_of(visitors: Sequence[str]) -> dict[str, int]:
    """Return the person, as root record, of those of these visitors who are known to be one."""
    found: dict[str, int] = {}
    for start in range(0, len(visitors), 300):
        part = list(visitors[start : start + 300])
        found |= dict(_mapped(f" WHERE l.visitor IN ({', '.join(['%s'] * len(part))})", part * 3))
    return found


def _mapped(where: str, values: Sequence[str]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT said.visitor, min(c.root_id) FROM ({_SAID.format(where)}) AS said "  # noqa: S608 - texts of ours
            f"JOIN people_customer c ON c.id = said.customer_id GROUP BY said.visitor {_ONE_PERSON} ORDER BY 1",
            values,
        )
        return [(visitor, int(root)) for visitor, root in cursor.fetchall()]
