"""Nothing inline, nothing from other hosts, no icon that is not drawn: read off all templates and static files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

import regulars
from regulars.stream.kinds import KINDS
from regulars.ui.templatetags.ui import icon_names
from tools import vendor

PACKAGE = Path(regulars.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
STATIC = [p for p in sorted(PACKAGE.rglob("static/**/*")) if p.is_file() and "vendor" not in p.parts]
HOST = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", re.IGNORECASE)


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_there_is_something_to_read() -> None:
    assert len(TEMPLATES) > 15
    assert len(STATIC) > 8


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_template_writes_script_style_or_hosts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<style|javascript:|\son[a-z]+\s*=|\shx-on", text, re.IGNORECASE)
    assert not re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text)
    assert not HOST.findall(text)


@pytest.mark.parametrize("path", STATIC, ids=name)
def test_no_static_file_asks_another_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not HOST.findall(text)
    assert "eval(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_named_icon_is_drawn(path: Path) -> None:
    named = set(re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")))
    assert named <= set(icon_names())


def test_every_kind_has_an_icon_that_is_drawn() -> None:
    assert apps.ready
    assert {kind.icon for kind in KINDS.values() if kind.icon} <= set(icon_names())


def test_what_is_vendored_is_listed_and_unchanged() -> None:
    assert vendor.problems() == []
