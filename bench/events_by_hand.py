"""The questions about a site as somebody who knows DuckDB would write them over the lake's folder of Parquet files.

Places: {place} the folder, {start} and {end} the window, {days} the days of a return.
"""

from __future__ import annotations

_VISITS = "read_parquet('{place}/kind=site.visited/*/*.parquet', hive_partitioning = true)"
_LINKS = "read_parquet('{place}/dimensions/visitor_map.parquet')"
_MERGES = "read_parquet('{place}/dimensions/customer_map.parquet')"
_IN = (
    "month BETWEEN strftime(DATE '{start}', '%Y-%m') AND strftime(DATE '{end}', '%Y-%m') "
    "AND local_date BETWEEN DATE '{start}' AND DATE '{end}'"
)
_OF_PEOPLE = f"agent = 'person' AND {_IN}"
_LASTING = "NOT starts_with(visitor, 'd:')"
_LINKED = f"{_VISITS} AS v LEFT JOIN {_LINKS} AS l ON v.visitor = l.visitor"
_PERSON = "CASE WHEN NOT starts_with(v.visitor, 'd:') THEN coalesce(v.customer, l.customer) END"
# Gathering each visitor's day first spares counting distinct pairs, which takes longer.
_DAYS = """
    SELECT {label} AS label, v.visitor, local_date, count(*) AS visits, count(*) FILTER (WHERE first = 'new') AS new,
           count(*) FILTER (WHERE first = 'returning') AS again, count({person}) AS known,
           count(*) FILTER (WHERE orders > 0) AS orders, count(*) FILTER (WHERE added > 0) AS added,
           count(*) FILTER (WHERE pages <= 1) AS bounce
    FROM {linked} WHERE {of_people} GROUP BY ALL"""
_FIRSTS = f"""
    WITH visits AS (
        SELECT visitor, occurred_us, local_date, first FROM {_VISITS} WHERE agent = 'person' AND {_LASTING}),
    latest AS (SELECT max(local_date) AS day FROM {_VISITS}),
    firsts AS (
        SELECT visitor, min(occurred_us) AS first_us FROM visits, latest
        WHERE first = 'new' AND local_date BETWEEN DATE '{{start}}' AND least(DATE '{{end}}', latest.day - {{days}} - 1)
        GROUP BY visitor),
    back AS (
        SELECT f.visitor, min(v.occurred_us - f.first_us) AS waited FROM firsts AS f JOIN visits AS v
            ON f.visitor = v.visitor AND v.occurred_us > f.first_us
            AND v.occurred_us - f.first_us <= {{days}} * 86400000000
        GROUP BY f.visitor)"""
_KINDS = ("product_viewed", "product_added", "checkout_started", "order_hinted")
_STAFF = f"SELECT DISTINCT visitor FROM {_VISITS} WHERE agent = 'staff' AND {_IN}"


def _events(kind: str, until: str = "{end}") -> str:
    return (
        f"read_parquet('{{place}}/kind=site.{kind}/*/*.parquet', hive_partitioning = true) "
        f"WHERE NOT is_bot AND visitor IS NOT NULL AND local_date BETWEEN DATE '{{start}}' AND DATE '{until}'"
    )


def _stage(number: int, kind: str) -> str:
    """Return a step of the funnel: each event beside the latest chain before it, found by a join as of its time."""
    return f"""
    step{number} AS (
        SELECT e.visitor, e.occurred_us, c.start_us, (e.occurred_us - c.occurred_us) / 1e6 AS seconds
        FROM (SELECT visitor, occurred_us FROM {_events(kind, "2026-04-03")}) AS e
        ASOF JOIN step{number - 1} AS c ON e.visitor = c.visitor AND e.occurred_us > c.occurred_us
        WHERE e.occurred_us - c.start_us <= 86400000000)"""


