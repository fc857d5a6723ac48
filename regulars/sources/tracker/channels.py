"""Which channel brought a visit: a documented grouping of its first page's campaign, click id and referrer. Pure.

The order of the rules is that of ``channel_of``: what a link says of itself (its campaign) goes before where it was
found (the referrer), and a paid medium before the name of its site. Bought channels are ``paid_search``,
``paid_social``, ``display`` and ``affiliates``; docs/reference/channels.md lists the rules for people.
"""

from __future__ import annotations

import re
from functools import lru_cache

# The site a referrer or a campaign's source names. A domain also stands for those below it.
WECHAT = ("weixin.qq.com", "mp.weixin.qq.com", "wx.qq.com", "weixin110.qq.com", "servicewechat.com", "wechat.com")
WEIBO = ("weibo.com", "weibo.cn", "t.cn")
XIAOHONGSHU = ("xiaohongshu.com", "xhslink.com", "rednote.com")
DOUYIN = ("douyin.com", "iesdouyin.com", "amemv.com", "snssdk.com", "jinritemai.com")
SEARCH = (
    "bing.com", "duckduckgo.com", "baidu.com", "so.com", "sogou.com", "sm.cn", "ecosia.org", "qwant.com",
    "startpage.com", "search.brave.com", "naver.com", "search.yahoo.com", "seznam.cz", "search.yahoo.co.jp",
    "petalsearch.com", "kagi.com",
)  # fmt: skip
# Two engines have a domain for each country.
_SEARCH_EVERYWHERE = re.compile(r"(^|\.)(google|yandex)\.[a-z]{2,3}(\.[a-z]{2})?$")
SOCIAL = (
    "facebook.com", "fb.me", "instagram.com", "twitter.com", "t.co", "x.com", "linkedin.com", "lnkd.in",
    "pinterest.com", "pin.it", "reddit.com", "tiktok.com", "youtube.com", "youtu.be", "vk.com", "ok.ru", "threads.net",
    "threads.com", "bsky.app", "tumblr.com", "snapchat.com", "zhihu.com", "bilibili.com", "b23.tv", "douban.com",
    "kuaishou.com", "tieba.baidu.com", "qzone.qq.com", "line.me", "t.me", "telegram.org", "whatsapp.com", "wa.me",
    "discord.com", "mastodon.social",
)  # fmt: skip
MAIL = (
    "mail.google.com", "outlook.live.com", "outlook.office.com", "mail.yahoo.com", "mail.qq.com", "mail.163.com",
    "mail.126.com", "exmail.qq.com", "mail.ru", "mail.proton.me", "com.google.android.gm",
)  # fmt: skip
ASSISTANTS = (
    "chatgpt.com", "chat.openai.com", "perplexity.ai", "gemini.google.com", "copilot.microsoft.com", "claude.ai",
    "doubao.com", "kimi.com", "kimi.moonshot.cn", "chat.deepseek.com", "yuanbao.tencent.com",
)  # fmt: skip

