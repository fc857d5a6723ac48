"""The lake under the names of the Activity Schema 2.0 (github.com/ActivitySchema/ActivitySchema), for analysts.

``customer_stream.sql`` is written beside the manifest. In the lake's folder, with DuckDB::

    duckdb -c ".read customer_stream.sql" -c "SELECT activity, count(*) FROM customer_stream GROUP BY ALL"
"""

from __future__ import annotations

from collections import defaultdict

from regulars.base.money import DIGITS
from regulars.stream.dimensions import REVENUE
from regulars.stream.kinds import KINDS
from regulars.stream.lake.columns import column_of
from regulars.stream.lake.folder import LakeFile, Manifest

# Column of the Activity Schema: what it is here.
MAPPING = {
    "activity_id": "the activity's id, as text",
    "ts": "when it happened, UTC",
    "customer": "the id of the customer's record, after merges; null while nobody known",
    "activity": "the kind",
    "anonymous_customer_id": "the visitor's id",
    "feature_json": "the fields of the kind's body, as JSON",
    "revenue_impact": "the amount in major units of its currency, negative where money went back",
    "link": "what it is about, such as order:55",
    "activity_occurrence": "the how manyeth activity of this kind of this customer it is",
    "activity_repeated_at": "when the same customer did it the next time",
}


def view(manifest: Manifest) -> str:
    """Return DuckDB's statement that makes the view ``customer_stream`` over the files of ``manifest``."""
    kinds: dict[str, list[LakeFile]] = defaultdict(list)
    for file in manifest.files:
        kinds[file.kind].append(file)
    activities = "\nUNION ALL\n".join(_of_kind(kind, files) for kind, files in sorted(kinds.items())) or _NONE
    people = manifest.dimensions.get("customer_map")
    root = f"LEFT JOIN read_parquet('{people}') AS m ON m.customer = a.customer" if people else ""
    customer = "coalesce(m.root, a.customer)" if people else "a.customer"
    return f"""\
-- The activities of this lake under the names of the Activity Schema 2.0. Run it in the lake's folder; it names the
-- files of one moment, so read it again when the lake has changed.
CREATE OR REPLACE VIEW customer_stream AS
WITH a AS (
{activities}
),
known AS (SELECT a.* REPLACE ({customer} AS customer) FROM a {root})
SELECT activity_id, ts, customer::VARCHAR AS customer, activity, anonymous_customer_id, feature_json, revenue_impact,
  link, row_number() OVER w AS activity_occurrence, lead(ts) OVER w AS activity_repeated_at
FROM known WINDOW w AS (PARTITION BY customer, activity ORDER BY ts, activity_id::BIGINT);
"""  # noqa: S608 - our own names and numbers


_NONE = (
    "SELECT ''::VARCHAR AS activity_id, now() AS ts, 0::BIGINT AS customer, '' AS activity,"
    " '' AS anonymous_customer_id, '{}'::JSON AS feature_json, 0::DOUBLE AS revenue_impact, '' AS link WHERE false"
)


def _of_kind(kind: str, files: list[LakeFile]) -> str:
    declared = KINDS.get(kind)
    fields = [name for name, _ in declared.columns] if declared else []
    features = ", ".join(f"""'{name}': "{column_of(name)}\"""" for name in fields)
    feature = f"to_json({{{features}}})" if fields else "'{}'::JSON"
    sign = REVENUE.get(kind)
    digits = " ".join(f"WHEN '{code}' THEN {10**n}" for code, n in DIGITS.items())
    impact = f"{sign} * amount_minor / CASE currency {digits} ELSE 100 END" if sign else "NULL::DOUBLE"
    paths = ", ".join(f"'{file.path}'" for file in files)
    return (
        f"SELECT id::VARCHAR AS activity_id, ts, customer, '{kind}' AS activity, visitor AS anonymous_customer_id,\n"
        f"  {feature} AS feature_json, ({impact})::DOUBLE AS revenue_impact, subject AS link\n"
        f"FROM read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"
    )
