"""Personal fields of a text: what may stand in braces, and what it is for each person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from regulars.base import bulk

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


def values_of(names: set[str], roots: Sequence[int]) -> dict[str, Mapping[int, str]]:
    """Return each wanted field's values by root id; names that are no registered field are left out."""
    return {name: FIELDS[name].read(roots) for name in names if name in FIELDS}