# Names that campaigns give as their source, beside the domains above.
_NAMES = {
    "wechat": ("wechat", "weixin", "wx", "gzh", "微信", "公众号", "视频号", "小程序"),
    "weibo": ("weibo", "微博"),
    "xiaohongshu": ("xiaohongshu", "xhs", "rednote", "小红书"),
    "douyin": ("douyin", "抖音"),
    "social": (
        "facebook", "fb", "instagram", "ig", "twitter", "linkedin", "pinterest", "reddit", "tiktok", "youtube", "vk",
        "threads", "zhihu", "bilibili", "douban", "kuaishou", "snapchat", "telegram", "whatsapp", "line",
        "知乎", "快手",
    ),
    "search": ("google", "bing", "baidu", "yandex", "duckduckgo", "yahoo", "naver", "sogou", "360", "百度"),
    "mail": ("email", "e-mail", "mail", "newsletter", "klaviyo", "mailchimp", "邮件"),
    "sms": ("sms", "短信"),
    "qr": ("qr", "qrcode", "二维码"),
}  # fmt: skip
_BY_NAME = {name: channel for channel, names in _NAMES.items() for name in names}
_MEDIA = {
    "mail": ("email", "e-mail", "e_mail", "mail", "newsletter", "edm", "邮件"),
    "sms": ("sms", "mms", "text", "短信"),
    "qr": ("qr", "qrcode", "qr-code", "qr_code", "scan", "print", "offline", "扫码", "二维码"),
    "affiliates": ("affiliate", "affiliates", "partner", "cps", "kol", "koc", "返利"),
    "display": ("display", "banner", "cpm", "interstitial", "native", "programmatic", "expandable"),
    "push": ("push", "web-push", "webpush", "notification", "app-push"),
    "referral": ("referral", "link"),
}  # fmt: skip
_BY_MEDIUM = {name: channel for channel, names in _MEDIA.items() for name in names}
_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*|sem|feed.?ads?|ads?|付费|信息流)$")
_SOCIAL_MEDIUM = re.compile(r"^(social|social.?network|social.?media|sm|organic.?social|社交)$")
# A click id says that the click was bought, of all but a few networks.
_CLICKS = {
    "gclid": "paid_search", "gbraid": "paid_search", "wbraid": "paid_search", "msclkid": "paid_search",
    "dclid": "display", "ttclid": "paid_social", "twclid": "paid_social", "li_fat_id": "paid_social",
    "rdt_cid": "paid_social", "epik": "paid_social", "irclid": "affiliates", "_kx": "mail", "mc_cid": "mail",
    # Facebook puts its id on every link, bought or not.
    "fbclid": "social",
}  # fmt: skip
CHANNELS = (
    "direct", "search", "paid_search", "social", "paid_social", "wechat", "weibo", "xiaohongshu", "douyin", "mail",
    "sms", "qr", "push", "affiliates", "display", "assistants", "referral", "campaign",
)  # fmt: skip
PAID_CHANNELS = frozenset({"paid_search", "paid_social", "display", "affiliates"})


def _is_of(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith("." + domain) for domain in domains)


@lru_cache(maxsize=8192)
def site_of(host: str) -> str:
    """Return the kind of site that a host is: a channel's name, or "" for any other."""
    # Order matters: mail.google.com and gemini.google.com are no search, tieba.baidu.com neither.
    for channel, domains in (
        ("wechat", WECHAT), ("weibo", WEIBO), ("xiaohongshu", XIAOHONGSHU), ("douyin", DOUYIN), ("mail", MAIL),
        ("assistants", ASSISTANTS), ("social", SOCIAL), ("search", SEARCH),
    ):  # fmt: skip
        if _is_of(host, domains):
            return channel
    return "search" if _SEARCH_EVERYWHERE.search(host) else ""


def _without_www(host: str) -> str:
    return host.lower().removeprefix("www.").removeprefix("m.")


@lru_cache(maxsize=8192)
def channel_of(*, source: str, medium: str, campaign: str, click: str, referrer: str, host: str) -> str:
    """Return the channel, one of CHANNELS. ``click``: the name of a click id; ``host``: the shop's own, no referrer."""
    source, medium, click = source.strip().lower(), medium.strip().lower(), click.strip().lower()
    named = _BY_NAME.get(source) or site_of(_without_www(source)) if source else ""
    found = "" if _without_www(referrer) == _without_www(host) else referrer.lower()
    site = site_of(_without_www(found)) if found else ""
    if channel := _BY_MEDIUM.get(medium):
        return channel
    place = named or site
    if _PAID.match(medium):
        return _bought(place)
    if click in _CLICKS and not (source or medium):
        return _CLICKS[click]
    if named:
        return named
    if _SOCIAL_MEDIUM.match(medium):
        return site if site in {"wechat", "weibo", "xiaohongshu", "douyin"} else "social"
    if medium == "organic":
        return site or "search"
    if source or medium or campaign:
        return site or "campaign"
    if site:
        return site
    return "referral" if found else "direct"


def _bought(place: str) -> str:
    """Return what a paid medium is at a place: the Chinese networks are one channel each, bought or not, by their name.

    A shop that buys in WeChat wants to see WeChat; what was bought there is told apart by its campaign.
    """
    if place in {"wechat", "weibo", "xiaohongshu", "douyin"}:
        return place
    return {"social": "paid_social", "search": "paid_search", "": "display"}.get(place, place)
