-- Compiled by Ibis 12.0.0; do not edit: python -m regulars.insight.expressions

-- shape average_order_value/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape average_order_value/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  SUM("t1"."value") AS "top",
  COUNT("t1"."value") AS "bottom",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape average_order_value/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  SUM("t1"."value") AS "top",
  COUNT("t1"."value") AS "bottom",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape average_order_value/total version 1
SELECT
  SUM("t1"."value") AS "top",
  COUNT("t1"."value") AS "bottom",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape average_order_value/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM("t1"."value") AS "top",
  COUNT("t1"."value") AS "bottom",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape customers/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape customers/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  COUNT(DISTINCT "t1"."root") AS "value",
  COUNT(DISTINCT "t1"."root") AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape customers/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  COUNT(DISTINCT "t1"."root") AS "value",
  COUNT(DISTINCT "t1"."root") AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape customers/total version 1
SELECT
  COUNT(DISTINCT "t1"."root") AS "value",
  COUNT(DISTINCT "t1"."root") AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape customers/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT(DISTINCT "t1"."root") AS "value",
  COUNT(DISTINCT "t1"."root") AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape known_visits/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:known_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape known_visits/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  COUNT("t1"."person") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:linked_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape known_visits/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  COUNT("t1"."person") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:linked_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape known_visits/total version 1
SELECT
  COUNT("t1"."person") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:linked_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape known_visits/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT("t1"."person") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:linked_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape lapsed/behind version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  *
FROM (
  SELECT
    "t10"."root",
    "t10"."orders",
    "t10"."last_date",
    "t10"."since_days",
    "t10"."usual_days",
    CASE
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 2
      )
      THEN 'regular'
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 4
      )
      THEN 'lapsing'
      ELSE 'lapsed'
    END AS "state"
  FROM (
    SELECT
      "t9"."root",
      "t9"."orders",
      "t9"."last_date",
      DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
      GREATEST(
        CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
        CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
      ) AS "usual_days"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."root",
          SUM("t4"."orders") AS "orders",
          MAX("t4"."local_date") AS "last_date",
          COUNT("t4"."gap") AS "gaps",
          QUANTILE_CONT("t4"."gap", 0.5) AS "own"
        FROM "t3" AS "t4"
        GROUP BY
          1
      ) AS "t5"
      WHERE
        "t5"."orders" >= LAKE_LEAST_ORDERS()
    ) AS "t9"
    CROSS JOIN (
      SELECT
        QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
      FROM "t3" AS "t4"
    ) AS "t7"
  ) AS "t10"
) AS "t11"
WHERE
  "t11"."state" = 'lapsed'

-- shape lapsed/total version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  SUM(CAST("t11"."state" = 'lapsed' AS INT)) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t10"."root",
    "t10"."orders",
    "t10"."last_date",
    "t10"."since_days",
    "t10"."usual_days",
    CASE
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 2
      )
      THEN 'regular'
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 4
      )
      THEN 'lapsing'
      ELSE 'lapsed'
    END AS "state"
  FROM (
    SELECT
      "t9"."root",
      "t9"."orders",
      "t9"."last_date",
      DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
      GREATEST(
        CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
        CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
      ) AS "usual_days"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."root",
          SUM("t4"."orders") AS "orders",
          MAX("t4"."local_date") AS "last_date",
          COUNT("t4"."gap") AS "gaps",
          QUANTILE_CONT("t4"."gap", 0.5) AS "own"
        FROM "t3" AS "t4"
        GROUP BY
          1
      ) AS "t5"
      WHERE
        "t5"."orders" >= LAKE_LEAST_ORDERS()
    ) AS "t9"
    CROSS JOIN (
      SELECT
        QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
      FROM "t3" AS "t4"
    ) AS "t7"
  ) AS "t10"
) AS "t11"

-- shape lapsing/behind version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  *
FROM (
  SELECT
    "t10"."root",
    "t10"."orders",
    "t10"."last_date",
    "t10"."since_days",
    "t10"."usual_days",
    CASE
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 2
      )
      THEN 'regular'
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 4
      )
      THEN 'lapsing'
      ELSE 'lapsed'
    END AS "state"
  FROM (
    SELECT
      "t9"."root",
      "t9"."orders",
      "t9"."last_date",
      DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
      GREATEST(
        CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
        CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
      ) AS "usual_days"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."root",
          SUM("t4"."orders") AS "orders",
          MAX("t4"."local_date") AS "last_date",
          COUNT("t4"."gap") AS "gaps",
          QUANTILE_CONT("t4"."gap", 0.5) AS "own"
        FROM "t3" AS "t4"
        GROUP BY
          1
      ) AS "t5"
      WHERE
        "t5"."orders" >= LAKE_LEAST_ORDERS()
    ) AS "t9"
    CROSS JOIN (
      SELECT
        QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
      FROM "t3" AS "t4"
    ) AS "t7"
  ) AS "t10"
) AS "t11"
WHERE
  "t11"."state" = 'lapsing'

-- shape lapsing/total version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  SUM(CAST("t11"."state" = 'lapsing' AS INT)) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t10"."root",
    "t10"."orders",
    "t10"."last_date",
    "t10"."since_days",
    "t10"."usual_days",
    CASE
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 2
      )
      THEN 'regular'
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 4
      )
      THEN 'lapsing'
      ELSE 'lapsed'
    END AS "state"
  FROM (
    SELECT
      "t9"."root",
      "t9"."orders",
      "t9"."last_date",
      DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
      GREATEST(
        CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
        CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
      ) AS "usual_days"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."root",
          SUM("t4"."orders") AS "orders",
          MAX("t4"."local_date") AS "last_date",
          COUNT("t4"."gap") AS "gaps",
          QUANTILE_CONT("t4"."gap", 0.5) AS "own"
        FROM "t3" AS "t4"
        GROUP BY
          1
      ) AS "t5"
      WHERE
        "t5"."orders" >= LAKE_LEAST_ORDERS()
    ) AS "t9"
    CROSS JOIN (
      SELECT
        QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
      FROM "t3" AS "t4"
    ) AS "t7"
  ) AS "t10"
) AS "t11"

-- shape net_revenue/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape net_revenue/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t6"."local_date") AS "period",
  SUM("t6"."value") AS "value",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."local_date",
      "t2"."value"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t2"
  ) AS "t4"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t3"."local_date",
      -(
        "t3"."value"
      ) AS "value"
    FROM (
      SELECT
        *
      FROM "lake:refunds" AS "t1"
      WHERE
        "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t3"
  ) AS "t5"
) AS "t6"
GROUP BY
  1

-- shape net_revenue/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t6"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t6"."local_date")
  ) - 1 AS "period",
  SUM("t6"."value") AS "value",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."local_date",
      "t2"."value"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t2"
  ) AS "t4"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t3"."local_date",
      -(
        "t3"."value"
      ) AS "value"
    FROM (
      SELECT
        *
      FROM "lake:refunds" AS "t1"
      WHERE
        "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t3"
  ) AS "t5"
) AS "t6"
GROUP BY
  1

-- shape net_revenue/total version 1
SELECT
  SUM("t6"."value") AS "value",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."local_date",
      "t2"."value"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t2"
  ) AS "t4"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t3"."local_date",
      -(
        "t3"."value"
      ) AS "value"
    FROM (
      SELECT
        *
      FROM "lake:refunds" AS "t1"
      WHERE
        "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t3"
  ) AS "t5"
) AS "t6"

-- shape net_revenue/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t6"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM("t6"."value") AS "value",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."local_date",
      "t2"."value"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t2"
  ) AS "t4"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t3"."local_date",
      -(
        "t3"."value"
      ) AS "value"
    FROM (
      SELECT
        *
      FROM "lake:refunds" AS "t1"
      WHERE
        "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t3"
  ) AS "t5"
) AS "t6"
GROUP BY
  1

-- shape new_customers/behind version 1
SELECT
  *
FROM (
  SELECT
    "t1"."root",
    MIN("t1"."local_date") AS "local_date",
    MAX("t1"."local_date") AS "last_date",
    COUNT(*) AS "orders"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
WHERE
  "t2"."local_date" >= LAKE_START()

-- shape new_customers/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t3"."local_date") AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."root",
      MIN("t1"."local_date") AS "local_date",
      MAX("t1"."local_date") AS "last_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."local_date" >= LAKE_START()
) AS "t3"
GROUP BY
  1

-- shape new_customers/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t3"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t3"."local_date")
  ) - 1 AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."root",
      MIN("t1"."local_date") AS "local_date",
      MAX("t1"."local_date") AS "last_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."local_date" >= LAKE_START()
) AS "t3"
GROUP BY
  1

-- shape new_customers/total version 1
SELECT
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."root",
      MIN("t1"."local_date") AS "local_date",
      MAX("t1"."local_date") AS "last_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."local_date" >= LAKE_START()
) AS "t3"

-- shape new_customers/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t3"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."root",
      MIN("t1"."local_date") AS "local_date",
      MAX("t1"."local_date") AS "last_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."local_date" >= LAKE_START()
) AS "t3"
GROUP BY
  1

-- shape orders/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape orders/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape orders/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape orders/total version 1
SELECT
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape orders/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape own_share/behind version 1
SELECT DISTINCT
  "t6"."root"
FROM (
  SELECT
    "t3"."root",
    "t3"."local_date",
    "t3"."value",
    "t3"."placed_us" > "t5"."first_us" AS "is_own"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
    ON "t3"."root" = "t5"."root"
) AS "t6"
WHERE
  "t6"."is_own"

-- shape own_share/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t6"."local_date") AS "period",
  SUM("t6"."value") FILTER(WHERE
    "t6"."is_own") AS "top",
  SUM("t6"."value") AS "bottom",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    "t3"."root",
    "t3"."local_date",
    "t3"."value",
    "t3"."placed_us" > "t5"."first_us" AS "is_own"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
    ON "t3"."root" = "t5"."root"
) AS "t6"
GROUP BY
  1

-- shape own_share/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t6"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t6"."local_date")
  ) - 1 AS "period",
  SUM("t6"."value") FILTER(WHERE
    "t6"."is_own") AS "top",
  SUM("t6"."value") AS "bottom",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    "t3"."root",
    "t3"."local_date",
    "t3"."value",
    "t3"."placed_us" > "t5"."first_us" AS "is_own"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
    ON "t3"."root" = "t5"."root"
) AS "t6"
GROUP BY
  1

-- shape own_share/total version 1
SELECT
  SUM("t6"."value") FILTER(WHERE
    "t6"."is_own") AS "top",
  SUM("t6"."value") AS "bottom",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    "t3"."root",
    "t3"."local_date",
    "t3"."value",
    "t3"."placed_us" > "t5"."first_us" AS "is_own"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
    ON "t3"."root" = "t5"."root"
) AS "t6"

-- shape own_share/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t6"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM("t6"."value") FILTER(WHERE
    "t6"."is_own") AS "top",
  SUM("t6"."value") AS "bottom",
  COUNT("t6"."value") AS "n",
  COUNT(*) - COUNT("t6"."value") AS "missing"
FROM (
  SELECT
    "t3"."root",
    "t3"."local_date",
    "t3"."value",
    "t3"."placed_us" > "t5"."first_us" AS "is_own"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
  ) AS "t3"
  LEFT OUTER JOIN (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
    ON "t3"."root" = "t5"."root"
) AS "t6"
GROUP BY
  1

-- shape refunds/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:refunds" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape refunds/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:refunds" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape refunds/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:refunds" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape refunds/total version 1
SELECT
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:refunds" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape refunds/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:refunds" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape regulars/behind version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  *
FROM (
  SELECT
    "t10"."root",
    "t10"."orders",
    "t10"."last_date",
    "t10"."since_days",
    "t10"."usual_days",
    CASE
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 2
      )
      THEN 'regular'
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 4
      )
      THEN 'lapsing'
      ELSE 'lapsed'
    END AS "state"
  FROM (
    SELECT
      "t9"."root",
      "t9"."orders",
      "t9"."last_date",
      DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
      GREATEST(
        CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
        CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
      ) AS "usual_days"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."root",
          SUM("t4"."orders") AS "orders",
          MAX("t4"."local_date") AS "last_date",
          COUNT("t4"."gap") AS "gaps",
          QUANTILE_CONT("t4"."gap", 0.5) AS "own"
        FROM "t3" AS "t4"
        GROUP BY
          1
      ) AS "t5"
      WHERE
        "t5"."orders" >= LAKE_LEAST_ORDERS()
    ) AS "t9"
    CROSS JOIN (
      SELECT
        QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
      FROM "t3" AS "t4"
    ) AS "t7"
  ) AS "t10"
) AS "t11"
WHERE
  "t11"."state" = 'regular'

-- shape regulars/total version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  SUM(CAST("t11"."state" = 'regular' AS INT)) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t10"."root",
    "t10"."orders",
    "t10"."last_date",
    "t10"."since_days",
    "t10"."usual_days",
    CASE
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 2
      )
      THEN 'regular'
      WHEN "t10"."since_days" <= (
        "t10"."usual_days" * 4
      )
      THEN 'lapsing'
      ELSE 'lapsed'
    END AS "state"
  FROM (
    SELECT
      "t9"."root",
      "t9"."orders",
      "t9"."last_date",
      DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
      GREATEST(
        CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
        CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
      ) AS "usual_days"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t4"."root",
          SUM("t4"."orders") AS "orders",
          MAX("t4"."local_date") AS "last_date",
          COUNT("t4"."gap") AS "gaps",
          QUANTILE_CONT("t4"."gap", 0.5) AS "own"
        FROM "t3" AS "t4"
        GROUP BY
          1
      ) AS "t5"
      WHERE
        "t5"."orders" >= LAKE_LEAST_ORDERS()
    ) AS "t9"
    CROSS JOIN (
      SELECT
        QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
      FROM "t3" AS "t4"
    ) AS "t7"
  ) AS "t10"
) AS "t11"

-- shape repeat_customers/behind version 1
SELECT
  *
FROM (
  SELECT
    "t1"."root",
    MIN("t1"."local_date") AS "local_date",
    MAX("t1"."local_date") AS "last_date",
    COUNT(*) AS "orders"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
WHERE
  "t2"."orders" >= 2 AND "t2"."last_date" >= LAKE_START()

-- shape repeat_customers/day version 1
SELECT
  "t9"."period",
  SUM(CAST("t9"."is_back" OR (
    "t9"."orders" >= 2
  ) AS INT)) AS "value",
  SUM(CAST("t9"."is_back" OR (
    "t9"."orders" >= 2
  ) AS INT)) AS "n"
FROM (
  SELECT
    "t8"."root",
    "t8"."period",
    "t8"."orders",
    "t8"."first_date",
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t8"."first_date") < "t8"."period"
    )
    OR (
      "t8"."first_date" < LAKE_START()
    ) AS "is_back"
  FROM (
    SELECT
      "t7"."root",
      "t7"."period",
      "t7"."orders",
      "t5"."first_date"
    FROM (
      SELECT
        "t3"."root",
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t3"."local_date") AS "period",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t1"
        WHERE
          "t1"."root" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."root",
        MIN("t2"."local_date") AS "first_date"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t2"
      GROUP BY
        1
    ) AS "t5"
      ON "t7"."root" = "t5"."root"
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape repeat_customers/month version 1
SELECT
  "t9"."period",
  SUM(CAST("t9"."is_back" OR (
    "t9"."orders" >= 2
  ) AS INT)) AS "value",
  SUM(CAST("t9"."is_back" OR (
    "t9"."orders" >= 2
  ) AS INT)) AS "n"
FROM (
  SELECT
    "t8"."root",
    "t8"."period",
    "t8"."orders",
    "t8"."first_date",
    (
      (
        (
          (
            CAST(EXTRACT(year FROM "t8"."first_date") AS BIGINT) * 12
          ) + EXTRACT(month FROM "t8"."first_date")
        ) - 1
      ) < "t8"."period"
    )
    OR (
      "t8"."first_date" < LAKE_START()
    ) AS "is_back"
  FROM (
    SELECT
      "t7"."root",
      "t7"."period",
      "t7"."orders",
      "t5"."first_date"
    FROM (
      SELECT
        "t3"."root",
        (
          (
            CAST(EXTRACT(year FROM "t3"."local_date") AS BIGINT) * 12
          ) + EXTRACT(month FROM "t3"."local_date")
        ) - 1 AS "period",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t1"
        WHERE
          "t1"."root" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."root",
        MIN("t2"."local_date") AS "first_date"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t2"
      GROUP BY
        1
    ) AS "t5"
      ON "t7"."root" = "t5"."root"
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape repeat_customers/total version 1
SELECT
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."root",
      MIN("t1"."local_date") AS "local_date",
      MAX("t1"."local_date") AS "last_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."orders" >= 2 AND "t2"."last_date" >= LAKE_START()
) AS "t3"

-- shape repeat_customers/week version 1
SELECT
  "t9"."period",
  SUM(CAST("t9"."is_back" OR (
    "t9"."orders" >= 2
  ) AS INT)) AS "value",
  SUM(CAST("t9"."is_back" OR (
    "t9"."orders" >= 2
  ) AS INT)) AS "n"
FROM (
  SELECT
    "t8"."root",
    "t8"."period",
    "t8"."orders",
    "t8"."first_date",
    (
      CAST(FLOOR(
        (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t8"."first_date") - (
            LAKE_WEEK_START() - 1
          )
        ) / (
          7
        )
      ) AS BIGINT) < "t8"."period"
    )
    OR (
      "t8"."first_date" < LAKE_START()
    ) AS "is_back"
  FROM (
    SELECT
      "t7"."root",
      "t7"."period",
      "t7"."orders",
      "t5"."first_date"
    FROM (
      SELECT
        "t3"."root",
        CAST(FLOOR(
          (
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t3"."local_date") - (
              LAKE_WEEK_START() - 1
            )
          ) / (
            7
          )
        ) AS BIGINT) AS "period",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t1"
        WHERE
          "t1"."root" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."root",
        MIN("t2"."local_date") AS "first_date"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t2"
      GROUP BY
        1
    ) AS "t5"
      ON "t7"."root" = "t5"."root"
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape repeat_rate/behind version 1
WITH "t1" AS (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."root" IS NOT NULL
)
SELECT
  "t9"."root",
  "t9"."local_date",
  "t9"."orders" >= 2 AS "has_repeated"
FROM (
  SELECT
    "t8"."root",
    "t8"."first_date" AS "local_date",
    COUNT(*) AS "orders"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t3"."root",
        "t6"."first_date",
        "t3"."local_date"
      FROM "t1" AS "t3"
      INNER JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t2"."root",
            MIN("t2"."local_date") AS "first_date"
          FROM "t1" AS "t2"
          GROUP BY
            1
        ) AS "t4"
        WHERE
          "t4"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
      ) AS "t6"
        ON "t3"."root" = "t6"."root"
    ) AS "t7"
    WHERE
      DATE_DIFF('DAY', "t7"."first_date", "t7"."local_date") <= LAKE_HORIZON()
  ) AS "t8"
  GROUP BY
    1,
    2
) AS "t9"
WHERE
  "t9"."orders" >= 2

-- shape repeat_rate/day version 1
WITH "t1" AS (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."root" IS NOT NULL
)
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t10"."local_date") AS "period",
  SUM(CAST("t10"."has_repeated" AS INT)) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t9"."root",
    "t9"."local_date",
    "t9"."orders" >= 2 AS "has_repeated"
  FROM (
    SELECT
      "t8"."root",
      "t8"."first_date" AS "local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t3"."root",
          "t6"."first_date",
          "t3"."local_date"
        FROM "t1" AS "t3"
        INNER JOIN (
          SELECT
            *
          FROM (
            SELECT
              "t2"."root",
              MIN("t2"."local_date") AS "first_date"
            FROM "t1" AS "t2"
            GROUP BY
              1
          ) AS "t4"
          WHERE
            "t4"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
        ) AS "t6"
          ON "t3"."root" = "t6"."root"
      ) AS "t7"
      WHERE
        DATE_DIFF('DAY', "t7"."first_date", "t7"."local_date") <= LAKE_HORIZON()
    ) AS "t8"
    GROUP BY
      1,
      2
  ) AS "t9"
) AS "t10"
GROUP BY
  1

-- shape repeat_rate/month version 1
WITH "t1" AS (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."root" IS NOT NULL
)
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t10"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t10"."local_date")
  ) - 1 AS "period",
  SUM(CAST("t10"."has_repeated" AS INT)) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t9"."root",
    "t9"."local_date",
    "t9"."orders" >= 2 AS "has_repeated"
  FROM (
    SELECT
      "t8"."root",
      "t8"."first_date" AS "local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t3"."root",
          "t6"."first_date",
          "t3"."local_date"
        FROM "t1" AS "t3"
        INNER JOIN (
          SELECT
            *
          FROM (
            SELECT
              "t2"."root",
              MIN("t2"."local_date") AS "first_date"
            FROM "t1" AS "t2"
            GROUP BY
              1
          ) AS "t4"
          WHERE
            "t4"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
        ) AS "t6"
          ON "t3"."root" = "t6"."root"
      ) AS "t7"
      WHERE
        DATE_DIFF('DAY', "t7"."first_date", "t7"."local_date") <= LAKE_HORIZON()
    ) AS "t8"
    GROUP BY
      1,
      2
  ) AS "t9"
) AS "t10"
GROUP BY
  1

-- shape repeat_rate/total version 1
WITH "t1" AS (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."root" IS NOT NULL
)
SELECT
  SUM(CAST("t10"."has_repeated" AS INT)) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t9"."root",
    "t9"."local_date",
    "t9"."orders" >= 2 AS "has_repeated"
  FROM (
    SELECT
      "t8"."root",
      "t8"."first_date" AS "local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t3"."root",
          "t6"."first_date",
          "t3"."local_date"
        FROM "t1" AS "t3"
        INNER JOIN (
          SELECT
            *
          FROM (
            SELECT
              "t2"."root",
              MIN("t2"."local_date") AS "first_date"
            FROM "t1" AS "t2"
            GROUP BY
              1
          ) AS "t4"
          WHERE
            "t4"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
        ) AS "t6"
          ON "t3"."root" = "t6"."root"
      ) AS "t7"
      WHERE
        DATE_DIFF('DAY', "t7"."first_date", "t7"."local_date") <= LAKE_HORIZON()
    ) AS "t8"
    GROUP BY
      1,
      2
  ) AS "t9"
) AS "t10"

-- shape repeat_rate/week version 1
WITH "t1" AS (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."root" IS NOT NULL
)
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t10"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM(CAST("t10"."has_repeated" AS INT)) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    "t9"."root",
    "t9"."local_date",
    "t9"."orders" >= 2 AS "has_repeated"
  FROM (
    SELECT
      "t8"."root",
      "t8"."first_date" AS "local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t3"."root",
          "t6"."first_date",
          "t3"."local_date"
        FROM "t1" AS "t3"
        INNER JOIN (
          SELECT
            *
          FROM (
            SELECT
              "t2"."root",
              MIN("t2"."local_date") AS "first_date"
            FROM "t1" AS "t2"
            GROUP BY
              1
          ) AS "t4"
          WHERE
            "t4"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
        ) AS "t6"
          ON "t3"."root" = "t6"."root"
      ) AS "t7"
      WHERE
        DATE_DIFF('DAY', "t7"."first_date", "t7"."local_date") <= LAKE_HORIZON()
    ) AS "t8"
    GROUP BY
      1,
      2
  ) AS "t9"
) AS "t10"
GROUP BY
  1

-- shape retention/behind version 1
SELECT
  *
FROM (
  SELECT
    "t7"."root",
    "t7"."first_date" AS "local_date",
    MAX(
      CAST("t7"."month" = (
        (
          (
            (
              CAST(EXTRACT(year FROM "t7"."first_date") AS BIGINT) * 12
            ) + EXTRACT(month FROM "t7"."first_date")
          ) - 1
        ) + 1
      ) AS BIGINT)
    ) AS "came_back"
  FROM (
    SELECT
      "t4"."root",
      "t6"."first_date",
      "t4"."month"
    FROM (
      SELECT DISTINCT
        "t0"."root",
        (
          (
            CAST(EXTRACT(year FROM "t0"."local_date") AS BIGINT) * 12
          ) + EXTRACT(month FROM "t0"."local_date")
        ) - 1 AS "month"
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL
    ) AS "t4"
    INNER JOIN (
      SELECT
        *
      FROM (
        SELECT
          "t1"."root",
          MIN("t1"."local_date") AS "first_date"
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."root" IS NOT NULL
        ) AS "t1"
        GROUP BY
          1
      ) AS "t2"
      WHERE
        "t2"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
    ) AS "t6"
      ON "t4"."root" = "t6"."root"
  ) AS "t7"
  GROUP BY
    1,
    2
) AS "t8"
WHERE
  "t8"."came_back" = 1

