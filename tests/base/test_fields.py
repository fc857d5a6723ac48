from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from regulars.base.actor import COMMAND_LINE, Actor
from regulars.base.fields import InstantField
from regulars.base.installation import ShopSettings, save_shop_settings, shop_settings
from regulars.base.models import Setting

AT = datetime(2026, 3, 29, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.django_db
def test_an_instant_is_kept_exactly_as_a_number_and_compares_in_time() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    Setting.objects.create(name="x", value={}, at=there, by="system")
    assert Setting.objects.get(name="x").at == AT
    assert Setting.objects.filter(at__gte=AT, at__lt=AT + timedelta(microseconds=1)).exists()
    assert not Setting.objects.filter(at__gt=AT).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM base_setting WHERE name = 'x'")
        assert cursor.fetchone() == (1_774_785_600_123_456,)


def test_an_instant_may_be_given_in_microseconds_but_not_in_words() -> None:
    field: InstantField = InstantField()
    assert field.to_python(1_774_785_600_123_456) == AT
    assert field.to_python(None) is None
    with pytest.raises(ValidationError):
        field.to_python("yesterday")


@pytest.mark.django_db
def test_the_shops_settings_have_defaults_and_are_kept() -> None:
    assert shop_settings() == ShopSettings()
    mine = ShopSettings("街角咖啡", "CNY", "Asia/Shanghai", "zh-hans", 7)
    save_shop_settings(mine, by=COMMAND_LINE, at=AT)
    assert shop_settings() == mine
    assert str(shop_settings().zone) == "Asia/Shanghai"
    # A setting of a later version does not stop an earlier one.
    Setting.objects.filter(name="shop").update(value={"name": "Corner Coffee", "colour": "green"})
    assert shop_settings().name == "Corner Coffee"


def test_who_did_it_is_one_word() -> None:
    for text in ("staff:3", "import:12", "system"):
        assert str(Actor.parse(text)) == text
    assert Actor.parse("staff:3") == Actor("staff", 3)
