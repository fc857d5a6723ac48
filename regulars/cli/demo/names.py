"""Names, places and ways to reach the people of the demo: none of them can be anybody's.

Addresses are at example.com and its sisters (RFC 2606). Telephone numbers are of ranges kept free: +44 7700 900…
(Ofcom, for drama), +1 … 555 01… (NANPA, for fiction), and +86 142, which no operator was given.
"""

from __future__ import annotations

from random import Random

FIRST = (  # noqa: SIM905 - words read better so
    "Alice Amelia Amir Andrew Anita Anna Arthur Aisha Beatrice Bilal Callum Carla Carlos Chloe Clara Daniel David "
    "Diana Edith Elena Elias Ella Emil Emma Erik Esther Eva Farid Felix Fiona Frank George Grace Hannah Harry Helen "
    "Hugo Imani Ines Iris Isaac Ivan Jack James Jane Jonas Judith Julia Karim Kate Laila Lars Laura Leo Lily Linda "
    "Lucas Lucy Maria Martin Maya Mila Nadia Naomi Nina Nora Oliver Omar Oscar Paul Petra Priya Ravi Rosa Ruth Samir "
    "Sara Simon Sofia Stella Theo Thomas Tina Vera Victor Walter Yara Yusuf Zoe"
).split()
LAST = (  # noqa: SIM905 - words read better so
    "Abbott Ahmed Allen Andrews Baker Barnes Bauer Bell Bennett Berg Bishop Brooks Brown Burke Campbell Carter "
    "Chapman Clark Cole Cooper Costa Cruz Dahl Davies Diaz Dixon Dunn Edwards Ellis Evans Fischer Fletcher Foster Fox "
    "Garcia Gibson Grant Gray Green Hall Hansen Harper Hart Hill Holm Hughes Hunt Jensen Johnson Jones Kaur Kelly "
    "Khan King Klein Lane Larsen Lewis Lopez Marsh Martin Mason Meyer Miller Moore Morgan Murphy Nash Nelson Novak "
    "Nowak Olsen Owen Parker Patel Perry Porter Price Quinn Reed Rees Rivera Rossi Russell Santos Schmidt Shah Shaw "
    "Silva Singh Smith Stone Taylor Turner Vogel Wagner Walker Ward Watson Weber West White Wood Wright Young"
).split()
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
PINYIN = (  # noqa: SIM905 - words read better so
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie song tang xu "
    "han feng deng cao peng zeng xiao tian dong pan yuan cai jiang yu yu du ye cheng wei su lv ding ren lu"
).split()
GIVEN = "伟敏静丽强磊洋艳勇军杰娟涛明超霞平刚文华辉鑫宇佳雪倩琳晨浩瑞梓涵子轩欣怡思雨婷颖楠博睿悦然安宁一诺若溪"
CITIES_CN = (
    ("上海", "上海", 30), ("江苏", "苏州", 9), ("江苏", "南京", 7), ("浙江", "杭州", 11), ("浙江", "宁波", 5),
    ("北京", "北京", 12), ("广东", "深圳", 9), ("广东", "广州", 8), ("四川", "成都", 6), ("湖北", "武汉", 4),
    ("福建", "厦门", 3), ("陕西", "西安", 3),
)  # fmt: skip
CITIES = (
    ("US", "California", "San Francisco", 9), ("US", "California", "Los Angeles", 8),
    ("US", "New York", "New York", 10), ("US", "Washington", "Seattle", 7),
    ("US", "Illinois", "Chicago", 5), ("US", "Texas", "Austin", 5),
    ("GB", "England", "London", 10), ("GB", "Scotland", "Edinburgh", 3),
    ("SG", "", "Singapore", 8), ("DE", "Berlin", "Berlin", 4),
    ("AU", "Victoria", "Melbourne", 5), ("CA", "Ontario", "Toronto", 4),
)  # fmt: skip
AREA_CODES = (  # noqa: SIM905 - words read better so
    "201 202 206 212 213 214 215 216 301 303 305 310 312 313 314 323 402 404 405 408 410 412 415 416 503 504 505 510 "
    "512 513 602 604 606 612 614 615 617 619 646 702 703 704 713 714 718 720 801 802 804 808 816 901 914 917"
).split()


def english_name(random: Random) -> tuple[str, str]:
    """Return (name, what it looks like in an address)."""
    first, last = random.choice(FIRST), random.choice(LAST)
    return f"{first} {last}", f"{first}.{last}".lower()


def chinese_name(random: Random) -> tuple[str, str]:
    """Return (name, what it looks like in an address or a nickname)."""
    which = random.randrange(len(SURNAMES))
    given = "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))
    return SURNAMES[
        which
    ] + given, f"{PINYIN[which]}{random.choice('abcdefghjklmnpqrstwxyz')}{random.randrange(10, 100)}"


def email(like: str, number: int) -> str:
    """Return an address that nobody has; ``number`` makes it this person's alone."""
    return f"{like}{number}@{('example.com', 'example.net', 'example.org')[number % 3]}"


def chinese_phone(number: int) -> str:
    """Return the ``number``-th number of a range no operator was given, in E.164."""
    return f"+86142{number:08d}"


def english_phone(number: int) -> str:
    """Return the ``number``-th number kept for fiction, in E.164; there are about 6,000."""
    if number < 1000:
        return f"+447700900{number:03d}"
    area, line = divmod(number - 1000, 100)
    return f"+1{AREA_CODES[area % len(AREA_CODES)]}55501{line:02d}"
