"""Journeys that a shop may use as they are: off until somebody wants them, and then its own to change.

Texts are a friend's: short, by name, with nothing to win and nothing to miss. There is none for birthdays: a day that
a customer told for another purpose, and on which every shop writes, is left to her friends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from regulars.decisions.audiences.reading import quoted
from regulars.decisions.guard import Rank
from regulars.desks.outreach.journeys.rules import Entry, Plan
from regulars.desks.outreach.journeys.steps import Message, Wait
from regulars.shop.models import Line
from regulars.stream.models import Activity


@dataclass(frozen=True, slots=True)
class Ready:
    """A journey to begin from. ``plan``: what it does, as of an instant and for this shop."""

    name: str
    title: Any  # lazy translation
    says: Any
    plan: Callable[[datetime], Plan]


def _mail(id: str, en: tuple[str, str], zh: tuple[str, str], **values: Any) -> Message:
    """Return a mail in both languages, with the same said shorter for the other ways."""
    texts = {
        language: {"subject": subject, "text": text, "short": text.replace("\n\n", " ")}
        for language, (subject, text) in (("en", en), ("zh-hans", zh))
    }
    return Message(id, texts=texts, **values)


def _thanks(at: datetime) -> Plan:
    del at
    thanks = _mail(
        "s1",
        (
            "Thank you, {first_name|dear customer}",
            "Hello {first_name|there},\n\nthank you for your first order. We are a small shop and notice each one.\n\n"
            "If anything is not as you hoped, just answer this message; a person reads it.",
        ),
        (
            "谢谢您，{first_name|朋友}",
            "{first_name|您}好：\n\n谢谢您在我们店的第一次购买，每一单我们都记在心上。\n\n"
            "如果有什么不合心意，直接回复这条消息就好，会有人读。",
        ),
        worth_hours=72,
    )
    help = _mail(
        "s3",
        (
            "How is it going?",
            "Hello {first_name|there},\n\nby now you will have tried it. Is there anything you would like to know, or "
            "anything you miss in our shop?\n\nTell us in a word, and we will help you find what suits you.",
        ),
        (
            "用得还习惯吗？",
            "{first_name|您}好：\n\n这几天您应该已经用上了。有什么想问的，或者想在店里找到什么？\n\n"
            "回复一句就好，我们帮您挑合适的。",
        ),
        worth_hours=96,
    )
    return Plan(Entry("ordered", rule="orders exactly 1"), (thanks, Wait("s2", days=14), help), exit_kind="order.paid")


def _delivered(at: datetime) -> Plan:
    ask = _mail(
        "s2",
        (
            "Did everything arrive well?",
            "Hello {first_name|there},\n\nyour parcel should be with you. Is everything whole, and is it what you "
            "expected?\n\nIf not, answer this message and we will put it right.",
        ),
        (
            "东西都收到了吗？",
            "{first_name|您}好：\n\n您的包裹应该已经到了。东西完好吗？和您想的一样吗？\n\n"
            "如果不是，回复这条消息，我们来处理好。",
        ),
        worth_hours=72,
    )
    # Not every shop's files tell when a parcel arrives; without that an order and some days stand for it.
    knows = Activity.objects.filter(kind="parcel.delivered", occurred_at__gte=at - timedelta(days=90)).exists()
    entry, days = (Entry("delivered"), 3) if knows else (Entry("ordered"), 8)
    return Plan(entry, (Wait("s1", days=days), ask), reentry_days=60)


def _basket(at: datetime) -> Plan:
    del at
    remind = _mail(
        "s2",
        (
            "Your basket is still here",
            "Hello {first_name|there},\n\nyou left something in your basket. It is still there if you want it, and "
            "no harm is done if you do not.\n\nIf something was unclear, just ask.",
        ),
        (
            "购物车里的东西还在",
            "{first_name|您}好：\n\n您在购物车里留了东西，想要的话它还在；不想要也没关系。\n\n有什么不清楚的，直接问我们。",
        ),
        rank=int(Rank.CART), worth_hours=24, is_personalised=True,
    )  # fmt: skip
    steps = (Wait("s1", days=0, hours=2), remind)
    return Plan(Entry("basket_left"), steps, exit_kind="order.paid", reentry_days=30)


def _lapsing(at: datetime) -> Plan:
    del at
    miss = _mail(
        "s1",
        (
            "It has been a while",
            "Hello {first_name|there},\n\nyou have not been with us for longer than usual. Was something not right, or "
            "are you simply well provided?\n\nEither is fine. If it was us, please tell us.",
        ),
        (
            "有一阵子没见到您了",
            "{first_name|您}好：\n\n您有一阵子没来了。是我们哪里没做好，还是暂时不缺什么？\n\n都没关系；要是我们的缘故，请告诉我们。",
        ),
        rank=int(Rank.WIN_BACK), worth_hours=96,
    )  # fmt: skip
    once = _mail(
        "s3",
        (
            "We keep your place",
            "Hello {first_name|there},\n\nthis is the last we write about it. Whenever you need something, we are "
            "here, and glad to see you again.",
        ),
        (
            "位置给您留着",
            "{first_name|您}好：\n\n这件事我们不再写信打扰了。什么时候需要，我们都在，也很高兴再见到您。",
        ),
        rank=int(Rank.WIN_BACK), worth_hours=96,
    )  # fmt: skip
    entry = Entry(rule="state is lapsing and orders at least 2")
    return Plan(entry, (miss, Wait("s2", days=30), once), exit_kind="order.paid", reentry_days=180)


def _season(at: datetime) -> Plan:
    start, end = (at - timedelta(days=365 + 45)).date(), (at - timedelta(days=365 - 45)).date()
    category = _favourite(start, end)
    bought = f"bought category {quoted(category)}" if category else "orders at least 1"
    rule = f"{bought} from {start} to {end} and not orders at least 1 in 60 days"
    named = category.replace("{", "").replace("}", "")
    news = _mail(
        "s1",
        (
            f"New this season: {named}" if named else "The new season is here",
            "Hello {first_name|there},\n\nabout this time last year you found something with us. What is new this "
            "season is in the shop now, and we thought of you.\n\nHave a look when you have a quiet minute.",
        ),
        (
            f"新一季：{named}" if named else "新一季到了",
            "{first_name|您}好：\n\n去年差不多这个时候，您在我们店挑过东西。今年的新品到了，我们想到了您。\n\n有空的时候来看看。",
        ),
        worth_hours=96, is_personalised=True,
    )  # fmt: skip
    return Plan(Entry(rule=rule), (news,), exit_kind="order.paid", reentry_days=300)


def _favourite(start: date, end: date) -> str:
    """Return the category that most orders of these days had something of, "" if products have none."""
    lines = Line.objects.filter(
        order__state="paid", order__placed_at__gte=_instant(start), order__placed_at__lt=_instant(end),
        product__isnull=False,
    ).exclude(product__category="")  # fmt: skip
    counted = lines.values("product__category").annotate(n=Count("order", distinct=True))
    first = counted.order_by("-n", "product__category").first()
    return first["product__category"] if first else ""


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


READY: dict[str, Ready] = {
    one.name: one
    for one in (
        Ready(
            "first_order", _("Thanks for the first order, and help towards the second"),
            _("Says thank you, and after two weeks asks whether help is wanted. Whoever orders again hears no more."),
            _thanks,
        ),
        Ready(
            "delivered", _("After delivery"),
            _("Asks some days after the parcel came whether everything is well, before a complaint grows."), _delivered,
        ),
        Ready(
            "basket", _("Basket left"),
            _("One reminder two hours later, worth nothing after a day. None to whoever ordered meanwhile."), _basket,
        ),
        Ready(
            "lapsing", _("A regular stays away"),
            _("When somebody stays away longer than is usual for her, one question, and a month later a farewell."),
            _lapsing,
        ),
        Ready(
            "season", _("The new season, to those who bought in the last one"),
            _("Who bought the favourite category at this time last year hears that the new season is in."), _season,
        ),
    )
}  # fmt: skip


def plan_of(name: str, *, at: datetime, channels: tuple[str, ...] = ("email",)) -> Plan:
    """Return the plan of a ready journey as of ``at``. KeyError if there is none of this name."""
    plan = READY[name].plan(at)
    steps = tuple(replace(step, channels=channels) if isinstance(step, Message) else step for step in plan.steps)
    return replace(plan, steps=steps)
