"""Making ports, and taking in what is answered at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from regulars.base import pictures, secrets
from regulars.base.actor import SYSTEM, Actor
from regulars.desks.voice.opinions.models import Opinion
from regulars.desks.voice.opinions.operations import NewOpinion, hear, open_case, revise
from regulars.desks.voice.opinions.sealing import Words
from regulars.desks.voice.ports import kinds
from regulars.desks.voice.ports.models import Answer, AnswerPhoto, AnswerVersion, Port
from regulars.desks.voice.ports.names import new_code
from regulars.desks.voice.ports.ready import READY
from regulars.desks.voice.ports.rules import (
    MOST_PHOTOS,
    Given,
    Question,
    case_of,
    keyword_of,
    mark_of,
    read_questions,
    to_json,
)
from regulars.messages.models import Touch
from regulars.messages.operations import take_opinion
from regulars.people.models import Customer
from regulars.shop.models import Order
from regulars.stream.operations import record

FOLDER = "answers"
# From one network address within an hour: a family, an office, a table at a fair; not a machine.
PER_PLACE, PLACE_SPAN = 20, timedelta(hours=1)


class TooMany(Exception):
    """So many answered from one place that a machine is likelier than people."""


class TooManyPhotos(Exception):
    """A question takes no more pictures. ``question`` says which."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class KeywordTaken(ValueError):
    """Another port has this keyword."""


class TooLate(Exception):
    """An answer was given, and the days in which it may be changed are over."""


@dataclass(frozen=True, slots=True)
class Came:
    """By what link somebody answers. ``link`` makes her answers one; ``place`` is a network address, "" of a link that
    is somebody's own.
    """

    link: str
    customer: int | None = None
    order: int | None = None
    touch: int | None = None
    language: str = ""
    place: str = ""


def add_port(
    *, name: str, about: str, questions: Any, texts: Mapping[str, Mapping[str, str]], by: Actor, at: datetime,
    about_id: int | None = None, scope: str | None = None, is_personal_only: bool = False,
) -> Port:  # fmt: skip
    """Make a port with a short code of its own. Raises rules.QuestionError."""
    kept = to_json(read_questions(questions))
    with transaction.atomic():
        row = Port(
            name=name[:80], about=Port.About(about), about_id=about_id, questions=kept, texts=dict(texts), scope=scope,
            is_personal_only=is_personal_only, at=at, by=str(by),
        )  # fmt: skip
        _save_with_code(row)
        _record("added", row.pk, by=by, at=at)
    return row


def _save_with_code(row: Port) -> None:
    while True:
        row.code = new_code()
        if not Port.objects.filter(code=row.code).exists():
            row.save(force_insert=True)
            return


def unsaved_port(scope: str) -> Port:
    """Return the port of a scope as it will be made once somebody answers."""
    return Port(name="", scope=scope, questions=to_json(_READY), texts=READY["opinion"].texts)


_READY = read_questions([*READY["opinion"].questions])


def port_of_scope(scope: str, *, at: datetime, ready: str = "opinion", about: str = "", name: str = "") -> Port:
    """Return the port of a campaign, a journey, a product; the first who asks for it has it made of a ready set."""
    found = Port.objects.filter(scope=scope).first()
    if found is not None:
        return found
    kind, _colon, number = scope.partition(":")
    try:
        with transaction.atomic():
            return add_port(
                name=name, about=about or (kind if kind in Port.About.values else "shop"), scope=scope,
                about_id=int(number) if number.isdecimal() else None,
                questions=to_json(read_questions(list(READY[ready].questions))), texts=READY[ready].texts,
                by=SYSTEM, at=at,
            )  # fmt: skip
    except IntegrityError:
        return Port.objects.get(scope=scope)  # two readers came at once


