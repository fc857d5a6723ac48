"""Mails in a folder: whole, once for an id, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from regulars.channels.contract import Outgoing, SettingsError
from regulars.channels.email.folder import Folder


def test_a_mail_is_a_file_once_for_its_id(tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    given = {"folder": "outbox", "from_address": "olive@tea.example"}
    with Folder().open(given) as line:
        for _ in range(2):
            receipt = line.deliver(Outgoing("7.ab", "ada@example.com", subject="新茶", text="Hi", html="<p>Hi</p>"))
            assert receipt.outcome == "accepted"
    assert [p.name for p in (tmp_path / "outbox").iterdir()] == ["7.ab.eml"]
    assert [f.is_ok for f in Folder().check(given)] == [True]


@pytest.mark.parametrize("folder", ["../elsewhere", "/tmp", "."])
def test_it_stays_within_the_installations_own_folder(folder: str, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    given = {"folder": folder, "from_address": "olive@tea.example"}
    with pytest.raises(SettingsError) as refused, Folder().open(given):
        pass
    assert refused.value.field == "folder"
    assert [f.is_ok for f in Folder().check(given)] == [False]