-- shape retention/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t9"."local_date") AS "period",
  SUM("t9"."came_back") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."root",
      "t7"."first_date" AS "local_date",
      MAX(
        CAST("t7"."month" = (
          (
            (
              (
                CAST(EXTRACT(year FROM "t7"."first_date") AS BIGINT) * 12
              ) + EXTRACT(month FROM "t7"."first_date")
            ) - 1
          ) + 1
        ) AS BIGINT)
      ) AS "came_back"
    FROM (
      SELECT
        "t4"."root",
        "t6"."first_date",
        "t4"."month"
      FROM (
        SELECT DISTINCT
          "t0"."root",
          (
            (
              CAST(EXTRACT(year FROM "t0"."local_date") AS BIGINT) * 12
            ) + EXTRACT(month FROM "t0"."local_date")
          ) - 1 AS "month"
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL
      ) AS "t4"
      INNER JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t1"."root",
            MIN("t1"."local_date") AS "first_date"
          FROM (
            SELECT
              *
            FROM "lake:orders" AS "t0"
            WHERE
              "t0"."root" IS NOT NULL
          ) AS "t1"
          GROUP BY
            1
        ) AS "t2"
        WHERE
          "t2"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
      ) AS "t6"
        ON "t4"."root" = "t6"."root"
    ) AS "t7"
    GROUP BY
      1,
      2
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape retention/matrix version 1
WITH "t2" AS (
  SELECT DISTINCT
    "t1"."root",
    (
      (
        CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
      ) + EXTRACT(month FROM "t1"."local_date")
    ) - 1 AS "month"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
  ) AS "t1"
)
SELECT
  "t8"."cohort",
  "t8"."age",
  COUNT(*) AS "customers"
FROM (
  SELECT
    "t7"."cohort",
    "t4"."month" - "t7"."cohort" AS "age"
  FROM "t2" AS "t4"
  INNER JOIN (
    SELECT
      *
    FROM (
      SELECT
        "t3"."root",
        MIN("t3"."month") AS "cohort"
      FROM "t2" AS "t3"
      GROUP BY
        1
    ) AS "t5"
    WHERE
      "t5"."cohort" >= (
        (
          (
            CAST(EXTRACT(year FROM LAKE_START()) AS BIGINT) * 12
          ) + EXTRACT(month FROM LAKE_START())
        ) - 1
      )
  ) AS "t7"
    ON "t4"."root" = "t7"."root"
) AS "t8"
GROUP BY
  1,
  2

-- shape retention/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t9"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t9"."local_date")
  ) - 1 AS "period",
  SUM("t9"."came_back") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."root",
      "t7"."first_date" AS "local_date",
      MAX(
        CAST("t7"."month" = (
          (
            (
              (
                CAST(EXTRACT(year FROM "t7"."first_date") AS BIGINT) * 12
              ) + EXTRACT(month FROM "t7"."first_date")
            ) - 1
          ) + 1
        ) AS BIGINT)
      ) AS "came_back"
    FROM (
      SELECT
        "t4"."root",
        "t6"."first_date",
        "t4"."month"
      FROM (
        SELECT DISTINCT
          "t0"."root",
          (
            (
              CAST(EXTRACT(year FROM "t0"."local_date") AS BIGINT) * 12
            ) + EXTRACT(month FROM "t0"."local_date")
          ) - 1 AS "month"
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL
      ) AS "t4"
      INNER JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t1"."root",
            MIN("t1"."local_date") AS "first_date"
          FROM (
            SELECT
              *
            FROM "lake:orders" AS "t0"
            WHERE
              "t0"."root" IS NOT NULL
          ) AS "t1"
          GROUP BY
            1
        ) AS "t2"
        WHERE
          "t2"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
      ) AS "t6"
        ON "t4"."root" = "t6"."root"
    ) AS "t7"
    GROUP BY
      1,
      2
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape retention/total version 1
SELECT
  SUM("t9"."came_back") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."root",
      "t7"."first_date" AS "local_date",
      MAX(
        CAST("t7"."month" = (
          (
            (
              (
                CAST(EXTRACT(year FROM "t7"."first_date") AS BIGINT) * 12
              ) + EXTRACT(month FROM "t7"."first_date")
            ) - 1
          ) + 1
        ) AS BIGINT)
      ) AS "came_back"
    FROM (
      SELECT
        "t4"."root",
        "t6"."first_date",
        "t4"."month"
      FROM (
        SELECT DISTINCT
          "t0"."root",
          (
            (
              CAST(EXTRACT(year FROM "t0"."local_date") AS BIGINT) * 12
            ) + EXTRACT(month FROM "t0"."local_date")
          ) - 1 AS "month"
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL
      ) AS "t4"
      INNER JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t1"."root",
            MIN("t1"."local_date") AS "first_date"
          FROM (
            SELECT
              *
            FROM "lake:orders" AS "t0"
            WHERE
              "t0"."root" IS NOT NULL
          ) AS "t1"
          GROUP BY
            1
        ) AS "t2"
        WHERE
          "t2"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
      ) AS "t6"
        ON "t4"."root" = "t6"."root"
    ) AS "t7"
    GROUP BY
      1,
      2
  ) AS "t8"
) AS "t9"

-- shape retention/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t9"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM("t9"."came_back") AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."root",
      "t7"."first_date" AS "local_date",
      MAX(
        CAST("t7"."month" = (
          (
            (
              (
                CAST(EXTRACT(year FROM "t7"."first_date") AS BIGINT) * 12
              ) + EXTRACT(month FROM "t7"."first_date")
            ) - 1
          ) + 1
        ) AS BIGINT)
      ) AS "came_back"
    FROM (
      SELECT
        "t4"."root",
        "t6"."first_date",
        "t4"."month"
      FROM (
        SELECT DISTINCT
          "t0"."root",
          (
            (
              CAST(EXTRACT(year FROM "t0"."local_date") AS BIGINT) * 12
            ) + EXTRACT(month FROM "t0"."local_date")
          ) - 1 AS "month"
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL
      ) AS "t4"
      INNER JOIN (
        SELECT
          *
        FROM (
          SELECT
            "t1"."root",
            MIN("t1"."local_date") AS "first_date"
          FROM (
            SELECT
              *
            FROM "lake:orders" AS "t0"
            WHERE
              "t0"."root" IS NOT NULL
          ) AS "t1"
          GROUP BY
            1
        ) AS "t2"
        WHERE
          "t2"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
      ) AS "t6"
        ON "t4"."root" = "t6"."root"
    ) AS "t7"
    GROUP BY
      1,
      2
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape return_visits/behind version 1
WITH "t5" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date",
    MAX("t3"."root") AS "root"
  FROM (
    SELECT
      *
    FROM "lake:known_visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT DISTINCT
  "t15"."root"
FROM (
  SELECT
    "t7"."root",
    "t14"."waited_us"
  FROM "t5" AS "t7"
  LEFT OUTER JOIN (
    SELECT
      "t12"."visitor" AS "returned",
      "t12"."waited_us"
    FROM (
      SELECT
        "t11"."visitor",
        "t11"."first_date" AS "local_date",
        MIN("t11"."at_us" - "t11"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t9"."visitor",
            "t9"."first_us",
            "t9"."first_date",
            "t4"."at_us"
          FROM (
            SELECT
              "t6"."visitor",
              "t6"."first_us",
              "t6"."first_date"
            FROM "t5" AS "t6"
          ) AS "t9"
          INNER JOIN (
            SELECT
              "t1"."visitor",
              "t1"."occurred_us" AS "at_us"
            FROM "lake:visits" AS "t1"
          ) AS "t4"
            ON "t9"."visitor" = "t4"."visitor"
        ) AS "t10"
        WHERE
          (
            "t10"."at_us" - "t10"."first_us"
          ) > 0
          AND (
            "t10"."at_us" - "t10"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t11"
      GROUP BY
        1,
        2
    ) AS "t12"
  ) AS "t14"
    ON "t7"."visitor" = "t14"."returned"
) AS "t15"
WHERE
  "t15"."waited_us" IS NOT NULL

-- shape return_visits/day version 1
WITH "t4" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM "lake:visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t13"."local_date") AS "period",
  COUNT(*) FILTER(WHERE
    "t13"."is_back") AS "top",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "bottom",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."first_date" AS "local_date",
      FALSE AS "is_back"
    FROM "t4" AS "t5"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t11"."local_date",
      TRUE AS "is_back"
    FROM (
      SELECT
        "t10"."visitor",
        "t10"."first_date" AS "local_date",
        MIN("t10"."at_us" - "t10"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t8"."visitor",
            "t8"."first_us",
            "t8"."first_date",
            "t2"."at_us"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
          ) AS "t8"
          INNER JOIN (
            SELECT
              "t0"."visitor",
              "t0"."occurred_us" AS "at_us"
            FROM "lake:visits" AS "t0"
          ) AS "t2"
            ON "t8"."visitor" = "t2"."visitor"
        ) AS "t9"
        WHERE
          (
            "t9"."at_us" - "t9"."first_us"
          ) > 0
          AND (
            "t9"."at_us" - "t9"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t10"
      GROUP BY
        1,
        2
    ) AS "t11"
  ) AS "t12"
) AS "t13"
GROUP BY
  1

-- shape return_visits/month version 1
WITH "t4" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM "lake:visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t13"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t13"."local_date")
  ) - 1 AS "period",
  COUNT(*) FILTER(WHERE
    "t13"."is_back") AS "top",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "bottom",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."first_date" AS "local_date",
      FALSE AS "is_back"
    FROM "t4" AS "t5"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t11"."local_date",
      TRUE AS "is_back"
    FROM (
      SELECT
        "t10"."visitor",
        "t10"."first_date" AS "local_date",
        MIN("t10"."at_us" - "t10"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t8"."visitor",
            "t8"."first_us",
            "t8"."first_date",
            "t2"."at_us"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
          ) AS "t8"
          INNER JOIN (
            SELECT
              "t0"."visitor",
              "t0"."occurred_us" AS "at_us"
            FROM "lake:visits" AS "t0"
          ) AS "t2"
            ON "t8"."visitor" = "t2"."visitor"
        ) AS "t9"
        WHERE
          (
            "t9"."at_us" - "t9"."first_us"
          ) > 0
          AND (
            "t9"."at_us" - "t9"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t10"
      GROUP BY
        1,
        2
    ) AS "t11"
  ) AS "t12"
) AS "t13"
GROUP BY
  1

-- shape return_visits/total version 1
WITH "t4" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM "lake:visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT
  COUNT(*) FILTER(WHERE
    "t13"."is_back") AS "top",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "bottom",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."first_date" AS "local_date",
      FALSE AS "is_back"
    FROM "t4" AS "t5"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t11"."local_date",
      TRUE AS "is_back"
    FROM (
      SELECT
        "t10"."visitor",
        "t10"."first_date" AS "local_date",
        MIN("t10"."at_us" - "t10"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t8"."visitor",
            "t8"."first_us",
            "t8"."first_date",
            "t2"."at_us"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
          ) AS "t8"
          INNER JOIN (
            SELECT
              "t0"."visitor",
              "t0"."occurred_us" AS "at_us"
            FROM "lake:visits" AS "t0"
          ) AS "t2"
            ON "t8"."visitor" = "t2"."visitor"
        ) AS "t9"
        WHERE
          (
            "t9"."at_us" - "t9"."first_us"
          ) > 0
          AND (
            "t9"."at_us" - "t9"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t10"
      GROUP BY
        1,
        2
    ) AS "t11"
  ) AS "t12"
) AS "t13"

-- shape return_visits/week version 1
WITH "t4" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM "lake:visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t13"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT(*) FILTER(WHERE
    "t13"."is_back") AS "top",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "bottom",
  COUNT(*) FILTER(WHERE
    NOT (
      "t13"."is_back"
    )) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t5"."first_date" AS "local_date",
      FALSE AS "is_back"
    FROM "t4" AS "t5"
  ) AS "t6"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t11"."local_date",
      TRUE AS "is_back"
    FROM (
      SELECT
        "t10"."visitor",
        "t10"."first_date" AS "local_date",
        MIN("t10"."at_us" - "t10"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t8"."visitor",
            "t8"."first_us",
            "t8"."first_date",
            "t2"."at_us"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
          ) AS "t8"
          INNER JOIN (
            SELECT
              "t0"."visitor",
              "t0"."occurred_us" AS "at_us"
            FROM "lake:visits" AS "t0"
          ) AS "t2"
            ON "t8"."visitor" = "t2"."visitor"
        ) AS "t9"
        WHERE
          (
            "t9"."at_us" - "t9"."first_us"
          ) > 0
          AND (
            "t9"."at_us" - "t9"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t10"
      GROUP BY
        1,
        2
    ) AS "t11"
  ) AS "t12"
) AS "t13"
GROUP BY
  1

-- shape returning_customers/behind version 1
SELECT
  *
FROM (
  SELECT
    "t1"."root",
    MIN("t1"."local_date") AS "local_date",
    MAX("t1"."local_date") AS "last_date",
    COUNT(*) AS "orders"
  FROM (
    SELECT
      *
    FROM "lake:orders" AS "t0"
    WHERE
      "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
  ) AS "t1"
  GROUP BY
    1
) AS "t2"
WHERE
  "t2"."local_date" < LAKE_START() AND "t2"."last_date" >= LAKE_START()

-- shape returning_customers/day version 1
SELECT
  "t9"."period",
  SUM(CAST("t9"."is_back" AS INT)) AS "value",
  SUM(CAST("t9"."is_back" AS INT)) AS "n"
FROM (
  SELECT
    "t8"."root",
    "t8"."period",
    "t8"."orders",
    "t8"."first_date",
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t8"."first_date") < "t8"."period"
    )
    OR (
      "t8"."first_date" < LAKE_START()
    ) AS "is_back"
  FROM (
    SELECT
      "t7"."root",
      "t7"."period",
      "t7"."orders",
      "t5"."first_date"
    FROM (
      SELECT
        "t3"."root",
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t3"."local_date") AS "period",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t1"
        WHERE
          "t1"."root" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."root",
        MIN("t2"."local_date") AS "first_date"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t2"
      GROUP BY
        1
    ) AS "t5"
      ON "t7"."root" = "t5"."root"
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape returning_customers/month version 1
SELECT
  "t9"."period",
  SUM(CAST("t9"."is_back" AS INT)) AS "value",
  SUM(CAST("t9"."is_back" AS INT)) AS "n"
FROM (
  SELECT
    "t8"."root",
    "t8"."period",
    "t8"."orders",
    "t8"."first_date",
    (
      (
        (
          (
            CAST(EXTRACT(year FROM "t8"."first_date") AS BIGINT) * 12
          ) + EXTRACT(month FROM "t8"."first_date")
        ) - 1
      ) < "t8"."period"
    )
    OR (
      "t8"."first_date" < LAKE_START()
    ) AS "is_back"
  FROM (
    SELECT
      "t7"."root",
      "t7"."period",
      "t7"."orders",
      "t5"."first_date"
    FROM (
      SELECT
        "t3"."root",
        (
          (
            CAST(EXTRACT(year FROM "t3"."local_date") AS BIGINT) * 12
          ) + EXTRACT(month FROM "t3"."local_date")
        ) - 1 AS "period",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t1"
        WHERE
          "t1"."root" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."root",
        MIN("t2"."local_date") AS "first_date"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t2"
      GROUP BY
        1
    ) AS "t5"
      ON "t7"."root" = "t5"."root"
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape returning_customers/total version 1
SELECT
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t1"."root",
      MIN("t1"."local_date") AS "local_date",
      MAX("t1"."local_date") AS "last_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1
  ) AS "t2"
  WHERE
    "t2"."local_date" < LAKE_START() AND "t2"."last_date" >= LAKE_START()
) AS "t3"

-- shape returning_customers/week version 1
SELECT
  "t9"."period",
  SUM(CAST("t9"."is_back" AS INT)) AS "value",
  SUM(CAST("t9"."is_back" AS INT)) AS "n"
FROM (
  SELECT
    "t8"."root",
    "t8"."period",
    "t8"."orders",
    "t8"."first_date",
    (
      CAST(FLOOR(
        (
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t8"."first_date") - (
            LAKE_WEEK_START() - 1
          )
        ) / (
          7
        )
      ) AS BIGINT) < "t8"."period"
    )
    OR (
      "t8"."first_date" < LAKE_START()
    ) AS "is_back"
  FROM (
    SELECT
      "t7"."root",
      "t7"."period",
      "t7"."orders",
      "t5"."first_date"
    FROM (
      SELECT
        "t3"."root",
        CAST(FLOOR(
          (
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t3"."local_date") - (
              LAKE_WEEK_START() - 1
            )
          ) / (
            7
          )
        ) AS BIGINT) AS "period",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:orders" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t1"
        WHERE
          "t1"."root" IS NOT NULL
      ) AS "t3"
      GROUP BY
        1,
        2
    ) AS "t7"
    INNER JOIN (
      SELECT
        "t2"."root",
        MIN("t2"."local_date") AS "first_date"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t2"
      GROUP BY
        1
    ) AS "t5"
      ON "t7"."root" = "t5"."root"
  ) AS "t8"
) AS "t9"
GROUP BY
  1

-- shape revenue/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape revenue/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape revenue/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape revenue/total version 1
SELECT
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape revenue/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  SUM("t1"."value") AS "value",
  COUNT("t1"."value") AS "n",
  COUNT(*) - COUNT("t1"."value") AS "missing"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape rfm/behind version 1
