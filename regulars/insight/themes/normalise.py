"""Texts made comparable: one writing, nothing personal, in pieces, and copies put together."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b

MOST = 4_000  # characters of a text that are looked at
_SPACES = re.compile(r"\s+")
_QUOTED = re.compile(r"(?m)^\s*>.*$|^\s*-{2,} ?(?:Original Message|Forwarded message|原始邮件|转发邮件).*\Z", re.S)
_WROTE = re.compile(r"(?ms)^\s*(?:On .{4,120} wrote|在.{4,80}写道|.{2,60}于.{4,60}写道)\s*[:：]\s*$.*\Z")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u4e00-\u9fff]+", re.I)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.A)
_NUMBER = re.compile(r"\+?\d(?:[\d\-() ./]{3,}\d)|\b(?=\w*\d\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9]{5,}\b", re.A)
_BREAK = re.compile(r"[。！？；!?;\n]+|\.(?=\s|$)|[，,]?\s*(?:但是|不过|可是|然而|就是)(?=\S)|,?\s+(?:but|however|although)\s+", re.I)
# The Traditional signs that shoppers write most, and how Simplified writes them; both in the same order.
_TRADITIONAL = (
    "這個來時對說國們過還會麼沒樣經點見實現種開關長問間題學東買賣價錢貨質電話機網頁訂單錯壞損裝備發運輸遞達遲緩給"
    "換補償賠費稅優惠員務態應該與為無從後裡邊讓請謝歡樂愛聽語氣顏色號碼寬緊輕試穿連線雙飾寶貝媽兒嬰護膚藥醫療險嚴"
    "懷疑誤騙廣傳簡單難題變舊斷裂漏滲髒亂臭鮮嚐燒廠產牌專業處理結認證標籤圖畫書頭髮鍋爐燈熱涼溫濕乾淨"
)
_SIMPLIFIED = (
    "这个来时对说国们过还会么没样经点见实现种开关长问间题学东买卖价钱货质电话机网页订单错坏损装备发运输递达迟缓给"
    "换补偿赔费税优惠员务态应该与为无从后里边让请谢欢乐爱听语气颜色号码宽紧轻试穿连线双饰宝贝妈儿婴护肤药医疗险严"
    "怀疑误骗广传简单难题变旧断裂漏渗脏乱臭鲜尝烧厂产牌专业处理结认证标签图画书头发锅炉灯热凉温湿干净"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def tidy(text: str) -> str:
    """Return a text in one writing: NFKC, simplified, lower case, without quoted mail and anything personal."""
    text = _WROTE.sub("", _QUOTED.sub("", text[: 4 * MOST]))
    text = unicodedata.normalize("NFKC", text).translate(_TO_SIMPLIFIED)
    return _SPACES.sub(" ", mask(text)).strip().lower()[:MOST]


def mask(text: str) -> str:
    """Return a text without addresses and numbers that could lead to a person, an order or a parcel."""
    return _NUMBER.sub(" ", _EMAIL.sub(" ", _URL.sub(" ", text)))


def language(text: str) -> str:
    """Return ``zh`` where at least a fifth of the letters are Chinese signs, ``en`` for others, "" without letters."""
    signs = sum("\u3400" <= sign <= "\u9fff" for sign in text)
    letters = sum(sign.isalpha() for sign in text)
    if not letters:
        return ""
    return "zh" if signs >= letters / 5 else "en"


def pieces(text: str) -> list[str]:
    """Return a text's sentences, parted at "but" too: one of them may praise and the next complain."""
    found = [piece.strip(" ,，.") for piece in _BREAK.split(text)]
    return [piece for piece in found if sum(map(str.isalnum, piece)) >= 2]


def shingles(text: str, size: int = 5) -> set[int]:
    """Return the hashes of every run of ``size`` letters or signs of a tidied text."""
    plain = "".join(sign for sign in text if sign.isalnum())
    runs = {plain[i : i + size] for i in range(max(1, len(plain) - size + 1))} if plain else set()
    return {int.from_bytes(blake2b(run.encode(), digest_size=8).digest()) for run in runs}


def collapse(texts: Sequence[str], *, alike: float = 0.8, kept: int = 8, least: int = 14) -> list[int]:
    """Return for each text the place of the first one that says nearly the same: itself where it is the first.

    Two texts are near where their runs of five letters overlap by at least ``alike`` (Jaccard). Only texts that share
    one of their ``kept`` smallest hashes are compared (bottom-k sketch, Broder 1997), so a hundred thousand take
    seconds. Texts of fewer than ``least`` letters (a Chinese sign counts two) are never put together: "good" said
    twice is said by two.
    """
    first = list(range(len(texts)))
    sets: dict[int, set[int]] = {}
    by_hash: dict[int, list[int]] = defaultdict(list)
    same: dict[str, int] = {}
    for place, text in enumerate(texts):
        plain = tidy(text)
        if sum(2 if sign > "\u2e80" else 1 for sign in plain if sign.isalnum()) < least:
            continue
        if plain in same:
            first[place] = same[plain]
            continue
        mine = shingles(plain)
        smallest = sorted(mine)[:kept]
        # The first of those that are near, so that the order of the others does not matter.
        near = sorted({other for value in smallest for other in by_hash[value][:64]})
        for other in near:
            if len(mine & sets[other]) >= alike * len(mine | sets[other]):
                first[place] = other
                break
        else:
            sets[place] = mine
            for value in smallest:
                by_hash[value].append(place)
        same[plain] = first[place]
    return first
