"""Personal fields of a text: what may stand in braces, and what it is for each person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from regulars.base import bulk
from regulars.messages import picking
from regulars.messages.cards import Card
from regulars.shop.models import Product

Read = Callable[[Sequence[int]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Field:
    """A word for braces. ``read`` gives values by root id; what it leaves out falls back to the text after ``|``.

    ``is_personalised``: it tells from behaviour, so whoever wishes nothing of that kind does not get the message.
    """

    name: str
    label: Any  # lazy translation
    read: Read
    is_personalised: bool = False


FIELDS: dict[str, Field] = {}


def register(field: Field) -> None:
    """Make a field known to texts."""
    FIELDS[field.name] = field


_LAST_PRODUCT = """SELECT root, title FROM (
    SELECT c.root_id AS root, l.title AS title,
      row_number() OVER (PARTITION BY c.root_id ORDER BY o.placed_at DESC, o.id DESC, l.position) AS place
    FROM people_customer c JOIN shop_order o ON o.customer_id = c.id JOIN shop_line l ON l.order_id = o.id
    WHERE o.state = 'paid' AND c.root_id IN ({})) lines WHERE place = 1"""


def _last_product(roots: Sequence[int]) -> Mapping[int, str]:
    return dict(bulk.select_in(_LAST_PRODUCT, roots))


def _city(roots: Sequence[int]) -> Mapping[int, str]:
    return dict(bulk.select_in("SELECT id, city FROM people_customer WHERE id IN ({})", roots))


def declare() -> None:
    """Make the fields known that every shop has. Name and first name come with the address itself."""
    register(Field("city", _("City"), _city))
    register(Field("last_product", _("What she bought last"), _last_product, is_personalised=True))


# Known without a look-up: of the person, and of the message.
ALWAYS = {
    "name": _("Name"), "first_name": _("First name"), "shop": _("Name of the shop"),
    "port": _("Link to tell what one thinks"), "way_out": _("Link to choose what one gets, or nothing more"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CardField:
    """A word for braces behind which products stand: ``{product:12}``. ``read`` takes the number behind the colon.

    ``wrong`` returns what is wrong with a number, "" if nothing; ``otherwise`` is the number where none is written.
    """

    name: str
    example: str
    label: Any  # lazy translation
    read: Callable[[int, Sequence[int]], Mapping[int, Sequence[Card]]]
    wrong: Callable[[int], str]
    otherwise: int = 0


MOST_LIKED = 6


def _wrong_product(product: int) -> str:
    row = Product.objects.filter(pk=product).values_list("is_listed", flat=True).first()
    if row is None:
        return said("There is no product %(number)d. Look it up below and put in the word beside it.") % {
            "number": product
        }
    if not row:
        return said("Product %(number)d is not on sale. Choose another, or list it again in the store.") % {
            "number": product
        }
    if not picking.cards_of([product])[product].url:
        return said(
            "Nobody knows the page of product %(number)d. Say in the settings of its store where products are found."
        ) % {"number": product}
    return ""


def _wrong_count(count: int) -> str:
    most = {"most": MOST_LIKED}
    return "" if 1 <= count <= MOST_LIKED else said("Between 1 and %(most)d products: {may_like:3}.") % most


CARDS: dict[str, CardField] = {
    field.name: field
    for field in (
        CardField(
            "product", "product:12", _("A product as a card, chosen by hand"), picking.by_hand, _wrong_product
        ),
        CardField(
            "may_like", "may_like:3", _("Products she may like, from the categories she buys"), picking.liked,
            _wrong_count, otherwise=3,
        ),
    )
}  # fmt: skip


def _card(name: str) -> tuple[CardField, int] | None:
    word, _colon, number = name.partition(":")
    field = CARDS.get(word)
    return None if field is None else (field, int(number) if number else field.otherwise)


def wrong_word(name: str) -> str:
    """Return why nothing can be put in for a word in braces, and what to do; "" if something can."""
    if name in FIELDS or name in ALWAYS:
        return ""
    card = _card(name)
    if card is not None:
        return card[0].wrong(card[1])
    return said("Nothing is known to put in for {%(field)s}.") % {"field": name}


def words() -> list[tuple[str, Any]]:
    """Return every word for braces with its label, as editors list them."""
    plain = {**ALWAYS, **{name: found.label for name, found in FIELDS.items()}}
    return [*plain.items(), *((card.example, card.label) for card in CARDS.values())]


def cards_for(names: set[str], roots: Sequence[int]) -> dict[str, Mapping[int, Sequence[Card]]]:
    """Return the cards of each wanted word by root id; names of other fields are left out."""
    wanted = {name: card for name in names if (card := _card(name)) is not None}
    return {name: field.read(number, roots) for name, (field, number) in wanted.items()}


def values_of(names: set[str], roots: Sequence[int]) -> dict[str, Mapping[int, str]]:
    """Return each wanted field's values by root id; names that are no registered field are left out."""
    return {name: FIELDS[name].read(roots) for name in names if name in FIELDS}