SELECT
  "t3"."root",
  "t3"."last_date",
  "t3"."orders",
  "t3"."revenue",
  "t3"."missing",
  CAST(FLOOR(
    (
      (
        RANK() OVER (
          ORDER BY "t3"."last_date" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) * 5
    ) / (
      COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
  ) AS BIGINT) + 1 AS "recency",
  CAST(FLOOR(
    (
      (
        RANK() OVER (
          ORDER BY "t3"."orders" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) * 5
    ) / (
      COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
  ) AS BIGINT) + 1 AS "frequency",
  CAST(FLOOR(
    (
      (
        RANK() OVER (
          ORDER BY "t3"."revenue" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) * 5
    ) / (
      COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
    )
  ) AS BIGINT) + 1 AS "money"
FROM (
  SELECT
    "t2"."root",
    MAX("t2"."local_date") AS "last_date",
    COUNT(*) AS "orders",
    COALESCE(SUM("t2"."value"), 0) AS "revenue",
    COUNT(*) - COUNT("t2"."value") AS "missing"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t1"
    WHERE
      "t1"."root" IS NOT NULL
  ) AS "t2"
  GROUP BY
    1
) AS "t3"

-- shape rfm/grid version 1
SELECT
  "t4"."recency",
  "t4"."frequency",
  COUNT(*) AS "customers",
  SUM("t4"."orders") AS "orders",
  SUM("t4"."revenue") AS "revenue",
  SUM("t4"."missing") AS "missing"
FROM (
  SELECT
    "t3"."root",
    "t3"."last_date",
    "t3"."orders",
    "t3"."revenue",
    "t3"."missing",
    CAST(FLOOR(
      (
        (
          RANK() OVER (
            ORDER BY "t3"."last_date" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) * 5
      ) / (
        COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
      )
    ) AS BIGINT) + 1 AS "recency",
    CAST(FLOOR(
      (
        (
          RANK() OVER (
            ORDER BY "t3"."orders" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) * 5
      ) / (
        COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
      )
    ) AS BIGINT) + 1 AS "frequency",
    CAST(FLOOR(
      (
        (
          RANK() OVER (
            ORDER BY "t3"."revenue" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) - 1
        ) * 5
      ) / (
        COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
      )
    ) AS BIGINT) + 1 AS "money"
  FROM (
    SELECT
      "t2"."root",
      MAX("t2"."local_date") AS "last_date",
      COUNT(*) AS "orders",
      COALESCE(SUM("t2"."value"), 0) AS "revenue",
      COUNT(*) - COUNT("t2"."value") AS "missing"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t1"
      WHERE
        "t1"."root" IS NOT NULL
    ) AS "t2"
    GROUP BY
      1
  ) AS "t3"
) AS "t4"
GROUP BY
  1,
  2

-- shape rfm/total version 1
SELECT
  COUNT(DISTINCT "t1"."root") AS "value",
  COUNT(DISTINCT "t1"."root") AS "n"
FROM (
  SELECT
    *
  FROM "lake:orders" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape rhythm/list version 1
WITH "t3" AS (
  SELECT
    "t2"."root",
    "t2"."local_date",
    "t2"."orders",
    DATE_DIFF(
      'DAY',
      LAG("t2"."local_date") OVER (
        PARTITION BY "t2"."root"
        ORDER BY "t2"."local_date" ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
      ),
      "t2"."local_date"
    ) AS "gap"
  FROM (
    SELECT
      "t1"."root",
      "t1"."local_date",
      COUNT(*) AS "orders"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t1"
    GROUP BY
      1,
      2
  ) AS "t2"
)
SELECT
  "t10"."root",
  "t10"."orders",
  "t10"."last_date",
  "t10"."since_days",
  "t10"."usual_days",
  CASE
    WHEN "t10"."since_days" <= (
      "t10"."usual_days" * 2
    )
    THEN 'regular'
    WHEN "t10"."since_days" <= (
      "t10"."usual_days" * 4
    )
    THEN 'lapsing'
    ELSE 'lapsed'
  END AS "state"
FROM (
  SELECT
    "t9"."root",
    "t9"."orders",
    "t9"."last_date",
    DATE_DIFF('DAY', "t9"."last_date", LAKE_END()) AS "since_days",
    GREATEST(
      CASE WHEN "t9"."gaps" >= 2 THEN "t9"."own" ELSE COALESCE("t7"."usual", 0.0) END,
      CAST(LAKE_FLOOR_DAYS() AS DOUBLE)
    ) AS "usual_days"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t4"."root",
        SUM("t4"."orders") AS "orders",
        MAX("t4"."local_date") AS "last_date",
        COUNT("t4"."gap") AS "gaps",
        QUANTILE_CONT("t4"."gap", 0.5) AS "own"
      FROM "t3" AS "t4"
      GROUP BY
        1
    ) AS "t5"
    WHERE
      "t5"."orders" >= LAKE_LEAST_ORDERS()
  ) AS "t9"
  CROSS JOIN (
    SELECT
      QUANTILE_CONT("t4"."gap", 0.5) AS "usual"
    FROM "t3" AS "t4"
  ) AS "t7"
) AS "t10"

-- shape site/after_message version 1
WITH "t11" AS (
  SELECT
    "t10"."root",
    MIN("t10"."occurred_us") AS "first_us",
    MIN("t10"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t7"."customer",
        "t7"."local_date",
        "t7"."occurred_us",
        "t7"."is_marketing",
        "t7"."customer_right",
        COALESCE("t7"."root", "t7"."customer") AS "root"
      FROM (
        SELECT
          "t3"."customer",
          "t3"."local_date",
          "t3"."occurred_us",
          "t3"."is_marketing",
          "t4"."customer" AS "customer_right",
          "t4"."root"
        FROM "lake:message.handed_over" AS "t3"
        LEFT OUTER JOIN "lake:customer_map" AS "t4"
          ON "t3"."customer" = "t4"."customer"
      ) AS "t7"
    ) AS "t9"
    WHERE
      "t9"."is_marketing"
      AND "t9"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t10"
  GROUP BY
    1
)
SELECT
  "t20"."days",
  COUNT(*) AS "people"
FROM (
  SELECT
    *
  FROM (
    SELECT
      CAST(FLOOR((
        "t18"."waited_us" + 86399999999
      ) / (
        86400000000
      )) AS BIGINT) AS "days"
    FROM (
      SELECT
        "t17"."root",
        "t17"."first_date" AS "local_date",
        MIN("t17"."at_us" - "t17"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t15"."root",
            "t15"."first_us",
            "t15"."first_date",
            "t8"."at_us"
          FROM (
            SELECT
              *
            FROM "t11" AS "t12"
          ) AS "t15"
          INNER JOIN (
            SELECT
              "t5"."root",
              "t5"."occurred_us" AS "at_us"
            FROM (
              SELECT
                *
              FROM "lake:known_visits" AS "t1"
              WHERE
                "t1"."root" IS NOT NULL AND "t1"."local_date" >= LAKE_START()
            ) AS "t5"
          ) AS "t8"
            ON "t15"."root" = "t8"."root"
        ) AS "t16"
        WHERE
          (
            "t16"."at_us" - "t16"."first_us"
          ) > 0
          AND (
            "t16"."at_us" - "t16"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t17"
      GROUP BY
        1,
        2
    ) AS "t18"
  ) AS "t19"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      CAST(NULL AS BIGINT) AS "days"
    FROM "t11" AS "t12"
  ) AS "t13"
) AS "t20"
GROUP BY
  1

-- shape site/after_message/people version 1
WITH "t11" AS (
  SELECT
    "t10"."root",
    MIN("t10"."occurred_us") AS "first_us",
    MIN("t10"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t6"."customer",
        "t6"."local_date",
        "t6"."occurred_us",
        "t6"."is_marketing",
        "t6"."customer_right",
        COALESCE("t6"."root", "t6"."customer") AS "root"
      FROM (
        SELECT
          "t3"."customer",
          "t3"."local_date",
          "t3"."occurred_us",
          "t3"."is_marketing",
          "t4"."customer" AS "customer_right",
          "t4"."root"
        FROM "lake:message.handed_over" AS "t3"
        LEFT OUTER JOIN "lake:customer_map" AS "t4"
          ON "t3"."customer" = "t4"."customer"
      ) AS "t6"
    ) AS "t9"
    WHERE
      "t9"."is_marketing"
      AND "t9"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t10"
  GROUP BY
    1
)
SELECT
  "t13"."root",
  "t20"."waited_us"
FROM "t11" AS "t13"
LEFT OUTER JOIN (
  SELECT
    "t18"."root" AS "returned",
    "t18"."waited_us"
  FROM (
    SELECT
      "t17"."root",
      "t17"."first_date" AS "local_date",
      MIN("t17"."at_us" - "t17"."first_us") AS "waited_us"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t15"."root",
          "t15"."first_us",
          "t15"."first_date",
          "t8"."at_us"
        FROM (
          SELECT
            *
          FROM "t11" AS "t12"
        ) AS "t15"
        INNER JOIN (
          SELECT
            "t5"."root",
            "t5"."occurred_us" AS "at_us"
          FROM (
            SELECT
              *
            FROM "lake:known_visits" AS "t2"
            WHERE
              "t2"."root" IS NOT NULL AND "t2"."local_date" >= LAKE_START()
          ) AS "t5"
        ) AS "t8"
          ON "t15"."root" = "t8"."root"
      ) AS "t16"
      WHERE
        (
          "t16"."at_us" - "t16"."first_us"
        ) > 0
        AND (
          "t16"."at_us" - "t16"."first_us"
        ) <= (
          LAKE_HORIZON() * 86400000000
        )
    ) AS "t17"
    GROUP BY
      1,
      2
  ) AS "t18"
) AS "t20"
  ON "t13"."root" = "t20"."returned"

-- shape site/after_order version 1
WITH "t7" AS (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us",
      MIN("t2"."local_date") AS "first_date"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
  WHERE
    "t5"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
)
SELECT
  "t16"."days",
  COUNT(*) AS "people"
FROM (
  SELECT
    *
  FROM (
    SELECT
      CAST(FLOOR((
        "t14"."waited_us" + 86399999999
      ) / (
        86400000000
      )) AS BIGINT) AS "days"
    FROM (
      SELECT
        "t13"."root",
        "t13"."first_date" AS "local_date",
        MIN("t13"."at_us" - "t13"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t11"."root",
            "t11"."first_us",
            "t11"."first_date",
            "t6"."at_us"
          FROM (
            SELECT
              *
            FROM "t7" AS "t8"
          ) AS "t11"
          INNER JOIN (
            SELECT
              "t3"."root",
              "t3"."occurred_us" AS "at_us"
            FROM (
              SELECT
                *
              FROM "lake:known_visits" AS "t1"
              WHERE
                "t1"."root" IS NOT NULL AND "t1"."local_date" >= LAKE_START()
            ) AS "t3"
          ) AS "t6"
            ON "t11"."root" = "t6"."root"
        ) AS "t12"
        WHERE
          (
            "t12"."at_us" - "t12"."first_us"
          ) > 0
          AND (
            "t12"."at_us" - "t12"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t13"
      GROUP BY
        1,
        2
    ) AS "t14"
  ) AS "t15"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      CAST(NULL AS BIGINT) AS "days"
    FROM "t7" AS "t8"
  ) AS "t9"
) AS "t16"
GROUP BY
  1

-- shape site/after_order/people version 1
WITH "t7" AS (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      MIN("t2"."placed_us") AS "first_us",
      MIN("t2"."local_date") AS "first_date"
    FROM (
      SELECT
        *
      FROM "lake:orders" AS "t0"
      WHERE
        "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
    ) AS "t2"
    GROUP BY
      1
  ) AS "t5"
  WHERE
    "t5"."first_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
)
SELECT
  "t9"."root",
  "t16"."waited_us"
FROM "t7" AS "t9"
LEFT OUTER JOIN (
  SELECT
    "t14"."root" AS "returned",
    "t14"."waited_us"
  FROM (
    SELECT
      "t13"."root",
      "t13"."first_date" AS "local_date",
      MIN("t13"."at_us" - "t13"."first_us") AS "waited_us"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t11"."root",
          "t11"."first_us",
          "t11"."first_date",
          "t6"."at_us"
        FROM (
          SELECT
            *
          FROM "t7" AS "t8"
        ) AS "t11"
        INNER JOIN (
          SELECT
            "t3"."root",
            "t3"."occurred_us" AS "at_us"
          FROM (
            SELECT
              *
            FROM "lake:known_visits" AS "t1"
            WHERE
              "t1"."root" IS NOT NULL AND "t1"."local_date" >= LAKE_START()
          ) AS "t3"
        ) AS "t6"
          ON "t11"."root" = "t6"."root"
      ) AS "t12"
      WHERE
        (
          "t12"."at_us" - "t12"."first_us"
        ) > 0
        AND (
          "t12"."at_us" - "t12"."first_us"
        ) <= (
          LAKE_HORIZON() * 86400000000
        )
    ) AS "t13"
    GROUP BY
      1,
      2
  ) AS "t14"
) AS "t16"
  ON "t9"."root" = "t16"."returned"

-- shape site/after_visit version 1
WITH "t4" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date"
  FROM (
    SELECT
      *
    FROM "lake:visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT
  "t13"."days",
  COUNT(*) AS "people"
FROM (
  SELECT
    *
  FROM (
    SELECT
      CAST(FLOOR((
        "t11"."waited_us" + 86399999999
      ) / (
        86400000000
      )) AS BIGINT) AS "days"
    FROM (
      SELECT
        "t10"."visitor",
        "t10"."first_date" AS "local_date",
        MIN("t10"."at_us" - "t10"."first_us") AS "waited_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t8"."visitor",
            "t8"."first_us",
            "t8"."first_date",
            "t2"."at_us"
          FROM (
            SELECT
              *
            FROM "t4" AS "t5"
          ) AS "t8"
          INNER JOIN (
            SELECT
              "t0"."visitor",
              "t0"."occurred_us" AS "at_us"
            FROM "lake:visits" AS "t0"
          ) AS "t2"
            ON "t8"."visitor" = "t2"."visitor"
        ) AS "t9"
        WHERE
          (
            "t9"."at_us" - "t9"."first_us"
          ) > 0
          AND (
            "t9"."at_us" - "t9"."first_us"
          ) <= (
            LAKE_HORIZON() * 86400000000
          )
      ) AS "t10"
      GROUP BY
        1,
        2
    ) AS "t11"
  ) AS "t12"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      CAST(NULL AS BIGINT) AS "days"
    FROM "t4" AS "t5"
  ) AS "t6"
) AS "t13"
GROUP BY
  1

-- shape site/after_visit/people version 1
WITH "t5" AS (
  SELECT
    "t3"."visitor",
    MIN("t3"."occurred_us") AS "first_us",
    MIN("t3"."local_date") AS "first_date",
    MAX("t3"."root") AS "root"
  FROM (
    SELECT
      *
    FROM "lake:known_visits" AS "t0"
    WHERE
      "t0"."first" = 'new'
      AND "t0"."is_lasting"
      AND "t0"."local_date" BETWEEN LAKE_START() AND LEAST(LAKE_END(), LAKE_RIPE())
  ) AS "t3"
  GROUP BY
    1
)
SELECT
  "t7"."root",
  "t14"."waited_us"
FROM "t5" AS "t7"
LEFT OUTER JOIN (
  SELECT
    "t12"."visitor" AS "returned",
    "t12"."waited_us"
  FROM (
    SELECT
      "t11"."visitor",
      "t11"."first_date" AS "local_date",
      MIN("t11"."at_us" - "t11"."first_us") AS "waited_us"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t9"."visitor",
          "t9"."first_us",
          "t9"."first_date",
          "t4"."at_us"
        FROM (
          SELECT
            "t6"."visitor",
            "t6"."first_us",
            "t6"."first_date"
          FROM "t5" AS "t6"
        ) AS "t9"
        INNER JOIN (
          SELECT
            "t1"."visitor",
            "t1"."occurred_us" AS "at_us"
          FROM "lake:visits" AS "t1"
        ) AS "t4"
          ON "t9"."visitor" = "t4"."visitor"
      ) AS "t10"
      WHERE
        (
          "t10"."at_us" - "t10"."first_us"
        ) > 0
        AND (
          "t10"."at_us" - "t10"."first_us"
        ) <= (
          LAKE_HORIZON() * 86400000000
        )
    ) AS "t11"
    GROUP BY
      1,
      2
  ) AS "t12"
) AS "t14"
  ON "t7"."visitor" = "t14"."returned"

-- shape site/breakdown version 1
SELECT
  "t9".*
  EXCLUDE ("row")
FROM (
  SELECT
    "t8"."label",
    "t8"."visitors_days",
    "t8"."visits",
    "t8"."new",
    "t8"."returning",
    "t8"."known",
    "t8"."orders",
    "t8"."added",
    "t8"."bounce",
    "t6"."row",
    "t6"."engaged_seconds"
  FROM (
    SELECT
      "t5"."label",
      COUNT("t5"."visitor") AS "visitors_days",
      SUM("t5"."visits") AS "visits",
      SUM("t5"."new") AS "new",
      SUM("t5"."returning") AS "returning",
      SUM("t5"."known") AS "known",
      SUM("t5"."orders") AS "orders",
      SUM("t5"."added") AS "added",
      SUM("t5"."bounce") AS "bounce"
    FROM (
      SELECT
        "t2"."label",
        "t2"."visitor",
        "t2"."local_date",
        COUNT(*) AS "visits",
        COUNT(*) FILTER(WHERE
          "t2"."first" = 'new') AS "new",
        COUNT(*) FILTER(WHERE
          "t2"."first" = 'returning') AS "returning",
        COUNT("t2"."person") AS "known",
        COUNT(*) FILTER(WHERE
          "t2"."orders" > 0) AS "orders",
        COUNT(*) FILTER(WHERE
          "t2"."added" > 0) AS "added",
        COUNT(*) FILTER(WHERE
          "t2"."pages" <= 1) AS "bounce"
      FROM (
        SELECT
          *
        FROM "lake:asked_linked_visits" AS "t0"
        WHERE
          "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t2"
      GROUP BY
        1,
        2,
        3
    ) AS "t5"
    GROUP BY
      1
  ) AS "t8"
  LEFT OUTER JOIN (
    SELECT
      "t3"."label" AS "row",
      QUANTILE_CONT("t3"."engaged_seconds", 0.5) AS "engaged_seconds"
    FROM (
      SELECT
        *
      FROM "lake:asked_visits" AS "t1"
      WHERE
        "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t3"
    GROUP BY
      1
  ) AS "t6"
    ON "t8"."label" IS NOT DISTINCT FROM "t6"."row"
) AS "t9"

-- shape site/course/day version 1
SELECT
  "t11".*
  EXCLUDE ("row")
FROM (
  SELECT
    "t10"."label",
    "t10"."visitors_days",
    "t10"."visits",
    "t10"."new",
    "t10"."returning",
    "t10"."known",
    "t10"."orders",
    "t10"."added",
    "t10"."bounce",
    "t8"."row",
    "t8"."engaged_seconds"
  FROM (
    SELECT
      "t7"."label",
      COUNT("t7"."visitor") AS "visitors_days",
      SUM("t7"."visits") AS "visits",
      SUM("t7"."new") AS "new",
      SUM("t7"."returning") AS "returning",
      SUM("t7"."known") AS "known",
      SUM("t7"."orders") AS "orders",
      SUM("t7"."added") AS "added",
      SUM("t7"."bounce") AS "bounce"
    FROM (
      SELECT
        "t4"."label",
        "t4"."visitor",
        "t4"."local_date",
        COUNT(*) AS "visits",
        COUNT(*) FILTER(WHERE
          "t4"."first" = 'new') AS "new",
        COUNT(*) FILTER(WHERE
          "t4"."first" = 'returning') AS "returning",
        COUNT("t4"."person") AS "known",
        COUNT(*) FILTER(WHERE
          "t4"."orders" > 0) AS "orders",
        COUNT(*) FILTER(WHERE
          "t4"."added" > 0) AS "added",
        COUNT(*) FILTER(WHERE
          "t4"."pages" <= 1) AS "bounce"
      FROM (
        SELECT
          "t2"."visitor",
          "t2"."is_lasting",
          "t2"."local_date",
          "t2"."occurred_us",
          "t2"."orders",
          "t2"."first",
          DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t2"."local_date") AS "label",
          "t2"."pages",
          "t2"."added",
          "t2"."engaged_seconds",
          "t2"."entry",
          "t2"."second",
          "t2"."third",
          "t2"."person"
        FROM (
          SELECT
            *
          FROM "lake:asked_linked_visits" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t2"
      ) AS "t4"
      GROUP BY
        1,
        2,
        3
    ) AS "t7"
    GROUP BY
      1
  ) AS "t10"
  LEFT OUTER JOIN (
    SELECT
      "t5"."label" AS "row",
      QUANTILE_CONT("t5"."engaged_seconds", 0.5) AS "engaged_seconds"
    FROM (
      SELECT
        "t3"."visitor",
        "t3"."is_lasting",
        "t3"."local_date",
        "t3"."occurred_us",
        "t3"."orders",
        "t3"."first",
        DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t3"."local_date") AS "label",
        "t3"."pages",
        "t3"."added",
        "t3"."engaged_seconds",
        "t3"."entry",
        "t3"."second",
        "t3"."third"
      FROM (
        SELECT
          *
        FROM "lake:asked_visits" AS "t1"
        WHERE
          "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t3"
    ) AS "t5"
    GROUP BY
      1
  ) AS "t8"
    ON "t10"."label" IS NOT DISTINCT FROM "t8"."row"
) AS "t11"

-- shape site/course/month version 1
SELECT
  "t11".*
  EXCLUDE ("row")
FROM (
  SELECT
    "t10"."label",
    "t10"."visitors_days",
    "t10"."visits",
    "t10"."new",
    "t10"."returning",
    "t10"."known",
    "t10"."orders",
    "t10"."added",
    "t10"."bounce",
    "t8"."row",
    "t8"."engaged_seconds"
  FROM (
    SELECT
      "t7"."label",
      COUNT("t7"."visitor") AS "visitors_days",
      SUM("t7"."visits") AS "visits",
      SUM("t7"."new") AS "new",
      SUM("t7"."returning") AS "returning",
      SUM("t7"."known") AS "known",
      SUM("t7"."orders") AS "orders",
      SUM("t7"."added") AS "added",
      SUM("t7"."bounce") AS "bounce"
    FROM (
      SELECT
        "t4"."label",
        "t4"."visitor",
        "t4"."local_date",
        COUNT(*) AS "visits",
        COUNT(*) FILTER(WHERE
          "t4"."first" = 'new') AS "new",
        COUNT(*) FILTER(WHERE
          "t4"."first" = 'returning') AS "returning",
        COUNT("t4"."person") AS "known",
        COUNT(*) FILTER(WHERE
          "t4"."orders" > 0) AS "orders",
        COUNT(*) FILTER(WHERE
          "t4"."added" > 0) AS "added",
        COUNT(*) FILTER(WHERE
          "t4"."pages" <= 1) AS "bounce"
      FROM (
        SELECT
          "t2"."visitor",
          "t2"."is_lasting",
          "t2"."local_date",
          "t2"."occurred_us",
          "t2"."orders",
          "t2"."first",
          (
            (
              CAST(EXTRACT(year FROM "t2"."local_date") AS BIGINT) * 12
            ) + EXTRACT(month FROM "t2"."local_date")
          ) - 1 AS "label",
          "t2"."pages",
          "t2"."added",
          "t2"."engaged_seconds",
          "t2"."entry",
          "t2"."second",
          "t2"."third",
          "t2"."person"
        FROM (
          SELECT
            *
          FROM "lake:asked_linked_visits" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t2"
      ) AS "t4"
      GROUP BY
        1,
        2,
        3
    ) AS "t7"
    GROUP BY
      1
  ) AS "t10"
  LEFT OUTER JOIN (
    SELECT
      "t5"."label" AS "row",
      QUANTILE_CONT("t5"."engaged_seconds", 0.5) AS "engaged_seconds"
    FROM (
      SELECT
        "t3"."visitor",
        "t3"."is_lasting",
        "t3"."local_date",
        "t3"."occurred_us",
        "t3"."orders",
        "t3"."first",
        (
          (
            CAST(EXTRACT(year FROM "t3"."local_date") AS BIGINT) * 12
          ) + EXTRACT(month FROM "t3"."local_date")
        ) - 1 AS "label",
        "t3"."pages",
        "t3"."added",
        "t3"."engaged_seconds",
        "t3"."entry",
        "t3"."second",
        "t3"."third"
      FROM (
        SELECT
          *
        FROM "lake:asked_visits" AS "t1"
        WHERE
          "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t3"
    ) AS "t5"
    GROUP BY
      1
  ) AS "t8"
    ON "t10"."label" IS NOT DISTINCT FROM "t8"."row"
) AS "t11"

-- shape site/course/week version 1
SELECT
  "t11".*
  EXCLUDE ("row")
FROM (
  SELECT
    "t10"."label",
    "t10"."visitors_days",
    "t10"."visits",
    "t10"."new",
    "t10"."returning",
    "t10"."known",
    "t10"."orders",
    "t10"."added",
    "t10"."bounce",
    "t8"."row",
    "t8"."engaged_seconds"
  FROM (
    SELECT
      "t7"."label",
      COUNT("t7"."visitor") AS "visitors_days",
      SUM("t7"."visits") AS "visits",
      SUM("t7"."new") AS "new",
      SUM("t7"."returning") AS "returning",
      SUM("t7"."known") AS "known",
      SUM("t7"."orders") AS "orders",
      SUM("t7"."added") AS "added",
      SUM("t7"."bounce") AS "bounce"
    FROM (
      SELECT
        "t4"."label",
        "t4"."visitor",
        "t4"."local_date",
        COUNT(*) AS "visits",
        COUNT(*) FILTER(WHERE
          "t4"."first" = 'new') AS "new",
        COUNT(*) FILTER(WHERE
          "t4"."first" = 'returning') AS "returning",
        COUNT("t4"."person") AS "known",
        COUNT(*) FILTER(WHERE
          "t4"."orders" > 0) AS "orders",
        COUNT(*) FILTER(WHERE
          "t4"."added" > 0) AS "added",
        COUNT(*) FILTER(WHERE
          "t4"."pages" <= 1) AS "bounce"
      FROM (
        SELECT
          "t2"."visitor",
          "t2"."is_lasting",
          "t2"."local_date",
          "t2"."occurred_us",
          "t2"."orders",
          "t2"."first",
          CAST(FLOOR(
            (
              DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t2"."local_date") - (
                LAKE_WEEK_START() - 1
              )
            ) / (
              7
            )
          ) AS BIGINT) AS "label",
          "t2"."pages",
          "t2"."added",
          "t2"."engaged_seconds",
          "t2"."entry",
          "t2"."second",
          "t2"."third",
          "t2"."person"
        FROM (
          SELECT
            *
          FROM "lake:asked_linked_visits" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t2"
      ) AS "t4"
      GROUP BY
        1,
        2,
        3
    ) AS "t7"
    GROUP BY
      1
  ) AS "t10"
  LEFT OUTER JOIN (
    SELECT
      "t5"."label" AS "row",
      QUANTILE_CONT("t5"."engaged_seconds", 0.5) AS "engaged_seconds"
    FROM (
      SELECT
        "t3"."visitor",
        "t3"."is_lasting",
        "t3"."local_date",
        "t3"."occurred_us",
        "t3"."orders",
        "t3"."first",
        CAST(FLOOR(
          (
            DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t3"."local_date") - (
              LAKE_WEEK_START() - 1
            )
          ) / (
            7
          )
        ) AS BIGINT) AS "label",
        "t3"."pages",
        "t3"."added",
        "t3"."engaged_seconds",
        "t3"."entry",
        "t3"."second",
        "t3"."third"
      FROM (
        SELECT
          *
        FROM "lake:asked_visits" AS "t1"
        WHERE
          "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t3"
    ) AS "t5"
    GROUP BY
      1
  ) AS "t8"
    ON "t10"."label" IS NOT DISTINCT FROM "t8"."row"
) AS "t11"

-- shape site/funnel/2 version 1
WITH "t7" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t1"
    WHERE
      NOT (
        "t1"."is_bot"
      ) AND "t1"."visitor" IS NOT NULL
  ) AS "t4"
  WHERE
    "t4"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t8" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t2"
    WHERE
      NOT (
        "t2"."is_bot"
      ) AND "t2"."visitor" IS NOT NULL
  ) AS "t5"
  WHERE
    "t5"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
)
SELECT
  "t28"."step",
  COUNT(*) AS "visitors",
  QUANTILE_CONT("t28"."seconds", 0.5) AS "seconds"
FROM (
  SELECT
    "t27"."visitor",
    "t27"."step",
    "t27"."seconds"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t12"."visitor",
        1 AS "step",
        CAST(NULL AS DOUBLE) AS "seconds"
      FROM (
        SELECT DISTINCT
          "t10"."visitor"
        FROM "t7" AS "t10"
      ) AS "t12"
    ) AS "t16"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t24"."visitor",
        2 AS "step",
        "t24"."seconds"
      FROM (
        SELECT
          "t23"."visitor",
          FIRST(
            (
              "t23"."occurred_us" - "t23"."previous_us"
            ) / 1000000 ORDER BY "t23"."occurred_us"
          ) AS "seconds"
        FROM (
          SELECT
            "t22"."visitor",
            "t22"."occurred_us",
            "t22"."turn",
            "t22"."previous_us",
            "t22"."started_us" AS "start_us"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t20"."visitor",
                "t20"."occurred_us",
                "t20"."start_us",
                "t20"."turn",
                "t20"."at_us",
                MAX("t20"."start_us") OVER (
                  PARTITION BY "t20"."visitor"
                  ORDER BY "t20"."occurred_us" ASC, "t20"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "started_us",
                MAX("t20"."at_us") OVER (
                  PARTITION BY "t20"."visitor"
                  ORDER BY "t20"."occurred_us" ASC, "t20"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "previous_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t17"."visitor",
                    "t17"."occurred_us",
                    "t17"."start_us",
                    "t17"."turn" + 1 AS "turn",
                    "t17"."occurred_us" AS "at_us"
                  FROM (
                    SELECT
                      "t10"."visitor",
                      "t10"."occurred_us",
                      "t10"."id" * 2 AS "turn",
                      "t10"."occurred_us" AS "start_us"
                    FROM "t7" AS "t10"
                  ) AS "t17"
                  SEMI JOIN (
                    SELECT
                      "t11"."visitor",
                      "t11"."occurred_us",
                      "t11"."id" * 2 AS "turn"
                    FROM "t8" AS "t11"
                  ) AS "t18"
                    ON "t17"."visitor" = "t18"."visitor"
                ) AS "t19"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    "t11"."visitor",
                    "t11"."occurred_us",
                    CAST(NULL AS BIGINT) AS "start_us",
                    "t11"."id" * 2 AS "turn",
                    CAST(NULL AS BIGINT) AS "at_us"
                  FROM "t8" AS "t11"
                ) AS "t14"
              ) AS "t20"
            ) AS "t21"
            WHERE
              "t21"."at_us" IS NULL
              AND "t21"."started_us" IS NOT NULL
              AND (
                "t21"."occurred_us" - "t21"."started_us"
              ) <= LAKE_WITHIN()
          ) AS "t22"
        ) AS "t23"
        GROUP BY
          1
      ) AS "t24"
    ) AS "t25"
  ) AS "t27"
  ANTI JOIN (
    SELECT DISTINCT
      "t3"."visitor"
    FROM (
      SELECT
        *
      FROM "lake:site.visited" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t3"
    WHERE
      "t3"."agent" = 'staff'
  ) AS "t9"
    ON "t27"."visitor" = "t9"."visitor"
) AS "t28"
GROUP BY
  1

