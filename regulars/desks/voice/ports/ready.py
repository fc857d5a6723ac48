"""Ready sets of questions, in both languages; a shop may change every word of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Row = dict[str, Any]


class Ready(NamedTuple):
    """A set of questions and what stands around them."""

    name: str | Promise
    help: str | Promise
    questions: Sequence[Row]
    texts: Mapping[str, Mapping[str, str]]


def _words(key: str = "words") -> Row:
    return {
        "id": key, "kind": "text",
        "text": {"en": "What should we know? Good or bad.", "zh-hans": "有什么想对我们说的？好的坏的都行。"},
    }  # fmt: skip


_THANKS = {"en": "Thank you. A person of the shop reads it.", "zh-hans": "谢谢您，店里会有人认真看。"}


def _texts(title: str, chinese: str, lede: str = "", chinese_lede: str = "") -> dict[str, dict[str, str]]:
    return {
        "en": {"title": title, "lede": lede, "thanks": _THANKS["en"]},
        "zh-hans": {"title": chinese, "lede": chinese_lede, "thanks": _THANKS["zh-hans"]},
    }


READY: dict[str, Ready] = {
    "opinion": Ready(
        _("What do you think?"), _("One mark and a word: for a campaign, a counter, a card in a parcel."),
        [
            {"id": "satisfied", "kind": "csat", "text": {"en": "How was it?", "zh-hans": "您觉得怎么样？"}},
            _words(),
        ],
        _texts(
            "What do you think?", "您怎么看？",
            "Good or bad: a person of the shop reads it.", "好坏都请直说，店里会有人看。",
        ),
    ),
    "delivery": Ready(
        _("Delivery"), _("Two taps: in time, and all well? A no becomes a case at once."),
        [
            {"id": "in_time", "kind": "yes_no", "case": "not_in_time",
             "text": {"en": "Did it arrive in time?", "zh-hans": "按时送到了吗？"}},
            {"id": "satisfied", "kind": "csat",
             "text": {"en": "Are you satisfied with what came?", "zh-hans": "对收到的东西满意吗？"}},
            _words(),
        ],
        _texts("Your parcel", "您的包裹"),
    ),
    "product": Ready(
        _("A product"), _("Stars and what could be better."),
        [
            {"id": "stars", "kind": "stars", "text": {"en": "How do you like it?", "zh-hans": "您喜欢它吗？"}},
            {"id": "better", "kind": "text", "text": {"en": "What could be better?", "zh-hans": "哪里可以更好？"}},
        ],
        _texts("Your opinion of it", "说说您的使用感受"),
    ),
    "recommend": Ready(
        _("Recommending"), _("Would she recommend the shop (NPS), and why."),
        [
            {"id": "recommend", "kind": "nps",
             "text": {"en": "How likely are you to recommend us to a friend?",
                      "zh-hans": "您有多大可能把我们推荐给朋友？"}},
            {"id": "why", "kind": "text", "text": {"en": "Why?", "zh-hans": "为什么？"}},
        ],
        _texts("A question", "想问您一个问题"),
    ),
    "effort": Ready(
        _("Effort"), _("How easy we made it (CES), after help was asked for."),
        [
            {"id": "easy", "kind": "ces",
             "text": {"en": "We made it easy for you.", "zh-hans": "我们让事情变得简单了。"}},
            _words(),
        ],
        _texts("How was our help?", "我们的帮助怎么样？"),
    ),
}  # fmt: skip
