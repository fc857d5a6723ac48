from __future__ import annotations

import pytest

from regulars.base import text


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("'ada@example.com", "ada@example.com"),
        ("ada.lovelace+shop@mail.example.co.uk", "ada.lovelace+shop@mail.example.co.uk"),
        ("ada@example", None),
        ("ada example@example.com", None),
        ("a**@example.com, b@example.com", None),
        ("王芳@example.com", None),
        ("", None),
        (f"{'a' * 250}@example.com", None),
    ],
)
def test_addresses(written: str, key: str | None) -> None:
    assert text.email_key(written) == key


@pytest.mark.parametrize(
    ("written", "region", "key"),
    [
        ("138 0013 8000", "", "+8613800138000"),
        ("+86-138-0013-8000", "", "+8613800138000"),
        ("８６13800138000", "", "+8613800138000"),
        ('="13800138000"', "CN", "+8613800138000"),
        ("138****8000", "CN", None),
        ("1380013800", "CN", "+861380013800"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("020 7946 0018", "", None),
        ("+44 20 7946 0018", "", "+442079460018"),
        ("", "CN", None),
        ("not given", "CN", None),
    ],
)
def test_phones(written: str, region: str, key: str | None) -> None:
    assert text.phone_key(written, region) == key


def test_text_from_files_is_made_plain() -> None:
    assert text.plain("  Ａda\u3000 Lovelace\t") == "Ada Lovelace"


def test_masks_keep_enough_to_tell_two_apart_and_no_more() -> None:
    assert text.mask_email("ada@example.com") == "a…@e….com"
    assert text.mask_phone("+8613800138000") == "+86…00"
    assert text.mask_name("王芳") == "王…"
    assert text.mask_name("") == ""