-- shape site/funnel/2/people version 1
WITH "t12" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t9"
  WHERE
    "t9"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t13" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t10"
  WHERE
    "t10"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
)
SELECT
  COALESCE("t36"."into", "t36"."customer") AS "root",
  MAX("t36"."step") AS "step"
FROM (
  SELECT
    "t35"."visitor",
    "t35"."step",
    "t35"."seconds",
    "t5"."customer",
    "t7"."merged",
    "t7"."into"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t32"."visitor",
        "t32"."step",
        "t32"."seconds"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t17"."visitor",
            1 AS "step",
            CAST(NULL AS DOUBLE) AS "seconds"
          FROM (
            SELECT DISTINCT
              "t15"."visitor"
            FROM "t12" AS "t15"
          ) AS "t17"
        ) AS "t21"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t29"."visitor",
            2 AS "step",
            "t29"."seconds"
          FROM (
            SELECT
              "t28"."visitor",
              FIRST(
                (
                  "t28"."occurred_us" - "t28"."previous_us"
                ) / 1000000 ORDER BY "t28"."occurred_us"
              ) AS "seconds"
            FROM (
              SELECT
                "t27"."visitor",
                "t27"."occurred_us",
                "t27"."turn",
                "t27"."previous_us",
                "t27"."started_us" AS "start_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t25"."visitor",
                    "t25"."occurred_us",
                    "t25"."start_us",
                    "t25"."turn",
                    "t25"."at_us",
                    MAX("t25"."start_us") OVER (
                      PARTITION BY "t25"."visitor"
                      ORDER BY "t25"."occurred_us" ASC, "t25"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "started_us",
                    MAX("t25"."at_us") OVER (
                      PARTITION BY "t25"."visitor"
                      ORDER BY "t25"."occurred_us" ASC, "t25"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "previous_us"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t22"."visitor",
                        "t22"."occurred_us",
                        "t22"."start_us",
                        "t22"."turn" + 1 AS "turn",
                        "t22"."occurred_us" AS "at_us"
                      FROM (
                        SELECT
                          "t15"."visitor",
                          "t15"."occurred_us",
                          "t15"."id" * 2 AS "turn",
                          "t15"."occurred_us" AS "start_us"
                        FROM "t12" AS "t15"
                      ) AS "t22"
                      SEMI JOIN (
                        SELECT
                          "t16"."visitor",
                          "t16"."occurred_us",
                          "t16"."id" * 2 AS "turn"
                        FROM "t13" AS "t16"
                      ) AS "t23"
                        ON "t22"."visitor" = "t23"."visitor"
                    ) AS "t24"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t16"."visitor",
                        "t16"."occurred_us",
                        CAST(NULL AS BIGINT) AS "start_us",
                        "t16"."id" * 2 AS "turn",
                        CAST(NULL AS BIGINT) AS "at_us"
                      FROM "t13" AS "t16"
                    ) AS "t19"
                  ) AS "t25"
                ) AS "t26"
                WHERE
                  "t26"."at_us" IS NULL
                  AND "t26"."started_us" IS NOT NULL
                  AND (
                    "t26"."occurred_us" - "t26"."started_us"
                  ) <= LAKE_WITHIN()
              ) AS "t27"
            ) AS "t28"
            GROUP BY
              1
          ) AS "t29"
        ) AS "t30"
      ) AS "t32"
      ANTI JOIN (
        SELECT DISTINCT
          "t8"."visitor"
        FROM (
          SELECT
            *
          FROM "lake:site.visited" AS "t2"
          WHERE
            "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t8"
        WHERE
          "t8"."agent" = 'staff'
      ) AS "t14"
        ON "t32"."visitor" = "t14"."visitor"
    ) AS "t33"
    WHERE
      NOT (
        STARTS_WITH("t33"."visitor", 'd:')
      )
  ) AS "t35"
  INNER JOIN "lake:visitor_map" AS "t5"
    ON "t35"."visitor" = "t5"."visitor"
  LEFT OUTER JOIN (
    SELECT
      "t1"."customer" AS "merged",
      "t1"."root" AS "into"
    FROM "lake:customer_map" AS "t1"
  ) AS "t7"
    ON "t5"."customer" = "t7"."merged"
) AS "t36"
GROUP BY
  1

-- shape site/funnel/3 version 1
WITH "t9" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t1"
    WHERE
      NOT (
        "t1"."is_bot"
      ) AND "t1"."visitor" IS NOT NULL
  ) AS "t5"
  WHERE
    "t5"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t10" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t2"
    WHERE
      NOT (
        "t2"."is_bot"
      ) AND "t2"."visitor" IS NOT NULL
  ) AS "t6"
  WHERE
    "t6"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t11" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t7"
  WHERE
    "t7"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t30" AS (
  SELECT
    "t29"."visitor",
    "t29"."occurred_us",
    "t29"."turn",
    "t29"."previous_us",
    "t29"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t27"."visitor",
        "t27"."occurred_us",
        "t27"."start_us",
        "t27"."turn",
        "t27"."at_us",
        MAX("t27"."start_us") OVER (
          PARTITION BY "t27"."visitor"
          ORDER BY "t27"."occurred_us" ASC, "t27"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t27"."at_us") OVER (
          PARTITION BY "t27"."visitor"
          ORDER BY "t27"."occurred_us" ASC, "t27"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t23"."visitor",
            "t23"."occurred_us",
            "t23"."start_us",
            "t23"."turn" + 1 AS "turn",
            "t23"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t13"."visitor",
              "t13"."occurred_us",
              "t13"."id" * 2 AS "turn",
              "t13"."occurred_us" AS "start_us"
            FROM "t9" AS "t13"
          ) AS "t23"
          SEMI JOIN (
            SELECT
              "t15"."visitor",
              "t15"."occurred_us",
              "t15"."id" * 2 AS "turn"
            FROM "t11" AS "t15"
          ) AS "t25"
            ON "t23"."visitor" = "t25"."visitor"
        ) AS "t26"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t15"."visitor",
            "t15"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t15"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t11" AS "t15"
        ) AS "t20"
      ) AS "t27"
    ) AS "t28"
    WHERE
      "t28"."at_us" IS NULL
      AND "t28"."started_us" IS NOT NULL
      AND (
        "t28"."occurred_us" - "t28"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t29"
)
SELECT
  "t45"."step",
  COUNT(*) AS "visitors",
  QUANTILE_CONT("t45"."seconds", 0.5) AS "seconds"
FROM (
  SELECT
    "t44"."visitor",
    "t44"."step",
    "t44"."seconds"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          "t16"."visitor",
          1 AS "step",
          CAST(NULL AS DOUBLE) AS "seconds"
        FROM (
          SELECT DISTINCT
            "t13"."visitor"
          FROM "t9" AS "t13"
        ) AS "t16"
      ) AS "t22"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t33"."visitor",
          2 AS "step",
          "t33"."seconds"
        FROM (
          SELECT
            "t31"."visitor",
            FIRST(
              (
                "t31"."occurred_us" - "t31"."previous_us"
              ) / 1000000 ORDER BY "t31"."occurred_us"
            ) AS "seconds"
          FROM "t30" AS "t31"
          GROUP BY
            1
        ) AS "t33"
      ) AS "t36"
    ) AS "t37"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t41"."visitor",
        3 AS "step",
        "t41"."seconds"
      FROM (
        SELECT
          "t40"."visitor",
          FIRST(
            (
              "t40"."occurred_us" - "t40"."previous_us"
            ) / 1000000 ORDER BY "t40"."occurred_us"
          ) AS "seconds"
        FROM (
          SELECT
            "t39"."visitor",
            "t39"."occurred_us",
            "t39"."turn",
            "t39"."previous_us",
            "t39"."started_us" AS "start_us"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t35"."visitor",
                "t35"."occurred_us",
                "t35"."start_us",
                "t35"."turn",
                "t35"."at_us",
                MAX("t35"."start_us") OVER (
                  PARTITION BY "t35"."visitor"
                  ORDER BY "t35"."occurred_us" ASC, "t35"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "started_us",
                MAX("t35"."at_us") OVER (
                  PARTITION BY "t35"."visitor"
                  ORDER BY "t35"."occurred_us" ASC, "t35"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "previous_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t32"."visitor",
                    "t32"."occurred_us",
                    "t32"."start_us",
                    "t32"."turn" + 1 AS "turn",
                    "t32"."occurred_us" AS "at_us"
                  FROM "t30" AS "t32"
                  SEMI JOIN (
                    SELECT
                      "t14"."visitor",
                      "t14"."occurred_us",
                      "t14"."id" * 2 AS "turn"
                    FROM "t10" AS "t14"
                  ) AS "t24"
                    ON "t32"."visitor" = "t24"."visitor"
                ) AS "t34"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    "t14"."visitor",
                    "t14"."occurred_us",
                    CAST(NULL AS BIGINT) AS "start_us",
                    "t14"."id" * 2 AS "turn",
                    CAST(NULL AS BIGINT) AS "at_us"
                  FROM "t10" AS "t14"
                ) AS "t18"
              ) AS "t35"
            ) AS "t38"
            WHERE
              "t38"."at_us" IS NULL
              AND "t38"."started_us" IS NOT NULL
              AND (
                "t38"."occurred_us" - "t38"."started_us"
              ) <= LAKE_WITHIN()
          ) AS "t39"
        ) AS "t40"
        GROUP BY
          1
      ) AS "t41"
    ) AS "t42"
  ) AS "t44"
  ANTI JOIN (
    SELECT DISTINCT
      "t4"."visitor"
    FROM (
      SELECT
        *
      FROM "lake:site.visited" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t4"
    WHERE
      "t4"."agent" = 'staff'
  ) AS "t12"
    ON "t44"."visitor" = "t12"."visitor"
) AS "t45"
GROUP BY
  1

-- shape site/funnel/3/people version 1
WITH "t14" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t10"
  WHERE
    "t10"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t15" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t11"
  WHERE
    "t11"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t16" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t5"
    WHERE
      NOT (
        "t5"."is_bot"
      ) AND "t5"."visitor" IS NOT NULL
  ) AS "t12"
  WHERE
    "t12"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t35" AS (
  SELECT
    "t34"."visitor",
    "t34"."occurred_us",
    "t34"."turn",
    "t34"."previous_us",
    "t34"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t32"."visitor",
        "t32"."occurred_us",
        "t32"."start_us",
        "t32"."turn",
        "t32"."at_us",
        MAX("t32"."start_us") OVER (
          PARTITION BY "t32"."visitor"
          ORDER BY "t32"."occurred_us" ASC, "t32"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t32"."at_us") OVER (
          PARTITION BY "t32"."visitor"
          ORDER BY "t32"."occurred_us" ASC, "t32"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t28"."visitor",
            "t28"."occurred_us",
            "t28"."start_us",
            "t28"."turn" + 1 AS "turn",
            "t28"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t18"."visitor",
              "t18"."occurred_us",
              "t18"."id" * 2 AS "turn",
              "t18"."occurred_us" AS "start_us"
            FROM "t14" AS "t18"
          ) AS "t28"
          SEMI JOIN (
            SELECT
              "t20"."visitor",
              "t20"."occurred_us",
              "t20"."id" * 2 AS "turn"
            FROM "t16" AS "t20"
          ) AS "t30"
            ON "t28"."visitor" = "t30"."visitor"
        ) AS "t31"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t20"."visitor",
            "t20"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t20"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t16" AS "t20"
        ) AS "t25"
      ) AS "t32"
    ) AS "t33"
    WHERE
      "t33"."at_us" IS NULL
      AND "t33"."started_us" IS NOT NULL
      AND (
        "t33"."occurred_us" - "t33"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t34"
)
SELECT
  COALESCE("t53"."into", "t53"."customer") AS "root",
  MAX("t53"."step") AS "step"
FROM (
  SELECT
    "t52"."visitor",
    "t52"."step",
    "t52"."seconds",
    "t6"."customer",
    "t8"."merged",
    "t8"."into"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t49"."visitor",
        "t49"."step",
        "t49"."seconds"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t21"."visitor",
              1 AS "step",
              CAST(NULL AS DOUBLE) AS "seconds"
            FROM (
              SELECT DISTINCT
                "t18"."visitor"
              FROM "t14" AS "t18"
            ) AS "t21"
          ) AS "t27"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t38"."visitor",
              2 AS "step",
              "t38"."seconds"
            FROM (
              SELECT
                "t36"."visitor",
                FIRST(
                  (
                    "t36"."occurred_us" - "t36"."previous_us"
                  ) / 1000000 ORDER BY "t36"."occurred_us"
                ) AS "seconds"
              FROM "t35" AS "t36"
              GROUP BY
                1
            ) AS "t38"
          ) AS "t41"
        ) AS "t42"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t46"."visitor",
            3 AS "step",
            "t46"."seconds"
          FROM (
            SELECT
              "t45"."visitor",
              FIRST(
                (
                  "t45"."occurred_us" - "t45"."previous_us"
                ) / 1000000 ORDER BY "t45"."occurred_us"
              ) AS "seconds"
            FROM (
              SELECT
                "t44"."visitor",
                "t44"."occurred_us",
                "t44"."turn",
                "t44"."previous_us",
                "t44"."started_us" AS "start_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t40"."visitor",
                    "t40"."occurred_us",
                    "t40"."start_us",
                    "t40"."turn",
                    "t40"."at_us",
                    MAX("t40"."start_us") OVER (
                      PARTITION BY "t40"."visitor"
                      ORDER BY "t40"."occurred_us" ASC, "t40"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "started_us",
                    MAX("t40"."at_us") OVER (
                      PARTITION BY "t40"."visitor"
                      ORDER BY "t40"."occurred_us" ASC, "t40"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "previous_us"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t37"."visitor",
                        "t37"."occurred_us",
                        "t37"."start_us",
                        "t37"."turn" + 1 AS "turn",
                        "t37"."occurred_us" AS "at_us"
                      FROM "t35" AS "t37"
                      SEMI JOIN (
                        SELECT
                          "t19"."visitor",
                          "t19"."occurred_us",
                          "t19"."id" * 2 AS "turn"
                        FROM "t15" AS "t19"
                      ) AS "t29"
                        ON "t37"."visitor" = "t29"."visitor"
                    ) AS "t39"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t19"."visitor",
                        "t19"."occurred_us",
                        CAST(NULL AS BIGINT) AS "start_us",
                        "t19"."id" * 2 AS "turn",
                        CAST(NULL AS BIGINT) AS "at_us"
                      FROM "t15" AS "t19"
                    ) AS "t23"
                  ) AS "t40"
                ) AS "t43"
                WHERE
                  "t43"."at_us" IS NULL
                  AND "t43"."started_us" IS NOT NULL
                  AND (
                    "t43"."occurred_us" - "t43"."started_us"
                  ) <= LAKE_WITHIN()
              ) AS "t44"
            ) AS "t45"
            GROUP BY
              1
          ) AS "t46"
        ) AS "t47"
      ) AS "t49"
      ANTI JOIN (
        SELECT DISTINCT
          "t9"."visitor"
        FROM (
          SELECT
            *
          FROM "lake:site.visited" AS "t2"
          WHERE
            "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t9"
        WHERE
          "t9"."agent" = 'staff'
      ) AS "t17"
        ON "t49"."visitor" = "t17"."visitor"
    ) AS "t50"
    WHERE
      NOT (
        STARTS_WITH("t50"."visitor", 'd:')
      )
  ) AS "t52"
  INNER JOIN "lake:visitor_map" AS "t6"
    ON "t52"."visitor" = "t6"."visitor"
  LEFT OUTER JOIN (
    SELECT
      "t1"."customer" AS "merged",
      "t1"."root" AS "into"
    FROM "lake:customer_map" AS "t1"
  ) AS "t8"
    ON "t6"."customer" = "t8"."merged"
) AS "t53"
GROUP BY
  1

-- shape site/funnel/4 version 1
WITH "t11" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t1"
    WHERE
      NOT (
        "t1"."is_bot"
      ) AND "t1"."visitor" IS NOT NULL
  ) AS "t6"
  WHERE
    "t6"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t12" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_4" AS "t2"
    WHERE
      NOT (
        "t2"."is_bot"
      ) AND "t2"."visitor" IS NOT NULL
  ) AS "t7"
  WHERE
    "t7"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t13" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t8"
  WHERE
    "t8"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t14" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t9"
  WHERE
    "t9"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t37" AS (
  SELECT
    "t36"."visitor",
    "t36"."occurred_us",
    "t36"."turn",
    "t36"."previous_us",
    "t36"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t34"."visitor",
        "t34"."occurred_us",
        "t34"."start_us",
        "t34"."turn",
        "t34"."at_us",
        MAX("t34"."start_us") OVER (
          PARTITION BY "t34"."visitor"
          ORDER BY "t34"."occurred_us" ASC, "t34"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t34"."at_us") OVER (
          PARTITION BY "t34"."visitor"
          ORDER BY "t34"."occurred_us" ASC, "t34"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t29"."visitor",
            "t29"."occurred_us",
            "t29"."start_us",
            "t29"."turn" + 1 AS "turn",
            "t29"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t16"."visitor",
              "t16"."occurred_us",
              "t16"."id" * 2 AS "turn",
              "t16"."occurred_us" AS "start_us"
            FROM "t11" AS "t16"
          ) AS "t29"
          SEMI JOIN (
            SELECT
              "t19"."visitor",
              "t19"."occurred_us",
              "t19"."id" * 2 AS "turn"
            FROM "t14" AS "t19"
          ) AS "t32"
            ON "t29"."visitor" = "t32"."visitor"
        ) AS "t33"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t19"."visitor",
            "t19"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t19"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t14" AS "t19"
        ) AS "t26"
      ) AS "t34"
    ) AS "t35"
    WHERE
      "t35"."at_us" IS NULL
      AND "t35"."started_us" IS NOT NULL
      AND (
        "t35"."occurred_us" - "t35"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t36"
), "t47" AS (
  SELECT
    "t46"."visitor",
    "t46"."occurred_us",
    "t46"."turn",
    "t46"."previous_us",
    "t46"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t42"."visitor",
        "t42"."occurred_us",
        "t42"."start_us",
        "t42"."turn",
        "t42"."at_us",
        MAX("t42"."start_us") OVER (
          PARTITION BY "t42"."visitor"
          ORDER BY "t42"."occurred_us" ASC, "t42"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t42"."at_us") OVER (
          PARTITION BY "t42"."visitor"
          ORDER BY "t42"."occurred_us" ASC, "t42"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t39"."visitor",
            "t39"."occurred_us",
            "t39"."start_us",
            "t39"."turn" + 1 AS "turn",
            "t39"."occurred_us" AS "at_us"
          FROM "t37" AS "t39"
          SEMI JOIN (
            SELECT
              "t18"."visitor",
              "t18"."occurred_us",
              "t18"."id" * 2 AS "turn"
            FROM "t13" AS "t18"
          ) AS "t31"
            ON "t39"."visitor" = "t31"."visitor"
        ) AS "t41"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t18"."visitor",
            "t18"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t18"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t13" AS "t18"
        ) AS "t24"
      ) AS "t42"
    ) AS "t45"
    WHERE
      "t45"."at_us" IS NULL
      AND "t45"."started_us" IS NOT NULL
      AND (
        "t45"."occurred_us" - "t45"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t46"
)
SELECT
  "t62"."step",
  COUNT(*) AS "visitors",
  QUANTILE_CONT("t62"."seconds", 0.5) AS "seconds"
FROM (
  SELECT
    "t61"."visitor",
    "t61"."step",
    "t61"."seconds"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t20"."visitor",
            1 AS "step",
            CAST(NULL AS DOUBLE) AS "seconds"
          FROM (
            SELECT DISTINCT
              "t16"."visitor"
            FROM "t11" AS "t16"
          ) AS "t20"
        ) AS "t28"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t40"."visitor",
            2 AS "step",
            "t40"."seconds"
          FROM (
            SELECT
              "t38"."visitor",
              FIRST(
                (
                  "t38"."occurred_us" - "t38"."previous_us"
                ) / 1000000 ORDER BY "t38"."occurred_us"
              ) AS "seconds"
            FROM "t37" AS "t38"
            GROUP BY
              1
          ) AS "t40"
        ) AS "t43"
      ) AS "t44"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t50"."visitor",
          3 AS "step",
          "t50"."seconds"
        FROM (
          SELECT
            "t48"."visitor",
            FIRST(
              (
                "t48"."occurred_us" - "t48"."previous_us"
              ) / 1000000 ORDER BY "t48"."occurred_us"
            ) AS "seconds"
          FROM "t47" AS "t48"
          GROUP BY
            1
        ) AS "t50"
      ) AS "t53"
    ) AS "t54"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t58"."visitor",
        4 AS "step",
        "t58"."seconds"
      FROM (
        SELECT
          "t57"."visitor",
          FIRST(
            (
              "t57"."occurred_us" - "t57"."previous_us"
            ) / 1000000 ORDER BY "t57"."occurred_us"
          ) AS "seconds"
        FROM (
          SELECT
            "t56"."visitor",
            "t56"."occurred_us",
            "t56"."turn",
            "t56"."previous_us",
            "t56"."started_us" AS "start_us"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t52"."visitor",
                "t52"."occurred_us",
                "t52"."start_us",
                "t52"."turn",
                "t52"."at_us",
                MAX("t52"."start_us") OVER (
                  PARTITION BY "t52"."visitor"
                  ORDER BY "t52"."occurred_us" ASC, "t52"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "started_us",
                MAX("t52"."at_us") OVER (
                  PARTITION BY "t52"."visitor"
                  ORDER BY "t52"."occurred_us" ASC, "t52"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "previous_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t49"."visitor",
                    "t49"."occurred_us",
                    "t49"."start_us",
                    "t49"."turn" + 1 AS "turn",
                    "t49"."occurred_us" AS "at_us"
                  FROM "t47" AS "t49"
                  SEMI JOIN (
                    SELECT
                      "t17"."visitor",
                      "t17"."occurred_us",
                      "t17"."id" * 2 AS "turn"
                    FROM "t12" AS "t17"
                  ) AS "t30"
                    ON "t49"."visitor" = "t30"."visitor"
                ) AS "t51"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    "t17"."visitor",
                    "t17"."occurred_us",
                    CAST(NULL AS BIGINT) AS "start_us",
                    "t17"."id" * 2 AS "turn",
                    CAST(NULL AS BIGINT) AS "at_us"
                  FROM "t12" AS "t17"
                ) AS "t22"
              ) AS "t52"
            ) AS "t55"
            WHERE
              "t55"."at_us" IS NULL
              AND "t55"."started_us" IS NOT NULL
              AND (
                "t55"."occurred_us" - "t55"."started_us"
              ) <= LAKE_WITHIN()
          ) AS "t56"
        ) AS "t57"
        GROUP BY
          1
      ) AS "t58"
    ) AS "t59"
  ) AS "t61"
  ANTI JOIN (
    SELECT DISTINCT
      "t5"."visitor"
    FROM (
      SELECT
        *
      FROM "lake:site.visited" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t5"
    WHERE
      "t5"."agent" = 'staff'
  ) AS "t15"
    ON "t61"."visitor" = "t15"."visitor"
) AS "t62"
GROUP BY
  1

