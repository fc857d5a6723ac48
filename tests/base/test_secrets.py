from __future__ import annotations

import pytest

from regulars.base import secrets
from regulars.base.secrets import Unreadable


def test_a_persons_data_open_with_her_key_only() -> None:
    key, wrapped = secrets.new_key()
    other, _ = secrets.new_key()
    sealed = secrets.seal(key, "ada@example.com")
    assert b"ada" not in sealed
    assert secrets.unseal(secrets.unwrap(wrapped), sealed) == "ada@example.com"
    with pytest.raises(Unreadable):
        secrets.unseal(other, sealed)


@pytest.mark.parametrize("kept", [b"", b"too short", bytes(60)])
def test_a_forgotten_key_opens_nothing(kept: bytes) -> None:
    with pytest.raises(Unreadable):
        secrets.unwrap(kept)


def test_changed_data_are_not_read_as_something_else() -> None:
    key, _ = secrets.new_key()
    sealed = bytearray(secrets.seal(key, "王芳"))
    sealed[-1] ^= 1
    with pytest.raises(Unreadable):
        secrets.unseal(key, bytes(sealed))


def test_the_same_text_is_never_sealed_alike() -> None:
    key, _ = secrets.new_key()
    assert secrets.seal(key, "ada@example.com") != secrets.seal(key, "ada@example.com")


def test_looking_up_depends_on_kind_scope_and_value() -> None:
    found = {
        secrets.digest("email", "", "ada@example.com"),
        secrets.digest("phone", "", "ada@example.com"),
        secrets.digest("email", "shop", "ada@example.com"),
        secrets.digest("email", "", "ben@example.com"),
    }
    assert len(found) == 4
    assert {len(digest) for digest in found} == {16}
    assert secrets.digest("email", "", "ada@example.com") in found
