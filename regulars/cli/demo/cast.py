"""The people everybody meets in the demo, the documents and the tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from regulars.cli.demo.world import Person
from regulars.people.drafts import BuyerDraft

# Days before now on which each ordered, and where.
_ADA = [(4, "own"), (19, "counter"), (33, "own"), (47, "own"), *((47 + 17 * i, "own") for i in range(1, 42))]
_CLEO = [(168 + 26 * i, "own") for i in range(24)]
_DAN = [(44, "own"), (130, "own"), (201, "own"), (320, "own")]
_FANG = [(9, "tmall"), (31, "counter"), (58, "tmall"), *((58 + 29 * i, "tmall") for i in range(1, 26))]

ADA = BuyerDraft(
    account="6100000001", email="ada@example.com", phone="+447700900001", name="Ada Bright", country="GB",
    region="England", city="London", language="en", accepts_email=True,
)  # fmt: skip
BEN = BuyerDraft(
    account="6100000002", email="ben@example.com", name="Ben Carter", country="US", region="Washington",
    city="Seattle", language="en", accepts_email=True,
)  # fmt: skip
CLEO = BuyerDraft(
    account="6100000003", email="cleo@example.com", phone="+447700900003", name="Cleo Marsh", country="GB",
    region="Scotland", city="Edinburgh", language="en", accepts_email=True,
)  # fmt: skip
DAN = BuyerDraft(
    account="6100000004", email="dan@example.com", name="Dan Reed", country="US", region="Illinois", city="Chicago",
    language="en", accepts_email=True,
)  # fmt: skip
FANG = BuyerDraft(
    account="wangfang_coffee", phone="+8614200000000", name="王芳", country="CN", region="上海", city="上海",
    language="zh-hans", accepts_sms=True,
)  # fmt: skip

# The same telephone under two addresses: for the shop to decide who is who.
TWICE = (
    ("Ada Bright", "ada.bright@example.org", "+447700900001"),
    ("C. Marsh", "c.marsh@example.net", "+447700900003"),
)


def second_selves(people: list[Person], count: int = 5) -> list[Person]:
    """Return people who came again under another address and account, with the telephone number they left before."""
    found: list[Person] = []
    for person in people:
        if person.home != "own" or not person.visits or not person.buyer["own"].phone:
            continue
        known = person.buyer["own"]
        number = len(found) + 1
        # A telephone is shared in some households: one of them is another person.
        name = known.name if number % 3 else f"Noor {known.name.partition(' ')[2]}"
        first, _, last = name.lower().partition(" ")
        again = BuyerDraft(
            account=f"61000002{number:02d}", email=f"{last or 'me'}.{first}@example.org", phone=known.phone,
            name=name, country=known.country, city=known.city, language=known.language,
        )  # fmt: skip
        found.append(Person(-20 - number, "own", {"own": again}, [(person.visits[-1][0] + timedelta(hours=30), "own")]))
        if len(found) == count:
            break
    return found


def cast(now: datetime) -> list[Person]:
    """Return the cast with their orders up to ``now``."""
    counter = {"account": "", "email": ""}

    def at_counter(buyer: BuyerDraft) -> BuyerDraft:
        return BuyerDraft(**{**{f: getattr(buyer, f) for f in BuyerDraft.__slots__}, **counter, "accepts_email": None})

    def person(number: int, buyer: BuyerDraft, home: str, days: list[tuple[int, str]]) -> Person:
        known = {home: buyer, "counter": at_counter(buyer)}
        visits = sorted((now - timedelta(days=d, hours=3, minutes=7 * (d % 60)), where) for d, where in days)
        return Person(number, home, known, visits, favourite=0.05)

    people = [
        person(-1, ADA, "own", _ADA),
        person(-2, BEN, "own", [(2, "own")]),
        person(-3, CLEO, "own", _CLEO),
        person(-4, DAN, "own", _DAN),
        person(-5, FANG, "tmall", _FANG),
    ]
    for number, (name, email, phone) in enumerate(TWICE):
        buyer = BuyerDraft(
            account=f"61000001{number:02d}", email=email, phone=phone, name=name, country="GB", city="London"
        )
        people.append(person(-10 - number, buyer, "own", [(12 + 5 * number, "own")]))
    return people