-- shape site/funnel/4/people version 1
WITH "t16" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t11"
  WHERE
    "t11"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t17" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_4" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t12"
  WHERE
    "t12"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t18" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t5"
    WHERE
      NOT (
        "t5"."is_bot"
      ) AND "t5"."visitor" IS NOT NULL
  ) AS "t13"
  WHERE
    "t13"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t19" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t6"
    WHERE
      NOT (
        "t6"."is_bot"
      ) AND "t6"."visitor" IS NOT NULL
  ) AS "t14"
  WHERE
    "t14"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t42" AS (
  SELECT
    "t41"."visitor",
    "t41"."occurred_us",
    "t41"."turn",
    "t41"."previous_us",
    "t41"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t39"."visitor",
        "t39"."occurred_us",
        "t39"."start_us",
        "t39"."turn",
        "t39"."at_us",
        MAX("t39"."start_us") OVER (
          PARTITION BY "t39"."visitor"
          ORDER BY "t39"."occurred_us" ASC, "t39"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t39"."at_us") OVER (
          PARTITION BY "t39"."visitor"
          ORDER BY "t39"."occurred_us" ASC, "t39"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t34"."visitor",
            "t34"."occurred_us",
            "t34"."start_us",
            "t34"."turn" + 1 AS "turn",
            "t34"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t21"."visitor",
              "t21"."occurred_us",
              "t21"."id" * 2 AS "turn",
              "t21"."occurred_us" AS "start_us"
            FROM "t16" AS "t21"
          ) AS "t34"
          SEMI JOIN (
            SELECT
              "t24"."visitor",
              "t24"."occurred_us",
              "t24"."id" * 2 AS "turn"
            FROM "t19" AS "t24"
          ) AS "t37"
            ON "t34"."visitor" = "t37"."visitor"
        ) AS "t38"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t24"."visitor",
            "t24"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t24"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t19" AS "t24"
        ) AS "t31"
      ) AS "t39"
    ) AS "t40"
    WHERE
      "t40"."at_us" IS NULL
      AND "t40"."started_us" IS NOT NULL
      AND (
        "t40"."occurred_us" - "t40"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t41"
), "t52" AS (
  SELECT
    "t51"."visitor",
    "t51"."occurred_us",
    "t51"."turn",
    "t51"."previous_us",
    "t51"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t47"."visitor",
        "t47"."occurred_us",
        "t47"."start_us",
        "t47"."turn",
        "t47"."at_us",
        MAX("t47"."start_us") OVER (
          PARTITION BY "t47"."visitor"
          ORDER BY "t47"."occurred_us" ASC, "t47"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t47"."at_us") OVER (
          PARTITION BY "t47"."visitor"
          ORDER BY "t47"."occurred_us" ASC, "t47"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t44"."visitor",
            "t44"."occurred_us",
            "t44"."start_us",
            "t44"."turn" + 1 AS "turn",
            "t44"."occurred_us" AS "at_us"
          FROM "t42" AS "t44"
          SEMI JOIN (
            SELECT
              "t23"."visitor",
              "t23"."occurred_us",
              "t23"."id" * 2 AS "turn"
            FROM "t18" AS "t23"
          ) AS "t36"
            ON "t44"."visitor" = "t36"."visitor"
        ) AS "t46"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t23"."visitor",
            "t23"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t23"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t18" AS "t23"
        ) AS "t29"
      ) AS "t47"
    ) AS "t50"
    WHERE
      "t50"."at_us" IS NULL
      AND "t50"."started_us" IS NOT NULL
      AND (
        "t50"."occurred_us" - "t50"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t51"
)
SELECT
  COALESCE("t70"."into", "t70"."customer") AS "root",
  MAX("t70"."step") AS "step"
FROM (
  SELECT
    "t69"."visitor",
    "t69"."step",
    "t69"."seconds",
    "t7"."customer",
    "t9"."merged",
    "t9"."into"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t66"."visitor",
        "t66"."step",
        "t66"."seconds"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t25"."visitor",
                1 AS "step",
                CAST(NULL AS DOUBLE) AS "seconds"
              FROM (
                SELECT DISTINCT
                  "t21"."visitor"
                FROM "t16" AS "t21"
              ) AS "t25"
            ) AS "t33"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t45"."visitor",
                2 AS "step",
                "t45"."seconds"
              FROM (
                SELECT
                  "t43"."visitor",
                  FIRST(
                    (
                      "t43"."occurred_us" - "t43"."previous_us"
                    ) / 1000000 ORDER BY "t43"."occurred_us"
                  ) AS "seconds"
                FROM "t42" AS "t43"
                GROUP BY
                  1
              ) AS "t45"
            ) AS "t48"
          ) AS "t49"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t55"."visitor",
              3 AS "step",
              "t55"."seconds"
            FROM (
              SELECT
                "t53"."visitor",
                FIRST(
                  (
                    "t53"."occurred_us" - "t53"."previous_us"
                  ) / 1000000 ORDER BY "t53"."occurred_us"
                ) AS "seconds"
              FROM "t52" AS "t53"
              GROUP BY
                1
            ) AS "t55"
          ) AS "t58"
        ) AS "t59"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t63"."visitor",
            4 AS "step",
            "t63"."seconds"
          FROM (
            SELECT
              "t62"."visitor",
              FIRST(
                (
                  "t62"."occurred_us" - "t62"."previous_us"
                ) / 1000000 ORDER BY "t62"."occurred_us"
              ) AS "seconds"
            FROM (
              SELECT
                "t61"."visitor",
                "t61"."occurred_us",
                "t61"."turn",
                "t61"."previous_us",
                "t61"."started_us" AS "start_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t57"."visitor",
                    "t57"."occurred_us",
                    "t57"."start_us",
                    "t57"."turn",
                    "t57"."at_us",
                    MAX("t57"."start_us") OVER (
                      PARTITION BY "t57"."visitor"
                      ORDER BY "t57"."occurred_us" ASC, "t57"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "started_us",
                    MAX("t57"."at_us") OVER (
                      PARTITION BY "t57"."visitor"
                      ORDER BY "t57"."occurred_us" ASC, "t57"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "previous_us"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t54"."visitor",
                        "t54"."occurred_us",
                        "t54"."start_us",
                        "t54"."turn" + 1 AS "turn",
                        "t54"."occurred_us" AS "at_us"
                      FROM "t52" AS "t54"
                      SEMI JOIN (
                        SELECT
                          "t22"."visitor",
                          "t22"."occurred_us",
                          "t22"."id" * 2 AS "turn"
                        FROM "t17" AS "t22"
                      ) AS "t35"
                        ON "t54"."visitor" = "t35"."visitor"
                    ) AS "t56"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t22"."visitor",
                        "t22"."occurred_us",
                        CAST(NULL AS BIGINT) AS "start_us",
                        "t22"."id" * 2 AS "turn",
                        CAST(NULL AS BIGINT) AS "at_us"
                      FROM "t17" AS "t22"
                    ) AS "t27"
                  ) AS "t57"
                ) AS "t60"
                WHERE
                  "t60"."at_us" IS NULL
                  AND "t60"."started_us" IS NOT NULL
                  AND (
                    "t60"."occurred_us" - "t60"."started_us"
                  ) <= LAKE_WITHIN()
              ) AS "t61"
            ) AS "t62"
            GROUP BY
              1
          ) AS "t63"
        ) AS "t64"
      ) AS "t66"
      ANTI JOIN (
        SELECT DISTINCT
          "t10"."visitor"
        FROM (
          SELECT
            *
          FROM "lake:site.visited" AS "t2"
          WHERE
            "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t10"
        WHERE
          "t10"."agent" = 'staff'
      ) AS "t20"
        ON "t66"."visitor" = "t20"."visitor"
    ) AS "t67"
    WHERE
      NOT (
        STARTS_WITH("t67"."visitor", 'd:')
      )
  ) AS "t69"
  INNER JOIN "lake:visitor_map" AS "t7"
    ON "t69"."visitor" = "t7"."visitor"
  LEFT OUTER JOIN (
    SELECT
      "t1"."customer" AS "merged",
      "t1"."root" AS "into"
    FROM "lake:customer_map" AS "t1"
  ) AS "t9"
    ON "t7"."customer" = "t9"."merged"
) AS "t70"
GROUP BY
  1

-- shape site/funnel/5 version 1
WITH "t13" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t1"
    WHERE
      NOT (
        "t1"."is_bot"
      ) AND "t1"."visitor" IS NOT NULL
  ) AS "t7"
  WHERE
    "t7"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t14" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_5" AS "t2"
    WHERE
      NOT (
        "t2"."is_bot"
      ) AND "t2"."visitor" IS NOT NULL
  ) AS "t8"
  WHERE
    "t8"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t15" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_4" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t9"
  WHERE
    "t9"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t16" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t10"
  WHERE
    "t10"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t17" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t5"
    WHERE
      NOT (
        "t5"."is_bot"
      ) AND "t5"."visitor" IS NOT NULL
  ) AS "t11"
  WHERE
    "t11"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t44" AS (
  SELECT
    "t43"."visitor",
    "t43"."occurred_us",
    "t43"."turn",
    "t43"."previous_us",
    "t43"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t41"."visitor",
        "t41"."occurred_us",
        "t41"."start_us",
        "t41"."turn",
        "t41"."at_us",
        MAX("t41"."start_us") OVER (
          PARTITION BY "t41"."visitor"
          ORDER BY "t41"."occurred_us" ASC, "t41"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t41"."at_us") OVER (
          PARTITION BY "t41"."visitor"
          ORDER BY "t41"."occurred_us" ASC, "t41"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t35"."visitor",
            "t35"."occurred_us",
            "t35"."start_us",
            "t35"."turn" + 1 AS "turn",
            "t35"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t19"."visitor",
              "t19"."occurred_us",
              "t19"."id" * 2 AS "turn",
              "t19"."occurred_us" AS "start_us"
            FROM "t13" AS "t19"
          ) AS "t35"
          SEMI JOIN (
            SELECT
              "t23"."visitor",
              "t23"."occurred_us",
              "t23"."id" * 2 AS "turn"
            FROM "t17" AS "t23"
          ) AS "t39"
            ON "t35"."visitor" = "t39"."visitor"
        ) AS "t40"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t23"."visitor",
            "t23"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t23"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t17" AS "t23"
        ) AS "t32"
      ) AS "t41"
    ) AS "t42"
    WHERE
      "t42"."at_us" IS NULL
      AND "t42"."started_us" IS NOT NULL
      AND (
        "t42"."occurred_us" - "t42"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t43"
), "t54" AS (
  SELECT
    "t53"."visitor",
    "t53"."occurred_us",
    "t53"."turn",
    "t53"."previous_us",
    "t53"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t49"."visitor",
        "t49"."occurred_us",
        "t49"."start_us",
        "t49"."turn",
        "t49"."at_us",
        MAX("t49"."start_us") OVER (
          PARTITION BY "t49"."visitor"
          ORDER BY "t49"."occurred_us" ASC, "t49"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t49"."at_us") OVER (
          PARTITION BY "t49"."visitor"
          ORDER BY "t49"."occurred_us" ASC, "t49"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t46"."visitor",
            "t46"."occurred_us",
            "t46"."start_us",
            "t46"."turn" + 1 AS "turn",
            "t46"."occurred_us" AS "at_us"
          FROM "t44" AS "t46"
          SEMI JOIN (
            SELECT
              "t22"."visitor",
              "t22"."occurred_us",
              "t22"."id" * 2 AS "turn"
            FROM "t16" AS "t22"
          ) AS "t38"
            ON "t46"."visitor" = "t38"."visitor"
        ) AS "t48"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t22"."visitor",
            "t22"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t22"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t16" AS "t22"
        ) AS "t30"
      ) AS "t49"
    ) AS "t52"
    WHERE
      "t52"."at_us" IS NULL
      AND "t52"."started_us" IS NOT NULL
      AND (
        "t52"."occurred_us" - "t52"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t53"
), "t64" AS (
  SELECT
    "t63"."visitor",
    "t63"."occurred_us",
    "t63"."turn",
    "t63"."previous_us",
    "t63"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t59"."visitor",
        "t59"."occurred_us",
        "t59"."start_us",
        "t59"."turn",
        "t59"."at_us",
        MAX("t59"."start_us") OVER (
          PARTITION BY "t59"."visitor"
          ORDER BY "t59"."occurred_us" ASC, "t59"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t59"."at_us") OVER (
          PARTITION BY "t59"."visitor"
          ORDER BY "t59"."occurred_us" ASC, "t59"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t56"."visitor",
            "t56"."occurred_us",
            "t56"."start_us",
            "t56"."turn" + 1 AS "turn",
            "t56"."occurred_us" AS "at_us"
          FROM "t54" AS "t56"
          SEMI JOIN (
            SELECT
              "t21"."visitor",
              "t21"."occurred_us",
              "t21"."id" * 2 AS "turn"
            FROM "t15" AS "t21"
          ) AS "t37"
            ON "t56"."visitor" = "t37"."visitor"
        ) AS "t58"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t21"."visitor",
            "t21"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t21"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t15" AS "t21"
        ) AS "t28"
      ) AS "t59"
    ) AS "t62"
    WHERE
      "t62"."at_us" IS NULL
      AND "t62"."started_us" IS NOT NULL
      AND (
        "t62"."occurred_us" - "t62"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t63"
)
SELECT
  "t79"."step",
  COUNT(*) AS "visitors",
  QUANTILE_CONT("t79"."seconds", 0.5) AS "seconds"
FROM (
  SELECT
    "t78"."visitor",
    "t78"."step",
    "t78"."seconds"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              "t24"."visitor",
              1 AS "step",
              CAST(NULL AS DOUBLE) AS "seconds"
            FROM (
              SELECT DISTINCT
                "t19"."visitor"
              FROM "t13" AS "t19"
            ) AS "t24"
          ) AS "t34"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t47"."visitor",
              2 AS "step",
              "t47"."seconds"
            FROM (
              SELECT
                "t45"."visitor",
                FIRST(
                  (
                    "t45"."occurred_us" - "t45"."previous_us"
                  ) / 1000000 ORDER BY "t45"."occurred_us"
                ) AS "seconds"
              FROM "t44" AS "t45"
              GROUP BY
                1
            ) AS "t47"
          ) AS "t50"
        ) AS "t51"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t57"."visitor",
            3 AS "step",
            "t57"."seconds"
          FROM (
            SELECT
              "t55"."visitor",
              FIRST(
                (
                  "t55"."occurred_us" - "t55"."previous_us"
                ) / 1000000 ORDER BY "t55"."occurred_us"
              ) AS "seconds"
            FROM "t54" AS "t55"
            GROUP BY
              1
          ) AS "t57"
        ) AS "t60"
      ) AS "t61"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t67"."visitor",
          4 AS "step",
          "t67"."seconds"
        FROM (
          SELECT
            "t65"."visitor",
            FIRST(
              (
                "t65"."occurred_us" - "t65"."previous_us"
              ) / 1000000 ORDER BY "t65"."occurred_us"
            ) AS "seconds"
          FROM "t64" AS "t65"
          GROUP BY
            1
        ) AS "t67"
      ) AS "t70"
    ) AS "t71"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t75"."visitor",
        5 AS "step",
        "t75"."seconds"
      FROM (
        SELECT
          "t74"."visitor",
          FIRST(
            (
              "t74"."occurred_us" - "t74"."previous_us"
            ) / 1000000 ORDER BY "t74"."occurred_us"
          ) AS "seconds"
        FROM (
          SELECT
            "t73"."visitor",
            "t73"."occurred_us",
            "t73"."turn",
            "t73"."previous_us",
            "t73"."started_us" AS "start_us"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t69"."visitor",
                "t69"."occurred_us",
                "t69"."start_us",
                "t69"."turn",
                "t69"."at_us",
                MAX("t69"."start_us") OVER (
                  PARTITION BY "t69"."visitor"
                  ORDER BY "t69"."occurred_us" ASC, "t69"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "started_us",
                MAX("t69"."at_us") OVER (
                  PARTITION BY "t69"."visitor"
                  ORDER BY "t69"."occurred_us" ASC, "t69"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "previous_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t66"."visitor",
                    "t66"."occurred_us",
                    "t66"."start_us",
                    "t66"."turn" + 1 AS "turn",
                    "t66"."occurred_us" AS "at_us"
                  FROM "t64" AS "t66"
                  SEMI JOIN (
                    SELECT
                      "t20"."visitor",
                      "t20"."occurred_us",
                      "t20"."id" * 2 AS "turn"
                    FROM "t14" AS "t20"
                  ) AS "t36"
                    ON "t66"."visitor" = "t36"."visitor"
                ) AS "t68"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    "t20"."visitor",
                    "t20"."occurred_us",
                    CAST(NULL AS BIGINT) AS "start_us",
                    "t20"."id" * 2 AS "turn",
                    CAST(NULL AS BIGINT) AS "at_us"
                  FROM "t14" AS "t20"
                ) AS "t26"
              ) AS "t69"
            ) AS "t72"
            WHERE
              "t72"."at_us" IS NULL
              AND "t72"."started_us" IS NOT NULL
              AND (
                "t72"."occurred_us" - "t72"."started_us"
              ) <= LAKE_WITHIN()
          ) AS "t73"
        ) AS "t74"
        GROUP BY
          1
      ) AS "t75"
    ) AS "t76"
  ) AS "t78"
  ANTI JOIN (
    SELECT DISTINCT
      "t6"."visitor"
    FROM (
      SELECT
        *
      FROM "lake:site.visited" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t6"
    WHERE
      "t6"."agent" = 'staff'
  ) AS "t18"
    ON "t78"."visitor" = "t18"."visitor"
) AS "t79"
GROUP BY
  1

-- shape site/funnel/5/people version 1
WITH "t18" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t12"
  WHERE
    "t12"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t19" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_5" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t13"
  WHERE
    "t13"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t20" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_4" AS "t5"
    WHERE
      NOT (
        "t5"."is_bot"
      ) AND "t5"."visitor" IS NOT NULL
  ) AS "t14"
  WHERE
    "t14"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t21" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t6"
    WHERE
      NOT (
        "t6"."is_bot"
      ) AND "t6"."visitor" IS NOT NULL
  ) AS "t15"
  WHERE
    "t15"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t22" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t7"
    WHERE
      NOT (
        "t7"."is_bot"
      ) AND "t7"."visitor" IS NOT NULL
  ) AS "t16"
  WHERE
    "t16"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t49" AS (
  SELECT
    "t48"."visitor",
    "t48"."occurred_us",
    "t48"."turn",
    "t48"."previous_us",
    "t48"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t46"."visitor",
        "t46"."occurred_us",
        "t46"."start_us",
        "t46"."turn",
        "t46"."at_us",
        MAX("t46"."start_us") OVER (
          PARTITION BY "t46"."visitor"
          ORDER BY "t46"."occurred_us" ASC, "t46"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t46"."at_us") OVER (
          PARTITION BY "t46"."visitor"
          ORDER BY "t46"."occurred_us" ASC, "t46"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t40"."visitor",
            "t40"."occurred_us",
            "t40"."start_us",
            "t40"."turn" + 1 AS "turn",
            "t40"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t24"."visitor",
              "t24"."occurred_us",
              "t24"."id" * 2 AS "turn",
              "t24"."occurred_us" AS "start_us"
            FROM "t18" AS "t24"
          ) AS "t40"
          SEMI JOIN (
            SELECT
              "t28"."visitor",
              "t28"."occurred_us",
              "t28"."id" * 2 AS "turn"
            FROM "t22" AS "t28"
          ) AS "t44"
            ON "t40"."visitor" = "t44"."visitor"
        ) AS "t45"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t28"."visitor",
            "t28"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t28"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t22" AS "t28"
        ) AS "t37"
      ) AS "t46"
    ) AS "t47"
    WHERE
      "t47"."at_us" IS NULL
      AND "t47"."started_us" IS NOT NULL
      AND (
        "t47"."occurred_us" - "t47"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t48"
), "t59" AS (
  SELECT
    "t58"."visitor",
    "t58"."occurred_us",
    "t58"."turn",
    "t58"."previous_us",
    "t58"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t54"."visitor",
        "t54"."occurred_us",
        "t54"."start_us",
        "t54"."turn",
        "t54"."at_us",
        MAX("t54"."start_us") OVER (
          PARTITION BY "t54"."visitor"
          ORDER BY "t54"."occurred_us" ASC, "t54"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t54"."at_us") OVER (
          PARTITION BY "t54"."visitor"
          ORDER BY "t54"."occurred_us" ASC, "t54"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t51"."visitor",
            "t51"."occurred_us",
            "t51"."start_us",
            "t51"."turn" + 1 AS "turn",
            "t51"."occurred_us" AS "at_us"
          FROM "t49" AS "t51"
          SEMI JOIN (
            SELECT
              "t27"."visitor",
              "t27"."occurred_us",
              "t27"."id" * 2 AS "turn"
            FROM "t21" AS "t27"
          ) AS "t43"
            ON "t51"."visitor" = "t43"."visitor"
        ) AS "t53"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t27"."visitor",
            "t27"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t27"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t21" AS "t27"
        ) AS "t35"
      ) AS "t54"
    ) AS "t57"
    WHERE
      "t57"."at_us" IS NULL
      AND "t57"."started_us" IS NOT NULL
      AND (
        "t57"."occurred_us" - "t57"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t58"
), "t69" AS (
  SELECT
    "t68"."visitor",
    "t68"."occurred_us",
    "t68"."turn",
    "t68"."previous_us",
    "t68"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t64"."visitor",
        "t64"."occurred_us",
        "t64"."start_us",
        "t64"."turn",
        "t64"."at_us",
        MAX("t64"."start_us") OVER (
          PARTITION BY "t64"."visitor"
          ORDER BY "t64"."occurred_us" ASC, "t64"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t64"."at_us") OVER (
          PARTITION BY "t64"."visitor"
          ORDER BY "t64"."occurred_us" ASC, "t64"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t61"."visitor",
            "t61"."occurred_us",
            "t61"."start_us",
            "t61"."turn" + 1 AS "turn",
            "t61"."occurred_us" AS "at_us"
          FROM "t59" AS "t61"
          SEMI JOIN (
            SELECT
              "t26"."visitor",
              "t26"."occurred_us",
              "t26"."id" * 2 AS "turn"
            FROM "t20" AS "t26"
          ) AS "t42"
            ON "t61"."visitor" = "t42"."visitor"
        ) AS "t63"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t26"."visitor",
            "t26"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t26"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t20" AS "t26"
        ) AS "t33"
      ) AS "t64"
    ) AS "t67"
    WHERE
      "t67"."at_us" IS NULL
      AND "t67"."started_us" IS NOT NULL
      AND (
        "t67"."occurred_us" - "t67"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t68"
)
SELECT
  COALESCE("t87"."into", "t87"."customer") AS "root",
  MAX("t87"."step") AS "step"
