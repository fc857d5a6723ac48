"""The catalogue's questions as somebody who knows DuckDB would write them over the lake's folder of Parquet files.

Places: {place} the folder, {start} and {end} the window. Each answers with a row of numbers, or with (first day of the
month, number), or with what its shape says.
"""

from __future__ import annotations

_PAID = "read_parquet('{place}/kind=order.paid/*/*.parquet', hive_partitioning = true)"
_BACK = "read_parquet('{place}/kind=order.refunded/*/*.parquet', hive_partitioning = true)"
_IN = (
    "month BETWEEN strftime(DATE '{start}', '%Y-%m') AND strftime(DATE '{end}', '%Y-%m') "
    "AND local_date BETWEEN DATE '{start}' AND DATE '{end}'"
)
_UNTIL = "month <= strftime(DATE '{end}', '%Y-%m') AND local_date <= DATE '{end}' AND customer IS NOT NULL"
_LIVES = f"""
    SELECT customer, min(local_date) AS first, max(local_date) AS last, count(*) AS orders
    FROM {_PAID} WHERE {_UNTIL} GROUP BY customer"""
_VISITS = f"""
    WITH visits AS (
        SELECT customer, date_trunc('month', local_date)::DATE AS m, count(*) AS orders
        FROM {_PAID} WHERE {_IN} AND customer IS NOT NULL GROUP BY ALL),
    firsts AS (SELECT customer, min(local_date) AS first FROM {_PAID} WHERE {_UNTIL} GROUP BY customer)"""
_GAPS = f"""
    WITH days AS (SELECT DISTINCT customer, local_date FROM {_PAID} WHERE {_UNTIL}),
    gaps AS (
        SELECT local_date, local_date - lag(local_date) OVER (PARTITION BY customer ORDER BY local_date) AS gap
        FROM days)"""
_COHORT = f"""
    WITH paid AS (SELECT customer, local_date FROM {_PAID} WHERE customer IS NOT NULL),
    latest AS (SELECT max(local_date) AS day FROM {_PAID}),
    firsts AS (SELECT customer, min(local_date) AS first FROM paid GROUP BY customer)"""
_RHYTHMS = f"""
    WITH days AS (SELECT customer, local_date, count(*) AS orders FROM {_PAID} WHERE {_UNTIL} GROUP BY ALL),
    gaps AS (
        SELECT *, local_date - lag(local_date) OVER (PARTITION BY customer ORDER BY local_date) AS gap FROM days),
    people AS (
        SELECT sum(orders) AS orders, DATE '{{end}}' - max(local_date) AS since,
               greatest(14, CASE WHEN count(gap) >= 2 THEN median(gap)
                                 ELSE coalesce((SELECT median(gap) FROM gaps), 0) END) AS usual
        FROM gaps GROUP BY customer)
    SELECT count(*) FROM people WHERE orders >= 3 AND """

