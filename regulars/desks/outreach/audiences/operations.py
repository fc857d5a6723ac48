"""Saving, changing, putting away, freezing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.base.actor import Actor
from regulars.base.clock import to_us
from regulars.base.installation import shop_settings
from regulars.decisions.audiences import WORDS, All, Any, Fact, Not, Rule, RuleError, Texts, format_rule, parse
from regulars.desks.outreach.audiences import kinds, queries
from regulars.desks.outreach.audiences.models import NAME_LENGTH, Audience, AudienceSize, Freeze, Member, Version
from regulars.stream.operations import record


class AudienceRefused(ValueError):
    """This cannot be done; the text says why, for people."""


def save_audience(*, name: str, rule: str, by: Actor, at: datetime) -> Audience:
    """Save a rule under a name. Raises AudienceRefused for the name, RuleError for the rule."""
    with transaction.atomic():
        name = _free_name(name)
        read = _checked(rule, name, at)
        row = Audience.objects.create(name=name, rule=read, at=at, by=str(by))
        _remember(row, by=by, at=at)
        record("audience.saved", f"audience.saved:{row.pk}", kinds.AudienceChanged(row.pk), by=by, at=at)
    return row


def change_audience(audience: int, *, name: str, rule: str, by: Actor, at: datetime) -> bool:
    """Change an audience's name or rule; False if nothing differs. Rules that name it follow its new name.

    Raises AudienceRefused for the name, RuleError for the rule.
    """
    with transaction.atomic():
        row = Audience.objects.select_for_update().get(pk=audience)
        name = _free_name(name, but=row.pk)
        read = _checked(rule, row.name, at)
        if (name, read) == (row.name, row.rule):
            return False
        if name != row.name:
            _follow_name(row.name, name, by=by, at=at)
        row.name, row.rule, row.at, row.by = name, read, at, str(by)
        Audience.objects.filter(pk=row.pk).update(name=name, rule=read, at=at, by=str(by))
        _remember(row, by=by, at=at)
        key = f"audience.changed:{row.pk}:{at.isoformat()}"
        record("audience.changed", key, kinds.AudienceChanged(row.pk), by=by, at=at)
    return True


def retire(audience: int, *, by: Actor, at: datetime) -> bool:
    """Put an audience away; rules that name it still mean it. False if it is away already."""
    with transaction.atomic():
        if not Audience.objects.filter(pk=audience, retired_at=None).update(retired_at=at, retired_by=str(by)):
            return False
        key = f"audience.retired:{audience}:{at.isoformat()}"
        record("audience.retired", key, kinds.AudienceChanged(audience), by=by, at=at)
    return True


def restore(audience: int, *, by: Actor, at: datetime) -> bool:
    """Bring an audience back that was put away. False if it is not away."""
    with transaction.atomic():
        if not Audience.objects.filter(pk=audience, retired_at__isnull=False).update(retired_at=None, retired_by=""):
            return False
        key = f"audience.restored:{audience}:{at.isoformat()}"
        record("audience.restored", key, kinds.AudienceChanged(audience), by=by, at=at)
    return True


def freeze(audience: int, *, by: Actor, at: datetime) -> Freeze:
    """Keep who is in an audience at ``at`` as a list. Raises RuleError if its rule cannot be asked any more."""
    with transaction.atomic():
        row = Audience.objects.get(pk=audience)
        asked = queries.question(parse(row.rule, WORDS), at=at, audience=row.name)
        made = Freeze.objects.create(audience=row, rule=row.rule, at=at, by=str(by))
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audiences_member (freeze_id, customer_id) "  # noqa: S608 - fragments of ours
                f"SELECT %s, found.id FROM ({asked.sql}) AS found",
                [made.pk, *asked.params],
            )
            made.count = cursor.rowcount
        Freeze.objects.filter(pk=made.pk).update(count=made.count)
        body = kinds.AudienceFrozen(row.pk, made.pk, made.count)
        record("audience.frozen", f"audience.frozen:{made.pk}", body, by=by, at=at)
    return made


def record_download(*, audience: int, freeze: int | None, with_contacts: bool, by: Actor, at: datetime) -> None:
    """Record that somebody downloads the people of an audience, or of a frozen list of it."""
    body = kinds.AudienceDownloaded(audience, freeze, with_contacts)
    record("audience.downloaded", f"audience.downloaded:{by}:{to_us(at)}", body, by=by, at=at)


def take_sizes(*, at: datetime) -> int:
    """Count every audience in use that was not counted yet on this day of the shop's; return how many were."""
    day = at.astimezone(shop_settings().zone).date()
    taken = set(AudienceSize.objects.filter(day=day).values_list("audience_id", flat=True))
    done = 0
    for row in Audience.objects.filter(retired_at=None).exclude(pk__in=taken).order_by("pk"):
        try:
            size = queries.count(parse(row.rule, WORDS), at=at)
        except RuleError:
            continue  # its page says what is wrong with it
        AudienceSize.objects.get_or_create(audience=row, day=day, defaults={"count": size})
        done += 1
    return done


