"""Where this room meets the library of themes: what is learned, what is proposed. Words are opened in memory only."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
from django.db import transaction

from regulars.base import secrets
from regulars.base.actor import Actor
from regulars.desks.voice.needs import kinds
from regulars.desks.voice.needs.models import Need, Sorter, Voice
from regulars.desks.voice.needs.operations.confirming import Proposal, keep_proposals
from regulars.desks.voice.needs.rules import root_of
from regulars.desks.voice.opinions.models import Opinion, Pondering
from regulars.desks.voice.opinions.operations import put_beside
from regulars.desks.voice.opinions.queries import waiting
from regulars.desks.voice.opinions.sealing import words_of
from regulars.insight.themes import sorting as themes
from regulars.insight.themes.duplicates import collapse
from regulars.insight.themes.keeping import Unreadable, from_bytes, to_bytes
from regulars.insight.themes.normalise import normal
from regulars.insight.themes.taxonomy import Kind
from regulars.insight.themes.taxonomy import themes as taxonomy
from regulars.stream.operations import record

MOST = 10_000  # confirmed opinions that are learned from: the latest
AT_ONCE = 2_000  # waiting opinions that are compared and sorted in one go
NOTED = 1_000
KEPT = 2
COMPARED_FROM = 20  # letters; a Chinese sign counts two
BESIDE = 2  # guesses that are shown beside the likeliest
PRINTED = ("n", "accuracy", "coverage")
OTHER = next(key for key, theme in taxonomy().items() if theme.kind == Kind.OTHER)


class Outdated(Exception):
    """Words were taken back while they were learned from. The job that learns is tried again."""


@dataclass(frozen=True, slots=True)
class Known:
    """An opinion that a person decided: its words and what it names, as labels."""

    text: str
    labels: tuple[str, ...]


def label_of(need: Need) -> str:
    """Return what a need is called while learning: its theme, or its number where it is the shop's own."""
    return need.theme or f"need:{need.pk}"


def _need_of(label: str) -> int | None:
    return int(label.removeprefix("need:")) if label.startswith("need:") else None


def known() -> list[Known]:
    """Return what people decided, the latest first; what says the same in nearly the same words only once."""
    needs = Need.objects.in_bulk()
    parents = {pk: need.merged_into_id for pk, need in needs.items()}
    voices = Voice.objects.filter(
        confirmed_at__isnull=False, opinion__taken_back_at=None, opinion__same_as=None
    ).order_by("-confirmed_at", "-pk")
    labels: dict[int, set[str]] = {}
    for opinion, need in voices.values_list("opinion_id", "need_id").iterator():
        if opinion in labels or len(labels) < MOST:
            labels.setdefault(opinion, set()).add(label_of(needs[root_of(parents, need)]))
    noted = Pondering.objects.filter(how="noted", opinion__taken_back_at=None, opinion__same_as=None)
    for opinion in noted.order_by("-at").values_list("opinion_id", flat=True)[:NOTED]:
        labels.setdefault(opinion, set())
    return [Known(text, tuple(sorted(labels[pk]))) for pk, text in _texts(labels)]


def _texts(opinions: Collection[int]) -> Iterator[tuple[int, str]]:
    ids = list(opinions)
    for start in range(0, len(ids), 1_000):
        words = words_of(Opinion.objects.filter(pk__in=ids[start : start + 1_000]))
        for pk in ids[start : start + 1_000]:
            if pk in words:
                yield pk, f"{words[pk].title}\n{words[pk].text}".strip()


def learn(*, by: Actor, at: datetime) -> Sorter:
    """Learn from all that people decided, measure how well it does, and keep it instead of what was learned before."""
    gone = _taken_back()
    decided = known()
    # What waits tells how this shop's people speak, which counts while few texts are confirmed.
    waits = waiting().filter(same_as=None).order_by("-heard_at", "-pk").values_list("pk", flat=True)[:AT_ONCE]
    beside = [text for _pk, text in _texts(list(waits))] if len(decided) < AT_ONCE else []
    trained = themes.train([themes.Example(one.text, one.labels) for one in decided], beside=beside)
    key, wrapped = secrets.new_key()
    sealed = secrets.seal(key, base64.b64encode(to_bytes(trained)).decode())
    named = sum(bool(one.labels) for one in decided)
    # On the taxonomy's own sentences it says nothing of this shop, so nothing is printed.
    judged = asdict(trained.judged) if trained.is_proven else {}
    with transaction.atomic():
        if _taken_back() != gone:
            # Somebody was erased, or took words back, while they were learned from: begin again without them.
            raise Outdated
        row = Sorter.objects.create(
            wrapped_key=wrapped, sealed=sealed, trained_at=at, n=named,
            quality={name: judged[name] for name in PRINTED if name in judged},
        )  # fmt: skip
        old = Sorter.objects.order_by("-trained_at", "-pk").values_list("pk", flat=True)[KEPT:]
        Sorter.objects.filter(pk__in=list(old)).delete()
        body = kinds.Trained(sorter=row.pk, n=row.n, accuracy=judged.get("accuracy"))
        record("sorter.trained", f"sorter.trained:{row.pk}:{at.isoformat()}", body, by=by, at=at)
    return row


