"""Files of reviews from elsewhere: Judge.me, Yotpo, and what Taobao shops download. Pure.

Columns are found by their names, in any order; what each tool calls them is in ``COLUMNS``. The vendors change their
files without a word, so several names are known for most.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from io import StringIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

MOST_BYTES, MOST_ROWS = 20 * 2**20, 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One review of a file. ``products``: by what the file names the product, the surest first."""

    line: int
    key: str
    products: tuple[str, ...]
    stars: int
    title: str
    text: str
    author: str
    email: str
    order: str
    written_at: datetime
    reply: str
    reply_at: datetime | None
    is_called_spam: bool


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be taken in: which, what field, what is wrong, what to do."""

    line: int
    field: str
    wrong: str
    remedy: str


class FormatError(ValueError):
    """The file is not one of these; the text says why and what to do."""


_JUDGEME = {
    "product": ("product_id", "product_handle", "product_title"), "stars": ("rating",),
    "title": ("title", "review_title"), "text": ("body", "review"), "author": ("reviewer_name",),
    "email": ("reviewer_email",),
    "written": ("review_date", "created_at"), "reply": ("reply",), "reply_at": ("reply_date",), "spam": ("curated",),
    "id": ("review_id", "id"),
}  # fmt: skip
_YOTPO = {
    "product": ("product_id", "sku", "product_handle", "product_title"), "stars": ("review_score", "score", "rating"),
    "title": ("review_title", "title"), "text": ("review_content", "content", "body"),
    "author": ("display_name", "reviewer_display_name", "user_name"),
    "email": ("email", "user_email", "reviewer_email"),
    "written": ("date", "review_date", "created_at"), "reply": ("comment_content", "comment", "public_comment"),
    "reply_at": ("comment_created_at", "comment_date"), "id": ("review_id", "id"), "order": ("order_id",),
}  # fmt: skip
_TAOBAO = {
    "product": ("商品id", "宝贝id", "商家编码", "宝贝标题", "商品标题", "宝贝名称", "商品名称"),
    "stars": ("评分", "星级", "评价结果", "评价类型", "评价等级"), "text": ("评价内容", "初评内容", "评论内容", "评价"),
    "more": ("追评内容", "追加评价", "追评"), "author": ("买家昵称", "买家会员名", "评价人", "会员名"),
    "written": ("评价时间", "初评时间", "评论时间", "评价日期"), "reply": ("商家回复", "卖家回复", "解释内容", "解释"),
    "reply_at": ("回复时间", "解释时间"), "order": ("订单编号", "主订单编号", "订单号"), "id": ("评价id", "子订单编号"),
}  # fmt: skip
COLUMNS: Mapping[str, Mapping[str, Sequence[str]]] = {"judgeme": _JUDGEME, "yotpo": _YOTPO, "taobao": _TAOBAO}
# Taobao's three words; each is the middle of the marks that shops take it for.
_WORDS = {"好评": 5, "中评": 3, "差评": 1}


def read(raw: bytes, origin: str, zone: ZoneInfo) -> Iterator[Row | Problem]:
    """Yield the rows of a file, and the problems of those that are none. Raises FormatError at the first step."""
    text = _decoded(raw)
    table = csv.reader(StringIO(text, newline=""), delimiter="\t" if "\t" in text.partition("\n")[0] else ",")
    try:
        header = [_plain(name) for name in next(table, [])]
        places = {
            field: [header.index(name) for name in names if name in header] for field, names in COLUMNS[origin].items()
        }
        if missing := [COLUMNS[origin][f][0] for f in ("product", "stars", "written") if not places[f]]:
            raise FormatError(
                _("The first line does not name these columns: %(names)s. Is it a file of another tool?")
                % {"names": ", ".join(missing)}
            )
        for count, cells in enumerate(table):
            if count >= MOST_ROWS:
                raise FormatError(_("The file has more than 100,000 rows. Send it in parts."))
            if any(cell.strip() for cell in cells):
                yield _row(table.line_num, cells, places, origin, zone)
    except csv.Error as error:
        raise FormatError(_("This is no CSV file that can be read.")) from error


def _decoded(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise FormatError(_("The file is larger than 20 MB. Send it in parts."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).replace("\0", "")
        except UnicodeDecodeError:
            continue
    raise FormatError(_("The file is neither in UTF-8 nor in GBK. Save it as CSV in UTF-8."))


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "_", name.strip().casefold())


def _row(
    line: int, cells: Sequence[str], places: Mapping[str, Sequence[int]], origin: str, zone: ZoneInfo
) -> Row | Problem:  # fmt: skip
    def said(field: str) -> list[str]:
        # Excel's way to keep a long number: ="123".
        found = (
            cells[i].strip().removeprefix('="').rstrip('"').lstrip("'") for i in places.get(field, ()) if i < len(cells)
        )
        return [cell for cell in found if cell]

    def first(field: str) -> str:
        return next(iter(said(field)), "")

    products, stars, written_at = tuple(said("product")), _stars(first("stars")), _instant(first("written"), zone)
    if not products:
        return Problem(line, "product", _("no product is named"), _("Fill in the product's number or handle."))
    if stars is None:
        return Problem(line, "stars", _("“%(said)s” is no mark") % {"said": first("stars")}, _("Write 1 to 5."))
    if written_at is None:
        wrong = _("“%(said)s” is no date") % {"said": first("written")}
        return Problem(line, "date", wrong, _("Write the year first: 2026-11-24 or 2026-11-24 18:30."))
    text = "\n\n".join(filter(None, (first("text"), first("more"))))
    known = first("id") or blake2b(
        "\x1f".join((products[0], first("author"), first("email"), written_at.isoformat(), text)).encode(),
        digest_size=12,
    ).hexdigest()  # fmt: skip
    return Row(
        line, f"{origin}:{known[:80]}", products, stars, first("title"), text, first("author"), first("email"),
        first("order"), written_at, first("reply"), _instant(first("reply_at"), zone),
        origin == "judgeme" and first("spam").casefold() == "spam",
    )  # fmt: skip


def _stars(said: str) -> int | None:
    if said in _WORDS:
        return _WORDS[said]
    found = re.fullmatch(r"([1-5])(?:\.0+)?(?:\s*(?:星|/\s*5))?", said)
    return int(found[1]) if found else None


def _instant(said: str, zone: ZoneInfo) -> datetime | None:
    """Return an instant; of a wall time without a zone the shop's. A date without a year first is not guessed."""
    text = re.sub(r"[年月/]", "-", said.replace("日", "")).replace(" UTC", "+00:00").strip()
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(.*)", text)
    if found is None:
        return None
    try:
        at = datetime.fromisoformat(f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}{_clock(found[4])}")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _clock(said: str) -> str:
    found = re.fullmatch(r"[ T](\d{1,2}):(\d{2})(.*)", said)
    return f"T{int(found[1]):02d}:{found[2]}{found[3].replace(' ', '')}" if found else said