def forget_erased(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Take an erased person's records off frozen lists."""
    forget_members(customers)


def forget_members(customers: Sequence[int]) -> None:
    """Take records that go off frozen lists."""
    for start in range(0, len(customers), 900):
        Member.objects.filter(customer_id__in=customers[start : start + 900]).delete()


def _free_name(name: str, *, but: int = 0) -> str:
    name = " ".join(name.split())
    if not name:
        raise AudienceRefused(_("Give the audience a name."))
    if not name.isprintable():
        raise AudienceRefused(_("The name holds a sign that cannot be seen. Write it anew."))
    if len(name) > NAME_LENGTH:
        raise AudienceRefused(_("The name is longer than %(length)d characters.") % {"length": NAME_LENGTH})
    taken = Audience.objects.filter(name=name).exclude(pk=but).first()
    if taken is not None and taken.retired_at is not None:
        raise AudienceRefused(_("An audience of this name was put away. Bring it back, or choose another name."))
    if taken is not None:
        raise AudienceRefused(_("There is an audience of this name. Choose another."))
    return name


def _checked(text: str, name: str, at: datetime) -> str:
    """Return the rule as it is kept. Raises RuleError if it cannot be read, or is made of itself."""
    rule = parse(text, WORDS)
    queries.question(rule, at=at, audience=name)
    return format_rule(rule, WORDS)


def _remember(row: Audience, *, by: Actor, at: datetime) -> None:
    Version.objects.create(audience=row, name=row.name, rule=row.rule, at=at, by=str(by))


def _follow_name(old: str, new: str, *, by: Actor, at: datetime) -> None:
    """Write the new name into the rules that name the old one."""
    for row in Audience.objects.exclude(name=old):
        try:
            rule = parse(row.rule, WORDS)
        except RuleError:
            continue  # names something that is gone; its page says so
        if old in queries.names_in(rule):
            row.rule = format_rule(_renamed(rule, old, new), WORDS)
            Audience.objects.filter(pk=row.pk).update(rule=row.rule, at=at, by=str(by))
            _remember(row, by=by, at=at)
            key = f"audience.changed:{row.pk}:{at.isoformat()}"
            record("audience.changed", key, kinds.AudienceChanged(row.pk), by=by, at=at)


def _renamed(rule: Rule, old: str, new: str) -> Rule:
    if isinstance(rule, Not):
        return Not(_renamed(rule.part, old, new))
    if isinstance(rule, All | Any):
        return replace(rule, parts=tuple(_renamed(part, old, new) for part in rule.parts))
    said = rule.args[0] if rule.args else None
    if rule.word != "in audience" or not isinstance(said, Texts):
        return rule
    return Fact(rule.word, (Texts(tuple(new if value == old else value for value in said.values), said.op),))