BY_HAND = {
    "revenue": f"SELECT sum(amount_minor) FROM {_PAID} WHERE {_IN}",
    "refunds": f"SELECT sum(amount_minor) FROM {_BACK} WHERE {_IN}",
    "net_revenue": f"""
        SELECT (SELECT sum(amount_minor) FROM {_PAID} WHERE {_IN})
             - (SELECT sum(amount_minor) FROM {_BACK} WHERE {_IN})""",
    "orders": f"SELECT count(*) FROM {_PAID} WHERE {_IN}",
    "average_order_value": f"SELECT round_even(sum(amount_minor) / count(*), 0)::BIGINT FROM {_PAID} WHERE {_IN}",
    "customers": f"SELECT count(DISTINCT customer) FROM {_PAID} WHERE {_IN}",
    "new_customers": f"SELECT count(*) FROM ({_LIVES}) WHERE first >= DATE '{{start}}'",
    "returning_customers": f"""
        SELECT count(*) FROM ({_LIVES}) WHERE first < DATE '{{start}}' AND last >= DATE '{{start}}'""",
    "repeat_customers": f"SELECT count(*) FROM ({_LIVES}) WHERE orders >= 2 AND last >= DATE '{{start}}'",
    "repeat_rate": f"""{_COHORT},
        members AS (
            SELECT customer, first FROM firsts, latest
            WHERE first BETWEEN DATE '{{start}}' AND least(DATE '{{end}}', latest.day - 90)),
        counted AS (
            SELECT count(*) AS orders FROM paid JOIN members USING (customer)
            WHERE local_date <= first + 90 GROUP BY customer)
        SELECT avg((orders >= 2)::INT) FROM counted""",
    "own_share": f"""
        WITH firsts AS (SELECT customer, min(placed_us) AS first_us FROM {_PAID} WHERE {_UNTIL} GROUP BY customer)
        SELECT sum(amount_minor) FILTER (WHERE placed_us > first_us) / sum(amount_minor)
        FROM {_PAID} LEFT JOIN firsts USING (customer) WHERE {_IN}""",
    "time_between_orders": f"""{_GAPS}
        SELECT unnest(quantile_cont(gap, [0.25, 0.5, 0.75])) FROM gaps
        WHERE gap IS NOT NULL AND local_date >= DATE '{{start}}'""",
    "retention": f"""{_COHORT},
        members AS (
            SELECT customer, date_trunc('month', first) AS m FROM firsts, latest
            WHERE first BETWEEN DATE '{{start}}' AND DATE '{{end}}'
              AND date_trunc('month', first) + INTERVAL 2 MONTH <= latest.day + 1),
        months AS (SELECT DISTINCT customer, date_trunc('month', local_date) AS m FROM paid)
        SELECT count(n.customer) / count(*) FROM members
        LEFT JOIN months AS n ON n.customer = members.customer AND n.m = members.m + INTERVAL 1 MONTH""",
    "rfm": f"SELECT count(DISTINCT customer) FROM {_PAID} WHERE {_IN}",
    "regulars": _RHYTHMS + "since <= 2 * usual",
    "lapsing": _RHYTHMS + "since > 2 * usual AND since <= 4 * usual",
    "lapsed": _RHYTHMS + "since > 4 * usual",
    # By month, a row without a month is the whole window: the library answers with both.
    "revenue by month": f"""
        SELECT date_trunc('month', local_date)::DATE AS m, sum(amount_minor) FROM {_PAID} WHERE {_IN}
        GROUP BY GROUPING SETS ((m), ())""",
    "customers by month": f"""
        WITH visits AS (SELECT DISTINCT customer, date_trunc('month', local_date)::DATE AS m FROM {_PAID} WHERE {_IN})
        SELECT m, count(DISTINCT customer) FROM visits GROUP BY GROUPING SETS ((m), ())""",
    "new_customers by month": f"""
        SELECT date_trunc('month', first)::DATE AS m, count(*) FROM ({_LIVES}) WHERE first >= DATE '{{start}}'
        GROUP BY GROUPING SETS ((m), ())""",
    "repeat_customers by month": f"""{_VISITS},
        again AS (
            SELECT customer, m, first < DATE '{{start}}' AS is_old, first < m OR orders >= 2 AS is_again, orders
            FROM visits JOIN firsts USING (customer)),
        whole AS (SELECT sum(orders) AS orders, bool_or(is_old) AS is_old FROM again GROUP BY customer)
        SELECT m, count(*) FROM again WHERE is_again GROUP BY m
        UNION ALL SELECT NULL, count(*) FROM whole WHERE orders >= 2 OR is_old""",
    "own_share by month": f"""
        WITH firsts AS (SELECT customer, min(placed_us) AS first_us FROM {_PAID} WHERE {_UNTIL} GROUP BY customer)
        SELECT date_trunc('month', local_date)::DATE AS m,
               sum(amount_minor) FILTER (WHERE placed_us > first_us) / sum(amount_minor)
        FROM {_PAID} LEFT JOIN firsts USING (customer) WHERE {_IN} GROUP BY GROUPING SETS ((m), ())""",
    "retention by cohort": f"""
        WITH months AS (
            SELECT DISTINCT customer, date_trunc('month', local_date)::DATE AS m
            FROM {_PAID} WHERE customer IS NOT NULL),
        cohorts AS (SELECT customer, min(m) AS cohort FROM months GROUP BY customer)
        SELECT cohort, date_diff('month', cohort, m) AS age, count(*)
        FROM months JOIN cohorts USING (customer) GROUP BY ALL ORDER BY ALL""",
    "rfm by grid": f"""
        WITH people AS (
            SELECT max(local_date) AS last, count(*) AS orders, sum(amount_minor) AS money
            FROM {_PAID} WHERE {_IN} AND customer IS NOT NULL GROUP BY customer),
        ranked AS (
            SELECT 1 + 5 * (rank() OVER (ORDER BY last) - 1) // count(*) OVER () AS r,
                   1 + 5 * (rank() OVER (ORDER BY orders) - 1) // count(*) OVER () AS f,
                   1 + 5 * (rank() OVER (ORDER BY money) - 1) // count(*) OVER () AS mo, *
            FROM people)
        SELECT r, f, count(*), sum(orders), sum(money), max(mo) FROM ranked GROUP BY ALL ORDER BY ALL""",
}
