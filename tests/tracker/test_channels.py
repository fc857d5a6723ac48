"""The channel of a visit, by the documented rules."""

from __future__ import annotations

import pytest

from regulars.sources.tracker.channels import CHANNELS, channel_of


def channel(**said: str) -> str:
    asked = {"source": "", "medium": "", "campaign": "", "click": "", "referrer": "", "host": "www.shop.example"}
    return channel_of(**(asked | said))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "direct"),
        ({"referrer": "shop.example"}, "direct"),
        ({"referrer": "www.google.com.hk"}, "search"),
        ({"referrer": "www.baidu.com"}, "search"),
        ({"referrer": "tieba.baidu.com"}, "social"),
        ({"referrer": "mail.google.com"}, "mail"),
        ({"referrer": "mp.weixin.qq.com"}, "wechat"),
        ({"referrer": "t.cn"}, "weibo"),
        ({"referrer": "xhslink.com"}, "xiaohongshu"),
        ({"referrer": "v.douyin.com"}, "douyin"),
        ({"referrer": "chatgpt.com"}, "assistants"),
        ({"referrer": "l.instagram.com"}, "social"),
        ({"referrer": "t.co"}, "social"),
        ({"referrer": "notgoogle.example"}, "referral"),
        ({"source": "google", "medium": "cpc"}, "paid_search"),
        ({"source": "google", "medium": "organic"}, "search"),
        ({"source": "facebook", "medium": "paid_social"}, "paid_social"),
        ({"source": "weixin", "medium": "cpc"}, "wechat"),
        ({"source": "小红书", "medium": "信息流"}, "xiaohongshu"),
        ({"click": "gclid"}, "paid_search"),
        ({"click": "fbclid"}, "social"),
        ({"click": "irclid"}, "affiliates"),
        ({"source": "spring", "medium": "email"}, "mail"),
        ({"source": "newsletter"}, "mail"),
        ({"medium": "SMS"}, "sms"),
        ({"source": "box", "medium": "qr"}, "qr"),
        ({"source": "blogger", "medium": "affiliate"}, "affiliates"),
        ({"medium": "cpm"}, "display"),
        ({"campaign": "spring"}, "campaign"),
        # A link says of itself what it is: that goes before where it was found.
        ({"medium": "email", "referrer": "www.google.com"}, "mail"),
    ],
)
def test_the_channel_of_a_visit(said: dict[str, str], expected: str) -> None:
    assert channel(**said) == expected
    assert expected in CHANNELS
