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
