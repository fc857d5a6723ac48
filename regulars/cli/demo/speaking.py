"""What the demo shop has said: who it is, whom it means, and one campaign of five weeks ago with its effect.

The campaign goes through the ledger as any other; its mails are written into a folder. Its effect is made up and
known: of those written to, one in twelve buys because of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.installation import shop_settings
from regulars.channels.contract import Report
from regulars.desks.outreach.audiences.operations import save_audience
from regulars.desks.outreach.campaigns import operations as campaigns
from regulars.messages.identity import Identity, save_identity
from regulars.messages.models import Sender, Touch
from regulars.messages.names import touch_name
from regulars.messages.operations import add_sender, hear, stop, take_opinion
from regulars.messages.sending import hand_over
from regulars.people.models import Customer
from regulars.people.queries import contact_points
from regulars.shop.drafts import BuyerDraft, LineDraft, OrderDraft
from regulars.shop.models import Store
from regulars.shop.operations import Intake, apply_drafts

BY = Actor("demo")
AUDIENCES = (
    ("Newsletter readers", "agreed to email"),
    ("Regulars", "state is regular"),
    ("Bought once, a while ago", "orders exactly 1 and last order over 90 days ago"),
)
SPRING = {
    "en": {
        "subject": "{first_name|Hello}, the Yunnan harvest is in",
        "text": "Dear {first_name|friend},\n\nthe spring harvest from Yunnan arrived on Monday, and we roasted the "
        "first bags this morning. It tastes of plum and a little of cocoa.\n\nIf you come by, the first cup is ours.",
        "short": "The Yunnan harvest is in. The first cup is ours.",
    },
    "zh-hans": {
        "subject": "{name|您好}，云南春豆到了",
        "text": "{name|朋友}：\n\n今年的云南春豆周一到店，今早刚烘好头几包，有李子和一点可可的味道。\n\n"
        "路过就进来坐坐，第一杯算我们的。",
        "short": "云南春豆到了，第一杯算我们的。",
    },
}
NEXT = {
    "en": {
        "subject": "A quieter roast for the evenings",
        "text": "Dear {first_name|friend},\n\nyou asked for something to drink after dinner. We have a half-caff now.",
    }
}
OPINIONS = ("The last bag was a little dark for me.", "Lovely letter, I will come by.", "请问有低因的豆子吗？")


def make(store: Store, *, now: datetime, seed: int) -> tuple[int, int]:
    """Make what was said; return how many messages left, and how many orders came of it."""
    chance = Random(seed)  # noqa: S311 - a made-up shop
    then = (now - timedelta(days=36)).replace(hour=3, minute=0)
    save_identity(
        Identity(
            company="Corner Coffee 街角咖啡", postal_address="88 Wulumuqi Road, Shanghai",
            address="https://regulars.corner.example", site="https://corner.example",
            topics=("New harvests", "Tastings"),
        ),
        by=BY, at=then,
    )  # fmt: skip
    given = {"folder": "outbox", "from_name": "Corner Coffee", "from_address": "hello@corner.example"}
    sender = add_sender(channel="email", adapter="folder", name="Outbox", settings=given, by=BY, at=then)
    made = {name: save_audience(name=name, rule=rule, by=BY, at=then).pk for name, rule in AUDIENCES}
    spring = campaigns.draft_campaign(
        name="Yunnan harvest", audience_id=made["Newsletter readers"], channels=["email"], variants=[SPRING],
        topic="New harvests", holdout_percent=20, margin_percent=55, cost_minor=600, by=BY, at=then,
    )  # fmt: skip
    campaigns.draft_campaign(
        name="Half-caff for the evenings", audience_id=made["Bought once, a while ago"], channels=["email"],
        variants=[NEXT], by=BY, at=now - timedelta(days=1),
    )  # fmt: skip
    campaigns.start(spring.pk, by=BY, at=then)
    campaigns.plan_campaign(spring.pk, at=then)
    left = sum(
        # In the evening of some readers it was night; they hear of it the next day.
        hand_over(sender, until=lambda: False, clock=lambda: at)  # noqa: B023 - called at once
        for at in (then + timedelta(minutes=5), then + timedelta(hours=12), then + timedelta(hours=24))
    )
    _comes_back(sender, then, chance)
    return left, _buys(store, then, chance, min(now, then + timedelta(days=14)))


def _comes_back(sender: Sender, then: datetime, chance: Random) -> None:
    for number, touch in enumerate(Touch.objects.filter(state="handed_over").select_related("sending").order_by("pk")):
        at, luck = then + timedelta(minutes=chance.randint(6, 3000)), chance.random()
        kind = "bounced" if luck < 0.008 else "complained" if luck < 0.009 else "delivered"
        severity = "hard" if kind == "bounced" else ""
        hear(sender, [Report(kind, f"demo-{number}", at, message_id=touch_name(touch.pk), severity=severity)], at=at)  # type: ignore[arg-type]
        if kind == "delivered" and luck > 0.994:
            stop(touch, channel="email", address=None, source="one_click", at=at)
        elif kind == "delivered" and luck > 0.988:
            take_opinion(touch, chance.choice(OPINIONS), at=at)


def _buys(store: Store, then: datetime, chance: Random, until: datetime) -> int:
    """Have one in twelve of those written to order because of it; return how many did."""
    reached = Touch.objects.filter(state__in=["handed_over", "delivered"]).values_list("customer_id", flat=True)
    buyers = [pk for pk in reached if chance.random() < 1 / 12]
    points, drafts = contact_points(buyers), list[OrderDraft]()
    span = (until - then) // timedelta(seconds=1)
    currency = store.currency or shop_settings().currency
    for number, customer in enumerate(Customer.objects.filter(pk__in=buyers, erased_at=None).order_by("pk")):
        mail = next((p.value for p in points.get(customer.root_id, []) if p.kind == "email"), None)
        if mail is None:
            continue
        price = chance.choice((1400, 1800, 2400))
        placed = to_us(then + timedelta(seconds=chance.randint(3600, span)))
        drafts.append(
            OrderDraft(
                row=number + 1, number=f"Y-{number + 1:04d}", state="paid", currency=currency, items=1,
                buyer=BuyerDraft(email=mail, name=customer.name), gross_minor=price, paid_minor=price,
                placed_us=placed, paid_us=placed,
                lines=(LineDraft("Yunnan spring harvest", 1, "YN-250", unit_minor=price, total_minor=price),),
            )
        )  # fmt: skip
    intake = Intake(store, source="demo", by=BY, at=then)
    for draft in sorted(drafts, key=lambda d: d.placed_us):
        apply_drafts(intake, [draft], at=until)
    return len(drafts)
