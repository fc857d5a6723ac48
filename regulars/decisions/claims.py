"""Words that a shop should not say: what the law forbids, what nobody can prove, and what no friend would shout.

A first lexicon in two languages. A finding blocks or only warns; the shop may send what only warns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["superlative", "cure", "loss", "green", "urgency", "shouting"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A word that was found. ``start`` and ``end`` are places in the text; ``blocks``: it must not leave so."""

    kind: Kind
    word: str
    start: int
    end: int
    blocks: bool


# PRC Advertising Law, article 9(3) and the guide of 2023 (SAMR notice 6): superlatives that claim a rank. What is no
# claim about the goods is left alone: "best before", "first order", 第一次, 最近, 最后 (the guide exempts such uses).
_CHINESE_RANKS = (
    "国家级|世界级|最高级|最佳|最好|最优|最强|最低价|最便宜|最先进|最大牌|顶级|顶尖|极品|全国第一|全网第一|销量第一|排名第一|"
    "第一品牌|独一无二|绝无仅有|史无前例|万能|100%有效|永久有效|全网最低|史上最低"
)
_ENGLISH_RANKS = (
    r"\b(?:the )?(?:world'?s|nation'?s|china'?s|europe'?s) (?:best|finest|leading|number one)\b|\bbest in the world\b|"
    r"\b(?:no\.?|number) ?(?:1|one)\b|\b(?:lowest|best) prices? (?:ever|anywhere|guaranteed)\b|\bunbeatable\b|"
    r"\bthe best (?!before|regards|wishes)\w+"
)
_RULES: tuple[tuple[Kind, bool, str], ...] = (
    ("superlative", True, _CHINESE_RANKS),
    ("superlative", False, _ENGLISH_RANKS),
    # Goods that are no medicine may not be said to heal (PRC Advertising Law 17; Directive 2005/29/EC, annex I, 17).
    ("cure", True,
     r"根治|治愈|包治|药到病除|无副作用|\bcures?\b|\bmiracle\b|\bclinically proven\b|\bno side effects\b"),
    # Unprovable, or dumping where it is true (PRC Price Law 14).
    ("loss", True, r"亏本|赔本|低于成本|血亏|跳楼价|\b(?:below|under) cost\b|\bat a loss\b|\bwe lose money\b"),
    # Directive (EU) 2024/825: no generic environmental words without recognised proof.
    ("green", False,
     r"\beco-?friendly\b|\b(?:climate|carbon)[- ]neutral\b|\bsustainable\b|零碳|碳中和|绿色环保|纯天然"),
    ("urgency", False,
     r"\blast chance\b|\bhurry\b|\bact now\b|\bdon'?t miss\b|\bonly today\b|\bwhile stocks? lasts?\b|\bexpires soon\b|"
     r"最后机会|最后一天|仅限今日|手慢无|速抢|疯抢|抢购|错过不再|再不.{0,4}就没"),
    ("shouting", False, r"[!！]{2,}|\b[A-Z]{4,}(?: [A-Z]{3,})+\b|[A-Z]{9,}"),
)  # fmt: skip
_COMPILED = tuple(
    (kind, blocks, re.compile(text, 0 if kind == "shouting" else re.IGNORECASE)) for kind, blocks, text in _RULES
)


def check(text: str) -> list[Finding]:
    """Return what should not be said in ``text``, in order of place."""
    return sorted(_found(text), key=lambda found: (found.start, found.end, found.kind))


def _found(text: str) -> Iterator[Finding]:
    for kind, blocks, pattern in _COMPILED:
        for match in pattern.finditer(text):
            yield Finding(kind, match[0], match.start(), match.end(), blocks)