def change_port(
    port: int, *, name: str, questions: Any, texts: Mapping[str, Mapping[str, str]], is_personal_only: bool,
    edit_days: int, expires_at: datetime | None, keyword: str = "", by: Actor, at: datetime,
) -> bool:  # fmt: skip
    """Change what a port asks; what was answered stays. False if nothing differs.

    Raises rules.QuestionError, KeywordTaken.
    """
    word = keyword_of(keyword)[:20] or None
    if word is not None and Port.objects.filter(keyword=word).exclude(pk=port).exists():
        raise KeywordTaken(word)
    values = {
        "name": name[:80], "questions": to_json(read_questions(questions)), "texts": dict(texts),
        "is_personal_only": is_personal_only, "edit_days": edit_days, "expires_at": expires_at, "keyword": word,
    }  # fmt: skip
    with transaction.atomic():
        row = Port.objects.select_for_update().get(pk=port)
        changed = {key: value for key, value in values.items() if _plain(getattr(row, key)) != _plain(value)}
        if not changed:
            return False
        Port.objects.filter(pk=port).update(**changed)
        _record("changed", port, by=by, at=at)
    return True


def _plain(value: Any) -> Any:
    # Kept JSON knows lists only.
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else (
        {key: _plain(one) for key, one in value.items()} if isinstance(value, dict) else value
    )  # fmt: skip


def retire_port(port: int, *, by: Actor, at: datetime) -> bool:
    """Take no more answers at a port. False if it is away."""
    with transaction.atomic():
        if not Port.objects.filter(pk=port, retired_at=None).update(retired_at=at, retired_by=str(by)):
            return False
        _record("retired", port, by=by, at=at)
    return True


def restore_port(port: int, *, by: Actor, at: datetime) -> bool:
    """Bring a port back. False if it is not away."""
    with transaction.atomic():
        if not Port.objects.filter(pk=port, retired_at__isnull=False).update(retired_at=None, retired_by=""):
            return False
        _record("restored", port, by=by, at=at)
    return True


def _record(what: str, port: int, *, by: Actor, at: datetime) -> None:
    body = kinds.PortChanged(port=port, what=what)
    record("port.changed", f"port.{what}:{port}:{at.isoformat()}", body, by=by, at=at)


def answer(port: Port, came: Came, given: Given, *, at: datetime) -> Answer:
    """Take in an answer, or the change of one: by one link there is one. Raises TooMany, TooLate.

    A low mark, or a "no" that matters, becomes a case at once. Pictures are added to those that came before, up to
    what a question takes.
    """
    files = [(name, pictures.keep(jpeg, folder=FOLDER)) for name, sent in given.photos.items() for jpeg in sent]
    try:
        try:
            with transaction.atomic():
                return _answer(port, came, given, files, at)
        except IntegrityError:
            # The same page was sent twice at once; the other was first, and this is its change.
            with transaction.atomic():
                return _answer(port, came, given, files, at)
    except BaseException:
        for _name, file in files:
            pictures.let_go(file)
        raise