FROM (
  SELECT
    "t86"."visitor",
    "t86"."step",
    "t86"."seconds",
    "t8"."customer",
    "t10"."merged",
    "t10"."into"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t83"."visitor",
        "t83"."step",
        "t83"."seconds"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t29"."visitor",
                  1 AS "step",
                  CAST(NULL AS DOUBLE) AS "seconds"
                FROM (
                  SELECT DISTINCT
                    "t24"."visitor"
                  FROM "t18" AS "t24"
                ) AS "t29"
              ) AS "t39"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t52"."visitor",
                  2 AS "step",
                  "t52"."seconds"
                FROM (
                  SELECT
                    "t50"."visitor",
                    FIRST(
                      (
                        "t50"."occurred_us" - "t50"."previous_us"
                      ) / 1000000 ORDER BY "t50"."occurred_us"
                    ) AS "seconds"
                  FROM "t49" AS "t50"
                  GROUP BY
                    1
                ) AS "t52"
              ) AS "t55"
            ) AS "t56"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t62"."visitor",
                3 AS "step",
                "t62"."seconds"
              FROM (
                SELECT
                  "t60"."visitor",
                  FIRST(
                    (
                      "t60"."occurred_us" - "t60"."previous_us"
                    ) / 1000000 ORDER BY "t60"."occurred_us"
                  ) AS "seconds"
                FROM "t59" AS "t60"
                GROUP BY
                  1
              ) AS "t62"
            ) AS "t65"
          ) AS "t66"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t72"."visitor",
              4 AS "step",
              "t72"."seconds"
            FROM (
              SELECT
                "t70"."visitor",
                FIRST(
                  (
                    "t70"."occurred_us" - "t70"."previous_us"
                  ) / 1000000 ORDER BY "t70"."occurred_us"
                ) AS "seconds"
              FROM "t69" AS "t70"
              GROUP BY
                1
            ) AS "t72"
          ) AS "t75"
        ) AS "t76"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t80"."visitor",
            5 AS "step",
            "t80"."seconds"
          FROM (
            SELECT
              "t79"."visitor",
              FIRST(
                (
                  "t79"."occurred_us" - "t79"."previous_us"
                ) / 1000000 ORDER BY "t79"."occurred_us"
              ) AS "seconds"
            FROM (
              SELECT
                "t78"."visitor",
                "t78"."occurred_us",
                "t78"."turn",
                "t78"."previous_us",
                "t78"."started_us" AS "start_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t74"."visitor",
                    "t74"."occurred_us",
                    "t74"."start_us",
                    "t74"."turn",
                    "t74"."at_us",
                    MAX("t74"."start_us") OVER (
                      PARTITION BY "t74"."visitor"
                      ORDER BY "t74"."occurred_us" ASC, "t74"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "started_us",
                    MAX("t74"."at_us") OVER (
                      PARTITION BY "t74"."visitor"
                      ORDER BY "t74"."occurred_us" ASC, "t74"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "previous_us"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t71"."visitor",
                        "t71"."occurred_us",
                        "t71"."start_us",
                        "t71"."turn" + 1 AS "turn",
                        "t71"."occurred_us" AS "at_us"
                      FROM "t69" AS "t71"
                      SEMI JOIN (
                        SELECT
                          "t25"."visitor",
                          "t25"."occurred_us",
                          "t25"."id" * 2 AS "turn"
                        FROM "t19" AS "t25"
                      ) AS "t41"
                        ON "t71"."visitor" = "t41"."visitor"
                    ) AS "t73"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t25"."visitor",
                        "t25"."occurred_us",
                        CAST(NULL AS BIGINT) AS "start_us",
                        "t25"."id" * 2 AS "turn",
                        CAST(NULL AS BIGINT) AS "at_us"
                      FROM "t19" AS "t25"
                    ) AS "t31"
                  ) AS "t74"
                ) AS "t77"
                WHERE
                  "t77"."at_us" IS NULL
                  AND "t77"."started_us" IS NOT NULL
                  AND (
                    "t77"."occurred_us" - "t77"."started_us"
                  ) <= LAKE_WITHIN()
              ) AS "t78"
            ) AS "t79"
            GROUP BY
              1
          ) AS "t80"
        ) AS "t81"
      ) AS "t83"
      ANTI JOIN (
        SELECT DISTINCT
          "t11"."visitor"
        FROM (
          SELECT
            *
          FROM "lake:site.visited" AS "t2"
          WHERE
            "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t11"
        WHERE
          "t11"."agent" = 'staff'
      ) AS "t23"
        ON "t83"."visitor" = "t23"."visitor"
    ) AS "t84"
    WHERE
      NOT (
        STARTS_WITH("t84"."visitor", 'd:')
      )
  ) AS "t86"
  INNER JOIN "lake:visitor_map" AS "t8"
    ON "t86"."visitor" = "t8"."visitor"
  LEFT OUTER JOIN (
    SELECT
      "t1"."customer" AS "merged",
      "t1"."root" AS "into"
    FROM "lake:customer_map" AS "t1"
  ) AS "t10"
    ON "t8"."customer" = "t10"."merged"
) AS "t87"
GROUP BY
  1

-- shape site/funnel/6 version 1
WITH "t15" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t1"
    WHERE
      NOT (
        "t1"."is_bot"
      ) AND "t1"."visitor" IS NOT NULL
  ) AS "t8"
  WHERE
    "t8"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t16" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_6" AS "t2"
    WHERE
      NOT (
        "t2"."is_bot"
      ) AND "t2"."visitor" IS NOT NULL
  ) AS "t9"
  WHERE
    "t9"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t17" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_5" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t10"
  WHERE
    "t10"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t18" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_4" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t11"
  WHERE
    "t11"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t19" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t5"
    WHERE
      NOT (
        "t5"."is_bot"
      ) AND "t5"."visitor" IS NOT NULL
  ) AS "t12"
  WHERE
    "t12"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t20" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t6"
    WHERE
      NOT (
        "t6"."is_bot"
      ) AND "t6"."visitor" IS NOT NULL
  ) AS "t13"
  WHERE
    "t13"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t51" AS (
  SELECT
    "t50"."visitor",
    "t50"."occurred_us",
    "t50"."turn",
    "t50"."previous_us",
    "t50"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t48"."visitor",
        "t48"."occurred_us",
        "t48"."start_us",
        "t48"."turn",
        "t48"."at_us",
        MAX("t48"."start_us") OVER (
          PARTITION BY "t48"."visitor"
          ORDER BY "t48"."occurred_us" ASC, "t48"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t48"."at_us") OVER (
          PARTITION BY "t48"."visitor"
          ORDER BY "t48"."occurred_us" ASC, "t48"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t41"."visitor",
            "t41"."occurred_us",
            "t41"."start_us",
            "t41"."turn" + 1 AS "turn",
            "t41"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t22"."visitor",
              "t22"."occurred_us",
              "t22"."id" * 2 AS "turn",
              "t22"."occurred_us" AS "start_us"
            FROM "t15" AS "t22"
          ) AS "t41"
          SEMI JOIN (
            SELECT
              "t27"."visitor",
              "t27"."occurred_us",
              "t27"."id" * 2 AS "turn"
            FROM "t20" AS "t27"
          ) AS "t46"
            ON "t41"."visitor" = "t46"."visitor"
        ) AS "t47"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t27"."visitor",
            "t27"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t27"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t20" AS "t27"
        ) AS "t38"
      ) AS "t48"
    ) AS "t49"
    WHERE
      "t49"."at_us" IS NULL
      AND "t49"."started_us" IS NOT NULL
      AND (
        "t49"."occurred_us" - "t49"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t50"
), "t61" AS (
  SELECT
    "t60"."visitor",
    "t60"."occurred_us",
    "t60"."turn",
    "t60"."previous_us",
    "t60"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t56"."visitor",
        "t56"."occurred_us",
        "t56"."start_us",
        "t56"."turn",
        "t56"."at_us",
        MAX("t56"."start_us") OVER (
          PARTITION BY "t56"."visitor"
          ORDER BY "t56"."occurred_us" ASC, "t56"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t56"."at_us") OVER (
          PARTITION BY "t56"."visitor"
          ORDER BY "t56"."occurred_us" ASC, "t56"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t53"."visitor",
            "t53"."occurred_us",
            "t53"."start_us",
            "t53"."turn" + 1 AS "turn",
            "t53"."occurred_us" AS "at_us"
          FROM "t51" AS "t53"
          SEMI JOIN (
            SELECT
              "t26"."visitor",
              "t26"."occurred_us",
              "t26"."id" * 2 AS "turn"
            FROM "t19" AS "t26"
          ) AS "t45"
            ON "t53"."visitor" = "t45"."visitor"
        ) AS "t55"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t26"."visitor",
            "t26"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t26"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t19" AS "t26"
        ) AS "t36"
      ) AS "t56"
    ) AS "t59"
    WHERE
      "t59"."at_us" IS NULL
      AND "t59"."started_us" IS NOT NULL
      AND (
        "t59"."occurred_us" - "t59"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t60"
), "t71" AS (
  SELECT
    "t70"."visitor",
    "t70"."occurred_us",
    "t70"."turn",
    "t70"."previous_us",
    "t70"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t66"."visitor",
        "t66"."occurred_us",
        "t66"."start_us",
        "t66"."turn",
        "t66"."at_us",
        MAX("t66"."start_us") OVER (
          PARTITION BY "t66"."visitor"
          ORDER BY "t66"."occurred_us" ASC, "t66"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t66"."at_us") OVER (
          PARTITION BY "t66"."visitor"
          ORDER BY "t66"."occurred_us" ASC, "t66"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t63"."visitor",
            "t63"."occurred_us",
            "t63"."start_us",
            "t63"."turn" + 1 AS "turn",
            "t63"."occurred_us" AS "at_us"
          FROM "t61" AS "t63"
          SEMI JOIN (
            SELECT
              "t25"."visitor",
              "t25"."occurred_us",
              "t25"."id" * 2 AS "turn"
            FROM "t18" AS "t25"
          ) AS "t44"
            ON "t63"."visitor" = "t44"."visitor"
        ) AS "t65"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t25"."visitor",
            "t25"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t25"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t18" AS "t25"
        ) AS "t34"
      ) AS "t66"
    ) AS "t69"
    WHERE
      "t69"."at_us" IS NULL
      AND "t69"."started_us" IS NOT NULL
      AND (
        "t69"."occurred_us" - "t69"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t70"
), "t81" AS (
  SELECT
    "t80"."visitor",
    "t80"."occurred_us",
    "t80"."turn",
    "t80"."previous_us",
    "t80"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t76"."visitor",
        "t76"."occurred_us",
        "t76"."start_us",
        "t76"."turn",
        "t76"."at_us",
        MAX("t76"."start_us") OVER (
          PARTITION BY "t76"."visitor"
          ORDER BY "t76"."occurred_us" ASC, "t76"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t76"."at_us") OVER (
          PARTITION BY "t76"."visitor"
          ORDER BY "t76"."occurred_us" ASC, "t76"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t73"."visitor",
            "t73"."occurred_us",
            "t73"."start_us",
            "t73"."turn" + 1 AS "turn",
            "t73"."occurred_us" AS "at_us"
          FROM "t71" AS "t73"
          SEMI JOIN (
            SELECT
              "t24"."visitor",
              "t24"."occurred_us",
              "t24"."id" * 2 AS "turn"
            FROM "t17" AS "t24"
          ) AS "t43"
            ON "t73"."visitor" = "t43"."visitor"
        ) AS "t75"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t24"."visitor",
            "t24"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t24"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t17" AS "t24"
        ) AS "t32"
      ) AS "t76"
    ) AS "t79"
    WHERE
      "t79"."at_us" IS NULL
      AND "t79"."started_us" IS NOT NULL
      AND (
        "t79"."occurred_us" - "t79"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t80"
)
SELECT
  "t96"."step",
  COUNT(*) AS "visitors",
  QUANTILE_CONT("t96"."seconds", 0.5) AS "seconds"
FROM (
  SELECT
    "t95"."visitor",
    "t95"."step",
    "t95"."seconds"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t28"."visitor",
                1 AS "step",
                CAST(NULL AS DOUBLE) AS "seconds"
              FROM (
                SELECT DISTINCT
                  "t22"."visitor"
                FROM "t15" AS "t22"
              ) AS "t28"
            ) AS "t40"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t54"."visitor",
                2 AS "step",
                "t54"."seconds"
              FROM (
                SELECT
                  "t52"."visitor",
                  FIRST(
                    (
                      "t52"."occurred_us" - "t52"."previous_us"
                    ) / 1000000 ORDER BY "t52"."occurred_us"
                  ) AS "seconds"
                FROM "t51" AS "t52"
                GROUP BY
                  1
              ) AS "t54"
            ) AS "t57"
          ) AS "t58"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t64"."visitor",
              3 AS "step",
              "t64"."seconds"
            FROM (
              SELECT
                "t62"."visitor",
                FIRST(
                  (
                    "t62"."occurred_us" - "t62"."previous_us"
                  ) / 1000000 ORDER BY "t62"."occurred_us"
                ) AS "seconds"
              FROM "t61" AS "t62"
              GROUP BY
                1
            ) AS "t64"
          ) AS "t67"
        ) AS "t68"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t74"."visitor",
            4 AS "step",
            "t74"."seconds"
          FROM (
            SELECT
              "t72"."visitor",
              FIRST(
                (
                  "t72"."occurred_us" - "t72"."previous_us"
                ) / 1000000 ORDER BY "t72"."occurred_us"
              ) AS "seconds"
            FROM "t71" AS "t72"
            GROUP BY
              1
          ) AS "t74"
        ) AS "t77"
      ) AS "t78"
      UNION ALL
      SELECT
        *
      FROM (
        SELECT
          "t84"."visitor",
          5 AS "step",
          "t84"."seconds"
        FROM (
          SELECT
            "t82"."visitor",
            FIRST(
              (
                "t82"."occurred_us" - "t82"."previous_us"
              ) / 1000000 ORDER BY "t82"."occurred_us"
            ) AS "seconds"
          FROM "t81" AS "t82"
          GROUP BY
            1
        ) AS "t84"
      ) AS "t87"
    ) AS "t88"
    UNION ALL
    SELECT
      *
    FROM (
      SELECT
        "t92"."visitor",
        6 AS "step",
        "t92"."seconds"
      FROM (
        SELECT
          "t91"."visitor",
          FIRST(
            (
              "t91"."occurred_us" - "t91"."previous_us"
            ) / 1000000 ORDER BY "t91"."occurred_us"
          ) AS "seconds"
        FROM (
          SELECT
            "t90"."visitor",
            "t90"."occurred_us",
            "t90"."turn",
            "t90"."previous_us",
            "t90"."started_us" AS "start_us"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t86"."visitor",
                "t86"."occurred_us",
                "t86"."start_us",
                "t86"."turn",
                "t86"."at_us",
                MAX("t86"."start_us") OVER (
                  PARTITION BY "t86"."visitor"
                  ORDER BY "t86"."occurred_us" ASC, "t86"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "started_us",
                MAX("t86"."at_us") OVER (
                  PARTITION BY "t86"."visitor"
                  ORDER BY "t86"."occurred_us" ASC, "t86"."turn" ASC
                  ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                ) AS "previous_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t83"."visitor",
                    "t83"."occurred_us",
                    "t83"."start_us",
                    "t83"."turn" + 1 AS "turn",
                    "t83"."occurred_us" AS "at_us"
                  FROM "t81" AS "t83"
                  SEMI JOIN (
                    SELECT
                      "t23"."visitor",
                      "t23"."occurred_us",
                      "t23"."id" * 2 AS "turn"
                    FROM "t16" AS "t23"
                  ) AS "t42"
                    ON "t83"."visitor" = "t42"."visitor"
                ) AS "t85"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    "t23"."visitor",
                    "t23"."occurred_us",
                    CAST(NULL AS BIGINT) AS "start_us",
                    "t23"."id" * 2 AS "turn",
                    CAST(NULL AS BIGINT) AS "at_us"
                  FROM "t16" AS "t23"
                ) AS "t30"
              ) AS "t86"
            ) AS "t89"
            WHERE
              "t89"."at_us" IS NULL
              AND "t89"."started_us" IS NOT NULL
              AND (
                "t89"."occurred_us" - "t89"."started_us"
              ) <= LAKE_WITHIN()
          ) AS "t90"
        ) AS "t91"
        GROUP BY
          1
      ) AS "t92"
    ) AS "t93"
  ) AS "t95"
  ANTI JOIN (
    SELECT DISTINCT
      "t7"."visitor"
    FROM (
      SELECT
        *
      FROM "lake:site.visited" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t7"
    WHERE
      "t7"."agent" = 'staff'
  ) AS "t21"
    ON "t95"."visitor" = "t21"."visitor"
) AS "t96"
GROUP BY
  1

-- shape site/funnel/6/people version 1
WITH "t20" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_1" AS "t3"
    WHERE
      NOT (
        "t3"."is_bot"
      ) AND "t3"."visitor" IS NOT NULL
  ) AS "t13"
  WHERE
    "t13"."local_date" BETWEEN LAKE_START() AND LAKE_END()
), "t21" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_6" AS "t4"
    WHERE
      NOT (
        "t4"."is_bot"
      ) AND "t4"."visitor" IS NOT NULL
  ) AS "t14"
  WHERE
    "t14"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t22" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_5" AS "t5"
    WHERE
      NOT (
        "t5"."is_bot"
      ) AND "t5"."visitor" IS NOT NULL
  ) AS "t15"
  WHERE
    "t15"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t23" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_4" AS "t6"
    WHERE
      NOT (
        "t6"."is_bot"
      ) AND "t6"."visitor" IS NOT NULL
  ) AS "t16"
  WHERE
    "t16"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t24" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_3" AS "t7"
    WHERE
      NOT (
        "t7"."is_bot"
      ) AND "t7"."visitor" IS NOT NULL
  ) AS "t17"
  WHERE
    "t17"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t25" AS (
  SELECT
    *
  FROM (
    SELECT
      *
    FROM "lake:step_2" AS "t8"
    WHERE
      NOT (
        "t8"."is_bot"
      ) AND "t8"."visitor" IS NOT NULL
  ) AS "t18"
  WHERE
    "t18"."local_date" BETWEEN LAKE_START() AND LAKE_UNTIL()
), "t56" AS (
  SELECT
    "t55"."visitor",
    "t55"."occurred_us",
    "t55"."turn",
    "t55"."previous_us",
    "t55"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t53"."visitor",
        "t53"."occurred_us",
        "t53"."start_us",
        "t53"."turn",
        "t53"."at_us",
        MAX("t53"."start_us") OVER (
          PARTITION BY "t53"."visitor"
          ORDER BY "t53"."occurred_us" ASC, "t53"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t53"."at_us") OVER (
          PARTITION BY "t53"."visitor"
          ORDER BY "t53"."occurred_us" ASC, "t53"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t46"."visitor",
            "t46"."occurred_us",
            "t46"."start_us",
            "t46"."turn" + 1 AS "turn",
            "t46"."occurred_us" AS "at_us"
          FROM (
            SELECT
              "t27"."visitor",
              "t27"."occurred_us",
              "t27"."id" * 2 AS "turn",
              "t27"."occurred_us" AS "start_us"
            FROM "t20" AS "t27"
          ) AS "t46"
          SEMI JOIN (
            SELECT
              "t32"."visitor",
              "t32"."occurred_us",
              "t32"."id" * 2 AS "turn"
            FROM "t25" AS "t32"
          ) AS "t51"
            ON "t46"."visitor" = "t51"."visitor"
        ) AS "t52"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t32"."visitor",
            "t32"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t32"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t25" AS "t32"
        ) AS "t43"
      ) AS "t53"
    ) AS "t54"
    WHERE
      "t54"."at_us" IS NULL
      AND "t54"."started_us" IS NOT NULL
      AND (
        "t54"."occurred_us" - "t54"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t55"
), "t66" AS (
  SELECT
    "t65"."visitor",
    "t65"."occurred_us",
    "t65"."turn",
    "t65"."previous_us",
    "t65"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t61"."visitor",
        "t61"."occurred_us",
        "t61"."start_us",
        "t61"."turn",
        "t61"."at_us",
        MAX("t61"."start_us") OVER (
          PARTITION BY "t61"."visitor"
          ORDER BY "t61"."occurred_us" ASC, "t61"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t61"."at_us") OVER (
          PARTITION BY "t61"."visitor"
          ORDER BY "t61"."occurred_us" ASC, "t61"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t58"."visitor",
            "t58"."occurred_us",
            "t58"."start_us",
            "t58"."turn" + 1 AS "turn",
            "t58"."occurred_us" AS "at_us"
          FROM "t56" AS "t58"
          SEMI JOIN (
            SELECT
              "t31"."visitor",
              "t31"."occurred_us",
              "t31"."id" * 2 AS "turn"
            FROM "t24" AS "t31"
          ) AS "t50"
            ON "t58"."visitor" = "t50"."visitor"
        ) AS "t60"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t31"."visitor",
            "t31"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t31"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t24" AS "t31"
        ) AS "t41"
      ) AS "t61"
    ) AS "t64"
    WHERE
      "t64"."at_us" IS NULL
      AND "t64"."started_us" IS NOT NULL
      AND (
        "t64"."occurred_us" - "t64"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t65"
), "t76" AS (
  SELECT
    "t75"."visitor",
    "t75"."occurred_us",
    "t75"."turn",
    "t75"."previous_us",
    "t75"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t71"."visitor",
        "t71"."occurred_us",
        "t71"."start_us",
        "t71"."turn",
        "t71"."at_us",
        MAX("t71"."start_us") OVER (
          PARTITION BY "t71"."visitor"
          ORDER BY "t71"."occurred_us" ASC, "t71"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t71"."at_us") OVER (
          PARTITION BY "t71"."visitor"
          ORDER BY "t71"."occurred_us" ASC, "t71"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t68"."visitor",
            "t68"."occurred_us",
            "t68"."start_us",
            "t68"."turn" + 1 AS "turn",
            "t68"."occurred_us" AS "at_us"
          FROM "t66" AS "t68"
          SEMI JOIN (
            SELECT
              "t30"."visitor",
              "t30"."occurred_us",
              "t30"."id" * 2 AS "turn"
            FROM "t23" AS "t30"
          ) AS "t49"
            ON "t68"."visitor" = "t49"."visitor"
        ) AS "t70"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t30"."visitor",
            "t30"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t30"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t23" AS "t30"
        ) AS "t39"
      ) AS "t71"
    ) AS "t74"
    WHERE
      "t74"."at_us" IS NULL
      AND "t74"."started_us" IS NOT NULL
      AND (
        "t74"."occurred_us" - "t74"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t75"
), "t86" AS (
  SELECT
    "t85"."visitor",
    "t85"."occurred_us",
    "t85"."turn",
    "t85"."previous_us",
    "t85"."started_us" AS "start_us"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t81"."visitor",
        "t81"."occurred_us",
        "t81"."start_us",
        "t81"."turn",
        "t81"."at_us",
        MAX("t81"."start_us") OVER (
          PARTITION BY "t81"."visitor"
          ORDER BY "t81"."occurred_us" ASC, "t81"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "started_us",
        MAX("t81"."at_us") OVER (
          PARTITION BY "t81"."visitor"
          ORDER BY "t81"."occurred_us" ASC, "t81"."turn" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS "previous_us"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            "t78"."visitor",
            "t78"."occurred_us",
            "t78"."start_us",
            "t78"."turn" + 1 AS "turn",
            "t78"."occurred_us" AS "at_us"
          FROM "t76" AS "t78"
          SEMI JOIN (
            SELECT
              "t29"."visitor",
              "t29"."occurred_us",
              "t29"."id" * 2 AS "turn"
            FROM "t22" AS "t29"
          ) AS "t48"
            ON "t78"."visitor" = "t48"."visitor"
        ) AS "t80"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t29"."visitor",
            "t29"."occurred_us",
            CAST(NULL AS BIGINT) AS "start_us",
            "t29"."id" * 2 AS "turn",
            CAST(NULL AS BIGINT) AS "at_us"
          FROM "t22" AS "t29"
        ) AS "t37"
      ) AS "t81"
    ) AS "t84"
    WHERE
      "t84"."at_us" IS NULL
      AND "t84"."started_us" IS NOT NULL
      AND (
        "t84"."occurred_us" - "t84"."started_us"
      ) <= LAKE_WITHIN()
  ) AS "t85"
)
SELECT
  COALESCE("t104"."into", "t104"."customer") AS "root",
  MAX("t104"."step") AS "step"
