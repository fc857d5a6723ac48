"""What Corner Coffee sells, in which season, and at which price when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from regulars.shop.drafts import ProductDraft, VariantDraft

SUMMER = ((5, 1.6), (6, 2.6), (7, 3.2), (8, 3.0), (9, 1.4))
WINTER = ((11, 1.8), (12, 2.4), (1, 2.2), (2, 1.6))
GIFTS = ((9, 2.5), (11, 2.0), (12, 6.0), (1, 3.5), (2, 2.0))


@dataclass(frozen=True, slots=True)
class Good:
    """One thing on the shelf. ``yuan`` and ``dollars`` are today's prices in minor units, by variant."""

    id: str
    title: str
    chinese: str
    category: str
    yuan: tuple[int, ...]
    dollars: tuple[int, ...]
    variants: tuple[str, ...] = ("",)
    weight: float = 1.0
    season: tuple[tuple[int, float], ...] = ()

    def wanted_in(self, month: int) -> float:
        """Return how much it is wanted in ``month`` (1 to 12), before taste."""
        return self.weight * dict(self.season).get(month, 0.8 if self.season else 1.0)


BAGS = ("250 g", "500 g", "1 kg")


def _sizes(smallest: int, step: int) -> tuple[int, ...]:
    """Return what the three bags cost: the bigger, the cheaper by weight; in whole ``step``s."""
    return tuple(round(smallest * times / step) * step for times in (1, 1.85, 3.4))


def _coffee(id: str, title: str, chinese: str, yuan: int, dollars: int, weight: float) -> Good:
    return Good(
        id, title, chinese, "coffee", _sizes(yuan, 100), _sizes(dollars, 10), BAGS, weight,
    )  # fmt: skip


MUG = "thermal-mug"
# The mug's second lot leaks at the lid. It is sold since this many days before now.
BAD_LOT_DAYS = 110
LOTS = ("Lot A", "Lot B")

# Nobody put it back on the shelf, and visitors still look for it.
SOLD_OUT = "grinder"

GOODS: tuple[Good, ...] = (
    _coffee("house-blend", "House blend beans", "招牌拼配咖啡豆", 6800, 1450, 9.0),
    _coffee("yunnan-honey", "Yunnan honey process beans", "云南蜜处理咖啡豆", 8800, 1690, 5.0),
    _coffee("ethiopia-guji", "Ethiopia Guji beans", "埃塞俄比亚古吉咖啡豆", 10800, 1950, 4.0),
    _coffee("colombia-huila", "Colombia Huila beans", "哥伦比亚慧兰咖啡豆", 9600, 1790, 3.5),
    _coffee("decaf", "Decaf mountain water beans", "低因山泉水处理咖啡豆", 9800, 1850, 1.6),
    _coffee("espresso-dark", "Dark espresso beans", "深烘意式咖啡豆", 6200, 1350, 5.0),
    Good("drip-bags", "Drip bags, box of 10", "挂耳咖啡 10包装", "coffee", (4900,), (1190,), weight=7.0),
    Good("drip-bags-30", "Drip bags, box of 30", "挂耳咖啡 30包装", "coffee", (12800,), (2990,), weight=3.0),
    Good("cold-brew", "Cold brew pouches", "冷萃咖啡液", "coffee", (5900,), (1390,), weight=4.0, season=SUMMER),
    Good("cold-brew-kit", "Cold brew bottle", "冷萃壶", "gear", (12900,), (2650,), weight=1.2, season=SUMMER),
    Good("cocoa", "Drinking cocoa", "热可可粉", "pantry", (5200,), (1250,), weight=2.0, season=WINTER),
    Good("osmanthus", "Osmanthus latte mix", "桂花拿铁", "pantry", (4600,), (1150,), weight=2.4,
         season=((8, 1.4), (9, 3.0), (10, 3.4), (11, 1.6))),
    Good("oat-milk", "Oat milk, six pack", "燕麦奶 6盒装", "pantry", (7200,), (1890,), weight=3.0),
    Good("biscuits", "Almond biscuits", "杏仁饼干", "pantry", (3200,), (890,), weight=3.2),
    Good("filters", "Paper filters, 100", "滤纸 100张", "gear", (2800,), (690,), weight=3.4),
    Good("dripper", "Ceramic dripper", "陶瓷滤杯", "gear", (9800, 9800), (2250, 2250), ("White", "Black"), 1.5),
    Good("kettle", "Gooseneck kettle", "细口手冲壶", "gear", (26800,), (5900,), weight=0.7),
    Good("grinder", "Hand grinder", "手摇磨豆机", "gear", (39900,), (8900,), weight=0.6),
    Good("scale", "Coffee scale with timer", "咖啡电子秤", "gear", (15900,), (3600,), weight=0.8),
    Good(MUG, "Thermal mug", "随行保温杯", "gear", (13800, 13800), (2890, 2890), LOTS, 2.6),
    Good("cup-set", "Porcelain cups, pair", "瓷杯对装", "gear", (11800,), (2590,), weight=0.9, season=GIFTS),
    Good("gift-box", "Season's gift box", "节日礼盒", "gifts", (23800,), (4900,), weight=1.4, season=GIFTS),
    Good("taster", "Taster box, 5 × 50 g", "品鉴装 5×50克", "gifts", (7900,), (1790,), weight=2.2),
    Good("tote", "Canvas tote", "帆布袋", "gifts", (5900,), (1390,), weight=0.8),
    Good("latte", "Latte at the counter", "现制拿铁", "counter", (2800,), (0,), weight=14.0),
    Good("americano", "Americano at the counter", "现制美式", "counter", (2200,), (0,), weight=11.0),
    Good("flat-white", "Flat white at the counter", "现制澳白", "counter", (3000,), (0,), weight=6.0),
    Good("croissant", "Butter croissant", "黄油可颂", "counter", (1800,), (0,), weight=8.0),
)  # fmt: skip

# Share of today's prices that held in each of the three years, oldest first.
PRICE_LEVELS = (0.90, 0.95, 1.0)


def sku(good: Good, variant: int) -> str:
    """Return the stock number of a good's variant."""
    return f"CC-{good.id}-{variant + 1}".upper()


def price(good: Good, variant: int, currency: str, year: int) -> int:
    """Return the minor units it cost in ``year`` (0 to 2)."""
    today = (good.yuan if currency == "CNY" else good.dollars)[variant]
    step = 100 if currency == "CNY" else 10
    return round(today * PRICE_LEVELS[year] / step) * step


def sold_at(store: str) -> tuple[Good, ...]:
    """Return what a store sells: drinks are made at the counter only."""
    if store == "counter":
        return tuple(
            g for g in GOODS if g.category in {"counter", "pantry"} or g.id in {"house-blend", "drip-bags", MUG}
        )
    return tuple(g for g in GOODS if g.category != "counter")


def products(store: str, currency: str, year: int) -> Iterator[ProductDraft]:
    """Yield a store's products as its file of ``year`` lists them."""
    for row, good in enumerate(sold_at(store), start=2):
        names = [LOTS[0]] if good.id == MUG and year < 2 else good.variants
        yield ProductDraft(
            row=row, external_id=good.id, currency=currency, vendor="Corner Coffee", category=good.category,
            title=good.title if store == "own" else good.chinese,
            variants=tuple(
                VariantDraft(
                    title=name, sku=sku(good, i), price_minor=price(good, i, currency, year),
                    stock=0 if good.id == SOLD_OUT and year == 2 else 40 + 7 * i,
                )
                for i, name in enumerate(names)
            ),
        )  # fmt: skip
