"""Making forms; asking, confirming, and forgetting who never confirmed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from regulars.base import secrets
from regulars.base.actor import SYSTEM, Actor
from regulars.base.clock import to_us
from regulars.decisions.guard import Rank
from regulars.desks.outreach.signup import kinds
from regulars.desks.outreach.signup.models import Asked, Form
from regulars.messages.models import Sending, Wish
from regulars.messages.operations import NewSending, open_sending, plan, unwish
from regulars.messages.operations.forgetting import unsay
from regulars.messages.standing import HER_OWN, standings
from regulars.people.drafts import BuyerDraft
from regulars.people.models import Consent, Customer, Identifier, Suppression
from regulars.people.operations import ConsentEntry, lift_suppression, record_consents, remember_buyers
from regulars.people.operations.forget import forget_unneeded
from regulars.stream.operations import record

VALID = timedelta(days=7)
KEPT = timedelta(days=14)
BETWEEN = timedelta(days=1)  # two confirmations to one address
# From one network address: more than a family or an office asks for, less than a machine.
PER_PLACE, PLACE_SPAN = 20, timedelta(hours=1)
AT_ONCE = 1_000


class TooMany(Exception):
    """So many asked from one place that a machine is likelier than people."""


class _Needed(Exception):
    """Something else is known of her, so nothing is taken back."""


def add_form(*, name: str, wording: str, topics: Sequence[str], by: Actor, at: datetime) -> Form:
    """Make a form. Its address is made of its name."""
    stem = slugify(name)[:40] or "news"
    with transaction.atomic():
        taken = set(Form.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
        slug = next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)
        row = Form.objects.create(name=name, slug=slug, wording=wording, topics=list(topics), at=at, by=str(by))
        _record("added", row.pk, by=by, at=at)
    return row


def retire_form(form: int, *, by: Actor, at: datetime) -> bool:
    """Let nobody sign up by a form any more; who has its mail may still confirm. False if it is put away."""
    with transaction.atomic():
        if not Form.objects.filter(pk=form, retired_at=None).update(retired_at=at, retired_by=str(by)):
            return False
        _record("retired", form, by=by, at=at)
    return True


def restore_form(form: int, *, by: Actor, at: datetime) -> bool:
    """Bring a form back. False if it is not away."""
    with transaction.atomic():
        if not Form.objects.filter(pk=form, retired_at__isnull=False).update(retired_at=None, retired_by=""):
            return False
        _record("restored", form, by=by, at=at)
    return True


def _record(what: str, form: int, *, by: Actor, at: datetime) -> None:
    body = kinds.FormChanged(form=form, what=what)
    record("signup.form_changed", f"signup.{what}:{form}:{at.isoformat()}", body, by=by, at=at)


def ask_to_join(
    form: Form, *, email: str, place: str, agent: str, language: str, link: Callable[[int], str], at: datetime
) -> bool:
    """Send a confirmation to ``email`` (in its matching form); return whether one is on its way.

    None is sent to who agreed already, nor twice in a day, nor to an address that is closed. ``link`` makes the address
    of the page to confirm. Raises TooMany.
    """
    digest, where = secrets.digest("email", "", email), secrets.digest("place", "", place)
    row = Asked(form=form, address=digest, place=where, agent=agent[:200].replace("\0", ""), at=at)
    try:
        with transaction.atomic():
            if Asked.objects.filter(place=where, at__gt=at - PLACE_SPAN).count() >= PER_PLACE:
                raise TooMany
            if not _may_be_asked(digest, at):
                row.save()
                return False
            draft = BuyerDraft(email=email, language=language)
            known = remember_buyers([draft], [to_us(at)], scope="", source="signup", by=SYSTEM, at=at)
            customer = known.customers[0]
            assert customer is not None  # an address always makes one
            row.customer_id, row.day = customer, f"{at:%Y-%m-%d}"
            mine = Asked.objects.filter(customer_id=customer, is_new=True, confirmed_at=None)
            row.is_new = bool(known.new) or mine.exists()
            row.save()
            _send(row, customer, link(row.pk), at)
    except IntegrityError:
        return False  # another request for this address came first, a moment ago
    return True


def _may_be_asked(digest: bytes, at: datetime) -> bool:
    if Asked.objects.filter(address=digest, day__isnull=False, at__gt=at - BETWEEN).exists():
        return False
    closed = set(Suppression.objects.filter(digest=digest, lifted_at=None).values_list("reason", flat=True))
    if closed - {HER_OWN}:
        return False
    root = _root_of(digest)
    mail = next((s for s in standings(root) if s.channel == "email"), None) if root else None
    return mail is None or not (mail.basis == "agreed" and mail.is_open)


def _root_of(digest: bytes) -> int | None:
    point = Identifier.objects.filter(digest=digest, customer__erased_at=None)
    return point.values_list("customer__root_id", flat=True).first()


def _send(row: Asked, customer: int, link: str, at: datetime) -> None:
    content = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            content[language] = {
                "subject": _("Do you want to hear from us?"),
                "text": _(
                    "Somebody, we hope you, asked for our mail to this address. If you want it, open this link within "
                    "a week and confirm:\n%(link)s\n\nIf it was not you, do nothing: then we shall not write again."
                )
                % {"link": link},
            }
    new = NewSending(
        scope=row.form.scope, step=f"confirm:{row.pk}", channel="email", content=content, expires_at=at + VALID,
        is_marketing=False, rank=Rank.REPLY,
    )  # fmt: skip
    root = Customer.objects.values_list("root_id", flat=True).get(pk=customer)
    plan(open_sending(new, by=SYSTEM, at=at), [root], by=SYSTEM, at=at)


def is_valid(row: Asked, *, at: datetime) -> bool:
    """Return whether a request may still be confirmed, or was."""
    return row.confirmed_at is not None or at < row.at + VALID


def confirm(row: Asked, *, place: str, agent: str, at: datetime) -> bool:
    """Write down that she agrees, with what proves it. False if she confirmed before, or it is too late for it."""
    root = _root_of(bytes(row.address))
    if root is None or at >= row.at + VALID:
        return False
    by = Actor("customer", root)
    with transaction.atomic():
        if not Asked.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=at):
            return False
        # She reads her own mail: that opens what she herself had closed, and nothing else.
        mail = next(s for s in standings(root) if s.channel == "email")
        own = Suppression.objects.filter(digest__in=mail.addresses, reason=HER_OWN, lifted_at=None)
        for pk in own.values_list("pk", flat=True):
            lift_suppression(pk, by=by, at=at, customer=root)
        words = Consent.objects.filter(customer__root_id=root, channel="email", purpose="marketing")
        # A no on any of her records wins, so her yes is written on each of those.
        records = {root, *words.values_list("customer_id", flat=True)}
        entries = [_entry(record_, row, place, agent, at) for record_ in sorted(records)]
        record_consents(entries, by=by, at=at)
        for topic in row.form.topics:
            unwish(customer=root, kind=Wish.Kind.NO_TOPIC, topic=topic, by=by, at=at)
    return True


def _entry(record_: int, row: Asked, place: str, agent: str, at: datetime) -> ConsentEntry:
    proof: dict[str, Any] = {
        "form": row.form_id, "wording": row.form.wording, "topics": row.form.topics,
        "asked": {"at": row.at.isoformat(), "place": bytes(row.place).hex(), "agent": row.agent},
        "confirmed": {
            "at": at.isoformat(), "place": secrets.digest("place", "", place).hex(),
            "agent": agent[:200].replace("\0", ""),
        },
    }  # fmt: skip
    return ConsentEntry(record_, "email", "granted", "signup", wording=row.form.wording[:200], proof=proof)


def clean_up(*, at: datetime) -> int:
    """Forget requests that nobody confirmed, and with them who became known by nothing else; return how many people."""
    gone = 0
    for row in (
        Asked.objects.filter(confirmed_at=None, at__lt=at - KEPT).select_related("form").order_by("at")[:AT_ONCE]
    ):
        try:
            with transaction.atomic():
                Asked.objects.filter(pk=row.pk).delete()
                if row.is_new and row.customer_id is not None:
                    gone += _forget(row, row.customer_id, at)
        except IntegrityError:
            # Another room keeps something of her: she stays, and so does nothing of the request.
            Asked.objects.filter(pk=row.pk).delete()
    return gone


def _forget(row: Asked, customer: int, at: datetime) -> bool:
    if Asked.objects.filter(customer_id=customer).exists():
        return False  # she asked again later
    try:
        with transaction.atomic():
            for sending in Sending.objects.filter(touch__customer_id=customer, scope__startswith="signup:").distinct():
                unsay(sending, reason="not confirmed", by=SYSTEM, at=at)
            if not forget_unneeded(customer, reason="not confirmed", by=SYSTEM, at=at):
                raise _Needed
    except _Needed:
        return False
    return True


def forget_asked(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Remove what erased people asked for."""
    Asked.objects.filter(address__in=list(digests)).delete()
    Asked.objects.filter(customer_id__in=customers).delete()