FROM (
  SELECT
    "t103"."visitor",
    "t103"."step",
    "t103"."seconds",
    "t9"."customer",
    "t11"."merged",
    "t11"."into"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t100"."visitor",
        "t100"."step",
        "t100"."seconds"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM (
            SELECT
              *
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t33"."visitor",
                    1 AS "step",
                    CAST(NULL AS DOUBLE) AS "seconds"
                  FROM (
                    SELECT DISTINCT
                      "t27"."visitor"
                    FROM "t20" AS "t27"
                  ) AS "t33"
                ) AS "t45"
                UNION ALL
                SELECT
                  *
                FROM (
                  SELECT
                    "t59"."visitor",
                    2 AS "step",
                    "t59"."seconds"
                  FROM (
                    SELECT
                      "t57"."visitor",
                      FIRST(
                        (
                          "t57"."occurred_us" - "t57"."previous_us"
                        ) / 1000000 ORDER BY "t57"."occurred_us"
                      ) AS "seconds"
                    FROM "t56" AS "t57"
                    GROUP BY
                      1
                  ) AS "t59"
                ) AS "t62"
              ) AS "t63"
              UNION ALL
              SELECT
                *
              FROM (
                SELECT
                  "t69"."visitor",
                  3 AS "step",
                  "t69"."seconds"
                FROM (
                  SELECT
                    "t67"."visitor",
                    FIRST(
                      (
                        "t67"."occurred_us" - "t67"."previous_us"
                      ) / 1000000 ORDER BY "t67"."occurred_us"
                    ) AS "seconds"
                  FROM "t66" AS "t67"
                  GROUP BY
                    1
                ) AS "t69"
              ) AS "t72"
            ) AS "t73"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t79"."visitor",
                4 AS "step",
                "t79"."seconds"
              FROM (
                SELECT
                  "t77"."visitor",
                  FIRST(
                    (
                      "t77"."occurred_us" - "t77"."previous_us"
                    ) / 1000000 ORDER BY "t77"."occurred_us"
                  ) AS "seconds"
                FROM "t76" AS "t77"
                GROUP BY
                  1
              ) AS "t79"
            ) AS "t82"
          ) AS "t83"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t89"."visitor",
              5 AS "step",
              "t89"."seconds"
            FROM (
              SELECT
                "t87"."visitor",
                FIRST(
                  (
                    "t87"."occurred_us" - "t87"."previous_us"
                  ) / 1000000 ORDER BY "t87"."occurred_us"
                ) AS "seconds"
              FROM "t86" AS "t87"
              GROUP BY
                1
            ) AS "t89"
          ) AS "t92"
        ) AS "t93"
        UNION ALL
        SELECT
          *
        FROM (
          SELECT
            "t97"."visitor",
            6 AS "step",
            "t97"."seconds"
          FROM (
            SELECT
              "t96"."visitor",
              FIRST(
                (
                  "t96"."occurred_us" - "t96"."previous_us"
                ) / 1000000 ORDER BY "t96"."occurred_us"
              ) AS "seconds"
            FROM (
              SELECT
                "t95"."visitor",
                "t95"."occurred_us",
                "t95"."turn",
                "t95"."previous_us",
                "t95"."started_us" AS "start_us"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t91"."visitor",
                    "t91"."occurred_us",
                    "t91"."start_us",
                    "t91"."turn",
                    "t91"."at_us",
                    MAX("t91"."start_us") OVER (
                      PARTITION BY "t91"."visitor"
                      ORDER BY "t91"."occurred_us" ASC, "t91"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "started_us",
                    MAX("t91"."at_us") OVER (
                      PARTITION BY "t91"."visitor"
                      ORDER BY "t91"."occurred_us" ASC, "t91"."turn" ASC
                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
                    ) AS "previous_us"
                  FROM (
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t88"."visitor",
                        "t88"."occurred_us",
                        "t88"."start_us",
                        "t88"."turn" + 1 AS "turn",
                        "t88"."occurred_us" AS "at_us"
                      FROM "t86" AS "t88"
                      SEMI JOIN (
                        SELECT
                          "t28"."visitor",
                          "t28"."occurred_us",
                          "t28"."id" * 2 AS "turn"
                        FROM "t21" AS "t28"
                      ) AS "t47"
                        ON "t88"."visitor" = "t47"."visitor"
                    ) AS "t90"
                    UNION ALL
                    SELECT
                      *
                    FROM (
                      SELECT
                        "t28"."visitor",
                        "t28"."occurred_us",
                        CAST(NULL AS BIGINT) AS "start_us",
                        "t28"."id" * 2 AS "turn",
                        CAST(NULL AS BIGINT) AS "at_us"
                      FROM "t21" AS "t28"
                    ) AS "t35"
                  ) AS "t91"
                ) AS "t94"
                WHERE
                  "t94"."at_us" IS NULL
                  AND "t94"."started_us" IS NOT NULL
                  AND (
                    "t94"."occurred_us" - "t94"."started_us"
                  ) <= LAKE_WITHIN()
              ) AS "t95"
            ) AS "t96"
            GROUP BY
              1
          ) AS "t97"
        ) AS "t98"
      ) AS "t100"
      ANTI JOIN (
        SELECT DISTINCT
          "t12"."visitor"
        FROM (
          SELECT
            *
          FROM "lake:site.visited" AS "t2"
          WHERE
            "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t12"
        WHERE
          "t12"."agent" = 'staff'
      ) AS "t26"
        ON "t100"."visitor" = "t26"."visitor"
    ) AS "t101"
    WHERE
      NOT (
        STARTS_WITH("t101"."visitor", 'd:')
      )
  ) AS "t103"
  INNER JOIN "lake:visitor_map" AS "t9"
    ON "t103"."visitor" = "t9"."visitor"
  LEFT OUTER JOIN (
    SELECT
      "t1"."customer" AS "merged",
      "t1"."root" AS "into"
    FROM "lake:customer_map" AS "t1"
  ) AS "t11"
    ON "t9"."customer" = "t11"."merged"
) AS "t104"
GROUP BY
  1

-- shape site/paths version 1
SELECT
  "t3"."entry",
  "t3"."second",
  "t3"."third",
  "t3"."visits",
  "t3"."orders",
  SUM("t3"."visits") OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "total"
FROM (
  SELECT
    "t2"."entry",
    "t2"."second",
    "t2"."third",
    COUNT(*) AS "visits",
    COUNT(*) FILTER(WHERE
      "t2"."orders" > 0) AS "orders"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        *
      FROM "lake:asked_visits" AS "t0"
      WHERE
        "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t1"
    WHERE
      "t1"."entry" <> ''
  ) AS "t2"
  GROUP BY
    1,
    2,
    3
) AS "t3"

-- shape site/people version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:asked_known_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape site/products version 1
SELECT
  "t25"."product",
  "t25"."viewers",
  "t25"."views",
  "t25"."returned_to",
  COALESCE("t18"."name", '') AS "name",
  COALESCE("t23"."carted", 0) AS "carted"
