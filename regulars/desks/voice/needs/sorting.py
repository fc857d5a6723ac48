"""Where this room meets the library of themes: the taxonomy, what is proposed, what is learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """A place of the taxonomy: its names by language, how much it weighs (1 to 5), whether it comes first always."""

    names: Mapping[str, str]
    severity: int = 3
    is_safety: bool = False


THEMES: Mapping[str, Theme] = {
    "safety": Theme({"en": "Safety", "zh": "安全"}, 5, True),
    "late": Theme({"en": "Delivery late or lost", "zh": "送货延迟或丢失"}, 4),
    "damaged": Theme({"en": "Arrived damaged", "zh": "到货破损"}, 4),
    "wrong_item": Theme({"en": "Wrong or missing item", "zh": "发错或少发"}, 4),
    "quality": Theme({"en": "Quality", "zh": "质量"}, 3),
    "fit": Theme({"en": "Size or colour", "zh": "尺码或颜色"}, 2),
    "price": Theme({"en": "Price or promotion", "zh": "价格或优惠"}, 2),
    "refund": Theme({"en": "Refund or return", "zh": "退款或退货"}, 4),
    "attitude": Theme({"en": "How people were treated", "zh": "服务态度"}, 4),
    "slow_reply": Theme({"en": "Slow answer", "zh": "回复慢"}, 3),
    "app": Theme({"en": "Site, app or payment", "zh": "网站、应用或支付"}, 3),
    "packaging": Theme({"en": "Packaging", "zh": "包装"}, 2),
    "idea": Theme({"en": "Idea or wish", "zh": "建议"}, 1),
    "praise": Theme({"en": "Praise", "zh": "表扬"}, 1),
}