_FUNNEL = f"""
    WITH staff AS ({_STAFF}),
    step1 AS (SELECT visitor, occurred_us, occurred_us AS start_us FROM {_events(_KINDS[0])}),
    {",".join(_stage(number, kind) for number, kind in enumerate(_KINDS[1:], 2))},
    reached AS (
        SELECT DISTINCT 1 AS step, visitor, NULL AS seconds FROM step1
        {
    " ".join(
        f"UNION ALL SELECT {n}, visitor, arg_min(seconds, occurred_us) FROM step{n} GROUP BY visitor" for n in (2, 3, 4)
    )
})
    SELECT step, count(*), median(seconds) FROM reached ANTI JOIN staff USING (visitor) GROUP BY step ORDER BY step"""


def _gathered(label: str) -> str:
    days = _DAYS.replace("{label}", label).replace("{linked}", _LINKED)
    days = days.replace("{person}", _PERSON).replace("{of_people}", _OF_PEOPLE)
    return f"""
        WITH days AS ({days}),
        counts AS (
            SELECT label, sum(visits), count(*), sum(new), sum(again), sum(known), sum(orders), sum(added),
                   sum(bounce)
            FROM days GROUP BY label),
        times AS (SELECT {label} AS label, median(engaged_seconds) FROM {_VISITS} WHERE {_OF_PEOPLE} GROUP BY ALL)
        SELECT * FROM counts JOIN times USING (label)"""


BY_HAND = {
    "visits": f"SELECT count(*) FROM {_VISITS} WHERE {_OF_PEOPLE}",
    "visit_conversion": f"SELECT count(*) FILTER (WHERE orders > 0) / count(*) FROM {_VISITS} WHERE {_OF_PEOPLE}",
    "known_visits": f"SELECT count({_PERSON}) / count(*) FROM {_LINKED} WHERE {_OF_PEOPLE}",
    "return_visits": f"{_FIRSTS} SELECT (SELECT count(*) FROM back) / (SELECT count(*) FROM firsts)",
    "totals": _gathered("''"),
    "breakdown by channel": f"""
        SELECT * FROM ({_gathered("channel")}) UNION ALL SELECT * FROM ({_gathered("''")}) ORDER BY 2 DESC, 1""",
    "course by day": _gathered("local_date") + " ORDER BY 1",
    "paths": f"""
        SELECT entry, second, third, count(*) AS visits, count(*) FILTER (WHERE orders > 0) AS orders,
               sum(count(*)) OVER () AS total
        FROM {_VISITS} WHERE {_OF_PEOPLE} AND entry <> '' GROUP BY 1, 2, 3
        ORDER BY visits DESC, entry, second, third LIMIT 20""",
    "people": f"""
        WITH people AS (
            SELECT DISTINCT {_PERSON} AS customer FROM {_LINKED} WHERE {_OF_PEOPLE} AND channel = 'email')
        SELECT DISTINCT coalesce(root, customer) AS root FROM people LEFT JOIN {_MERGES} USING (customer)
        WHERE customer IS NOT NULL ORDER BY root""",
    "came_back_after": f"""{_FIRSTS}
        SELECT (SELECT count(*) FROM firsts), count(*) FILTER (WHERE waited <= 1 * 86400000000),
               count(*) FILTER (WHERE waited <= 3 * 86400000000), count(*) FROM back""",
    "funnel": _FUNNEL,
    "product_interest": f"""
        WITH staff AS ({_STAFF}),
        views AS (
            SELECT product, visitor, count(*) AS views, 
                   min(local_date) < max(local_date) AND any_value({_LASTING}) AS is_back
            FROM (SELECT * FROM {_events("product_viewed")} AND product <> '') ANTI JOIN staff USING (visitor)
            GROUP BY product, visitor),
        names AS (
            SELECT product, arg_max(name, occurred_us) AS name
            FROM (SELECT * FROM {_events("product_viewed")}) WHERE name <> '' GROUP BY product),
        carts AS (
            SELECT product, count(DISTINCT visitor) AS carted
            FROM (SELECT * FROM {_events("product_added")}) ANTI JOIN staff USING (visitor) GROUP BY product),
        seen AS (
            SELECT product, count(*) AS viewers, sum(views) AS views, count(*) FILTER (WHERE is_back) AS back
            FROM views GROUP BY product)
        SELECT product, name, viewers, views, back, coalesce(carted, 0)
        FROM seen LEFT JOIN names USING (product) LEFT JOIN carts USING (product)
        ORDER BY viewers DESC, product LIMIT 50""",
}