FROM (
  SELECT
    "t21"."product",
    COUNT(*) AS "viewers",
    SUM("t21"."views") AS "views",
    COUNT(*) FILTER(WHERE
      NOT (
        STARTS_WITH("t21"."visitor", 'd:')
      )
      AND (
        "t21"."first_date" < "t21"."last_date"
      )) AS "returned_to"
  FROM (
    SELECT
      "t19"."product",
      "t19"."visitor",
      COUNT(*) AS "views",
      MIN("t19"."local_date") AS "first_date",
      MAX("t19"."local_date") AS "last_date"
    FROM (
      SELECT
        "t13"."id",
        "t13"."visitor",
        "t13"."local_date",
        "t13"."occurred_us",
        "t13"."is_bot",
        "t13"."product",
        "t13"."name"
      FROM (
        SELECT
          *
        FROM (
          SELECT
            *
          FROM "lake:site.product_viewed" AS "t0"
          WHERE
            "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t3"
        WHERE
          NOT (
            "t3"."is_bot"
          ) AND "t3"."visitor" IS NOT NULL AND "t3"."product" <> ''
      ) AS "t13"
      ANTI JOIN (
        SELECT DISTINCT
          "t6"."visitor"
        FROM (
          SELECT
            *
          FROM "lake:site.visited" AS "t2"
          WHERE
            "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
        ) AS "t6"
        WHERE
          "t6"."agent" = 'staff'
      ) AS "t15"
        ON "t13"."visitor" = "t15"."visitor"
    ) AS "t19"
    GROUP BY
      1,
      2
  ) AS "t21"
  GROUP BY
    1
) AS "t25"
LEFT OUTER JOIN (
  SELECT
    "t9"."product" AS "named",
    "t9"."name"
  FROM (
    SELECT
      "t4"."product",
      FIRST("t4"."name" ORDER BY "t4"."occurred_us" DESC) AS "name"
    FROM (
      SELECT
        *
      FROM "lake:site.product_viewed" AS "t0"
      WHERE
        "t0"."name" <> '' AND "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
    ) AS "t4"
    GROUP BY
      1
  ) AS "t9"
) AS "t18"
  ON "t25"."product" = "t18"."named"
LEFT OUTER JOIN (
  SELECT
    "t20"."product" AS "carted_product",
    COUNT(DISTINCT "t20"."visitor") AS "carted"
  FROM (
    SELECT
      "t14"."id",
      "t14"."visitor",
      "t14"."local_date",
      "t14"."occurred_us",
      "t14"."is_bot",
      "t14"."product",
      "t14"."name"
    FROM (
      SELECT
        *
      FROM (
        SELECT
          *
        FROM "lake:site.product_added" AS "t1"
        WHERE
          "t1"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t5"
      WHERE
        NOT (
          "t5"."is_bot"
        ) AND "t5"."visitor" IS NOT NULL AND "t5"."product" <> ''
    ) AS "t14"
    ANTI JOIN (
      SELECT DISTINCT
        "t7"."visitor"
      FROM (
        SELECT
          *
        FROM "lake:site.visited" AS "t2"
        WHERE
          "t2"."local_date" BETWEEN LAKE_START() AND LAKE_END()
      ) AS "t7"
      WHERE
        "t7"."agent" = 'staff'
    ) AS "t16"
      ON "t14"."visitor" = "t16"."visitor"
  ) AS "t20"
  GROUP BY
    1
) AS "t23"
  ON "t25"."product" = "t23"."carted_product"

-- shape source/asked_known_visits version 1
SELECT
  "t12"."customer",
  "t12"."visitor",
  "t12"."local_date",
  "t12"."local_hour",
  "t12"."occurred_us",
  "t12"."engaged_seconds",
  "t12"."pages",
  "t12"."added",
  "t12"."orders",
  "t12"."host",
  "t12"."entry",
  "t12"."second",
  "t12"."third",
  "t12"."exit",
  "t12"."product",
  "t12"."channel",
  "t12"."source",
  "t12"."medium",
  "t12"."campaign",
  "t12"."referrer",
  "t12"."place",
  "t12"."device",
  "t12"."first",
  "t12"."agent",
  "t12"."label",
  "t12"."is_lasting",
  "t12"."link",
  "t12"."linked",
  "t12"."person",
  "t12"."merged",
  "t12"."into",
  COALESCE("t12"."into", "t12"."person") AS "root"
FROM (
  SELECT
    "t11"."customer",
    "t11"."visitor",
    "t11"."local_date",
    "t11"."local_hour",
    "t11"."occurred_us",
    "t11"."engaged_seconds",
    "t11"."pages",
    "t11"."added",
    "t11"."orders",
    "t11"."host",
    "t11"."entry",
    "t11"."second",
    "t11"."third",
    "t11"."exit",
    "t11"."product",
    "t11"."channel",
    "t11"."source",
    "t11"."medium",
    "t11"."campaign",
    "t11"."referrer",
    "t11"."place",
    "t11"."device",
    "t11"."first",
    "t11"."agent",
    "t11"."label",
    "t11"."is_lasting",
    "t11"."link",
    "t11"."linked",
    "t11"."person",
    "t5"."merged",
    "t5"."into"
  FROM (
    SELECT
      "t9"."customer",
      "t9"."visitor",
      "t9"."local_date",
      "t9"."local_hour",
      "t9"."occurred_us",
      "t9"."engaged_seconds",
      "t9"."pages",
      "t9"."added",
      "t9"."orders",
      "t9"."host",
      "t9"."entry",
      "t9"."second",
      "t9"."third",
      "t9"."exit",
      "t9"."product",
      "t9"."channel",
      "t9"."source",
      "t9"."medium",
      "t9"."campaign",
      "t9"."referrer",
      "t9"."place",
      "t9"."device",
      "t9"."first",
      "t9"."agent",
      "t9"."label",
      "t9"."is_lasting",
      "t9"."link",
      "t9"."linked",
      CASE
        WHEN "t9"."is_lasting"
        THEN COALESCE("t9"."customer", "t9"."linked")
        ELSE CAST(NULL AS BIGINT)
      END AS "person"
    FROM (
      SELECT
        "t8"."customer",
        "t8"."visitor",
        "t8"."local_date",
        "t8"."local_hour",
        "t8"."occurred_us",
        "t8"."engaged_seconds",
        "t8"."pages",
        "t8"."added",
        "t8"."orders",
        "t8"."host",
        "t8"."entry",
        "t8"."second",
        "t8"."third",
        "t8"."exit",
        "t8"."product",
        "t8"."channel",
        "t8"."source",
        "t8"."medium",
        "t8"."campaign",
        "t8"."referrer",
        "t8"."place",
        "t8"."device",
        "t8"."first",
        "t8"."agent",
        "t8"."label",
        "t8"."is_lasting",
        "t6"."link",
        "t6"."linked"
      FROM (
        SELECT
          "t1"."customer",
          "t1"."visitor",
          "t1"."local_date",
          "t1"."local_hour",
          "t1"."occurred_us",
          "t1"."engaged_seconds",
          "t1"."pages",
          "t1"."added",
          "t1"."orders",
          "t1"."host",
          "t1"."entry",
          "t1"."second",
          "t1"."third",
          "t1"."exit",
          "t1"."product",
          "t1"."channel",
          "t1"."source",
          "t1"."medium",
          "t1"."campaign",
          "t1"."referrer",
          "t1"."place",
          "t1"."device",
          "t1"."first",
          "t1"."agent",
          "t1"."label",
          NOT (
            STARTS_WITH("t1"."visitor", 'd:')
          ) AS "is_lasting"
        FROM "lake:site.visited" AS "t1"
      ) AS "t8"
      LEFT OUTER JOIN (
        SELECT
          "t2"."visitor" AS "link",
          "t2"."customer" AS "linked"
        FROM "lake:visitor_map" AS "t2"
      ) AS "t6"
        ON "t8"."visitor" = "t6"."link"
    ) AS "t9"
  ) AS "t11"
  LEFT OUTER JOIN (
    SELECT
      "t0"."customer" AS "merged",
      "t0"."root" AS "into"
    FROM "lake:customer_map" AS "t0"
  ) AS "t5"
    ON "t11"."person" = "t5"."merged"
) AS "t12"

-- shape source/asked_linked_visits version 1
SELECT
  "t6"."customer",
  "t6"."visitor",
  "t6"."local_date",
  "t6"."local_hour",
  "t6"."occurred_us",
  "t6"."engaged_seconds",
  "t6"."pages",
  "t6"."added",
  "t6"."orders",
  "t6"."host",
  "t6"."entry",
  "t6"."second",
  "t6"."third",
  "t6"."exit",
  "t6"."product",
  "t6"."channel",
  "t6"."source",
  "t6"."medium",
  "t6"."campaign",
  "t6"."referrer",
  "t6"."place",
  "t6"."device",
  "t6"."first",
  "t6"."agent",
  "t6"."label",
  "t6"."is_lasting",
  "t6"."link",
  "t6"."linked",
  CASE
    WHEN "t6"."is_lasting"
    THEN COALESCE("t6"."customer", "t6"."linked")
    ELSE CAST(NULL AS BIGINT)
  END AS "person"
FROM (
  SELECT
    "t5"."customer",
    "t5"."visitor",
    "t5"."local_date",
    "t5"."local_hour",
    "t5"."occurred_us",
    "t5"."engaged_seconds",
    "t5"."pages",
    "t5"."added",
    "t5"."orders",
    "t5"."host",
    "t5"."entry",
    "t5"."second",
    "t5"."third",
    "t5"."exit",
    "t5"."product",
    "t5"."channel",
    "t5"."source",
    "t5"."medium",
    "t5"."campaign",
    "t5"."referrer",
    "t5"."place",
    "t5"."device",
    "t5"."first",
    "t5"."agent",
    "t5"."label",
    "t5"."is_lasting",
    "t3"."link",
    "t3"."linked"
  FROM (
    SELECT
      "t0"."customer",
      "t0"."visitor",
      "t0"."local_date",
      "t0"."local_hour",
      "t0"."occurred_us",
      "t0"."engaged_seconds",
      "t0"."pages",
      "t0"."added",
      "t0"."orders",
      "t0"."host",
      "t0"."entry",
      "t0"."second",
      "t0"."third",
      "t0"."exit",
      "t0"."product",
      "t0"."channel",
      "t0"."source",
      "t0"."medium",
      "t0"."campaign",
      "t0"."referrer",
      "t0"."place",
      "t0"."device",
      "t0"."first",
      "t0"."agent",
      "t0"."label",
      NOT (
        STARTS_WITH("t0"."visitor", 'd:')
      ) AS "is_lasting"
    FROM "lake:site.visited" AS "t0"
  ) AS "t5"
  LEFT OUTER JOIN (
    SELECT
      "t1"."visitor" AS "link",
      "t1"."customer" AS "linked"
    FROM "lake:visitor_map" AS "t1"
  ) AS "t3"
    ON "t5"."visitor" = "t3"."link"
) AS "t6"

-- shape source/asked_visits version 1
SELECT
  "t0"."customer",
  "t0"."visitor",
  "t0"."local_date",
  "t0"."local_hour",
  "t0"."occurred_us",
  "t0"."engaged_seconds",
  "t0"."pages",
  "t0"."added",
  "t0"."orders",
  "t0"."host",
  "t0"."entry",
  "t0"."second",
  "t0"."third",
  "t0"."exit",
  "t0"."product",
  "t0"."channel",
  "t0"."source",
  "t0"."medium",
  "t0"."campaign",
  "t0"."referrer",
  "t0"."place",
  "t0"."device",
  "t0"."first",
  "t0"."agent",
  "t0"."label",
  NOT (
    STARTS_WITH("t0"."visitor", 'd:')
  ) AS "is_lasting"
FROM "lake:site.visited" AS "t0"

-- shape source/known_visits version 1
SELECT
  "t12"."customer",
  "t12"."visitor",
  "t12"."local_date",
  "t12"."local_hour",
  "t12"."occurred_us",
  "t12"."engaged_seconds",
  "t12"."pages",
  "t12"."added",
  "t12"."orders",
  "t12"."host",
  "t12"."entry",
  "t12"."second",
  "t12"."third",
  "t12"."exit",
  "t12"."product",
  "t12"."channel",
  "t12"."source",
  "t12"."medium",
  "t12"."campaign",
  "t12"."referrer",
  "t12"."place",
  "t12"."device",
  "t12"."first",
  "t12"."agent",
  "t12"."is_lasting",
  "t12"."link",
  "t12"."linked",
  "t12"."person",
  "t12"."merged",
  "t12"."into",
  COALESCE("t12"."into", "t12"."person") AS "root"
FROM (
  SELECT
    "t11"."customer",
    "t11"."visitor",
    "t11"."local_date",
    "t11"."local_hour",
    "t11"."occurred_us",
    "t11"."engaged_seconds",
    "t11"."pages",
    "t11"."added",
    "t11"."orders",
    "t11"."host",
    "t11"."entry",
    "t11"."second",
    "t11"."third",
    "t11"."exit",
    "t11"."product",
    "t11"."channel",
    "t11"."source",
    "t11"."medium",
    "t11"."campaign",
    "t11"."referrer",
    "t11"."place",
    "t11"."device",
    "t11"."first",
    "t11"."agent",
    "t11"."is_lasting",
    "t11"."link",
    "t11"."linked",
    "t11"."person",
    "t5"."merged",
    "t5"."into"
  FROM (
    SELECT
      "t9"."customer",
      "t9"."visitor",
      "t9"."local_date",
      "t9"."local_hour",
      "t9"."occurred_us",
      "t9"."engaged_seconds",
      "t9"."pages",
      "t9"."added",
      "t9"."orders",
      "t9"."host",
      "t9"."entry",
      "t9"."second",
      "t9"."third",
      "t9"."exit",
      "t9"."product",
      "t9"."channel",
      "t9"."source",
      "t9"."medium",
      "t9"."campaign",
      "t9"."referrer",
      "t9"."place",
      "t9"."device",
      "t9"."first",
      "t9"."agent",
      "t9"."is_lasting",
      "t9"."link",
      "t9"."linked",
      CASE
        WHEN "t9"."is_lasting"
        THEN COALESCE("t9"."customer", "t9"."linked")
        ELSE CAST(NULL AS BIGINT)
      END AS "person"
    FROM (
      SELECT
        "t8"."customer",
        "t8"."visitor",
        "t8"."local_date",
        "t8"."local_hour",
        "t8"."occurred_us",
        "t8"."engaged_seconds",
        "t8"."pages",
        "t8"."added",
        "t8"."orders",
        "t8"."host",
        "t8"."entry",
        "t8"."second",
        "t8"."third",
        "t8"."exit",
        "t8"."product",
        "t8"."channel",
        "t8"."source",
        "t8"."medium",
        "t8"."campaign",
        "t8"."referrer",
        "t8"."place",
        "t8"."device",
        "t8"."first",
        "t8"."agent",
        "t8"."is_lasting",
        "t6"."link",
        "t6"."linked"
      FROM (
        SELECT
          "t1"."customer",
          "t1"."visitor",
          "t1"."local_date",
          "t1"."local_hour",
          "t1"."occurred_us",
          "t1"."engaged_seconds",
          "t1"."pages",
          "t1"."added",
          "t1"."orders",
          "t1"."host",
          "t1"."entry",
          "t1"."second",
          "t1"."third",
          "t1"."exit",
          "t1"."product",
          "t1"."channel",
          "t1"."source",
          "t1"."medium",
          "t1"."campaign",
          "t1"."referrer",
          "t1"."place",
          "t1"."device",
          "t1"."first",
          "t1"."agent",
          NOT (
            STARTS_WITH("t1"."visitor", 'd:')
          ) AS "is_lasting"
        FROM "lake:site.visited" AS "t1"
        WHERE
          "t1"."agent" = 'person'
      ) AS "t8"
      LEFT OUTER JOIN (
        SELECT
          "t2"."visitor" AS "link",
          "t2"."customer" AS "linked"
        FROM "lake:visitor_map" AS "t2"
      ) AS "t6"
        ON "t8"."visitor" = "t6"."link"
    ) AS "t9"
  ) AS "t11"
  LEFT OUTER JOIN (
    SELECT
      "t0"."customer" AS "merged",
      "t0"."root" AS "into"
    FROM "lake:customer_map" AS "t0"
  ) AS "t5"
    ON "t11"."person" = "t5"."merged"
) AS "t12"

-- shape source/linked_visits version 1
SELECT
  "t6"."customer",
  "t6"."visitor",
  "t6"."local_date",
  "t6"."local_hour",
  "t6"."occurred_us",
  "t6"."engaged_seconds",
  "t6"."pages",
  "t6"."added",
  "t6"."orders",
  "t6"."host",
  "t6"."entry",
  "t6"."second",
  "t6"."third",
  "t6"."exit",
  "t6"."product",
  "t6"."channel",
  "t6"."source",
  "t6"."medium",
  "t6"."campaign",
  "t6"."referrer",
  "t6"."place",
  "t6"."device",
  "t6"."first",
  "t6"."agent",
  "t6"."is_lasting",
  "t6"."link",
  "t6"."linked",
  CASE
    WHEN "t6"."is_lasting"
    THEN COALESCE("t6"."customer", "t6"."linked")
    ELSE CAST(NULL AS BIGINT)
  END AS "person"
FROM (
  SELECT
    "t5"."customer",
    "t5"."visitor",
    "t5"."local_date",
    "t5"."local_hour",
    "t5"."occurred_us",
    "t5"."engaged_seconds",
    "t5"."pages",
    "t5"."added",
    "t5"."orders",
    "t5"."host",
    "t5"."entry",
    "t5"."second",
    "t5"."third",
    "t5"."exit",
    "t5"."product",
    "t5"."channel",
    "t5"."source",
    "t5"."medium",
    "t5"."campaign",
    "t5"."referrer",
    "t5"."place",
    "t5"."device",
    "t5"."first",
    "t5"."agent",
    "t5"."is_lasting",
    "t3"."link",
    "t3"."linked"
  FROM (
    SELECT
      "t0"."customer",
      "t0"."visitor",
      "t0"."local_date",
      "t0"."local_hour",
      "t0"."occurred_us",
      "t0"."engaged_seconds",
      "t0"."pages",
      "t0"."added",
      "t0"."orders",
      "t0"."host",
      "t0"."entry",
      "t0"."second",
      "t0"."third",
      "t0"."exit",
      "t0"."product",
      "t0"."channel",
      "t0"."source",
      "t0"."medium",
      "t0"."campaign",
      "t0"."referrer",
      "t0"."place",
      "t0"."device",
      "t0"."first",
      "t0"."agent",
      NOT (
        STARTS_WITH("t0"."visitor", 'd:')
      ) AS "is_lasting"
    FROM "lake:site.visited" AS "t0"
    WHERE
      "t0"."agent" = 'person'
  ) AS "t5"
  LEFT OUTER JOIN (
    SELECT
      "t1"."visitor" AS "link",
      "t1"."customer" AS "linked"
    FROM "lake:visitor_map" AS "t1"
  ) AS "t3"
    ON "t5"."visitor" = "t3"."link"
) AS "t6"

-- shape source/orders/mapped/converted version 1
WITH "t11" AS (
  SELECT
    "t9"."source" AS "currency",
    "t9"."date" AS "since",
    "t9"."rate"
  FROM (
    SELECT
      *
    FROM "lake:rates" AS "t3"
    WHERE
      "t3"."target" = LAKE_CURRENCY()
  ) AS "t9"
)
SELECT
  COALESCE("t26"."root", "t26"."customer") AS "root",
  "t26"."local_date",
  "t26"."placed_us",
  "t26"."value"
FROM (
  SELECT
    "t25"."customer",
    "t25"."amount_minor",
    "t25"."currency",
    "t25"."local_date",
    "t25"."occurred_us",
    "t25"."placed_us",
    "t25"."currency_right",
    "t25"."local_date_right",
    "t25"."factor",
    "t25"."value",
    "t4"."customer" AS "customer_right",
    "t4"."root"
  FROM (
    SELECT
      "t23"."customer",
      "t23"."amount_minor",
      "t23"."currency",
      "t23"."local_date",
      "t23"."occurred_us",
      "t23"."placed_us",
      "t23"."currency_right",
      "t23"."local_date_right",
      "t23"."factor",
      CASE
        WHEN "t23"."currency" = LAKE_CURRENCY()
        THEN "t23"."amount_minor"
        ELSE CAST(ROUND_EVEN(CAST(ROUND(CAST("t23"."amount_minor" AS DOUBLE) * "t23"."factor", 6) AS DOUBLE), 0) AS BIGINT)
      END AS "value"
    FROM (
      SELECT
        "t5"."customer",
        "t5"."amount_minor",
        "t5"."currency",
        "t5"."local_date",
        "t5"."occurred_us",
        "t5"."placed_us",
        "t22"."currency" AS "currency_right",
        "t22"."local_date" AS "local_date_right",
        "t22"."factor"
      FROM "lake:order.paid" AS "t5"
      LEFT OUTER JOIN (
        SELECT
          "t12"."currency",
          "t12"."local_date",
          "t20"."rate" * "t6"."scale" AS "factor"
        FROM (
          SELECT DISTINCT
            "t7"."currency",
            "t7"."local_date"
          FROM (
            SELECT
              *
            FROM "lake:order.paid" AS "t1"
            WHERE
              "t1"."currency" <> LAKE_CURRENCY()
          ) AS "t7"
        ) AS "t12"
        INNER JOIN (
          SELECT
            "t18"."currency",
            "t18"."since",
            "t18"."rate",
            LEAD("t18"."since") OVER (
              PARTITION BY "t18"."currency"
              ORDER BY "t18"."since" ASC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "until"
          FROM (
            SELECT
              *
            FROM "t11" AS "t14"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t15"."currency",
                "t15"."since",
                "t15"."rate"
              FROM (
                SELECT
                  "t8"."target" AS "currency",
                  "t8"."date" AS "since",
                  1.0 / "t8"."rate" AS "rate"
                FROM (
                  SELECT
                    *
                  FROM "lake:rates" AS "t3"
                  WHERE
                    "t3"."source" = LAKE_CURRENCY()
                ) AS "t8"
              ) AS "t15"
              ANTI JOIN "t11" AS "t16"
                ON "t15"."currency" = "t16"."currency"
            ) AS "t17"
          ) AS "t18"
        ) AS "t20"
          ON "t12"."currency" = "t20"."currency"
          AND "t20"."since" <= "t12"."local_date"
          AND (
            (
              "t20"."until" IS NULL
            ) OR (
              "t12"."local_date" < "t20"."until"
            )
          )
        INNER JOIN "lake:currencies" AS "t6"
          ON "t12"."currency" = "t6"."currency"
      ) AS "t22"
        ON "t5"."currency" = "t22"."currency" AND "t5"."local_date" = "t22"."local_date"
    ) AS "t23"
  ) AS "t25"
  LEFT OUTER JOIN "lake:customer_map" AS "t4"
    ON "t25"."customer" = "t4"."customer"
) AS "t26"

-- shape source/orders/mapped/single version 1
SELECT
  COALESCE("t5"."root", "t5"."customer") AS "root",
  "t5"."local_date",
  "t5"."placed_us",
  "t5"."value"
FROM (
  SELECT
    "t4"."customer",
    "t4"."amount_minor",
    "t4"."currency",
    "t4"."local_date",
    "t4"."occurred_us",
    "t4"."placed_us",
    "t4"."value",
    "t2"."customer" AS "customer_right",
    "t2"."root"
  FROM (
    SELECT
      "t0"."customer",
      "t0"."amount_minor",
      "t0"."currency",
      "t0"."local_date",
      "t0"."occurred_us",
      "t0"."placed_us",
      "t0"."amount_minor" AS "value"
    FROM "lake:order.paid" AS "t0"
  ) AS "t4"
  LEFT OUTER JOIN "lake:customer_map" AS "t2"
    ON "t4"."customer" = "t2"."customer"
) AS "t5"

-- shape source/orders/plain/converted version 1
WITH "t9" AS (
  SELECT
    "t7"."source" AS "currency",
    "t7"."date" AS "since",
    "t7"."rate"
  FROM (
    SELECT
      *
    FROM "lake:rates" AS "t2"
    WHERE
      "t2"."target" = LAKE_CURRENCY()
  ) AS "t7"
)
SELECT
  "t22"."customer" AS "root",
  "t22"."local_date",
  "t22"."placed_us",
  "t22"."value"
FROM (
  SELECT
    "t21"."customer",
    "t21"."amount_minor",
    "t21"."currency",
    "t21"."local_date",
    "t21"."occurred_us",
    "t21"."placed_us",
    "t21"."currency_right",
    "t21"."local_date_right",
    "t21"."factor",
    CASE
      WHEN "t21"."currency" = LAKE_CURRENCY()
      THEN "t21"."amount_minor"
      ELSE CAST(ROUND_EVEN(CAST(ROUND(CAST("t21"."amount_minor" AS DOUBLE) * "t21"."factor", 6) AS DOUBLE), 0) AS BIGINT)
    END AS "value"
  FROM (
    SELECT
      "t3"."customer",
      "t3"."amount_minor",
      "t3"."currency",
      "t3"."local_date",
      "t3"."occurred_us",
      "t3"."placed_us",
      "t20"."currency" AS "currency_right",
      "t20"."local_date" AS "local_date_right",
      "t20"."factor"
    FROM "lake:order.paid" AS "t3"
    LEFT OUTER JOIN (
      SELECT
        "t10"."currency",
        "t10"."local_date",
        "t18"."rate" * "t4"."scale" AS "factor"
      FROM (
        SELECT DISTINCT
          "t5"."currency",
          "t5"."local_date"
        FROM (
          SELECT
            *
          FROM "lake:order.paid" AS "t0"
          WHERE
            "t0"."currency" <> LAKE_CURRENCY()
        ) AS "t5"
      ) AS "t10"
      INNER JOIN (
        SELECT
          "t16"."currency",
          "t16"."since",
          "t16"."rate",
          LEAD("t16"."since") OVER (
            PARTITION BY "t16"."currency"
            ORDER BY "t16"."since" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "until"
        FROM (
          SELECT
            *
          FROM "t9" AS "t12"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t13"."currency",
              "t13"."since",
              "t13"."rate"
            FROM (
              SELECT
                "t6"."target" AS "currency",
                "t6"."date" AS "since",
                1.0 / "t6"."rate" AS "rate"
              FROM (
                SELECT
                  *
                FROM "lake:rates" AS "t2"
                WHERE
                  "t2"."source" = LAKE_CURRENCY()
              ) AS "t6"
            ) AS "t13"
            ANTI JOIN "t9" AS "t14"
              ON "t13"."currency" = "t14"."currency"
          ) AS "t15"
        ) AS "t16"
      ) AS "t18"
        ON "t10"."currency" = "t18"."currency"
        AND "t18"."since" <= "t10"."local_date"
        AND (
          (
            "t18"."until" IS NULL
          ) OR (
            "t10"."local_date" < "t18"."until"
          )
        )
      INNER JOIN "lake:currencies" AS "t4"
        ON "t10"."currency" = "t4"."currency"
    ) AS "t20"
      ON "t3"."currency" = "t20"."currency" AND "t3"."local_date" = "t20"."local_date"
  ) AS "t21"
) AS "t22"

-- shape source/orders/plain/single version 1
SELECT
  "t0"."customer" AS "root",
  "t0"."local_date",
  "t0"."placed_us",
  "t0"."amount_minor" AS "value"
FROM "lake:order.paid" AS "t0"

-- shape source/refunds/mapped/converted version 1
WITH "t11" AS (
  SELECT
    "t9"."source" AS "currency",
    "t9"."date" AS "since",
    "t9"."rate"
  FROM (
    SELECT
      *
    FROM "lake:rates" AS "t3"
    WHERE
      "t3"."target" = LAKE_CURRENCY()
  ) AS "t9"
)
SELECT
  COALESCE("t26"."root", "t26"."customer") AS "root",
  "t26"."local_date",
  "t26"."value"
FROM (
  SELECT
    "t25"."customer",
    "t25"."amount_minor",
    "t25"."currency",
    "t25"."local_date",
    "t25"."occurred_us",
    "t25"."currency_right",
    "t25"."local_date_right",
    "t25"."factor",
    "t25"."value",
    "t4"."customer" AS "customer_right",
    "t4"."root"
  FROM (
    SELECT
      "t23"."customer",
      "t23"."amount_minor",
      "t23"."currency",
      "t23"."local_date",
      "t23"."occurred_us",
      "t23"."currency_right",
      "t23"."local_date_right",
      "t23"."factor",
      CASE
        WHEN "t23"."currency" = LAKE_CURRENCY()
        THEN "t23"."amount_minor"
        ELSE CAST(ROUND_EVEN(CAST(ROUND(CAST("t23"."amount_minor" AS DOUBLE) * "t23"."factor", 6) AS DOUBLE), 0) AS BIGINT)
      END AS "value"
    FROM (
      SELECT
        "t5"."customer",
        "t5"."amount_minor",
        "t5"."currency",
        "t5"."local_date",
        "t5"."occurred_us",
        "t22"."currency" AS "currency_right",
        "t22"."local_date" AS "local_date_right",
        "t22"."factor"
      FROM "lake:order.refunded" AS "t5"
      LEFT OUTER JOIN (
        SELECT
          "t12"."currency",
          "t12"."local_date",
          "t20"."rate" * "t6"."scale" AS "factor"
        FROM (
          SELECT DISTINCT
            "t7"."currency",
            "t7"."local_date"
          FROM (
            SELECT
              *
            FROM "lake:order.refunded" AS "t1"
            WHERE
              "t1"."currency" <> LAKE_CURRENCY()
          ) AS "t7"
        ) AS "t12"
        INNER JOIN (
          SELECT
            "t18"."currency",
            "t18"."since",
            "t18"."rate",
            LEAD("t18"."since") OVER (
              PARTITION BY "t18"."currency"
              ORDER BY "t18"."since" ASC
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ) AS "until"
          FROM (
            SELECT
              *
            FROM "t11" AS "t14"
            UNION ALL
            SELECT
              *
            FROM (
              SELECT
                "t15"."currency",
                "t15"."since",
                "t15"."rate"
              FROM (
                SELECT
                  "t8"."target" AS "currency",
                  "t8"."date" AS "since",
                  1.0 / "t8"."rate" AS "rate"
                FROM (
                  SELECT
                    *
                  FROM "lake:rates" AS "t3"
                  WHERE
                    "t3"."source" = LAKE_CURRENCY()
                ) AS "t8"
              ) AS "t15"
              ANTI JOIN "t11" AS "t16"
                ON "t15"."currency" = "t16"."currency"
            ) AS "t17"
          ) AS "t18"
        ) AS "t20"
          ON "t12"."currency" = "t20"."currency"
          AND "t20"."since" <= "t12"."local_date"
          AND (
            (
              "t20"."until" IS NULL
            ) OR (
              "t12"."local_date" < "t20"."until"
            )
          )
        INNER JOIN "lake:currencies" AS "t6"
          ON "t12"."currency" = "t6"."currency"
      ) AS "t22"
        ON "t5"."currency" = "t22"."currency" AND "t5"."local_date" = "t22"."local_date"
    ) AS "t23"
  ) AS "t25"
  LEFT OUTER JOIN "lake:customer_map" AS "t4"
    ON "t25"."customer" = "t4"."customer"
) AS "t26"

-- shape source/refunds/mapped/single version 1
SELECT
  COALESCE("t5"."root", "t5"."customer") AS "root",
  "t5"."local_date",
  "t5"."value"
FROM (
  SELECT
    "t4"."customer",
    "t4"."amount_minor",
    "t4"."currency",
    "t4"."local_date",
    "t4"."occurred_us",
    "t4"."value",
    "t2"."customer" AS "customer_right",
    "t2"."root"
  FROM (
    SELECT
      "t0"."customer",
      "t0"."amount_minor",
      "t0"."currency",
      "t0"."local_date",
      "t0"."occurred_us",
      "t0"."amount_minor" AS "value"
    FROM "lake:order.refunded" AS "t0"
  ) AS "t4"
  LEFT OUTER JOIN "lake:customer_map" AS "t2"
    ON "t4"."customer" = "t2"."customer"
) AS "t5"

-- shape source/refunds/plain/converted version 1
WITH "t9" AS (
  SELECT
    "t7"."source" AS "currency",
    "t7"."date" AS "since",
    "t7"."rate"
  FROM (
    SELECT
      *
    FROM "lake:rates" AS "t2"
    WHERE
      "t2"."target" = LAKE_CURRENCY()
  ) AS "t7"
)
SELECT
  "t22"."customer" AS "root",
  "t22"."local_date",
  "t22"."value"
FROM (
  SELECT
    "t21"."customer",
    "t21"."amount_minor",
    "t21"."currency",
    "t21"."local_date",
    "t21"."occurred_us",
    "t21"."currency_right",
    "t21"."local_date_right",
    "t21"."factor",
    CASE
      WHEN "t21"."currency" = LAKE_CURRENCY()
      THEN "t21"."amount_minor"
      ELSE CAST(ROUND_EVEN(CAST(ROUND(CAST("t21"."amount_minor" AS DOUBLE) * "t21"."factor", 6) AS DOUBLE), 0) AS BIGINT)
    END AS "value"
  FROM (
    SELECT
      "t3"."customer",
      "t3"."amount_minor",
      "t3"."currency",
      "t3"."local_date",
      "t3"."occurred_us",
      "t20"."currency" AS "currency_right",
      "t20"."local_date" AS "local_date_right",
      "t20"."factor"
    FROM "lake:order.refunded" AS "t3"
    LEFT OUTER JOIN (
      SELECT
        "t10"."currency",
        "t10"."local_date",
        "t18"."rate" * "t4"."scale" AS "factor"
      FROM (
        SELECT DISTINCT
          "t5"."currency",
          "t5"."local_date"
        FROM (
          SELECT
            *
          FROM "lake:order.refunded" AS "t0"
          WHERE
            "t0"."currency" <> LAKE_CURRENCY()
        ) AS "t5"
      ) AS "t10"
      INNER JOIN (
        SELECT
          "t16"."currency",
          "t16"."since",
          "t16"."rate",
          LEAD("t16"."since") OVER (
            PARTITION BY "t16"."currency"
            ORDER BY "t16"."since" ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
          ) AS "until"
        FROM (
          SELECT
            *
          FROM "t9" AS "t12"
          UNION ALL
          SELECT
            *
          FROM (
            SELECT
              "t13"."currency",
              "t13"."since",
              "t13"."rate"
            FROM (
              SELECT
                "t6"."target" AS "currency",
                "t6"."date" AS "since",
                1.0 / "t6"."rate" AS "rate"
              FROM (
                SELECT
                  *
                FROM "lake:rates" AS "t2"
                WHERE
                  "t2"."source" = LAKE_CURRENCY()
              ) AS "t6"
            ) AS "t13"
            ANTI JOIN "t9" AS "t14"
              ON "t13"."currency" = "t14"."currency"
          ) AS "t15"
        ) AS "t16"
      ) AS "t18"
        ON "t10"."currency" = "t18"."currency"
        AND "t18"."since" <= "t10"."local_date"
        AND (
          (
            "t18"."until" IS NULL
          ) OR (
            "t10"."local_date" < "t18"."until"
          )
        )
      INNER JOIN "lake:currencies" AS "t4"
        ON "t10"."currency" = "t4"."currency"
    ) AS "t20"
      ON "t3"."currency" = "t20"."currency" AND "t3"."local_date" = "t20"."local_date"
  ) AS "t21"
) AS "t22"

-- shape source/refunds/plain/single version 1
SELECT
  "t0"."customer" AS "root",
  "t0"."local_date",
  "t0"."amount_minor" AS "value"
FROM "lake:order.refunded" AS "t0"

-- shape source/visits version 1
SELECT
  "t0"."customer",
  "t0"."visitor",
  "t0"."local_date",
  "t0"."local_hour",
  "t0"."occurred_us",
  "t0"."engaged_seconds",
  "t0"."pages",
  "t0"."added",
  "t0"."orders",
  "t0"."host",
  "t0"."entry",
  "t0"."second",
  "t0"."third",
  "t0"."exit",
  "t0"."product",
  "t0"."channel",
  "t0"."source",
  "t0"."medium",
  "t0"."campaign",
  "t0"."referrer",
  "t0"."place",
  "t0"."device",
  "t0"."first",
  "t0"."agent",
  NOT (
    STARTS_WITH("t0"."visitor", 'd:')
  ) AS "is_lasting"
FROM "lake:site.visited" AS "t0"
WHERE
  "t0"."agent" = 'person'

-- shape time_between_orders/behind version 1
SELECT DISTINCT
  "t4"."root"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      "t2"."local_date",
      "t2"."orders",
      DATE_DIFF(
        'DAY',
        LAG("t2"."local_date") OVER (
          PARTITION BY "t2"."root"
          ORDER BY "t2"."local_date" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t2"."local_date"
      ) AS "gap"
    FROM (
      SELECT
        "t1"."root",
        "t1"."local_date",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t1"
      GROUP BY
        1,
        2
    ) AS "t2"
  ) AS "t3"
  WHERE
    "t3"."gap" IS NOT NULL AND "t3"."local_date" >= LAKE_START()
) AS "t4"

-- shape time_between_orders/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t4"."local_date") AS "period",
  QUANTILE_CONT("t4"."gap", 0.5) AS "value",
  COUNT(*) AS "n",
  QUANTILE_CONT("t4"."gap", 0.25) AS "low",
  QUANTILE_CONT("t4"."gap", 0.75) AS "high"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      "t2"."local_date",
      "t2"."orders",
      DATE_DIFF(
        'DAY',
        LAG("t2"."local_date") OVER (
          PARTITION BY "t2"."root"
          ORDER BY "t2"."local_date" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t2"."local_date"
      ) AS "gap"
    FROM (
      SELECT
        "t1"."root",
        "t1"."local_date",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t1"
      GROUP BY
        1,
        2
    ) AS "t2"
  ) AS "t3"
  WHERE
    "t3"."gap" IS NOT NULL AND "t3"."local_date" >= LAKE_START()
) AS "t4"
GROUP BY
  1

-- shape time_between_orders/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t4"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t4"."local_date")
  ) - 1 AS "period",
  QUANTILE_CONT("t4"."gap", 0.5) AS "value",
  COUNT(*) AS "n",
  QUANTILE_CONT("t4"."gap", 0.25) AS "low",
  QUANTILE_CONT("t4"."gap", 0.75) AS "high"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      "t2"."local_date",
      "t2"."orders",
      DATE_DIFF(
        'DAY',
        LAG("t2"."local_date") OVER (
          PARTITION BY "t2"."root"
          ORDER BY "t2"."local_date" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t2"."local_date"
      ) AS "gap"
    FROM (
      SELECT
        "t1"."root",
        "t1"."local_date",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t1"
      GROUP BY
        1,
        2
    ) AS "t2"
  ) AS "t3"
  WHERE
    "t3"."gap" IS NOT NULL AND "t3"."local_date" >= LAKE_START()
) AS "t4"
GROUP BY
  1

-- shape time_between_orders/total version 1
SELECT
  QUANTILE_CONT("t4"."gap", 0.5) AS "value",
  COUNT(*) AS "n",
  QUANTILE_CONT("t4"."gap", 0.25) AS "low",
  QUANTILE_CONT("t4"."gap", 0.75) AS "high"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      "t2"."local_date",
      "t2"."orders",
      DATE_DIFF(
        'DAY',
        LAG("t2"."local_date") OVER (
          PARTITION BY "t2"."root"
          ORDER BY "t2"."local_date" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t2"."local_date"
      ) AS "gap"
    FROM (
      SELECT
        "t1"."root",
        "t1"."local_date",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t1"
      GROUP BY
        1,
        2
    ) AS "t2"
  ) AS "t3"
  WHERE
    "t3"."gap" IS NOT NULL AND "t3"."local_date" >= LAKE_START()
) AS "t4"

-- shape time_between_orders/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t4"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  QUANTILE_CONT("t4"."gap", 0.5) AS "value",
  COUNT(*) AS "n",
  QUANTILE_CONT("t4"."gap", 0.25) AS "low",
  QUANTILE_CONT("t4"."gap", 0.75) AS "high"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t2"."root",
      "t2"."local_date",
      "t2"."orders",
      DATE_DIFF(
        'DAY',
        LAG("t2"."local_date") OVER (
          PARTITION BY "t2"."root"
          ORDER BY "t2"."local_date" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ),
        "t2"."local_date"
      ) AS "gap"
    FROM (
      SELECT
        "t1"."root",
        "t1"."local_date",
        COUNT(*) AS "orders"
      FROM (
        SELECT
          *
        FROM "lake:orders" AS "t0"
        WHERE
          "t0"."root" IS NOT NULL AND "t0"."local_date" <= LAKE_END()
      ) AS "t1"
      GROUP BY
        1,
        2
    ) AS "t2"
  ) AS "t3"
  WHERE
    "t3"."gap" IS NOT NULL AND "t3"."local_date" >= LAKE_START()
) AS "t4"
GROUP BY
  1

-- shape visit_conversion/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:known_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
WHERE
  "t1"."orders" > 0

-- shape visit_conversion/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  COUNT(*) FILTER(WHERE
    "t1"."orders" > 0) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape visit_conversion/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  COUNT(*) FILTER(WHERE
    "t1"."orders" > 0) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape visit_conversion/total version 1
SELECT
  COUNT(*) FILTER(WHERE
    "t1"."orders" > 0) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape visit_conversion/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT(*) FILTER(WHERE
    "t1"."orders" > 0) AS "top",
  COUNT(*) AS "bottom",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape visits/behind version 1
SELECT DISTINCT
  "t1"."root"
FROM (
  SELECT
    *
  FROM "lake:known_visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape visits/day version 1
SELECT
  DATE_DIFF('DAY', MAKE_DATE(1970, 1, 1), "t1"."local_date") AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape visits/month version 1
SELECT
  (
    (
      CAST(EXTRACT(year FROM "t1"."local_date") AS BIGINT) * 12
    ) + EXTRACT(month FROM "t1"."local_date")
  ) - 1 AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1

-- shape visits/total version 1
SELECT
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"

-- shape visits/week version 1
SELECT
  CAST(FLOOR(
    (
      DATE_DIFF('DAY', MAKE_DATE(1970, 1, 5), "t1"."local_date") - (
        LAKE_WEEK_START() - 1
      )
    ) / (
      7
    )
  ) AS BIGINT) AS "period",
  COUNT(*) AS "value",
  COUNT(*) AS "n"
FROM (
  SELECT
    *
  FROM "lake:visits" AS "t0"
  WHERE
    "t0"."local_date" BETWEEN LAKE_START() AND LAKE_END()
) AS "t1"
GROUP BY
  1
