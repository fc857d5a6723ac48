"""What it means. A pure library over the lake: usable from a notebook, imports no Django, never writes.

>>> from regulars.insight import Lake, value
>>> value(Lake("home/lake"), "repeat_rate").value  # doctest: +SKIP
0.31
"""

from regulars.insight.catalogue import CATALOGUE, Metric, UnknownMetric
from regulars.insight.cohorts import retention
from regulars.insight.lake import Lake
from regulars.insight.manifest import LakeError
from regulars.insight.measure import compare, customers_behind, series, value
from regulars.insight.questions import extent
from regulars.insight.segments import SEGMENTS, customers_in_segment, rfm, rhythms

__all__ = [
    "CATALOGUE",
    "SEGMENTS",
    "Lake",
    "LakeError",
    "Metric",
    "UnknownMetric",
    "compare",
    "customers_behind",
    "customers_in_segment",
    "extent",
    "retention",
    "rfm",
    "rhythms",
    "series",
    "value",
]
