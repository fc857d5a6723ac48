"""Model fields of our own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from regulars.base.clock import from_us, to_us

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:

    class _Base(models.Field[_ST, _GT]):
        # What django-stubs reads to type attributes of models, None included where the field is nullable.
        _pyi_private_set_type: datetime | int
        _pyi_private_get_type: datetime

else:

    class _Base(models.Field):
        def __class_getitem__(cls, _: Any) -> type:
            return cls


class InstantField(_Base[_ST, _GT]):
    """An instant: an aware UTC datetime in Python, integer microseconds since 1970 in the database.

    The same bytes on every engine, exact, half the size of text on SQLite, and free of each engine's ideas of time
    zones (see ADR 0004). Writing accepts a datetime or the microseconds.
    """

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> datetime | None:
        return None if value is None else from_us(value)

    def to_python(self, value: Any) -> datetime | None:
        if value is None or isinstance(value, datetime):
            return value
        if isinstance(value, int):
            return from_us(value)
        raise ValidationError(f"{value!r} is not an instant")

    def get_prep_value(self, value: Any) -> int | None:
        return to_us(value) if isinstance(value, datetime) else value
