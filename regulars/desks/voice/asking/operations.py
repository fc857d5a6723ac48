"""Asking whose parcel arrived, within one rule for all questions, by the one door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import to_us
from regulars.base.models import Setting
from regulars.decisions.guard import Rank
from regulars.desks.voice.asking import kinds
from regulars.desks.voice.asking.models import Ask
from regulars.desks.voice.asking.rules import (
    REMIND_AFTER,
    REMIND_UNTIL,
    SAME_PRODUCT,
    Asked,
    Settings,
    may_ask,
)
from regulars.desks.voice.opinions.models import Case
from regulars.desks.voice.ports.models import Answer, Port
from regulars.desks.voice.ports.names import help_name, personal_name
from regulars.desks.voice.ports.operations import port_of_scope
from regulars.desks.voice.reviews.models import Review
from regulars.desks.voice.reviews.names import own_name
from regulars.messages.identity import identity
from regulars.messages.models import Touch
from regulars.messages.operations import NewSending, open_sending, plan
from regulars.shop.models import Line, Parcel, Product
from regulars.stream.operations import record

# What is older than this when it is first looked at is not asked any more: nobody wants to remember.
TOO_LONG_AGO = timedelta(days=7)
VALID = timedelta(days=30)
EXPIRES = timedelta(days=10)  # a question that had to wait for so long is not asked
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Due:
    """A question that may be asked now, if she was not asked too often."""

    kind: str
    customer: int
    root: int
    order: int | None
    number: str
    product: int = 0
    title: str = ""
    case: int | None = None

    @property
    def scope(self) -> str:
        """Return what the ledger calls what it is about."""
        return f"case:{self.case}" if self.case is not None else f"order:{self.order}"


def asking() -> Settings:
    """Return what the shop asks by itself."""
    kept = Setting.objects.filter(name="asking").values_list("value", flat=True).first() or {}
    known = {name: value for name, value in kept.items() if name in Settings.__slots__}
    return Settings(**known | {"categories": tuple(known.get("categories", ()))})


def save_asking(new: Settings, *, by: Actor, at: datetime) -> bool:
    """Keep what the shop asks. False if nothing differs; ValueError for days out of reach."""
    if new.help_hours is not None and not 1 <= new.help_hours <= 168:
        raise ValueError(f"help_hours is {new.help_hours}; use 1 to 168")
    for name in ("delivery_days", "product_days", "days_after_dispatch"):
        days = getattr(new, name)
        if days is not None and not 0 <= days <= 60:
            raise ValueError(f"{name} is {days}; use 0 to 60")
    with transaction.atomic():
        before = asdict(asking())
        changed = sorted(name for name, value in asdict(new).items() if before[name] != value)
        if not changed:
            return False
        Setting.objects.update_or_create(name="asking", defaults={"value": asdict(new), "at": to_us(at), "by": str(by)})
        body = kinds.AskingChanged(fields=",".join(changed))
        record("asking.changed", f"asking.changed:{at.isoformat()}", body, by=by, at=at)
    return True


def ask_due(*, at: datetime) -> int:
    """Ask everybody whose parcel arrived long enough ago; return how many. Nobody is asked twice about one thing.

    Nothing is asked before the shop has said who speaks and where its pages are.
    """
    chosen = asking()
    if identity().missing or not identity().address:
        return 0
    found = [*_helped(chosen, at), *_deliveries(chosen, at), *_products(chosen, at)][:AT_ONCE]
    again = _unanswered(at) if chosen.reminds and chosen.product_days is not None else []
    before = _asked_before({due.root for due in found} | {ask.customer.root_id for ask in again}, at)
    asked = 0
    for due in found:
        if may_ask(before[due.root], due.product, at=at) and _ask(due, at):
            before[due.root].append(Asked(at, due.product))
            asked += 1
    for ask in again:
        # It is a question more and counts as one; that it is about the same thing is what reminding is.
        root = ask.customer.root_id
        if may_ask(before[root], 0, at=at) and _remind(ask, at):
            before[root].append(Asked(at, ask.product_id))
            asked += 1
    return asked


def _arrived(chosen: Settings, days: int, at: datetime) -> Q:
    """Return which parcels arrived (or, where nobody knows, should have) ``days`` ago, and not much longer."""
    until = at - timedelta(days=days)
    sent = until - timedelta(days=chosen.days_after_dispatch)
    known = Q(delivered_at__lte=until, delivered_at__gt=until - TOO_LONG_AGO)
    return known | Q(delivered_at=None, shipped_at__lte=sent, shipped_at__gt=sent - TOO_LONG_AGO)


def _deliveries(chosen: Settings, at: datetime) -> Iterator[Due]:
    if chosen.delivery_days is None:
        return
    parcels = Parcel.objects.filter(
        _arrived(chosen, chosen.delivery_days, at), order__state="paid", order__customer__erased_at=None,
        order__customer__isnull=False,
    ).exclude(order__ask__kind="delivery")  # fmt: skip
    columns = "order__customer_id", "order__customer__root_id", "order_id", "order__number"
    for customer, root, order, number in parcels.order_by("order_id").values_list(*columns).distinct()[:AT_ONCE]:
        yield Due("delivery", customer, root, order, number)


def _helped(chosen: Settings, at: datetime) -> Iterator[Due]:
    """Yield whom a person of the shop answered to the end; a case that was opened again is not at its end."""
    if chosen.help_hours is None:
        return
    until = at - timedelta(hours=chosen.help_hours)
    cases = Case.objects.filter(
        closed_at__lte=until, closed_at__gt=until - TOO_LONG_AGO, outcome__in=["made_good", "explained"],
        opinion__customer__isnull=False, opinion__customer__erased_at=None,
    ).exclude(pk__in=Ask.objects.filter(kind="help").values("case_id"))  # fmt: skip
    columns = "pk", "opinion__customer_id", "opinion__customer__root_id"
    for case, customer, root in cases.order_by("closed_at", "pk").values_list(*columns)[:AT_ONCE]:
        yield Due("help", customer, root, None, "", case=case)


def _products(chosen: Settings, at: datetime) -> Iterator[Due]:
    if chosen.product_days is None:
        return
    orders = Parcel.objects.filter(_arrived(chosen, chosen.product_days, at)).values("order_id")
    lines = Line.objects.filter(
        order_id__in=orders, order__state="paid", order__customer__isnull=False, order__customer__erased_at=None,
        product__isnull=False,
    ).exclude(order__ask__kind="product")  # fmt: skip
    if chosen.categories:
        lines = lines.filter(product__category__in=chosen.categories)
    columns = (
        "order__customer_id", "order__customer__root_id", "order_id", "order__number", "product_id", "product__title",
    )  # fmt: skip
    # Of an order the dearest thing is asked about, not everything in the box.
    seen: set[int] = set()
    dearest = lines.order_by("order_id", "-total_minor", "position")
    for customer, root, order, number, product, title in dearest.values_list(*columns)[: 4 * AT_ONCE]:
        if order not in seen:
            seen.add(order)
            yield Due("product", customer, root, order, number, product, title)


def _asked_before(roots: Iterable[int], at: datetime) -> defaultdict[int, list[Asked]]:
    found: defaultdict[int, list[Asked]] = defaultdict(list)
    asks = Ask.objects.filter(customer__root_id__in=list(roots), at__gt=at - SAME_PRODUCT)
    columns = asks.values_list("customer__root_id", "at", "reminded_at", "product_id")
    for root, asked_at, reminded_at, product in columns:
        found[root].append(Asked(asked_at, product))
        if reminded_at is not None:
            found[root].append(Asked(reminded_at, product))
    return found


def _unanswered(at: datetime) -> list[Ask]:
    """Return the questions about products that left a week ago and that nobody answered, here or in public."""
    answers = Answer.objects.filter(order_id=OuterRef("order_id"), port_id=OuterRef("port_id"))
    reviews = Review.objects.filter(
        product_id=OuterRef("product_id"), customer__root_id=OuterRef("customer__root_id")
    )  # fmt: skip
    left = Touch.objects.filter(sending_id=OuterRef("sending_id"), state__in=["handed_over", "delivered"])
    asks = Ask.objects.filter(
        Exists(left), ~Exists(answers), ~Exists(reviews), kind="product", reminded_at=None, at__lte=at - REMIND_AFTER,
        at__gt=at - REMIND_UNTIL, customer__erased_at=None, order__state="paid",
    )  # fmt: skip
    return list(asks.select_related("customer", "order", "port").order_by("at")[:AT_ONCE])


def _remind(ask: Ask, at: datetime) -> bool:
    title, order = Product.objects.filter(pk=ask.product_id).values_list("title", flat=True).first(), ask.order
    if title is None or order is None or ask.port.retired_at is not None:
        return False
    due = Due("product", ask.customer_id, ask.customer.root_id, order.pk, order.number, ask.product_id, title)
    with transaction.atomic():
        if not Ask.objects.filter(pk=ask.pk, reminded_at=None).update(reminded_at=at):
            return False  # another worker was first
        sending = _send(due, ask.port, "ask:product:again", at)
        Ask.objects.filter(pk=ask.pk).update(again_id=sending)
        _record_asked(due, ask.port, "again", at)
    return True


def _ask(due: Due, at: datetime) -> bool:
    port = _port(due, at)
    if port.retired_at is not None:
        return False
    try:
        with transaction.atomic():
            sending = _send(due, port, f"ask:{due.kind}", at)
            Ask.objects.create(
                kind=due.kind, customer_id=due.customer, order_id=due.order, product_id=due.product, case_id=due.case,
                port=port, sending_id=sending, at=at,
            )  # fmt: skip
            _record_asked(due, port, due.kind, at)
    except IntegrityError:
        return False  # another worker asked a moment ago
    return True


def _send(due: Due, port: Port, step: str, at: datetime) -> int:
    new = NewSending(
        scope=due.scope, step=step, channel="email", content=_content(due, port, at),
        expires_at=at + EXPIRES,
        # To ask whether somebody is satisfied is advertising in the eyes of some courts (in Germany BGH, VI ZR 225/17),
        # so it goes to those only who agreed to hear from the shop.
        is_marketing=True, is_personalised=due.kind == "product",
        rank=Rank.NEWSLETTER if due.kind == "product" else Rank.PROMISE,
    )  # fmt: skip
    sending = open_sending(new, by=SYSTEM, at=at)
    plan(sending, [due.root], by=SYSTEM, at=at)
    return sending.pk


def _record_asked(due: Due, port: Port, what: str, at: datetime) -> None:
    body = kinds.CustomerAsked(about=due.kind, order=due.order or 0, port=port.pk, product=due.product)
    key = f"customer.asked:{due.case or due.order}:{what}"
    record("customer.asked", key, body, by=SYSTEM, at=at, customer=due.customer, subject=due.scope)


def _port(due: Due, at: datetime) -> Port:
    if due.kind == "help":
        return port_of_scope("asking:help", ready="effort", about="shop", at=at)
    if due.kind == "delivery":
        return port_of_scope("asking:delivery", ready="delivery", about="order", at=at)
    return port_of_scope(f"product:{due.product}", ready="product", about="product", name=due.title, at=at)


def _content(due: Due, port: Port, at: datetime) -> dict[str, dict[str, str]]:
    until = at + VALID
    if due.case is not None:
        name = help_name(port.pk, due.root, case=due.case, until=until)
    else:
        name = personal_name(port.pk, due.root, order=due.order or 0, until=until)
    base = identity().address.rstrip("/")
    values = {"number": _plain(due.number), "title": _plain(due.title), "link": f"{base}/p/{port.code}/{name}"}
    if due.product:
        own = own_name(due.product, due.root, order=due.order or 0, until=until)
        values["review"] = f"{base}/r/{due.product}/write/{own}"
    content = {}
    for language, _label in django_settings.LANGUAGES:
        with translation.override(language):
            subject, text = _texts(due.kind)
            content[language] = {"subject": subject % values, "text": text % values}
    return content


def _plain(text: str) -> str:
    # Braces are places for personal fields.
    return text.replace("{", "(").replace("}", ")")


def _texts(kind: str) -> tuple[str, str]:
    if kind == "delivery":
        return _("Did your order %(number)s arrive well?"), _(
            "Hello {first_name|dear customer},\n\nyour order %(number)s should be with you by now. Two taps tell us "
            "whether it came in time and whether all is well:\n%(link)s\n\nIf something is wrong, a person of the shop "
            "sees it at once."
        )
    if kind == "help":
        return _("How was our help?"), _(
            "Hello {first_name|dear customer},\n\nyou told us that something was wrong, and one of us took it up. Was "
            "it easy to get help? One tap tells us, and a word of yours is read by a person:\n%(link)s\n\nIf it is not "
            "settled, say so there: it is taken up again."
        )
    return _("How do you like it? %(title)s"), _(
        "Hello {first_name|dear customer},\n\nyou have had %(title)s for a while now. How do you like it? Good or bad, "
        "a person of the shop reads it:\n%(link)s\n\nOr tell everybody, in a review:\n%(review)s"
    )


def forget_asks(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Remove what erased people were asked."""
    Ask.objects.filter(customer_id__in=customers).delete()