def _answer(port: Port, came: Came, given: Given, files: Sequence[tuple[str, str]], at: datetime) -> Answer:
    questions = read_questions(port.questions)
    values = dict(given.values)
    before = Answer.objects.select_for_update().filter(port=port, link=came.link).first()
    if before is not None:
        _change(before, port, questions, given, values, files, came, at)
        return before
    place = secrets.digest("place", "", came.place) if came.place else b""
    if place and Answer.objects.filter(place=place, submitted_at__gt=at - PLACE_SPAN).count() >= PER_PLACE:
        raise TooMany
    row = Answer(
        port=port, link=came.link, customer_id=_root(came.customer), order_id=came.order, touch_id=came.touch,
        values=values, language=came.language, place=place, submitted_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    _add_photos(row, files, at)
    _hear(row, port, questions, given, came, at)
    _record_answered(row, port, questions, at)
    return row


def _add_photos(row: Answer, files: Sequence[tuple[str, str]], at: datetime) -> None:
    for question, file in files:
        if row.photos.filter(question=question).count() >= MOST_PHOTOS:
            raise TooManyPhotos(question)
        AnswerPhoto.objects.create(answer=row, question=question, file=file, at=at)


def _change(
    row: Answer, port: Port, questions: Sequence[Question], given: Given, values: dict[str, Any],
    files: Sequence[tuple[str, str]], came: Came, at: datetime,
) -> None:  # fmt: skip
    words = _words(given)
    mark = mark_of(questions, values)
    if row.opinion_id is not None:
        is_news = revise(row.opinion_id, words=Words(words), mark=mark[0] if mark else None, by=_by(row), at=at)
    else:
        is_news = bool(words)
    if not is_news and not files and row.values == values:
        return  # sent twice
    if at > row.submitted_at + timedelta(days=port.edit_days):
        raise TooLate  # and nothing of the change is kept
    AnswerVersion.objects.create(answer=row, version=row.version, values=row.values, at=at)
    row.values, row.version, row.changed_at = values, row.version + 1, at
    row.save(update_fields=["values", "version", "changed_at"])
    _add_photos(row, files, at)
    if row.opinion_id is None:
        _hear(row, port, questions, given, came, at)
    elif (case := case_of(questions, values)) and (opinion := Opinion.objects.filter(pk=row.opinion_id).first()):
        open_case(opinion, reason=case, by=_by(row), at=at)
    _record_answered(row, port, questions, at)


def _hear(row: Answer, port: Port, questions: Sequence[Question], given: Given, came: Came, at: datetime) -> None:
    """Have the words heard as an opinion; a mark alone is one only where it cannot wait."""
    words, case, mark = _words(given), case_of(questions, row.values), mark_of(questions, row.values)
    if not (words or case):
        return
    order = Order.objects.filter(pk=row.order_id).first() if row.order_id else None
    new = NewOpinion(
        source="page" if came.touch else "answer", key=f"answer:{row.pk}", words=Words(words), said_at=at,
        customer=row.customer_id, language=row.language, mark=mark[0] if mark else None,
        best=mark[1] if mark else None, order=row.order_id, store=order.store_id if order else None,
        product=port.about_id if port.about == "product" else None, scope=port.named, touch=came.touch,
        staff=port.about_id if port.about == "staff" else None, case=case,
    )  # fmt: skip
    row.opinion = hear(new, by=_by(row), at=at)
    row.save(update_fields=["opinion"])
    touch = Touch.objects.select_related("sending").filter(pk=came.touch).first() if came.touch and words else None
    if touch is not None:
        take_opinion(touch, words, at=at)  # the ledger knows who answered a message


def _words(given: Given) -> str:
    return "\n\n".join(given.words.values())


def _by(row: Answer) -> Actor:
    return Actor("customer", row.customer_id) if row.customer_id else SYSTEM


def _root(customer: int | None) -> int | None:
    if customer is None:
        return None
    found = Customer.objects.filter(pk=customer).values_list("root_id", flat=True).first() or 0
    return Customer.objects.filter(pk=found, erased_at=None).values_list("pk", flat=True).first()


def _record_answered(row: Answer, port: Port, questions: Sequence[Question], at: datetime) -> None:
    mark = mark_of(questions, row.values)
    body = kinds.Answered(
        port=port.pk, scope=port.named, version=row.version, mark=mark[0] if mark else None,
        best=mark[1] if mark else None,
    )  # fmt: skip
    key = f"port.answered:{row.pk}:{row.version}"
    record("port.answered", key, body, by=_by(row), at=at, customer=row.customer_id, subject=f"port:{port.pk}")


def forget_answers(digests: Sequence[bytes], customers: Sequence[int]) -> None:
    """Let erased people's answers be nobody's: the marks stay in the figures, what they photographed goes."""
    photos = list(AnswerPhoto.objects.filter(answer__customer_id__in=customers))
    AnswerPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()

    def let_go() -> None:
        for photo in photos:
            pictures.let_go(photo.file)

    transaction.on_commit(let_go)
    Answer.objects.filter(customer_id__in=customers).update(customer=None, order=None, touch_id=None)
