"""What customers of the demo shop said: on the phone, at the counter, on Weibo, by mail; most of it read already.

What they say is made up of pieces, so that no two say quite the same, and follows what they bought: who has a mug of
the second lot speaks of its lid.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from regulars.base.actor import Actor
from regulars.cli.demo.goods import MUG
from regulars.desks.voice.opinions.models import Case
from regulars.desks.voice.opinions.operations import NewOpinion, close_case, hear, ponder
from regulars.desks.voice.opinions.queries import waiting
from regulars.desks.voice.opinions.sealing import Words
from regulars.shop.models import Line

BY = Actor("demo")
DAYS = 60
PLACES = ("on the phone", "at the counter", "Weibo", "Xiaohongshu")
Said = tuple[int, str, str]  # mark out of five, English, Chinese

LID: tuple[Said, ...] = (
    (1, "The lid leaks. My bag was soaked after one tram ride.", "盖子漏水，坐一趟地铁包里全湿了。"),
    (2, "Coffee comes out at the lid as soon as the mug lies down.", "杯子一放倒，咖啡就从盖子那里渗出来。"),
    (2, "The seal in the lid does not sit right, it drips on my desk.", "盖子里的密封圈不服帖，滴得桌上都是。"),
    (1, "Second mug I bought from you, this one does not close tightly.", "在你家买的第二个杯子，这个盖不严。"),
)
COFFEE: tuple[Said, ...] = (
    (5, "Best beans in town, the crema is wonderful.", "全城最好的豆子，油脂特别漂亮。"),
    (5, "Fresh roast, I could smell it through the box.", "刚烘的，隔着盒子都闻得到香。"),
    (4, "Lovely taste, but I wish the bag could be closed again.", "味道很好，就是袋子封不回去。"),
    (3, "The bag has no zip, so the last third goes stale.", "袋子没有封口条，最后三分之一都走味了。"),
    (2, "A bit too dark for me this time, tasted burnt.", "这次烘得太深了，有点焦苦。"),
    (3, "Roast date was three weeks ago. I expected fresher.", "烘焙日期是三周前的，以为会更新鲜。"),
    (4, "Could you sell a smaller bag? 250 g is a lot for one person.", "能不能出小包装？250 克一个人喝太多了。"),
)
PARCEL: tuple[Said, ...] = (
    (2, "It took nine days, you had promised three.", "说好三天到，结果等了九天。"),
    (1, "The parcel arrived open and beans were all over the box.", "包裹到的时候是破的，豆子撒了一箱。"),
    (2, "Nobody told me that the parcel was late. I waited at home.", "快递晚了也没人说一声，白等了一天。"),
    (4, "Came a day early, thank you.", "比说的还早到一天，谢谢。"),
    (2, "One bag was missing and I had to write twice to get an answer.", "少发了一包，写了两次才有人理。"),
)
PEOPLE: tuple[Said, ...] = (
    (5, "The lady on the phone took her time to explain the grinder to me.", "电话里的姑娘很耐心，教我怎么用磨豆机。"),
    (2, "I asked in the chat on Monday, and the answer came on Thursday.", "周一在线上问的，周四才回。"),
    (5, "You remembered what I ordered last year. That made my day.", "居然记得我去年买的是什么，真开心。"),
    (3, "Do you have decaf? I asked before and heard nothing.", "有低因的吗？之前问过，没有回音。"),
)
OPENERS = ("", "", "", "Hello, ", "To be honest: ", "Just so you know, ")
CHINESE_OPENERS = ("", "", "", "你好，", "说实话，", "跟你们说一下，")
CLOSERS = ("", "", " Thanks.", " Please look into it.", " Otherwise I am happy.", " I will order again.")
CHINESE_CLOSERS = ("", "", "谢谢。", "希望改进。", "其他都满意。", "下次还来。")


def make(*, now: datetime, seed: int, most: int = 220) -> int:
    """Have people say what they think of what they bought lately; return how many did."""
    chance = Random(seed)  # noqa: S311 - a made-up shop
    bought = Line.objects.filter(
        order__placed_at__gte=now - timedelta(days=DAYS + 30), order__state="paid", order__customer__isnull=False,
        order__customer__erased_at=None,
    )  # fmt: skip
    lines = list(bought.select_related("order__customer", "product").order_by("pk"))
    heard = 0
    # What came back to the campaign was read long ago.
    earlier = waiting().filter(heard_at__lt=now - timedelta(days=2))
    ponder(earlier.values_list("pk", flat=True), how="answered", by=BY, at=now - timedelta(days=2))
    for line in chance.sample(lines, min(most, len(lines))):
        at = max(line.order.placed_at + timedelta(days=chance.uniform(2, 20)), now - timedelta(days=DAYS))
        if at < now:
            heard += 1
            _say(line, at, now, heard, chance)
    return heard


def _say(line: Line, at: datetime, now: datetime, number: int, chance: Random) -> None:
    customer, product = line.order.customer, line.product
    assert customer is not None
    is_chinese = customer.language.startswith("zh") or customer.country == "CN"
    mark, english, chinese = chance.choice(_about(product.external_id if product else "", chance))
    opener, closer = chance.randrange(len(OPENERS)), chance.randrange(len(CLOSERS))
    text = (
        CHINESE_OPENERS[opener] + chinese + CHINESE_CLOSERS[closer]
        if is_chinese
        else OPENERS[opener] + english + CLOSERS[closer]
    )
    new = NewOpinion(
        source="noted", key=f"demo:{number}", words=Words(text), said_at=at, customer=customer.pk, mark=mark, best=5,
        language="zh-hans" if is_chinese else "en", store=line.order.store_id, order=line.order_id,
        product=line.product_id, place=chance.choice(PLACES), case="low_mark" if mark == 1 else "",
    )  # fmt: skip
    row = hear(new, by=BY, at=at)
    assert row is not None
    # The shop reads within two days; what came since waits.
    read_at = at + timedelta(hours=chance.uniform(1, 47))
    if read_at > now:
        return
    case = Case.objects.filter(opinion=row).first()
    if case is not None:
        if at > now - timedelta(days=5) or chance.random() < 0.1:
            return
        close_case(case.pk, outcome=chance.choice(("made_good", "explained")), by=BY, at=read_at)
    ponder([row.pk], how="answered" if mark <= 2 else "noted", by=BY, at=read_at)


def _about(external_id: str, chance: Random) -> tuple[Said, ...]:
    luck = chance.random()
    if luck < 0.2:
        return PARCEL
    if luck < 0.3:
        return PEOPLE
    return LID if MUG in external_id else COFFEE
