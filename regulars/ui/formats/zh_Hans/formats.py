"""Chinese shops group digits by three, as their platforms' reports do; Django's Chinese formats do not group."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
