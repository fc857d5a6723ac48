"""What customers of the demo shop wrote in public, and what the shop answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from regulars.base.actor import Actor
from regulars.cli.demo.goods import MUG
from regulars.cli.demo.voices import CHINESE_CLOSERS, CLOSERS, COFFEE, LID, Said
from regulars.desks.voice.opinions.models import Case
from regulars.desks.voice.opinions.operations import close_case, ponder
from regulars.desks.voice.reviews import operations
from regulars.desks.voice.reviews.operations import Came, NewReview
from regulars.shop.models import Line

BY = Actor("demo")
DAYS = 120
PRAISE: tuple[Said, ...] = (
    (5, "Third order, and it tastes like the first. That is rare.", "第三次买了，和第一次一样好喝，难得。"),
    (5, "Arrived two days after roasting. Sweet, clean, no bitterness.", "烘好两天就到了，很甜，很干净，不苦。"),
    (4, "Very good, though I grind it a little finer than the card says.", "很好喝，就是要比卡片上写的磨细一点。"),
    (5, "My father-in-law drinks nothing else now.", "老丈人现在只认这一款。"),
)
ANSWERS = {
    True: ("抱歉让您失望了。我们已经联系您，今天就补寄一份。", "谢谢您这么仔细地告诉我们，下一批会改。"),
    False: (
        "We are sorry. We have written to you, and a new one leaves today.",
        "Thank you for telling us so plainly. The next lot has a new seal.",
    ),
}
THANKS = {True: "谢谢您，下次见！", False: "Thank you, and see you again."}


def make(*, now: datetime, seed: int, most: int = 150) -> int:
    """Have people review what they bought in the last months; return how many did."""
    chance = Random(seed + 7)  # noqa: S311 - a made-up shop
    bought = Line.objects.filter(
        order__placed_at__gte=now - timedelta(days=DAYS), order__placed_at__lt=now - timedelta(days=4),
        order__state="paid", order__customer__isnull=False, order__customer__erased_at=None, product__isnull=False,
    )  # fmt: skip
    lines = list(bought.select_related("order__customer", "product").order_by("pk"))
    seen: set[tuple[int | None, int | None]] = set()
    for line in chance.sample(lines, min(most, len(lines))):
        if (line.order.customer_id, line.product_id) not in seen:
            seen.add((line.order.customer_id, line.product_id))
            _write(line, now, chance, number=len(seen))
    operations.publish_overdue(at=now)
    return len(seen)


def _write(line: Line, now: datetime, chance: Random, *, number: int) -> None:
    customer, product = line.order.customer, line.product
    assert customer is not None
    assert product is not None
    at = min(line.order.placed_at + timedelta(days=chance.uniform(4, 25)), now - timedelta(hours=chance.uniform(1, 70)))
    is_chinese = customer.language.startswith("zh") or customer.country == "CN"
    about = PRAISE if chance.random() < 0.6 else LID if MUG in product.external_id else COFFEE
    stars, english, chinese = chance.choice(about)
    closers = CHINESE_CLOSERS if is_chinese else CLOSERS
    text = (chinese if is_chinese else english) + chance.choice(closers)
    if number == 5:
        text += " Write to me at lena@example.com if you want my old mug."
    new = NewReview(stars=stars, text=text, author=(customer.name.split() or [""])[0][:60])
    came = Came(
        link=f"{product.pk}:c{customer.root_id}", customer=customer.pk, order=line.order_id,
        language="zh-hans" if is_chinese else "en",
    )  # fmt: skip
    row = operations.write(product.pk, came, new, at=now - timedelta(hours=5) if number == 5 else at)
    read_at = at + timedelta(hours=chance.uniform(2, 40))
    if read_at > now or row.state != "shown":
        return
    if stars <= 3 and chance.random() < 0.8:
        operations.reply(row.pk, chance.choice(ANSWERS[is_chinese]), by=BY, at=read_at)
    elif chance.random() < 0.3:
        operations.reply(row.pk, THANKS[is_chinese], by=BY, at=read_at)
    else:
        ponder([row.opinion_id], how="noted", by=BY, at=read_at)
    case = Case.objects.filter(opinion_id=row.opinion_id, closed_at=None).first()
    if case is not None and read_at < now - timedelta(days=2):
        close_case(case.pk, outcome="made_good", by=BY, at=read_at)