def _taken_back() -> int:
    return Opinion.objects.filter(taken_back_at__isnull=False).count()


def latest(*, by: Actor, at: datetime) -> themes.Sorter:
    """Return what was learned last; where nothing was, or it cannot be read any more, learn now."""
    row = Sorter.objects.order_by("-trained_at", "-pk").first()
    if row is not None:
        try:
            return _opened(row)
        except (secrets.Unreadable, Unreadable):
            pass
    return _opened(learn(by=by, at=at))


def _opened(row: Sorter) -> themes.Sorter:
    kept = secrets.unseal(secrets.unwrap(bytes(row.wrapped_key)), bytes(row.sealed))
    return from_bytes(base64.b64decode(kept))


def propose(*, by: Actor, at: datetime, is_anew: bool = False) -> int:
    """Put near copies together and propose needs for what waits without; return how many proposals were made.

    ``is_anew``: also for what has proposals already, since something was learned.
    """
    # Asked every half minute: nothing is opened or compared while nothing is new.
    if not is_anew and not waiting().filter(same_as=None, voice=None).exists():
        return 0
    rows = list(waiting().filter(same_as=None).order_by("-heard_at", "-pk")[:AT_ONCE])[::-1]
    texts = dict(_texts([row.pk for row in rows]))
    ids = list(texts)
    firsts = [ids[place] for place in _firsts(list(texts.values()))]
    copies: dict[int, list[int]] = {}
    for pk, first in zip(ids, firsts, strict=True):
        if pk != first:
            copies.setdefault(first, []).append(pk)
    for first, others in copies.items():
        put_beside(first, others)
    has_some = set() if is_anew else set(Voice.objects.filter(opinion_id__in=ids).values_list("opinion_id", flat=True))
    wanted = [pk for pk, first in zip(ids, firsts, strict=True) if pk == first and pk not in has_some]
    if not wanted:
        return 0
    return keep_proposals(_proposals(latest(by=by, at=at), {pk: texts[pk] for pk in wanted}), by=by, at=at)


def _firsts(texts: Sequence[str]) -> list[int]:
    """Return for each text the place of the first that says the same in nearly the same words, whatever its numbers.

    Short ones are never put together: "good" said by two is said by two.
    """
    firsts = list(range(len(texts)))
    bare = ["".join(sign for sign in normal(text) if not sign.isdigit()) for text in texts]
    long = [place for place, text in enumerate(bare) if _weight(text) >= COMPARED_FROM]
    for group in collapse([bare[place] for place in long]):
        for member in group:
            firsts[long[member]] = long[group[0]]
    return firsts


def _weight(text: str) -> int:
    return sum(2 if sign > "\u2e80" else 1 for sign in text if sign.isalpha())


def _proposals(sorter: themes.Sorter, texts: Mapping[int, str]) -> dict[int, list[Proposal]]:
    """Return what each text names surely, and what it may name, so that a person has one key to press.

    "Something else" is no need; one that was merged since is left out.
    """
    alive = set(Need.objects.filter(merged_into=None).values_list("pk", flat=True))
    found: dict[int, list[Proposal]] = {}
    scores = sorter.scores([normal(text) for text in texts.values()])
    for (pk, _text), sorted_, row in zip(texts.items(), sorter.sort(texts.values()), scores, strict=True):
        said = [(one.theme, max(one.piece, 0), one.probability) for one in sorted_.said]
        said += [(theme, 0, chance) for theme, chance in _next(sorter.keys, row, {theme for theme, _, _ in said}, said)]
        found[pk] = [
            Proposal("" if need else theme, need, piece, round(chance, 4))
            for theme, piece, chance in said
            if theme != OTHER and ((need := _need_of(theme)) is None or need in alive)
        ]
    return found


def _next(
    keys: Sequence[str], scores: np.ndarray, known: Collection[str], said: Sequence[tuple[str, int, float]]
) -> list[tuple[str, float]]:
    """Return the likeliest beside those known; they share what the known ones leave of a whole."""
    if not np.isfinite(scores).all():
        return []
    left = 1 - max((chance for _theme, _piece, chance in said), default=0.0)
    weight = np.exp(2 * (scores - scores.max()))
    rest = [(float(weight[n]), keys[n]) for n in np.argsort(-scores) if keys[n] not in known]
    whole = sum(share for share, _key in rest) or 1.0
    return [(key, left * share / whole) for share, key in rest[:BESIDE]]
