"""What a text message costs before it is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.channels.sms import parts


@pytest.mark.parametrize(
    ("text", "encoding", "count", "units"),
    [
        ("", "gsm", 1, 0),
        ("a" * 160, "gsm", 1, 160),
        ("a" * 161, "gsm", 2, 161),
        ("a" * 306, "gsm", 2, 306),
        ("a" * 307, "gsm", 3, 307),
        ("€" * 80, "gsm", 1, 160),
        ("€" * 81, "gsm", 2, 162),
        ("a" * 152 + "€" + "a" * 152, "gsm", 3, 306),  # the pair is not cut, so one place of the first part is lost
        ("ç", "ucs2", 1, 1),  # only the capital is in the table
        ("Ç", "gsm", 1, 1),
        ("谢" * 70, "ucs2", 1, 70),
        ("谢" * 71, "ucs2", 2, 71),
        ("谢" * 134, "ucs2", 2, 134),
        ("谢" * 135, "ucs2", 3, 135),
        ("😀" * 35, "ucs2", 1, 70),
        ("😀" * 36, "ucs2", 2, 72),
        ("😀" * 67, "ucs2", 3, 134),  # 33 to a part
        ("a\x1bb", "ucs2", 1, 3),  # the escape itself is no character
    ],
)
def test_count(text: str, encoding: str, count: int, units: int) -> None:
    found = parts.split(text)
    assert (found.encoding, found.count, found.units) == (encoding, count, units)


@given(st.text(st.sampled_from("ab€[]é谢😀\n"), max_size=400))
def test_nothing_is_lost_or_cut_in_two(text: str) -> None:
    found = parts.split(text)
    assert "".join(found.texts) == text
    for part in found.texts:
        octets = parts.encode(part, found.encoding)
        most = parts.ALONE if found.count == 1 else parts.EACH
        assert len(octets) <= most[found.encoding] * (2 if found.encoding == "ucs2" else 1)
        assert parts.decode(octets, found.encoding) == part


def test_the_table_has_every_septet() -> None:
    assert len(parts.DEFAULT) == len(set(parts.DEFAULT)) == 128
    assert parts.encode("@[€", "gsm") == b"\x00\x1b\x3c\x1b\x65"


def test_cost_counts_parts_and_people() -> None:
    assert parts.cost("谢" * 71, 5, recipients=1000) == 10_000


def test_a_book_is_no_text_message() -> None:
    with pytest.raises(ValueError, match="255"):
        parts.split("谢" * (67 * 255 + 1))
