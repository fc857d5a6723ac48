"""What is read of deeds: who asked for it, whether it helped, what is overdue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from regulars.desks.voice.needs.models import Deed, Need, Told, Voice
from regulars.desks.voice.needs.rules import SETTLES_DAYS, Effect, checkpoint, effect, root_of
from regulars.insight.rates import Count
from regulars.shop.models import Order

FEWEST_NAMED = 5  # fewer than this are not counted in public: a count of one points at somebody


def family_of(need: int) -> list[int]:
    """Return the needs that are one with this one."""
    parents = dict(Need.objects.values_list("pk", "merged_into_id"))
    root = root_of(parents, need)
    return [pk for pk in parents if root_of(parents, pk) == root]


def voices_of(needs: Collection[int]) -> QuerySet[Voice]:
    """Return the confirmed voices of some needs; what its author took back is no voice any more."""
    return Voice.objects.filter(need_id__in=needs, confirmed_at__isnull=False, opinion__taken_back_at=None)


def asked(deed: Deed, *, until: datetime) -> set[int]:
    """Return the people who asked for it before ``until``. Whoever took it back, or was erased, is not among them."""
    voices = voices_of(family_of(deed.need_id)).filter(opinion__said_at__lt=until, opinion__customer__isnull=False)
    return set(voices.values_list("opinion__customer__root_id", flat=True))


def to_be_told(deed: Deed) -> list[int]:
    """Return who asked before it was done and has not been told of this deed; sorted."""
    if deed.done_at is None:
        return []
    told = set(Told.objects.filter(deed=deed).values_list("customer__root_id", flat=True))
    return sorted(asked(deed, until=deed.done_at) - told)


def effect_of(deed: Deed, *, at: datetime) -> Effect:
    """Return what a deed changed, as of its latest test: voices by orders in equal windows before and after it."""
    if deed.done_at is None:
        return effect(0, None, None)
    days = checkpoint((at - deed.done_at) / timedelta(days=1))
    if not days:
        return effect(0, None, None)
    window = timedelta(days=days)
    begins = deed.done_at + timedelta(days=SETTLES_DAYS)
    return effect(days, _count(deed, deed.done_at - window, deed.done_at), _count(deed, begins, begins + window))


def _count(deed: Deed, since: datetime, until: datetime) -> Count | None:
    orders = Order.objects.filter(state=Order.State.PAID, placed_at__gte=since, placed_at__lt=until).count()
    if not orders:
        return None
    voices = voices_of(family_of(deed.need_id)).filter(opinion__said_at__gte=since, opinion__said_at__lt=until)
    return Count(voices.values("opinion_id").distinct().count(), orders)


def to_be_judged(*, at: datetime) -> list[Deed]:
    """Return the deeds whose tests are not over: done, old enough for the first, and not long past the last."""
    oldest = at - timedelta(days=120)
    youngest = at - timedelta(days=30 + SETTLES_DAYS)
    return list(Deed.objects.filter(done_at__gt=oldest, done_at__lte=youngest, dropped_at=None).order_by("done_at"))


def overdue(today: date) -> QuerySet[Deed]:
    """Return the deeds whose day has passed, longest first."""
    return Deed.objects.filter(done_at=None, dropped_at=None, due_date__lt=today).order_by("due_date", "pk")


def unhelpful() -> QuerySet[Deed]:
    """Return the deeds that did not help and that no other has followed."""
    return Deed.objects.filter(verdict="failed", dropped_at=None, followed_by=None).order_by("judged_at", "pk")


def shown() -> QuerySet[Deed]:
    """Return what the public page shows, latest first."""
    found = Deed.objects.filter(shown_at__isnull=False, done_at__isnull=False, dropped_at=None)
    return found.select_related("need").order_by("-done_at", "-pk")
